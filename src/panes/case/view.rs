//! Draws the case pane: an event a row with its time, the wait before it to scale on a shared axis,
//! and as many attributes as there is room for; beside it all attributes of the event under the
//! cursor.

use super::marks::{self, Below, Line};
use super::state::{Attribute, EVENTS, LIST_HEAD, PANEL_HEAD, State, layout};
use crate::engine::{CaseDetail, EventRow, Level};
use crate::panes::texts::{self, Nothing, refused, value_head};
use crate::panes::{Context, Look, waits};
use crate::text::{self, time};
use crate::ui::widgets::empty::wrap;
use crate::ui::widgets::gantt::is_off;
use crate::ui::widgets::scrollbar::scrollbar;
use crate::ui::widgets::virtual_table::{column_areas, page_rows};
use crate::ui::widgets::{Axis, Bar, Bars, Cell, Column, Part, Scale, VirtualTable};
use crate::ui::{Theme, fit, paint};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use std::fmt::Write;

const SINCE: Column<'static> = Column::fixed("since start", 11).right().priority(5);
const WAIT: Column<'static> = Column::fixed("wait", 8).right().priority(3);
const ACTIVITY: Column<'static> = Column::flex("activity", 14, 2).at_most(34);
/// Position of the track in the columns.
const TRACK_AT: usize = 2;
/// Width from which on attributes besides the resource get a column, and for each further one.
const MORE: (u16, u16) = (90, 20);
/// Free rows from which on the longest waits are shown below the events.
const WAITS_FROM: usize = 5;
/// Rows for a value that is too long for its row.
const WHOLE_VALUE: u16 = 4;

/// Draws events and attributes.
pub fn draw(state: &State, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
    if let Some(error) = &state.error {
        refused(error).draw(area, buffer, look);
        return;
    }
    if state.subject.is_empty() {
        let nothing = Nothing {
            sentence: "No case is open.".to_owned(),
            hint: "Enter on a row of the cases opens it",
        };
        nothing.draw(area, buffer, look);
        return;
    }
    let (Some(detail), Some(scale)) = (state.detail(), state.scale()) else {
        return; // On its way.
    };
    let split = layout(
        Context {
            area,
            ..look.context
        },
        state.focus,
    );
    split.draw_line(buffer, look.theme);
    draw_events(state, detail, scale, split.list, buffer, look);
    draw_panel(state, split.detail, buffer, look);
}

fn draw_events(
    state: &State,
    detail: &CaseDetail,
    scale: Scale,
    area: Rect,
    buffer: &mut Buffer,
    look: Look<'_>,
) {
    let theme = look.theme;
    let table = paint::below(area, LIST_HEAD);
    let mut list = state.list;
    list.set_page(state.page(table.height));
    let (names, shown) = more_columns(detail, table.width);
    let times = Times::of(detail);
    let time = if state.since_start {
        SINCE
    } else {
        times.column()
    };
    let columns = columns(time, &names, table.width);
    let places = column_areas(&columns, table);
    let track = places[TRACK_AT];
    draw_head(detail, scale, track.width, area, buffer, look);
    let long = waits::long_wait(&detail.events).unwrap_or(f64::INFINITY);
    let rows: Vec<Vec<Cell<'_>>> = list
        .visible()
        .map(|index| {
            let event = &detail.events[index];
            let mut cells = first_cells(state, detail, index, long, look);
            if !state.since_start {
                cells[0] = Cell::new(times.text(event.time));
            }
            let stretches = waits::stretches(detail, &state.latest, index);
            let spans = stretches.track(scale, track.width.into(), theme);
            cells.insert(TRACK_AT, Cell::spans(spans).own_style());
            let more = shown.iter().filter_map(|&i| event.values.get(i));
            cells.extend(more.map(|field| {
                Cell::new(value_head(field, look.context.log.zone))
                    .find(state.find.matcher())
                    .style(theme.muted)
            }));
            cells
        })
        .collect();
    VirtualTable {
        columns: &columns,
        rows: &rows,
        offset: list.offset,
        total: list.total,
        selected: Some(list.cursor),
        focused: state.focus == Part::List,
        stale: (look.stale)(EVENTS),
        scroll: if state.focus == Part::List {
            state.scroll
        } else {
            0
        },
        ticks: &state.matches,
        ..VirtualTable::default()
    }
    .draw(table, buffer, theme);
    let foot = paint::below(table, rows.len() as u16 + 1);
    let marked = marks::count(detail, page_rows(table.height)) as u16;
    let time = |line: Line<'_>| {
        if state.since_start {
            look.context.duration(line.since())
        } else {
            times.text(line.at())
        }
    };
    let marks = Below {
        detail,
        places: &places,
        scale,
        time: &time,
    };
    marks.draw(paint::top(foot, marked), buffer, look);
    if rows.len() >= detail.events.len() {
        draw_longest(detail, paint::below(foot, marked + 1), buffer, look);
    }
    let axis = if state.since_start {
        Axis::Since(detail.row.start)
    } else {
        Axis::Clock(look.context.log.zone)
    };
    scale.draw(track, buffer, axis, None, theme);
}

