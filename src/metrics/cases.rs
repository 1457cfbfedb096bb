//! Orders of cases.

use super::Selection;
use rayon::prelude::*;
use std::ops::Range;

/// Sort keys of cases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
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

/// Value of a case to sort by: microseconds, or a number or rank.
pub fn value(selection: &Selection<'_>, key: Key, id_rank: &[u32], case: usize) -> i64 {
    let (log, index) = (selection.log, selection.index);
    match key {
        Key::Duration => index.duration(case),
        Key::Events => log.events_of(case).len() as i64,
        Key::Start => index.case_start[case],
        Key::End => index.case_end[case],
        Key::Case => i64::from(id_rank[case]),
        Key::Variant => i64::from(index.case_variant[case]),
    }
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
    let keyed = |case: u32| {
        let value = value(selection, key, id_rank, case as usize);
        // The complement turns the order round without an overflow.
        (
            if descending { !value } else { value },
            id_rank[case as usize],
            case,
        )
    };
    let mut keys: Vec<(i64, u32, u32)> = cases.into_par_iter().map(keyed).collect();
    sort_part(&mut keys, range.clone());
    keys[range].iter().map(|key| key.2).collect()
}

/// Sorts the part `range` of a list; what is before and after it is merely set apart.
pub fn sort_part<K: Ord + Send>(keys: &mut [K], range: Range<usize>) {
    // Two selections cost linear time; only the part itself is sorted.
    let mut part = keys;
    if range.end < part.len() {
        part.select_nth_unstable(range.end);
        part = &mut part[..range.end];
    }
    if range.start > 0 && range.start < part.len() {
        part.select_nth_unstable(range.start);
    }
    part[range.start..].par_sort_unstable();
}

/// Place of a selected case among all selected cases ordered by duration, ties as above.
pub fn place_by_duration(
    selection: &Selection<'_>,
    descending: bool,
    id_rank: &[u32],
    case: usize,
) -> usize {
    let key = |case: usize| {
        let duration = selection.index.duration(case);
        (if descending { !duration } else { duration }, id_rank[case])
    };
    let own = key(case);
    let cases = (0..id_rank.len()).into_par_iter();
    cases
        .filter(|&case| selection.contains(case) && key(case) < own)
        .count()
}

/// The part `range` of all selected cases ordered by duration, ties as above: the list of durations
/// is walked to the end of the part only.
pub fn by_duration(
    selection: &Selection<'_>,
    descending: bool,
    id_rank: &[u32],
    range: Range<usize>,
) -> Vec<u32> {
    let (cases, durations) = (&selection.index.by_duration, &selection.index.durations);
    let place = |i| if descending { cases.len() - 1 - i } else { i };
    let mut found: Vec<u32> = Vec::new();
    // Where the cases of the last duration begin, which are in the order of their places.
    let mut tied = 0;
    let settle = |tied: &mut [u32]| tied.sort_unstable_by_key(|&case| id_rank[case as usize]);
    let mut last = None;
    for i in 0..cases.len() {
        let at = place(i);
        if !selection.contains(cases[at] as usize) {
            continue;
        }
        if last != Some(durations[at]) {
            // Cases of one duration are sorted by id once all of them are there.
            settle(&mut found[tied..]);
            if found.len() >= range.end {
                break;
            }
            (tied, last) = (found.len(), Some(durations[at]));
        }
        found.push(cases[at]);
    }
    settle(&mut found[tied..]);
    found.truncate(range.end);
    found.split_off(range.start.min(found.len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event_log::Progress;
    use crate::index::{CaseSet, Index};
    use crate::metrics::Memo;
    use crate::test_support::log;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_walk_over_durations_orders_as_a_sort_does(
            durations in prop::collection::vec(0..6u8, 1..60),
            selected in prop::collection::vec(any::<bool>(), 60),
            descending in any::<bool>(),
            from in 0..70usize,
            len in 0..70usize,
        ) {
            let cases = durations.iter().enumerate();
            let text: Vec<String> = cases.map(|(c, d)| format!("{c}: a b @0 +{d}")).collect();
            let log = log(&text.join("; "));
            let index = Index::build(&log, &Progress::default()).unwrap();
            let set = CaseSet::from_fn(log.n_cases(), |case| selected[case]);
            let (memo, counts) = (Memo::default(), Selection::count_variants(&index, Some(&set)));
            let selection = Selection {
                log: &log,
                index: &index,
                cases: Some(&set),
                variant_cases: &counts,
                n_cases: set.count(),
                memo: &memo,
            };
            let rank = crate::index::rank_of(&log.case_ids.sorted());
            let from = from.min(set.count());
            let range = from..(from + len).min(set.count());
            let all: Vec<u32> = set.iter().map(|case| case as u32).collect();
            let sorted = ordered(&selection, all, (Key::Duration, descending), &rank, range.clone());
            prop_assert_eq!(by_duration(&selection, descending, &rank, range), sorted);
        }
    }
}
