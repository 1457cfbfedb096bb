//! One case: its events with the waits between them to scale, and all attributes of an event.
//! Reached from a case of a list; has no tab.

mod state;
mod view;

#[cfg(test)]
mod tests;

use super::texts::tab_separated;
use super::{Context, CopyWhat, Look, Outcome, Pane, PaneSpec, Place, Slot, Status};
use crate::engine::{Answer, AskError, Request};
use crate::input::Action;
use crate::text::safe;
use crate::ui::widgets::Part;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use state::State;

/// Registry entry.
pub static SPEC: PaneSpec = PaneSpec {
    id: "case",
    title: "Case",
    short: "Case",
    help: "The events of one case on a time line, with the waits between them and all attributes.",
    tab: false,
    terms: &["duration", "before", "wait", "service"],
    hints: &[
        Action::NextWait,
        Action::ZoomIn,
        Action::ToggleAxis,
        Action::SwitchFocus,
        Action::Keep,
        Action::Drop,
    ],
    report: None,
    new: || Box::new(Case::default()),
};

#[derive(Debug, Default)]
struct Case {
    state: State,
}

impl Pane for Case {
    fn spec(&self) -> &'static PaneSpec {
        &SPEC
    }

    fn requests(&self, _context: Context<'_>) -> Vec<(Slot, Request)> {
        self.state.requests()
    }

    fn receive(&mut self, _slot: Slot, answer: Result<Answer, AskError>) {
        self.state.receive(answer);
    }

    fn update(&mut self, action: &Action, context: Context<'_>) -> Outcome {
        self.state.update(action, context)
    }

    fn draw(&self, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
        view::draw(&self.state, area, buffer, look);
    }

    fn status(&self) -> Status {
        self.state.status()
    }

    fn command(&self, _context: Context<'_>) -> Option<Vec<String>> {
        let words = ["events", "--case-id", &self.state.subject];
        (!self.state.subject.is_empty()).then(|| words.map(str::to_owned).to_vec())
    }

    fn copy(&self, what: CopyWhat, _: Context<'_>) -> Option<String> {
        let event = self.state.current()?;
        Some(match what {
            CopyWhat::View => {
                let head = self.state.detail().map(state::heading).unwrap_or_default();
                let rows = self
                    .state
                    .list
                    .visible()
                    .filter_map(|i| self.state.events().get(i));
                tab_separated(std::iter::once(head).chain(rows.map(state::cells)))
            }
            CopyWhat::Row => tab_separated([state::cells(event)]),
            CopyWhat::Cell if self.state.focus == Part::Detail => {
                let attribute = *self.state.attributes().get(self.state.panel.cursor)?;
                self.state.attribute(attribute).1
            }
            CopyWhat::Cell => safe(&event.activity).into_owned(),
        })
    }

    fn place(&self) -> Place {
        self.state.place()
    }

    fn go_to(&mut self, place: &Place) {
        self.state.go_to(place);
    }
}
