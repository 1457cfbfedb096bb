//! Overlays of the pane: a text prompt with its completions, a popup, the menu of what may follow
//! a prefix key.

use crate::app::{App, Layout, Popup, Prompt, PromptKind, Verdict, Wanted};
use crate::input::print_chords;
use crate::panes::texts;
use crate::text::{count, counted, safe};
use crate::ui::widgets::popup::Kind;
use crate::ui::widgets::{Anchor, InputLine, Note, Popup as PopupBox, PopupRow};
use crate::ui::{Theme, fit, paint};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use std::borrow::Cow;
use std::collections::BTreeSet;

/// Draws what lies over the pane; gives where the cursor is.
pub fn draw(app: &App, layout: &Layout, buffer: &mut Buffer, theme: &Theme) -> Option<Position> {
    let mut cursor = None;
    if let Some(prompt) = &app.prompt {
        cursor = draw_prompt(app, prompt, layout, buffer, theme);
    }
    if app.shows_key_menu() {
        draw_key_menu(app, above(layout), buffer, theme);
    }
    match &app.popup {
        Some(popup) => draw_popup(popup, layout, buffer, theme),
        None => cursor,
    }
}

/// The screen above the last line.
fn above(layout: &Layout) -> Rect {
    Rect::new(
        0,
        0,
        layout.body.width,
        layout.status.y.max(layout.body.bottom()),
    )
}

fn draw_prompt(
    app: &App,
    prompt: &Prompt,
    layout: &Layout,
    buffer: &mut Buffer,
    theme: &Theme,
) -> Option<Position> {
    let label = match (&prompt.kind, prompt.is_on_events()) {
        (PromptKind::Find { .. }, _) => "find: ",
        (PromptKind::Stages, _) => "stages: ",
        (PromptKind::Text(Wanted::TimeFormat), _) => "time format: ",
        (PromptKind::Text(Wanted::ActivityName), _) => "activity of all rows: ",
        (PromptKind::Text(Wanted::Title(_)), _) => "title: ",
        (PromptKind::Text(wanted), _) if wanted.is_file() => "file: ",
        (PromptKind::Text(Wanted::Milestone), _) => "milestone: ",
        (PromptKind::Text(Wanted::Note), _) => "note: ",
        (PromptKind::Text(Wanted::Tags), _) => "tags: ",
        (PromptKind::Text(Wanted::AsOf), _) => "as of: ",
        (PromptKind::Text(Wanted::Reference), _) => "reference: ",
        (PromptKind::Versus, _) => "versus: ",
        (_, true) => "events: ",
        (_, false) => "filter: ",
    };
    let message = said_of(app, prompt);
    let style = match prompt.verdict_now() {
        // While one types, a text is mostly unfinished, which is no error yet.
        Some(Verdict::Wrong { .. }) if prompt.entered => theme.bad,
        Some(Verdict::Leaves(_)) => theme.good,
        _ => theme.muted,
    };
    let span = match prompt.verdict_now() {
        Some(Verdict::Wrong { span, .. }) => Some(span.clone()),
        _ => None,
    };
    let line = InputLine {
        label,
        text: prompt.line.text(),
        cursor: prompt.line.cursor(),
        note: Some(Note {
            message: &message,
            span,
            style,
            marks: prompt.entered,
        }),
    };
    let cursor = line.draw(layout.prompt, buffer, theme);
    if prompt.line.text().is_empty() {
        let (_, room) = paint::cut(paint::row(layout.prompt, 0), fit::width(label) as u16 + 1);
        draw_examples(app, prompt, room, buffer, theme);
    }
    let column = fit::width(label) + completed_from(prompt, &line);
    draw_completions(prompt, column, layout, buffer, theme);
    cursor
}

