//! The table `[conform]` of a rules file: what cases are judged by.

use super::{Fault, conform_rules, fault, read};
use crate::engine::{ConformSpec, Reference};
use serde::Deserialize;
use std::collections::BTreeMap;
use toml::Spanned;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Table {
    reference: Option<Spanned<String>>,
    model: Option<Spanned<String>>,
    labels: BTreeMap<String, String>,
    pub(super) rules: conform_rules::Rules,
}

/// Reads the table. A model is named only: who read the rules file reads it.
pub(super) fn spec(table: Table) -> Result<ConformSpec, Fault> {
    if let (Some(_), Some(model)) = (&table.reference, &table.model) {
        return Err(fault(
            model,
            "a reference is there already: keep one of them",
        ));
    }
    let reference = table.reference.as_ref();
    let reference = reference
        .map(|text| read(text, Reference::parse))
        .transpose()?;
    Ok(ConformSpec {
        reference: reference.unwrap_or_default(),
        unread: table.model.map(Spanned::into_inner),
        labels: table.labels.into_iter().collect(),
    })
}
