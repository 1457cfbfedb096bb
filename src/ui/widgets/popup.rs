//! A box over the screen with a list in it: help, menus, messages. Rows of three columns, long texts
//! wrapped, scrolled so that the cursor's row is seen; an optional search line on top.

use super::empty::wrap;
use super::input_line::InputLine;
use super::scrollbar::scrollbar;
use crate::ui::targets::{self, Target};
use crate::ui::theme::Theme;
use crate::ui::{fit, paint};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use std::borrow::Cow;

/// Kind of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Kind {
    /// Plain.
    #[default]
    Plain,
    /// A heading of the rows below.
    Heading,
    /// Something went wrong.
    Bad,
}

/// A row; all texts are safe.
#[derive(Debug, Clone, Default)]
pub struct PopupRow<'a> {
    /// Left column.
    pub left: Cow<'a, str>,
    /// The text; wrapped where it is too long.
    pub text: Cow<'a, str>,
    /// Right column; left out where there is little room.
    pub right: Cow<'a, str>,
    /// Kind.
    pub kind: Kind,
}

/// Where the box stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Anchor {
    /// In the middle.
    Center,
    /// At the bottom, from that column on.
    Bottom(u16),
}

/// The box.
#[derive(Debug, Clone)]
pub struct Popup<'a> {
    /// On its border, safe.
    pub title: &'a str,
    /// Search text and cursor; the cursor is shown where it is given.
    pub query: Option<(&'a str, Option<usize>)>,
    /// The rows.
    pub rows: &'a [PopupRow<'a>],
    /// The row of the cursor.
    pub cursor: Option<usize>,
    /// Where it stands.
    pub anchor: Anchor,
}

/// A line of the box: a row, or a further line of its text.
struct Line<'a> {
    row: usize,
    first: bool,
    left: &'a str,
    text: Cow<'a, str>,
    right: &'a str,
}

/// Columns between the columns.
const GAP: usize = 2;

impl Popup<'_> {
    /// Draws over `area`. Gives where the cursor of the search line is.
    pub fn draw(&self, area: Rect, buffer: &mut Buffer, theme: &Theme) -> Option<Position> {
        let area = paint::clip(area, buffer);
        if area.is_empty() {
            return None;
        }
        let border = u16::from(area.width >= 12 && area.height >= 5);
        let room = usize::from(area.width.saturating_sub(2 * border));
        let widths = self.widths(room.saturating_sub(1 + 2 * usize::from(border)));
        let lines = self.lines(widths);
        let head = u16::from(self.query.is_some());
        let place = self.place(area, border, widths, lines.len());
        paint::blank(buffer, place, theme.text);
        targets::cover(place);
        if border > 0 {
            frame(place, self.title, buffer, theme);
        }
        let inner = Rect {
            x: place.x + border,
            y: place.y + border,
            width: place.width.saturating_sub(2 * border),
            height: place.height.saturating_sub(2 * border),
        };
        self.draw_lines(&lines, widths, paint::below(inner, head), buffer, theme);
        let (query, cursor) = self.query?;
        let line = InputLine {
            label: "/",
            text: query,
            cursor: cursor.unwrap_or(0),
            note: None,
        };
        let (row, _) = paint::cut(paint::row(inner, 0), inner.width);
        line.draw(row, buffer, theme).filter(|_| cursor.is_some())
    }

    /// Widths of the three columns in `room` characters.
    fn widths(&self, room: usize) -> [usize; 3] {
        let widest = |f: fn(&PopupRow<'_>) -> usize| self.rows.iter().map(f).max().unwrap_or(0);
        let plain = |row: &PopupRow<'_>| row.kind != Kind::Heading;
        let left = widest(|row| fit::width(&row.left)).min(room * 2 / 5);
        let texts = self.rows.iter().filter(|row| plain(row));
        let texts = texts.map(|row| fit::width(&row.text)).max().unwrap_or(0);
        let right = widest(|row| fit::width(&row.right));
        let gap = |columns: usize| if columns > 0 { GAP } else { 0 };
        let for_text = room.saturating_sub(left + gap(left));
        // The right column goes where texts would have to be wrapped for it.
        let beside = for_text.saturating_sub(right + gap(right));
        let right = if beside >= texts.min(60) { right } else { 0 };
        let for_text = for_text.saturating_sub(right + gap(right));
        [left, texts.clamp(1, for_text.max(1)), right]
    }

    fn lines(&self, [_, columns, _]: [usize; 3]) -> Vec<Line<'_>> {
        let mut lines = Vec::new();
        for (at, row) in self.rows.iter().enumerate() {
            let fits = row.kind == Kind::Heading || fit::width(&row.text) <= columns;
            let mut pieces = if fits {
                vec![Cow::Borrowed(row.text.as_ref())]
            } else {
                wrap(&row.text, columns)
                    .into_iter()
                    .map(Cow::Owned)
                    .collect()
            }
            .into_iter();
            lines.push(Line {
                row: at,
                first: true,
                left: &row.left,
                text: pieces.next().unwrap_or_default(),
                right: &row.right,
            });
            lines.extend(pieces.map(|text| Line {
                row: at,
                first: false,
                left: "",
                text,
                right: "",
            }));
        }
        lines
    }

    fn place(&self, area: Rect, border: u16, widths: [usize; 3], lines: usize) -> Rect {
        let columns = widths.iter().filter(|w| **w > 0).count().saturating_sub(1);
        let content = widths.iter().sum::<usize>() + columns * GAP + 3;
        let titled = fit::width(self.title) + 4;
        let searched = if self.query.is_some() { 30 } else { 0 };
        let width = content.max(titled).max(searched) + 2 * usize::from(border);
        let head = usize::from(self.query.is_some());
        let height = lines + head + 2 * usize::from(border);
        let width = width.min(area.width.into()) as u16;
        let height = height.min(area.height.into()) as u16;
        let (x, y) = match self.anchor {
            Anchor::Center => ((area.width - width) / 2, (area.height - height) / 2),
            Anchor::Bottom(x) => (x.min(area.width - width), area.height - height),
        };
        Rect::new(area.x + x, area.y + y, width, height)
    }

    fn draw_lines(
        &self,
        lines: &[Line<'_>],
        widths: [usize; 3],
        area: Rect,
        buffer: &mut Buffer,
        theme: &Theme,
    ) {
        let height = usize::from(area.height);
        let at = self
            .cursor
            .and_then(|row| lines.iter().position(|l| l.row == row));
        let last = lines.len().saturating_sub(height);
        let offset = at.map_or(0, |at| at.saturating_sub(height / 2)).min(last);
        let (inside, _) = paint::cut(area, area.width.saturating_sub(1));
        for (i, line) in lines.iter().skip(offset).take(height).enumerate() {
            targets::add(paint::row(inside, i), Target::Choice(line.row));
            self.draw_line(line, widths, paint::row(inside, i), buffer, theme);
        }
        scrollbar(offset, lines.len(), area, buffer, theme);
    }

    fn draw_line(
        &self,
        line: &Line<'_>,
        [left, columns, right]: [usize; 3],
        row: Rect,
        buffer: &mut Buffer,
        theme: &Theme,
    ) {
        let Some(content) = self.rows.get(line.row) else {
            return;
        };
        let selected = self.cursor == Some(line.row);
        let (mark, rest) = paint::cut(row, 1);
        if content.kind == Kind::Heading {
            paint::text(buffer, rest, &line.text, theme.title);
            return;
        }
        let style = match content.kind {
            Kind::Bad => theme.bad,
            _ => theme.text,
        };
        let mut put = |rest: Rect, width: usize, content: &str, style: Style| {
            if width == 0 {
                return rest;
            }
            let (cell, after) = paint::cut(rest, width as u16);
            let content = fit::truncate_end(content, width, theme.glyphs.ellipsis);
            paint::text(buffer, cell, &content, style);
            paint::cut(after, GAP as u16).1
        };
        let rest = put(rest, left, line.left, theme.key);
        let rest = put(rest, columns, &line.text, style);
        put(rest, right, line.right, theme.muted);
        if selected {
            let first = line.first;
            let symbol = if first { theme.glyphs.mark } else { " " };
            paint::text(buffer, mark, symbol, theme.selected);
            paint::overwrite(buffer, row, theme.selected);
        }
    }
}

