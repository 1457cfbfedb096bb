//! Between state and engine: which questions the screen asks now, and where an answer goes.

use super::alerts::AlertNews;
use super::columns;
use super::effect::Effect;
use super::follow::{Mode, Whole};
use super::load::{ColumnsFrom, Inspected, Load, LoadError};
use super::model::{App, Sizes};
use super::queries::{ALERTS, CHECK, COMPLETE, EXAMPLES, SUMMARY, SlotId, pane_slot};
use super::update::update_if;
use super::{popups, prompt};
use crate::engine::{
    AlertsQuery, Answer, AskError, FilterError, LogInfo, LogPlace, Question, Reply, Request,
    SizeQuery, View,
};
use crate::input::Action;
use crate::text::counted;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Exit code of a program that is left without a log, as nobody said which column is what.
const REFUSED: u8 = 3;
/// An answer that took longer than this says so in the status line.
const NOTICEABLE: Duration = Duration::from_millis(50);

impl App {
    /// A log was read.
    pub fn opened(&mut self, log: Arc<LogInfo>) {
        self.load = Load::Idle;
        self.columns = None;
        self.notify_columns(&log);
        self.queries.forget_all();
        // Keys that waited were meant for the log before.
        self.waiting = None;
        let ledger = self
            .workspace
            .panes
            .iter()
            .position(|pane| pane.spec().id == "ledger");
        let tab = ledger.map_or_else(String::new, |pane| self.key_of_pane(pane));
        if log.rejected > 0 {
            let rows = counted(log.rejected, "row was", "rows were");
            self.notify_error(format!("{rows} rejected; {tab} shows which and why"));
        } else if log.place == LogPlace::Engine {
            for warning in &log.warnings {
                self.notify(warning.sentence.clone());
            }
        } else if !log.warnings.is_empty() {
            let warnings = counted(log.warnings.len() as u64, "warning", "warnings");
            self.notify(format!("{warnings} about the log; {tab} shows more"));
        }
        self.milestones_of_log.clone_from(&log.milestones);
        self.log = Some(log);
        let stack = self.filters.clone();
        self.set_filters(stack);
    }

    /// The log has grown, or was read again as it changed.
    pub fn updated(&mut self, log: Arc<LogInfo>, whole: Option<Whole>) {
        if let Some(sentence) = whole.and_then(Whole::sentence) {
            self.notify(sentence);
        }
        let before = self.log.as_ref().map_or(0, |log| log.rejected);
        if log.rejected > before {
            let rows = counted(log.rejected - before, "row was", "rows were");
            self.notify_error(format!("{rows} rejected"));
        }
        self.queries.forget_all();
        self.milestones_of_log.clone_from(&log.milestones);
        self.log = Some(log);
        let stack = self.filters.clone();
        self.set_filters(stack);
    }

    /// Says by which columns the log was read.
    fn notify_columns(&mut self, log: &LogInfo) {
        let of = |role: &str| log.mapping.iter().find(|(known, _)| known == role);
        let named = |role: &str| of(role).map(|(role, from)| format!("{role} = {from}"));
        let named: Vec<String> = ["case", "activity", "activity name", "time", "milestone"]
            .into_iter()
            .filter_map(named)
            .collect();
        let keys = self.settings.keys.keys_of("", &Action::MapColumns);
        let key = keys.first().map_or("", String::as_str);
        let how = match self.columns_from {
            ColumnsFrom::User => return,
            _ if named.is_empty() => return,
            ColumnsFrom::Memory => "Using the saved mapping:",
            ColumnsFrom::Names => "Using",
        };
        let named = named.join(", ");
        let ends = self.filters.ends.as_ref();
        let saved = ends.filter(|_| self.columns_from == ColumnsFrom::Memory);
        self.notify(match saved.map(Vec::as_slice) {
            // Options of the call name others.
            None if log.place == LogPlace::Engine => format!("{how} {named}"),
            None => format!("{how} {named} ({key} to change)"),
            Some(ends) => {
                let keys = self.settings.keys.keys_of("", &Action::ShowPane("ends"));
                let ends_key = keys.first().map_or("", String::as_str);
                let ends = if ends.is_empty() {
                    "no activity".to_owned()
                } else {
                    ends.join(", ")
                };
                format!("{how} {named}; cases end with {ends} ({key}, {ends_key} to change)")
            }
        });
    }

