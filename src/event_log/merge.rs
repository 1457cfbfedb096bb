//! Several logs as one: same case id, same case; columns are united by name, those of a role also
//! by their role. What belongs to one case stands in order of time, ties in the order of the logs.

use super::builder::by_case_if_constant;
use super::codes::with_codes;
use super::interner::Interner;
use super::{
    Buffer, Codes, Column, ColumnData, ColumnKind, Dictionary, EventLog, Level, NO_INSTANT,
    Numbers, PerRole, Role, Roles,
};
use hashbrown::HashMap;
use rayon::prelude::*;

/// Name of the column that holds the source of each event.
pub const SOURCE: &str = "source";

/// One of the logs to be merged.
#[derive(Debug)]
pub struct Part {
    /// Value of the column [`SOURCE`] for its events.
    pub source: String,
    /// Stands before the names of its activities.
    pub activity_prefix: String,
    /// The log.
    pub log: EventLog,
}

/// Names of columns that are of numbers or instants in one log and of another kind in another. They
/// are merged as texts, which may not be those of the file.
pub fn mixed_columns(logs: &[&EventLog]) -> Vec<String> {
    let mut kinds: HashMap<&str, ColumnKind> = HashMap::new();
    let mut mixed = Vec::new();
    for column in logs.iter().flat_map(|log| &log.columns) {
        let kind = *kinds.entry(&column.name).or_insert(column.kind());
        if kind != column.kind() && !mixed.contains(&column.name) {
            mixed.push(column.name.clone());
        }
    }
    mixed
}

/// Merges logs of fewer than 2^32 events together, and adds the column [`SOURCE`]. Rows of a log
/// without starts have none where others do. Each column of the logs is given up once it is merged.
pub fn merge(parts: Vec<Part>) -> EventLog {
    combined(parts, true).0
}

/// A log to which rows were added.
#[derive(Debug)]
pub struct Appended {
    /// The log.
    pub log: EventLog,
    /// By case of the rows, its number in the log.
    pub case_of: Vec<u32>,
    /// Cases, ascending, of which a new row is before one that was there.
    pub out_of_order_cases: Vec<u32>,
    /// New rows that are before the last one of their case that was there.
    pub late: u64,
}

/// Adds rows that follow those of a log in its file, as if all had been read at once. Cases and codes of
/// the log keep their numbers. A column that both have is of one kind in both.
pub fn append(log: EventLog, rows: EventLog) -> Appended {
    let of_case = |log: &EventLog| EventLog {
        case_offsets: log.case_offsets.clone(),
        time: log.time.clone(),
        start: log.start.clone(),
        ..EventLog::default()
    };
    let (before, new) = (of_case(&log), of_case(&rows));
    let part = |log| Part {
        source: String::new(),
        activity_prefix: String::new(),
        log,
    };
    let (log, case_of) = combined(vec![part(log), part(rows)], false);
    let (mut out_of_order_cases, mut late) = (Vec::new(), 0);
    let key = |log: &EventLog, row: usize| (log.begin(row), log.time[row]);
    for (case, &to) in case_of.iter().enumerate() {
        let known = (to as usize) < before.n_cases();
        let last = known.then(|| before.events_of(to as usize).end - 1);
        let Some(last) = last.map(|row| key(&before, row)) else {
            continue;
        };
        let earlier = new.events_of(case).filter(|&row| key(&new, row) < last);
        let earlier = earlier.count() as u64;
        if earlier > 0 {
            late += earlier;
            out_of_order_cases.push(to);
        }
    }
    out_of_order_cases.sort_unstable();
    Appended {
        log,
        case_of,
        out_of_order_cases,
        late,
    }
}

