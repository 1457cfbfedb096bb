//! Each request to its answer: the only place that turns figures into rows of plain data.

mod case;
mod lists;
mod time;

pub(super) use lists::{ActivityFigures, EdgeFigures};
pub(super) use time::{distribution, timeline};

use super::Cancel;
use super::analysis::Selected;
use super::prepared::Prepared;
use super::timelines;
use super::{Answer, AskError, Completion, Request, Stats, Summary};
use super::{dotted, spectrum, timing};
use crate::filter;
use crate::metrics::{Figures, summary};

/// Answers any request about a selection. `total` is the events and cases of the whole log.
pub(super) fn answer(
    selected: &Selected,
    request: &Request,
    total: (u64, u64),
    cancel: &Cancel,
) -> Result<Answer, AskError> {
    Ok(match request {
        Request::Summary => Answer::Summary(summarize(selected, total)),
        Request::Overview {
            time_bins,
            duration_bins,
        } => Answer::Overview(time::overview(selected, *time_bins, *duration_bins)),
        Request::Variants(listing) => Answer::Variants(lists::variants(selected, listing, cancel)?),
        Request::Cases { listing, variant } => {
            Answer::Cases(lists::cases(selected, listing, *variant, cancel)?)
        }
        Request::Case { case } => Answer::Case(case::detail(selected, case)?),
        Request::Activities(listing) => {
            Answer::Activities(lists::activities(selected, listing, cancel)?)
        }
        Request::Edges(listing) => Answer::Edges(lists::edges(selected, listing, cancel)?),
        Request::Dotted(query) => Answer::Dotted(dotted::chart(selected, query, cancel)?),
        Request::Dot(query) => Answer::Dot(dotted::cell(selected, query)),
        Request::Spectrum(query) => Answer::Spectrum(spectrum::spectrum(selected, query, cancel)?),
        Request::Milestones => Answer::Milestones(timing::milestones(selected)),
        Request::Resources(listing) => {
            Answer::Resources(lists::resources(selected, listing, cancel)?)
        }
        Request::Flow { bins, range } => Answer::Flow(timelines::flow(selected, *bins, *range)),
        Request::Queues { by, listing } => {
            Answer::Queues(timelines::queues(selected, *by, listing, cancel)?)
        }
        Request::LongestQueues { by, name } => {
            Answer::LongestQueues(timelines::longest(selected, *by, name.as_deref()))
        }
        Request::Queue {
            by,
            name,
            bins,
            range,
        } => Answer::Queue(timelines::queue(selected, (*by, name), *bins, *range)),
        Request::Week { .. }
        | Request::Trend { .. }
        | Request::FilterCounts { .. }
        | Request::Complete { .. }
        | Request::Ledger { .. }
        | Request::Deadlines { .. }
        | Request::Times(_)
        | Request::Triage(..)
        | Request::Bottlenecks(..)
        | Request::Bottleneck(_)
        | Request::Reject(_) => {
            return Err(AskError::Internal("asked of a selection".into()));
        }
    })
}

/// What could stand at the cursor of a filter text.
pub(super) fn completions(prepared: &Prepared, text: &str, cursor: usize, events: bool) -> Answer {
    let found = filter::complete(text, cursor, events, &prepared.log);
    let completion = |c: filter::Completion| Completion {
        replace: c.replace,
        text: c.text,
        kind: c.kind,
    };
    Answer::Completions(found.into_iter().map(completion).collect())
}

/// Microseconds to seconds.
pub(super) fn seconds(micros: i64) -> f64 {
    micros as f64 / 1e6
}

/// Exact microseconds to seconds.
pub(super) fn stats(figures: Figures) -> Stats {
    let mean = figures.total as f64 / figures.n as f64;
    Stats {
        n: figures.n,
        mean: mean / 1e6,
        median: figures.median / 1e6,
        p90: figures.p90 / 1e6,
        p99: figures.p99 / 1e6,
        min: seconds(figures.min),
        max: seconds(figures.max),
        total: figures.total as f64 / 1e6,
    }
}

/// The same for plain numbers.
fn plain(figures: Figures) -> Stats {
    Stats {
        n: figures.n,
        mean: figures.total as f64 / figures.n as f64,
        median: figures.median,
        p90: figures.p90,
        p99: figures.p99,
        min: figures.min as f64,
        max: figures.max as f64,
        total: figures.total as f64,
    }
}

fn summarize(selected: &Selected, total: (u64, u64)) -> Summary {
    let selection = selected.selection();
    let figures = summary::summary(&selection);
    Summary {
        events: figures.events,
        cases: selection.n_cases as u64,
        activities: figures.activities,
        variants: figures.variants,
        resources: figures.resources,
        first_event: figures.span.map(|s| s.0),
        last_event: figures.span.map(|s| s.1),
        events_per_case: figures.events_per_case.map(plain),
        case_duration: figures.case_duration.map(stats),
        total_events: total.0,
        total_cases: total.1,
    }
}
