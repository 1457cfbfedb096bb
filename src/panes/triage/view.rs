//! Draws the open cases, and where they gather. Computes no figure.
//!
//! ```text
//! 34 cases are open; cases end with Closed (guessed)         | where they stand   open  7d ago  longest
//! 29 were 7d ago; since then 12 came, 7 went                 | > Vendor contacted   12      7 ↑     42d
//!   case    age     stands at         since    usually next  |   Waiting             9      9       12d
//! > T-17    9d 02h  Vendor contacted  6d 03h!  Resolved 78%  |
//! ```

use super::state::{HEAD, State};
use crate::engine::{Due, Gathering, State as CaseState, Triage, TriagePlace, TriageRow};
use crate::panes::{Look, texts};
use crate::text::{self, time};
use crate::ui::widgets::empty::Empty;
use crate::ui::widgets::split::Part;
use crate::ui::widgets::virtual_table::page_rows;
use crate::ui::widgets::{Cell, Column, VirtualTable};
use crate::ui::{fit, paint};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// Draws the pane.
pub fn draw(state: &State, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
    let rows = state.triage.as_ref().map(|triage| &triage.rows);
    let find = &state.controls.find;
    let nothing_known = state.triage.as_ref().filter(|t| t.open == 0);
    if let Some(triage) = nothing_known.filter(|_| state.error.is_none()) {
        let sentence = match triage.ending.over {
            None => "Nothing is known to end a case, so that all count as over.",
            Some(_) => "No case is open.",
        };
        let hint = "End states, idle time or [cases] of the rules file say what ends one";
        Empty { sentence, hint }.draw(area, buffer, look.theme);
        return;
    }
    let many = "open cases";
    if let Some(why) = texts::instead(rows, state.error.as_ref(), many, find, look.context) {
        why.empty().draw(area, buffer, look.theme);
        return;
    }
    let Some(triage) = &state.triage else { return };
    let split = state.split(look.context);
    draw_cases(state, triage, split.list, buffer, look);
    split.draw_line(buffer, look.theme);
    draw_places(state, triage, split.detail, buffer, look);
}

fn draw_cases(state: &State, triage: &Triage, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
    if area.is_empty() {
        return;
    }
    let (came, went) = triage.flow;
    let flow = format!(
        "{} before: {}; since then {} came, {} went",
        time::round_duration(triage.period),
        text::count(triage.before),
        text::count(came),
        text::count(went),
    );
    for (at, line) in [triage.ending.in_words(), flow].iter().enumerate() {
        let line = text::safe(line);
        let line = fit::truncate_end(&line, area.width.into(), look.theme.glyphs.ellipsis);
        let style = if at == 1 && triage.open > triage.before {
            look.theme.warn
        } else {
            look.theme.muted
        };
        paint::text(buffer, paint::row(area, at), &line, style);
    }
    let area = paint::below(area, HEAD);
    let deadlines = look.context.log.deadlines > 0;
    let resources = look.context.log.resource.is_some();
    let (columns, sorts) = columns(deadlines, resources);
    let list = state.controls.on(page_rows(area.height));
    let rows: Vec<Vec<Cell<'_>>> = list
        .visible()
        .filter_map(|i| triage.rows.rows.get(i.checked_sub(triage.rows.offset)?))
        .map(|row| cells(row, state, (deadlines, resources), look))
        .collect();
    VirtualTable {
        columns: &columns,
        rows: &rows,
        offset: list.offset,
        total: list.total,
        selected: Some(list.cursor),
        sort: sorts
            .iter()
            .position(|&sort| sort == state.controls.sort)
            .map(|column| (column, state.controls.descending)),
        focused: state.focus == Part::List,
        stale: (look.stale)(0),
        scroll: state.controls.scroll,
    }
    .draw(area, buffer, look.theme);
}

