//! The mapping file: how each of several logs is to be read, once found out and then kept in TOML.
//! Knows what can be said (one table of keys makes reader and writer), not how logs are opened.

mod keys;
mod matching;
#[cfg(test)]
mod tests;

use super::FileError;
use super::keys::{self as shared, Fault, Key, no_toml, quoted, tables, text, texts};
use super::values::{self, LIFECYCLES};
use crate::engine::{NamedMilestone, NamedWait};
use crate::event_log::{PerRole, Role};
use crate::formats::{Lifecycle, LogOptions, ReadOptions, ReadPlan};
use crate::text::safe;
use keys::KEYS;
pub use shared::list;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Reading plan of several logs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MappingFile {
    /// The logs that are known.
    pub logs: Vec<MappedLog>,
    /// Rows that make one event, if given.
    pub lifecycle: Option<Lifecycle>,
    /// Splits a case where it has no event for longer than this; a duration as in filters, `30m`.
    pub session_gap: Option<String>,
    /// Activities that end a case, if given.
    pub ends: Option<Vec<String>>,
    /// Milestones defined in the explorer, as it remembers them: `resolved = last "Resolved"`.
    pub milestones: Vec<String>,
    /// Classes of waits chosen in the explorer, as it remembers them: `"Asked" -> "Answered" = customer`.
    pub waits: Vec<String>,
    /// Columns of lists of the explorer by the ids of their panes, as it remembers them.
    pub columns: BTreeMap<String, Vec<String>>,
}

/// Entry for one log.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MappedLog {
    /// Path, name, or pattern of names in which `*` stands for any text.
    pub file: String,
    /// Reading options. An empty `source` is the name of the file.
    pub options: LogOptions,
    /// Where the log is in an engine, which `file` is the address of.
    pub engine: MappedEngine,
}

/// A log in an SQL engine; never a secret of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MappedEngine {
    /// Its table.
    pub table: Option<String>,
    /// Column that orders events of one time.
    pub tie_column: Option<String>,
    /// Path or name of the driver.
    pub driver: Option<String>,
    /// Name of the dialect that the engine speaks.
    pub dialect: Option<String>,
}

/// The version of the format that is written, and the only one that is read.
const VERSION: &str = "1";

/// The keys of the file. Those of tables of their own have no value on one line.
pub(super) const TOP_KEYS: &[Key<MappingFile>] = &[
    Key {
        name: "version",
        set: |_, value| Ok(version(value.get_ref())?),
        get: |_| Some(VERSION.to_owned()),
    },
    Key {
        name: "lifecycle",
        set: |file, value| {
            let word = text(value.get_ref())?;
            file.lifecycle = Some(values::word(&word, &LIFECYCLES)?);
            Ok(())
        },
        get: |file| {
            let word = values::word_of(&file.lifecycle?, &LIFECYCLES);
            word.map(quoted)
        },
    },
    Key {
        name: "session_gap",
        set: |file, value| {
            let gap = text(value.get_ref())?;
            values::duration(&gap)?;
            file.session_gap = Some(gap);
            Ok(())
        },
        get: |file| file.session_gap.as_deref().map(quoted),
    },
    Key {
        name: "end",
        set: |file, value| {
            let names = texts(value.get_ref())?.into_iter();
            file.ends = Some(names.filter(|name| !name.is_empty()).collect());
            Ok(())
        },
        get: |file| file.ends.as_deref().map(list),
    },
    Key {
        name: "milestones",
        set: |file, value| {
            file.milestones = parsed(value.get_ref(), NamedMilestone::parse)?;
            Ok(())
        },
        get: |file| unless_empty(&file.milestones),
    },
    Key {
        name: "waits",
        set: |file, value| {
            file.waits = parsed(value.get_ref(), NamedWait::parse)?;
            Ok(())
        },
        get: |file| unless_empty(&file.waits),
    },
    Key {
        name: "columns",
        set: |file, value| {
            file.columns = lists(value.get_ref())?;
            Ok(())
        },
        get: |_| None,
    },
    Key {
        name: "log",
        set: |file, value| {
            file.logs = logs(value)?;
            Ok(())
        },
        get: |_| None,
    },
];

