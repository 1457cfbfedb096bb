//! Decoded columns of some rows to a block of the log. Rows are identified by their number in the file,
//! from 1: that is what stands for a line in reports.

use super::column::Values;
use super::guard::{damaged, fenced, first_error};
use super::plan::{Plan, Sink};
use super::values::{Cells, instants, numbers, text_of};
use crate::event_log::{BlockColumn, NO_INSTANT, Role, RowBlock, Schema, TextBuilder};
use crate::formats::ImportError;
use crate::formats::keys;
use crate::formats::notes::Notes;
use crate::formats::report::{MAX_REJECTS, MAX_VALUE, Reason, Reject, values_of_row};
use crate::formats::row_times::{Instance, Stamp, gather};
use crate::formats::text::{capped, lossless};
use crate::formats::timestamp::{Tally, TimeFault, TimeReader};
use rayon::prelude::*;
use std::collections::BTreeMap;

/// Result of reading some rows.
pub struct Block {
    /// The rows of the log.
    pub rows: RowBlock,
    /// Rows that were looked at.
    pub read: u64,
    /// Rows that became events.
    pub loaded: u64,
    /// The first rejects, by the number of their row.
    pub rejects: Vec<Reject>,
    /// Those beyond them by reason.
    pub unlisted: BTreeMap<Reason, u64>,
    /// Oddities to report; lines count from 0.
    pub notes: Notes,
    /// Tallies of timestamp and start.
    pub times: [Tally; 2],
    /// By column of the log: whether a value is not what the column is to hold.
    pub misfits: Vec<bool>,
}

/// Makes a block of rows; `before` is the number of rows before them.
pub fn block(
    columns: &[Values],
    before: u64,
    plan: &Plan,
    schema: &Schema,
) -> Result<Block, ImportError> {
    let n = columns.first().map_or(0, Values::len);
    if columns.iter().any(|c| c.len() != n) {
        return Err(damaged("its columns differ in length"));
    }
    let Accepted {
        rows,
        milestones,
        time,
        start,
        rejected,
        times,
        notes,
    } = fenced(|| {
        Ok(if plan.keys.mapping[Role::Milestone].is_empty() {
            accept(columns, n, plan)
        } else {
            accept_milestones(columns, n, plan)
        })
    })?;
    let mut block = Block {
        // Empty: its parts are set below.
        rows: RowBlock::new(&Schema::default(), 0),
        read: n as u64,
        loaded: (n - rejected.len()) as u64,
        rejects: Vec::new(),
        unlisted: BTreeMap::new(),
        notes,
        times,
        misfits: Vec::new(),
    };
    for (row, reason, value) in rejected {
        if block.rejects.len() < MAX_REJECTS {
            block.rejects.push(Reject {
                file: 0,
                line: Some(before + u64::from(row) + 1),
                reason,
                value,
                raw: row_text(columns, row as usize, plan),
            });
        } else {
            *block.unlisted.entry(reason).or_default() += 1;
        }
    }
    block.rows.time = time;
    block.rows.start = schema.has_start.then(|| start.unwrap_or_default());
    let key = |parts: &[usize]| fenced(|| Ok(key_texts(columns, parts, &rows, plan)));
    let attributes = || {
        let sinks = plan.sinks.par_iter();
        let columns = sinks.map(|sink| fenced(|| Ok(attribute(columns, sink, &rows, plan))));
        first_error(columns)
    };
    let ((case, activity), attributes) = rayon::join(
        || {
            rayon::join(
                || key(&plan.keys.mapping[Role::Case]),
                || match names(&milestones, rows.len(), plan) {
                    Some(names) => Ok(names),
                    None => key(&plan.keys.mapping[Role::Activity]),
                },
            )
        },
        attributes,
    );
    (block.rows.case, block.rows.activity) = (case?, activity?);
    (block.rows.columns, block.misfits) = attributes?.into_iter().unzip();
    Ok(block)
}

/// Which rows become events.
struct Accepted {
    rows: Vec<u32>,
    /// Of rows whose times each are an event, which of the columns it is.
    milestones: Vec<usize>,
    time: Vec<i64>,
    start: Option<Vec<i64>>,
    /// Row, reason and value of the others.
    rejected: Vec<(u32, Reason, String)>,
    times: [Tally; 2],
    notes: Notes,
}

