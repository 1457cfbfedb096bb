//! What the variants pane holds: the list, and beside it the steps and the cases of the variant
//! under the cursor. Draws nothing.

use crate::engine::{
    Answer, AskError, CaseKey, CaseRow, Listing, Page, Request, Rows, VariantKey, VariantRow, quote,
};
use crate::input::Action;
use crate::panes::controls::{Controls, motion};
use crate::panes::sequence::{self, Run};
use crate::panes::texts::negated;
use crate::panes::{Context, Outcome, Place, Slot};
use crate::text::time::duration;
use crate::text::{count, percent};
use crate::ui::fit::width;
use crate::ui::list::{ListState, Move};
use crate::ui::widgets::virtual_table::page_rows;
use crate::ui::widgets::{Part, Split};
use std::sync::Arc;

/// The list's question.
pub const LIST: Slot = 0;
/// The question for the cases of the variant under the cursor.
pub const CASES: Slot = 1;
/// Part of the width that the list takes, in percent.
const LIST_SHARE: u16 = 66;
/// Rows above the steps: name and figures of the variant.
pub const DETAIL_HEAD: u16 = 2;
/// Cases are asked for in pieces of so many.
const PIECE: usize = 64;

/// Columns that it can be sorted by.
pub const KEYS: [(&str, VariantKey, bool); 7] = [
    ("cases", VariantKey::Cases, true),
    ("rank", VariantKey::Rank, false),
    ("median", VariantKey::Median, true),
    ("p90", VariantKey::P90, true),
    ("mean", VariantKey::Mean, true),
    ("total", VariantKey::Total, true),
    ("events", VariantKey::Length, true),
];
/// Their titles.
pub const TITLES: [&str; 7] = ["cases", "rank", "median", "p90", "mean", "total", "events"];

