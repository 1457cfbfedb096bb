//! Sums over the variants of a view, and the rows of its deviations with their durations.

use crate::engine::conformance::{Asked, Judge, Judgement};
use crate::engine::costs::CaseCost;
use crate::engine::query::Context;
use crate::engine::selected::Selected;
use crate::engine::view::AskError;
use crate::filter::{Conformity, Expr};
use crate::index::CaseSet;
use crate::metrics::cohort::{Cohort, Members};
use crate::metrics::quantile::type7;
use crate::metrics::stats::{FourFold, Interval, benjamini_hochberg, shift};
use crate::models::{Bound, Ending, Move};
use hashbrown::{HashMap, HashSet};
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Kind of a deviation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DeviationKind {
    /// The case has the activity beyond its reference.
    Extra,
    /// The case lacks the activity.
    Missing,
}

impl DeviationKind {
    /// The word of filters and reports.
    pub fn word(self) -> &'static str {
        match self {
            DeviationKind::Extra => "extra",
            DeviationKind::Missing => "missing",
        }
    }

    /// The filter of the cases that deviate so by an activity.
    pub fn filter(self, activity: &str) -> Expr {
        let activity = activity.to_owned().into();
        Expr::conforms(match self {
            DeviationKind::Extra => Conformity::Extra(activity),
            DeviationKind::Missing => Conformity::Missing(activity),
        })
    }
}

/// An activity that cases lack or have beyond their reference.
#[derive(Debug, Clone, PartialEq)]
pub struct DeviationRow {
    /// Kind.
    pub kind: DeviationKind,
    /// Activity.
    pub activity: Arc<str>,
    /// Cases with it.
    pub cases: u64,
    /// Share of the cases that were judged, 0 to 1.
    pub share: f64,
    /// Moves.
    pub events: u64,
    /// Extra ones of an activity that the reference has.
    pub again: u64,
    /// Share of the cases that start in the second half of the time by that in the first half, minus
    /// 1; `None` where the first half has none.
    pub trend: Option<f64>,
    /// Durations of the cases with it and without.
    pub duration: DeviationDuration,
    /// Cost of the cases with it whose durations are compared; `None` without rates.
    pub cost: Option<CaseCost>,
}

/// Durations of the cases with a deviation and of the others, in seconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DeviationDuration {
    /// Cases with it that are compared.
    pub with: u64,
    /// Cases without it.
    pub without: u64,
    /// Median with it.
    pub median_with: Option<f64>,
    /// Median without it.
    pub median_without: Option<f64>,
    /// By how much cases with it take longer (Hodges-Lehmann).
    pub shift: Option<f64>,
    /// Interval of the shift.
    pub interval: Option<Interval>,
    /// Result of the test of the durations; 1 where there is nothing to test.
    pub p: f64,
    /// `p` corrected for the number of tests.
    pub q: f64,
}

impl DeviationRow {
    /// The filter of its cases.
    pub fn filter(&self) -> Expr {
        let (kind, activity) = (self.kind, &self.activity);
        kind.filter(activity)
    }
}

/// The deviation that a move is; `None` for one in both.
pub(in crate::engine::queries) fn deviation(one: Move) -> Option<(DeviationKind, u32)> {
    match one {
        Move::Sync(_) => None,
        Move::Missing(activity) => Some((DeviationKind::Missing, activity)),
        Move::Extra(activity) => Some((DeviationKind::Extra, activity)),
    }
}

/// Sums over the variants of a view.
#[derive(Default)]
pub(super) struct Tally {
    pub(super) aligned: u64,
    pub(super) fitting: u64,
    pub(super) cost: u64,
    pub(super) worst: u64,
    pub(super) fitness: f64,
    /// Cases without an alignment by the bound that was met.
    pub(super) unfinished: BTreeMap<Bound, u64>,
    deviations: HashMap<(DeviationKind, u32), Deviation>,
    /// Cases in which an activity is both missing and extra.
    order: HashMap<u32, u64>,
}

#[derive(Default)]
struct Deviation {
    cases: u64,
    events: u64,
    again: u64,
    variants: HashSet<Asked>,
}

impl Tally {
    pub(super) fn add(&mut self, asked: Asked, judgement: &Judgement, cases: u64, judge: &Judge) {
        let &Judgement::Judged {
            cost,
            worst,
            ref moves,
            ..
        } = judgement
        else {
            if let Judgement::Unfinished { by, .. } = judgement {
                *self.unfinished.entry(*by).or_default() += cases;
            }
            return;
        };
        self.aligned += cases;
        self.fitting += if cost == 0 { cases } else { 0 };
        self.cost += cases * u64::from(cost);
        self.worst += cases * worst;
        self.fitness += cases as f64 * judgement.fitness().unwrap_or(1.0);
        let mut missing: HashSet<u32> = HashSet::new();
        let mut extra: HashSet<u32> = HashSet::new();
        for (kind, activity) in moves.iter().filter_map(|one| deviation(*one)) {
            let is_new = match kind {
                DeviationKind::Missing => missing.insert(activity),
                DeviationKind::Extra => extra.insert(activity),
            };
            let deviation = self.deviations.entry((kind, activity)).or_default();
            deviation.events += cases;
            if kind == DeviationKind::Extra && judge.has[activity as usize] {
                deviation.again += cases;
            }
            if is_new {
                deviation.cases += cases;
                deviation.variants.insert(asked);
            }
        }
        for &activity in missing.intersection(&extra) {
            *self.order.entry(activity).or_default() += cases;
        }
    }

