//! Draws the hours of the week. Computes no figure but sums of what it shows.
//!
//! ```text
//! Cases started, by hour of the week (Europe/Vienna)
//!       0   1   2   3 ...  9  10  11     total
//!   mon                 ░ 12 █ 41 ▓ 30     310
//! > tue                 ▒ 20 ▓ 33 ▓ 31     322
//! mon 10:00 to 11:00: 41 cases started, 12 ended, 130 events
//! ```

use super::state::{Figure, State};
use crate::engine::{Week, WeekCell};
use crate::panes::{Context, Look, texts};
use crate::text;
use crate::text::time::WEEKDAYS;
use crate::ui::targets::{self, Target};
use crate::ui::widgets::bars::shade;
use crate::ui::widgets::scale::point;
use crate::ui::{Theme, fit, paint};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// Columns of the day's name, and of the total.
const NAME: u16 = 6;
const TOTAL: u16 = 9;
/// From this width on, an hour has room for a number.
const NUMBER: u16 = 5;

/// Draws the chart.
pub fn draw(state: &State, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
    let area = paint::clip(area, buffer);
    let Some(week) = &state.week else {
        let why = state
            .error
            .as_ref()
            .map_or_else(texts::counting, texts::refused);
        why.draw(area, buffer, look);
        return;
    };
    let title = format!(
        "{}, by hour of the week ({})",
        state.figure.title(),
        week.zone
    );
    let row = paint::row(area, 0);
    paint::heading(buffer, row, &title, look.theme.title, look.theme);
    let words = if area.height >= 14 {
        2
    } else {
        u16::from(area.height >= 4)
    };
    let rest = paint::below(area, 1);
    let table = Rect {
        height: rest.height - words.min(rest.height),
        ..rest
    };
    draw_hours(state, week, table, buffer, look);
    if (look.stale)(0) {
        paint::restyle(buffer, table, look.theme.stale);
    }
    draw_words(state, week, paint::below(rest, table.height), buffer, look);
}

/// Layout of the hours.
struct Grid {
    /// Columns of an hour.
    hour: u16,
    /// Rows of a day.
    day: u16,
    /// The first hour that is shown.
    first: usize,
    /// Hours that are shown.
    hours: usize,
}

impl Grid {
    fn of(area: Rect, cursor: usize) -> Grid {
        let room = area.width.saturating_sub(NAME + TOTAL);
        let hour = (room / 24).clamp(1, 9);
        let hours = usize::from(area.width.saturating_sub(NAME) / hour).clamp(1, 24);
        Grid {
            hour,
            // Two rows: the head, and the sums below the days.
            day: (area.height.saturating_sub(2) / 7).clamp(1, 5),
            first: (cursor + 1).saturating_sub(hours),
            hours,
        }
    }

    fn column(&self, area: Rect, hour: usize) -> Rect {
        let (_, rest) = paint::cut(area, NAME + (hour - self.first) as u16 * self.hour);
        paint::cut(rest, self.hour).0
    }

    fn total(&self, area: Rect) -> Rect {
        let (_, rest) = paint::cut(area, NAME + self.hours as u16 * self.hour);
        paint::cut(rest, TOTAL).0
    }
}

fn draw_hours(state: &State, week: &Week, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
    let (theme, grid) = (look.theme, Grid::of(area, state.hour));
    let shown = grid.first..(grid.first + grid.hours).min(24);
    let head = paint::row(area, 0);
    // Narrower hours have no room for each number.
    let every = if grid.hour >= 3 { 1 } else { 3 };
    for hour in shown
        .clone()
        .filter(|hour| hour % every == 0 || *hour == state.hour)
    {
        let here = hour == state.hour;
        let style = if here { theme.selected } else { theme.header };
        // It would touch that of the cursor.
        let near = !here && hour.abs_diff(state.hour) < 2 && grid.hour < 3;
        let column = grid.column(head, hour);
        if grid.hour >= 3 {
            paint::text_right(buffer, column, &hour.to_string(), style);
        } else if !near {
            let (_, from) = paint::cut(head, column.x - head.x);
            paint::text(buffer, from, &hour.to_string(), style);
        }
    }
    // Medians do not add up.
    let sums = state.figure != Figure::Median;
    if sums {
        paint::text_right(buffer, grid.total(head), "total", theme.header);
    }
    let of = |cell: &WeekCell| state.figure.of(&[*cell]).unwrap_or(0.0);
    let most = week.cells.iter().map(of).fold(0.0, f64::max);
    let rows = paint::below(area, 1);
    for (day, cells) in week.cells.chunks(24).enumerate() {
        let row = paint::below(rows, day as u16 * grid.day);
        let row = Rect {
            height: grid.day.min(row.height),
            ..row
        };
        let (mark, style) = if day == state.day {
            (theme.glyphs.mark, theme.focus)
        } else {
            (" ", theme.text)
        };
        paint::text(buffer, row, &format!("{mark} {}", WEEKDAYS[day]), style);
        for hour in shown.clone() {
            let part = grid.column(row, hour);
            let value = state.figure.of(&cells[hour..=hour]);
            targets::add(part, Target::Row(day));
            targets::add(part, Target::Bin(hour));
            draw_hour(state.figure, value, most, part, buffer, look);
            if (day, hour) == (state.day, state.hour) {
                paint::restyle(buffer, part, theme.cursor);
            }
        }
        if sums {
            let total = total(state.figure, state.figure.of(cells), look.context);
            paint::text_right(buffer, grid.total(row), &total, theme.text);
        }
    }
    let foot = paint::row(rows, usize::from(grid.day) * 7);
    // The head names the hour; below narrow hours there are no sums, which an arrow would cover.
    if grid.hour < NUMBER {
        point_below(state, &grid, foot, buffer, theme);
    }
    if sums && grid.hour >= NUMBER {
        paint::text(buffer, foot, "  all", theme.muted);
        for hour in shown {
            let cells: Vec<WeekCell> = week.cells.iter().skip(hour).step_by(24).copied().collect();
            let total = short(state.figure, state.figure.of(&cells), look.context);
            paint::text_right(buffer, grid.column(foot, hour), &total, theme.muted);
        }
    }
    if sums {
        let total = total(state.figure, state.figure.of(&week.cells), look.context);
        paint::text_right(buffer, grid.total(foot), &total, theme.muted);
    }
}

