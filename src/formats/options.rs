//! Options of the user for reading a log. Each may be left out.

use super::{Bytes, ImportError, format_of};
use crate::event_log::{Role, Roles};
use serde::{Deserialize, Serialize};

/// Which of day and month stands first in dates like 01/02/2024.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum DateOrder {
    /// Day, month, year.
    Dmy,
    /// Month, day, year.
    Mdy,
    /// Year, month, day.
    Ymd,
    /// Year, day, month.
    Ydm,
}

/// Unit of the analysis, when the log has lifecycle transitions: one row per this.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Lifecycle {
    /// Every row.
    Events,
    /// Only rows whose transition is complete, or missing.
    Complete,
    /// A start and the complete that matches it are one activity instance.
    Pairs,
    /// `Pairs` where the log has both starts and completes, else `Events`.
    #[default]
    Auto,
}

/// The options of the contract that concern reading. Empty and `None` mean: find it out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct ReadOptions {
    /// Columns named for each role; several only where they are joined. An empty name says that no
    /// column has the role.
    pub columns: Roles,
    /// Activity of all events, in a table without a column of it.
    pub activity_name: Option<String>,
    /// chrono's strftime, or `epoch_s`, `epoch_ms`, `epoch_us`, `epoch_ns`.
    pub time_format: Option<String>,
    /// Zone of timestamps without offset; UTC where not given.
    pub tz: Option<chrono_tz::Tz>,
    /// Texts that mean a missing value, besides the empty field.
    pub na: Vec<String>,
    /// Field delimiter of CSV.
    pub delimiter: Option<u8>,
    /// Quote of CSV; the double one where only an escape is given.
    pub quote: Option<u8>,
    /// Character of CSV that makes a quote, delimiter or line end behind it plain.
    pub escape: Option<u8>,
    /// Path of the array of records in JSON, keys joined by dots; the longest array where not given.
    pub json_path: Option<String>,
    /// WHATWG label of the encoding.
    pub encoding: Option<String>,
    /// The first row is data; columns are named by position, from 1.
    pub no_header: bool,
    /// Order of day and month.
    pub date_order: Option<DateOrder>,
    /// Order of day and month where nothing in the log decides it: that of another log of its kind.
    pub date_hint: Option<DateOrder>,
    /// Unit of the analysis.
    pub lifecycle: Lifecycle,
    /// Object type to use as case, in logs of several types (OCEL).
    pub object_type: Option<String>,
    /// Columns that are text whatever their values look like, as another log has texts in them.
    pub texts: Vec<String>,
    /// Read only about this many events from the beginning, for a preview.
    pub first: Option<usize>,
}

impl ReadOptions {
    /// Returns whether a table read by these options must have a column of this role.
    pub fn needs(&self, role: Role) -> bool {
        match role {
            Role::Activity | Role::Time if self.has_milestones() => false,
            Role::Activity => self.activity_name.is_none(),
            role => Role::NEEDED.contains(&role),
        }
    }

    /// Returns whether each of some columns of times is an event of its own.
    pub fn has_milestones(&self) -> bool {
        self.names(Role::Milestone)
    }

    /// The first role by which each row is one event, which excludes milestones.
    pub fn role_of_rows(&self) -> Option<Role> {
        let named = Role::OF_ROWS.into_iter().find(|&role| self.names(role));
        named.or(self.activity_name.as_ref().map(|_| Role::Activity))
    }

    /// Returns whether a column of this role is named.
    pub fn names(&self, role: Role) -> bool {
        self.columns[role].iter().any(|name| !name.is_empty())
    }

    /// Checks that the options do not contradict each other.
    pub(super) fn check(&self) -> Result<(), ImportError> {
        if self.activity_name.is_some() && !self.columns[Role::Activity].is_empty() {
            let message = "the activity is given twice: as a column, and as one name for all rows";
            return Err(ImportError::Usage(message.to_owned()));
        }
        if let (true, Some(role)) = (self.has_milestones(), self.role_of_rows()) {
            let message = format!(
                "each column of times is an event of its own, so that rows have no {}",
                role.name()
            );
            return Err(ImportError::Usage(message));
        }
        Ok(())
    }
}

/// An option that only some formats have.
struct OfFormats {
    /// Words for it in a sentence.
    name: &'static str,
    is_given: fn(&ReadOptions) -> bool,
    /// Names of the formats.
    formats: &'static [&'static str],
}

const OF_FORMATS: &[OfFormats] = &[
    OfFormats {
        name: "a delimiter",
        is_given: |options| options.delimiter.is_some(),
        formats: &["csv"],
    },
    OfFormats {
        name: "a quote",
        is_given: |options| options.quote.is_some(),
        formats: &["csv"],
    },
    OfFormats {
        name: "an escape",
        is_given: |options| options.escape.is_some(),
        formats: &["csv"],
    },
    OfFormats {
        name: "no header",
        is_given: |options| options.no_header,
        formats: &["csv"],
    },
    OfFormats {
        name: "a path of records",
        is_given: |options| options.json_path.is_some(),
        formats: &["jsonl"],
    },
    OfFormats {
        name: "an encoding",
        is_given: |options| options.encoding.is_some(),
        formats: &["csv", "jsonl", "xes", "mxml", "ocel-json", "ocel-xml"],
    },
    OfFormats {
        name: "an object type",
        is_given: |options| options.object_type.is_some(),
        formats: &["ocel-json", "ocel-xml", "ocel-sqlite"],
    },
];

