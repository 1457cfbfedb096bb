//! Rules on the order of events as they were defined.

use super::view::FilterError;
use crate::event_log::Template;
use crate::filter::{RuleText, parse_rule};
use crate::metrics::deadlines::State;

/// A rule on the order of the events of a case, by a template of Declare. It is a column of cases of its
/// name with the words of [`ConformRule::STATES`], missing where the rule is not activated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConformRule {
    /// Name, also in filters: the text where none was given.
    pub name: String,
    /// True if the name was given.
    pub is_named: bool,
    /// The rule as written.
    pub text: String,
    /// The rule.
    pub rule: RuleText,
    /// Line of the file in which it is written, from 1; `None` where there is no file.
    pub line: Option<u64>,
}

impl ConformRule {
    /// States of a case: running is that of an open case that can still satisfy the rule.
    pub const STATES: [State; 3] = [State::Kept, State::Broken, State::Running];

    /// Reads the text of a rule.
    ///
    /// # Errors
    /// The text is no rule: the message has the place.
    pub fn new(name: Option<&str>, text: &str, line: Option<u64>) -> Result<Self, FilterError> {
        let text = text.trim();
        let wrong = |(span, message)| FilterError {
            text: text.to_owned(),
            span,
            message,
        };
        let rule = parse_rule(text).map_err(|error| wrong((error.span, error.message)))?;
        let name = name.map(str::trim);
        if name.is_some_and(str::is_empty) {
            return Err(wrong((0..0, "a rule needs a name, or none".to_owned())));
        }
        Ok(ConformRule {
            name: name.unwrap_or(text).to_owned(),
            is_named: name.is_some(),
            text: text.to_owned(),
            rule,
            line,
        })
    }

    /// Reads a rule with or without a name: `four eyes = not_same("Approve", "Pay", resource)`.
    ///
    /// # Errors
    /// As [`ConformRule::new`].
    pub fn parse(text: &str) -> Result<Self, FilterError> {
        // Texts of activities and filters, which may have the sign, come after the parenthesis.
        let head = text.split('(').next().unwrap_or_default();
        match head.split_once('=') {
            Some((name, _)) => ConformRule::new(Some(name), &text[name.len() + 1..], None),
            None => ConformRule::new(None, text, None),
        }
    }

    /// A rule of a template alone, without a name.
    pub fn of(template: Template, a: &str, b: Option<&str>) -> Self {
        let rule = RuleText::new(template, a, b, 1);
        let text = rule.to_string();
        ConformRule {
            name: text.clone(),
            is_named: false,
            text,
            rule,
            line: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_may_have_a_name() {
        let rule = ConformRule::parse(r#"four eyes = not_same("A", "B", resource)"#).unwrap();
        assert_eq!((&*rule.name, rule.is_named), ("four eyes", true));
        assert_eq!(rule.text, r#"not_same("A", "B", resource)"#);
        let rule = ConformRule::parse(r#" response("a = b", "c") when x = 1"#).unwrap();
        assert!(!rule.is_named);
        assert_eq!(rule.name, r#"response("a = b", "c") when x = 1"#);
        let error = ConformRule::parse("x = init(A)").unwrap_err();
        assert_eq!((&*error.text, error.span), ("init(A)", 5..6));
        assert!(ConformRule::parse(" = init(\"A\")").is_err());
    }
}
