//! JSON lines: one object a line, or the objects of one array. Keys are columns, those of objects
//! within objects as `a.b`. From the first objects it is guessed which column is what; columns that
//! come later are added as they come. Records inside something else are written as such lines first.

mod block;
mod blocks;
mod load;
mod row;
mod scan;
#[cfg(test)]
mod tests;
mod wrapped;

use super::follow::Grown;
use super::keys::Keys;
use super::mapping::Names;
use super::promote::{Promotion, forget_kinds_of_rejects, promote};
use super::stream::Raw;
use super::table::Table;
use super::text::Text;
use super::timestamp::TimeReader;
use super::whole_lines::WholeLines;
use super::{Bytes, Format, ImportError, Inspection, Loaded, ReadOptions};
use crate::event_log::{Progress, Stage};
use crate::formats::Warning;
use crate::formats::facts;
use block::{Pieces, Plan};
use blocks::Shape;
use load::{Found, Limits, Loader};
use row::Row;
use std::sync::atomic::Ordering::Relaxed;
use wrapped::Wrapped;

/// JSON lines.
pub const FORMAT: Format = Format {
    name: "jsonl",
    sniff: |head| shape_of(head).is_some(),
    is_table: true,
    look,
    read,
};

fn read(
    input: &dyn Bytes,
    options: &ReadOptions,
    progress: &Progress,
) -> Result<Loaded, ImportError> {
    read_with(input, options, Limits::usual(), progress)
}

/// Reads an input in blocks of about this many bytes.
pub fn read_in_blocks(
    input: &dyn Bytes,
    options: &ReadOptions,
    block: usize,
    progress: &Progress,
) -> Result<Loaded, ImportError> {
    let limits = Limits {
        block,
        batch: 3,
        ..Limits::usual()
    };
    read_with(input, options, limits, progress)
}

/// Reads lines, or the lines that records inside something else were written as.
fn read_with(
    input: &dyn Bytes,
    options: &ReadOptions,
    limits: Limits<'_>,
    progress: &Progress,
) -> Result<Loaded, ImportError> {
    progress.enter(Stage::Reading);
    progress.bytes.store(0, Relaxed);
    let Some(wrapped) = Wrapped::open(input, options, progress)? else {
        return whole(input, options, limits, progress).map(|(loaded, _)| loaded);
    };
    let (records, of_lines) = (wrapped.records(), Wrapped::options(options));
    let lines = records.lines.as_slice();
    let limits = Limits {
        places: Some(&records.places),
        ..limits
    };
    let (mut loaded, _) = whole(&lines, &of_lines, limits, progress)?;
    wrapped.report(&mut loaded.report);
    Ok(loaded)
}

/// Objects sampled at the beginning.
const HEAD_ROWS: usize = 2000;
/// Readings that may fail before what was found out stands.
const MOST_PASSES: usize = 4;

/// Detects whether bytes in any encoding begin with an object or an array of objects; else `None`.
fn shape_of(head: &[u8]) -> Option<Shape> {
    let mark = [b"\xef\xbb\xbf".as_slice(), b"\xff\xfe", b"\xfe\xff"];
    let mark = mark.into_iter().find(|mark| head.starts_with(mark));
    let text = &head[mark.map_or(0, <[u8]>::len)..];
    // In UTF-16 every other byte of ASCII text is NUL.
    let mut signs = text.iter().filter(|b| !b" \t\r\n\0".contains(b));
    match (signs.next()?, signs.next()) {
        (b'{', Some(b'"' | b'}')) => Some(Shape::Lines),
        (b'[', Some(b'{' | b'[')) => Some(Shape::Array),
        _ => None,
    }
}

/// A text with what was guessed of it.
struct Opened<'a> {
    text: Text<'a>,
    shape: Shape,
    keys: Keys,
    flat: bool,
}

impl<'a> Opened<'a> {
    fn new(text: Text<'a>, flat: bool, options: &ReadOptions) -> Result<Self, ImportError> {
        let shape = shape_of(&text.head).unwrap_or(Shape::Lines);
        let (names, samples) = sample(&text, shape, flat);
        let keys = Keys::guess(names, Names::Keys, &samples, options)?;
        Ok(Opened {
            text,
            shape,
            keys,
            flat,
        })
    }
}

fn open<'a>(input: &'a dyn Bytes, options: &ReadOptions) -> Result<Opened<'a>, ImportError> {
    Opened::new(Text::open(input, options)?, true, options)
}

