//! The session file: a view of a log as left in the explorer, with how the log is read, in TOML. The
//! keys of the mapping file are keys of it, too.

mod keys;
#[cfg(test)]
mod tests;

use super::FileError;
use super::keys::{self as shared, Fault, at_key, no_toml, quoted, write_table};
use super::mapping_file::{MappingFile, TOP_KEYS};
use super::report_file::write_sections;
use crate::app::{Level, Session, Snapshot};
use crate::panes::Place;
use keys::{FILTER_KEYS, LEVEL_KEYS, PLACE_KEYS, SESSION_KEYS};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Arc;
use toml::de::DeTable;

/// A session with how its logs are read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SessionFile {
    /// How the logs are read. End states, milestones, classes of waits and columns are in the session.
    pub mapping: MappingFile,
    /// State of each log, in their order, as [`store::fingerprint`](crate::store::fingerprint) gives it.
    pub fingerprints: Vec<String>,
    /// Words of the call that opened the explorer.
    pub call: Vec<String>,
    /// Process that keeps the session; `None` once its user has left.
    pub running: Option<u32>,
    /// Path of the rules file.
    pub rules: Option<String>,
    /// Rules on the order of events of the command line.
    pub rule: Vec<String>,
    /// A case in which nothing happened for longer is over, as `30d`.
    pub idle: Option<String>,
    /// Time as of which open cases are looked at.
    pub now: Option<String>,
    /// Path of the model that cases are compared with, which is not read yet.
    pub model: Option<String>,
    /// Texts of the filters that were on before all were switched off.
    pub switched_off: Vec<String>,
    /// The view. Its reference is no model.
    pub session: Session,
}

/// Levels of a drill-down that are kept, the innermost ones.
const MOST_LEVELS: usize = 100;

const HEAD: &str = "\
# A session of casetrail: a view of a log, and how the log is read.
# The explorer opens it, and every report takes what it selects.
";

/// A level of the drill-down as it is written.
#[derive(Debug, Clone, Default)]
struct LevelEntry {
    crumb: String,
    filtered: bool,
    back: Snapshot,
}

impl SessionFile {
    /// Reads the text of a session file. A key that is not known is an error, with the nearest ones.
    ///
    /// # Errors
    /// The first fault with its line.
    pub fn parse(text: &str) -> Result<Self, FileError> {
        Self::of_toml(text).map_err(|fault| fault.in_text(text))
    }

    fn of_toml(text: &str) -> Result<Self, Fault> {
        let table = DeTable::parse(text).map_err(|error| no_toml(&error))?;
        let mut file = SessionFile::default();
        for (name, value) in table.get_ref() {
            let called = name.get_ref().as_ref();
            let own = SESSION_KEYS.iter().find(|key| key.name == called);
            let of_mapping = TOP_KEYS.iter().find(|key| key.name == called);
            let read = match (own, of_mapping) {
                (Some(key), _) => (key.set)(&mut file, value),
                (None, Some(key)) => (key.set)(&mut file.mapping, value),
                (None, None) => {
                    let own = SESSION_KEYS.iter().map(|key| key.name);
                    let names = own.chain(TOP_KEYS.iter().map(|key| key.name));
                    return Err(shared::unknown(name, &names.collect::<Vec<_>>()));
                }
            };
            read.map_err(|fault| at_key(name, value, fault))?;
        }
        file.settle();
        Ok(file)
    }

    /// Moves to the view what the mapping file has keys for, and completes the levels of the drill-down.
    fn settle(&mut self) {
        let mapping = &mut self.mapping;
        let view = &mut self.session.view;
        view.filters.ends = mapping.ends.take();
        view.filters.milestones = std::mem::take(&mut mapping.milestones);
        view.filters.waits = std::mem::take(&mut mapping.waits);
        view.columns = std::mem::take(&mut mapping.columns);
        let off = std::mem::take(&mut self.switched_off);
        if !off.is_empty() {
            let filters = view.filters.entries.iter();
            view.filters.before_off = filters.map(|filter| off.contains(&filter.text)).collect();
        }
        let mut trail: Vec<Level> = Vec::new();
        for level in std::mem::take(&mut view.trail) {
            let mut back = (*level.back).clone();
            back.filters.take_all_but_filters(&view.filters);
            back.columns.clone_from(&view.columns);
            back.trail.clone_from(&trail);
            // A level has the places that differ from those of the view.
            for (id, place) in &view.places {
                let unsaid = !back.places.contains_key(id);
                if unsaid {
                    back.places.insert(id.clone(), place.clone());
                }
            }
            trail.push(Level {
                back: Arc::new(back),
                ..level
            });
        }
        view.trail = trail;
    }

    /// The text of the file.
    pub fn to_toml(&self) -> String {
        let view = &self.session.view;
        let mapping = MappingFile {
            ends: view.filters.ends.clone(),
            milestones: view.filters.milestones.clone(),
            waits: view.filters.waits.clone(),
            columns: view.columns.clone(),
            ..self.mapping.clone()
        };
        let mut out = HEAD.to_owned();
        write_table(&mut out, &mapping, TOP_KEYS);
        write_table(&mut out, self, SESSION_KEYS);
        for filter in &view.filters.entries {
            out.push_str("\n[[filter]]\n");
            write_table(&mut out, filter, FILTER_KEYS);
        }
        write_sections(&mut out, &self.session.report.sections);
        mapping.write_tables(&mut out, &[]);
        write_places(&mut out, "place", &view.places);
        let first = view.trail.len().saturating_sub(MOST_LEVELS);
        for level in &view.trail[first..] {
            let mut entry = LevelEntry {
                crumb: level.crumb.clone(),
                filtered: level.filtered,
                back: (*level.back).clone(),
            };
            let places = &mut entry.back.places;
            places.retain(|id, place| view.places.get(id) != Some(place));
            out.push_str("\n[[level]]\n");
            write_table(&mut out, &entry, LEVEL_KEYS);
            write_places(&mut out, "level.place", &entry.back.places);
        }
        out
    }
}

fn write_places(out: &mut String, table: &str, places: &BTreeMap<String, Place>) {
    for (id, place) in places {
        // Writing to a String cannot fail.
        let _ = writeln!(out, "\n[{table}.{}]", quoted(id));
        write_table(out, place, PLACE_KEYS);
    }
}
