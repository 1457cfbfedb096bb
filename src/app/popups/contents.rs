//! Contents of the popups, built on opening from the action table, the log and the
//! messages.

use super::{Popup, PopupKind, PopupRow, split};
use crate::app::columns;
use crate::app::follow::Mode;
use crate::app::load::ColumnsFrom;
use crate::app::model::App;
use crate::app::notifications::Severity;
use crate::app::prompt;
use crate::engine::LogInfo;
use crate::input::{ACTIONS, ANYWHERE, Action, EDIT_KEYS, Entry, entry_of};
use crate::panes::Pane;
use crate::text::count;
use std::time::Duration;

/// Opens the popup that an action asks for; gives the action back where it asks for none.
pub(in crate::app) fn open(app: &mut App, action: Action) -> Option<Action> {
    let popup = match action {
        Action::Help => help(app),
        Action::Palette => palette(app),
        Action::Messages => messages(app),
        Action::Alerts => alerts(app),
        Action::LogDetails => log_details(app)?,
        Action::Explain => {
            if let Some(popup) = super::explain::explain(app) {
                popup
            } else {
                app.notify("Nothing to explain here");
                return None;
            }
        }
        Action::Split => return split::by_cursor(app),
        Action::ShowSplit => return split::last(app),
        Action::Pivot => return split::second(app),
        Action::ChooseColumn => return split::rows(app),
        Action::CopyMenu => copy_menu(),
        Action::ColumnMenu => {
            if let Some(popup) = super::of_pane::menu(app) {
                popup
            } else {
                app.notify("Columns can be chosen in lists of cases");
                return None;
            }
        }
        Action::ShowRow => {
            if let Some(popup) = super::of_pane::whole_row(app) {
                popup
            } else {
                app.notify("No row here");
                return None;
            }
        }
        Action::SetColumns(columns) => {
            super::of_pane::set(app, &columns);
            return None;
        }
        Action::SortMenu => {
            if let Some(popup) = sort_menu(app) {
                popup
            } else {
                app.notify("Nothing to sort here");
                return None;
            }
        }
        other => return Some(other),
    };
    app.popup = Some(popup);
    None
}

/// A popup that shows the command that prints the view.
pub(in crate::app) fn show_command(app: &mut App, command: String) {
    let rows = vec![
        PopupRow::fact("", command),
        PopupRow::default(),
        PopupRow {
            text: "Copy it".to_owned(),
            left: app
                .settings
                .keys
                .keys_of(ANYWHERE, &Action::CopyCommand)
                .join(", "),
            run: Some(Action::CopyCommand),
            ..PopupRow::default()
        },
    ];
    let mut popup = Popup::new(PopupKind::Text, "Command that prints this view", rows);
    popup.cursor = 2;
    app.popup = Some(popup);
}

fn is_available(app: &App, entry: &Entry) -> bool {
    let context = app.key_context();
    let own = |e: &Entry| e.context == context && e.context != ANYWHERE && e.action == entry.action;
    // What the action does here is said by the entry of the context.
    if entry.context != context && (entry.context != ANYWHERE || ACTIONS.iter().any(own)) {
        return false;
    }
    if app.columns.is_some() {
        return entry.context == context || columns::is_taken(&entry.action);
    }
    match entry.action {
        Action::GoToPane(n) => {
            let pane = app.pane_numbered(n);
            pane.is_some_and(|pane| app.tabs().contains(&pane))
        }
        _ => true,
    }
}

/// The sentence of an action; that of a pane names it.
fn sentence(app: &App, entry: &Entry) -> String {
    if let Action::GoToPane(n) = entry.action {
        let tab = app
            .pane_numbered(n)
            .and_then(|at| app.workspace.panes.get(at));
        if let Some(pane) = tab {
            let help = pane.spec().help.trim_end_matches('.');
            return format!("{}: {help}", pane.spec().title);
        }
    }
    entry.doc.to_owned()
}

fn entry_row(app: &App, entry: &'static Entry) -> PopupRow {
    PopupRow {
        left: app
            .settings
            .keys
            .keys_of_entry(app.key_context(), entry)
            .join(", "),
        text: sentence(app, entry),
        right: entry.name.to_owned(),
        run: Some(entry.action.clone()),
        ..PopupRow::default()
    }
}

