//! Orders of cases.

use super::Selection;
use rayon::prelude::*;
use std::ops::Range;

/// What cases can be ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// End minus start.
    Duration,
    /// Number of events.
    Events,
    /// First instant.
    Start,
    /// Last instant.
    End,
    /// Case id.
    Case,
    /// Rank of the variant.
    Variant,
}

/// The part `range` of `cases` ordered by a key (`true`: largest first), ties by case id in either
/// direction. `id_rank` is the position of each case in the order of case ids. Only the part is
/// sorted: what is before and after it is merely set apart.
pub fn ordered(
    selection: &Selection<'_>,
    cases: Vec<u32>,
    (key, descending): (Key, bool),
    id_rank: &[u32],
    range: Range<usize>,
) -> Vec<u32> {
    let (log, index) = (selection.log, selection.index);
    let value = |case: usize| match key {
        Key::Duration => index.duration(case),
        Key::Events => log.events_of(case).len() as i64,
        Key::Start => index.case_start[case],
        Key::End => index.case_end[case],
        Key::Case => i64::from(id_rank[case]),
        Key::Variant => i64::from(index.case_variant[case]),
    };
    let keyed = |case: u32| {
        let value = value(case as usize);
        // The complement turns the order round without an overflow.
        (
            if descending { !value } else { value },
            id_rank[case as usize],
            case,
        )
    };
    let mut keys: Vec<(i64, u32, u32)> = cases.into_par_iter().map(keyed).collect();
    let mut part = keys.as_mut_slice();
    if range.end < part.len() {
        part.select_nth_unstable(range.end);
        part = &mut part[..range.end];
    }
    if range.start > 0 && range.start < part.len() {
        part.select_nth_unstable(range.start);
    }
    let part = &mut part[range.start..];
    part.par_sort_unstable();
    part.iter().map(|key| key.2).collect()
}
