//! Funnels, counts before, splits and times to an outcome against a slow reference written straight
//! from the definitions, on random small logs and selections.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use crate::small_logs::{Cell, Columns, SECOND, name};
use casetrail::engine::{
    Analysis, BeforeQuery, Cancel, CaseEnds, Condition, Figure, Figures, FunnelQuery, GroupBy,
    Listing, NamedOutcome, Returned, SplitQuery, SplitRow, StageOrder, StageRow, SummaryQuery,
    TimeTo, Timing, View,
};
use casetrail::event_log::ColumnKind;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

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

fn analysis(events: &[Event]) -> Analysis {
    let columns = Columns {
        named: &[("kind", ColumnKind::Text)],
        ..Columns::default()
    };
    let row = |event: &Event| crate::small_logs::Event {
        case: event.case,
        activity: event.activity,
        second: event.second,
        start: None,
        cells: vec![Cell::named('k', event.value)],
    };
    let rows: Vec<crate::small_logs::Event> = events.iter().map(row).collect();
    crate::small_logs::analysis(crate::small_logs::log(&columns, &rows, rows.len()))
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
    crate::runs(2000)
}

/// Cases end with `a4`; the outcome is `a1`.
fn with_outcome(events: &[Event]) -> Analysis {
    let timing = Timing {
        outcomes: vec![NamedOutcome {
            name: "hit".to_owned(),
            filter: Condition {
                filter: "\"a1\"".to_owned(),
                line: None,
            },
        }],
        ends: CaseEnds {
            activities: Some(vec![name(4)]),
            idle: None,
        },
        ..Timing::default()
    };
    analysis(events).with_timing(timing).unwrap()
}

/// Values of a case: of every event, or of the first one.
fn values(trace: &Trace, first: bool) -> Vec<Option<String>> {
    let events = if first { &trace[..1] } else { trace };
    let mut values: Vec<String> = events
        .iter()
        .filter_map(|event| Some(format!("k{}", event.value?)))
        .collect();
    values.sort();
    values.dedup();
    if values.is_empty() {
        return vec![None];
    }
    values.into_iter().map(Some).collect()
}

fn took(trace: &Trace) -> i64 {
    trace[trace.len() - 1].second - trace[0].second
}

/// Time to the outcome and whether it is missing.
fn observed(trace: &Trace, now: i64) -> (i64, bool) {
    let start = trace[0].second;
    match trace.iter().find(|event| event.activity == 1) {
        Some(event) => (event.second - start, false),
        None => (now - start, true),
    }
}

/// Share of cases with the outcome after a time, by the product of Kaplan and Meier.
fn reached_after(cases: &[(i64, bool)], time: i64) -> f64 {
    let mut left = 1.0;
    for at in 0..=time {
        let events = cases.iter().filter(|case| **case == (at, false)).count() as f64;
        let n = cases.iter().filter(|case| case.0 >= at).count() as f64;
        if events > 0.0 {
            left *= 1.0 - events / n;
        }
    }
    1.0 - left
}

fn check_time_to(got: &TimeTo, cases: &[(i64, bool)]) {
    assert_eq!(got.cases, cases.len() as u64);
    assert_eq!(
        got.reached,
        cases.iter().filter(|case| !case.1).count() as u64
    );
    for &(after, share) in &got.shares {
        let wanted = reached_after(cases, after as i64);
        assert!(
            (share.unwrap() - wanted).abs() < 1e-9,
            "after {after}: {share:?}, {wanted}"
        );
    }
    let median = (0..200).find(|&time| reached_after(cases, time) >= 0.5 - 1e-9);
    assert_eq!(got.median, median.map(|seconds| seconds as f64));
}

/// Windows of returns, seconds.
const WINDOW: i64 = 7;

/// Share of cases with an event in each window after their first one, of those whose window is over.
fn check_returns(got: &[Returned], cases: &[&Trace], now: i64) {
    let mut wanted = Vec::new();
    for k in 1..=30 {
        let (from, to) = (k * WINDOW, (k + 1) * WINDOW);
        let over: Vec<_> = cases
            .iter()
            .filter(|trace| trace[0].second + to <= now)
            .collect();
        let back = |trace: &&&&Trace| {
            let mut times = trace.iter().map(|event| event.second - trace[0].second);
            times.any(|time| (from..to).contains(&time))
        };
        let back = over.iter().filter(back).count();
        if !over.is_empty() {
            wanted.push((
                from as f64,
                over.len() as u64,
                back as f64 / over.len() as f64,
            ));
        }
    }
    let got = got.iter().map(|of| (of.after, of.cases, of.share));
    assert_eq!(got.collect::<Vec<_>>(), wanted);
}

