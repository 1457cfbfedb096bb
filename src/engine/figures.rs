//! Figures of groups of cases that can be asked for, and those that a log and its definitions make
//! possible.

use super::definitions::{NamedOutcome, Timing};
use super::journey::SCORE;
use super::moments::is_made_true;
use super::prepared::Prepared;
use super::rates::COST;
use super::view::AskError;
use crate::text::did_you_mean;
use std::fmt;

/// A figure of groups.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Figure {
    /// Duration of the cases.
    Duration,
    /// Cases in which an activity occurs twice or more.
    Rework,
    /// Outcome, rule or milestone of that name, or the cost or the scores of the cases.
    Named(String),
    /// Time to the outcome of that name.
    TimeTo(String),
    /// Return of cases in windows of that length after their first event, microseconds.
    Return(i64),
}

/// The figure as `--figure` names it.
impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Figure::Duration => f.write_str("duration"),
            Figure::Rework => f.write_str("rework"),
            Figure::Named(name) => f.write_str(name),
            Figure::TimeTo(outcome) => write!(f, "time to {outcome}"),
            Figure::Return(_) => f.write_str("return"),
        }
    }
}

/// Kinds of figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FigureKind {
    /// Times, of which the median is shown.
    Time,
    /// Amounts, of which the median is shown.
    Amount,
    /// Scores, of which the mean is shown.
    Score,
    /// Rate of cases with a property.
    Rate,
    /// Rate of cases that break a deadline.
    Broken,
}

/// A figure that a log and its definitions make possible.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FigureOffer {
    /// The figure.
    pub figure: Figure,
    /// Kind of its values.
    pub kind: FigureKind,
}

/// The figures on offer; returns of cases, which have windows instead of one value, are not among them.
pub fn offers(prepared: &Prepared) -> Vec<FigureOffer> {
    offers_of(&prepared.timed.timing, |of| {
        is_made_true(prepared, &of.filter.filter)
    })
}

/// The figures that definitions make possible; `is_timed` says of which outcomes an event makes them true.
pub fn offers_of(timing: &Timing, is_timed: impl Fn(&NamedOutcome) -> bool) -> Vec<FigureOffer> {
    let offer = |figure, kind| FigureOffer { figure, kind };
    let outcomes = timing.outcomes.iter();
    let rules = timing.rule_names();
    let milestones = timing.milestones.iter();
    let costs = timing.rates.iter();
    let scores = timing.journey.score.iter();
    let times = timing.outcomes.iter();
    let times = times.filter(|of| is_timed(of));
    [
        offer(Figure::Duration, FigureKind::Time),
        offer(Figure::Rework, FigureKind::Rate),
    ]
    .into_iter()
    .chain(outcomes.map(|of| offer(Figure::Named(of.name.clone()), FigureKind::Rate)))
    .chain(rules.map(|name| offer(Figure::Named(name.to_owned()), FigureKind::Broken)))
    .chain(milestones.map(|of| offer(Figure::Named(of.name.clone()), FigureKind::Time)))
    .chain(costs.map(|_| offer(Figure::Named(COST.to_owned()), FigureKind::Amount)))
    .chain(scores.map(|_| offer(Figure::Named(SCORE.to_owned()), FigureKind::Score)))
    .chain(times.map(|of| offer(Figure::TimeTo(of.name.clone()), FigureKind::Time)))
    .collect()
}

/// The figures that are asked for.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Figures {
    /// Figures; all but times to outcomes and returns where it is empty.
    pub only: Vec<Figure>,
    /// Times whose shares of [`TimeTo`](super::grouped::TimeTo) are computed, microseconds.
    pub after: Vec<i64>,
    /// Takes open cases as ended instead of setting them apart.
    pub open_ended: bool,
}

impl Figures {
    /// Refuses names of figures that nothing has.
    ///
    /// # Errors
    /// A name is that of no figure on offer.
    pub fn check(&self, offers: &[FigureOffer]) -> Result<(), AskError> {
        let known: Vec<String> = offers.iter().map(|of| of.figure.to_string()).collect();
        for figure in &self.only {
            if let Figure::Named(name) = figure
                && !known.contains(name)
            {
                let known = known.iter().map(String::as_str).chain(["return"]);
                let hint = match name.as_str() {
                    COST => "; [rates] of the rules file defines costs".to_owned(),
                    SCORE => "; [journey] of the rules file names a column of scores".to_owned(),
                    _ => did_you_mean(name, known, str::to_owned),
                };
                return Err(AskError::Name(format!("there is no figure {name}{hint}")));
            }
        }
        Ok(())
    }

    /// True if a figure is asked for.
    pub fn wants(&self, figure: &Figure) -> bool {
        self.only.is_empty() || self.only.contains(figure)
    }

    /// True if a figure of that name is asked for.
    pub fn wants_named(&self, name: &str) -> bool {
        let is_named = |figure: &Figure| matches!(figure, Figure::Named(of) if of == name);
        self.only.is_empty() || self.only.iter().any(is_named)
    }
}
