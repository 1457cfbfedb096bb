//! Deadlines and rules on the order of events that are broken more often in the last period than in the one
//! before.

use super::row::{Evidence, FindingFigure, FindingKind, FindingRow};
use super::search::{Found, NO_PERIODS, Search, significant};
use crate::engine::basis::Basis;
use crate::engine::definitions::RuleSpec;
use crate::engine::timing::{RuleStates, verdicts};
use crate::engine::view::AskError;
use crate::filter::{Expr, Field, Op};
use crate::metrics::deadlines::State;
use crate::metrics::periods::Periods;
use crate::metrics::stats::{FourFold, shift};
use crate::text::percent;

/// Fewer cases than this in either period are not tested.
const FEW: u64 = 10;

/// Rates that rise by less are no finding.
const LEAST_RISE: f64 = 0.02;

/// A rule in both periods.
#[derive(Default)]
struct Rates {
    name: String,
    /// Cases whose fate is known, by period.
    known: [u64; 2],
    /// Those that break it.
    broken: [u64; 2],
    /// Cases of the last period whose fate is not known.
    undecided: u64,
    /// Time that a breach costs a case, seconds.
    lost: f64,
}

impl Rates {
    fn add(&mut self, period: usize, broken: bool) {
        self.known[period] += 1;
        self.broken[period] += u64::from(broken);
    }

    fn rate(&self, period: usize) -> f64 {
        self.broken[period] as f64 / self.known[period] as f64
    }

    fn p(&self) -> f64 {
        let table = FourFold {
            with: self.known[1],
            selected_with: self.broken[1],
            without: self.known[0],
            selected_without: self.broken[0],
        };
        table.test().1
    }

    fn rose(&self) -> bool {
        self.rate(1) - self.rate(0) >= LEAST_RISE
    }

    /// Case time of the rise for each week of a period, seconds.
    fn cost(&self, periods: &Periods) -> f64 {
        let more = (self.rate(1) - self.rate(0)) * self.known[1] as f64;
        more * self.lost / periods.weeks()
    }
}

/// The cases of a kind of rules, in words.
struct Words {
    kind: FindingKind,
    /// Cases that the rates are of: "cases due".
    cases: &'static str,
    /// Cases of the last period.
    known: &'static str,
    undecided: &'static str,
}

/// Looks for a deadline, by the time at which cases were due; open ones that are overdue count.
pub fn of_deadlines(search: &Search<'_>) -> Result<Found, AskError> {
    let timing = &search.selected.prepared.timed.timing;
    if timing.rules.is_empty() {
        return Ok(Found::untested("no deadlines are defined (rules file)"));
    }
    let Some(periods) = search.periods else {
        return Ok(Found::untested(NO_PERIODS));
    };
    let rates = timing
        .rules
        .iter()
        .map(|spec| deadline(search, spec, &periods));
    let rates: Vec<Rates> = rates.collect::<Result<_, AskError>>()?;
    let filter = |name: &str| {
        let states = [State::Broken, State::Overdue].map(State::word);
        Expr::one_of(Field::Column(name.to_owned()), states)
    };
    let words = Words {
        kind: FindingKind::Deadline,
        cases: "cases due",
        known: "cases due in the last period, kept, broken or overdue",
        undecided: "with time left",
    };
    Ok(found(search, &periods, &rates, &words, filter))
}

fn deadline(search: &Search<'_>, spec: &RuleSpec, periods: &Periods) -> Result<Rates, AskError> {
    let (selected, context) = (search.selected, search.context);
    context.cancel.check()?;
    let (prepared, open) = (&selected.prepared, selected.open());
    let now = (prepared.now(), &*open);
    let zone = context.analysis.zone();
    let mut rates = Rates {
        name: spec.name.clone(),
        ..Rates::default()
    };
    let mut over = 0.0;
    for (_, verdict) in verdicts(&selected.selection(), prepared, spec, now, zone)? {
        let Some(period) = verdict.limit_at.and_then(|at| periods.place(at)) else {
            continue;
        };
        match verdict.state {
            State::Kept => rates.add(period, false),
            State::Broken | State::Overdue => {
                rates.add(period, true);
                if period == 1 {
                    over += (verdict.elapsed - spec.limit) as f64 / 1e6;
                }
            }
            State::AtRisk | State::Running => rates.undecided += u64::from(period == 1),
            State::Missed => {}
        }
    }
    rates.lost = over / rates.broken[1].max(1) as f64;
    Ok(rates)
}

