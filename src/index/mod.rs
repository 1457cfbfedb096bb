//! Figures computed once per log, so that filters and metrics need no pass over the events where a
//! pass over variants, cases or edges is enough. Knows the log; no filters, no figures.

use crate::event_log::Buffer;

pub mod bits;
mod build;
mod case_set;
mod edges;
mod radix;
mod variants;

pub use build::rank_of;
pub use case_set::{CaseSet, SmallerSide, pieces_of};
pub use edges::Edges;
pub use variants::Variants;

/// The index of a log. Built by [`Index::build`]; the same for any number of threads.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Index {
    /// First instant of each case (activity instances: the earliest start), microseconds.
    pub case_start: Buffer<i64>,
    /// Last instant of each case, microseconds.
    pub case_end: Buffer<i64>,
    /// Length of each case by the clock of the log, where it has one of its own, microseconds.
    pub case_ticks: Option<Buffer<i64>>,
    /// Variant of each case, 0 for the most frequent one.
    pub case_variant: Buffer<u32>,
    /// Cases by ascending duration (end - start), ties by case.
    pub by_duration: Buffer<u32>,
    /// The distinct activity sequences.
    pub variants: Variants,
    /// The directly-follows edges with the elapsed times of all their occurrences.
    pub edges: Edges,
    /// The durations of `by_duration`, ascending, microseconds.
    pub durations: Buffer<i64>,
    /// Sum of all durations.
    pub total_duration: i128,
    /// Entries of a block of `durations`, the last block having fewer.
    pub duration_block: u32,
    /// Block of each case's duration.
    pub block_of_case: Buffer<u16>,
    /// Position of each activity in the order of names (code points).
    pub activity_rank: Buffer<u32>,
    /// Occurrences of each activity.
    pub activity_events: Buffer<u64>,
}

impl Index {
    /// Number of cases.
    pub fn n_cases(&self) -> usize {
        self.case_variant.len()
    }

    /// Bytes held.
    pub fn bytes(&self) -> usize {
        // Taken apart, so that a new field cannot be left out.
        let Index {
            case_start,
            case_end,
            case_ticks,
            case_variant,
            by_duration,
            variants,
            edges,
            durations,
            total_duration: _,
            duration_block: _,
            block_of_case,
            activity_rank,
            activity_events,
        } = self;
        let ticks = case_ticks.as_ref();
        let cases = size_of_val::<[_]>(case_start)
            + size_of_val::<[_]>(case_end)
            + ticks.map_or(0, |ticks| size_of_val::<[_]>(ticks))
            + size_of_val::<[_]>(case_variant)
            + size_of_val::<[_]>(by_duration)
            + size_of_val::<[_]>(durations)
            + size_of_val::<[_]>(block_of_case);
        let activities = size_of_val::<[_]>(activity_rank) + size_of_val::<[_]>(activity_events);
        cases + activities + variants.bytes() + edges.bytes()
    }

    /// Duration of a case, microseconds.
    #[inline]
    pub fn duration(&self, case: usize) -> i64 {
        match &self.case_ticks {
            Some(ticks) => ticks[case],
            None => self.case_end[case] - self.case_start[case],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_lists_count_as_bytes() {
        let plain = Index {
            case_start: vec![0; 3].into(),
            case_end: vec![0; 3].into(),
            case_variant: vec![0; 3].into(),
            by_duration: vec![0; 3].into(),
            durations: vec![0; 3].into(),
            block_of_case: vec![0; 3].into(),
            ..Index::default()
        };
        assert_eq!(plain.bytes(), 3 * (8 + 8 + 4 + 4 + 8 + 2));
        let more = Index {
            case_ticks: Some(vec![0; 3].into()),
            activity_rank: vec![0; 5].into(),
            activity_events: vec![0; 5].into(),
            ..plain.clone()
        };
        assert_eq!(more.bytes() - plain.bytes(), 3 * 8 + 5 * (4 + 8));
    }
}