    /// Activities out of order, those of most cases first, ties by name.
    pub(super) fn order(&self, judge: &Judge) -> Vec<(Arc<str>, u64)> {
        let all = self.order.iter();
        let mut all: Vec<(Arc<str>, u64)> = all
            .map(|(&activity, &cases)| (Arc::clone(&judge.names[activity as usize]), cases))
            .collect();
        all.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        all
    }
}

/// The cases whose durations are compared.
pub(super) struct Cases<'a> {
    pub(super) selected: &'a Selected,
    /// Open cases, which are not compared.
    pub(super) is_open: Option<Arc<CaseSet>>,
}

impl Cases<'_> {
    /// The deviations with their durations, most cases first.
    pub(super) fn rows(
        &self,
        tally: &Tally,
        judge: &Judge,
        context: &Context<'_>,
    ) -> Result<Vec<DeviationRow>, AskError> {
        let prepared = &self.selected.prepared;
        let (index, selection) = (&prepared.index, self.selected.selection());
        let is_over = |case: usize| {
            self.is_open
                .as_ref()
                .is_none_or(|open| !open.contains(case))
        };
        let n = index.n_cases();
        let over = CaseSet::from_fn(n, |case| selection.contains(case) && is_over(case));
        let zone = context.analysis.zone();
        let members = Members::new(index, over, CaseSet::none(n), zone, None);
        context.cancel.check()?;
        let cohort = Cohort {
            log: &prepared.log,
            index,
            of: &members,
        };
        let whole = cohort.sums_of(&members.cases);
        let costs = prepared.costs();
        let mut found: Vec<_> = tally.deviations.iter().collect();
        let named = |kind: DeviationKind, activity: u32| (kind, &judge.names[activity as usize]);
        found.sort_by(|((kind_a, a), x), ((kind_b, b), y)| {
            let by_name = named(*kind_a, *a).cmp(&named(*kind_b, *b));
            y.cases.cmp(&x.cases).then(by_name)
        });
        let row = |(&(kind, activity), deviation): (&(DeviationKind, u32), &Deviation)| {
            context.cancel.check()?;
            let mut has = vec![false; index.variants.len()];
            for asked in &deviation.variants {
                // Open cases are not compared, so that only the others count.
                has[asked.variant] |= asked.ending == Ending::Final;
            }
            let set = CaseSet::from_fn(n, |case| {
                has[index.case_variant[case] as usize] && members.cases.contains(case)
            });
            let sums = cohort.sums_of(&set);
            let share = |half: &FourFold| {
                let all = half.cases();
                (all > 0).then(|| half.with as f64 / all as f64)
            };
            let [early, late] = sums.halves(&whole);
            let early = share(&early).filter(|share| *share > 0.0);
            let trend = early.zip(share(&late));
            let ranks = members.durations(&sums, &whole);
            Ok(DeviationRow {
                kind,
                activity: Arc::clone(&judge.names[activity as usize]),
                cases: deviation.cases,
                share: deviation.cases as f64 / tally.aligned.max(1) as f64,
                events: deviation.events,
                again: deviation.again,
                trend: trend.map(|(early, late)| late / early - 1.0),
                duration: duration(cohort, &set, ranks.map_or(1.0, |ranks| ranks.p)),
                cost: costs.map(|costs| CaseCost::of(costs, set.iter())),
            })
        };
        let rows = found.into_par_iter().map(row);
        let mut rows: Vec<DeviationRow> = rows.collect::<Result<_, AskError>>()?;
        let p: Vec<f64> = rows.iter().map(|row| row.duration.p).collect();
        for (row, q) in rows.iter_mut().zip(benjamini_hochberg(&p)) {
            row.duration.q = q;
        }
        Ok(rows)
    }
}

/// Durations of the cases of a set and of the others.
fn duration(cohort: Cohort<'_>, set: &CaseSet, p: f64) -> DeviationDuration {
    let [with, without] = cohort.split(set);
    // `split` gives ascending values.
    let median = |values: &[i64]| {
        let n = values.len() as u64;
        (n > 0).then(|| type7(n, 0.5, |at| values[at as usize]) / 1e6)
    };
    let shift = shift(&with, &without);
    DeviationDuration {
        with: with.len() as u64,
        without: without.len() as u64,
        median_with: median(&with),
        median_without: median(&without),
        shift: shift.as_ref().map(|shift| shift.median / 1e6),
        interval: shift.as_ref().map(|shift| Interval {
            low: shift.interval.low / 1e6,
            high: shift.interval.high / 1e6,
        }),
        p,
        q: 1.0,
    }
}
