//! Values that an attribute of cases or events has in a selection, and figures of its numbers.

use super::groups::Key;
use super::selection::Selection;
use crate::event_log::{
    Column, ColumnData, Dictionary, Level, NO_INSTANT, with_codes, with_numbers,
};
use hashbrown::HashSet;
use rayon::prelude::*;
use std::ops::{ControlFlow, Range};

/// Distinct numbers or instants up to which they are counted fast: their set then fits into a cache.
pub const MOST_DISTINCT: usize = 1 << 16;

/// Cases between two looks at whether the values are still wanted.
const STRIDE: u32 = 1 << 13;

/// Values of an attribute.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Held {
    /// Number of distinct values.
    pub values: u64,
    /// There are more: counting has ended.
    pub more: bool,
    /// Cases with a value, of one event at least.
    pub cases: u64,
}

/// Figures of the numbers of a column: one of each event, or of each case, of the selection.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NumberFigures {
    /// Number of rows with a number.
    pub n: u64,
    /// Number of rows without one.
    pub missing: u64,
    /// Arithmetic mean.
    pub mean: f64,
    /// Median (type 7).
    pub median: f64,
    /// Sum.
    pub sum: f64,
}

/// Limits of counting.
#[derive(Clone, Copy)]
pub struct Limits<'a> {
    /// Most distinct numbers or instants that are counted.
    pub most: usize,
    /// True once the values are not wanted any more.
    pub stop: &'a dyn Fn() -> bool,
}

/// Returns the values of a column, within limits.
pub fn held(selection: &Selection<'_>, column: &Column, limits: Limits<'_>) -> Held {
    match &column.data {
        ColumnData::Text(codes, texts) => {
            let mut seen = vec![false; texts.len().max(1)];
            let cases = with_codes!(codes, codes => {
                cases_with(selection, column.level, limits.stop, |row| {
                    let code = codes[row] as usize;
                    seen[code] = true;
                    code != 0
                })
            });
            Held {
                values: distinct_texts(texts, &seen),
                more: false,
                cases,
            }
        }
        ColumnData::Number(numbers) => with_numbers!(numbers, (rows, value) => {
            counted(selection, column.level, limits, |row| {
                let number = value(rows[row]);
                (!number.is_nan()).then(|| number_bits(number))
            })
        }),
        ColumnData::Instant(of) => instants(selection, column.level, of, limits),
    }
}

/// Returns the instants or durations of a column, in microseconds.
pub fn instants(
    selection: &Selection<'_>,
    level: Level,
    values: &[i64],
    limits: Limits<'_>,
) -> Held {
    counted(selection, level, limits, |row| {
        Some(values[row])
            .filter(|micros| *micros != NO_INSTANT)
            .map(|micros| micros as u64)
    })
}

/// Returns the activities.
pub fn activities(selection: &Selection<'_>) -> Held {
    let mut seen = vec![false; selection.log.activities.len()];
    for variant in selection.variants() {
        for &activity in selection.index.variants.sequence(variant) {
            seen[activity as usize] = true;
        }
    }
    Held {
        values: seen.iter().filter(|seen| **seen).count() as u64,
        more: false,
        cases: selection.n_cases as u64,
    }
}

/// Returns the values of a property of cases, of which code 0 is a missing one.
pub fn keyed(selection: &Selection<'_>, key: &Key<'_>) -> Held {
    let mut seen = vec![false; key.n_codes.max(1)];
    let mut codes = Vec::new();
    let mut cases = 0;
    selection.for_each_case(|case| {
        codes.clear();
        (key.codes)(case, &mut codes);
        for &code in &codes {
            seen[code as usize] = true;
        }
        cases += u64::from(codes != [0]);
    });
    Held {
        values: seen.iter().skip(1).filter(|seen| **seen).count() as u64,
        more: false,
        cases,
    }
}

