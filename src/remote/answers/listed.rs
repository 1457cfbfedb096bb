//! Pages of lists that an engine sorts: search, the row that one stays on, and places of marked rows.

use super::page;
use crate::engine::{AskError, Listing, Page, Rows, Suppressed};
use crate::event_log::Cancel;
use crate::remote::RemoteError;
use crate::remote::frame::{Frame, Parts};
use crate::remote::log::RemoteLog;
use crate::text::{Matcher, counted};
use std::collections::HashMap;

/// Rows that a search looks at, at most: their names are sent for it.
const MOST_SEARCHED: usize = 500_000;
/// Rows whose places are asked for at once, at most.
const MOST_PLACED: usize = 20_000;
/// Rows searched between two looks at whether the answer is still wanted.
const STRIDE: usize = 1 << 12;

/// A list in an engine.
pub(super) struct Listed<'a> {
    pub log: &'a RemoteLog,
    pub frame: &'a Frame<'a>,
    /// Tables that `from` is made of.
    pub tables: &'a [(&'a str, String)],
    /// The rows, as what stands after FROM.
    pub from: String,
    /// Column that names a row.
    pub name: &'static str,
    /// Cases of a row, as SQL.
    pub cases: &'static str,
    /// What stands after ORDER BY.
    pub order: String,
    pub listing: &'a Listing,
    /// The name of a row for a key of the list.
    pub name_of: fn(&str) -> String,
    /// The text that a search looks at, by the name of a row.
    pub text_of: fn(&str) -> String,
}

/// Rows that are wanted.
pub(super) enum Wanted<'a> {
    /// A page of the order.
    Page(Page),
    /// Those of these names.
    Named(&'a [String]),
}

/// Rows with their names.
pub(super) struct Fetched<R> {
    pub rows: Vec<(String, R)>,
    /// Rows of the list, where the list has no row that says it.
    pub total: usize,
    /// As in [`Rows`].
    pub full: f64,
}

/// Cases of what a search found.
pub(super) struct Searched {
    /// All rows of the list, whether they match or not.
    pub all: u64,
    /// The matches above the page.
    pub above: u64,
}

impl Wanted<'_> {
    /// The end of a statement, as LIMIT and OFFSET.
    pub fn limit(&self, listing: &Listing) -> String {
        match self {
            Wanted::Page(of) => page(&Listing {
                page: *of,
                ..listing.clone()
            }),
            Wanted::Named(_) => String::new(),
        }
    }
}

