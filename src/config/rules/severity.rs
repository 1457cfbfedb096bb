//! Severity of a deadline.

use serde::Deserialize;
use std::fmt;

/// A weight, or a word for one.
#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "expected a number or a word such as \"high\"")]
pub enum Severity {
    /// A weight.
    Weight(f64),
    /// A word.
    Word(String),
}

impl Default for Severity {
    fn default() -> Self {
        Severity::Word(String::new())
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Severity::Weight(weight) => write!(f, "{weight}"),
            Severity::Word(word) => f.write_str(word),
        }
    }
}
