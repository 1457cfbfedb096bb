//! Variants: the different sequences of activities, their cases and the durations of these.

use crate::engine::basis::Basis;
use crate::engine::cache::RecentCache;
use crate::engine::costs::CaseCost;
use crate::engine::joined::{Comparable, Compared, Times, durations_of_ended};
use crate::engine::list::{By, List, ListInfo, Listing, Rows, SimpleList, SortValue, arrange};
use crate::engine::query::{Context, Query};
use crate::engine::schema::Surface::{Json, Pane, Table};
use crate::engine::schema::{Align, Need, Schema, Value};
use crate::engine::selected::Selected;
use crate::engine::stats::{Stats, stats};
use crate::engine::view::AskError;
use crate::event_log::Cancel;
use crate::filter::{Expr, Field, Op};
use crate::metrics::{Figures, variants};
use rayon::prelude::*;
use std::borrow::Cow;
use std::sync::Arc;

/// A page of the variants.
#[derive(Debug, Clone, PartialEq)]
pub struct VariantsQuery {
    /// Order, search and page.
    pub listing: Listing,
}

/// A variant.
#[derive(Debug, Clone, PartialEq)]
pub struct VariantRow {
    /// Rank in the whole log, from 1.
    pub rank: u32,
    /// Selected cases.
    pub cases: u64,
    /// Share of the selected cases, 0 to 1.
    pub share: f64,
    /// Share of this and all rows above it in the list's order.
    pub cumulative: f64,
    /// Activities in order.
    pub activities: Vec<Arc<str>>,
    /// Durations of its selected cases.
    pub duration: Stats,
    /// What its selected cases cost; `None` without rates.
    pub cost: Option<CaseCost>,
}

type Column = crate::engine::schema::Column<VariantRow>;

/// Cases of the row.
fn durations(row: &VariantRow) -> Basis {
    Basis::of(row.duration.n, "cases")
}

/// A figure of what its cases cost.
fn cost(row: &VariantRow, figure: fn(&Stats) -> f64) -> Value<'static> {
    let cost = row.cost.as_ref();
    cost.map_or(Value::Missing, |cost| cost.value(figure))
}

fn lower_bounds(row: &VariantRow) -> Value<'static> {
    let cost = row.cost.as_ref();
    cost.map_or(Value::Missing, |cost| Value::Count(cost.lower_bounds))
}

/// Cases of which some cost is known.
fn costs(row: &VariantRow) -> Basis {
    row.cost.unwrap_or_default().basis()
}

/// Columns of the variants.
pub static VARIANTS: Schema<VariantRow> = Schema {
    name: "variants",
    key: |r| r.activities.join("\0"),
    columns: &[
        Column::new("rank", |r| Value::Count(r.rank.into()))
            .fixed(6)
            .priority(3)
            .ascending()
            .muted()
            .term("rank"),
        Column::new("cases", |r| Value::Count(r.cases))
            .fixed(7)
            .term("cases"),
        Column::new("share", |r| Value::Share(r.share))
            .fixed(12)
            .priority(2)
            .bar(6)
            .right()
            .unsorted()
            .term("share"),
        Column::new("cumulative", |r| Value::Share(r.cumulative))
            .title("cumul")
            .fixed(6)
            .priority(4)
            .muted()
            .unsorted()
            .term("cumulative")
            .only(&[Pane]),
        Column::new("mean", |r| Value::Seconds(r.duration.mean))
            .json("duration.mean")
            .term("mean")
            .only(&[Table, Json]),
        Column::new("median", |r| Value::Seconds(r.duration.median))
            .basis(durations)
            .json("duration.median")
            .priority(1)
            .term("median"),
        Column::new("p90", |r| Value::Seconds(r.duration.p90))
            .basis(durations)
            .json("duration.p90")
            .priority(5)
            .term("p90"),
        Column::new("p99", |r| Value::Seconds(r.duration.p99))
            .json("duration.p99")
            .unsorted()
            .only(&[Json]),
        Column::new("total", |r| Value::Seconds(r.duration.total)).only(&[]),
        Column::new("cost_mean", |r| cost(r, |stats| stats.mean))
            .basis(costs)
            .json("cost.mean")
            .title("cost/case")
            .fixed(13)
            .priority(4)
            .term("cost")
            .needs(Need::Rates),
        Column::new("cost_total", |r| cost(r, |stats| stats.total))
            .basis(costs)
            .json("cost.total")
            .title("cost")
            .fixed(14)
            .priority(5)
            .term("cost")
            .needs(Need::Rates),
        Column::new("cost_lower_bound_cases", lower_bounds)
            .json("cost.lower_bound_cases")
            .unsorted()
            .needs(Need::Rates)
            .only(&[Table, Json]),
        Column::new("events", |r| Value::Count(r.activities.len() as u64))
            .fixed(7)
            .priority(6)
            .term("events")
            .only(&[Pane]),
        Column::new("activities", |r| Value::Names(&r.activities))
            .left(Align::Text)
            .title("sequence")
            .flex(34, 1, u16::MAX)
            .unsorted(),
    ],
    pane: &[],
    table: &[],
    json: &["rank", "cases", "share", "activities"],
    orders: &[
        "cases",
        "rank",
        "median",
        "p90",
        "mean",
        "total",
        "events",
        "cost_mean",
        "cost_total",
    ],
    chosen: None,
};

