//! State of the dotted chart and its zoom; independent of styles.

use crate::engine::{
    Answer, AskError, CaseKey, ColumnKind, DotCases, DotQuery, Dotted, DottedCell, DottedOrder,
    DottedQuery, DottedRow, LogInfo,
};
use crate::panes::{Context, Slot};
use crate::ui::widgets::Scale;

/// The slot of the chart.
pub const CHART: Slot = 0;

/// Cases of a cell that are named: a filter of more would be no text for a person.
pub const NAMED: usize = 200;

/// Title, word of the report, key, and whether the largest comes first.
pub const ORDERS: [(&str, CaseKey, bool); 6] = [
    ("start", CaseKey::Start, false),
    ("end", CaseKey::End, false),
    ("duration", CaseKey::Duration, true),
    ("events", CaseKey::Events, true),
    ("variant", CaseKey::Variant, false),
    ("case", CaseKey::Case, false),
];

/// The titles alone.
pub const SORTS: &[&str] = &["start", "end", "duration", "events", "variant", "case"];

/// Parts of the chart that are shown, and the cursor.
#[derive(Debug, Clone, Default)]
pub struct State {
    /// Position in the orders.
    pub sort: usize,
    /// Largest first.
    pub descending: bool,
    /// Time since the start of the case rather than of the clock.
    pub relative: bool,
    /// Column of the letters: 0 is the activity, others are the text columns.
    pub color: usize,
    /// Places of the cases looked at; all where there is none.
    pub cases: Option<(usize, usize)>,
    /// The stretch of the axis looked at; all of it where there is none.
    pub zoom: Option<Scale>,
    /// Row of the cursor.
    pub row: usize,
    /// Column of the cursor.
    pub column: usize,
    /// The place of a case and that on the axis on which the cursor is to stay.
    pub stay: Option<(usize, i64)>,
    /// Why there is nothing.
    pub error: Option<AskError>,
    pub answer: Option<Answer>,
    pub dot: Option<Answer>,
}

/// Where the parts of the chart are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parts {
    /// Columns of the labels of rows.
    pub labels: u16,
    /// Columns and rows of the grid.
    pub grid: (u16, u16),
    /// Rows of the axis.
    pub axis: u16,
    /// Columns of the legend beside the grid; 0 where it is below.
    pub legend_columns: u16,
    /// Rows of the legend below the axis.
    pub legend_rows: u16,
    /// Rows of words at the foot.
    pub words: u16,
}

/// Columns of one value of a legend that is below the grid.
pub const SLOT: u16 = 20;

impl Parts {
    /// For an area of that size: the grid has what the others leave.
    pub fn of(width: u16, height: u16) -> Parts {
        let beside = width >= 110 && height >= 12;
        let legend_columns = if beside { 30 } else { 0 };
        let legend_rows = match height {
            _ if beside => 0,
            0..9 => 0,
            9..16 => 1,
            _ => 2,
        };
        let axis = match height {
            0..5 => 0,
            5..10 => 1,
            _ => 2,
        };
        let words = match height {
            0..3 => 0,
            3..12 => 1,
            _ => 2,
        };
        let head = u16::from(height >= 6);
        let labels = match width {
            0..40 => 0,
            40..80 => 11,
            _ => 17,
        };
        let rows = height.saturating_sub(head + axis + legend_rows + words);
        Parts {
            labels,
            grid: (width.saturating_sub(labels + legend_columns), rows),
            axis,
            legend_columns,
            legend_rows,
            words,
        }
    }

    /// Values that the legend has room for, besides the others.
    pub fn values(&self, width: u16) -> usize {
        let room = if self.legend_columns > 0 {
            usize::from(self.grid.1)
        } else {
            usize::from(width / SLOT) * usize::from(self.legend_rows)
        };
        room.saturating_sub(1).clamp(1, 12)
    }
}

/// Text columns that letters can stand for, the resource first.
pub fn columns(log: &LogInfo) -> Vec<&str> {
    let resource = log.resource.map(|at| &log.columns[at]);
    let others = (0..).zip(&log.columns);
    let others = others.filter(|(at, _)| Some(*at) != log.resource);
    resource
        .into_iter()
        .chain(others.map(|(_, column)| column))
        .filter(|column| column.kind == ColumnKind::Text)
        .map(|column| &*column.name)
        .collect()
}

