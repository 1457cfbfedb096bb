//! Journeys against a slow reference written straight from the definitions, on random small logs: rows
//! grouped by their texts; and on the command line, with figures worked out by hand and everything that is
//! refused.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use crate::cli_common::Desk;
use crate::small_logs::{Cell, Columns, Event, name};
use casetrail::engine::{
    Analysis, Cancel, CaseEnds, ColumnName, Condition, CoveredStagesQuery, JourneyOf, JourneySpec,
    Listing, NamedStages, SummaryQuery, Timing, TouchpointQuery, TouchpointRow, TouchpointsQuery,
    TriggersQuery, View,
};
use casetrail::event_log::ColumnKind;
use proptest::prelude::*;
use statrs::distribution::{ContinuousCDF, StudentsT};
use statrs::function::erf::erfc;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// One row of a log; scores are whole.
#[derive(Debug, Clone)]
struct Row {
    case: u8,
    activity: u8,
    second: i64,
    channel: Option<u8>,
    system: Option<u8>,
    score: Option<i32>,
    answer: Option<u8>,
}

/// Rows, of which all of a case have the same score where `once`.
fn rows() -> impl Strategy<Value = Vec<Row>> {
    let row = (
        0u8..9,
        0u8..4,
        0i64..500,
        prop::option::weighted(0.8, 0u8..3),
        prop::option::weighted(0.8, 0u8..3),
        prop::option::weighted(0.6, 1i32..6),
        prop::option::weighted(0.6, 0u8..11),
    );
    let row = row.prop_map(
        |(case, activity, second, channel, system, score, answer)| Row {
            case,
            activity,
            second,
            channel,
            system,
            score,
            answer,
        },
    );
    (prop::collection::vec(row, 1..70), any::<bool>()).prop_map(|(mut rows, once)| {
        // Filters name activities that the log has to have.
        rows.extend((0..4).map(|activity| Row {
            case: 9,
            activity,
            second: 100 - i64::from(activity),
            channel: None,
            system: None,
            score: None,
            answer: None,
        }));
        for at in 0..rows.len() {
            if once {
                let first = rows.iter().find(|row| row.case == rows[at].case);
                rows[at].score = first.unwrap().score;
            }
        }
        rows
    })
}

/// Definitions for one question.
#[derive(Debug, Clone)]
struct Asked {
    /// Columns of a touchpoint: channel and activity, in this order, or one of them.
    touchpoint: &'static [&'static str],
    /// Filter of the outcome.
    outcome: &'static str,
    /// Cases end with the first activity; nothing is said of their end otherwise.
    ends: bool,
    /// Filter of the selected cases.
    filter: Option<&'static str>,
    /// Expected score of every touchpoint with this part in its name.
    expect: (&'static str, f64),
}

fn asked() -> impl Strategy<Value = Asked> {
    let touchpoints: Vec<&'static [&'static str]> = vec![
        &["channel", "activity"],
        &["activity", "channel"],
        &["channel"],
        &["activity"],
    ];
    (
        prop::sample::select(touchpoints),
        prop::sample::select(vec!["\"a1\"", "not \"a1\"", "\"a1\" and \"a2\""]),
        any::<bool>(),
        prop::sample::select(vec![None, Some("\"a2\""), Some("events > 2")]),
        (
            prop::sample::select(vec!["a0", "h1", "a1"]),
            prop::sample::select(vec![1.0, 3.0, 4.5]),
        ),
    )
        .prop_map(|(touchpoint, outcome, ends, filter, expect)| Asked {
            touchpoint,
            outcome,
            ends,
            filter,
            expect,
        })
}

fn column(name: &str) -> ColumnName {
    ColumnName {
        name: name.to_owned(),
        table: "[journey]",
        line: Some(1),
    }
}

fn analysis(rows: &[Row], asked: &Asked) -> Analysis {
    let columns = Columns {
        named: &[
            ("channel", ColumnKind::Text),
            ("system", ColumnKind::Text),
            ("grade", ColumnKind::Number),
            ("answer", ColumnKind::Number),
            ("kind", ColumnKind::Text),
        ],
        ..Columns::default()
    };
    let event = |row: &Row| Event {
        case: row.case,
        activity: row.activity,
        second: row.second,
        start: None,
        cells: vec![
            Cell::named('h', row.channel),
            Cell::named('s', row.system),
            Cell::Number(row.score.map(f64::from)),
            Cell::Number(row.answer.map(f64::from)),
            Cell::named('k', kind(row.case)),
        ],
    };
    let events: Vec<Event> = rows.iter().map(event).collect();
    let names = rows.iter().map(|row| touchpoint(row, asked.touchpoint));
    let names: BTreeSet<String> = names.collect();
    let expect = names
        .into_iter()
        .filter(|name| name.contains(asked.expect.0));
    let timing = Timing {
        journey: JourneySpec {
            touchpoint: asked.touchpoint.iter().map(|name| column(name)).collect(),
            score: Some(column("grade")),
            nps: Some(column("answer")),
            source: Some(column("system")),
            outcome: Some(Condition {
                filter: asked.outcome.to_owned(),
                line: Some(2),
            }),
            expect: expect.map(|name| (name, asked.expect.1)).collect(),
        },
        stages: vec![NamedStages {
            name: "sale".to_owned(),
            stages: vec![
                vec![name(0)],
                vec![name(1), name(3)],
                vec!["nothing".to_owned()],
            ],
            guessed: None,
        }],
        ends: CaseEnds {
            activities: asked.ends.then(|| vec![name(0)]),
            idle: None,
        },
        ..Timing::default()
    };
    let log = crate::small_logs::log(&columns, &events, 7);
    crate::small_logs::analysis(log)
        .with_timing(timing)
        .unwrap()
}

