//! The table `[redact]` of a rules file: how logs are redacted, where that is asked for.

use super::{Fault, fault, read};
use crate::config::values;
use crate::event_log::Shift;
use serde::Deserialize;
use toml::Spanned;

/// How logs are redacted, where that is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RedactRules {
    /// Columns whose values have pseudonyms besides those that always have some.
    pub columns: Vec<String>,
    /// Distance by which the instants of each case are shifted.
    pub shift: Option<Shift>,
    /// Fewest cases of a group that is shown.
    pub suppress: Option<u64>,
    /// True if filters may name pseudonyms only.
    pub strict: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Table {
    columns: Vec<String>,
    shift: Option<Spanned<String>>,
    suppress: Option<Spanned<i64>>,
    strict: bool,
}

/// Reads the table.
pub(super) fn rules(table: Table) -> Result<RedactRules, Fault> {
    let shift = |text: &str| {
        let shift = Shift::up_to(values::duration(text)?);
        shift.ok_or_else(|| format!("a shift is 1d to {}d", Shift::MOST_DAYS))
    };
    let suppress = |least: &Spanned<i64>| {
        let number = u64::try_from(*least.get_ref());
        number.map_err(|_| fault(least, "a number of cases is 0 or more"))
    };
    Ok(RedactRules {
        columns: table.columns,
        shift: table.shift.map(|text| read(&text, shift)).transpose()?,
        suppress: table.suppress.as_ref().map(suppress).transpose()?,
        strict: table.strict,
    })
}
