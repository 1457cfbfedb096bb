//! The properties of a log that cases can be grouped by.

use super::{GroupBy, WORDS};
use crate::engine::log_info::LogInfo;
use crate::filter::Field;

impl GroupBy {
    /// Name without the quotes that it needs in filters, where it is read as the same property.
    pub fn name(&self) -> String {
        let text = self.to_string();
        let plain = text.trim_matches('`');
        if GroupBy::parse(plain) == *self {
            plain.to_owned()
        } else {
            text
        }
    }

    /// All properties but values at the first or last event: columns, milestones, activities, and what
    /// every case has.
    pub fn all(log: &LogInfo) -> Vec<GroupBy> {
        let columns = log.columns.iter().enumerate().map(|(at, column)| {
            // The resource by its word, which a column of the same name needs no quotes for.
            match Field::named(&column.name) {
                Field::Resource if log.resource == Some(at) => Field::Resource,
                _ => column.field(),
            }
        });
        let milestones = log.milestones.iter();
        let milestones = milestones.map(|of| Field::Column(of.name.to_string()));
        let fields = columns.chain(milestones).chain([Field::Activity]);
        let of_cases = WORDS.map(|(_, by)| by);
        let mut all = Vec::new();
        for by in fields.map(GroupBy::Column).chain(of_cases) {
            // A milestone hides a column of the same name.
            if !all.contains(&by) {
                all.push(by);
            }
        }
        all
    }
}
