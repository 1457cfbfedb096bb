//! An attribute of events or of cases, as one typed column.

use super::codes::gather;
use super::{Buffer, Codes, Dictionary, NO_INSTANT, Numbers};
use serde::{Deserialize, Serialize};

/// Type of a column's values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ColumnKind {
    /// Text.
    Text,
    /// Numbers, all of them.
    Number,
    /// Instants, all of them.
    Instant,
}

/// Level of a column: one value per event or one per case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Level {
    /// A row is an event.
    Event,
    /// All events of a case bear the same value: a row is a case.
    Case,
}

/// The values of a column.
#[derive(Debug, Clone, PartialEq)]
pub enum ColumnData {
    /// Codes into the dictionary; code 0 means missing (the dictionary holds "" there).
    Text(Codes, Dictionary),
    /// NaN means missing.
    Number(Numbers),
    /// Microseconds since 1970-01-01T00:00Z; [`NO_INSTANT`] means missing.
    Instant(Buffer<i64>),
}

/// A named column.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// Name in the log.
    pub name: String,
    /// Level of a row: event or case.
    pub level: Level,
    /// The values.
    pub data: ColumnData,
}

/// One value of a column.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value<'a> {
    /// No value.
    Missing,
    /// A text.
    Text(&'a str),
    /// A number.
    Number(f64),
    /// Microseconds since 1970-01-01T00:00Z.
    Instant(i64),
}

impl Column {
    /// Type of the values.
    pub fn kind(&self) -> ColumnKind {
        match self.data {
            ColumnData::Text(..) => ColumnKind::Text,
            ColumnData::Number(_) => ColumnKind::Number,
            ColumnData::Instant(_) => ColumnKind::Instant,
        }
    }

    /// The value of a row: of a case or of an event, as the level says.
    pub fn value(&self, row: usize) -> Value<'_> {
        match &self.data {
            ColumnData::Text(codes, dictionary) => match codes.get(row) {
                0 => Value::Missing,
                code => Value::Text(dictionary.get(code)),
            },
            ColumnData::Number(values) => match values.get(row) {
                value if value.is_nan() => Value::Missing,
                value => Value::Number(value),
            },
            ColumnData::Instant(values) if values[row] == NO_INSTANT => Value::Missing,
            ColumnData::Instant(values) => Value::Instant(values[row]),
        }
    }

    /// The row that holds the value of an event of a case.
    #[inline]
    pub fn row(&self, case: usize, event: usize) -> usize {
        match self.level {
            Level::Event => event,
            Level::Case => case,
        }
    }

    /// Bytes held.
    pub fn bytes(&self) -> usize {
        match &self.data {
            ColumnData::Text(codes, dictionary) => codes.bytes() + dictionary.bytes(),
            ColumnData::Number(values) => values.bytes(),
            ColumnData::Instant(values) => values.len() * 8,
        }
    }

    /// Returns the column reduced to these rows, in this order.
    pub fn gather(&self, rows: &[u32]) -> Column {
        let data = match &self.data {
            ColumnData::Text(codes, dictionary) => {
                ColumnData::Text(codes.gather(rows), dictionary.clone())
            }
            ColumnData::Number(v) => ColumnData::Number(v.gather(rows)),
            ColumnData::Instant(v) => ColumnData::Instant(gather(v, rows)),
        };
        Column {
            name: self.name.clone(),
            level: self.level,
            data,
        }
    }
}
