//! Cuts a text into blocks of whole objects: lines, or the elements of one array, which may span
//! lines. A block begins with an object, so blocks can be parsed in parallel.

use crate::formats::ImportError;
use crate::formats::driver::Pieces;
use crate::formats::stream::{ByteStream, StreamFacts, read_full};

/// Layout of the objects: one per line or in an array.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// One a line.
    Lines,
    /// As elements of an array.
    Array,
}

/// Finds the ends of the elements of an array, whatever they are.
#[derive(Debug, Clone, Copy)]
pub struct Elements {
    /// Brackets and braces that are open, the array's own included.
    depth: u32,
    quoted: bool,
    escaped: bool,
}

/// Terminator of an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// A comma.
    Comma,
    /// The end of the array.
    Close,
}

impl Elements {
    /// At the beginning of an element.
    pub fn new() -> Self {
        Elements {
            depth: 1,
            quoted: false,
            escaped: false,
        }
    }

    /// The next end of an element from `at` on.
    pub fn next_end(&mut self, bytes: &[u8], at: usize) -> Option<(usize, End)> {
        let mut at = at;
        while let Some(&byte) = bytes.get(at) {
            if self.quoted {
                match byte {
                    _ if self.escaped => self.escaped = false,
                    b'\\' => self.escaped = true,
                    // A text never goes on over a line end: where a quote is missing, this one.
                    b'"' | b'\n' => self.quoted = false,
                    _ => {}
                }
            } else {
                match byte {
                    b'"' => self.quoted = true,
                    b'{' | b'[' => self.depth += 1,
                    b'}' | b']' if self.depth > 1 => self.depth -= 1,
                    b']' => return Some((at, End::Close)),
                    b',' if self.depth == 1 => return Some((at, End::Comma)),
                    _ => {}
                }
            }
            at += 1;
        }
        None
    }
}

/// A piece of a text: whole objects, but for what a text that was cut ends with.
#[derive(Debug, Default)]
pub struct Block {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// Line ends before it.
    pub lines_before: u64,
    /// True if the text ends here.
    pub last: bool,
}

/// Reads a text block by block.
pub struct BlockReader<'a> {
    stream: Box<dyn ByteStream + 'a>,
    shape: Shape,
    block: usize,
    longest: usize,
    /// The beginning of an object whose end was not read yet.
    carry: Vec<u8>,
    /// Position up to which ends were searched, and the brackets open there.
    searched: usize,
    elements: Elements,
    /// Line ends before it.
    lines: u64,
    /// True if more may follow the text, so that a line without an end is no object yet.
    open_end: bool,
    /// Bytes of all blocks so far; `None` once an object was shortened.
    given: Option<u64>,
    /// Line ends in the middle of an object that is too long, which was dropped.
    dropped: Option<u64>,
    state: State,
    /// True if there is text after the array.
    pub trailing: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// Nothing was read.
    Fresh,
    Within,
    /// The array is closed.
    Closed,
    Ended,
}

impl<'a> BlockReader<'a> {
    /// Reads `block` bytes at a time. Of objects over `longest` bytes only some more are kept.
    pub fn new(
        stream: Box<dyn ByteStream + 'a>,
        shape: Shape,
        block: usize,
        longest: usize,
    ) -> Self {
        BlockReader {
            stream,
            shape,
            block,
            longest,
            carry: Vec::new(),
            searched: 0,
            elements: Elements::new(),
            lines: 0,
            open_end: false,
            given: Some(0),
            dropped: None,
            state: State::Fresh,
            trailing: false,
        }
    }

    /// Begins after that many line ends, and leaves out what follows the last one: more may follow the text.
    pub fn leave_open(&mut self, lines: u64) {
        self.lines = lines;
        self.open_end = true;
    }

    /// Bytes and line ends up to the end of the last block; `None` where an object was shortened.
    pub fn given(&self) -> Option<(u64, u64)> {
        self.given.map(|bytes| (bytes, self.lines))
    }

    /// Removes the bracket that opens the array.
    fn skip_opening(&mut self) {
        if self.shape == Shape::Array {
            let open = self.carry.iter().position(|&b| b == b'[');
            let open = open.map_or(0, |at| at + 1);
            self.lines += count_lines(&self.carry[..open]);
            self.carry.drain(..open);
        }
    }

