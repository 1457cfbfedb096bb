//! Applies keys and actions to the state. Routes to popup, prompt, pane and the app's own
//! handlers, each of which gives back what is not its own. No I/O: the rest is effects.

use super::effect::Effect;
use super::filtering::toggle_calendar;
use super::history::Step;
use super::load::Load;
use super::model::{App, Typed, Waiting};
use super::popups::PopupOutcome;
use super::prompt;
use super::stopping::{cancel, keep_so_far, stop_asking, stop_loading};
use super::waiting::{is_too_early, moves, moves_rows, wait};
use super::{bar, columns};
use super::{commands, noting, popups, reasons, report, slice, writing};
use crate::input::{Action, Chord, Key, Resolved};
use crate::panes::{Outcome, Pane, Place, Tab, split, texts};
use std::collections::VecDeque;

/// Actions waiting to be carried out, and what they ask of the world.
#[derive(Debug, Default)]
struct Run {
    /// With whether a pane emitted it.
    queue: VecDeque<(Action, bool)>,
    effects: Vec<Effect>,
}

/// A defect in a pane (two actions that emit each other) must not hang the program.
const LONGEST_CHAIN: usize = 64;

/// Takes a key.
pub fn key(app: &mut App, chord: Chord) -> Vec<Effect> {
    app.queries.hold = false;
    if let Some(action) = everywhere(app, chord) {
        return update(app, action);
    }
    if app.waiting.is_some() && wait(app, Typed::Key(chord)) {
        return Vec::new();
    }
    if let Some(popup) = &mut app.popup {
        let outcome = popup.key(chord);
        if matches!(outcome, PopupOutcome::Run(_) | PopupOutcome::Close) {
            app.popup = None;
        }
        return match outcome {
            PopupOutcome::Run(action) | PopupOutcome::Keep(action) => update(app, action),
            PopupOutcome::Open | PopupOutcome::Close => Vec::new(),
        };
    }
    if app.prompt.is_some() {
        let action = prompt::key(app, chord);
        return update_if(app, action);
    }
    bound_key(app, chord)
}

/// Carries out what waited for an answer, once that is there; `None` where nothing did.
pub fn resume(app: &mut App) -> Option<Vec<Effect>> {
    let action = app.waiting.as_ref()?.action.clone();
    if is_too_early(app, &action) {
        return None;
    }
    let waiting = app.waiting.take()?;
    let mut effects = update(app, waiting.action);
    for typed in waiting.typed {
        effects.extend(match typed {
            Typed::Key(chord) => key(app, chord),
            Typed::Paste(text) => paste(app, &text),
        });
    }
    Some(effects)
}

/// Keys that no popup and no prompt takes: those that leave, suspend and redraw, unless they type a character.
fn everywhere(app: &App, chord: Chord) -> Option<Action> {
    if chord.text().is_some() {
        return None;
    }
    match app.settings.keys.resolve(app.key_context(), &[], chord) {
        Resolved::Action(action @ (Action::ForceQuit | Action::Suspend | Action::Redraw)) => {
            Some(action)
        }
        _ => None,
    }
}

fn bound_key(app: &mut App, chord: Chord) -> Vec<Effect> {
    let mut pending = std::mem::take(&mut app.pending.chords);
    let resolved = app
        .settings
        .keys
        .resolve(app.key_context(), &pending, chord);
    app.set_pending(Vec::new());
    match resolved {
        Resolved::Action(action) => update(app, action),
        Resolved::Prefix => {
            pending.push(chord);
            app.set_pending(pending);
            Vec::new()
        }
        Resolved::Unbound if chord.key == Key::Esc => Vec::new(),
        Resolved::Unbound => {
            pending.push(chord);
            let keys = crate::input::print_chords(&pending);
            let shows = app.keys().fill("{help} shows the keys");
            app.notify(format!("{keys} does nothing here; {shows}"));
            Vec::new()
        }
    }
}

/// Takes pasted text.
pub fn paste(app: &mut App, text: &str) -> Vec<Effect> {
    app.queries.hold = false;
    if app.waiting.is_some() && wait(app, Typed::Paste(text.to_owned())) {
        return Vec::new();
    }
    if app.prompt.is_some() && app.popup.is_none() {
        let action = prompt::paste(app, text);
        return update_if(app, action);
    }
    app.notify_with_keys("Paste needs an open prompt; open one with {filter} or {find}");
    Vec::new()
}

