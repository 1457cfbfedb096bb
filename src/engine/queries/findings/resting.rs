//! Open cases that rest for longer than nine in ten did after the same step, where they are more than chance
//! lets expect: a case seen at any time is in a long rest more often than one in ten.

use super::row::{Evidence, FindingFigure, FindingKind, FindingRow};
use super::search::{DOUBTFUL, Found, LEVEL, Search, WEEK};
use crate::engine::basis::Basis;
use crate::engine::queries::triage::{FEW, Open, open_cases, usual_after};
use crate::engine::view::AskError;
use crate::filter::{Expr, Field, Op, TimeLiteral};
use crate::metrics::stats::at_least;
use crate::metrics::triage::beyond_p90;
use crate::text::{count, counted, number};
use std::collections::BTreeMap;

/// Fewer resting cases than this are no finding.
const LEAST: usize = 3;

/// Most steps, and most cases, that a filter names.
const MOST_STEPS: usize = 20;
const MOST_CASES: usize = 200;

pub fn find(search: &Search<'_>) -> Result<Found, AskError> {
    if search.is_doubtful() {
        return Ok(Found::untested(DOUBTFUL));
    }
    let (selected, context) = (search.selected, search.context);
    let whole = context.reference()?;
    let after = usual_after(&whole);
    let zone = context.analysis.zone();
    let all = open_cases(selected, zone, &after, context.cancel)?;
    if all.is_empty() {
        return Ok(Found::untested("no case is open"));
    }
    let log = &selected.prepared.log;
    let step = |open: &Open| log.activity.get(open.event) as usize;
    let is_known = |open: &&Open| after[step(open)].is_some_and(|of| of.elapsed.n >= FEW);
    let known: Vec<&Open> = all.iter().filter(is_known).collect();
    let beyond = beyond_p90(&whole.selection(), &after);
    let probabilities: Vec<f64> = known.iter().map(|open| beyond[step(open)]).collect();
    let resting = known.iter().filter(|open| open.unusual).count();
    let expected: f64 = probabilities.iter().sum();
    let p = at_least(resting, &probabilities);
    if resting < LEAST || p >= LEVEL {
        return Ok(Found::none(1));
    }
    let mut by_step: BTreeMap<&str, usize> = BTreeMap::new();
    for open in known.iter().filter(|open| open.unusual) {
        *by_step
            .entry(log.activities.get(step(open) as u32))
            .or_default() += 1;
    }
    // Of as many cases the name that comes first.
    let most = by_step.iter().rev().max_by_key(|(_, n)| **n);
    let most = most.map(|(name, n)| format!(", most after {name} ({})", count(*n as u64)));
    let sentence = format!(
        "{} of {} rest longer than 9 in 10 did after the same step, {} expected{}",
        count(resting as u64),
        counted(known.len() as u64, "open case", "open cases"),
        number(expected, 1),
        most.unwrap_or_default(),
    );
    let limits = format!("at least {LEAST} cases; steps that went on {FEW} times or more");
    Ok(Found {
        tested: 1,
        passed: 1,
        reason: None,
        row: Some(FindingRow {
            figure: FindingFigure::Number(resting as f64),
            usual: Some(FindingFigure::Number(expected)),
            basis: Basis::of(known.len() as u64, "open cases").without(
                (all.len() - known.len()) as u64,
                "after steps too rare to judge",
            ),
            evidence: Evidence::test("Poisson-binomial test", p, p, 1, &limits),
            cost: Some((resting as f64 - expected).max(0.0) * WEEK),
            filter: Some(filter(search, &all)),
            ..FindingRow::new(FindingKind::Resting, sentence)
        }),
    })
}

/// The filter of the cases that rest unusually long: by last step and time of the last event where these
/// decide, else by case ids, else of all open cases.
fn filter(search: &Search<'_>, all: &[Open]) -> Expr {
    let prepared = &search.selected.prepared;
    let (log, ends) = (&prepared.log, &prepared.index.case_end);
    let open = Expr::closed().negate();
    let resting = || all.iter().filter(|open| open.unusual);
    let mut latest: BTreeMap<u32, i64> = BTreeMap::new();
    for open in resting() {
        let end = latest
            .entry(log.activity.get(open.event))
            .or_insert(i64::MIN);
        *end = (*end).max(ends[open.case]);
    }
    // Of a calendar by case, one case may rest for longer by its clock than another that stopped before.
    let decides = |open: &Open| {
        let limit = latest.get(&log.activity.get(open.event));
        open.unusual || limit.is_none_or(|limit| ends[open.case] > *limit)
    };
    if !log.has_instances() && latest.len() <= MOST_STEPS && all.iter().all(decides) {
        let step = |(&step, &end): (&u32, &i64)| {
            let last = Expr::ends_with(log.activities.get(step));
            Some(last.and(Expr::compare(
                Field::End,
                Op::LessEqual,
                TimeLiteral::of(end)?,
            )))
        };
        let steps: Option<Vec<Expr>> = latest.iter().map(step).collect();
        if let Some(steps) = steps.and_then(|steps| steps.into_iter().reduce(Expr::or)) {
            return open.and(steps);
        }
    }
    if resting().count() <= MOST_CASES {
        let ids = resting().map(|open| log.case_ids.get(open.case as u32));
        return Expr::one_of(Field::Case, ids);
    }
    open
}
