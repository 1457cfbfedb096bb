//! A line of text being edited, with the keys of readline. Moves by what a reader sees as one
//! character. Knows no prompt and draws nothing.
//!
//! Own code, as rustyline and reedline read the terminal and draw themselves. Here keys come as chords
//! of the key map, and completion and drawing belong to the prompt.

use super::chord::{Chord, Key};
use unicode_segmentation::UnicodeSegmentation;

/// A change of a line or of the cursor in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edit {
    /// Cursor to the start.
    Start,
    /// Cursor to the end.
    End,
    /// Cursor one character to the left.
    Left,
    /// Cursor one character to the right.
    Right,
    /// Cursor one word to the left.
    WordLeft,
    /// Cursor one word to the right.
    WordRight,
    /// Delete the character before the cursor.
    DeleteBefore,
    /// Delete the character under the cursor.
    DeleteUnder,
    /// Delete the word before the cursor.
    DeleteWord,
    /// Delete all before the cursor.
    DeleteToStart,
    /// Delete all from the cursor on.
    DeleteToEnd,
}

/// The keys of every text prompt, with a word for help.
pub const EDIT_KEYS: &[(&str, Edit, &str)] = &[
    ("ctrl-a", Edit::Start, "start of the line"),
    ("home", Edit::Start, "start of the line"),
    ("ctrl-e", Edit::End, "end of the line"),
    ("end", Edit::End, "end of the line"),
    ("left", Edit::Left, "one character to the left"),
    ("ctrl-b", Edit::Left, "one character to the left"),
    ("right", Edit::Right, "one character to the right"),
    ("ctrl-f", Edit::Right, "one character to the right"),
    ("alt-b", Edit::WordLeft, "one word to the left"),
    ("ctrl-left", Edit::WordLeft, "one word to the left"),
    ("alt-f", Edit::WordRight, "one word to the right"),
    ("ctrl-right", Edit::WordRight, "one word to the right"),
    (
        "backspace",
        Edit::DeleteBefore,
        "delete the character before",
    ),
    ("ctrl-h", Edit::DeleteBefore, "delete the character before"),
    (
        "del",
        Edit::DeleteUnder,
        "delete the character under the cursor",
    ),
    (
        "ctrl-d",
        Edit::DeleteUnder,
        "delete the character under the cursor",
    ),
    ("ctrl-w", Edit::DeleteWord, "delete the word before"),
    ("alt-backspace", Edit::DeleteWord, "delete the word before"),
    (
        "ctrl-u",
        Edit::DeleteToStart,
        "delete to the start of the line",
    ),
    ("ctrl-k", Edit::DeleteToEnd, "delete to the end of the line"),
];

/// Longest text a prompt takes, in bytes: a paste of a whole file is cut here.
const LONGEST: usize = 64 * 1024;

/// A line and the cursor in it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Line {
    text: String,
    /// In bytes; always at the boundary of a character.
    cursor: usize,
}

