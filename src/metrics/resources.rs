//! Who works: events, cases, activities, waits, rework and deadlines of each resource, or of each value of
//! another column.

use super::Selection;
use super::actors::Actors;
use super::bottlenecks::FEW;
use super::triage::last_event;
use crate::event_log::{Cancel, Cancelled, Column, ColumnData, WallClock};
use chrono_tz::Tz;
use hashbrown::HashSet;
use std::ops::{ControlFlow, Range};

/// Counts of one actor, such as a resource.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Events.
    pub events: u64,
    /// Cases.
    pub cases: u64,
    /// Different activities.
    pub activities: u64,
    /// Open cases whose last event is of the actor.
    pub open: u64,
    /// Events whose activity comes again later in the case.
    pub repeated: u64,
    /// Number of events that have waited, and the sum of their waits in microseconds; see
    /// [`EventLog::waits_of`](crate::event_log::EventLog::waits_of).
    pub waits: (u64, i128),
    /// Events in the quarter before the last one of the time of the selection, and in the last one.
    pub recent: [u64; 2],
    /// Events by weekday, Monday first.
    pub weekdays: [u64; 7],
    /// Deadlines of the cases.
    pub breaches: Breaches,
}

/// Deadlines of some cases.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Breaches {
    /// Deadlines that are kept or broken.
    pub known: u64,
    /// Deadlines that are broken.
    pub broken: u64,
    /// Sum of the rates of broken deadlines among like cases, in parts of [`Breaches::ONE`]: integers, so
    /// that the sum does not depend on the order of the cases.
    pub expected: u128,
}

impl Breaches {
    /// A rate of 1.
    pub const ONE: u64 = 1 << 32;

    fn add(&mut self, other: Breaches) {
        self.known += other.known;
        self.broken += other.broken;
        self.expected += other.expected;
    }
}

/// Facts about the cases of a selection that counts of actors need.
pub struct Facts<'a> {
    /// Zone of the weekdays.
    pub zone: Tz,
    /// First and last instant of the selected cases.
    pub span: (i64, i64),
    /// True for an open case.
    pub is_open: &'a (dyn Fn(usize) -> bool + Sync),
    /// Deadlines of a case; `None` where there are none.
    pub breaches: Option<&'a (dyn Fn(usize) -> Breaches + Sync)>,
}

