//! Keys of the open prompt, its questions to the engine and their answers. What is to be done next
//! is returned as an action.

use super::{Completing, Prompt, PromptKind, Verdict, Wanted, milestone, named, tags};
use crate::app::model::App;
use crate::app::queries::{CHECK, COMPLETE};
use crate::engine::{
    Answer, AskError, CaseCount, Completion, CompletionsQuery, FilterCountsQuery, Question,
    Reference, Request, SizeQuery, View, WrittenStages,
};
use crate::filter::{NamedFilters, QueryError, parse, parse_events};
use crate::input::{Action, Chord, Key, Line};
use crate::panes::Outcome;
use crate::text::Matcher;
use std::sync::Arc;
use std::time::Instant;

/// Opens the filter line, empty or with a filter of the stack.
pub(in crate::app) fn open_filter(app: &mut App, edit: Option<usize>) {
    let entry = edit.and_then(|at| app.filters.entries.get(at));
    if edit.is_some() && entry.is_none() {
        return;
    }
    let entry = entry.map(|entry| (entry.text.clone(), entry.events));
    let (text, events) = match edit {
        Some(_) => entry.unwrap_or_default(),
        None => app.draft.take().unwrap_or_default(),
    };
    open_checked(app, PromptKind::Filter { edit, events }, &text);
}

/// Asks for a text of the filter language, which is checked at once.
pub(in crate::app) fn open_checked(app: &mut App, kind: PromptKind, text: &str) {
    let mut prompt = Prompt::new(kind, text);
    prompt.check_at = Some(app.now);
    app.prompt = Some(prompt);
}

/// Asks for a text.
pub(in crate::app) fn open_text(app: &mut App, wanted: Wanted, text: &str) {
    app.prompt = Some(Prompt::new(PromptKind::Text(wanted), text));
    complete_text(app);
}

/// Completes a text that needs no question to the engine.
fn complete_text(app: &mut App) {
    milestone::complete(app);
    tags::complete(app);
}

/// Asks again for a text that was refused, and says why below it.
pub(in crate::app) fn ask_again(app: &mut App, wanted: Wanted, text: &str, message: String) {
    open_text(app, wanted, text);
    if let Some(prompt) = &mut app.prompt {
        let wrong = Verdict::Wrong {
            message,
            span: 0..0,
        };
        prompt.verdict = Some((text.to_owned(), wrong));
        prompt.entered = true;
    }
}

/// Opens the search of the list, where the pane has one.
pub(in crate::app) fn open_find(app: &mut App) {
    let before = app.pane().map(|pane| pane.place().find).unwrap_or_default();
    let same = Action::SetFind(before.clone());
    if app.with_pane(|pane, context| pane.update(&same, context)) == Some(Outcome::Ignored) {
        app.notify("Nothing to search here");
        return;
    }
    let kind = PromptKind::Find {
        before: before.clone(),
    };
    app.prompt = Some(Prompt::new(kind, &before));
}

/// A key while a prompt is open.
pub(in crate::app) fn key(app: &mut App, chord: Chord) -> Option<Action> {
    let now = app.now;
    let prompt = app.prompt.as_mut()?;
    match chord.key {
        Key::Enter => return enter(app),
        Key::Esc => return leave(app),
        Key::Char('c' | 'g') if chord.ctrl => return leave(app),
        Key::Char('t') if chord.ctrl => {
            toggle_events(prompt, now);
            // The text is the same, but means something else now.
            app.queries.forget(CHECK);
        }
        Key::Tab if prompt.completes() => prompt.complete(!chord.shift, now),
        Key::Up | Key::Down => return up_or_down(app, chord.key == Key::Down),
        Key::Backspace if prompt.line.text().is_empty() => return leave(app),
        _ => {
            let before = prompt.line.text().to_owned();
            if prompt.line.key(chord) {
                return changed(app, &before);
            }
        }
    }
    None
}

/// Text pasted into the prompt.
pub(in crate::app) fn paste(app: &mut App, text: &str) -> Option<Action> {
    let prompt = app.prompt.as_mut()?;
    let before = prompt.line.text().to_owned();
    prompt.line.insert(text);
    changed(app, &before)
}

