//! Figures of groups of cases: counts, durations, rates of outcomes and deadlines, costs, scores, times to
//! outcomes, returns; each with a test against the rest where it has one.

mod amounts;
mod scores;

pub use amounts::Amounts;
pub use scores::Scores;

use super::figures::{Figure, Figures, offers};
use super::groups::{Bound, Meaning};
use super::moments::{NEVER, first_events};
use super::moves::Moves;
use super::prepared::Prepared;
use super::query::Context;
use super::schema::Value;
use super::selected::Selected;
use super::stats::{Stats, seconds, stats};
use super::view::AskError;
use crate::event_log::{Cancelled, NO_INSTANT};
use crate::filter::Expr;
use crate::index::CaseSet;
use crate::metrics::deadlines::State;
use crate::metrics::groups::Groups;
use crate::metrics::split::{self, Counts, Distribution, Rate};
use crate::metrics::stats::wilson;
use crate::metrics::survival::{Curve, LogRank, Observed, Returns, log_rank};
use crate::text::did_you_mean;
use rayon::prelude::*;
use std::ops::RangeInclusive;
use std::sync::Arc;

/// A group of cases.
#[derive(Debug, Clone, PartialEq)]
pub struct SplitRow {
    /// Value of each property; `None` for cases without one.
    pub values: Vec<Option<Arc<str>>>,
    /// Filter of the cases; `None` where the language has none.
    pub filter: Option<Expr>,
    /// Number of cases, events, variants, and cases with rework.
    pub counts: Counts,
    /// Share of the selected cases, 0 to 1.
    pub share: f64,
    /// Cases that start in each of [`PARTS`](split::PARTS) equal parts of the time of all starts.
    pub starts: Vec<u64>,
    /// Figures that change if only the group is kept.
    pub moves: Moves,
    /// Durations of the cases that are not set apart as open; `None` where not asked for.
    pub duration: Option<Measure>,
    /// Rate of cases with rework; `None` where not asked for.
    pub rework: Option<Rate>,
    /// Cases with an outcome, by its name.
    pub outcomes: Vec<(String, Rate)>,
    /// States under a deadline, by its name.
    pub rules: Vec<(String, Kept)>,
    /// Durations of milestones, by name.
    pub milestones: Vec<(String, Measure)>,
    /// What the cases cost that are not set apart as open; `None` without rates and where not asked for.
    pub costs: Option<Amounts>,
    /// Scores; `None` where none are defined or asked for.
    pub scores: Option<Scores>,
    /// Times to outcomes, by name.
    pub time_to: Vec<(String, TimeTo)>,
    /// Returns by window; `None` where not asked for.
    pub returns: Option<Vec<Returned>>,
    /// In a table of two properties the cases of the group in each column that has some: number of the
    /// column, ascending, and figures.
    pub cells: Vec<(usize, Arc<SplitRow>)>,
}

/// Name of the value of cases without one.
pub const NONE: &str = "(none)";

/// Name of the group with a value of each property, `None` for cases without one.
pub fn name<T: AsRef<str>>(values: impl Iterator<Item = Option<T>>) -> String {
    let value =
        |value: Option<T>| value.map_or_else(|| NONE.to_owned(), |of| of.as_ref().to_owned());
    values.map(value).collect::<Vec<_>>().join(" \u{b7} ")
}

