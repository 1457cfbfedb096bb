//! The screen that says which column is what: the columns with what they hold and how well they fit
//! each role, and the beginning of the log as it would be read.
//!
//! ```text
//! orders.csv › Columns                                                       log 1 of 2
//! Which column is the activity? Press a on it.
//!   role      column   holds      fits       values       | 61 cases, 486 events of the first 500 rows
//! > case      id       text, 42   case 96    4711  4712   | 4711
//!             foo      text, 9    activity 3 Open  Close  |   Open      2024-01-01 10:00
//! 1 of 8   12%                            c case   a activity   t time   enter open   ? help
//! ```

use crate::app::{App, Columns, Layout, LoadError, Page};
use crate::event_log::{PerRole, Role};
use crate::formats::{ColumnProfile, DateOrder, Inspection, Kind, Preview, Reject};
use crate::input::Action;
use crate::text::{self, count, counted, safe, time};
use crate::ui::fit;
use crate::ui::widgets::empty::wrap;
use crate::ui::widgets::scrollbar::scrollbar;
use crate::ui::widgets::split::Part;
use crate::ui::widgets::virtual_table::page_rows;
use crate::ui::widgets::{Cell, Column, Split, VirtualTable};
use crate::ui::{ListState, Theme, paint};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::Span;

/// Draws the whole screen.
pub fn draw(app: &App, columns: &Columns, layout: &Layout, buffer: &mut Buffer, theme: &Theme) {
    header(app, columns, layout.header, buffer, theme);
    let body = Rect {
        y: layout.tabs.y,
        height: layout.tabs.height + layout.chips.height + layout.body.height,
        ..layout.body
    };
    if let Some(page) = columns.shown() {
        draw_page(app, columns, page, body, buffer, theme);
    }
    status(app, columns, layout.status, buffer, theme);
}

fn header(app: &App, columns: &Columns, row: Rect, buffer: &mut Buffer, theme: &Theme) {
    let several = columns.pages.len() > 1;
    let name = match columns.shown() {
        Some(page) if several => safe(&page.options.source).into_owned(),
        _ => safe(&app.settings.name).into_owned(),
    };
    let room = usize::from(row.width);
    let mut left = format!("{name} {} Columns", theme.glyphs.then);
    if several {
        left = format!(
            "{left} {} log {} of {}",
            theme.glyphs.dot,
            columns.page + 1,
            columns.pages.len()
        );
    }
    let left = fit::truncate_middle(&left, room, theme.glyphs.ellipsis).into_owned();
    let taken = paint::text(buffer, row, &left, theme.focus);
    let Some(Ok(look)) = columns.shown().map(|page| &page.look) else {
        return;
    };
    let page = columns.shown();
    let known = page
        .is_some_and(|page| page.remembered)
        .then_some("remembered");
    let facts: Vec<&str> = [Some(look.format), known].into_iter().flatten().collect();
    let facts = facts.join(&format!(" {} ", theme.glyphs.dot));
    if usize::from(taken) + 3 + fit::width(&facts) <= room {
        paint::text_right(buffer, row, &facts, theme.muted);
    }
}

fn draw_page(
    app: &App,
    columns: &Columns,
    page: &Page,
    body: Rect,
    buffer: &mut Buffer,
    theme: &Theme,
) {
    let look = match &page.look {
        Ok(look) => look,
        Err(error) => return sentence(&error.message, body, theme.bad, buffer),
    };
    let rows = if body.height >= 10 { 2 } else { 0 };
    if rows > 0 {
        let (line, style) = advice(app, page, look, theme);
        let cut = fit::truncate_end(&line, body.width.into(), theme.glyphs.ellipsis);
        paint::text(buffer, paint::row(body, 0), &cut, style);
        let settings = settings(app, page, look, theme);
        paint::spans(buffer, paint::row(body, 1), &settings);
    }
    let body = paint::below(body, rows);
    let focus = if columns.reading {
        Part::Detail
    } else {
        Part::List
    };
    let share = if body.width >= 130 { 60 } else { 52 };
    let split = Split::of(body, share, focus, false);
    if page.is_of_objects() {
        draw_types(page, look, split.list, buffer, theme);
    } else {
        draw_columns(page, look, !columns.reading, split.list, buffer, theme);
    }
    split.draw_line(buffer, theme);
    draw_preview(page, columns.reading, split.detail, buffer, theme);
}

