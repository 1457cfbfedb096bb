//! Costs of cases, by activity, resource and variant, of rework and of late cases.

use super::list::cell;
use super::{Report, ReportContext, ReportResult, Spec, no_options};
use crate::cli::failure::Failure;
use crate::cli::json::{Json, Number, list};
use crate::cli::table::{Cell, Column, Table};
use crate::engine::{
    CaseCost, CostQuery, Costs, LateCost, Spending, SpendingRow, Stats, VariantCost,
};
use crate::text;
use clap::ArgMatches;
use serde::Serialize;

pub(super) const SPEC: Spec = Spec {
    name: "cost",
    about: "Costs of cases, by activity, resource and variant, of rework and of late cases",
    options: no_options,
    make,
    versus: Err(
        "its sums are of one selection: split --figure cost has the costs of groups of both",
    ),
};

struct CostReport {
    selection: String,
    costs: Costs,
    /// Most rows of each list.
    limit: usize,
}

fn make(ask: &ReportContext<'_>, _: &ArgMatches) -> ReportResult {
    let limit = ask.common.printing.limit();
    let costs = ask.answer(&CostQuery { variants: limit })?;
    let costs = costs.ok_or_else(|| {
        Failure::usage(
            "no rate is defined: write [rates] into a file, as `[rates]` and below it `per_hour = 60`, \
             and name it by --rules FILE",
        )
    })?;
    Ok(Box::new(CostReport {
        selection: ask.selection()?,
        costs,
        limit,
    }))
}

#[derive(Serialize)]
struct CostJson<'a, A, R, V> {
    total: Option<Number>,
    cases: u64,
    open: u64,
    instances: u64,
    unknown: u64,
    lower_bound_cases: u64,
    per_case: PerCaseJson,
    by_activity: A,
    by_resource: R,
    by_variant: V,
    rework: SpendingJson,
    late: Option<LateJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    without_amount: Option<u64>,
    unused_rates: &'a [String],
}

#[derive(Serialize)]
struct PerCaseJson {
    cases: u64,
    mean: Option<Number>,
    median: Option<Number>,
    p90: Option<Number>,
}

impl PerCaseJson {
    fn of(cost: &CaseCost) -> Self {
        let stats = cost.stats.as_ref();
        PerCaseJson {
            cases: stats.map_or(0, |stats| stats.n),
            mean: stats.map(|stats| Number(stats.mean)),
            median: stats.map(|stats| Number(stats.median)),
            p90: stats.map(|stats| Number(stats.p90)),
        }
    }
}

#[derive(Serialize)]
struct SpendingJson {
    instances: u64,
    unknown: u64,
    cost: Option<Number>,
}

impl SpendingJson {
    fn of(spending: &Spending) -> Self {
        SpendingJson {
            instances: spending.instances,
            unknown: spending.unknown,
            cost: spending.amount.map(Number),
        }
    }
}

#[derive(Serialize)]
struct ActivityJson<'a> {
    activity: Option<&'a str>,
    #[serde(flatten)]
    spending: SpendingJson,
}

#[derive(Serialize)]
struct ResourceJson<'a> {
    resource: Option<&'a str>,
    #[serde(flatten)]
    spending: SpendingJson,
}

#[derive(Serialize)]
struct VariantJson<'a> {
    rank: u32,
    activities: Vec<&'a str>,
    cases: u64,
    lower_bound_cases: u64,
    mean: Option<Number>,
    median: Option<Number>,
    total: Option<Number>,
}

impl<'a> VariantJson<'a> {
    fn of(variant: &'a VariantCost) -> Self {
        let stats = variant.cost.stats.as_ref();
        VariantJson {
            rank: variant.rank,
            activities: variant.activities.iter().map(|name| &**name).collect(),
            cases: variant.cost.cases,
            lower_bound_cases: variant.cost.lower_bounds,
            mean: stats.map(|stats| Number(stats.mean)),
            median: stats.map(|stats| Number(stats.median)),
            total: stats.map(|stats| Number(stats.total)),
        }
    }
}

#[derive(Serialize)]
struct LateJson {
    cases: u64,
    lower_bound_cases: u64,
    cost: Option<Number>,
    /// What the hours past the deadlines add to it; null where they have no price.
    added: Option<Number>,
}

impl LateJson {
    fn of(late: &LateCost) -> Self {
        let nothing = late.cost.cases == 0;
        let total = late.cost.stats.map(|stats| stats.total);
        LateJson {
            cases: late.cost.cases,
            lower_bound_cases: late.cost.lower_bounds,
            cost: total.or(nothing.then_some(0.0)).map(Number),
            added: late.added.map(Number),
        }
    }
}

