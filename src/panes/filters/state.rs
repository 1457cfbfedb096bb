//! State of the filters pane; independent of styles.

use crate::engine::FilterCount;
use crate::panes::{FilterEntry, Slot};
use crate::ui::ListState;

/// The slot of the counts.
pub const COUNTS: Slot = 0;

/// The stack, the counts and the cursor.
#[derive(Debug, Default)]
pub struct State {
    /// The filters.
    pub stack: Vec<FilterEntry>,
    /// Counts of the filters of cases, in the order of [`State::asked`].
    pub counts: Vec<FilterCount>,
    /// The cursor.
    pub list: ListState,
}

impl State {
    /// Positions of the filters of cases in the order in which they are asked about: those that are
    /// on come first, so that what the others would leave counts for nobody.
    pub fn asked(&self) -> Vec<usize> {
        let of = |on: bool| {
            let entries = self.stack.iter().enumerate();
            entries
                .filter(move |(_, e)| !e.events && e.on == on)
                .map(|(at, _)| at)
        };
        of(true).chain(of(false)).collect()
    }

    /// Counts of the filter at a position, if it is one of cases and was counted.
    pub fn count(&self, at: usize) -> Option<&FilterCount> {
        let place = self.asked().iter().position(|asked| *asked == at)?;
        self.counts.get(place)
    }
}

/// Type of a filter as text: cases or events.
pub fn kind(entry: &FilterEntry) -> &'static str {
    if entry.events { "events" } else { "cases" }
}
