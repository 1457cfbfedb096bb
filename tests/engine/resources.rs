//! Handovers, ping-pongs, load and expected breaches against a slow reference written straight from the
//! definitions, on random small logs and selections; and what the command line refuses.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use crate::cli_common::Desk;
use crate::small_logs::{Cell, Columns, Event, SECOND};
use casetrail::engine::{
    Analysis, Cancel, CaseEnds, DURATION, GroupBy, HandoversQuery, Listing, LoadQuery, MatrixQuery,
    PingPongQuery, Query, ResourcesQuery, RuleSpec, SummaryQuery, Timing, View,
};
use casetrail::event_log::ColumnKind;
use casetrail::filter::Field;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// One row of a log; times in seconds.
#[derive(Debug, Clone)]
struct Row {
    case: u8,
    activity: u8,
    second: i64,
    service: Option<i64>,
    who: Option<u8>,
    floor: Option<u8>,
    kind: u8,
}

fn rows() -> impl Strategy<Value = Vec<Row>> {
    let names = (
        0u8..8,
        0u8..4,
        prop::option::weighted(0.8, 0u8..4),
        prop::option::weighted(0.9, 0u8..3),
    );
    let times = (0i64..5000, prop::option::weighted(0.8, 0i64..900));
    let row = (names, times).prop_map(|((case, activity, who, floor), (second, service))| Row {
        case,
        activity,
        second,
        service,
        who,
        floor,
        // Of the case, as it never changes within one.
        kind: case % 3,
    });
    prop::collection::vec(row, 1..50)
}

/// The log with a column of texts as resource, one of numbers, and one of cases.
fn analysis(rows: &[Row], starts: bool, limit: i64) -> Analysis {
    let columns = Columns {
        named: &[
            ("who", ColumnKind::Text),
            ("floor", ColumnKind::Number),
            ("kind", ColumnKind::Text),
        ],
        resource: Some(0),
        starts,
    };
    let event = |row: &Row| Event {
        case: row.case,
        activity: row.activity,
        second: row.second,
        start: row.service.map(|service| row.second - service),
        cells: vec![
            Cell::named('r', row.who),
            Cell::Number(row.floor.map(f64::from)),
            Cell::named('k', Some(row.kind)),
        ],
    };
    let events: Vec<Event> = rows.iter().map(event).collect();
    let timing = Timing {
        // Cases without the activity are open.
        ends: CaseEnds {
            activities: Some(vec!["a0".to_owned()]),
            ..CaseEnds::default()
        },
        rules: vec![RuleSpec {
            name: "fast".to_owned(),
            milestone: DURATION.to_owned(),
            limit: limit * SECOND,
            calendar: None,
            pauses: Vec::new(),
            when: Vec::new(),
            severity: String::new(),
            warn: 0.8,
        }],
        ..Timing::default()
    };
    let log = crate::small_logs::log(&columns, &events, events.len());
    crate::small_logs::analysis(log)
        .with_timing(timing)
        .unwrap()
}

/// The selected traces by the order of events.
fn traces(rows: &[Row], starts: bool, without: Option<u8>) -> Vec<Vec<Row>> {
    let mut traces: BTreeMap<u8, Vec<Row>> = BTreeMap::new();
    for row in rows {
        traces.entry(row.case).or_default().push(row.clone());
    }
    let mut traces: Vec<Vec<Row>> = traces.into_values().collect();
    for trace in &mut traces {
        trace.sort_by_key(|row| (begin(row, starts), row.second));
    }
    let has = |trace: &Vec<Row>, activity| trace.iter().any(|row| row.activity == activity);
    traces.retain(|trace| without.is_none_or(|activity| !has(trace, activity)));
    traces
}

fn begin(row: &Row, starts: bool) -> i64 {
    row.second - row.service.filter(|_| starts).unwrap_or(0)
}

fn view(without: Option<u8>) -> View {
    View {
        filters: without.iter().map(|a| format!("not \"a{a}\"")).collect(),
        ..View::default()
    }
}

fn ask<Q: Query>(analysis: &Analysis, view: &View, query: &Q) -> Q::Answer {
    analysis.ask(view, query, &Cancel::never()).unwrap()
}

/// Number of selected cases that also meet a filter.
fn meeting(analysis: &Analysis, view: &View, filter: &str) -> u64 {
    let mut view = view.clone();
    view.filters.push(filter.to_owned());
    ask(analysis, &view, &SummaryQuery).cases
}

/// Name of the actor of a row by that column.
fn actor(row: &Row, by: &Field) -> Option<String> {
    match by {
        Field::Resource => row.who.map(|who| format!("r{who}")),
        Field::Activity => Some(format!("a{}", row.activity)),
        _ => row.floor.map(|floor| floor.to_string()),
    }
}

