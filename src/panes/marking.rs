//! What a list of cases knows of marks: a range of rows that are to be marked, and ticks on the scrollbar.

use super::Slot;

/// The slot of the places of marked rows.
pub(super) const MARKS: Slot = 250;

/// What a list of cases knows of marks.
#[derive(Debug, Default)]
pub(super) struct Marking {
    /// Row at which a range began; `None` without a range.
    pub anchor: Option<usize>,
    /// Places of marked rows, ascending.
    pub ticks: Vec<usize>,
}

impl Marking {
    /// Forgets the range: the rows are others, or in another order.
    pub fn end(&mut self) {
        self.anchor = None;
    }
}
