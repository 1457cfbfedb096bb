//! Actions on the screen of the columns, and results of inspections and previews.

use super::{Columns, Page};
use crate::app::effect::Effect;
use crate::app::load::{Inspected, LoadError};
use crate::app::model::App;
use crate::app::prompt::{self, Wanted};
use crate::event_log::{PerRole, Role};
use crate::formats::{DateOrder, Inspection, LogOptions, Preview};
use crate::input::Action;

/// Message until the screen of the columns opens.
pub(in crate::app) const INSPECTING: &str = "Inspecting columns";

/// Rows that a page moves the cursor.
const PAGE: usize = 10;

/// Opens the screen.
pub(in crate::app) fn open(app: &mut App, inspected: Inspected) {
    app.popup = None;
    app.prompt = None;
    app.notifications.withdraw(INSPECTING);
    app.columns = Some(Columns::new(inspected));
}

/// Carries out an action of the screen; gives back what is not its own.
pub(in crate::app) fn update(
    app: &mut App,
    action: Action,
    effects: &mut Vec<Effect>,
) -> Option<Action> {
    let Some(columns) = &mut app.columns else {
        return Some(action);
    };
    match action {
        Action::Open => confirm(app, effects),
        Action::Back | Action::Quit if columns.reading => columns.reading = false,
        Action::Back | Action::Quit => leave(app, effects),
        Action::NextPane | Action::HistoryForward => turn(columns, 1),
        Action::PreviousPane | Action::HistoryBack => turn(columns, -1),
        Action::SwitchFocus => columns.reading = !columns.reading,
        Action::TimeFormat | Action::NameActivity
            if columns
                .shown()
                .is_some_and(|page| page.roles_in_engine().is_some()) =>
        {
            app.notify(IN_ENGINE);
        }
        Action::TimeFormat => open_time_format(app),
        Action::NameActivity => open_activity_name(app),
        Action::ForgetMapping => forget(app, effects),
        Action::MapColumns => {
            app.notify_with_keys("This is the column screen; {help} shows its keys");
        }
        Action::Reload => app.notify("Enter opens the log with these columns"),
        _ => {
            let (log, reading) = (columns.page, columns.reading);
            let shown = columns.shown_mut()?;
            match change(shown, &action, reading) {
                Changed::No => return Some(action),
                Changed::Not(why) => app.notify(why),
                Changed::Yes => {
                    let look = due_look(shown, &action);
                    let look = look.map(|options| Effect::Look {
                        log,
                        options: Box::new(options),
                    });
                    effects.extend(look);
                }
            }
        }
    }
    None
}

/// Returns whether the screen handles an action.
pub(in crate::app) fn is_taken(action: &Action) -> bool {
    use Action::*;
    matches!(
        action,
        Open | Back
            | Quit
            | NextPane
            | PreviousPane
            | HistoryBack
            | HistoryForward
            | SwitchFocus
            | MoveUp
            | MoveDown
            | PageUp
            | PageDown
            | HalfPageUp
            | HalfPageDown
            | Top
            | Bottom
            | Undo
            | WriteMapping
            | Help
            | Palette
            | Messages
            | Redraw
            | Cancel
            | Suspend
            | ForceQuit
    )
}

/// Why something cannot be said of a table in an engine.
const IN_ENGINE: &str = "The columns of an engine have their types; a view of it can change them";
const ROW_IS_EVENT: &str = "In an engine each row is an event with one time; a slice can pair them";