fn accept(columns: &[Values], n: usize, plan: &Plan) -> Accepted {
    let mapping = &plan.keys.mapping;
    let (case_columns, activity_columns) = (&mapping[Role::Case], &mapping[Role::Activity]);
    let time_column = mapping[Role::Time][0];
    let [mut time_reader, mut start_reader] = plan.readers();
    let case = has_text(columns, case_columns, n, plan);
    let activity = match &plan.keys.activity_name {
        Some(_) => vec![true; n],
        None => has_text(columns, activity_columns, n, plan),
    };
    let times = times(columns, &plan.keys.stamps[0], &mut time_reader, plan);
    let starts = &mapping[Role::Start];
    let starts = (!starts.is_empty())
        .then(|| self::times(columns, &plan.keys.start_stamp, &mut start_reader, plan));
    let mut accepted = Accepted {
        rows: Vec::with_capacity(n),
        milestones: Vec::new(),
        time: Vec::with_capacity(n),
        start: starts.as_ref().map(|_| Vec::with_capacity(n)),
        rejected: Vec::new(),
        notes: Notes::default(),
        times: [time_reader.tally, start_reader.tally],
    };
    for (row, time) in times.into_iter().enumerate() {
        // An unreadable start is not known, but rejects no row.
        let start = starts.as_ref().map(|s| s[row].unwrap_or(NO_INSTANT));
        let fault = match Instance::of_row(time, start, |fault| *fault == TimeFault::Empty) {
            _ if !case[row] => (Reason::EmptyCase, case_columns[0]),
            _ if !activity[row] => (Reason::EmptyActivity, activity_columns[0]),
            Err(fault) => (fault.reason(), time_column),
            Ok(instance) => {
                accepted.rows.push(row as u32);
                accepted.time.push(instance.time);
                if let (Some(all), Some(start)) = (&mut accepted.start, instance.start) {
                    all.push(start);
                }
                instance.note(&mut accepted.notes, row as u64);
                continue;
            }
        };
        accepted.reject(row, fault.0, fault.1, columns, plan);
    }
    accepted
}

impl Accepted {
    fn reject(
        &mut self,
        row: usize,
        reason: Reason,
        column: usize,
        columns: &[Values],
        plan: &Plan,
    ) {
        // Counts stay exact; only the texts of further rejects are not made.
        let kept = self.rejected.len() < MAX_REJECTS;
        let value = kept.then(|| shown(&columns[column], row, plan.is_uuid(column)));
        self.rejected
            .push((row as u32, reason, value.unwrap_or_default()));
    }
}

/// Accepts rows of which each time is an event.
fn accept_milestones(columns: &[Values], n: usize, plan: &Plan) -> Accepted {
    let mapping = &plan.keys.mapping;
    let (cases, stamps) = (&mapping[Role::Case], &plan.keys.stamps);
    let [mut reader, unused] = plan.readers();
    let has_case = has_text(columns, cases, n, plan);
    let times = stamps.iter().map(|stamp| time_at(columns, stamp, plan));
    let mut times: Vec<TimeAt> = times.collect();
    let mut accepted = Accepted {
        rows: Vec::with_capacity(n),
        milestones: Vec::with_capacity(n),
        time: Vec::with_capacity(n),
        start: None,
        rejected: Vec::new(),
        times: [Tally::default(); 2],
        notes: Notes::default(),
    };
    let mut events = Vec::new();
    for (row, has_case) in has_case.into_iter().enumerate() {
        let taken = if has_case {
            // One by one: times of a row that is rejected before them say nothing of their order.
            let read = stamps.iter().zip(&mut times);
            let read = read.map(|(stamp, time)| (stamp.columns[0], time(row, &mut reader)));
            gather(read, &mut events)
        } else {
            Err((Reason::EmptyCase, cases[0]))
        };
        match taken {
            Err((reason, column)) => accepted.reject(row, reason, column, columns, plan),
            Ok(()) => {
                for &(at, time) in &events {
                    accepted.rows.push(row as u32);
                    accepted.milestones.push(at);
                    accepted.time.push(time);
                }
            }
        }
    }
    accepted.times = [reader.tally, unused.tally];
    accepted
}

/// The activities of `n` rows that are not from a column: of milestones, or one for all rows.
fn names(milestones: &[usize], n: usize, plan: &Plan) -> Option<TextBuilder> {
    let name = plan.keys.activity_name.as_ref();
    // Without either no room is made for texts: the activities are read from their column.
    if name.is_none() && plan.keys.mapping[Role::Milestone].is_empty() {
        return None;
    }
    let mut texts = TextBuilder::with_capacity(n);
    if let Some(name) = name {
        texts.push_run(name.as_bytes(), n);
    }
    for &at in milestones {
        texts.push(plan.keys.milestone(at).as_bytes());
    }
    Some(texts)
}

