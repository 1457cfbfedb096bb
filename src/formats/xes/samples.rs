//! The beginning of a log: its extensions and classifiers, and the attributes of its first events,
//! to find out which is what.

use super::parser::{Attribute, Level, Listener, Parser};
use super::plan::{Key, column, standard};
use crate::formats::Reason;
use crate::formats::notes::Note;
use crate::formats::table::Table;

/// Events that are kept.
const MAX_EVENTS: usize = 1000;
/// Keys that are kept.
const MAX_KEYS: usize = 1000;
/// Bytes of a value that are kept.
const MAX_VALUE: usize = 1000;

/// The extensions of the standard, by name, with the prefixes of their keys.
const EXTENSIONS: [(&str, &str); 5] = [
    ("Concept", "concept"),
    ("Time", "time"),
    ("Organizational", "org"),
    ("Lifecycle", "lifecycle"),
    ("Identity", "identity"),
];

/// Values by position of their key.
type Values = Vec<(usize, String)>;

/// Samples from the beginning of a log.
#[derive(Debug, Default)]
pub struct Samples {
    /// Prefixes that the log gives to standard extensions, and those that they have.
    pub aliases: Vec<(String, &'static str)>,
    /// Names of classifiers, and their keys.
    pub classifiers: Vec<(String, Vec<String>)>,
    keys: Vec<(Key, bool)>,
    trace: Values,
    event: Option<Values>,
    events: Vec<Values>,
}

impl Samples {
    /// Looks at the beginning of a log; `whole` says that it is all of it.
    pub fn of(head: &str, whole: bool, longest: usize) -> Self {
        let mut samples = Samples::default();
        Parser::new(longest, true).feed(head, whole, &mut samples);
        samples
    }

    /// The attributes of events and traces, in order of appearance.
    pub fn keys(&self) -> impl Iterator<Item = &Key> + Clone {
        self.keys.iter().map(|(key, _)| key)
    }

    /// The values of an attribute.
    pub fn values(&self, key: &Key) -> impl Iterator<Item = &[u8]> + Clone {
        let wanted = self.keys().position(|k| k == key);
        let values = self.events.iter().flatten();
        values
            .filter(move |(at, _)| Some(*at) == wanted)
            .map(|(_, value)| value.as_bytes())
    }

    /// Returns whether an attribute holds dates.
    pub fn is_date(&self, at: usize) -> bool {
        self.keys[at].1
    }

    /// Number of events.
    pub fn n_events(&self) -> usize {
        self.events.len()
    }

    /// The events as rows; a column for each of the keys.
    pub fn table(&self) -> Table {
        let mut table = Table::new(self.keys.len());
        let mut row: Vec<&[u8]> = vec![b""; self.keys.len()];
        for event in &self.events {
            row.fill(b"");
            for (at, value) in event {
                row[*at] = value.as_bytes();
            }
            table.push(row.iter().copied());
        }
        table.end_of_head();
        table
    }

    fn key(&mut self, level: Level, name: &str, date: bool) -> Option<usize> {
        let renamed = standard(&self.aliases, name);
        let name = renamed.as_deref().unwrap_or(name);
        let known = |(key, _): &(Key, bool)| key.level == level && key.name == name;
        let at = self.keys.iter().position(known);
        if at.is_none() && self.keys.len() < MAX_KEYS {
            let name = name.to_owned();
            self.keys.push((Key { level, name }, date));
            return Some(self.keys.len() - 1);
        }
        at
    }
}

impl Listener for Samples {
    fn trace_begins(&mut self, _: u64) {
        self.trace.clear();
    }

    fn trace_ends(&mut self) {
        self.trace.clear();
    }

    fn event_begins(&mut self, _: u64) {
        self.event = (self.events.len() < MAX_EVENTS).then(Vec::new);
    }

    fn event_ends(&mut self) {
        if let Some(event) = self.event.take() {
            // As far as they stand before the event; later ones are still unknown.
            let all = self.trace.iter().cloned().chain(event);
            self.events.push(all.collect());
        }
    }

    fn stray_event(&mut self, _: u64) {}

    fn reject_event(&mut self, _: Reason) {
        self.event = None;
    }

    fn attribute(&mut self, attribute: &Attribute<'_>) {
        if attribute.level == Level::Log || self.events.len() == MAX_EVENTS {
            return;
        }
        let date = attribute.kind == "date";
        let Some(at) = self.key(attribute.level, attribute.name, date) else {
            return;
        };
        let value = attribute.value.chars().take(MAX_VALUE).collect();
        match (attribute.level, &mut self.event) {
            (Level::Trace, _) => self.trace.push((at, value)),
            (_, Some(event)) => event.push((at, value)),
            _ => {}
        }
    }

    fn definition(&mut self, element: &str, attributes: &[(String, String)]) {
        let of = |name: &str| {
            let found = attributes.iter().find(|(n, _)| n == name);
            found.map_or("", |(_, value)| value.as_str())
        };
        if element == "extension" {
            let (name, prefix, uri) = (of("name"), of("prefix"), of("uri"));
            // Programs change the name or the prefix of an extension; the file of its URI stays.
            let is = |(n, p): &&(&str, &str)| *n == name || uri.ends_with(&format!("/{p}.xesext"));
            if let Some((_, standard)) = EXTENSIONS.iter().find(is)
                && prefix != *standard
                && !prefix.is_empty()
            {
                self.aliases.push((prefix.to_owned(), standard));
            }
        } else {
            let keys = classifier_keys(of("keys"));
            let name = |key: &String| standard(&self.aliases, key).unwrap_or(key.clone());
            let keys = keys.iter().map(name).collect();
            self.classifiers.push((of("name").to_owned(), keys));
        }
    }

    fn note(&mut self, _: Note, _: u64) {}
}

/// Keys with blanks between them; those that hold blanks stand in apostrophes.
fn classifier_keys(text: &str) -> Vec<String> {
    let mut keys = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let quoted = rest.strip_prefix('\'').and_then(|r| r.split_once('\''));
        let plain = || rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
        let (key, after) = quoted.unwrap_or_else(plain);
        keys.push(key.to_owned());
        rest = after.trim_start();
    }
    keys
}

/// The names of the columns of some keys.
pub fn columns(samples: &Samples) -> Vec<String> {
    samples.keys().map(|k| column(k.level, &k.name)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_classifiers_may_hold_blanks() {
        for (text, want) in [
            ("concept:name", &["concept:name"][..]),
            (" a  b ", &["a", "b"]),
            ("'Activity code' b", &["Activity code", "b"]),
            ("'open", &["'open"]),
            ("", &[]),
        ] {
            assert_eq!(classifier_keys(text), want, "{text}");
        }
    }
}
