//! Directly-follows edges: frequencies from the variants, elapsed times from the sorted lists.

use super::quantile::{self, Figures, Tally};
use super::{Scan, Selection};
use rayon::prelude::*;

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
    let tally = |edge: usize| {
        let (values, cases) = list(edge);
        Tally::new(values, cases, set)
    };
    let tallies = selection.tallies.get_or_init(|| {
        (0..edges.len())
            .into_par_iter()
            .with_max_len(1)
            .map(tally)
            .collect()
    });
    let lists = (0..edges.len()).map(list).zip(tallies);
    lists
        .map(|((values, cases), tally)| Scan::counted(values, cases, set, tally))
        .collect()
}

/// Number of selected cases that have each edge.
pub fn case_counts(selection: &Selection<'_>) -> Vec<u64> {
    let edges = &selection.index.edges;
    let mut counts = vec![0; edges.len()];
    let mut seen = vec![usize::MAX; edges.len()];
    for v in selection.variants() {
        for &edge in selection.index.variants.steps(v) {
            if seen[edge as usize] != v {
                seen[edge as usize] = v;
                counts[edge as usize] += u64::from(selection.variant_cases[v]);
            }
        }
    }
    counts
}

/// When and how long each occurrence of an edge in the selected cases was: timestamp of the second
/// event and elapsed time, in microseconds, by case.
pub fn occurrences(selection: &Selection<'_>, edge: usize) -> Vec<(i64, i64)> {
    let variants = &selection.index.variants;
    let mut all = Vec::new();
    for v in selection.variants() {
        let steps = variants.steps(v);
        let positions = steps
            .iter()
            .enumerate()
            .filter(|&(_, &e)| e as usize == edge);
        let positions: Vec<usize> = positions.map(|(i, _)| i).collect();
        if positions.is_empty() {
            continue;
        }
        for case in selection.cases_of(v) {
            let times = &selection.log.time[selection.log.events_of(case)];
            all.extend(
                positions
                    .iter()
                    .map(|&i| (times[i + 1], times[i + 1] - times[i])),
            );
        }
    }
    all
}

/// Of instances: waiting from the completion of the first to the start of the second, at least 0,
/// for each edge. `None` for an edge without occurrence, or a log without instances.
pub fn waiting(selection: &Selection<'_>) -> Vec<Option<Figures>> {
    let (log, index) = (selection.log, selection.index);
    let mut lists = vec![Vec::new(); index.edges.len()];
    if log.has_instances() {
        for case in selection.each_case() {
            let first = log.events_of(case).start;
            let steps = index.variants.steps(index.case_variant[case] as usize);
            for (i, &edge) in steps.iter().enumerate() {
                let wait = log.begin(first + i + 1) - log.time[first + i];
                lists[edge as usize].push(wait.max(0));
            }
        }
    }
    lists
        .into_iter()
        .map(|mut list| {
            list.sort_unstable();
            quantile::of_sorted(&list)
        })
        .collect()
}
