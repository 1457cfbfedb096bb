//! Draws the edges by time lost, and the one under the cursor in depth. Computes no figure.
//!
//! ```text
//!   from           to             total   share  | Waiting, by week: total
//! > Wait           Resolve        3y 120d ██ 41% | ▁▂▄█▆▂▁
//!   Take in charge Wait           210d    █  18% | Distribution
//!                                                | 1d to 2d   812 ████████
//!                                                | Slowest
//!                                                | Case 12    89d
//! ```

use super::state::{DETAIL, DetailRows, LIST, State};
use crate::engine::{EdgeDetail, EdgeRow};
use crate::panes::{Context, Look, texts};
use crate::ui::widgets::split::Part;
use crate::ui::widgets::virtual_table::page_rows;
use crate::ui::widgets::{Bar, Bars, Cell, Column, Timeline, VirtualTable};
use crate::ui::{paint, text};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// Draws the pane.
pub fn draw(state: &State, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
    let (rows, find) = (state.rows.as_ref(), &state.controls.find);
    let many = "steps from one event to the next";
    if let Some(why) = texts::instead(rows, state.error.as_ref(), many, find, look.context) {
        why.empty().draw(area, buffer, look.theme);
        return;
    }
    let split = state.split(look.context);
    draw_list(state, split.list, buffer, look);
    split.draw_line(buffer, look.theme);
    if let (Some(detail), Some(row)) = (&state.detail, state.row()) {
        draw_detail(state, detail, row, split.detail, buffer, look);
    }
}

/// The table's columns, each with the position of its sort.
const COLUMNS: [(Column<'static>, usize); 9] = [
    (Column::flex("from", 12, 2), 6),
    (Column::flex("to", 12, 2), 7),
    (Column::fixed("time lost", 10).right(), 0),
    (Column::flex("share", 7, 1).at_most(18), usize::MAX),
    (Column::fixed("median", 8).right(), 1),
    (Column::fixed("p90", 8).right().priority(1), 2),
    (Column::fixed("count", 7).right().priority(2), 4),
    (Column::fixed("mean", 8).right().priority(4), 3),
    (Column::fixed("cases", 7).right().priority(3), 5),
];

fn cells<'a>(row: &'a EdgeRow, context: Context<'_>) -> Vec<Cell<'a>> {
    vec![
        Cell::of_log(&row.from),
        Cell::of_log(&row.to),
        Cell::new(context.duration(row.elapsed.total)),
        Cell::bar(row.share, &text::percent(row.share), 5),
        Cell::new(context.duration(row.elapsed.median)),
        Cell::new(context.duration(row.elapsed.p90)),
        Cell::new(text::count(row.count)),
        Cell::new(context.duration(row.elapsed.mean)),
        Cell::new(text::count(row.cases)),
    ]
}

fn draw_list(state: &State, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
    let Some(rows) = &state.rows else { return };
    let columns = COLUMNS.map(|(column, _)| column);
    let list = state.controls.on(page_rows(area.height));
    let cells: Vec<Vec<Cell<'_>>> = list
        .visible()
        .filter_map(|i| rows.rows.get(i.checked_sub(rows.offset)?))
        .map(|row| cells(row, look.context))
        .collect();
    VirtualTable {
        columns: &columns,
        rows: &cells,
        offset: list.offset,
        total: list.total,
        selected: Some(list.cursor),
        sort: COLUMNS
            .iter()
            .position(|&(_, sort)| sort == state.controls.sort)
            .map(|column| (column, state.controls.descending)),
        focused: state.focus == Part::List,
        stale: (look.stale)(LIST),
        scroll: state.controls.scroll,
    }
    .draw(area, buffer, look.theme);
}

fn draw_detail(
    state: &State,
    detail: &EdgeDetail,
    row: &EdgeRow,
    area: Rect,
    buffer: &mut Buffer,
    look: Look<'_>,
) {
    if area.is_empty() {
        return;
    }
    // The answer may still be that of the row before.
    let same = detail
        .row
        .as_ref()
        .is_some_and(|r| r.from == row.from && r.to == row.to);
    let title = format!("{} > {}", text::safe(&row.from), text::safe(&row.to));
    paint::heading(
        buffer,
        paint::row(area, 0),
        &title,
        look.theme.title,
        look.theme,
    );
    let body = paint::below(area, 1);
    let shares = DetailRows::of(area.height);
    let (time, rest) = rows(body, shares.time);
    draw_time(detail, time, buffer, look);
    let bars = (detail.durations.len() as u16).min(shares.durations) + 1;
    let (durations, slowest) = rows(rest, bars);
    draw_durations(detail, durations, buffer, look);
    draw_slowest(state, detail, slowest, buffer, look);
    if !same || (look.stale)(DETAIL) {
        paint::restyle(buffer, body, look.theme.stale);
    }
}

/// The first rows of an area, and the others.
fn rows(area: Rect, height: u16) -> (Rect, Rect) {
    let height = height.min(area.height);
    (Rect { height, ..area }, paint::below(area, height))
}

fn draw_time(detail: &EdgeDetail, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
    let line = &detail.timeline;
    let title = format!("Time lost, by {} it ended in", line.unit);
    paint::text(buffer, paint::row(area, 0), &title, look.theme.muted);
    let bins: Vec<(i64, f64)> = line
        .bins
        .iter()
        .map(|b| (b.start, b.total.max(0.0)))
        .collect();
    let most = bins.iter().map(|b| b.1).fold(0.0, f64::max);
    Timeline {
        bins: &bins,
        end: line.end,
        top: &look.context.duration(most),
        cursor: None,
        zone: chrono_tz::UTC,
        style: Some(look.theme.wait),
    }
    .draw(paint::below(area, 1), buffer, look.theme);
}

fn draw_durations(detail: &EdgeDetail, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
    paint::text(
        buffer,
        paint::row(area, 0),
        "How long it took",
        look.theme.muted,
    );
    let bars: Vec<Bar<'_>> = detail
        .durations
        .iter()
        .map(|bin| Bar {
            label: format!(
                "{} to {}",
                look.context.round_duration(bin.from),
                look.context.round_duration(bin.to)
            )
            .into(),
            value: bin.count as f64,
            text: text::count(bin.count).into(),
            style: None,
        })
        .collect();
    Bars {
        bars: &bars,
        full: None,
    }
    .draw(paint::below(area, 1), buffer, look.theme);
}

fn draw_slowest(
    state: &State,
    detail: &EdgeDetail,
    area: Rect,
    buffer: &mut Buffer,
    look: Look<'_>,
) {
    let columns = [
        Column::flex("slowest cases", 10, 1),
        Column::fixed("took", 9).right(),
    ];
    let mut list = state.slowest;
    list.set_page(page_rows(area.height));
    let cells: Vec<Vec<Cell<'_>>> = list
        .visible()
        .filter_map(|i| detail.slowest.get(i))
        .map(|(case, seconds)| {
            vec![
                Cell::of_log(case).middle(),
                Cell::new(look.context.duration(*seconds)),
            ]
        })
        .collect();
    let focused = state.focus == Part::Detail;
    VirtualTable {
        columns: &columns,
        rows: &cells,
        offset: list.offset,
        total: list.total,
        selected: focused.then_some(list.cursor),
        focused,
        ..VirtualTable::default()
    }
    .draw(area, buffer, look.theme);
}
