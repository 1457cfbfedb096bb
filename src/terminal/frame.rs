//! One frame: the parts of the screen around the pane, and the pane.
//!
//! ```text
//! orders.csv › Variants › V3 › Cases          812 of 58,000 cases · 3,431 of 312,431 events   header
//! 1 Overview  2 Variants  3 Cases  4 Activities  5 Bottlenecks                          tabs
//! [x] variant = 3  [ ] duration > 5d                                              chips
//! ...                                                                                   body
//! 12 of 812   1%   duration ↓                enter open   f filter   s sort   ? help    status
//! ```

use super::{overlay, start};
use crate::app::{App, Layout, Load, Severity, Sizes};
use crate::engine::{AsOf, CaseCount, LogInfo, LogPlace};
use crate::input::{Action, entry_in};
use crate::panes::{Context, FilterEntry, Look, Pane};
use crate::text::{self, count, safe, time};
use crate::ui::fit;
use crate::ui::targets::{self, Target};
use crate::ui::{Theme, paint};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use ratatui::text::Span;

/// Columns between two parts of a line.
const GAP: usize = 3;

/// Draws the explorer; gives where the cursor is, if it is to be seen.
pub fn draw(app: &App, theme: &Theme, buffer: &mut Buffer) -> Option<Position> {
    let layout = app.layout();
    paint::restyle(buffer, buffer.area, theme.text);
    if let Some(columns) = &app.columns {
        super::columns::draw(app, columns, &layout, buffer, theme);
        return overlay::draw(app, &layout, buffer, theme);
    }
    match &app.log {
        Some(log) => {
            header(app, log, layout.header, buffer, theme);
            tabs(app, layout.tabs, buffer, theme);
            chips(app, log, layout.chips, buffer, theme);
            body(app, log, &layout, buffer, theme);
            status(app, layout.status, buffer, theme);
        }
        None => start::draw(app, &layout, buffer, theme),
    }
    overlay::draw(app, &layout, buffer, theme)
}

/// The things at a position of the screen, the outermost first: a frame is drawn to nowhere.
pub fn targets(app: &App, theme: &Theme, at: Position) -> Vec<Target> {
    let mut buffer = Buffer::empty(Rect::new(0, 0, app.screen.width, app.screen.height));
    targets::at(at, || {
        draw(app, theme, &mut buffer);
    })
}

fn body(app: &App, log: &LogInfo, layout: &Layout, buffer: &mut Buffer, theme: &Theme) {
    let area = paint::clip(layout.body, buffer);
    let Some(pane) = app.pane().filter(|_| !area.is_empty()) else {
        return;
    };
    let stale = |slot| app.is_stale(slot);
    let look = Look {
        context: Context {
            log,
            view: &app.queries.view,
            area,
            maximized: app.workspace.maximized,
            plain: app.settings.plain,
            marks: &app.marks,
            keys: app.keys(),
        },
        theme,
        stale: &stale,
    };
    pane.draw(area, buffer, look);
}

/// The parts of the breadcrumb as one line.
fn trail(app: &App, theme: &Theme) -> String {
    let crumbs: Vec<String> = app.crumbs().into_iter().map(|crumb| crumb.text).collect();
    crumbs.join(&format!(" {} ", theme.glyphs.then))
}

fn header(app: &App, log: &LogInfo, row: Rect, buffer: &mut Buffer, theme: &Theme) {
    let mut room = usize::from(row.width);
    let trail = trail(app, theme);
    if let Some(size) = shown_size(app, log, room, theme) {
        let style = match app.screen.sizes {
            Some(sizes) if sizes.is_filtered() => theme.warn,
            _ => theme.muted,
        };
        paint::text_right(buffer, row, &size, style);
        room -= fit::width(&size) + GAP;
    }
    let crumbs = app.crumbs();
    let selected = app.bar.filter(|at| *at < crumbs.len());
    let fits = fit::width(&trail) <= room;
    // Where there is little room, the way is cut in its middle: what was opened and where one is.
    if !fits && selected.is_none() {
        let folders = crumbs.first().map_or(0, |log| folders(&log.text));
        let cut = fit::truncate_middle(&trail[folders..], room, theme.glyphs.ellipsis);
        paint::text(buffer, row, &cut, theme.title);
        return;
    }
    let mut rest = paint::cut(row, room as u16).0;
    // A part that is selected is seen, whatever was before it.
    let first = selected.filter(|_| !fits).unwrap_or(0);
    for (at, crumb) in crumbs.iter().enumerate().skip(first) {
        if at > 0 {
            let mark = format!("{} ", theme.glyphs.then);
            let taken = paint::text(buffer, rest, &mark, theme.muted);
            rest = paint::cut(rest, taken).1;
        }
        let style = match at {
            _ if selected == Some(at) => theme.selected,
            _ if at + 1 == crumbs.len() => theme.focus,
            _ => theme.text,
        };
        let taken = paint::text(buffer, rest, &crumb.text, style);
        targets::add(paint::cut(rest, taken).0, Target::Bar(at));
        rest = paint::cut(rest, taken + 1).1;
    }
}

