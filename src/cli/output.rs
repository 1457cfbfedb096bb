//! Where a report goes: standard output, or a file that appears whole or not at all. Knows nothing
//! of formats.

use super::failure::{Failure, code};
use super::say;
use crate::os;
use clap::ArgMatches;
use std::ffi::{CString, OsString};
use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, BufWriter, ErrorKind, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A temporary file that is to be gone when the program ends, in whatever way.
static TEMPORARY: Mutex<Option<Temporary>> = Mutex::new(None);

#[derive(Debug)]
struct Temporary {
    path: PathBuf,
    /// The path as the system takes it, so that a handler of a signal needs no memory to name it.
    raw: CString,
}

/// Where a report goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Output {
    /// Standard output.
    Standard,
    /// Something that is written in place: a device, a pipe.
    Device(PathBuf),
    /// A file.
    File {
        /// Path of the output file.
        path: PathBuf,
        /// True if an existing file may be replaced.
        replace: bool,
    },
}

impl Output {
    /// The output that the user asked for; refused early where it could not be written later, and where
    /// it is one of the files that the call reads.
    pub fn choose(path: Option<&Path>, force: bool, inputs: &[OsString]) -> Result<Self, Failure> {
        let Some(path) = path.filter(|path| path.as_os_str() != "-") else {
            return Ok(Output::Standard);
        };
        let refuse = |why: &str| {
            let message = format!("{}: not written: {why}", say::file(path.as_os_str()));
            Err(Failure::new(code::OUTPUT, message))
        };
        match fs::metadata(path) {
            Ok(found) if found.is_dir() => return refuse("this is a directory"),
            // A file put in the place of a device or pipe would never reach its reader.
            Ok(found) if !found.is_file() => return Ok(Output::Device(path.to_owned())),
            Ok(found) if is_input(&found, inputs) => {
                return refuse("this call reads the file; name another one");
            }
            // Also where it leads nowhere: a link is a file that somebody made.
            _ if !force && path.symlink_metadata().is_ok() => {
                return refuse("the file exists (--force replaces it)");
            }
            _ => {}
        }
        if path.file_name().is_none() {
            return refuse("this is not the name of a file");
        }
        if !folder(path).is_dir() {
            return refuse("there is no such folder");
        }
        Ok(Output::File {
            path: path.to_owned(),
            replace: force,
        })
    }

    /// True if the output is a terminal.
    pub fn is_terminal(&self) -> bool {
        *self == Output::Standard && io::stdout().is_terminal()
    }

    /// Writes what `write` writes, with no byte unaccounted for.
    pub fn write<T>(
        &self,
        write: impl FnOnce(&mut dyn Write) -> io::Result<T>,
    ) -> Result<T, Failure> {
        match self {
            Output::Standard if os::stdout_was_closed() => {
                Err(failed("standard output", &io::Error::other("it is closed")))
            }
            Output::Standard => buffered(io::stdout().lock(), write)
                .map(|(_, done)| done)
                .map_err(|error| failed("standard output", &error)),
            Output::Device(path) => OpenOptions::new()
                .write(true)
                .open(path)
                .and_then(|file| buffered(file, write))
                .map(|(_, done)| done)
                .map_err(|error| failed(&say::file(path.as_os_str()), &error)),
            Output::File { path, replace } => write_file(path, *replace, write)
                .map_err(|error| failed(&say::file(path.as_os_str()), &error)),
        }
    }
}

fn failed(name: &str, error: &io::Error) -> Failure {
    if error.kind() == ErrorKind::BrokenPipe {
        return Failure::closed_pipe();
    }
    let why = match error.kind() {
        ErrorKind::AlreadyExists => "the file exists (--force replaces it)".to_owned(),
        _ => error.to_string(),
    };
    Failure::new(code::OUTPUT, format!("{name}: not written: {why}"))
}

/// Gives the inner writer back too, so that a file can be synced.
fn buffered<W: Write, T>(
    out: W,
    write: impl FnOnce(&mut dyn Write) -> io::Result<T>,
) -> io::Result<(W, T)> {
    let mut out = BufWriter::with_capacity(64 << 10, out);
    let written = write(&mut out).and_then(|done| out.flush().map(|()| done));
    let (inner, _) = out.into_parts(); // Nothing is to be written when this is dropped.
    written.map(|done| (inner, done))
}

