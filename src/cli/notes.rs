//! Tags and notes of a call: their file, and when the explorer was last left for its logs.

use super::args::Common;
use super::failure::Failure;
use super::json::Instant;
use super::{say, session};
use crate::app::Visit;
use crate::config::notes_file::{NotesFile, NotesText};
use crate::config::private::{Base, PrivateFolder};
use crate::engine::Analysis;
use crate::text::escape_line;
use chrono::DateTime;
use serde::Deserialize;
use std::io;
use std::sync::Arc;

/// The file of the tags and notes: the one that is named, in the explorer else one of the user for these logs.
pub fn file(common: &Common) -> Option<NotesFile> {
    match &common.notes {
        Some(path) => Some(NotesFile::from(path.as_path())),
        None if common.explores => own_file(common),
        None => None,
    }
}

/// The file that the explorer has for these logs where none is named; `None` for logs that are no files.
pub fn own_file(common: &Common) -> Option<NotesFile> {
    let folder = PrivateFolder::of_user(Base::Data, "notes")?;
    let name = format!("{}.jsonl", session::id(&common.logs)?);
    Some(NotesFile::Private(folder, name))
}

/// Adds the tags and notes of a call to its log; gives also what was wrong in their file.
///
/// # Errors
/// The file that is named cannot be read.
pub fn added(analysis: Analysis, common: &Common) -> Result<(Analysis, Option<String>), Failure> {
    let Some(file) = file(common) else {
        return Ok((analysis, None));
    };
    let name = say::file(file.path().as_os_str());
    let (text, fault) = match file.read() {
        Ok(Some(text)) => {
            let fault = text.in_words(&name);
            (text, fault)
        }
        Ok(None) if common.explores => (NotesText::default(), None),
        Ok(None) => return Err(Failure::usage(format!("{name}: there is no such file"))),
        Err(error) => {
            let why = escape_line(&format!("{name}: {error}"));
            if !common.explores {
                return Err(Failure::usage(why));
            }
            (NotesText::default(), Some(format!("Notes: {why}")))
        }
    };
    let analysis = analysis.with_notes(Arc::new(text.notes));
    Ok((analysis.map_err(Failure::usage)?, fault))
}

/// A visit as it is kept.
#[derive(Deserialize)]
struct Kept {
    left: String,
    last_event: String,
}

fn visits() -> Option<PrivateFolder> {
    PrivateFolder::of_user(Base::State, "visits")
}

fn name_of_visit(common: &Common) -> Option<String> {
    Some(format!("{}.toml", session::id(&common.logs)?))
}

/// The last visit of the logs; one that cannot be read is none.
pub fn last_visit(common: &Common) -> Option<Visit> {
    let text = visits()?.read(&name_of_visit(common)?).ok()?;
    let kept: Kept = toml::from_str(&text).ok()?;
    let instant = |text: &str| {
        let time = DateTime::parse_from_rfc3339(text).ok()?;
        Some(time.timestamp_micros())
    };
    Some(Visit {
        left: instant(&kept.left)?,
        last_event: instant(&kept.last_event)?,
    })
}

/// Keeps the visit of the logs.
///
/// # Errors
/// It cannot be written.
pub fn keep_visit(common: &Common, visit: Visit) -> io::Result<()> {
    let (Some(name), Some(folder)) = (name_of_visit(common), visits()) else {
        return Ok(());
    };
    let [left, last_event] = [visit.left, visit.last_event].map(|at| Instant(at).rfc3339());
    let text = format!("left = \"{left}\"\nlast_event = \"{last_event}\"\n");
    folder.write(&name, &text)
}
