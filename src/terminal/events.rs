//! From events of the terminal library to those of the explorer: presses only, and Shift in one
//! place whatever the terminal sends.

use crate::app::{Event, Mouse};
use crate::input::{Chord, Key};
use crossterm::event::{
    Event as Raw, KeyCode, KeyEvent, KeyEventKind, KeyModifiers, MouseButton, MouseEventKind,
};

/// The event, where the explorer knows such a one. Sizes are asked of the terminal, not taken from
/// the event, which may be older.
pub fn convert(raw: Raw) -> Option<Incoming> {
    match raw {
        Raw::Key(key) => chord(key).map(|chord| Incoming::Event(Event::Key(chord))),
        Raw::Paste(text) => Some(Incoming::Event(Event::Paste(text))),
        Raw::Resize(..) => Some(Incoming::Resized),
        Raw::Mouse(mouse) => match mouse.kind {
            MouseEventKind::Down(MouseButton::Left) => {
                Some(Incoming::Click(mouse.column, mouse.row))
            }
            MouseEventKind::ScrollUp => Some(Incoming::Event(Event::Mouse(Mouse::Wheel(-1)))),
            MouseEventKind::ScrollDown => Some(Incoming::Event(Event::Mouse(Mouse::Wheel(1)))),
            _ => None,
        },
        _ => None,
    }
}

/// Input from the terminal and from signals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Incoming {
    /// For the explorer.
    Event(Event),
    /// The left button of the mouse was pressed at this column and row.
    Click(u16, u16),
    /// The size of the terminal changed.
    Resized,
    /// The background of the terminal: red, green and blue of up to 65535.
    Background([u16; 3]),
    /// The user or another program asks for a stop (SIGTSTP).
    Stop,
    /// The program was stopped and goes on (SIGCONT): the terminal may be in any state.
    Continued,
    /// Keys cannot be read any more.
    Lost(String),
}

fn chord(event: KeyEvent) -> Option<Chord> {
    // Some terminals report that a key was let go, which would act a second time.
    if event.kind == KeyEventKind::Release {
        return None;
    }
    let ctrl = event.modifiers.contains(KeyModifiers::CONTROL);
    let alt = event.modifiers.contains(KeyModifiers::ALT);
    let mut shift = event.modifiers.contains(KeyModifiers::SHIFT);
    let key = match event.code {
        KeyCode::Char(c) => {
            let c = character(c, ctrl, shift);
            shift = false;
            Key::Char(c)
        }
        // Terminals send Shift with Tab as a key of its own.
        KeyCode::BackTab => {
            shift = true;
            Key::Tab
        }
        other => named(other)?,
    };
    Some(Chord {
        key,
        ctrl,
        alt,
        shift,
    })
}

/// With Control held, letters are small ones; else Shift makes the letter large, where the terminal
/// did not already.
fn character(c: char, ctrl: bool, shift: bool) -> char {
    if ctrl {
        c.to_ascii_lowercase()
    } else if shift && c.is_ascii_lowercase() {
        c.to_ascii_uppercase()
    } else {
        c
    }
}

fn named(code: KeyCode) -> Option<Key> {
    Some(match code {
        KeyCode::Enter => Key::Enter,
        KeyCode::Esc => Key::Esc,
        KeyCode::Tab => Key::Tab,
        KeyCode::Backspace => Key::Backspace,
        KeyCode::Delete => Key::Delete,
        KeyCode::Insert => Key::Insert,
        KeyCode::Home => Key::Home,
        KeyCode::End => Key::End,
        KeyCode::PageUp => Key::PageUp,
        KeyCode::PageDown => Key::PageDown,
        KeyCode::Up => Key::Up,
        KeyCode::Down => Key::Down,
        KeyCode::Left => Key::Left,
        KeyCode::Right => Key::Right,
        KeyCode::F(n) => Key::F(n),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pressed(code: KeyCode, modifiers: KeyModifiers) -> Option<String> {
        chord(KeyEvent::new(code, modifiers)).map(|c| c.to_string())
    }

    #[test]
    fn shift_is_uniform() {
        let shift = KeyModifiers::SHIFT;
        for (code, modifiers, name) in [
            (KeyCode::Char('G'), shift, "G"),
            (KeyCode::Char('g'), shift, "G"),
            (KeyCode::Char('G'), KeyModifiers::NONE, "G"),
            (KeyCode::Char('}'), shift, "}"),
            (KeyCode::Char('F'), KeyModifiers::CONTROL | shift, "ctrl-f"),
            (KeyCode::BackTab, shift, "shift-tab"),
            (KeyCode::BackTab, KeyModifiers::NONE, "shift-tab"),
            (KeyCode::Tab, KeyModifiers::NONE, "tab"),
            (KeyCode::Char('b'), KeyModifiers::ALT, "alt-b"),
            (KeyCode::F(5), KeyModifiers::NONE, "f5"),
        ] {
            assert_eq!(pressed(code, modifiers).as_deref(), Some(name));
        }
        assert_eq!(pressed(KeyCode::CapsLock, KeyModifiers::NONE), None);
    }

    #[test]
    fn releases_are_no_presses() {
        let mut event = KeyEvent::new(KeyCode::Char('j'), KeyModifiers::NONE);
        event.kind = KeyEventKind::Release;
        assert_eq!(chord(event), None);
        event.kind = KeyEventKind::Repeat;
        assert!(chord(event).is_some());
    }
}
