//! Draws the performance spectrum: a strip for each segment, its classes by columns of time, the
//! slowest on top. Computes no figure.
//!
//! ```text
//! Performance spectrum of variant 1 of 226: 2,366 cases, 3 steps, under way; 1 column = 1w
//! Assign seriousness > Take in charge     4,580 times, median 1h 02m, total 912d
//! > q4 > 5h 03m    1,145  ▁▂▄█▆▃▂▁▁▂▃▄▂▁
//!   q3 to 5h 03m   1,145  ▂▃▃▄▅▂▁▂▁▂▂▂▃▁
//!   ...
//! slowest quarter, over 5h 03m: 12 under way from 2012-10-08 to 2012-10-15; 3 started, 4 ended
//! ```

use super::state::{SPECTRUM, State, label_width};
use crate::engine::{CLASSES, Spectrum, SpectrumSegment};
use crate::panes::Look;
use crate::panes::texts::{self, Nothing};
use crate::text::{self, time};

use crate::ui::targets::{self, Target};
use crate::ui::widgets::{Axis, Scale};
use crate::ui::{fit, paint};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

/// The most rows of a class.
const TALLEST: usize = 4;

/// Draws the pane.
pub fn draw(state: &State, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
    let area = paint::clip(area, buffer);
    let nothing = match (state.spectrum(), &state.error) {
        (_, Some(error)) => Some(texts::refused(error)),
        (None, None) => Some(texts::counting()),
        (Some(_), None) => None,
    };
    if let Some(why) = nothing {
        why.draw(area, buffer, look);
        return;
    }
    let Some(spectrum) = state.spectrum() else {
        return;
    };
    if spectrum.segments.is_empty() {
        let nothing = Nothing {
            sentence: "No selected case has two events, so there are no steps.".to_owned(),
            hint: "{undo} undo   {toggle-all-filters} all filters off   {filter} filter",
        };
        nothing.draw(area, buffer, look);
        return;
    }
    let (head, foot) = match area.height {
        0..7 => (0, 1),
        7..10 => (1, 1),
        _ => (1, 2),
    };
    let axis = match area.height {
        0..6 => 0,
        6..10 => 1,
        _ => 2,
    };
    if head > 0 {
        draw_heading(state, spectrum, paint::row(area, 0), buffer, look);
    }
    let body = Rect {
        height: area.height.saturating_sub(head + foot + axis),
        y: area.y + head.min(area.height),
        ..area
    };
    draw_segments(state, spectrum, body, buffer, look);
    let below = paint::below(area, head + body.height);
    let width = label_width(area.width);
    let (_, plot) = paint::cut(below, width);
    let n = spectrum.steps.n;
    let scale = Scale {
        from: spectrum.steps.first,
        to: spectrum.steps.end(),
    };
    let each = cell_width(plot, n);
    let columns = (n * each) as u16;
    let of_axis = Rect {
        width: columns.min(plot.width),
        height: axis.min(plot.height),
        ..plot
    };
    scale.draw(
        of_axis,
        buffer,
        Axis::Clock(look.context.log.zone),
        Some(state.column * each..(state.column + 1) * each),
        look.theme,
    );
    draw_words(state, spectrum, paint::below(below, axis), buffer, look);
    if (look.stale)(SPECTRUM) {
        paint::restyle(buffer, area, look.theme.stale);
    }
}

/// Screen columns of a column of time.
fn cell_width(plot: Rect, n: usize) -> usize {
    (usize::from(plot.width) / n).max(1)
}

fn draw_heading(
    state: &State,
    spectrum: &Spectrum,
    area: Rect,
    buffer: &mut Buffer,
    look: Look<'_>,
) {
    let n = spectrum.segments.len();
    let steps = if spectrum.more > 0 {
        format!("{n} of {} steps", n + spectrum.more)
    } else {
        text::counted(n as u64, "step", "steps")
    };
    let what = match spectrum.variant {
        Some(variant) => format!(
            "Steps of variant {} of {} ({}, {steps})",
            text::count(variant.place as u64 + 1),
            text::count(variant.of as u64),
            text::counted(variant.cases, "case", "cases"),
        ),
        None => format!("Steps with the longest total wait ({steps})"),
    };
    let column = time::round_duration(spectrum.steps.step as f64 / 1e6);
    let title = format!("{what}, {}, 1 column = {column}", state.aspect.words());
    paint::heading(buffer, area, &title, look.theme.title, look.theme);
}

