//! The filter stack: texts of the filter language, each on or off, and the actions that change it.

use crate::engine::{NamedMilestone, NamedWait, Reference, View};
use crate::filter::{QueryError, parse, parse_events};
use crate::panes::FilterEntry;

/// The filters, oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FilterStack {
    /// The filters.
    pub entries: Vec<FilterEntry>,
    /// Time at which the log is looked at.
    pub as_of: Option<String>,
    /// What cases are judged by, in place of what was defined.
    pub reference: Option<Reference>,
    /// Activities that end a case, in place of those defined or guessed.
    pub ends: Option<Vec<String>>,
    /// Milestones defined here, as [`View::milestones`] has them.
    pub milestones: Vec<String>,
    /// Classes of waits chosen here, as [`View::waits`] has them.
    pub waits: Vec<String>,
    /// The calendar of all durations.
    pub calendar: Option<String>,
    /// The comparison, where there is one.
    pub versus: Option<Versus>,
    /// Which were on before all were switched off.
    pub before_off: Vec<bool>,
}

/// A comparison of two selections. Filters that are of neither side alone are of both.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Versus {
    /// Filters of the stack that are of A alone.
    pub own: Vec<String>,
    /// Filters of B in place of them.
    pub other: Vec<String>,
}

impl FilterStack {
    /// A stack with all filters of a view on.
    pub fn new(view: &View) -> Self {
        let entry = |text: &String, events| FilterEntry {
            text: text.clone(),
            events,
            on: true,
        };
        let events = view.events.iter().map(|text| entry(text, true));
        let cases = view.filters.iter().map(|text| entry(text, false));
        FilterStack {
            entries: events.chain(cases).collect(),
            as_of: view.as_of.clone(),
            reference: view.reference.clone(),
            ends: view.ends.clone(),
            milestones: view.milestones.clone(),
            waits: view.waits.clone(),
            calendar: view.calendar.clone(),
            versus: view.versus.clone().map(|other| Versus {
                own: view.filters.clone(),
                other,
            }),
            before_off: Vec::new(),
        }
    }

    /// Takes time, reference, end states, milestones, classes of waits and calendar of another stack: they are of the
    /// log, not of the drill-down that its filters are of.
    pub fn take_all_but_filters(&mut self, other: &FilterStack) {
        self.as_of.clone_from(&other.as_of);
        self.reference.clone_from(&other.reference);
        self.ends.clone_from(&other.ends);
        self.milestones.clone_from(&other.milestones);
        self.waits.clone_from(&other.waits);
        self.calendar.clone_from(&other.calendar);
    }

    /// View of the filters that are on.
    pub fn view(&self) -> View {
        self.view_without(None)
    }

    /// View of the filters that are on, without the one at `left_out`.
    pub fn view_without(&self, left_out: Option<usize>) -> View {
        let texts = |events: bool| {
            let entries = self.entries.iter().enumerate();
            entries
                .filter(|(at, e)| e.on && e.events == events && Some(*at) != left_out)
                .map(|(_, e)| e.text.clone())
                .collect()
        };
        let filters: Vec<String> = texts(false);
        let versus = self.versus.as_ref().map(|versus| {
            let common = filters.iter().filter(|text| !versus.own.contains(*text));
            common.chain(&versus.other).cloned().collect()
        });
        View {
            as_of: self.as_of.clone(),
            reference: self.reference.clone(),
            ends: self.ends.clone(),
            milestones: self.milestones.clone(),
            waits: self.waits.clone(),
            events: texts(true),
            filters,
            versus,
            calendar: self.calendar.clone(),
        }
    }

    /// Adds a filter. One of the same text is switched on instead; `false` where it was on.
    pub fn add(&mut self, text: &str, events: bool) -> bool {
        let text = text.trim();
        let known = self
            .entries
            .iter_mut()
            .find(|e| e.text == text && e.events == events);
        match known {
            Some(entry) if entry.on => return false,
            Some(entry) => entry.on = true,
            None => self.entries.push(FilterEntry {
                text: text.to_owned(),
                events,
                on: true,
            }),
        }
        // What was on before all were off is of another stack.
        self.before_off.clear();
        true
    }

    /// Switches a filter on or off.
    pub fn toggle(&mut self, at: usize) -> bool {
        let Some(entry) = self.entries.get_mut(at) else {
            return false;
        };
        entry.on = !entry.on;
        self.before_off.clear();
        true
    }

    /// Replaces the text of a filter and switches it on.
    pub fn replace(&mut self, at: usize, text: &str, events: bool) -> bool {
        let Some(entry) = self.entries.get_mut(at) else {
            return false;
        };
        // A filter of one side stays one when it is edited.
        let own = self.versus.iter_mut().flat_map(|versus| &mut versus.own);
        for own in own.filter(|own| **own == entry.text && !entry.events) {
            text.trim().clone_into(own);
        }
        *entry = FilterEntry {
            text: text.trim().to_owned(),
            events,
            on: true,
        };
        self.before_off.clear();
        true
    }

