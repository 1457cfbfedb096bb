"""The questions in DuckDB: tables of enums and small numbers sorted by case, elapsed times and
variants made once. A session has its tables in memory; the second start opens a file."""

import os

import duckdb
from common import (
    CASE_COLUMNS, CONTAINED, DIRECTLY, EVENT_COLUMNS, EVENTUALLY, FIGURE_COLUMNS, LONG, REGION, TOP,
    figures, serve, size,
)

COLUMNS = {c: "VARCHAR" for c in ("case_id", "activity", "timestamp", "resource", "team", "channel", "product",
                                  "product_version", "region", "priority", "cost", "csat", "customer")}
COLUMNS |= {"timestamp": "TIMESTAMP", "cost": "DOUBLE", "csat": "UTINYINT"}


def source(path):
    if path.endswith(".parquet"):
        return f"(select * replace (timestamp::TIMESTAMP as timestamp) from read_parquet('{path}'))"
    return f"""read_csv('{path}', header=true, auto_detect=false, delim=',', quote='"', escape='"', nullstr='',
        timestampformat='%Y-%m-%dT%H:%M:%S.%gZ', columns={COLUMNS})"""


class Duckdb:
    def connect(self, file=":memory:"):
        self.db = duckdb.connect(file, read_only=file != ":memory:")
        self.db.execute("set enable_progress_bar=false")
        self.run = self.db.execute

    def load(self, path):
        self.connect()
        run = self.run
        run(f"create temp table raw as select * from {source(path)}")
        texts = ("activity", *EVENT_COLUMNS, *CASE_COLUMNS)
        for column in texts:
            values = f"select distinct {column} from raw where {column} is not null order by 1"
            run(f"create type {column}_t as enum ({values})")
        cast = lambda columns: ", ".join(f"{c}::{c}_t as {c}" for c in columns)
        first = ", ".join(f"any_value({c})::{c}_t as {c}" for c in CASE_COLUMNS)
        run(f"""create temp table attributes as select case_id, {first},
            (row_number() over (order by min(rowid)) - 1)::UINTEGER as c from raw group by case_id""")
        run(f"""create table events as
            select * exclude (next, row, nth), nth = 1 as first,
                (row_number() over (order by c, row) - 1)::UINTEGER as place,
                case when next is not null
                    then (enum_code(activity)::USMALLINT * 256 + enum_code(next))::USMALLINT end as edge
            from (select c, activity, time, {", ".join(EVENT_COLUMNS)}, {", ".join(FIGURE_COLUMNS)},
                lead(activity) over w as next, lead(time) over w - time as elapsed, row_number() over w as row,
                row_number() over (partition by c, activity) as nth
                from (select c, epoch_ms(timestamp) as time, raw.rowid as id, {cast(("activity", *EVENT_COLUMNS))},
                    {", ".join(FIGURE_COLUMNS)} from raw join attributes using (case_id))
                window w as (partition by c order by time, id))
            order by c, row""")
        run("""create temp table lives as select c, min(time) as start, max(time) as "end",
            list(activity order by place) as trace from events group by c""")
        run("""create table variants as select trace, count(*)::UINTEGER as n,
            (row_number() over (order by count(*) desc, trace::VARCHAR[]))::UINTEGER as variant
            from lives group by trace""")
        run(f"""create table cases as select c, start, "end", variant, {", ".join(CASE_COLUMNS)}
            from lives join variants using (trace) join attributes using (c) order by c""")
        for table in ("raw", "attributes", "lives"):
            run(f"drop table {table}")

    def save(self, store):
        file = f"{store}/log.duckdb"
        if os.path.exists(file):
            os.remove(file)
        self.run(f"attach '{file}' as file")
        self.run("copy from database memory to file")
        self.run("detach file")

    def open(self, store):
        self.connect(f"{store}/log.duckdb")

    def settle(self):
        """Copies the tables into memory, which makes questions a tenth to a fifth cheaper."""
        file = self.run("select path from duckdb_databases() where path is not null").fetchone()[0]
        self.db.close()
        self.connect()
        self.run(f"attach '{file}' as file (read_only)")
        self.run("copy from database file to memory")

    def size(self):
        row = self.run("""select (select count(*) from cases), (select count(*) from events),
            (select count(*) from variants), (select len(enum_range(null::activity_t))),
            avg("end" - start), median("end" - start) from cases""").fetchone()
        return size(*row)

    def chosen(self, name):
        """The cases of a question, as SQL; none for all."""
        region = f"region = '{REGION}'"
        contains = f"select c from events where activity = '{CONTAINED}'"
        if name == "all cases":
            return None
        if name == "started in a window":
            return f"select c from cases where start >= {self.window[0]} and start < {self.window[1]}"
        if name == "contains an activity":
            return f"select distinct c from ({contains})"
        if name == "attribute equals":
            return f"select c from cases where {region}"
        if name == "directly follows within":
            start, end, limit = DIRECTLY
            return f"""select distinct c from events where elapsed <= {limit}
                and edge = enum_code('{start}'::activity_t)::USMALLINT * 256 + enum_code('{end}'::activity_t)"""
        if name == "eventually follows within":
            start, end, limit = EVENTUALLY
            of = lambda activity: f"(select c, time, place from events where activity = '{activity}')"
            return f"""select distinct a.c from {of(start)} a join {of(end)} b
                on a.c = b.c and b.place > a.place and b.time - a.time <= {limit}"""
        if name == "duration at least":
            return f"""select c from cases where "end" - start >= {LONG}"""
        if name == "20 top variants":
            return f"select c from cases where variant <= {TOP}"
        return f"select c from cases where {region} and c in ({contains})"

    def refresh(self, name):
        chosen, of = self.chosen(name), ""
        if chosen:
            self.run(f"create or replace temp table chosen as {chosen}")
            of = "semi join chosen using (c)"
        ask = lambda what: self.run(what).fetchall()
        return (
            self.run(f"select variant, count(*) as n from cases {of} group by variant").fetchnumpy()["n"],
            ask(f"""select edge, count(*), avg(elapsed), median(elapsed) from events {of}
                where edge is not null group by edge"""),
            ask(f"select activity, count(*), count_if(first) from events {of} group by activity"),
        )

    def figures(self, tables):
        variants, edges, activities = tables
        names = self.run("select unnest(enum_range(null::activity_t))").fetchall()
        edges = [(names[e // 256][0], names[e % 256][0], *rest) for e, *rest in edges]
        return figures(variants.sum(), variants.tolist(), edges, activities)


serve(Duckdb())
