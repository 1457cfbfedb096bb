//! JSON that holds its records inside something: an array within an object, columns or rows as
//! pandas writes them, arrays of arrays, objects over several lines. They are written anew, one
//! object a line, which is what the reader of this format takes. Values keep their text.

use crate::formats::stream::{ByteStream, StreamFacts};
use crate::formats::text::Text;
use crate::formats::{Bytes, ImportError, ImportReport, ReadOptions};
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// A text that is longer is not searched for records: it is held in memory for that.
const LONGEST: usize = 1 << 30;
/// Objects within objects that are searched.
const DEPTH: usize = 4;

/// Records, one object a line, and where they were.
struct Records {
    lines: Vec<u8>,
    /// The path of the array, or what the text is.
    place: String,
}

/// A text that wraps its records.
pub struct Wrapped<'a> {
    /// The text.
    pub text: Text<'a>,
    facts: StreamFacts,
    /// The records in UTF-8, one object a line.
    pub lines: Vec<u8>,
    /// The path of the array, or what the text is.
    pub place: String,
}

impl<'a> Wrapped<'a> {
    /// Finds the records of an input that wraps them; `None` where its lines are objects, or it holds
    /// none.
    pub fn open(input: &'a dyn Bytes, options: &ReadOptions) -> Result<Option<Self>, ImportError> {
        let text = Text::open(input, options)?;
        if !may_wrap(&text.head, text.whole) {
            return Ok(None);
        }
        let mut stream = text.stream(None);
        let all = read_all(&mut *stream)?;
        let facts = stream.facts();
        drop(stream);
        let all = all.as_deref().and_then(|all| std::str::from_utf8(all).ok());
        let found = all.and_then(of_text);
        Ok(found.map(|Records { lines, place }| Wrapped {
            text,
            facts,
            lines,
            place,
        }))
    }

    /// The options for reading the lines, which are UTF-8 whatever the text is.
    pub fn options(options: &ReadOptions) -> ReadOptions {
        ReadOptions {
            encoding: None,
            ..options.clone()
        }
    }

    /// Says in the report of the lines what holds for the text.
    pub fn report(self, report: &mut ImportReport) {
        for (name, value) in &mut report.mapping {
            if name == "encoding" {
                *value = self.text.encoding_name();
            }
        }
        self.text.report(self.facts, report);
        report.mapping.push(("records".into(), self.place));
    }
}

/// Whether the beginning is not that of a text of objects, one a line.
fn may_wrap(head: &[u8], whole: bool) -> bool {
    let head = head.trim_ascii_start();
    match head.first() {
        Some(b'[') => head[1..].trim_ascii_start().first() == Some(&b'['),
        Some(b'{') => {
            // An object that is whole on its first line is a line of its own, unless it is all
            // there is.
            let end = memchr::memchr(b'\n', head).unwrap_or(head.len());
            let (line, rest) = head.split_at(end);
            match serde_json::from_slice::<&RawValue>(line) {
                Ok(_) => whole && rest.trim_ascii().is_empty(),
                Err(fault) => fault.is_eof(),
            }
        }
        _ => false,
    }
}

/// All of a text; `None` where it is too long.
fn read_all(stream: &mut dyn ByteStream) -> Result<Option<Vec<u8>>, ImportError> {
    let mut all = Vec::new();
    let mut piece = vec![0; 1 << 16];
    loop {
        match stream.read(&mut piece)? {
            0 => return Ok(Some(all)),
            n => all.extend_from_slice(&piece[..n]),
        }
        if all.len() > LONGEST {
            return Ok(None);
        }
    }
}

fn of_text(text: &str) -> Option<Records> {
    let values = serde_json::Deserializer::from_str(text).into_iter::<&RawValue>();
    let values: Vec<&RawValue> = values.collect::<Result<_, _>>().ok()?;
    let (lines, place) = match values.as_slice() {
        [] => return None,
        [value] if value.get().starts_with('[') => (rows(value)?, "rows".to_owned()),
        [value] => {
            let fields = fields(value)?;
            // The stricter forms first: any of them would also pass for an object with arrays in
            // it.
            let table = split(&fields)
                .or_else(|| columns(&fields))
                .or_else(|| by_index(&fields));
            match table {
                Some(lines) => (lines, "columns".to_owned()),
                None => longest_array(&fields, "", DEPTH)
                    .map(|(array, path)| (objects(&array), path))?,
            }
        }
        objects_over_lines if objects_over_lines.iter().all(|v| is_object(v)) => {
            (objects(objects_over_lines), "objects".to_owned())
        }
        _ => return None,
    };
    Some(Records { lines, place })
}

