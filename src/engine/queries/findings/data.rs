//! Problems of the data that make other figures doubtful. Each has a limit in place of a test.

use super::row::{Evidence, FindingFigure, FindingKind, FindingRow};
use super::search::{Found, NO_PERIODS, Search};
use crate::engine::basis::Basis;
use crate::engine::ending::ending;
use crate::engine::view::AskError;
use crate::event_log::Value;
use crate::filter::{DurationLiteral, Expr, Field, Gap, Relation, TimeRange};
use crate::metrics::summary;
use crate::text::{count, percent, time};
use hashbrown::HashMap;
use std::hash::Hash;
use std::sync::Arc;

/// Quiet cases that show where cases end.
const FEWEST_QUIET: u64 = 5;

/// Share of the time of a log without new cases.
const LEAST_IDLE: f64 = 0.25;

/// Share of the steps, and of the events.
const LEAST_SHARE: f64 = 0.05;

/// Share of the rows.
const LEAST_REJECTED: f64 = 0.001;

/// One figure that was compared with a limit.
fn limited(row: Option<FindingRow>) -> Found {
    Found {
        passed: u64::from(row.is_some()),
        row,
        ..Found::none(1)
    }
}

/// Looks at the guess of what ends a case.
pub fn ends(search: &Search<'_>) -> Result<Found, AskError> {
    search.context.cancel.check()?;
    let ending = ending(search.selected);
    let Some(guess) = ending.guess else {
        return Ok(Found::untested("end states are defined"));
    };
    let is_known = ending.over.is_some();
    if guess.quiet < FEWEST_QUIET || is_known && !guess.is_doubtful() {
        return Ok(limited(None));
    }
    let unexplained = guess.quiet - guess.explained;
    let [quiet, explained] = [guess.quiet, guess.explained].map(count);
    let names: Vec<&str> = ending.ends.iter().map(|name| &**name).collect();
    let sentence = if is_known {
        let names = names.join(", ");
        format!(
            "End states are a doubtful guess: {explained} of {quiet} quiet cases stop at {names}"
        )
    } else {
        format!("No end state is known: every case counts as closed, {quiet} quiet cases show none")
    };
    let limit = format!(
        "limit: {FEWEST_QUIET} quiet cases, fewer than 3 in 4 of which stop at a guessed end state"
    );
    let share = guess.explained as f64 / guess.quiet as f64;
    Ok(limited(Some(FindingRow {
        figure: FindingFigure::Share(share),
        basis: Basis::of(guess.quiet, "cases quiet for longer than 9 in 10 take"),
        evidence: Evidence::limit(limit),
        concerned: unexplained as f64 / search.selected.prepared.index.n_cases().max(1) as f64,
        filter: is_known.then(|| Expr::closed().negate()),
        ..FindingRow::new(FindingKind::Ends, sentence)
    })))
}

/// Looks for a log that goes on long after cases have stopped to start.
pub fn arrivals(search: &Search<'_>) -> Result<Found, AskError> {
    search.context.cancel.check()?;
    let Some(periods) = search.periods else {
        return Ok(Found::untested(NO_PERIODS));
    };
    let selection = search.selected.selection();
    let (first, last) = summary::span(&selection).unwrap_or((0, 0));
    let idle = (last as f64 - periods.end as f64) / (last as f64 - first as f64);
    // No time at all is no number.
    if idle.is_nan() || idle < LEAST_IDLE {
        return Ok(limited(None));
    }
    let mut later = 0u64;
    selection.for_each_case(|case| {
        later += u64::from(selection.index.case_end[case] >= periods.end);
    });
    let zone = search.context.analysis.zone();
    let [stop, end] = [periods.end, last].map(|at| time::date(at, zone));
    let cases = selection.n_cases as u64;
    let sentence = format!(
        "Cases start until {stop}, events go on until {end}: {} slow cases make up the end",
        count(later)
    );
    let range = TimeRange::between(periods.end, last.saturating_add(1));
    Ok(limited(Some(FindingRow {
        figure: FindingFigure::Share(idle),
        basis: Basis::of(cases, "cases by their start"),
        evidence: Evidence::limit(
            "limit: a quarter of the time comes after the start of 99% of the cases".to_owned(),
        ),
        concerned: later as f64 / cases.max(1) as f64,
        filter: range.map(|range| Expr::period(Relation::Ended, range)),
        ..FindingRow::new(FindingKind::Arrivals, sentence)
    })))
}

/// The most frequent of some things, of equally frequent ones the first by `name`.
fn most<T: Eq + Hash, N: Ord>(counts: &HashMap<T, u64>, name: impl Fn(&T) -> N) -> Option<&T> {
    let order = |of: &(&T, &u64)| (*of.1, std::cmp::Reverse(name(of.0)));
    counts.iter().max_by_key(order).map(|(of, _)| of)
}

