//! Events and traces of one piece of a log to rows, by the plan. Knows nothing of what stands before
//! the piece: lines and traces count from its beginning.

mod shape;

use super::listener::PlainEvent;
use super::parser::{Attribute, Level, Listener, Stop};
use super::plan::{Key, Plan, column, is_iso};
use super::scope::{Placed, Scope, Set};
use crate::event_log::{NO_INSTANT, Role};
use crate::formats::collector::Sheet;
use crate::formats::lines::LineUse;
use crate::formats::notes::{Note, Notes};
use crate::formats::number;
use crate::formats::report::{MAX_REJECTS, MAX_VALUE, Reason, values_of_row};
use crate::formats::row_times::Instance;
use crate::formats::text::{capped, lossless};
use crate::formats::timestamp::{Tally, TimeReader, trim};
use shape::{Shape, Shapes, piece};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

/// The element of floating-point numbers, which are not always taken as they are written.
const FLOAT: &str = "float";

/// Where the values of a key go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Target {
    /// Into a column that no row has had so far.
    Unplaced,
    /// Into this column.
    Column(usize),
    /// Only into case, activity or time.
    KeyOnly,
}

/// An event that could not be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowReject {
    /// Line, from 0.
    pub line: u64,
    /// Why not.
    pub reason: Reason,
    /// The value at fault.
    pub value: String,
    /// The values of the event, and the attributes of its trace so far.
    pub raw: String,
}

/// The rows of one trace, of which the case is the trace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// Name of the trace, a piece of [`Batch::names`].
    pub name: Option<Range<usize>>,
    /// Position among the traces of the piece.
    pub trace: u64,
    /// Number of rows.
    pub n_rows: usize,
}

/// Result of parsing one piece.
pub struct Batch {
    /// Rows of the log; without cases, where these are the traces.
    pub sheet: Sheet,
    /// Rows by trace, where the cases are the traces.
    pub runs: Vec<Run>,
    /// Names of traces.
    pub names: Vec<u8>,
    /// Number of traces.
    pub n_traces: u64,
    /// The first rejects.
    pub rejects: Vec<RowReject>,
    /// Those beyond them, by reason.
    pub unlisted: BTreeMap<Reason, u64>,
    /// Lines on which events begin.
    pub lines: LineUse,
    /// The first line with a trace or an event.
    pub body: Option<u64>,
    /// Oddities to report.
    pub notes: Notes,
    /// Tally of the timestamps.
    pub times: Tally,
    /// Tally of the starts.
    pub starts: Tally,
    /// Which of the attributes with a role were seen: the parts of the plan, and its extras.
    pub seen: Vec<bool>,
}

impl Batch {
    fn new(plan: &Plan) -> Self {
        Batch {
            sheet: Sheet::new(!plan.of(Role::Start).is_empty()),
            runs: Vec::new(),
            names: Vec::new(),
            n_traces: 0,
            rejects: Vec::new(),
            unlisted: BTreeMap::new(),
            lines: LineUse::default(),
            body: None,
            notes: Notes::default(),
            times: Tally::default(),
            starts: Tally::default(),
            seen: vec![false; plan.keys.len()],
        }
    }
}

/// A trace that is open; its line, from 0.
#[derive(Clone, Copy)]
struct OpenTrace {
    line: u64,
    first_row: usize,
    has_events: bool,
}

/// Where the values of an event are.
#[derive(Clone, Copy)]
enum Event<'e> {
    /// Among the attributes that are current.
    Open,
    /// In the text.
    Plain(&'e Shape, &'e PlainEvent<'e>),
}

/// The attributes of the trace and the event that are open.
struct Current<'p> {
    plan: &'p Plan,
    of_trace: Scope<Target>,
    of_event: Scope<Target>,
    /// The key of each part of the plan, once it was seen.
    parts: Vec<Option<usize>>,
}

