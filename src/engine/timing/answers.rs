//! How the cases of a selection stand to what was defined: answers in plain data.

use super::DURATION;
use super::RuleSpec;
use super::ready::{bound, codes};
use crate::engine::analysis::{Prepared, Selected};
use crate::engine::answer::{seconds, stats};
use crate::engine::{AskError, Cancel, Stats};
use crate::event_log::NO_INSTANT;
use crate::index::CaseSet;
use crate::metrics::deadlines::{Rule, State, Verdict};
use crate::metrics::milestones::{Milestone, Point};
use crate::metrics::quantile;
use rayon::prelude::*;
use std::sync::Arc;

/// A milestone of a selection.
#[derive(Debug, Clone, PartialEq)]
pub struct MilestoneRow {
    /// Its name.
    pub name: String,
    /// How it is defined.
    pub definition: String,
    /// Its calendar.
    pub calendar: Option<String>,
    /// Selected cases that do not have it.
    pub unknown: u64,
    /// Its durations; `None` where no case has it.
    pub duration: Option<Stats>,
    /// Their 99th percentile, seconds.
    pub p99: Option<f64>,
}

/// How the selected cases stand to all deadlines.
#[derive(Debug, Clone, PartialEq)]
pub struct Deadlines {
    /// Up to when open cases were looked at, microseconds; `None` for a log without events.
    pub now: Option<i64>,
    /// Activities that end a case, by name.
    pub ends: Vec<Arc<str>>,
    /// Whether these were guessed from their names.
    pub guessed: bool,
    /// Selected cases that are open.
    pub open: u64,
    /// Every rule, in the order of their definition.
    pub rules: Vec<RuleRow>,
}

/// How cases stand to one deadline.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleRow {
    /// Its name.
    pub name: String,
    /// Its severity.
    pub severity: String,
    /// Its limit, seconds.
    pub limit: f64,
    /// Its calendar.
    pub calendar: Option<String>,
    /// Cases by state, in the order of [`State::ALL`].
    pub states: [u64; 6],
    /// Cases that break it, worst first: most time over the limit, then case id; as many as were
    /// asked for.
    pub breaches: Vec<Breach>,
    /// Open cases whose time is running out: those first that have least left.
    pub at_risk: Vec<Breach>,
}

impl Deadlines {
    /// How many cases are open, and what ends one: a sentence with names of the log.
    pub fn open_in_words(&self) -> String {
        let open = match self.open {
            1 => "1 case is open".to_owned(),
            n => format!("{n} cases are open"),
        };
        let ends: Vec<&str> = self.ends.iter().map(|name| &**name).collect();
        let guessed = if self.guessed { " (guessed)" } else { "" };
        match ends.as_slice() {
            [] => format!("{open}; no activity ends a case"),
            ends => format!("{open}; cases end with {}{guessed}", ends.join(", ")),
        }
    }
}

impl RuleRow {
    /// Cases in a state.
    pub fn n(&self, state: State) -> u64 {
        let at = State::ALL.iter().position(|s| *s == state);
        at.map_or(0, |at| self.states[at])
    }

    /// Cases that break it, reached too late or not reached in time.
    pub fn broken(&self) -> u64 {
        self.n(State::Broken) + self.n(State::Overdue)
    }

    /// Share of the cases that break it among those whose fate is known: kept, broken, overdue.
    pub fn rate(&self) -> Option<f64> {
        let known = self.n(State::Kept) + self.broken();
        (known > 0).then(|| self.broken() as f64 / known as f64)
    }
}

/// A case that breaks a deadline, or is about to.
#[derive(Debug, Clone, PartialEq)]
pub struct Breach {
    /// Its id.
    pub case: String,
    /// How it stands.
    pub state: State,
    /// Whether it is still open.
    pub open: bool,
    /// Time that has counted, seconds.
    pub elapsed: f64,
    /// Since when, microseconds.
    pub since: i64,
    /// When the limit is over, or was, for an open case whose clock runs; microseconds.
    pub due: Option<i64>,
    /// Its last activity.
    pub last: Arc<str>,
    /// When that was, microseconds.
    pub last_at: i64,
}

/// The durations of all milestones.
pub fn milestones(selected: &Selected) -> Vec<MilestoneRow> {
    let (prepared, selection) = (&selected.prepared, selected.selection());
    let named = prepared.timed.timing.milestones.iter();
    let rows = named.zip(&prepared.log.case_times).map(|(named, time)| {
        let mut known = Vec::new();
        let mut unknown = 0;
        selection.for_each_case(|case| match time.values[case] {
            NO_INSTANT => unknown += 1,
            duration => known.push(duration),
        });
        known.par_sort_unstable();
        let nth = |k: u64| known[k as usize];
        let n = known.len() as u64;
        MilestoneRow {
            name: named.name.clone(),
            definition: named.milestone.to_string(),
            calendar: named.calendar.clone(),
            unknown,
            duration: quantile::of_sorted(&known).map(stats),
            p99: (n > 0).then(|| quantile::type7(n, 0.99, nth) / 1e6),
        }
    });
    rows.collect()
}