impl State {
    /// Received answers.
    pub fn chart(&self) -> Option<&Dotted> {
        self.answer.as_ref()?.to::<DottedQuery>()
    }

    /// Returns the order of the cases and the axis.
    pub fn order(&self) -> DottedOrder {
        DottedOrder {
            sort: ORDERS[self.sort].1,
            descending: self.descending,
            relative: self.relative,
        }
    }

    pub fn query(&self, context: Context<'_>) -> DottedQuery {
        let area = context.area;
        let parts = Parts::of(area.width, area.height);
        let column = self.color.checked_sub(1);
        let columns = columns(context.log);
        DottedQuery {
            order: self.order(),
            color: column.and_then(|at| Some((*columns.get(at)?).to_owned())),
            rows: usize::from(parts.grid.1.max(1)),
            columns: usize::from(parts.grid.0.max(1)),
            cases: self.cases,
            time: self.zoom.map(|z| (z.from, z.to)),
            legend: parts.values(area.width),
        }
    }

    pub fn dot_query(&self) -> Option<DotQuery> {
        let (steps, row) = (self.chart()?.steps, self.current()?);
        Some(DotQuery {
            order: self.order(),
            cases: (row.place, row.place + row.cases),
            time: (steps.bound(self.column), steps.bound(self.column + 1)),
            named: NAMED,
        })
    }

    /// Puts the cursor to the row of its case, there to the events nearest to its instant.
    pub fn settle(&mut self) {
        let Some(chart) = self.chart() else { return };
        let (mut row, mut column) = (self.row, self.column);
        if let Some((place, at)) = self.stay {
            let after = chart.rows.partition_point(|row| row.place <= place);
            row = after.saturating_sub(1);
            column = chart.steps.nearest(at);
        }
        let row = row.min(chart.rows.len().saturating_sub(1));
        let cells = chart.rows.get(row).map_or(&[][..], |row| &row.cells);
        let columns = cells.iter().map(|cell| cell.column);
        let nearest = columns.min_by_key(|c| c.abs_diff(column));
        let column = nearest.unwrap_or(column).min(chart.steps.n - 1);
        (self.row, self.column) = (row, column);
    }

    /// The row under the cursor.
    pub fn current(&self) -> Option<&DottedRow> {
        self.chart()?.rows.get(self.row)
    }

    /// The cell under the cursor, where it has events.
    pub fn cell(&self) -> Option<&DottedCell> {
        let cells = &self.current()?.cells;
        // The cells are in the order of their columns.
        let at = cells.binary_search_by_key(&self.column, |cell| cell.column);
        cells.get(at.ok()?)
    }

    /// The cases of that cell, once they came.
    pub fn dot(&self) -> Option<&DotCases> {
        self.dot
            .as_ref()?
            .to::<DotQuery>()
            .filter(|dot| Some(dot.query) == self.dot_query())
    }

    /// The case in the middle of the row, and the middle of the column, under the cursor.
    pub fn here(&self) -> Option<(usize, i64)> {
        let (steps, row) = (self.chart()?.steps, self.current()?);
        let at = steps.bound(self.column) + steps.step / 2;
        Some((row.place + row.cases / 2, at))
    }

    /// The first or the last case of all.
    pub fn end(&mut self, place: usize, total: usize) {
        let Some((_, at)) = self.here() else { return };
        let place = place.min(total.saturating_sub(1));
        if let Some((from, until)) = self.cases {
            self.cases = stretch(place, until - from, total);
        }
        // `settle` makes it the last row there is.
        self.row = if place == 0 { 0 } else { usize::MAX };
        self.stay = Some((place, at));
        self.settle();
    }
}

/// Returns the range of `many` positions around one, within `total`; `None` where that is all of them.
pub fn stretch(place: usize, many: usize, total: usize) -> Option<(usize, usize)> {
    let from = place
        .saturating_sub(many / 2)
        .min(total.saturating_sub(many));
    (many < total).then_some((from, from + many))
}
