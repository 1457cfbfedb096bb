//! Zstandard as a stream, frame by frame. The decompressor is given no more than it asks for at a
//! time, as it forgets what it made in a call that ends with an error: so all blocks before a
//! damaged one are kept, and all of a frame whose checksum is wrong.

use super::ImportError;
use super::compression::Feed;
use super::stream::{ByteStream, Raw, StreamFacts};
use zstd::stream::raw::{Decoder, InBuffer, Operation, OutBuffer};

/// The first bytes of a frame.
const MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];
/// The first bytes of a frame to be skipped; of the very first only the upper half counts.
const SKIPPABLE: [u8; 4] = [0x50, 0x2a, 0x4d, 0x18];
/// Bytes that the decompressor asks for at the beginning of a frame.
const FIRST_PIECE: usize = 5;
/// No more is given at a time.
const LARGEST_PIECE: usize = 1 << 16;

/// Returns whether a frame begins with these bytes, which are four or all there are.
pub fn begins_frame(head: &[u8]) -> bool {
    head.starts_with(&MAGIC) || head.len() >= 4 && is_skippable(head)
}

fn is_skippable(head: &[u8]) -> bool {
    head[0] & 0xf0 == SKIPPABLE[0] && head[1..4] == SKIPPABLE[1..]
}

/// The decompressed bytes of a Zstandard stream.
pub struct Zstd<'a> {
    feed: Feed<'a>,
    /// Made with the first frame, as the making may fail.
    decoder: Option<Decoder<'static>>,
    state: State,
    facts: StreamFacts,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// Between frames.
    Outside,
    /// Within a frame; holds the number of bytes asked for.
    Inside(usize),
    Done,
}

impl<'a> Zstd<'a> {
    /// A stream over `raw`, which begins with a frame.
    pub fn new(raw: Raw<'a>) -> Self {
        Zstd {
            feed: Feed::new(raw),
            decoder: None,
            state: State::Outside,
            facts: StreamFacts::default(),
        }
    }

    /// Begins a frame, or ends the stream where there is none.
    fn begin_frame(&mut self) -> Result<(), ImportError> {
        let head = self.feed.next(MAGIC.len())?;
        let head = &head[..head.len().min(MAGIC.len())];
        if begins_frame(head) {
            self.state = State::Inside(FIRST_PIECE);
            return Ok(());
        }
        self.facts.cut |= !head.is_empty() && MAGIC.starts_with(head);
        self.facts.trailing_garbage |= !head.is_empty() && !MAGIC.starts_with(head);
        self.state = State::Done;
        Ok(())
    }

    /// Decompresses some bytes of the frame; 0 where no more came out of this input.
    fn decompress(&mut self, asked: usize, out: &mut [u8]) -> Result<usize, ImportError> {
        let decoder = match &mut self.decoder {
            Some(decoder) => decoder,
            none => none.insert(Decoder::new()?),
        };
        let input = self.feed.next(1)?;
        let at_end = input.is_empty();
        let mut input = InBuffer::around(&input[..input.len().min(asked.min(LARGEST_PIECE))]);
        let mut output = OutBuffer::around(out);
        let outcome = decoder.run(&mut input, &mut output);
        let (used, made) = (input.pos(), output.pos());
        self.feed.pass(used);
        match outcome {
            // By the interface of zstd, 0 means that the frame is complete and all of it was given
            // out.
            Ok(0) => self.state = State::Outside,
            // The decompressor may hold back output, so the end of the input alone is no cut.
            Ok(_) if at_end && made == 0 => {
                self.facts.cut = true;
                self.state = State::Done;
            }
            Ok(asked) => self.state = State::Inside(asked),
            Err(error) => {
                self.fail(&error.to_string())?;
                return Ok(0);
            }
        }
        self.feed.made(made)?;
        Ok(made)
    }

    /// Ends the stream at a fault; what no decompression could read is refused.
    fn fail(&mut self, fault: &str) -> Result<(), ImportError> {
        // The decompressor distinguishes its faults by their sentences only.
        // 128 MiB is the largest window that zstd decompresses unless asked otherwise.
        let refused = if fault.contains("too much memory") {
            "is compressed by zstd with a window of more than 128 MiB; decompress it first"
        } else if fault.contains("Dictionary") {
            "is compressed by zstd with a dictionary; decompress it first"
        } else {
            let checksum = fault.contains("checksum");
            self.facts.bad_checksum |= checksum;
            self.facts.cut |= !checksum;
            self.state = State::Done;
            return Ok(());
        };
        Err(ImportError::Refused {
            line: None,
            message: refused.into(),
        })
    }
}

