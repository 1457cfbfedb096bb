//! Service, waiting, idle and sojourn times of activity instances and cases, with their definitions.
//! Durations are by the clock of the log. Times that a log does not contain are unknown, never 0.
//!
//! - *ready* of an instance: the latest completion of all earlier instances of its case;
//! - *waiting*: max(0, start - ready), where there are earlier ones; an instance of unknown start is
//!   taken to begin with its completion, as in all reports;
//! - *service*: completion - start, where the start is known;
//! - *sojourn*: max(0, completion - ready); of the first instance its service;
//! - *active* of a case: the time in which one instance at least was under way (their union);
//! - *idle* of a case: its duration without the active time: the sum of the waiting of its instances
//!   (edeaR's `idle_time_case`); *utilization*: active / duration.
//!
//! Plain events have only the time since the event before (*elapsed*), which includes both waiting and
//! work.

use super::event_codes::EventCodes;
use super::quantile::{Figures, of_unsorted};
use super::{Selection, Subject};
use crate::event_log::EventLog;
use crate::index::Index;
use rayon::prelude::*;
use std::ops::ControlFlow;

/// Times of one event or instance, microseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct EventTimes {
    /// In logs of plain events: from the timestamp of the event before; `None` for the first of a
    /// case.
    pub elapsed: Option<i64>,
    /// `None` for plain events and the first instance of a case.
    pub waiting: Option<i64>,
    /// `None` where the start is not known.
    pub service: Option<i64>,
    /// `None` for plain events, and for the first of a case where its start is not known.
    pub sojourn: Option<i64>,
}

/// Does something with every event of a case and its times.
#[inline]
pub fn for_each_event(log: &EventLog, case: usize, mut f: impl FnMut(usize, EventTimes)) {
    let (ticks, instances) = (log.ticks(), log.has_instances());
    let mut before: Option<i64> = None;
    let mut ready: Option<i64> = None;
    for event in log.events_of(case) {
        let time = ticks[event];
        let times = if instances {
            let service = log.service(event);
            EventTimes {
                elapsed: None,
                waiting: ready.map(|ready| (log.begin_tick(event) - ready).max(0)),
                service,
                sojourn: ready.map_or(service, |ready| Some((time - ready).max(0))),
            }
        } else {
            EventTimes {
                elapsed: before.map(|before| (time - before).max(0)),
                ..EventTimes::default()
            }
        };
        f(event, times);
        before = Some(time);
        ready = Some(ready.map_or(time, |ready| ready.max(time)));
    }
}

/// Times of one case, microseconds; but for the throughput `None` where the start of one of its
/// instances is unknown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CaseTimes {
    /// Duration of the case.
    pub throughput: i64,
    /// Sum of the service times: what overlaps counts twice.
    pub service: Option<i64>,
    /// Time in which something was under way.
    pub active: Option<i64>,
    /// Sum of the waiting times.
    pub waiting: Option<i64>,
}

impl CaseTimes {
    /// Time in which nothing was under way.
    pub fn idle(&self) -> Option<i64> {
        Some(self.throughput - self.active?)
    }

    /// Active time as a part of the duration; `None` for a case without duration.
    pub fn utilization(&self) -> Option<f64> {
        let active = self.active?;
        (self.throughput > 0).then(|| active as f64 / self.throughput as f64)
    }

    /// The times of a case.
    pub fn of(log: &EventLog, index: &Index, case: usize) -> CaseTimes {
        let throughput = index.duration(case);
        let unknown = CaseTimes {
            throughput,
            ..CaseTimes::default()
        };
        if !log.has_instances() {
            return unknown;
        }
        let mut times = CaseTimes {
            service: Some(0),
            active: Some(0),
            waiting: Some(0),
            ..unknown
        };
        let add = |sum: &mut Option<i64>, more: Option<i64>| {
            // One unknown start makes the sum unknown, not smaller.
            *sum = sum.zip(more).map(|(sum, more)| sum + more);
        };
        let mut until = i64::MIN;
        for_each_event(log, case, |event, of_event| {
            add(&mut times.service, of_event.service);
            add(&mut times.waiting, Some(of_event.waiting.unwrap_or(0)));
            // Instances stand in the order of their starts: only what ends later is new.
            let (begin, end) = (log.begin_tick(event), log.ticks()[event]);
            add(&mut times.active, Some((end - begin.max(until)).max(0)));
            until = until.max(end);
        });
        // All or none: figures of a case must be of the same instances.
        if times.service.is_some() {
            times
        } else {
            unknown
        }
    }
}

/// Times of all events of one activity or resource.
#[derive(Debug, Clone, PartialEq)]
pub struct SubjectTimes {
    /// Name of the row.
    pub name: String,
    /// Events of the row.
    pub events: u64,
    /// Elapsed, waiting, service and sojourn; `None` where no event has one.
    pub figures: [Option<Figures>; 4],
}

/// Times of all events of each activity or resource that occurs, by name. Empty for a log without
/// resources where these are wanted.
pub fn by_subject(selection: &Selection<'_>, subject: Subject) -> Vec<SubjectTimes> {
    let figures = |mut list: Vec<i64>| of_unsorted(&mut list);
    let of = |of: SubjectLists| SubjectTimes {
        name: of.name,
        events: of.events,
        figures: of.lists.map(figures),
    };
    let lists = lists_by_subject(selection, subject).into_par_iter();
    let mut all: Vec<SubjectTimes> = lists.map(of).collect();
    all.retain(|times| times.figures.iter().any(Option::is_some));
    all.sort_by(|a, b| a.name.cmp(&b.name));
    all
}