    /// The user is to say which column is what before there is a log.
    pub fn ask(&mut self, inspected: Inspected) {
        let doubts: Vec<&str> = inspected
            .looks
            .iter()
            .flatten()
            .flat_map(|look| look.doubts.iter().map(String::as_str))
            .collect();
        self.load = match &self.log {
            Some(_) => Load::Idle,
            None => Load::Failed(LoadError {
                message: doubts.join("\n"),
                code: REFUSED,
            }),
        };
        columns::open(self, inspected);
    }

    /// A log could not be read.
    pub fn failed(&mut self, error: LoadError) {
        if self.log.is_some() {
            self.notify_error(format!("The log was not read again: {}", error.message));
            self.load = Load::Idle;
        } else {
            self.load = Load::Failed(error);
        }
    }
}

/// The questions to be asked now: those of the pane on the screen, of the line of filters and of
/// the filter line, without those that were asked already.
pub fn questions(app: &mut App) -> Vec<Question> {
    if app.log.is_none() || app.queries.hold {
        return Vec::new();
    }
    let mut out = prompt::questions(app);
    let (active, now) = (app.workspace.active, app.now);
    let requests = app
        .with_pane(|pane, context| pane.requests(context))
        .unwrap_or_default();
    let view = Arc::clone(&app.queries.view);
    let wanted: Vec<SlotId> = requests
        .iter()
        .map(|(s, _)| pane_slot(active, *s))
        .collect();
    // What is asked for no more must be asked again when it comes back.
    app.queries.forget_others(active, &wanted);
    for ((_, request), slot) in requests.into_iter().zip(wanted) {
        out.extend(app.queries.want(slot, &view, request, now));
    }
    if app.is_in_engine() {
        app.queries.forget_hidden(active);
    }
    if let Some((view, request)) = popups::examples(app) {
        out.extend(app.queries.want(EXAMPLES, &Arc::new(view), request, now));
    }
    if app.follow.mode != Mode::Off {
        let of_all = Arc::new(AlertsQuery::view(&view));
        out.extend(
            app.queries
                .want(ALERTS, &of_all, Request::new(AlertsQuery), now),
        );
    }
    // The sizes of a view without filters are those of the log.
    if *view == View::default() {
        app.screen.sizes = None;
        app.queries.forget(SUMMARY);
    } else {
        out.extend(
            app.queries
                .want(SUMMARY, &view, Request::new(SizeQuery), now),
        );
    }
    out
}

/// Takes an answer; one to an old question is dropped. Gives whether the screen changed.
pub fn receive(app: &mut App, reply: Reply) -> (bool, Vec<Effect>) {
    let Reply {
        slot,
        generation,
        elapsed,
        answer,
    } = reply;
    let failed = matches!(answer, Err(AskError::Engine(_)));
    if !app.queries.accept(slot, generation, failed) {
        return (false, Vec::new());
    }
    match slot {
        CHECK => {
            let action = prompt::receive_check(app, &answer);
            return (true, update_if(app, action));
        }
        COMPLETE => prompt::receive_completions(app, &answer),
        ALERTS => {
            match &answer {
                Err(AskError::Cancelled) => app.queries.forget(slot),
                Err(error) => app.notify_error(format!("Alerts: {error}")),
                Ok(_) => {}
            }
            let alerts = answer.as_ref().ok().and_then(Answer::to::<AlertsQuery>);
            let changes = alerts.map(|alerts| app.alerts.take(alerts, app.now));
            let effects = changes.map(|changes| say_alerts(app, changes));
            return (true, effects.unwrap_or_default());
        }
        EXAMPLES => popups::receive_examples(app, &answer),
        SUMMARY => {
            if let Some(size) = answer.as_ref().ok().and_then(Answer::to::<SizeQuery>) {
                app.screen.sizes = Some(Sizes {
                    cases: (size.cases, size.total_cases),
                    events: (size.events, size.total_events),
                    fewer_than: None,
                });
            }
            if let (Err(AskError::FewCases(least)), Some(log)) = (&answer, &app.log) {
                app.screen.sizes = Some(Sizes {
                    cases: (0, log.cases),
                    events: (0, log.events),
                    fewer_than: Some(*least),
                });
            }
        }
        _ => return (receive_of_pane(app, slot, elapsed, answer), Vec::new()),
    }
    (true, Vec::new())
}

