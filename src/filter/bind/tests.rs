//! Filters on small logs, and what is refused with which words.

use super::*;
use crate::event_log::{BlockColumn, Role};
use crate::event_log::{ColumnKind, ColumnSpec, LogBuilder, Progress, RowBlock, Schema};
use crate::filter::{Conformity, parse, parse_events};
use chrono_tz::Tz;

/// Three cases of one event: Open in c1, Assign in c2, Close in c3.
fn log(resource: bool) -> EventLog {
    let column = |name: &str, kind| ColumnSpec {
        name: name.to_owned(),
        kind,
    };
    let schema = Schema {
        columns: vec![
            column("org:resource", ColumnKind::Text),
            column("Cost center", ColumnKind::Number),
            column("due", ColumnKind::Instant),
        ],
        role_columns: [(Role::Resource, resource.then_some(0))].into(),
        roles: [
            (Role::Case, vec!["Case".to_owned(), "Item".to_owned()]),
            (Role::Activity, vec!["Task".to_owned()]),
            (Role::Time, vec!["when".to_owned()]),
        ]
        .into(),
        ..Schema::default()
    };
    let mut block = RowBlock::new(&schema, 3);
    for (i, activity) in ["Open", "Assign", "Close"].into_iter().enumerate() {
        block.case.push(format!("c{}", i + 1).as_bytes());
        block.activity.push(activity.as_bytes());
        block.time.push(i as i64 * 86_400_000_000);
        match block.columns.as_mut_slice() {
            [
                BlockColumn::Text(text),
                BlockColumn::Number(n),
                BlockColumn::Instant(t),
            ] => {
                text.push(b"Ann");
                n.push(i as f64);
                t.push(i as i64);
            }
            _ => unreachable!("the columns of the schema"),
        }
    }
    let mut builder = LogBuilder::new(schema);
    builder.push(block);
    builder.finish(&Progress::default()).unwrap().0
}

fn cases(text: &str, tz: Tz) -> Vec<usize> {
    let log = log(true);
    let index = Index::build(&log, &Progress::default()).unwrap();
    let bound = bind(&parse(text).unwrap(), &log, tz).unwrap_or_else(|e| panic!("{text}: {e}"));
    bound.cases(&log, &index).iter().collect()
}

#[test]
fn fields_are_found_by_word_and_by_name() {
    for (text, wanted) in [
        ("case = \"c2\"", vec![1]),
        ("activity = \"Open\"", vec![0]),
        ("Task in (\"Open\", \"Close\", \"Nothing\")", vec![0, 2]),
        ("when >= 1970-01-02", vec![1, 2]),
        ("resource = \"Ann\"", vec![0, 1, 2]),
        ("`org:resource` != \"Ann\"", vec![]),
        ("`Cost center` > \"0.5\"", vec![1, 2]),
        ("`Cost center` = \"1,0\"", vec![1]),
        ("`Cost center` ~ \"^[01]$\"", vec![0, 1]),
        ("due = \"1970-01-01 00:00:00.000001\"", vec![1]),
        ("due ~ \"[.]000001$\" or when ~ \"-03T\"", vec![1, 2]),
        ("start ~ \"^1970-01-0[12] \"", vec![0, 1]),
        ("started 1970-01-02..=1970-01-03", vec![1, 2]),
        ("variant = 1", vec![1]),
        // 1970-01-01 was a Thursday.
        ("start.weekday = thu", vec![0]),
        ("start.weekday in (Fri, \"sun\")", vec![1]),
        ("end.weekday > thu and end.hour = 0", vec![1, 2]),
        ("end.hour != 0", vec![]),
        ("event(activity != \"Open\" and `Cost center` < 2)", vec![1]),
        ("event(resource = \"ann\" and 1970-01-02..)", vec![1, 2]),
        (
            "first(Task) = \"open\" or last(due) = 1970-01-01T00:00:00.000002Z",
            vec![0, 2],
        ),
        (
            "first(`Cost center`) >= 1 and last(case) != \"c2\"",
            vec![2],
        ),
        (
            "first(time) is missing or last(resource) is missing",
            vec![],
        ),
    ] {
        assert_eq!(cases(text, Tz::UTC), wanted, "{text}");
    }
}

#[test]
fn times_without_offset_are_of_the_zone() {
    let vienna = chrono_tz::Europe::Vienna;
    assert_eq!(cases("started 1970-01-02", vienna), [1]);
    assert_eq!(cases("started 1970-01-02T01:00", vienna), [1]);
    assert_eq!(cases("started 1970-01-02T00:00", vienna), [0usize; 0]);
    assert_eq!(cases("started 1970-01-02T00:00Z", vienna), [1]);
    assert_eq!(cases("start.hour = 1", vienna), [0, 1, 2]);
    assert_eq!(
        cases("start.weekday = wed", chrono_tz::America::New_York),
        [0]
    );
}