/// Draws filters made of the log into the empty filter line, as many as fit whole.
fn draw_examples(app: &App, prompt: &Prompt, room: Rect, buffer: &mut Buffer, theme: &Theme) {
    let (PromptKind::Filter { .. } | PromptKind::Versus, Some(log)) = (&prompt.kind, &app.log)
    else {
        return;
    };
    let examples = if prompt.is_on_events() {
        &log.examples.events
    } else {
        &log.examples.cases
    };
    let mut shown = String::new();
    for example in examples {
        let before = if shown.is_empty() { "as " } else { "   " };
        let longer = format!("{shown}{before}{}", safe(example));
        if fit::width(&longer) <= room.width.into() {
            shown = longer;
        }
    }
    paint::text(buffer, room, &shown, theme.muted);
}

/// The cases that a prompt asks a note or tags for, with their tags.
fn noted_cases(app: &App) -> String {
    let cases = match app.noted.first() {
        Some(case) if app.noted.len() == 1 => texts::crumb("case", case),
        _ => counted(app.noted.len() as u64, "case", "cases"),
    };
    let tags: BTreeSet<&str> = app
        .noted
        .iter()
        .flat_map(|case| app.notes.tags(case))
        .collect();
    let tags: Vec<Cow<'_, str>> = tags.into_iter().map(safe).collect();
    if tags.is_empty() {
        return format!("of {cases}");
    }
    format!("of {cases}, tagged {}", tags.join(" "))
}

/// Line under the text.
fn said_of(app: &App, prompt: &Prompt) -> String {
    if matches!(prompt.kind, PromptKind::Find { .. }) {
        return match prompt.verdict_now() {
            Some(Verdict::Wrong { message, .. }) => safe(message).into_owned(),
            _ => "'exact   ^first   last$   /regex/   enter keep   esc close".to_owned(),
        };
    }
    if let PromptKind::Text(wanted) = &prompt.kind {
        if let Some(Verdict::Wrong { message, .. }) = prompt.verdict_now() {
            return safe(message).into_owned();
        }
        let text = match wanted {
            Wanted::TimeFormat => {
                "as %d.%m.%Y %H:%M:%S, epoch_s, epoch_ms, excel; empty: detect   enter   esc"
            }
            Wanted::ActivityName => "as Created; empty: from a column   enter   esc",
            Wanted::MappingFile | Wanted::RulesFile | Wanted::SessionFile => {
                "tab complete   enter write   esc close"
            }
            Wanted::ReportFile => {
                ".html with charts, .md, or .toml for cron   tab complete   enter write   esc"
            }
            Wanted::ExportFile => ".csv, .json or .md   tab complete   enter write   esc",
            Wanted::Title(_) => "empty: the usual title   enter   esc",
            Wanted::Milestone => {
                "as resolved = last \"X\" after first \"Y\"   tab complete   enter   esc close"
            }
            Wanted::Note => return format!("{}   enter write   esc close", noted_cases(app)),
            Wanted::Tags => {
                let cases = noted_cases(app);
                return format!("{cases}   -TAG removes   tab complete   enter write   esc");
            }
            Wanted::Reference => {
                "as top 3, cover 80%, variant <= 3 or claim.bpmn; empty: rules file   tab   enter   esc"
            }
            Wanted::AsOf => {
                "as 2024-04-01, 2024-04-01T12:00Z or -7d (before the end); empty: the end   enter   esc"
            }
        };
        return text.to_owned();
    }
    if prompt.kind == PromptKind::Stages && prompt.line.text().trim().is_empty() {
        return "as \"Created\" ~> \"Resolved\" within 30d   tab complete   esc close".to_owned();
    }
    if prompt.kind == PromptKind::Versus && prompt.line.text().trim().is_empty() {
        let said = match app.filters.last_of_cases() {
            Some(_) => "a filter in place of the last one: its cases are B",
            None => "a filter: its cases are A, all others are B",
        };
        return format!("{said}   tab complete   esc close");
    }
    if prompt.line.text().trim().is_empty() {
        let other = if prompt.is_on_events() {
            "cases"
        } else {
            "events"
        };
        return format!("tab complete   ctrl-t filter {other} instead   esc close");
    }
    match prompt.verdict_now() {
        Some(Verdict::Wrong { message, .. }) => safe(message).into_owned(),
        Some(Verdict::Leaves(n)) => {
            let all = app.log.as_ref().map_or(0, |log| log.cases);
            format!("leaves {n} of {} cases", count(all))
        }
        Some(Verdict::Unchecked(why)) => format!("not counted: {}", safe(why)),
        None => "...".to_owned(),
    }
}

