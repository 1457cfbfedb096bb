//! Copying, and the shell command that prints what a pane shows. Makes texts; the terminal puts
//! them on the clipboard.

use super::effect::Effect;
use super::model::App;
use super::outline::Section;
use super::{popups, shell};
use crate::engine::View;
use crate::filter::parse;
use crate::input::Action;
use crate::panes::CopyWhat;
use crate::text::{escape_line, escape_lines};

/// Actions that copy or show a command.
pub(super) fn copy(app: &mut App, action: Action, effects: &mut Vec<Effect>) -> Option<Action> {
    match action {
        Action::CopyRow => copy_of_pane(app, CopyWhat::Row, "row", effects),
        Action::CopyCell => copy_of_pane(app, CopyWhat::Cell, "cell", effects),
        Action::CopyView => copy_of_pane(app, CopyWhat::View, "view", effects),
        Action::CopyCommand | Action::ShowCommand => match command_line(app) {
            Some(text) if action == Action::CopyCommand => put(app, &text, "command", effects),
            Some(text) => popups::show_command(app, text),
            None => explain_missing(app),
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
        // Rows and views have lines of their own; in a cell the end of a line is that of a value.
        Some(text) if what == CopyWhat::Cell => put(app, &escape_line(&text), name, effects),
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
const MODEL: &str = "--model";
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
fn notes_for<'a>(
    app: &'a App,
    report: &[String],
    filters: impl IntoIterator<Item = &'a String>,
) -> Option<&'a str> {
    let fields = app.log.as_ref().map_or(&[][..], |log| log.noted);
    let is_field = |name: &str| fields.contains(&name);
    let words = |option: &String| {
        let mut words = option.split(|c: char| !c.is_alphanumeric() && c != '_');
        words.any(is_field)
    };
    let named_by = |filter: &String| {
        let parsed = parse(filter).ok();
        parsed.is_some_and(|expr| expr.mentions().columns.iter().any(|name| is_field(name)))
    };
    let is_about = report.first().is_some_and(|name| name == OF_NOTES)
        || report.iter().skip(1).any(words)
        || filters.into_iter().any(named_by);
    app.settings.notes.as_deref().filter(|_| is_about)
}

/// A command that prints what the pane shows, in its parts.
struct Printing {
    /// Program, name of the report, logs and how to read them.
    reads: Vec<String>,
    /// Options of the report, times and definitions.
    options: Vec<String>,
    /// Filters of cases.
    filters: Vec<String>,
    /// Filters of the cases that are compared.
    versus: Vec<String>,
}

/// The command that prints what the pane shows: program, report, logs and how to read them, the
/// report's own options, filters.
pub fn command_line(app: &mut App) -> Option<String> {
    let printing = printing(app)?;
    let mut words: Vec<&str> = printing.reads.iter().map(String::as_str).collect();
    words.extend(printing.options.iter().map(String::as_str));
    for text in &printing.filters {
        words.extend(["--filter", text]);
    }
    for text in &printing.versus {
        words.extend(["--versus", text]);
    }
    Some(shell::join(words))
}

/// The section of a report that prints the pane: without logs, which are those of all sections.
pub(super) fn section(app: &mut App) -> Option<Section> {
    let printing = printing(app)?;
    let name = printing.reads.get(1)?.clone();
    let versus = printing
        .versus
        .iter()
        .map(|text| format!("--versus={text}"));
    let words: Vec<String> = std::iter::once(name)
        .chain(printing.options)
        .chain(versus)
        .collect();
    let title = app
        .pane()
        .map(|pane| pane.shown().unwrap_or(pane).spec().title);
    Some(Section {
        title: title.unwrap_or_default().to_owned(),
        command: shell::join(words.iter().map(String::as_str)),
        filters: printing.filters,
        ..Section::default()
    })
}

/// The report that prints the pane, and the view that it is of.
pub(super) fn exported(app: &mut App) -> Option<(Section, View)> {
    let words = app.with_pane(|pane, context| pane.command(context))??;
    let mut view = (*app.queries.view).clone();
    if !app.workspace.compares(app.workspace.active) {
        view.versus = None;
    }
    let section = Section {
        command: shell::join(words.iter().map(String::as_str)),
        ..Section::default()
    };
    Some((section, view))
}

/// Says why no command prints the pane.
pub(super) fn explain_missing(app: &mut App) {
    if is_searched(app) {
        app.notify_with_keys("Reports do not search; {back} clears the search");
    } else if has_report(app) {
        app.notify("Nothing is shown here that a report prints");
    } else {
        app.notify("No command-line report for this pane");
    }
}

fn printing(app: &mut App) -> Option<Printing> {
    let report = app.with_pane(|pane, context| pane.command(context))??;
    let (name, own) = report.split_first()?;
    let (program, logs) = match app.settings.command.split_first() {
        Some((program, logs)) => (program.as_str(), logs),
        None => (env!("CARGO_PKG_NAME"), &[][..]),
    };
    let reads = [program, name].map(str::to_owned);
    let mut reads: Vec<String> = reads.into_iter().chain(logs.iter().cloned()).collect();
    let compares = app.workspace.compares(app.workspace.active);
    let view = &app.queries.view;
    let mut options = own.to_vec();
    options.extend(definitions(view, name));
    options.extend(reference(view, name, own));
    let mut pair = |option: &str, value: &str| options.extend([option, value].map(str::to_owned));
    if let Some(calendar) = &view.calendar {
        pair("--calendar", calendar);
    }
    for text in &view.events {
        pair("--events", text);
    }
    let all = reads.iter().chain(&options).chain(&view.filters);
    let all: Vec<&str> = all.map(String::as_str).collect();
    if needs_guesses(app, &all) {
        options.extend(["--milestone", "auto"].map(str::to_owned));
    }
    // Of a pane that shows A alone, the report has nothing to compare.
    let view = &app.queries.view;
    let versus = view.versus.iter().flatten().filter(|_| compares);
    let versus: Vec<String> = versus.cloned().collect();
    let filters = view.filters.clone();
    if let Some(notes) = notes_for(app, &report, filters.iter().chain(&versus)) {
        reads.extend(["--notes", notes].map(str::to_owned));
    }
    Some(Printing {
        reads,
        options,
        filters,
        versus,
    })
}

/// Options of time, end states, milestones and classes of waits.
fn definitions(view: &View, report: &str) -> Vec<String> {
    let mut words = Vec::new();
    if let Some(as_of) = &view.as_of {
        words.extend(["--as-of".to_owned(), as_of.clone()]);
    }
    if let Some(ends) = &view.ends {
        words.extend(ends.iter().map(|end| format!("--end={end}")));
        if ends.is_empty() {
            // An empty name: no activity ends a case.
            words.push("--end=".to_owned());
        }
    }
    let milestones = view.milestones.iter();
    words.extend(milestones.map(|text| format!("--milestone={text}")));
    let waits = view.waits.iter().filter(|_| report == OF_WAITS);
    words.extend(waits.map(|text| format!("--wait-class={text}")));
    words
}

/// The option of what cases are judged by.
fn reference(view: &View, report: &str, options: &[String]) -> Option<String> {
    let mut pairs = options.windows(2);
    let of_moves = pairs.any(|pair| pair[0] == "--figure" && OF_MOVES.contains(&pair[1].as_str()));
    let is_judged = report == OF_REFERENCE || of_moves;
    let reference = view.reference.as_ref().filter(|_| is_judged)?;
    Some(match reference.model() {
        Some(model) => format!("{MODEL}={}", model.path),
        None => format!("--reference={reference}"),
    })
}
