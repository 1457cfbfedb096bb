//! The process map against its definition, written down on lists of names: random logs, filters and
//! shares.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use casetrail::engine::{
    Analysis, Bounds, Cancel, ConformQuery, Listing, MapEdge, MapMovesQuery, MapOf, MapQuery, Move,
    MoveCounts, Page, ProcessMap, Reference, View,
};
use casetrail::event_log::Progress;
use casetrail::formats::ImportReport;
use casetrail::test_support::log;
use casetrail::text::Portion;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fmt::Write;

const NAMES: [&str; 7] = ["a", "b", "c", "d", "e", "f", "g"];

/// A case: activities, and the second of each event.
type Trace = Vec<(&'static str, i64)>;

fn traces() -> impl Strategy<Value = Vec<Trace>> {
    // The first ones are more frequent, as in real logs.
    let name = prop_oneof![3 => 0..3usize, 1 => 0..NAMES.len()].prop_map(|at| NAMES[at]);
    let events = prop::collection::vec((name, 0i64..50), 1..9);
    let trace = events.prop_map(|events| {
        let mut at = 0;
        let event = |(name, since)| {
            at += since;
            (name, at)
        };
        events.into_iter().map(event).collect()
    });
    prop::collection::vec(trace, 0..40)
}

fn analysis(traces: &[Trace]) -> Analysis {
    let mut text = String::new();
    for (case, trace) in traces.iter().enumerate() {
        let names: Vec<&str> = trace.iter().map(|event| event.0).collect();
        let times: Vec<String> = trace.iter().map(|event| event.1.to_string()).collect();
        write!(text, "{case}: {} @ {}; ", names.join(" "), times.join(" ")).unwrap();
    }
    let (report, progress) = (ImportReport::default(), Progress::default());
    Analysis::new("x".into(), log(&text), report, chrono_tz::UTC, &progress).unwrap()
}

/// Filters, and whether a case meets them.
type Filter = (&'static str, fn(&Trace) -> bool);

const FILTERS: [Filter; 5] = [
    ("", |_| true),
    ("activity ~ \"a\"", |trace| {
        trace.iter().any(|event| event.0 == "a")
    }),
    ("events > 3", |trace| trace.len() > 3),
    ("first(activity) ~ \"b\"", |trace| trace[0].0 == "b"),
    ("events > 99", |_| false),
];

/// A name, or `None` for the start and the end of the case.
type End = Option<&'static str>;

/// Steps, direct ones, cases, and times in seconds.
type Steps = (u64, u64, u64, Vec<i64>);

/// An edge, from and to, with its steps.
type Edge = ((End, End), Steps);

/// The activities by their cases, most first, ties by name.
fn activities(traces: &[&Trace]) -> Vec<(&'static str, usize)> {
    let mut cases: BTreeMap<&str, usize> = BTreeMap::new();
    for trace in traces {
        let names: BTreeSet<&'static str> = trace.iter().map(|event| event.0).collect();
        for name in names {
            *cases.entry(name).or_default() += 1;
        }
    }
    let mut all: Vec<_> = NAMES
        .iter()
        .filter_map(|&name| Some((name, *cases.get(name)?)))
        .collect();
    all.sort_by_key(|&(name, cases)| (usize::MAX - cases, name));
    all
}

/// Edges between the activities that are shown, most steps first, and the cases without any of them.
fn project(traces: &[&Trace], shown: &[&str]) -> (Vec<Edge>, u64) {
    let mut edges: BTreeMap<(End, End), Steps> = BTreeMap::new();
    let mut hidden = 0;
    for trace in traces {
        let events = trace
            .iter()
            .enumerate()
            .map(|(at, e)| (Some(e.0), at + 1, e.1));
        let mut walk: Vec<(End, usize, i64)> = vec![(None, 0, 0)];
        walk.extend(events.filter(|event| shown.contains(&event.0.unwrap())));
        walk.push((None, trace.len() + 1, 0));
        if walk.len() == 2 {
            hidden += 1;
            continue;
        }
        let mut met = HashSet::new();
        for step in walk.windows(2) {
            let ends = (step[0].0, step[1].0);
            let edge = edges.entry(ends).or_default();
            edge.0 += 1;
            edge.1 += u64::from(step[0].1 + 1 == step[1].1);
            edge.2 += u64::from(met.insert(ends));
            if ends.0.is_some() && ends.1.is_some() {
                edge.3.push(step[1].2 - step[0].2);
            }
        }
    }
    let mut edges: Vec<_> = edges.into_iter().collect();
    // The start comes before all names, the end after them.
    edges.sort_by_key(|((from, to), steps)| (u64::MAX - steps.0, *from, to.is_none(), *to));
    (edges, hidden)
}

/// Which edges are drawn: the definition as it is written, with a search of all edges at every step.
fn drawn(edges: &[Edge], shown: &[&str], most: usize) -> BTreeSet<usize> {
    let ends = |at: usize| {
        let (from, to) = edges[at].0;
        (from.unwrap_or("^"), to.unwrap_or("$"))
    };
    let mut kept: BTreeSet<usize> = (0..most.min(edges.len())).collect();
    for &name in shown {
        let to = (0..edges.len()).find(|&at| ends(at).1 == name && ends(at).0 != name);
        let from = (0..edges.len()).find(|&at| ends(at).0 == name && ends(at).1 != name);
        kept.extend(to.into_iter().chain(from));
    }
    for (start, forward) in [("^", true), ("$", false)] {
        let ends = |at: usize| {
            if forward {
                ends(at)
            } else {
                (ends(at).1, ends(at).0)
            }
        };
        loop {
            let mut reached = BTreeSet::from([start]);
            while let Some(&at) = kept
                .iter()
                .find(|&&at| reached.contains(ends(at).0) && !reached.contains(ends(at).1))
            {
                reached.insert(ends(at).1);
            }
            let leads_on =
                |&at: &usize| reached.contains(ends(at).0) && !reached.contains(ends(at).1);
            match (0..edges.len()).find(leads_on) {
                Some(at) => kept.insert(at),
                None => break,
            };
        }
    }
    kept
}

/// `n` of the share in hundredths, rounded up.
fn part(n: usize, percent: usize) -> usize {
    (n * percent).div_ceil(100)
}

fn asked(analysis: &Analysis, filter: &str, of: MapOf) -> ProcessMap {
    let filters = Some(filter.to_owned()).filter(|text| !text.is_empty());
    let view = View {
        filters: filters.into_iter().collect(),
        ..View::default()
    };
    let query = MapQuery {
        of,
        times: true,
        names: Some(18),
    };
    analysis.ask(&view, &query, &Cancel::never()).unwrap()
}

fn quantile(sorted: &[i64], q: f64) -> f64 {
    let position = q * (sorted.len() - 1) as f64;
    let (below, part) = (position.floor() as usize, position.fract());
    let above = sorted[(below + 1).min(sorted.len() - 1)];
    sorted[below] as f64 + (above - sorted[below]) as f64 * part
}

fn check(traces: &[Trace], filter: &Filter, shares: (usize, usize), by_log: bool) {
    let of = MapOf {
        activities: Some(Portion::percent(shares.0 as u32)),
        paths: Some(Portion::percent(shares.1 as u32)),
        by_log,
    };
    let map = asked(&analysis(traces), filter.0, of);
    let all: Vec<&Trace> = traces.iter().collect();
    let selected: Vec<&Trace> = traces.iter().filter(|trace| filter.1(trace)).collect();
    let basis = if by_log { &all } else { &selected };
    let known = activities(basis);
    let most = part(known.len(), shares.0).max(1).min(known.len());
    let shown: Vec<&str> = known[..most].iter().map(|of| of.0).collect();
    let (edges, hidden) = project(&selected, &shown);
    let (of_basis, _) = project(basis, &shown);
    let kept = drawn(&of_basis, &shown, part(of_basis.len(), shares.1));
    let kept: Vec<(End, End)> = kept.into_iter().map(|at| of_basis[at].0).collect();

    assert_eq!(
        (map.activities.shown, map.activities.of),
        (most, known.len())
    );
    assert_eq!(
        (map.paths.shown, map.paths.of),
        (kept.len(), of_basis.len())
    );
    assert_eq!(map.hidden_cases, hidden);
    assert_eq!(map.cases, selected.len() as u64);
    let found: Vec<(&str, u64)> = map.nodes.iter().map(|n| (&*n.activity, n.cases)).collect();
    let cases = activities(&selected);
    let cases_of = |name: &str| {
        cases
            .iter()
            .find(|of| of.0 == name)
            .map_or(0, |of| of.1 as u64)
    };
    let mut expected: Vec<(&str, u64)> = shown.iter().map(|name| (*name, cases_of(name))).collect();
    expected.sort_by_key(|&(name, cases)| (u64::MAX - cases, name));
    assert_eq!(found, expected);

    let nothing: Steps = (0, 0, 0, Vec::new());
    let figures = |ends: &(End, End)| {
        edges
            .iter()
            .find(|edge| edge.0 == *ends)
            .map_or(&nothing, |e| &e.1)
    };
    let mut expected: Vec<(End, End)> = kept.clone();
    expected.sort_by_key(|ends| (u64::MAX - figures(ends).0, ends.0, ends.1.is_none(), ends.1));
    let names = |edge: &MapEdge| (edge.from.clone(), edge.to.clone());
    let found: Vec<_> = map.edges.iter().map(names).collect();
    let texts = |(from, to): &(End, End)| (from.map(Into::into), to.map(Into::into));
    assert_eq!(found, expected.iter().map(texts).collect::<Vec<_>>());
    for (edge, ends) in map.edges.iter().zip(&expected) {
        check_edge(edge, ends, figures(ends));
    }
    let steps: u64 = edges.iter().map(|edge| edge.1.0).sum();
    let on_map: u64 = map.edges.iter().map(|edge| edge.count).sum();
    match map.drawn {
        None => assert_eq!(steps, 0),
        Some(drawn) => assert!((drawn - on_map as f64 / steps as f64).abs() < 1e-12),
    }
    if shares.1 == 100 {
        adds_up(&map);
    }
}

fn check_edge(edge: &MapEdge, ends: &(End, End), expected: &Steps) {
    let (count, direct, cases, times) = expected;
    assert_eq!(
        (edge.count, edge.direct, edge.cases),
        (*count, *direct, *cases),
        "{ends:?}"
    );
    let mut times = times.clone();
    times.sort_unstable();
    let Some(elapsed) = &edge.elapsed else {
        assert!(times.is_empty(), "{ends:?}: times are missing");
        return;
    };
    let total = times.iter().sum::<i64>() as f64;
    let mean = total / times.len() as f64;
    let expected = [mean, quantile(&times, 0.5), quantile(&times, 0.9), total];
    let found = [elapsed.mean, elapsed.median, elapsed.p90, elapsed.total];
    for (found, expected) in found.into_iter().zip(expected) {
        let off = (found - expected).abs();
        assert!(
            off <= 1e-9 * expected.abs().max(1.0),
            "{ends:?}: {found} {expected}"
        );
    }
}

/// As many steps lead to an activity, and from it, as it has events.
fn adds_up(map: &ProcessMap) {
    for node in &map.nodes {
        let name = Some(&node.activity);
        let sum = |of: &dyn Fn(&MapEdge) -> bool| -> u64 {
            map.edges
                .iter()
                .filter(|edge| of(edge))
                .map(|edge| edge.count)
                .sum()
        };
        assert_eq!(
            sum(&|edge| edge.to.as_ref() == name),
            node.events,
            "to {name:?}"
        );
        assert_eq!(
            sum(&|edge| edge.from.as_ref() == name),
            node.events,
            "from {name:?}"
        );
    }
    assert!(map.drawn.is_none_or(|drawn| drawn == 1.0));
}

proptest! {
    #![proptest_config(crate::runs(2000))]
    #[test]
    fn a_map_is_what_its_definition_says(
        traces in traces(),
        filter in 0..FILTERS.len(),
        activities in prop_oneof![Just(100), 0usize..=100],
        paths in prop_oneof![Just(100), Just(0), 0usize..=100],
        by_log in any::<bool>(),
    ) {
        check(&traces, &FILTERS[filter], (activities, paths), by_log);
    }
}

proptest! {
    #![proptest_config(crate::runs(100))]
    /// What is shown, and where, does not depend on a filter.
    #[test]
    fn a_filter_moves_nothing(traces in traces(), filter in 0..FILTERS.len(), paths in 0u32..=100) {
        let of = MapOf {
            paths: Some(Portion::percent(paths)),
            by_log: true,
            ..MapOf::default()
        };
        let analysis = analysis(&traces);
        let (all, some) = (asked(&analysis, "", of), asked(&analysis, FILTERS[filter].0, of));
        prop_assert_eq!(&all.layout, &some.layout);
        let places = |map: &ProcessMap| -> BTreeMap<String, usize> {
            map.nodes.iter().map(|node| (node.activity.to_string(), node.place)).collect()
        };
        prop_assert_eq!(places(&all), places(&some));
        prop_assert_eq!(all.paths, some.paths);
    }

    /// Nor on a condition on events, which changes the traces themselves.
    #[test]
    fn a_condition_on_events_moves_nothing(traces in traces(), condition in 0..CONDITIONS.len()) {
        let of = MapOf { by_log: true, ..MapOf::default() };
        let analysis = analysis(&traces);
        let query = MapQuery { of, times: true, names: Some(18) };
        let map = |events: &[&str]| {
            let view = View {
                events: events.iter().map(ToString::to_string).collect(),
                ..View::default()
            };
            analysis.ask(&view, &query, &Cancel::never()).unwrap()
        };
        let (condition, keeps) = CONDITIONS[condition];
        let (all, some) = (map(&[]), map(&[condition]));
        prop_assert_eq!(&all.layout, &some.layout);
        prop_assert_eq!((all.activities, all.paths), (some.activities, some.paths));
        for node in &some.nodes {
            let events = traces.iter().flatten().filter(|(name, _)| **name == *node.activity);
            let events = events.filter(|(name, _)| keeps(name)).count();
            prop_assert_eq!(node.events, events as u64, "{}", &node.activity);
        }
    }

    /// Moves are counted at the events that they are of, and at the step in which they happen.
    #[test]
    fn moves_are_those_of_the_variants(
        traces in traces(),
        filter in 0..FILTERS.len(),
        activities in 1u32..=100,
        top in 1u32..3,
    ) {
        let of = MapOf {
            activities: Some(Portion::percent(activities)),
            paths: Some(Portion::percent(100)),
            by_log: false,
        };
        let analysis = analysis(&traces);
        let view = View {
            filters: Some(FILTERS[filter].0).filter(|text| !text.is_empty()).map(str::to_owned).into_iter().collect(),
            reference: Some(Reference::Top(top)),
            ends: Some(Vec::new()),
            ..View::default()
        };
        let never = Cancel::never();
        let map = analysis.ask(&view, &MapQuery { of, times: false, names: None }, &never).unwrap();
        let bounds = Bounds::USUAL;
        let found = analysis.ask(&view, &MapMovesQuery { of, bounds }, &never).unwrap();
        let listing = Listing { page: Page::first(usize::MAX), ..Listing::by("cases") };
        let conform = ConformQuery { open_ended: false, bounds, listing };
        let conform = analysis.ask(&view, &conform, &never).unwrap();
        let shown = |name: &str| map.nodes.iter().any(|node| *node.activity == *name);
        let mut nodes: BTreeMap<String, [u64; 3]> = BTreeMap::new();
        let mut edges: BTreeMap<(String, String), [u64; 3]> = BTreeMap::new();
        for variant in conform.variants.iter() {
            let moves = variant.judgement.moves().iter();
            let moves: Vec<(usize, &str)> = moves.map(|one| {
                let kind = match one { Move::Sync(_) => 0, Move::Missing(_) => 1, Move::Extra(_) => 2 };
                (kind, &*conform.names[one.label() as usize])
            }).collect();
            for (kind, name) in moves.iter().filter(|(_, name)| shown(name)) {
                nodes.entry((*name).to_owned()).or_default()[*kind] += variant.cases;
            }
            // Places of the events on the map, and the start and the end as places without one.
            let events = moves.iter().enumerate().filter(|(_, (kind, name))| *kind != 1 && shown(name));
            let events: Vec<(usize, (usize, &str))> = events.map(|(at, one)| (at + 1, *one)).collect();
            if events.is_empty() {
                continue;
            }
            let ends = [(0, (0, "")), (moves.len() + 1, (0, ""))];
            let places = [&ends[..1], &events, &ends[1..]].concat();
            for pair in places.windows(2) {
                let (from, to) = (pair[0], pair[1]);
                let between = moves.iter().take(to.0 - 1).skip(from.0);
                let missing = between.filter(|(kind, _)| *kind == 1).count() as u64;
                let steps = edges.entry((from.1.1.to_owned(), to.1.1.to_owned())).or_default();
                steps[0] += if missing == 0 && to.1.0 == 0 { variant.cases } else { 0 };
                steps[1] += missing * variant.cases;
                steps[2] += if to.1.0 == 2 { variant.cases } else { 0 };
            }
        }
        let counts = |of: MoveCounts| [of.sync, of.missing, of.extra];
        for node in &map.nodes {
            let wanted = nodes.get(&*node.activity).copied().unwrap_or_default();
            prop_assert_eq!(counts(found.node(&node.activity)), wanted, "{}", &node.activity);
        }
        for edge in &map.edges {
            let name = |name: &Option<std::sync::Arc<str>>| name.as_deref().unwrap_or_default().to_owned();
            let ends = (name(&edge.from), name(&edge.to));
            let wanted = edges.get(&ends).copied().unwrap_or_default();
            prop_assert_eq!(counts(found.edge(edge)), wanted, "{:?}", ends);
            prop_assert!(found.edge(edge).sync <= edge.count && found.edge(edge).extra <= edge.count);
        }
    }
}

/// Conditions on events, and whether an event meets them.
type Condition = (&'static str, fn(&str) -> bool);

const CONDITIONS: [Condition; 3] = [
    ("activity != \"a\"", |name| name != "a"),
    ("activity in (\"b\", \"c\")", |name| {
        ["b", "c"].contains(&name)
    }),
    ("activity = \"nobody\"", |_| false),
];

#[test]
fn the_usual_map_has_15_activities_and_few_edges() {
    let mut text = String::new();
    for case in 0..40 {
        let names: Vec<String> = (0..20)
            .map(|at| format!("x{:02}", (at * (case + 1)) % 20))
            .collect();
        write!(text, "{case}: {}; ", names.join(" ")).unwrap();
    }
    let (report, progress) = (ImportReport::default(), Progress::default());
    let analysis =
        Analysis::new("x".into(), log(&text), report, chrono_tz::UTC, &progress).unwrap();
    let map = asked(&analysis, "", MapOf::default());
    assert_eq!((map.activities.shown, map.activities.of), (15, 20));
    assert!(
        map.paths.shown * 2 <= 15 * 5 || map.paths.share == Portion::NONE,
        "{:?}",
        map.paths
    );
    assert!(map.layout.is_some());
}