/// Chi-square of the log-rank test of two groups: what was observed less what was expected, squared, by
/// its variance.
fn log_rank_of_two(one: &[(i64, bool)], other: &[(i64, bool)]) -> f64 {
    let (mut excess, mut variance) = (0.0, 0.0);
    for at in 0..200 {
        let events = |of: &[(i64, bool)]| of.iter().filter(|c| **c == (at, false)).count() as f64;
        let left = |of: &[(i64, bool)]| of.iter().filter(|case| case.0 >= at).count() as f64;
        let (events_all, n) = (events(one) + events(other), left(one) + left(other));
        if events_all > 0.0 {
            excess += events(one) - events_all * left(one) / n;
        }
        if n > 1.0 {
            let spread = events_all * (n - events_all) / (n - 1.0);
            variance += spread * left(one) / n * left(other) / n;
        }
    }
    excess * excess / variance
}

fn check_group(got: &SplitRow, cases: &[&Trace], ended: bool) {
    assert_eq!(got.counts.cases, cases.len() as u64);
    let sum = |f: &dyn Fn(&Trace) -> usize| cases.iter().map(|t| f(t) as u64).sum::<u64>();
    assert_eq!(got.counts.events, sum(&|trace| trace.len()));
    let activities = |trace: &Trace| trace.iter().map(|e| e.activity).collect::<Vec<u8>>();
    let distinct = |trace: &Trace| activities(trace).into_iter().collect::<BTreeSet<_>>().len();
    assert_eq!(
        got.counts.rework,
        sum(&|trace| usize::from(distinct(trace) < trace.len()))
    );
    let variants: BTreeSet<Vec<u8>> = cases.iter().map(|trace| activities(trace)).collect();
    assert_eq!(got.counts.variants, variants.len() as u64);
    let is_over = |trace: &Trace| ended || trace[trace.len() - 1].activity == 4;
    let over = cases.iter().filter(|trace| is_over(trace));
    let stats = got.duration.unwrap().stats;
    let stats = stats.map(|stats| [stats.mean, stats.median, stats.p90]);
    assert!(close(
        stats,
        figures(over.map(|trace| took(trace) as f64).collect())
    ));
    let has = |trace: &Trace| trace.iter().any(|event| event.activity == 1);
    let (_, hit) = &got.outcomes[0];
    assert_eq!(hit.cases, sum(&|trace| usize::from(has(trace))));
    assert_eq!(
        hit.of,
        sum(&|trace| usize::from(has(trace) || is_over(trace)))
    );
}

/// Open cases, starts over time, and what would change if only the group was kept.
fn check_moves(got: &SplitRow, group: &[&Trace], all: &[&Trace], ended: bool) {
    let is_over = |trace: &&&Trace| ended || trace[trace.len() - 1].activity == 4;
    let open = group.iter().filter(|trace| !is_over(trace)).count();
    assert_eq!(got.counts.open, open as u64);
    let starts = || all.iter().map(|trace| trace[0].second);
    let (first, last) = (starts().min().unwrap(), starts().max().unwrap());
    for (part, n) in got.starts.iter().enumerate() {
        // In microseconds, as the last instant is one of them.
        let length = (last - first) * SECOND + 1;
        let is_in = |trace: &&&Trace| {
            let since = (trace[0].second - first) * SECOND;
            (part as i64 * length..(part as i64 + 1) * length).contains(&(since * 12))
        };
        assert_eq!(*n, group.iter().filter(is_in).count() as u64);
    }
    let median = |of: &[&Trace]| {
        let over = of.iter().filter(is_over);
        figures(over.map(|trace| took(trace) as f64).collect()).map(|of| of[1])
    };
    let rate = |of: &[&Trace]| {
        let has = |trace: &&&Trace| trace.iter().any(|event| event.activity == 1);
        let known = of
            .iter()
            .filter(|trace| has(trace) || is_over(trace))
            .count();
        (known > 0).then(|| of.iter().filter(has).count() as f64 / known as f64)
    };
    let same = |got: Option<f64>, of: Option<f64>, all: Option<f64>| {
        let wanted = of.zip(all).map(|(of, all)| of - all);
        let close = |(a, b): (f64, f64)| (a - b).abs() < 1e-9;
        got.is_none() == wanted.is_none() && got.zip(wanted).is_none_or(close)
    };
    assert!(
        same(got.moves.measure, median(group), median(all)),
        "{got:?}"
    );
    assert!(same(got.moves.rate, rate(group), rate(all)), "{got:?}");
}

