//! The keys of one log in a mapping file: how each is read from TOML and written to it.

use super::MappedLog;
use crate::config::keys::{Key, flag, list, quoted, text, texts};
use crate::config::values::{self, DATE_ORDERS};
use crate::event_log::Role;
use toml::de::DeValue;

/// A key that holds one text, a list of texts, or the columns of a role.
macro_rules! key {
    ($name:literal, text, $($field:ident).+) => {
        Key {
            name: $name,
            set: |log, value| {
                log.$($field).+ = text(value.get_ref())?;
                Ok(())
            },
            get: |log| Some(&log.$($field).+).filter(|t| !t.is_empty()).map(|t| quoted(t)),
        }
    };
    ($name:literal, optional, $($field:ident).+) => {
        Key {
            name: $name,
            set: |log, value| {
                log.$($field).+ = Some(text(value.get_ref())?);
                Ok(())
            },
            get: |log| log.$($field).+.as_deref().map(quoted),
        }
    };
    ($name:literal, list, $($field:ident).+) => {
        Key {
            name: $name,
            set: |log, value| {
                log.$($field).+ = texts(value.get_ref())?;
                Ok(())
            },
            get: |log| Some(&log.$($field).+).filter(|l| !l.is_empty()).map(|l| list(l)),
        }
    };
    ($name:literal, columns, $role:ident) => {
        Key {
            name: $name,
            set: |log, value| {
                let names = columns(Role::$role, value.get_ref())?;
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
pub(in crate::config) const KEYS: &[Key<MappedLog>] = &[
    key!("file", text, file),
    key!("table", optional, engine.table),
    key!("tie_column", optional, engine.tie_column),
    key!("driver", optional, engine.driver),
    key!("dialect", optional, engine.dialect),
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
        set: |log, value| {
            log.options.read.tz = Some(values::zone(&text(value.get_ref())?)?);
            Ok(())
        },
        get: |log| log.options.read.tz.map(|zone| quoted(zone.name())),
    },
    Key {
        name: "date_order",
        set: |log, value| {
            let order = values::word(&text(value.get_ref())?, &DATE_ORDERS)?;
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
            let delimiter = values::delimiter(&text(value.get_ref())?)?;
            log.options.read.delimiter = Some(delimiter);
            Ok(())
        },
        get: |log| character(log.options.read.delimiter),
    },
    Key {
        name: "quote",
        set: |log, value| {
            log.options.read.quote = Some(values::quote(&text(value.get_ref())?)?);
            Ok(())
        },
        get: |log| character(log.options.read.quote),
    },
    Key {
        name: "escape",
        set: |log, value| {
            log.options.read.escape = Some(values::quote(&text(value.get_ref())?)?);
            Ok(())
        },
        get: |log| character(log.options.read.escape),
    },
    key!("encoding", optional, options.read.encoding),
    Key {
        name: "no_header",
        set: |log, value| {
            log.options.read.no_header = flag(value.get_ref())?;
            Ok(())
        },
        get: |log| log.options.read.no_header.then(|| "true".to_owned()),
    },
];

/// A character as a value.
fn character(byte: Option<u8>) -> Option<String> {
    byte.map(|byte| quoted(char::from(byte).encode_utf8(&mut [0; 4])))
}

/// The names of the columns of a role: a list where they are joined, else one text.
fn columns(role: Role, value: &DeValue<'_>) -> Result<Vec<String>, String> {
    if role.is_of_several() {
        texts(value)
    } else {
        text(value).map(|name| vec![name])
    }
}
