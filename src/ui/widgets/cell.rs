//! A cell of a table: a text in pieces of one style each, cut or scrolled where there is no room, with or without a
//! bar.

use super::bars::bar_text;
use crate::text::{self, Matcher};
use crate::ui::theme::Theme;
use crate::ui::{fit, paint};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::Span;
use std::borrow::Cow;

/// Bytes of a log's text that a cell holds.
const LONGEST: usize = 1 << 14;
/// Columns of the shortest bar: shorter ones cannot be compared.
const LEAST_BAR: usize = 2;
/// Where a cell's text stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Align {
    /// Text.
    #[default]
    Left,
    /// Numbers.
    Right,
}

/// Where a text is cut that has no room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cut {
    /// Its end.
    End,
    /// Its middle.
    Middle,
}

/// Where and how a cell is drawn.
#[derive(Debug, Clone, Copy)]
pub(super) struct Within {
    /// Its area.
    pub place: Rect,
    /// The side of its text.
    pub align: Align,
    /// The part of its text that is cut.
    pub cut: Cut,
    /// Columns by which its text is scrolled to the left.
    pub scroll: usize,
}

/// Cell of a row.
#[derive(Debug, Clone, Default)]
pub struct Cell<'a> {
    /// Safe text, in pieces of one style each.
    pub spans: Vec<Span<'a>>,
    /// Characters of the text to highlight, ascending.
    pub matched: Vec<usize>,
    /// A bar behind the text's left: share (0 to 1) of the room beside the text.
    pub bar: Option<f64>,
    /// Style of the bar; the theme's by default.
    pub bar_style: Option<Style>,
    /// Cut in the middle rather than at the end.
    pub middle: bool,
    /// Drawn in its own style in the row of the cursor too: a drawing, not a text.
    pub own_style: bool,
}

impl<'a> Cell<'a> {
    /// A safe text: a figure, a word of the program.
    pub fn new(content: impl Into<Cow<'a, str>>) -> Self {
        Cell {
            spans: vec![Span::raw(content)],
            ..Cell::default()
        }
    }

    /// A text of a log, made safe. Of very long ones only the beginning is kept.
    pub fn of_log(content: &'a str) -> Self {
        Cell::new(text::safe(text::head(content, LONGEST)))
    }

    /// Safe texts in several styles.
    pub fn spans(spans: Vec<Span<'a>>) -> Self {
        Cell {
            spans,
            ..Cell::default()
        }
    }

    /// A bar of that share (0 to 1), and a text at the right of it. The text is given `columns`, the
    /// same in all rows, or bars would not compare.
    pub fn bar(share: f64, content: &str, columns: usize) -> Self {
        Cell {
            bar: Some(share),
            ..Cell::new(fit::pad_left(content, columns))
        }
    }

    /// Sets the style of the bar.
    #[must_use]
    pub fn bar_style(mut self, style: Style) -> Self {
        self.bar_style = Some(style);
        self
    }

    /// Sets the style.
    #[must_use]
    pub fn style(mut self, style: Style) -> Self {
        for span in &mut self.spans {
            span.style = style;
        }
        self
    }

    /// Highlights the characters matched by a search.
    #[must_use]
    pub fn find(mut self, find: Option<&Matcher>) -> Self {
        if let Some(matcher) = find {
            self.matched = matcher.indices(&self.text()).unwrap_or_default();
        }
        self
    }

    /// Keeps the cell's own style in the row of the cursor.
    #[must_use]
    pub fn own_style(mut self) -> Self {
        self.own_style = true;
        self
    }

    /// Truncates in the middle where it does not fit: for ids.
    #[must_use]
    pub fn middle(mut self) -> Self {
        self.middle = true;
        self
    }

    /// The whole text.
    pub fn text(&self) -> String {
        self.spans
            .iter()
            .map(|span| span.content.as_ref())
            .collect()
    }
}

