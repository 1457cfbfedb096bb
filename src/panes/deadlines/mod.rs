//! Who keeps the deadlines: every rule with what became of its cases, and beside it the cases that
//! break it, worst first, and those whose time is running out. Glue; knows no other pane.

mod state;
#[cfg(test)]
mod tests;
mod view;

use super::{Context, CopyWhat, Look, Outcome, Pane, PaneSpec, Place, Slot, Status};
use crate::engine::{Answer, AskError, DeadlinesQuery, LogInfo, Request};
use crate::input::Action;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use state::State;

/// Registry entry.
pub static SPEC: PaneSpec = PaneSpec {
    id: "deadlines",
    title: "Deadlines",
    short: "Due",
    help: "Who keeps the deadlines of the rules file: cases that break them, and those about to",
    tab: true,
    terms: &["rate", "over", "open"],
    hints: &[
        Action::Open,
        Action::Keep,
        Action::Drop,
        Action::SwitchFocus,
    ],
    report: Some("check"),
    new: || Box::new(Deadlines(State::new())),
};

/// The pane.
struct Deadlines(State);

impl Pane for Deadlines {
    fn spec(&self) -> &'static PaneSpec {
        &SPEC
    }

    fn has_tab(&self, log: Option<&LogInfo>) -> bool {
        log.is_some_and(|log| log.deadlines > 0)
    }

    fn requests(&self, context: Context<'_>) -> Vec<(Slot, Request)> {
        vec![(
            0,
            Request::new(DeadlinesQuery {
                named: state::NAMED,
                time_bins: self.0.time_bins(context),
            }),
        )]
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
        self.0.rules.restore(place.cursor, place.offset);
    }
}
