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
