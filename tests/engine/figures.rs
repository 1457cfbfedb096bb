//! Every figure of the engine against a slow reference written straight from the definitions:
//! random small logs, a random selection of cases, all lists in all orders.

use crate::small_logs::{Cell, Columns, Event, SECOND};
use casetrail::engine::{
    ActivitiesQuery, Analysis, Answer, BottlenecksQuery, Cancel, CasesQuery, EdgesQuery, Kind,
    Listing, NamedWait, OverviewQuery, Page, Ranking, Request, ResourcesQuery, Stats, SummaryQuery,
    Timing, VariantsQuery, View, WaitClass, Waits, WhatIfQuery,
};
use casetrail::event_log::ColumnKind;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// One row of a log: case, activity, second, start (seconds before), resource.
#[derive(Debug, Clone)]
struct Row {
    case: u8,
    activity: u8,
    second: i64,
    service: Option<i64>,
    resource: Option<u8>,
}

fn rows() -> impl Strategy<Value = Vec<Row>> {
    let row = (
        0u8..8,
        0u8..4,
        0i64..500,
        prop::option::of(0i64..50),
        prop::option::of(0u8..3),
    );
    let row = row.prop_map(|(case, activity, second, service, resource)| Row {
        case,
        activity,
        second,
        service,
        resource,
    });
    prop::collection::vec(row, 0..60)
}

/// The log, built of blocks cut at `cut`, ready to answer.
fn build(rows: &[Row], instances: bool, cut: usize) -> Analysis {
    let columns = Columns {
        named: &[("who", ColumnKind::Text)],
        resource: Some(0),
        starts: instances,
    };
    let event = |row: &Row| Event {
        case: row.case,
        activity: row.activity,
        second: row.second,
        start: row.service.map(|service| row.second - service),
        cells: vec![Cell::named('r', row.resource)],
    };
    let events: Vec<Event> = rows.iter().map(event).collect();
    crate::small_logs::analysis(crate::small_logs::log(&columns, &events, cut))
}

/// The traces by the contract's order of events.
fn traces(rows: &[Row], instances: bool) -> BTreeMap<u8, Vec<Row>> {
    let mut traces: BTreeMap<u8, Vec<Row>> = BTreeMap::new();
    for row in rows {
        traces.entry(row.case).or_default().push(row.clone());
    }
    for trace in traces.values_mut() {
        trace.sort_by_key(|row| (begin(row, instances), row.second));
    }
    traces
}

fn begin(row: &Row, instances: bool) -> i64 {
    if instances {
        row.second - row.service.unwrap_or(0)
    } else {
        row.second
    }
}

fn quantile(sorted: &[f64], q: f64) -> f64 {
    let position = q * (sorted.len() - 1) as f64;
    let below = position.floor() as usize;
    let above = (below + 1).min(sorted.len() - 1);
    sorted[below] + (sorted[above] - sorted[below]) * (position - below as f64)
}

fn check_stats(what: &str, got: Option<Stats>, values: &[i64]) {
    let mut sorted: Vec<f64> = values.iter().map(|&v| v as f64).collect();
    sorted.sort_by(f64::total_cmp);
    let Some(got) = got else {
        assert!(values.is_empty(), "{what}: figures are missing");
        return;
    };
    let close = |name: &str, a: f64, b: f64| {
        assert!(
            (a - b).abs() < 1e-6,
            "{what}.{name}: got {a}, reference {b}"
        );
    };
    assert_eq!(got.n as usize, sorted.len(), "{what}.n");
    close("total", got.total, sorted.iter().sum());
    close(
        "mean",
        got.mean,
        sorted.iter().sum::<f64>() / sorted.len() as f64,
    );
    close("median", got.median, quantile(&sorted, 0.5));
    close("p90", got.p90, quantile(&sorted, 0.9));
    close("min", got.min, sorted[0]);
    close("max", got.max, sorted[sorted.len() - 1]);
}

fn all(sort: &'static str, descending: bool) -> Listing {
    Listing {
        descending,
        ..Listing::by(sort)
    }
}

struct Reference {
    traces: BTreeMap<u8, Vec<Row>>,
    instances: bool,
}

impl Reference {
    fn names(trace: &[Row]) -> Vec<String> {
        trace
            .iter()
            .map(|row| format!("a{}", row.activity))
            .collect()
    }