/// Bytes of the folders before the name of a log; 0 for several logs and for an expression of an engine.
fn folders(log: &str) -> usize {
    let is_path = !log.contains([',', '(', '\'', '"']);
    log.rfind('/').filter(|_| is_path).map_or(0, |at| at + 1)
}

/// Text at the right end of a header of `room` columns: the size of the view whole, or only its cases;
/// `None` where there is no room. The size of a selection is worth more than the whole way.
fn shown_size(app: &App, log: &LogInfo, room: usize, theme: &Theme) -> Option<String> {
    let dot = theme.glyphs.dot;
    let calendar = match &app.filters.calendar {
        Some(calendar) => format!("working time: {} {dot} ", safe(calendar)),
        None => String::new(),
    };
    let as_of = match &app.filters.as_of {
        Some(as_of) => format!("as of {} {dot} ", shown_time(as_of, log)),
        None => String::new(),
    };
    // What is on the screen is of A alone where the pane compares nothing.
    let versus = match app.filters.versus {
        Some(_) if app.workspace.compares(app.workspace.active) => format!("A versus B {dot} "),
        Some(_) => format!("A alone {dot} "),
        None => String::new(),
    };
    let so_far = if log.stopped {
        format!("so far {dot} ")
    } else {
        String::new()
    };
    let redacted = match (log.redacted, log.shifted) {
        (true, true) => format!("REDACTED, SHIFTED {dot} "),
        (true, false) => format!("REDACTED {dot} "),
        (false, _) => String::new(),
    };
    let least = match log.least {
        0 => String::new(),
        least => format!("{least}+ CASES {dot} "),
    };
    let (follow, follows) = (app.follow.shown(dot), app.follow.short(dot));
    let alerts = match app.alerts.firing() {
        0 => String::new(),
        n => format!("{} {dot} ", text::counted(n as u64, "alert", "alerts")),
    };
    let place = match log.place {
        LogPlace::Here => String::new(),
        LogPlace::Engine => format!("IN THE ENGINE {dot} "),
        LogPlace::Slice => format!("SLICE {dot} "),
    };
    let versus = place + &alerts + &redacted + &least + &so_far + &versus;
    let sizes = app.screen.sizes.unwrap_or(Sizes {
        cases: (log.cases, log.cases),
        events: (log.events, log.events),
        fewer_than: None,
    });
    let (cases, events) = (size_of_cases(sizes), size_of_events(sizes));
    let trail = trail(app, theme);
    let most = if sizes.is_filtered() { WAY } else { usize::MAX };
    let way = fit::width(&trail).min(most);
    let whole = format!("{follow}{versus}{as_of}{calendar}{cases} {dot} {events}");
    let fewer = format!("{follow}{versus}{as_of}{cases} {dot} {events}");
    let shorter = format!("{follows}{versus}{as_of}{cases} {dot} {events}");
    let shortest = format!("{follows}{versus}{as_of}{cases}");
    let fitting = |size: &String| way + GAP + fit::width(size) <= room;
    [whole, fewer, shorter, shortest, cases]
        .into_iter()
        .find(fitting)
}

/// A time to look at the log as of, as an instant in the zone of the log.
fn shown_time(text: &str, log: &LogInfo) -> String {
    let as_of = AsOf::parse(text).ok().zip(log.span);
    as_of.map_or_else(
        || safe(text).into_owned(),
        |(as_of, (_, last))| time::exact_instant(as_of.instant(last, log.zone), log.zone),
    )
}

/// Columns that are left to the breadcrumb where the size of a selection needs room.
const WAY: usize = 24;

/// Number of selected cases.
fn size_of_cases(sizes: Sizes) -> String {
    match sizes.fewer_than {
        Some(least) => {
            let all = text::counted(sizes.cases.1, "case", "cases");
            format!("{} of {all}", CaseCount::FewerThan(least))
        }
        None => size(sizes.cases, "case"),
    }
}

/// Number of selected events.
fn size_of_events(sizes: Sizes) -> String {
    match sizes.fewer_than {
        Some(_) => "their events".to_owned(),
        None => size(sizes.events, "event"),
    }
}

