//! Values that rows are sorted by, and places among sorted rows.

use super::schema::{Column, Value};
use rayon::prelude::*;

/// Rows between two looks at whether the answer is still wanted, so that a cancelled search ends soon.
pub(super) const CHUNK: usize = 4096;

/// Keys of all rows by a column: numbers as they are, texts by their rank.
pub(super) fn sort_keys<R: Sync>(column: &Column<R>, rows: &[R]) -> Vec<SortValue> {
    let values: Vec<Value<'_>> = rows.iter().map(|row| column.sorted_by(row)).collect();
    let text = |value: &Value<'_>| match value {
        Value::Text(text) => Some(text.to_string()),
        // NUL comes before any other character, so that a sequence is before those that go on from
        // it.
        Value::Names(names) => Some(names.join("\u{0}")),
        _ => None,
    };
    let texts: Vec<Option<String>> = values.iter().map(text).collect();
    let mut sorted: Vec<&str> = texts.iter().flatten().map(String::as_str).collect();
    sorted.sort_unstable();
    sorted.dedup();
    let key = |(value, text): (&Value<'_>, &Option<String>)| match text {
        Some(text) => {
            let rank = sorted.binary_search(&text.as_str()).unwrap_or_default();
            SortValue::Number(rank as f64)
        }
        None => value.number().into(),
    };
    values.iter().zip(&texts).map(key).collect()
}

/// A value to sort by. One that does not exist comes last in either direction.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum SortValue {
    /// A number.
    Number(f64),
    /// A count, or microseconds.
    Whole(i64),
    /// No value.
    None,
}

impl From<u64> for SortValue {
    fn from(value: u64) -> Self {
        SortValue::Number(value as f64)
    }
}

impl From<f64> for SortValue {
    fn from(value: f64) -> Self {
        SortValue::Number(value)
    }
}

impl From<Option<f64>> for SortValue {
    fn from(value: Option<f64>) -> Self {
        value.map_or(SortValue::None, SortValue::Number)
    }
}

impl SortValue {
    /// A number that ascends in the order asked for. The values of a column are of one kind.
    pub(super) fn key(self, descending: bool) -> (bool, u64) {
        const SIGN: u64 = 1 << 63;
        let ascending = match self {
            SortValue::None => return (true, 0),
            // Signed integers ascend as unsigned ones with the sign bit turned.
            SortValue::Whole(value) => value as u64 ^ SIGN,
            // The order of `f64::total_cmp`.
            SortValue::Number(value) => {
                let bits = value.to_bits();
                bits ^ (((bits as i64) >> 63) as u64 | SIGN)
            }
        };
        // The complement turns the order round without an overflow, and missing values stay last.
        (false, if descending { !ascending } else { ascending })
    }
}

/// Order of a row in a list, and its number.
pub(super) type RowKey = (i64, (bool, u64), u32, u32);

/// Places that rows would have among all rows, in order; those that are not among them have none.
pub(super) fn places(keys: &[RowKey], rows: &[u32]) -> Vec<usize> {
    if rows.is_empty() {
        return Vec::new();
    }
    let is_wanted = |key: &&RowKey| rows.binary_search(&key.3).is_ok();
    let mut wanted: Vec<RowKey> = keys.par_iter().filter(is_wanted).copied().collect();
    wanted.sort_unstable();
    // Counted between the wanted ones, not sorted.
    let none = || vec![0; wanted.len() + 1];
    let counted = keys.par_chunks(CHUNK).map(|chunk| {
        let mut counts = none();
        for key in chunk {
            counts[wanted.partition_point(|of| of <= key)] += 1;
        }
        counts
    });
    let counts = counted.reduce(none, |mut sum, of| {
        sum.iter_mut().zip(of).for_each(|(sum, of)| *sum += of);
        sum
    });
    let mut before = 0;
    let place = |count: &usize| {
        before += count;
        before
    };
    counts[..wanted.len()].iter().map(place).collect()
}
