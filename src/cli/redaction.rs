//! Redaction of a call: its options, and the key of the pseudonyms.

use super::args::Common;
use super::failure::{Failure, code};
use super::say;
use crate::config::private::{Base, PrivateFolder};
use crate::event_log::Redaction;
use crate::text::hex;
use std::fs;
use std::io::ErrorKind;

/// Bytes that a key has at least, and those of one that is made.
const LEAST: usize = 16;
const MADE: usize = 32;

/// Key and columns of the call, for logs that are redacted.
///
/// # Errors
/// The key cannot be read, is too short, or cannot be kept.
pub fn of(common: &Common) -> Result<Redaction, Failure> {
    let key = match &common.redact_key {
        Some(path) => {
            let name = say::file(path.as_os_str());
            let read = fs::read(path);
            let read = read.map_err(|error| Failure::usage(format!("{name}: {error}")))?;
            let key = read.trim_ascii().to_vec();
            if key.len() < LEAST {
                let sentence = format!("{name}: a key has {LEAST} bytes at least");
                return Err(Failure::usage(sentence));
            }
            key
        }
        None => own_key().map_err(|why| {
            let way_out = "name a file with a key by --redact-key";
            Failure::new(
                code::OUTPUT,
                format!("no key for pseudonyms: {why}; {way_out}"),
            )
        })?,
    };
    let rules = &common.redact_rules;
    let columns = [&common.redact_column[..], &rules.columns].concat();
    Ok(Redaction::new(key, columns)
        .shifted(rules.shift)
        .strict(rules.strict))
}

/// The words of a command that shows logs redacted, or as they are, and without small groups where that is wanted.
pub fn words(common: &Common, redacted: bool) -> Vec<String> {
    let mut words = Vec::new();
    if redacted {
        words.push("--redact".to_owned());
        let columns = common.redact_column.iter();
        words.extend(columns.map(|column| format!("--redact-column={column}")));
        let key = common.redact_key.iter();
        words.extend(key.map(|path| format!("--redact-key={}", path.display())));
    }
    words.extend(common.suppress.map(|least| format!("--suppress={least}")));
    words
}

/// The words of a command without those of redaction and of small groups.
pub fn without_words(command: &[String]) -> Vec<String> {
    let mut kept = Vec::new();
    let mut words = command.iter();
    while let Some(word) = words.next() {
        match word.as_str() {
            "--redact" => {}
            "--redact-column" | "--redact-key" | "--suppress" => drop(words.next()),
            word if ["--redact-", "--redact=", "--suppress="]
                .iter()
                .any(|start| word.starts_with(start)) => {}
            word => kept.push(word.to_owned()),
        }
    }
    kept
}

/// The key of this user, made where there is none.
fn own_key() -> Result<Vec<u8>, String> {
    const FILE: &str = "key";
    let folder = PrivateFolder::of_user(Base::State, "redaction");
    let folder = folder.ok_or("there is no folder of this user")?;
    let of_file =
        |error: std::io::Error| format!("{}: {error}", say::file(folder.file(FILE).as_os_str()));
    let known = match folder.read(FILE) {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let mut key = [0; MADE];
            getrandom::fill(&mut key).map_err(|error| error.to_string())?;
            folder.write(FILE, &hex(&key)).map_err(of_file)?;
            // Another call may have made one at the same time.
            folder.read(FILE)
        }
        known => known,
    };
    let key = known.map_err(of_file)?.trim_ascii().as_bytes().to_vec();
    if key.len() < LEAST {
        return Err(format!(
            "{}: it is damaged",
            say::file(folder.file(FILE).as_os_str())
        ));
    }
    Ok(key)
}