/// Advice: missing or doubtful columns, or the next step.
fn advice(app: &App, page: &Page, look: &Inspection, theme: &Theme) -> (String, Style) {
    if page.is_untouched() && !look.times.is_empty() {
        let keys = app.settings.keys.keys_of("columns", &Action::EventsOfTimes);
        let key = keys.first().map_or("", String::as_str);
        let line = format!(
            "Every row is a case with one event; {key} makes events of its {} columns of times",
            look.times.len()
        );
        return (line, theme.warn);
    }
    let missing = page.missing();
    if !missing.is_empty() {
        let names: Vec<&str> = missing.iter().map(|role| role.name()).collect();
        let mut line = format!("Which column is the {}?", names.join(", the "));
        if missing.contains(&Role::Activity) && look.in_engine.is_none() {
            let keys = app.settings.keys.keys_of("columns", &Action::NameActivity);
            let key = keys.first().map_or("", String::as_str);
            line = format!("{line} Without one, {key} names the activity of all rows.");
        }
        return (line, theme.bad);
    }
    if page.is_untouched() && !look.doubts.is_empty() {
        // The log's texts in them are written out already.
        let line = format!("{} Enter takes and remembers these.", look.doubts.join(" "));
        return (line, theme.warn);
    }
    let line = if page.is_of_objects() {
        "Enter opens the log of the objects under the cursor"
    } else if page.options.read.no_header {
        "Enter opens the log with these columns"
    } else {
        "Enter opens the log with these columns and remembers them for logs with the same names"
    };
    (line.to_owned(), theme.good)
}

/// Parsing options of the log, given or detected, with the keys that change them.
fn settings<'a>(app: &App, page: &Page, look: &Inspection, theme: &Theme) -> Vec<Span<'a>> {
    let read = &page.options.read;
    let mut parts: Vec<(Option<Action>, String)> = Vec::new();
    if let Some(name) = &read.activity_name {
        let what = format!("activity {}", safe(name));
        parts.push((Some(Action::NameActivity), what));
    }
    if look.format == "csv" {
        let header = if read.no_header {
            "first row is data"
        } else {
            "first row has names"
        };
        parts.push((Some(Action::ToggleHeader), header.to_owned()));
        if let Some(delimiter) = look.delimiter() {
            let what = format!("delimiter {}", safe(delimiter));
            parts.push((Some(Action::NextDelimiter), what));
        }
    }
    if look.in_engine.is_none() {
        let previewed = match &page.preview {
            Some(Ok(preview)) => preview.time_format(),
            _ => None,
        };
        let format = read.time_format.as_deref().or(previewed);
        let format = format.map_or("format".into(), safe);
        parts.push((Some(Action::TimeFormat), format!("time {format}")));
        let order = match read.date_order {
            None => "date order: auto",
            Some(DateOrder::Dmy) => "day first",
            Some(DateOrder::Mdy) => "month first",
            Some(DateOrder::Ymd) => "year first",
            Some(DateOrder::Ydm) => "year, day, month",
        };
        parts.push((Some(Action::NextDateOrder), order.to_owned()));
    }
    if look.format == "csv" {
        let shown = |what: &str, c: Option<u8>| c.map(|c| format!("{what} {}", char::from(c)));
        let given = [shown("quote", read.quote), shown("escape", read.escape)];
        let given: Vec<String> = given.into_iter().flatten().collect();
        let what = match given.as_slice() {
            [] => "quotes: auto".to_owned(),
            given => given.join(", "),
        };
        parts.push((Some(Action::NextQuoting), what));
    }
    let encoding = look.encoding().map(|name| format!("in {}", safe(name)));
    parts.extend(encoding.map(|what| (None, what)));
    let mut spans = Vec::new();
    for (action, what) in parts {
        let keys = action.map(|action| app.settings.keys.keys_of(app.key_context(), &action));
        let key = keys.and_then(|keys| keys.into_iter().next());
        spans.extend(key.map(|key| Span::styled(format!("{key} "), theme.key)));
        spans.push(Span::styled(format!("{what}   "), theme.muted));
    }
    spans
}