impl Listed<'_> {
    fn ask(&self, select: &str) -> Result<crate::remote::rows::Rows, RemoteError> {
        self.log
            .ask(self.frame, Parts::Sequences, self.tables, select)
    }

    /// The page of the listing; `fetch` asks for rows.
    pub fn page<R>(
        &self,
        fetch: &dyn Fn(&Wanted<'_>) -> Result<Fetched<R>, AskError>,
        cancel: &Cancel,
    ) -> Result<(Rows<R>, Option<Searched>), AskError> {
        if !self.listing.find.is_empty() {
            let (rows, searched) = self.searched(fetch, cancel)?;
            return Ok((rows, Some(searched)));
        }
        let listing = self.listing;
        let marked = self.places(listing.marked.iter())?;
        let mut marked: Vec<usize> = marked.into_values().collect();
        marked.sort_unstable();
        let mut offset = listing.page.offset;
        let mut found = fetch(&Wanted::Page(listing.page))?;
        let mut followed = None;
        if let Some(first) = listing.follow.keys.first() {
            let first = (self.name_of)(first);
            let here = found.rows.iter().position(|(name, _)| *name == first);
            followed = here.map(|at| offset + at);
            if followed.is_none() {
                let places = self.places(listing.follow.keys.iter())?;
                let mut keys = listing.follow.keys.iter().map(|key| (self.name_of)(key));
                followed = keys.find_map(|name| places.get(&name).copied());
                let page = listing.follow.page(listing.page, found.total, followed);
                if page.start != offset.min(found.total) {
                    offset = page.start;
                    found = fetch(&Wanted::Page(Page {
                        offset,
                        ..listing.page
                    }))?;
                }
            }
        }
        found.rows.truncate(listing.page.limit);
        let rows = Rows {
            total: found.total,
            offset: offset.min(found.total),
            rows: found.rows.into_iter().map(|(_, row)| row).collect(),
            followed,
            marked,
            full: found.full,
            suppressed: Suppressed::default(),
        };
        Ok((rows, None))
    }

    /// Places in the list of the rows of some keys, by their names.
    fn places<'k>(
        &self,
        keys: impl ExactSizeIterator<Item = &'k String>,
    ) -> Result<HashMap<String, usize>, RemoteError> {
        match keys.len() {
            0 => return Ok(HashMap::new()),
            n if n > MOST_PLACED => {
                return Err(RemoteError::refused(
                    "the places of more than 20,000 marked rows",
                ));
            }
            _ => {}
        }
        let names: Vec<String> = keys.map(|key| (self.name_of)(key)).collect();
        let names = names.iter().map(String::as_str);
        let is_one = self.log.dialect.one_of("name", names);
        let answer = self.ask(&format!(
            "SELECT name, spot FROM (SELECT {} AS name, row_number() OVER (ORDER BY {}) AS spot FROM {}) AS listed \
             WHERE {is_one}",
            self.name, self.order, self.from
        ))?;
        let place = |row: crate::remote::rows::Row<'_>| {
            let at = row.count(1)?.saturating_sub(1);
            Ok((row.name(0)?.to_owned(), at as usize))
        };
        answer.iter().map(place).collect()
    }

    /// The page of what matches: the names of all rows are looked at here, so that a pattern finds what it finds in
    /// any list.
    fn searched<R>(
        &self,
        fetch: &dyn Fn(&Wanted<'_>) -> Result<Fetched<R>, AskError>,
        cancel: &Cancel,
    ) -> Result<(Rows<R>, Searched), AskError> {
        let listing = self.listing;
        let matcher = Matcher::new(&listing.find)?;
        let answer = self.ask(&format!(
            "SELECT {}, {} FROM {} ORDER BY {} LIMIT {}",
            self.name,
            self.cases,
            self.from,
            self.order,
            MOST_SEARCHED + 1
        ))?;
        let (mut matches, mut all, mut n) = (Vec::new(), 0, 0);
        for row in answer.iter() {
            if n % STRIDE == 0 {
                cancel.check()?;
            }
            let (name, cases) = (row.name(0)?, row.count(1)?);
            if let Some(score) = matcher.score(&(self.text_of)(name)) {
                let quality = if listing.best_first { score } else { 0 };
                matches.push((-quality, n, name.to_owned(), cases));
            }
            (n, all) = (n + 1, all + cases);
        }
        if n > MOST_SEARCHED {
            let most = counted(MOST_SEARCHED as u64, "row", "rows");
            return Err(RemoteError::refused(format!("a search in more than {most}")).into());
        }
        // The better first, equally good ones in the order of the list.
        matches.sort_unstable();
        let place = |key: &String| {
            let name = (self.name_of)(key);
            matches.iter().position(|(_, _, of, _)| *of == name)
        };
        let followed = listing.follow.keys.iter().find_map(place);
        let mut marked: Vec<usize> = listing.marked.iter().filter_map(place).collect();
        marked.sort_unstable();
        let range = listing.follow.page(listing.page, matches.len(), followed);
        let above = matches[..range.start].iter().map(|(.., cases)| cases).sum();
        let names = matches[range.clone()].iter();
        let names: Vec<String> = names.map(|(_, _, name, _)| name.clone()).collect();
        if names.len() > MOST_PLACED {
            return Err(
                RemoteError::refused("more than 20,000 matches of a search at once").into(),
            );
        }
        let fetched = fetch(&Wanted::Named(&names))?;
        let mut by_name: HashMap<String, R> = fetched.rows.into_iter().collect();
        let rows = Rows {
            total: matches.len(),
            offset: range.start,
            rows: names
                .iter()
                .filter_map(|name| by_name.remove(name))
                .collect(),
            followed,
            marked,
            full: fetched.full,
            suppressed: Suppressed::default(),
        };
        Ok((rows, Searched { all, above }))
    }
}
