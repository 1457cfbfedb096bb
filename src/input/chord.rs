//! A key with its modifiers, and how it is written: `ctrl-f`, `pgdn`, `}`, `g g`. One spelling serves
//! configuration, hints and documentation. Knows nothing of terminals.

use std::fmt;
use std::str::FromStr;

/// A key of the keyboard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Key {
    /// A key that types this character; Shift is already in it.
    Char(char),
    /// A function key, from 1.
    F(u8),
    /// Return.
    Enter,
    /// Escape.
    Esc,
    /// Tab.
    Tab,
    /// Backspace.
    Backspace,
    /// Delete.
    Delete,
    /// Insert.
    Insert,
    /// Home.
    Home,
    /// End.
    End,
    /// Page up.
    PageUp,
    /// Page down.
    PageDown,
    /// Arrow up.
    Up,
    /// Arrow down.
    Down,
    /// Arrow left.
    Left,
    /// Arrow right.
    Right,
}

/// Keys with a name of their own; the first name of a key is the one that is printed.
const NAMES: &[(&str, Key)] = &[
    ("enter", Key::Enter),
    ("return", Key::Enter),
    ("esc", Key::Esc),
    ("escape", Key::Esc),
    ("tab", Key::Tab),
    ("backspace", Key::Backspace),
    ("del", Key::Delete),
    ("delete", Key::Delete),
    ("ins", Key::Insert),
    ("insert", Key::Insert),
    ("home", Key::Home),
    ("end", Key::End),
    ("pgup", Key::PageUp),
    ("pageup", Key::PageUp),
    ("pgdn", Key::PageDown),
    ("pagedown", Key::PageDown),
    ("up", Key::Up),
    ("down", Key::Down),
    ("left", Key::Left),
    ("right", Key::Right),
    ("space", Key::Char(' ')),
];

/// A key pressed together with modifiers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Chord {
    /// The key.
    pub key: Key,
    /// Control held.
    pub ctrl: bool,
    /// Alt (or Meta) held.
    pub alt: bool,
    /// Shift held; never set for characters, which bear it themselves.
    pub shift: bool,
}

/// A text that names no chord.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a key (write \"x\", \"ctrl-x\", \"alt-x\", \"pgdn\", \"f1\", \"space\")")]
pub struct ChordError(pub String);

impl Chord {
    /// The key without modifiers.
    pub const fn plain(key: Key) -> Self {
        Chord {
            key,
            ctrl: false,
            alt: false,
            shift: false,
        }
    }

    /// The character this chord types in a text prompt; none with Control or Alt.
    pub fn text(self) -> Option<char> {
        match self.key {
            Key::Char(c) if !self.ctrl && !self.alt && !c.is_control() => Some(c),
            _ => None,
        }
    }

    /// The chord of the same place on a Latin keyboard, for letters of other scripts.
    pub fn folded(self) -> Option<Self> {
        let Key::Char(c) = self.key else { return None };
        let latin = latin_in_place_of(c)?;
        Some(Chord {
            key: Key::Char(latin),
            ..self
        })
    }
}

/// Letters of other layouts, and what stands in the same place on a US keyboard.
const LAYOUTS: &[(&str, &str)] = &[
    // Russian, then what Ukrainian and Belarusian have in other places.
    (
        "ёйцукенгшщзхъфывапролджэячсмитьбю",
        "`qwertyuiop[]asdfghjkl;'zxcvbnm,.",
    ),
    (
        "ЁЙЦУКЕНГШЩЗХЪФЫВАПРОЛДЖЭЯЧСМИТЬБЮ",
        "~QWERTYUIOP{}ASDFGHJKL:\"ZXCVBNM<>",
    ),
    ("іїєґўІЇЄҐЎ", "s]'\\oS}\"|O"),
    // Greek.
    ("ςερτυθιοπασδφγηξκλζχψωβνμ", "wertyuiopasdfghjklzxcvbnm"),
    ("ΕΡΤΥΘΙΟΠΑΣΔΦΓΗΞΚΛΖΧΨΩΒΝΜ", "ERTYUIOPASDFGHJKLZXCVBNM"),
    // Hebrew has no letter case.
    ("קראטוןםפשדגכעיחלךזסבהנמצתץף", "ertyuiopasdfghjklzxcvbnm,.;"),
];

fn latin_in_place_of(c: char) -> Option<char> {
    if c.is_ascii() {
        return None;
    }
    LAYOUTS.iter().find_map(|(other, latin)| {
        let place = other.chars().position(|o| o == c)?;
        latin.chars().nth(place)
    })
}

