//! Predictions and their backtest against a naive reference: dictionaries of tuples, and every figure from
//! its definition, event by event.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use casetrail::engine::{
    Analysis, Backtest, BacktestQuery, Basing, Cancel, CaseEnds, DURATION, GroupBy, LearnQuery,
    Listing, NamedMilestone, PredictQuery, Prediction, Predictions, PredictionsQuery, RuleSpec,
    Timing, View, wilson,
};
use casetrail::event_log::Progress;
use casetrail::formats::{self, ReadOptions};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::fmt::Write;

const SECOND: i64 = 1_000_000;
/// The end of a case: after all activities in the order of texts.
const END: &str = "~end";
/// The start of a case.
const START: &str = "!start";
/// Limits of the deadlines, hours.
const WHOLE: i64 = 60;
const REACHED: i64 = 25;

/// A case: its events as activity and hour, and the value of its column.
#[derive(Debug, Clone)]
struct Case {
    id: String,
    events: Vec<(String, i64)>,
    kind: u8,
}

impl Case {
    fn start(&self) -> i64 {
        self.events[0].1
    }

    fn end(&self) -> i64 {
        self.events[self.events.len() - 1].1
    }

    fn names(&self) -> Vec<&str> {
        self.events.iter().map(|event| event.0.as_str()).collect()
    }

    /// An activity ends it.
    fn is_over(&self) -> bool {
        self.events[self.events.len() - 1].0 == "D"
    }
}

/// Activities with the hours before each, hours since the case before, and the value of the column.
type Raw = (Vec<(u8, i64)>, i64, u8);

fn cases(raw: &[Raw]) -> Vec<Case> {
    let mut at = 0;
    let case = |(number, (events, after, kind)): (usize, &Raw)| {
        at += after;
        let mut hour = at;
        let event = |(activity, gap): &(u8, i64)| {
            hour += gap;
            (char::from(b'A' + activity).to_string(), hour)
        };
        Case {
            // Ids whose order is not that of the file.
            id: format!("c{}", (number * 37) % 1009),
            events: events.iter().map(event).collect(),
            kind: *kind,
        }
    };
    raw.iter().enumerate().map(case).collect()
}

fn logs() -> impl Strategy<Value = Vec<Case>> {
    // D ends most cases.
    let step = prop_oneof![3 => 0..2u8, 1 => 2..3u8];
    let events = prop::collection::vec((step, 0..12i64), 1..5);
    let last = prop_oneof![6 => Just(Some(3u8)), 1 => Just(None)];
    let case = (events, last, 0..14i64, 0..4i64, 0..2u8).prop_map(
        |(mut events, last, gap, after, kind)| {
            events.extend(last.map(|last| (last, gap)));
            (events, after, kind)
        },
    );
    prop::collection::vec(case, 100..180).prop_map(|raw| cases(&raw))
}

fn analysis(cases: &[Case]) -> Analysis {
    let mut csv = "case_id,activity,timestamp,kind\n".to_owned();
    for case in cases {
        for (activity, hour) in &case.events {
            let time = chrono::DateTime::from_timestamp(1_709_251_200 + hour * 3600, 0).unwrap();
            let time = time.format("%Y-%m-%d %H:%M:%S");
            writeln!(csv, "{},{activity},{time},k{}", case.id, case.kind).unwrap();
        }
    }
    let progress = Progress::default();
    let options = ReadOptions::default();
    let (log, report) = formats::read(&[csv.as_bytes()], &options, &progress).unwrap();
    let rule = |name: &str, milestone: &str, hours: i64| RuleSpec {
        name: name.to_owned(),
        milestone: milestone.to_owned(),
        limit: hours * 3600 * SECOND,
        calendar: None,
        pauses: Vec::new(),
        when: Vec::new(),
        severity: String::new(),
        warn: 0.8,
    };
    let timing = Timing {
        milestones: vec![NamedMilestone::parse("c = first \"C\"").unwrap()],
        rules: vec![
            rule("whole", DURATION, WHOLE),
            rule("reached", "c", REACHED),
        ],
        ends: CaseEnds {
            activities: Some(vec!["D".to_owned()]),
            idle: None,
        },
        ..Timing::default()
    };
    let analysis = Analysis::new("log.csv".to_owned(), log, report, chrono_tz::UTC, &progress);
    analysis.unwrap().with_timing(timing).unwrap()
}

