//! Changes of a log since it was read: looked for by asking for size and times of its file, which works on any
//! file system, and by comparing the bytes before the end that was read.

use super::{Input, OpenError, Stamp, open};
use crate::formats::Bytes;
use std::ffi::OsString;
use std::io;

/// Bytes before the end that are compared: a file that was written anew differs in them.
const TAIL: u64 = 64 << 10;

/// A change of a log since it was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// There is none.
    Same,
    /// Bytes were appended.
    Appended,
    /// Bytes that were read are others now.
    Rewritten,
    /// It is shorter.
    Truncated,
    /// Another file has its name.
    Rotated,
}

/// The state in which a log was read.
#[derive(Debug, Clone)]
pub struct Mark {
    /// The path that was given.
    path: OsString,
    /// None of a stream.
    stamp: Option<Stamp>,
    len: u64,
    /// The last bytes.
    tail: Vec<u8>,
}

impl Mark {
    /// The state of an input that was opened by that path.
    pub fn of(path: &OsString, input: &Input) -> io::Result<Self> {
        let len = Bytes::len(input);
        Ok(Mark {
            path: path.clone(),
            stamp: input.file().map(|(_, stamp)| stamp),
            len,
            tail: tail(input, len)?,
        })
    }

    /// Returns whether something may have changed; a file that is not there now may come back.
    pub fn has_changed(&self, input: &Input) -> bool {
        match self.stamp {
            Some(before) => Stamp::at(&self.path).is_ok_and(|now| !before.is_same(&now)),
            None => input.has_grown(),
        }
    }

    /// Opens the log anew; a stream up to what has come so far.
    pub fn reopened(&self, input: &Input) -> Result<Input, OpenError> {
        if let Some(stream) = input.so_far() {
            return Ok(stream);
        }
        let mut opened = open(std::slice::from_ref(&self.path))?;
        opened.pop().ok_or_else(|| OpenError {
            path: self.path.clone(),
            message: "not found".into(),
        })
    }

    /// The change of the log, opened anew, since.
    pub fn change(&self, now: &Input) -> io::Result<Change> {
        let stamp = now.file().map(|(_, stamp)| stamp);
        let len = Bytes::len(now);
        Ok(match (self.stamp, stamp) {
            (Some(before), Some(now)) if !before.same_file(&now) => Change::Rotated,
            (Some(before), Some(now)) if before.is_same(&now) => Change::Same,
            _ if len < self.len => Change::Truncated,
            _ if tail(now, self.len)? != self.tail => Change::Rewritten,
            _ if len > self.len => Change::Appended,
            (None, None) => Change::Same,
            // Bytes before the tail may be others.
            _ => Change::Rewritten,
        })
    }
}

/// The last bytes before an offset.
fn tail(input: &Input, end: u64) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; end.min(TAIL) as usize];
    let from = end - bytes.len() as u64;
    let mut n = 0;
    while n < bytes.len() {
        match input.read_at(from + n as u64, &mut bytes[n..])? {
            0 => break,
            more => n += more,
        }
    }
    bytes.truncate(n);
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::{self, OpenOptions};
    use std::io::Write;
    use std::path::Path;

    fn opened(path: &Path) -> (Mark, Input) {
        let path = path.as_os_str().to_owned();
        let input = open(std::slice::from_ref(&path)).unwrap().remove(0);
        (Mark::of(&path, &input).unwrap(), input)
    }

    fn change(mark: &Mark, input: &Input) -> Change {
        let changed = mark.has_changed(input);
        let change = mark.change(&mark.reopened(input).unwrap()).unwrap();
        assert_eq!(changed, change != Change::Same);
        change
    }

    #[test]
    fn each_change_of_a_file_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let (path, other) = (dir.path().join("log"), dir.path().join("other"));
        fs::write(&path, b"one\ntwo\n").unwrap();
        let (mark, input) = opened(&path);
        assert_eq!(change(&mark, &input), Change::Same);
        let mut file = OpenOptions::new().append(true).open(&path).unwrap();
        file.write_all(b"three\n").unwrap();
        assert_eq!(change(&mark, &input), Change::Appended);
        fs::write(&path, b"one\nTWO\nthree\n").unwrap();
        assert_eq!(change(&mark, &input), Change::Rewritten);
        fs::write(&path, b"one\n").unwrap();
        assert_eq!(change(&mark, &input), Change::Truncated);
        fs::write(&other, b"one\ntwo\nthree\n").unwrap();
        fs::rename(&other, &path).unwrap();
        assert_eq!(change(&mark, &input), Change::Rotated);
        fs::remove_file(&path).unwrap();
        assert!(!mark.has_changed(&input), "another may take its place");
    }
}