    fn span(&self, trace: &[Row]) -> (i64, i64) {
        let first = trace
            .iter()
            .map(|r| begin(r, self.instances))
            .min()
            .expect("an event");
        let last = trace.iter().map(|r| r.second).max().expect("an event");
        (first, last)
    }

    fn durations<'a>(&'a self, traces: impl Iterator<Item = &'a Vec<Row>>) -> Vec<i64> {
        traces
            .map(|t| self.span(t))
            .map(|(first, last)| last - first)
            .collect()
    }

    fn variants(&self) -> BTreeMap<Vec<String>, Vec<&Vec<Row>>> {
        let mut variants: BTreeMap<Vec<String>, Vec<&Vec<Row>>> = BTreeMap::new();
        for trace in self.traces.values() {
            variants.entry(Self::names(trace)).or_default().push(trace);
        }
        variants
    }

    fn check_summary(&self, answer: &Answer) {
        let got = answer.to::<SummaryQuery>().expect("summary");
        let rows: Vec<&Row> = self.traces.values().flatten().collect();
        let distinct = |f: fn(&Row) -> Option<u8>| {
            rows.iter()
                .filter_map(|r| f(r))
                .collect::<BTreeSet<_>>()
                .len() as u64
        };
        assert_eq!(got.events, rows.len() as u64);
        assert_eq!(got.cases, self.traces.len() as u64);
        assert_eq!(got.activities, distinct(|r| Some(r.activity)));
        assert_eq!(got.resources, Some(distinct(|r| r.resource)));
        assert_eq!(got.variants, self.variants().len() as u64);
        let spans: Vec<(i64, i64)> = self.traces.values().map(|t| self.span(t)).collect();
        assert_eq!(got.first_event, spans.iter().map(|s| s.0 * SECOND).min());
        assert_eq!(got.last_event, spans.iter().map(|s| s.1 * SECOND).max());
        let lengths: Vec<i64> = self.traces.values().map(|t| t.len() as i64).collect();
        check_stats("events per case", got.events_per_case, &lengths);
        check_stats(
            "duration",
            got.case_duration,
            &self.durations(self.traces.values()),
        );
    }

    fn check_variants(&self, answer: &Answer) {
        let got = answer.to::<VariantsQuery>().expect("variants");
        let mut want: Vec<(Vec<String>, Vec<&Vec<Row>>)> = self.variants().into_iter().collect();
        want.sort_by_key(|(_, traces)| std::cmp::Reverse(traces.len()));
        assert_eq!(got.total, want.len());
        let mut above = 0;
        for (row, (names, traces)) in got.rows.iter().zip(want) {
            let got_names: Vec<&str> = row.activities.iter().map(|a| &**a).collect();
            assert_eq!(got_names, names);
            assert_eq!(row.cases, traces.len() as u64);
            above += traces.len();
            let share = above as f64 / self.traces.len() as f64;
            assert!((row.cumulative - share).abs() < 1e-12);
            check_stats(
                "variant",
                Some(row.duration),
                &self.durations(traces.into_iter()),
            );
        }
    }

    fn check_activities(&self, answer: &Answer) {
        let got = answer.to::<ActivitiesQuery>().expect("activities");
        for row in &got.rows {
            let is = |r: &&Row| format!("a{}", r.activity) == *row.activity;
            let times = |t: &Vec<Row>| t.iter().filter(is).count();
            let n = |f: &dyn Fn(&Vec<Row>) -> bool| {
                self.traces.values().filter(|t| f(t)).count() as u64
            };
            let events: usize = self.traces.values().map(times).sum();
            assert_eq!(row.events, events as u64);
            assert_eq!(row.cases, n(&|t| times(t) > 0));
            assert_eq!(row.rework_cases, n(&|t| times(t) > 1));
            assert_eq!(row.starts, n(&|t| t.first().as_ref().is_some_and(is)));
            assert_eq!(row.ends, n(&|t| t.last().as_ref().is_some_and(is)));
            let mut before = Vec::new();
            let (mut service, mut waiting) = (Vec::new(), Vec::new());
            for trace in self.traces.values() {
                for (i, event) in trace.iter().enumerate().filter(|(_, e)| is(e)) {
                    service.extend(event.service);
                    if i > 0 {
                        before.push(event.second - trace[i - 1].second);
                        let latest = trace[..i].iter().map(|e| e.second).max().unwrap_or(0);
                        waiting.push((begin(event, self.instances) - latest).max(0));
                    }
                }
            }
            check_stats("before", row.before, &before);
            if self.instances {
                check_stats("service", row.service, &service);
                check_stats("waiting", row.waiting, &waiting);
            } else {
                assert_eq!((row.service, row.waiting), (None, None));
            }
        }
        let occurring: BTreeSet<u8> = self.traces.values().flatten().map(|r| r.activity).collect();
        assert_eq!(got.total, occurring.len());
    }

    fn check_edges(&self, answer: &Answer) {
        let got = answer.to::<EdgesQuery>().expect("edges");
        let mut elapsed: BTreeMap<(u8, u8), Vec<i64>> = BTreeMap::new();
        let mut waiting: BTreeMap<(u8, u8), Vec<i64>> = BTreeMap::new();
        let mut cases: BTreeMap<(u8, u8), BTreeSet<u8>> = BTreeMap::new();
        for (case, trace) in &self.traces {
            for w in trace.windows(2) {
                let edge = (w[0].activity, w[1].activity);
                elapsed
                    .entry(edge)
                    .or_default()
                    .push(w[1].second - w[0].second);
                let wait = begin(&w[1], self.instances) - w[0].second;
                waiting.entry(edge).or_default().push(wait.max(0));
                cases.entry(edge).or_default().insert(*case);
            }
        }
        let mut want: Vec<_> = elapsed.into_iter().collect();
        want.sort_by_key(|(_, values)| std::cmp::Reverse(values.len()));
        assert_eq!(got.total, want.len());
        for (row, (edge, values)) in got.rows.iter().zip(want) {
            assert_eq!(
                (&*row.from, &*row.to),
                (&*format!("a{}", edge.0), &*format!("a{}", edge.1))
            );
            assert_eq!(
                (row.count, row.cases),
                (values.len() as u64, cases[&edge].len() as u64)
            );
            check_stats("elapsed", Some(row.elapsed), &values);
            if self.instances {
                check_stats("edge gap", row.gap, &waiting[&edge]);
            }
        }
    }

    fn check_resources(&self, answer: &Answer) {
        let got = answer.to::<ResourcesQuery>().expect("resources");
        for row in &got.rows.rows {
            let is = |r: &&Row| r.resource.is_some_and(|w| format!("r{w}") == *row.resource);
            let events: Vec<&Row> = self.traces.values().flatten().filter(is).collect();
            assert_eq!(row.events, events.len() as u64);
            let distinct = |f: fn(&Row) -> u8| {
                events.iter().map(|r| f(r)).collect::<BTreeSet<_>>().len() as u64
            };
            assert_eq!(
                (row.cases, row.activities),
                (distinct(|r| r.case), distinct(|r| r.activity))
            );
        }
    }

    fn check_cases(&self, answer: &Answer, sort: &'static str, descending: bool) {
        let got = answer.to::<CasesQuery>().expect("cases");
        assert_eq!(got.total, self.traces.len());
        for row in &got.rows {
            let case: u8 = row.case[1..].parse().expect("a number");
            let trace = &self.traces[&case];
            let (first, last) = self.span(trace);
            assert_eq!((row.start, row.end), (first * SECOND, last * SECOND));
            assert_eq!(row.duration, (last - first) as f64);
            assert_eq!(row.events as usize, trace.len());
        }
        let sorted = |key: &dyn Fn(usize) -> (i64, String)| {
            (1..got.rows.len()).all(|i| {
                let ((a, a_id), (b, b_id)) = (key(i - 1), key(i));
                (if descending { a > b } else { a < b }) || (a == b && a_id < b_id)
            })
        };
        assert!(sorted(&|i| {
            let row = &got.rows[i];
            let key = match sort {
                "duration" => row.duration as i64,
                "events" => i64::from(row.events),
                "start" => row.start,
                "end" => row.end,
                "case" => i64::from(row.case.as_bytes()[1]),
                "variant" => i64::from(row.variant),
                other => panic!("no order {other}"),
            };
            (key, row.case.clone())
        }));
    }
}

