//! The dotted chart: every event of every selected case in a grid of rows, which hold consecutive
//! cases of an order, and columns of time. Nothing is sampled: a cell knows how many events and how
//! many cases are in it, and which value most of its events have.

use super::Selection;
use crate::event_log::{Codes, Dictionary, Level, with_codes};
use crate::text::steps::Steps;
use rayon::prelude::*;
use std::ops::{ControlFlow, Range};

/// Where events stand on the axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Axis {
    /// The columns.
    pub steps: Steps,
    /// By the time since the start of the case, as durations are measured, and not by timestamp.
    pub relative: bool,
}

/// Attribute that colors events.
#[derive(Debug, Clone, Copy)]
pub struct Values<'a> {
    /// Codes of events or of cases.
    pub codes: &'a Codes,
    /// Which of both.
    pub level: Level,
    /// The names of the codes.
    pub names: &'a Dictionary,
}

/// A cell that has events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cell {
    /// Column of the chart, from 0.
    pub column: u32,
    /// Events in it.
    pub events: u32,
    /// Different cases of these.
    pub cases: u32,
    /// Code of the value that most of the events have; ties by name (code points).
    pub value: u32,
    /// Number of events that have it.
    pub with_value: u32,
}

/// A row: its cells by column, and how many of its events have each value that occurs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Row {
    /// The cells that have events.
    pub cells: Vec<Cell>,
    /// Codes with their events, in no order.
    pub values: Vec<(u32, u32)>,
}

/// Splits places of an order into at most this many rows (at least one) of nearly equal size.
pub fn cut(places: Range<usize>, rows: usize) -> Vec<Range<usize>> {
    let n = places.len();
    let rows = rows.max(1).min(n);
    // In u128, as rows times cases may exceed 64 bits.
    let bound = |row: usize| places.start + (row as u128 * n as u128 / rows as u128) as usize;
    (0..rows).map(|row| bound(row)..bound(row + 1)).collect()
}

/// The rows of a chart; `order` has all cases, each row those of some places of it.
pub fn rows(
    selection: &Selection<'_>,
    order: &[u32],
    rows: &[Range<usize>],
    axis: Axis,
    values: Values<'_>,
) -> Vec<Row> {
    with_codes!(values.codes, codes => {
        let codes: &[_] = codes;
        let of_case = values.level == Level::Case;
        let scratch = || Scratch::new(axis.steps.n, values.names.len());
        // Rows cost as much as their cases have events, so each is a piece of its own.
        let rows = rows.par_iter().with_max_len(1);
        // The counters are as long as the dictionary: one set of them for each thread, not for each
        // row.
        rows.map_init(scratch, |scratch, row| {
            for (number, &case) in (1..).zip(&order[row.clone()]) {
                let case = case as usize;
                let events = selection.log.events_of(case);
                let columns = columns(selection, case, axis);
                for (event, column) in events.zip(columns) {
                    if let Some(column) = column {
                        let code = codes[if of_case { case } else { event }];
                        scratch.add(column, number, code as u32);
                    }
                }
            }
            scratch.row(values.names)
        })
        .collect()
    })
}

/// The column of every event of a case.
#[inline]
fn columns<'a>(
    selection: &Selection<'a>,
    case: usize,
    axis: Axis,
) -> impl Iterator<Item = Option<usize>> + use<'a> {
    let log = selection.log;
    let events = log.events_of(case);
    let (at, zero) = if axis.relative {
        (log.ticks(), log.begin_tick(events.start))
    } else {
        (&log.time[..], 0)
    };
    let finder = axis.steps.finder();
    at[events].iter().map(move |at| finder.column(at - zero))
}

/// Counters of one row at a time.
struct Scratch {
    /// Column and code of each event.
    dots: Vec<(u32, u32)>,
    events: Vec<u32>,
    cases: Vec<u32>,
    /// The case that was counted last in each column, by its number in the row from 1.
    last: Vec<u32>,
    /// Codes of the events by column.
    sorted: Vec<u32>,
    /// Events of each code, in one column and in the row.
    in_column: Vec<u32>,
    in_row: Vec<u32>,
}

impl Scratch {
    fn new(columns: usize, codes: usize) -> Scratch {
        Scratch {
            dots: Vec::new(),
            events: vec![0; columns],
            cases: vec![0; columns],
            last: vec![0; columns],
            sorted: Vec::new(),
            in_column: vec![0; codes],
            in_row: vec![0; codes],
        }
    }

    #[inline]
    fn add(&mut self, column: usize, number: u32, code: u32) {
        self.dots.push((column as u32, code));
        self.events[column] += 1;
        self.cases[column] += u32::from(self.last[column] != number);
        self.last[column] = number;
    }

