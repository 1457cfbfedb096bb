//! Draws the ledger. Computes no figure.
//!
//! ```text
//! 120 lines = 113 loaded + 3 rejected + 1 header + 2 blank + 1 continuation
//! 2 bad-time   1 empty-activity   4 warnings
//!
//!   line  reason          value           | Line 12: bad-time
//! >   12  bad-time        soon            | c1,Close,soon
//!     40  empty-activity                  | The timestamp does not read as "%Y-%m-%d".
//! ```

use super::notes::place;
use super::notes::{Kind, parts};
use super::state::{DETAIL, LIST, State};
use crate::engine::{Ledger, RejectRow};
use crate::panes::{Look, texts};
use crate::text::{count, counted};
use crate::ui::widgets::scrollbar::scrollbar;
use crate::ui::widgets::split::Part;
use crate::ui::widgets::virtual_table::page_rows;
use crate::ui::widgets::{Cell, Column, VirtualTable};
use crate::ui::{fit, paint};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Span;

/// Draws the pane.
pub fn draw(state: &State, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
    let rows = state.ledger.as_ref().map(|ledger| &ledger.rejects);
    let (Some(ledger), None) = (&state.ledger, &state.error) else {
        let why = texts::instead(rows, state.error.as_ref(), "rows", "", look.context);
        if let Some(why) = why {
            why.draw(area, buffer, look);
        }
        return;
    };
    let context = crate::panes::Context {
        area,
        ..look.context
    };
    let parts = state.parts(context);
    draw_summary(state, ledger, parts.summary, buffer, look);
    draw_list(state, ledger, parts.split.list, buffer, look);
    parts.split.draw_line(buffer, look.theme);
    draw_notes(state, parts.split.detail, buffer, look);
}

/// Draws line counts by outcome and rejected rows by reason.
fn draw_summary(state: &State, ledger: &Ledger, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
    if area.is_empty() {
        return;
    }
    let theme = look.theme;
    let mut spans = Vec::new();
    if ledger.lines.read > 0 {
        let all = counted(ledger.lines.read, "line", "lines");
        spans.push(Span::styled(all, theme.title));
        let sum = parts(ledger.lines).map(|(what, n)| format!("{} {what}", count(n)));
        spans.push(Span::styled(format!(" = {}", sum.join(" + ")), theme.muted));
    } else {
        let rejected = counted(ledger.rejected, "row", "rows");
        spans.push(Span::styled(format!("{rejected} rejected"), theme.title));
    }
    paint::spans(buffer, paint::row(area, 0), &spans);
    let mut spans: Vec<Span<'_>> = Vec::new();
    for (reason, n) in &ledger.reasons {
        let off = state.hidden.contains(reason);
        let style = if off { theme.chip_off } else { theme.bad };
        let mark = if off { "[ ] " } else { "" };
        spans.push(Span::styled(
            format!("{mark}{} {reason}   ", count(*n)),
            style,
        ));
    }
    let warnings = ledger.warnings.len() as u64;
    if warnings > 0 {
        let text = counted(warnings, "warning", "warnings");
        spans.push(Span::styled(text, theme.warn));
    } else if ledger.rejected == 0 {
        spans.push(Span::styled("nothing rejected", theme.good));
    }
    paint::spans(buffer, paint::row(area, 1), &spans);
}

fn cells<'a>(state: &'a State, row: &'a RejectRow, several: bool) -> Vec<Cell<'a>> {
    let mut cells = vec![
        Cell::new(place(row)),
        Cell::new(row.reason.code()),
        Cell::of_log(&row.value).find(state.controls.find.matcher()),
    ];
    if several {
        cells.insert(0, Cell::of_log(&row.file).middle());
    }
    cells
}

fn draw_list(state: &State, ledger: &Ledger, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
    if area.is_empty() {
        return;
    }
    let several = ledger.files > 1;
    let mut columns = vec![
        Column::fixed("line", 8).right(),
        Column::fixed("reason", 16),
        Column::flex("value", 8, 1),
    ];
    if several {
        columns.insert(0, Column::flex("file", 8, 1).at_most(24).priority(1));
    }
    let list = state.controls.on(page_rows(area.height));
    let rows = &ledger.rejects;
    // Rows that have not arrived keep their place, or those below would move up under the cursor.
    let cells = list.visible().map(|i| {
        let row = rows.get(i);
        row.map_or_else(Vec::new, |row| cells(state, row, several))
    });
    let cells: Vec<Vec<Cell<'_>>> = cells.collect();
    let column = state.controls.sort + usize::from(several);
    VirtualTable {
        columns: &columns,
        rows: &cells,
        marked: &[],
        ranged: &[],
        offset: list.offset,
        total: list.total,
        selected: Some(list.cursor),
        sort: Some((column, state.controls.descending)),
        focused: state.focus == Part::List,
        stale: (look.stale)(LIST),
        column: None,
        scroll: state.controls.scroll,
        ticks: &[],
    }
    .draw(area, buffer, look.theme);
    if rows.total == 0 {
        let text = texts::nothing("rejected rows", state.controls.find.text(), look.context);
        text.draw(paint::below(area, 1), buffer, look);
    }
}

fn draw_notes(state: &State, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
    if area.is_empty() {
        return;
    }
    let theme = look.theme;
    // The scrollbar has a column of its own.
    let inside = Rect {
        width: area.width.saturating_sub(1),
        ..area
    };
    let notes = state.notes(area);
    let page = usize::from(area.height);
    let first = state.scroll.min(notes.len().saturating_sub(page));
    let focused = state.focus == Part::Detail;
    for (row, note) in notes.iter().skip(first).take(page).enumerate() {
        let place = paint::row(inside, row);
        match note.kind {
            Kind::Heading => {
                let style = if focused { theme.focus } else { theme.title };
                paint::heading(buffer, place, &note.text, style, theme);
            }
            kind => {
                let style = match kind {
                    Kind::Raw => theme.key,
                    Kind::Muted => theme.muted,
                    Kind::Warning => theme.warn,
                    Kind::Plain | Kind::Heading => theme.text,
                };
                let cut = fit::truncate_end(&note.text, place.width.into(), theme.glyphs.ellipsis);
                paint::text(buffer, place, &cut, style);
            }
        }
    }
    scrollbar(first, notes.len(), area, buffer, theme);
    // The answer may still be that of the row before.
    let at = state.detail.as_ref().map(|detail| detail.row.at);
    let same = state.row().is_none_or(|row| at == Some(row.at));
    if !same || (look.stale)(DETAIL) {
        paint::restyle(buffer, area, theme.stale);
    }
}
