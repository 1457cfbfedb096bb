//! Enough of Rust's grammar to find the paths that a file names: comments, literals, items under
//! `#[cfg(test)]`, use trees. Not a parser; knows nothing of the layers.

/// What stands where a line of tests was.
pub const TEST_LINE: &str = "\u{1}";

/// Line of a place in a text, from 1.
pub fn line_of(text: &str, at: usize) -> usize {
    text[..at].matches('\n').count() + 1
}

/// The text with comments, strings and characters turned to blanks; line breaks stay.
pub fn blank(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let (end, kept) = piece(rest, out.ends_with(is_word));
        out.push_str(&rest[..kept]);
        out.extend(
            rest[kept..end]
                .chars()
                .map(|c| if c == '\n' { '\n' } else { ' ' }),
        );
        rest = &rest[end..];
    }
    out
}

/// The string literals of a text outside of comments, with their lines.
pub fn strings(text: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut at = 0;
    let mut line = 1;
    while at < text.len() {
        let rest = &text[at..];
        let (end, kept) = piece(rest, text[..at].ends_with(is_word));
        if kept == 0 && !rest.starts_with(['/', '\'']) {
            found.push((line, &rest[..end]));
        }
        line += rest[..end].matches('\n').count();
        at += end;
    }
    found
}

/// Length of the comment, literal or character that `text` begins with, and how much of it is code.
fn piece(text: &str, after_word: bool) -> (usize, usize) {
    let c = text.chars().next().expect("some text");
    match c {
        '/' if text.starts_with("//") => (text.find('\n').unwrap_or(text.len()), 0),
        '/' if text.starts_with("/*") => (block_comment(text), 0),
        '"' => (string(text), 0),
        'r' | 'b' if !after_word => literal_with_prefix(text),
        '\'' => (character(text).unwrap_or(1), 0),
        _ => (c.len_utf8(), c.len_utf8()),
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Length of the block comment, comments nested, that `text` begins with.
fn block_comment(text: &str) -> usize {
    let mut depth = 0;
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        if rest.starts_with("/*") {
            depth += 1;
            at += 2;
        } else if rest.starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                break;
            }
        } else {
            at += rest.chars().next().map_or(1, char::len_utf8);
        }
    }
    at
}