/// Times and cases of steps, by pairs of actors.
type Pairs = BTreeMap<(String, String), (Vec<i64>, BTreeSet<u8>)>;

struct Found {
    pairs: Pairs,
    back: Pairs,
    kept: BTreeMap<String, u64>,
    unknown: u64,
}

fn reference(traces: &[Vec<Row>], by: &Field) -> Found {
    let mut found = Found {
        pairs: Pairs::new(),
        back: Pairs::new(),
        kept: BTreeMap::new(),
        unknown: 0,
    };
    for trace in traces {
        let of = |at: usize| actor(&trace[at], by);
        for at in 1..trace.len() {
            let time = trace[at].second - trace[at - 1].second;
            match (of(at - 1), of(at)) {
                (Some(a), Some(b)) if a == b => *found.kept.entry(a).or_default() += 1,
                (Some(a), Some(b)) => {
                    let pair = found.pairs.entry((a, b)).or_default();
                    pair.0.push(time);
                    pair.1.insert(trace[at].case);
                }
                _ => found.unknown += 1,
            }
        }
        for three in trace.windows(3) {
            let [a, b, c] = [0, 1, 2].map(|at| actor(&three[at], by));
            if let (Some(a), Some(b), Some(c)) = (a, b, c)
                && a == c
                && a != b
            {
                let names = (a.clone().min(b.clone()), a.max(b));
                let pair = found.back.entry(names).or_default();
                pair.0.push(three[2].second - three[0].second);
                pair.1.insert(three[0].case);
            }
        }
    }
    found
}

fn median(times: &[i64]) -> f64 {
    let mut times = times.to_vec();
    times.sort_unstable();
    let n = times.len();
    (times[(n - 1) / 2] + times[n / 2]) as f64 / 2.0
}

