//! Properties of the filter language: what the index answers is what a scan of the events answers
//! that is written down here a second time, from the sentences of the language's description and
//! without the library's help; and text and tree are the same thing.

// Tests fail by panicking.
#![allow(clippy::unwrap_used)]

#[path = "properties/model.rs"]
mod model;
#[path = "properties/query.rs"]
mod query;

use casetrail::engine::{Analysis, Cancel, CaseRow, CasesQuery, ColumnKey, Listing, Value, View};
use casetrail::event_log::Progress;
use casetrail::filter::{self, Expr, Field};
use casetrail::formats::ImportReport;
use casetrail::index::Index;
use chrono_tz::Tz;
use model::{Case, Event, Model, crowded_models, models};
use proptest::prelude::*;
use query::{Query, event_queries, handovers, limited_paths, queries, queues};
use std::cmp::Ordering;

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

/// Fields that are columns of a list of cases.
const FIELDS: [&str; 22] = [
    "region",
    "resource",
    "cost",
    "due",
    "`case:channel`",
    "`start`",
    "activity",
    "time",
    "case",
    "first(region)",
    "last(region)",
    "first(cost)",
    "last(due)",
    "last(activity)",
    "first(time)",
    "count(\"A\")",
    "events",
    "variant",
    "start",
    "end.hour",
    "start.weekday",
    "duration",
];

/// The value of a field of an event.
fn at(case: &Case, event: &Event, field: &str) -> Option<Value<'static>> {
    let text = |text: &Option<String>| text.clone().map(|text| Value::Text(text.into()));
    match field {
        "region" => text(&event.region),
        "resource" => text(&event.resource),
        "cost" => event.cost.map(Value::Number),
        "due" => event.due.map(Value::Instant),
        "`case:channel`" => text(&case.channel),
        "`start`" => case.limit.map(Value::Number),
        "activity" => text(&Some(event.activity.clone())),
        "time" => Some(Value::Instant(event.time)),
        "case" => text(&Some(case.id.clone())),
        other => panic!("no field {other}"),
    }
}

/// The distinct values of a field in a case, in the order of events.
fn values(case: &Case, field: &str) -> Vec<Value<'static>> {
    const HOUR: i64 = 3_600_000_000;
    let since = |time: i64| time - model::BASE;
    let one = match field {
        "count(\"A\")" => {
            let is_a = |event: &&Event| event.activity == "A";
            Value::Count(case.events.iter().filter(is_a).count() as u64)
        }
        "events" => Value::Count(case.events.len() as u64),
        "variant" => Value::Count(case.rank as u64),
        "start" => Value::Instant(case.start()),
        "end.hour" => Value::Count((since(case.end()).rem_euclid(24 * HOUR) / HOUR) as u64),
        "start.weekday" => {
            let day = since(case.start()).div_euclid(24 * HOUR).rem_euclid(7);
            // BASE is a Monday.
            Value::text(["mon", "tue", "wed", "thu", "fri", "sat", "sun"][day as usize])
        }
        "duration" => Value::Seconds((case.end() - case.start()) as f64 / 1e6),
        field => {
            let inner = |word: &str| {
                let inner = field.strip_prefix(word)?.strip_prefix('(')?;
                inner.strip_suffix(')')
            };
            let ends = [(true, inner("first")), (false, inner("last"))];
            for (first, inner) in ends {
                if let Some(inner) = inner {
                    return at(case, case.end_event(first), inner).into_iter().collect();
                }
            }
            let mut met = Vec::new();
            for value in case
                .events
                .iter()
                .filter_map(|event| at(case, event, field))
            {
                if !met.contains(&value) {
                    met.push(value);
                }
            }
            return met;
        }
    };
    vec![one]
}

