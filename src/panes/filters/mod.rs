//! The filters: the whole stack, in force or not, and how many cases each leaves.

mod state;
#[cfg(test)]
mod tests;
mod view;

use super::controls::motion;
use super::{
    Context, CopyWhat, FilterEntry, Look, Outcome, Pane, PaneSpec, Place, Slot, Status, Tab,
};
use crate::engine::{Answer, AskError, FilterCountsQuery, Request};
use crate::input::Action;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use state::{COUNTS, State, kind};
use std::fmt::Write as _;

/// Registry entry.
pub static SPEC: PaneSpec = PaneSpec {
    id: "filters",
    title: "Filters",
    short: "Filt",
    help: "Filters: on or off, cases that each matches alone, cases left after it",
    tab: Tab::Always,
    terms: &[],
    hints: &[],
    report: Some("summary"),
    new: || Box::<State>::default(),
    versus: None,
};

impl Pane for State {
    fn spec(&self) -> &'static PaneSpec {
        &SPEC
    }

    fn requests(&self, _context: Context<'_>) -> Vec<(Slot, Request)> {
        let asked = self.asked();
        if asked.is_empty() {
            return Vec::new();
        }
        let filters = asked.iter().map(|at| self.stack[*at].text.clone());
        let filters = filters.collect();
        vec![(COUNTS, Request::new(FilterCountsQuery { filters }))]
    }

    fn filters_changed(&mut self, stack: &[FilterEntry]) {
        if self.stack != stack {
            self.stack = stack.to_vec();
            // They are of another stack.
            self.counts.clear();
        }
        self.list.set_total(self.stack.len());
    }

    fn receive(&mut self, _slot: Slot, answer: Result<Answer, AskError>) {
        if let Some(counts) = answer
            .as_ref()
            .ok()
            .and_then(Answer::to::<FilterCountsQuery>)
        {
            self.counts.clone_from(counts);
        }
    }

    /// The filters are known before any answer.
    fn acts_on(&self, _slot: Slot) -> bool {
        false
    }

    fn update(&mut self, action: &Action, context: Context<'_>) -> Outcome {
        if let Some(to) = motion(action) {
            self.list.go(to);
            return Outcome::Done;
        }
        let at = self.list.cursor;
        let emitted = match action {
            Action::ToggleRow => Action::ToggleFilter(at),
            Action::InvertRow => Action::InvertFilter(at),
            Action::DeleteRow => Action::DeleteFilter(at),
            Action::Open => Action::EditFilter(at),
            Action::Compare if !self.list.has_row() || context.view.versus.is_some() => {
                return Outcome::Ignored;
            }
            Action::Compare => Action::CompareFilter(at),
            _ => return Outcome::Ignored,
        };
        if self.list.has_row() {
            Outcome::Emit(vec![emitted])
        } else {
            Outcome::Emit(vec![Action::Filter])
        }
    }

    fn draw(&self, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
        view::draw(self, area, buffer, look);
    }

    fn hints(&self) -> Vec<Action> {
        use Action::{Compare, DeleteRow, InvertRow, Open, ToggleAllFilters, ToggleRow, Undo};
        if self.stack.is_empty() {
            return Vec::new();
        }
        vec![
            ToggleRow,
            Open,
            InvertRow,
            DeleteRow,
            Compare,
            ToggleAllFilters,
            Undo,
        ]
    }

    fn status(&self) -> Status {
        let list = &self.list;
        Status {
            position: list.has_row().then_some((list.cursor + 1, list.total)),
            ..Status::default()
        }
    }

    fn copy(&self, what: CopyWhat, _: Context<'_>) -> Option<String> {
        match what {
            CopyWhat::Row | CopyWhat::Cell => {
                self.stack.get(self.list.cursor).map(|e| e.text.clone())
            }
            CopyWhat::View if self.stack.is_empty() => None,
            CopyWhat::View => {
                let mut out = String::from("on\tkind\tfilter\n");
                for entry in &self.stack {
                    let (on, kind) = (if entry.on { "on" } else { "off" }, kind(entry));
                    // Writing to a String does not fail.
                    let _ = writeln!(out, "{on}\t{kind}\t{}", entry.text);
                }
                Some(out)
            }
        }
    }

    fn place(&self) -> Place {
        Place {
            cursor: self.list.cursor,
            offset: self.list.offset,
            ..Place::default()
        }
    }

    fn go_to(&mut self, place: &Place) {
        self.list.restore(place.cursor, place.offset);
        self.list.set_total(self.stack.len());
    }
}
