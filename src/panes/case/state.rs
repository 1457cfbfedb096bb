//! What the case pane holds: the events of one case, the attributes of the one under the cursor, the
//! stretch of time that is looked at. Draws nothing.

use crate::engine::{Answer, AskError, CaseDetail, CaseQuery, EventRow, Level, Request};
use crate::filter::Expr;
use crate::input::Action;
use crate::panes::controls::motion;
use crate::panes::texts::{self, value, value_filter};
use crate::panes::{Context, Outcome, Place, Slot, Status, waits};
use crate::text::time::{UTC, duration, exact_instant};
use crate::text::{Matcher, safe};
use crate::ui::list::{ListState, Move};
use crate::ui::widgets::virtual_table::page_rows;
use crate::ui::widgets::{Part, Scale, Split};

/// Its only question.
pub const EVENTS: Slot = 0;
/// Part of the width that the events take, in percent.
const LIST_SHARE: u16 = 68;
/// Rows above the events: what the case is.
pub const LIST_HEAD: u16 = 1;
/// Rows above the attributes.
pub const PANEL_HEAD: u16 = 1;
/// Columns that one step to the side moves a long text.
const SIDE: usize = 8;

/// A row of the panel: something about the event under the cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attribute {
    /// Its activity.
    Activity,
    /// Its timestamp.
    Time,
    /// Of an instance: its start.
    Start,
    /// Of an instance: from start to completion.
    Service,
    Active,
    /// Time waited before it.
    Wait,
    /// The attribute of that position in the columns.
    Column(usize),
}

/// State of the pane.
#[derive(Debug, Clone, Default)]
pub struct State {
    /// Id of the case; empty where none was opened.
    pub subject: String,
    /// Cursor in the events.
    pub list: ListState,
    /// Cursor in the attributes.
    pub panel: ListState,
    /// What has the focus.
    pub focus: Part,
    /// The stretch of time looked at; the whole case where there is none.
    pub zoom: Option<Scale>,
    /// Time since the start of the case rather than of the clock.
    pub since_start: bool,
    /// Columns by which long texts are moved to the left.
    pub scroll: usize,
    /// Search text.
    pub find: String,
    /// Why there is nothing.
    pub error: Option<AskError>,
    answer: Option<Answer>,
}

/// Where events and attributes are.
pub fn layout(context: Context<'_>, focus: Part) -> Split {
    Split::of(context.area, LIST_SHARE, focus, context.maximized)
}

impl State {
    /// The case, once it came.
    pub fn detail(&self) -> Option<&CaseDetail> {
        self.answer
            .as_ref()?
            .to::<CaseQuery>()
            .filter(|detail| detail.row.case == self.subject)
    }

    /// Its events.
    pub fn events(&self) -> &[EventRow] {
        self.detail().map_or(&[], |detail| &detail.events)
    }

    /// The event under the cursor.
    pub fn current(&self) -> Option<&EventRow> {
        self.events().get(self.list.cursor)
    }

    /// The stretch of time to draw.
    pub fn scale(&self) -> Option<Scale> {
        let detail = self.detail()?;
        Some(self.zoom.unwrap_or_else(|| waits::whole(detail)))
    }

    /// The rows of the panel: those of the event first, then those of its case.
    pub fn attributes(&self) -> Vec<Attribute> {
        let Some(detail) = self.detail() else {
            return Vec::new();
        };
        let mut found = vec![Attribute::Activity, Attribute::Time];
        if detail.instances {
            found.extend([Attribute::Start, Attribute::Service]);
            if detail.events.iter().any(|event| event.active.is_some()) {
                found.push(Attribute::Active);
            }
        }
        found.push(Attribute::Wait);
        for level in [Level::Event, Level::Case] {
            let of_level = |&i: &usize| detail.columns[i].level == level;
            found.extend(
                (0..detail.columns.len())
                    .filter(of_level)
                    .map(Attribute::Column),
            );
        }
        found
    }

    /// Name and value of a row of the panel, as safe texts; an empty value is missing.
    pub fn attribute(&self, attribute: Attribute) -> (String, String) {
        let (Some(detail), Some(event)) = (self.detail(), self.current()) else {
            return Default::default();
        };
        let instant = |at: Option<i64>| at.map_or_else(String::new, |at| exact_instant(at, UTC));
        let (name, text) = match attribute {
            Attribute::Activity => ("activity", safe(&event.activity).into_owned()),
            Attribute::Time if detail.instances => ("completed", instant(Some(event.time))),
            Attribute::Time => ("time", instant(Some(event.time))),
            Attribute::Start => ("started", instant(event.start)),
            Attribute::Active => ("active", event.active.map_or_else(String::new, duration)),
            Attribute::Service => ("service", event.service.map_or_else(String::new, duration)),
            Attribute::Wait => ("wait before", duration(waits::wait(event))),
            Attribute::Column(i) => {
                let name = detail.columns.get(i).map_or("", |column| &column.name);
                let text = event.values.get(i).map_or_else(String::new, value);
                return (safe(name).into_owned(), text);
            }
        };
        (name.to_owned(), text)
    }

