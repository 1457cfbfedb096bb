//! Definitions applied to a log: calendars as hours of its cases, milestones as durations, deadlines as
//! verdicts on its cases.

use super::condition::Condition;
use super::conform_rules::ConformRule;
use super::definitions::{
    BY_CASE, DURATION, NamedMilestone, NamedOutcome, RuleSpec, Timed, Timing, bound, codes,
};
use super::judged;
use super::prepared::{Prepared, columns};
use super::view::{AskError, FilterError};
use crate::event_log::{
    Buffer, Cancel, CaseTime, Clock, Codes, Column, ColumnData, EventLog, Level, NO_INSTANT,
    Progress,
};
use crate::index::CaseSet;
use crate::metrics::Selection;
use crate::metrics::calendar::Hours;
use crate::metrics::deadlines::{Rule, State, Verdict};
use crate::metrics::milestones::{Milestone, Point};
use rayon::prelude::*;
use std::ops::Range;
use std::sync::Arc;

impl Prepared {
    /// Adds the definitions: durations of milestones, the state of each case under each deadline as a
    /// column of the deadline's name, its cost, and its outcomes as columns of theirs. An outcome may use
    /// everything that is defined before it.
    ///
    /// # Errors
    /// A condition of a calendar, a rule or an outcome is no filter of this log.
    pub fn timed(mut self, timing: Timing, tz: chrono_tz::Tz) -> Result<Self, FilterError> {
        let timed = Arc::new(Timed::new(timing, self.span()));
        self.timed = Arc::clone(&timed);
        // A log that was derived from one with such columns has old ones.
        self.log.define_columns(Vec::new());
        self.log.case_times = self.milestone_durations(&Hours::Always, tz)?;
        if timed.timing.usual_calendar() == Some(BY_CASE) {
            // So that a wrong condition of a calendar is an error now, not when it is first used.
            self.calendar_hours(Some(BY_CASE), tz)?;
        }
        let mut defined = states(&self, tz)?;
        if !timed.timing.conform_rules.is_empty() {
            // Their conditions may be of deadlines.
            self.log.define_columns(defined);
            let rules = judged::columns(&self, tz)?;
            defined = self.log.take_defined_columns();
            defined.extend(rules);
        }
        defined.extend(self.cost_columns(&late_times(&self, tz)?)?);
        for outcome in &timed.timing.outcomes {
            // Outcomes may be of deadlines and of outcomes before them, which must be columns by
            // then.
            self.log.define_columns(defined);
            let column = outcome_column(&self, outcome, tz);
            let line = outcome.filter.line;
            let column = column.map_err(|e| e.within("outcome", &outcome.name, line))?;
            defined = self.log.take_defined_columns();
            defined.push(column);
        }
        self.log.define_columns(defined);
        // A name may mean more now than when a condition was evaluated.
        self.filters.clear();
        self.columns = columns(&self.log);
        Ok(self)
    }

    /// Returns the log with all durations measured by a calendar.
    pub fn by_calendar(
        self: &Arc<Self>,
        calendar: &str,
        tz: chrono_tz::Tz,
        cancel: &Cancel,
    ) -> Result<Prepared, AskError> {
        let hours = self.calendar_hours(Some(calendar), tz)?;
        let mut log = self.log.clone();
        log.case_times = self.milestone_durations(&hours, tz)?;
        log.clock = Some(clock(&log, &hours));
        let index = self.index.by_clock_of(&log, &Progress::of(cancel))?;
        let mut prepared = Prepared {
            timed: Arc::clone(&self.timed),
            calendar: Some(calendar.to_owned()),
            by_clock: Some(Arc::clone(self)),
            ..Prepared::indexed(log, index)
        };
        // The hours of service are those of the calendar, which what they cost follows.
        let costs = prepared.cost_columns(&late_times(self, tz)?)?;
        let mut defined = prepared.log.take_defined_columns();
        let at = prepared.timed.timing.n_rules();
        defined.splice(at..at + costs.len(), costs);
        prepared.log.define_columns(defined);
        Ok(prepared)
    }

