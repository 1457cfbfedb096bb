//! Logs and their indexes on disk, so that a log is read once: an entry of the user's cache folder
//! is opened by memory map. Knows nothing of what answers questions, and nothing of the terminal.
//!
//! An entry is two files. `KEY-RANDOM.arrow` holds all columns of log and index as one row of lists
//! in the Arrow IPC format, which other programs read too. `KEY.json`, the manifest, says which log
//! it was, in which state it was read, and the checksums of the data. Data is written first, under
//! a name that nobody knows; the entry exists from the moment the manifest gets its name. Nothing
//! is changed in place, ever: a reader that has mapped an entry is not harmed by one who replaces it.

mod arrow;
mod checksum;
mod folder;
mod identity;
mod manifest;
#[cfg(test)]
mod tests;

pub use folder::Folder;
pub use identity::{Key, fingerprint};
pub use manifest::{Entry, clear, list};

use crate::event_log::EventLog;
use crate::formats::ImportReport;
use crate::index::Index;
use crate::os;
use crate::source::Input;
use arrow_buffer::Buffer;
use bytes::Bytes;
use checksum::Checksums;
use folder::PATIENCE;
use identity::Identity;
use manifest::Manifest;
use std::io::{self, BufWriter, Write};

/// Why an entry is not used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Miss {
    /// There is none.
    #[error("there is no index of this log yet")]
    None,
    /// The log, or the program that reads it, is not what it was.
    #[error("log or casetrail changed since the last run")]
    Stale,
    /// The bytes are not what was written.
    #[error("the index is damaged ({0})")]
    Damaged(String),
}

/// A log read back from the cache.
#[derive(Debug)]
pub struct Stored {
    /// The log.
    pub log: EventLog,
    /// Index of the log.
    pub index: Index,
    /// Report of the reading that produced it.
    pub report: ImportReport,
}

/// The proof that the data of an entry is what was written, which takes longer than to open it.
#[derive(Debug)]
pub struct Proof {
    data: Bytes,
    checksums: Checksums,
}

impl Proof {
    /// Bytes of the data.
    pub fn bytes(&self) -> u64 {
        self.data.len() as u64
    }

    /// Compares all data with its checksums. Until then figures may be wrong, and questions may
    /// panic.
    pub fn check(&self) -> Result<(), Miss> {
        checksum::verify(&self.data, &self.checksums).map_err(Miss::Damaged)
    }
}

/// Opens the entry of a log, if the log is what was read. Whether the data is what was written is
/// for the caller to prove, before or while it is used.
pub fn get(folder: &Folder, key: &Key, inputs: &[Input]) -> Result<(Stored, Proof), Miss> {
    let name = key.manifest_name();
    let mut miss = Miss::None;
    // A concurrent writer may delete the data file between the two reads.
    for _ in 0..2 {
        let text = match folder.read(&name) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(Miss::None),
            Err(error) => return Err(Miss::Damaged(error.to_string())),
        };
        let manifest = Manifest::parse(&text).map_err(Miss::Damaged)?;
        if !manifest.is_of(inputs) {
            return Err(Miss::Stale);
        }
        match data(folder, &manifest) {
            Ok(opened) => {
                settle(folder, &name, &text, manifest.clone(), inputs);
                manifest::tidy(folder, key.data_stem(), &name, &manifest.data);
                folder.touch(&name);
                return Ok(opened);
            }
            Err(why) => miss = Miss::Damaged(why),
        }
    }
    Err(miss)
}

/// Spares the next start to hash all of a log that was very young when it was stored.
fn settle(folder: &Folder, name: &str, text: &[u8], mut manifest: Manifest, inputs: &[Input]) {
    let logs = manifest.logs.iter_mut().zip(inputs);
    // `any` comes last, as each log must be settled.
    if logs.fold(false, |any, (log, input)| log.settle(input) || any) {
        // It is the same entry only if nobody has replaced it meanwhile.
        let same = |_: &std::fs::File| folder.read(name).is_ok_and(|now| now == text);
        if folder.lock(PATIENCE).is_ok_and(|lock| same(&lock)) {
            // Where that fails, the next start hashes again.
            let _ = folder.write(name, manifest.to_text().as_bytes());
        }
    }
}

/// The data of an entry.
fn data(folder: &Folder, manifest: &Manifest) -> Result<(Stored, Proof), String> {
    let file = folder
        .open_file(&manifest.data)
        .map_err(|e| e.to_string())?;
    let proof = Proof {
        data: os::map(&file).map_err(|e| e.to_string())?,
        checksums: manifest.checksums.clone(),
    };
    let stored = arrow::decode(&Buffer::from(proof.data.clone()))?;
    Ok((stored, proof))
}

/// Reads data and manifest as they would be read after the checksums were found to be right: for
/// tests of files that somebody forged. Neither may do harm.
#[doc(hidden)]
pub fn read_forged(bytes: &[u8]) -> bool {
    let data = arrow::decode(&Buffer::from_vec(bytes.to_vec())).is_ok();
    let manifest = [checksum::digits(bytes).as_bytes(), b"\n", bytes, b"\n"].concat();
    data || Manifest::parse(&manifest).is_ok()
}

/// Writes the data of an entry to memory, for the same tests.
#[doc(hidden)]
pub fn data_of(log: &EventLog, index: &Index, report: &ImportReport) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    arrow::encode(&mut bytes, log, index, report)?;
    Ok(bytes)
}

/// Writes an entry. Where another process is at it for long, or the disk is full, there is none.
pub fn put(
    folder: &Folder,
    key: &Key,
    inputs: &[Input],
    log: &EventLog,
    index: &Index,
    report: &ImportReport,
) -> io::Result<()> {
    let logs = inputs.iter().map(Identity::of).collect::<io::Result<_>>()?;
    // Only now, as hashing a log may take long and needs no lock.
    let _lock = folder.lock(PATIENCE)?;
    let name = folder.fresh_name(key.data_stem());
    let written = write_data(folder, &name, log, index, report).and_then(|checksums| {
        let (events, cases) = (log.n_events() as u64, log.n_cases() as u64);
        let manifest = Manifest::new(logs, name.clone(), checksums, events, cases);
        folder.write(&key.manifest_name(), manifest.to_text().as_bytes())
    });
    // Without its manifest nobody would know of the data, and the next sweep had to find it.
    if written.is_err() {
        folder.remove(&name);
    }
    manifest::sweep(folder, Some(&key.manifest_name()));
    written
}

fn write_data(
    folder: &Folder,
    name: &str,
    log: &EventLog,
    index: &Index,
    report: &ImportReport,
) -> io::Result<Checksums> {
    let mut file = BufWriter::with_capacity(1 << 20, folder.create(name)?);
    arrow::encode(&mut file, log, index, report)?;
    file.flush()?;
    drop(file);
    // Of what the file holds, not of what was meant to be written.
    let bytes = os::map(&folder.open_file(name)?)?;
    Ok(checksum::of(&bytes))
}