/// An arrow below the hour of the cursor.
fn point_below(state: &State, grid: &Grid, foot: Rect, buffer: &mut Buffer, theme: &Theme) {
    let (_, below) = paint::cut(foot, NAME);
    let (hour, width) = (state.hour - grid.first, usize::from(grid.hour));
    let columns = hour * width + usize::from(width > 2)..(hour + 1) * width;
    point(buffer, below, columns, theme);
}

/// A shade, and the number where there is room.
fn draw_hour(
    figure: Figure,
    value: Option<f64>,
    most: f64,
    area: Rect,
    buffer: &mut Buffer,
    look: Look<'_>,
) {
    let theme = look.theme;
    let share = value.unwrap_or(0.0) / most.max(f64::MIN_POSITIVE);
    let shade = shade(share, &theme.glyphs);
    let number = short(figure, value.filter(|value| *value > 0.0), look.context);
    let tall = area.height >= 2;
    let wide = area.width >= NUMBER;
    // A blank between two hours, where there is one to spare.
    let (_, area) = paint::cut(area, u16::from(area.width > 2));
    let columns = if wide && !tall { 1 } else { area.width.into() };
    let rows = area.height - u16::from(wide && tall);
    for row in 0..rows.into() {
        paint::text(
            buffer,
            paint::row(area, row),
            &shade.repeat(columns),
            theme.bar,
        );
    }
    if wide {
        let number = if value.is_some_and(|value| value > 0.0) {
            &number
        } else {
            ""
        };
        let row = paint::row(area, usize::from(area.height.saturating_sub(1)));
        let (_, room) = paint::cut(row, u16::from(!tall));
        paint::text_right(buffer, room, number, theme.text);
    }
}

/// A sum in the columns that it has: one that is cut reads like another one.
fn total(figure: Figure, value: Option<f64>, context: Context<'_>) -> String {
    let whole = figure.text(value, |seconds| context.duration(seconds));
    if fit::width(&whole) <= usize::from(TOTAL) {
        return whole;
    }
    match (figure, value) {
        (Figure::Waiting | Figure::Median, _) | (_, None) => short(figure, value, context),
        (_, Some(value)) => text::short_count(value as u64, TOTAL.into()),
    }
}

/// A value in four columns or so: a duration in its larger unit.
fn short(figure: Figure, value: Option<f64>, context: Context<'_>) -> String {
    let text = figure.text(value, |seconds| context.duration(seconds));
    // The larger unit comes first.
    let larger = text.split(' ').next().unwrap_or("");
    if fit::width(larger) <= 5 {
        return larger.to_owned();
    }
    let (unit, word) = match figure {
        // Nobody can say how much working time a year is.
        Figure::Waiting | Figure::Median if context.view.calendar.is_some() => (3_600_000.0, "kh"),
        // A year of 365.25 days.
        Figure::Waiting | Figure::Median => (31_557_600.0, "y"),
        _ => (1000.0, "k"),
    };
    value.map_or_else(String::new, |value| format!("{:.0}{word}", value / unit))
}

/// Draws the description of the hour under the cursor.
fn draw_words(state: &State, week: &Week, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
    let Some(cell) = state.cell() else { return };
    let fit = |line: &str| {
        fit::truncate_words(line, area.width.into(), look.theme.glyphs.ellipsis).into_owned()
    };
    let median = cell.median.map_or_else(String::new, |median| {
        format!(", median {}", look.context.duration(median))
    });
    let line = format!(
        "{} {:02}:00 to {:02}:00: {} started, {} ended, {}; {}, {} in total{median}",
        WEEKDAYS[state.day],
        state.hour,
        state.hour + 1,
        text::count(cell.arrivals),
        text::count(cell.completions),
        text::counted(cell.events, "event", "events"),
        text::counted(cell.begun, "wait", "waits"),
        look.context.duration(cell.waiting),
    );
    paint::text(buffer, paint::row(area, 0), &fit(&line), look.theme.text);
    let open = text::safe(&week.ending.in_words()).into_owned();
    paint::text(buffer, paint::row(area, 1), &fit(&open), look.theme.muted);
}
