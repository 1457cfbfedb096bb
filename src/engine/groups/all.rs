//! The properties of a log that cases can be grouped by.

use super::{GroupBy, WORDS};
use crate::engine::log_info::ColumnInfo;
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

    /// All properties but values at the first or last event: columns, of which `resource` is that of the
    /// resource, milestones by name, activities, and what every case has.
    pub fn all<'a>(
        columns: &[ColumnInfo],
        resource: Option<usize>,
        milestones: impl Iterator<Item = &'a str>,
    ) -> Vec<GroupBy> {
        let columns = columns.iter().enumerate().map(|(at, column)| {
            // The resource by its word, which a column of the same name needs no quotes for.
            match Field::named(&column.name) {
                Field::Resource if resource == Some(at) => Field::Resource,
                _ => column.field(),
            }
        });
        let milestones = milestones.map(|name| Field::Column(name.to_owned()));
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
