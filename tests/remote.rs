//! Logs in engines give the answers of the same log read here: random logs and filters, all queries that an engine
//! answers, the slice, and the program itself. They need what `.ci/run remote` and `.ci/run spark` install and start,
//! and say so where it is missing; a usual run leaves them out. Those with `spark` in their names are of the second.
//!
//! - `CASETRAIL_TEST_DUCKDB`: path of libduckdb
//! - `CASETRAIL_TEST_FLIGHTSQL`: path of the driver of Flight SQL
//! - `CASETRAIL_TEST_SAIL`: address of Sail, as `grpc://127.0.0.1:32010`
//! - `CASETRAIL_TEST_SPARK`: address of Spark, as `sc://127.0.0.1:15002`
//! - `CASETRAIL_TEST_SPARK_DRIVER`: path of the driver of Spark Connect
//! - `CASETRAIL_TEST_SPARK_PID`: process that started the executors of Spark

#![cfg(feature = "remote")]
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use arrow_array::{
    ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray, TimestampMicrosecondArray,
};
use casetrail::engine::{
    self, ActivitiesQuery, Analysis, Answers, AskError, Cancel, CaseDetail, CaseQuery, CasesQuery,
    ColumnInfo, ColumnKey, Condition, DURATION, DeadlinesQuery, EdgesQuery, FacetsQuery, Figure,
    Figures, FilterCountsQuery, FlowQuery, Follow, GroupBy, Level, List, Listing, MapOf, MapQuery,
    Mark, NeighborsQuery, NumberFigures, NumbersQuery, OverviewQuery, Page, Query, RULE_CASES,
    RuleSpec, SizeQuery, Sort, SplitQuery, Summary, SummaryQuery, Timing, VariantsQuery, View,
};
use casetrail::event_log::{Progress, Role, Roles};
use casetrail::filter::parse_field;
use casetrail::formats::{self, ReadOptions};
use casetrail::remote::{
    Address, Credentials, Dialect, Driver, RemoteError, RemoteLog, Sample, Wanted, connect,
};
use casetrail::text::Portion;
use parquet::arrow::ArrowWriter;
use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// 2024-01-01T00:00Z.
const START: i64 = 1_704_067_200_000_000;
const MINUTE: i64 = 60_000_000;

/// A generator of numbers, the same ones in each run.
struct Random(u64);

impl Random {
    fn below(&mut self, n: u64) -> u64 {
        // xorshift64*
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) % n
    }

    fn one_of<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len() as u64) as usize]
    }

    fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }
}

const ACTIVITIES: [&str; 7] = [
    "Open",
    "Ship",
    "it's",
    "back\\slash",
    "né → 漢",
    "Close",
    "A B",
];
const WHO: [&str; 4] = ["ann", "bob", "O'Neil", "Ünal"];
const REGIONS: [&str; 3] = ["EU", "US", "c:\\x"];

/// Values of a row, by column.
type Cells = (
    Option<String>,
    Option<String>,
    Option<i64>,
    Option<String>,
    Option<String>,
    Option<f64>,
    Option<String>,
    Option<f64>,
    Option<i64>,
);

/// Rows of a random log: times that tie, missing values in all columns, cases of one event, instants before 1970.
fn rows(random: &mut Random, cases: u64) -> Vec<Cells> {
    let mut rows: Vec<Cells> = Vec::new();
    for case in 0..cases {
        let old = random.chance(3);
        let mut at =
            if old { -90_000 * MINUTE } else { START } + random.below(5_000) as i64 * MINUTE;
        let region = (!random.chance(20)).then(|| (*random.one_of(&REGIONS)).to_owned());
        // Values of the case: a truth in several spellings, a number, an instant.
        let flag = (*random.one_of(&["true", "True", "FALSE", "no", "false"])).to_owned();
        let weight = (!random.chance(10)).then(|| random.below(90) as f64 * 0.1);
        let due = (!random.chance(30)).then(|| at + random.below(900) as i64 * MINUTE);
        for _ in 0..=random.below(7) {
            if !random.chance(25) {
                at += random.below(3_000) as i64 * MINUTE / 7;
            }
            let id = match random.below(60) {
                0 => None,
                1 => Some(String::new()),
                _ => Some(format!("c{case}")),
            };
            let activity = match random.below(60) {
                0 => None,
                1 => Some("  ".to_owned()),
                _ => Some((*random.one_of(&ACTIVITIES)).to_owned()),
            };
            let who = match random.below(12) {
                0 => None,
                1 => Some(String::new()),
                _ => Some((*random.one_of(&WHO)).to_owned()),
            };
            let amount = match random.below(10) {
                0 => None,
                1 => Some(0.1),
                n => Some(n as f64 / 2.0 + random.below(3) as f64),
            };
            let time = (!random.chance(2)).then_some(at);
            let flag = Some(flag.clone());
            rows.push((
                id,
                activity,
                time,
                who,
                region.clone(),
                amount,
                flag,
                weight,
                due,
            ));
        }
    }
    rows
}

/// A random log.
fn batch(random: &mut Random, cases: u64) -> RecordBatch {
    let rows = rows(random, cases);
    // Cases are interleaved; the events of one stay in their order.
    let mut keys: Vec<(u64, usize)> = Vec::new();
    let mut last = std::collections::HashMap::new();
    for (i, row) in rows.iter().enumerate() {
        let place = last.get(&row.0).copied().unwrap_or(0) + random.below(50);
        last.insert(row.0.clone(), place);
        keys.push((place, i));
    }
    keys.sort_unstable();
    let rows: Vec<&Cells> = keys.iter().map(|(_, i)| &rows[*i]).collect();
    let texts = |of: fn(&Cells) -> &Option<String>| -> ArrayRef {
        Arc::new(
            rows.iter()
                .map(|row| of(row).as_deref())
                .collect::<StringArray>(),
        )
    };
    let times = |of: fn(&Cells) -> Option<i64>| -> ArrayRef {
        let times = rows.iter().map(|row| of(row));
        let times = times.collect::<TimestampMicrosecondArray>();
        Arc::new(times.with_timezone("UTC"))
    };
    let numbers = |of: fn(&Cells) -> Option<f64>| -> ArrayRef {
        Arc::new(rows.iter().map(|row| of(row)).collect::<Float64Array>())
    };
    let lines: Int64Array = (0..rows.len() as i64).collect();
    RecordBatch::try_from_iter_with_nullable([
        ("case_id", texts(|row| &row.0), true),
        ("activity", texts(|row| &row.1), true),
        ("at", times(|row| row.2), true),
        ("who", texts(|row| &row.3), true),
        ("region", texts(|row| &row.4), true),
        ("amount", numbers(|row| row.5), true),
        ("flag", texts(|row| &row.6), true),
        ("weight", numbers(|row| row.7), true),
        ("due", times(|row| row.8), true),
        ("line", Arc::new(lines) as ArrayRef, true),
    ])
    .unwrap()
}

fn write(path: &Path, batch: &RecordBatch) {
    let mut writer =
        ArrowWriter::try_new(File::create(path).unwrap(), batch.schema(), None).unwrap();
    writer.write(batch).unwrap();
    writer.close().unwrap();
}

fn roles() -> Roles {
    let mut roles = Roles::default();
    for (role, name) in [
        (Role::Case, "case_id"),
        (Role::Activity, "activity"),
        (Role::Time, "at"),
        (Role::Resource, "who"),
    ] {
        roles[role].push(name.to_owned());
    }
    roles
}

