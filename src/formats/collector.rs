//! Rows whose columns are found as they come: events of XES, objects of JSON. All values are texts
//! here; what is of numbers or instants throughout becomes so in the end (`promote`). A [`Sheet`]
//! holds the rows of one piece of the input, a [`Collector`] the log that is made of them.

use super::ImportReport;
use crate::event_log::{BlockColumn, LogBuilder, NO_INSTANT, RowBlock, Schema, TextBuilder};
use crate::formats::Warning;
use hashbrown::HashMap;
use std::ops::Range;

/// Rows of a block: enough that interning them anew costs little, few enough to cancel soon.
const BLOCK_ROWS: usize = 1 << 16;

/// The most columns that a log may have: each costs memory for every row.
pub const MAX_COLUMNS: usize = 2048;

/// The position of a column beyond [`MAX_COLUMNS`]: what is set there is left out.
pub const NOWHERE: usize = usize::MAX;

/// Rows of one piece of the input. A column that a row does not set is missing in it.
pub struct Sheet {
    case: TextBuilder,
    activity: TextBuilder,
    time: Vec<i64>,
    start: Option<Vec<i64>>,
    columns: Vec<(Box<str>, TextBuilder)>,
    by_name: HashMap<Box<str>, usize>,
    /// True if columns were left out because there were too many.
    pub overflow: bool,
}

impl Sheet {
    /// No rows yet; `has_start` says that rows bear the start of their activity instance.
    pub fn new(has_start: bool) -> Self {
        Sheet {
            case: TextBuilder::default(),
            activity: TextBuilder::default(),
            time: Vec::new(),
            start: has_start.then(Vec::new),
            columns: Vec::new(),
            by_name: HashMap::new(),
            overflow: false,
        }
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.time.len()
    }

    /// The position of the column of that name, which is added if it is new and there is room.
    pub fn column(&mut self, name: &str) -> usize {
        if let Some(&column) = self.by_name.get(name) {
            return column;
        }
        let column = self.columns.len();
        if column == MAX_COLUMNS {
            self.overflow = true;
            return NOWHERE;
        }
        self.by_name.insert(name.into(), column);
        self.columns.push((name.into(), TextBuilder::default()));
        column
    }

    /// Sets a column of the last row to a piece of `bytes`, unless it is set already.
    #[inline]
    pub fn set(&mut self, column: usize, bytes: &[u8], piece: Range<usize>) {
        let row = self.time.len().saturating_sub(1);
        if let Some((_, texts)) = self.columns.get_mut(column)
            && texts.len() <= row
        {
            // Rows that did not set it left a gap, which is filled only now. Few have one, so that the rest calls nothing.
            if texts.len() < row {
                texts.pad(row);
            }
            texts.push_within(bytes, piece);
        }
    }

    /// Sets a column of all rows since `from`, unless one of them has a value of its own.
    pub fn set_since(&mut self, from: usize, column: usize, text: &[u8]) {
        let n = self.time.len() - from;
        if let Some((_, texts)) = self.columns.get_mut(column)
            && texts.len() <= from
        {
            texts.pad(from);
            texts.push_run(text, n);
        }
    }

    /// Adds a row: instants in microseconds since 1970, `start` only where rows bear starts. Its
    /// case and the values of its columns are to follow.
    #[inline]
    pub fn push(&mut self, activity: &[u8], time: i64, start: Option<i64>) {
        self.activity.push(activity);
        self.time.push(time);
        if let Some(starts) = &mut self.start {
            starts.push(start.unwrap_or(NO_INSTANT));
        }
    }

    /// Assigns the case id to the next `n` rows without one.
    #[inline]
    pub fn push_case(&mut self, case: &[u8], n: usize) {
        self.case.push_run(case, n);
    }

    /// No rows, but the same columns.
    fn renewed(&self) -> Self {
        // Positions of columns were given out and are kept by callers, so the next sheet has the
        // same ones.
        let columns = self.columns.iter();
        Sheet {
            columns: columns
                .map(|(name, _)| (name.clone(), TextBuilder::default()))
                .collect(),
            by_name: self.by_name.clone(),
            overflow: self.overflow,
            ..Sheet::new(self.start.is_some())
        }
    }
}

/// Collects rows into a builder. Of a column that is set twice for a row the last value counts.
pub struct Collector {
    builder: LogBuilder,
    by_name: HashMap<Box<str>, usize>,
    overflow: bool,
    /// The rows that were pushed one by one.
    sheet: Sheet,
    /// Values of the row to come, by column of the sheet: a piece of `bytes`.
    values: Vec<Option<Range<usize>>>,
    bytes: Vec<u8>,
}

impl Collector {
    /// No rows yet; `has_start` says that rows bear the start of their activity instance.
    pub fn new(has_start: bool) -> Self {
        Collector {
            builder: LogBuilder::new(Schema {
                has_start,
                ..Schema::default()
            }),
            by_name: HashMap::new(),
            overflow: false,
            sheet: Sheet::new(has_start),
            values: Vec::new(),
            bytes: Vec::new(),
        }
    }

    /// Number of rows so far.
    pub fn n_rows(&self) -> usize {
        self.builder.n_rows() + self.sheet.len()
    }

    /// The position of the column of that name, which is added if it is new; [`NOWHERE`] where
    /// there is no room for it.
    pub fn column(&mut self, name: &str) -> usize {
        let column = self.sheet.column(name);
        if column == self.values.len() {
            self.values.push(None);
        }
        column
    }

    /// Sets the value of a column in the row to come.
    pub fn set(&mut self, column: usize, value: &[u8]) {
        if let Some(piece) = self.values.get_mut(column) {
            let from = self.bytes.len();
            self.bytes.extend_from_slice(value);
            *piece = Some(from..self.bytes.len());
        }
    }