/// Returns the list with a page of `rows`.
fn list(page: &Page, rows: usize) -> ListState {
    let mut list = ListState::default();
    list.set_page(rows);
    list.set_total(page.rows());
    list.go(crate::ui::list::Move::Row(page.cursor));
    list
}

const COLUMNS: [Column<'static>; 5] = [
    Column::fixed("role", 11),
    Column::flex("column", 10, 3).at_most(36),
    Column::fixed("type", 19).priority(2),
    Column::flex("fits", 12, 2).at_most(30).priority(3),
    Column::flex("values", 10, 3).priority(1),
];

fn draw_columns(
    page: &Page,
    look: &Inspection,
    focused: bool,
    area: Rect,
    buffer: &mut Buffer,
    theme: &Theme,
) {
    let list = list(page, page_rows(area.height));
    let rows: Vec<Vec<Cell<'_>>> = list
        .visible()
        .map(|column| column_cells(page, look, column, theme))
        .collect();
    VirtualTable {
        columns: &COLUMNS,
        rows: &rows,
        offset: list.offset,
        total: list.total,
        selected: Some(list.cursor),
        focused,
        ..VirtualTable::default()
    }
    .draw(area, buffer, theme);
}

fn column_cells<'a>(
    page: &Page,
    look: &'a Inspection,
    column: usize,
    theme: &Theme,
) -> Vec<Cell<'a>> {
    let role = match page.role_of(column) {
        Some((role, 0)) => role.name().to_owned(),
        Some((role, at)) => format!("{} {at}", role.name()),
        None => String::new(),
    };
    let profile = look.profiles.get(column);
    let scores = look.scores.get(column).copied().unwrap_or_default();
    let mut cells = vec![
        Cell::new(role).style(theme.focus),
        Cell::of_log(&look.columns[column]).middle(),
        Cell::new(profile.map(holds).unwrap_or_default()),
    ];
    cells.push(fits(scores, theme));
    let values = profile.map_or(&[][..], |d| &d.values);
    let values: Vec<_> = values.iter().map(|value| safe(value)).collect();
    cells.push(Cell::new(values.join("  ")).style(theme.muted));
    cells
}

/// Scores of a column for each role, best first; zero scores are left out.
fn fits(scores: PerRole<u8>, theme: &Theme) -> Cell<'static> {
    let mut fitting: Vec<(Role, u8)> = scores.iter().map(|(role, score)| (role, *score)).collect();
    fitting.retain(|(_, score)| *score > 0);
    fitting.sort_by_key(|(_, score)| std::cmp::Reverse(*score));
    let spans = fitting.into_iter().map(|(role, score)| {
        let style = if score >= 70 { theme.good } else { theme.muted };
        Span::styled(format!("{} {score}  ", role.name()), style)
    });
    Cell::spans(spans.collect())
}

/// Type of a column: `text, 42 distinct`, counted in the sample.
fn holds(column: &ColumnProfile) -> String {
    let kind = match column.kind {
        Kind::Empty => return "nothing".to_owned(),
        Kind::Text => "text",
        Kind::Number => "number",
        Kind::Time => "time",
        Kind::Date => "date",
        Kind::Clock => "time of day",
    };
    let distinct = column.distinct as u64;
    if column.distinct == column.filled && column.filled > 1 {
        format!("{kind}, all distinct")
    } else {
        format!("{kind}, {} distinct", count(distinct))
    }
}

