//! Reads CSV files block by block into a builder. Blocks are parsed in parallel, each as if it began
//! with a record; where the block before shows that it did not, it is parsed again from where that
//! one ended. So the rows are those of a reading from front to end, for any size of blocks and any
//! number of threads.

use super::block::{Parsed, Piece, Seen, parse};
use super::blocks::{Block, BlockReader};
use super::plan::FilePlan;
use crate::event_log::{LogBuilder, Progress, RowBlock, Schema};
use crate::formats::notes::Notes;
use crate::formats::report::{ImportError, ImportReport, Lines, Reject};
use crate::formats::stream::{ByteStream, StreamFacts};
use crate::formats::text::lossless;
use rayon::prelude::*;
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
}

impl Limits {
    /// For this machine.
    pub fn usual() -> Self {
        Limits {
            block: 2 << 20,
            batch: rayon::current_num_threads().clamp(1, 16),
            longest: 16 << 20,
            first: None,
        }
    }

    /// The same for a reading of about so many rows from the beginning, if any number is given.
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

/// What was read of one file.
#[derive(Debug, Clone, Default)]
pub struct FileOutcome {
    /// What may contradict its plan.
    pub seen: Seen,
    /// What its stream was like.
    pub facts: StreamFacts,
}

/// Collects what the blocks of all files give.
pub struct Loader<'a> {
    schema: &'a Schema,
    limits: Limits,
    progress: &'a Progress,
    builder: LogBuilder,
    /// Lines, rejects and so on of all files so far.
    pub report: ImportReport,
    /// What is odd in all files so far.
    pub notes: Notes,
}

impl<'a> Loader<'a> {
    /// Nothing is loaded yet.
    pub fn new(schema: &'a Schema, limits: Limits, progress: &'a Progress) -> Self {
        Loader {
            schema,
            limits,
            progress,
            builder: LogBuilder::new(schema.clone()),
            report: ImportReport::default(),
            notes: Notes::default(),
        }
    }

    /// Reads one file; `stream` begins with its first row, `before` are the lines until there.
    pub fn read_file(
        &mut self,
        file: usize,
        stream: Box<dyn ByteStream + 'a>,
        before: Lines,
        plan: &FilePlan,
    ) -> Result<FileOutcome, ImportError> {
        let Limits { block, longest, .. } = self.limits;
        let mut reader = BlockReader::new(stream, block, longest);
        let mut seam = Seam {
            file,
            carry: Vec::new(),
            lines: before.read,
            seen: Seen::default(),
        };
        self.report.lines.add(before);
        let mut waiting: Vec<RowBlock> = Vec::new();
        let mut blocks = read_blocks(&mut reader, self.limits.batch)?;
        let mut pairing = false;
        while !blocks.is_empty() {
            if pairing {
                reader.pair_quotes();
            }
            let cut = reader.facts().cut;
            let (schema, builder) = (self.schema, &mut self.builder);
            let piece =
                |block: &Block| parse(piece_of(block.bytes(), block.last, cut), plan, schema);
            let push = || waiting.drain(..).for_each(|rows| builder.push(rows));
            let (next, (parsed, ())) = rayon::join(
                || read_blocks(&mut reader, self.limits.batch),
                || rayon::join(|| blocks.par_iter().map(piece).collect::<Vec<_>>(), push),
            );
            for (block, parsed) in blocks.into_iter().zip(parsed) {
                let parsed = seam.close(&block, parsed, |bytes, last| {
                    parse(piece_of(bytes, last, cut), plan, schema)
                });
                reader.give_back(block);
                if !seam.carry.is_empty() {
                    pairing = true;
                }
                waiting.push(self.account(&mut seam, parsed));
            }
            blocks = next?;
            let Lines {
                loaded, rejected, ..
            } = self.report.lines;
            if self.limits.first.is_some_and(|n| loaded + rejected >= n) {
                seam.carry.clear();
                break;
            }
        }
        if !seam.carry.is_empty() {
            // The text ended with a block, and with a quote that nothing closed.
            let carry = std::mem::take(&mut seam.carry);
            let parsed = parse(
                piece_of(&carry, true, reader.facts().cut),
                plan,
                self.schema,
            );
            waiting.push(self.account(&mut seam, parsed));
        }
        for rows in waiting {
            self.builder.push(rows);
        }
        Ok(FileOutcome {
            seen: seam.seen,
            facts: reader.facts(),
        })
    }

    /// Adds what a block gives to the report; its rows are still to be pushed.
    fn account(&mut self, seam: &mut Seam, parsed: Parsed) -> RowBlock {
        for reject in parsed.rejects {
            self.report.reject(Reject {
                file: seam.file,
                line: Some(seam.lines + reject.line + 1),
                reason: reject.reason,
                value: lossless(&reject.value),
                raw: lossless(&reject.raw),
            });
        }
        // Those that were counted only.
        for (reason, n) in parsed.unlisted {
            self.report.n_rejected += n;
            *self.report.reasons.entry(reason).or_default() += n;
        }
        self.notes.append(&parsed.notes, seam.file, seam.lines + 1);
        seam.seen.add(&parsed.seen);
        seam.lines += parsed.lines.read;
        self.report.lines.add(parsed.lines);
        self.progress
            .rows
            .fetch_add(parsed.rows.len() as u64, Relaxed);
        parsed.rows
    }

    /// The builder with all rows, the report and the notes.
    pub fn into_parts(self) -> (LogBuilder, ImportReport, Notes) {
        (self.builder, self.report, self.notes)
    }
}

fn piece_of(bytes: &[u8], last: bool, cut: bool) -> Piece<'_> {
    Piece { bytes, last, cut }
}

fn read_blocks(reader: &mut BlockReader<'_>, n: usize) -> Result<Vec<Block>, ImportError> {
    let mut blocks = Vec::with_capacity(n);
    while blocks.len() < n {
        match reader.next()? {
            Some(block) => blocks.push(block),
            None => break,
        }
    }
    Ok(blocks)
}

/// Where one block of a file meets the next.
struct Seam {
    file: usize,
    /// The beginning of a record that the blocks so far did not end.
    carry: Vec<u8>,
    /// Lines before the next block.
    lines: u64,
    seen: Seen,
}

impl Seam {
    /// What the block gives when it is read from where the one before ended.
    fn close(
        &mut self,
        block: &Block,
        parsed: Parsed,
        parse: impl Fn(&[u8], bool) -> Parsed,
    ) -> Parsed {
        if self.carry.is_empty() {
            self.carry.extend_from_slice(&block.bytes()[parsed.used..]);
            return parsed;
        }
        self.carry.extend_from_slice(block.bytes());
        let parsed = parse(&self.carry, block.last);
        self.carry.drain(..parsed.used);
        parsed
    }
}
