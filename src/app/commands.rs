//! Copying, and the shell command that prints what a pane shows. Makes texts; the terminal puts
//! them on the clipboard.

use super::effect::Effect;
use super::model::App;
use super::{popups, shell};
use crate::filter::parse;
use crate::input::Action;
use crate::panes::CopyWhat;
use crate::text::escape_lines;

/// Actions that copy or show a command.
pub(super) fn copy(app: &mut App, action: Action, effects: &mut Vec<Effect>) -> Option<Action> {
    match action {
        Action::CopyRow => copy_of_pane(app, CopyWhat::Row, "row", effects),
        Action::CopyCell => copy_of_pane(app, CopyWhat::Cell, "cell", effects),
        Action::CopyView => copy_of_pane(app, CopyWhat::View, "view", effects),
        Action::CopyCommand | Action::ShowCommand => match command_line(app) {
            Some(text) if action == Action::CopyCommand => put(app, &text, "command", effects),
            Some(text) => popups::show_command(app, text),
            None if is_searched(app) => {
                app.notify_with_keys("Reports do not search; {back} clears the search");
            }
            None if has_report(app) => app.notify("Nothing is shown here that a report prints"),
            None => app.notify("No command-line report for this pane"),
        },
        other => return Some(other),
    }
    None
}

/// True if the pane shows only what matches a search.
fn is_searched(app: &App) -> bool {
    app.pane().is_some_and(|pane| !pane.place().find.is_empty())
}

/// True if a report prints what the pane shows, when it shows something.
fn has_report(app: &App) -> bool {
    app.pane().is_some_and(|pane| pane.spec().report.is_some())
}

fn copy_of_pane(app: &mut App, what: CopyWhat, name: &'static str, effects: &mut Vec<Effect>) {
    match app
        .with_pane(|pane, context| pane.copy(what, context))
        .flatten()
    {
        Some(text) => put(app, &text, name, effects),
        None => app.notify("Nothing to copy here"),
    }
}

fn put(app: &mut App, text: &str, what: &'static str, effects: &mut Vec<Effect>) {
    if app.settings.no_clipboard {
        app.notify_error("The clipboard is switched off");
    } else {
        // What is pasted acts on a terminal as what is printed there does.
        let text = escape_lines(text);
        effects.push(Effect::Copy { text, what });
    }
}

/// Reports that have figures of every milestone.
const OF_MILESTONES: [&str; 3] = ["milestones", "split", "trend"];

/// The report that has classes of waits.
const OF_WAITS: &str = "bottlenecks";

/// The report that compares cases with a reference, and figures of others that do.
const OF_REFERENCE: &str = "conform";
const OF_MOVES: [&str; 2] = ["missing", "extra"];

/// True if a command is about guessed milestones, which reports only have on request: the report has
/// figures of all of them, or a word has the name of one.
fn needs_guesses(app: &App, words: &[&str]) -> bool {
    let guessed = app.log.iter().flat_map(|log| &log.milestones);
    let guessed: Vec<&str> = guessed
        .filter(|milestone| milestone.guessed)
        .map(|milestone| &*milestone.name)
        .collect();
    let shown = words
        .get(1)
        .is_some_and(|report| OF_MILESTONES.contains(report));
    let is_named = |word: &&str| guessed.iter().any(|name| word.contains(name));
    let given = words
        .windows(2)
        .any(|pair| *pair == ["--milestone", "auto"]);
    !given && !guessed.is_empty() && (shown || words.iter().any(is_named))
}

/// The report of tags and notes.
const OF_NOTES: &str = "notes";

/// The file of tags and notes, where a command is about some: the report lists them, or one of its own options or
/// a filter names their field.
fn notes_for<'a>(app: &'a App, report: &[String], filters: &[&str]) -> Option<&'a str> {
    let fields = app.log.as_ref().map_or(&[][..], |log| log.noted);
    let is_field = |name: &str| fields.contains(&name);
    let words = |option: &String| {
        let mut words = option.split(|c: char| !c.is_alphanumeric() && c != '_');
        words.any(is_field)
    };
    let named_by = |filter: &&str| {
        let parsed = parse(filter).ok();
        parsed.is_some_and(|expr| expr.mentions().columns.iter().any(|name| is_field(name)))
    };
    let is_about = report.first().is_some_and(|name| name == OF_NOTES)
        || report.iter().skip(1).any(words)
        || filters.iter().any(named_by);
    app.settings.notes.as_deref().filter(|_| is_about)
}

/// The command that prints what the pane shows: program, report, logs and how to read them, the
/// report's own options, filters.
pub fn command_line(app: &mut App) -> Option<String> {
    let report = app.with_pane(|pane, context| pane.command(context))??;
    let (name, options) = report.split_first()?;
    let (program, logs) = match app.settings.command.split_first() {
        Some((program, logs)) => (program.as_str(), logs),
        None => (env!("CARGO_PKG_NAME"), &[][..]),
    };
    let compares = app.workspace.compares(app.workspace.active);
    let view = &app.queries.view;
    let ends_words: Vec<String>;
    let mut words: Vec<&str> = vec![program, name];
    words.extend(logs.iter().map(String::as_str));
    words.extend(options.iter().map(String::as_str));
    if let Some(as_of) = &view.as_of {
        words.extend(["--as-of", as_of]);
    }
    if let Some(ends) = &view.ends {
        // An empty name: no activity ends a case.
        let none = ends.is_empty().then_some("");
        ends_words = ends
            .iter()
            .map(String::as_str)
            .chain(none)
            .map(|end| format!("--end={end}"))
            .collect();
        words.extend(ends_words.iter().map(String::as_str));
    }
    let milestones: Vec<String> = view
        .milestones
        .iter()
        .map(|text| format!("--milestone={text}"))
        .collect();
    words.extend(milestones.iter().map(String::as_str));
    let waits: Vec<String> = view
        .waits
        .iter()
        .filter(|_| name == OF_WAITS)
        .map(|text| format!("--wait-class={text}"))
        .collect();
    words.extend(waits.iter().map(String::as_str));
    let mut pairs = options.windows(2);
    let of_moves = pairs.any(|pair| pair[0] == "--figure" && OF_MOVES.contains(&pair[1].as_str()));
    let is_judged = name == OF_REFERENCE || of_moves;
    let reference = view.reference.as_ref().filter(|_| is_judged);
    let reference = reference.map(|reference| match reference.model() {
        Some(model) => format!("--model={}", model.path),
        None => format!("--reference={reference}"),
    });
    words.extend(reference.as_deref());
    if let Some(calendar) = &view.calendar {
        words.extend(["--calendar", calendar]);
    }
    for text in &view.events {
        words.extend(["--events", text]);
    }
    let filters: Vec<&str> = view.filters.iter().map(String::as_str).collect();
    if needs_guesses(app, &[&words[..], &filters].concat()) {
        words.extend(["--milestone", "auto"]);
    }
    let compared = view.versus.iter().flatten().map(String::as_str);
    let all: Vec<&str> = filters.iter().copied().chain(compared).collect();
    if let Some(notes) = notes_for(app, &report, &all) {
        words.extend(["--notes", notes]);
    }
    for text in &view.filters {
        words.extend(["--filter", text]);
    }
    // Of a pane that shows A alone, the report has nothing to compare.
    for text in view.versus.iter().flatten().filter(|_| compares) {
        words.extend(["--versus", text]);
    }
    Some(shell::join(words))
}
