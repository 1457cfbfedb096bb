//! Findings, guesses and rejects of the reader: plain data beside the log.

use super::text::{capped, lossless, shown};
use super::timestamp::with_a_year;
use super::{DateOrder, Setting, number};
use crate::event_log::Role;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// Declares an enum whose variants have a code each, in the order of the codes.
macro_rules! codes {
    (
        $(#[$doc:meta])*
        $name:ident {
            $($(#[$variant_doc:meta])* $variant:ident = $code:literal,)*
        }
    ) => {
        $(#[$doc])*
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
        )]
        pub enum $name {
            $($(#[$variant_doc])* #[serde(rename = $code)] $variant,)*
        }

        impl $name {
            /// Every variant, in the order of the codes.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The code by which messages, reports and JSON name it: lower case, hyphens.
            pub fn code(self) -> &'static str {
                match self {
                    $(Self::$variant => $code,)*
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.code())
            }
        }
    };
}

codes! {
    /// Why a row or event is rejected.
    Reason {
        /// A line that is not one whole JSON object.
        BadJson = "bad-json",
        /// A timestamp that cannot be read.
        BadTime = "bad-time",
        /// Text after the quote that closes a field.
        BrokenQuote = "broken-quote",
        /// Compressed data whose checksum is wrong.
        Checksum = "checksum",
        /// Something after the end of the log.
        ContentAfterRoot = "content-after-root",
        /// A file that cannot be read further.
        Damaged = "damaged",
        /// No activity.
        EmptyActivity = "empty-activity",
        /// No case id.
        EmptyCase = "empty-case",
        /// No timestamp.
        EmptyTime = "empty-time",
        /// A count since 1970 in another unit than the rest of its column.
        EpochUnit = "epoch-unit",
        /// A breach of the rules of the format.
        IllFormed = "ill-formed",
        /// An event in no trace.
        OutsideTrace = "outside-trace",
        /// A row that is longer than a row may be.
        Oversize = "oversize",
        /// A row that ends before it has case, activity and time.
        TooFewFields = "too-few-fields",
        /// A tag with more XML attributes than a tag may have.
        TooManyAttributes = "too-many-attributes",
        /// A row with more fields than columns.
        TooManyFields = "too-many-fields",
        /// A row that the end of the file cuts off.
        Truncated = "truncated",
        /// A quote that nothing closes.
        UnclosedQuote = "unclosed-quote",
        /// An event that names only objects the log does not have.
        UnknownObject = "unknown-object",
        /// A timestamp whose zone is unknown, or has the name of several zones.
        UnknownZone = "unknown-zone",
    }
}

codes! {
    /// Something about a log that a user should know, though no event is lost for it.
    Warning {
        /// No date shows which of day and month comes first.
        AmbiguousDateOrder = "ambiguous-date-order",
        /// Values of objects with an unreadable time.
        BadAttributeTime = "bad-attribute-time",
        /// Bytes that are no characters of the encoding.
        BadBytes = "bad-bytes",
        /// Rows of empty fields.
        BlankRows = "blank-rows",
        /// Texts with control characters.
        ControlChars = "control-chars",
        /// Relations to objects that the log does not have.
        DanglingReference = "dangling-reference",
        /// Dates without a time of day among others with one.
        DateAlone = "date-alone",
        /// Elements in too many others.
        DepthCapped = "depth-capped",
        /// Another column fits a role as well as the one that was guessed.
        DoubtfulMapping = "doubtful-mapping",
        /// Wall-clock times that the clock showed twice.
        DstFold = "dst-fold",
        /// Wall-clock times that the clock skipped.
        DstGap = "dst-gap",
        /// Events with the id of another.
        DuplicateEvent = "duplicate-event",
        /// Several columns of one name.
        DuplicateHeader = "duplicate-header",
        /// Keys that an event or trace has twice.
        DuplicateKey = "duplicate-key",
        /// Objects with the id of another.
        DuplicateObject = "duplicate-object",
        /// Events that repeat another in all columns.
        Duplicates = "duplicates",
        /// Traces without events.
        EmptyTrace = "empty-trace",
        /// The encoding is a guess.
        EncodingGuessed = "encoding-guessed",
        /// Entities that are unknown, or name no character.
        Entities = "entities",
        /// Timestamps before 1970 or after 2100.
        FarDates = "far-dates",
        /// The file changed while it was read.
        FileChanged = "file-changed",
        /// Texts with characters that do not show.
        HiddenChars = "hidden-chars",
        /// Part of the log is missing.
        Incomplete = "incomplete",
        /// Events whose lifecycle transition makes no activity instance.
        LeftOutTransitions = "left-out-transitions",
        /// Names that look alike but differ.
        Lookalike = "lookalike",
        /// More attributes than columns may be.
        ManyColumns = "many-columns",
        /// Nested objects with more keys than columns may be.
        ManyKeys = "many-keys",
        /// Activity instances whose start is empty or unreadable.
        MissingStart = "missing-start",
        /// Case ids or activities that span lines.
        MultilineKey = "multiline-key",
        /// Timestamps without offset beside others with one.
        NaiveMixed = "naive-mixed",
        /// Activity instances that end before they start.
        NegativeDuration = "negative-duration",
        /// The log has no events.
        NoEvents = "no-events",
        /// Activity instances that have begun and not ended.
        NotEnded = "not-ended",
        /// The name of the file promises gzip.
        NotGzip = "not-gzip",
        /// The name of the file promises zstd.
        NotZstd = "not-zstd",
        /// A word for a missing value among case ids or activities.
        NullWord = "null-word",
        /// Tags with too many XML attributes, or too long.
        OddTag = "odd-tag",
        /// Cases of which each has one event.
        OneEventCases = "one-event-cases",
        /// Cases whose events are not in order of time.
        OutOfOrder = "out-of-order",
        /// Title lines before the header.
        Preamble = "preamble",
        /// Fields that are quoted in another way than usual.
        Quoting = "quoting",
        /// Rows with fewer fields than columns.
        ShortRow = "short-row",
        /// The reading was stopped before the end.
        Stopped = "stopped",
        /// Quotes that are read as plain characters.
        StrayQuote = "stray-quote",
        /// Something after the end of the log.
        TrailingGarbage = "trailing-garbage",
        /// Years of two digits.
        TwoDigitYear = "two-digit-year",
        /// Traces without a name.
        UnnamedTrace = "unnamed-trace",
    }
}

impl Reason {
    /// The value with a year, as an example, where it is a time that is rejected for want of one.
    pub(super) fn year_lacking(self, value: &str) -> Option<String> {
        if self == Reason::BadTime {
            with_a_year(value)
        } else {
            None
        }
    }
}

/// A row or event that could not be used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reject {
    /// Which of the files, by position.
    pub file: usize,
    /// Physical line as an editor counts, from 1; `None` for the end of the file.
    pub line: Option<u64>,
    /// Why not.
    pub reason: Reason,
    /// The value at fault, as it stands in the file (unsafe to print as it is).
    pub value: String,
    /// The row as it stands in the file, at most [`MAX_RAW`] bytes of it; of formats without rows
    /// of text its values, see [`values_of_row`]. Empty where it had none, as at the end of a file
    /// (unsafe to print as it is).
    pub raw: String,
}

/// Physical line counts by outcome. `read` is the sum of the others.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
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

/// A warning in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// A sentence with the place or the number.
    pub sentence: String,
    /// The setting that makes a difference, if one does.
    pub setting: Option<Setting>,
}

/// Report of how a log was read.
///
/// ```
/// use casetrail::event_log::Progress;
/// use casetrail::formats::{self, ReadOptions, Reason};
///
/// let csv: &[u8] = b"case_id,activity,timestamp\n\
///     1,Open,2024-03-01 09:00\n1,Close,2024-03-01 11:30\n2,,2024-03-02 09:00\n";
/// let progress = Progress::default();
/// let (_, report) = formats::read(&[csv], &ReadOptions::default(), &progress).unwrap();
/// assert_eq!((report.lines.loaded, report.n_rejected), (2, 1));
/// assert_eq!(report.rejects[0].line, Some(4));
/// assert_eq!(report.rejects[0].reason, Reason::EmptyActivity);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportReport {
    /// Names of the inputs, as the user gave them.
    pub files: Vec<String>,
    /// Name of the format, as "csv"; "mixed" where the inputs are of several.
    pub format: String,
    /// WHATWG name of the encoding, lower case.
    pub encoding: String,
    /// Line counts by outcome.
    pub lines: Lines,
    /// The first 10,000 rejects, in order of file and line.
    pub rejects: Vec<Reject>,
    /// Number of all rejects.
    pub n_rejected: u64,
    /// Rejects by reason.
    pub reasons: BTreeMap<Reason, u64>,
    /// Warnings.
    pub warnings: BTreeMap<Warning, Notice>,
    /// Role and what it was taken from: `("case", "Case ID")`, `("time format", "%Y-%m-%d")`.
    pub mapping: Vec<(String, String)>,
    /// The order of day and month that the timestamps tell, for other logs of this kind; `None`
    /// where nothing shows it.
    pub date_order: Option<DateOrder>,
    /// True if the input was cut or corrupt, or changed while it was read (exit 5).
    pub incomplete: bool,
    /// Starts without a completion.
    pub lone_starts: u64,
}