/// The longest waits of the case, where the events leave room below them.
fn draw_longest(detail: &CaseDetail, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
    let theme = look.theme;
    if usize::from(area.height) < WAITS_FROM {
        return;
    }
    let most = usize::from(area.height).saturating_sub(1).min(8);
    let longest = waits::longest(detail, most);
    let bars: Vec<Bar<'_>> = longest
        .iter()
        .map(|waited| {
            let from = text::safe(&waited.from.activity);
            let to = waited.to.map(|event| text::safe(&event.activity));
            let to = to.unwrap_or("now".into());
            Bar {
                label: format!("{from} {} {to}", theme.glyphs.arrow).into(),
                value: waited.seconds,
                text: look.context.duration(waited.seconds).into(),
                style: Some(theme.wait),
            }
        })
        .collect();
    if bars.is_empty() {
        return;
    }
    let (_, area) = paint::cut(area, 2);
    let area = Rect {
        width: area.width.saturating_sub(2),
        ..area
    };
    paint::heading(buffer, area, "longest waits", theme.header, theme);
    Bars {
        bars: &bars,
        full: None,
    }
    .draw(paint::below(area, 1), buffer, theme);
}

/// Draws the case in one line, and the time that a column of the track covers.
fn draw_head(
    detail: &CaseDetail,
    scale: Scale,
    track: u16,
    area: Rect,
    buffer: &mut Buffer,
    look: Look<'_>,
) {
    let theme = look.theme;
    let row = paint::row(area, 0);
    let case = &detail.row;
    let id = text::safe(&case.case);
    let dot = theme.glyphs.dot;
    let length = match &detail.open {
        None => look.context.duration(case.duration),
        Some(open) => {
            let mut length = format!("open for {}", look.context.duration(open.age));
            for rule in detail.overdue() {
                let _ = write!(length, " {dot} overdue: {}", text::safe(rule));
            }
            length
        }
    };
    // What the case is goes before how it is drawn.
    let needed = fit::width(&length) + fit::width(&id).min(20) + 10;
    let room = usize::from(area.width).saturating_sub(needed);
    let right = legend(detail, scale, track, theme).into_iter();
    let right = right.rev().find(|text| fit::width(text) <= room);
    let right = right.unwrap_or_default();
    let left = usize::from(area.width).saturating_sub(fit::width(&right) + 2);
    let figures = format!(
        " {dot} {length} {dot} {} {dot} variant {} {dot} {} {arrow} {}",
        text::counted(case.events.into(), "event", "events"),
        case.variant,
        time::instant(case.start, look.context.log.zone),
        time::instant(case.end, look.context.log.zone),
        arrow = theme.glyphs.arrow,
    );
    let id = fit::truncate_middle(&id, (left / 3).max(8), theme.glyphs.ellipsis);
    let (place, _) = paint::cut(row, left as u16);
    let taken = paint::text(buffer, place, &texts::named("case", &id), theme.title);
    let (_, rest) = paint::cut(place, taken);
    let figures = fit::truncate_words(&figures, rest.width.into(), theme.glyphs.ellipsis);
    paint::text(buffer, rest, &figures, theme.muted);
    paint::text_right(buffer, row, &right, theme.muted);
}

/// The time that a column of the track covers, and the same with the sign for off hours where some are
/// drawn.
fn legend(detail: &CaseDetail, scale: Scale, track: u16, theme: &Theme) -> Vec<String> {
    if track == 0 {
        return Vec::new();
    }
    let per_column = scale.per_column(track.into());
    let mut columns = (0..track.into()).map(|column| scale.edges(column, track.into()));
    let off = columns.any(|column| is_off(&detail.off, column));
    let off = off.then(|| format!("{} off hours  {per_column}", theme.glyphs.off));
    std::iter::once(per_column).chain(off).collect()
}

