//! The definitions made ready for a log: calendars as tables of working hours over its span, names as
//! codes, milestones as durations of its cases. Answers nothing.

use super::{BY_CASE, Timing};
use crate::engine::FilterError;
use crate::engine::prepared::Prepared;
use crate::event_log::{Buffer, CaseTime, Clock, EventLog, NO_INSTANT};
use crate::filter;
use crate::index::CaseSet;
use crate::metrics::calendar::{Hours, WorkTime};
use crate::metrics::deadlines::Ends;
use crate::metrics::milestones::{Milestone, Point};
use rayon::prelude::*;
use std::sync::Arc;

/// The definitions, made ready for a log: calendars reach over its span.
#[derive(Debug, Default)]
pub struct Timed {
    pub timing: Timing,
    /// In the order of the calendars.
    work: Vec<WorkTime>,
}

/// Deadlines are told for so long after the end of the log, microseconds.
const AHEAD: i64 = 400 * 86_400_000_000;

/// Words that tell that an activity ends a case.
const ENDS: [&str; 6] = ["end", "ended", "done", "ende", "fin", "конец"];

/// Beginnings of words that tell that an activity ends a case.
const ENDINGS: [&str; 16] = [
    "close",
    "resolv",
    "complet",
    "cancel",
    "finish",
    "reject",
    "archiv",
    "paid",
    "won",
    "lost",
    "закры",
    "решен",
    "решён",
    "заверш",
    "отмен",
    "выполн",
];

impl Timed {
    /// For a log of that span, first to last instant.
    pub fn new(mut timing: Timing, span: Option<(i64, i64)>) -> Self {
        // What is said of open cases is said as of the end of the log, or later.
        let end = span.map(|(_, last)| last);
        timing.now = timing.now.max(end);
        let (first, last) = span.unwrap_or((0, 0));
        let last = last.max(timing.now.unwrap_or(last)).saturating_add(AHEAD);
        let calendars = timing.calendars.par_iter();
        Timed {
            work: calendars.map(|c| c.calendar.work(first, last)).collect(),
            timing,
        }
    }

    /// The durations of all milestones, by the hours of their calendars, or by these where they have
    /// none.
    pub fn durations(
        &self,
        prepared: &Prepared,
        usual: &Hours<'_>,
        tz: chrono_tz::Tz,
    ) -> Result<Vec<CaseTime>, FilterError> {
        let (log, index) = (&prepared.log, &prepared.index);
        let times = self.timing.milestones.iter().map(|named| {
            let (milestone, _) = bound(&named.milestone, log);
            let own = named.calendar.as_deref();
            let own = own
                .map(|name| self.hours(prepared, Some(name), tz))
                .transpose()?;
            let hours = own.as_ref().unwrap_or(usual);
            Ok(CaseTime {
                name: named.name.clone(),
                values: milestone
                    .durations(log, index, |case| hours.of(case))
                    .into(),
            })
        });
        times.collect()
    }

    /// Activities of the definitions that a log does not have, by the name of what they define.
    pub fn missing(&self, log: &EventLog) -> Vec<(String, Vec<String>)> {
        let milestones = self.timing.milestones.iter();
        let mut all: Vec<(String, Vec<String>)> = milestones
            .map(|named| (named.name.clone(), bound(&named.milestone, log).1))
            .collect();
        for rule in &self.timing.rules {
            let mut missing = Vec::new();
            codes(rule.pauses.iter().map(String::as_str), log, &mut missing);
            all.push((rule.name.clone(), missing));
        }
        let mut missing = Vec::new();
        let ends = self.timing.ends.activities.iter().flatten();
        codes(ends.map(String::as_str), log, &mut missing);
        all.push(("cases".to_owned(), missing));
        all.retain(|(_, missing)| !missing.is_empty());
        all
    }