/// Probability of a Mann-Whitney test by the number of pairs in which the first value is larger.
fn mann_whitney(one: &[i64], other: &[i64]) -> f64 {
    let half = |x: &i64, y: &i64| f64::from(u8::from(x > y)) + 0.5 * f64::from(u8::from(x == y));
    let u: f64 = one
        .iter()
        .flat_map(|x| other.iter().map(move |y| half(x, y)))
        .sum();
    let (n1, n2) = (one.len() as f64, other.len() as f64);
    let n = n1 + n2;
    let all: Vec<i64> = one.iter().chain(other).copied().collect();
    let ties: f64 = all
        .iter()
        .map(|x| all.iter().filter(|y| *y == x).count() as f64)
        .map(|t| t * t - 1.0)
        .sum();
    let variance = n1 * n2 / 12.0 * ((n + 1.0) - ties / (n * (n - 1.0)));
    if variance <= 0.0 {
        return 1.0;
    }
    let z = (((u - n1 * n2 / 2.0).abs() - 0.5).max(0.0)) / variance.sqrt();
    casetrail::metrics::stats::two_sided(z)
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn groups_are_those_of_each_case(
        events in events(),
        (filter, without) in filters(),
        first in any::<bool>(),
        ended in any::<bool>(),
    ) {
        let known = |activity: u8| events.iter().any(|event| event.activity == activity);
        if !known(1) || without.is_some_and(|activity| !known(activity)) {
            return Ok(());
        }
        let traces = traces(&events);
        let cases: Vec<&Trace> = traces.values().filter(|t| is_left(t, without)).collect();
        let by = if first { "first(kind)" } else { "kind" };
        let query = SplitQuery {
            by: vec![GroupBy::parse(by)],
            across: None,
            common_ranges: false,
            figures: Figures { open_ended: ended, ..Figures::default() },
            listing: Listing::by("cases"),
        };
        let analysis = with_outcome(&events);
        let split = analysis.ask(&view(filter.clone()), &query, &Cancel::never()).unwrap();
        let mut groups: BTreeMap<(bool, Option<String>), Vec<&Trace>> = BTreeMap::new();
        for trace in &cases {
            for value in values(trace, first) {
                groups.entry((value.is_none(), value)).or_default().push(trace);
            }
        }
        let mut groups: Vec<_> = groups.into_iter().collect();
        groups.sort_by_key(|(key, cases)| (usize::MAX - cases.len(), key.clone()));
        let sum: usize = groups.iter().map(|(_, cases)| cases.len()).sum();
        assert_eq!(split.overlap, (sum - cases.len()) as u64);
        assert_eq!(split.rows.rows.len(), groups.len());
        let is_over = |trace: &&Trace| ended || trace[trace.len() - 1].activity == 4;
        let mut p = Vec::new();
        for (row, ((_, value), members)) in split.rows.rows.iter().zip(&groups) {
            assert_eq!(row.values[0].as_deref(), value.as_deref());
            check_group(row, members, ended);
            check_moves(row, members, &cases, ended);
            // The filter of a row selects its cases.
            let filters = filter.iter().cloned().chain(row.filter.as_ref().map(ToString::to_string));
            let kept = View { filters: filters.collect(), ..View::default() };
            let kept = analysis.ask(&kept, &query, &Cancel::never()).unwrap();
            assert_eq!(kept.cases, members.len() as u64, "{:?}", row.filter);
            let times = |with: bool| -> Vec<i64> {
                let is_in = |t: &&&Trace| members.iter().any(|m| m[0].case == t[0].case) == with;
                let over = cases.iter().filter(is_in).filter(|t| is_over(t));
                over.map(|trace| took(trace)).collect()
            };
            let (with, rest) = (times(true), times(false));
            if with.is_empty() || rest.is_empty() {
                assert_eq!(row.duration.unwrap().q, None);
            } else {
                p.push((mann_whitney(&with, &rest), row.duration.unwrap().q.unwrap()));
            }
        }
        let tests: Vec<f64> = p.iter().map(|(p, _)| *p).collect();
        for (wanted, (_, got)) in tests.iter().zip(&p) {
            let q = tests.iter().filter(|p| *p >= wanted).map(|p| {
                p * tests.len() as f64 / tests.iter().filter(|other| *other <= p).count() as f64
            });
            let q = q.fold(1.0, f64::min);
            assert!((got - q).abs() < 1e-9, "{got}, {q}");
        }
    }

    #[test]
    fn a_table_has_the_cases_with_both_values(
        events in events(),
        first in any::<bool>(),
    ) {
        if !events.iter().any(|event| event.activity == 1) {
            return Ok(());
        }
        let traces = traces(&events);
        let by = GroupBy::parse(if first { "first(kind)" } else { "kind" });
        let across = GroupBy::parse("last");
        let query = SplitQuery {
            by: vec![by.clone()],
            across: Some(across.clone()),
            common_ranges: false,
            figures: Figures::default(),
            listing: Listing::by("cases"),
        };
        let analysis = with_outcome(&events);
        let table = analysis.ask(&view(None), &query, &Cancel::never()).unwrap();
        let groups = SplitQuery { by: vec![by, across], across: None, ..query };
        let groups = analysis.ask(&view(None), &groups, &Cancel::never()).unwrap();
        let mut met = 0;
        for row in &table.rows.rows {
            let value = row.values[0].as_deref().map(str::to_owned);
            for (column, last) in table.columns.iter().enumerate() {
                let members = traces.values().filter(|trace| {
                    let of_last = name(trace[trace.len() - 1].activity);
                    values(trace, first).contains(&value) && last.as_deref() == Some(&*of_last)
                });
                let members: Vec<&Trace> = members.collect();
                let Some(cell) = row.cell(column) else {
                    assert!(members.is_empty());
                    continue;
                };
                check_group(cell, &members, false);
                assert!(groups.rows.rows.contains(cell));
                met += 1;
            }
        }
        assert_eq!(met, groups.rows.rows.len());
        // Columns with more cases come first.
        let cases = |column: usize| -> u64 {
            let cells = table.rows.rows.iter().filter_map(|row| row.cell(column));
            cells.map(|cell| cell.counts.cases).sum()
        };
        assert!((1..table.columns.len()).all(|at| cases(at - 1) >= cases(at)));
    }

    #[test]
    fn times_to_an_outcome_are_those_of_kaplan_and_meier(
        events in events(),
        first in any::<bool>(),
    ) {
        if !events.iter().any(|event| event.activity == 1) {
            return Ok(());
        }
        let traces = traces(&events);
        let now = events.iter().map(|event| event.second).max().unwrap();
        let by = if first { "first(kind)" } else { "kind" };
        let query = SplitQuery {
            by: vec![GroupBy::parse(by)],
            across: None,
            common_ranges: false,
            figures: Figures {
                only: vec![Figure::TimeTo("hit".to_owned()), Figure::Return(WINDOW * SECOND)],
                after: [0, 1, 7, 20, 50].map(|seconds| seconds * SECOND).to_vec(),
                open_ended: false,
            },
            listing: Listing::by("cases"),
        };
        let split = with_outcome(&events).ask(&view(None), &query, &Cancel::never()).unwrap();
        let all: Vec<_> = traces.values().map(|trace| observed(trace, now)).collect();
        let (_, time_to, test) = &split.time_to[0];
        check_time_to(time_to, &all);
        let mut groups = Vec::new();
        for row in &split.rows.rows {
            let value = row.values[0].as_deref().map(str::to_owned);
            let of = traces.values().filter(|trace| values(trace, first).contains(&value));
            let of: Vec<_> = of.map(|trace| observed(trace, now)).collect();
            check_time_to(&row.time_to[0].1, &of);
            let members = traces.values().filter(|trace| values(trace, first).contains(&value));
            check_returns(row.returns.as_deref().unwrap(), &members.collect::<Vec<_>>(), now);
            groups.push(of);
        }
        match (groups.as_slice(), test) {
            ([one, other], Some(test)) => {
                let wanted = log_rank_of_two(one, other);
                assert!((test.chi_square - wanted).abs() < 1e-6, "{test:?}, {wanted}");
            }
            ([one, other], None) if split.overlap == 0 => {
                assert!(!log_rank_of_two(one, other).is_normal());
            }
            (groups, test) => assert!(groups.len() > 2 || test.is_none()),
        }
    }

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
            listing: Listing::by("order"),
        };
        let unknown = |activity: &Option<u8>| activity.is_some_and(|a| !known.contains(&a));
        if unknown(&without) || stages.iter().flatten().any(|a| unknown(&Some(*a))) {
            return Ok(());
        }
        let analysis = analysis(&events);
        let of = view(filter);
        let funnel = analysis.ask(&of, &query, &Cancel::never()).unwrap();
        assert_eq!(funnel.cases, cases.len() as u64);
        for row in &funnel.stages.rows {
            let Some(filter) = &row.filter else {
                // Many paths, or a window in any order.
                assert!(within.is_some() || stages.iter().any(|stage| stage.len() > 1));
                continue;
            };
            let mut view = of.clone();
            view.filters.push(filter.to_string());
            let left = analysis.ask(&view, &SummaryQuery, &Cancel::never()).unwrap();
            assert_eq!(left.cases, row.cases, "{filter}");
        }
        check_stages(&funnel.stages.rows, &cases, &stages, order, within);
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
