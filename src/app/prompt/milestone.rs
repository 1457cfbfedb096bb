//! Completion of the definition of a milestone.

use super::{Completing, PromptKind, Wanted};
use crate::app::model::App;
use crate::engine::milestone_completions;

/// Completes the text of an open prompt for a milestone.
pub(super) fn complete(app: &mut App) {
    let Some(log) = app.log.clone() else { return };
    let prompt = app.prompt.as_mut();
    let wanted = PromptKind::Text(Wanted::Milestone);
    let Some(prompt) = prompt.filter(|prompt| prompt.kind == wanted) else {
        return;
    };
    let line = prompt.line.clone();
    prompt.completing = Completing {
        items: milestone_completions(line.text(), line.cursor(), &log.activities),
        base: Some(line),
        chosen: None,
    };
}