/// The log of all parts, with the column [`SOURCE`] if it is wanted; and for each case of the last part its
/// number there.
fn combined(mut parts: Vec<Part>, with_source: bool) -> (EventLog, Vec<u32>) {
    let (case_ids, mut case_maps) = united(parts.iter().map(|p| (&p.log.case_ids, "")), false);
    let names = parts.iter();
    let names = names.map(|p| (&p.log.activities, p.activity_prefix.as_str()));
    let (activities, activity_maps) = united(names, false);
    let (case_offsets, places) = places(&parts, &case_maps, case_ids.len());
    let of_last = case_maps.pop().unwrap_or_default();
    drop(case_maps);
    let n = case_offsets.last().copied().unwrap_or(0) as usize;
    let merged = Merged {
        n,
        case_offsets,
        places,
    };
    let activity: Vec<_> = parts
        .iter_mut()
        .map(|p| Some((std::mem::take(&mut p.log.activity), Level::Event)))
        .collect();
    let activity = merged.codes(&activity, &activity_maps, activities.len());
    let time = merged.values(0, &of_events(parts.iter().map(|p| Some(&p.log.time))));
    let starts = || parts.iter().map(|p| p.log.start.as_ref());
    let has_start = starts().any(|start| start.is_some());
    let start = has_start.then(|| merged.values(NO_INSTANT, &of_events(starts())));
    let running = || parts.iter().map(|p| p.log.running.as_ref());
    let has_running = running().any(|running| running.is_some());
    let running = has_running.then(|| merged.values(0, &of_events(running())));
    let shared = PerRole::of_attributes(|role| share_name(&mut parts, role));
    let columns = merged.columns(&mut parts, with_source);
    let position = |role| {
        let name: &String = shared[role].as_ref()?;
        columns.iter().position(|c| c.name == *name)
    };
    let first = parts.first();
    let log = EventLog {
        role_columns: PerRole::of(position),
        roles: first.map_or_else(Roles::default, |p| p.log.roles.clone()),
        case_ids,
        case_offsets: merged.case_offsets,
        activities,
        activity,
        time,
        start,
        running,
        // Of lifecycle transitions, which are looked at when the logs are one.
        suspended: None,
        case_times: Vec::new(),
        clock: None,
        columns,
        n_defined: 0,
        // Of the report, which is of all logs.
        time_formats: Vec::new(),
        redacted: None,
    };
    (log, of_last)
}

/// Gives the columns of a role the name of the first of them, so that they become one; but not in a
/// log where another column is called so. The name, where some log has the role.
fn share_name(parts: &mut [Part], role: Role) -> Option<String> {
    let mut shared = None;
    for part in parts {
        let Some(position) = part.log.role_columns[role] else {
            continue;
        };
        let name = shared.get_or_insert_with(|| part.log.columns[position].name.clone());
        // Two columns of one name would become one, and one of their values would be lost.
        if part.log.column(name).is_none() {
            part.log.columns[position].name.clone_from(name);
        }
    }
    shared
}

/// One dictionary of several, with what stands before the texts of each; and for each its codes in
/// the new one. Where code 0 means missing, it does so in every one.
fn united<'a>(
    dictionaries: impl Iterator<Item = (&'a Dictionary, &'a str)>,
    missing_first: bool,
) -> (Dictionary, Vec<Vec<u32>>) {
    let base = usize::from(missing_first);
    let mut all = Interner::default();
    let mut text = String::new();
    let maps = dictionaries.map(|(dictionary, prefix)| {
        let codes = dictionary.iter().skip(base).map(|piece| {
            if prefix.is_empty() {
                return all.intern(piece.as_bytes()) + base as u32;
            }
            text.clear();
            text.push_str(prefix);
            text.push_str(piece);
            all.intern(text.as_bytes()) + base as u32
        });
        std::iter::repeat_n(0, base).chain(codes).collect()
    });
    let maps = maps.collect();
    (all.into_dictionary(missing_first), maps)
}

/// Where the rows of a log go.
struct Place {
    /// The cases of the log.
    case_offsets: Buffer<u32>,
    /// By row of the log, the row of the merged log.
    row_of: Vec<u32>,
}

/// Where each case of the merged log begins, and where the rows of the logs go.
fn places(parts: &[Part], case_maps: &[Vec<u32>], n_cases: usize) -> (Buffer<u32>, Vec<Place>) {
    let mut case_offsets = vec![0u32; n_cases + 1];
    let mut n_parts = vec![0u32; n_cases];
    for (part, map) in parts.iter().zip(case_maps) {
        for (case, &to) in map.iter().enumerate() {
            case_offsets[to as usize + 1] += part.log.events_of(case).len() as u32;
            n_parts[to as usize] += 1;
        }
    }
    for case in 0..n_cases {
        case_offsets[case + 1] += case_offsets[case];
    }
    // By case, the row that the next of its events gets.
    let mut next = case_offsets.clone();
    let mut shared = Vec::new();
    let mut places = Vec::with_capacity(parts.len());
    for (p, (part, map)) in parts.iter().zip(case_maps).enumerate() {
        let mut row_of = Vec::with_capacity(part.log.n_events());
        for (case, &to) in map.iter().enumerate() {
            let from = next[to as usize];
            let len = part.log.events_of(case).len() as u32;
            next[to as usize] += len;
            row_of.extend(from..from + len);
            if n_parts[to as usize] > 1 {
                shared.push(Piece {
                    to,
                    part: p as u32,
                    case: case as u32,
                });
            }
        }
        places.push(Place {
            case_offsets: part.log.case_offsets.clone(),
            row_of,
        });
    }
    sort_shared(parts, &case_offsets, shared, &mut places);
    (case_offsets.into(), places)
}

/// A case of a log that is a part of a case of the merged log.
#[derive(Clone, Copy)]
struct Piece {
    to: u32,
    part: u32,
    case: u32,
}

