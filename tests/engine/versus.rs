//! Two selections against a slow reference written straight from the definitions, on random small logs
//! and filters: shares with Newcombe's interval, Fisher's and the chi-square test, Mann-Whitney,
//! Hodges-Lehmann, Benjamini-Hochberg. And what must hold of any comparison: the figures of both sides
//! are those of the list, the same cases have no change, and swapped sides the opposite.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use crate::small_logs::{Cell, Columns, SECOND, name};
use casetrail::engine::queries::starts_ends::StartsEndsQuery;
use casetrail::engine::{
    ActivitiesQuery, ActivityRow, Adjust, Aligned, Analysis, BarRow, BarsQuery, BeforeQuery,
    BottlenecksQuery, CHANGED, Cancel, Charted, Comparable, DURATION, DeadlinesQuery, EdgeRow,
    EdgesQuery, EndsQuery, FacetRow, FacetsQuery, FactorKind, Figures as SplitFigures, FunnelQuery,
    GroupBy, Kind, Listing, Of, Paired, PairedQuery, QueueRow, QueuesQuery, Ranking,
    ResourcesQuery, RuleRow, RuleSpec, ShareChange, Side, SplitQuery, SplitRow, StageOrder,
    StageRow, Subject, Tested, Tests, TimeChange, TimesBy, TimesQuery, Timing, VariantRow,
    VariantsQuery, Versus, VersusQuery, VersusRow, View, Waits, Why, WhyQuery,
};
use casetrail::event_log::ColumnKind;
use proptest::prelude::*;
use statrs::function::erf::erfc;
use std::collections::{BTreeMap, BTreeSet};

/// One event: case, activity, second, and resource.
#[derive(Debug, Clone, Copy)]
struct Event {
    case: u8,
    activity: u8,
    second: i64,
    resource: u8,
}

type Trace = Vec<Event>;

fn events() -> impl Strategy<Value = Vec<Event>> {
    let event = (0u8..40, 0u8..5, 0i64..60, 0u8..3);
    let event = event.prop_map(|(case, activity, second, resource)| Event {
        case,
        activity,
        second,
        resource,
    });
    prop::collection::vec(event, 0..160)
}

fn analysis(events: &[Event]) -> Analysis {
    let columns = Columns {
        named: &[("who", ColumnKind::Text)],
        resource: Some(0),
        starts: false,
    };
    let row = |event: &Event| crate::small_logs::Event {
        case: event.case,
        activity: event.activity,
        second: event.second,
        start: None,
        cells: vec![Cell::named('r', Some(event.resource))],
    };
    let rows: Vec<crate::small_logs::Event> = events.iter().map(row).collect();
    crate::small_logs::analysis(crate::small_logs::log(&columns, &rows, rows.len()))
}

/// The traces by case, ordered by time, ties as in the file.
fn traces(events: &[Event]) -> Vec<Trace> {
    let mut traces: BTreeMap<u8, Trace> = BTreeMap::new();
    for event in events {
        traces.entry(event.case).or_default().push(*event);
    }
    for trace in traces.values_mut() {
        trace.sort_by_key(|event| event.second);
    }
    traces.into_values().collect()
}

/// A filter: an activity that all cases have, or that none has; all cases.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Filter {
    All,
    With(u8),
    Without(u8),
}

impl Filter {
    fn text(self) -> String {
        match self {
            Filter::All => "events > 0".to_owned(),
            Filter::With(activity) => format!("\"{}\"", name(activity)),
            Filter::Without(activity) => format!("not \"{}\"", name(activity)),
        }
    }

    /// True if the language knows its activity.
    fn is_known(self, events: &[Event]) -> bool {
        match self {
            Filter::All => true,
            Filter::With(activity) | Filter::Without(activity) => {
                events.iter().any(|event| event.activity == activity)
            }
        }
    }

    fn leaves(self, trace: &Trace) -> bool {
        let has = |activity: u8| trace.iter().any(|event| event.activity == activity);
        match self {
            Filter::All => true,
            Filter::With(activity) => has(activity),
            Filter::Without(activity) => !has(activity),
        }
    }
}

fn filter() -> impl Strategy<Value = Filter> {
    prop_oneof![
        1 => Just(Filter::All),
        3 => (0u8..5).prop_map(Filter::With),
        3 => (0u8..5).prop_map(Filter::Without),
    ]
}

/// Cases end with `a4`.
fn view(a: Filter, b: Option<Filter>) -> View {
    View {
        filters: vec![a.text()],
        versus: b.map(|b| vec![b.text()]),
        ends: Some(vec![name(4)]),
        ..View::default()
    }
}

