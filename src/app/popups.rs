//! Popups: one list of rows for help, palette, menus, messages and details. Holds rows, cursor and
//! search text; the terminal draws it, and the chosen row's action is carried out like any other.

use super::effect::Effect;
use super::model::App;
use super::news::Severity;
use super::search;
use super::update::update;
use crate::input::{ACTIONS, ANYWHERE, Action, Chord, Entry, Key, Line};
use std::time::Duration;

/// How a popup takes keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PopupKind {
    /// Text to read; `/` searches.
    Text,
    /// Letters search at once.
    Palette,
    /// Digits choose.
    Menu,
}

/// A row of a popup.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PopupRow {
    /// Left column: keys, a name, a number.
    pub left: String,
    /// The text.
    pub text: String,
    /// Right column.
    pub right: String,
    /// What Enter does.
    pub run: Option<Action>,
    /// A heading: no text of its own, and left out of what a search finds.
    pub heading: bool,
    /// To be drawn as an error.
    pub error: bool,
}

/// A popup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Popup {
    /// How it takes keys.
    pub kind: PopupKind,
    /// On its border.
    pub title: String,
    /// All rows.
    pub rows: Vec<PopupRow>,
    /// What is searched for.
    pub query: Line,
    /// Whether keys go to the search text.
    pub searching: bool,
    /// The cursor, among the rows that match.
    pub cursor: usize,
    /// Positions of the rows that match.
    pub matching: Vec<usize>,
}

impl Popup {
    fn new(kind: PopupKind, title: impl Into<String>, rows: Vec<PopupRow>) -> Self {
        let mut popup = Popup {
            kind,
            title: title.into(),
            rows,
            query: Line::default(),
            searching: kind == PopupKind::Palette,
            cursor: 0,
            matching: Vec::new(),
        };
        popup.search();
        popup
    }

    /// The rows that match, in the order shown.
    pub fn shown(&self) -> impl Iterator<Item = &PopupRow> {
        self.matching.iter().filter_map(|at| self.rows.get(*at))
    }

    /// The row under the cursor.
    pub fn chosen(&self) -> Option<&PopupRow> {
        self.rows.get(*self.matching.get(self.cursor)?)
    }

    fn search(&mut self) {
        let query = self.query.text();
        self.matching = if query.trim().is_empty() {
            (0..self.rows.len()).collect()
        } else {
            let texts: Vec<String> = self.rows.iter().map(PopupRow::searched).collect();
            search::ranked(query, texts.iter().map(String::as_str))
        };
        self.cursor = self.first_choice();
    }

    /// The first row that is not a heading.
    fn first_choice(&self) -> usize {
        let first = self.shown().position(|row| !row.heading);
        first.unwrap_or(0)
    }

    fn move_by(&mut self, rows: isize) {
        let last = self.matching.len().saturating_sub(1);
        self.cursor = self.cursor.saturating_add_signed(rows).min(last);
        // Headings are stepped over, in the same direction where there is room.
        let step: isize = if rows < 0 { -1 } else { 1 };
        while self.chosen().is_some_and(|row| row.heading) {
            let next = self.cursor.saturating_add_signed(step);
            if next == self.cursor || next > last {
                self.cursor = self.first_choice();
                return;
            }
            self.cursor = next;
        }
    }
}

impl PopupRow {
    fn searched(&self) -> String {
        if self.heading {
            return String::new();
        }
        format!("{} {} {}", self.left, self.text, self.right)
    }

    fn heading(text: &str) -> Self {
        PopupRow {
            text: text.to_owned(),
            heading: true,
            ..PopupRow::default()
        }
    }

    fn fact(left: impl Into<String>, text: impl Into<String>) -> Self {
        PopupRow {
            left: left.into(),
            text: text.into(),
            ..PopupRow::default()
        }
    }
}

/// A key while a popup is open.
pub(super) fn key(app: &mut App, chord: Chord) -> Vec<Effect> {
    let Some(popup) = &mut app.popup else {
        return Vec::new();
    };
    let digit = match chord.text() {
        Some(c) if popup.kind == PopupKind::Menu => c.to_digit(10),
        _ => None,
    };
    if let Some(digit) = digit {
        let at = (digit as usize).wrapping_sub(1);
        if at < popup.matching.len() {
            popup.cursor = at;
            return choose(app);
        }
        return Vec::new();
    }
    if popup.searching && popup.query.key(chord) {
        popup.search();
        return Vec::new();
    }
    move_or_close(app, chord)
}

fn move_or_close(app: &mut App, chord: Chord) -> Vec<Effect> {
    const PAGE: isize = 10;
    let Some(popup) = &mut app.popup else {
        return Vec::new();
    };
    let chord = if popup.searching {
        chord
    } else {
        chord.folded().unwrap_or(chord)
    };
    let bare = !chord.ctrl && !chord.alt;
    match chord.key {
        Key::Enter => return choose(app),
        Key::Esc => app.popup = None,
        Key::Char('q' | '?') if bare => app.popup = None,
        Key::Char('/') if bare => popup.searching = true,
        Key::Char('c') if chord.ctrl => app.popup = None,
        Key::Up | Key::Char('k') => popup.move_by(-1),
        Key::Char('p') if chord.ctrl => popup.move_by(-1),
        Key::Down | Key::Char('j') => popup.move_by(1),
        Key::Char('n') if chord.ctrl => popup.move_by(1),
        Key::Tab if chord.shift => popup.move_by(-1),
        Key::Tab => popup.move_by(1),
        Key::PageUp => popup.move_by(-PAGE),
        Key::PageDown => popup.move_by(PAGE),
        Key::Char('u' | 'b') if chord.ctrl => popup.move_by(-PAGE),
        Key::Char('d' | 'f') if chord.ctrl => popup.move_by(PAGE),
        Key::Home | Key::Char('g') => popup.cursor = popup.first_choice(),
        Key::End | Key::Char('G') => popup.move_by(isize::MAX),
        _ => {}
    }
    Vec::new()
}

