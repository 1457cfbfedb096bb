//! Rules on the order of events in `[conform]` of the rules file.

use super::{Fault, fault};
use crate::config::line_of;
use crate::engine::ConformRule;
use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use std::collections::BTreeSet;
use std::fmt;
use toml::Spanned;

/// The list.
pub type Rules = Vec<Spanned<Entry>>;

/// A rule: its text alone, or with a name.
#[derive(Debug)]
pub enum Entry {
    Text(String),
    Named(Named),
}

/// A rule with a name.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Named {
    name: Spanned<String>,
    rule: Spanned<String>,
}

// An untagged enum would lose the places of the texts.
impl<'de> Deserialize<'de> for Entry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read;

        impl<'de> Visitor<'de> for Read {
            type Value = Entry;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a rule, or a table with name and rule")
            }

            fn visit_str<E>(self, text: &str) -> Result<Entry, E> {
                Ok(Entry::Text(text.to_owned()))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Entry, A::Error> {
                Named::deserialize(MapAccessDeserializer::new(map)).map(Entry::Named)
            }
        }

        deserializer.deserialize_any(Read)
    }
}

/// Reads the rules. `is_taken` knows the names of other definitions.
pub(super) fn read(
    list: &Rules,
    of: &str,
    is_taken: impl Fn(&String) -> bool,
) -> Result<Vec<ConformRule>, Fault> {
    let mut names = BTreeSet::new();
    let mut rules = Vec::with_capacity(list.len());
    for entry in list {
        let place = entry.span();
        let (name, text) = match entry.get_ref() {
            Entry::Text(text) => (None, Spanned::new(place, text.clone())),
            Entry::Named(named) => (Some(&named.name), named.rule.clone()),
        };
        let line = line_of(of, text.span().start);
        let given = name.map(|name| name.get_ref().as_str());
        let rule = ConformRule::new(given, text.get_ref(), Some(line));
        let rule = rule.map_err(|error| Fault {
            at: text.span().start,
            message: error.message,
            place: Some((error.text, error.span)),
        })?;
        let named = name.unwrap_or(&text);
        if !names.insert(rule.name.clone()) {
            return Err(fault(named, "another rule has this name"));
        }
        if is_taken(&rule.name) {
            return Err(fault(named, "a milestone or a deadline has this name"));
        }
        rules.push(rule);
    }
    Ok(rules)
}

#[cfg(test)]
mod tests {
    use crate::config::rules::parse;

    #[test]
    fn rules_have_names_and_lines() {
        let text = "[conform]\nrules = [\n  'response(\"A\", \"B\") within 2d',\n  \
                    { name = \"four eyes\", rule = 'not_same(\"A\", \"B\", resource)' },\n]\n";
        let rules = parse(text).unwrap().conform_rules;
        let found: Vec<(&str, &str, Option<u64>)> = rules
            .iter()
            .map(|rule| (&*rule.name, &*rule.text, rule.line))
            .collect();
        let response = "response(\"A\", \"B\") within 2d";
        let not_same = "not_same(\"A\", \"B\", resource)";
        let wanted = [
            (response, response, Some(3)),
            ("four eyes", not_same, Some(4)),
        ];
        assert_eq!(found, wanted);
    }

    #[test]
    fn errors_have_a_line_and_a_place() {
        for (text, line, message, place) in [
            (
                "[conform]\nrules = [\n'init(A)']",
                3,
                "double quotes",
                Some("A"),
            ),
            (
                "[conform]\nrules = ['init(\"A\")', { name = 'x', rule = 'exit(\"A\")' }]",
                2,
                "no template",
                Some("exit"),
            ),
            (
                "[conform]\nrules = ['init(\"A\")',\n'init(\"A\")']",
                3,
                "another rule has this name",
                None,
            ),
            (
                "[conform]\nrules = [{ name = 'x' }]",
                2,
                "missing field `rule`",
                None,
            ),
            (
                "[conform]\nrules = [{ name = 'x', rule = 'init(\"A\")', y = 1 }]",
                2,
                "unknown field `y`",
                None,
            ),
            ("[conform]\nrules = [1]", 2, "a rule, or a table", None),
            ("[conform]\nrule = []", 2, "unknown field `rule`", None),
            (
                "[milestones]\nx = 'first \"A\"'\n[conform]\nrules = [{ name = 'x', rule = 'init(\"A\")' }]",
                4,
                "has this name",
                None,
            ),
            (
                "[outcomes]\nx = '\"A\"'\n[conform]\nrules = [{ name = 'x', rule = 'init(\"A\")' }]",
                2,
                "has this name",
                None,
            ),
        ] {
            let error = parse(text).unwrap_err();
            assert_eq!(error.line, Some(line), "{text}: {error}");
            assert!(error.message.contains(message), "{text}: {error}");
            let found = error.place.as_ref().map(|(text, span)| &text[span.clone()]);
            assert_eq!(found, place, "{text}");
        }
    }
}
