//! Named filters in the filter line: completion of `@name`, and the text that it stands for.

use super::{Completing, Prompt, Verdict};
use crate::engine::Completion;
use crate::filter::{NamedFilters, name_before};
use std::ops::Range;

/// Completes the name before the cursor; false where there is none.
pub(super) fn complete(prompt: &mut Prompt, filters: &NamedFilters) -> bool {
    let Some(place) = name_before(prompt.line.text(), prompt.line.cursor()) else {
        return false;
    };
    let begun = &prompt.line.text()[place.start + 1..place.end];
    let fits = filters
        .list
        .iter()
        .filter(|filter| filter.name.starts_with(begun));
    let items = fits
        .filter(|filter| filter.name != begun)
        .map(|filter| Completion {
            replace: place.clone(),
            text: format!("@{}", filter.name),
            kind: "named filter",
        });
    prompt.completing = Completing {
        items: items.collect(),
        base: Some(prompt.line.clone()),
        chosen: None,
    };
    true
}

/// The text to be checked; where it names a filter that is not known, the verdict says so.
pub(super) fn expanded(prompt: &mut Prompt, filters: &NamedFilters) -> Option<String> {
    let text = prompt.line.text();
    match filters.expand(text) {
        Ok(expanded) => Some(expanded.text),
        Err(error) => {
            let wrong = Verdict::Wrong {
                message: error.message,
                span: error.span,
            };
            prompt.verdict = Some((text.to_owned(), wrong));
            None
        }
    }
}

/// The place in a written text of a place in the text that was checked.
pub(super) fn written(text: &str, filters: &NamedFilters, span: &Range<usize>) -> Range<usize> {
    match filters.expand(text) {
        Ok(expanded) => expanded.written(span),
        Err(_) => span.clone(),
    }
}