    /// Where to cut: after the last object that ends, or right after one that is too long.
    fn find_cut(&mut self) -> Option<usize> {
        let from = self.searched;
        let alone = self.dropped.is_some();
        self.searched = self.carry.len();
        if self.shape == Shape::Lines {
            let new = &self.carry[from..];
            // Of an object without its middle nothing else may be in the block, whose lines would
            // be wrong.
            let end = if alone {
                memchr::memchr(b'\n', new)
            } else {
                memchr::memrchr(b'\n', new)
            };
            return end.map(|at| from + at + 1);
        }
        let (mut at, mut cut) = (from, None);
        while let Some((end, what)) = self.elements.next_end(&self.carry, at) {
            at = end + 1;
            cut = Some(at);
            if what == End::Close {
                self.state = State::Closed;
            }
            if what == End::Close || alone {
                self.searched = at;
                break;
            }
        }
        cut
    }

    /// The bytes up to a cut.
    fn take(&mut self, cut: usize, last: bool) -> Block {
        let rest = self.carry.split_off(cut);
        let bytes = std::mem::replace(&mut self.carry, rest);
        self.searched = self.searched.saturating_sub(cut);
        self.given = self.given.map(|given| given + cut as u64);
        let lines_before = self.lines;
        self.lines += count_lines(&bytes) + self.dropped.take().unwrap_or(0);
        Block {
            bytes,
            lines_before,
            last,
        }
    }

    /// Drops the middle of an object that is too long, to make room for its end.
    fn shorten(&mut self) {
        self.given = None;
        let middle = self.carry.split_off(self.longest + 1);
        self.searched = self.carry.len();
        *self.dropped.get_or_insert(0) += count_lines(&middle);
    }

    /// Looks for text after the array.
    fn pass_rest(&mut self) -> Result<(), ImportError> {
        let blank = |bytes: &[u8]| bytes.trim_ascii().is_empty();
        self.trailing |= !blank(&self.carry);
        let mut piece = vec![0; 1 << 16];
        loop {
            let n = self.stream.read(&mut piece)?;
            if n == 0 {
                return Ok(());
            }
            self.trailing |= !blank(&piece[..n]);
        }
    }

    /// Returns whether the array was closed.
    pub fn is_whole(&self) -> bool {
        self.shape == Shape::Lines || self.state == State::Closed
    }

    /// Facts about the stream, known at its end.
    pub fn facts(&self) -> StreamFacts {
        self.stream.facts()
    }
}

impl Pieces for BlockReader<'_> {
    type Piece = Block;

    fn next(&mut self) -> Result<Option<Block>, ImportError> {
        while matches!(self.state, State::Fresh | State::Within) {
            let from = self.carry.len();
            self.carry.resize(from + self.block, 0);
            // `read_full` gives less than was asked for at the end only.
            let n = read_full(&mut *self.stream, &mut self.carry[from..])?;
            self.carry.truncate(from + n);
            let at_end = n < self.block;
            if self.state == State::Fresh {
                self.state = State::Within;
                self.skip_opening();
            }
            let cut = self.find_cut();
            if self.state == State::Closed {
                let block = self.take(cut.unwrap_or(0), true);
                self.pass_rest()?;
                return Ok(Some(block));
            }
            if at_end && (self.open_end || self.facts().stopped) {
                self.state = State::Ended;
                // Half an object is no row.
                return Ok(Some(self.take(cut.unwrap_or(0), true)));
            }
            if at_end {
                self.state = State::Ended;
                return Ok(Some(self.take(self.carry.len(), true)));
            }
            if let Some(cut) = cut {
                return Ok(Some(self.take(cut, false)));
            }
            if self.carry.len() > self.longest {
                self.shorten();
            }
        }
        Ok(None)
    }
}

/// Line feeds of a text: documents of JSON end their lines by nothing else.
pub fn count_lines(bytes: &[u8]) -> u64 {
    memchr::memchr_iter(b'\n', bytes).count() as u64
}
