//! Milestones, calendars and deadlines: what was defined for a log, made ready for it, and how its
//! cases stand. Where the definitions were written is not known here.

use super::Stats;
use super::analysis::{Prepared, Selected};
use super::answer::{seconds, stats};
use super::{AskError, Cancel, ready_made};
use crate::event_log::{CaseTime, EventLog, NO_INSTANT};
use crate::filter;
use crate::index::{CaseSet, Index};
use crate::metrics::calendar::{Calendar, WorkTime};
use crate::metrics::deadlines::{Ends, Rule, State, Verdict};
use crate::metrics::milestones::{Milestone, Point};
use crate::metrics::quantile;
use rayon::prelude::*;
use std::sync::Arc;

/// What was defined: names are those of the definitions, activities those that a log may have.
#[derive(Debug, Clone, Default)]
pub struct Timing {
    /// Milestones in the order in which they are told.
    pub milestones: Vec<NamedMilestone>,
    /// Whether those are added that the names of activities tell, unless they are defined.
    pub ready_made: bool,
    /// Calendars by name.
    pub calendars: Vec<(String, Calendar)>,
    /// Deadlines in the order in which they are told.
    pub rules: Vec<RuleSpec>,
    /// When a case is over.
    pub ends: CaseEnds,
    /// The instant up to which open cases are looked at, microseconds; the log's last where `None`.
    pub now: Option<i64>,
}

impl Timing {
    /// Whether nothing is defined.
    pub(super) fn is_empty(&self) -> bool {
        let known = self.ends.activities.is_some() || self.ends.idle.is_some();
        self.milestones.is_empty() && self.rules.is_empty() && !known && self.now.is_none()
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

/// A deadline.
#[derive(Debug, Clone)]
pub struct RuleSpec {
    /// Its name.
    pub name: String,
    /// The milestone that is to be reached.
    pub milestone: String,
    /// In that time, microseconds.
    pub limit: i64,
    /// The calendar that says what counts as time; all of it where this is `None`.
    pub calendar: Option<String>,
    /// Activities after which the clock stands still.
    pub pauses: Vec<String>,
    /// Only cases that meet this filter.
    pub when: Option<String>,
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

/// The definitions, made ready for a log: calendars reach over its span.
#[derive(Debug, Default)]
pub(super) struct Timed {
    timing: Timing,
    /// In the order of the calendars.
    work: Vec<WorkTime>,
}

/// Deadlines are told for so long after the end of the log, microseconds.
const AHEAD: i64 = 400 * 86_400_000_000;

/// Parts of names that tell that an activity ends a case.
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
        timing.now = timing.now.or(span.map(|(_, last)| last));
        let (first, last) = span.unwrap_or((0, 0));
        let last = last.max(timing.now.unwrap_or(last)).saturating_add(AHEAD);
        let calendars = timing.calendars.par_iter();
        Timed {
            work: calendars.map(|(_, c)| c.work(first, last)).collect(),
            timing,
        }
    }

    /// Adds the durations of all milestones to a log.
    pub fn define(&self, log: &mut EventLog, index: &Index) {
        let times = self.timing.milestones.iter().map(|named| {
            let (milestone, _) = bound(&named.milestone, log);
            let work = self.work(named.calendar.as_deref());
            CaseTime {
                name: named.name.clone(),
                values: milestone.durations(log, index, |_| work).into(),
            }
        });
        log.case_times = times.collect();
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

    fn work(&self, calendar: Option<&str>) -> Option<&WorkTime> {
        let calendars = self.timing.calendars.iter();
        let at = calendars
            .map(|(name, _)| name.as_str())
            .position(|name| Some(name) == calendar)?;
        self.work.get(at)
    }

    /// The instant up to which open cases are looked at, where one is known.
    pub fn now(&self) -> Option<i64> {
        self.timing.now
    }

    /// Whether what ends a case was guessed from the names of activities.
    pub fn guesses_ends(&self) -> bool {
        self.timing.ends.activities.is_none()
    }

    /// The deadlines, in the order of their definition.
    pub fn rules(&self) -> &[RuleSpec] {
        &self.timing.rules
    }

    /// What ends a case of a log.
    pub fn ends(&self, log: &EventLog) -> Ends {
        let is_end = |name: &str| match &self.timing.ends.activities {
            Some(names) => names.iter().any(|n| n == name),
            None => sounds_like_an_end(name),
        };
        Ends {
            activities: log.activities.iter().map(is_end).collect(),
            idle: self.timing.ends.idle,
        }
    }
}

/// Whether a word of a name begins as one that ends a case.
fn sounds_like_an_end(name: &str) -> bool {
    let name = name.to_lowercase();
    let mut words = name.split(|c: char| !c.is_alphanumeric());
    words.any(|word| ENDINGS.iter().any(|end| word.starts_with(end)))
}

/// A milestone in the codes of a log, and the activities that the log does not have.
fn bound(milestone: &filter::Milestone, log: &EventLog) -> (Milestone, Vec<String>) {
    let mut missing = Vec::new();
    let mut point = |point: &filter::Point| {
        let names = point.activities().iter().map(|a| a.node.as_str());
        let meant = codes(names, log, &mut missing);
        match point {
            filter::Point::Start => Point::Start,
            filter::Point::End => Point::End,
            filter::Point::First(_) => Point::First(meant),
            filter::Point::Last(_) => Point::Last(meant),
        }
    };
    let milestone = Milestone {
        from: point(&milestone.from),
        to: point(&milestone.to),
    };
    (milestone, missing)
}

/// Which activities are meant, by code.
fn codes<'a>(
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

pub(super) fn milestones(selected: &Selected) -> Vec<MilestoneRow> {
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
pub(super) fn deadlines(
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

/// How the selected cases stand to a deadline that have its anchor, ascending.
pub(super) fn verdicts(
    prepared: &Prepared,
    spec: &RuleSpec,
    (now, open): (i64, &CaseSet),
    tz: chrono_tz::Tz,
    is_selected: impl Fn(usize) -> bool + Sync,
) -> Result<Vec<(usize, Verdict)>, AskError> {
    let (log, index, timed) = (&prepared.log, &prepared.index, &prepared.timed);
    let milestones = &timed.timing.milestones;
    let milestone = milestones.iter().find(|m| m.name == spec.milestone);
    let milestone = milestone.ok_or_else(|| {
        AskError::Internal(format!("a rule of the milestone {:?}", spec.milestone))
    })?;
    let (milestone, mut missing) = bound(&milestone.milestone, log);
    let rule = Rule {
        milestone,
        limit: spec.limit,
        work: timed.work(spec.calendar.as_deref()),
        pauses: codes(spec.pauses.iter().map(String::as_str), log, &mut missing),
        warn: spec.warn,
    };
    let when = spec.when.as_deref().map(|text| prepared.cases(text, tz));
    let when = when.transpose()?;
    let verdict = |case: usize| {
        let meant = is_selected(case) && when.as_ref().is_none_or(|when| when.contains(case));
        let verdict = || rule.verdict((log, index), case, (now, open.contains(case)));
        meant.then(verdict).flatten().map(|verdict| (case, verdict))
    };
    let cases = (0..log.n_cases()).into_par_iter();
    Ok(cases.filter_map(verdict).collect())
}

fn rule(
    prepared: &Prepared,
    spec: &RuleSpec,
    (now, open): (i64, &CaseSet),
    tz: chrono_tz::Tz,
    named: usize,
    is_selected: impl Fn(usize) -> bool + Sync,
) -> Result<RuleRow, AskError> {
    let found = verdicts(prepared, spec, (now, open), tz, is_selected)?;
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
