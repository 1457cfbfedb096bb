//! Values of settings: read from TOML and from the text of an environment variable or option, written as TOML.

use crate::config::keys::quoted;
use crate::text::{did_you_mean, safe};
use toml::de::DeValue;

/// A value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// On or off.
    Flag(bool),
    /// A whole number.
    Number(u64),
    /// A text.
    Text(String),
    /// A list of texts.
    Texts(Vec<String>),
}

impl Value {
    /// The value as TOML.
    pub fn to_toml(&self) -> String {
        match self {
            Value::Flag(flag) => flag.to_string(),
            Value::Number(number) => number.to_string(),
            Value::Text(text) => quoted(text),
            Value::Texts(texts) => list(texts),
        }
    }

    /// The texts that an option of the command line is given for the value, once each; a flag has none.
    pub fn to_words(&self) -> Vec<String> {
        match self {
            Value::Flag(_) => Vec::new(),
            Value::Number(number) => vec![number.to_string()],
            Value::Text(text) => vec![text.clone()],
            Value::Texts(texts) => texts.clone(),
        }
    }
}

/// A list of texts as TOML, in brackets also where it is one.
pub fn list(texts: &[String]) -> String {
    let texts: Vec<String> = texts.iter().map(|text| quoted(text)).collect();
    format!("[{}]", texts.join(", "))
}

/// The values that a setting takes.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    /// `true` or `false`.
    Flag,
    /// One of these words.
    Word(&'static [&'static str]),
    /// A whole number between these.
    Number(u64, u64),
    /// A text that passes a check; the first is an example.
    Text(&'static str, fn(&str) -> Result<(), String>),
    /// Texts.
    Texts,
    /// A path; in the file relative to its folder.
    Path,
}

impl Kind {
    /// Reads a value from TOML.
    ///
    /// # Errors
    /// The expected value, as a phrase.
    pub fn of_toml(self, value: &DeValue<'_>) -> Result<Value, String> {
        match (self, value) {
            (Kind::Flag, DeValue::Boolean(flag)) => Ok(Value::Flag(*flag)),
            (Kind::Number(..), DeValue::Integer(number)) => self.of_text(number.as_str()),
            (Kind::Texts, DeValue::Array(all)) => {
                let texts: Result<_, String> = all.iter().map(|one| text(one.get_ref())).collect();
                texts.map(Value::Texts)
            }
            (Kind::Texts, one) => text(one).map(|one| Value::Texts(vec![one])),
            (Kind::Word(_) | Kind::Text(..) | Kind::Path, DeValue::String(text)) => {
                self.of_text(text)
            }
            _ => Err(self.expected()),
        }
    }

    /// Reads a value from the text of an environment variable or an option; of a list, texts between commas.
    ///
    /// # Errors
    /// The expected value, as a phrase.
    pub fn of_text(self, text: &str) -> Result<Value, String> {
        match self {
            Kind::Flag => match text {
                "true" | "1" => Ok(Value::Flag(true)),
                "false" | "0" => Ok(Value::Flag(false)),
                _ => Err(self.expected()),
            },
            Kind::Number(least, most) => {
                let number = text.parse().ok();
                let number = number.filter(|n| (least..=most).contains(n));
                number.map(Value::Number).ok_or_else(|| self.expected())
            }
            Kind::Word(words) if words.contains(&text) => Ok(Value::Text(text.to_owned())),
            Kind::Word(words) => {
                let near = did_you_mean(text, words.iter().copied(), str::to_owned);
                let text = safe(text);
                Err(format!("{text:?} is not {}{near}", self.expected_words()))
            }
            Kind::Text(_, check) => check(text).map(|()| Value::Text(text.to_owned())),
            Kind::Path if text.is_empty() => Err(self.expected()),
            Kind::Path => Ok(Value::Text(text.to_owned())),
            Kind::Texts => {
                let texts = text.split(',').map(|one| one.trim().to_owned());
                Ok(Value::Texts(texts.collect()))
            }
        }
    }

