//! Why an action did nothing.

use super::model::App;
use crate::input::Action;

/// Why nothing happened: a key that does nothing here says so.
pub(super) fn explain(app: &mut App, action: &Action) {
    use Action::*;
    let reason = match action {
        Open => "Nothing to open here",
        Keep | Drop => "Nothing selected to keep or drop",
        Sort | ReverseSort | SortBy(_) => "Nothing to sort here",
        SetFind(text) if !text.is_empty() => "Nothing to search here",
        FindNext | FindPrevious => "No search; {find} starts one",
        NextWait | PreviousWait => "No waits to jump to here",
        ZoomIn | ZoomOut | ZoomFit => "This view cannot be zoomed",
        NextAspect | ToggleAxis => "Nothing to switch here",
        NextPath | PreviousPath => "No path of a variant here",
        Predict => "No open case here to predict",
        Trim => "No activities to cut cases to here",
        SwitchFocus => "Nothing beside the list here",
        _ => return,
    };
    app.notify_with_keys(reason);
}