/// A border with a title.
fn frame(place: Rect, title: &str, buffer: &mut Buffer, theme: &Theme) {
    let [top_left, top_right, bottom_left, bottom_right] = theme.glyphs.corners;
    let (left, right) = (place.x, place.right() - 1);
    let (top, bottom) = (place.y, place.bottom() - 1);
    for y in top..=bottom {
        paint::symbol(
            buffer,
            place,
            (left, y),
            theme.glyphs.vertical,
            theme.border,
        );
        paint::symbol(
            buffer,
            place,
            (right, y),
            theme.glyphs.vertical,
            theme.border,
        );
    }
    for y in [top, bottom] {
        paint::fill(
            buffer,
            paint::row(place, usize::from(y - top)),
            theme.glyphs.horizontal,
            theme.border,
        );
    }
    for (at, symbol) in [
        ((left, top), top_left),
        ((right, top), top_right),
        ((left, bottom), bottom_left),
        ((right, bottom), bottom_right),
    ] {
        paint::symbol(buffer, place, at, symbol, theme.border);
    }
    if !title.is_empty() {
        let room = usize::from(place.width).saturating_sub(6);
        let title = fit::truncate_end(title, room, theme.glyphs.ellipsis);
        let (_, rest) = paint::cut(place, 2);
        paint::text(buffer, rest, &format!(" {title} "), theme.title);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::testing;

    fn rows() -> Vec<PopupRow<'static>> {
        let row = |left, text, right, kind| PopupRow {
            left: Cow::Borrowed(left),
            text: Cow::Borrowed(text),
            right: Cow::Borrowed(right),
            kind,
        };
        vec![
            row("", "Move", "", Kind::Heading),
            row("k, up", "Cursor one row up", "move-up", Kind::Plain),
            row(
                "j",
                "Cursor one row down, or what a longer sentence says",
                "move-down",
                Kind::Plain,
            ),
            row("", "no", "", Kind::Bad),
        ]
    }

    fn popup<'a>(rows: &'a [PopupRow<'a>]) -> Popup<'a> {
        Popup {
            title: "Help",
            query: Some(("row", Some(3))),
            rows,
            cursor: Some(2),
            anchor: Anchor::Center,
        }
    }

    #[test]
    fn long_texts_wrap_and_the_right_column_goes_first() {
        let rows = rows();
        let wide = testing::frame(84, 9, |area, buffer| {
            popup(&rows).draw(area, buffer, &Theme::default());
        });
        insta::assert_snapshot!(wide);
        let narrow = testing::frame(34, 10, |area, buffer| {
            popup(&rows).draw(area, buffer, &Theme::default());
        });
        insta::assert_snapshot!(narrow);
    }

    #[test]
    fn no_size_panics() {
        let rows = rows();
        testing::at_every_size(|area, buffer| {
            popup(&rows).draw(area, buffer, &Theme::default());
            let bottom = Popup {
                anchor: Anchor::Bottom(9),
                query: None,
                ..popup(&rows)
            };
            bottom.draw(area, buffer, &Theme::default());
        });
    }
}
