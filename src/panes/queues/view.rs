//! Draws the queues, and the one under the cursor over time. Computes no figure.
//!
//! ```text
//!   waits for           waiting  share  mean  growth | > Resolve ticket: mean length, by week
//! > Resolve ticket      3y 120d  ██ 41% 12.4   +3.1  |  31 ▂▄▆█▅▃▂▁▂▄▆█▅▃
//!   Closed                 210d  █  18%  6.0   -0.2  | Median waiting of what left, by week
//!                                                    | 42d ▁▁▂▃▄▅▅▆▆▇▇███
//! 2012-03-05 to 2012-03-11: mean length 12.5, ...
//! ```

use super::state::{DETAIL, LIST, LONGEST, State};
use crate::engine::{QueueBin, QueueBy, QueueDetail, QueueRow};
use crate::panes::{Look, texts};
use crate::text::{self, time};
use crate::ui::widgets::split::Part;
use crate::ui::widgets::virtual_table::page_rows;
use crate::ui::widgets::{Cell, Column, Timeline, VirtualTable};
use crate::ui::{fit, paint};
use chrono_tz::UTC;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// Draws the chart.
pub fn draw(state: &State, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
    let rows = state.queues.as_ref().filter(|(by, _)| *by == state.by);
    let rows = rows.map(|(_, queues)| &queues.rows);
    let find = &state.controls.find;
    let many = "events that follow another in their case";
    if let Some(mut why) = texts::instead(rows, state.error.as_ref(), many, find, look.context) {
        if state.by == QueueBy::Resource && look.context.log.resource.is_none() {
            why.sentence = "The log has no resource column: C names one.".into();
        }
        why.empty().draw(area, buffer, look.theme);
        return;
    }
    let split = state.split(look.context);
    draw_list(state, split.list, buffer, look);
    split.draw_line(buffer, look.theme);
    draw_detail(state, split.detail, buffer, look);
}