/// Puts the rows of cases that are in several logs in order: by begin and time, ties in the order
/// of the logs.
fn sort_shared(parts: &[Part], case_offsets: &[u32], mut pieces: Vec<Piece>, places: &mut [Place]) {
    // A stable sort: the pieces of a case stay in the order of the logs.
    pieces.sort_by_key(|piece| piece.to);
    let cases: Vec<&[Piece]> = pieces.chunk_by(|a, b| a.to == b.to).collect();
    let key = |&(part, row): &(u32, u32)| {
        let log = &parts[part as usize].log;
        (log.begin(row as usize), log.time[row as usize])
    };
    let sorted = cases.par_iter().map(|pieces| {
        let rows = pieces.iter().flat_map(|piece| {
            let rows = parts[piece.part as usize]
                .log
                .events_of(piece.case as usize);
            rows.map(|row| (piece.part, row as u32))
        });
        let mut rows: Vec<(u32, u32)> = rows.collect();
        // Logs that follow each other in time need no sorting.
        if rows.is_sorted_by_key(key) {
            return Vec::new();
        }
        rows.sort_by_key(key);
        rows
    });
    let sorted: Vec<Vec<(u32, u32)>> = sorted.collect();
    for (pieces, rows) in cases.iter().zip(sorted) {
        let from = case_offsets[pieces[0].to as usize];
        for (to, (part, row)) in (from..).zip(rows) {
            places[part as usize].row_of[row as usize] = to;
        }
    }
}

/// Values of each of the logs, where it has them, and what a row of them is.
type OfParts<'a, T> = Vec<Option<(&'a [T], Level)>>;

fn of_events<'a, T>(values: impl Iterator<Item = Option<&'a Buffer<T>>>) -> OfParts<'a, T>
where
    T: arrow_buffer::ArrowNativeType + 'a,
{
    values
        .map(|v| v.map(|v| (v.as_ref(), Level::Event)))
        .collect()
}

/// The shape of the merged log.
struct Merged {
    n: usize,
    case_offsets: Buffer<u32>,
    places: Vec<Place>,
}

impl Merged {
    /// Passes every row of a log, with the row it becomes, to `store`; `row` is that of a column.
    fn spread(&self, part: usize, level: Level, mut store: impl FnMut(usize, usize)) {
        let place = &self.places[part];
        match level {
            Level::Event => {
                for (row, &to) in place.row_of.iter().enumerate() {
                    store(row, to as usize);
                }
            }
            Level::Case => {
                for (case, w) in place.case_offsets.windows(2).enumerate() {
                    for &to in &place.row_of[w[0] as usize..w[1] as usize] {
                        store(case, to as usize);
                    }
                }
            }
        }
    }

    fn values<T: arrow_buffer::ArrowNativeType>(
        &self,
        missing: T,
        parts: &OfParts<'_, T>,
    ) -> Buffer<T> {
        let mut out = vec![missing; self.n];
        for (p, values) in parts.iter().enumerate() {
            if let Some((values, level)) = values {
                self.spread(p, *level, |row, to| out[to] = values[row]);
            }
        }
        out.into()
    }

    fn codes(&self, parts: &[Option<(Codes, Level)>], maps: &[Vec<u32>], n_codes: usize) -> Codes {
        macro_rules! spread {
            ($T:ty) => {{
                let mut out = vec![0; self.n];
                for (p, (codes, map)) in parts.iter().zip(maps).enumerate() {
                    if let Some((codes, level)) = codes {
                        with_codes!(codes, v => self.spread(p, *level, |row, to| {
                            out[to] = map[v[row] as usize] as $T;
                        }));
                    }
                }
                out.into()
            }};
        }
        match Codes::zeroed(0, n_codes) {
            Codes::U8(_) => Codes::U8(spread!(u8)),
            Codes::U16(_) => Codes::U16(spread!(u16)),
            Codes::U32(_) => Codes::U32(spread!(u32)),
        }
    }

    /// The columns of all logs by name, in order of first appearance, and that of the source if it is wanted.
    fn columns(&self, parts: &mut [Part], with_source: bool) -> Vec<Column> {
        let mut by_name: HashMap<String, usize> = HashMap::new();
        let mut columns: Vec<(String, Vec<Option<Column>>)> = Vec::new();
        let n = parts.len();
        for (p, part) in parts.iter_mut().enumerate() {
            for column in std::mem::take(&mut part.log.columns) {
                let next = columns.len();
                let at = *by_name.entry_ref(&column.name).or_insert(next);
                if at == next {
                    columns.push((column.name.clone(), (0..n).map(|_| None).collect()));
                }
                // Of two columns of one name in a log the first counts, as when it is read alone.
                columns[at].1[p].get_or_insert(column);
            }
        }
        let source = with_source.then(|| self.source(parts, |name| by_name.contains_key(name)));
        let merged = columns.into_par_iter().map(|(name, of_parts)| {
            let data = self.data(of_parts);
            self.column(name, data)
        });
        merged.chain(source).collect()
    }

