//! One CSV input, looked at but not read yet: its header, sample rows, and which column is what.

use super::block::Observations;
use super::header::{self, Header};
use super::load::Limits;
use super::quoting;
use super::schema;
use crate::formats::facts;
use crate::formats::keys::{Keys, stamps, time_format};
use crate::formats::mapping::{self, Names};
use crate::formats::number::{self, NumberStyle};
use crate::formats::stream::StreamFacts;
use crate::formats::table::Table;
use crate::formats::text::{Text, shown};
use crate::formats::timestamp::{Learned, TimeFormat, learn};
use crate::formats::{
    Bytes, DateOrder, ImportError, ImportReport, Inspection, ReadOptions, Warning,
};

/// Rows sampled at the beginning, and at each place further on.
const HEAD_ROWS: usize = 2000;
const FAR_ROWS: usize = 64;
/// Places further on, and bytes read at each.
const PLACES: u64 = 16;
const PLACE_BYTES: usize = 1 << 15;

/// Guessed format of a column's values.
#[derive(Debug, Clone, PartialEq)]
pub enum Guess {
    /// It has no values in the samples.
    Empty,
    /// As text.
    Text,
    /// As numbers.
    Number(NumberStyle),
    /// As timestamps.
    Instant(TimeFormat),
}

/// A CSV input that was looked at.
pub struct CsvFile<'a> {
    /// The text.
    pub text: Text<'a>,
    /// Header row.
    pub header: Header,
    /// Which column is what, and how timestamp and start are written.
    pub keys: Keys,
    /// Guessed formats of the other columns.
    pub guesses: Vec<Guess>,
    /// Bytes of the longest record.
    pub longest: usize,
}

impl<'a> CsvFile<'a> {
    /// Looks at an input.
    pub fn open(
        bytes: &'a dyn Bytes,
        options: &ReadOptions,
        limits: Limits,
    ) -> Result<Self, ImportError> {
        Self::look(open(bytes, options, limits)?, options, limits)
    }

    /// Looks at it again, as it proved not to be UTF-8.
    pub fn reopen_in_other_encoding(
        &mut self,
        options: &ReadOptions,
        limits: Limits,
    ) -> Result<(), ImportError> {
        let mut text = Text::open(self.text.bytes, options)?;
        text.reconsider_encoding()?;
        quoting::find(&mut text, options, limits.longest)?;
        *self = Self::look(text, options, limits)?;
        Ok(())
    }

    fn look(text: Text<'a>, options: &ReadOptions, limits: Limits) -> Result<Self, ImportError> {
        let head = text.whole_lines();
        let header = header::find(head, options, limits.longest)?;
        let table = sample(&text, &header, limits)?;
        let names = if options.no_header {
            Names::Position
        } else {
            Names::Header
        };
        let keys = Keys::guess(header.names.clone(), names, &table, options)?;
        // Between commas a number with a decimal comma would be two fields.
        let comma = header.delimiter != b',';
        let na = |v: &&[u8]| v.is_empty() || options.na.iter().any(|n| n.as_bytes() == *v);
        let guesses = (0..table.width()).map(|column| {
            let values = table.column(column).filter(|v| !na(v));
            guess(values, comma, options, &keys.time)
        });
        Ok(CsvFile {
            guesses: guesses.collect(),
            text,
            header,
            keys,
            longest: limits.longest,
        })
    }

    /// Returns whether rows that are appended can be read without those before: the text is that of the file, and
    /// line feeds end its lines.
    pub fn can_go_on(&self) -> bool {
        self.text.is_plain() && memchr::memchr(b'\n', &self.text.head).is_some()
    }

    /// Adds what is to be said of this file to the report, with what its bytes were like.
    pub fn report(
        &self,
        facts: StreamFacts,
        seen: &Observations,
        options: &ReadOptions,
        report: &mut ImportReport,
    ) {
        self.text.report(facts, report);
        quoting::report(self.text.quoting, options, report);
        if self.header.titles > 0 {
            let n = self.header.titles;
            report.warn(
                Warning::Preamble,
                format!("title lines before the header, skipped: {n}"),
            );
        }
        if !self.header.duplicates.is_empty() {
            let names: Vec<String> = self.header.duplicates.iter().map(|n| shown(n)).collect();
            report.warn(
                Warning::DuplicateHeader,
                format!(
                    "several columns are called {}; the first is used",
                    names.join(", ")
                ),
            );
        }
        let bad_utf8 = seen.bad_utf8;
        if self.text.is_utf8() && bad_utf8 > 0 {
            report.warn(
                Warning::BadBytes,
                format!("bytes that are not UTF-8: {bad_utf8}, shown as \\xHH"),
            );
        }
    }
}

/// The text of an input, quoted as RFC 4180 says.
fn open<'a>(
    bytes: &'a dyn Bytes,
    options: &ReadOptions,
    limits: Limits,
) -> Result<Text<'a>, ImportError> {
    let mut text = Text::open(bytes, options)?;
    quoting::find(&mut text, options, limits.longest)?;
    Ok(text)
}

