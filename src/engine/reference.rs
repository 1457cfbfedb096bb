//! What cases are judged by, as defined: the most frequent variants, those of a filter, or a model.

use crate::filter::{self, Expr};
use crate::models::Net;
use std::fmt;
use std::sync::Arc;

/// Reference variants at most: each variant of the log is compared with all of them.
pub const MOST_REFERENCES: usize = 1_000;

/// A model and the file that it was read from.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct NamedModel {
    /// Name of the file.
    pub name: String,
    /// Its path, as the user gave it.
    pub path: String,
    /// The net.
    pub net: Net,
}

/// What cases are judged by.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Reference {
    /// The variants of the lowest ranks in the log: their number, at least 1.
    Top(u32),
    /// The fewest variants, by rank, that have this share of all cases, in parts of a million.
    Cover(u32),
    /// The variants of which some case meets a filter, which [`Reference::parse`] has read.
    Filter(String),
    /// A model.
    Model(Arc<NamedModel>),
}

impl Default for Reference {
    fn default() -> Self {
        Reference::Top(1)
    }
}

impl Reference {
    /// Begins a text that names the file of a model.
    pub const MODEL_WORD: &'static str = "model ";
    /// Names of files of models end like that, in any letter case.
    pub const MODEL_ENDINGS: [&'static str; 3] = [".pnml", ".bpmn", ".xml"];

    /// The path of a model that a text names: `model claim.xml`, or a text that ends like the name of
    /// such a file.
    pub fn model_path(text: &str) -> Option<&str> {
        let text = text.trim();
        if let Some(path) = text.strip_prefix(Self::MODEL_WORD) {
            // A column may have that name: `model = "X5"` is a filter.
            let path = path.trim();
            let is_filter = path.starts_with(['=', '!', '<', '>', '~']) || path.starts_with("in ");
            return Some(path).filter(|path| !path.is_empty() && !is_filter);
        }
        let lower = text.to_ascii_lowercase();
        let mut endings = Self::MODEL_ENDINGS.iter();
        endings
            .any(|ending| lower.ends_with(ending))
            .then_some(text)
    }

    /// The text that a user writes for it.
    pub fn written(&self) -> String {
        match self {
            Reference::Model(model) => format!("{}{}", Self::MODEL_WORD, model.path),
            other => other.to_string(),
        }
    }

    /// Parses `top 3`, `cover 80%` or a filter.
    ///
    /// # Errors
    /// It is none of them: one line.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let after = |word: &str| text.strip_prefix(word).map(str::trim);
        if let Some(number) = after("top ") {
            let number = number.parse().ok().filter(|&n| n > 0);
            let number = number.filter(|&n| n as usize <= MOST_REFERENCES);
            let wrong = || format!("expected `top N`, N from 1 to {MOST_REFERENCES}");
            return number.map(Reference::Top).ok_or_else(wrong);
        }
        if let Some(share) = after("cover ") {
            let (number, by) = match share.strip_suffix('%') {
                Some(number) => (number, 1e4),
                None => (share, 1e6),
            };
            let number: Option<f64> = number.trim().parse().ok();
            let parts = number.map(|number| (number * by).round());
            let parts = parts.filter(|parts| (1.0..=1e6).contains(parts));
            let wrong = || "expected `cover P%`, P above 0 and up to 100".to_owned();
            return parts
                .map(|parts| Reference::Cover(parts as u32))
                .ok_or_else(wrong);
        }
        let expr = filter::parse(text).map_err(|error| {
            format!("{error} (expected `top N`, `cover P%` or a filter such as `variant <= 3`)")
        })?;
        Reference::check(&expr)?;
        Ok(Reference::Filter(text.to_owned()))
    }

    /// Refuses a filter that itself depends on the reference.
    fn check(expr: &Expr) -> Result<(), String> {
        if expr.mentions().conformity {
            return Err(
                "fits, deviates, missing and extra compare with the reference: none can choose it"
                    .to_owned(),
            );
        }
        Ok(())
    }

    /// The model, where it is one.
    pub fn model(&self) -> Option<&NamedModel> {
        match self {
            Reference::Model(model) => Some(model),
            _ => None,
        }
    }
}

/// As [`Reference::parse`] reads it; a model by the name of its file.
impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reference::Top(number) => write!(f, "top {number}"),
            Reference::Cover(parts) => write!(f, "cover {}%", f64::from(*parts) / 1e4),
            Reference::Filter(text) => f.write_str(text),
            Reference::Model(model) => f.write_str(&model.name),
        }
    }
}

/// What cases are judged by, and the names of activities in models.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ConformSpec {
    /// The reference.
    pub reference: Reference,
    /// Path of a model that is the reference once it is read, relative to the file that names it.
    pub unread: Option<String>,
    /// Labels of models with the activities of the log that they stand for.
    pub labels: Vec<(String, String)>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_models_are_known_by_their_names() {
        for (text, wanted) in [
            ("claim.pnml", Some("claim.pnml")),
            (" a dir/Claim.BPMN ", Some("a dir/Claim.BPMN")),
            ("model claim", Some("claim")),
            ("model  x.xml", Some("x.xml")),
            ("model ", None),
            ("top 3", None),
            ("model = \"X5\"", None),
            ("file = \"claim.pnml\"", None),
        ] {
            assert_eq!(Reference::model_path(text), wanted, "{text}");
        }
    }

    #[test]
    fn references_are_read_and_written() {
        for (text, wanted) in [
            ("top 3", Ok("top 3")),
            ("cover 80%", Ok("cover 80%")),
            ("cover 0.855", Ok("cover 85.5%")),
            ("variant <= 3", Ok("variant <= 3")),
            (" \"A\" ", Ok("\"A\"")),
            ("top 0", Err("expected `top N`")),
            ("top 1001", Err("expected `top N`")),
            ("top x", Err("expected `top N`")),
            ("cover 0", Err("expected `cover P%`")),
            ("cover 101%", Err("expected `cover P%`")),
            ("variant <", Err("(expected `top N`")),
            ("not fits", Err("compare with the reference")),
        ] {
            let found = Reference::parse(text);
            match wanted {
                Ok(wanted) => {
                    let found = found.unwrap();
                    assert_eq!(found.to_string(), wanted);
                    assert_eq!(Reference::parse(wanted), Ok(found));
                }
                Err(part) => assert!(found.unwrap_err().contains(part), "{text}"),
            }
        }
    }
}
