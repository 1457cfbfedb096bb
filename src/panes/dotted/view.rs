//! Draws the dotted chart. Computes no figure.
//!
//! ```text
//! 4,580 cases by start, 110 per row, 1w per column, letter = activity (21,348 events)
//!   2012-10-09  AAT R       .                   A Assign seriousness      4,938
//! > 2012-11-02   AATTRR                         T Take in charge ticket   5,060
//!   2012-12-01       AATR R C                   * 4 others                   12
//!              2012-10     2013-01
//! 2012-11-05 to 2012-11-12: 23 events of 12 cases, most (20) Take in charge ticket
//! cases 111 to 220: Case 12 to Case 98, start 2012-11-02 10:15 to 2012-12-01 09:00
//! ```

use super::state::{CHART, Parts, SLOT, SORTS, State};
use crate::engine::{Dotted, DottedCell, DottedKey, DottedRow, DottedValue};
use crate::panes::{Context, Look, texts};
use crate::text::{self, time};
use crate::ui::targets::{self, Target};
use crate::ui::widgets::{Axis, Scale};
use crate::ui::{fit, paint};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};

/// Draws the pane.
pub fn draw(state: &State, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
    let area = paint::clip(area, buffer);
    let nothing = match (state.chart(), &state.error) {
        (_, Some(error)) => Some(texts::refused(error)),
        (None, None) => Some(texts::counting()),
        (Some(chart), None) if chart.rows.is_empty() => {
            Some(texts::nothing("cases", "", look.context))
        }
        (Some(_), None) => None,
    };
    if let Some(why) = nothing {
        why.draw(area, buffer, look);
        return;
    }
    let Some(chart) = state.chart() else { return };
    let parts = Parts::of(area.width, area.height);
    let head = u16::from(area.height >= 6);
    if head > 0 {
        draw_heading(state, chart, paint::row(area, 0), buffer, look);
    }
    let below = paint::below(area, head);
    let (labels, rest) = paint::cut(below, parts.labels);
    let (grid, legend) = paint::cut(rest, parts.grid.0);
    let rows = |area: Rect| Rect {
        height: parts.grid.1.min(area.height),
        ..area
    };
    draw_rows(state, chart, (rows(labels), rows(grid)), buffer, look);
    let foot = paint::below(below, parts.grid.1);
    draw_axis(
        state,
        chart,
        paint::below(grid, parts.grid.1),
        parts,
        buffer,
        look,
    );
    let foot = paint::below(foot, parts.axis);
    if parts.legend_columns > 0 {
        let (_, legend) = paint::cut(rows(legend), 2);
        draw_legend(chart, legend, 1, buffer, look);
    } else {
        let legend = Rect {
            height: parts.legend_rows.min(foot.height),
            ..foot
        };
        draw_legend(chart, legend, usize::from(area.width / SLOT), buffer, look);
    }
    draw_words(
        state,
        chart,
        paint::below(foot, parts.legend_rows),
        buffer,
        look,
    );
    if (look.stale)(CHART) {
        paint::restyle(buffer, area, look.theme.stale);
    }
}

/// Screen columns of a column of the chart.
fn cell_width(grid: Rect, n: usize) -> usize {
    (usize::from(grid.width) / n).max(1)
}

fn draw_heading(state: &State, chart: &Dotted, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
    let each = chart.rows.iter().map(|row| row.cases).max().unwrap_or(0);
    let color = chart
        .color
        .as_ref()
        .map_or("activity".into(), |name| text::safe(name));
    let shown: usize = chart.rows.iter().map(|row| row.cases).sum();
    let cases = if shown == chart.total {
        text::counted(shown as u64, "case", "cases")
    } else {
        format!(
            "{} of {} cases",
            text::count(shown as u64),
            text::count(chart.total as u64)
        )
    };
    let title = format!(
        "{cases} by {}, {} per row, {} per column, letter = {color} ({})",
        SORTS[state.sort],
        text::counted(each as u64, "case", "cases"),
        time::round_duration(chart.steps.step as f64 / 1e6),
        text::counted(chart.events, "event", "events"),
    );
    paint::heading(buffer, area, &title, look.theme.title, look.theme);
}

