//! One block of objects to rows of the log. Knows nothing of what stands before and after it.

use super::blocks::{Block, Elements, End, Shape, count_lines};
use super::row::Row;
use super::scan;
use crate::event_log::{NO_INSTANT, Role};
use crate::formats::collector::{NOWHERE, Sheet};
use crate::formats::encoding::count_utf8;
use crate::formats::keys::{self, Keys};
use crate::formats::notes::Notes;
use crate::formats::report::{Lines, MAX_RAW, MAX_REJECTS, MAX_VALUE, Reason, Reject};
use crate::formats::row_times::{self, Instance};
use crate::formats::text::{capped, lossless};
use crate::formats::timestamp::{Tally, TimeFault, TimeReader};
use std::collections::BTreeMap;
use std::ops::Range;

/// Plan for turning objects into events.
pub struct Plan<'a> {
    /// Layout of the objects.
    pub shape: Shape,
    /// Case, activity and time; columns that are known from the beginning.
    pub keys: &'a Keys,
    /// Readers of timestamp and start, fresh.
    pub readers: [TimeReader; 2],
    /// Texts that mean a missing value.
    pub na: Vec<&'a [u8]>,
    /// True if objects within objects are columns of their own.
    pub flat: bool,
    /// Bytes of the longest object.
    pub longest: usize,
    /// Line of each record in the file, from 0, where the text was made of its records.
    pub places: Option<&'a [u64]>,
    /// True if the bytes should be UTF-8.
    pub count_utf8: bool,
}

/// Result of parsing one block.
pub struct Parsed {
    /// Rows of the log.
    pub rows: Sheet,
    /// The first rejects.
    pub rejects: Vec<Reject>,
    /// Those beyond them by reason.
    pub unlisted: BTreeMap<Reason, u64>,
    /// Counts of objects by outcome.
    pub lines: Lines,
    /// Oddities to report; lines count from 0 at the beginning of the text.
    pub notes: Notes,
    /// Tallies of timestamp and start.
    pub times: [Tally; 2],
    /// True if an object at the end of the text is not whole.
    pub truncated: bool,
    /// True if there are more keys than the limit of columns.
    pub overflow: bool,
    /// Characters beyond ASCII, and bytes that belong to none.
    pub utf8: (u64, u64),
}

/// Parses a block.
pub fn parse(block: &Block, plan: &Plan<'_>) -> Parsed {
    let mut parser = Parser::new(plan);
    let mut line = block.lines_before;
    let mut counted = 0;
    for (piece, terminated) in Pieces::new(&block.bytes, plan.shape) {
        let text = &block.bytes[piece.clone()];
        let blank = text.len() - text.trim_ascii_start().len();
        let from = piece.start + blank;
        line += count_lines(&block.bytes[counted..from]);
        counted = from;
        let places = plan.places.and_then(|places| places.get(line as usize));
        let place = places.copied().unwrap_or(line);
        parser.object(&text[blank..], place, terminated || !block.last);
    }
    if plan.count_utf8 {
        parser.out.utf8 = count_utf8(&block.bytes);
    }
    parser.finish()
}

struct Parser<'a> {
    plan: &'a Plan<'a>,
    row: Row<'a>,
    /// Columns of the sheet by those of the row; keys have none.
    columns: Vec<usize>,
    time: TimeReader,
    start: TimeReader,
    joined: [Vec<u8>; 2],
    joined_time: [Vec<u8>; 2],
    /// The events of an object of milestones.
    events: Vec<(usize, i64)>,
    out: Parsed,
}

/// Why an object is no event, and the column at fault.
struct Refusal {
    reason: Reason,
    column: usize,
}

impl<'a> Parser<'a> {
    fn new(plan: &'a Plan<'a>) -> Self {
        let known = &plan.keys.names;
        let (rows, columns) = sheet(plan.keys);
        let [time, start] = plan.readers.clone();
        Parser {
            plan,
            row: Row::new(known),
            columns,
            time,
            start,
            joined: Default::default(),
            joined_time: [Vec::new(), Vec::new()],
            events: Vec::new(),
            out: Parsed {
                rows,
                rejects: Vec::new(),
                unlisted: BTreeMap::new(),
                lines: Lines::default(),
                notes: Notes::default(),
                times: [Tally::default(); 2],
                truncated: false,
                overflow: false,
                utf8: (0, 0),
            },
        }
    }

