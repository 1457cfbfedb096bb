//! One block of a CSV file to rows of the log. Knows nothing of what stands before and after it:
//! lines count from the block's beginning.

use super::plan::{Plan, SinkKind};
use super::record::{Field, Fields, Record, Scanner, Step, is_blank};
use crate::event_log::{BlockColumn, NO_INSTANT, Role, RowBlock};
use crate::formats::encoding::count_utf8;
use crate::formats::notes::{Note, Notes};
use crate::formats::number;
use crate::formats::report::{Lines, MAX_RAW, MAX_REJECTS, MAX_VALUE, Reason};
use crate::formats::row_times::{Instance, milestones};
use crate::formats::text::capped;
use crate::formats::timestamp::{Tally, TimeFault, TimeReader};
use std::collections::BTreeMap;

/// A piece of a text that ends with a line end, or with the text.
#[derive(Debug, Clone, Copy)]
pub struct Piece<'a> {
    /// The bytes.
    pub bytes: &'a [u8],
    /// True if the text ends here.
    pub last: bool,
    /// True if the text was cut off, so that a last line without end is not to be trusted.
    pub cut: bool,
}

/// A row that could not be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlockReject {
    /// Line, from 0 at the beginning of the block.
    pub line: u64,
    /// Why not.
    pub reason: Reason,
    /// The value at fault.
    pub value: Vec<u8>,
    /// The beginning of the record, with all its lines.
    pub raw: Vec<u8>,
}

/// Observations that contradict the plan, or may do so in the sum of all blocks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Observations {
    /// Tally of the timestamps.
    pub time: Tally,
    /// Tally of the starts.
    pub start: Tally,
    /// Observations of the attribute columns, in the order of the schema.
    pub columns: Vec<ColumnSeen>,
    /// Characters beyond ASCII.
    pub good_utf8: u64,
    /// Bytes that belong to no UTF-8 character.
    pub bad_utf8: u64,
}

/// Observations in one attribute column.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ColumnSeen {
    /// Values that are not what the column is to hold.
    pub misfits: u64,
    /// Tally of its timestamps.
    pub tally: Tally,
}

impl Observations {
    /// Adds what was seen in another block.
    pub fn add(&mut self, other: &Observations) {
        self.time.add(&other.time);
        self.start.add(&other.start);
        self.columns.resize(
            self.columns.len().max(other.columns.len()),
            ColumnSeen::default(),
        );
        for (mine, theirs) in self.columns.iter_mut().zip(&other.columns) {
            mine.misfits += theirs.misfits;
            mine.tally.add(&theirs.tally);
        }
        self.good_utf8 += other.good_utf8;
        self.bad_utf8 += other.bad_utf8;
    }
}

/// Result of parsing one block.
#[derive(Debug)]
pub struct Parsed {
    /// Rows of the log.
    pub rows: RowBlock,
    /// The first rejects.
    pub rejects: Vec<BlockReject>,
    /// Those beyond them by reason.
    pub unlisted: BTreeMap<Reason, u64>,
    /// Line counts by outcome.
    pub lines: Lines,
    /// Oddities to report.
    pub notes: Notes,
    /// Observations that may contradict the plan.
    pub seen: Observations,
    /// Bytes that were used; the rest is the beginning of a record.
    pub used: usize,
}

/// Parses a piece that begins with a record.
pub fn parse(piece: Piece<'_>, plan: &Plan) -> Parsed {
    let mut parser = BlockParser::new(piece, plan);
    let mut scanner = Scanner::new(piece.bytes, plan.shape, piece.last);
    let mut fields = Fields::default();
    parser.out.used = loop {
        match scanner.next(&mut fields) {
            Step::Record(record) => {
                parser.record(record, &fields);
                // Texts with doubled quotes are kept in `fields` until the batch that refers to
                // them is stored.
                if parser.batch.len() >= parser.batch_fields {
                    parser.store_batch(&mut fields);
                }
            }
            Step::Bad(record, reason) => {
                parser.reject(record, reason, || first_line(piece.bytes, record));
            }
            Step::End => break piece.bytes.len(),
            Step::Unfinished(at) => break at,
        }
    };
    parser.store_batch(&mut fields);
    parser.finish()
}

struct BlockParser<'a> {
    piece: Piece<'a>,
    plan: &'a Plan,
    width: usize,
    need: usize,
    time: TimeReader,
    start: TimeReader,
    instants: Vec<Option<TimeReader>>,
    /// Fields of the accepted rows whose attributes are not stored yet, row by row.
    batch: Vec<Field>,
    batch_fields: usize,
    joined_case: Vec<u8>,
    joined_activity: Vec<u8>,
    joined_time: [Vec<u8>; 2],
    /// The events of a row of milestones.
    events: Vec<(usize, i64)>,
    line: u64,
    out: Parsed,
}