/// The keys of this pane first, then all others by group.
fn help(app: &App) -> Popup {
    let of_columns = app.columns.is_some();
    let pane = app.pane().filter(|_| !of_columns);
    let here = pane.map(Pane::hints).unwrap_or_default();
    let context = app.key_context();
    let is_here =
        |e: &Entry| (e.context == context && e.context != ANYWHERE) || here.contains(&e.action);
    let mut rows = Vec::new();
    let title = match app.spec() {
        _ if of_columns => "Columns",
        Some(spec) => spec.title,
        None => "Here",
    };
    let of_pane: Vec<&Entry> = ACTIONS
        .iter()
        .filter(|e| is_available(app, e) && is_here(e))
        .collect();
    if !of_pane.is_empty() {
        rows.push(PopupRow::heading(title));
        rows.extend(of_pane.iter().map(|e| entry_row(app, e)));
    }
    let mut group = "";
    for entry in ACTIONS
        .iter()
        .filter(|e| is_available(app, e) && !is_here(e))
    {
        if entry.group != group {
            group = entry.group;
            rows.push(PopupRow::heading(group));
        }
        rows.push(entry_row(app, entry));
    }
    rows.push(PopupRow::heading("Text prompts"));
    rows.extend(
        EDIT_KEYS
            .iter()
            .map(|(keys, _, doc)| PopupRow::fact(*keys, *doc)),
    );
    rows.extend(
        prompt::KEYS
            .iter()
            .map(|(keys, doc)| PopupRow::fact(*keys, *doc)),
    );
    Popup::new(PopupKind::Text, "Help", rows)
}

fn palette(app: &App) -> Popup {
    let entries = ACTIONS.iter().filter(|e| is_available(app, e));
    let rows = entries.map(|e| PopupRow {
        left: e.name.to_owned(),
        text: sentence(app, e),
        right: app
            .settings
            .keys
            .keys_of_entry(app.key_context(), e)
            .join(", "),
        run: Some(e.action.clone()),
        ..PopupRow::default()
    });
    let named = app.settings.named_filters.list.iter();
    let named = named.filter(|_| app.log.is_some() && app.columns.is_none());
    let named = named.map(|filter| PopupRow {
        run: Some(Action::AddFilter(filter.text.clone())),
        ..PopupRow::fact(format!("@{}", filter.name), filter.text.clone())
    });
    Popup::new(PopupKind::Palette, "Commands", rows.chain(named).collect())
}

/// Asks whether a file may be replaced: what asks for another file, and what replaces this one.
pub(in crate::app) fn ask_to_replace(app: &mut App, path: &str, again: Action, replace: Action) {
    let choices = [
        ("Keep it and write to another file".to_owned(), again),
        ("Replace it".to_owned(), replace),
    ];
    ask(app, format!("{path:?} already exists"), choices);
}

/// Asks which of some actions is carried out.
pub(in crate::app) fn ask(
    app: &mut App,
    title: String,
    choices: impl IntoIterator<Item = (String, Action)>,
) {
    let row = |(number, (text, action)): (u32, (String, Action))| PopupRow {
        run: Some(action),
        ..PopupRow::fact(number.to_string(), text)
    };
    let rows = (1..).zip(choices).map(row).collect();
    app.popup = Some(Popup::new(PopupKind::Menu, title, rows));
}

fn copy_menu() -> Popup {
    let copies = [
        Action::CopyRow,
        Action::CopyCell,
        Action::CopyView,
        Action::CopyCommand,
    ];
    let rows = copies.iter().enumerate().filter_map(|(n, action)| {
        let entry = entry_of(action)?;
        Some(PopupRow {
            left: (n + 1).to_string(),
            text: entry.doc.to_owned(),
            run: Some(action.clone()),
            ..PopupRow::default()
        })
    });
    Popup::new(PopupKind::Menu, "Copy", rows.collect())
}