fn draw_rows(
    state: &State,
    chart: &Dotted,
    (labels, grid): (Rect, Rect),
    buffer: &mut Buffer,
    look: Look<'_>,
) {
    let theme = look.theme;
    let width = cell_width(grid, chart.steps.n);
    let most = chart.rows.iter().flat_map(|row| &row.cells);
    let most = most.map(|cell| cell.events).max().unwrap_or(0);
    for (at, row) in chart.rows.iter().enumerate().take(grid.height.into()) {
        let here = at == state.row;
        let mark = if here { theme.glyphs.mark } else { " " };
        let label = format!("{mark} {}", label(row, labels.width.into(), look.context));
        let style = if here { theme.selected } else { theme.muted };
        paint::text(buffer, paint::row(labels, at), &label, style);
        let line = paint::row(grid, at);
        let place = |column: usize| {
            let (_, rest) = paint::cut(line, (column * width) as u16);
            paint::cut(rest, width as u16).0
        };
        targets::add(paint::row(labels, at), Target::Row(at));
        targets::add(line, Target::Row(at));
        for column in 0..chart.steps.n {
            targets::add(place(column), Target::Bin(column));
        }
        for cell in &row.cells {
            let value = &chart.values[cell.value];
            let style = shade(value_style(chart, cell.value, look), cell, most);
            let mark = value.mark.encode_utf8(&mut [0; 4]).to_owned();
            paint::text(buffer, place(cell.column), &mark, style);
        }
        if here {
            paint::restyle(buffer, place(state.column), theme.selected);
        }
    }
}

/// Few events are dim, many are bold.
fn shade(style: Style, cell: &DottedCell, most: u64) -> Style {
    match cell.events {
        n if n > 1 && n * 2 >= most => style.add_modifier(Modifier::BOLD),
        n if n * 16 < most => style.add_modifier(Modifier::DIM),
        _ => style,
    }
}

fn value_style(chart: &Dotted, value: usize, look: Look<'_>) -> Style {
    if value < chart.legend {
        look.theme.tone(value)
    } else {
        look.theme.text
    }
}

/// Returns the sort key of the first case of a row, or the id of a single case where there is room.
fn label(row: &DottedRow, width: usize, context: Context<'_>) -> String {
    let room = width.saturating_sub(3);
    let label = match row.first_key {
        DottedKey::Case => text::safe(&row.first).into_owned(),
        key if room >= 14 => key_text(key, context),
        // Without the century.
        DottedKey::Instant(at) => time::date(at, context.log.zone)[2..].to_owned(),
        key => key_text(key, context),
    };
    fit::truncate_end(&label, room, "~").into_owned()
}

fn key_text(key: DottedKey, context: Context<'_>) -> String {
    match key {
        DottedKey::Instant(at) => time::instant(at, context.log.zone)[2..].to_owned(),
        DottedKey::Duration(micros) => context.duration(micros as f64 / 1e6),
        DottedKey::Events(n) => text::counted(n.into(), "event", "events"),
        DottedKey::Variant(rank) => format!("variant {rank}"),
        DottedKey::Case => String::new(),
    }
}

fn draw_axis(
    state: &State,
    chart: &Dotted,
    area: Rect,
    parts: Parts,
    buffer: &mut Buffer,
    look: Look<'_>,
) {
    let width = cell_width(area, chart.steps.n);
    let columns = chart.steps.n * width;
    let area = Rect {
        width: (columns as u16).min(area.width),
        height: parts.axis.min(area.height),
        ..area
    };
    let scale = Scale {
        from: chart.steps.first,
        to: chart.steps.end(),
    };
    let axis = if state.relative {
        Axis::Since(0)
    } else {
        Axis::Clock(look.context.log.zone)
    };
    // Its letter is in the first column of a cell.
    let cursor = state.column * width..state.column * width + 1;
    scale.draw(area, buffer, axis, Some(cursor), look.theme);
}

