//! The folder of the store: only this user's, only by names in it, never through a symbolic link.
//! What is deleted in it is only what this program made: a folder that holds other files and no marker
//! of ours is refused, and names that are not ours stay. Knows nothing of what the files mean.

use rustix::fs::{
    AtFlags, FileType, FlockOperation, Mode, OFlags, RawDir, Timestamps, fchmod, fstat, futimens,
    openat, renameat, statat, unlinkat,
};
use rustix::io::Errno;
use std::fs::{DirBuilder, File};
use std::io::{self, Read, Write};
use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Name of the file that those who write lock.
pub const LOCK: &str = "lock";
/// Prefix of the names of files that are still being written.
pub const TEMPORARY: &str = "new";
/// Name of the file that says whose folder it is; programs that make backups know it, too.
pub const MARKER: &str = "CACHEDIR.TAG";
/// Its content, by the Cache Directory Tagging Specification (bford.info/cachedir).
const MARK: &str = "Signature: 8a477f597d28d172789f06886806bc55\n\
    # This folder holds indexes or slices of logs that casetrail has read. They may be deleted at any time.\n";
/// Bytes that entries may take, where nothing else is said.
const LIMIT: u64 = 8 << 30;
/// For how long one who writes waits for another.
pub const PATIENCE: Duration = Duration::from_secs(5);

/// Hexadecimal digits of the key of an entry.
const KEY_DIGITS: usize = 32;
/// Hexadecimal digits of what makes the name of a file of data its own.
const RANDOM_DIGITS: usize = 16;

const PRIVATE_FILE: Mode = Mode::RUSR.union(Mode::WUSR);

/// Returns whether this program gives files such a name.
pub fn is_ours(name: &str) -> bool {
    name == LOCK || name == MARKER || is_manifest(name) || is_data(name)
}

/// Returns whether this is the name of a manifest: a key and `.json`.
pub fn is_manifest(name: &str) -> bool {
    name.strip_suffix(".json")
        .is_some_and(|key| is_hex(key, KEY_DIGITS))
}

/// Returns whether this is the name of a file of data, or of one that is still being written.
pub fn is_data(name: &str) -> bool {
    let parts = name
        .strip_suffix(".arrow")
        .and_then(|stem| stem.split_once('-'));
    parts.is_some_and(|(stem, random)| {
        (stem == TEMPORARY || is_hex(stem, KEY_DIGITS)) && is_hex(random, RANDOM_DIGITS)
    })
}

