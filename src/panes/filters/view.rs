//! Draws the filter stack. Computes no figure.

use super::state::{COUNTS, State, kind};
use crate::panes::Look;
use crate::panes::texts::Nothing;
use crate::text::safe;
use crate::ui::widgets::virtual_table::page_rows;
use crate::ui::widgets::{Cell, Column, VirtualTable};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

const COLUMNS: &[Column<'_>] = &[
    Column::fixed("on", 3),
    Column::fixed("type", 6).priority(2),
    Column::flex("filter", 10, 1),
    Column::fixed("matches alone", 13).right().priority(1),
    Column::fixed("left after this", 15).right(),
];

/// Draws the pane.
pub fn draw(state: &State, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
    if state.stack.is_empty() {
        let nothing = Nothing {
            sentence: "No filters: all cases are shown.".to_owned(),
            hint: "{filter} adds a filter   {keep} and {drop} in other panes keep or drop the selected item",
        };
        nothing.draw(area, buffer, look);
        return;
    }
    let mut list = state.list;
    list.set_page(page_rows(area.height));
    let rows: Vec<Vec<Cell<'_>>> = list.visible().map(|at| row(state, at, look)).collect();
    let table = VirtualTable {
        columns: COLUMNS,
        rows: &rows,
        marked: &[],
        ranged: &[],
        offset: list.offset,
        total: list.total,
        selected: Some(list.cursor),
        sort: None,
        focused: true,
        stale: (look.stale)(COUNTS),
        column: None,
        scroll: 0,
        ticks: &[],
    };
    table.draw(area, buffer, look.theme);
}

fn row<'a>(state: &'a State, at: usize, look: Look<'_>) -> Vec<Cell<'a>> {
    let entry = &state.stack[at];
    let theme = look.theme;
    let (mark, style) = if entry.on {
        ("[x]", theme.chip_on)
    } else {
        ("[ ]", theme.chip_off)
    };
    let counted = state.count(at);
    let alone = match counted.map(|c| &c.alone) {
        Some(Ok(cases)) => Cell::new(cases.to_string()),
        Some(Err(error)) => Cell::new(safe(&error.message)).style(theme.bad),
        None if entry.events => Cell::new("-"),
        None => Cell::new(""),
    };
    let left = match counted {
        Some(c) if entry.on && c.alone.is_ok() => Cell::new(c.after.to_string()),
        Some(_) => Cell::new("-"),
        None if entry.events => Cell::new("-"),
        None => Cell::new(""),
    };
    vec![
        Cell::new(mark).style(style),
        Cell::new(kind(entry)).style(theme.muted),
        Cell::of_log(&entry.text).style(if entry.on { theme.text } else { theme.muted }),
        alone,
        left,
    ]
}