/// After an edit: a filter is checked and completed, a search is carried out at once.
fn changed(app: &mut App, before: &str) -> Option<Action> {
    let now = app.now;
    let prompt = app.prompt.as_mut()?;
    if prompt.line.text() == before {
        // Only the cursor moved: completions depend on it.
        prompt.completing = Completing::default();
        complete_text(app);
        return None;
    }
    prompt.touched(now);
    match prompt.kind {
        PromptKind::Filter { .. } | PromptKind::Stages | PromptKind::Versus => None,
        PromptKind::Text(_) => {
            complete_text(app);
            None
        }
        PromptKind::Find { .. } => {
            let text = prompt.line.text().to_owned();
            // Until a regex is whole, the rows that were found before stay.
            match Matcher::new(&text) {
                Ok(_) => {
                    prompt.verdict = None;
                    Some(Action::SetFind(text))
                }
                Err(error) => {
                    let (message, span) = (error.message, error.span);
                    prompt.verdict = Some((text, Verdict::Wrong { message, span }));
                    None
                }
            }
        }
    }
}

fn toggle_events(prompt: &mut Prompt, now: Instant) {
    if let PromptKind::Filter { events, .. } = &mut prompt.kind {
        *events = !*events;
        prompt.touched(now);
        prompt.verdict = None;
    }
}

/// Through the rows found; in the filter line through the completions once one is chosen, else
/// through the texts entered before.
fn up_or_down(app: &mut App, down: bool) -> Option<Action> {
    let now = app.now;
    let prompt = app.prompt.as_mut()?;
    if matches!(prompt.kind, PromptKind::Text(_)) {
        if prompt.completing.chosen.is_some() {
            prompt.complete(down, now);
        }
        return None;
    }
    if !prompt.is_filter() {
        return Some(if down {
            Action::MoveDown
        } else {
            Action::MoveUp
        });
    }
    if prompt.completing.chosen.is_some() {
        prompt.complete(down, now);
        return None;
    }
    let n = app.entered.len();
    let at = match (prompt.recalled, down) {
        (None, false) => n.checked_sub(1),
        (None, true) => None,
        (Some(at), false) => Some(at.saturating_sub(1)),
        (Some(at), true) => Some(at + 1).filter(|at| *at < n),
    };
    let text = at.and_then(|at| app.entered.get(at));
    if text.is_some() || prompt.recalled.is_some() {
        prompt.line = Line::new(text.cloned().unwrap_or_default());
        prompt.touched(now);
        prompt.recalled = at;
    }
    None
}

/// Closes the prompt: keeps the text of a new filter for the next time, restores the previous search.
pub(in crate::app) fn leave(app: &mut App) -> Option<Action> {
    let prompt = close(app)?;
    match prompt.kind {
        PromptKind::Filter { edit: None, events } => {
            let text = prompt.line.text().to_owned();
            app.draft = (!text.trim().is_empty()).then_some((text, events));
            None
        }
        PromptKind::Filter { .. }
        | PromptKind::Stages
        | PromptKind::Versus
        | PromptKind::Text(_) => None,
        PromptKind::Find { before } => Some(Action::SetFind(before)),
    }
}

fn close(app: &mut App) -> Option<Prompt> {
    app.queries.forget(CHECK);
    app.queries.forget(COMPLETE);
    app.prompt.take()
}

