//! Completions at all places, and what is offered against what is accepted.

use super::*;
use crate::event_log::{
    BlockColumn, CaseTime, Codes, Column, ColumnData, ColumnSpec, Level, LogBuilder, Progress,
    Role, RowBlock, Schema,
};
use crate::filter::{BindInputs, QueryError, bind, bind_events, parse, parse_events};
use crate::index::CaseSet;
use chrono_tz::Tz;

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
    let completions = complete(&marked.replacen('|', "", 1), cursor, events, &log(), &[]);
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
            vec!["between", "today", "last", "case", "activity", "time"],
        ),
        ("event(between f|", vec!["first"]),
        ("event(between \"Assign\" |", vec!["and"]),
        ("event(region = \"EU\" |", vec!["and", ")"]),
        (
            "event(region = \"EU\" and activity = \"R|",
            vec!["\"Resolve\""],
        ),
        ("first(re|", vec!["region", "resource"]),
        ("first(region) = e|", vec!["\"EU\""]),
        ("pi|", vec!["ping-pong"]),
        (
            "ping-pong |",
            vec!["[", "case", "activity", "time", "resource", "and", "or"],
        ),
        ("ping-pong region |", vec!["[", "and", "or"]),
        ("ping-pong [|", vec!["\"Ann\""]),
        ("ping-pong region [\"EU\" |", vec![","]),
        ("time in |", vec!["(", "today", "last"]),
        (
            "time |",
            vec![
                "=",
                "!=",
                "<",
                "<=",
                ">",
                ">=",
                "within",
                "after",
                "in",
                "is not missing",
            ],
        ),
        (
            "\"Assign\" -> \"Resolve\" ~> \"Assign\" |",
            vec!["->", "~>", "within", "and", "or"],
        ),
        ("not |", vec!["not", "("]),
        ("first(region) ~ |", vec!["\"EU\""]),
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
                "->", "~>", "within", "after", "during", "overlaps", "started", "ended", "and",
                "or",
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
        ("region ~ a|", vec!["\"Asia\""]),
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
        ("region = 'E|' and", "'E'"),
        ("region = \"E|'", "\"E"),
        ("activity = \"Wait \\|\"", "\"Wait \\\""),
        ("é = 1 and re|", "re"),
    ] {
        let cursor = marked.find('|').unwrap();
        let text = marked.replacen('|', "", 1);
        let completions = complete(&text, cursor, false, &log(), &[]);
        assert!(!completions.is_empty(), "{marked}");
        for completion in completions {
            assert_eq!(&text[completion.replace], replaced, "{marked}");
        }
    }
}

/// Texts whose candidates contain all words of the grammar.
const PLACES: [&str; 11] = [
    "",
    "\"Assign\" ",
    "\"Assign\" -> \"Resolve\" ",
    "region ",
    "time ",
    "queued ",
    "event(",
    "event(region = \"EU\" ",
    "region in (\"EU\" ",
    "start.weekday = ",
    "resource \"Ann\" ",
];

