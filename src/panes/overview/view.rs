//! Draws the overview. Computes no figure.
//!
//! ```text
//! Cases   412   of 480                            Cases started, by week
//! Open     34   7d ago 21: +35 new, ...           ▂▄▆█▅▃▂▁▂▄▆█▅▃
//! Closed  378   5d 14h  12d 03h   ▃▄▅▆  +12% *    2024-01     2024-03
//! > 1 The wait from Escalated to L2 to L2 analysis grew from ...
//! Duration of cases                 Variants
//! ▂▅█▃▁                             > 1   2,366  ████▌ 51.7%  Assign > ...
//! ```

use super::state::{Focus, SHAPE, State, VARIANTS};
use super::{figures, findings};
use crate::panes::sequence::{Run, Shortened, runs};
use crate::panes::{Context, Look};
use crate::text::{self, time};
use crate::ui::paint;
use crate::ui::widgets::virtual_table::{column_areas, page_rows};
use crate::ui::widgets::{Bar, Bars, Cell, Column, Empty, Histogram, Timeline, VirtualTable};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

/// Where the parts are; empty ones are not shown.
struct Parts {
    figures: Rect,
    findings: Rect,
    time: Rect,
    durations: Rect,
    variants: Rect,
}

/// Width of the figures where something stands beside them.
const FIGURES: u16 = 80;
/// Areas of less room show one part below the figures: width, height.
const LEAST_FOR_ALL: (u16, u16) = (100, 26);
/// Rows of the charts and variants at the bottom, at least.
const LEAST_BOTTOM: u16 = 8;
/// Rows of a chart below the findings, at least.
const LEAST_CHART: u16 = 6;
/// Rows that findings want where they are not known yet.
const LEAST_FINDINGS: u16 = 4;

/// Draws the pane.
pub fn draw(state: &State, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
    let area = paint::clip(area, buffer);
    if let Some(summary) = state.summary.as_ref().filter(|s| s.cases == 0) {
        let (sentence, hint) = if summary.total_cases == 0 {
            (
                "The log has no events.",
                "{go-to-pane-11} what was read   {help} help   {quit} quit",
            )
        } else {
            (
                "No case matches the filters.",
                "{undo} undo   {toggle-all-filters} all filters off   {filter} filter",
            )
        };
        let hint = look.context.keys.fill(hint);
        let empty = Empty {
            sentence,
            hint: &hint,
        };
        empty.draw(area, buffer, look.theme);
        return;
    }
    let context = Context {
        area,
        ..look.context
    };
    if let Some(since) = since(context) {
        let line = paint::row(area, 0);
        paint::sentence(buffer, line, &since, look.theme.title, look.theme);
    }
    let parts = parts(state, context);
    if !parts.figures.is_empty() {
        figures::draw(state, parts.figures, buffer, look);
    }
    if !parts.findings.is_empty() {
        findings::draw(state, parts.findings, buffer, look);
    }
    draw_time(state, parts.time, buffer, look);
    draw_durations(state, parts.durations, buffer, look);
    draw_variants(state, parts.variants, buffer, look);
}

/// Rows of the line on changes since the last visit, with the free one below it.
const SINCE: u16 = 2;

/// Line on the cases that changed since the last visit; `None` where none did, or where the room is scarce.
fn since(context: Context<'_>) -> Option<String> {
    let since = context.log.since.as_ref();
    let since = since.filter(|_| !context.maximized && context.area.height > SINCE + 7)?;
    let cases = text::counted(since.cases, "case", "cases");
    let left = time::instant(since.left, context.log.zone);
    let keep = context.keys.fill("{keep-changed} keeps them");
    Some(format!("{cases} changed since {left}: {keep}"))
}

