//! Cuts a text into blocks of whole lines, so that they can be parsed in parallel. A block is
//! likely to begin with a record; whether it does is found out when the blocks are put together.

use crate::formats::ImportError;
use crate::formats::driver::Pieces;
use crate::formats::stream::{ByteStream, StreamFacts, read_full};

/// A piece of a text: whole lines, but for the last line of the text.
#[derive(Debug, Default)]
pub struct Block {
    /// The buffer, longer than the piece: it need not be cleared before it is filled again.
    buffer: Vec<u8>,
    len: usize,
    /// True if the text ends here.
    pub last: bool,
    /// True if the text was cut off here.
    pub cut: bool,
}

impl Block {
    /// The bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.buffer[..self.len]
    }
}

/// Reads a text block by block.
pub struct BlockReader<'a> {
    stream: Box<dyn ByteStream + 'a>,
    block: usize,
    longest: usize,
    /// The beginning of a line whose end was not read yet.
    carry: Vec<u8>,
    /// True if blocks should end where quotes pair up.
    pairing: bool,
    /// True if more may follow the text, so that a line without an end is no row yet.
    open_end: bool,
    /// Bytes of all blocks so far; `None` once lines were shortened.
    given: Option<u64>,
    /// Buffers to be filled again.
    spare: Vec<Vec<u8>>,
    ended: bool,
}

impl<'a> BlockReader<'a> {
    /// Reads `block` bytes at a time. Of lines over `longest` bytes only one byte more is kept.
    pub fn new(stream: Box<dyn ByteStream + 'a>, block: usize, longest: usize) -> Self {
        BlockReader {
            stream,
            block,
            longest,
            carry: Vec::new(),
            pairing: false,
            open_end: false,
            given: Some(0),
            spare: Vec::new(),
            ended: false,
        }
    }

    /// From now on blocks end where quotes pair up, if possible: records that span lines are there.
    pub fn pair_quotes(&mut self) {
        self.pairing = true;
    }

    /// Leaves out what follows the last line end: more may follow the text.
    pub fn leave_open(&mut self) {
        self.open_end = true;
    }

    /// Bytes of all blocks so far; `None` where lines were shortened.
    pub fn given(&self) -> Option<u64> {
        self.given
    }

    /// Takes a block back, to fill its buffer again.
    pub fn give_back(&mut self, block: Block) {
        self.spare.push(block.buffer);
    }

    /// Facts about the stream, known at its end.
    pub fn facts(&self) -> StreamFacts {
        self.stream.facts()
    }
}

impl Pieces for BlockReader<'_> {
    type Piece = Block;

    fn next(&mut self) -> Result<Option<Block>, ImportError> {
        if self.ended {
            return Ok(None);
        }
        let mut buffer = self.spare.pop().unwrap_or_default();
        let mut len = self.carry.len();
        if buffer.len() < len {
            buffer.resize(len, 0);
        }
        buffer[..len].copy_from_slice(&self.carry);
        loop {
            if buffer.len() < len + self.block {
                buffer.resize(len + self.block, 0);
            }
            let n = read_full(&mut *self.stream, &mut buffer[len..len + self.block])?;
            len += n;
            // `read_full` gives less than was asked for at the end only.
            self.ended = n < self.block;
            if len > self.longest {
                buffer.truncate(len);
                shorten_lines(&mut buffer, self.longest);
                self.given = self.given.filter(|_| buffer.len() == len);
                len = buffer.len();
            }
            let cut = if self.ended && (self.open_end || self.facts().stopped) {
                // Half a line is no row.
                Some(memchr::memrchr(b'\n', &buffer[..len]).map_or(0, |end| end + 1))
            } else if self.ended {
                Some(len)
            } else {
                find_cut(&buffer[..len], self.pairing)
            };
            if let Some(cut) = cut {
                self.carry.clear();
                self.carry.extend_from_slice(&buffer[cut..len]);
                let last = self.ended && !self.open_end;
                let len = cut;
                self.given = self.given.map(|given| given + cut as u64);
                let cut = self.facts().cut;
                return Ok((len > 0).then_some(Block {
                    buffer,
                    len,
                    last,
                    cut,
                }));
            }
        }
    }
}

/// Lines that are tried as the last of a block.
const TRIES: usize = 4096;

