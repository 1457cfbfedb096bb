//! Several logs as one: same case id, same case; columns are united by name. What belongs to one
//! case stands in order of time, ties in the order of the logs. Also visits: a case per stretch of
//! a case without a long gap.

use super::builder::by_case_if_constant;
use super::{
    Codes, Column, ColumnData, ColumnKind, Dictionary, EventLog, Level, NO_INSTANT, Roles,
};
use hashbrown::HashMap;
use rayon::prelude::*;

/// Name of the column that tells which log an event came from.
pub const SOURCE: &str = "source";

/// One of the logs to be merged.
#[derive(Debug)]
pub struct Part {
    /// What its events have in the column [`SOURCE`].
    pub source: String,
    /// Stands before the names of its activities.
    pub activity_prefix: String,
    /// The log.
    pub log: EventLog,
}

/// Where an event of the merged log comes from: the log, its row and its case.
#[derive(Clone, Copy)]
struct Origin {
    part: u32,
    row: u32,
    case: u32,
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

/// Merges logs, and adds the column [`SOURCE`].
pub fn merge(parts: &[Part]) -> EventLog {
    let (case_ids, case_maps) = united(parts.iter().map(|p| (&p.log.case_ids, "")));
    let names = parts
        .iter()
        .map(|p| (&p.log.activities, p.activity_prefix.as_str()));
    let (activities, activity_maps) = united(names);
    let (case_offsets, order) = order(parts, &case_maps, case_ids.len());
    let activity = Codes::pack(
        order.iter().map(|o| {
            let code = parts[o.part as usize].log.activity.get(o.row as usize);
            activity_maps[o.part as usize][code as usize]
        }),
        activities.len(),
    );
    let log_of = |o: &Origin| &parts[o.part as usize].log;
    let has_start = parts.iter().any(|p| p.log.has_instances());
    let start_of = |o: &Origin| {
        let starts = log_of(o).start.as_ref();
        starts.map_or(NO_INSTANT, |start| start[o.row as usize])
    };
    let columns = columns(parts, &order, &case_offsets);
    let named = |position: fn(&EventLog) -> Option<usize>| {
        let name = parts
            .iter()
            .find_map(|p| Some(&p.log.columns[position(&p.log)?].name))?;
        columns.iter().position(|c| c.name == *name)
    };
    EventLog {
        time: order
            .iter()
            .map(|o| log_of(o).time[o.row as usize])
            .collect(),
        start: has_start.then(|| order.iter().map(start_of).collect()),
        resource: named(|log| log.resource),
        lifecycle: named(|log| log.lifecycle),
        instance: named(|log| log.instance),
        roles: parts
            .first()
            .map_or_else(Roles::default, |p| p.log.roles.clone()),
        case_ids,
        case_offsets: case_offsets.into(),
        activities,
        activity,
        columns,
    }
}

/// One dictionary of several, with what stands before the texts of each; and for each its codes in
/// the new one.
fn united<'a>(
    dictionaries: impl Iterator<Item = (&'a Dictionary, &'a str)>,
) -> (Dictionary, Vec<Vec<u32>>) {
    let mut all = Dictionary::default();
    let mut codes: HashMap<String, u32> = HashMap::new();
    let maps = dictionaries.map(|(dictionary, prefix)| {
        let code = |text: &str| {
            let text = format!("{prefix}{text}");
            *codes
                .entry_ref(text.as_str())
                .or_insert_with(|| all.push(&text))
        };
        dictionary.iter().map(code).collect()
    });
    let maps = maps.collect();
    (all, maps)
}

/// All events by case and time, and where each case begins.
fn order(parts: &[Part], case_maps: &[Vec<u32>], n_cases: usize) -> (Vec<u32>, Vec<Origin>) {
    let mut case_offsets = vec![0u32; n_cases + 1];
    for (part, map) in parts.iter().zip(case_maps) {
        for (case, &to) in map.iter().enumerate() {
            case_offsets[to as usize + 1] += part.log.events_of(case).len() as u32;
        }
    }
    for case in 0..n_cases {
        case_offsets[case + 1] += case_offsets[case];
    }
    let none = Origin {
        part: 0,
        row: 0,
        case: 0,
    };
    let mut order = vec![none; case_offsets[n_cases] as usize];
    let mut next = case_offsets.clone();
    for (p, (part, map)) in parts.iter().zip(case_maps).enumerate() {
        for (case, &to) in map.iter().enumerate() {
            for row in part.log.events_of(case) {
                order[next[to as usize] as usize] = Origin {
                    part: p as u32,
                    row: row as u32,
                    case: case as u32,
                };
                next[to as usize] += 1;
            }
        }
    }
    let key = |o: &Origin| {
        let log = &parts[o.part as usize].log;
        (log.begin(o.row as usize), log.time[o.row as usize])
    };
    let mut rest = order.as_mut_slice();
    let mut cases = Vec::with_capacity(n_cases);
    for w in case_offsets.windows(2) {
        let (case, after) = rest.split_at_mut((w[1] - w[0]) as usize);
        cases.push(case);
        rest = after;
    }
    cases.into_par_iter().for_each(|case| {
        if !case.is_sorted_by_key(key) {
            case.sort_by_key(key);
        }
    });
    (case_offsets, order)
}

