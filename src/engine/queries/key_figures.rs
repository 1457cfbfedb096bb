//! Figures of the first screen: open cases now and a period ago, overdue ones; durations of ended cases and
//! of milestones with their trend; reopened cases. Each is of its own population: open and ended cases
//! are never in one figure.

use super::triage::Balance;
use crate::engine::cache::RecentCache;
use crate::engine::definitions::NamedMilestone;
use crate::engine::query::{Context, Query};
use crate::engine::selected::Selected;
use crate::engine::stats::{Stats, seconds, stats};
use crate::engine::view::AskError;
use crate::event_log::NO_INSTANT;
use crate::index::CaseSet;
use crate::metrics::bins::TimeAxis;
use crate::metrics::deadlines::State;
use crate::metrics::periods::Periods;
use crate::metrics::stats::{FourFold, compare_ranks};
use crate::metrics::{quantile, summary};
use rayon::prelude::*;
use std::sync::Arc;

/// Name of the milestone that reopened cases reach.
const REOPENED: &str = "reopened";

/// Fewer cases than this in either period are not compared.
const FEW: usize = 10;

/// Figures kept for a view, by number of bins.
const KEPT: usize = 2;

/// Figures of the first screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyFiguresQuery {
    /// Maximum number of bins of the trends.
    pub bins: usize,
}

/// Figures of the first screen.
#[derive(Debug, Clone, PartialEq)]
pub struct KeyFigures {
    /// Selected cases.
    pub cases: u64,
    /// The open cases.
    pub open: OpenNow,
    /// Durations of ended cases, then those of the milestones in the order of their definitions.
    pub figures: Vec<KeyFigure>,
    /// First instant of the last period that figures are compared in; `None` for too few cases.
    pub since: Option<i64>,
}

/// The open cases now and a period ago.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OpenNow {
    /// True if an end state is known; otherwise every case counts as closed.
    pub known: bool,
    /// True if the end states are a guess.
    pub guessed: bool,
    /// Open cases of the selection.
    pub open: u64,
    /// True if the selection is a part of the log: the figures below are of the whole log, as a filter may
    /// drop what was closed since.
    pub is_filtered: bool,
    /// Open cases of the log.
    pub log_open: u64,
    /// Cases of the log that were open a period ago.
    pub before: u64,
    /// Cases of the log that started, and that closed, since.
    pub flow: (u64, u64),
    /// Length of the period, seconds.
    pub period: f64,
    /// Open cases of the selection with an overdue deadline, and others with one at risk; `None` without
    /// deadlines.
    pub due: Option<(u64, u64)>,
}

/// A duration of cases with its trend.
#[derive(Debug, Clone, PartialEq)]
pub struct KeyFigure {
    /// Name of the milestone; empty for the duration of ended cases.
    pub name: String,
    /// True where it is of reopened cases, so that their share counts rather than the duration.
    pub is_share: bool,
    /// True for a milestone that is guessed from the names of activities.
    pub guessed: bool,
    /// Calendar of the durations; that of the view where `None`.
    pub calendar: Option<String>,
    /// The durations; `None` where no case has one.
    pub stats: Option<Stats>,
    /// Selected cases that do not have it: open ones, or those that did not reach the milestone.
    pub unknown: u64,
    /// Median, seconds, by equal bins of the time of the selection in which it was reached; of reopened
    /// cases their number.
    pub trend: Vec<Option<f64>>,
    /// The last period beside the one before; `None` for too few cases in either.
    pub change: Option<KeyChange>,
}

/// A figure in the last period and in the one before.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct KeyChange {
    /// Median, seconds, or share of the ended cases: before and last.
    pub values: [f64; 2],
    /// Number of cases: before and last.
    pub n: [u64; 2],
    /// Probability of as large a difference by chance.
    pub p: f64,
}

impl KeyChange {
    /// True where the difference is hardly chance (p below 5 %).
    pub fn is_significant(&self) -> bool {
        self.p < 0.05
    }

