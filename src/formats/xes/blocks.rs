//! Cuts a document into blocks that are likely to begin with a trace, so that they can be parsed in
//! parallel. Whether a block does is found out when the blocks are put together.

use crate::formats::ImportError;
use crate::formats::driver::Pieces;
use crate::formats::encoding::count_utf8;
use crate::formats::stream::{ByteStream, StreamFacts, read_full};
use crate::formats::text::lossless;
use memchr::memmem;
use std::borrow::Cow;

/// A piece of a document.
#[derive(Debug, Default)]
pub struct Block {
    /// Its bytes, and room behind them.
    room: Vec<u8>,
    len: usize,
    /// True if the document ends here.
    pub last: bool,
    /// True if it seems to begin with a trace.
    pub begins_trace: bool,
}

/// The text of a block.
pub struct BlockText<'a> {
    /// The bytes; those that belong to no UTF-8 are shown as `\xHH`.
    pub text: Cow<'a, str>,
    /// Number of bytes that belonged to no UTF-8.
    pub bad_utf8: u64,
    /// Characters beyond ASCII, where some bytes were no UTF-8.
    pub good_utf8: u64,
}

impl Block {
    /// Decodes it.
    pub fn text(&self) -> BlockText<'_> {
        let bytes = &self.room[..self.len];
        if let Ok(text) = simdutf8::basic::from_utf8(bytes) {
            return BlockText {
                text: Cow::Borrowed(text),
                bad_utf8: 0,
                good_utf8: 0,
            };
        }
        let (good_utf8, bad_utf8) = count_utf8(bytes);
        BlockText {
            text: Cow::Owned(lossless(bytes)),
            bad_utf8,
            good_utf8,
        }
    }
}

/// Reads a document block by block.
pub struct BlockReader<'a> {
    stream: Box<dyn ByteStream + 'a>,
    block: usize,
    /// The beginning of a trace's tag.
    trace: Vec<u8>,
    /// Bytes read beyond the last block.
    carry: Vec<u8>,
    /// Rooms of blocks that are done with: new memory costs as much as the reading into it.
    rooms: Vec<Vec<u8>>,
    ended: bool,
}

impl<'a> BlockReader<'a> {
    /// Reads about `block` bytes at a time; `prefix` stands before the names of elements.
    pub fn new(stream: Box<dyn ByteStream + 'a>, block: usize, prefix: &str) -> Self {
        BlockReader {
            stream,
            block: block.max(16),
            trace: format!("<{prefix}trace").into_bytes(),
            carry: Vec::new(),
            rooms: Vec::new(),
            ended: false,
        }
    }

    /// Takes back a block that is done with.
    pub fn take_back(&mut self, block: Block) {
        self.rooms.push(block.room);
    }

    /// Where to cut: before the last trace, else after the last tag, else anywhere between two
    /// characters.
    fn cut(&self, bytes: &[u8]) -> usize {
        let begins = memmem::rfind_iter(bytes, &self.trace);
        // A cut at 0 would leave an empty block, and no end to them.
        let mut begins = begins.filter(|&at| at > 0 && self.is_trace(&bytes[at..]));
        let cut = begins.next();
        let cut = cut.or_else(|| memchr::memrchr(b'>', bytes).map(|at| at + 1));
        cut.unwrap_or_else(|| {
            let continued = |b: &u8| (0x80..0xc0).contains(b);
            let tail = bytes.iter().rev().take(3).take_while(|b| continued(b));
            let tail = tail.count();
            // Before the character to which the last bytes belong, which may go on.
            match bytes.len() - tail {
                0 => bytes.len(),
                start if bytes[start - 1] >= 0xc0 && start > 1 => start - 1,
                _ => bytes.len(),
            }
        })
    }

    /// Returns whether the bytes begin with the tag of a trace.
    fn is_trace(&self, bytes: &[u8]) -> bool {
        let after = bytes.strip_prefix(self.trace.as_slice());
        // `<traces` would begin so, too.
        after.is_some_and(|rest| {
            matches!(
                rest.first(),
                Some(b' ' | b'\t' | b'\r' | b'\n' | b'>' | b'/')
            )
        })
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
        let mut room = self.rooms.pop().unwrap_or_default();
        let carried = self.carry.len();
        if room.len() < carried + self.block {
            room.resize(carried + self.block, 0);
        }
        room[..carried].copy_from_slice(&self.carry);
        let n = read_full(&mut *self.stream, &mut room[carried..carried + self.block])?;
        let mut len = carried + n;
        self.ended = n < self.block;
        self.carry.clear();
        if !self.ended {
            let cut = self.cut(&room[..len]);
            self.carry.extend_from_slice(&room[cut..len]);
            len = cut;
        }
        Ok(Some(Block {
            begins_trace: self.is_trace(&room[..len]),
            room,
            len,
            last: self.ended,
        }))
    }
}
