//! How the cases of a selection stand to what was defined: answers in plain data.

use super::DURATION;
use super::RuleSpec;
use super::ready::{bound, codes};
use crate::engine::analysis::Selected;
use crate::engine::answer::{seconds, stats};
use crate::engine::prepared::Prepared;
use crate::engine::timelines::{self, Ending};
use crate::engine::triage::Due;
use crate::engine::{AskError, Cancel, FilterError, Stats};
use crate::event_log::{Codes, Column, ColumnData, Level, NO_INSTANT};
use crate::index::CaseSet;
use crate::metrics::bins::TimeAxis;
use crate::metrics::deadlines::{Rule, State, Verdict};
use crate::metrics::milestones::{Milestone, Point};
use crate::metrics::{Selection, quantile, summary};
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
}

/// How the selected cases stand to all deadlines.
#[derive(Debug, Clone, PartialEq)]
pub struct Deadlines {
    /// Up to when open cases were looked at, microseconds; `None` for a log without events.
    pub now: Option<i64>,
    /// Which cases are open, and how that is known.
    pub ending: Ending,
    /// Every rule, in the order of their definition.
    pub rules: Vec<RuleRow>,
    /// What a bin of [`RuleRow::over_time`] spans, in words.
    pub unit: String,
    /// Where the last bin ends.
    pub end: i64,
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
    /// Cases by the time at which their clock began.
    pub over_time: Vec<RuleBin>,
}

/// Cases whose clock began in a bin of time, which ends where the next one begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RuleBin {
    /// Its first instant.
    pub start: i64,
    /// Cases whose fate is known: kept, broken, overdue.
    pub known: u64,
    /// Those that break the rule.
    pub broken: u64,
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
        MilestoneRow {
            name: named.name.clone(),
            definition: named.milestone.to_string(),
            calendar: named.calendar.clone(),
            unknown,
            duration: quantile::of_sorted(&known).map(stats),
        }
    });
    rows.collect()
}

/// How the selected cases stand to all deadlines; of each the `named` worst cases, and so many bins of
/// time at most.
pub fn deadlines(
    selected: &Selected,
    tz: chrono_tz::Tz,
    (named, time_bins): (usize, usize),
    cancel: &Cancel,
) -> Result<Deadlines, AskError> {
    let (prepared, selection) = (&selected.prepared, selected.selection());
    let timed = &prepared.timed;
    let now = timed.timing.now;
    let at = now.unwrap_or(0);
    let open = selected.open();
    let (first, last) = summary::span(&selection).unwrap_or((0, 0));
    let axis = TimeAxis::over(first, last, time_bins);
    let mut rules = Vec::new();
    for spec in &timed.timing.rules {
        cancel.check()?;
        let found = verdicts(&selection, prepared, spec, (at, &open), tz)?;
        rules.push(rule(prepared, spec, &found, (named, &open), &axis));
    }
    Ok(Deadlines {
        now,
        ending: timelines::ending(selected),
        rules,
        unit: axis.unit.to_owned(),
        end: axis.bounds[axis.n_bins()],
    })
}

/// A rule made ready for a log, and the sets of cases that its conditions leave.
type ReadyRule<'a> = (Rule<'a>, Vec<Arc<CaseSet>>);

fn ready<'a>(
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
        hours: timed.hours(prepared, spec.calendar.as_deref(), tz)?,
        pauses: codes(spec.pauses.iter().map(String::as_str), log, &mut Vec::new()),
        warn: spec.warn,
    };
    let when = spec.when.iter().map(|text| prepared.meeting(text, tz));
    Ok((rule, when.collect::<Result<_, _>>()?))
}

