//! The text prompts: the filter line with its live check and completion, and the search of a list.
//! Texts are judged by the engine only; a filter that it refused is never put in force.

use super::asks::{CHECK, COMPLETE};
use super::effect::Effect;
use super::model::App;
use super::update::update;
use crate::engine::{
    Answer, AskError, Completion, CompletionsQuery, FilterCountsQuery, Question, Request,
    SummaryQuery, View,
};
use crate::input::{Action, Chord, Key, Line};
use crate::panes::Outcome;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Keys of the prompts besides those that edit text, with a word for help.
pub const KEYS: &[(&str, &str)] = &[
    ("enter", "take the text"),
    ("esc", "leave the prompt"),
    ("tab", "next completion"),
    ("shift-tab", "completion before"),
    ("up", "text entered before; completion before; row above"),
    ("down", "text entered after; next completion; row below"),
    ("ctrl-t", "filter line: cases or events"),
];

/// How long typing must rest before a text is checked.
const REST: Duration = Duration::from_millis(60);

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PromptKind {
    /// A filter.
    Filter {
        /// The filter of the stack that it replaces.
        edit: Option<usize>,
        /// A condition on events.
        events: bool,
    },
    /// A text that is taken as it is.
    Text(Wanted),
    /// A search in the list.
    Find {
        /// The search before, restored when the prompt is left.
        before: String,
    },
}

/// What a text is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// How timestamps are written.
    TimeFormat,
    /// The file that the mapping is written to.
    MappingFile,
}

/// What the engine said of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Cases that it leaves, together with the other filters.
    Leaves(u64),
    /// What is wrong, and where, in bytes.
    Wrong {
        /// One line.
        message: String,
        /// The place.
        span: std::ops::Range<usize>,
    },
}

/// Completions of the text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Completing {
    /// The line that they complete; none while they are not known.
    pub base: Option<Line>,
    /// What could stand there.
    pub items: Vec<Completion>,
    /// The one put into the line.
    pub chosen: Option<usize>,
}

/// A text prompt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prompt {
    /// What is asked for.
    pub kind: PromptKind,
    /// The text.
    pub line: Line,
    /// The text that was judged, and how.
    pub verdict: Option<(String, Verdict)>,
    /// When the text is to be checked.
    pub check_at: Option<Instant>,
    /// The text was entered and waits for its verdict.
    pub entered: bool,
    /// Completions.
    pub completing: Completing,
    /// The line whose completions were asked for, and the text whose check was.
    asked: (Option<Line>, String),
    /// Position in the texts entered before.
    recalled: Option<usize>,
}

impl Prompt {
    fn new(kind: PromptKind, text: &str) -> Self {
        Prompt {
            kind,
            line: Line::new(text),
            verdict: None,
            check_at: None,
            entered: false,
            completing: Completing::default(),
            asked: (None, String::new()),
            recalled: None,
        }
    }

    /// Whether the text is a condition on events.
    pub fn is_on_events(&self) -> bool {
        matches!(self.kind, PromptKind::Filter { events: true, .. })
    }

    fn is_filter(&self) -> bool {
        matches!(self.kind, PromptKind::Filter { .. })
    }

    fn edited_filter(&self) -> Option<usize> {
        match self.kind {
            PromptKind::Filter { edit, .. } => edit,
            PromptKind::Find { .. } | PromptKind::Text(_) => None,
        }
    }

    /// What the engine said of the present text.
    pub fn verdict_now(&self) -> Option<&Verdict> {
        let (text, verdict) = self.verdict.as_ref()?;
        (text == self.line.text()).then_some(verdict)
    }

    /// The text changed: what was known of it is void.
    fn touched(&mut self, now: Instant) {
        self.entered = false;
        self.recalled = None;
        self.completing = Completing::default();
        if let PromptKind::Filter { events, .. } = &mut self.kind {
            if let (false, Some(rest)) = (*events, self.line.text().strip_prefix("events:")) {
                *events = true;
                let rest = rest.trim_start().to_owned();
                self.line = Line::new(rest);
            }
            self.check_at = Some(now + REST);
        }
    }

    /// Puts the next (or the previous) completion into the line.
    fn complete(&mut self, forward: bool, now: Instant) {
        let n = self.completing.items.len();
        if n == 0 {
            return;
        }
        let chosen = match (self.completing.chosen, forward) {
            (None, true) => 0,
            (None, false) => n - 1,
            (Some(at), true) => (at + 1) % n,
            (Some(at), false) => (at + n - 1) % n,
        };
        let item = &self.completing.items[chosen];
        let base = self.completing.base.as_ref().map_or("", Line::text);
        let (Some(head), Some(tail)) =
            (base.get(..item.replace.start), base.get(item.replace.end..))
        else {
            return;
        };
        let cursor = head.len() + item.text.len();
        self.line.set(format!("{head}{}{tail}", item.text), cursor);
        self.completing.chosen = Some(chosen);
        self.entered = false;
        self.check_at = Some(now + REST);
    }
}

