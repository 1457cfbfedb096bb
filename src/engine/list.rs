//! Lists: sorting by a column of the schema, search, paging, and the way back to a row.

use super::query::{Context, Query};
use super::schema::{Column, ColumnKey, Schema, Value};
use super::sorting::{CHUNK, SortValue, places, sort_keys};
use super::suppress::{GroupSize, Suppressed, kept};
use super::view::AskError;
use crate::event_log::Cancel;
use crate::filter::{Expr, Field};
use crate::metrics::cases::sort_part;
use crate::text::Matcher;
use hashbrown::HashMap;
use rayon::prelude::*;
use std::hash::Hash;
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

    /// The first rows.
    pub fn first(limit: usize) -> Self {
        Page { offset: 0, limit }
    }

    /// The part of a list of `total` rows that the page shows.
    pub(super) fn of(self, total: usize) -> Range<usize> {
        let start = self.offset.min(total);
        start..start.saturating_add(self.limit).min(total)
    }
}

/// Order, search and page of a list.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Listing {
    /// Column to sort by.
    pub sort: ColumnKey,
    /// Largest first.
    pub descending: bool,
    /// Fields that a list of cases gives the values of, beside its own columns.
    pub fields: Vec<Field>,
    /// Only rows that match this pattern of [`Matcher`]; empty for all.
    pub find: String,
    /// The best matches of a fuzzy search first, equally good ones in the order of the list.
    pub best_first: bool,
    /// The rows wanted.
    pub page: Page,
    /// Rows of which the first that exists is to be on the page.
    pub follow: Follow,
    /// Keys of rows whose places in the list are wanted, ascending.
    pub marked: Vec<String>,
}

impl Listing {
    /// All rows by a column, largest first.
    pub fn by(sort: &'static str) -> Self {
        Listing {
            sort: ColumnKey::Own(sort),
            descending: true,
            fields: Vec::new(),
            find: String::new(),
            best_first: false,
            page: Page::ALL,
            follow: Follow::default(),
            marked: Vec::new(),
        }
    }

    /// Numbers of the rows whose places are wanted, of `n` rows with a key each.
    pub(super) fn marked_numbers(
        &self,
        n: usize,
        key: &(dyn Fn(u32) -> String + Sync),
    ) -> Vec<u32> {
        let of = |row: &u32| self.marked.binary_search(&key(*row)).is_ok();
        if self.marked.is_empty() {
            return Vec::new();
        }
        (0..n as u32).into_par_iter().filter(of).collect()
    }
}

/// Rows to stay on, whatever their place in the order. It is no part of the question: listings that
/// differ only here are equal, so that moving within a page asks nothing.
#[derive(Debug, Clone, Default)]
pub struct Follow {
    /// Keys of rows, the one wanted most first.
    pub keys: Vec<String>,
    /// Rows of the page above the one that is followed.
    pub above: usize,
}

impl PartialEq for Follow {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Follow {}

impl Hash for Follow {
    fn hash<H: std::hash::Hasher>(&self, _: &mut H) {}
}

impl Follow {
    /// Numbers of the rows wanted, of `n` rows with a key each.
    pub(super) fn numbers(&self, n: usize, key: &(dyn Fn(u32) -> String + Sync)) -> Vec<u32> {
        self.numbers_by(n, |key| Some(key.to_owned()), key)
    }

    /// Numbers of the rows wanted, of `n` rows with something each that `wanted` reads from a key: for rows
    /// whose texts would have to be made.
    pub(super) fn numbers_by<K: Eq + Hash + Sync>(
        &self,
        n: usize,
        wanted: impl Fn(&str) -> Option<K>,
        of: impl Fn(u32) -> K + Sync,
    ) -> Vec<u32> {
        if self.keys.is_empty() {
            return Vec::new();
        }
        // Places of the keys wanted, so that each row is asked once.
        let places = (0..).zip(&self.keys);
        let places = places.filter_map(|(at, key)| Some((wanted(key)?, at)));
        let places: HashMap<K, u32> = places.collect();
        let place = |id: u32| Some((*places.get(&of(id))?, id));
        let mut found: Vec<(u32, u32)> = (0..n as u32).into_par_iter().filter_map(place).collect();
        found.sort_unstable();
        found.into_iter().map(|(_, id)| id).collect()
    }

