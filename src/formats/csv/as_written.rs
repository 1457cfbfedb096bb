//! Rejected rows as the file has them, where they were written anew to be read.

use crate::event_log::Progress;
use crate::formats::report::{MAX_RAW, MAX_VALUE, Reject};
use crate::formats::text::{Text, capped, lossless};
use crate::formats::{ImportError, ImportReport};
use std::collections::{BTreeMap, BTreeSet};

/// Gives rejected rows the bytes of the file, where they were written anew to be read.
pub fn show(
    text: &Text<'_>,
    report: &mut ImportReport,
    progress: &Progress,
) -> Result<(), ImportError> {
    if text.quoting.is_none() {
        return Ok(());
    }
    let wanted: BTreeSet<u64> = report.rejects.iter().flat_map(lines_of).collect();
    let Some(&last) = wanted.last() else {
        return Ok(());
    };
    let mut stream = text.as_written(None);
    let mut lines = Lines::default();
    let mut piece = vec![0; 1 << 16];
    while lines.ended < last {
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
            reject.value = lossless(capped(first, MAX_VALUE));
        }
        let raw = written.join(&b'\n');
        reject.raw = lossless(capped(&raw, MAX_RAW));
    }
    Ok(())
}

/// The lines of a rejected row, as far as it is kept.
fn lines_of(reject: &Reject) -> impl Iterator<Item = u64> + use<> {
    let n = memchr::memchr_iter(b'\n', reject.raw.as_bytes()).count() as u64;
    reject
        .line
        .into_iter()
        .flat_map(move |line| line..=line + n)
}

/// Lines of a text that are kept as it is read.
#[derive(Default)]
struct Lines {
    /// Number of line ends so far.
    ended: u64,
    /// By number, from 1, the beginning of each.
    kept: BTreeMap<u64, Vec<u8>>,
    /// True after a carriage return, which a line feed may follow.
    returned: bool,
}

impl Lines {
    fn push(&mut self, mut piece: &[u8], wanted: &BTreeSet<u64>) {
        if self.returned && piece.first() == Some(&b'\n') {
            piece = &piece[1..];
        }
        self.returned = false;
        while !piece.is_empty() {
            let end = memchr::memchr2(b'\r', b'\n', piece);
            let (line, rest) = piece.split_at(end.unwrap_or(piece.len()));
            if wanted.contains(&(self.ended + 1)) {
                let kept = self.kept.entry(self.ended + 1).or_default();
                // One more than is shown, so that the cut is seen and splits no character.
                let room = (MAX_RAW + 1).saturating_sub(kept.len());
                kept.extend_from_slice(&line[..line.len().min(room)]);
            }
            self.ended += u64::from(end.is_some());
            self.returned = rest == b"\r";
            let mark = if rest.starts_with(b"\r\n") { 2 } else { 1 };
            piece = rest.get(mark..).unwrap_or_default();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_do_not_depend_on_how_the_text_is_cut() {
        let text = b"a\r\nb\r\rd\n\ne";
        let wanted: BTreeSet<u64> = [1, 2, 3, 4, 6].into();
        let expected: BTreeMap<u64, Vec<u8>> = [(1, "a"), (2, "b"), (3, ""), (4, "d"), (6, "e")]
            .map(|(line, text)| (line, text.as_bytes().to_vec()))
            .into();
        for size in 1..=text.len() {
            let mut lines = Lines::default();
            for piece in text.chunks(size) {
                lines.push(piece, &wanted);
            }
            assert_eq!((lines.ended, lines.kept), (5, expected.clone()), "{size}");
        }
    }
}
