//! When in the week things happen: arrivals, completions, events and waiting by weekday and hour. A
//! chart of the timelines; glue.

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
    id: "week",
    title: "Week",
    short: "week",
    help: "When in the week cases come and go, events happen, waiting ends",
    tab: false,
    terms: &["weekday, hour", "came, went", "wait"],
    hints: &[Action::Open, Action::ToggleAxis, Action::Keep, Action::Drop],
    report: None,
    new: || Box::<Week>::default(),
};

/// The chart.
#[derive(Debug, Default)]
struct Week(State);

impl Pane for Week {
    fn spec(&self) -> &'static PaneSpec {
        &SPEC
    }

    fn requests(&self, _context: Context<'_>) -> Vec<(Slot, Request)> {
        vec![(0, self.0.request())]
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

    fn status(&self) -> Status {
        self.0.status()
    }

    fn command(&self, _context: Context<'_>) -> Option<Vec<String>> {
        Some(vec!["week".to_owned()])
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