const HEAD: &str = "\
# A mapping file: how casetrail reads these logs.
# What is not said here is found out from the log. Options of the command line stand above it.
";

impl MappingFile {
    /// Reads the text of a mapping file. A key that is not known is an error, with the nearest ones.
    pub fn parse(text: &str) -> Result<Self, FileError> {
        Self::of_toml(text).map_err(|fault| fault.in_text(text))
    }

    fn of_toml(text: &str) -> Result<Self, Fault> {
        let table = DeTable::parse(text).map_err(|error| no_toml(&error))?;
        let mut file = MappingFile::default();
        shared::read_table(&mut file, table.get_ref(), TOP_KEYS)?;
        Ok(file)
    }

    /// The text of the file: what differs from what is found out anyway.
    pub fn to_toml(&self) -> String {
        self.to_toml_with(&[])
    }

    /// Writes the plan with comments: lines below each log's options, given without the `#`.
    pub fn to_toml_with(&self, comments: &[Vec<String>]) -> String {
        let mut out = HEAD.to_owned();
        shared::write_table(&mut out, self, TOP_KEYS);
        self.write_tables(&mut out, comments);
        out
    }

    /// Writes the tables below the keys of the file.
    pub(super) fn write_tables(&self, out: &mut String, comments: &[Vec<String>]) {
        if !self.columns.is_empty() {
            out.push_str("\n[columns]\n");
        }
        for (pane, columns) in &self.columns {
            // Writing to a String cannot fail.
            let _ = writeln!(out, "{} = {}", quoted(pane), list(columns));
        }
        for (i, log) in self.logs.iter().enumerate() {
            out.push_str("\n[[log]]\n");
            shared::write_table(out, log, KEYS);
            for comment in comments.get(i).into_iter().flatten() {
                let _ = writeln!(out, "# {}", safe(comment));
            }
        }
    }

    /// Assigns options to logs by name (paths as given, `-` for standard input): the entry whose
    /// `file` is the path wins, then one that agrees with the end of it, then one whose pattern
    /// matches. Entries without a log are ignored; a log without an entry is an error.
    pub fn plan(&self, names: &[String]) -> Result<ReadPlan, FileError> {
        let lifecycle = self.lifecycle.unwrap_or_default();
        let session_gap = self.session_gap.as_deref().map(values::duration);
        let session_gap = session_gap.transpose().map_err(FileError::new)?;
        let options = names.iter().map(|name| {
            let mut options = self.entry(name)?.options.clone();
            options.read.lifecycle = lifecycle;
            Ok(options)
        });
        Ok(ReadPlan {
            logs: options.collect::<Result<_, FileError>>()?,
            lifecycle,
            session_gap,
        })
    }

    /// Entry for the log of that name.
    pub fn entry(&self, name: &str) -> Result<&MappedLog, FileError> {
        let best = matching::best(name, self.logs.iter().map(|log| log.file.as_str()));
        match best.as_slice() {
            [one] => Ok(&self.logs[*one]),
            [] => {
                let files: Vec<&str> = self.logs.iter().map(|log| log.file.as_str()).collect();
                Err(FileError::new(format!(
                    "no entry is for {}; entries are for: {}",
                    safe(name),
                    listed(&files)
                )))
            }
            several => {
                let files: Vec<&str> = several.iter().map(|&i| &*self.logs[i].file).collect();
                Err(FileError::new(format!(
                    "several entries fit {}: {}; write its whole path in one",
                    safe(name),
                    listed(&files)
                )))
            }
        }
    }
}

fn version(value: &DeValue<'_>) -> Result<(), String> {
    match value.as_integer() {
        Some(n) if n.as_str() == VERSION => Ok(()),
        _ => Err(format!("this casetrail reads version {VERSION} only")),
    }
}

