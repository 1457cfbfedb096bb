//! Text measured, cut and padded to columns of the terminal. Widths are in columns, never in bytes or
//! characters.

use ratatui::buffer::CellWidth;
use std::borrow::Cow;
use std::sync::atomic::{AtomicBool, Ordering};
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// True if characters of ambiguous width, such as Greek and Cyrillic letters, take two columns. It is a
/// property of the terminal, and there is one.
static WIDE: AtomicBool = AtomicBool::new(false);

/// Gives two columns to characters of ambiguous width from now on, as terminals set up for East Asian
/// languages do.
pub fn set_wide(wide: bool) {
    WIDE.store(wide, Ordering::Relaxed);
}

/// Returns whether characters of ambiguous width take two columns.
pub fn is_wide() -> bool {
    WIDE.load(Ordering::Relaxed)
}

/// Columns that a safe text takes.
pub fn width(text: &str) -> usize {
    // In ASCII every character of a safe text is one column.
    if text.is_ascii() {
        return text.len();
    }
    text.graphemes(true).map(grapheme_width).sum()
}

/// Columns of one grapheme cluster, as the buffer counts them.
pub fn grapheme_width(grapheme: &str) -> usize {
    columns_of(grapheme, is_wide())
}

fn columns_of(grapheme: &str, wide: bool) -> usize {
    if grapheme.bytes().any(|b| b.is_ascii_control()) {
        return 0; // The buffer leaves them out.
    }
    match usize::from(grapheme.cell_width()) {
        1 if wide && grapheme.chars().next().is_some_and(is_ambiguous_letter) => 2,
        1 if wide => grapheme.width_cjk().clamp(1, 2),
        columns => columns,
    }
}

/// Returns whether a letter is of ambiguous width by UAX 11: `width_cjk` takes all letters for narrow, which the
/// terminals that give two columns to such characters do not.
fn is_ambiguous_letter(c: char) -> bool {
    const RANGES: [(u32, u32); 47] = [
        (0xaa, 0xaa),
        (0xba, 0xba),
        (0xc6, 0xc6),
        (0xd0, 0xd0),
        (0xd8, 0xd8),
        (0xde, 0xe1),
        (0xe6, 0xe6),
        (0xe8, 0xea),
        (0xec, 0xed),
        (0xf0, 0xf0),
        (0xf2, 0xf3),
        (0xf8, 0xfa),
        (0xfc, 0xfc),
        (0xfe, 0xfe),
        (0x101, 0x101),
        (0x111, 0x111),
        (0x113, 0x113),
        (0x11b, 0x11b),
        (0x126, 0x127),
        (0x12b, 0x12b),
        (0x131, 0x133),
        (0x138, 0x138),
        (0x13f, 0x142),
        (0x144, 0x144),
        (0x148, 0x14b),
        (0x14d, 0x14d),
        (0x152, 0x153),
        (0x166, 0x167),
        (0x16b, 0x16b),
        (0x1ce, 0x1ce),
        (0x1d0, 0x1d0),
        (0x1d2, 0x1d2),
        (0x1d4, 0x1d4),
        (0x1d6, 0x1d6),
        (0x1d8, 0x1d8),
        (0x1da, 0x1da),
        (0x1dc, 0x1dc),
        (0x251, 0x251),
        (0x261, 0x261),
        (0x391, 0x3a1),
        (0x3a3, 0x3a9),
        (0x3b1, 0x3c1),
        (0x3c3, 0x3c9),
        (0x401, 0x401),
        (0x410, 0x44f),
        (0x451, 0x451),
        (0x2113, 0x2113),
    ];
    let c = u32::from(c);
    RANGES
        .iter()
        .any(|(first, last)| (*first..=*last).contains(&c))
}

/// The longest beginning that fits, in bytes, and the columns it takes.
fn fit(text: &str, columns: usize) -> (usize, usize) {
    let mut taken = 0;
    for (at, grapheme) in text.grapheme_indices(true) {
        let next = taken + grapheme_width(grapheme);
        if next > columns {
            return (at, taken);
        }
        taken = next;
    }
    (text.len(), taken)
}