fn compared<L: Comparable>(analysis: &Analysis, list: &L, a: Filter, b: Filter) -> Versus<L> {
    let query = VersusQuery {
        list: list.clone(),
        listing: Listing::by(CHANGED),
    };
    let answer = analysis.ask(&view(a, Some(b)), &query, &Cancel::never());
    answer.unwrap()
}

fn rows<L: Comparable>(analysis: &Analysis, list: &L, of: Filter) -> BTreeMap<String, L::Row> {
    let answer = analysis.ask(&view(of, None), list, &Cancel::never());
    let keyed = |row: &L::Row| ((L::schema().key)(row), row.clone());
    L::rows(&answer.unwrap()).rows.iter().map(keyed).collect()
}

fn key<L: Comparable>(row: &VersusRow<L>) -> String {
    (L::schema().key)(row.any().unwrap())
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9 * a.abs().max(b.abs()).max(1.0)
}

/// Figures of a test that are turned round where A and B are swapped.
fn opposite(a: &Tested, b: &Tested) -> bool {
    let effects = match (a.effect, b.effect) {
        (Some(a), Some(b)) => close(a, -b),
        (a, b) => a == b,
    };
    let q = match (a.q, b.q) {
        (Some(a), Some(b)) => close(a, b),
        (a, b) => a == b,
    };
    effects && q && close(a.p, b.p)
}

/// What holds of every list.
fn check<L: Comparable>(analysis: &Analysis, list: &L, a: Filter, b: Filter) {
    let versus = compared(analysis, list, a, b);
    let (of_a, of_b) = (rows(analysis, list, a), rows(analysis, list, b));
    let keys: BTreeSet<&String> = of_a.keys().chain(of_b.keys()).collect();
    assert_eq!(versus.rows.total, keys.len());
    let sides = &versus.sides;
    for row in &versus.rows.rows {
        let key = key(row);
        assert_eq!(
            (row.a.as_ref(), row.b.as_ref()),
            (of_a.get(&key), of_b.get(&key))
        );
        let change = row.change.cases.as_ref().unwrap();
        let n = |row: Option<&L::Row>| row.and_then(L::cases).unwrap_or(0) as f64;
        if sides.cases.contains(&0) {
            assert_eq!(change.difference, None);
            continue;
        }
        let (difference, interval) = change.difference.unwrap();
        let wanted =
            n(row.a.as_ref()) / sides.cases[0] as f64 - n(row.b.as_ref()) / sides.cases[1] as f64;
        assert!(close(difference, wanted), "{key}: {difference}, {wanted}");
        assert!(interval.low <= difference + 1e-12 && difference <= interval.high + 1e-12);
    }
    let ranks = versus.rows.rows.iter().map(|row| !row.change.is_finding());
    assert!(ranks.collect::<Vec<_>>().is_sorted(), "findings come first");
    check_swapped(analysis, list, &versus, (a, b));
    check_same(analysis, list, a);
}

fn check_swapped<L: Comparable>(
    analysis: &Analysis,
    list: &L,
    versus: &Versus<L>,
    (a, b): (Filter, Filter),
) {
    let swapped = compared(analysis, list, b, a);
    assert_eq!(
        (versus.tested, versus.findings),
        (swapped.tested, swapped.findings)
    );
    let by_key: BTreeMap<String, &VersusRow<L>> = swapped
        .rows
        .rows
        .iter()
        .map(|row| (key(row), row))
        .collect();
    for row in &versus.rows.rows {
        let other = by_key[&key(row)];
        assert_eq!((&row.a, &row.b), (&other.b, &other.a));
        let [here, there] = [row, other].map(|row| row.change.cases.as_ref().unwrap());
        assert!(opposite(&here.tested, &there.tested), "{here:?} {there:?}");
        if let (Some((here, i)), Some((there, j))) = (here.difference, there.difference) {
            assert!(close(here, -there) && close(i.low, -j.high) && close(i.high, -j.low));
        }
        let (Some(here), Some(there)) = (&row.change.time, &other.change.time) else {
            assert_eq!(row.change.time, other.change.time);
            continue;
        };
        assert!(opposite(&here.tested, &there.tested), "{here:?} {there:?}");
        if let (Some((here, i)), Some((there, j))) = (here.shift, there.shift) {
            assert!(close(here, -there) && close(i.low, -j.high) && close(i.high, -j.low));
        }
    }
}

