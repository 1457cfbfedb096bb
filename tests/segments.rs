//! Funnels and counts before an activity against a slow reference written straight from the
//! definitions, on random small logs and selections.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use casetrail::engine::{
    Analysis, BeforeQuery, Cancel, FunnelQuery, GroupBy, StageOrder, StageRow, View,
};
use casetrail::event_log::{
    BlockColumn, ColumnKind, ColumnSpec, EventLog, LogBuilder, Progress, RowBlock, Schema,
};
use casetrail::formats::ImportReport;
use proptest::prelude::*;
use std::collections::BTreeMap;

/// One event: case, activity, second, and a value of a column, perhaps.
#[derive(Debug, Clone, Copy)]
struct Event {
    case: u8,
    activity: u8,
    second: i64,
    value: Option<u8>,
}

type Trace = Vec<Event>;

fn events() -> impl Strategy<Value = Vec<Event>> {
    let event = (
        0u8..12,
        0u8..5,
        0i64..60,
        prop::option::weighted(0.7, 0u8..3),
    );
    let event = event.prop_map(|(case, activity, second, value)| Event {
        case,
        activity,
        second,
        value,
    });
    prop::collection::vec(event, 0..70)
}

const SECOND: i64 = 1_000_000;

fn log(events: &[Event]) -> EventLog {
    let schema = Schema {
        columns: vec![ColumnSpec {
            name: "kind".into(),
            kind: ColumnKind::Text,
        }],
        ..Schema::default()
    };
    let mut builder = LogBuilder::new(schema.clone());
    let mut block = RowBlock::new(&schema, events.len());
    for event in events {
        block.case.push(format!("c{}", event.case).as_bytes());
        block.activity.push(name(event.activity).as_bytes());
        block.time.push(event.second * SECOND);
        let BlockColumn::Text(kind) = &mut block.columns[0] else {
            unreachable!()
        };
        match event.value {
            Some(value) => kind.push(format!("k{value}").as_bytes()),
            None => kind.push_missing(),
        }
    }
    builder.push(block);
    builder.finish(&Progress::default()).unwrap().0
}

fn name(activity: u8) -> String {
    format!("a{activity}")
}

fn analysis(events: &[Event]) -> Analysis {
    let (zone, progress) = (chrono_tz::UTC, Progress::default());
    let report = ImportReport::default();
    Analysis::new("log".to_owned(), log(events), report, zone, &progress).unwrap()
}

/// The traces by case, ordered by time, ties as in the file.
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

/// A filter, and the cases that it leaves.
fn filters() -> impl Strategy<Value = (Option<String>, Option<u8>)> {
    prop::option::of(0u8..5).prop_map(|without| {
        let text = without.map(|activity| format!("not \"{}\"", name(activity)));
        (text, without)
    })
}

fn is_left(trace: &Trace, without: Option<u8>) -> bool {
    without.is_none_or(|activity| trace.iter().all(|event| event.activity != activity))
}

fn view(filter: Option<String>) -> View {
    View {
        filters: filter.into_iter().collect(),
        ..View::default()
    }
}

fn quantile(sorted: &[f64], q: f64) -> f64 {
    let position = q * (sorted.len() - 1) as f64;
    let below = position.floor() as usize;
    let above = (below + 1).min(sorted.len() - 1);
    sorted[below] + (sorted[above] - sorted[below]) * (position - below as f64)
}

/// Mean, median and p90.
fn figures(mut values: Vec<f64>) -> Option<[f64; 3]> {
    values.sort_by(f64::total_cmp);
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    (!values.is_empty()).then(|| [mean, quantile(&values, 0.5), quantile(&values, 0.9)])
}

fn close(a: Option<[f64; 3]>, b: Option<[f64; 3]>) -> bool {
    match (a, b) {
        (None, None) => true,
        (Some(a), Some(b)) => a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-9),
        _ => false,
    }
}