/// The fields of an object in their order.
fn fields(value: &RawValue) -> Option<Vec<(String, &RawValue)>> {
    if !is_object(value) {
        return None;
    }
    let fields: BTreeMap<String, &RawValue> = serde_json::from_str(value.get()).ok()?;
    let mut fields: Vec<_> = fields.into_iter().collect();
    // The values are pieces of one text, so that their addresses are in its order.
    fields.sort_unstable_by_key(|(_, value)| value.get().as_ptr());
    Some(fields)
}

fn array(value: &RawValue) -> Option<Vec<&RawValue>> {
    let is_array = value.get().starts_with('[');
    is_array.then(|| serde_json::from_str(value.get()).ok())?
}

fn is_object(value: &RawValue) -> bool {
    value.get().starts_with('{')
}

fn is_scalar(value: &RawValue) -> bool {
    !value.get().starts_with(['{', '['])
}

/// Objects, one a line. A line end within an object is none of a text.
fn objects(values: &[&RawValue]) -> Vec<u8> {
    let mut lines = Vec::new();
    for value in values {
        lines.extend(
            value
                .get()
                .bytes()
                .map(|b| if b == b'\n' || b == b'\r' { b' ' } else { b }),
        );
        lines.push(b'\n');
    }
    lines
}

/// One object a line, of names and the values of each row.
/// `None` where a row has more values than there are names.
fn table<'a>(names: &[String], rows: impl Iterator<Item = Vec<&'a str>>) -> Option<Vec<u8>> {
    let names: Vec<String> = names
        .iter()
        .map(|n| serde_json::to_string(n).ok())
        .collect::<Option<_>>()?;
    let mut lines = String::new();
    for row in rows {
        if row.len() > names.len() {
            return None;
        }
        let cells = names
            .iter()
            .zip(row)
            .map(|(name, value)| format!("{name}:{value}"));
        let line = cells.collect::<Vec<_>>().join(",");
        lines.push('{');
        lines += &line.replace(['\n', '\r'], " ");
        lines += "}\n";
    }
    (!lines.is_empty()).then(|| lines.into_bytes())
}

/// `[["case", "activity"], ["1", "open"]]`.
fn rows(value: &RawValue) -> Option<Vec<u8>> {
    let rows = array(value)?;
    let (names, rows) = rows.split_first()?;
    table_of(names, rows)
}

/// An array of names, and rows that are arrays.
fn table_of(names: &RawValue, rows: &[&RawValue]) -> Option<Vec<u8>> {
    let names: Vec<String> = serde_json::from_str(names.get()).ok()?;
    let rows: Vec<Vec<&RawValue>> = rows.iter().map(|row| array(row)).collect::<Option<_>>()?;
    let texts = rows.iter().map(|row| row.iter().map(|value| value.get()));
    table(&names, texts.map(Iterator::collect))
}

/// `{"columns": ["case", "activity"], "data": [["1", "open"]]}`.
fn split(fields: &[(String, &RawValue)]) -> Option<Vec<u8>> {
    let of = |name: &str| {
        fields
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| *value)
    };
    table_of(of("columns")?, &array(of("data")?)?)
}

/// `{"case": {"0": "1"}, "activity": {"0": "open"}}` and `{"case": ["1"], "activity": ["open"]}`.
fn columns(of: &[(String, &RawValue)]) -> Option<Vec<u8>> {
    if of.len() < 2 {
        return None;
    }
    let names: Vec<String> = of.iter().map(|(name, _)| name.clone()).collect();
    let columns: Vec<Vec<&RawValue>> = of
        .iter()
        .map(|(_, column)| match fields(column) {
            Some(cells) => {
                let counted = cells
                    .iter()
                    .enumerate()
                    .all(|(i, (key, _))| *key == i.to_string());
                counted.then(|| cells.into_iter().map(|(_, value)| value).collect())
            }
            None => array(column).filter(|cells| cells.iter().all(|value| is_scalar(value))),
        })
        .collect::<Option<_>>()?;
    let n = columns[0].len();
    if columns.iter().any(|column| column.len() != n) {
        return None;
    }
    // The values are put together as text, so that numbers keep their digits.
    table(
        &names,
        (0..n).map(|row| columns.iter().map(|column| column[row].get()).collect()),
    )
}

