//! Folders with files of this user alone, which no link leads out of: remembered mappings, sessions, notes.
//! A file is read as a whole and written whole or not at all.

use etcetera::BaseStrategy;
use rustix::fs::{Mode, OFlags};
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::PathBuf;

/// Bytes that such a file has at most.
const MOST: u64 = 1 << 20;

/// Where a folder of the user is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Base {
    /// Settings, `XDG_CONFIG_HOME`.
    Config,
    /// What is left from one start to the next, `XDG_STATE_HOME`.
    State,
    /// Texts that the user wrote, `XDG_DATA_HOME`.
    Data,
}

/// A folder below one of the user, for this program.
#[derive(Debug, Clone)]
pub struct PrivateFolder {
    path: PathBuf,
}

impl PrivateFolder {
    /// The folder of that name; `None` where the user has none. Under another user's home (`sudo` keeps it)
    /// nothing is read nor left.
    pub fn of_user(base: Base, name: &str) -> Option<Self> {
        let owner = fs::metadata(etcetera::home_dir().ok()?).map(|home| home.uid());
        if owner.is_ok_and(|owner| owner != rustix::process::geteuid().as_raw()) {
            return None;
        }
        let folders = etcetera::base_strategy::Xdg::new().ok()?;
        let base = match base {
            Base::Config => folders.config_dir(),
            Base::State => folders.state_dir()?,
            Base::Data => folders.data_dir(),
        };
        Some(PrivateFolder {
            path: base.join("casetrail").join(name),
        })
    }

    /// A folder at that path, below one that is the program's own.
    pub fn at(path: PathBuf) -> Self {
        PrivateFolder { path }
    }

    /// Path of the file of that name.
    pub fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// The text of the file of that name: a regular file that is not too large; a link is not followed.
    pub fn read(&self, name: &str) -> io::Result<String> {
        // Without NONBLOCK the opening of a pipe would wait for a writer.
        let flags = OFlags::NOFOLLOW | OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK;
        let file = File::from(rustix::fs::open(self.file(name), flags, Mode::empty())?);
        let found = file.metadata()?;
        if !found.is_file() || found.len() > MOST {
            return Err(ErrorKind::InvalidData.into());
        }
        let mut text = String::new();
        // It may grow meanwhile.
        file.take(MOST).read_to_string(&mut text)?;
        Ok(text)
    }

    /// Writes beside the file and gives it its name when it is whole; a link in its place is replaced. Makes
    /// the folder where there is none.
    pub fn write(&self, name: &str, text: &str) -> io::Result<()> {
        self.make()?;
        let path = self.file(name);
        let beside = path.with_extension(format!("{}.tmp", std::process::id()));
        // What a program that was killed left behind.
        let _ = fs::remove_file(&beside);
        let written = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&beside)
            .and_then(|mut file| {
                file.write_all(text.as_bytes())?;
                // On disk before it has its name.
                file.sync_all()
            })
            .and_then(|()| fs::rename(&beside, path));
        if written.is_err() {
            let _ = fs::remove_file(&beside);
        }
        written
    }

    /// Deletes the file of that name; whether there was one.
    pub fn remove(&self, name: &str) -> io::Result<bool> {
        match fs::remove_file(self.file(name)) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Makes the folder, for the user alone. A link in its place is not followed: somebody else may
    /// have put it there.
    pub(super) fn make(&self) -> io::Result<()> {
        let mut folder = DirBuilder::new();
        folder.recursive(true).mode(0o700).create(&self.path)?;
        let ours = [Some(self.path.as_path()), self.path.parent()];
        for folder in ours.into_iter().flatten() {
            if !folder.symlink_metadata()?.is_dir() {
                let name = folder.display();
                return Err(io::Error::other(format!("{name} is a link, not a folder")));
            }
        }
        Ok(())
    }
}