fn enter(app: &mut App) -> Option<Action> {
    let now = app.now;
    let prompt = app.prompt.as_mut()?;
    if let PromptKind::Text(wanted) = prompt.kind {
        let text = prompt.line.text().trim().to_owned();
        close(app);
        return match wanted {
            Wanted::TimeFormat => Some(Action::SetTimeFormat(text)),
            Wanted::ActivityName => Some(Action::SetActivityName(text)),
            Wanted::AsOf => Some(Action::SetAsOf(text)),
            Wanted::Reference => Some(match Reference::model_path(&text) {
                Some(path) => Action::ReadModel(path.to_owned()),
                None => Action::SetReference(text),
            }),
            Wanted::Milestone => Some(Action::SetMilestone(text)),
            Wanted::Note => Some(Action::SetNote(text)),
            Wanted::Tags => Some(Action::SetTags(text)),
            wanted if wanted.is_file() && text.is_empty() => None,
            Wanted::ReportFile => Some(Action::WriteReportTo {
                path: text,
                replace: false,
            }),
            Wanted::ExportFile => Some(Action::ExportTo {
                path: text,
                replace: false,
            }),
            Wanted::Title(at) => Some(Action::SetTitle { at, title: text }),
            Wanted::SessionFile => Some(Action::SaveSessionTo {
                path: text,
                replace: false,
            }),
            Wanted::RulesFile => Some(Action::WriteMilestonesTo(text)),
            Wanted::MappingFile => Some(Action::WriteMappingTo {
                path: text,
                replace: false,
            }),
        };
    }
    if !prompt.is_filter() {
        // A pattern that is wrong was not searched for.
        prompt.entered = matches!(prompt.verdict_now(), Some(Verdict::Wrong { .. }));
        if !prompt.entered {
            close(app);
        }
        return None;
    }
    if prompt.line.text().trim().is_empty() {
        let edited = prompt.edited_filter();
        close(app);
        return edited.map(Action::DeleteFilter);
    }
    // A verdict may be of another view by now, so that the text is judged again at once.
    prompt.entered = true;
    prompt.check_at = Some(now);
    finish(app)
}

/// A filter that makes no funnel.
const NO_STAGES: &str = "stages are activities with ~> between them, or -> throughout: \"A\" ~> \"B\" ~> \"C\" within 30d";

/// Puts an entered filter in force once it is judged well.
fn finish(app: &mut App) -> Option<Action> {
    let accepted = app
        .prompt
        .as_ref()
        .is_some_and(|p| p.entered && p.verdict_now().is_some_and(Verdict::is_good));
    if !accepted {
        return None;
    }
    let prompt = app.prompt.as_mut()?;
    if prompt.kind == PromptKind::Stages {
        let text = prompt.line.text().trim().to_owned();
        if WrittenStages::parse(&text).is_none() {
            let wrong = Verdict::Wrong {
                message: NO_STAGES.to_owned(),
                span: 0..0,
            };
            prompt.verdict = Some((prompt.line.text().to_owned(), wrong));
            return None;
        }
        close(app);
        return Some(Action::SetStages(text));
    }
    let prompt = close(app)?;
    let text = prompt.line.text().trim().to_owned();
    app.entered.retain(|t| *t != text);
    app.entered.push(text.clone());
    // What is in force needs no file of named filters.
    let text = match app.settings.named_filters.expand(&text) {
        Ok(expanded) => expanded.text,
        Err(_) => text,
    };
    let events = prompt.is_on_events();
    if prompt.kind == PromptKind::Versus {
        return Some(Action::CompareWith(text));
    }
    match prompt.edited_filter() {
        Some(at) => {
            app.replace_filter(at, &text, events);
            None
        }
        None if events => Some(Action::AddEventFilter(text)),
        None => Some(Action::AddFilter(text)),
    }
}

/// The questions of the filter line that are due.
pub(in crate::app) fn questions(app: &mut App) -> Vec<Question> {
    let now = app.now;
    let Some(prompt) = app.prompt.as_mut().filter(|p| p.is_filter()) else {
        return Vec::new();
    };
    let mut questions = Vec::new();
    let events = prompt.is_on_events();
    let text = prompt.line.text().to_owned();
    let filters = &app.settings.named_filters;
    let completes =
        prompt.completing.chosen.is_none() && prompt.completing.base.as_ref() != Some(&prompt.line);
    if completes && !named::complete(prompt, filters) {
        prompt.asked_line = Some(prompt.line.clone());
        let request = Request::new(CompletionsQuery {
            cursor: prompt.line.cursor(),
            text: text.clone(),
            events,
        });
        let view = View {
            milestones: app.filters.milestones.clone(),
            ..View::default()
        };
        questions.push((COMPLETE, view, request));
    }
    if prompt.check_at.is_some_and(|at| at <= now) {
        prompt.check_at = None;
        let checked = if text.trim().is_empty() {
            None
        } else {
            named::expanded(prompt, filters)
        };
        if let Some(checked) = checked {
            prompt.asked_text.clone_from(&text);
            let left_out = match prompt.kind {
                // It is in place of the last filter.
                PromptKind::Versus => app.filters.last_of_cases(),
                _ => prompt.edited_filter(),
            };
            let mut view = app.filters.view_without(left_out);
            let request = check_of(checked, events, &mut view);
            questions.push((CHECK, view, request));
        }
    }
    let queries = &mut app.queries;
    let wanted = questions.into_iter();
    wanted
        .filter_map(|(slot, view, request)| {
            if slot == CHECK {
                queries.forget(slot);
            }
            queries.want(slot, &Arc::new(view), request, now)
        })
        .collect()
}