/// Carries out an action, where there is one.
pub(super) fn update_if(app: &mut App, action: Option<Action>) -> Vec<Effect> {
    action.map_or_else(Vec::new, |action| update(app, action))
}

/// Carries out an action.
pub fn update(app: &mut App, action: Action) -> Vec<Effect> {
    app.moved = moves_rows(&action).then_some(app.now);
    let mut run = Run::default();
    run.queue.push_back((action, false));
    for _ in 0..LONGEST_CHAIN {
        let Some((action, emitted)) = run.queue.pop_front() else {
            break;
        };
        step(app, action, emitted, &mut run);
    }
    run.effects
}

fn step(app: &mut App, action: Action, emitted: bool, run: &mut Run) {
    let Some(action) = columns::update(app, action, &mut run.effects) else {
        return;
    };
    if !emitted && action == Action::Back && stop_asking(app) {
        run.effects.push(Effect::Cancel);
        return;
    }
    if !emitted && app.columns.is_none() && is_too_early(app, &action) {
        app.waiting = Some(Waiting {
            action,
            typed: Vec::new(),
        });
        return;
    }
    let is_for_bar = !emitted && app.columns.is_none() && app.log.is_some();
    let rest = if is_for_bar {
        bar::update(app, action)
    } else {
        Some(action)
    };
    let Some(action) = rest else { return };
    // A pane sees first what it may want to do in its own way; what it emits goes to the app.
    let action = if !emitted && app.columns.is_none() && is_for_pane(&action) {
        ask_pane(app, action, run)
    } else {
        Some(action)
    };
    let rest = action
        .and_then(|action| program(app, action, run))
        .and_then(|action| popups::open(app, action))
        .and_then(|action| writing::write(app, action, &mut run.effects))
        .and_then(|action| needs_log(app, action))
        .and_then(|action| slice::update(app, action, &mut run.effects))
        .and_then(|action| noting::note(app, action, &mut run.effects))
        .and_then(|action| navigate(app, action))
        .and_then(|action| app.change_filters(action))
        .and_then(|action| commands::copy(app, action, &mut run.effects))
        .and_then(|action| report::update(app, action))
        .and_then(|action| {
            if emitted {
                ask_pane(app, action, run)
            } else {
                Some(action)
            }
        });
    if let Some(action) = rest {
        reasons::explain(app, &action);
    }
}

/// Stops what makes no sense without a log, or while its columns are on the screen.
fn needs_log(app: &mut App, action: Action) -> Option<Action> {
    if app.columns.is_some() {
        app.notify_with_keys(
            "Not here: {use-columns} opens the log with these columns, {leave-columns} goes back",
        );
        return None;
    }
    if app.log.is_some() {
        return Some(action);
    }
    match app.load {
        Load::Running(_) => app.notify("The log is still being read"),
        _ => app.notify_with_keys("No log; {retry} tries again"),
    }
    None
}

/// Returns whether panes see an action first.
fn is_for_pane(action: &Action) -> bool {
    use Action::*;
    moves(action)
        || matches!(
            action,
            Top | Bottom
                | GoToRow(_)
                | Open
                | Back
                | GoToBin(_)
                | GoToChart(_)
                | FocusPart(_)
                | MarkCase
                | MarkRange
                | SwitchFocus
                | SetFind(_)
                | Keep
                | Drop
                | Sort
                | ReverseSort
                | SortBy(_)
                | ZoomFit
                | ToggleAxis
                | NextChart
                | PreviousChart
                | NextAspect
                | EditStages(_)
                | SetStages(_)
                | SegmentBy(_)
                | NextPath
                | PreviousPath
                | ToggleRow
                | InvertRow
                | DeleteRow
                | DefineMilestone
                | FewerActivities
                | MoreActivities
                | FewerPaths
                | MorePaths
                | Trim
                | Predict
                | Compare
        )
}

