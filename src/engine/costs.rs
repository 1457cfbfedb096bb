//! Rates applied to a log: prices of its instances, and the cost of each case as a column of cases.

use super::basis::Basis;
use super::column_name::fault;
use super::prepared::Prepared;
use super::rates::{COST, COST_KNOWN, HourlyRates, RateOf, RateSpec};
use super::schema::{Column as ListColumn, Money, Need, Surface, Value};
use super::stats::{Stats, stats};
use super::view::FilterError;
use crate::event_log::{Codes, Column, ColumnData, Level, Numbers, Role};
use crate::filter::Source;
use crate::metrics::cost::{Cost, Rated, Rates, Spent, at_rate, micro_units};
use crate::metrics::quantile::of_sorted;
use crate::text;
use rayon::prelude::*;

/// Costs of the cases of a log.
#[derive(Clone, Copy)]
pub(super) struct CaseCosts<'a> {
    amounts: &'a Numbers,
    known: &'a Codes,
    /// Position of the amounts among the columns.
    pub column: usize,
}

/// Code of a case whose cost is known as a whole, in the column [`COST_KNOWN`].
const KNOWN: u32 = 1;

impl CaseCosts<'_> {
    /// The known part of the cost of a case, micro-units; `None` where nothing is known.
    pub fn of(self, case: usize) -> Option<i64> {
        // Integers up to 2^53 micro-units are exact in a float: nine thousand million units.
        micro_units(self.amounts.get(case)).map(|micros| micros as i64)
    }

    /// True if no part of the cost is unknown.
    pub fn is_known(self, case: usize) -> bool {
        self.known.get(case) == KNOWN
    }
}

impl Prepared {
    /// The costs of the cases; `None` without rates.
    pub(super) fn costs(&self) -> Option<CaseCosts<'_>> {
        self.timed.timing.rates.as_ref()?;
        let defined = self.log.defined_columns();
        let at = |name: &str| {
            let mut places = defined.clone();
            places.find(|&at| self.log.columns[at].name == name)
        };
        let column = at(COST)?;
        match (
            &self.log.columns[column].data,
            &self.log.columns[at(COST_KNOWN)?].data,
        ) {
            (ColumnData::Number(amounts), ColumnData::Text(known, _)) => Some(CaseCosts {
                amounts,
                known,
                column,
            }),
            _ => None,
        }
    }

    /// The rates of the definitions, bound to the log; `None` without any.
    pub(super) fn rates(&self) -> Option<Rates<'_>> {
        let spec = self.timed.timing.rates.as_ref()?;
        // They were bound to the whole log before, whose columns this one has.
        self.bind_rates(spec).ok()
    }

    /// Binds rates to the log.
    ///
    /// # Errors
    /// The log has no such column or no resource, or the amounts are no numbers: a sentence with the line.
    pub(super) fn bind_rates<'a>(&'a self, spec: &'a RateSpec) -> Result<Rates<'a>, String> {
        let hourly = spec.hourly.iter().map(|rates| self.rated(rates));
        let amounts = spec.amounts.as_ref();
        let amounts = amounts.map(|column| self.numbers_of(column, "amounts"));
        let fixed = (!spec.fixed.is_empty()).then_some(&spec.fixed);
        Ok(Rates {
            hourly: hourly.collect::<Result<_, String>>()?,
            per_hour: spec.per_hour,
            fixed: fixed.map(|fixed| Rated::of_activities(&self.log, fixed)),
            amounts: amounts.transpose()?,
            late_hour: spec.late_hour,
        })
    }

    fn rated(&self, of: &HourlyRates) -> Result<Rated<'_>, String> {
        let log = &self.log;
        let of_column = |at: usize| {
            let rates = of.rates.iter().map(|(name, rate)| {
                let shown = log.pseudonym(Some(at), name);
                (shown.unwrap_or_else(|| name.clone()), *rate)
            });
            Rated::of_column(&log.columns[at], &rates.collect())
        };
        match &of.of {
            RateOf::Activity => Ok(Rated::of_activities(log, &of.rates)),
            RateOf::Resource => {
                let at = log.role_columns[Role::Resource];
                at.map(of_column).ok_or_else(|| {
                    "[rates.resource] of the rules file: the log has no resource".to_owned()
                })
            }
            RateOf::Column(column) => match self.column_of_log(column)? {
                Source::Activity => Ok(Rated::of_activities(log, &of.rates)),
                Source::Column(at) => Ok(of_column(at)),
                _ => Err(fault(
                    column,
                    "its values are ids or times, which have no rates",
                )),
            },
        }
    }

    /// The columns of the costs of the cases; none without rates. `late` is the time of each case past its
    /// deadlines, microseconds; empty where no case is late.
    ///
    /// # Errors
    /// A case costs more than figures can be made of, 2^63 micro-units.
    pub(super) fn cost_columns(&self, late: &[i64]) -> Result<Vec<Column>, FilterError> {
        let Some(rates) = self.rates() else {
            return Ok(Vec::new());
        };
        let cost = |case: usize| {
            let mut cost = rates.of_case(&self.log, case);
            let late = late.get(case).copied().filter(|late| *late > 0);
            let added = rates.late_hour.zip(late);
            cost += Cost {
                known: added.map(|(rate, late)| at_rate(rate, late)),
                unknown: 0,
            };
            cost
        };
        let costs: Vec<Cost> = (0..self.log.n_cases()).into_par_iter().map(cost).collect();
        let is_too_large = |cost: &Cost| cost.known.is_some_and(|of| i64::try_from(of).is_err());
        if let Some(case) = costs.iter().position(is_too_large) {
            return Err(too_large(self.log.case_ids.get(case as u32)));
        }
        let amount = |cost: &Cost| cost.known.map_or(f64::NAN, units);
        let amounts: Vec<f64> = costs.iter().map(amount).collect();
        let code = |cost: &Cost| {
            let known = cost.unknown == 0 && cost.known.is_some();
            if known { KNOWN } else { 1 + KNOWN }
        };
        let words = ["", "true", "false"].into_iter().collect();
        let known = Codes::pack(costs.iter().map(code), 3);
        Ok(vec![
            of_cases(COST, ColumnData::Number(Numbers::pack(amounts))),
            of_cases(COST_KNOWN, ColumnData::Text(known, words)),
        ])
    }
}

