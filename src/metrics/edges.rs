//! Directly-follows edges: frequencies from the variants, elapsed times from the sorted lists.

use super::bottlenecks::Wait;
use super::quantile::{self, Figures, Tally};
use super::{Scan, Selection};
use crate::event_log::EventLog;
use crate::index::{CaseSet, Edges, Index, Variants};
use rayon::prelude::*;
use std::hint::black_box;
use std::ops::Range;

/// The occurrences of every edge in the selected cases. Counted once a selection.
pub fn scans<'a>(selection: &Selection<'a>) -> Vec<Scan<'a>> {
    let edges = &selection.index.edges;
    let list = |edge: usize| {
        let range = edges.occurrences(edge);
        (&edges.elapsed[range.clone()], &edges.case[range])
    };
    let Some(set) = selection.cases else {
        let all = (0..edges.len()).map(list).zip(&edges.total);
        return all
            .map(|((values, cases), &total)| Scan::new(values, cases, None, total))
            .collect();
    };
    // The value is made with rayon: a job of rayon must not ask for it, or it may wait for itself.
    let tallies = &selection.memo.edges;
    let tallies = tallies.get_or_init(|| tallies_of(selection.log, selection.index, set));
    let lists = (0..edges.len()).map(list).zip(tallies);
    lists
        .map(|((values, cases), tally)| Scan::counted(values, cases, set, tally))
        .collect()
}

/// The elapsed times of an edge in the selected cases, microseconds, ascending.
pub fn elapsed(selection: &Selection<'_>, edge: usize) -> Vec<i64> {
    let edges = &selection.index.edges;
    let range = edges.occurrences(edge);
    let (values, cases) = (&edges.elapsed[range.clone()], &edges.case[range]);
    let occurrences = values.iter().zip(cases.iter());
    let selected = occurrences.filter(|(_, case)| selection.contains(**case as usize));
    selected.map(|(&value, _)| value).collect()
}

/// The occurrences of every edge in a set of cases, counted.
pub(super) fn tallies_of(log: &EventLog, index: &Index, set: &CaseSet) -> Vec<Tally> {
    let edges = &index.edges;
    let tally = |edge: usize| {
        let range = edges.occurrences(edge);
        Tally::new(&edges.elapsed[range.clone()], &edges.case[range], set)
    };
    let by_lists = || {
        let edges = (0..edges.len()).into_par_iter().with_max_len(1);
        edges.map(tally).collect()
    };
    by_events(log, edges, set).unwrap_or_else(by_lists)
}

/// The tallies of all edges by one pass over the events of the selected cases, or of the others
/// where they are fewer. `None` where the index does not say the blocks of events, or a sum could
/// overflow.
fn by_events(log: &EventLog, edges: &Edges, set: &CaseSet) -> Option<Vec<Tally>> {
    let blocks = &edges.block_of_event;
    let sums_fit = (0..edges.len()).all(|edge| {
        let values = &edges.elapsed[edges.occurrences(edge)];
        // Where none is below 0, no sum of some is above that of all.
        let negative = values.first().is_some_and(|&least| least < 0);
        !negative && i64::try_from(edges.total[edge]).is_ok()
    });
    if blocks.len() != log.n_events() || !sums_fit {
        return None;
    }
    let first = edges.first_blocks();
    let n_blocks = *first.last()? as usize;
    let ends = first.windows(2).zip(0..);
    // Blocks have numbers below `NO_BLOCK`, and each edge has one at least, so that 16 bits do.
    let edge_of: Vec<u16> = ends
        .flat_map(|(ends, edge)| std::iter::repeat_n(edge, (ends[1] - ends[0]) as usize))
        .collect();
    let (fewer, ticks) = (set.smaller_side(), log.ticks());
    let none = || (vec![0u32; n_blocks], vec![0i64; edges.len()]);
    let count = |words: Range<usize>| {
        let (mut counts, mut sums) = none();
        fewer.for_each_word(words, |cases| {
            // The memory of all cases is asked for before that of the first is waited for.
            for case in cases.clone() {
                let events = log.events_of(case);
                black_box((
                    ticks[events.start],
                    ticks[events.end - 1],
                    blocks[events.start],
                ));
            }
            for case in cases {
                let events = log.events_of(case);
                let times = ticks[events.clone()].windows(2);
                // The first event of a case ends no occurrence.
                for (&block, times) in blocks[events].iter().skip(1).zip(times) {
                    counts[block as usize] += 1;
                    sums[edge_of[block as usize] as usize] += times[1] - times[0];
                }
            }
        });
        (counts, sums)
    };
    let (counts, sums) = fewer
        .pieces()
        .map(count)
        // Integers add up to the same in any order.
        .reduce_with(|mut a, b| {
            a.0.iter_mut().zip(&b.0).for_each(|(a, b)| *a += b);
            a.1.iter_mut().zip(&b.1).for_each(|(a, b)| *a += b);
            a
        })
        .unwrap_or_else(none);
    let tally = |edge: usize| {
        let counts = &counts[first[edge] as usize..first[edge + 1] as usize];
        let counts = counts.iter().map(|&count| u64::from(count));
        let (size, n) = (edges.block as usize, edges.occurrences(edge).len());
        let lens = (0..).map(|i| size.min(n - i * size));
        // Counted were those in the smaller side; the tally turns it round where that is of the
        // others.
        let sums = (i128::from(sums[edge]), edges.total[edge]);
        Tally::from_smaller_side(size, lens, counts, sums, fewer.others)
    };
    Some((0..edges.len()).map(tally).collect())
}

