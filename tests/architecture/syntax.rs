//! Functions and enums of a blanked text: enough of Rust's grammar to count them.

use super::scanner::line_of;
use std::ops::Range;

/// A function with its parameters and, outside traits, its body.
pub struct Function<'a> {
    pub line: usize,
    pub name: &'a str,
    /// Pattern and type of every parameter; the type of a bare `self` is empty.
    pub parameters: Vec<(&'a str, &'a str)>,
    /// Text between the braces.
    pub body: Option<&'a str>,
    /// Place of the body in the text.
    pub range: Range<usize>,
}

/// An enum with its variants in alphabetical order: the name of each, and `()` or `{}` where it holds
/// something.
pub struct Enum<'a> {
    pub line: usize,
    pub name: &'a str,
    pub variants: Vec<String>,
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The word at the beginning of a text.
pub fn word(text: &str) -> &str {
    let end = text.find(|c| !is_word(c)).unwrap_or(text.len());
    &text[..end]
}

/// Places just after each use of a keyword.
fn after<'a>(text: &'a str, keyword: &'a str) -> impl Iterator<Item = usize> + 'a {
    text.match_indices(keyword).filter_map(move |(at, _)| {
        let end = at + keyword.len();
        let whole = !text[..at].ends_with(is_word) && text[end..].starts_with(' ');
        whole.then_some(end + 1)
    })
}

/// End of the bracketed text that opens at `open`: the place after its closing bracket. The angle
/// bracket of an arrow closes nothing.
pub fn closing(text: &str, open: usize) -> usize {
    let mut depth = 0;
    let mut before = ' ';
    let angles = text[open..].starts_with('<');
    for (at, c) in text[open..].char_indices() {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            '<' if angles => depth += 1,
            '>' if angles && before != '-' && before != '=' => depth -= 1,
            _ => {}
        }
        before = c;
        if depth == 0 {
            return open + at + c.len_utf8();
        }
    }
    text.len()
}

/// The parts between the commas that stand outside of brackets.
pub fn parts(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let (mut depth, mut from, mut before) = (0, 0, ' ');
    for (at, c) in text.char_indices() {
        match c {
            '(' | '[' | '{' | '<' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            '>' if before != '-' && before != '=' => depth -= 1,
            ',' if depth == 0 => {
                found.push(text[from..at].trim());
                from = at + 1;
            }
            _ => {}
        }
        before = c;
    }
    found.push(text[from..].trim());
    found.retain(|part| !part.is_empty());
    found
}

/// All functions, those within functions too.
pub fn functions(text: &str) -> Vec<Function<'_>> {
    after(text, "fn")
        .filter_map(|at| function(text, at))
        .collect()
}

fn function(text: &str, at: usize) -> Option<Function<'_>> {
    let name = word(&text[at..]);
    let mut open = at + name.len();
    if text[open..].starts_with('<') {
        open = closing(text, open);
    }
    if name.is_empty() || !text[open..].starts_with('(') {
        return None;
    }
    let end = closing(text, open);
    let parameter = |part| split_parameter(part);
    let parameters = parts(&text[open + 1..end - 1])
        .into_iter()
        .map(parameter)
        .collect();
    let mut depth = 0;
    let stop = text[end..].char_indices().find(|&(_, c)| {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth -= 1,
            _ => {}
        }
        depth == 0 && (c == '{' || c == ';')
    });
    let (brace, c) = stop?;
    let brace = end + brace;
    let range = match c {
        '{' => brace + 1..closing(text, brace) - 1,
        _ => brace..brace,
    };
    Some(Function {
        line: line_of(text, at),
        name,
        parameters,
        body: (c == '{').then(|| text[range.clone()].trim()),
        range,
    })
}

/// `mut name: Type` as name and type.
fn split_parameter(part: &str) -> (&str, &str) {
    let bare = part.trim_start_matches("mut ");
    match bare.split_once(": ") {
        Some((pattern, kind)) => (pattern.trim(), kind.trim()),
        None => (bare, ""),
    }
}

/// All enums.
pub fn enums(text: &str) -> Vec<Enum<'_>> {
    let found = after(text, "enum").filter_map(|at| {
        let name = word(&text[at..]);
        let open = at + text[at..].find('{')?;
        let body = &text[open + 1..closing(text, open) - 1];
        let mut variants: Vec<String> = parts(body).into_iter().map(variant).collect();
        variants.sort_unstable();
        Some(Enum {
            line: line_of(text, at),
            name,
            variants,
        })
    });
    found.collect()
}

/// Name and form of a variant, after its attributes.
fn variant(mut text: &str) -> String {
    while let Some(open) = text.find('[').filter(|_| text.starts_with('#')) {
        text = text[closing(text, open)..].trim_start();
    }
    let name = word(text);
    let form = match text[name.len()..].trim_start().chars().next() {
        Some('(') => "()",
        Some('{') => "{}",
        _ => "",
    };
    format!("{name}{form}")
}

/// Callee and arguments, where `body` is nothing but one call.
pub fn only_call(body: &str) -> Option<(&str, Vec<&str>)> {
    let body = body.trim_end_matches(';').trim_end();
    if !body.ends_with(')') || body.contains([';', '{', '|', '?', '=', '!', '+']) {
        return None;
    }
    let (mut depth, mut open) = (0, 0);
    for (at, c) in body.char_indices().rev() {
        match c {
            ')' | ']' => depth += 1,
            '(' | '[' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            open = at;
            break;
        }
    }
    let callee = body[..open].trim_end();
    Some((callee, parts(&body[open + 1..body.len() - 1])))
}

#[test]
fn functions_and_enums_are_found() {
    let text = "impl A { fn f<F: Fn(u8) -> bool>(&self, mut a: (u8, u8), b: &[u8; 2]) -> [u8; 2] {\n    g(a)\n} }\n\
                trait T { fn t(&self); }\n#[derive(X)]\nenum E<T> { #[x(y)] B(u8, T), A { c: u8 }, }";
    let found = functions(text);
    let names: Vec<_> = found.iter().map(|f| (f.name, f.body)).collect();
    assert_eq!(names, [("f", Some("g(a)")), ("t", None)]);
    let parameters = [("&self", ""), ("a", "(u8, u8)"), ("b", "&[u8; 2]")];
    assert_eq!(found[0].parameters, parameters);
    let found = enums(text);
    assert_eq!(
        (found[0].name, found[0].variants.join(" ")),
        ("E", "A{} B()".to_owned())
    );
    assert_eq!(
        only_call("self.list\n  .f(a, &b);"),
        Some(("self.list\n  .f", vec!["a", "&b"]))
    );
    assert_eq!(only_call("f(a)?"), None);
    assert_eq!(only_call("f(a); g(b)"), None);
}
