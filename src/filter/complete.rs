//! Completions at the cursor of a filter text: words of the grammar, activities, columns and values,
//! those first that begin with the piece written so far. What may stand at the cursor is asked of the
//! parser, which is the only grammar.

use super::ast::{Dial, Field, Op, Spanned, field_name, is_word_char, quote};
use super::field::{Source, column_names};
use super::lex::{Partial, Want};
use super::parse::accepted;
use crate::event_log::{ColumnData, ColumnKind, Dictionary, EventLog, Role};
use crate::text::Matcher;
use crate::text::time::WEEKDAYS;
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
/// on events; the best first, at most 50.
pub fn complete(text: &str, cursor: usize, events: bool, log: &EventLog) -> Vec<Completion> {
    let mut cursor = cursor.min(text.len());
    while !text.is_char_boundary(cursor) {
        cursor -= 1;
    }
    let (partial, start) = Partial::at_end_of(&text[..cursor]);
    let before = &text[..start];
    let mut found = Found {
        pattern: partial.pattern(),
        partial,
        matcher: Matcher::fuzzy(partial.pattern()),
        candidates: Vec::new(),
    };
    found.collect(before, events, log);
    let replace = start..end_of_piece(text, cursor, partial);
    found.into_completions(&replace)
}

/// Where the piece at the cursor ends: a word goes on behind the cursor, a quoted text only to a
/// closing quote right there, as what follows may never have been meant as a part of it.
fn end_of_piece(text: &str, cursor: usize, partial: Partial<'_>) -> usize {
    let rest = &text[cursor..];
    match partial {
        Partial::Word(_) => cursor + rest.find(|c| !is_word_char(c)).unwrap_or(rest.len()),
        Partial::Quoted(_) => cursor + usize::from(rest.starts_with('"')),
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
    partial: Partial<'a>,
    matcher: Matcher,
    candidates: Vec<(Fit, Kind, String)>,
}

impl Found<'_> {
    /// Takes all that the parser accepts after `before`.
    fn collect(&mut self, before: &str, events: bool, log: &EventLog) {
        let (wants, _) = accepted(before, events);
        // What figures of cases are is never missing.
        let can_miss = wants.iter().all(|want| match want {
            Want::Operator(field) => source(field, log).is_some(),
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
                Want::Value(field) => self.values(field, log),
                _ => {}
            }
        }
        if wants.iter().any(|want| matches!(want, Want::Field { .. })) {
            self.columns(log);
        }
    }

    /// Takes the names of columns; of two equal ones, which a definition and a column have, one.
    fn columns(&mut self, log: &EventLog) {
        let mut names: Vec<&str> = Vec::new();
        for name in column_names(log) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        self.add(Kind::Column, names.len(), names.into_iter());
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

    fn values(&mut self, field: &Field, log: &EventLog) {
        if let Field::Clock(_, Dial::Weekday) = field {
            return self.words(&WEEKDAYS);
        }
        if *field == Field::Duration {
            return self.durations();
        }
        match source(field, log) {
            Some(Source::Activity) => self.activities(log),
            Some(Source::Case) => self.add(Kind::Value, log.case_ids.len(), log.case_ids.iter()),
            Some(Source::CaseTime(_)) => self.durations(),
            source => {
                if let Some(dictionary) = source.and_then(|source| source.dictionary(log)) {
                    self.entries(dictionary);
                }
            }
        }
    }

    /// The entries of a column's dictionary but the missing value.
    fn entries(&mut self, dictionary: &Dictionary) {
        const TRUTHS: [&str; 2] = ["true", "false"];
        let is_truth = |text: &str| TRUTHS.contains(&text);
        if dictionary.len() > 1 && dictionary.iter().skip(1).all(is_truth) {
            return self.words(&TRUTHS);
        }
        self.add(Kind::Value, dictionary.len(), dictionary.iter().skip(1));
    }

    /// Takes those of `n` names that fit.
    fn add<'n>(&mut self, kind: Kind, n: usize, names: impl Iterator<Item = &'n str>) {
        let possible = match self.partial {
            Partial::Word(_) => true,
            Partial::Quoted(_) => matches!(kind, Kind::Activity | Kind::Value),
            Partial::Backticked(_) => kind == Kind::Column,
        };
        if !possible {
            return;
        }
        let fits = names.take(MOST_SEEN).filter_map(|name| {
            if begins_with(name, self.pattern) {
                return Some(((false, Reverse(-(name.len() as i64))), name));
            }
            let score = (n <= MOST_FUZZY)
                .then(|| self.matcher.score(name))
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
            .map(|(fit, name)| (fit, kind, name.to_owned()))
            .collect();
        self.candidates.extend(fits);
    }

    fn into_completions(mut self, replace: &Range<usize>) -> Vec<Completion> {
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

/// True if a text begins with a prefix, ignoring letter case.
fn begins_with(text: &str, prefix: &str) -> bool {
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
mod tests {
    use super::*;
    use crate::event_log::{BlockColumn, ColumnSpec, LogBuilder, Progress, Role, RowBlock, Schema};

    fn log() -> EventLog {
        let column = |name: &str, kind| ColumnSpec {
            name: name.to_owned(),
            kind,
        };
        let schema = Schema {
            columns: vec![
                column("org:resource", ColumnKind::Text),
                column("region", ColumnKind::Text),
                column("cost", ColumnKind::Number),
            ],
            role_columns: [(Role::Resource, Some(0))].into(),
            roles: [
                (Role::Case, vec!["Case ID".to_owned()]),
                (Role::Activity, vec!["Activity".to_owned()]),
                (Role::Time, vec!["Timestamp".to_owned()]),
            ]
            .into(),
            ..Schema::default()
        };
        let mut block = RowBlock::new(&schema, 3);
        let rows = [("Assign", "EU"), ("Resolve", "US"), ("Wait \"x\"", "Asia")];
        for (i, (activity, region)) in rows.into_iter().enumerate() {
            block.case.push(format!("c{i}").as_bytes());
            block.activity.push(activity.as_bytes());
            block.time.push(i as i64);
            for (column, text) in block.columns.iter_mut().zip(["Ann", region]) {
                if let BlockColumn::Text(builder) = column {
                    builder.push(text.as_bytes());
                }
            }
            if let BlockColumn::Number(values) = &mut block.columns[2] {
                values.push(1.0);
            }
        }
        let mut builder = LogBuilder::new(schema);
        builder.push(block);
        builder.finish(&Progress::default()).unwrap().0
    }

    /// The texts at the `|`, in order.
    fn texts(marked: &str, events: bool) -> Vec<String> {
        let cursor = marked.find('|').unwrap();
        let completions = complete(&marked.replacen('|', "", 1), cursor, events, &log());
        completions.into_iter().map(|c| c.text).collect()
    }

    /// Behind those that begin with what is written come those that only resemble it.
    fn assert_offered(marked: &str, wanted: &[&str]) {
        let found = texts(marked, false);
        assert_eq!(found[..wanted.len().min(found.len())], *wanted, "{marked}");
        assert_eq!(found.is_empty(), wanted.is_empty(), "{marked}");
    }

    #[test]
    fn words_and_fields_of_single_events_are_given() {
        for (marked, wanted) in [
            ("op|", vec!["open"]),
            ("open |", vec!["and", "or"]),
            ("started l|", vec!["last"]),
            ("started last |", vec!["1m", "1h", "1d", "1w", "1s"]),
            ("last 30|", vec!["30m", "30h", "30d", "30w", "30s"]),
            ("region is n|", vec!["not missing"]),
            ("ev|", vec!["event(", "events"]),
            (
                "event(|",
                vec!["today", "last", "case", "activity", "time", "resource"],
            ),
            ("event(region = \"EU\" |", vec!["and", ")"]),
            (
                "event(region = \"EU\" and activity = \"R|",
                vec!["\"Resolve\""],
            ),
            ("first(re|", vec!["region", "resource"]),
            ("first(region) = e|", vec!["\"EU\""]),
            ("pi|", vec!["ping-pong"]),
            ("ping-pong [|", vec!["\"Ann\""]),
            ("resource \"Ann\" |", vec!["->"]),
            ("resource \"Ann\" -> |", vec!["\"Ann\""]),
        ] {
            assert_offered(marked, &wanted);
        }
    }

    #[test]
    fn what_is_wanted_is_given() {
        for (marked, wanted) in [
            ("st|", vec!["start", "started", "start.hour", "starts with"]),
            ("\"A\" and dur|", vec!["during", "duration"]),
            ("\"As|", vec!["\"Assign\""]),
            ("ass|", vec!["\"Assign\""]),
            (
                "\"Assign\" -> |",
                vec!["\"Assign\"", "\"Resolve\"", "\"Wait \\\"x\\\"\""],
            ),
            ("\"Assign\" |", vec!["->", "~>", "and", "or"]),
            (
                "\"Assign\" -> \"Resolve\" |",
                vec![
                    "within", "after", "during", "overlaps", "started", "ended", "and", "or",
                ],
            ),
            (
                "\"Assign\" -> \"Resolve\" within 3|",
                vec!["3m", "3h", "3d", "3w", "3s"],
            ),
            ("starts |", vec!["with"]),
            ("not starts with \"R|", vec!["\"Resolve\""]),
            ("count(\"Re|", vec!["\"Resolve\""]),
            (
                "count(\"Assign\")|",
                vec!["=", "!=", "<", "<=", ">", ">=", "in ("],
            ),
            (
                "region |",
                vec![
                    "=",
                    "!=",
                    "~",
                    "!~",
                    "<",
                    "<=",
                    ">",
                    ">=",
                    "in (",
                    "is not missing",
                    "is missing",
                ],
            ),
            ("region = |", vec!["\"EU\"", "\"US\"", "\"Asia\""]),
            ("region = \"a|", vec!["\"Asia\""]),
            ("region in (\"EU\", u|", vec!["\"US\"", "\"EU\""]),
            ("region in (\"EU\"|", vec![",", ")"]),
            ("(`Case ID` = \"c1|", vec!["\"c1\""]),
            ("`ca|", vec!["`Case ID`"]),
            ("Case|", vec!["case", "`Case ID`"]),
            ("resource = a|", vec!["\"Ann\""]),
            ("activity != \"wait|", vec!["\"Wait \\\"x\\\"\""]),
            ("cost > |", vec![]),
            ("cost > 5 |", vec!["and", "or"]),
            ("started 2024.. |", vec!["and", "or"]),
            ("= = |", vec![]),
            ("start.w|", vec!["start.weekday"]),
            ("start.weekday = t|", vec!["tue", "thu"]),
            ("end.hour |", vec!["=", "!=", "<", "<=", ">", ">=", "in ("]),
            ("end.hour < |", vec![]),
            ("que|", vec!["queued"]),
            ("queued re|", vec!["\"Resolve\"", "resource"]),
            ("queued resource |", vec!["\"Ann\""]),
            ("queued \"Assign\" |", vec!["today", "last", "and", "or"]),
            ("queued \"Assign\" 2024.. |", vec!["and", "or"]),
            (
                "queued resource \"Ann\" |",
                vec!["today", "last", "and", "or"],
            ),
        ] {
            assert_offered(marked, &wanted);
        }
        assert_eq!(texts("t|", true)[0], "time");
        assert!(!texts("|", true).contains(&"duration".to_owned()));
        assert!(texts("region = \"EU\" |", true).is_empty());
    }

    #[test]
    fn the_piece_at_the_cursor_is_replaced() {
        for (marked, replaced) in [
            ("\"A\" and du|r > 3d", "dur"),
            ("\"As|\" and", "\"As\""),
            ("\"As| -> \"Resolve\"", "\"As"),
            ("`re|` = 5", "`re`"),
            ("region = |", ""),
            ("region =|", ""),
            ("é = 1 and re|", "re"),
        ] {
            let cursor = marked.find('|').unwrap();
            let text = marked.replacen('|', "", 1);
            let completions = complete(&text, cursor, false, &log());
            assert!(!completions.is_empty(), "{marked}");
            for completion in completions {
                assert_eq!(&text[completion.replace], replaced, "{marked}");
            }
        }
    }

    /// Texts whose candidates contain all words of the grammar.
    const PLACES: [&str; 10] = [
        "",
        "\"Assign\" ",
        "\"Assign\" -> \"Resolve\" ",
        "region ",
        "time ",
        "queued ",
        "event(region = \"EU\" ",
        "region in (\"EU\" ",
        "start.weekday = ",
        "resource \"Ann\" ",
    ];

    #[test]
    fn every_word_of_the_grammar_is_offered_somewhere() {
        let grammar = include_str!("mod.rs");
        let grammar = grammar.split("```").nth(1).unwrap();
        let quoted = grammar.split('"').skip(1).step_by(2);
        let is_word = |word: &&str| word.starts_with(|c: char| c.is_ascii_lowercase());
        let words: Vec<&str> = quoted.filter(is_word).collect();
        assert!(words.len() > 40, "{words:?}");
        let log = log();
        let offered = PLACES.map(|text| complete(text, text.len(), false, &log));
        let offered: Vec<String> = offered.into_iter().flatten().map(|c| c.text).collect();
        for word in words {
            // Parts of the clock are offered with the end of the case; truths where a column holds them.
            let is = |part: &str| part == word;
            let there = offered
                .iter()
                .any(|text| text == word || text.split([' ', '(', '.']).any(is));
            assert!(there || matches!(word, "true" | "false"), "{word}");
        }
    }

    #[test]
    fn what_is_offered_is_accepted() {
        let log = log();
        let mut seed = 1usize;
        let mut random = |n: usize| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (seed >> 33) % n
        };
        let mut longest = 0;
        for walk in 0..200 {
            let events = walk % 4 == 0;
            let mut text = String::new();
            for _ in 0..12 {
                let offered = complete(&text, text.len(), events, &log);
                for candidate in &offered {
                    let longer = format!("{text}{} ", candidate.text);
                    let (wants, is_complete) = accepted(&longer, events);
                    assert!(is_complete || !wants.is_empty(), "{longer}");
                }
                // A number or a time cannot be offered.
                if offered.is_empty() {
                    if accepted(&text, events).1 {
                        break;
                    }
                    text += "2024 ";
                } else {
                    let chosen = random(offered.len());
                    text += &format!("{} ", offered[chosen].text);
                }
            }
            longest = longest.max(text.len());
        }
        assert!(longest > 60, "{longest}");
    }

    #[test]
    fn completion_is_quick() {
        let log = log();
        let text = "region = \"EU\" and (\"Assign\" or duration > 3d) and ".repeat(4);
        let begin = std::time::Instant::now();
        for _ in 0..20 {
            assert!(!complete(&text, text.len(), false, &log).is_empty());
        }
        // Debug builds beside other tests: far more than the millisecond of a release build.
        assert!(begin.elapsed().as_secs() < 10, "{:?}", begin.elapsed());
    }
}
