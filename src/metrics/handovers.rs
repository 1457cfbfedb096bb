//! Handovers: from the actor of an event to that of the next event of the case; and cases that come
//! back at once.
//!
//! A handover is a step between two consecutive events of a case whose actors are known and differ; a
//! step is kept where they are equal, and unknown where one is missing. A ping-pong is three
//! consecutive events of r, q and r, where q is not r.

use super::Selection;
use super::actors::Actors;
use super::pair_ids::PairIds;
use crate::event_log::{Cancel, Cancelled};
use rayon::prelude::*;
use std::ops::{ControlFlow, Range};

pub use super::pair_ids::Pair;

/// Number of times that two actors follow each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted {
    /// The actors; of a ping-pong the smaller number first.
    pub pair: Pair,
    /// Number of steps, of a ping-pong of triples of events.
    pub count: u64,
    /// Number of cases with one.
    pub cases: u64,
}

/// Steps from each actor.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Passed {
    /// Steps to an event of the same actor.
    pub kept: u64,
    /// Steps to an event of another actor.
    pub handed: u64,
    /// Steps from an event of another actor.
    pub received: u64,
}

/// Handovers of a selection.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Handovers {
    /// Number of handovers.
    pub handovers: u64,
    /// Number of steps that the same actor kept.
    pub same: u64,
    /// Number of steps with a missing actor.
    pub unknown: u64,
    /// Handovers by their actors, in no order.
    pub pairs: Vec<Counted>,
    /// Ping-pongs by their actors, in no order.
    pub ping_pong: Vec<Counted>,
    /// Cases with a ping-pong.
    pub ping_pong_cases: u64,
    /// Steps by actor.
    pub passed: Vec<Passed>,
}

/// Counts of pairs of actors.
struct Pairs {
    ids: PairIds,
    found: Vec<Counted>,
    /// Number of the last case in which each pair was found.
    last: Vec<usize>,
}

impl Pairs {
    fn new(n_actors: usize) -> Self {
        Pairs {
            ids: PairIds::new(n_actors),
            found: Vec::new(),
            last: Vec::new(),
        }
    }

    #[inline]
    fn count(&mut self, pair: Pair, case: usize) {
        let at = self.place(pair);
        self.found[at].count += 1;
        self.found[at].cases += u64::from(self.last[at] != case);
        self.last[at] = case;
    }

    fn place(&mut self, pair: Pair) -> usize {
        let (at, is_new) = self.ids.add(pair);
        if is_new {
            self.found.push(Counted {
                pair,
                count: 0,
                cases: 0,
            });
            // No case has this number, so that the first one is new.
            self.last.push(usize::MAX);
        }
        at
    }

    /// Adds the counts of other cases.
    fn join(mut self, other: Pairs) -> Pairs {
        for more in other.found {
            let at = self.place(more.pair);
            self.found[at].count += more.count;
            self.found[at].cases += more.cases;
        }
        self
    }
}

/// Counts of a part of the cases.
struct Work {
    pairs: Pairs,
    ping_pong: Pairs,
    ping_pong_cases: u64,
    same: u64,
    unknown: u64,
    passed: Vec<Passed>,
    room: Vec<u32>,
}

impl Work {
    fn new(n_actors: usize) -> Self {
        Work {
            pairs: Pairs::new(n_actors),
            ping_pong: Pairs::new(n_actors),
            ping_pong_cases: 0,
            same: 0,
            unknown: 0,
            passed: vec![Passed::default(); n_actors],
            room: Vec::new(),
        }
    }

    fn case(&mut self, actors: &Actors<'_>, case: usize, events: Range<usize>) {
        let of_events = actors.codes.of_case(case, events, &mut self.room);
        let Some((&first, others)) = of_events.split_first() else {
            return;
        };
        // Numbers of actors plus 1; 0 for a missing one.
        let (mut before_that, mut before) = (0, first);
        let mut is_back = false;
        for &now in others {
            if before == 0 || now == 0 {
                self.unknown += 1;
            } else {
                let (from, to) = (before as usize - 1, now as usize - 1);
                if from == to {
                    self.same += 1;
                    self.passed[from].kept += 1;
                } else {
                    self.pairs.count((from, to), case);
                    self.passed[from].handed += 1;
                    self.passed[to].received += 1;
                    if before_that == now {
                        self.ping_pong.count((from.min(to), from.max(to)), case);
                        is_back = true;
                    }
                }
            }
            (before_that, before) = (before, now);
        }
        self.ping_pong_cases += u64::from(is_back);
    }

    fn join(mut self, other: Work) -> Work {
        let passed = self.passed.iter_mut().zip(&other.passed);
        passed.for_each(|(all, more)| {
            all.kept += more.kept;
            all.handed += more.handed;
            all.received += more.received;
        });
        Work {
            pairs: self.pairs.join(other.pairs),
            ping_pong: self.ping_pong.join(other.ping_pong),
            ping_pong_cases: self.ping_pong_cases + other.ping_pong_cases,
            same: self.same + other.same,
            unknown: self.unknown + other.unknown,
            passed: self.passed,
            room: self.room,
        }
    }
}

