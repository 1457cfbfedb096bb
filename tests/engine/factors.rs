//! Factors of a selection against a naive reference: the cases of each row by the program's own
//! filters, all figures from the definitions, pair by pair.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use casetrail::engine::{
    Adjust, Analysis, Cancel, CasesQuery, Condition, FactorRow, Listing, NamedOutcome, Of, Side,
    Tests, Timing, View, Why, WhyQuery,
};
use casetrail::event_log::Progress;
use casetrail::formats::{self, ReadOptions};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

/// Standard normal quantile of 0.975.
const Z: f64 = 1.959_963_984_540_054;

/// Activity, hours since the event before, resource, and amount where there is one, of each event.
type Case = Vec<(u8, i64, u8, Option<u8>)>;

fn logs() -> impl Strategy<Value = Vec<Case>> {
    let event = (0..4u8, 0..40i64, 0..3u8, prop::option::of(0..5u8));
    prop::collection::vec(prop::collection::vec(event, 1..6), 24..60)
}

fn analysis(cases: &[Case]) -> Analysis {
    let mut csv = "case_id,activity,timestamp,resource,amount,flag\n".to_owned();
    for (case, events) in cases.iter().enumerate() {
        let mut hours = case as i64 * 31;
        for (activity, since, resource, amount) in events {
            hours += since;
            let time = chrono::DateTime::from_timestamp(1_709_251_200 + hours * 3600, 0).unwrap();
            let time = time.format("%Y-%m-%d %H:%M:%S");
            let activity = char::from(b'A' + activity);
            let amount = amount.map_or(String::new(), |amount| amount.to_string());
            let flag = ["true", "True", "no"][usize::from(*resource)];
            writeln!(csv, "c{case},{activity},{time},r{resource},{amount},{flag}").unwrap();
        }
    }
    let progress = Progress::default();
    let options = ReadOptions::default();
    let (log, report) = formats::read(&[csv.as_bytes()], &options, &progress).unwrap();
    Analysis::new("log.csv".to_owned(), log, report, chrono_tz::UTC, &progress).unwrap()
}

/// Ids, durations in seconds and starts of the cases that meet a filter.
fn meeting(analysis: &Analysis, filter: &str) -> Vec<(String, f64, i64)> {
    let filters = match filter {
        "" => Vec::new(),
        filter => vec![filter.to_owned()],
    };
    let view = View {
        filters,
        ..View::default()
    };
    let query = CasesQuery {
        listing: Listing::by("duration"),
        variants: Vec::new(),
    };
    let found = analysis.ask(&view, &query, &Cancel::never());
    let found = found.unwrap_or_else(|e| panic!("{filter}: {e}"));
    let cases = found.rows.into_iter();
    cases
        .map(|row| (row.case, row.duration, row.start))
        .collect()
}

/// Sets of ids of the cases with each value, activity, repetition and edge, and with each first and last
/// activity, by what the factor is; those of at least 10 cases with and 10 without it.
fn expected(cases: &[Case]) -> BTreeMap<String, BTreeSet<String>> {
    let mut expected: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (case, events) in cases.iter().enumerate() {
        let activity = |event: &(u8, i64, u8, Option<u8>)| char::from(b'A' + event.0);
        let mut names = vec![
            format!("first {}", activity(&events[0])),
            format!("last {}", activity(&events[events.len() - 1])),
        ];
        for (at, event) in events.iter().enumerate() {
            names.push(format!("activity {}", activity(event)));
            names.push(format!("resource {}", event.2));
            names.push(format!("amount {:?}", event.3));
            if events[..at].iter().any(|before| before.0 == event.0) {
                names.push(format!("repeated {}", activity(event)));
            }
            if let Some(next) = events.get(at + 1) {
                names.push(format!("edge {} {}", activity(event), activity(next)));
            }
        }
        for name in names {
            expected.entry(name).or_default().insert(format!("c{case}"));
        }
    }
    expected.retain(|_, ids| ids.len() >= 10 && cases.len() - ids.len() >= 10);
    expected
}

fn ask(analysis: &Analysis, of: &str) -> Why {
    ask_view(analysis, &View::default(), of, Side::All)
}

