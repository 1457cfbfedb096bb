//! Inspection of an input before it is read: the facts a user needs to say which column is what.
//! Formats give names and sample rows; what speaks for which role is found here, alike for all.

use super::facts;
use super::mapping::{is_clock, names, rank_columns, sentences, with_clocks};
use super::table::Table;
use super::text::lossless;
use super::timestamp::{Learned, Style, TimeReader, learn};
use super::{ReadOptions, number};
use crate::event_log::{PerRole, Role, Roles};
use crate::text::time::DAY;
use hashbrown::HashSet;

/// An input that was looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Inspection {
    /// Name of the format: "csv".
    pub format: &'static str,
    /// Further facts about its form: `("encoding", "utf-8")`, `("delimiter", ";")`.
    pub facts: Vec<(String, String)>,
    /// Names of the columns, in the order of the log.
    pub columns: Vec<String>,
    /// Sample rows.
    pub samples: Table,
    /// Estimated number of rows, where the format allows one.
    pub rows: Option<u64>,
    /// The columns that have a role, as given or as guessed. Empty where there is none.
    pub roles: Roles,
    /// Like `roles`, with columns whose values speak for a role for which no name does: to be confirmed.
    pub proposed: Roles,
    /// Score of each column for each role: one row a column; 0 means
    /// not at all, 100 without a doubt.
    pub scores: Vec<PerRole<u8>>,
    /// The types of objects and how many there are of each, where the format has such.
    pub object_types: Vec<(String, u64)>,
    /// True if roles must be given by the user: one is missing, or the guess is not certain.
    pub doubtful: bool,
    /// Sentences that say why.
    pub doubts: Vec<String>,
    /// Profile of each column, from the samples.
    pub profiles: Vec<ColumnProfile>,
    /// Columns of times in a table in which every row is a case of its own, unless the user said which
    /// is the time: each may be an event of its own.
    pub times: Vec<usize>,
    /// True if the first row looks like data, so that the option `no_header` may be wanted.
    pub no_header: bool,
    /// Where the rows are in an SQL engine: the roles that a column can have there, each one column.
    pub in_engine: Option<&'static [Role]>,
}

/// Profile of a column's values, from the samples.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ColumnProfile {
    /// Type of the values.
    pub kind: Kind,
    /// Values that are not empty.
    pub filled: usize,
    /// Different ones of them.
    pub distinct: usize,
    /// The first different ones, each cut to some bytes (unsafe to print as they are).
    pub values: Vec<String>,
}

/// Type of a column's values.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Kind {
    /// There are none.
    #[default]
    Empty,
    /// Texts.
    Text,
    /// Numbers.
    Number,
    /// Timestamps.
    Time,
    /// Dates without a time of day.
    Date,
    /// Times of day without a date.
    Clock,
}

/// Different values of a column that are shown, and bytes of each.
const VALUES: usize = 6;
const VALUE_BYTES: usize = 60;
/// Digits of numbers that are rather counts than times of day, if all are as short.
const LONGEST_COUNT: usize = 3;
/// Share of values that must be timestamps.
const MOST: f64 = 0.9;

impl Inspection {
    /// The delimiter of fields, as it is called in reports.
    pub fn delimiter(&self) -> Option<&str> {
        self.fact(facts::DELIMITER)
    }

    /// The encoding of the text.
    pub fn encoding(&self) -> Option<&str> {
        self.fact(facts::ENCODING)
    }

    /// A fact by its name, one of [`facts`].
    pub fn fact(&self, wanted: &str) -> Option<&str> {
        let fact = self.facts.iter().find(|(fact, _)| fact == wanted);
        fact.map(|(_, value)| value.as_str())
    }

    /// Drops the samples, which may be megabytes: the profiles summarize them.
    #[must_use]
    pub fn without_samples(mut self) -> Self {
        self.samples = Table::default();
        self
    }

    /// Adds what the samples show: what columns hold, and how well they fit roles. Roles that the
    /// format knows itself stay.
    pub(super) fn ranked(mut self, is_table: bool, options: &ReadOptions) -> Self {
        self.proposed = self.roles.clone();
        let columns = 0..self.columns.len().min(self.samples.width());
        let profiles = columns.map(|c| profile(&self.columns[c], &self.samples, c));
        self.profiles = profiles.collect();
        if self.profiles.len() < self.columns.len() || self.columns.is_empty() {
            return self;
        }
        let ranking = rank_columns(&self.columns, &self.samples, options);
        if self.scores.is_empty() {
            self.scores = ranking.scores;
        }
        let guessed = names(&ranking.columns, &self.columns);
        // Roles that the format itself fixed, as XES does, are not guessed anew.
        if self.roles == Roles::default() || self.roles == guessed {
            self.roles = guessed;
            self.proposed = names(&ranking.proposed, &self.columns);
            self.doubtful |= !ranking.doubts.is_empty();
            self.doubts = sentences(&ranking.doubts, &self.roles, &self.columns);
        }
        let free = options.columns[Role::Time].is_empty() && !options.has_milestones();
        if is_table && free {
            self.times = self.times_of_a_list();
            self.doubtful |= !self.times.is_empty();
        }
        self
    }

    /// The columns that hold times, behind those of dates those of their times of day.
    pub fn columns_of_times(&self) -> Vec<usize> {
        let options = ReadOptions::default();
        with_clocks(self.times_alone(), &self.columns, &self.samples, &options)
    }

