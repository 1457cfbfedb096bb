//! Draws the figures by period, and the one under the cursor over all of them. Computes no figure.
//!
//! ```text
//! 2012-03 against the month before                      | > cases started, by month
//!   figure             month   change          over time|  412 ▂▄▆█▅▃▂▁▂▄▆█▅▃
//! > cases started        380      -12   -3.1%  ▂▄▆█▅▃▂▁ |     2010      2012
//!   throughput, median   39d   +2d 03h  +5.8%  ▁▂▃▄▅▅▆▆ | 2012-03-01 to 2012-03-31: 380
//! ```

use super::state::{State, figure};
use crate::engine::{Trend, TrendKind, TrendRow};
use crate::panes::{Look, texts};
use crate::text::{self, time};
use crate::ui::targets::{self, Target};
use crate::ui::widgets::sparkline::sparkline;
use crate::ui::widgets::split::Part;
use crate::ui::widgets::virtual_table::{column_areas, page_rows};
use crate::ui::widgets::{Cell, Column, Timeline, VirtualTable};
use crate::ui::{fit, paint};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// Draws the chart.
pub fn draw(state: &State, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
    let area = paint::clip(area, buffer);
    let Some(trend) = &state.trend else {
        let why = state
            .error
            .as_ref()
            .map_or_else(texts::counting, texts::refused);
        why.draw(area, buffer, look);
        return;
    };
    let split = state.split(look.context);
    targets::add(split.list, Target::List);
    draw_list(state, trend, split.list, buffer, look);
    split.draw_line(buffer, look.theme);
    targets::add(split.detail, Target::Detail);
    if state.focus == Part::List {
        targets::follows_cursor(split.detail);
    }
    draw_chart(state, trend, split.detail, buffer, look);
    if (look.stale)(0) {
        paint::restyle(buffer, area, look.theme.stale);
    }
}

fn draw_list(state: &State, trend: &Trend, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
    let duration = |seconds| look.context.duration(seconds);
    if area.is_empty() {
        return;
    }
    let title = match trend.last_full() {
        Some(at) => {
            let start = time::date(trend.bounds[at], look.context.log.zone);
            // Of a month, the day says nothing.
            let whole = start.len() - if trend.unit == "month" { 3 } else { 0 };
            let start = &start[..whole];
            format!(
                "Last full {} ({start}), compared with the one before",
                trend.unit
            )
        }
        None => format!("The log has no full {}", trend.unit),
    };
    let title = fit::truncate_end(&title, area.width.into(), look.theme.glyphs.ellipsis);
    paint::text(buffer, paint::row(area, 0), &title, look.theme.muted);
    let area = paint::below(area, 1);
    let columns = [
        Column::flex("figure", 16, 2).at_most(36),
        Column::fixed("value", 9).right(),
        Column::fixed("change", 10).right(),
        Column::fixed("in %", 8).right().priority(2),
        Column::flex("over time", 8, 3).priority(1),
    ];
    let room = column_areas(&columns, area)[4].width;
    let mut list = state.list;
    list.set_page(page_rows(area.height));
    let cells = |row: &TrendRow| -> Vec<Cell<'static>> {
        let change = trend.change(row);
        let values: Vec<f64> = row
            .values
            .iter()
            .map(|value| value.unwrap_or(0.0))
            .collect();
        // The latest periods, where not all have room.
        let shown = &values[values.len().saturating_sub(room.into())..];
        vec![
            Cell::new(name(row)),
            Cell::new(figure(row.kind, change.value, duration)),
            Cell::new(match (row.kind, change.change) {
                (TrendKind::Share, Some(change)) => text::points(change),
                (kind, change) => signed(change, |value| figure(kind, Some(value), duration)),
            }),
            Cell::new(change.relative.map_or_else(|| "-".to_owned(), text::growth)),
            Cell::new(sparkline(shown, room.into(), &look.theme.glyphs)).style(look.theme.bar),
        ]
    };
    let rows: Vec<Vec<Cell<'_>>> = list
        .visible()
        .filter_map(|at| trend.rows.get(at))
        .map(cells)
        .collect();
    VirtualTable {
        columns: &columns,
        rows: &rows,
        offset: list.offset,
        total: list.total,
        selected: Some(list.cursor),
        focused: state.focus == Part::List,
        ..VirtualTable::default()
    }
    .draw(area, buffer, look.theme);
}

/// Name of a figure; one of a guessed milestone says so first.
fn name(row: &TrendRow) -> String {
    let guess = if row.guessed { "guess: " } else { "" };
    text::safe(&format!("{guess}{}", row.name)).into_owned()
}

/// With its sign, which says the direction without color.
fn signed(value: Option<f64>, text: impl Fn(f64) -> String) -> String {
    match value {
        None => "-".to_owned(),
        Some(value) if value > 0.0 => format!("+{}", text(value)),
        Some(value) if value < 0.0 => format!("-{}", text(-value)),
        Some(value) => text(value),
    }
}

/// The figure under the cursor over all periods, and what the cursor is on in words.
fn draw_chart(state: &State, trend: &Trend, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
    let duration = |seconds| look.context.duration(seconds);
    let Some(row) = state.row().filter(|_| !area.is_empty()) else {
        return;
    };
    let (mark, style) = if state.focus == Part::Detail {
        (look.theme.glyphs.mark, look.theme.focus)
    } else {
        (" ", look.theme.title)
    };
    let (name, basis) = (name(row), row.basis.words());
    let title = format!("{mark} {name}, by {} ({basis})", trend.unit);
    paint::heading(buffer, paint::row(area, 0), &title, style, look.theme);
    let words = if area.height >= 6 {
        2
    } else {
        u16::from(area.height >= 3)
    };
    let rest = paint::below(area, 1);
    let chart = Rect {
        height: rest.height - words.min(rest.height),
        ..rest
    };
    let values = trend.bounds.iter().zip(&row.values);
    let values: Vec<(i64, f64)> = values
        .map(|(at, value)| (*at, value.unwrap_or(0.0)))
        .collect();
    let most = values.iter().map(|v| v.1).fold(0.0, f64::max);
    Timeline {
        bins: &values,
        end: trend.bounds[trend.bounds.len() - 1],
        top: &figure(row.kind, Some(most), duration),
        cursor: Some(state.periods.bin),
        zone: look.context.log.zone,
        style: matches!(row.kind, TrendKind::Duration | TrendKind::Working)
            .then_some(look.theme.wait),
    }
    .draw(chart, buffer, look.theme);
    let below = paint::below(rest, chart.height);
    let fit = |line: &str| {
        fit::truncate_words(line, area.width.into(), look.theme.glyphs.ellipsis).into_owned()
    };
    if let Some(when) = state.periods.in_words(look.context.log.zone) {
        let value = row.values.get(state.periods.bin).copied().flatten();
        let partial = trend
            .partial
            .get(state.periods.bin)
            .is_some_and(|partial| *partial);
        let partial = if partial {
            " (partial: the log covers only a part)"
        } else {
            ""
        };
        let line = format!("{when}: {}{partial}", figure(row.kind, value, duration));
        paint::text(buffer, paint::row(below, 0), &fit(&line), look.theme.text);
    }
    let open = text::safe(&trend.ending.in_words()).into_owned();
    paint::text(buffer, paint::row(below, 1), &fit(&open), look.theme.muted);
}