fn ask_view(analysis: &Analysis, view: &View, of: &str, side: Side) -> Why {
    let query = query(of, side);
    analysis.ask(view, &query, &Cancel::never()).unwrap()
}

fn query(of: &str, side: Side) -> WhyQuery {
    WhyQuery {
        of: Of {
            filter: Some(of.to_owned()),
            ..Of::default()
        },
        tests: Tests {
            open_ended: true,
            ..Tests::default()
        },
        by_definition: true,
        side,
        shifts: true,
        adjust: Adjust::Nothing,
        depth: 3,
        listing: Listing::by("explained"),
    }
}

#[track_caller]
fn close(got: f64, want: f64, what: &str) {
    let near = (got - want).abs() <= 1e-6 * want.abs() + 1e-9;
    assert!(near, "{what}: got {got}, want {want}");
}

fn middle(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let n = values.len();
    f64::midpoint(values[(n - 1) / 2], values[n / 2])
}

/// Checks the figures of a row against its definition; `all` are all cases, `selected` their ids.
fn check(row: &FactorRow, analysis: &Analysis, selected: &BTreeSet<String>) {
    let all = meeting(analysis, "");
    let with: BTreeSet<String> = meeting(analysis, &row.text)
        .into_iter()
        .map(|c| c.0)
        .collect();
    for same in &row.same_as {
        let same_cases = meeting(analysis, same).into_iter().map(|c| c.0);
        assert_eq!(
            same_cases.collect::<BTreeSet<_>>(),
            with,
            "{same} = {}",
            row.text
        );
    }
    let text = &row.text;
    let count = |is_with: bool, is_selected: bool| {
        let is_meant =
            |id: &String| with.contains(id) == is_with && selected.contains(id) == is_selected;
        all.iter().filter(|(id, ..)| is_meant(id)).count() as f64
    };
    let [a, b, c, d] = [(true, true), (true, false), (false, true), (false, false)]
        .map(|(with, selected)| count(with, selected));
    assert_eq!(row.table.with as f64, a + b, "{text}");
    assert_eq!(row.table.selected_with as f64, a, "{text}");
    assert_eq!(row.table.without as f64, c + d, "{text}");
    assert_eq!(row.table.selected_without as f64, c, "{text}");
    assert!(a + b >= 10.0 && c + d >= 10.0, "{text} is rare");
    close(row.explained, (a - (a + b) * c / (c + d)) / (a + c), text);
    let half = if [a, b, c, d].contains(&0.0) {
        0.5
    } else {
        0.0
    };
    let [a, b, c, d] = [a, b, c, d].map(|n| n + half);
    let ratio = (a / (a + b)) / (c / (c + d));
    let error = (1.0 / a - 1.0 / (a + b) + 1.0 / c - 1.0 / (c + d)).sqrt();
    close(row.ratio.ratio, ratio, text);
    close(row.ratio.interval.low, ratio * (-Z * error).exp(), text);
    close(row.ratio.interval.high, ratio * (Z * error).exp(), text);
    durations(row, &all, &with);
}

fn durations(row: &FactorRow, all: &[(String, f64, i64)], with: &BTreeSet<String>) {
    let part = |is_with: bool| -> Vec<f64> {
        let part = all.iter().filter(|(id, ..)| with.contains(id) == is_with);
        part.map(|(_, duration, _)| *duration).collect()
    };
    let (x, y) = (part(true), part(false));
    let found = row.duration.unwrap();
    let pairs = x.iter().flat_map(|x| y.iter().map(move |y| x - y));
    close(
        found.shifted.unwrap(),
        middle(pairs.clone().collect()),
        &row.text,
    );
    close(found.median_with, middle(x.clone()), &row.text);
    close(found.median_without, middle(y.clone()), &row.text);
    // U by its definition: pairs in which the first is larger, equal ones count half.
    let u: f64 = pairs
        .map(|d| {
            if d > 0.0 {
                1.0
            } else if d < 0.0 {
                0.0
            } else {
                0.5
            }
        })
        .sum();
    let both = [x.clone(), y.clone()].concat();
    let n = both.len() as f64;
    let ties: f64 = both
        .iter()
        .map(|v| {
            let equal = both.iter().filter(|w| *w == v).count() as f64;
            equal * equal - 1.0
        })
        .sum();
    let (n1, n2) = (x.len() as f64, y.len() as f64);
    let deviation = (n1 * n2 / 12.0 * (n + 1.0 - ties / (n * (n - 1.0)))).sqrt();
    let z = ((u - n1 * n2 / 2.0).abs() - 0.5).max(0.0) / deviation;
    if deviation > 0.0 {
        // The sign of what is found, and the order of p, follow z.
        assert_eq!(
            row.duration_p > 0.05,
            z < Z,
            "{}: z {z}, p {}",
            row.text,
            row.duration_p
        );
    }
}