/// The value at fault, as far as it is kept.
fn shown(values: &Values, row: usize, uuid: bool) -> String {
    let mut scratch = Vec::new();
    let cells = Cells::new(values, uuid);
    let text = cells.get(row, &mut scratch);
    let text = text.filter(|_| values.is_present(row)).unwrap_or(b"");
    lossless(capped(text, MAX_VALUE))
}

/// All values of a row.
fn row_text(columns: &[Values], row: usize, plan: &Plan) -> String {
    let values = columns.iter().enumerate().filter_map(|(i, values)| {
        let mut scratch = Vec::new();
        let cells = Cells::new(values, plan.is_uuid(i));
        let text = cells.get(row, &mut scratch);
        let text = text.filter(|_| values.is_present(row))?.to_vec();
        Some((plan.name(i), text))
    });
    values_of_row(values)
}

/// For each row, whether the columns of a case id or activity hold a text that is not missing.
fn has_text(columns: &[Values], parts: &[usize], n: usize, plan: &Plan) -> Vec<bool> {
    let mut all = vec![false; n];
    let mut scratch = Vec::new();
    for &part in parts {
        let values = &columns[part];
        let says = |text: Option<&[u8]>| text.is_some_and(|t| !keys::is_blank(t) && !plan.is_na(t));
        let cells = Cells::new(values, plan.is_uuid(part));
        // Texts of a dictionary are looked at once.
        let coded: Vec<bool> = match &cells {
            Cells::Coded { texts, .. } => (0..arrow_array::Array::len(*texts) as i32)
                .map(|code| says(text_of(texts, code)))
                .collect(),
            _ => Vec::new(),
        };
        for (row, present) in all.iter_mut().enumerate() {
            *present |= values.is_present(row)
                && match &cells {
                    // A code of a damaged file may be out of bounds, and is then no text.
                    Cells::Coded { codes, .. } => coded.get(codes[row] as usize) == Some(&true),
                    other => says(other.get(row, &mut scratch)),
                };
        }
    }
    all
}

/// The text of a cell, empty where it is missing.
fn given<'s>(
    cells: &'s Cells,
    values: &Values,
    plan: &Plan,
    row: usize,
    scratch: &'s mut Vec<u8>,
) -> &'s [u8] {
    let text = cells.get(row, scratch);
    let text = text.filter(|text| values.is_present(row) && !plan.is_na(text));
    text.unwrap_or_default()
}

/// The instants of all rows of a column, or of one with the date and one with the time of day.
fn times(
    columns: &[Values],
    stamp: &Stamp,
    reader: &mut TimeReader,
    plan: &Plan,
) -> Vec<Result<i64, TimeFault>> {
    let mut time = time_at(columns, stamp, plan);
    (0..columns[stamp.columns[0]].len())
        .map(|row| time(row, reader))
        .collect()
}

/// Reads the instant of a row.
type TimeAt<'a> = Box<dyn FnMut(usize, &mut TimeReader) -> Result<i64, TimeFault> + 'a>;

/// Makes a reader for the instants of a column, or of one with the date and one with the time of day.
fn time_at<'a>(columns: &'a [Values], stamp: &Stamp, plan: &'a Plan) -> TimeAt<'a> {
    let (parts, joined) = (&stamp.columns, stamp.joined);
    let values = &columns[parts[0]];
    if parts.len() == 1
        && let Some((micros, aware)) = instants(&values.array)
    {
        return Box::new(move |row, reader| {
            if values.is_present(row) {
                reader.count(micros(row).ok_or(TimeFault::Bad)?, aware)
            } else {
                Err(TimeFault::Empty)
            }
        });
    }
    let cells = |part: usize| Cells::new(&columns[part], plan.is_uuid(part));
    let (column, mut first) = (cells(parts[0]), Vec::new());
    let Some(&clock) = parts.get(1) else {
        return Box::new(move |row, reader| {
            reader.read(given(&column, values, plan, row, &mut first))
        });
    };
    let (clocks, clock) = (cells(clock), &columns[clock]);
    let (mut second, mut buffer) = (Vec::new(), Vec::new());
    Box::new(move |row, reader| {
        let date = given(&column, values, plan, row, &mut first);
        let time = given(&clocks, clock, plan, row, &mut second);
        reader.read(joined.join(date, time, &mut buffer))
    })
}

