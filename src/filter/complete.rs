//! Completions at the cursor of a filter text: words of the grammar, activities, columns and values,
//! those first that begin with the piece written so far. The parser, which is the only grammar, says
//! what it accepts there.

use super::ast::{Dial, Field, Op, Spanned, field_name, is_word_char, quote};
use super::field::{Source, column_names};
use super::lex::{Partial, Want};
use super::noted::{CaseTexts, place_of};
use super::parse::accepted;
use crate::event_log::{ColumnKind, Dictionary, EventLog, Role};
use crate::text::Matcher;
use crate::text::time::WEEKDAYS;
use std::borrow::Cow;
use std::cmp::Reverse;
use std::ops::Range;

/// A completion at the cursor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completion {
    /// Bytes of the text that it replaces; on character boundaries.
    pub replace: Range<usize>,
    /// Text that it inserts.
    pub text: String,
    /// Kind: "word", "activity", "column" or "value".
    pub kind: &'static str,
}

/// Completions given, at most.
const MOST: usize = 50;
/// Completions of one kind, at most, while nothing is written yet.
const MOST_UNASKED: usize = 20;
/// Names of one kind that are searched fuzzily, at most; of more, only those that begin with what
/// is written are found.
const MOST_FUZZY: usize = 20_000;
/// Names of one kind that are looked at, at most: this is asked with every key.
const MOST_SEEN: usize = 1_000_000;

/// Returns the completions at `cursor` (in bytes) of a filter text, or with `events` of a condition
/// on events; the best first, at most 50. `noted` are the tags and notes of the cases of the log.
pub fn complete(
    text: &str,
    cursor: usize,
    events: bool,
    log: &EventLog,
    noted: &[CaseTexts],
) -> Vec<Completion> {
    let mut cursor = cursor.min(text.len());
    // A cursor of the caller may be within a character.
    while !text.is_char_boundary(cursor) {
        cursor -= 1;
    }
    let (partial, start) = Partial::at_end_of(&text[..cursor]);
    let before = &text[..start];
    let replace = start..end_of_piece(text, cursor, &partial);
    let mut found = Found {
        pattern: partial.pattern(),
        partial: &partial,
        matcher: Matcher::fuzzy(partial.pattern()),
        candidates: Vec::new(),
        noted,
    };
    found.collect(before, events, log);
    found.into_completions(&replace)
}

/// Where the piece at the cursor ends: a word goes on behind the cursor, a quoted text only to a
/// closing quote right there, as what follows may never have been meant as a part of it.
fn end_of_piece(text: &str, cursor: usize, partial: &Partial) -> usize {
    let rest = &text[cursor..];
    match partial {
        Partial::Word(_) => cursor + rest.find(|c| !is_word_char(c)).unwrap_or(rest.len()),
        Partial::Quoted(_, quote) => cursor + usize::from(rest.starts_with(*quote)),
        Partial::Backticked(_) => cursor + usize::from(rest.starts_with('`')),
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Word,
    Activity,
    Column,
    Value,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Kind::Word => "word",
            Kind::Activity => "activity",
            Kind::Column => "column",
            Kind::Value => "value",
        }
    }

    fn write(self, name: &str) -> String {
        match self {
            Kind::Word => name.to_owned(),
            Kind::Activity | Kind::Value => quote(name),
            Kind::Column => field_name(name),
        }
    }
}

/// Sort key of a candidate: prefix matches first, then by score.
type Fit = (bool, Reverse<i64>);

/// Candidates that fit what is written.
struct Found<'a> {
    pattern: &'a str,
    partial: &'a Partial,
    matcher: Matcher,
    candidates: Vec<(Fit, Kind, String)>,
    noted: &'a [CaseTexts],
}

impl<'a> Found<'a> {
    /// Takes all that the parser accepts after `before`.
    fn collect(&mut self, before: &str, events: bool, log: &EventLog) {
        let (wants, _) = accepted(before, events);
        // What figures of cases are is never missing.
        let can_miss = wants.iter().all(|want| match want {
            Want::Operator(field) => {
                self.noted(field, log).is_some() || source(field, log).is_some()
            }
            _ => true,
        });
        let has = |word: &str| match word {
            "resource" | "ping-pong" => log.role_columns[Role::Resource].is_some(),
            "is" => can_miss,
            _ => true,
        };
        for want in &wants {
            match want {
                Want::Operator(field) => self.operators(field, log),
                Want::Duration => self.durations(),
                _ => {}
            }
        }
        for want in &wants {
            match want {
                Want::Word(word) if has(word) => {
                    let phrases = phrases(before, word, events);
                    self.words(&phrases.iter().map(String::as_str).collect::<Vec<_>>());
                }
                Want::Field { of_cases } => {
                    let of_cases = Field::OF_CASES.iter().filter(|_| *of_cases);
                    let words = of_cases.chain(&Field::OF_EVENTS).map(|(word, _)| *word);
                    self.words(&words.filter(|word| has(word)).collect::<Vec<_>>());
                }
                _ => {}
            }
        }
        for want in &wants {
            match want {
                Want::Activity => self.activities(log),
                Want::Value(field, Op::Matches | Op::NotMatches) => self.patterns(field, log),
                Want::Value(field, op) => self.values(field, *op, log),
                _ => {}
            }
        }
        let of_cases = wants.iter().filter_map(|want| match want {
            Want::Field { of_cases } => Some(*of_cases),
            _ => None,
        });
        if let Some(of_cases) = of_cases.max() {
            self.columns(of_cases, log);
        }
    }

