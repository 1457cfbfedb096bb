//! Draws the resources. Computes no figure.

use super::state::State;
use crate::panes::{Look, texts};
use crate::text;
use crate::ui::widgets::virtual_table::page_rows;
use crate::ui::widgets::{Cell, Column, VirtualTable};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// Draws the pane.
pub fn draw(state: &State, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
    let (rows, find) = (state.rows.as_ref(), &state.controls.find);
    if let Some(mut why) =
        texts::instead(rows, state.error.as_ref(), "resources", find, look.context)
    {
        if look.context.log.resource.is_none() {
            why.sentence = "The log has no resource column: C names one.".into();
        }
        why.empty().draw(area, buffer, look.theme);
        return;
    }
    let Some(rows) = rows else { return };
    let columns = [
        Column::flex("resource", 12, 1).at_most(40),
        Column::flex("events", 18, 1).at_most(50),
        Column::fixed("cases", 9).right(),
        Column::fixed("activities", 11).right().priority(1),
    ];
    let list = state.controls.on(page_rows(area.height));
    let most = rows.rows.iter().map(|r| r.events).max().unwrap_or(0).max(1) as f64;
    let cells: Vec<Vec<Cell<'_>>> = list
        .visible()
        .filter_map(|i| rows.rows.get(i.checked_sub(rows.offset)?))
        .map(|row| {
            vec![
                Cell::of_log(&row.resource).find(&state.controls.find),
                Cell::bar(row.events as f64 / most, &text::count(row.events), 9),
                Cell::new(text::count(row.cases)),
                Cell::new(text::count(row.activities)),
            ]
        })
        .collect();
    // The table's columns stand in another order than the sorts.
    let sorted = [1, 2, 3, 0][state.controls.sort];
    VirtualTable {
        columns: &columns,
        rows: &cells,
        offset: list.offset,
        total: list.total,
        selected: Some(list.cursor),
        sort: Some((sorted, state.controls.descending)),
        focused: true,
        stale: (look.stale)(0),
        scroll: state.controls.scroll,
    }
    .draw(area, buffer, look.theme);
}
