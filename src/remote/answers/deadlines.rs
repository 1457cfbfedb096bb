//! States of cases under deadlines on their duration, and the cases that break them.

use super::{check_fields, order};
use crate::engine::{
    AskError, Breach, DEADLINES, Deadlines, DeadlinesQuery, Page, RuleBin, RuleRow, RuleSpec,
    State, View, seconds,
};
use crate::event_log::Cancel;
use crate::metrics::bins::TimeAxis;
use crate::remote::RemoteError;
use crate::remote::clock::bin_of;
use crate::remote::deadlines::{Judged, number};
use crate::remote::frame::Parts;
use crate::remote::log::RemoteLog;
use crate::remote::rows::Rows;
use std::sync::Arc;

/// States of cases whose fate is known.
const KNOWN: [State; 3] = [State::Kept, State::Broken, State::Overdue];
const BROKEN: [State; 2] = [State::Broken, State::Overdue];

/// Returns the deadlines with the cases that break them.
pub(in crate::remote) fn deadlines(
    log: &RemoteLog,
    view: &View,
    query: &DeadlinesQuery,
    cancel: &Cancel,
) -> Result<Deadlines, AskError> {
    check_fields(&query.cases)?;
    let judged = log.judged(view, query.open_ended, cancel)?;
    let asking = Asking { log, judged, query };
    let states = (0..log.timing.rules.len()).flat_map(|rule| {
        (0..State::ALL.len()).map(move |state| {
            format!(
                ", CAST(coalesce(sum(CASE WHEN s{rule} = {state} THEN 1 ELSE 0 END), 0) AS BIGINT)"
            )
        })
    });
    let answer = asking.ask(&format!(
        "SELECT min(t0), max(t1), CAST(coalesce(sum(is_open), 0) AS BIGINT){} FROM judged",
        states.collect::<String>()
    ))?;
    let row = answer.only()?;
    let (first, last) = row.int(0)?.zip(row.int(1)?).unwrap_or((0, 0));
    let now = asking.judged.ends.until;
    // Open cases may be due after the last event of the selection.
    let axis = TimeAxis::over(first, last.max(now), query.time_bins, log.info.zone);
    let mut rules = Vec::new();
    for (rule, spec) in log.timing.rules.iter().enumerate() {
        let mut states = [0; State::ALL.len()];
        for (state, count) in states.iter_mut().enumerate() {
            *count = row.count(3 + rule * State::ALL.len() + state)?;
        }
        let mut cases = asking.named(rule, spec, &BROKEN)?;
        cases.extend(asking.named(rule, spec, &[State::AtRisk])?);
        rules.push(RuleRow {
            name: spec.name.clone(),
            severity: spec.severity.clone(),
            limit: seconds(spec.limit),
            calendar: None,
            states,
            cases,
            over_time: asking.over_time(rule, spec, &axis)?,
            cost: None,
        });
    }
    let open = row.count(2)?;
    let name = |rule: &RuleRow| rule.name.clone();
    Ok(Deadlines {
        now: log.info.span.map(|_| now),
        ending: asking.judged.ends.ending(open),
        rules: DEADLINES.select(&rules, &query.listing, cancel, name)?,
        unit: axis.unit.to_owned(),
        end: axis.bounds[axis.n_bins()],
    })
}

struct Asking<'a> {
    log: &'a RemoteLog,
    judged: Judged<'a>,
    query: &'a DeadlinesQuery,
}

/// A list of states in SQL.
fn listed(states: &[State]) -> String {
    let states = states.iter().map(|state| number(*state).to_string());
    states.collect::<Vec<_>>().join(", ")
}

impl Asking<'_> {
    fn ask(&self, select: &str) -> Result<Rows, RemoteError> {
        let table = std::slice::from_ref(&self.judged.table);
        self.log
            .ask(&self.judged.frame, Parts::Events, table, select)
    }

    /// Cases by the bin in which they were due; those due beside the axis are left out.
    fn over_time(
        &self,
        rule: usize,
        spec: &RuleSpec,
        axis: &TimeAxis,
    ) -> Result<Vec<RuleBin>, RemoteError> {
        let limit = spec.limit;
        let bin = bin_of(&format!("(t0 + {limit})"), &axis.bounds[1..axis.n_bins()]);
        let (begin, end) = (axis.bounds[0], axis.bounds[axis.n_bins()]);
        let answer = self.ask(&format!(
            "SELECT b, count(*), CAST(sum(broken) AS BIGINT) FROM (SELECT {bin} AS b, \
             CASE WHEN s{rule} IN ({}) THEN 1 ELSE 0 END AS broken FROM judged \
             WHERE s{rule} IN ({}) AND t0 + {limit} >= {begin} AND t0 + {limit} < {end}) AS binned \
             GROUP BY b ORDER BY b",
            listed(&BROKEN),
            listed(&KNOWN)
        ))?;
        let bin = |start: &i64| RuleBin {
            start: *start,
            known: 0,
            broken: 0,
        };
        let mut bins: Vec<RuleBin> = axis.bounds[..axis.n_bins()].iter().map(bin).collect();
        for row in answer.iter() {
            let at = usize::try_from(row.count(0)?).unwrap_or(usize::MAX);
            let none = || RemoteError::engine("the engine gave a bin that is none");
            let bin = bins.get_mut(at).ok_or_else(none)?;
            (bin.known, bin.broken) = (row.count(1)?, row.count(2)?);
        }
        Ok(bins)
    }

    /// The first cases in some states.
    fn named(
        &self,
        rule: usize,
        spec: &RuleSpec,
        states: &[State],
    ) -> Result<Vec<Breach>, RemoteError> {
        let listing = &self.query.cases;
        let order = order(listing, &[("over", "elapsed")], "case_id")?;
        if listing.page.limit == 0 {
            return Ok(Vec::new());
        }
        let limit = match listing.page {
            Page::ALL => String::new(),
            page => format!(" LIMIT {}", page.limit),
        };
        let answer = self.ask(&format!(
            "SELECT case_id, s{rule}, is_open, elapsed, t0, t1, stop FROM judged \
             WHERE s{rule} IN ({}) ORDER BY {order}{limit}",
            listed(states)
        ))?;
        let name: Arc<str> = Arc::from(spec.name.as_str());
        let breach = |row: crate::remote::rows::Row<'_>| {
            let state = usize::try_from(row.count(1)?).ok();
            let state = state.and_then(|state| State::ALL.get(state).copied());
            let state =
                state.ok_or_else(|| RemoteError::engine("the engine gave a state that is none"))?;
            let open = row.known(2)? == 1 && !self.query.open_ended;
            let (elapsed, since) = (seconds(row.known(3)?), row.known(4)?);
            Ok(Breach {
                rule: Arc::clone(&name),
                calendar: None,
                case: row.name(0)?.to_owned(),
                state,
                open,
                elapsed,
                over: elapsed - seconds(spec.limit),
                since,
                due: open.then(|| since.checked_add(spec.limit)).flatten(),
                last: Arc::from(row.name(6)?),
                last_at: row.known(5)?,
                chosen: Vec::new(),
            })
        };
        answer.iter().map(breach).collect()
    }
}
