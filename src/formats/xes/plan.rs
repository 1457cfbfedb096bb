//! Which attributes of a log play which role, and how timestamps are written. Options stand above
//! the standard keys; what they name is looked for among the attributes of the first events.

use super::parser::Level;
use super::samples::Samples;
use crate::event_log::{PerRole, Role, Roles};
use crate::formats::options::{DateOrder, ReadOptions};
use crate::formats::timestamp::{Learned, TimeFormat, learn, trim};
use crate::formats::{ImportError, text::shown};
use std::ops::Range;

/// Stands before the keys of traces in the names of columns.
const OF_TRACE: &str = "case:";

/// An attribute of events or traces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// Level: event or trace.
    pub level: Level,
    /// Key in the log.
    pub name: String,
}

impl Key {
    fn new(level: Level, name: &str) -> Self {
        Key {
            level,
            name: name.to_owned(),
        }
    }

    /// The name of its column.
    pub fn column(&self) -> String {
        column(self.level, &self.name)
    }
}

/// The name of an attribute's column.
pub fn column(level: Level, name: &str) -> String {
    match level {
        Level::Trace => format!("{OF_TRACE}{name}"),
        Level::Event | Level::Log => name.to_owned(),
    }
}

/// Format of the timestamps.
#[derive(Debug, Clone, PartialEq)]
pub struct Times {
    /// The writing.
    pub format: TimeFormat,
    /// True if dates must begin with their year, as the standard says.
    pub iso: bool,
    /// The writing, for people; may be empty.
    pub text: String,
    /// True if the order of day and month is given.
    pub order_given: bool,
}

/// Plan for reading a log.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// The attributes that have a role which every row needs, and the start.
    pub parts: Vec<Key>,
    /// Those of the case id.
    pub case: Range<usize>,
    /// True if the case is the trace, identified by its name.
    pub by_trace: bool,
    /// Those of the activity.
    pub activity: Range<usize>,
    /// The timestamp.
    pub time: usize,
    /// The start of the activity instance.
    pub start: Option<usize>,
    /// Those of [`Role::ATTRIBUTES`].
    pub extras: [Key; 3],
    /// Which of these were named by the user.
    pub extras_given: [bool; 3],
    /// Format of the timestamp.
    pub times: Times,
    /// Format of the start.
    pub starts: Times,
    /// Prefixes that the log gives to standard extensions, and those that they have.
    pub aliases: Vec<(String, &'static str)>,
    /// Texts that mean a missing value.
    pub na: Vec<Vec<u8>>,
    /// The zone of timestamps without offset.
    pub tz: Option<chrono_tz::Tz>,
}

/// Keys of the standard extensions.
const NAME: &str = "concept:name";
const TIME: &str = "time:timestamp";
const EXTRAS: [&str; 3] = ["org:resource", "lifecycle:transition", "concept:instance"];

impl Plan {
    /// The plan for a log that begins with these samples.
    pub fn new(samples: &Samples, options: &ReadOptions) -> Result<Self, ImportError> {
        let all = |names: &[String]| -> Vec<Key> {
            let keys = names.iter().map(|name| resolve(samples, name));
            keys.flatten().collect()
        };
        let one = |name: &String| resolve(samples, name).swap_remove(0);
        let mut case = all(&options.columns[Role::Case]);
        let by_trace = case.is_empty() || case == [Key::new(Level::Trace, NAME)];
        if by_trace {
            case = vec![Key::new(Level::Trace, NAME)];
        }
        let mut activity = all(&options.columns[Role::Activity]);
        if activity.is_empty() {
            activity = default_activity(samples);
        }
        if [Role::Time, Role::Start]
            .iter()
            .any(|&role| options.columns[role].len() > 1)
        {
            let message =
                "a timestamp of XES is one attribute: name one for the time and one for the start";
            return Err(ImportError::Usage(message.to_owned()));
        }
        let time = options.columns[Role::Time].first().map(one);
        let time = time.unwrap_or_else(|| Key::new(Level::Event, TIME));
        let start = options.columns[Role::Start].first().map(one);
        let named = Role::ATTRIBUTES.map(|role| options.columns[role].first());
        let extras = std::array::from_fn(|i| match named[i] {
            Some(name) => one(name),
            None => default_extra(samples, i),
        });
        let times = times(samples, &time, options)?;
        let starts = match &start {
            Some(start) => times_of(samples, start, options),
            None => times.clone(),
        };
        let n_case = case.len();
        let n_keys = n_case + activity.len();
        let mut parts = [case, activity, vec![time]].concat();
        parts.extend(start.clone());
        Ok(Plan {
            parts,
            case: 0..n_case,
            by_trace,
            activity: n_case..n_keys,
            time: n_keys,
            start: start.map(|_| n_keys + 1),
            extras,
            extras_given: named.map(|name| name.is_some()),
            times,
            starts,
            aliases: samples.aliases.clone(),
            na: options.na.iter().map(|n| n.as_bytes().to_vec()).collect(),
            tz: options.tz,
        })
    }

    /// The standard name of a key, if the log calls the prefix of its extension otherwise.
    #[inline]
    pub fn standard(&self, name: &str) -> Option<String> {
        if self.aliases.is_empty() {
            return None;
        }
        standard(&self.aliases, name)
    }

    /// Returns whether an attribute is only a key of the log, and no column besides.
    pub fn is_key_only(&self, level: Level, name: &str) -> bool {
        let is = |key: &Key| key.level == level && key.name == name;
        let alone = |range: &Range<usize>| range.len() == 1 && is(&self.parts[range.start]);
        let single = alone(&self.case) || alone(&self.activity) || is(&self.parts[self.time]);
        let single = single || self.start.is_some_and(|start| is(&self.parts[start]));
        single && !self.extras.iter().any(is)
    }

