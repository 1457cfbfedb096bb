//! What the ledger shows. Pure: knows no style.

use super::notes::{Note, notes};
use crate::engine::{
    Answer, AskError, Ledger, LedgerQuery, Reason, RejectDetail, RejectQuery, RejectRow, Request,
};
use crate::input::Action;
use crate::panes::controls::{Controls, motion, scrolled};
use crate::panes::{Context, CopyWhat, Outcome, Place, Rect, Slot, Status, texts};
use crate::text;
use crate::ui::fit;
use crate::ui::list::Move;
use crate::ui::widgets::Split;
use crate::ui::widgets::split::Part;
use crate::ui::widgets::virtual_table::page_rows;
use std::sync::Arc;

/// The slot of the list.
pub const LIST: Slot = 0;
/// The slot of the row under the cursor.
pub const DETAIL: Slot = 1;

/// Title, key, and whether the largest comes first.
const COLUMNS: &[(&str, &str, bool)] = &[
    ("line", "line", false),
    ("reason", "reason", false),
    ("value", "value", false),
];

/// The titles alone.
pub const SORTS: &[&str] = &["line", "reason", "value"];

/// Rows of the summary above the list.
const SUMMARY_ROWS: u16 = 3;

/// Rows received, the cursor among them, and the row under it in full.
pub struct State {
    /// Cursor, order, search.
    pub controls: Controls,
    /// What came.
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
    /// What became of the lines; no rows where there is little room.
    pub summary: Rect,
    /// List and detail.
    pub split: Split,
}

