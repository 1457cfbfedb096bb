//! Keeps what is typed while an action waits for the rows that it acts on.

use super::model::{App, Typed};
use crate::input::Key;

/// Most keys and pasted texts that wait for an answer.
const MOST_WAITING: usize = 64;

/// Keeps what was typed until the action that waits was carried out. `false` for a key that ends the
/// waiting.
pub(super) fn wait(app: &mut App, typed: Typed) -> bool {
    let Some(waiting) = &mut app.waiting else {
        return false;
    };
    match typed {
        Typed::Key(chord) if chord.key == Key::Char('c') && chord.ctrl => {
            app.waiting = None;
            return false;
        }
        Typed::Key(chord) if chord.key == Key::Esc => {
            app.waiting = None;
            app.notify("The keys that waited for an answer are dropped");
        }
        typed if waiting.typed.len() < MOST_WAITING => waiting.typed.push(typed),
        _ => app.notify("Too many keys wait for an answer; esc drops them"),
    }
    true
}