/// The same cases on both sides have no change.
fn check_same<L: Comparable>(analysis: &Analysis, list: &L, of: Filter) {
    let same = compared(analysis, list, of, of);
    assert_eq!((same.tested, same.findings), (0, 0));
    assert_eq!(same.sides.both, same.sides.cases[0]);
    for row in &same.rows.rows {
        assert_eq!(row.a, row.b);
        let change = row.change.cases.as_ref().unwrap();
        if let Some((difference, interval)) = change.difference {
            assert_eq!((difference, interval.low, interval.high), (0.0, 0.0, 0.0));
        }
        assert_eq!((change.tested.p, change.tested.effect), (1.0, Some(0.0)));
        assert_eq!(row.change.time, None);
    }
}

/// The cases of a row, and the values of its time in one case.
type Figures<'a> = (&'a dyn Fn(&Trace) -> bool, &'a dyn Fn(&Trace) -> Vec<i64>);

/// A change by its definition, q being p where there is enough to test.
struct Naive {
    share: ShareChange,
    time: Option<TimeChange>,
}

const Z: f64 = 1.959_963_984_540_054;

fn wilson(part: f64, whole: f64) -> [f64; 2] {
    let (rate, z) = (part / whole, Z * Z);
    let root = Z * (rate * (1.0 - rate) / whole + z / (4.0 * whole * whole)).sqrt();
    [-1.0, 1.0].map(|sign| {
        let end = (rate + z / (2.0 * whole) + sign * root) / (1.0 + z / whole);
        end.clamp(0.0, 1.0)
    })
}

fn choose(n: u64, k: u64) -> f64 {
    (0..k).map(|i| (n - i) as f64 / (k - i) as f64).product()
}

/// Two-sided p of `[with_a, with_b]` of `[a, b]` cases.
fn p_of_shares([a, b]: [u64; 2], [with_a, with_b]: [u64; 2]) -> f64 {
    let (n, with) = (a + b, with_a + with_b);
    let expected = [a, b].into_iter().flat_map(|side| {
        let side = side as f64 / n as f64;
        [with as f64 * side, (n - with) as f64 * side]
    });
    let least = expected.fold(f64::MAX, f64::min);
    if least == 0.0 {
        return 1.0;
    }
    if least < 5.0 {
        let probability = |k: u64| choose(a, k) * choose(b, with - k) / choose(n, with);
        let possible = (0..=with).filter(|&k| k <= a && with - k <= b);
        let most = probability(with_a) * (1.0 + 1e-7);
        return possible
            .map(probability)
            .filter(|&p| p <= most)
            .sum::<f64>()
            .min(1.0);
    }
    let cells = [
        (with_a, a, with),
        (with_b, b, with),
        (a - with_a, a, n - with),
        (b - with_b, b, n - with),
    ];
    let square = cells.map(|(found, side, all)| {
        let expected = side as f64 * all as f64 / n as f64;
        (found as f64 - expected).powi(2) / expected
    });
    erfc((square.iter().sum::<f64>() / 2.0).sqrt())
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let n = values.len();
    f64::midpoint(values[(n - 1) / 2], values[n / 2])
}

/// p and Cliff's delta.
fn mann_whitney(a: &[i64], b: &[i64]) -> (f64, f64) {
    let pairs = a
        .iter()
        .flat_map(|x| b.iter().map(move |y| (x - y).signum()));
    let sum: i64 = pairs.sum();
    let (n1, n2) = (a.len() as f64, b.len() as f64);
    let n = n1 + n2;
    let all = a.iter().chain(b);
    let ties: f64 = all
        .clone()
        .map(|x| {
            let t = all.clone().filter(|y| *y == x).count() as f64;
            t * t - 1.0
        })
        .sum();
    let variance = n1 * n2 / 12.0 * (n + 1.0 - ties / (n * (n - 1.0)));
    // U minus its mean is half the sum of the signs.
    let distance = ((sum as f64 / 2.0).abs() - 0.5).max(0.0);
    let p = if variance > 0.0 {
        erfc(distance / variance.sqrt() / 2.0f64.sqrt())
    } else {
        1.0
    };
    (p, sum as f64 / (n1 * n2))
}

