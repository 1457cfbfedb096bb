//! Time until something happens, where it has not happened yet in some cases, and return of cases.
//!
//! The share of cases that have got there after a time is estimated by Kaplan and Meier (1958): cases
//! in which it has not happened are *censored*, that is, counted for as long as they were observed. At
//! equal times events come before censorings. Groups are compared by the log-rank test.

use super::stats::chi_square_tail;
use crate::event_log::{Cancel, Cancelled};
use rayon::prelude::*;
use std::collections::BTreeMap;

/// A case as observed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Observed {
    /// Time to the event, or for which the case was observed without it; microseconds.
    pub time: i64,
    /// True if the event has not happened.
    pub censored: bool,
}

/// Slack for products of shares that are a half exactly.
const SLACK: f64 = 1e-12;

/// Estimated time to an event.
#[derive(Debug, Clone, PartialEq)]
pub struct Curve {
    /// Number of cases.
    pub cases: u64,
    /// Cases in which it has happened.
    pub reached: u64,
    /// Time and share of cases without the event after it, at each time at which it happened, ascending.
    steps: Vec<(i64, f64)>,
}

impl Curve {
    /// Estimates the time from cases in ascending order.
    pub fn new(cases: &[Observed]) -> Curve {
        let (mut left, mut share) = (cases.len() as u64, 1.0);
        let mut steps = Vec::new();
        let mut reached = 0;
        for equal in cases.chunk_by(|a, b| a.time == b.time) {
            let events = equal.iter().filter(|case| !case.censored).count() as u64;
            if events > 0 {
                share *= (left - events) as f64 / left as f64;
                steps.push((equal[0].time, share));
            }
            reached += events;
            left -= equal.len() as u64;
        }
        Curve {
            cases: cases.len() as u64,
            reached,
            steps,
        }
    }

    /// The time after which half of the cases have got there, microseconds; `None` where fewer have.
    pub fn median(&self) -> Option<i64> {
        let step = self.steps.iter().find(|(_, share)| *share <= 0.5 + SLACK);
        step.map(|(time, _)| *time)
    }

    /// Share of the cases that have got there after a time, 0 to 1; `None` without cases.
    pub fn share_after(&self, time: i64) -> Option<f64> {
        let steps = self.steps.partition_point(|(at, _)| *at <= time);
        let left = steps.checked_sub(1).map_or(1.0, |step| self.steps[step].1);
        (self.cases > 0).then_some(1.0 - left)
    }
}

/// Result of a log-rank test.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LogRank {
    /// Chi-square.
    pub chi_square: f64,
    /// Degrees of freedom: groups less one.
    pub freedom: u32,
    /// Probability of a difference at least as large if there were none.
    pub p: f64,
}

/// Most groups that are compared: the cost grows with the square of their number.
pub const MOST_COMPARED: usize = 50;