    /// The names of the columns that have roles; those that a log may lack must be among `columns`.
    pub fn roles(&self, columns: &[&str]) -> Roles {
        let names = |keys: &[Key]| keys.iter().map(Key::column).collect();
        let extra = |i: usize| {
            let name = self.extras[i].column();
            columns.contains(&name.as_str()).then_some(name)
        };
        PerRole::of(|role| match role {
            Role::Case => names(&self.parts[self.case.clone()]),
            Role::Activity => names(&self.parts[self.activity.clone()]),
            Role::Time => names(&self.parts[self.time..=self.time]),
            Role::Start => names(self.start.map_or(&[], |start| &self.parts[start..=start])),
            Role::Resource => extra(0).into_iter().collect(),
            Role::Lifecycle => extra(1).into_iter().collect(),
            Role::Instance => extra(2).into_iter().collect(),
        })
    }
}

/// The standard name of a key whose prefix is an alias.
pub fn standard(aliases: &[(String, &'static str)], name: &str) -> Option<String> {
    let (prefix, rest) = name.split_once(':')?;
    let (_, standard) = aliases.iter().find(|(alias, _)| alias == prefix)?;
    Some(format!("{standard}:{rest}"))
}

/// The attributes that a name given by the user means; several where it is that of a classifier.
fn resolve(samples: &Samples, name: &str) -> Vec<Key> {
    let known = |level| move |key: &&Key| key.level == level && key.name == name;
    let keys = || samples.keys();
    if let Some(key) = keys().find(known(Level::Event)) {
        return vec![key.clone()];
    }
    if let Some(key) = keys().find(|key| key.column() == name) {
        return vec![key.clone()];
    }
    if let Some(key) = keys().find(known(Level::Trace)) {
        return vec![key.clone()];
    }
    if let Some((_, keys)) = samples.classifiers.iter().find(|(n, _)| n == name) {
        return keys.iter().map(|k| Key::new(Level::Event, k)).collect();
    }
    let lower = name.to_lowercase();
    let mut alike = keys().filter(|key| key.column().to_lowercase() == lower);
    if let (Some(key), None) = (alike.next(), alike.next()) {
        return vec![key.clone()];
    }
    vec![match name.strip_prefix(OF_TRACE) {
        Some(rest) => Key::new(Level::Trace, rest),
        None => Key::new(Level::Event, name),
    }]
}

/// The standard key; where no event has it, the keys of the first classifier that events have.
fn default_activity(samples: &Samples) -> Vec<Key> {
    let has = |name: &str| {
        samples
            .keys()
            .any(|k| k.level == Level::Event && k.name == name)
    };
    let fits = |keys: &&Vec<String>| !keys.is_empty() && keys.iter().all(|key| has(key));
    let classifier = samples.classifiers.iter().map(|(_, keys)| keys).find(fits);
    match classifier {
        Some(keys) if !has(NAME) => keys.iter().map(|k| Key::new(Level::Event, k)).collect(),
        _ => vec![Key::new(Level::Event, NAME)],
    }
}

/// The standard key; of the resource also the plain word, which some programs write.
fn default_extra(samples: &Samples, i: usize) -> Key {
    let has = |name: &str| {
        samples
            .keys()
            .any(|k| k.level == Level::Event && k.name == name)
    };
    let plain = i == 0 && !has(EXTRAS[0]) && has("resource");
    Key::new(Level::Event, if plain { "resource" } else { EXTRAS[i] })
}

/// Format of the timestamp, with the pattern that the user may have given.
fn times(samples: &Samples, key: &Key, options: &ReadOptions) -> Result<Times, ImportError> {
    let Some(text) = &options.time_format else {
        return Ok(times_of(samples, key, options));
    };
    Ok(Times {
        format: TimeFormat::given(text, options.date_order)?,
        iso: false,
        text: text.clone(),
        order_given: true,
    })
}

/// As the standard says, unless no value is so.
fn times_of(samples: &Samples, key: &Key, options: &ReadOptions) -> Times {
    let values = samples.values(key);
    let learned = learn(values.clone(), options.date_order);
    let odd = learned.filter(|_| !values.clone().any(is_iso));
    let order_given = options.date_order.is_some();
    if let Some(Learned { format, text, .. }) = odd {
        return Times {
            format,
            iso: false,
            text,
            order_given,
        };
    }
    let first = values.clone().find(|v| is_iso(v));
    let text = first.and_then(|v| learn([v].into_iter(), None));
    Times {
        format: TimeFormat::calendar(options.date_order.unwrap_or(DateOrder::Dmy)),
        iso: true,
        text: text.map_or_else(String::new, |l| l.text),
        order_given,
    }
}

/// Returns whether a date begins with its year.
#[inline]
pub fn is_iso(text: &[u8]) -> bool {
    match trim(text) {
        year if year.len() > 4 => year[..4].iter().all(u8::is_ascii_digit) && year[4] == b'-',
        _ => false,
    }
}

/// The error for a name that no event and no trace has.
pub fn unknown(name: &str, samples: &Samples) -> ImportError {
    const MOST: usize = 12;
    let columns = samples.keys().map(|key| shown(&key.column()));
    let mut found: Vec<String> = columns.clone().take(MOST).collect();
    let more = columns.count().saturating_sub(MOST);
    if more > 0 {
        found.push(format!("and {more} more"));
    }
    ImportError::Usage(format!(
        "there is no attribute {}; attributes found: {}",
        shown(name),
        found.join(", ")
    ))
}
