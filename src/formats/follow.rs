//! Logs that grow: what was appended to a table of text is read from where the reading stopped, by the same
//! plan, so that the result is that of reading all of it. Other formats are read whole again.
//!
//! A last line without an end waits until it has one: it may be half written.

use super::join::{self, in_file};
use super::options::check_formats;
use super::promote::{Promotion, promote, promote_again, warn_of_guess};
use super::{
    Bytes, ImportError, ImportReport, Loaded, ReadOptions, ReadPlan, csv, finished, format_for,
    jsonl,
};
use crate::event_log::merge::append;
use crate::event_log::{EventLog, Progress, Stage};
use std::sync::atomic::Ordering::Relaxed;

/// Rows of a log before which all of it is read again when it grows: the plan rests on samples of that number, and
/// to read them again takes no time.
const SETTLED: usize = 2000;

/// A log with the rows that were appended to it.
pub struct Grown {
    /// The log, with the report of all its rows.
    pub loaded: Loaded,
    /// Rows that are events, and those that were rejected.
    pub rows: u64,
    /// Events that are before the last one of their case that was there.
    pub late: u64,
}

impl Grown {
    /// Adds rows to a log. The report and columns of the rows are those of all rows; promotions are those of the
    /// columns so far. `None` where a column has values of another kind.
    pub(super) fn new(
        so_far: Loaded,
        mut rows: Loaded,
        promotions: &mut Vec<Promotion>,
        comma: bool,
        options: &ReadOptions,
    ) -> Option<Self> {
        if !promote_again(&mut rows.log, promotions, options) || !is_alike(&so_far.log, &rows.log) {
            return None;
        }
        let rejected = rows.report.n_rejected - so_far.report.n_rejected;
        let n = rows.log.n_events() as u64 + rejected;
        let mut facts = so_far.facts;
        let appended = append(so_far.log, rows.log);
        let of_rows = rows.facts.out_of_order_cases.iter();
        let cases = &mut facts.out_of_order_cases;
        cases.extend(of_rows.map(|&case| appended.case_of[case as usize]));
        cases.extend(&appended.out_of_order_cases);
        cases.sort_unstable();
        cases.dedup();
        let (mut log, mut report) = (appended.log, rows.report);
        warn_of_guess(promotions, &mut report);
        // Columns without a value so far have some now.
        promotions.extend(promote(&mut log, comma, options, &mut report));
        Some(Grown {
            loaded: Loaded { log, report, facts },
            rows: n,
            late: appended.late,
        })
    }
}

/// Returns whether columns that both logs have are of one kind.
fn is_alike(log: &EventLog, rows: &EventLog) -> bool {
    rows.columns.iter().all(|new| {
        let known = log.columns.iter().find(|known| known.name == new.name);
        known.is_none_or(|known| known.kind() == new.kind())
    })
}

/// State for reading on.
#[derive(Debug, Clone)]
enum Continuation {
    Csv(Box<csv::Continuation>),
    Jsonl(Box<jsonl::Continuation>),
}

/// The part of one input that was read.
struct Part {
    options: ReadOptions,
    loaded: Loaded,
    /// None where it is read whole when it grew.
    goes_on: Option<Continuation>,
}

/// Logs that were read and may grow.
pub struct Followed {
    plan: ReadPlan,
    parts: Vec<Part>,
    settled: usize,
}

/// A log that grew.
pub struct Update {
    /// The log.
    pub log: EventLog,
    /// Report of the reading.
    pub report: ImportReport,
    /// Rows that were read.
    pub rows: u64,
    /// Events that are before the last one of their case that was there.
    pub late: u64,
}

/// Result of reading on.
pub enum ReadOn {
    /// No whole row was added.
    Nothing,
    /// Rows were added.
    Rows(Box<Update>),
    /// All has to be read again: the new rows do not fit the plan, or it is a format that is read whole.
    Whole,
}

impl Followed {
    /// Reads all inputs as one log, as [`super::read_all`] does, but for a last line without an end.
    pub fn begin<B: Bytes>(
        inputs: &[B],
        plan: &ReadPlan,
        progress: &Progress,
    ) -> Result<(EventLog, ImportReport, Self), ImportError> {
        check_formats(inputs, plan)?;
        let inputs: Vec<&dyn Bytes> = inputs.iter().map(|b| b as &dyn Bytes).collect();
        progress.enter(Stage::Looking);
        let bytes = inputs.iter().map(|input| input.len()).sum();
        progress.total_bytes.store(bytes, Relaxed);
        let read = |file: usize, options: &ReadOptions| {
            Part::read(inputs[file], options, progress)
                .map_err(|error| in_file(file, inputs.len(), error))
        };
        let files = inputs.iter().zip(&plan.logs).enumerate();
        let parts = files.map(|(file, (_, log))| read(file, &log.read));
        let mut parts = parts.collect::<Result<Vec<Part>, ImportError>>()?;
        if parts.is_empty() {
            return Err(ImportError::Usage("no log is given".into()));
        }
        let loaded: Vec<Loaded> = parts.iter().map(|part| part.loaded.clone()).collect();
        for (file, options) in join::better_options(&loaded, &plan.logs) {
            parts[file] = read(file, &options)?;
        }
        let followed = Followed {
            plan: plan.clone(),
            parts,
            settled: SETTLED,
        };
        let (log, report) = followed.joined(&inputs)?;
        Ok((log, report, followed))
    }