/// The longest end that fits: where it begins, in bytes.
fn fit_end(text: &str, columns: usize) -> usize {
    let mut taken = 0;
    for (at, grapheme) in text.grapheme_indices(true).rev() {
        taken += grapheme_width(grapheme);
        if taken > columns {
            return at + grapheme.len();
        }
    }
    0
}

/// The text cut to `columns`, an `ellipsis` at its end where something is missing.
pub fn truncate_end<'a>(text: &'a str, columns: usize, ellipsis: &str) -> Cow<'a, str> {
    if fits(text, columns) {
        return Cow::Borrowed(text);
    }
    let Some(room) = columns.checked_sub(width(ellipsis)) else {
        return Cow::Borrowed("");
    };
    let (end, _) = fit(text, room);
    Cow::Owned(format!("{}{ellipsis}", &text[..end]))
}

/// A sentence cut to `columns` after a whole word, with an `ellipsis` where something is missing, so
/// that a figure is there with all its digits or not at all.
pub fn truncate_words<'a>(text: &'a str, columns: usize, ellipsis: &str) -> Cow<'a, str> {
    if fits(text, columns) {
        return Cow::Borrowed(text);
    }
    let Some(room) = columns.checked_sub(width(ellipsis) + 1) else {
        let ellipsis = if columns < width(ellipsis) {
            ""
        } else {
            ellipsis
        };
        return Cow::Owned(ellipsis.to_owned());
    };
    let (end, _) = fit(text, room);
    let whole = text[end..].starts_with(' ');
    let end = if whole {
        end
    } else {
        text[..end].rfind(' ').unwrap_or(0)
    };
    // The blank says that the last word is whole.
    let mut cut = text[..end].trim_end().to_owned();
    if !cut.is_empty() {
        cut.push(' ');
    }
    cut.push_str(ellipsis);
    Cow::Owned(cut)
}

/// The text cut to `columns`, an `ellipsis` in its middle where something is missing: for ids, whose
/// ends differ more than their beginnings.
pub fn truncate_middle<'a>(text: &'a str, columns: usize, ellipsis: &str) -> Cow<'a, str> {
    if fits(text, columns) {
        return Cow::Borrowed(text);
    }
    let Some(room) = columns.checked_sub(width(ellipsis)) else {
        return Cow::Borrowed("");
    };
    let (end, taken) = fit(text, room / 2);
    // Wide characters may leave less than half: the halves must not overlap.
    let start = fit_end(text, room - taken).max(end);
    Cow::Owned(format!("{}{ellipsis}{}", &text[..end], &text[start..]))
}

/// The text without its first `columns`, and `columns` of what follows at most: a long cell looked
/// at through a window. Half a wide character becomes a blank.
pub fn window(text: &str, skip: usize, columns: usize) -> String {
    let mut at = 0;
    let mut out = String::new();
    let mut taken = 0;
    for grapheme in text.graphemes(true) {
        let w = grapheme_width(grapheme);
        let from = at;
        at += w;
        if at <= skip {
            continue;
        }
        if from < skip {
            let rest = (at - skip).min(columns - taken);
            out.extend(std::iter::repeat_n(' ', rest));
            taken += rest;
        } else if taken + w > columns {
            break;
        } else {
            out.push_str(grapheme);
            taken += w;
        }
    }
    out
}

/// The text cut into pieces of `columns` at most, wherever that is: for text that is to be seen as it
/// is, blanks and all. An empty text is one empty piece.
pub fn pieces(text: &str, columns: usize) -> Vec<String> {
    let mut pieces = vec![String::new()];
    let mut taken = 0;
    for grapheme in text.graphemes(true) {
        let w = grapheme_width(grapheme);
        // A character wider than a line has one of its own, or there would be no end.
        if taken + w > columns && taken > 0 {
            pieces.push(String::new());
            taken = 0;
        }
        if let Some(piece) = pieces.last_mut() {
            piece.push_str(grapheme);
        }
        taken += w;
    }
    pieces
}

fn fits(text: &str, columns: usize) -> bool {
    // A byte takes at most one column, so short texts need no measuring.
    text.len() <= columns || width(text) <= columns
}

/// The text padded with leading blanks to `columns`; longer texts stay as they are.
pub fn pad_left(text: &str, columns: usize) -> String {
    let blanks = columns.saturating_sub(width(text));
    format!("{:blanks$}{text}", "")
}