    /// Returns the working hours of each case by the calendar of the view.
    pub fn hours(&self, tz: chrono_tz::Tz) -> Result<Hours<'_>, FilterError> {
        self.calendar_hours(self.calendar.as_deref(), tz)
    }

    /// Returns open cases with their age: the time since their start by the calendar of the log, in
    /// microseconds.
    pub fn ages(
        &self,
        open: &CaseSet,
        tz: chrono_tz::Tz,
    ) -> Result<Vec<(usize, i64)>, FilterError> {
        let hours = self.hours(tz)?;
        let now = self.now();
        let age = |case: usize| {
            let start = self.index.case_start[case];
            hours.between(case, start, now)
        };
        Ok(open.iter().map(|case| (case, age(case))).collect())
    }

    /// Returns the durations of all milestones, by the hours of their own calendar or by `usual`. An open
    /// case has not reached its end.
    fn milestone_durations(
        &self,
        usual: &Hours<'_>,
        tz: chrono_tz::Tz,
    ) -> Result<Vec<CaseTime>, FilterError> {
        let (log, index) = (&self.log, &self.index);
        let times = self.timed.timing.milestones.iter().map(|named| {
            let (milestone, _) = bound(&named.milestone, log);
            let own = named.calendar.as_deref();
            let own = own
                .map(|name| self.calendar_hours(Some(name), tz))
                .transpose()?;
            let hours = own.as_ref().unwrap_or(usual);
            let mut values = milestone.durations(log, index, |case| hours.of(case));
            if milestone.to == Point::End {
                for case in self.open().iter() {
                    values[case] = NO_INSTANT;
                }
            }
            Ok(CaseTime {
                name: named.name.clone(),
                values: values.into(),
            })
        });
        times.collect()
    }

    /// Returns when each of these cases reached a milestone, and how long that took: case, duration and
    /// instant, microseconds. An open case has not reached its end.
    pub fn reached(
        &self,
        named: &NamedMilestone,
        cases: Range<usize>,
        is_open: impl Fn(usize) -> bool + Sync,
        tz: chrono_tz::Tz,
    ) -> Result<Vec<(usize, i64, i64)>, FilterError> {
        let (log, index) = (&self.log, &self.index);
        let (milestone, _) = bound(&named.milestone, log);
        let own = named.calendar.as_deref().or(self.calendar.as_deref());
        let hours = self.calendar_hours(own, tz)?;
        let is_meant = |case: &usize| milestone.to != Point::End || !is_open(*case);
        let reached = |case: usize| {
            let (duration, at) = milestone.measured(log, index, case, hours.of(case))?;
            Some((case, duration, at))
        };
        let cases = cases.into_par_iter().filter(is_meant);
        Ok(cases.filter_map(reached).collect())
    }

    /// Returns the working hours of each case by the calendar of that name; all time where no name is
    /// given.
    ///
    /// # Errors
    /// There is no such calendar, or a condition of one is no filter of this log.
    pub fn calendar_hours(
        &self,
        calendar: Option<&str>,
        tz: chrono_tz::Tz,
    ) -> Result<Hours<'_>, FilterError> {
        let calendars = &self.timed.timing.calendars;
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
            return Ok(Hours::One(&self.timed.work[at]));
        }
        let conditions = calendars.iter().map(|c| (&c.name, c.when.as_ref()));
        let meeting: Vec<Option<Arc<CaseSet>>> = conditions
            .map(|(name, when)| {
                let meeting = |when: &Condition| {
                    let cases = self.meeting(&when.filter, tz);
                    cases.map_err(|e| e.within("calendar", name, when.line))
                };
                when.map(meeting).transpose()
            })
            .collect::<Result<_, FilterError>>()?;
        let default = calendars
            .iter()
            // A calendar given on the spot is for all durations, not a default for some cases.
            .position(|c| c.when.is_none() && !c.on_the_spot);
        let choice = |case: usize| {
            let meets =
                |cases: &Option<Arc<CaseSet>>| cases.as_ref().is_some_and(|c| c.contains(case));
            let chosen = meeting.iter().position(meets).or(default)?;
            u16::try_from(chosen).ok()
        };
        let n_cases = self.log.n_cases();
        Ok(Hours::ByCase {
            work: &self.timed.work,
            of: (0..n_cases).into_par_iter().map(choice).collect(),
        })
    }
}

/// The readings of working hours at all instants of a log.
pub fn clock(log: &EventLog, hours: &Hours<'_>) -> Clock {
    // Readings are written in place, a piece for each case, so that cases are done in parallel.
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
                // All time counts: the instants are the readings.
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

/// A rule bound to a log.
pub(super) struct ReadyRule<'a> {
    /// Limit, milestone and clock.
    pub rule: Rule<'a>,
    /// Cases that meet each condition.
    when: Vec<Arc<CaseSet>>,
}

impl ReadyRule<'_> {
    /// Tests whether the rule is for a case.
    pub fn is_for(&self, case: usize) -> bool {
        self.when.iter().all(|when| when.contains(case))
    }

    /// Returns how a case of the log stands to the rule at `now`; `None` where the rule is not for it.
    pub fn verdict(
        &self,
        prepared: &Prepared,
        case: usize,
        now: i64,
        open: bool,
    ) -> Option<Verdict> {
        let verdict = || (self.rule).verdict((&prepared.log, &prepared.index), case, (now, open));
        self.is_for(case).then(verdict).flatten()
    }
}

