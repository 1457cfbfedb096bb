//! What the bottlenecks pane shows. Pure: knows no style.

use crate::engine::{Answer, AskError, EdgeDetail, EdgeKey, EdgeRow, Request, Rows, quote};
use crate::input::Action;
use crate::panes::controls::{Controls, motion};
use crate::panes::{Context, CopyWhat, Outcome, Slot, Status, texts};
use crate::ui::text;
use crate::ui::widgets::Split;
use crate::ui::widgets::split::Part;
use crate::ui::widgets::virtual_table::page_rows;
use crate::ui::{ListState, list::Move};
use std::sync::Arc;

/// The slot of the list.
pub const LIST: Slot = 0;
/// The slot of the edge under the cursor.
pub const DETAIL: Slot = 1;

/// Title, key, and whether the largest comes first.
const COLUMNS: &[(&str, EdgeKey, bool)] = &[
    ("total", EdgeKey::Total, true),
    ("median", EdgeKey::Median, true),
    ("p90", EdgeKey::P90, true),
    ("mean", EdgeKey::Mean, true),
    ("count", EdgeKey::Count, true),
    ("cases", EdgeKey::Cases, true),
    ("from", EdgeKey::From, false),
    ("to", EdgeKey::To, false),
];

/// The titles alone.
pub const SORTS: &[&str] = &[
    "total", "median", "p90", "mean", "count", "cases", "from", "to",
];

/// Rows received, the cursor among them, and the edge in depth.
pub struct State {
    /// Cursor, order, search.
    pub controls: Controls<EdgeKey>,
    /// The rows around the cursor.
    pub rows: Option<Rows<EdgeRow>>,
    /// The edge under the cursor, once it is there.
    pub detail: Option<EdgeDetail>,
    /// List or detail.
    pub focus: Part,
    /// Cursor among the slowest cases of the detail.
    pub slowest: ListState,
    /// Why there is no answer.
    pub error: Option<AskError>,
}

impl State {
    /// Nothing received yet.
    pub fn new() -> Self {
        State {
            controls: Controls::new(COLUMNS),
            rows: None,
            detail: None,
            focus: Part::List,
            slowest: ListState::default(),
            error: None,
        }
    }

    /// Where list and detail are.
    pub fn split(&self, context: Context<'_>) -> Split {
        // The names of two activities need room first.
        let share = if context.area.width < 130 { 60 } else { 52 };
        Split::of(context.area, share, self.focus, context.maximized)
    }

    /// The rows that the screen shows, and the edge under the cursor.
    pub fn requests(&self, context: Context<'_>) -> Vec<(Slot, Request)> {
        let split = self.split(context);
        let listing = self.controls.listing(page_rows(split.list.height));
        let mut requests = vec![(LIST, Request::Edges(listing))];
        if let Some(row) = self.row().filter(|_| split.shows_detail()) {
            requests.push((
                DETAIL,
                Request::EdgeDetail {
                    from: row.from.to_string(),
                    to: row.to.to_string(),
                    time_bins: usize::from(split.detail.width)
                        .saturating_sub(10)
                        .clamp(10, 120),
                    // As many as get a row beside the time line and the slowest cases.
                    duration_bins: usize::from(split.detail.height / 3).clamp(3, 12),
                },
            ));
        }
        requests
    }

    /// Takes an answer.
    pub fn receive(&mut self, answer: &Result<Arc<Answer>, AskError>) {
        match answer.as_ref().map(|a| &**a) {
            Ok(Answer::Edges(rows)) => {
                let name = |r: &EdgeRow| text::width(&text::safe(&r.from)).max(text::width(&r.to));
                let widest = rows.rows.iter().map(name).max().unwrap_or(0);
                self.controls.received(rows.total, widest);
                self.rows = Some(rows.clone());
                self.error = None;
            }
            Ok(Answer::EdgeDetail(detail)) => {
                self.slowest.set_total(detail.slowest.len());
                self.detail = Some(detail.clone());
            }
            Ok(_) => {}
            Err(error) => self.error = Some(error.clone()),
        }
    }

