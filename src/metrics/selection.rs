//! The cases that figures are made of.

use super::quantile::Tally;
use crate::event_log::EventLog;
use crate::index::{CaseSet, Index};
use rayon::prelude::*;
use std::ops::ControlFlow;
use std::sync::OnceLock;

/// A set of cases of a log, with what most figures need: how many cases of each variant are in it.
#[derive(Debug)]
pub struct Selection<'a> {
    /// The log.
    pub log: &'a EventLog,
    /// Its index.
    pub index: &'a Index,
    /// The cases; `None` means all of them.
    pub cases: Option<&'a CaseSet>,
    /// Selected cases of each variant.
    pub variant_cases: &'a [u32],
    /// Number of cases selected.
    pub n_cases: usize,
    /// What several figures need, made when first wanted.
    pub memo: &'a Memo,
}

/// What several figures of a selection need.
#[derive(Debug, Default)]
pub struct Memo {
    /// The selected occurrences of each edge.
    pub(super) edges: OnceLock<Vec<Tally>>,
    /// The durations of the selected cases.
    pub(super) durations: OnceLock<Tally>,
    /// First and last instant.
    pub(super) span: OnceLock<Option<(i64, i64)>>,
}

impl<'a> Selection<'a> {
    /// Whether a case is selected.
    #[inline]
    pub fn contains(&self, case: usize) -> bool {
        self.cases.is_none_or(|cases| cases.contains(case))
    }

    /// The variants of which some case is selected, ascending.
    pub fn variants(&self) -> impl Iterator<Item = usize> + '_ {
        self.variant_cases
            .iter()
            .enumerate()
            .filter(|&(_, &n)| n > 0)
            .map(|(v, _)| v)
    }

    /// The variants of which some case is selected, in pieces, each ascending.
    pub fn pieces_of_variants(
        &self,
    ) -> impl IndexedParallelIterator<Item = impl Iterator<Item = usize> + '_> + '_ {
        // A few pieces a thread: each makes counts of its own.
        let variants = self.variant_cases;
        let piece = variants.len().div_ceil(2 * rayon::current_num_threads());
        let piece = piece.max(1 << 13);
        variants
            .par_chunks(piece)
            .enumerate()
            .map(move |(i, counts)| {
                let variants = (i * piece..).zip(counts);
                variants.filter(|&(_, &n)| n > 0).map(|(v, _)| v)
            })
    }

    /// The selected cases, ascending.
    pub fn each_case(&self) -> Box<dyn Iterator<Item = usize> + 'a> {
        match self.cases {
            Some(cases) => Box::new(cases.iter()),
            None => Box::new(0..self.index.n_cases()),
        }
    }

    /// Does something with every selected case, ascending, until it says `Break`.
    #[inline]
    pub fn try_each_case(&self, mut f: impl FnMut(usize) -> ControlFlow<()>) -> ControlFlow<()> {
        let Some(cases) = self.cases else {
            return (0..self.index.n_cases()).try_for_each(f);
        };
        for (w, &word) in cases.words().iter().enumerate() {
            let mut rest = word;
            while rest != 0 {
                f(w * 64 + rest.trailing_zeros() as usize)?;
                rest &= rest - 1;
            }
        }
        ControlFlow::Continue(())
    }

    /// The selected cases of a variant, ascending.
    pub fn cases_of(&self, variant: usize) -> impl Iterator<Item = usize> + '_ {
        let cases = self.index.variants.cases_of(variant);
        cases
            .iter()
            .map(|&case| case as usize)
            .filter(|&case| self.contains(case))
    }

    /// Selected cases of each variant: the count that [`Selection::variant_cases`] wants.
    pub fn count_variants(index: &Index, cases: Option<&CaseSet>) -> Vec<u32> {
        let Some(cases) = cases else {
            return index.variants.n_cases.to_vec();
        };
        let mut counts = vec![0; index.variants.len()];
        for case in cases.iter() {
            counts[index.case_variant[case] as usize] += 1;
        }
        counts
    }
}
