//! Reads the groups of rows of a file into a builder. Several are decoded at a time, and their blocks
//! are pushed in the order of the file: the log is the same for any number of threads.

use super::block::{Block, block};
use super::guard::damaged;
use super::plan::Plan;
use super::{ColumnFile, GroupReader};
use crate::event_log::{LogBuilder, Progress, Schema};
use crate::formats::ImportError;
use crate::formats::driver::{self, Pieces, Reading};
use crate::formats::notes::Notes;
use crate::formats::report::ImportReport;
use crate::formats::timestamp::Tally;
use hashbrown::HashSet;
use std::sync::atomic::Ordering::Relaxed;

/// Sizes that change speed and memory, never the result.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Rows of a block.
    pub rows: usize,
    /// Groups decoded at a time.
    pub groups: usize,
    /// Rows that wait decoded, if there is more than one group among them.
    pub waiting: u64,
}

impl Limits {
    /// For this machine.
    pub fn usual() -> Self {
        Limits {
            rows: 1 << 16,
            groups: rayon::current_num_threads().clamp(1, 16),
            waiting: 1 << 21,
        }
    }

    /// Blocks of about this many bytes, a hundred of which are taken for a row.
    pub fn in_blocks(block: usize) -> Self {
        let usual = Limits::usual();
        Limits {
            rows: (block / 100).clamp(1, usual.rows),
            groups: 3,
            ..usual
        }
    }
}

/// Result of the reading so far.
pub struct Loader<'a> {
    schema: &'a Schema,
    /// The rows.
    pub builder: LogBuilder,
    /// Lines and rejects.
    pub report: ImportReport,
    /// Oddities to report.
    pub notes: Notes,
    /// Tallies of timestamp and start.
    pub times: [Tally; 2],
    /// Names of columns with values that are not what the column is to hold.
    pub misfits: HashSet<String>,
}

impl<'a> Loader<'a> {
    /// Nothing is loaded yet.
    pub fn new(schema: &'a Schema) -> Self {
        Loader {
            schema,
            builder: LogBuilder::new(schema.clone()),
            report: ImportReport::default(),
            notes: Notes::default(),
            times: [Tally::default(); 2],
            misfits: HashSet::new(),
        }
    }

    /// Reads the file, or about its `first` rows.
    pub fn read(
        &mut self,
        file: &'a dyn ColumnFile,
        plan: &'a Plan<'a>,
        limits: Limits,
        first: Option<usize>,
        progress: &'a Progress,
    ) -> Result<(), ImportError> {
        let mut before = 0;
        let mut groups = Vec::new();
        for group in 0..file.n_groups() {
            groups.push(Group {
                number: group,
                before,
            });
            before += file.rows_of(group);
        }
        let mut decoding = Decoding {
            file,
            plan,
            schema: self.schema,
            rows: first.map_or(limits.rows, |n| n.clamp(1, limits.rows)),
            progress,
        };
        // Nothing else could be decoded beside a single group.
        if first.is_some() || groups.len() == 1 {
            return self.read_one_by_one(&decoding, &groups, first);
        }
        let mut groups = Groups {
            file,
            left: &groups,
            most: limits.waiting,
            progress,
        };
        driver::read(&mut groups, limits.groups, &mut decoding, self, progress)
    }

    /// Pushes one block while the next is decoded.
    fn read_one_by_one(
        &mut self,
        decoding: &Decoding<'_>,
        groups: &[Group],
        first: Option<usize>,
    ) -> Result<(), ImportError> {
        let most = first.map_or(u64::MAX, |n| n as u64);
        for &group in groups {
            if group.before >= most || decoding.progress.ends_at_row() {
                break;
            }
            let mut steps = decoding.steps(group)?;
            let mut waiting = steps.next()?;
            while let Some(block) = waiting {
                // What follows the block that reaches the last wanted row is not decoded.
                let more = steps.at < most && !decoding.progress.ends_at_row();
                let next = || if more { steps.next() } else { Ok(None) };
                let (next, ()) = rayon::join(next, || self.push(block));
                waiting = next?;
            }
        }
        Ok(())
    }