/// The table's columns, and the position of each one's sort.
fn columns(deadlines: bool, resources: bool) -> (Vec<Column<'static>>, Vec<usize>) {
    const NONE: usize = usize::MAX;
    let mut columns = vec![
        (Column::flex("case", 9, 2).at_most(24), 3),
        (Column::fixed("age", 8).right().priority(2), 1),
        (Column::flex("stands at", 10, 3), 4),
        (Column::fixed("for", 9).right(), 2),
    ];
    if deadlines {
        columns.push((Column::fixed("over", 9).right(), 0));
        columns.push((Column::flex("deadline", 9, 2).priority(3), NONE));
    }
    if resources {
        columns.push((Column::flex("resource", 8, 1).at_most(20).priority(1), 5));
    }
    columns.push((Column::flex("usually next", 12, 2).priority(4), NONE));
    columns.into_iter().unzip()
}

fn cells<'a>(
    row: &'a TriageRow,
    state: &State,
    (deadlines, resources): (bool, bool),
    look: Look<'_>,
) -> Vec<Cell<'a>> {
    let theme = look.theme;
    let mut wait = look.context.duration(row.wait);
    // A mark, not color alone, tells what waits longer than nine in ten do there.
    wait.push(if row.unusual { '!' } else { ' ' });
    let mut cells = vec![
        Cell::of_log(&row.case).middle().find(&state.controls.find),
        Cell::new(look.context.duration(row.age)),
        Cell::of_log(&row.last),
        Cell::new(wait).style(if row.unusual { theme.warn } else { theme.text }),
    ];
    if deadlines {
        let over = |due: &Due| {
            let over = look.context.duration(due.over);
            let style = match due.state {
                CaseState::Overdue => theme.bad,
                CaseState::AtRisk => theme.warn,
                _ => theme.text,
            };
            Cell::new(over).style(style)
        };
        cells.push(row.due.as_ref().map_or_else(|| Cell::new("-"), over));
        let rule = row.due.as_ref().map_or("", |due| &*due.rule);
        cells.push(Cell::of_log(rule));
    }
    if resources {
        cells.push(Cell::of_log(row.resource.as_deref().unwrap_or("-")));
    }
    let next = row.next.as_ref().map_or_else(String::new, |(next, share)| {
        format!("{} {:.0}%", text::safe(next), share * 100.0)
    });
    cells.push(Cell::new(next).style(theme.muted));
    cells
}

fn draw_places(state: &State, triage: &Triage, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
    if area.is_empty() {
        return;
    }
    let title = match state.gathering {
        Gathering::Activity => "where they stand",
        Gathering::Resource => "who had them last",
    };
    let ago = format!("{} ago", time::round_duration(triage.period));
    let columns = [
        Column::flex(title, 20, 3),
        Column::fixed("open", 7).right(),
        Column::fixed(&ago, 9).right(),
        Column::fixed("median", 8).right().priority(2),
        Column::fixed("longest", 8).right().priority(1),
        Column::fixed("unusual", 7).right().priority(3),
    ];
    let mut list = state.places;
    list.set_page(page_rows(area.height));
    let rows: Vec<Vec<Cell<'_>>> = list
        .visible()
        .filter_map(|i| triage.places.get(i))
        .map(|place| place_cells(place, look))
        .collect();
    let focused = state.focus == Part::Detail;
    VirtualTable {
        columns: &columns,
        rows: &rows,
        offset: list.offset,
        total: list.total,
        selected: focused.then_some(list.cursor),
        focused,
        stale: (look.stale)(0),
        ..VirtualTable::default()
    }
    .draw(area, buffer, look.theme);
}

fn place_cells<'a>(place: &'a TriagePlace, look: Look<'_>) -> Vec<Cell<'a>> {
    let grows = place.open > place.before;
    let style = if grows {
        look.theme.warn
    } else {
        look.theme.text
    };
    let name = if place.name.is_empty() {
        "-"
    } else {
        &place.name
    };
    vec![
        Cell::of_log(name),
        Cell::new(text::count(place.open)).style(style),
        Cell::new(text::count(place.before)),
        Cell::new(look.context.duration(place.median)),
        Cell::new(look.context.duration(place.longest)),
        Cell::new(text::count(place.unusual)),
    ]
}
