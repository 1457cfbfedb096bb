//! Draws the overview. Computes no figure.
//!
//! ```text
//! 4,580 cases   21,348 events ...      Cases started    each column 1 week
//! duration  median 39d   p90 53d       ▂▄▆█▅▃▂▁▂▄▆█▅▃
//! ...                                  2012-02     2012-06     2012-10
//! Duration of cases                    Variants
//! ▂▅█▃▁                                > 1   2,366  ████▌ 51.7%  Assign > Take in charge > ...
//! 0   1d  1w  30d                        2     552  █     12.1%  ...
//! ```

use super::state::{Focus, MILESTONES, SHAPE, SUMMARY, State, VARIANTS};
use crate::engine::{MilestoneRow, Summary};
use crate::panes::sequence::{Run, Shortened, runs};
use crate::panes::{Context, Look};
use crate::text::{self, time};
use crate::ui::widgets::sparkline::sparkline;
use crate::ui::widgets::virtual_table::{column_areas, page_rows};
use crate::ui::widgets::{Bar, Bars, Cell, Column, Empty, Histogram, Timeline, VirtualTable};
use crate::ui::{fit, paint};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

/// Where the parts are; empty ones are not shown.
struct Parts {
    figures: Rect,
    time: Rect,
    milestones: Rect,
    durations: Rect,
    variants: Rect,
}

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
    let parts = parts(context, state.focus);
    draw_figures(state, parts.figures, buffer, look);
    draw_time(state, parts.time, buffer, look);
    draw_milestones(state, parts.milestones, buffer, look);
    draw_durations(state, parts.durations, buffer, look);
    draw_variants(state, parts.variants, buffer, look);
}

/// Lays the parts out: four quarters where there is room, else what has the focus below figures.
fn parts(context: Context<'_>, focus: Focus) -> Parts {
    let area = context.area;
    let none = Rect::new(area.x, area.y, 0, 0);
    let mut parts = Parts {
        figures: none,
        time: none,
        milestones: none,
        durations: none,
        variants: none,
    };
    let focused = |parts: &mut Parts, area: Rect| match focus {
        Focus::Variants => parts.variants = area,
        Focus::Time => parts.time = area,
        Focus::Durations => parts.durations = area,
    };
    if context.maximized || area.height < 8 {
        focused(&mut parts, area);
        return parts;
    }
    if area.width >= 100 && area.height >= 16 {
        let (left, right) = paint::cut(area, (area.width / 3).clamp(40, 56));
        let left = Rect {
            width: left.width - 2,
            ..left
        };
        let upper = (area.height / 2).clamp(FIGURE_ROWS, 16);
        parts.figures = paint::top(left, upper);
        // A row below them stays free.
        let milestones = milestone_rows(context, (upper - 1).saturating_sub(LEAST_TIME));
        parts.time = Rect {
            height: upper - 1 - milestones,
            ..right
        };
        parts.milestones = Rect {
            height: milestones,
            ..paint::below(right, parts.time.height)
        };
        parts.durations = paint::below(left, upper);
        parts.variants = paint::below(right, upper);
        return parts;
    }
    let rows = if area.width >= 60 {
        FIGURE_ROWS / 2 + 1
    } else {
        4
    };
    parts.figures = paint::top(area, rows);
    let rest = paint::below(area, rows + 1);
    let milestones = if rest.height < 12 {
        0
    } else {
        milestone_rows(context, rest.height - LEAST_REST)
    };
    parts.milestones = paint::top(rest, milestones);
    let rest = paint::below(rest, milestones);
    if milestones == 0 && rest.height < 12 {
        focused(&mut parts, rest);
        return parts;
    }
    let chart = (rest.height / 2).clamp(5, 10);
    let (left, right) = paint::cut(
        Rect {
            height: chart,
            ..rest
        },
        rest.width / 2,
    );
    parts.time = Rect {
        width: left.width.saturating_sub(2),
        height: chart - 1,
        ..left
    };
    parts.durations = Rect {
        height: chart - 1,
        ..right
    };
    parts.variants = paint::below(rest, chart);
    parts
}