/// Looks for a rule on the order of events, by the end of the cases that are over: an open case may break it
/// before it can satisfy it.
pub fn of_orders(search: &Search<'_>) -> Result<Found, AskError> {
    let prepared = &search.selected.prepared;
    let rules = &prepared.timed.timing.conform_rules;
    if rules.is_empty() {
        return Ok(Found::untested(
            "no rules on the order of events are defined (rules file)",
        ));
    }
    let Some(periods) = search.periods else {
        return Ok(Found::untested(NO_PERIODS));
    };
    let mut rates = Vec::with_capacity(rules.len());
    for (rule, states) in rules.iter().zip(prepared.conform_states()) {
        search.context.cancel.check()?;
        rates.push(order(search, &rule.name, states, &periods));
    }
    let filter = |name: &str| {
        let column = Field::Column(name.to_owned());
        Expr::compare(column, Op::Equal, State::Broken.word())
    };
    let words = Words {
        kind: FindingKind::Rule,
        cases: "cases ended",
        known: "cases that ended in the last period and that the rule is about",
        undecided: "open",
    };
    Ok(found(search, &periods, &rates, &words, filter))
}

fn order(search: &Search<'_>, name: &str, states: RuleStates<'_>, periods: &Periods) -> Rates {
    let (selection, open) = (search.selected.selection(), search.selected.open());
    let index = selection.index;
    let mut rates = Rates {
        name: name.to_owned(),
        ..Rates::default()
    };
    let mut durations: [Vec<i64>; 2] = Default::default();
    // By duration, so that both lists ascend.
    for (&case, &duration) in index.by_duration.iter().zip(index.durations.iter()) {
        let case = case as usize;
        let Some(state) = states.of(case).filter(|_| selection.contains(case)) else {
            continue;
        };
        if open.contains(case) {
            rates.undecided += 1;
            continue;
        }
        let broken = state == State::Broken;
        durations[usize::from(broken)].push(duration);
        if let Some(period) = periods.place(index.case_end[case]) {
            rates.add(period, broken);
        }
    }
    let longer = shift(&durations[1], &durations[0]);
    rates.lost = longer.map_or(0.0, |shift| (shift.median / 1e6).max(0.0));
    rates
}

/// The rule whose rise costs the most case time.
fn found(
    search: &Search<'_>,
    periods: &Periods,
    rates: &[Rates],
    words: &Words,
    filter: impl Fn(&str) -> Expr,
) -> Found {
    let is_tested = |rates: &&Rates| rates.known.iter().all(|n| *n >= FEW);
    let tested: Vec<&Rates> = rates.iter().filter(is_tested).collect();
    if tested.is_empty() {
        return Found::untested("fewer than 10 cases in either period");
    }
    let p: Vec<f64> = tested.iter().map(|rates| rates.p()).collect();
    let mut rose = significant(&p);
    rose.retain(|of| tested[of.at].rose());
    let n = tested.len() as u64;
    let order = |at: usize| {
        let rates = tested[at];
        (rates.cost(periods), rates.rate(1) - rates.rate(0))
    };
    let most = rose.iter().max_by(|a, b| {
        let (a, b) = (order(a.at), order(b.at));
        a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1))
    });
    let Some(most) = most else {
        return Found::none(n);
    };
    let rates = tested[most.at];
    let [before, last] = [0, 1].map(|period| percent(rates.rate(period)));
    let (name, cases, since) = (&rates.name, words.cases, search.since(periods));
    let sentence =
        format!("{name} is broken by {last} of the {cases} since {since}, {before} before");
    let limits = format!("at least {FEW} cases in both periods, 2 percentage points more");
    Found {
        tested: n,
        passed: rose.len() as u64,
        reason: None,
        row: Some(FindingRow {
            subject: vec![name.as_str().into()],
            figure: FindingFigure::Share(rates.rate(1)),
            usual: Some(FindingFigure::Share(rates.rate(0))),
            basis: Basis::of(rates.known[1], words.known).without(rates.undecided, words.undecided),
            evidence: Evidence::test("chi-square or Fisher's test", rates.p(), most.q, n, &limits),
            cost: Some(rates.cost(periods)),
            filter: Some(filter(name)),
            ..FindingRow::new(words.kind, sentence)
        }),
    }
}