/// The columns of the first objects, in order of appearance, and their values.
fn sample(text: &Text<'_>, shape: Shape, flat: bool) -> (Vec<String>, Table) {
    let head = match (shape, memchr::memchr(b'[', &text.head)) {
        (Shape::Array, Some(at)) => &text.head[at + 1..],
        _ => text.head.as_slice(),
    };
    // Twice, as a table needs its width before its rows.
    let pieces = || {
        Pieces::new(head, shape)
            .take(HEAD_ROWS)
            .map(|(piece, _)| piece)
    };
    let mut row = Row::new(&[]);
    for piece in pieces() {
        row.clear();
        if scan::object(&head[piece], flat, &mut row).is_err() {
            row.undo();
        }
    }
    // Names that are no UTF-8 come as they are when rows are read.
    let names = row
        .found()
        .iter()
        .filter_map(|n| String::from_utf8(n.to_vec()).ok());
    let names: Vec<String> = names.collect();
    let mut table = Table::new(names.len());
    let mut row = Row::new(&names);
    for piece in pieces() {
        row.clear();
        let object = &head[piece];
        if scan::object(object, flat, &mut row).is_ok() {
            table.push((0..names.len()).map(|column| row.get(column, object).unwrap_or(b"")));
        }
    }
    table.end_of_head();
    (names, table)
}

fn look(
    input: &dyn Bytes,
    options: &ReadOptions,
    progress: &Progress,
) -> Result<Inspection, ImportError> {
    let Some(wrapped) = Wrapped::open(input, options, progress)? else {
        return look_at(input, options);
    };
    let mut seen = look_at(
        &wrapped.records().lines.as_slice(),
        &Wrapped::options(options),
    )?;
    seen.facts = vec![(facts::ENCODING.into(), wrapped.text.encoding_name())];
    Ok(seen)
}

fn look_at(input: &dyn Bytes, options: &ReadOptions) -> Result<Inspection, ImportError> {
    let text = Text::open(input, options)?;
    let shape = shape_of(&text.head).unwrap_or(Shape::Lines);
    let (columns, samples) = sample(&text, shape, true);
    Ok(Inspection {
        format: FORMAT.name,
        facts: vec![(facts::ENCODING.into(), text.encoding_name())],
        columns,
        samples,
        ..Inspection::default()
    })
}

/// Reads an input, and returns how to read on where more follows it.
fn whole(
    input: &dyn Bytes,
    options: &ReadOptions,
    limits: Limits<'_>,
    progress: &Progress,
) -> Result<(Loaded, Option<Continuation>), ImportError> {
    let mut opened = open(input, options)?;
    let lines = opened.text.is_plain() && opened.shape == Shape::Lines;
    let limits = Limits {
        // Other texts are read whole when they have grown.
        open_end: limits.open_end.filter(|_| lines),
        ..limits
    };
    for pass in 1.. {
        progress.enter(Stage::Reading);
        progress.rows.store(0, Relaxed);
        // Records that were found have been read already: their bytes are not counted again.
        let counted = limits.places.is_none().then_some(progress);
        if let Some(progress) = counted {
            progress.bytes.store(0, Relaxed);
        }
        let plan = plan(&opened, options, limits);
        let mut loader = Loader::new(&opened.keys, Found::default(), progress);
        let stream = opened.text.stream(counted);
        loader.read(stream, &plan, limits, options.first)?;
        let overflow = loader.overflow;
        if overflow && !opened.flat {
            return Err(too_many_keys());
        }
        let again = pass < MOST_PASSES;
        // Not counted among the passes: it happens once, as objects then stay text.
        if overflow {
            opened = Opened::new(opened.text, false, options)?;
        } else if again && is_other_encoding(&opened, &loader.found) {
            opened.text.reconsider_encoding()?;
            opened = Opened::new(opened.text, opened.flat, options)?;
        } else if !(again && opened.keys.correct(&loader.found.times, options)) {
            let used = loader.used.filter(|_| limits.open_end.is_some());
            let goes_on = used.map(|used| (used, loader.found.clone()));
            let mut loaded = finish(&opened, loader, options, progress)?;
            if loaded.log.n_events() == 0 && loaded.report.n_rejected > 0 {
                return Err(loaded.report.nothing_loaded("row"));
            }
            forget_kinds_of_rejects(&mut loaded.log, &loaded.report);
            let promotions = promote(&mut loaded.log, false, options, &mut loaded.report);
            let goes_on = goes_on.map(|((bytes, lines), found)| Continuation {
                place: opened.text.choice.mark as u64 + bytes,
                lines,
                keys: opened.keys,
                flat: opened.flat,
                found,
                promotions,
            });
            return Ok((loaded, goes_on));
        }
    }
    unreachable!("the loop ends with its last pass")
}

/// Returns whether what was taken for UTF-8 is another encoding.
fn is_other_encoding(opened: &Opened<'_>, found: &Found) -> bool {
    let (good, bad) = found.utf8;
    bad > 0 && bad >= good && opened.text.may_change_encoding()
}