/// Lets the pane on the screen try an action; gives it back where the pane has no use for it.
fn ask_pane(app: &mut App, action: Action, run: &mut Run) -> Option<Action> {
    let before = app.pane()?.place();
    let outcome = app.with_pane(|pane, context| pane.update(&action, context));
    // Other actions may go to a list beside, which has an order of its own.
    if matches!(
        action,
        Action::Sort | Action::SortBy(_) | Action::ReverseSort
    ) {
        remember_sorting(app, before);
    }
    match outcome {
        None | Some(Outcome::Ignored) => Some(action),
        Some(Outcome::Done) => None,
        Some(Outcome::Emit(actions)) => {
            // Before all that waits, and in their own order.
            for action in actions.into_iter().rev() {
                run.queue.push_front((action, true));
            }
            None
        }
    }
}

/// Sorting can be undone, moving cannot.
fn remember_sorting(app: &mut App, before: Place) {
    let Some(after) = app.pane().map(Pane::place) else {
        return;
    };
    if (after.sort, after.descending) != (before.sort, before.descending) {
        let mut snapshot = app.snapshot();
        snapshot.places.insert(snapshot.pane.clone(), before);
        app.remember_change(snapshot);
    }
}

/// Leaving, stopping, loading.
fn program(app: &mut App, action: Action, run: &mut Run) -> Option<Action> {
    match action {
        Action::Quit => {
            if !go_back(app) {
                run.effects.push(Effect::Quit(app.exit_code()));
            }
        }
        Action::ForceQuit => run.effects.push(Effect::Quit(app.exit_code())),
        Action::Cancel => cancel(app, &mut run.effects),
        Action::Suspend => run.effects.push(Effect::Suspend),
        Action::Redraw => run.effects.push(Effect::Redraw),
        Action::ToggleMouse => {
            app.screen.mouse = !app.screen.mouse;
            run.effects.push(Effect::Mouse(app.screen.mouse));
            app.notify_with_keys(if app.screen.mouse {
                "Mouse on: wheel, rows, tabs, headings, bars; {mouse} leaves it to the terminal"
            } else {
                "Mouse off: the terminal selects text again"
            });
        }
        Action::Reload => match app.load {
            Load::Running(_) => app.notify("The log is being read"),
            _ => run.effects.push(Effect::Load),
        },
        Action::Redact => match app.load {
            Load::Running(_) => app.notify("The log is being read"),
            _ => run.effects.push(Effect::Redact),
        },
        Action::Follow => run.effects.push(Effect::Follow),
        Action::MapColumns => {
            stop_loading(app);
            app.notify(columns::INSPECTING);
            app.inspecting = true;
            run.effects.push(Effect::Inspect);
        }
        Action::Notify(text) => app.notify(text),
        // While a log is read there is nothing nearer to go back from.
        Action::Back
            if app.popup.is_none()
                && (app.log.is_none() || matches!(app.load, Load::Running(_))) =>
        {
            if !keep_so_far(app) {
                stop_loading(app);
            }
        }
        other => return Some(other),
    }
    None
}

/// Going from view to view.
fn navigate(app: &mut App, action: Action) -> Option<Action> {
    match action {
        Action::Back => {
            if !go_back(app) {
                app.notify_with_keys("Already at the top; {quit} quits");
            }
        }
        Action::ResumeSession => app.resume_last_session(),
        Action::Undo => travel(app, Step::Undo, "Nothing to undo"),
        Action::Redo => travel(app, Step::Redo, "Nothing to redo"),
        Action::HistoryBack => travel(app, Step::Back, "No earlier view"),
        Action::HistoryForward => travel(app, Step::Forward, "No later view"),
        Action::NextPane => app.switch_by(1),
        Action::PreviousPane => app.switch_by(-1),
        Action::GoToPane(n) => match app.pane_numbered(n) {
            Some(pane) if app.tabs().contains(&pane) => app.switch_to(pane),
            Some(pane) => {
                let title = app.workspace.panes[pane].spec().title;
                app.notify(format!(
                    "{title}: none are defined; [[rules]] in a rules file define them"
                ));
            }
            None => app.notify(format!("There is no pane {}", n + 1)),
        },
        Action::ToggleCalendar => toggle_calendar(app),
        Action::ShowPane(id) if app.key_context() == id => {
            go_back(app);
        }
        Action::ShowPane(id) => app.show_pane(id),
        Action::Maximize => app.workspace.maximized = !app.workspace.maximized,
        Action::Find => prompt::open_find(app),
        Action::Filter => prompt::open_filter(app, None),
        Action::EditFilter(at) => prompt::open_filter(app, Some(at)),
        Action::OpenCase(case) => {
            let crumb = texts::named("case", &case);
            app.open_place("case", crumb, Place::of_subject(case));
        }
        Action::PredictCase(case) => {
            let crumb = texts::crumb("prediction of", &case);
            let place = Place {
                item: case,
                ..Place::default()
            };
            app.open_place("predict", crumb, place);
        }
        Action::SplitBy { by, across } => {
            let cross = if across.is_empty() { "" } else { " x " };
            let crumb = texts::crumb("split by", &format!("{by}{cross}{across}"));
            // The figure stays.
            let subject = split::subject(&by, &across, "");
            app.open_place(split::SPEC.id, crumb, Place::of_subject(subject));
        }
        Action::Drill {
            filter,
            pane,
            crumb,
        } => app.drill(&filter, pane, crumb, Place::default()),
        Action::DrillTo {
            filter,
            pane,
            crumb,
            subject,
            item,
        } => {
            let to = Place {
                item,
                ..Place::of_subject(subject)
            };
            app.drill(&filter, pane, crumb, to);
        }
        other => return Some(other),
    }
    None
}