/// The log read here.
fn local(path: &Path) -> Analysis {
    let bytes = std::fs::read(path).unwrap();
    let bytes: &[u8] = &bytes;
    let options = ReadOptions {
        columns: roles(),
        ..ReadOptions::default()
    };
    let progress = Progress::default();
    let (log, report) = formats::read(&[bytes], &options, &progress).unwrap();
    Analysis::new("log".to_owned(), log, report, chrono_tz::UTC, &progress).unwrap()
}

fn variable(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| {
        panic!("{name} is not set: `.ci/run remote` or `.ci/run spark` sets it")
    })
}

fn remote(address: &str, driver: &str, path: &Path) -> RemoteLog {
    let address = Address::parse(address).unwrap().unwrap();
    let driver = Driver {
        name: Some(driver.to_owned()),
    };
    let connection = connect(&address, &driver, &Credentials::default()).unwrap();
    let wanted = Wanted {
        name: "log".to_owned(),
        table: path.display().to_string(),
        roles: roles(),
        order: Some("line".to_owned()),
        dialect: Dialect::named(address.kind.dialect()).unwrap(),
        zone: chrono_tz::UTC,
    };
    let sample = Sample::take(&*connection, &wanted, &|| false).unwrap();
    RemoteLog::open(connection, &sample, &wanted, &|| false).unwrap()
}

fn duckdb(path: &Path) -> RemoteLog {
    remote("duckdb:", &variable("CASETRAIL_TEST_DUCKDB"), path)
}

fn sail(path: &Path) -> RemoteLog {
    let (address, driver) = (
        variable("CASETRAIL_TEST_SAIL"),
        variable("CASETRAIL_TEST_FLIGHTSQL"),
    );
    remote(&address, &driver, path)
}

fn spark(path: &Path) -> RemoteLog {
    let (address, driver) = (
        variable("CASETRAIL_TEST_SPARK"),
        variable("CASETRAIL_TEST_SPARK_DRIVER"),
    );
    remote(&address, &driver, path)
}

/// Filters of all kinds that an engine evaluates.
const FILTERS: &[&str] = &[
    r#""Open""#,
    r#""it's""#,
    r#""back\\slash" and not "né → 漢""#,
    r#""Open" -> "Ship""#,
    r#""Open" -> "Ship" within 5h"#,
    r#""Open" -> "Close" after 1h within 2d"#,
    r#""Open" -> "Ship" during 2024-01-01..2024-01-03"#,
    r#""Ship" -> "Open" overlaps 2024-01-02..2024-01-03"#,
    r#""Ship" -> "Open" started ..2024-01-02"#,
    r#""Open" ~> "Close""#,
    r#""Open" ~> "Close" within 8h"#,
    r#""Open" ~> "Open" after 8h"#,
    r#""Open" -> "Ship" -> "Close""#,
    r#""Open" -> "it's" -> "Open" within 1d"#,
    r#"starts with "A B""#,
    r#"ends with "né → 漢""#,
    "started 2024-01-02..",
    "ended ..=2024-01-03",
    "during 2024-01-01..2024-01-03",
    "overlaps 2024-01-02..2024-01-03",
    "time in 2024-01-02",
    "time in last 1d",
    "time after 1h within 5h",
    "duration > 20h",
    "duration = 0s",
    "start >= 2024-01-02",
    "end < 2024-01-03T12:00",
    "start < 1970-01-01",
    "events > 3",
    "events in (1, 2)",
    "variant <= 5",
    "variant = 2",
    r#"count("Ship") = 2"#,
    r#"count("Ship") < 1"#,
    r#"case in ("c1", "c2", "none")"#,
    r#"case >= "c5""#,
    r#"activity ~ "^[OS]""#,
    r#"activity != "Open""#,
    r#"resource = "ANN""#,
    r#"resource != "bob""#,
    r#"resource = "O'Neil""#,
    r#"who ~ "l$""#,
    r#"region = "c:\\x""#,
    r#"region in ("EU", "US")"#,
    r#"region > "EU""#,
    "amount > 0.1",
    "amount = 0.1",
    "amount in (1, 2.5)",
    "amount != 2.5",
    "line < 100",
    "region is missing",
    "who is missing",
    "amount is not missing",
    r#"event(activity = "Ship" and amount > 2 and resource = "ann")"#,
    r#"event(resource != "ann" and time in 2024-01-02)"#,
    r#"first(resource) = "ann""#,
    "last(amount) >= 2",
    "first(who) is missing",
    r#"resource "ann" -> "bob""#,
    r#"activity "Open" -> "Ship""#,
    "ping-pong",
    r#"ping-pong ["ann", "bob"]"#,
    "start.hour in (9, 10, 11)",
    "start.weekday in (mon, sat)",
    "end.hour >= 12",
];

const CONDITIONS: &[&str] = &[
    r#"activity != "Ship""#,
    "time in 2024-01-01..2024-01-03",
    "amount < 3",
    "resource is missing",
    r#"region != "EU""#,
];

fn listing<L: List>(sort: &str, limit: usize) -> Listing {
    let sort = Sort::parse::<L>(sort).unwrap();
    Listing {
        sort: sort.column,
        descending: sort.descending,
        page: Page::first(limit),
        ..Listing::by("")
    }
}

fn ask<Q: Query>(log: &dyn Answers, view: &View, query: &Q) -> Q::Answer {
    engine::ask(log, view, query, &Cancel::never())
        .unwrap_or_else(|error| panic!("{view:?}, {query:?}: {error}"))
}

fn summary(log: &dyn Answers, view: &View) -> Summary {
    ask(log, view, &SummaryQuery)
}

fn equal<Q: Query>(here: &Analysis, there: &RemoteLog, view: &View, query: &Q) {
    assert_eq!(
        ask(here, view, query),
        ask(there, view, query),
        "{view:?} {query:?}"
    );
}

/// All queries about a view.
fn compare(here: &Analysis, there: &RemoteLog, view: &View) {
    assert_eq!(summary(here, view), summary(there, view), "{view:?}");
    let size = |log: &dyn Answers| log.size(view, &Cancel::never()).unwrap();
    assert_eq!(size(here), size(there), "{view:?}");
    for (sort, offset) in [
        ("cases", 0),
        ("rank", 2),
        ("-cases", 3),
        ("events", 1000),
        ("-events", 0),
        ("total", 0),
        ("median", 1),
        ("-mean", 0),
    ] {
        let mut listing = listing::<VariantsQuery>(sort, 7);
        listing.page.offset = offset;
        equal(here, there, view, &VariantsQuery::new(listing));
    }
    let listing_of = listing::<ActivitiesQuery>("events", usize::MAX);
    equal(
        here,
        there,
        view,
        &ActivitiesQuery {
            listing: listing_of,
        },
    );
    let listing_of = listing::<EdgesQuery>("count", usize::MAX);
    equal(
        here,
        there,
        view,
        &EdgesQuery {
            listing: listing_of,
        },
    );
    for sort in ["-duration", "events", "start", "-end", "case", "variant"] {
        let listing = listing::<CasesQuery>(sort, 9);
        let variants = Vec::new();
        equal(here, there, view, &CasesQuery { listing, variants });
    }
    for (offset, variants) in [(5, vec![]), (1000, vec![]), (1, vec![2, 3])] {
        let mut listing = listing::<CasesQuery>("-duration", 9);
        listing.page.offset = offset;
        equal(here, there, view, &CasesQuery { listing, variants });
    }
    compare_panes(here, there, view);
}

