//! The popup that chooses the columns of a list: the chosen ones in their order, then those on offer.
//! Letters find; each change is shown at once.

use super::{Popup, PopupOutcome, PopupRow};
use crate::input::{Action, Chord, ColumnChoice, Key};
use crate::panes::ColumnsOnOffer;

/// Width of a column that is set for the first time, and steps by which it grows.
const WIDTH: u16 = 12;
const STEP: u16 = 2;
const WIDTHS: (u16, u16) = (4, 120);

/// The rows of the popup: the chosen columns, then the others.
pub(super) fn rows(columns: &ColumnsOnOffer) -> Vec<PopupRow> {
    let chosen = columns.chosen.iter().map(|choice| {
        let width = choice.width.map(|width| format!("width {width}"));
        let frozen = choice.frozen.then(|| "frozen".to_owned());
        let notes: Vec<String> = width.into_iter().chain(frozen).collect();
        PopupRow {
            right: notes.join(", "),
            ..PopupRow::fact("[x]", choice.name.clone())
        }
    });
    let others = columns.others.iter();
    let others = others.map(|name| PopupRow::fact("[ ]", name.clone()));
    chosen.chain(others).collect()
}

impl Popup {
    /// Carries out a key on the column under the cursor; `None` where it is for the search or a move.
    pub(super) fn column_key(&mut self, chord: Chord) -> Option<PopupOutcome> {
        let plain = !chord.ctrl && !chord.alt;
        match chord.key {
            Key::Enter | Key::Char(' ') if plain => self.toggle(),
            Key::Left if plain => self.shift(false),
            Key::Right if plain => self.shift(true),
            Key::Char('<') if plain => self.resize(false),
            Key::Char('>') if plain => self.resize(true),
            Key::Char('|') if plain => self.freeze(),
            Key::Delete if plain => {
                return Some(PopupOutcome::Keep(Action::SetColumns(Vec::new())));
            }
            _ => return None,
        }
        Some(PopupOutcome::Keep(Action::SetColumns(
            self.columns.chosen.clone(),
        )))
    }

    /// Position of the row under the cursor among all rows.
    fn row_at(&self) -> Option<usize> {
        self.matching.get(self.cursor).copied()
    }

    /// The chosen column under the cursor.
    fn choice(&mut self) -> Option<&mut ColumnChoice> {
        let at = self.row_at()?;
        self.columns.chosen.get_mut(at)
    }

    fn toggle(&mut self) {
        let Some(at) = self.row_at() else { return };
        let n = self.columns.chosen.len();
        if at >= n {
            let name = self.columns.others.remove(at - n);
            self.columns.chosen.push(ColumnChoice {
                name,
                ..ColumnChoice::default()
            });
            self.arrange(n);
        } else if n > 1 {
            let choice = self.columns.chosen.remove(at);
            self.columns.others.insert(0, choice.name);
            self.arrange(n - 1);
        }
    }

    fn shift(&mut self, right: bool) {
        let Some(at) = self.row_at() else { return };
        let to = if right { at + 1 } else { at.wrapping_sub(1) };
        let n = self.columns.chosen.len();
        if at < n && to < n {
            self.columns.chosen.swap(at, to);
            self.arrange(to);
        }
    }

    fn resize(&mut self, wider: bool) {
        let Some(at) = self.row_at() else { return };
        let Some(choice) = self.choice() else { return };
        let width = choice.width.unwrap_or(WIDTH);
        let width = if wider {
            width.saturating_add(STEP)
        } else {
            width.saturating_sub(STEP)
        };
        choice.width = Some(width.clamp(WIDTHS.0, WIDTHS.1));
        self.arrange(at);
    }

    fn freeze(&mut self) {
        let Some(at) = self.row_at() else { return };
        let Some(choice) = self.choice() else { return };
        choice.frozen = !choice.frozen;
        self.arrange(at);
    }

    /// Makes the rows anew, with the cursor on the row of that position.
    fn arrange(&mut self, row: usize) {
        self.rows = rows(&self.columns);
        self.search();
        let at = self.matching.iter().position(|matching| *matching == row);
        self.cursor = at.unwrap_or(0);
    }
}