impl Current<'_> {
    /// The attributes of a level; `None` for the log, whose attributes are not read.
    #[inline]
    fn scope(&mut self, level: Level) -> Option<&mut Scope<Target>> {
        match level {
            Level::Trace => Some(&mut self.of_trace),
            Level::Event => Some(&mut self.of_event),
            Level::Log => None,
        }
    }

    /// The value of a part of the plan, as far as it is known.
    #[inline]
    fn part<'a>(&'a self, part: usize, event: Event<'a>) -> Option<&'a [u8]> {
        match (self.plan.keys[part].level, event) {
            (Level::Trace, _) => self.of_trace.value(self.parts[part]?),
            (_, Event::Open) => self.of_event.value(self.parts[part]?),
            (_, Event::Plain(shape, event)) => shape.part(part, event),
        }
    }

    /// All values that are known, for one who wants to know what was rejected.
    fn row(&mut self, of_event: bool) -> String {
        // Only rejects pay for these copies.
        let mut values: Vec<(String, Vec<u8>)> = Vec::new();
        self.of_trace.for_each(|name, _, bytes, piece| {
            values.push((column(Level::Trace, name), bytes[piece].to_vec()));
        });
        if of_event {
            self.of_event.for_each(|name, _, bytes, piece| {
                values.push((name.to_owned(), bytes[piece].to_vec()));
            });
        }
        values_of_row(values)
    }

    /// The value of several parts, joined; `None` where all are missing or blank.
    #[inline]
    fn joined<'a>(
        &'a self,
        parts: &Range<usize>,
        event: Event<'a>,
        joined: &'a mut Vec<u8>,
    ) -> Option<&'a [u8]> {
        let blank = |text: &[u8]| trim(text).is_empty();
        if parts.len() == 1 {
            return self.part(parts.start, event).filter(|text| !blank(text));
        }
        joined.clear();
        let mut missing = true;
        for part in parts.clone() {
            let text = self.part(part, event).unwrap_or_default();
            missing &= blank(text);
            joined.extend_from_slice(if part == parts.start { b"" } else { b" - " });
            joined.extend_from_slice(text);
        }
        (!missing).then_some(joined.as_slice())
    }
}

/// Why an event is rejected, and the value at fault.
type Fault = (Reason, String);

/// Makes rows of the elements that a parser reports.
pub struct Rows<'p> {
    plan: &'p Plan,
    current: Current<'p>,
    trace: Option<OpenTrace>,
    /// Line of the event that is open, and why it cannot be used.
    event: Option<(u64, Option<Reason>)>,
    time: TimeReader,
    start: TimeReader,
    /// Room for a joined case id and a joined activity.
    joined: [Vec<u8>; 2],
    shapes: Option<Box<Shapes>>,
    out: Batch,
}

impl<'p> Rows<'p> {
    /// No rows yet.
    pub fn new(plan: &'p Plan) -> Self {
        Rows {
            plan,
            current: Current {
                plan,
                of_trace: Scope::default(),
                of_event: Scope::default(),
                parts: vec![None; plan.keys.len()],
            },
            trace: None,
            event: None,
            time: TimeReader::new(plan.times.format.clone(), plan.tz),
            start: TimeReader::new(plan.starts.format.clone(), plan.tz),
            joined: Default::default(),
            shapes: Some(Box::default()),
            out: Batch::new(plan),
        }
    }

    /// Number of rows.
    pub fn n_rows(&self) -> usize {
        self.out.sheet.len()
    }

    /// Ends the trace that is open, where not all of the log is wanted.
    pub fn close(&mut self) {
        // What is open is not whole.
        self.event = None;
        self.end_trace();
    }

    /// Returns the batch. No trace is open any more.
    pub fn into_batch(self) -> Batch {
        let mut out = self.out;
        out.times = self.time.tally;
        out.starts = self.start.tally;
        out
    }

    /// Rejects what is open, as the document goes no further; the trace keeps its events so far.
    pub fn stop(&mut self, stop: &Stop) {
        let event = self.event.take();
        let line = event.map_or(stop.line, |(line, _)| line);
        if let Some(reason) = stop.reason {
            self.reject(line, reason, stop.value.clone(), event.is_some());
        }
        self.end_trace();
    }

    fn reject(&mut self, line: u64, reason: Reason, value: String, has_values: bool) {
        let out = &mut self.out;
        if out.rejects.len() < MAX_REJECTS {
            let raw = match self.trace {
                Some(_) => self.current.row(has_values),
                None => String::new(),
            };
            out.rejects.push(RowReject {
                line,
                reason,
                value,
                raw,
            });
        } else {
            *out.unlisted.entry(reason).or_default() += 1;
        }
        out.lines.add(line, false);
    }

