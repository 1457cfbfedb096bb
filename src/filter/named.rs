//! Named filters: `@slow` in a text stands for the filter of that name. They are replaced in the text, before it
//! is parsed, so that what is in force, printed and kept needs no definitions.

use super::QueryError;
use super::lex::Scanner;
use crate::text::did_you_mean;
use std::ops::Range;

/// A filter of cases with its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedFilter {
    /// Name: letters, digits, `_` and `-`.
    pub name: String,
    /// The filter, without names of others.
    pub text: String,
}

/// Filters with their names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NamedFilters {
    /// In the order in which they are offered.
    pub list: Vec<NamedFilter>,
}

/// A text whose names were replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expanded {
    /// The text.
    pub text: String,
    /// Names in the written text and what is in their place, both in bytes.
    pieces: Vec<[Range<usize>; 2]>,
}

/// Bytes that a text has at most once its names are replaced.
const LONGEST: usize = 64 << 10;

/// Returns whether a text can be the name of a filter.
pub fn is_filter_name(name: &str) -> bool {
    !name.is_empty() && name_length(name) == name.len()
}

/// Bytes of the name at the beginning of a text. A hyphen is part of it between letters or digits only, as
/// `->` may follow.
fn name_length(text: &str) -> usize {
    let is_plain = |c: char| c.is_alphanumeric() || c == '_';
    let mut chars = text.char_indices().peekable();
    let mut length = 0;
    while let Some((at, c)) = chars.next() {
        let joins = c == '-' && at > 0 && chars.peek().is_some_and(|(_, next)| is_plain(*next));
        if !is_plain(c) && !joins {
            break;
        }
        length = at + c.len_utf8();
    }
    length
}

/// Places of the names in a text, each with its `@`, that are in no quotes.
fn places(text: &str) -> Vec<Range<usize>> {
    let mut scan = Scanner::new(text, None);
    let mut places = Vec::new();
    while let Some(next) = scan.peek() {
        let start = scan.at();
        let is_read = match next {
            '"' | '\'' => scan.string().is_ok(),
            '`' => scan.backticked().is_ok(),
            '@' => {
                let end = start + 1 + name_length(&text[start + 1..]);
                places.push(start..end);
                while scan.at() < end {
                    scan.skip_char();
                }
                true
            }
            _ => {
                if scan.literal().node.is_empty() {
                    scan.skip_char();
                }
                true
            }
        };
        // A quote that is not closed is for the parser to report.
        if !is_read {
            break;
        }
    }
    places
}

/// The place of the name that ends at a place of a text, with its `@`; `None` where none does.
pub fn name_before(text: &str, cursor: usize) -> Option<Range<usize>> {
    let places = places(text.get(..cursor)?);
    places.into_iter().find(|place| place.end == cursor)
}

impl NamedFilters {
    /// Replaces each `@name` by the filter of that name: in parentheses, unless it is the whole text.
    ///
    /// # Errors
    /// A name is not known, or the text becomes too long.
    pub fn expand(&self, text: &str) -> Result<Expanded, QueryError> {
        let mut expanded = Expanded {
            text: String::new(),
            pieces: Vec::new(),
        };
        let mut copied = 0;
        for place in places(text) {
            let name = &text[place.start + 1..place.end];
            let found = self.list.iter().find(|filter| filter.name == name);
            let found = found.ok_or_else(|| self.unknown(name, &place))?;
            expanded.text.push_str(&text[copied..place.start]);
            let start = expanded.text.len();
            if text.trim().len() == place.len() {
                expanded.text.push_str(&found.text);
            } else {
                expanded.text.extend(["(", &found.text, ")"]);
            }
            if expanded.text.len() > LONGEST {
                let message =
                    format!("the filter is longer than {LONGEST} bytes with its names replaced");
                return Err(QueryError::new(place, message));
            }
            copied = place.end;
            let end = expanded.text.len();
            expanded.pieces.push([place, start..end]);
        }
        expanded.text.push_str(&text[copied..]);
        Ok(expanded)
    }

    fn unknown(&self, name: &str, place: &Range<usize>) -> QueryError {
        let names = self.list.iter().map(|filter| filter.name.as_str());
        let message = match (name, self.list.is_empty()) {
            (_, true) => "no file with named filters was read".to_owned(),
            ("", false) => "expected the name of a filter after @".to_owned(),
            (name, false) => {
                let hint = did_you_mean(name, names, str::to_owned);
                format!("no filter is called {name}{hint}")
            }
        };
        QueryError::new(place.clone(), message)
    }
}