fn travel(app: &mut App, step: Step, none: &str) {
    if !app.travel(step) {
        app.notify(none);
    }
}

/// Up one level: popup, prompt, search, drill-down. `false` at the root.
fn go_back(app: &mut App) -> bool {
    if app.popup.take().is_some() {
        return true;
    }
    if app.prompt.is_some() {
        let action = prompt::leave(app);
        update_if(app, action);
        return true;
    }
    if app.log.is_none() {
        return false;
    }
    if app.pane().is_some_and(|pane| !pane.place().find.is_empty()) {
        let clear = Action::SetFind(String::new());
        let outcome = app.with_pane(|pane, context| pane.update(&clear, context));
        if outcome.is_some_and(|o| o != Outcome::Ignored) {
            return true;
        }
    }
    let Some(level) = app.trail.last().cloned() else {
        return false;
    };
    let before = app.snapshot();
    app.remember_change(before);
    let mut back = (*level.back).clone();
    back.filters.take_all_but_filters(&app.filters);
    app.restore(&back);
    true
}

impl App {
    /// Goes to a pane of the registry; a detail that was only looked into is left behind.
    pub(super) fn switch_to(&mut self, pane: usize) {
        if pane == self.workspace.active {
            return;
        }
        self.remember_place();
        let filter = if self.is_answered() {
            self.selected_filter()
        } else {
            None
        };
        if let Some(pane) = self.workspace.panes.get_mut(pane) {
            pane.came_from(filter);
        }
        let in_detail = self.spec().is_some_and(|spec| spec.tab == Tab::Never);
        if in_detail && self.trail.last().is_some_and(|level| !level.filtered) {
            self.trail.pop();
        }
        self.workspace.active = pane;
    }

    /// The filter of the item under the cursor, where there is one.
    pub(super) fn selected_filter(&mut self) -> Option<String> {
        // To keep changes nothing in a pane: it says what would be added.
        let kept = self.with_pane(|pane, context| pane.update(&Action::Keep, context));
        let Some(Outcome::Emit(actions)) = kept else {
            return None;
        };
        actions.into_iter().find_map(|action| match action {
            Action::AddFilter(filter) => Some(filter),
            _ => None,
        })
    }

    /// The next tab, or the one before; from a detail, those beside the pane that led there.
    fn switch_by(&mut self, step: isize) {
        let tabs = self.tabs();
        let levels = self.trail.iter().rev();
        let from_trail = levels.filter_map(|level| self.pane_called(&level.back.pane));
        let mut candidates = std::iter::once(self.workspace.active).chain(from_trail);
        let Some(n) = isize::try_from(tabs.len()).ok().filter(|n| *n > 0) else {
            return;
        };
        let here = candidates.find_map(|pane| tabs.iter().position(|tab| *tab == pane));
        let next = (here.unwrap_or(0) as isize + step).rem_euclid(n);
        self.switch_to(tabs[next as usize]);
    }
}
