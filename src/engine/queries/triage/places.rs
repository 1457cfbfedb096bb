//! Where open cases gather: by their last activity or its resource, with the filter of each place.

use super::open::{Open, resource_of};
use crate::engine::ending::Ending;
use crate::engine::selected::Selected;
use crate::engine::stats::seconds;
use crate::event_log::EventLog;
use crate::filter::{Expr, Field};
use crate::metrics::Subject;
use crate::metrics::quantile::median;
use hashbrown::HashMap;

/// Where open cases gather.
#[derive(Debug, Clone, PartialEq)]
pub struct TriagePlace {
    /// The last activity, or its resource; empty where the log names none.
    pub name: String,
    /// Open cases there now.
    pub open: u64,
    /// Cases of the log that were open there a period ago.
    pub before: u64,
    /// Longest time since the last event, seconds.
    pub longest: f64,
    /// Median of it.
    pub median: f64,
    /// Open cases there with an unusual wait.
    pub unusual: u64,
    /// The filter of the open cases there; `None` where there are none, or too many to name.
    pub filter: Option<Expr>,
}

/// More cases than this are not listed one by one in a filter.
const LISTED: usize = 200;

/// Returns the places with their open cases, most first; places that all cases left are among them.
pub(in super::super) fn places(
    selected: &Selected,
    gathering: Subject,
    all: &[Open],
    (before, ending): (&[(usize, usize)], &Ending),
) -> Vec<TriagePlace> {
    let log = &selected.prepared.log;
    let name = |case: usize, event: usize| match gathering {
        Subject::Activity => log.activities.get(log.activity.get(event)).to_owned(),
        Subject::Resource => resource_of(selected, case, event).unwrap_or_default(),
    };
    let mut by_name: HashMap<String, (Vec<&Open>, u64)> = HashMap::new();
    for open in all {
        by_name
            .entry(name(open.case, open.event))
            .or_default()
            .0
            .push(open);
    }
    for &(case, event) in before {
        by_name.entry(name(case, event)).or_default().1 += 1;
    }
    let place = |(name, (open, before)): (String, (Vec<&Open>, u64))| {
        let mut waits: Vec<i64> = open.iter().map(|open| open.wait).collect();
        let median = median(&mut waits);
        TriagePlace {
            filter: filter(selected, gathering, &name, (&open, all, ending)),
            open: open.len() as u64,
            before,
            longest: seconds(waits.iter().copied().max().unwrap_or(0)),
            median: median.unwrap_or(0.0) / 1e6,
            unusual: open.iter().filter(|open| open.unusual).count() as u64,
            name,
        }
    };
    let mut places: Vec<TriagePlace> = by_name.into_iter().map(place).collect();
    places.retain(|place| place.open > 0 || place.before > 0);
    places.sort_by(|a, b| b.open.cmp(&a.open).then_with(|| a.name.cmp(&b.name)));
    places
}

/// The open cases at a place: by their last activity, or by their ids while these are few.
fn filter(
    selected: &Selected,
    gathering: Subject,
    name: &str,
    (open, all, ending): (&[&Open], &[Open], &Ending),
) -> Option<Expr> {
    if open.is_empty() {
        return None;
    }
    let log = &selected.prepared.log;
    if gathering == Subject::Activity && is_where_cases_end(log, name, all) {
        let ends = Expr::ends_with(name);
        // An activity that does not end a case leaves it open, unless rest does; one that ends cases does
        // so while it is being done.
        let varies = ending.idle.is_some() || log.running.is_some();
        return Some(match &ending.over {
            Some(over) if varies => ends.and(over.negate()),
            _ => ends,
        });
    }
    let listed = open.iter().map(|open| log.case_ids.get(open.case as u32));
    // A filter of more ids could not be read.
    (open.len() <= LISTED).then(|| Expr::one_of(Field::Case, listed))
}

/// True if `ends with NAME` holds for exactly those open cases that are at this activity. Where
/// instances overlap, the one that began last is not always the one that was completed last.
fn is_where_cases_end(log: &EventLog, name: &str, all: &[Open]) -> bool {
    let code = log.activities.find(name);
    let is_meant = |event: usize| Some(log.activity.get(event)) == code;
    let last = |open: &Open| log.events_of(open.case).end - 1;
    let agrees = |open: &Open| is_meant(open.event) == is_meant(last(open));
    !log.has_instances() || all.iter().all(agrees)
}