/// Opens the filter line, empty or with a filter of the stack.
pub(super) fn open_filter(app: &mut App, edit: Option<usize>) {
    let entry = edit.and_then(|at| app.filters.entries.get(at));
    if edit.is_some() && entry.is_none() {
        return;
    }
    let (text, events) = entry.map_or((String::new(), false), |e| (e.text.clone(), e.events));
    let mut prompt = Prompt::new(PromptKind::Filter { edit, events }, &text);
    prompt.check_at = Some(app.now);
    app.prompt = Some(prompt);
}

/// Asks for a text.
pub(super) fn open_text(app: &mut App, wanted: Wanted, text: &str) {
    app.prompt = Some(Prompt::new(PromptKind::Text(wanted), text));
}

/// Opens the search of the list, where the pane has one.
pub(super) fn open_find(app: &mut App) {
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
pub(super) fn key(app: &mut App, chord: Chord) -> Vec<Effect> {
    let now = app.now;
    let Some(prompt) = &mut app.prompt else {
        return Vec::new();
    };
    match chord.key {
        Key::Enter => return enter(app),
        Key::Esc => return leave(app),
        Key::Char('c' | 'g') if chord.ctrl => return leave(app),
        Key::Char('t') if chord.ctrl => {
            toggle_events(prompt, now);
            app.asks.forget(CHECK);
        }
        Key::Tab if prompt.is_filter() => prompt.complete(!chord.shift, now),
        Key::Up | Key::Down => return up_or_down(app, chord.key == Key::Down),
        Key::Backspace if prompt.line.text().is_empty() => return leave(app),
        _ => {
            let before = prompt.line.text().to_owned();
            if prompt.line.key(chord) {
                return changed(app, &before);
            }
        }
    }
    Vec::new()
}

/// Text pasted into the prompt.
pub(super) fn paste(app: &mut App, text: &str) -> Vec<Effect> {
    let Some(prompt) = &mut app.prompt else {
        return Vec::new();
    };
    let before = prompt.line.text().to_owned();
    prompt.line.insert(text);
    changed(app, &before)
}

/// After an edit: a filter is checked and completed, a search is carried out at once.
fn changed(app: &mut App, before: &str) -> Vec<Effect> {
    let now = app.now;
    let Some(prompt) = &mut app.prompt else {
        return Vec::new();
    };
    if prompt.line.text() == before {
        // Only the cursor moved: completions depend on it.
        prompt.completing = Completing::default();
        return Vec::new();
    }
    prompt.touched(now);
    match prompt.kind {
        PromptKind::Filter { .. } | PromptKind::Text(_) => Vec::new(),
        PromptKind::Find { .. } => {
            let text = prompt.line.text().to_owned();
            update(app, Action::SetFind(text))
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
fn up_or_down(app: &mut App, down: bool) -> Vec<Effect> {
    let now = app.now;
    let Some(prompt) = &mut app.prompt else {
        return Vec::new();
    };
    if matches!(prompt.kind, PromptKind::Text(_)) {
        return Vec::new();
    }
    if !prompt.is_filter() {
        return update(
            app,
            if down {
                Action::MoveDown
            } else {
                Action::MoveUp
            },
        );
    }
    if prompt.completing.chosen.is_some() {
        prompt.complete(down, now);
        return Vec::new();
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
    Vec::new()
}

/// Leaves the prompt; a search is as it was before.
pub(super) fn leave(app: &mut App) -> Vec<Effect> {
    close(app).map_or_else(Vec::new, |prompt| match prompt.kind {
        PromptKind::Filter { .. } | PromptKind::Text(_) => Vec::new(),
        PromptKind::Find { before } => update(app, Action::SetFind(before)),
    })
}

fn close(app: &mut App) -> Option<Prompt> {
    app.asks.forget(CHECK);
    app.asks.forget(COMPLETE);
    app.prompt.take()
}

fn enter(app: &mut App) -> Vec<Effect> {
    let now = app.now;
    let Some(prompt) = &mut app.prompt else {
        return Vec::new();
    };
    if let PromptKind::Text(wanted) = prompt.kind {
        let text = prompt.line.text().trim().to_owned();
        close(app);
        return match wanted {
            Wanted::TimeFormat => update(app, Action::SetTimeFormat(text)),
            Wanted::MappingFile if text.is_empty() => Vec::new(),
            Wanted::MappingFile => update(
                app,
                Action::WriteMappingTo {
                    path: text,
                    replace: false,
                },
            ),
        };
    }
    if !prompt.is_filter() {
        close(app);
        return Vec::new();
    }
    if prompt.line.text().trim().is_empty() {
        let edited = prompt.edited_filter();
        close(app);
        return edited.map_or_else(Vec::new, |at| update(app, Action::DeleteFilter(at)));
    }
    // A verdict may be of another view by now, so that the text is judged again at once.
    prompt.entered = true;
    prompt.check_at = Some(now);
    finish(app)
}

/// Puts an entered filter in force once it is judged well.
fn finish(app: &mut App) -> Vec<Effect> {
    let accepted = app
        .prompt
        .as_ref()
        .is_some_and(|p| p.entered && matches!(p.verdict_now(), Some(Verdict::Leaves(_))));
    if !accepted {
        return Vec::new();
    }
    let Some(prompt) = close(app) else {
        return Vec::new();
    };
    let text = prompt.line.text().trim().to_owned();
    app.entered.retain(|t| *t != text);
    app.entered.push(text.clone());
    let events = prompt.is_on_events();
    match prompt.edited_filter() {
        Some(at) => {
            app.replace_filter(at, &text, events);
            Vec::new()
        }
        None if events => update(app, Action::AddEventFilter(text)),
        None => update(app, Action::AddFilter(text)),
    }
}

/// The questions of the filter line that are due.
pub(super) fn questions(app: &mut App) -> Vec<Question> {
    let now = app.now;
    let Some(prompt) = app.prompt.as_mut().filter(|p| p.is_filter()) else {
        return Vec::new();
    };
    let mut questions = Vec::new();
    let events = prompt.is_on_events();
    let text = prompt.line.text().to_owned();
    if prompt.completing.chosen.is_none() && prompt.completing.base.as_ref() != Some(&prompt.line) {
        prompt.asked.0 = Some(prompt.line.clone());
        let request = Request::new(CompletionsQuery {
            cursor: prompt.line.cursor(),
            text: text.clone(),
            events,
        });
        questions.push((COMPLETE, View::default(), request));
    }
    if prompt.check_at.is_some_and(|at| at <= now) {
        prompt.check_at = None;
        if !text.trim().is_empty() {
            prompt.asked.1.clone_from(&text);
            let mut view = app.filters.view_without(prompt.edited_filter());
            let request = check_of(text, events, &mut view);
            questions.push((CHECK, view, request));
        }
    }
    let asks = &mut app.asks;
    let wanted = questions.into_iter();
    wanted
        .filter_map(|(slot, view, request)| {
            if slot == CHECK {
                asks.forget(slot);
            }
            asks.want(slot, &Arc::new(view), request, now)
        })
        .collect()
}

/// What is asked to judge a text: how many cases it leaves with the other filters.
fn check_of(text: String, events: bool, view: &mut View) -> Request {
    if events {
        view.events.push(text);
        Request::new(SummaryQuery)
    } else {
        let mut filters = std::mem::take(&mut view.filters);
        filters.push(text);
        Request::new(FilterCountsQuery { filters })
    }
}

/// The answer to a check.
pub(super) fn receive_check(app: &mut App, answer: &Result<Answer, AskError>) -> Vec<Effect> {
    let Some(prompt) = app.prompt.as_mut().filter(|p| p.is_filter()) else {
        return Vec::new();
    };
    let wrong = |message: &str, span: &std::ops::Range<usize>| Verdict::Wrong {
        message: message.to_owned(),
        span: span.clone(),
    };
    let verdict = match answer {
        Ok(answer) => {
            let counts = answer.to::<FilterCountsQuery>();
            match (answer.to::<SummaryQuery>(), counts.and_then(|c| c.last())) {
                (Some(summary), _) => Verdict::Leaves(summary.cases),
                (None, Some(count)) => match &count.alone {
                    Ok(_) => Verdict::Leaves(count.after),
                    Err(error) => wrong(&error.message, &error.span),
                },
                (None, None) => return Vec::new(),
            }
        }
        Err(AskError::Cancelled) => return Vec::new(),
        Err(AskError::Filter(error)) => wrong(&error.message, &error.span),
        Err(other) => wrong(&other.to_string(), &(0..0)),
    };
    prompt.verdict = Some((prompt.asked.1.clone(), verdict));
    finish(app)
}

/// The answer to a completion.
pub(super) fn receive_completions(app: &mut App, answer: &Result<Answer, AskError>) {
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
    if prompt.asked.0.as_ref() != Some(&prompt.line) || prompt.completing.chosen.is_some() {
        return;
    }
    let text = prompt.line.text();
    let changes = |item: &Completion| text.get(item.replace.clone()) != Some(&item.text);
    prompt.completing = Completing {
        base: Some(prompt.line.clone()),
        items: items.into_iter().filter(changes).collect(),
        chosen: None,
    };
}