/// Why a record is no row of the log.
enum Refusal {
    /// All its fields are empty.
    Blank,
    /// It is rejected: code and what is at fault.
    Reject(Reason, Fault),
}

/// Part of a record that is at fault.
enum Fault {
    /// The first physical line.
    Line,
    /// The value of a column.
    Column(usize),
}

/// Fields that are stored at a time: they stay in the cache.
const BATCH_FIELDS: usize = 1 << 13;

impl<'a> BlockParser<'a> {
    fn new(piece: Piece<'a>, plan: &'a Plan) -> Self {
        let reader = |kind: &SinkKind| match kind {
            SinkKind::Instant(format) => Some(TimeReader::new(format.clone(), plan.tz)),
            _ => None,
        };
        let width = plan.width();
        BlockParser {
            piece,
            plan,
            width,
            need: plan.need(),
            time: TimeReader::new(plan.time.clone(), plan.tz),
            start: TimeReader::new(plan.start.clone(), plan.tz),
            instants: plan.sinks.iter().map(|s| reader(&s.kind)).collect(),
            batch: Vec::new(),
            batch_fields: (BATCH_FIELDS / width).max(1) * width,
            joined_case: Vec::new(),
            joined_activity: Vec::new(),
            joined_time: [Vec::new(), Vec::new()],
            events: Vec::new(),
            line: 0,
            out: Parsed {
                rows: RowBlock::new(&plan.schema, estimated_rows(piece.bytes)),
                rejects: Vec::new(),
                unlisted: BTreeMap::new(),
                lines: Lines::default(),
                notes: Notes::default(),
                seen: Observations {
                    columns: vec![ColumnSeen::default(); plan.sinks.len()],
                    ..Observations::default()
                },
                used: 0,
            },
        }
    }

    fn reject(&mut self, record: Record, reason: Reason, value: impl FnOnce() -> Vec<u8>) {
        // Counts stay exact; only the texts of further rejects are not kept.
        if self.out.rejects.len() < MAX_REJECTS {
            self.out.rejects.push(BlockReject {
                line: self.line,
                reason,
                value: value(),
                raw: capped(self.text(record), MAX_RAW).to_vec(),
            });
        } else {
            *self.out.unlisted.entry(reason).or_default() += 1;
        }
        self.out.lines.rejected += 1;
        self.pass_lines(record);
    }

