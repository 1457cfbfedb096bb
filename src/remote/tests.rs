//! The statements of each dialect, as files that are compared: what a filter or a query becomes needs no engine.

use super::conditions::Compiler;
use super::frame::{Frame, Parts};
use super::log::RemoteLog;
use super::skeleton::{Values, skeleton};
use super::table::Table;
use super::{Connection, DIALECTS, Dialect, RemoteError, Stop};
use crate::engine::{
    ActivitiesQuery, AskError, CasesQuery, EdgesQuery, FacetsQuery, Figures, FilterCountsQuery,
    FlowQuery, GroupBy, Listing, MapOf, MapQuery, NumbersQuery, OverviewQuery, Page, Request,
    SplitQuery, SummaryQuery, VariantsQuery, View,
};
use crate::engine::{Answers, Cancel};
use crate::event_log::{Role, Roles};
use crate::filter::{self, BindInputs};
use arrow_array::{ArrayRef, Int64Array, RecordBatch};
use arrow_schema::{DataType, Field, Schema, SchemaRef, TimeUnit};
use chrono_tz::Tz;
use expect_test::expect_file;
use std::fmt::Write;
use std::sync::{Arc, Mutex};

fn schema() -> Schema {
    let utc = Some(Arc::from("UTC"));
    Schema::new(vec![
        Field::new("order id", DataType::Utf8, true),
        Field::new("step", DataType::Utf8, true),
        Field::new("at", DataType::Timestamp(TimeUnit::Microsecond, utc), true),
        Field::new("who", DataType::Utf8, true),
        Field::new("region", DataType::Utf8, true),
        Field::new("amount", DataType::Float64, true),
        Field::new("due", DataType::Date32, true),
        Field::new("line", DataType::Int32, true),
    ])
}

fn roles() -> Roles {
    let mut roles = Roles::default();
    for (role, name) in [
        (Role::Case, "order id"),
        (Role::Activity, "step"),
        (Role::Time, "at"),
        (Role::Resource, "who"),
    ] {
        roles[role].push(name.to_owned());
    }
    roles
}

fn table(dialect: &'static Dialect) -> Table {
    let relation = dialect.relation("sales.events");
    Table::new(relation, &schema(), &roles(), Some("line")).unwrap()
}

fn activities() -> Vec<Arc<str>> {
    ["Open", "Ship", "it's", "Close"].map(Arc::from).to_vec()
}

fn values() -> Values {
    let texts =
        |texts: &[&str]| -> Arc<[String]> { texts.iter().map(|text| (*text).to_owned()).collect() };
    Values::from([
        (3, texts(&["ann", "bob", "o\\k"])),
        (4, texts(&["EU", "US"])),
    ])
}

/// Filters of all kinds that are pushed down.
const FILTERS: &[&str] = &[
    r#""Open""#,
    r#"not "Open""#,
    r#""Open" and ("Ship" or not "Close")"#,
    r#""Open" -> "Ship""#,
    r#""Open" -> "Ship" within 2h"#,
    r#""Open" -> "Ship" after 1h within 2h"#,
    r#""Open" -> "Ship" during 2024-01..2024-03"#,
    r#""Open" -> "Ship" overlaps 2024-01..2024-03"#,
    r#""Open" ~> "Close""#,
    r#""Open" ~> "Close" within 2d"#,
    r#""Open" ~> "Close" after 2d"#,
    r#""Open" -> "Ship" -> "Close" within 1d"#,
    r#"starts with "Open""#,
    r#"ends with "it's""#,
    "started 2024-01..",
    "ended ..=2024-02-01",
    "during 2024",
    "overlaps 2024-01-01..2024-02-01",
    "time in 2024-01-01..2024-02-01",
    "time after 1h within 2h",
    "duration > 3d",
    "duration = 0s",
    "start >= 2024-01-02",
    "end < 2024-01-02",
    "events > 3",
    "events in (1, 2)",
    "variant <= 10",
    r#"count("Ship") = 2"#,
    r#"case in ("a", "b")"#,
    r#"case > "m""#,
    r#"activity ~ "^S""#,
    r#"resource = "ANN""#,
    r#"resource != "bob""#,
    r#"who = "o\\k""#,
    r#"region in ("EU", "US")"#,
    r#"region ~ "^E""#,
    "amount > 0.1",
    "amount in (1, 2.5)",
    "due < 2024-03-01",
    "region is missing",
    "amount is not missing",
    r#"event(activity = "Ship" and amount > 5 and resource = "ann")"#,
    r#"first(resource) = "ann""#,
    "last(amount) >= 2",
    r#"resource "ann" -> "bob""#,
    "ping-pong",
    r#"ping-pong ["ann", "bob"]"#,
    "start.hour in (9, 10)",
    "end.weekday = mon",
];

