//! Which actions wait for the rows that they are about, and keeps what is typed until then.

use super::model::{App, Typed};
use crate::input::{Action, Key};

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

/// Returns whether an action is about the item under the cursor or the rows that are there: where the
/// first row is, the newest answer says.
fn acts_on_item(action: &Action) -> bool {
    use Action::*;
    matches!(
        action,
        Open | Keep
            | Drop
            | Predict
            | Split
            | ToggleRow
            | MarkCase
            | AddNote
            | EditTags
            | CopyRow
            | CopyCell
            | CopyView
            | Explain
            | ShowRow
            | Top
            | Bottom
            | GoToRow(_)
    )
}

/// Returns whether an action moves the cursor, or is about the period under it.
pub(super) fn moves(action: &Action) -> bool {
    use Action::*;
    let others = matches!(
        action,
        MoveLeft | MoveRight | FindNext | FindPrevious | NextWait | PreviousWait | ZoomIn | ZoomOut
    );
    others || moves_rows(action)
}

/// Returns whether an action moves the cursor to another row.
pub(super) fn moves_rows(action: &Action) -> bool {
    use Action::*;
    let pages = matches!(action, PageUp | PageDown | HalfPageUp | HalfPageDown);
    pages || matches!(action, MoveUp | MoveDown)
}

/// Returns whether an action has to wait for the rows that it is about.
pub(super) fn is_too_early(app: &mut App, action: &Action) -> bool {
    acts_on_item(action) && !app.is_answered() || moves(action) && !app.can_move()
}