#[test]
fn every_word_of_the_grammar_is_offered_somewhere() {
    let grammar = include_str!("../mod.rs");
    let grammar = grammar.split("```").nth(1).unwrap();
    let quoted = grammar.split('"').skip(1).step_by(2);
    let is_word = |word: &&str| word.starts_with(|c: char| c.is_ascii_lowercase());
    let words: Vec<&str> = quoted.filter(is_word).collect();
    assert!(words.len() > 40, "{words:?}");
    let log = log();
    let offered = PLACES.map(|text| complete(text, text.len(), false, &log, &[]));
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

/// Columns of every type, names that need care, an outcome and a duration of cases.
fn log_of_all_kinds() -> EventLog {
    let mut log = log();
    let region = log.columns[1].clone();
    for name in [
        "a`b", "today", "last", "open", "2024", "event", "first", "null",
    ] {
        let name = name.to_owned();
        log.columns.push(Column {
            name,
            ..region.clone()
        });
    }
    log.columns.push(Column {
        name: "due".to_owned(),
        level: Level::Event,
        data: ColumnData::Instant(vec![0, 1, 2].into()),
    });
    let odd = ["", "EU (*", "a\\b"].into_iter().collect();
    log.columns.push(Column {
        name: "odd".to_owned(),
        level: Level::Event,
        data: ColumnData::Text(Codes::pack([1, 2, 0].into_iter(), 3), odd),
    });
    let truths: Dictionary = ["", "true", "false"].into_iter().collect();
    log.columns.push(Column {
        name: "solved".to_owned(),
        level: Level::Case,
        data: ColumnData::Text(Codes::pack([1, 2, 0].into_iter(), 3), truths),
    });
    log.n_defined = 1;
    log.case_times.push(CaseTime {
        name: "reply-1".to_owned(),
        values: vec![0, 1, 2].into(),
    });
    log
}

/// Reads a text and looks its names and values up in the log.
fn understood(text: &str, events: bool, log: &EventLog) -> Result<(), QueryError> {
    let open = || CaseSet::none(log.n_cases());
    let surroundings = BindInputs {
        now: Some(0),
        open: Some(&open),
        conforming: Some(&|_| Ok(CaseSet::none(log.n_cases()))),
        ..Tz::UTC.into()
    };
    if events {
        bind_events(&parse_events(text)?, log, surroundings).map(drop)
    } else {
        bind(&parse(text)?, log, surroundings).map(drop)
    }
}

/// What can be written at the end of a text: all completions, or a number, a time or a duration where
/// there are none.
fn continued(text: &str, events: bool, log: &EventLog) -> Vec<String> {
    let offered = complete(text, text.len(), events, log, &[]);
    if offered.is_empty() {
        return ["5", "2024", "2d"]
            .map(|value| format!("{text}{value} "))
            .to_vec();
    }
    let longer = |c: &Completion| format!("{}{} ", &text[..c.replace.start], c.text);
    offered.iter().map(longer).collect()
}

/// True if at most so many more pieces and closing parentheses make the text one that is understood.
fn can_be_finished(text: &str, pieces: usize, events: bool, log: &EventLog) -> bool {
    let finish = |text: &String| can_be_finished(text, pieces - 1, events, log);
    let most = text.matches('(').count().min(3);
    let closed = (0..=most).map(|open| format!("{text}{}", ") ".repeat(open)));
    closed
        .into_iter()
        .any(|text| understood(&text, events, log).is_ok())
        || (pieces > 0 && continued(text, events, log).iter().any(finish))
}

#[test]
fn every_piece_of_a_filter_is_offered() {
    let log = log_of_all_kinds();
    for text in [
        r#"not ( "Assign" -> "Resolve" within 2d after 1h ) or "Assign" and open"#,
        r#""Assign" ~> "Resolve" after 1d started last 3d or closed"#,
        r#"starts with "Assign" and ends with "Resolve""#,
        "during today or overlaps last 3d or ended 2024 or last 3d or today",
        r#"queued "Assign" today or queued resource "Ann" last 3d"#,
        r#"time in last 3d or time within 2d after 1d or time in ( 2024 )"#,
        r#"event( activity = "Assign" and time in today and `a``b` is not missing )"#,
        r#"count( "Assign" ) >= 2 or first( resource ) ~ "Ann" or last( time ) > 2024"#,
        r#"resource "Ann" -> "Ann" or region in ( "EU" , "Asia" ) or case !~ "c0""#,
        r#"ping-pong or ping-pong [ "Ann" , "Ann" ] or ping-pong region [ "EU" , "EU" ]"#,
        "start.weekday in ( mon , sun ) and end.hour < 5 and duration >= 3d",
        "variant = 1 or events <= 5 or solved = true or `reply-1` != 2d or start > 2024",
    ] {
        let pieces = text.match_indices(' ').map(|(space, _)| space + 1);
        for start in std::iter::once(0).chain(pieces) {
            let piece = text[start..].split(' ').next().unwrap();
            // What the log does not have need not be offered.
            if piece.starts_with(|c: char| c.is_ascii_digit()) {
                continue;
            }
            // By its first letter, as no more than 50 completions are given.
            let is_word = |c: char| c.is_alphabetic() || matches!(c, '"' | '`');
            let end = start + usize::from(piece.starts_with(is_word));
            let offered = complete(&text[..end], end, false, &log, &[]);
            let is_it = |c: &Completion| c.text.split(' ').next() == Some(piece);
            assert!(offered.iter().any(is_it), "{piece} in {text}: {offered:?}");
        }
    }
}

#[test]
fn what_is_offered_is_accepted() {
    let log = log_of_all_kinds();
    let mut seed = 1usize;
    let mut random = |n: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (seed >> 33) % n
    };
    let mut longest = 0;
    for walk in 0..12 {
        let events = walk % 4 == 0;
        let begin = if events { "" } else { PLACES[walk % 10] };
        let mut text = begin.to_owned();
        while text.len() < 50 {
            let none = complete(&text, text.len(), events, &log, &[]).is_empty();
            if none && understood(&text, events, &log).is_ok() {
                break;
            }
            let mut longer = continued(&text, events, &log);
            // Of values that are none of the completions, not all fit.
            longer.retain(|longer| {
                let fits = (0..=4).any(|pieces| can_be_finished(longer, pieces, events, &log));
                assert!(fits || none, "{longer}");
                fits
            });
            assert!(!longer.is_empty(), "{text}");
            let chosen = longer[random(longer.len())].clone();
            assert_found_by_its_letters(&chosen, text.len(), (events, &longer), &log);
            text = chosen;
        }
        longest = longest.max(text.len());
    }
    assert!(longest >= 50, "{longest}");
}

/// Whichever letters of the last piece are written, it is among the completions, and all of these are
/// accepted; `known` are for certain.
fn assert_found_by_its_letters(
    text: &str,
    start: usize,
    (events, known): (bool, &[String]),
    log: &EventLog,
) {
    let piece = &text[start..text.len() - 1];
    let is_word = piece.starts_with(|c: char| c.is_alphabetic() || matches!(c, '"' | '`'));
    let places = piece.char_indices().skip(1).filter(|_| is_word);
    for (place, _) in places {
        // The first of two backticks closes the name.
        if place > 1 && piece[..place].ends_with('`') {
            continue;
        }
        let written = &text[..start + place];
        let longer = continued(written, events, log);
        assert!(
            longer.iter().any(|longer| longer == text),
            "{written} for {text}"
        );
        for longer in longer {
            let fits = known.contains(&longer)
                || (0..=4).any(|pieces| can_be_finished(&longer, pieces, events, log));
            assert!(fits, "{longer} for {written}");
        }
    }
}

#[test]
fn completion_is_quick() {
    let log = log();
    let text = "region = \"EU\" and (\"Assign\" or duration > 3d) and ".repeat(4);
    let begin = std::time::Instant::now();
    for _ in 0..20 {
        assert!(!complete(&text, text.len(), false, &log, &[]).is_empty());
    }
    // Debug builds beside other tests: far more than the millisecond of a release build.
    assert!(begin.elapsed().as_secs() < 10, "{:?}", begin.elapsed());
}