    fn push(&mut self, block: Block) {
        let lines = &mut self.report.lines;
        self.notes.append(&block.notes, lines.read + 1);
        lines.read += block.read;
        lines.loaded += block.loaded;
        lines.rejected += block.read - block.loaded;
        for reject in block.rejects {
            self.report.reject(reject);
        }
        self.report.count_rejects(block.unlisted);
        for (all, more) in self.times.iter_mut().zip(&block.times) {
            all.add(more);
        }
        for (spec, misfit) in self.schema.columns.iter().zip(block.misfits) {
            if misfit {
                self.misfits.insert(spec.name.clone());
            }
        }
        self.builder.push(block.rows);
    }
}

/// A group of rows.
#[derive(Clone, Copy)]
struct Group {
    number: usize,
    /// Rows before it.
    before: u64,
}

/// The groups that are left.
struct Groups<'a> {
    file: &'a dyn ColumnFile,
    left: &'a [Group],
    /// Rows of a batch, if it has more than one group.
    most: u64,
    progress: &'a Progress,
}

impl Pieces for Groups<'_> {
    type Piece = Group;

    fn next(&mut self) -> Result<Option<Group>, ImportError> {
        let next = (self.left.split_first()).filter(|_| !self.progress.ends_at_row());
        self.left = next.map_or(self.left, |(_, later)| later);
        Ok(next.map(|(group, _)| *group))
    }

    fn batch(&mut self, n: usize) -> Result<Vec<Group>, ImportError> {
        let mut rows = 0;
        let fit = self.left.iter().take_while(|group| {
            rows += self.file.rows_of(group.number);
            rows <= self.most
        });
        // A group beyond the limit is decoded all the same, but alone.
        let n = fit.take(n).count().max(1);
        (0..n).map_while(|_| self.next().transpose()).collect()
    }
}

impl<'a> Reading<Groups<'_>> for Decoding<'a> {
    type Parsed = Result<Vec<Block>, ImportError>;
    type Rows = Vec<Block>;
    type Log = Loader<'a>;

    fn parse(&self, _at: usize, group: &Group) -> Self::Parsed {
        self.group(*group)
    }

    fn settle(
        &mut self,
        _: &mut Groups<'_>,
        _: Group,
        parsed: Self::Parsed,
    ) -> Result<Vec<Block>, ImportError> {
        parsed
    }

    fn push(log: &mut Loader<'a>, blocks: Vec<Block>) {
        for block in blocks {
            log.push(block);
        }
    }

    fn is_enough(&self, _: &Loader<'a>) -> bool {
        false
    }
}

/// Shared inputs for decoding any group.
struct Decoding<'a> {
    file: &'a dyn ColumnFile,
    plan: &'a Plan<'a>,
    schema: &'a Schema,
    rows: usize,
    progress: &'a Progress,
}

impl Decoding<'_> {
    fn group(&self, group: Group) -> Result<Vec<Block>, ImportError> {
        let mut steps = self.steps(group)?;
        let mut blocks = Vec::new();
        while let Some(block) = steps.next()? {
            blocks.push(block);
        }
        Ok(blocks)
    }

    fn steps(&self, group: Group) -> Result<Steps<'_>, ImportError> {
        Ok(Steps {
            decoding: self,
            rows: self.file.group(group.number, self.rows, self.progress)?,
            at: group.before,
            end: group.before + self.file.rows_of(group.number),
        })
    }
}

/// Decodes one group block by block.
struct Steps<'a> {
    decoding: &'a Decoding<'a>,
    rows: Box<dyn GroupReader + 'a>,
    at: u64,
    end: u64,
}

impl Steps<'_> {
    fn next(&mut self) -> Result<Option<Block>, ImportError> {
        let decoding = self.decoding;
        decoding.progress.check()?;
        let Some(columns) = self.rows.next()? else {
            // A group that ends before its time is as bad as one that goes on.
            return if self.at == self.end {
                Ok(None)
            } else {
                Err(damaged("a group of rows ends too early"))
            };
        };
        let block = block(&columns, self.at, decoding.plan, decoding.schema)?;
        self.at += block.read;
        decoding
            .progress
            .rows
            .fetch_add(block.rows.len() as u64, Relaxed);
        Ok(Some(block))
    }
}
