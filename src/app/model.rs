//! The state of the explorer. Data only: what changes it is in `update` and its neighbors.

use super::alerts::AlertBoard;
use super::columns::Columns;
use super::filters::FilterStack;
use super::follow::Follow;
use super::history::{History, Level};
use super::layout::{Layout, layout};
use super::load::{ColumnsFrom, Inspected, Load, Settings};
use super::notifications::{Notifications, Severity};
use super::outline::Outline;
use super::popups::Popup;
use super::prompt::Prompt;
use super::queries::{PendingQueries, SlotId, pane_slot};
use crate::engine::{LogInfo, LogPlace, MilestoneInfo, NamedMilestone, Notes, Request};
use crate::formats::ReadPlan;
use crate::input::{ANYWHERE, Action, Chord, Keys, entry_of};
use crate::panes::{Context, Pane, PaneSpec, Place, Slot, Tab};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The panes and which of them is on the screen.
pub struct Workspace {
    /// One of each kind, in the order of the registry.
    pub panes: Vec<Box<dyn Pane>>,
    /// Of each pane the usual one, where one that compares is in its place.
    pub others: Vec<Option<Box<dyn Pane>>>,
    /// The pane on the screen.
    pub active: usize,
    /// True if the list or the detail is maximized.
    pub maximized: bool,
}

/// Keys pressed that begin a sequence.
#[derive(Debug, Clone, Default)]
pub struct Pending {
    /// The keys.
    pub chords: Vec<Chord>,
    /// When the menu of what may follow is shown.
    pub menu_at: Option<Instant>,
}

/// Keys that wait until the rows on the screen are those of the present question, as the item that they
/// act on may be gone.
#[derive(Debug, Clone)]
pub struct Waiting {
    /// The action that waits.
    pub action: Action,
    /// Keys and texts since.
    pub typed: Vec<Typed>,
}

/// A key or a pasted text.
#[derive(Debug, Clone)]
pub enum Typed {
    /// A key that was pressed.
    Key(Chord),
    /// A text that was pasted.
    Paste(String),
}

/// Delay of the menu after a prefix key, long enough that one who knows the sequence never sees it.
const MENU_DELAY: Duration = Duration::from_millis(350);

/// The explorer.
pub struct App {
    /// From the command line.
    pub settings: Settings,
    /// State of the load.
    pub load: Load,
    /// The log, once read.
    pub log: Option<Arc<LogInfo>>,
    /// Milestones of the log without those defined here, which [`App::log`] has too.
    pub milestones_of_log: Vec<MilestoneInfo>,
    /// The mapping chosen by the user in the explorer.
    pub plan: Option<ReadPlan>,
    /// The mapping confirmed by the user, saved once a log was loaded with it.
    pub confirmed: Option<Inspected>,
    /// The logs on the screen as they were looked at, to save settings for their columns.
    pub inspected: Option<Inspected>,
    /// Where the log on the screen has its columns from.
    pub columns_from: ColumnsFrom,
    /// The screen that says which column is what, where it is open.
    pub columns: Option<Columns>,
    /// True while the logs are looked at for that screen.
    pub inspecting: bool,
    /// State of following a log that grows.
    pub follow: Follow,
    /// Alerts while the log is followed.
    pub alerts: AlertBoard,
    /// The panes.
    pub workspace: Workspace,
    /// The drill-down, outermost first.
    pub trail: Vec<Level>,
    /// The filters.
    pub filters: FilterStack,
    /// Undo and history.
    pub history: History,
    /// Places of the panes at the start, by their ids.
    pub usual_places: BTreeMap<String, Place>,
    /// The text prompt, where one is open.
    pub prompt: Option<Prompt>,
    /// Texts entered into the filter line, oldest first.
    pub entered: Vec<String>,
    /// Text of a filter line that was left before it was entered; true for a condition on events.
    pub draft: Option<(String, bool)>,
    /// The report that is put together.
    pub report: Outline,
    /// Columns chosen for lists by the ids of their panes, as texts of
    /// [`ColumnChoice`](crate::input::ColumnChoice).
    pub list_columns: BTreeMap<String, Vec<String>>,
    /// Ids of the cases that are marked.
    pub marks: BTreeSet<String>,
    /// Ids of the cases that the open prompt asks a note or tags for.
    pub noted: BTreeSet<String>,
    /// Tags and notes of cases.
    pub notes: Arc<Notes>,
    /// The popup, where one is open.
    pub popup: Option<Popup>,
    /// The part of the breadcrumb or the filter that is selected: its position among both.
    pub bar: Option<usize>,
    /// Keys that begin a sequence.
    pub pending: Pending,
    /// Keys that wait for an answer.
    pub waiting: Option<Waiting>,
    /// Messages.
    pub notifications: Notifications,
    /// Questions.
    pub queries: PendingQueries,
    /// Columns and rows of the screen, number of selected and of all cases.
    pub screen: Screen,
    /// When the cursor was moved up or down, if nothing else was done since.
    pub moved: Option<Instant>,
    /// The time, set by the driver before every update.
    pub now: Instant,
}