/// The types of objects of a log of several.
fn draw_types(page: &Page, look: &Inspection, area: Rect, buffer: &mut Buffer, theme: &Theme) {
    let list = list(page, page_rows(area.height));
    let columns = [
        Column::flex("the cases are the objects of type", 20, 1).at_most(60),
        Column::fixed("objects", 10).right(),
    ];
    let rows: Vec<Vec<Cell<'_>>> = list
        .visible()
        .filter_map(|at| look.object_types.get(at))
        .map(|(name, n)| vec![Cell::of_log(name), Cell::new(count(*n))])
        .collect();
    VirtualTable {
        columns: &columns,
        rows: &rows,
        offset: list.offset,
        total: list.total,
        selected: Some(list.cursor),
        focused: true,
        ..VirtualTable::default()
    }
    .draw(area, buffer, theme);
}

fn sentence(message: &str, area: Rect, style: Style, buffer: &mut Buffer) {
    let columns = usize::from(area.width).saturating_sub(2).max(1);
    for (at, line) in wrap(&safe(message), columns).iter().enumerate() {
        let (_, row) = paint::cut(paint::row(area, at), 1);
        paint::text(buffer, row, line, style);
    }
}

/// The beginning of the log as it would be read, or why it is not known.
fn draw_preview(page: &Page, focused: bool, area: Rect, buffer: &mut Buffer, theme: &Theme) {
    if area.is_empty() {
        return;
    }
    let preview: Result<&Preview, String> = match &page.preview {
        Some(Ok(preview)) => Ok(preview),
        Some(Err(LoadError { message, .. })) => Err(message.clone()),
        None if !page.missing().is_empty() => {
            Err("Preview: choose case, activity and time first".to_owned())
        }
        None => Err("Reading the preview ...".to_owned()),
    };
    let title = match &preview {
        Ok(preview) => summary(preview),
        Err(_) => "Preview".to_owned(),
    };
    let style = if focused { theme.focus } else { theme.title };
    paint::heading(buffer, paint::row(area, 0), &title, style, theme);
    let body = paint::below(area, 1);
    match preview {
        Ok(preview) => {
            let zone = page.options.read.tz.unwrap_or(time::UTC);
            let lines = lines(preview, zone, body.width.saturating_sub(1).into(), theme);
            let page_rows = usize::from(body.height);
            let first = page.scroll.min(lines.len().saturating_sub(page_rows));
            for (at, line) in lines.iter().skip(first).take(page_rows).enumerate() {
                paint::spans(buffer, paint::row(body, at), line);
            }
            scrollbar(first, lines.len(), body, buffer, theme);
        }
        Err(message) => {
            let bad = matches!(page.preview, Some(Err(_)));
            let style = if bad { theme.bad } else { theme.muted };
            sentence(&message, body, style, buffer);
        }
    }
    if page.is_waiting() {
        paint::restyle(buffer, body, theme.stale);
    }
}

fn summary(preview: &Preview) -> String {
    let rows = counted(preview.rows, "row", "rows");
    let of = if preview.whole {
        format!("all {rows}")
    } else {
        format!("the first {rows}")
    };
    let rejected = match preview.rejected {
        0 => String::new(),
        n => format!(", {} rejected", count(n)),
    };
    format!(
        "{}, {}, {}{rejected} of {of}",
        counted(preview.cases, "case", "cases"),
        counted(preview.events, "event", "events"),
        counted(preview.activities, "activity", "activities"),
    )
}

