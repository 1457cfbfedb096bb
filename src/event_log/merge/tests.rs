//! Merged logs: those of rows that were cut apart are the log of all rows.

use super::*;
use crate::event_log::{
    BlockColumn, ColumnSpec, LogBuilder, Progress, RowBlock, Schema, TextBuilder, Value,
};
use proptest::prelude::*;
use std::collections::BTreeMap;

/// A row: case, activity, time, start, and a value of each column.
#[derive(Debug, Clone)]
struct Row {
    case: u8,
    activity: u8,
    time: i64,
    start: Option<i64>,
    text: Option<u8>,
    number: Option<i32>,
    instant: Option<i64>,
}

fn rows() -> impl Strategy<Value = Vec<Row>> {
    let row = (
        0u8..6,
        0u8..4,
        0i64..40,
        proptest::option::of(0i64..40),
        (
            proptest::option::of(0u8..4),
            proptest::option::of(-3i32..3),
            proptest::option::of(0i64..5),
        ),
    );
    let row = row.prop_map(
        |(case, activity, time, start, (text, number, instant))| Row {
            case,
            activity,
            time,
            start,
            text,
            number,
            instant,
        },
    );
    proptest::collection::vec(row, 0..40)
}

fn log(rows: &[Row], has_start: bool) -> EventLog {
    let spec = |name: &str, kind| ColumnSpec {
        name: name.to_owned(),
        kind,
    };
    let schema = Schema {
        columns: vec![
            spec("text", ColumnKind::Text),
            spec("number", ColumnKind::Number),
            spec("instant", ColumnKind::Instant),
        ],
        role_columns: [(Role::Resource, Some(0))].into(),
        has_start,
        ..Schema::default()
    };
    let mut block = RowBlock::new(&schema, 0);
    let mut texts = TextBuilder::default();
    for row in rows {
        block.case.push(format!("c{}", row.case).as_bytes());
        block.activity.push(format!("A{}", row.activity).as_bytes());
        block.time.push(row.time);
        if let Some(starts) = &mut block.start {
            starts.push(row.start.unwrap_or(NO_INSTANT));
        }
        match row.text {
            Some(text) => texts.push(format!("t{text}").as_bytes()),
            None => texts.push_missing(),
        }
    }
    let numbers = rows.iter().map(|r| r.number.map_or(f64::NAN, f64::from));
    let instants = rows.iter().map(|r| r.instant.unwrap_or(NO_INSTANT));
    block.columns = vec![
        BlockColumn::Text(texts),
        BlockColumn::Number(numbers.collect()),
        BlockColumn::Instant(instants.collect()),
    ];
    let mut builder = LogBuilder::new(schema);
    builder.push(block);
    builder.finish(&Progress::default()).unwrap().0
}

fn part(source: &str, log: EventLog) -> Part {
    Part {
        source: source.to_owned(),
        activity_prefix: String::new(),
        log,
    }
}

/// Activity, time, start and the values of all columns by name.
type Event = (String, i64, Option<i64>, BTreeMap<String, String>);

/// The events of each case, with all that they bear but the source.
fn events(log: &EventLog) -> BTreeMap<String, Vec<Event>> {
    let value = |column: &Column, case, event| match column.value(column.row(case, event)) {
        Value::Missing => None,
        Value::Text(text) => Some(text.to_owned()),
        other => Some(format!("{other:?}")),
    };
    let event = |case: usize, event: usize| {
        let columns = log.columns.iter().filter(|c| c.name != SOURCE);
        let values = columns.filter_map(|c| Some((c.name.clone(), value(c, case, event)?)));
        let start = log.start.as_ref().map(|s| s[event]);
        let activity = log.activities.get(log.activity.get(event)).to_owned();
        let start = start.filter(|s| *s != NO_INSTANT);
        (activity, log.time[event], start, values.collect())
    };
    let case = |case: usize| {
        let id = log.case_ids.get(case as u32).to_owned();
        (id, log.events_of(case).map(|e| event(case, e)).collect())
    };
    (0..log.n_cases()).map(case).collect()
}

proptest! {
    #[test]
    fn parts_of_a_log_make_the_log(
        rows in rows(),
        cuts in proptest::collection::vec(0usize..40, 0..4),
        has_start in any::<bool>(),
    ) {
        let whole = log(&rows, has_start);
        let mut cuts: Vec<usize> = cuts.into_iter().map(|c| c.min(rows.len())).collect();
        cuts.sort_unstable();
        let bounds: Vec<usize> = [0].into_iter().chain(cuts).chain([rows.len()]).collect();
        let parts = bounds.windows(2).map(|w| part("p", log(&rows[w[0]..w[1]], has_start)));
        let merged = merge(parts.collect());
        prop_assert_eq!(events(&merged), events(&whole));
        prop_assert_eq!(merged.case_offsets.as_ref(), whole.case_offsets.as_ref());
        prop_assert_eq!(merged.case_ids, whole.case_ids);
        prop_assert_eq!(merged.role_columns[Role::Resource], Some(0));
    }

    #[test]
    fn rows_may_go_to_any_part_where_times_are_distinct(
        mut rows in rows(),
        to in proptest::collection::vec(0usize..3, 40),
    ) {
        for (i, row) in rows.iter_mut().enumerate() {
            // Every row begins at a moment of its own.
            row.time = row.time * 100 + i as i64;
            row.start = None;
        }
        let of_part = |p: usize| {
            let rows = rows.iter().zip(&to).filter(|(_, to)| **to == p);
            let rows: Vec<Row> = rows.map(|(row, _)| row.clone()).collect();
            part(&format!("p{p}"), log(&rows, false))
        };
        let merged = merge((0..3).map(of_part).collect());
        prop_assert_eq!(events(&merged), events(&log(&rows, false)));
        let source = merged.column(SOURCE).unwrap();
        for case in 0..merged.n_cases() {
            for event in merged.events_of(case) {
                let at = merged.time[event] as usize % 100;
                let want = format!("p{}", to[at]);
                prop_assert_eq!(source.value(source.row(case, event)), Value::Text(&want));
            }
        }
    }
}