/// Draws the values with their letters and counts, `per_row` on a row.
fn draw_legend(chart: &Dotted, area: Rect, per_row: usize, buffer: &mut Buffer, look: Look<'_>) {
    if area.is_empty() || per_row == 0 {
        return;
    }
    let legend = (0..).zip(&chart.values[..chart.legend]);
    let mut entries: Vec<(char, String, u64, Style)> = legend
        .map(|(at, value)| {
            let style = value_style(chart, at, look);
            (value.mark, value_name(value), value.events, style)
        })
        .collect();
    if chart.others.0 > 0 {
        let name = text::counted(chart.others.0, "other", "others");
        entries.push((DottedValue::OTHER, name, chart.others.1, look.theme.text));
    }
    let width = area.width / per_row as u16;
    for (i, (mark, name, events, style)) in entries.iter().enumerate() {
        let (_, rest) = paint::cut(paint::row(area, i / per_row), (i % per_row) as u16 * width);
        let (slot, _) = paint::cut(rest, width.saturating_sub(u16::from(per_row > 1)));
        let taken = paint::text(buffer, slot, &format!("{mark} "), *style);
        let (_, slot) = paint::cut(slot, taken);
        let count = text::count(*events);
        let room = usize::from(slot.width).saturating_sub(fit::width(&count) + 1);
        let name = fit::truncate_end(name, room, look.theme.glyphs.ellipsis);
        paint::text(buffer, slot, &name, look.theme.text);
        paint::text_right(buffer, slot, &count, look.theme.muted);
    }
}

fn value_name(value: &DottedValue) -> String {
    match &value.name {
        Some(name) => text::safe(name).into_owned(),
        None => "(missing)".to_owned(),
    }
}

/// Draws the description of the cell and row under the cursor.
fn draw_words(state: &State, chart: &Dotted, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
    let Some(row) = state.current() else { return };
    let lines = [
        (cell_words(state, chart, look.context), look.theme.text),
        (row_words(state, row, look.context), look.theme.muted),
    ];
    for (at, (line, style)) in lines.into_iter().enumerate() {
        let line = fit::truncate_words(&line, area.width.into(), look.theme.glyphs.ellipsis);
        paint::text(buffer, paint::row(area, at), &line, style);
    }
}

fn cell_words(state: &State, chart: &Dotted, context: Context<'_>) -> String {
    let at = |column: usize| {
        let at = chart.steps.bound(column);
        if state.relative {
            context.duration(at as f64 / 1e6)
        } else {
            time::exact_instant(at, context.log.zone)
        }
    };
    let mut span = format!("{} to {}", at(state.column), at(state.column + 1));
    if state.relative {
        span.push_str(" after the start");
    }
    let Some(cell) = state.cell() else {
        return format!("{span}: no events");
    };
    let value = &chart.values[cell.value];
    let most = if cell.with_value == cell.events {
        value_name(value)
    } else {
        format!(
            "most ({}) {}",
            text::count(cell.with_value),
            value_name(value)
        )
    };
    format!(
        "{span}: {} of {}, {most}",
        text::counted(cell.events, "event", "events"),
        text::counted(cell.cases, "case", "cases"),
    )
}

fn row_words(state: &State, row: &DottedRow, context: Context<'_>) -> String {
    let keys = [row.first_key, row.last_key].map(|key| match key {
        DottedKey::Instant(at) => time::exact_instant(at, context.log.zone),
        key => key_text(key, context),
    });
    let by = SORTS[state.sort];
    let mut words = if row.cases == 1 {
        texts::named("case", &text::safe(&row.first))
    } else {
        format!(
            "cases {} to {}: {} to {}",
            text::count(row.place as u64 + 1),
            text::count((row.place + row.cases) as u64),
            text::safe(&row.first),
            text::safe(&row.last),
        )
    };
    if row.first_key != DottedKey::Case {
        words = format!("{words}, {by} {}", keys[0]);
        if keys[0] != keys[1] {
            words = format!("{words} to {}", keys[1]);
        }
    }
    if let Some(dot) = state.dot().filter(|_| row.cases > 1) {
        let ids: Vec<_> = dot.ids.iter().take(4).map(|id| text::safe(id)).collect();
        let more = if dot.total > 4 { ", ..." } else { "" };
        words = format!("{words}; here {}{more}", ids.join(", "));
    }
    words
}
