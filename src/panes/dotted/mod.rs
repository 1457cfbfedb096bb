//! The dotted chart: cases by time, a letter for what most events of a place are. Glue.

mod drill;
mod state;
#[cfg(test)]
mod tests;
mod view;

use super::{Context, CopyWhat, Look, Outcome, Pane, PaneSpec, Place, Slot, Status};
use crate::engine::{Answer, AskError, Request};
use crate::input::Action;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use state::State;

/// Registry entry.
pub static SPEC: PaneSpec = PaneSpec {
    id: "dotted",
    title: "Dotted chart",
    short: "dots",
    help: "All cases on a time line, a letter for what most events of a place are",
    tab: false,
    terms: &["dots", "duration"],
    hints: &[
        Action::Open,
        Action::ZoomIn,
        Action::Sort,
        Action::NextAspect,
        Action::ToggleAxis,
    ],
    report: None,
    new: || Box::new(Dotted(State::default())),
};

/// The pane.
struct Dotted(State);

impl Pane for Dotted {
    fn spec(&self) -> &'static PaneSpec {
        &SPEC
    }

    fn requests(&self, context: Context<'_>) -> Vec<(Slot, Request)> {
        self.0.requests(context)
    }

    fn receive(&mut self, slot: Slot, answer: Result<Answer, AskError>) {
        self.0.receive(slot, answer);
    }

    fn update(&mut self, action: &Action, context: Context<'_>) -> Outcome {
        self.0.update(action, context)
    }

    fn draw(&self, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
        view::draw(&self.0, area, buffer, look);
    }

    fn status(&self) -> Status {
        self.0.status()
    }

    fn sort_columns(&self) -> Vec<&'static str> {
        state::SORTS.to_vec()
    }

    fn command(&self, context: Context<'_>) -> Option<Vec<String>> {
        Some(self.0.command(context))
    }

    fn copy(&self, what: CopyWhat, _: Context<'_>) -> Option<String> {
        self.0.copy(what)
    }

    fn place(&self) -> Place {
        self.0.place()
    }

    fn go_to(&mut self, place: &Place) {
        self.0.go_to(place);
    }
}
