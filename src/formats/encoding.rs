//! Which encoding a text is in, and its conversion to UTF-8. UTF-8 itself is passed on as it is,
//! bad bytes too: they stay distinct, and are shown as `\xHH` by the dictionaries.

use super::ImportError;
use super::stream::{ByteStream, StreamFacts};
use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{CoderResult, Decoder, Encoding, UTF_8, UTF_16BE, UTF_16LE};

/// Certainty of the encoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Certainty {
    /// A byte order mark, or the user, says so.
    Given,
    /// All that was looked at is UTF-8.
    Utf8SoFar,
    /// It was guessed from the bytes.
    Guessed,
}

/// An encoding, and why it is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Choice {
    /// The encoding.
    pub encoding: &'static Encoding,
    /// Bytes of the byte order mark, to be skipped.
    pub mark: usize,
    /// Certainty of the choice.
    pub certainty: Certainty,
}

impl Choice {
    fn new(encoding: &'static Encoding, mark: usize, certainty: Certainty) -> Self {
        Choice {
            encoding,
            mark,
            certainty,
        }
    }
}

/// Chooses by what stands in the first bytes, or what the user said; `None` where the text is
/// neither marked nor UTF-8, so that all of it must be looked at.
pub fn choose(head: &[u8], label: Option<&str>) -> Result<Option<Choice>, ImportError> {
    // Before the other marks, as that of UTF-32LE begins with that of UTF-16LE.
    if head.starts_with(b"\xff\xfe\0\0") || head.starts_with(b"\0\0\xfe\xff") {
        return Err(ImportError::Refused {
            line: None,
            message: "is UTF-32 text; save it as UTF-8".into(),
        });
    }
    let told = label.map(of_label).transpose()?;
    // As in the WHATWG standard, a mark wins over a label.
    if let Some((encoding, mark)) = Encoding::for_bom(head) {
        return Ok(Some(Choice::new(encoding, mark, Certainty::Given)));
    }
    if let Some(encoding) = told {
        return Ok(Some(Choice::new(encoding, 0, Certainty::Given)));
    }
    // Before the check of UTF-8, which takes NUL for a character.
    if let Some(encoding) = utf16_by_nuls(head) {
        return Ok(Some(Choice::new(encoding, 0, Certainty::Guessed)));
    }
    // A character that is cut off at the end of the head is no error.
    let utf8 = std::str::from_utf8(head).map_or_else(|e| e.error_len().is_none(), |_| true);
    Ok(utf8.then(|| Choice::new(UTF_8, 0, Certainty::Utf8SoFar)))
}

fn of_label(label: &str) -> Result<&'static Encoding, ImportError> {
    Encoding::for_label_no_replacement(label.as_bytes()).ok_or_else(|| {
        ImportError::Usage(format!(
            "no encoding is called {}; names are like utf-8, windows-1251, koi8-r, ibm866, shift_jis",
            super::text::shown(label)
        ))
    })
}

/// UTF-16 without a mark: of Latin letters every second byte is NUL, always on the same side.
fn utf16_by_nuls(head: &[u8]) -> Option<&'static Encoding> {
    let head = &head[..head.len().min(4096)];
    let nuls = |from: usize| {
        let side = head.iter().skip(from).step_by(2);
        side.filter(|&&b| b == 0).count()
    };
    let (even, odd) = (nuls(0), nuls(1));
    // In Latin text half of all bytes are NUL; the rest leaves room for other letters.
    let many = head.len() * 3 / 10;
    match (even, odd) {
        _ if head.len() <= 8 => None,
        (0, n) if n > many => Some(UTF_16LE),
        (n, 0) if n > many => Some(UTF_16BE),
        _ => None,
    }
}

/// Counts what speaks for UTF-8 and against it, and collects text for a guess.
pub struct Census {
    detector: EncodingDetector,
    fed: usize,
    tail: Vec<u8>,
    good: u64,
    bad: u64,
}

impl Default for Census {
    fn default() -> Self {
        Census {
            detector: EncodingDetector::new(Iso2022JpDetection::Deny),
            fed: 0,
            tail: Vec::new(),
            good: 0,
            bad: 0,
        }
    }
}

impl Census {
    /// More than this many bytes of text do not make the guess better.
    const ENOUGH: usize = 2 << 20;

    /// Looks at the next bytes of the text.
    pub fn look(&mut self, bytes: &[u8]) {
        // Pieces of ASCII speak for no encoding.
        if self.fed < Self::ENOUGH && !bytes.is_ascii() {
            let n = bytes.len().min(Self::ENOUGH - self.fed);
            self.detector.feed(&bytes[..n], false);
            self.fed += n;
        }
        self.tail.extend_from_slice(bytes);
        // A character that this piece cuts off is counted with the next one.
        let whole = whole_characters(&self.tail);
        let (good, bad) = count_utf8(&self.tail[..whole]);
        self.good += good;
        self.bad += bad;
        self.tail.drain(..whole);
    }