/// `{"0": {"case": "1", "activity": "open"}}`.
fn by_index(of: &[(String, &RawValue)]) -> Option<Vec<u8>> {
    let counted = of
        .iter()
        .enumerate()
        .all(|(i, (key, value))| *key == i.to_string() && is_object(value));
    let values: Vec<&RawValue> = of.iter().map(|(_, value)| *value).collect();
    counted.then(|| objects(&values))
}

/// The longest array of objects within an object, and its path.
fn longest_array<'a>(
    of: &[(String, &'a RawValue)],
    path: &str,
    depth: usize,
) -> Option<(Vec<&'a RawValue>, String)> {
    let mut best: Option<(Vec<&RawValue>, String)> = None;
    for (name, value) in of {
        let path = if path.is_empty() {
            name.clone()
        } else {
            format!("{path}.{name}")
        };
        let found = match array(value) {
            Some(values) => {
                let all = !values.is_empty() && values.iter().all(|value| is_object(value));
                all.then_some((values, path))
            }
            None if depth > 1 => {
                fields(value).and_then(|inner| longest_array(&inner, &path, depth - 1))
            }
            None => None,
        };
        let length =
            |found: &Option<(Vec<&RawValue>, String)>| found.as_ref().map_or(0, |f| f.0.len());
        if length(&found) > length(&best) {
            best = found;
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_found_wherever_they_are() {
        let lines = "{\"a\":1,\"b\":\"x\"}\n{\"a\":2,\"b\":\"y\"}\n";
        let cases = [
            (r#"{"a":{"0":1,"1":2},"b":{"0":"x","1":"y"}}"#, "columns"),
            (r#"{"a":[1,2],"b":["x","y"]}"#, "columns"),
            (r#"{"0":{"a":1,"b":"x"},"1":{"a":2,"b":"y"}}"#, "columns"),
            (
                r#"{"columns":["a","b"],"index":[0,1],"data":[[1,"x"],[2,"y"]]}"#,
                "columns",
            ),
            (r#"[["a","b"],[1,"x"],[2,"y"]]"#, "rows"),
            (
                r#"{"n":2,"few":[{"z":1}],"r":{"hits":[{"a":1,"b":"x"},{"a":2,"b":"y"}]}}"#,
                "r.hits",
            ),
            ("{\"a\":1,\"b\":\"x\"}\n\n{\"a\":2,\"b\":\"y\"}", "objects"),
        ];
        for (text, place) in cases {
            let found = of_text(text).expect(text);
            assert_eq!(String::from_utf8(found.lines).unwrap(), lines, "{text}");
            assert_eq!(found.place, place, "{text}");
        }
        let exact = of_text("{\"r\":[{\"id\":12345678901234567890123,\n\"x\":1.10}]}").unwrap();
        assert_eq!(
            exact.lines,
            b"{\"id\":12345678901234567890123, \"x\":1.10}\n"
        );
        for none in [
            r#"{"a":1}"#,
            "[1,2]",
            "[[1],[2]]",
            "{",
            r#"{"a":[]}"#,
            r#"[["a"],[1,2]]"#,
            "{} []",
        ] {
            assert!(of_text(none).is_none(), "{none}");
        }
    }

    #[test]
    fn lines_of_objects_are_left_alone() {
        assert!(!may_wrap(b"{\"a\":1}\n{\"a\":2}\n", true));
        assert!(!may_wrap(b"[{\"a\":1}]", true));
        assert!(!may_wrap(b"{\"a\":[{}]}\n", false));
        assert!(!may_wrap(b"{\"a\":nope}\n", true));
        assert!(may_wrap(b"{\"a\":[{}]}\n", true));
        assert!(may_wrap(b"{\n \"a\":[{}]}\n", false));
        assert!(may_wrap(b"[[\"a\"]]", true));
    }
}