/// Binds a rule to a log.
///
/// # Errors
/// A condition of the rule or its calendar is no filter of this log.
pub(super) fn ready<'a>(
    prepared: &'a Prepared,
    spec: &RuleSpec,
    tz: chrono_tz::Tz,
) -> Result<ReadyRule<'a>, FilterError> {
    let (log, timed) = (&prepared.log, &prepared.timed);
    let milestones = &timed.timing.milestones;
    let milestone = milestones.iter().find(|m| m.name == spec.milestone);
    let milestone = match milestone {
        Some(named) => bound(&named.milestone, log).0,
        None if spec.milestone == DURATION => Milestone {
            from: Point::Start,
            to: Point::End,
        },
        None => {
            return Err(FilterError {
                text: spec.milestone.clone(),
                span: 0..spec.milestone.len(),
                message: format!("no milestone is called {:?}", spec.milestone),
            });
        }
    };
    let rule = Rule {
        milestone,
        limit: spec.limit,
        hours: prepared.calendar_hours(spec.calendar.as_deref(), tz)?,
        pauses: codes(spec.pauses.iter().map(String::as_str), log, &mut Vec::new()),
        warn: spec.warn,
    };
    let when = spec.when.iter().map(|when| {
        let cases = prepared.meeting(&when.filter, tz);
        cases.map_err(|e| e.within("rule", &spec.name, when.line))
    });
    Ok(ReadyRule {
        rule,
        when: when.collect::<Result<_, _>>()?,
    })
}

/// How every case of a log stands to every rule: a column of cases of the rule's name, its values
/// being the words of [`State`]. Filters thus know deadlines as they know any attribute.
pub fn states(prepared: &Prepared, tz: chrono_tz::Tz) -> Result<Vec<Column>, FilterError> {
    let (log, now) = (&prepared.log, prepared.now());
    let words = || std::iter::once("").chain(State::ALL.map(State::word));
    let rules = prepared.timed.timing.rules.iter().map(|spec| {
        let rule = ready(prepared, spec, tz)?;
        let open = prepared.open();
        let code = |case: usize| {
            let verdict = rule.verdict(prepared, case, now, open.contains(case));
            verdict.map_or(0, |verdict| 1 + verdict.state as u32)
        };
        let codes: Vec<u32> = (0..log.n_cases()).into_par_iter().map(code).collect();
        Ok(Column {
            name: spec.name.clone(),
            level: Level::Case,
            data: ColumnData::Text(
                Codes::pack(codes.into_iter(), words().count()),
                words().collect(),
            ),
        })
    });
    rules.collect()
}

/// States of all cases under one rule, from the column that was made of it.
#[derive(Clone, Copy)]
pub struct RuleStates<'a> {
    codes: &'a Codes,
    /// States by code, from 1.
    states: &'static [State],
    /// State of an undecided case that is taken as over.
    ended: State,
}

impl RuleStates<'_> {
    /// State of a case; `None` for one that the rule is not for.
    pub fn of(self, case: usize) -> Option<State> {
        let code = self.codes.get(case) as usize;
        self.states.get(code.checked_sub(1)?).copied()
    }

    /// State of a case, of an open one as if it were over.
    pub fn of_ended(self, case: usize) -> Option<State> {
        Some(match self.of(case)? {
            State::Overdue => State::Broken,
            State::AtRisk | State::Running => self.ended,
            state => state,
        })
    }
}

impl Prepared {
    /// The states of the cases under each rule that is defined for the log, with its name: deadlines,
    /// then rules on the order of events.
    pub(super) fn all_states(&self) -> impl Iterator<Item = (&str, RuleStates<'_>)> {
        let timing = &self.timed.timing;
        let columns = &self.log.columns[self.log.defined_columns()];
        // The columns of rules are the first that are defined, in this order.
        let rules = timing.rule_names().zip(columns).enumerate();
        rules.filter_map(move |(at, (name, column))| {
            let ColumnData::Text(codes, _) = &column.data else {
                return None;
            };
            let (states, ended) = if at < timing.rules.len() {
                (&State::ALL[..], State::Missed)
            } else {
                (&ConformRule::STATES[..], State::Broken)
            };
            let states = RuleStates {
                codes,
                states,
                ended,
            };
            Some((name, states))
        })
    }

    /// The states of the cases under each deadline that is defined for the log.
    pub(super) fn deadline_states(&self) -> impl Iterator<Item = RuleStates<'_>> {
        let deadlines = self.all_states().take(self.timed.timing.rules.len());
        deadlines.map(|(_, states)| states)
    }

    /// The states of the cases under each rule on the order of events that is defined for the log.
    pub(super) fn conform_states(&self) -> impl Iterator<Item = RuleStates<'_>> {
        let rules = self.all_states().skip(self.timed.timing.rules.len());
        rules.map(|(_, states)| states)
    }
}