fn naive(traces: &[Trace], (a, b): (Filter, Filter), (is_in, values): Figures<'_>) -> Naive {
    let of = |filter: Filter| traces.iter().filter(move |trace| filter.leaves(trace));
    let only = |these: Filter, others: Filter| of(these).filter(move |t| !others.leaves(t));
    let n = [of(a).count(), of(b).count()].map(|n| n as u64);
    let with = [of(a), of(b)].map(|of| of.filter(|trace| is_in(trace)).count() as u64);
    let shares = [0, 1].map(|at| (n[at] > 0).then(|| with[at] as f64 / n[at] as f64));
    let apart = [only(a, b).count(), only(b, a).count()].map(|n| n as u64);
    let with_apart = [
        only(a, b).filter(|trace| is_in(trace)).count() as u64,
        only(b, a).filter(|trace| is_in(trace)).count() as u64,
    ];
    let rest = apart[0] + apart[1] - with_apart[0] - with_apart[1];
    let enough = apart[0].min(apart[1]) >= 10 && (with_apart[0] + with_apart[1]).min(rest) >= 10;
    let tested = if apart.contains(&0) {
        (1.0, (apart == [0, 0]).then_some(0.0))
    } else {
        let rate = |at: usize| with_apart[at] as f64 / apart[at] as f64;
        (p_of_shares(apart, with_apart), Some(rate(0) - rate(1)))
    };
    let difference = shares[0].zip(shares[1]).map(|(x, y)| {
        // Newcombe's interval holds where no case is in both.
        let [[low_a, high_a], [low_b, high_b]] =
            [0, 1].map(|at| wilson(with[at] as f64, n[at] as f64));
        let low = x - y - ((x - low_a).powi(2) + (high_b - y).powi(2)).sqrt();
        let high = x - y + ((high_a - x).powi(2) + (y - low_b).powi(2)).sqrt();
        (x - y, casetrail::engine::Interval { low, high })
    });
    let [x, y] = [(a, b), (b, a)].map(|(a, b)| only(a, b).flat_map(values).collect::<Vec<i64>>());
    Naive {
        share: ShareChange {
            shares,
            difference,
            tested: Tested {
                p: tested.0,
                q: enough.then_some(tested.0),
                effect: tested.1,
            },
        },
        time: naive_time(&x, &y, apart[0].min(apart[1]) >= 10),
    }
}

fn naive_time(x: &[i64], y: &[i64], enough: bool) -> Option<TimeChange> {
    let both = !x.is_empty() && !y.is_empty();
    let (p, delta) = if both { mann_whitney(x, y) } else { (1.0, 0.0) };
    let differences: Vec<f64> = x
        .iter()
        .flat_map(|x| y.iter().map(move |y| (x - y) as f64))
        .collect();
    let seconds = |values: &[i64]| {
        let values: Vec<f64> = values.iter().map(|&v| v as f64).collect();
        (!values.is_empty()).then(|| median(values))
    };
    (!x.is_empty() || !y.is_empty()).then(|| TimeChange {
        n: [x.len() as u64, y.len() as u64],
        medians: [seconds(x), seconds(y)],
        shift: both.then(|| {
            let nowhere = casetrail::engine::Interval {
                low: f64::NEG_INFINITY,
                high: f64::INFINITY,
            };
            (median(differences), nowhere)
        }),
        tested: Tested {
            p,
            q: (enough && x.len().min(y.len()) >= 10).then_some(p),
            effect: both.then_some(delta),
        },
    })
}

/// Checks rows against their definitions, whose number of tests is that of the list.
fn check_rows<L: Comparable>(versus: &Versus<L>, naive: impl Fn(&L::Row) -> Naive) {
    let rows = &versus.rows.rows;
    let wanted: Vec<Naive> = rows.iter().map(|row| naive(row.any().unwrap())).collect();
    let family = rows.iter().zip(&wanted).flat_map(|(row, wanted)| {
        let time = wanted.time.as_ref().map(|time| time.tested.q);
        // A list of times has no shares.
        let share = row.change.cases.as_ref().and(wanted.share.tested.q);
        [share, time.flatten()]
    });
    let family: Vec<f64> = family.flatten().collect();
    assert_eq!(versus.tested, family.len() as u64);
    // The least of p n / k over all tests at least as large, k of which are at most as large.
    let corrected = |p: f64| {
        let at_most = |p: f64| family.iter().filter(|&&other| other <= p + 1e-12).count() as f64;
        let larger = family.iter().filter(|&&other| other >= p - 1e-12);
        larger
            .map(|&p| p * family.len() as f64 / at_most(p))
            .fold(1.0, f64::min)
    };
    let agrees = |got: &Tested, wanted: &Tested| {
        let effects = match (got.effect, wanted.effect) {
            (Some(got), Some(wanted)) => close(got, wanted),
            (got, wanted) => got == wanted,
        };
        let q = match (got.q, wanted.q.map(corrected)) {
            (Some(got), Some(wanted)) => (got - wanted).abs() < 1e-6,
            (got, wanted) => got == wanted,
        };
        effects && q && (got.p - wanted.p).abs() < 1e-6
    };
    for (row, wanted) in rows.iter().zip(&wanted) {
        if let Some(share) = &row.change.cases {
            check_share(versus.sides.both, share, &wanted.share, &agrees);
        }
        let (Some(got), Some(wanted)) = (&row.change.time, &wanted.time) else {
            assert!(
                row.change.time.is_none() && wanted.time.is_none(),
                "{row:?}"
            );
            continue;
        };
        assert_eq!(got.n, wanted.n);
        assert_eq!(got.medians, wanted.medians);
        assert_eq!(got.shift.map(|(s, _)| s), wanted.shift.map(|(s, _)| s));
        assert!(agrees(&got.tested, &wanted.tested), "{got:?} {wanted:?}");
    }
}

