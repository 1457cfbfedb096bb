//! Open cases that became more within a period, in the whole log or after one step: as many came as left
//! where nothing changed.

use super::row::{Evidence, FindingFigure, FindingKind, FindingRow};
use super::search::{DOUBTFUL, Found, Search, WEEK, significant};
use crate::engine::basis::Basis;
use crate::engine::ending::ending;
use crate::engine::queries::triage::{Balance, Open, open_cases, places, usual_after};
use crate::engine::selected::Selected;
use crate::engine::stats::seconds;
use crate::engine::view::AskError;
use crate::filter::Expr;
use crate::metrics::Subject;
use crate::metrics::stats::sign_test;
use crate::text::count;
use crate::text::time::round_duration;
use hashbrown::HashMap;

/// Growth by fewer cases than this is no finding.
const LEAST: u64 = 5;

/// Fewer changes than this cannot be significant, and are not tested.
const LEAST_CHANGES: u64 = 6;

/// Open cases at one place, or all of them.
struct Change {
    /// The last step; empty for all.
    step: String,
    now: u64,
    before: u64,
    came: u64,
    left: u64,
    filter: Option<Expr>,
}

impl Change {
    fn growth(&self) -> u64 {
        self.now.saturating_sub(self.before)
    }

    fn sentence(&self, period: &str) -> String {
        let [now, before, came, left] = [self.now, self.before, self.came, self.left].map(count);
        if self.step.is_empty() {
            return format!(
                "{now} cases are open, {before} were {period} ago: +{came} new, -{left} closed"
            );
        }
        let step = &self.step;
        format!(
            "{now} open cases are at {step}, {before} were {period} ago: +{came} came, -{left} left"
        )
    }
}

pub fn find(search: &Search<'_>) -> Result<Found, AskError> {
    if search.is_doubtful() {
        return Ok(Found::untested(DOUBTFUL));
    }
    let (selected, context) = (search.selected, search.context);
    let whole = context.reference()?;
    if selected.selection().n_cases < whole.selection().n_cases {
        return Ok(Found::untested(
            "a filter is in force: cases closed since may be left out by it",
        ));
    }
    if ending(selected).over.is_none() {
        return Ok(Found::untested("no end state is known"));
    }
    let balance = Balance::of(&whole);
    let changes = changes(search, &whole, &balance)?;
    let p: Vec<f64> = changes
        .iter()
        .map(|of| sign_test(of.came, of.left))
        .collect();
    let tested = changes.len() as u64;
    let grown: Vec<_> = significant(&p)
        .into_iter()
        .filter(|of| changes[of.at].growth() >= LEAST)
        .collect();
    // All of them together say it first, else the place where most gather.
    let found = grown.iter().max_by_key(|of| {
        let change = &changes[of.at];
        (change.step.is_empty(), change.growth())
    });
    let Some(found) = found else {
        return Ok(Found::none(tested));
    };
    let change = &changes[found.at];
    let sentence = change.sentence(&round_duration(seconds(balance.period)));
    let limits = format!("at least {LEAST} more");
    let evidence = Evidence::test("sign test", p[found.at], found.q, tested, &limits);
    let name = Some(change.step.as_str()).filter(|step| !step.is_empty());
    Ok(Found {
        tested,
        passed: grown.len() as u64,
        reason: None,
        row: Some(FindingRow {
            subject: name.into_iter().map(Into::into).collect(),
            figure: FindingFigure::Number(change.now as f64),
            usual: Some(FindingFigure::Number(change.before as f64)),
            basis: Basis::of(change.came + change.left, "cases that came or left since"),
            evidence,
            cost: Some(change.growth() as f64 * WEEK),
            filter: change.filter.clone(),
            ..FindingRow::new(FindingKind::Backlog, sentence)
        }),
    })
}

/// All open cases, then those after each last step, where enough came or left.
fn changes(
    search: &Search<'_>,
    whole: &Selected,
    balance: &Balance,
) -> Result<Vec<Change>, AskError> {
    let (selected, context) = (search.selected, search.context);
    let ending = ending(selected);
    let zone = context.analysis.zone();
    let after = usual_after(whole);
    let open = open_cases(selected, zone, &after, context.cancel)?;
    let at = (&balance.before[..], &ending);
    let flows = flows(search, &open, &balance.before);
    let all = Change {
        step: String::new(),
        now: balance.open,
        before: balance.before.len() as u64,
        came: balance.flow.0,
        left: balance.flow.1,
        filter: Some(Expr::closed().negate()),
    };
    let places = places(selected, Subject::Activity, &open, at).into_iter();
    let places = places.map(|place| {
        let (came, left) = flows.get(place.name.as_str()).copied().unwrap_or_default();
        Change {
            now: place.open,
            before: place.before,
            came,
            left,
            // Too many cases to be named: all open ones.
            filter: place.filter.or_else(|| Some(Expr::closed().negate())),
            step: place.name,
        }
    });
    let is_tested = |change: &Change| change.came + change.left >= LEAST_CHANGES;
    let all = std::iter::once(all).chain(places);
    Ok(all.filter(is_tested).collect())
}

/// Cases that came to each last step, and those that left it, since a period ago.
fn flows<'a>(
    search: &Search<'a>,
    open: &[Open],
    before: &[(usize, usize)],
) -> HashMap<&'a str, (u64, u64)> {
    let log = &search.selected.prepared.log;
    let step = |event: usize| log.activities.get(log.activity.get(event));
    let then: HashMap<usize, &str> = before.iter().map(|&(case, at)| (case, step(at))).collect();
    let mut flows: HashMap<&str, (u64, u64)> = HashMap::new();
    for name in then.values() {
        flows.entry(name).or_default().1 += 1;
    }
    for open in open {
        let now = step(open.event);
        let flow = flows.entry(now).or_default();
        if then.get(&open.case) == Some(&now) {
            // It stayed.
            flow.1 -= 1;
        } else {
            flow.0 += 1;
        }
    }
    flows
}
