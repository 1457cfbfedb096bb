//! Reads the pieces of a filter text, each as the grammar asks for it at that place. There is no
//! list of tokens: `4h` is a column where a field is wanted and a duration where a value is.

use super::ast::{Field, Op, Spanned, is_word_char};
use super::{QueryError, shown};
use std::cell::RefCell;
use std::ops::Range;

/// A kind of token that the grammar accepts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Want {
    /// A word or symbol of the grammar.
    Word(&'static str),
    /// An activity.
    Activity,
    /// A field of events; with `of_cases` also a field of cases.
    Field { of_cases: bool },
    /// An operator after a field.
    Operator(Field),
    /// A value that a field is compared with as the operator says.
    Value(Field, Op),
    /// A duration.
    Duration,
    /// A time.
    Time,
}

/// Kinds of tokens that were accepted at the end of a text.
pub(super) type Wants = RefCell<Vec<Want>>;

/// What is written so far of the last token of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Partial {
    /// A word, perhaps without a letter.
    Word(String),
    /// Text after an open quote, double or single.
    Quoted(String, char),
    /// Text after an open backtick.
    Backticked(String),
}

impl Partial {
    /// The letters so far, as they are meant: without escapes.
    pub fn pattern(&self) -> &str {
        match self {
            Partial::Word(text) | Partial::Quoted(text, _) | Partial::Backticked(text) => text,
        }
    }

    /// Returns what is written of the last token of a text, and where that begins.
    pub fn at_end_of(text: &str) -> (Partial, usize) {
        let mut scan = Scanner::new(text, None);
        while let Some(next) = scan.peek() {
            let start = scan.at();
            match next {
                '"' | '\'' if scan.string().is_err() => {
                    // A backslash at the end may begin an escape.
                    let closed = [&text[start..], text[start..].trim_end_matches('\\')]
                        .map(|open| format!("{open}{next}"));
                    let mut read = closed.iter().map(|text| Scanner::new(text, None).string());
                    let meant = read.find_map(Result::ok).map(|string| string.node);
                    return (Partial::Quoted(meant.unwrap_or_default(), next), start);
                }
                '`' if scan.backticked().is_err() => {
                    let meant = text[start + 1..].replace("``", "`");
                    return (Partial::Backticked(meant), start);
                }
                '"' | '\'' | '`' => {}
                _ => match scan.literal().node {
                    "" => scan.skip_char(),
                    word if scan.at() == text.len() => {
                        return (Partial::Word(word.to_owned()), start);
                    }
                    _ => {}
                },
            }
        }
        (Partial::Word(String::new()), text.len())
    }
}

/// A place in a text.
#[derive(Debug, Clone)]
pub(super) struct Scanner<'a> {
    text: &'a str,
    at: usize,
    wants: Option<&'a Wants>,
}

impl<'a> Scanner<'a> {
    /// Scans a text. What is accepted at its end is written to `wants`, where given.
    pub fn new(text: &'a str, wants: Option<&'a Wants>) -> Self {
        Scanner { text, at: 0, wants }
    }

    /// Notes that such a token is accepted at the place, if it is the end of the text.
    pub fn accepts(&mut self, want: Want) {
        if let Some(wants) = self.wants
            && self.peek().is_none()
        {
            let mut wants = wants.borrow_mut();
            if !wants.contains(&want) {
                wants.push(want);
            }
        }
    }

    /// True if the text is unfinished: more is to be written at its end.
    pub fn is_unfinished(&self) -> bool {
        self.wants.is_some()
    }

