//! Scores columns for roles, from the words of their names and from sample values, and makes the mapping
//! from the scores. Names decide; values only break ties.

use super::values::{self, Changes, Facts};
use super::{Mapping, words};
use crate::event_log::Role;
use crate::formats::table::Table;
use crate::formats::timestamp::{Learned, TimeFormat, TimeReader, are_clocks, learn};
use crate::formats::{Lifecycle, ReadOptions};
use crate::text::time::DAY;
use std::cell::OnceCell;
use std::cmp::Reverse;

/// The least score for a role: below it a column does not speak for it.
pub fn least(role: Role) -> i32 {
    match role {
        Role::Case => 20,
        Role::Activity => 25,
        Role::Time => 30,
        Role::Start => 70,
        Role::Resource => 45,
        Role::Lifecycle => 50,
        Role::Instance => 80,
        Role::Milestone => i32::MAX,
    }
}

/// Rows that are too few to show that a column never repeats or changes.
const FEW_ROWS: usize = 50;

/// Values of which one at least must be a timestamp before all are looked at.
const SOME_VALUES: usize = 50;

/// Returns whether a column whose name has these words holds times of day.
pub fn is_clock<'v>(words: &[String], values: impl Iterator<Item = &'v [u8]>) -> bool {
    are_clocks(values, words::is_time(words))
}

/// Returns whether two names without known words differ at their end only, as ISDD and ISDZ.
fn are_twins(names: [&[String]; 2]) -> bool {
    let [[a], [b]] = names else { return false };
    let same = a.chars().zip(b.chars()).take_while(|(a, b)| a == b).count();
    a.chars().count() == b.chars().count() && same > 1 && same * 2 >= a.chars().count()
}

/// The state of a guess: columns that have a role already are not taken again.
pub struct Guess<'a> {
    names: Vec<Vec<String>>,
    table: &'a Table,
    /// Options by which the table is read.
    pub options: &'a ReadOptions,
    times: Vec<Option<Learned>>,
    taken: Vec<bool>,
    facts: Vec<OnceCell<Facts>>,
    changes: Vec<OnceCell<Changes>>,
    /// The columns of each role, so far.
    pub columns: Mapping,
}

impl<'a> Guess<'a> {
    /// Nothing but what was named.
    pub fn new(
        names: &[String],
        table: &'a Table,
        options: &'a ReadOptions,
        named: Mapping,
    ) -> Self {
        let mut taken = vec![false; names.len()];
        for &column in named.iter().flat_map(|(_, columns)| columns) {
            taken[column] = true;
        }
        let times = (0..names.len()).map(|c| {
            // Most columns are plainly no times: some values tell.
            let some = table.column(c).filter(|v| !v.is_empty()).take(SOME_VALUES);
            learn(some, options.date_order)?;
            learn(table.column(c), options.date_order)
        });
        Guess {
            times: times.collect(),
            names: names.iter().map(|n| words::words(n)).collect(),
            table,
            options,
            taken,
            facts: vec![OnceCell::new(); names.len()],
            changes: vec![OnceCell::new(); names.len()],
            columns: named,
        }
    }

    /// Finds a column for every role that was not named, each with what the roles before it are.
    pub fn all(mut self) -> Self {
        // A start needs the time, an instance the transitions, a resource the words of the time.
        let order: [Role; Role::ALL.len()] = [
            Role::Case,
            Role::Activity,
            Role::Time,
            Role::Start,
            Role::Lifecycle,
            Role::Instance,
            Role::Resource,
            Role::Milestone,
        ];
        for role in order {
            if self.columns[role].is_empty() && self.is_wanted(role) {
                let best = self.best(role);
                self.columns[role].extend(best);
                if let (Role::Time | Role::Start, Some(date)) = (role, best) {
                    let clock = self.take_clock_of(date);
                    self.columns[role].extend(clock);
                }
            }
        }
        self
    }

    /// Returns whether a role may be guessed: an empty name says that there is none. A start is guessed only
    /// where it may be used, an instance only where there are transitions.
    fn is_wanted(&self, role: Role) -> bool {
        let options = self.options;
        match role {
            role if Role::NEEDED.contains(&role) => options.needs(role),
            role if options.columns[role] == [""] => false,
            // Who did a row, and in what state, is not known of each of its times.
            Role::Milestone => false,
            _ if options.has_milestones() => false,
            Role::Start => matches!(options.lifecycle, Lifecycle::Auto | Lifecycle::Pairs),
            Role::Instance => !self.columns[Role::Lifecycle].is_empty(),
            _ => true,
        }
    }