/// Returns the time of each case past its deadlines, of all of them together, by their clocks; nothing where
/// that has no price. Microseconds.
fn late_times(prepared: &Prepared, tz: chrono_tz::Tz) -> Result<Vec<i64>, FilterError> {
    let (log, now) = (&prepared.log, prepared.now());
    let timing = &prepared.timed.timing;
    let late_hour = timing.rates.as_ref().and_then(|rates| rates.late_hour);
    if late_hour.is_none() {
        return Ok(Vec::new());
    }
    let open = prepared.open();
    let rules = timing.rules.iter().map(|spec| ready(prepared, spec, tz));
    let rules: Vec<ReadyRule<'_>> = rules.collect::<Result<_, _>>()?;
    let late = |case: usize| {
        let open = open.contains(case);
        let verdicts = rules.iter();
        let verdicts =
            verdicts.filter_map(|rule| Some((rule, rule.verdict(prepared, case, now, open)?)));
        let broken = verdicts.filter(|(_, verdict)| verdict.state.is_breach());
        broken
            .map(|(rule, verdict)| verdict.elapsed - rule.rule.limit)
            .sum()
    };
    Ok((0..log.n_cases()).into_par_iter().map(late).collect())
}

/// Returns which cases have an outcome, as a column of cases of its name.
fn outcome_column(
    prepared: &Prepared,
    outcome: &NamedOutcome,
    tz: chrono_tz::Tz,
) -> Result<Column, FilterError> {
    let log = &prepared.log;
    let has = prepared.meeting(&outcome.filter.filter, tz)?;
    let open = prepared.open();
    let code = |case: usize| match has.contains(case) {
        true => 1,
        false if open.contains(case) => 0,
        false => 2,
    };
    let codes: Vec<u32> = (0..log.n_cases()).into_par_iter().map(code).collect();
    Ok(Column {
        name: outcome.name.clone(),
        level: Level::Case,
        data: ColumnData::Text(
            Codes::pack(codes.into_iter(), 3),
            ["", "true", "false"].into_iter().collect(),
        ),
    })
}

/// Returns how a case stands to a rule now; `None` where the rule is not for it.
///
/// # Errors
/// A condition of the rule or its calendar is no filter of this log.
pub fn verdict(
    prepared: &Prepared,
    spec: &RuleSpec,
    case: usize,
    tz: chrono_tz::Tz,
) -> Result<Option<Verdict>, FilterError> {
    let (now, open) = (prepared.now(), prepared.open().contains(case));
    Ok(ready(prepared, spec, tz)?.verdict(prepared, case, now, open))
}

/// How the selected cases stand to a rule, those that it is for.
pub fn verdicts(
    selection: &Selection<'_>,
    prepared: &Prepared,
    spec: &RuleSpec,
    (now, open): (i64, &CaseSet),
    tz: chrono_tz::Tz,
) -> Result<Vec<(usize, Verdict)>, AskError> {
    let rule = ready(prepared, spec, tz)?;
    let verdict = |case: usize| {
        let verdict = rule.verdict(prepared, case, now, open.contains(case));
        verdict.map(|verdict| (case, verdict))
    };
    let cases = (0..prepared.log.n_cases()).into_par_iter();
    let cases = cases.filter(|case| selection.contains(*case));
    Ok(cases.filter_map(verdict).collect())
}

/// The breaches of a rule by selected cases, as case and the event whose wait was the longest while the
/// clock of the rule ran. A breach whose longest wait still goes on has no such event, nor has one without
/// a wait.
pub fn longest_waits(
    selection: &Selection<'_>,
    prepared: &Prepared,
    spec: &RuleSpec,
    now: i64,
    open: &CaseSet,
    tz: chrono_tz::Tz,
) -> Result<Vec<(usize, usize)>, AskError> {
    let (log, index) = (&prepared.log, &prepared.index);
    let ReadyRule { rule, .. } = ready(prepared, spec, tz)?;
    let found = verdicts(selection, prepared, spec, (now, open), tz)?;
    let longest = |(case, verdict): (usize, Verdict)| {
        let counted = |from: i64, to: i64| {
            let (from, to) = (from.max(verdict.since), to.min(verdict.until));
            if from < to {
                rule.counted(log, case, from, to)
            } else {
                0
            }
        };
        let mut longest = (0, None);
        log.for_each_wait(case, |wait| {
            let length = counted(wait.ready, wait.begin);
            // A wait that ended after the milestone was reached did not delay it.
            if length > longest.0 && wait.begin <= verdict.until {
                longest = (length, Some(wait.event));
            }
        });
        let goes_on = verdict.state == State::Overdue
            && counted(index.case_end[case], verdict.until) > longest.0;
        longest.1.filter(|_| !goes_on).map(|event| (case, event))
    };
    let breaches = found.into_par_iter().filter(|(_, v)| v.state.is_breach());
    Ok(breaches.filter_map(longest).collect())
}
