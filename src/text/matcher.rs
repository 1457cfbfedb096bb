//! Search patterns: fuzzy, exact or a regex; score, matched characters, ranking. The only place that
//! names the crate of the fuzzy search.

use fuzzy_matcher::FuzzyMatcher;
use fuzzy_matcher::skim::SkimMatcherV2;
use regex::{Regex, RegexBuilder};
use std::borrow::Cow;
use std::ops::Range;

/// A search pattern.
///
/// | pattern | finds |
/// | --- | --- |
/// | `words` | each word as letters in order with gaps, wherever in the text |
/// | `'text` | exactly this |
/// | `^text`, `text$`, `^text$` | exactly this at the beginning, at the end, alone |
/// | `/regex/` | what the regex matches; the last `/` may be missing |
///
/// Smart case: a pattern with a capital letter is case-sensitive. `^` and `$` are the ends of a line, so
/// that the cells of a row can be the lines of a text.
///
/// ```
/// use casetrail::text::Matcher;
///
/// let matcher = Matcher::new("asg")?;
/// assert_eq!(matcher.indices("Assign"), Some(vec![0, 1, 4]));
/// assert!(matcher.score("Assign") > matcher.score("Pause billing"));
/// assert_eq!(matcher.score("Resolve"), None);
/// assert!(Matcher::new("^as")?.score("Assign").is_some());
/// assert!(Matcher::new("^as")?.score("Reassign").is_none());
/// # Ok::<(), casetrail::text::PatternError>(())
/// ```
pub struct Matcher {
    kind: Kind,
    ignore_case: bool,
}

enum Kind {
    Fuzzy {
        skim: Box<SkimMatcherV2>,
        words: Vec<String>,
    },
    Exact {
        text: String,
        at_start: bool,
        at_end: bool,
    },
    Regex(Regex),
}

impl std::fmt::Debug for Matcher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Matcher").finish_non_exhaustive()
    }
}

/// Fault of a pattern.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct PatternError {
    /// Fault on one line. It may quote the pattern: not safe to print.
    pub message: String,
    /// Place of the fault, in bytes of the pattern.
    pub span: Range<usize>,
}

/// Largest matrix of the crate, in cells: longer texts are matched in linear time and memory.
// The crate's best match costs as many cells as both texts have characters, multiplied.
const MOST_CELLS: usize = 1 << 16;

/// Largest compiled regex and largest cache of its automaton, in bytes.
const MOST_REGEX: usize = 1 << 20;

/// Most groups of a regex that are in each other.
const MOST_NESTED: u32 = 64;

/// Compiles a regex of bounded size.
///
/// # Errors
///
/// Returns the fault and its place, in bytes of the pattern.
pub fn regex(pattern: &str) -> Result<Regex, PatternError> {
    bounded(pattern, &mut RegexBuilder::new(pattern))
}

fn bounded(pattern: &str, builder: &mut RegexBuilder) -> Result<Regex, PatternError> {
    let builder = builder.size_limit(MOST_REGEX).dfa_size_limit(MOST_REGEX);
    builder.nest_limit(MOST_NESTED).build().map_err(|error| {
        let whole = 0..pattern.len();
        let (message, span) = match &error {
            regex::Error::Syntax(text) => {
                // The crate puts its sentence on the last line, below the pattern and its carets.
                let last = text.lines().last().unwrap_or_default().trim();
                let message = last.trim_start_matches("error: ");
                let place = place_of_fault(text, pattern);
                (format!("bad regex: {message}"), place.unwrap_or(whole))
            }
            regex::Error::CompiledTooBig(_) => ("this regex is too large".to_owned(), whole),
            _ => ("bad regex".to_owned(), whole),
        };
        PatternError { message, span }
    })
}

/// Reads the place from the text of the crate, which has the pattern on a line and carets below it.
fn place_of_fault(text: &str, pattern: &str) -> Option<Range<usize>> {
    let mut lines = text.lines();
    let indent = lines.find_map(|line| {
        let indent = line.strip_suffix(pattern)?;
        indent.bytes().all(|b| b == b' ').then_some(indent.len())
    })?;
    let carets = lines.next()?.get(indent..)?;
    let from = carets.find('^')?;
    let n = carets[from..].chars().take_while(|&c| c == '^').count();
    let byte = |at: usize| {
        pattern
            .char_indices()
            .nth(at)
            .map_or(pattern.len(), |c| c.0)
    };
    Some(byte(from)..byte(from + n))
}

