//! Fuzzy search: score, matched characters, ranking. The only place that names the crate that does it.

use fuzzy_matcher::FuzzyMatcher;
use fuzzy_matcher::skim::SkimMatcherV2;
use std::borrow::Cow;

/// A search pattern: words separated by white space, each found in a text as letters in order with
/// gaps, wherever in the text. Smart case: a pattern with a capital letter is case-sensitive.
///
/// ```
/// use casetrail::text::Matcher;
///
/// let matcher = Matcher::new("asg");
/// assert_eq!(matcher.indices("Assign"), Some(vec![0, 1, 4]));
/// assert!(matcher.score("Assign") > matcher.score("Pause billing"));
/// assert_eq!(matcher.score("Resolve"), None);
/// ```
pub struct Matcher {
    skim: SkimMatcherV2,
    words: Vec<String>,
    ignore_case: bool,
}

/// Largest matrix of the crate, in cells: longer texts are matched in linear time and memory.
const MOST_CELLS: usize = 1 << 16;

impl Matcher {
    /// A matcher for a pattern; a pattern without words matches everything.
    pub fn new(pattern: &str) -> Self {
        let ignore_case = !pattern.chars().any(char::is_uppercase);
        let word = |word: &str| {
            if ignore_case {
                folded(word).into_owned()
            } else {
                word.to_owned()
            }
        };
        Matcher {
            skim: SkimMatcherV2::default()
                .respect_case()
                .element_limit(MOST_CELLS),
            words: pattern.split_whitespace().map(word).collect(),
            ignore_case,
        }
    }

    /// Score of a match, higher is better; `None` where some word is not found.
    pub fn score(&self, text: &str) -> Option<i64> {
        let text = self.prepared(text);
        let scores = self.words.iter();
        let mut scores = scores.map(|word| self.skim.fuzzy_match(&text, word));
        scores.try_fold(0, |sum, score| Some(sum + score?))
    }

    /// Positions of the matched characters, ascending, counted in characters; `None` where some word
    /// is not found.
    pub fn indices(&self, text: &str) -> Option<Vec<usize>> {
        let text = self.prepared(text);
        let mut found = Vec::new();
        for word in &self.words {
            found.extend(self.skim.fuzzy_indices(&text, word)?.1);
        }
        found.sort_unstable();
        found.dedup();
        Some(found)
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

/// Positions of the texts that match the pattern, best match first, ties in the order given.
pub fn ranked<'a>(pattern: &str, texts: impl Iterator<Item = &'a str>) -> Vec<usize> {
    let matcher = Matcher::new(pattern);
    let mut found: Vec<(i64, usize)> = texts
        .enumerate()
        .filter_map(|(at, text)| Some((matcher.score(text)?, at)))
        .collect();
    found.sort_by_key(|&(score, at)| (std::cmp::Reverse(score), at));
    found.into_iter().map(|(_, at)| at).collect()
}

/// The text in lower case, character by character: letters whose lower case is longer stay, so that
/// positions stay.
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
            ("agent ass", "Assign agent", true),
            ("agent xyz", "Assign agent", false),
            (" ", "anything", true),
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
        assert_eq!(Matcher::new("жт").indices("Важность").unwrap(), [2, 6]);
        assert_eq!(Matcher::new("").indices("ab").unwrap(), [0usize; 0]);
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

    #[test]
    fn words_are_marked_wherever_they_are() {
        let indices = |pattern, text| Matcher::new(pattern).indices(text);
        assert_eq!(indices("ag", "Assign agent"), Some(vec![7, 8]));
        assert_eq!(indices("aga", "Assign agent"), Some(vec![0, 4, 7]));
        let both = vec![0, 1, 2, 7, 8, 9, 10, 11];
        assert_eq!(indices("agent ass", "Assign agent"), Some(both));
        assert_eq!(indices("xyz", "Assign"), None);
    }

    #[test]
    fn better_matches_come_first() {
        let texts = [
            "previous-sort",
            "resort",
            "sort-menu",
            "scrap of text",
            "undo",
        ];
        let found = |pattern| ranked(pattern, texts.into_iter());
        assert_eq!(found("sort"), [2, 0, 1]);
        assert_eq!(found(""), [0, 1, 2, 3, 4]);
        assert_eq!(found("menu sort"), [2]);
        assert_eq!(found("pvs"), [0]);
    }
}