/// Shares of the next activity after a prefix, by counts in all contexts up to `most` symbols.
fn shares(train: &[&Case], most: usize, prefix: &[&str]) -> BTreeMap<String, f64> {
    let mut counts: BTreeMap<String, BTreeMap<&str, f64>> = BTreeMap::new();
    for case in train {
        let names = case.names();
        let all: Vec<&str> = [&[START], &names[..], &[END]].concat();
        for at in 1..all.len() {
            for length in 0..=most.min(at) {
                let context = all[at - length..at].join(" ");
                *counts
                    .entry(context)
                    .or_default()
                    .entry(all[at])
                    .or_default() += 1.0;
            }
        }
    }
    let base = &counts[""];
    let total: f64 = base.values().sum();
    let mut shares: BTreeMap<String, f64> = base
        .iter()
        .map(|(name, n)| ((*name).to_owned(), n / total))
        .collect();
    let all: Vec<&str> = [&[START], prefix].concat();
    for length in 1..=most.min(all.len()) {
        let Some(after) = counts.get(&all[all.len() - length..].join(" ")) else {
            break;
        };
        let (n, distinct) = (after.values().sum::<f64>(), after.len() as f64);
        for (name, share) in &mut shares {
            let count = after.get(name.as_str()).copied().unwrap_or(0.0);
            *share = (count + distinct * *share) / (n + distinct);
        }
    }
    shares
}

/// The most probable symbols, ties within 1e-12 by name.
fn best(shares: &BTreeMap<String, f64>, n: usize) -> Vec<String> {
    let mut left: Vec<(&String, f64)> = shares.iter().map(|(name, share)| (name, *share)).collect();
    let mut best = Vec::new();
    while best.len() < n && !left.is_empty() {
        let most = left.iter().map(|one| one.1).fold(0.0, f64::max);
        // In the order of names, so that the first one is that of the tie.
        let at = left.iter().position(|one| one.1 >= most - 1e-12).unwrap();
        best.push(left.remove(at).0.clone());
    }
    best
}

/// A visit: case, position of the event, hours until the next event, until the end, since the start.
#[derive(Debug, Clone)]
struct Visit<'a> {
    case: &'a Case,
    at: usize,
    gap: Option<i64>,
    left: i64,
    elapsed: i64,
}

fn visits<'a>(train: &[&'a Case]) -> BTreeMap<String, Vec<Visit<'a>>> {
    let mut states: BTreeMap<String, Vec<Visit<'a>>> = BTreeMap::new();
    for case in train.iter().copied() {
        let all: Vec<&str> = [&[START], &case.names()[..]].concat();
        for at in 0..case.events.len() {
            let visit = Visit {
                case,
                at,
                gap: case
                    .events
                    .get(at + 1)
                    .map(|next| next.1 - case.events[at].1),
                left: case.end() - case.events[at].1,
                elapsed: case.events[at].1 - case.start(),
            };
            for length in 0..=3.min(at + 2) {
                let state = all[at + 2 - length..at + 2].join(" ");
                states.entry(state).or_default().push(visit.clone());
            }
        }
    }
    states
}

fn quantile(values: &[f64], q: f64) -> f64 {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    let position = q * (values.len() - 1) as f64;
    let below = position.floor() as usize;
    let above = (below + 1).min(values.len() - 1);
    values[below] + (values[above] - values[below]) * (position - below as f64)
}

fn quantiles(values: &[f64]) -> [f64; 3] {
    [0.1, 0.5, 0.9].map(|q| quantile(values, q))
}

