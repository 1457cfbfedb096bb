//! Marks in a list of cases: their ticks on the scrollbar, and a range of rows that are marked at once.

use super::controls::motion;
use super::list_pane::ListPane;
use super::list_view::{ListView, Row};
use super::texts::notify;
use super::{Context, Outcome};
use crate::engine::{Answer, List, Listing, Page, Request, Rows};
use crate::input::Action;
use crate::text::counted;
use crate::ui::widgets::Part;
use std::ops::RangeInclusive;

/// Rows of a range at most.
const MOST: usize = 10_000;

impl<V: ListView> ListPane<V> {
    /// The rows from the one at which a range began to the cursor.
    pub(super) fn range(&self) -> Option<RangeInclusive<usize>> {
        let (anchor, cursor) = (self.marking.anchor?, self.controls.list.cursor);
        Some(anchor.min(cursor)..=anchor.max(cursor))
    }

    /// The page to ask for: with all rows of the range, whose cases have to be known.
    pub(super) fn with_range(&self, page: Page) -> Page {
        let range = self.range().filter(|range| range.clone().count() <= MOST);
        let Some(range) = range else { return page };
        let offset = page.offset.min(*range.start());
        let end = (page.offset + page.limit).max(range.end() + 1);
        Page {
            offset,
            limit: end - offset,
        }
    }

    /// The question for the places of marked rows; `None` for a list of other things, and without marks.
    pub(super) fn places_of_marks(
        &self,
        listing: &Listing,
        context: Context<'_>,
    ) -> Option<Request> {
        let rows = self.rows()?;
        let first = rows.rows.first().and_then(|row| self.view.case(row));
        (first.is_some() && !context.marks.is_empty()).then(|| {
            Request::new(self.view.query(Listing {
                page: Page::first(0),
                marked: context.marks.iter().cloned().collect(),
                ..listing.clone()
            }))
        })
    }

    /// Takes the places of marked rows.
    pub(super) fn take_places(&mut self, answer: Option<&Answer>) {
        let rows = answer.and_then(Answer::to::<V::List>).map(V::List::rows);
        self.marking.ticks = rows.map_or_else(Vec::new, |rows| rows.marked.clone());
    }

    /// Ends the range where the row at which it began has another place among new rows.
    pub(super) fn check_range(&mut self, arrived: &Rows<Row<V>>) {
        let key = V::List::schema().key;
        let at = |rows: &Rows<Row<V>>| Some(key(rows.get(self.marking.anchor?)?));
        let began = self.rows().and_then(at);
        if began != at(arrived) {
            self.marking.end();
        }
    }

    /// A short text on the range; empty without one.
    pub(super) fn range_in_words(&self) -> String {
        let rows = self.range().map(|range| range.count() as u64);
        rows.map_or_else(String::new, |rows| {
            format!("range of {}", counted(rows, "row", "rows"))
        })
    }

    /// Begins, marks or ends a range; `None` for an action that is none of a range. Whatever is no move ends it.
    pub(super) fn update_range(&mut self, action: &Action) -> Option<Outcome> {
        if self.focus != Part::List {
            self.marking.end();
            return None;
        }
        if *action == Action::MarkRange {
            return Some(self.begin_or_end());
        }
        let range = self.range()?;
        match action {
            Action::MarkCase | Action::Open => Some(self.mark_range(range)),
            Action::Back => {
                self.marking.end();
                Some(Outcome::Done)
            }
            action if motion(action).is_some() => None,
            _ => {
                self.marking.end();
                None
            }
        }
    }

    fn begin_or_end(&mut self) -> Outcome {
        let is_of_case = self.row().is_some_and(|row| self.view.case(row).is_some());
        self.marking.anchor = match self.marking.anchor {
            None if is_of_case => Some(self.controls.list.cursor),
            None => return notify("No case here"),
            Some(_) => None,
        };
        Outcome::Done
    }

    fn mark_range(&mut self, range: RangeInclusive<usize>) -> Outcome {
        if range.clone().count() > MOST {
            return notify(&format!("A range has {MOST} rows at most"));
        }
        let cases = |rows: &Rows<Row<V>>| -> Option<Vec<String>> {
            let case = |at: usize| self.view.case(rows.get(at)?).map(str::to_owned);
            range.map(case).collect()
        };
        let Some(cases) = self.rows().and_then(cases) else {
            return notify("The rows of the range are still on their way");
        };
        self.marking.end();
        Outcome::Emit(vec![Action::MarkCases(cases)])
    }
}
