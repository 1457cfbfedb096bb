//! Detects the compression of an input by its first bytes, not by its name. The one place that
//! knows which compressions there are; formats see a stream of bytes.

use super::gzip::{self, Gzip};
use super::stream::{ByteStream, Raw, StreamFacts, read_full};
use super::zstd::{self, Zstd};
use super::{Bytes, ImportError};
use crate::event_log::Progress;

/// The compression of an input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compression {
    /// The bytes stand as they are.
    None,
    /// Members of gzip.
    Gzip,
    /// Frames of Zstandard.
    Zstd,
}

impl Compression {
    /// The compression of an input.
    pub fn of(bytes: &dyn Bytes) -> Result<Self, ImportError> {
        let mut first = [0; 4];
        let n = read_full(&mut Raw::new(bytes, 0, None), &mut first)?;
        Ok(match &first[..n] {
            head if head.starts_with(&gzip::MAGIC) => Compression::Gzip,
            head if zstd::begins_frame(head) => Compression::Zstd,
            _ => Compression::None,
        })
    }

    /// The bytes of an input, decompressed; what is read of it is added to `progress`.
    pub fn open<'a>(
        self,
        bytes: &'a dyn Bytes,
        progress: Option<&'a Progress>,
    ) -> Box<dyn ByteStream + 'a> {
        let raw = Raw::new(bytes, 0, progress);
        match self {
            Compression::None => Box::new(raw),
            Compression::Gzip => Box::new(Gzip::new(raw)),
            Compression::Zstd => Box::new(Zstd::new(raw)),
        }
    }

    /// The compression that the ending of a name promises, with what it is called.
    pub fn promised(name: &str) -> Option<(Self, &'static str)> {
        let name = name.to_ascii_lowercase();
        let known = [
            (Compression::Gzip, ".gz"),
            (Compression::Zstd, ".zst"),
            (Compression::Zstd, ".zstd"),
        ];
        known.into_iter().find(|(_, ending)| name.ends_with(ending))
    }
}

/// Output that is refused: more than this many bytes, and ...
const BOMB_BYTES: u64 = 4 << 30;
/// ... more than this many times the input.
// Both limits must be passed: small inputs of repeated lines may well expand a thousandfold.
const BOMB_RATIO: u64 = 200;
/// Input that is read at a time.
const INPUT: usize = 1 << 17;

/// The compressed bytes that a decompressor works on, and how much came out of how much.
pub struct Feed<'a> {
    raw: Raw<'a>,
    buffer: Vec<u8>,
    at: usize,
    end: usize,
    consumed: u64,
    produced: u64,
}

impl<'a> Feed<'a> {
    /// All bytes of `raw`.
    pub fn new(raw: Raw<'a>) -> Self {
        Feed {
            raw,
            buffer: vec![0; INPUT],
            at: 0,
            end: 0,
            consumed: 0,
            produced: 0,
        }
    }

    /// Some bytes that come next, at least `n` unless the input ends; empty only at the end.
    pub fn next(&mut self, n: usize) -> Result<&[u8], ImportError> {
        debug_assert!(n <= INPUT, "more than fits is never asked for");
        // The rest moves to the front only when it is too short: mostly nothing is copied.
        if self.end - self.at < n {
            self.buffer.copy_within(self.at..self.end, 0);
            self.end -= self.at;
            self.at = 0;
            while self.end < n {
                let more = self.raw.read(&mut self.buffer[self.end..])?;
                if more == 0 {
                    break;
                }
                self.end += more;
                self.consumed += more as u64;
            }
        }
        Ok(&self.buffer[self.at..self.end])
    }

    /// Marks `n` of the bytes that come next as used.
    pub fn pass(&mut self, n: usize) {
        self.at += n;
    }

    /// Counts `n` bytes that came out; refuses what expands as no log does.
    pub fn made(&mut self, n: usize) -> Result<(), ImportError> {
        self.produced += n as u64;
        if self.produced <= BOMB_BYTES || self.produced / BOMB_RATIO <= self.consumed {
            return Ok(());
        }
        Err(ImportError::Refused {
            line: None,
            message: format!(
                "expands to more than {BOMB_RATIO} times its size and over 4 GiB, which no log \
                 does; decompress it by hand if it is to be read"
            ),
        })
    }

    /// Returns whether nothing was used so far.
    pub fn is_fresh(&self) -> bool {
        self.consumed == 0
    }

    /// Facts of the compressed bytes: whether they proved fewer than stated, or somebody asked for their end.
    pub fn raw_facts(&self) -> StreamFacts {
        self.raw.facts()
    }
}
