//! The terminal's screen, and its change to the next frame as bytes.

use super::encode::Encoder;
use ratatui::Terminal;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect, Size};

/// The screen.
#[derive(Debug)]
pub struct Screen(Terminal<Encoder>);

impl Screen {
    /// A screen of that size with unknown content.
    pub fn new(width: u16, height: u16) -> Self {
        let Ok(terminal) = Terminal::new(Encoder::new(Size::new(width, height)));
        Screen(terminal)
    }

    /// The terminal has another size now.
    pub fn resize(&mut self, width: u16, height: u16) {
        self.0.backend_mut().resize(Size::new(width, height));
        let Ok(()) = self.0.resize(Rect::new(0, 0, width, height));
    }

    /// Marks the contents of the terminal as unknown: the next frame draws every cell.
    pub fn forget(&mut self) {
        let Ok(()) = self.0.clear();
    }

    /// Draws a frame; `draw` paints everything and says where the cursor is. Gives the bytes to be
    /// written; none where nothing changed.
    pub fn frame(&mut self, draw: impl FnOnce(&mut Buffer) -> Option<Position>) -> Option<String> {
        let Ok(_) = self.0.draw(|frame| {
            if let Some(cursor) = draw(frame.buffer_mut()) {
                frame.set_cursor_position(cursor);
            }
        });
        self.0.backend_mut().take()
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
