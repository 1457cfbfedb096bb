//! Codes of the rows of any column.

use crate::event_log::{Codes, Column, ColumnData, Value};

/// The codes of a column's rows, from 0.
pub(super) enum RowCodes<'a> {
    /// Those of a dictionary, in which 0 is a missing value.
    Texts(&'a Codes),
    /// Position of the value of each row among the distinct values; `None` where missing.
    Values(Vec<Option<usize>>),
}

impl RowCodes<'_> {
    /// That of a row.
    #[inline]
    pub fn get(&self, row: usize) -> Option<usize> {
        match self {
            RowCodes::Texts(codes) => (codes.get(row) as usize).checked_sub(1),
            RowCodes::Values(codes) => codes[row],
        }
    }
}

/// A code for each row of any column (`None` where missing), and the names of the codes. A column
/// of numbers or instants is coded by its distinct values.
pub(super) fn dense_codes(column: &Column) -> (RowCodes<'_>, Vec<String>) {
    if let ColumnData::Text(codes, dictionary) = &column.data {
        let names = dictionary.iter().skip(1).map(String::from).collect();
        return (RowCodes::Texts(codes), names);
    }
    let n_rows = match &column.data {
        ColumnData::Text(codes, _) => codes.len(),
        ColumnData::Number(values) => values.len(),
        ColumnData::Instant(values) => values.len(),
    };
    let mut names = Vec::new();
    let mut numbers = hashbrown::HashMap::new();
    let codes: Vec<Option<usize>> = (0..n_rows)
        .map(|row| {
            let (key, name) = match column.value(row) {
                Value::Number(v) => (v.to_bits(), v.to_string()),
                Value::Instant(v) => (v as u64, v.to_string()),
                _ => return None,
            };
            Some(*numbers.entry(key).or_insert_with(|| {
                names.push(name);
                names.len() - 1
            }))
        })
        .collect();
    (RowCodes::Values(codes), names)
}
