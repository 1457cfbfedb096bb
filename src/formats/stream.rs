//! Bytes in order: of an input as it is, or of what it holds compressed or in another encoding.

use super::{Bytes, ImportError};
use crate::event_log::Progress;
use std::sync::atomic::Ordering::Relaxed;

/// Facts about a stream, known at its end.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct StreamFacts {
    /// It ended before its time, or broke off at damaged data.
    pub cut: bool,
    /// A checksum says that the bytes are not those that were written.
    pub bad_checksum: bool,
    /// Bytes that follow the last compressed member do not belong to it.
    pub trailing_garbage: bool,
    /// Some bytes meant no character in the encoding.
    pub bad_characters: bool,
    /// Somebody asked for the end: the last line may be half a line.
    pub stopped: bool,
}

/// Bytes in order.
pub trait ByteStream: Send {
    /// Reads some bytes; 0 only at the end.
    fn read(&mut self, out: &mut [u8]) -> Result<usize, ImportError>;

    /// Facts known so far.
    fn facts(&self) -> StreamFacts;
}

/// The bytes of an input as they are.
pub struct Raw<'a> {
    bytes: &'a dyn Bytes,
    offset: u64,
    cut: bool,
    stopped: bool,
    progress: Option<&'a Progress>,
}

impl<'a> Raw<'a> {
    /// All bytes from `offset` on; what is read is added to `progress`.
    pub fn new(bytes: &'a dyn Bytes, offset: u64, progress: Option<&'a Progress>) -> Self {
        Raw {
            bytes,
            offset,
            cut: false,
            stopped: false,
            progress,
        }
    }
}

impl ByteStream for Raw<'_> {
    fn read(&mut self, out: &mut [u8]) -> Result<usize, ImportError> {
        // A file that grows while it is read is read to the length it had: one state, not two.
        let left = self.bytes.len().saturating_sub(self.offset);
        let wanted = usize::try_from(left).map_or(out.len(), |left| left.min(out.len()));
        self.stopped = wanted > 0 && self.progress.is_some_and(Progress::ends_at_byte);
        if wanted == 0 || self.stopped {
            return Ok(0);
        }
        let n = self.bytes.read_at(self.offset, &mut out[..wanted])?;
        // The length is known, so that an end before it means a file that was cut meanwhile.
        self.cut |= n == 0;
        self.offset += n as u64;
        if let Some(progress) = self.progress {
            progress.check()?;
            progress.bytes.fetch_add(n as u64, Relaxed);
        }
        Ok(n)
    }

    fn facts(&self) -> StreamFacts {
        StreamFacts {
            cut: self.cut || self.stopped,
            stopped: self.stopped,
            ..StreamFacts::default()
        }
    }
}

/// Reads until `out` is full or the stream ends; the number of bytes read.
pub fn read_full(stream: &mut dyn ByteStream, out: &mut [u8]) -> Result<usize, ImportError> {
    let mut n = 0;
    while n < out.len() {
        match stream.read(&mut out[n..])? {
            0 => break,
            more => n += more,
        }
    }
    Ok(n)
}
