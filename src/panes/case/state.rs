//! State of the case pane: the events of one case, the attributes of the one under the cursor, the
//! stretch of time that is looked at. Draws nothing.

use super::marks;
use crate::engine::{Answer, AskError, CaseDetail, CaseQuery, CaseRemark, EventRow, Level};
use crate::filter::Expr;
use crate::input::Action;
use crate::panes::controls::Find;
use crate::panes::texts::{self, notify, value, value_filter};
use crate::panes::{Context, Outcome, Slot, waits};
use crate::text::safe;
use crate::text::time::{self, Tz, exact_instant};
use crate::ui::list::ListState;
use crate::ui::widgets::virtual_table::page_rows;
use crate::ui::widgets::{Part, Scale, Split};

/// Slot of its only query.
pub const EVENTS: Slot = 0;
/// Part of the width that the events take, in percent.
const LIST_SHARE: u16 = 68;
/// Rows above the events: what the case is.
pub const LIST_HEAD: u16 = 1;
/// Rows above the attributes.
pub const PANEL_HEAD: u16 = 1;

/// A row of the panel: something about the event under the cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attribute {
    /// The tag or note of the case at that position.
    Remark(usize),
    /// Activity.
    Activity,
    /// Timestamp.
    Time,
    /// Start of an activity instance.
    Start,
    /// Service time of an activity instance.
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
    /// Part with the focus.
    pub focus: Part,
    /// The stretch of time looked at; the whole case where there is none.
    pub zoom: Option<Scale>,
    /// Time since the start of the case rather than of the clock.
    pub since_start: bool,
    /// Columns by which long texts are moved to the left.
    pub scroll: usize,
    /// Search text.
    pub find: Find,
    /// The events that match the search, ascending.
    pub matches: Vec<usize>,
    /// Why there is nothing.
    pub error: Option<AskError>,
    pub answer: Option<Answer>,
    /// [`waits::latest`] of the events, computed once for all frames.
    pub latest: Vec<i64>,
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

    /// Number of events that a table of that height shows, above the milestones and deadlines.
    pub fn page(&self, height: u16) -> usize {
        let rows = page_rows(height);
        let below = self.detail().map_or(0, |detail| marks::count(detail, rows));
        // `count` is at most a third of the rows.
        rows - below
    }

    /// Events of the case.
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

    /// The rows of the panel: tags and notes of the case, then what is of the event, then other values of its
    /// case.
    pub fn attributes(&self) -> Vec<Attribute> {
        let Some(detail) = self.detail() else {
            return Vec::new();
        };
        let remarks = 0..detail.remarks.len();
        let mut found: Vec<Attribute> = remarks.map(Attribute::Remark).collect();
        found.extend([Attribute::Activity, Attribute::Time]);
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
        let instant =
            |at: Option<i64>| at.map_or_else(String::new, |at| exact_instant(at, detail.zone));
        let optional = |seconds: Option<f64>| {
            seconds.map_or_else(String::new, |seconds| duration(detail, seconds))
        };
        let (name, text) = match attribute {
            Attribute::Remark(at) => match detail.remarks.get(at) {
                Some(of) => (of.remark.kind(), remark(of, detail.zone)),
                None => return Default::default(),
            },
            Attribute::Activity => ("activity", safe(&event.activity).into_owned()),
            Attribute::Time if detail.instances => ("completed", instant(Some(event.time))),
            Attribute::Time => ("time", instant(Some(event.time))),
            Attribute::Start => ("started", instant(event.start)),
            Attribute::Active => ("active", optional(event.active)),
            Attribute::Service => ("service", optional(event.service)),
            Attribute::Wait => ("wait before", duration(detail, waits::wait(event))),
            Attribute::Column(i) => {
                let name = detail.columns.get(i).map_or("", |column| &column.name);
                let text = event.values.get(i);
                let text = text.map_or_else(String::new, |field| value(field, detail.zone));
                return (safe(name).into_owned(), text);
            }
        };
        (name.to_owned(), text)
    }

    /// Searches for a text; empty ends the search.
    pub fn search(&mut self, text: &str) {
        self.find = Find::new(text);
        self.note_matches();
    }

    /// Finds the matching events of another case or another search.
    pub fn note_matches(&mut self) {
        let all = 0..self.events().len();
        self.matches = all.filter(|&at| self.is_match(at)).collect();
    }

    /// Tests whether the event at a position matches the search.
    pub fn is_match(&self, at: usize) -> bool {
        let Some(event) = self.events().get(at) else {
            return false;
        };
        let Some(matcher) = self.find.matcher() else {
            return false;
        };
        let zone = self.detail().map_or(Tz::UTC, |detail| detail.zone);
        let meets = |text: &str| matcher.score(text).is_some();
        meets(&event.activity) || event.values.iter().any(|field| meets(&value(field, zone)))
    }

    pub fn act(&self, action: &Action) -> Outcome {
        let Some(event) = self.current() else {
            return notify("No event here");
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
            Attribute::Remark(at) => {
                let of = self.detail().and_then(|detail| detail.remarks.get(at));
                of.map(|of| of.remark.filter())
            }
            Attribute::Column(i) => {
                let column = self.detail().and_then(|detail| detail.columns.get(i));
                column
                    .zip(event.values.get(i))
                    .and_then(|(c, v)| value_filter(c, v))
            }
            _ => return notify(&format!("No filter by the {name} of an event")),
        };
        match filter {
            Some(filter) => texts::emitting(texts::selecting(action, &filter, String::new())),
            None => notify(&format!("This event has no {name}")),
        }
    }
}

/// A tag or note as safe text, with its time and who wrote it behind it.
fn remark(of: &CaseRemark, zone: Tz) -> String {
    let who = of.who.as_deref().map(|who| format!(", {}", safe(who)));
    let (text, at) = (safe(of.remark.text()), time::instant(of.time, zone));
    format!("{text} ({at}{})", who.unwrap_or_default())
}

/// A duration of a case as text, working time in hours.
pub fn duration(detail: &CaseDetail, seconds: f64) -> String {
    if detail.working {
        time::working(seconds)
    } else {
        time::duration(seconds)
    }
}

/// The cells of an event to copy, under [`heading`].
pub fn cells(event: &EventRow, detail: &CaseDetail) -> Vec<String> {
    let zone = detail.zone;
    let mut cells = vec![
        exact_instant(event.time, zone),
        duration(detail, waits::wait(event)),
        safe(&event.activity).into_owned(),
    ];
    cells.extend(event.values.iter().map(|field| value(field, zone)));
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