/// The table's columns, each with the position of its sort.
fn columns(by: QueueBy) -> [(Column<'static>, usize); 8] {
    let name = match by {
        QueueBy::Activity => "waits for",
        QueueBy::Resource => "waits for resource",
    };
    [
        (Column::flex(name, 12, 2), 6),
        (Column::fixed("waiting", 9).right(), 0),
        (
            Column::flex("share", 8, 1).at_most(16).priority(2),
            usize::MAX,
        ),
        (Column::fixed("mean len.", 9).right(), 1),
        (Column::fixed("growth", 15).right().priority(1), 2),
        (Column::fixed("median", 8).right(), 4),
        (Column::fixed("p90", 8).right().priority(3), 3),
        (Column::fixed("count", 8).right().priority(5), 5),
    ]
}

fn cells<'a>(row: &'a QueueRow, look: Look<'_>) -> Vec<Cell<'a>> {
    vec![
        Cell::of_log(&row.name),
        Cell::new(look.context.duration(row.waiting.total)),
        Cell::bar(row.share, &text::percent(row.share), 5),
        Cell::new(text::number(row.mean, decimals(row.mean))),
        Cell::new(growth(row)),
        Cell::new(look.context.duration(row.waiting.median)),
        Cell::new(look.context.duration(row.waiting.p90)),
        Cell::new(text::count(row.waiting.n)),
    ]
}

/// `+3.1 (+25%)`
fn growth(row: &QueueRow) -> String {
    let signed = |value: f64, decimals: usize| {
        let text = text::number(value, decimals);
        let plus = if value > 0.0 && text != "0" { "+" } else { "" };
        format!("{plus}{text}")
    };
    let growth = signed(row.growth(), decimals(row.growth()));
    match row.relative_growth() {
        Some(share) => format!("{growth} ({}%)", signed(share * 100.0, 0)),
        None => growth,
    }
}

/// What is less than one is told more exactly.
fn decimals(value: f64) -> usize {
    if value.abs() < 1.0 { 2 } else { 1 }
}

fn draw_list(state: &State, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
    let Some((_, queues)) = &state.queues else {
        return;
    };
    let sorts = columns(state.by);
    let columns = sorts.map(|(column, _)| column);
    let list = state.controls.on(page_rows(area.height));
    let rows = &queues.rows;
    let cells: Vec<Vec<Cell<'_>>> = list
        .visible()
        .filter_map(|i| rows.rows.get(i.checked_sub(rows.offset)?))
        .map(|row| cells(row, look))
        .collect();
    VirtualTable {
        columns: &columns,
        rows: &cells,
        offset: list.offset,
        total: list.total,
        selected: Some(list.cursor),
        sort: sorts
            .iter()
            .position(|&(_, sort)| sort == state.controls.sort)
            .map(|column| (column, state.controls.descending)),
        focused: state.focus == Part::List,
        stale: (look.stale)(LIST),
        scroll: 0,
    }
    .draw(area, buffer, look.theme);
}

/// The areas of both charts, and whether there is room for the second.
fn halves(charts: Rect) -> (bool, [Rect; 2]) {
    let both = charts.height >= 8;
    let height = if both {
        (charts.height - 2) / 2
    } else {
        charts.height
    };
    let upper = Rect { height, ..charts };
    (both, [upper, paint::below(charts, height)])
}

/// Length and waiting over time, and what the cursor is on in words.
fn draw_detail(state: &State, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
    let (Some(detail), Some(row)) = (&state.detail, state.row()) else {
        return;
    };
    let area = paint::clip(area, buffer);
    let words = if area.height >= 8 {
        3
    } else {
        u16::from(area.height >= 4)
    };
    let charts = Rect {
        height: area.height - words.min(area.height),
        ..area
    };
    let lengths = values(detail, |bin| bin.mean);
    let waiting = values(detail, |bin| bin.median);
    let most = |values: &[(i64, f64)]| values.iter().map(|v| v.1).fold(0.0, f64::max);
    let tops = [
        text::number(most(&lengths), 1),
        look.context.duration(most(&waiting)),
    ];
    let widest = tops.iter().map(|top| fit::width(top)).max().unwrap_or(0);
    let focused = state.focus == Part::Detail;
    let (mark, style) = if focused {
        (look.theme.glyphs.mark, look.theme.focus)
    } else {
        (" ", look.theme.title)
    };
    let titles = [
        format!(
            "{mark} {}: mean length, by {}",
            text::safe(&row.name),
            detail.unit
        ),
        "  Median waiting of what left".to_owned(),
    ];
    let (both, parts) = halves(charts);
    for (at, values) in [&lengths, &waiting].into_iter().enumerate() {
        let line = Timeline {
            bins: values,
            end: detail.end,
            top: &fit::pad_left(&tops[at], widest),
            cursor: Some(state.periods.bin),
            zone: UTC,
            style: (at == 1).then_some(look.theme.wait),
        };
        let style = if at == 0 { style } else { look.theme.title };
        paint::heading(
            buffer,
            paint::row(parts[at], 0),
            &titles[at],
            style,
            look.theme,
        );
        let body = paint::below(parts[at], 1);
        if both && at == 0 {
            line.draw_bare(body, buffer, look.theme);
        } else {
            line.draw(body, buffer, look.theme);
        }
    }
    draw_words(state, paint::below(area, charts.height), buffer, look);
    if detail.name != *row.name || (look.stale)(DETAIL) {
        paint::restyle(buffer, area, look.theme.stale);
    }
}

fn values(detail: &QueueDetail, of: fn(&QueueBin) -> Option<f64>) -> Vec<(i64, f64)> {
    let value = |bin: &QueueBin| (bin.start, of(bin).unwrap_or(0.0));
    detail.bins.iter().map(value).collect()
}

fn draw_words(state: &State, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
    let mut lines = Vec::new();
    if let (Some(bin), Some(when)) = (state.bin(), state.periods.in_words()) {
        let mean = bin
            .mean
            .map_or_else(|| "-".to_owned(), |mean| text::number(mean, 1));
        let median = bin
            .median
            .map_or_else(|| "-".to_owned(), |s| look.context.duration(s));
        lines.push(format!(
            "{when}: mean length {mean}, {} at first, {} waited",
            text::count(bin.length),
            text::count(bin.waited),
        ));
        lines.push(format!(
            "{} left, having waited {median} (median)",
            text::count(bin.left)
        ));
    }
    if let Some((most, at)) = state.longest.filter(|_| !(look.stale)(LONGEST)) {
        let at = time::instant(at, UTC);
        lines.push(format!("longest: {} on {at}", text::count(most)));
    }
    for (at, line) in lines.iter().enumerate() {
        let style = if at < 2 {
            look.theme.text
        } else {
            look.theme.muted
        };
        let line = fit::truncate_end(line, area.width.into(), look.theme.glyphs.ellipsis);
        paint::text(buffer, paint::row(area, at), &line, style);
    }
}