fn too_large(case: &str) -> FilterError {
    let most = text::money(i64::MAX as f64 / 1e6, false);
    FilterError {
        text: "[rates]".to_owned(),
        span: 0..7,
        message: format!(
            "the costs of case {case:?} are beyond {most}: their column or rates may be in another unit"
        ),
    }
}

/// Money spent on some instances.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Spending {
    /// Number of activity instances.
    pub instances: u64,
    /// Instances whose hourly part is unknown.
    pub unknown: u64,
    /// Sum of what is known, units of money; `None` where nothing is.
    pub amount: Option<f64>,
}

impl Spending {
    pub(super) fn of(spent: Spent) -> Self {
        // No instance costs nothing.
        let known = spent.cost.known.or((spent.instances == 0).then_some(0));
        Spending {
            instances: spent.instances,
            unknown: spent.cost.unknown,
            amount: known.map(units),
        }
    }

    /// The amount as a value of a cell.
    pub fn value(&self) -> Value<'static> {
        money(self.amount, self.unknown > 0)
    }
}

/// A row of a list that has spent money.
pub(super) trait Spends {
    /// What it has spent; `None` without rates.
    fn spending(&self) -> Option<&Spending>;
}

/// The column of what the rows of a list have spent.
pub(super) const fn total_column<R: Spends>() -> ListColumn<R> {
    let total = ListColumn::new("cost_total", |row: &R| {
        row.spending().map_or(Value::Missing, Spending::value)
    });
    let total = total.basis(|row| basis(row.spending()));
    let total = total.json("cost.total").title("cost").fixed(14);
    total.term("cost").needs(Need::Rates)
}

/// The column of the instances of rows whose hourly part is unknown.
pub(super) const fn unknown_column<R: Spends>() -> ListColumn<R> {
    let unknown = ListColumn::new("cost_unknown", |row: &R| {
        let unknown = row.spending().map(|of| of.unknown);
        unknown.map_or(Value::Missing, Value::Count)
    });
    let unknown = unknown.json("cost.unknown").unsorted();
    unknown
        .needs(Need::Rates)
        .only(&[Surface::Table, Surface::Json])
}

/// A row of a list of sets of cases.
pub(super) trait Costly {
    /// Cost of the cases; `None` without rates.
    fn cost(&self) -> Option<&CaseCost>;
}

