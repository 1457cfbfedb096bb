//! Two groups of cases side by side: the selected ones and the others. Sums over any cases of both are
//! added up, so that what holds for a variant holds for each of its activities.

use super::stats::{FourFold, Ranks, mann_whitney};
use crate::event_log::{EventLog, WallClock};
use crate::index::{CaseSet, Index};
use chrono_tz::Tz;
use std::ops::Range;

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

/// Sums over some cases of a cohort.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sums {
    /// Number of cases.
    pub cases: u64,
    /// Number of selected ones.
    pub selected: u64,
    /// Cases of the first half of the time.
    early: u64,
    /// Selected cases of the first half of the time.
    early_selected: u64,
    /// Wrapping sum of a random number for each case: equal for equal sets.
    pub hash: u64,
    /// Sum of twice the ranks of their durations.
    ranks: u64,
}

impl Sums {
    /// Adds other cases.
    #[inline]
    pub fn add(&mut self, other: &Sums) {
        self.cases += other.cases;
        self.selected += other.selected;
        self.early += other.early;
        self.early_selected += other.early_selected;
        self.hash = self.hash.wrapping_add(other.hash);
        self.ranks += other.ranks;
    }

    /// These cases against all others of `all`.
    pub fn table(&self, all: &Sums) -> FourFold {
        FourFold {
            with: self.cases,
            selected_with: self.selected,
            without: all.cases - self.cases,
            selected_without: all.selected - self.selected,
        }
    }

    /// As [`Sums::table`], for the first and the second half of the time.
    pub fn halves(&self, all: &Sums) -> [FourFold; 2] {
        let early = |sums: &Sums| Sums {
            cases: sums.early,
            selected: sums.early_selected,
            ..Sums::default()
        };
        let late = |sums: &Sums| Sums {
            cases: sums.cases - sums.early,
            selected: sums.selected - sums.early_selected,
            ..Sums::default()
        };
        [early(self).table(&early(all)), late(self).table(&late(all))]
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
        let mut starts: Vec<i64> = cases.iter().map(|case| index.case_start[case]).collect();
        let middle = starts.len() / 2;
        let median = if starts.is_empty() {
            0
        } else {
            *starts.select_nth_unstable(middle).1
        };
        let early = CaseSet::from_fn(index.n_cases(), |case| index.case_start[case] < median);
        let (ranks, ties) = ranks(index, &cases);
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
            of.cases,
            all.cases - of.cases,
            u128::from(of.ranks),
            self.ties,
        )
    }
}

impl Cohort<'_> {
    /// Sums of one case.
    #[inline]
    pub fn one(&self, case: usize) -> Sums {
        let selected = u64::from(self.of.selected.contains(case));
        let early = u64::from(self.of.early.contains(case));
        Sums {
            cases: 1,
            selected,
            early,
            early_selected: early & selected,
            hash: mixed(case as u64),
            ranks: u64::from(self.of.ranks[case]),
        }
    }

    /// Sums of all cases.
    pub fn all(&self) -> Sums {
        let mut all = Sums::default();
        self.of
            .cases
            .iter()
            .for_each(|case| all.add(&self.one(case)));
        all
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

/// Twice the rank of the duration of each case, and the sum over ties.
fn ranks(index: &Index, cases: &CaseSet) -> (Vec<u32>, u128) {
    let mut ranks = vec![0; index.n_cases()];
    let mut ties = 0u128;
    let (mut equal, mut value, mut before): (Vec<u32>, i64, u32) = (Vec::new(), 0, 0);
    let mut close = |equal: &mut Vec<u32>, before: &mut u32| {
        let n = equal.len() as u32;
        for case in equal.drain(..) {
            // Doubled, mean ranks are whole numbers, and sums of them exact.
            ranks[case as usize] = 2 * *before + n + 1;
        }
        let t = u128::from(n);
        // The correction for ties of the rank-sum test.
        ties += t * t * t - t;
        *before += n;
    };
    for (&case, &duration) in index.by_duration.iter().zip(&index.durations) {
        if !cases.contains(case as usize) {
            continue;
        }
        if duration != value && !equal.is_empty() {
            close(&mut equal, &mut before);
        }
        value = duration;
        equal.push(case);
    }
    if !equal.is_empty() {
        close(&mut equal, &mut before);
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
