//! The keys of one log in a mapping file: how each is read from TOML and written to it.

use super::MappedLog;
use crate::config::values::{self, DATE_ORDERS};
use crate::event_log::Role;
use crate::text::is_hidden;
use toml::de::DeValue;

/// One key.
pub struct Key {
    /// As it is written.
    pub name: &'static str,
    /// Takes a value over, or says what is expected.
    pub set: fn(&mut MappedLog, &DeValue<'_>) -> Result<(), String>,
    /// The value as TOML; `None` where nothing is said.
    pub get: fn(&MappedLog) -> Option<String>,
}

/// A key that holds one text, a list of texts, or the columns of a role.
macro_rules! key {
    ($name:literal, text, $($field:ident).+) => {
        Key {
            name: $name,
            set: |log, value| text(value).map(|text| log.$($field).+ = text),
            get: |log| Some(&log.$($field).+).filter(|t| !t.is_empty()).map(|t| quoted(t)),
        }
    };
    ($name:literal, optional, $($field:ident).+) => {
        Key {
            name: $name,
            set: |log, value| text(value).map(|text| log.$($field).+ = Some(text)),
            get: |log| log.$($field).+.as_deref().map(quoted),
        }
    };
    ($name:literal, list, $($field:ident).+) => {
        Key {
            name: $name,
            set: |log, value| texts(value).map(|texts| log.$($field).+ = texts),
            get: |log| Some(&log.$($field).+).filter(|l| !l.is_empty()).map(|l| list(l)),
        }
    };
    ($name:literal, columns, $role:ident) => {
        Key {
            name: $name,
            set: |log, value| {
                let names = columns(Role::$role, value)?;
                log.options.read.columns[Role::$role] = names;
                Ok(())
            },
            get: |log| {
                let names = &log.options.read.columns[Role::$role];
                (!names.is_empty()).then(|| list(names))
            },
        }
    };
}

/// All keys of a log, in the order in which they are written.
pub const KEYS: &[Key] = &[
    key!("file", text, file),
    key!("source", text, options.source),
    key!("activity_prefix", text, options.activity_prefix),
    key!("case", columns, Case),
    key!("activity", columns, Activity),
    key!("activity_name", optional, options.read.activity_name),
    key!("time", columns, Time),
    key!("start", columns, Start),
    key!("resource", columns, Resource),
    key!("lifecycle_column", columns, Lifecycle),
    key!("instance", columns, Instance),
    key!("milestone_columns", columns, Milestone),
    key!("object_type", optional, options.read.object_type),
    key!("json_path", optional, options.read.json_path),
    key!("time_format", optional, options.read.time_format),
    Key {
        name: "tz",
        set: |log, value| values::zone(&text(value)?).map(|zone| log.options.read.tz = Some(zone)),
        get: |log| log.options.read.tz.map(|zone| quoted(zone.name())),
    },
    Key {
        name: "date_order",
        set: |log, value| {
            let order = values::word(&text(value)?, &DATE_ORDERS)?;
            log.options.read.date_order = Some(order);
            Ok(())
        },
        get: |log| {
            let order = log.options.read.date_order?;
            values::word_of(&order, &DATE_ORDERS).map(quoted)
        },
    },
    key!("na", list, options.read.na),
    Key {
        name: "delimiter",
        set: |log, value| {
            let delimiter = values::delimiter(&text(value)?)?;
            log.options.read.delimiter = Some(delimiter);
            Ok(())
        },
        get: |log| character(log.options.read.delimiter),
    },
    Key {
        name: "quote",
        set: |log, value| {
            log.options.read.quote = Some(values::quote(&text(value)?)?);
            Ok(())
        },
        get: |log| character(log.options.read.quote),
    },
    Key {
        name: "escape",
        set: |log, value| {
            log.options.read.escape = Some(values::quote(&text(value)?)?);
            Ok(())
        },
        get: |log| character(log.options.read.escape),
    },
    key!("encoding", optional, options.read.encoding),
    Key {
        name: "no_header",
        set: |log, value| {
            let flag = value.as_bool().ok_or("expected true or false")?;
            log.options.read.no_header = flag;
            Ok(())
        },
        get: |log| log.options.read.no_header.then(|| "true".to_owned()),
    },
];

/// A character as a value.
fn character(byte: Option<u8>) -> Option<String> {
    byte.map(|byte| quoted(char::from(byte).encode_utf8(&mut [0; 4])))
}

/// A value that is one text. Columns without names are called by numbers, so a number is one too.
pub fn text(value: &DeValue<'_>) -> Result<String, String> {
    match value {
        DeValue::String(text) => Ok(text.clone().into_owned()),
        // Columns of a file without header are called by numbers.
        DeValue::Integer(number) => Ok(number.as_str().to_owned()),
        _ => Err("expected a text in quotes".to_owned()),
    }
}

/// A value that is a list of texts, or one text.
pub fn texts(value: &DeValue<'_>) -> Result<Vec<String>, String> {
    let list = match value {
        DeValue::Array(list) => list.iter().map(|one| text(one.get_ref())).collect(),
        one => text(one).map(|one| vec![one]),
    };
    list.map_err(|_| "expected a text in quotes, or a list of such".to_owned())
}

/// The names of the columns of a role: a list where they are joined, else one text.
fn columns(role: Role, value: &DeValue<'_>) -> Result<Vec<String>, String> {
    if role.is_of_several() {
        texts(value)
    } else {
        text(value).map(|name| vec![name])
    }
}

/// A text in quotes of TOML. What hides or acts is escaped, so that it is seen in any editor.
pub fn quoted(text: &str) -> String {
    use std::fmt::Write;
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            // `escape_debug` also escapes the apostrophe, which needs none here.
            c if is_hidden(c) || (c != '\'' && c.escape_debug().len() > 1) => {
                // Writing to a String cannot fail.
                let _ = write!(out, "\\U{:08X}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// A list of texts as TOML; one text stands alone.
pub fn list(texts: &[String]) -> String {
    let quoted: Vec<String> = texts.iter().map(|text| quoted(text)).collect();
    match quoted.as_slice() {
        [one] => one.clone(),
        _ => format!("[{}]", quoted.join(", ")),
    }
}
