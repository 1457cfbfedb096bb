//! Variants: the different sequences of activities, their cases and the durations of these. Without some
//! activities, or with repeats and loops counted once, several variants are one row.

mod sequences;

use super::funnel::activities;
use crate::engine::basis::Basis;
use crate::engine::cache::RecentCache;
use crate::engine::costs::{CaseCost, Costly, bounds_column, mean_column, sum_column};
use crate::engine::joined::{Comparable, Compared, Times, durations_of_ended};
use crate::engine::list::{By, List, Listing, Rows, arrange};
use crate::engine::query::{Context, Query, SmallGroups};
use crate::engine::schema::Surface::{Json, Pane, Table};
use crate::engine::schema::{Align, Schema, Value};
use crate::engine::selected::Selected;
use crate::engine::sorting::SortValue;
use crate::engine::stats::{Stats, stats};
use crate::engine::suppress::{GroupSize, Suppressed, is_few, kept};
use crate::engine::timing::RuleStates;
use crate::engine::view::AskError;
use crate::event_log::Cancel;
use crate::filter::{Expr, Field, Op};
use crate::metrics::Figures;
use crate::metrics::deadlines::State;
use crate::metrics::variants::Merged;
use rayon::prelude::*;
pub use sequences::Counting;
use sequences::Sequences;
use std::borrow::Cow;
use std::sync::Arc;

/// A page of the variants.
#[derive(Debug, Clone, PartialEq)]
pub struct VariantsQuery {
    /// Order, search and page.
    pub listing: Listing,
    /// What makes sequences different.
    pub counting: Counting,
}

impl VariantsQuery {
    /// Asks for a row of each variant.
    pub fn new(listing: Listing) -> Self {
        VariantsQuery {
            listing,
            counting: Counting::default(),
        }
    }
}

/// A variant.
#[derive(Debug, Clone, PartialEq)]
pub struct VariantRow {
    /// Rank in the whole log, from 1; of several variants that are one, that of the most frequent one.
    pub rank: u32,
    /// Ranks of all variants that it is, ascending.
    pub ranks: Vec<u32>,
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
    /// Mean number of events of a case whose activity it had before.
    pub rework: f64,
    /// Cases under deadlines that are kept, broken or overdue, and those that are broken or overdue; a case
    /// under two deadlines counts for both.
    pub deadlines: (u64, u64),
    /// What its selected cases cost; `None` without rates.
    pub cost: Option<CaseCost>,
}

impl VariantRow {
    /// The filter of its cases.
    pub fn filter(&self) -> Expr {
        match self.ranks[..] {
            [] | [_] => Expr::compare(Field::Variant, Op::Equal, self.rank),
            _ => Expr::one_of(Field::Variant, self.ranks.iter().copied()),
        }
    }
}

type Column = crate::engine::schema::Column<VariantRow>;

/// Cases of the row.
fn durations(row: &VariantRow) -> Basis {
    Basis::of(row.duration.n, "cases")
}

impl Costly for VariantRow {
    fn cost(&self) -> Option<&CaseCost> {
        self.cost.as_ref()
    }
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
            .term("cumulative"),
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
        mean_column().priority(4),
        sum_column().priority(5),
        bounds_column(),
        Column::new("events", |r| Value::Count(r.activities.len() as u64))
            .fixed(7)
            .priority(6)
            .term("events")
            .only(&[Pane]),
        Column::new("rework", |r| Value::Number(r.rework))
            .fixed(7)
            .priority(8)
            .term("repeated events")
            .only(&[Pane, Json]),
        Column::new("breach_rate", |r| match r.deadlines {
            (0, _) => Value::Missing,
            (known, broken) => Value::Share(broken as f64 / known as f64),
        })
        .basis(|r| Basis::of(r.deadlines.0, "deadlines kept, broken or overdue"))
        .title("breaches")
        .priority(7)
        .term("breach rate")
        .when(|f| f.deadlines)
        .only(&[Pane, Json]),
        Column::new("variants", |r| Value::Count(r.ranks.len() as u64))
            .fixed(8)
            .priority(6)
            .term("merged variants")
            .when(|f| f.extra),
        Column::new("filter", |r| Value::Text(r.filter().to_string().into()))
            .unsorted()
            .when(|f| f.extra)
            .only(&[Json]),
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
        "rework",
        "breach_rate",
        "variants",
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
        VariantsQuery {
            listing,
            counting: self.counting.clone(),
        }
    }

    fn listing(&self) -> &Listing {
        &self.listing
    }

    fn cases(row: &VariantRow) -> Option<u64> {
        Some(row.cases)
    }

    fn name(row: &VariantRow) -> String {
        // Many sequences differ only where a narrow column cuts them.
        format!("{}: {}", row.rank, row.activities.join(" > "))
    }

    fn times(&self, selected: &Selected, context: &Context<'_>) -> Result<Times, AskError> {
        let (index, names) = (&selected.prepared.index, &selected.prepared.names);
        let rows = self.rows(selected, context.cancel)?;
        let mut of = vec![u32::MAX; index.variants.len()];
        for id in 0..rows.len() as u32 {
            let members = rows.members(id);
            members.for_each(|variant| of[variant as usize] = id);
        }
        let of_case = |case: usize| of[index.case_variant[case] as usize];
        let named = durations_of_ended(selected, of_case).into_iter();
        let named = named.map(|(id, durations)| {
            let sequence = rows.sequence(id).iter();
            let sequence: Vec<&str> = sequence.map(|&a| &*names[a as usize]).collect();
            (sequence.join("\0"), durations)
        });
        Ok(named.collect())
    }
}

