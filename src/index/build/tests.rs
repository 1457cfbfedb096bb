//! The index of small logs against what can be read off by eye.

use super::*;
use crate::test_support::log;

fn index(text: &str) -> (EventLog, Index) {
    let log = log(text);
    let index = Index::build(&log, &Progress::default()).expect("not cancelled");
    (log, index)
}

#[test]
fn variants_are_ranked_by_cases_then_names() {
    let (log, index) = index("1: b; 2: a c; 3: a b; 4: b; 5: a");
    let names: Vec<String> = (0..index.variants.len())
        .map(|v| {
            let names = index
                .variants
                .sequence(v)
                .iter()
                .map(|&a| log.activities.get(a));
            names.collect::<Vec<_>>().join(" ")
        })
        .collect();
    assert_eq!(names, ["b", "a", "a b", "a c"]);
    assert_eq!(index.case_variant, [0, 3, 2, 0, 1]);
    assert_eq!(index.variants.cases_of(0), [0, 3]);
}

#[test]
fn long_sequences_of_like_beginnings_are_ranked_by_names() {
    let many = "a ".repeat(100);
    let (_, index) = index(&format!(
        "1: {many} b; 2: {many}; 3: {many} a c; 4: {many} a b"
    ));
    assert_eq!(index.case_variant, [3, 0, 2, 1]);
}

#[test]
fn edges_hold_their_elapsed_times_sorted() {
    let (log, index) = index("1: a b a b @0 +50 +60 +70; 2: a b @0 +20; 3: b");
    let code = |name: &str| log.activities.find(name).expect("an activity");
    let edge = index.edges.find(code("a"), code("b")).expect("an edge");
    let range = index.edges.occurrences(edge);
    assert_eq!(
        index.edges.elapsed[range.clone()],
        [10_000_000, 20_000_000, 50_000_000]
    );
    assert_eq!(index.edges.case[range], [0, 1, 0]);
    assert_eq!(index.edges.total[edge], 80_000_000);
    assert_eq!(index.edges.find(code("b"), code("b")), None);
}

#[test]
fn spans_and_durations() {
    let (_, index) = index("1: a b @10 +5; 2: a @0; 3: a b @0 +2");
    assert_eq!(index.durations, [0, 2_000_000, 5_000_000]);
    assert_eq!(index.by_duration, [1, 2, 0]);
    assert_eq!(index.total_duration, 7_000_000);
    assert_eq!(index.activity_events, [3, 2]);
}

#[test]
fn an_empty_log_has_an_empty_index() {
    let (_, index) = index("");
    assert_eq!(index.n_cases(), 0);
    assert!(index.variants.is_empty() && index.edges.is_empty());
}
