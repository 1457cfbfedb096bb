//! Number of cases that each filter of a stack leaves.

use crate::engine::query::{Context, Query, SmallGroups};
use crate::engine::suppress::CaseCount;
use crate::engine::view::{AskError, FilterError};
use crate::index::CaseSet;

/// Cases that each filter of a stack leaves, alone and together with those before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilterCountsQuery {
    /// Filters of cases; those of the view do not count.
    pub filters: Vec<String>,
}

/// Cases that one filter of a stack leaves.
#[derive(Debug, Clone, PartialEq)]
pub struct FilterCount {
    /// Cases that pass this filter alone, or what is wrong with it.
    pub alone: Result<CaseCount, FilterError>,
    /// Cases left after this one and all before it.
    pub after: CaseCount,
    /// What it was understood as, where it was written in another letter case.
    pub notes: Vec<String>,
}

impl Query for FilterCountsQuery {
    type Answer = Vec<FilterCount>;
    // Of few cases their number is not shown; the selection itself may be of few.
    const SMALL_GROUPS: SmallGroups = SmallGroups::None;

    fn run(&self, context: &Context<'_>) -> Result<Vec<FilterCount>, AskError> {
        let prepared = context.analysis.prepared(context.view, context.cancel)?;
        let mut left = CaseSet::all(prepared.index.n_cases());
        let shown = |cases: &CaseSet| CaseCount::of(cases.count() as u64, context.least);
        let mut counts = Vec::with_capacity(self.filters.len());
        for text in &self.filters {
            let passing = prepared.cases(text, context.analysis.zone(), context.cancel);
            let passing = match passing {
                Err(AskError::Filter(error)) => Err(error),
                passing => Ok(passing?),
            };
            // A wrong filter leaves all cases, so that those after it still say something.
            if let Ok(passing) = &passing {
                left.and(passing);
            }
            counts.push(FilterCount {
                alone: passing.map(|cases| shown(&cases)),
                after: shown(&left),
                notes: prepared.notes(text, context.analysis.zone()),
            });
        }
        Ok(counts)
    }
}
