//! From changed cells to the bytes that a terminal understands: cursor moves, styles, characters.
//! Uses only what every terminal since the VT100 has, plus the 16, 256 and RGB color codes.

use crate::ui::fit;
use ratatui::backend::{Backend, ClearType, WindowSize};
use ratatui::buffer::Cell;
use ratatui::layout::{Position, Size};
use ratatui::style::{Color, Modifier};
use std::convert::Infallible;
use std::fmt::Write;

/// A style as the terminal holds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Pen {
    fg: Color,
    bg: Color,
    modifier: Modifier,
}

impl Pen {
    const PLAIN: Pen = Pen {
        fg: Color::Reset,
        bg: Color::Reset,
        modifier: Modifier::empty(),
    };

    fn of(cell: &Cell) -> Self {
        Pen {
            fg: cell.fg,
            bg: cell.bg,
            modifier: cell.modifier,
        }
    }
}

/// Modifiers and the codes that set them.
const MODIFIERS: &[(Modifier, &str)] = &[
    (Modifier::BOLD, ";1"),
    (Modifier::DIM, ";2"),
    (Modifier::ITALIC, ";3"),
    (Modifier::UNDERLINED, ";4"),
    (Modifier::REVERSED, ";7"),
    (Modifier::CROSSED_OUT, ";9"),
];

// Between these the terminal shows nothing of the update; those that do not know them ignore them.
const BEGIN: &str = "\x1b[?2026h";
const END: &str = "\x1b[?2026l";

/// What ratatui draws as bytes, a frame at a time: only changed cells, in one piece, between the marks that make a
/// terminal show them at once.
///
/// ratatui hands over no cells that stay: where one to four of them stand between two changes, writing them once more
/// would take 2 % fewer bytes than the cursor move in their place (21 key presses at 120x36, 64,674 to 65,895 bytes).
#[derive(Debug, Default)]
pub struct Encoder {
    size: Size,
    out: String,
    /// Where the cursor of the terminal is, if it is to be seen, and where the frame wants it.
    cursor: Option<Position>,
    wanted: Option<Position>,
    /// The contents of the terminal are unknown.
    lost: bool,
    /// Some cell of the frame changed.
    changed: bool,
}

impl Encoder {
    /// For a terminal of that size with unknown content.
    pub fn new(size: Size) -> Self {
        Encoder {
            size,
            lost: true,
            ..Encoder::default()
        }
    }

    /// The terminal has another size now.
    pub fn resize(&mut self, size: Size) {
        self.size = size;
    }

    /// The bytes of the frame; none where nothing changed.
    pub fn take(&mut self) -> Option<String> {
        let out = std::mem::take(&mut self.out);
        (!out.is_empty()).then_some(out)
    }
}

impl Backend for Encoder {
    type Error = Infallible;

    fn draw<'a, I>(&mut self, cells: I) -> Result<(), Infallible>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        self.out.push_str(BEGIN);
        if self.lost {
            // The sequence clears the terminal, so that every cell but the blank ones differs.
            self.out.push_str("\x1b[0m\x1b[2J");
        } else if self.cursor.is_some() {
            // The cursor would be seen running over the screen.
            self.out.push_str("\x1b[?25l");
        }
        let before = self.out.len();
        put(cells, &mut self.out);
        self.changed = self.out.len() > before;
        Ok(())
    }

    fn hide_cursor(&mut self) -> Result<(), Infallible> {
        self.wanted = None;
        Ok(())
    }

    fn show_cursor(&mut self) -> Result<(), Infallible> {
        // It is shown where it is set.
        Ok(())
    }

    fn get_cursor_position(&mut self) -> Result<Position, Infallible> {
        Ok(self.cursor.unwrap_or_default())
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, at: P) -> Result<(), Infallible> {
        self.wanted = Some(at.into());
        Ok(())
    }

    fn clear(&mut self) -> Result<(), Infallible> {
        self.lost = true;
        Ok(())
    }

    fn clear_region(&mut self, _: ClearType) -> Result<(), Infallible> {
        self.clear()
    }

    fn size(&self) -> Result<Size, Infallible> {
        Ok(self.size)
    }

    fn window_size(&mut self) -> Result<WindowSize, Infallible> {
        Ok(WindowSize {
            columns_rows: self.size,
            pixels: Size::default(),
        })
    }

    /// Ends the frame.
    fn flush(&mut self) -> Result<(), Infallible> {
        // Many keys change nothing that is seen, and then nothing is sent.
        if !self.changed && !self.lost && self.wanted == self.cursor {
            self.out.clear();
            return Ok(());
        }
        match self.wanted {
            Some(at) => {
                move_to(at.x, at.y, &mut self.out);
                self.out.push_str("\x1b[?25h");
            }
            None if self.lost => self.out.push_str("\x1b[?25l"),
            None => {}
        }
        self.out.push_str(END);
        self.cursor = self.wanted;
        self.lost = false;
        Ok(())
    }
}

/// Appends changed cells. The pen is plain before that and after it.
fn put<'a>(cells: impl Iterator<Item = (u16, u16, &'a Cell)>, out: &mut String) {
    let mut pen = Pen::PLAIN;
    let mut cursor = None;
    for (x, y, cell) in cells {
        go_to(x, y, cursor, out);
        let wanted = Pen::of(cell);
        if wanted != pen {
            set_pen(wanted, out);
            pen = wanted;
        }
        out.push_str(cell.symbol());
        cursor = sure_width(cell.symbol()).map(|columns| (x.saturating_add(columns), y));
    }
    // What follows the frame, as the move of the cursor, must not depend on its last style.
    if pen != Pen::PLAIN {
        out.push_str("\x1b[0m");
    }
}