    /// Lets logs of any size be read on, for tests.
    #[doc(hidden)]
    pub fn settled(mut self) -> Self {
        self.settled = 0;
        self
    }

    /// Reads what was appended to those of the inputs that have `grown`; they are the same files, opened anew. After an error or
    /// [`ReadOn::Whole`] the logs are to be read from their beginning.
    pub fn read_on<B: Bytes>(
        &mut self,
        inputs: &[B],
        grown: &[bool],
        progress: &Progress,
    ) -> Result<ReadOn, ImportError> {
        let inputs: Vec<&dyn Bytes> = inputs.iter().map(|b| b as &dyn Bytes).collect();
        if inputs.len() != self.parts.len() {
            return Ok(ReadOn::Whole);
        }
        let (mut rows, mut late) = (0, 0);
        for (file, input) in inputs.iter().enumerate() {
            if !grown.get(file).is_some_and(|grown| *grown) {
                continue;
            }
            let part = &mut self.parts[file];
            let grown = part
                .read_on(*input, self.settled, progress)
                .map_err(|error| in_file(file, inputs.len(), error))?;
            let Some((more, late_ones)) = grown else {
                return Ok(ReadOn::Whole);
            };
            rows += more;
            late += late_ones;
        }
        if rows == 0 {
            return Ok(ReadOn::Nothing);
        }
        if inputs.len() > 1 && !self.is_read_as_alone() {
            return Ok(ReadOn::Whole);
        }
        let (log, report) = self.joined(&inputs)?;
        Ok(ReadOn::Rows(Box::new(Update {
            log,
            report,
            rows,
            late,
        })))
    }

    /// Returns whether each input is read by its own options, and may stay so beside the others: a column that was
    /// made text for another input, which had no value of it yet, may be one of numbers now.
    fn is_read_as_alone(&self) -> bool {
        let mut parts = self.parts.iter().zip(&self.plan.logs);
        if parts.any(|(part, log)| part.options != log.read) {
            return false;
        }
        let loaded: Vec<Loaded> = self.parts.iter().map(|part| part.loaded.clone()).collect();
        let better = join::better_options(&loaded, &self.plan.logs);
        better
            .iter()
            .all(|(file, options)| *options == self.plan.logs[*file].read)
    }

    /// The log of all parts.
    fn joined(&self, inputs: &[&dyn Bytes]) -> Result<(EventLog, ImportReport), ImportError> {
        let parts = self.parts.iter().map(|part| part.loaded.clone());
        let mut parts: Vec<Loaded> = parts.collect();
        let is_one = matches!(self.plan.logs.as_slice(), [log] if log.activity_prefix.is_empty());
        let loaded = match parts.pop() {
            Some(only) if parts.is_empty() && is_one => only,
            last => {
                parts.extend(last);
                join::joined(parts, &join::sources(inputs, &self.plan.logs), &self.plan)?
            }
        };
        Ok(finished(loaded, inputs, &self.plan))
    }
}

impl Part {
    /// Reads an input from its beginning.
    fn read(
        input: &dyn Bytes,
        options: &ReadOptions,
        progress: &Progress,
    ) -> Result<Self, ImportError> {
        let format = format_for(input, options)?;
        let (loaded, goes_on) = match format.name {
            "csv" => {
                let (loaded, goes_on) = csv::Continuation::begin(input, options, progress)?;
                (loaded, goes_on.map(|c| Continuation::Csv(Box::new(c))))
            }
            "jsonl" => {
                let (loaded, goes_on) = jsonl::Continuation::begin(input, options, progress)?;
                (loaded, goes_on.map(|c| Continuation::Jsonl(Box::new(c))))
            }
            _ => ((format.read)(input, options, progress)?, None),
        };
        let mut part = Part {
            options: options.clone(),
            loaded,
            goes_on,
        };
        if progress.was_stopped() {
            join::warn_of_stop(&mut part.loaded.report);
            part.goes_on = None;
        }
        Ok(part)
    }

    /// Adds what was appended: rows, and late events among them; `None` where all is to be read again.
    fn read_on(
        &mut self,
        input: &dyn Bytes,
        settled: usize,
        progress: &Progress,
    ) -> Result<Option<(u64, u64)>, ImportError> {
        let n_events = self.loaded.log.n_events();
        let goes_on = self.goes_on.take();
        let Some(goes_on) = goes_on.filter(|_| n_events > 0 && n_events >= settled) else {
            return Ok(None);
        };
        let so_far = std::mem::take(&mut self.loaded);
        let grown = match goes_on {
            Continuation::Csv(c) => {
                let grown = c.read_on(input, &self.options, so_far, progress)?;
                grown.map(|(grown, c)| (grown, Continuation::Csv(Box::new(c))))
            }
            Continuation::Jsonl(c) => {
                let grown = c.read_on(input, &self.options, so_far, progress)?;
                grown.map(|(grown, c)| (grown, Continuation::Jsonl(Box::new(c))))
            }
        };
        Ok(grown.map(|(grown, goes_on)| {
            self.goes_on = Some(goes_on);
            self.loaded = grown.loaded;
            (grown.rows, grown.late)
        }))
    }
}