/// `412 cases`, or `67 of 412 cases` of a selection.
fn size((selected, all): (u64, u64), noun: &str) -> String {
    let all_of = text::counted(all, noun, &format!("{noun}s"));
    if selected == all {
        all_of
    } else {
        format!("{} of {all_of}", count(selected))
    }
}

/// Key and title of each pane with a tab: whole, short, or, where there is even less room, keys alone.
/// The title of the pane on the screen stays whole as long as possible; panes behind a sequence of keys
/// give way to it first.
fn tabs(app: &App, row: Rect, buffer: &mut Buffer, theme: &Theme) {
    let mut shown = app.tabs();
    let title = |pane: usize, kind: usize| {
        let spec = app.workspace.panes[pane].spec();
        match kind {
            0 => spec.title,
            1 | 3 if pane == app.workspace.active => spec.title,
            1 | 2 => spec.short,
            _ => "",
        }
    };
    let width = |shown: &[usize], kind: usize, gap: u16| {
        let tabs = shown.iter().map(|&pane| {
            let title = fit::width(title(pane, kind));
            fit::width(&app.key_of_pane(pane)) + title + usize::from(title > 0) + usize::from(gap)
        });
        tabs.sum::<usize>().saturating_sub(gap.into())
    };
    let room = usize::from(row.width);
    if width(&shown, 1, 1) > room {
        let is_near = |pane: &usize| !app.key_of_pane(*pane).contains(' ');
        shown.retain(|pane| *pane == app.workspace.active || is_near(pane));
    }
    let fitting = [(0, 2), (0, 1), (1, 2), (1, 1), (2, 1)];
    let fitting = fitting
        .into_iter()
        .find(|(kind, gap)| width(&shown, *kind, *gap) <= room);
    let (kind, gap) = fitting.unwrap_or((3, 1));
    let mut rest = row;
    for &pane in &shown {
        let active = pane == app.workspace.active;
        let style = if active { theme.focus } else { theme.muted };
        let title = title(pane, kind);
        let space = if title.is_empty() { "" } else { " " };
        let spans = [
            Span::styled(
                app.key_of_pane(pane),
                if active { style } else { theme.key },
            ),
            Span::styled(format!("{space}{title}"), style),
        ];
        let taken = paint::spans(buffer, rest, &spans);
        targets::add(paint::cut(rest, taken).0, Target::Tab(pane));
        rest = paint::cut(rest, taken + gap).1;
    }
}

/// The filters, and what they leave where the header does not say it.
fn chips(app: &App, log: &LogInfo, row: Rect, buffer: &mut Buffer, theme: &Theme) {
    if row.is_empty() {
        return;
    }
    let mut room = usize::from(row.width);
    let is_in_header = shown_size(app, log, room, theme).is_some();
    let hides = left(app, is_in_header);
    if room >= fit::width(&hides) + 20 && !hides.is_empty() {
        paint::text_right(buffer, row, &hides, theme.warn);
        room -= fit::width(&hides) + GAP;
    }
    let chips = chip_texts(app, theme);
    let (selected, crumbs) = (app.selected_chip(), app.crumbs().len());
    let widths = chips.iter().map(|(chip, _)| fit::width(chip) + 2);
    // One that is selected is seen, whatever was before it.
    let first = selected
        .filter(|_| widths.sum::<usize>() > room)
        .unwrap_or(0);
    let mut rest = paint::cut(row, room as u16).0;
    for (at, (chip, style)) in chips.iter().enumerate().skip(first) {
        let left = chips.len() - at;
        // Every chip but the last gets its fair part of what is left, and at least something.
        let most = (usize::from(rest.width) / left)
            .max(12)
            .min(usize::from(rest.width));
        let most = if left == 1 {
            usize::from(rest.width)
        } else {
            most
        };
        let more = format!("+{left}");
        if most < 8 {
            paint::text(buffer, rest, &more, theme.muted);
            return;
        }
        let chip = fit::truncate_end(chip, most.saturating_sub(2).max(1), theme.glyphs.ellipsis);
        let style = if selected == Some(at) {
            theme.selected
        } else {
            *style
        };
        let taken = paint::text(buffer, rest, &chip, style);
        if at < app.filters.entries.len() {
            targets::add(paint::cut(rest, taken).0, Target::Bar(crumbs + at));
        }
        rest = paint::cut(rest, taken + 2).1;
    }
}

