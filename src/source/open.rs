//! Opens what the user named, and says in plain words why something cannot be opened.

use super::Input;
use super::stream::Stream;
use std::ffi::{OsStr, OsString};
use std::fs::{self, File, FileType};
use std::io::{self, Read};
use std::os::unix::fs::FileTypeExt;
use std::path::Path;

/// Why a path cannot be read. The text is one sentence without the name; the name may hold any bytes.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct OpenError {
    /// The path as given.
    pub path: OsString,
    /// Reason, without the name of the input.
    pub message: String,
}

/// The number of the operating system's "too many levels of symbolic links".
const ELOOP: i32 = rustix::io::Errno::LOOP.raw_os_error();

/// Opens all of `paths`; `-` is standard input, which is read to its end here, as FIFOs are.
pub fn open(paths: &[OsString]) -> Result<Vec<Input>, OpenError> {
    open_all(paths, Streams::Whole)
}

/// As [`open`], but leaves standard input and FIFOs open: an input is what has come of them so far.
pub fn open_streams(paths: &[OsString]) -> Result<Vec<Input>, OpenError> {
    open_all(paths, Streams::Beginning)
}

/// As [`open`], but waits for nothing of standard input and FIFOs: [`Input::receive`] does.
pub fn begin_streams(paths: &[OsString]) -> Result<Vec<Input>, OpenError> {
    open_all(paths, Streams::Begun)
}

/// How much of a stream is waited for.
#[derive(Clone, Copy)]
enum Streams {
    Whole,
    Beginning,
    Begun,
}

fn open_all(paths: &[OsString], streams: Streams) -> Result<Vec<Input>, OpenError> {
    paths.iter().map(|path| open_one(path, streams)).collect()
}

fn streamed(
    name: String,
    stream: impl Read + Send + 'static,
    streams: Streams,
) -> io::Result<Input> {
    if matches!(streams, Streams::Whole) {
        return Ok(Input::from_bytes(name, spool(stream)?));
    }
    let stream = Stream::begin(stream)?;
    if matches!(streams, Streams::Beginning) {
        stream.wait_for_beginning()?;
    }
    Ok(Input::from_stream(name, stream))
}

fn open_one(path: &OsStr, streams: Streams) -> Result<Input, OpenError> {
    let name = path.to_string_lossy().into_owned();
    let fail = |message: String| OpenError {
        path: path.to_owned(),
        message,
    };
    if path == "-" {
        return streamed(name, io::stdin(), streams).map_err(|e| fail(sentence(&e)));
    }
    // A FIFO blocks in open until its writer comes, so what it is must be known before.
    let meta = fs::metadata(path).map_err(|e| fail(why_missing(Path::new(path), &e)))?;
    if let Some(message) = refused_kind(meta.file_type()) {
        return Err(fail(message.into()));
    }
    let file = File::open(path).map_err(|e| fail(why_missing(Path::new(path), &e)))?;
    let input = if meta.is_file() {
        Input::from_file(name, Path::new(path), file)
    } else {
        streamed(name, file, streams)
    };
    input.map_err(|e| fail(sentence(&e)))
}

/// Why a thing of this kind is no log; `None` for regular files and FIFOs.
fn refused_kind(kind: FileType) -> Option<&'static str> {
    if kind.is_dir() {
        Some("is a directory; name the log file in it")
    } else if kind.is_socket() {
        Some("is a socket, not a log")
    } else if kind.is_block_device() || kind.is_char_device() {
        Some("is a device, not a log")
    } else {
        None
    }
}

/// Reads a stream to its end, and asks for memory in a way that can be refused.
fn spool(mut stream: impl Read) -> io::Result<Vec<u8>> {
    const STEP: usize = 1 << 16;
    let mut bytes = Vec::new();
    loop {
        // At least doubled, so that each byte is moved a bounded number of times.
        if bytes.capacity() - bytes.len() < STEP {
            let more = bytes.len().max(STEP);
            bytes
                .try_reserve(more)
                .map_err(|_| io::Error::from(io::ErrorKind::OutOfMemory))?;
        }
        if (&mut stream).take(STEP as u64).read_to_end(&mut bytes)? == 0 {
            return Ok(bytes);
        }
    }
}

