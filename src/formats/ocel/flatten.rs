//! From events of many objects to the log of one type of objects: each event is an event in the
//! case of each such object. Attributes of objects have the values that they had at the time.

use super::model::{Attribute, Event, Model, Relation};
use crate::event_log::Progress;
use crate::formats::collector::Collector;
use crate::formats::lines::LineUse;
use crate::formats::options::{DateOrder, ReadOptions};
use crate::formats::report::{MAX_VALUE, values_of_row};
use crate::formats::text::{capped, lossless};
use crate::formats::timestamp::{
    Learned, Tally, TimeFormat, TimeReader, described, trim, warn_of_order, warn_of_tally,
};
use crate::formats::{ImportError, ImportReport, Reason, Reject, Warning};
use hashbrown::{HashMap, HashSet};

/// Names of the columns that every such log has.
pub const CASE: &str = "case:concept:name";
/// The type of the event.
pub const ACTIVITY: &str = "concept:name";
/// Column of the timestamp.
pub const TIME: &str = "time:timestamp";
/// Column of the event id.
const EVENT_ID: &str = "ocel:eid";
/// In which way it has to do with the object.
const QUALIFIER: &str = "ocel:qualifier";
/// Stands before the type in the name of a column of related objects.
const OF_TYPE: &str = "ocel:type:";

/// Ids of related objects that are listed in one event.
const MOST_IDS: usize = 256;
/// Timestamps that are looked at to learn how they are written.
const SAMPLES: usize = 1000;
/// Rows between two looks at whether the load is cancelled.
const ROWS: usize = 1 << 14;
/// Since when an attribute has its first value, about: 1970 in any zone.
const BEGINNING: i64 = 86_400_000_000;

/// Rows, and how they came to be.
pub struct Flat {
    /// The rows.
    pub rows: Collector,
    /// Format of the timestamps, for people.
    pub time_format: String,
    /// Lines, or rows, of events.
    pub lines: LineUse,
    /// Events that have to do with no object of the type.
    pub others: u64,
}

/// Makes the log of the objects of type `kind`.
pub fn flatten(
    model: &mut Model,
    kind: &str,
    options: &ReadOptions,
    progress: &Progress,
    report: &mut ImportReport,
) -> Result<Flat, ImportError> {
    // Relations and attributes are taken off the front of their lists, event by event.
    model.sort();
    let model = &*model;
    let learned = time_format(model, options)?;
    let objects = Objects::new(model, &learned, options, report);
    let mut flattener = Flattener {
        model,
        kind: kind.as_bytes(),
        objects: &objects,
        time: TimeReader::new(learned.format.clone(), options.tz),
        rows: Collector::new(false),
        columns: HashMap::new(),
        report,
        lines: LineUse::default(),
        dangling: 0,
        others: 0,
    };
    flattener.run(options, progress)?;
    let Flattener {
        time,
        rows,
        lines,
        dangling,
        others,
        ..
    } = flattener;
    warn(report, &time.tally, &learned, options);
    if dangling + model.lost > 0 {
        report.warn(
            Warning::DanglingReference,
            format!(
                "references to objects or events that do not exist: {}, left out",
                dangling + model.lost
            ),
        );
    }
    rows.report(report);
    Ok(Flat {
        rows,
        time_format: learned.text,
        lines,
        others,
    })
}

fn time_format(model: &Model, options: &ReadOptions) -> Result<Learned, ImportError> {
    let order = options.date_order;
    if let Some(text) = &options.time_format {
        return Ok(Learned::given(TimeFormat::given(text, order)?, text));
    }
    let events = model.events.iter().take(SAMPLES);
    let learned = described(events.map(|e| model.get(e.time)), order);
    let calendar = || TimeFormat::calendar(order.unwrap_or(DateOrder::Dmy));
    Ok(learned.unwrap_or_else(|| Learned::given(calendar(), "")))
}

