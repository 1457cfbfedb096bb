//! Frequencies of activities, from the variants, and the time before them, from the edges.

use super::{Figures, Scan, Selection, quantile};
use crate::index::Variants;
use rayon::prelude::*;

/// Counts of one activity.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Events.
    pub events: u64,
    /// Cases that have it.
    pub cases: u64,
    /// Cases that start with it.
    pub starts: u64,
    /// Cases that end with it.
    pub ends: u64,
    /// Cases in which it occurs more than once.
    pub rework_cases: u64,
}

impl Counts {
    fn add(&mut self, more: &Counts) {
        self.events += more.events;
        self.cases += more.cases;
        self.starts += more.starts;
        self.ends += more.ends;
        self.rework_cases += more.rework_cases;
    }
}

/// Counts of every activity of the log's dictionary.
pub fn counts(selection: &Selection<'_>) -> Vec<Counts> {
    let none = || vec![Counts::default(); selection.log.activities.len()];
    let pieces = selection.pieces_of_variants();
    let counts = pieces.map(|variants| counts_of(selection, variants));
    counts.reduce(none, |mut all, piece| {
        all.iter_mut().zip(&piece).for_each(|(a, b)| a.add(b));
        all
    })
}

fn counts_of(selection: &Selection<'_>, of: impl Iterator<Item = usize>) -> Vec<Counts> {
    let variants = &selection.index.variants;
    let mut counts = vec![Counts::default(); selection.log.activities.len()];
    for v in of {
        // What holds for a variant holds for all of its selected cases: no event is looked at.
        let n = u64::from(selection.variant_cases[v]);
        let sequence = variants.sequence(v);
        for (&activity, &marks) in sequence.iter().zip(variants.marks(v)) {
            let count = &mut counts[activity as usize];
            count.events += n;
            count.cases += if marks & Variants::FIRST != 0 { n } else { 0 };
            count.rework_cases += if marks & Variants::SECOND != 0 { n } else { 0 };
        }
        if let (Some(&first), Some(&last)) = (sequence.first(), sequence.last()) {
            counts[first as usize].starts += n;
            counts[last as usize].ends += n;
        }
    }
    counts
}

/// Time from the event before of every activity, over all its events but first ones.
pub fn before(selection: &Selection<'_>) -> Vec<Option<Figures>> {
    let scans = super::edges::scans(selection);
    let mut incoming: Vec<Vec<&Scan<'_>>> = vec![Vec::new(); selection.log.activities.len()];
    for (scan, &to) in scans.iter().zip(&selection.index.edges.to) {
        if scan.n() > 0 {
            incoming[to as usize].push(scan);
        }
    }
    let figures = |scans: &Vec<&Scan<'_>>| quantile::of_union(scans);
    // Activities differ much in their occurrences, so each is a piece of its own.
    incoming.par_iter().with_max_len(1).map(figures).collect()
}
