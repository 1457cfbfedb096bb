//! Two groups of cases side by side: the selected ones and the others. Sums over any cases of both are
//! added up, so that what holds for a variant holds for each of its activities.

use super::quantile::Scan;
use super::stats::{FourFold, Ranks, mann_whitney};
use super::summary::tally_durations;
use crate::event_log::{Cancel, Cancelled, EventLog, WallClock};
use crate::index::{CaseSet, Index};
use chrono_tz::Tz;
use std::ops::{ControlFlow, Range};

/// The cases that are compared, and which of them are selected.
#[derive(Debug)]
pub struct Members {
    /// The cases.
    pub cases: CaseSet,
    /// The selected ones, all of them in `cases`.
    pub selected: CaseSet,
    /// Zone of weekdays, hours and months.
    pub zone: Tz,
    /// Cases that start before the median start.
    early: CaseSet,
    /// Twice the rank of the duration of each case among `cases`, from 1; equal ones share their mean.
    ranks: Vec<u32>,
    /// Sum of `t^3 - t` over the numbers `t` of cases with equal durations.
    ties: u128,
    /// Events of each variant that count, from its first; all where this is `None`.
    kept: Option<Vec<u32>>,
}

/// Cases of a log that are compared.
#[derive(Debug, Clone, Copy)]
pub struct Cohort<'a> {
    /// The log.
    pub log: &'a EventLog,
    /// Index of the log.
    pub index: &'a Index,
    /// The cases.
    pub of: &'a Members,
}

/// Sums over some cases of a cohort. Two numbers of cases share a word, the selected ones in the upper
/// half, as cases have numbers of 32 bits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sums {
    /// Number of cases, and of selected ones.
    cases: u64,
    /// The same of the cases in the first half of the time.
    early: u64,
    /// Sum of a random number for each case: equal for equal sets.
    hash: u64,
    /// Sum of twice the ranks of their durations.
    ranks: u64,
}

impl Sums {
    /// Number of cases.
    #[inline]
    pub fn cases(&self) -> u64 {
        self.cases & u64::from(u32::MAX)
    }

    /// Number of selected ones.
    #[inline]
    pub fn selected(&self) -> u64 {
        self.cases >> 32
    }

    /// Equal for equal sets of cases.
    pub fn key(&self) -> (u64, u64) {
        (self.cases, self.hash)
    }

    /// Adds other cases.
    #[inline]
    pub fn add(&mut self, other: &Sums) {
        // Wrapping, as hashes do and the others cannot, so that the four are added side by side.
        self.cases = self.cases.wrapping_add(other.cases);
        self.early = self.early.wrapping_add(other.early);
        self.hash = self.hash.wrapping_add(other.hash);
        self.ranks = self.ranks.wrapping_add(other.ranks);
    }

    /// These cases against all others of `all`.
    pub fn table(&self, all: &Sums) -> FourFold {
        FourFold {
            with: self.cases(),
            selected_with: self.selected(),
            without: all.cases() - self.cases(),
            selected_without: all.selected() - self.selected(),
        }
    }

    /// As [`Sums::table`], for the first and the second half of the time.
    pub fn halves(&self, all: &Sums) -> [FourFold; 2] {
        let half = |of: &dyn Fn(&Sums) -> u64| {
            let sums = |sums: &Sums| Sums {
                cases: of(sums),
                ..Sums::default()
            };
            sums(self).table(&sums(all))
        };
        // No half is above the whole, so that none borrows from the other.
        [
            half(&|sums| sums.early),
            half(&|sums| sums.cases - sums.early),
        ]
    }
}

impl Members {
    /// Splits some cases of a log. With `kept`, only the first events of each variant count.
    pub fn new(
        index: &Index,
        cases: CaseSet,
        selected: CaseSet,
        zone: Tz,
        kept: Option<Vec<u32>>,
    ) -> Self {
        let (early, (ranks, ties)) =
            rayon::join(|| first_half(index, &cases), || ranks(index, &cases));
        Members {
            cases,
            selected,
            zone,
            early,
            ranks,
            ties,
            kept,
        }
    }

    /// Compares the durations of some cases with those of all others of `all`.
    pub fn durations(&self, of: &Sums, all: &Sums) -> Option<Ranks> {
        mann_whitney(
            of.cases(),
            all.cases() - of.cases(),
            u128::from(of.ranks),
            self.ties,
        )
    }
}