/// Facts known of an input without reading it, whatever its header lacks.
pub fn looked(
    bytes: &dyn Bytes,
    options: &ReadOptions,
    limits: Limits,
) -> Result<Inspection, ImportError> {
    let text = open(bytes, options, limits)?;
    let (header, missing) = header::likeliest(text.whole_lines(), options, limits.longest)?;
    let no_header = missing.is_some() && header.looks_like_data();
    let samples = sample(&text, &header, limits)?;
    let mut facts = vec![
        (facts::DELIMITER, schema::delimiter_name(header.delimiter)),
        (facts::ENCODING, text.encoding_name()),
    ];
    let mapping = match missing {
        None => mapping::guess(&header.names, &samples, options),
        Some(missing) => Err(missing),
    };
    if let Ok((mapping, _)) = mapping {
        let stamps = stamps(&samples, &header.names, &mapping);
        let time = time_format(&samples, &stamps, options)?;
        let order = match time.tally.order() {
            // What the user said is no finding.
            _ if options.date_order.is_some() => None,
            Some(DateOrder::Dmy) => Some("dmy"),
            Some(DateOrder::Mdy) => Some("mdy"),
            Some(DateOrder::Ydm) => Some("ydm"),
            _ => None,
        };
        facts.extend(order.map(|order| (facts::DATE_ORDER, order.to_owned())));
        facts.push((facts::TIME_FORMAT, time.text));
        if time.tally.naive > 0 {
            let zone = options.tz.map_or("UTC", chrono_tz::Tz::name);
            facts.push((facts::TIME_ZONE, zone.to_owned()));
        }
    }
    let facts = facts.into_iter().filter(|(_, value)| !value.is_empty());
    Ok(Inspection {
        rows: Some(rows(&text)?),
        format: super::FORMAT.name,
        facts: facts
            .map(|(name, value)| (name.to_owned(), value))
            .collect(),
        columns: header.names,
        samples,
        no_header,
        ..Inspection::default()
    })
}

/// About how many rows there are.
fn rows(text: &Text<'_>) -> Result<u64, ImportError> {
    let lines = |end: u8| memchr::memchr_iter(end, &text.head).count();
    // CR LF is one line end.
    let lines = lines(b'\n').max(lines(b'\r')).max(1);
    let share = text.head.len().max(1) as f64 / text.len()?.max(1) as f64;
    Ok((lines as f64 / share) as u64)
}

/// Sample rows: from the beginning, from places further on in the head and, where the text can be
/// read anywhere, from all of it.
fn sample(text: &Text<'_>, header: &Header, limits: Limits) -> Result<Table, ImportError> {
    let shape = header.shape(1, limits.longest);
    let mut table = Table::new(header.names.len());
    let head = &text.whole_lines()[header.skip..];
    header::sample(head, shape, HEAD_ROWS, false, &mut table);
    table.end_of_head();
    for place in places(0, head.len() as u64) {
        let from = place as usize;
        let to = head.len().min(from + PLACE_BYTES);
        let rows = whole_lines(&head[from..to]);
        header::sample(rows, shape, FAR_ROWS, true, &mut table);
    }
    // A converted text has other offsets than its input, so only its head is sampled.
    if text.whole || !text.is_plain() {
        return Ok(table);
    }
    let mut piece = vec![0; PLACE_BYTES];
    for place in places(text.head.len() as u64, text.bytes.len()) {
        let n = text.bytes.read_at(place, &mut piece)?;
        let rows = whole_lines(&piece[..n]);
        header::sample(rows, shape, FAR_ROWS, true, &mut table);
    }
    Ok(table)
}

/// Offsets of pieces, evenly from `from` on; the last piece ends at `to`.
fn places(from: u64, to: u64) -> impl Iterator<Item = u64> {
    let room = to.saturating_sub(from).saturating_sub(PLACE_BYTES as u64);
    let n = if room == 0 { 0 } else { PLACES };
    (1..=n).map(move |i| from + room * i / PLACES)
}

/// Without the first line, which may have begun before, and the last, which may go on.
fn whole_lines(piece: &[u8]) -> &[u8] {
    let line_end = |b: &u8| *b == b'\n' || *b == b'\r';
    let first = piece.iter().position(line_end);
    let last = piece.iter().rposition(line_end);
    match (first, last) {
        (Some(first), Some(last)) if first < last => &piece[first + 1..=last],
        _ => b"",
    }
}

/// Guesses the format of a column's values, none of them missing. `times` is the timestamp: its
/// order of day and month holds where the column's own dates say nothing.
fn guess<'t>(
    values: impl Iterator<Item = &'t [u8]> + Clone,
    comma: bool,
    options: &ReadOptions,
    times: &Learned,
) -> Guess {
    const FIRST: usize = 20;
    if values.clone().next().is_none() {
        return Guess::Empty;
    }
    if let Some(style) = number::style_of(&values, comma) {
        return Guess::Number(style);
    }
    let order = options.date_order;
    // Most columns are plainly no times: a few values tell.
    if !learn(values.clone().take(FIRST), order).is_some_and(|l| l.is_certain()) {
        return Guess::Text;
    }
    match learn(values, order) {
        Some(mut learned) if learned.is_certain() => {
            let others = times.tally.order().or(options.date_hint);
            if let (None, None, Some(others)) = (order, learned.tally.order(), others) {
                learned.format.order = others;
            }
            Guess::Instant(learned.format)
        }
        _ => Guess::Text,
    }
}