fn small(columns: &[(&str, ColumnData)]) -> EventLog {
    let mut log = crate::test_support::log("c1: A B");
    log.columns = columns
        .iter()
        .map(|(name, data)| Column {
            name: (*name).to_owned(),
            level: Level::Event,
            data: data.clone(),
        })
        .collect();
    log
}

fn texts(values: &[&str]) -> ColumnData {
    let dictionary: Dictionary = std::iter::once("").chain(values.iter().copied()).collect();
    let codes = Codes::pack((0..values.len()).map(|i| i as u32 + 1), dictionary.len());
    ColumnData::Text(codes, dictionary)
}

fn column_of(log: &EventLog, name: &str) -> Vec<String> {
    let column = log.column(name).unwrap();
    let values = log
        .events_of(0)
        .map(|event| column.value(column.row(0, event)));
    values
        .map(|value| match value {
            Value::Text(text) => text.to_owned(),
            Value::Missing => "-".to_owned(),
            other => format!("{other:?}"),
        })
        .collect()
}

#[test]
fn ties_stand_in_the_order_of_the_logs() {
    let a = crate::test_support::log("c1: A B @0 +9; c2: X");
    let b = crate::test_support::log("c1: C D @0 +9");
    let mut merged = vec![part("a", a), part("b", b)];
    merged[1].activity_prefix = "web: ".to_owned();
    let merged = merge(merged);
    let names: Vec<&str> = merged
        .events_of(0)
        .map(|e| merged.activities.get(merged.activity.get(e)))
        .collect();
    assert_eq!(names, ["A", "web: C", "B", "web: D"]);
    assert_eq!(column_of(&merged, SOURCE), ["a", "b", "a", "b"]);
    assert_eq!(merged.n_cases(), 2);
}

#[test]
fn columns_of_a_role_are_one_whatever_their_names() {
    let mut a = small(&[("agent", texts(&["Ann", "Bob"]))]);
    let mut b = small(&[("x", texts(&["1", "2"])), ("owner", texts(&["Cid", "Ann"]))]);
    a.role_columns[Role::Resource] = Some(0);
    b.role_columns[Role::Resource] = Some(1);
    let merged = merge(vec![part("a", a.clone()), part("b", b)]);
    assert_eq!(merged.role_columns[Role::Resource], Some(0));
    assert_eq!(column_of(&merged, "agent"), ["Ann", "Cid", "Bob", "Ann"]);
    assert!(merged.column("owner").is_none());
    // A column that is called so already stays what it is.
    let mut b = small(&[
        ("agent", texts(&["1", "2"])),
        ("owner", texts(&["Cid", "Ann"])),
    ]);
    b.role_columns[Role::Resource] = Some(1);
    let merged = merge(vec![part("a", a), part("b", b)]);
    assert_eq!(column_of(&merged, "agent"), ["Ann", "1", "Bob", "2"]);
    assert_eq!(column_of(&merged, "owner"), ["-", "Cid", "-", "Ann"]);
}

#[test]
fn mixed_columns_become_texts_and_source_gives_way() {
    let numbers = ColumnData::Number(Numbers::pack(vec![1.5, f64::NAN]));
    let a = small(&[("n", numbers), ("source", texts(&["x", "y"]))]);
    let b = small(&[("n", texts(&["one", "two"]))]);
    assert_eq!(mixed_columns(&[&a, &b]), ["n"]);
    let merged = merge(vec![part("a", a), part("a", b)]);
    assert_eq!(column_of(&merged, "n"), ["1.5", "one", "-", "two"]);
    assert_eq!(column_of(&merged, "source"), ["x", "-", "y", "-"]);
    assert_eq!(column_of(&merged, "log:source"), ["a", "a", "a", "a"]);
}

#[test]
fn rows_without_a_start_have_none() {
    let mut a = crate::test_support::log("c1: A @100");
    a.start = Some(vec![a.time[0] - 50_000_000].into());
    let b = crate::test_support::log("c1: B C @60 +0");
    let merged = merge(vec![part("a", a), part("b", b)]);
    let start = merged.start.as_ref().unwrap();
    let known: Vec<bool> = start.iter().map(|s| *s != NO_INSTANT).collect();
    // A begins at 50, so it stands before B and C at 60.
    assert_eq!(known, [true, false, false]);
}
