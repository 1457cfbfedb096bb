//! Lists: sorting by any column, fuzzy find, paging. Knows keys and texts, not what they mean.

use super::request::{AskError, Listing, Rows};
use super::{Cancel, Page};
use crate::filter::fuzzy::Matcher;
use rayon::prelude::*;
use std::cmp::Ordering;

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

impl From<Option<f64>> for SortValue {
    fn from(value: Option<f64>) -> Self {
        value.map_or(SortValue::None, SortValue::Number)
    }
}

/// `ids` by value; ties by `tie`, ascending in either direction.
pub(super) fn sort(
    ids: &mut [u32],
    descending: bool,
    value: impl Fn(u32) -> SortValue + Sync,
    tie: impl Fn(u32) -> u32 + Sync,
) {
    ids.par_sort_unstable_by(|&a, &b| {
        let by_value = match (value(a), value(b)) {
            (SortValue::Number(x), SortValue::Number(y)) if descending => y.total_cmp(&x),
            (SortValue::Number(x), SortValue::Number(y)) => x.total_cmp(&y),
            (SortValue::Number(_), SortValue::None) => Ordering::Less,
            (SortValue::None, SortValue::Number(_)) => Ordering::Greater,
            (SortValue::None, SortValue::None) => Ordering::Equal,
        };
        by_value.then_with(|| tie(a).cmp(&tie(b)))
    });
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
