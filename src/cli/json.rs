//! JSON as reports print it: one object, its lists a row a line, and no character that would act on
//! a terminal or hide in it. Knows nothing of reports.

use crate::text::{is_hidden, time};
use chrono::{DateTime, Utc};
use serde::{Serialize, Serializer};
use serde_json::ser::{CharEscape, CompactFormatter, Formatter};
use std::io::{self, Write};

/// Something that can be written as JSON.
pub trait Json {
    /// Writes it, with a line end after it.
    fn write(&self, out: &mut dyn Write) -> io::Result<()>;
}

impl<T: Serialize> Json for T {
    fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let mut serializer = serde_json::Serializer::with_formatter(&mut *out, Lines::default());
        self.serialize(&mut serializer)?;
        out.write_all(b"\n")
    }
}

/// Writes a value on one line, with a line end after it.
pub fn write_line(value: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    // As a row of a list within an object.
    let within = Lines {
        depth: 2,
        ..Lines::default()
    };
    let mut serializer = serde_json::Serializer::with_formatter(&mut *out, within);
    value.serialize(&mut serializer)?;
    out.write_all(b"\n")
}

/// A number: whole ones without a fraction, what is none as null.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Number(pub f64);

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // Beyond this, neighbors are more than one apart and an integer would claim too much.
        const EXACT: f64 = 9_007_199_254_740_992.0;
        if self.0.fract() == 0.0 && self.0.abs() < EXACT {
            serializer.serialize_i64(self.0 as i64)
        } else {
            serializer.serialize_f64(self.0)
        }
    }
}

/// An instant in microseconds since 1970-01-01T00:00Z, as RFC 3339 in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Instant(pub i64);

impl Instant {
    /// As RFC 3339, with microseconds only where they are not zero.
    pub fn rfc3339(self) -> String {
        let micros = time::writable(self.0);
        let instant = DateTime::<Utc>::from_timestamp_micros(micros).unwrap_or_default();
        let fraction = if micros % 1_000_000 == 0 { "" } else { "%.6f" };
        instant
            .format(&format!("%Y-%m-%dT%H:%M:%S{fraction}Z"))
            .to_string()
    }
}

impl Serialize for Instant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.rfc3339())
    }
}

/// A list whose rows are made while it is written.
#[derive(Debug, Clone, Copy)]
pub struct List<'a, T, F>(&'a [T], F);

/// A list of what `row` makes of each of `items`.
pub fn list<'a, T, R, F: Fn(&'a T) -> R>(items: &'a [T], row: F) -> List<'a, T, F> {
    List(items, row)
}

impl<'a, T, R: Serialize, F: Fn(&'a T) -> R> Serialize for List<'a, T, F> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(&self.1))
    }
}

/// An object whose pairs are made while it is written.
#[derive(Debug, Clone, Copy)]
pub struct Pairs<F>(pub F);

impl<K, V, I, F> Serialize for Pairs<F>
where
    K: Serialize,
    V: Serialize,
    I: IntoIterator<Item = (K, V)>,
    F: Fn() -> I,
{
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map((self.0)())
    }
}

/// Lays out the outer object a key a line and the lists in it a row a line.
#[derive(Debug, Default)]
struct Lines {
    /// Objects and lists that are open.
    depth: usize,
    /// True if the open list of the outer object has rows.
    has_rows: bool,
    compact: CompactFormatter,
}