/// Maximum number of rejects stored in full.
pub const MAX_REJECTS: usize = 10_000;
/// Bytes of a rejected row that are kept.
pub const MAX_RAW: usize = 4096;
/// Bytes of the value for which a row is rejected that are kept.
pub const MAX_VALUE: usize = 256;

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
        row.push_str(&lossless(capped(value, room)));
    }
    // The cut must not split a character: values may be of several bytes each.
    let mut end = row.len().min(MAX_RAW);
    while !row.is_char_boundary(end) {
        end -= 1;
    }
    row.truncate(end);
    row
}

impl ImportReport {
    /// The error where every row was rejected, called `row` or `event`: the first reject says why.
    pub(super) fn nothing_loaded(&self, row: &str) -> ImportError {
        /// Days since 1900 of the years 1954 to 2119.
        const EXCEL_DAYS: std::ops::Range<f64> = 20_000.0..80_000.0;
        let refused = |line, why: String| ImportError::Refused {
            line,
            message: format!("no {row} could be loaded{why}"),
        };
        let Some(reject) = self.rejects.first() else {
            return refused(None, String::new());
        };
        let value = shown(&reject.value);
        let excel = number::parse(reject.value.as_bytes(), number::NumberStyle::Point)
            .is_some_and(|days| EXCEL_DAYS.contains(&days));
        if let Some(example) = reject.reason.year_lacking(&reject.value) {
            let example = shown(&example);
            let why = format!(
                ": the timestamp {value} has no year; write the year into the file, as {example}"
            );
            return refused(reject.line, why);
        }
        let (why, setting) = match reject.reason {
            Reason::BadTime | Reason::EpochUnit if excel => (
                format!(": the timestamps, as {value}, look like Excel serial dates"),
                Setting::ExcelDates,
            ),
            Reason::BadTime | Reason::EpochUnit => (
                format!(": the timestamp {value} cannot be read"),
                Setting::TimeFormat,
            ),
            Reason::EmptyTime => (
                ": the timestamp is empty".to_owned(),
                Setting::Column(Role::Time),
            ),
            reason => return refused(reject.line, format!(": {reason}: {value}")),
        };
        refused(reject.line, why).mendable([setting])
    }