/// Looks for steps between different activities that take no time: their order is that of the file.
pub fn ties(search: &Search<'_>) -> Result<Found, AskError> {
    let selected = search.selected;
    let (selection, names) = (selected.selection(), &selected.prepared.names);
    let log = selection.log;
    let (mut steps, mut tied, mut cases) = (0u64, 0u64, 0u64);
    let mut pairs: HashMap<(u32, u32), u64> = HashMap::new();
    selection.each_case(search.context.cancel, |case| {
        let before = tied;
        let events = log.events_of(case);
        for event in events.start + 1..events.end {
            let pair = (log.activity.get(event - 1), log.activity.get(event));
            steps += 1;
            if log.time[event - 1] == log.time[event] && pair.0 != pair.1 {
                tied += 1;
                *pairs.entry(pair).or_default() += 1;
            }
        }
        cases += u64::from(tied > before);
    })?;
    let share = tied as f64 / steps.max(1) as f64;
    let name = |code: u32| Arc::clone(&names[code as usize]);
    let most = most(&pairs, |pair| [name(pair.0), name(pair.1)]);
    let Some(most) = most.filter(|_| share >= LEAST_SHARE) else {
        return Ok(limited(None));
    };
    let (from, to) = (name(most.0), name(most.1));
    let sentence = format!(
        "{} of the steps have equal times, so that the file decides their order: {from}, {to} ({})",
        percent(share),
        count(pairs[most]),
    );
    let gap = Gap {
        within: Some(DurationLiteral::of(0)),
        ..Gap::default()
    };
    Ok(limited(Some(FindingRow {
        figure: FindingFigure::Share(share),
        basis: Basis::of(steps, "steps within cases"),
        evidence: Evidence::limit("limit: 5% of the steps".to_owned()),
        concerned: cases as f64 / selection.n_cases.max(1) as f64,
        filter: Some(Expr::follows(&from, &to, gap)),
        subject: vec![from, to],
        ..FindingRow::new(FindingKind::Ties, sentence)
    })))
}

/// Looks for events without a resource.
pub fn resources(search: &Search<'_>) -> Result<Found, AskError> {
    let selected = search.selected;
    let (selection, names) = (selected.selection(), &selected.prepared.names);
    let log = selection.log;
    let Some(column) = log.resource_column() else {
        return Ok(Found::untested("the log has no column of resources"));
    };
    let (mut events, mut missing, mut cases) = (0u64, 0u64, 0u64);
    let mut activities = vec![0u64; names.len()];
    selection.each_case(search.context.cancel, |case| {
        let before = missing;
        for event in log.events_of(case) {
            events += 1;
            if matches!(column.value(column.row(case, event)), Value::Missing) {
                missing += 1;
                activities[log.activity.get(event) as usize] += 1;
            }
        }
        cases += u64::from(missing > before);
    })?;
    let share = missing as f64 / events.max(1) as f64;
    if share < LEAST_SHARE {
        return Ok(limited(None));
    }
    let counts = (0..).zip(activities).filter(|(_, n)| *n > 0);
    let counts: HashMap<usize, u64> = counts.collect();
    let most = most(&counts, |&code| Arc::clone(&names[code]));
    let most = most.map(|code| format!(", most of {} ({})", names[*code], count(counts[code])));
    let sentence = format!(
        "{} of the events have no resource{}",
        percent(share),
        most.unwrap_or_default()
    );
    Ok(limited(Some(FindingRow {
        figure: FindingFigure::Share(share),
        basis: Basis::of(events, "events"),
        evidence: Evidence::limit("limit: 5% of the events".to_owned()),
        concerned: cases as f64 / selection.n_cases.max(1) as f64,
        filter: Some(Expr::missing(Field::Resource)),
        ..FindingRow::new(FindingKind::Resources, sentence)
    })))
}

/// Looks at the rows of the file that were rejected, whatever is selected.
pub fn rejected(search: &Search<'_>) -> Result<Found, AskError> {
    search.context.cancel.check()?;
    let analysis = search.context.analysis;
    let rejected = analysis.report().n_rejected;
    let rows = analysis.info().events + rejected;
    let share = rejected as f64 / rows.max(1) as f64;
    if share < LEAST_REJECTED {
        return Ok(limited(None));
    }
    let sentence = format!(
        "{} of {} rows of the file were rejected",
        count(rejected),
        count(rows)
    );
    Ok(limited(Some(FindingRow {
        figure: FindingFigure::Share(share),
        basis: Basis::of(rows, "rows"),
        evidence: Evidence::limit("limit: 1 in 1,000 rows".to_owned()),
        concerned: share,
        ..FindingRow::new(FindingKind::Rejected, sentence)
    })))
}
