//! Records of CSV, one by one, with physical lines and with the rules for broken quotes:
//!
//! A record whose quotes are broken, or that spans lines and does not fit the columns, is undone:
//! its first physical line is read again with quotes as plain characters. One bad quote so costs at
//! most one row. A quoted field that grows beyond the longest record counts as never closed.
//!
//! Knows nothing of columns but their number.
//!
//! The csv crate has no such rules and gives no physical lines of a broken record. It copies every
//! field, and takes 2.4 ns a byte instead of 0.9 (125 MB of the generator's log, 2026-11-28).

use super::marks::Marks;
use crate::formats::Reason;
use std::ops::Range;

/// Shape of a file, as the scanner must know it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    /// Field delimiter.
    pub delimiter: u8,
    /// Number of columns and of leading ones that a row needs; `None` while not known.
    pub columns: Option<Columns>,
    /// Bytes of the longest record.
    pub longest: usize,
}

/// Columns of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Columns {
    /// All of them.
    pub width: usize,
    /// A row with fewer fields lacks case, activity or time.
    pub need: usize,
}

/// A field: a piece of the bytes or, where quotes were doubled in it, of the scratch text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Field {
    start: u32,
    end: u32,
}

/// Marks a start that counts in the scratch text.
const IN_SCRATCH: u32 = 1 << 31;

/// Fields of records, and the text of those that do not stand in the bytes as they are.
#[derive(Debug, Default)]
pub struct Fields {
    list: Vec<Field>,
    scratch: Vec<u8>,
}

impl Fields {
    /// Forgets all fields.
    pub fn clear(&mut self) {
        self.list.clear();
        self.scratch.clear();
    }

    /// The fields of the current record.
    pub fn list(&self) -> &[Field] {
        &self.list
    }

    /// The text of a field; `bytes` are those that were scanned.
    #[inline]
    pub fn text<'a>(&'a self, bytes: &'a [u8], field: Field) -> &'a [u8] {
        let (bytes, piece) = self.place(bytes, field);
        &bytes[piece]
    }

    /// The bytes in which a field stands, and where.
    #[inline]
    pub fn place<'a>(&'a self, bytes: &'a [u8], field: Field) -> (&'a [u8], Range<usize>) {
        let end = field.end as usize;
        if field.start & IN_SCRATCH == 0 {
            (bytes, field.start as usize..end)
        } else {
            (&self.scratch, (field.start & !IN_SCRATCH) as usize..end)
        }
    }

    #[inline]
    // A block and the record carried before it are some MiB, so offsets leave the top bit free.
    fn push(&mut self, range: Range<usize>) {
        self.list.push(Field {
            start: range.start as u32,
            end: range.end as u32,
        });
    }

    /// A quoted field in which quotes are doubled.
    fn push_unescaped(&mut self, inside: &[u8]) {
        let start = self.scratch.len();
        let mut rest = inside;
        while let Some(at) = memchr::memchr(b'"', rest) {
            self.scratch.extend_from_slice(&rest[..=at]);
            rest = rest.get(at + 2..).unwrap_or(b"");
        }
        self.scratch.extend_from_slice(rest);
        self.list.push(Field {
            start: start as u32 | IN_SCRATCH,
            end: self.scratch.len() as u32,
        });
    }
}

/// Result of one step of the scanner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// A record; its fields are in the buffer.
    Record(Record),
    /// A physical line that is no record, for this reason.
    Bad(Record, Reason),
    /// All bytes are used up.
    End,
    /// The record that begins here goes on after these bytes.
    Unfinished(usize),
}

/// Where a record stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Record {
    /// Offset of its first byte.
    pub start: usize,
    /// Offset of the byte after its line end.
    pub end: usize,
    /// Physical lines it spans.
    pub lines: u64,
    /// True if the quoting was undone and the record read literally.
    pub literal: bool,
    /// True if a line end, or the end of the text, follows it.
    pub terminated: bool,
}

/// Reads records from bytes that begin with one, and end with a line end or the end of the text.
pub struct Scanner<'a> {
    bytes: &'a [u8],
    shape: Shape,
    marks: Marks<'a>,
    at: usize,
    at_end: bool,
}

/// Result of reading a record with its quotes obeyed.
enum Quoted {
    /// Lines, end, and whether a line end stands there.
    Whole(u64, usize, bool),
    Broken(Reason),
    Misfit,
    Unfinished,
}