fn check_share(
    both: u64,
    share: &ShareChange,
    wanted: &ShareChange,
    agrees: &impl Fn(&Tested, &Tested) -> bool,
) {
    assert_eq!(share.shares, wanted.shares);
    assert!(
        agrees(&share.tested, &wanted.tested),
        "{share:?} {wanted:?}"
    );
    if let (0, Some((_, got)), Some((_, wanted))) = (both, share.difference, wanted.difference) {
        assert!(close(got.low, wanted.low) && close(got.high, wanted.high));
    }
}

/// As [`naive`], the share being of the cases of a part.
fn naive_of(
    traces: &[Trace],
    sides: (Filter, Filter),
    part: &dyn Fn(&Trace) -> bool,
    figures: Figures<'_>,
) -> Naive {
    let of_part: Vec<Trace> = traces.iter().filter(|trace| part(trace)).cloned().collect();
    Naive {
        share: naive(&of_part, sides, figures).share,
        time: naive(traces, sides, figures).time,
    }
}

fn duration(trace: &Trace) -> Vec<i64> {
    // Open cases do not count.
    match (trace.first(), trace.last()) {
        (Some(first), Some(last)) if last.activity == 4 => vec![last.second - first.second],
        _ => Vec::new(),
    }
}

/// What holds of a list of times.
fn check_times(analysis: &Analysis, list: &TimesQuery, (a, b): (Filter, Filter)) {
    let versus = compared(analysis, list, a, b);
    let (of_a, of_b) = (rows(analysis, list, a), rows(analysis, list, b));
    let keys: BTreeSet<&String> = of_a.keys().chain(of_b.keys()).collect();
    assert_eq!(versus.rows.total, keys.len());
    let swapped = compared(analysis, list, b, a);
    let by_key: BTreeMap<String, &VersusRow<TimesQuery>> = swapped
        .rows
        .rows
        .iter()
        .map(|row| (key(row), row))
        .collect();
    for row in &versus.rows.rows {
        let key = key(row);
        assert_eq!(
            (row.a.as_ref(), row.b.as_ref()),
            (of_a.get(&key), of_b.get(&key))
        );
        assert_eq!(row.change.cases, None);
        let (Some(here), Some(there)) = (&row.change.time, &by_key[&key].change.time) else {
            assert_eq!(row.change.time, by_key[&key].change.time);
            continue;
        };
        assert!(opposite(&here.tested, &there.tested), "{here:?} {there:?}");
        // Where no case is in both, the values are those of the figures.
        let figures = [&row.a, &row.b].map(|row| row.as_ref().map(|row| row.figures));
        if versus.sides.both == 0 {
            assert_eq!(here.n, figures.map(|f| f.map_or(0, |f| f.n)), "{key:?}");
            assert_eq!(here.medians, figures.map(|f| f.map(|f| f.median)));
        }
    }
    let same = compared(analysis, list, a, a);
    for row in &same.rows.rows {
        let time = row.change.time.as_ref().unwrap();
        let (shift, interval) = time.shift.unwrap();
        assert_eq!((shift, interval.low, interval.high), (0.0, 0.0, 0.0));
        assert_eq!((time.tested.p, time.tested.effect), (1.0, Some(0.0)));
    }
}

