//! Plan for turning the rows of a file of columns into events: which columns are case, activity and
//! time, and as what the others are kept.

use super::column::Column;
use crate::event_log::{ColumnKind, ColumnSpec, Role, Schema};
use crate::formats::DateOrder;
use crate::formats::ReadOptions;
use crate::formats::keys::Keys;
use crate::formats::number::{self, NumberStyle};
use crate::formats::timestamp::{TimeFormat, TimeReader};
use hashbrown::HashSet;

/// Which column of the file a column of the log is made of, and as what it is kept.
#[derive(Debug, Clone, Copy)]
pub enum Sink {
    /// Texts.
    Text(usize),
    /// Numbers.
    Number(usize),
    /// Instants.
    Instant(usize),
}

impl Sink {
    /// The column of the file.
    pub fn column(self) -> usize {
        match self {
            Sink::Text(column) | Sink::Number(column) | Sink::Instant(column) => column,
        }
    }
}

/// Plan for turning rows into events.
pub struct Plan<'a> {
    /// Case, activity and time.
    pub keys: Keys,
    /// The other columns of the log, as in its schema.
    pub sinks: Vec<Sink>,
    /// Texts that mean a missing value.
    pub na: Vec<Vec<u8>>,
    na_numbers: Vec<f64>,
    columns: &'a [Column],
    options: &'a ReadOptions,
}

impl<'a> Plan<'a> {
    /// The plan, and the schema of the log. Columns of these names are texts whatever their type is.
    pub fn new(
        keys: &Keys,
        columns: &'a [Column],
        texts: &HashSet<String>,
        options: &'a ReadOptions,
    ) -> (Self, Schema) {
        let mut schema = Schema {
            has_start: !keys.mapping[Role::Start].is_empty(),
            roles: keys.roles(),
            ..Schema::default()
        };
        let mut sinks = Vec::new();
        let mut names: HashSet<&str> = HashSet::new();
        for (i, column) in columns.iter().enumerate() {
            // Of several columns of one name the first counts.
            if keys.is_key(i) || !names.insert(&column.name) {
                continue;
            }
            let text = keys.is_name(i) || texts.contains(&column.name);
            let kind = if text { ColumnKind::Text } else { column.kind };
            // A role of several columns, joined, has none of its own.
            for role in Role::ATTRIBUTES {
                if keys.mapping[role] == [i] {
                    schema.role_columns[role] = Some(sinks.len());
                }
            }
            sinks.push(match kind {
                ColumnKind::Text => Sink::Text(i),
                ColumnKind::Number => Sink::Number(i),
                ColumnKind::Instant => Sink::Instant(i),
            });
            schema.columns.push(ColumnSpec {
                name: column.name.clone(),
                kind,
            });
        }
        let na: Vec<Vec<u8>> = options.na.iter().map(|n| n.as_bytes().to_vec()).collect();
        let number = |n: &Vec<u8>| number::parse(n, NumberStyle::Point);
        let plan = Plan {
            keys: keys.clone(),
            sinks,
            na_numbers: na.iter().filter_map(number).collect(),
            na,
            columns,
            options,
        };
        (plan, schema)
    }

    /// Readers of timestamp and start.
    pub fn readers(&self) -> [TimeReader; 2] {
        self.keys.readers(self.options)
    }

    /// Reads instants of other columns.
    pub fn zone(&self) -> TimeReader {
        TimeReader::new(TimeFormat::calendar(DateOrder::Dmy), self.options.tz)
    }

    /// Name of a column of the file.
    pub fn name(&self, column: usize) -> &str {
        &self.columns[column].name
    }

    /// Returns whether a column of the file holds UUIDs.
    pub fn is_uuid(&self, column: usize) -> bool {
        self.columns[column].uuid
    }

    /// Returns whether a text means that there is no value.
    pub fn is_na(&self, text: &[u8]) -> bool {
        self.na.iter().any(|n| n == text)
    }

    /// Returns whether a number means that there is no value.
    pub fn is_na_number(&self, number: f64) -> bool {
        self.na_numbers.contains(&number)
    }
}
