//! Answers made of the rows of an engine: the types and figures that an analysis here gives. Quantiles are exact:
//! the engine ranks the values and gives those around each quantile, which is then made of them here.

mod activities;
mod case;
mod cases;
mod chosen;
mod deadlines;
mod edges;
mod facets;
mod filter_counts;
mod flow;
mod listed;
mod map;
mod overview;
mod split;
mod summary;
mod variants;

pub(super) use activities::activities;
pub(super) use case::case;
pub(super) use cases::{CASES, cases};
pub(super) use deadlines::deadlines;
pub(super) use edges::{edges, neighbors};
pub(super) use facets::{facets, numbers};
pub(super) use filter_counts::filter_counts;
pub(super) use flow::flow;
pub(super) use map::map;
pub(super) use overview::overview;
pub(super) use split::split;
pub(super) use summary::summary;
pub(super) use variants::variants;

use super::RemoteError;
use super::dialects::Dialect;
use super::rows::Row;
use crate::engine::Listing;
use crate::metrics::Figures;
use crate::metrics::quantile::type7;

/// Quantiles of durations in percent, in the order of [`Figures`].
const PERCENTS: [u64; 3] = [50, 90, 99];
/// Values that are sent for a quantile: the two it is between, and one before them, as a position that is computed
/// in floating point may be just below the right one.
const AROUND: usize = 3;
/// Number of the columns of [`columns`].
const COLUMNS: usize = 4 + PERCENTS.len() * AROUND;

/// Number, sum, least, greatest and values around the quantiles of a group. `rank` numbers the values of the group
/// from 1, `n` is how many there are. The columns are called `q0`, `q1` and so on.
fn columns(dialect: &Dialect, value: &str, rank: &str, n: &str) -> String {
    aliased(dialect, value, rank, n, 'q')
}

/// These columns of the values for which `part` is 1, called `p0`, `p1` and so on. `rank` and `n` are those of
/// these values.
fn columns_of_part(dialect: &Dialect, part: &str, value: &str, rank: &str, n: &str) -> String {
    let value = format!("CASE WHEN {part} = 1 THEN {value} END");
    aliased(dialect, &value, rank, n, 'p')
}

/// The columns, called by a letter and their number.
fn aliased(dialect: &Dialect, value: &str, rank: &str, n: &str, letter: char) -> String {
    let mut all = vec![
        format!("count({value})"),
        (dialect.sum)(value),
        format!("min({value})"),
        format!("max({value})"),
    ];
    for percent in PERCENTS {
        let below = (dialect.div)(&format!("(({n} - 1) * {percent})"), "100");
        for place in 0..AROUND {
            all.push(format!(
                "max(CASE WHEN {rank} = {below} + {place} THEN {value} END)"
            ));
        }
    }
    let all = all.iter().enumerate();
    let all: Vec<String> = all
        .map(|(i, column)| format!("{column} AS {letter}{i}"))
        .collect();
    all.join(", ")
}

/// Names of [`columns`].
fn names() -> String {
    let all: Vec<String> = (0..COLUMNS).map(|i| format!("q{i}")).collect();
    all.join(", ")
}

/// Values of a group with their rank and how many there are, as [`columns`] takes them.
pub(super) fn ranked(of: &str, value: &str, group: &str, table: &str) -> String {
    let by = if group.is_empty() {
        String::new()
    } else {
        format!("PARTITION BY {group}")
    };
    format!(
        "SELECT {of}, row_number() OVER ({by} ORDER BY {value}) AS r, count(*) OVER ({by}) AS m FROM {table}"
    )
}

/// Figures of the columns from `at` on; `None` of an empty group.
fn figures(row: Row<'_>, at: usize) -> Result<Option<Figures>, RemoteError> {
    let n = row.count(at)?;
    if n == 0 {
        return Ok(None);
    }
    let mut around = [[None; AROUND]; PERCENTS.len()];
    for (i, values) in around.iter_mut().enumerate() {
        for (place, value) in values.iter_mut().enumerate() {
            *value = row.int(at + 4 + i * AROUND + place)?;
        }
    }
    let quantile = |i: usize| {
        let percent = PERCENTS[i];
        let below = (u128::from(n - 1) * u128::from(percent) / 100) as u64;
        let missing = std::cell::Cell::new(false);
        let nth = |k: u64| {
            let place = (k + 1).checked_sub(below).unwrap_or(u64::MAX);
            let value = usize::try_from(place)
                .ok()
                .and_then(|place| around[i].get(place));
            value.copied().flatten().unwrap_or_else(|| {
                missing.set(true);
                0
            })
        };
        let value = type7(n, percent as f64 / 100.0, nth);
        if missing.get() {
            return Err(RemoteError::engine("the engine gave no value of a rank"));
        }
        Ok(value)
    };
    Ok(Some(Figures {
        n,
        total: row.sum(at + 1)?,
        min: row.known(at + 2)?,
        max: row.known(at + 3)?,
        median: quantile(0)?,
        p90: quantile(1)?,
        p99: quantile(2)?,
    }))
}

/// Refuses values of chosen fields.
fn check_fields(listing: &Listing) -> Result<(), RemoteError> {
    if !listing.fields.is_empty() {
        return Err(RemoteError::refused("columns of chosen fields"));
    }
    Ok(())
}

/// The order of a list by one of these columns, in SQL; ties by `tie`.
fn order<S: AsRef<str>>(
    listing: &Listing,
    known: &[(&str, S)],
    tie: &str,
) -> Result<String, RemoteError> {
    let wanted = listing.sort.own().unwrap_or_default();
    let Some((_, column)) = known.iter().find(|(name, _)| *name == wanted) else {
        let names: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
        return Err(RemoteError::refused(format!(
            "the order by {}; it has {}",
            listing.sort.name(),
            names.join(", ")
        )));
    };
    // A value that is missing comes last in either direction.
    let direction = if listing.descending { " DESC" } else { "" };
    Ok(format!("{}{direction} NULLS LAST, {tie}", column.as_ref()))
}

/// LIMIT and OFFSET of a page; of an empty one a row is asked for, as it says how many there are.
fn page(listing: &Listing) -> String {
    let limit = match listing.page.limit {
        usize::MAX => String::new(),
        limit => format!(" LIMIT {}", limit.max(1)),
    };
    match listing.page.offset {
        0 => limit,
        offset => format!("{limit} OFFSET {offset}"),
    }
}