proptest! {
    #![proptest_config(crate::runs(40))]

    #[test]
    fn figures_are_those_of_the_definitions(
        cases in logs(),
        of in prop::sample::select(vec![
            "duration > 60h", "\"B\"", "resource = \"r1\"", "\"A\" -> \"B\"", "amount > 2", "events > 2",
        ]),
    ) {
        let analysis = analysis(&cases);
        let selected: BTreeSet<String> = meeting(&analysis, of).into_iter().map(|c| c.0).collect();
        let why = ask(&analysis, of);
        prop_assert_eq!(why.cases, cases.len() as u64);
        prop_assert_eq!(why.selected, selected.len() as u64);
        let few = selected.len().min(cases.len() - selected.len()) < 10;
        prop_assert_eq!(why.reason.is_some(), few);
        for row in &why.rows.rows {
            check(row, &analysis, &selected);
            prop_assert!(row.p <= row.q * (1.0 + 1e-12) && row.q <= 1.0);
        }
        // Without shifts the medians are found in another way, and kept: they are the same twice.
        let medians = WhyQuery { shifts: false, ..query(of, Side::All) };
        for _ in 0..2 {
            let found = analysis.ask(&View::default(), &medians, &Cancel::never()).unwrap();
            for (row, of) in found.rows.rows.iter().zip(&why.rows.rows) {
                let (found, of) = (row.duration.unwrap(), of.duration.unwrap());
                prop_assert_eq!(found.median_with, of.median_with, "{}", row.text);
                prop_assert_eq!(found.median_without, of.median_without, "{}", row.text);
            }
        }
        // Equal sets of cases are one row.
        let sets = why.rows.rows.iter().map(|row| {
            let ids = meeting(&analysis, &row.text).into_iter().map(|c| c.0);
            ids.collect::<BTreeSet<_>>()
        });
        let distinct: BTreeSet<_> = sets.collect();
        prop_assert_eq!(distinct.len(), why.rows.rows.len());
        let expected = if few { BTreeMap::new() } else { expected(&cases) };
        for (name, ids) in expected {
            prop_assert!(distinct.contains(&ids), "{} is not among the factors of {}", name, of);
        }
        for pair in &why.pairs {
            let filters: Vec<String> = pair.filters.iter().map(ToString::to_string).collect();
            let text = filters.iter().map(|f| format!("({f})")).collect::<Vec<_>>().join(" and ");
            let ids: Vec<String> = meeting(&analysis, &text).into_iter().map(|c| c.0).collect();
            prop_assert_eq!(pair.row.table.with, ids.len() as u64);
            let of_selection = ids.iter().filter(|id| selected.contains(*id)).count();
            prop_assert_eq!(pair.row.table.selected_with, of_selection as u64);
        }
        // As rows, pairs have the figures of any factor.
        let pairs = ask_view(&analysis, &View::default(), of, Side::Pairs).rows.rows;
        let two = why.pairs.iter().filter(|pair| pair.filters.len() == 2);
        let two: BTreeSet<&str> = two.map(|pair| &*pair.row.text).collect();
        prop_assert_eq!(pairs.iter().map(|row| &*row.text).collect::<BTreeSet<_>>(), two);
        for row in &pairs {
            check(row, &analysis, &selected);
            prop_assert!(row.p <= row.q * (1.0 + 1e-12) && row.q <= 1.0);
        }
    }
}

