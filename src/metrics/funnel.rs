//! Cases along a list of stages: how many reach each stage, how long that takes, and what the others
//! do instead.
//!
//! A stage is a set of activities, and an event is of the stage if its activity is in the set. A
//! case *reaches* stage `k` if it has events of the stages 1 to `k`, found as [`Order`] says. Of the
//! ways through a case, the one that reaches the most stages counts; of several, the earliest.
//! Product analytics know the same three orders; "directly" is their "strict" order.

use super::quantile::{self, Figures};
use super::selection::Selection;
use crate::event_log::{Cancel, Cancelled};
use hashbrown::HashMap;
use rayon::prelude::*;
use std::ops::{ControlFlow, Range};

/// Order in which the events of the stages must be found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Order {
    /// Each stage after the one before it, with any events between them: greedily the first event of
    /// a stage after that of the stage before.
    #[default]
    Sequence,
    /// Any order: stage `k` is reached once each of the stages 1 to `k` has an event.
    Any,
    /// Each stage with the event next after that of the stage before.
    Direct,
}

/// Stages, their order, and the time that a case may take.
#[derive(Debug, Clone, PartialEq)]
pub struct Stages {
    /// True for the activities of each stage, by code.
    pub stages: Vec<Vec<bool>>,
    /// Order of the stages.
    pub order: Order,
    /// Longest time from the event of the first stage to that of the last stage reached,
    /// microseconds of the log's clock; any time where this is `None`.
    pub within: Option<i64>,
}

/// Figures of the cases at a stage.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct StageFigures {
    /// Cases that reach the stage.
    pub cases: u64,
    /// Cases that have an event of each of the stages up to this one, in any order and time.
    pub any_order: u64,
    /// Time from the event of the stage before to that of this stage, of the cases that reach it.
    pub time: Option<Figures>,
    /// Cases that reach the stage before and not this one, by the activity that follows the event of
    /// the stage before; `None` where the case ends with it. In no order.
    pub next_of_lost: Vec<(Option<u32>, u64)>,
}

/// Position of a stage that is not reached.
const NEVER: u32 = u32::MAX;

/// Segments of the cases, for figures of each of them.
#[derive(Debug, Clone, Copy)]
pub struct Segments<'a> {
    /// Segment of each case of the log.
    pub of: &'a [u32],
    /// Number of segments.
    pub n: usize,
}

/// Returns the figures of all selected cases and then of each segment, by stage.
///
/// # Errors
/// They are not wanted any more.
pub fn funnel(
    selection: &Selection<'_>,
    stages: &Stages,
    segments: Option<Segments<'_>>,
    cancel: &Cancel,
) -> Result<Vec<Vec<StageFigures>>, Cancelled> {
    let n = 1 + segments.map_or(0, |segments| segments.n);
    let figures = counts(selection, stages, segments, cancel)?.into_par_iter();
    let figures = figures.with_max_len(1).map(|counts| {
        cancel.check()?;
        Ok(counts.finish())
    });
    let mut figures = figures.collect::<Result<Vec<_>, Cancelled>>()?.into_iter();
    Ok((0..n)
        .map(|_| figures.by_ref().take(stages.stages.len()).collect())
        .collect())
}

/// Counts the selected cases at each stage, and then those of each segment.
fn counts(
    selection: &Selection<'_>,
    stages: &Stages,
    segments: Option<Segments<'_>>,
    cancel: &Cancel,
) -> Result<Vec<Counts>, Cancelled> {
    let matches = Matches::new(selection, stages, cancel)?;
    let n_stages = stages.stages.len();
    let n = 1 + segments.map_or(0, |segments| segments.n);
    let none = || vec![Counts::default(); n * n_stages];
    let piece = |words: Range<usize>| {
        let mut counts = none();
        selection.each_of(words, cancel, |case| {
            let own = segments.map(|segments| 1 + segments.of[case] as usize);
            for segment in std::iter::once(0).chain(own) {
                let counts = &mut counts[segment * n_stages..][..n_stages];
                matches.count(selection, case, counts);
            }
            ControlFlow::Continue(())
        })?;
        Ok(counts)
    };
    let counts = selection.pieces().map(piece).reduce_with(|all, more| {
        let mut all = all?;
        let pairs = all.iter_mut().zip(more?);
        pairs.for_each(|(all, more)| all.join(more));
        Ok::<_, Cancelled>(all)
    });
    Ok(counts.transpose()?.unwrap_or_else(none))
}