fn assert_refused(text: &str, place: &str, part: &str) {
    let error = bind(&parse(text).unwrap(), &log(true), Tz::UTC).unwrap_err();
    assert_eq!(&text[error.span.clone()], place, "{text}: {error}");
    assert!(error.message.contains(part), "{text}: {error}");
}

#[test]
fn conditions_on_single_events_take_fields_of_events() {
    for (text, place, part) in [
        (
            "event(Task = \"Open\" and duration > 1d)",
            "duration",
            "is of the case",
        ),
        (
            "event(first(due) = 2024)",
            "first(due)",
            "first(due) is of the case",
        ),
        ("first(events) = 1", "events", "events is of the case"),
        ("duration \"A\" -> \"B\"", "duration", "is of the case"),
        (
            "Task \"Open\" -> \"Opn\"",
            "\"Opn\"",
            "Task is never Opn; did you mean \"Open\"",
        ),
        (
            "ping-pong [\"Ann\", \"Bob\"]",
            "\"Bob\"",
            "resource is never Bob",
        ),
        (
            "ping-pong [\"Ann\", \"Ann\"]",
            "\"Ann\"",
            "two different values",
        ),
        ("last(cost) = 1", "cost", "did you mean `Cost center`"),
        (
            "last(due) is missing and first(due) ~ \"(\"",
            "\"(\"",
            "unclosed group",
        ),
        ("first(due) = 5", "5", "first(due) takes a time"),
    ] {
        assert_refused(text, place, part);
    }
}

#[test]
fn a_value_that_cannot_be_read_selects_nothing_in_no_comparison() {
    for comparison in ["= \"much\"", "!= \"much\"", "in (1, \"much\")"] {
        let text = format!("`Cost center` {comparison}");
        assert_refused(&text, "\"much\"", "takes a number");
    }
}

#[test]
fn errors_name_the_place_and_the_nearest_names() {
    for (text, place, part) in [
        ("\"Asign\"", "\"Asign\"", "did you mean \"Assign\""),
        (
            "\"Open\" -> \"assig\"",
            "\"assig\"",
            "did you mean \"Assign\"",
        ),
        ("Open", "Open", "Did you mean \"Open\" (an activity)?"),
        (
            "ann",
            "ann",
            "Did you mean `org:resource` = \"Ann\" (a value)?",
        ),
        (
            "lose and events > 1",
            "lose",
            "Did you mean \"Close\" (an activity)?",
        ),
        ("Assign it", "Assign it", "Activities need quotes"),
        ("due", "due", "is a column"),
        ("duration is missing", "duration", "never missing"),
        ("due = \"soon\"", "\"soon\"", "takes a time"),
        ("started today", "", "today"),
        ("not count(\"opn\") > 1", "\"opn\"", "did you mean \"Open\""),
        ("cost = 5", "cost", "did you mean `Cost center`"),
        (
            "`cost centre` = 5",
            "`cost centre`",
            "did you mean `Cost center`",
        ),
        ("Item = 5", "Item", "no column Item"),
        ("Open = 5", "Open", "double quotes: \"Open\""),
        ("queued \"Asign\"", "\"Asign\"", "did you mean \"Assign\""),
        ("start.weekday = 1", "1", "mon, tue, wed"),
        ("start.hour = 24", "24", "an hour, 0 to 23"),
        ("end.hour < 7.5", "7.5", "an hour, 0 to 23"),
        ("end.hour = mon", "mon", "an hour, 0 to 23"),
        ("start.weekday ~ \"m\"", "\"m\"", "~ looks in text"),
        ("region = mon", "region", "no column region"),
        ("resource = mon", "mon", "text in double quotes"),
        ("duration > 5", "5", "a duration such as"),
        ("duration > true", "true", "a duration such as"),
        ("events > 3d", "3d", "events takes a number"),
        ("events ~ \"5\"", "\"5\"", "~ looks in text"),
        ("start > 5", "5", "start takes a time"),
        ("time = \"soon\"", "\"soon\"", "time takes a time"),
        ("`Cost center` > \"much\"", "\"much\"", "takes a number"),
        ("`Cost center` = true", "true", "takes a number"),
        ("`Cost center` > 2024-01", "2024-01", "takes a number"),
        ("due > 5", "5", "takes a time"),
        ("due ~ \"(\"", "\"(\"", "unclosed group"),
        ("due ~ 5", "5", "a regex in double quotes"),
        (
            "resource = 3d",
            "3d",
            "takes text in double quotes or a number",
        ),
        (
            "resource < true",
            "true",
            "takes text in double quotes or a number",
        ),
        ("resource ~ \"(\"", "\"(\"", "bad regex: unclosed group"),
        (
            "resource ~ \"a{9}{9}{9}{9}{9}{9}\"",
            "\"a{9}{9}{9}{9}{9}{9}\"",
            "too large",
        ),
    ] {
        assert_refused(text, place, part);
    }
    let error = bind(&parse("resource = \"x\"").unwrap(), &log(false), Tz::UTC).unwrap_err();
    assert_eq!(error.message, "the log has no resource");
    let queued = parse("queued resource \"x\"").unwrap();
    let error = bind(&queued, &log(false), Tz::UTC).unwrap_err();
    assert_eq!(error.message, "the log has no resource");
    let cond = parse_events("duration > 3d").unwrap();
    let error = bind_events(&cond, &log(true), Tz::UTC).unwrap_err();
    assert!(error.message.contains("is of the case"), "{error}");
}

