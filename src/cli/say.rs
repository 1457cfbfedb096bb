//! Sentences for the person at standard error. Every line goes out in one write, and a standard
//! error that is closed or full costs nothing but the sentence.

use crate::text;
use crate::ui::fit;
use std::borrow::Cow;
use std::ffi::OsStr;
use std::fmt::Write as _;
use std::io::Write;

/// A line (or several) on standard error, after the name of the program. Hidden characters are escaped here at
/// the latest.
pub fn say(message: &str) {
    if !message.is_empty() {
        let message = text::escape_lines(message);
        raw(&format!("casetrail: {message}\n"));
    }
}

/// Bytes on standard error, as they are.
pub fn raw(message: &str) {
    // There is nobody left to tell when standard error cannot be written.
    let _ = std::io::stderr().write_all(message.as_bytes());
}

/// Parts of a line on standard error, from within the handler of a signal: without a lock, and without
/// memory of its own.
pub fn at_once(parts: &[&str]) {
    for part in parts {
        let _ = rustix::io::write(rustix::stdio::stderr(), part.as_bytes());
    }
}

/// A name of a file in quotes, on one line, safe to print; `-` is standard input.
pub fn file(name: &OsStr) -> String {
    if name == "-" {
        return "standard input".to_owned();
    }
    format!("\"{}\"", safe_name(name))
}

/// A name of a file, on one line, safe to print.
pub fn safe_name(name: &OsStr) -> String {
    let mut shown = String::new();
    for chunk in name.as_encoded_bytes().utf8_chunks() {
        shown.push_str(&text::safe(chunk.valid()));
        for byte in chunk.invalid() {
            // Writing to a String cannot fail.
            let _ = write!(shown, "\\x{byte:02x}");
        }
    }
    shown
}

/// A value of the input in quotes, on one line, cut to a length that a message can bear.
pub fn value(value: &str) -> String {
    const COLUMNS: usize = 60;
    // A value may be megabytes long: only what can be shown is made safe.
    let end = value
        .char_indices()
        .nth(4 * COLUMNS)
        .map_or(value.len(), |(at, _)| at);
    let safe: Cow<'_, str> = text::safe(&value[..end]);
    format!("\"{}\"", fit::truncate_end(&safe, COLUMNS, "…"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_shown_on_one_line() {
        assert_eq!(file(OsStr::new("a b.csv")), "\"a b.csv\"");
        assert_eq!(file(OsStr::new("-")), "standard input");
        assert_eq!(
            safe_name(OsStr::new("two\nlines\u{1b}")),
            "two\\nlines\\u{1b}"
        );
    }

    #[cfg(unix)]
    #[test]
    fn a_name_need_not_be_utf8() {
        use std::os::unix::ffi::OsStrExt;
        assert_eq!(safe_name(OsStr::from_bytes(b"\xffa\xfe")), "\\xffa\\xfe");
    }

    #[test]
    fn long_values_are_cut() {
        assert_eq!(value("ab"), "\"ab\"");
        let long = value(&"x".repeat(1 << 20));
        assert_eq!(fit::width(&long), 62);
        assert!(long.ends_with("…\""));
    }
}
