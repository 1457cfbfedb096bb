//! Costs: of all cases, by activity, resource and variant, of rework and of late cases.

use crate::engine::costs::{CaseCost, Spending, units};
use crate::engine::prepared::Prepared;
use crate::engine::query::{Context, Query};
use crate::engine::selected::Selected;
use crate::engine::timing::RuleStates;
use crate::engine::view::AskError;
use crate::event_log::Level;
use crate::index::CaseSet;
use crate::metrics::cost::{InstanceCosts, of_instances};
use crate::metrics::deadlines::State;
use rayon::prelude::*;
use std::cmp::Reverse;
use std::sync::Arc;

/// Costs of the selected cases.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CostQuery {
    /// Most variants that are listed.
    pub variants: usize,
}

/// Costs of the selected cases, in units of money.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Costs {
    /// Costs of the cases.
    pub cases: CaseCost,
    /// Cases that are open: they cost more until they end.
    pub open: u64,
    /// Sum of what is known of all cases; `None` where nothing is.
    pub total: Option<f64>,
    /// All instances.
    pub instances: Spending,
    /// Instances by activity: most money first, then by name.
    pub activities: Vec<SpendingRow>,
    /// The same by resource; empty for a log without resources.
    pub resources: Vec<SpendingRow>,
    /// Cases by variant, by rank.
    pub variants: Vec<VariantCost>,
    /// Number of variants.
    pub n_variants: usize,
    /// Instances that are not the first of their activity in the case.
    pub rework: Spending,
    /// Cases past a deadline; `None` without deadlines.
    pub late: Option<LateCost>,
    /// Events without an amount; `None` without a column of amounts of events.
    pub without_amount: Option<u64>,
    /// Names that have a rate and do not occur in the log.
    pub unused: Vec<String>,
}

/// Instances of one activity or resource.
#[derive(Debug, Clone, PartialEq)]
pub struct SpendingRow {
    /// Name; `None` for instances without a resource.
    pub name: Option<Arc<str>>,
    /// Their cost.
    pub spending: Spending,
}

/// Cases of one variant.
#[derive(Debug, Clone, PartialEq)]
pub struct VariantCost {
    /// Rank in the whole log, from 1.
    pub rank: u32,
    /// Activities in order.
    pub activities: Vec<Arc<str>>,
    /// Their cost.
    pub cost: CaseCost,
}

/// Cases that break a deadline.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LateCost {
    /// Their cost.
    pub cost: CaseCost,
    /// What the hours past their deadlines add; `None` where these have no price.
    pub added: Option<f64>,
}

/// The costs of the instances of a selection, computed once; `None` without rates.
pub(super) fn instance_costs(selected: &Selected) -> Option<Arc<InstanceCosts>> {
    let prepared = &selected.prepared;
    prepared.timed.timing.rates.as_ref()?;
    Some(selected.figures.get_or_init(|| {
        let rates = prepared.rates().unwrap_or_default();
        of_instances(&selected.selection(), &rates)
    }))
}

impl Query for CostQuery {
    type Answer = Option<Costs>;

    fn run(&self, context: &Context<'_>) -> Result<Option<Costs>, AskError> {
        let selected = context.selected()?;
        let (Some(costs), Some(found)) = (selected.prepared.costs(), instance_costs(&selected))
        else {
            return Ok(None);
        };
        context.cancel.check()?;
        let selection = selected.selection();
        let prepared = &*selected.prepared;
        let mut all = Vec::with_capacity(selection.n_cases);
        selection.for_each_case(|case| all.push(case));
        let total: i128 = all
            .iter()
            .filter_map(|&case| costs.of(case))
            .map(i128::from)
            .sum();
        let cases = CaseCost::of(costs, all.iter().copied());
        context.cancel.check()?;
        let variants: Vec<usize> = selection.variants().collect();
        let listed = &variants[..variants.len().min(self.variants)];
        let variant = |&variant: &usize| {
            let sequence = selection.index.variants.sequence(variant).iter();
            VariantCost {
                rank: variant as u32 + 1,
                activities: sequence
                    .map(|&a| Arc::clone(&prepared.names[a as usize]))
                    .collect(),
                cost: CaseCost::of(costs, selection.cases_of(variant)),
            }
        };
        let rates = prepared.rates().unwrap_or_default();
        let added = total - found.all.cost.known.unwrap_or(0);
        let late = late_cases(prepared).map(|late| LateCost {
            cost: CaseCost::of(
                costs,
                all.iter().copied().filter(|&case| late.contains(case)),
            ),
            added: rates.late_hour.map(|_| units(added)),
        });
        let has_amounts = rates.amounts.is_some_and(|of| of.level == Level::Event);
        Ok(Some(Costs {
            total: cases.stats.map(|_| units(total)),
            cases,
            open: selected.open().count() as u64,
            instances: Spending::of(found.all),
            activities: activities(&selected, &found),
            resources: resources(&found),
            variants: listed.par_iter().map(variant).collect(),
            n_variants: variants.len(),
            rework: Spending::of(found.rework),
            late,
            without_amount: has_amounts.then_some(found.without_amount),
            unused: rates.unused().into_iter().map(str::to_owned).collect(),
        }))
    }
}

/// Instances by activity.
fn activities(selected: &Selected, found: &InstanceCosts) -> Vec<SpendingRow> {
    let spent = selected.prepared.names.iter().zip(&found.activities);
    let spent = spent.filter(|(_, spent)| spent.instances > 0);
    sorted(spent.map(|(name, spent)| SpendingRow {
        name: Some(Arc::clone(name)),
        spending: Spending::of(*spent),
    }))
}

/// Instances by resource.
fn resources(found: &InstanceCosts) -> Vec<SpendingRow> {
    let spent = found.resources.iter();
    sorted(spent.map(|(name, spent)| SpendingRow {
        name: name.as_deref().map(Arc::from),
        spending: Spending::of(*spent),
    }))
}

/// Rows by amount, those of unknown amount last, then by name.
fn sorted(rows: impl Iterator<Item = SpendingRow>) -> Vec<SpendingRow> {
    let mut rows: Vec<SpendingRow> = rows.collect();
    let micros = |row: &SpendingRow| {
        row.spending
            .amount
            .map(|amount| (amount * 1e6).round() as i128)
    };
    rows.sort_by_cached_key(|row| (Reverse(micros(row)), row.name.is_none(), row.name.clone()));
    rows
}

/// The cases that break a deadline; `None` without deadlines.
fn late_cases(prepared: &Prepared) -> Option<CaseSet> {
    let states: Vec<RuleStates<'_>> = prepared.deadline_states().collect();
    if states.is_empty() {
        return None;
    }
    let breaks = |case| {
        let mut states = states.iter().filter_map(|of| of.of(case));
        states.any(State::is_breach)
    };
    Some(CaseSet::from_fn(prepared.index.n_cases(), breaks))
}
