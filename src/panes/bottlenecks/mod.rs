//! Where time is lost: steps, activities and resources by the time that cases wait for them, and beside
//! the list when in the log's life that was, how long it took, what less would gain, and the slowest
//! cases. Glue.

mod state;
#[cfg(test)]
mod tests;
mod view;

use super::{Context, CopyWhat, Look, Outcome, Pane, PaneSpec, Place, Slot, Status};
use crate::engine::{Answer, AskError, Kind, Request};
use crate::input::Action;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use state::State;
use std::sync::Arc;

/// Its line in the registry.
pub static SPEC: PaneSpec = PaneSpec {
    id: "bottlenecks",
    title: "Bottlenecks",
    short: "Waits",
    help: "Steps, activities, resources by the time lost on them; when that was, what less would gain",
    tab: true,
    new: || Box::new(Bottlenecks(State::new())),
};

/// The pane.
struct Bottlenecks(State);

impl Pane for Bottlenecks {
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
        &[
            "wait",
            "time lost",
            "share",
            "median",
            "p90",
            "mean",
            "growth",
            "breaches",
            "cut to its p25",
            "cases",
        ]
    }

    fn hints(&self) -> Vec<Action> {
        vec![
            Action::Open,
            Action::Keep,
            Action::Drop,
            Action::NextChart,
            Action::SwitchFocus,
            Action::Sort,
        ]
    }

    fn status(&self) -> Status {
        self.0.status()
    }

    fn sort_columns(&self) -> &'static [&'static str] {
        state::SORTS
    }

    fn command(&self, _context: Context<'_>) -> Option<Vec<String>> {
        let name = match self.0.kind {
            Kind::Step => "step",
            Kind::Activity => "activity",
            Kind::Resource => "resource",
        };
        Some(["bottlenecks", "--by", name].map(String::from).to_vec())
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