    /// Position of the last filter of cases that is on: the one that is compared unless another is chosen.
    pub fn last_of_cases(&self) -> Option<usize> {
        self.entries.iter().rposition(|e| e.on && !e.events)
    }

    /// Compares the cases of the last filter with those that meet `text` in place of it; without filters,
    /// the cases that meet `text` with all others.
    ///
    /// # Errors
    /// The text is not a filter.
    pub fn compare_with(&mut self, text: &str) -> Result<(), QueryError> {
        let text = text.trim();
        let (own, other) = if let Some(at) = self.last_of_cases() {
            (self.entries[at].text.clone(), text.to_owned())
        } else {
            let other = opposite(text, false)?.unwrap_or_default();
            self.add(text, false);
            (text.to_owned(), other)
        };
        self.versus = Some(Versus {
            own: vec![own],
            other: vec![other],
        });
        Ok(())
    }

    /// Compares the cases of a filter with those of its opposite; the filter is on from now on.
    ///
    /// # Errors
    /// The filter is of events, or no filter.
    pub fn compare_filter(&mut self, at: usize) -> Result<(), String> {
        let Some(entry) = self.entries.get_mut(at) else {
            return Err("No filter to compare; f opens the filter line".to_owned());
        };
        if entry.events {
            return Err("A condition on events has no cases to compare".to_owned());
        }
        let other = opposite(&entry.text, false).map_err(|error| error.message)?;
        entry.on = true;
        self.versus = Some(Versus {
            own: vec![entry.text.clone()],
            other: other.into_iter().collect(),
        });
        Ok(())
    }

    /// Turns the sides of a comparison round: the filters of B are in the stack, those of A beside it.
    pub fn swap_sides(&mut self) -> bool {
        let Some(Versus { own, other }) = self.versus.take() else {
            return false;
        };
        let is_own = |entry: &FilterEntry| !entry.events && own.contains(&entry.text);
        let at = self.entries.iter().position(is_own);
        let at = at.unwrap_or(self.entries.len());
        self.entries.retain(|entry| !is_own(entry));
        let entry = |text: &String| FilterEntry {
            text: text.clone(),
            events: false,
            on: true,
        };
        self.entries.splice(at..at, other.iter().map(entry));
        self.versus = Some(Versus {
            own: other,
            other: own,
        });
        self.before_off.clear();
        true
    }

    /// Deletes a filter.
    pub fn delete(&mut self, at: usize) -> bool {
        if at >= self.entries.len() {
            return false;
        }
        self.entries.remove(at);
        self.before_off.clear();
        true
    }

    /// Makes an activity one that ends a case, or no longer one. `ends` are those that end a case where
    /// none were chosen before.
    pub fn toggle_end(&mut self, activity: String, ends: Vec<String>) -> bool {
        let chosen = self.ends.get_or_insert(ends);
        match chosen.iter().position(|name| *name == activity) {
            Some(at) => drop(chosen.remove(at)),
            None => chosen.push(activity),
        }
        // In one order, so that the same choice is the same view.
        chosen.sort_unstable();
        true
    }

    /// Defines a milestone, in place of one of its name; `false` where it is defined like that already.
    pub fn define_milestone(&mut self, milestone: &NamedMilestone) -> bool {
        let text = format!("{} = {}", milestone.name, milestone.milestone);
        if self.milestones.contains(&text) {
            return false;
        }
        self.forget_milestone(&milestone.name);
        self.milestones.push(text);
        true
    }

    /// Deletes the milestone of that name; `false` where none was defined here.
    pub fn forget_milestone(&mut self, name: &str) -> bool {
        let before = self.milestones.len();
        let is_called = |text: &String| {
            let called = text.split_once('=').map_or("", |(called, _)| called);
            called.trim() == name
        };
        self.milestones.retain(|text| !is_called(text));
        self.milestones.len() < before
    }

    /// Classes a wait, in place of an earlier class; `false` where it has that class here already.
    pub fn class_wait(&mut self, wait: &NamedWait) -> bool {
        let text = wait.to_string();
        if self.waits.contains(&text) {
            return false;
        }
        self.forget_wait(wait);
        self.waits.push(text);
        true
    }

    /// Deletes the class that a wait has here; `false` where it has none.
    pub fn forget_wait(&mut self, wait: &NamedWait) -> bool {
        let before = self.waits.len();
        let is_other = |text: &String| {
            let known = NamedWait::parse(text);
            !known.is_ok_and(|known| known.is_same_wait(wait))
        };
        self.waits.retain(is_other);
        self.waits.len() < before
    }

