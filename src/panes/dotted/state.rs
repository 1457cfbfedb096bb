//! What the dotted chart shows, and how closely. Pure: knows no style.

use super::drill;
use crate::engine::{
    Answer, AskError, CaseKey, ColumnKind, DotCases, DotQuery, Dotted, DottedCell, DottedOrder,
    DottedQuery, DottedRow, LogInfo, Request,
};
use crate::input::Action;
use crate::panes::controls::motion;
use crate::panes::{Context, CopyWhat, Outcome, Place, Slot, Status, texts};
use crate::text;
use crate::ui::list::Move;
use crate::ui::theme::Glyphs;
use crate::ui::widgets::Scale;

/// The slot of the chart.
pub const CHART: Slot = 0;
/// The slot of the cell under the cursor.
pub const DOT: Slot = 1;

/// Cases of a cell that are named: a filter of more would be no text for a person.
pub const NAMED: usize = 200;

/// Title, word of the report, key, and whether the largest comes first.
const ORDERS: [(&str, CaseKey, bool); 6] = [
    ("start", CaseKey::Start, false),
    ("end", CaseKey::End, false),
    ("duration", CaseKey::Duration, true),
    ("events", CaseKey::Events, true),
    ("variant", CaseKey::Variant, false),
    ("case", CaseKey::Case, false),
];

/// The titles alone.
pub const SORTS: &[&str] = &["start", "end", "duration", "events", "variant", "case"];