/// Returns the figures of a column of numbers; `None` for other columns and where no row has a number.
pub fn number_figures(selection: &Selection<'_>, column: &Column) -> Option<NumberFigures> {
    let ColumnData::Number(numbers) = &column.data else {
        return None;
    };
    let piece = |words: Range<usize>| {
        let (mut found, mut missing) = (Vec::new(), 0);
        with_numbers!(numbers, (of, value) => {
            let _ = selection.try_each_of(words, |case| {
                for row in rows(selection, column.level, case) {
                    // The sum makes one number of 0 and -0.
                    match value(of[row]) + 0.0 {
                        number if number.is_nan() => missing += 1,
                        number => found.push(number),
                    }
                }
                ControlFlow::Continue(())
            });
        });
        (found, missing)
    };
    let pieces: Vec<(Vec<f64>, u64)> = selection.pieces().map(piece).collect();
    let missing = pieces.iter().map(|(_, missing)| missing).sum();
    let mut found: Vec<f64> = pieces.into_iter().flat_map(|(found, _)| found).collect();
    // In the order of the cases, so that the sum does not depend on the number of threads.
    let sum: f64 = found.iter().sum();
    let n = found.len();
    let at = n.checked_sub(1)? / 2;
    let (_, &mut low, above) = found.select_nth_unstable_by(at, f64::total_cmp);
    let high = match n % 2 {
        0 => above.iter().copied().fold(f64::INFINITY, f64::min),
        _ => low,
    };
    Some(NumberFigures {
        n: n as u64,
        missing,
        mean: sum / n as f64,
        median: f64::midpoint(low, high),
        sum,
    })
}

/// The bits of a number by which equal ones are found: 0 and -0 are equal.
pub(super) fn number_bits(value: f64) -> u64 {
    if value == 0.0 { 0 } else { value.to_bits() }
}

/// The rows of a level that are of a case.
fn rows(selection: &Selection<'_>, level: Level, case: usize) -> Range<usize> {
    match level {
        Level::Case => case..case + 1,
        Level::Event => selection.log.events_of(case),
    }
}

/// Calls `has` for the rows of all cases; returns the number of cases for which it was true.
fn cases_with(
    selection: &Selection<'_>,
    level: Level,
    stop: &dyn Fn() -> bool,
    mut has: impl FnMut(usize) -> bool,
) -> u64 {
    let (mut cases, mut looked_at) = (0, 0u32);
    let _ = selection.try_each_case(|case| {
        looked_at = looked_at.wrapping_add(1);
        if looked_at % STRIDE == 0 && stop() {
            return ControlFlow::Break(());
        }
        let mut any = false;
        for row in rows(selection, level, case) {
            any |= has(row);
        }
        cases += u64::from(any);
        ControlFlow::Continue(())
    });
    cases
}

/// Counts distinct values, given by their bits; `None` for a missing one.
fn counted(
    selection: &Selection<'_>,
    level: Level,
    limits: Limits<'_>,
    value: impl Fn(usize) -> Option<u64>,
) -> Held {
    let (mut seen, mut last, mut more) = (HashSet::<u64>::new(), None, false);
    let cases = cases_with(selection, level, limits.stop, |row| {
        let Some(value) = value(row) else {
            return false;
        };
        // Neighbors are often equal.
        if last != Some(value) && !more {
            last = Some(value);
            if seen.len() < limits.most {
                seen.insert(value);
            } else {
                more = !seen.contains(&value);
            }
        }
        true
    });
    Held {
        values: seen.len() as u64,
        more,
        cases,
    }
}

/// Number of texts that occur; those that filters take for the same, as `true` and `True`, are one.
fn distinct_texts(texts: &Dictionary, seen: &[bool]) -> u64 {
    let (mut n, mut truths) = (0, [false; 2]);
    for (text, _) in texts.iter().zip(seen).skip(1).filter(|(_, seen)| **seen) {
        let truth = ["false", "true"]
            .iter()
            .position(|truth| text.eq_ignore_ascii_case(truth));
        let is_known = truth.is_some_and(|at| std::mem::replace(&mut truths[at], true));
        n += u64::from(!is_known);
    }
    n
}
