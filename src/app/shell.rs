//! Words of a command line, quoted so that a shell gives them back as they were, and read as a shell reads them.

use crate::text::is_hidden;
use std::fmt::Write as _;

/// Quotes a word for a POSIX shell, where it needs quotes. Hidden characters, which would act on
/// the terminal when pasted, are written as escapes of `$'...'` (bash, zsh, ksh, POSIX 2024).
pub fn quote(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./=:,@%+".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    if word.contains(is_hidden) {
        return quote_hidden(word);
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}

fn quote_hidden(word: &str) -> String {
    let mut out = String::from("$'");
    for c in word.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\'' | '\\' => out.extend(['\\', c]),
            c if is_hidden(c) => {
                // Octal with three digits cannot run into a digit that follows.
                for byte in c.encode_utf8(&mut [0; 4]).bytes() {
                    // Writing to a String does not fail.
                    let _ = write!(out, "\\{byte:03o}");
                }
            }
            c => out.push(c),
        }
    }
    out.push('\'');
    out
}

/// A whole command line.
pub(super) fn join<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    let words: Vec<String> = words.into_iter().map(quote).collect();
    words.join(" ")
}

/// The words of a command line as a POSIX shell reads them. Nothing is expanded: `$`, `*` and `~` stand for themselves.
///
/// # Errors
/// A quote without its end, or bytes that are no text.
pub fn split(line: &str) -> Result<Vec<String>, &'static str> {
    let mut words = Vec::new();
    let mut word: Option<Vec<u8>> = None;
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        if c.is_whitespace() {
            words.extend(word.take());
            continue;
        }
        let word = word.get_or_insert_default();
        match c {
            '\'' => quoted(&mut chars, word)?,
            '"' => double_quoted(&mut chars, word)?,
            '$' if chars.peek() == Some(&'\'') => {
                chars.next();
                with_escapes(&mut chars, word)?;
            }
            '\\' => push(word, chars.next().ok_or("a backslash ends the line")?),
            c => push(word, c),
        }
    }
    words.extend(word);
    let texts = words.into_iter().map(String::from_utf8);
    let texts: Result<_, _> = texts.collect();
    texts.map_err(|_| "the escapes of a word are no UTF-8")
}

type Chars<'a> = std::iter::Peekable<std::str::Chars<'a>>;

const NO_END: &str = "a quote has no end";

fn push(word: &mut Vec<u8>, c: char) {
    word.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
}

fn quoted(chars: &mut Chars<'_>, word: &mut Vec<u8>) -> Result<(), &'static str> {
    loop {
        match chars.next().ok_or(NO_END)? {
            '\'' => return Ok(()),
            c => push(word, c),
        }
    }
}

fn double_quoted(chars: &mut Chars<'_>, word: &mut Vec<u8>) -> Result<(), &'static str> {
    loop {
        match chars.next().ok_or(NO_END)? {
            '"' => return Ok(()),
            '\\' => match chars.next().ok_or(NO_END)? {
                c @ ('"' | '\\' | '$' | '`') => push(word, c),
                c => {
                    word.push(b'\\');
                    push(word, c);
                }
            },
            c => push(word, c),
        }
    }
}

/// The rest of `$'...'`: the escapes that [`quote`] writes.
fn with_escapes(chars: &mut Chars<'_>, word: &mut Vec<u8>) -> Result<(), &'static str> {
    loop {
        match chars.next().ok_or(NO_END)? {
            '\'' => return Ok(()),
            '\\' => match chars.next().ok_or(NO_END)? {
                'n' => word.push(b'\n'),
                't' => word.push(b'\t'),
                'r' => word.push(b'\r'),
                first @ '0'..='7' => {
                    let mut byte = first.to_digit(8).unwrap_or_default();
                    for _ in 0..2 {
                        let Some(digit) = chars.peek().and_then(|c| c.to_digit(8)) else {
                            break;
                        };
                        byte = 8 * byte + digit;
                        chars.next();
                    }
                    word.push(u8::try_from(byte).map_err(|_| "an escape is larger than a byte")?);
                }
                c => push(word, c),
            },
            c => push(word, c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_as_a_shell_reads_them() {
        for (line, words) in [
            ("", &[][..]),
            ("  variants\t--limit 5 ", &["variants", "--limit", "5"]),
            (
                r#"a 'b "c"' "d 'e' \"f\" \x" g\ h"#,
                &["a", "b \"c\"", "d 'e' \"f\" \\x", "g h"],
            ),
            ("'' --x=''", &["", "--x="]),
            (r"$'a\0337\n\''", &["a\u{1b}7\n'"]),
            ("$HOME * ~", &["$HOME", "*", "~"]),
        ] {
            assert_eq!(split(line).unwrap(), words, "{line}");
        }
        for line in ["'a", "\"a", "$'a", "a\\", r"$'\777'", r"$'\377'"] {
            assert!(split(line).is_err(), "{line}");
        }
    }

    #[test]
    fn quoted_words_are_read_again() {
        let words = [
            "it's",
            "a\\b",
            "$x `y` \"z\"",
            "",
            "a\u{1b}7\n'",
            "\u{9b}é",
            "\u{202e}",
        ];
        assert_eq!(split(&join(words)).unwrap(), words);
    }

    #[test]
    fn words_are_quoted_where_they_need_it() {
        for (word, quoted) in [
            ("log.csv", "log.csv"),
            ("", "''"),
            ("a b", "'a b'"),
            ("it's", r"'it'\''s'"),
            ("\"A\" -> \"B\"", "'\"A\" -> \"B\"'"),
            ("$HOME", "'$HOME'"),
            ("~/x", "'~/x'"),
            ("Größe", "'Größe'"),
            ("a\u{1b}7\n'", r"$'a\0337\n\''"),
            ("\u{9b}", r"$'\302\233'"),
        ] {
            assert_eq!(quote(word), quoted);
        }
    }

    /// The shell itself is the judge.
    #[test]
    fn a_shell_gives_the_words_back() {
        let words = [
            "it's",
            "a\\b",
            "$x `y` \"z\"",
            "-n",
            "a\u{1b}7\n'",
            "*",
            "\u{9b}é",
        ];
        let line = format!("printf '%s\\0' {}", join(words));
        let out = std::process::Command::new("bash")
            .args(["-c", &line])
            .output();
        let Ok(out) = out else { return };
        let back = String::from_utf8(out.stdout).expect("UTF-8");
        let back: Vec<&str> = back.split_terminator('\0').collect();
        assert_eq!(back, words);
    }
}