    /// The questions.
    pub fn requests(&self) -> Vec<(Slot, Request)> {
        if self.subject.is_empty() {
            return Vec::new();
        }
        let case = self.subject.clone();
        vec![(EVENTS, Request::new(CaseQuery { case }))]
    }

    /// Takes an answer.
    pub fn receive(&mut self, answer: Result<Answer, AskError>) {
        match answer {
            Err(AskError::Cancelled) => {}
            Err(error) => self.error = Some(error),
            Ok(answer) => {
                self.error = None;
                self.answer = Some(answer);
                self.list.set_total(self.events().len());
                self.panel.set_total(self.attributes().len());
                if let Some(whole) = self.detail().map(waits::whole) {
                    let inside = |zoom: &Scale| zoom.from >= whole.from && zoom.to <= whole.to;
                    self.zoom = self.zoom.filter(inside);
                }
            }
        }
    }

    /// Carries out an action.
    pub fn update(&mut self, action: &Action, context: Context<'_>) -> Outcome {
        let split = layout(context, self.focus);
        if !split.list.is_empty() {
            self.list
                .set_page(page_rows(split.list.height.saturating_sub(LIST_HEAD)));
        }
        self.panel
            .set_page(usize::from(split.detail.height.saturating_sub(PANEL_HEAD)));
        if let Some(to) = motion(action) {
            match self.focus {
                Part::List => self.go(to),
                Part::Detail => drop(self.panel.go(to)),
            }
            return Outcome::Done;
        }
        match action {
            Action::SwitchFocus => self.focus = self.focus.other(),
            Action::Open if self.focus == Part::List && self.current().is_some() => {
                self.focus = Part::Detail;
            }
            Action::Back if !self.find.is_empty() => self.find.clear(),
            Action::Back if self.focus == Part::Detail => self.focus = Part::List,
            Action::MoveLeft => self.scroll = self.scroll.saturating_sub(SIDE),
            Action::MoveRight => self.scroll = (self.scroll + SIDE).min(self.widest()),
            Action::ToggleAxis => self.since_start = !self.since_start,
            Action::ZoomFit => self.zoom = None,
            Action::ZoomIn => self.zoom_by(0.5),
            Action::ZoomOut => self.zoom_by(2.0),
            Action::NextWait | Action::PreviousWait => return self.find_wait(action),
            Action::SetFind(text) => self.set_find(text),
            Action::FindNext | Action::FindPrevious if !self.find.is_empty() => {
                return self.find_match(action);
            }
            Action::Open | Action::Keep | Action::Drop => return self.act(action),
            _ => return Outcome::Ignored,
        }
        Outcome::Done
    }

    /// Moves the cursor; the time looked at follows it.
    fn go(&mut self, to: Move) {
        self.list.go(to);
        let (Some(zoom), Some(detail)) = (self.zoom, self.detail()) else {
            return;
        };
        let at = self.current().map_or(zoom.from, |event| event.time);
        if at < zoom.from || at > zoom.to {
            self.zoom = Some(Scale::around(at, zoom.span(), waits::whole(detail)));
        }
    }

    fn zoom_by(&mut self, factor: f64) {
        let (Some(detail), Some(event)) = (self.detail(), self.current()) else {
            return;
        };
        let whole = waits::whole(detail);
        let found = self.zoom.unwrap_or(whole).zoom(event.time, factor, whole);
        self.zoom = (found != whole).then_some(found);
    }

    /// The columns of the longest text that can be scrolled.
    fn widest(&self) -> usize {
        let texts = self.attributes().into_iter().map(|a| self.attribute(a).1);
        texts
            .map(|text| crate::ui::fit::width(&text))
            .max()
            .unwrap_or(0)
    }