/// Fields beyond the columns that may still span lines; more are surely a misfit. Without this
/// bound a text could be made in which every line is read up to the end.
const SPARE_FIELDS: usize = 8;

impl<'a> Scanner<'a> {
    /// A scanner; `at_end` says that the text ends with these bytes.
    pub fn new(bytes: &'a [u8], shape: Shape, at_end: bool) -> Self {
        Scanner {
            bytes,
            shape,
            marks: Marks::new(bytes, shape.delimiter, 0),
            at: 0,
            at_end,
        }
    }

    /// Goes on from there.
    pub fn seek(&mut self, at: usize) {
        self.at = at;
        self.marks.seek(at);
    }

    /// The next record; its fields replace those in `fields`.
    pub fn next(&mut self, fields: &mut Fields) -> Step {
        fields.list.clear();
        let start = self.at;
        if start >= self.bytes.len() {
            return Step::End;
        }
        match self.obey_quotes(fields, start) {
            Quoted::Whole(lines, end, terminated) => {
                self.at = end;
                let record = Record {
                    start,
                    end,
                    lines,
                    literal: false,
                    terminated,
                };
                // An unquoted record is one line, which may be too long all the same.
                if end - start > self.shape.longest {
                    Step::Bad(record, Reason::Oversize)
                } else {
                    Step::Record(record)
                }
            }
            Quoted::Broken(reason) => self.read_literally(fields, start, Some(reason)),
            Quoted::Misfit => self.read_literally(fields, start, None),
            Quoted::Unfinished => {
                self.seek(start);
                Step::Unfinished(start)
            }
        }
    }

    #[inline]
    fn obey_quotes(&mut self, fields: &mut Fields, start: usize) -> Quoted {
        let mut field = start;
        let mut lines = 1;
        let mut broken = false;
        loop {
            let Some(at) = self.marks.next() else {
                fields.push(field..self.bytes.len());
                return self.whole(fields, lines, self.bytes.len(), false, broken);
            };
            let byte = self.bytes[at];
            if byte == self.shape.delimiter {
                fields.push(field..at);
                field = at + 1;
            } else if byte == b'"' {
                // In the midst of a field a quote is a plain character.
                if at != field {
                    continue;
                }
                match self.quoted_field(fields, start, at, &mut lines) {
                    Ok(After::Delimiter(at)) => field = at + 1,
                    Ok(After::Text(at)) => {
                        // What follows the quote is skipped up to the next delimiter or line end.
                        broken = true;
                        field = at;
                        fields.list.pop();
                    }
                    Ok(After::LineEnd(at)) => {
                        let end = self.after_line_end(at);
                        return self.whole(fields, lines, end, true, broken);
                    }
                    Ok(After::Nothing) => {
                        return self.whole(fields, lines, self.bytes.len(), false, broken);
                    }
                    Err(quoted) => return quoted,
                }
            } else {
                fields.push(field..at);
                let end = self.after_line_end(at);
                return self.whole(fields, lines, end, true, broken);
            }
        }
    }

    /// The byte after the line end at `at`; CR LF counts once.
    #[inline]
    fn after_line_end(&mut self, at: usize) -> usize {
        if self.bytes[at] == b'\r' && self.bytes.get(at + 1) == Some(&b'\n') {
            // The line feed is a mark too, and already used.
            self.marks.next();
            at + 2
        } else {
            at + 1
        }
    }

    /// A record that came to its end; only one that spans lines may still be a misfit.
    #[inline]
    fn whole(
        &self,
        fields: &Fields,
        lines: u64,
        end: usize,
        terminated: bool,
        broken: bool,
    ) -> Quoted {
        if broken {
            return Quoted::Broken(Reason::BrokenQuote);
        }
        if lines > 1
            && let Some(columns) = self.shape.columns
        {
            let list = fields.list();
            let extra = list.get(columns.width..).unwrap_or(&[]);
            let text = |f: &Field| fields.text(self.bytes, *f);
            if list.len() < columns.need || extra.iter().any(|f| !is_blank(text(f))) {
                return Quoted::Misfit;
            }
        }
        Quoted::Whole(lines, end, terminated)
    }

