//! Completion of paths of files, which are listed on a thread of their own.

use super::{Completing, Prompt, PromptKind, Wanted};
use crate::app::model::App;
use crate::engine::{Completion, Reference};
use std::ops::Range;

/// The bytes of the text that are a path so far.
fn path(prompt: &Prompt) -> Option<Range<usize>> {
    let PromptKind::Text(wanted) = prompt.kind else {
        return None;
    };
    wanted.file_endings()?;
    let before = prompt.line.text().get(..prompt.line.cursor())?;
    let is_word = wanted == Wanted::Reference && before.starts_with(Reference::MODEL_WORD);
    let start = if is_word {
        Reference::MODEL_WORD.len()
    } else {
        0
    };
    Some(start..before.len())
}

/// The beginning of a path for which the open prompt wants the files, asked for once.
pub(in crate::app) fn wanted(app: &mut App) -> Option<String> {
    let prompt = app.prompt.as_mut()?;
    let place = path(prompt)?;
    let is_asked = prompt.asked_line.as_ref() == Some(&prompt.line);
    if is_asked || prompt.completing.chosen.is_some() {
        return None;
    }
    prompt.asked_line = Some(prompt.line.clone());
    prompt.line.text().get(place).map(str::to_owned)
}

/// Takes the files whose paths begin like that; folders end with a slash.
pub(in crate::app) fn receive(app: &mut App, asked: &str, files: &[String]) {
    let Some(prompt) = app.prompt.as_mut() else {
        return;
    };
    let (Some(place), PromptKind::Text(wanted)) = (path(prompt), &prompt.kind) else {
        return;
    };
    let endings = wanted.file_endings().unwrap_or_default();
    // The text went on, or a completion was put into it.
    let is_same = prompt.line.text().get(place.clone()) == Some(asked);
    if !is_same || prompt.completing.chosen.is_some() {
        return;
    }
    let fits = |file: &&String| {
        let name = file.to_ascii_lowercase();
        name.ends_with('/') || endings.iter().any(|ending| name.ends_with(ending))
    };
    let items = files.iter().filter(fits).filter(|file| *file != asked);
    let items = items.map(|file| Completion {
        replace: place.clone(),
        text: file.clone(),
        kind: if file.ends_with('/') {
            "folder"
        } else {
            "file"
        },
    });
    prompt.completing = Completing {
        items: items.collect(),
        base: Some(prompt.line.clone()),
        chosen: None,
    };
}
