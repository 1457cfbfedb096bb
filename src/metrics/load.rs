//! Load of actors: how long their activity instances keep them busy, and how many they work on at the
//! same time. An instance whose start is unknown, and one that still runs, has no service and counts
//! for neither.

use super::Selection;
use super::actors::Actors;
use super::bins::TimeAxis;
use super::levels::{Level, Levels};
use crate::event_log::{Cancel, Cancelled, EventLog};
use rayon::prelude::*;
use std::ops::{ControlFlow, Range};

/// Load of one actor. Times are in microseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Load {
    /// Number of activity instances.
    pub instances: u64,
    /// Number of cases.
    pub cases: u64,
    /// Instances with a known service time.
    pub timed: u64,
    /// Sum of the service times.
    pub service: i128,
    /// Time in which an instance was under way.
    pub busy: i64,
    /// Greatest number of them at the same time; an instance that ends when another one begins is
    /// over by then.
    pub most: u64,
    /// Time from the first start to the last end; where a start is unknown, the timestamp counts.
    pub span: i64,
    /// The same in calendar time.
    pub calendar_span: i64,
}

/// Clock that times are measured by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// The clock of the log, which is one for all cases.
    Clock,
    /// Calendar time: for clocks that differ between cases, whose readings do not compare.
    Calendar,
}

/// Readings of a clock at starts and ends.
struct Readings<'a> {
    log: &'a EventLog,
    by: By,
    /// Those at the ends of all events.
    ends: &'a [i64],
}

impl<'a> Readings<'a> {
    fn new(log: &'a EventLog, by: By) -> Self {
        let ends = match by {
            By::Clock => log.ticks(),
            By::Calendar => &log.time,
        };
        Readings { log, by, ends }
    }

    #[inline]
    fn begin(&self, event: usize) -> i64 {
        match self.by {
            By::Clock => self.log.begin_tick(event),
            By::Calendar => self.log.begin(event),
        }
    }

    /// Start and end of an instance with a known service.
    #[inline]
    fn service(&self, event: usize) -> Option<(i64, i64)> {
        let known = !self.log.is_running(event) && self.log.service(event).is_some();
        known.then(|| (self.begin(event), self.ends[event]))
    }
}

/// Counts of one actor in a part of the cases.
#[derive(Clone)]
struct Part {
    load: Load,
    /// First begin and last end by the clock, and in calendar time.
    spans: [(i64, i64); 2],
    /// Starts and ends of what takes time, each in any order.
    starts: Vec<i64>,
    ends: Vec<i64>,
}

impl Default for Part {
    fn default() -> Self {
        Part {
            load: Load::default(),
            spans: [(i64::MAX, i64::MIN); 2],
            starts: Vec::new(),
            ends: Vec::new(),
        }
    }
}

impl Part {
    fn join(&mut self, mut other: Part) {
        self.load.instances += other.load.instances;
        self.load.cases += other.load.cases;
        self.load.timed += other.load.timed;
        self.load.service += other.load.service;
        for (which, (first, last)) in other.spans.into_iter().enumerate() {
            self.widen(which, first, last);
        }
        self.starts.append(&mut other.starts);
        self.ends.append(&mut other.ends);
    }

    #[inline]
    fn widen(&mut self, which: usize, first: i64, last: i64) {
        let span = &mut self.spans[which];
        *span = (span.0.min(first), span.1.max(last));
    }

    fn finish(mut self) -> Load {
        let length = |(first, last): (i64, i64)| last.saturating_sub(first).max(0);
        [self.load.span, self.load.calendar_span] = self.spans.map(length);
        rayon::join(
            || self.starts.par_sort_unstable(),
            || self.ends.par_sort_unstable(),
        );
        (self.load.busy, self.load.most) = covered(&self.starts, &self.ends);
        self.load
    }
}

/// Length of the union of intervals, and the greatest number of them at the same time. Starts and ends
/// ascend; at equal instants ends come first.
fn covered(starts: &[i64], ends: &[i64]) -> (i64, u64) {
    let (mut busy, mut most) = (0i64, 0);
    let (mut level, mut ended, mut since) = (0u64, 0, 0);
    for &start in starts {
        while ended < ends.len() && ends[ended] <= start {
            level -= 1;
            if level == 0 {
                busy = busy.saturating_add(ends[ended] - since);
            }
            ended += 1;
        }
        if level == 0 {
            since = start;
        }
        level += 1;
        most = most.max(level);
    }
    if level > 0 {
        busy = busy.saturating_add(ends[ends.len() - 1] - since);
    }
    (busy, most)
}

/// Returns the load of each actor in the selected cases.
///
/// # Errors
/// The result is not wanted any more.
pub fn loads(
    selection: &Selection<'_>,
    actors: &Actors<'_>,
    by: By,
    cancel: &Cancel,
) -> Result<Vec<Load>, Cancelled> {
    let log = selection.log;
    let readings = Readings::new(log, by);
    let is_plain = log.start.is_none();
    let piece = |words: Range<usize>| {
        let mut parts = vec![Part::default(); actors.len()];
        // No case has this number, so that the first one is new.
        let mut last = vec![usize::MAX; actors.len()];
        let mut room = Vec::new();
        selection.each_of(words, cancel, |case| {
            let events = log.events_of(case);
            let of_events = actors.codes.of_case(case, events.clone(), &mut room);
            for (event, &actor) in events.zip(of_events) {
                let Some(actor) = (actor as usize).checked_sub(1) else {
                    continue;
                };
                let part = &mut parts[actor];
                part.load.instances += 1;
                part.load.cases += u64::from(last[actor] != case);
                last[actor] = case;
                let ends = [readings.ends[event], log.time[event]];
                if is_plain {
                    part.widen(0, ends[0], ends[0]);
                    part.widen(1, ends[1], ends[1]);
                    continue;
                }
                // A start after the end is not known.
                part.widen(0, readings.begin(event).min(ends[0]), ends[0]);
                part.widen(1, log.begin(event).min(ends[1]), ends[1]);
                if let Some((start, end)) = readings.service(event) {
                    part.load.timed += 1;
                    part.load.service += i128::from(end - start);
                    // What takes no time is never under way.
                    if start < end {
                        part.starts.push(start);
                        part.ends.push(end);
                    }
                }
            }
            ControlFlow::Continue(())
        })?;
        Ok(parts)
    };
    let parts = actors.in_pieces(selection, piece, |mut all, more| {
        let parts = all.iter_mut().zip(more);
        parts.for_each(|(all, more)| all.join(more));
        all
    })?;
    let load = |part: Part| {
        cancel.check()?;
        Ok(part.finish())
    };
    parts.into_par_iter().with_max_len(1).map(load).collect()
}

