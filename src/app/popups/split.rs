//! The popup that asks for the property that cases are split by.

use super::{Popup, PopupKind, PopupRow};
use crate::app::model::App;
use crate::engine::GroupBy;
use crate::filter::parse;
use crate::input::Action;
use crate::panes::split;

/// Splits by what the cursor is on, or asks for the column.
pub fn by_cursor(app: &mut App) -> Option<Action> {
    // A group is no reason to split by the same again.
    let elsewhere = app.key_context() != split::SPEC.id;
    let filter = elsewhere.then(|| app.selected_filter()).flatten();
    let expr = filter.and_then(|filter| parse(&filter).ok());
    match expr.as_ref().and_then(GroupBy::of) {
        Some(by) => Some(Action::SplitBy {
            by: by.to_string(),
            across: String::new(),
        }),
        None => ask(app, ""),
    }
}

/// Shows the last split, or asks for the column.
pub fn last(app: &mut App) -> Option<Action> {
    let (by, across) = last_properties(app);
    if by.is_empty() {
        return ask(app, "");
    }
    // It is there already.
    (app.key_context() != split::SPEC.id).then_some(Action::SplitBy { by, across })
}

/// Asks for the second property.
pub fn second(app: &mut App) -> Option<Action> {
    let (by, _) = last_properties(app);
    ask(app, &by)
}

/// The properties of the last split; empty where there was none.
fn last_properties(app: &App) -> (String, String) {
    let mut panes = app.workspace.panes.iter();
    let pane = panes.find(|pane| pane.spec().id == split::SPEC.id);
    let subject = pane.map(|pane| pane.place().subject).unwrap_or_default();
    let (by, across) = split::properties(&subject);
    (by.to_owned(), across.to_owned())
}

/// Opens the list of properties with their numbers of values: those beside `first`, where that is given.
fn ask(app: &mut App, first: &str) -> Option<Action> {
    let log = app.log.as_ref()?;
    let choice = |name: &str| {
        if first.is_empty() {
            (name.to_owned(), String::new())
        } else {
            (first.to_owned(), name.to_owned())
        }
    };
    let row = |name: &str, text: &str, right: String, (by, across)| PopupRow {
        left: name.to_owned(),
        text: text.to_owned(),
        right,
        run: Some(Action::SplitBy { by, across }),
        ..PopupRow::default()
    };
    let title = if first.is_empty() {
        "Split by".to_owned()
    } else {
        format!("Split by {first} and")
    };
    let none = (!first.is_empty()).then(|| {
        let list = (first.to_owned(), String::new());
        row("no second column", "", String::new(), list)
    });
    let others = split::on_offer(log)
        .into_iter()
        .filter(|(by, ..)| by != first);
    let others = others.map(|(by, text, right)| row(&by, text, right, choice(&by)));
    let rows = none.into_iter().chain(others).collect();
    app.popup = Some(Popup::new(PopupKind::Choice, title, rows));
    None
}