    fn find_wait(&mut self, action: &Action) -> Outcome {
        let Some(long) = waits::long_wait(self.events()) else {
            return notify("Nothing waits in this case.");
        };
        let is_long = |i: &usize| waits::wait(&self.events()[*i]) >= long;
        let next = *action == Action::NextWait;
        let found = if next {
            (self.list.cursor + 1..self.events().len()).find(is_long)
        } else {
            (0..self.list.cursor.min(self.events().len()))
                .rev()
                .find(is_long)
        };
        match found {
            Some(row) => self.go(Move::Row(row)),
            None if next => return notify("No long wait after this event."),
            None => return notify("No long wait before this event."),
        }
        Outcome::Done
    }

    /// Whether the search meets the event of that position.
    pub fn is_match(&self, at: usize) -> bool {
        let Some(event) = self.events().get(at) else {
            return false;
        };
        let matcher = Matcher::new(&self.find);
        let meets = |text: &str| matcher.score(text).is_some();
        meets(&event.activity) || event.values.iter().any(|field| meets(&value(field)))
    }

    fn set_find(&mut self, text: &str) {
        text.clone_into(&mut self.find);
        let n = self.events().len();
        let from = self.list.cursor;
        if let Some(at) = (from..n).chain(0..from).find(|&at| self.is_match(at)) {
            self.go(Move::Row(at));
        }
    }

    fn find_match(&mut self, action: &Action) -> Outcome {
        let n = self.events().len();
        let from = self.list.cursor;
        let mut after = (from + 1..n).chain(0..n);
        let mut before = (0..from).rev().chain((0..n).rev());
        let found = if *action == Action::FindNext {
            after.find(|&at| self.is_match(at))
        } else {
            before.find(|&at| self.is_match(at))
        };
        match found {
            Some(at) => self.go(Move::Row(at)),
            None => return notify("No event of this case matches."),
        }
        Outcome::Done
    }

    fn act(&self, action: &Action) -> Outcome {
        let Some(event) = self.current() else {
            return notify("There is no event here.");
        };
        let attribute = match self.focus {
            Part::List => Attribute::Activity,
            Part::Detail => match self.attributes().get(self.panel.cursor) {
                Some(&attribute) => attribute,
                None => return Outcome::Done,
            },
        };
        let (name, text) = self.attribute(attribute);
        if *action == Action::Open {
            return notify(&format!("{name}: {text}"));
        }
        let filter = match attribute {
            Attribute::Activity => Some(Expr::activity(&event.activity)),
            Attribute::Column(i) => {
                let column = self.detail().and_then(|detail| detail.columns.get(i));
                column
                    .zip(event.values.get(i))
                    .and_then(|(c, v)| value_filter(c, v))
            }
            _ => return notify(&format!("There is no filter by the {name} of an event.")),
        };
        match filter {
            Some(filter) => texts::emitting(texts::selecting(action, &filter, String::new())),
            None => notify(&format!("This event has no {name}.")),
        }
    }

    /// For the status line.
    pub fn status(&self) -> Status {
        let n = self.events().len();
        Status {
            position: (n > 0).then_some((self.list.cursor + 1, n)),
            sort: String::new(),
            find: self.find.clone(),
        }
    }

    /// Where it is.
    pub fn place(&self) -> Place {
        Place {
            cursor: self.list.cursor,
            offset: self.list.offset,
            find: self.find.clone(),
            subject: self.subject.clone(),
            ..Place::default()
        }
    }

    /// Goes back to where it was, or to another case.
    pub fn go_to(&mut self, place: &Place) {
        if place.subject != self.subject {
            self.subject.clone_from(&place.subject);
            self.answer = None;
            self.error = None;
            self.zoom = None;
            self.scroll = 0;
            self.list.set_total(0);
            self.panel.go(Move::Top);
        }
        self.focus = Part::List;
        self.find.clone_from(&place.find);
        self.list.restore(place.cursor, place.offset);
        if self.detail().is_some() {
            self.list.set_total(self.events().len());
        }
    }
}

fn notify(text: &str) -> Outcome {
    Outcome::Emit(vec![Action::Notify(text.to_owned())])
}

/// The cells of an event to copy, under [`heading`].
pub fn cells(event: &EventRow) -> Vec<String> {
    let mut cells = vec![
        exact_instant(event.time, UTC),
        duration(waits::wait(event)),
        safe(&event.activity).into_owned(),
    ];
    cells.extend(event.values.iter().map(value));
    cells
}

/// Heading of what is copied.
pub fn heading(detail: &CaseDetail) -> Vec<String> {
    let mut heading = ["time", "wait before", "activity"]
        .map(str::to_owned)
        .to_vec();
    heading.extend(
        detail
            .columns
            .iter()
            .map(|column| safe(&column.name).into_owned()),
    );
    heading
}