    /// The bytes of a record without the line end behind it.
    fn text(&self, record: Record) -> &'a [u8] {
        let text = &self.piece.bytes[record.start..record.end];
        let text = text.strip_suffix(b"\n").unwrap_or(text);
        text.strip_suffix(b"\r").unwrap_or(text)
    }

    fn pass_lines(&mut self, record: Record) {
        self.out.lines.continuation += record.lines - 1;
        self.out.lines.read += record.lines;
        self.line += record.lines;
    }

    #[inline]
    fn record(&mut self, record: Record, fields: &Fields) {
        match self.row(record, fields) {
            Ok(()) => {
                self.out.lines.loaded += 1;
                self.pass_lines(record);
            }
            Err(Refusal::Blank) => {
                if fields.list().len() > 1 {
                    self.out.notes.add(Note::BlankRow, self.line);
                }
                self.out.lines.blank += 1;
                self.pass_lines(record);
            }
            Err(Refusal::Reject(reason, fault)) => {
                let bytes = self.piece.bytes;
                self.reject(record, reason, || match fault {
                    Fault::Line => first_line(bytes, record),
                    Fault::Column(column) => {
                        let field = fields.list().get(column).copied().unwrap_or_default();
                        capped(fields.text(bytes, field), MAX_VALUE).to_vec()
                    }
                });
            }
        }
    }

    /// Takes a row over, or says why not.
    #[inline]
    fn row(&mut self, record: Record, fields: &Fields) -> Result<(), Refusal> {
        let n = fields.list().len();
        // Nearly all rows pass here: what is odd about a row is looked at apart.
        if n != self.width || !record.terminated {
            self.check_shape(record, fields)?;
        }
        let plan = self.plan;
        if !plan.keys[Role::Milestone].is_empty() {
            return self.milestones(fields);
        }
        let bytes = self.piece.bytes;
        let list = fields.list();
        let text = |column: usize| {
            list.get(column)
                .map_or(&b""[..], |&f| fields.text(bytes, f))
        };
        let given = |column: usize| {
            let text = text(column);
            if is_na(text, &plan.na) { b"" } else { text }
        };
        let [buffer, start_buffer] = &mut self.joined_time;
        let stamp = plan.stamps[0].text(given, buffer);
        let Some(case) = key(
            &plan.keys[Role::Case],
            text,
            &plan.na,
            &mut self.joined_case,
        ) else {
            return Err(if list.iter().all(|&f| is_blank(fields.text(bytes, f))) {
                Refusal::Blank
            } else {
                // A rejected row shows the order of day and month as well as any other.
                self.time.count_order(stamp);
                Refusal::Reject(Reason::EmptyCase, Fault::Column(plan.keys[Role::Case][0]))
            });
        };
        let activity = match &plan.activity_name {
            Some(name) => Some(name.as_bytes()),
            None => key(
                &plan.keys[Role::Activity],
                text,
                &plan.na,
                &mut self.joined_activity,
            ),
        };
        let Some(activity) = activity else {
            self.time.count_order(stamp);
            let fault = Fault::Column(plan.keys[Role::Activity][0]);
            return Err(Refusal::Reject(Reason::EmptyActivity, fault));
        };
        let time = self.time.read(stamp);
        // An unreadable start is not known, but rejects no row.
        let start = self.out.rows.start.is_some().then(|| {
            let stamp = plan.start_stamp.text(given, start_buffer);
            self.start.read(stamp).unwrap_or(NO_INSTANT)
        });
        let is_empty = |fault: &TimeFault| *fault == TimeFault::Empty;
        let instance = Instance::of_row(time, start, is_empty).map_err(|fault| {
            Refusal::Reject(fault.reason(), Fault::Column(plan.keys[Role::Time][0]))
        })?;
        let rows = &mut self.out.rows;
        rows.case.push(case);
        rows.activity.push(activity);
        rows.time.push(instance.time);
        if record.lines > 1 || record.literal {
            let broken = |key: &[u8]| memchr::memchr2(b'\n', b'\r', key).is_some();
            if broken(case) || broken(activity) {
                self.out.notes.add(Note::MultilineKey, self.line);
            }
            if record.literal {
                self.out.notes.add(Note::StrayQuote, self.line);
            }
        }
        if let (Some(starts), Some(start)) = (&mut rows.start, instance.start) {
            starts.push(start);
        }
        instance.note(&mut self.out.notes, self.line);
        self.keep_attributes(list);
        Ok(())
    }

    /// Keeps the fields of an accepted row until its attributes are stored.
    #[inline]
    fn keep_attributes(&mut self, list: &[Field]) {
        // Attributes are stored column by column later, while the texts are still in the cache.
        let kept = list.len().min(self.width);
        self.batch.extend_from_slice(&list[..kept]);
        let end = self.batch.len() + self.width - kept;
        self.batch.resize(end, Field::default());
    }

    /// Takes a row over of which each time is an event, or says why not.
    fn milestones(&mut self, fields: &Fields) -> Result<(), Refusal> {
        let (plan, bytes, list) = (self.plan, self.piece.bytes, fields.list());
        let text = |column: usize| {
            list.get(column)
                .map_or(&b""[..], |&f| fields.text(bytes, f))
        };
        let given = |column: usize| {
            let text = text(column);
            if is_na(text, &plan.na) { b"" } else { text }
        };
        let cases = &plan.keys[Role::Case];
        let Some(case) = key(cases, text, &plan.na, &mut self.joined_case) else {
            return Err(if list.iter().all(|&f| is_blank(fields.text(bytes, f))) {
                Refusal::Blank
            } else {
                Refusal::Reject(Reason::EmptyCase, Fault::Column(cases[0]))
            });
        };
        milestones(&plan.stamps, given, &mut self.time, &mut self.events)
            .map_err(|(reason, column)| Refusal::Reject(reason, Fault::Column(column)))?;
        let rows = &mut self.out.rows;
        for &(at, time) in &self.events {
            rows.case.push(case);
            let name = &plan.names[plan.stamps[at].columns[0]];
            rows.activity.push(name.as_bytes());
            rows.time.push(time);
        }
        for _ in 0..self.events.len() {
            self.keep_attributes(list);
        }
        Ok(())
    }

    /// Handles rows that have not just as many fields as columns, or end with a text that was cut.
    #[cold]
    fn check_shape(&mut self, record: Record, fields: &Fields) -> Result<(), Refusal> {
        let bytes = self.piece.bytes;
        let blank = |f: &Field| is_blank(fields.text(bytes, *f));
        let list = fields.list();
        let n = list.len();
        if list.iter().all(blank) {
            return Err(Refusal::Blank);
        }
        if self.piece.cut && self.piece.last && !record.terminated {
            return Err(Refusal::Reject(Reason::Truncated, Fault::Line));
        }
        if n < self.need {
            return Err(Refusal::Reject(Reason::TooFewFields, Fault::Line));
        }
        if n > self.width && !list[self.width..].iter().all(blank) {
            return Err(Refusal::Reject(Reason::TooManyFields, Fault::Line));
        }
        if n < self.width {
            self.out.notes.add(Note::ShortRow, self.line);
        }
        Ok(())
    }

    /// Stores the attributes of the accepted rows, column by column.
    fn store_batch(&mut self, fields: &mut Fields) {
        let columns = self.out.rows.columns.iter_mut();
        for (i, (sink, column)) in self.plan.sinks.iter().zip(columns).enumerate() {
            let at = sink.column;
            let bytes = self.piece.bytes;
            let rows = self.batch.chunks_exact(self.width);
            let places = rows.map(|row| fields.place(bytes, row[at]));
            let texts = places.clone().map(|(bytes, piece)| &bytes[piece]);
            let seen = &mut self.out.seen.columns[i];
            let na = self.plan.na.as_slice();
            let is_missing = |text: &[u8]| text.is_empty() || is_na(text, na);
            match (&sink.kind, column) {
                (SinkKind::Text, BlockColumn::Text(column)) => {
                    for (bytes, piece) in places {
                        if is_missing(&bytes[piece.clone()]) {
                            column.push_missing();
                        } else {
                            column.push_within(bytes, piece);
                        }
                    }
                }
                (SinkKind::Number(style), BlockColumn::Number(column)) => {
                    column.extend(texts.map(|text| {
                        if is_missing(text) {
                            return f64::NAN;
                        }
                        number::parse(text, *style).unwrap_or_else(|| {
                            seen.misfits += 1;
                            f64::NAN
                        })
                    }));
                }
                (SinkKind::Instant(_), BlockColumn::Instant(column)) => {
                    let Some(reader) = &mut self.instants[i] else {
                        continue;
                    };
                    column.extend(texts.map(|text| {
                        if is_missing(text) {
                            return NO_INSTANT;
                        }
                        reader.read(text).unwrap_or_else(|_| {
                            seen.misfits += 1;
                            NO_INSTANT
                        })
                    }));
                }
                _ => debug_assert!(false, "the columns of a block are those of the plan"),
            }
        }
        self.batch.clear();
        fields.clear();
    }

    fn finish(mut self) -> Parsed {
        let seen = &mut self.out.seen;
        seen.time = self.time.tally;
        seen.start = self.start.tally;
        for (column, reader) in seen.columns.iter_mut().zip(&self.instants) {
            column.tally = reader.as_ref().map_or_else(Tally::default, |r| r.tally);
        }
        if self.plan.count_utf8 {
            let used = &self.piece.bytes[..self.out.used];
            (seen.good_utf8, seen.bad_utf8) = count_utf8(used);
        }
        self.out
    }
}

