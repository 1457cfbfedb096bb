//! Message of an empty view: the reason, and the key to press.

use crate::ui::theme::Theme;
use crate::ui::{fit, paint};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use unicode_segmentation::UnicodeSegmentation;

/// An empty state.
#[derive(Debug, Clone, Copy)]
pub struct Empty<'a> {
    /// Why there is nothing: one sentence, safe text.
    pub sentence: &'a str,
    /// Keys to press: `u undo   ! all filters off`; may be empty.
    pub hint: &'a str,
}

impl Empty<'_> {
    /// Draws in the upper third, wrapped to the width.
    pub fn draw(&self, area: Rect, buffer: &mut Buffer, theme: &Theme) {
        let columns = usize::from(area.width).saturating_sub(2).max(1);
        let sentence = wrap(self.sentence, columns);
        let hint = wrap(self.hint, columns);
        let rows = sentence.len() + hint.len();
        let top = usize::from(area.height).saturating_sub(rows) / 3;
        let lines = sentence.iter().map(|l| (l, theme.text));
        let lines = lines.chain(hint.iter().map(|l| (l, theme.key)));
        for (i, (line, style)) in lines.enumerate() {
            let (_, row) = paint::cut(paint::row(area, top + i), 1);
            paint::text(buffer, row, line, style);
        }
    }
}

/// Writes sentences from the top of an area, each broken into lines; the last line says by an ellipsis that
/// more would follow. Returns what is left of the area.
pub fn paragraphs(
    sentences: &[String],
    area: Rect,
    buffer: &mut Buffer,
    style: Style,
    theme: &Theme,
) -> Rect {
    let lines = sentences.iter().flat_map(|of| wrap(of, area.width.into()));
    let lines: Vec<String> = lines.collect();
    let rows = usize::from(area.height);
    for (at, line) in lines.iter().enumerate().take(rows) {
        if at + 1 == rows {
            let rest = lines[at..].join(" ");
            paint::sentence(buffer, paint::row(area, at), &rest, style, theme);
        } else {
            paint::text(buffer, paint::row(area, at), line, style);
        }
    }
    paint::below(area, u16::try_from(lines.len()).unwrap_or(u16::MAX))
}

/// The text in lines of `columns` at most, broken between words where it can be.
pub fn wrap(content: &str, columns: usize) -> Vec<String> {
    let columns = columns.max(1);
    let mut lines = vec![String::new()];
    let mut taken = 0;
    for word in words(content) {
        let width = fit::width(word);
        if taken + width > columns && taken > 0 && !word.trim().is_empty() {
            lines.push(String::new());
            taken = 0;
        }
        if word.trim().is_empty() && (taken == 0 || taken + width > columns) {
            continue;
        }
        for grapheme in word.graphemes(true) {
            let width = fit::grapheme_width(grapheme);
            if taken + width > columns && taken > 0 {
                lines.push(String::new());
                taken = 0;
            }
            if let Some(line) = lines.last_mut() {
                line.push_str(grapheme);
            }
            taken += width;
        }
    }
    lines.retain(|line| !line.is_empty());
    for line in &mut lines {
        line.truncate(line.trim_end().len());
    }
    lines
}

/// The pieces between which a line may be broken: words with the punctuation at them, blanks, and
/// the characters of scripts that write without blanks.
fn words(content: &str) -> impl Iterator<Item = &str> {
    let binds =
        |piece: &str| !piece.trim().is_empty() && fit::width(piece) <= piece.chars().count();
    let mut pieces = content.split_word_bound_indices().peekable();
    std::iter::from_fn(move || {
        let (from, piece) = pieces.next()?;
        let mut end = from + piece.len();
        if binds(piece) {
            while let Some((at, next)) = pieces.next_if(|(_, next)| binds(next)) {
                end = at + next.len();
            }
        }
        Some(&content[from..end])
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::testing::{at_every_size, frame};

    const NONE: Empty<'_> = Empty {
        sentence: "No case matches the 2 filters.",
        hint: "u undo   ! all filters off",
    };

    #[test]
    fn says_why_and_what_to_press() {
        let found = frame(34, 5, |area, buffer| {
            NONE.draw(area, buffer, &Theme::default());
        });
        assert_eq!(
            found,
            "\n No case matches the 2 filters.\n u undo   ! all filters off\n\n\n"
        );
    }

    #[test]
    fn wraps_between_words() {
        assert_eq!(
            wrap("No case matches the 2 filters.", 10),
            ["No case", "matches", "the 2", "filters."]
        );
        assert_eq!(wrap("abcdefgh ij", 3), ["abc", "def", "gh", "ij"]);
        assert_eq!(wrap("日本語版", 5), ["日本", "語版"]);
        assert_eq!(wrap("(epoch_s, or ...)", 8), ["(epoch_s", ", or", "...)"]);
        assert_eq!(wrap("as epoch_s, or", 10), ["as", "epoch_s,", "or"]);
        assert!(wrap("", 5).is_empty());
    }

    #[test]
    fn nothing_panics() {
        at_every_size(|area, buffer| NONE.draw(area, buffer, &Theme::default()));
    }
}
