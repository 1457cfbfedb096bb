//! The properties that cases can be split by.

use crate::engine::{ColumnInfo, ColumnKind, GroupBy, LogInfo};
use crate::filter::Field;
use crate::text::counted;

/// The properties that cases can be split by: name as `--by` reads it, a word on it, number of values.
pub fn on_offer(log: &LogInfo) -> Vec<(String, &'static str, String)> {
    let values = |n: u64| counted(n, "value", "values");
    let column = |column: &ColumnInfo| {
        // The column of resources that is called so is the field.
        let named = Field::named(&column.name);
        let is_same = log.column_of(&named) == Some(column);
        let field = if is_same { named } else { column.field() };
        let by = GroupBy::Column(field).to_string();
        let n = match (column.values, column.kind) {
            (Some(n), _) => values(n),
            (None, ColumnKind::Number) => "numbers".to_owned(),
            (None, _) => "times".to_owned(),
        };
        (by, "", n)
    };
    let mut all: Vec<(String, &str, String)> = log.columns.iter().map(column).collect();
    let milestones = log.milestones.iter();
    all.extend(milestones.map(|of| (of.name.to_string(), "milestone", "durations".to_owned())));
    let activities = log.activities.len() as u64;
    let others = [
        ("activity", "a case has several", values(activities)),
        ("variant", "", values(log.variants)),
        ("first", "first activity", String::new()),
        ("last", "last activity", String::new()),
        ("start.weekday", "", values(7)),
        ("start.hour", "", values(24)),
        ("start.month", "", String::new()),
    ];
    all.extend(others.map(|(by, text, n)| (by.to_owned(), text, n)));
    all
}
