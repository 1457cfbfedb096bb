//! Draws the variants pane: figures and a compact sequence a row; beside it the steps and the cases
//! of the variant under the cursor.

use super::state::{CASES, DETAIL_HEAD, DetailRow, LIST, State, layout};
use crate::panes::sequence::{self, Shortened, kind};
use crate::panes::texts::{nothing, refused};
use crate::panes::{Context, Look};
use crate::text;
use crate::ui::widgets::bars::bar_text;
use crate::ui::widgets::virtual_table::{column_areas, page_rows, scrollbar};
use crate::ui::widgets::{Cell, Column, Part, VirtualTable};
use crate::ui::{fit, paint};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Span;

const COLUMNS: [Column<'static>; 8] = [
    Column::fixed("rank", 6).right().priority(3),
    Column::fixed("cases", 7).right(),
    Column::fixed("share", 12).right().priority(2),
    Column::fixed("cumul", 6).right().priority(4),
    Column::fixed("median", 8).right().priority(1),
    Column::fixed("p90", 8).right().priority(5),
    Column::fixed("events", 7).right().priority(6),
    Column::flex("sequence", 34, 1),
];
const SEQUENCE: usize = COLUMNS.len() - 1;
/// Position in the columns of each key of [`super::state::KEYS`]; mean and total are not shown.
const SORTED: [Option<usize>; 7] = [Some(1), Some(0), Some(4), Some(5), None, None, Some(6)];

/// Draws list and detail.
pub fn draw(state: &State, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
    let split = layout(
        Context {
            area,
            ..look.context
        },
        state.focus,
    );
    let empty = state.rows().is_some_and(|rows| rows.total == 0);
    if let Some(error) = &state.error {
        refused(error).empty().draw(area, buffer, look.theme);
    } else if empty {
        nothing("variants", &state.controls.find, look.context)
            .empty()
            .draw(area, buffer, look.theme);
    } else {
        split.draw_line(buffer, look.theme);
        draw_list(state, split.list, buffer, look);
        draw_detail(state, split.detail, buffer, look);
    }
}

fn draw_list(state: &State, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
    let list = state.controls.on(page_rows(area.height));
    let room = usize::from(column_areas(&COLUMNS, area)[SEQUENCE].width);
    let short = Shortened::new(&state.sequences, room, look.theme);
    let rows: Vec<Vec<Cell<'_>>> = list
        .visible()
        .map(|index| cells(index, state, &short, look).unwrap_or_default())
        .collect();
    let sort = SORTED[state.controls.sort].map(|column| (column, state.controls.descending));
    VirtualTable {
        columns: &COLUMNS,
        rows: &rows,
        offset: list.offset,
        total: list.total,
        selected: state.current().map(|_| list.cursor),
        sort,
        focused: state.focus == Part::List,
        stale: (look.stale)(LIST),
        scroll: state.controls.scroll,
    }
    .draw(area, buffer, look.theme);
}

/// The cells of a row; none where it has not come yet.
fn cells<'a>(
    index: usize,
    state: &State,
    short: &Shortened,
    look: Look<'_>,
) -> Option<Vec<Cell<'a>>> {
    let row = state.row(index)?;
    let find = &state.controls.find;
    let sequence = if find.is_empty() && state.controls.scroll == 0 {
        Cell::spans(short.spans(state.runs(index), look))
    } else {
        // What a search met must be seen, and what is scrolled is read as it is.
        Cell::new(sequence::text(&row.activities)).find(find)
    };
    Some(vec![
        Cell::new(text::count(row.rank.into())).style(look.theme.muted),
        Cell::new(text::count(row.cases)),
        Cell::bar(row.share, &text::percent(row.share), 6),
        Cell::new(text::percent(row.cumulative)).style(look.theme.muted),
        Cell::new(look.context.duration(row.duration.median)),
        Cell::new(look.context.duration(row.duration.p90)),
        Cell::new(text::count(row.activities.len() as u64)),
        sequence,
    ])
}

fn draw_detail(state: &State, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
    let Some(row) = state.current() else {
        return;
    };
    let theme = look.theme;
    let focused = state.focus == Part::Detail;
    let style = if focused { theme.focus } else { theme.title };
    let cases = text::counted(row.cases, "case", "cases");
    let dot = theme.glyphs.dot;
    let title = format!("variant {} {dot} {cases}", row.rank);
    paint::heading(buffer, area, &title, style, theme);
    let figures = format!(
        "{} {dot} median {} {dot} p90 {}",
        text::counted(row.activities.len() as u64, "event", "events"),
        look.context.duration(row.duration.median),
        look.context.duration(row.duration.p90),
    );
    let figures = fit::truncate_end(&figures, area.width.into(), theme.glyphs.ellipsis);
    paint::text(buffer, paint::row(area, 1), &figures, theme.muted);
    let body = paint::below(area, DETAIL_HEAD);
    let mut list = state.detail;
    list.set_page(body.height.into());
    for (i, index) in list.visible().enumerate().take(body.height.into()) {
        let row = paint::row(body, i);
        let inside = Rect {
            width: row.width.saturating_sub(1),
            ..row
        };
        draw_detail_row(state, index, inside, buffer, look);
        if focused && index == list.cursor {
            paint::text(buffer, inside, theme.glyphs.mark, theme.text);
            paint::overwrite(buffer, inside, theme.selected);
        }
    }
    scrollbar(list.offset, list.total, body, buffer, theme);
}

fn draw_detail_row(state: &State, index: usize, row: Rect, buffer: &mut Buffer, look: Look<'_>) {
    let theme = look.theme;
    let (_, inside) = paint::cut(row, 2);
    match state.detail_row(index) {
        DetailRow::Step(step) => {
            let spans = [
                Span::styled(format!("{:>3}  ", step.first), theme.muted),
                Span::styled(
                    text::safe(text::head(&step.name, 1 << 12)).into_owned(),
                    kind(&step.name, look),
                ),
                Span::styled(sequence::times(step), theme.title),
            ];
            paint::spans(buffer, inside, &spans);
        }
        DetailRow::Heading => {
            paint::heading(buffer, row, "cases, longest first", theme.header, theme);
        }
        DetailRow::Case(None) => {}
        DetailRow::Case(Some(case)) => {
            let longest = state
                .cases()
                .and_then(|rows| rows.rows.first())
                .map_or(0.0, |c| c.duration);
            let (figures, id) = paint::cut(inside, 10);
            paint::text_right(
                buffer,
                Rect {
                    width: 8.min(figures.width),
                    ..figures
                },
                &look.context.duration(case.duration),
                theme.text,
            );
            let room = usize::from(id.width);
            let (id, bar) = paint::cut(id, (room * 3 / 5) as u16);
            let name = text::safe(&case.case);
            let name = fit::truncate_middle(
                &name,
                usize::from(id.width).saturating_sub(1),
                theme.glyphs.ellipsis,
            );
            paint::text(buffer, id, &name, theme.text);
            let share = if longest > 0.0 {
                case.duration / longest
            } else {
                0.0
            };
            paint::text(
                buffer,
                bar,
                &bar_text(share, bar.width.into(), &theme.glyphs),
                theme.bar,
            );
            if (look.stale)(CASES) {
                paint::restyle(buffer, row, theme.stale);
            }
        }
    }
}
