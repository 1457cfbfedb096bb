//! The manifest of an entry: a line with its own checksum, then what it is of as JSON. Also the
//! lists of entries, and their end: by hand, by age when there are too many, or because nothing
//! refers to them.

use super::checksum::{Checksums, digits};
use super::folder::{Folder, LOCK, MARKER, PATIENCE, TEMPORARY, is_data, is_manifest, is_ours};
use super::identity::Identity;
use crate::source::Input;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Raised whenever what is stored, or what it means, changes.
const VERSION: u32 = 7;

/// Manifest of an entry: which logs it was read from, and the checksums of its data.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    version: u32,
    /// The program that wrote it: a newer one may read logs in another way.
    program: String,
    /// State of each log when it was read.
    pub logs: Vec<Identity>,
    /// Name of the file of the data.
    pub data: String,
    /// Checksums of the data.
    pub checksums: Checksums,
    /// Events of the log.
    pub events: u64,
    /// Cases of the log.
    pub cases: u64,
}

impl Manifest {
    /// A manifest of data that was written.
    pub fn new(
        logs: Vec<Identity>,
        data: String,
        checksums: Checksums,
        events: u64,
        cases: u64,
    ) -> Self {
        Manifest {
            version: VERSION,
            program: program(),
            logs,
            data,
            checksums,
            events,
            cases,
        }
    }

    /// The content of its file.
    pub fn to_text(&self) -> String {
        let json = serde_json::to_string_pretty(self).unwrap_or_default();
        format!("{}\n{json}\n", digits(json.as_bytes()))
    }

    /// Reads it; `Err` says what is wrong.
    pub fn parse(text: &[u8]) -> Result<Self, String> {
        let text = std::str::from_utf8(text).map_err(|_| "the manifest is no text")?;
        let (sum, json) = text.split_once('\n').ok_or("the manifest is cut")?;
        let json = json.strip_suffix('\n').ok_or("the manifest is cut")?;
        if sum != digits(json.as_bytes()) {
            return Err("the checksum of the manifest is wrong".to_owned());
        }
        let manifest: Manifest = serde_json::from_str(json).map_err(|e| e.to_string())?;
        // Nothing but a file of ours is read or deleted, whoever wrote the name.
        if !is_data(&manifest.data) {
            return Err("the manifest names a file that is not ours".to_owned());
        }
        Ok(manifest)
    }

    /// Returns whether it was written for these logs in their current state, by this very program.
    pub fn is_of(&self, inputs: &[Input]) -> bool {
        self.version == VERSION
            && self.program == program()
            && self.logs.len() == inputs.len()
            && self.logs.iter().zip(inputs).all(|(log, now)| log.is(now))
    }
}

/// Fingerprint of this build: its version, and size and time of its file.
fn program() -> String {
    use std::os::unix::fs::MetadataExt;
    // A program that was built anew may read logs in another way under the same version.
    let file = std::env::current_exe().and_then(std::fs::metadata);
    let built = file.map_or_else(
        |_| String::new(),
        |meta| format!(" {} {}.{:09}", meta.len(), meta.mtime(), meta.mtime_nsec()),
    );
    format!("{}{built}", env!("CARGO_PKG_VERSION"))
}

/// An entry, as it is listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Name of the manifest.
    name: String,
    /// Name of the data.
    data: String,
    /// Paths of the logs.
    pub logs: Vec<String>,
    /// Bytes on disk.
    pub bytes: u64,
    /// Events of the log.
    pub events: u64,
    /// Cases of the log.
    pub cases: u64,
    /// When it was last used, seconds since 1970.
    pub used: i64,
}

/// All entries, the latest used first. Files that are no entries are left out.
pub fn list(folder: &Folder) -> Vec<Entry> {
    let mut entries: Vec<Entry> = folder
        .names()
        .iter()
        .filter_map(|n| entry(folder, n))
        .collect();
    entries.sort_by(|a, b| b.used.cmp(&a.used).then_with(|| a.name.cmp(&b.name)));
    entries
}

fn entry(folder: &Folder, name: &str) -> Option<Entry> {
    if !is_manifest(name) {
        return None;
    }
    let manifest = Manifest::parse(&folder.read(name).ok()?).ok()?;
    let (size, used) = folder.stat(name)?;
    let (data, _) = folder.stat(&manifest.data)?;
    Some(Entry {
        name: name.to_owned(),
        logs: manifest.logs.iter().map(|log| log.path.clone()).collect(),
        bytes: size + data,
        events: manifest.events,
        cases: manifest.cases,
        used,
        data: manifest.data,
    })
}

/// Removes what no manifest refers to, and the entries that were not used for longest until the
/// rest is within the limit; `keep` is the one that was just written. The caller holds the lock.
pub fn sweep(folder: &Folder, keep: Option<&str>) {
    let mut entries = list(folder);
    let mut total: u64 = entries.iter().map(|entry| entry.bytes).sum();
    // The latest used come first, so that the oldest are at the end.
    for i in (0..entries.len()).rev() {
        if total > folder.limit() && keep != Some(&entries[i].name) {
            let oldest = entries.remove(i);
            total -= oldest.bytes;
            folder.remove(&oldest.name);
            folder.remove(&oldest.data);
        }
    }
    let known: Vec<&str> = entries
        .iter()
        .flat_map(|entry| [entry.name.as_str(), entry.data.as_str()])
        .chain(keep)
        .collect();
    let kept = |name: &str| known.contains(&name) || name == LOCK || name == MARKER;
    for name in folder.names() {
        if is_ours(&name) && !kept(&name) {
            folder.remove(&name);
        }
    }
}

/// Removes what killed writers of an entry have left, unless somebody is writing.
pub fn tidy(folder: &Folder, stem: &str, manifest: &str, data: &str) {
    let left = |name: &String| {
        let replaced = name.starts_with(stem) && name != manifest && name != data;
        is_ours(name) && (replaced || name.starts_with(TEMPORARY))
    };
    // Mostly nothing is left, and then no lock is taken.
    if folder.names().iter().any(left)
        && let Ok(_lock) = folder.lock(Duration::ZERO)
        // Before it was locked, one may have replaced the entry.
        && Manifest::parse(&folder.read(manifest).unwrap_or_default()).is_ok_and(|m| m.data == data)
    {
        let names = folder.names();
        names
            .iter()
            .filter(|name| left(name))
            .for_each(|name| folder.remove(name));
    }
}

/// Removes all entries, or those of the logs at these paths; how many, and their bytes.
pub fn clear(folder: &Folder, logs: Option<&[String]>) -> std::io::Result<(usize, u64)> {
    let _lock = folder.lock(PATIENCE)?;
    let (mut n, mut bytes) = (0, 0);
    for entry in list(folder) {
        let wanted = |logs: &[String]| entry.logs.iter().any(|log| logs.contains(log));
        if logs.is_none_or(wanted) {
            folder.remove(&entry.name);
            folder.remove(&entry.data);
            n += 1;
            bytes += entry.bytes;
        }
    }
    // Data to which no manifest refers goes, too.
    sweep(folder, None);
    Ok((n, bytes))
}
