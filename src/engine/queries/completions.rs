//! Completions of a filter text that is being typed.

use crate::engine::query::{Context, Query};
use crate::engine::view::AskError;
use crate::filter;

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
    pub replace: std::ops::Range<usize>,
    /// Replacement.
    pub text: String,
    /// Kind of the text: "activity", "column", "value", "word".
    pub kind: &'static str,
}

impl Query for CompletionsQuery {
    type Answer = Vec<Completion>;

    fn run(&self, context: &Context<'_>) -> Result<Vec<Completion>, AskError> {
        let prepared = context.analysis.prepared(context.view)?;
        let found = filter::complete(&self.text, self.cursor, self.events, &prepared.log);
        let completion = |c: filter::Completion| Completion {
            replace: c.replace,
            text: c.text,
            kind: c.kind,
        };
        Ok(found.into_iter().map(completion).collect())
    }
}
