//! Milestones, calendars and deadlines: what was defined for a log, made ready for it, and how its
//! cases stand. Where the definitions were written is not known here.

mod answers;
mod ready;

pub use answers::{Breach, Deadlines, MilestoneRow, RuleBin, RuleRow};
pub(super) use answers::{breaches, deadlines, due, milestones, states, verdicts};
pub(super) use ready::{Timed, clock};

use super::ready_made;
use crate::event_log::EventLog;
use crate::filter;
use crate::metrics::calendar::Calendar;

/// The name of the choice of calendars by their conditions: each case has the first calendar whose
/// condition it meets, else the first that has none.
pub const BY_CASE: &str = "auto";

/// What was defined: names are those of the definitions, activities those that a log may have.
#[derive(Debug, Clone, Default)]
pub struct Timing {
    /// Milestones in the order in which they are told.
    pub milestones: Vec<NamedMilestone>,
    /// Whether those are added that the names of activities tell, unless they are defined.
    pub ready_made: bool,
    /// Calendars in the order in which cases choose theirs.
    pub calendars: Vec<NamedCalendar>,
    /// Deadlines in the order in which they are told.
    pub rules: Vec<RuleSpec>,
    /// When a case is over.
    pub ends: CaseEnds,
    /// The instant up to which open cases are looked at, microseconds; the log's last where `None`.
    pub now: Option<i64>,
}

impl Timing {
    /// The calendar for all durations where one is wanted and none is named.
    pub fn usual_calendar(&self) -> Option<&str> {
        let first = self.calendars.first()?;
        let by_case = self.calendars.iter().any(|c| c.when.is_some());
        Some(if by_case { BY_CASE } else { &first.name })
    }

    /// Adds the ready-made milestones of a log, where they are wanted.
    pub(super) fn complete(&mut self, log: &EventLog) {
        let wanted = self.ready_made.then(|| ready_made::of(&log.activities));
        for found in wanted.into_iter().flatten() {
            if !self.milestones.iter().any(|known| known.name == found.name) {
                self.milestones.push(found);
            }
        }
    }
}

/// A calendar and its name.
#[derive(Debug, Clone)]
pub struct NamedCalendar {
    /// Its name.
    pub name: String,
    /// When work is done.
    pub calendar: Calendar,
    /// The filter of the cases that it is for, where calendars are chosen by case.
    pub when: Option<String>,
    /// Given on the spot for all durations: no case chooses it.
    pub on_the_spot: bool,
}

/// A milestone and its name.
#[derive(Debug, Clone)]
pub struct NamedMilestone {
    /// Its name, also in filters.
    pub name: String,
    /// From where to where it runs.
    pub milestone: filter::Milestone,
    /// The calendar that says what counts as time; all of it where this is `None`.
    pub calendar: Option<String>,
}

/// What a rule names in place of a milestone to limit the duration of cases: from the start of a case
/// until it is over.
pub const DURATION: &str = "duration";

/// A deadline.
#[derive(Debug, Clone)]
pub struct RuleSpec {
    /// Its name.
    pub name: String,
    /// The milestone that is to be reached, or [`DURATION`].
    pub milestone: String,
    /// In that time, microseconds.
    pub limit: i64,
    /// The calendar that says what counts as time; all of it where this is `None`.
    pub calendar: Option<String>,
    /// Activities after which the clock stands still.
    pub pauses: Vec<String>,
    /// Only cases that meet all these filters.
    pub when: Vec<String>,
    /// How bad a breach is, in the words of whom it hurts; may be empty.
    pub severity: String,
    /// The share of the limit from which on an open case is at risk.
    pub warn: f64,
}

/// When a case is over.
#[derive(Debug, Clone, Default)]
pub struct CaseEnds {
    /// Activities that end a case; guessed from their names where this is `None`.
    pub activities: Option<Vec<String>>,
    /// A case in which nothing happened for longer than this is over, too; microseconds.
    pub idle: Option<i64>,
}