/// Conditions on events that are pushed down.
const CONDITIONS: &[&str] = &[
    r#"activity != "Ship""#,
    "time in 2024-01..2024-02",
    "amount < 5",
    "resource is missing",
];

/// Filters that are refused, with a part of the reason.
const REFUSED: &[(&str, &str)] = &[
    ("queued \"Ship\"", "queued"),
    ("\"Open\" ~> \"Ship\" ~> \"Close\"", "paths of three"),
    ("\"Open\" ~> \"Close\" after 1h within 2h", "both"),
    ("\"Open\" ~> \"Close\" during 2024", "range of time"),
    ("case ~ \"^a\"", "regexes in case ids"),
    ("case = 17", "numbers"),
    ("amount ~ \"1\"", "regexes in numbers"),
    ("start ~ \"1\"", "regexes in times"),
];

fn inputs() -> BindInputs<'static> {
    BindInputs {
        now: Some(1_706_745_600_000_000),
        ..Tz::UTC.into()
    }
}

/// The statement for the cases of a filter.
fn cases(dialect: &'static Dialect, text: &str) -> Result<String, RemoteError> {
    let table = table(dialect);
    let log = skeleton(&table, &activities(), &values(), std::iter::empty());
    let mut compiler = Compiler::new(dialect, &table, &log, None);
    let bound = filter::bind(&filter::parse(text).unwrap(), &log, inputs()).unwrap();
    let condition = compiler.case_condition(bound.root())?;
    let mut frame = Frame::whole(dialect, &table);
    frame.needs = compiler.needs;
    frame.cases = Some(condition);
    Ok(frame.statement(Parts::Events, &[], "SELECT DISTINCT case_id FROM e"))
}

fn events(dialect: &'static Dialect, text: &str) -> String {
    let table = table(dialect);
    let log = skeleton(&table, &activities(), &values(), std::iter::empty());
    let mut compiler = Compiler::new(dialect, &table, &log, None);
    let bound = filter::bind_events(&filter::parse_events(text).unwrap(), &log, inputs()).unwrap();
    let condition = compiler.event_condition(bound.condition()).unwrap();
    let mut frame = Frame::whole(dialect, &table);
    frame.events = vec![condition];
    frame.needs = compiler.needs;
    frame.statement(Parts::Events, &[], "SELECT * FROM e")
}

/// Notes what it is asked, and answers with a row of numbers or with nothing.
struct Recorder {
    asked: Arc<Mutex<Vec<String>>>,
    zeros: bool,
}