/// The case ids or activities of rows that have one.
fn key_texts(columns: &[Values], parts: &[usize], rows: &[u32], plan: &Plan) -> TextBuilder {
    let mut texts = TextBuilder::with_capacity(rows.len());
    if let [column] = parts {
        push_texts(
            &columns[*column],
            plan.is_uuid(*column),
            rows,
            &[],
            &mut texts,
        );
        return texts;
    }
    let cells: Vec<Cells> = parts
        .iter()
        .map(|&part| Cells::new(&columns[part], plan.is_uuid(part)))
        .collect();
    let mut scratch = vec![Vec::new(); parts.len()];
    let mut joined = Vec::new();
    for &row in rows {
        let row = row as usize;
        let parts = parts.iter().zip(&cells).zip(&mut scratch);
        let texts_of_row = parts.map(|((&part, cells), scratch)| {
            let text = cells.get(row, scratch);
            text.filter(|_| columns[part].is_present(row))
        });
        texts.push(keys::join(texts_of_row, &mut joined).unwrap_or(b""));
    }
    texts
}

/// Adds the texts of these rows; those that mean that nothing is there are missing.
fn push_texts(values: &Values, uuid: bool, rows: &[u32], na: &[Vec<u8>], out: &mut TextBuilder) {
    let is_na = |text: &[u8]| na.iter().any(|n| n == text);
    match Cells::new(values, uuid) {
        Cells::Coded { codes, texts } => {
            const UNKNOWN: u32 = u32::MAX;
            // Each text of the dictionary is interned once a block, not once a row.
            let mut known = vec![UNKNOWN; arrow_array::Array::len(texts)];
            for &row in rows {
                let code = codes[row as usize];
                // A code of a damaged file may be out of bounds.
                let slot = known.get_mut(code as usize);
                let Some(slot) = slot.filter(|_| values.is_present(row as usize)) else {
                    out.push_missing();
                    continue;
                };
                if *slot == UNKNOWN {
                    let text = text_of(texts, code).filter(|t| !is_na(t));
                    *slot = text.map_or(0, |t| out.code_of(t));
                }
                out.push_code(*slot);
            }
        }
        cells => {
            let mut scratch = Vec::new();
            for &row in rows {
                let present = values.is_present(row as usize);
                match cells.get(row as usize, &mut scratch) {
                    Some(text) if present && !is_na(text) => out.push(text),
                    _ => out.push_missing(),
                }
            }
        }
    }
}

/// A column of the log, and whether one of its values is not what it is to hold.
fn attribute(columns: &[Values], sink: &Sink, rows: &[u32], plan: &Plan) -> (BlockColumn, bool) {
    let values = &columns[sink.column()];
    let mut misfit = false;
    let column = match sink {
        Sink::Text(column) => {
            let mut texts = TextBuilder::with_capacity(rows.len());
            push_texts(values, plan.is_uuid(*column), rows, &plan.na, &mut texts);
            BlockColumn::Text(texts)
        }
        Sink::Number(_) => {
            let read = numbers(&values.array);
            let number = |&row: &u32| {
                let row = row as usize;
                if !values.is_present(row) {
                    return f64::NAN;
                }
                let number = read.as_ref().and_then(|read| read(row));
                misfit |= number.is_none();
                let number = number.unwrap_or(f64::NAN);
                // A number of the file may be one of the texts that mean a missing value.
                if plan.is_na_number(number) {
                    f64::NAN
                } else {
                    number
                }
            };
            BlockColumn::Number(rows.iter().map(number).collect())
        }
        Sink::Instant(_) => {
            let read = instants(&values.array);
            let mut zone = plan.zone();
            let instant = |&row: &u32| {
                let row = row as usize;
                if !values.is_present(row) {
                    return NO_INSTANT;
                }
                let micros = read
                    .as_ref()
                    .and_then(|(micros, aware)| Some((micros(row)?, *aware)));
                let instant = micros.and_then(|(micros, aware)| zone.count(micros, aware).ok());
                misfit |= instant.is_none();
                instant.unwrap_or(NO_INSTANT)
            };
            BlockColumn::Instant(rows.iter().map(instant).collect())
        }
    };
    (column, misfit)
}