    /// Takes an event, or says why not.
    #[inline]
    fn take_event(&mut self, line: u64, event: Event<'_>) -> Result<(), Fault> {
        let Rows {
            plan,
            current,
            out,
            joined: [case, activity],
            ..
        } = self;
        let case = if plan.by_trace {
            None
        } else {
            let case = current.joined(&plan.places[Role::Case], event, case);
            Some(case.ok_or_else(|| (Reason::EmptyCase, String::new()))?)
        };
        let activity = current.joined(&plan.places[Role::Activity], event, activity);
        let activity = activity.ok_or_else(|| (Reason::EmptyActivity, String::new()))?;
        let text = current
            .part(plan.places[Role::Time].start, event)
            .unwrap_or_default();
        let time = read_time(&mut self.time, text, plan.times.iso);
        let start = plan.places[Role::Start].clone().next().map(|part| {
            let text = current.part(part, event).unwrap_or_default();
            read_time(&mut self.start, text, plan.starts.iso).unwrap_or(NO_INSTANT)
        });
        let instance = Instance::of_row(time, start, |(reason, _)| *reason == Reason::EmptyTime)?;
        instance.note(&mut out.notes, line);
        let sheet = &mut out.sheet;
        sheet.push(activity, instance.time, instance.start);
        if let Some(case) = case {
            sheet.push_case(case, 1);
        }
        match event {
            Event::Open => current.of_event.for_each(|name, target, bytes, piece| {
                let column = match *target {
                    Target::KeyOnly => return,
                    Target::Column(column) => column,
                    Target::Unplaced => {
                        let column = sheet.column(name);
                        *target = Target::Column(column);
                        column
                    }
                };
                sheet.set(column, bytes, piece);
            }),
            Event::Plain(shape, event) => {
                for (at, column) in &shape.columns {
                    sheet.set(*column, event.text.as_bytes(), piece(event.values[*at]));
                }
            }
        }
        out.lines.add(line, true);
        Ok(())
    }

    /// Takes an event of a shape, or rejects it.
    #[inline]
    fn shaped_event(&mut self, shape: &Shape, event: &PlainEvent<'_>) {
        if let Some(trace) = &mut self.trace {
            trace.has_events = true;
        }
        let taken = self.take_event(event.line, Event::Plain(shape, event));
        let Err((reason, value)) = taken else {
            return;
        };
        let scope = &mut self.current.of_event;
        scope.clear();
        for (given, key) in event.values.iter().zip(&shape.keys) {
            scope.set(*key, &event.text.as_bytes()[piece(*given)], false);
        }
        self.reject(event.line, reason, value, true);
    }

    /// Ends the trace that is open, if one is: its rows get what belongs to it.
    fn end_trace(&mut self) {
        // Attributes of a trace may follow its events, so its rows get them here and not one by
        // one.
        let Some(trace) = self.trace.take() else {
            return;
        };
        let Rows { current, out, .. } = self;
        if !trace.has_events {
            out.notes.add(Note::EmptyTrace, trace.line);
        }
        let n_rows = out.sheet.len() - trace.first_row;
        if self.plan.by_trace && trace.has_events {
            let name = current.part(self.plan.places[Role::Case].start, Event::Open);
            let name = name.filter(|name| !trim(name).is_empty());
            if name.is_none() {
                out.notes.add(Note::UnnamedTrace, trace.line);
            }
            let from = out.names.len();
            out.names.extend_from_slice(name.unwrap_or_default());
            out.runs.push(Run {
                name: name.map(|_| from..out.names.len()),
                trace: out.n_traces,
                n_rows,
            });
        }
        if n_rows > 0 {
            let sheet = &mut out.sheet;
            current.of_trace.for_each(|name, target, bytes, piece| {
                let column = match *target {
                    Target::KeyOnly => return,
                    Target::Column(column) => column,
                    Target::Unplaced => {
                        let column = sheet.column(&column(Level::Trace, name));
                        *target = Target::Column(column);
                        column
                    }
                };
                // An event may have the key `case:...` itself; its value stays.
                sheet.set_since(trace.first_row, column, &bytes[piece]);
            });
        }
    }

    /// Sets a value of the event or trace.
    #[inline]
    fn set(&mut self, attribute: &Attribute<'_>, value: &[u8]) -> Option<Set> {
        let scope = self.current.scope(attribute.level)?;
        let key = match attribute.place.and_then(|place| scope.placed(place)) {
            Some(placed) => placed.key,
            None => self.key(attribute)?,
        };
        let scope = self.current.scope(attribute.level)?;
        Some(scope.set(key, value, attribute.listed))
    }

