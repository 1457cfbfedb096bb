//! The drill-down: how a pane leads to another, with a filter or without, and what the breadcrumb says of it.

use super::history::{Level, Snapshot};
use super::model::App;
use crate::panes::Place;
use std::sync::Arc;

impl App {
    /// Goes to a pane without a tab, which its title names in the drill-down. One that was reached so gives its level to
    /// the next, as tabs do: a look at five of them is no path of five levels.
    pub(super) fn show_pane(&mut self, id: &str) {
        let Some(pane) = self.pane_called(id) else {
            self.notify_error(format!("There is no pane {id}"));
            return;
        };
        let crumb = |pane: usize| self.workspace.panes[pane].spec().title.to_lowercase();
        let (here, there) = (crumb(self.workspace.active), crumb(pane));
        let level = self.trail.last();
        if level.is_none_or(|level| level.crumb != here || level.back.filters != self.filters) {
            self.drill("", id, there, Place::default());
        } else if pane != self.workspace.active {
            let before = self.snapshot();
            self.remember_change(before);
            if let Some(level) = self.trail.last_mut() {
                level.crumb = there;
            }
            self.workspace.active = pane;
            self.enter(pane, Place::default());
        }
    }

    /// One step of a drill-down: a filter, a place in a pane, and what the breadcrumb says.
    pub(super) fn drill(&mut self, filter: &str, pane: &str, crumb: String, to: Place) {
        let Some(pane) = self.pane_called(pane) else {
            self.notify_error(format!("There is no pane {pane}"));
            return;
        };
        self.descend(pane, crumb, !filter.is_empty());
        self.enter(pane, to);
        if !filter.is_empty() {
            let mut filters = self.filters.clone();
            filters.add(filter, false);
            self.set_filters(filters);
        }
    }

    /// Goes to a place in a pane, in the order that it has: to a case, or to what forms groups.
    pub(super) fn open_place(&mut self, id: &str, crumb: String, to: Place) {
        let Some(pane) = self.pane_called(id) else {
            self.notify_error(format!("There is no pane {id}"));
            return;
        };
        if self.workspace.active == pane {
            let before = self.snapshot();
            self.remember_change(before);
            if let Some(level) = self.trail.last_mut() {
                level.crumb = crumb;
            }
        } else {
            self.descend(pane, crumb, false);
        }
        self.enter(pane, to);
    }

    /// Goes to a place in a pane, in the order that it has.
    fn enter(&mut self, pane: usize, to: Place) {
        let place = self.workspace.panes[pane].place();
        let to = Place {
            sort: place.sort,
            descending: place.descending,
            ..to
        };
        self.place_pane(pane, &to);
    }

    fn descend(&mut self, pane: usize, crumb: String, filtered: bool) {
        let before: Snapshot = self.snapshot();
        self.remember_change(before.clone());
        self.trail.push(Level {
            crumb,
            filtered,
            back: Arc::new(before),
        });
        self.workspace.active = pane;
    }
}