impl Query for VariantsQuery {
    type Answer = Rows<VariantRow>;
    const SMALL_GROUPS: SmallGroups = SmallGroups::LeftOut;

    fn run(&self, context: &Context<'_>) -> Result<Rows<VariantRow>, AskError> {
        let selected = context.selected()?;
        let rows = self.rows(&selected, context.cancel)?;
        list(&selected, &rows, &self.listing, context)
    }
}

/// Merged variants kept for a view.
const KEPT: usize = 4;

impl VariantsQuery {
    /// The rows of a selection, merged ones from the cache if they were asked for before.
    fn rows<'a>(&self, selected: &'a Selected, cancel: &Cancel) -> Result<Sequences<'a>, AskError> {
        type Known = RecentCache<Counting, Arc<Merged>>;
        let selection = selected.selection();
        let counting = &self.counting;
        if counting.is_plain() {
            return Ok(Sequences {
                selection,
                counting: Counting::default(),
                merged: None,
            });
        }
        let known = selected.figures.get_or_init(|| Known::new(KEPT));
        let merged = if let Some(merged) = known.get(counting) {
            merged
        } else {
            let left_out = activities(&selected.prepared, &counting.ignore)?;
            let merged = Merged::of(&selection, &left_out, counting.collapse, cancel)?;
            let merged = Arc::new(merged);
            known.put(counting.clone(), Arc::clone(&merged));
            merged
        };
        Ok(Sequences {
            selection,
            counting: counting.clone(),
            merged: Some(merged),
        })
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

/// Mean and sum of the known costs of the cases of each row; `None` where none is known.
struct RowCosts(Vec<Option<[f64; 2]>>);