    /// Deletes all filters; `false` where there are none.
    pub fn clear(&mut self) -> bool {
        self.before_off.clear();
        let any = !self.entries.is_empty();
        self.entries.clear();
        any
    }

    /// Switches all off, or those on again that were on before.
    pub fn toggle_all(&mut self) -> bool {
        if self.entries.is_empty() {
            return false;
        }
        if self.entries.iter().any(|e| e.on) {
            self.before_off = self.entries.iter().map(|e| e.on).collect();
            self.entries.iter_mut().for_each(|e| e.on = false);
        } else {
            let before = std::mem::take(&mut self.before_off);
            for (at, entry) in self.entries.iter_mut().enumerate() {
                entry.on = before.get(at).copied().unwrap_or(true);
            }
        }
        true
    }

    /// Switches off every filter, and the time, of this text, and deletes the milestone or the class of a
    /// wait: the engine refused it.
    pub fn switch_off(&mut self, text: &str) -> bool {
        let mut any = self.as_of.as_deref() == Some(text) && self.as_of.take().is_some();
        let milestones = self.milestones.len();
        self.milestones.retain(|milestone| milestone != text);
        any |= self.milestones.len() < milestones;
        let waits = self.waits.len();
        self.waits.retain(|wait| wait != text);
        any |= self.waits.len() < waits;
        let is_other = |versus: &Versus| versus.other.iter().any(|other| other == text);
        any |= self.versus.take_if(|versus| is_other(versus)).is_some();
        for entry in self.entries.iter_mut().filter(|e| e.on && e.text == text) {
            entry.on = false;
            any = true;
        }
        any
    }
}

/// The opposite of a filter, written anew; `None` for a condition on events without one.
///
/// # Errors
/// The text is not a filter.
pub fn opposite(text: &str, events: bool) -> Result<Option<String>, QueryError> {
    if events {
        let opposite = parse_events(text)?.negate();
        return Ok(opposite.map(|condition| condition.to_string()));
    }
    Ok(Some(parse(text)?.negate().to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_opposite_of_the_opposite_is_the_filter() {
        for (text, wanted) in [
            ("\"A\" -> \"B\" within 2h", "not \"A\" -> \"B\" within 2h"),
            ("\"A\" and \"B\"", "not (\"A\" and \"B\")"),
            ("(\"A\") or (\"B\")", "not (\"A\" or \"B\")"),
            ("x = \"\\\" )\"", "x != \"\\\" )\""),
            ("`a ) b` > 1", "not (`a ) b` > 1)"),
            ("not (a = 1) and (b = 2)", "not (not (a = 1) and b = 2)"),
        ] {
            let negated = opposite(text, false).expect(text).expect("it has one");
            assert_eq!(negated, wanted);
            let twice = opposite(&negated, false).expect(wanted);
            assert_eq!(parse(&twice.expect("it has one")), parse(text));
        }
        assert!(opposite("\"A\" and", false).is_err());
    }

    #[test]
    fn conditions_on_events_turn_their_operator() {
        let of = |text: &str| opposite(text, true).expect(text);
        for (text, wanted) in [
            ("activity != \"No = te\"", "activity = \"No = te\""),
            ("`a=b` = 1", "`a=b` != 1"),
            ("x ~ \"y\"", "x !~ \"y\""),
            ("x !~ \"y\"", "x ~ \"y\""),
        ] {
            assert_eq!(of(text).as_deref(), Some(wanted));
        }
        for text in ["x in (\"a\")", "x <= 3", "time in 2024"] {
            assert_eq!(of(text), None);
        }
    }

    #[test]
    fn all_off_and_on_again_keeps_which_were_on() {
        let mut stack = FilterStack::new(&View {
            filters: vec!["a".into(), "b".into()],
            events: vec!["e".into()],
            ..View::default()
        });
        assert!(stack.toggle(1));
        assert!(stack.toggle_all());
        assert_eq!(stack.view(), View::default());
        assert!(stack.toggle_all());
        assert_eq!(stack.view().filters, ["b"]);
        assert_eq!(stack.view().events, ["e"]);
        assert!(!stack.toggle(9));
        assert!(!stack.delete(9));
    }

    #[test]
    fn a_filter_is_not_added_twice() {
        let mut stack = FilterStack::default();
        assert!(stack.add(" a ", false));
        assert!(!stack.add("a", false));
        assert!(
            stack.add("a", true),
            "a condition on events is another thing"
        );
        assert!(stack.toggle(0));
        assert!(stack.add("a", false));
        assert_eq!(stack.entries.len(), 2);
    }
}