impl SplitRow {
    /// A group by its codes, without figures but counts.
    pub fn new<'a>(
        meanings: impl IntoIterator<Item = &'a Meaning<'a>>,
        codes: &[u32],
        counts: Counts,
        share: f64,
    ) -> Self {
        let of: Vec<(&Meaning<'_>, u32)> =
            meanings.into_iter().zip(codes.iter().copied()).collect();
        let filters = of.iter().map(|(of, code)| of.filter(*code));
        let filters: Option<Vec<Expr>> = filters.collect();
        SplitRow {
            values: of
                .iter()
                .map(|(of, code)| of.value(*code).map(Arc::from))
                .collect(),
            filter: filters.and_then(|filters| filters.into_iter().reduce(Expr::and)),
            counts,
            share,
            starts: Vec::new(),
            moves: Moves::default(),
            duration: None,
            rework: None,
            outcomes: Vec::new(),
            rules: Vec::new(),
            milestones: Vec::new(),
            costs: None,
            scores: None,
            time_to: Vec::new(),
            returns: None,
            cells: Vec::new(),
        }
    }

    /// Values of the group, joined.
    pub fn name(&self) -> String {
        name(self.values.iter().map(Option::as_deref))
    }

    /// The first of its durations: that of the cases, else of a milestone.
    fn first_duration(&self) -> Option<&Measure> {
        let milestones = self.milestones.iter().map(|(_, measure)| measure);
        self.duration.iter().chain(milestones).next()
    }

    /// The first of its measures: of durations, else of costs, else of scores.
    pub fn first_measure(&self) -> Option<&Measure> {
        let costs = self.costs.as_ref().map(|costs| &costs.measure);
        let scores = self.scores.as_ref().map(|scores| &scores.measure);
        self.first_duration().or(costs).or(scores)
    }

    /// Figures of the first of its measures; `None` where no case has a value.
    pub fn first_stats(&self) -> Option<&Stats> {
        self.first_measure()?.stats.as_ref()
    }

    /// A figure of the first of its measures as a value of a cell.
    pub fn first_value(&self, figure: fn(&Stats) -> f64) -> Value<'static> {
        let number = |of: &Measure| of.stats.as_ref().map(figure);
        match (self.first_duration(), &self.costs, &self.scores) {
            (Some(duration), ..) => Value::seconds(duration.stats.as_ref(), figure),
            (None, Some(costs), _) => costs.value(figure),
            (None, None, Some(scores)) => {
                number(&scores.measure).map_or(Value::Missing, Value::Mean)
            }
            (None, None, None) => Value::Missing,
        }
    }

    /// The figure by which the first of its measures is compared: of scores the mean, of others the median.
    pub fn first_center(&self) -> Option<f64> {
        let of: fn(&Stats) -> f64 = if self.first_is_score() {
            |stats: &Stats| stats.mean
        } else {
            |stats: &Stats| stats.median
        };
        self.first_stats().map(of)
    }

    /// True if the first of its measures is of scores.
    pub fn first_is_score(&self) -> bool {
        self.first_duration().is_none() && self.costs.is_none() && self.scores.is_some()
    }

    /// The first of its rates: of an outcome, else of rework, else of breaches of a deadline.
    pub fn first_rate(&self) -> Option<Rate> {
        let outcomes = self.outcomes.iter().map(|(_, rate)| *rate);
        let rules = self.rules.iter().map(|(_, kept)| kept.rate());
        outcomes.chain(self.rework).chain(rules).next()
    }

    /// The cases of the group in a column of a table of two properties; `None` for no cases.
    pub fn cell(&self, column: usize) -> Option<&SplitRow> {
        let at = self.cells.binary_search_by_key(&column, |(at, _)| *at);
        at.ok().map(|at| &*self.cells[at].1)
    }
}

/// Durations or amounts of the cases of a group, and a test against the rest.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Measure {
    /// Figures; `None` where no case has a value.
    pub stats: Option<Stats>,
    /// Probability of a difference to the rest by chance, corrected for the number of groups.
    pub q: Option<f64>,
}

/// States of cases under a deadline.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Kept {
    /// Cases that keep it.
    pub kept: u64,
    /// Cases that break it, overdue ones too.
    pub broken: u64,
    /// Open cases with time left.
    pub open: u64,
    /// Cases that are over and never reached it.
    pub missed: u64,
    /// As of [`Measure::q`], of the broken among kept and broken.
    pub q: Option<f64>,
}

impl Kept {
    /// Rate of the broken among kept and broken.
    pub fn rate(&self) -> Rate {
        Rate {
            cases: self.broken,
            of: self.kept + self.broken,
            q: self.q,
        }
    }
}

/// Time to an outcome, where cases without it are censored.
#[derive(Debug, Clone, PartialEq)]
pub struct TimeTo {
    /// Number of cases.
    pub cases: u64,
    /// Cases with the outcome.
    pub reached: u64,
    /// Time after which half of the cases have it, seconds; `None` where fewer have.
    pub median: Option<f64>,
    /// Shares of cases that have it after a time in seconds.
    pub shares: Vec<(f64, Option<f64>)>,
}

