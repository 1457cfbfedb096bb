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
    let matches = Matches::new(selection, stages, cancel)?;
    // A stage at a time for each thread.
    let by_stage: Vec<Vec<StageFigures>> = (0..stages.stages.len())
        .into_par_iter()
        .with_max_len(1)
        .map(|stage| matches.figures(selection, stage, segments, cancel))
        .collect::<Result<_, _>>()?;
    let n = 1 + segments.map_or(0, |segments| segments.n);
    let mut by_stage: Vec<_> = by_stage.into_iter().map(Vec::into_iter).collect();
    let segment = |_| by_stage.iter_mut().filter_map(Iterator::next).collect();
    Ok((0..n).map(segment).collect())
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
    let matches = Matches::new(selection, stages, cancel)?;
    let of_stage = |stage: usize| {
        let mut times = Vec::new();
        selection.each_case(cancel, |case| {
            times.extend(matches.elapsed(selection, case, stage));
        })?;
        times.sort_unstable();
        Ok(times)
    };
    (0..stages.stages.len())
        .into_par_iter()
        .map(of_stage)
        .collect()
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

    /// Time from the stage before to a stage; `None` for the first one and where it is not reached.
    fn elapsed(&self, selection: &Selection<'_>, case: usize, stage: usize) -> Option<i64> {
        let positions = self.positions(selection, case);
        let (before, at) = (positions[stage.checked_sub(1)?], positions[stage]);
        let first = selection.log.events_of(case).start;
        let tick = |position: u32| selection.log.ticks()[first + position as usize];
        (at != NEVER).then(|| tick(at) - tick(before))
    }

    fn figures(
        &self,
        selection: &Selection<'_>,
        stage: usize,
        segments: Option<Segments<'_>>,
        cancel: &Cancel,
    ) -> Result<Vec<StageFigures>, Cancelled> {
        let variants = &selection.index.variants;
        let n = 1 + segments.map_or(0, |segments| segments.n);
        let mut figures = vec![StageFigures::default(); n];
        let mut times: Vec<Vec<i64>> = vec![Vec::new(); n];
        let mut lost: HashMap<(usize, Option<u32>), u64> = HashMap::new();
        selection.each_case(cancel, |case| {
            let variant = selection.index.case_variant[case] as usize;
            let positions = self.positions(selection, case);
            let before = stage.checked_sub(1).map(|before| positions[before]);
            let own = segments.map(|segments| 1 + segments.of[case] as usize);
            for segment in std::iter::once(0).chain(own) {
                if self.in_any_order[variant] as usize > stage {
                    figures[segment].any_order += 1;
                }
                match (positions[stage], before) {
                    (NEVER, None | Some(NEVER)) => {}
                    (NEVER, Some(before)) => {
                        let next = variants.sequence(variant).get(before as usize + 1);
                        *lost.entry((segment, next.copied())).or_default() += 1;
                    }
                    _ => {
                        figures[segment].cases += 1;
                        times[segment].extend(self.elapsed(selection, case, stage));
                    }
                }
            }
        })?;
        for (figures, mut times) in figures.iter_mut().zip(times) {
            cancel.check()?;
            figures.time = quantile::of_unsorted(&mut times);
        }
        for ((segment, next), cases) in lost {
            figures[segment].next_of_lost.push((next, cases));
        }
        Ok(figures)
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
