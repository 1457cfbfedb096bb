//! An input as UTF-8 text: decompressed, converted, with its first bytes to look at.

use super::compression::Compression;
use super::encoding::{self, Census, Certainty, Choice, Transcoder};
use super::mxml::MxmlToXes;
use super::requote::{Quoting, Requoter};
use super::rewrite::Rewritten;
use super::stream::{ByteStream, StreamFacts, read_full};
use super::{
    Bytes, ImportError, ImportReport, ReadOptions, Reason, Reject, Setting, Warning, magic,
};
use crate::event_log::Progress;
use crate::text::{escape_line, is_hidden};
use encoding_rs::UTF_8;

/// Bytes inspected before the format is known.
pub const HEAD: usize = 1 << 20;

/// An input whose compression and encoding are known.
pub struct Text<'a> {
    /// The input.
    pub bytes: &'a dyn Bytes,
    /// Compression of the input.
    pub compression: Compression,
    /// Encoding of the text.
    pub choice: Choice,
    /// How its fields are quoted, if not as the scanner of CSV reads them.
    pub quoting: Option<Quoting>,
    /// True if it is an MXML log, which is read as XES.
    pub mxml: bool,
    /// The first bytes of the text, at most [`HEAD`] of them.
    pub head: Vec<u8>,
    /// True if the head is all of it.
    pub whole: bool,
    /// Facts about the stream as far as the head goes.
    pub facts: StreamFacts,
}

impl<'a> Text<'a> {
    /// Finds out what the input is. Empty inputs and known binary formats are refused.
    pub fn open(bytes: &'a dyn Bytes, options: &ReadOptions) -> Result<Self, ImportError> {
        let compression = Compression::of(bytes)?;
        let (head, _, facts) = read_head(&mut *compression.open(bytes, None))?;
        if head.is_empty() {
            return Err(ImportError::Refused {
                line: None,
                message: "is empty".into(),
            });
        }
        magic::refuse_known(&head)?;
        let choice = match encoding::choose(&head, options.encoding.as_deref())? {
            Some(choice) => choice,
            None => census(bytes, compression)?,
        };
        let mut text = Text {
            bytes,
            compression,
            choice,
            quoting: None,
            mxml: false,
            head,
            whole: false,
            facts,
        };
        text.load_head()?;
        Ok(text)
    }

    /// Guesses the encoding anew from all of the input, after it proved not to be UTF-8.
    pub fn reconsider_encoding(&mut self) -> Result<(), ImportError> {
        self.choice = census(self.bytes, self.compression)?;
        self.load_head()
    }

    /// Reads the text as one whose fields are quoted so.
    pub fn quoted(&mut self, quoting: Quoting) -> Result<(), ImportError> {
        self.quoting = Some(quoting);
        self.load_head()
    }

    /// Reads the text, an MXML log, as XES.
    pub fn as_xes(&mut self) -> Result<(), ImportError> {
        self.mxml = true;
        self.load_head()
    }

    fn load_head(&mut self) -> Result<(), ImportError> {
        let (head, whole, facts) = read_head(&mut *self.stream(None))?;
        (self.head, self.whole, self.facts) = (head, whole, facts);
        Ok(())
    }

