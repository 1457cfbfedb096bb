//! Words of a command line, quoted so that a shell gives them back as they were.

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

#[cfg(test)]
mod tests {
    use super::*;

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