impl List for VariantsQuery {
    type Row = VariantRow;

    fn schema() -> &'static Schema<VariantRow> {
        &VARIANTS
    }

    fn rows(answer: &Rows<VariantRow>) -> &Rows<VariantRow> {
        answer
    }
}

impl SimpleList for VariantsQuery {
    const INFO: ListInfo = ListInfo {
        id: "variants",
        title: "Variants",
        short: "Var",
        help: "The sequences of activities that cases follow, with their share and durations",
        many: "variants",
    };

    fn new(listing: Listing) -> Self {
        VariantsQuery { listing }
    }

    fn filter(row: &VariantRow) -> Expr {
        Expr::compare(Field::Variant, Op::Equal, row.rank)
    }

    fn name(row: &VariantRow) -> String {
        row.activities.join(" > ")
    }
}

impl Comparable for VariantsQuery {
    const COMPARED: Compared = Compared {
        many: "variants",
        names: &["rank", "activities"],
        title: "variant",
        time: "duration",
        heads: ["A median", "B median"],
        of_times: false,
    };

    fn of(&self, listing: Listing) -> Self {
        VariantsQuery { listing }
    }

    fn listing(&self) -> &Listing {
        &self.listing
    }

    fn cases(row: &VariantRow) -> Option<u64> {
        Some(row.cases)
    }

    fn name(row: &VariantRow) -> String {
        // Many sequences differ only where a narrow column cuts them.
        format!("{}: {}", row.rank, <Self as SimpleList>::name(row))
    }

    fn times(&self, selected: &Selected, _: &Context<'_>) -> Result<Times, AskError> {
        let (index, names) = (&selected.prepared.index, &selected.prepared.names);
        let durations = durations_of_ended(selected, |case| index.case_variant[case]);
        let named = durations.into_iter().map(|(variant, durations)| {
            let sequence = index.variants.sequence(variant as usize).iter();
            let sequence: Vec<&str> = sequence.map(|&a| &*names[a as usize]).collect();
            (sequence.join("\0"), durations)
        });
        Ok(named.collect())
    }
}

impl Query for VariantsQuery {
    type Answer = Rows<VariantRow>;

    fn run(&self, context: &Context<'_>) -> Result<Rows<VariantRow>, AskError> {
        list(&*context.selected()?, &self.listing, context.cancel)
    }
}

const NO_DURATION: Stats = Stats {
    n: 0,
    mean: 0.0,
    median: 0.0,
    p90: 0.0,
    p99: 0.0,
    min: 0.0,
    max: 0.0,
    total: 0.0,
};

/// Mean and sum of the known costs of the cases of each variant; `None` where none is known.
struct VariantCosts(Vec<Option<[f64; 2]>>);

