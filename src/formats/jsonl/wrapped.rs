//! JSON that holds its records inside something: an array within an object, columns or rows as
//! pandas writes them, arrays of arrays, objects over several lines. They are written anew, one
//! object a line, which is what the reader of this format takes. Values keep their text.

use crate::event_log::Progress;
use crate::formats::facts;
use crate::formats::stream::{ByteStream, StreamFacts};
use crate::formats::text::{Text, shown};
use crate::formats::{Bytes, ImportError, ImportReport, ReadOptions, Setting};
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A text that is longer is not searched for records: it is held in memory for that.
const LONGEST: usize = 1 << 30;
/// Objects within objects that are searched.
const DEPTH: usize = 4;

/// Records of a text.
#[derive(Default)]
struct Records<'t> {
    /// One object a line.
    lines: Vec<u8>,
    /// The pieces of the text that they are; none where they are made of columns.
    pieces: Vec<&'t RawValue>,
    /// The path of the array, or what the text is.
    place: String,
}

/// Records that were found in a text, one object a line.
pub struct Found {
    facts: StreamFacts,
    /// The records in UTF-8, one object a line.
    pub lines: Vec<u8>,
    /// Line of each record in the text, from 0; its number where it is made of columns.
    pub places: Vec<u64>,
    /// The path of the array, or what the text is.
    place: String,
}

/// A text that wraps its records.
pub struct Wrapped<'a> {
    /// The text.
    pub text: Text<'a>,
    found: Arc<Option<Found>>,
}

impl<'a> Wrapped<'a> {
    /// Finds the records of an input that wraps them; `None` where its lines are objects, or it holds
    /// none. A path that was given must be that of records. Looks that follow each other find them
    /// once.
    pub fn open(
        input: &'a dyn Bytes,
        options: &ReadOptions,
        progress: &Progress,
    ) -> Result<Option<Self>, ImportError> {
        let text = Text::open(input, options)?;
        let path = options.json_path.as_deref();
        if path.is_none() && !may_wrap(&text.head, text.whole) {
            return Ok(None);
        }
        let find = || Found::find(&text, path, progress);
        let found = match input.kept() {
            Some(kept) if !input.changed()? => {
                kept.get_or_make(&format!("{path:?} {:?}", options.encoding), find)?
            }
            _ => Arc::new(find()?),
        };
        Ok(found.is_some().then_some(Wrapped { text, found }))
    }

    /// The records.
    pub fn records(&self) -> &Found {
        (*self.found).as_ref().expect("a wrapped text has records")
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
            if name == facts::ENCODING {
                *value = self.text.encoding_name();
            }
        }
        let found = self.records();
        self.text.report(found.facts, report);
        let place = found.place.clone();
        report.mapping.push((facts::RECORDS.into(), place));
    }
}

impl Found {
    /// Reads all of a text.
    fn find(
        text: &Text<'_>,
        path: Option<&str>,
        progress: &Progress,
    ) -> Result<Option<Self>, ImportError> {
        let mut stream = text.stream(Some(progress));
        let bytes = read_all(&mut *stream, progress)?;
        let facts = stream.facts();
        drop(stream);
        let all = bytes.as_deref().and_then(|b| std::str::from_utf8(b).ok());
        let found = match (all, path) {
            (Some(all), Some(path)) => at_path(all, path).map(Some)?,
            (None, Some(_)) => return Err(no_path_in(bytes.is_some())),
            (all, None) => all.and_then(of_text),
        };
        Ok(found.map(|records| Found {
            facts,
            places: records.places(all.unwrap_or_default()),
            lines: records.lines,
            place: records.place,
        }))
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

fn refused(line: Option<u64>, message: impl Into<String>) -> ImportError {
    ImportError::Refused {
        line,
        message: message.into(),
    }
}

/// Why no path can be followed: the text is too long, or where it is `short`, no UTF-8.
fn no_path_in(short: bool) -> ImportError {
    if short {
        let message = "holds bytes that are no UTF-8, so that no path can be followed in it";
        return refused(None, message).mendable([Setting::Encoding]);
    }
    let message = "is longer than 1 GiB, too long to follow a path in it; write the array to a file of its own";
    refused(None, message)
}

impl Records<'_> {
    /// The lines of the text at which they begin, or their numbers, from 0.
    fn places(&self, text: &str) -> Vec<u64> {
        if self.pieces.is_empty() {
            return (0..memchr::memchr_iter(b'\n', &self.lines).count() as u64).collect();
        }
        let (mut line, mut from) = (0, 0);
        let place = |piece: &&RawValue| {
            // Pieces of the text stand in its order.
            let at = (piece.get().as_ptr() as usize).saturating_sub(text.as_ptr() as usize);
            let at = at.clamp(from, text.len());
            line += memchr::memchr_iter(b'\n', &text.as_bytes()[from..at]).count() as u64;
            from = at;
            line
        };
        self.pieces.iter().map(place).collect()
    }
}

/// All of a text; `None` where it is too long.
fn read_all(
    stream: &mut dyn ByteStream,
    progress: &Progress,
) -> Result<Option<Vec<u8>>, ImportError> {
    let mut all = Vec::new();
    let mut piece = vec![0; 1 << 16];
    loop {
        progress.check()?;
        match stream.read(&mut piece)? {
            0 => return Ok(Some(all)),
            n => all.extend_from_slice(&piece[..n]),
        }
        if all.len() > LONGEST {
            return Ok(None);
        }
    }
}

fn of_text(text: &str) -> Option<Records<'_>> {
    let values = values(text).ok()?;
    match values.as_slice() {
        [value] if value.get().starts_with('[') => rows(value),
        [value] => {
            let fields = fields(value)?;
            // The stricter forms first: any of them would also pass for an object with arrays in
            // it.
            let table = split(&fields)
                .or_else(|| columns(&fields))
                .or_else(|| by_index(&fields));
            table.or_else(|| {
                let (array, path) = longest_array(&fields)?;
                Some(objects(array, &path))
            })
        }
        [_, ..] if values.iter().all(|v| is_object(v)) => Some(objects(values, "objects")),
        _ => None,
    }
}

