//! Findings: what in a selection deserves a look, each as a sentence with its figure, the test or limit
//! that it passed, and a filter of the cases that it is about.
//!
//! Each kind is a function of its own that looks for at most one finding. They are ordered by case time: by
//! how much longer, for each week, cases took or waited than what they are compared with. Problems of the
//! data cost no time; they come last, by the share of the cases that they concern.

mod backlog;
mod data;
mod queue;
mod resting;
mod row;
mod rules;
mod search;
mod segment;
mod wait;

use crate::engine::cache::RecentCache;
use crate::engine::list::{List, Listing, Rows};
use crate::engine::query::{Context, Query};
use crate::engine::schema::Schema;
use crate::engine::selected::Selected;
use crate::engine::view::AskError;
use crate::metrics::periods::Periods;
use row::{FINDINGS, RANK};
use search::{Found, Search};
use std::sync::Arc;

pub use row::{FindingFigure, FindingKind, FindingRow};
pub use search::Looked;

/// Most findings of a selection.
pub const MOST: usize = 7;

/// Places that problems of the data have among them, where there are this many.
const PLACES_OF_DATA: usize = 2;

/// A page of the findings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FindingsQuery {
    /// Order, search and page.
    pub listing: Listing,
}

impl FindingsQuery {
    /// All findings in their order.
    pub fn all() -> Self {
        FindingsQuery {
            listing: Listing {
                descending: false,
                ..Listing::by(RANK)
            },
        }
    }
}

/// Findings, and what was looked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Findings {
    /// The findings of the page.
    pub rows: Rows<FindingRow>,
    /// Tests of each kind, in the order of the kinds.
    pub looked: Vec<Looked>,
    /// First instants of the period before and of the last one, and first instant after it; `None` for too
    /// few cases to compare periods.
    pub periods: Option<[i64; 3]>,
}

/// Looks for one kind.
type Look = fn(&Search<'_>) -> Result<Found, AskError>;

/// All kinds in the order in which they are looked for, each with how.
const KINDS: [(FindingKind, Look); 12] = [
    (FindingKind::Resting, resting::find),
    (FindingKind::Backlog, backlog::find),
    (FindingKind::Wait, wait::find),
    (FindingKind::Segment, segment::find),
    (FindingKind::Queue, queue::find),
    (FindingKind::Deadline, rules::of_deadlines),
    (FindingKind::Rule, rules::of_orders),
    (FindingKind::Ends, data::ends),
    (FindingKind::Arrivals, data::arrivals),
    (FindingKind::Ties, data::ties),
    (FindingKind::Resources, data::resources),
    (FindingKind::Rejected, data::rejected),
];

impl List for FindingsQuery {
    type Row = FindingRow;

    fn schema() -> &'static Schema<FindingRow> {
        &FINDINGS
    }

    fn rows(answer: &Findings) -> &Rows<FindingRow> {
        &answer.rows
    }
}

/// All findings of a selection.
#[derive(Debug)]
struct All {
    rows: Vec<FindingRow>,
    looked: Vec<Looked>,
    periods: Option<Periods>,
}

impl Query for FindingsQuery {
    type Answer = Findings;
    // Nobody waits for them: the figures of the first screen come first.
    const IN_BACKGROUND: bool = true;
    // Codes of up to 24 properties of each case.
    const BYTES_PER_EVENT: u64 = 24;

    fn run(&self, context: &Context<'_>) -> Result<Findings, AskError> {
        type Answers = RecentCache<(), Arc<All>>;
        let selected = context.selected()?;
        let answers = selected.figures.get_or_init(|| Answers::new(1));
        let all = answers.get_or_make(&(), || look(context, &selected).map(Arc::new))?;
        let text = |row: &FindingRow| row.sentence.clone();
        Ok(Findings {
            rows: FINDINGS.select(&all.rows, &self.listing, context.cancel, text)?,
            looked: all.looked.clone(),
            periods: all.periods.map(|of| [of.before, of.last, of.end]),
        })
    }
}

/// Looks for all kinds.
fn look(context: &Context<'_>, selected: &Selected) -> Result<All, AskError> {
    let selection = selected.selection();
    let mut starts = Vec::with_capacity(selection.n_cases);
    selection.for_each_case(|case| starts.push(selection.index.case_start[case]));
    let search = Search {
        context,
        selected,
        periods: Periods::of(starts),
    };
    let (mut rows, mut looked) = (Vec::new(), Vec::new());
    for (kind, look) in KINDS {
        context.cancel.check()?;
        let found = look(&search)?;
        looked.push(Looked {
            kind,
            tested: found.tested,
            passed: found.passed,
            reason: found.reason,
        });
        rows.extend(found.row);
    }
    Ok(All {
        rows: ranked(rows),
        looked,
        periods: search.periods,
    })
}

/// Orders findings, and drops those beyond [`MOST`].
fn ranked(mut rows: Vec<FindingRow>) -> Vec<FindingRow> {
    // A queue grows where its waits do: the same waits are one finding.
    let waits = rows.iter().find(|row| row.kind == FindingKind::Wait);
    let waited_for = waits.and_then(|row| row.subject.last().cloned());
    rows.retain(|row| row.kind != FindingKind::Queue || row.subject.last() != waited_for.as_ref());
    let (mut of_data, mut of_cases): (Vec<_>, Vec<_>) =
        rows.into_iter().partition(|row| row.kind.is_of_data());
    let cost = |row: &FindingRow| row.cost.unwrap_or(0.0);
    // Stable: what costs the same stays in the order of the kinds.
    of_cases.sort_by(|a, b| cost(b).total_cmp(&cost(a)));
    of_data.sort_by(|a, b| b.concerned.total_cmp(&a.concerned));
    of_cases.truncate(MOST - of_data.len().min(PLACES_OF_DATA));
    of_cases.extend(of_data);
    of_cases.truncate(MOST);
    for (rank, row) in (1..).zip(&mut of_cases) {
        row.rank = rank;
    }
    of_cases
}