/// What is looked at, and the cursor on it.
#[derive(Debug, Clone, Default)]
pub struct State {
    /// Position in the orders.
    pub sort: usize,
    /// Largest first.
    pub descending: bool,
    /// Time since the start of the case rather than of the clock.
    pub relative: bool,
    /// What tells events apart: 0 the activity, others the text columns.
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
    stay: Option<(usize, i64)>,
    /// Why there is nothing.
    pub error: Option<AskError>,
    answer: Option<Answer>,
    dot: Option<Answer>,
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

/// The text columns, by which events can be told apart, the resource first.
fn columns(log: &LogInfo) -> Vec<&str> {
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
    /// What came.
    pub fn chart(&self) -> Option<&Dotted> {
        self.answer.as_ref()?.to::<DottedQuery>()
    }

    /// How cases are ordered and where their events stand.
    pub fn order(&self) -> DottedOrder {
        DottedOrder {
            sort: ORDERS[self.sort].1,
            descending: self.descending,
            relative: self.relative,
        }
    }

    fn query(&self, context: Context<'_>) -> DottedQuery {
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

    /// The chart for the size of the screen, and what is under the cursor.
    pub fn requests(&self, context: Context<'_>) -> Vec<(Slot, Request)> {
        let mut requests = vec![(CHART, Request::new(self.query(context)))];
        if let (Some(query), Some(_)) = (self.dot_query(), self.cell()) {
            requests.push((DOT, Request::new(query)));
        }
        requests
    }

    fn dot_query(&self) -> Option<DotQuery> {
        let (steps, row) = (self.chart()?.steps, self.current()?);
        Some(DotQuery {
            order: self.order(),
            cases: (row.place, row.place + row.cases),
            time: (steps.bound(self.column), steps.bound(self.column + 1)),
            named: NAMED,
        })
    }

    /// Takes an answer; the cursor stays where it was in the log.
    pub fn receive(&mut self, slot: Slot, answer: Result<Answer, AskError>) {
        match answer {
            Ok(answer) if slot == DOT => self.dot = Some(answer),
            Ok(answer) => {
                self.error = None;
                self.answer = Some(answer);
                self.settle();
            }
            Err(error) => self.error = Some(error),
        }
    }

    /// Puts the cursor to the row of its case, there to the events nearest to its instant.
    fn settle(&mut self) {
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

    /// Carries out an action.
    pub fn update(&mut self, action: &Action, context: Context<'_>) -> Outcome {
        match action {
            Action::Open | Action::Keep | Action::Drop => return drill::outcome(self, action),
            Action::Sort => self.sort_by((self.sort + 1) % ORDERS.len()),
            Action::SortBy(sort) if *sort == self.sort => self.reverse(),
            Action::SortBy(sort) if *sort < ORDERS.len() => self.sort_by(*sort),
            Action::ReverseSort => self.reverse(),
            Action::ToggleAxis => {
                self.relative = !self.relative;
                (self.zoom, self.stay, self.column) = (None, None, 0);
            }
            Action::NextAspect => {
                self.color = (self.color + 1) % (columns(context.log).len() + 1);
            }
            Action::ZoomIn => self.zoom_by(0.5),
            Action::ZoomOut => self.zoom_by(2.0),
            Action::ZoomFit => self.fit(),
            Action::MoveLeft => self.move_column(true),
            Action::MoveRight => self.move_column(false),
            _ => match motion(action) {
                Some(to) => self.move_row(to),
                None => return Outcome::Ignored,
            },
        }
        Outcome::Done
    }

    fn sort_by(&mut self, sort: usize) {
        self.sort = sort;
        self.descending = ORDERS[sort].2;
        (self.cases, self.stay, self.row) = (None, None, 0);
    }

    fn reverse(&mut self) {
        self.descending = !self.descending;
        (self.cases, self.stay, self.row) = (None, None, 0);
    }

    /// The case in the middle of the row, and the middle of the column, under the cursor.
    fn here(&self) -> Option<(usize, i64)> {
        let (steps, row) = (self.chart()?.steps, self.current()?);
        let at = steps.bound(self.column) + steps.step / 2;
        Some((row.place + row.cases / 2, at))
    }

    fn fit(&mut self) {
        self.stay = self.here();
        (self.cases, self.zoom) = (None, None);
    }

    /// A closer look at both: at half of the time, and at half of the cases until each has a row.
    fn zoom_by(&mut self, factor: f64) {
        let (Some(chart), Some((place, at))) = (self.chart(), self.here()) else {
            return;
        };
        let (whole, total, rows) = (whole(chart), chart.total, chart.rows.len());
        let zoom = self.zoom.unwrap_or(whole).zoom(at, factor, whole);
        let (from, to) = self.cases.unwrap_or((0, total));
        let wanted = ((to - from) as f64 * factor).ceil() as usize;
        let many = wanted.max(rows).min(total);
        self.cases = stretch(place, many, total);
        self.zoom = (zoom != whole).then_some(zoom);
        self.stay = Some((place, at));
    }

    /// To the next events of the row; beyond the last ones of a closer look the stretch of time moves.
    fn move_column(&mut self, back: bool) {
        let (Some(chart), Some(row)) = (self.chart(), self.current()) else {
            return;
        };
        let (steps, whole) = (chart.steps, whole(chart));
        let mut columns = row.cells.iter().map(|cell| cell.column);
        let next = if back {
            columns.rfind(|&c| c < self.column)
        } else {
            columns.find(|&c| c > self.column)
        };
        if let Some(column) = next {
            self.column = column;
            self.stay = self.here();
        } else if let (Some(zoom), Some((place, at))) = (self.zoom, self.here()) {
            let edge = if back { zoom.from } else { zoom.to };
            self.zoom = Some(Scale::around(edge, zoom.span(), whole));
            let by = if back { -steps.step } else { steps.step };
            self.stay = Some((place, at + by));
        }
    }

    /// Beyond the edge of a closer look the cases move.
    fn move_row(&mut self, to: Move) {
        let Some(chart) = self.chart() else { return };
        let (rows, total) = (chart.rows.len(), chart.total);
        let page = (rows / 2).max(1) as isize;
        let by = match to {
            Move::Up => -1,
            Move::Down => 1,
            Move::PageUp => -page * 2,
            Move::PageDown => page * 2,
            Move::HalfUp => -page,
            Move::HalfDown => page,
            Move::Top => return self.end(0, total),
            Move::Bottom => return self.end(usize::MAX, total),
            Move::Row(row) => row as isize - self.row as isize,
        };
        let wanted = self.row as isize + by;
        let inside = (0..rows as isize).contains(&wanted);
        self.row = wanted.clamp(0, rows.saturating_sub(1) as isize) as usize;
        // However many rows are passed, the instant is that of the last step to the side.
        let at = self.stay.or_else(|| self.here()).map(|(_, at)| at);
        self.stay = self.here().zip(at).map(|((place, _), at)| (place, at));
        self.settle();
        if let (false, Some((from, until)), Some((place, at))) = (inside, self.cases, self.stay) {
            let edge = if by < 0 { from } else { until };
            let each = (until - from).div_ceil(rows.max(1));
            let next = if by < 0 {
                place.saturating_sub(each)
            } else {
                (place + each).min(total.saturating_sub(1))
            };
            self.cases = stretch(edge, until - from, total);
            self.stay = Some((next, at));
        }
    }

    /// The first or the last case of all.
    fn end(&mut self, place: usize, total: usize) {
        let Some((_, at)) = self.here() else { return };
        let place = place.min(total.saturating_sub(1));
        if let Some((from, until)) = self.cases {
            self.cases = stretch(place, until - from, total);
        }
        self.row = if place == 0 { 0 } else { usize::MAX };
        self.stay = Some((place, at));
        self.settle();
    }

    /// For the status line.
    pub fn status(&self) -> Status {
        let glyphs = &Glyphs::UNICODE;
        let arrow = if self.descending {
            glyphs.descending
        } else {
            glyphs.ascending
        };
        let position = self.chart().zip(self.current());
        Status {
            position: position.map(|(chart, row)| (row.place + 1, chart.total)),
            sort: format!("{} {arrow}", SORTS[self.sort]),
            find: String::new(),
        }
    }

    /// The report with the same figures.
    pub fn command(&self, context: Context<'_>) -> Vec<String> {
        let query = self.query(context);
        let by = format!(
            "{}{}",
            if self.descending { "-" } else { "" },
            SORTS[self.sort]
        );
        let mut words = vec!["dotted".to_owned(), "--by".to_owned(), by];
        for (option, n) in [("--rows", query.rows), ("--columns", query.columns)] {
            words.extend([option.to_owned(), n.to_string()]);
        }
        if let Some(color) = query.color {
            words.extend(["--color".to_owned(), color]);
        }
        if self.relative {
            words.push("--relative".to_owned());
        }
        words
    }

    /// The row, its cell, or all rows.
    pub fn copy(&self, what: CopyWhat) -> Option<String> {
        let cells = |row: &DottedRow| {
            let events: u64 = row.cells.iter().map(|cell| cell.events).sum();
            let mut cells = [&row.first, &row.last]
                .map(|id| text::safe(id).into_owned())
                .to_vec();
            cells.extend([row.cases.to_string(), events.to_string()]);
            cells
        };
        match what {
            CopyWhat::Cell => Some(drill::subject(self)?.filter.to_string()),
            CopyWhat::Row => Some(texts::tab_separated([cells(self.current()?)])),
            CopyWhat::View => {
                let head = ["first", "last", "cases", "events"].map(str::to_owned);
                let rows = self.chart()?.rows.iter().map(cells);
                Some(texts::tab_separated(
                    [head.to_vec()].into_iter().chain(rows),
                ))
            }
        }
    }

    /// Where it is: what is looked at stands in the subject.
    pub fn place(&self) -> Place {
        let mut numbers = vec![i64::from(self.relative), self.color as i64];
        let (from, to) = self.cases.unwrap_or((0, 0));
        numbers.extend([from as i64, to as i64]);
        numbers.extend(self.zoom.into_iter().flat_map(|z| [z.from, z.to]));
        let numbers: Vec<String> = numbers.iter().map(i64::to_string).collect();
        Place {
            cursor: self.row,
            offset: self.column,
            sort: self.sort,
            descending: self.descending,
            subject: numbers.join(" "),
            ..Place::default()
        }
    }

    /// Goes back to where it was.
    pub fn go_to(&mut self, place: &Place) {
        (self.row, self.column, self.stay) = (place.cursor, place.offset, None);
        self.sort = place.sort.min(ORDERS.len() - 1);
        self.descending = place.descending;
        let numbers = place.subject.split(' ').map_while(|n| n.parse().ok());
        let numbers: Vec<i64> = numbers.collect();
        let at = |i: usize| numbers.get(i).copied().unwrap_or(0);
        self.relative = at(0) != 0;
        self.color = at(1).max(0) as usize;
        let cases = (at(2).max(0) as usize, at(3).max(0) as usize);
        self.cases = (cases.0 < cases.1).then_some(cases);
        self.zoom = (numbers.len() == 6).then(|| Scale {
            from: at(4),
            to: at(5),
        });
    }
}

/// So many places around one, as far as there are; none where that is all of them.
fn stretch(place: usize, many: usize, total: usize) -> Option<(usize, usize)> {
    let from = place
        .saturating_sub(many / 2)
        .min(total.saturating_sub(many));
    (many < total).then_some((from, from + many))
}

/// All of the axis.
fn whole(chart: &Dotted) -> Scale {
    Scale {
        from: chart.span.0,
        to: chart.span.1.saturating_add(1),
    }
}