/// Number of resources that occur; `None` without a resource column.
pub fn count(selection: &Selection<'_>) -> Option<u64> {
    let column = selection.log.resource_column()?;
    let ColumnData::Text(codes, dictionary) = &column.data else {
        let actors = Actors::of(column);
        let mut seen = vec![false; actors.len()];
        selection.for_each_case(|case| {
            for event in selection.log.events_of(case) {
                if let Some(actor) = actors.codes.get(case, event) {
                    seen[actor] = true;
                }
            }
        });
        return Some(seen.iter().filter(|seen| **seen).count() as u64);
    };
    let mut seen = vec![false; dictionary.len()];
    // Code 0 is a missing value.
    let (mut n, all) = (0, dictionary.len().saturating_sub(1));
    // Most often all of them are found long before the last case.
    let _ = selection.try_each_case(|case| {
        codes.for_each_in(rows(selection, column, case), |code| {
            let new = !std::mem::replace(&mut seen[code as usize], true);
            n += usize::from(new && code > 0);
        });
        if n == all {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    });
    Some(n as u64)
}

/// The column's rows that belong to a case.
fn rows(selection: &Selection<'_>, column: &Column, case: usize) -> Range<usize> {
    match column.level {
        crate::event_log::Level::Case => case..case + 1,
        crate::event_log::Level::Event => selection.log.events_of(case),
    }
}

/// Returns the counts of each actor in the selected cases.
///
/// # Errors
/// The result is not wanted any more.
pub fn counts(
    selection: &Selection<'_>,
    actors: &Actors<'_>,
    facts: &Facts<'_>,
    cancel: &Cancel,
) -> Result<Vec<Counts>, Cancelled> {
    let (log, index) = (selection.log, selection.index);
    let n_activities = log.activities.len();
    let clock = WallClock::over(facts.zone, facts.span.0, facts.span.1);
    let quarters = quarters(facts.span.0, facts.span.1);
    let piece = |words: Range<usize>| {
        let mut work = Work::new(actors.len(), n_activities);
        let (mut clock, mut room) = (clock.reader(), Vec::new());
        selection.each_of(words, cancel, |case| {
            let of_case = facts.breaches.map(|of| of(case)).unwrap_or_default();
            let events = log.events_of(case);
            let of_events = actors.codes.of_case(case, events.clone(), &mut room);
            // From the last event on, so that it is known what comes again.
            for (event, &actor) in events.clone().zip(of_events).rev() {
                let activity = log.activity.get(event) as usize;
                let comes_again = std::mem::replace(&mut work.seen[activity], case) == case;
                let Some(actor) = (actor as usize).checked_sub(1) else {
                    continue;
                };
                let counts = &mut work.actors[actor];
                let time = log.time[event];
                counts.events += 1;
                counts.repeated += u64::from(comes_again);
                if time >= quarters[0] {
                    counts.recent[usize::from(time >= quarters[1])] += 1;
                }
                counts.weekdays[clock.hour_of_week(time) / 24] += 1;
                if std::mem::replace(&mut work.last[actor], case) != case {
                    counts.cases += 1;
                    counts.breaches.add(of_case);
                }
                work.pairs.insert(actor, activity);
            }
            log.for_each_wait(case, |wait| {
                let actor = of_events[wait.event - events.start] as usize;
                if let Some(actor) = actor.checked_sub(1) {
                    let (n, sum) = &mut work.actors[actor].waits;
                    *n += 1;
                    *sum += i128::from(wait.ticks);
                }
            });
            if (facts.is_open)(case)
                && let Some(actor) = actors.codes.get(case, last_event(log, index, case))
            {
                work.actors[actor].open += 1;
            }
            ControlFlow::Continue(())
        })?;
        Ok(work)
    };
    let mut work = actors.in_pieces(selection, piece, Work::join)?;
    let counts = &mut work.actors;
    work.pairs
        .for_each_first(|actor| counts[actor].activities += 1);
    Ok(work.actors)
}

/// The instants at which the last two quarters of a span begin.
fn quarters(first: i64, last: i64) -> [i64; 2] {
    let length = i128::from(last) - i128::from(first);
    // In i128, as three times a span may exceed i64.
    [2, 3].map(|quarter| (i128::from(first) + length * quarter / 4) as i64)
}

/// By which part the events of the last quarter are more than those of the quarter before; `None` where
/// either has fewer than [`FEW`].
pub fn growth([before, last]: [u64; 2]) -> Option<f64> {
    let few = before < FEW || last < FEW;
    (!few).then(|| last as f64 / before as f64 - 1.0)
}

/// Counts of a part of the cases.
struct Work {
    actors: Vec<Counts>,
    pairs: Pairs,
    /// The case that was counted last for each actor, and the one in which each activity was seen last. No
    /// case has the number that they begin with.
    last: Vec<usize>,
    seen: Vec<usize>,
}

impl Work {
    fn new(n_actors: usize, n_activities: usize) -> Self {
        Work {
            actors: vec![Counts::default(); n_actors],
            pairs: Pairs::new(n_actors, n_activities),
            last: vec![usize::MAX; n_actors],
            seen: vec![usize::MAX; n_activities],
        }
    }

    fn join(mut self, other: Work) -> Work {
        for (all, more) in self.actors.iter_mut().zip(other.actors) {
            all.events += more.events;
            all.cases += more.cases;
            all.open += more.open;
            all.repeated += more.repeated;
            all.waits = (all.waits.0 + more.waits.0, all.waits.1 + more.waits.1);
            all.breaches.add(more.breaches);
            let days = all.weekdays.iter_mut().zip(more.weekdays);
            let parts = all.recent.iter_mut().zip(more.recent);
            days.chain(parts).for_each(|(all, more)| *all += more);
        }
        self.pairs.add(other.pairs);
        self
    }
}

/// Pairs of a resource and an activity that occur.
enum Pairs {
    /// A bit for each that is possible, and the number of activities.
    Bits(Vec<u64>, usize),
    /// Those that occur, where that would be too many bits: at most one an event.
    Few(HashSet<(usize, usize)>),
}

/// Bits that cost less than looking pairs up: 1 MB.
const MOST_BITS: usize = 1 << 23;

impl Pairs {
    fn new(n_resources: usize, n_activities: usize) -> Self {
        match n_resources.checked_mul(n_activities) {
            Some(bits @ ..MOST_BITS) => Pairs::Bits(vec![0; bits.div_ceil(64)], n_activities),
            _ => Pairs::Few(HashSet::new()),
        }
    }

    #[inline]
    fn insert(&mut self, resource: usize, activity: usize) {
        match self {
            Pairs::Bits(words, n) => {
                let bit = resource * *n + activity;
                words[bit / 64] |= 1 << (bit % 64);
            }
            Pairs::Few(pairs) => {
                pairs.insert((resource, activity));
            }
        }
    }

    fn add(&mut self, more: Pairs) {
        match (self, more) {
            (Pairs::Bits(all, _), Pairs::Bits(more, _)) => {
                all.iter_mut().zip(more).for_each(|(a, b)| *a |= b);
            }
            (Pairs::Few(all), Pairs::Few(more)) => all.extend(more),
            _ => unreachable!("all pieces are of one log"),
        }
    }

    /// Calls `f` with the resource of each pair.
    fn for_each_first(&self, mut f: impl FnMut(usize)) {
        match self {
            Pairs::Bits(words, n) => {
                let bits =
                    (0..words.len() * 64).filter(|bit| words[bit / 64] >> (bit % 64) & 1 != 0);
                bits.for_each(|bit| f(bit / n));
            }
            Pairs::Few(pairs) => pairs.iter().for_each(|&(resource, _)| f(resource)),
        }
    }
}

#[cfg(test)]
mod tests;
