//! Reads a text of objects into a builder. Blocks are parsed in parallel, each with the columns that
//! it finds, and put together in the order of the text: columns stand in the order in which they
//! appear, for any size of blocks and any number of threads.

use super::block::{Parsed, Plan, parse, sheet};
use super::blocks::{Block, BlockReader};
use crate::event_log::{LogBuilder, PerRole, Progress, Role};
use crate::formats::ImportError;
use crate::formats::collector::Collector;
use crate::formats::driver::{self, Reading};
use crate::formats::keys::Keys;
use crate::formats::notes::Notes;
use crate::formats::report::ImportReport;
use crate::formats::stream::{ByteStream, StreamFacts};
use crate::formats::timestamp::Tally;
use std::sync::atomic::Ordering::Relaxed;

/// Sizes that change speed and memory, never the result but for `longest`, and places of records.
#[derive(Debug, Clone, Copy)]
pub struct Limits<'a> {
    /// Bytes read for a block.
    pub block: usize,
    /// Blocks parsed at a time.
    pub batch: usize,
    /// Bytes of the longest object.
    pub longest: usize,
    /// Line of each record in the file, from 0, where the text was made of its records.
    pub places: Option<&'a [u64]>,
    /// Line ends before the text, where more may follow it, so that a line without an end is no object yet.
    pub open_end: Option<u64>,
}

impl Limits<'_> {
    /// For this machine.
    pub fn usual() -> Self {
        Limits {
            block: 2 << 20,
            batch: rayon::current_num_threads().clamp(1, 16),
            longest: 16 << 20,
            places: None,
            open_end: None,
        }
    }
}

/// Findings in the objects of a text so far.
#[derive(Debug, Clone, Default)]
pub struct Found {
    /// Lines and rejects.
    pub report: ImportReport,
    /// Oddities to report.
    pub notes: Notes,
    /// Tallies of timestamp and start.
    pub times: [Tally; 2],
    /// Characters beyond ASCII, and bytes that belong to none.
    pub utf8: (u64, u64),
}

/// Parses objects by a plan, about the first of them where a number is given.
struct Objects<'p> {
    plan: &'p Plan<'p>,
    first: Option<usize>,
}

impl<'a> Reading<BlockReader<'a>> for Objects<'_> {
    type Parsed = Parsed;
    type Rows = Parsed;
    type Log = Loader<'a>;

    fn parse(&self, _at: usize, block: &Block) -> Parsed {
        parse(block, self.plan)
    }

    fn settle(
        &mut self,
        _: &mut BlockReader<'a>,
        _: Block,
        parsed: Parsed,
    ) -> Result<Parsed, ImportError> {
        Ok(parsed)
    }

    fn push(log: &mut Loader<'a>, parsed: Parsed) {
        log.add(parsed);
    }

    fn is_enough(&self, log: &Loader<'a>) -> bool {
        // With too many keys the text is read again in another way, so that the rest is not needed.
        log.overflow || self.first.is_some_and(|n| log.rows.n_rows() >= n)
    }
}

/// Collects what blocks give.
pub struct Loader<'a> {
    progress: &'a Progress,
    rows: Collector,
    /// Findings in these objects and in those before.
    pub found: Found,
    /// True if there are more keys than the limit of columns.
    pub overflow: bool,
    /// Facts about the stream.
    pub facts: StreamFacts,
    /// Bytes and line ends of the objects that were read; `None` where that is not known.
    pub used: Option<(u64, u64)>,
}

impl<'a> Loader<'a> {
    /// No objects yet; `found` is what was found in those before.
    pub fn new(keys: &Keys, found: Found, progress: &'a Progress) -> Self {
        let mut rows = Collector::new(!keys.mapping[Role::Start].is_empty());
        // So that the known columns are the first, and are there though there may be no rows.
        rows.append(sheet(keys).0);
        Loader {
            progress,
            rows,
            found,
            overflow: false,
            facts: StreamFacts::default(),
            used: None,
        }
    }

    /// Reads a text, or about its `first` objects.
    pub fn read(
        &mut self,
        stream: Box<dyn ByteStream + 'a>,
        plan: &Plan<'_>,
        limits: Limits<'_>,
        first: Option<usize>,
    ) -> Result<(), ImportError> {
        let (block, batch) = match first {
            Some(_) => (limits.block.min(1 << 16), 1),
            None => (limits.block, limits.batch),
        };
        let mut reader = BlockReader::new(stream, plan.shape, block, limits.longest);
        if let Some(lines) = limits.open_end {
            reader.leave_open(lines);
        }
        let (mut objects, progress) = (Objects { plan, first }, self.progress);
        driver::read(&mut reader, batch, &mut objects, self, progress)?;
        self.used = reader.given();
        self.facts = reader.facts();
        self.facts.trailing_garbage |= reader.trailing;
        // Where the reading stopped by itself, the end was not looked for.
        self.facts.cut |= first.is_none() && !self.overflow && !reader.is_whole();
        Ok(())
    }

    fn add(&mut self, parsed: Parsed) {
        let Found {
            report,
            notes,
            times,
            utf8,
        } = &mut self.found;
        for reject in parsed.rejects {
            report.reject(reject);
        }
        report.count_rejects(parsed.unlisted);
        report.lines.add(parsed.lines);
        notes.append(&parsed.notes, 1);
        for (all, more) in times.iter_mut().zip(&parsed.times) {
            all.add(more);
        }
        report.incomplete |= parsed.truncated;
        utf8.0 += parsed.utf8.0;
        utf8.1 += parsed.utf8.1;
        self.overflow |= parsed.overflow;
        self.progress
            .rows
            .fetch_add(parsed.rows.len() as u64, Relaxed);
        self.rows.append(parsed.rows);
        self.overflow |= self.rows.overflows();
    }

    /// The builder with all rows; columns that have a role are among those known.
    pub fn into_builder(self, keys: &Keys) -> LogBuilder {
        let mut builder = self.rows.into_builder();
        let schema = builder.schema_mut();
        let columns = sheet(keys).1;
        let of = |role| Some(columns[*keys.mapping[role].first()?]);
        schema.role_columns = PerRole::of_attributes(of);
        schema.roles = keys.roles();
        builder
    }
}
