//! What the resources pane shows. Pure: knows no style.

use crate::engine::{Answer, AskError, Request, ResourceKey, ResourceRow, Rows, quote};
use crate::input::Action;
use crate::panes::controls::Controls;
use crate::panes::{Context, CopyWhat, Outcome, Rect, Slot, texts};
use crate::text;
use crate::ui::fit;
use crate::ui::widgets::virtual_table::page_rows;
use std::sync::Arc;

/// Title, key, and whether the largest comes first.
const COLUMNS: &[(&str, ResourceKey, bool)] = &[
    ("events", ResourceKey::Events, true),
    ("cases", ResourceKey::Cases, true),
    ("activities", ResourceKey::Activities, true),
    ("resource", ResourceKey::Resource, false),
];

/// The titles alone.
pub const SORTS: &[&str] = &["events", "cases", "activities", "resource"];

/// Rows received and the cursor among them.
pub struct State {
    /// Cursor, order, search.
    pub controls: Controls<ResourceKey>,
    /// The rows around the cursor.
    pub rows: Option<Rows<ResourceRow>>,
    /// Why there is no answer.
    pub error: Option<AskError>,
}

impl State {
    /// Nothing received yet.
    pub fn new() -> Self {
        State {
            controls: Controls::new(COLUMNS),
            rows: None,
            error: None,
        }
    }

    /// The rows that the screen shows.
    pub fn requests(&self, area: Rect) -> Vec<(Slot, Request)> {
        vec![(
            0,
            Request::Resources(self.controls.listing(page_rows(area.height))),
        )]
    }

    /// Takes an answer.
    pub fn receive(&mut self, answer: &Result<Arc<Answer>, AskError>) {
        match answer.as_ref().map(|a| &**a) {
            Ok(Answer::Resources(rows)) => {
                let widest = rows
                    .rows
                    .iter()
                    .map(|r| fit::width(&text::safe(&r.resource)));
                self.controls
                    .received(rows.total, widest.max().unwrap_or(0));
                self.rows = Some(rows.clone());
                self.error = None;
            }
            Ok(_) => {}
            Err(error) => self.error = Some(error.clone()),
        }
    }

    /// The row under the cursor.
    pub fn row(&self) -> Option<&ResourceRow> {
        let rows = self.rows.as_ref()?;
        rows.rows
            .get(self.controls.list.cursor.checked_sub(rows.offset)?)
    }

    /// Carries out an action.
    pub fn update(&mut self, action: &Action, context: Context<'_>) -> Outcome {
        self.controls.list.set_page(page_rows(context.area.height));
        if self.controls.update(action) {
            return Outcome::Done;
        }
        let Some(row) = self.row() else {
            return Outcome::Ignored;
        };
        let filter = format!("resource = {}", quote(&row.resource));
        Outcome::Emit(vec![match action {
            Action::Open => Action::Drill {
                filter,
                pane: "cases",
                crumb: texts::crumb("resource", &row.resource),
            },
            Action::Keep => Action::AddFilter(filter),
            Action::Drop => Action::AddFilter(texts::negated(&filter)),
            _ => return Outcome::Ignored,
        }])
    }

    /// The row under the cursor, or all that are on the screen.
    pub fn copy(&self, what: CopyWhat) -> Option<String> {
        let cells = |row: &ResourceRow| {
            let name = text::safe(&row.resource).into_owned();
            vec![
                name,
                row.events.to_string(),
                row.cases.to_string(),
                row.activities.to_string(),
            ]
        };
        match what {
            CopyWhat::Cell => Some(text::safe(&self.row()?.resource).into_owned()),
            CopyWhat::Row => Some(texts::tab_separated([cells(self.row()?)])),
            CopyWhat::View => {
                let head = ["resource", "events", "cases", "activities"]
                    .map(String::from)
                    .to_vec();
                let rows = self.rows.as_ref()?;
                Some(texts::tab_separated(
                    [head].into_iter().chain(rows.rows.iter().map(cells)),
                ))
            }
        }
    }
}