impl Matcher {
    /// A matcher for a pattern; a pattern without text matches everything.
    ///
    /// # Errors
    ///
    /// Returns the fault of a regex and its place.
    pub fn new(pattern: &str) -> Result<Self, PatternError> {
        if let Some(regex) = pattern.strip_prefix('/') {
            return Matcher::regex(regex.strip_suffix('/').unwrap_or(regex));
        }
        if let Some(text) = pattern.strip_prefix('\'') {
            return Ok(Matcher::exact(text, false, false));
        }
        let (rest, at_start) = match pattern.strip_prefix('^') {
            Some(rest) => (rest, true),
            None => (pattern, false),
        };
        let (text, at_end) = match rest.strip_suffix('$') {
            Some(text) => (text, true),
            None => (rest, false),
        };
        if at_start || at_end {
            return Ok(Matcher::exact(text, at_start, at_end));
        }
        Ok(Matcher::fuzzy(pattern))
    }

    /// A matcher for words alone, whatever they begin or end with.
    pub fn fuzzy(pattern: &str) -> Self {
        let ignore_case = ignores_case(pattern);
        let words = cased(pattern, ignore_case);
        Matcher {
            kind: Kind::Fuzzy {
                skim: Box::new(
                    SkimMatcherV2::default()
                        .respect_case()
                        .element_limit(MOST_CELLS),
                ),
                words: words.split_whitespace().map(str::to_owned).collect(),
            },
            ignore_case,
        }
    }

    fn exact(text: &str, at_start: bool, at_end: bool) -> Self {
        let ignore_case = ignores_case(text);
        Matcher {
            kind: Kind::Exact {
                text: cased(text, ignore_case).into_owned(),
                at_start,
                at_end,
            },
            ignore_case,
        }
    }

    fn regex(pattern: &str) -> Result<Self, PatternError> {
        // Classes such as `\S` are no capital letters of a text.
        let mut escaped = false;
        let is_capital = |c: char| {
            let is_class = escaped;
            escaped = c == '\\' && !escaped;
            !is_class && c.is_uppercase()
        };
        let ignore_case = !pattern.chars().any(is_capital);
        let mut builder = RegexBuilder::new(pattern);
        // `^` and `$` are the ends of a line, as a row is searched with a line for each cell.
        builder.case_insensitive(ignore_case).multi_line(true);
        let compiled = bounded(pattern, &mut builder).map_err(|error| PatternError {
            // After the slash.
            span: error.span.start + 1..error.span.end + 1,
            ..error
        });
        Ok(Matcher {
            kind: Kind::Regex(compiled?),
            // The regex itself ignores case, so that texts need not be folded.
            ignore_case: false,
        })
    }

    /// Tests whether some matches are better than others.
    pub fn ranks(&self) -> bool {
        matches!(&self.kind, Kind::Fuzzy { words, .. } if !words.is_empty())
    }

    /// Score of a match, higher is better; `None` where it is not found. All matches of an exact pattern
    /// and of a regex are equally good.
    pub fn score(&self, text: &str) -> Option<i64> {
        match &self.kind {
            Kind::Fuzzy { skim, words } => {
                let text = cased(text, self.ignore_case);
                let mut scores = words.iter().map(|word| skim.fuzzy_match(&text, word));
                // All words must be found, in any order.
                scores.try_fold(0, |sum, score| Some(sum + score?))
            }
            Kind::Exact { .. } => self.place(&cased(text, self.ignore_case)).map(|_| 0),
            Kind::Regex(regex) => regex.is_match(text).then_some(0),
        }
    }

    /// Positions of the matched characters, ascending, counted in characters; `None` where it is not
    /// found.
    pub fn indices(&self, text: &str) -> Option<Vec<usize>> {
        let text = cased(text, self.ignore_case);
        let mut found = Vec::new();
        match &self.kind {
            Kind::Fuzzy { skim, words } => {
                for word in words {
                    found.extend(skim.fuzzy_indices(&text, word)?.1);
                }
                found.sort_unstable();
                found.dedup();
            }
            Kind::Exact { .. } | Kind::Regex(_) => {
                let place = self.place(&text)?;
                let before = text[..place.start].chars().count();
                found.extend(before..before + text[place].chars().count());
            }
        }
        Some(found)
    }

    /// Positions of the texts that match, best match first, ties in the order given.
    pub fn ranked<'a>(&self, texts: impl Iterator<Item = &'a str>) -> Vec<usize> {
        let mut found: Vec<(i64, usize)> = texts
            .enumerate()
            .filter_map(|(at, text)| Some((self.score(text)?, at)))
            .collect();
        found.sort_by_key(|&(score, at)| (std::cmp::Reverse(score), at));
        found.into_iter().map(|(_, at)| at).collect()
    }

    /// Bytes of the first match of an exact pattern or a regex.
    fn place(&self, text: &str) -> Option<Range<usize>> {
        match &self.kind {
            Kind::Fuzzy { .. } => None,
            Kind::Regex(regex) => regex.find(text).map(|found| found.range()),
            Kind::Exact {
                text: wanted,
                at_start,
                at_end,
            } => {
                let mut from = 0;
                text.split('\n').find_map(|line| {
                    let at = match (at_start, at_end) {
                        (false, false) => line.find(wanted.as_str()),
                        (true, false) => line.starts_with(wanted.as_str()).then_some(0),
                        (true, true) => (line == wanted).then_some(0),
                        (false, true) => line.strip_suffix(wanted.as_str()).map(str::len),
                    };
                    let at = at.map(|at| from + at..from + at + wanted.len());
                    from += line.len() + 1;
                    at
                })
            }
        }
    }
}