/// Time in which an instance of one actor was under way, and the time that all of them took, in each
/// bin of an axis, in calendar time.
///
/// # Errors
/// The result is not wanted any more.
pub fn over_time(
    selection: &Selection<'_>,
    actors: &Actors<'_>,
    actor: usize,
    axis: &TimeAxis,
    cancel: &Cancel,
) -> Result<Vec<(i128, i128)>, Cancelled> {
    let log = selection.log;
    let readings = Readings::new(log, By::Calendar);
    let piece = |words: Range<usize>| {
        let mut found = Vec::new();
        selection.each_of(words, cancel, |case| {
            for event in log.events_of(case) {
                if actors.codes.get(case, event) == Some(actor) {
                    found.extend(readings.service(event));
                }
            }
            ControlFlow::Continue(())
        })?;
        Ok::<_, Cancelled>(found)
    };
    let pieces: Vec<Vec<(i64, i64)>> = selection.pieces().map(piece).collect::<Result<_, _>>()?;
    let mut instances = pieces.concat();
    instances.par_sort_unstable();
    let (mut each, mut any) = (Levels::new(axis), Levels::new(axis));
    let mut reached = i64::MIN;
    for (start, end) in instances {
        each.add(start, end);
        any.add(start.max(reached), end);
        reached = reached.max(end);
    }
    let times = |levels: Levels<'_>| levels.finish().0.into_iter().map(|level: Level| level.time);
    Ok(times(any).zip(times(each)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::handovers::tests::column;
    use crate::metrics::testing::{Logged, logs};
    use proptest::prelude::*;

    /// The load of an actor by looking at every second.
    fn naive(logged: &Logged, actors: &Actors<'_>, actor: usize) -> Load {
        let log = &logged.log;
        let mut load = Load::default();
        let mut spans: Vec<(i64, i64)> = Vec::new();
        let mut timed: Vec<(i64, i64)> = Vec::new();
        for case in logged.cases() {
            let mine = log
                .events_of(case)
                .filter(|&event| actors.codes.get(case, event) == Some(actor));
            let mine: Vec<usize> = mine.collect();
            load.instances += mine.len() as u64;
            load.cases += u64::from(!mine.is_empty());
            spans.extend(
                mine.iter()
                    .map(|&event| (log.begin(event).min(log.time[event]), log.time[event])),
            );
            let known = mine.iter().filter(|&&event| log.service(event).is_some());
            timed.extend(known.map(|&event| (log.begin(event), log.time[event])));
        }
        load.timed = timed.len() as u64;
        load.service = timed.iter().map(|of| i128::from(of.1 - of.0)).sum();
        let first = spans.iter().map(|of| of.0).min().unwrap_or(0);
        let last = spans.iter().map(|of| of.1).max().unwrap_or(0);
        (load.span, load.calendar_span) = (last - first, last - first);
        let mut second = first;
        while second < last {
            let under_way = timed.iter().filter(|of| of.0 <= second && second < of.1);
            let level = under_way.count() as u64;
            load.most = load.most.max(level);
            load.busy += if level > 0 { 1_000_000 } else { 0 };
            second += 1_000_000;
        }
        load
    }

    proptest! {
        #[test]
        fn loads_are_those_of_every_second(
            drawn in logs(),
            codes in prop::collection::vec(0u32..4, 320),
        ) {
            let mut logged = Logged::new(&drawn);
            let n = logged.log.n_events();
            logged.log.columns.push(column(codes.into_iter().cycle().take(n).collect()));
            let actors = Actors::of(logged.log.columns.last().unwrap());
            let selection = logged.selection();
            let never = Cancel::never();
            let found = loads(&selection, &actors, By::Clock, &never).unwrap();
            prop_assert_eq!(&found, &loads(&selection, &actors, By::Calendar, &never).unwrap());
            let (first, last) = crate::metrics::summary::span(&selection).unwrap_or((0, 0));
            let axis = TimeAxis::over(first, last, 9, chrono_tz::UTC);
            for (actor, load) in found.iter().enumerate() {
                prop_assert_eq!(load, &naive(&logged, &actors, actor));
                let bins = over_time(&selection, &actors, actor, &axis, &never).unwrap();
                let sums = bins.iter().fold((0, 0), |s, bin| (s.0 + bin.0, s.1 + bin.1));
                prop_assert_eq!(sums, (i128::from(load.busy), load.service));
            }
        }
    }

    #[test]
    fn intervals_that_meet_do_not_overlap() {
        assert_eq!(covered(&[0, 5, 20], &[5, 9, 30]), (19, 1));
        assert_eq!(covered(&[0, 4, 6], &[5, 7, 10]), (10, 2));
        assert_eq!(covered(&[0, 0, 1], &[2, 2, 3]), (3, 3));
        assert_eq!(covered(&[], &[]), (0, 0));
    }
}