/// Costs of all variants by which they are sorted. Every page needs them, so that they are kept.
fn spent(
    sort: &str,
    selected: &Selected,
    cancel: &Cancel,
) -> Result<impl Fn(u32) -> SortValue, AskError> {
    /// Variants between two looks at whether to go on.
    const STRIDE: usize = 1 << 13;
    let figure = ["cost_mean", "cost_total"]
        .iter()
        .position(|by| *by == sort);
    let costs = selected.prepared.costs().filter(|_| figure.is_some());
    let kept = selected
        .figures
        .get_or_init(|| RecentCache::<(), Arc<VariantCosts>>::new(1));
    let all = match (kept.get(&()), costs) {
        (Some(known), _) => known,
        (None, None) => Arc::new(VariantCosts(Vec::new())),
        (None, Some(costs)) => {
            let selection = selected.selection();
            let variants: Vec<usize> = (0..selection.variant_cases.len()).collect();
            let mut found = Vec::with_capacity(variants.len());
            for some in variants.chunks(STRIDE) {
                cancel.check()?;
                let of = |&v: &usize| CaseCost::mean_and_total(costs, selection.cases_of(v));
                found.par_extend(some.par_iter().map(of));
            }
            let found = Arc::new(VariantCosts(found));
            kept.put((), Arc::clone(&found));
            found
        }
    };
    Ok(move |v: u32| {
        let of = all.0.get(v as usize).copied().flatten();
        SortValue::from(figure.and_then(|figure| Some(of?[figure])))
    })
}

fn list(
    selected: &Selected,
    listing: &Listing,
    cancel: &Cancel,
) -> Result<Rows<VariantRow>, AskError> {
    let sort = VARIANTS.order(&listing.sort)?.name;
    let selection = selected.selection();
    let table = &selection.index.variants;
    let by_duration = ["mean", "median", "p90", "total"].contains(&sort);
    // The durations of all variants cost a pass over the cases; those of a page cost the page.
    let all =
        (by_duration || listing.page.limit > 1000).then(|| variants::all_durations(&selection));
    let figure = |v: u32, f: fn(Figures) -> f64| {
        SortValue::from(all.as_ref().and_then(|all| all[v as usize]).map(f))
    };
    let costs = selected.prepared.costs();
    let cost = |v: u32| Some(CaseCost::of(costs?, selection.cases_of(v as usize)));
    let spent = spent(sort, selected, cancel)?;
    let value = |v: u32| match sort {
        "cost_mean" | "cost_total" => spent(v),
        "cases" => u64::from(selection.variant_cases[v as usize]).into(),
        "rank" => u64::from(v).into(),
        "events" => (table.sequence(v as usize).len() as u64).into(),
        "mean" => figure(v, |f| f.total as f64 / f.n as f64),
        "median" => figure(v, |f| f.median),
        "p90" => figure(v, |f| f.p90),
        "total" => figure(v, |f| f.total as f64),
        _ => SortValue::None,
    };
    let names = |v: u32| {
        table
            .sequence(v as usize)
            .iter()
            .map(|&a| &selected.prepared.names[a as usize])
    };
    let joined = |v: u32, by: &str| names(v).map(|n| &**n).collect::<Vec<&str>>().join(by);
    let rank = selected.prepared.variant_rank();
    // Codes of activities are compared, not the texts that keys are.
    let codes = |key: &str| {
        let names = key
            .split('\0')
            .map(|name| selection.log.activities.find(name));
        names.collect::<Option<Vec<u32>>>().map(Cow::Owned)
    };
    let sequence = |v: u32| Cow::Borrowed(table.sequence(v as usize));
    let by = By {
        value,
        tie: |v: u32| rank[v as usize],
        text: |v: u32| joined(v, " > "),
        followed: listing.follow.numbers_by(table.len(), codes, sequence),
    };
    let ids = selection.variants().map(|v| v as u32).collect();
    let arranged = arrange(ids, listing, cancel, &by)?;
    let count = |&v: &u32| u64::from(selection.variant_cases[v as usize]);
    let n_cases = (selection.n_cases as f64).max(1.0);
    let mut rows = arranged.rows(1.0, |v| {
        let duration = match &all {
            Some(all) => all[v as usize],
            None => variants::durations(&selection, v as usize),
        };
        let cases = u64::from(selection.variant_cases[v as usize]);
        VariantRow {
            rank: v + 1,
            cases,
            share: cases as f64 / n_cases,
            cumulative: 0.0,
            activities: names(v).map(Arc::clone).collect(),
            duration: duration.map_or(NO_DURATION, stats),
            cost: cost(v),
        }
    });
    // What is above the page counts, too.
    let mut above: u64 = arranged.ids[..rows.offset].iter().map(count).sum();
    for row in &mut rows.rows {
        above += row.cases;
        row.cumulative = above as f64 / n_cases;
    }
    Ok(rows)
}