impl Connection for Recorder {
    fn run(
        &self,
        sql: &str,
        _: Stop<'_>,
        each: &mut dyn FnMut(RecordBatch) -> Result<(), RemoteError>,
    ) -> Result<SchemaRef, RemoteError> {
        self.asked.lock().unwrap().push(sql.to_owned());
        // One case, where groups are asked for with all of them.
        let with_all = sql.contains("GROUPING SETS ((),");
        let columns = (0..40).map(|i| {
            let value = match (with_all, i) {
                (true, 0) => None,
                (true, _) => Some(1),
                (false, _) => Some(0),
            };
            let value: ArrayRef = Arc::new(Int64Array::from(vec![value]));
            (format!("x{i}"), value)
        });
        let batch = RecordBatch::try_from_iter(columns).unwrap();
        let schema = batch.schema();
        // Groups and values have names, which are no zeros.
        let groups = sql.lines().last().is_some_and(|select| {
            select.contains("GROUP BY") || select.starts_with("SELECT DISTINCT")
        });
        if self.zeros && (with_all || !groups) {
            each(batch)?;
        }
        Ok(schema)
    }
}

/// The statements of a query.
fn asked(dialect: &'static Dialect, request: &Request, zeros: bool) -> Vec<String> {
    let asked = Arc::default();
    let recorder = Recorder {
        asked: Arc::clone(&asked),
        zeros,
    };
    let log = RemoteLog::for_tests(Box::new(recorder), dialect, table(dialect), activities());
    log.answer(&View::default(), request, &Cancel::never())
        .unwrap();
    asked.lock().unwrap().clone()
}

/// Queries with a title, and whether a row of zeros is answered.
fn queries() -> Vec<(&'static str, Request, bool)> {
    let listing = |sort| Listing {
        page: Page::first(10),
        ..Listing::by(sort)
    };
    vec![
        ("summary", Request::new(SummaryQuery), true),
        (
            "variants",
            Request::new(VariantsQuery::new(listing("cases"))),
            false,
        ),
        (
            "activities",
            Request::new(ActivitiesQuery {
                listing: listing("events"),
            }),
            false,
        ),
        (
            "dfg",
            Request::new(EdgesQuery {
                listing: listing("count"),
            }),
            false,
        ),
        (
            "cases",
            Request::new(CasesQuery {
                listing: listing("duration"),
                variants: Vec::new(),
            }),
            false,
        ),
        (
            "overview",
            Request::new(OverviewQuery {
                time_bins: 4,
                duration_bins: 4,
            }),
            true,
        ),
        (
            "flow",
            Request::new(FlowQuery {
                bins: 3,
                range: Some((0, 10_000_000)),
            }),
            true,
        ),
        (
            "map",
            Request::new(MapQuery {
                of: MapOf::default(),
                times: true,
                names: None,
            }),
            true,
        ),
        (
            "filter counts",
            Request::new(FilterCountsQuery {
                filters: vec!["\"Open\"".to_owned(), "variant = 1".to_owned()],
            }),
            true,
        ),
    ]
}

/// Queries about attributes and groups, as of [`queries`].
fn groups() -> Vec<(&'static str, Request, bool)> {
    vec![
        (
            "facet",
            Request::new(FacetsQuery {
                numbers: false,
                listing: Listing::by("log"),
            }),
            true,
        ),
        (
            "numbers",
            Request::new(NumbersQuery {
                by: GroupBy::parse("amount"),
            }),
            true,
        ),
        (
            "split",
            Request::new(SplitQuery {
                by: ["region", "amount", "first(due)", "start.month"]
                    .map(GroupBy::parse)
                    .to_vec(),
                across: None,
                figures: Figures::default(),
                common_ranges: false,
                listing: Listing::by("cases"),
            }),
            true,
        ),
    ]
}

fn golden(dialect: &'static Dialect) -> String {
    let mut out = String::new();
    let mut add = |title: &str, sql: &str| writeln!(out, "-- {title}\n{sql};\n").unwrap();
    for (title, request, zeros) in queries().iter().chain(&groups()) {
        for sql in asked(dialect, request, *zeros) {
            add(title, &sql);
        }
    }
    for text in CONDITIONS {
        add(&format!("events where {text}"), &events(dialect, text));
    }
    for text in FILTERS {
        add(
            &format!("cases where {text}"),
            &cases(dialect, text).unwrap(),
        );
    }
    // What is alike everywhere is shown once.
    let common = |line: &str| {
        line.starts_with("w AS") || line.starts_with("WITH src") || line.starts_with("ev AS")
    };
    let mut seen = std::collections::BTreeSet::new();
    let lines = out
        .lines()
        .filter(|line| !common(line) || seen.insert((*line).to_owned()));
    lines.fold(String::new(), |text, line| text + line + "\n")
}