    /// Takes the names of columns, with `of_cases` also of durations of cases; of two equal ones, which a
    /// definition and a column have, one. A column that a word of the same name means is offered as that.
    fn columns(&mut self, of_cases: bool, log: &EventLog) {
        let is_of_case = |name: &str| log.case_times.iter().any(|time| time.name == name);
        let mut names: Vec<&str> = Vec::new();
        for name in column_names(log) {
            let is_word = Field::OF_EVENTS.iter().any(|(word, field)| {
                let column = Field::LogColumn(name.to_owned());
                *word == name && source(field, log) == source(&column, log)
            });
            if !is_word && !names.contains(&name) && (of_cases || !is_of_case(name)) {
                names.push(name);
            }
        }
        for texts in self.noted.iter().filter(|_| of_cases) {
            if !names.contains(&texts.name()) {
                names.push(texts.name());
            }
        }
        self.add(Kind::Column, names.len(), names.into_iter());
    }

    /// The tags or notes that a field means.
    fn noted(&self, field: &Field, log: &EventLog) -> Option<&'a CaseTexts> {
        let is_defined = |name: &str| Source::defined(name, log).is_some();
        let place = place_of(field, self.noted, is_defined)?;
        self.noted.get(place)
    }

    fn words(&mut self, words: &[&str]) {
        self.add(Kind::Word, words.len(), words.iter().copied());
    }

    fn activities(&mut self, log: &EventLog) {
        self.add(Kind::Activity, log.activities.len(), log.activities.iter());
    }

    /// The amount that is written, with every unit.
    fn durations(&mut self) {
        let amount = if self.pattern.is_empty() {
            "1"
        } else {
            self.pattern
        };
        if amount.ends_with(|c: char| c.is_ascii_digit()) {
            let words = ["m", "h", "d", "w", "s"].map(|unit| format!("{amount}{unit}"));
            self.words(&words.each_ref().map(String::as_str));
        }
    }

    fn operators(&mut self, field: &Field, log: &EventLog) {
        let text = match source(field, log) {
            _ if self.noted(field, log).is_some() => true,
            Some(Source::Case | Source::Activity) => true,
            Some(source) => source.kind(log) == ColumnKind::Text,
            None => false,
        };
        let like = |op: &Op| matches!(op, Op::Matches | Op::NotMatches);
        let order = [
            Op::Equal,
            Op::NotEqual,
            Op::Matches,
            Op::NotMatches,
            Op::Less,
            Op::LessEqual,
            Op::Greater,
            Op::GreaterEqual,
        ];
        let operators = order
            .iter()
            .filter(|op| text || !like(op))
            .map(|op| op.symbol());
        self.words(&operators.collect::<Vec<_>>());
    }

    fn values(&mut self, field: &Field, op: Op, log: &EventLog) {
        if let Field::Clock(_, Dial::Weekday) = field {
            return self.words(&WEEKDAYS);
        }
        if *field == Field::Duration {
            return self.durations();
        }
        if let Some(noted) = self.noted(field, log) {
            let texts = noted.texts();
            return self.add(Kind::Value, texts.len(), texts.iter());
        }
        match source(field, log) {
            Some(Source::Activity) => self.activities(log),
            Some(Source::Case) => self.add(Kind::Value, log.case_ids.len(), log.case_ids.iter()),
            Some(Source::CaseTime(_)) => self.durations(),
            source => {
                if let Some(dictionary) = source.and_then(|source| source.dictionary(log)) {
                    self.entries(dictionary, op);
                }
            }
        }
    }

    /// Patterns that find exactly the texts that the field has.
    fn patterns(&mut self, field: &Field, log: &EventLog) {
        if let Some(noted) = self.noted(field, log) {
            let texts = noted.texts().iter().map(|text| literal(text));
            return self.add(Kind::Value, noted.texts().len(), texts);
        }
        let Some((source, texts)) = source(field, log).and_then(|s| Some((s, s.dictionary(log)?)))
        else {
            return;
        };
        let missing = usize::from(matches!(source, Source::Column(_)));
        let texts_of_log = texts.iter().skip(missing).map(literal);
        self.add(Kind::Value, texts.len(), texts_of_log);
    }

    /// The entries of a column's dictionary but the missing value.
    fn entries(&mut self, dictionary: &Dictionary, op: Op) {
        const TRUTHS: [&str; 2] = ["true", "false"];
        let is_truth = |text: &str| TRUTHS.contains(&text);
        // In an order they are texts like others.
        let as_truths = matches!(op, Op::Equal | Op::NotEqual);
        // A column of nothing but truths takes them without quotes.
        if as_truths && dictionary.len() > 1 && dictionary.iter().skip(1).all(is_truth) {
            return self.words(&TRUTHS);
        }
        self.add(Kind::Value, dictionary.len(), dictionary.iter().skip(1));
    }

    /// Takes those of `n` names that fit.
    fn add<'n>(&mut self, kind: Kind, n: usize, names: impl Iterator<Item: Into<Cow<'n, str>>>) {
        let possible = match self.partial {
            Partial::Word(_) => true,
            Partial::Quoted(..) => matches!(kind, Kind::Activity | Kind::Value),
            Partial::Backticked(_) => kind == Kind::Column,
        };
        if !possible {
            return;
        }
        let fits = names.take(MOST_SEEN).filter_map(|name| {
            let name = name.into();
            if begins_with(&name, self.pattern) {
                return Some(((false, Reverse(-(name.len() as i64))), name));
            }
            let score = (n <= MOST_FUZZY)
                .then(|| self.matcher.score(&name))
                .flatten()?;
            Some(((true, Reverse(score)), name))
        });
        let most = match (self.pattern.is_empty(), n <= MOST_FUZZY) {
            (true, _) if kind == Kind::Word => usize::MAX,
            (true, _) => MOST_UNASKED,
            (false, false) => MOST,
            (false, true) => usize::MAX,
        };
        let fits: Vec<_> = fits
            .take(most)
            .map(|(fit, name)| (fit, kind, name.into_owned()))
            .collect();
        self.candidates.extend(fits);
    }

    fn into_completions(mut self, replace: &Range<usize>) -> Vec<Completion> {
        // A stable sort: of equal fits the order of the grammar stays.
        if !self.pattern.is_empty() {
            self.candidates.sort_by_key(|&(fit, ..)| fit);
        }
        self.candidates.truncate(MOST);
        let completion = |(_, kind, name): (Fit, Kind, String)| Completion {
            replace: replace.clone(),
            text: kind.write(&name),
            kind: kind.name(),
        };
        self.candidates.into_iter().map(completion).collect()
    }
}