/// Compares groups of cases; the cases of each ascend. `None` for fewer than two groups or more than
/// [`MOST_COMPARED`], and where no event happened while two groups were observed.
///
/// # Errors
/// The result is not wanted any more.
pub fn log_rank(groups: &[Vec<Observed>], cancel: &Cancel) -> Result<Option<LogRank>, Cancelled> {
    /// Times between two looks at whether to go on: each costs the square of the number of groups.
    const STRIDE: usize = 1 << 8;
    let n_groups = groups.len();
    if !(2..=MOST_COMPARED).contains(&n_groups) {
        return Ok(None);
    }
    let mut all: Vec<(Observed, usize)> = Vec::new();
    for (group, cases) in groups.iter().enumerate() {
        all.extend(cases.iter().map(|case| (*case, group)));
    }
    all.par_sort_unstable();
    let mut left: Vec<f64> = groups.iter().map(|cases| cases.len() as f64).collect();
    let mut excess = vec![0.0; n_groups];
    let mut variance = vec![vec![0.0; n_groups]; n_groups];
    for (at, equal) in all.chunk_by(|a, b| a.0.time == b.0.time).enumerate() {
        if at % STRIDE == 0 {
            cancel.check()?;
        }
        let events = equal.iter().filter(|(case, _)| !case.censored);
        let events = events.map(|(_, group)| excess[*group] += 1.0).count() as f64;
        let n: f64 = left.iter().sum();
        if events > 0.0 {
            let spread = if n > 1.0 {
                events * (n - events) / (n - 1.0)
            } else {
                0.0
            };
            for a in 0..n_groups {
                let share = left[a] / n;
                excess[a] -= events * share;
                for b in 0..n_groups {
                    let own = if a == b { 1.0 } else { 0.0 };
                    variance[a][b] += spread * share * (own - left[b] / n);
                }
            }
        }
        for (_, group) in equal {
            left[*group] -= 1.0;
        }
    }
    // The excesses sum up to 0: one group follows from the others.
    excess.pop();
    variance.pop();
    let Some(solved) = solve(variance, excess.clone()) else {
        return Ok(None);
    };
    let chi_square: f64 = excess.iter().zip(&solved).map(|(z, x)| z * x).sum();
    let freedom = n_groups as u32 - 1;
    Ok(Some(LogRank {
        chi_square,
        freedom,
        p: chi_square_tail(chi_square, freedom),
    }))
}

/// Solves linear equations by elimination; columns beyond the number of rows are left out. `None` where
/// they have no single solution.
fn solve(mut rows: Vec<Vec<f64>>, mut right: Vec<f64>) -> Option<Vec<f64>> {
    let n = rows.len();
    let scale = rows
        .iter()
        .flatten()
        .fold(0.0f64, |most, x| most.max(x.abs()));
    for column in 0..n {
        let size = |row: &usize| rows[*row][column].abs();
        let pivot = (column..n).max_by(|a, b| size(a).total_cmp(&size(b)))?;
        if size(&pivot) <= 1e-12 * scale {
            return None;
        }
        rows.swap(column, pivot);
        right.swap(column, pivot);
        for row in column + 1..n {
            let factor = rows[row][column] / rows[column][column];
            let (above, below) = rows.split_at_mut(row);
            for (x, pivot) in below[0][column..].iter_mut().zip(&above[column][column..]) {
                *x -= factor * pivot;
            }
            right[row] -= factor * right[column];
        }
    }
    let mut solution = vec![0.0; n];
    for row in (0..n).rev() {
        let known: f64 = (row + 1..n).map(|at| rows[row][at] * solution[at]).sum();
        solution[row] = (right[row] - known) / rows[row][row];
    }
    Some(solution)
}

/// Windows after the first event of a case in which a return is looked for.
pub const WINDOWS: u32 = 30;

/// Cases of which a window is over, and those that returned in it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Return {
    /// Start of the window, in windows after the first event.
    pub window: u32,
    /// Cases whose window is over.
    pub cases: u64,
    /// Those with an event in it.
    pub returned: u64,
}

/// Counts returns of cases.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Returns(BTreeMap<u32, Return>);

impl Returns {
    /// Adds a case by the times of its events after the first one, and how long it was observed, in units
    /// of `window` (all in microseconds).
    pub fn add(&mut self, times: impl Iterator<Item = i64>, observed: i64, window: i64) {
        let over = (observed / window).clamp(0, i64::from(WINDOWS) + 1) as u32;
        let mut seen = 0u64;
        for time in times {
            let at = time / window;
            if (1..=i64::from(WINDOWS)).contains(&at) {
                seen |= 1 << at;
            }
        }
        for window in 1..over {
            let row = self.0.entry(window).or_default();
            row.window = window;
            row.cases += 1;
            row.returned += seen >> window & 1;
        }
    }

    /// The windows that are over for some case, ascending.
    pub fn rows(self) -> Vec<Return> {
        self.0.into_values().collect()
    }
}
