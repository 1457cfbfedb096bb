//! Completion of tags: those that some case has; after `-` those of the cases that they are asked for.

use super::{Completing, PromptKind, Wanted};
use crate::app::model::App;
use crate::engine::Completion;
use std::collections::BTreeSet;

/// Completes the word before the cursor of an open prompt for tags.
pub(super) fn complete(app: &mut App) {
    let wanted = PromptKind::Text(Wanted::Tags);
    let prompt = app.prompt.as_mut();
    let Some(prompt) = prompt.filter(|prompt| prompt.kind == wanted) else {
        return;
    };
    let line = prompt.line.clone();
    let Some(before) = line.text().get(..line.cursor()) else {
        return;
    };
    let start = before.rfind([' ', ',']).map_or(0, |at| at + 1);
    let word = &before[start..];
    let (sign, begun) = match word.strip_prefix('-') {
        Some(begun) => ("-", begun),
        None => ("", word),
    };
    let tags: BTreeSet<&str> = if sign.is_empty() {
        app.notes.all_tags()
    } else {
        app.noted
            .iter()
            .flat_map(|case| app.notes.tags(case))
            .collect()
    };
    // One with a blank could not be typed.
    let fits = |tag: &&str| tag.starts_with(begun) && *tag != begun && !tag.contains([' ', ',']);
    let items = tags.into_iter().filter(fits).map(|tag| Completion {
        replace: start..before.len(),
        text: format!("{sign}{tag}"),
        kind: "tag",
    });
    prompt.completing = Completing {
        items: items.collect(),
        base: Some(line),
        chosen: None,
    };
}
