//! Queues: activities or resources by what waits for them, and beside the list how long the one under
//! the cursor was over time. A chart of the timelines; glue.

mod state;
#[cfg(test)]
mod tests;
mod view;

use super::{Context, CopyWhat, Look, Outcome, Pane, PaneSpec, Place, Slot, Status};
use crate::engine::{Answer, AskError, QueueBy, Request};
use crate::input::Action;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use state::State;
use std::sync::Arc;

/// What it is called, and how it is made.
pub static SPEC: PaneSpec = PaneSpec {
    id: "queues",
    title: "Queues",
    short: "queues",
    help: "What waits for each activity or resource, for how long, and when",
    tab: false,
    new: || Box::new(Queues(State::new())),
};

/// The chart.
struct Queues(State);

impl Pane for Queues {
    fn spec(&self) -> &'static PaneSpec {
        &SPEC
    }

    fn requests(&self, context: Context<'_>) -> Vec<(Slot, Request)> {
        self.0.requests(context)
    }

    fn receive(&mut self, _slot: Slot, answer: Result<Arc<Answer>, AskError>) {
        self.0.receive(&answer);
    }

    fn update(&mut self, action: &Action, context: Context<'_>) -> Outcome {
        self.0.update(action, context)
    }

    fn draw(&self, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
        view::draw(&self.0, area, buffer, look);
    }

    fn terms(&self) -> &'static [&'static str] {
        &["queue", "wait", "growth", "median", "p90"]
    }

    fn hints(&self) -> Vec<Action> {
        vec![
            Action::Open,
            Action::ToggleAxis,
            Action::SwitchFocus,
            Action::Sort,
            Action::ZoomIn,
        ]
    }

    fn status(&self) -> Status {
        self.0.controls.status(self.0.queues.is_some())
    }

    fn sort_columns(&self) -> &'static [&'static str] {
        state::SORTS
    }

    fn command(&self, _context: Context<'_>) -> Option<Vec<String>> {
        let by = match self.0.by {
            QueueBy::Activity => "activity",
            QueueBy::Resource => "resource",
        };
        Some(["queues", "--by", by].map(String::from).to_vec())
    }

    fn copy(&self, what: CopyWhat) -> Option<String> {
        self.0.copy(what)
    }

    fn place(&self) -> Place {
        self.0.place()
    }

    fn go_to(&mut self, place: &Place) {
        self.0.go_to(place);
    }
}
