//! What the filters pane shows. Pure: knows no style.

use crate::engine::{Answer, AskError, FilterCount, FilterCountsQuery, Request};
use crate::input::Action;
use crate::panes::controls::motion;
use crate::panes::{CopyWhat, FilterEntry, Outcome, Slot};
use crate::ui::ListState;
use std::fmt::Write as _;

/// The slot of the counts.
pub const COUNTS: Slot = 0;

/// The stack, the counts and the cursor.
#[derive(Debug, Default)]
pub struct State {
    /// The filters.
    pub stack: Vec<FilterEntry>,
    /// What each filter of cases leaves, in the order of [`State::asked`].
    counts: Vec<FilterCount>,
    /// The cursor.
    pub list: ListState,
}

impl State {
    /// Positions of the filters of cases in the order in which they are asked about: those that are
    /// on come first, so that what the others would leave counts for nobody.
    fn asked(&self) -> Vec<usize> {
        let of = |on: bool| {
            let entries = self.stack.iter().enumerate();
            entries
                .filter(move |(_, e)| !e.events && e.on == on)
                .map(|(at, _)| at)
        };
        of(true).chain(of(false)).collect()
    }

    /// What each filter leaves.
    pub fn requests(&self) -> Vec<(Slot, Request)> {
        let asked = self.asked();
        if asked.is_empty() {
            return Vec::new();
        }
        let filters = asked.iter().map(|at| self.stack[*at].text.clone());
        let filters = filters.collect();
        vec![(COUNTS, Request::new(FilterCountsQuery { filters }))]
    }

    /// The stack changed.
    pub fn set_stack(&mut self, stack: &[FilterEntry]) {
        if self.stack != stack {
            self.stack = stack.to_vec();
            self.counts.clear();
        }
        self.list.set_total(self.stack.len());
    }

    /// Takes an answer.
    pub fn receive(&mut self, answer: &Result<Answer, AskError>) {
        if let Some(counts) = answer
            .as_ref()
            .ok()
            .and_then(Answer::to::<FilterCountsQuery>)
        {
            self.counts.clone_from(counts);
        }
    }

    /// What the filter of that position leaves, if it is one of cases and was counted.
    pub fn count(&self, at: usize) -> Option<&FilterCount> {
        let place = self.asked().iter().position(|asked| *asked == at)?;
        self.counts.get(place)
    }

    /// Carries out an action.
    pub fn update(&mut self, action: &Action) -> Outcome {
        if let Some(to) = motion(action) {
            self.list.go(to);
            return Outcome::Done;
        }
        let at = self.list.cursor;
        let emitted = match action {
            Action::ToggleRow => Action::ToggleFilter(at),
            Action::InvertRow => Action::InvertFilter(at),
            Action::DeleteRow => Action::DeleteFilter(at),
            Action::Open => Action::EditFilter(at),
            _ => return Outcome::Ignored,
        };
        if self.list.has_row() {
            Outcome::Emit(vec![emitted])
        } else {
            Outcome::Emit(vec![Action::Filter])
        }
    }

    /// The text to copy: that of the filter, or all with whether they are on.
    pub fn copy(&self, what: CopyWhat) -> Option<String> {
        match what {
            CopyWhat::Row | CopyWhat::Cell => {
                self.stack.get(self.list.cursor).map(|e| e.text.clone())
            }
            CopyWhat::View if self.stack.is_empty() => None,
            CopyWhat::View => {
                let mut out = String::from("on\tkind\tfilter\n");
                for entry in &self.stack {
                    let (on, kind) = (if entry.on { "on" } else { "off" }, kind(entry));
                    // Writing to a String does not fail.
                    let _ = writeln!(out, "{on}\t{kind}\t{}", entry.text);
                }
                Some(out)
            }
        }
    }
}

/// What a filter speaks of.
pub fn kind(entry: &FilterEntry) -> &'static str {
    if entry.events { "events" } else { "cases" }
}