/// All ways of events through the stages in order, each as far as it goes.
fn ways(trace: &Trace, stages: &[Vec<u8>], direct: bool) -> Vec<Vec<usize>> {
    let mut all = vec![Vec::new()];
    let mut from: Vec<Vec<usize>> = vec![Vec::new()];
    for stage in stages {
        let mut next = Vec::new();
        for way in &from {
            for (at, event) in trace.iter().enumerate() {
                let follows = way
                    .last()
                    .is_none_or(|&last| if direct { at == last + 1 } else { at > last });
                if follows && stage.contains(&event.activity) {
                    next.push([way.as_slice(), &[at]].concat());
                }
            }
        }
        all.extend(next.iter().cloned());
        from = next;
    }
    all
}

/// The events that complete each stage that a case reaches.
fn reached(
    trace: &Trace,
    stages: &[Vec<u8>],
    order: StageOrder,
    within: Option<i64>,
) -> Vec<usize> {
    let in_time = |from: usize, to: usize| {
        within.is_none_or(|limit| trace[to].second - trace[from].second <= limit)
    };
    if order == StageOrder::Any {
        let mut best = Vec::new();
        for start in 0..trace.len() {
            let mut latest = start;
            let mut done = Vec::new();
            for stage in stages {
                let is_of = |at: &usize| stage.contains(&trace[*at].activity);
                let Some(at) = (start..trace.len())
                    .find(is_of)
                    .filter(|at| in_time(start, *at))
                else {
                    break;
                };
                latest = latest.max(at);
                done.push(latest);
            }
            if done.len() > best.len() {
                best = done;
            }
        }
        return best;
    }
    let ways = ways(trace, stages, order == StageOrder::Direct).into_iter();
    let ways = ways.filter(|way| way.is_empty() || in_time(way[0], way[way.len() - 1]));
    // The deepest way; of several, the earliest.
    ways.min_by_key(|way| (usize::MAX - way.len(), way.clone()))
        .unwrap()
}

fn has_all(trace: &Trace, stages: &[Vec<u8>]) -> bool {
    let has = |stage: &Vec<u8>| trace.iter().any(|event| stage.contains(&event.activity));
    stages.iter().all(has)
}

fn check_stages(
    got: &[StageRow],
    cases: &[&Trace],
    stages: &[Vec<u8>],
    order: StageOrder,
    within: Option<i64>,
) {
    let reached: Vec<Vec<usize>> = cases
        .iter()
        .map(|trace| reached(trace, stages, order, within))
        .collect();
    assert_eq!(got.len(), stages.len());
    for (k, row) in got.iter().enumerate() {
        let n = |k: usize| reached.iter().filter(|way| way.len() > k).count() as u64;
        assert_eq!(row.cases, n(k), "stage {k}");
        let any = cases.iter().filter(|trace| has_all(trace, &stages[..=k]));
        assert_eq!(row.any_order, any.count() as u64, "stage {k} in any order");
        let share = |of: u64| (of > 0).then(|| n(k) as f64 / of as f64);
        assert_eq!(row.of_first, share(n(0)));
        if k == 0 {
            assert_eq!((row.of_before, row.lost, row.time), (None, None, None));
            assert!(row.next_of_lost.is_empty());
            continue;
        }
        assert_eq!(row.of_before, share(n(k - 1)));
        assert_eq!(row.lost, Some(n(k - 1) - n(k)));
        let mut times = Vec::new();
        let mut next: BTreeMap<(bool, String), u64> = BTreeMap::new();
        for (trace, way) in cases.iter().zip(&reached) {
            if way.len() > k {
                times.push((trace[way[k]].second - trace[way[k - 1]].second) as f64);
            } else if way.len() == k {
                let activity = trace.get(way[k - 1] + 1).map(|event| name(event.activity));
                let key = (activity.is_none(), activity.unwrap_or_default());
                *next.entry(key).or_default() += 1;
            }
        }
        let time = row.time.map(|time| [time.mean, time.median, time.p90]);
        let wanted = figures(times);
        assert!(
            close(time, wanted),
            "time of stage {k}: {time:?}, {wanted:?}"
        );
        let mut next: Vec<_> = next.into_iter().collect();
        next.sort_by_key(|(key, n)| (u64::MAX - n, key.clone()));
        let got = row.next_of_lost.iter().map(|(activity, n)| {
            let name = activity.as_deref().unwrap_or_default().to_owned();
            ((activity.is_none(), name), *n)
        });
        assert_eq!(got.collect::<Vec<_>>(), next, "next of stage {k}");
    }
}

