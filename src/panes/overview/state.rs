//! State of the overview with its cursors; independent of styles.

use crate::engine::{DurationBin, MilestoneRow, Overview, Rows, Summary, TimeBin, VariantRow};
use crate::panes::Slot;

/// The slot of the summary.
pub const SUMMARY: Slot = 0;
/// The slot of time line and distribution.
pub const SHAPE: Slot = 1;
/// The slot of the variants.
pub const VARIANTS: Slot = 2;

/// The slot of the milestones.
pub const MILESTONES: Slot = 3;

/// The parts that a cursor can be in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Focus {
    /// The most frequent variants.
    #[default]
    Variants,
    /// Cases started over time.
    Time,
    /// The distribution of durations.
    Durations,
}

impl Focus {
    /// The part after it, in a circle.
    pub fn next(self) -> Focus {
        match self {
            Focus::Variants => Focus::Time,
            Focus::Time => Focus::Durations,
            Focus::Durations => Focus::Variants,
        }
    }
}

/// Answers received, and a cursor for each part.
#[derive(Debug, Default)]
pub struct State {
    /// The figures.
    pub summary: Option<Summary>,
    /// Time line and distribution.
    pub shape: Option<Overview>,
    /// The most frequent variants.
    pub variants: Option<Rows<VariantRow>>,
    /// The milestones.
    pub milestones: Option<Rows<MilestoneRow>>,
    /// Why there is no answer.
    pub error: Option<String>,
    /// The part with the focus.
    pub focus: Focus,
    /// Row of the variants.
    pub variant: usize,
    /// Bin of the time line.
    pub time: usize,
    /// Bin of the distribution.
    pub duration: usize,
}

impl State {
    /// The variants received.
    pub fn rows(&self) -> &[VariantRow] {
        self.variants.as_ref().map_or(&[], |v| &v.rows)
    }

    /// The bins of the time line.
    pub fn time_bins(&self) -> &[TimeBin] {
        self.shape.as_ref().map_or(&[], |s| &s.timeline.bins)
    }

    /// The bins of the distribution.
    pub fn duration_bins(&self) -> &[DurationBin] {
        self.shape.as_ref().map_or(&[], |s| &s.durations)
    }

    /// Where a bin of the time line ends.
    pub fn bin_end(&self, bin: usize) -> Option<i64> {
        let timeline = &self.shape.as_ref()?.timeline;
        Some(
            timeline
                .bins
                .get(bin + 1)
                .map_or(timeline.end, |next| next.start),
        )
    }
}
