//! A set of cases, one bit each.

use rayon::prelude::*;
use std::ops::Range;

/// A set of the cases `0..n_cases` of one log.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CaseSet {
    words: Vec<u64>,
    n_cases: usize,
}

impl CaseSet {
    /// No case of `n_cases`.
    pub fn none(n_cases: usize) -> Self {
        CaseSet {
            words: vec![0; n_cases.div_ceil(64)],
            n_cases,
        }
    }

    /// All of `n_cases`.
    pub fn all(n_cases: usize) -> Self {
        let mut set = CaseSet {
            words: vec![u64::MAX; n_cases.div_ceil(64)],
            n_cases,
        };
        // Bits beyond the last case are 0 in every set: `count` and `iter` do not look for them.
        set.trim();
        set
    }

    /// The cases of `n_cases` for which `f` holds, tested in parallel.
    pub fn from_fn(n_cases: usize, f: impl Fn(usize) -> bool + Sync) -> Self {
        let word = |w: usize| {
            let end = (n_cases - w * 64).min(64);
            (0..end).fold(0u64, |word, i| word | u64::from(f(w * 64 + i)) << i)
        };
        let words = (0..n_cases.div_ceil(64))
            .into_par_iter()
            // Fewer cases than 4,096 are not worth a task.
            .with_min_len(64)
            .map(word)
            .collect();
        CaseSet { words, n_cases }
    }

    /// The cases of `n_cases` whose bits are set in `words`, 64 cases a word, lowest bit first.
    /// Words and bits beyond the last case are left out.
    pub fn from_words(mut words: Vec<u64>, n_cases: usize) -> Self {
        words.resize(n_cases.div_ceil(64), 0);
        let mut set = CaseSet { words, n_cases };
        set.trim();
        set
    }

    fn trim(&mut self) {
        if let (Some(last), rest @ 1..) = (self.words.last_mut(), self.n_cases % 64) {
            *last &= (1 << rest) - 1;
        }
    }

    /// Number of cases that could be in the set.
    pub fn n_cases(&self) -> usize {
        self.n_cases
    }

    /// Adds a case.
    #[inline]
    pub fn insert(&mut self, case: usize) {
        self.words[case / 64] |= 1 << (case % 64);
    }

    /// Returns whether a case is in the set.
    #[inline]
    pub fn contains(&self, case: usize) -> bool {
        self.words[case / 64] >> (case % 64) & 1 != 0
    }

    /// Number of cases in the set.
    pub fn count(&self) -> usize {
        self.words.iter().map(|w| w.count_ones() as usize).sum()
    }

    /// Returns whether all cases are in the set.
    pub fn is_all(&self) -> bool {
        self.count() == self.n_cases
    }

    /// Keeps what is in both.
    pub fn and(&mut self, other: &CaseSet) {
        self.words
            .iter_mut()
            .zip(&other.words)
            .for_each(|(a, b)| *a &= b);
    }

    /// Adds what is in the other.
    pub fn or(&mut self, other: &CaseSet) {
        self.words
            .iter_mut()
            .zip(&other.words)
            .for_each(|(a, b)| *a |= b);
    }

    /// Turns the set into its complement.
    pub fn not(&mut self) {
        self.words.iter_mut().for_each(|w| *w = !*w);
        self.trim();
    }

    /// The cases in the set, ascending.
    pub fn iter(&self) -> impl Iterator<Item = usize> {
        (0..self.words.len()).flat_map(|w| self.of_word(w))
    }

    /// The bits, 64 cases a word, lowest bit first; bits beyond the last case are 0.
    pub fn words(&self) -> &[u64] {
        &self.words
    }

    /// The cases in the set that a word holds, lowest first.
    #[inline]
    pub fn of_word(&self, word: usize) -> Bits {
        Bits {
            first: word * 64,
            rest: self.words[word],
        }
    }

    /// The cases in the set, or all others, whichever are fewer.
    pub fn smaller_side(&self) -> SmallerSide<'_> {
        SmallerSide {
            set: self,
            others: self.count() > self.n_cases / 2,
        }
    }
}

/// The cases in a set, or all others: what is counted over these is counted for the set, if it is
/// known for all cases.
#[derive(Debug, Clone, Copy)]
pub struct SmallerSide<'a> {
    set: &'a CaseSet,
    /// True if these are the cases that are not in the set.
    pub others: bool,
}

impl SmallerSide<'_> {
    /// Numbers of words (64 cases each), in pieces for the threads at hand.
    pub fn pieces(&self) -> impl IndexedParallelIterator<Item = Range<usize>> + use<> {
        pieces_of(self.set.words.len())
    }

    /// Calls `f` with the cases of a word, lowest first, all at a time.
    #[inline]
    pub fn for_each_word(&self, words: Range<usize>, mut f: impl FnMut(Bits)) {
        for w in words {
            let mut cases = self.set.of_word(w);
            if self.others {
                // At most 63 cases of the last word are none.
                let beyond = ((w + 1) * 64).saturating_sub(self.set.n_cases);
                cases.rest = !cases.rest & u64::MAX >> beyond;
            }
            f(cases);
        }
    }

    /// Calls `f` with each case of some words.
    #[inline]
    pub fn for_each(&self, words: Range<usize>, mut f: impl FnMut(usize)) {
        self.for_each_word(words, |cases| cases.for_each(&mut f));
    }
}

/// The numbers `0..n` of words in pieces for the threads at hand: two each, as none is sure to get
/// a processor.
pub fn pieces_of(n: usize) -> impl IndexedParallelIterator<Item = Range<usize>> {
    // Words are counted at least 64 at a time, so that small sets stay with one thread.
    let piece = n.div_ceil(2 * rayon::current_num_threads()).max(64);
    (0..n.div_ceil(piece))
        .into_par_iter()
        .map(move |i| i * piece..((i + 1) * piece).min(n))
}

/// The cases of one word.
#[derive(Debug, Clone)]
pub struct Bits {
    first: usize,
    rest: u64,
}

impl Iterator for Bits {
    type Item = usize;

    #[inline]
    fn next(&mut self) -> Option<usize> {
        let bit = self.rest.trailing_zeros() as usize;
        (self.rest != 0).then(|| {
            // Clears the lowest bit that is set.
            self.rest &= self.rest - 1;
            self.first + bit
        })
    }
}
