//! Parts of cases as options say them: `Created..Closed`.

use crate::filter::{parse_events, quote as quote_text};

/// Reads a part of cases, `A..B`, as a condition on events.
pub fn case_part(text: &str) -> Result<String, String> {
    const EXPECTED: &str =
        "expected two activities with .. between, as Created..Closed or last \"A\"..first \"B\"";
    let places = text.match_indices("..").map(|(at, _)| at);
    let mut read = places.filter_map(|at| {
        let (from, to) = (part_end(&text[..at])?, part_end(&text[at + 2..])?);
        Some(format!("between {from} and {to}"))
    });
    // Two points may be in quotes.
    read.find(|condition| parse_events(condition).is_ok())
        .ok_or_else(|| EXPECTED.to_owned())
}

/// An end of a part: an activity, in quotes or as it is, with `first` or `last` before one in quotes.
fn part_end(text: &str) -> Option<String> {
    let text = text.trim();
    let rest = text.strip_prefix("first ").or(text.strip_prefix("last "));
    let is_quoted = rest.unwrap_or(text).trim_start().starts_with('"');
    let written = if is_quoted {
        text.to_owned()
    } else {
        quote_text(text)
    };
    (!text.is_empty()).then_some(written)
}