    /// Reads a quoted field whose opening quote is at `open`, up to what follows its closing quote.
    fn quoted_field(
        &mut self,
        fields: &mut Fields,
        start: usize,
        open: usize,
        lines: &mut u64,
    ) -> Result<After, Quoted> {
        let mut doubled = false;
        loop {
            let Some(at) = self.marks.next() else {
                let too_long = self.bytes.len() - start > self.shape.longest;
                return Err(if self.at_end || too_long {
                    Quoted::Broken(Reason::UnclosedQuote)
                } else {
                    Quoted::Unfinished
                });
            };
            // Checked at every mark, so that an open quote costs no more than one record of
            // reading.
            if at - start > self.shape.longest {
                return Err(Quoted::Broken(Reason::UnclosedQuote));
            }
            match self.bytes[at] {
                b'"' if self.bytes.get(at + 1) == Some(&b'"') => {
                    // The mark of the second quote.
                    self.marks.next();
                    doubled = true;
                }
                b'"' => {
                    let inside = open + 1..at;
                    if doubled {
                        fields.push_unescaped(&self.bytes[inside]);
                    } else {
                        fields.push(inside);
                    }
                    return Ok(self.after_quote(at + 1));
                }
                b'\n' | b'\r' => {
                    self.after_line_end(at);
                    *lines += 1;
                    let width = self.shape.columns.map_or(usize::MAX, |c| c.width);
                    if fields.list.len() >= width.saturating_add(SPARE_FIELDS) {
                        return Err(Quoted::Misfit);
                    }
                }
                // Delimiters are text here.
                _ => {}
            }
        }
    }

    /// Classifies the byte at `at`, behind a closing quote.
    fn after_quote(&mut self, at: usize) -> After {
        match self.bytes.get(at) {
            None => After::Nothing,
            Some(&b) if b == self.shape.delimiter => {
                self.marks.next();
                After::Delimiter(at)
            }
            Some(b'\n' | b'\r') => {
                self.marks.next();
                After::LineEnd(at)
            }
            // The mark before is not used up: the text goes on to the next delimiter or line end.
            Some(_) => After::Text(at),
        }
    }

    /// Reads the physical line at `start` with quotes as plain characters. `reason` is what is wrong
    /// with its quotes; without one it spans lines and does not fit the columns.
    fn read_literally(
        &mut self,
        fields: &mut Fields,
        start: usize,
        reason: Option<Reason>,
    ) -> Step {
        fields.list.clear();
        self.marks.seek(start);
        let mut field = start;
        let (line_end, terminated) = loop {
            match self.marks.next() {
                None => break (self.bytes.len(), false),
                Some(at) if self.bytes[at] == self.shape.delimiter => {
                    fields.push(field..at);
                    field = at + 1;
                }
                Some(at) if self.bytes[at] == b'"' => {}
                Some(at) => break (at, true),
            }
        };
        fields.push(field..line_end);
        self.at = if terminated {
            self.after_line_end(line_end)
        } else {
            line_end
        };
        let record = Record {
            start,
            end: self.at,
            lines: 1,
            literal: true,
            terminated,
        };
        if record.end - start > self.shape.longest {
            return Step::Bad(record, Reason::Oversize);
        }
        let n = fields.list.len();
        let fits = self.shape.columns.is_none_or(|c| {
            n >= c.need
                && if reason.is_some() {
                    // With broken quotes, fields may have been cut at delimiters that were text.
                    n == c.width
                } else {
                    n <= c.width
                }
        });
        if fits {
            Step::Record(record)
        } else {
            Step::Bad(record, reason.unwrap_or(Reason::TooManyFields))
        }
    }
}

/// Kind of text after a closing quote.
enum After {
    Delimiter(usize),
    LineEnd(usize),
    Text(usize),
    Nothing,
}

