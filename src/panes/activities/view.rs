//! Draws the activities and the neighbors of the one under the cursor. Computes no figure.

use super::state::{EDGES, LIST, State, split};
use crate::engine::{ActivityRow, EdgeRow, Stats};
use crate::panes::{Context, Look, texts};
use crate::text;
use crate::ui::paint;
use crate::ui::widgets::virtual_table::page_rows;
use crate::ui::widgets::{Cell, Column, VirtualTable};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// Draws the pane.
pub fn draw(state: &State, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
    let (rows, find) = (state.rows.as_ref(), &state.controls.find);
    let many = "activities";
    if let Some(why) = texts::instead(rows, state.error.as_ref(), many, find, look.context) {
        why.empty().draw(area, buffer, look.theme);
        return;
    }
    let split = split(look.context);
    draw_list(state, split.list, buffer, look);
    split.draw_line(buffer, look.theme);
    let half = split.detail.height / 2;
    let upper = Rect {
        height: half,
        ..split.detail
    };
    draw_neighbors(state, true, upper, buffer, look);
    draw_neighbors(state, false, paint::below(split.detail, half), buffer, look);
}

fn duration(stats: Option<Stats>, figure: fn(Stats) -> f64, context: Context<'_>) -> Cell<'static> {
    Cell::new(stats.map_or_else(|| "-".into(), |s| context.duration(figure(s))))
}

/// The table's columns, each with the position of its sort.
fn columns(instances: bool) -> Vec<(Column<'static>, usize)> {
    let count = |title, width, priority| Column::fixed(title, width).right().priority(priority);
    let mut columns = vec![
        (Column::flex("activity", 16, 3).at_most(60), 10),
        (Column::flex("events", 10, 1).at_most(26), 0),
        (count("cases", 8, 0), 1),
        (count("starts", 7, 6), 2),
        (count("ends", 7, 6), 3),
        (count("rework", 7, 3), 4),
        (count("before: med", 11, 1), 5),
        (count("p90", 8, 2), 6),
        (count("total", 8, 5), 7),
    ];
    if instances {
        columns.push((count("service: med", 12, 4), 8));
        columns.push((count("waiting: med", 12, 4), 9));
    }
    columns
}

fn cells<'a>(row: &'a ActivityRow, state: &State, most: f64, look: Look<'_>) -> Vec<Cell<'a>> {
    let mut cells = vec![
        Cell::of_log(&row.activity).find(&state.controls.find),
        Cell::bar(row.events as f64 / most, &text::count(row.events), 8),
        Cell::new(text::count(row.cases)),
        Cell::new(text::count(row.starts)),
        Cell::new(text::count(row.ends)),
        Cell::new(text::count(row.rework_cases)),
        duration(row.before, |s| s.median, look.context),
        duration(row.before, |s| s.p90, look.context),
        duration(row.before, |s| s.total, look.context),
    ];
    if look.context.log.instances {
        cells.push(duration(row.service, |s| s.median, look.context));
        cells.push(duration(row.waiting, |s| s.median, look.context));
    }
    cells
}

fn draw_list(state: &State, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
    let Some(rows) = &state.rows else { return };
    let instances = look.context.log.instances;
    let (columns, sorts): (Vec<Column<'_>>, Vec<usize>) = columns(instances).into_iter().unzip();
    let list = state.controls.on(page_rows(area.height));
    let most = rows.rows.iter().map(|r| r.events).max().unwrap_or(0).max(1) as f64;
    let cells: Vec<Vec<Cell<'_>>> = list
        .visible()
        .filter_map(|i| rows.rows.get(i.checked_sub(rows.offset)?))
        .map(|row| cells(row, state, most, look))
        .collect();
    let sorted = sorts.iter().position(|&s| s == state.controls.sort);
    VirtualTable {
        columns: &columns,
        rows: &cells,
        offset: list.offset,
        total: list.total,
        selected: Some(list.cursor),
        sort: sorted.map(|s| (s, state.controls.descending)),
        focused: true,
        stale: (look.stale)(LIST),
        scroll: state.controls.scroll,
    }
    .draw(area, buffer, look.theme);
}

/// What comes before (or after) the activity, with its share of what does.
fn draw_neighbors(state: &State, before: bool, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
    let Some(row) = state.row() else { return };
    let name = text::safe(&row.activity);
    let title = if before {
        format!("Before {name}")
    } else {
        format!("After {name}")
    };
    paint::heading(
        buffer,
        paint::row(area, 0),
        &title,
        look.theme.title,
        look.theme,
    );
    let neighbors = state.neighbors(before);
    let total = neighbors.iter().map(|e| e.count).sum::<u64>();
    let ends = if before { row.starts } else { row.ends };
    let all = ((total + ends) as f64).max(1.0);
    let line = |name: Cell<'static>, count: u64, stats: Option<Stats>| {
        let share = count as f64 / all;
        vec![
            name,
            Cell::bar(share, &text::percent(share), 6),
            Cell::new(text::count(count)),
            duration(stats, |s| s.median, look.context),
        ]
    };
    let mut rows: Vec<(u64, Vec<Cell<'_>>)> = neighbors
        .into_iter()
        .map(|edge: &EdgeRow| {
            let other = text::safe(if before { &edge.from } else { &edge.to }).into_owned();
            (
                edge.count,
                line(Cell::new(other), edge.count, Some(edge.elapsed)),
            )
        })
        .collect();
    if ends > 0 {
        let word = if before {
            "(start of the case)"
        } else {
            "(end of the case)"
        };
        rows.push((
            ends,
            line(Cell::new(word).style(look.theme.muted), ends, None),
        ));
    }
    rows.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
    let rows: Vec<Vec<Cell<'_>>> = rows.into_iter().map(|(_, cells)| cells).collect();
    let columns = [
        Column::flex("activity", 12, 2),
        Column::flex("share", 10, 1).at_most(20),
        Column::fixed("count", 8).right(),
        Column::fixed("median", 8).right().priority(1),
    ];
    VirtualTable {
        columns: &columns,
        rows: &rows,
        total: rows.len(),
        stale: (look.stale)(EDGES),
        ..VirtualTable::default()
    }
    .draw(paint::below(area, 1), buffer, look.theme);
}
