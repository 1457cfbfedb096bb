//! What the reader found, guessed and could not use: plain data beside the log.

use super::DateOrder;
use super::text::lossless;
use std::collections::BTreeMap;

/// A row or event that could not be used.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reject {
    /// Which of the files, by position.
    pub file: usize,
    /// Physical line as an editor counts, from 1; `None` for the end of the file.
    pub line: Option<u64>,
    /// Code of the reason, as `bad-time`.
    pub reason: &'static str,
    /// The value at fault, as it stands in the file (unsafe to print as it is).
    pub value: String,
    /// The row as it stands in the file, at most [`MAX_RAW`] bytes of it; of formats without rows
    /// of text its values, see [`values_of_row`]. Empty where it had none, as at the end of a file
    /// (unsafe to print as it is).
    pub raw: String,
}

/// Physical lines by what became of them. `read` is the sum of the others.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Lines {
    /// All lines.
    pub read: u64,
    /// The header, and title lines before it.
    pub header: u64,
    /// Blank lines and rows of empty fields.
    pub blank: u64,
    /// First lines of records that became events.
    pub loaded: u64,
    /// First lines of records that were rejected.
    pub rejected: u64,
    /// Further lines of records that span several.
    pub continuation: u64,
}

impl Lines {
    /// Adds the lines of a further piece.
    pub fn add(&mut self, more: Lines) {
        self.read += more.read;
        self.header += more.header;
        self.blank += more.blank;
        self.loaded += more.loaded;
        self.rejected += more.rejected;
        self.continuation += more.continuation;
    }
}

/// How a log was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImportReport {
    /// Names of the inputs, as the user gave them.
    pub files: Vec<String>,
    /// Name of the format: "csv".
    pub format: &'static str,
    /// WHATWG name of the encoding, lower case.
    pub encoding: String,
    /// Lines by what became of them.
    pub lines: Lines,
    /// The first 10,000 rejects, in order of file and line.
    pub rejects: Vec<Reject>,
    /// Number of rejects in all.
    pub n_rejected: u64,
    /// Rejects by reason.
    pub reasons: BTreeMap<&'static str, u64>,
    /// Warnings: code, and a sentence with the place or the number.
    pub warnings: BTreeMap<&'static str, String>,
    /// Role and what it was taken from: `("case", "Case ID")`, `("time format", "%Y-%m-%d")`.
    pub mapping: Vec<(String, String)>,
    /// The order of day and month that the timestamps tell, for other logs of this kind; `None`
    /// where nothing tells.
    pub date_order: Option<DateOrder>,
    /// Whether the input was cut or corrupt, or changed while it was read (exit 5).
    pub incomplete: bool,
    /// Starts without a completion.
    pub lone_starts: u64,
}

/// At most this many rejects are kept with line and value.
pub const MAX_REJECTS: usize = 10_000;
/// Bytes of a rejected row that are kept.
pub const MAX_RAW: usize = 4096;

/// The values of a row as its text, `name: value` on a line each.
pub fn values_of_row<N: AsRef<str>, V: AsRef<[u8]>>(
    values: impl IntoIterator<Item = (N, V)>,
) -> String {
    let mut row = String::new();
    for (name, value) in values {
        let room = MAX_RAW.saturating_sub(row.len());
        let value = value.as_ref();
        row.push_str(if row.is_empty() { "" } else { "\n" });
        row.push_str(name.as_ref());
        row.push_str(": ");
        row.push_str(&lossless(&value[..value.len().min(room)]));
    }
    let mut end = row.len().min(MAX_RAW);
    while !row.is_char_boundary(end) {
        end -= 1;
    }
    row.truncate(end);
    row
}

impl ImportReport {
    /// Adds a reject: counted always, kept while there is room.
    pub fn reject(&mut self, reject: Reject) {
        self.n_rejected += 1;
        *self.reasons.entry(reject.reason).or_default() += 1;
        if self.rejects.len() < MAX_REJECTS {
            self.rejects.push(reject);
        }
    }

    /// Adds a warning, unless one of that code is there.
    pub fn warn(&mut self, code: &'static str, sentence: impl Into<String>) {
        self.warnings.entry(code).or_insert_with(|| sentence.into());
    }
}

/// Why an input gives no log at all. The text says what and what to do, without the file's name.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The call is wrong (exit 2): a column that is not in the header, a bad time format.
    #[error("{0}")]
    Usage(String),
    /// The input is refused (exit 3). The line is where it went wrong, if anywhere.
    #[error("{message}")]
    Refused {
        /// Line, from 1.
        line: Option<u64>,
        /// What is wrong and what to do.
        message: String,
    },
    /// One of several inputs is at fault.
    #[error("{error}")]
    In {
        /// Which of the inputs, by position.
        file: usize,
        /// What is wrong with it.
        error: Box<ImportError>,
    },
    /// Reading failed (exit 3).
    #[error("{0}")]
    Io(#[from] std::io::Error),
    /// The load was cancelled.
    #[error(transparent)]
    Cancelled(#[from] crate::event_log::Cancelled),
}