/// Lays the parts out: all of them where there is room, else what has the focus below the figures.
fn parts(state: &State, context: Context<'_>) -> Parts {
    let area = match since(context) {
        Some(_) => paint::below(context.area, SINCE),
        None => context.area,
    };
    let none = Rect::new(area.x, area.y, 0, 0);
    let mut parts = Parts {
        figures: none,
        findings: none,
        time: none,
        durations: none,
        variants: none,
    };
    let focused = |parts: &mut Parts, area: Rect| match state.focus {
        Focus::Findings => parts.findings = area,
        Focus::Variants => parts.variants = area,
        Focus::Time => parts.time = area,
        Focus::Durations => parts.durations = area,
    };
    if context.maximized || area.height < 8 {
        focused(&mut parts, area);
        return parts;
    }
    let wanted = figures::rows(context);
    if area.width < LEAST_FOR_ALL.0 || area.height < LEAST_FOR_ALL.1 {
        // More milestones give way to the findings.
        let top = wanted.min((area.height * 2 / 5).max(4));
        parts.figures = paint::top(area, top);
        let rest = paint::below(area, top + 1);
        focused(&mut parts, rest);
        let rows = findings::rows(state, area.width) + 2;
        if state.focus == Focus::Findings && rest.height >= rows + LEAST_CHART {
            parts.findings = paint::top(rest, rows);
            parts.time = paint::below(rest, rows);
        }
        return parts;
    }
    let top = wanted.clamp(7, area.height / 3);
    let (left, right) = paint::cut(area, FIGURES.min(area.width));
    let (_, right) = paint::cut(right, 2);
    parts.figures = paint::top(left, top);
    parts.time = paint::top(right, top);
    let rest = paint::below(area, top + 1);
    let most = rest.height.saturating_sub(LEAST_BOTTOM + 1);
    let rows = findings::rows(state, rest.width) + 1;
    let height = rows.max(LEAST_FINDINGS).min(most);
    parts.findings = paint::top(rest, height);
    let bottom = paint::below(rest, height + 1);
    let (left, right) = paint::cut(bottom, (area.width / 3).clamp(36, 56));
    parts.durations = Rect {
        width: left.width - 2,
        ..left
    };
    parts.variants = right;
    if parts.time.width < LEAST_TIME {
        // Both charts share the left of the bottom.
        let half = parts.durations.height / 2;
        parts.time = paint::top(parts.durations, half);
        parts.durations = paint::below(parts.durations, half);
    }
    parts
}

/// Narrower time lines go below the findings.
const LEAST_TIME: u16 = 24;

/// Number of bins of time that have a column of their own on the screen. The same with and without
/// the focus where the chart is on the screen anyway, so that switching asks for nothing new.
pub fn time_bins(state: &State, context: Context<'_>) -> usize {
    let chart = parts(state, context).time;
    let hidden = chart.width == 0;
    Timeline::bins_for(if hidden {
        context.area.width
    } else {
        chart.width
    })
}

/// Old figures are dimmed until the new ones are there.
fn dim(area: Rect, buffer: &mut Buffer, look: Look<'_>, slot: u8) {
    if (look.stale)(slot) {
        paint::restyle(buffer, area, look.theme.stale);
    }
}

fn heading(area: Rect, buffer: &mut Buffer, look: Look<'_>, content: &str, focused: bool) -> Rect {
    let style: Style = if focused {
        look.theme.focus
    } else {
        look.theme.title
    };
    paint::heading(buffer, paint::row(area, 0), content, style, look.theme);
    paint::below(area, 1)
}

fn draw_time(state: &State, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
    if area.is_empty() {
        return;
    }
    let Some(shape) = &state.shape else {
        if let Some(why) = state.errors.get(&SHAPE) {
            paint::text(
                buffer,
                paint::row(area, 0),
                &text::safe(why),
                look.theme.muted,
            );
        }
        return;
    };
    let focused = state.focus == Focus::Time;
    let bins = &shape.timeline.bins;
    let title = match bins.get(state.cursor(Focus::Time)).filter(|_| focused) {
        Some(bin) => format!(
            "{}, {}: {} started, {} ended",
            time::instant(bin.start, look.context.log.zone),
            shape.timeline.unit,
            text::count(bin.started),
            text::count(bin.ended)
        ),
        None => format!("Cases started, by {}", shape.timeline.unit),
    };
    let body = heading(area, buffer, look, &title, focused);
    let started: Vec<(i64, f64)> = bins.iter().map(|b| (b.start, b.started as f64)).collect();
    let most = bins.iter().map(|b| b.started).max().unwrap_or(0);
    Timeline {
        bins: &started,
        end: shape.timeline.end,
        top: &text::count(most),
        cursor: focused.then_some(state.cursor(Focus::Time)),
        zone: look.context.log.zone,
        style: None,
    }
    .draw(body, buffer, look.theme);
    dim(body, buffer, look, SHAPE);
}