proptest! {
    #![proptest_config(crate::runs(2000))]

    #[test]
    fn changes_are_those_of_the_definitions(events in events(), a in filter(), b in filter()) {
        prop_assume!(a.is_known(&events) && b.is_known(&events));
        let (analysis, traces) = (analysis(&events), traces(&events));
        let has = |trace: &Trace, name_of: &str| trace.iter().any(|e| name(e.activity) == name_of);
        let steps = |trace: &Trace, is: &dyn Fn(&str, &str) -> bool| -> Vec<i64> {
            let pairs = trace.windows(2);
            let pairs = pairs.filter(|p| is(&name(p[0].activity), &name(p[1].activity)));
            pairs.map(|p| p[1].second - p[0].second).collect()
        };
        let list = ActivitiesQuery { listing: Listing::by("events") };
        check_rows(&compared(&analysis, &list, a, b), |row: &ActivityRow| {
            let before = |trace: &Trace| steps(trace, &|_, to| to == &*row.activity);
            naive(&traces, (a, b), (&|trace| has(trace, &row.activity), &before))
        });
        let list = EdgesQuery { listing: Listing::by("count") };
        check_rows(&compared(&analysis, &list, a, b), |row: &EdgeRow| {
            let elapsed =
                |trace: &Trace| steps(trace, &|from, to| from == &*row.from && to == &*row.to);
            naive(&traces, (a, b), (&|trace| !elapsed(trace).is_empty(), &elapsed))
        });
        let list = VariantsQuery::new(Listing::by("cases"));
        check_rows(&compared(&analysis, &list, a, b), |row: &VariantRow| {
            let is = |trace: &Trace| {
                trace.iter().map(|e| name(e.activity)).eq(row.activities.iter().map(ToString::to_string))
            };
            let durations = |trace: &Trace| if is(trace) { duration(trace) } else { Vec::new() };
            naive(&traces, (a, b), (&is, &durations))
        });
    }

}

proptest! {
    // Each case asks for twelve lists six times.
    #![proptest_config(crate::runs(300))]

    #[test]
    fn swapped_sides_turn_every_change_round(events in events(), a in filter(), b in filter()) {
        prop_assume!(a.is_known(&events) && b.is_known(&events));
        let analysis = analysis(&events);
        check(&analysis, &ActivitiesQuery { listing: Listing::by("events") }, a, b);
        check(&analysis, &EdgesQuery { listing: Listing::by("count") }, a, b);
        check(&analysis, &VariantsQuery::new(Listing::by("cases")), a, b);
        check(&analysis, &StartsEndsQuery { listing: Listing::by("cases") }, a, b);
        check(&analysis, &ResourcesQuery::new(Listing::by("events")), a, b);
        check(&analysis, &EndsQuery { listing: Listing::by("cases") }, a, b);
        let by = vec![GroupBy::parse("first"), GroupBy::parse("who")];
        let (figures, listing) = (SplitFigures::default(), Listing::by("cases"));
        let list = SplitQuery { by, across: None, common_ranges: false, figures, listing };
        check(&analysis, &list, a, b);
        for kind in [Kind::Step, Kind::Activity, Kind::Resource] {
            let listing = Listing::by("total");
            for waits in Waits::ALL {
                let (ranking, listing) = (Ranking { kind, waits }, listing.clone());
                check(&analysis, &BottlenecksQuery { ranking, listing, gains: false }, a, b);
            }
        }
        let subjects = [Subject::Activity, Subject::Resource].map(TimesBy::Each);
        for by in [TimesBy::Edge].into_iter().chain(subjects) {
            check_times(&analysis, &TimesQuery { by, listing: Listing::by("given") }, (a, b));
        }
    }
}

/// A deadline that cases end within 20 seconds.
fn with_rule(events: &[Event]) -> Analysis {
    let rule = RuleSpec {
        name: "quick".to_owned(),
        milestone: DURATION.to_owned(),
        limit: 20 * SECOND,
        calendar: None,
        pauses: Vec::new(),
        when: Vec::new(),
        severity: String::new(),
        warn: 0.8,
    };
    let timing = Timing {
        rules: vec![rule],
        ..Timing::default()
    };
    analysis(events).with_timing(timing).unwrap()
}

/// True for a case that breaks the deadline, as far as that is known at the last event of the log.
fn breaks(trace: &Trace, now: i64) -> Option<bool> {
    let (first, last) = (trace.first()?, trace.last()?);
    if last.activity == 4 {
        Some(last.second - first.second > 20)
    } else {
        (now - first.second > 20).then_some(true)
    }
}

/// Seconds at which a case reaches `a0`, `a1` and `a2`, one after another.
fn stages(trace: &Trace) -> Vec<i64> {
    let mut rest = trace.iter();
    let reached = (0..3).map_while(|stage| rest.find(|event| event.activity == stage));
    reached.map(|event| event.second).collect()
}

/// Number of `a1` before the first `a2`.
fn before(trace: &Trace) -> Option<u64> {
    let until = trace.iter().position(|event| event.activity == 2)?;
    let counted = trace[..until].iter().filter(|event| event.activity == 1);
    Some(counted.count() as u64)
}

fn why(analysis: &Analysis, a: Filter, b: Filter) -> Why {
    let query = WhyQuery {
        of: Of::default(),
        tests: Tests {
            kinds: vec![FactorKind::Activity],
            ..Tests::default()
        },
        by_definition: true,
        side: Side::All,
        shifts: false,
        adjust: Adjust::Nothing,
        depth: 1,
        listing: Listing::by("explained"),
    };
    let answer = analysis.ask(&view(a, Some(b)), &query, &Cancel::never());
    answer.unwrap()
}

