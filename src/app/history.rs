//! Where the user has been: snapshots of the view for undo and redo, back and forward, and the
//! trail of the drill-down. A snapshot holds filters, pane and every pane's place; no data.

use super::filters::FilterStack;
use super::model::App;
use crate::panes::Place;
use std::sync::Arc;

/// All that makes up what is looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// The filter stack.
    pub filters: FilterStack,
    /// The pane on the screen.
    pub active: usize,
    /// The drill-down that led there.
    pub trail: Vec<Level>,
    /// The places of all panes.
    pub places: Vec<Place>,
}

/// One step of a drill-down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Level {
    /// What was drilled into: "V3", "case 4711".
    pub crumb: String,
    /// Whether the step added a filter.
    pub filtered: bool,
    /// What leaving it goes back to.
    pub back: Arc<Snapshot>,
}

/// The stacks of snapshots, newest last.
#[derive(Debug, Clone, Default)]
pub struct Past {
    /// States before the changes that can be undone.
    pub undo: Vec<Arc<Snapshot>>,
    /// States before what was undone.
    pub redo: Vec<Arc<Snapshot>>,
    /// Places visited before.
    pub back: Vec<Arc<Snapshot>>,
    /// Places to go forward to.
    pub forward: Vec<Arc<Snapshot>>,
}

/// Steps that can be undone; a snapshot is some hundreds of bytes.
const DEPTH: usize = 500;

fn push(stack: &mut Vec<Arc<Snapshot>>, snapshot: Arc<Snapshot>) {
    if stack.len() == DEPTH {
        stack.remove(0);
    }
    stack.push(snapshot);
}

/// Which way to go along a pair of stacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Undo.
    Undo,
    /// Redo.
    Redo,
    /// Back in the history.
    Back,
    /// Forward in the history.
    Forward,
}

impl App {
    /// What is looked at now.
    pub fn snapshot(&self) -> Snapshot {
        Snapshot {
            filters: self.filters.clone(),
            active: self.desk.active,
            trail: self.trail.clone(),
            places: self.desk.panes.iter().map(|pane| pane.place()).collect(),
        }
    }

    /// Remembers a state before a change that undo brings back, and back goes to.
    pub(super) fn remember_change(&mut self, before: Snapshot) {
        let before = Arc::new(before);
        push(&mut self.past.undo, Arc::clone(&before));
        self.past.redo.clear();
        push(&mut self.past.back, before);
        self.past.forward.clear();
    }

    /// Remembers a place that back goes to.
    pub(super) fn remember_place(&mut self) {
        let before = Arc::new(self.snapshot());
        push(&mut self.past.back, before);
        self.past.forward.clear();
    }

    /// Goes to a state.
    pub(super) fn restore(&mut self, snapshot: &Snapshot) {
        self.trail.clone_from(&snapshot.trail);
        self.desk.active = snapshot.active.min(self.desk.panes.len().saturating_sub(1));
        for (pane, place) in snapshot.places.iter().enumerate() {
            self.place_pane(pane, place);
        }
        self.set_filters(snapshot.filters.clone());
    }

    /// Puts a pane to a place. Its questions are asked again, the same ones too: a pane that was
    /// moved waits for the rows of its new place.
    pub(super) fn place_pane(&mut self, pane: usize, place: &Place) {
        if let Some(state) = self.desk.panes.get_mut(pane) {
            state.go_to(place);
            self.asks.forget_others(pane, &[]);
        }
    }

    /// One step of undo or history; `false` where there is none.
    pub(super) fn travel(&mut self, step: Step) -> bool {
        let now = Arc::new(self.snapshot());
        let past = &mut self.past;
        let (from, onto) = match step {
            Step::Undo => (&mut past.undo, &mut past.redo),
            Step::Redo => (&mut past.redo, &mut past.undo),
            Step::Back => (&mut past.back, &mut past.forward),
            Step::Forward => (&mut past.forward, &mut past.back),
        };
        // A state that equals the present one (a place left and found again) is no step.
        while let Some(target) = from.pop() {
            if target != now {
                push(onto, now);
                self.restore(&target);
                return true;
            }
        }
        false
    }
}