    /// The row under the cursor.
    pub fn row(&self) -> Option<&EdgeRow> {
        let rows = self.rows.as_ref()?;
        rows.rows
            .get(self.controls.list.cursor.checked_sub(rows.offset)?)
    }

    /// Carries out an action.
    pub fn update(&mut self, action: &Action, context: Context<'_>) -> Outcome {
        if *action == Action::SwitchFocus {
            self.focus = self.focus.other();
            return Outcome::Done;
        }
        if self.focus == Part::Detail {
            return self.update_detail(action);
        }
        let before = self.controls.list.cursor;
        self.controls
            .list
            .set_page(page_rows(self.split(context).list.height));
        if self.controls.update(action) {
            if self.controls.list.cursor != before {
                self.slowest.go(Move::Top);
            }
            return Outcome::Done;
        }
        let Some(row) = self.row() else {
            return Outcome::Ignored;
        };
        let filter = format!("{} -> {}", quote(&row.from), quote(&row.to));
        Outcome::Emit(vec![match action {
            Action::Open => {
                let name = format!("{} > {}", row.from, row.to);
                Action::Drill {
                    filter,
                    pane: "cases",
                    crumb: texts::crumb("with", &name),
                }
            }
            Action::Keep => Action::AddFilter(filter),
            Action::Drop => Action::AddFilter(texts::negated(&filter)),
            _ => return Outcome::Ignored,
        }])
    }

    /// In the detail, the cursor is on one of the slowest cases.
    fn update_detail(&mut self, action: &Action) -> Outcome {
        if let Some(to) = motion(action) {
            self.slowest.go(to);
            return Outcome::Done;
        }
        let slowest = self.detail.as_ref().map_or(&[][..], |d| &d.slowest);
        let Some((case, _)) = slowest.get(self.slowest.cursor) else {
            return self.leave(action);
        };
        let filter = format!("case = {}", quote(case));
        Outcome::Emit(vec![match action {
            Action::Open => Action::OpenCase(case.clone()),
            Action::Keep => Action::AddFilter(filter),
            Action::Drop => Action::AddFilter(texts::negated(&filter)),
            _ => return self.leave(action),
        }])
    }

    /// `Back` in the detail leads to the list.
    fn leave(&mut self, action: &Action) -> Outcome {
        if *action != Action::Back {
            return Outcome::Ignored;
        }
        self.focus = Part::List;
        Outcome::Done
    }

    /// For the status line.
    pub fn status(&self) -> Status {
        let mut status = self.controls.status(self.rows.is_some());
        if self.focus == Part::Detail {
            let there = self.slowest.has_row();
            status.position = there.then_some((self.slowest.cursor + 1, self.slowest.total));
        }
        status
    }

    /// The row under the cursor, or all rows around it.
    pub fn copy(&self, what: CopyWhat) -> Option<String> {
        let cells = |row: &EdgeRow| {
            let figures = [row.elapsed.median, row.elapsed.p90, row.elapsed.total];
            let names = [&row.from, &row.to].map(|name| text::safe(name).into_owned());
            let mut cells = names.to_vec();
            cells.extend([row.count, row.cases].map(|n| n.to_string()));
            cells.extend(figures.map(|s| s.to_string()));
            cells
        };
        match what {
            CopyWhat::Cell => {
                let row = self.row()?;
                Some(format!("{} -> {}", quote(&row.from), quote(&row.to)))
            }
            CopyWhat::Row => Some(texts::tab_separated([cells(self.row()?)])),
            CopyWhat::View => {
                let head = [
                    "from", "to", "count", "cases", "median_s", "p90_s", "total_s",
                ];
                let head = head.map(String::from).to_vec();
                let rows = self.rows.as_ref()?;
                Some(texts::tab_separated(
                    [head].into_iter().chain(rows.rows.iter().map(cells)),
                ))
            }
        }
    }
}
