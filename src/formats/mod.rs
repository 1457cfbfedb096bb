//! Bytes to an event log. Takes [`Bytes`], not paths; knows nothing of the index and above.
//!
//! [`read`] is the way in: it finds out what the inputs are, has the [`Format`] read them as one
//! log, checks the log for things worth a warning (`checks`), and applies the lifecycle
//! option. A further format is a file with a [`Format`] constant, and a line in [`FORMATS`].

mod advice;
mod arrow;
mod bytes;
mod checks;
mod collector;
mod columnar;
mod compression;
mod csv;
mod driver;
mod encoding;
mod estimate;
pub mod facts;
pub mod follow;
mod gzip;
mod inspection;
mod join;
mod jsonl;
mod keys;
mod lines;
mod magic;
mod mapping;
mod mxml;
mod notes;
mod number;
mod ocel;
pub mod options;
mod parquet;
mod preview;
mod promote;
pub mod report;
mod requote;
mod rewrite;
mod row_times;
mod setting;
mod stream;
mod table;
#[cfg(test)]
mod tests;
mod text;
mod timestamp;
mod whole_lines;
mod xes;
mod xml;
mod zstd;

pub use advice::{Advice, advice};
pub use bytes::{Bytes, Kept};
pub use columnar::{fence, is_fenced};
pub use estimate::needed;
pub use inspection::{ColumnProfile, Inspection, Kind};
pub use join::source_labels;
pub use number::is_number;
pub use options::{DateOrder, Lifecycle, LogOptions, ReadOptions, ReadPlan, check_formats};
pub use preview::{Preview, PreviewCase, PreviewEvent, preview};
pub use report::{ImportError, ImportReport, Lines, MAX_RAW, Notice, Reason, Reject, Warning};
pub use setting::Setting;
pub use timestamp::time_readings;
pub use xml::{decoded as decoded_xml, local as local_name, value as attribute_value};

use crate::event_log::{BuildFacts, EventLog, Progress, Stage, lifecycle, visits};
use columnar::Limits;
use compression::Compression;
use std::sync::atomic::Ordering::Relaxed;
use stream::read_full;

/// A format of logs.
pub struct Format {
    /// Name in lower case.
    pub name: &'static str,
    /// Returns whether the first bytes of an input, decompressed, may be of this format.
    pub sniff: fn(&[u8]) -> bool,
    /// True if it is a table, in which any column can have any role.
    pub is_table: bool,
    /// Inspects an input without reading it.
    pub look: fn(&dyn Bytes, &ReadOptions, &Progress) -> Result<Inspection, ImportError>,
    /// Reads an input.
    pub read: fn(&dyn Bytes, &ReadOptions, &Progress) -> Result<Loaded, ImportError>,
}

/// Log as a format read it, before the lifecycle option is applied.
#[derive(Clone, Default)]
pub struct Loaded {
    /// Every row, or every activity instance where the rows bear starts.
    pub log: EventLog,
    /// Report of the reading.
    pub report: ImportReport,
    /// Facts that the builder noticed.
    pub facts: BuildFacts,
}

/// All formats; the first that may be it is taken, so the one that takes any text is last.
pub const FORMATS: &[Format] = &[
    // OCEL comes before XES and JSON: its files are XML with a root `log`, or plain JSON, too.
    ocel::JSON,
    ocel::XML,
    ocel::SQLITE,
    xes::MXML,
    xes::FORMAT,
    parquet::FORMAT,
    arrow::FORMAT,
    jsonl::FORMAT,
    csv::FORMAT,
];

/// Bytes that tell a format.
const SNIFFED: usize = 4096;

/// Columns that a table may have, those within structs counted one by one: more are no log, and each of them costs time
/// to be looked at.
const MOST_COLUMNS: usize = 1 << 16;