/// An attribute of cases; some have none.
fn kind(case: u8) -> Option<u8> {
    (case % 3 != 2).then_some(case % 2)
}

/// The values of a row, joined; empty without one.
fn touchpoint(row: &Row, columns: &[&str]) -> String {
    let values = columns.iter().filter_map(|column| match *column {
        "channel" => row.channel.map(|channel| format!("h{channel}")),
        _ => Some(name(row.activity)),
    });
    values.collect::<Vec<String>>().join(" - ")
}

type Traces = BTreeMap<u8, Vec<Row>>;

fn traces(rows: &[Row]) -> Traces {
    let mut traces = Traces::new();
    for row in rows {
        traces.entry(row.case).or_default().push(row.clone());
    }
    for trace in traces.values_mut() {
        trace.sort_by_key(|row| row.second);
    }
    traces
}

/// The selected cases.
fn selected(traces: &Traces, filter: Option<&str>) -> Traces {
    let is_in = |trace: &[Row]| match filter {
        Some("\"a2\"") => trace.iter().any(|row| row.activity == 2),
        Some(_) => trace.len() > 2,
        None => true,
    };
    let cases = traces.iter().filter(|(_, trace)| is_in(trace));
    cases.map(|(case, trace)| (*case, trace.clone())).collect()
}