/// How the selected cases stand to all deadlines; of each the `named` worst cases.
pub fn deadlines(
    selected: &Selected,
    tz: chrono_tz::Tz,
    named: usize,
    cancel: &Cancel,
) -> Result<Deadlines, AskError> {
    let (prepared, selection) = (&selected.prepared, selected.selection());
    let (log, index, timed) = (&prepared.log, &prepared.index, &prepared.timed);
    let now = timed.timing.now;
    let ends = timed.ends(log);
    let at = now.unwrap_or(0);
    let open = CaseSet::from_fn(log.n_cases(), |case| {
        selection.contains(case) && ends.is_open(log, index, case, at)
    });
    let mut rules = Vec::new();
    for spec in &timed.timing.rules {
        cancel.check()?;
        rules.push(rule(prepared, spec, (at, &open), tz, named, |case| {
            selection.contains(case)
        })?);
    }
    let is_end = |&(code, _): &(usize, &Arc<str>)| ends.activities[code];
    let names = prepared.names.iter().enumerate().filter(is_end);
    Ok(Deadlines {
        now,
        ends: names.map(|(_, name)| Arc::clone(name)).collect(),
        guessed: timed.timing.ends.activities.is_none(),
        open: open.count() as u64,
        rules,
    })
}

fn rule(
    prepared: &Prepared,
    spec: &RuleSpec,
    (now, open): (i64, &CaseSet),
    tz: chrono_tz::Tz,
    named: usize,
    is_selected: impl Fn(usize) -> bool + Sync,
) -> Result<RuleRow, AskError> {
    let (log, index, timed) = (&prepared.log, &prepared.index, &prepared.timed);
    let milestones = &timed.timing.milestones;
    let milestone = milestones.iter().find(|m| m.name == spec.milestone);
    let milestone = match milestone {
        Some(named) => bound(&named.milestone, log).0,
        None if spec.milestone == DURATION => Milestone {
            from: Point::Start,
            to: Point::End,
        },
        None => {
            let message = format!("a rule of the milestone {:?}", spec.milestone);
            return Err(AskError::Internal(message));
        }
    };
    let rule = Rule {
        milestone,
        limit: spec.limit,
        hours: timed.hours(prepared, spec.calendar.as_deref(), tz)?,
        pauses: codes(spec.pauses.iter().map(String::as_str), log, &mut Vec::new()),
        warn: spec.warn,
    };
    let when = spec.when.iter().map(|text| prepared.cases(text, tz));
    let when = when.collect::<Result<Vec<_>, _>>()?;
    let verdict = |case: usize| {
        let meant = is_selected(case) && when.iter().all(|when| when.contains(case));
        let verdict = || rule.verdict((log, index), case, (now, open.contains(case)));
        meant.then(verdict).flatten().map(|verdict| (case, verdict))
    };
    let found: Vec<(usize, Verdict)> = (0..log.n_cases())
        .into_par_iter()
        .filter_map(verdict)
        .collect();
    let count = |state| found.iter().filter(|(_, v)| v.state == state).count() as u64;
    let rank = prepared.case_rank();
    let list = |meant: fn(State) -> bool| {
        let mut cases: Vec<&(usize, Verdict)> = found.iter().filter(|f| meant(f.1.state)).collect();
        cases.sort_by_key(|(case, v)| (std::cmp::Reverse(v.elapsed), rank[*case]));
        let rows = cases.iter().take(named);
        rows.map(|(case, v)| breach(prepared, *case, v, open))
            .collect()
    };
    Ok(RuleRow {
        name: spec.name.clone(),
        severity: spec.severity.clone(),
        limit: seconds(spec.limit),
        calendar: spec.calendar.clone(),
        states: State::ALL.map(count),
        breaches: list(State::is_breach),
        at_risk: list(|state| state == State::AtRisk),
    })
}

fn breach(prepared: &Prepared, case: usize, verdict: &Verdict, open: &CaseSet) -> Breach {
    let log = &prepared.log;
    let last = log.events_of(case).end - 1;
    Breach {
        case: log.case_ids.get(case as u32).to_owned(),
        state: verdict.state,
        open: open.contains(case),
        elapsed: seconds(verdict.elapsed),
        since: verdict.since,
        due: verdict.due,
        last: Arc::clone(&prepared.names[log.activity.get(last) as usize]),
        last_at: log.time[last],
    }
}
