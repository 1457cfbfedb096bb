//! What the triage pane shows. Pure: knows no style.

use crate::engine::{
    Answer, AskError, Gathering, Request, Triage, TriageKey, TriagePlace, TriageRow, quote,
};
use crate::input::Action;
use crate::panes::controls::{Controls, motion};
use crate::panes::{Context, CopyWhat, Outcome, Slot, Status, texts};
use crate::text;
use crate::ui::widgets::Split;
use crate::ui::widgets::split::Part;
use crate::ui::widgets::virtual_table::page_rows;
use crate::ui::{ListState, fit};
use std::sync::Arc;

/// Title, key, and whether the largest comes first.
const COLUMNS: &[(&str, TriageKey, bool)] = &[
    ("urgency", TriageKey::Urgency, true),
    ("age", TriageKey::Age, true),
    ("wait", TriageKey::Wait, true),
    ("case", TriageKey::Case, false),
    ("last activity", TriageKey::Activity, false),
    ("resource", TriageKey::Resource, false),
];

/// The titles alone.
pub const SORTS: &[&str] = &[
    "urgency",
    "age",
    "wait",
    "case",
    "last activity",
    "resource",
];

/// Lines above the table of cases.
pub const HEAD: u16 = 2;

/// The open cases received, and the cursors among them and among the places.
pub struct State {
    /// Cursor, order, search.
    pub controls: Controls<TriageKey>,
    /// What the places are.
    pub gathering: Gathering,
    /// The open cases around the cursor, and the places.
    pub triage: Option<Triage>,
    /// Cases or places.
    pub focus: Part,
    /// Cursor among the places.
    pub places: ListState,
    /// Why there is no answer.
    pub error: Option<AskError>,
}

impl State {
    /// Nothing received yet.
    pub fn new() -> Self {
        State {
            controls: Controls::new(COLUMNS),
            gathering: Gathering::Activity,
            triage: None,
            focus: Part::List,
            places: ListState::default(),
            error: None,
        }
    }

    /// Where cases and places are.
    pub fn split(&self, context: Context<'_>) -> Split {
        let share = if context.area.width < 130 { 60 } else { 56 };
        Split::of(context.area, share, self.focus, context.maximized)
    }

    /// The cases that the screen shows.
    pub fn requests(&self, context: Context<'_>) -> Vec<(Slot, Request)> {
        let rows = self.split(context).list.height.saturating_sub(HEAD);
        let listing = self.controls.listing(page_rows(rows));
        vec![(0, Request::Triage(self.gathering, listing))]
    }

    /// Takes an answer.
    pub fn receive(&mut self, answer: &Result<Arc<Answer>, AskError>) {
        match answer.as_ref().map(|a| &**a) {
            Ok(Answer::Triage(triage)) => {
                let rows = &triage.rows;
                let widest = rows.rows.iter().map(|r| fit::width(&text::safe(&r.case)));
                self.controls
                    .received(rows.total, widest.max().unwrap_or(0));
                self.places.set_total(triage.places.len());
                self.triage = Some(triage.clone());
                self.error = None;
            }
            Ok(_) => {}
            Err(error) => self.error = Some(error.clone()),
        }
    }

    /// The case under the cursor.
    pub fn row(&self) -> Option<&TriageRow> {
        let rows = &self.triage.as_ref()?.rows;
        rows.rows
            .get(self.controls.list.cursor.checked_sub(rows.offset)?)
    }

    /// The place under the cursor.
    pub fn place(&self) -> Option<&TriagePlace> {
        self.triage.as_ref()?.places.get(self.places.cursor)
    }

    /// Carries out an action.
    pub fn update(&mut self, action: &Action, context: Context<'_>) -> Outcome {
        let split = self.split(context);
        match action {
            Action::SwitchFocus => {
                self.focus = self.focus.other();
                return Outcome::Done;
            }
            Action::NextChart | Action::PreviousChart => {
                self.gathering = match self.gathering {
                    Gathering::Activity => Gathering::Resource,
                    Gathering::Resource => Gathering::Activity,
                };
                return Outcome::Done;
            }
            _ => {}
        }
        if self.focus == Part::Detail {
            self.places.set_page(page_rows(split.detail.height));
            return self.update_places(action);
        }
        let rows = split.list.height.saturating_sub(HEAD);
        self.controls.list.set_page(page_rows(rows));
        if self.controls.update(action) {
            return Outcome::Done;
        }
        let Some(case) = self.row().map(|row| row.case.clone()) else {
            return Outcome::Ignored;
        };
        let filter = format!("case = {}", quote(&case));
        Outcome::Emit(vec![match action {
            Action::Open => Action::OpenCase(case),
            Action::Keep => Action::AddFilter(filter),
            Action::Drop => Action::AddFilter(texts::negated(&filter)),
            _ => return Outcome::Ignored,
        }])
    }

    /// In the detail, the cursor is on a place where cases gather.
    fn update_places(&mut self, action: &Action) -> Outcome {
        if let Some(to) = motion(action) {
            self.places.go(to);
            return Outcome::Done;
        }
        if *action == Action::Back {
            self.focus = Part::List;
            return Outcome::Done;
        }
        let Some(place) = self.place() else {
            return Outcome::Ignored;
        };
        if !matches!(action, Action::Open | Action::Keep | Action::Drop) {
            return Outcome::Ignored;
        }
        if place.filter.is_empty() {
            let why = match place.open {
                0 => "No case is open there now",
                _ => "Too many cases to name them in a filter: s sorts the list by resource",
            };
            return Outcome::Emit(vec![Action::Notify(why.into())]);
        }
        let crumb = texts::crumb("open at", &place.name);
        Outcome::Emit(vec![texts::selecting(action, place.filter.clone(), crumb)])
    }

    /// For the status line.
    pub fn status(&self) -> Status {
        let mut status = self.controls.status(self.triage.is_some());
        if self.focus == Part::Detail {
            let there = self.places.has_row();
            status.position = there.then_some((self.places.cursor + 1, self.places.total));
        }
        status
    }

    /// The case under the cursor, or all around it.
    pub fn copy(&self, what: CopyWhat) -> Option<String> {
        let cells = |row: &TriageRow| {
            let due = row.due.as_ref();
            vec![
                text::safe(&row.case).into_owned(),
                row.age.to_string(),
                text::safe(&row.last).into_owned(),
                text::safe(row.resource.as_deref().unwrap_or_default()).into_owned(),
                row.wait.to_string(),
                due.map_or_else(String::new, |d| text::safe(&d.rule).into_owned()),
                due.map_or_else(String::new, |d| d.over.to_string()),
            ]
        };
        match what {
            CopyWhat::Cell => Some(text::safe(&self.row()?.case).into_owned()),
            CopyWhat::Row => Some(texts::tab_separated([cells(self.row()?)])),
            CopyWhat::View => {
                let head = [
                    "case",
                    "age_s",
                    "last_activity",
                    "resource",
                    "wait_s",
                    "rule",
                    "over_s",
                ];
                let head = head.map(String::from).to_vec();
                let rows = &self.triage.as_ref()?.rows;
                Some(texts::tab_separated(
                    [head].into_iter().chain(rows.rows.iter().map(cells)),
                ))
            }
        }
    }
}