    /// All of the text from its beginning, in the form that the scanner of CSV and the parser of XES
    /// read.
    pub fn stream(&self, progress: Option<&'a Progress>) -> Box<dyn ByteStream + 'a> {
        let text = self.as_written(progress);
        match self.quoting {
            _ if self.mxml => Box::new(Rewritten::new(text, MxmlToXes::default())),
            None => text,
            Some(quoting) => Box::new(Rewritten::new(text, Requoter::new(quoting))),
        }
    }

    /// All of the text from its beginning, without byte order mark; UTF-8 but for stray bytes.
    pub fn as_written(&self, progress: Option<&'a Progress>) -> Box<dyn ByteStream + 'a> {
        let bytes = self.compression.open(self.bytes, progress);
        let plain = skip_bytes(bytes, self.choice.mark);
        if self.choice.encoding == UTF_8 {
            plain
        } else {
            Box::new(Transcoder::new(plain, self.choice.encoding))
        }
    }

    /// Estimated length of the text, in bytes: for a compressed input extrapolated from how its
    /// beginning was compressed.
    pub fn len(&self) -> Result<u64, ImportError> {
        const BEGINNING: u64 = 4 << 20;
        if self.whole {
            return Ok(self.head.len() as u64);
        }
        // Of other encodings the length in UTF-8 is another, so only plain inputs state it.
        if self.is_plain() {
            return Ok(self.bytes.len());
        }
        let progress = Progress::default();
        let mut stream = self.stream(Some(&progress));
        let mut piece = vec![0; 1 << 16];
        let mut len = 0;
        while len < BEGINNING {
            match stream.read(&mut piece)? {
                0 => return Ok(len),
                n => len += n as u64,
            }
        }
        // Input is counted as it is read ahead, so that the ratio is a little too small.
        let read = progress.bytes.load(std::sync::atomic::Ordering::Relaxed);
        let ratio = self.bytes.len() as f64 / read.max(1) as f64;
        Ok((len as f64 * ratio) as u64)
    }

    /// Returns whether the text is byte for byte the input, so that samples can be taken anywhere.
    pub fn is_plain(&self) -> bool {
        let converted = self.choice.encoding != UTF_8 || self.quoting.is_some() || self.mxml;
        self.compression == Compression::None && !converted
    }

    /// Returns whether bytes are passed on unchanged.
    pub fn is_utf8(&self) -> bool {
        self.choice.encoding == UTF_8
    }

    /// Returns whether later bytes may show that the text is not UTF-8.
    pub fn may_change_encoding(&self) -> bool {
        self.choice.certainty == Certainty::Utf8SoFar
    }

    /// The head without a line that it cuts off.
    pub fn whole_lines(&self) -> &[u8] {
        let end = match memchr::memrchr2(b'\n', b'\r', &self.head) {
            Some(at) if !self.whole => at + 1,
            _ => self.head.len(),
        };
        &self.head[..end]
    }

    /// Adds what is to be said of bytes and encoding to the report; `facts` are those at the end.
    pub fn report(&self, facts: StreamFacts, report: &mut ImportReport) {
        if self.choice.certainty == Certainty::Guessed {
            let name = self.encoding_name();
            let sample = self.encoding_sample();
            report.warn_of_guess(
                Warning::EncodingGuessed,
                format!("the encoding is taken for {name}{sample}"),
                Setting::Encoding,
            );
        }
        if facts.bad_characters {
            let name = self.encoding_name();
            report.warn(
                Warning::BadBytes,
                format!("some bytes mean nothing in {name}"),
            );
        }
        self.report_name(report);
        if facts.trailing_garbage {
            report.warn(
                Warning::TrailingGarbage,
                "bytes after the end of the compressed data were left out",
            );
        }
        if facts.cut {
            report.incomplete = true;
            report.warn(Warning::Incomplete, "the data ends too early or is damaged");
        }
        if facts.bad_checksum {
            report.incomplete = true;
            report.warn(Warning::Incomplete, "the checksum of the data is wrong");
            report.reject(Reject {
                file: 0,
                line: None,
                reason: Reason::Checksum,
                value: String::new(),
                raw: String::new(),
            });
        }
    }

    /// Says so where the name promises another compression.
    fn report_name(&self, report: &mut ImportReport) {
        let Some((promised, ending)) = Compression::promised(self.bytes.name()) else {
            return;
        };
        let sentence = match self.compression {
            found if found == promised => return,
            Compression::None => format!("is called {ending} but is not compressed"),
            Compression::Gzip => format!("is called {ending} but is gzip"),
            Compression::Zstd => format!("is called {ending} but is zstd"),
        };
        let code = match promised {
            Compression::Zstd => Warning::NotZstd,
            _ => Warning::NotGzip,
        };
        report.warn(code, sentence);
    }

    /// Some text beyond ASCII, so that it can be seen whether the encoding is right.
    // Too few characters beyond ASCII may suit several encodings alike.
    fn encoding_sample(&self) -> String {
        let head = String::from_utf8_lossy(&self.head);
        let beyond = head
            .chars()
            .filter(|c| !c.is_ascii())
            .take(Self::UNSURE)
            .count();
        let word = head
            .split(|c: char| !c.is_alphanumeric())
            .find(|w| !w.is_ascii());
        let unsure = if beyond < Self::UNSURE {
            ", uncertain"
        } else {
            ""
        };
        match word {
            Some(word) => format!(" (as in {}{unsure})", shown(word)),
            None => String::new(),
        }
    }

    /// With fewer characters beyond ASCII a guess may well be wrong.
    const UNSURE: usize = 20;

    /// Lower-case WHATWG name of the encoding.
    pub fn encoding_name(&self) -> String {
        self.choice.encoding.name().to_ascii_lowercase()
    }
}

/// A stream from its byte `n` on.
pub fn skip_bytes<'a>(stream: Box<dyn ByteStream + 'a>, n: usize) -> Box<dyn ByteStream + 'a> {
    if n == 0 {
        stream
    } else {
        Box::new(Skip { stream, left: n })
    }
}

