//! What the activities pane shows. Pure: knows no style.

use crate::engine::{
    ActivityKey, ActivityRow, Answer, AskError, EdgeKey, EdgeRow, Listing, Page, Request, Rows,
    quote,
};
use crate::input::Action;
use crate::panes::controls::Controls;
use crate::panes::{Context, CopyWhat, Outcome, Slot, texts};
use crate::text;
use crate::ui::fit;
use crate::ui::widgets::Split;
use crate::ui::widgets::split::Part;
use crate::ui::widgets::virtual_table::page_rows;
use std::sync::Arc;

/// The slot of the list.
pub const LIST: Slot = 0;
/// The slot of the edges, for the neighbors.
pub const EDGES: Slot = 1;

/// Title, key, and whether the largest comes first.
const COLUMNS: &[(&str, ActivityKey, bool)] = &[
    ("events", ActivityKey::Events, true),
    ("cases", ActivityKey::Cases, true),
    ("starts", ActivityKey::Starts, true),
    ("ends", ActivityKey::Ends, true),
    ("rework", ActivityKey::Rework, true),
    ("before: median", ActivityKey::BeforeMedian, true),
    ("before: p90", ActivityKey::BeforeP90, true),
    ("before: total", ActivityKey::BeforeTotal, true),
    ("service: median", ActivityKey::ServiceMedian, true),
    ("waiting: median", ActivityKey::WaitingMedian, true),
    ("activity", ActivityKey::Activity, false),
];

/// The titles alone.
pub const SORTS: &[&str] = &[
    "events",
    "cases",
    "starts",
    "ends",
    "rework",
    "before: median",
    "before: p90",
    "before: total",
    "service: median",
    "waiting: median",
    "activity",
];

/// Edges asked for: the most frequent ones are the neighbors worth showing.
const MOST_EDGES: usize = 2000;

/// Rows received and the cursor among them.
pub struct State {
    /// Cursor, order, search.
    pub controls: Controls<ActivityKey>,
    /// The rows around the cursor.
    pub rows: Option<Rows<ActivityRow>>,
    /// The edges, most frequent first.
    pub edges: Vec<EdgeRow>,
    /// Why there is no answer.
    pub error: Option<AskError>,
}

/// Where list and neighbors are.
pub fn split(context: Context<'_>) -> Split {
    Split::of(context.area, 62, Part::List, context.maximized)
}

impl State {
    /// Nothing received yet.
    pub fn new() -> Self {
        State {
            controls: Controls::new(COLUMNS),
            rows: None,
            edges: Vec::new(),
            error: None,
        }
    }

    /// The rows that the screen shows, and the edges if the neighbors are seen.
    pub fn requests(&self, context: Context<'_>) -> Vec<(Slot, Request)> {
        let split = split(context);
        let listing = self.controls.listing(page_rows(split.list.height));
        let mut requests = vec![(LIST, Request::Activities(listing))];
        if split.shows_detail() {
            requests.push((
                EDGES,
                Request::Edges(Listing {
                    sort: EdgeKey::Count,
                    descending: true,
                    find: String::new(),
                    page: Page {
                        offset: 0,
                        limit: MOST_EDGES,
                    },
                }),
            ));
        }
        requests
    }

    /// Takes an answer.
    pub fn receive(&mut self, answer: &Result<Arc<Answer>, AskError>) {
        match answer.as_ref().map(|a| &**a) {
            Ok(Answer::Activities(rows)) => {
                let widest = rows
                    .rows
                    .iter()
                    .map(|r| fit::width(&text::safe(&r.activity)));
                self.controls
                    .received(rows.total, widest.max().unwrap_or(0));
                self.rows = Some(rows.clone());
                self.error = None;
            }
            Ok(Answer::Edges(edges)) => self.edges.clone_from(&edges.rows),
            Ok(_) => {}
            Err(error) => self.error = Some(error.clone()),
        }
    }

    /// The row under the cursor.
    pub fn row(&self) -> Option<&ActivityRow> {
        let rows = self.rows.as_ref()?;
        rows.rows
            .get(self.controls.list.cursor.checked_sub(rows.offset)?)
    }

    /// The edges that lead to the activity under the cursor (or from it), most frequent first.
    pub fn neighbors(&self, before: bool) -> Vec<&EdgeRow> {
        let Some(row) = self.row() else {
            return Vec::new();
        };
        let is = |edge: &&EdgeRow| *(if before { &edge.to } else { &edge.from }) == row.activity;
        self.edges.iter().filter(is).collect()
    }

    /// Carries out an action.
    pub fn update(&mut self, action: &Action, context: Context<'_>) -> Outcome {
        self.controls
            .list
            .set_page(page_rows(split(context).list.height));
        if self.controls.update(action) {
            return Outcome::Done;
        }
        let Some(row) = self.row() else {
            return Outcome::Ignored;
        };
        let filter = quote(&row.activity);
        Outcome::Emit(vec![match action {
            Action::Open => Action::Drill {
                filter,
                pane: "cases",
                crumb: texts::crumb("with", &row.activity),
            },
            Action::Keep => Action::AddFilter(filter),
            Action::Drop => Action::AddFilter(texts::negated(&filter)),
            _ => return Outcome::Ignored,
        }])
    }

    /// The row under the cursor, or all rows around it.
    pub fn copy(&self, what: CopyWhat) -> Option<String> {
        let cells = |row: &ActivityRow| {
            let before = row
                .before
                .map(|b| (b.median.to_string(), b.p90.to_string()));
            let (median, p90) = before.unwrap_or_default();
            let counts = [
                row.events,
                row.cases,
                row.starts,
                row.ends,
                row.rework_cases,
            ];
            let mut cells = vec![text::safe(&row.activity).into_owned()];
            cells.extend(counts.map(|n| n.to_string()));
            cells.extend([median, p90]);
            cells
        };
        match what {
            CopyWhat::Cell => Some(text::safe(&self.row()?.activity).into_owned()),
            CopyWhat::Row => Some(texts::tab_separated([cells(self.row()?)])),
            CopyWhat::View => {
                let head = [
                    "activity",
                    "events",
                    "cases",
                    "starts",
                    "ends",
                    "rework_cases",
                    "before_median_s",
                    "before_p90_s",
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
