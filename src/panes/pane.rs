//! The interface of panes. A pane is one folder and one line in `PANES`; it holds its own state, asks the
//! engine by requests, and draws what it last received. It knows no other pane and no index.

use crate::engine::{Answer, AskError, Basis, LogInfo, Request, View};
use crate::input::{Action, ColumnChoice, Keys};
use crate::text::time;
use crate::ui::Theme;
use ratatui::buffer::Buffer;
use std::collections::BTreeSet;

/// A piece of the screen; given on so that the app can lay panes out without naming the drawing crate.
pub use ratatui::layout::Rect;

/// A pane in the registry.
#[derive(Debug)]
pub struct PaneSpec {
    /// Kebab-case id, as in [`Action::Drill`].
    pub id: &'static str,
    /// Title on its tab.
    pub title: &'static str,
    /// Title where there is little room.
    pub short: &'static str,
    /// One sentence for help.
    pub help: &'static str,
    /// Whether it has a tab; one without is reached by a key or by drilling only.
    pub tab: Tab,
    /// Terms of the glossary for what it shows besides the columns of its list.
    pub terms: &'static [&'static str],
    /// The actions worth a hint in the footer, most useful first.
    pub hints: &'static [Action],
    /// The report that prints what it shows.
    pub report: Option<&'static str>,
    /// Makes the pane's state.
    pub new: fn() -> Box<dyn Pane>,
    /// Makes the pane of the same for two selections; `None` where they cannot be compared.
    pub versus: Option<fn() -> Box<dyn Pane>>,
}

/// Tabs of panes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tab {
    /// For every log.
    Always,
    /// For logs with deadlines.
    WithDeadlines,
    /// For none.
    Never,
}

impl PaneSpec {
    /// A new pane for two selections: the usual one, of A alone, where they cannot be compared.
    pub fn comparing(&self) -> Box<dyn Pane> {
        self.versus.unwrap_or(self.new)()
    }
}

/// One of the questions that a pane keeps asking; the newest answer of each slot is kept.
pub type Slot = u8;

/// No case is marked.
#[cfg(test)]
pub(crate) static NO_MARKS: BTreeSet<String> = BTreeSet::new();

/// Data available to a pane while it updates.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The log.
    pub log: &'a LogInfo,
    /// The filters in force.
    pub view: &'a View,
    /// The body the pane was last laid out in.
    pub area: Rect,
    /// True where the list (or the detail) is maximized.
    pub maximized: bool,
    /// True where lists are wanted in place of pictures (`--plain`).
    pub plain: bool,
    /// Ids of the cases that are marked.
    pub marks: &'a BTreeSet<String>,
    /// The keys in force, for texts that name some.
    pub keys: Keys<'a>,
}

impl Context<'_> {
    /// A duration of the view as text: working time in hours where the view has a calendar.
    pub fn duration(&self, seconds: f64) -> String {
        match self.view.calendar {
            Some(_) => time::working(seconds),
            None => time::duration(seconds),
        }
    }

    /// Formats a round duration: `2d`.
    pub fn round_duration(&self, seconds: f64) -> String {
        time::rounded(self.duration(seconds))
    }
}

/// Data available to a pane while it draws.
#[derive(Clone, Copy)]
pub struct Look<'a> {
    /// As in update.
    pub context: Context<'a>,
    /// Styles.
    pub theme: &'a Theme,
    /// Slots whose answer is not yet that of the present view: to be drawn dimmed.
    pub stale: &'a dyn Fn(Slot) -> bool,
}

/// One filter of the stack, in force or not.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FilterEntry {
    /// Text of the filter language.
    pub text: String,
    /// A condition on events instead of a filter of cases.
    pub events: bool,
    /// In force.
    pub on: bool,
}

/// The result of handling an action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Not an action of this pane: the app tries its own.
    Ignored,
    /// Done; the pane's requests may have changed.
    Done,
    /// The app is to do these instead.
    Emit(Vec<Action>),
}

/// A pane's place, kept by history and undo: enough to come back to the same row.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Place {
    /// Key of the item under the cursor; empty where that is not known.
    pub item: String,
    /// Row of the cursor, for an item that is not there any more.
    pub cursor: usize,
    /// First row on the screen.
    pub offset: usize,
    /// Column sorted by, position in the pane's list; counts where [`Place::order`] is empty or unknown.
    pub sort: usize,
    /// Name of the order, where orders have names: other columns do not make another order of it.
    pub order: String,
    /// Largest first.
    pub descending: bool,
    /// The best matches of a search first.
    pub best_first: bool,
    /// Search text.
    pub find: String,
    /// Subject of a detail pane, such as a case id.
    pub subject: String,
}

impl Place {
    /// The beginning of a subject.
    pub fn of_subject(subject: String) -> Self {
        Place {
            subject,
            ..Place::default()
        }
    }
}

/// Texts of a pane for the status line.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Status {
    /// Row of the cursor from 1, and how many rows there are.
    pub position: Option<(usize, usize)>,
    /// Sort order with an arrow: "cases ↓".
    pub sort: String,
    /// Search text in force.
    pub find: String,
    /// Rows of a range, or rows that are left out as they are of few cases, in words; empty for none.
    pub note: String,
}

