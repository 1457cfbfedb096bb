//! State of the ledger pane, without styles.

use super::notes::{Note, notes};
use crate::engine::{AskError, Ledger, LedgerQuery, List, Reason, RejectDetail, RejectRow};
use crate::panes::controls::{Controls, Keyed, SortColumn};
use crate::panes::{Context, Rect, Slot};
use crate::ui::widgets::Split;
use crate::ui::widgets::split::Part;
use std::sync::Arc;

/// The slot of the list.
pub const LIST: Slot = 0;
/// The slot of the row under the cursor.
pub const DETAIL: Slot = 1;

/// Columns that the list can be sorted by.
const COLUMNS: [&str; 3] = ["line", "reason", "value"];

/// Rows of the summary above the list.
const SUMMARY_ROWS: u16 = 3;

/// Rows received, the cursor among them, and the row under it in full.
pub struct State {
    /// Cursor, order, search.
    pub controls: Controls,
    /// Received answers.
    pub ledger: Option<Ledger>,
    /// The row under the cursor, once it is there.
    pub detail: Option<Arc<RejectDetail>>,
    /// Reasons whose rows are left out.
    pub hidden: Vec<Reason>,
    /// List or detail.
    pub focus: Part,
    /// First line of the detail on the screen.
    pub scroll: usize,
    /// Why there is no answer.
    pub error: Option<AskError>,
}

/// Where the parts are.
pub struct Parts {
    /// Line counts by outcome; no rows if the area is low.
    pub summary: Rect,
    /// List and detail.
    pub split: Split,
}

/// The rejected rows of an answer with their keys.
pub fn keyed(ledger: Option<&Ledger>) -> Keyed<'_, RejectRow> {
    Keyed {
        rows: ledger.map(|ledger| &ledger.rejects),
        key: LedgerQuery::schema().key,
    }
}

impl State {
    /// Nothing received yet.
    pub fn new() -> Self {
        State {
            controls: Controls::new(
                COLUMNS
                    .map(|name| SortColumn::own(name, name, false))
                    .to_vec(),
            ),
            ledger: None,
            detail: None,
            hidden: Vec::new(),
            focus: Part::List,
            scroll: 0,
            error: None,
        }
    }

    /// Where the parts are. Without any reject the detail, which has the warnings, has all the room.
    pub fn parts(&self, context: Context<'_>) -> Parts {
        let area = context.area;
        let rows = if area.height >= 10 { SUMMARY_ROWS } else { 0 };
        let summary = Rect {
            height: rows,
            ..area
        };
        let body = Rect {
            y: area.y + rows,
            height: area.height - rows,
            ..area
        };
        let nothing = Rect::new(area.x, area.y, 0, 0);
        let split = if self.has_rejects() {
            Split::of(body, 50, self.focus, context.maximized)
        } else {
            Split {
                list: nothing,
                detail: body,
                line: nothing,
            }
        };
        Parts { summary, split }
    }

    /// Tests whether any row was rejected.
    pub fn has_rejects(&self) -> bool {
        self.ledger.as_ref().is_some_and(|ledger| ledger.kept > 0)
    }

    /// The row under the cursor.
    pub fn row(&self) -> Option<&RejectRow> {
        let ledger = self.ledger.as_ref().filter(|_| self.error.is_none())?;
        ledger.rejects.get(self.controls.list.cursor)
    }

    /// The lines of the detail in that area, whose last column is that of the scrollbar.
    pub fn notes(&self, area: Rect) -> Vec<Note> {
        let Some(ledger) = &self.ledger else {
            return Vec::new();
        };
        let detail = self.detail.as_deref().filter(|_| self.row().is_some());
        let columns = area.width.saturating_sub(1);
        notes(ledger, detail, &self.hidden, columns.into())
    }
}
