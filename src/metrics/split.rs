//! Figures of groups of cases, and for each group a test against the rest of the selection.

use super::groups::Groups;
use super::quantile::{Figures, of_sorted};
use super::selection::Selection;
use super::stats::{FourFold, benjamini_hochberg, mann_whitney};
use crate::event_log::{Cancel, Cancelled};
use crate::index::{CaseSet, Index, Variants};
use std::ops::RangeInclusive;

/// Counts of the cases of a group.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Number of cases.
    pub cases: u64,
    /// Number of their events.
    pub events: u64,
    /// Number of their variants.
    pub variants: u64,
    /// Cases in which an activity occurs twice or more.
    pub rework: u64,
    /// Cases that are open.
    pub open: u64,
}

/// True if an activity occurs twice or more in a variant.
pub fn has_rework(index: &Index, variant: usize) -> bool {
    let mut marks = index.variants.marks(variant).iter();
    marks.any(|mark| (mark & Variants::SECOND) != 0)
}

/// Returns the counts of each group; `open` are the cases that are open.
///
/// # Errors
/// They are not wanted any more.
pub fn counts(
    selection: &Selection<'_>,
    groups: &Groups,
    open: &CaseSet,
    cancel: &Cancel,
) -> Result<Vec<Counts>, Cancelled> {
    let variants = &selection.index.variants;
    let mut counts = vec![Counts::default(); groups.len()];
    let mut last = vec![usize::MAX; groups.len()];
    for variant in selection.variants() {
        cancel.check()?;
        let events = variants.sequence(variant).len() as u64;
        let rework = has_rework(selection.index, variant);
        for case in selection.cases_of(variant) {
            let is_open = u64::from(open.contains(case));
            for &group in groups.of(case) {
                let (group, of) = (group as usize, &mut counts[group as usize]);
                of.cases += 1;
                of.events += events;
                of.rework += u64::from(rework);
                of.open += is_open;
                if last[group] != variant {
                    last[group] = variant;
                    of.variants += 1;
                }
            }
        }
    }
    Ok(counts)
}

/// First and last start of the selected cases; `None` for no cases.
pub fn span_of_starts(selection: &Selection<'_>) -> Option<(i64, i64)> {
    let mut span: Option<(i64, i64)> = None;
    selection.for_each_case(|case| {
        let start = selection.index.case_start[case];
        let (first, last) = span.unwrap_or((start, start));
        span = Some((first.min(start), last.max(start)));
    });
    span
}

/// Parts of the time in which cases start.
pub const PARTS: usize = 12;

/// The first instant of each of [`PARTS`] equal parts of a span of time but the first.
pub fn bounds_of_parts(span: &RangeInclusive<i64>) -> Vec<i64> {
    // In i128, as instants of any year do not overflow then. The last one belongs to the last part.
    let (first, last) = (i128::from(*span.start()), i128::from(*span.end()));
    let length = last - first + 1;
    let bound = |part: i128| first + (part * length + PARTS as i128 - 1) / PARTS as i128;
    let bounds = (1..PARTS as i128).map(|part| i64::try_from(bound(part)).unwrap_or(i64::MAX));
    bounds.collect()
}

/// Counts the cases of each group that start in each of [`PARTS`] equal parts of a span of time, from the
/// first to the last start.
///
/// # Errors
/// They are not wanted any more.
pub fn starts(
    selection: &Selection<'_>,
    groups: &Groups,
    span: &RangeInclusive<i64>,
    cancel: &Cancel,
) -> Result<Vec<Vec<u64>>, Cancelled> {
    let bounds = bounds_of_parts(span);
    let mut counts = vec![vec![0; PARTS]; groups.len()];
    selection.each_case(cancel, |case| {
        let start = selection.index.case_start[case];
        let part = bounds.partition_point(|bound| *bound <= start);
        for &group in groups.of(case) {
            counts[group as usize][part] += 1;
        }
    })?;
    Ok(counts)
}

/// A distribution of the values of a group, and a test against the rest of the selection.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Distribution {
    /// Figures of the values; `None` where no case of the group has one.
    pub figures: Option<Figures>,
    /// Probability of a difference to the rest at least as large if there were none (Mann-Whitney),
    /// corrected for the number of groups (Benjamini-Hochberg); `None` without values on one side.
    pub q: Option<f64>,
}