/// Lets time pass for alerts.
pub(super) fn tick_alerts(app: &mut App) -> Vec<Effect> {
    if app.alerts.due().is_none_or(|due| due > app.now) {
        return Vec::new();
    }
    let changes = app.alerts.tick(app.now);
    say_alerts(app, changes)
}

/// Shows what changed of alerts, and rings the bell once if any began to fire.
fn say_alerts(app: &mut App, news: AlertNews) -> Vec<Effect> {
    for (severity, text) in news.messages {
        let text = app.keys().fill(&text);
        app.notifications.notify(app.now, severity, text);
    }
    let rings = news.fires && app.settings.bell;
    rings.then_some(Effect::Bell).into_iter().collect()
}

fn receive_of_pane(
    app: &mut App,
    slot: SlotId,
    elapsed: Duration,
    answer: Result<Answer, AskError>,
) -> bool {
    let (pane, slot_of_pane) = ((slot / 256) as usize, (slot % 256) as u8);
    match &answer {
        Err(AskError::Cancelled) => {
            app.queries.forget(slot);
            return false;
        }
        Err(AskError::Filter(error)) => {
            refuse(app, error);
            return true;
        }
        Err(error @ AskError::Internal(_)) => app.notify_error(error.to_string()),
        Err(AskError::Engine(why)) => {
            let again = app.keys().fill("{reload} connects again");
            app.notify_error(format!("{why}; {again}"));
            // What was answered before stays on the screen.
            if app.queries.shows_answer(slot) {
                return true;
            }
        }
        _ => {}
    }
    let visible = pane == app.workspace.active;
    if visible {
        app.queries.elapsed = (elapsed > NOTICEABLE).then_some(elapsed);
    }
    if let Some(pane) = app.workspace.panes.get_mut(pane) {
        pane.receive(slot_of_pane, answer);
    }
    visible
}

/// A filter of the stack is wrong (one from the command line, or after a reload): it is switched
/// off, so that the panes show something.
fn refuse(app: &mut App, error: &FilterError) {
    let filters_before = app.filters.clone();
    let mut filters = filters_before.clone();
    if filters.switch_off(&error.text) {
        app.set_filters(filters);
        let is_milestone = filters_before.milestones != app.filters.milestones;
        let what = if is_milestone {
            "Milestone deleted"
        } else if filters_before.waits != app.filters.waits {
            "Class of a wait deleted"
        } else {
            "Filter switched off"
        };
        app.notify_error(format!("{what}: {}", error.message));
    } else {
        app.notify_error(error.message.clone());
    }
}

/// When the time that an engine takes is shown anew.
fn tick(app: &App) -> Option<Instant> {
    const SECOND: Duration = Duration::from_secs(1);
    let waited = app.queries.waited(app.now).filter(|_| app.is_in_engine());
    let part = waited.map(|waited| Duration::from_nanos(waited.subsec_nanos().into()));
    let rest = part.map(|part| SECOND.saturating_sub(part));
    let ending = app.queries.ending.then_some(SECOND / 4);
    rest.into_iter()
        .chain(ending)
        .min()
        .map(|rest| app.now + rest)
}

/// When the state changes by time alone, at the latest; `None`: never.
pub fn deadline(app: &App) -> Option<Instant> {
    // Without a log, or after a cancel, nothing is checked until the next key.
    let checks = app.log.is_some() && !app.queries.hold;
    let check = app.prompt.as_ref().filter(|_| checks);
    let check = check.and_then(|prompt| prompt.check_at);
    let menu = app.pending.menu_at.filter(|at| *at > app.now);
    let slow = app.queries.slow_at(app.now);
    [
        tick(app),
        app.notifications.until(),
        check,
        menu,
        slow,
        app.alerts.due(),
    ]
    .into_iter()
    .flatten()
    .min()
}