fn paired(analysis: &Analysis, of: Charted, a: Filter, b: Filter) -> Paired {
    let query = PairedQuery {
        of,
        figure: 0,
        listing: Listing::by("listed"),
    };
    let answer = analysis.ask(&view(a, Some(b)), &query, &Cancel::never());
    answer.unwrap()
}

proptest! {
    #![proptest_config(crate::runs(2000))]

    #[test]
    fn groups_rules_stages_and_counts_are_those_of_the_definitions(
        events in events(), a in filter(), b in filter()
    ) {
        prop_assume!(a.is_known(&events) && b.is_known(&events));
        prop_assume!((0..3).all(|activity| Filter::With(activity).is_known(&events)));
        let (analysis, traces) = (with_rule(&events), traces(&events));
        let now = events.iter().map(|event| event.second).max().unwrap_or(0);
        let none = |_: &Trace| Vec::new();
        let list = SplitQuery {
            by: vec![GroupBy::parse("who")],
            across: None,
            common_ranges: false,
            figures: SplitFigures::default(),
            listing: Listing::by("cases"),
        };
        check_rows(&compared(&analysis, &list, a, b), |row: &SplitRow| {
            let who = row.values[0].as_deref().unwrap();
            let is = |trace: &Trace| trace.iter().any(|e| format!("r{}", e.resource) == who);
            let durations = |trace: &Trace| if is(trace) { duration(trace) } else { Vec::new() };
            naive(&traces, (a, b), (&is, &durations))
        });
        let list = FacetsQuery { numbers: false, listing: Listing::by("log") };
        check_rows(&compared(&analysis, &list, a, b), |_: &FacetRow| {
            naive(&traces, (a, b), (&|_| true, &none))
        });
        let listing = Listing::by("defined");
        let list = DeadlinesQuery { listing, cases: Listing::by("over"), time_bins: 1, open_ended: false };
        check_rows(&compared(&analysis, &list, a, b), |_: &RuleRow| {
            let is_known = |trace: &Trace| breaks(trace, now).is_some();
            let is_broken = |trace: &Trace| breaks(trace, now) == Some(true);
            naive_of(&traces, (a, b), &is_known, (&is_broken, &duration))
        });
        let list = FunnelQuery {
            stages: (0..3).map(|stage| vec![name(stage)]).collect(),
            order: StageOrder::Sequence,
            within: None,
            by: None,
            listing: Listing::by("order"),
        };
        check_rows(&compared(&analysis, &list, a, b), |row: &StageRow| {
            let at = row.number - 1;
            let was_before = |trace: &Trace| stages(trace).len() >= at;
            let reaches = |trace: &Trace| stages(trace).len() > at;
            let elapsed = |trace: &Trace| match at.checked_sub(1) {
                Some(before) if reaches(trace) => vec![stages(trace)[at] - stages(trace)[before]],
                _ => Vec::new(),
            };
            naive_of(&traces, (a, b), &was_before, (&reaches, &elapsed))
        });
        let list = BarsQuery {
            before: BeforeQuery { what: vec![name(1)], until: vec![name(2)] },
            listing: Listing::by("count"),
        };
        check_rows(&compared(&analysis, &list, a, b), |row: &BarRow| {
            let is = |trace: &Trace| before(trace) == Some(row.bar.count);
            naive_of(&traces, (a, b), &|trace| before(trace).is_some(), (&is, &none))
        });
        let list = QueuesQuery {
            by: Subject::Activity,
            listing: Listing::by("total"),
            longest: false,
        };
        let queues = compared(&analysis, &list, a, b);
        // The same cases on both sides have no change, whatever they waited.
        if queues.sides.cases != [queues.sides.both; 2] {
            check_rows(&queues, |row: &QueueRow| {
                let waits = |trace: &Trace| -> Vec<i64> {
                    let steps = trace.windows(2).filter(|p| name(p[1].activity) == *row.name);
                    steps.map(|p| p[1].second - p[0].second).collect()
                };
                naive(&traces, (a, b), (&|_| false, &waits))
            });
        }
    }

    #[test]
    fn factors_of_b_are_counted_in_the_cases_of_one_side_only(
        events in events(), a in filter(), b in filter()
    ) {
        prop_assume!(a.is_known(&events) && b.is_known(&events));
        let (analysis, traces) = (analysis(&events), traces(&events));
        let why = why(&analysis, a, b);
        let alone = |these: Filter, others: Filter| {
            traces.iter().filter(move |trace| these.leaves(trace) && !others.leaves(trace))
        };
        let (only_a, only_b) = (alone(a, b).count() as u64, alone(b, a).count() as u64);
        prop_assert_eq!((why.cases, why.selected), (only_a + only_b, only_b));
        prop_assert_eq!(why.reason.is_some(), only_a.min(only_b) < 10);
        for row in &why.rows.rows {
            let activity = (0..5).find(|&of| row.text == format!("\"{}\"", name(of)));
            let Some(activity) = activity else { continue };
            let has = |trace: &&Trace| Filter::With(activity).leaves(trace);
            let of_b = alone(b, a).filter(has).count() as u64;
            let of_a = alone(a, b).filter(has).count() as u64;
            prop_assert_eq!(row.table.with, of_a + of_b);
            prop_assert_eq!(row.table.selected_with, of_b);
            prop_assert_eq!(row.table.without, only_a + only_b - of_a - of_b);
        }
    }

    #[test]
    fn bins_of_both_sides_are_those_of_the_definitions(
        events in events(), a in filter(), b in filter(), bins in 1usize..9
    ) {
        prop_assume!(a.is_known(&events) && b.is_known(&events));
        let (analysis, traces) = (analysis(&events), traces(&events));
        let of = |filter: Filter| traces.iter().filter(move |trace| filter.leaves(trace));
        let starts = |filter: Filter| {
            let starts: Vec<i64> = of(filter).map(|trace| trace[0].second).collect();
            starts.iter().min().copied().zip(starts.iter().max().copied())
        };
        let are_apart = match (starts(a), starts(b)) {
            (Some(a), Some(b)) => a.1 < b.0 || b.1 < a.0,
            _ => false,
        };
        let flow = paired(&analysis, Charted::Flow { bins, range: None }, a, b);
        prop_assert_eq!(flow.aligned == Aligned::Offset, are_apart);
        let mut arrivals = [0.0, 0.0];
        let now = events.iter().map(|event| event.second).max().unwrap_or(0) * SECOND;
        for row in &flow.rows.rows {
            for (side, filter) in [a, b].into_iter().enumerate() {
                let Some(bin) = &row.bins[side] else { continue };
                let (from, to) = bin.span.unwrap();
                let is_in = |second: i64| (from..to).contains(&(second * SECOND));
                let started = of(filter).filter(|trace| is_in(trace[0].second)).count() as f64;
                let ended = of(filter).filter(|trace| {
                    let last = trace[trace.len() - 1];
                    last.activity == 4 && is_in(last.second)
                });
                prop_assert_eq!(bin.values[0], Some(started));
                prop_assert_eq!(bin.values[1], Some(ended.count() as f64));
                arrivals[side] += started;
                let first = events.iter().map(|event| event.second * SECOND).min();
                let first = first.unwrap_or(from);
                let covered = (to.min(now + 1) - from.max(first)).max(0);
                prop_assert!(close(bin.length * 86_400e6, covered as f64));
                prop_assert_eq!(bin.partial, covered < to - from);
            }
            if let [Some(x), Some(y)] = &row.bins {
                prop_assert!(flow.aligned == Aligned::Offset || x.span == y.span);
                let figures = [x, y].map(|bin| bin.values[0].unwrap());
                let wanted = if flow.by_rate {
                    (x.length > 0.0 && y.length > 0.0)
                        .then(|| figures[0] / x.length - figures[1] / y.length)
                } else {
                    Some(figures[0] - figures[1])
                };
                let got = row.change(0, true);
                prop_assert_eq!(got.is_some(), wanted.is_some());
                prop_assert!(close(got.unwrap_or(0.0), wanted.unwrap_or(0.0)));
            }
        }
        let n = [a, b].map(|filter| of(filter).count() as f64);
        prop_assert_eq!(arrivals, n);
        let week = paired(&analysis, Charted::Week, a, b);
        let swapped = paired(&analysis, Charted::Week, b, a);
        for (row, other) in week.rows.rows.iter().zip(&swapped.rows.rows) {
            prop_assert_eq!(row.bins[0].as_ref(), other.bins[1].as_ref());
            for figure in 0..week.figures.len() {
                let (here, there) = (row.change(figure, true), other.change(figure, true));
                prop_assert_eq!(here.is_some(), there.is_some());
                prop_assert!(close(here.unwrap_or(0.0), -there.unwrap_or(0.0)));
            }
        }
        for (side, filter) in [a, b].into_iter().enumerate() {
            let events: f64 = (week.rows.rows.iter())
                .filter_map(|row| row.value(side, 2))
                .sum();
            prop_assert_eq!(events, of(filter).map(Vec::len).sum::<usize>() as f64);
        }
    }
}
