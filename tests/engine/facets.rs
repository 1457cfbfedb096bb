//! Attributes of cases and events against a slow reference written straight from the definitions, on
//! random small logs and selections.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use crate::small_logs::{Cell, Columns, name};
use casetrail::engine::{
    Analysis, Cancel, FacetRow, FacetsQuery, Figure, Figures, GroupBy, Level, Listing,
    NumbersQuery, SplitQuery, View,
};
use casetrail::event_log::ColumnKind;
use chrono::{DateTime, Datelike, Timelike, Utc};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// One event: case, activity, time, and values of three columns, perhaps.
#[derive(Debug, Clone, Copy)]
struct Event {
    case: u8,
    activity: u8,
    second: i64,
    text: Option<&'static str>,
    number: Option<f64>,
    time: Option<i64>,
}

type Trace = Vec<Event>;

const TEXTS: [&str; 5] = ["a", "true", "True", "FALSE", "b c"];
const NUMBERS: [f64; 5] = [0.0, 1.5, -2.0, 7.0, 1e9];

fn events() -> impl Strategy<Value = Vec<Event>> {
    let event = (
        0u8..10,
        0u8..4,
        // A time of two months, so that hours, days and months differ.
        (0i64..60).prop_map(|at| at * 54_321),
        prop::option::weighted(0.6, prop::sample::select(TEXTS.to_vec())),
        prop::option::weighted(0.6, prop::sample::select(NUMBERS.to_vec())),
        prop::option::weighted(0.6, 0i64..4),
    );
    let event = event.prop_map(|(case, activity, second, text, number, time)| Event {
        case,
        activity,
        second,
        text,
        number,
        time,
    });
    let constant = any::<bool>();
    (prop::collection::vec(event, 0..50), constant).prop_map(|(mut events, constant)| {
        // A column that never changes within a case has one value a case.
        if constant {
            for at in 0..events.len() {
                let first = events.iter().find(|of| of.case == events[at].case);
                events[at].number = first.unwrap().number;
            }
        }
        events
    })
}

fn analysis(events: &[Event]) -> Analysis {
    let columns = Columns {
        named: &[
            ("word", ColumnKind::Text),
            ("amount", ColumnKind::Number),
            ("due", ColumnKind::Instant),
        ],
        ..Columns::default()
    };
    let row = |event: &Event| crate::small_logs::Event {
        case: event.case,
        activity: event.activity,
        second: event.second,
        start: None,
        cells: vec![
            Cell::Text(event.text.map(str::to_owned)),
            Cell::Number(event.number),
            Cell::Second(event.time),
        ],
    };
    let rows: Vec<crate::small_logs::Event> = events.iter().map(row).collect();
    crate::small_logs::analysis(crate::small_logs::log(&columns, &rows, rows.len()))
}

fn traces(events: &[Event]) -> BTreeMap<u8, Trace> {
    let mut traces: BTreeMap<u8, Trace> = BTreeMap::new();
    for event in events {
        traces.entry(event.case).or_default().push(*event);
    }
    for trace in traces.values_mut() {
        trace.sort_by_key(|event| event.second);
    }
    traces
}

fn start(trace: &Trace) -> DateTime<Utc> {
    DateTime::from_timestamp(trace[0].second, 0).unwrap()
}

/// Values of an attribute in a case, as texts.
fn values(attribute: &str, trace: &Trace) -> BTreeSet<String> {
    let of_events =
        |value: &dyn Fn(&Event) -> Option<String>| trace.iter().filter_map(value).collect();
    let one = |value: String| BTreeSet::from([value]);
    match attribute {
        "word" => of_events(&|event| {
            let text = event.text?;
            let is_truth = ["true", "false"].contains(&text.to_lowercase().as_str());
            Some(if is_truth {
                text.to_lowercase()
            } else {
                text.to_owned()
            })
        }),
        "amount" => of_events(&|event| Some(event.number?.to_string())),
        "due" => of_events(&|event| Some(event.time?.to_string())),
        "activity" => of_events(&|event| Some(name(event.activity))),
        "variant" => one(trace.iter().map(|event| name(event.activity)).collect()),
        "first" => one(name(trace[0].activity)),
        "last" => one(name(trace[trace.len() - 1].activity)),
        "start.weekday" => one(start(trace).weekday().to_string()),
        "start.hour" => one(start(trace).hour().to_string()),
        "start.month" => one(start(trace).month().to_string()),
        other => panic!("{other} is an attribute of no event"),
    }
}

