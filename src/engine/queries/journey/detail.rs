//! A touchpoint in full, and the journeys as a table of channels and stages.

use super::stages::{by_activity, covered, stages_of};
use super::{Found, TouchpointRow, found};
use crate::engine::query::{Context, Query};
use crate::engine::selected::Selected;
use crate::engine::touchpoints::{Bound, JourneyOf, PartColumn};
use crate::engine::view::AskError;
use crate::event_log::{Column as LogColumn, Level};
use crate::metrics::bins::TimeAxis;
use crate::metrics::coverage::{Covering, coverage};
use crate::metrics::scores::ScoreCounts;
use crate::metrics::summary;
use crate::metrics::touchpoints::{Touchpoints, around};
use std::cmp::Reverse;
use std::sync::Arc;

/// A touchpoint in full.
#[derive(Debug, Clone, PartialEq)]
pub struct TouchpointQuery {
    /// Touchpoints, scores, sources and outcome of the journeys.
    pub of: JourneyOf,
    /// Its name.
    pub name: Arc<str>,
    /// Maximum number of bins of the time axis.
    pub time_bins: usize,
}

/// A touchpoint in full.
#[derive(Debug, Clone, PartialEq)]
pub struct TouchpointDetail {
    /// Its name.
    pub name: Arc<str>,
    /// Distinct scores, ascending, with their numbers.
    pub scores: Vec<(f64, u64)>,
    /// Scores over time; `None` without a score.
    pub over_time: Option<ScoresOverTime>,
    /// Touchpoints directly before its events, most events first, then by name; `None` for the start of a
    /// case.
    pub before: Vec<(Option<Arc<str>>, u64)>,
    /// The same directly after its events; `None` for the end of a case.
    pub after: Vec<(Option<Arc<str>>, u64)>,
}

/// Mean scores by the time of the event.
#[derive(Debug, Clone, PartialEq)]
pub struct ScoresOverTime {
    /// Span of a bin as text.
    pub unit: String,
    /// The bins, without gaps.
    pub bins: Vec<ScoreBin>,
    /// Where the last bin ends.
    pub end: i64,
}

/// Scores in a bin of time, which ends where the next one begins.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ScoreBin {
    /// First instant of the bin.
    pub start: i64,
    /// Number of scores.
    pub n: u64,
    /// Their mean; `None` without one.
    pub mean: Option<f64>,
}

impl Query for TouchpointQuery {
    type Answer = Option<TouchpointDetail>;
    const BYTES_PER_EVENT: u64 = 8;

    fn run(&self, context: &Context<'_>) -> Result<Option<TouchpointDetail>, AskError> {
        let selected = context.selected()?;
        let found = found(&self.of, &selected, context)?;
        let names = &found.numbering.names;
        let is_it = |name: &String| name.as_str().cmp(&self.name);
        let Ok(number) = names.binary_search_by(is_it) else {
            return Ok(None);
        };
        let log = &selected.prepared.log;
        let score = Bound::column(found.bound.score, log);
        let (first, last) = summary::span(&selected.selection()).unwrap_or((0, 0));
        let axis = TimeAxis::over(first, last, self.time_bins, context.analysis.zone());
        let mut bins = vec![ScoreCounts::default(); axis.n_bins()];
        let mut last_case = usize::MAX;
        let parts = found.bound.parts(log);
        let touchpoints = Touchpoints {
            parts: &parts,
            numbering: &found.numbering,
        };
        let selection = selected.selection();
        let finder = axis.finder();
        let around = around(
            &selection,
            &touchpoints,
            number,
            context.cancel,
            |case, event| {
                // A score of cases counts at the first event there.
                let counts = |of: &&LogColumn| of.level == Level::Event || last_case != case;
                if let Some(column) = score.filter(counts) {
                    bins[finder.bin(log.time[event])].add(column, column.row(case, event));
                }
                last_case = case;
            },
        )?;
        let scores = found.tallies[number].scores.sorted();
        let over_time = (!scores.is_empty()).then(|| ScoresOverTime {
            unit: axis.unit.to_owned(),
            bins: bins_of(&bins, &axis),
            end: axis.bounds[axis.n_bins()],
        });
        let neighbors = |counts: &[u64], ends: u64| {
            let named = names.iter().zip(counts);
            let named = named.map(|(name, &n)| (Some(Arc::from(name.as_str())), n));
            let mut all: Vec<(Option<Arc<str>>, u64)> = named.chain([(None, ends)]).collect();
            all.retain(|(_, n)| *n > 0);
            all.sort_by_key(|(name, n)| (Reverse(*n), name.is_none(), name.clone()));
            all
        };
        Ok(Some(TouchpointDetail {
            name: Arc::clone(&self.name),
            scores,
            over_time,
            before: neighbors(&around.before, around.starts),
            after: neighbors(&around.after, around.ends),
        }))
    }
}

fn bins_of(bins: &[ScoreCounts], axis: &TimeAxis) -> Vec<ScoreBin> {
    let bins = bins.iter().zip(&axis.bounds);
    let bins = bins.map(|(counts, &start)| {
        let figures = counts.figures();
        ScoreBin {
            start,
            n: figures.map_or(0, |of| of.n),
            mean: figures.map(|of| of.mean),
        }
    });
    bins.collect()
}