/// A sentence for a path that cannot be looked at; says where a dangling link points to.
fn why_missing(path: &Path, error: &io::Error) -> String {
    // A link that leads nowhere is there itself.
    let link = fs::symlink_metadata(path).is_ok_and(|m| m.file_type().is_symlink());
    if error.kind() == io::ErrorKind::NotFound && link {
        let target = fs::read_link(path).unwrap_or_default();
        let target = target.to_string_lossy();
        return format!("is a symbolic link to {target:?}, which is not found");
    }
    sentence(error)
}

fn sentence(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "not found".into(),
        io::ErrorKind::PermissionDenied => "no permission to read it".into(),
        io::ErrorKind::NotADirectory => "not found: a part of the path is not a directory".into(),
        io::ErrorKind::OutOfMemory => {
            "does not fit into memory; save it to a file and name that".into()
        }
        _ if error.raw_os_error() == Some(ELOOP) => {
            "is a symbolic link that leads back to itself".into()
        }
        _ => format!("cannot be read: {error}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::Bytes;
    use std::os::unix::fs::symlink;

    fn message(path: &Path) -> String {
        open(&[path.as_os_str().to_owned()])
            .expect_err("cannot be opened")
            .to_string()
    }

    #[test]
    fn what_is_no_file_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        symlink("nowhere.csv", at("dangling")).unwrap();
        symlink(at("loop"), at("loop")).unwrap();
        assert_eq!(message(&at("missing")), "not found");
        assert_eq!(
            message(&at("dangling")),
            "is a symbolic link to \"nowhere.csv\", which is not found"
        );
        assert_eq!(
            message(&at("loop")),
            "is a symbolic link that leads back to itself"
        );
        assert_eq!(
            message(dir.path()),
            "is a directory; name the log file in it"
        );
        fs::write(at("file"), b"x").unwrap();
        assert!(message(&at("file/inside")).starts_with("not found"));
        assert_eq!(message(Path::new("/dev/zero")), "is a device, not a log");
    }

    #[test]
    fn a_file_is_read_at_offsets_and_its_change_is_seen() {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), b"hello").unwrap();
        let input = open(&[file.path().as_os_str().to_owned()])
            .unwrap()
            .remove(0);
        let mut out = [0; 8];
        assert_eq!(input.byte_len(), Some(5));
        assert_eq!(input.read_at(2, &mut out).unwrap(), 3);
        assert_eq!(&out[..3], b"llo");
        assert!(!input.changed().unwrap());
        fs::write(file.path(), b"hello, world").unwrap();
        assert!(input.changed().unwrap());
    }

    #[test]
    fn a_file_that_another_replaces_has_changed() {
        let dir = tempfile::tempdir().unwrap();
        let (path, other) = (dir.path().join("log"), dir.path().join("other"));
        fs::write(&path, b"hello").unwrap();
        let input = open(&[path.clone().into_os_string()]).unwrap().remove(0);
        fs::remove_file(&path).unwrap();
        assert!(!input.changed().unwrap(), "it is still whole");
        fs::write(&other, b"hello").unwrap();
        fs::rename(&other, &path).unwrap();
        assert!(input.changed().unwrap());
    }

    #[test]
    fn a_fifo_is_read_to_its_end() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("fifo");
        rustix::fs::mknodat(
            rustix::fs::CWD,
            &path,
            rustix::fs::FileType::Fifo,
            rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR,
            0,
        )
        .unwrap();
        let writer = {
            let path = path.clone();
            std::thread::spawn(move || fs::write(path, vec![b'x'; 200_000]).unwrap())
        };
        let input = open(&[path.into_os_string()]).unwrap().remove(0);
        writer.join().unwrap();
        assert_eq!(input.byte_len(), Some(200_000));
    }
}
