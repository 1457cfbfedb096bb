//! Reads a document block by block. Blocks are parsed in parallel, each as if it began between two
//! traces; where the block before shows that it did not, the parser of that one goes on. So the rows
//! are those of a reading from front to end, for any size of blocks and any number of threads.

use super::blocks::{Block, BlockReader};
use super::parser::Parser;
use super::plan::Plan;
use super::rows::{Batch, Rows};
use crate::event_log::{Progress, Role};
use crate::formats::collector::Collector;
use crate::formats::lines::{LineCount, LineUse};
use crate::formats::notes::Notes;
use crate::formats::report::{ImportError, ImportReport, Lines, Reject};
use crate::formats::stream::{ByteStream, StreamFacts, up_to};
use crate::formats::timestamp::Tally;
use rayon::prelude::*;
use std::sync::atomic::Ordering::Relaxed;

/// Sizes that change speed and memory, never the result but for `longest`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes read for a block.
    pub block: usize,
    /// Blocks parsed at a time.
    pub batch: usize,
    /// Bytes of the longest tag.
    pub longest: usize,
    /// True if plain tags are read without the XML reader.
    pub plain: bool,
}

impl Limits {
    /// For this machine.
    pub fn usual() -> Self {
        Limits {
            block: 1 << 20,
            batch: 2 * rayon::current_num_threads().clamp(1, 16),
            longest: 16 << 20,
            plain: true,
        }
    }
}

/// Result of reading a document.
pub struct Outcome {
    /// Rows of the log.
    pub rows: Collector,
    /// Rejects and lines.
    pub report: ImportReport,
    /// Oddities to report.
    pub notes: Notes,
    /// Tally of the timestamps.
    pub times: Tally,
    /// Tally of the starts.
    pub starts: Tally,
    /// Which of the attributes with a role were seen.
    pub seen: Vec<bool>,
    /// Characters beyond ASCII, where some bytes were no UTF-8.
    pub good_utf8: u64,
    /// Bytes that were no UTF-8.
    pub bad_utf8: u64,
    /// Facts about the stream.
    pub facts: StreamFacts,
}

/// Reads a document whose root is called `root`; only about the first `first` events where given.
pub fn load<'a>(
    stream: Box<dyn ByteStream + 'a>,
    root: &str,
    plan: &Plan,
    limits: Limits,
    first: Option<usize>,
    progress: &Progress,
) -> Result<Outcome, ImportError> {
    let prefix = root.strip_suffix("log").unwrap_or_default();
    let mut reader = BlockReader::new(stream, limits.block, prefix);
    let mut loader = Loader::new(plan, root, limits, progress);
    let mut blocks = up_to(1, || reader.next())?;
    let enough = |loader: &Loader<'_>| first.is_some_and(|n| loader.n_rows() >= n);
    while !blocks.is_empty() && !enough(&loader) {
        // The next blocks are read while these are parsed.
        let (next, ()) = rayon::join(
            || up_to(limits.batch, || reader.next()),
            || loader.take(&blocks),
        );
        reader.take_back(std::mem::replace(&mut blocks, next?));
    }
    loader.finish(reader.facts())
}

/// A parser and the rows that came of it.
struct Reading<'p> {
    parser: Parser,
    rows: Rows<'p>,
}

impl Reading<'_> {
    fn feed(&mut self, text: &str, last: bool) {
        let going = self.parser.stopped().is_none();
        self.parser.feed(text, last, &mut self.rows);
        if let (true, Some(stop)) = (going, self.parser.stopped()) {
            self.rows.stop(stop);
        }
    }
}

/// Puts what the blocks give together.
struct Loader<'p> {
    plan: &'p Plan,
    root: String,
    limits: Limits,
    progress: &'p Progress,
    /// The reading of all blocks so far that were not accounted for.
    open: Reading<'p>,
    out: Outcome,
    lines: LineCount,
    uses: LineUse,
    body: Option<u64>,
    n_traces: u64,
}

impl<'p> Loader<'p> {
    fn new(plan: &'p Plan, root: &str, limits: Limits, progress: &'p Progress) -> Self {
        Loader {
            plan,
            root: root.to_owned(),
            limits,
            progress,
            open: Reading {
                parser: Parser::new(limits.longest, limits.plain),
                rows: Rows::new(plan),
            },
            out: Outcome {
                rows: Collector::new(!plan.of(Role::Start).is_empty()),
                report: ImportReport::default(),
                notes: Notes::default(),
                times: Tally::default(),
                starts: Tally::default(),
                seen: vec![false; plan.keys.len()],
                good_utf8: 0,
                bad_utf8: 0,
                facts: StreamFacts::default(),
            },
            lines: LineCount::default(),
            uses: LineUse::default(),
            body: None,
            n_traces: 0,
        }
    }