/// Texts that can all be parsed.
fn parsed<T>(
    value: &DeValue<'_>,
    parse: fn(&str) -> Result<T, String>,
) -> Result<Vec<String>, String> {
    let texts = texts(value)?;
    for text in &texts {
        parse(text)?;
    }
    Ok(texts)
}

fn lists(value: &DeValue<'_>) -> Result<BTreeMap<String, Vec<String>>, String> {
    let table = value.as_table().ok_or("expected a table of lists")?;
    let list = |(name, list): (&Spanned<Cow<'_, str>>, &Spanned<DeValue<'_>>)| {
        texts(list.get_ref()).map(|list| (name.get_ref().to_string(), list))
    };
    table.iter().map(list).collect()
}

/// The value of a key that is a list, unless it is empty.
fn unless_empty(texts: &[String]) -> Option<String> {
    (!texts.is_empty()).then(|| list(texts))
}

fn logs(value: &Spanned<DeValue<'_>>) -> Result<Vec<MappedLog>, Fault> {
    let is_list = |one: &Spanned<DeValue<'_>>| one.get_ref().as_table().is_some();
    let list = value.get_ref().as_array();
    let Some(list) = list.filter(|list| list.iter().all(is_list)) else {
        return Err("logs are a list: write [[log]] above each".into());
    };
    let logs: Vec<MappedLog> = tables(value, KEYS)?;
    match logs.iter().position(|log| log.file.is_empty()) {
        None => Ok(logs),
        Some(at) => Err(Fault {
            place: list.get(at).map(Spanned::span),
            message: "a log needs a file: its path, its name, or a pattern with *".to_owned(),
        }),
    }
}

/// The first names of a list.
fn listed(names: &[&str]) -> String {
    const MOST: usize = 8;
    let mut shown: Vec<String> = names
        .iter()
        .take(MOST)
        .map(|n| safe(n).into_owned())
        .collect();
    match names.len() {
        0 => return "none".to_owned(),
        n if n > MOST => shown.push(format!("and {} more", n - MOST)),
        _ => {}
    }
    shown.join(", ")
}

/// Options that were given stand above those that were kept; each replaces its like as a whole.
pub fn overlay(kept: ReadOptions, given: ReadOptions) -> ReadOptions {
    let list = |kept: Vec<String>, given: Vec<String>| {
        if given.is_empty() { kept } else { given }
    };
    let (mut kept, mut given) = (kept, given);
    // An empty name says that no column has the role, which excludes no other role.
    for role in Role::ALL.into_iter().filter(|&role| given.names(role)) {
        for &other in role.excluded() {
            kept.columns[other].clear();
        }
    }
    for role in Role::WITHOUT_ACTIVITY_NAME {
        if given.activity_name.is_some() {
            kept.columns[role].clear();
        }
        // That no column is the activity is said instead of a name that was kept.
        if given.names(role) || role == Role::Activity && !given.columns[role].is_empty() {
            kept.activity_name = None;
        }
    }
    let columns = PerRole::of(|role| {
        let both = [&mut kept, &mut given].map(|read| std::mem::take(&mut read.columns[role]));
        let [kept, given] = both;
        list(kept, given)
    });
    ReadOptions {
        columns,
        activity_name: given.activity_name.or(kept.activity_name),
        time_format: given.time_format.or(kept.time_format),
        tz: given.tz.or(kept.tz),
        na: list(kept.na, given.na),
        delimiter: given.delimiter.or(kept.delimiter),
        quote: given.quote.or(kept.quote),
        escape: given.escape.or(kept.escape),
        json_path: given.json_path.or(kept.json_path),
        encoding: given.encoding.or(kept.encoding),
        no_header: given.no_header || kept.no_header,
        date_order: given.date_order.or(kept.date_order),
        date_hint: given.date_hint.or(kept.date_hint),
        lifecycle: given.lifecycle,
        object_type: given.object_type.or(kept.object_type),
        texts: list(kept.texts, given.texts),
        first: given.first.or(kept.first),
    }
}