/// Context of the keys while a part of the bar is selected.
const BAR: &str = "bar";

/// Numbers of what is selected and of all there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sizes {
    /// Cases selected, and all cases.
    pub cases: (u64, u64),
    /// Events selected, and all events.
    pub events: (u64, u64),
    /// Where fewer cases than this are selected and their number is not shown; their figures above are 0.
    pub fewer_than: Option<u64>,
}

impl Sizes {
    /// Returns whether some cases or events are left out.
    pub fn is_filtered(&self) -> bool {
        self.cases.0 != self.cases.1 || self.events.0 != self.events.1
    }
}

/// Data of the frame besides the panes.
#[derive(Debug, Clone, Copy, Default)]
pub struct Screen {
    /// Columns.
    pub width: u16,
    /// Rows.
    pub height: u16,
    /// Sizes of a filtered view, as last answered; `None` where nothing is filtered.
    pub sizes: Option<Sizes>,
    /// When Ctrl-C was pressed with nothing to cancel.
    pub interrupted: Option<Instant>,
    /// True if the mouse is taken.
    pub mouse: bool,
}

impl Workspace {
    /// One pane of each kind.
    fn new(panes: &[&PaneSpec]) -> Self {
        Workspace {
            others: panes.iter().map(|_| None).collect(),
            panes: panes.iter().map(|spec| (spec.new)()).collect(),
            active: 0,
            maximized: false,
        }
    }

    /// Puts the panes that compare in the place of the usual ones, or those back where nothing is compared.
    fn change_over(&mut self, compared: bool) {
        for (pane, other) in self.panes.iter_mut().zip(&mut self.others) {
            if !compared {
                // The usual list is where it was left.
                if let Some(usual) = other.take() {
                    *pane = usual;
                }
                continue;
            }
            let Some(comparing) = pane.spec().versus else {
                continue;
            };
            // A comparison begins with what changed most, of the kind of rows that was on the screen.
            let mut comparing = comparing();
            let Place {
                sort, descending, ..
            } = comparing.place();
            comparing.go_to(&Place {
                sort,
                descending,
                subject: pane.place().subject,
                ..Place::default()
            });
            *other = Some(std::mem::replace(pane, comparing));
        }
    }

    /// True if the pane at a position, or the part of it with the cursor, can compare two selections.
    pub fn compares(&self, pane: usize) -> bool {
        let pane = self.panes.get(pane).map(AsRef::as_ref);
        let shown = pane.map(|pane| pane.shown().unwrap_or(pane));
        shown.is_some_and(|pane| pane.spec().versus.is_some())
    }
}