    fn reject(&mut self, line: u64, reason: Reason, value: &[u8], raw: &[u8]) {
        self.out.lines.rejected += 1;
        if self.out.rejects.len() < MAX_REJECTS {
            self.out.rejects.push(Reject {
                file: 0,
                line: Some(line + 1),
                reason,
                value: lossless(capped(value, MAX_VALUE)),
                raw: lossless(capped(raw, MAX_RAW)),
            });
        } else {
            *self.out.unlisted.entry(reason).or_default() += 1;
        }
    }

    /// Reads one object, which may be blank, or cut by the end of the text.
    fn object(&mut self, text: &[u8], line: u64, terminated: bool) {
        self.out.lines.read += 1;
        if text.trim_ascii().is_empty() && self.plan.shape == Shape::Lines {
            self.out.lines.blank += 1;
            return;
        }
        if text.len() > self.plan.longest {
            return self.reject(line, Reason::Oversize, text, text);
        }
        self.row.clear();
        if scan::object(text, self.plan.flat, &mut self.row).is_err() {
            self.row.undo();
            let reason = if terminated {
                Reason::BadJson
            } else {
                Reason::Truncated
            };
            // An object that the end cuts means that the log is not complete.
            self.out.truncated |= !terminated;
            return self.reject(line, reason, text, text);
        }
        let before = self.out.rows.len();
        let taken = if self.plan.keys.mapping[Role::Milestone].is_empty() {
            self.event(text, line)
        } else {
            self.milestones(text)
        };
        if let Err(Refusal { reason, column }) = taken {
            let value = self.row.get(column, text).unwrap_or(b"").to_vec();
            return self.reject(line, reason, &value, text);
        }
        self.out.lines.loaded += 1;
        self.attributes(text, before);
    }

    /// Takes case, activity and time over, or says why not.
    fn event(&mut self, text: &[u8], line: u64) -> Result<(), Refusal> {
        let Plan { keys, na, .. } = self.plan;
        let mapping = &keys.mapping;
        let (case_columns, activity_columns) = (&mapping[Role::Case], &mapping[Role::Activity]);
        let time_column = mapping[Role::Time][0];
        let row = &self.row;
        let value = |column: usize| row.get(column, text).filter(|t| !na.contains(t));
        let given = |column: usize| value(column).unwrap_or(b"");
        let [buffer, start_buffer] = &mut self.joined_time;
        let time = self.time.read(keys.stamps[0].text(given, buffer));
        let start = (!mapping[Role::Start].is_empty()).then(|| {
            let start = keys.start_stamp.text(given, start_buffer);
            self.start.read(start).unwrap_or(NO_INSTANT)
        });
        let [joined_case, joined_activity] = &mut self.joined;
        let case = key(case_columns, value, joined_case).ok_or(Refusal {
            reason: Reason::EmptyCase,
            column: case_columns[0],
        })?;
        let activity = match &keys.activity_name {
            Some(name) => name.as_bytes(),
            None => key(activity_columns, value, joined_activity).ok_or(Refusal {
                reason: Reason::EmptyActivity,
                column: activity_columns[0],
            })?,
        };
        let is_empty = |fault: &TimeFault| *fault == TimeFault::Empty;
        let instance = Instance::of_row(time, start, is_empty).map_err(|fault| Refusal {
            reason: fault.reason(),
            column: time_column,
        })?;
        let rows = &mut self.out.rows;
        rows.push(activity, instance.time, instance.start);
        rows.push_case(case, 1);
        instance.note(&mut self.out.notes, line);
        Ok(())
    }