    /// The values that it takes, for documentation: `true` or `false`, the words, an example.
    pub fn described(self) -> String {
        match self {
            Kind::Flag => "`true`, `false`".to_owned(),
            Kind::Word(words) => {
                let words: Vec<String> = words.iter().map(|word| format!("`\"{word}\"`")).collect();
                words.join(", ")
            }
            Kind::Number(1, 2) => "`1`, `2`".to_owned(),
            Kind::Number(..) => "a number".to_owned(),
            Kind::Text(example, _) => format!("a text such as `{}`", quoted(example)),
            Kind::Texts => "a list of texts".to_owned(),
            Kind::Path => "a path".to_owned(),
        }
    }

    fn expected_words(self) -> String {
        match self {
            Kind::Word(words) => format!("one of {}", words.join(", ")),
            other => other.expected(),
        }
    }

    fn expected(self) -> String {
        match self {
            Kind::Flag => "expected true or false".to_owned(),
            Kind::Word(words) => format!("expected one of {}", words.join(", ")),
            Kind::Number(least, u64::MAX) => format!("expected a number from {least}"),
            Kind::Number(least, most) => format!("expected a number from {least} to {most}"),
            Kind::Text(example, _) => {
                format!("expected a text in quotes such as {}", quoted(example))
            }
            Kind::Texts => "expected a text in quotes, or a list of such".to_owned(),
            Kind::Path => "expected a path in quotes".to_owned(),
        }
    }
}

fn text(value: &DeValue<'_>) -> Result<String, String> {
    let text = value.as_str().map(str::to_owned);
    text.ok_or_else(|| Kind::Texts.expected())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Kind; 6] = [
        Kind::Flag,
        Kind::Word(&["light", "dark"]),
        Kind::Number(1, 2),
        Kind::Text("2G", |text| {
            text.parse::<u8>().map(drop).map_err(|_| "no number".into())
        }),
        Kind::Texts,
        Kind::Path,
    ];

    #[test]
    fn values_of_toml_can_be_written_again() {
        for (kind, toml) in ALL.into_iter().zip([
            "true",
            "\"dark\"",
            "2",
            "\"7\"",
            "[\"-\", \"a \\\"b\\\"\"]",
            "\"a/b.toml\"",
        ]) {
            let value = kind.of_toml(&DeValue::parse(toml).expect(toml).into_inner());
            assert_eq!(value.map(|value| value.to_toml()), Ok(toml.to_owned()));
        }
    }

    #[test]
    fn what_does_not_fit_is_explained() {
        for (at, toml, wanted) in [
            (0, "1", "expected true or false"),
            (
                1,
                "\"drak\"",
                "\"drak\" is not one of light, dark; did you mean dark?",
            ),
            (1, "true", "expected one of light, dark"),
            (2, "3", "expected a number from 1 to 2"),
            (2, "-1", "expected a number from 1 to 2"),
            (2, "\"1\"", "expected a number from 1 to 2"),
            (3, "\"x\"", "no number"),
            (3, "7", "expected a text in quotes such as \"2G\""),
            (4, "[1]", "expected a text in quotes, or a list of such"),
            (5, "\"\"", "expected a path in quotes"),
        ] {
            let value = DeValue::parse(toml).expect(toml).into_inner();
            let error = ALL[at].of_toml(&value).expect_err(toml);
            assert_eq!(error, wanted, "{toml}");
        }
    }

    #[test]
    fn texts_of_the_environment_need_no_quotes() {
        for (at, text, wanted) in [
            (0, "1", Value::Flag(true)),
            (0, "false", Value::Flag(false)),
            (1, "light", Value::Text("light".into())),
            (2, "1", Value::Number(1)),
            (4, "-, NULL", Value::Texts(vec!["-".into(), "NULL".into()])),
        ] {
            assert_eq!(ALL[at].of_text(text), Ok(wanted), "{text}");
        }
        assert!(ALL[0].of_text("on").is_err());
    }
}
