//! Contents of the terminal's screen and its change to the next frame: only changed cells are
//! written, in one piece, between the marks that make a terminal show them at once.

use super::encode;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

/// Begin and end of a frame; a terminal that does not know them ignores them.
// Between these the terminal shows nothing of the update; those that do not know them ignore them.
const BEGIN: &str = "\x1b[?2026h";
const END: &str = "\x1b[?2026l";

/// The screen.
#[derive(Debug, Default)]
pub struct Screen {
    shown: Buffer,
    next: Buffer,
    cursor: Option<Position>,
    /// The contents of the terminal are unknown.
    lost: bool,
}

impl Screen {
    /// A screen of that size with unknown content.
    pub fn new(width: u16, height: u16) -> Self {
        let mut screen = Screen::default();
        screen.resize(width, height);
        screen
    }

    /// The terminal has another size now.
    pub fn resize(&mut self, width: u16, height: u16) {
        let area = Rect::new(0, 0, width, height);
        if self.next.area != area {
            self.shown = Buffer::empty(area);
            self.next = Buffer::empty(area);
        }
        self.lost = true;
    }

    /// Marks the contents of the terminal as unknown: the next frame draws every cell.
    pub fn forget(&mut self) {
        self.lost = true;
    }

    /// Draws a frame; `draw` paints everything and says where the cursor is. Gives the bytes to be
    /// written; none where nothing changed.
    pub fn frame(&mut self, draw: impl FnOnce(&mut Buffer) -> Option<Position>) -> Option<String> {
        self.next.reset();
        let cursor = draw(&mut self.next);
        let mut out = String::from(BEGIN);
        if self.lost {
            // The sequence clears the terminal, so that every cell but the blank ones differs.
            self.shown.reset();
            out.push_str("\x1b[0m\x1b[2J");
        } else if self.cursor.is_some() {
            // The cursor would be seen running over the screen.
            out.push_str("\x1b[?25l");
        }
        let before = out.len();
        encode::changes(&self.shown, &self.next, &mut out);
        // Many keys change nothing that is seen, and then nothing is sent.
        if out.len() == before && !self.lost && cursor == self.cursor {
            return None;
        }
        match cursor {
            Some(at) => {
                encode::move_to(at.x, at.y, &mut out);
                out.push_str("\x1b[?25h");
            }
            None if self.lost => out.push_str("\x1b[?25l"),
            None => {}
        }
        out.push_str(END);
        self.cursor = cursor;
        self.lost = false;
        std::mem::swap(&mut self.shown, &mut self.next);
        Some(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ratatui::style::Style;

    #[test]
    fn only_changes_are_written() {
        let mut screen = Screen::new(10, 2);
        let first = screen.frame(|b| {
            b.set_string(0, 0, "abc", Style::new());
            None
        });
        assert_eq!(
            first.as_deref(),
            Some("\x1b[?2026h\x1b[0m\x1b[2J\x1b[1Habc\x1b[?25l\x1b[?2026l")
        );
        let same = screen.frame(|b| {
            b.set_string(0, 0, "abc", Style::new());
            None
        });
        assert_eq!(same, None);
        let cursor = screen.frame(|b| {
            b.set_string(0, 0, "abx", Style::new());
            Some(Position::new(3, 0))
        });
        assert_eq!(
            cursor.as_deref(),
            Some("\x1b[?2026h\x1b[1;3Hx\x1b[1;4H\x1b[?25h\x1b[?2026l")
        );
        screen.forget();
        let all = screen.frame(|b| {
            b.set_string(0, 0, "abx", Style::new());
            None
        });
        assert!(all.is_some_and(|out| out.contains("abx") && out.contains("\x1b[2J")));
    }
}
