//! Reads a document block by block. Blocks are parsed in parallel, each as if it began between two
//! traces; where the block before shows that it did not, the parser of that one goes on. So the rows
//! are those of a reading from front to end, for any size of blocks and any number of threads.

use super::blocks::{Block, BlockReader};
use super::parser::Parser;
use super::plan::Plan;
use super::rows::Rows;
use crate::event_log::{Progress, Role};
use crate::formats::collector::{Collector, Sheet};
use crate::formats::driver::{self, Reading};
use crate::formats::lines::{LineCount, LineUse};
use crate::formats::notes::Notes;
use crate::formats::report::{ImportError, ImportReport, Lines, Reject};
use crate::formats::stream::{ByteStream, StreamFacts};
use crate::formats::timestamp::Tally;
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

/// Findings in the events of a document.
pub struct Found {
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
}

/// Result of reading a document.
pub struct Outcome {
    /// Rows of the log.
    pub rows: Collector,
    /// Findings in its events.
    pub found: Found,
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
    let mut loader = Loader::new(plan, root, limits, first, progress);
    let mut rows = Collector::new(!plan.of(Role::Start).is_empty());
    driver::read(&mut reader, limits.batch, &mut loader, &mut rows, progress)?;
    let (found, sheets) = loader.finish()?;
    for sheet in sheets {
        rows.append(sheet);
    }
    Ok(Outcome {
        rows,
        found,
        facts: reader.facts(),
    })
}

/// A parser and the rows that came of it.
struct Within<'p> {
    parser: Parser,
    rows: Rows<'p>,
    /// Characters beyond ASCII where some bytes were no UTF-8, and these bytes.
    utf8: (u64, u64),
}

impl Within<'_> {
    fn take(&mut self, block: &Block) {
        let text = block.text();
        self.utf8.0 += text.good_utf8;
        self.utf8.1 += text.bad_utf8;
        let going = self.parser.stopped().is_none();
        self.parser.feed(&text.text, block.last, &mut self.rows);
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
    /// Events after which reading may stop.
    first: Option<usize>,
    /// The reading of all blocks so far that were not accounted for.
    open: Within<'p>,
    /// The rows that were accounted for and not pushed yet, and the number of all so far.
    sheets: Vec<Sheet>,
    n_rows: usize,
    found: Found,
    lines: LineCount,
    uses: LineUse,
    body: Option<u64>,
    n_traces: u64,
}

impl<'p> Reading<BlockReader<'_>> for Loader<'p> {
    type Parsed = Option<Within<'p>>;
    type Rows = Vec<Sheet>;
    type Log = Collector;

    /// A reading of a block that seems to begin between two traces.
    fn parse(&self, at: usize, block: &Block) -> Option<Within<'p>> {
        // Of the first block it is known whether the one before ended between two traces; of the
        // others it is likely, and checked below.
        let likely = at > 0 || self.open.parser.is_between();
        let stopped = self.open.parser.stopped().is_some();
        (block.begins_trace && likely && !stopped).then(|| {
            let mut reading = self.reading();
            reading.take(block);
            reading
        })
    }

    fn settle(
        &mut self,
        blocks: &mut BlockReader<'_>,
        block: Block,
        reading: Option<Within<'p>>,
    ) -> Result<Vec<Sheet>, ImportError> {
        match reading {
            // Only here the guess has proved right; else the block is fed to the parser that is
            // within a trace.
            Some(reading) if self.open.parser.is_between() => {
                self.account();
                self.open = reading;
            }
            _ => self.open.take(&block),
        }
        if self.open.parser.is_between() {
            self.account();
        }
        blocks.take_back(block);
        Ok(std::mem::take(&mut self.sheets))
    }

    fn push(rows: &mut Collector, sheets: Vec<Sheet>) {
        for sheet in sheets {
            rows.append(sheet);
        }
    }

    fn is_enough(&self, _: &Collector) -> bool {
        let n = self.n_rows + self.open.rows.n_rows();
        self.first.is_some_and(|first| n >= first)
    }
}

impl<'p> Loader<'p> {
    fn new(
        plan: &'p Plan,
        root: &str,
        limits: Limits,
        first: Option<usize>,
        progress: &'p Progress,
    ) -> Self {
        Loader {
            plan,
            root: root.to_owned(),
            limits,
            progress,
            first,
            open: Within {
                parser: Parser::new(limits.longest, limits.plain),
                rows: Rows::new(plan),
                utf8: (0, 0),
            },
            sheets: Vec::new(),
            n_rows: 0,
            found: Found {
                report: ImportReport::default(),
                notes: Notes::default(),
                times: Tally::default(),
                starts: Tally::default(),
                seen: vec![false; plan.keys.len()],
                good_utf8: 0,
                bad_utf8: 0,
            },
            lines: LineCount::default(),
            uses: LineUse::default(),
            body: None,
            n_traces: 0,
        }
    }

    /// A reading that begins between two traces.
    fn reading(&self) -> Within<'p> {
        Within {
            parser: Parser::within(&self.root, self.limits.longest, self.limits.plain),
            rows: Rows::new(self.plan),
            utf8: (0, 0),
        }
    }

    /// Adds what the open reading gave to the log; a new one goes on between the same traces.
    fn account(&mut self) {
        let next = self.reading();
        let done = std::mem::replace(&mut self.open, next);
        self.add(done);
    }

    fn add(&mut self, done: Within<'p>) {
        let (lines, batch) = (done.parser.lines(), done.rows.into_batch());
        self.found.good_utf8 += done.utf8.0;
        self.found.bad_utf8 += done.utf8.1;
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
        self.n_rows += sheet.len();
        self.progress.rows.fetch_add(sheet.len() as u64, Relaxed);
        self.sheets.push(sheet);
        let found = &mut self.found;
        for reject in batch.rejects {
            found.report.reject(Reject {
                file: 0,
                line: Some(base + reject.line + 1),
                reason: reject.reason,
                value: reject.value,
                raw: reject.raw,
            });
        }
        found.report.count_rejects(batch.unlisted);
        found.notes.append(&batch.notes, base + 1);
        found.times.add(&batch.times);
        found.starts.add(&batch.starts);
        for (all, seen) in found.seen.iter_mut().zip(batch.seen) {
            *all |= seen;
        }
        self.n_traces += batch.n_traces;
        self.uses.append(&batch.lines, base);
        self.body = self.body.or(batch.body.map(|line| base + line));
        self.lines.append(&lines);
    }

    /// Returns the findings and the rows that were not pushed, after the last block.
    fn finish(mut self) -> Result<(Found, Vec<Sheet>), ImportError> {
        let stop = self.open.parser.stopped().cloned();
        if let Some(stop) = stop.filter(|stop| stop.reason.is_none()) {
            return Err(ImportError::Refused {
                line: Some(self.lines.ends() + stop.line + 1),
                message: format!("the root element is {}, not <log>", stop.value),
            });
        }
        self.found.report.incomplete = self.open.parser.stopped().is_some();
        let next = self.reading();
        let mut done = std::mem::replace(&mut self.open, next);
        done.rows.close();
        self.add(done);
        self.found.report.lines = self.accounted();
        Ok((self.found, self.sheets))
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