impl fmt::Display for Chord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (held, name) in [
            (self.ctrl, "ctrl-"),
            (self.alt, "alt-"),
            (self.shift, "shift-"),
        ] {
            if held {
                f.write_str(name)?;
            }
        }
        match (NAMES.iter().find(|(_, key)| *key == self.key), self.key) {
            (Some((name, _)), _) => f.write_str(name),
            (None, Key::Char(c)) => write!(f, "{c}"),
            (None, Key::F(n)) => write!(f, "f{n}"),
            (None, _) => Ok(()),
        }
    }
}

impl FromStr for Chord {
    type Err = ChordError;

    fn from_str(text: &str) -> Result<Self, ChordError> {
        // Any key: it is replaced once the modifiers are read.
        let mut chord = Chord::plain(Key::Esc);
        let mut rest = text;
        loop {
            let (flag, name) = match rest {
                r if r.starts_with("ctrl-") => (&mut chord.ctrl, "ctrl-"),
                r if r.starts_with("alt-") => (&mut chord.alt, "alt-"),
                r if r.starts_with("shift-") => (&mut chord.shift, "shift-"),
                _ => break,
            };
            *flag = true;
            rest = &rest[name.len()..];
        }
        chord.key = parse_key(rest).ok_or_else(|| ChordError(text.to_owned()))?;
        if let (Key::Char(c), true) = (chord.key, chord.shift) {
            chord.key = Key::Char(c.to_ascii_uppercase());
            chord.shift = false;
        }
        Ok(chord)
    }
}

fn parse_key(text: &str) -> Option<Key> {
    let mut chars = text.chars();
    let first = chars.next()?;
    if chars.next().is_none() {
        return (!first.is_control()).then_some(Key::Char(first));
    }
    let lower = text.to_ascii_lowercase();
    if let Some((_, key)) = NAMES.iter().find(|(name, _)| *name == lower) {
        return Some(*key);
    }
    let number: u8 = lower.strip_prefix('f')?.parse().ok()?;
    (1..=24).contains(&number).then_some(Key::F(number))
}

/// Reads a sequence of chords separated by spaces: `g g`.
///
/// # Errors
/// Where a word is not a chord, or there is none.
pub fn parse_chords(text: &str) -> Result<Vec<Chord>, ChordError> {
    let chords: Result<Vec<_>, _> = text.split_whitespace().map(str::parse).collect();
    match chords {
        Ok(chords) if chords.is_empty() => Err(ChordError(text.to_owned())),
        other => other,
    }
}

/// Prints a sequence of chords as [`parse_chords`] reads it.
pub fn print_chords(chords: &[Chord]) -> String {
    let words: Vec<String> = chords.iter().map(ToString::to_string).collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_printed_can_be_read() {
        for text in [
            "j",
            "G",
            "}",
            "-",
            "+",
            "ctrl--",
            "ctrl-f",
            "alt-b",
            "shift-tab",
            "pgdn",
            "f1",
            "f12",
            "space",
            "enter",
            "esc",
            "ctrl-alt-x",
            "й",
            "shift-left",
        ] {
            let chord: Chord = text.parse().expect(text);
            assert_eq!(chord.to_string(), text);
        }
        assert_eq!(
            print_chords(&parse_chords("g  g").expect("two keys")),
            "g g"
        );
    }

    #[test]
    fn shift_is_in_the_letter() {
        assert_eq!("shift-g".parse::<Chord>(), "G".parse());
    }

    #[test]
    fn nonsense_is_refused() {
        for text in ["", "ctrl-", "hyper-x", "f0", "f99", "xy", "\u{1b}"] {
            assert!(text.parse::<Chord>().is_err(), "{text:?}");
        }
        assert!(parse_chords("  ").is_err());
    }

    #[test]
    fn letters_of_other_scripts_fold_by_their_place() {
        let fold = |c| Chord::plain(Key::Char(c)).folded().map(|f| f.to_string());
        assert_eq!(fold('о').as_deref(), Some("j"));
        assert_eq!(fold('П').as_deref(), Some("G"));
        assert_eq!(fold('і').as_deref(), Some("s"));
        assert_eq!(fold('ξ').as_deref(), Some("j"));
        assert_eq!(fold('ш').as_deref(), Some("i"));
        assert_eq!(fold('j'), None);
        assert_eq!(fold('漢'), None);
    }

    #[test]
    fn layout_tables_are_of_one_length() {
        for (other, latin) in LAYOUTS {
            assert_eq!(other.chars().count(), latin.chars().count(), "{other}");
        }
    }
}
