//! Writing into a buffer without ever leaving it: what the widgets are made of. Texts are safe ones
//! (see [`crate::text::safe`]).

use super::Theme;
use crate::ui::fit;
use ratatui::buffer::{Buffer, CellDiffOption, CellWidth};
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use ratatui::text::Span;
use std::num::NonZeroU16;
use std::ops::Range;
use unicode_segmentation::UnicodeSegmentation;

/// The part of `area` that is in the buffer.
pub fn clip(area: Rect, buffer: &Buffer) -> Rect {
    area.intersection(buffer.area)
}

/// One row of an area; empty where it has no such row.
pub fn row(area: Rect, row: usize) -> Rect {
    let at = u16::try_from(row).unwrap_or(u16::MAX);
    if at >= area.height {
        return Rect::new(area.x, area.bottom(), area.width, 0);
    }
    Rect::new(area.x, area.y + at, area.width, 1)
}

/// An area without its first `rows`.
pub fn below(area: Rect, rows: u16) -> Rect {
    let rows = rows.min(area.height);
    Rect::new(area.x, area.y + rows, area.width, area.height - rows)
}

/// The first `rows` of an area.
pub fn top(area: Rect, rows: u16) -> Rect {
    let height = rows.min(area.height);
    Rect { height, ..area }
}

/// The areas of the first `columns` and of the rest.
pub fn cut(area: Rect, columns: u16) -> (Rect, Rect) {
    let columns = columns.min(area.width);
    (
        Rect::new(area.x, area.y, columns, area.height),
        Rect::new(area.x + columns, area.y, area.width - columns, area.height),
    )
}

/// Writes a text into the first row of an area, cut to fit. Gives the columns it took.
pub fn text(buffer: &mut Buffer, area: Rect, content: &str, style: Style) -> u16 {
    let area = clip(area, buffer);
    if area.is_empty() {
        return 0;
    }
    if fit::is_wide() {
        return wide_text(buffer, area, content, style);
    }
    let (end, _) = buffer.set_stringn(area.x, area.y, content, area.width.into(), style);
    end - area.x
}

/// As [`text`], where characters of ambiguous width take two columns, of which the buffer does not know.
fn wide_text(buffer: &mut Buffer, area: Rect, content: &str, style: Style) -> u16 {
    let mut x = area.x;
    for grapheme in content.graphemes(true) {
        let width = fit::grapheme_width(grapheme) as u16;
        if width > area.right() - x {
            break;
        }
        if width == 0 {
            continue;
        }
        let known = grapheme.cell_width() == width;
        let forced = NonZeroU16::new(width).filter(|_| !known);
        let cell = &mut buffer[(x, area.y)];
        cell.set_symbol(grapheme).set_style(style);
        cell.set_diff_option(forced.map_or(CellDiffOption::None, CellDiffOption::ForcedWidth));
        for hidden in x + 1..x + width {
            buffer[(hidden, area.y)].reset();
        }
        x += width;
    }
    x - area.x
}

/// Writes a sentence into the first row of an area, cut after a whole word where it is longer.
pub fn sentence(buffer: &mut Buffer, area: Rect, content: &str, style: Style, theme: &Theme) {
    let content = fit::truncate_words(content, area.width.into(), theme.glyphs.ellipsis);
    text(buffer, area, &content, style);
}