#[test]
fn another_letter_case_is_matched_with_a_note() {
    let log = log(true);
    let notes = |text: &str| {
        let bound = bind(&parse(text).unwrap(), &log, Tz::UTC).unwrap();
        bound.notes().join("; ")
    };
    assert_eq!(cases("\"open\" or case = \"C3\"", Tz::UTC), [0, 2]);
    assert_eq!(cases("resource != \"ANN\"", Tz::UTC), [0usize; 0]);
    assert_eq!(
        notes("\"open\""),
        "activity has no \"open\"; matched \"Open\""
    );
    assert_eq!(
        notes("Task = \"OPEN\""),
        "Task has no \"OPEN\"; matched \"Open\""
    );
}

#[test]
fn a_value_that_never_occurs_is_noted_with_the_nearest() {
    let log = log(true);
    let notes = |text: &str| {
        let bound = bind(&parse(text).unwrap(), &log, Tz::UTC).unwrap();
        bound.notes().join("; ")
    };
    for (text, note) in [
        (
            "Task = \"Opn\"",
            "Task has no \"Opn\"; did you mean \"Open\"?",
        ),
        (
            "resource != \"Anne\"",
            "resource has no \"Anne\"; did you mean \"Ann\"?",
        ),
    ] {
        assert_eq!(notes(text), note, "{text}");
    }
    let one_of = notes("Task in (\"Open\", \"Opn\")");
    assert!(one_of.starts_with("Task has no \"Opn\"; "), "{one_of}");
    for occurs in ["Task = \"Open\"", "Task ~ \"Opn\"", "case != \"c1\""] {
        assert_eq!(notes(occurs), "", "{occurs}");
    }
}

#[test]
fn times_are_read_as_the_file_writes_them_and_relative_to_now() {
    let log = log(true);
    let index = Index::build(&log, &Progress::default()).unwrap();
    let read = |column: &str, text: &str| (column == "due" && text == "two").then_some(2);
    let inputs = BindInputs {
        tz: Tz::UTC,
        now: Some(2 * 86_400_000_000 + 5),
        read_time: Some(&read),
        open: Some(&|| CaseSet::from_fn(3, |case| case == 1)),
        conforming: Some(&|conformity| {
            let fits = *conformity == Conformity::Fits;
            Ok(CaseSet::from_fn(3, |case| (case == 2) == fits))
        }),
        noted: None,
        cancel: None,
    };
    for (text, wanted) in [
        ("due = \"two\"", vec![2]),
        ("due != \"two\"", vec![0, 1]),
        ("due is missing", vec![]),
        ("due is not missing", vec![0, 1, 2]),
        ("today", vec![2]),
        ("started last 1d", vec![2]),
        ("last 25h", vec![1, 2]),
        ("open", vec![1]),
        ("closed and \"Open\"", vec![0]),
        ("fits", vec![2]),
        ("missing \"Open\" and not extra \"Close\"", vec![]),
        ("deviates", vec![0, 1]),
        ("`Cost center` is missing or case is missing", vec![]),
    ] {
        let bound = bind(&parse(text).unwrap(), &log, inputs).unwrap();
        let found: Vec<usize> = bound.cases(&log, &index).iter().collect();
        assert_eq!(found, wanted, "{text}");
    }
}

#[test]
fn a_log_without_cases_has_an_answer() {
    let log = EventLog::default();
    let index = Index::build(&log, &Progress::default()).unwrap();
    for text in [
        "duration > 3d",
        "events = 1",
        "during 2024",
        "not case = \"x\"",
    ] {
        let bound = bind(&parse(text).unwrap(), &log, Tz::UTC).unwrap();
        assert_eq!(bound.cases(&log, &index).count(), 0, "{text}");
    }
    assert!(bind(&parse("\"A\"").unwrap(), &log, Tz::UTC).is_err());
    let cond = parse_events("time in 2024").unwrap();
    assert!(
        bind_events(&cond, &log, Tz::UTC)
            .unwrap()
            .rows(&log)
            .is_empty()
    );
}