/// Whether a case has the outcome, and the position of the event that makes it true; `None` for an outcome
/// that events do not make true.
fn outcome(trace: &[Row], filter: &str) -> (bool, Option<usize>) {
    let first = |activity: u8| trace.iter().position(|row| row.activity == activity);
    match filter {
        "\"a1\"" => (first(1).is_some(), first(1)),
        "not \"a1\"" => (first(1).is_none(), None),
        _ => {
            let both = first(1).zip(first(2));
            (both.is_some(), both.map(|(a, b)| a.max(b)))
        }
    }
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

fn median(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let n = sorted.len();
    (n > 0).then(|| f64::midpoint(sorted[(n - 1) / 2], sorted[n / 2]))
}

/// Half of the interval of a mean.
fn half(values: &[f64]) -> Option<f64> {
    let n = values.len();
    (n > 1).then(|| {
        let of = mean(values);
        let squares: f64 = values.iter().map(|value| (value - of).powi(2)).sum();
        let freedom = n as f64 - 1.0;
        let t = StudentsT::new(0.0, 1.0, freedom)
            .unwrap()
            .inverse_cdf(0.975);
        t * (squares / freedom / n as f64).sqrt()
    })
}

/// With, selected with, without, selected without.
type Table = [u64; 4];

fn binomial(n: u64, k: u64) -> f64 {
    (0..k).map(|i| (n - i) as f64 / (k - i) as f64).product()
}

/// Fisher's test where fewer than 5 are expected in a cell, else chi-square.
fn probability([n1, a, n0, c]: Table) -> f64 {
    let (n, selected) = (n1 + n0, a + c);
    let expected = n1.min(n0) as f64 * selected.min(n - selected) as f64 / n as f64;
    if expected < 5.0 {
        let all = binomial(n, selected);
        let of = |a: u64| binomial(n1, a) * binomial(n0, selected - a) / all;
        let range = selected.saturating_sub(n0)..=selected.min(n1);
        let limit = of(a) * (1.0 + 1e-7);
        let sum: f64 = range.map(of).filter(|p| *p <= limit).sum();
        return sum.min(1.0);
    }
    let (b, d) = ((n1 - a) as f64, (n0 - c) as f64);
    let (a, c) = (a as f64, c as f64);
    let n = n as f64;
    let square = n * (a * d - b * c).powi(2) / ((a + b) * (c + d) * (a + c) * (b + d));
    if square.is_nan() {
        return 1.0;
    }
    erfc((square / 2.0).sqrt())
}

/// Ratio and its interval; half a case in each cell where one is empty.
fn ratio([n1, a, n0, c]: Table) -> Option<[f64; 3]> {
    if n1 == 0 || n0 == 0 {
        return None;
    }
    let cells = [a, n1 - a, c, n0 - c].map(|n| n as f64);
    let more = if cells.contains(&0.0) { 0.5 } else { 0.0 };
    let [a, b, c, d] = cells.map(|n| n + more);
    let ratio = (a / (a + b)) / (c / (c + d));
    let error = (1.0 / a - 1.0 / (a + b) + 1.0 / c - 1.0 / (c + d)).sqrt();
    let z = 1.959_963_984_540_054;
    Some([ratio, ratio * (-z * error).exp(), ratio * (z * error).exp()])
}

/// Of each probability the least `p_j m / rank_j` of those that are at least as large.
fn corrected(p: &[Option<f64>]) -> Vec<Option<f64>> {
    let known: Vec<f64> = p.iter().copied().flatten().collect();
    let rank = |p: f64| known.iter().filter(|other| **other <= p).count() as f64;
    let q = |p: f64| {
        let larger = known.iter().copied().filter(|other| *other >= p);
        let candidates = larger.map(|other| other * known.len() as f64 / rank(other));
        candidates.fold(1.0, f64::min)
    };
    p.iter().map(|p| p.map(q)).collect()
}

fn same(what: &str, found: Option<f64>, wanted: Option<f64>) {
    match (found, wanted) {
        (Some(found), Some(wanted)) => {
            let limit = 1e-9 * wanted.abs().max(1.0);
            assert!(
                (found - wanted).abs() < limit,
                "{what}: {found}, not {wanted}"
            );
        }
        (found, wanted) => assert_eq!(found, wanted, "{what}"),
    }
}

/// A touchpoint by the definitions.
#[derive(Debug, Default)]
struct Wanted {
    events: u64,
    cases: BTreeSet<u8>,
    first: u64,
    scores: Vec<f64>,
    answers: Vec<f64>,
    reached: Vec<f64>,
    before: BTreeSet<u8>,
    /// Cases with the outcome whose first event is after the one that makes it true.
    after: u64,
    makes: bool,
}

/// All touchpoints; a score of cases counts once for each case.
fn wanted(
    traces: &Traces,
    asked: &Asked,
    of_case: bool,
    answers_of_case: bool,
) -> BTreeMap<String, Wanted> {
    let mut all: BTreeMap<String, Wanted> = BTreeMap::new();
    for (case, trace) in traces {
        let (_, event) = outcome(trace, asked.outcome);
        for (at, row) in trace.iter().enumerate() {
            let name = touchpoint(row, asked.touchpoint);
            if name.is_empty() {
                continue;
            }
            let of = all.entry(name).or_default();
            of.events += 1;
            of.first += u64::from(at == 0);
            of.makes |= event == Some(at);
            let is_new = of.cases.insert(*case);
            if is_new {
                of.reached.push((row.second - trace[0].second) as f64);
                of.after += u64::from(event.is_some_and(|event| at > event));
            }
            if event.is_none_or(|event| at < event) {
                of.before.insert(*case);
            }
            if is_new || !of_case {
                of.scores.extend(row.score.map(f64::from));
            }
            if is_new || !answers_of_case {
                of.answers.extend(row.answer.map(f64::from));
            }
        }
    }
    all
}

/// Compares a touchpoint; returns the probability of its effect.
fn check(row: &TouchpointRow, of: &Wanted, traces: &Traces, asked: &Asked) -> Option<f64> {
    let name = &*row.name;
    assert_eq!(
        (row.events, row.cases, row.first),
        (of.events, of.cases.len() as u64, of.first),
        "{name}"
    );
    let figures = row.score.unwrap().figures;
    assert_eq!(
        figures.map_or(0, |of| of.n),
        of.scores.len() as u64,
        "{name}"
    );
    let known = |value: f64| (!of.scores.is_empty()).then_some(value);
    let of_mean = known(mean(&of.scores));
    same("mean", figures.map(|of| of.mean), of_mean);
    same("median", figures.map(|of| of.median), median(&of.scores));
    let best = of.scores.iter().filter(|score| **score >= 4.0).count();
    same(
        "top2",
        row.best(),
        known(best as f64 / of.scores.len() as f64),
    );
    let half = half(&of.scores);
    let ends = figures.and_then(|of| of.interval);
    let low = half.map(|half| mean(&of.scores) - half);
    same("low", ends.map(|ends| ends.low), low);
    same(
        "high",
        ends.map(|ends| ends.high),
        half.map(|half| mean(&of.scores) + half),
    );
    let expect = name.contains(asked.expect.0).then_some(asked.expect.1);
    assert_eq!(row.expect, expect, "{name}");
    let gap = of_mean.zip(expect).map(|(mean, expect)| mean - expect);
    same("gap", row.gap, gap);
    let is_far = gap.zip(half).is_some_and(|(gap, half)| gap.abs() > half);
    assert_eq!(row.flagged, is_far && of.scores.len() >= 5, "{name}");
    nps(row, &of.answers);
    same("reached", row.reached, median(&of.reached));
    effect(row, of, traces, asked)
}

fn nps(row: &TouchpointRow, answers: &[f64]) {
    let n = answers.len() as f64;
    let share = |is: fn(f64) -> bool| answers.iter().filter(|a| is(**a)).count() as f64 / n;
    let (up, down) = (share(|a| a >= 9.0), share(|a| a <= 6.0));
    let value = (n > 0.0).then_some(100.0 * (up - down));
    same("nps", row.nps.map(|of| of.value), value);
    let variance = (up + down - (up - down).powi(2)).max(0.0) / n;
    let half = 100.0 * 1.959_963_984_540_054 * variance.sqrt();
    let ends = row.nps.and_then(|of| of.interval);
    let many = value.filter(|_| n > 1.0);
    same(
        "nps low",
        ends.map(|of| of.low),
        many.map(|of| (of - half).max(-100.0)),
    );
    same(
        "nps high",
        ends.map(|of| of.high),
        many.map(|of| (of + half).min(100.0)),
    );
}

fn is_decided(trace: &[Row], asked: &Asked) -> bool {
    let is_open = asked.ends && trace.last().unwrap().activity != 0;
    outcome(trace, asked.outcome).0 || !is_open
}

fn effect(row: &TouchpointRow, of: &Wanted, traces: &Traces, asked: &Asked) -> Option<f64> {
    let by_event = asked.outcome != "not \"a1\"";
    let mut table: Table = [0; 4];
    for (case, trace) in traces.iter().filter(|(_, trace)| is_decided(trace, asked)) {
        let at = if of.before.contains(case) { 0 } else { 2 };
        table[at] += 1;
        table[at + 1] += u64::from(outcome(trace, asked.outcome).0);
    }
    if by_event && of.makes && table[0] == 0 {
        assert_eq!(row.effect, None);
        return None;
    }
    let effect = row.effect.unwrap();
    assert_eq!(effect.after, of.after, "{}", row.name);
    let found = &effect.table;
    assert_eq!(
        [
            found.with,
            found.selected_with,
            found.without,
            found.selected_without
        ],
        table,
        "{}",
        row.name
    );
    let ratio = ratio(table);
    let found = effect
        .ratio
        .map(|of| [of.ratio, of.interval.low, of.interval.high]);
    for at in 0..3 {
        same("ratio", found.map(|of| of[at]), ratio.map(|of| of[at]));
    }
    (table[0] > 0 && table[2] > 0).then(|| probability(table))
}

fn view(filter: Option<&str>) -> View {
    View {
        filters: filter.map(str::to_owned).into_iter().collect(),
        ..View::default()
    }
}

/// Cases that meet a filter besides that of the view.
fn cases_of(analysis: &Analysis, asked: &Asked, filter: &str) -> u64 {
    let mut view = view(asked.filter);
    view.filters.push(filter.to_owned());
    let summary = analysis.ask(&view, &SummaryQuery, &Cancel::never());
    summary.unwrap().cases
}

proptest! {
    #![proptest_config(crate::runs(400))]

    #[test]
    fn touchpoints_are_those_of_rows_grouped_by_text(rows in rows(), asked in asked()) {
        let analysis = analysis(&rows, &asked);
        let all = traces(&rows);
        let is_of_case = |value: fn(&Row) -> Option<i32>| {
            all.values().all(|trace| trace.iter().all(|row| value(row) == value(&trace[0])))
        };
        let of_case = is_of_case(|row| row.score);
        let answers_of_case = is_of_case(|row| row.answer.map(i32::from));
        let traces = selected(&all, asked.filter);
        let wanted = wanted(&traces, &asked, of_case, answers_of_case);
        let query = TouchpointsQuery { of: JourneyOf::default(), listing: Listing::by("order") };
        let found = analysis.ask(&view(asked.filter), &query, &Cancel::never()).unwrap();
        let names: BTreeSet<&str> = found.rows.rows.iter().map(|row| &*row.name).collect();
        prop_assert_eq!(names, wanted.keys().map(String::as_str).collect());
        let p: Vec<Option<f64>> = found.rows.rows.iter()
            .map(|row| check(row, &wanted[&*row.name], &traces, &asked))
            .collect();
        let q = found.rows.rows.iter().map(|row| row.effect.and_then(|effect| effect.q));
        for (found, wanted) in q.zip(corrected(&p)) {
            same("q", found, wanted);
        }
        // Marked ones first, then those farthest below what is expected, then by cases and name.
        let key = |row: &TouchpointRow| {
            let gap = row.gap.map_or(i64::MAX, |gap| (gap * 1e9) as i64);
            (!row.flagged, gap, u64::MAX - row.cases, row.name.to_string())
        };
        prop_assert!(found.rows.rows.is_sorted_by_key(key));
        let facts = &found.facts;
        let outcome_of = facts.outcome.as_ref().unwrap();
        let met = traces.values().filter(|trace| outcome(trace, asked.outcome).0).count();
        prop_assert_eq!(outcome_of.cases, met as u64);
        let decided = traces.values().filter(|trace| is_decided(trace, &asked)).count();
        prop_assert_eq!((facts.cases, outcome_of.decided), (traces.len() as u64, decided as u64));
        for row in &found.rows.rows {
            let filter = row.filter.as_ref().unwrap().to_string();
            prop_assert_eq!(cases_of(&analysis, &asked, &filter), row.cases, "{}", filter);
        }
        // Neighbors of the first one.
        if let Some(row) = found.rows.rows.first() {
            around(&analysis, &traces, &asked, row);
        }
    }

    #[test]
    fn triggers_are_the_first_values(rows in rows(), asked in asked()) {
        let analysis = analysis(&rows, &asked);
        let all = traces(&rows);
        let traces = selected(&all, asked.filter);
        let query = TriggersQuery { of: JourneyOf::default(), listing: Listing::by("order") };
        let found = analysis.ask(&view(asked.filter), &query, &Cancel::never()).unwrap();
        let mut kinds: Vec<&str> = found.rows.rows.iter().map(|row| &*row.by).collect();
        kinds.dedup();
        for by in kinds {
            let value = |trace: &[Row]| match by {
                "touchpoint" => Some(touchpoint(&trace[0], asked.touchpoint)),
                "source" => trace[0].system.map(|system| format!("s{system}")),
                "channel" => trace[0].channel.map(|channel| format!("h{channel}")),
                _ => kind(trace[0].case).map(|kind| format!("k{kind}")),
            }.filter(|value| !value.is_empty());
            let mut groups: BTreeMap<Option<String>, Vec<&Vec<Row>>> = BTreeMap::new();
            for trace in traces.values() {
                groups.entry(value(trace)).or_default().push(trace);
            }
            let of_kind: Vec<_> = found.rows.rows.iter().filter(|row| &*row.by == by).collect();
            prop_assert_eq!(of_kind.len(), groups.len());
            let decided = |of: &&&Vec<Row>| is_decided(of, &asked);
            let met = |of: &&&Vec<Row>| outcome(of, asked.outcome).0;
            let all: Vec<&Vec<Row>> = traces.values().collect();
            let (n, k) = (all.iter().filter(decided).count(), all.iter().filter(met).count());
            let mut p = Vec::new();
            for row in &of_kind {
                let group = &groups[&row.value.as_deref().map(str::to_owned)];
                prop_assert_eq!(row.cases, group.len() as u64);
                let rate = row.outcome.unwrap();
                let of = group.iter().filter(decided).count();
                let cases = group.iter().filter(met).count();
                prop_assert_eq!((rate.cases, rate.of), (cases as u64, of as u64));
                let table = [of, cases, n - of, k - cases].map(|n| n as u64);
                p.push((of > 0 && n > of).then(|| probability(table)));
                let closed = |of: &&&Vec<Row>| !asked.ends || of.last().unwrap().activity == 0;
                let durations = group.iter().filter(closed)
                    .map(|of| (of.last().unwrap().second - of[0].second) as f64);
                same("median", row.median, median(&durations.collect::<Vec<f64>>()));
                let filter = row.filter.as_ref().unwrap().to_string();
                prop_assert_eq!(cases_of(&analysis, &asked, &filter), row.cases, "{}", filter);
            }
            for (row, q) in of_kind.iter().zip(corrected(&p)) {
                same("q", row.outcome.unwrap().q, q);
            }
            let key = |row: &&&casetrail::engine::TriggerRow| {
                (u64::MAX - row.cases, row.value.is_none(), row.value.clone())
            };
            prop_assert!(of_kind.iter().is_sorted_by_key(|row| key(&row)));
        }
    }

    #[test]
    fn stages_have_the_sources_of_their_events(rows in rows(), asked in asked()) {
        let analysis = analysis(&rows, &asked);
        let traces = selected(&traces(&rows), asked.filter);
        let query = CoveredStagesQuery { of: JourneyOf::default(), listing: Listing::by("order") };
        let found = analysis.ask(&view(asked.filter), &query, &Cancel::never()).unwrap();
        prop_assert_eq!(found.rows.rows.len(), 3);
        for (row, activities) in found.rows.rows.iter().zip([&[0u8][..], &[1, 3], &[]]) {
            let is_of = |row: &&Row| activities.contains(&row.activity);
            let cases = traces.values().filter(|trace| trace.iter().any(|row| is_of(&row)));
            prop_assert_eq!(row.cases, cases.count() as u64);
            let mut sources: BTreeMap<Option<String>, u64> = BTreeMap::new();
            for trace in traces.values() {
                let of_case = trace.iter().filter(is_of).map(|row| row.system.map(|s| format!("s{s}")));
                for source in of_case.collect::<BTreeSet<_>>() {
                    *sources.entry(source).or_default() += 1;
                }
            }
            let by_source = row.by_source.iter();
            let by_source = by_source.map(|(of, n)| (of.as_deref().map(str::to_owned), *n));
            prop_assert_eq!(by_source.collect::<BTreeMap<_, _>>(), sources);
            prop_assert_eq!(row.covered, rows.iter().any(|row| is_of(&row)));
            if let Some(filter) = &row.filter {
                let filter = filter.to_string();
                prop_assert_eq!(cases_of(&analysis, &asked, &filter), row.cases, "{}", filter);
            }
        }
        let mut spans = Vec::new();
        for trace in traces.values() {
            let known: Vec<&Row> = trace.iter().filter(|row| row.system.is_some()).collect();
            let pairs = known.windows(2).filter(|pair| pair[0].system != pair[1].system);
            spans.extend(pairs.map(|pair| (pair[1].second - pair[0].second) as f64).reduce(f64::max));
        }
        let blind = found.blind.unwrap();
        prop_assert_eq!(blind.cases, spans.len() as u64);
        same("blind", blind.median, median(&spans));
    }
}

/// Checks what is directly before and after a touchpoint.
fn around(analysis: &Analysis, traces: &Traces, asked: &Asked, row: &TouchpointRow) {
    let query = TouchpointQuery {
        of: JourneyOf::default(),
        name: Arc::clone(&row.name),
        time_bins: 12,
    };
    let found = analysis.ask(&view(asked.filter), &query, &Cancel::never());
    let found = found.unwrap().unwrap();
    let mut wanted: [BTreeMap<Option<String>, u64>; 2] = Default::default();
    for trace in traces.values() {
        let names: Vec<String> = trace
            .iter()
            .map(|of| touchpoint(of, asked.touchpoint))
            .collect();
        for at in (0..names.len()).filter(|at| names[*at] == *row.name) {
            let before = at.checked_sub(1).map(|before| names[before].clone());
            let after = names.get(at + 1).cloned();
            for (side, other) in [before, after].into_iter().enumerate() {
                // A neighbor without any value is no touchpoint.
                if other.as_deref() != Some("") {
                    *wanted[side].entry(other).or_default() += 1;
                }
            }
        }
    }
    for (found, wanted) in [found.before, found.after].into_iter().zip(wanted) {
        let found = found.into_iter();
        let found = found.map(|(name, n)| (name.as_deref().map(str::to_owned), n));
        assert_eq!(found.collect::<BTreeMap<_, _>>(), wanted);
    }
    let scores = row.score.unwrap().figures.map_or(0, |of| of.n);
    assert_eq!(found.scores.iter().map(|(_, n)| n).sum::<u64>(), scores);
    let bins = found.over_time.iter().flat_map(|of| &of.bins);
    assert_eq!(bins.map(|bin| bin.n).sum::<u64>(), scores);
}

/// Four customers; the second never buys, the third buys at once.
const LOG: &str = "\
customer,channel,activity,time,csat,nps,system,plan,word
c1,web,Visit,2024-01-01T10:00:00Z,4,,shop,gold,x
c1,phone,Call,2024-01-01T11:00:00Z,2,3,crm,gold,x
c1,web,Order,2024-01-01T13:00:00Z,5,9,shop,gold,x
c2,web,Visit,2024-01-02T10:00:00Z,5,10,shop,free,y
c2,phone,Call,2024-01-02T10:30:00Z,1,0,crm,free,y
c3,web,Order,2024-01-03T10:00:00Z,,,shop,gold,
c4,web,Visit,2024-01-04T10:00:00Z,3,,shop,free,3
c4,web,Order,2024-01-04T12:00:00Z,4,9,shop,free,
";

const RULES: &str = r#"[outcomes]
bought = '"Order"'
called = '"Call"'

[stages]
sale = ["Visit", "Call", "Order", "Delivery"]

[journey]
touchpoint = ["channel", "activity"]
score = "csat"
nps = "nps"
outcome = "bought"

[journey.expect]
"phone - Call" = 4
"web - Visit" = 4.0
"web - Visits" = 4.0
"#;

const WORDS: [&str; 4] = ["journey", "log.csv", "--case", "customer"];

fn desk(rules: &str) -> Desk {
    let desk = Desk::with("log.csv", LOG);
    desk.write("rules.toml", rules);
    desk
}

#[test]
fn reports_have_the_figures_worked_out_by_hand() {
    let desk = desk(RULES);
    let with = [&WORDS[..], &["--rules", "rules.toml"]].concat();
    let json = desk.json(&with);
    assert_eq!(
        (&json["cases"], &json["outcome_cases"]),
        (&4.into(), &3.into())
    );
    assert_eq!(json["outcome"]["name"], "bought");
    assert_eq!(json["guessed"], serde_json::json!(["source"]));
    let unused = json["unused_expected"][0].as_str().unwrap();
    assert!(
        unused.starts_with("web - Visits; did you mean web - Visit"),
        "{unused}"
    );
    let names: Vec<&str> = json["touchpoints"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["touchpoint"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["phone - Call", "web - Visit", "web - Order"]);
    let call = &json["touchpoints"][0];
    assert_eq!(
        call["filter"],
        "event(channel = \"phone\" and activity = \"Call\")"
    );
    assert_eq!(call["score"]["mean"], serde_json::json!(1.5));
    assert_eq!(
        (&call["gap"], &call["flagged"]),
        (&serde_json::json!(-2.5), &false.into())
    );
    // Two scores have a standard error of half their difference, and t is 12.7 for them.
    let low = call["score"]["low"].as_f64().unwrap();
    assert!((low - (1.5 - 12.706_204_736 / 2.0)).abs() < 1e-6, "{low}");
    assert_eq!(call["nps"]["value"], -100);
    // c1 of c1 and c2 bought with a call; c3 and c4 without one.
    let outcome = &call["outcome"];
    assert_eq!(
        (&outcome["with"], &outcome["without"]),
        (&serde_json::json!(0.5), &serde_json::json!(1.0))
    );
    assert_eq!(call["reached"]["median"], 2700);
    let order = &json["touchpoints"][2];
    assert_eq!(order["outcome"], serde_json::Value::Null);
    assert_eq!(
        order["nps"],
        serde_json::json!({"n": 2, "value": 100, "low": 100, "high": 100})
    );
    assert_eq!((&order["events"], &order["first"]), (&3.into(), &1.into()));
}

#[test]
fn triggers_and_stages_have_the_figures_worked_out_by_hand() {
    let desk = desk(RULES);
    let json = desk.json(&[&WORDS[..], &["--rules", "rules.toml"]].concat());
    let trigger = &json["triggers"][0];
    assert_eq!(
        (&trigger["by"], &trigger["value"]),
        (&"touchpoint".into(), &"web - Visit".into())
    );
    assert_eq!(
        trigger["filter"],
        "first(channel) = \"web\" and starts with \"Visit\""
    );
    assert_eq!(
        (&trigger["cases"], &trigger["share"]),
        (&3.into(), &serde_json::json!(0.75))
    );
    let plans = json["triggers"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|row| row["by"] == "plan");
    assert_eq!(plans.count(), 2);
    let delivery = &json["stages"][3];
    assert_eq!(
        (
            &delivery["cases"],
            &delivery["covered"],
            &delivery["filter"]
        ),
        (&0.into(), &false.into(), &serde_json::Value::Null)
    );
    assert_eq!(
        json["stages"][1]["by_source"],
        serde_json::json!({"crm": 2})
    );
    // From the call of c1 two hours to the order, of c2 half an hour from the visit to the call.
    assert_eq!(
        json["blind"],
        serde_json::json!({"cases": 2, "median": 4500, "p90": 6660})
    );
}

/// As in filters, whatever a column is called.
#[test]
fn activity_is_that_of_the_event() {
    let log = "id,task,activity,time\n1,Go,yy,2024-01-01\n1,Stop,zz,2024-01-02\n";
    let desk = Desk::with("log.csv", log);
    let words = "journey log.csv --case id --activity task --time time --touchpoint activity";
    let words: Vec<&str> = words.split(' ').collect();
    let json = desk.json(&words);
    assert_eq!(json["touchpoints"][0]["touchpoint"], "Go");
}

#[test]
fn what_is_not_given_is_guessed_or_left_out_with_a_reason() {
    let desk = desk("");
    let json = desk.json(&WORDS);
    assert_eq!(
        json["guessed"],
        serde_json::json!(["nps", "score", "source", "touchpoint"])
    );
    assert_eq!(
        json["touchpoint"],
        serde_json::json!(["channel", "activity"])
    );
    assert!(json["touchpoints"][0].get("outcome").is_none());
    assert_eq!(json["outcome_cases"], serde_json::Value::Null);
    let reason = json["missing"]["outcome"].as_str().unwrap();
    assert!(reason.contains("--outcome EXPR"), "{reason}");
    // A log with nothing to guess still has its activities.
    let plain = Desk::with("log.csv", crate::cli_common::LOG);
    let json = plain.json(&["journey", "log.csv"]);
    assert_eq!(json["guessed"], serde_json::json!([]));
    assert_eq!(json["touchpoints"][0]["touchpoint"], "A");
    assert_eq!(json["touchpoints"][0]["filter"], "\"A\"");
    assert_eq!(
        (&json["touchpoints"][0]["score"], &json["blind"]),
        (&serde_json::Value::Null, &serde_json::Value::Null)
    );
    let missing = json["missing"].as_object().unwrap();
    for key in ["touchpoint", "score", "nps", "outcome", "source"] {
        assert!(missing.contains_key(key), "{key}");
    }
    let table = plain.run(&["journey", "log.csv"]).out;
    assert!(table.contains("(or --score COL)"), "{table}");
}

#[test]
fn options_stand_above_the_rules_file() {
    let desk = desk(RULES);
    desk.write("targets.toml", "\"web\" = 4.5\n");
    let with = [&WORDS[..], &["--rules", "rules.toml"]].concat();
    let json = desk.json(
        &[
            &with[..],
            &[
                "--touchpoint",
                "channel",
                "--outcome",
                "called",
                "--expect",
                "targets.toml",
                "--score",
                "nps",
            ],
        ]
        .concat(),
    );
    assert_eq!(json["touchpoint"], serde_json::json!(["channel"]));
    assert_eq!(
        (&json["outcome"]["name"], &json["outcome_cases"]),
        (&"called".into(), &2.into())
    );
    let web = &json["touchpoints"][0];
    assert_eq!(
        (&web["touchpoint"], &web["expect"]),
        (&"web".into(), &serde_json::json!(4.5))
    );
    assert_eq!(web["filter"], "channel = \"web\"");
    assert_eq!(
        (&web["score"]["n"], &web["score"]["top2"]),
        (&3.into(), &serde_json::Value::Null)
    );
    // Before the call, or all that others did: c3 and c4 have no call.
    let outcome = &web["outcome"];
    assert_eq!(
        (&outcome["with"], &outcome["without"]),
        (&serde_json::json!(0.5), &serde_json::Value::Null)
    );
    let json = desk.json(&[&with[..], &["--outcome", "not \"Order\""]].concat());
    assert_eq!(
        (&json["outcome"]["by_event"], &json["outcome_cases"]),
        (&false.into(), &1.into())
    );
    // Where it is defined when cases are over, open ones are not taken for lost.
    let json = desk.json(&[&with[..], &["--end", "Order"]].concat());
    assert_eq!(
        (&json["undecided"], &json["outcome_cases"]),
        (&1.into(), &3.into())
    );
    assert_eq!(
        json["touchpoints"][0]["outcome"]["with"],
        serde_json::json!(1.0)
    );
    // A score that never changes within a case counts once.
    desk.write(
        "log.csv",
        LOG.replace(",5,10,", ",1,10,")
            .replace(
                "c2,phone,Call,2024-01-02T10:30:00Z,1",
                "c2,web,Visit,2024-01-02T10:30:00Z,1",
            )
            .replace(",4,,shop,gold", ",2,,shop,gold")
            .replace(",5,9,shop", ",2,9,shop")
            .replace(",4,9,shop,free", ",3,9,shop,free"),
    );
    let json = desk.json(&with);
    let visit = json["touchpoints"].as_array().unwrap().iter();
    let visit = visit
        .clone()
        .find(|row| row["touchpoint"] == "web - Visit")
        .unwrap();
    assert_eq!(
        (&visit["events"], &visit["score"]["n"]),
        (&4.into(), &3.into())
    );
}

#[test]
fn lists_are_sorted_cut_compared_and_written() {
    let desk = desk(RULES);
    let with = [&WORDS[..], &["--rules", "rules.toml"]].concat();
    let run = desk.run(
        &[
            &with[..],
            &["--sort", "-touchpoint", "--format", "csv", "--limit", "1"],
        ]
        .concat(),
    );
    assert_eq!(run.code, Some(0), "{}", run.err);
    let lines: Vec<&str> = run.out.lines().collect();
    assert!(
        lines[0].starts_with("touchpoint,filter,events,cases,first,score_n,score_mean"),
        "{}",
        lines[0]
    );
    assert_eq!(lines.len(), 2);
    assert!(lines[1].starts_with("web - Visit,"), "{}", lines[1]);
    let run = desk.run(&[&with[..], &["--list", "stages", "--format", "csv"]].concat());
    assert!(run.out.starts_with("stage,filter,cases"), "{}", run.out);
    assert!(run.out.contains("no system has it"), "{}", run.out);
    let sides = ["--filter", "plan = \"gold\"", "--versus", "plan = \"free\""];
    for (list, key) in [
        ("touchpoints", "touchpoints"),
        ("triggers", "triggers"),
        ("stages", "stages"),
    ] {
        let json = desk.json(&[&with[..], &sides, &["--list", list]].concat());
        let rows = json[key].as_array().unwrap();
        assert!(
            !rows.is_empty() && rows[0].get("change").is_some(),
            "{list}: {json}"
        );
    }
    for (words, part) in [
        (
            ["--list", "stages", "--sort", "gap"],
            "--sort gap: known are order, cases",
        ),
        (
            ["--sort", "nothing", "--list", "touchpoints"],
            "--sort nothing: known are order,",
        ),
    ] {
        let run = desk.run(&[&with[..], &words].concat());
        assert_eq!((run.code, run.out.as_str()), (Some(2), ""), "{run:?}");
        assert!(run.err.contains(part), "{}", run.err);
    }
}

#[test]
fn what_is_wrong_is_refused() {
    let desk = desk(RULES);
    desk.write("word.toml", "\"web - Visit\" = \"good\"\n");
    desk.write("tables.toml", "[journey.expect]\n\"web - Visit\" = 4\n");
    desk.write("nan.toml", "\n\"web - Visit\" = nan\n");
    desk.write("empty.toml", "");
    for (words, part) in [
        (
            ["--score", "word"],
            "--score word: it holds texts such as \"x\", and no scores",
        ),
        (
            ["--score", "csta"],
            "--score csta: the log has no column csta; did you mean csat",
        ),
        (
            ["--score", "time"],
            "--score time: it holds ids or times, and no scores",
        ),
        (
            ["--nps", "word"],
            "--nps word: it holds texts such as \"x\", and no answers from 0 to 10",
        ),
        (
            ["--touchpoint", "channel,csat"],
            "--touchpoint csat: it holds numbers, and no texts",
        ),
        (
            ["--touchpoint", "chanel"],
            "--touchpoint chanel: the log has no column chanel; did you mean channel",
        ),
        (
            ["--touchpoint", "customer"],
            "--touchpoint customer: it holds ids or times, and no texts",
        ),
        (
            ["--source", "csat"],
            "--source csat: it holds numbers, and no texts",
        ),
        (["--outcome", "\"Order"], "--outcome: "),
        (["--outcome", "\"Ordered\""], "the log has no activity"),
        (["--outcome", "plam = 1"], "no column"),
        (
            ["--expect", "word.toml"],
            "word.toml\": line 1: invalid type: string",
        ),
        (["--expect", "tables.toml"], "tables.toml\": line"),
        (
            ["--expect", "nan.toml"],
            "nan.toml\": line 2: NaN: expected a number",
        ),
        (
            ["--expect", "empty.toml"],
            "expected a mean score for each touchpoint",
        ),
        (["--expect", "none.toml"], "none.toml\" cannot be read"),
        (["--list", "touchpoint"], "touchpoints, triggers, stages"),
    ] {
        let run = desk.run(&[&WORDS[..], &words].concat());
        assert_eq!(
            (run.code, run.out.as_str()),
            (Some(2), ""),
            "{words:?}: {run:?}"
        );
        assert!(run.err.contains(part), "{words:?}: {}", run.err);
    }
}

#[test]
fn what_is_too_much_is_refused() {
    let desk = desk(RULES);
    let five = ["--touchpoint", "channel,activity,system,plan,word"];
    let run = desk.run(&[&WORDS[..], &five].concat());
    assert!(
        run.err.contains("a touchpoint has 4 columns at most"),
        "{}",
        run.err
    );
    desk.write("log.csv", LOG.replace(",10,shop", ",11,shop"));
    let run = desk.run(&[&WORDS[..], &["--nps", "nps"]].concat());
    assert!(
        run.err
            .contains("--nps nps: its value 11 is no answer from 0 to 10"),
        "{}",
        run.err
    );
    // It is no guess either.
    assert_eq!(desk.json(&WORDS)["nps"], serde_json::Value::Null);
}

#[test]
fn wrong_keys_of_the_rules_file_have_their_line() {
    for (text, part) in [
        (
            "touchpoint = [\"channel\", \"chanel\"]",
            "line 2 of the rules file: column chanel of [journey]: the log has no column chanel",
        ),
        (
            "nps = \"word\"",
            "line 2 of the rules file: column word of [journey]: it holds texts such as \"x\"",
        ),
        (
            "source = \"csat\"",
            "line 2 of the rules file: column csat of [journey]: it holds numbers, and no texts",
        ),
        ("outcome = '\"Ordered\"'", "outcome of [journey], line 2: "),
        ("outcome = '\"Order'", "rules.toml\": line 2: "),
        (
            "outcome = 'won'",
            "outcome of [journey], line 2: won is not a column",
        ),
        (
            "[journey.expect]\n\"web\" = inf",
            "line 3: inf: expected a number",
        ),
    ] {
        let desk = desk(&format!("[journey]\n{text}\n"));
        let run = desk.run(&[
            "summary",
            "log.csv",
            "--case",
            "customer",
            "--rules",
            "rules.toml",
        ]);
        assert_eq!(
            (run.code, run.out.as_str()),
            (Some(2), ""),
            "{text}: {run:?}"
        );
        assert!(run.err.contains(part), "{text}: {}", run.err);
    }
}
