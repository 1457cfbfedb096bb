//! Evaluates paths of three activities or more, to the cases in which events follow each other so.

use super::ast::Step;
use crate::event_log::EventLog;
use crate::index::{CaseSet, Index, bits};
use rayon::prelude::*;

/// Activities that follow each other, by code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path {
    /// The first activity.
    pub from: u32,
    /// The others, each with its distance from the one before it.
    pub then: Vec<(Step, u32)>,
    /// The longest time from the first event to the last, microseconds; any where `None`.
    pub within: Option<i64>,
}

impl Path {
    /// The cases with such events.
    pub fn cases(&self, log: &EventLog, index: &Index) -> CaseSet {
        let variants = &index.variants;
        // A clock that stands still: the sequence alone decides.
        let possible = bits::of_range(variants.len(), |v| {
            self.end(variants.sequence(v), 0, |_| 0).is_some()
        });
        CaseSet::from_fn(index.n_cases(), |case| {
            let variant = index.case_variant[case] as usize;
            bits::contains(&possible, variant)
                && (self.within.is_none() || self.end_of(case, log, index).is_some())
        })
    }

    /// The rows of the events that end the path first, by case.
    pub fn ends(&self, log: &EventLog, index: &Index) -> Vec<Option<u32>> {
        let cases = (0..index.n_cases()).into_par_iter();
        let end = |case| Some(log.case_offsets[case] + self.end_of(case, log, index)?);
        cases.map(end).collect()
    }

    /// Place in a case of the event that ends the path first.
    fn end_of(&self, case: usize, log: &EventLog, index: &Index) -> Option<u32> {
        let sequence = index.variants.sequence(index.case_variant[case] as usize);
        let ticks = &log.ticks()[log.events_of(case)];
        let within = self.within.unwrap_or(i64::MAX);
        let end = self.end(sequence, within, |at| ticks[at])?;
        u32::try_from(end).ok()
    }

    /// Place of the event that ends the path first in a sequence, at most `within` after the first event.
    /// `tick` is the reading of the clock at an event.
    fn end(&self, sequence: &[u32], within: i64, tick: impl Fn(usize) -> i64) -> Option<usize> {
        // Of the ways to each part of the path, the reading of the latest first event: of those that
        // end anywhere before, and of those that end with the event before. By reading and not by
        // place, as instances that overlap may go back in time.
        let mut before: Vec<Option<i64>> = vec![None; self.then.len()];
        let mut right_before = before.clone();
        for (at, &activity) in sequence.iter().enumerate() {
            // From the last part, as an event is in one place of a path only.
            for (part, &(step, wanted)) in self.then.iter().enumerate().rev() {
                let first = match step {
                    _ if activity != wanted => None,
                    Step::Directly => right_before[part],
                    Step::Eventually => before[part],
                };
                if let Some(longer) = before.get_mut(part + 1) {
                    *longer = first.max(*longer);
                    right_before[part + 1] = first;
                } else if first.is_some_and(|first| tick(at).saturating_sub(first) <= within) {
                    return Some(at);
                }
            }
            let first = (activity == self.from).then(|| tick(at));
            before[0] = first.max(before[0]);
            right_before[0] = first;
        }
        None
    }
}
