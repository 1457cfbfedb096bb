//! The matrix of handovers: a row for who passes on, a column for who receives, for those with most
//! handovers; the others share the last row and column.
//!
//! ```text
//! from \ to      Ann     Bob   Carla  others
//!   Ann          120  ░   12  █   81       3
//! > Bob       ▒   44     210       .       1
//! Ann > Carla: 81 handovers (12.1%) in 80 cases
//! ```

use super::by;
use crate::engine::{Answer, AskError, Basis, HandoverCell, Matrix, MatrixQuery, Request};
use crate::filter::Field;
use crate::input::Action;
use crate::panes::controls::motion;
use crate::panes::texts;
use crate::panes::{
    Context, CopyWhat, Explained, Look, Outcome, Pane, PaneSpec, Place, Rect, Slot, Status, Tab,
};
use crate::text::{count, counted, percent, safe, short_count, time};
use crate::ui::list::ListState;
use crate::ui::widgets::bars::shade;
use crate::ui::{fit, paint};
use ratatui::buffer::Buffer;
use std::ops::Range;

/// Entry of the matrix, which is a part of the pane.
pub static SPEC: PaneSpec = PaneSpec {
    id: "matrix",
    title: "Matrix",
    short: "Matrix",
    help: "Who passes cases on to whom, as a matrix of those with most handovers",
    tab: Tab::Never,
    terms: &["handover", "steps kept", "handover time"],
    hints: &[
        Action::Open,
        Action::Keep,
        Action::Drop,
        Action::ChooseColumn,
        Action::ToggleAxis,
    ],
    report: Some("handover"),
    new: || Box::<State>::default(),
    versus: None,
};

/// Rows and columns of their own, at most.
const MOST: usize = 20;
/// Columns of a cell: a shade, and a number.
const CELL: u16 = 8;
/// Columns of the names of the rows, at most and at least.
const NAME: Range<u16> = 8..22;

/// The matrix, the cursor, and the figure.
struct State {
    by: Field,
    /// Shows the median times instead of the numbers.
    times: bool,
    matrix: Option<Matrix>,
    error: Option<AskError>,
    rows: ListState,
    columns: ListState,
}

impl Default for State {
    fn default() -> Self {
        State {
            by: Field::Resource,
            times: false,
            matrix: None,
            error: None,
            rows: ListState::default(),
            columns: ListState::default(),
        }
    }
}

/// Where the parts are.
struct Places {
    /// Line with the figure of the cells; empty where there is little room.
    title: Rect,
    head: Rect,
    names: Rect,
    cells: Rect,
    words: Rect,
}

impl Places {
    fn of(area: Rect, matrix: &Matrix) -> Self {
        let names = (0..size(matrix)).map(|at| fit::width(&name(matrix, at)) as u16 + 3);
        let widest = names.max().unwrap_or(0);
        let name = widest.clamp(NAME.start, NAME.end).min(area.width / 2);
        let (title, area) = match area.height {
            0..6 => (paint::top(area, 0), area),
            _ => (paint::row(area, 0), paint::below(area, 1)),
        };
        let words = u16::from(area.height >= 4);
        let rows = Rect {
            height: area.height.saturating_sub(1 + words),
            ..paint::below(area, 1)
        };
        let (names, cells) = paint::cut(rows, name);
        // Below the last row, or at the bottom.
        let above = (size(matrix) as u16 + 2).min(area.height.saturating_sub(words));
        Places {
            title,
            head: paint::row(area, 0),
            names,
            cells,
            words: paint::below(area, above),
        }
    }

    /// Number of rows and of columns that have room.
    fn room(&self) -> (usize, usize) {
        let columns = (self.cells.width / CELL).max(1);
        (usize::from(self.cells.height).max(1), columns.into())
    }
}

/// Number of rows, which is that of the columns.
fn size(matrix: &Matrix) -> usize {
    matrix.cells.len()
}

/// Name of a row and of its column.
fn name(matrix: &Matrix, at: usize) -> String {
    match matrix.names.get(at) {
        Some(name) => safe(name).into_owned(),
        None => format!("{} others", count(matrix.others)),
    }
}

impl State {
    fn cell(&self) -> Option<&HandoverCell> {
        let matrix = self.matrix.as_ref()?;
        matrix.cells.get(self.rows.cursor)?.get(self.columns.cursor)
    }