/// Enter: the popup closes, and the action of the row is carried out.
fn choose(app: &mut App) -> Vec<Effect> {
    let Some(popup) = &app.popup else {
        return Vec::new();
    };
    let row_number: Option<usize> = match popup.kind {
        PopupKind::Palette => popup.query.text().trim().parse().ok(),
        _ => None,
    };
    let action = match row_number {
        Some(n) => Some(Action::GoToRow(n)),
        None => popup.chosen().and_then(|row| row.run.clone()),
    };
    match action {
        Some(action) => {
            app.popup = None;
            update(app, action)
        }
        // Text without an action stays open: Enter would else close what is being read.
        None => Vec::new(),
    }
}

/// Opens the popup that an action asks for; gives the action back where it asks for none.
pub(super) fn open(app: &mut App, action: Action) -> Option<Action> {
    let popup = match action {
        Action::Help => help(app),
        Action::Palette => palette(app),
        Action::Messages => messages(app),
        Action::LogDetails => log_details(app)?,
        Action::CopyMenu => copy_menu(),
        Action::SortMenu => match sort_menu(app) {
            Some(popup) => popup,
            None => {
                app.tell("Nothing to sort here");
                return None;
            }
        },
        other => return Some(other),
    };
    app.popup = Some(popup);
    None
}

/// A popup that shows the command that prints the view.
pub(super) fn show_command(app: &mut App, command: String) {
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
    match entry.action {
        Action::GoToPane(n) => n < app.tabs().len(),
        _ => entry.context == ANYWHERE || entry.context == app.key_context(),
    }
}

/// The sentence of an action; that of a pane names it.
fn sentence(app: &App, entry: &Entry) -> String {
    if let Action::GoToPane(n) = entry.action {
        let tab = app.tabs().get(n).and_then(|at| app.desk.panes.get(*at));
        if let Some(pane) = tab {
            return format!("{}: {}", pane.spec().title, pane.spec().help);
        }
    }
    entry.doc.to_owned()
}

fn entry_row(app: &App, entry: &'static Entry) -> PopupRow {
    PopupRow {
        left: app.settings.keys.keys_of_entry(entry).join(", "),
        text: sentence(app, entry),
        right: entry.name.to_owned(),
        run: Some(entry.action.clone()),
        ..PopupRow::default()
    }
}

/// The keys of this pane first, then all others by group.
fn help(app: &App) -> Popup {
    let here = app.pane().map(|pane| pane.hints()).unwrap_or_default();
    let context = app.key_context();
    let is_here =
        |e: &Entry| (e.context == context && e.context != ANYWHERE) || here.contains(&e.action);
    let mut rows = Vec::new();
    let title = app.spec().map_or("Here", |spec| spec.title);
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
        crate::input::EDIT_KEYS
            .iter()
            .map(|(keys, _, doc)| PopupRow::fact(*keys, *doc)),
    );
    rows.extend(
        super::prompt::KEYS
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
        right: app.settings.keys.keys_of_entry(e).join(", "),
        run: Some(e.action.clone()),
        ..PopupRow::default()
    });
    Popup::new(PopupKind::Palette, "Commands", rows.collect())
}

fn copy_menu() -> Popup {
    let copies = [
        Action::CopyRow,
        Action::CopyCell,
        Action::CopyView,
        Action::CopyCommand,
    ];
    let rows = copies.iter().enumerate().filter_map(|(n, action)| {
        let entry = crate::input::entry_of(action)?;
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
        text: (*title).to_owned(),
        run: Some(Action::SortBy(n)),
        ..PopupRow::default()
    });
    let mut popup = Popup::new(PopupKind::Menu, "Sort by", rows.collect());
    popup.cursor = pane.place().sort.min(columns.len() - 1);
    Some(popup)
}

fn messages(app: &App) -> Popup {
    let mut rows: Vec<PopupRow> = app
        .news
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

fn log_details(app: &App) -> Option<Popup> {
    let log = app.log.as_ref()?;
    let mut rows = vec![
        PopupRow::fact("log", log.name.clone()),
        PopupRow::fact("events", group_digits(log.events)),
        PopupRow::fact("cases", group_digits(log.cases)),
        PopupRow::fact("variants", group_digits(log.variants)),
        PopupRow::fact("activities", group_digits(log.activities.len() as u64)),
        PopupRow::fact("rejected", group_digits(log.rejected)),
        PopupRow::fact("memory", format!("{:.1} MB", log.bytes as f64 / 1e6)),
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
    rows.extend(
        log.mapping
            .iter()
            .map(|(role, from)| PopupRow::fact(role.clone(), from.clone())),
    );
    if !log.warnings.is_empty() {
        rows.push(PopupRow::heading("Warnings"));
        rows.extend(log.warnings.iter().map(|w| PopupRow::fact("", w.clone())));
    }
    rows.push(PopupRow::heading("Columns"));
    rows.extend(log.columns.iter().map(|column| {
        let kind = format!("{:?} of {:?}s", column.kind, column.level).to_lowercase();
        PopupRow::fact(column.name.to_string(), kind)
    }));
    Some(Popup::new(PopupKind::Text, "Log", rows))
}

/// `1234567` as `1,234,567`.
pub(super) fn group_digits(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    out
}
