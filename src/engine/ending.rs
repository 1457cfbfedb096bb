//! Which cases of a selection are open, and how that is known.

use super::ends_guess::Guess;
use super::selected::Selected;
use super::stats::seconds;
use crate::filter::{Expr, Field, Op, TimeLiteral};
use crate::index::CaseSet;
use crate::text::count;
use std::sync::Arc;

/// Which cases are open, and how that is known.
#[derive(Debug, Clone, PartialEq)]
pub struct Ending {
    /// The last instant that is looked at, microseconds: that of the log, or the one that was given.
    pub until: i64,
    /// Selected cases that are open.
    pub open: u64,
    /// Activities that end a case, by name.
    pub ends: Vec<Arc<str>>,
    /// The guess that they are from; `None` where they were defined.
    pub guess: Option<Guess>,
    /// A case is over, too, when nothing happened in it for longer than this, seconds.
    pub idle: Option<f64>,
    /// The filter that exactly the cases meet that are over; `None` where nothing is known to end a
    /// case, so that all of them are taken to be over.
    pub over: Option<Expr>,
}

impl Ending {
    /// Of cases that are over once their last activity is one of these.
    pub fn by_activities(
        until: i64,
        open: u64,
        mut ends: Vec<Arc<str>>,
        guess: Option<Guess>,
    ) -> Ending {
        // By name, as another order of the rows changes the order of first appearance.
        ends.sort_unstable();
        let ending = Ending {
            until,
            open,
            ends,
            guess,
            idle: None,
            over: None,
        };
        // A guess of none says that nothing is known to end a case.
        let is_known = ending.guess.is_none() || !ending.ends.is_empty();
        Ending {
            over: is_known.then(|| ending.over()),
            ..ending
        }
    }

    /// The filter of the cases that end with one of the activities.
    fn over(&self) -> Expr {
        let ended = self.ends.iter().map(|name| Expr::ends_with(name));
        let over = ended.reduce(Expr::or);
        // None of the end activities occurs in this log: no case is over.
        over.unwrap_or_else(|| Expr::compare(Field::Events, Op::Less, 0))
    }

    /// The filter of the closed cases; `None` where no case is open.
    pub fn telling(&self) -> Option<&Expr> {
        self.over.as_ref().filter(|_| self.open > 0)
    }

    /// A filter, of the cases only that are over.
    pub fn closed(&self, filter: Expr) -> Expr {
        match self.telling() {
            None => filter,
            Some(over) => filter.and(over.clone()),
        }
    }

    /// Number of open cases and what ends one: a sentence with names of the log. A guess says so first,
    /// and how much it explains.
    pub fn in_words(&self) -> String {
        let open = match (&self.over, self.open) {
            (None, _) => {
                return "no end state is known, so every case counts as closed".to_owned();
            }
            (_, 1) => "1 case is open".to_owned(),
            (_, n) => format!("{} cases are open", count(n)),
        };
        let names: Vec<&str> = self.ends.iter().map(|name| &**name).collect();
        match (names.as_slice(), self.guess) {
            ([], _) => open,
            (names, None) => format!("{open}; cases end with {}", names.join(", ")),
            (names, Some(guess)) => {
                let doubt = if guess.is_doubtful() {
                    "perhaps not all ends; "
                } else {
                    ""
                };
                let explains = match guess.quiet {
                    0 => String::new(),
                    quiet => format!(
                        " ({doubt}explains {} of {} quiet cases)",
                        count(guess.explained),
                        count(quiet)
                    ),
                };
                format!(
                    "guess: {open}; cases end with {}{explains}",
                    names.join(", ")
                )
            }
        }
    }
}

/// Returns the open cases of a selection, and how they are known.
pub fn ending(selected: &Selected) -> Ending {
    Open::of(selected).ending()
}

/// Test for open cases of a selection.
pub struct Open<'a> {
    selected: &'a Selected,
    all: &'a CaseSet,
    /// Last instant that is looked at, microseconds.
    pub until: i64,
}

impl<'a> Open<'a> {
    /// Finds the open cases of the log of a selection: once, before a parallel part asks for them.
    pub fn of(selected: &'a Selected) -> Self {
        let prepared = &selected.prepared;
        Open {
            selected,
            all: prepared.open(),
            until: prepared.now(),
        }
    }

    /// Tests whether a case is open at [`Open::until`].
    #[inline]
    pub fn is_open(&self, case: usize) -> bool {
        self.all.contains(case)
    }

    fn count(&self) -> u64 {
        self.selected.open().count() as u64
    }

    /// Counts the open cases and names what ends one.
    pub fn ending(&self) -> Ending {
        let prepared = &self.selected.prepared;
        let ends = prepared.ends();
        let names = prepared.names.iter().zip(&ends.activities);
        let names = names.filter(|(_, is_end)| **is_end);
        let names = names.map(|(name, _)| Arc::clone(name)).collect();
        let ending = Ending::by_activities(self.until, self.count(), names, prepared.ends_guess());
        let idle_since = ends.idle.map(|idle| self.until.saturating_sub(idle));
        let idle_since = idle_since.and_then(TimeLiteral::of);
        let idle = idle_since.map(|at| Expr::compare(Field::End, Op::Less, at));
        // A last activity that is still being done ends no case.
        let runs = prepared.log.running.is_some();
        let over = match idle {
            _ if runs => Expr::closed(),
            None => ending.over(),
            Some(idle) if ending.ends.is_empty() => idle,
            Some(idle) => ending.over().or(idle),
        };
        Ending {
            idle: ends.idle.map(seconds),
            over: ends.known.then_some(over),
            ..ending
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::prepared::Prepared;
    use crate::event_log::Progress;
    use crate::test_support::log;

    /// A thread of a parallel part that made them could wait for itself.
    #[test]
    fn open_cases_are_known_before_one_is_asked_for() {
        let prepared = Prepared::new(log("a: x y; b: x"), &Progress::default()).unwrap();
        let selected = Selected::new(Arc::new(prepared), None, Vec::new());
        assert!(selected.prepared.open.get().is_none());
        let open = Open::of(&selected);
        assert!(selected.prepared.open.get().is_some());
        assert!(!open.is_open(0), "nothing is known to end a case");
    }
}