fn check(rows: &[Row], instances: bool, selected: &BTreeSet<u8>, cut: usize) {
    let analysis = build(rows, instances, cut);
    let mut traces = traces(rows, instances);
    let mut view = View::default();
    if selected.len() < 8 {
        let ids: Vec<String> = selected.iter().map(|c| format!("\"c{c}\"")).collect();
        let list = if ids.is_empty() {
            "\"none\"".to_owned()
        } else {
            ids.join(", ")
        };
        view.filters.push(format!("case in ({list})"));
        traces.retain(|case, _| selected.contains(case));
    }
    let reference = Reference { traces, instances };
    let ask = |request: Request| {
        analysis
            .answer(&view, &request, &Cancel::never())
            .expect("an answer")
    };
    reference.check_summary(&ask(Request::new(SummaryQuery)));
    reference.check_variants(&ask(Request::new(VariantsQuery::new(all("cases", true)))));
    reference.check_activities(&ask(Request::new(ActivitiesQuery {
        listing: all("events", true),
    })));
    reference.check_edges(&ask(Request::new(EdgesQuery {
        listing: all("count", true),
    })));
    reference.check_resources(&ask(Request::new(ResourcesQuery::new(all("events", true)))));
    for sort in ["duration", "events", "start", "end", "case"] {
        for descending in [false, true] {
            let request = Request::new(CasesQuery {
                listing: all(sort, descending),
                variants: Vec::new(),
            });
            reference.check_cases(&ask(request), sort, descending);
        }
    }
    check_paging(&ask);
    let answer = ask(Request::new(OverviewQuery {
        time_bins: 7,
        duration_bins: 5,
    }));
    let overview = answer.to::<OverviewQuery>().expect("overview");
    let bins = &overview.timeline.bins;
    let cases = reference.traces.len() as u64;
    assert_eq!(bins.iter().map(|b| b.started).sum::<u64>(), cases);
    assert_eq!(bins.iter().map(|b| b.ended).sum::<u64>(), cases);
    assert_eq!(
        overview.durations.iter().map(|b| b.count).sum::<u64>(),
        cases
    );
}

