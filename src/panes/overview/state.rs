//! State of the overview with its cursors; independent of styles.

use crate::engine::{
    DurationBin, FindingRow, Findings, KeyFigures, Overview, Rows, Summary, TimeBin, VariantRow,
};
use crate::panes::Slot;
use std::collections::BTreeMap;

/// The slot of the summary.
pub const SUMMARY: Slot = 0;
/// The slot of time line and distribution.
pub const SHAPE: Slot = 1;
/// The slot of the variants.
pub const VARIANTS: Slot = 2;
/// The slot of the key figures.
pub const FIGURES: Slot = 3;
/// The slot of the findings.
pub const FINDINGS: Slot = 4;

/// The parts that a cursor can be in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Focus {
    /// The findings.
    #[default]
    Findings,
    /// The most frequent variants.
    Variants,
    /// Cases started over time.
    Time,
    /// The distribution of durations.
    Durations,
}

impl Focus {
    /// All parts, in the order in which the focus moves and by which a place names them.
    pub const ALL: [Focus; 4] = [
        Focus::Findings,
        Focus::Variants,
        Focus::Time,
        Focus::Durations,
    ];

    /// The part after it, in a circle.
    pub fn next(self) -> Focus {
        Self::ALL[(self as usize + 1) % Self::ALL.len()]
    }

    /// The slot of its rows or bins.
    pub fn slot(self) -> Slot {
        match self {
            Focus::Findings => FINDINGS,
            Focus::Variants => VARIANTS,
            Focus::Time | Focus::Durations => SHAPE,
        }
    }
}

/// Answers received, and a cursor for each part.
#[derive(Debug, Default)]
pub struct State {
    /// Numbers of cases and events.
    pub summary: Option<Summary>,
    /// Open cases, durations and milestones.
    pub figures: Option<KeyFigures>,
    /// The findings.
    pub findings: Option<Findings>,
    /// Time line and distribution.
    pub shape: Option<Overview>,
    /// The most frequent variants.
    pub variants: Option<Rows<VariantRow>>,
    /// Why there is no answer, by slots.
    pub errors: BTreeMap<Slot, String>,
    /// The part with the focus.
    pub focus: Focus,
    /// Cursor of each part, in the order of [`Focus::ALL`].
    pub cursors: [usize; Focus::ALL.len()],
}

impl State {
    /// Takes the answer of a slot away and keeps why there is none.
    pub fn refuse(&mut self, slot: Slot, why: String) {
        match slot {
            SUMMARY => self.summary = None,
            FIGURES => self.figures = None,
            FINDINGS => self.findings = None,
            SHAPE => self.shape = None,
            _ => self.variants = None,
        }
        self.errors.insert(slot, why);
    }

    /// Why a slot has no answer, else a text until it has one.
    pub fn instead(&self, slot: Slot, until: &'static str) -> String {
        let why = self.errors.get(&slot).cloned();
        why.unwrap_or_else(|| until.to_owned())
    }

    /// The findings received.
    pub fn found(&self) -> &[FindingRow] {
        self.findings.as_ref().map_or(&[], |f| &f.rows.rows)
    }

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

    /// Number of rows or bins of a part.
    pub fn len(&self, part: Focus) -> usize {
        match part {
            Focus::Findings => self.found().len(),
            Focus::Variants => self.rows().len(),
            Focus::Time => self.time_bins().len(),
            Focus::Durations => self.duration_bins().len(),
        }
    }

    /// Cursor of a part.
    pub fn cursor(&self, part: Focus) -> usize {
        self.cursors[part as usize]
    }

    /// Puts the cursor of a part on a row or bin, the last one at most.
    pub fn put(&mut self, part: Focus, cursor: usize) {
        self.cursors[part as usize] = cursor.min(self.len(part).saturating_sub(1));
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