/// Order of two values of a field.
fn by_value(a: &Value<'_>, b: &Value<'_>) -> Ordering {
    const WEEK: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    let day = |text: &str| WEEK.iter().position(|day| *day == text);
    match (a, b) {
        (Value::Text(a), Value::Text(b)) => match (day(a), day(b)) {
            (Some(a), Some(b)) => a.cmp(&b),
            _ => a.cmp(b),
        },
        (Value::Number(a) | Value::Seconds(a), Value::Number(b) | Value::Seconds(b)) => {
            a.total_cmp(b)
        }
        (Value::Count(a), Value::Count(b)) => a.cmp(b),
        (Value::Instant(a), Value::Instant(b)) => a.cmp(b),
        other => panic!("of two kinds: {other:?}"),
    }
}

/// Cases in the order of their first value of a field; those without one last, ties by id.
fn in_order<'m>(cases: &'m [Case], field: &str, descending: bool) -> Vec<&'m str> {
    let mut keyed: Vec<(Option<Value<'_>>, &str)> = cases
        .iter()
        .map(|case| (values(case, field).into_iter().next(), case.id.as_str()))
        .collect();
    keyed.sort_by(|(a, a_id), (b, b_id)| {
        let order = match (a, b) {
            (Some(a), Some(b)) if descending => by_value(b, a),
            (Some(a), Some(b)) => by_value(a, b),
            (a, b) => a.is_none().cmp(&b.is_none()),
        };
        order.then_with(|| a_id.cmp(b_id))
    });
    keyed.into_iter().map(|(_, id)| id).collect()
}

fn analysis(model: &Model) -> Analysis {
    let (report, progress) = (ImportReport::default(), Progress::default());
    Analysis::new("log".to_owned(), model.log(), report, Tz::UTC, &progress).unwrap()
}

/// The cases with these fields, in the order of one of them.
fn listed(analysis: &Analysis, field: &Field, descending: bool) -> Vec<CaseRow> {
    let query = CasesQuery {
        listing: Listing {
            sort: ColumnKey::Field(field.clone()),
            descending,
            fields: vec![field.clone()],
            ..Listing::by("case")
        },
        variants: Vec::new(),
    };
    let answer = analysis.ask(&View::default(), &query, &Cancel::never());
    answer.unwrap().rows
}

/// True for a text that filters compare in any letter case.
fn is_truth(value: &Value<'_>) -> bool {
    matches!(value, Value::Text(text) if ["true", "false"].contains(&&*text.to_lowercase()))
}

proptest! {
    #![proptest_config(crate::runs(200))]

    #[test]
    fn columns_show_sort_and_filter_what_a_scan_finds(
        model in models(),
        name in prop::sample::select(FIELDS.to_vec()),
        descending: bool,
    ) {
        let field = filter::parse_field(name).unwrap();
        prop_assert_eq!(field.to_string(), name);
        let analysis = analysis(&model);
        let cases = model.cases();
        let rows = listed(&analysis, &field, descending);
        let ids: Vec<&str> = rows.iter().map(|row| row.case.as_str()).collect();
        prop_assert_eq!(ids, in_order(&cases, name, descending));
        for row in &rows {
            let case = cases.iter().find(|case| case.id == row.case).unwrap();
            let shown = row.chosen[0].all();
            prop_assert_eq!(shown, &values(case, name)[..], "{} of {}", name, &row.case);
            if shown.iter().any(is_truth) {
                continue;
            }
            // The filter of a cell keeps the cases with all of its values, or with none.
            let filter = analysis.info().filter_of(&field, shown).unwrap().to_string();
            let kept: Vec<bool> = cases
                .iter()
                .map(|case| {
                    let values = values(case, name);
                    let has_all = shown.iter().all(|value| values.contains(value));
                    if shown.is_empty() { values.is_empty() } else { has_all }
                })
                .collect();
            prop_assert_eq!(cases_of(&model, &filter), kept, "{}", filter);
        }
    }
}

proptest! {
    #![proptest_config(crate::runs(200))]

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
        for completion in filter::complete(text, cursor, events, &log, &[]) {
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