/// Pages are parts of the whole list.
fn check_paging(ask: &dyn Fn(Request) -> Answer) {
    let cases = |page: Page| {
        let listing = Listing {
            page,
            ..all("events", true)
        };
        let answer = ask(Request::new(CasesQuery {
            listing,
            variants: Vec::new(),
        }));
        let rows = answer.to::<CasesQuery>().expect("cases");
        rows.clone()
    };
    let whole = cases(Page::ALL);
    for offset in 0..whole.total + 2 {
        let part = cases(Page { offset, limit: 2 });
        let want: Vec<_> = whole.rows.iter().skip(offset).take(2).cloned().collect();
        assert_eq!(
            (part.total, part.full, part.rows),
            (whole.total, whole.full, want)
        );
    }
    let durations = whole.rows.iter().map(|row| row.duration);
    let longest = durations.fold(0.0, f64::max);
    assert_eq!(whole.full, if longest > 0.0 { longest } else { 1.0 });
    // Bars keep their scale on every page, whatever is searched.
    let activities = |offset: usize, find: &str| {
        let listing = Listing {
            page: Page { offset, limit: 1 },
            find: find.to_owned(),
            ..all("activity", false)
        };
        let answer = ask(Request::new(ActivitiesQuery { listing }));
        let rows = answer.to::<ActivitiesQuery>().expect("activities");
        rows.clone()
    };
    let n = activities(0, "").total;
    let pages: Vec<_> = (0..n).map(|offset| activities(offset, "")).collect();
    let most = pages
        .iter()
        .flat_map(|page| &page.rows)
        .map(|row| row.events)
        .max();
    for page in pages.iter().chain([&activities(0, "no such activity")]) {
        assert_eq!(page.full, most.unwrap_or(1).max(1) as f64);
    }
}

proptest! {
    #![proptest_config(crate::runs(96))]
    #[test]
    fn figures_are_those_of_the_reference(
        rows in rows(),
        instances in any::<bool>(),
        selected in prop::collection::btree_set(0u8..8, 0..=8),
        cut in 1usize..20,
    ) {
        check(&rows, instances, &selected, cut);
    }
}

/// A wait of the reference: case, activities before and after, resource, seconds, class.
struct NaiveWait {
    case: u8,
    from: u8,
    to: u8,
    resource: Option<u8>,
    seconds: i64,
    class: WaitClass,
}

/// Classes of waits: of all activities, and of steps, which count first.
type WaitClasses = ([WaitClass; 4], BTreeMap<(u8, u8), WaitClass>);