/// Searches, chosen fields, orders by fields, and places of rows in lists.
fn compare_lists(here: &Analysis, there: &RemoteLog, view: &View, number: usize) {
    let finds = ["'c1", "12", "/[13]$/", "^c", "'nothing"];
    let fields = [
        "who",
        "first(amount)",
        "last(due)",
        "flag",
        "weight",
        "activity",
        "count(\"Ship\")",
        "variant",
        "start.weekday",
        "region",
    ];
    let field = |at: usize| parse_field(fields[at % fields.len()]).unwrap();
    let page = |offset| Page { offset, limit: 6 };
    let follow = |keys: &[&str]| Follow {
        keys: keys.iter().map(|key| (*key).to_owned()).collect(),
        above: 2,
    };
    let marked = ["c11", "c3", "c70", "none"].map(str::to_owned).to_vec();
    for (at, (sort, descending)) in [
        (ColumnKey::Own("duration"), true),
        (ColumnKey::Own("case"), false),
        (ColumnKey::Field(field(number)), false),
        (ColumnKey::Field(field(number + 3)), true),
    ]
    .into_iter()
    .enumerate()
    {
        let of_sort = Listing {
            sort,
            descending,
            page: page(at * 2),
            ..Listing::by("")
        };
        let query = |listing| CasesQuery {
            listing,
            variants: Vec::new(),
        };
        let found = Listing {
            find: finds[(at + number) % finds.len()].to_owned(),
            best_first: at % 2 == 0,
            follow: follow(&["c9", "c13"]),
            marked: marked.clone(),
            ..of_sort.clone()
        };
        equal(here, there, view, &query(found));
        let placed = Listing {
            fields: vec![field(number), field(number + 1), field(number + 5)],
            follow: follow(&["none", "c17", "c2"]),
            marked: marked.clone(),
            ..of_sort
        };
        equal(here, there, view, &query(placed));
    }
    let keys = ["Open\0Ship", "it's", "Close\0Open"];
    for (at, sort) in ["p90", "-p90", "rework", "-rework", "cases"]
        .iter()
        .enumerate()
    {
        let listing = Listing {
            page: page(at),
            follow: follow(&keys[at % 3..]),
            ..listing::<VariantsQuery>(sort, 6)
        };
        let found = Listing {
            find: ["'Ship", "/^Open.*it/", "se", "", "'A B"][(at + number) % 5].to_owned(),
            best_first: at % 2 == 1,
            ..listing.clone()
        };
        equal(here, there, view, &VariantsQuery::new(listing));
        equal(here, there, view, &VariantsQuery::new(found));
    }
}

