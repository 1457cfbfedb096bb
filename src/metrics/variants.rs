//! Durations of variants.

use super::{Figures, Selection, quantile};

/// Figures of the durations of the selected cases of one variant. `None` where there is none.
pub fn durations(selection: &Selection<'_>, variant: usize) -> Option<Figures> {
    let cases = selection.cases_of(variant);
    let mut durations: Vec<i64> = cases.map(|case| selection.index.duration(case)).collect();
    durations.sort_unstable();
    quantile::of_sorted(&durations)
}

/// Durations of every variant, `None` if no case of it is selected: one pass over the cases in
/// the order of their durations puts each variant's durations in order.
pub fn all_durations(selection: &Selection<'_>) -> Vec<Option<Figures>> {
    use rayon::prelude::*;
    let index = selection.index;
    let mut offsets = Vec::with_capacity(selection.variant_cases.len() + 1);
    offsets.push(0usize);
    for &n in selection.variant_cases {
        offsets.push(offsets[offsets.len() - 1] + n as usize);
    }
    let mut next = offsets.clone();
    let mut durations = vec![0; selection.n_cases];
    for (&case, &duration) in index.by_duration.iter().zip(&index.durations) {
        if selection.contains(case as usize) {
            let at = &mut next[index.case_variant[case as usize] as usize];
            durations[*at] = duration;
            *at += 1;
        }
    }
    offsets
        .par_windows(2)
        .map(|w| quantile::of_sorted(&durations[w[0]..w[1]]))
        .collect()
}