impl Report for CostReport {
    fn json(&self) -> Box<dyn Json + '_> {
        let costs = &self.costs;
        Box::new(CostJson {
            total: costs.total.map(Number),
            cases: costs.cases.cases,
            open: costs.open,
            instances: costs.instances.instances,
            unknown: costs.instances.unknown,
            lower_bound_cases: costs.cases.lower_bounds,
            per_case: PerCaseJson::of(&costs.cases),
            by_activity: list(self.cut(&costs.activities), |row| ActivityJson {
                activity: row.name.as_deref(),
                spending: SpendingJson::of(&row.spending),
            }),
            by_resource: list(self.cut(&costs.resources), |row| ResourceJson {
                resource: row.name.as_deref(),
                spending: SpendingJson::of(&row.spending),
            }),
            by_variant: list(&costs.variants, VariantJson::of),
            rework: SpendingJson::of(&costs.rework),
            late: costs.late.as_ref().map(LateJson::of),
            without_amount: costs.without_amount,
            unused_rates: &costs.unused,
        })
    }

    fn heading(&self) -> String {
        let costs = &self.costs;
        let mut parts = vec![self.selection.clone()];
        let mut add = |n: u64, one: &str, many: &str, what: &str| {
            if n > 0 {
                parts.push(format!("{} {what}", text::counted(n, one, many)));
            }
        };
        let unknown = "whose hours have an unknown cost";
        add(costs.instances.unknown, "instance", "instances", unknown);
        let bounds = "whose cost is a lower bound (>=)";
        add(costs.cases.lower_bounds, "case", "cases", bounds);
        add(
            costs.open,
            "open case",
            "open cases",
            "with the cost so far",
        );
        let without = costs.without_amount.unwrap_or(0);
        add(without, "event", "events", "without an amount");
        let lists = [
            costs.activities.len(),
            costs.resources.len(),
            costs.n_variants,
        ];
        if lists.into_iter().any(|rows| rows > self.limit) {
            let [activities, resources, variants] = lists.map(|rows| text::count(rows as u64));
            parts.push(format!(
                "{} rows each of {activities} activities, {resources} resources and {variants} variants \
                 (--limit N shows more)",
                text::count(self.limit as u64)
            ));
        }
        if !costs.unused.is_empty() {
            let unused = costs.unused.join(", ");
            parts.push(format!("rates of what the log has not: {unused}"));
        }
        text::safe(&parts.join("; ")).into_owned()
    }

    fn list(&self) -> Table<'_> {
        spending("activity", self.cut(&self.costs.activities))
    }

    fn tables(&self) -> Vec<Table<'_>> {
        let mut tables = vec![self.figures(), self.list()];
        if !self.costs.resources.is_empty() {
            tables.push(spending("resource", self.cut(&self.costs.resources)));
        }
        tables.push(self.variants());
        tables
    }
}

impl CostReport {
    fn cut<'a, T>(&self, rows: &'a [T]) -> &'a [T] {
        &rows[..rows.len().min(self.limit)]
    }

    /// The figures of all cases.
    fn figures(&self) -> Table<'_> {
        let costs = &self.costs;
        let per_case = |figure| case_cell(&costs.cases, figure);
        let mut pairs = vec![
            ("total".into(), case_cell(&costs.cases, |stats| stats.total)),
            ("mean of a case".into(), per_case(|stats| stats.mean)),
            ("median of a case".into(), per_case(|stats| stats.median)),
            ("p90 of a case".into(), per_case(|stats| stats.p90)),
            ("rework".into(), spending_cell(&costs.rework)),
            (
                "repeated instances".into(),
                Cell::Count(costs.rework.instances),
            ),
        ];
        if let Some(late) = &costs.late {
            pairs.push(("late cases".into(), Cell::Count(late.cost.cases)));
            pairs.push((
                "cost of late cases".into(),
                case_cell(&late.cost, |stats| stats.total),
            ));
            if let Some(added) = late.added {
                pairs.push(("added by hours late".into(), Cell::Money(added, false)));
            }
        }
        Table::pairs(pairs)
    }

    /// The variants, by rank.
    fn variants(&self) -> Table<'_> {
        let mut columns: Vec<Column<'_>> = vec![Column::figure("rank")];
        columns.extend(["cases", "mean", "median", "total"].map(Column::figure));
        columns.push(Column::text("activities"));
        Table::new(columns, &self.costs.variants, |variant| {
            let cost = &variant.cost;
            vec![
                Cell::Count(variant.rank.into()),
                Cell::Count(cost.cases),
                case_cell(cost, |stats| stats.mean),
                case_cell(cost, |stats| stats.median),
                case_cell(cost, |stats| stats.total),
                Cell::from(variant.activities.join(" -> ")),
            ]
        })
    }
}

/// Instances by name.
fn spending<'a>(name: &'static str, rows: &'a [SpendingRow]) -> Table<'a> {
    let mut columns = vec![Column::text(name)];
    columns.extend(["instances", "unknown", "cost"].map(Column::figure));
    Table::new(columns, rows, |row| {
        vec![
            row.name.as_deref().map_or(Cell::Missing, Cell::from),
            Cell::Count(row.spending.instances),
            Cell::Count(row.spending.unknown),
            spending_cell(&row.spending),
        ]
    })
}

fn spending_cell(spending: &Spending) -> Cell<'static> {
    cell(spending.value())
}

fn case_cell(cost: &CaseCost, figure: fn(&Stats) -> f64) -> Cell<'static> {
    cell(cost.value(figure))
}