fn naive_waits(
    traces: &BTreeMap<u8, Vec<Row>>,
    instances: bool,
    classes: &WaitClasses,
) -> Vec<NaiveWait> {
    let mut waits = Vec::new();
    for (&case, trace) in traces {
        for (at, row) in trace.iter().enumerate().skip(1) {
            let ready = trace[..at].iter().map(|row| row.second).max();
            let ready = ready.expect("an event before");
            let (from, to) = (trace[at - 1].activity, row.activity);
            let of_step = classes.1.get(&(from, to)).copied();
            waits.push(NaiveWait {
                case,
                from,
                to,
                resource: row.resource,
                seconds: (begin(row, instances) - ready).max(0),
                class: of_step.unwrap_or(classes.0[to as usize]),
            });
        }
    }
    waits
}

fn check_ranking(analysis: &Analysis, view: &View, ranking: Ranking, waits: &[NaiveWait]) {
    let is_own = |wait: &NaiveWait| wait.class == WaitClass::Own;
    let is_ranked = |wait: &&NaiveWait| match ranking.waits {
        Waits::All => true,
        Waits::Changeable => is_own(wait),
        Waits::Apart => !is_own(wait),
    };
    let mut wanted: BTreeMap<Vec<String>, Vec<&NaiveWait>> = BTreeMap::new();
    for wait in waits.iter().filter(is_ranked) {
        let names = match (ranking.kind, wait.resource) {
            (Kind::Step, _) => vec![format!("a{}", wait.from), format!("a{}", wait.to)],
            (Kind::Activity, _) => vec![format!("a{}", wait.to)],
            (Kind::Resource, Some(resource)) => vec![format!("r{resource}")],
            (Kind::Resource, None) => continue,
        };
        wanted.entry(names).or_default().push(wait);
    }
    let query = BottlenecksQuery {
        ranking,
        listing: all("from", false),
        gains: false,
    };
    let found = analysis
        .ask(view, &query, &Cancel::never())
        .expect("an answer");
    let whole: i64 = wanted.values().flatten().map(|wait| wait.seconds).sum();
    assert_eq!(found.rows.total, wanted.len(), "{ranking:?}");
    for row in &found.rows.rows {
        let names: Vec<String> = row.names.iter().map(ToString::to_string).collect();
        let of_row = wanted.remove(&names).expect("a row of the reference");
        let seconds: Vec<i64> = of_row.iter().map(|wait| wait.seconds).collect();
        check_stats(&format!("{ranking:?} {names:?}"), Some(row.wait), &seconds);
        let cases: BTreeSet<u8> = of_row.iter().map(|wait| wait.case).collect();
        assert_eq!(row.cases as usize, cases.len(), "{ranking:?} {names:?}");
        let sum: i64 = seconds.iter().sum();
        let share = if whole > 0 {
            sum as f64 / whole as f64
        } else {
            0.0
        };
        assert!((row.share - share).abs() < 1e-9, "{ranking:?} {names:?}");
        if ranking.kind == Kind::Step {
            let class = row.class.expect("the class of a step");
            assert_eq!((class.class, class.guessed), (Some(of_row[0].class), false));
        }
    }
    let all: i64 = waits.iter().map(|wait| wait.seconds).sum();
    assert_eq!(found.apart.guessed, 0);
    for class in WaitClass::ALL.into_iter().skip(1) {
        let of_class: Vec<&NaiveWait> = waits.iter().filter(|wait| wait.class == class).collect();
        let apart = found.apart.classes.iter().find(|of| of.class == class);
        let Some(apart) = apart else {
            assert!(of_class.is_empty(), "{class:?}");
            continue;
        };
        let steps: BTreeSet<(u8, u8)> = of_class.iter().map(|wait| (wait.from, wait.to)).collect();
        assert_eq!(apart.steps as usize, steps.len());
        assert_eq!(apart.waits as usize, of_class.len());
        let sum: i64 = of_class.iter().map(|wait| wait.seconds).sum();
        assert!((apart.total - sum as f64).abs() < 1e-6, "{class:?}");
        let share = (all > 0).then(|| sum as f64 / all as f64);
        assert_eq!(apart.share.is_some(), share.is_some());
        assert!((apart.share.unwrap_or(0.0) - share.unwrap_or(0.0)).abs() < 1e-9);
    }
}