/// Rejected rows first, as they ask for something to be done; then the cases with their events.
fn lines(
    preview: &Preview,
    zone: time::Tz,
    columns: usize,
    theme: &Theme,
) -> Vec<Vec<Span<'static>>> {
    let mut lines = Vec::new();
    // Where no event was read, why not is all there is to see.
    let some = if preview.events == 0 { 10 } else { 3 };
    for reject in preview.rejects.iter().take(some) {
        lines.push(rejected(reject, columns, theme));
    }
    let more = preview.rejected.saturating_sub(some as u64);
    if more > 0 {
        let text = format!("and {} more", count(more));
        lines.push(vec![Span::styled(text, theme.bad)]);
    }
    for case in &preview.first {
        let id = text::head(&case.case, 200);
        lines.push(vec![Span::styled(safe(id).into_owned(), theme.title)]);
        // The time stands where all can be compared.
        // The indent, the gap and a time to the second.
        let room = columns.saturating_sub(2 + 2 + 19).clamp(8, 36);
        for event in &case.events {
            let name = safe(text::head(&event.activity, 200)).into_owned();
            let name = fit::truncate_end(&name, room, theme.glyphs.ellipsis);
            let name = fit::pad_right(&name, room);
            let mut when = time::exact_instant(event.time, zone);
            if let Some(start) = event.start {
                when = format!(
                    "{} {} {when}",
                    time::exact_instant(start, zone),
                    theme.glyphs.then
                );
            }
            lines.push(vec![
                Span::raw(format!("  {name}  ")),
                Span::styled(when, theme.muted),
            ]);
        }
        if case.n_events > case.events.len() {
            let more = count((case.n_events - case.events.len()) as u64);
            lines.push(vec![Span::styled(
                format!("  and {more} more"),
                theme.muted,
            )]);
        }
    }
    lines
}

fn rejected(reject: &Reject, columns: usize, theme: &Theme) -> Vec<Span<'static>> {
    let line = reject
        .line
        .map_or("the end".to_owned(), |line| format!("line {line}"));
    let value = safe(text::head(&reject.value, 200)).into_owned();
    let text = format!("{line}: {}: {value}", reject.reason);
    let text = fit::truncate_end(&text, columns, theme.glyphs.ellipsis).into_owned();
    vec![Span::styled(text, theme.bad)]
}

/// Position on the left, a message or the keys on the right.
fn status(app: &App, columns: &Columns, row: Rect, buffer: &mut Buffer, theme: &Theme) {
    if let Some(toast) = app.notifications.toast() {
        let toast = safe(&toast.text).into_owned();
        let cut = fit::truncate_end(&toast, row.width.into(), theme.glyphs.ellipsis);
        paint::text_right(buffer, row, &cut, theme.good);
        return;
    }
    let role = |role: Role| Action::AssignRole(role as usize);
    let mut wanted = vec![Action::Open];
    let of_objects = columns.shown().is_some_and(Page::is_of_objects);
    if !of_objects {
        wanted.extend([role(Role::Case), role(Role::Activity), role(Role::Time)]);
        let in_engine = columns.shown().and_then(Page::roles_in_engine);
        wanted.extend(in_engine.is_none().then_some(Action::TimeFormat));
        wanted.extend([role(Role::Resource), Action::SwitchFocus]);
    }
    if columns.pages.len() > 1 {
        wanted.insert(1, Action::NextPane);
    }
    super::frame::key_hints(app, &wanted, row, buffer, theme);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::{PreviewCase, PreviewEvent};

    #[test]
    fn columns_say_what_they_hold() {
        let column = |kind, filled, distinct| {
            holds(&ColumnProfile {
                kind,
                filled,
                distinct,
                values: Vec::new(),
            })
        };
        assert_eq!(column(Kind::Empty, 0, 0), "nothing");
        assert_eq!(column(Kind::Text, 2000, 42), "text, 42 distinct");
        assert_eq!(column(Kind::Time, 20, 20), "time, all distinct");
    }

    #[test]
    fn a_preview_shows_the_clock_of_its_zone() {
        let event = PreviewEvent {
            activity: "Open".to_owned(),
            // 2024-01-01 10:00 UTC.
            time: 1_704_103_200_000_000,
            start: Some(1_704_099_600_000_000),
        };
        let preview = Preview {
            events: 1,
            first: vec![PreviewCase {
                case: "4711".to_owned(),
                events: vec![event],
                n_events: 1,
            }],
            ..Preview::default()
        };
        let lines = lines(&preview, time::Tz::Europe__Berlin, 80, &Theme::default());
        let when = lines[1][1].content.clone();
        assert!(
            when.starts_with("2024-01-01 10:00") && when.ends_with("2024-01-01 11:00:00"),
            "{when}"
        );
    }
}