impl ByteStream for Zstd<'_> {
    fn read(&mut self, out: &mut [u8]) -> Result<usize, ImportError> {
        loop {
            let n = match self.state {
                State::Done => return Ok(0),
                State::Outside => {
                    self.begin_frame()?;
                    0
                }
                State::Inside(asked) => self.decompress(asked, out)?,
            };
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
    use zstd::stream::raw::CParameter;

    fn frame(data: &[u8]) -> Vec<u8> {
        let mut encoder = zstd::Encoder::new(Vec::new(), 3).unwrap();
        encoder.include_checksum(true).unwrap();
        encoder
            .set_pledged_src_size(Some(data.len() as u64))
            .unwrap();
        std::io::Write::write_all(&mut encoder, data).unwrap();
        encoder.finish().unwrap()
    }

    fn read_by(bytes: &[u8], step: usize) -> (Vec<u8>, StreamFacts) {
        let mut stream = Zstd::new(Raw::new(&bytes, 0, None));
        let mut out = Vec::new();
        let mut piece = vec![0; step];
        loop {
            match stream.read(&mut piece).unwrap() {
                0 => return (out, stream.facts()),
                n => out.extend_from_slice(&piece[..n]),
            }
        }
    }

    fn read(bytes: &[u8]) -> (Vec<u8>, StreamFacts) {
        read_by(bytes, 1 << 20)
    }

    fn skippable(data: &[u8]) -> Vec<u8> {
        let len = (data.len() as u32).to_le_bytes();
        [&[0x5a, 0x2a, 0x4d, 0x18], len.as_slice(), data].concat()
    }

    /// Text of many blocks that does not compress to nothing.
    fn long() -> Vec<u8> {
        let row = |i: u32| {
            format!(
                "case {}, activity {}\n",
                i.wrapping_mul(2_654_435_761),
                i % 17
            )
        };
        (0..30_000).map(row).collect::<String>().into_bytes()
    }

    #[test]
    fn every_frame_is_read_and_what_follows_is_noted() {
        let bytes = [
            skippable(b"sizes of frames"),
            frame(b"one "),
            frame(b""),
            skippable(b""),
            frame(b"two"),
        ];
        let mut bytes = bytes.concat();
        assert!(begins_frame(&bytes));
        for step in [1, 3, 1000] {
            let read = read_by(&bytes, step);
            assert_eq!(read, (b"one two".to_vec(), StreamFacts::default()));
        }
        bytes.extend([0; 512]);
        let (text, facts) = read(&bytes);
        assert_eq!(text, b"one two");
        assert!(facts.trailing_garbage && !facts.cut);
    }

    #[test]
    fn blocks_are_put_together() {
        let long = long();
        let bytes = frame(&long);
        for step in [777, 1 << 17, 1 << 22] {
            assert_eq!(
                read_by(&bytes, step),
                (long.clone(), StreamFacts::default())
            );
        }
    }

    #[test]
    fn a_cut_is_noticed_at_every_byte() {
        let bytes = frame(b"some text that is long enough, long enough, long enough");
        for len in 4..bytes.len() {
            let (text, facts) = read(&bytes[..len]);
            assert!(facts.cut && !facts.bad_checksum, "cut after {len} bytes");
            assert!(
                b"some text that is long enough, long enough"
                    .starts_with(&text[..text.len().min(20)])
            );
        }
        let two = [frame(b"one"), MAGIC[..3].to_vec()].concat();
        assert!(read(&two).1.cut);
    }

    #[test]
    fn a_wrong_checksum_costs_no_text() {
        let long = long();
        for data in [b"text".as_slice(), &long] {
            let mut bytes = frame(data);
            *bytes.last_mut().unwrap() ^= 1;
            let (text, facts) = read(&bytes);
            assert_eq!(text, data);
            assert!(facts.bad_checksum && !facts.cut);
        }
    }

    #[test]
    fn damage_ends_the_text_and_any_bytes_are_survived() {
        let long = long();
        let bytes = frame(&long);
        for at in (4..bytes.len()).step_by(bytes.len() / 300) {
            let mut damaged = bytes.clone();
            damaged[at] ^= 0x55;
            let damaged = damaged.as_slice();
            let mut stream = Zstd::new(Raw::new(&damaged, 0, None));
            let mut out = vec![0; long.len() + 1];
            if let Ok(n) = read_full(&mut stream, &mut out) {
                let facts = stream.facts();
                assert!(
                    facts.cut || facts.bad_checksum || out[..n] == long,
                    "at {at}"
                );
            }
        }
    }

    #[test]
    fn what_cannot_be_decompressed_is_refused_by_name() {
        let mut encoder = zstd::Encoder::new(Vec::new(), 1).unwrap();
        encoder.set_parameter(CParameter::WindowLog(28)).unwrap();
        std::io::Write::write_all(&mut encoder, b"text").unwrap();
        let bytes = encoder.finish().unwrap();
        let bytes = bytes.as_slice();
        let mut stream = Zstd::new(Raw::new(&bytes, 0, None));
        let error = stream.read(&mut [0; 9]).expect_err("is refused");
        assert!(error.to_string().contains("window"), "{error}");
    }
}