    /// A copy at the same place that notes nothing.
    pub fn ahead(&self) -> Scanner<'a> {
        Scanner {
            wants: None,
            ..self.clone()
        }
    }

    /// The place in bytes.
    pub fn at(&self) -> usize {
        self.at
    }

    /// The text from the place on.
    pub fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    /// Takes the next character.
    pub fn skip_char(&mut self) {
        self.at += self.rest().chars().next().map_or(0, char::len_utf8);
    }

    /// The next character that is no space, without taking it; spaces before it are taken.
    pub fn peek(&mut self) -> Option<char> {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
        self.rest().chars().next()
    }

    /// True if the next characters are these; consumes none.
    pub fn sees(&mut self, symbol: &str) -> bool {
        self.peek();
        self.rest().starts_with(symbol)
    }

    /// True if a single point is right at the place.
    pub fn is_at_dot(&self) -> bool {
        self.rest().starts_with('.') && !self.rest().starts_with("..")
    }

    /// Takes a symbol of the grammar if it is next.
    pub fn eat(&mut self, symbol: &'static str) -> bool {
        self.accepts(Want::Word(symbol));
        self.eat_other(symbol)
    }

    /// Takes these characters if they are next: another spelling, which is not to be suggested.
    pub fn eat_other(&mut self, symbol: &str) -> bool {
        let seen = self.sees(symbol);
        if seen {
            self.at += symbol.len();
        }
        seen
    }

    /// The plain word that is next, without taking it; empty where there is none.
    pub fn peek_word(&mut self) -> &'a str {
        self.peek();
        let rest = self.rest();
        &rest[..rest.find(|c| !is_word_char(c)).unwrap_or(rest.len())]
    }

    /// Takes the plain word that is next; empty where there is none.
    pub fn word(&mut self) -> Spanned<&'a str> {
        let word = self.peek_word();
        self.take(word.len())
    }

    /// Takes the plain word and the parenthesis of a `call` such as `count(` if they are next.
    pub fn eat_call(&mut self, call: &'static str) -> bool {
        self.accepts(Want::Word(call));
        let mut ahead = self.ahead();
        // A blank may be between the word and its parenthesis.
        let seen = ahead.word().node == call.trim_end_matches('(') && ahead.eat_other("(");
        if seen {
            self.at = ahead.at;
        }
        seen
    }

    /// Takes this plain word if it is next; in capitals it may be a column.
    pub fn eat_first_word(&mut self, word: &'static str) -> bool {
        self.accepts(Want::Word(word));
        let seen = self.peek_word() == word;
        if seen {
            self.at += word.len();
        }
        seen
    }

    /// Takes this plain word if it is next, in lower case or in capitals.
    pub fn eat_word(&mut self, word: &'static str) -> bool {
        self.accepts(Want::Word(word));
        self.eat_other_word(word)
    }

    /// Takes this plain word if it is next, as [`Scanner::eat_word`] does: another spelling.
    pub fn eat_other_word(&mut self, word: &str) -> bool {
        let next = self.peek_word();
        let seen = next == word || next == word.to_ascii_uppercase();
        if seen {
            self.at += word.len();
        }
        seen
    }

    /// Takes what looks like a number, a duration, a time or a word; ends before `..`.
    pub fn literal(&mut self) -> Spanned<&'a str> {
        self.peek();
        let rest = self.rest();
        let end = rest
            .char_indices()
            .find(|&(i, c)| match c {
                // Two points are a range of time, one may be in a number.
                '.' => rest[i..].starts_with(".."),
                '+' | ':' => false,
                // `->` may follow a name without a blank.
                '-' => rest[i..].starts_with("->"),
                _ => !is_word_char(c),
            })
            .map_or(rest.len(), |(i, _)| i);
        self.take(end)
    }

    fn take(&mut self, len: usize) -> Spanned<&'a str> {
        let span = self.at..self.at + len;
        self.at = span.end;
        Spanned {
            node: &self.text[span.clone()],
            span,
        }
    }

    /// Takes a duration as people write and casetrail prints it, such as `3 days`, `1d 12h` or
    /// `1d12h`, and returns it in the form of the language; `None`, and nothing taken, where there
    /// is none.
    pub fn duration(&mut self) -> Option<Spanned<String>> {
        self.peek();
        let (start, before) = (self.at, self.clone());
        let mut text = String::new();
        let mut end = self.at;
        loop {
            self.peek();
            let rest = self.rest();
            let amount = rest.find(|c: char| !c.is_ascii_digit() && c != '.');
            let amount = &rest[..amount.unwrap_or(rest.len())];
            if amount.parse::<f64>().is_err() {
                break;
            }
            self.at += amount.len();
            self.peek();
            let rest = self.rest();
            let letters = rest.find(|c: char| !c.is_alphabetic());
            let letters = &rest[..letters.unwrap_or(rest.len())];
            let Some(unit) = unit(letters) else { break };
            self.at += letters.len();
            text.push_str(amount);
            text.push_str(unit);
            end = self.at;
        }
        *self = before;
        self.at = end;
        let ends = !self
            .rest()
            .starts_with(|c| is_word_char(c) || matches!(c, '+' | '-' | ':'));
        if text.is_empty() || !(ends || self.rest().starts_with("->")) {
            self.at = start;
            return None;
        }
        Some(self.spanned(text, start))
    }

    /// True if a quote that opens a text is next.
    pub fn is_at_quote(&mut self) -> bool {
        matches!(self.peek(), Some('"' | '\''))
    }

    /// Takes a text in double or single quotes, of which the first is next.
    pub fn string(&mut self) -> Result<Spanned<String>, QueryError> {
        let start = self.at;
        let quote = if self.rest().starts_with('\'') {
            '\''
        } else {
            '"'
        };
        let mut out = String::new();
        let mut chars = self.rest().char_indices().skip(1).peekable();
        while let Some((i, c)) = chars.next() {
            match c {
                c if c == quote => {
                    self.at = start + i + 1;
                    return Ok(self.spanned(out, start));
                }
                '\\' => match chars.next_if(|&(_, c)| c == quote || c == '\\') {
                    Some((_, escaped)) => out.push(escaped),
                    // A backslash before any other character is itself, as in patterns.
                    None => out.push('\\'),
                },
                _ => out.push(c),
            }
        }
        let message = if quote == '"' {
            "this double quote is not closed"
        } else {
            "this single quote is not closed"
        };
        Err(QueryError::new(start..start + 1, message))
    }

    /// Takes a name in backticks, of which the first is next.
    pub fn backticked(&mut self) -> Result<Spanned<String>, QueryError> {
        let start = self.at;
        let mut out = String::new();
        let mut chars = self.rest().char_indices().skip(1).peekable();
        while let Some((i, c)) = chars.next() {
            if c == '`' && chars.next_if(|&(_, c)| c == '`').is_none() {
                self.at = start + i + 1;
                return Ok(self.spanned(out, start));
            }
            out.push(c);
        }
        let message = "this backtick is not closed";
        Err(QueryError::new(start..start + 1, message))
    }

    fn spanned<T>(&self, node: T, start: usize) -> Spanned<T> {
        Spanned {
            node,
            span: start..self.at,
        }
    }

    /// The place and the text of what is next: a word, a quoted text or one character.
    fn found(&mut self) -> (Range<usize>, &'a str) {
        let first = self.peek();
        let rest = self.rest();
        let len = match first {
            None => 0,
            Some(c) if is_word_char(c) => self.peek_word().len(),
            Some(c @ ('"' | '\'' | '`')) => rest[1..].find(c).map_or(rest.len(), |i| i + 2),
            Some(c) => c.len_utf8(),
        };
        (self.at..self.at + len, &rest[..len])
    }

    /// The error that something else was expected here.
    pub fn expected(&mut self, what: &str) -> QueryError {
        let (span, found) = self.found();
        let message = if found.is_empty() {
            format!("expected {what}, but the text ends here")
        } else {
            format!("expected {what}, found {}", shown(found))
        };
        QueryError::new(span, message)
    }
}