impl Cohort<'_> {
    /// Sums of one case.
    #[inline]
    pub(super) fn one(&self, case: usize) -> Sums {
        let selected = 1 | u64::from(self.of.selected.contains(case)) << 32;
        Sums {
            cases: selected,
            // All of its bits or none.
            early: selected & u64::from(self.of.early.contains(case)).wrapping_neg(),
            hash: mixed(case as u64),
            ranks: u64::from(self.of.ranks[case]),
        }
    }

    /// Calls `f` with every case, ascending, and its sums, until it breaks.
    ///
    /// # Errors
    /// The sums are not wanted any more.
    #[inline]
    pub(super) fn each_case(
        &self,
        cancel: &Cancel,
        mut f: impl FnMut(usize, &Sums) -> ControlFlow<()>,
    ) -> Result<(), Cancelled> {
        /// Words of cases between two looks at whether to go on.
        const STRIDE: usize = 64;
        let n_words = self.of.cases.words().len();
        for first in (0..n_words).step_by(STRIDE) {
            cancel.check()?;
            let mut words = first..n_words.min(first + STRIDE);
            let ended = words.try_for_each(|word| {
                let mut cases = self.of.cases.of_word(word);
                cases.try_for_each(|case| f(case, &self.one(case)))
            });
            if ended.is_break() {
                break;
            }
        }
        Ok(())
    }

    /// Sums over the cases of each variant.
    ///
    /// # Errors
    /// They are not wanted any more.
    pub fn by_variant(&self, cancel: &Cancel) -> Result<Vec<Sums>, Cancelled> {
        let mut sums = vec![Sums::default(); self.index.variants.len()];
        self.each_case(cancel, |case, one| {
            sums[self.index.case_variant[case] as usize].add(one);
            ControlFlow::Continue(())
        })?;
        Ok(sums)
    }

    /// Sums over the cases of a set that are in the cohort.
    pub fn sums_of(&self, set: &CaseSet) -> Sums {
        let mut sums = Sums::default();
        for (w, (a, b)) in set.words().iter().zip(self.of.cases.words()).enumerate() {
            // Most words of a small set are empty.
            if a & b != 0 {
                let cases = set.of_word(w).filter(|&case| self.of.cases.contains(case));
                cases.for_each(|case| sums.add(&self.one(case)));
            }
        }
        sums
    }

    /// Median duration of the cases of a set that are in the cohort, microseconds; `None` for no case.
    pub fn median(&self, mut set: CaseSet) -> Option<f64> {
        set.and(&self.of.cases);
        let (index, tally) = (self.index, tally_durations(self.index, &set));
        Scan::counted(&index.durations, &index.by_duration, &set, &tally).quantile(0.5)
    }

    /// Number of events of a variant that count.
    #[inline]
    pub fn kept(&self, variant: usize) -> usize {
        let len = self.index.variants.sequence(variant).len();
        self.of
            .kept
            .as_ref()
            .map_or(len, |kept| len.min(kept[variant] as usize))
    }

    /// True if only the first events of some variants count.
    pub fn is_cut(&self) -> bool {
        self.of.kept.is_some()
    }

    /// Rows of the events of a case that count.
    #[inline]
    pub fn events(&self, case: usize) -> Range<usize> {
        let events = self.log.events_of(case);
        if !self.is_cut() {
            return events;
        }
        let kept = self.kept(self.index.case_variant[case] as usize);
        events.start..events.end.min(events.start + kept)
    }

    /// Durations of the cases in a set and of all others of the cohort, microseconds, ascending.
    pub fn split(&self, set: &CaseSet) -> [Vec<i64>; 2] {
        let mut split = [Vec::new(), Vec::new()];
        // In the order of durations, so that both parts are sorted.
        for (&case, &duration) in self.index.by_duration.iter().zip(&self.index.durations) {
            if self.of.cases.contains(case as usize) {
                split[usize::from(!set.contains(case as usize))].push(duration);
            }
        }
        split
    }

    /// The cohort's clock on the wall.
    pub(super) fn wall_clock(&self) -> WallClock {
        let starts = &self.index.case_start;
        let first = starts.iter().copied().min().unwrap_or(0);
        WallClock::over(
            self.of.zone,
            first,
            starts.iter().copied().max().unwrap_or(0),
        )
    }
}

/// The cases that start before the median start of some cases.
fn first_half(index: &Index, cases: &CaseSet) -> CaseSet {
    let mut starts: Vec<i64> = cases.iter().map(|case| index.case_start[case]).collect();
    let middle = starts.len() / 2;
    let median = if starts.is_empty() {
        0
    } else {
        *starts.select_nth_unstable(middle).1
    };
    CaseSet::from_fn(index.n_cases(), |case| index.case_start[case] < median)
}

/// Twice the rank of the duration of each case, and the sum over ties.
fn ranks(index: &Index, cases: &CaseSet) -> (Vec<u32>, u128) {
    let mut ranks = vec![0; index.n_cases()];
    let (mut ties, mut before, mut at) = (0u128, 0u32, 0);
    for equal in index.durations.chunk_by(|a, b| a == b) {
        let of = &index.by_duration[at..at + equal.len()];
        at += equal.len();
        let members = || of.iter().filter(|case| cases.contains(**case as usize));
        let n = members().count() as u32;
        for &case in members() {
            // Doubled, mean ranks are whole numbers, and sums of them exact.
            ranks[case as usize] = 2 * before + n + 1;
        }
        let t = u128::from(n);
        // The correction for ties of the rank-sum test.
        ties += (t * t * t).saturating_sub(t);
        before += n;
    }
    (ranks, ties)
}

/// A number that looks random, of a number (splitmix64).
#[inline]
fn mixed(number: u64) -> u64 {
    let mut mixed = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}
