//! The dotted chart: cases by time, a letter for what most events of a place are.

mod drill;
mod state;
#[cfg(test)]
mod tests;
mod view;

use super::controls::motion;
use super::{
    Context, CopyWhat, Explained, Look, Outcome, Pane, PaneSpec, Place, Slot, Status, Tab, texts,
};
use crate::engine::{Answer, AskError, Basis, Dotted, DottedRow, Request};
use crate::input::Action;
use crate::text::{self, time};
use crate::ui::list::Move;
use crate::ui::theme::Glyphs;
use crate::ui::widgets::Scale;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use state::{CHART, ORDERS, SORTS, State, columns, stretch};

/// Registry entry.
pub static SPEC: PaneSpec = PaneSpec {
    id: "dotted",
    title: "Dotted chart",
    short: "dots",
    help: "All cases over time; a letter is the most frequent activity of its cell",
    tab: Tab::Never,
    terms: &["dots", "duration"],
    hints: &[
        Action::Open,
        Action::ZoomIn,
        Action::Sort,
        Action::NextAspect,
        Action::ToggleAxis,
    ],
    report: None,
    new: || Box::<State>::default(),
    versus: None,
};

impl Pane for State {
    fn spec(&self) -> &'static PaneSpec {
        &SPEC
    }

    fn requests(&self, context: Context<'_>) -> Vec<(Slot, Request)> {
        let mut requests = vec![(CHART, Request::new(self.query(context)))];
        if let (Some(query), Some(_)) = (self.dot_query(), self.cell()) {
            requests.push((DOT, Request::new(query)));
        }
        requests
    }

    fn receive(&mut self, slot: Slot, answer: Result<Answer, AskError>) {
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

    fn update(&mut self, action: &Action, context: Context<'_>) -> Outcome {
        match action {
            Action::Open | Action::Keep | Action::Drop => return drill::outcome(self, action),
            Action::Sort => self.sort_by((self.sort + 1) % ORDERS.len()),
            Action::SortBy(sort) if *sort == self.sort => self.reverse(),
            Action::SortBy(sort) if *sort < ORDERS.len() => self.sort_by(*sort),
            Action::ReverseSort => self.reverse(),
            Action::ToggleAxis => {
                self.relative = !self.relative;
                // A stretch of the one axis means nothing on the other.
                (self.zoom, self.stay, self.column) = (None, None, 0);
            }
            Action::NextAspect => {
                self.color = (self.color + 1) % (columns(context.log).len() + 1);
            }
            Action::ZoomIn => self.zoom_by(0.5),
            Action::ZoomOut => self.zoom_by(2.0),
            Action::ZoomFit => self.fit(),
            Action::GoToBin(column) => {
                self.column = *column;
                self.stay = self.here();
            }
            Action::MoveLeft => self.move_column(true),
            Action::MoveRight => self.move_column(false),
            _ => match motion(action) {
                Some(to) => self.move_row(to),
                None => return Outcome::Ignored,
            },
        }
        Outcome::Done
    }

    fn draw(&self, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
        view::draw(self, area, buffer, look);
    }

    fn status(&self) -> Status {
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
            ..Status::default()
        }
    }

    fn sort_columns(&self) -> Vec<String> {
        state::SORTS.iter().copied().map(str::to_owned).collect()
    }

    fn figures(&self, _: Context<'_>) -> Vec<Explained> {
        let Some((chart, cell)) = self.chart().zip(self.cell()) else {
            return Vec::new();
        };
        let value = chart
            .values
            .get(cell.value)
            .and_then(|value| value.name.as_deref());
        let others = cell.events.saturating_sub(cell.with_value);
        let cases = text::counted(cell.cases, "case", "cases");
        vec![Explained {
            name: "letter of the cell".to_owned(),
            value: format!("{} ({cases})", text::safe(value.unwrap_or("(missing)"))),
            basis: Some(Basis::of(cell.with_value, "events").without(others, "with other values")),
            term: "dots",
        }]
    }

    fn command(&self, context: Context<'_>) -> Option<Vec<String>> {
        let query = self.query(context);
        let by = format!(
            "{}{}",
            if self.descending { "-" } else { "" },
            SORTS[self.sort]
        );
        let mut words = vec!["dotted".to_owned(), "--by".to_owned(), by];
        for (option, n) in [
            ("--rows", query.rows),
            ("--columns", query.columns),
            ("--legend", query.legend),
        ] {
            words.extend([option.to_owned(), n.to_string()]);
        }
        if let Some(color) = query.color {
            words.extend(["--color".to_owned(), color]);
        }
        if self.relative {
            words.push("--relative".to_owned());
        }
        if let Some((from, to)) = self.cases {
            for (option, n) in [("--skip", from), ("--cases", to - from)] {
                words.extend([option.to_owned(), n.to_string()]);
            }
        }
        match self.zoom {
            Some(zoom) if self.relative => {
                for (option, at) in [("--from", zoom.from), ("--to", zoom.to)] {
                    words.push(format!("{option}={}", time::duration_literal(at)));
                }
            }
            Some(zoom) => words.extend(texts::range_options(zoom.from, zoom.to)),
            None => {}
        }
        Some(words)
    }

    fn copy(&self, what: CopyWhat, _: Context<'_>) -> Option<String> {
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

    fn place(&self) -> Place {
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

    fn go_to(&mut self, place: &Place) {
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
        self.zoom = Scale::between(at(4), at(5)).filter(|_| numbers.len() == 6);
    }
}

impl State {
    fn sort_by(&mut self, sort: usize) {
        self.sort = sort;
        self.descending = ORDERS[sort].2;
        // Another order has other cases in these places.
        (self.cases, self.stay, self.row) = (None, None, 0);
    }

    fn reverse(&mut self) {
        self.descending = !self.descending;
        (self.cases, self.stay, self.row) = (None, None, 0);
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
}

/// The slot of the cell under the cursor.
const DOT: Slot = 1;

/// All of the axis.
fn whole(chart: &Dotted) -> Scale {
    Scale {
        from: chart.span.0,
        to: chart.span.1.saturating_add(1),
    }
}
