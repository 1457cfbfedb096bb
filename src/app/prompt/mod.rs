//! The text prompts: the filter line with its live check and completion, and the search of a list.
//! Texts are judged by the engine only; a filter that it refused is never put in force.

mod files;
mod milestone;
mod named;
mod tags;
mod update;

pub(super) use files::{receive as receive_files, wanted as wanted_files};
pub(super) use update::{
    ask_again, key, leave, open_checked, open_filter, open_find, open_text, paste, questions,
    receive_check, receive_completions,
};

use super::outline::{ENDINGS, EXPORTED};
use crate::engine::{CaseCount, Completion, Reference};
use crate::input::Line;
use std::time::{Duration, Instant};

/// Keys of the prompts besides those that edit text, with a word for help.
pub const KEYS: &[(&str, &str)] = &[
    ("enter", "accept the text"),
    ("esc", "close the prompt"),
    ("tab", "next completion"),
    ("shift-tab", "previous completion"),
    ("up", "previous text; previous completion; row above"),
    ("down", "next text; next completion; row below"),
    ("ctrl-t", "filter line: switch between cases and events"),
];

/// Pause in typing before a text is checked.
const REST: Duration = Duration::from_millis(60);

/// Kind of input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PromptKind {
    /// A filter.
    Filter {
        /// The filter of the stack that it replaces.
        edit: Option<usize>,
        /// A condition on events.
        events: bool,
    },
    /// The stages of a funnel, as a path of the filter language.
    Stages,
    /// A filter of the cases to compare with.
    Versus,
    /// A text that is taken as it is.
    Text(Wanted),
    /// A search in the list.
    Find {
        /// The search before, restored when the prompt is left.
        before: String,
    },
}

/// Purpose of a text prompt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// Time format.
    TimeFormat,
    /// The activity of all rows.
    ActivityName,
    /// The file that the mapping is written to.
    MappingFile,
    /// The time to look at the log as of.
    AsOf,
    /// What cases are compared with.
    Reference,
    /// The definition of a milestone.
    Milestone,
    /// The rules file that milestones are written to.
    RulesFile,
    /// The file that the session is saved to.
    SessionFile,
    /// A note on cases.
    Note,
    /// Tags of cases, `-` before those to be removed.
    Tags,
    /// Title of the section of that position, or of the report.
    Title(Option<usize>),
    /// The file that the report is written to.
    ReportFile,
    /// The file that the rows of the pane are written to.
    ExportFile,
}

impl Wanted {
    /// True for the name of a file to write.
    pub fn is_file(self) -> bool {
        self.file_endings().is_some() && self != Wanted::Reference
    }

    /// The ends of the names of files whose paths are taken; `None` where no path is. Folders lead to them.
    fn file_endings(self) -> Option<&'static [&'static str]> {
        match self {
            Wanted::MappingFile | Wanted::RulesFile | Wanted::SessionFile => Some(&[".toml"]),
            Wanted::Reference => Some(&Reference::MODEL_ENDINGS),
            Wanted::ReportFile => Some(&ENDINGS),
            Wanted::ExportFile => Some(&EXPORTED),
            Wanted::TimeFormat
            | Wanted::ActivityName
            | Wanted::AsOf
            | Wanted::Milestone
            | Wanted::Note
            | Wanted::Tags
            | Wanted::Title(_) => None,
        }
    }
}

/// Result of checking a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Cases that it leaves, together with the other filters.
    Leaves(CaseCount),
    /// Nothing was found wrong, but what has the log did not answer: why.
    Unchecked(String),
    /// Error with its byte range.
    Wrong {
        /// One line.
        message: String,
        /// The place.
        span: std::ops::Range<usize>,
    },
}

impl Verdict {
    /// True if the text can be put in force.
    pub fn is_good(&self) -> bool {
        matches!(self, Verdict::Leaves(_) | Verdict::Unchecked(_))
    }
}

/// Completions of the text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Completing {
    /// The line that they complete; none while they are not known.
    pub base: Option<Line>,
    /// Completions.
    pub items: Vec<Completion>,
    /// The one put into the line.
    pub chosen: Option<usize>,
}

/// A text prompt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prompt {
    /// Kind of input.
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
    /// The line whose completions were requested last.
    asked_line: Option<Line>,
    /// The text whose check was requested last.
    asked_text: String,
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
            asked_line: None,
            asked_text: String::new(),
            recalled: None,
        }
    }

    /// Returns whether the text is a condition on events.
    pub fn is_on_events(&self) -> bool {
        matches!(self.kind, PromptKind::Filter { events: true, .. })
    }

    /// Tests whether `Tab` completes the text.
    fn completes(&self) -> bool {
        match self.kind {
            PromptKind::Text(wanted) => {
                matches!(wanted, Wanted::Milestone | Wanted::Tags)
                    || wanted.file_endings().is_some()
            }
            _ => self.is_filter(),
        }
    }

    /// True if the text is one of the filter language, which is checked and completed.
    fn is_filter(&self) -> bool {
        matches!(
            self.kind,
            PromptKind::Filter { .. } | PromptKind::Stages | PromptKind::Versus
        )
    }

    fn edited_filter(&self) -> Option<usize> {
        match self.kind {
            PromptKind::Filter { edit, .. } => edit,
            PromptKind::Find { .. }
            | PromptKind::Stages
            | PromptKind::Text(_)
            | PromptKind::Versus => None,
        }
    }

    /// Returns the verdict on the current text.
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
            // The line itself begins so where it takes conditions on events.
            if let (false, Some(rest)) = (*events, self.line.text().strip_prefix("events:")) {
                *events = true;
                let rest = rest.trim_start().to_owned();
                self.line = Line::new(rest);
            }
        }
        if self.is_filter() {
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
        // Other texts are checked when they are entered.
        self.check_at = self.is_filter().then_some(now + REST);
    }
}
