//! Where the user has been: snapshots of the view for undo and redo, back and forward, the trail of the
//! drill-down, and the session. A snapshot holds filters, pane and every pane's place; no data.

use super::filters::FilterStack;
use super::outline::Outline;
use crate::panes::Place;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// All that makes up what is looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Snapshot {
    /// The filter stack.
    pub filters: FilterStack,
    /// Id of the pane on the screen.
    pub pane: String,
    /// The drill-down that led there.
    pub trail: Vec<Level>,
    /// The places of panes by their ids. A pane that is not named stays where it is.
    pub places: BTreeMap<String, Place>,
    /// Columns that were chosen for the lists of panes, by pane.
    pub columns: BTreeMap<String, Vec<String>>,
}

impl Snapshot {
    /// True if filters, drill-down and columns are the same; another pane or place alone is no step of undo.
    pub(super) fn selects_as(&self, other: &Snapshot) -> bool {
        self.filters == other.filters && self.trail == other.trail && self.columns == other.columns
    }
}

/// One step of a drill-down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Level {
    /// Breadcrumb: "V3", "case 4711".
    pub crumb: String,
    /// True if the step added a filter.
    pub filtered: bool,
    /// The state restored on leaving the level.
    pub back: Arc<Snapshot>,
}

/// Everything that makes up the screen, but for the log and how it is read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Session {
    /// Filters, pane, places, columns and drill-down.
    pub view: Snapshot,
    /// True if the list or the detail is maximized.
    pub maximized: bool,
    /// Text of a filter line that was not entered; true for a condition on events.
    pub draft: Option<(String, bool)>,
    /// Ids of the cases that are marked.
    pub marks: BTreeSet<String>,
    /// The report that is put together.
    pub report: Outline,
}

/// A session with which the explorer begins, or that a key brings back.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LastSession {
    /// The session.
    pub session: Session,
    /// True if the explorer begins with it.
    pub resumes: bool,
    /// True if the program that kept it was ended by something else than the user.
    pub is_interrupted: bool,
    /// Message about it; empty for none.
    pub note: String,
}

/// The stacks of snapshots, newest last.
#[derive(Debug, Clone, Default)]
pub struct History {
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

/// Adds a snapshot; the oldest of a full stack is dropped.
pub(super) fn push(stack: &mut Vec<Arc<Snapshot>>, snapshot: Arc<Snapshot>) {
    if stack.len() == DEPTH {
        // Moves some hundred pointers, once a step.
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