/// Result of an action on a page.
enum Changed {
    /// It is not an action of pages.
    No,
    /// It could not be done, for this reason.
    Not(&'static str),
    /// It is done.
    Yes,
}

fn change(page: &mut Page, action: &Action, reading: bool) -> Changed {
    if reading && let Some(scroll) = moved(action, page.scroll, lines(page)) {
        page.scroll = scroll;
        return Changed::Yes;
    }
    if let Some(cursor) = moved(action, page.cursor, page.rows()) {
        page.cursor = cursor;
        return Changed::Yes;
    }
    let in_engine = page.roles_in_engine();
    match action {
        Action::AssignRole(_) if page.is_of_objects() => {
            return Changed::Not("Objects of the selected type are the cases; enter opens");
        }
        Action::EventsOfTimes if in_engine.is_some() => return Changed::Not(ROW_IS_EVENT),
        Action::AssignRole(role) => {
            if let Some(role) = Role::ALL.get(*role) {
                if in_engine.is_some_and(|known| !known.contains(role)) {
                    return Changed::Not(ROW_IS_EVENT);
                }
                page.assign(*role);
            }
        }
        Action::SetActivityName(_) | Action::EventsOfTimes if page.is_of_objects() => {
            return Changed::Not("The activity of an object-centric log is the type of the event");
        }
        Action::SetActivityName(name) => page.name_activity(name.trim()),
        Action::EventsOfTimes if !page.make_events_of_times() => {
            return Changed::Not("No column holds times");
        }
        Action::Undo if !page.undo() => return Changed::Not("Nothing to undo"),
        Action::EventsOfTimes | Action::Undo => {}
        _ => return change_reading(page, action),
    }
    Changed::Yes
}

/// Changes the options for parsing the log.
fn change_reading(page: &mut Page, action: &Action) -> Changed {
    let is_csv = page.look.as_ref().is_ok_and(|look| look.format == "csv");
    if !is_csv && is_of_csv(action) {
        return Changed::Not("Only CSV has a header, a delimiter and quotes");
    }
    if page.roles_in_engine().is_some() && *action == Action::NextDateOrder {
        return Changed::Not(IN_ENGINE);
    }
    let delimiter = next_delimiter(page);
    let read = &mut page.options.read;
    match action {
        Action::ToggleHeader => read.no_header = !read.no_header,
        Action::NextDelimiter => read.delimiter = delimiter,
        Action::NextQuoting => (read.quote, read.escape) = next_quoting(read.quote, read.escape),
        Action::NextDateOrder => read.date_order = next_order(read.date_order),
        Action::SetTimeFormat(text) => {
            let text = text.trim();
            read.time_format = (!text.is_empty()).then(|| text.to_owned());
        }
        _ => return Changed::No,
    }
    Changed::Yes
}

/// Returns the row after a motion in a list of `rows`; `None` where the action is no motion.
fn moved(action: &Action, at: usize, rows: usize) -> Option<usize> {
    let last = rows.saturating_sub(1);
    let to = match action {
        Action::MoveUp => at.saturating_sub(1),
        Action::MoveDown => at + 1,
        Action::PageUp => at.saturating_sub(PAGE),
        Action::PageDown => at + PAGE,
        Action::HalfPageUp => at.saturating_sub(PAGE / 2),
        Action::HalfPageDown => at + PAGE / 2,
        Action::Top => 0,
        Action::Bottom => last,
        Action::GoToRow(row) => row.saturating_sub(1),
        _ => return None,
    };
    Some(to.min(last))
}

/// Lines of a page's preview, about: it scrolls as far.
fn lines(page: &Page) -> usize {
    match &page.preview {
        Some(Ok(preview)) => {
            let events = preview.first.iter().map(|case| case.events.len() + 2);
            events.sum::<usize>() + 2 * preview.rejects.len() + 2
        }
        _ => 0,
    }
}

/// The options by which a log is to be looked at anew after an action that changes what its columns
/// are; roles are left out, as their columns may not be there any more.
fn due_look(page: &mut Page, action: &Action) -> Option<LogOptions> {
    if !is_of_csv(action) || page.look.is_err() {
        return None;
    }
    let read = &mut page.options.read;
    read.columns = PerRole::default();
    page.asked_look = Some(page.options.clone());
    page.asked_look.clone()
}

/// Returns whether an action changes how CSV is read, so that its columns may be others.
fn is_of_csv(action: &Action) -> bool {
    matches!(
        action,
        Action::ToggleHeader | Action::NextDelimiter | Action::NextQuoting
    )
}

/// Quote and escape in the order in which a key tries them; none are given in the first way.
const QUOTINGS: [(Option<u8>, Option<u8>); 5] = [
    (None, None),
    (Some(b'"'), Some(b'\\')),
    (Some(b'\''), None),
    (Some(b'\''), Some(b'\\')),
    (Some(b'"'), None),
];

fn next_quoting(quote: Option<u8>, escape: Option<u8>) -> (Option<u8>, Option<u8>) {
    let now = QUOTINGS.iter().position(|way| *way == (quote, escape));
    QUOTINGS[now.map_or(0, |now| (now + 1) % QUOTINGS.len())]
}

/// Delimiters in the order in which a key tries them; the one found out comes first.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

fn next_delimiter(page: &Page) -> Option<u8> {
    let Some(now) = page.options.read.delimiter else {
        let found = page.look.as_ref().ok().and_then(Inspection::delimiter);
        let other = |d: &u8| Some(delimiter_name(*d).as_str()) != found;
        return DELIMITERS.into_iter().find(other);
    };
    let at = DELIMITERS.iter().position(|&d| d == now)?;
    DELIMITERS.get(at + 1).copied()
}

/// A delimiter, as options name it.
fn delimiter_name(delimiter: u8) -> String {
    match delimiter {
        b'\t' => "\\t".to_owned(),
        other => char::from(other).to_string(),
    }
}

fn next_order(now: Option<DateOrder>) -> Option<DateOrder> {
    match now {
        None => Some(DateOrder::Dmy),
        Some(DateOrder::Dmy) => Some(DateOrder::Mdy),
        Some(DateOrder::Mdy) => Some(DateOrder::Ymd),
        Some(DateOrder::Ymd) => Some(DateOrder::Ydm),
        Some(DateOrder::Ydm) => None,
    }
}

fn turn(columns: &mut Columns, step: isize) {
    let n = columns.pages.len().max(1) as isize;
    columns.page = (columns.page as isize + step).rem_euclid(n) as usize;
    columns.reading = false;
}

fn open_time_format(app: &mut App) {
    let shown = app.columns.as_ref().and_then(Columns::shown);
    let text = shown.and_then(|page| page.options.read.time_format.clone());
    prompt::open_text(app, Wanted::TimeFormat, &text.unwrap_or_default());
}

fn open_activity_name(app: &mut App) {
    let shown = app.columns.as_ref().and_then(Columns::shown);
    let text = shown.and_then(|page| page.options.read.activity_name.clone());
    prompt::open_text(app, Wanted::ActivityName, &text.unwrap_or_default());
}

/// Reads the logs like that, if nothing is missing.
fn confirm(app: &mut App, effects: &mut Vec<Effect>) {
    let Some(columns) = &mut app.columns else {
        return;
    };
    let missing = |page: &Page| page.missing().first().copied();
    if let Some((at, role)) = columns
        .pages
        .iter()
        .enumerate()
        .find_map(|(at, page)| Some((at, missing(page)?)))
    {
        columns.page = at;
        let action = Action::AssignRole(role as usize);
        let keys = app.settings.keys.keys_of("columns", &action);
        let key = keys.first().map_or("", String::as_str);
        let name = role.name();
        app.notify_error(format!("Which column is the {name}? Press {key} on it"));
        return;
    }
    let chosen = columns.chosen();
    app.columns = None;
    app.plan = Some(chosen.plan.clone());
    app.confirmed = Some(chosen);
    effects.push(Effect::Load);
}

fn leave(app: &mut App, effects: &mut Vec<Effect>) {
    if app.log.is_some() {
        app.columns = None;
    } else {
        effects.push(Effect::Quit(app.exit_code()));
    }
}

fn forget(app: &mut App, effects: &mut Vec<Effect>) {
    let Some(shown) = app.columns.as_mut().and_then(Columns::shown_mut) else {
        return;
    };
    let Some(look) = shown.look.as_ref().ok().filter(|_| shown.remembered) else {
        app.notify("No mapping is saved for these column names");
        return;
    };
    effects.push(Effect::Forget(Box::new(look.clone())));
    shown.remembered = false;
    app.notify("Saved mapping deleted; enter saves the current one");
}

/// The preview that is to be asked for: that of the page on the screen, where its options are not
/// those of the last one.
pub(in crate::app) fn due_preview(app: &mut App) -> Option<(usize, LogOptions)> {
    let columns = app.columns.as_mut()?;
    let at = columns.page;
    let page = columns.shown_mut()?;
    if page.look.is_err() || !page.missing().is_empty() {
        // A preview on its way is of roles that are gone.
        page.preview = None;
        page.asked_preview = None;
        return None;
    }
    let options = page.options();
    if page.asked_preview.as_ref() == Some(&options) {
        return None;
    }
    page.asked_preview = Some(options.clone());
    page.answered = false;
    Some((at, options))
}

/// A look came; one that was made by other options than those asked for last is dropped.
pub(in crate::app) fn receive_look(
    app: &mut App,
    log: usize,
    options: &LogOptions,
    look: Result<Inspection, LoadError>,
) {
    let page = app.columns.as_mut().and_then(|c| c.pages.get_mut(log));
    let Some(page) = page.filter(|page| page.asked_look.as_ref() == Some(options)) else {
        return;
    };
    page.asked_look = None;
    match look {
        Ok(look) => {
            page.look = Ok(look);
            page.take_roles();
        }
        Err(error) => app.notify_error(error.message),
    }
}

/// A preview came.
pub(in crate::app) fn receive_preview(
    app: &mut App,
    log: usize,
    options: &LogOptions,
    preview: Result<Preview, LoadError>,
) {
    let page = app.columns.as_mut().and_then(|c| c.pages.get_mut(log));
    let Some(page) = page.filter(|page| page.asked_preview.as_ref() == Some(options)) else {
        return;
    };
    page.answered = true;
    page.scroll = 0;
    page.preview = Some(preview);
}