/// The journeys of a view as a table of channels and stages.
#[derive(Debug, Clone, PartialEq)]
pub struct JourneysQuery {
    /// Touchpoints, scores, sources and outcome of the journeys.
    pub of: JourneyOf,
}

/// Values of the first column of touchpoints, and the stages.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Journeys {
    /// Name of the list of stages; `None` without one.
    pub name: Option<String>,
    /// True for a guess.
    pub guessed: bool,
    /// Column that the rows are values of.
    pub by: String,
    /// Activities of the stages, joined by ` | `, and whether some event of the log is of it.
    pub stages: Vec<(Arc<str>, bool)>,
    /// The values, most cases first, then by name.
    pub rows: Vec<MatrixRow>,
}

/// A value of the first column of touchpoints.
#[derive(Debug, Clone, PartialEq)]
pub struct MatrixRow {
    /// The value; `None` for events without one.
    pub name: Option<Arc<str>>,
    /// Its events at each stage.
    pub cells: Vec<MatrixCell>,
}

/// Events with a value at a stage.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct MatrixCell {
    /// Cases with such an event.
    pub cases: u64,
    /// Mean score there; `None` without a score.
    pub mean: Option<f64>,
    /// True if the scores of a touchpoint there are below what is expected.
    pub below: bool,
}

/// Most values that are rows: of more, nobody sees where they are missing.
const MOST: usize = 512;

impl Query for JourneysQuery {
    type Answer = Journeys;
    const BYTES_PER_EVENT: u64 = 8;

    fn run(&self, context: &Context<'_>) -> Result<Journeys, AskError> {
        let selected = context.selected()?;
        let found = found(&self.of, &selected, context)?;
        journeys(&found, &selected, context)
    }
}

fn journeys(
    found: &Found,
    selected: &Selected,
    context: &Context<'_>,
) -> Result<Journeys, AskError> {
    let prepared = &selected.prepared;
    let log = &prepared.log;
    let columns = &found.bound.touchpoint;
    let part = columns.first().and_then(|column| column.part(log));
    let (Some(stages), Some(part)) = (stages_of(prepared), part) else {
        return Ok(Journeys::default());
    };
    // A table of activities and stages of activities says nothing.
    if columns[0].is_activity() || part.n_codes() > MOST {
        return Ok(Journeys::default());
    }
    let stages_of_activity = by_activity(&stages, prepared);
    let covering = Covering {
        n_stages: stages.stages.len(),
        stages_of: &stages_of_activity,
        by: Some(part),
        score: Bound::column(found.bound.score, log),
    };
    let coverage = coverage(&selected.selection(), &covering, context.cancel)?;
    let below = below(found, &stages_of_activity, selected);
    let mut rows: Vec<(u64, MatrixRow)> = Vec::new();
    for code in 0..part.n_codes() {
        let cells = coverage.cells.iter().enumerate().map(|(stage, cells)| {
            let cell = &cells[code];
            MatrixCell {
                cases: cell.cases,
                mean: cell.scores.figures().map(|of| of.mean),
                below: below.contains(&(code as u32, stage)),
            }
        });
        let cells: Vec<MatrixCell> = cells.collect();
        let cases = cells.iter().map(|cell| cell.cases).sum();
        if cases > 0 {
            let name = part.text(code as u32).map(Arc::from);
            rows.push((cases, MatrixRow { name, cells }));
        }
    }
    rows.sort_by_key(|(cases, row)| (Reverse(*cases), row.name.is_none(), row.name.clone()));
    let covered = covered(&stages, prepared);
    let named = stages.stages.iter().zip(covered);
    Ok(Journeys {
        stages: named
            .map(|(names, covered)| (names.join(" | ").into(), covered))
            .collect(),
        name: Some(stages.name),
        guessed: stages.guessed.is_some(),
        by: columns[0].name.clone(),
        rows: rows.into_iter().map(|(_, row)| row).collect(),
    })
}

/// Codes of the first part and stages with a touchpoint whose scores are below what is expected.
fn below(found: &Found, stages_of: &[Vec<usize>], selected: &Selected) -> Vec<(u32, usize)> {
    let activities = &selected.prepared.log.activities;
    let columns = &found.bound.touchpoint;
    let Some(at) = columns.iter().position(PartColumn::is_activity) else {
        return Vec::new();
    };
    let is_below = |row: &&TouchpointRow| row.flagged && row.gap.is_some_and(|gap| gap < 0.0);
    let mut below = Vec::new();
    for row in found.rows.iter().filter(is_below) {
        let names = &found.numbering.names;
        let Ok(number) = names.binary_search_by(|name| name.as_str().cmp(&row.name)) else {
            continue;
        };
        for codes in &found.numbering.codes[number] {
            // Codes of activities begin at 1.
            let activity = codes[at].checked_sub(1).map(|code| code as usize);
            let stages = activity.filter(|&code| code < activities.len());
            let stages = stages.map_or(&[][..], |code| &stages_of[code]);
            below.extend(stages.iter().map(|&stage| (codes[0], stage)));
        }
    }
    below
}