fn sort_menu(app: &App) -> Option<Popup> {
    let pane = app.pane()?;
    let columns = pane.sort_columns();
    if columns.is_empty() {
        return None;
    }
    let rows = columns.iter().enumerate().map(|(n, title)| PopupRow {
        left: (n + 1).to_string(),
        text: title.clone(),
        run: Some(Action::SortBy(n)),
        ..PopupRow::default()
    });
    let mut popup = Popup::new(PopupKind::Menu, "Sort by", rows.collect());
    popup.cursor = pane.place().sort.min(columns.len() - 1);
    // Digits reach nine of them.
    popup.searching = true;
    Some(popup)
}

/// The alerts that fire; Enter adds the filter of the case.
fn alerts(app: &App) -> Popup {
    let rows = app.alerts.list(app.now).into_iter();
    let rows = rows.map(|alert| PopupRow {
        left: alert.name,
        text: alert.subject,
        right: alert.held,
        run: alert.filter.map(Action::AddFilter),
        ..PopupRow::default()
    });
    let mut rows: Vec<PopupRow> = rows.collect();
    if rows.is_empty() {
        let text = match app.follow.mode {
            Mode::Off => "Alerts are watched while the log is followed; {follow} follows it",
            _ => "No alert fires",
        };
        rows.push(PopupRow::fact("", app.keys().fill(text)));
    }
    Popup::new(PopupKind::Text, "Alerts", rows)
}

fn messages(app: &App) -> Popup {
    let mut rows: Vec<PopupRow> = app
        .notifications
        .all
        .iter()
        .map(|message| PopupRow {
            left: clock(message.at),
            text: message.text.clone(),
            error: message.severity == Severity::Error,
            ..PopupRow::default()
        })
        .collect();
    if rows.is_empty() {
        rows.push(PopupRow::fact("", "No messages yet"));
    }
    let mut popup = Popup::new(PopupKind::Text, "Messages", rows);
    popup.cursor = popup.rows.len() - 1;
    popup
}

/// Minutes and seconds since the start.
fn clock(at: Duration) -> String {
    let seconds = at.as_secs();
    format!(
        "{:02}:{:02}:{:02}",
        seconds / 3600,
        seconds / 60 % 60,
        seconds % 60
    )
}

/// Memory of log and index, total and per event.
fn memory(log: &LogInfo) -> String {
    let all = format!("{:.1} MB", log.bytes as f64 / 1e6);
    match log.bytes_per_event() {
        Some(bytes) => format!("{all}, {bytes:.1} bytes an event"),
        None => all,
    }
}

fn log_details(app: &App) -> Option<Popup> {
    let log = app.log.as_ref()?;
    let mut rows = vec![
        PopupRow::fact("log", log.name.clone()),
        PopupRow::fact("events", count(log.events)),
        PopupRow::fact("cases", count(log.cases)),
        PopupRow::fact("variants", count(log.variants)),
        PopupRow::fact("activities", count(log.activities.len() as u64)),
        PopupRow::fact("rejected", count(log.rejected)),
        PopupRow::fact("memory", memory(log)),
        PopupRow::fact(
            "rows are",
            if log.instances {
                "activity instances"
            } else {
                "events"
            },
        ),
    ];
    rows.push(PopupRow::heading("Mapping"));
    let from = match app.columns_from {
        ColumnsFrom::Names => "from options and column names",
        ColumnsFrom::Memory => "saved mapping for these column names",
        ColumnsFrom::User => "chosen here",
    };
    let keys = app.settings.keys.keys_of(ANYWHERE, &Action::MapColumns);
    let keys = keys.join(", ");
    rows.push(PopupRow {
        run: Some(Action::MapColumns),
        ..PopupRow::fact("columns", format!("{from}; {keys} to change"))
    });
    rows.extend(
        log.mapping
            .iter()
            .map(|(role, from)| PopupRow::fact(role.clone(), from.clone())),
    );
    if !log.warnings.is_empty() {
        rows.push(PopupRow::heading("Warnings"));
        rows.extend(
            log.warnings
                .iter()
                .map(|w| PopupRow::fact("", w.sentence.clone())),
        );
    }
    rows.push(PopupRow::heading("Columns"));
    rows.extend(log.columns.iter().map(|column| {
        let kind = format!("{:?} of {:?}s", column.kind, column.level).to_lowercase();
        PopupRow::fact(column.name.to_string(), kind)
    }));
    Some(Popup::new(PopupKind::Text, "Log", rows))
}