fn warn(report: &mut ImportReport, tally: &Tally, learned: &Learned, options: &ReadOptions) {
    warn_of_tally(report, tally, options.tz);
    let given = options.date_order.is_some() || options.time_format.is_some();
    if !given && tally.is_guess(learned.format.order) {
        warn_of_order(report, TIME, learned.format.order);
    }
}

/// The objects by id, and the values of their attributes over time.
struct Objects<'m> {
    by_id: HashMap<&'m [u8], u32>,
    /// For each object its attributes, a piece of `values`.
    pieces: Vec<std::ops::Range<usize>>,
    /// By object, then name, then time: name, since when, value.
    values: Vec<(&'m [u8], i64, &'m [u8])>,
}

impl<'m> Objects<'m> {
    fn new(
        model: &'m Model,
        learned: &Learned,
        options: &ReadOptions,
        report: &mut ImportReport,
    ) -> Self {
        let mut by_id = HashMap::with_capacity(model.objects.len());
        let mut repeated = 0u64;
        for (at, object) in model.objects.iter().enumerate() {
            // Of objects with one id the first counts.
            let first = *by_id.entry(model.get(object.id)).or_insert(at as u32);
            repeated += u64::from(first != at as u32);
        }
        if repeated > 0 {
            report.warn(
                Warning::DuplicateObject,
                format!("objects whose id another has: {repeated}, the first is used"),
            );
        }
        let mut objects = Objects {
            by_id,
            pieces: Vec::with_capacity(model.objects.len()),
            values: Vec::with_capacity(model.object_attributes.len()),
        };
        objects.add_values(model, learned, options, report);
        objects
    }

    fn add_values(
        &mut self,
        model: &'m Model,
        learned: &Learned,
        options: &ReadOptions,
        report: &mut ImportReport,
    ) {
        let mut reader = TimeReader::new(learned.format.clone(), options.tz);
        let mut bad = 0u64;
        let mut since = |attribute: &Attribute| {
            let text = model.get(attribute.time);
            match reader.read(text) {
                Ok(time) if time > BEGINNING => time,
                Ok(_) => i64::MIN,
                Err(_) => {
                    bad += u64::from(!trim(text).is_empty());
                    i64::MIN
                }
            }
        };
        let mut attributes = model.object_attributes.iter().peekable();
        for object in 0..model.objects.len() as u32 {
            let from = self.values.len();
            while let Some(attribute) = attributes.next_if(|a| a.of == object) {
                let value = model.get(attribute.value);
                self.values
                    .push((model.get(attribute.name), since(attribute), value));
            }
            // Of values at one time the last one stays last.
            self.values[from..].sort_by(|a, b| (a.0, a.1).cmp(&(b.0, b.1)));
            self.pieces.push(from..self.values.len());
        }
        if bad > 0 {
            report.warn(
                Warning::BadAttributeTime,
                format!("values of objects with an unreadable time: {bad}, taken as the first"),
            );
        }
    }

    /// The values that the attributes of an object have at a time: names and values.
    fn at(&self, object: u32, time: i64) -> impl Iterator<Item = (&'m [u8], &'m [u8])> {
        let values = &self.values[self.pieces[object as usize].clone()];
        values
            .chunk_by(|a, b| a.0 == b.0)
            .filter_map(move |of_name| {
                // Sorted by time, so that the last of those known is the value at the time.
                let known = of_name.partition_point(|v| v.1 <= time);
                let (name, _, value) = of_name[..known].last()?;
                Some((*name, *value))
            })
    }
}

/// Where the values of a name go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Source {
    /// To a column of that name.
    Event,
    /// To one with the prefix of cases.
    Object,
    /// To that of the related objects of a type.
    Related,
}

struct Flattener<'m, 'r> {
    model: &'m Model,
    kind: &'m [u8],
    objects: &'r Objects<'m>,
    time: TimeReader,
    rows: Collector,
    columns: HashMap<(Source, &'m [u8]), usize>,
    report: &'r mut ImportReport,
    lines: LineUse,
    dangling: u64,
    others: u64,
}

/// An object of an event.
struct Related<'m> {
    object: u32,
    kind: &'m [u8],
    /// In which ways it belongs to the event.
    ways: Vec<&'m [u8]>,
}

