//! A log without events that has the names of one in an engine: activities, columns, and values of the columns
//! that a filter mentions. Filters are bound to it as to any log, so that they mean the same and fail alike.

use super::table::Table;
use crate::event_log::{
    Buffer, Codes, Column, ColumnData, ColumnKind, Dictionary, EventLog, Level, Numbers, PerRole,
    Role,
};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Different values of columns of text, by position in the table.
pub(super) type Values = BTreeMap<usize, Arc<[String]>>;

/// Returns the log; its columns are the attributes of the table in their order, then those that are defined.
pub(super) fn skeleton(
    table: &Table,
    activities: &[Arc<str>],
    values: &Values,
    defined: impl Iterator<Item = Column>,
) -> EventLog {
    let column = |at: usize| {
        let of = &table.columns[at];
        let data = match of.kind {
            ColumnKind::Number => ColumnData::Number(Numbers::F64(Buffer::default())),
            ColumnKind::Instant => ColumnData::Instant(Buffer::default()),
            ColumnKind::Text => {
                let known = values.get(&at).into_iter().flat_map(|values| values.iter());
                // Code 0 is a missing value.
                let texts = std::iter::once("").chain(known.map(String::as_str));
                ColumnData::Text(Codes::default(), texts.collect())
            }
        };
        Column {
            name: of.name.clone(),
            level: Level::Event,
            data,
        }
    };
    let mut roles: PerRole<Vec<String>> = PerRole::of(|_| Vec::new());
    for (role, at) in [
        (Role::Case, Some(table.case)),
        (Role::Activity, Some(table.activity)),
        (Role::Time, Some(table.time)),
        (Role::Resource, table.resource),
    ] {
        roles[role].extend(at.map(|at| table.columns[at].name.clone()));
    }
    let attributes: Vec<usize> = table.attributes().collect();
    let resource = |at: usize| attributes.iter().position(|&other| other == at);
    let mut role_columns = PerRole::of(|_| None);
    role_columns[Role::Resource] = table.resource.and_then(resource);
    EventLog {
        activities: activities
            .iter()
            .map(|name| &**name)
            .collect::<Dictionary>(),
        columns: attributes.into_iter().map(column).chain(defined).collect(),
        roles,
        role_columns,
        ..EventLog::default()
    }
}