/// Counts of some cases at a stage.
#[derive(Clone, Default)]
struct Counts {
    cases: u64,
    any_order: u64,
    /// Times from the stage before, in no order.
    times: Vec<i64>,
    /// Cases that are lost, by the activity that follows.
    lost: HashMap<Option<u32>, u64>,
}

impl Counts {
    fn join(&mut self, mut other: Counts) {
        self.cases += other.cases;
        self.any_order += other.any_order;
        self.times.append(&mut other.times);
        for (next, cases) in other.lost {
            *self.lost.entry(next).or_default() += cases;
        }
    }

    fn finish(mut self) -> StageFigures {
        StageFigures {
            cases: self.cases,
            any_order: self.any_order,
            time: quantile::of_unsorted(&mut self.times),
            next_of_lost: self.lost.into_iter().collect(),
        }
    }
}

/// Returns the times from the stage before to each stage, of the cases that reach it: microseconds,
/// ascending; none to the first stage.
///
/// # Errors
/// They are not wanted any more.
pub fn times(
    selection: &Selection<'_>,
    stages: &Stages,
    cancel: &Cancel,
) -> Result<Vec<Vec<i64>>, Cancelled> {
    let counts = counts(selection, stages, None, cancel)?;
    let sorted = counts.into_par_iter().map(|mut counts| {
        counts.times.sort_unstable();
        counts.times
    });
    Ok(sorted.collect())
}

/// The events by which variants, or cases where time counts, reach each stage.
struct Matches {
    /// Position of the event in the case, stage by stage of every variant or case; [`NEVER`] where
    /// the stage is not reached.
    positions: Vec<u32>,
    n_stages: usize,
    by_case: bool,
    /// Number of stages, from the first on, that each variant has in any order.
    in_any_order: Vec<u32>,
}

impl Matches {
    fn new(selection: &Selection<'_>, stages: &Stages, cancel: &Cancel) -> Result<Self, Cancelled> {
        let (log, index) = (selection.log, selection.index);
        let n_stages = stages.stages.len();
        // Without order and time, to say what only these two cost.
        let unlimited = Stages {
            order: Order::Any,
            within: None,
            ..stages.clone()
        };
        let in_any_order = |variant: usize| {
            cancel.check()?;
            let mut positions = vec![NEVER; n_stages];
            unlimited.find(index.variants.sequence(variant), &[], &mut positions);
            Ok(reached(&positions))
        };
        let n_variants = index.variants.len();
        let in_any_order = (0..n_variants).into_par_iter().map(in_any_order);
        let in_any_order = in_any_order.collect::<Result<_, _>>()?;
        let by_case = stages.within.is_some();
        let n = if by_case { log.n_cases() } else { n_variants };
        let mut positions = vec![NEVER; n * n_stages];
        let rows = positions.par_chunks_mut(n_stages.max(1)).enumerate();
        if by_case {
            rows.filter(|(case, _)| selection.contains(*case))
                .try_for_each(|(case, positions)| {
                    cancel.check()?;
                    let variant = index.case_variant[case] as usize;
                    let ticks = &log.ticks()[log.events_of(case)];
                    stages.find(index.variants.sequence(variant), ticks, positions);
                    Ok(())
                })?;
        } else {
            rows.filter(|(variant, _)| selection.variant_cases[*variant] > 0)
                .try_for_each(|(variant, positions)| {
                    cancel.check()?;
                    stages.find(index.variants.sequence(variant), &[], positions);
                    Ok(())
                })?;
        }
        Ok(Matches {
            positions,
            n_stages,
            by_case,
            in_any_order,
        })
    }

    /// Positions of the events by which a case reaches the stages.
    fn positions(&self, selection: &Selection<'_>, case: usize) -> &[u32] {
        let variant = selection.index.case_variant[case] as usize;
        let row = if self.by_case { case } else { variant };
        &self.positions[row * self.n_stages..][..self.n_stages]
    }

