//! For the first minute with a support log: the open cases, most urgent first, what they stand at and
//! since when, which deadline is next; and beside them where they gather, now and a while ago. Glue.

mod state;
#[cfg(test)]
mod tests;
mod view;

use super::{Context, CopyWhat, Look, Outcome, Pane, PaneSpec, Place, Slot, Status};
use crate::engine::{Answer, AskError, Gathering, Request};
use crate::input::Action;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use state::State;
use std::sync::Arc;

/// Its line in the registry.
pub static SPEC: PaneSpec = PaneSpec {
    id: "triage",
    title: "Triage",
    short: "Triage",
    help: "Open cases: what they wait for, since when, what is due next; where they gather",
    tab: true,
    new: || Box::new(Triage(State::new())),
};

/// The pane.
struct Triage(State);

impl Pane for Triage {
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
            "open",
            "age",
            "stands at",
            "usually next",
            "over",
            "a period ago",
        ]
    }

    fn hints(&self) -> Vec<Action> {
        vec![
            Action::Open,
            Action::SwitchFocus,
            Action::NextChart,
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
        let by = match self.0.gathering {
            Gathering::Activity => "activity",
            Gathering::Resource => "resource",
        };
        Some(["triage", "--by", by].map(String::from).to_vec())
    }

    fn copy(&self, what: CopyWhat) -> Option<String> {
        self.0.copy(what)
    }

    fn place(&self) -> Place {
        let by_resource = self.0.gathering == Gathering::Resource;
        Place {
            subject: if by_resource { "resource" } else { "" }.to_owned(),
            ..self.0.controls.place()
        }
    }

    fn go_to(&mut self, place: &Place) {
        self.0.gathering = match &*place.subject {
            "resource" => Gathering::Resource,
            _ => Gathering::Activity,
        };
        self.0.controls.go_to(place);
    }
}