    /// Relative change; `None` where the value before was 0.
    pub fn relative(&self) -> Option<f64> {
        let [before, last] = self.values;
        (before > 0.0).then(|| last / before - 1.0)
    }
}

impl Query for KeyFiguresQuery {
    type Answer = KeyFigures;

    fn run(&self, context: &Context<'_>) -> Result<KeyFigures, AskError> {
        type Answers = RecentCache<usize, Arc<KeyFigures>>;
        let selected = context.selected()?;
        let answers = selected.figures.get_or_init(|| Answers::new(KEPT));
        let made = || self.figures(context, &selected).map(Arc::new);
        let figures = answers.get_or_make(&self.bins, made)?;
        Ok((*figures).clone())
    }
}

impl KeyFiguresQuery {
    fn figures(self, context: &Context<'_>, selected: &Selected) -> Result<KeyFigures, AskError> {
        let selection = selected.selection();
        let zone = context.analysis.zone();
        let mut starts = Vec::with_capacity(selection.n_cases);
        selection.for_each_case(|case| starts.push(selection.index.case_start[case]));
        let (first, last) = summary::span(&selection).unwrap_or((0, 0));
        let made = Made {
            selected,
            closed: closed(selected),
            axis: TimeAxis::over(first, last, self.bins, zone),
            periods: Periods::of(starts),
        };
        let mut figures = vec![made.throughput()];
        for (at, named) in selected.prepared.timed.timing.milestones.iter().enumerate() {
            context.cancel.check()?;
            figures.push(made.milestone(named, at, zone)?);
        }
        Ok(KeyFigures {
            cases: selection.n_cases as u64,
            open: open_now(context, selected)?,
            figures,
            since: made.periods.map(|of| of.last),
        })
    }
}

/// The selected cases that have ended.
fn closed(selected: &Selected) -> CaseSet {
    let (selection, open) = (selected.selection(), selected.open());
    let n = selection.index.n_cases();
    CaseSet::from_fn(n, |case| selection.contains(case) && !open.contains(case))
}

fn open_now(context: &Context<'_>, selected: &Selected) -> Result<OpenNow, AskError> {
    let prepared = &selected.prepared;
    let whole = context.reference()?;
    let (open, balance) = (selected.open(), Balance::of(&whole));
    let rules: Vec<_> = prepared.deadline_states().collect();
    let has = |case: usize, state: State| rules.iter().any(|rule| rule.of(case) == Some(state));
    let due = (!rules.is_empty()).then(|| {
        let overdue = open.iter().filter(|&case| has(case, State::Overdue));
        let at_risk = open
            .iter()
            .filter(|&case| has(case, State::AtRisk) && !has(case, State::Overdue));
        (overdue.count() as u64, at_risk.count() as u64)
    });
    Ok(OpenNow {
        known: prepared.ends().known,
        guessed: prepared.ends_guess().is_some(),
        open: open.count() as u64,
        is_filtered: selected.selection().n_cases < whole.selection().n_cases,
        log_open: balance.open,
        before: balance.before.len() as u64,
        flow: balance.flow,
        period: seconds(balance.period),
        due,
    })
}

/// Cases, bins and periods that the figures of a selection are made of.
struct Made<'a> {
    selected: &'a Selected,
    closed: CaseSet,
    axis: TimeAxis,
    periods: Option<Periods>,
}

