//! What of the input is not in the log, and why: rejected rows, the one under the cursor as it stands
//! in the file with what to try, warnings, and what became of every line. Glue; knows no other pane.

mod notes;
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
    id: "ledger",
    title: "Ledger",
    short: "Led",
    help: "What was rejected while reading, why and what to try; warnings; every line accounted for",
    tab: true,
    terms: &[],
    hints: &[],
    report: Some("quality"),
    new: || Box::new(LedgerPane(State::new())),
};

/// The pane.
struct LedgerPane(State);

impl Pane for LedgerPane {
    fn spec(&self) -> &'static PaneSpec {
        &SPEC
    }

    fn requests(&self, context: Context<'_>) -> Vec<(Slot, Request)> {
        self.0.requests(context)
    }

    fn receive(&mut self, _slot: Slot, answer: Result<Answer, AskError>) {
        self.0.receive(&answer);
    }

    fn update(&mut self, action: &Action, context: Context<'_>) -> Outcome {
        self.0.update(action, context)
    }

    fn draw(&self, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
        view::draw(&self.0, area, buffer, look);
    }

    fn hints(&self) -> Vec<Action> {
        if self.0.row().is_none() {
            return Vec::new();
        }
        vec![
            Action::Keep,
            Action::Drop,
            Action::SwitchFocus,
            Action::Sort,
            Action::Find,
        ]
    }

    fn status(&self) -> Status {
        self.0.status()
    }

    fn sort_columns(&self) -> Vec<&'static str> {
        state::SORTS.to_vec()
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