    fn n_rows(&self) -> usize {
        self.out.rows.n_rows() + self.open.rows.n_rows()
    }

    /// A reading that begins between two traces.
    fn reading(&self) -> Reading<'p> {
        Reading {
            parser: Parser::within(&self.root, self.limits.longest, self.limits.plain),
            rows: Rows::new(self.plan),
        }
    }

    /// Takes the next blocks.
    fn take<'b>(&mut self, blocks: &'b [Block]) {
        let stopped = self.open.parser.stopped().is_some();
        // Of the first block it is known whether the one before ended between two traces; of the
        // others it is likely, and checked below.
        let read = |(i, block): (usize, &'b Block)| {
            let text = block.text();
            let likely = i > 0 || self.open.parser.is_between();
            let reading = (block.begins_trace && likely && !stopped).then(|| {
                let mut reading = self.reading();
                reading.feed(&text.text, block.last);
                reading
            });
            (text, reading)
        };
        let readings: Vec<_> = blocks.par_iter().enumerate().map(read).collect();
        for (block, (text, reading)) in blocks.iter().zip(readings) {
            self.out.good_utf8 += text.good_utf8;
            self.out.bad_utf8 += text.bad_utf8;
            match reading {
                // Only here the guess has proved right; else the block is fed to the parser that is
                // within a trace.
                Some(reading) if self.open.parser.is_between() => {
                    self.account();
                    self.open = reading;
                }
                _ => self.open.feed(&text.text, block.last),
            }
            if self.open.parser.is_between() {
                self.account();
            }
        }
    }

    /// Adds what the open reading gave to the log; a new one goes on between the same traces.
    fn account(&mut self) {
        let next = self.reading();
        let done = std::mem::replace(&mut self.open, next);
        self.add(&done.parser.lines(), done.rows.into_batch());
    }

    fn add(&mut self, lines: &LineCount, batch: Batch) {
        let base = self.lines.ends();
        let mut sheet = batch.sheet;
        for run in batch.runs {
            if let Some(name) = run.name {
                sheet.push_case(&batch.names[name], run.n_rows);
            } else {
                let name = format!("trace#{}", self.n_traces + run.trace);
                sheet.push_case(name.as_bytes(), run.n_rows);
            }
        }
        self.progress.rows.fetch_add(sheet.len() as u64, Relaxed);
        let out = &mut self.out;
        out.rows.append(sheet);
        for reject in batch.rejects {
            out.report.reject(Reject {
                file: 0,
                line: Some(base + reject.line + 1),
                reason: reject.reason,
                value: reject.value,
                raw: reject.raw,
            });
        }
        for (reason, n) in batch.unlisted {
            out.report.n_rejected += n;
            *out.report.reasons.entry(reason).or_default() += n;
        }
        out.notes.append(&batch.notes, base + 1);
        out.times.add(&batch.times);
        out.starts.add(&batch.starts);
        for (all, seen) in out.seen.iter_mut().zip(batch.seen) {
            *all |= seen;
        }
        self.n_traces += batch.n_traces;
        self.uses.append(&batch.lines, base);
        self.body = self.body.or(batch.body.map(|line| base + line));
        self.lines.append(lines);
    }

    /// Returns the result, after the last block.
    fn finish(mut self, facts: StreamFacts) -> Result<Outcome, ImportError> {
        let stop = self.open.parser.stopped().cloned();
        if let Some(stop) = stop.filter(|stop| stop.reason.is_none()) {
            return Err(ImportError::Refused {
                line: Some(self.lines.ends() + stop.line + 1),
                message: format!("the root element is {}, not <log>", stop.value),
            });
        }
        self.out.report.incomplete = self.open.parser.stopped().is_some();
        let next = self.reading();
        let mut done = std::mem::replace(&mut self.open, next);
        done.rows.close();
        self.add(&done.parser.lines(), done.rows.into_batch());
        self.out.report.lines = self.accounted();
        self.out.facts = facts;
        Ok(self.out)
    }

    /// Line counts by outcome.
    fn accounted(&self) -> Lines {
        let LineUse {
            loaded, rejected, ..
        } = self.uses;
        let read = self.lines.lines().max(loaded + rejected);
        let header = self.body.unwrap_or(read).min(read - loaded - rejected);
        Lines {
            read,
            header,
            blank: 0,
            loaded,
            rejected,
            continuation: read - header - loaded - rejected,
        }
    }
}