/// Returns of cases in a window of time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Returned {
    /// Start of the window after the first event, seconds.
    pub after: f64,
    /// Cases whose window is over.
    pub cases: u64,
    /// Share of them with an event in it, 0 to 1.
    pub share: f64,
}

/// The rate as a share of the known cases, with its interval (Wilson); `None` for no cases.
pub fn rate(rate: &Rate) -> Option<(f64, f64, f64)> {
    let interval = wilson(rate.cases, rate.of)?;
    Some((rate.share()?, interval.low, interval.high))
}

/// Cases in groups, and the figures that are wanted of them.
pub struct Grouped<'a> {
    /// The figures.
    pub figures: &'a Figures,
    /// Engine and cancellation.
    pub context: &'a Context<'a>,
    /// The cases.
    pub selected: &'a Selected,
    /// Their groups.
    pub groups: &'a Groups,
    /// Selected cases that are set apart as open.
    pub open: &'a CaseSet,
    /// First and last start of the selected cases.
    pub span: RangeInclusive<i64>,
}

impl Grouped<'_> {
    fn prepared(&self) -> &Prepared {
        &self.selected.prepared
    }

    /// The groups in the order of their numbers; without times to outcomes and returns.
    ///
    /// # Errors
    /// Nothing has a figure of a name, or the answer is not wanted any more.
    pub fn rows(&self, bound: &[Bound<'_>]) -> Result<Vec<SplitRow>, AskError> {
        self.figures.check(&offers(self.prepared()))?;
        let selection = self.selected.selection();
        let whole = selection.n_cases.max(1) as f64;
        let (cancel, groups) = (self.context.cancel, self.groups);
        // Side by side, as each reads other columns of all cases.
        let ((counts, starts), (durations, rework)) = rayon::join(
            || {
                let counts = split::counts(&selection, groups, self.open, cancel);
                let starts = split::starts(&selection, groups, &self.span, cancel);
                (counts, starts)
            },
            || (self.durations(), self.rework()),
        );
        let (counts, starts) = (counts?, starts?);
        let meanings = bound.iter().map(|of| &of.meaning);
        let row = |((codes, counts), starts): ((&Vec<u32>, Counts), Vec<u64>)| {
            let share = counts.cases as f64 / whole;
            SplitRow {
                starts,
                ..SplitRow::new(meanings.clone(), codes, counts, share)
            }
        };
        let groups = self.groups.codes.iter().zip(counts).zip(starts);
        let mut rows: Vec<SplitRow> = groups.map(row).collect();
        for (row, distribution) in rows.iter_mut().zip(durations?) {
            row.duration = Some(distribution.into());
        }
        for (row, rate) in rows.iter_mut().zip(rework?) {
            row.rework = Some(rate);
        }
        self.outcomes(&mut rows)?;
        self.rules(&mut rows)?;
        self.milestones(&mut rows)?;
        self.costs(&mut rows)?;
        self.scores(&mut rows)?;
        Ok(rows)
    }

    /// Durations by group; none where they are not wanted.
    fn durations(&self) -> Result<Vec<Distribution>, Cancelled> {
        if !self.figures.wants(&Figure::Duration) {
            return Ok(Vec::new());
        }
        let selection = self.selected.selection();
        let index = selection.index;
        let pairs = index.durations.iter().zip(index.by_duration.iter());
        let values: Vec<(i64, u32)> = pairs
            .map(|(&duration, &case)| (duration, case))
            .filter(|&(_, case)| {
                selection.contains(case as usize) && !self.open.contains(case as usize)
            })
            .collect();
        split::distributions(&values, self.groups, self.context.cancel)
    }

    /// Rates of cases with rework by group; none where they are not wanted.
    fn rework(&self) -> Result<Vec<Rate>, Cancelled> {
        if !self.figures.wants(&Figure::Rework) {
            return Ok(Vec::new());
        }
        let selection = self.selected.selection();
        let index = selection.index;
        let repeats: Vec<bool> = (0..index.variants.len())
            .into_par_iter()
            .map(|variant| split::has_rework(index, variant))
            .collect();
        let has = |case: usize| Some(repeats[index.case_variant[case] as usize]);
        split::rates(&selection, self.groups, has, self.context.cancel)
    }

    fn outcomes(&self, rows: &mut [SplitRow]) -> Result<(), AskError> {
        let (prepared, selection) = (self.prepared(), self.selected.selection());
        for outcome in &prepared.timed.timing.outcomes {
            if !self.figures.wants_named(&outcome.name) {
                continue;
            }
            let when = &outcome.filter;
            let has = prepared.meeting(&when.filter, self.context.analysis.zone());
            let has = has.map_err(|error| error.within("outcome", &outcome.name, when.line))?;
            let property = |case: usize| {
                if has.contains(case) {
                    return Some(true);
                }
                (!self.open.contains(case)).then_some(false)
            };
            let rates = split::rates(&selection, self.groups, property, self.context.cancel)?;
            for (row, rate) in rows.iter_mut().zip(rates) {
                row.outcomes.push((outcome.name.clone(), rate));
            }
        }
        Ok(())
    }

    fn rules(&self, rows: &mut [SplitRow]) -> Result<(), Cancelled> {
        let selection = self.selected.selection();
        for (name, states) in self.prepared().all_states() {
            if !self.figures.wants_named(name) {
                continue;
            }
            let state = |case: usize| {
                if self.figures.open_ended {
                    states.of_ended(case)
                } else {
                    states.of(case)
                }
            };
            let broken = |case: usize| match state(case)? {
                State::Kept => Some(false),
                State::Broken | State::Overdue => Some(true),
                _ => None,
            };
            let rates = split::rates(&selection, self.groups, broken, self.context.cancel)?;
            let mut rest = vec![(0, 0); rows.len()];
            selection.each_case(self.context.cancel, |case| {
                for &group in self.groups.of(case) {
                    let (open, missed) = &mut rest[group as usize];
                    match state(case) {
                        Some(State::AtRisk | State::Running) => *open += 1,
                        Some(State::Missed) => *missed += 1,
                        _ => {}
                    }
                }
            })?;
            for ((row, rate), (open, missed)) in rows.iter_mut().zip(rates).zip(rest) {
                let kept = Kept {
                    kept: rate.of - rate.cases,
                    broken: rate.cases,
                    open,
                    missed,
                    q: rate.q,
                };
                row.rules.push((name.to_owned(), kept));
            }
        }
        Ok(())
    }

    fn milestones(&self, rows: &mut [SplitRow]) -> Result<(), Cancelled> {
        let selection = self.selected.selection();
        for time in &self.prepared().log.case_times {
            if !self.figures.wants_named(&time.name) {
                continue;
            }
            let mut values = Vec::new();
            selection.each_case(self.context.cancel, |case| {
                if time.values[case] != NO_INSTANT {
                    values.push((time.values[case], case as u32));
                }
            })?;
            values.par_sort_unstable();
            let all = split::distributions(&values, self.groups, self.context.cancel)?;
            for (row, distribution) in rows.iter_mut().zip(all) {
                row.milestones
                    .push((time.name.clone(), distribution.into()));
            }
        }
        Ok(())
    }

    /// The outcomes whose times are wanted.
    ///
    /// # Errors
    /// There is no outcome of a name.
    pub fn times_to(&self) -> Result<Vec<String>, AskError> {
        let outcomes = &self.prepared().timed.timing.outcomes;
        let mut names = Vec::new();
        for figure in &self.figures.only {
            let Figure::TimeTo(name) = figure else {
                continue;
            };
            if !outcomes.iter().any(|outcome| outcome.name == *name) {
                let known = outcomes.iter().map(|outcome| outcome.name.as_str());
                let hint = did_you_mean(name, known, str::to_owned);
                let message = format!("[outcomes] of the rules file has no outcome {name}{hint}");
                return Err(AskError::Name(message));
            }
            if !names.contains(name) {
                names.push(name.clone());
            }
        }
        Ok(names)
    }

    /// Adds the times to an outcome to the rows; returns those of all cases, with a test of the groups.
    ///
    /// # Errors
    /// No event makes the outcome true, or the answer is not wanted any more.
    pub fn time_to(
        &self,
        name: &str,
        rows: &mut [SplitRow],
    ) -> Result<(String, TimeTo, Option<LogRank>), AskError> {
        let (prepared, selection) = (self.prepared(), self.selected.selection());
        let (log, index, now) = (&prepared.log, &prepared.index, prepared.now());
        let mut outcomes = prepared.timed.timing.outcomes.iter();
        let when = outcomes.find(|outcome| outcome.name == *name);
        let Some(when) = when.map(|outcome| &outcome.filter) else {
            return Err(AskError::Internal(format!("no outcome {name}")));
        };
        let events = first_events(prepared, &when.filter, self.context.analysis.zone());
        let events = events.map_err(|error| error.within("outcome", name, when.line))?;
        self.context.cancel.check()?;
        let mut all = Vec::with_capacity(selection.n_cases);
        let mut groups: Vec<Vec<Observed>> = vec![Vec::new(); rows.len()];
        selection.each_case(self.context.cancel, |case| {
            let start = index.case_start[case];
            let (end, censored) = match events[case] {
                // An open case that is taken as ended never has the outcome.
                NEVER if self.figures.open_ended => (i64::MAX, true),
                NEVER => (now, true),
                event => (log.time[event as usize], false),
            };
            let observed = Observed {
                time: end.saturating_sub(start),
                censored,
            };
            all.push(observed);
            for &group in self.groups.of(case) {
                groups[group as usize].push(observed);
            }
        })?;
        all.par_sort_unstable();
        groups
            .par_iter_mut()
            .for_each(|group| group.sort_unstable());
        self.context.cancel.check()?;
        for (row, group) in rows.iter_mut().zip(&groups) {
            row.time_to.push((name.to_owned(), self.curve(group)));
        }
        // The test is of groups that share no case.
        let cases: usize = groups.iter().map(Vec::len).sum();
        let tested = (cases == all.len()).then(|| log_rank(&groups, self.context.cancel));
        let tested = tested.transpose()?.flatten();
        Ok((name.to_owned(), self.curve(&all), tested))
    }

    fn curve(&self, observed: &[Observed]) -> TimeTo {
        let curve = Curve::new(observed);
        let shares = self.figures.after.iter();
        TimeTo {
            cases: curve.cases,
            reached: curve.reached,
            median: curve.median().map(seconds),
            shares: shares
                .map(|&after| (seconds(after), curve.share_after(after)))
                .collect(),
        }
    }

    /// Adds the returns of cases to the rows, where they are wanted.
    ///
    /// # Errors
    /// They are not wanted any more.
    pub fn returns(&self, rows: &mut [SplitRow]) -> Result<(), Cancelled> {
        let window = self.figures.only.iter().find_map(|figure| match figure {
            Figure::Return(window) => Some(*window),
            _ => None,
        });
        let Some(window) = window else {
            return Ok(());
        };
        let (log, index, now) = (
            &self.prepared().log,
            &self.prepared().index,
            self.prepared().now(),
        );
        let mut returns = vec![Returns::default(); rows.len()];
        let selection = self.selected.selection();
        selection.each_case(self.context.cancel, |case| {
            let start = index.case_start[case];
            for &group in self.groups.of(case) {
                let times = log.time[log.events_of(case)]
                    .iter()
                    .map(|time| time - start);
                returns[group as usize].add(times, now.saturating_sub(start), window);
            }
        })?;
        for (row, returns) in rows.iter_mut().zip(returns) {
            let returned = returns.rows().into_iter().map(|of| Returned {
                after: seconds(i64::from(of.window) * window),
                cases: of.cases,
                share: of.returned as f64 / of.cases as f64,
            });
            row.returns = Some(returned.collect());
        }
        Ok(())
    }
}

impl From<Distribution> for Measure {
    fn from(of: Distribution) -> Self {
        Measure {
            stats: of.figures.map(stats),
            q: of.q,
        }
    }
}