    /// The hours of the calendar of that name for each case of a log; all of the time where no name is
    /// given.
    ///
    /// # Errors
    /// There is no such calendar, or a condition of one is no filter of this log.
    pub fn hours(
        &self,
        prepared: &Prepared,
        calendar: Option<&str>,
        tz: chrono_tz::Tz,
    ) -> Result<Hours<'_>, FilterError> {
        let calendars = &self.timing.calendars;
        let Some(name) = calendar else {
            return Ok(Hours::Always);
        };
        if name != BY_CASE {
            let at = calendars.iter().position(|c| c.name == name);
            let at = at.ok_or_else(|| FilterError {
                text: name.to_owned(),
                span: 0..name.len(),
                message: format!("no calendar is called {name:?}"),
            })?;
            return Ok(Hours::One(&self.work[at]));
        }
        let conditions = calendars.iter().map(|c| c.when.as_deref());
        let meeting: Vec<Option<Arc<CaseSet>>> = conditions
            .map(|when| when.map(|when| prepared.meeting(when, tz)).transpose())
            .collect::<Result<_, FilterError>>()?;
        let default = calendars
            .iter()
            .position(|c| c.when.is_none() && !c.on_the_spot);
        let choice = |case: usize| {
            let meets =
                |cases: &Option<Arc<CaseSet>>| cases.as_ref().is_some_and(|c| c.contains(case));
            let chosen = meeting.iter().position(meets).or(default)?;
            u16::try_from(chosen).ok()
        };
        let n_cases = prepared.log.n_cases();
        Ok(Hours::ByCase {
            work: &self.work,
            of: (0..n_cases).into_par_iter().map(choice).collect(),
        })
    }

    /// What ends the cases of a log.
    pub fn ends(&self, log: &EventLog) -> Ends {
        let is_end = |name: &str| match &self.timing.ends.activities {
            Some(names) => names.iter().any(|n| n == name),
            None => sounds_like_an_end(name),
        };
        let activities: Vec<bool> = log.activities.iter().map(is_end).collect();
        let (said, idle) = (&self.timing.ends.activities, self.timing.ends.idle);
        Ends {
            known: said.is_some() || idle.is_some() || activities.contains(&true),
            activities,
            idle,
        }
    }
}

/// Whether a word of a name begins as one that ends a case.
fn sounds_like_an_end(name: &str) -> bool {
    let name = name.to_lowercase();
    let mut words = name.split(|c: char| !c.is_alphanumeric());
    words.any(|word| ENDINGS.iter().any(|end| word.starts_with(end)) || ENDS.contains(&word))
}

/// A milestone in the codes of a log, and the activities that the log does not have.
pub(super) fn bound(milestone: &filter::Milestone, log: &EventLog) -> (Milestone, Vec<String>) {
    let mut missing = Vec::new();
    let mut point = |point: &filter::Point| {
        let names = point.activities().iter().map(|a| a.node.as_str());
        let meant = codes(names, log, &mut missing);
        match point {
            filter::Point::Start => Point::Start,
            filter::Point::End => Point::End,
            filter::Point::First(_) => Point::First(meant),
            filter::Point::Last(_) => Point::Last(meant),
            filter::Point::Each(_) => Point::Each(meant),
        }
    };
    let milestone = Milestone {
        from: point(&milestone.from),
        to: point(&milestone.to),
    };
    (milestone, missing)
}

/// Which activities are meant, by code.
pub(super) fn codes<'a>(
    names: impl Iterator<Item = &'a str>,
    log: &EventLog,
    missing: &mut Vec<String>,
) -> Vec<bool> {
    let mut meant = vec![false; log.activities.len()];
    for name in names {
        match log.activities.find(name) {
            Some(code) => meant[code as usize] = true,
            None => missing.push(name.to_owned()),
        }
    }
    meant
}

/// The readings of working hours at all instants of a log.
pub fn clock(log: &EventLog, hours: &Hours<'_>) -> Clock {
    let readings = |instants: &Buffer<i64>| -> Buffer<i64> {
        let mut readings = instants.to_vec();
        let mut rest = readings.as_mut_slice();
        let mut cases = Vec::with_capacity(log.n_cases());
        for case in 0..log.n_cases() {
            let (of_case, after) = rest.split_at_mut(log.events_of(case).len());
            cases.push(of_case);
            rest = after;
        }
        cases
            .into_par_iter()
            .enumerate()
            .for_each(|(case, of_case)| {
                let Some(work) = hours.of(case) else { return };
                for instant in of_case.iter_mut().filter(|instant| **instant != NO_INSTANT) {
                    *instant = work.reading(*instant);
                }
            });
        readings.into()
    };
    Clock {
        time: readings(&log.time),
        start: log.start.as_ref().map(readings),
    }
}