impl Formatter for Lines {
    fn begin_object<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.depth += 1;
        out.write_all(b"{")
    }

    fn end_object<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.depth -= 1;
        out.write_all(if self.depth == 0 { b"\n}" } else { b"}" })
    }

    fn begin_array<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.depth += 1;
        out.write_all(b"[")
    }

    fn end_array<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.depth -= 1;
        let broken = self.depth == 1 && std::mem::take(&mut self.has_rows);
        out.write_all(if broken { b"\n  ]" } else { b"]" })
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        out.write_all(match (self.depth, first) {
            (1, true) => b"\n  ",
            (1, false) => b",\n  ",
            (_, true) => b"",
            (_, false) => b", ",
        })
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        out.write_all(b": ")
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        // 1 is the outer object, 2 a list in it.
        self.has_rows |= self.depth == 2;
        out.write_all(match (self.depth, first) {
            (2, true) => b"\n    ",
            (2, false) => b",\n    ",
            (_, true) => b"",
            (_, false) => b", ",
        })
    }

    fn write_string_fragment<W>(&mut self, out: &mut W, fragment: &str) -> io::Result<()>
    where
        W: ?Sized + Write,
    {
        let mut rest = fragment;
        while let Some((at, c)) = rest.char_indices().find(|&(_, c)| is_hidden(c)) {
            out.write_all(&rest.as_bytes()[..at])?;
            // JSON escapes a character beyond U+FFFF as two units.
            for unit in c.encode_utf16(&mut [0; 2]) {
                write!(out, "\\u{unit:04x}")?;
            }
            rest = &rest[at + c.len_utf8()..];
        }
        out.write_all(rest.as_bytes())
    }

    fn write_char_escape<W>(&mut self, out: &mut W, escape: CharEscape) -> io::Result<()>
    where
        W: ?Sized + Write,
    {
        self.compact.write_char_escape(out, escape)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(value: &impl Serialize) -> String {
        let mut out = Vec::new();
        Json::write(value, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[derive(Serialize)]
    struct Sample {
        total: u64,
        empty: Vec<u64>,
        rows: Vec<Row>,
        mean: Number,
        inner: Row,
    }

    #[derive(Serialize)]
    struct Row {
        names: Vec<&'static str>,
        none: Option<u64>,
    }

    #[test]
    fn rows_stand_on_lines_of_their_own() {
        let row = || Row {
            names: vec!["a", "b"],
            none: None,
        };
        let sample = Sample {
            total: 2,
            empty: vec![],
            rows: vec![row(), row()],
            mean: Number(1.5),
            inner: row(),
        };
        let expected = r#"{
  "total": 2,
  "empty": [],
  "rows": [
    {"names": ["a", "b"], "none": null},
    {"names": ["a", "b"], "none": null}
  ],
  "mean": 1.5,
  "inner": {"names": ["a", "b"], "none": null}
}
"#;
        assert_eq!(written(&sample), expected);
    }

    #[test]
    fn nothing_acts_on_a_terminal_and_nothing_is_lost() {
        for c in ('\0'..=char::MAX).filter(|&c| is_hidden(c)) {
            let text = format!("a{c}b");
            let json = written(&text);
            assert!(
                json.trim_end().chars().all(|c| (' '..='~').contains(&c)),
                "{json:?}"
            );
            assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
        }
        assert_eq!(written(&"Жé漢🎉"), "\"Жé漢🎉\"\n");
    }

    #[test]
    fn a_line_is_one_line() {
        let row = Row {
            names: vec!["a\n", "\u{202e}"],
            none: None,
        };
        let mut out = Vec::new();
        write_line(&row, &mut out).unwrap();
        let expected = "{\"names\": [\"a\\n\", \"\\u202e\"], \"none\": null}\n";
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }

    #[test]
    fn numbers() {
        let text = |n| written(&Number(n)).trim_end().to_owned();
        assert_eq!(text(3600.0), "3600");
        assert_eq!(text(-0.0), "0");
        assert_eq!(text(0.25), "0.25");
        assert_eq!(text(1e300), "1e+300");
        assert_eq!(text(f64::NAN), "null");
        assert_eq!(text(f64::INFINITY), "null");
    }

    #[test]
    fn instants() {
        assert_eq!(Instant(0).rfc3339(), "1970-01-01T00:00:00Z");
        assert_eq!(Instant(-1).rfc3339(), "1969-12-31T23:59:59.999999Z");
        assert_eq!(Instant(1_500_000).rfc3339(), "1970-01-01T00:00:01.500000Z");
        assert_eq!(
            Instant(-62_135_596_800_000_000).rfc3339(),
            "0001-01-01T00:00:00Z"
        );
        // Bounds of bins may be beyond the years that RFC 3339 can write.
        assert_eq!(Instant(i64::MIN).rfc3339(), "0001-01-01T00:00:00Z");
        assert_eq!(Instant(i64::MAX).rfc3339(), "9999-12-31T23:59:59.999999Z");
    }
}
