//! Rows whose columns are found as they come: events of XES, objects of JSON. All values are texts
//! here; what is of numbers or instants throughout becomes so in the end (`promote`).

use crate::event_log::{BlockColumn, LogBuilder, RowBlock, Schema, TextBuilder};
use hashbrown::HashMap;
use std::ops::Range;

/// Rows of a block: enough that interning them anew costs little, few enough to cancel soon.
const BLOCK_ROWS: usize = 1 << 16;

/// Collects rows into a builder. Of a column that is set twice for a row the last value counts.
pub struct Collector {
    builder: LogBuilder,
    block: RowBlock,
    by_name: HashMap<Box<str>, usize>,
    /// Values of the row to come, by column: a piece of `bytes`.
    values: Vec<Option<Range<usize>>>,
    bytes: Vec<u8>,
}

impl Collector {
    /// No rows yet; `has_start` says that rows bear the start of their activity instance.
    pub fn new(has_start: bool) -> Self {
        let schema = Schema {
            has_start,
            ..Schema::default()
        };
        Collector {
            block: RowBlock::new(&schema, 0),
            builder: LogBuilder::new(schema),
            by_name: HashMap::new(),
            values: Vec::new(),
            bytes: Vec::new(),
        }
    }

    /// Number of rows so far.
    pub fn n_rows(&self) -> usize {
        self.builder.n_rows() + self.block.len()
    }

    /// The position of the column of that name, which is added if it is new.
    pub fn column(&mut self, name: &str) -> usize {
        if let Some(&column) = self.by_name.get(name) {
            return column;
        }
        let column = self.values.len();
        self.by_name.insert(name.into(), column);
        self.values.push(None);
        self.builder.add_text_column(name);
        let mut texts = TextBuilder::with_capacity(self.block.len());
        for _ in 0..self.block.len() {
            texts.push_missing();
        }
        self.block.columns.push(BlockColumn::Text(texts));
        column
    }

    /// The position of a column that some row has.
    pub fn find(&self, name: &str) -> Option<usize> {
        self.by_name.get(name).copied()
    }

    /// Sets the value of a column in the row to come.
    pub fn set(&mut self, column: usize, value: &[u8]) {
        let from = self.bytes.len();
        self.bytes.extend_from_slice(value);
        self.values[column] = Some(from..self.bytes.len());
    }

    /// Forgets what was set for the row to come.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.values.fill(None);
    }

    /// Ends the row: instants in microseconds since 1970, `start` only where rows bear starts.
    pub fn push(&mut self, case: &[u8], activity: &[u8], time: i64, start: Option<i64>) {
        let block = &mut self.block;
        block.case.push(case);
        block.activity.push(activity);
        block.time.push(time);
        if let Some(starts) = &mut block.start {
            starts.push(start.unwrap_or(crate::event_log::NO_INSTANT));
        }
        for (column, value) in block.columns.iter_mut().zip(&self.values) {
            if let BlockColumn::Text(texts) = column {
                match value {
                    Some(piece) => texts.push(&self.bytes[piece.clone()]),
                    None => texts.push_missing(),
                }
            }
        }
        self.clear();
        if self.block.len() == BLOCK_ROWS {
            self.flush();
        }
    }

    fn flush(&mut self) {
        let empty = RowBlock::new(self.builder.schema(), 0);
        self.builder.push(std::mem::replace(&mut self.block, empty));
    }

    /// The builder with all rows; roles are set on its schema by the one who knows them.
    pub fn into_builder(mut self) -> LogBuilder {
        self.flush();
        self.builder
    }
}