/// Goes to a cell in the cheapest way: forward along the row, or to the place.
fn go_to(to_x: u16, to_y: u16, from: Option<(u16, u16)>, out: &mut String) {
    // Writing to a String does not fail.
    let _ = match from.filter(|from| from.1 == to_y && from.0 <= to_x) {
        None => {
            move_to(to_x, to_y, out);
            Ok(())
        }
        Some((x, _)) if x == to_x => Ok(()),
        Some((x, _)) if x + 1 == to_x => write!(out, "\x1b[C"),
        Some((x, _)) => write!(out, "\x1b[{}C", to_x - x),
    };
}

/// Columns that a symbol takes on every terminal. Terminals disagree on emoji and on what is made of
/// several characters: after such a one the cursor is placed anew, so that a wrong guess shifts
/// nothing but itself.
fn sure_width(symbol: &str) -> Option<u16> {
    let mut chars = symbol.chars();
    let (c, None) = (chars.next()?, chars.next()) else {
        return None;
    };
    let columns = fit::grapheme_width(symbol);
    let sure = match c {
        ' '..='~' => true,
        // Letters, punctuation, arrows, lines and blocks.
        '\u{a1}'..='\u{25ff}' => columns == 1,
        // Ideographs, kana, hangul and full-width forms.
        '\u{3000}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' | '\u{ff01}'..='\u{ff60}' => columns == 2,
        _ => false,
    };
    sure.then_some(columns as u16)
}

/// Appends a cursor move; columns and rows from 0.
pub fn move_to(x: u16, y: u16, out: &mut String) {
    // The sequence counts from 1.
    let (row, column) = (u32::from(y) + 1, u32::from(x) + 1);
    // Writing to a String does not fail.
    let _ = match column {
        1 => write!(out, "\x1b[{row}H"),
        _ => write!(out, "\x1b[{row};{column}H"),
    };
}

fn set_pen(pen: Pen, out: &mut String) {
    // A reset first, so that a style does not depend on the one before it.
    out.push_str("\x1b[0");
    for (modifier, code) in MODIFIERS {
        if pen.modifier.contains(*modifier) {
            out.push_str(code);
        }
    }
    color(pen.fg, 30, out);
    color(pen.bg, 40, out);
    out.push('m');
}

/// Appends the code of a color; `base` is 30 for text and 40 for the background.
fn color(color: Color, base: u8, out: &mut String) {
    let bright = base + 60;
    let code = match color {
        // The reset has set it.
        Color::Reset => return,
        Color::Black => base,
        Color::Red => base + 1,
        Color::Green => base + 2,
        Color::Yellow => base + 3,
        Color::Blue => base + 4,
        Color::Magenta => base + 5,
        Color::Cyan => base + 6,
        Color::Gray => base + 7,
        Color::DarkGray => bright,
        Color::LightRed => bright + 1,
        Color::LightGreen => bright + 2,
        Color::LightYellow => bright + 3,
        Color::LightBlue => bright + 4,
        Color::LightMagenta => bright + 5,
        Color::LightCyan => bright + 6,
        Color::White => bright + 7,
        Color::Indexed(n) => {
            let _ = write!(out, ";{};5;{n}", base + 8);
            return;
        }
        Color::Rgb(r, g, b) => {
            let _ = write!(out, ";{};2;{r};{g};{b}", base + 8);
            return;
        }
    };
    let _ = write!(out, ";{code}");
}

#[cfg(test)]
mod tests {
    use super::*;
    use ratatui::buffer::Buffer;
    use ratatui::layout::Rect;
    use ratatui::style::Style;

    fn drawn(draw: impl FnOnce(&mut Buffer)) -> String {
        let area = Rect::new(0, 0, 10, 2);
        let (before, mut after) = (Buffer::empty(area), Buffer::empty(area));
        draw(&mut after);
        let mut out = String::new();
        put(before.diff_iter(&after), &mut out);
        out
    }

    #[test]
    fn runs_share_one_move_and_one_style() {
        let bold = Style::new().fg(Color::Red).add_modifier(Modifier::BOLD);
        let out = drawn(|buffer| {
            buffer.set_string(2, 1, "ab", bold);
            buffer.set_string(4, 1, "c", Style::new());
        });
        assert_eq!(out, "\x1b[2;3H\x1b[0;1;31mab\x1b[0mc");
    }

    #[test]
    fn gaps_are_crossed_in_the_cheapest_way() {
        let red = Style::new().fg(Color::Red);
        let out = drawn(|buffer| {
            buffer.set_string(0, 0, "a b", Style::new());
            buffer.set_string(9, 0, "c", Style::new());
            buffer.set_string(0, 1, "d", red);
            buffer.set_string(3, 1, "e", red);
        });
        assert_eq!(
            out,
            "\x1b[1Ha\x1b[Cb\x1b[6Cc\x1b[2H\x1b[0;31md\x1b[2Ce\x1b[0m"
        );
    }

    #[test]
    fn the_cursor_is_placed_anew_after_doubtful_widths() {
        let out = drawn(|buffer| {
            buffer.set_string(0, 0, "日я─b", Style::new());
            buffer.set_string(0, 1, "🙂ae\u{301}b", Style::new());
        });
        assert_eq!(out, "\x1b[1H日я─b\x1b[2H🙂\x1b[2;3Hae\u{301}\x1b[2;5Hb");
    }

    #[test]
    fn colors_have_their_codes() {
        let code = |c| {
            let mut out = String::new();
            color(c, 40, &mut out);
            out
        };
        assert_eq!(code(Color::Cyan), ";46");
        assert_eq!(code(Color::LightRed), ";101");
        assert_eq!(code(Color::Indexed(9)), ";48;5;9");
        assert_eq!(code(Color::Rgb(1, 2, 3)), ";48;2;1;2;3");
    }
}