/// Reads all inputs as one log by the same options.
///
/// ```
/// use casetrail::event_log::Progress;
/// use casetrail::formats::{self, ReadOptions};
///
/// let csv: &[u8] = b"case_id,activity,timestamp\n\
///     1,Open,2024-03-01 09:00\n1,Close,2024-03-01 11:30\n2,Open,2024-03-02 09:00\n";
/// let progress = Progress::default();
/// let (log, report) = formats::read(&[csv], &ReadOptions::default(), &progress).unwrap();
/// assert_eq!((log.n_cases(), log.n_events()), (2, 3));
/// assert_eq!(report.format, "csv");
/// ```
pub fn read<B: Bytes>(
    inputs: &[B],
    options: &ReadOptions,
    progress: &Progress,
) -> Result<(EventLog, ImportReport), ImportError> {
    let log = LogOptions {
        read: options.clone(),
        ..LogOptions::default()
    };
    let plan = ReadPlan {
        logs: vec![log; inputs.len()],
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
    options::check_formats(inputs, plan)?;
    let inputs: Vec<&dyn Bytes> = inputs.iter().map(|b| b as &dyn Bytes).collect();
    progress.enter(Stage::Looking);
    progress
        .total_bytes
        .store(inputs.iter().map(|b| b.len()).sum(), Relaxed);
    let loaded = join::read(&inputs, plan, progress)?;
    Ok(finished(loaded, &inputs, plan))
}

/// A log that was read, checked, with lifecycle and visits as the plan says.
fn finished(loaded: Loaded, inputs: &[&dyn Bytes], plan: &ReadPlan) -> (EventLog, ImportReport) {
    let Loaded {
        mut log,
        mut report,
        facts,
    } = loaded;
    report.files = inputs.iter().map(|input| input.name().to_owned()).collect();
    // Before the lifecycle option: warnings are about rows of the file, not about instances.
    checks::check(&log, &facts, &mut report);
    let formats = report.mapping.iter();
    let formats = formats.filter(|(what, _)| what.starts_with(facts::TIME_FORMAT));
    log.time_formats = formats.map(|(_, format)| format.clone()).collect();
    let mut log = apply_lifecycle(log, plan.lifecycle, &mut report);
    // After it, as the time within an instance is no rest between two events.
    if let Some(gap) = plan.session_gap {
        log = visits::visits(log, gap);
    }
    (log, report)
}

/// Reads an input in blocks of about this many bytes, which must not change the result: for tests.
#[doc(hidden)]
pub fn read_in_blocks(
    input: &dyn Bytes,
    options: &ReadOptions,
    block: usize,
) -> Result<Loaded, ImportError> {
    let format = format_of(input)?;
    let progress = &Progress::default();
    match format.name {
        "csv" => csv::read_in_blocks(input, options, block, progress),
        "jsonl" => jsonl::read_in_blocks(input, options, block, progress),
        "parquet" => parquet::read_with(input, options, Limits::in_blocks(block), progress),
        "arrow" => arrow::read_with(input, options, Limits::in_blocks(block), progress),
        "xes" | "mxml" => xes::read_in_blocks(input, options, block, progress),
        _ => (format.read)(input, options, progress),
    }
}

/// Inspects an input without reading it.
///
/// ```
/// use casetrail::event_log::{Progress, Role};
/// use casetrail::formats::{self, ReadOptions};
///
/// let csv: &[u8] = b"ticket;status;changed at\n\
///     T-1;New;2024-03-01 09:00\nT-1;Done;2024-03-02 09:00\n";
/// let progress = Progress::default();
/// let inspection = formats::look(&csv, &ReadOptions::default(), &progress).unwrap();
/// assert_eq!(inspection.columns, ["ticket", "status", "changed at"]);
/// assert_eq!(inspection.proposed[Role::Time], ["changed at"]);
/// ```
pub fn look(
    input: &dyn Bytes,
    options: &ReadOptions,
    progress: &Progress,
) -> Result<Inspection, ImportError> {
    let format = format_for(input, options)?;
    let looked = (format.look)(input, options, progress)?;
    Ok(looked.ranked(format.is_table, options))
}

/// The format of an input, checked to be one that the options fit.
fn format_for(input: &dyn Bytes, options: &ReadOptions) -> Result<&'static Format, ImportError> {
    options.check()?;
    let format = format_of(input)?;
    if (options.activity_name.is_some() || options.has_milestones()) && !format.is_table {
        return Err(ImportError::Usage(format!(
            "events of {} bear their activity and time; only those of tables can be named or made \
             of columns",
            format.name
        )));
    }
    Ok(format)
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
    let mut stream = Compression::of(input)?.open(input, None);
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
    let paired = lifecycle::pairs(log);
    report.lone_starts = paired.lone_starts;
    checks::warn_of_left_out(&paired.left_out, report);
    paired.log
}