/// The text padded with trailing blanks to `columns`; longer texts stay as they are.
pub fn pad_right(text: &str, columns: usize) -> String {
    let blanks = columns.saturating_sub(width(text));
    format!("{text}{:blanks$}", "")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::safe;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn cuts_fit(text in "(.|日|🙂|e\u{301}){0,24}", columns in 0usize..30) {
            let text = safe(&text).into_owned();
            prop_assert!(width(&truncate_end(&text, columns, "…")) <= columns);
            prop_assert!(width(&truncate_middle(&text, columns, "…")) <= columns);
            prop_assert!(width(&window(&text, columns / 2, columns)) <= columns);
        }
    }

    #[test]
    fn widths_are_those_of_the_screen() {
        for (text, expected) in [
            ("abc", 3),
            ("日本", 4),
            ("e\u{301}", 1),
            ("שלום", 4),
            ("🙂", 2),
            ("🇩🇪", 2),
            ("", 0),
        ] {
            assert_eq!(width(text), expected, "{text:?}");
        }
    }

    /// Only characters of ambiguous width change, to two columns.
    #[test]
    fn ambiguous_characters_are_wide_on_request() {
        for (grapheme, narrow, wide) in [
            ("a", 1, 1),
            ("я", 1, 2),
            ("Ω", 1, 2),
            ("…", 1, 2),
            ("é", 1, 2),
            ("ł", 1, 2),
            ("ś", 1, 1),
            ("│", 1, 2),
            ("\u{2847}", 1, 1),
            ("日", 2, 2),
            ("ｱ", 1, 1),
            ("🙂", 2, 2),
            ("\u{7}", 0, 0),
        ] {
            let found = [false, true].map(|wide| columns_of(grapheme, wide));
            assert_eq!(found, [narrow, wide], "{grapheme:?}");
        }
    }

    #[test]
    fn truncation_cuts_between_graphemes() {
        let cases = [
            ("abcdef", 6, "abcdef", "abcdef"),
            ("abcdef", 5, "abcd…", "ab…ef"),
            ("abcdef", 1, "…", "…"),
            ("abcdef", 0, "", ""),
            ("日本語版", 5, "日本…", "日…版"),
            ("日本語版", 4, "日…", "…版"),
            ("ae\u{301}iou", 3, "ae\u{301}…", "a…u"),
            ("שלוםשלום", 5, "שלום…", "של…ום"),
        ];
        for (text, columns, end, middle) in cases {
            assert_eq!(truncate_end(text, columns, "…"), end, "{text} {columns}");
            assert_eq!(
                truncate_middle(text, columns, "…"),
                middle,
                "{text} {columns}"
            );
        }
        assert_eq!(truncate_end("abcdef", 4, "~"), "abc~");
    }

    #[test]
    fn pieces_are_the_text() {
        assert_eq!(pieces("ab cdé日本", 3), ["ab ", "cdé", "日", "本"]);
        assert_eq!(pieces("", 3), [""]);
        assert_eq!(pieces("日x", 0), ["日", "x"]);
    }

    #[test]
    fn window_skips_columns() {
        assert_eq!(window("abcdef", 2, 3), "cde");
        assert_eq!(window("日本語", 1, 4), " 本");
        assert_eq!(window("日本語", 2, 2), "本");
        assert_eq!(window("abc", 9, 3), "");
        assert_eq!(window("日本", 1, 0), "");
    }

    #[test]
    fn padding_counts_columns() {
        assert_eq!(pad_left("日", 4), "  日");
        assert_eq!(pad_right("日", 4), "日  ");
        assert_eq!(pad_right("abc", 2), "abc");
    }

    #[test]
    fn words_are_whole_or_missing() {
        let cut = |columns| truncate_words("1,281 of 1,386 92%", columns, "…").into_owned();
        assert_eq!(cut(18), "1,281 of 1,386 92%");
        assert_eq!(cut(17), "1,281 of 1,386 …");
        assert_eq!(cut(16), "1,281 of 1,386 …");
        assert_eq!(cut(15), "1,281 of …");
        assert_eq!(cut(6), "…");
        assert_eq!(cut(1), "…");
        assert_eq!(cut(0), "");
    }
}