/// Number of bins of time that have a column of their own on the screen. The same with and without
/// the focus where the chart is on the screen anyway, so that switching asks for nothing new.
pub fn time_bins(context: Context<'_>, focus: Focus) -> usize {
    let chart = parts(context, focus).time;
    let hidden = chart.width == 0;
    Timeline::bins_for(if hidden {
        context.area.width
    } else {
        chart.width
    })
}

/// Returns whether milestones are on the screen.
pub fn shows_milestones(context: Context<'_>, focus: Focus) -> bool {
    !parts(context, focus).milestones.is_empty()
}

/// Rows of the milestones with their head where there are `room` rows; none without room for one.
fn milestone_rows(context: Context<'_>, room: u16) -> u16 {
    let all = context.log.milestones.len();
    let all = u16::try_from(all).unwrap_or(u16::MAX);
    match room.min(all.saturating_add(1)) {
        0 | 1 => 0,
        rows => rows,
    }
}

/// Rows that the figures take in one column.
const FIGURE_ROWS: u16 = 13;
/// Rows that the time line needs above milestones.
const LEAST_TIME: u16 = 6;
/// Rows that charts and variants need below milestones.
const LEAST_REST: u16 = 10;

/// The figures as label and value, in the order of their weight.
pub fn figures(summary: &Summary, context: Context<'_>) -> Vec<(String, String)> {
    let (zone, duration) = (context.log.zone, |seconds| context.duration(seconds));
    let of = |n: u64, total: u64| {
        if n == total {
            text::count(n)
        } else {
            let percent = n as f64 / (total as f64).max(1.0) * 100.0;
            format!("{} of {} {percent:.0}%", text::count(n), text::count(total))
        }
    };
    let figure = |label: &str, value: String| (label.to_owned(), value);
    let mut figures = vec![
        figure("Cases", of(summary.cases, summary.total_cases)),
        figure("Events", of(summary.events, summary.total_events)),
    ];
    // How long an open case takes is not known yet: it would shorten every figure.
    let whose = if summary.open == 0 {
        "Duration"
    } else {
        figures.push(figure("Open cases", of(summary.open, summary.cases)));
        "Closed"
    };
    if let Some(d) = &summary.throughput {
        figures.push(figure(&format!("{whose}, median"), duration(d.median)));
        figures.push(figure(&format!("{whose}, mean"), duration(d.mean)));
        figures.push(figure(&format!("{whose}, p90"), duration(d.p90)));
        figures.push(figure(&format!("{whose}, longest"), duration(d.max)));
    }
    figures.push(figure("Variants", text::count(summary.variants)));
    figures.push(figure("Activities", text::count(summary.activities)));
    if let Some(resources) = summary.resources {
        figures.push(figure("Resources", text::count(resources)));
    }
    if let Some(e) = &summary.events_per_case {
        let (median, most) = (text::number(e.median, 1), text::number(e.max, 0));
        figures.push(figure(
            "Events per case",
            format!("median {median}, max {most}"),
        ));
    }
    if let (Some(first), Some(last)) = (summary.first_event, summary.last_event) {
        figures.push(figure("First event", time::instant(first, zone)));
        figures.push(figure("Last event", time::instant(last, zone)));
    }
    figures
}

fn draw_figures(state: &State, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
    let Some(summary) = &state.summary else {
        paint::text(buffer, area, "Counting ...", look.theme.muted);
        return;
    };
    let figures = figures(summary, look.context);
    let per_column = usize::from(area.height).max(1);
    let columns = figures.len().div_ceil(per_column).clamp(1, 2);
    let rows = figures.len().div_ceil(columns).min(per_column);
    let width = area.width / columns as u16;
    for (i, (label, value)) in figures.iter().enumerate().take(rows * columns) {
        let (_, rest) = paint::cut(area, (i / rows) as u16 * width);
        let (cell, _) = paint::cut(paint::row(rest, i % rows), width);
        paint::text(buffer, cell, label, look.theme.muted);
        let (_, cell) = paint::cut(cell, 19);
        let columns = usize::from(cell.width).saturating_sub(2);
        let value = fit::truncate_words(value, columns, look.theme.glyphs.ellipsis);
        paint::text(buffer, cell, &value, look.theme.text);
    }
    dim(area, buffer, look, SUMMARY);
}

