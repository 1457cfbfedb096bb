//! The popup that asks for the property that cases are split by.

use super::{Popup, PopupKind, PopupRow};
use crate::app::model::App;
use crate::engine::{ColumnInfo, ColumnKind, GroupBy, LogInfo};
use crate::filter::{self, Field};
use crate::input::Action;
use crate::panes::split;
use crate::text::counted;

/// Splits by what the cursor is on, or asks for the column.
pub fn by_cursor(app: &mut App) -> Option<Action> {
    // A group is no reason to split by the same again.
    let elsewhere = app.key_context() != split::SPEC.id;
    let filter = elsewhere.then(|| app.selected_filter()).flatten();
    let expr = filter.and_then(|filter| filter::parse(&filter).ok());
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
    let others = properties(log).into_iter().filter(|(by, ..)| by != first);
    let others = others.map(|(by, text, right)| row(&by, text, right, choice(&by)));
    let rows = none.into_iter().chain(others).collect();
    app.popup = Some(Popup::new(PopupKind::Choice, title, rows));
    None
}

/// The properties that cases can be split by: name as `--by` reads it, a word on it, number of values.
fn properties(log: &LogInfo) -> Vec<(String, &'static str, String)> {
    let values = |n: u64| counted(n, "value", "values");
    let column = |column: &ColumnInfo| {
        // The column of resources that is called so is the field.
        let named = Field::named(&column.name);
        let is_same = log.column_of(&named) == Some(column);
        let field = if is_same { named } else { column.field() };
        let by = GroupBy::Column(field).to_string();
        let n = match (column.values, column.kind) {
            (Some(n), _) => values(n),
            (None, ColumnKind::Number) => "numbers".to_owned(),
            (None, _) => "times".to_owned(),
        };
        (by, "", n)
    };
    let mut all: Vec<(String, &str, String)> = log.columns.iter().map(column).collect();
    let milestones = log.milestones.iter();
    all.extend(milestones.map(|of| (of.name.to_string(), "milestone", "durations".to_owned())));
    let activities = log.activities.len() as u64;
    let others = [
        ("activity", "a case has several", values(activities)),
        ("variant", "", values(log.variants)),
        ("first", "first activity", String::new()),
        ("last", "last activity", String::new()),
        ("start.weekday", "", values(7)),
        ("start.hour", "", values(24)),
        ("start.month", "", String::new()),
    ];
    all.extend(others.map(|(by, text, n)| (by.to_owned(), text, n)));
    all
}