    /// Shows the cursor in an area.
    fn fit(&mut self, area: Rect) {
        if let Some(matrix) = &self.matrix {
            let (rows, columns) = Places::of(area, matrix).room();
            self.rows.set_page(rows);
            self.columns.set_page(columns);
        }
    }

    fn received(&mut self, matrix: &Matrix) {
        self.rows.set_total(size(matrix));
        self.columns.set_total(size(matrix));
        self.matrix = Some(matrix.clone());
        self.error = None;
    }

    fn show_by(&mut self, by: Field) {
        if by != self.by {
            self.by = by;
            self.matrix = None;
            (self.rows, self.columns) = (ListState::default(), ListState::default());
        }
    }

    fn select(&self, action: &Action) -> Outcome {
        let Some((matrix, cell)) = self.matrix.as_ref().zip(self.cell()) else {
            return Outcome::Done;
        };
        let Some(filter) = &cell.filter else {
            return texts::notify(if cell.count == 0 {
                "No case has this handover"
            } else if is_kept(matrix, self.rows.cursor, self.columns.cursor) {
                "These steps are no handovers: the same one kept them"
            } else {
                "These are several handovers: the list Handovers (T T) has each of them"
            });
        };
        let names = [self.rows.cursor, self.columns.cursor].map(|at| name(matrix, at));
        let crumb = texts::crumb("with", &names.join(" > "));
        texts::emitting(texts::selecting(action, filter, crumb))
    }

    /// The cell under the cursor in a sentence.
    fn words(&self, context: Context<'_>) -> Option<String> {
        let (matrix, cell) = self.matrix.as_ref().zip(self.cell())?;
        let (row, column) = (self.rows.cursor, self.columns.cursor);
        let [from, to] = [row, column].map(|at| name(matrix, at));
        if is_kept(matrix, row, column) {
            let steps = counted(cell.count, "step", "steps");
            return Some(format!("{from}: {steps} kept by the same"));
        }
        let share = cell.count as f64 / matrix.handovers.max(1) as f64;
        let steps = counted(cell.count, "handover", "handovers");
        let mut words = format!("{from} > {to}: {steps} ({})", percent(share));
        if let Some(cases) = cell.cases.filter(|_| cell.count > 0) {
            words = format!("{words} in {}", counted(cases, "case", "cases"));
        }
        if let Some(median) = cell.median {
            words = format!("{words}, median {}", context.duration(median));
        }
        Some(words)
    }
}

