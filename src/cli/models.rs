//! Reads files of models.

use super::failure::{Failure, code};
use super::say;
use crate::engine::NamedModel;
use crate::models;
use crate::text::escape_line;
use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

/// Bytes of the largest file that is read; the reader refuses it.
const MOST: u64 = (64 << 20) + 1;

/// Reads a model in PNML or BPMN.
///
/// # Errors
/// The file cannot be read, or is no model that can be used: it is refused, with line and element.
pub fn read(path: &Path) -> Result<Arc<NamedModel>, Failure> {
    let name = say::file(path.as_os_str());
    let refused =
        |why: String| Failure::new(code::REFUSED, format!("{name}: {}", escape_line(&why)));
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(MOST).read_to_end(&mut bytes))
        .map_err(|error| refused(format!("cannot be read: {error}")))?;
    let net = models::read(&bytes).map_err(|error| refused(error.to_string()))?;
    let name = path.file_name().unwrap_or(path.as_os_str());
    Ok(Arc::new(NamedModel {
        name: name.to_string_lossy().into_owned(),
        path: path.to_string_lossy().into_owned(),
        net,
    }))
}