fn stages() -> impl Strategy<Value = Vec<Vec<u8>>> {
    let stage = prop::collection::btree_set(0u8..5, 1..3);
    let stages = prop::collection::btree_set(stage, 2..5);
    let listed = stages.prop_map(|stages| {
        let stages = stages.into_iter().map(|s| s.into_iter().collect());
        stages.collect::<Vec<Vec<u8>>>()
    });
    listed.prop_shuffle()
}

fn orders() -> impl Strategy<Value = StageOrder> {
    prop::sample::select(vec![
        StageOrder::Sequence,
        StageOrder::Any,
        StageOrder::Direct,
    ])
}

fn cases() -> ProptestConfig {
    ProptestConfig::with_cases(2000)
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn a_funnel_is_that_of_all_ways_through_the_cases(
        events in events(),
        stages in stages(),
        order in orders(),
        within in prop::option::of(1i64..40),
        (filter, without) in filters(),
        segmented in any::<bool>(),
    ) {
        let traces = traces(&events);
        let cases: Vec<&Trace> = traces.values().filter(|t| is_left(t, without)).collect();
        let known: Vec<u8> = events.iter().map(|event| event.activity).collect();
        let named = stages.iter().map(|stage| stage.iter().map(|&a| name(a)).collect());
        let query = FunnelQuery {
            stages: named.collect(),
            order,
            within: within.map(|seconds| seconds * SECOND),
            by: segmented.then(|| GroupBy::parse("kind")),
        };
        let unknown = |activity: &Option<u8>| activity.is_some_and(|a| !known.contains(&a));
        if unknown(&without) || stages.iter().flatten().any(|a| unknown(&Some(*a))) {
            return Ok(());
        }
        let funnel = analysis(&events).ask(&view(filter), &query, &Cancel::never()).unwrap();
        assert_eq!(funnel.cases, cases.len() as u64);
        check_stages(&funnel.stages, &cases, &stages, order, within);
        let mut segments: BTreeMap<Option<String>, Vec<&Trace>> = BTreeMap::new();
        for trace in cases.iter().filter(|_| segmented) {
            let value = trace[0].value.map(|value| format!("k{value}"));
            segments.entry(value).or_default().push(trace);
        }
        let mut segments: Vec<_> = segments.into_iter().collect();
        segments.sort_by_key(|(v, cases)| (usize::MAX - cases.len(), v.is_none(), v.clone()));
        assert_eq!(funnel.by.len(), segments.len());
        for (got, (value, cases)) in funnel.by.iter().zip(segments) {
            assert_eq!((got.value.as_deref(), got.cases), (value.as_deref(), cases.len() as u64));
            check_stages(&got.stages, &cases, &stages, order, within);
        }
    }

    #[test]
    fn counts_before_are_those_of_each_case(
        events in events(),
        what in 0u8..5,
        until in 0u8..5,
        (filter, without) in filters(),
    ) {
        let traces = traces(&events);
        let known = |activity: u8| events.iter().any(|event| event.activity == activity);
        if !known(what) || !known(until) || without.is_some_and(|activity| !known(activity)) {
            return Ok(());
        }
        let query = BeforeQuery { what: vec![name(what)], until: vec![name(until)] };
        let before = analysis(&events).ask(&view(filter), &query, &Cancel::never()).unwrap();
        let mut bars: BTreeMap<u64, (u64, u64)> = BTreeMap::new();
        let mut counts = Vec::new();
        for trace in traces.values().filter(|trace| is_left(trace, without)) {
            let end = trace.iter().position(|event| event.activity == until);
            let seen = &trace[..end.unwrap_or(trace.len())];
            let n = seen.iter().filter(|event| event.activity == what).count() as u64;
            let bar = bars.entry(n).or_default();
            match end {
                Some(_) => { bar.0 += 1; counts.push(n as f64); }
                None => bar.1 += 1,
            }
        }
        let got: Vec<_> = before.bars.iter().map(|b| (b.count, (b.cases, b.without))).collect();
        assert_eq!(got, bars.into_iter().collect::<Vec<_>>());
        assert_eq!(before.cases, counts.len() as u64);
        let got = before.counts.map(|counts| [counts.mean, counts.median, counts.p90]);
        assert!(close(got, figures(counts)));
    }
}