/// All values of a text.
fn values(text: &str) -> serde_json::Result<Vec<&RawValue>> {
    serde_json::Deserializer::from_str(text)
        .into_iter()
        .collect()
}

/// The records at a path of keys, through arrays.
fn at_path<'t>(text: &'t str, path: &str) -> Result<Records<'t>, ImportError> {
    let values = values(text).map_err(|fault| {
        refused(
            Some(fault.line() as u64),
            format!("is no JSON, so that no path leads through it: {fault}"),
        )
    })?;
    let mut found = Vec::new();
    for value in &values {
        descend(value, path, &mut found);
    }
    let records = match found.as_slice() {
        [] => None,
        [one] if !is_object(one) => rows(one),
        objects_of_all if objects_of_all.iter().all(|value| is_object(value)) => {
            Some(objects(found, path))
        }
        _ => None,
    };
    records.ok_or_else(|| {
        let mut known = Vec::new();
        for fields in values.iter().filter_map(|value| fields(value)) {
            arrays(&fields, "", DEPTH, &mut known);
        }
        let mut known: Vec<String> = known.iter().map(|(_, path)| shown(path)).collect();
        known.dedup();
        known.truncate(MOST_PATHS);
        let known = match known.as_slice() {
            [] => "none are found".to_owned(),
            known => format!("there are: {}", known.join(", ")),
        };
        let path = shown(path);
        ImportError::Usage(format!("there is no array of objects at {path}; {known}"))
    })
}

/// Paths of arrays that a message names.
const MOST_PATHS: usize = 12;

/// Adds what is at a path within a value: objects, those of arrays one by one, or an array of
/// something else. A key may hold dots.
fn descend<'t>(value: &'t RawValue, path: &str, found: &mut Vec<&'t RawValue>) {
    if let Some(elements) = array(value) {
        if elements.iter().all(|element| is_object(element)) {
            for element in &elements {
                descend(element, path, found);
            }
        } else if path.is_empty() {
            found.push(value);
        }
    } else if path.is_empty() {
        found.push(value);
    } else {
        for (key, value) in fields(value).into_iter().flatten() {
            match path.strip_prefix(&key) {
                Some("") => descend(value, "", found),
                Some(rest) if rest.starts_with('.') => descend(value, &rest[1..], found),
                _ => {}
            }
        }
    }
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

/// Records that are objects of the text. A line end within an object is none of a text.
fn objects<'t>(pieces: Vec<&'t RawValue>, place: &str) -> Records<'t> {
    let mut lines = Vec::new();
    for value in &pieces {
        lines.extend(
            value
                .get()
                .bytes()
                .map(|b| if b == b'\n' || b == b'\r' { b' ' } else { b }),
        );
        lines.push(b'\n');
    }
    Records {
        lines,
        pieces,
        place: place.to_owned(),
    }
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
fn rows(value: &RawValue) -> Option<Records<'_>> {
    let rows = array(value)?;
    let (names, rows) = rows.split_first()?;
    table_of(names, rows, "rows")
}

/// An array of names, and rows that are arrays.
fn table_of<'t>(names: &RawValue, pieces: &[&'t RawValue], place: &str) -> Option<Records<'t>> {
    let names: Vec<String> = serde_json::from_str(names.get()).ok()?;
    let rows: Vec<Vec<&RawValue>> = pieces.iter().map(|row| array(row)).collect::<Option<_>>()?;
    let texts = rows.iter().map(|row| row.iter().map(|value| value.get()));
    Some(Records {
        lines: table(&names, texts.map(Iterator::collect))?,
        pieces: pieces.to_vec(),
        place: place.to_owned(),
    })
}

