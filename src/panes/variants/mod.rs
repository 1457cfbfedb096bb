//! The variants: the ways that cases take, most frequent first. Enter opens the cases of one.

mod state;
mod view;

#[cfg(test)]
mod tests;

use super::sequence;
use super::texts::tab_separated;
use super::{Context, CopyWhat, Look, Outcome, Pane, PaneSpec, Place, Slot, Status};
use crate::engine::{Answer, AskError, Request, VariantKey};
use crate::input::Action;
use crate::text::safe;
use crate::ui::widgets::Part;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use state::{DetailRow, State};
use std::sync::Arc;

/// Its line in the registry.
pub static SPEC: PaneSpec = PaneSpec {
    id: "variants",
    title: "Variants",
    short: "Var",
    help: "The sequences of activities that cases follow, with their share and durations.",
    tab: true,
    new: || Box::new(Variants::default()),
};

#[derive(Debug, Default)]
struct Variants {
    state: State,
}

impl Pane for Variants {
    fn spec(&self) -> &'static PaneSpec {
        &SPEC
    }

    fn requests(&self, context: Context<'_>) -> Vec<(Slot, Request)> {
        self.state.requests(context)
    }

    fn receive(&mut self, slot: Slot, answer: Result<Arc<Answer>, AskError>) {
        self.state.receive(slot, answer);
    }

    fn update(&mut self, action: &Action, context: Context<'_>) -> Outcome {
        self.state.update(action, context)
    }

    fn draw(&self, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
        view::draw(&self.state, area, buffer, look);
    }

    fn terms(&self) -> &'static [&'static str] {
        &[
            "rank",
            "cases",
            "share",
            "cumulative",
            "duration",
            "median",
            "p90",
        ]
    }

    fn hints(&self) -> Vec<Action> {
        use Action::{Drop, Find, Keep, Open, Sort, SwitchFocus};
        vec![Open, Keep, Drop, Find, Sort, SwitchFocus]
    }

    fn status(&self) -> Status {
        self.state.controls.status(self.state.rows().is_some())
    }

    fn sort_columns(&self) -> &'static [&'static str] {
        &state::TITLES
    }

    fn command(&self, context: Context<'_>) -> Option<Vec<String>> {
        // The report knows one order and no search.
        let controls = &self.state.controls;
        let plain = controls.key() == VariantKey::Cases && controls.descending;
        let limit = self.state.list_on(context).visible().end.max(1).to_string();
        (plain && controls.find.is_empty())
            .then(|| vec!["variants".to_owned(), "--limit".to_owned(), limit])
    }

    fn copy(&self, what: CopyWhat) -> Option<String> {
        let row = self.state.current()?;
        Some(match what {
            CopyWhat::View => {
                let head = state::COPIED.map(str::to_owned).to_vec();
                tab_separated(std::iter::once(head).chain(self.state.visible().map(state::cells)))
            }
            CopyWhat::Row => tab_separated([state::cells(row)]),
            CopyWhat::Cell => match self.state.detail_row(self.state.detail.cursor) {
                DetailRow::Step(step) if self.state.focus == Part::Detail => {
                    safe(&step.name).into_owned()
                }
                DetailRow::Case(Some(case)) if self.state.focus == Part::Detail => {
                    safe(&case.case).into_owned()
                }
                _ => sequence::text(&row.activities),
            },
        })
    }

    fn place(&self) -> Place {
        self.state.place()
    }

    fn go_to(&mut self, place: &Place) {
        self.state.go_to(place);
    }
}
