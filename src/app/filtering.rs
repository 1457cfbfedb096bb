//! Changes of the filter stack as actions, each one step of undo.

use super::filters::{FilterStack, opposite};
use super::load::LoadError;
use super::model::App;
use super::prompt::{self, PromptKind, Wanted};
use crate::engine::{AsOf, NamedModel, NamedWait, Reference, WaitClass};
use crate::input::Action;
use crate::text::safe;
use crate::text::time::exact_instant;
use std::sync::Arc;

impl App {
    /// Actions on the stack; gives back what is not one.
    pub(super) fn change_filters(&mut self, action: Action) -> Option<Action> {
        match action {
            Action::AddFilter(text) => self.add_filter(&text, false),
            Action::AddEventFilter(text) => self.add_filter(&text, true),
            Action::ReplaceFilter(at, text) => {
                let events = self.filters.entries.get(at).is_some_and(|e| e.events);
                self.replace_filter(at, &text, events);
            }
            Action::ToggleFilter(at) => {
                self.edit_filters(|stack| stack.toggle(at));
            }
            Action::DeleteFilter(at) => {
                self.edit_filters(|stack| stack.delete(at));
            }
            Action::AsOf => {
                let text = self.filters.as_of.clone().unwrap_or_default();
                prompt::open_text(self, Wanted::AsOf, &text);
            }
            Action::SetAsOf(text) => self.set_as_of(&text),
            Action::Reference => {
                let text = self.filters.reference.as_ref().map(Reference::written);
                prompt::open_text(self, Wanted::Reference, &text.unwrap_or_default());
            }
            Action::SetReference(text) => self.set_reference(&text),
            Action::EditStages(text) => prompt::open_checked(self, PromptKind::Stages, &text),
            Action::ToggleEnd { activity, ends } => {
                self.edit_filters(|stack| stack.toggle_end(activity, ends));
            }
            Action::ResetEnds => {
                if !self.edit_filters(|stack| stack.ends.take().is_some()) {
                    self.notify("No end states were chosen here");
                }
            }
            Action::DefineMilestone => prompt::open_text(self, Wanted::Milestone, ""),
            Action::AskMilestone(text) => prompt::open_text(self, Wanted::Milestone, &text),
            Action::SetMilestone(text) => self.set_milestone(&text),
            Action::ForgetMilestone(name) => {
                if !self.edit_filters(|stack| stack.forget_milestone(&name)) {
                    self.notify("Only milestones defined here can be deleted");
                }
            }
            Action::ClassWait { wait, class, usual } => self.class_wait(&wait, class, usual),
            Action::InvertFilter(at) => self.invert_filter(at),
            Action::Compare => self.compare(),
            Action::CompareWith(text) => {
                self.edit_filters(|stack| stack.compare_with(&text).is_ok());
                self.notify_compared();
            }
            Action::CompareFilter(at) => self.compare_filter(at),
            Action::SwapSides => {
                if !self.edit_filters(FilterStack::swap_sides) {
                    self.notify("Nothing is compared; v compares with other cases");
                }
            }
            Action::ToggleAllFilters => {
                if !self.edit_filters(FilterStack::toggle_all) {
                    self.notify_with_keys("No filters; {filter} opens the filter line");
                }
            }
            Action::ClearFilters => {
                let cleared = self.edit_filters(FilterStack::clear);
                self.notify(if cleared {
                    "All filters deleted; u restores them"
                } else {
                    "No filters"
                });
            }
            other => return Some(other),
        }
        None
    }

    /// Stops comparing, or asks for what to compare with: the opposite of the last filter is proposed.
    fn compare(&mut self) {
        if self.edit_filters(|stack| stack.versus.take().is_some()) {
            self.notify("Comparison ended");
            return;
        }
        let last = self.filters.last_of_cases();
        let text = last.map(|at| opposite(&self.filters.entries[at].text, false));
        let text = text.and_then(|text| text.ok().flatten());
        prompt::open_checked(self, PromptKind::Versus, &text.unwrap_or_default());
    }

    fn compare_filter(&mut self, at: usize) {
        let mut error = None;
        self.edit_filters(|stack| match stack.compare_filter(at) {
            Ok(()) => true,
            Err(why) => {
                error = Some(why);
                false
            }
        });
        match error {
            Some(why) => self.notify_error(why),
            None => self.notify_compared(),
        }
    }

    /// Says that other panes compare where the one on the screen does not.
    fn notify_compared(&mut self) {
        if self.filters.versus.is_none() || self.workspace.compares(self.workspace.active) {
            return;
        }
        self.notify("This pane shows A alone; panes with figures of many cases compare");
    }

    fn add_filter(&mut self, text: &str, events: bool) {
        if !self.edit_filters(|stack| stack.add(text, events)) {
            self.notify("This filter is already on");
        }
    }

