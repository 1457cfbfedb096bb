//! What the bottlenecks pane shows. Pure: knows no style.

use crate::engine::{
    Answer, AskError, BottleneckDetail, BottleneckKey, BottleneckQuery, BottleneckRow, Kind,
    Request, Rows, quote,
};
use crate::input::Action;
use crate::panes::controls::{Controls, motion};
use crate::panes::{Context, CopyWhat, Outcome, Place, Rect, Slot, Status, texts};
use crate::text;
use crate::ui::fit;
use crate::ui::widgets::Split;
use crate::ui::widgets::split::Part;
use crate::ui::widgets::virtual_table::page_rows;
use crate::ui::{ListState, list::Move};
use std::sync::Arc;

/// The slot of the list.
pub const LIST: Slot = 0;
/// The slot of the edge under the cursor.
pub const DETAIL: Slot = 1;

/// Title, key, and whether the largest comes first.
const COLUMNS: &[(&str, BottleneckKey, bool)] = &[
    ("total", BottleneckKey::Total, true),
    ("median", BottleneckKey::Median, true),
    ("p90", BottleneckKey::P90, true),
    ("mean", BottleneckKey::Mean, true),
    ("growth", BottleneckKey::Growth, true),
    ("breaches", BottleneckKey::Breaches, true),
    ("count", BottleneckKey::Count, true),
    ("cases", BottleneckKey::Cases, true),
    ("name", BottleneckKey::Name, false),
    ("to", BottleneckKey::To, false),
];

/// The titles alone.
pub const SORTS: &[&str] = &[
    "total", "median", "p90", "mean", "growth", "breaches", "count", "cases", "name", "to",
];

/// How the rows of the detail, below its heading, are shared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DetailRows {
    /// The time line with its title.
    pub time: u16,
    /// Bars of the distribution, without their title.
    pub durations: u16,
}

impl DetailRows {
    /// Of a detail of that height; the slowest cases get the rest.
    pub fn of(height: u16) -> Self {
        let body = height.saturating_sub(1);
        let time = (body / 3).clamp(3, 9);
        let rest = body.saturating_sub(time);
        DetailRows {
            time,
            durations: (rest / 2).clamp(2, 12),
        }
    }
}

/// The kinds in the order in which they are gone through, and how they are called.
pub const KINDS: [(Kind, &str); 3] = [
    (Kind::Step, "steps"),
    (Kind::Activity, "activities"),
    (Kind::Resource, "resources"),
];

/// The filter of the cases that wait for something.
fn filter(kind: Kind, names: &[Arc<str>]) -> String {
    let names: Vec<String> = names.iter().map(|name| quote(name)).collect();
    match kind {
        Kind::Step => names.join(" -> "),
        Kind::Activity => names.concat(),
        Kind::Resource => format!("resource = {}", names.concat()),
    }
}

/// Rows received, the cursor among them, and the edge in depth.
pub struct State {
    /// What is ranked.
    pub kind: Kind,
    /// Cursor, order, search.
    pub controls: Controls<BottleneckKey>,
    /// The rows around the cursor.
    pub rows: Option<Rows<BottleneckRow>>,
    /// The edge under the cursor, once it is there.
    pub detail: Option<BottleneckDetail>,
    /// List or detail.
    pub focus: Part,
    /// Cursor among the slowest cases of the detail.
    pub slowest: ListState,
    /// Why there is no answer.
    pub error: Option<AskError>,
}

impl State {
    /// Nothing received yet.
    pub fn new() -> Self {
        State {
            kind: Kind::Step,
            controls: Controls::new(COLUMNS),
            rows: None,
            detail: None,
            focus: Part::List,
            slowest: ListState::default(),
            error: None,
        }
    }

    /// Where list and detail are.
    pub fn split(&self, context: Context<'_>) -> Split {
        // The names of two activities need room first.
        let share = if context.area.width < 130 { 60 } else { 52 };
        Split::of(context.area, share, self.focus, context.maximized)
    }

    /// The rows that the screen shows, and the edge under the cursor.
    pub fn requests(&self, context: Context<'_>) -> Vec<(Slot, Request)> {
        let split = self.split(context);
        let listing = self.controls.listing(page_rows(list_rows(split.list)));
        let mut requests = vec![(LIST, Request::Bottlenecks(self.kind, listing))];
        if let Some(row) = self.row().filter(|_| split.shows_detail()) {
            requests.push((
                DETAIL,
                Request::Bottleneck(BottleneckQuery {
                    kind: self.kind,
                    names: row.names.iter().map(ToString::to_string).collect(),
                    time_bins: usize::from(split.detail.width)
                        .saturating_sub(10)
                        .clamp(10, 120),
                    duration_bins: DetailRows::of(split.detail.height).durations.into(),
                }),
            ));
        }
        requests
    }

    /// Takes an answer.
    pub fn receive(&mut self, answer: &Result<Arc<Answer>, AskError>) {
        match answer.as_ref().map(|a| &**a) {
            Ok(Answer::Bottlenecks(rows)) => {
                let name = |r: &BottleneckRow| {
                    let names = r.names.iter().map(|name| fit::width(&text::safe(name)));
                    names.max().unwrap_or(0)
                };
                let widest = rows.rows.iter().map(name).max().unwrap_or(0);
                self.controls.received(rows.total, widest);
                self.rows = Some(rows.clone());
                self.error = None;
            }
            Ok(Answer::Bottleneck(detail)) => {
                self.slowest.set_total(detail.longest.len());
                self.detail = Some(detail.clone());
            }
            Ok(_) => {}
            Err(error) => self.error = Some(error.clone()),
        }
    }