/// Name and figures of a milestone as label and value.
pub fn milestone(row: &MilestoneRow, context: Context<'_>) -> (String, String) {
    let (n, median, p90) = milestone_figures(row, context);
    (
        milestone_name(row),
        format!("n {n}, median {median}, p90 {p90}"),
    )
}

/// Name of a milestone; a guess says so first.
fn milestone_name(row: &MilestoneRow) -> String {
    let guess = if row.guessed { "guess: " } else { "" };
    text::safe(&format!("{guess}{}", row.name)).into_owned()
}

/// Number of cases that reached a milestone, median and p90.
fn milestone_figures(row: &MilestoneRow, context: Context<'_>) -> (String, String, String) {
    let Some(found) = &row.duration else {
        return ("0".to_owned(), "-".to_owned(), "-".to_owned());
    };
    let duration = |seconds| match row.calendar {
        Some(_) => time::working(seconds),
        None => context.duration(seconds),
    };
    let (median, p90) = (duration(found.median), duration(found.p90));
    (text::count(found.n), median, p90)
}

fn draw_milestones(state: &State, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
    let Some(found) = state.milestones.as_ref().filter(|_| !area.is_empty()) else {
        return;
    };
    let page = page_rows(area.height);
    let all = found.rows.len();
    let head = if page < all {
        format!("milestone ({page} of {all})")
    } else {
        "milestone".to_owned()
    };
    let columns = [
        Column::flex(&head, 14, 2).at_most(36),
        Column::fixed("cases", 8).right(),
        Column::fixed("median", 9).right(),
        Column::fixed("p90", 9).right(),
        Column::flex("median over time", 8, 3).priority(1),
    ];
    let room = column_areas(&columns, area)[columns.len() - 1].width;
    let row = |row: &MilestoneRow| {
        let (n, median, p90) = milestone_figures(row, look.context);
        let bins = row.over_time.iter().flat_map(|over_time| &over_time.bins);
        let medians: Vec<f64> = bins.map(|bin| bin.median.unwrap_or(0.0)).collect();
        vec![
            Cell::new(milestone_name(row)),
            Cell::new(n),
            Cell::new(median),
            Cell::new(p90),
            Cell::new(sparkline(&medians, room.into(), &look.theme.glyphs)).style(look.theme.bar),
        ]
    };
    let rows: Vec<Vec<Cell<'_>>> = found.rows.iter().take(page).map(row).collect();
    VirtualTable {
        columns: &columns,
        rows: &rows,
        total: rows.len(),
        stale: (look.stale)(MILESTONES),
        ..VirtualTable::default()
    }
    .draw(area, buffer, look.theme);
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
    let Some(shape) = &state.shape else { return };
    let focused = state.focus == Focus::Time;
    let bins = &shape.timeline.bins;
    let title = match bins.get(state.time).filter(|_| focused) {
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
        cursor: focused.then_some(state.time),
        zone: look.context.log.zone,
        style: None,
    }
    .draw(body, buffer, look.theme);
    dim(body, buffer, look, SHAPE);
}

fn draw_durations(state: &State, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
    let focused = state.focus == Focus::Durations;
    let bins = state.duration_bins();
    let title = match bins.get(state.duration).filter(|_| focused) {
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
        cursor: focused.then_some(state.duration),
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
        style: (state.focus == Focus::Durations && i == state.duration).then_some(look.theme.focus),
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
    let Some(variants) = &state.variants else {
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
    let offset = (state.variant + 1).saturating_sub(page);
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
        selected: Some(state.variant),
        focused,
        stale: (look.stale)(VARIANTS),
        ..VirtualTable::default()
    }
    .draw(body, buffer, look.theme);
}
