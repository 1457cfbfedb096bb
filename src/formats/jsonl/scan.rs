//! Reads one JSON object into a row: keys within objects as `a.b`, texts without their escapes,
//! numbers as they are written, arrays as JSON text. Reads bytes where they stand and copies only
//! what is written with escapes; bytes that are no UTF-8 are taken as they are.

use super::row::Row;

/// Objects and arrays within each other.
// Each level is a call, so the depth is bounded by the stack.
const DEEPEST: u32 = 128;

/// The text is no JSON object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoObject;

/// Reads an object, with nothing but blanks around it, into the row; a key that is there twice
/// has its last value. Objects within it are columns of their own where `flat`, else JSON text.
pub fn object(bytes: &[u8], flat: bool, row: &mut Row<'_>) -> Result<(), NoObject> {
    let mut scanner = Scanner { bytes, at: 0, flat };
    scanner.blanks();
    if scanner.peek() != Some(b'{') {
        return Err(NoObject);
    }
    let mut path = Vec::new();
    scanner.object(&mut path, 1, row)?;
    scanner.blanks();
    match scanner.peek() {
        None => Ok(()),
        Some(_) => Err(NoObject),
    }
}

struct Scanner<'b> {
    bytes: &'b [u8],
    at: usize,
    flat: bool,
}

/// A text: where it stands, or where it was written without its escapes.
enum Text {
    Plain(usize, usize),
    Escaped,
}

