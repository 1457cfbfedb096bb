"""The questions in polars: columns of codes sorted by case, elapsed times and variants made once."""

import json

import polars as pl
from common import (
    CASE_COLUMNS, CONTAINED, DIRECTLY, EVENT_COLUMNS, EVENTUALLY, FIGURE_COLUMNS, LONG, REGION,
    TOP, figures, serve, size, top_variants,
)

TIME = "%Y-%m-%dT%H:%M:%S%.fZ"
MILLIS = pl.Datetime("ms", "UTC")


def read(path):
    """All columns, texts as categories. To read texts and cast them then is the cheapest."""
    if path.endswith(".parquet"):
        rows = pl.scan_parquet(path).collect()
        time = pl.col("timestamp").cast(MILLIS)
    else:
        columns = ("case_id", "activity", "timestamp", *EVENT_COLUMNS[:2], *CASE_COLUMNS[:4], "priority",
                   *FIGURE_COLUMNS, "customer")
        schema = {c: pl.String for c in columns} | {"cost": pl.Float64, "csat": pl.UInt8}
        rows = pl.scan_csv(path, schema=schema).collect()
        time = pl.col("timestamp").str.to_datetime(TIME, time_unit="ms").dt.replace_time_zone("UTC")
    dense = pl.Categorical(pl.Categories.random())
    return rows.with_columns(
        pl.col("case_id").cast(pl.String).cast(dense).to_physical().cast(pl.UInt32).alias("case"),
        time.dt.timestamp("ms").alias("time"),
        pl.col("activity").cast(pl.String),
        *(pl.col(c).cast(pl.Categorical) for c in (*EVENT_COLUMNS, *CASE_COLUMNS)),
    ).drop("case_id", "timestamp")


def edge(start, end):
    return start.cast(pl.UInt16) * 256 + end


class Polars:
    def load(self, path):
        rows = read(path)
        self.names = rows["activity"].unique().sort().to_list()
        rows = rows.with_columns(pl.col("activity").cast(pl.Enum(self.names)).to_physical().cast(pl.UInt8))
        by = ["case"] if rows["time"].is_sorted() else ["case", "time"]
        rows = rows.sort(by, maintain_order=True)
        attributes = rows.lazy().group_by("case", maintain_order=True).agg(
            pl.col("time").first().alias("start"), pl.col("time").last().alias("end"),
            pl.col("activity").alias("trace"),
            *(pl.col(c).first() for c in CASE_COLUMNS),
        ).with_columns(pl.col("trace").hash(7).alias("hash"))
        inside = pl.col("case") == pl.col("case").shift(-1)
        events = rows.lazy().drop(CASE_COLUMNS).with_columns(
            pl.when(inside).then(edge(pl.col("activity"), pl.col("activity").shift(-1))).alias("edge"),
            pl.when(inside).then(pl.col("time").shift(-1) - pl.col("time")).alias("elapsed"),
            # To count the cases of an activity by its first events is five times cheaper than n_unique.
            (pl.col("case").cast(pl.UInt64) * 256 + pl.col("activity")).is_first_distinct().alias("first"),
        )
        cases, self.events = pl.collect_all([attributes, events])
        variants = cases.group_by("hash").agg(pl.len().alias("count"), pl.col("trace").first())
        variants = variants.sort("count", descending=True).with_row_index("variant")
        self.cases = cases.drop("trace").join(
            variants.select("hash", "variant"), on="hash", how="left", maintain_order="left").drop("hash")
        # Only those that tie with the last of the top ones need their names.
        least = variants["count"][min(TOP, variants.height) - 1]
        often = variants.filter(pl.col("count") >= least)
        often = often.select("count", "trace", "variant").rows()
        self.top = top_variants([(n, [self.names[a] for a in trace], v) for n, trace, v in often])

    def save(self, store):
        self.events.write_parquet(f"{store}/events.parquet", compression="lz4")
        self.cases.write_parquet(f"{store}/cases.parquet", compression="lz4")
        with open(f"{store}/names.json", "w") as file:
            json.dump([self.names, self.top, self.events.height], file)

    def open(self, store):
        self.cases = pl.read_parquet(f"{store}/cases.parquet")
        self.path = f"{store}/events.parquet"
        with open(f"{store}/names.json") as file:
            self.names, self.top, self.n_events = json.load(file)

    def __getattr__(self, name):
        """The events are read when they are first asked for."""
        if name != "events":
            raise AttributeError(name)
        self.events = pl.read_parquet(self.path)
        return self.events

    def size(self):
        row = self.cases.select(
            pl.col("variant").n_unique(), (pl.col("end") - pl.col("start")).mean().alias("mean"),
            (pl.col("end") - pl.col("start")).median().alias("median")).row(0)
        events = self.n_events if "events" not in self.__dict__ else self.events.height
        return size(self.cases.height, events, row[0], len(self.names), row[1], row[2])

    def having(self, events):
        """The cases of some events."""
        ids = events.select(pl.col("case").unique()).collect()["case"]
        return pl.repeat(False, self.cases.height, dtype=pl.Boolean, eager=True).scatter(ids, True)

    def chosen(self, name):
        """The cases of a question, as booleans; none for all."""
        code, events = self.names.index, self.events.lazy()
        of = lambda condition: self.cases.select(condition).to_series()
        region = lambda: of(pl.col("region") == REGION)
        contains = lambda: self.having(events.filter(pl.col("activity") == code(CONTAINED)))
        if name == "all cases":
            return None
        if name == "started in a window":
            return of(pl.col("start").is_between(*self.window, closed="left"))
        if name == "contains an activity":
            return contains()
        if name == "attribute equals":
            return region()
        if name == "directly follows within":
            start, end, limit = DIRECTLY
            wanted = pl.col("edge") == code(start) * 256 + code(end)
            return self.having(events.filter(wanted & (pl.col("elapsed") <= limit)))
        if name == "eventually follows within":
            start, end, limit = EVENTUALLY
            last = pl.when(pl.col("activity") == code(start)).then(pl.col("time")).forward_fill().over("case")
            both = events.filter(pl.col("activity").is_in([code(start), code(end)])).with_columns(last.alias("last"))
            soon = pl.col("time") - pl.col("last") <= limit
            return self.having(both.filter((pl.col("activity") == code(end)) & soon))
        if name == "duration at least":
            return of(pl.col("end") - pl.col("start") >= LONG)
        if name == "20 top variants":
            return of(pl.col("variant").is_in(self.top))
        return region() & contains()

    def refresh(self, name):
        chosen, cases = self.chosen(name), self.cases
        events = self.events.select("case", "activity", "edge", "elapsed", "first")
        if chosen is not None:
            cases, events = cases.filter(chosen), events.filter(chosen.gather(events["case"]))
        tables = pl.collect_all([
            cases.lazy().group_by("variant").agg(pl.len()),
            events.lazy().select("edge", "elapsed").drop_nulls().group_by("edge").agg(
                pl.len(), pl.col("elapsed").mean().alias("mean"), pl.col("elapsed").median().alias("median")),
            events.lazy().group_by("activity").agg(pl.len(), pl.col("first").sum()),
        ])
        return cases.height, *tables

    def figures(self, tables):
        cases, variants, edges, activities = tables
        name = self.names
        edges = [(name[e >> 8], name[e & 255], *rest) for e, *rest in edges.rows()]
        return figures(cases, variants["len"].to_list(), edges, [(name[a], n, c) for a, n, c in activities.rows()])


serve(Polars())