impl App {
    /// An explorer without a log.
    pub fn new(settings: Settings, panes: &[&PaneSpec], now: Instant) -> Self {
        let filters = FilterStack::new(&settings.view);
        let mut app = App {
            load: Load::Idle,
            log: None,
            milestones_of_log: Vec::new(),
            plan: None,
            confirmed: None,
            inspected: None,
            columns_from: ColumnsFrom::default(),
            columns: None,
            inspecting: false,
            follow: Follow::default(),
            alerts: AlertBoard::default(),
            workspace: Workspace::new(panes),
            trail: Vec::new(),
            filters: FilterStack::default(),
            history: History::default(),
            usual_places: BTreeMap::new(),
            prompt: None,
            entered: Vec::new(),
            draft: None,
            report: Outline::default(),
            list_columns: BTreeMap::new(),
            marks: BTreeSet::new(),
            noted: BTreeSet::new(),
            notes: Arc::default(),
            popup: None,
            bar: None,
            pending: Pending::default(),
            waiting: None,
            notifications: Notifications::new(now),
            queries: PendingQueries::default(),
            screen: Screen {
                mouse: settings.mouse,
                ..Screen::default()
            },
            moved: None,
            now,
            settings,
        };
        app.set_filters(filters);
        app
    }

    /// The parts of the screen.
    pub fn layout(&self) -> Layout {
        let chips = !self.filters.entries.is_empty() || self.filters.versus.is_some();
        layout(self.screen.width, self.screen.height, chips)
    }

    /// The pane on the screen.
    pub fn pane(&self) -> Option<&dyn Pane> {
        self.workspace
            .panes
            .get(self.workspace.active)
            .map(AsRef::as_ref)
    }