/// State for reading on where more objects follow those that were read.
#[derive(Debug, Clone)]
pub struct Continuation {
    /// Bytes of the input that were read.
    place: u64,
    /// Line ends among them.
    lines: u64,
    keys: Keys,
    flat: bool,
    found: Found,
    promotions: Vec<Promotion>,
}

impl Continuation {
    /// Reads an input to which more may be appended.
    pub fn begin(
        input: &dyn Bytes,
        options: &ReadOptions,
        progress: &Progress,
    ) -> Result<(Loaded, Option<Self>), ImportError> {
        let text = Text::open(input, options)?;
        let is_lines = text.is_plain() && shape_of(&text.head) == Some(Shape::Lines);
        if !is_lines || Wrapped::open(input, options, progress)?.is_some() {
            return Ok((read(input, options, progress)?, None));
        }
        let limits = Limits {
            open_end: Some(0),
            ..Limits::usual()
        };
        whole(&WholeLines::of(input)?, options, limits, progress)
    }

    /// Adds the objects that were appended to an input since, by the same plan. `None` where they contradict it,
    /// so that all has to be read again.
    pub fn read_on(
        mut self,
        input: &dyn Bytes,
        options: &ReadOptions,
        so_far: Loaded,
        progress: &Progress,
    ) -> Result<Option<(Grown, Self)>, ImportError> {
        let mut opened = Opened {
            text: Text::open(input, options)?,
            shape: Shape::Lines,
            keys: self.keys,
            flat: self.flat,
        };
        if !opened.text.is_plain() {
            return Ok(None);
        }
        let limits = Limits {
            open_end: Some(self.lines),
            ..Limits::usual()
        };
        let plan = plan(&opened, options, limits);
        let mut loader = Loader::new(&opened.keys, self.found, progress);
        let rest = Box::new(Raw::new(input, self.place, Some(progress)));
        loader.read(rest, &plan, limits, None)?;
        let (found, used, overflow) = (loader.found.clone(), loader.used, loader.overflow);
        let rows = finish(&opened, loader, options, progress)?;
        let contradicts = overflow
            || is_other_encoding(&opened, &found)
            || opened.keys.correct(&found.times, options);
        let Some((bytes, lines)) = used.filter(|_| !contradicts) else {
            return Ok(None);
        };
        let Some(grown) = Grown::new(so_far, rows, &mut self.promotions, false, options) else {
            return Ok(None);
        };
        let goes_on = Continuation {
            place: self.place + bytes,
            lines,
            keys: opened.keys,
            found,
            ..self
        };
        Ok(Some((grown, goes_on)))
    }
}

fn too_many_keys() -> ImportError {
    ImportError::Refused {
        line: None,
        message: format!(
            "its objects have more than {} different keys, so they are no rows of a table",
            super::collector::MAX_COLUMNS
        ),
    }
}

fn plan<'o>(opened: &'o Opened<'_>, options: &'o ReadOptions, limits: Limits<'o>) -> Plan<'o> {
    let readers: [TimeReader; 2] = opened.keys.readers(options);
    Plan {
        shape: opened.shape,
        keys: &opened.keys,
        readers,
        na: options.na.iter().map(String::as_bytes).collect(),
        flat: opened.flat,
        longest: limits.longest,
        places: limits.places,
        count_utf8: opened.text.is_utf8(),
    }
}

fn finish(
    opened: &Opened<'_>,
    mut loader: Loader<'_>,
    options: &ReadOptions,
    progress: &Progress,
) -> Result<Loaded, ImportError> {
    let (keys, text) = (&opened.keys, &opened.text);
    let facts = loader.facts;
    let Found {
        mut report,
        notes,
        times,
        utf8,
    } = std::mem::take(&mut loader.found);
    FORMAT.name.clone_into(&mut report.format);
    report.encoding = text.encoding_name();
    report.mapping = keys.describe(options);
    report
        .mapping
        .push((facts::ENCODING.into(), text.encoding_name()));
    if report.incomplete {
        report.warn(Warning::Incomplete, "the last object is cut");
    }
    text.report(facts, &mut report);
    notes.report(&mut report);
    keys.warn(&times, options, &mut report);
    if utf8.1 > 0 {
        let n = utf8.1;
        report.warn(
            Warning::BadBytes,
            format!("bytes that are not UTF-8: {n}, shown as \\xHH"),
        );
    }
    if !opened.flat {
        report.warn(
            Warning::ManyKeys,
            "nested objects have too many keys; they are kept as JSON text",
        );
    }
    let (log, facts) = loader.into_builder(keys).finish(progress)?;
    Ok(Loaded { log, report, facts })
}
