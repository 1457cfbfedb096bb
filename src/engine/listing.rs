//! Lists: sorting by any column, fuzzy find, paging. Knows keys and texts, not what they mean.

use super::{AskError, Listing, Rows};
use super::{Cancel, Page};
use crate::metrics::cases::sort_part;
use crate::text::Matcher;
use rayon::prelude::*;
use std::ops::Range;

/// A value to sort by. What does not exist comes last, whatever the direction.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum SortValue {
    /// A number: a count, or microseconds.
    Number(f64),
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
    /// A number that ascends in the order asked for; what does not exist is the last.
    fn key(self, descending: bool) -> (bool, u64) {
        let SortValue::Number(value) = self else {
            return (true, 0);
        };
        // The order of `f64::total_cmp`.
        let bits = value.to_bits();
        let ascending = bits ^ (((bits as i64) >> 63) as u64 | 1 << 63);
        (false, if descending { !ascending } else { ascending })
    }
}

/// `ids` by value; ties by `tie`, ascending in either direction. Only the part `range` is sorted:
/// what is before and after it is merely set apart.
pub(super) fn sort(
    ids: &mut [u32],
    range: Range<usize>,
    descending: bool,
    value: impl Fn(u32) -> SortValue + Sync,
    tie: impl Fn(u32) -> u32 + Sync,
) {
    let keyed = |&id: &u32| (value(id).key(descending), tie(id), id);
    let mut keys: Vec<((bool, u64), u32, u32)> = ids.par_iter().map(keyed).collect();
    sort_part(&mut keys, range);
    for (id, key) in ids.iter_mut().zip(keys) {
        *id = key.2;
    }
}

/// The part of a list of `len` that must be in order: the page, or all of it where only those that
/// match a search are shown.
pub(super) fn to_sort<K>(listing: &Listing<K>, len: usize) -> Range<usize> {
    if listing.find.is_empty() {
        listing.page.of(len)
    } else {
        0..len
    }
}

/// Only the ids whose text matches, in the order given; all where nothing is searched.
pub(super) fn find(
    ids: Vec<u32>,
    pattern: &str,
    cancel: &Cancel,
    text: impl Fn(u32) -> String + Sync,
) -> Result<Vec<u32>, AskError> {
    if pattern.is_empty() {
        return Ok(ids);
    }
    let matches = ids.par_chunks(4096).map(|chunk| {
        cancel.check()?;
        let matcher = Matcher::new(pattern);
        let hit = |id: &u32| matcher.score(&text(*id)).is_some();
        Ok(chunk.iter().copied().filter(hit).collect::<Vec<u32>>())
    });
    Ok(matches.collect::<Result<Vec<_>, AskError>>()?.concat())
}

impl Page {
    /// The part of a list of `total` rows that the page shows.
    pub(super) fn of(self, total: usize) -> std::ops::Range<usize> {
        let start = self.offset.min(total);
        start..start.saturating_add(self.limit).min(total)
    }
}

/// The rows of the page.
pub(super) fn page<K, T: Send>(
    ids: &[u32],
    listing: &Listing<K>,
    row: impl Fn(u32) -> T + Sync,
) -> Rows<T> {
    let range = listing.page.of(ids.len());
    Rows {
        total: ids.len(),
        offset: range.start,
        rows: ids[range].par_iter().map(|&id| row(id)).collect(),
    }
}