/// How every case of a log stands to every rule: a column of cases of the rule's name, its values
/// being the words of [`State`]. Filters thus know deadlines as they know any attribute.
pub fn states(prepared: &Prepared, tz: chrono_tz::Tz) -> Result<Vec<Column>, FilterError> {
    let (log, index, now) = (&prepared.log, &prepared.index, prepared.now());
    let ends = prepared.timed.ends(log);
    let words = || std::iter::once("").chain(State::ALL.map(State::word));
    let rules = prepared.timed.timing.rules.iter().map(|spec| {
        let (rule, when) = ready(prepared, spec, tz)?;
        let code = |case: usize| {
            if !when.iter().all(|when| when.contains(case)) {
                return 0;
            }
            let open = ends.is_open(log, index, case, now);
            let verdict = rule.verdict((log, index), case, (now, open));
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

/// The deadline of each open case that is next, or that it is most over.
pub fn due(
    selected: &Selected,
    tz: chrono_tz::Tz,
    cancel: &Cancel,
) -> Result<hashbrown::HashMap<usize, Due>, AskError> {
    let (prepared, selection) = (&selected.prepared, selected.selection());
    let (open, now) = (selected.open(), prepared.now());
    let mut dues: hashbrown::HashMap<usize, Due> = hashbrown::HashMap::new();
    for spec in &prepared.timed.timing.rules {
        cancel.check()?;
        for (case, verdict) in verdicts(&selection, prepared, spec, (now, &open), tz)? {
            let pending = [State::Overdue, State::AtRisk, State::Running];
            if !pending.contains(&verdict.state) {
                continue;
            }
            let due = Due {
                rule: spec.name.clone(),
                state: verdict.state,
                over: seconds(verdict.elapsed) - seconds(spec.limit),
                at: verdict.due,
            };
            // Of several the one that is most over, or has least time left.
            match dues.entry(case) {
                hashbrown::hash_map::Entry::Occupied(mut known) => {
                    if due.over > known.get().over {
                        known.insert(due);
                    }
                }
                hashbrown::hash_map::Entry::Vacant(none) => {
                    none.insert(due);
                }
            }
        }
    }
    Ok(dues)
}

/// How the selected cases stand to a rule, those that it is for.
pub fn verdicts(
    selection: &Selection<'_>,
    prepared: &Prepared,
    spec: &RuleSpec,
    (now, open): (i64, &CaseSet),
    tz: chrono_tz::Tz,
) -> Result<Vec<(usize, Verdict)>, AskError> {
    let (log, index) = (&prepared.log, &prepared.index);
    let (rule, when) = ready(prepared, spec, tz)?;
    let verdict = |case: usize| {
        let meant = selection.contains(case) && when.iter().all(|when| when.contains(case));
        let verdict = || rule.verdict((log, index), case, (now, open.contains(case)));
        meant.then(verdict).flatten().map(|verdict| (case, verdict))
    };
    let cases = (0..log.n_cases()).into_par_iter();
    Ok(cases.filter_map(verdict).collect())
}

/// The breaches of all rules by selected cases: case, start of the clock, and until when it ran.
pub fn breaches(
    selected: &Selected,
    tz: chrono_tz::Tz,
    cancel: &Cancel,
) -> Result<Vec<(usize, i64, i64)>, AskError> {
    let (prepared, selection) = (&selected.prepared, selected.selection());
    let (open, now) = (selected.open(), prepared.now());
    let mut breaches = Vec::new();
    for spec in &prepared.timed.timing.rules {
        cancel.check()?;
        let found = verdicts(&selection, prepared, spec, (now, &open), tz)?;
        let broken = found
            .iter()
            .filter(|(_, verdict)| verdict.state.is_breach());
        breaches.extend(broken.map(|(case, verdict)| (*case, verdict.since, verdict.until)));
    }
    Ok(breaches)
}

fn rule(
    prepared: &Prepared,
    spec: &RuleSpec,
    found: &[(usize, Verdict)],
    (named, open): (usize, &CaseSet),
    axis: &TimeAxis,
) -> RuleRow {
    let count = |state| found.iter().filter(|(_, v)| v.state == state).count() as u64;
    let rank = prepared.case_rank();
    let list = |meant: fn(State) -> bool| {
        let mut cases: Vec<&(usize, Verdict)> = found.iter().filter(|f| meant(f.1.state)).collect();
        cases.sort_by_key(|(case, v)| (std::cmp::Reverse(v.elapsed), rank[*case]));
        let rows = cases.iter().take(named);
        rows.map(|(case, v)| breach(prepared, *case, v, open))
            .collect()
    };
    let finder = axis.finder();
    let mut over_time: Vec<RuleBin> = axis.bounds[..axis.n_bins()]
        .iter()
        .map(|&start| RuleBin {
            start,
            known: 0,
            broken: 0,
        })
        .collect();
    for (_, verdict) in found {
        let bin = &mut over_time[finder.bin(verdict.since)];
        bin.known += u64::from(verdict.state.is_breach() || verdict.state == State::Kept);
        bin.broken += u64::from(verdict.state.is_breach());
    }
    RuleRow {
        over_time,
        name: spec.name.clone(),
        severity: spec.severity.clone(),
        limit: seconds(spec.limit),
        calendar: spec.calendar.clone(),
        states: State::ALL.map(count),
        breaches: list(State::is_breach),
        at_risk: list(|state| state == State::AtRisk),
    }
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