    /// Returns the counts and resets them.
    fn row(&mut self, names: &Dictionary) -> Row {
        self.sort();
        let mut row = Row::default();
        let mut from = 0;
        for column in 0..self.events.len() {
            let events = self.events[column];
            let codes = from..from + events as usize;
            from = codes.end;
            if events > 0 {
                let (value, with_value) = self.dominant(codes, names, &mut row.values);
                row.cells.push(Cell {
                    column: column as u32,
                    events,
                    cases: self.cases[column],
                    value,
                    with_value,
                });
            }
        }
        for (code, events) in &mut row.values {
            // Only codes of this row are reset, as a dictionary may be long.
            *events = std::mem::take(&mut self.in_row[*code as usize]);
        }
        self.dots.clear();
        for counters in [&mut self.events, &mut self.cases, &mut self.last] {
            counters.fill(0);
        }
        row
    }

    /// Puts the codes in the order of their columns.
    fn sort(&mut self) {
        let mut next: Vec<u32> = Vec::with_capacity(self.events.len());
        let mut sum = 0;
        for events in &self.events {
            next.push(sum);
            sum += events;
        }
        self.sorted.clear();
        self.sorted.resize(self.dots.len(), 0);
        for &(column, code) in &self.dots {
            let at = &mut next[column as usize];
            self.sorted[*at as usize] = code;
            *at += 1;
        }
    }

    /// The code that most of the events of a column have. Codes new to the row go to `values`.
    fn dominant(
        &mut self,
        codes: Range<usize>,
        names: &Dictionary,
        values: &mut Vec<(u32, u32)>,
    ) -> (u32, u32) {
        let codes = &self.sorted[codes];
        for &code in codes {
            self.in_column[code as usize] += 1;
        }
        // A code is done at its first place here: its count is taken, and 0 further on.
        let mut best = (0, 0);
        for &code in codes {
            let n = std::mem::take(&mut self.in_column[code as usize]);
            if n == 0 {
                continue;
            }
            let in_row = &mut self.in_row[code as usize];
            if *in_row == 0 {
                values.push((code, 0));
            }
            *in_row += n;
            // Ties by name, as codes depend on the order of the file.
            if n > best.1 || n == best.1 && names.get(code) < names.get(best.0) {
                best = (code, n);
            }
        }
        best
    }
}

/// The selected events that have each value, by code.
pub fn counts(selection: &Selection<'_>, values: Values<'_>) -> Vec<u64> {
    let none = || vec![0u64; values.names.len()];
    let count = |words: Range<usize>| {
        let mut counts = none();
        let _ = selection.try_each_of(words, |case| {
            let events = selection.log.events_of(case);
            match values.level {
                Level::Case => {
                    counts[values.codes.get(case) as usize] += events.len() as u64;
                }
                Level::Event => {
                    values
                        .codes
                        .for_each_in(events, |code| counts[code as usize] += 1);
                }
            }
            ControlFlow::Continue(())
        });
        counts
    };
    let counts = selection.pieces().map(count).reduce_with(|mut all, piece| {
        all.iter_mut().zip(&piece).for_each(|(a, b)| *a += b);
        all
    });
    counts.unwrap_or_else(none)
}

/// Those of some cases that have an event in a column of the axis, in the same order.
pub fn cases_in(selection: &Selection<'_>, cases: &[u32], axis: Axis, column: usize) -> Vec<u32> {
    let inside =
        |case: &&u32| columns(selection, **case as usize, axis).any(|at| at == Some(column));
    cases.iter().filter(inside).copied().collect()
}