    /// Takes each time over as an event, or says why not.
    fn milestones(&mut self, text: &[u8]) -> Result<(), Refusal> {
        let Plan { keys, na, .. } = self.plan;
        let row = &self.row;
        let value = |column: usize| row.get(column, text).filter(|t| !na.contains(t));
        let given = |column: usize| value(column).unwrap_or(b"");
        let cases = &keys.mapping[Role::Case];
        let case = key(cases, value, &mut self.joined[0]).ok_or(Refusal {
            reason: Reason::EmptyCase,
            column: cases[0],
        })?;
        row_times::milestones(&keys.stamps, given, &mut self.time, &mut self.events)
            .map_err(|(reason, column)| Refusal { reason, column })?;
        let rows = &mut self.out.rows;
        for &(at, time) in &self.events {
            rows.push(keys.milestone(at).as_bytes(), time, None);
        }
        rows.push_case(case, self.events.len());
        Ok(())
    }

    /// Takes the other columns over, for the rows that were added after the first `before`.
    fn attributes(&mut self, text: &[u8], before: usize) {
        // A row that is taken may have new keys; the columns must be there before its values.
        self.add_columns();
        let (rows, columns) = (&mut self.out.rows, &self.columns);
        let na = &self.plan.na;
        self.row.each_value(text, |column, bytes, piece| {
            if na.contains(&&bytes[piece.clone()]) {
                return;
            }
            if rows.len() == before + 1 {
                rows.set(columns[column], bytes, piece);
            } else {
                rows.set_since(before, columns[column], &bytes[piece]);
            }
        });
    }

    /// Adds the columns that were found since.
    fn add_columns(&mut self) {
        let known = self.plan.keys.names.len();
        for name in &self.row.found()[self.columns.len() - known..] {
            self.columns.push(self.out.rows.column(&lossless(name)));
        }
    }

    fn finish(mut self) -> Parsed {
        // Rows that were rejected have columns too.
        self.add_columns();
        self.out.overflow = self.row.overflows();
        self.out.times = [self.time.tally, self.start.tally];
        self.out
    }
}

/// A sheet with the columns that are known from the beginning, and which those are.
pub fn sheet(keys: &Keys) -> (Sheet, Vec<usize>) {
    let mut sheet = Sheet::new(!keys.mapping[Role::Start].is_empty());
    let names = keys.names.iter().enumerate();
    let columns = names.map(|(i, name)| {
        if keys.is_key(i) {
            NOWHERE
        } else {
            sheet.column(name)
        }
    });
    let columns = columns.collect();
    (sheet, columns)
}

/// The text of a case id or activity; `None` where it is missing.
fn key<'k>(
    columns: &[usize],
    value: impl Fn(usize) -> Option<&'k [u8]>,
    joined: &'k mut Vec<u8>,
) -> Option<&'k [u8]> {
    match columns {
        [column] => value(*column).filter(|text| !keys::is_blank(text)),
        several => keys::join(several.iter().map(|&c| value(c)), joined),
    }
}

/// The objects of a text: where they stand, and whether something ends them.
pub struct Pieces<'b> {
    bytes: &'b [u8],
    shape: Shape,
    elements: Elements,
    at: usize,
}

impl<'b> Pieces<'b> {
    /// Those of bytes that begin with an object.
    pub fn new(bytes: &'b [u8], shape: Shape) -> Self {
        Pieces {
            bytes,
            shape,
            elements: Elements::new(),
            at: 0,
        }
    }
}

impl Iterator for Pieces<'_> {
    type Item = (Range<usize>, bool);

    fn next(&mut self) -> Option<Self::Item> {
        let rest = self.bytes.get(self.at..).filter(|rest| !rest.is_empty())?;
        let (len, end) = match self.shape {
            Shape::Lines => match memchr::memchr(b'\n', rest) {
                Some(len) => (len, Some(End::Comma)),
                None => (rest.len(), None),
            },
            Shape::Array => match self.elements.next_end(rest, 0) {
                Some((len, end)) => (len, Some(end)),
                None => (rest.len(), None),
            },
        };
        let piece = self.at..self.at + len;
        self.at = match end {
            Some(End::Close) => self.bytes.len(),
            _ => self.at + len + 1,
        };
        // Before the end of an array there may be nothing.
        let last = self.shape == Shape::Array && end != Some(End::Comma);
        // `[]` and a comma before the bracket end an array without a further element.
        let nothing = last && self.bytes[piece.clone()].trim_ascii().is_empty();
        (!nothing).then_some((piece, end.is_some()))
    }
}