    /// Takes the rejected rows out, and all that sentences quote of the log.
    pub fn redact(&mut self) {
        for reject in &mut self.rejects {
            REDACTED.clone_into(&mut reject.value);
            REDACTED.clone_into(&mut reject.raw);
        }
        for notice in self.warnings.values_mut() {
            notice.sentence = without_quoted(&notice.sentence);
        }
    }

    /// Counts rejects that are not kept, by reason.
    pub(super) fn count_rejects(&mut self, unlisted: BTreeMap<Reason, u64>) {
        for (reason, n) in unlisted {
            self.n_rejected += n;
            *self.reasons.entry(reason).or_default() += n;
        }
    }

    /// Adds a reject: counted always, kept while there is room.
    pub fn reject(&mut self, reject: Reject) {
        self.n_rejected += 1;
        *self.reasons.entry(reject.reason).or_default() += 1;
        if self.rejects.len() < MAX_REJECTS {
            self.rejects.push(reject);
        }
    }

    /// Adds a warning, unless it is there already.
    pub fn warn(&mut self, warning: Warning, sentence: impl Into<String>) {
        self.warnings.entry(warning).or_insert_with(|| Notice {
            sentence: sentence.into(),
            setting: None,
        });
    }

    /// Adds a warning that a setting may change, unless it is there already.
    pub fn warn_of_guess(
        &mut self,
        warning: Warning,
        sentence: impl Into<String>,
        setting: Setting,
    ) {
        self.warnings.entry(warning).or_insert_with(|| Notice {
            sentence: sentence.into(),
            setting: Some(setting),
        });
    }
}

