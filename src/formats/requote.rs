//! Texts whose fields are quoted in another way than RFC 4180 says, written anew in its way as they
//! are read, so that one scanner reads all: quotes escaped by a backslash (Spark, MySQL,
//! ClickHouse), blanks before quotes, single quotes. Line ends stay where they are.

use super::rewrite::Rewriter;

/// How the fields of a text are quoted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quoting {
    /// Delimiter of the fields.
    pub delimiter: u8,
    /// The quote.
    pub quote: u8,
    /// Before a quote, a delimiter, a line end or itself it makes that a plain character.
    pub escape: Option<u8>,
    /// Bytes at the beginning that stay as they are: the line that names the delimiter.
    pub kept: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Before a field, after a number of blanks.
    Before(usize),
    Plain,
    Quoted,
    /// After a quote in a quoted field, which may be its end, and a number of blanks.
    Quote(usize),
    /// After an escape that begins a field without quotes.
    FirstEscape,
    /// After an escape; `true` in a quoted field.
    Escape(bool),
    /// After `\N`, which means a missing value where the field ends.
    Missing,
    /// After the end of the text.
    Ended,
}

/// Writes a text anew, piece by piece.
#[derive(Debug)]
pub struct Requoter {
    quoting: Quoting,
    state: State,
}

impl Requoter {
    /// At the beginning of a text.
    pub fn new(quoting: Quoting) -> Self {
        Requoter {
            quoting,
            state: State::Before(0),
        }
    }
}

impl Rewriter for Requoter {
    fn push(&mut self, piece: &[u8], out: &mut Vec<u8>) {
        let (kept, piece) = piece.split_at(self.quoting.kept.min(piece.len()));
        out.extend_from_slice(kept);
        self.quoting.kept -= kept.len();
        for &byte in piece {
            self.state = self.step(byte, out);
        }
    }

    fn finish(&mut self, out: &mut Vec<u8>) {
        match self.state {
            State::Plain | State::Quote(_) => out.push(b'"'),
            State::FirstEscape => {
                out.push(b'"');
                self.literal_escape(out);
                out.push(b'"');
            }
            State::Escape(quoted) => {
                self.literal_escape(out);
                if !quoted {
                    out.push(b'"');
                }
            }
            // A field that is still quoted gets no closing quote: the scanner must see that it is
            // open.
            State::Before(_) | State::Quoted | State::Missing | State::Ended => {}
        }
        self.state = State::Ended;
    }
}

impl Requoter {
    fn literal_escape(&self, out: &mut Vec<u8>) {
        out.extend(self.quoting.escape);
    }

    fn ends_field(&self, byte: u8) -> bool {
        byte == self.quoting.delimiter || matches!(byte, b'\n' | b'\r')
    }

    fn step(&self, byte: u8, out: &mut Vec<u8>) -> State {
        let Quoting { quote, escape, .. } = self.quoting;
        match self.state {
            State::Before(blanks) => match byte {
                _ if self.ends_field(byte) => {
                    out.resize(out.len() + blanks, b' ');
                    out.push(byte);
                    State::Before(0)
                }
                b' ' => State::Before(blanks + 1),
                _ if byte == quote => {
                    out.push(b'"');
                    State::Quoted
                }
                _ if Some(byte) == escape && blanks == 0 => State::FirstEscape,
                _ => {
                    // Fields without quotes get them, so that quotes and escaped delimiters in them
                    // are plain.
                    out.push(b'"');
                    out.resize(out.len() + blanks, b' ');
                    self.inside(State::Plain, byte, out)
                }
            },
            State::Quote(0) if byte == quote => Self::literal(State::Quoted, byte, out),
            State::Quote(blanks) if byte == b' ' => State::Quote(blanks + 1),
            State::Plain | State::Quote(_) if self.ends_field(byte) => {
                out.extend([b'"', byte]);
                State::Before(0)
            }
            // A quote in the midst of a field is a plain character.
            State::Quote(blanks) => {
                Self::literal(State::Quoted, quote, out);
                out.resize(out.len() + blanks, b' ');
                self.inside(State::Quoted, byte, out)
            }
            State::Quoted if byte == quote => State::Quote(0),
            State::Plain | State::Quoted => self.inside(self.state, byte, out),
            State::FirstEscape if byte == b'N' => State::Missing,
            State::FirstEscape => {
                out.push(b'"');
                self.escaped(State::Plain, byte, out)
            }
            State::Escape(true) => self.escaped(State::Quoted, byte, out),
            State::Escape(false) => self.escaped(State::Plain, byte, out),
            State::Missing if self.ends_field(byte) => {
                out.push(byte);
                State::Before(0)
            }
            State::Missing => {
                out.push(b'"');
                self.literal_escape(out);
                out.push(b'N');
                self.inside(State::Plain, byte, out)
            }
            State::Ended => State::Ended,
        }
    }

    /// A byte of a field that is not its end.
    fn inside(&self, state: State, byte: u8, out: &mut Vec<u8>) -> State {
        if Some(byte) == self.quoting.escape {
            return State::Escape(state == State::Quoted);
        }
        Self::literal(state, byte, out)
    }

    fn literal(state: State, byte: u8, out: &mut Vec<u8>) -> State {
        if byte == b'"' {
            out.push(b'"');
        }
        out.push(byte);
        state
    }

    /// The byte after an escape.
    fn escaped(&self, state: State, byte: u8, out: &mut Vec<u8>) -> State {
        let Quoting { quote, escape, .. } = self.quoting;
        // A backslash before any other character is part of the value, as in Windows paths.
        if byte != quote && Some(byte) != escape && !self.ends_field(byte) {
            self.literal_escape(out);
        }
        Self::literal(state, byte, out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::rewrite::Rewritten;
    use crate::formats::stream::{Raw, read_full};

    fn requoted(text: &str, quote: u8, escape: Option<u8>) -> String {
        let quoting = Quoting {
            delimiter: b',',
            quote,
            escape,
            kept: 0,
        };
        let bytes = text.as_bytes();
        let raw = Box::new(Raw::new(&bytes, 0, None));
        let mut stream = Rewritten::new(raw, Requoter::new(quoting));
        let mut out = vec![0; 10 + 4 * text.len()];
        let n = read_full(&mut stream, &mut out).unwrap();
        String::from_utf8(out[..n].to_vec()).unwrap()
    }

    #[test]
    fn fields_are_quoted_as_the_standard_says() {
        for (text, quote, escape, want) in [
            (
                r#""a \"b\", c",d"#,
                b'"',
                Some(b'\\'),
                r#""a ""b"", c","d""#,
            ),
            (
                r"a\, b,\N,\Nx,c:\new,\\",
                b'"',
                Some(b'\\'),
                r#""a, b",,"\Nx","c:\new","\""#,
            ),
            (
                "a\\\nb,c\n\nd",
                b'"',
                Some(b'\\'),
                "\"a\nb\",\"c\"\n\n\"d\"",
            ),
            (r#""a", "b, c" , d,,"#, b'"', None, r#""a","b, c"," d",,"#),
            (
                "'it's','a ''b''','5\" x'\r\n",
                b'\'',
                None,
                "\"it's\",\"a 'b'\",\"5\"\" x\"\r\n",
            ),
            (r"'a\'b,c','d'", b'\'', Some(b'\\'), r#""a'b,c","d""#),
            (r"x,\", b'"', Some(b'\\'), r#""x","\""#),
            ("'a\nb", b'\'', None, "\"a\nb"),
        ] {
            assert_eq!(requoted(text, quote, escape), want, "{text}");
        }
    }
}
