//! Draws what cases wait for by time lost, and what is under the cursor in depth. Computes no figure.
//!
//! ```text
//! ranked: [steps] activities resources           | Wait > Resolve
//!   from           to             total   share  | Waiting, by week: total
//! > Wait           Resolve        3y 120d ██ 41% | ▁▂▄█▆▂▁
//!   Take in charge Wait           210d    █  18% | Distribution
//!                                                | 1d to 2d   812 ████████
//!                                                | Slowest
//!                                                | Case 12    89d
//! ```

use super::state::{DETAIL, DetailRows, KINDS, LIST, State};
use crate::engine::{BottleneckDetail, BottleneckRow, Gain, Kind};
use crate::panes::{Look, texts};
use crate::text;
use crate::ui::paint;
use crate::ui::widgets::empty::wrap;
use crate::ui::widgets::split::Part;
use crate::ui::widgets::virtual_table::page_rows;
use crate::ui::widgets::{Bar, Bars, Cell, Column, Timeline, VirtualTable};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// Draws the pane.
pub fn draw(state: &State, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
    let (rows, find) = (state.rows.as_ref(), &state.controls.find);
    let many = match state.kind {
        Kind::Resource => "resources that cases wait for",
        _ => "steps from one event to the next",
    };
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
fn columns(kind: Kind, deadlines: bool) -> Vec<(Column<'static>, usize)> {
    let mut columns = match kind {
        Kind::Step => vec![
            (Column::flex("from", 12, 2), 8),
            (Column::flex("to", 12, 2), 9),
        ],

        Kind::Activity | Kind::Resource => vec![(Column::flex("waited for", 16, 3), 8)],
    };
    columns.extend([
        (Column::fixed("time lost", 10).right(), 0),
        (Column::flex("share", 7, 1).at_most(18), usize::MAX),
        (Column::fixed("median", 8).right(), 1),
        (Column::fixed("p90", 8).right().priority(1), 2),
        (Column::fixed("growth", 7).right().priority(3), 4),
    ]);
    if deadlines {
        columns.push((Column::fixed("breaches", 9).right().priority(2), 5));
    }
    columns.extend([
        (Column::fixed("count", 7).right().priority(4), 6),
        (Column::fixed("mean", 8).right().priority(6), 3),
        (Column::fixed("cases", 7).right().priority(5), 7),
    ]);
    columns
}

/// "+12%": how much longer it has become.
fn growth(growth: Option<f64>) -> String {
    growth.map_or_else(|| "-".to_owned(), text::growth)
}

fn cells<'a>(row: &'a BottleneckRow, deadlines: bool, look: Look<'_>) -> Vec<Cell<'a>> {
    let duration = |seconds| Cell::new(look.context.duration(seconds));
    let mut cells: Vec<Cell<'_>> = row.names.iter().map(|name| Cell::of_log(name)).collect();
    let grows = row.growth.is_some_and(|growth| growth >= 0.25);
    let style = if grows {
        look.theme.warn
    } else {
        look.theme.text
    };
    cells.extend([
        duration(row.wait.total),
        Cell::bar(row.share, &text::percent(row.share), 5),
        duration(row.wait.median),
        duration(row.wait.p90),
        Cell::new(growth(row.growth)).style(style),
    ]);
    if deadlines {
        cells.push(Cell::new(text::count(row.breaches)));
    }
    cells.extend([
        Cell::new(text::count(row.wait.n)),
        duration(row.wait.mean),
        Cell::new(text::count(row.cases)),
    ]);
    cells
}

/// What is ranked, in brackets and by style.
fn draw_kinds(state: &State, row: Rect, buffer: &mut Buffer, look: Look<'_>) {
    let mut rest = row;
    for (kind, name) in KINDS {
        let (name, style) = if kind == state.kind {
            (format!("[{name}]"), look.theme.focus)
        } else {
            (format!(" {name} "), look.theme.muted)
        };
        let taken = paint::text(buffer, rest, &name, style);
        rest = paint::cut(rest, taken).1;
    }
}

fn draw_list(state: &State, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
    let Some(rows) = &state.rows else { return };
    if area.is_empty() {
        return;
    }
    draw_kinds(state, paint::row(area, 0), buffer, look);
    let area = paint::below(area, 1);
    let deadlines = look.context.log.deadlines > 0;
    let (columns, sorts): (Vec<Column<'_>>, Vec<usize>) =
        columns(state.kind, deadlines).into_iter().unzip();
    let list = state.controls.on(page_rows(area.height));
    let cells: Vec<Vec<Cell<'_>>> = list
        .visible()
        .filter_map(|i| rows.rows.get(i.checked_sub(rows.offset)?))
        .map(|row| cells(row, deadlines, look))
        .collect();
    VirtualTable {
        columns: &columns,
        rows: &cells,
        offset: list.offset,
        total: list.total,
        selected: Some(list.cursor),
        sort: sorts
            .iter()
            .position(|&sort| sort == state.controls.sort)
            .map(|column| (column, state.controls.descending)),
        focused: state.focus == Part::List,
        stale: (look.stale)(LIST),
        scroll: state.controls.scroll,
    }
    .draw(area, buffer, look.theme);
}

fn draw_detail(
    state: &State,
    detail: &BottleneckDetail,
    row: &BottleneckRow,
    area: Rect,
    buffer: &mut Buffer,
    look: Look<'_>,
) {
    if area.is_empty() {
        return;
    }
    // The answer may still be that of the row before.
    let same = detail.row.as_ref().is_some_and(|r| r.names == row.names);
    let title = row.names.join(" > ");
    let title = text::safe(&title);
    paint::heading(
        buffer,
        paint::row(area, 0),
        &title,
        look.theme.title,
        look.theme,
    );
    let body = paint::below(area, 1);
    let shares = DetailRows::of(area.height);
    let gain = detail.gain.filter(|_| area.height >= 12);
    let gain = gain.map(|gain| in_words(gain, look)).unwrap_or_default();
    let lines = wrap(&gain, area.width.into());
    for (at, line) in lines.iter().take(2).enumerate() {
        paint::text(buffer, paint::row(body, at), line, look.theme.text);
    }
    let body = paint::below(body, lines.len().min(2) as u16);
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

/// What a shorter wait would gain, as a sentence.
fn in_words(gain: Gain, look: Look<'_>) -> String {
    let duration = |seconds| look.context.duration(seconds);
    format!(
        "Cut to its p25 ({}): median case {} {} {}; {} less in all",
        duration(gain.p25),
        duration(gain.median),
        look.theme.glyphs.arrow,
        duration(gain.cut),
        duration(gain.saved),
    )
}

/// The first rows of an area, and the others.
fn rows(area: Rect, height: u16) -> (Rect, Rect) {
    let height = height.min(area.height);
    (Rect { height, ..area }, paint::below(area, height))
}

fn draw_time(detail: &BottleneckDetail, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
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

fn draw_durations(detail: &BottleneckDetail, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
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
    detail: &BottleneckDetail,
    area: Rect,
    buffer: &mut Buffer,
    look: Look<'_>,
) {
    let columns = [
        Column::flex("longest waits", 10, 1),
        Column::fixed("took", 9).right(),
    ];
    let mut list = state.slowest;
    list.set_page(page_rows(area.height));
    let cells: Vec<Vec<Cell<'_>>> = list
        .visible()
        .filter_map(|i| detail.longest.get(i))
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