impl Pane for State {
    fn spec(&self) -> &'static PaneSpec {
        &SPEC
    }

    fn requests(&self, _: Context<'_>) -> Vec<(Slot, Request)> {
        let query = MatrixQuery {
            by: self.by.clone(),
            most: MOST,
            times: self.times,
        };
        vec![(0, Request::new(query))]
    }

    fn receive(&mut self, _: Slot, answer: Result<Answer, AskError>) {
        match answer {
            Err(AskError::Cancelled) => {}
            Err(error) => self.error = Some(error),
            Ok(answer) => {
                if let Some(matrix) = answer.to::<MatrixQuery>() {
                    self.received(matrix);
                }
            }
        }
    }

    fn update(&mut self, action: &Action, context: Context<'_>) -> Outcome {
        self.fit(context.area);
        if let Some(to) = motion(action) {
            self.rows.go(to);
            return Outcome::Done;
        }
        match action {
            Action::MoveLeft => {
                self.columns.go(crate::ui::list::Move::Up);
            }
            Action::MoveRight => {
                self.columns.go(crate::ui::list::Move::Down);
            }
            Action::ToggleAxis => self.times = !self.times,
            Action::SegmentBy(name) => self.show_by(by::named(name)),
            Action::Open | Action::Keep | Action::Drop => return self.select(action),
            _ => return Outcome::Ignored,
        }
        Outcome::Done
    }

    fn draw(&self, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
        let area = paint::clip(area, buffer);
        if let Some(error) = &self.error {
            texts::refused(error).draw(area, buffer, look);
            return;
        }
        let Some(matrix) = &self.matrix else {
            texts::counting().draw(area, buffer, look);
            return;
        };
        if matrix.cells.is_empty() {
            let why = texts::nothing("handovers", "", look.context);
            let why = by::why_none(&self.by, why, look.context);
            why.draw(area, buffer, look);
            return;
        }
        self.draw_matrix(matrix, area, buffer, look);
        if (look.stale)(0) {
            paint::restyle(buffer, area, look.theme.stale);
        }
    }

    fn status(&self) -> Status {
        let size = self.rows.total;
        let at = self.rows.cursor * size + self.columns.cursor + 1;
        Status {
            position: (size > 0).then_some((at, size * size)),
            ..Status::default()
        }
    }

    fn figures(&self, context: Context<'_>) -> Vec<Explained> {
        let Some((matrix, cell)) = self.matrix.as_ref().zip(self.cell()) else {
            return Vec::new();
        };
        let is_kept = is_kept(matrix, self.rows.cursor, self.columns.cursor);
        let mut figures = vec![Explained {
            name: if is_kept { "steps kept" } else { "handovers" }.to_owned(),
            value: count(cell.count),
            basis: cell
                .cases
                .filter(|_| !is_kept)
                .map(|cases| Basis::of(cases, "cases")),
            term: if is_kept { "steps kept" } else { "handover" },
        }];
        figures.extend(cell.median.map(|median| Explained {
            name: "median".to_owned(),
            value: context.duration(median),
            basis: Some(Basis::of(cell.count, "handovers")),
            term: "handover time",
        }));
        figures
    }

    fn command(&self, _: Context<'_>) -> Option<Vec<String>> {
        Some([vec!["handover".to_owned()], by::option(&self.by)].concat())
    }

    fn copy(&self, what: CopyWhat, _: Context<'_>) -> Option<String> {
        let matrix = self.matrix.as_ref()?;
        let row = |at: usize| {
            let counts = matrix.cells[at].iter().map(|cell| cell.count.to_string());
            std::iter::once(name(matrix, at)).chain(counts).collect()
        };
        match what {
            CopyWhat::Cell => Some(self.cell()?.count.to_string()),
            CopyWhat::Row => (self.rows.cursor < size(matrix))
                .then(|| texts::tab_separated([row(self.rows.cursor)])),
            CopyWhat::View => {
                let names = (0..size(matrix)).map(|at| name(matrix, at));
                let head = std::iter::once("from".to_owned()).chain(names).collect();
                let rows = (0..size(matrix)).map(row);
                Some(texts::tab_separated(std::iter::once(head).chain(rows)))
            }
        }
    }

    fn place(&self) -> Place {
        let figure = if self.times { "times" } else { "" };
        Place {
            cursor: self.rows.cursor,
            offset: self.columns.cursor,
            subject: by::to_subject(&self.by, figure),
            ..Place::default()
        }
    }

    fn go_to(&mut self, place: &Place) {
        let (by, figure) = by::of_subject(&place.subject);
        self.show_by(by);
        self.times = figure == "times";
        self.rows.restore(place.cursor, 0);
        self.columns.restore(place.offset, 0);
        if let Some(matrix) = &self.matrix {
            self.rows.set_total(size(matrix));
            self.columns.set_total(size(matrix));
        }
    }
}

