//! Which column plays which role: those the user named, and for the others a guess from the words
//! of the names and from sample values. There is no table of known files here, and no guess by
//! position: case and activity need a name that speaks for them.

mod guess;
mod lexicon;
mod rank;
mod values;
mod words;

pub use rank::{rank_columns, sentences};

use super::table::Table;
use super::text::shown;
use super::{ImportError, ReadOptions, Setting};
use crate::event_log::{PerRole, Role, Roles};
use guess::{Guess, least};

/// Columns by role, counted from 0; several only where they are joined.
pub type Mapping = PerRole<Vec<usize>>;

/// Roles that could be given to no column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// Names that were given, but that no column has.
    pub unknown: Vec<String>,
    /// Roles for which there is no name that speaks for them.
    pub unguessed: Vec<Role>,
}

/// The column of that name: exactly so, else but for letter case, if only one is.
fn find(names: &[String], wanted: &str) -> Option<usize> {
    let exact = names.iter().position(|n| n == wanted);
    let wanted = wanted.trim().to_lowercase();
    exact.or_else(|| {
        let alike = |n: &String| n.to_lowercase() == wanted;
        // Where two names differ in letter case only, neither is meant by a third writing.
        let first = names.iter().position(alike)?;
        (!names[first + 1..].iter().any(alike)).then_some(first)
    })
}

/// The columns that the user named, and the names that no column has.
fn named(names: &[String], options: &ReadOptions) -> (Mapping, Vec<String>) {
    let mut unknown = Vec::new();
    let named = PerRole::of(|role| {
        // An empty name says that no column has the role.
        let wanted = options.columns[role].iter();
        let wanted = wanted.filter(|name| role.is_text() || !name.is_empty());
        let columns = wanted.filter_map(|name| {
            let found = find(names, name);
            unknown.extend(found.is_none().then(|| name.clone()));
            found
        });
        columns.collect()
    });
    (named, unknown)
}

/// The columns that the user named, or why not.
fn named_or_missing(names: &[String], options: &ReadOptions) -> Result<Mapping, Missing> {
    match named(names, options) {
        (named, unknown) if unknown.is_empty() => Ok(named),
        (_, unknown) => Err(Missing {
            unknown,
            unguessed: Vec::new(),
        }),
    }
}

/// Checks that a row can be the header: it has the columns that were named, and a name for each role
/// that is needed; where there are as many columns, the time may be one that only values show.
pub fn check_header(names: &[String], options: &ReadOptions) -> Result<(), Missing> {
    let named = named_or_missing(names, options)?;
    let speaks = |role| {
        let needed = Role::NEEDED.into_iter().filter(|&role| options.needs(role));
        if role == Role::Time && names.len() >= needed.count() {
            return true;
        }
        let mut scores = names.iter().map(|n| words::score(role, &words::words(n)));
        scores.any(|s| s >= least(role))
    };
    let unguessed = Role::NEEDED
        .into_iter()
        .filter(|&role| options.needs(role) && named[role].is_empty() && !speaks(role));
    complete(unguessed.collect())
}

fn complete(unguessed: Vec<Role>) -> Result<(), Missing> {
    if unguessed.is_empty() {
        return Ok(());
    }
    Err(Missing {
        unknown: Vec::new(),
        unguessed,
    })
}

