//! Choices that are remembered from start to start: put in force when logs are opened, kept when they
//! change.

use super::{Driver, Job, guarded};
use crate::app::load::{Choices, ColumnsFrom, Inspected};
use crate::engine::LogInfo;
use crate::formats::ReadPlan;
use std::thread::JoinHandle;

impl Driver {
    /// Takes over by which plan a log was opened: that of the user, else the one that was found out.
    pub(super) fn take_plan(&mut self, plan: Option<ReadPlan>, inspected: Option<&Inspected>) {
        let from = match inspected {
            None if plan.is_some() => ColumnsFrom::User,
            None => ColumnsFrom::Names,
            Some(inspected) => inspected.columns_from(),
        };
        let read = plan.as_ref().or(inspected.map(|found| &found.plan));
        let read = read.filter(|_| from != ColumnsFrom::Names);
        if let Some(command) = read.and_then(|plan| self.loader.command(plan)) {
            self.app.settings.command = command;
        }
        self.app.plan = plan;
        self.app.columns_from = from;
    }

    /// Remembers the mapping that the user confirmed for the log that was opened.
    pub(super) fn keep_confirmed(&mut self, inspected: Option<Inspected>) {
        let confirmed = self.app.confirmed.take();
        if let Some(found) = confirmed.clone().or(inspected) {
            self.app.inspected = Some(found);
        }
        if let Some(chosen) = confirmed {
            self.spawn(move |logs| Job::Keep(guarded(|| logs.remember(&chosen))));
        }
    }

    /// Puts the remembered end states in force when the logs are first opened, and none of another
    /// mapping when they are read again: no case would be closed.
    pub(super) fn take_ends(&mut self, inspected: Option<&Inspected>, log: &LogInfo) {
        let known = |name: &String| log.activities.iter().any(|known| **known == **name);
        let fits = |ends: &Vec<String>| ends.is_empty() || ends.iter().any(known);
        let ends = &mut self.app.filters.ends;
        if self.app.log.is_some() {
            *ends = ends.take().filter(fits);
        } else if ends.is_none() {
            *ends = inspected.and_then(|inspected| inspected.choices.ends.clone().filter(fits));
        }
    }

    /// Puts the remembered milestones and classes of waits in force when the logs are first opened: those whose
    /// activities the log has.
    pub(super) fn take_definitions(&mut self, inspected: Option<&Inspected>, log: &LogInfo) {
        if let (None, Some(inspected)) = (&self.app.log, inspected) {
            let remembered = inspected.choices.milestones.iter();
            for milestone in remembered.filter_map(|text| log.milestone(text).ok()) {
                self.app.filters.define_milestone(&milestone);
            }
            let remembered = inspected.choices.waits.iter();
            for wait in remembered.filter_map(|text| log.wait(text)) {
                self.app.filters.class_wait(&wait);
            }
        }
    }

    /// Puts the remembered columns in force when the logs are first opened; lists get the orders of the log.
    pub(super) fn take_columns(&mut self, inspected: Option<&Inspected>, log: &LogInfo) {
        let app = &mut self.app;
        if app.log.is_none()
            && let Some(inspected) = inspected
        {
            app.list_columns.clone_from(&inspected.choices.columns);
        }
        for pane in &mut app.workspace.panes {
            let id = pane.spec().id;
            let columns = app.settings.columns_of(id, app.list_columns.get(id));
            pane.set_columns(&columns, log);
        }
    }

    /// The choices in force.
    pub(super) fn present_choices(&self) -> Choices {
        Choices {
            ends: self.app.filters.ends.clone(),
            milestones: self.app.filters.milestones.clone(),
            waits: self.app.filters.waits.clone(),
            columns: self.app.list_columns.clone(),
        }
    }

    /// Remembers the choices in force if they changed; one thread at a time, as the last one counts.
    pub(super) fn keep_choices(&mut self) {
        let choices = self.present_choices();
        if self.keeping_choices.is_some() || self.choices == choices {
            return;
        }
        self.choices.clone_from(&choices);
        if let Some(inspected) = self.app.inspected.clone() {
            self.keeping_choices = self.spawn(move |logs| {
                Job::Choices(guarded(|| logs.remember_choices(&inspected, &choices)))
            });
        }
    }

    /// Keeps what was chosen last before the program ends: to write it takes some milliseconds.
    pub(super) fn leave(&mut self) {
        // The thread that runs may be of an older choice: the newest one is then written after it.
        for _ in 0..2 {
            let thread = self.keeping_choices.take();
            // A panic of the thread was caught and became a message.
            drop(thread.map(JoinHandle::join));
            self.keep_choices();
        }
        self.leave_notes();
        self.leave_session();
        self.leave_visit();
    }
}