/// Refuses options that none of the logs has for which they are given. One list of options may be
/// given for logs of several formats: each takes those that it has.
pub fn check_formats<B: Bytes>(inputs: &[B], plan: &ReadPlan) -> Result<(), ImportError> {
    let restricted = |log: &LogOptions| OF_FORMATS.iter().any(|of| (of.is_given)(&log.read));
    if !plan.logs.iter().any(restricted) {
        return Ok(());
    }
    let in_file = |file, error| super::join::in_file(file, inputs.len(), error);
    let mut logs = Vec::new();
    for (file, (input, log)) in inputs.iter().zip(&plan.logs).enumerate() {
        let format = format_of(input).map_err(|error| in_file(file, error))?;
        logs.push((file, format.name, &log.read));
    }
    for of in OF_FORMATS {
        let mut given = logs.iter().filter(|(_, _, read)| (of.is_given)(read));
        let Some((file, format, _)) = given.clone().next() else {
            continue;
        };
        if !given.any(|(_, format, _)| of.formats.contains(format)) {
            let message = format!(
                "{} is given, which only {} can have; this log is {format}",
                of.name,
                of.formats.join(", ")
            );
            return Err(in_file(*file, ImportError::Usage(message)));
        }
    }
    Ok(())
}

/// Options for reading one of several logs, and the label that distinguishes its events.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct LogOptions {
    /// Value of the column `source` for its events; where empty, a name made of that of the input.
    pub source: String,
    /// Stands before the names of its activities, so that those of two systems stay apart.
    pub activity_prefix: String,
    /// Options for reading it.
    pub read: ReadOptions,
}

/// Options for reading all logs as one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct ReadPlan {
    /// One for each input, in their order.
    pub logs: Vec<LogOptions>,
    /// Unit of the analysis.
    pub lifecycle: Lifecycle,
    /// Split a case into visits after this much inactivity, microseconds.
    pub session_gap: Option<i64>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::FORMATS;

    /// A log of each format, as far as its beginning shows it.
    const LOGS: [(&str, &[u8]); 9] = [
        ("csv", b"case,activity,time\n1,A,2024-01-01\n"),
        (
            "jsonl",
            b"{\"case\":\"1\",\"activity\":\"A\",\"time\":\"2024-01-01\"}\n",
        ),
        ("xes", b"<log><trace/></log>"),
        ("mxml", b"<WorkflowLog><Process/></WorkflowLog>"),
        ("parquet", b"PAR1"),
        ("arrow", b"ARROW1\0\0"),
        (
            "ocel-json",
            b"{\"objectTypes\":[],\"eventTypes\":[],\"objects\":[],\"events\":[]}",
        ),
        ("ocel-xml", b"<log><object-types/><event-types/></log>"),
        ("ocel-sqlite", b"SQLite format 3\0"),
    ];

    /// Each option that only some formats have, in the order of the table.
    fn options() -> Vec<ReadOptions> {
        let all = ReadOptions {
            delimiter: Some(b';'),
            quote: Some(b'\''),
            escape: Some(b'\\'),
            no_header: true,
            json_path: Some("data".into()),
            encoding: Some("utf-8".into()),
            object_type: Some("order".into()),
            ..ReadOptions::default()
        };
        let none = ReadOptions::default;
        vec![
            ReadOptions {
                delimiter: all.delimiter,
                ..none()
            },
            ReadOptions {
                quote: all.quote,
                ..none()
            },
            ReadOptions {
                escape: all.escape,
                ..none()
            },
            ReadOptions {
                no_header: true,
                ..none()
            },
            ReadOptions {
                json_path: all.json_path.clone(),
                ..none()
            },
            ReadOptions {
                encoding: all.encoding.clone(),
                ..none()
            },
            ReadOptions {
                object_type: all.object_type.clone(),
                ..none()
            },
        ]
    }

    fn plan(reads: &[&ReadOptions]) -> ReadPlan {
        let log = |read: &&ReadOptions| LogOptions {
            read: (*read).clone(),
            ..LogOptions::default()
        };
        ReadPlan {
            logs: reads.iter().map(log).collect(),
            ..ReadPlan::default()
        }
    }

    #[test]
    fn every_option_is_refused_by_the_formats_that_do_not_have_it() {
        let mut names: Vec<&str> = FORMATS.iter().map(|format| format.name).collect();
        let mut known: Vec<&str> = LOGS.iter().map(|(name, _)| *name).collect();
        names.sort_unstable();
        known.sort_unstable();
        assert_eq!(names, known);
        let options = options();
        assert_eq!(options.len(), OF_FORMATS.len());
        for (of, read) in OF_FORMATS.iter().zip(&options) {
            assert!((of.is_given)(read) && of.formats.iter().all(|name| names.contains(name)));
            for (format, bytes) in LOGS {
                let checked = check_formats(&[bytes], &plan(&[read]));
                let has = of.formats.contains(&format);
                assert_eq!(checked.is_ok(), has, "{} of {format}", of.name);
                if let Err(error) = checked {
                    let text = error.to_string();
                    assert!(matches!(error, ImportError::Usage(_)), "{text}");
                    assert!(text.contains(of.name) && text.ends_with(format), "{text}");
                }
                // Beside a log that has it, it is not refused, unless it is not given for that one.
                for (other, beside) in LOGS {
                    let has = has || of.formats.contains(&other);
                    let both = check_formats(&[bytes, beside], &plan(&[read, read]));
                    assert_eq!(both.is_ok(), has, "{} of {format}, {other}", of.name);
                    let none = ReadOptions::default();
                    let one = check_formats(&[bytes, beside], &plan(&[read, &none]));
                    assert_eq!(one.is_ok(), of.formats.contains(&format));
                }
            }
        }
    }
}