/// `{"columns": ["case", "activity"], "data": [["1", "open"]]}`.
fn split<'t>(fields: &[(String, &'t RawValue)]) -> Option<Records<'t>> {
    let of = |name: &str| {
        fields
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| *value)
    };
    table_of(of("columns")?, &array(of("data")?)?, "columns")
}

/// `{"case": {"0": "1"}, "activity": {"0": "open"}}` and `{"case": ["1"], "activity": ["open"]}`.
fn columns<'t>(of: &[(String, &'t RawValue)]) -> Option<Records<'t>> {
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
    let rows = (0..n).map(|row| columns.iter().map(|column| column[row].get()).collect());
    Some(Records {
        lines: table(&names, rows)?,
        pieces: Vec::new(),
        place: "columns, in which lines are numbers of records".to_owned(),
    })
}

/// `{"0": {"case": "1", "activity": "open"}}`.
fn by_index<'t>(of: &[(String, &'t RawValue)]) -> Option<Records<'t>> {
    let counted = of
        .iter()
        .enumerate()
        .all(|(i, (key, value))| *key == i.to_string() && is_object(value));
    let values: Vec<&RawValue> = of.iter().map(|(_, value)| *value).collect();
    counted.then(|| objects(values, "objects by number"))
}

/// The longest array of objects within an object, the first of equals, and its path.
fn longest_array<'t>(of: &[(String, &'t RawValue)]) -> Option<(Vec<&'t RawValue>, String)> {
    let mut all = Vec::new();
    arrays(of, "", DEPTH, &mut all);
    all.into_iter().rev().max_by_key(|(array, _)| array.len())
}

/// Adds the arrays of objects within an object, with their paths.
fn arrays<'t>(
    of: &[(String, &'t RawValue)],
    path: &str,
    depth: usize,
    found: &mut Vec<(Vec<&'t RawValue>, String)>,
) {
    for (name, value) in of {
        let path = if path.is_empty() {
            name.clone()
        } else {
            format!("{path}.{name}")
        };
        if let Some(values) = array(value) {
            if !values.is_empty() && values.iter().all(|value| is_object(value)) {
                found.push((values, path));
            }
        } else if depth > 1
            && let Some(inner) = fields(value)
        {
            arrays(&inner, &path, depth - 1, found);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_found_wherever_they_are() {
        let lines = "{\"a\":1,\"b\":\"x\"}\n{\"a\":2,\"b\":\"y\"}\n";
        let cases = [
            (
                r#"{"a":{"0":1,"1":2},"b":{"0":"x","1":"y"}}"#,
                "columns, in which lines are numbers of records",
            ),
            (
                r#"{"a":[1,2],"b":["x","y"]}"#,
                "columns, in which lines are numbers of records",
            ),
            (
                r#"{"0":{"a":1,"b":"x"},"1":{"a":2,"b":"y"}}"#,
                "objects by number",
            ),
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
    fn a_path_leads_to_records_through_objects_and_arrays() {
        let text = r#"{"few":[{"a":1}],"x.y":{"many":[{"z":1},{"z":2},{"z":3}]},
            "pages":[{"items":[{"a":1}]},{"items":[{"a":2}]}],"t":[["a"],[1],[2]]}"#;
        let lines = |path: &str| {
            let found = at_path(text, path).map(|found| found.lines);
            found.map(|lines| String::from_utf8(lines).unwrap())
        };
        assert_eq!(lines("few").unwrap(), "{\"a\":1}\n");
        let many = "{\"z\":1}\n{\"z\":2}\n{\"z\":3}\n";
        assert_eq!(lines("x.y.many").unwrap(), many);
        for two in ["pages.items", "t"] {
            assert_eq!(lines(two).unwrap(), "{\"a\":1}\n{\"a\":2}\n", "{two}");
        }
        let pages = "{\"r\":[{\"a\":1}]}\n{\"r\":[{\"a\":2}]}";
        assert_eq!(at_path(pages, "r").unwrap().places(pages), [0, 1]);
        let wrong = lines("fewer").unwrap_err().to_string();
        assert!(
            wrong.contains("\"few\", \"x.y.many\", \"pages\""),
            "{wrong}"
        );
        assert!(at_path("{\"a\":", "a").is_err());
    }

    #[test]
    fn records_have_the_lines_of_the_text() {
        let lines = |text: &str| of_text(text).expect(text).places(text);
        assert_eq!(
            lines("{\"n\":0,\n\"r\":[\n{\"a\":1},{\"a\":2},\n\n{\"a\":3}]}"),
            [2, 2, 4]
        );
        assert_eq!(lines("[[\"a\"],\n[1],\n[2]]"), [1, 2]);
        assert_eq!(
            lines("{\"a\":[1,2],\n\"b\":[1,2]}"),
            [0, 1],
            "numbers of records"
        );
        assert_eq!(lines("{\n\"a\":1}\n{\"a\":2}"), [0, 2]);
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
