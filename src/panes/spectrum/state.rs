//! State of the performance spectrum; independent of styles.

use crate::engine::{
    Answer, AskError, CLASSES, Spectrum, SpectrumCell, SpectrumQuery, SpectrumSegment,
};
use crate::filter::Relation;
use crate::panes::Slot;
use crate::ui::widgets::Scale;

/// Slot of its only query.
pub const SPECTRUM: Slot = 0;

/// Columns of the labels before the strips: the widest first.
const LABELS: [(u16, u16); 4] = [(90, 24), (60, 16), (30, 4), (0, 0)];

/// Titles of the choices of steps.
pub const SORTS: &[&str] = &["path of a variant", "total wait"];

/// Figure that the strips count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Aspect {
    /// Occurrences that touch a column.
    #[default]
    UnderWay,
    /// Those that start in it.
    Started,
    /// Those that end in it.
    Ended,
}

impl Aspect {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Aspect::UnderWay => "in progress",
            Aspect::Started => "started",
            Aspect::Ended => "ended",
        }
    }

    /// Returns the count of a cell.
    pub fn of(self, cell: &SpectrumCell) -> u64 {
        match self {
            Aspect::UnderWay => cell.under_way,
            Aspect::Started => cell.started,
            Aspect::Ended => cell.ended,
        }
    }

    /// Returns the relation of the filter language to a range of time.
    pub fn relation(self) -> Relation {
        match self {
            Aspect::UnderWay => Relation::Overlaps,
            Aspect::Started => Relation::Started,
            Aspect::Ended => Relation::Ended,
        }
    }

    /// The aspect after it, in a circle.
    pub fn next(self) -> Aspect {
        match self {
            Aspect::UnderWay => Aspect::Started,
            Aspect::Started => Aspect::Ended,
            Aspect::Ended => Aspect::UnderWay,
        }
    }
}

/// Part of the spectrum that is shown, and the cursor.
#[derive(Debug, Clone, Default)]
pub struct State {
    /// Position in [`SORTS`].
    pub sort: usize,
    /// Place of the variant whose path is shown.
    pub variant: usize,
    /// Figure that the strips count.
    pub aspect: Aspect,
    /// The stretch of time looked at; all of it where there is none.
    pub zoom: Option<Scale>,
    /// Row of the cursor: that many classes below the slowest one of the first segment.
    pub row: usize,
    /// Column of the cursor.
    pub column: usize,
    /// The instant that the cursor is to stay on.
    pub at: Option<i64>,
    /// Why there is nothing.
    pub error: Option<AskError>,
    pub answer: Option<Answer>,
}

/// Columns that the labels take in an area of that width.
pub fn label_width(width: u16) -> u16 {
    let fitting = LABELS.iter().find(|(least, _)| width >= *least);
    fitting.map_or(0, |(_, label)| *label)
}

impl State {
    /// Received answers.
    pub fn spectrum(&self) -> Option<&Spectrum> {
        self.answer.as_ref()?.to::<SpectrumQuery>()
    }

    /// The segment under the cursor, and its class, the fastest being 0.
    pub fn current(&self) -> Option<(&SpectrumSegment, usize)> {
        let segment = self.spectrum()?.segments.get(self.row / CLASSES)?;
        Some((segment, CLASSES - 1 - self.row % CLASSES))
    }

    /// The cell under the cursor.
    pub fn cell(&self) -> Option<&SpectrumCell> {
        let (segment, class) = self.current()?;
        segment.classes[class].cells.get(self.column)
    }
}
