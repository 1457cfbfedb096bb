//! The background of the terminal: the question (OSC 11), and its answer among the keys. Nobody waits for the
//! answer; a terminal that gives none costs nothing.
//!
//! The library that reads keys does not know such answers and takes them for keys: Alt-], then 11;rgb:ffff/ffff/ffff,
//! then Ctrl-G or Alt-\. Only a whole answer is taken away; anything else stays what was typed.

use crossterm::event::{Event as Raw, KeyCode, KeyEventKind, KeyModifiers};
use std::time::Duration;

/// The question. It ends with BEL, which old consoles know as the end of what they do not understand.
pub const QUESTION: &str = "\x1b]11;?\x07";

/// Time after which the rest of a half answer is not expected any more: terminals send it in one piece, which a slow
/// line may cut.
pub const PATIENCE: Duration = Duration::from_secs(2);

/// Longest text of an answer, in characters: `11;rgba:` and four numbers of four digits.
const LONGEST: usize = 32;

/// Color in three parts of up to 65535.
pub type Color = [u16; 3];

/// Result of taking an event.
#[derive(Debug, PartialEq, Eq)]
pub enum Taken {
    /// It may be a part of the answer.
    Held,
    /// The answer is whole.
    Answer(Color),
    /// These are no answer.
    Events(Vec<Raw>),
}

/// Takes the answer out of the events.
#[derive(Debug, Default)]
pub struct Answer {
    held: Vec<Raw>,
    text: String,
}

impl Answer {
    /// Takes an event.
    pub fn take(&mut self, raw: Raw) -> Taken {
        let Some((c, modifiers)) = character(&raw) else {
            return self.release(raw);
        };
        if self.held.is_empty() {
            if c != ']' || modifiers != KeyModifiers::ALT {
                return Taken::Events(vec![raw]);
            }
            self.held.push(raw);
            return Taken::Held;
        }
        let ends = matches!(
            (c, modifiers),
            ('g', KeyModifiers::CONTROL) | ('\\', KeyModifiers::ALT)
        );
        if ends && let Some(color) = color(&self.text) {
            self.held.clear();
            self.text.clear();
            return Taken::Answer(color);
        }
        let is_plain = modifiers.is_empty() || modifiers == KeyModifiers::SHIFT;
        self.text.push(c);
        if !is_plain || self.text.len() > LONGEST || !may_begin(&self.text) {
            return self.release(raw);
        }
        self.held.push(raw);
        Taken::Held
    }

    /// True if events are held back.
    pub fn is_holding(&self) -> bool {
        !self.held.is_empty()
    }

    /// Gives back what was held, as the rest did not come.
    pub fn give_up(&mut self) -> Vec<Raw> {
        self.text.clear();
        std::mem::take(&mut self.held)
    }

    fn release(&mut self, raw: Raw) -> Taken {
        let mut events = self.give_up();
        events.push(raw);
        Taken::Events(events)
    }
}

/// The character of a key that was pressed.
fn character(raw: &Raw) -> Option<(char, KeyModifiers)> {
    match raw {
        Raw::Key(key) if key.kind == KeyEventKind::Press => match key.code {
            KeyCode::Char(c) => Some((c, key.modifiers)),
            _ => None,
        },
        _ => None,
    }
}

/// True if an answer may begin like that.
fn may_begin(text: &str) -> bool {
    let heads = ["11;rgb:", "11;rgba:"];
    let is_digit = |c: char| c.is_ascii_hexdigit() || c == '/';
    heads.iter().any(|head| match text.strip_prefix(head) {
        Some(rest) => rest.chars().all(is_digit),
        None => head.starts_with(text),
    })
}

/// The color of `11;rgb:ff/ff/ff`: one to four hexadecimal digits for each part, of which a fourth may follow.
fn color(text: &str) -> Option<Color> {
    let parts = text.strip_prefix("11;")?;
    let parts = parts.strip_prefix("rgb:").or(parts.strip_prefix("rgba:"))?;
    let part = |digits: &str| {
        let most = (1..=4)
            .contains(&digits.len())
            .then(|| (1u32 << (4 * digits.len())) - 1)?;
        let value = u32::from_str_radix(digits, 16).ok()?;
        u16::try_from(value * u32::from(u16::MAX) / most).ok()
    };
    let parts: Option<Vec<u16>> = parts.split('/').map(part).collect();
    match parts?.as_slice() {
        [red, green, blue] | [red, green, blue, _] => Some([*red, *green, *blue]),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crossterm::event::KeyEvent;

    /// Keys as the library makes them of bytes: `^x` with Control, `!x` with Alt.
    fn events(keys: &str) -> Vec<Raw> {
        let mut keys = keys.chars();
        let mut events = Vec::new();
        while let Some(c) = keys.next() {
            let (modifiers, c) = match c {
                '^' => (KeyModifiers::CONTROL, keys.next()),
                '!' => (KeyModifiers::ALT, keys.next()),
                c => (KeyModifiers::NONE, Some(c)),
            };
            let code = KeyCode::Char(c.expect("a key"));
            events.push(Raw::Key(KeyEvent::new(code, modifiers)));
        }
        events
    }

    /// The events that are left, and the answer.
    fn taken(keys: &str) -> (Vec<Raw>, Option<Color>) {
        let mut answer = Answer::default();
        let (mut left, mut color) = (Vec::new(), None);
        for raw in events(keys) {
            match answer.take(raw) {
                Taken::Held => {}
                Taken::Answer(found) => color = Some(found),
                Taken::Events(events) => left.extend(events),
            }
        }
        left.extend(answer.give_up());
        (left, color)
    }

    #[test]
    fn answers_are_taken_out_of_the_keys() {
        for (keys, left, color) in [
            ("!]11;rgb:ffff/ffff/ffff!\\", "", [65535; 3]),
            ("!]11;rgb:0000/2b2b/3636^g", "", [0, 0x2b2b, 0x3636]),
            ("j!]11;rgb:ff/00/80!\\k", "jk", [65535, 0, 0x8080]),
            ("!]11;rgba:0000/0000/0000/ffff!\\q", "q", [0; 3]),
            ("!]11;rgb:f/0/0^gG", "G", [65535, 0, 0]),
        ] {
            assert_eq!(taken(keys), (events(left), Some(color)), "{keys}");
        }
    }

    #[test]
    fn what_is_no_answer_is_what_was_typed() {
        for keys in [
            "jk",
            "!]",
            "!]1",
            "!]jk",
            "!]11;rgb:",
            "!]11;rgb:!\\",
            "!]11;rgb:ffff/ffff!\\",
            "!]11;rgb:12345/0/0!\\",
            "!]11;rgb:/0/0!\\",
            "!]10;rgb:ffff/ffff/ffff!\\",
            "!]!]11",
            "!]11;rgb:ffff/ffff/ffff/ffff/ffff/ffff!\\",
            "!]11;rgb:ffff^cffff",
        ] {
            assert_eq!(taken(keys), (events(keys), None), "{keys}");
        }
    }
}