    /// The column with the time of day of a column of dates, which is then no longer free.
    pub fn take_clock_of(&mut self, date: usize) -> Option<usize> {
        let clock = self.clock_of(date)?;
        self.taken[clock] = true;
        Some(clock)
    }

    /// The free column with the time of day of a column that has dates only: that whose name has most
    /// words of the date's, of equals the next to the right, else the last to the left.
    pub fn clock_of(&self, date: usize) -> Option<usize> {
        let midnight = |t: Option<i64>| t.is_none_or(|t| t.rem_euclid(DAY) == 0);
        if !self.instants(date)?.into_iter().all(midnight) {
            return None;
        }
        let is_free_clock = |&column: &usize| {
            let names = [&self.names[column], &self.names[date]].map(Vec::as_slice);
            let twin = are_twins(names);
            let values = self.table.column(column);
            !self.taken[column]
                && (is_clock(names[0], values.clone()) || twin && are_clocks(values, true))
        };
        let common = |column: usize| {
            let words = self.names[column].iter();
            words.filter(|w| self.names[date].contains(w)).count()
        };
        let clocks = (0..self.names.len()).filter(is_free_clock);
        clocks.max_by_key(|&column| {
            let distance = column.abs_diff(date);
            (common(column), column > date, Reverse(distance))
        })
    }

    /// The free column with the highest score, the first of equals, if it is enough.
    fn best(&mut self, role: Role) -> Option<usize> {
        // `max_by_key` takes the last of equals, so the order is reversed.
        let free = (0..self.names.len()).rev().filter(|&c| !self.taken[c]);
        let scored = free.map(|c| (self.score(role, c), c));
        let (_, column) = scored
            .filter(|(s, _)| *s >= least(role))
            .max_by_key(|(s, _)| *s)?;
        self.taken[column] = true;
        Some(column)
    }

    /// Score of a column for a role, given the roles found so far: 0 means not at all; 100 is a
    /// name that says it all, and for a time 100 more are for values that are times.
    pub fn score(&self, role: Role, column: usize) -> i32 {
        let name = words::score(role, &self.names[column]);
        match role {
            Role::Case => self.case(name, column),
            Role::Activity => self.activity(name, column),
            Role::Time => self.time(name, column),
            Role::Start => self.start(name, column),
            Role::Resource => self.resource(name, column),
            Role::Lifecycle => match values::transitions(self.table, column) {
                None => 0,
                Some(t) if t.both => name.max(60),
                Some(_) => name,
            },
            Role::Instance => self.instance(name, column),
            Role::Milestone => 0,
        }
    }

    /// Share of the values of a column that are timestamps.
    pub fn time_share(&self, column: usize) -> f64 {
        let given = self.options.time_format.as_deref();
        // A format of the user counts instead of what the samples would suggest.
        if let Some(Ok(format)) = given.map(|text| TimeFormat::given(text, None)) {
            let mut reader = TimeReader::new(format, None);
            let values = self.table.column(column).filter(|v| !v.is_empty());
            let (n, good) = values.fold((0u32, 0u32), |(n, good), v| {
                (n + 1, good + u32::from(reader.read(v).is_ok()))
            });
            return f64::from(good) / f64::from(n.max(1));
        }
        self.times[column].as_ref().map_or(0.0, |l| l.share)
    }

    /// The instants of a column; `None` where a value is not one, or none are.
    pub fn instants(&self, column: usize) -> Option<Vec<Option<i64>>> {
        let format = self.times[column].as_ref()?.format.clone();
        let mut reader = TimeReader::new(format, None);
        let values = self.table.column(column);
        Some(values.map(|text| reader.read(text).ok()).collect())
    }

    fn case(&self, name: i32, column: usize) -> i32 {
        if name == 0 {
            return 0;
        }
        let facts = self.facts(column);
        let many = facts.n > FEW_ROWS;
        let least = least(Role::Case);
        match name {
            // A column with one value in all rows, or a different one in every row, does not group events.
            _ if many && facts.distinct == 1 => (name - 30).max(least),
            _ if facts.distinct == facts.n && self.another_groups(column) => least,
            // Of columns that hardly speak for it one that groups rows is taken.
            _ if name == least && facts.distinct < facts.n => name + 1,
            _ if many && facts.distinct == facts.n => (name - 15).max(least),
            _ => name,
        }
    }

    /// Returns whether another column, whose name speaks for the case, has values of several rows and,
    /// unless rows are few, several values.
    fn another_groups(&self, column: usize) -> bool {
        let named = (0..self.names.len())
            .filter(|&other| words::score(Role::Case, &self.names[other]) >= least(Role::Case));
        named.filter(|&other| other != column).any(|other| {
            let facts = self.facts(other);
            facts.distinct < facts.n && (facts.distinct > 1 || facts.n <= FEW_ROWS)
        })
    }

