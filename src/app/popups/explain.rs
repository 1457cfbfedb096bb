//! The popup that explains the figures under the cursor: their values, how many values they are made of
//! and which are left out, what they are, the rule for ties, and ten cases. The filter of these cases is
//! the one that the pane would keep.

use super::{Popup, PopupKind, PopupRow};
use crate::app::model::App;
use crate::app::queries::EXAMPLES;
use crate::engine::{Answer, AskError, CaseRow, CasesQuery, Listing, Page, Request, View};
use crate::input::Action;
use crate::panes::glossary::Term;
use crate::panes::{Context, Explained, glossary};
use crate::text::counted;

/// Cases that are named.
const NAMED: usize = 10;

/// The popup; `None` where the pane shows no figure.
pub fn explain(app: &mut App) -> Option<Popup> {
    let pane = app.pane()?;
    let (title, terms) = (pane.spec().title, pane.terms());
    if terms.is_empty() {
        return None;
    }
    let filter = app.selected_filter();
    let mut rows = Vec::new();
    if let Some(filter) = &filter {
        rows.push(PopupRow::fact("selected", filter.clone()));
    }
    if let Some(calendar) = &app.filters.calendar {
        let text = format!("all durations: business hours ({calendar})");
        rows.push(PopupRow::fact("calendar", text));
    }
    let figures = app.with_pane(|pane, context| pane.figures(context));
    let figures = figures.unwrap_or_default();
    rows.extend(figures.iter().map(figure));
    let others = terms
        .iter()
        .filter(|name| figures.iter().all(|f| f.term != **name));
    let others = others.filter_map(|name| glossary::of(name));
    rows.extend(others.map(|term| PopupRow::fact(term.name, definition(term))));
    let mut popup = Popup::new(PopupKind::Text, format!("{title}: definitions"), rows);
    popup.examples = filter;
    // A popup before may have asked the same question.
    app.queries.forget(EXAMPLES);
    Some(popup)
}

fn definition(term: &Term) -> String {
    format!("{} {}", term.is, term.note)
}

/// The value of a figure, the values that it is made of, and its definition.
fn figure(figure: &Explained) -> PopupRow {
    let mut text = figure.value.clone();
    if let Some(basis) = &figure.basis {
        text = format!("{text}, {}", basis.in_words());
    }
    if let Some(term) = glossary::of(figure.term) {
        text = format!("{text}. {}", definition(term));
    }
    PopupRow::fact(figure.name.clone(), text)
}

/// The question for the cases that the popup on the screen names.
pub fn examples(app: &App) -> Option<(View, Request)> {
    let filter = app.popup.as_ref()?.examples.as_ref()?;
    let mut view = (*app.queries.view).clone();
    view.filters
        .extend(Some(filter.clone()).filter(|f| !f.is_empty()));
    let listing = Listing {
        page: Page::first(NAMED),
        ..Listing::by("duration")
    };
    let request = Request::new(CasesQuery {
        listing,
        variants: Vec::new(),
    });
    Some((view, request))
}

/// Adds the cases to the popup that asked for them.
pub fn receive_examples(app: &mut App, answer: &Result<Answer, AskError>) {
    let found = answer.as_ref().map(|answer| answer.to::<CasesQuery>());
    let cases = found.ok().flatten().map_or(&[][..], |found| &found.rows);
    let rows = app.with_pane(|_, context| {
        let cases = cases.iter();
        cases.map(|row| case(row, context)).collect::<Vec<_>>()
    });
    let Some(popup) = &mut app.popup else { return };
    // The popup that asked was closed, or has its cases already.
    if popup.examples.take().is_none() {
        return;
    }
    match found {
        Ok(Some(found)) => {
            let n = counted(found.total as u64, "case", "cases");
            let heading = match found.total {
                0 => "No case".to_owned(),
                n_cases if n_cases <= NAMED => format!("{n}, the longest first"),
                _ => format!("{n}; the {NAMED} longest"),
            };
            popup.rows.push(PopupRow::heading(&heading));
            popup.rows.extend(rows.unwrap_or_default());
        }
        Ok(None) => {}
        Err(error) => popup.rows.push(PopupRow::fact("cases", error.to_string())),
    }
    // The search would put the cursor on the first row.
    let cursor = popup.cursor;
    popup.search();
    popup.cursor = cursor;
}

fn case(row: &CaseRow, context: Context<'_>) -> PopupRow {
    let events = counted(row.events.into(), "event", "events");
    let duration = context.duration(row.duration);
    PopupRow {
        left: row.case.clone(),
        text: format!("{duration}, {events}, variant {}", row.variant),
        run: Some(Action::OpenCase(row.case.clone())),
        ..PopupRow::default()
    }
}