/// Writes beside `path` and gives the file its name when it is whole.
fn write_file<T>(
    path: &Path,
    replace: bool,
    write: impl FnOnce(&mut dyn Write) -> io::Result<T>,
) -> io::Result<T> {
    // Beside it, as a renaming is at once only within one file system.
    let file = create_temporary(path)?;
    let written = buffered(file, write).and_then(|(file, done)| {
        if replace && let Ok(old) = fs::metadata(path) {
            // What replaces a file is as open to others as that file was.
            file.set_permissions(old.permissions())?;
        }
        // On disk before it has its name: also after a crash a file of that name is whole.
        file.sync_all()?;
        Ok(done)
    });
    let done = written.and_then(|done| give_name(path, replace).map(|()| done));
    remove_temporary();
    done
}

fn create_temporary(path: &Path) -> io::Result<File> {
    // Held until the name is noted: a signal in between would leave the file.
    let mut temporary = temporary();
    for attempt in 0..1_000 {
        let name = format!(".casetrail-{}-{attempt}.tmp", std::process::id());
        let beside = folder(path).join(name);
        match OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&beside)
        {
            Ok(file) => {
                let raw = CString::new(beside.as_os_str().as_encoded_bytes())?;
                *temporary = Some(Temporary { path: beside, raw });
                return Ok(file);
            }
            // One that was killed may have left a file, and another may have its process id.
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::Error::other(
        "no name is free for a temporary file beside it",
    ))
}

fn give_name(path: &Path, replace: bool) -> io::Result<()> {
    let mut temporary = temporary();
    let Some(beside) = temporary.as_ref() else {
        return Err(io::Error::other("the temporary file is gone"));
    };
    if !replace {
        // Unlike a renaming, a link never replaces what came to be there in the meantime.
        match fs::hard_link(&beside.path, path) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => return Err(error),
            // `remove_temporary` takes away the first name.
            Ok(()) => return Ok(()),
            Err(_) if path.symlink_metadata().is_ok() => {
                return Err(ErrorKind::AlreadyExists.into());
            }
            Err(_) => {} // A file system without links.
        }
    }
    fs::rename(&beside.path, path)?;
    // It has its final name and must stay.
    *temporary = None;
    Ok(())
}

/// Removes the temporary file, if there is one. For all ways in which the program ends.
pub fn remove_temporary() {
    if let Some(Temporary { path, .. }) = temporary().take() {
        // It may be gone already; nothing else can be done about it.
        let _ = fs::remove_file(path);
    }
}

/// Removes the temporary file from within the handler of a signal: waits for no lock, and needs no memory.
pub fn remove_temporary_at_once() {
    // Who holds it is about to make the file, or to give it its name.
    if let Ok(temporary) = TEMPORARY.try_lock()
        && let Some(Temporary { raw, .. }) = &*temporary
    {
        let _ = rustix::fs::unlink(raw.as_c_str());
    }
}

fn temporary() -> MutexGuard<'static, Option<Temporary>> {
    TEMPORARY.lock().unwrap_or_else(PoisonError::into_inner)
}

fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// All words of a call that may name a file to read: the logs and the values of all options but
/// `--output`.
pub fn read_by(matches: &ArgMatches) -> Vec<OsString> {
    let ids = matches.ids().filter(|id| id.as_str() != "output");
    let values = ids.filter_map(|id| matches.try_get_raw(id.as_str()).ok().flatten());
    values.flatten().map(OsString::from).collect()
}

/// True if this file is one that is read.
fn is_input(found: &Metadata, inputs: &[OsString]) -> bool {
    inputs
        .iter()
        .filter_map(|input| fs::metadata(input).ok())
        .any(|input| same_file(found, &input))
}

#[cfg(unix)]
fn same_file(a: &Metadata, b: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    (a.dev(), a.ino()) == (b.dev(), b.ino())
}

#[cfg(not(unix))]
fn same_file(_: &Metadata, _: &Metadata) -> bool {
    false
}