/// Duration of the longest selected case, microseconds.
pub fn longest(selection: &Selection<'_>) -> i64 {
    let longest = |words: Range<usize>| {
        let mut longest = 0;
        let _ = selection.try_each_of(words, |case| {
            longest = longest.max(selection.index.duration(case));
            ControlFlow::Continue(())
        });
        longest
    };
    selection.pieces().map(longest).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event_log::{EventLog, Progress};
    use crate::index::Index;
    use crate::metrics::Memo;
    use crate::test_support::log;
    use proptest::prelude::*;
    use std::collections::{BTreeMap, BTreeSet};

    #[test]
    fn rows_share_the_places() {
        assert_eq!(cut(0..10, 3), [0..3, 3..6, 6..10]);
        assert_eq!(cut(4..6, 9), [4..5, 5..6]);
        assert!(cut(4..4, 9).is_empty());
        assert_eq!(cut(0..3, 0), cut(0..3, 1));
    }

    /// Cell by cell from the definition: row, column to events, cases, dominant value.
    fn naive(
        log: &EventLog,
        order: &[u32],
        rows: &[Range<usize>],
        axis: Axis,
    ) -> BTreeMap<(usize, usize), (usize, usize, String, usize)> {
        let mut found = BTreeMap::new();
        for (r, row) in rows.iter().enumerate() {
            for column in 0..axis.steps.n {
                let (from, to) = (axis.steps.bound(column), axis.steps.bound(column + 1));
                let (mut cases, mut names) = (BTreeSet::new(), BTreeMap::new());
                let mut events = 0;
                for &case in &order[row.clone()] {
                    let start = log.time[log.case_offsets[case as usize] as usize];
                    for event in log.events_of(case as usize) {
                        let zero = if axis.relative { start } else { 0 };
                        let at = log.time[event] - zero;
                        if from <= at && at < to {
                            let name = log.activities.get(log.activity.get(event));
                            *names.entry(name.to_owned()).or_insert(0usize) += 1;
                            cases.insert(case);
                            events += 1;
                        }
                    }
                }
                // The first of the most: names ascend, and a later one must have more.
                let mut best: Option<(&String, usize)> = None;
                for (name, &n) in &names {
                    if best.is_none_or(|(_, most)| n > most) {
                        best = Some((name, n));
                    }
                }
                if let Some((name, n)) = best {
                    found.insert((r, column), (events, cases.len(), name.clone(), n));
                }
            }
        }
        found
    }

    proptest! {
        #[test]
        fn cells_are_what_a_look_at_every_event_counts(
            cases in prop::collection::vec(
                (0i64..2_000, prop::collection::vec((0u8..5, 0i64..900), 1..12)), 1..25),
            (n_rows, n_columns) in (1usize..8, 1usize..20),
            relative in any::<bool>(),
            window in prop::option::of((0i64..1_000, 1i64..3_000)),
            seed in any::<u64>(),
        ) {
            let mut text = String::new();
            for (i, (start, events)) in cases.iter().enumerate() {
                let names: Vec<String> = events.iter().map(|e| format!("n{}", 9 - e.0)).collect();
                let mut at = 0;
                let mut times = vec![start.to_string()];
                for event in &events[1..] {
                    at += event.1;
                    times.push(format!("+{at}"));
                }
                text = format!("{text}c{i}: {} @{};", names.join(" "), times.join(" "));
            }
            let log = log(&text);
            let index = Index::build(&log, &Progress::default()).unwrap();
            let variant_cases = Selection::count_variants(&index, None);
            let memo = Memo::default();
            let selection = Selection {
                log: &log, index: &index, cases: None, variant_cases: &variant_cases,
                n_cases: cases.len(), memo: &memo,
            };
            let mut order: Vec<u32> = (0..cases.len() as u32).collect();
            order.sort_by_key(|&c| u64::from(c).wrapping_add(1).wrapping_mul(seed | 1));
            let zero = if relative { 0 } else { *log.time.iter().min().unwrap() };
            let (from, span) = window.unwrap_or((0, 20_000));
            let steps = Steps::over(
                zero + from * 1_000_000, zero + (from + span) * 1_000_000, n_columns, chrono_tz::UTC);
            let axis = Axis { steps, relative };
            let places = cut(0..order.len(), n_rows);
            let values = Values {
                codes: &log.activity, level: Level::Event, names: &log.activities,
            };
            let found = rows(&selection, &order, &places, axis, values);
            let wanted = naive(&log, &order, &places, axis);
            let mut cells = BTreeMap::new();
            for (r, row) in found.iter().enumerate() {
                let in_values: u32 = row.values.iter().map(|v| v.1).sum();
                prop_assert_eq!(in_values, row.cells.iter().map(|c| c.events).sum::<u32>());
                for cell in &row.cells {
                    let column = cell.column as usize;
                    let inside = cases_in(&selection, &order[places[r].clone()], axis, column);
                    prop_assert_eq!(inside.len(), cell.cases as usize);
                    let name = log.activities.get(cell.value).to_owned();
                    let figures = (
                        cell.events as usize, cell.cases as usize, name, cell.with_value as usize);
                    cells.insert((r, column), figures);
                }
            }
            prop_assert_eq!(cells, wanted);
            if window.is_none() {
                let events: u32 = found.iter().flat_map(|r| &r.cells).map(|c| c.events).sum();
                prop_assert_eq!(events as usize, log.n_events());
                let counts = counts(&selection, values);
                for (code, &n) in counts.iter().enumerate() {
                    let with = found.iter().flat_map(|r| &r.values);
                    let with = with.filter(|v| v.0 as usize == code).map(|v| u64::from(v.1));
                    prop_assert_eq!(with.sum::<u64>(), n);
                }
            }
            let durations = (0..cases.len()).map(|c| index.case_end[c] - index.case_start[c]);
            prop_assert_eq!(longest(&selection), durations.max().unwrap());
        }
    }
}
