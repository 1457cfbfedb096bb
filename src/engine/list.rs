//! Lists: sorting by a column of the schema, fuzzy search, paging.

use super::query::Query;
use super::schema::{Column, Schema, Value};
use super::view::{AskError, Cancel};
use crate::filter::Expr;
use crate::metrics::cases::sort_part;
use crate::text::Matcher;
use rayon::prelude::*;
use std::ops::Range;

/// The rows of a list that are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Page {
    /// Number of rows to skip.
    pub offset: usize,
    /// Maximum number of rows; `usize::MAX` for all.
    pub limit: usize,
}

impl Page {
    /// All rows.
    pub const ALL: Page = Page {
        offset: 0,
        limit: usize::MAX,
    };

    /// The part of a list of `total` rows that the page shows.
    pub(super) fn of(self, total: usize) -> Range<usize> {
        let start = self.offset.min(total);
        start..start.saturating_add(self.limit).min(total)
    }
}

/// Order, search and page of a list.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Listing {
    /// Name of the column to sort by.
    pub sort: &'static str,
    /// Largest first.
    pub descending: bool,
    /// Only rows that match this text fuzzily, in the list's order; empty for all.
    pub find: String,
    /// The rows wanted.
    pub page: Page,
}

impl Listing {
    /// All rows by a column, largest first.
    pub fn by(sort: &'static str) -> Self {
        Listing {
            sort,
            descending: true,
            find: String::new(),
            page: Page::ALL,
        }
    }

    /// The part of a list of `len` rows that must be in order: the page, or all of it where only those
    /// that match a search are shown.
    pub(super) fn to_sort(&self, len: usize) -> Range<usize> {
        if self.find.is_empty() {
            self.page.of(len)
        } else {
            0..len
        }
    }
}

/// The rows of a page, and how many there are.
#[derive(Debug, Clone, PartialEq)]
pub struct Rows<T> {
    /// Number of rows that match the search.
    pub total: usize,
    /// Index of the first row given.
    pub offset: usize,
    /// The rows of the page.
    pub rows: Vec<T>,
}

impl<T> Rows<T> {
    /// The row at an index of the list, if it is on the page.
    pub fn get(&self, index: usize) -> Option<&T> {
        self.rows.get(index.checked_sub(self.offset)?)
    }
}

impl<R: 'static> Schema<R> {
    /// Returns the column of that name if the list can be sorted by it, else an error.
    pub(super) fn order(&self, name: &str) -> Result<&'static Column<R>, AskError> {
        let column = self.column(name).filter(|c| c.descending.is_some());
        column.ok_or_else(|| AskError::Internal(format!("{} have no order {name:?}", self.name)))
    }

    /// Sorts, searches and pages rows that are given in the order of ties.
    ///
    /// A value that does not exist comes last in either direction; ties keep their order in either
    /// direction. `text` is what a search looks at.
    pub(super) fn select(
        &self,
        rows: &[R],
        listing: &Listing,
        cancel: &Cancel,
        text: impl Fn(&R) -> String + Sync,
    ) -> Result<Rows<R>, AskError>
    where
        R: Clone + Send + Sync,
    {
        let keys = sort_keys(self.order(listing.sort)?, rows);
        let value = |i: u32| keys[i as usize];
        let mut ids: Vec<u32> = (0..rows.len() as u32).collect();
        sort(&mut ids, listing, value, |i| i);
        let ids = find(ids, &listing.find, cancel, |i| text(&rows[i as usize]))?;
        Ok(page(&ids, listing, |i| rows[i as usize].clone()))
    }
}

/// A list: a query for the rows of a page.
pub trait List: Query {
    /// A row.
    type Row: Clone + Send + Sync + 'static;

    /// True if `--sort` with a word alone is ascending for every column. Otherwise it takes the natural
    /// direction of the column: figures from the largest, names from A. `-` before the word reverses
    /// either.
    const SORT_ASCENDS: bool = false;

    /// Columns of the list.
    fn schema() -> &'static Schema<Self::Row>;

    /// The rows of an answer.
    fn rows(answer: &Self::Answer) -> &Rows<Self::Row>;
}

/// Order of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sort {
    /// Name of the column to sort by.
    pub column: &'static str,
    /// Largest first.
    pub descending: bool,
}