proptest! {
    #![proptest_config(crate::runs(200))]

    #[test]
    fn handovers_are_those_of_a_loop(
        rows in rows(),
        starts in any::<bool>(),
        without in prop::option::of(0u8..4),
    ) {
        let without = without.filter(|of| rows.iter().any(|row| row.activity == *of));
        let analysis = analysis(&rows, starts, 1000);
        let (view, traces) = (view(without), traces(&rows, starts, without));
        for by in [Field::Resource, Field::Activity, Field::Column("floor".to_owned())] {
            let want = reference(&traces, &by);
            let listing = Listing::by("count");
            let got = ask(&analysis, &view, &HandoversQuery { by: by.clone(), listing });
            let n = |pairs: &Pairs| pairs.values().map(|pair| pair.0.len() as u64).sum::<u64>();
            prop_assert_eq!(got.steps.handovers, n(&want.pairs));
            prop_assert_eq!(got.steps.same, want.kept.values().sum::<u64>());
            prop_assert_eq!(got.steps.unknown, want.unknown);
            let cases: BTreeSet<u8> = want.back.values().flat_map(|pair| pair.1.clone()).collect();
            prop_assert_eq!(got.steps.ping_pong_cases, cases.len() as u64);
            prop_assert_eq!(got.rows.rows.len(), want.pairs.len());
            let order: Vec<_> = got.rows.rows.iter()
                .map(|row| (std::cmp::Reverse(row.count), row.from.to_string(), row.to.to_string()))
                .collect();
            prop_assert!(order.is_sorted(), "{:?}", order);
            for row in &got.rows.rows {
                let (times, cases) = &want.pairs[&(row.from.to_string(), row.to.to_string())];
                prop_assert_eq!((row.count, row.cases), (times.len() as u64, cases.len() as u64));
                let elapsed = row.elapsed.unwrap();
                prop_assert_eq!(elapsed.median, median(times));
                prop_assert_eq!(elapsed.total, times.iter().sum::<i64>() as f64);
                // The filter selects the cases of the row.
                prop_assert_eq!(meeting(&analysis, &view, &row.filter.to_string()), row.cases);
            }
            // By a figure of the times, which all rows then have.
            let listing = Listing::by("median");
            let by_time = ask(&analysis, &view, &HandoversQuery { by: by.clone(), listing });
            let medians: Vec<f64> = by_time.rows.rows.iter().map(|row| row.elapsed.unwrap().median).collect();
            prop_assert!(medians.windows(2).all(|two| two[0] >= two[1]), "{:?}", medians);

            let listing = Listing::by("count");
            let got = ask(&analysis, &view, &PingPongQuery { by: by.clone(), listing });
            prop_assert_eq!(got.rows.rows.len(), want.back.len());
            for row in &got.rows.rows {
                let (times, cases) = &want.back[&(row.a.to_string(), row.b.to_string())];
                prop_assert_eq!((row.count, row.cases), (times.len() as u64, cases.len() as u64));
                prop_assert_eq!(row.back.unwrap().median, median(times));
                prop_assert_eq!(meeting(&analysis, &view, &row.filter.to_string()), row.cases);
            }

            for most in [2, 20] {
                let matrix = ask(&analysis, &view, &MatrixQuery { by: by.clone(), most, times: true });
                let own = matrix.names.len();
                let mut outside = 0;
                for (row, cells) in matrix.cells.iter().enumerate() {
                    for (column, cell) in cells.iter().enumerate() {
                        if row >= own || column >= own {
                            outside += cell.count;
                        } else if row == column {
                            let kept = want.kept.get(&*matrix.names[row]).copied();
                            prop_assert_eq!(cell.count, kept.unwrap_or(0));
                        } else {
                            let names = [row, column].map(|at| matrix.names[at].to_string());
                            let [from, to] = names;
                            let pair = want.pairs.get(&(from, to));
                            prop_assert_eq!(cell.count, pair.map_or(0, |pair| pair.0.len() as u64));
                            prop_assert_eq!(cell.median, pair.map(|pair| median(&pair.0)));
                        }
                    }
                }
                let is_own = |name: &str| matrix.names.iter().any(|own| **own == *name);
                let left: usize = want.pairs.iter()
                    .filter(|((from, to), _)| !is_own(from) || !is_own(to))
                    .map(|(_, pair)| pair.0.len())
                    .sum();
                prop_assert_eq!(outside, left as u64);
            }
        }
    }

    #[test]
    fn loads_and_breaches_are_those_of_a_loop(
        rows in rows(),
        starts in any::<bool>(),
        without in prop::option::of(0u8..4),
        limit in 200i64..4000,
    ) {
        let without = without.filter(|of| rows.iter().any(|row| row.activity == *of));
        let analysis = analysis(&rows, starts, limit);
        let (view, traces) = (view(without), traces(&rows, starts, without));
        // Kept or broken under the deadline, and the kind of each case.
        let now = rows.iter().map(|row| row.second).max().unwrap();
        let fate = |trace: &Vec<Row>| {
            let first = trace.iter().map(|row| begin(row, starts)).min().unwrap();
            let last = trace.iter().max_by_key(|row| row.second).unwrap();
            let is_open = trace.last().is_none_or(|row| row.activity != 0);
            let took = if is_open { now - first } else { last.second - first };
            (!is_open || took > limit).then_some(took > limit)
        };
        for by in [Field::Resource, Field::Activity, Field::Column("floor".to_owned())] {
            let query = ResourcesQuery {
                by: by.clone(),
                mix: Some(GroupBy::parse("kind")),
                listing: Listing::by("events"),
            };
            let got = ask(&analysis, &view, &query);
            let load = LoadQuery { by: by.clone(), listing: Listing::by("busy") };
            let loads = ask(&analysis, &view, &load);
            prop_assert_eq!(loads.starts_known, starts);
            prop_assert_eq!(loads.rows.rows.len(), got.rows.rows.len());
            let names: BTreeSet<String> =
                traces.iter().flatten().filter_map(|row| actor(row, &by)).collect();
            prop_assert_eq!(got.rows.rows.len(), names.len());
            let of_kind = |kind: u8| {
                let alike = traces.iter().filter(move |trace| trace[0].kind == kind);
                let fates: Vec<bool> = alike.filter_map(&fate).collect();
                let broken = fates.iter().filter(|broken| **broken).count();
                broken as f64 / fates.len().max(1) as f64
            };
            for row in &got.rows.rows {
                let is_mine = |of: &&Row| actor(of, &by).as_deref() == Some(&*row.resource);
                let has_it = |trace: &&Vec<Row>| trace.iter().any(|of| is_mine(&of));
                let mine: Vec<&Vec<Row>> = traces.iter().filter(has_it).collect();
                prop_assert_eq!(row.cases, mine.len() as u64);
                let known: Vec<(u8, bool)> =
                    mine.iter().filter_map(|trace| Some((trace[0].kind, fate(trace)?))).collect();
                let breaches = row.breaches.unwrap();
                prop_assert_eq!(breaches.known, known.len() as u64);
                prop_assert_eq!(breaches.broken, known.iter().filter(|of| of.1).count() as u64);
                let expected: f64 = known.iter().map(|of| of_kind(of.0)).sum();
                prop_assert!((breaches.expected - expected).abs() < 1e-6);
                let events = mine.iter().flat_map(|trace| trace.iter()).filter(is_mine);
                let events: Vec<&Row> = events.collect();
                prop_assert_eq!(row.events, events.len() as u64);
                let repeats = |trace: &Vec<Row>| {
                    let again = |at: usize| {
                        trace[at + 1..].iter().any(|later| later.activity == trace[at].activity)
                    };
                    (0..trace.len()).filter(|&at| is_mine(&&trace[at]) && again(at)).count() as u64
                };
                prop_assert_eq!(row.repeated, mine.iter().map(|trace| repeats(trace)).sum::<u64>());

                let timed = events.iter().filter(|of| starts && of.service.is_some());
                let timed: Vec<(i64, i64)> =
                    timed.map(|of| (begin(of, starts), of.second)).collect();
                prop_assert_eq!(row.load.timed, timed.len() as u64);
                let service = timed.iter().map(|of| of.1 - of.0).sum::<i64>() as f64;
                prop_assert_eq!(row.load.service, (!timed.is_empty()).then_some(service));
                let seconds = -1000..6000;
                let under_way = |second: i64| timed.iter().filter(|of| of.0 <= second && second < of.1).count();
                let busy = seconds.clone().filter(|&second| under_way(second) > 0).count() as f64;
                prop_assert_eq!(row.load.busy, (!timed.is_empty()).then_some(busy));
                let most = seconds.map(under_way).max().unwrap() as u64;
                prop_assert_eq!(row.load.most, (!timed.is_empty()).then_some(most));
                let first = events.iter().map(|of| begin(of, starts)).min().unwrap();
                let span = events.iter().map(|of| of.second).max().unwrap() - first;
                let share = (!timed.is_empty() && span > 0).then(|| busy / span as f64);
                prop_assert_eq!(row.load.utilization(), share);
                let listed = loads.rows.rows.iter().find(|of| of.resource == row.resource);
                prop_assert_eq!(listed, Some(&row.load));
            }
        }
    }
}

