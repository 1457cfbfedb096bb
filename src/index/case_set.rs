//! A set of cases, one bit each.

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
        set.trim();
        set
    }

    /// The cases of `n_cases` for which `f` holds, tested in parallel.
    pub fn from_fn(n_cases: usize, f: impl Fn(usize) -> bool + Sync) -> Self {
        use rayon::prelude::*;
        let word = |w: usize| {
            let end = (n_cases - w * 64).min(64);
            (0..end).fold(0u64, |word, i| word | u64::from(f(w * 64 + i)) << i)
        };
        let words = (0..n_cases.div_ceil(64))
            .into_par_iter()
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

    /// Whether a case is in the set.
    #[inline]
    pub fn contains(&self, case: usize) -> bool {
        self.words[case / 64] >> (case % 64) & 1 != 0
    }

    /// Number of cases in the set.
    pub fn count(&self) -> usize {
        self.words.iter().map(|w| w.count_ones() as usize).sum()
    }

    /// Whether all cases are in the set.
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
        self.words.iter().enumerate().flat_map(|(w, &word)| {
            let mut rest = word;
            std::iter::from_fn(move || {
                let bit = rest.trailing_zeros() as usize;
                (rest != 0).then(|| {
                    rest &= rest - 1;
                    w * 64 + bit
                })
            })
        })
    }

    /// The bits, 64 cases a word, lowest bit first; bits beyond the last case are 0.
    pub fn words(&self) -> &[u64] {
        &self.words
    }
}