/// Costs of all rows by which they are sorted. Every page needs them, so that they are kept.
fn spent(
    sort: &str,
    selected: &Selected,
    rows: &Sequences<'_>,
    cancel: &Cancel,
) -> Result<impl Fn(u32) -> SortValue, AskError> {
    /// Rows between two looks at whether to go on.
    const STRIDE: usize = 1 << 13;
    let figure = ["cost_mean", "cost_total"]
        .iter()
        .position(|by| *by == sort);
    let costs = selected.prepared.costs().filter(|_| figure.is_some());
    let kept = selected
        .figures
        .get_or_init(|| RecentCache::<Counting, Arc<RowCosts>>::new(KEPT));
    let all = match (kept.get(&rows.counting), costs) {
        (Some(known), _) => known,
        (None, None) => Arc::new(RowCosts(Vec::new())),
        (None, Some(costs)) => {
            let ids: Vec<u32> = (0..rows.len() as u32).collect();
            let mut found = Vec::with_capacity(ids.len());
            for some in ids.chunks(STRIDE) {
                cancel.check()?;
                let of = |&id: &u32| CaseCost::mean_and_total(costs, rows.cases(id));
                found.par_extend(some.par_iter().map(of));
            }
            let found = Arc::new(RowCosts(found));
            kept.put(rows.counting.clone(), Arc::clone(&found));
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
    rows: &Sequences<'_>,
    listing: &Listing,
    context: &Context<'_>,
) -> Result<Rows<VariantRow>, AskError> {
    let sort = VARIANTS.order(&listing.sort)?.name;
    let (selection, prepared) = (&rows.selection, &selected.prepared);
    let by_duration = ["mean", "median", "p90", "total"].contains(&sort);
    // The durations of all variants cost a pass over the cases; those of a page cost the page.
    let all = (by_duration || listing.page.limit > 1000).then(|| rows.all_durations());
    let figure = |id: u32, f: fn(Figures) -> f64| {
        SortValue::from(all.as_ref().and_then(|all| all[id as usize]).map(f))
    };
    let costs = prepared.costs();
    let cost = |id: u32| Some(CaseCost::of(costs?, rows.cases(id)));
    let spent = spent(sort, selected, rows, context.cancel)?;
    let states: Vec<RuleStates<'_>> = prepared.deadline_states().collect();
    let deadlines = |id: u32| deadlines(&states, rows.cases(id));
    let value = |id: u32| match sort {
        "cost_mean" | "cost_total" => spent(id),
        "cases" => rows.n_cases(id).into(),
        "rank" => u64::from(rows.first(id)).into(),
        "events" => (rows.sequence(id).len() as u64).into(),
        "mean" => figure(id, |f| f.total as f64 / f.n as f64),
        "median" => figure(id, |f| f.median),
        "p90" => figure(id, |f| f.p90),
        "total" => figure(id, |f| f.total as f64),
        "rework" => rows.rework(id).into(),
        "variants" => (rows.members(id).count() as u64).into(),
        "breach_rate" => match deadlines(id) {
            (0, _) => SortValue::None,
            (known, broken) => (broken as f64 / known as f64).into(),
        },
        _ => SortValue::None,
    };
    let names = |id: u32| {
        rows.sequence(id)
            .iter()
            .map(|&a| &prepared.names[a as usize])
    };
    let joined = |id: u32, by: &str| names(id).map(|n| &**n).collect::<Vec<&str>>().join(by);
    let rank = rows.ranks(prepared);
    // Codes of activities are compared, not the texts that keys are.
    let codes = |key: &str| {
        let names = key
            .split('\0')
            .map(|name| selection.log.activities.find(name));
        names.collect::<Option<Vec<u32>>>().map(Cow::Owned)
    };
    let sequence = |id: u32| Cow::Borrowed(rows.sequence(id));
    let by = By {
        value: &value,
        tie: &|id: u32| rank[id as usize],
        text: &|id: u32| joined(id, " > "),
        followed: listing.follow.numbers_by(rows.len(), codes, sequence),
        marked: Vec::new(),
    };
    let (ids, suppressed) = large(rows, context.least);
    let arranged = arrange(ids, listing, context.cancel, &by)?;
    let n_cases = (selection.n_cases as f64).max(1.0);
    let mut found = arranged.rows(1.0, |id| {
        let duration = match &all {
            Some(all) => all[id as usize],
            None => rows.durations(id),
        };
        let cases = rows.n_cases(id);
        VariantRow {
            rank: rows.first(id) + 1,
            ranks: rows.members(id).map(|variant| variant + 1).collect(),
            cases,
            share: cases as f64 / n_cases,
            cumulative: 0.0,
            activities: names(id).map(Arc::clone).collect(),
            duration: duration.map_or(NO_DURATION, stats),
            rework: rows.rework(id),
            deadlines: deadlines(id),
            cost: cost(id),
        }
    });
    // What is above the page counts, too.
    let above = arranged.ids[..found.offset].iter();
    let mut above: u64 = above.map(|&id| rows.n_cases(id)).sum();
    for row in &mut found.rows {
        above += row.cases;
        row.cumulative = above as f64 / n_cases;
    }
    found.suppressed = suppressed;
    Ok(found)
}

/// The rows to show where groups of few cases are not shown, and what is left out.
fn large(rows: &Sequences<'_>, least: u64) -> (Vec<u32>, Suppressed) {
    let ids = rows.ids();
    if least == 0 {
        return (ids, Suppressed::default());
    }
    let size = |id: &u32| {
        let cases = rows.n_cases(*id);
        let few = is_few(cases, least);
        GroupSize { cases, few }
    };
    let sizes: Vec<GroupSize> = ids.iter().map(size).collect();
    let (shown, suppressed) = kept(&sizes, least);
    (shown.into_iter().map(|at| ids[at]).collect(), suppressed)
}

/// Deadlines of cases that are kept, broken or overdue, and those that are broken or overdue.
fn deadlines(states: &[RuleStates<'_>], cases: impl Iterator<Item = usize>) -> (u64, u64) {
    let (mut known, mut broken) = (0, 0);
    if states.is_empty() {
        return (0, 0);
    }
    for case in cases {
        for state in states.iter().filter_map(|states| states.of(case)) {
            broken += u64::from(state.is_breach());
            known += u64::from(state == State::Kept || state.is_breach());
        }
    }
    (known, broken)
}
