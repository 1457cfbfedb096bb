//! Clocks of the deadlines of a log: what they show at the events of past cases, and what they leave to
//! an open case.

use crate::engine::prepared::Prepared;
use crate::engine::stats::seconds;
use crate::engine::timing::{ReadyRule, ready};
use crate::engine::view::AskError;
use crate::metrics::deadlines::State;
use crate::metrics::prediction::Visit;
use crate::metrics::stats::{Interval, wilson};
use std::sync::Arc;

/// A deadline bound to a log.
struct Clock<'a> {
    ready: ReadyRule<'a>,
}

/// The deadlines of a log.
pub struct Clocks<'a> {
    prepared: &'a Prepared,
    clocks: Vec<Clock<'a>>,
}

/// Deadline of an open case that has not reached its milestone in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// The clock runs, and has so much left at the last event of the case, microseconds.
    Runs(i64),
    /// The limit is over for so long, microseconds.
    Broken(i64),
}

/// Odds that an open case breaks a deadline.
#[derive(Debug, Clone, PartialEq)]
pub struct Odds {
    /// Name of the deadline.
    pub rule: Arc<str>,
    /// Calendar of the deadline.
    pub calendar: Option<Arc<str>>,
    /// Weight of a breach, by its severity.
    pub weight: f64,
    /// Past visits after which more time was left than the case has, and all of them; `None` where the deadline
    /// is broken or nothing is known.
    pub late: Option<(u64, u64)>,
    /// Time beyond the limit, seconds, where it is broken.
    pub broken: Option<f64>,
}

impl Odds {
    /// Share of the visits after which more time was left than the case has.
    pub fn share(&self) -> Option<f64> {
        let (late, of) = self.late?;
        Some(late as f64 / of as f64)
    }

    /// `broken`, or `open` while the case can still keep the deadline.
    pub fn state(&self) -> &'static str {
        if self.broken.is_some() {
            "broken"
        } else {
            "open"
        }
    }

    /// That share times the weight of the deadline.
    pub fn risk(&self) -> Option<f64> {
        Some(self.share()? * self.weight)
    }

    /// Interval of that share.
    pub fn interval(&self) -> Option<Interval> {
        let (late, of) = self.late?;
        wilson(late, of)
    }
}

/// Weight of a breach by its severity: a number as it is, words from 4 (critical) to 1 (low, and any other).
fn weight(severity: &str) -> f64 {
    let number = severity.trim().parse::<f64>().ok();
    if let Some(number) = number.filter(|number| number.is_finite() && *number > 0.0) {
        return number;
    }
    match severity.trim().to_lowercase().as_str() {
        "critical" | "blocker" | "urgent" => 4.0,
        "high" | "major" => 3.0,
        "medium" | "moderate" | "normal" => 2.0,
        _ => 1.0,
    }
}

/// True if a breach of one deadline of a log weighs more than that of another.
pub fn are_weighted(prepared: &Prepared) -> bool {
    let rules = &prepared.timed.timing.rules;
    let mut weights = rules.iter().map(|rule| weight(&rule.severity));
    let first = weights.next();
    weights.any(|weight| Some(weight) != first)
}

impl<'a> Clocks<'a> {
    /// Binds the deadlines that are defined for a log.
    ///
    /// # Errors
    /// A condition of a deadline or its calendar is no filter of this log.
    pub fn of(prepared: &'a Prepared, tz: chrono_tz::Tz) -> Result<Self, AskError> {
        let specs = prepared.timed.timing.rules.iter();
        let clocks = specs.map(|spec| {
            let ready = ready(prepared, spec, tz)?;
            Ok(Clock { ready })
        });
        let clocks = clocks.collect::<Result<_, AskError>>()?;
        Ok(Clocks { prepared, clocks })
    }

    /// No deadlines.
    pub fn none(prepared: &'a Prepared) -> Self {
        Clocks {
            prepared,
            clocks: Vec::new(),
        }
    }