/// A figure under the cursor, to be explained.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explained {
    /// Name, as in the heading of its column.
    pub name: String,
    /// The value as it is on the screen.
    pub value: String,
    /// Values that it is made of; `None` for a single value.
    pub basis: Option<Basis>,
    /// Term of the glossary for its definition; empty for none.
    pub term: &'static str,
}

/// The columns of a list that can be chosen.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ColumnsOnOffer {
    /// Those that it shows, in their order.
    pub chosen: Vec<ColumnChoice>,
    /// Names of the others.
    pub others: Vec<String>,
}

/// The object to copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CopyWhat {
    /// The row under the cursor, tab-separated.
    Row,
    /// The cell under the cursor.
    Cell,
    /// The visible rows, tab-separated, with a header.
    View,
}

/// A pane's state and behavior. `draw` changes nothing and computes no figure.
pub trait Pane: Send {
    /// Registry entry.
    fn spec(&self) -> &'static PaneSpec;

    /// Tests whether it has a tab for this log.
    fn has_tab(&self, log: Option<&LogInfo>) -> bool {
        match self.spec().tab {
            Tab::Always => true,
            Tab::WithDeadlines => log.is_some_and(|log| log.deadlines > 0),
            Tab::Never => false,
        }
    }

    /// The questions whose answers it shows now. Asked after every change; a question that is the
    /// same as before is not asked again while the view is the same.
    fn requests(&self, context: Context<'_>) -> Vec<(Slot, Request)>;

    /// The pane that is shown in this one: of a container of charts, the chart.
    fn shown(&self) -> Option<&dyn Pane> {
        None
    }

    /// Tests whether the item under the cursor is of the answer of that slot, so that keys wait for it.
    fn acts_on(&self, slot: Slot) -> bool {
        match self.shown() {
            Some(pane) => pane.acts_on(slot),
            None => true,
        }
    }

    /// The slot of the rows among which the cursor moves.
    fn list_slot(&self) -> Slot {
        self.shown().map_or(0, Pane::list_slot)
    }

    /// Tests whether a new answer of [`Pane::list_slot`] replaces the rows or bins on the screen, so that
    /// moves of the cursor wait for it: false where it is only another page of the same rows.
    fn replaces_rows(&self) -> bool {
        match self.shown() {
            Some(pane) => pane.replaces_rows(),
            None => true,
        }
    }

    /// The user comes from another pane, where `filter` selects the item under the cursor.
    fn came_from(&mut self, _filter: Option<String>) {}

    /// Receives the whole filter stack whenever it changes.
    fn filters_changed(&mut self, _stack: &[FilterEntry]) {}

    /// Takes an answer. It is that of the newest question of the slot.
    fn receive(&mut self, slot: Slot, answer: Result<Answer, AskError>);

    /// Carries out an action, or says what the app should do.
    fn update(&mut self, action: &Action, context: Context<'_>) -> Outcome;

    /// Draws into `area`.
    fn draw(&self, area: Rect, buffer: &mut Buffer, look: Look<'_>);

    /// The actions worth a hint in the footer now, most useful first.
    fn hints(&self) -> Vec<Action> {
        self.spec().hints.to_vec()
    }

    /// Id of the case under the cursor.
    fn case(&self) -> Option<String> {
        self.shown().and_then(Pane::case)
    }

    /// For the status line.
    fn status(&self) -> Status {
        self.shown().map_or_else(Status::default, Pane::status)
    }

    /// Terms of the glossary for the figures that it shows.
    fn terms(&self) -> Vec<&'static str> {
        match self.shown() {
            Some(pane) => pane.terms(),
            None => self.spec().terms.to_vec(),
        }
    }

    /// The figures under the cursor.
    fn figures(&self, context: Context<'_>) -> Vec<Explained> {
        match self.shown() {
            Some(pane) => pane.figures(context),
            None => Vec::new(),
        }
    }

    /// Names of the orders that it can be sorted by.
    fn sort_columns(&self) -> Vec<String> {
        self.shown().map_or_else(Vec::new, Pane::sort_columns)
    }

    /// The columns that can be chosen; `None` where there is no choice.
    fn columns_on_offer(&self, _log: &LogInfo) -> Option<ColumnsOnOffer> {
        None
    }

    /// Takes the columns that were chosen; its usual ones if there are none. Those that the log does not
    /// have are left out, and so are orders by them.
    fn set_columns(&mut self, _columns: &[ColumnChoice], _log: &LogInfo) {}

    /// Names and values of the row under the cursor, in full.
    fn whole_row(&self, context: Context<'_>) -> Vec<(String, String)> {
        let shown = self.shown();
        shown.map_or_else(Vec::new, |pane| pane.whole_row(context))
    }

    /// The report and its options that print what the pane shows, without log and filters:
    /// `["variants", "--limit", "20"]`. None where no report shows it.
    fn command(&self, _context: Context<'_>) -> Option<Vec<String>> {
        Some(vec![self.spec().report?.to_owned()])
    }

    /// The text to copy; `None` where there is nothing under the cursor.
    fn copy(&self, what: CopyWhat, context: Context<'_>) -> Option<String> {
        self.shown()?.copy(what, context)
    }

    /// Where it is.
    fn place(&self) -> Place;

    /// Goes back to where it was.
    fn go_to(&mut self, place: &Place);
}
