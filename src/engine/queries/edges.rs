//! Directly-follows edges: occurrences, cases, and the elapsed time from the first event to the second.

use crate::engine::joined::{Comparable, Compared, Times};
use crate::engine::list::{List, Listing, Rows};
use crate::engine::query::{Context, Query, SmallGroups};
use crate::engine::schema::Surface::{Json, Table};
use crate::engine::schema::{Align, Need, Schema, Value};
use crate::engine::selected::Selected;
use crate::engine::stats::{Stats, stats};
use crate::engine::view::AskError;
use crate::metrics::{Figures, Selection, edges};
use rayon::prelude::*;
use std::sync::Arc;

/// A page of the edges.
#[derive(Debug, Clone, PartialEq)]
pub struct EdgesQuery {
    /// Order, search and page.
    pub listing: Listing,
}

/// A directly-follows edge.
#[derive(Debug, Clone, PartialEq)]
pub struct EdgeRow {
    /// First activity.
    pub from: Arc<str>,
    /// Second activity.
    pub to: Arc<str>,
    /// Occurrences.
    pub count: u64,
    /// Cases that have it.
    pub cases: u64,
    /// Timestamp of the second minus timestamp of the first.
    pub elapsed: Stats,
    /// Gap max(0, start of the second - completion of the first) of activity instances. The waiting
    /// time of all other reports begins with the latest completion of all earlier instances.
    pub gap: Option<Stats>,
    /// Share of the time of all edges of the selection, 0 to 1.
    pub share: f64,
}

type Column = crate::engine::schema::Column<EdgeRow>;

/// Columns of the edges.
pub static EDGES: Schema<EdgeRow> = Schema {
    name: "edges",
    key: |r| format!("{}\0{}", r.from, r.to),
    columns: &[
        Column::new("from", |r| Value::text(&r.from))
            .left(Align::Text)
            .ascending(),
        Column::new("to", |r| Value::text(&r.to))
            .left(Align::Text)
            .ascending(),
        Column::new("count", |r| Value::Count(r.count)),
        Column::new("cases", |r| Value::Count(r.cases)),
        Column::new("mean", |r| Value::Seconds(r.elapsed.mean))
            .json("elapsed.mean")
            .only(&[Table, Json]),
        Column::new("median", |r| Value::Seconds(r.elapsed.median))
            .json("elapsed.median")
            .only(&[Table, Json]),
        Column::new("p90", |r| Value::Seconds(r.elapsed.p90))
            .json("elapsed.p90")
            .only(&[Table, Json]),
        Column::new("p99", |r| Value::Seconds(r.elapsed.p99))
            .json("elapsed.p99")
            .only(&[Json]),
        Column::new("total", |r| Value::Seconds(r.elapsed.total))
            .json("elapsed.total")
            .only(&[Table, Json]),
        Column::new("gap_mean", |r| Value::seconds(r.gap.as_ref(), |s| s.mean))
            .json("waiting.mean")
            .needs(Need::Starts)
            .only(&[Table, Json]),
        Column::new("gap_median", |r| {
            Value::seconds(r.gap.as_ref(), |s| s.median)
        })
        .json("waiting.median")
        .needs(Need::Starts)
        .only(&[Table, Json]),
        Column::new("gap_p90", |r| Value::seconds(r.gap.as_ref(), |s| s.p90))
            .json("waiting.p90")
            .needs(Need::Starts)
            .only(&[Table, Json]),
        Column::new("gap_p99", |r| Value::seconds(r.gap.as_ref(), |s| s.p99))
            .json("waiting.p99")
            .needs(Need::Starts)
            .only(&[Json]),
        Column::new("gap_total", |r| Value::seconds(r.gap.as_ref(), |s| s.total))
            .json("waiting.total")
            .needs(Need::Starts)
            .only(&[Table, Json]),
    ],
    pane: &[],
    table: &[],
    json: &[],
    orders: &["count"],
    chosen: None,
};

impl List for EdgesQuery {
    type Row = EdgeRow;

    fn schema() -> &'static Schema<EdgeRow> {
        &EDGES
    }

    fn rows(answer: &Rows<EdgeRow>) -> &Rows<EdgeRow> {
        answer
    }
}

impl Comparable for EdgesQuery {
    const COMPARED: Compared = Compared {
        many: "steps",
        names: &["from", "to"],
        title: "step",
        time: "elapsed",
        heads: ["A elapsed", "B elapsed"],
        of_times: false,
    };

