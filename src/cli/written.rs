//! Files that the explorer writes at the user's command, wherever the log is: texts, exports, report documents.

use super::args::{Common, Format};
use super::export;
use super::failure::{Failure, code};
use super::output::Output;
use super::plan;
use super::reports::document::{self, Basis};
use crate::app::{Exported, LoadError, Outline, Section, Written};
use crate::engine::Reference;
use crate::formats::ReadPlan;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

/// A failure as the explorer shows it.
pub fn told(failure: Failure) -> LoadError {
    LoadError {
        message: failure.message,
        code: failure.code,
    }
}

/// The message that something is not kept.
pub fn unkept(what: &str, error: &dyn std::fmt::Display) -> LoadError {
    LoadError {
        message: format!("{what}: {error}"),
        code: code::OUTPUT,
    }
}

/// The path of a file to write; `-` is none where standard output is the screen.
///
/// # Errors
/// It is none.
pub fn named_file(path: &str) -> Result<&Path, LoadError> {
    if path == "-" {
        return Err(LoadError {
            message: "- is the screen here; name a file".to_owned(),
            code: code::OUTPUT,
        });
    }
    Ok(Path::new(path))
}

/// The output at a place; `None` where a file is there that may not be replaced. Files that the call reads are
/// refused, but for `own`, which is the one that is written anew.
///
/// # Errors
/// Nothing can be written there.
pub fn output(
    common: &Common,
    place: &Path,
    replace: bool,
    own: Option<&PathBuf>,
    more: Option<OsString>,
) -> Result<Option<Output>, LoadError> {
    let own = own.map(|own| own.as_os_str());
    let mut read = files_read(common);
    read.retain(|path| Some(path.as_os_str()) != own);
    read.extend(more);
    // Asked as if it may be replaced, so that nobody is offered to replace what is read.
    let output = Output::choose(Some(place), true, &read).map_err(told)?;
    if replace {
        return Ok(Some(output));
    }
    if place.symlink_metadata().is_ok() {
        return Ok(None);
    }
    Output::choose(Some(place), false, &read)
        .map(Some)
        .map_err(told)
}

/// The files that the call reads.
fn files_read(common: &Common) -> Vec<OsString> {
    let files = [
        &common.how.mapping,
        &common.times().rules,
        &common.session,
        &common.recipes,
        &common.notes,
        &common.redact_key,
        &common.engine.credentials,
    ];
    let settings = common.config.path().map(|(path, _)| path);
    let files = files.into_iter().flatten().chain(&settings);
    let files = files.map(|path| path.clone().into_os_string());
    common.logs.iter().cloned().chain(files).collect()
}

/// Writes a file whole or not at all; one that exists is replaced only if it may be.
///
/// # Errors
/// It cannot be written.
pub fn text(
    common: &Common,
    place: &Path,
    replace: bool,
    own: Option<&PathBuf>,
    text: &str,
) -> Result<Written, LoadError> {
    let Some(output) = output(common, place, replace, own, None)? else {
        return Ok(Written::Exists);
    };
    let written = output.write(|out| out.write_all(text.as_bytes()));
    written.map(|()| Written::Done).map_err(told)
}

/// Writes how logs are read to a mapping file, with the activities that end a case where they were chosen.
///
/// # Errors
/// It cannot be written.
pub fn mapping(
    common: &Common,
    plan: &ReadPlan,
    ends: Option<&[String]>,
    path: &str,
    replace: bool,
) -> Result<Written, LoadError> {
    let place = named_file(path)?;
    let mut file = plan::mapping_file(common, plan);
    if let Some(ends) = ends {
        file.ends = Some(ends.to_vec());
    }
    let own = common.how.mapping.as_ref();
    text(common, place, replace, own, &file.to_toml())
}

/// Writes all rows of what a pane shows, in the format that the ending of the path names.
///
/// # Errors
/// There are no such rows, or they cannot be written.
pub fn exported(
    basis: &Basis<'_>,
    section: &Section,
    path: &str,
    replace: bool,
) -> Result<(Written, Exported), LoadError> {
    let place = named_file(path)?;
    let model = basis.view.reference.as_ref().and_then(Reference::model);
    let model = model.map(|model| OsString::from(&model.path));
    let Some(output) = output(basis.common, place, replace, None, model)? else {
        return Ok((Written::Exists, Exported::default()));
    };
    let format = match ending(place).to_str() {
        Some("json") => Format::Json,
        Some("md") => Format::Markdown,
        _ => Format::Csv,
    };
    let exported = export::export(basis, section, format, &output).map_err(told)?;
    Ok((Written::Done, exported))
}

/// Writes a report document, or the file for it, as the ending of the path says; with a note about sections that
/// failed.
///
/// # Errors
/// The document cannot be made or written.
pub fn report(
    basis: &Basis<'_>,
    outline: &Outline,
    path: &str,
    replace: bool,
) -> Result<(Written, String), LoadError> {
    let place = named_file(path)?;
    // Before the work, which may take its time.
    if output(basis.common, place, replace, None, None)?.is_none() {
        return Ok((Written::Exists, String::new()));
    }
    let of = |format| document::written(basis, outline, format).map_err(told);
    let (document, note) = match ending(place).to_str() {
        Some("toml") => (
            document::for_file(outline, &basis.command, path),
            String::new(),
        ),
        Some("md" | "markdown") => of(Format::Markdown)?,
        _ => of(Format::Html)?,
    };
    Ok((text(basis.common, place, replace, None, &document)?, note))
}

fn ending(place: &Path) -> OsString {
    let ending: &OsStr = place.extension().unwrap_or_default();
    ending.to_ascii_lowercase()
}
