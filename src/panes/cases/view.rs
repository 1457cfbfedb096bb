//! Draws the cases pane: a case a row, its duration as a bar; beside it the events of the case under
//! the cursor with the time before each.

use super::state::{DETAIL_HEAD, LIST, PREVIEW, State, layout};
use crate::engine::CaseDetail;
use crate::panes::texts::{nothing, refused, value_head};
use crate::panes::{Context, Look, waits};
use crate::text::{self, time};
use crate::ui::widgets::virtual_table::page_rows;
use crate::ui::widgets::{Cell, Column, Part, VirtualTable};
use crate::ui::{fit, paint};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

const COLUMNS: [Column<'static>; 6] = [
    Column::flex("case", 10, 2).at_most(40),
    Column::fixed("variant", 8).right().priority(3),
    Column::fixed("events", 7).right().priority(4),
    Column::fixed("start", 16).priority(2),
    Column::fixed("end", 16).priority(5),
    Column::flex("duration", 16, 3).right().at_most(40),
];
/// Position in the columns of each key of [`super::state::KEYS`].
const SORTED: [usize; 6] = [5, 2, 3, 4, 0, 1];

const PREVIEW_COLUMNS: [Column<'static>; 3] = [
    Column::flex("wait", 13, 2).right().at_most(26),
    Column::flex("activity", 12, 2),
    Column::flex("resource", 8, 1).priority(1).at_most(20),
];

/// Draws list and preview.
pub fn draw(state: &State, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
    let empty = state.rows().is_some_and(|rows| rows.total == 0);
    if let Some(error) = &state.error {
        refused(error).empty().draw(area, buffer, look.theme);
    } else if empty {
        nothing("cases", &state.controls.find, look.context)
            .empty()
            .draw(area, buffer, look.theme);
    } else {
        let split = layout(
            Context {
                area,
                ..look.context
            },
            state.focus,
        );
        split.draw_line(buffer, look.theme);
        draw_list(state, split.list, buffer, look);
        draw_preview(state, split.detail, buffer, look);
    }
}

fn draw_list(state: &State, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
    let list = state.controls.on(page_rows(area.height));
    let durations = list
        .visible()
        .filter_map(|index| state.row(index))
        .map(|row| row.duration);
    let longest = durations.fold(0.0, f64::max);
    let rows: Vec<Vec<Cell<'_>>> = list
        .visible()
        .map(|index| cells(index, longest, state, look).unwrap_or_default())
        .collect();
    VirtualTable {
        columns: &COLUMNS,
        rows: &rows,
        offset: list.offset,
        total: list.total,
        selected: state.current().map(|_| list.cursor),
        sort: Some((SORTED[state.controls.sort], state.controls.descending)),
        focused: state.focus == Part::List,
        stale: (look.stale)(LIST),
        scroll: state.controls.scroll,
    }
    .draw(area, buffer, look.theme);
}

/// The cells of a row; none where it has not come yet.
fn cells<'a>(
    index: usize,
    longest: f64,
    state: &'a State,
    look: Look<'_>,
) -> Option<Vec<Cell<'a>>> {
    let row = state.row(index)?;
    let muted = look.theme.muted;
    let share = if longest > 0.0 {
        row.duration / longest
    } else {
        0.0
    };
    Some(vec![
        Cell::of_log(&row.case).middle().find(&state.controls.find),
        Cell::new(text::count(row.variant.into())).style(muted),
        Cell::new(text::count(row.events.into())),
        Cell::new(time::instant(row.start, time::UTC)),
        Cell::new(time::instant(row.end, time::UTC)).style(muted),
        Cell::bar(share, &look.context.duration(row.duration), 8),
    ])
}

fn draw_preview(state: &State, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
    let Some(row) = state.current() else {
        return;
    };
    let theme = look.theme;
    let focused = state.focus == Part::Detail;
    let style = if focused { theme.focus } else { theme.title };
    let id = text::safe(&row.case);
    let id = fit::truncate_middle(
        &id,
        usize::from(area.width).saturating_sub(7),
        theme.glyphs.ellipsis,
    );
    paint::heading(buffer, area, &format!("case {id}"), style, theme);
    let figures = format!(
        "{} {dot} {} {dot} variant {}",
        look.context.duration(row.duration),
        text::counted(row.events.into(), "event", "events"),
        row.variant,
        dot = theme.glyphs.dot,
    );
    paint::text(buffer, paint::row(area, 1), &figures, theme.muted);
    if let Some(detail) = state.preview() {
        draw_events(state, detail, paint::below(area, DETAIL_HEAD), buffer, look);
    }
}

fn draw_events(
    state: &State,
    detail: &CaseDetail,
    area: Rect,
    buffer: &mut Buffer,
    look: Look<'_>,
) {
    let mut list = state.detail;
    list.set_total(detail.events.len());
    list.set_page(page_rows(area.height));
    let longest = detail.events.iter().map(waits::wait).fold(0.0, f64::max);
    let rows: Vec<Vec<Cell<'_>>> = list
        .visible()
        .map(|index| event_cells(detail, index, longest, look))
        .collect();
    let focused = state.focus == Part::Detail;
    VirtualTable {
        columns: &PREVIEW_COLUMNS[..if detail.resource.is_some() { 3 } else { 2 }],
        rows: &rows,
        offset: list.offset,
        total: list.total,
        selected: focused.then_some(list.cursor),
        focused,
        stale: (look.stale)(PREVIEW),
        ..VirtualTable::default()
    }
    .draw(area, buffer, look.theme);
}

fn event_cells<'a>(
    detail: &'a CaseDetail,
    index: usize,
    longest: f64,
    look: Look<'_>,
) -> Vec<Cell<'a>> {
    let event = &detail.events[index];
    let wait = waits::wait(event);
    let share = if longest > 0.0 { wait / longest } else { 0.0 };
    let shown = if index == 0 {
        String::new()
    } else {
        look.context.duration(wait)
    };
    let mut cells = vec![
        Cell::bar(share, &shown, 7).bar_style(look.theme.wait),
        Cell::of_log(&event.activity),
    ];
    if let Some(value) = detail.resource.and_then(|at| event.values.get(at)) {
        cells.push(Cell::new(value_head(value)).style(look.theme.muted));
    }
    cells
}
