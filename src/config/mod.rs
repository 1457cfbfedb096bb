//! Settings: flags above environment above file above defaults.

mod keys;
pub mod mapping_file;
pub mod notes_file;
pub mod private;
pub mod recipes;
pub mod remembered;
pub mod report_file;
pub mod rules;
pub mod session_file;
pub mod settings;
pub mod values;

use crate::text::safe;
use etcetera::BaseStrategy;
use serde::de::DeserializeOwned;
use std::fs;
use std::ops::Range;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;

/// The user's folder of settings below `XDG_CONFIG_HOME`; `None` where there is none. Under another user's home
/// (`sudo` keeps it) nothing is read nor left.
pub fn folder_of_user() -> Option<PathBuf> {
    let owner = fs::metadata(etcetera::home_dir().ok()?).map(|home| home.uid());
    if owner.is_ok_and(|owner| owner != rustix::process::geteuid().as_raw()) {
        return None;
    }
    let settings = etcetera::base_strategy::Xdg::new().ok()?.config_dir();
    Some(settings.join("casetrail"))
}

/// Fault in a settings file, or in its use.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct FileError {
    /// Line, from 1; `None` where no single line is at fault.
    pub line: Option<u64>,
    /// Fault and remedy, on one line.
    pub message: String,
    /// A text of the file and the place in it that is wrong, in bytes; `None` where the line says enough.
    pub place: Option<(String, Range<usize>)>,
}

impl FileError {
    fn new(message: impl Into<String>) -> Self {
        FileError {
            line: None,
            message: message.into(),
            place: None,
        }
    }
}

/// Reads a text in TOML.
///
/// # Errors
/// Error with its line.
fn from_toml<T: DeserializeOwned>(text: &str) -> Result<T, FileError> {
    toml::from_str(text).map_err(|error| FileError {
        line: error.span().map(|span| line_of(text, span.start)),
        ..FileError::new(in_words(&safe(error.message()).replace('\n', "; ")))
    })
}

/// A message of the TOML reader without names of types of the program.
fn in_words(message: &str) -> String {
    let words = [
        ("invalid type: map", "invalid type: table"),
        ("expected f64", "expected a number"),
        ("expected u64", "expected a whole number"),
        ("expected a map", "expected a table"),
        ("expected a sequence", "expected a list"),
    ];
    let message = words.iter().fold(message.to_owned(), |text, (from, to)| {
        text.replace(from, to)
    });
    match message.split_once("expected struct ") {
        Some((before, name)) => {
            let rest = name.trim_start_matches(|c: char| c.is_alphanumeric() || c == '_');
            format!("{before}expected a table{rest}")
        }
        None => message,
    }
}

/// The line of a place of a text, from 1.
fn line_of(text: &str, at: usize) -> u64 {
    let before = &text.as_bytes()[..at.min(text.len())];
    1 + memchr::memchr_iter(b'\n', before).count() as u64
}
