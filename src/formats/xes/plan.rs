//! Which attributes of a log play which role, and how timestamps are written. Options stand above
//! the standard keys; what they name is looked for among the attributes of the first events.

use super::parser::Level;
use super::samples::Samples;
use crate::event_log::{PerRole, Role, Roles};
use crate::formats::options::{DateOrder, ReadOptions};
use crate::formats::timestamp::{Learned, TimeFormat, described, trim};
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
    /// The attributes that have a role.
    pub keys: Vec<Key>,
    /// Which of `keys` have each role.
    pub places: PerRole<Range<usize>>,
    /// True if the case is the trace, identified by its name.
    pub by_trace: bool,
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
const RESOURCE: &str = "org:resource";
const LIFECYCLE: &str = "lifecycle:transition";
const INSTANCE: &str = "concept:instance";

impl Plan {
    /// The plan for a log that begins with these samples.
    pub fn new(samples: &Samples, options: &ReadOptions) -> Result<Self, ImportError> {
        if [Role::Time, Role::Start]
            .iter()
            .any(|&role| options.columns[role].len() > 1)
        {
            let message =
                "a timestamp of XES is one attribute: name one for the time and one for the start";
            return Err(ImportError::Usage(message.to_owned()));
        }
        let keys = PerRole::of(|role| attributes(samples, role, &options.columns[role]));
        // A role that is needed always has a key.
        let times = times(samples, &keys[Role::Time][0], options)?;
        let starts = match keys[Role::Start].first() {
            Some(start) => times_of(samples, start, options),
            None => times.clone(),
        };
        let mut all = Vec::new();
        let places = PerRole::of(|role| {
            let first = all.len();
            all.extend_from_slice(&keys[role]);
            first..all.len()
        });
        Ok(Plan {
            keys: all,
            places,
            by_trace: keys[Role::Case] == [Key::new(Level::Trace, NAME)],
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
        let alone = |place: &Range<usize>| place.len() == 1 && is(&self.keys[place.start]);
        self.places.is_key(alone)
    }

    /// The attributes that have a role.
    pub fn of(&self, role: Role) -> &[Key] {
        &self.keys[self.places[role].clone()]
    }

    /// The names of the columns that have roles; those that a log may lack must be among `columns`.
    pub fn roles(&self, columns: &[&str]) -> Roles {
        PerRole::of(|role| {
            let stays = Role::ATTRIBUTES.contains(&role);
            let names = self.of(role).iter().map(Key::column);
            names
                .filter(|name| !stays || columns.contains(&name.as_str()))
                .collect()
        })
    }
}

/// The standard name of a key whose prefix is an alias.
pub fn standard(aliases: &[(String, &'static str)], name: &str) -> Option<String> {
    let (prefix, rest) = name.split_once(':')?;
    let (_, standard) = aliases.iter().find(|(alias, _)| alias == prefix)?;
    Some(format!("{standard}:{rest}"))
}

/// The attributes of a role: those that the user named, else the standard ones. An empty name says
/// that no attribute has a role which rows need not have.
fn attributes(samples: &Samples, role: Role, named: &[String]) -> Vec<Key> {
    // A time has one attribute, also where the name is that of a classifier of several.
    let most = if role.is_text() { usize::MAX } else { 1 };
    let of_event = |name| vec![Key::new(Level::Event, name)];
    match (named, role) {
        ([_, ..], _) => {
            let needed = Role::NEEDED.contains(&role);
            let named = named.iter().filter(|name| needed || !name.is_empty());
            named
                .flat_map(|name| resolve(samples, name).into_iter().take(most))
                .collect()
        }
        ([], Role::Case) => vec![Key::new(Level::Trace, NAME)],
        ([], Role::Activity) => default_activity(samples),
        ([], Role::Time) => of_event(TIME),
        ([], Role::Start | Role::Milestone) => Vec::new(),
        ([], Role::Resource) => vec![default_resource(samples)],
        ([], Role::Lifecycle) => of_event(LIFECYCLE),
        ([], Role::Instance) => of_event(INSTANCE),
    }
}

/// The attributes that a name given by the user means; several where it is that of a classifier.
fn resolve(samples: &Samples, name: &str) -> Vec<Key> {
    let known = |level| move |key: &&Key| key.level == level && key.name == name;
    let keys = || samples.keys();
    // A bare name is one of events first, as it is that of their column.
    if let Some(key) = keys().find(known(Level::Event)) {
        return vec![key.clone()];
    }
    if let Some(key) = keys().find(|key| key.column() == name) {
        return vec![key.clone()];
    }
    if let Some(key) = keys().find(known(Level::Trace)) {
        return vec![key.clone()];
    }
    let classifier = |(n, keys): &&(String, Vec<String>)| n == name && !keys.is_empty();
    if let Some((_, keys)) = samples.classifiers.iter().find(classifier) {
        return keys.iter().map(|k| Key::new(Level::Event, k)).collect();
    }
    // Last, and only if one attribute is meant: keys of XES may differ in letter case alone.
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

/// The standard key of the resource, or the plain word, which some programs write.
fn default_resource(samples: &Samples) -> Key {
    let has = |name: &str| {
        samples
            .keys()
            .any(|k| k.level == Level::Event && k.name == name)
    };
    let plain = !has(RESOURCE) && has("resource");
    Key::new(Level::Event, if plain { "resource" } else { RESOURCE })
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
    let learned = described(values.clone(), options.date_order);
    // One value as the standard says is enough: others are then rejected rather than guessed.
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
    let text = first.and_then(|v| described([v].into_iter(), None));
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