proptest! {
    #![proptest_config(crate::runs(96))]
    /// Activities are classed by the definitions of the log, steps by those of the view.
    #[test]
    fn waits_that_cannot_be_changed_are_those_of_the_reference(
        rows in rows(),
        instances in any::<bool>(),
        selected in prop::collection::btree_set(0u8..8, 1..=8),
        of_activities in prop::array::uniform4(0usize..4),
        of_steps in prop::collection::btree_map((0u8..4, 0u8..4), 0usize..4, 0..6),
    ) {
        let class = |at: usize| WaitClass::ALL[at];
        let of_steps: BTreeMap<(u8, u8), WaitClass> =
            of_steps.into_iter().map(|(step, at)| (step, class(at))).collect();
        let classes: WaitClasses = (of_activities.map(class), of_steps);
        let named = |(to, &class): (usize, &WaitClass)| NamedWait {
            from: None,
            to: format!("a{to}"),
            class,
        };
        let timing = Timing {
            waits: classes.0.iter().enumerate().map(named).collect(),
            ..Timing::default()
        };
        let step = |(&(from, to), class): (&(u8, u8), &WaitClass)| {
            format!("\"a{from}\" -> \"a{to}\" = {}", class.word())
        };
        let ids: Vec<String> = selected.iter().map(|case| format!("\"c{case}\"")).collect();
        let view = View {
            filters: vec![format!("case in ({})", ids.join(", "))],
            waits: classes.1.iter().map(step).collect(),
            ..View::default()
        };
        let analysis = build(&rows, instances, 7).with_timing(timing).expect("good names");
        let mut traces = traces(&rows, instances);
        traces.retain(|case, _| selected.contains(case));
        let waits = naive_waits(&traces, instances, &classes);
        for kind in [Kind::Step, Kind::Activity, Kind::Resource] {
            for which in Waits::ALL {
                check_ranking(&analysis, &view, Ranking { kind, waits: which }, &waits);
            }
        }
    }
}

proptest! {
    #![proptest_config(crate::runs(96))]
    /// Cases end with a0; all others are open and have no duration.
    #[test]
    fn what_a_filter_leaves_is_that_of_the_reference(
        rows in rows(),
        selected in prop::collection::btree_set(0u8..8, 1..=8),
        activity in 0u8..4,
    ) {
        let analysis = build(&rows, false, 7);
        prop_assume!(rows.iter().any(|row| row.activity == activity));
        let ids: Vec<String> = selected.iter().map(|case| format!("\"c{case}\"")).collect();
        let filter = format!("\"a{activity}\"");
        let view = |more: &[String]| View {
            filters: [&[format!("case in ({})", ids.join(", "))][..], more].concat(),
            ends: Some(vec!["a0".to_owned()]),
            ..View::default()
        };
        let ask = |view: &View, filter: &str| {
            let query = WhatIfQuery { filter: filter.to_owned() };
            analysis.ask(view, &query, &Cancel::never()).expect("an answer")
        };
        let found = ask(&view(&[]), &filter);
        let mut traces = traces(&rows, false);
        traces.retain(|case, _| selected.contains(case));
        let check = |left: &casetrail::engine::Left, meets: &dyn Fn(&[Row]) -> bool| {
            let traces: Vec<&Vec<Row>> = traces.values().filter(|trace| meets(trace)).collect();
            let closed = traces.iter().filter(|trace| trace[trace.len() - 1].activity == 0);
            let mut durations: Vec<f64> = closed
                .map(|trace| (trace[trace.len() - 1].second - trace[0].second) as f64)
                .collect();
            durations.sort_by(f64::total_cmp);
            assert_eq!(left.cases as usize, traces.len());
            assert_eq!(left.closed as usize, durations.len());
            match left.median {
                Some(median) => assert!((median - quantile(&durations, 0.5)).abs() < 1e-6),
                None => assert!(durations.is_empty()),
            }
            // No deadline is defined.
            assert_eq!(left.breach_rate(), None);
        };
        check(&found.now, &|_| true);
        check(&found.then, &|trace| trace.iter().any(|row| row.activity == activity));
        // Added, the filter leaves what was said.
        let added = ask(&view(std::slice::from_ref(&filter)), &filter);
        prop_assert_eq!((added.now, added.then), (found.then, found.then));
    }
}
