//! From changed cells to the bytes that a terminal understands: cursor moves, styles, characters.
//! Uses only what every terminal since the VT100 has, plus the 16, 256 and RGB color codes.

use crate::ui::fit;
use ratatui::buffer::{Buffer, Cell};
use ratatui::style::{Color, Modifier};
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

/// Appends what makes the frame `before` the frame `after` to `out`. The pen is plain before that and
/// after it.
pub fn changes(before: &Buffer, after: &Buffer, out: &mut String) {
    let mut pen = Pen::PLAIN;
    let mut cursor = None;
    for (x, y, cell) in before.diff_iter(after) {
        go_to(x, y, cursor, pen, after, out);
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

/// Up to this many characters take no more bytes than a cursor move forward (`ESC[nC`).
const CHEAP: u16 = 4;

/// Goes to a cell in the cheapest way: by writing once more what stands in between, forward along the
/// row, or to the place.
fn go_to(
    to_x: u16,
    to_y: u16,
    from: Option<(u16, u16)>,
    pen: Pen,
    frame: &Buffer,
    out: &mut String,
) {
    let Some((x, y)) = from.filter(|from| from.1 == to_y && from.0 <= to_x) else {
        move_to(to_x, to_y, out);
        return;
    };
    let between = || (x..to_x).filter_map(|x| frame.cell((x, y)));
    let simple = |cell: &Cell| Pen::of(cell) == pen && sure_width(cell.symbol()) == Some(1);
    match to_x - x {
        n if n <= CHEAP && between().all(simple) => out.extend(between().map(Cell::symbol)),
        n => {
            // Writing to a String does not fail.
            let _ = write!(out, "\x1b[{n}C");
        }
    }
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
    use ratatui::layout::Rect;
    use ratatui::style::Style;

    fn drawn(draw: impl FnOnce(&mut Buffer)) -> String {
        let area = Rect::new(0, 0, 10, 2);
        let (before, mut after) = (Buffer::empty(area), Buffer::empty(area));
        draw(&mut after);
        let mut out = String::new();
        changes(&before, &after, &mut out);
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
        assert_eq!(out, "\x1b[1Ha b\x1b[6Cc\x1b[2H\x1b[0;31md\x1b[2Ce\x1b[0m");
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
