//! Random small logs of tests: rows as a log, and the log ready to answer.

#![allow(dead_code, reason = "each test program uses a part of it")]
#![allow(clippy::unwrap_used, missing_docs, reason = "this is a part of tests")]

use casetrail::engine::Analysis;
use casetrail::event_log::{
    BlockColumn, ColumnKind, ColumnSpec, EventLog, LogBuilder, NO_INSTANT, Progress, Role,
    RowBlock, Schema,
};
use casetrail::formats::ImportReport;

/// Microseconds.
pub const SECOND: i64 = 1_000_000;

/// A value of a column; `None` where it is missing.
pub enum Cell {
    Text(Option<String>),
    Number(Option<f64>),
    Second(Option<i64>),
}

impl Cell {
    /// A letter and a number, as `r1`.
    pub fn named(letter: char, number: Option<u8>) -> Cell {
        Cell::Text(number.map(|n| format!("{letter}{n}")))
    }
}

/// A row: case `c0`, activity `a0`, seconds of its time and start, and a value of each column.
pub struct Event {
    pub case: u8,
    pub activity: u8,
    pub second: i64,
    pub start: Option<i64>,
    pub cells: Vec<Cell>,
}

/// The columns of a log besides case, activity and time.
#[derive(Default)]
pub struct Columns<'a> {
    pub named: &'a [(&'a str, ColumnKind)],
    /// Position of the resource among them.
    pub resource: Option<usize>,
    /// The rows have starts.
    pub starts: bool,
}

/// Name of an activity.
pub fn name(activity: u8) -> String {
    format!("a{activity}")
}

/// The log of rows, built of blocks of `cut` rows.
pub fn log(columns: &Columns<'_>, events: &[Event], cut: usize) -> EventLog {
    let spec = |(name, kind): &(&str, ColumnKind)| ColumnSpec {
        name: (*name).into(),
        kind: *kind,
    };
    let mut schema = Schema {
        columns: columns.named.iter().map(spec).collect(),
        has_start: columns.starts,
        ..Schema::default()
    };
    schema.role_columns[Role::Resource] = columns.resource;
    let mut builder = LogBuilder::new(schema.clone());
    for part in events.chunks(cut.max(1)) {
        let mut block = RowBlock::new(&schema, part.len());
        for event in part {
            block.case.push(format!("c{}", event.case).as_bytes());
            block.activity.push(name(event.activity).as_bytes());
            block.time.push(event.second * SECOND);
            if let Some(start) = &mut block.start {
                start.push(event.start.map_or(NO_INSTANT, |at| at * SECOND));
            }
            for pair in block.columns.iter_mut().zip(&event.cells) {
                match pair {
                    (BlockColumn::Text(texts), Cell::Text(Some(text))) => {
                        texts.push(text.as_bytes());
                    }
                    (BlockColumn::Text(texts), Cell::Text(None)) => texts.push_missing(),
                    (BlockColumn::Number(numbers), Cell::Number(number)) => {
                        numbers.push(number.unwrap_or(f64::NAN));
                    }
                    (BlockColumn::Instant(instants), Cell::Second(at)) => {
                        instants.push(at.map_or(NO_INSTANT, |at| at * SECOND));
                    }
                    _ => panic!("a cell is of another kind than its column"),
                }
            }
        }
        builder.push(block);
    }
    builder.finish(&Progress::default()).unwrap().0
}

/// The log, ready to answer.
pub fn analysis(log: EventLog) -> Analysis {
    let (zone, progress) = (chrono_tz::UTC, Progress::default());
    let report = ImportReport::default();
    Analysis::new("log".to_owned(), log, report, zone, &progress).unwrap()
}
