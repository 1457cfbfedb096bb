//! Merged variants against a slow reference, on random small logs and selections.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use casetrail::engine::{
    Analysis, Cancel, Collapse, Counting, LONGEST_LOOP, Listing, SummaryQuery, VariantsQuery, View,
};
use casetrail::event_log::Progress;
use casetrail::formats::{self, ReadOptions};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

/// The sequence of each case.
fn logs() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec("[A-C]{1,9}", 1..25)
}

fn analysis(cases: &[String]) -> Analysis {
    let mut csv = "case_id,activity,timestamp\n".to_owned();
    for (case, sequence) in cases.iter().enumerate() {
        for (at, activity) in sequence.chars().enumerate() {
            // Later events of longer steps, so that durations differ.
            let minute = at * (case % 7 + 1);
            writeln!(csv, "c{case},{activity},2024-03-01 09:{minute:02}").unwrap();
        }
    }
    let progress = Progress::default();
    let options = ReadOptions::default();
    let (log, report) = formats::read(&[csv.as_bytes()], &options, &progress).unwrap();
    Analysis::new("log.csv".to_owned(), log, report, chrono_tz::UTC, &progress).unwrap()
}

/// The sequence without an activity, with repeats counted as said.
fn short(sequence: &str, ignored: Option<char>, collapse: Collapse) -> String {
    let longest = match collapse {
        Collapse::Nothing => 0,
        Collapse::Repeats => 1,
        Collapse::Loops => LONGEST_LOOP,
    };
    let mut short = String::new();
    for activity in sequence.chars().filter(|of| Some(*of) != ignored) {
        short.push(activity);
        let mut block = 1;
        while block <= longest && 2 * block <= short.len() {
            let before = &short[..short.len() - block];
            if before.ends_with(&short[short.len() - block..]) {
                short = before.to_owned();
                block = 1;
            } else {
                block += 1;
            }
        }
    }
    short
}

proptest! {
    #![proptest_config(crate::runs(400))]

    #[test]
    fn merged_variants_are_those_of_the_reference(
        cases in logs(),
        ignored in prop::option::of(prop::char::range('A', 'C')),
        collapse in prop::sample::select(vec![Collapse::Nothing, Collapse::Repeats, Collapse::Loops]),
        without in prop::option::of(prop::char::range('A', 'C')),
    ) {
        let occurs = |of: &char| cases.iter().any(|sequence| sequence.contains(*of));
        let (ignored, without) = (ignored.filter(occurs), without.filter(occurs));
        let analysis = analysis(&cases);
        let view = View {
            filters: without.map(|of| format!("not \"{of}\"")).into_iter().collect(),
            ..View::default()
        };
        let query = VariantsQuery {
            listing: Listing::by("cases"),
            counting: Counting {
                ignore: ignored.map(String::from).into_iter().collect(),
                collapse,
            },
        };
        let is_left = |sequence: &&String| without.is_none_or(|of| !sequence.contains(of));
        let left: Vec<&String> = cases.iter().filter(is_left).collect();
        let mut wanted: BTreeMap<String, Vec<&String>> = BTreeMap::new();
        for sequence in &left {
            wanted.entry(short(sequence, ignored, collapse)).or_default().push(sequence);
        }
        let found = analysis.ask(&view, &query, &Cancel::never()).unwrap();
        prop_assert_eq!(found.rows.len(), wanted.len());
        prop_assert!(found.rows.is_sorted_by(|a, b| a.cases >= b.cases));
        let mut above = 0;
        for row in &found.rows {
            let name: String = row.activities.iter().map(|activity| &**activity).collect();
            let of = &wanted[&name];
            prop_assert_eq!(row.cases, of.len() as u64);
            above += of.len();
            prop_assert!((row.cumulative - above as f64 / left.len() as f64).abs() < 1e-12);
            let different: BTreeSet<&String> = of.iter().copied().collect();
            prop_assert_eq!(row.ranks.len(), different.len());
            let repeats = |sequence: &String| {
                sequence.len() - sequence.chars().collect::<BTreeSet<_>>().len()
            };
            let repeats: usize = of.iter().map(|sequence| repeats(sequence)).sum();
            prop_assert!((row.rework - repeats as f64 / of.len() as f64).abs() < 1e-12);
            // The filter selects the cases of the row.
            let mut filtered = view.clone();
            filtered.filters.push(row.filter().to_string());
            let summary = analysis.ask(&filtered, &SummaryQuery, &Cancel::never()).unwrap();
            prop_assert_eq!(summary.cases, row.cases);
            let duration = summary.case_duration.unwrap();
            prop_assert_eq!((duration.median, duration.n), (row.duration.median, row.duration.n));
        }
    }
}
