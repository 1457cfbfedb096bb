//! Oddities in the rows of a file, by code: how often, and where first. Blocks of a file note
//! with lines of their own; put together they make the sentences of the report.

use super::ImportReport;
use crate::formats::{Setting, Warning};

/// Something odd that costs no event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Note {
    /// A row of empty fields.
    BlankRow,
    /// A row with fewer fields than columns.
    ShortRow,
    /// A quote that is read as a plain character.
    StrayQuote,
    /// A case id or activity that spans lines.
    MultilineKey,
    /// An instance whose start is empty or unreadable.
    MissingStart,
    /// An instance that has begun and not ended.
    NotEnded,
    /// An instance that ends before it starts.
    NegativeDuration,
    /// A trace without a name.
    UnnamedTrace,
    /// A trace without events.
    EmptyTrace,
    /// A key that an event or trace has twice.
    DuplicateKey,
    /// Entities that are unknown, or name no character.
    Entities,
    /// Elements in too many others.
    Depth,
    /// A tag outside of events with too many XML attributes, or too long.
    OddTag,
    /// Text after the end of the document.
    TrailingText,
}

// In the order of `Note`, whose value is the position here.
const WARNINGS: [(Warning, &str); 14] = [
    (Warning::BlankRows, "rows of empty fields, skipped"),
    (Warning::ShortRow, "rows with fewer fields than columns"),
    (
        Warning::StrayQuote,
        "rows with a stray quote, read as a plain character",
    ),
    (
        Warning::MultilineKey,
        "rows with a line break in case id or activity",
    ),
    (Warning::MissingStart, "rows without a readable start"),
    (
        Warning::NotEnded,
        "rows that have begun and not ended, kept as events at their start",
    ),
    (Warning::NegativeDuration, "rows that end before they start"),
    (
        Warning::UnnamedTrace,
        "traces without a name, called trace#1 and so on by their position",
    ),
    (
        Warning::EmptyTrace,
        "traces without events, which are no cases",
    ),
    (
        Warning::DuplicateKey,
        "attributes that an event or trace has twice, the last one holds",
    ),
    (
        Warning::Entities,
        "values with unknown entities, which are not expanded",
    ),
    (
        Warning::DepthCapped,
        "elements that are nested too deeply, left out",
    ),
    (
        Warning::OddTag,
        "tags that are too long or have too many XML attributes, left out",
    ),
    (
        Warning::TrailingGarbage,
        "texts after the end of the log, left out",
    ),
];

/// Number of occurrences, and the line of the first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Count {
    n: u64,
    line: u64,
}

/// All notes of some rows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Notes {
    counts: [Count; WARNINGS.len()],
}

impl Notes {
    /// Notes something about the record at `line`.
    pub fn add(&mut self, note: Note, line: u64) {
        let count = &mut self.counts[note as usize];
        if count.n == 0 {
            count.line = line;
        }
        count.n += 1;
    }

    /// Adds the notes of a later piece, whose lines count from `base`.
    pub fn append(&mut self, later: &Notes, base: u64) {
        for (count, more) in self.counts.iter_mut().zip(&later.counts) {
            if count.n == 0 && more.n > 0 {
                count.line = base + more.line;
            }
            count.n += more.n;
        }
    }

    /// Adds the warnings to the report.
    pub fn report(&self, report: &mut ImportReport) {
        for (count, (warning, what)) in self.counts.iter().zip(WARNINGS) {
            if count.n > 0 {
                let Count { n, line } = count;
                let sentence = format!("{what}: {n}, first at line {line}");
                if warning == Warning::StrayQuote {
                    report.warn_of_guess(warning, sentence, Setting::Quoting);
                } else {
                    report.warn(warning, sentence);
                }
            }
        }
    }
}
