//! The filters: the whole stack, in force or not, and how many cases each leaves. Glue.

mod state;
#[cfg(test)]
mod tests;
mod view;

use super::{Context, CopyWhat, FilterEntry, Look, Outcome, Pane, PaneSpec, Place, Slot, Status};
use crate::engine::{Answer, AskError, Request};
use crate::input::Action;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use state::State;

/// Registry entry.
pub static SPEC: PaneSpec = PaneSpec {
    id: "filters",
    title: "Filters",
    short: "Filt",
    help: "The filters, each on or off, and how many cases each one leaves",
    tab: true,
    terms: &[],
    hints: &[],
    report: Some("summary"),
    new: || Box::<Filters>::default(),
};

/// The pane.
#[derive(Debug, Default)]
struct Filters(State);

impl Pane for Filters {
    fn spec(&self) -> &'static PaneSpec {
        &SPEC
    }

    fn requests(&self, _context: Context<'_>) -> Vec<(Slot, Request)> {
        self.0.requests()
    }

    fn filters_changed(&mut self, stack: &[FilterEntry]) {
        self.0.set_stack(stack);
    }

    fn receive(&mut self, _slot: Slot, answer: Result<Answer, AskError>) {
        self.0.receive(&answer);
    }

    fn update(&mut self, action: &Action, _context: Context<'_>) -> Outcome {
        self.0.update(action)
    }

    fn draw(&self, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
        view::draw(&self.0, area, buffer, look);
    }

    fn hints(&self) -> Vec<Action> {
        use Action::{DeleteRow, InvertRow, Open, ToggleAllFilters, ToggleRow, Undo};
        if self.0.stack.is_empty() {
            return Vec::new();
        }
        vec![
            ToggleRow,
            Open,
            InvertRow,
            DeleteRow,
            ToggleAllFilters,
            Undo,
        ]
    }

    fn status(&self) -> Status {
        let list = &self.0.list;
        Status {
            position: list.has_row().then_some((list.cursor + 1, list.total)),
            ..Status::default()
        }
    }

    fn copy(&self, what: CopyWhat, _: Context<'_>) -> Option<String> {
        self.0.copy(what)
    }

    fn place(&self) -> Place {
        Place {
            cursor: self.0.list.cursor,
            offset: self.0.list.offset,
            ..Place::default()
        }
    }

    fn go_to(&mut self, place: &Place) {
        self.0.list.restore(place.cursor, place.offset);
        self.0.list.set_total(self.0.stack.len());
    }
}