    /// Looks at the log as of a time, or at its end. A time before the first event is refused here, so
    /// that the view stays as it is.
    fn set_as_of(&mut self, text: &str) {
        let text = text.trim();
        if text.is_empty() {
            self.edit_filters(|stack| stack.as_of.take().is_some());
            return;
        }
        let Some(log) = self.log.clone() else { return };
        let Some((first, last)) = log.span else {
            self.notify_error("The log has no events");
            return;
        };
        match AsOf::parse(text).map(|as_of| as_of.instant(last, log.zone)) {
            Err(why) => self.notify_error(why),
            Ok(instant) if instant < first => {
                let first = exact_instant(first, log.zone);
                self.notify_error(format!("{text} is before the first event ({first})"));
            }
            Ok(_) => {
                self.edit_filters(|stack| {
                    stack.as_of.replace(text.to_owned()).as_deref() != Some(text)
                });
            }
        }
    }

    /// Compares cases with other variants, or with what was defined.
    fn set_reference(&mut self, text: &str) {
        if text.trim().is_empty() {
            self.edit_filters(|stack| stack.reference.take().is_some());
            return;
        }
        match Reference::parse(text) {
            Err(why) => prompt::ask_again(self, Wanted::Reference, text, why),
            Ok(reference) => {
                self.edit_filters(|stack| {
                    stack.reference.replace(reference.clone()) != Some(reference)
                });
            }
        }
    }

    /// Compares cases with a model that was read; one that cannot be used is asked for again.
    pub(super) fn take_model(&mut self, path: &str, model: Result<Arc<NamedModel>, LoadError>) {
        match model {
            Ok(model) => {
                let reference = Reference::Model(model);
                self.edit_filters(|stack| {
                    stack.reference.replace(reference.clone()) != Some(reference)
                });
            }
            // The user may be at something else by now.
            Err(error) if self.prompt.is_some() => self.notify_error(error.message),
            Err(error) => {
                let text = format!("{}{path}", Reference::MODEL_WORD);
                prompt::ask_again(self, Wanted::Reference, &text, error.message);
            }
        }
    }

    /// Defines a milestone for all panes. A text that is none is asked for again.
    fn set_milestone(&mut self, text: &str) {
        if text.trim().is_empty() {
            return;
        }
        let Some(log) = self.log.clone() else { return };
        match log.milestone(text) {
            Ok(milestone) => {
                if self.edit_filters(|stack| stack.define_milestone(&milestone)) {
                    let keys = self
                        .settings
                        .keys
                        .keys_of("", &Action::ShowPane("milestones"));
                    let key = keys.first().map_or("", String::as_str);
                    let name = &milestone.name;
                    self.notify(format!(
                        "{name} is defined ({key} shows it); :write-milestones saves it"
                    ));
                }
            }
            Err(why) => prompt::ask_again(self, Wanted::Milestone, text, why),
        }
    }

    /// Classes a wait in all panes, or deletes what was said of it where it has the class without.
    fn class_wait(&mut self, wait: &str, class: &'static str, usual: bool) {
        let named = WaitClass::parse(class).and_then(|class| NamedWait::new(wait, class));
        let named = match named {
            Ok(named) => named,
            Err(why) => return self.notify_error(why),
        };
        self.edit_filters(|stack| {
            // What is said of the activity may be what gives a step its class.
            usual && stack.forget_wait(&named) || stack.class_wait(&named)
        });
        let (name, class) = (safe(wait).into_owned(), named.class.title());
        self.notify(format!("{name}: {class}; :write-milestones saves it"));
    }

    fn invert_filter(&mut self, at: usize) {
        let Some(entry) = self.filters.entries.get(at) else {
            return;
        };
        match opposite(&entry.text, entry.events) {
            Ok(Some(text)) => self.replace_filter(at, &text, entry.events),
            Ok(None) => {
                self.notify_error("Only = != ~ !~ of a condition on events can be inverted");
            }
            Err(error) => self.notify_error(error.message),
        }
    }

    /// Replaces a filter by an edited one.
    pub(super) fn replace_filter(&mut self, at: usize, text: &str, events: bool) {
        self.edit_filters(|stack| stack.replace(at, text, events));
    }

    /// Changes the filter stack, as one step of undo; `false` where nothing changed.
    pub(super) fn edit_filters(&mut self, edit: impl FnOnce(&mut FilterStack) -> bool) -> bool {
        // A copy, as undo needs the stack of before.
        let mut filters = self.filters.clone();
        if !edit(&mut filters) {
            return false;
        }
        let before = self.snapshot();
        self.remember_change(before);
        self.set_filters(filters);
        true
    }
}

/// Working time for all durations, or clock time again.
pub(super) fn toggle_calendar(app: &mut App) {
    let of_log = app.log.as_ref().and_then(|log| log.calendar.clone());
    let usual = app.settings.view.calendar.clone().or(of_log);
    let now = app.filters.calendar.is_some();
    if usual.is_none() && !now {
        app.notify("No calendar: none is given, nor defined in a rules file");
        return;
    }
    app.edit_filters(|stack| {
        stack.calendar = if now { None } else { usual };
        true
    });
    app.notify(match &app.filters.calendar {
        Some(calendar) => format!("Durations: business hours ({calendar})"),
        None => "Durations: calendar time".to_owned(),
    });
}