/// Times of all events of one activity or resource, one by one.
#[derive(Debug)]
pub struct SubjectLists {
    /// Name of the row.
    pub name: String,
    /// Events of the row.
    pub events: u64,
    /// Elapsed, waiting, service and sojourn in microseconds, in no order.
    pub lists: [Vec<i64>; 4],
}

/// Times of all events of each activity or resource of the dictionaries. Empty for a log without
/// resources where these are wanted.
pub fn lists_by_subject(selection: &Selection<'_>, subject: Subject) -> Vec<SubjectLists> {
    let log = selection.log;
    let Some((codes, names)) = EventCodes::by(log, subject) else {
        return Vec::new();
    };
    let n: usize = names.len();
    let none = || vec![(0u64, [const { Vec::new() }; 4]); n];
    let piece = |words| {
        let mut lists: Vec<(u64, [Vec<i64>; 4])> = none();
        let _ = selection.try_each_of(words, |case| {
            for_each_event(log, case, |event, times| {
                let Some(code) = codes.get(case, event) else {
                    return;
                };
                let all = [times.elapsed, times.waiting, times.service, times.sojourn];
                let (events, lists) = &mut lists[code];
                *events += 1;
                let lists = lists.iter_mut().zip(all);
                lists.for_each(|(list, time)| list.extend(time));
            });
            ControlFlow::Continue(())
        });
        lists
    };
    let lists = selection.pieces().map(piece).reduce(none, |mut all, more| {
        for (all, more) in all.iter_mut().zip(more) {
            all.0 += more.0;
            let lists = all.1.iter_mut().zip(more.1);
            lists.for_each(|(all, more)| all.extend(more));
        }
        all
    });
    let of = |(name, (events, lists)): (String, (u64, [Vec<i64>; 4]))| SubjectLists {
        name,
        events,
        lists,
    };
    names.into_iter().zip(lists).map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event_log::{NO_INSTANT, Progress};
    use crate::test_support::log;
    use proptest::prelude::*;

    /// One case with activity instances (start, completion), in the order of the analysis.
    fn of_instances(mut instances: Vec<(i64, i64)>) -> (EventLog, Index) {
        instances.sort_unstable();
        let mut log = log(&format!("c:{}", " a".repeat(instances.len())));
        log.time = instances.iter().map(|i| i.1).collect();
        log.start = Some(instances.iter().map(|i| i.0).collect());
        let index = Index::build(&log, &Progress::default()).unwrap();
        (log, index)
    }

    /// Moments of the case's duration in which some instance is under way, one by one.
    fn active(instances: &[(i64, i64)]) -> i64 {
        let (first, last) = (0..60).fold((i64::MAX, i64::MIN), |span, _| {
            instances
                .iter()
                .fold(span, |(a, b), i| (a.min(i.0), b.max(i.1)))
        });
        let under_way = |t: i64| instances.iter().any(|i| i.0 <= t && t < i.1);
        (first..last).filter(|&t| under_way(t)).count() as i64
    }

    proptest! {
        #[test]
        fn waiting_is_what_is_idle(instances in prop::collection::vec((0i64..60, 0i64..20), 1..10)) {
            let instances: Vec<(i64, i64)> = instances.iter().map(|&(s, d)| (s, s + d)).collect();
            let (log, index) = of_instances(instances.clone());
            let times = CaseTimes::of(&log, &index, 0);
            prop_assert_eq!(times.active, Some(active(&instances)));
            prop_assert_eq!(times.waiting, times.idle());
            prop_assert_eq!(times.service, Some(instances.iter().map(|i| i.1 - i.0).sum()));
            prop_assert!(times.utilization().is_none_or(|u| (0.0..=1.0).contains(&u)));
            for_each_event(&log, 0, |_, t| {
                let all = [t.elapsed, t.waiting, t.service, t.sojourn];
                assert!(all.into_iter().flatten().all(|time| time >= 0), "{t:?}");
            });
        }
    }

    #[test]
    fn what_is_unknown_stays_unknown() {
        let (mut log, index) = of_instances(vec![(0, 10), (20, 30), (25, 60)]);
        let mut found = Vec::new();
        for_each_event(&log, 0, |_, t| {
            found.push((t.waiting, t.service, t.sojourn));
        });
        let wanted = [
            (None, Some(10), Some(10)),
            (Some(10), Some(10), Some(20)),
            (Some(0), Some(35), Some(30)),
        ];
        assert_eq!(found, wanted);
        log.start = Some(vec![NO_INSTANT, 20, 25].into());
        let times = CaseTimes::of(&log, &index, 0);
        assert_eq!(
            (times.service, times.idle(), times.utilization()),
            (None, None, None)
        );
        log.start = None;
        assert_eq!(CaseTimes::of(&log, &index, 0).waiting, None);
        for_each_event(&log, 0, |event, t| {
            let elapsed = [None, Some(20), Some(30)][event];
            assert_eq!((t.elapsed, t.waiting, t.sojourn), (elapsed, None, None));
        });
    }
}
