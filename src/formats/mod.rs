//! Bytes to an event log. Takes [`Bytes`], not paths; knows nothing of the index and above.
//!
//! [`read`] is the way in: it finds out what the inputs are, has the [`Format`] read them as one
//! log, checks the log for what a user should be told (`checks`), and applies the lifecycle
//! option. A further format is a file with a [`Format`] constant, and a line in [`FORMATS`].

mod bytes;
mod checks;
mod collector;
mod csv;
mod encoding;
mod gzip;
mod join;
mod lines;
mod look;
mod magic;
mod mapping;
mod notes;
mod number;
mod ocel;
pub mod options;
mod promote;
pub mod report;
mod stream;
mod table;
#[cfg(test)]
mod tests;
mod text;
mod timestamp;
mod xes;
mod xml;

pub use bytes::Bytes;
pub use look::Looked;
pub use options::{DateOrder, Lifecycle, LogOptions, ReadOptions, ReadPlan};
pub use report::{ImportError, ImportReport, Lines, Reject};

use crate::event_log::{BuildFacts, EventLog, Progress, Stage, lifecycle, visits};
use gzip::Gzip;
use std::sync::atomic::Ordering::Relaxed;
use stream::{ByteStream, Raw, read_full};

/// A format of logs.
pub struct Format {
    /// Its name, in lower case.
    pub name: &'static str,
    /// Whether the first bytes of an input, decompressed, may be of this format.
    pub sniff: fn(&[u8]) -> bool,
    /// What can be known of an input without reading it.
    pub look: fn(&dyn Bytes, &ReadOptions) -> Result<Looked, ImportError>,
    /// Reads an input.
    pub read: fn(&dyn Bytes, &ReadOptions, &Progress) -> Result<Loaded, ImportError>,
}

/// What a format makes of an input, before the lifecycle option is applied.
pub struct Loaded {
    /// Every row, or every activity instance where the rows bear starts.
    pub log: EventLog,
    /// How it was read.
    pub report: ImportReport,
    /// What the builder noticed.
    pub facts: BuildFacts,
}

/// All formats; the first that may be it is taken, so the one that takes any text is last.
pub const FORMATS: &[Format] = &[
    ocel::JSON,
    ocel::XML,
    ocel::SQLITE,
    xes::FORMAT,
    csv::FORMAT,
];

/// Bytes that tell a format.
const SNIFFED: usize = 4096;

/// Reads all inputs as one log by the same options.
pub fn read<B: Bytes>(
    inputs: &[B],
    options: &ReadOptions,
    progress: &Progress,
) -> Result<(EventLog, ImportReport), ImportError> {
    let log = |input: &B| LogOptions {
        source: input.name().to_owned(),
        read: options.clone(),
        ..LogOptions::default()
    };
    let plan = ReadPlan {
        logs: inputs.iter().map(log).collect(),
        lifecycle: options.lifecycle,
        session_gap: None,
    };
    read_all(inputs, &plan, progress)
}

/// Reads all inputs as one log, each as the plan says: same case id, same case; columns are united
/// by name.
pub fn read_all<B: Bytes>(
    inputs: &[B],
    plan: &ReadPlan,
    progress: &Progress,
) -> Result<(EventLog, ImportReport), ImportError> {
    let inputs: Vec<&dyn Bytes> = inputs.iter().map(|b| b as &dyn Bytes).collect();
    progress.enter(Stage::Looking);
    progress
        .total_bytes
        .store(inputs.iter().map(|b| b.len()).sum(), Relaxed);
    let Loaded {
        log,
        mut report,
        facts,
    } = join::read(&inputs, &plan.logs, progress)?;
    for input in &inputs {
        if input.changed()? {
            report.incomplete = true;
            report.warn("file-changed", "the file was changed while it was read");
        }
    }
    checks::check(&log, facts, &mut report);
    let mut log = apply_lifecycle(log, plan.lifecycle, &mut report);
    if let Some(gap) = plan.session_gap {
        log = visits::visits(&log, gap);
    }
    Ok((log, report))
}

/// What can be known of an input without reading it.
pub fn look(input: &dyn Bytes, options: &ReadOptions) -> Result<Looked, ImportError> {
    (format_of(input)?.look)(input, options)
}

/// The format of an input.
fn format_of(input: &dyn Bytes) -> Result<&'static Format, ImportError> {
    let head = first_bytes(input)?;
    let format = FORMATS.iter().find(|f| (f.sniff)(&head));
    Ok(format.expect("the last format takes anything"))
}

/// The first bytes of an input, decompressed.
fn first_bytes(input: &dyn Bytes) -> Result<Vec<u8>, ImportError> {
    let mut head = vec![0; SNIFFED];
    let n = read_full(&mut Raw::new(input, 0, None), &mut head[..2])?;
    let raw = Raw::new(input, 0, None);
    let mut stream: Box<dyn ByteStream> = if head[..n] == gzip::MAGIC {
        Box::new(Gzip::new(raw))
    } else {
        Box::new(raw)
    };
    let n = read_full(&mut *stream, &mut head)?;
    head.truncate(n);
    Ok(head)
}

/// The log as the lifecycle option wants it. Rows that bear starts are instances already.
fn apply_lifecycle(log: EventLog, option: Lifecycle, report: &mut ImportReport) -> EventLog {
    let pairs = match option {
        Lifecycle::Events => false,
        Lifecycle::Complete => return lifecycle::complete_only(log),
        Lifecycle::Pairs => !log.has_instances(),
        Lifecycle::Auto => {
            let seen = lifecycle::transitions(&log);
            !log.has_instances() && seen.start && seen.complete
        }
    };
    if !pairs {
        return log;
    }
    let (log, lone_starts) = lifecycle::pairs(&log);
    report.lone_starts = lone_starts;
    log
}
