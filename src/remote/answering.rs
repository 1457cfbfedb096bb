//! Which queries an engine answers, and which it refuses.

use super::RemoteError;
use super::answers;
use super::log::RemoteLog;
use crate::engine::{
    ActivitiesQuery, Answer, Answers, AskError, CaseQuery, CasesQuery, CompletionsQuery,
    DeadlinesQuery, EdgesQuery, FacetsQuery, FilterCountsQuery, FlowQuery, LedgerQuery, LogInfo,
    MapQuery, NeighborsQuery, NumbersQuery, OverviewQuery, Query, Request, Size, SizeQuery,
    SplitQuery, SummaryQuery, VariantsQuery, View,
};
use crate::event_log::Cancel;
use crate::formats::ImportReport;

/// Answers a request if it is of this type.
fn answered<Q: Query>(
    request: &Request,
    answer: impl FnOnce(&Q) -> Result<Q::Answer, AskError>,
) -> Option<Result<Answer, AskError>> {
    let query = request.get::<Q>()?;
    Some(answer(query).map(Answer::new::<Q>))
}

impl Answers for RemoteLog {
    fn info(&self) -> &LogInfo {
        &self.info
    }

    fn import(&self) -> &ImportReport {
        &self.report
    }

    fn answer(&self, view: &View, request: &Request, cancel: &Cancel) -> Result<Answer, AskError> {
        if view.versus.is_some() {
            return Err(RemoteError::refused("a comparison of two selections").into());
        }
        let found = self.figures(view, request, cancel);
        let found = found.or_else(|| self.lists(view, request, cancel));
        found.unwrap_or_else(|| Err(RemoteError::refused("needs all events").into()))
    }

    fn size(&self, view: &View, cancel: &Cancel) -> Result<Size, AskError> {
        let (total_events, total_cases) = self.totals(self.until(view)?, cancel)?;
        let (mut events, mut cases) = (total_events, total_cases);
        if !view.filters.is_empty() || !view.events.is_empty() {
            let selected = self.slice_size(view, cancel)?;
            (events, cases) = (selected.events, selected.cases);
        }
        Ok(Size {
            cases,
            events,
            total_cases,
            total_events,
        })
    }
}

impl RemoteLog {
    /// Answers what has no rows; `None` for other queries.
    fn figures(
        &self,
        view: &View,
        request: &Request,
        cancel: &Cancel,
    ) -> Option<Result<Answer, AskError>> {
        let frame = || self.frame(view, cancel);
        None.or_else(|| answered(request, |_: &SizeQuery| self.size(view, cancel)))
            .or_else(|| {
                answered(request, |_: &SummaryQuery| {
                    let ends = self.ends(view, cancel)?;
                    Ok(answers::summary(self, &frame()?, &ends)?)
                })
            })
            .or_else(|| {
                answered(request, |query: &OverviewQuery| {
                    let ends = self.ends(view, cancel)?;
                    answers::overview(self, &frame()?, &ends, query)
                })
            })
            .or_else(|| {
                answered(request, |query: &FlowQuery| {
                    let ends = self.ends(view, cancel)?;
                    answers::flow(self, &frame()?, &ends, query)
                })
            })
            .or_else(|| {
                answered(request, |query: &MapQuery| {
                    answers::map(self, view, query, cancel)
                })
            })
            .or_else(|| {
                answered(request, |query: &FilterCountsQuery| {
                    answers::filter_counts(self, view, query, cancel)
                })
            })
            .or_else(|| {
                answered(request, |query: &LedgerQuery| {
                    query.of(&self.report, cancel)
                })
            })
            .or_else(|| {
                answered(request, |query: &CompletionsQuery| {
                    Ok(query.complete(&self.skeleton(), &[]))
                })
            })
    }

    /// Answers lists and what is beside their rows; `None` for other queries.
    fn lists(
        &self,
        view: &View,
        request: &Request,
        cancel: &Cancel,
    ) -> Option<Result<Answer, AskError>> {
        let frame = || self.frame(view, cancel);
        None.or_else(|| {
            answered(request, |query: &VariantsQuery| {
                answers::variants(self, view, query, cancel)
            })
        })
        .or_else(|| {
            answered(request, |query: &ActivitiesQuery| {
                answers::activities(self, &frame()?, query, cancel)
            })
        })
        .or_else(|| {
            answered(request, |query: &NeighborsQuery| {
                Ok(answers::neighbors(self, &frame()?, query)?)
            })
        })
        .or_else(|| {
            answered(request, |query: &EdgesQuery| {
                answers::edges(self, &frame()?, query, cancel)
            })
        })
        .or_else(|| {
            answered(request, |query: &DeadlinesQuery| {
                answers::deadlines(self, view, query, cancel)
            })
        })
        .or_else(|| {
            answered(request, |query: &FacetsQuery| {
                answers::facets(self, &frame()?, query, cancel)
            })
        })
        .or_else(|| {
            answered(request, |query: &NumbersQuery| {
                answers::numbers(self, &frame()?, query, cancel)
            })
        })
        .or_else(|| {
            answered(request, |query: &SplitQuery| {
                answers::split(self, view, query, cancel)
            })
        })
        .or_else(|| {
            answered(request, |query: &CasesQuery| {
                answers::cases(self, &frame()?, query, cancel)
            })
        })
        .or_else(|| {
            answered(request, |query: &CaseQuery| {
                answers::case(self, view, query, cancel)
            })
        })
    }
}