/// Returns the distributions of a value of cases, such as their duration, by group. `values` ascends:
/// value and case of the selected cases that have one.
///
/// # Errors
/// They are not wanted any more.
pub fn distributions(
    values: &[(i64, u32)],
    groups: &Groups,
    cancel: &Cancel,
) -> Result<Vec<Distribution>, Cancelled> {
    /// Distinct values between two looks at whether to go on.
    const STRIDE: usize = 1 << 12;
    let mut of_group: Vec<Vec<i64>> = vec![Vec::new(); groups.len()];
    let mut ranks = vec![0u128; groups.len()];
    let (mut below, mut ties) = (0u128, 0u128);
    for (at, equal) in values.chunk_by(|a, b| a.0 == b.0).enumerate() {
        if at % STRIDE == 0 {
            cancel.check()?;
        }
        let n = equal.len() as u128;
        // Twice the mean of the ranks below + 1 to below + n.
        let doubled = 2 * below + n + 1;
        ties += n * n * n - n;
        below += n;
        for &(value, case) in equal {
            for &group in groups.of(case as usize) {
                of_group[group as usize].push(value);
                ranks[group as usize] += doubled;
            }
        }
    }
    let n = values.len() as u64;
    let test = |(values, &ranks): (&Vec<i64>, &u128)| {
        let with = values.len() as u64;
        mann_whitney(with, n - with, ranks, ties).map(|ranks| ranks.p)
    };
    let p: Vec<Option<f64>> = of_group.iter().zip(&ranks).map(test).collect();
    let figures = of_group.iter().map(|values| of_sorted(values));
    let distribution = |(figures, q)| Distribution { figures, q };
    Ok(figures.zip(corrected(&p)).map(distribution).collect())
}

/// Returns the sums of the squares of the distances of the values of each group from its mean. `values`
/// are those of [`distributions`], of which the means are.
///
/// # Errors
/// They are not wanted any more.
pub fn squares(
    values: &[(i64, u32)],
    groups: &Groups,
    means: &[f64],
    cancel: &Cancel,
) -> Result<Vec<f64>, Cancelled> {
    let mut squares = vec![0.0; groups.len()];
    for part in values.chunks(1 << 16) {
        cancel.check()?;
        for &(value, case) in part {
            for &group in groups.of(case as usize) {
                let group = group as usize;
                squares[group] += (value as f64 - means[group]).powi(2);
            }
        }
    }
    Ok(squares)
}

/// Cases of a group with a property, among those of which that is known.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Rate {
    /// Cases with the property.
    pub cases: u64,
    /// Cases of which it is known.
    pub of: u64,
    /// Probability of a difference to the rest at least as large if there were none (chi-square or
    /// Fisher), corrected for the number of groups; `None` without known cases on one side.
    pub q: Option<f64>,
}

impl Rate {
    /// The share of the known cases, 0 to 1; `None` for no cases.
    pub fn share(&self) -> Option<f64> {
        (self.of > 0).then(|| self.cases as f64 / self.of as f64)
    }

    /// Probability of a difference to the rest of `all` at least as large if there were none; `None`
    /// without known cases on one side.
    pub fn against(&self, all: &Rate) -> Option<f64> {
        let table = FourFold {
            with: self.of,
            selected_with: self.cases,
            without: all.of - self.of,
            selected_without: all.cases - self.cases,
        };
        (table.with > 0 && table.without > 0).then(|| table.test().1)
    }
}

/// Returns the rates of a property by group; `property` is `None` for cases of which it is not known.
///
/// # Errors
/// They are not wanted any more.
pub fn rates(
    selection: &Selection<'_>,
    groups: &Groups,
    property: impl Fn(usize) -> Option<bool>,
    cancel: &Cancel,
) -> Result<Vec<Rate>, Cancelled> {
    let mut rates = vec![Rate::default(); groups.len()];
    let mut all = Rate::default();
    selection.each_case(cancel, |case| {
        let Some(has) = property(case) else {
            return;
        };
        all.of += 1;
        all.cases += u64::from(has);
        for &group in groups.of(case) {
            rates[group as usize].of += 1;
            rates[group as usize].cases += u64::from(has);
        }
    })?;
    let p: Vec<Option<f64>> = rates.iter().map(|rate| rate.against(&all)).collect();
    for (rate, q) in rates.iter_mut().zip(corrected(&p)) {
        rate.q = q;
    }
    Ok(rates)
}

/// The probabilities that exist, corrected for their number (Benjamini-Hochberg).
pub fn corrected(p: &[Option<f64>]) -> Vec<Option<f64>> {
    let known: Vec<f64> = p.iter().copied().flatten().collect();
    let mut q = benjamini_hochberg(&known).into_iter();
    p.iter().map(|p| p.and_then(|_| q.next())).collect()
}