/// The segments that fit, that of the cursor among them; where not even one does, its row alone.
fn draw_segments(
    state: &State,
    spectrum: &Spectrum,
    body: Rect,
    buffer: &mut Buffer,
    look: Look<'_>,
) {
    // A name and its classes, these as tall as there is room for.
    let room = usize::from(body.height) / spectrum.segments.len();
    let tall = (room.saturating_sub(1) / CLASSES).clamp(1, TALLEST);
    let block = 1 + CLASSES * tall;
    let fit = usize::from(body.height) / block;
    let current = state.row / CLASSES;
    let first = (current + 1).saturating_sub(fit.max(1));
    // One line, counted from the first segment on the screen: a name or a class.
    let cursor = (current - first) * block + (1 + state.row % CLASSES) * tall;
    let skip = (cursor + 1).saturating_sub(body.height.into());
    let segments = spectrum.segments.iter().enumerate().skip(first);
    for (i, (at, segment)) in segments.take(fit.max(1)).enumerate() {
        let place = |line: usize| (i * block + line).checked_sub(skip);
        if let Some(row) = place(0) {
            let area = paint::row(body, row);
            draw_name(segment, area, buffer, look, at == current);
        }
        let most = segment.classes.iter().flat_map(|class| &class.cells);
        let most = most.map(|cell| state.aspect.of(cell)).max().unwrap_or(0);
        for line in 0..CLASSES {
            if let Some(row) = place(1 + line * tall) {
                let below = paint::below(body, row as u16);
                let area = Rect {
                    height: below.height.min(tall as u16),
                    ..below
                };
                let strip = Strip {
                    segment,
                    class: CLASSES - 1 - line,
                    most,
                    row: at * CLASSES + line,
                    here: at * CLASSES + line == state.row,
                };
                strip.draw(state, area, buffer, look);
            }
        }
    }
}

fn draw_name(
    segment: &SpectrumSegment,
    area: Rect,
    buffer: &mut Buffer,
    look: Look<'_>,
    here: bool,
) {
    let theme = look.theme;
    let figures = match &segment.elapsed {
        Some(elapsed) => {
            let mut figures = format!(
                "{}, median {}, total {}",
                text::counted(elapsed.n, "time", "times"),
                look.context.duration(elapsed.median),
                look.context.duration(elapsed.total)
            );
            if segment.instant > 0 {
                let share = segment.instant as f64 / elapsed.n as f64;
                figures = format!("{figures}, {} take no time", text::percent(share));
            }
            figures
        }
        None => "never".to_owned(),
    };
    let name = format!(
        "{} {} {}",
        text::safe(&segment.from),
        theme.glyphs.then,
        text::safe(&segment.to)
    );
    let room = usize::from(area.width);
    let left = room.saturating_sub(fit::width(&figures) + 2).max(room / 2);
    let name = fit::truncate_middle(&name, left, theme.glyphs.ellipsis);
    let style = if here { theme.focus } else { theme.title };
    let taken = paint::text(buffer, area, &name, style);
    let (_, rest) = paint::cut(area, taken.saturating_add(2));
    let figures = fit::truncate_words(&figures, rest.width.into(), theme.glyphs.ellipsis);
    paint::text(buffer, rest, &figures, theme.muted);
}

/// One class of a segment.
struct Strip<'a> {
    segment: &'a SpectrumSegment,
    class: usize,
    /// The highest count of the segment.
    most: u64,
    /// Position among the classes of all segments.
    row: usize,
    /// True where the cursor is in it.
    here: bool,
}