impl<'m> Flattener<'m, '_> {
    fn run(&mut self, options: &ReadOptions, progress: &Progress) -> Result<(), ImportError> {
        let model = self.model;
        let mut relations = model.relations.as_slice();
        let mut attributes = model.event_attributes.as_slice();
        let mut ids: HashSet<&[u8]> = HashSet::with_capacity(model.events.len());
        let mut repeated = 0u64;
        for (at, event) in model.events.iter().enumerate() {
            let of_event;
            (of_event, relations) = split(relations, |r| r.event as usize <= at);
            let values;
            (values, attributes) = split(attributes, |a| a.of as usize <= at);
            repeated += u64::from(!ids.insert(model.get(event.id)));
            self.event(event, values, of_event, options);
            if at % ROWS == 0 {
                progress.check()?;
            }
            if options.first.is_some_and(|n| self.rows.n_rows() >= n) {
                break;
            }
        }
        if repeated > 0 {
            self.report.warn(
                Warning::DuplicateEvent,
                format!("events whose id another has: {repeated}, kept"),
            );
        }
        Ok(())
    }

    fn reject(&mut self, event: &Event, values: &[Attribute], reason: Reason, value: &[u8]) {
        self.lines.add(event.line, false);
        let name = |name| lossless(self.model.get(name));
        let known = [("id", event.id), ("type", event.kind), ("time", event.time)];
        let known = known.map(|(name, text)| (name.to_owned(), text));
        let values = values.iter().map(|one| (name(one.name), one.value));
        let row = known.into_iter().chain(values);
        let raw = values_of_row(row.map(|(name, text)| (name, self.model.get(text))));
        self.report.reject(Reject {
            file: 0,
            line: Some(event.line),
            reason,
            value: lossless(capped(value, MAX_VALUE)),
            raw,
        });
    }

    /// Adds an event to the case of each of its objects.
    fn event(
        &mut self,
        event: &Event,
        attributes: &'m [Attribute],
        relations: &'m [Relation],
        options: &ReadOptions,
    ) {
        let model = self.model;
        let related = match self.related(relations) {
            Ok(related) => related,
            Err(object) => return self.reject(event, attributes, Reason::UnknownObject, object),
        };
        let ours = |one: &Related<'_>| one.kind == self.kind;
        let cases: Vec<&Related<'m>> = related.iter().filter(|one| ours(one)).collect();
        // Most types of objects have events without them: that is no fault of the event.
        if cases.is_empty() {
            self.others += 1;
            return;
        }
        let activity = model.get(event.kind);
        if trim(activity).is_empty() || is_na(activity, options) {
            return self.reject(event, attributes, Reason::EmptyActivity, activity);
        }
        let text = model.get(event.time);
        let time = match self
            .time
            // Read as empty, which is then the reason of the reject.
            .read(if is_na(text, options) { b"" } else { text })
        {
            Ok(time) => time,
            Err(fault) => return self.reject(event, attributes, fault.reason(), text),
        };
        let id = (self.rows.column(EVENT_ID), model.get(event.id));
        let values = attributes.iter().map(|value| {
            let column = self.column(Source::Event, model.get(value.name));
            (column, model.get(value.value))
        });
        let mut values: Vec<(usize, &[u8])> = values.collect();
        values.retain(|(_, value)| !is_na(value, options));
        values.insert(0, id);
        // Once, as they are the same in each of its cases.
        let lists = self.lists(&related);
        for case in cases {
            let id = model.get(model.objects[case.object as usize].id);
            if trim(id).is_empty() {
                self.reject(event, attributes, Reason::EmptyCase, id);
                continue;
            }
            for &(column, value) in &values {
                self.rows.set(column, value);
            }
            for (column, list) in &lists {
                self.rows.set(*column, list);
            }
            self.set_case(case, time, options);
            self.rows.push(id, activity, time, None);
            self.lines.add(event.line, true);
        }
    }

    /// The objects of an event, each once; `Err` with an id where it has only unknown ones.
    fn related(&mut self, relations: &'m [Relation]) -> Result<Vec<Related<'m>>, &'m [u8]> {
        let model = self.model;
        let mut related: Vec<Related<'m>> = Vec::new();
        let mut known: HashMap<u32, usize> = HashMap::new();
        let mut unknown = None;
        for relation in relations {
            let id = model.get(relation.object);
            let Some(&object) = self.objects.by_id.get(id) else {
                self.dangling += 1;
                unknown.get_or_insert(id);
                continue;
            };
            let at = *known.entry(object).or_insert(related.len());
            if at == related.len() {
                let kind = model.get(model.objects[object as usize].kind);
                related.push(Related {
                    object,
                    kind,
                    ways: Vec::new(),
                });
            }
            let way = model.get(relation.qualifier);
            if !way.is_empty() {
                related[at].ways.push(way);
            }
        }
        match unknown {
            Some(id) if related.is_empty() => Err(id),
            _ => Ok(related),
        }
    }

    /// The ids of the related objects of other types: column, and ids.
    fn lists(&mut self, related: &[Related<'m>]) -> Vec<(usize, Vec<u8>)> {
        let mut by_type: Vec<(&'m [u8], Vec<&[u8]>)> = Vec::new();
        for one in related.iter().filter(|one| one.kind != self.kind) {
            let id = self.model.get(self.model.objects[one.object as usize].id);
            match by_type.iter_mut().find(|(kind, _)| *kind == one.kind) {
                Some((_, ids)) => ids.push(id),
                None => by_type.push((one.kind, vec![id])),
            }
        }
        let lists = by_type.into_iter().map(|(kind, ids)| {
            let mut list = ids[..ids.len().min(MOST_IDS)].join(&b", "[..]);
            if ids.len() > MOST_IDS {
                let more = format!(" and {} more", ids.len() - MOST_IDS);
                list.extend_from_slice(more.as_bytes());
            }
            (self.column(Source::Related, kind), list)
        });
        lists.collect()
    }

    /// Sets the columns that are those of the object.
    fn set_case(&mut self, case: &Related<'m>, time: i64, options: &ReadOptions) {
        if !case.ways.is_empty() {
            let column = self.rows.column(QUALIFIER);
            self.rows.set(column, &case.ways.join(&b", "[..]));
        }
        let objects = self.objects;
        for (name, value) in objects.at(case.object, time) {
            if !is_na(value, options) {
                let column = self.column(Source::Object, name);
                self.rows.set(column, value);
            }
        }
    }

    fn column(&mut self, source: Source, name: &'m [u8]) -> usize {
        let rows = &mut self.rows;
        *self.columns.entry((source, name)).or_insert_with(|| {
            let name = lossless(name);
            match source {
                // The names of the keys are taken.
                Source::Event if [CASE, ACTIVITY, TIME].contains(&name.as_str()) => {
                    rows.column(&format!("event:{name}"))
                }
                Source::Event => rows.column(&name),
                Source::Object if name == ACTIVITY => rows.column(&format!("case:object:{name}")),
                Source::Object => rows.column(&format!("case:{name}")),
                Source::Related => rows.column(&format!("{OF_TYPE}{name}")),
            }
        })
    }
}

fn is_na(value: &[u8], options: &ReadOptions) -> bool {
    options.na.iter().any(|na| na.as_bytes() == value)
}

/// The first elements for which `belongs` holds, and the others.
fn split<T>(all: &[T], belongs: impl Fn(&T) -> bool) -> (&[T], &[T]) {
    // The list is in the order of events, see `Model::sort`.
    let n = all.iter().take_while(|one| belongs(one)).count();
    all.split_at(n)
}
