//! Undo, redo and the history of views: taking snapshots of the app and restoring them.

use super::history::{Snapshot, Step, push};
use super::model::App;
use crate::panes::Place;
use std::collections::BTreeMap;
use std::sync::Arc;

impl App {
    /// Returns the current state.
    pub fn snapshot(&self) -> Snapshot {
        Snapshot {
            filters: self.filters.clone(),
            pane: self.spec().map_or("", |spec| spec.id).to_owned(),
            trail: self.trail.clone(),
            places: self.places(),
            columns: self.list_columns.clone(),
        }
    }

    /// The places of all panes by their ids.
    pub(super) fn places(&self) -> BTreeMap<String, Place> {
        let panes = self.workspace.panes.iter();
        panes
            .map(|pane| (pane.spec().id.to_owned(), pane.place()))
            .collect()
    }

    /// Position of the pane of that id.
    pub fn pane_called(&self, id: &str) -> Option<usize> {
        self.workspace
            .panes
            .iter()
            .position(|pane| pane.spec().id == id)
    }

    /// Remembers a state before a change that undo brings back, and back goes to.
    pub(super) fn remember_change(&mut self, before: Snapshot) {
        let before = Arc::new(before);
        push(&mut self.history.undo, Arc::clone(&before));
        self.history.redo.clear();
        push(&mut self.history.back, before);
        self.history.forward.clear();
    }

    /// Remembers a place that back goes to.
    pub(super) fn remember_place(&mut self) {
        let before = Arc::new(self.snapshot());
        push(&mut self.history.back, before);
        self.history.forward.clear();
    }

    /// Goes to a state.
    pub(super) fn restore(&mut self, snapshot: &Snapshot) {
        self.trail.clone_from(&snapshot.trail);
        self.workspace.active = self.pane_called(&snapshot.pane).unwrap_or(0);
        // First, as a comparison has panes of its own.
        self.set_filters(snapshot.filters.clone());
        // Before the places: fields are orders of a list.
        if self.list_columns != snapshot.columns {
            self.set_list_columns(snapshot.columns.clone());
        }
        for (id, place) in &snapshot.places {
            if let Some(pane) = self.pane_called(id) {
                self.place_pane(pane, place);
            }
        }
    }

    /// Gives the lists of panes these columns, and those that are not named their usual ones.
    fn set_list_columns(&mut self, columns: BTreeMap<String, Vec<String>>) {
        if let Some(log) = &self.log {
            for pane in &mut self.workspace.panes {
                let id = pane.spec().id;
                let texts = columns.get(id);
                if texts == self.list_columns.get(id) {
                    continue;
                }
                pane.set_columns(&self.settings.columns_of(id, texts), log);
            }
        }
        self.list_columns = columns;
    }

    /// Puts a pane to a place. Its questions are asked again, the same ones too: a pane that was
    /// moved waits for the rows of its new place.
    pub(super) fn place_pane(&mut self, pane: usize, place: &Place) {
        if let Some(state) = self.workspace.panes.get_mut(pane) {
            state.go_to(place);
            self.queries.forget_others(pane, &[]);
        }
    }

    /// One step of undo or history; `false` where there is none.
    pub(super) fn travel(&mut self, step: Step) -> bool {
        let now = Arc::new(self.snapshot());
        let past = &mut self.history;
        let (from, onto) = match step {
            Step::Undo => (&mut past.undo, &mut past.redo),
            Step::Redo => (&mut past.redo, &mut past.undo),
            Step::Back => (&mut past.back, &mut past.forward),
            Step::Forward => (&mut past.forward, &mut past.back),
        };
        // A state that equals the present one (a place left and found again) is no step.
        while let Some(target) = from.pop() {
            if target == now {
                continue;
            }
            push(onto, Arc::clone(&now));
            let along_history = matches!(step, Step::Back | Step::Forward);
            if along_history && !target.selects_as(&now) {
                // A step along the history that changes filters, drill-down or columns is a change like any
                // other, so that undo gives back what the step took away.
                push(&mut past.undo, now);
                past.redo.clear();
            }
            self.restore(&target);
            return true;
        }
        false
    }
}