    fn of(&self, listing: Listing) -> Self {
        EdgesQuery { listing }
    }

    fn listing(&self) -> &Listing {
        &self.listing
    }

    fn cases(row: &EdgeRow) -> Option<u64> {
        Some(row.cases)
    }

    fn name(row: &EdgeRow) -> String {
        format!("{} > {}", row.from, row.to)
    }

    fn times(&self, selected: &Selected, _: &Context<'_>) -> Result<Times, AskError> {
        let (selection, names) = (selected.selection(), &selected.prepared.names);
        let steps = &selection.index.edges;
        let edges = (0..steps.len()).into_par_iter().with_max_len(1);
        let named = edges.map(|edge| {
            let [from, to] = [steps.from[edge], steps.to[edge]].map(|a| &names[a as usize]);
            (format!("{from}\0{to}"), edges::elapsed(&selection, edge))
        });
        Ok(named.collect())
    }
}

impl Query for EdgesQuery {
    type Answer = Rows<EdgeRow>;
    const SMALL_GROUPS: SmallGroups = SmallGroups::LeftOut;

    fn run(&self, context: &Context<'_>) -> Result<Rows<EdgeRow>, AskError> {
        let selected = context.selected()?;
        let figures = EdgeFigures::shared(&selected);
        context.cancel.check()?;
        let rows = figures.rows(&selected);
        let text = |row: &EdgeRow| format!("{} > {}", row.from, row.to);
        Self::select(&rows, &self.listing, context, text)
    }
}

/// Figures of every edge of a selection.
#[derive(Debug)]
pub struct EdgeFigures {
    figures: Vec<Option<Figures>>,
    cases: Vec<u64>,
    gap: Vec<Option<Figures>>,
    total: i128,
}

impl EdgeFigures {
    fn of(selection: &Selection<'_>) -> Self {
        let scans = edges::scans(selection);
        let figures: Vec<Option<Figures>> = scans
            .par_iter()
            // Edges differ in length by orders of magnitude, so each is a piece of its own.
            .with_max_len(1)
            .map(crate::metrics::Scan::figures)
            .collect();
        EdgeFigures {
            cases: edges::case_counts(selection),
            gap: edges::gaps(selection),
            // Overlapping instances have times below 0, which are no part of a whole.
            total: figures.iter().flatten().map(|f| f.total.max(0)).sum(),
            figures,
        }
    }

    /// Returns the figures of a selection, computed once.
    pub fn shared(selected: &Selected) -> Arc<Self> {
        selected
            .figures
            .get_or_init(|| EdgeFigures::of(&selected.selection()))
    }

    /// Figures of the elapsed time, and number of cases, of each edge.
    pub fn elapsed(&self) -> Vec<(Option<Figures>, u64)> {
        let cases = self.cases.iter().copied();
        self.figures.iter().copied().zip(cases).collect()
    }

    /// Returns the edges that some selected case has, by the names of their activities.
    fn rows(&self, selected: &Selected) -> Vec<EdgeRow> {
        let index = &selected.prepared.index;
        let (edges, rank) = (&index.edges, &index.activity_rank);
        let known = self.figures.iter().enumerate();
        let mut known: Vec<usize> = known.filter(|(_, f)| f.is_some()).map(|(e, _)| e).collect();
        let names = |edge: usize| (edges.from[edge] as usize, edges.to[edge] as usize);
        // By name, which is the order of ties.
        known.par_sort_unstable_by_key(|&edge| {
            let (from, to) = names(edge);
            (rank[from], rank[to])
        });
        let row = |edge: &usize| self.row(selected, *edge);
        known.par_iter().filter_map(row).collect()
    }

    /// Returns the row of an edge of the index; `None` where no selected case has it.
    pub fn row(&self, selected: &Selected, edge: usize) -> Option<EdgeRow> {
        let edges = &selected.prepared.index.edges;
        let name = |activity: u32| Arc::clone(&selected.prepared.names[activity as usize]);
        let figures = self.figures[edge]?;
        Some(EdgeRow {
            from: name(edges.from[edge]),
            to: name(edges.to[edge]),
            count: figures.n,
            cases: self.cases[edge],
            elapsed: stats(figures),
            gap: self.gap[edge].map(stats),
            share: if self.total > 0 {
                figures.total as f64 / self.total as f64
            } else {
                0.0
            },
        })
    }
}