/// A stream without its first bytes.
struct Skip<'a> {
    stream: Box<dyn ByteStream + 'a>,
    left: usize,
}

impl ByteStream for Skip<'_> {
    fn read(&mut self, out: &mut [u8]) -> Result<usize, ImportError> {
        let mut dropped = [0; 4096];
        while self.left > 0 {
            let n = self.left.min(dropped.len());
            match self.stream.read(&mut dropped[..n])? {
                0 => return Ok(0),
                n => self.left -= n,
            }
        }
        self.stream.read(out)
    }

    fn facts(&self) -> StreamFacts {
        self.stream.facts()
    }
}

/// The first bytes, whether they are all, and what is known of the stream then.
fn read_head(stream: &mut dyn ByteStream) -> Result<(Vec<u8>, bool, StreamFacts), ImportError> {
    let mut head = vec![0; HEAD];
    let n = read_full(stream, &mut head)?;
    head.truncate(n);
    // Only a further read shows that a text of just this length ends here.
    let whole = stream.read(&mut [0])? == 0;
    Ok((head, whole, stream.facts()))
}

fn census(bytes: &dyn Bytes, compression: Compression) -> Result<Choice, ImportError> {
    let mut stream = compression.open(bytes, None);
    let mut census = Census::default();
    let mut piece = vec![0; 1 << 16];
    loop {
        match stream.read(&mut piece)? {
            0 => return Ok(census.finish()),
            n => census.look(&piece[..n]),
        }
    }
}

/// `text` in quotes, cut to 60 characters: hidden characters, combining marks and blanks other than the
/// space as escapes, so that texts that look alike differ.
pub fn shown(text: &str) -> String {
    const LONGEST: usize = 60;
    let mut out = String::from("\"");
    for (i, c) in text.chars().enumerate() {
        if i == LONGEST {
            out.push('…');
            break;
        }
        match c {
            '\'' => out.push(c),
            _ if is_hidden(c) => out.push_str(&escape_line(c.encode_utf8(&mut [0; 4]))),
            _ => out.extend(c.escape_debug()),
        }
    }
    out.push('"');
    out
}

/// The beginning of a value, `most` bytes at most, of whole characters where it is UTF-8.
pub fn capped(value: &[u8], most: usize) -> &[u8] {
    if value.len() <= most {
        return value;
    }
    let goes_on = |at: usize| value[at] & 0xc0 == 0x80;
    let end = (most.saturating_sub(3)..=most)
        .rev()
        .find(|&at| !goes_on(at));
    &value[..end.unwrap_or(most)]
}

/// As text: bytes that are no UTF-8 become `\xHH`.
pub fn lossless(bytes: &[u8]) -> String {
    use std::fmt::Write;
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        for byte in chunk.invalid() {
            // Writing to a String cannot fail.
            let _ = write!(text, "\\x{byte:02x}");
        }
    }
    text
}
