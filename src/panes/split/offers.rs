//! The properties that cases can be split by.

use crate::engine::{ColumnKind, GroupBy, LogInfo};
use crate::filter::{Anchor, Field};
use crate::text::counted;

/// The properties that cases can be split by: name as `--by` reads it, a word on it, number of values.
pub fn on_offer(log: &LogInfo) -> Vec<(String, &'static str, String)> {
    let offer = |by: GroupBy| {
        let (word, values) = described(&by, log);
        (by.to_string(), word, values)
    };
    let milestones = log.milestones.iter().map(|of| &*of.name);
    let all = GroupBy::all(&log.columns, log.resource, milestones);
    all.into_iter().map(offer).collect()
}

/// The columns whose values can be the rows of a list of resources: name, a word on it, number of values.
pub fn columns_on_offer(log: &LogInfo) -> Vec<(String, &'static str, String)> {
    let resource = log.resource.map(|at| log.columns[at].field());
    let is_column = |by: &GroupBy| match by {
        GroupBy::Column(Field::Activity) => true,
        // The list of resources itself is another row.
        GroupBy::Column(field) if *field == Field::Resource || Some(field) == resource.as_ref() => {
            false
        }
        GroupBy::Column(field) => log
            .column_of(field)
            .is_some_and(|column| column.kind != ColumnKind::Instant),
        _ => false,
    };
    let all = GroupBy::all(&log.columns, log.resource, std::iter::empty()).into_iter();
    let columns = all.filter(is_column);
    let offer = |by: GroupBy| {
        let (word, values) = described(&by, log);
        let word = if by == GroupBy::Column(Field::Activity) {
            ""
        } else {
            word
        };
        (by.to_string(), word, values)
    };
    columns.map(offer).collect()
}

/// A word on a property, and its number of values; empty where there is none.
fn described(by: &GroupBy, log: &LogInfo) -> (&'static str, String) {
    let values = |n: u64| counted(n, "value", "values");
    match by {
        GroupBy::Column(Field::Activity) => {
            ("a case has several", values(log.activities.len() as u64))
        }
        GroupBy::Column(field) | GroupBy::At(_, field) => match log.column_of(field) {
            Some(column) => {
                let of_kind = match column.kind {
                    ColumnKind::Number => "numbers",
                    _ => "times",
                };
                let n = column.values.map_or_else(|| of_kind.to_owned(), values);
                ("", n)
            }
            None => ("milestone", "durations".to_owned()),
        },
        GroupBy::Activity(Anchor::Starts) => ("first activity", String::new()),
        GroupBy::Activity(Anchor::Ends) => ("last activity", String::new()),
        GroupBy::Variant => ("", values(log.variants)),
        GroupBy::Weekday => ("", values(7)),
        GroupBy::Hour => ("", values(24)),
        GroupBy::Month => ("", String::new()),
    }
}
