//! Split: figures of groups of cases, formed by one property or several.

use super::funnel::too_many;
use crate::engine::cache::RecentCache;
use crate::engine::grouped::{Figures, Grouped, SplitRow, TimeTo};
use crate::engine::groups::{Bound, GroupBy};
use crate::engine::list::{List, Listing, Rows};
use crate::engine::query::{Context, Query};
use crate::engine::schema::{Schema, Value};
use crate::engine::selected::Selected;
use crate::engine::view::AskError;
use crate::index::CaseSet;
use crate::metrics::groups::{Groups, Key};
use crate::metrics::survival::LogRank;
use std::cmp::Reverse;
use std::sync::Arc;

/// Figures of groups of cases.
#[derive(Debug, Clone, PartialEq)]
pub struct SplitQuery {
    /// Properties whose values form the groups, one at least.
    pub by: Vec<GroupBy>,
    /// Figures of each group.
    pub figures: Figures,
    /// Order, search and page of the groups.
    pub listing: Listing,
}

/// Groups with their figures.
#[derive(Debug, Clone, PartialEq)]
pub struct Split {
    /// Number of selected cases.
    pub cases: u64,
    /// Selected cases that are set apart as open.
    pub open: u64,
    /// Sum of the cases of all groups less the selected cases: cases count in each of their groups.
    pub overlap: u64,
    /// The groups: most cases first, then by values.
    pub rows: Rows<SplitRow>,
    /// Times to outcomes of all selected cases, by name.
    pub time_to: Vec<(String, TimeTo, Option<LogRank>)>,
}

type Column = crate::engine::schema::Column<SplitRow>;

/// An order of the groups: the report has columns of its own.
const fn order(name: &'static str, value: for<'a> fn(&'a SplitRow) -> Value<'a>) -> Column {
    Column::new(name, value).only(&[])
}

/// Orders of the groups.
pub static SPLIT: Schema<SplitRow> = Schema {
    name: "rows",
    key: SplitRow::name,
    columns: &[
        order("value", |r| Value::Text(r.name().into())).ascending(),
        order("cases", |r| Value::Count(r.counts.cases)),
        order("median", |r| {
            Value::seconds(r.first_duration(), |d| d.median)
        }),
        order("p90", |r| Value::seconds(r.first_duration(), |d| d.p90)),
        order("rate", |r| {
            r.first_rate().map_or(Value::Missing, Value::Share)
        }),
    ],
    pane: &[],
    table: &[],
    json: &[],
    orders: &["cases"],
    chosen: None,
};

impl List for SplitQuery {
    type Row = SplitRow;

    fn schema() -> &'static Schema<SplitRow> {
        &SPLIT
    }

    fn rows(answer: &Split) -> &Rows<SplitRow> {
        &answer.rows
    }
}

/// Splits kept for a view.
const KEPT: usize = 8;

/// All groups of some properties: what pages are made of.
struct Whole {
    open: u64,
    rows: Vec<SplitRow>,
    time_to: Vec<(String, TimeTo, Option<LogRank>)>,
}

impl Query for SplitQuery {
    type Answer = Split;

    fn run(&self, context: &Context<'_>) -> Result<Split, AskError> {
        let selected = context.selected()?;
        let whole = self.whole(context, &selected)?;
        let cases = selected.selection().n_cases as u64;
        let all: u64 = whole.rows.iter().map(|row| row.counts.cases).sum();
        Ok(Split {
            cases,
            open: whole.open,
            overlap: all.saturating_sub(cases),
            rows: SPLIT.select(&whole.rows, &self.listing, context.cancel, SplitRow::name)?,
            time_to: whole.time_to.clone(),
        })
    }
}

impl SplitQuery {
    /// All groups, from the cache if they were asked for before.
    fn whole(&self, context: &Context<'_>, selected: &Selected) -> Result<Arc<Whole>, AskError> {
        type Answers = RecentCache<(Vec<GroupBy>, Figures), Arc<Whole>>;
        let answers = selected.figures.get_or_init(|| Answers::new(KEPT));
        let key = (self.by.clone(), self.figures.clone());
        if let Some(whole) = answers.get(&key) {
            return Ok(whole);
        }
        let whole = Arc::new(self.compute(context, selected)?);
        answers.put(key, Arc::clone(&whole));
        Ok(whole)
    }

    fn compute(&self, context: &Context<'_>, selected: &Selected) -> Result<Whole, AskError> {
        let selection = selected.selection();
        let zone = context.analysis.zone();
        let prepared = &*selected.prepared;
        let bound = self.by.iter().map(|by| by.bind(prepared, &selection, zone));
        let bound: Vec<Bound<'_>> = bound.collect::<Result<_, _>>()?;
        let keys: Vec<Key<'_>> = bound.iter().map(Bound::key).collect();
        let groups = Groups::new(&selection, &keys).map_err(too_many)?;
        context.cancel.check()?;
        let open = if self.figures.open_ended {
            Arc::new(CaseSet::none(selection.index.n_cases()))
        } else {
            selected.open()
        };
        let grouped = Grouped {
            figures: &self.figures,
            context,
            selected,
            groups: &groups,
            open: &open,
        };
        let mut rows = grouped.rows(&bound)?;
        let mut time_to = Vec::new();
        for name in grouped.times_to()? {
            time_to.push(grouped.time_to(&name, &mut rows)?);
        }
        grouped.returns(&mut rows);
        rows.sort_by_cached_key(|row| {
            let values = row.values.iter();
            let values = values.map(|value| (value.is_none(), value.clone()));
            (Reverse(row.counts.cases), values.collect::<Vec<_>>())
        });
        Ok(Whole {
            open: open.count() as u64,
            rows,
            time_to,
        })
    }
}