/// What a row of the detail is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum DetailRow<'a> {
    /// A step of the sequence.
    Step(&'a Run),
    /// The heading of the cases.
    Heading,
    /// A case, if it is there already.
    Case(Option<&'a CaseRow>),
}

/// State of the pane.
#[derive(Debug, Clone)]
pub struct State {
    /// The list.
    pub controls: Controls<VariantKey>,
    /// What has the focus.
    pub focus: Part,
    /// Cursor in the detail: steps, a heading, cases.
    pub detail: ListState,
    /// Steps of the variant under the cursor.
    pub steps: Vec<Run>,
    /// Runs of the variants that came, row by row.
    pub sequences: Vec<Vec<Run>>,
    /// Why there is no list.
    pub error: Option<AskError>,
    answer: Option<Arc<Answer>>,
    cases: Option<Arc<Answer>>,
}

impl Default for State {
    fn default() -> Self {
        State {
            controls: Controls::new(&KEYS),
            focus: Part::List,
            detail: ListState::default(),
            steps: Vec::new(),
            sequences: Vec::new(),
            error: None,
            answer: None,
            cases: None,
        }
    }
}

/// Where list and detail are.
pub fn layout(context: Context<'_>, focus: Part) -> Split {
    Split::of(context.area, LIST_SHARE, focus, context.maximized)
}

impl State {
    /// The rows that came.
    pub fn rows(&self) -> Option<&Rows<VariantRow>> {
        match self.answer.as_deref() {
            Some(Answer::Variants(rows)) => Some(rows),
            _ => None,
        }
    }

    /// The row at an index of the list, if it came.
    pub fn row(&self, index: usize) -> Option<&VariantRow> {
        let rows = self.rows()?;
        rows.rows.get(index.checked_sub(rows.offset)?)
    }

    /// The runs of the row at an index of the list.
    pub fn runs(&self, index: usize) -> &[Run] {
        let position = self.rows().and_then(|rows| index.checked_sub(rows.offset));
        position
            .and_then(|i| self.sequences.get(i))
            .map_or(&[], Vec::as_slice)
    }

    /// The variant under the cursor.
    pub fn current(&self) -> Option<&VariantRow> {
        self.row(self.controls.list.cursor)
    }

    /// The cases that came, if they are those of the variant under the cursor.
    pub fn cases(&self) -> Option<&Rows<CaseRow>> {
        let rank = self.current()?.rank;
        match self.cases.as_deref() {
            Some(Answer::Cases(rows)) if rows.rows.iter().all(|case| case.variant == rank) => {
                Some(rows)
            }
            _ => None,
        }
    }

    /// What stands at an index of the detail.
    pub fn detail_row(&self, index: usize) -> DetailRow<'_> {
        if let Some(step) = self.steps.get(index) {
            return DetailRow::Step(step);
        }
        let Some(case) = index.checked_sub(self.steps.len() + 1) else {
            return DetailRow::Heading;
        };
        let row = |rows: &'_ Rows<CaseRow>| case.checked_sub(rows.offset);
        DetailRow::Case(self.cases().and_then(|rows| rows.rows.get(row(rows)?)))
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
        let mut requests = vec![(LIST, Request::Variants(listing))];
        if let Some(row) = self.current().filter(|_| split.shows_detail()) {
            requests.push((CASES, self.ask_cases(row.rank, split.detail.height)));
        }
        requests
    }

    fn ask_cases(&self, rank: u32, height: u16) -> Request {
        let mut detail = self.detail;
        detail.set_page(usize::from(height.saturating_sub(DETAIL_HEAD)));
        let first = detail.offset.saturating_sub(self.steps.len() + 1) / PIECE * PIECE;
        let rows = detail.page_rows.div_ceil(PIECE) * PIECE;
        Request::Cases {
            listing: Listing {
                sort: CaseKey::Duration,
                descending: true,
                find: String::new(),
                page: Page {
                    offset: first,
                    limit: rows + PIECE,
                },
            },
            variant: Some(rank),
        }
    }

    /// Takes an answer.
    pub fn receive(&mut self, slot: Slot, answer: Result<Arc<Answer>, AskError>) {
        match (slot, answer) {
            (_, Err(AskError::Cancelled)) => {}
            (LIST, Err(error)) => self.error = Some(error),
            (LIST, Ok(answer)) => {
                self.error = None;
                self.answer = Some(answer);
                let rows = self
                    .rows()
                    .map(|rows| rows.rows.as_slice())
                    .unwrap_or_default();
                self.sequences = rows
                    .iter()
                    .map(|row| sequence::runs(&row.activities))
                    .collect();
                let longest = |row: &VariantRow| width(&sequence::text(&row.activities));
                let (total, widest) = self.rows().map_or((0, 0), |rows| {
                    (rows.total, rows.rows.iter().map(longest).max().unwrap_or(0))
                });
                self.controls.received(total, widest);
                self.show_current();
            }
            (_, Ok(answer)) => {
                self.cases = Some(answer);
                self.count_detail();
            }
            (_, Err(_)) => self.cases = None,
        }
    }

    /// The variant under the cursor may be another one.
    fn show_current(&mut self) {
        let steps = self
            .current()
            .map(|row| sequence::runs(&row.activities))
            .unwrap_or_default();
        if steps != self.steps {
            self.steps = steps;
            self.detail.go(Move::Top);
        }
        self.count_detail();
    }

    fn count_detail(&mut self) {
        let cases = self.current().map_or(0, |row| row.cases as usize);
        let heading = usize::from(cases > 0);
        self.detail.set_total(self.steps.len() + heading + cases);
    }

    /// Carries out an action.
    pub fn update(&mut self, action: &Action, context: Context<'_>) -> Outcome {
        let split = layout(context, self.focus);
        if !split.list.is_empty() {
            self.controls.list.set_page(page_rows(split.list.height));
        }
        self.detail
            .set_page(usize::from(split.detail.height.saturating_sub(DETAIL_HEAD)));
        match action {
            Action::SwitchFocus if self.current().is_some() => self.focus = self.focus.other(),
            Action::Back if self.focus == Part::Detail => self.focus = Part::List,
            Action::Open | Action::Keep | Action::Drop => return self.act(action),
            _ if self.focus == Part::Detail && motion(action).is_some() => self.move_detail(action),
            _ if self.controls.update(action) => self.show_current(),
            _ => return Outcome::Ignored,
        }
        Outcome::Done
    }

    /// The cursor does not rest on the heading of the cases.
    fn move_detail(&mut self, action: &Action) {
        let before = self.detail.cursor;
        if let Some(to) = motion(action) {
            self.detail.go(to);
        }
        if self.detail_row(self.detail.cursor) == DetailRow::Heading {
            let down = self.detail.cursor >= before;
            self.detail.go(if down { Move::Down } else { Move::Up });
        }
    }

    fn act(&self, action: &Action) -> Outcome {
        let Some(row) = self.current() else {
            return notify("There is no variant here.");
        };
        let (filter, open) = match (self.focus, self.detail_row(self.detail.cursor)) {
            (Part::List, _) => (format!("variant = {}", row.rank), None),
            (Part::Detail, DetailRow::Step(step)) => (quote(&step.name), None),
            (Part::Detail, DetailRow::Case(Some(case))) => (
                format!("case = {}", quote(&case.case)),
                Some(case.case.clone()),
            ),
            (Part::Detail, _) => return notify("There is no case here yet."),
        };
        let emit = match action {
            Action::Keep => Action::AddFilter(filter),
            Action::Drop => Action::AddFilter(negated(&filter)),
            _ => match open {
                Some(case) => Action::OpenCase(case),
                None if self.focus == Part::Detail => {
                    return notify("Enter opens a case; + keeps the cases with this activity.");
                }
                None => Action::Drill {
                    filter,
                    pane: "cases",
                    crumb: format!("variant {}", row.rank),
                },
            },
        };
        Outcome::Emit(vec![emit])
    }

    /// Where it is.
    pub fn place(&self) -> Place {
        self.controls.place()
    }

    /// Goes back to where it was.
    pub fn go_to(&mut self, place: &Place) {
        self.controls.go_to(place);
        self.focus = Part::List;
        self.show_current();
    }

    /// The rows on the screen that came.
    pub fn visible(&self) -> impl Iterator<Item = &VariantRow> {
        self.controls
            .list
            .visible()
            .filter_map(|index| self.row(index))
    }
}

fn notify(text: &str) -> Outcome {
    Outcome::Emit(vec![Action::Notify(text.to_owned())])
}

/// The cells of a row to copy, under [`COPIED`].
pub fn cells(row: &VariantRow) -> Vec<String> {
    vec![
        row.rank.to_string(),
        count(row.cases),
        percent(row.share),
        percent(row.cumulative),
        duration(row.duration.median),
        duration(row.duration.p90),
        row.activities.len().to_string(),
        sequence::text(&row.activities),
    ]
}

/// Heading of what is copied.
pub const COPIED: [&str; 8] = [
    "rank",
    "cases",
    "share",
    "cumulative",
    "median",
    "p90",
    "events",
    "sequence",
];