fn ignores_case(pattern: &str) -> bool {
    !pattern.chars().any(char::is_uppercase)
}

/// The crate folds ASCII letters only.
fn cased(text: &str, ignore_case: bool) -> Cow<'_, str> {
    if ignore_case {
        folded(text)
    } else {
        Cow::Borrowed(text)
    }
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
                Matcher::fuzzy(pattern).score(text).is_some(),
                matches,
                "{pattern} {text}"
            );
        }
    }

    #[test]
    fn positions_are_characters() {
        assert_eq!(Matcher::fuzzy("жт").indices("Важность").unwrap(), [2, 6]);
        assert_eq!(Matcher::fuzzy("").indices("ab").unwrap(), [0usize; 0]);
        let long = "ab".repeat(200_000);
        assert!(Matcher::fuzzy("aabb").indices(&long).is_some());
        assert!(Matcher::fuzzy(&long).score(&long).is_some());
    }

    #[test]
    fn what_begins_with_the_pattern_scores_best() {
        let matcher = Matcher::fuzzy("clo");
        assert!(matcher.score("Close") > matcher.score("Reopen closed"));
        assert!(matcher.score("Close") > matcher.score("xcxlxo"));
    }

    #[test]
    fn words_are_marked_wherever_they_are() {
        let indices = |pattern, text| Matcher::fuzzy(pattern).indices(text);
        assert_eq!(indices("ag", "Assign agent"), Some(vec![7, 8]));
        assert_eq!(indices("aga", "Assign agent"), Some(vec![0, 4, 7]));
        let both = vec![0, 1, 2, 7, 8, 9, 10, 11];
        assert_eq!(indices("agent ass", "Assign agent"), Some(both));
        assert_eq!(indices("xyz", "Assign"), None);
    }

    #[test]
    fn exact_patterns_and_regexes_match_as_written() {
        for (pattern, text, at) in [
            ("'ship", "Ship goods", Some(0..4)),
            ("'goods", "Ship goods", Some(5..10)),
            ("'hp", "Ship goods", None),
            ("'Goods", "Ship goods", None),
            ("'$", "100 US$", Some(6..7)),
            ("^ship", "Ship goods", Some(0..4)),
            ("^goods", "Ship goods", None),
            ("goods$", "Ship goods", Some(5..10)),
            ("ship$", "Ship goods", None),
            ("^ship goods$", "Ship goods", Some(0..10)),
            ("^ship$", "Ship goods", None),
            ("^важ", "Важность", Some(0..3)),
            ("/^s.*s$/", "Ship goods", Some(0..10)),
            ("/g[aeiou]+", "Ship goods", Some(5..8)),
            ("/\\Soods/", "Ship Goods", Some(5..10)),
            ("/GOODS/", "Ship goods", None),
            ("/ж.о/", "Важность", Some(2..5)),
            ("/", "Ship", Some(0..0)),
            // The lines are the cells of a row.
            ("^goods", "ship\nGoods", Some(5..10)),
            ("ship$", "ship\nGoods", Some(0..4)),
            ("/^goods$/", "ship\nGoods", Some(5..10)),
            ("^ship goods$", "ship\nGoods", None),
        ] {
            let matcher = Matcher::new(pattern).expect(pattern);
            let at = at.map(Vec::from_iter);
            assert_eq!(matcher.indices(text), at, "{pattern} in {text}");
            assert_eq!(matcher.score(text).is_some(), at.is_some(), "{pattern}");
            assert!(!matcher.ranks());
        }
        assert!(Matcher::new("ship").unwrap().ranks());
    }

    #[test]
    fn a_bad_regex_says_where() {
        for (pattern, message, span) in [
            ("/a(b/", "bad regex: unclosed group", 2..3),
            ("/ж[b", "bad regex: unclosed character class", 3..4),
            (
                "/*",
                "bad regex: repetition operator missing expression",
                1..2,
            ),
            ("/(\\w{500}){500}/", "this regex is too large", 1..15),
        ] {
            let error = Matcher::new(pattern).expect_err(pattern);
            assert_eq!(
                (error.message.as_str(), error.span),
                (message, span),
                "{pattern}"
            );
        }
        let deep = format!("/{}", "(".repeat(100_000));
        assert!(Matcher::new(&deep).is_err());
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
        let found = |pattern| Matcher::new(pattern).unwrap().ranked(texts.into_iter());
        assert_eq!(found("sort"), [2, 0, 1]);
        assert_eq!(found(""), [0, 1, 2, 3, 4]);
        assert_eq!(found("menu sort"), [2]);
        assert_eq!(found("pvs"), [0]);
    }
}
