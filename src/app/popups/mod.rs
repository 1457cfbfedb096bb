//! Popups: one list of rows for help, palette, menus, messages and details. Holds rows, cursor and
//! search text; the terminal draws it, and the chosen row's action is carried out like any other.

mod columns;
mod contents;
mod explain;
mod of_pane;
mod report;
mod split;

use crate::input::{Action, Chord, Key, Line};
use crate::panes::ColumnsOnOffer;
use crate::text::Matcher;

pub(super) use contents::{ask, ask_to_replace, open, show_command};
pub(super) use explain::{examples, receive_examples};
pub(super) use report::show as show_report;

/// Keys of the popup that chooses columns, with a word each.
const COLUMN_HINTS: [(&str, &str); 6] = [
    ("space", "on/off"),
    ("left right", "move"),
    ("< >", "width"),
    ("|", "freeze"),
    ("del", "usual ones"),
    ("esc", "close"),
];

/// Keys of the popup with the sections of the report, with a word each.
const REPORT_HINTS: [(&str, &str); 7] = [
    ("enter", "title"),
    ("< >", "move"),
    ("d", "take off"),
    ("c", "chart"),
    ("t", "report's title"),
    ("w", "write"),
    ("esc", "close"),
];

/// Handling of keys in a popup.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PopupKind {
    /// Text to read; `/` searches.
    Text,
    /// Letters search at once.
    Palette,
    /// Digits choose; in long ones letters search at once.
    Menu,
    /// Letters search at once; keys choose, move, widen and freeze columns.
    Columns,
    /// The values of a row; `y` copies them.
    Row,
    /// Letters search at once; one row is chosen.
    Choice,
    /// Sections of the report: keys move, name and take off, and write.
    Report,
}

/// The result of a key pressed in a popup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PopupOutcome {
    /// The popup stays open.
    Open,
    /// The popup closes.
    Close,
    /// The popup closes and the action is carried out.
    Run(Action),
    /// The popup stays open and the action is carried out.
    Keep(Action),
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
    /// Action of Enter.
    pub run: Option<Action>,
    /// A heading: no text of its own, and left out of what a search finds.
    pub heading: bool,
    /// To be drawn as an error.
    pub error: bool,
}

/// A popup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Popup {
    /// Handling of keys.
    pub kind: PopupKind,
    /// On its border.
    pub title: String,
    /// All rows.
    pub rows: Vec<PopupRow>,
    /// Search text.
    pub query: Line,
    /// True if keys go to the search text.
    pub searching: bool,
    /// The cursor, among the rows that match.
    pub cursor: usize,
    /// Positions of the rows that match.
    pub matching: Vec<usize>,
    /// Fault of the search text.
    pub fault: Option<String>,
    /// The filter of the cases to be named at its end.
    pub examples: Option<String>,
    /// The columns to choose from.
    pub columns: ColumnsOnOffer,
    /// True once columns were chosen: all that one popup changes is undone in one step.
    pub has_changed: bool,
}

