//! The dotted chart: cases by time, in a grid no finer than a screen, and the cases of one cell.

use super::cases::CaseKey;
use crate::engine::cache::RecentCache;
use crate::engine::query::{Context, Query};
use crate::engine::selected::Selected;
use crate::engine::view::AskError;
use crate::event_log::{Cancel, ColumnData, ColumnKind, Level};
use crate::metrics::dotted::{self, Axis, Row, Values};
use crate::metrics::{Selection, cases, summary};
use crate::text::steps::Steps;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

/// Order of the cases of a chart, and its time axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct DottedOrder {
    /// Sort key of the cases; ties by case id.
    pub sort: CaseKey,
    /// Largest first.
    pub descending: bool,
    /// Events stand by the time since the start of their case, as durations are measured, rather
    /// than by timestamp.
    pub relative: bool,
}

/// The dotted chart.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct DottedQuery {
    /// The order of the cases and the axis.
    pub order: DottedOrder,
    /// Text column of the letters; the activity where `None`, and where there is no such column.
    pub color: Option<String>,
    /// Rows at most.
    pub rows: usize,
    /// Columns at most.
    pub columns: usize,
    /// Places in the order, from 0, of the cases that are shown: `from..to`. All where `None`.
    pub cases: Option<(usize, usize)>,
    /// The stretch of the axis that is shown: `from..to`, microseconds. All where `None`.
    pub time: Option<(i64, i64)>,
    /// Values that the legend has room for.
    pub legend: usize,
}

/// The cases of one cell of the dotted chart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct DotQuery {
    /// The order of the cases and the axis.
    pub order: DottedOrder,
    /// Places of the cases in the order: `from..to`.
    pub cases: (usize, usize),
    /// Where the cell begins and ends on the axis: `from..to`, microseconds.
    pub time: (i64, i64),
    /// Cases that are named, at most.
    pub named: usize,
}

/// A dotted chart.
#[derive(Debug, Clone, PartialEq)]
pub struct Dotted {
    /// Selected cases.
    pub total: usize,
    /// Columns of the axis: instants, or microseconds since the start of the case.
    pub steps: Steps,
    /// First and last place of the axis that a selected event may have.
    pub span: (i64, i64),
    /// Column of the letters; the activity where `None`.
    pub color: Option<Arc<str>>,
    /// The rows, in the order of the cases.
    pub rows: Vec<DottedRow>,
    /// Events in all rows.
    pub events: u64,
    /// Values: first those of the legend, then others that cells have most of.
    pub values: Vec<DottedValue>,
    /// Number of `values` in the legend: those that most of the selected events have.
    pub legend: usize,
    /// Values that occur in the rows and that the legend has no room for, and the events with them.
    pub others: (u64, u64),
}

/// A value of the column of the letters.
#[derive(Debug, Clone, PartialEq)]
pub struct DottedValue {
    /// The value; `None` where it is missing.
    pub name: Option<Arc<str>>,
    /// A letter or digit that stands for it, unique in the legend; [`DottedValue::OTHER`] for one
    /// that is not in the legend.
    pub mark: char,
    /// Events of all rows that have it.
    pub events: u64,
}

impl DottedValue {
    /// Letter of values that are not in the legend.
    pub const OTHER: char = '*';
    /// Letter of a missing value.
    pub const MISSING: char = '?';
}

/// A row of a dotted chart: cases that follow each other in the order.
#[derive(Debug, Clone, PartialEq)]
pub struct DottedRow {
    /// Place of its first case in the order, from 0.
    pub place: usize,
    /// Number of its cases.
    pub cases: usize,
    /// Id of the first one.
    pub first: String,
    /// Id of the last one.
    pub last: String,
    /// Sort key of the first case.
    pub first_key: DottedKey,
    /// Sort key of the last case.
    pub last_key: DottedKey,
    /// True where a case of another row has the sort key of its first or its last case.
    pub tied: bool,
    /// Cells with events, by column.
    pub cells: Vec<DottedCell>,
}