impl Sort {
    /// The order in which a list is shown at first: its first order, in the natural direction.
    ///
    /// A schema without an order gives an order by a column that does not exist.
    pub fn first<L: List>() -> Self {
        let columns = L::schema().sortable();
        let column = columns.first();
        Sort {
            column: column.map_or("", |column| column.name),
            descending: column.is_none_or(|column| column.descending != Some(false)),
        }
    }

    /// Parses a value of `--sort`. The error names the words that are known.
    pub fn parse<L: List>(text: &str) -> Result<Self, String> {
        let columns = L::schema().sortable();
        let (word, reversed) = match text.strip_prefix('-') {
            Some(word) => (word, true),
            None => (text, false),
        };
        let Some(column) = columns.iter().find(|column| column.sort_word() == word) else {
            return Err(format!("known are {}", Self::words::<L>()));
        };
        Ok(Sort {
            column: column.name,
            descending: without_sign::<L>(column) != reversed,
        })
    }

    /// Returns the value of `--sort` for this order; [`Sort::parse`] is the inverse.
    pub fn word<L: List>(self) -> String {
        let Some(column) = L::schema().column(self.column) else {
            return self.column.to_owned();
        };
        let reversed = self.descending != without_sign::<L>(column);
        format!("{}{}", if reversed { "-" } else { "" }, column.sort_word())
    }

    /// All words of `--sort`, the default first: "cases, median".
    pub fn words<L: List>() -> String {
        let columns = L::schema().sortable();
        let words: Vec<String> = columns.iter().map(|column| column.sort_word()).collect();
        words.join(", ")
    }
}

/// True if `--sort` with the word of that column, without `-` before it, begins with the largest.
fn without_sign<L: List>(column: &Column<L::Row>) -> bool {
    !L::SORT_ASCENDS && column.descending != Some(false)
}

/// Names and texts of a list that needs no code of its own in panes and reports.
#[derive(Debug)]
pub struct ListInfo {
    /// Name of report and pane: "starts-ends".
    pub id: &'static str,
    /// Title of the pane.
    pub title: &'static str,
    /// Title of the pane where there is little room.
    pub short: &'static str,
    /// One sentence for the help of both.
    pub help: &'static str,
    /// Plural noun of the rows, for sentences.
    pub many: &'static str,
}

/// A list whose pane and report come from its schema alone: pane and report are a line each in their
/// registries.
pub trait SimpleList: List<Answer = Rows<<Self as List>::Row>> {
    /// Names and texts.
    const INFO: ListInfo;

    /// The query for a page.
    fn new(listing: Listing) -> Self;

    /// The filter that the cases of a row meet.
    fn filter(row: &Self::Row) -> Expr;

    /// Name of a row, as data of the log: not safe to print.
    fn name(row: &Self::Row) -> String;
}

/// Keys of all rows by a column: numbers as they are, texts by their rank.
fn sort_keys<R: Sync>(column: &Column<R>, rows: &[R]) -> Vec<SortValue> {
    let of = column.order.unwrap_or(column.value);
    let values: Vec<Value<'_>> = rows.iter().map(of).collect();
    let text = |value: &Value<'_>| match value {
        Value::Text(text) => Some(text.to_string()),
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
    /// A number that ascends in the order asked for.
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

/// Sorts `ids` by value, ties by `tie`, ascending in either direction. Only the part that the listing
/// needs is sorted: what is before and after it is merely set apart.
pub(super) fn sort(
    ids: &mut [u32],
    listing: &Listing,
    value: impl Fn(u32) -> SortValue + Sync,
    tie: impl Fn(u32) -> u32 + Sync,
) {
    let descending = listing.descending;
    let keyed = |&id: &u32| (value(id).key(descending), tie(id), id);
    let mut keys: Vec<((bool, u64), u32, u32)> = ids.par_iter().map(keyed).collect();
    let range = listing.to_sort(ids.len());
    sort_part(&mut keys, range);
    for (id, key) in ids.iter_mut().zip(keys) {
        *id = key.2;
    }
}

/// Returns the ids whose text matches, in the order given; all where nothing is searched.
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

/// Makes the rows of the page.
pub(super) fn page<T: Send>(
    ids: &[u32],
    listing: &Listing,
    row: impl Fn(u32) -> T + Sync,
) -> Rows<T> {
    let range = listing.page.of(ids.len());
    Rows {
        total: ids.len(),
        offset: range.start,
        rows: ids[range].par_iter().map(|&id| row(id)).collect(),
    }
}
