//! A line of text being typed: label, text, cursor, and beneath it a note with a caret under the
//! place it speaks of. Scrolls so that the cursor is seen.

use crate::text;
use crate::ui::theme::Theme;
use crate::ui::{fit, paint};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use std::ops::Range;
use unicode_segmentation::UnicodeSegmentation;

/// Note on the text.
#[derive(Debug, Clone)]
pub struct Note<'a> {
    /// One line, safe text.
    pub message: &'a str,
    /// The place it speaks of, in bytes of the text.
    pub span: Option<Range<usize>>,
    /// Style.
    pub style: Style,
    /// True if the place is also marked in the text.
    pub marks: bool,
}

/// The line.
#[derive(Debug, Clone)]
pub struct InputLine<'a> {
    /// Before the text, safe.
    pub label: &'a str,
    /// The text as typed.
    pub text: &'a str,
    /// The cursor, in bytes.
    pub cursor: usize,
    /// Under the text.
    pub note: Option<Note<'a>>,
}

impl InputLine<'_> {
    /// Draws into the first row of `area`, the note into the second. Gives where the cursor is.
    pub fn draw(&self, area: Rect, buffer: &mut Buffer, theme: &Theme) -> Option<Position> {
        let area = paint::clip(area, buffer);
        if area.is_empty() {
            return None;
        }
        paint::blank(buffer, area, theme.text);
        let label = paint::text(buffer, paint::row(area, 0), self.label, theme.focus);
        let (_, field) = paint::cut(area, label);
        let skip = self.skip(field.width.into());
        let shown = fit::window(&shown(self.text), skip, field.width.into());
        paint::text(buffer, paint::row(field, 0), &shown, theme.text);
        if let Some(note) = &self.note {
            let start = note.span.as_ref().map_or(0, |span| self.column(span.start));
            let from = usize::from(label) + start.saturating_sub(skip);
            if let (true, Some(span)) = (note.marks, &note.span) {
                let length = self.column(span.end).saturating_sub(start).max(1);
                let (_, at) = paint::cut(paint::row(area, 0), from as u16);
                paint::restyle(buffer, paint::cut(at, length as u16).0, note.style);
            }
            self.draw_note(note, from, paint::row(area, 1), buffer, theme);
        }
        let column =
            (self.column(self.cursor) - skip).min(usize::from(field.width.saturating_sub(1)));
        Some(Position::new(field.x + column as u16, field.y))
    }

    /// The column of the text at a byte, before scrolling; also where text is completed.
    pub fn column(&self, byte: usize) -> usize {
        let mut end = byte.min(self.text.len());
        while !self.text.is_char_boundary(end) {
            end -= 1;
        }
        fit::width(&shown(&self.text[..end]))
    }

    /// Columns scrolled out to the left.
    fn skip(&self, columns: usize) -> usize {
        self.column(self.cursor)
            .saturating_sub(columns.saturating_sub(1))
    }

    /// The caret and the message beside it; where there is no room beside it, the message alone.
    fn draw_note(
        &self,
        note: &Note<'_>,
        from: usize,
        row: Rect,
        buffer: &mut Buffer,
        theme: &Theme,
    ) {
        let columns = usize::from(row.width);
        let message = fit::width(note.message);
        let alone = fit::truncate_end(note.message, columns, theme.glyphs.ellipsis);
        let Some(span) = &note.span else {
            paint::text(buffer, row, &alone, note.style);
            return;
        };
        let length = self
            .column(span.end)
            .saturating_sub(self.column(span.start))
            .max(1);
        let to = from + length;
        let caret = "^".repeat(length);
        if to + 1 + message <= columns {
            let (_, at) = paint::cut(row, from as u16);
            paint::text(buffer, at, &format!("{caret} {}", note.message), note.style);
        } else if message < from && from < columns {
            let (_, at) = paint::cut(row, (from - message - 1) as u16);
            paint::text(buffer, at, &format!("{} {caret}", note.message), note.style);
        } else {
            paint::text(buffer, row, &alone, note.style);
        }
    }
}

/// The text as typed, with what would not be seen written out. Backslashes stay single, as one who
/// types them expects.
fn shown(typed: &str) -> String {
    let mut out = String::with_capacity(typed.len());
    for grapheme in typed.graphemes(true) {
        if grapheme == "\\" {
            out.push('\\');
        } else {
            out.push_str(&text::safe(grapheme));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::testing;

    fn line<'a>(text: &'a str, cursor: usize, note: Option<Note<'a>>) -> InputLine<'a> {
        InputLine {
            label: "filter: ",
            text,
            cursor,
            note,
        }
    }

    fn wrong(span: Range<usize>) -> Note<'static> {
        Note {
            message: "no such activity",
            span: Some(span),
            style: Style::new(),
            marks: true,
        }
    }

    #[test]
    fn the_caret_stands_under_the_place() {
        let drawn = |width, text: &str, span| {
            testing::frame(width, 2, |area, buffer| {
                line(text, 0, Some(wrong(span))).draw(area, buffer, &Theme::default());
            })
        };
        assert_eq!(
            drawn(40, "\"Escalte\"", 0..9),
            "filter: \"Escalte\"\n        ^^^^^^^^^ no such activity\n"
        );
        assert_eq!(
            drawn(40, "duration > 3d and x x x \"Aä\"", 24..29),
            "filter: duration > 3d and x x x \"Aä\"\n               no such activity ^^^^\n"
        );
        assert_eq!(drawn(12, "abcdef", 0..99), "filter: abcd\nno such act…\n");
    }

    #[test]
    fn the_cursor_is_always_seen() {
        let text = "x".repeat(100);
        let mut at = None;
        let frame = testing::frame(20, 1, |area, buffer| {
            at = line(&text, 100, None).draw(area, buffer, &Theme::default());
        });
        assert_eq!(frame, "filter: xxxxxxxxxxx\n");
        assert_eq!(at, Some(Position::new(19, 0)));
    }

    #[test]
    fn what_is_hidden_is_written_out_but_backslashes_stay() {
        assert_eq!(shown("a\\\\b \u{202e}"), "a\\\\b \\u{202e}");
    }

    #[test]
    fn no_size_panics() {
        testing::at_every_size(|area, buffer| {
            line("日本 abc", 7, Some(wrong(2..900))).draw(area, buffer, &Theme::default());
        });
    }
}