/// The visits of the longest state of a prefix that has enough of them, where `counts` holds; with the
/// length of the state.
fn state<'a, 'v>(
    states: &'v BTreeMap<String, Vec<Visit<'a>>>,
    prefix: &[&str],
    counts: impl Fn(&Visit<'a>) -> bool,
) -> Option<(usize, Vec<&'v Visit<'a>>)> {
    let all: Vec<&str> = [&[START], prefix].concat();
    (0..=3.min(all.len())).rev().find_map(|length| {
        let visits = states.get(&all[all.len() - length..].join(" "))?;
        let visits: Vec<&Visit<'_>> = visits.iter().filter(|visit| counts(visit)).collect();
        let least = if length == 0 { 20 } else { 50 };
        (visits.len() >= least).then_some((length, visits))
    })
}

/// The 100 visits that are nearest in the time since the start: by the index of the sorted list.
fn nearest<'a, 'v>(mut visits: Vec<&'v Visit<'a>>, elapsed: i64) -> Vec<&'v Visit<'a>> {
    visits.sort_by_key(|visit| (visit.elapsed, visit.left));
    let at = visits
        .iter()
        .filter(|visit| visit.elapsed < elapsed)
        .count();
    let low = at.saturating_sub(50);
    let high = visits.len().min(low + 100);
    let low = high.saturating_sub(100);
    visits[low..high].to_vec()
}

fn lefts(visits: &[&Visit<'_>], rest: i64) -> Vec<f64> {
    visits
        .iter()
        .map(|visit| (visit.left - rest) as f64)
        .collect()
}

/// What a model says at an event: quantiles in hours.
fn predicted(
    states: &BTreeMap<String, Vec<Visit<'_>>>,
    case: &Case,
    at: usize,
    near: bool,
) -> Option<[f64; 3]> {
    let prefix = &case.names()[..=at];
    let (_, visits) = state(states, prefix, |_| true)?;
    let visits = if near {
        nearest(visits, case.events[at].1 - case.start())
    } else {
        visits
    };
    Some(quantiles(&lefts(&visits, 0)))
}

/// By how much the quantiles of training cases are moved apart, hours.
fn margin(train: &[&Case], near: bool) -> f64 {
    let mut ends: Vec<i64> = train.iter().map(|case| case.end()).collect();
    ends.sort_unstable();
    let from = ends[ends.len() * 3 / 4];
    let fit: Vec<&Case> = train
        .iter()
        .copied()
        .filter(|case| case.end() < from)
        .collect();
    let states = visits(&fit);
    let mut errors = Vec::new();
    for case in train {
        for at in (0..case.events.len()).filter(|at| case.events[*at].1 >= from) {
            let left = (case.end() - case.events[at].1) as f64;
            let found = predicted(&states, case, at, near);
            errors.extend(found.map(|q| (q[0] - left).max(left - q[2])));
        }
    }
    if errors.len() <= 100 {
        return 0.0;
    }
    let share = (0.8 * (1.0 + 1.0 / errors.len() as f64)).min(1.0);
    quantile(&errors, share).max(0.0)
}

/// The longest context, by the last fifth of the training cases.
fn length(train: &[&Case]) -> usize {
    let mut train = train.to_vec();
    train.sort_by_key(|case| case.start());
    let (first, last) = train.split_at(train.len() - train.len() / 5);
    let right = |most: usize| {
        let mut right = 0;
        for case in last {
            let names = case.names();
            for at in 0..names.len() {
                let next = names.get(at + 1).copied().unwrap_or(END);
                right += u32::from(best(&shares(first, most, &names[..=at]), 1)[0] == next);
            }
        }
        right
    };
    // Of equal ones 5, else the shortest.
    let rights = [5, 3, 8].map(|most| (most, right(most)));
    let most = rights.iter().map(|of| of.1).max();
    rights.iter().find(|of| Some(of.1) == most).unwrap().0
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9 * (1.0 + a.abs().max(b.abs()))
}

fn ask_backtest(analysis: &Analysis, basing: Basing, share: f64) -> Backtest {
    let query = BacktestQuery { basing, share };
    analysis
        .ask(&View::default(), &query, &Cancel::never())
        .unwrap()
}

/// What a clock of a deadline still showed after an event of a case that is over, hours.
fn shown(rule: &str, case: &Case, at: usize) -> Option<(i64, i64)> {
    let reached = case.events.iter().find(|event| event.0 == "C");
    let until = if rule == "whole" {
        case.end()
    } else {
        reached.map_or(case.end(), |event| event.1)
    };
    let now = case.events[at].1;
    (now < until).then_some((now - case.start(), until - now))
}

fn check_backtest(cases: &[Case], share: f64, near: bool, ended: bool) {
    let analysis = analysis(cases);
    let basing = Basing {
        nearest: near,
        open_ended: ended,
        ..Basing::default()
    };
    let found = ask_backtest(&analysis, basing, share);
    let mut order: Vec<&Case> = cases.iter().collect();
    order.sort_by_key(|case| case.start());
    let cut = order[(share * cases.len() as f64) as usize].start();
    assert_eq!(found.cut, Some((1_709_251_200 + cut * 3600) * SECOND));
    let over = |case: &Case| ended || case.is_over();
    let train: Vec<&Case> = cases
        .iter()
        .filter(|case| over(case) && case.end() < cut)
        .collect();
    assert_eq!(found.train_cases, train.len() as u64);
    let (mut events, mut censored) = (Vec::new(), 0);
    for case in cases {
        for at in (0..case.events.len()).filter(|at| case.events[*at].1 >= cut) {
            let is_last = at + 1 == case.events.len();
            if over(case) || !is_last {
                events.push((case, at));
            }
            censored += u64::from(!over(case));
        }
    }
    assert_eq!(
        (found.test_prefixes, found.censored),
        (events.len() as u64, censored)
    );
    if train.len() < 50 || events.len() < 100 {
        assert!(found.reason.is_some() && found.next.is_none() && found.left.is_none());
        return;
    }
    assert_eq!(found.reason, None);
    let most = length(&train);
    assert_eq!(found.length, Some(most as u64));
    check_next(&found, &train, &events, most);
    check_left(&found, &train, &events, over, near);
}

fn check_next(found: &Backtest, train: &[&Case], events: &[(&Case, usize)], most: usize) {
    let mut targets: BTreeMap<&str, usize> = BTreeMap::new();
    for case in train {
        let names = case.names();
        for next in names[1..].iter().copied().chain([END]) {
            *targets.entry(next).or_default() += 1;
        }
    }
    let most_targets = targets.values().max().copied();
    let frequent = targets
        .iter()
        .find(|of| Some(*of.1) == most_targets)
        .unwrap()
        .0;
    let (mut right, mut first_order, mut top3, mut always) = (0, 0, 0, 0);
    let (mut brier, mut bins) = (0.0, [(0.0, 0.0); 10]);
    for (case, at) in events {
        let names = case.names();
        let next = names.get(at + 1).copied().unwrap_or(END);
        let of = shares(train, most, &names[..=*at]);
        let three = best(&of, 3);
        let hit = three[0] == next;
        right += usize::from(hit);
        top3 += usize::from(three.iter().any(|name| name == next));
        first_order += usize::from(best(&shares(train, 1, &names[..=*at]), 1)[0] == next);
        always += usize::from(*frequent == next);
        let error = |(name, share): (&String, &f64)| (share - f64::from(name == next)).powi(2);
        brier += of.iter().map(error).sum::<f64>();
        brier += f64::from(!of.contains_key(next));
        let share = of[&three[0]];
        let bin = &mut bins[((share * 10.0) as usize).min(9)];
        *bin = (bin.0 + share, bin.1 + f64::from(hit));
    }
    let n = events.len() as f64;
    let next = found.next.as_ref().unwrap();
    assert!(close(next.model, right as f64 / n));
    assert!(close(next.first_order, first_order as f64 / n));
    assert!(close(next.most_frequent, always as f64 / n));
    assert!(close(next.top3, top3 as f64 / n));
    assert!(close(next.brier, brier / n), "{} {}", next.brier, brier / n);
    let ece: f64 = bins.iter().map(|bin| (bin.0 - bin.1).abs()).sum();
    assert!(close(next.ece, ece / n));
    let of_parts: u64 = found.by_length.iter().map(|part| part.n).sum();
    assert_eq!(of_parts, events.len() as u64);
    let of_parts: u64 = found.by_month.iter().map(|part| part.n).sum();
    assert_eq!(of_parts, events.len() as u64);
}

fn check_left(
    found: &Backtest,
    train: &[&Case],
    events: &[(&Case, usize)],
    over: impl Fn(&Case) -> bool,
    near: bool,
) {
    let states = visits(train);
    let margin = margin(train, near);
    let all: Vec<f64> = states[""].iter().map(|visit| visit.left as f64).collect();
    let constant = quantile(&all, 0.5);
    let (mut errors, mut of_constant) = (Vec::new(), 0.0);
    let (mut covered, mut with_margin, mut width) = (0, 0, 0.0);
    let mut odds: BTreeMap<&str, Vec<(f64, bool)>> = BTreeMap::new();
    for (case, at) in events.iter().filter(|(case, _)| over(case)) {
        let left = (case.end() - case.events[*at].1) as f64;
        let [p10, p50, p90] = predicted(&states, case, *at, near).unwrap();
        errors.push((p50 - left).abs());
        of_constant += (constant - left).abs();
        covered += u64::from(p10 <= left && left <= p90);
        let (low, high) = ((p10 - margin).max(0.0), p90 + margin);
        with_margin += u64::from(low <= left && left <= high);
        width += high - low;
        let (_, visits) = state(&states, &case.names()[..=*at], |_| true).unwrap();
        for (rule, limit) in [("whole", WHOLE), ("reached", REACHED)] {
            let Some((before, after)) = shown(rule, case, *at) else {
                continue;
            };
            let rest = limit - before;
            let clocks: Vec<i64> = visits
                .iter()
                .filter_map(|visit| Some(shown(rule, visit.case, visit.at)?.1))
                .collect();
            if rest >= 0 && !clocks.is_empty() {
                let late = clocks.iter().filter(|clock| **clock > rest).count();
                let share = late as f64 / clocks.len() as f64;
                odds.entry(rule).or_default().push((share, after > rest));
            }
        }
    }
    let left = found.left.as_ref().unwrap();
    let n = errors.len() as f64;
    assert_eq!(left.n, errors.len() as u64);
    assert!(close(left.mae / 3600.0, errors.iter().sum::<f64>() / n));
    // Errors are rounded to microseconds for it.
    assert!((left.median / 3600.0 - quantile(&errors, 0.5)).abs() < 1e-6);
    assert!(close(left.constant / 3600.0, of_constant / n));
    assert!(close(left.coverage, covered as f64 / n));
    assert!(
        close(left.margin / 3600.0, margin),
        "{} {margin}",
        left.margin / 3600.0
    );
    assert!(close(left.coverage_margin, with_margin as f64 / n));
    assert!(close(left.width / 3600.0, width / n));
    for late in &found.late {
        let odds = odds.get(late.rule.as_str()).cloned().unwrap_or_default();
        assert_eq!(late.n, odds.len() as u64, "{}", late.rule);
        let (mut pairs, mut all) = (0.0, 0.0);
        for (share, _) in odds.iter().filter(|of| of.1) {
            for (other, _) in odds.iter().filter(|of| !of.1) {
                all += 1.0;
                pairs += match share.total_cmp(other) {
                    std::cmp::Ordering::Greater => 1.0,
                    std::cmp::Ordering::Equal => 0.5,
                    std::cmp::Ordering::Less => 0.0,
                };
            }
        }
        if let Some(auc) = late.auc {
            assert!(close(auc, pairs / all));
        } else {
            assert!(all == 0.0);
        }
    }
}

fn ask_open(analysis: &Analysis, basing: &Basing) -> (Predictions, Vec<Prediction>) {
    let ask = |query: &PredictQuery| analysis.ask(&View::default(), query, &Cancel::never());
    let query = |wait: bool| PredictQuery {
        basing: basing.clone(),
        wait,
        learned: 0,
        listing: Listing::by("late"),
    };
    let before = ask(&query(false)).unwrap();
    assert!(before.preparing && before.rows.rows.is_empty());
    let learn = LearnQuery {
        basing: basing.clone(),
    };
    let learned = analysis.ask(&View::default(), &learn, &Cancel::never());
    let learned = learned.unwrap();
    let list = ask(&query(false)).unwrap();
    assert_eq!(list.learned, learned);
    assert_eq!(list, ask(&query(true)).unwrap());
    let cases = list.rows.rows.iter().map(|row| row.case.clone()).collect();
    let query = PredictionsQuery {
        basing: basing.clone(),
        wait: false,
        cases,
    };
    let details = analysis.ask(&View::default(), &query, &Cancel::never());
    (list, details.unwrap())
}

/// The prediction of every open case, in the list and alone.
fn check_open(cases: &[Case], near: bool) {
    let analysis = analysis(cases);
    let now = cases.iter().map(Case::end).max().unwrap();
    let train: Vec<&Case> = cases
        .iter()
        .filter(|case| case.is_over() && case.end() < now)
        .collect();
    let open: Vec<&Case> = cases.iter().filter(|case| !case.is_over()).collect();
    let basing = Basing {
        nearest: near,
        ..Basing::default()
    };
    let (list, details) = ask_open(&analysis, &basing);
    assert_eq!(list.learned.train_cases, train.len() as u64);
    if train.len() < 50 {
        assert!(list.learned.reason.is_some() && list.rows.rows.is_empty());
        return;
    }
    assert_eq!(
        (list.open, list.rows.rows.len()),
        (open.len() as u64, open.len())
    );
    let (states, most) = (visits(&train), length(&train));
    let margin = margin(&train, near);
    for (row, of) in list.rows.rows.iter().zip(&details) {
        let case = *open.iter().find(|case| case.id == row.case).unwrap();
        let (rest, names) = (now - case.end(), case.names());
        assert!(close(row.rest, rest as f64 * 3600.0));
        // What comes next.
        let expected = shares(&train, most, &names);
        let first = best(&expected, 1);
        let next = row.next.as_ref().unwrap();
        assert_eq!(next.activity.as_deref().unwrap_or(END), first[0]);
        assert!(close(next.share, expected[&first[0]]));
        assert_eq!(&of.next[0], next);
        for next in &of.next {
            let name = next.activity.as_deref().unwrap_or(END);
            assert!(close(next.share, expected[name]), "{name}");
        }
        // What is left.
        let rested = |visit: &Visit<'_>| visit.gap.is_some_and(|gap| gap > rest);
        let used = state(&states, &names, rested);
        assert_eq!(row.left, of.left);
        let Some((length, used)) = used else {
            assert_eq!(row.left, None);
            continue;
        };
        let elapsed = case.end() - case.start();
        let used = if near { nearest(used, elapsed) } else { used };
        let [p10, p50, p90] = quantiles(&lefts(&used, rest));
        let left = row.left.unwrap();
        assert_eq!(left.n, used.len() as u64);
        for (found, expected) in [(left.p10, p10), (left.p50, p50), (left.p90, p90)] {
            assert!(close(found / 3600.0, expected), "{found} {expected}");
        }
        assert!(close(left.low / 3600.0, (p10 - margin).max(0.0)));
        assert!(close(left.high / 3600.0, p90 + margin));
        assert_eq!(of.tried.last().unwrap().length, length as u64);
        let activities = length - usize::from(of.from_start);
        assert_eq!(of.from_start, length == names.len() + 1);
        let state: Vec<&str> = of.state.iter().map(|name| &**name).collect();
        assert_eq!(state, names[names.len() - activities..]);
        check_odds(row, case, now, &used);
        if !near {
            check_similar(of, &used, (elapsed, rest));
        }
    }
}

fn check_odds(row: &casetrail::engine::PredictRow, case: &Case, now: i64, used: &[&Visit<'_>]) {
    let mut expected = Vec::new();
    for (rule, limit) in [("whole", WHOLE), ("reached", REACHED)] {
        let reached = case.events.iter().find(|event| event.0 == "C");
        let reached = reached.filter(|_| rule == "reached");
        if let Some(event) = reached {
            if event.1 - case.start() > limit {
                expected.push((rule, None, true));
            }
            continue;
        }
        if now - case.start() > limit {
            expected.push((rule, None, true));
            continue;
        }
        let rest = limit - (case.end() - case.start());
        let clocks: Vec<i64> = used
            .iter()
            .filter_map(|visit| Some(shown(rule, visit.case, visit.at)?.1))
            .collect();
        let late = clocks.iter().filter(|clock| **clock > rest).count() as u64;
        let of = (late, clocks.len() as u64);
        expected.push((rule, Some(of).filter(|of| of.1 > 0), false));
    }
    let found: Vec<_> = row
        .odds
        .iter()
        .map(|odds| (&*odds.rule, odds.late, odds.broken.is_some()))
        .collect();
    assert_eq!(found, expected);
    for odds in &row.odds {
        assert_eq!(
            odds.interval(),
            odds.late.and_then(|(late, of)| wilson(late, of))
        );
    }
}

fn check_similar(of: &Prediction, used: &[&Visit<'_>], (elapsed, rest): (i64, i64)) {
    let mut near: Vec<_> = used
        .iter()
        .map(|visit| {
            let gap = visit.gap.unwrap();
            let key = ((visit.elapsed - elapsed).abs(), (gap - rest).abs());
            (key, &visit.case.id, visit.at)
        })
        .collect();
    near.sort();
    let mut expected: Vec<&String> = Vec::new();
    for (_, id, _) in near {
        if !expected.contains(&id) && expected.len() < 10 {
            expected.push(id);
        }
    }
    let found: Vec<&String> = of.similar.iter().map(|similar| &similar.case).collect();
    assert_eq!(found, expected);
}

proptest! {
    #![proptest_config(crate::runs(24))]

    #[test]
    fn a_backtest_is_that_of_the_definitions(
        cases in logs(),
        share in prop::sample::select(vec![0.5, 0.6, 0.7, 0.8]),
        near in any::<bool>(),
        ended in any::<bool>(),
    ) {
        check_backtest(&cases, share, near, ended);
    }

    #[test]
    fn open_cases_are_predicted_by_the_definitions(cases in logs(), near in any::<bool>()) {
        check_open(&cases, near);
    }
}

#[test]
fn states_begin_with_a_value_where_that_helps() {
    // Cases of one kind take an hour after A, those of the other thirty.
    let case = |number: usize| {
        let kind = (number % 2) as u8;
        let at = number as i64 * 3;
        let end = if kind == 0 { 1 } else { 30 };
        let mut events = vec![("A".to_owned(), at)];
        if number < 190 {
            events.push(("D".to_owned(), at + end));
        }
        Case {
            id: format!("c{number}"),
            events,
            kind,
        }
    };
    let cases: Vec<Case> = (0..200).map(case).collect();
    let analysis = analysis(&cases);
    let basing = Basing {
        by: Some(GroupBy::parse("kind")),
        ..Basing::default()
    };
    let (list, details) = ask_open(&analysis, &basing);
    let by = list.learned.by.unwrap();
    assert!(by.used, "{by:?}");
    let (with, without) = by.errors.unwrap();
    assert!(with < 1.0 && without > 3600.0, "{with} {without}");
    // Of the kind that takes long, some is left; the other has nobody who rested for as long.
    let long = details.iter().find(|of| of.case == "c199").unwrap();
    assert!(long.tried.last().unwrap().by);
    assert!(close(long.left.unwrap().p50, 30.0 * 3600.0));
    // The same for all cases helps nobody.
    let basing = Basing {
        by: Some(GroupBy::parse("last")),
        ..Basing::default()
    };
    let learn = LearnQuery { basing };
    let learned = analysis
        .ask(&View::default(), &learn, &Cancel::never())
        .unwrap();
    assert!(!learned.by.unwrap().used);
}

#[test]
fn too_few_cases_are_refused_with_their_number() {
    let cases: Vec<Case> = (0..49)
        .map(|number: i64| Case {
            id: format!("c{number}"),
            events: vec![("A".to_owned(), number), ("D".to_owned(), number + 1)],
            kind: 0,
        })
        .collect();
    let analysis = analysis(&cases);
    let (list, _) = ask_open(&analysis, &Basing::default());
    assert_eq!(
        list.learned.reason.as_deref(),
        Some("fewer than 50 cases have ended: 48")
    );
    let test = ask_backtest(&analysis, Basing::default(), 0.8);
    assert_eq!(
        test.reason.as_deref(),
        Some("fewer than 50 cases had ended before the cut: 38")
    );
    assert_eq!((test.train_cases, test.test_prefixes), (38, 21));
}

#[test]
fn learning_stops_when_nobody_waits() {
    let cases: Vec<Case> = (0..200)
        .map(|number: i64| Case {
            id: format!("c{number}"),
            events: vec![("A".to_owned(), number), ("D".to_owned(), number + 1)],
            kind: 0,
        })
        .collect();
    let analysis = analysis(&cases);
    let cancel = Cancel::default();
    cancel.cancel();
    let learn = LearnQuery {
        basing: Basing::default(),
    };
    let found = analysis.ask(&View::default(), &learn, &cancel);
    assert!(found.is_err());
    let query = BacktestQuery {
        basing: Basing::default(),
        share: 0.8,
    };
    assert!(analysis.ask(&View::default(), &query, &cancel).is_err());
    // Nothing half-done is kept.
    let learned = analysis.ask(&View::default(), &learn, &Cancel::never());
    assert_eq!(learned.unwrap().train_cases, 199);
}