    /// The part of a list of `total` rows to show: the page, moved so that it has the row at `place`. A page
    /// that has it stays: a question for it that came later would be equal, and not be asked.
    pub fn page(&self, page: Page, total: usize, place: Option<usize>) -> Range<usize> {
        let moved = place.filter(|place| !page.of(total).contains(place));
        let offset = moved.map_or(page.offset, |place| {
            let last = total.saturating_sub(page.limit);
            place.saturating_sub(self.above).min(last)
        });
        Page { offset, ..page }.of(total)
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
    /// Index in the list of the row that was to be followed, if there is one.
    pub followed: Option<usize>,
    /// Indexes in the list of the rows whose places were wanted, ascending.
    pub marked: Vec<usize>,
    /// Largest number or share of the column with bars, of all rows whether they match the search or not, so
    /// that bars keep their scale while the list is scrolled; 1 where there is none above 0.
    pub full: f64,
    /// Rows that are left out as they are of few cases.
    pub suppressed: Suppressed,
}

impl<T> Rows<T> {
    /// All rows of a list, as one page.
    pub fn all(rows: Vec<T>) -> Self {
        Rows {
            total: rows.len(),
            offset: 0,
            rows,
            followed: None,
            marked: Vec::new(),
            full: 1.0,
            suppressed: Suppressed::default(),
        }
    }

    /// The row at an index of the list, if it is on the page.
    pub fn get(&self, index: usize) -> Option<&T> {
        self.rows.get(index.checked_sub(self.offset)?)
    }
}

impl<R: 'static> Schema<R> {
    /// Returns the column of that name if the list can be sorted by it, else an error.
    pub(super) fn order(&self, key: &ColumnKey) -> Result<&'static Column<R>, AskError> {
        let column = key.own().and_then(|name| self.column(name));
        let column = column.filter(|column| column.descending.is_some());
        let none = || AskError::Internal(format!("{} have no order {key:?}", self.name));
        column.ok_or_else(none)
    }

    /// Sorts, searches and pages rows that are given in the order of ties.
    ///
    /// A value that does not exist comes last in either direction; ties keep their order in either
    /// direction. `text` is what a search looks at, a line for each cell.
    ///
    /// # Errors
    /// The list has no such order, the pattern is wrong, or the answer is not wanted any more.
    pub fn select(
        &self,
        rows: &[R],
        listing: &Listing,
        cancel: &Cancel,
        text: impl Fn(&R) -> String + Sync,
    ) -> Result<Rows<R>, AskError>
    where
        R: Clone + Send + Sync,
    {
        let keys = sort_keys(self.order(&listing.sort)?, rows);
        let key = |id: u32| (self.key)(&rows[id as usize]);
        let by = By {
            value: &|id: u32| keys[id as usize],
            tie: &|id: u32| id,
            text: &|id: u32| text(&rows[id as usize]),
            followed: listing.follow.numbers(rows.len(), &key),
            marked: listing.marked_numbers(rows.len(), &key),
        };
        let ids = (0..rows.len() as u32).collect();
        let arranged = arrange(ids, listing, cancel, &by)?;
        Ok(arranged.rows(self.full(rows), |id| rows[id as usize].clone()))
    }

    /// Selects rows as [`Schema::select`], without those that are small where groups of few cases are not shown.
    pub(super) fn select_large(
        &self,
        rows: &[R],
        listing: &Listing,
        context: &Context<'_>,
        size: impl Fn(&R) -> GroupSize,
        text: impl Fn(&R) -> String + Sync,
    ) -> Result<Rows<R>, AskError>
    where
        R: Clone + Send + Sync,
    {
        if context.least == 0 {
            return self.select(rows, listing, context.cancel, text);
        }
        let sizes: Vec<GroupSize> = rows.iter().map(size).collect();
        let (shown, suppressed) = kept(&sizes, context.least);
        let shown: Vec<R> = shown.into_iter().map(|row| rows[row].clone()).collect();
        let rows = self.select(&shown, listing, context.cancel, text)?;
        Ok(Rows { suppressed, ..rows })
    }

