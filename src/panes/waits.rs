//! Waiting within one case: how long before each event, which waits are long, and the stretches to
//! draw.

use crate::engine::{CaseDetail, EventRow};
use crate::ui::widgets::{GanttRow, Scale};

/// Seconds waited before an event: the waiting time of an activity instance, or the time since the
/// previous plain event.
pub fn wait(event: &EventRow) -> f64 {
    event.waiting.unwrap_or(event.elapsed).max(0.0)
}

/// From how many seconds on a wait of this case is long: its own 75th percentile (linear between the
/// nearest ranks) of the waits above zero. `None` where nobody waited.
pub fn long_wait(events: &[EventRow]) -> Option<f64> {
    let mut waits: Vec<f64> = events.iter().map(wait).filter(|&w| w > 0.0).collect();
    waits.sort_by(f64::total_cmp);
    let last = waits.len().checked_sub(1)?;
    let rank = last as f64 * 0.75;
    let low = rank as usize;
    let high = (low + 1).min(last);
    Some(waits[low] + (waits[high] - waits[low]) * rank.fract())
}

/// A wait of a case.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Waited<'a> {
    /// The event before it.
    pub from: &'a EventRow,
    /// The event that it was for; `None` where it still goes on.
    pub to: Option<&'a EventRow>,
    /// Seconds waited so far.
    pub seconds: f64,
}

/// The longest waits above zero of a case, longest first, of equal ones the earliest; that of an open
/// case which still goes on among them.
pub fn longest(detail: &CaseDetail, most: usize) -> Vec<Waited<'_>> {
    let pairs = detail.events.windows(2).map(|pair| Waited {
        from: &pair[0],
        to: Some(&pair[1]),
        seconds: wait(&pair[1]),
    });
    let last = detail.events.iter().max_by_key(|event| event.time);
    let open = detail.open.as_ref().zip(last).map(|(open, from)| Waited {
        from,
        to: None,
        seconds: open.wait,
    });
    let mut found: Vec<_> = pairs.chain(open).filter(|w| w.seconds > 0.0).collect();
    found.sort_by(|a, b| b.seconds.total_cmp(&a.seconds));
    found.truncate(most);
    found
}

/// When an event begins to be worked on.
fn begin(event: &EventRow) -> i64 {
    event.start.unwrap_or(event.time)
}

/// The latest completion of the events up to each one, itself among them.
pub fn latest(events: &[EventRow]) -> Vec<i64> {
    let times = events.iter().map(|event| event.time);
    times
        .scan(i64::MIN, |latest, time| {
            *latest = time.max(*latest);
            Some(*latest)
        })
        .collect()
}

/// Waiting and service of the event at that position, to be drawn; `latest` is [`latest`] of the events.
pub fn stretches<'a>(detail: &'a CaseDetail, latest: &[i64], at: usize) -> GanttRow<'a> {
    let Some(event) = detail.events.get(at) else {
        return GanttRow::default();
    };
    let begin = begin(event);
    // By the clock of the axis, which working time is not: since the latest completion.
    let before = at.checked_sub(1).and_then(|before| latest.get(before));
    let waited = before.map(|&before| (before, begin));
    GanttRow {
        label: "".into(),
        wait: waited.filter(|(before, begin)| before < begin),
        service: event.start.map(|start| (start, event.time)),
        at: event.time,
        off: &detail.off,
    }
}

/// The whole time of a case, of an open one until now and until its deadlines are due, but no longer than
/// twice its age; something to draw even where it is but a moment.
pub fn whole(detail: &CaseDetail) -> Scale {
    let from = detail.row.start;
    let end = match &detail.open {
        Some(open) => {
            let now = open.now.max(detail.row.end);
            let latest = now.saturating_add(now.saturating_sub(from));
            let last = detail.marks.last().map_or(now, |mark| mark.at);
            // `max`, as `clamp` panics where its bounds cross.
            last.clamp(now, latest.max(now))
        }
        None => detail.row.end,
    };
    Scale {
        from,
        to: end.max(from.saturating_add(1_000_000)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::OpenCase;
    use crate::panes::fixtures::{case_detail, event};

    #[test]
    fn long_waits_are_those_of_the_case() {
        let events = |waits: &[f64]| {
            waits
                .iter()
                .map(|&w| event("a", 0, w))
                .collect::<Vec<EventRow>>()
        };
        assert_eq!(long_wait(&events(&[0.0])), None);
        assert_eq!(long_wait(&events(&[0.0, 5.0])), Some(5.0));
        assert_eq!(
            long_wait(&events(&[0.0, 1.0, 2.0, 3.0, 4.0, 5.0])),
            Some(4.0)
        );
        assert_eq!(long_wait(&events(&[0.0, -3.0])), None);
    }

    #[test]
    fn longest_waits_come_first() {
        let detail = case_detail();
        let at = |found: Vec<Waited<'_>>| {
            let place = |to: &EventRow| {
                detail
                    .events
                    .iter()
                    .position(|event| std::ptr::eq(event, to))
            };
            let places = found.iter().map(|waited| waited.to.and_then(place));
            places.collect::<Vec<_>>()
        };
        assert_eq!(at(longest(&detail, 3)), [Some(5), Some(6), Some(3)]);
        assert_eq!(longest(&detail, 99).len(), 6);
        let mut open = detail.clone();
        let (first, now) = (longest(&detail, 1)[0].seconds, detail.row.end);
        open.open = Some(OpenCase {
            now,
            age: 0.0,
            wait: first + 1.0,
        });
        let found = longest(&open, 99);
        assert_eq!(
            (found.len(), found[0].to, found[0].seconds),
            (7, None, first + 1.0)
        );
        assert_eq!(found[0].from.time, detail.row.end);
        open.events.clear();
        assert!(longest(&open, 3).is_empty());
    }

    #[test]
    fn stretches_are_waiting_then_service() {
        let mut detail = case_detail();
        let times = latest(&detail.events);
        let row = stretches(&detail, &times, 1);
        let (before, at) = (detail.events[0].time, detail.events[1].time);
        assert_eq!(
            (row.wait, row.service, row.at),
            (Some((before, at)), None, at)
        );
        detail.events[1].start = Some(at - 5_000_000);
        // Two working hours or none: the axis is that of the clock.
        detail.events[1].waiting = Some(2.0);
        let row = stretches(&detail, &times, 1);
        assert_eq!(row.wait, Some((before, at - 5_000_000)));
        assert_eq!(row.service, Some((at - 5_000_000, at)));
        assert_eq!(stretches(&detail, &times, 99).wait, None);
        assert_eq!(stretches(&detail, &times, 0).wait, None);
    }

    /// One that ends late covers those that begin after it.
    #[test]
    fn the_latest_completion_counts_not_the_last_one() {
        let second = |at: i64| at * 1_000_000;
        let events: Vec<EventRow> = [5, 3, 9, 4]
            .map(|at| EventRow {
                time: second(at),
                ..event("a", 0, 0.0)
            })
            .into();
        assert_eq!(latest(&events), [5, 5, 9, 9].map(second));
    }
}
