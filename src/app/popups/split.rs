//! The popup that asks for the property that cases are split by.

use super::{Popup, PopupKind, PopupRow};
use crate::app::model::App;
use crate::engine::GroupBy;
use crate::filter::parse;
use crate::input::Action;
use crate::panes::{funnel, split};

/// Splits by what the cursor is on, or asks for the column; in a funnel, asks for its segments.
pub fn by_cursor(app: &mut App) -> Option<Action> {
    if app.key_context() == funnel::SPEC.id {
        return ask(app, "Segments by", Some("no segments"), "", |name| {
            Action::SegmentBy(name.to_owned())
        });
    }
    // A group is no reason to split by the same again.
    let elsewhere = app.key_context() != split::SPEC.id;
    let filter = elsewhere.then(|| app.selected_filter()).flatten();
    let expr = filter.and_then(|filter| parse(&filter).ok());
    match expr.as_ref().and_then(GroupBy::of) {
        Some(by) => Some(Action::SplitBy {
            by: by.to_string(),
            across: String::new(),
        }),
        None => first(app),
    }
}

/// Shows the last split, or asks for the column.
pub fn last(app: &mut App) -> Option<Action> {
    let (by, across) = last_properties(app);
    if by.is_empty() {
        return first(app);
    }
    // It is there already.
    (app.key_context() != split::SPEC.id).then_some(Action::SplitBy { by, across })
}

/// Asks for the first property.
fn first(app: &mut App) -> Option<Action> {
    ask(app, "Split by", None, "", |name| Action::SplitBy {
        by: name.to_owned(),
        across: String::new(),
    })
}

/// Asks for the second property.
pub fn second(app: &mut App) -> Option<Action> {
    let (by, _) = last_properties(app);
    let title = format!("Split by {by} and");
    ask(app, &title, Some("no second column"), &by, |name| {
        Action::SplitBy {
            by: by.clone(),
            across: name.to_owned(),
        }
    })
}

/// Asks for the column whose values are the rows of a list.
pub fn rows(app: &mut App) -> Option<Action> {
    let log = app.log.as_ref()?;
    let none = log.resource.map(|_| "resource");
    let columns = split::columns_on_offer(log);
    open(app, "Rows by", none, columns, |name| {
        Action::SegmentBy(name.to_owned())
    })
}

/// The properties of the last split; empty where there was none.
fn last_properties(app: &App) -> (String, String) {
    let mut panes = app.workspace.panes.iter();
    let pane = panes.find(|pane| pane.spec().id == split::SPEC.id);
    let subject = pane.map(|pane| pane.place().subject).unwrap_or_default();
    let (by, across) = split::properties(&subject);
    (by.to_owned(), across.to_owned())
}

/// A property on offer: its name, a word on it, and its number of values.
type Offer = (String, &'static str, String);

/// Opens the list of properties with their numbers of values but for `without`; `none` is a row before them, for
/// no property.
fn ask(
    app: &mut App,
    title: &str,
    none: Option<&str>,
    without: &str,
    run: impl Fn(&str) -> Action,
) -> Option<Action> {
    let properties = split::on_offer(app.log.as_ref()?).into_iter();
    let properties = properties.filter(|(by, ..)| by != without).collect();
    open(app, title, none, properties, run)
}

/// Opens a list of properties; `none` is a row before them, for no property.
fn open(
    app: &mut App,
    title: &str,
    none: Option<&str>,
    properties: Vec<Offer>,
    run: impl Fn(&str) -> Action,
) -> Option<Action> {
    let row = |name: &str, text: &str, right: String, run: Action| PopupRow {
        left: name.to_owned(),
        text: text.to_owned(),
        right,
        run: Some(run),
        ..PopupRow::default()
    };
    let none = none.map(|name| row(name, "", String::new(), run("")));
    let properties = properties.into_iter();
    let properties = properties.map(|(by, text, right)| row(&by, text, right, run(&by)));
    let rows = none.into_iter().chain(properties).collect();
    app.popup = Some(Popup::new(PopupKind::Choice, title, rows));
    None
}