impl Made<'_> {
    /// The duration of the cases that have ended, by their end.
    fn throughput(&self) -> KeyFigure {
        let (selection, closed) = (self.selected.selection(), &self.closed);
        let index = selection.index;
        let ended = closed
            .iter()
            .map(|case| (index.duration(case), index.case_end[case]));
        let ended: Vec<(i64, i64)> = ended.collect();
        KeyFigure {
            name: String::new(),
            is_share: false,
            guessed: false,
            calendar: None,
            stats: summary::durations_of(&selection, closed).map(stats),
            unknown: (selection.n_cases - ended.len()) as u64,
            trend: self.medians(&ended),
            change: self.change(&ended),
        }
    }

    /// The durations of a milestone by the time at which it was reached.
    fn milestone(
        &self,
        named: &NamedMilestone,
        at: usize,
        zone: chrono_tz::Tz,
    ) -> Result<KeyFigure, AskError> {
        let (prepared, selection) = (&self.selected.prepared, self.selected.selection());
        let open = prepared.open();
        let all = 0..selection.log.n_cases();
        let reached = prepared.reached(named, all, |case| open.contains(case), zone)?;
        let reached = reached
            .into_iter()
            .filter(|(case, ..)| selection.contains(*case));
        let reached: Vec<(i64, i64)> = reached.map(|(_, took, at)| (took, at)).collect();
        let values = &prepared.log.case_times[at].values;
        let mut known = Vec::with_capacity(reached.len());
        selection.for_each_case(|case| {
            known.extend(Some(values[case]).filter(|value| *value != NO_INSTANT));
        });
        let unknown = (selection.n_cases - known.len()) as u64;
        let is_share = named.name == REOPENED;
        Ok(KeyFigure {
            name: named.name.clone(),
            is_share,
            guessed: named.guessed,
            calendar: named.calendar.clone(),
            stats: quantile::of_unsorted(&mut known).map(stats),
            unknown,
            trend: if is_share {
                self.counts(&reached)
            } else {
                self.medians(&reached)
            },
            change: if is_share {
                self.change_of_share(values)
            } else {
                self.change(&reached)
            },
        })
    }

    /// Durations by bin of the time that comes with each.
    fn by_bin(&self, found: &[(i64, i64)]) -> Vec<Vec<i64>> {
        let mut bins = vec![Vec::new(); self.axis.n_bins()];
        for &(duration, at) in found {
            if let Ok(bin) = self.axis.bin(at) {
                bins[bin].push(duration);
            }
        }
        bins
    }

    fn medians(&self, found: &[(i64, i64)]) -> Vec<Option<f64>> {
        let bins = self.by_bin(found).into_par_iter();
        let median = |mut bin: Vec<i64>| quantile::median(&mut bin).map(|median| median / 1e6);
        bins.map(median).collect()
    }

    fn counts(&self, found: &[(i64, i64)]) -> Vec<Option<f64>> {
        let bins = self.by_bin(found).into_iter();
        bins.map(|bin| Some(bin.len() as f64)).collect()
    }

    fn change(&self, found: &[(i64, i64)]) -> Option<KeyChange> {
        let periods = self.periods?;
        let mut lists: [Vec<i64>; 2] = Default::default();
        for &(duration, at) in found {
            if let Some(period) = periods.place(at) {
                lists[period].push(duration);
            }
        }
        if lists.iter().any(|list| list.len() < FEW) {
            return None;
        }
        for list in &mut lists {
            list.sort_unstable();
        }
        let p = compare_ranks(&lists[1], &lists[0])?.p;
        let n = lists.each_ref().map(|list| list.len() as u64);
        let median = |list: &mut Vec<i64>| quantile::median(list).unwrap_or(0.0) / 1e6;
        Some(KeyChange {
            values: lists.each_mut().map(median),
            n,
            p,
        })
    }

    /// Share of the ended cases with a value, by the end of the case.
    fn change_of_share(&self, values: &[i64]) -> Option<KeyChange> {
        let periods = self.periods?;
        let ends = &self.selected.prepared.index.case_end;
        let (mut n, mut with) = ([0u64; 2], [0u64; 2]);
        for case in self.closed.iter() {
            if let Some(period) = periods.place(ends[case]) {
                n[period] += 1;
                with[period] += u64::from(values[case] != NO_INSTANT);
            }
        }
        if n.iter().any(|n| *n < FEW as u64) {
            return None;
        }
        let table = FourFold {
            with: n[1],
            selected_with: with[1],
            without: n[0],
            selected_without: with[0],
        };
        Some(KeyChange {
            values: [0, 1].map(|at| with[at] as f64 / n[at] as f64),
            n,
            p: table.test().1,
        })
    }
}