impl Popup {
    fn new(kind: PopupKind, title: impl Into<String>, rows: Vec<PopupRow>) -> Self {
        let mut popup = Popup {
            kind,
            title: title.into(),
            rows,
            query: Line::default(),
            searching: matches!(
                kind,
                PopupKind::Palette | PopupKind::Columns | PopupKind::Choice
            ),
            cursor: 0,
            matching: Vec::new(),
            fault: None,
            examples: None,
            columns: ColumnsOnOffer::default(),
            has_changed: false,
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

    /// Keys that do something here, with a word each; the one that closes it comes last.
    pub fn hints(&self) -> Vec<(&'static str, &'static str)> {
        let choose = self.chosen().is_some_and(|row| row.run.is_some());
        let keys = match self.kind {
            PopupKind::Menu if self.searching => vec![("1-9", "choose"), ("a-z", "find")],
            PopupKind::Menu => vec![("1-9", "choose")],
            PopupKind::Columns => return COLUMN_HINTS.to_vec(),
            PopupKind::Report => return REPORT_HINTS.to_vec(),
            PopupKind::Row if !self.searching => vec![("/", "find"), ("y", "copy")],
            PopupKind::Text if !self.searching => vec![("/", "find"), ("j k", "move")],
            _ => vec![("up down", "move")],
        };
        let enter = choose.then_some(("enter", "choose"));
        keys.into_iter()
            .chain(enter)
            .chain([("esc", "close")])
            .collect()
    }

    fn search(&mut self) {
        let searched = |row: &PopupRow| match self.kind {
            PopupKind::Columns => row.text.clone(),
            _ => row.searched(),
        };
        let texts: Vec<String> = self.rows.iter().map(searched).collect();
        (self.matching, self.fault) = match Matcher::new(self.query.text()) {
            Ok(matcher) => (matcher.ranked(texts.iter().map(String::as_str)), None),
            Err(error) => (Vec::new(), Some(error.message)),
        };
        self.cursor = self.first_choice();
    }

    /// The first row that is not a heading.
    fn first_choice(&self) -> usize {
        let first = self.shown().position(|row| !row.heading);
        first.unwrap_or(0)
    }

    pub(super) fn move_by(&mut self, rows: isize) {
        if rows == 0 {
            return;
        }
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

impl Popup {
    /// Handles a key: searches, moves the cursor, chooses a row or closes.
    pub(super) fn key(&mut self, chord: Chord) -> PopupOutcome {
        let digit = match chord.text() {
            Some(c) if self.kind == PopupKind::Menu => c.to_digit(10),
            _ => None,
        };
        if let Some(digit) = digit {
            // 0 wraps to a place that no row has.
            let at = (digit as usize).wrapping_sub(1);
            if at < self.matching.len() {
                self.cursor = at;
                return self.choose();
            }
            return PopupOutcome::Open;
        }
        if self.kind == PopupKind::Columns
            && let Some(outcome) = self.column_key(chord)
        {
            return outcome;
        }
        if self.kind == PopupKind::Report
            && let Some(outcome) = self.report_key(chord)
        {
            return outcome;
        }
        if self.searching && self.query.key(chord) {
            self.search();
            return PopupOutcome::Open;
        }
        self.move_or_close(chord)
    }

    fn move_or_close(&mut self, chord: Chord) -> PopupOutcome {
        // A key of another keyboard layout acts as the Latin one in its place, but not where text
        // is typed.
        let chord = match chord.folded() {
            Some(latin) if !self.searching => latin,
            _ => chord,
        };
        match (chord.key, chord.ctrl) {
            (Key::Enter, _) => return self.choose(),
            (Key::Esc, _) | (Key::Char('q' | '?'), false) | (Key::Char('c'), true) => {
                return PopupOutcome::Close;
            }
            (Key::Char('y'), false) if self.kind == PopupKind::Row => {
                return PopupOutcome::Run(Action::CopyRow);
            }
            (Key::Char('/'), false) => self.searching = true,
            (Key::Home, _) | (Key::Char('g'), false) => self.cursor = self.first_choice(),
            _ => self.move_by(rows_of(chord)),
        }
        PopupOutcome::Open
    }

    /// The action of the chosen row, or of what was typed into the palette.
    pub(super) fn choose(&self) -> PopupOutcome {
        let typed = match self.kind {
            PopupKind::Palette => typed(self.query.text().trim()),
            _ => None,
        };
        let action = typed.or_else(|| self.chosen().and_then(|row| row.run.clone()));
        // A row without an action keeps the popup open: Enter would otherwise close it while it is
        // being read.
        action.map_or(PopupOutcome::Open, PopupOutcome::Run)
    }
}

/// The action of a number of a row, or of a command with its argument.
fn typed(text: &str) -> Option<Action> {
    let export = |path: &str| Action::ExportTo {
        path: path.trim().to_owned(),
        replace: false,
    };
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    // A number that is too large is beyond the last row, too.
    let row = digits.then(|| Action::GoToRow(text.parse().unwrap_or(usize::MAX)));
    row.or_else(|| text.strip_prefix("export ").map(export))
}

impl PopupRow {
    fn searched(&self) -> String {
        if self.heading {
            return String::new();
        }
        format!("{}\n{}\n{}", self.left, self.text, self.right)
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

/// The rows by which a key moves the cursor; 0 where it is not such a key.
fn rows_of(chord: Chord) -> isize {
    const PAGE: isize = 10;
    match (chord.key, chord.ctrl) {
        (Key::Tab, _) if chord.shift => -1,
        (Key::Up, _) | (Key::Char('k'), false) | (Key::Char('p'), true) => -1,
        (Key::Down | Key::Tab, _) | (Key::Char('j'), false) | (Key::Char('n'), true) => 1,
        (Key::PageUp, _) | (Key::Char('u' | 'b'), true) => -PAGE,
        (Key::PageDown, _) | (Key::Char('d' | 'f'), true) => PAGE,
        (Key::End, _) | (Key::Char('G'), false) => isize::MAX,
        _ => 0,
    }
}