/// Length of the string that `text` begins with.
fn string(text: &str) -> usize {
    let mut escaped = true;
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// Length of a raw or byte literal, and how much of it to keep: all of it where it is a word.
fn literal_with_prefix(text: &str) -> (usize, usize) {
    let after = text.trim_start_matches(['r', 'b', 'c']);
    let prefix = text.len() - after.len();
    let hashes = after.len() - after.trim_start_matches('#').len();
    if prefix <= 2 && text[..prefix].contains('r') && after[hashes..].starts_with('"') {
        let close = format!("\"{}", "#".repeat(hashes));
        let body = prefix + hashes + 1;
        let end = text[body..]
            .find(&close)
            .map_or(text.len(), |end| body + end + close.len());
        return (end, 0);
    }
    if prefix == 1 && after.starts_with('"') {
        return (1 + string(after), 0);
    }
    (1, 1)
}

/// Length of the character literal that `text` begins with; `None` for a lifetime.
fn character(text: &str) -> Option<usize> {
    let mut chars = text.char_indices().skip(1);
    match chars.next()?.1 {
        '\\' => {
            chars.next();
            chars.find(|&(_, c)| c == '\'').map(|(at, _)| at + 1)
        }
        _ => chars
            .next()
            .filter(|&(_, c)| c == '\'')
            .map(|(at, _)| at + 1),
    }
}

/// Where the items under `#[cfg(test)]` begin and end in a blanked text.
fn test_items(text: &str) -> Vec<(usize, usize)> {
    let mut items = Vec::new();
    let mut from = 0;
    while let Some(found) = text[from..].find("#[cfg(test)]") {
        let begin = from + found;
        let mut depth = 0;
        let mut end = text.len();
        for (at, c) in text[begin..].char_indices() {
            match c {
                '{' => depth += 1,
                '}' => depth -= 1,
                _ => {}
            }
            if depth == 0 && (c == '}' || c == ';') {
                end = begin + at + 1;
                break;
            }
        }
        items.push((begin, end));
        from = end;
    }
    items
}

/// The blanked text with each line of test items replaced by a mark.
pub fn without_tests(text: &str) -> String {
    let mut out = String::new();
    let mut from = 0;
    for (begin, end) in test_items(text) {
        out.push_str(&text[from..begin]);
        out.push_str(TEST_LINE);
        for _ in 0..text[begin..end].matches('\n').count() {
            out.push('\n');
            out.push_str(TEST_LINE);
        }
        from = end;
    }
    out + &text[from..]
}

/// The modules in files of their own that are declared under `#[cfg(test)]`: paths without `.rs`.
pub fn test_modules(name: &str, text: &str) -> Vec<String> {
    let stem = name.trim_end_matches(".rs");
    let folder = match stem.rsplit_once('/') {
        Some((folder, "mod")) => folder.to_string(),
        None if stem == "lib" => String::new(),
        _ => stem.to_string(),
    };
    let module = |&(begin, end): &(usize, usize)| {
        let item = text[begin..end].strip_suffix(';')?;
        let (_, module) = item.rsplit_once("mod ")?;
        Some(
            format!("{folder}/{}", module.trim())
                .trim_start_matches('/')
                .to_string(),
        )
    };
    test_items(text).iter().filter_map(module).collect()
}

/// The paths below `root` that a blanked text names, groups expanded: line, and path without root.
pub fn paths(text: &str, root: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices(root) {
        let starts = !text[..at].ends_with(is_word) && !text[..at].ends_with("::");
        let after = text[at + root.len()..].trim_start();
        let Some(tail) = after.strip_prefix("::").filter(|_| starts) else {
            continue;
        };
        let mut names = Vec::new();
        expand(tail, "", &mut names);
        found.extend(names.into_iter().map(|path| (line_of(text, at), path)));
    }
    found
}

/// Adds the paths of a use tree, `a::{b, c::d}`, to `paths`; gives what follows it.
fn expand<'a>(text: &'a str, prefix: &str, paths: &mut Vec<String>) -> &'a str {
    let text = text.trim_start();
    if let Some(mut rest) = text.strip_prefix('{') {
        loop {
            rest = rest.trim_start_matches(|c: char| c == ',' || c.is_whitespace());
            if rest.is_empty() || rest.starts_with('}') {
                return rest.get(1..).unwrap_or("");
            }
            let before = rest.len();
            rest = expand(rest, prefix, paths);
            // `as name` after a path, or something that is no use tree: go on at the next comma.
            let next = rest.find([',', '}']).unwrap_or(rest.len());
            rest = &rest[next..];
            if rest.len() == before {
                return rest;
            }
        }
    }
    let end = text.find(|c| !is_word(c) && c != '*').unwrap_or(text.len());
    let path = if prefix.is_empty() {
        text[..end].to_string()
    } else {
        format!("{prefix}::{}", &text[..end])
    };
    let rest = text[end..].trim_start();
    match rest.strip_prefix("::") {
        // A turbofish ends the path.
        Some(more) if !more.trim_start().starts_with('<') => expand(more, &path, paths),
        _ => {
            paths.push(path);
            rest
        }
    }
}

#[test]
fn the_scanner_finds_paths() {
    let text = "use crate::a::{b, c::{D, e::*}, self};\nlet x = crate::f::<T>(crate :: g :: h);\n\
                use mycrate::no; use other::crate::no;";
    let found: Vec<String> = paths(text, "crate")
        .into_iter()
        .map(|(line, path)| format!("{line} {path}"))
        .collect();
    assert_eq!(
        found,
        [
            "1 a::b",
            "1 a::c::D",
            "1 a::c::e::*",
            "1 a::self",
            "2 f",
            "2 g::h"
        ]
    );
}

#[test]
fn the_scanner_sees_no_comments_and_literals() {
    let text = "a /* crate::x /* y */ */ b // crate::x\n\"crate::\\\"x\" r#\"crate::\"x\"# b'\\'' 'c' &'a str b\"q\" rb";
    let words: Vec<String> = blank(text).split_whitespace().map(str::to_string).collect();
    assert_eq!(words, ["a", "b", "b", "&", "a", "str", "rb"]);
}

#[test]
fn the_scanner_leaves_tests_out() {
    let text = "fn a() {}\n#[cfg(test)]\nmod tests {\n  fn b() { crate::x::y() }\n}\nfn c() {}\n#[cfg(test)]\nmod t;";
    let left = without_tests(text);
    assert!(paths(&left, "crate").is_empty() && left.contains("fn c()"));
    assert_eq!(left.lines().filter(|line| *line != TEST_LINE).count(), 2);
    assert_eq!(test_modules("a/mod.rs", text), ["a/t"]);
    assert_eq!(test_modules("a/b.rs", text), ["a/b/t"]);
    assert_eq!(test_modules("lib.rs", text), ["t"]);
}
