//! Text as the terminal can bear it: made safe, measured, cut and padded by what it takes on the
//! screen. Widths are in columns of the terminal, never in bytes or characters.

use ratatui::buffer::CellWidth;
use std::borrow::Cow;
use std::fmt::Write;
use unicode_segmentation::UnicodeSegmentation;

/// Combining marks in a row that are let through: more would pile up over the lines above.
const MARKS: usize = 4;

/// The text with everything that would not be seen, or would act on the terminal, written out:
/// ESC as `\u{1b}`, tab as `\t`. A backslash is doubled only where it would be read as such an
/// escape, so that different texts never look the same.
pub fn safe(text: &str) -> Cow<'_, str> {
    if text
        .bytes()
        .all(|b| (b' '..=b'~').contains(&b) && b != b'\\')
    {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    let mut marks = MARKS; // A mark needs something to stand on.
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let mark = is_mark(c);
        marks = if mark { marks.saturating_add(1) } else { 0 };
        if is_hidden(c) || (mark && (marks > MARKS)) {
            escape(c, &mut out);
        } else {
            if c == '\\' && chars.peek().is_some_and(|&next| reads_on(next)) {
                out.push('\\');
            }
            out.push(c);
        }
    }
    Cow::Owned(out)
}

/// Whether a backslash before this character would be read as the beginning of an escape.
fn reads_on(next: char) -> bool {
    matches!(next, '\\' | 't' | 'n' | 'r' | 'u') || is_hidden(next) || is_mark(next)
}

fn escape(c: char, out: &mut String) {
    match c {
        '\t' => out.push_str("\\t"),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        _ => {
            // Writing to a String does not fail.
            let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
        }
    }
}

/// Whether the character stands on the one before it.
fn is_mark(c: char) -> bool {
    !c.is_ascii() && unicode_width::UnicodeWidthChar::width(c) == Some(0) && !is_hidden(c)
}

/// Whether the character is not seen as itself: controls, format characters (bidi, zero width,
/// tags), line and paragraph separators, private use, unassigned, fillers, variation selectors.
fn is_hidden(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_control();
    }
    match c {
        // Blanks and selectors that the standard library takes for printable.
        '\u{34f}'
        | '\u{115f}'
        | '\u{1160}'
        | '\u{17b4}'
        | '\u{17b5}'
        | '\u{180b}'..='\u{180f}'
        | '\u{2800}'
        | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}'
        | '\u{ffa0}'
        | '\u{e0100}'..='\u{e01ef}' => true,
        // Spaces that are not written out: they are seen as what they are.
        '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' => {
            false
        }
        _ => !is_printable(c),
    }
}

/// What the standard library prints as itself. It escapes a mark at the beginning of a text, hence
/// the letter before it.
fn is_printable(c: char) -> bool {
    let mut buffer = [0; 5];
    buffer[0] = b'a';
    let length = 1 + c.encode_utf8(&mut buffer[1..]).len();
    std::str::from_utf8(&buffer[..length]).is_ok_and(|pair| pair.escape_debug().count() == 2)
}

/// The beginning of a text, of at most so many bytes: for texts of any length of which a screen shows
/// little.
pub fn head(text: &str, bytes: usize) -> &str {
    if text.len() <= bytes {
        return text;
    }
    let end = (0..=bytes).rev().find(|&at| text.is_char_boundary(at));
    &text[..end.unwrap_or(0)]
}

/// Columns that a safe text takes.
pub fn width(text: &str) -> usize {
    if text.is_ascii() {
        return text.len();
    }
    text.graphemes(true).map(grapheme_width).sum()
}