/// Sort key of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DottedKey {
    /// Start or end.
    Instant(i64),
    /// Duration, microseconds.
    Duration(i64),
    /// Number of events.
    Events(u32),
    /// The rank of its variant in the whole log, from 1.
    Variant(u32),
    /// Case id.
    Case,
}

/// A cell of a dotted chart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DottedCell {
    /// Column of the chart, from 0.
    pub column: usize,
    /// Events in it.
    pub events: u64,
    /// Different cases of these.
    pub cases: u64,
    /// The value that most of the events have (ties by name), a position in [`Dotted::values`].
    pub value: usize,
    /// Number of events with that value.
    pub with_value: u64,
}

/// The cases of a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DotCases {
    /// The cell.
    pub query: DotQuery,
    /// Number of them.
    pub total: usize,
    /// The first of their ids, in the order of the chart.
    pub ids: Vec<String>,
}

impl Query for DottedQuery {
    type Answer = Dotted;

    fn run(&self, context: &Context<'_>) -> Result<Dotted, AskError> {
        let zone = context.analysis.zone();
        chart(&*context.selected()?, self, zone, context.cancel)
    }
}

impl Query for DotQuery {
    type Answer = DotCases;

    fn run(&self, context: &Context<'_>) -> Result<DotCases, AskError> {
        Ok(cell(&*context.selected()?, self))
    }
}

/// Makes the chart.
fn chart(
    selected: &Selected,
    query: &DottedQuery,
    zone: chrono_tz::Tz,
    cancel: &Cancel,
) -> Result<Dotted, AskError> {
    let selection = selected.selection();
    let order = ordered(selected, query.order);
    cancel.check()?;
    let span = span(&selection, query.order.relative);
    let (from, to) = query.time.unwrap_or((span.0, span.1.saturating_add(1)));
    let relative = query.order.relative;
    let last = to.saturating_sub(1);
    let steps = if relative {
        Steps::since(from, last, query.columns)
    } else {
        Steps::over(from, last, query.columns, zone)
    };
    let axis = Axis { steps, relative };
    let (values, color) = coloring(&selection, query.color.as_deref());
    let places = dotted::cut(window(query.cases, order.len()), query.rows);
    let rows = dotted::rows(&selection, &order, &places, axis, values);
    cancel.check()?;
    let mut legend = Legend::new(&rows, values, color.is_some());
    let whole = query.cases.is_none() && query.time.is_none();
    // Where all is shown, the rows have the events of all.
    let counts = (!whole).then(|| dotted::counts(&selection, values));
    legend.choose(counts.as_deref(), query.legend);
    let id = |place: usize| selection.log.case_ids.get(order[place]).to_owned();
    let key = |place: usize| key(&selection, order[place] as usize, query.order.sort);
    // By id no two cases are the same.
    let by_id = query.order.sort == CaseKey::Case;
    let shared = |a: usize, b: usize| !by_id && b < order.len() && key(a) == key(b);
    let row = |(row, places): (&Row, &Range<usize>)| {
        let (first, last) = (places.start, places.end - 1);
        DottedRow {
            place: first,
            cases: places.len(),
            first: id(first),
            last: id(last),
            first_key: key(first),
            last_key: key(last),
            // A filter on the key would take cases of the next row, too.
            tied: first > 0 && shared(first, first - 1) || shared(last, last + 1),
            cells: row.cells.iter().map(|cell| legend.cell(cell)).collect(),
        }
    };
    let rows = rows.iter().zip(&places).map(row).collect();
    Ok(Dotted {
        total: order.len(),
        steps: axis.steps,
        span,
        color,
        rows,
        events: legend.counts.values().sum(),
        others: legend.others(),
        legend: legend.chosen,
        values: legend.values,
    })
}

/// The cases of a cell.
fn cell(selected: &Selected, query: &DotQuery) -> DotCases {
    let selection = selected.selection();
    let order = ordered(selected, query.order);
    let axis = Axis {
        steps: Steps {
            first: query.time.0,
            step: query.time.1.saturating_sub(query.time.0).max(1),
            n: 1,
        },
        relative: query.order.relative,
    };
    let cases = &order[window(Some(query.cases), order.len())];
    let found = dotted::cases_in(&selection, cases, axis, 0);
    let id = |&case: &u32| selection.log.case_ids.get(case).to_owned();
    DotCases {
        query: *query,
        total: found.len(),
        ids: found.iter().take(query.named).map(id).collect(),
    }
}

