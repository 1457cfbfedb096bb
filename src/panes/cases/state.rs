//! What the cases pane holds: the list, and beside it the events of the case under the cursor.
//! Draws nothing.

use crate::engine::{Answer, AskError, CaseDetail, CaseKey, CaseRow, Request, Rows, quote};
use crate::input::Action;
use crate::panes::controls::{Controls, motion};
use crate::panes::texts::negated;
use crate::panes::{Context, Outcome, Slot};
use crate::text::time::{UTC, duration, exact_instant};
use crate::text::{count, safe};
use crate::ui::fit::width;
use crate::ui::list::{ListState, Move};
use crate::ui::widgets::virtual_table::page_rows;
use crate::ui::widgets::{Part, Split};
use std::sync::Arc;

/// The list's question.
pub const LIST: Slot = 0;
/// The question for the case under the cursor.
pub const PREVIEW: Slot = 1;
/// Part of the width that the list takes, in percent.
const LIST_SHARE: u16 = 58;
/// Rows above the events: the id, and its figures.
pub const DETAIL_HEAD: u16 = 2;

/// Columns that it can be sorted by.
pub const KEYS: [(&str, CaseKey, bool); 6] = [
    ("duration", CaseKey::Duration, true),
    ("events", CaseKey::Events, true),
    ("start", CaseKey::Start, false),
    ("end", CaseKey::End, true),
    ("case", CaseKey::Case, false),
    ("variant", CaseKey::Variant, false),
];
/// Their titles.
pub const TITLES: [&str; 6] = ["duration", "events", "start", "end", "case", "variant"];

/// State of the pane.
#[derive(Debug, Clone)]
pub struct State {
    /// The list.
    pub controls: Controls<CaseKey>,
    /// What has the focus.
    pub focus: Part,
    /// Cursor in the preview.
    pub detail: ListState,
    /// Why there is no list.
    pub error: Option<AskError>,
    answer: Option<Arc<Answer>>,
    preview: Option<Arc<Answer>>,
}

impl Default for State {
    fn default() -> Self {
        State {
            controls: Controls::new(&KEYS),
            focus: Part::List,
            detail: ListState::default(),
            error: None,
            answer: None,
            preview: None,
        }
    }
}

/// Where list and preview are.
pub fn layout(context: Context<'_>, focus: Part) -> Split {
    Split::of(context.area, LIST_SHARE, focus, context.maximized)
}

impl State {
    /// The rows that came.
    pub fn rows(&self) -> Option<&Rows<CaseRow>> {
        match self.answer.as_deref() {
            Some(Answer::Cases(rows)) => Some(rows),
            _ => None,
        }
    }

    /// The row at an index of the list, if it came.
    pub fn row(&self, index: usize) -> Option<&CaseRow> {
        let rows = self.rows()?;
        rows.rows.get(index.checked_sub(rows.offset)?)
    }

    /// The case under the cursor.
    pub fn current(&self) -> Option<&CaseRow> {
        self.row(self.controls.list.cursor)
    }

    /// The events that came, if they are those of the case under the cursor.
    pub fn preview(&self) -> Option<&CaseDetail> {
        let id = &self.current()?.case;
        match self.preview.as_deref() {
            Some(Answer::Case(detail)) if detail.row.case == *id => Some(detail),
            _ => None,
        }
    }

    /// The list on the screen.
    pub fn list_on(&self, context: Context<'_>) -> ListState {
        self.controls
            .on(page_rows(layout(context, self.focus).list.height))
    }

    /// The questions.
    pub fn requests(&self, context: Context<'_>) -> Vec<(Slot, Request)> {
        let split = layout(context, self.focus);
        let listing = self.controls.listing(page_rows(split.list.height));
        let mut requests = vec![(
            LIST,
            Request::Cases {
                listing,
                variant: None,
            },
        )];
        if let Some(row) = self.current().filter(|_| split.shows_detail()) {
            let case = row.case.clone();
            requests.push((PREVIEW, Request::Case { case }));
        }
        requests
    }

    /// Takes an answer.
    pub fn receive(&mut self, slot: Slot, answer: Result<Arc<Answer>, AskError>) {
        match (slot, answer) {
            (_, Err(AskError::Cancelled)) => {}
            (LIST, Err(error)) => self.error = Some(error),
            (LIST, Ok(answer)) => {
                self.error = None;
                self.answer = Some(answer);
                let (total, widest) = self.rows().map_or((0, 0), |rows| {
                    let ids = rows.rows.iter().map(|row| width(&safe(&row.case)));
                    (rows.total, ids.max().unwrap_or(0))
                });
                self.controls.received(total, widest);
                self.count_detail();
            }
            (_, answer) => {
                self.preview = answer.ok();
                self.count_detail();
            }
        }
    }

    fn count_detail(&mut self) {
        let events = self.current().map_or(0, |row| row.events as usize);
        self.detail.set_total(events);
    }

    /// Carries out an action.
    pub fn update(&mut self, action: &Action, context: Context<'_>) -> Outcome {
        let split = layout(context, self.focus);
        if !split.list.is_empty() {
            self.controls.list.set_page(page_rows(split.list.height));
        }
        self.detail
            .set_page(page_rows(split.detail.height.saturating_sub(DETAIL_HEAD)));
        match action {
            Action::SwitchFocus if self.current().is_some() => self.focus = self.focus.other(),
            Action::Back if self.focus == Part::Detail => self.focus = Part::List,
            Action::Open | Action::Keep | Action::Drop => return self.act(action),
            _ if self.focus == Part::Detail && motion(action).is_some() => {
                self.detail.go(motion(action).unwrap_or(Move::Top));
            }
            _ if self.controls.update(action) => {
                self.detail.go(Move::Top);
                self.count_detail();
            }
            _ => return Outcome::Ignored,
        }
        Outcome::Done
    }

    fn act(&self, action: &Action) -> Outcome {
        let Some(row) = self.current() else {
            return Outcome::Emit(vec![Action::Notify("There is no case here.".to_owned())]);
        };
        let id = quote(&row.case);
        let activity = match (self.focus, self.preview()) {
            (Part::Detail, Some(detail)) => detail.events.get(self.detail.cursor),
            _ => None,
        };
        let activity = activity.map(|event| quote(&event.activity));
        Outcome::Emit(vec![match (action, activity) {
            (Action::Keep, Some(activity)) => Action::AddFilter(activity),
            (Action::Drop, Some(activity)) => Action::AddFilter(negated(&activity)),
            (Action::Keep, None) => Action::AddFilter(format!("case = {id}")),
            (Action::Drop, None) => Action::AddFilter(format!("case != {id}")),
            _ => Action::OpenCase(row.case.clone()),
        }])
    }

    /// The rows on the screen that came.
    pub fn visible(&self) -> impl Iterator<Item = &CaseRow> {
        self.controls
            .list
            .visible()
            .filter_map(|index| self.row(index))
    }
}

/// The cells of a row to copy, under [`COPIED`].
pub fn cells(row: &CaseRow) -> Vec<String> {
    vec![
        safe(&row.case).into_owned(),
        row.variant.to_string(),
        count(row.events.into()),
        exact_instant(row.start, UTC),
        exact_instant(row.end, UTC),
        duration(row.duration),
    ]
}

/// Heading of what is copied.
pub const COPIED: [&str; 6] = ["case", "variant", "events", "start", "end", "duration"];