/// Columns of one grapheme cluster, as the buffer counts them.
pub fn grapheme_width(grapheme: &str) -> usize {
    if grapheme.bytes().any(|b| b.is_ascii_control()) {
        return 0; // The buffer leaves them out.
    }
    usize::from(grapheme.cell_width())
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

/// The text with blanks before it, `columns` in all; longer texts stay as they are.
pub fn pad_left(text: &str, columns: usize) -> String {
    let blanks = columns.saturating_sub(width(text));
    format!("{:blanks$}{text}", "")
}

/// The text with blanks after it, `columns` in all; longer texts stay as they are.
pub fn pad_right(text: &str, columns: usize) -> String {
    let blanks = columns.saturating_sub(width(text));
    format!("{text}{:blanks$}", "")
}

/// A count with separators of thousands: `12,345`.
pub fn count(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A count with its noun: `1 case`, `12,345 cases`.
pub fn counted(n: u64, one: &str, many: &str) -> String {
    format!("{} {}", count(n), if n == 1 { one } else { many })
}

/// By which part something has grown: `+12%`, `-40%`, and from ten times on `x12`.
pub fn growth(growth: f64) -> String {
    if growth >= 9.0 {
        format!("x{}", count((growth + 1.0).round() as u64))
    } else {
        match (growth * 100.0).round() as i64 {
            0 => "0%".to_owned(),
            percent => format!("{percent:+}%"),
        }
    }
}

/// A share of one as percent: `0%`, `<0.1%`, `12.3%`, `>99.9%`, `100%`. Only none is `0%` and only
/// all is `100%`.
pub fn percent(share: f64) -> String {
    let tenths = (share * 1000.0).round();
    if share.is_nan() {
        "-".to_owned()
    } else if share <= 0.0 {
        "0%".to_owned()
    } else if share >= 1.0 {
        "100%".to_owned()
    } else if tenths < 1.0 {
        "<0.1%".to_owned()
    } else if tenths >= 1000.0 {
        ">99.9%".to_owned()
    } else {
        format!("{:.1}%", tenths / 10.0)
    }
}

/// A number as a person writes it: at most `decimals` after the point, none that are zero, and a
/// separator of thousands.
pub fn number(value: f64, decimals: usize) -> String {
    if !value.is_finite() || value.abs() >= 1e15 {
        return value.to_string();
    }
    let fixed = format!("{:.decimals$}", value.abs());
    let (whole, fraction) = fixed.split_once('.').unwrap_or((&fixed, ""));
    let fraction = fraction.trim_end_matches('0');
    let whole = whole.parse().map_or_else(|_| whole.to_owned(), count);
    let sign = if value < 0.0 && fixed.bytes().any(|b| (b'1'..=b'9').contains(&b)) {
        "-"
    } else {
        ""
    };
    if fraction.is_empty() {
        format!("{sign}{whole}")
    } else {
        format!("{sign}{whole}.{fraction}")
    }
}

/// The characters of `text` to highlight for a fuzzy search: where it stands as a whole if it does,
/// else its characters one after the other. Positions count characters; empty where it does not match.
pub fn match_indices(text: &str, find: &str) -> Vec<usize> {
    let fold = |c: char| c.to_lowercase().next().unwrap_or(c);
    let chars: Vec<char> = text.chars().map(fold).collect();
    let mut found = Vec::new();
    for word in find.split_whitespace() {
        let word: Vec<char> = word.chars().map(fold).collect();
        if let Some(at) = chars.windows(word.len()).position(|w| w == word) {
            found.extend(at..at + word.len());
        } else {
            let mut rest = word.iter().peekable();
            let hits = (0..chars.len()).filter(|&i| rest.next_if(|&&c| c == chars[i]).is_some());
            found.extend(hits.collect::<Vec<_>>());
            if rest.peek().is_some() {
                return Vec::new();
            }
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn growth_is_told_in_percent_or_times() {
        let found = [0.124, -0.4, -0.001, 8.9, 9.0, 868.04].map(growth);
        assert_eq!(found, ["+12%", "-40%", "0%", "+890%", "x10", "x869"]);
    }

    #[test]
    fn safe_writes_out_what_is_not_seen() {
        let cases = [
            ("plain text", "plain text"),
            ("\x1b[31mred\x07", "\\u{1b}[31mred\\u{7}"),
            ("tab\tnew\nline\rend", "tab\\tnew\\nline\\rend"),
            ("\u{9b}31m", "\\u{9b}31m"),
            ("a\u{202e}b", "a\\u{202e}b"),
            (
                "a\u{200b}\u{200d}\u{feff}b",
                "a\\u{200b}\\u{200d}\\u{feff}b",
            ),
            ("\u{e0041}", "\\u{e0041}"),
            (
                "\u{115f}\u{3164}\u{2800}\u{34f}\u{fe0f}",
                "\\u{115f}\\u{3164}\\u{2800}\\u{34f}\\u{fe0f}",
            ),
            ("\u{2028}\u{2029}", "\\u{2028}\\u{2029}"),
            ("שלום 日本 한국 Ünï", "שלום 日本 한국 Ünï"),
            ("1\u{a0}000\u{3000}円", "1\u{a0}000\u{3000}円"),
            ("e\u{301}", "e\u{301}"),
            ("\u{301}e", "\\u{301}e"),
            (
                "z\u{301}\u{302}\u{303}\u{304}\u{305}",
                "z\u{301}\u{302}\u{303}\u{304}\\u{305}",
            ),
            ("C:\\dir\\x", "C:\\dir\\x"),
            ("C:\\temp\\\\u{1b}", "C:\\\\temp\\\\\\\\u{1b}"),
            ("\\\x1b", "\\\\\\u{1b}"),
            ("\\", "\\"),
            ("\u{fffd}", "\u{fffd}"),
            ("🙂👍🏽🇩🇪", "🙂👍🏽🇩🇪"),
        ];
        for (text, expected) in cases {
            assert_eq!(safe(text), expected, "{text:?}");
        }
    }

    /// Reads a safe text back.
    fn unsafe_again(text: &str) -> String {
        let mut out = String::new();
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            let long = rest.strip_prefix("\\u{").and_then(|r| r.split_once('}'));
            if let Some((hex, after)) = long {
                out.push(char::from_u32(u32::from_str_radix(hex, 16).unwrap()).unwrap());
                rest = after;
                continue;
            }
            let short = [("\\t", '\t'), ("\\n", '\n'), ("\\r", '\r'), ("\\\\", '\\')];
            let (taken, c) = short
                .iter()
                .find(|(escape, _)| rest.starts_with(escape))
                .map_or((c.len_utf8(), c), |&(escape, c)| (escape.len(), c));
            out.push(c);
            rest = &rest[taken..];
        }
        out
    }

    proptest! {
        #[test]
        fn safe_is_injective(text in "([\\\\\\\\tnru{}1b\u{301}\u{1b}\t\u{200d}é]|.){0,24}") {
            prop_assert_eq!(unsafe_again(&safe(&text)), text);
        }

        #[test]
        fn safe_leaves_nothing_that_acts(text in any::<String>()) {
            prop_assert!(!safe(&text).chars().any(is_hidden));
        }

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
    fn heads_end_between_characters() {
        let found = [0, 1, 2, 3, 4, 9].map(|bytes| head("a日b", bytes));
        assert_eq!(found, ["", "a", "a", "a", "a日", "a日b"]);
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
    fn figures() {
        assert_eq!(count(0), "0");
        assert_eq!(count(999), "999");
        assert_eq!(count(12345), "12,345");
        assert_eq!(count(u64::MAX), "18,446,744,073,709,551,615");
        assert_eq!(counted(1, "case", "cases"), "1 case");
        assert_eq!(counted(1200, "case", "cases"), "1,200 cases");
        let shares = [0.0, 0.0001, 0.001, 0.1234, 0.9999, 1.0, f64::NAN].map(percent);
        assert_eq!(
            shares,
            ["0%", "<0.1%", "0.1%", "12.3%", ">99.9%", "100%", "-"]
        );
        let numbers = [0.0, -0.001, 1234.5, -2.25, 1e20, f64::INFINITY].map(|v| number(v, 2));
        assert_eq!(
            numbers,
            ["0", "0", "1,234.5", "-2.25", "100000000000000000000", "inf"]
        );
        assert_eq!(pad_left("日", 4), "  日");
        assert_eq!(pad_right("日", 4), "日  ");
        assert_eq!(pad_right("abc", 2), "abc");
    }

    #[test]
    fn matches_are_found_as_a_whole_first() {
        assert_eq!(match_indices("Assign agent", "ag"), [7, 8]);
        assert_eq!(match_indices("Assign agent", "aga"), [0, 4, 7]);
        assert_eq!(
            match_indices("Assign agent", "agent ass"),
            [0, 1, 2, 7, 8, 9, 10, 11]
        );
        assert!(match_indices("Assign", "xyz").is_empty());
        assert!(match_indices("Assign", "").is_empty());
        assert!(match_indices("", "a").is_empty());
    }
}