/// What only panes ask.
fn compare_panes(here: &Analysis, there: &RemoteLog, view: &View) {
    equal(here, there, view, &SizeQuery);
    // Bins of other numbers for each view.
    let number = view.filters.iter().map(String::len).sum::<usize>();
    let query = OverviewQuery {
        time_bins: [40, 1, 300][number % 3],
        duration_bins: [14, 1, 5][number % 3],
    };
    equal(here, there, view, &query);
    for (bins, range) in [(30, None), (7, Some((START, START + 3000 * MINUTE)))] {
        equal(here, there, view, &FlowQuery { bins, range });
    }
    let few = Portion::percent([100, 40, 0][number % 3]);
    for of in [
        MapOf::default(),
        MapOf {
            activities: Some(few),
            paths: Some(few),
            by_log: true,
        },
    ] {
        let (times, names) = (true, Some(12));
        equal(here, there, view, &MapQuery { of, times, names });
    }
    for activity in ["Open", "it's", "none"] {
        let activity = activity.to_owned();
        equal(here, there, view, &NeighborsQuery { activity });
    }
    compare_groups(here, there, view, number);
    if *view == View::default() || number.is_multiple_of(3) {
        compare_lists(here, there, view, number);
    }
    let filters = [r#""Open""#, "regoin = 1", "duration > 20h", "variant <= 5"];
    let filters = filters.map(str::to_owned).to_vec();
    equal(here, there, view, &FilterCountsQuery { filters });
    for case in ["c1", "c50", "none"] {
        let query = CaseQuery {
            case: case.to_owned(),
        };
        assert_eq!(
            detail(here, view, &query),
            detail(there, view, &query),
            "{view:?} {case}"
        );
    }
}

/// Properties that form groups, one or several, and one more whose values are columns.
const GROUPS: &[(&[&str], Option<&str>)] = &[
    (&["region"], None),
    (&["who"], Some("first")),
    (&["amount"], None),
    (&["line"], None),
    (&["flag"], Some("start.weekday")),
    (&["weight"], None),
    (&["due"], None),
    (&["first(amount)", "last(who)"], None),
    (&["last(line)"], Some("region")),
    (&["variant"], None),
    (&["start.month"], None),
    (&["start.hour", "last"], None),
    (&["activity", "region"], None),
    (&["case"], None),
    (&[], None),
    (&["regoin"], None),
];

/// Groups and attributes.
fn compare_groups(here: &Analysis, there: &RemoteLog, view: &View, number: usize) {
    // Some of them for each view, all of them for the whole log.
    let is_whole = *view == View::default();
    let asked = GROUPS.iter().enumerate();
    let asked = asked.filter(|(at, _)| is_whole || (at + number).is_multiple_of(8));
    for (at, (by, across)) in asked {
        let only = match (at + number) % 4 {
            0 => vec![Figure::Rework],
            1 => vec![Figure::Duration],
            _ => Vec::new(),
        };
        let query = SplitQuery {
            by: by.iter().map(|by| GroupBy::parse(by)).collect(),
            across: across.map(GroupBy::parse),
            figures: Figures {
                only,
                open_ended: (at + number).is_multiple_of(3),
                ..Figures::default()
            },
            common_ranges: (at + number).is_multiple_of(5),
            listing: listing::<SplitQuery>("cases", 9),
        };
        let (one, other) = (try_ask(here, view, &query), try_ask(there, view, &query));
        assert_eq!(one, other, "{view:?} {query:?}");
    }
    for numbers in [false, true] {
        let listing = listing::<FacetsQuery>("log", usize::MAX);
        let query = FacetsQuery { numbers, listing };
        let facets = |log: &dyn Answers| {
            let mut facets = ask(log, view, &query);
            for row in &mut facets.rows {
                row.numbers = row.numbers.map(rounded);
            }
            facets
        };
        assert_eq!(facets(here), facets(there), "{view:?} {query:?}");
    }
    for by in &["amount", "weight", "region", "activity"][number % 3..][..2] {
        let by = GroupBy::parse(by);
        let numbers = |log: &dyn Answers| ask(log, view, &NumbersQuery { by: by.clone() });
        assert_eq!(
            numbers(here).map(rounded),
            numbers(there).map(rounded),
            "{view:?} {by}"
        );
    }
}

/// Without the last digits of sums, as an engine adds up in an order of its own.
fn rounded(of: NumberFigures) -> NumberFigures {
    let round = |x: f64| (x * 1e9).round() / 1e9;
    NumberFigures {
        mean: round(of.mean),
        sum: round(of.sum),
        ..of
    }
}

fn try_ask<Q: Query>(log: &dyn Answers, view: &View, query: &Q) -> Result<Q::Answer, AskError> {
    engine::ask(log, view, query, &Cancel::never())
}

/// A case without what only a log here knows.
fn detail(log: &dyn Answers, view: &View, query: &CaseQuery) -> Result<CaseDetail, AskError> {
    let detail = engine::ask(log, view, query, &Cancel::never())?;
    let columns = detail.columns.into_iter();
    Ok(CaseDetail {
        columns: columns
            .map(|column| ColumnInfo {
                level: Level::Event,
                values: None,
                ..column
            })
            .collect(),
        ..detail
    })
}

fn filtered(filter: &str) -> View {
    View {
        filters: vec![filter.to_owned()],
        ..View::default()
    }
}

/// Random logs, each filter, and random combinations of filters and conditions.
fn agree(open: fn(&Path) -> RemoteLog, logs: u64, combined: usize) {
    let folder = TempDir::new().unwrap();
    for seed in 1..=logs {
        let mut random = Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let path = folder.path().join(format!("{seed}.parquet"));
        write(&path, &batch(&mut random, 120));
        let (here, there) = (local(&path), open(&path));
        assert_eq!(here.report().reasons, there.import().reasons);
        assert_eq!(here.info().activities, there.info().activities);
        assert_eq!(here.info().span, there.info().span);
        compare(&here, &there, &View::default());
        for text in FILTERS {
            let view = filtered(text);
            assert_eq!(summary(&here, &view), summary(&there, &view), "{text}");
        }
        for text in CONDITIONS {
            let events = vec![(*text).to_owned()];
            compare(
                &here,
                &there,
                &View {
                    events,
                    ..View::default()
                },
            );
        }
        for _ in 0..combined {
            let (a, b, c) = (
                random.one_of(FILTERS),
                random.one_of(FILTERS),
                random.one_of(FILTERS),
            );
            let text = format!("({a} or not {b}) and ({c} or {a})");
            let mut view = filtered(&text);
            if random.chance(30) {
                view.events.push((*random.one_of(CONDITIONS)).to_owned());
            }
            if random.chance(20) {
                view.as_of = Some("2024-01-03T06:00".to_owned());
            }
            if random.chance(20) {
                view.ends = Some(vec!["Ship".to_owned(), "A B".to_owned()]);
            }
            compare(&here, &there, &view);
        }
    }
}

#[test]
#[ignore = "needs libduckdb"]
fn duckdb_agrees_with_logs_read_here() {
    agree(duckdb, 3, 9);
}

#[test]
#[ignore = "needs Sail"]
fn sail_agrees_with_logs_read_here() {
    agree(sail, 1, 4);
}

#[test]
#[ignore = "needs Spark"]
fn spark_agrees_with_logs_read_here() {
    agree(spark, 1, 2);
}

/// Two deadlines on the duration of cases, one of them for some cases.
fn deadlines() -> Timing {
    let rule = |name: &str, hours: i64, when: &[&str]| RuleSpec {
        name: name.to_owned(),
        milestone: DURATION.to_owned(),
        limit: hours * 60 * MINUTE,
        calendar: None,
        pauses: Vec::new(),
        when: when
            .iter()
            .map(|filter| Condition {
                filter: (*filter).to_owned(),
                line: None,
            })
            .collect(),
        severity: "high".to_owned(),
        warn: 0.7,
    };
    Timing {
        rules: vec![
            rule("late", 20, &[]),
            rule(
                "slow one",
                55,
                &[r#"region = "EU" or "Ship""#, "events > 1"],
            ),
        ],
        ..Timing::default()
    }
}

/// States of deadlines, the cases that break them, and what else shows them.
fn deadlines_agree(open: fn(&Path) -> RemoteLog, logs: u64) {
    let folder = TempDir::new().unwrap();
    for seed in 1..=logs {
        let path = folder.path().join(format!("{seed}.parquet"));
        write(&path, &batch(&mut Random(seed.wrapping_mul(77)), 90));
        let here = local(&path).with_timing(deadlines()).unwrap();
        let there = open(&path).with_timing(deadlines()).unwrap();
        for (filters, as_of, ends) in [
            (&[][..], None, None),
            (&[r#"late = "broken""#][..], None, Some("Close")),
            (
                &[r#"late in ("overdue", "at risk")"#, "events > 1"],
                None,
                Some("Ship"),
            ),
            (&["`slow one` is missing"], None, Some("A B")),
            (
                &[r#"not `slow one` = "KEPT""#],
                Some("2024-01-03"),
                Some("Open"),
            ),
            (&[r#"late != "kept""#], None, None),
        ] {
            let view = View {
                filters: filters.iter().map(|text| (*text).to_owned()).collect(),
                as_of: as_of.map(str::to_owned),
                ends: ends.map(|name: &str| vec![name.to_owned()]),
                ..View::default()
            };
            assert_eq!(summary(&here, &view), summary(&there, &view), "{view:?}");
            for (sort, limit, open_ended) in [
                ("over", 7, false),
                ("-over", usize::MAX, true),
                ("-over", 0, false),
            ] {
                let sort = Sort::parse_for(&RULE_CASES, false, sort).unwrap();
                let cases = Listing {
                    descending: sort.descending,
                    page: Page::first(limit),
                    ..Listing::by("over")
                };
                let query = DeadlinesQuery {
                    listing: listing::<DeadlinesQuery>("rate", usize::MAX),
                    cases,
                    time_bins: 1 + limit % 40,
                    open_ended,
                };
                equal(&here, &there, &view, &query);
            }
            for sort in ["cases", "breach_rate", "-breach_rate"] {
                let query = VariantsQuery::new(listing::<VariantsQuery>(sort, 20));
                equal(&here, &there, &view, &query);
            }
            for (by, open_ended) in [("region", false), ("last(who)", true)] {
                let query = SplitQuery {
                    by: vec![GroupBy::parse(by)],
                    across: None,
                    figures: Figures {
                        open_ended,
                        ..Figures::default()
                    },
                    common_ranges: false,
                    listing: listing::<SplitQuery>("cases", 9),
                };
                equal(&here, &there, &view, &query);
            }
            for case in ["c1", "c2", "c3", "c70"] {
                let query = CaseQuery {
                    case: case.to_owned(),
                };
                assert_eq!(
                    marks(&here, &view, &query),
                    marks(&there, &view, &query),
                    "{case}"
                );
            }
        }
    }
}

fn marks(log: &dyn Answers, view: &View, query: &CaseQuery) -> Result<Vec<Mark>, AskError> {
    Ok(try_ask(log, view, query)?.marks)
}

#[test]
#[ignore = "needs libduckdb"]
fn duckdb_agrees_on_deadlines() {
    deadlines_agree(duckdb, 3);
}

#[test]
#[ignore = "needs Sail"]
fn sail_agrees_on_deadlines() {
    deadlines_agree(sail, 1);
}

/// What is fetched is a log that gives the answers of the filtered one.
fn slice_agrees(open: fn(&Path) -> RemoteLog) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("log.parquet");
    write(&path, &batch(&mut Random(77), 150));
    let (here, there) = (local(&path), open(&path));
    let view = filtered(r#""Open" and duration > 2h"#);
    let size = there.slice_size(&view, &Cancel::never()).unwrap();
    let expected = summary(&here, &view);
    assert_eq!((size.events, size.cases), (expected.events, expected.cases));
    assert!(size.bytes > 0.0);
    let mut bytes = Vec::new();
    let statement = there.slice_statement(&view, &Cancel::never()).unwrap();
    let fetched = there
        .write_slice(&statement, &Progress::default(), &mut bytes)
        .unwrap();
    assert_eq!(fetched.events, size.events);
    let fetched = folder.path().join("slice.arrow");
    std::fs::write(&fetched, bytes).unwrap();
    let slice = local(&fetched);
    let whole = summary(&slice, &View::default());
    assert_eq!(
        Summary {
            total_events: whole.total_events,
            total_cases: whole.total_cases,
            ..expected
        },
        whole
    );
    let edges = EdgesQuery {
        listing: listing::<EdgesQuery>("count", usize::MAX),
    };
    assert_eq!(
        ask(&here, &view, &edges),
        ask(&slice, &View::default(), &edges)
    );
}

#[test]
#[ignore = "needs libduckdb"]
fn a_slice_of_duckdb_is_the_filtered_log() {
    slice_agrees(duckdb);
}

#[test]
#[ignore = "needs Sail"]
fn a_slice_of_sail_is_the_filtered_log() {
    slice_agrees(sail);
}

#[test]
#[ignore = "needs Spark"]
fn a_slice_of_spark_is_the_filtered_log() {
    slice_agrees(spark);
}

#[test]
#[ignore = "needs libduckdb"]
fn wrong_filters_fail_as_they_do_here() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("log.parquet");
    write(&path, &batch(&mut Random(5), 20));
    let (here, there) = (local(&path), duckdb(&path));
    for text in [
        "\"Opne\"",
        "\"Open\" and",
        "regoin = \"EU\"",
        "amount > \"x\"",
        "Open",
        "resource \"anne\" -> \"bob\"",
    ] {
        let view = filtered(text);
        // Of names that are as near as others the first ones of each log are offered.
        let fail = |log: &dyn Answers| {
            let error = try_ask(log, &view, &SummaryQuery).unwrap_err().to_string();
            error
                .split_inclusive(['"', ','])
                .take(2)
                .collect::<String>()
        };
        assert_eq!(fail(&here), fail(&there), "{text}");
    }
    let refused = engine::ask(
        &there,
        &filtered("queued \"Open\""),
        &SummaryQuery,
        &Cancel::never(),
    );
    assert!(matches!(refused, Err(AskError::NotThere(_))), "{refused:?}");
}

/// The program run with these words.
fn run(words: &[&str], folder: &Path) -> std::process::Output {
    std::process::Command::new(env!("CARGO_BIN_EXE_casetrail"))
        .args(words)
        .current_dir(folder)
        .env("HOME", folder)
        .env_remove("XDG_CACHE_HOME")
        .env("CASETRAIL_DRIVER", variable("CASETRAIL_TEST_DUCKDB"))
        .output()
        .unwrap()
}

#[test]
#[ignore = "needs libduckdb"]
fn reports_print_the_same_over_an_engine() {
    let folder = TempDir::new().unwrap();
    write(
        &folder.path().join("log.parquet"),
        &batch(&mut Random(9), 60),
    );
    let columns = [
        "--case",
        "case_id",
        "--activity",
        "activity",
        "--time",
        "at",
        "--resource",
        "who",
    ];
    let filter = ["--filter", "\"Open\" and duration > 1h"];
    std::fs::write(
        folder.path().join("rules.toml"),
        "version = 1\n[[rules]]\nname = \"in two days\"\nmilestone = \"duration\"\nlimit = \"2d\"\n",
    )
    .unwrap();
    for (report, options) in [
        ("summary", &[][..]),
        ("variants", &["--limit", "5"][..]),
        ("activities", &[][..]),
        ("dfg", &[][..]),
        ("cases", &["--sort", "-events", "--limit", "8"][..]),
        ("facet", &["--sort", "values"][..]),
        ("facet", &["--by", "weight"][..]),
        ("split", &["--by", "region,last", "--open", "ended"][..]),
        ("check", &["--rules", "rules.toml", "--limit", "4"][..]),
    ] {
        for format in ["table", "json", "csv", "markdown"] {
            let common = [&columns[..], &filter[..], options, &["--format", format]].concat();
            let here = run(
                &[&[report, "log.parquet"][..], &common].concat(),
                folder.path(),
            );
            let engine = [
                report,
                "duckdb:",
                "--table",
                "log.parquet",
                "--tie-column",
                "line",
            ];
            let there = run(&[&engine[..], &common].concat(), folder.path());
            assert_eq!(
                there.status.code(),
                here.status.code(),
                "{}",
                String::from_utf8_lossy(&there.stderr)
            );
            let text = |out: &[u8]| String::from_utf8_lossy(out).into_owned();
            // The mapping has the column of ties besides.
            let mapped = |out: String| {
                let lines = out
                    .lines()
                    .filter(|line| !line.contains("mapping") && !line.contains("\"order\""));
                lines
                    .map(|line| line.trim_end_matches(',').to_owned() + "\n")
                    .collect::<String>()
            };
            let (here, there) = (mapped(text(&here.stdout)), mapped(text(&there.stdout)));
            if report == "summary" {
                assert_eq!(here.lines().next(), there.lines().next());
            } else {
                assert_eq!(here, there, "{report} {format}");
            }
        }
    }
    let refused = run(
        &["bottlenecks", "duckdb:", "--table", "log.parquet"],
        folder.path(),
    );
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert_eq!(refused.status.code(), Some(2), "{said}");
    assert!(said.contains("casetrail fetch"), "{said}");
}

#[test]
#[ignore = "needs libduckdb"]
fn fetch_counts_and_writes_what_reports_then_read() {
    let folder = TempDir::new().unwrap();
    write(
        &folder.path().join("log.parquet"),
        &batch(&mut Random(9), 60),
    );
    let words = [
        "fetch",
        "duckdb:",
        "--table",
        "log.parquet",
        "--filter",
        "\"Open\"",
    ];
    let counted = run(&words, folder.path());
    let said = String::from_utf8_lossy(&counted.stdout).into_owned();
    assert!(
        said.contains(" events of ") && said.contains(" cases, less than 1 MB"),
        "{said}"
    );
    let fetched = run(
        &[&words[..], &["--output", "slice.arrow"]].concat(),
        folder.path(),
    );
    assert!(
        fetched.status.success(),
        "{}",
        String::from_utf8_lossy(&fetched.stderr)
    );
    let report = run(
        &["bottlenecks", "slice.arrow", "--time", "at"],
        folder.path(),
    );
    assert!(
        report.status.success(),
        "{}",
        String::from_utf8_lossy(&report.stderr)
    );
    let most = run(
        &[
            &words[..],
            &["--output", "other.arrow", "--most-events", "3"],
        ]
        .concat(),
        folder.path(),
    );
    assert_eq!(most.status.code(), Some(3));
    assert!(!folder.path().join("other.arrow").exists());
}

/// The explorer line by line: its screens after these lines of keys. Gives also what `ps` shows of it.
fn explore(words: &[&str], lines: &[&str], folder: &Path) -> (String, String) {
    let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_casetrail"))
        .args(words)
        .arg("--plain")
        .current_dir(folder)
        .env("HOME", folder)
        .env_remove("XDG_CACHE_HOME")
        .env("CASETRAIL_PASSWORD", PASSWORD)
        .envs(std::env::var("CASETRAIL_TEST_DUCKDB").map(|driver| ("CASETRAIL_DRIVER", driver)))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let words = std::fs::read(format!("/proc/{}/cmdline", child.id())).unwrap();
    let mut input = child.stdin.take().unwrap();
    for line in lines {
        input.write_all(format!("{line}\n").as_bytes()).unwrap();
    }
    drop(input);
    let output = child.wait_with_output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8_lossy(&text).into_owned();
    (text, String::from_utf8_lossy(&words).into_owned())
}

#[test]
#[ignore = "needs libduckdb"]
fn the_explorer_opens_the_whole_and_its_slice() {
    let folder = TempDir::new().unwrap();
    write(
        &folder.path().join("log.parquet"),
        &batch(&mut Random(9), 60),
    );
    std::fs::write(
        folder.path().join("m.toml"),
        "version = 1\n[[log]]\nfile = \"duckdb:\"\ntable = \"log.parquet\"\ntie_column = \"line\"\ntime = \"at\"\n",
    )
    .unwrap();
    let words = ["duckdb:", "--mapping", "m.toml", "--filter", "\"Open\""];
    let (screens, _) = explore(&words, &["2", "5", "g l", "1", "5", "g l"], folder.path());
    let places: Vec<&str> = screens
        .lines()
        .filter_map(|line| {
            let of = |place: &'static str| line.contains(place).then_some(place);
            of("IN THE ENGINE").or_else(|| of("SLICE"))
        })
        .collect();
    assert_eq!(places.first(), Some(&"IN THE ENGINE"), "{screens}");
    assert!(places.contains(&"SLICE"), "{screens}");
    assert_eq!(places.last(), Some(&"IN THE ENGINE"), "{screens}");
    assert!(screens.contains("Not answered by the engine"), "{screens}");
    assert!(screens.contains("The filters leave"), "{screens}");
    // The second time what was fetched is offered.
    let (screens, _) = explore(&words, &["g l"], folder.path());
    assert!(
        screens.contains("Open the one that was fetched"),
        "{screens}"
    );
}

#[test]
#[ignore = "needs libduckdb"]
fn columns_are_asked_for_where_none_is_known_to_fit() {
    let folder = TempDir::new().unwrap();
    let log = batch(&mut Random(11), 60);
    let names = ["y", "x", "z", "w", "r", "m", "f", "g", "zz", "n"];
    let columns = names.into_iter().zip(log.columns().iter().cloned());
    let unnamed = columns.map(|(name, values)| (name, values, true));
    let unnamed = RecordBatch::try_from_iter_with_nullable(unnamed).unwrap();
    write(&folder.path().join("log.parquet"), &unnamed);
    let words = ["duckdb:", "--table", "log.parquet", "--tie-column", "n"];
    // Whatever is proposed: each role is given to another column first.
    let keys = ["G k t k k k k k k t", "j c a", "k k a k c", "enter", "2"];
    let (screens, _) = explore(&words, &keys, folder.path());
    assert!(screens.contains("Columns"), "{screens}");
    assert!(screens.contains("IN THE ENGINE"), "{screens}");
    // They are remembered, and a key shows them.
    let (screens, _) = explore(&words, &["C"], folder.path());
    assert!(screens.contains("IN THE ENGINE"), "{screens}");
    assert!(screens.contains("remembered"), "{screens}");
    // Reports and a mapping file name them.
    let (screens, _) = explore(&words, &[":write-mapping", "m.toml"], folder.path());
    let mapping = std::fs::read_to_string(folder.path().join("m.toml"));
    let mapping = mapping.unwrap_or_else(|error| panic!("{error}: {screens}"));
    for line in [
        "case = \"y\"",
        "activity = \"x\"",
        "time = \"z\"",
        "tie_column = \"n\"",
    ] {
        assert!(mapping.contains(line), "{mapping}");
    }
    let report = run(
        &["variants", "duckdb:", "--mapping", "m.toml"],
        folder.path(),
    );
    assert!(
        report.status.success(),
        "{}",
        String::from_utf8_lossy(&report.stderr)
    );
}

/// Lines of keys that export lists, write a report and save a session.
const KEYS: &[&str] = &[
    "2",
    "f",
    "events > 2",
    ":export variants.csv",
    ":export variants.json",
    "W",
    "3",
    ":export cases.md",
    "W",
    ":write-report",
    "report.html",
    "B",
    ":save-session",
    "kept.toml",
];

#[test]
#[ignore = "needs libduckdb"]
fn the_explorer_exports_reports_and_keeps_sessions() {
    let folder = TempDir::new().unwrap();
    write(
        &folder.path().join("log.parquet"),
        &batch(&mut Random(9), 60),
    );
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
    let words = [
        "duckdb:",
        "--table",
        "log.parquet",
        "--tie-column",
        "line",
        "--time",
        "at",
    ];
    let (screens, _) = explore(&words, KEYS, folder.path());
    let options = [
        "--case",
        "case_id",
        "--activity",
        "activity",
        "--time",
        "at",
        "--filter",
        "events > 2",
    ];
    for (report, format, file) in [
        ("variants", "csv", "variants.csv"),
        ("variants", "json", "variants.json"),
        ("cases", "markdown", "cases.md"),
    ] {
        let here = run(
            &[
                &[
                    report,
                    "log.parquet",
                    "--limit",
                    "100000",
                    "--format",
                    format,
                ],
                &options[..],
            ]
            .concat(),
            folder.path(),
        );
        assert_eq!(
            read(file),
            String::from_utf8_lossy(&here.stdout),
            "{screens}"
        );
    }
    let report = read("report.html");
    assert!(
        report.contains("Variants") && report.contains("<svg"),
        "{screens}"
    );
    let session = read("kept.toml");
    for part in [
        "file = \"duckdb:\"",
        "table = \"log.parquet\"",
        "tie_column = \"line\"",
        "events > 2",
    ] {
        assert!(session.contains(part), "{session}");
    }
    sessions_go_on(&words, folder.path());
}

/// A session that was saved, and the one that was left.
fn sessions_go_on(words: &[&str], folder: &Path) {
    // The session says where the log is, and what was looked at.
    let (screens, _) = explore(&["duckdb:", "--session", "kept.toml"], &["$"], folder);
    assert!(screens.contains("events > 2"), "{screens}");
    assert!(screens.contains("IN THE ENGINE"), "{screens}");
    let summary = run(&["summary", "duckdb:", "--session", "kept.toml"], folder);
    let text = String::from_utf8_lossy(&summary.stdout).into_owned();
    assert!(
        summary.status.success() && text.contains(" of 60 cases"),
        "{text}"
    );
    // What was left is offered to the same call, and to no other.
    let (screens, _) = explore(words, &["O"], folder);
    assert!(screens.contains("Session left"), "{screens}");
    let other = ["duckdb:", "--table", "(SELECT * FROM 'log.parquet')"];
    let (screens, _) = explore(&other, &["j"], folder);
    assert!(!screens.contains("Session left"), "{screens}");
}

/// A database with a table of odd names and of all types, in a schema and as a view; gives also a file of it.
fn database(folder: &Path) -> (String, std::path::PathBuf) {
    let address = Address::parse("duckdb:").unwrap().unwrap();
    let driver = Driver {
        name: Some(variable("CASETRAIL_TEST_DUCKDB")),
    };
    let connection = connect(&address, &driver, &Credentials::default()).unwrap();
    let (database, file) = (folder.join("my logs.duckdb"), folder.join("all.parquet"));
    let named = |path: &Path| format!("'{}'", path.display());
    for sql in [
        format!("ATTACH {} AS made", named(&database)),
        "CREATE SCHEMA made.\"my sales\"".to_owned(),
        "CREATE TABLE made.\"my sales\".\"order lines\" AS SELECT \
         CAST('00000000-0000-0000-0000-' || lpad(CAST(i // 4 AS VARCHAR), 12, '0') AS UUID) AS \"order \"\"id\"\"\", \
         CAST((['Open', 'Ship', 'Close', 'Open'])[i % 4 + 1] AS ENUM('Open', 'Ship', 'Close')) AS \"step.name\", \
         CAST(make_timestamp(1704067200000000 + i * 37 * 60000000) AS TIMESTAMPTZ) AS \"at\", \
         CAST(i * 1.25 AS DECIMAL(12, 3)) AS \"Preis (€)\", i % 3 = 0 AS \"is ok?\", \
         CAST(DATE '2024-02-01' + CAST(i % 5 AS INTEGER) AS DATE) AS due, \
         CAST(make_time(10, CAST(i % 60 AS INTEGER), 5.5) AS TIME) AS \"time\", \
         CAST('b\\x01' || i AS BLOB) AS blob, NULLIF(CAST(i % 7 AS UTINYINT), 0) AS small, \
         CAST(i AS HUGEINT) AS huge, CAST(i % 2 AS VARCHAR) AS case_id, CAST(i AS UBIGINT) AS seq, \
         [i % 3, NULL] AS list, CASE WHEN i % 4 > 0 THEN {'a': i % 3, 'b': 'x'} END AS struct, \
         CAST(i % 5 AS FLOAT) AS \"c4\", CAST(make_timestamp(i * 1000000) AS TIMESTAMP_S) AS t \
         FROM range(40) AS r(i)"
            .to_owned(),
        "USE made".to_owned(),
        "CREATE VIEW \"a view\" AS SELECT * FROM \"my sales\".\"order lines\"".to_owned(),
        "USE memory".to_owned(),
        format!("COPY made.\"my sales\".\"order lines\" TO {}", named(&file)),
        "DETACH made".to_owned(),
    ] {
        let done = connection.run(&sql, &|| false, &mut |_| Ok(()));
        done.unwrap_or_else(|error| panic!("{sql}: {error}"));
    }
    (database.display().to_string(), file)
}

/// Reports on the tables of a database.
const OF_TABLES: &[&[&str]] = &[
    &["variants"],
    &["cases", "--sort", "case"],
    &["facet"],
    &["split", "--by", "is ok?"],
    &["split", "--by", "Preis (€)"],
    &["split", "--by", "time,small"],
    &["split", "--by", "case_id,due"],
    &[
        "cases",
        "--filter",
        "`Preis (€)` > 20 and `is ok?` = true",
        "--sort",
        "case",
    ],
    &[
        "cases",
        "--filter",
        "list ~ \"2\"",
        "--columns",
        "list,`time`,huge,c4,t,due",
    ],
];

#[test]
#[ignore = "needs libduckdb"]
fn tables_of_a_database_are_read_as_files_of_them() {
    let folder = TempDir::new().unwrap();
    let (database, file) = database(folder.path());
    let columns = [
        "--case",
        "order \"id\"",
        "--activity",
        "step.name",
        "--time",
        "at",
    ];
    let tables = [
        "my sales.order lines",
        "a view",
        "main.a view",
        "(SELECT * FROM \"a view\")",
    ];
    let file = file.display().to_string();
    for words in OF_TABLES {
        let here = run(
            &[*words, &[file.as_str()], &columns, &["--format", "csv"]].concat(),
            folder.path(),
        );
        // Texts that are all numbers are numbers in a file, and parts of structures are columns.
        let differs = |line: &&str| !line.starts_with("case_id,") && !line.starts_with("struct");
        let same = |out: &[u8]| {
            let text = String::from_utf8_lossy(out).into_owned();
            let lines: Vec<&str> = text.lines().collect();
            match words[0] {
                "facet" => lines
                    .into_iter()
                    .filter(differs)
                    .collect::<Vec<_>>()
                    .join("\n"),
                _ => lines.join("\n"),
            }
        };
        let text = |out: &[u8]| String::from_utf8_lossy(out).into_owned();
        assert!(here.status.success(), "{words:?}: {}", text(&here.stderr));
        for table in tables {
            let engine = [database.as_str(), "--table", table, "--tie-column", "seq"];
            let there = run(
                &[*words, &engine, &columns, &["--format", "csv"]].concat(),
                folder.path(),
            );
            let said = text(&there.stderr);
            assert_eq!(
                same(&here.stdout),
                same(&there.stdout),
                "{words:?} {table}: {said}"
            );
        }
    }
    // The slice has the same types.
    let slice = [
        "fetch",
        &database,
        "--table",
        tables[0],
        "--output",
        "slice.arrow",
        "--filter",
        "\"Ship\"",
    ];
    let fetched = run(&[&slice[..], &columns].concat(), folder.path());
    assert!(
        fetched.status.success(),
        "{}",
        String::from_utf8_lossy(&fetched.stderr)
    );
    let facets = |file: &str| {
        let words = ["facet", file, "--format", "csv"];
        run(&[&words[..], &columns].concat(), folder.path()).stdout
    };
    assert_eq!(facets(&file), facets("slice.arrow"));
}

/// A statement that works for a day is stopped after two seconds; the connection answers the next one.
fn stops(address: &str, driver: &str, table: &str, small: &str) {
    let address = Address::parse(address).unwrap().unwrap();
    let driver = Driver {
        name: Some(driver.to_owned()),
    };
    let open = |table: &str, stop: &(dyn Fn() -> bool + Sync)| {
        let connection = connect(&address, &driver, &Credentials::default()).unwrap();
        let wanted = Wanted {
            name: "log".to_owned(),
            table: table.to_owned(),
            roles: roles(),
            order: None,
            dialect: Dialect::named(address.kind.dialect()).unwrap(),
            zone: chrono_tz::UTC,
        };
        let sample = Sample::take(&*connection, &wanted, stop)?;
        RemoteLog::open(connection, &sample, &wanted, stop)
    };
    let begun = Instant::now();
    let stop = move || begun.elapsed() > Duration::from_secs(2);
    let stopped = open(table, &stop).unwrap_err();
    assert_eq!(stopped, RemoteError::Cancelled);
    let waited = begun.elapsed();
    assert!(waited < Duration::from_secs(60), "{waited:?}");
    let log = open(small, &|| false).unwrap();
    assert_eq!(log.info().cases, 3);
}

#[test]
#[ignore = "needs libduckdb"]
fn a_statement_is_stopped_in_duckdb() {
    let of = |n: u64, m: u64| {
        format!(
            "(SELECT CAST(a.range AS VARCHAR) AS case_id, 'A' AS activity, make_timestamp(b.range) AS at, \
             'x' AS who FROM range({n}) AS a, range({m}) AS b)"
        )
    };
    let driver = variable("CASETRAIL_TEST_DUCKDB");
    stops("duckdb:", &driver, &of(10_000_000, 10_000_000), &of(3, 4));
}

#[test]
#[ignore = "needs Sail"]
fn a_statement_is_stopped_in_sail() {
    let of = |n: u64, m: u64| {
        format!(
            "(SELECT CAST(a.id AS STRING) AS case_id, 'A' AS activity, timestamp_micros(b.id) AS at, \
             'x' AS who FROM range({n}) AS a CROSS JOIN range({m}) AS b)"
        )
    };
    let driver = variable("CASETRAIL_TEST_FLIGHTSQL");
    let address = variable("CASETRAIL_TEST_SAIL");
    // Sail computes on when it is not waited for any more, and answers others after that: of 10^14 rows never.
    stops(&address, &driver, &of(20_000, 100_000), &of(3, 4));
}

const PASSWORD: &str = "open-sesame-17";
const TOKEN: &str = "tok-9f8e7d6c";

/// All files below a folder that have a text.
fn files_with(folder: &Path, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files_with(&path, text));
        } else if std::fs::read(&path)
            .unwrap()
            .windows(text.len())
            .any(|bytes| bytes == text.as_bytes())
        {
            found.push(path.display().to_string());
        }
    }
    found
}

/// Reports, a file of a slice and the explorer with secrets: no output, no file and no list of processes has them.
fn keep_secrets(address: &str, driver: &str) {
    let folder = TempDir::new().unwrap();
    let log = folder.path().join("log.parquet");
    write(&log, &batch(&mut Random(9), 40));
    let secrets = folder.path().join("secrets.toml");
    std::fs::write(&secrets, format!("token = \"{TOKEN}\"\n")).unwrap();
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o600);
    std::fs::set_permissions(&secrets, mode).unwrap();
    let (log, secrets) = (log.display().to_string(), secrets.display().to_string());
    let engine = [address, "--table", &log, "--time", "at", "--driver", driver];
    let by_file = ["--credentials", &secrets];
    let mut said = String::new();
    for (words, is_by_file) in [
        (&["summary", "--format", "json"][..], false),
        (&["summary"], true),
        (&["variants", "--filter", "\"Nothing\""], true),
        (&["fetch", "--output", "slice.arrow", "--force"], true),
        (&["cases", "--table", "none.parquet"], false),
    ] {
        let by_file = if is_by_file { &by_file[..] } else { &[] };
        let engine = if words.contains(&"--table") {
            &engine[..1]
        } else {
            &engine[..]
        };
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_casetrail"))
            .args([&words[..1], engine, &words[1..], by_file].concat())
            .current_dir(folder.path())
            .env("HOME", folder.path())
            .env_remove("XDG_CACHE_HOME")
            .env("CASETRAIL_PASSWORD", PASSWORD)
            .env("CASETRAIL_DRIVER", driver)
            .output()
            .unwrap();
        said += &String::from_utf8_lossy(&[output.stdout, output.stderr].concat());
    }
    let words = [&engine[..], &by_file].concat();
    let keys = ["2", "y !", "$", "I", "esc", "g l", "1", "M", "esc"];
    let (screens, shown) = explore(&words, &keys, folder.path());
    for secret in [PASSWORD, TOKEN] {
        for text in [&said, &screens, &shown] {
            assert!(!text.contains(secret), "{secret}: {text}");
        }
        let mut files = files_with(folder.path(), secret);
        files.retain(|file| !file.ends_with("secrets.toml"));
        assert!(files.is_empty(), "{files:?}");
    }
}

#[test]
#[ignore = "needs libduckdb"]
fn secrets_are_in_no_output_and_no_file_with_duckdb() {
    keep_secrets("duckdb:", &variable("CASETRAIL_TEST_DUCKDB"));
}

#[test]
#[ignore = "needs Sail"]
fn secrets_are_in_no_output_and_no_file_with_sail() {
    let driver = variable("CASETRAIL_TEST_FLIGHTSQL");
    keep_secrets(&variable("CASETRAIL_TEST_SAIL"), &driver);
}

#[test]
#[ignore = "needs Spark"]
fn secrets_are_in_no_output_and_no_file_with_spark() {
    let driver = variable("CASETRAIL_TEST_SPARK_DRIVER");
    keep_secrets(&variable("CASETRAIL_TEST_SPARK"), &driver);
}

/// Processes that Spark started: its executors.
fn executors() -> Vec<String> {
    let spark = variable("CASETRAIL_TEST_SPARK_PID");
    let processes = std::fs::read_dir("/proc").unwrap();
    let ids = processes.filter_map(|process| process.unwrap().file_name().into_string().ok());
    let is_child = |id: &String| {
        let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
        // The name of the program is in brackets, then come its state and its parent.
        let parent = stat.rsplit_once(')').map(|(_, after)| after);
        parent.is_some_and(|after| after.split_whitespace().nth(1) == Some(spark.as_str()))
    };
    ids.filter(is_child).collect()
}

/// Cases of ten events each, a second apart.
const CASES: u64 = 300_000;

#[test]
#[ignore = "needs Spark"]
fn an_executor_of_spark_that_is_killed_changes_no_figure() {
    let address = Address::parse(&variable("CASETRAIL_TEST_SPARK"));
    let driver = Driver {
        name: Some(variable("CASETRAIL_TEST_SPARK_DRIVER")),
    };
    let connection = connect(&address.unwrap().unwrap(), &driver, &Credentials::default()).unwrap();
    let table = format!(
        "(SELECT concat('c', CAST(id div 10 AS STRING)) AS case_id, concat('A', CAST(id % 10 AS STRING)) AS activity, \
         timestamp_micros({START} + id * 1000000) AS at, 'x' AS who FROM range({}))",
        CASES * 10
    );
    let wanted = Wanted {
        name: "log".to_owned(),
        table,
        roles: roles(),
        order: None,
        dialect: Dialect::named("spark").unwrap(),
        zone: chrono_tz::UTC,
    };
    let sample = Sample::take(&*connection, &wanted, &|| false).unwrap();
    let log = RemoteLog::open(connection, &sample, &wanted, &|| false).unwrap();
    let edges = EdgesQuery {
        listing: listing::<EdgesQuery>("count", usize::MAX),
    };
    let is_right = |rows: &[engine::EdgeRow]| {
        rows.len() == 9
            && rows
                .iter()
                .all(|row| (row.count, row.cases) == (CASES, CASES))
    };
    // Killed ever later in the query, as nobody knows when it is in its middle.
    for wait in [1, 3] {
        let victim = executors().pop().expect("Spark has executors");
        let killer = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_secs(wait));
            let kill = std::process::Command::new("kill")
                .args(["-9", &victim])
                .status();
            assert!(kill.unwrap().success());
        });
        let begun = Instant::now();
        // Other conditions, as answers are kept.
        let view = filtered(&format!("events > {wait}"));
        match engine::ask(&log, &view, &edges, &Cancel::never()) {
            Ok(found) => assert!(is_right(&found.rows), "{:?}", found.rows),
            Err(AskError::Engine(said)) => assert!(!said.is_empty()),
            Err(other) => panic!("{other:?}"),
        }
        killer.join().unwrap();
        assert!(begun.elapsed() < Duration::from_secs(300));
        let view = filtered(&format!("events >= {wait}"));
        assert!(is_right(&ask(&log, &view, &edges).rows));
    }
}