/// The mapping of a table whose header passed [`check_header`]: each role that is needed has at
/// least one column. With it what a user should decide on, in sentences.
pub fn guess(
    names: &[String],
    table: &Table,
    options: &ReadOptions,
) -> Result<(Mapping, Vec<String>), Missing> {
    let named = named_or_missing(names, options)?;
    let given = named.clone();
    let guess = Guess::new(names, table, options, named).all();
    let unguessed = Role::NEEDED
        .into_iter()
        .filter(|&role| options.needs(role) && guess.columns[role].is_empty());
    complete(unguessed.collect())?;
    let doubts = rank::doubts(&guess, names, table, &given);
    let mut doubts = rank::sentences(&doubts, &self::names(&guess.columns, names), names);
    // With one column as the time, a time of day beside it is lost: the user should know.
    let left_out = |&date: &usize| Some((&names[date], &names[guess.clock_of(date)?]));
    if let [date] = guess.columns[Role::Time].as_slice() {
        doubts.extend(left_out(date).map(|(date, clock)| {
            let (date, clock) = (shown(date), shown(clock));
            format!(
                "The time of day in {clock} is left out: name both columns as the time, {date} and \
                 {clock}."
            )
        }));
    } else {
        let mut dates = guess.columns[Role::Milestone].iter().filter_map(left_out);
        doubts.extend(dates.next().map(|(date, clock)| {
            let (date, clock) = (shown(date), shown(clock));
            format!(
                "The time of day in {clock} is left out beside the date in {date}: name it behind \
                 the date."
            )
        }));
    }
    Ok((guess.columns, doubts))
}

/// Columns of times, behind those of dates the columns of their times of day.
pub fn with_clocks(
    times: Vec<usize>,
    names: &[String],
    table: &Table,
    options: &ReadOptions,
) -> Vec<usize> {
    let columns = [(Role::Milestone, times.clone())].into();
    let mut guess = Guess::new(names, table, options, columns);
    let mut all = Vec::new();
    for date in times {
        all.push(date);
        all.extend(guess.take_clock_of(date));
    }
    all
}

/// Returns whether a column of this name holds times of day.
pub fn is_clock<'v>(name: &str, values: impl Iterator<Item = &'v [u8]>) -> bool {
    guess::is_clock(&words::words(name), values)
}

/// The names of the columns of each role.
pub fn names(mapping: &Mapping, names: &[String]) -> Roles {
    PerRole::of(|role| mapping[role].iter().map(|&c| names[c].clone()).collect())
}

/// Where the names of columns come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Names {
    /// From the first row.
    Header,
    /// They are the positions, from 1: there is no header.
    Position,
    /// From the data itself, as the keys of objects.
    Keys,
}

/// The error for a table whose columns could not be given their roles.
pub fn refusal(missing: &Missing, names: &[String], from: Names) -> ImportError {
    let columns = list(names);
    if let Some(unknown) = missing.unknown.first() {
        let name = shown(unknown);
        return ImportError::Usage(match from {
            Names::Position => format!(
                "there is no column {name}; without a header columns are called 1 to {}",
                names.len()
            ),
            Names::Header => {
                format!("the column {name} is not in the header; columns found: {columns}")
            }
            Names::Keys => format!("there is no column {name}; columns found: {columns}"),
        });
    }
    let roles = missing.unguessed.iter().map(|role| match role {
        Role::Time => "timestamp",
        role => role.name(),
    });
    let roles: Vec<&str> = roles.collect();
    let mut settings: Vec<Setting> = Vec::new();
    settings.extend(missing.unguessed.iter().copied().map(Setting::Column));
    if !missing.unguessed.contains(&Role::Case) {
        let times = names
            .iter()
            .filter(|name| words::is_time(&words::words(name)));
        let times: Vec<String> = times.cloned().collect();
        settings.extend((times.len() > 1).then_some(Setting::Milestones(times)));
    }
    settings.extend((from == Names::Header).then_some(Setting::Header));
    let error = ImportError::Refused {
        line: None,
        message: format!(
            "cannot tell which column is the {}; columns found: {columns}",
            roles.join(", the ")
        ),
    };
    error.mendable(settings)
}

/// The first names of a list, safe to print.
fn list(names: &[String]) -> String {
    const MOST: usize = 12;
    let mut text: Vec<String> = names.iter().take(MOST).map(|n| shown(n)).collect();
    if names.len() > MOST {
        text.push(format!("and {} more", names.len() - MOST));
    }
    text.join(", ")
}
