//! Handovers against loops over lists of names.

use super::*;
use crate::event_log::{Codes, Column, ColumnData, EventLog, Level};
use crate::index::CaseSet;
use crate::metrics::pair_ids;
use crate::metrics::testing::{Logged, logs};
use crate::test_support::log;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// A column of events with these codes; 0 is a missing value.
pub fn column(codes: Vec<u32>) -> Column {
    let most = codes.iter().copied().max().unwrap_or(0) as usize;
    let names: Vec<String> = (0..=most)
        .map(|code| match code {
            0 => String::new(),
            code => format!("p{code}"),
        })
        .collect();
    Column {
        name: "who".to_owned(),
        level: Level::Event,
        data: ColumnData::Text(
            Codes::pack(codes.into_iter(), most + 1),
            names.iter().map(String::as_str).collect(),
        ),
    }
}

/// The actors of the events of each selected case, by name.
fn sequences(logged: &Logged, actors: &Actors<'_>) -> Vec<(usize, Vec<Option<String>>)> {
    let of_case = |case: usize| {
        let events = logged.log.events_of(case);
        let names = events.map(|event| Some(actors.names[actors.codes.get(case, event)?].clone()));
        (case, names.collect())
    };
    logged.cases().map(of_case).collect()
}

type Named = BTreeMap<(String, String), (u64, BTreeSet<usize>)>;

/// The counts of [`count`], by names.
fn naive(cases: &[(usize, Vec<Option<String>>)]) -> ([u64; 4], Named, Named) {
    let (mut pairs, mut back) = (Named::new(), Named::new());
    let [mut same, mut unknown] = [0, 0];
    for (case, names) in cases {
        for step in names.windows(2) {
            match (&step[0], &step[1]) {
                (Some(a), Some(b)) if a == b => same += 1,
                (Some(a), Some(b)) => {
                    let pair = pairs.entry((a.clone(), b.clone())).or_default();
                    pair.0 += 1;
                    pair.1.insert(*case);
                }
                _ => unknown += 1,
            }
        }
        for three in names.windows(3) {
            if let [Some(a), Some(b), Some(c)] = three
                && a == c
                && a != b
            {
                let pair = back
                    .entry((a.min(b).clone(), a.max(b).clone()))
                    .or_default();
                pair.0 += 1;
                pair.1.insert(*case);
            }
        }
    }
    let cases: BTreeSet<usize> = back.values().flat_map(|pair| pair.1.clone()).collect();
    let handovers = pairs.values().map(|pair| pair.0).sum();
    ([handovers, same, unknown, cases.len() as u64], pairs, back)
}

fn named(found: &[Counted], actors: &Actors<'_>) -> BTreeMap<(String, String), (u64, u64)> {
    let name = |at: usize| actors.names[at].clone();
    let pair = |of: &Counted| ((name(of.pair.0), name(of.pair.1)), (of.count, of.cases));
    found.iter().map(pair).collect()
}

fn counted(named: &Named) -> BTreeMap<(String, String), (u64, u64)> {
    let count = |(pair, of): (&(String, String), &(u64, BTreeSet<usize>))| {
        (pair.clone(), (of.0, of.1.len() as u64))
    };
    named.iter().map(count).collect()
}

proptest! {
    #[test]
    fn counts_are_those_of_a_loop(
        drawn in logs(),
        codes in prop::collection::vec(0u32..5, 320),
        many in any::<bool>(),
    ) {
        let mut logged = Logged::new(&drawn);
        let n = logged.log.n_events();
        let mut codes: Vec<u32> = codes.into_iter().cycle().take(n).collect();
        if many {
            // More actors than pairs have a table for; names keep the order of their codes.
            codes[0] = pair_ids::TABLE as u32 + 7;
        }
        logged.log.columns.push(column(codes));
        let actors = Actors::of(logged.log.columns.last().unwrap());
        let selection = logged.selection();
        let found = count(&selection, &actors, &Cancel::never()).unwrap();
        let cases = sequences(&logged, &actors);
        let (totals, pairs, back) = naive(&cases);
        let of_found = [found.handovers, found.same, found.unknown, found.ping_pong_cases];
        prop_assert_eq!(of_found, totals);
        prop_assert_eq!(named(&found.pairs, &actors), counted(&pairs));
        prop_assert_eq!(named(&found.ping_pong, &actors), counted(&back));
        let passed = found.passed.iter().fold([0; 3], |sums, of| {
            [sums[0] + of.kept, sums[1] + of.handed, sums[2] + of.received]
        });
        prop_assert_eq!(passed, [totals[1], totals[0], totals[0]]);

        let asked: Vec<Pair> = found.pairs.iter().map(|of| of.pair).collect();
        let times = elapsed(&selection, &actors, &asked, &Cancel::never()).unwrap();
        for (&pair, mut times) in asked.iter().zip(times) {
            times.sort_unstable();
            let mut steps = Vec::new();
            for case in logged.cases() {
                let events: Vec<usize> = logged.log.events_of(case).collect();
                for (at, two) in events.windows(2).enumerate() {
                    let of = |event: usize| actors.codes.get(case, event);
                    if (of(two[0]), of(two[1])) == (Some(pair.0), Some(pair.1)) {
                        steps.push(Step {
                            ended: logged.log.time[two[1]],
                            elapsed: logged.log.time[two[1]] - logged.log.time[two[0]],
                            case: case as u32,
                            is_back: events[at + 2..].iter().any(|&e| of(e) == Some(pair.0)),
                        });
                    }
                }
            }
            let found = super::steps(&selection, &actors, pair, &Cancel::never()).unwrap();
            prop_assert_eq!(&found, &steps);
            let mut wanted: Vec<i64> = steps.iter().map(|step| step.elapsed).collect();
            wanted.sort_unstable();
            prop_assert_eq!(times, wanted);
        }
    }
}

/// A log whose events are of these actors, one letter each; `.` for none.
fn of_letters(text: &str, who: &str) -> EventLog {
    let mut log = log(text);
    let codes = who.chars().map(|c| match c {
        '.' => 0,
        c => 1 + c as u32 - 'a' as u32,
    });
    log.columns.push(column(codes.collect()));
    log
}

#[test]
fn missing_actors_break_steps_and_ping_pongs() {
    let log = of_letters("1: x x x x x x; 2: x x x", "abab.abab");
    let logged = Logged::of(log, None);
    let actors = Actors::of(&logged.log.columns[0]);
    let found = count(&logged.selection(), &actors, &Cancel::never()).unwrap();
    assert_eq!((found.handovers, found.same, found.unknown), (5, 0, 2));
    // a b a and b a b in case 1, b a b in case 2: overlapping triples count each.
    assert_eq!(found.ping_pong.len(), 1);
    assert_eq!((found.ping_pong[0].count, found.ping_pong[0].cases), (3, 2));
    assert_eq!(found.ping_pong_cases, 2);
}

#[test]
fn nothing_selected_is_no_handover() {
    let log = of_letters("1: x x", "ab");
    let none = CaseSet::none(1);
    let logged = Logged::of(log, Some(none));
    let actors = Actors::of(&logged.log.columns[0]);
    let found = count(&logged.selection(), &actors, &Cancel::never()).unwrap();
    assert_eq!((found.handovers, found.pairs.len()), (0, 0));
    let all = elapsed(&logged.selection(), &actors, &[(0, 1)], &Cancel::never()).unwrap();
    assert_eq!(all, [Vec::<i64>::new()]);
}