/// Where to cut, after a line end: the last one, or one shortly before at which quotes pair up.
fn find_cut(bytes: &[u8], pairing: bool) -> Option<usize> {
    // Whether a CR at the very end is a line end, or half of one, is not known yet.
    let known = match bytes {
        [known @ .., b'\r'] => known,
        _ => bytes,
    };
    let last = memchr::memrchr2(b'\n', b'\r', known)? + 1;
    if !pairing {
        return Some(last);
    }
    let odd_quotes = |piece: &[u8]| memchr::memchr_iter(b'"', piece).count() % 2 == 1;
    let mut odd = odd_quotes(&bytes[..last]);
    let mut cut = last;
    for _ in 0..TRIES {
        if !odd {
            return Some(cut);
        }
        // CR LF is one line end, never cut in two.
        let line_end = if bytes[..cut].ends_with(b"\r\n") {
            2
        } else {
            1
        };
        let Some(at) = memchr::memrchr2(b'\n', b'\r', &bytes[..cut - line_end]) else {
            break;
        };
        odd ^= odd_quotes(&bytes[at + 1..cut]);
        cut = at + 1;
    }
    Some(last)
}

/// Leaves at most `longest + 1` bytes of every line: enough to see that it is too long.
fn shorten_lines(bytes: &mut Vec<u8>, longest: usize) {
    let mut kept = 0;
    let mut start = 0;
    let mut short = Vec::new();
    for end in memchr::memchr2_iter(b'\n', b'\r', bytes).chain([bytes.len()]) {
        if end - start > longest + 1 {
            short.extend_from_slice(&bytes[kept..=start + longest]);
            kept = end;
        }
        start = end + 1;
    }
    if kept > 0 {
        short.extend_from_slice(&bytes[kept..]);
        *bytes = short;
    }
}

/// Physical lines of a text; CR LF ends one, and a last line without an end is one.
#[cfg(test)]
pub fn count_lines(bytes: &[u8]) -> u64 {
    let ends = memchr::memchr2_iter(b'\n', b'\r', bytes)
        .filter(|&at| !(bytes[at] == b'\n' && at > 0 && bytes[at - 1] == b'\r'))
        .count() as u64;
    let open = bytes.last().is_some_and(|&b| b != b'\n' && b != b'\r');
    ends + u64::from(open)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::stream::Raw;
    use proptest::prelude::*;

    fn blocks(text: &[u8], block: usize, longest: usize) -> Vec<Vec<u8>> {
        let mut reader = BlockReader::new(Box::new(Raw::new(&text, 0, None)), block, longest);
        let mut out = Vec::new();
        while let Some(block) = reader.next().unwrap() {
            out.push(block.bytes().to_vec());
        }
        out
    }

    #[test]
    fn cuts_prefer_places_where_quotes_pair_up() {
        assert_eq!(find_cut(b"a\n\"b\nc\nd", true), Some(2));
        assert_eq!(find_cut(b"a\n\"b\nc\"\nd", true), Some(8));
        assert_eq!(find_cut(b"a\r\n\"b\r\nc\r", true), Some(3));
        assert_eq!(find_cut(b"5\" a\nb\nc", true), Some(7));
        assert_eq!(find_cut(b"abc\r", true), None);
        assert_eq!(find_cut(b"a\n\"b\nc\nd", false), Some(7));
    }

    #[test]
    fn long_lines_are_shortened_to_one_byte_too_many() {
        let text = b"abcdefgh\nxy\nabcdefgh";
        for block in 1..12 {
            assert_eq!(blocks(text, block, 4).concat(), b"abcde\nxy\nabcde");
        }
        assert_eq!(blocks(&[b'x'; 10_000], 64, 100).concat().len(), 101);
    }

    proptest! {
        #[test]
        fn blocks_are_the_text_cut_at_line_ends(
            text in proptest::collection::vec(
                prop_oneof![Just(b'\n'), Just(b'\r'), Just(b'"'), Just(b'a')], 0..200),
            block in 1usize..40,
        ) {
            let blocks = blocks(&text, block, 1000);
            prop_assert_eq!(blocks.concat(), text.as_slice());
            let lines: u64 = blocks.iter().map(|b| count_lines(b)).sum();
            prop_assert_eq!(lines, count_lines(&text));
            for block in blocks.iter().rev().skip(1) {
                prop_assert!(matches!(block.last(), Some(b'\n' | b'\r')));
            }
        }
    }
}
