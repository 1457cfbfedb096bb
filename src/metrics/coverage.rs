//! Which stages have events of which sources, and how long cases are between events of different sources.

use super::scores::ScoreCounts;
use super::selection::Selection;
use super::touchpoints::Part;
use crate::event_log::{Cancel, Cancelled, Column, Level};
use rayon::prelude::*;
use std::ops::{ControlFlow, Range};

/// Stages of a process, and what is counted at them.
#[derive(Debug, Clone, Copy)]
pub struct Covering<'a> {
    /// Number of stages.
    pub n_stages: usize,
    /// Numbers of the stages that each activity is of, by code.
    pub stages_of: &'a [Vec<usize>],
    /// Values that are counted apart: the sources of events, or their channels.
    pub by: Option<Part<'a>>,
    /// Column of scores.
    pub score: Option<&'a Column>,
}

/// Cases with an event of a stage, and their scores there.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Covered {
    /// Cases with such an event.
    pub cases: u64,
    /// Scores of these events; of a column of cases, those of these cases.
    pub scores: ScoreCounts,
}

/// Cases at the stages.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Coverage {
    /// Cases with an event of each stage.
    pub stages: Vec<u64>,
    /// Those with an event of each value at each stage: `cells[stage][code]`, code 0 for events without one.
    pub cells: Vec<Vec<Covered>>,
}

/// Counts the selected cases at stages.
///
/// # Errors
/// The counts are not wanted any more.
pub fn coverage(
    selection: &Selection<'_>,
    covering: &Covering<'_>,
    cancel: &Cancel,
) -> Result<Coverage, Cancelled> {
    let n = covering.n_stages;
    let n_codes = covering.by.map_or(1, |by| by.n_codes());
    let empty = || Coverage {
        stages: vec![0; n],
        cells: vec![vec![Covered::default(); n_codes]; n],
    };
    let piece = |words: Range<usize>| {
        let mut found = empty();
        let mut last = Last {
            stages: vec![usize::MAX; n],
            cells: vec![vec![usize::MAX; n_codes]; n],
        };
        selection.each_of(words, cancel, |case| {
            covering.add_case(selection, case, &mut found, &mut last);
            ControlFlow::Continue(())
        })?;
        Ok(found)
    };
    let pieces: Vec<Coverage> = selection
        .pieces()
        .map(piece)
        .collect::<Result<_, Cancelled>>()?;
    let mut all = empty();
    for piece in pieces {
        for (stage, cases) in all.stages.iter_mut().zip(piece.stages) {
            *stage += cases;
        }
        let cells = all.cells.iter_mut().flatten();
        for (cell, of) in cells.zip(piece.cells.into_iter().flatten()) {
            cell.cases += of.cases;
            cell.scores.join(of.scores);
        }
    }
    Ok(all)
}

/// The case in which each stage, and each value at it, was met last.
struct Last {
    stages: Vec<usize>,
    cells: Vec<Vec<usize>>,
}

impl Covering<'_> {
    fn add_case(
        &self,
        selection: &Selection<'_>,
        case: usize,
        found: &mut Coverage,
        last: &mut Last,
    ) {
        let log = selection.log;
        for event in log.events_of(case) {
            for &stage in &self.stages_of[log.activity.get(event) as usize] {
                if last.stages[stage] != case {
                    last.stages[stage] = case;
                    found.stages[stage] += 1;
                }
                let code = self.by.map_or(0, |by| by.code(case, event)) as usize;
                let (cell, last) = (&mut found.cells[stage][code], &mut last.cells[stage][code]);
                let is_new = *last != case;
                if is_new {
                    *last = case;
                    cell.cases += 1;
                }
                if let Some(column) = self.score.filter(|of| is_new || of.level == Level::Event) {
                    cell.scores.add(column, column.row(case, event));
                }
            }
        }
    }
}

/// Returns for each selected case with events of several sources the longest time between one event and
/// the next of another source, microseconds of the log's clock; events without a source are left out.
/// Instances that overlap have no time between them.
///
/// # Errors
/// The times are not wanted any more.
pub fn blind_spans(
    selection: &Selection<'_>,
    source: Part<'_>,
    cancel: &Cancel,
) -> Result<Vec<i64>, Cancelled> {
    let log = selection.log;
    let longest = |case: usize| {
        let mut longest: Option<i64> = None;
        let mut before: Option<(u32, i64)> = None;
        for event in log.events_of(case) {
            let code = source.code(case, event);
            if code == 0 {
                continue;
            }
            let (begin, end) = (log.begin_tick(event), log.ticks()[event]);
            if let Some((_, since)) = before.filter(|(other, _)| *other != code) {
                let span = begin.saturating_sub(since).max(0);
                longest = Some(longest.map_or(span, |longest| longest.max(span)));
            }
            before = Some((code, end));
        }
        longest
    };
    let piece = |words: Range<usize>| {
        let mut spans = Vec::new();
        selection.each_of(words, cancel, |case| {
            spans.extend(longest(case));
            ControlFlow::Continue(())
        })?;
        Ok(spans)
    };
    let pieces: Vec<Vec<i64>> = selection
        .pieces()
        .map(piece)
        .collect::<Result<_, Cancelled>>()?;
    Ok(pieces.concat())
}