/// The filters with their styles; those of one side of a comparison with its name, B's last.
fn chip_texts(app: &App, theme: &Theme) -> Vec<(String, Style)> {
    let versus = app.filters.versus.as_ref();
    let of_entry = |entry: &FilterEntry| {
        let is_own = versus.is_some_and(|versus| versus.own.contains(&entry.text));
        let kind = match (entry.events, is_own) {
            (true, _) => "events: ",
            (false, true) => "A: ",
            (false, false) => "",
        };
        let (mark, style) = if entry.on {
            ("[x]", theme.chip_on)
        } else {
            ("[ ]", theme.chip_off)
        };
        (format!("{mark} {kind}{}", safe(&entry.text)), style)
    };
    let others = versus.into_iter().flat_map(|versus| &versus.other);
    let others = others.map(|text| (format!("B: {}", safe(text)), theme.chip_on));
    let entries = app.filters.entries.iter().map(of_entry);
    entries.chain(others).collect()
}

/// Events that conditions on events hide where they leave all cases, else the number of cases.
fn left(app: &App, is_in_header: bool) -> String {
    match app.screen.sizes {
        Some(Sizes { cases, events, .. }) if cases.0 == cases.1 && events.0 != events.1 => {
            let hidden = text::counted(events.1 - events.0.min(events.1), "event", "events");
            format!("{hidden} hidden")
        }
        Some(sizes) if !is_in_header => size_of_cases(sizes),
        _ => String::new(),
    }
}

/// Position and order on the left, a message or hints on the right.
fn status(app: &App, row: Rect, buffer: &mut Buffer, theme: &Theme) {
    if row.is_empty() {
        return;
    }
    let room = usize::from(row.width);
    if let Some(toast) = app.notifications.toast() {
        let style = match toast.severity {
            Severity::Info => theme.good,
            Severity::Error => theme.bad,
        };
        let help = usize::from(key_hints(app, &[], row, buffer, theme));
        let room = room.saturating_sub(help + GAP);
        let row = paint::cut(row, room as u16).0;
        let toast = safe(&toast.text);
        let cut = fit::truncate_end(&toast, room, theme.glyphs.ellipsis);
        paint::text_right(buffer, row, &cut, style);
        let left = room.saturating_sub(fit::width(&cut) + GAP);
        position(app, paint::cut(row, left as u16).0, buffer, theme);
        return;
    }
    let taken = usize::from(position(app, row, buffer, theme));
    let gap = if taken > 0 { GAP } else { 0 };
    hints(app, paint::cut(row, (taken + gap) as u16).1, buffer, theme);
}

/// Gives the columns taken; 0 where it does not fit beside the hint of last resort.
fn position(app: &App, row: Rect, buffer: &mut Buffer, theme: &Theme) -> u16 {
    let status = app.pane().map(Pane::status).unwrap_or_default();
    let mut parts = Vec::new();
    if let Some((at, of)) = status.position {
        let share = text::percent(at as f64 / of.max(1) as f64);
        parts.push(format!(
            "{} of {}  {share}",
            count(at as u64),
            count(of as u64)
        ));
    }
    if !status.note.is_empty() {
        parts.push(status.note);
    }
    if !status.find.is_empty() {
        parts.push(format!("/{}", safe(&status.find)));
    }
    if !status.sort.is_empty() {
        let [up, down] = [theme.glyphs.ascending, theme.glyphs.descending];
        parts.push(status.sort.replace('↑', up).replace('↓', down));
    }
    if let Load::Running(loading) = &app.load {
        parts.push(start::progress_line(loading, app.now));
    } else if app.queries.hold && app.queries.ending {
        parts.push("cancelled, but the engine still works on it".to_owned());
    } else if app.queries.hold {
        parts.push("cancelled".to_owned());
    } else if app.queries.is_slow(app.now) {
        parts.push(working(app));
    } else if let Some(elapsed) = app.queries.elapsed {
        parts.push(time::duration(elapsed.as_secs_f64()));
    }
    // From the right, parts go that would push the hint of help off the line.
    let help = fit::width("? help") + GAP;
    let room = usize::from(row.width).saturating_sub(help);
    while !parts.is_empty() {
        let line = parts.join("   ");
        if fit::width(&line) <= room {
            return paint::text(buffer, row, &line, theme.muted);
        }
        parts.pop();
    }
    0
}

/// Says that answers are on their way, and for how long from an engine.
fn working(app: &App) -> String {
    if !app.is_in_engine() {
        return app.keys().fill("working, {cancel} stops");
    }
    let waited = match app.queries.waited(app.now).unwrap_or_default().as_secs() {
        0 => String::new(),
        seconds => format!(", {}", time::duration(seconds as f64)),
    };
    let what = if app.queries.ending {
        "the engine ends a query that was cancelled"
    } else {
        "asking the engine"
    };
    app.keys().fill(&format!("{what}{waited}, {{back}} stops"))
}

