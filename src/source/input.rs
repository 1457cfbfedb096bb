//! One input, readable at any offset: a file, or bytes held in memory. Knows no path after opening.

use super::stream::Stream;
use crate::formats::{Bytes, Kept};
use std::ffi::OsStr;
use std::fs::{self, File, Metadata};
use std::io;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{SystemTime, UNIX_EPOCH};

/// One input that was opened.
#[derive(Debug)]
pub struct Input {
    name: String,
    content: Content,
    /// Of what the log was made between two looks.
    kept: Kept,
}

#[derive(Debug)]
enum Content {
    File {
        file: File,
        path: PathBuf,
        stamp: Stamp,
    },
    Memory(Vec<u8>),
    /// The first bytes of a stream that may be open.
    Stream(Arc<Stream>, AtomicU64),
}

/// Metadata of a file at the moment it was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    /// Number of the device.
    pub device: u64,
    /// Number of the file on it.
    pub inode: u64,
    /// Length in bytes.
    pub len: u64,
    /// Time of the last change of the content, seconds and nanoseconds since 1970.
    pub modified: (i64, i64),
    /// Time of the last change of content or attributes.
    pub changed: (i64, i64),
    /// When it was opened, seconds since 1970.
    pub opened: i64,
    /// True on a file system in memory. Nothing is ever written to a disk there, so that a program that
    /// has mapped a file can go on changing it without a change of its times.
    pub in_memory: bool,
}

impl Stamp {
    fn of(meta: &Metadata, in_memory: bool) -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        Stamp {
            device: meta.dev(),
            inode: meta.ino(),
            len: meta.len(),
            modified: (meta.mtime(), meta.mtime_nsec()),
            changed: (meta.ctime(), meta.ctime_nsec()),
            opened: since.map_or(0, |since| since.as_secs() as i64),
            in_memory,
        }
    }

    /// Metadata of the file of a path now.
    pub(super) fn at(path: &OsStr) -> io::Result<Self> {
        Ok(Stamp::of(&fs::metadata(path)?, false))
    }

    /// Returns whether two looks at a path found the same file in the same state.
    pub(super) fn is_same(&self, later: &Stamp) -> bool {
        self.same_file(later) && self.same_content(later)
    }

    /// Returns whether two looks at a path found the same file.
    pub(super) fn same_file(&self, later: &Stamp) -> bool {
        (self.device, self.inode) == (later.device, later.inode)
    }

    /// Returns whether nothing was written between two looks at an open file.
    fn same_content(&self, later: &Stamp) -> bool {
        // Attributes may change without the content, so that their time does not count.
        (self.len, self.modified) == (later.len, later.modified)
    }
}

/// Returns whether a file is on a file system in memory.
#[cfg(target_os = "linux")]
fn in_memory(file: &File) -> bool {
    /// Magic numbers of tmpfs and ramfs (`statfs(2)`).
    const IN_MEMORY: [u64; 2] = [0x0102_1994, 0x8584_58f6];
    rustix::fs::fstatfs(file).is_ok_and(|system| IN_MEMORY.contains(&(system.f_type as u64)))
}

/// Returns whether a file is on a file system in memory; `false` where the system does not say.
#[cfg(not(target_os = "linux"))]
fn in_memory(_: &File) -> bool {
    false
}

impl Input {
    /// A regular file that is open for reading.
    pub(super) fn from_file(name: String, path: &Path, file: File) -> io::Result<Self> {
        let stamp = Stamp::of(&file.metadata()?, in_memory(&file));
        Ok(Input {
            name,
            content: Content::File {
                file,
                // Where that fails the file has been moved meanwhile: any name will do.
                path: path.canonicalize().unwrap_or_else(|_| path.to_owned()),
                stamp,
            },
            kept: Kept::default(),
        })
    }

    /// Path and metadata of a file; the path is absolute and without symbolic links.
    pub fn file(&self) -> Option<(&Path, Stamp)> {
        match &self.content {
            Content::File { path, stamp, .. } => Some((path, *stamp)),
            Content::Memory(_) | Content::Stream(..) => None,
        }
    }

    /// The part of a stream that has come so far.
    pub(super) fn from_stream(name: impl Into<String>, stream: Arc<Stream>) -> Self {
        let len = AtomicU64::new(stream.len());
        Input {
            name: name.into(),
            content: Content::Stream(stream, len),
            kept: Kept::default(),
        }
    }

    /// A stream up to what has come so far; `None` of other inputs.
    pub fn so_far(&self) -> Option<Self> {
        match &self.content {
            Content::Stream(stream, _) => {
                Some(Input::from_stream(self.name.clone(), Arc::clone(stream)))
            }
            _ => None,
        }
    }

    /// Waits for the end of a stream, as long as `waits` says so of the bytes that have come: the input is all of them.
    pub fn receive(&self, waits: impl FnMut(u64) -> bool) -> io::Result<()> {
        if let Content::Stream(stream, len) = &self.content {
            stream.wait_for_end(waits)?;
            len.store(stream.len(), Relaxed);
            self.kept.clear();
        }
        Ok(())
    }

    /// Returns whether more of a stream has come since.
    pub(super) fn has_grown(&self) -> bool {
        matches!(&self.content, Content::Stream(stream, len) if stream.len() > len.load(Relaxed))
    }

    /// Pretends that it was opened this many seconds later: for tests of what depends on its age.
    #[cfg(test)]
    pub fn opened_later(mut self, seconds: i64) -> Self {
        if let Content::File { stamp, .. } = &mut self.content {
            stamp.opened += seconds;
        }
        self
    }

    /// Bytes in memory.
    pub fn from_bytes(name: impl Into<String>, bytes: Vec<u8>) -> Self {
        Input {
            name: name.into(),
            content: Content::Memory(bytes),
            kept: Kept::default(),
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

    fn kept(&self) -> Option<&Kept> {
        Some(&self.kept)
    }

    fn len(&self) -> u64 {
        match &self.content {
            Content::File { stamp, .. } => stamp.len,
            Content::Memory(bytes) => bytes.len() as u64,
            Content::Stream(_, len) => len.load(Relaxed),
        }
    }

    fn read_at(&self, offset: u64, out: &mut [u8]) -> io::Result<usize> {
        match &self.content {
            // A signal may interrupt the call, which is no fault of the file.
            Content::File { file, .. } => loop {
                match file.read_at(out, offset) {
                    Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                    done => return done,
                }
            },
            Content::Memory(bytes) => bytes.as_slice().read_at(offset, out),
            Content::Stream(stream, len) => {
                let left = len.load(Relaxed).saturating_sub(offset);
                let wanted = usize::try_from(left).map_or(out.len(), |left| left.min(out.len()));
                Ok(stream.read_at(offset, &mut out[..wanted]))
            }
        }
    }

    fn is_open(&self) -> bool {
        matches!(&self.content, Content::Stream(stream, len) if stream.goes_beyond(len.load(Relaxed)))
    }

    fn changed(&self) -> io::Result<bool> {
        match &self.content {
            Content::File { file, path, stamp } => {
                let rewritten = !stamp.same_content(&Stamp::of(&file.metadata()?, stamp.in_memory));
                // What was read of a file that is gone is whole; of one that another has replaced
                // it is no longer the log of that name.
                let there = fs::metadata(path).map(|meta| Stamp::of(&meta, stamp.in_memory));
                Ok(rewritten || there.is_ok_and(|there| !stamp.same_file(&there)))
            }
            Content::Memory(_) | Content::Stream(..) => Ok(false),
        }
    }
}