fn cost<R: Costly>(row: &R, figure: fn(&Stats) -> f64) -> Value<'static> {
    row.cost().map_or(Value::Missing, |cost| cost.value(figure))
}

/// A column of a figure of the cases of rows.
const fn of_rows<R: Costly>(
    name: &'static str,
    value: for<'a> fn(&'a R) -> Value<'a>,
) -> ListColumn<R> {
    let column = ListColumn::new(name, value).needs(Need::Rates);
    let column = column.basis(|row: &R| row.cost().copied().unwrap_or_default().basis());
    column.term("cost")
}

/// The column of the mean cost of the cases of rows.
pub(super) const fn mean_column<R: Costly>() -> ListColumn<R> {
    let mean = of_rows("cost_mean", |row: &R| cost(row, |stats| stats.mean));
    mean.json("cost.mean").title("cost/case").fixed(13)
}

/// The column of the sum of the costs of the cases of rows.
pub(super) const fn sum_column<R: Costly>() -> ListColumn<R> {
    let sum = of_rows("cost_total", |row: &R| cost(row, |stats| stats.total));
    sum.json("cost.total").title("cost").fixed(14)
}

/// The column of the cases of rows whose cost is a lower bound.
pub(super) const fn bounds_column<R: Costly>() -> ListColumn<R> {
    let bounds = ListColumn::new("cost_lower_bound_cases", |row: &R| {
        let cost = row.cost();
        cost.map_or(Value::Missing, |cost| Value::Count(cost.lower_bounds))
    });
    let bounds = bounds.json("cost.lower_bound_cases").unsorted();
    bounds
        .needs(Need::Rates)
        .only(&[Surface::Table, Surface::Json])
}

/// The instances behind an amount.
fn basis(of: Option<&Spending>) -> Basis {
    let of = of.copied().unwrap_or_default();
    let basis = Basis::of(of.instances - of.unknown, "instances");
    basis.without(of.unknown, "whose hours have an unknown cost")
}

/// What some cases cost.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct CaseCost {
    /// Number of cases.
    pub cases: u64,
    /// Cases whose cost is a lower bound, or of which nothing is known.
    pub lower_bounds: u64,
    /// Figures of what is known, in units of money; `None` where nothing is.
    pub stats: Option<Stats>,
}

impl CaseCost {
    pub(super) fn of(costs: CaseCosts<'_>, cases: impl Iterator<Item = usize>) -> Self {
        let mut found = CaseCost::default();
        let mut amounts = Vec::new();
        for case in cases {
            found.cases += 1;
            found.lower_bounds += u64::from(!costs.is_known(case));
            amounts.extend(costs.of(case));
        }
        amounts.sort_unstable();
        CaseCost {
            stats: of_sorted(&amounts).map(stats),
            ..found
        }
    }

    /// Mean and sum of what is known, without the other figures; `None` where nothing is.
    pub(super) fn mean_and_total(
        costs: CaseCosts<'_>,
        cases: impl Iterator<Item = usize>,
    ) -> Option<[f64; 2]> {
        let known = cases.filter_map(|case| costs.of(case));
        let (n, total) = known.fold((0u64, 0i128), |(n, total), amount| {
            (n + 1, total + i128::from(amount))
        });
        (n > 0).then(|| [total as f64 / n as f64 / 1e6, units(total)])
    }

    /// A figure as a value of a cell.
    pub fn value(&self, figure: fn(&Stats) -> f64) -> Value<'static> {
        money(self.stats.as_ref().map(figure), self.lower_bounds > 0)
    }

    /// The cases that figures are of.
    pub(super) fn basis(&self) -> Basis {
        let n = self.stats.map_or(0, |stats| stats.n);
        let basis = Basis::of(n, "cases");
        basis.without(self.cases - n, "of unknown cost")
    }
}

fn money(amount: Option<f64>, at_least: bool) -> Value<'static> {
    let money = amount.map(|amount| Money { amount, at_least });
    money.map_or(Value::Missing, Value::Money)
}

/// Converts micro-units to units of money.
pub(super) fn units(micros: i128) -> f64 {
    micros as f64 / 1e6
}

fn of_cases(name: &str, data: ColumnData) -> Column {
    Column {
        name: name.to_owned(),
        level: Level::Case,
        data,
    }
}
