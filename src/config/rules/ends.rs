//! The table `[cases]` of a rules file: when a case is over.

use super::{Fault, read};
use crate::config::values;
use crate::engine::CaseEnds;
use serde::Deserialize;
use toml::Spanned;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Table {
    end: Option<Vec<String>>,
    idle: Option<Spanned<String>>,
}

/// Reads the table.
pub(super) fn case_ends(cases: Table) -> Result<CaseEnds, Fault> {
    let idle = cases.idle.as_ref();
    Ok(CaseEnds {
        activities: cases.end,
        idle: idle.map(|idle| read(idle, values::duration)).transpose()?,
    })
}
