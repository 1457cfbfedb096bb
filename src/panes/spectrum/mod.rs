//! The performance spectrum: every step of a path over time, in four classes of how long it took.
//! Glue.

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
    id: "spectrum",
    title: "Spectrum",
    short: "spectrum",
    help: "Every step of a path over time, by how long it took: fast and slow quarters",
    tab: false,
    terms: &["classes", "before"],
    hints: &[
        Action::Open,
        Action::NextPath,
        Action::Sort,
        Action::NextAspect,
        Action::ZoomIn,
    ],
    report: None,
    new: || Box::new(Spectrum(State::default())),
};

/// The pane.
struct Spectrum(State);

impl Pane for Spectrum {
    fn spec(&self) -> &'static PaneSpec {
        &SPEC
    }

    fn requests(&self, context: Context<'_>) -> Vec<(Slot, Request)> {
        self.0.requests(context)
    }

    fn receive(&mut self, _slot: Slot, answer: Result<Answer, AskError>) {
        self.0.receive(answer);
    }

    fn update(&mut self, action: &Action, _context: Context<'_>) -> Outcome {
        self.0.update(action)
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
