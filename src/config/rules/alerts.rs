//! The tables `[[alerts]]` of a rules file.

use super::{Fault, condition, fault, read};
use crate::config::values;
use crate::engine::{AlertOn, AlertSpec, FigureTest};
use serde::Deserialize;
use std::collections::BTreeSet;
use toml::Spanned;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Table {
    name: Spanned<String>,
    when: Option<Spanned<String>>,
    rule: Option<Spanned<String>>,
    figure: Option<Spanned<String>>,
    r#for: Option<Spanned<String>>,
    keep: Option<Spanned<String>>,
}

/// Reads the alerts of the text `of`; `is_deadline` knows the names of deadlines.
pub(super) fn alerts(
    tables: &[Table],
    of: &str,
    is_deadline: impl Fn(&str) -> bool,
) -> Result<Vec<AlertSpec>, Fault> {
    let mut names = BTreeSet::new();
    let alert = |table: &Table| {
        let name = table.name.get_ref();
        if name.trim().is_empty() {
            return Err(fault(&table.name, "an alert needs a name"));
        }
        if !names.insert(name.clone()) {
            return Err(fault(&table.name, "another alert has this name"));
        }
        let on = match (&table.when, &table.rule, &table.figure) {
            (Some(when), None, None) => AlertOn::Cases(condition(when, of)?),
            (None, Some(rule), None) if is_deadline(rule.get_ref()) => {
                AlertOn::Deadline(rule.get_ref().clone())
            }
            (None, Some(rule), None) => {
                return Err(fault(rule, "no deadline below [[rules]] has this name"));
            }
            (None, None, Some(figure)) => AlertOn::Figure(read(figure, FigureTest::parse)?),
            _ => return Err(fault(&table.name, "one of when, rule and figure is needed")),
        };
        let duration = |text: &Option<Spanned<String>>| {
            let read = text.as_ref().map(|text| read(text, values::duration));
            read.transpose()
        };
        let hold = duration(&table.r#for)?.unwrap_or(0);
        Ok(AlertSpec {
            name: name.clone(),
            on,
            hold,
            keep: duration(&table.keep)?.unwrap_or(hold),
        })
    };
    tables.iter().map(alert).collect()
}