#[test]
fn statements_of_duckdb_are_as_written_down() {
    expect_file!["golden/duckdb.sql"].assert_eq(&golden(&DIALECTS[0]));
}

#[test]
fn statements_of_spark_are_as_written_down() {
    expect_file!["golden/spark.sql"].assert_eq(&golden(&DIALECTS[1]));
}

#[test]
fn what_no_engine_evaluates_is_refused() {
    for dialect in DIALECTS {
        for (text, why) in REFUSED {
            let Err(RemoteError::Refused(said)) = cases(dialect, text) else {
                panic!("{text} is not refused");
            };
            assert!(said.contains(why), "{text}: {said}");
        }
    }
}

#[test]
fn texts_are_quoted_as_each_dialect_reads_them() {
    let quoted = |dialect: &Dialect| (dialect.literal)("it's a \\ 'b'");
    assert_eq!(quoted(&DIALECTS[0]), "'it''s a \\ ''b'''");
    assert_eq!(quoted(&DIALECTS[1]), "'it\\'s a \\\\ \\'b\\''");
    assert_eq!(DIALECTS[0].relation("a.b c"), "\"a\".\"b c\"");
    assert_eq!(DIALECTS[1].relation("x/*.parquet"), "parquet.`x/*.parquet`");
    assert_eq!(DIALECTS[0].relation("(SELECT 1)"), "(SELECT 1)");
}

#[test]
fn reports_that_need_all_events_are_refused() {
    let recorder = Recorder {
        asked: Arc::default(),
        zeros: false,
    };
    let dialect = &DIALECTS[0];
    let log = RemoteLog::for_tests(Box::new(recorder), dialect, table(dialect), activities());
    let request = Request::new(crate::engine::WeekQuery { medians: false });
    let answer = log.answer(&View::default(), &request, &Cancel::never());
    assert!(matches!(answer, Err(AskError::NotThere(_))), "{answer:?}");
}

#[test]
fn columns_of_a_wrong_type_are_refused() {
    let mut wrong = roles();
    wrong[Role::Case] = vec!["amount".to_owned()];
    let refused = Table::new("t".to_owned(), &schema(), &wrong, None).unwrap_err();
    assert!(
        refused
            .to_string()
            .contains("a case id or activity is text"),
        "{refused}"
    );
    let mut wrong = roles();
    wrong[Role::Time] = vec!["who".to_owned()];
    let refused = Table::new("t".to_owned(), &schema(), &wrong, None).unwrap_err();
    assert!(refused.to_string().contains("is a timestamp"), "{refused}");
    let mut wrong = roles();
    wrong[Role::Case] = vec!["order_id".to_owned()];
    let refused = Table::new("t".to_owned(), &schema(), &wrong, None).unwrap_err();
    assert!(refused.to_string().contains("order id"), "{refused}");
}

#[test]
fn quantiles_are_made_of_the_values_around_them() {
    // Ranks that a product in floating point may miss by one are there.
    let values: Vec<i64> = (0..101).map(|i| i * i).collect();
    for n in 1..=101u64 {
        for percent in [50u64, 90, 99] {
            let below = (n - 1) * percent / 100;
            let exact =
                crate::metrics::quantile::type7(n, percent as f64 / 100.0, |k| values[k as usize]);
            let near = crate::metrics::quantile::type7(n, percent as f64 / 100.0, |k| {
                let place = (k + 1).checked_sub(below).unwrap();
                assert!(place < 3, "{n} {percent}");
                values[k as usize]
            });
            assert_eq!(exact.to_bits(), near.to_bits());
        }
    }
}