fn is_hex(text: &str, digits: usize) -> bool {
    text.len() == digits && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

/// The open folder.
#[derive(Debug)]
pub struct Folder {
    fd: OwnedFd,
    path: PathBuf,
    limit: u64,
}

impl Folder {
    /// Opens the folder, and makes it where `make` says so. `Err` says why it is not to be used.
    pub fn open(path: &Path, make: bool) -> Result<Self, String> {
        let folder = Self::open_private(path, make)?;
        if folder.stat(MARKER).is_none() {
            // A folder of an older version has no marker, and nothing in it that is not ours.
            if let Some(name) = folder.names().iter().find(|name| !is_ours(name)) {
                return Err(format!(
                    "{} has files that casetrail did not make ({name})",
                    path.display()
                ));
            }
            if make {
                let marked = folder.write(MARKER, MARK.as_bytes());
                marked.map_err(|e| format!("{}: {e}", path.display()))?;
            }
        }
        Ok(folder)
    }

    fn open_private(path: &Path, make: bool) -> Result<Self, String> {
        let shown = |e: io::Error| format!("{}: {e}", path.display());
        if make {
            // Logs may be confidential, and the index has all that they hold.
            let made = DirBuilder::new().recursive(true).mode(0o700).create(path);
            made.map_err(shown)?;
        }
        // A link could lead to a folder of somebody else.
        let flags = OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let fd = rustix::fs::open(path, flags, Mode::empty()).map_err(|e| shown(e.into()))?;
        let stat = fstat(&fd).map_err(|e| shown(e.into()))?;
        let (owner, mode) = (stat.st_uid, Mode::from_raw_mode(stat.st_mode));
        if owner != rustix::process::geteuid().as_raw() {
            return Err(format!("{} belongs to another user", path.display()));
        }
        // Whoever can write here could put forged data under a name of ours.
        if mode.intersects(Mode::WGRP | Mode::WOTH) {
            return Err(format!("{} can be written to by others", path.display()));
        }
        Ok(Folder {
            fd,
            path: path.to_owned(),
            limit: LIMIT,
        })
    }

    /// Sets another size limit, in bytes.
    pub fn with_limit(self, limit: u64) -> Self {
        Folder { limit, ..self }
    }

    /// Bytes that entries may take.
    pub fn limit(&self) -> u64 {
        self.limit
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Names of all files in it.
    pub fn names(&self) -> Vec<String> {
        let mut names = Vec::new();
        let flags = OFlags::DIRECTORY | OFlags::CLOEXEC;
        let Ok(fd) = openat(&self.fd, ".", flags, Mode::empty()) else {
            return names;
        };
        let mut buffer = [MaybeUninit::uninit(); 8192];
        let mut entries = RawDir::new(fd, &mut buffer);
        while let Some(Ok(entry)) = entries.next() {
            let name = entry.file_name().to_string_lossy();
            if name != "." && name != ".." {
                names.push(name.into_owned());
            }
        }
        names
    }

    /// Opens a regular file for reading.
    pub fn open_file(&self, name: &str) -> io::Result<File> {
        // A FIFO of that name must not block: it is refused below.
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NONBLOCK;
        let fd = openat(&self.fd, name, flags, Mode::empty())?;
        let stat = fstat(&fd)?;
        if FileType::from_raw_mode(stat.st_mode) != FileType::RegularFile
            || stat.st_uid != rustix::process::geteuid().as_raw()
        {
            return Err(io::Error::other(format!("{name} is not a file of ours")));
        }
        Ok(File::from(fd))
    }

    /// All bytes of a small file.
    pub fn read(&self, name: &str) -> io::Result<Vec<u8>> {
        // A manifest is small; what is larger is none of ours.
        const MOST: u64 = 64 << 20;
        let mut bytes = Vec::new();
        self.open_file(name)?.take(MOST).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    /// A name that no file has.
    pub fn fresh_name(&self, stem: &str) -> String {
        use std::hash::{BuildHasher, Hasher, RandomState};
        // A hasher of the standard library has a random seed.
        let random = RandomState::new().build_hasher().finish();
        format!("{stem}-{random:0RANDOM_DIGITS$x}.arrow")
    }

    /// A new file, private whatever the umask.
    pub fn create(&self, name: &str) -> io::Result<File> {
        let flags =
            OFlags::RDWR | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let fd = openat(&self.fd, name, flags, PRIVATE_FILE)?;
        // The mask of the process may have taken rights away that are needed later.
        fchmod(&fd, PRIVATE_FILE)?;
        Ok(File::from(fd))
    }

    /// Writes a file whole or not at all; one of that name is replaced.
    pub fn write(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let temporary = self.fresh_name(TEMPORARY);
        let written = self
            .create(&temporary)
            .and_then(|mut file| file.write_all(bytes))
            // A name changes at once: readers have the old file or the new one.
            .and_then(|()| Ok(renameat(&self.fd, &temporary, &self.fd, name)?));
        if written.is_err() {
            self.remove(&temporary);
        }
        written
    }

    /// Removes a file; one who has mapped it keeps it.
    pub fn remove(&self, name: &str) {
        // It is gone, or the next sweep tries again.
        let _ = unlinkat(&self.fd, name, AtFlags::empty());
    }

    /// Notes that a file was used.
    pub fn touch(&self, name: &str) {
        let now = rustix::fs::Timespec {
            tv_sec: 0,
            tv_nsec: rustix::fs::UTIME_NOW,
        };
        let times = Timestamps {
            last_access: now,
            last_modification: now,
        };
        // Only the order in which old entries go depends on it.
        let _ = self.open_file(name).map(|file| futimens(&file, &times));
    }

    /// Bytes of a file, and when it was written or used, seconds since 1970.
    pub fn stat(&self, name: &str) -> Option<(u64, i64)> {
        let stat = statat(&self.fd, name, AtFlags::SYMLINK_NOFOLLOW).ok()?;
        Some((stat.st_size as u64, stat.st_mtime as i64))
    }

    /// The right to write, until it is dropped. It ends with the process, however that ends. Where
    /// another process has it for longer than `patience`, that is an error.
    pub fn lock(&self, patience: Duration) -> io::Result<File> {
        let flags = OFlags::RDWR | OFlags::CREATE | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let file = File::from(openat(&self.fd, LOCK, flags, PRIVATE_FILE)?);
        let until = Instant::now() + patience;
        loop {
            match rustix::fs::flock(&file, FlockOperation::NonBlockingLockExclusive) {
                Ok(()) => return Ok(file),
                Err(Errno::WOULDBLOCK | Errno::INTR) if Instant::now() < until => {
                    std::thread::sleep(Duration::from_millis(10));
                }
                Err(Errno::WOULDBLOCK) => {
                    return Err(io::Error::other("another process is writing to the cache"));
                }
                Err(error) => return Err(error.into()),
            }
        }
    }
}
