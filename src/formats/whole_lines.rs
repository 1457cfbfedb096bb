//! An input up to its last line end: what follows may be half a line that is being written.

use super::Bytes;
use std::io;

/// Bytes looked at at a time for the last line end.
const PIECE: u64 = 1 << 16;

/// An input up to its last line feed.
pub struct WholeLines<'a> {
    input: &'a dyn Bytes,
    len: u64,
}

impl<'a> WholeLines<'a> {
    /// The whole lines of an input; all of one without a line feed.
    pub fn of(input: &'a dyn Bytes) -> io::Result<Self> {
        let mut end = input.len();
        let mut piece = vec![0; PIECE as usize];
        while end > 0 {
            let from = end.saturating_sub(PIECE);
            let wanted = (end - from) as usize;
            let n = input.read_at(from, &mut piece[..wanted])?;
            // Less than was asked for ends before what was looked at: it is read as it is.
            if n < wanted {
                break;
            }
            if let Some(at) = memchr::memrchr(b'\n', &piece[..n]) {
                let len = from + at as u64 + 1;
                return Ok(WholeLines { input, len });
            }
            end = from;
        }
        let len = input.len();
        Ok(WholeLines { input, len })
    }
}

impl Bytes for WholeLines<'_> {
    fn name(&self) -> &str {
        self.input.name()
    }

    fn len(&self) -> u64 {
        self.len
    }

    fn read_at(&self, offset: u64, out: &mut [u8]) -> io::Result<usize> {
        let left = self.len.saturating_sub(offset);
        let wanted = usize::try_from(left).map_or(out.len(), |left| left.min(out.len()));
        self.input.read_at(offset, &mut out[..wanted])
    }

    fn changed(&self) -> io::Result<bool> {
        self.input.changed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_line_feed_is_the_end() {
        let long = format!("a\n{}", "b".repeat(3 * PIECE as usize));
        for (text, len) in [
            ("", 0),
            ("ab", 2),
            ("a\nb", 2),
            ("a\nb\n", 4),
            (long.as_str(), 2),
        ] {
            let bytes = text.as_bytes();
            let lines = WholeLines::of(&bytes).unwrap();
            assert_eq!(lines.len(), len);
            let mut out = [0; 8];
            assert_eq!(lines.read_at(0, &mut out).unwrap() as u64, len.min(8));
        }
    }
}