impl State {
    fn draw_matrix(&self, matrix: &Matrix, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
        let theme = look.theme;
        let places = Places::of(area, matrix);
        let (room, across) = places.room();
        let (mut rows, mut columns) = (self.rows, self.columns);
        rows.set_page(room);
        columns.set_page(across);
        paint::sentence(buffer, places.title, self.title(), theme.muted, theme);
        let corner = match &self.by {
            Field::Resource => "from \\ to".to_owned(),
            by => format!("{} \\ to", by::word(by)),
        };
        let ellipsis = theme.glyphs.ellipsis;
        let (corner_area, heads) = paint::cut(places.head, places.names.width);
        let corner = fit::truncate_end(&corner, corner_area.width.into(), ellipsis);
        paint::text(buffer, corner_area, &corner, theme.muted);
        for (at, column) in columns.visible().enumerate() {
            let area = slot(heads, at);
            let is_here = column == columns.cursor;
            let style = if is_here { theme.focus } else { theme.header };
            let name = name(matrix, column);
            let name = fit::truncate_middle(&name, usize::from(CELL) - 1, ellipsis);
            paint::text_right(buffer, area, &name, style);
        }
        // What the same keep would hide how handovers differ.
        let most = self.most(matrix);
        for (at, row) in rows.visible().enumerate() {
            let is_here = row == rows.cursor;
            let (mark, style) = if is_here {
                (theme.glyphs.mark, theme.focus)
            } else {
                (" ", theme.text)
            };
            let names = paint::row(places.names, at);
            let name = name(matrix, row);
            let room = usize::from(names.width).saturating_sub(3);
            let name = fit::truncate_middle(&name, room, ellipsis);
            paint::text(buffer, names, &format!("{mark} {name}"), style);
            let line = paint::row(places.cells, at);
            for (to, column) in columns.visible().enumerate() {
                let area = slot(line, to);
                let is_kept = is_kept(matrix, row, column);
                let drawn = Drawn {
                    cell: &matrix.cells[row][column],
                    is_kept,
                    most,
                };
                self.draw_cell(drawn, area, buffer, look);
                if is_here && column == columns.cursor {
                    paint::restyle(buffer, area, theme.cursor);
                }
            }
        }
        if let Some(words) = self.words(look.context) {
            let words = fit::truncate_words(&words, places.words.width.into(), ellipsis);
            paint::text(buffer, paint::row(places.words, 0), &words, theme.muted);
        }
    }

    /// Sentence with the figure of the cells.
    fn title(&self) -> &'static str {
        if self.times {
            "median time of the handovers; a shows their number"
        } else {
            "number of handovers, on the diagonal of steps that the same kept; a shows median times"
        }
    }

    /// The largest figure between different actors; what the others have together would hide it.
    fn most(&self, matrix: &Matrix) -> f64 {
        let own = matrix.names.len();
        let rows = matrix.cells.iter().take(own).enumerate();
        let cells = rows.flat_map(|(row, cells)| {
            let cells = cells.iter().take(own).enumerate();
            cells.filter(move |(column, _)| row != *column)
        });
        let figures = cells.filter_map(|(_, cell)| self.figure(cell));
        figures.fold(0.0, f64::max)
    }

    fn figure(&self, cell: &HandoverCell) -> Option<f64> {
        if self.times {
            cell.median
        } else {
            Some(cell.count as f64)
        }
    }

    fn draw_cell(&self, drawn: Drawn<'_>, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
        let Drawn {
            cell,
            is_kept,
            most,
        } = drawn;
        let theme = look.theme;
        let room = usize::from(CELL) - 2;
        let figure = self.figure(cell).filter(|_| cell.count > 0);
        let text = match figure {
            None => ".".to_owned(),
            Some(seconds) if self.times => larger_unit(&look.context, seconds),
            Some(_) => short_count(cell.count, room),
        };
        if is_kept {
            let text = if self.times { "." } else { &*text };
            paint::text_right(buffer, area, text, theme.muted);
            return;
        }
        let share = figure.unwrap_or(0.0) / most.max(f64::MIN_POSITIVE);
        let (_, inside) = paint::cut(area, 1);
        paint::text(buffer, inside, shade(share, &theme.glyphs), theme.bar);
        let (_, number) = paint::cut(inside, 1);
        let style = if figure.is_some() {
            theme.text
        } else {
            theme.muted
        };
        paint::text_right(buffer, number, &text, style);
    }
}

/// A cell to draw.
#[derive(Clone, Copy)]
struct Drawn<'a> {
    cell: &'a HandoverCell,
    /// True on the diagonal.
    is_kept: bool,
    /// The largest figure between different actors.
    most: f64,
}

/// True for the steps that one actor kept; those between others are handovers.
fn is_kept(matrix: &Matrix, row: usize, column: usize) -> bool {
    row == column && row < matrix.names.len()
}

/// The area of a cell of a line.
fn slot(line: Rect, at: usize) -> Rect {
    let (_, rest) = paint::cut(line, at as u16 * CELL);
    paint::cut(rest, CELL).0
}

/// A duration in its larger unit: `30d` of `30d 5h`.
fn larger_unit(context: &Context<'_>, seconds: f64) -> String {
    let text = match context.view.calendar {
        Some(_) => time::working(seconds),
        None => time::duration(seconds),
    };
    let larger = text.split(' ').next().unwrap_or_default();
    fit::truncate_end(larger, usize::from(CELL) - 2, "+").into_owned()
}