    fn activity(&self, name: i32, column: usize) -> i32 {
        if name == 0 {
            return 0;
        }
        let facts = self.facts(column);
        let transitions = values::transitions(self.table, column).is_some_and(|t| t.both);
        let prose = facts.n > 100 && facts.distinct * 2 > facts.n;
        match name {
            _ if transitions || self.time_share(column) > 0.5 => 0,
            _ if prose => (name - 30).max(least(Role::Activity)),
            _ => name,
        }
    }

    fn time(&self, name: i32, column: usize) -> i32 {
        let least = least(Role::Time);
        let share = self.time_share(column);
        // Values alone make a time only where nothing else in the table is one.
        let score = if name == 0 && share > 0.9 {
            least
        } else {
            name
        };
        if score == 0 {
            return 0;
        }
        // A time of day is a timestamp only where there is no date.
        if are_clocks(self.table.column(column), false) {
            return least;
        }
        let constant = self.changes(column) == Changes::Never;
        let values = if share < 0.5 { 0 } else { 100 };
        // Of a list with one row per case the time that every case has is taken.
        // A time that only some cases have would reject the others.
        let partial = self.facts(column).n < self.table.len() && self.is_list();
        let less = [(constant, 25), (partial, 60)];
        let less: i32 = less.iter().map(|&(yes, by)| if yes { by } else { 0 }).sum();
        (score + values - less).max(least)
    }

    /// How often a column changes within cases, found once: the case is the first role to be guessed.
    fn changes(&self, column: usize) -> Changes {
        let case = &self.columns[Role::Case];
        *self.changes[column].get_or_init(|| values::changes(self.table, case, column))
    }

    /// Statistics of a column's values, counted once.
    fn facts(&self, column: usize) -> Facts {
        *self.facts[column].get_or_init(|| values::facts(self.table, column))
    }

    /// Returns whether no two rows have the same case id.
    fn is_list(&self) -> bool {
        let [case] = self.columns[Role::Case][..] else {
            return false;
        };
        let facts = self.facts(case);
        facts.distinct == facts.n
    }

    /// A start is a second timestamp that is not later.
    fn start(&self, name: i32, column: usize) -> i32 {
        let good = name > 0
            && self.time_share(column) > 0.9
            && self.changes(column) != Changes::Never
            && self.is_before_time(column);
        if good { name } else { 0 }
    }

    /// Returns whether nearly all values of a column are instants not after those of the timestamp.
    fn is_before_time(&self, column: usize) -> bool {
        let time = self.columns[Role::Time]
            .first()
            .and_then(|&c| self.instants(c));
        let (Some(starts), Some(times)) = (self.instants(column), time) else {
            // A few starts after their completion are errors in the data, not another meaning of
            // the column.
            return false;
        };
        let mut n = 0;
        let mut before = 0;
        for (start, time) in starts.into_iter().zip(times) {
            if let (Some(start), Some(time)) = (start, time) {
                n += 1;
                before += u32::from(start <= time);
            }
        }
        n > 0 && before * 10 >= n * 9
    }

    /// The instance: by its name, or as an identifier that bears the name of the activity.
    fn instance(&self, name: i32, column: usize) -> i32 {
        let [activity] = self.columns[Role::Activity].as_slice() else {
            return 0;
        };
        let (activity, words) = (&self.names[*activity], &self.names[column]);
        let own_id = words.len() == activity.len() + 1
            && words.starts_with(activity)
            && words.last().is_some_and(|w| w == "id");
        if !own_id {
            return name;
        }
        let facts = self.facts(column);
        if facts.distinct * 5 > facts.n {
            name.max(least(Role::Instance))
        } else {
            name
        }
    }

    fn resource(&self, name: i32, column: usize) -> i32 {
        if name == 0 {
            return 0;
        }
        let words = &self.names[column];
        let time = self.columns[Role::Time].first().map(|&c| &self.names[c]);
        // "updated by" stands beside "updated at".
        let twin = time.is_some_and(|time| {
            words.len() > 1
                && words.len() == time.len()
                && words[..words.len() - 1] == time[..time.len() - 1]
        });
        let constant = name < 90 && self.changes(column) == Changes::Never;
        match name {
            _ if self.facts(column).n == 0 && self.table.len() > 0 => 0,
            _ => name + if twin { 15 } else { 0 } - if constant { 40 } else { 0 },
        }
    }
}