/// Stands for what is not shown.
const REDACTED: &str = "(redacted)";

/// The sentence without what it quotes, as that may be of the log.
fn without_quoted(sentence: &str) -> String {
    let (mut out, mut quoted) = (String::new(), false);
    let mut chars = sentence.chars();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted => quoted = false,
            '"' => {
                quoted = true;
                out.push_str(REDACTED);
            }
            '\\' if quoted => drop(chars.next()),
            c if !quoted => out.push(c),
            _ => {}
        }
    }
    out
}

/// Why an input gives no log at all. The text says why, without the file's name.
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
        /// Reason, a clause in lower case.
        message: String,
    },
    /// One of several inputs is at fault.
    #[error("{error}")]
    In {
        /// Which of the inputs, by position.
        file: usize,
        /// Error of that input.
        error: Box<ImportError>,
    },
    /// Other settings may mend it.
    #[error("{error}")]
    Mendable {
        /// Error before the settings are changed.
        error: Box<ImportError>,
        /// Settings to change.
        settings: Vec<Setting>,
    },
    /// Reading failed (exit 3).
    #[error("{0}")]
    Io(#[from] std::io::Error),
    /// The load was cancelled.
    #[error(transparent)]
    Cancelled(#[from] crate::event_log::Cancelled),
}

impl ImportError {
    /// The error without what it quotes, as that may be of the log.
    #[must_use]
    pub fn without_quoted(self) -> Self {
        let inner = |error: Box<ImportError>| Box::new(error.without_quoted());
        match self {
            ImportError::Usage(message) => ImportError::Usage(without_quoted(&message)),
            ImportError::Refused { line, message } => ImportError::Refused {
                line,
                message: without_quoted(&message),
            },
            ImportError::In { file, error } => ImportError::In {
                file,
                error: inner(error),
            },
            ImportError::Mendable { error, settings } => ImportError::Mendable {
                error: inner(error),
                settings,
            },
            ImportError::Io(_) | ImportError::Cancelled(_) => self,
        }
    }

    /// The refusal of an input as a whole.
    pub(super) fn refused(message: impl Into<String>) -> Self {
        ImportError::Refused {
            line: None,
            message: message.into(),
        }
    }

    /// The error with settings that may mend it.
    #[must_use]
    pub fn mendable(self, settings: impl Into<Vec<Setting>>) -> Self {
        ImportError::Mendable {
            error: Box::new(self),
            settings: settings.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variants_are_in_the_order_of_their_codes() {
        assert!(Reason::ALL.is_sorted_by_key(|reason| reason.code()));
        assert!(Warning::ALL.is_sorted_by_key(|warning| warning.code()));
        assert!(Reason::ALL.is_sorted() && Warning::ALL.is_sorted());
    }
}
