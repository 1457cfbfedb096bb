//! Which log an entry is of: where it is, how it is read, and the state that it was in.

use crate::formats::{Bytes, ReadPlan};
use crate::source::{Input, Stamp};
use serde::{Deserialize, Serialize};
use std::hash::Hasher;
use std::io;
use std::os::unix::ffi::OsStrExt;
use twox_hash::{XxHash3_64, XxHash3_128};

/// Bytes at either end that are always compared.
const END: u64 = 64 << 10;
/// Bytes that are hashed at a time.
const PIECE: u64 = 4 << 20;
/// A change is sure to change the times of a file only so long after the one before. A program that has
/// mapped the file changes its times with its first write to a page, and with a later one only after
/// the system has written the page to disk: after 30 s, looking every 5 s, where nothing else is set
/// (`vm.dirty_expire_centisecs`). The clock of a file system has steps of at most 2 s.
const HIDDEN_SECONDS: i64 = 60;

/// Identity of one file in one state: path, size, times and hash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// The path, for lists; bytes that are no UTF-8 are replaced.
    pub path: String,
    device: u64,
    inode: u64,
    len: u64,
    modified: (i64, i64),
    changed: (i64, i64),
    /// Hash of the first and the last bytes.
    ends: u64,
    /// Hash of all bytes, where the times do not prove that nothing was written since.
    content: Option<u64>,
}

impl Identity {
    /// The identity of a file, in the state in which it was opened; what is no file has none.
    pub fn of(input: &Input) -> io::Result<Self> {
        let (path, stamp) = input
            .file()
            .ok_or_else(|| io::Error::other("what is read once has no index"))?;
        let young = is_young(&stamp);
        Ok(Identity {
            path: path.to_string_lossy().into_owned(),
            device: stamp.device,
            inode: stamp.inode,
            len: stamp.len,
            modified: stamp.modified,
            changed: stamp.changed,
            ends: ends(input)?,
            content: young.then(|| content(input)).transpose()?,
        })
    }

    /// Forgets the hash of all bytes where it is not needed any more: the file was found to be the
    /// same, and by now its times would tell. Whether there was something to forget.
    pub fn settle(&mut self, input: &Input) -> bool {
        let old = input.file().is_some_and(|(_, stamp)| !is_young(&stamp));
        old && self.content.take().is_some()
    }

    /// Returns whether the file is unchanged.
    pub fn is(&self, input: &Input) -> bool {
        let Some((_, stamp)) = input.file() else {
            return false;
        };
        let then = (self.device, self.inode, self.len);
        // Another inode is another file, whatever its name and its times are.
        then == (stamp.device, stamp.inode, stamp.len)
            && (self.modified, self.changed) == (stamp.modified, stamp.changed)
            && ends(input).is_ok_and(|ends| ends == self.ends)
            && self
                // Where the times prove it, not all of the log needs to be read.
                .content
                .is_none_or(|then| content(input).is_ok_and(|now| now == then))
    }
}

/// State of a log as a text: its length, and a hash of its first and last bytes. Copies of a log have the same.
///
/// # Errors
/// The log cannot be read.
pub fn fingerprint(input: &Input) -> io::Result<String> {
    Ok(format!("{:x}-{:016x}", Bytes::len(input), ends(input)?))
}

/// Returns whether a file may have been written again since its last change, with no change of its times.
fn is_young(stamp: &Stamp) -> bool {
    stamp.in_memory || stamp.opened - stamp.modified.0.max(stamp.changed.0) < HIDDEN_SECONDS
}

fn ends(bytes: &Input) -> io::Result<u64> {
    let mut hasher = XxHash3_64::new();
    let len = Bytes::len(bytes);
    add(&mut hasher, bytes, 0..END.min(len))?;
    add(&mut hasher, bytes, len.saturating_sub(END)..len)?;
    Ok(hasher.finish())
}

fn content(bytes: &Input) -> io::Result<u64> {
    let mut hasher = XxHash3_64::new();
    add(&mut hasher, bytes, 0..Bytes::len(bytes))?;
    Ok(hasher.finish())
}

/// Adds a range of the bytes to a hash; what is not there any more is left out.
fn add(hasher: &mut XxHash3_64, bytes: &Input, range: std::ops::Range<u64>) -> io::Result<()> {
    let mut buffer = vec![0; PIECE.min(range.end - range.start) as usize];
    let mut at = range.start;
    while at < range.end {
        let wanted = (range.end - at).min(buffer.len() as u64) as usize;
        match bytes.read_at(at, &mut buffer[..wanted])? {
            0 => break,
            n => {
                hasher.write(&buffer[..n]);
                at += n as u64;
            }
        }
    }
    Ok(())
}

/// The name of an entry: made of the paths of its logs and of how they are read, not of the state of
/// the files, so that a log that has changed replaces its entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key(String);

impl Key {
    /// The key of these logs, read so; none where one of them can be read only once.
    pub fn of(inputs: &[Input], plan: &ReadPlan) -> Option<Self> {
        let mut hasher = XxHash3_128::new();
        for input in inputs {
            let (path, _) = input.file()?;
            hasher.write(path.as_os_str().as_bytes());
            // No path has a NUL, so that two lists of paths never run together alike.
            hasher.write(&[0]);
        }
        // All options of the plan count: each may change what is read.
        hasher.write(format!("{plan:?}").as_bytes());
        Some(Key(format!("{:032x}", hasher.finish_128())))
    }

    /// Name of the file that says what the entry is.
    pub fn manifest_name(&self) -> String {
        format!("{}.json", self.0)
    }

    /// Prefix of the names of its data files.
    pub fn data_stem(&self) -> &str {
        &self.0
    }
}
