//! Figures of the selection as a whole.

use crate::engine::query::{Context, Query, SmallGroups};
use crate::engine::stats::{Stats, plain, stats};
use crate::engine::view::{AskError, View};
use crate::index::CaseSet;
use crate::metrics::summary;

/// Figures of the selection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SummaryQuery;

/// The figures of a selection.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    /// Events selected.
    pub events: u64,
    /// Cases selected.
    pub cases: u64,
    /// Activities that occur.
    pub activities: u64,
    /// Variants that occur.
    pub variants: u64,
    /// Resources that occur; `None` where the log has no resource.
    pub resources: Option<u64>,
    /// First instant.
    pub first_event: Option<i64>,
    /// Last instant.
    pub last_event: Option<i64>,
    /// Events per case (plain numbers, not seconds).
    pub events_per_case: Option<Stats>,
    /// Durations of the cases, open ones as far as they have come.
    pub case_duration: Option<Stats>,
    /// Cases selected that are open; `None` where that is not known, as in an engine.
    pub open: Option<u64>,
    /// Durations of the cases that are over; `None` also where open ones are not known.
    pub throughput: Option<Stats>,
    /// Events of the log as of the time of the view, before conditions and filters.
    pub total_events: u64,
    /// Cases of the log as of the time of the view, before conditions and filters.
    pub total_cases: u64,
}

/// Numbers of cases and events that a view selects, and of all of the log as of the time of the view.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// Cases selected.
    pub cases: u64,
    /// Events selected.
    pub events: u64,
    /// Cases of the log.
    pub total_cases: u64,
    /// Events of the log.
    pub total_events: u64,
}

impl Summary {
    /// Numbers of cases and events.
    pub fn size(&self) -> Size {
        Size {
            cases: self.cases,
            events: self.events,
            total_cases: self.total_cases,
            total_events: self.total_events,
        }
    }
}

/// Numbers of the selected cases and events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SizeQuery;

impl Query for SizeQuery {
    type Answer = Size;
    const SMALL_GROUPS: SmallGroups = SmallGroups::LeftOut;

    fn run(&self, context: &Context<'_>) -> Result<Size, AskError> {
        Ok(SummaryQuery.run(context)?.size())
    }
}

impl Query for SummaryQuery {
    type Answer = Summary;
    const SMALL_GROUPS: SmallGroups = SmallGroups::LeftOut;

    fn run(&self, context: &Context<'_>) -> Result<Summary, AskError> {
        let selected = context.selected()?;
        let selection = selected.selection();
        let as_of = View {
            as_of: context.view.as_of.clone(),
            ..View::default()
        };
        let whole = context.analysis.prepared(&as_of, context.cancel)?;
        let figures = summary::summary(&selection);
        let open = selected.open();
        let throughput = if open.count() == 0 {
            figures.case_duration
        } else {
            let mut over = CaseSet::clone(&open);
            over.not();
            summary::durations_of(&selection, &over)
        };
        Ok(Summary {
            events: figures.events,
            cases: selection.n_cases as u64,
            activities: figures.activities,
            variants: figures.variants,
            resources: figures.resources,
            first_event: figures.span.map(|s| s.0),
            last_event: figures.span.map(|s| s.1),
            events_per_case: figures.events_per_case.map(plain),
            case_duration: figures.case_duration.map(stats),
            open: Some(open.count() as u64),
            throughput: throughput.map(stats),
            total_events: whole.log.n_events() as u64,
            total_cases: whole.log.n_cases() as u64,
        })
    }
}
