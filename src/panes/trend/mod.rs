//! Figures by day, week or month and how they changed, and beside them the one under the cursor over
//! all periods. A chart of the timelines; glue.

mod state;
#[cfg(test)]
mod tests;
mod view;

use super::{Context, CopyWhat, Look, Outcome, Pane, PaneSpec, Place, Slot, Status};
use crate::engine::{Answer, AskError, Request, TrendQuery};
use crate::input::Action;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use state::State;

/// Registry entry.
pub static SPEC: PaneSpec = PaneSpec {
    id: "trend",
    title: "Trend",
    short: "trend",
    help: "Figures by day, week or month, and how they changed",
    tab: false,
    terms: &["change", "came, went", "in progress", "duration"],
    hints: &[
        Action::Open,
        Action::ToggleAxis,
        Action::SwitchFocus,
        Action::Keep,
        Action::Drop,
    ],
    report: None,
    new: || Box::new(Trend(State::new())),
};

/// The chart.
struct Trend(State);

impl Pane for Trend {
    fn spec(&self) -> &'static PaneSpec {
        &SPEC
    }

    fn requests(&self, context: Context<'_>) -> Vec<(Slot, Request)> {
        vec![(
            0,
            Request::new(TrendQuery {
                by: self.0.unit(context),
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

    fn command(&self, context: Context<'_>) -> Option<Vec<String>> {
        Some(
            ["trend", "--by", self.0.unit(context).word()]
                .map(String::from)
                .to_vec(),
        )
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