/// The unit of durations that a word means.
fn unit(word: &str) -> Option<&'static str> {
    Some(match word.to_ascii_lowercase().as_str() {
        "w" | "week" | "weeks" => "w",
        "d" | "day" | "days" => "d",
        "h" | "hr" | "hrs" | "hour" | "hours" => "h",
        "m" | "min" | "mins" | "minute" | "minutes" => "m",
        "s" | "sec" | "secs" | "second" | "seconds" => "s",
        "ms" | "millisecond" | "milliseconds" => "ms",
        "us" | "microsecond" | "microseconds" => "us",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_know_two_escapes() {
        for (text, wanted) in [
            (r#""""#, ""),
            (r#""a b""#, "a b"),
            (r#""say \"hi\"""#, "say \"hi\""),
            (r#""C:\dir""#, r"C:\dir"),
            (r#""C:\\""#, r"C:\"),
            (r#""\\\"""#, r#"\""#),
            ("\"日本 \n\"", "日本 \n"),
        ] {
            let mut scanner = Scanner::new(text, None);
            let string = scanner.string().unwrap();
            assert_eq!(string.node, wanted, "{text}");
            assert_eq!(string.span, 0..text.len(), "{text}");
            assert_eq!(scanner.peek(), None, "{text}");
        }
        assert!(Scanner::new(r#""a\""#, None).string().is_err());
    }

    #[test]
    fn backticks_are_doubled() {
        for (text, wanted) in [
            ("`a b`", "a b"),
            ("``", ""),
            ("```x`", "`x"),
            ("`x```", "x`"),
        ] {
            assert_eq!(
                Scanner::new(text, None).backticked().unwrap().node,
                wanted,
                "{text}"
            );
        }
        assert!(Scanner::new("`a``", None).backticked().is_err());
    }

    #[test]
    fn literals_end_where_something_else_begins() {
        for (text, wanted) in [
            ("5)", "5"),
            ("-1.5e-3,", "-1.5e-3"),
            (" 2024-01..2024-02", "2024-01"),
            (
                "2024-01-01T00:00:00.5+02:00..=x",
                "2024-01-01T00:00:00.5+02:00",
            ),
            ("1d12h and", "1d12h"),
            ("..5", ""),
            ("", ""),
        ] {
            assert_eq!(Scanner::new(text, None).literal().node, wanted, "{text}");
        }
    }
}