/// Counts the handovers of the selected cases.
///
/// # Errors
/// The result is not wanted any more.
pub fn count(
    selection: &Selection<'_>,
    actors: &Actors<'_>,
    cancel: &Cancel,
) -> Result<Handovers, Cancelled> {
    let piece = |words: Range<usize>| {
        let mut work = Work::new(actors.len());
        selection.each_of(words, cancel, |case| {
            work.case(actors, case, selection.log.events_of(case));
            ControlFlow::Continue(())
        })?;
        Ok(work)
    };
    let work = actors.in_pieces(selection, piece, Work::join)?;
    Ok(Handovers {
        handovers: work.pairs.found.iter().map(|of| of.count).sum(),
        same: work.same,
        unknown: work.unknown,
        pairs: work.pairs.found,
        ping_pong: work.ping_pong.found,
        ping_pong_cases: work.ping_pong_cases,
        passed: work.passed,
    })
}

/// Times of each pair of actors, each pair given once, in the order of the pairs, those of a pair in no order.
/// `of_case` gives those of a case to what it is handed, which leaves out other pairs.
fn times(
    selection: &Selection<'_>,
    actors: &Actors<'_>,
    pairs: &[Pair],
    cancel: &Cancel,
    of_case: impl Fn(usize, &mut dyn FnMut(Pair, i64)) + Sync,
) -> Result<Vec<Vec<i64>>, Cancelled> {
    let mut ids = PairIds::new(actors.len());
    for &pair in pairs {
        ids.add(pair);
    }
    let piece = |words: Range<usize>| {
        let mut times: Vec<Vec<i64>> = vec![Vec::new(); pairs.len()];
        selection.each_of(words, cancel, |case| {
            of_case(case, &mut |pair, time| {
                if let Some(id) = ids.get(pair) {
                    times[id].push(time);
                }
            });
            ControlFlow::Continue(())
        })?;
        Ok(times)
    };
    actors.in_pieces(selection, piece, |mut all, more| {
        let pairs = all.iter_mut().zip(more);
        pairs.for_each(|(all, mut more)| all.append(&mut more));
        all
    })
}

/// Times of the steps between these pairs of actors, each pair given once: timestamp of the second
/// event minus that of the first by the clock of the log, microseconds. In the order of the pairs, those
/// of a pair in no order.
///
/// # Errors
/// The result is not wanted any more.
pub fn elapsed(
    selection: &Selection<'_>,
    actors: &Actors<'_>,
    pairs: &[Pair],
    cancel: &Cancel,
) -> Result<Vec<Vec<i64>>, Cancelled> {
    let (log, ticks) = (selection.log, selection.log.ticks());
    times(selection, actors, pairs, cancel, |case, push| {
        let mut before: Option<usize> = None;
        for event in log.events_of(case) {
            let now = actors.codes.get(case, event);
            // The first event has none before it, so that there is an event before this one.
            if let (Some(from), Some(to)) = (before, now) {
                push((from, to), ticks[event] - ticks[event - 1]);
            }
            before = now;
        }
    })
}

/// Times of the ping-pongs between these pairs of actors, the smaller number first, each pair given once:
/// timestamp of the third event minus that of the first by the clock of the log, microseconds. In the order
/// of the pairs, those of a pair in no order.
///
/// # Errors
/// The result is not wanted any more.
pub fn returned(
    selection: &Selection<'_>,
    actors: &Actors<'_>,
    pairs: &[Pair],
    cancel: &Cancel,
) -> Result<Vec<Vec<i64>>, Cancelled> {
    let (log, ticks) = (selection.log, selection.log.ticks());
    times(selection, actors, pairs, cancel, |case, push| {
        let (mut first, mut second): (Option<usize>, Option<usize>) = (None, None);
        for event in log.events_of(case) {
            let third = actors.codes.get(case, event);
            // Both have an event before this one, so that there are two.
            if let (Some(one), Some(other), true) = (first, second, first == third) {
                push(
                    (one.min(other), one.max(other)),
                    ticks[event] - ticks[event - 2],
                );
            }
            (first, second) = (second, third);
        }
    })
}

/// One handover.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// Timestamp of the second event.
    pub ended: i64,
    /// Time of the step by the clock of the log, microseconds.
    pub elapsed: i64,
    /// The case.
    pub case: u32,
    /// True if the first actor has an event of the case later on.
    pub is_back: bool,
}

/// The steps from one actor to another, by case.
///
/// # Errors
/// The result is not wanted any more.
pub fn steps(
    selection: &Selection<'_>,
    actors: &Actors<'_>,
    (from, to): Pair,
    cancel: &Cancel,
) -> Result<Vec<Step>, Cancelled> {
    let (log, ticks) = (selection.log, selection.log.ticks());
    let piece = |words: Range<usize>| {
        let mut found = Vec::new();
        selection.each_of(words, cancel, |case| {
            let first = found.len();
            let mut before = None;
            let mut last = None;
            for event in log.events_of(case) {
                let now = actors.codes.get(case, event);
                if now == Some(from) {
                    last = Some(found.len());
                }
                if before == Some(from) && now == Some(to) {
                    found.push(Step {
                        ended: log.time[event],
                        elapsed: ticks[event] - ticks[event - 1],
                        case: case as u32,
                        is_back: false,
                    });
                }
                before = now;
            }
            // All of those before the last event of the first actor.
            for step in &mut found[first..last.unwrap_or(first).max(first)] {
                step.is_back = true;
            }
            ControlFlow::Continue(())
        })?;
        Ok::<_, Cancelled>(found)
    };
    let pieces: Vec<Vec<Step>> = selection.pieces().map(piece).collect::<Result<_, _>>()?;
    Ok(pieces.concat())
}

#[cfg(test)]
pub(super) mod tests;