impl Scanner<'_> {
    #[inline]
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    #[inline]
    fn blanks(&mut self) {
        while let Some(b' ' | b'\t' | b'\r' | b'\n') = self.peek() {
            self.at += 1;
        }
    }

    /// Reads past a byte that must come next.
    #[inline]
    fn expect(&mut self, byte: u8) -> Result<(), NoObject> {
        if self.peek() != Some(byte) {
            return Err(NoObject);
        }
        self.at += 1;
        Ok(())
    }

    /// Reads an object whose keys stand below `path`.
    fn object(
        &mut self,
        path: &mut Vec<u8>,
        depth: u32,
        row: &mut Row<'_>,
    ) -> Result<(), NoObject> {
        if depth > DEEPEST {
            return Err(NoObject);
        }
        self.expect(b'{')?;
        self.blanks();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(());
        }
        let above = path.len();
        loop {
            self.blanks();
            let text = self.text(row.unescaped())?;
            // Only a key with escapes or within an object needs a copy.
            if above > 0 || matches!(text, Text::Escaped) {
                if above > 0 {
                    path.push(b'.');
                }
                match text {
                    Text::Plain(from, to) => path.extend_from_slice(&self.bytes[from..to]),
                    Text::Escaped => path.extend_from_slice(row.unescaped()),
                }
                self.value(path, depth, row)?;
                path.truncate(above);
            } else if let Text::Plain(from, to) = text {
                let bytes = self.bytes;
                self.member(&bytes[from..to], path, depth, row)?;
            }
            self.blanks();
            match self.peek() {
                Some(b',') => self.at += 1,
                _ => return self.expect(b'}'),
            }
        }
    }

    /// Reads the value of a key at the top, which need not be copied unless it is an object.
    #[inline]
    fn member(
        &mut self,
        key: &[u8],
        path: &mut Vec<u8>,
        depth: u32,
        row: &mut Row<'_>,
    ) -> Result<(), NoObject> {
        self.before_value()?;
        if self.flat && self.peek() == Some(b'{') {
            path.extend_from_slice(key);
            self.object(path, depth + 1, row)?;
            path.clear();
            return Ok(());
        }
        self.simple(key, depth, row)
    }

    fn value(&mut self, path: &mut Vec<u8>, depth: u32, row: &mut Row<'_>) -> Result<(), NoObject> {
        self.before_value()?;
        if self.flat && self.peek() == Some(b'{') {
            return self.object(path, depth + 1, row);
        }
        self.simple(path, depth, row)
    }

    #[inline]
    fn before_value(&mut self) -> Result<(), NoObject> {
        self.blanks();
        self.expect(b':')?;
        self.blanks();
        Ok(())
    }

    /// Reads a value that is no object.
    #[inline]
    fn simple(&mut self, key: &[u8], depth: u32, row: &mut Row<'_>) -> Result<(), NoObject> {
        let from = self.at;
        match self.peek() {
            Some(b'"') => match self.text(row.unescaped())? {
                Text::Plain(from, to) => row.set(key, from..to),
                Text::Escaped => row.set_unescaped(key),
            },
            Some(b'[' | b'{') => {
                self.skip_value(depth)?;
                row.set_compact(key, &self.bytes[from..self.at]);
            }
            Some(b'-' | b'0'..=b'9') => self.number(key, row)?,
            Some(b't') => {
                self.word(b"true")?;
                row.set(key, from..self.at);
            }
            Some(b'f') => {
                self.word(b"false")?;
                row.set(key, from..self.at);
            }
            Some(b'n') => {
                self.word(b"null")?;
                row.set_missing(key);
            }
            // Not JSON, but Python writes it where a number is missing.
            Some(b'N') => {
                self.word(b"NaN")?;
                row.set_missing(key);
            }
            _ => return Err(NoObject),
        }
        Ok(())
    }

    fn word(&mut self, word: &[u8]) -> Result<(), NoObject> {
        if !self.bytes[self.at..].starts_with(word) {
            return Err(NoObject);
        }
        self.at += word.len();
        Ok(())
    }

    fn digits(&mut self) -> Result<(), NoObject> {
        let from = self.at;
        while let Some(b'0'..=b'9') = self.peek() {
            self.at += 1;
        }
        if self.at > from {
            Ok(())
        } else {
            Err(NoObject)
        }
    }

    /// Reads past a number; whether it has an exponent.
    fn skip_number(&mut self) -> Result<bool, NoObject> {
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        let from = self.at;
        self.digits()?;
        // A number with leading zeros is no JSON, but rather an identifier without its quotes.
        if self.bytes[from] == b'0' && self.at > from + 1 {
            return Err(NoObject);
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        let Some(b'e' | b'E') = self.peek() else {
            return Ok(false);
        };
        self.at += 1;
        if let Some(b'+' | b'-') = self.peek() {
            self.at += 1;
        }
        self.digits()?;
        Ok(true)
    }

    /// A number as it is written; one with an exponent as it is written without.
    fn number(&mut self, key: &[u8], row: &mut Row<'_>) -> Result<(), NoObject> {
        /// Longer ones without exponent say nothing that a person would read.
        const LONGEST: f64 = 1e21;
        let from = self.at;
        let exponent = self.skip_number()?;
        let text = &self.bytes[from..self.at];
        let plain = || {
            let number: f64 = std::str::from_utf8(text).ok()?.parse().ok()?;
            (number.abs() < LONGEST).then(|| number.to_string())
        };
        match exponent.then(plain).flatten() {
            Some(plain) => {
                row.unescaped().clear();
                row.unescaped().extend_from_slice(plain.as_bytes());
                row.set_unescaped(key);
            }
            None => row.set(key, from..self.at),
        }
        Ok(())
    }

    /// Reads a text in quotes. Where it has escapes it is written to `unescaped` without them.
    #[inline]
    fn text(&mut self, unescaped: &mut Vec<u8>) -> Result<Text, NoObject> {
        self.expect(b'"')?;
        let from = self.at;
        loop {
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(Text::Plain(from, self.at - 1));
                }
                Some(b'\\') => break,
                // Control characters must be escaped in JSON.
                Some(0x20..) => self.at += 1,
                _ => return Err(NoObject),
            }
        }
        unescaped.clear();
        unescaped.extend_from_slice(&self.bytes[from..self.at]);
        loop {
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(Text::Escaped);
                }
                Some(b'\\') => self.escape(unescaped)?,
                Some(byte @ 0x20..) => {
                    self.at += 1;
                    unescaped.push(byte);
                }
                _ => return Err(NoObject),
            }
        }
    }

    #[cold]
    fn escape(&mut self, out: &mut Vec<u8>) -> Result<(), NoObject> {
        self.at += 1;
        let byte = self.peek().ok_or(NoObject)?;
        self.at += 1;
        out.push(match byte {
            b'"' | b'\\' | b'/' => byte,
            b'b' => 8,
            b'f' => 12,
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'u' => {
                let unit = self.unit()?;
                return self.character(unit, out);
            }
            _ => return Err(NoObject),
        });
        Ok(())
    }

    /// Four hexadecimal digits.
    fn unit(&mut self) -> Result<u32, NoObject> {
        let digits = self.bytes.get(self.at..self.at + 4).ok_or(NoObject)?;
        let mut unit = 0;
        for &digit in digits {
            unit = unit * 16 + char::from(digit).to_digit(16).ok_or(NoObject)?;
        }
        self.at += 4;
        Ok(unit)
    }

    /// A character of one unit of UTF-16 or of two. One half of a pair alone is kept as the three
    /// bytes that it would be, so that different ones stay different.
    fn character(&mut self, unit: u32, out: &mut Vec<u8>) -> Result<(), NoObject> {
        let mut code = unit;
        if (0xd800..0xdc00).contains(&unit) && self.bytes[self.at..].starts_with(b"\\u") {
            let before = self.at;
            self.at += 2;
            let low = self.unit()?;
            if (0xdc00..0xe000).contains(&low) {
                code = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
            } else {
                // It is an escape of its own, which is read next.
                self.at = before;
            }
        }
        match char::from_u32(code) {
            Some(c) => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
            None => out.extend_from_slice(&[
                0xe0 | (code >> 12) as u8,
                0x80 | (code >> 6 & 0x3f) as u8,
                0x80 | (code & 0x3f) as u8,
            ]),
        }
        Ok(())
    }

    /// Reads past an array.
    fn skip_array(&mut self, depth: u32) -> Result<(), NoObject> {
        self.skip_members(b'[', b']', depth, Self::skip_value)
    }

    fn skip_member(&mut self, depth: u32) -> Result<(), NoObject> {
        self.text(&mut Vec::new())?;
        self.before_value()?;
        self.skip_value(depth)
    }

    fn skip_members(
        &mut self,
        open: u8,
        close: u8,
        depth: u32,
        member: fn(&mut Self, u32) -> Result<(), NoObject>,
    ) -> Result<(), NoObject> {
        if depth > DEEPEST {
            return Err(NoObject);
        }
        self.expect(open)?;
        self.blanks();
        if self.peek() == Some(close) {
            self.at += 1;
            return Ok(());
        }
        loop {
            self.blanks();
            member(self, depth)?;
            self.blanks();
            match self.peek() {
                Some(b',') => self.at += 1,
                _ => return self.expect(close),
            }
        }
    }

    fn skip_value(&mut self, depth: u32) -> Result<(), NoObject> {
        match self.peek() {
            Some(b'"') => self.text(&mut Vec::new()).map(|_| ()),
            Some(b'[') => self.skip_array(depth + 1),
            Some(b'{') => self.skip_members(b'{', b'}', depth + 1, Self::skip_member),
            Some(b'-' | b'0'..=b'9') => self.skip_number().map(|_| ()),
            Some(b't') => self.word(b"true"),
            Some(b'f') => self.word(b"false"),
            Some(b'n') => self.word(b"null"),
            Some(b'N') => self.word(b"NaN"),
            _ => Err(NoObject),
        }
    }
}