    /// Number of deadlines.
    pub fn len(&self) -> usize {
        self.clocks.len()
    }

    /// Time that a clock shows at an event of a case that is over, and time until it stops, both
    /// in microseconds; `None` where it does not run then.
    pub fn shown_at(&self, clock: usize, case: usize, event: usize) -> Option<(i64, i64)> {
        let ReadyRule { rule, .. } = &self.clocks[clock].ready;
        if !self.clocks[clock].ready.is_for(case) {
            return None;
        }
        let (log, index) = (&self.prepared.log, &self.prepared.index);
        let courses = rule.courses(log, index, case);
        rule.shown_at(log, case, &courses, log.time[event])
    }

    /// Time until each clock stopped after each of some visits, clock by clock.
    pub fn after(&self, visits: &[Visit]) -> Vec<Vec<Option<i64>>> {
        let of_clock = |clock: usize| {
            let left = |visit: &Visit| {
                let shown = self.shown_at(clock, visit.case as usize, visit.event as usize);
                shown.map(|(_, left)| left)
            };
            visits.iter().map(left).collect()
        };
        (0..self.len()).map(of_clock).collect()
    }

    /// Limit of a deadline, microseconds.
    pub fn limit(&self, clock: usize) -> i64 {
        self.clocks[clock].ready.rule.limit
    }

    /// Name of a deadline.
    pub fn name(&self, clock: usize) -> &'a str {
        &self.prepared.timed.timing.rules[clock].name
    }

    /// Standing of an open case under each deadline; `None` where the clock of it does not run.
    pub fn standing(&self, case: usize) -> Vec<Option<Standing>> {
        let (log, index) = (&self.prepared.log, &self.prepared.index);
        let standing = |clock: &Clock<'_>| {
            let rule = &clock.ready.rule;
            let verdict = (clock.ready).verdict(self.prepared, case, self.prepared.now(), true)?;
            match verdict.state {
                State::Kept | State::Missed => None,
                State::Broken | State::Overdue => {
                    Some(Standing::Broken(verdict.elapsed - rule.limit))
                }
                State::AtRisk | State::Running => {
                    let end = index.case_end[case].max(verdict.since);
                    let shown = rule.counted(log, case, verdict.since, end);
                    Some(Standing::Runs(rule.limit - shown))
                }
            }
        };
        self.clocks.iter().map(standing).collect()
    }

    /// The odds of each deadline that is not decided in the case's favor, from its standing and from the
    /// visits that broke it of those that count.
    pub fn odds(&self, standing: &[Option<Standing>], late: &[(u64, u64)]) -> Vec<Odds> {
        let specs = &self.prepared.timed.timing.rules;
        let odds = specs.iter().zip(standing).enumerate();
        let odds = odds.filter_map(|(at, (spec, standing))| {
            let late = late.get(at).copied().filter(|(_, of)| *of > 0);
            let (late, broken) = match (*standing)? {
                Standing::Runs(_) => (late, None),
                Standing::Broken(over) => (None, Some(seconds(over))),
            };
            Some(Odds {
                rule: spec.name.as_str().into(),
                calendar: spec.calendar.as_deref().map(Arc::from),
                weight: weight(&spec.severity),
                late,
                broken,
            })
        });
        odds.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn severities_are_numbers_or_words() {
        let weights = ["Critical", "high", " medium", "low", "", "2.5", "-1", "NaN"].map(weight);
        assert_eq!(weights, [4.0, 3.0, 2.0, 1.0, 1.0, 2.5, 1.0, 1.0]);
    }

    #[test]
    fn odds_are_a_share_with_its_interval() {
        let odds = Odds {
            rule: "fast".into(),
            calendar: None,
            weight: 1.0,
            late: Some((3, 4)),
            broken: None,
        };
        assert_eq!(odds.share(), Some(0.75));
        let interval = odds.interval().unwrap();
        assert!(interval.low < 0.75 && 0.75 < interval.high);
    }
}
