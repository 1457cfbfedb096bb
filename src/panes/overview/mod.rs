//! The first pane: the figures of the selection, throughput over time, how long cases take, and the
//! most frequent variants. Glue between state and view; knows no other pane.

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
    id: "overview",
    title: "Overview",
    short: "Over",
    help: "Figures of the selection, throughput over time, durations, top variants",
    tab: true,
    terms: &[
        "cases",
        "events",
        "duration",
        "median",
        "p90",
        "mean",
        "share",
        "came, went",
    ],
    hints: &[
        Action::Open,
        Action::SwitchFocus,
        Action::Keep,
        Action::Drop,
        Action::Maximize,
    ],
    report: Some("summary"),
    new: || Box::<Overview>::default(),
};

/// The pane.
#[derive(Debug, Default)]
struct Overview(State);

impl Pane for Overview {
    fn spec(&self) -> &'static PaneSpec {
        &SPEC
    }

    fn requests(&self, context: Context<'_>) -> Vec<(Slot, Request)> {
        State::requests(context.area)
    }

    fn receive(&mut self, _slot: Slot, answer: Result<Answer, AskError>) {
        self.0.receive(&answer);
    }

    fn update(&mut self, action: &Action, context: Context<'_>) -> Outcome {
        self.0.update(action, context.area)
    }

    fn draw(&self, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
        view::draw(&self.0, area, buffer, look);
    }

    fn status(&self) -> Status {
        self.0.status()
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
