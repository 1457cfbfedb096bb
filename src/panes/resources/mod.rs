//! Who works: events, cases and activities of each resource. Glue; knows no other pane.

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
use std::sync::Arc;

/// Its line in the registry.
pub static SPEC: PaneSpec = PaneSpec {
    id: "resources",
    title: "Resources",
    short: "Res",
    help: "Who works: events, cases and activities of each resource",
    tab: true,
    new: || Box::new(Resources(State::new())),
};

/// The pane.
struct Resources(State);

impl Pane for Resources {
    fn spec(&self) -> &'static PaneSpec {
        &SPEC
    }

    fn requests(&self, context: Context<'_>) -> Vec<(Slot, Request)> {
        self.0.requests(context.area)
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
        &["events", "cases"]
    }

    fn hints(&self) -> Vec<Action> {
        vec![
            Action::Open,
            Action::Keep,
            Action::Drop,
            Action::Sort,
            Action::Find,
        ]
    }

    fn status(&self) -> Status {
        self.0.controls.status(self.0.rows.is_some())
    }

    fn sort_columns(&self) -> &'static [&'static str] {
        state::SORTS
    }

    fn command(&self, _context: Context<'_>) -> Option<Vec<String>> {
        Some(vec!["resources".into()])
    }

    fn copy(&self, what: CopyWhat) -> Option<String> {
        self.0.copy(what)
    }

    fn place(&self) -> Place {
        self.0.controls.place()
    }

    fn go_to(&mut self, place: &Place) {
        self.0.controls.go_to(place);
    }
}