/// Names of the attributes that get a column, and their positions: the resource first, then the
/// others of events; those of the case are the same in all rows.
fn more_columns(detail: &CaseDetail, width: u16) -> (Vec<String>, Vec<usize>) {
    let most = 1 + usize::from(width.saturating_sub(MORE.0) / MORE.1);
    let others = (0..detail.columns.len())
        .filter(|&i| Some(i) != detail.resource && detail.columns[i].level == Level::Event);
    let shown: Vec<usize> = detail
        .resource
        .into_iter()
        .chain(others)
        .take(most)
        .collect();
    let names = shown
        .iter()
        .map(|&i| text::safe(&detail.columns[i].name).into_owned())
        .collect();
    (names, shown)
}

fn columns<'a>(time: Column<'a>, names: &'a [String], width: u16) -> Vec<Column<'a>> {
    let track = Column::flex("", (width / 5).clamp(14, 40), 4).priority(4);
    let mut columns = vec![time, WAIT, track, ACTIVITY];
    let more = names.iter().enumerate().map(|(i, name)| {
        let column = Column::flex(name, 10, 1).at_most(if i == 0 { 20 } else { 16 });
        column.priority((6 + i).min(255) as u8)
    });
    columns.extend(more);
    columns
}

/// Chooses the precision of timestamps: seconds are left out where all are zero, and parts of a
/// second are there where they alone tell an event from the next one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Unit {
    Day,
    Minute,
    Second,
    Millisecond,
    Microsecond,
}

/// How the times of a case are written.
#[derive(Clone, Copy)]
struct Times {
    unit: Unit,
    /// All are of one day, which the line above the events names.
    one_day: bool,
    zone: time::Tz,
}

impl Times {
    fn of(detail: &CaseDetail) -> Times {
        let zone = detail.zone;
        let marks = detail.marks.iter().map(|mark| mark.at);
        let unit = marks.clone().map(|at| Unit::whole(at, zone));
        let unit = unit.fold(Unit::of(&detail.events, zone), Unit::max);
        let now = detail.open.as_ref().map(|open| open.now);
        let events = detail.events.iter().map(|event| event.time);
        let mut days = events.chain(now).chain(marks);
        let first = days.next().map(|at| time::date(at, zone));
        let one_day = days.all(|at| Some(time::date(at, zone)) == first);
        Times {
            unit,
            one_day: one_day && unit >= Unit::Second,
            zone,
        }
    }

    fn column(self) -> Column<'static> {
        let date = if self.one_day { DATE } else { 0 };
        // Enough: the date is left out only of units from the second on, which are wider than it.
        Column::fixed("time", self.unit.width() - date as u16).priority(5)
    }

    fn text(self, at: i64) -> String {
        let whole = self.unit.text(at, self.zone);
        let from = if self.one_day { DATE } else { 0 };
        whole.get(from..).unwrap_or(&whole).to_owned()
    }
}

/// Characters of a date and the blank behind it.
const DATE: usize = 11;

impl Unit {
    /// For one instant, but no part of a second.
    fn whole(at: i64, zone: time::Tz) -> Unit {
        match at {
            t if t % 60_000_000 != 0 => Unit::Second,
            t if !time::instant(t, zone).ends_with(" 00:00") => Unit::Minute,
            _ => Unit::Day,
        }
    }

    fn of(events: &[EventRow], zone: time::Tz) -> Unit {
        let units = events.iter().map(|event| Unit::whole(event.time, zone));
        let whole = units.max().unwrap_or(Unit::Second);
        let alike = |pair: &&[EventRow], width: i64| {
            let [a, b] = [pair[0].time, pair[1].time].map(|t| t.div_euclid(width));
            pair[0].time != pair[1].time && a == b
        };
        let between = events.windows(2);
        let within = |width: i64| between.clone().any(|pair| alike(&pair, width));
        if within(1_000) {
            Unit::Microsecond
        } else if within(1_000_000) {
            Unit::Millisecond
        } else {
            whole
        }
    }

    fn width(self) -> u16 {
        match self {
            Unit::Day => 10,
            Unit::Minute => 16,
            Unit::Second => 19,
            Unit::Millisecond => 23,
            Unit::Microsecond => 26,
        }
    }

    fn text(self, at: i64, zone: time::Tz) -> String {
        match self {
            Unit::Day => time::date(at, zone),
            Unit::Minute => time::instant(at, zone),
            Unit::Second => {
                let second = at.saturating_sub(at.rem_euclid(1_000_000));
                time::exact_instant(second, zone)
            }
            Unit::Millisecond | Unit::Microsecond => {
                let second = Unit::Second.text(at, zone);
                let part = at.rem_euclid(1_000_000);
                if self == Unit::Millisecond {
                    format!("{second}.{:03}", part / 1000)
                } else {
                    format!("{second}.{part:06}")
                }
            }
        }
    }
}

