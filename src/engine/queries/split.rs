//! Split: figures of groups of cases, formed by one property or several, and the table of two of them.

use super::funnel::too_many;
use crate::engine::cache::RecentCache;
use crate::engine::grouped::{Figures, Grouped, ShownFigure, SplitRow, TimeTo, rate};
use crate::engine::groups::{Bound, GroupBy};
use crate::engine::list::{List, Listing, Rows};
use crate::engine::query::{Context, Query};
use crate::engine::schema::{Align, Schema, Surface, Value};
use crate::engine::selected::Selected;
use crate::engine::stats::Stats;
use crate::engine::view::AskError;
use crate::index::CaseSet;
use crate::metrics::groups::{Groups, Key};
use crate::metrics::survival::LogRank;
use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::Arc;

/// Figures of groups of cases.
#[derive(Debug, Clone, PartialEq)]
pub struct SplitQuery {
    /// Properties whose values form the groups, one at least.
    pub by: Vec<GroupBy>,
    /// Property whose values are the columns of a table of two properties.
    pub across: Option<GroupBy>,
    /// Figures of each group.
    pub figures: Figures,
    /// Name of the figure that the list shows and is sorted by; the first one where it is `None`.
    pub shown: Option<String>,
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
    /// Columns of the table of two properties with their numbers of cases, in the order of rows.
    pub columns: Columns,
    /// Names of the figures that the list can show.
    pub figures: Vec<String>,
    /// Name of the figure that it shows.
    pub shown: String,
}

/// Values of columns, `None` for none, with their numbers of cases.
pub type Columns = Vec<(Option<Arc<str>>, u64)>;

/// Values of a group.
type Place<'a> = &'a [Option<Arc<str>>];

type Column = crate::engine::schema::Column<SplitRow>;

/// A column for people: a report has columns of its own.
const fn shown(name: &'static str, value: for<'a> fn(&'a SplitRow) -> Value<'a>) -> Column {
    Column::new(name, value).only(&[Surface::Pane])
}

/// A column of the list of one property.
const fn listed(name: &'static str, value: for<'a> fn(&'a SplitRow) -> Value<'a>) -> Column {
    shown(name, value).when(|features| !features.extra)
}

fn duration(row: &SplitRow, figure: fn(&Stats) -> f64) -> Value<'static> {
    Value::seconds(row.shown.stats.as_ref(), figure)
}

/// Columns of the groups.
pub static SPLIT: Schema<SplitRow> = Schema {
    name: "rows",
    key: SplitRow::name,
    columns: &[
        shown("value", |r| Value::Text(r.name().into()))
            .title("group")
            .left(Align::Text)
            .flex(12, 3, 40)
            .ascending(),
        shown("cases", |r| Value::Count(r.counts.cases))
            .fixed(9)
            .term("cases"),
        listed("share", |r| Value::Share(r.share))
            .fixed(7)
            .priority(2)
            .unsorted()
            .term("share"),
        listed("median", |r| duration(r, |d| d.median))
            .fixed(9)
            .term("median"),
        listed("p90", |r| duration(r, |d| d.p90))
            .fixed(9)
            .priority(1)
            .term("p90"),
        listed("rate", |r| {
            let rate = r.shown.rate.as_ref().and_then(rate);
            rate.map_or(Value::Missing, |(rate, ..)| Value::Share(rate))
        })
        .flex(12, 2, 24)
        .bar(6)
        .term("rate of groups"),
        listed("interval", |_| Value::Missing)
            .title("95 %")
            .left(Align::Text)
            .fixed(12)
            .priority(3)
            .unsorted(),
        listed("sure", |_| Value::Missing)
            .title("")
            .left(Align::Text)
            .fixed(1)
            .unsorted()
            .term("q"),
        shown("cells", |_| Value::Missing)
            .title("")
            .left(Align::Text)
            .flex(19, 9, 400)
            .unsorted()
            .when(|features| features.extra),
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
        let whole = self.whole(&self.by, context, &selected)?;
        let mut rows = whole.rows.clone();
        let figures = rows.first().map_or_else(Vec::new, SplitRow::figures);
        let shown = self.shown.as_ref().filter(|name| figures.contains(name));
        let shown = shown.or(figures.first()).cloned().unwrap_or_default();
        for row in &mut rows {
            row.shown = row.show(&shown);
        }
        let columns = self.pivot(&mut rows, &shown, context, &selected)?;
        let cases = selected.selection().n_cases as u64;
        let all: u64 = rows.iter().map(|row| row.counts.cases).sum();
        Ok(Split {
            cases,
            open: whole.open,
            overlap: all.saturating_sub(cases),
            rows: SPLIT.select(&rows, &self.listing, context.cancel, SplitRow::name)?,
            time_to: whole.time_to.clone(),
            columns,
            figures,
            shown,
        })
    }
}

impl SplitQuery {
    /// The groups of some properties, from the cache if they were asked for before.
    fn whole(
        &self,
        by: &[GroupBy],
        context: &Context<'_>,
        selected: &Selected,
    ) -> Result<Arc<Whole>, AskError> {
        type Answers = RecentCache<(Vec<GroupBy>, Figures), Arc<Whole>>;
        let answers = selected.figures.get_or_init(|| Answers::new(KEPT));
        let key = (by.to_vec(), self.figures.clone());
        if let Some(whole) = answers.get(&key) {
            return Ok(whole);
        }
        let whole = Arc::new(self.compute(by, context, selected)?);
        answers.put(key, Arc::clone(&whole));
        Ok(whole)
    }

    fn compute(
        &self,
        by: &[GroupBy],
        context: &Context<'_>,
        selected: &Selected,
    ) -> Result<Whole, AskError> {
        let selection = selected.selection();
        let zone = context.analysis.zone();
        let prepared = &*selected.prepared;
        let bound = by.iter().map(|by| by.bind(prepared, &selection, zone));
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

    /// Fills the cells of the rows of a table of two properties; returns its columns.
    fn pivot(
        &self,
        rows: &mut [SplitRow],
        shown: &str,
        context: &Context<'_>,
        selected: &Selected,
    ) -> Result<Columns, AskError> {
        let Some(across) = &self.across else {
            return Ok(Vec::new());
        };
        let across = std::slice::from_ref(across);
        let columns = self.whole(across, context, selected)?;
        let both = self.whole(&[&self.by, across].concat(), context, selected)?;
        let places = columns.rows.iter().enumerate();
        let places: HashMap<Place<'_>, usize> =
            places.map(|(at, row)| (&*row.values, at)).collect();
        let lines = rows.iter().enumerate();
        let lines: HashMap<Vec<Option<Arc<str>>>, usize> =
            lines.map(|(at, row)| (row.values.clone(), at)).collect();
        for row in rows.iter_mut() {
            row.cells = vec![None; columns.rows.len()];
        }
        for cell in &both.rows {
            let (row, column) = cell.values.split_at(self.by.len());
            if let (Some(&row), Some(&column)) = (lines.get(row), places.get(column)) {
                let shown: ShownFigure = cell.show(shown);
                rows[row].cells[column] = Some((cell.counts.cases, shown));
            }
        }
        let column = |row: &SplitRow| (row.values[0].clone(), row.counts.cases);
        Ok(columns.rows.iter().map(column).collect())
    }
}