impl Cell<'_> {
    /// Draws the cell into its place.
    pub(super) fn draw(&self, within: Within, buffer: &mut Buffer, theme: &Theme) {
        let Within {
            place,
            align,
            cut,
            scroll,
        } = within;
        let middle = self.middle || cut == Cut::Middle;
        let room = usize::from(place.width);
        if self.bar.is_some() {
            let label = self.label(room, theme);
            let style = self.spans.first().map_or(theme.text, |span| span.style);
            paint::text_right(buffer, place, &label, style);
            self.draw_bar(place, buffer, theme);
            return;
        }
        let spans = self.highlighted(theme);
        let width: usize = spans.iter().map(|span| fit::width(&span.content)).sum();
        let scroll = self
            .shown_from(scroll, &spans, room)
            .min(width.saturating_sub(room));
        if width <= room {
            let blanks = if align == Align::Right {
                room - width
            } else {
                0
            };
            paint::spans(buffer, paint::cut(place, blanks as u16).1, &spans);
        } else if align == Align::Right {
            // A figure that is cut reads like another figure.
            let style = self.spans.first().map_or(theme.text, |span| span.style);
            let content = self.label(room, theme);
            paint::text_right(buffer, place, &content, style);
        } else if middle && scroll == 0 && self.matched.is_empty() {
            let style = self.spans.first().map_or(theme.text, |span| span.style);
            let whole = self.text();
            let content = fit::truncate_middle(&whole, room, theme.glyphs.ellipsis);
            paint::text(buffer, place, &content, style);
        } else {
            draw_window(&spans, scroll, width, place, buffer, theme);
        }
    }

    /// The text of a figure, of whole words only.
    fn label(&self, room: usize, theme: &Theme) -> String {
        fit::truncate_words(&self.text(), room, theme.glyphs.ellipsis).into_owned()
    }

    /// Draws the bar alone.
    pub(super) fn draw_bar(&self, place: Rect, buffer: &mut Buffer, theme: &Theme) {
        let room = usize::from(place.width);
        let Some(share) = self.bar.filter(|_| room > 0) else {
            return;
        };
        let columns = room.saturating_sub(fit::width(&self.label(room, theme)) + 1);
        if columns < LEAST_BAR {
            return;
        }
        let bar = bar_text(share, columns, &theme.glyphs);
        let (covered, _) = paint::cut(place, fit::width(&bar) as u16);
        let style = self.bar_style.unwrap_or(theme.bar);
        paint::text(buffer, covered, &bar, style);
        paint::overwrite(buffer, covered, theme.text.patch(style));
    }

    /// Where a text that is not scrolled begins, so that the first match is to be seen.
    fn shown_from(&self, scroll: usize, spans: &[Span<'_>], room: usize) -> usize {
        let (0, Some(&first)) = (scroll, self.matched.first()) else {
            return scroll;
        };
        let chars = spans.iter().flat_map(|span| span.content.chars());
        let before = fit::width(&chars.take(first + 1).collect::<String>());
        // Some of what is before the match is seen, too.
        if before >= room { before - room / 3 } else { 0 }
    }

    /// The spans with the matched characters in a style of their own.
    fn highlighted(&self, theme: &Theme) -> Vec<Span<'_>> {
        if self.matched.is_empty() {
            return self
                .spans
                .iter()
                .map(|s| Span::styled(s.content.as_ref(), s.style))
                .collect();
        }
        let mut out = Vec::new();
        let mut at = 0;
        for span in &self.spans {
            let chars: Vec<char> = span.content.chars().collect();
            let is_hit: Vec<bool> = (at..at + chars.len())
                .map(|i| self.matched.binary_search(&i).is_ok())
                .collect();
            let mut begin = 0;
            for run in is_hit.chunk_by(|a, b| a == b) {
                let piece: String = chars[begin..begin + run.len()].iter().collect();
                let style = if run[0] {
                    span.style.patch(theme.matched)
                } else {
                    span.style
                };
                out.push(Span::styled(piece, style));
                begin += run.len();
            }
            at += chars.len();
        }
        out
    }
}

/// Draws what is seen of a text that does not fit, with a mark at each end where more follows.
fn draw_window(
    spans: &[Span<'_>],
    scroll: usize,
    width: usize,
    place: Rect,
    buffer: &mut Buffer,
    theme: &Theme,
) {
    let room = usize::from(place.width);
    let mut at = 0;
    let mut taken = 0;
    for span in spans {
        let columns = fit::width(&span.content);
        if at + columns > scroll && taken < room {
            let skip = scroll.saturating_sub(at);
            let piece = fit::window(&span.content, skip, room - taken);
            let (_, rest) = paint::cut(place, taken as u16);
            taken += usize::from(paint::text(buffer, rest, &piece, span.style));
        }
        at += columns;
    }
    let mark = theme.glyphs.ellipsis;
    if scroll > 0 {
        replace(buffer, place, 0, mark, theme.muted);
    }
    if width - scroll > room {
        replace(buffer, place, room.saturating_sub(1), mark, theme.muted);
    }
}

/// Puts a symbol at a column, and takes away the half of a wide character that it cuts.
fn replace(buffer: &mut Buffer, place: Rect, column: usize, symbol: &str, style: Style) {
    if column >= place.width.into() {
        return;
    }
    let x = place.x + column as u16;
    if column > 0 {
        let before = buffer
            .cell((x - 1, place.y))
            .map_or(0, |c| fit::width(c.symbol()));
        if before > 1 {
            paint::symbol(buffer, place, (x - 1, place.y), " ", style);
        }
    }
    paint::symbol(buffer, place, (x, place.y), symbol, style);
}