    /// The columns that hold times with a date.
    fn times_alone(&self) -> Vec<usize> {
        let is_time = |profile: &ColumnProfile| match profile.kind {
            Kind::Time | Kind::Date => true,
            Kind::Number | Kind::Text => are_days(&profile.values),
            _ => false,
        };
        let times = self.profiles.iter().enumerate();
        let times = times.filter(|(_, profile)| is_time(profile));
        times.map(|(column, _)| column).collect()
    }

    /// Returns whether one of two columns holds dates and the other times of day.
    pub fn are_date_and_clock(&self, columns: [usize; 2]) -> bool {
        let kinds = columns.map(|column| self.profiles.get(column).map(|profile| profile.kind));
        matches!(
            kinds,
            [Some(Kind::Date), Some(Kind::Clock)] | [Some(Kind::Clock), Some(Kind::Date)]
        )
    }

    /// Returns whether a column holds times of day.
    pub fn is_clock(&self, column: usize) -> bool {
        let profile = self.profiles.get(column);
        profile.is_some_and(|profile| profile.kind == Kind::Clock)
    }

    /// The columns of times, where there are several and every row is a case of its own.
    fn times_of_a_list(&self) -> Vec<usize> {
        let profiles = || self.columns.iter().zip(&self.profiles);
        let case = profiles().find(|(name, _)| self.roles[Role::Case] == [(*name).as_str()]);
        let is_list =
            case.is_some_and(|(_, case)| case.distinct == self.samples.len() && case.distinct > 1);
        if is_list && self.times_alone().len() > 1 {
            self.columns_of_times()
        } else {
            Vec::new()
        }
    }
}

fn profile(name: &str, table: &Table, column: usize) -> ColumnProfile {
    let filled = || table.column(column).filter(|v| !v.is_empty());
    let mut seen = HashSet::new();
    let mut values = Vec::new();
    let mut n = 0;
    for value in filled() {
        n += 1;
        if seen.insert(value) && values.len() < VALUES {
            values.push(lossless(&value[..value.len().min(VALUE_BYTES)]));
        }
    }
    let times = |values: &mut dyn Iterator<Item = &[u8]>| {
        let some: Vec<&[u8]> = values.collect();
        let learned = learn(some.into_iter(), None)?;
        (learned.is_certain() && learned.share > MOST).then_some(learned)
    };
    let kind = if n == 0 {
        Kind::Empty
    } else if is_clock(name, filled()) && filled().any(|v| v.len() > LONGEST_COUNT) {
        Kind::Clock
    } else if number::style_of(&filled(), true).is_some() {
        Kind::Number
    } else if times(&mut filled().take(VALUES)).is_some() {
        // The first values rule out most columns before all are learned from.
        match times(&mut filled()) {
            Some(learned) if are_dates(&learned, filled()) => Kind::Date,
            Some(_) => Kind::Time,
            None => Kind::Text,
        }
    } else {
        Kind::Text
    };
    ColumnProfile {
        kind,
        filled: n,
        distinct: seen.len(),
        values,
    }
}

/// Returns whether all values that are timestamps are dates alone.
fn are_dates<'v>(learned: &Learned, mut values: impl Iterator<Item = &'v [u8]>) -> bool {
    let mut reader = TimeReader::new(learned.format.clone(), None);
    values.all(|value| reader.read(value).map_or(true, |t| t.rem_euclid(DAY) == 0))
}

/// Returns whether all values are days written as numbers: "20240305", as SAP does. Zeros alone stand for
/// no day there.
fn are_days(values: &[String]) -> bool {
    let days = values.iter().map(String::as_str);
    let days: Vec<&str> = days.filter(|day| day.bytes().any(|b| b != b'0')).collect();
    let learned = learn(days.iter().map(|day| day.as_bytes()), None);
    learned.is_some_and(|learned| {
        let compact = learned.format.style == Style::Calendar { compact: true };
        compact && learned.tally.dates_alone == days.len() as u64
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_described() {
        let mut table = Table::new(6);
        for row in [
            ["a", "1,5", "2024-01-01", "", "2024-01-01 08:30", "08:30"],
            ["b", "2", "2024-01-02", "", "2024-01-02 00:00", "17:00"],
            ["a", "", "2024-01-02", "", "", ""],
        ] {
            table.push(row.into_iter().map(str::as_bytes));
        }
        let found: Vec<_> = (0..6).map(|c| profile("x", &table, c)).collect();
        let kinds = found.iter().map(|d| d.kind).collect::<Vec<_>>();
        assert_eq!(
            kinds,
            [
                Kind::Text,
                Kind::Number,
                Kind::Date,
                Kind::Empty,
                Kind::Time,
                Kind::Clock,
            ]
        );
        assert_eq!((found[0].filled, found[0].distinct), (3, 2));
        assert_eq!(found[1].values, ["1,5", "2"]);
    }

    #[test]
    fn numbers_of_eight_digits_may_be_days() {
        let are = |values: &[&str]| {
            let values: Vec<String> = values.iter().map(|v| (*v).to_owned()).collect();
            are_days(&values)
        };
        assert!(are(&["20240305", "00000000", "20231231"]));
        assert!(!are(&["20240305", "20241332"]));
        assert!(!are(&["2024030", "20240305"]));
        assert!(!are(&["00000000"]) && !are(&[]));
    }
}