/// Actions on what is selected in the bar.
const BAR_HINTS: [Action; 5] = [
    Action::ToggleRow,
    Action::Open,
    Action::InvertRow,
    Action::DeleteRow,
    Action::Back,
];

/// Keys worth knowing in the pane.
fn hints(app: &App, row: Rect, buffer: &mut Buffer, theme: &Theme) {
    if let Some(popup) = &app.popup {
        // No key of the pane does anything now. The last hint is the last one to go.
        let hints = popup.hints().into_iter();
        let mut shown: Vec<_> = hints.map(|(key, word)| (key.to_owned(), word)).collect();
        while shown.len() > 1 && hints_width(&shown) > row.width.into() {
            shown.remove(0);
        }
        draw_hints(&shown, row, buffer, theme);
        return;
    }
    if app.bar.is_some() {
        let wanted = BAR_HINTS.iter().filter(|action| {
            app.selected_chip().is_some() || matches!(action, Action::Open | Action::Back)
        });
        let wanted: Vec<Action> = wanted.cloned().collect();
        key_hints(app, &wanted, row, buffer, theme);
        return;
    }
    let mut wanted: Vec<Action> = app.pane().map(Pane::hints).unwrap_or_default();
    wanted.push(Action::Filter);
    if app.filters.versus.is_some() {
        wanted.splice(0..0, [Action::Compare, Action::SwapSides]);
    }
    if !app.trail.is_empty() {
        wanted.insert(0, Action::Back);
    }
    key_hints(app, &wanted, row, buffer, theme);
}

/// The keys of these actions, as many as there is room for. That of help is the last one to go.
/// Returns the columns taken.
pub(super) fn key_hints(
    app: &App,
    wanted: &[Action],
    row: Rect,
    buffer: &mut Buffer,
    theme: &Theme,
) -> u16 {
    let context = app.key_context();
    let hint = |action: &Action| {
        let keys = app.settings.keys.keys_of(context, action);
        let entry = entry_in(context, action)?;
        Some((keys.into_iter().next()?, entry.hint))
    };
    let mut shown: Vec<(String, &str)> = Vec::new();
    let Some(help) = hint(&Action::Help) else {
        return 0;
    };
    let mut room = usize::from(row.width).saturating_sub(hint_width(&help.0, help.1));
    for action in wanted {
        let Some(next) = hint(action) else { continue };
        let Some(left) = room.checked_sub(hint_width(&next.0, next.1) + GAP) else {
            break;
        };
        if shown.len() < 6 && !shown.contains(&next) {
            room = left;
            shown.push(next);
        }
    }
    shown.push(help);
    draw_hints(&shown, row, buffer, theme)
}

/// Columns of a key with its word.
fn hint_width(key: &str, word: &str) -> usize {
    fit::width(key) + 1 + fit::width(word)
}

fn hints_width(hints: &[(String, &str)]) -> usize {
    let widths = hints.iter().map(|(key, word)| hint_width(key, word));
    widths.sum::<usize>() + hints.len().saturating_sub(1) * GAP
}

/// Draws keys with their words at the right. Returns the columns taken.
fn draw_hints(shown: &[(String, &str)], row: Rect, buffer: &mut Buffer, theme: &Theme) -> u16 {
    let from = usize::from(row.width).saturating_sub(hints_width(shown));
    let mut spans: Vec<Span<'_>> = Vec::new();
    for (at, (key, word)) in shown.iter().enumerate() {
        if at > 0 {
            spans.push(Span::styled("   ", Style::new()));
        }
        spans.push(Span::styled(key.as_str(), theme.key));
        spans.push(Span::styled(format!(" {word}"), theme.muted));
    }
    paint::spans(buffer, paint::cut(row, from as u16).1, &spans)
}

#[cfg(test)]
mod tests {
    use super::folders;

    #[test]
    fn only_one_path_is_shown_without_its_folders() {
        for (log, name) in [
            ("/a b/c d.csv", "c d.csv"),
            ("log.csv", "log.csv"),
            ("/a/x.csv, /b/y.csv", "/a/x.csv, /b/y.csv"),
            ("read_csv('/tmp/s.csv')", "read_csv('/tmp/s.csv')"),
        ] {
            assert_eq!(&log[folders(log)..], name);
        }
    }
}