impl Line {
    /// A line with the cursor at its end.
    pub fn new(text: impl Into<String>) -> Self {
        let text = text.into();
        let cursor = text.len();
        Line { text, cursor }
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The cursor, in bytes of the text.
    pub fn cursor(&self) -> usize {
        self.cursor
    }

    /// Replaces the text; the cursor goes to the boundary at or before `cursor`.
    pub fn set(&mut self, text: impl Into<String>, cursor: usize) {
        self.text = text.into();
        let mut at = cursor.min(self.text.len());
        while !self.text.is_char_boundary(at) {
            at -= 1;
        }
        self.cursor = at;
    }

    /// Inserts text at the cursor. Line ends and tabs become spaces, other control characters are
    /// left out, and what would make the line longer than 64 KiB is cut.
    pub fn insert(&mut self, text: &str) {
        let room = LONGEST.saturating_sub(self.text.len());
        let clean: String = text
            // A line that was copied brings its end along.
            .trim_end_matches(['\r', '\n'])
            .chars()
            .filter_map(|c| match c {
                '\n' | '\t' => Some(' '),
                c if c.is_control() => None,
                c => Some(c),
            })
            .scan(0, |len, c| {
                *len += c.len_utf8();
                (*len <= room).then_some(c)
            })
            .collect();
        self.text.insert_str(self.cursor, &clean);
        self.cursor += clean.len();
    }

    /// Takes a key: text is inserted, keys of [`EDIT_KEYS`] edit. `false` where it is neither.
    pub fn key(&mut self, chord: Chord) -> bool {
        if let Some(c) = chord.text() {
            self.insert(c.encode_utf8(&mut [0; 4]));
            return true;
        }
        let Some(edit) = edit_of(chord) else {
            return false;
        };
        self.edit(edit);
        true
    }

    /// Edits.
    pub fn edit(&mut self, edit: Edit) {
        let at = self.cursor;
        match edit {
            Edit::Start => self.cursor = 0,
            Edit::End => self.cursor = self.text.len(),
            Edit::Left => self.cursor = self.before(at),
            Edit::Right => self.cursor = self.after(at),
            Edit::WordLeft => self.cursor = self.word_before(at),
            Edit::WordRight => self.cursor = self.word_after(at),
            Edit::DeleteBefore => self.delete(self.before(at), at),
            Edit::DeleteUnder => self.delete(at, self.after(at)),
            Edit::DeleteWord => self.delete(self.word_before(at), at),
            Edit::DeleteToStart => self.delete(0, at),
            Edit::DeleteToEnd => self.delete(at, self.text.len()),
        }
    }

    fn delete(&mut self, from: usize, to: usize) {
        self.text.replace_range(from..to, "");
        self.cursor = from;
    }

    fn before(&self, at: usize) -> usize {
        let last = self.text[..at].graphemes(true).next_back();
        at - last.map_or(0, str::len)
    }

    fn after(&self, at: usize) -> usize {
        let next = self.text[at..].graphemes(true).next();
        at + next.map_or(0, str::len)
    }

    fn word_before(&self, at: usize) -> usize {
        let head = self.text[..at].trim_end_matches(|c: char| !c.is_alphanumeric());
        head.trim_end_matches(char::is_alphanumeric).len()
    }

    fn word_after(&self, at: usize) -> usize {
        let tail = self.text[at..].trim_start_matches(|c: char| !c.is_alphanumeric());
        self.text.len() - tail.trim_start_matches(char::is_alphanumeric).len()
    }
}

fn edit_of(chord: Chord) -> Option<Edit> {
    // Readline keys are few; reading their names again for each key press costs microseconds.
    let name = chord.to_string();
    if chord.key == Key::Esc {
        return None;
    }
    EDIT_KEYS
        .iter()
        .find(|(keys, _, _)| *keys == name)
        .map(|(_, edit, _)| *edit)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Types `keys` into `text` with the cursor at `|`, and gives the same notation back.
    fn edited(text: &str, keys: &str) -> String {
        let at = text.find('|').expect("a cursor");
        let mut line = Line::default();
        line.set(text.replacen('|', "", 1), at);
        for chord in crate::input::parse_chords(keys).expect("keys") {
            assert!(line.key(chord), "{chord} does nothing");
        }
        let mut out = line.text().to_owned();
        out.insert(line.cursor(), '|');
        out
    }

    #[test]
    fn readline_keys_do_as_in_readline() {
        for (before, keys, after) in [
            ("ab|c", "x", "abx|c"),
            ("ab|c", "space", "ab |c"),
            ("ab|c", "ctrl-a", "|abc"),
            ("ab|c", "ctrl-e", "abc|"),
            ("ab|c", "ctrl-u", "|c"),
            ("ab|c", "ctrl-k", "ab|"),
            ("ab|c", "backspace", "a|c"),
            ("ab|c", "del", "ab|"),
            ("|abc", "backspace left", "|abc"),
            ("abc|", "del right", "abc|"),
            ("one \"two\" |three", "ctrl-w", "one \"|three"),
            ("one two|", "alt-b alt-b", "|one two"),
            ("|one two", "alt-f", "one| two"),
            ("дом|", "left", "до|м"),
            ("e\u{301}x|", "left left", "|e\u{301}x"),
            ("👩‍👧|", "backspace", "|"),
        ] {
            assert_eq!(edited(before, keys), after, "{before} {keys}");
        }
    }

    #[test]
    fn pasted_text_is_cleaned_and_cut() {
        let mut line = Line::default();
        line.insert("a\tb\u{1b}[31m\nc\n");
        assert_eq!(line.text(), "a b[31m c");
        line.insert(&"x".repeat(LONGEST * 2));
        assert_eq!(line.text().len(), LONGEST);
    }

    #[test]
    fn other_keys_are_left_to_the_prompt() {
        let mut line = Line::new("x");
        for keys in ["enter", "esc", "tab", "ctrl-t", "alt-x", "f1"] {
            assert!(!line.key(keys.parse().expect("a key")), "{keys}");
        }
    }
}