/// The pattern that finds exactly a text.
fn literal(text: &str) -> Cow<'_, str> {
    match regex::escape(text) {
        same if same == text => Cow::Borrowed(text),
        escaped => Cow::Owned(escaped),
    }
}

/// True if a text begins with a prefix, ignoring letter case.
fn begins_with(text: &str, prefix: &str) -> bool {
    // Nearly all that is typed is ASCII, and is asked of each name with every key.
    if prefix.is_ascii() {
        let head = text.as_bytes().get(..prefix.len());
        return head.is_some_and(|head| head.eq_ignore_ascii_case(prefix.as_bytes()));
    }
    let mut letters = text.chars().flat_map(char::to_lowercase);
    let mut wanted = prefix.chars().flat_map(char::to_lowercase);
    wanted.all(|c| letters.next() == Some(c))
}

/// A word of the grammar, with those that must follow it: `starts with`, `in (`, `is not missing`.
fn phrases(before: &str, word: &str, events: bool) -> Vec<String> {
    let alone = || vec![word.to_owned()];
    if !word.chars().all(|c| c.is_alphabetic() || c == ' ') {
        return alone();
    }
    let (wants, is_complete) = accepted(&format!("{before}{word} "), events);
    let next = |want: &Want| match want {
        Want::Word(next) => Some(*next),
        _ => None,
    };
    // Before one of these the condition is whole.
    let ends = |next: &&str| matches!(*next, "and" | "or" | ")" | ",");
    let next: Option<Vec<&str>> = wants.iter().map(next).collect();
    match next {
        Some(next) if !is_complete && !next.is_empty() && !next.iter().any(ends) => {
            let longer = next.iter().map(|next| format!("{word} {next}"));
            longer
                .flat_map(|longer| phrases(before, &longer, events))
                .collect()
        }
        _ => alone(),
    }
}

fn source(field: &Field, log: &EventLog) -> Option<Source> {
    if let Field::At(_, inner) = field {
        return source(&inner.node, log);
    }
    let field = Spanned {
        node: field.clone(),
        span: 0..0,
    };
    Source::of(&field, log).ok().flatten()
}

#[cfg(test)]
mod tests;
