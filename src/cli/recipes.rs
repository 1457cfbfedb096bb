//! Named filters of a call: the file that it names, and `@name` in its options.

use super::failure::{Failure, pointed_out};
use super::plan;
use crate::config::recipes;
use crate::engine::FilterError;
use crate::filter::NamedFilters;
use std::ffi::{OsStr, OsString};
use std::path::Path;

/// The option that names the file.
pub const OPTION: &str = "--recipes";

/// Reads the file of named filters; there are none without it. None is looked for in the folder of the log:
/// somebody else may have put it there.
///
/// # Errors
/// A usage error with file, line and reason.
pub fn read(file: Option<&OsStr>) -> Result<NamedFilters, Failure> {
    let read = file.map(|file| plan::of_file(Path::new(file), recipes::parse));
    read.unwrap_or_else(|| Ok(NamedFilters::default()))
}

/// Replaces the names in the value of an option, if it has some. `file` is the value of [`OPTION`].
///
/// # Errors
/// The file cannot be used, or has no filter of that name.
pub fn replace(option: &str, value: &str, file: Option<&OsStr>) -> Result<OsString, Failure> {
    // Most filters have no names, and need no file.
    if !value.contains('@') || NamedFilters::default().expand(value).is_ok() {
        return Ok(value.into());
    }
    let filters = read(file)?;
    let none = filters.list.is_empty();
    match filters.expand(value) {
        Ok(expanded) => Ok(expanded.text.into()),
        Err(error) => {
            let hint = format!("{}: name it with {OPTION} FILE", error.message);
            let error = FilterError {
                text: value.to_owned(),
                span: error.span,
                message: if none { hint } else { error.message },
            };
            Err(Failure::usage(pointed_out(
                option.trim_start_matches('-'),
                &error,
            )))
        }
    }
}
