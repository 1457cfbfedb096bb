//! gzip as a stream, member by member. flate2's own readers stop after the first member, or fail
//! at padding after the last; here every member is read, and what follows is noted.

use super::ImportError;
use super::compression::Feed;
use super::stream::{ByteStream, Raw, StreamFacts};
use flate2::{Crc, Decompress, FlushDecompress, Status};

/// The first bytes of every gzip member.
pub const MAGIC: [u8; 2] = [0x1f, 0x8b];

/// The decompressed bytes of a gzip stream.
pub struct Gzip<'a> {
    feed: Feed<'a>,
    inflate: Decompress,
    crc: Crc,
    state: State,
    facts: StreamFacts,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Header,
    Body,
    Done,
}

impl<'a> Gzip<'a> {
    /// A stream over `raw`, which begins with the magic.
    pub fn new(raw: Raw<'a>) -> Self {
        Gzip {
            feed: Feed::new(raw),
            inflate: Decompress::new(false),
            crc: Crc::new(),
            state: State::Header,
            facts: StreamFacts::default(),
        }
    }

    fn next_byte(&mut self) -> Result<Option<u8>, ImportError> {
        let byte = self.feed.next(1)?.first().copied();
        self.feed.pass(usize::from(byte.is_some()));
        Ok(byte)
    }

    fn next_bytes<const N: usize>(&mut self) -> Result<Option<[u8; N]>, ImportError> {
        let mut out = [0; N];
        for byte in &mut out {
            match self.next_byte()? {
                Some(b) => *byte = b,
                None => return Ok(None),
            }
        }
        Ok(Some(out))
    }

    /// Reads past the header of a member, from its third byte on; `None` where the input ends in it.
    fn skip_header(&mut self) -> Result<Option<()>, ImportError> {
        const CHECKSUM: u8 = 2;
        const EXTRA: u8 = 4;
        const NAME_AND_COMMENT: [u8; 2] = [8, 16];
        let Some([_method, flags, ..]) = self.next_bytes::<8>()? else {
            return Ok(None);
        };
        // RFC 1952 fixes this order of the optional parts: extra field, name, comment, checksum.
        if flags & EXTRA != 0 {
            let Some(len) = self.next_bytes::<2>()? else {
                return Ok(None);
            };
            for _ in 0..u16::from_le_bytes(len) {
                self.next_byte()?;
            }
        }
        for flag in NAME_AND_COMMENT {
            while flags & flag != 0 && self.next_byte()?.is_some_and(|b| b != 0) {}
        }
        if flags & CHECKSUM != 0 {
            self.next_bytes::<2>()?;
        }
        Ok((!self.feed.next(1)?.is_empty()).then_some(()))
    }

    /// Begins a member, or ends the stream where there is none.
    fn begin_member(&mut self) -> Result<(), ImportError> {
        let first = self.feed.is_fresh();
        self.state = State::Done;
        let Some(byte) = self.next_byte()? else {
            return Ok(());
        };
        if byte != MAGIC[0] || self.next_byte()? != Some(MAGIC[1]) {
            self.facts.trailing_garbage = !first;
            return Ok(());
        }
        if self.skip_header()?.is_some() {
            self.inflate.reset(false);
            self.crc.reset();
            self.state = State::Body;
        } else {
            self.facts.cut = true;
        }
        Ok(())
    }

    /// Reads the sums at the end of a member.
    fn end_member(&mut self) -> Result<(), ImportError> {
        match self.next_bytes::<8>()? {
            None => {
                self.facts.cut = true;
                self.state = State::Done;
            }
            Some([a, b, c, d, ..]) => {
                self.facts.bad_checksum |= u32::from_le_bytes([a, b, c, d]) != self.crc.sum();
                self.state = State::Header;
            }
        }
        Ok(())
    }

    /// Inflates some bytes of the member; 0 where it ended or no more came out of this input.
    fn inflate_some(&mut self, out: &mut [u8]) -> Result<usize, ImportError> {
        let input = self.feed.next(1)?;
        if input.is_empty() {
            self.facts.cut = true;
            self.state = State::Done;
            return Ok(0);
        }
        let (before_in, before_out) = (self.inflate.total_in(), self.inflate.total_out());
        let status = self.inflate.decompress(input, out, FlushDecompress::None);
        let n = (self.inflate.total_out() - before_out) as usize;
        self.feed
            .pass((self.inflate.total_in() - before_in) as usize);
        self.crc.update(&out[..n]);
        match status {
            Ok(Status::StreamEnd) => self.end_member()?,
            Ok(Status::Ok | Status::BufError) => {}
            // What was inflated before the damage is kept: the log is incomplete, not refused.
            Err(_) => {
                self.facts.cut = true;
                self.state = State::Done;
            }
        }
        self.feed.made(n)?;
        Ok(n)
    }
}

impl ByteStream for Gzip<'_> {
    fn read(&mut self, out: &mut [u8]) -> Result<usize, ImportError> {
        loop {
            let n = match self.state {
                State::Done => return Ok(0),
                State::Header => {
                    self.begin_member()?;
                    0
                }
                State::Body => self.inflate_some(out)?,
            };
            // A call may use input without output, and 0 would mean the end of the stream.
            if n > 0 || out.is_empty() {
                return Ok(n);
            }
        }
    }

    fn facts(&self) -> StreamFacts {
        let feed = self.feed.raw_facts();
        StreamFacts {
            cut: self.facts.cut || feed.cut,
            stopped: feed.stopped,
            ..self.facts
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::stream::read_full;
    use flate2::{Compression, GzBuilder};
    use std::io::Write;

    fn member(data: &[u8]) -> Vec<u8> {
        let mut writer = GzBuilder::new()
            .filename("log.csv")
            .comment("a comment")
            .extra(vec![1, 2, 3])
            .write(Vec::new(), Compression::default());
        writer.write_all(data).unwrap();
        writer.finish().unwrap()
    }

    fn read(bytes: &[u8]) -> (Vec<u8>, StreamFacts) {
        let mut gzip = Gzip::new(Raw::new(&bytes, 0, None));
        let mut out = vec![0; 1 << 20];
        let n = read_full(&mut gzip, &mut out).unwrap();
        out.truncate(n);
        (out, gzip.facts())
    }

    #[test]
    fn every_member_is_read_and_padding_is_noted() {
        let mut bytes = [member(b"one "), member(b""), member(b"two")].concat();
        assert_eq!(read(&bytes), (b"one two".to_vec(), StreamFacts::default()));
        bytes.extend([0; 512]);
        let (text, facts) = read(&bytes);
        assert_eq!(text, b"one two");
        assert!(facts.trailing_garbage && !facts.cut);
    }

    #[test]
    fn a_cut_is_noticed_at_every_byte() {
        let bytes = member(b"some text that is long enough, long enough, long enough");
        for len in 2..bytes.len() {
            assert!(read(&bytes[..len]).1.cut, "cut after {len} bytes");
        }
    }

    #[test]
    fn a_wrong_checksum_is_noticed() {
        let mut bytes = member(b"text");
        let at = bytes.len() - 8;
        bytes[at] ^= 1;
        let (text, facts) = read(&bytes);
        assert_eq!(text, b"text");
        assert!(facts.bad_checksum && !facts.cut);
    }
}