    /// Forgets what was set for the row to come.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.values.fill(None);
    }

    /// Ends the row: instants in microseconds since 1970, `start` only where rows bear starts.
    pub fn push(&mut self, case: &[u8], activity: &[u8], time: i64, start: Option<i64>) {
        self.sheet.push(activity, time, start);
        self.sheet.push_case(case, 1);
        for (column, piece) in self.values.iter().enumerate() {
            if let Some(piece) = piece {
                self.sheet.set(column, &self.bytes, piece.clone());
            }
        }
        self.clear();
        if self.sheet.len() == BLOCK_ROWS {
            self.flush();
        }
    }

    fn flush(&mut self) {
        let renewed = self.sheet.renewed();
        let sheet = std::mem::replace(&mut self.sheet, renewed);
        self.append(sheet);
    }

    /// Adds the rows of a sheet, which follow all others in the input; each has a case.
    pub fn append(&mut self, sheet: Sheet) {
        let n = sheet.len();
        debug_assert_eq!(sheet.case.len(), n, "each row has a case");
        self.overflow |= sheet.overflow;
        let mut placed = Vec::new();
        for (name, mut texts) in sheet.columns {
            let column = self.place(name);
            if column != NOWHERE {
                texts.pad(n);
                placed.push((column, texts));
            }
        }
        // Each block has all columns of the log so far, also those that only earlier sheets had.
        let mut columns: Vec<Option<TextBuilder>> = Vec::new();
        columns.resize_with(self.by_name.len(), || None);
        for (column, texts) in placed {
            columns[column] = Some(texts);
        }
        let missing = || {
            let mut texts = TextBuilder::default();
            texts.pad(n);
            texts
        };
        let columns = columns.into_iter();
        self.builder.push(RowBlock {
            case: sheet.case,
            activity: sheet.activity,
            time: sheet.time,
            start: sheet.start,
            columns: columns
                .map(|texts| BlockColumn::Text(texts.unwrap_or_else(missing)))
                .collect(),
        });
    }

    /// The position of a column in the log.
    fn place(&mut self, name: Box<str>) -> usize {
        let next = self.by_name.len();
        match self.by_name.get(&name) {
            Some(&column) => column,
            None if next == MAX_COLUMNS => {
                self.overflow = true;
                NOWHERE
            }
            None => {
                self.builder.add_text_column(&name);
                self.by_name.insert(name, next);
                next
            }
        }
    }

    /// Returns whether columns were left out because there were too many.
    pub fn overflows(&self) -> bool {
        self.overflow
    }

    /// Warns where columns were left out.
    pub fn report(&self, report: &mut ImportReport) {
        if self.overflow || self.sheet.overflow {
            report.warn(
                Warning::ManyColumns,
                format!("only the first {MAX_COLUMNS} attributes became columns"),
            );
        }
    }

    /// The builder with all rows; roles are set on its schema by the one who knows them.
    pub fn into_builder(mut self) -> LogBuilder {
        self.flush();
        self.builder
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event_log::{EventLog, Progress, Value};

    fn finished(collector: Collector) -> (EventLog, ImportReport) {
        let mut report = ImportReport::default();
        collector.report(&mut report);
        let builder = collector.into_builder();
        (builder.finish(&Progress::default()).unwrap().0, report)
    }

    #[test]
    fn rows_bear_what_was_set_last() {
        let mut rows = Collector::new(false);
        let a = rows.column("a");
        rows.set(a, b"1");
        rows.set(a, b"2");
        rows.push(b"c", b"X", 1, None);
        let b = rows.column("b");
        rows.set(b, b"dropped");
        rows.clear();
        rows.set(b, b"3");
        rows.push(b"c", b"Y", 2, None);
        assert_eq!(rows.n_rows(), 2);
        let (log, _) = finished(rows);
        let value = |name: &str, row| log.column(name).unwrap().value(row);
        assert_eq!(
            [value("a", 0), value("a", 1)],
            [Value::Text("2"), Value::Missing]
        );
        assert_eq!(
            [value("b", 0), value("b", 1)],
            [Value::Missing, Value::Text("3")]
        );
    }

    #[test]
    fn sheets_with_different_columns_make_one_log() {
        let sheet = |column: &str, case: &[u8]| {
            let mut sheet = Sheet::new(false);
            let own = sheet.column(column);
            let of_case = sheet.column("case:k");
            sheet.push(b"X", 1, None);
            sheet.push(b"Y", 2, None);
            sheet.set(own, b"v", 0..1);
            sheet.set_since(0, of_case, case);
            sheet.push_case(case, 2);
            sheet
        };
        let mut rows = Collector::new(false);
        rows.append(sheet("a", b"c1"));
        rows.append(sheet("b", b"c2"));
        let (log, _) = finished(rows);
        let names: Vec<&str> = log.columns.iter().map(|c| c.name.as_str()).collect();
        assert_eq!(names, ["a", "case:k", "b"]);
        assert_eq!(log.columns[1].value(1), Value::Text("c2"));
        assert_eq!(log.columns[2].value(3), Value::Text("v"));
        assert_eq!(log.columns[2].value(1), Value::Missing);
    }

    #[test]
    fn columns_without_end_are_left_out() {
        let mut rows = Collector::new(false);
        for i in 0..MAX_COLUMNS + 10 {
            let column = rows.column(&i.to_string());
            rows.set(column, b"x");
        }
        rows.push(b"c", b"A", 0, None);
        let (log, report) = finished(rows);
        assert_eq!(log.columns.len(), MAX_COLUMNS);
        assert!(report.warnings.contains_key(&Warning::ManyColumns));
    }
}