    /// Number or share of the longest bar among rows; 1 where none is above 0.
    fn full(&self, rows: &[R]) -> f64 {
        let column = self.columns.iter().find(|column| column.bar.is_some());
        let number = |row: &R| match (column?.value)(row) {
            Value::Count(n) => Some(n as f64),
            Value::Seconds(x) | Value::Number(x) | Value::Share(x) => Some(x),
            _ => None,
        };
        let most = rows.iter().filter_map(number).fold(0.0, f64::max);
        if most > 0.0 { most } else { 1.0 }
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
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sort {
    /// Column to sort by.
    pub column: ColumnKey,
    /// Largest first.
    pub descending: bool,
}

impl Sort {
    /// The order in which a list is shown at first: its first order, in the natural direction.
    ///
    /// A schema without an order gives an order by a column that does not exist.
    pub fn first<L: List>() -> Self {
        Self::first_of(L::schema())
    }

    /// The order in which rows of a schema are shown at first, as of [`Sort::first`].
    pub fn first_of<R>(schema: &Schema<R>) -> Self {
        let columns = schema.sortable();
        let column = columns.first();
        Sort {
            column: ColumnKey::Own(column.map_or("", |column| column.name)),
            descending: column.is_none_or(|column| column.descending != Some(false)),
        }
    }

    /// Parses a value of `--sort`: a word of an order, or for a list of cases a field of the filter
    /// language, which ascends. `-` before it reverses either. The error names the words that are known.
    pub fn parse<L: List>(text: &str) -> Result<Self, String> {
        Self::parse_for(L::schema(), L::SORT_ASCENDS, text)
    }

    /// Parses an order of the rows of a schema, as [`Sort::parse`] does; `ascends` is
    /// [`List::SORT_ASCENDS`].
    pub fn parse_for<R>(schema: &Schema<R>, ascends: bool, text: &str) -> Result<Self, String> {
        let columns = schema.sortable();
        let (word, reversed) = match text.strip_prefix('-') {
            Some(word) => (word, true),
            None => (text, false),
        };
        if let Some(column) = columns.iter().find(|column| column.sort_word() == word) {
            return Ok(Sort {
                column: ColumnKey::Own(column.name),
                descending: without_sign(column, ascends) != reversed,
            });
        }
        let known = || format!("known are {}", Self::words_of(schema));
        if schema.chosen.is_none() || word.is_empty() {
            return Err(known());
        }
        match schema.key_of(word) {
            Ok(key @ ColumnKey::Field(_)) => Ok(Sort {
                column: key,
                descending: reversed,
            }),
            Ok(ColumnKey::Own(_)) => Err(known()),
            Err(why) => Err(format!("{why}; {}", known())),
        }
    }

    /// Returns the value of `--sort` for this order; [`Sort::parse`] is the inverse.
    pub fn word<L: List>(&self) -> String {
        self.word_for(L::schema(), L::SORT_ASCENDS)
    }

    /// Returns the word of this order of the rows of a schema; [`Sort::parse_for`] is the inverse.
    pub fn word_for<R>(&self, schema: &Schema<R>, ascends: bool) -> String {
        let own = self.column.own();
        let column = own.and_then(|name| schema.column(name));
        let (word, reversed) = match column {
            Some(column) => {
                let reversed = self.descending != without_sign(column, ascends);
                (column.sort_word(), reversed)
            }
            None => (self.column.name().into_owned(), self.descending),
        };
        format!("{}{word}", if reversed { "-" } else { "" })
    }

    /// All words of orders of a schema, the default first: "cases, median".
    pub fn words_of<R>(schema: &Schema<R>) -> String {
        let words = schema.sort_words();
        match schema.chosen {
            Some(_) => format!("{words}, or a field of filters such as `first(COL)`"),
            None => words,
        }
    }
}

/// True if a word of that column, without `-` before it, begins with the largest; `ascends` is
/// [`List::SORT_ASCENDS`].
fn without_sign<R>(column: &Column<R>, ascends: bool) -> bool {
    !ascends && column.descending != Some(false)
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

/// Properties of rows by their numbers: called through pointers, or the code of parallel sorting and searching
/// would be compiled for each list.
pub(super) struct By<'a> {
    /// Value to sort by.
    pub value: &'a (dyn Fn(u32) -> SortValue + Sync),
    /// Order of rows with the same value, ascending in either direction.
    pub tie: &'a (dyn Fn(u32) -> u32 + Sync),
    /// Text that a search looks at.
    pub text: &'a (dyn Fn(u32) -> String + Sync),
    /// Rows of which the first that is in the list is followed.
    pub followed: Vec<u32>,
    /// Rows whose places are wanted, ascending.
    pub marked: Vec<u32>,
}

/// Rows in order, by their numbers.
pub(super) struct Arranged {
    /// All that match. Those on the page are in order; what is before and after them is merely set apart.
    pub ids: Vec<u32>,
    /// The page.
    pub page: Range<usize>,
    /// Place of the row that is followed.
    pub followed: Option<usize>,
    /// Places of the rows for which they are wanted, ascending.
    pub marked: Vec<usize>,
}

impl Arranged {
    /// Makes the rows of the page; `full` is the number of the longest bar.
    pub(super) fn rows<R: Send>(&self, full: f64, row: impl Fn(u32) -> R + Sync) -> Rows<R> {
        Rows {
            total: self.ids.len(),
            offset: self.page.start,
            rows: self.ids[self.page.clone()]
                .par_iter()
                .map(|&id| row(id))
                .collect(),
            followed: self.followed,
            marked: self.marked.clone(),
            full,
            suppressed: Suppressed::default(),
        }
    }
}

/// Searches, sorts and pages rows, given by their numbers.
pub(super) fn arrange(
    ids: Vec<u32>,
    listing: &Listing,
    cancel: &Cancel,
    by: &By<'_>,
) -> Result<Arranged, AskError> {
    let keyed = |(quality, id): (i64, u32)| {
        let key = (by.value)(id).key(listing.descending);
        // Better matches first, so that the order ascends in all of its parts.
        (-quality, key, (by.tie)(id), id)
    };
    let rows: Vec<(i64, u32)> = if listing.find.is_empty() {
        ids.into_par_iter().map(|id| (0, id)).collect()
    } else {
        found(&ids, listing, cancel, by.text)?
    };
    let keys = rows.par_chunks(CHUNK).map(|chunk| {
        cancel.check()?;
        Ok(chunk.iter().copied().map(keyed).collect::<Vec<_>>())
    });
    let mut keys = keys.collect::<Result<Vec<_>, AskError>>()?.concat();
    cancel.check()?;
    let followed = (0..).zip(&by.followed).map(|(at, &id)| (id, at));
    let followed: HashMap<u32, u32> = followed.collect();
    let wanted = if followed.is_empty() {
        None
    } else {
        let keys = keys.par_iter();
        let wanted = keys.filter_map(|key| Some((*followed.get(&key.3)?, *key)));
        wanted.min().map(|(_, key)| key)
    };
    // Counted, not sorted: only the page itself is put in order.
    let place = wanted.map(|wanted| keys.par_iter().filter(|key| **key < wanted).count());
    let marked = places(&keys, &by.marked);
    let page = listing.follow.page(listing.page, keys.len(), place);
    sort_part(&mut keys, page.clone());
    Ok(Arranged {
        ids: keys.into_iter().map(|key| key.3).collect(),
        page,
        followed: place,
        marked,
    })
}

/// Rows whose text matches, with the quality of the match: 0 for all where it does not count.
fn found(
    ids: &[u32],
    listing: &Listing,
    cancel: &Cancel,
    text: &(dyn Fn(u32) -> String + Sync),
) -> Result<Vec<(i64, u32)>, AskError> {
    let matcher = Matcher::new(&listing.find)?;
    let matches = ids.par_chunks(CHUNK).map(|chunk| {
        cancel.check()?;
        let hit = |&id: &u32| {
            let score = matcher.score(&text(id))?;
            Some((if listing.best_first { score } else { 0 }, id))
        };
        Ok(chunk.iter().filter_map(hit).collect::<Vec<_>>())
    });
    Ok(matches.collect::<Result<Vec<_>, AskError>>()?.concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_that_has_the_followed_row_stays() {
        let follow = Follow {
            keys: vec!["x".to_owned()],
            above: 2,
        };
        let page = |offset| Page { offset, limit: 10 };
        for (offset, place, wanted) in [
            (0, None, 0..10),
            // The same question later would be equal to this one and not be asked.
            (0, Some(9), 0..10),
            (5, Some(5), 5..15),
            (0, Some(12), 10..20),
            (20, Some(3), 1..11),
            (0, Some(29), 20..30),
        ] {
            assert_eq!(
                follow.page(page(offset), 30, place),
                wanted,
                "{offset}, {place:?}"
            );
        }
    }
}
