//! Rows of an answer, read by position. Engines differ in the types that they give for one expression, so that
//! values are taken for what they are, not by the type that a column has.

use super::{Connection, RemoteError, Stop};
use arrow_array::cast::AsArray;
use arrow_array::types::{
    Decimal128Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type,
    UInt32Type, UInt64Type,
};
use arrow_array::{Array, RecordBatch};
use arrow_schema::DataType;
use std::collections::VecDeque;

/// Answers that are kept at most, and bytes of them.
const KEPT: (usize, usize) = (128, 64 << 20);

/// Answers to the statements that were asked last: moves of a cursor and filters that come back ask the same.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// The newest last.
    answers: VecDeque<(String, Rows)>,
    bytes: usize,
}

impl Known {
    /// The answer to a statement.
    pub fn get(&self, sql: &str) -> Option<Rows> {
        let known = self.answers.iter().find(|(asked, _)| asked == sql);
        known.map(|(_, rows)| rows.clone())
    }

    /// Keeps an answer, and drops the oldest where there are too many.
    pub fn put(&mut self, sql: String, rows: Rows) {
        self.bytes += rows.bytes();
        self.answers.push_back((sql, rows));
        while self.answers.len() > KEPT.0 || self.bytes > KEPT.1 {
            let Some((_, rows)) = self.answers.pop_front() else {
                break;
            };
            self.bytes -= rows.bytes();
        }
    }
}

/// All rows of an answer.
#[derive(Debug, Clone)]
pub(super) struct Rows {
    batches: Vec<RecordBatch>,
}

/// A row of an answer.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row<'a> {
    batch: &'a RecordBatch,
    at: usize,
}

/// Runs a statement whose answer is small.
pub(super) fn ask(
    connection: &dyn Connection,
    sql: &str,
    stop: Stop<'_>,
) -> Result<Rows, RemoteError> {
    let mut batches = Vec::new();
    connection.run(sql, stop, &mut |batch| {
        batches.push(batch);
        Ok(())
    })?;
    Ok(Rows { batches })
}

impl Rows {
    fn bytes(&self) -> usize {
        let bytes = self.batches.iter();
        bytes.map(RecordBatch::get_array_memory_size).sum()
    }

    /// The rows in their order.
    pub fn iter(&self) -> impl Iterator<Item = Row<'_>> {
        let rows = |batch| (0..RecordBatch::num_rows(batch)).map(move |at| Row { batch, at });
        self.batches.iter().flat_map(rows)
    }

    /// The only row.
    pub fn only(&self) -> Result<Row<'_>, RemoteError> {
        let mut rows = self.iter();
        match (rows.next(), rows.next()) {
            (Some(row), None) => Ok(row),
            _ => Err(RemoteError::engine(
                "the engine gave not the one row that was asked for",
            )),
        }
    }
}

impl<'a> Row<'a> {
    fn column(self, column: usize) -> Result<&'a dyn Array, RemoteError> {
        let found = self.batch.columns().get(column);
        let found = found.ok_or_else(|| RemoteError::engine("the engine gave too few columns"))?;
        Ok(&**found)
    }

    /// A whole number; `None` for NULL.
    pub fn int(self, column: usize) -> Result<Option<i64>, RemoteError> {
        let (array, at) = (self.column(column)?, self.at);
        if array.is_null(at) {
            return Ok(None);
        }
        let other = || {
            let other = array.data_type();
            RemoteError::engine(format!(
                "the engine gave {other} in place of a whole number"
            ))
        };
        let value = match array.data_type() {
            DataType::Int8 => array.as_primitive::<Int8Type>().value(at).into(),
            DataType::Int16 => array.as_primitive::<Int16Type>().value(at).into(),
            DataType::Int32 => array.as_primitive::<Int32Type>().value(at).into(),
            DataType::Int64 => array.as_primitive::<Int64Type>().value(at),
            DataType::UInt8 => array.as_primitive::<UInt8Type>().value(at).into(),
            DataType::UInt16 => array.as_primitive::<UInt16Type>().value(at).into(),
            DataType::UInt32 => array.as_primitive::<UInt32Type>().value(at).into(),
            DataType::UInt64 => {
                let value = array.as_primitive::<UInt64Type>().value(at);
                i64::try_from(value).map_err(|_| other())?
            }
            DataType::Decimal128(_, 0) => {
                let value = array.as_primitive::<Decimal128Type>().value(at);
                i64::try_from(value).map_err(|_| other())?
            }
            _ => return Err(other()),
        };
        Ok(Some(value))
    }

    /// A whole number that is there.
    pub fn known(self, column: usize) -> Result<i64, RemoteError> {
        self.int(column)?
            .ok_or_else(|| RemoteError::engine("the engine gave NULL in place of a number"))
    }

    /// A number from 0.
    pub fn count(self, column: usize) -> Result<u64, RemoteError> {
        u64::try_from(self.known(column)?)
            .map_err(|_| RemoteError::engine("the engine gave a count below 0"))
    }

    /// A number; `None` for NULL.
    pub fn double(self, column: usize) -> Result<Option<f64>, RemoteError> {
        let (array, at) = (self.column(column)?, self.at);
        if *array.data_type() == DataType::Float64 {
            let value = (!array.is_null(at)).then(|| array.as_primitive::<Float64Type>().value(at));
            return Ok(value);
        }
        Ok(self.int(column)?.map(|whole| whole as f64))
    }

    /// A text; `None` for NULL.
    pub fn text(self, column: usize) -> Result<Option<&'a str>, RemoteError> {
        let (array, at) = (self.column(column)?, self.at);
        if array.is_null(at) {
            return Ok(None);
        }
        match array.data_type() {
            DataType::Utf8 => Ok(Some(array.as_string::<i32>().value(at))),
            DataType::LargeUtf8 => Ok(Some(array.as_string::<i64>().value(at))),
            DataType::Utf8View => Ok(Some(array.as_string_view().value(at))),
            other => Err(RemoteError::engine(format!(
                "the engine gave {other} in place of text"
            ))),
        }
    }

    /// A text that is there.
    pub fn name(self, column: usize) -> Result<&'a str, RemoteError> {
        self.text(column)?
            .ok_or_else(|| RemoteError::engine("the engine gave NULL in place of text"))
    }

    /// A sum, which is sent as text where it may be large; 0 for NULL.
    pub fn sum(self, column: usize) -> Result<i128, RemoteError> {
        if let Ok(sum) = self.int(column) {
            return Ok(sum.unwrap_or(0).into());
        }
        let Some(text) = self.text(column)? else {
            return Ok(0);
        };
        text.parse()
            .map_err(|_| RemoteError::engine("the engine gave a sum that is no whole number"))
    }
}