/// The column from which the completions replace the text.
fn completed_from(prompt: &Prompt, line: &InputLine<'_>) -> usize {
    let first = prompt.completing.items.first();
    first.map_or(0, |item| line.column(item.replace.start))
}

/// Completions that are shown at most.
const COMPLETIONS: usize = 8;

fn draw_completions(
    prompt: &Prompt,
    column: usize,
    layout: &Layout,
    buffer: &mut Buffer,
    theme: &Theme,
) {
    let completing = &prompt.completing;
    // An empty line is not covered with proposals before they are asked for.
    let unasked = prompt.line.text().is_empty() && completing.chosen.is_none();
    if completing.items.is_empty() || unasked {
        return;
    }
    let chosen = completing.chosen.unwrap_or(0);
    let first = chosen.saturating_sub(COMPLETIONS - 1);
    let rows: Vec<PopupRow<'_>> = completing
        .items
        .iter()
        .skip(first)
        .take(COMPLETIONS)
        .map(|item| PopupRow {
            text: safe(&item.text),
            right: Cow::Borrowed(item.kind),
            ..PopupRow::default()
        })
        .collect();
    let popup = PopupBox {
        title: "",
        query: None,
        rows: &rows,
        cursor: completing.chosen.map(|at| at - first),
        anchor: Anchor::Bottom(column.saturating_sub(2) as u16),
    };
    let area = Rect::new(0, 0, layout.body.width, layout.prompt.y);
    popup.draw(area, buffer, theme);
}

fn draw_key_menu(app: &App, area: Rect, buffer: &mut Buffer, theme: &Theme) {
    let pending = &app.pending.chords;
    let next = app.settings.keys.continuations(app.key_context(), pending);
    let rows: Vec<PopupRow<'_>> = next
        .into_iter()
        .map(|(keys, entry)| PopupRow {
            left: Cow::Owned(keys),
            text: Cow::Borrowed(entry.doc),
            ..PopupRow::default()
        })
        .collect();
    let title = print_chords(pending);
    let popup = PopupBox {
        title: &title,
        query: None,
        rows: &rows,
        cursor: None,
        anchor: Anchor::Bottom(u16::MAX),
    };
    popup.draw(area, buffer, theme);
}

fn draw_popup(
    popup: &Popup,
    layout: &Layout,
    buffer: &mut Buffer,
    theme: &Theme,
) -> Option<Position> {
    let fault = popup.fault.iter().map(|message| PopupRow {
        text: safe(message),
        kind: Kind::Bad,
        ..PopupRow::default()
    });
    let rows: Vec<PopupRow<'_>> = popup
        .shown()
        .map(|row| PopupRow {
            left: safe(&row.left),
            text: safe(&row.text),
            right: safe(&row.right),
            kind: match (row.heading, row.error) {
                (true, _) => Kind::Heading,
                (_, true) => Kind::Bad,
                _ => Kind::Plain,
            },
        })
        .chain(fault)
        .collect();
    let searches = popup.searching;
    let cursor = searches.then(|| popup.query.cursor());
    let shown = PopupBox {
        title: &popup.title,
        query: searches.then(|| (popup.query.text(), cursor)),
        rows: &rows,
        cursor: Some(popup.cursor),
        anchor: Anchor::Center,
    };
    shown.draw(above(layout), buffer, theme)
}
