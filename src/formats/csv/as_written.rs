//! Rejected rows as the file has them, where they were written anew to be read.

use crate::event_log::Progress;
use crate::formats::report::{MAX_RAW, Reject};
use crate::formats::text::{Text, lossless};
use crate::formats::{ImportError, ImportReport};
use std::collections::{BTreeMap, BTreeSet};

/// Gives rejected rows the bytes of the file, where they were written anew to be read.
pub fn show(
    text: &Text<'_>,
    report: &mut ImportReport,
    progress: &Progress,
) -> Result<(), ImportError> {
    let Some(last) = report.rejects.iter().filter_map(last_line).max() else {
        return Ok(());
    };
    if text.quoting.is_none() {
        return Ok(());
    }
    let mut stream = text.as_written(None);
    let mut lines = Lines::default();
    let wanted: BTreeSet<u64> = report.rejects.iter().flat_map(lines_of).collect();
    let mut piece = vec![0; 1 << 16];
    while lines.line <= last {
        progress.check()?;
        match stream.read(&mut piece)? {
            0 => break,
            n => lines.push(&piece[..n], &wanted),
        }
    }
    for reject in &mut report.rejects {
        let kept = |line| lines.kept.get(&line).map_or(&b""[..], Vec::as_slice);
        let written: Vec<&[u8]> = lines_of(reject).map(kept).collect();
        let Some(first) = written.first().filter(|line| !line.is_empty()) else {
            continue;
        };
        let is_line = |rest: &str| rest.is_empty() || rest.starts_with('\n');
        let value = reject.value.as_str();
        if !value.is_empty() && reject.raw.strip_prefix(value).is_some_and(is_line) {
            reject.value = lossless(&first[..first.len().min(LONGEST_VALUE)]);
        }
        let raw = written.join(&b'\n');
        reject.raw = lossless(&raw[..raw.len().min(MAX_RAW)]);
    }
    Ok(())
}

/// Bytes of a value that are shown.
const LONGEST_VALUE: usize = 256;

/// The lines of a rejected row, as far as it is kept.
fn lines_of(reject: &Reject) -> impl Iterator<Item = u64> + use<> {
    let n = memchr::memchr_iter(b'\n', reject.raw.as_bytes()).count() as u64;
    reject
        .line
        .into_iter()
        .flat_map(move |line| line..=line + n)
}

fn last_line(reject: &Reject) -> Option<u64> {
    lines_of(reject).last()
}

/// Lines of a text that are kept as it is read.
#[derive(Default)]
struct Lines {
    /// Line ends so far.
    line: u64,
    /// By number, from 1, the beginning of each.
    kept: BTreeMap<u64, Vec<u8>>,
    /// True after a carriage return, which a line feed may follow.
    returned: bool,
}

impl Lines {
    fn push(&mut self, piece: &[u8], wanted: &BTreeSet<u64>) {
        for &byte in piece {
            let end = byte == b'\r' || byte == b'\n' && !self.returned;
            self.returned = byte == b'\r';
            if end {
                self.line += 1;
            } else if byte != b'\n' && wanted.contains(&(self.line + 1)) {
                let line = self.kept.entry(self.line + 1).or_default();
                if line.len() < MAX_RAW {
                    line.push(byte);
                }
            }
        }
    }
}
