//! Marks, tags and notes of cases: which cases they are for, and what is to be written of them.

use super::effect::Effect;
use super::model::App;
use super::prompt::{self, Wanted};
use crate::engine::{NoteChange, Remark, filter_of_cases};
use crate::input::Action;
use crate::panes::{Pane, texts};
use crate::text::{counted, safe};
use std::collections::BTreeSet;

/// Carries out actions on marks, tags and notes; gives back what is not one.
pub(super) fn note(app: &mut App, action: Action, effects: &mut Vec<Effect>) -> Option<Action> {
    match action {
        Action::MarkCase => mark(app),
        Action::MarkCases(cases) => {
            app.marks.extend(cases);
            say_marks(app);
        }
        Action::ClearMarks if app.marks.is_empty() => app.notify(NO_MARKS),
        Action::ClearMarks => {
            let marks = std::mem::take(&mut app.marks).len() as u64;
            app.notify(format!("{} cleared", counted(marks, "mark", "marks")));
        }
        Action::KeepMarked => return keep_marked(app),
        Action::KeepChanged => return keep_changed(app),
        Action::AddNote => ask(app, Wanted::Note),
        Action::EditTags => ask(app, Wanted::Tags),
        Action::SetNote(text) => write_note(app, &text, effects),
        Action::SetTags(text) => set_tags(app, &text, effects),
        Action::RemoveTag { case, tag } => {
            let done = format!("Tag {} removed", safe(&tag));
            write(
                app,
                vec![change(&case, Remark::Tag(tag), false)],
                done,
                effects,
            );
        }
        Action::WithdrawNote { case, time, text } => {
            let change = NoteChange {
                time,
                ..change(&case, Remark::Note(text), false)
            };
            write(app, vec![change], "Note withdrawn".to_owned(), effects);
        }
        other => return Some(other),
    }
    None
}

const NO_MARKS: &str = "No case is marked; space marks the one under the cursor";
const NO_CASE: &str = "No case here";

/// A change whose time is that at which it is written.
fn change(case: &str, remark: Remark, set: bool) -> NoteChange {
    NoteChange {
        time: 0,
        case: case.to_owned(),
        remark,
        set,
        who: None,
    }
}

fn case_under_cursor(app: &App) -> Option<String> {
    app.pane().and_then(Pane::case)
}

fn mark(app: &mut App) {
    let Some(case) = case_under_cursor(app) else {
        app.notify(NO_CASE);
        return;
    };
    if !app.marks.remove(&case) {
        app.marks.insert(case);
    }
    say_marks(app);
}

fn say_marks(app: &mut App) {
    let marked = counted(app.marks.len() as u64, "case", "cases");
    app.notify_with_keys(&format!(
        "{marked} marked: {{note}} note, {{tags}} tags, {{keep-marked}} keep, {{clear-marks}} clear"
    ));
}

fn keep_marked(app: &mut App) -> Option<Action> {
    if app.marks.is_empty() {
        app.notify(NO_MARKS);
        return None;
    }
    let marks = app.marks.iter().map(String::as_str);
    Some(Action::AddFilter(filter_of_cases(marks)))
}

fn keep_changed(app: &mut App) -> Option<Action> {
    let since = app.log.as_ref().and_then(|log| log.since.as_ref());
    let keep = since.map(|since| Action::AddFilter(since.filter.clone()));
    if keep.is_none() {
        app.notify("No case is known to have changed since the last visit");
    }
    keep
}

/// Asks for tags or a note of the marked cases, else of the one under the cursor.
fn ask(app: &mut App, wanted: Wanted) {
    if let Some(why) = cannot_write(app) {
        app.notify_error(why);
        return;
    }
    app.noted = if app.marks.is_empty() {
        case_under_cursor(app).into_iter().collect()
    } else {
        app.marks.clone()
    };
    if app.noted.is_empty() {
        app.notify(NO_CASE);
        return;
    }
    prompt::open_text(app, wanted, "");
}

/// Why nothing can be written of cases.
fn cannot_write(app: &App) -> Option<&'static str> {
    if app.log.as_ref().is_some_and(|log| log.redacted) {
        // The file has the ids as they are, of which only pseudonyms are known here.
        Some("Tags and notes are not written while the log is redacted")
    } else if app.settings.notes.is_none() {
        Some("A log from standard input has no file for tags and notes; the option notes names one")
    } else {
        None
    }
}

fn write_note(app: &mut App, text: &str, effects: &mut Vec<Effect>) {
    let cases = std::mem::take(&mut app.noted);
    let text = text.trim();
    if text.is_empty() {
        return;
    }
    let changes = cases.iter();
    let changes = changes.map(|case| change(case, Remark::Note(text.to_owned()), true));
    let changes: Vec<NoteChange> = changes.collect();
    let done = format!("Note on {} written", of_cases(&cases));
    write(app, changes, done, effects);
}

/// `case 4711`, or `3 cases`.
fn of_cases(cases: &BTreeSet<String>) -> String {
    match cases.first() {
        Some(case) if cases.len() == 1 => texts::crumb("case", case),
        _ => counted(cases.len() as u64, "case", "cases"),
    }
}

/// The tags of a text, each with false where it is to be removed.
fn tags_of(text: &str) -> Vec<(&str, bool)> {
    let words = text.split([' ', ',', '\t']);
    let tags = words.map(|word| match word.strip_prefix('-') {
        Some(tag) => (tag.trim_start_matches('#'), false),
        None => (word.trim_start_matches('#'), true),
    });
    tags.filter(|(tag, _)| !tag.is_empty()).collect()
}

fn set_tags(app: &mut App, text: &str, effects: &mut Vec<Effect>) {
    let cases = std::mem::take(&mut app.noted);
    let wanted = tags_of(text);
    if wanted.is_empty() {
        return;
    }
    let mut changes: Vec<NoteChange> = Vec::new();
    for case in &cases {
        let has = app.notes.tags(case);
        let differ = wanted.iter().filter(|(tag, set)| has.contains(tag) != *set);
        changes.extend(differ.map(|(tag, set)| change(case, Remark::Tag((*tag).to_owned()), *set)));
    }
    if changes.is_empty() {
        app.notify(format!(
            "The tags of {} are these already",
            of_cases(&cases)
        ));
        return;
    }
    let done = format!("Tags of {} written", of_cases(&cases));
    write(app, changes, done, effects);
}

fn write(app: &mut App, changes: Vec<NoteChange>, done: String, effects: &mut Vec<Effect>) {
    match cannot_write(app) {
        Some(why) => app.notify_error(why),
        None => effects.push(Effect::Note { changes, done }),
    }
}

#[cfg(test)]
mod tests {
    use super::tags_of;

    #[test]
    fn tags_are_words() {
        let tags = tags_of(" vendor-delay,#bank  -old -#hash - # ,");
        let wanted = [
            ("vendor-delay", true),
            ("bank", true),
            ("old", false),
            ("hash", false),
        ];
        assert_eq!(tags, wanted);
        assert_eq!(tags_of(" "), []);
    }
}
