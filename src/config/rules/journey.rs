//! `[journey]` of the rules file: how customers see their cases.

use super::{Fault, fault};
use crate::config::line_of;
use crate::engine::{ColumnName, JourneySpec};
use serde::Deserialize;
use std::collections::BTreeMap;
use toml::Spanned;

/// The table. Keys that no report uses yet are read, so that a wrong kind of value has its own message.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Table {
    touchpoint: Option<Spanned<Vec<String>>>,
    score: Option<Spanned<String>>,
    nps: Option<Spanned<String>>,
    outcome: Option<Spanned<String>>,
    expect: Option<Spanned<BTreeMap<String, Target>>>,
}

/// An expected score, whole or not.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
struct Target(#[allow(dead_code, reason = "only its kind is checked yet")] f64);

/// Reads the table, in the text `of` the file.
pub(super) fn read(table: Table, of: &str) -> Result<JourneySpec, Fault> {
    // What would be accepted and change nothing would be taken for something that works.
    let unused = [
        ("touchpoint", table.touchpoint.as_ref().map(Spanned::span)),
        ("nps", table.nps.as_ref().map(Spanned::span)),
        ("outcome", table.outcome.as_ref().map(Spanned::span)),
        ("expect", table.expect.as_ref().map(Spanned::span)),
    ];
    let first = unused
        .into_iter()
        .filter_map(|(name, span)| Some((span?.start, name)));
    if let Some((at, name)) = first.min() {
        let name = match name {
            "expect" => "[journey.expect]".to_owned(),
            name => format!("{name} of [journey]"),
        };
        return Err(Fault {
            at,
            message: format!("{name} is not used yet: only score is; remove it"),
            place: None,
        });
    }
    let column = |score: Spanned<String>| {
        if score.get_ref().is_empty() {
            return Err(fault(&score, "expected the name of a column"));
        }
        Ok(ColumnName {
            line: line_of(of, score.span().start),
            name: score.into_inner(),
            table: "[journey]",
        })
    };
    Ok(JourneySpec {
        score: table.score.map(column).transpose()?,
    })
}