const LOG: &str = "case,activity,time,resource,team,at\n\
    1,In,2024-01-01T08:00:00Z,Ann,x,2024-01-01T08:00:00Z\n\
    1,Out,2024-01-01T09:00:00Z,Bob,x,2024-01-02T08:00:00Z\n\
    2,In,2024-01-01T08:30:00Z,Bob,y,2024-01-03T08:00:00Z\n\
    2,Out,2024-01-01T10:00:00Z,Bob,y,2024-01-04T08:00:00Z\n";

#[test]
fn reports_refuse_what_they_cannot_be_by() {
    let desk = Desk::with("log.csv", LOG);
    let refused = |words: &[&str]| {
        let run = desk.run(words);
        assert_eq!(run.code, Some(2), "{words:?}: {}", run.err);
        assert_eq!(run.out, "", "{words:?}");
        assert_eq!(run.err.lines().count(), 1, "{words:?}: {}", run.err);
        run.err
    };
    let unknown = refused(&["handover", "log.csv", "--by", "taem"]);
    assert!(unknown.contains("team"), "{unknown}");
    for report in ["handover", "load", "resources"] {
        let times = refused(&[report, "log.csv", "--by", "at"]);
        assert!(times.contains("at has times"), "{times}");
        refused(&[report, "log.csv", "--by", "case"]);
        refused(&[report, "log.csv", "--by", "duration"]);
    }
    refused(&["resources", "log.csv", "--sort", "breaches_rate"]);
    refused(&["resources", "log.csv", "--mix", "nosuch"]);
    refused(&["load", "log.csv", "--sort", "busy"]);
    let without = LOG.replace("resource", "who");
    let desk = Desk::with("log.csv", without);
    for report in ["handover", "load"] {
        let run = desk.run(&[report, "log.csv", "--no-cache"]);
        assert_eq!(run.code, Some(2), "{report}: {}", run.err);
        assert!(run.err.contains("--resource"), "{}", run.err);
        let run = desk.run(&[report, "log.csv", "--by", "who", "--no-cache"]);
        assert_eq!(run.code, Some(0), "{report}: {}", run.err);
    }
}

#[test]
fn json_has_the_keys_of_the_contract() {
    let desk = Desk::with("log.csv", LOG);
    let load = desk.json(&["load", "log.csv"]);
    assert_eq!(load["starts_known"], false);
    let first = &load["resources"][0];
    assert_eq!(
        (&first["resource"], &first["instances"]),
        (&"Bob".into(), &3.into())
    );
    for key in ["service", "busy", "utilization", "parallel"] {
        assert!(
            first.get(key).is_some_and(serde_json::Value::is_null),
            "{key}"
        );
    }
    let handover = desk.json(&["handover", "log.csv"]);
    for (key, n) in [
        ("handovers", 1),
        ("same", 1),
        ("unknown", 0),
        ("ping_pong_cases", 0),
    ] {
        assert_eq!(handover[key], n, "{key}");
    }
    let pair = &handover["pairs"][0];
    assert_eq!(pair["filter"], r#"resource "Ann" -> "Bob""#);
    assert_eq!(pair["elapsed"]["median"], 3600);
}
