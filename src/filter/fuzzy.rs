//! Fuzzy matching of texts: the only place that knows the crate it is done with.

use fuzzy_matcher::FuzzyMatcher;
use fuzzy_matcher::skim::SkimMatcherV2;
use std::borrow::Cow;

/// A pattern to be found in texts, its characters in order with gaps. Smart case: letter case
/// matters once the pattern has a capital letter.
pub struct Matcher {
    skim: SkimMatcherV2,
    pattern: String,
    ignore_case: bool,
}

/// Cells of the crate's matrix, at most: longer texts are matched in linear time and memory.
const MOST_CELLS: usize = 1 << 16;

impl Matcher {
    /// A matcher for a pattern; the empty one matches everything.
    pub fn new(pattern: &str) -> Self {
        let ignore_case = !pattern.chars().any(char::is_uppercase);
        Matcher {
            skim: SkimMatcherV2::default()
                .respect_case()
                .element_limit(MOST_CELLS),
            pattern: if ignore_case {
                folded(pattern).into_owned()
            } else {
                pattern.to_owned()
            },
            ignore_case,
        }
    }

    /// How well the text matches: more is better; `None` if it does not.
    pub fn score(&self, text: &str) -> Option<i64> {
        self.skim.fuzzy_match(&self.prepared(text), &self.pattern)
    }

    /// The score, and the positions of the matched characters (counted in characters, ascending).
    pub fn indices(&self, text: &str) -> Option<(i64, Vec<usize>)> {
        self.skim.fuzzy_indices(&self.prepared(text), &self.pattern)
    }

    /// The crate folds ASCII letters only.
    fn prepared<'a>(&self, text: &'a str) -> Cow<'a, str> {
        if self.ignore_case {
            folded(text)
        } else {
            Cow::Borrowed(text)
        }
    }
}

/// The text in small letters, character by character, so that positions stay.
fn folded(text: &str) -> Cow<'_, str> {
    if !text.chars().any(char::is_uppercase) {
        return Cow::Borrowed(text);
    }
    let fold = |c: char| {
        let mut lower = c.to_lowercase();
        match (lower.next(), lower.next()) {
            (Some(one), None) => one,
            _ => c,
        }
    };
    Cow::Owned(text.chars().map(fold).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_matters_once_the_pattern_has_a_capital() {
        for (pattern, text, matches) in [
            ("rslv", "Resolve", true),
            ("RSLV", "Resolve", false),
            ("Rslv", "Resolve", true),
            ("", "anything", true),
            ("x", "", false),
            ("важ", "Важность", true),
            ("eéE", "eÉe", false),
            ("日本", "日x本", true),
        ] {
            assert_eq!(
                Matcher::new(pattern).score(text).is_some(),
                matches,
                "{pattern} {text}"
            );
        }
    }

    #[test]
    fn positions_are_characters() {
        assert_eq!(Matcher::new("жт").indices("Важность").unwrap().1, [2, 6]);
        assert_eq!(Matcher::new("").indices("ab").unwrap().1, [0usize; 0]);
        let long = "ab".repeat(200_000);
        assert!(Matcher::new("aabb").indices(&long).is_some());
        assert!(Matcher::new(&long).score(&long).is_some());
    }

    #[test]
    fn what_begins_with_the_pattern_scores_best() {
        let matcher = Matcher::new("clo");
        assert!(matcher.score("Close") > matcher.score("Reopen closed"));
        assert!(matcher.score("Close") > matcher.score("xcxlxo"));
    }
}