/// The columns of all logs by name, in order of first appearance, and that of the source.
fn columns(parts: &[Part], order: &[Origin], case_offsets: &[u32]) -> Vec<Column> {
    let mut names: Vec<&str> = Vec::new();
    for column in parts.iter().flat_map(|p| &p.log.columns) {
        if !names.contains(&column.name.as_str()) {
            names.push(&column.name);
        }
    }
    let mixed = mixed_columns(&parts.iter().map(|p| &p.log).collect::<Vec<_>>());
    let column = |name: &&str| {
        let columns: Vec<Option<&Column>> = parts.iter().map(|p| p.log.column(name)).collect();
        let data = if mixed.iter().any(|m| m == name) {
            let texts: Vec<Option<Column>> = columns.iter().map(|c| c.map(as_text)).collect();
            let texts: Vec<Option<&Column>> = texts.iter().map(Option::as_ref).collect();
            gathered(&texts, order)
        } else {
            gathered(&columns, order)
        };
        event_column((*name).to_owned(), data, case_offsets)
    };
    let mut all: Vec<Column> = names.par_iter().map(column).collect();
    all.push(source_column(parts, &names, order, case_offsets));
    all
}

fn event_column(name: String, data: ColumnData, case_offsets: &[u32]) -> Column {
    let column = Column {
        name,
        level: Level::Event,
        data,
    };
    by_case_if_constant(column, case_offsets)
}

/// Which log each event came from. Where a log has a column of that name, it gets another.
fn source_column(parts: &[Part], taken: &[&str], order: &[Origin], case_offsets: &[u32]) -> Column {
    let mut name = SOURCE.to_owned();
    while taken.contains(&name.as_str()) {
        name.insert_str(0, "log:");
    }
    let mut sources: Dictionary = [""].into_iter().collect();
    let codes: Vec<u32> = parts
        .iter()
        .map(|p| {
            let known = sources.find(&p.source).filter(|&code| code > 0);
            known.unwrap_or_else(|| sources.push(&p.source))
        })
        .collect();
    let packed = Codes::pack(order.iter().map(|o| codes[o.part as usize]), sources.len());
    event_column(name, ColumnData::Text(packed, sources), case_offsets)
}

/// One column of the merged log; all that are given are of one kind.
fn gathered(columns: &[Option<&Column>], order: &[Origin]) -> ColumnData {
    let row = |column: &Column, o: &Origin| column.row(o.case as usize, o.row as usize);
    let kind = columns.iter().flatten().map(|c| c.kind()).next();
    match kind.unwrap_or(ColumnKind::Text) {
        ColumnKind::Number => ColumnData::Number(
            order
                .iter()
                .map(|o| match columns[o.part as usize] {
                    Some(
                        c @ Column {
                            data: ColumnData::Number(v),
                            ..
                        },
                    ) => v[row(c, o)],
                    _ => f64::NAN,
                })
                .collect(),
        ),
        ColumnKind::Instant => ColumnData::Instant(
            order
                .iter()
                .map(|o| match columns[o.part as usize] {
                    Some(
                        c @ Column {
                            data: ColumnData::Instant(v),
                            ..
                        },
                    ) => v[row(c, o)],
                    _ => NO_INSTANT,
                })
                .collect(),
        ),
        ColumnKind::Text => {
            let none: Dictionary = [""].into_iter().collect();
            let dictionaries = columns.iter().map(|c| match c {
                Some(Column {
                    data: ColumnData::Text(_, d),
                    ..
                }) => (d, ""),
                _ => (&none, ""),
            });
            let (mut dictionary, maps) = united(std::iter::once((&none, "")).chain(dictionaries));
            if dictionary.is_empty() {
                dictionary = none.clone();
            }
            let codes = order.iter().map(|o| match columns[o.part as usize] {
                Some(
                    c @ Column {
                        data: ColumnData::Text(codes, _),
                        ..
                    },
                ) => match codes.get(row(c, o)) {
                    0 => 0,
                    code => maps[o.part as usize + 1][code as usize],
                },
                _ => 0,
            });
            let codes = Codes::pack(codes, dictionary.len());
            ColumnData::Text(codes, dictionary)
        }
    }
}

/// A column of numbers or instants as one of texts.
fn as_text(column: &Column) -> Column {
    let texts: Vec<Option<String>> = match &column.data {
        ColumnData::Text(..) => return column.clone(),
        ColumnData::Number(v) => v
            .iter()
            .map(|x| (!x.is_nan()).then(|| x.to_string()))
            .collect(),
        ColumnData::Instant(v) => v
            .iter()
            .map(|&t| {
                let instant = (t != NO_INSTANT).then(|| chrono::DateTime::from_timestamp_micros(t));
                instant.flatten().map(|t| t.to_rfc3339())
            })
            .collect(),
    };
    let mut dictionary: Dictionary = [""].into_iter().collect();
    let mut known: HashMap<&str, u32> = HashMap::new();
    let codes: Vec<u32> = texts
        .iter()
        .map(|text| match text {
            None => 0,
            Some(text) => *known.entry(text).or_insert_with(|| dictionary.push(text)),
        })
        .collect();
    let codes = Codes::pack(codes.into_iter(), dictionary.len());
    Column {
        name: column.name.clone(),
        level: column.level,
        data: ColumnData::Text(codes, dictionary),
    }
}