    /// The registry line of the pane on the screen.
    pub fn spec(&self) -> Option<&'static PaneSpec> {
        self.pane().map(Pane::spec)
    }

    /// The context of keys: the id of the pane on the screen.
    pub fn key_context(&self) -> &'static str {
        if self.columns.is_some() {
            return "columns";
        }
        match (&self.log, self.spec()) {
            (Some(_), _) if self.bar.is_some() => BAR,
            (Some(_), Some(spec)) => spec.id,
            (None, _) => "start",
            (_, None) => ANYWHERE,
        }
    }

    /// The keys in force, for texts that name some.
    pub fn keys(&self) -> Keys<'_> {
        Keys {
            keymap: &self.settings.keys,
            context: self.key_context(),
        }
    }

    /// Does something with the pane on the screen and what it may look at.
    pub(super) fn with_pane<T>(
        &mut self,
        f: impl FnOnce(&mut dyn Pane, Context<'_>) -> T,
    ) -> Option<T> {
        // Shared, as the pane is borrowed from the same state.
        let log = Arc::clone(self.log.as_ref()?);
        let view = Arc::clone(&self.queries.view);
        let key_context = self.key_context();
        let context = Context {
            log: &log,
            view: &view,
            area: self.layout().body,
            maximized: self.workspace.maximized,
            plain: self.settings.plain,
            marks: &self.marks,
            keys: Keys {
                keymap: &self.settings.keys,
                context: key_context,
            },
        };
        let pane = self.workspace.panes.get_mut(self.workspace.active)?;
        Some(f(pane.as_mut(), context))
    }

    /// The filter stack is this from now on.
    pub(super) fn set_filters(&mut self, filters: FilterStack) {
        let before = self.filters.versus.is_some();
        self.filters = filters;
        let compared = self.filters.versus.is_some();
        if compared != before {
            self.workspace.change_over(compared);
        }
        self.show_milestones();
        self.queries.set_view(self.filters.view());
        for pane in &mut self.workspace.panes {
            pane.filters_changed(&self.filters.entries);
        }
    }

    /// Adds the milestones defined here to those of the log, in place of those of the same name.
    fn show_milestones(&mut self) {
        let Some(log) = &self.log else { return };
        let texts = self.filters.milestones.iter();
        let here = texts.filter_map(|text| NamedMilestone::parse(text).ok());
        let here: Vec<MilestoneInfo> = here.map(|named| named.info()).collect();
        let is_here = |of_log: &&MilestoneInfo| here.iter().any(|new| new.name == of_log.name);
        let kept = self
            .milestones_of_log
            .iter()
            .filter(|of_log| !is_here(of_log));
        let milestones: Vec<MilestoneInfo> = kept.chain(&here).cloned().collect();
        if log.milestones != milestones {
            let log = LogInfo {
                milestones,
                ..(**log).clone()
            };
            self.log = Some(Arc::new(log));
        }
    }

    /// Exit code of a program left now: without a log, that of the failure.
    pub(super) fn exit_code(&self) -> u8 {
        match (&self.log, &self.load) {
            (None, Load::Failed(error)) => error.code,
            _ => 0,
        }
    }

    /// Shows a message.
    pub fn notify(&mut self, text: impl Into<String>) {
        self.notifications.notify(self.now, Severity::Info, text);
    }

    /// Shows a message in which names of actions in braces are replaced by their keys.
    pub(super) fn notify_with_keys(&mut self, text: &str) {
        let text = self.keys().fill(text);
        self.notify(text);
    }

    /// Shows a message about something that went wrong.
    pub fn notify_error(&mut self, text: impl Into<String>) {
        self.notifications.notify(self.now, Severity::Error, text);
    }

    /// Positions of the panes that have a tab.
    pub fn tabs(&self) -> Vec<usize> {
        let panes = self.workspace.panes.iter().enumerate();
        panes
            .filter(|(_, p)| p.has_tab(self.log.as_deref()))
            .map(|(at, _)| at)
            .collect()
    }

    /// The pane of that number among those that may have a tab, from 0. A pane keeps its number, and
    /// so its key, in logs for which another has none.
    pub fn pane_numbered(&self, number: usize) -> Option<usize> {
        let panes = self.workspace.panes.iter().enumerate();
        let mut panes = panes.filter(|(_, pane)| pane.spec().tab != Tab::Never);
        panes.nth(number).map(|(at, _)| at)
    }

    /// The key that goes to a pane with a tab.
    pub fn key_of_pane(&self, pane: usize) -> String {
        let before = self.workspace.panes[..pane].iter();
        let number = before.filter(|pane| pane.spec().tab != Tab::Never).count();
        let keys = entry_of(&Action::GoToPane(number))
            .map(|e| self.settings.keys.keys_of_entry(ANYWHERE, e));
        keys.and_then(|keys| keys.into_iter().next())
            .unwrap_or_default()
    }

    /// Returns whether the data of a slot of the current pane is of an older view.
    pub fn is_stale(&self, slot: u8) -> bool {
        let id: SlotId = pane_slot(self.workspace.active, slot);
        self.queries.is_stale(id, self.now)
    }

    /// Returns whether the log is in an engine, which answers.
    pub fn is_in_engine(&self) -> bool {
        let log = self.log.as_ref();
        log.is_some_and(|log| log.place == LogPlace::Engine)
    }

    /// Returns whether the item under the cursor is that of the newest question of the current pane.
    pub(super) fn is_answered(&mut self) -> bool {
        let active = self.workspace.active;
        let requests = self.with_pane(|pane, context| {
            let requests = pane.requests(context).into_iter();
            requests.filter(|(slot, _)| pane.acts_on(*slot)).collect()
        });
        let requests: Vec<(Slot, Request)> = requests.unwrap_or_default();
        let mut requests = requests.iter();
        requests.all(|(slot, request)| {
            let slot = pane_slot(active, *slot);
            self.queries.has_answer(slot, request)
        })
    }

    /// Returns whether the cursor moves among the rows of the newest question of the current pane, of
    /// which only another page may be on its way.
    pub(super) fn can_move(&mut self) -> bool {
        let replaced = self.pane().is_some_and(Pane::replaces_rows);
        let list = self.pane().map_or(0, Pane::list_slot);
        let slot = pane_slot(self.workspace.active, list);
        if !replaced && self.queries.is_of_view(slot) {
            return true;
        }
        let requests = self.with_pane(|pane, context| pane.requests(context));
        let request = requests
            .into_iter()
            .flatten()
            .find(|(slot, _)| *slot == list);
        request.is_none_or(|(_, request)| self.queries.has_answer(slot, &request))
    }

    /// Keys that begin a sequence.
    pub(super) fn set_pending(&mut self, chords: Vec<Chord>) {
        self.pending = Pending {
            menu_at: (!chords.is_empty()).then(|| self.now + MENU_DELAY),
            chords,
        };
    }

    /// Returns whether the menu of keys after a prefix is due.
    pub fn shows_key_menu(&self) -> bool {
        self.pending.menu_at.is_some_and(|at| at <= self.now)
    }
}
