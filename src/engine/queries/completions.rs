//! Completions of a filter, or of the definition of a milestone, that is being typed.

use crate::engine::query::{Context, Query};
use crate::engine::view::AskError;
use crate::event_log::EventLog;
use crate::filter::{self, CaseTexts, parse_milestone, quote};
use std::ops::Range;
use std::sync::Arc;

/// Completions at the cursor of a filter text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompletionsQuery {
    /// The text typed so far.
    pub text: String,
    /// The cursor, in bytes.
    pub cursor: usize,
    /// True for a condition on events, false for one on cases.
    pub events: bool,
}

/// A text that fits at the cursor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completion {
    /// Bytes of the text that it replaces.
    pub replace: Range<usize>,
    /// Replacement.
    pub text: String,
    /// Kind of the text: "activity", "column", "value", "word".
    pub kind: &'static str,
}

impl Query for CompletionsQuery {
    type Answer = Vec<Completion>;

    fn run(&self, context: &Context<'_>) -> Result<Vec<Completion>, AskError> {
        let prepared = context.analysis.prepared(context.view, context.cancel)?;
        Ok(self.complete(&prepared.log, &prepared.noted()))
    }
}

impl CompletionsQuery {
    /// Completes the text by the names of a log, and its tags and notes.
    pub fn complete(&self, log: &EventLog, noted: &[CaseTexts]) -> Vec<Completion> {
        let found = filter::complete(&self.text, self.cursor, self.events, log, noted);
        let completion = |c: filter::Completion| Completion {
            replace: c.replace,
            text: c.text,
            kind: c.kind,
        };
        found.into_iter().map(completion).collect()
    }
}

const WORDS: [&str; 6] = ["first", "last", "each", "end", "after", "start"];

/// Completes the definition of a milestone at the cursor, in bytes: words of its grammar, and activities.
pub fn milestone_completions(
    text: &str,
    cursor: usize,
    activities: &[Arc<str>],
) -> Vec<Completion> {
    let before = text.get(..cursor).unwrap_or(text);
    let Some((name, definition)) = before.split_once('=') else {
        return Vec::new();
    };
    let start = name.len() + 1;
    let (at, quoted) = last_token(definition);
    let partial = definition[at..].trim_start_matches('"').to_lowercase();
    // A quote that was closed already is part of what is replaced.
    let closed = quoted && text[cursor..].starts_with('"');
    let replace = start + at..cursor + usize::from(closed);
    let fits = |candidate: &str| {
        let so_far = format!("{}{candidate}", &definition[..at]);
        match parse_milestone(&so_far) {
            Ok(_) => true,
            // Only what comes after the candidate is still missing.
            Err(error) => error.span.start >= so_far.len(),
        }
    };
    let item = |text: String, kind: &'static str, replace: &Range<usize>| Completion {
        replace: replace.clone(),
        text,
        kind,
    };
    let words = WORDS
        .iter()
        .filter(|word| !quoted && word.starts_with(&partial));
    let words = words.filter(|word| fits(word));
    let words = words.map(|word| item((*word).to_owned(), "word", &replace));
    let names = activities
        .iter()
        .filter(|name| name.to_lowercase().contains(&partial));
    let names = names.map(|name| quote(name)).filter(|name| fits(name));
    let names = names.map(|name| item(name, "activity", &replace));
    words.chain(names).collect()
}

/// Where the last token of a text begins, and whether it is an open quote.
fn last_token(text: &str) -> (usize, bool) {
    let (mut open, mut escaped) = (None, false);
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if open.is_some() => escaped = true,
            '"' => open = if open.is_some() { None } else { Some(at) },
            _ => {}
        }
    }
    if let Some(at) = open {
        return (at, true);
    }
    let word = text.rfind(|c: char| !c.is_alphabetic());
    let at = word.map_or(0, |at| {
        at + text[at..].chars().next().map_or(0, char::len_utf8)
    });
    (at, false)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The texts after each completion at the end of a text.
    fn completed(text: &str) -> Vec<String> {
        let activities = ["Created", "First response", "Say \"x\""].map(Arc::from);
        let found = milestone_completions(text, text.len(), &activities);
        let after = |found: Completion| format!("{}{}", &text[..found.replace.start], found.text);
        found.into_iter().map(after).collect()
    }

    #[test]
    fn what_the_grammar_accepts_is_offered() {
        assert_eq!(completed("name"), [""; 0]);
        assert_eq!(completed("m = "), ["m = first", "m = last", "m = end"]);
        assert_eq!(completed("m = l"), ["m = last"]);
        assert_eq!(
            completed("m = first \"resp"),
            ["m = first \"First response\""]
        );
        assert_eq!(
            completed("m = last \"Created\" a"),
            ["m = last \"Created\" after"]
        );
        // Only what is looked for first can be looked for after each.
        assert_eq!(
            completed("m = first \"Created\" after "),
            ["first", "last", "each", "start"].map(|w| format!("m = first \"Created\" after {w}"))
        );
        assert_eq!(
            completed("m = last \"Created\" after "),
            ["first", "last", "start"].map(|w| format!("m = last \"Created\" after {w}"))
        );
        assert_eq!(
            completed("m = end after last \"say"),
            ["m = end after last \"Say \\\"x\\\"\""]
        );
        assert_eq!(completed("m = first \"Created\" after start "), [""; 0]);
    }
}