    /// The row under the cursor.
    pub fn row(&self) -> Option<&BottleneckRow> {
        let rows = self.rows.as_ref()?;
        rows.rows
            .get(self.controls.list.cursor.checked_sub(rows.offset)?)
    }

    /// Carries out an action.
    pub fn update(&mut self, action: &Action, context: Context<'_>) -> Outcome {
        if *action == Action::SwitchFocus {
            self.focus = self.focus.other();
            return Outcome::Done;
        }
        match action {
            Action::NextChart => return self.rank(1),
            Action::PreviousChart => return self.rank(KINDS.len() - 1),
            _ => {}
        }
        if self.focus == Part::Detail {
            return self.update_detail(action);
        }
        let before = self.controls.list.cursor;
        self.controls
            .list
            .set_page(page_rows(list_rows(self.split(context).list)));
        if self.controls.update(action) {
            if self.controls.list.cursor != before {
                self.slowest.go(Move::Top);
            }
            return Outcome::Done;
        }
        let Some(row) = self.row() else {
            return Outcome::Ignored;
        };
        let filter = filter(self.kind, &row.names);
        Outcome::Emit(vec![match action {
            Action::Open => {
                let name = row.names.join(" > ");
                Action::Drill {
                    filter,
                    pane: "cases",
                    crumb: texts::crumb("with", &name),
                }
            }
            Action::Keep => Action::AddFilter(filter),
            Action::Drop => Action::AddFilter(texts::negated(&filter)),
            _ => return Outcome::Ignored,
        }])
    }

    /// Goes so many kinds on.
    fn rank(&mut self, by: usize) -> Outcome {
        let at = KINDS.iter().position(|(kind, _)| *kind == self.kind);
        self.show(KINDS[(at.unwrap_or(0) + by) % KINDS.len()].0);
        Outcome::Done
    }

    /// Shows a kind; rows of another are forgotten.
    fn show(&mut self, kind: Kind) {
        if kind != self.kind {
            self.kind = kind;
            (self.rows, self.detail) = (None, None);
            self.controls.list.go(Move::Top);
        }
    }

    /// In the detail, the cursor is on one of the slowest cases.
    fn update_detail(&mut self, action: &Action) -> Outcome {
        if let Some(to) = motion(action) {
            self.slowest.go(to);
            return Outcome::Done;
        }
        let slowest = self.detail.as_ref().map_or(&[][..], |d| &d.longest);
        let Some((case, _)) = slowest.get(self.slowest.cursor) else {
            return self.leave(action);
        };
        let filter = format!("case = {}", quote(case));
        Outcome::Emit(vec![match action {
            Action::Open => Action::OpenCase(case.clone()),
            Action::Keep => Action::AddFilter(filter),
            Action::Drop => Action::AddFilter(texts::negated(&filter)),
            _ => return self.leave(action),
        }])
    }

    /// `Back` in the detail leads to the list.
    fn leave(&mut self, action: &Action) -> Outcome {
        if *action != Action::Back {
            return Outcome::Ignored;
        }
        self.focus = Part::List;
        Outcome::Done
    }

    /// For the status line.
    pub fn status(&self) -> Status {
        let mut status = self.controls.status(self.rows.is_some());
        if self.focus == Part::Detail {
            let there = self.slowest.has_row();
            status.position = there.then_some((self.slowest.cursor + 1, self.slowest.total));
        }
        status
    }

    /// The row under the cursor, or all rows around it.
    pub fn copy(&self, what: CopyWhat) -> Option<String> {
        let cells = |row: &BottleneckRow| {
            let figures = [row.wait.median, row.wait.p90, row.wait.total];
            let names = row.names.iter().map(|name| text::safe(name).into_owned());
            let mut cells: Vec<String> = names.collect();
            cells.extend([row.wait.n, row.cases, row.breaches].map(|n| n.to_string()));
            cells.extend(figures.map(|s| s.to_string()));
            cells.push(row.growth.map_or_else(String::new, |g| g.to_string()));
            cells
        };
        match what {
            CopyWhat::Cell => Some(filter(self.kind, &self.row()?.names)),
            CopyWhat::Row => Some(texts::tab_separated([cells(self.row()?)])),
            CopyWhat::View => {
                let names: &[&str] = match self.kind {
                    Kind::Step => &["from", "to"],
                    Kind::Activity => &["activity"],
                    Kind::Resource => &["resource"],
                };
                let figures = [
                    "count", "cases", "breaches", "median_s", "p90_s", "total_s", "growth",
                ];
                let head = names
                    .iter()
                    .chain(&figures)
                    .map(ToString::to_string)
                    .collect();
                let rows = self.rows.as_ref()?;
                Some(texts::tab_separated(
                    [head].into_iter().chain(rows.rows.iter().map(cells)),
                ))
            }
        }
    }

    /// Where it is: the kind is its subject.
    pub fn place(&self) -> Place {
        let name = KINDS.iter().find(|(kind, _)| *kind == self.kind);
        Place {
            subject: name.map_or_else(String::new, |(_, name)| (*name).to_owned()),
            ..self.controls.place()
        }
    }

    /// Goes back to where it was.
    pub fn go_to(&mut self, place: &Place) {
        if let Some((kind, _)) = KINDS.iter().find(|(_, name)| *name == place.subject) {
            self.show(*kind);
        }
        self.controls.go_to(place);
    }
}

/// Rows of the table below the line of kinds.
pub fn list_rows(list: Rect) -> u16 {
    list.height.saturating_sub(1)
}
