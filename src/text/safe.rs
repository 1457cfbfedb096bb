//! The table of hidden characters, and text with all of them written as escapes. Every outlet
//! (screen, table, CSV, Markdown, JSON, messages) asks this table and no other.

use std::borrow::Cow;
use std::fmt::Write;

/// Combining marks in a row that are let through: more would pile up over the lines above.
const MARKS: usize = 4;

/// The text with every hidden character as an escape: ESC as `\u{1b}`, tab as `\t`. A backslash is
/// doubled only where it would be read as such an escape, so that different texts never look the same.
///
/// ```
/// use casetrail::text::safe;
///
/// assert_eq!(safe("Größe"), "Größe");
/// assert_eq!(safe("a\u{202e}b\n"), "a\\u{202e}b\\n");
/// assert_eq!(safe("C:\\temp"), "C:\\\\temp");
/// ```
pub fn safe(text: &str) -> Cow<'_, str> {
    // Most texts are plain ASCII, and are shown without a copy.
    if text
        .bytes()
        .all(|b| (b' '..=b'~').contains(&b) && b != b'\\')
    {
        return Cow::Borrowed(text);
    }
    Cow::Owned(escaped(text, true))
}

/// A message with every hidden character as an escape, on one line. Values in it may be escaped
/// already, so a backslash stays single.
pub fn escape_line(message: &str) -> String {
    escaped(message, false)
}

/// Lines of cells with tabs between them, with every other hidden character as an escape.
pub fn escape_lines(text: &str) -> String {
    let is_escaped = |c: char| is_hidden(c) && c != '\n' && c != '\t';
    if !text.contains(is_escaped) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if is_escaped(c) {
            escape(c, &mut out);
        } else {
            out.push(c);
        }
    }
    out
}

fn escaped(text: &str, double_backslash: bool) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    let mut marks = MARKS; // A mark needs a character to combine with.
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let mark = is_mark(c);
        marks = if mark { marks.saturating_add(1) } else { 0 };
        if is_hidden(c) || (mark && (marks > MARKS)) {
            escape(c, &mut out);
        } else {
            let next = chars.peek().filter(|_| double_backslash && c == '\\');
            if next.is_some_and(|&next| reads_on(next)) {
                out.push('\\');
            }
            out.push(c);
        }
    }
    out
}

/// True if a backslash before this character would read as the start of an escape.
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

/// True for a mark that combines with the character before it.
fn is_mark(c: char) -> bool {
    !c.is_ascii() && unicode_width::UnicodeWidthChar::width(c) == Some(0) && !is_hidden(c)
}

/// True for a character that acts on a terminal or is not seen as itself: controls, format characters
/// (bidi, zero width, tags), line and paragraph separators, private use, unassigned, fillers, variation
/// selectors.
pub fn is_hidden(c: char) -> bool {
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
        // Letters and digits are nearly all of a text: they are spared the slow way below.
        _ if c.is_alphanumeric() => false,
        _ => !is_printable(c),
    }
}

/// True if the standard library prints a character as itself. It escapes a mark at the beginning of
/// a text, hence the letter before it.
fn is_printable(c: char) -> bool {
    let mut buffer = [0; 5];
    buffer[0] = b'a';
    let length = 1 + c.encode_utf8(&mut buffer[1..]).len();
    std::str::from_utf8(&buffer[..length]).is_ok_and(|pair| pair.escape_debug().count() == 2)
}

/// Returns the beginning of a text, of at most this many bytes: for texts of any length of which a
/// screen shows little.
pub fn head(text: &str, bytes: usize) -> &str {
    if text.len() <= bytes {
        return text;
    }
    let end = (0..=bytes).rev().find(|&at| text.is_char_boundary(at));
    &text[..end.unwrap_or(0)]
}

/// Several values with `, ` between them. A value with that in it, or with a quotation mark at its start, is
/// put into quotation marks, its own doubled as in CSV, so that no two lists look the same.
pub fn joined(values: &[impl AsRef<str>]) -> String {
    let mut all = String::new();
    for (at, value) in values.iter().map(AsRef::as_ref).enumerate() {
        if at > 0 {
            all.push_str(", ");
        }
        if value.contains(", ") || value.starts_with('"') {
            all.extend(["\"", &value.replace('"', "\"\""), "\""]);
        } else {
            all.push_str(value);
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

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

    #[test]
    fn a_message_keeps_its_backslashes() {
        for (message, expected) in [
            (
                "the column \\\"a\\u{1b}\\\" is odd",
                "the column \\\"a\\u{1b}\\\" is odd",
            ),
            ("two\nlines\u{2800}", "two\\nlines\\u{2800}"),
            ("\u{301}e\u{301}", "\\u{301}e\u{301}"),
        ] {
            assert_eq!(escape_line(message), expected);
        }
    }

    /// What any of the tables before this one called hidden, ends included.
    #[test]
    fn the_table_has_the_known_hidden_characters() {
        let ranges = [
            (0x0, 0x1f),
            (0x7f, 0x9f),
            (0xad, 0xad),
            (0x34f, 0x34f),
            (0x61c, 0x61c),
            (0x115f, 0x1160),
            (0x17b4, 0x17b5),
            (0x180b, 0x180f),
            (0x200b, 0x200f),
            (0x2028, 0x202e),
            (0x2060, 0x206f),
            (0x2800, 0x2800),
            (0x3164, 0x3164),
            (0xe000, 0xf8ff),
            (0xfe00, 0xfe0f),
            (0xfeff, 0xfeff),
            (0xffa0, 0xffa0),
            (0xfff9, 0xfffb),
            (0x1d173, 0x1d17a),
            (0xe0000, 0xe0fff),
        ];
        for c in ranges.into_iter().flat_map(|(first, last)| first..=last) {
            assert!(is_hidden(char::from_u32(c).unwrap()), "{c:x}");
        }
        for c in " a~é\u{301}\u{a0}\u{3000}日Ж\u{fffd}🎉".chars() {
            assert!(!is_hidden(c), "{c:?}");
        }
    }

    #[test]
    fn letters_and_digits_are_printable() {
        let listed = ['\u{115f}', '\u{1160}', '\u{3164}', '\u{ffa0}'];
        for c in ('\u{80}'..=char::MAX).filter(|c| c.is_alphanumeric()) {
            assert!(is_printable(c) || listed.contains(&c), "{c:?}");
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
    }

    #[test]
    fn heads_end_between_characters() {
        let found = [0, 1, 2, 3, 4, 9].map(|bytes| head("a日b", bytes));
        assert_eq!(found, ["", "a", "a", "a", "a日", "a日b"]);
    }

    #[test]
    fn commas_within_values_do_not_part_them() {
        assert_eq!(joined(&["a", "1,234", "b"]), "a, 1,234, b");
        assert_eq!(joined(&["a, b", "c"]), r#""a, b", c"#);
        assert_eq!(joined(&["\"x\", y", "z"]), r#""""x"", y", z"#);
        assert_eq!(joined(&["5\" disk"]), "5\" disk");
    }
}