/// Number of selected cases that have each edge.
pub fn case_counts(selection: &Selection<'_>) -> Vec<u64> {
    let n_edges = selection.index.edges.len();
    let counts = selection.pieces_of_variants().map(|variants| {
        let mut counts = vec![0; n_edges];
        for v in variants {
            let n = u64::from(selection.variant_cases[v]);
            let table = &selection.index.variants;
            // A mark shows that the edge is new in the sequence, so that no case counts twice.
            for (&edge, &marks) in table.steps(v).iter().zip(table.marks(v)) {
                counts[edge as usize] += if marks & Variants::NEW_EDGE != 0 {
                    n
                } else {
                    0
                };
            }
        }
        counts
    });
    counts.reduce(
        || vec![0; n_edges],
        |mut all, piece| {
            all.iter_mut().zip(&piece).for_each(|(a, b)| *a += b);
            all
        },
    )
}

/// All occurrences of an edge in the selected cases as waits, by elapsed time, ties by case and instant.
pub fn waits(selection: &Selection<'_>, edge: usize) -> Vec<Wait> {
    let (log, table) = (selection.log, &selection.index.variants);
    let pieces = selection.pieces_of_variants().map(|variants| {
        let mut all = Vec::new();
        for v in variants {
            let steps = table.steps(v).iter().enumerate();
            let places = steps.filter(|&(_, &e)| e as usize == edge).map(|(i, _)| i);
            let places: Vec<usize> = places.collect();
            if places.is_empty() {
                continue;
            }
            for case in selection.cases_of(v) {
                let events = log.events_of(case);
                let (times, ticks) = (&log.time[events.clone()], &log.ticks()[events]);
                all.extend(places.iter().map(|&i| Wait {
                    length: ticks[i + 1] - ticks[i],
                    case: case as u32,
                    ended: times[i + 1],
                }));
            }
        }
        all
    });
    let mut waits = pieces.collect::<Vec<_>>().concat();
    waits.par_sort_unstable_by_key(|wait| (wait.length, wait.case, wait.ended));
    waits
}

/// Gaps between instances: completion of the first to start of the second, at least 0, for each edge. `None` for an edge without occurrence, or a log without instances.
pub fn gaps(selection: &Selection<'_>) -> Vec<Option<Figures>> {
    let (log, index) = (selection.log, selection.index);
    let mut lists = vec![Vec::new(); index.edges.len()];
    if log.has_instances() {
        selection.for_each_case(|case| {
            let first = log.events_of(case).start;
            let steps = index.variants.steps(index.case_variant[case] as usize);
            for (i, &edge) in steps.iter().enumerate() {
                let wait = log.begin_tick(first + i + 1) - log.ticks()[first + i];
                lists[edge as usize].push(wait.max(0));
            }
        });
    }
    lists
        .into_iter()
        .map(|mut list| {
            list.sort_unstable();
            quantile::of_sorted(&list)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event_log::Progress;
    use crate::index::Index;
    use crate::test_support::log;
    use proptest::prelude::*;
    use std::fmt::Write;

    proptest! {
        #[test]
        fn a_pass_over_events_counts_as_the_lists_do(
            cases in prop::collection::vec(prop::collection::vec((0..3u8, 0..9u32), 1..9), 1..90),
            selected in prop::collection::vec(any::<bool>(), 90),
        ) {
            let mut text = String::new();
            for (case, events) in cases.iter().enumerate() {
                let _ = write!(text, "{case}:");
                for (activity, _) in events {
                    let _ = write!(text, " {}", char::from(b'a' + activity));
                }
                let _ = write!(text, " @0");
                for (_, wait) in &events[1..] {
                    let _ = write!(text, " +{wait}");
                }
                text += "; ";
            }
            let log = log(&text);
            let index = Index::build(&log, &Progress::default()).unwrap();
            let set = CaseSet::from_fn(log.n_cases(), |case| selected[case]);
            let edges = &index.edges;
            let by_lists: Vec<Tally> = (0..edges.len()).map(|edge| {
                let range = edges.occurrences(edge);
                Tally::new(&edges.elapsed[range.clone()], &edges.case[range], &set)
            }).collect();
            prop_assert_eq!(by_events(&log, edges, &set), Some(by_lists));
        }
    }
}