    /// The key of an attribute of the event or trace.
    fn key(&mut self, attribute: &Attribute<'_>) -> Option<usize> {
        let (plan, level) = (self.plan, attribute.level);
        let renamed = plan.standard(attribute.name);
        let name = renamed.as_deref().unwrap_or(attribute.name);
        let (parts, seen) = (&mut self.current.parts, &mut self.out.seen);
        let scope = match level {
            Level::Trace => &mut self.current.of_trace,
            _ => &mut self.current.of_event,
        };
        // The key is found once a piece, so that its roles are not compared for each event.
        let key = scope.key(name, |key| {
            for (i, known) in plan.keys.iter().enumerate() {
                if known.level == level && known.name == name {
                    seen[i] = true;
                    parts[i] = Some(key);
                }
            }
            if plan.is_key_only(level, name) {
                Target::KeyOnly
            } else {
                Target::Unplaced
            }
        })?;
        if let Some(place) = attribute.place {
            let float = attribute.kind == FLOAT;
            scope.place(place, Placed { key, float });
        }
        Some(key)
    }
}

/// Reads a timestamp; where `iso` holds it must begin with its year.
#[inline]
fn read_time(reader: &mut TimeReader, text: &[u8], iso: bool) -> Result<i64, Fault> {
    let value = || lossless(capped(text, MAX_VALUE));
    if iso && !is_iso(text) && !trim(text).is_empty() {
        return Err((Reason::BadTime, value()));
    }
    reader.read(text).map_err(|fault| (fault.reason(), value()))
}

impl Listener for Rows<'_> {
    fn trace_begins(&mut self, line: u64) {
        self.out.body.get_or_insert(line);
        self.current.of_trace.clear();
        self.trace = Some(OpenTrace {
            line,
            first_row: self.out.sheet.len(),
            has_events: false,
        });
        self.out.n_traces += 1;
    }

    fn trace_ends(&mut self) {
        self.end_trace();
    }

    fn event_begins(&mut self, line: u64) {
        self.current.of_event.clear();
        self.event = Some((line, None));
        if let Some(trace) = &mut self.trace {
            trace.has_events = true;
        }
    }

    fn event_ends(&mut self) {
        let Some((line, rejected)) = self.event.take() else {
            return;
        };
        let taken = match rejected {
            Some(reason) => Err((reason, String::new())),
            None => self.take_event(line, Event::Open),
        };
        if let Err((reason, value)) = taken {
            self.reject(line, reason, value, true);
        }
    }

    fn plain_event(&mut self, event: &PlainEvent<'_>) -> bool {
        // Taken out while it is used, as the rows are lent with it.
        let Some(mut shapes) = self.shapes.take() else {
            return false;
        };
        let shape = shapes.of(event, &self.current);
        if let Some(shape) = shape {
            self.shaped_event(shape, event);
        }
        let taken = shape.is_some();
        self.shapes = Some(shapes);
        taken
    }

    fn stray_event(&mut self, line: u64) {
        self.out.body.get_or_insert(line);
        self.reject(line, Reason::OutsideTrace, String::new(), false);
    }

    fn reject_event(&mut self, reason: Reason) {
        if let Some((_, rejected)) = &mut self.event {
            rejected.get_or_insert(reason);
        }
    }

    #[inline]
    fn attribute(&mut self, attribute: &Attribute<'_>) {
        let value = match attribute.kind {
            FLOAT => number::plain(attribute.value),
            _ => Some(Cow::Borrowed(attribute.value)),
        };
        let Some(value) = &value else {
            return;
        };
        let value = value.as_bytes();
        let na = &self.plan.na;
        // A missing value leaves the key unset, as if the tag were not there.
        if attribute.name.is_empty() || !na.is_empty() && na.iter().any(|n| n == value) {
            return;
        }
        match self.set(attribute, value) {
            Some(Set::Again) => {
                let trace = self.trace.map_or(0, |trace| trace.line);
                let line = self.event.map_or(trace, |(line, _)| line);
                self.out.notes.add(Note::DuplicateKey, line);
            }
            Some(Set::Full) if attribute.level == Level::Event => {
                self.reject_event(Reason::Oversize);
            }
            Some(Set::Full) => {
                let line = self.trace.map_or(0, |trace| trace.line);
                self.out.notes.add(Note::OddTag, line);
            }
            _ => {}
        }
    }

    fn note(&mut self, note: Note, line: u64) {
        self.out.notes.add(note, line);
    }
}