/// The text of a case id or activity: of several columns joined; `None` where it is missing.
#[inline]
fn key<'k>(
    columns: &[usize],
    text: impl Fn(usize) -> &'k [u8],
    na: &[Vec<u8>],
    joined: &'k mut Vec<u8>,
) -> Option<&'k [u8]> {
    let is_missing = |text: &[u8]| is_blank(text) || is_na(text, na);
    if let [column] = columns {
        let text = text(*column);
        return (!is_missing(text)).then_some(text);
    }
    joined.clear();
    let mut missing = true;
    for (i, &column) in columns.iter().enumerate() {
        let text = text(column);
        missing &= is_missing(text);
        joined.extend_from_slice(if i == 0 { b"" } else { b" - " });
        joined.extend_from_slice(text);
    }
    (!missing).then_some(joined.as_slice())
}

#[inline]
fn is_na(text: &[u8], na: &[Vec<u8>]) -> bool {
    !na.is_empty() && na.iter().any(|n| n == text)
}

/// Rows of the block, from the length of its first ones.
fn estimated_rows(bytes: &[u8]) -> usize {
    let head = &bytes[..bytes.len().min(1 << 14)];
    let lines = memchr::memchr2_iter(b'\n', b'\r', head).count().max(1);
    bytes.len() / (head.len() / lines).max(1) + 1
}

/// The first physical line of a record.
fn first_line(bytes: &[u8], record: Record) -> Vec<u8> {
    let text = &bytes[record.start..record.end];
    let end = memchr::memchr2(b'\n', b'\r', text).unwrap_or(text.len());
    capped(&text[..end], MAX_VALUE).to_vec()
}