/// Writes spans one after the other into the first row of an area. Gives the columns they took.
pub fn spans(buffer: &mut Buffer, area: Rect, content: &[Span<'_>]) -> u16 {
    let mut taken = 0;
    for span in content {
        let (_, rest) = cut(area, taken);
        taken += text(buffer, rest, &span.content, span.style);
    }
    taken
}

/// Writes a text at the right end of the first row of an area, cut to fit.
pub fn text_right(buffer: &mut Buffer, area: Rect, content: &str, style: Style) {
    let columns = fit::width(content);
    let blanks = usize::from(area.width).saturating_sub(columns);
    let (_, rest) = cut(area, blanks as u16);
    text(buffer, rest, content, style);
}

/// Fills the first row of an area with one symbol of width one.
pub fn fill(buffer: &mut Buffer, area: Rect, symbol: &str, style: Style) {
    let area = clip(area, buffer);
    for position in row(area, 0).positions() {
        put(buffer, position, symbol, style);
    }
}

/// One symbol at a place, if that is inside `area` and the buffer.
pub fn symbol(
    buffer: &mut Buffer,
    area: Rect,
    at: impl Into<Position>,
    symbol: &str,
    style: Style,
) {
    let at = at.into();
    if clip(area, buffer).contains(at) {
        put(buffer, at, symbol, style);
    }
}

/// Puts a symbol of width one into a cell, which may have had a wide one.
fn put(buffer: &mut Buffer, at: Position, symbol: &str, style: Style) {
    let cell = &mut buffer[at];
    cell.set_symbol(symbol).set_style(style);
    cell.set_diff_option(CellDiffOption::None);
}

/// Empties an area: blanks of one style, whatever was there. A wide character that reached into it
/// from the left goes as a whole.
pub fn blank(buffer: &mut Buffer, area: Rect, style: Style) {
    let area = clip(area, buffer);
    let before = area.x.checked_sub(1).filter(|x| *x >= buffer.area.x);
    for y in area.top()..area.bottom() {
        if let Some(x) = before.filter(|x| fit::width(buffer[(*x, y)].symbol()) > 1) {
            let style = buffer[(x, y)].style();
            put(buffer, Position::new(x, y), " ", style);
        }
    }
    for position in area.positions() {
        let cell = &mut buffer[position];
        cell.reset();
        cell.set_style(style);
    }
}

/// Lays a style over an area.
pub fn restyle(buffer: &mut Buffer, area: Rect, style: Style) {
    buffer.set_style(clip(area, buffer), style);
}

/// Lays a style over some columns of an area, counted from its left edge.
pub fn restyle_columns(buffer: &mut Buffer, area: Rect, columns: Range<usize>, style: Style) {
    let (_, from) = cut(area, columns.start as u16);
    restyle(buffer, cut(from, columns.len() as u16).0, style);
}

/// Gives every cell of an area one style, whatever it had before.
pub fn overwrite(buffer: &mut Buffer, area: Rect, style: Style) {
    for position in clip(area, buffer).positions() {
        let cell = &mut buffer[position];
        cell.set_style(Style::reset().patch(style));
    }
}

/// A heading: text, then a line to the end of the row.
pub fn heading(buffer: &mut Buffer, area: Rect, content: &str, style: Style, theme: &Theme) {
    let content = fit::truncate_end(content, area.width.into(), theme.glyphs.ellipsis);
    let taken = text(buffer, area, &content, style);
    let (_, rest) = cut(area, if taken == 0 { 0 } else { taken + 1 });
    fill(buffer, rest, theme.glyphs.horizontal, theme.border);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_characters_take_two_cells() {
        let area = Rect::new(0, 0, 6, 1);
        let mut buffer = Buffer::filled(area, ratatui::buffer::Cell::new("#"));
        // The width is that of the terminal, which a test cannot change: characters that are wide on all.
        assert_eq!(wide_text(&mut buffer, area, "a日b日x", Style::new()), 6);
        let symbols: Vec<&str> = buffer
            .content()
            .iter()
            .map(ratatui::buffer::Cell::symbol)
            .collect();
        assert_eq!(symbols, ["a", "日", " ", "b", "日", " "]);
        assert_eq!(
            wide_text(&mut buffer, Rect { width: 2, ..area }, "a日", Style::new()),
            1
        );
    }

    #[test]
    fn nothing_leaves_the_buffer() {
        let inside = Rect::new(0, 0, 4, 2);
        for area in [
            Rect::new(0, 0, 0, 0),
            Rect::new(3, 1, 10, 10),
            Rect::new(9, 9, 3, 3),
            Rect::new(0, 0, 40, 1),
        ] {
            let mut buffer = Buffer::empty(inside);
            text(&mut buffer, area, "日本語 text", Style::new());
            text_right(&mut buffer, area, "right", Style::new());
            fill(&mut buffer, area, "#", Style::new());
            symbol(&mut buffer, area, (9, 9), "x", Style::new());
            restyle(&mut buffer, area, Style::new());
            restyle_columns(&mut buffer, area, 2..9, Style::new());
            overwrite(&mut buffer, area, Style::new());
            heading(&mut buffer, area, "head", Style::new(), &Theme::default());
            spans(&mut buffer, area, &[Span::raw("ab"), Span::raw("cd")]);
            let _ = (row(area, 3), below(area, 7), cut(area, 9));
        }
    }
}