/// Returns whether there are only blanks, tabs, no-break spaces and line ends.
#[inline]
pub fn is_blank(text: &[u8]) -> bool {
    let mut rest = text;
    loop {
        rest = match rest {
            [] => return true,
            [b' ' | b'\t' | b'\r' | b'\n', rest @ ..] | [0xc2, 0xa0, rest @ ..] => rest,
            _ => return false,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shape(width: usize, need: usize) -> Shape {
        Shape {
            delimiter: b',',
            columns: Some(Columns { width, need }),
            longest: 1 << 24,
        }
    }

    /// All steps, as `line: fields` or `line! reason`.
    fn scan(text: &str, shape: Shape) -> Vec<String> {
        let mut scanner = Scanner::new(text.as_bytes(), shape, true);
        let mut fields = Fields::default();
        let mut out = Vec::new();
        let mut line = 1;
        loop {
            let (record, what) = match scanner.next(&mut fields) {
                Step::End => return out,
                Step::Unfinished(_) => panic!("the text ends here"),
                Step::Bad(record, reason) => (record, format!("! {reason}")),
                Step::Record(record) => {
                    let text = |f: &Field| {
                        String::from_utf8_lossy(fields.text(text.as_bytes(), *f)).into_owned()
                    };
                    let texts: Vec<String> = fields.list().iter().map(text).collect();
                    let mark = if record.literal { "~" } else { ":" };
                    (record, format!("{mark} {}", texts.join("|")))
                }
            };
            out.push(format!("{line}{what}"));
            line += record.lines;
        }
    }

    #[test]
    fn every_line_end_ends_a_record() {
        assert_eq!(
            scan("a,b\nc,d\r\ne,f\rg\n\n,\n\"x\"", shape(2, 1)),
            ["1: a|b", "2: c|d", "3: e|f", "4: g", "5: ", "6: |", "7: x"]
        );
    }

    #[test]
    fn quotes_hold_delimiters_line_ends_and_quotes() {
        assert_eq!(
            scan("\"a,\"\"b\"\"\",\"c\r\nd\"\n\"\",e\"\"f\n", shape(2, 2)),
            ["1: a,\"b\"|c\r\nd", "3: |e\"\"f"]
        );
    }

    #[test]
    fn one_bad_quote_costs_at_most_one_row() {
        let cases: &[(&str, &[&str])] = &[
            ("1,\"B,3\n4,5,6\n", &["1~ 1|\"B|3", "2: 4|5|6"]),
            ("1,\"B, more,3\n4,5,6\n", &["1! unclosed-quote", "2: 4|5|6"]),
            (
                "1,\"5\" pipe\",3\n4,5\" x,6",
                &["1~ 1|\"5\" pipe\"|3", "2: 4|5\" x|6"],
            ),
            (
                "1,\"Pe\"dro, x\",3\n4,5,6",
                &["1! broken-quote", "2: 4|5|6"],
            ),
            (
                "1,\"B,3\n4,5,6\n7,\"A,9\n",
                &["1~ 1|\"B|3", "2: 4|5|6", "3~ 7|\"A|9"],
            ),
            (
                "1,\"B,3\n2,A,3\n3,X\",Y,3\n",
                &["1~ 1|\"B|3", "2: 2|A|3", "3: 3|X\"|Y|3"],
            ),
            ("1,\"B,3\n2,A,3\n3,A\",3\n", &["1: 1|B,3\n2,A,3\n3,A|3"]),
        ];
        for (text, want) in cases {
            assert_eq!(scan(text, shape(3, 3)), *want, "{text}");
        }
    }

    #[test]
    fn records_beyond_the_longest_are_bad() {
        let shape = Shape {
            longest: 8,
            ..shape(2, 1)
        };
        assert_eq!(
            scan("123456789,1\n1,2\n\"a\nb\nc\nd\ne\n\",x\n", shape),
            [
                "1! oversize",
                "2: 1|2",
                "3! unclosed-quote",
                "4: b",
                "5: c",
                "6: d",
                "7: e",
                "8~ \"|x"
            ]
        );
    }

    proptest! {
        #[test]
        fn all_bytes_and_lines_are_accounted_for(
            bytes in proptest::collection::vec(
                prop_oneof![Just(b','), Just(b'\n'), Just(b'\r'), Just(b'"'), Just(b'a')], 0..120),
            width in 1usize..4,
            longest in 4usize..200,
        ) {
            let shape = Shape { longest, ..shape(width, 1) };
            let mut scanner = Scanner::new(&bytes, shape, true);
            let mut fields = Fields::default();
            let (mut at, mut lines) = (0, 0);
            loop {
                match scanner.next(&mut fields) {
                    Step::End => break,
                    Step::Unfinished(_) => prop_assert!(false),
                    Step::Record(r) | Step::Bad(r, _) => {
                        prop_assert_eq!(r.start, at);
                        prop_assert!(r.end > r.start);
                        at = r.end;
                        lines += r.lines;
                    }
                }
            }
            prop_assert_eq!(at, bytes.len());
            prop_assert_eq!(lines, super::super::blocks::count_lines(&bytes));
        }
    }
}