fn window(cases: Option<(usize, usize)>, total: usize) -> Range<usize> {
    let (from, to) = cases.unwrap_or((0, total));
    let to = to.min(total);
    from.min(to)..to
}

/// Orders of the cases of a selection that are kept.
const KEPT_ORDERS: usize = 2;

/// The cases of a selection in the orders last asked for.
#[derive(Debug)]
struct KeptOrders(RecentCache<(CaseKey, bool), Arc<Vec<u32>>>);

impl Default for KeptOrders {
    fn default() -> Self {
        KeptOrders(RecentCache::new(KEPT_ORDERS))
    }
}

/// All selected cases in order; kept, as closer looks at a chart ask for the same order again.
fn ordered(selected: &Selected, order: DottedOrder) -> Arc<Vec<u32>> {
    let orders = selected.figures.get_or_init(KeptOrders::default);
    let sort = (order.sort, order.descending);
    if let Some(order) = orders.0.get(&sort) {
        return order;
    }
    let selection = selected.selection();
    let (n, rank) = (selection.n_cases, selected.prepared.case_rank());
    // The index has the cases in the order of their durations.
    let all = if order.sort == CaseKey::Duration {
        cases::by_duration(&selection, order.descending, rank, 0..n)
    } else {
        let mut all = Vec::with_capacity(n);
        selection.for_each_case(|case| all.push(case as u32));
        cases::ordered(&selection, all, sort, rank, 0..n)
    };
    let all = Arc::new(all);
    orders.0.put(sort, Arc::clone(&all));
    all
}

/// First and last place of the axis.
fn span(selection: &Selection<'_>, relative: bool) -> (i64, i64) {
    if relative {
        (0, dotted::longest(selection))
    } else {
        summary::span(selection).unwrap_or((0, 0))
    }
}

fn key(selection: &Selection<'_>, case: usize, sort: CaseKey) -> DottedKey {
    let (log, index) = (selection.log, selection.index);
    match sort {
        CaseKey::Start => DottedKey::Instant(index.case_start[case]),
        CaseKey::End => DottedKey::Instant(index.case_end[case]),
        CaseKey::Duration => DottedKey::Duration(index.duration(case)),
        CaseKey::Events => DottedKey::Events(log.events_of(case).len() as u32),
        CaseKey::Variant => DottedKey::Variant(index.case_variant[case] + 1),
        CaseKey::Case => DottedKey::Case,
    }
}

/// Returns the values of the letters, and the column where it is not the activity.
fn coloring<'a>(selection: &Selection<'a>, color: Option<&str>) -> (Values<'a>, Option<Arc<str>>) {
    let log = selection.log;
    let column = color.and_then(|name| log.column(name));
    if let Some(column) = column.filter(|c| c.kind() == ColumnKind::Text)
        && let ColumnData::Text(codes, names) = &column.data
    {
        let level = column.level;
        let name = Some(column.name.as_str().into());
        return (
            Values {
                codes,
                level,
                names,
            },
            name,
        );
    }
    let activity = Values {
        codes: &log.activity,
        level: Level::Event,
        names: &log.activities,
    };
    (activity, None)
}

/// The values that occur, and those that have a place in the legend.
struct Legend<'a> {
    of: Values<'a>,
    is_column: bool,
    /// Events of all rows by code.
    counts: HashMap<u32, u64>,
    /// Codes that some cell has most of.
    dominant: Vec<u32>,
    values: Vec<DottedValue>,
    /// Place of each code in `values`.
    place: HashMap<u32, usize>,
    chosen: usize,
}

