//! Properties of the filter language: what the index answers is what a scan of the events answers
//! that is written down here a second time, from the sentences of the language's description and
//! without the library's help; and text and tree are the same thing.

// Tests fail by panicking.
#![allow(clippy::unwrap_used)]

#[path = "properties/model.rs"]
mod model;
#[path = "properties/query.rs"]
mod query;

use casetrail::event_log::Progress;
use casetrail::filter::{self, Expr};
use casetrail::index::Index;
use chrono_tz::Tz;
use model::{Model, crowded_models, models};
use proptest::prelude::*;
use query::{Query, event_queries, handovers, limited_paths, queries, queues};

fn cases_of(model: &Model, text: &str) -> Vec<bool> {
    let log = model.log();
    let index = Index::build(&log, &Progress::default()).unwrap();
    let expr = filter::parse(text).unwrap_or_else(|e| panic!("{text}: {e}"));
    let bound = filter::bind(&expr, &log, Tz::UTC).unwrap_or_else(|e| panic!("{text}: {e}"));
    let cases = bound.cases(&log, &index);
    (0..log.n_cases())
        .map(|case| cases.contains(case))
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn the_index_answers_what_a_scan_answers(model in models(), query in queries()) {
        let text = query.text();
        let naive: Vec<bool> = model.cases().iter().map(|case| query.holds(case)).collect();
        prop_assert_eq!(cases_of(&model, &text), naive, "{}", text);
    }

    #[test]
    fn limits_are_exact_where_instances_overlap(
        model in crowded_models(),
        queries in prop::collection::vec(
            prop_oneof![limited_paths(), queues(), handovers()],
            10,
        ),
    ) {
        for query in queries {
            let text = query.text();
            let naive: Vec<bool> = model.cases().iter().map(|case| query.holds(case)).collect();
            prop_assert_eq!(cases_of(&model, &text), naive, "{}", text);
        }
    }

    #[test]
    fn conditions_on_events_keep_the_rows_that_a_scan_keeps(
        model in models(),
        query in event_queries(),
    ) {
        let text = query.event_text();
        let log = model.log();
        let cond = filter::parse_events(&text).unwrap_or_else(|e| panic!("{text}: {e}"));
        let rows = filter::bind_events(&cond, &log, Tz::UTC).unwrap().rows(&log);
        let mut naive = Vec::new();
        let mut row = 0;
        for case in model.cases() {
            for event in &case.events {
                if query.holds_for_event(&case, event) {
                    naive.push(row);
                }
                row += 1;
            }
        }
        prop_assert_eq!(rows, naive, "{}", text);
    }

    #[test]
    fn printed_filters_parse_to_the_same_tree(query in queries()) {
        let expr = filter::parse(&query.text()).unwrap();
        let printed = expr.to_string();
        prop_assert_eq!(&filter::parse(&printed).unwrap(), &expr, "{}", printed);
    }

    #[test]
    fn printed_conditions_parse_to_the_same_tree(query in event_queries()) {
        let cond = filter::parse_events(&query.event_text()).unwrap();
        let printed = cond.to_string();
        prop_assert_eq!(&filter::parse_events(&printed).unwrap(), &cond, "{}", printed);
    }

    #[test]
    fn a_filter_negated_twice_selects_the_same(model in models(), query in queries()) {
        let expr = filter::parse(&query.text()).unwrap();
        let not: Expr = expr.negate();
        let twice = not.negate().to_string();
        let once = cases_of(&model, &not.to_string());
        let plain = cases_of(&model, &expr.to_string());
        prop_assert!(once.iter().zip(&plain).all(|(a, b)| a != b), "{}", not);
        prop_assert_eq!(cases_of(&model, &twice), plain, "{}", twice);
    }

    #[test]
    fn names_survive_quoting(name in "(?s).*") {
        let model = Model::with_name(&name);
        prop_assert_eq!(cases_of(&model, &filter::quote(&name)), [true, false]);
        let field = filter::field_name(&name);
        prop_assert_eq!(cases_of(&model, &format!("{field} = \"x\"")), [true, false]);
    }

    #[test]
    fn no_text_panics(text in "\\PC*", cursor in 0usize..40) {
        check_any(&text, cursor);
    }

    #[test]
    fn no_text_of_the_grammars_pieces_panics(
        pieces in prop::collection::vec(prop::sample::select(PIECES.to_vec()), 0..12),
        cursor in 0usize..60,
    ) {
        check_any(&pieces.join(" "), cursor);
        check_any(&pieces.concat(), cursor);
    }
}

const PIECES: [&str; 71] = [
    "ping-pong",
    "[",
    "]",
    "event(",
    "first(",
    "last(",
    "last",
    "is",
    "missing",
    "start.weekday",
    "end.hour",
    "mon",
    "queued",
    "resource",
    "\"A\"",
    "\"B",
    "\"",
    "`",
    "`cost`",
    "->",
    "~>",
    "within",
    "after",
    "starts",
    "ends",
    "with",
    "during",
    "started",
    "2024..=2025",
    "..",
    "..=",
    "2024-01",
    "2024-99",
    "duration",
    "events",
    "variant",
    "count",
    "count(\"A\")",
    "(",
    ")",
    ",",
    "=",
    "!=",
    "<",
    ">=",
    "~",
    "!~",
    "in",
    "5",
    "007",
    "-1",
    "1e999",
    "4h",
    "9999999999999w",
    "true",
    "and",
    "or",
    "not",
    "region",
    "due",
    "case",
    "activity",
    "resource",
    "time",
    "start",
    "end",
    "é",
    "\u{1b}",
    "\\",
    "\"(\"",
    "x",
];

/// Parses, binds and completes; errors have to point into the text, in one line.
fn check_any(text: &str, cursor: usize) {
    let log = Model::with_name("A").log();
    let tz = chrono_tz::Europe::Berlin;
    let errors = [
        filter::parse(text)
            .and_then(|e| filter::bind(&e, &log, tz))
            .err(),
        filter::parse_events(text)
            .and_then(|c| filter::bind_events(&c, &log, tz))
            .err(),
    ];
    for error in errors.into_iter().flatten() {
        assert!(
            text.get(error.span.clone()).is_some(),
            "{text:?}: {error:?}"
        );
        assert!(!error.message.contains(char::is_control), "{error:?}");
        assert!(!error.message.is_empty());
    }
    for events in [false, true] {
        for completion in filter::complete(text, cursor, events, &log) {
            assert!(text.get(completion.replace).is_some(), "{text:?} {cursor}");
        }
    }
}

#[test]
fn queries_are_not_all_of_one_answer() {
    // The properties above would prove little if nothing or everything was ever selected.
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let mut mixed = 0;
    for _ in 0..200 {
        let model = models().new_tree(&mut runner).unwrap().current();
        let query: Query = queries().new_tree(&mut runner).unwrap().current();
        let holds: Vec<bool> = model.cases().iter().map(|case| query.holds(case)).collect();
        mixed += usize::from(holds.contains(&true) && holds.contains(&false));
    }
    assert!(
        mixed > 60,
        "only {mixed} of 200 select some cases and not others"
    );
}