    /// Adds a case to the counts of each stage.
    fn count(&self, selection: &Selection<'_>, case: usize, counts: &mut [Counts]) {
        let variant = selection.index.case_variant[case] as usize;
        let positions = self.positions(selection, case);
        let ticks = &selection.log.ticks()[selection.log.events_of(case)];
        let in_any_order = self.in_any_order[variant] as usize;
        counts[..in_any_order]
            .iter_mut()
            .for_each(|counts| counts.any_order += 1);
        let mut before = None;
        for (&at, counts) in positions.iter().zip(counts) {
            if at == NEVER {
                // Of a stage that is not reached none of those after it is reached.
                if let Some(before) = before {
                    let sequence = selection.index.variants.sequence(variant);
                    let next = sequence.get(before as usize + 1).copied();
                    *counts.lost.entry(next).or_default() += 1;
                }
                return;
            }
            counts.cases += 1;
            let time = |before: u32| ticks[at as usize] - ticks[before as usize];
            counts.times.extend(before.map(time));
            before = Some(at);
        }
    }
}

/// Number of stages reached.
fn reached(positions: &[u32]) -> u32 {
    positions.iter().take_while(|&&at| at != NEVER).count() as u32
}

impl Stages {
    /// Writes the positions of the events by which a sequence of activities reaches the stages.
    /// `ticks` are the readings of the clock at its events; they are used only where time counts.
    fn find(&self, sequence: &[u32], ticks: &[i64], positions: &mut [u32]) {
        match self.order {
            Order::Direct => self.find_direct(sequence, ticks, positions),
            Order::Sequence | Order::Any => self.find_later(sequence, ticks, positions),
        }
    }

    fn is_of(&self, stage: usize, activity: u32) -> bool {
        self.stages[stage][activity as usize]
    }

    fn is_in_time(&self, ticks: &[i64], from: usize, to: usize) -> bool {
        let elapsed = |limit| ticks[to].saturating_sub(ticks[from]) <= limit;
        self.within.is_none_or(elapsed)
    }

    /// Without a limit the first event of a stage is the only start to try. With one, every event of
    /// a stage is; the events found from one start are never before those found from an earlier one,
    /// so that each stage is looked for once over all starts.
    fn find_later(&self, sequence: &[u32], ticks: &[i64], positions: &mut [u32]) {
        let n_stages = positions.len();
        let in_order = self.order == Order::Sequence;
        let mut next = vec![0; n_stages];
        let mut found = vec![NEVER; n_stages];
        let mut best = 0;
        let starts = (0..sequence.len()).filter(|&at| {
            let stages = if in_order { 1 } else { n_stages };
            (0..stages).any(|stage| self.is_of(stage, sequence[at]))
        });
        for start in starts {
            found.fill(NEVER);
            let mut least = start;
            let mut latest = start;
            for stage in 0..n_stages {
                // Events before `next` belong to earlier starts, from which this stage was looked
                // for already.
                let from = next[stage].max(least);
                let rest = sequence[from..].iter();
                let mut rest = rest.zip(from..).filter(|(a, _)| self.is_of(stage, **a));
                let Some((_, at)) = rest.next() else {
                    next[stage] = sequence.len();
                    break;
                };
                next[stage] = at;
                if !self.is_in_time(ticks, start, at) {
                    break;
                }
                // In any order a stage is reached once all before it are, by the latest of their
                // events.
                latest = latest.max(at);
                found[stage] = latest as u32;
                if in_order {
                    least = at + 1;
                }
            }
            // Only more stages win, so that of equals the earliest way stays.
            if reached(&found) > best {
                best = reached(&found);
                positions.copy_from_slice(&found);
            }
            // Later starts reach no more: without a limit any of their ways is one from here, too.
            if self.within.is_none() || best as usize == n_stages {
                break;
            }
        }
    }

    fn find_direct(&self, sequence: &[u32], ticks: &[i64], positions: &mut [u32]) {
        let mut best = 0;
        for start in 0..sequence.len() {
            let run = sequence[start..].iter().zip(0..positions.len());
            let run = run.take_while(|&(&activity, stage)| {
                self.is_of(stage, activity) && self.is_in_time(ticks, start, start + stage)
            });
            let run = run.count();
            if run > best {
                best = run;
                for (stage, position) in positions.iter_mut().take(run).enumerate() {
                    *position = (start + stage) as u32;
                }
            }
            if best == positions.len() {
                break;
            }
        }
    }
}
