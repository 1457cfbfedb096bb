//! Service and waiting times of activity instances.

use super::{Selection, quantile, quantile::Figures};

/// Times of the instances of one activity.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Times {
    /// Service time of activity instances that have one: see
    /// [`EventLog::service`](crate::event_log::EventLog::service).
    pub service: Option<Figures>,
    /// Service time without suspensions, in logs with suspended instances:
    /// see [`EventLog::active`](crate::event_log::EventLog::active).
    pub active: Option<Figures>,
    /// Waiting of all instances but the first of a case.
    pub waiting: Option<Figures>,
}

/// Waiting of each instance of a case, in order, microseconds; `None` for the first.
pub fn waiting_of_case(selection: &Selection<'_>, case: usize) -> Vec<Option<i64>> {
    let waits = selection.log.waits_of(case).map(|wait| Some(wait.ticks));
    std::iter::once(None).chain(waits).collect()
}

/// Times of every activity; all `None` for a log of plain events.
pub fn times(selection: &Selection<'_>) -> Vec<Times> {
    let log = selection.log;
    let n = log.activities.len();
    if !log.has_instances() {
        return vec![Times::default(); n];
    }
    let none = || vec![Vec::new(); n];
    let (mut service, mut active, mut waiting) = (none(), none(), none());
    selection.for_each_case(|case| {
        for (event, wait) in log.events_of(case).zip(waiting_of_case(selection, case)) {
            let activity = log.activity.get(event) as usize;
            waiting[activity].extend(wait);
            service[activity].extend(log.service(event));
            active[activity].extend(log.active(event));
        }
    });
    let figures = |mut list: Vec<i64>| {
        list.sort_unstable();
        quantile::of_sorted(&list)
    };
    let all = service.into_iter().zip(active).zip(waiting);
    all.map(|((service, active), waiting)| Times {
        service: figures(service),
        active: figures(active),
        waiting: figures(waiting),
    })
    .collect()
}