impl<'a> Legend<'a> {
    fn new(rows: &[Row], of: Values<'a>, is_column: bool) -> Self {
        let mut counts: HashMap<u32, u64> = HashMap::new();
        for &(code, n) in rows.iter().flat_map(|row| &row.values) {
            *counts.entry(code).or_default() += u64::from(n);
        }
        let cells = rows.iter().flat_map(|row| &row.cells);
        let mut dominant: Vec<u32> = cells.map(|cell| cell.value).collect();
        dominant.sort_unstable();
        dominant.dedup();
        Legend {
            of,
            is_column,
            counts,
            dominant,
            values: Vec::new(),
            place: HashMap::new(),
            chosen: 0,
        }
    }

    /// `None` for the code of a missing value, which only columns have.
    fn name(&self, code: u32) -> Option<&'a str> {
        (code != 0 || !self.is_column).then(|| self.of.names.get(code))
    }

    /// Gives the legend to the values that most events have: of all that are selected, so that a
    /// closer look does not change what stands for what. Ties by name.
    fn choose(&mut self, selected: Option<&[u64]>, room: usize) {
        let mut order: Vec<(u64, u32)> = match selected {
            Some(counts) => (0..).zip(counts).map(|(code, &n)| (n, code)).collect(),
            None => self.counts.iter().map(|(&code, &n)| (n, code)).collect(),
        };
        order.retain(|&(n, _)| n > 0);
        let names = self.of.names;
        order.sort_by(|a, b| {
            b.0.cmp(&a.0)
                .then_with(|| names.get(a.1).cmp(names.get(b.1)))
        });
        order.truncate(room);
        // All others share one letter.
        self.chosen = order.len();
        let dominant = std::mem::take(&mut self.dominant);
        let legend: Vec<u32> = order.into_iter().map(|(_, code)| code).collect();
        let mut used = Vec::new();
        for code in &legend {
            let mark = mark(self.name(*code), &used);
            used.push(mark);
            self.push(*code, mark);
        }
        for code in dominant {
            if !self.place.contains_key(&code) {
                self.push(code, DottedValue::OTHER);
            }
        }
    }

    fn push(&mut self, code: u32, mark: char) {
        self.place.insert(code, self.values.len());
        self.values.push(DottedValue {
            name: self.name(code).map(Arc::from),
            mark,
            events: self.counts.get(&code).copied().unwrap_or(0),
        });
    }

    fn cell(&self, cell: &dotted::Cell) -> DottedCell {
        DottedCell {
            column: cell.column as usize,
            events: cell.events.into(),
            cases: cell.cases.into(),
            value: self.place[&cell.value],
            with_value: cell.with_value.into(),
        }
    }

    /// The values outside of the legend, and their events.
    fn others(&self) -> (u64, u64) {
        let outside = |code: &u32| {
            self.place
                .get(code)
                .is_none_or(|&place| place >= self.chosen)
        };
        let others = self.counts.iter().filter(|(code, _)| outside(code));
        others.fold((0, 0), |(n, events), (_, more)| (n + 1, events + more))
    }
}

/// A letter or digit for a value: one of its name where that is free, those at the beginning of
/// words first.
fn mark(name: Option<&str>, used: &[char]) -> char {
    let Some(name) = name else {
        return DottedValue::MISSING;
    };
    let free = |c: &char| c.is_ascii_alphanumeric() && !used.contains(c);
    let words = name.split(|c: char| !c.is_alphanumeric());
    let initials = words.filter_map(|word| word.chars().next());
    let letters = initials.chain(name.chars());
    let upper = letters.map(|c| c.to_ascii_uppercase());
    let any = ('A'..='Z').chain('a'..='z').chain('0'..='9');
    upper.chain(any).find(free).unwrap_or(DottedValue::OTHER)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_letters_of_the_names() {
        let mut used = Vec::new();
        let names = [
            "Resolved",
            "Reopened",
            "Reminder sent",
            "Ответ",
            "--",
            "Resolved 2",
        ];
        for name in names {
            used.push(mark(Some(name), &used));
        }
        assert_eq!(used.iter().collect::<String>(), "RESAB2");
        assert_eq!(mark(None, &used), '?');
    }
}