    fn column(&self, name: String, data: ColumnData) -> Column {
        let level = Level::Event;
        by_case_if_constant(Column { name, level, data }, &self.case_offsets)
    }

    /// Which log each event came from. Where a log has a column of that name, it gets another.
    fn source(&self, parts: &[Part], is_taken: impl Fn(&str) -> bool) -> Column {
        let mut name = SOURCE.to_owned();
        while is_taken(&name) {
            name.insert_str(0, "log:");
        }
        let of_part = parts
            .iter()
            .map(|p| [p.source.as_str()].into_iter().collect());
        let of_part: Vec<Dictionary> = of_part.collect();
        let (sources, maps) = united(of_part.iter().map(|d| (d, "")), false);
        let sources: Dictionary = std::iter::once("").chain(sources.iter()).collect();
        let codes: Vec<_> = parts
            .iter()
            .map(|p| Some((Codes::zeroed(p.log.n_cases(), 1), Level::Case)))
            .collect();
        let maps: Vec<Vec<u32>> = maps.iter().map(|map| vec![map[0] + 1]).collect();
        let codes = self.codes(&codes, &maps, sources.len());
        self.column(name, ColumnData::Text(codes, sources))
    }

    /// One column of the merged log.
    fn data(&self, columns: Vec<Option<Column>>) -> ColumnData {
        let mut kinds = columns.iter().flatten().map(Column::kind);
        let kind = kinds.next().unwrap_or(ColumnKind::Text);
        // A value that is a number here and a text there must stay what it was in the file: a text.
        if kind == ColumnKind::Text || kinds.any(|k| k != kind) {
            return self.texts(columns);
        }
        let floats = columns.iter().map(|c| match c.as_ref()? {
            Column {
                data: ColumnData::Number(v),
                level,
                ..
            } => Some((v.to_floats(), *level)),
            _ => None,
        });
        let instants = columns.iter().map(|c| match c.as_ref()? {
            Column {
                data: ColumnData::Instant(v),
                level,
                ..
            } => Some((v.as_ref(), *level)),
            _ => None,
        });
        if kind == ColumnKind::Number {
            let floats: Vec<_> = floats.collect();
            let numbers = floats.iter().map(|f| f.as_ref().map(|(v, l)| (&**v, *l)));
            ColumnData::Number(Numbers::pack(self.values(f64::NAN, &numbers.collect())))
        } else {
            ColumnData::Instant(self.values(NO_INSTANT, &instants.collect()))
        }
    }

    fn texts(&self, columns: Vec<Option<Column>>) -> ColumnData {
        let mut codes = Vec::with_capacity(columns.len());
        let mut dictionaries = Vec::with_capacity(columns.len());
        for column in columns {
            let (of_part, dictionary) = match column.map(|c| (as_texts(c.data), c.level)) {
                Some(((codes, dictionary), level)) => (Some((codes, level)), dictionary),
                None => (None, Dictionary::default()),
            };
            codes.push(of_part);
            dictionaries.push(dictionary);
        }
        let (dictionary, maps) = united(dictionaries.iter().map(|d| (d, "")), true);
        // Given up before the codes are made, which need as much memory again.
        drop(dictionaries);
        let codes = self.codes(&codes, &maps, dictionary.len());
        ColumnData::Text(codes, dictionary)
    }
}

/// Values as texts; numbers and instants as they are written out.
fn as_texts(data: ColumnData) -> (Codes, Dictionary) {
    let mut interner = Interner::default();
    let mut code = |text: Option<String>| text.map_or(0, |t| interner.intern(t.as_bytes()) + 1);
    let codes: Vec<u32> = match data {
        ColumnData::Text(codes, dictionary) => return (codes, dictionary),
        ColumnData::Number(v) => {
            let text = |x: f64| (!x.is_nan()).then(|| x.to_string());
            (0..v.len()).map(|row| code(text(v.get(row)))).collect()
        }
        ColumnData::Instant(v) => {
            let instant =
                |t: i64| chrono::DateTime::from_timestamp_micros(t).filter(|_| t != NO_INSTANT);
            let text = |&t: &i64| instant(t).map(|t| t.to_rfc3339());
            v.iter().map(|t| code(text(t))).collect()
        }
    };
    let dictionary = interner.into_dictionary(true);
    (Codes::pack(codes.into_iter(), dictionary.len()), dictionary)
}

#[cfg(test)]
mod tests;
