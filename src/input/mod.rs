//! Keys and actions. Stands alone: no domain word, no terminal.

mod action;
mod chord;
mod defaults;
mod docs;
mod keymap;
mod line;

pub use action::{Action, ColumnChoice};
pub use chord::{Chord, ChordError, Key, parse_chords, print_chords};
pub use defaults::{ACTIONS, ANYWHERE, CONTEXTS, Entry, entry_in, entry_of};
pub use docs::markdown;
pub use keymap::{KeyChange, KeyRow, Keymap, KeymapError, Keys, Resolved};
pub use line::{EDIT_KEYS, Edit, Line};
