//! The cases: one a row, longest first. Enter opens the case under the cursor.

mod state;
mod view;

#[cfg(test)]
mod tests;

use super::texts::tab_separated;
use super::{Context, CopyWhat, Look, Outcome, Pane, PaneSpec, Place, Slot, Status};
use crate::engine::{Answer, AskError, CaseKey, Request};
use crate::input::Action;
use crate::text::safe;
use crate::ui::widgets::Part;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use state::State;
use std::sync::Arc;

/// Its line in the registry.
pub static SPEC: PaneSpec = PaneSpec {
    id: "cases",
    title: "Cases",
    short: "Cases",
    help: "Every case with its variant, length and duration, and a preview of its events.",
    tab: true,
    new: || Box::new(Cases::default()),
};

#[derive(Debug, Default)]
struct Cases {
    state: State,
}

impl Pane for Cases {
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
        &["duration", "events", "rank"]
    }

    fn hints(&self) -> Vec<Action> {
        use Action::{Drop, Find, Keep, Open, Sort, SwitchFocus};
        vec![Open, Sort, Find, Keep, Drop, SwitchFocus]
    }

    fn status(&self) -> Status {
        self.state.controls.status(self.state.rows().is_some())
    }

    fn sort_columns(&self) -> &'static [&'static str] {
        &state::TITLES
    }

    fn command(&self, context: Context<'_>) -> Option<Vec<String>> {
        let controls = &self.state.controls;
        // The report has no search, and no order by the end.
        if !controls.find.is_empty() || controls.key() == CaseKey::End {
            return None;
        }
        let sign = if controls.descending { "-" } else { "" };
        let sort = format!("{sign}{}", state::TITLES[controls.sort]);
        let limit = self.state.list_on(context).visible().end.max(1).to_string();
        // One word, as a sort that begins with a minus could be taken for an option.
        Some(vec![
            "cases".to_owned(),
            format!("--sort={sort}"),
            "--limit".to_owned(),
            limit,
        ])
    }

    fn copy(&self, what: CopyWhat) -> Option<String> {
        let row = self.state.current()?;
        Some(match what {
            CopyWhat::View => {
                let head = state::COPIED.map(str::to_owned).to_vec();
                tab_separated(std::iter::once(head).chain(self.state.visible().map(state::cells)))
            }
            CopyWhat::Row => tab_separated([state::cells(row)]),
            CopyWhat::Cell => {
                let event = match (self.state.focus, self.state.preview()) {
                    (Part::Detail, Some(detail)) => detail.events.get(self.state.detail.cursor),
                    _ => None,
                };
                safe(event.map_or(row.case.as_str(), |event| &*event.activity)).into_owned()
            }
        })
    }

    fn place(&self) -> Place {
        self.state.controls.place()
    }

    fn go_to(&mut self, place: &Place) {
        self.state.controls.go_to(place);
        self.state.focus = Part::List;
    }
}
