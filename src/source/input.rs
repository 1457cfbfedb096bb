//! One input, readable at any offset: a file, or bytes held in memory. Knows no path after opening.

use crate::formats::Bytes;
use std::fs::{File, Metadata};
use std::io;
use std::os::unix::fs::{FileExt, MetadataExt};

/// One input that was opened.
#[derive(Debug)]
pub struct Input {
    name: String,
    content: Content,
}

#[derive(Debug)]
enum Content {
    File { file: File, stamp: Stamp },
    Memory(Vec<u8>),
}

/// What changes when a file is written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stamp {
    len: u64,
    modified: (i64, i64),
}

impl Stamp {
    fn of(meta: &Metadata) -> Self {
        Stamp {
            len: meta.len(),
            modified: (meta.mtime(), meta.mtime_nsec()),
        }
    }
}

impl Input {
    /// A regular file that is open for reading.
    pub(super) fn from_file(name: String, file: File) -> io::Result<Self> {
        let stamp = Stamp::of(&file.metadata()?);
        Ok(Input {
            name,
            content: Content::File { file, stamp },
        })
    }

    /// Bytes in memory.
    pub fn from_bytes(name: impl Into<String>, bytes: Vec<u8>) -> Self {
        Input {
            name: name.into(),
            content: Content::Memory(bytes),
        }
    }

    /// Name to show: the path as given, `-` for standard input. May hold any character.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Length in bytes when it was opened; known for every input, as streams are held in memory.
    pub fn byte_len(&self) -> Option<u64> {
        Some(Bytes::len(self))
    }
}

impl Bytes for Input {
    fn name(&self) -> &str {
        &self.name
    }

    fn len(&self) -> u64 {
        match &self.content {
            Content::File { stamp, .. } => stamp.len,
            Content::Memory(bytes) => bytes.len() as u64,
        }
    }

    fn read_at(&self, offset: u64, out: &mut [u8]) -> io::Result<usize> {
        match &self.content {
            Content::File { file, .. } => loop {
                match file.read_at(out, offset) {
                    Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                    done => return done,
                }
            },
            Content::Memory(bytes) => bytes.as_slice().read_at(offset, out),
        }
    }

    fn changed(&self) -> io::Result<bool> {
        match &self.content {
            Content::File { file, stamp } => Ok(Stamp::of(&file.metadata()?) != *stamp),
            Content::Memory(_) => Ok(false),
        }
    }
}