/// Factors of a selection by whether they can come true after it, with the texts of the same cases.
fn texts(why: &Why, afterwards: bool) -> BTreeSet<String> {
    let rows = why.rows.rows.iter();
    let rows = rows.filter(|row| row.afterwards == afterwards);
    rows.flat_map(|row| [std::slice::from_ref(&row.text), &row.same_as].concat())
        .collect()
}

#[test]
fn factors_that_can_come_after_an_outcome_are_marked() {
    let of_case = |case: u8| -> Case {
        let amount = (case % 5 > 1).then_some(1);
        let mut events = vec![(0, 0, case % 3, amount)];
        if case.is_multiple_of(2) {
            events.push((1, 5, 0, Some(case % 4)));
        }
        if case.is_multiple_of(3) {
            events.push((2, 7, 1, Some(2)));
        }
        events
    };
    let cases: Vec<Case> = (0..60).map(of_case).collect();
    let outcome = |name: &str, filter: &str| NamedOutcome {
        name: name.to_owned(),
        filter: Condition {
            filter: filter.to_owned(),
            line: None,
        },
    };
    let timing = Timing {
        outcomes: vec![
            outcome("late", "\"B\""),
            outcome("later", "late = true"),
            outcome("long", "events > 2"),
        ],
        ..Timing::default()
    };
    let analysis = analysis(&cases).with_timing(timing).unwrap();
    let by_event = ask(&analysis, "\"B\"");
    let marked = texts(&by_event, true);
    for text in [
        "\"C\"",
        "`resource` = \"r1\"",
        "amount = 2",
        "amount is missing",
    ] {
        assert!(marked.contains(text), "{text}: {marked:?}");
    }
    for of in ["late = true", "later = true"] {
        assert_eq!(texts(&ask(&analysis, of), true), marked, "{of}");
    }
    let plain = texts(&by_event, false);
    assert!(plain.contains("started 2024-03"), "{plain:?}");
    assert_eq!(texts(&ask(&analysis, "long = true"), true), BTreeSet::new());
}

/// Cases with numbers below and above a range have none within it.
#[test]
fn ranges_of_numbers_are_of_one_event() {
    let of_case = |case: u8| -> Case {
        let event = |amount: u8| (case % 2, 1, 0, Some(amount));
        if case.is_multiple_of(3) {
            vec![event(case / 3), event(200 - case / 3)]
        } else {
            vec![event(80 + case)]
        }
    };
    let cases: Vec<Case> = (0..60).map(of_case).collect();
    let analysis = analysis(&cases);
    let why = ask(&analysis, "\"B\"");
    let rows = why.rows.rows.iter();
    let within: Vec<&FactorRow> = rows
        .filter(|row| row.text.contains("amount >") && row.text.contains("amount <="))
        .collect();
    assert_eq!(within.len(), 2, "{:?}", texts(&why, false));
    for row in within {
        assert!(row.text.starts_with("event("), "{}", row.text);
        assert_eq!(row.table.with, 20, "{}", row.text);
        assert_eq!(meeting(&analysis, &row.text).len(), 20, "{}", row.text);
    }
}

/// The last activity says whether a case is open: that it differs explains nothing.
#[test]
fn how_cases_end_explains_no_open_ones() {
    let cases: Vec<Case> = (0..60u8)
        .map(|case| {
            let resource = case / 3 % 2;
            vec![(0, 1, resource, None), (1 + case % 3, 1, resource, None)]
        })
        .collect();
    let view = View {
        ends: Some(vec!["B".to_owned()]),
        ..View::default()
    };
    let why = ask_view(&analysis(&cases), &view, "open", Side::All);
    let is_known = |part: &str| {
        let of = |row: &&FactorRow| {
            row.text.contains(part) || row.same_as.iter().any(|same| same.contains(part))
        };
        let found: Vec<bool> = why
            .rows
            .rows
            .iter()
            .filter(of)
            .map(|row| row.by_definition)
            .collect();
        (!found.is_empty(), found.iter().all(|known| *known))
    };
    assert_eq!(is_known("ends with \"B\""), (true, true));
    assert_eq!(is_known("ends with \"C\""), (true, true));
    assert_eq!(is_known("`resource` = "), (true, false));
}
