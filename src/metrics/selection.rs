//! The cases that figures are made of.

use super::quantile::Tally;
use crate::event_log::{Cancel, Cancelled, EventLog};
use crate::index::{CaseSet, Index, pieces_of};
use rayon::prelude::*;
use std::ops::{ControlFlow, Range};
use std::sync::OnceLock;

/// A set of cases of a log, with what most figures need: how many cases of each variant are in it.
#[derive(Debug)]
pub struct Selection<'a> {
    /// The log.
    pub log: &'a EventLog,
    /// Index of the log.
    pub index: &'a Index,
    /// The cases; `None` means all of them.
    pub cases: Option<&'a CaseSet>,
    /// Selected cases of each variant.
    pub variant_cases: &'a [u32],
    /// Number of cases selected.
    pub n_cases: usize,
    /// Shared intermediate results, computed on first use.
    pub memo: &'a Memo,
}

/// Intermediate results that several figures of a selection need.
#[derive(Debug, Default)]
pub struct Memo {
    /// The selected occurrences of each edge.
    pub(super) edges: OnceLock<Vec<Tally>>,
    /// The durations of the selected cases.
    pub(super) durations: OnceLock<Tally>,
    /// First and last instant.
    pub(super) span: OnceLock<Option<(i64, i64)>>,
}

impl Selection<'_> {
    /// True if a case is selected.
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
        // 8,192 variants at least, as counting fewer costs less than joining the counts.
        let piece = piece.max(1 << 13);
        variants
            .par_chunks(piece)
            .enumerate()
            .map(move |(i, counts)| {
                let variants = (i * piece..).zip(counts);
                variants.filter(|&(_, &n)| n > 0).map(|(v, _)| v)
            })
    }

    /// Calls `f` for each selected case in ascending order until it breaks.
    #[inline]
    pub fn try_each_case(&self, f: impl FnMut(usize) -> ControlFlow<()>) -> ControlFlow<()> {
        self.try_each_of(0..self.index.n_cases().div_ceil(64), f)
    }

    /// Does something with every selected case, ascending.
    #[inline]
    pub fn for_each_case(&self, mut f: impl FnMut(usize)) {
        let _ = self.try_each_case(|case| {
            f(case);
            ControlFlow::Continue(())
        });
    }

    /// As [`Selection::for_each_case`], until the result is not wanted any more.
    ///
    /// # Errors
    /// It is not.
    #[inline]
    pub fn each_case(&self, cancel: &Cancel, mut f: impl FnMut(usize)) -> Result<(), Cancelled> {
        self.each_of(0..self.index.n_cases().div_ceil(64), cancel, |case| {
            f(case);
            ControlFlow::Continue(())
        })
    }

    /// Calls `f` for the selected cases of some words of 64 cases each, ascending, until it breaks.
    ///
    /// # Errors
    /// The result is not wanted any more.
    #[inline]
    pub fn each_of(
        &self,
        words: Range<usize>,
        cancel: &Cancel,
        mut f: impl FnMut(usize) -> ControlFlow<()>,
    ) -> Result<(), Cancelled> {
        /// Words between two looks at whether to go on.
        const STRIDE: usize = 64;
        for first in words.clone().step_by(STRIDE) {
            cancel.check()?;
            let words = first..words.end.min(first + STRIDE);
            if self.try_each_of(words, &mut f).is_break() {
                break;
            }
        }
        Ok(())
    }

    /// The cases in pieces for the threads at hand, by numbers of words of 64 cases each.
    pub fn pieces(&self) -> impl IndexedParallelIterator<Item = Range<usize>> + use<> {
        pieces_of(self.index.n_cases().div_ceil(64))
    }

    /// Like [`Selection::try_each_case`], for the cases of some words of 64 cases each.
    #[inline]
    pub fn try_each_of(
        &self,
        words: Range<usize>,
        mut f: impl FnMut(usize) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let Some(cases) = self.cases else {
            let end = (words.end * 64).min(self.index.n_cases());
            return (words.start * 64..end).try_for_each(f);
        };
        words
            .into_iter()
            .try_for_each(|w| cases.of_word(w).try_for_each(&mut f))
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
        // Counted down from all where fewer cases are left out than selected.
        let fewer = cases.smaller_side();
        let mut counts = if fewer.others {
            index.variants.n_cases.to_vec()
        } else {
            vec![0; index.variants.len()]
        };
        fewer.for_each(0..cases.words().len(), |case| {
            let count = &mut counts[index.case_variant[case] as usize];
            if fewer.others {
                *count -= 1;
            } else {
                *count += 1;
            }
        });
        counts
    }
}