/// The numbers of rows: of events, or of cases where no case has two of them.
fn numbers(traces: &[&Trace], level: Level) -> Vec<Option<f64>> {
    let rows = |trace: &&Trace| match level {
        Level::Case => vec![trace[0].number],
        Level::Event => trace.iter().map(|event| event.number).collect(),
    };
    traces.iter().flat_map(rows).collect()
}

fn check_numbers(row: &FacetRow, traces: &[&Trace]) {
    let rows = numbers(traces, row.level);
    let mut found: Vec<f64> = rows.iter().copied().flatten().collect();
    found.sort_by(f64::total_cmp);
    let Some(got) = row.numbers else {
        assert!(found.is_empty());
        return;
    };
    assert_eq!(got.n, found.len() as u64);
    assert_eq!(got.missing, (rows.len() - found.len()) as u64);
    let sum: f64 = found.iter().sum();
    let middle = f64::midpoint(found[(found.len() - 1) / 2], found[found.len() / 2]);
    let close = |a: f64, b: f64| (a - b).abs() <= 1e-9 * (1.0 + b.abs());
    assert!(close(got.sum, sum), "{} {sum}", got.sum);
    assert!(close(got.mean, sum / found.len() as f64));
    assert!(close(got.median, middle), "{} {middle}", got.median);
}

proptest! {
    #![proptest_config(crate::runs(2000))]

    #[test]
    fn attributes_hold_what_the_events_have(
        events in events(),
        without in prop::option::of(0u8..4),
    ) {
        let known = |activity: u8| events.iter().any(|event| event.activity == activity);
        if without.is_some_and(|activity| !known(activity)) {
            return Ok(());
        }
        let filter = without.map(|activity| format!("not \"{}\"", name(activity)));
        let view = |more: Option<String>| View {
            filters: filter.iter().cloned().chain(more).collect(),
            ..View::default()
        };
        let traces = traces(&events);
        let is_left = |trace: &&Trace| trace.iter().all(|event| Some(event.activity) != without);
        let traces: Vec<&Trace> = traces.values().filter(is_left).collect();
        let analysis = analysis(&events);
        let ask = |numbers: bool| {
            let query = FacetsQuery { numbers, listing: Listing::by("log") };
            analysis.ask(&view(None), &query, &Cancel::never()).unwrap().rows
        };
        let rows = ask(true);
        let names: Vec<&str> = rows.iter().map(|row| &*row.name).collect();
        prop_assert_eq!(names, [
            "word", "amount", "due", "activity", "variant", "first", "last",
            "start.weekday", "start.hour", "start.month",
        ]);
        for (row, quick) in rows.iter().zip(ask(false)) {
            let of_cases: Vec<BTreeSet<String>> =
                traces.iter().map(|trace| values(&row.name, trace)).collect();
            let all: BTreeSet<&String> = of_cases.iter().flatten().collect();
            let with = of_cases.iter().filter(|values| !values.is_empty()).count() as u64;
            prop_assert_eq!(row.held.values, all.len() as u64, "{}", &row.name);
            prop_assert_eq!(row.held.cases, with, "{}", &row.name);
            prop_assert_eq!(row.missing, traces.len() as u64 - with);
            prop_assert!(!row.held.more);
            prop_assert_eq!(quick, FacetRow { numbers: None, ..row.clone() });
            if &*row.name == "amount" {
                check_numbers(row, &traces);
            } else {
                prop_assert_eq!(row.numbers, None);
            }
            let query = NumbersQuery { by: row.by.clone() };
            let numbers = analysis.ask(&view(None), &query, &Cancel::never()).unwrap();
            prop_assert_eq!(numbers, row.numbers);
            // The filter leaves the cases with a value, and the values are the groups.
            let query = SplitQuery {
                by: vec![GroupBy::parse(&row.name)],
                across: None,
                common_ranges: false,
                figures: Figures { only: vec![Figure::Rework], ..Figures::default() },
                listing: Listing::by("cases"),
            };
            let split = analysis.ask(&view(None), &query, &Cancel::never()).unwrap();
            let none = split.rows.rows.iter().find(|group| group.values == [None]);
            prop_assert_eq!(none.map_or(0, |group| group.counts.cases), row.missing);
            if &*row.name != "due" {
                let groups = split.rows.total as u64 - u64::from(none.is_some());
                prop_assert_eq!(groups, row.held.values, "{}", &row.name);
            }
            if let Some(present) = &row.present {
                let kept = view(Some(present.to_string()));
                let kept = analysis.ask(&kept, &query, &Cancel::never()).unwrap();
                prop_assert_eq!(kept.cases, with, "{}", present);
            } else {
                prop_assert_eq!(row.missing, 0, "{}", &row.name);
            }
        }
    }
}