    /// The encoding, after the last bytes.
    pub fn finish(mut self) -> Choice {
        let (good, bad) = count_utf8(&self.tail);
        // A few damaged bytes do not make another encoding of a text that is UTF-8 otherwise.
        if self.good + good > self.bad + bad || self.bad + bad == 0 {
            return Choice::new(UTF_8, 0, Certainty::Utf8SoFar);
        }
        self.detector.feed(b"", true);
        let encoding = self.detector.guess(None, Utf8Detection::Deny);
        Choice::new(encoding, 0, Certainty::Guessed)
    }
}

/// Length of the part before a character that may go on after the end.
pub fn whole_characters(bytes: &[u8]) -> usize {
    // A character has at most four bytes, so at most three of one that is cut off.
    let from = bytes.len().saturating_sub(3);
    for at in from..bytes.len() {
        let rest = &bytes[at..];
        let open = matches!(std::str::from_utf8(rest), Err(e) if e.valid_up_to() == 0 && e.error_len().is_none());
        if open {
            return at;
        }
    }
    bytes.len()
}

/// Characters beyond ASCII of good UTF-8.
fn beyond_ascii(text: &[u8]) -> u64 {
    // Pieces whose count fits into a byte, so that many bytes are counted at once.
    let piece = |piece: &[u8]| piece.iter().map(|&b| u8::from(b >= 0xc0)).sum::<u8>();
    text.chunks(u8::MAX.into())
        .map(|p| u64::from(piece(p)))
        .sum()
}

/// Characters beyond ASCII, and bytes that belong to no character.
pub fn count_utf8(bytes: &[u8]) -> (u64, u64) {
    if bytes.is_ascii() {
        return (0, 0);
    }
    // Most text is good, or good for long: a check of all is much faster than `utf8_chunks`.
    let (mut rest, mut good, mut bad) = (bytes, 0, 0);
    loop {
        let (valid, invalid) = match simdutf8::compat::from_utf8(rest) {
            Ok(_) => (rest.len(), 0),
            Err(error) => {
                let valid = error.valid_up_to();
                (valid, error.error_len().unwrap_or(rest.len() - valid))
            }
        };
        good += beyond_ascii(&rest[..valid]);
        bad += invalid as u64;
        rest = &rest[valid + invalid..];
        if rest.is_empty() {
            return (good, bad);
        }
    }
}

/// A stream of text converted to UTF-8.
pub struct Transcoder<'a> {
    inner: Box<dyn ByteStream + 'a>,
    decoder: Decoder,
    input: Vec<u8>,
    at: usize,
    end: usize,
    output: Vec<u8>,
    given: usize,
    made: usize,
    ended: bool,
    bad: bool,
}

impl<'a> Transcoder<'a> {
    /// Bytes converted at a time.
    const PIECE: usize = 1 << 16;

    /// `inner` stands after the byte order mark.
    pub fn new(inner: Box<dyn ByteStream + 'a>, encoding: &'static Encoding) -> Self {
        Transcoder {
            inner,
            decoder: encoding.new_decoder_without_bom_handling(),
            input: vec![0; Self::PIECE],
            at: 0,
            end: 0,
            // One byte becomes at most three of UTF-8.
            output: vec![0; 4 * Self::PIECE],
            given: 0,
            made: 0,
            ended: false,
            bad: false,
        }
    }

    fn convert(&mut self) -> Result<(), ImportError> {
        if self.at == self.end && !self.ended {
            self.at = 0;
            self.end = self.inner.read(&mut self.input)?;
            self.ended = self.end == 0;
        }
        let input = &self.input[self.at..self.end];
        let (result, read, written, bad) =
            self.decoder
                .decode_to_utf8(input, &mut self.output, self.ended);
        self.at += read;
        self.bad |= bad;
        (self.given, self.made) = (0, written);
        if self.ended && result == CoderResult::InputEmpty {
            self.at = usize::MAX;
        }
        Ok(())
    }
}

impl ByteStream for Transcoder<'_> {
    fn read(&mut self, out: &mut [u8]) -> Result<usize, ImportError> {
        // `at` is moved to the end of all numbers once the decoder knows of the end.
        while self.given == self.made && self.at != usize::MAX {
            self.convert()?;
        }
        let n = out.len().min(self.made - self.given);
        out[..n].copy_from_slice(&self.output[self.given..self.given + n]);
        self.given += n;
        Ok(n)
    }

    fn facts(&self) -> StreamFacts {
        StreamFacts {
            bad_characters: self.bad,
            ..self.inner.facts()
        }
    }
}
