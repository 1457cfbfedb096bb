//! `[journey]` of the rules file: how customers see their cases.

use super::{Fault, condition, fault};
use crate::config::{FileError, from_toml, line_of};
use crate::engine::{ColumnName, Condition, JourneySpec};
use serde::Deserialize;
use std::collections::BTreeMap;
use toml::Spanned;

/// Expected mean scores by touchpoint.
type Targets = BTreeMap<String, Spanned<f64>>;

/// The table.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Table {
    touchpoint: Vec<Spanned<String>>,
    score: Option<Spanned<String>>,
    nps: Option<Spanned<String>>,
    source: Option<Spanned<String>>,
    outcome: Option<Spanned<String>>,
    expect: Targets,
}

/// Reads the table, in the text `of` the file. `named` gives the filter of an outcome by its name.
pub(super) fn read(
    table: &Table,
    of: &str,
    named: impl Fn(&str) -> Option<String>,
) -> Result<JourneySpec, Fault> {
    let column = |column: &Spanned<String>| {
        if column.get_ref().is_empty() {
            return Err(fault(column, "expected the name of a column"));
        }
        Ok(ColumnName {
            line: Some(line_of(of, column.span().start)),
            name: column.get_ref().clone(),
            table: "[journey]",
        })
    };
    let one = |name: &Option<Spanned<String>>| name.as_ref().map(column).transpose();
    let outcome = table.outcome.as_ref().map(|text| {
        let filter = named(text.get_ref());
        match filter {
            Some(filter) => Ok(Condition {
                filter,
                line: Some(line_of(of, text.span().start)),
            }),
            None => condition(text, of),
        }
    });
    Ok(JourneySpec {
        touchpoint: table
            .touchpoint
            .iter()
            .map(column)
            .collect::<Result<_, _>>()?,
        score: one(&table.score)?,
        nps: one(&table.nps)?,
        source: one(&table.source)?,
        outcome: outcome.transpose()?,
        expect: expected(&table.expect)?,
    })
}

fn expected(targets: &Targets) -> Result<Vec<(String, f64)>, Fault> {
    let target = |(name, score): (&String, &Spanned<f64>)| {
        if !score.get_ref().is_finite() {
            return Err(fault(score, "expected a number"));
        }
        Ok((name.clone(), *score.get_ref()))
    };
    targets.iter().map(target).collect()
}

/// Reads the text of a file of expected scores: `"phone - Call" = 4.0`.
///
/// # Errors
/// The first thing that is wrong, with its line.
pub fn targets(text: &str) -> Result<Vec<(String, f64)>, FileError> {
    let targets: Targets = from_toml(text)?;
    if targets.is_empty() {
        const EXPECTED: &str =
            "expected a mean score for each touchpoint, as `\"phone - Call\" = 4.0`";
        return Err(FileError::new(EXPECTED));
    }
    expected(&targets).map_err(|fault| FileError {
        line: Some(line_of(text, fault.at)),
        message: fault.message,
        place: fault.place,
    })
}