impl State {
    /// Nothing received yet.
    pub fn new() -> Self {
        State {
            controls: Controls::new(COLUMNS.to_vec()),
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

    /// Whether anything was rejected.
    pub fn has_rejects(&self) -> bool {
        self.ledger.as_ref().is_some_and(|ledger| ledger.kept > 0)
    }

    /// The rows that the screen shows, and the one under the cursor.
    pub fn requests(&self, context: Context<'_>) -> Vec<(Slot, Request)> {
        let rows = page_rows(self.parts(context).split.list.height);
        let list = Request::new(LedgerQuery {
            listing: self.controls.listing(rows),
            hidden: self.hidden.clone(),
        });
        let mut requests = vec![(LIST, list)];
        if let Some(row) = self.row() {
            requests.push((DETAIL, Request::new(RejectQuery { at: row.at })));
        }
        requests
    }

    /// Takes an answer.
    pub fn receive(&mut self, answer: &Result<Answer, AskError>) {
        match answer {
            Err(error) => {
                self.error = Some(error.clone());
            }
            Ok(answer) => {
                if let Some(ledger) = answer.to::<LedgerQuery>() {
                    let values = ledger.rejects.rows.iter().map(|r| r.value.as_str());
                    let widest = values.map(|v| fit::width(&text::safe(v))).max();
                    let total = ledger.rejects.total;
                    self.controls.received(total, widest.unwrap_or(0));
                    self.ledger = Some(ledger.clone());
                    self.error = None;
                } else if let Some(detail) = answer.to::<RejectQuery>() {
                    self.detail.clone_from(detail);
                }
            }
        }
    }

    /// The row under the cursor.
    pub fn row(&self) -> Option<&RejectRow> {
        let rows = &self.ledger.as_ref()?.rejects;
        let at = self.controls.list.cursor.checked_sub(rows.offset)?;
        rows.rows.get(at)
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

    /// Carries out an action.
    pub fn update(&mut self, action: &Action, context: Context<'_>) -> Outcome {
        let split = self.parts(context).split;
        if !self.has_rejects() || self.focus == Part::Detail {
            return self.read(action, split.detail);
        }
        match action {
            Action::SwitchFocus | Action::Open => self.focus = Part::Detail,
            Action::Keep | Action::Drop => return self.hide(*action == Action::Keep),
            _ => {
                let before = self.row().map(|row| row.at);
                self.controls.list.set_page(page_rows(split.list.height));
                if !self.controls.update(action) {
                    return self.unhide(action);
                }
                if self.row().map(|row| row.at) != before {
                    self.scroll = 0;
                }
            }
        }
        Outcome::Done
    }

    /// In the detail, keys scroll; `Back` leads to the list.
    fn read(&mut self, action: &Action, area: Rect) -> Outcome {
        match (action, motion(action)) {
            (_, Some(to)) => {
                let lines = self.notes(area).len();
                self.scroll = scrolled(self.scroll, to, lines, area.height.into());
            }
            (Action::SwitchFocus | Action::Back, _) if self.has_rejects() => {
                self.focus = Part::List;
            }
            _ => return Outcome::Ignored,
        }
        Outcome::Done
    }

    /// Leaves out the rows of the reason under the cursor, or those of all others.
    fn hide(&mut self, others: bool) -> Outcome {
        let (Some(row), Some(ledger)) = (self.row(), &self.ledger) else {
            return Outcome::Ignored;
        };
        let reason = row.reason;
        let all = ledger.reasons.iter().map(|(reason, _)| *reason);
        let hidden: Vec<Reason> = if others {
            all.filter(|other| *other != reason).collect()
        } else {
            let already = self.hidden.iter().copied();
            already.chain([reason]).collect()
        };
        if hidden.len() >= ledger.reasons.len() {
            let text = format!("All rejected rows left are {reason}; esc shows the others");
            return Outcome::Emit(vec![Action::Notify(text)]);
        }
        self.hidden = hidden;
        self.controls.list.go(Move::Top);
        Outcome::Done
    }

    /// `Back` brings back the rows that were left out.
    fn unhide(&mut self, action: &Action) -> Outcome {
        if *action != Action::Back || self.hidden.is_empty() {
            return Outcome::Ignored;
        }
        self.hidden.clear();
        Outcome::Done
    }

    /// For the status line.
    pub fn status(&self) -> Status {
        if !self.has_rejects() {
            return Status::default();
        }
        self.controls.status(self.ledger.is_some())
    }

    /// The row under the cursor, the line of the file, or all rows around it.
    pub fn copy(&self, what: CopyWhat) -> Option<String> {
        let cells = |row: &RejectRow| {
            let safe = |text: &str| text::safe(text).into_owned();
            vec![
                safe(&row.file),
                place(row),
                row.reason.to_string(),
                safe(&row.value),
            ]
        };
        let row = self.row()?;
        match what {
            CopyWhat::Cell => {
                let of_row = self.detail.as_ref().filter(|d| d.row.at == row.at);
                let raw = of_row.map(|d| &d.raw).filter(|raw| !raw.is_empty());
                Some(text::safe(raw.unwrap_or(&row.value)).into_owned())
            }
            CopyWhat::Row => Some(texts::tab_separated([cells(row)])),
            CopyWhat::View => {
                let head = ["file", "line", "reason", "value"].map(String::from);
                let rows = self.ledger.as_ref()?.rejects.rows.iter().map(cells);
                Some(texts::tab_separated(
                    [head.to_vec()].into_iter().chain(rows),
                ))
            }
        }
    }

    /// Where it is; the reasons left out are its subject.
    pub fn place(&self) -> Place {
        Place {
            subject: self
                .hidden
                .iter()
                .map(|r| r.code())
                .collect::<Vec<_>>()
                .join(" "),
            ..self.controls.place()
        }
    }

    /// Goes back to where it was.
    pub fn go_to(&mut self, place: &Place) {
        self.controls.go_to(place);
        let codes = place.subject.split_whitespace();
        let reason = |code| Reason::ALL.iter().find(|reason| reason.code() == code);
        self.hidden = codes.filter_map(reason).copied().collect();
        self.focus = Part::List;
    }
}

/// Where a row stands in its file: a line is a place, not an amount, so it has no separators.
pub fn place(row: &RejectRow) -> String {
    row.line.map_or("end".to_owned(), |line| line.to_string())
}
