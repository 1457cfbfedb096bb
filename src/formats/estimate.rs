//! Estimates the memory a log will need from its inspection. Measured (release build, two
//! threads; MB of memory at most while loading, bytes an event that the loaded log and its index
//! hold):
//!
//! ```text
//! log                                         file    rows  at most   held
//! tickets, 13 columns, few values each       126 MB   1.0M   116 MB   49 B
//! the same, gzip                              20 MB   1.0M   119 MB   49 B
//! two columns of texts that never repeat      39 MB   0.4M   124 MB  125 B
//! six columns of numbers                      29 MB   0.4M    72 MB   85 B
//! case, activity and time alone               41 MB   2.0M   127 MB   32 B
//! ```
//!
//! So at most is twice what is held, and 16 MB; held are 32 bytes an event, 8 for each number or
//! instant, 2 for a text, and all of the text where none comes twice.

use super::Inspection;
use super::number;
use super::timestamp::{Learned, learn};
use crate::event_log::Role;
use hashbrown::HashSet;

/// Memory a load needs beside its rows, bytes.
const BASE: u64 = 16 << 20;
/// Bytes held for an event: time, activity, its places in case and index.
const EVENT: f64 = 32.0;
/// Bytes held for a number, an instant, a text that repeats.
const NUMBER: f64 = 8.0;
const REPEATED: f64 = 2.0;
/// Bytes held for a text that does not repeat, beside the text.
const DISTINCT: f64 = 12.0;

/// Bytes that a load will need at most, rather too few than too many; `None` where the look did not
/// tell how many rows there are.
pub fn needed(looked: &Inspection) -> Option<u64> {
    let rows = looked.rows? as f64;
    let table = &looked.samples;
    let roles = &looked.roles;
    let columns = 0..table.width().min(looked.columns.len());
    let columns = columns.map(|column| {
        let name = &looked.columns[column];
        let values = table.column(column).filter(|v| !v.is_empty());
        match () {
            () if roles[Role::Milestone].contains(name)
                || roles[Role::Time] == [name.as_str()]
                || roles[Role::Activity] == [name.as_str()] =>
            {
                0.0
            }
            () if roles[Role::Case] == [name.as_str()] => distinct_bytes(values),
            () => held(values),
        }
    });
    let held = EVENT + columns.sum::<f64>();
    // A float that is too large becomes the largest integer.
    let events = rows * roles[Role::Milestone].len().max(1) as f64;
    Some(BASE + (2.0 * held * events) as u64)
}

/// Bytes that a value of an attribute takes.
fn held<'a>(values: impl Iterator<Item = &'a [u8]> + Clone) -> f64 {
    const FIRST: usize = 20;
    let instant =
        // Learning a format from all samples is dear, and the first values rule most columns out.
        || learn(values.clone().take(FIRST), None).is_some_and(|l: Learned| l.is_certain());
    if number::style_of(&values, true).is_some() || instant() {
        NUMBER
    } else {
        REPEATED + distinct_bytes(values)
    }
}

/// Bytes that the different values of a column take, by value of the column. Only values that nearly
/// all differ are sure to go on so.
fn distinct_bytes<'a>(values: impl Iterator<Item = &'a [u8]> + Clone) -> f64 {
    const NEARLY_ALL: f64 = 0.8;
    let n = values.clone().count();
    let mut known: HashSet<&[u8]> = HashSet::new();
    let (mut seen, mut new, mut bytes) = (0usize, 0usize, 0usize);
    for (i, value) in values.enumerate() {
        let is_new = known.insert(value);
        // Those of the first half are known then.
        if 2 * i >= n {
            seen += 1;
            new += usize::from(is_new);
            bytes += if is_new { value.len() } else { 0 };
        }
    }
    let share = new as f64 / seen.max(1) as f64;
    if share < NEARLY_ALL {
        return 0.0;
    }
    (bytes as f64 + DISTINCT * new as f64) / seen as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event_log::PerRole;
    use crate::formats::table::Table;

    /// The estimate, in bytes a row, for rows made of texts.
    fn per_row(columns: &[&str], row: impl Fn(usize) -> Vec<String>) -> u64 {
        const ROWS: u64 = 1_000_000;
        let mut samples = Table::new(columns.len());
        for i in 0..1000 {
            let row = row(i);
            samples.push(row.iter().map(String::as_bytes));
        }
        let looked = Inspection {
            columns: columns.iter().map(|&c| c.to_owned()).collect(),
            samples,
            roles: PerRole::of(|role| match role {
                role if Role::NEEDED.contains(&role) => vec![role.name().to_owned()],
                _ => Vec::new(),
            }),
            rows: Some(ROWS),
            ..Inspection::default()
        };
        (needed(&looked).unwrap() - BASE) / ROWS
    }

    #[test]
    fn columns_cost_what_they_hold() {
        let key = |i: usize| {
            vec![
                format!("c{}", i / 9),
                "A".into(),
                format!("2024-01-01T10:00:{:02}Z", i % 60),
            ]
        };
        let columns = ["case", "activity", "time", "x"];
        let with =
            |value: fn(usize) -> String| per_row(&columns, |i| [key(i), vec![value(i)]].concat());
        let bare = per_row(&columns[..3], key);
        assert_eq!(bare, 64);
        assert_eq!(with(|i| format!("{i}.5")), bare + 16);
        assert_eq!(
            with(|i| format!("2024-01-02T10:00:{:02}Z", i % 60)),
            bare + 16
        );
        assert_eq!(with(|i| format!("team {}", i % 20)), bare + 4);
        assert_eq!(
            with(|i| format!("token number {i:08}")),
            bare + 4 + 2 * (21 + 12)
        );
        assert_eq!(needed(&Inspection::default()), None);
    }
}
