//! Reads a CSV file block by block into a builder. Blocks are parsed in parallel, each as if it began
//! with a record; where the block before shows that it did not, it is parsed again from where that
//! one ended. So the rows are those of a reading from front to end, for any size of blocks and any
//! number of threads.

use super::block::{Observations, Parsed, Piece, parse};
use super::blocks::{Block, BlockReader};
use super::plan::Plan;
use crate::event_log::{LogBuilder, Progress, RowBlock};
use crate::formats::driver::{self, Reading};
use crate::formats::notes::Notes;
use crate::formats::report::{ImportError, ImportReport, Lines, Reject};
use crate::formats::stream::{ByteStream, StreamFacts};
use crate::formats::text::lossless;
use std::sync::atomic::Ordering::Relaxed;

/// Sizes that change speed and memory, never the result but for `longest`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes read for a block.
    pub block: usize,
    /// Blocks parsed at a time.
    pub batch: usize,
    /// Bytes of the longest record.
    pub longest: usize,
    /// Rows after which reading may stop.
    pub first: Option<u64>,
    /// True if more may follow the text, so that a record without an end is none yet.
    pub open_end: bool,
}

impl Limits {
    /// For this machine.
    pub fn usual() -> Self {
        Limits {
            block: 2 << 20,
            batch: rayon::current_num_threads().clamp(1, 16),
            longest: 16 << 20,
            first: None,
            open_end: false,
        }
    }

    /// Limits for a reading of about `first` rows from the beginning, if a number is given.
    #[must_use]
    pub fn of_first(self, rows: Option<usize>) -> Self {
        const SMALL_BLOCK: usize = 1 << 16;
        match rows {
            None => self,
            Some(rows) => Limits {
                block: self.block.min(SMALL_BLOCK),
                batch: 1,
                first: Some(rows as u64),
                ..self
            },
        }
    }
}

/// Findings in the rows of a file so far.
#[derive(Debug, Clone, Default)]
pub struct Found {
    /// Lines, rejects and so on.
    pub report: ImportReport,
    /// Oddities to report.
    pub notes: Notes,
    /// Observations that may contradict the plan.
    pub seen: Observations,
}

impl Found {
    /// Nothing but these lines before the first row.
    pub fn before(lines: Lines) -> Self {
        Found {
            report: ImportReport {
                lines,
                ..ImportReport::default()
            },
            ..Found::default()
        }
    }
}

/// Result of reading a file.
pub struct Outcome {
    /// Builder with the rows.
    pub builder: LogBuilder,
    /// Findings in these rows and in those before.
    pub found: Found,
    /// Facts about the stream.
    pub facts: StreamFacts,
    /// Bytes of the stream that are rows; `None` where that is not known.
    pub used: Option<u64>,
}

/// Reads a file by a plan; `stream` begins with a row, `before` is what was found until there.
pub fn load<'a>(
    stream: Box<dyn ByteStream + 'a>,
    before: Found,
    plan: &Plan,
    limits: Limits,
    progress: &Progress,
) -> Result<Outcome, ImportError> {
    let mut reader = BlockReader::new(stream, limits.block, limits.longest);
    if limits.open_end {
        reader.leave_open();
    }
    let mut builder = LogBuilder::new(plan.schema.clone());
    let mut loader = Loader {
        plan,
        progress,
        first: limits.first,
        carry: Vec::new(),
        lines: before.report.lines.read,
        found: before,
    };
    driver::read(
        &mut reader,
        limits.batch,
        &mut loader,
        &mut builder,
        progress,
    )?;
    if loader.is_enough(&builder) {
        // Only reading on would show how this record ends: it is no unclosed quote.
        loader.carry.clear();
    }
    let used = reader.given().map(|used| used - loader.carry.len() as u64);
    if !loader.carry.is_empty() && !limits.open_end {
        // The text ended with a block, and with a quote that nothing closed.
        let carry = std::mem::take(&mut loader.carry);
        let parsed = parse(piece_of(&carry, true, reader.facts().cut), plan);
        builder.push(loader.account(parsed));
    }
    Ok(Outcome {
        builder,
        found: loader.found,
        facts: reader.facts(),
        used,
    })
}

/// Puts blocks together.
struct Loader<'a> {
    plan: &'a Plan,
    progress: &'a Progress,
    /// Rows after which reading may stop.
    first: Option<u64>,
    /// The beginning of a record that the blocks so far did not end.
    carry: Vec<u8>,
    /// Lines before the next block.
    lines: u64,
    found: Found,
}

impl Reading<BlockReader<'_>> for Loader<'_> {
    type Parsed = Parsed;
    type Rows = RowBlock;
    type Log = LogBuilder;

    fn parse(&self, _at: usize, block: &Block) -> Parsed {
        parse(piece_of(block.bytes(), block.last, block.cut), self.plan)
    }

    fn settle(
        &mut self,
        blocks: &mut BlockReader<'_>,
        block: Block,
        parsed: Parsed,
    ) -> Result<RowBlock, ImportError> {
        let parsed = if self.carry.is_empty() {
            self.carry.extend_from_slice(&block.bytes()[parsed.used..]);
            parsed
        } else {
            // The guess was wrong that the block begins with a record: it is parsed again after the
            // rest of the one before.
            self.carry.extend_from_slice(block.bytes());
            let parsed = parse(piece_of(&self.carry, block.last, block.cut), self.plan);
            self.carry.drain(..parsed.used);
            parsed
        };
        let rows = self.account(parsed);
        blocks.give_back(block);
        // A block ended within a record, so there are records that span lines.
        if !self.carry.is_empty() {
            blocks.pair_quotes();
        }
        Ok(rows)
    }

    fn push(builder: &mut LogBuilder, rows: RowBlock) {
        builder.push(rows);
    }

    fn is_enough(&self, _: &LogBuilder) -> bool {
        let lines = self.found.report.lines;
        (self.first).is_some_and(|n| lines.loaded + lines.rejected >= n)
    }
}

impl Loader<'_> {
    /// Adds what a block gives to the report; its rows are still to be pushed.
    fn account(&mut self, parsed: Parsed) -> RowBlock {
        let Found {
            report,
            notes,
            seen,
        } = &mut self.found;
        for reject in parsed.rejects {
            report.reject(Reject {
                file: 0,
                line: Some(self.lines + reject.line + 1),
                reason: reject.reason,
                value: lossless(&reject.value),
                raw: lossless(&reject.raw),
            });
        }
        report.count_rejects(parsed.unlisted);
        notes.append(&parsed.notes, self.lines + 1);
        seen.add(&parsed.seen);
        self.lines += parsed.lines.read;
        report.lines.add(parsed.lines);
        let n_rows = parsed.rows.len() as u64;
        self.progress.rows.fetch_add(n_rows, Relaxed);
        parsed.rows
    }
}

fn piece_of(bytes: &[u8], last: bool, cut: bool) -> Piece<'_> {
    Piece { bytes, last, cut }
}