/// Time since the start, wait and activity.
fn first_cells<'a>(
    state: &State,
    detail: &'a CaseDetail,
    index: usize,
    long: f64,
    look: Look<'_>,
) -> Vec<Cell<'a>> {
    let theme = look.theme;
    let event: &EventRow = &detail.events[index];
    let wait = waits::wait(event);
    let style = if wait >= long {
        theme.title.patch(theme.warn)
    } else {
        theme.text
    };
    let shown = if index == 0 {
        String::new()
    } else {
        look.context.duration(wait)
    };
    vec![
        Cell::new(look.context.duration(event.since)),
        Cell::new(shown).style(style),
        Cell::of_log(&event.activity).find(state.find.matcher()),
    ]
}

fn draw_panel(state: &State, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
    let theme = look.theme;
    let focused = state.focus == Part::Detail;
    let style = if focused { theme.focus } else { theme.title };
    let title = format!("event {}", state.list.cursor + 1);
    paint::heading(buffer, area, &title, style, theme);
    let attributes = state.attributes();
    let mut list = state.panel;
    list.set_total(attributes.len());
    let body = draw_whole_value(
        state,
        &attributes,
        paint::below(area, PANEL_HEAD),
        buffer,
        theme,
    );
    list.set_page(body.height.into());
    let named: Vec<(String, String)> = list
        .visible()
        .filter_map(|i| attributes.get(i))
        .map(|&attribute| state.attribute(attribute))
        .collect();
    let names = named
        .iter()
        .map(|(name, _)| fit::width(name))
        .max()
        .unwrap_or(0);
    let names = names.min(usize::from(area.width) * 2 / 5);
    for (i, (name, content)) in named.iter().enumerate().take(body.height.into()) {
        let row = paint::row(body, i);
        let inside = Rect {
            width: row.width.saturating_sub(1),
            ..row
        };
        let (_, rest) = paint::cut(inside, 2);
        let name = fit::truncate_end(name, names, theme.glyphs.ellipsis);
        paint::text(buffer, rest, &name, theme.muted);
        let (_, rest) = paint::cut(rest, (names + 2) as u16);
        if content.is_empty() {
            paint::text(buffer, rest, "missing", theme.muted);
        } else {
            let content = scrolled(content, state, rest.width.into(), theme);
            paint::text(buffer, rest, &content, theme.text);
        }
        if focused && list.offset + i == list.cursor {
            paint::text(buffer, inside, theme.glyphs.mark, theme.text);
            paint::overwrite(buffer, inside, theme.selected);
        }
    }
    if (look.stale)(EVENTS) {
        paint::restyle(buffer, body, theme.stale);
    }
    scrollbar(list.offset, list.total, body, buffer, theme);
}

/// A value, moved to the left where the panel has the focus.
fn scrolled(content: &str, state: &State, room: usize, theme: &Theme) -> String {
    let scroll = if state.focus == Part::Detail {
        state.scroll
    } else {
        0
    };
    let skip = scroll.min(fit::width(content).saturating_sub(room));
    let rest = fit::window(content, skip, usize::MAX);
    fit::truncate_end(&rest, room, theme.glyphs.ellipsis).into_owned()
}

/// The value under the cursor in several rows at the foot of the panel, where it needs them. Gives
/// what is left above.
fn draw_whole_value(
    state: &State,
    attributes: &[Attribute],
    area: Rect,
    buffer: &mut Buffer,
    theme: &Theme,
) -> Rect {
    let room = usize::from(area.width.saturating_sub(2));
    let current = attributes
        .get(state.panel.cursor)
        .filter(|_| state.focus == Part::Detail);
    let Some((_, content)) = current.map(|&attribute| state.attribute(attribute)) else {
        return area;
    };
    if fit::width(&content) * 2 < room || area.height < WHOLE_VALUE * 2 {
        return area;
    }
    let lines = wrap(text::head(&content, 1 << 12), room);
    let rows = (lines.len() as u16).min(WHOLE_VALUE) + 1;
    let foot = paint::below(area, area.height - rows);
    paint::heading(buffer, foot, "", theme.border, theme);
    for (i, line) in lines.iter().enumerate().take(usize::from(rows) - 1) {
        let (_, row) = paint::cut(paint::row(foot, i + 1), 2);
        paint::text(buffer, row, line, theme.text);
    }
    Rect {
        height: area.height - rows,
        ..area
    }
}