/// Query that checks a text: the number of cases left together with the other filters.
fn check_of(text: String, events: bool, view: &mut View) -> Request {
    if events {
        view.events.push(text);
        Request::new(SizeQuery)
    } else {
        let mut filters = std::mem::take(&mut view.filters);
        filters.push(text);
        Request::new(FilterCountsQuery { filters })
    }
}

/// The answer to a check.
pub(in crate::app) fn receive_check(
    app: &mut App,
    answer: &Result<Answer, AskError>,
) -> Option<Action> {
    let filters = &app.settings.named_filters;
    let prompt = app.prompt.as_mut().filter(|p| p.is_filter())?;
    let asked = prompt.asked_text.clone();
    let wrong = |message: &str, span: &std::ops::Range<usize>| Verdict::Wrong {
        message: message.to_owned(),
        span: named::written(&asked, filters, span),
    };
    let verdict = match answer {
        Ok(answer) => {
            let counts = answer.to::<FilterCountsQuery>();
            match (answer.to::<SizeQuery>(), counts.and_then(|c| c.last())) {
                (Some(size), _) => Verdict::Leaves(CaseCount::Exactly(size.cases)),
                (None, Some(count)) => match &count.alone {
                    Ok(_) => Verdict::Leaves(count.after),
                    Err(error) => wrong(&error.message, &error.span),
                },
                (None, None) => return None,
            }
        }
        Err(AskError::Cancelled) => return None,
        Err(AskError::Filter(error)) => wrong(&error.message, &error.span),
        // Without an engine only the grammar is known; the rest is once it answers again.
        Err(AskError::Engine(why)) => match grammar(prompt, filters, &asked) {
            Ok(()) => Verdict::Unchecked(why.clone()),
            Err(error) => wrong(&error.message, &error.span),
        },
        Err(other) => wrong(&other.to_string(), &(0..0)),
    };
    prompt.verdict = Some((prompt.asked_text.clone(), verdict));
    let notes = answer.as_ref().ok().and_then(|answer| {
        let count = answer.to::<FilterCountsQuery>()?.last()?;
        (!count.notes.is_empty()).then(|| count.notes.join("; "))
    });
    let action = finish(app);
    if let Some(notes) = notes.filter(|_| app.prompt.is_none()) {
        app.notify(notes);
    }
    action
}

/// Checks the grammar of a text.
fn grammar(prompt: &Prompt, filters: &NamedFilters, text: &str) -> Result<(), QueryError> {
    let expanded = filters.expand(text);
    let text = expanded.as_ref().map_or(text, |expanded| &expanded.text);
    if prompt.is_on_events() {
        parse_events(text).map(drop)
    } else {
        parse(text).map(drop)
    }
}

/// The answer to a completion.
pub(in crate::app) fn receive_completions(app: &mut App, answer: &Result<Answer, AskError>) {
    let Some(prompt) = app.prompt.as_mut().filter(|p| p.is_filter()) else {
        return;
    };
    let items = match answer {
        Ok(answer) => match answer.to::<CompletionsQuery>() {
            Some(items) => items.clone(),
            None => return,
        },
        Err(_) => Vec::new(),
    };
    // The line went on, or a completion was put into it: these are for another text.
    if prompt.asked_line.as_ref() != Some(&prompt.line) || prompt.completing.chosen.is_some() {
        return;
    }
    let text = prompt.line.text();
    // A completion that changes nothing would only cost a key.
    let changes = |item: &Completion| text.get(item.replace.clone()) != Some(&item.text);
    prompt.completing = Completing {
        base: Some(prompt.line.clone()),
        items: items.into_iter().filter(changes).collect(),
        chosen: None,
    };
}
