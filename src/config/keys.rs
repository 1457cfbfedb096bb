//! Tables of keys for settings in TOML: each key is read and written in one place. Values that settings share.

use super::{FileError, line_of};
use crate::text::{did_you_mean, is_hidden, safe};
use std::fmt::Write;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// One key of a table that becomes a `T`.
pub(super) struct Key<T> {
    /// As it is written.
    pub name: &'static str,
    /// Takes a value over, or says what is expected.
    pub set: fn(&mut T, &Spanned<DeValue<'_>>) -> Result<(), Fault>,
    /// The value as TOML; `None` where nothing is said.
    pub get: fn(&T) -> Option<String>,
}

/// Something wrong at a place of the text, in bytes.
#[derive(Debug)]
pub(super) struct Fault {
    /// The place; `None` for that of the value that is read.
    pub place: Option<Range<usize>>,
    /// One line.
    pub message: String,
}

impl Fault {
    /// The error with its line of the text.
    pub(super) fn in_text(self, text: &str) -> FileError {
        FileError {
            line: self.place.map(|place| line_of(text, place.start)),
            ..FileError::new(self.message)
        }
    }
}

impl From<String> for Fault {
    fn from(message: String) -> Self {
        Fault {
            place: None,
            message,
        }
    }
}

impl From<&str> for Fault {
    fn from(message: &str) -> Self {
        message.to_owned().into()
    }
}

/// Reads a table by its keys. A key that is not known is an error, with the nearest ones.
pub(super) fn read_table<T>(to: &mut T, table: &DeTable<'_>, keys: &[Key<T>]) -> Result<(), Fault> {
    for (name, value) in table {
        let key = keys.iter().find(|key| key.name == name.get_ref().as_ref());
        let Some(key) = key else {
            let names: Vec<&str> = keys.iter().map(|key| key.name).collect();
            return Err(unknown(name, &names));
        };
        (key.set)(to, value).map_err(|fault| at_key(name, value, fault))?;
    }
    Ok(())
}

/// The keys that say something, a line each.
pub(super) fn write_table<T>(out: &mut String, of: &T, keys: &[Key<T>]) {
    for key in keys {
        if let Some(value) = (key.get)(of) {
            // Writing to a String cannot fail.
            let _ = writeln!(out, "{} = {value}", key.name);
        }
    }
}

/// The keys that say something, as a table on one line.
pub(super) fn inline_table<T>(of: &T, keys: &[Key<T>]) -> String {
    let said = keys.iter().filter_map(|key| {
        let value = (key.get)(of)?;
        Some(format!("{} = {value}", key.name))
    });
    format!("{{ {} }}", said.collect::<Vec<_>>().join(", "))
}

/// Reads a value that is a table.
pub(super) fn table<T: Default>(value: &Spanned<DeValue<'_>>, keys: &[Key<T>]) -> Result<T, Fault> {
    let table = value.get_ref().as_table().ok_or("expected a table")?;
    let mut read = T::default();
    read_table(&mut read, table, keys)?;
    Ok(read)
}

/// Reads a value that is a list of tables.
pub(super) fn tables<T: Default>(
    value: &Spanned<DeValue<'_>>,
    keys: &[Key<T>],
) -> Result<Vec<T>, Fault> {
    let list = value.get_ref().as_array();
    let list = list.ok_or("expected a list of tables")?;
    list.iter().map(|one| table(one, keys)).collect()
}

/// A fault in the value of a key: its place, where it has none of its own.
pub(super) fn at_key<K: AsRef<str>>(
    key: &Spanned<K>,
    value: &Spanned<DeValue<'_>>,
    fault: Fault,
) -> Fault {
    if fault.place.is_some() {
        return fault;
    }
    Fault {
        place: Some(value.span()),
        message: format!("{}: {}", safe(key.get_ref().as_ref()), fault.message),
    }
}

/// The fault of a key that nobody knows.
pub(super) fn unknown<K: AsRef<str>>(key: &Spanned<K>, known: &[&str]) -> Fault {
    let name = key.get_ref().as_ref();
    let hint = did_you_mean(name, known.iter().copied(), str::to_owned);
    Fault {
        place: Some(key.span()),
        message: format!("no key is called {}{hint}", safe(name)),
    }
}

/// The fault of a text that is not TOML.
pub(super) fn no_toml(error: &toml::de::Error) -> Fault {
    Fault {
        place: error.span(),
        message: safe(error.message()).replace('\n', "; "),
    }
}

/// A value that is one text. Columns without names are called by numbers, so a number is one too.
pub(super) fn text(value: &DeValue<'_>) -> Result<String, String> {
    match value {
        DeValue::String(text) => Ok(text.clone().into_owned()),
        // Columns of a file without header are called by numbers.
        DeValue::Integer(number) => Ok(number.as_str().to_owned()),
        _ => Err("expected a text in quotes".to_owned()),
    }
}

/// A value that is a list of texts, or one text.
pub(super) fn texts(value: &DeValue<'_>) -> Result<Vec<String>, String> {
    let list = match value {
        DeValue::Array(list) => list.iter().map(|one| text(one.get_ref())).collect(),
        one => text(one).map(|one| vec![one]),
    };
    list.map_err(|_| "expected a text in quotes, or a list of such".to_owned())
}

/// A value that is true or false.
pub(super) fn flag(value: &DeValue<'_>) -> Result<bool, String> {
    let flag = value.as_bool();
    flag.ok_or_else(|| "expected true or false".to_owned())
}

/// A value that is a whole number up to `most`.
pub(super) fn number(value: &DeValue<'_>, most: u64) -> Result<u64, String> {
    let number = value.as_integer();
    let number = number.and_then(|n| u64::from_str_radix(n.as_str(), n.radix()).ok());
    let number = number.filter(|n| *n <= most);
    number.ok_or_else(|| format!("expected a whole number from 0 to {most}"))
}

/// A text in quotes of TOML. What hides or acts is escaped, so that it is seen in any editor.
pub fn quoted(text: &str) -> String {
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

/// A name as a key, in quotes where it needs them.
pub(super) fn key(name: &str) -> String {
    let is_bare = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if !name.is_empty() && name.chars().all(is_bare) {
        return name.to_owned();
    }
    // Activities are in double quotes themselves.
    if name.contains('"') && !name.contains(|c: char| c == '\'' || c.is_control()) {
        return format!("'{name}'");
    }
    quoted(name)
}

/// A list of texts as TOML; one text stands alone.
pub fn list(texts: &[String]) -> String {
    let quoted: Vec<String> = texts.iter().map(|text| quoted(text)).collect();
    match quoted.as_slice() {
        [one] => one.clone(),
        _ => format!("[{}]", quoted.join(", ")),
    }
}