impl Expanded {
    /// The place in the written text of a place in this one.
    pub fn written(&self, span: &Range<usize>) -> Range<usize> {
        self.written_at(span.start, false)..self.written_at(span.end, true)
    }

    fn written_at(&self, at: usize, is_end: bool) -> usize {
        // Ends of the last piece before the place, here and in the written text.
        let mut before = [0; 2];
        for [written, new] in &self.pieces {
            if at <= new.start {
                break;
            }
            if at < new.end {
                return if is_end { written.end } else { written.start };
            }
            before = [new.end, written.end];
        }
        at - before[0] + before[1]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filters() -> NamedFilters {
        let named = |(name, text): (&str, &str)| NamedFilter {
            name: name.to_owned(),
            text: text.to_owned(),
        };
        NamedFilters {
            list: [
                ("slow", "duration > 3d"),
                ("big-one", "a or b"),
                ("é_1", "\"@slow\""),
            ]
            .map(named)
            .into(),
        }
    }

    #[test]
    fn names_stand_for_filters() {
        for (text, wanted) in [
            ("@slow", "duration > 3d"),
            (" @slow ", " duration > 3d "),
            ("@slow and not @big-one", "(duration > 3d) and not (a or b)"),
            ("(@slow)", "((duration > 3d))"),
            ("@slow->\"B\"", "(duration > 3d)->\"B\""),
            (
                "x = \"@slow\" and '@slow' = `@slow`",
                "x = \"@slow\" and '@slow' = `@slow`",
            ),
            ("@é_1 or a", "(\"@slow\") or a"),
            ("\"open @slow", "\"open @slow"),
            ("", ""),
        ] {
            assert_eq!(filters().expand(text).unwrap().text, wanted, "{text}");
        }
    }

    #[test]
    fn unknown_names_are_errors_at_their_place() {
        for (text, span, message) in [
            (
                "a = 1 and @slwo",
                10..15,
                "no filter is called slwo; did you mean slow or é_1?",
            ),
            ("@ or b", 0..1, "expected the name of a filter after @"),
            ("@slow-", 5..6, ""),
        ] {
            match filters().expand(text) {
                Err(error) => assert_eq!((error.span, &*error.message), (span, message), "{text}"),
                Ok(expanded) => assert_eq!(expanded.text, "(duration > 3d)-", "{text}"),
            }
        }
        let none = NamedFilters::default().expand("@x").unwrap_err();
        assert_eq!(none.message, "no file with named filters was read");
        let mut long = filters();
        long.list[0].text = "x".repeat(40_000);
        assert!(
            long.expand("@slow or @slow")
                .unwrap_err()
                .message
                .contains("longer")
        );
    }

    #[test]
    fn places_are_those_of_the_text_as_it_was_written() {
        let text = "@slow and nothing = 1 or @big-one -> 2";
        let expanded = filters().expand(text).unwrap();
        let of = |part: &str| {
            let at = expanded.text.find(part).unwrap();
            let written = expanded.written(&(at..at + part.len()));
            &text[written]
        };
        assert_eq!(of("nothing"), "nothing");
        assert_eq!(of("3d"), "@slow");
        assert_eq!(of("(duration > 3d)"), "@slow");
        assert_eq!(of("or b"), "@big-one");
        assert_eq!(of("-> 2"), "-> 2");
        assert_eq!(of("and"), "and");
        let end = expanded.text.len();
        assert_eq!(expanded.written(&(end..end)), text.len()..text.len());
    }

    #[test]
    fn the_name_at_the_cursor_is_found() {
        for (text, wanted) in [
            ("@", Some(0..1)),
            ("a = 1 and @sl", Some(10..13)),
            ("@slow ", None),
            ("x = \"@sl", None),
            ("x", None),
        ] {
            assert_eq!(name_before(text, text.len()), wanted, "{text}");
        }
        assert_eq!(name_before("@slow and x", 3), Some(0..3));
        assert_eq!(name_before("é@", 1), None);
    }

    #[test]
    fn names_are_words() {
        for (name, good) in [
            ("slow", true),
            ("a-b_1", true),
            ("é", true),
            ("", false),
            ("a-", false),
            ("-a", false),
            ("a b", false),
            ("a.b", false),
        ] {
            assert_eq!(is_filter_name(name), good, "{name}");
        }
    }
}
