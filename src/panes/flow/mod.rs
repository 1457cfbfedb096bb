//! What comes, what goes and what is there: arrivals, completions and work in progress over time, one
//! below the other on one axis. A chart of the timelines; glue.

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
    id: "flow",
    title: "Flow",
    short: "flow",
    help: "Cases that come, go and are there over time",
    tab: false,
    terms: &["came, went", "in progress", "open"],
    hints: &[
        Action::Open,
        Action::SwitchFocus,
        Action::ZoomIn,
        Action::ZoomOut,
        Action::Keep,
    ],
    report: None,
    new: || Box::<Flow>::default(),
};

/// The chart.
#[derive(Debug, Default)]
struct Flow(State);

impl Pane for Flow {
    fn spec(&self) -> &'static PaneSpec {
        &SPEC
    }

    fn requests(&self, context: Context<'_>) -> Vec<(Slot, Request)> {
        vec![(0, self.0.request(context.area))]
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

    fn command(&self, context: Context<'_>) -> Option<Vec<String>> {
        let bins = [
            "flow".to_owned(),
            "--bins".to_owned(),
            state::bins(context.area).to_string(),
        ];
        Some([bins.to_vec(), self.0.periods.options()].concat())
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