fn draw_durations(state: &State, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
    let focused = state.focus == Focus::Durations;
    let bins = state.duration_bins();
    let title = match bins.get(state.cursor(Focus::Durations)).filter(|_| focused) {
        Some(bin) => format!(
            "{} to {}: {}",
            look.context.round_duration(bin.from),
            look.context.round_duration(bin.to),
            text::counted(bin.count, "case", "cases")
        ),
        None => "Duration of cases".to_owned(),
    };
    let body = heading(area, buffer, look, &title, focused);
    if usize::from(body.height) >= bins.len() && body.height > 6 {
        draw_duration_bars(state, body, buffer, look);
        return;
    }
    let values: Vec<f64> = bins.iter().map(|b| b.count as f64).collect();
    let labels: Vec<String> = bins
        .iter()
        .map(|b| look.context.round_duration(b.from))
        .collect();
    let most = bins.iter().map(|b| b.count).max().unwrap_or(0);
    Histogram {
        values: &values,
        labels: &labels,
        top: &text::count(most),
        cursor: focused.then_some(state.cursor(Focus::Durations)),
    }
    .draw(body, buffer, look.theme);
    dim(body, buffer, look, SHAPE);
}

/// One bar a row, where there are rows enough: easier to read than upright ones.
fn draw_duration_bars(state: &State, body: Rect, buffer: &mut Buffer, look: Look<'_>) {
    let bins = state.duration_bins().iter().enumerate();
    let bar = |(i, bin): (usize, &crate::engine::DurationBin)| Bar {
        label: format!(
            "{} to {}",
            look.context.round_duration(bin.from),
            look.context.round_duration(bin.to)
        )
        .into(),
        value: bin.count as f64,
        text: text::count(bin.count).into(),
        style: (state.focus == Focus::Durations && i == state.cursor(Focus::Durations))
            .then_some(look.theme.focus),
    };
    let bars: Vec<Bar<'_>> = bins.map(bar).collect();
    Bars {
        bars: &bars,
        full: None,
    }
    .draw(body, buffer, look.theme);
    dim(body, buffer, look, SHAPE);
}

fn draw_variants(state: &State, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
    let Some(variants) = state.variants.as_ref().filter(|_| !area.is_empty()) else {
        return;
    };
    let focused = state.focus == Focus::Variants;
    let title = format!("Variants, {} in total", text::count(variants.total as u64));
    let body = heading(area, buffer, look, &title, focused);
    let columns = [
        Column::fixed("#", 4).right(),
        Column::fixed("cases", 9).right(),
        Column::fixed("share", 14).priority(2),
        Column::fixed("median", 8).right().priority(1),
        Column::flex("activities", 10, 1),
    ];
    let page = page_rows(body.height);
    // Scrolled no further than the cursor needs.
    let cursor = state.cursor(Focus::Variants);
    let offset = (cursor + 1).saturating_sub(page);
    let shown = || state.rows().iter().skip(offset).take(page);
    let sequences: Vec<Vec<Run>> = shown().map(|row| runs(&row.activities)).collect();
    let room = usize::from(column_areas(&columns, body)[columns.len() - 1].width);
    let short = Shortened::new(&sequences, room, look.theme);
    let rows: Vec<Vec<Cell<'_>>> = shown()
        .zip(&sequences)
        .map(|(row, runs)| {
            vec![
                Cell::new(row.rank.to_string()).style(look.theme.muted),
                Cell::new(text::count(row.cases)),
                Cell::bar(row.share, &text::percent(row.share), 6),
                Cell::new(look.context.duration(row.duration.median)),
                Cell::spans(short.spans(runs, look)),
            ]
        })
        .collect();
    VirtualTable {
        columns: &columns,
        rows: &rows,
        offset,
        total: state.rows().len(),
        selected: Some(cursor),
        focused,
        stale: (look.stale)(VARIANTS),
        ..VirtualTable::default()
    }
    .draw(body, buffer, look.theme);
}