impl Strip<'_> {
    fn draw(&self, state: &State, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
        let theme = look.theme;
        let (label, plot) = paint::cut(area, label_width(area.width));
        let style = if self.here {
            theme.selected
        } else {
            theme.muted
        };
        paint::text(buffer, label, &self.label(label.width, look), style);
        let cells = &self.segment.classes[self.class].cells;
        let width = cell_width(plot, cells.len().max(1));
        let bar = match self.class {
            3 => theme.bad,
            2 => theme.wait,
            _ => theme.bar,
        };
        targets::add(area, Target::Chart(self.row));
        for (column, cell) in cells.iter().enumerate() {
            let count = state.aspect.of(cell);
            let (_, rest) = paint::cut(plot, (column * width) as u16);
            let (place, _) = paint::cut(rest, width as u16);
            targets::add(place, Target::Bin(column));
            if count > 0 {
                self.fill(count, place, buffer, bar, look);
            }
            if self.here && column == state.column {
                paint::restyle(buffer, place, theme.cursor);
            }
        }
    }

    /// A column from below; one occurrence is seen beside any number of them.
    fn fill(&self, count: u64, place: Rect, buffer: &mut Buffer, style: Style, look: Look<'_>) {
        let full = 8 * u64::from(place.height);
        let mut eighths = (count * full).div_ceil(self.most.max(1)).min(full) as usize;
        for row in (0..usize::from(place.height)).rev() {
            let part = eighths.min(8);
            if part > 0 {
                paint::fill(
                    buffer,
                    paint::row(place, row),
                    look.theme.glyphs.up[part],
                    style,
                );
            }
            eighths -= part;
        }
    }

    /// `> q4 over 5h 03m    1,145`, as much of it as there is room for.
    fn label(&self, width: u16, look: Look<'_>) -> String {
        let mark = if self.here {
            look.theme.glyphs.mark
        } else {
            " "
        };
        let name = format!("{mark}q{}", self.class + 1);
        if width < 16 {
            return name;
        }
        let seconds = |micros: i64| look.context.duration(micros as f64 / 1e6);
        let class = &self.segment.classes[self.class];
        let bound = match self.segment.bounds(self.class) {
            _ if self.segment.elapsed.is_none() => String::new(),
            (Some(above), None) => format!("> {}", seconds(above)),
            (_, Some(most)) => format!("to {}", seconds(most)),
            (None, None) => String::new(),
        };
        let bound = fit::pad_right(&bound, 11);
        if width < 24 {
            return format!("{name} {bound}");
        }
        format!("{name} {bound}{} ", fit::pad_left(&text::count(class.n), 7))
    }
}

/// Draws the description of the cell under the cursor.
fn draw_words(state: &State, spectrum: &Spectrum, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
    let (Some((segment, class)), Some(cell)) = (state.current(), state.cell()) else {
        return;
    };
    let steps = &spectrum.steps;
    let instant = |column: usize| time::exact_instant(steps.bound(column), look.context.log.zone);
    let seconds = |micros: i64| look.context.duration(micros as f64 / 1e6);
    let name = [
        "fastest quarter",
        "second quarter",
        "third quarter",
        "slowest quarter",
    ][class];
    let bounds = match segment.bounds(class) {
        (None, Some(most)) => format!("up to {}", seconds(most)),
        (Some(above), Some(most)) => format!("over {} to {}", seconds(above), seconds(most)),
        (Some(above), None) => format!("over {}", seconds(above)),
        (None, None) => String::new(),
    };
    let first = format!(
        "{} to {}: {} in progress, {} started, {} ended",
        instant(state.column),
        instant(state.column + 1),
        text::count(cell.under_way),
        text::count(cell.started),
        text::count(cell.ended),
    );
    let second = format!(
        "q{}, {name} ({bounds}) of {} > {}: {}",
        class + 1,
        text::safe(&segment.from),
        text::safe(&segment.to),
        text::counted(segment.classes[class].n, "time", "times"),
    );
    for (row, (line, style)) in [(first, look.theme.text), (second, look.theme.muted)]
        .into_iter()
        .enumerate()
    {
        let line = fit::truncate_words(&line, area.width.into(), look.theme.glyphs.ellipsis);
        paint::text(buffer, paint::row(area, row), &line, style);
    }
}
