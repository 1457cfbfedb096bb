//! Texts of the filter language: what they print as, and where they are wrong.

use super::*;

fn printed(text: &str) -> String {
    parse(text)
        .unwrap_or_else(|e| panic!("{text}: {e}"))
        .to_string()
}

#[test]
fn the_examples_of_the_language_print_as_they_are() {
    for text in [
        r#""Escalate" and duration > 3d"#,
        r#""Assign" -> "Resolve" within 2h"#,
        r#""Assign" ~> "Resolve" after 1d12h"#,
        r#"not "Close""#,
        r#"starts with "Open" and region in ("EU", "US")"#,
        "started 2024-01..=2024-03",
        r#"count("Reassign") >= 2 or events > 30"#,
        r#"("A" or "B") and ("C" or not ("D" and "E"))"#,
        r#""A" and ("B" and "C")"#,
        "during 2024.. and overlaps ..2024-03-01T12:00:00Z or ended ..=2024-03",
        "`case:channel` = \"Desk\" and `start` !~ \"^x\"",
        "a != true and b !~ \"x\" or c = -1.5e3",
        r#"case in ("a", 5, TRUE)"#,
        r#"not (not "A")"#,
        "start.weekday in (sat, sun) or end.hour < 8",
        r#"queued "A" and not (queued resource "Ann" 2024-03..)"#,
        r#"queued "A" 2024-03-01..2024-03-02 or queued "B" ..=2024"#,
        r#"event(channel = "phone" and activity = "Support call")"#,
        r#"not event(time in 2024-03.. and `b c` is not missing and `event` in (1, 2))"#,
        r#"first(channel) = "phone" or last(`b c`) is missing or first(activity) ~ "x""#,
        r#"resource "A" -> "B" and not (`b c` "x" -> "x")"#,
        r#"ping-pong or ping-pong ["A", "B"] or ping-pong team and ping-pong `b c` ["x", "y"]"#,
        "event = 5 and first > 1 and last in (1, 2) and `won` = true and won = true",
    ] {
        assert_eq!(printed(text), text);
    }
}

#[test]
fn spaces_and_spare_parentheses_do_not_matter() {
    for (text, wanted) in [
        (r#"  ( ("A") )"#, r#""A""#),
        (r#""A"->"B"within 2h"#, r#""A" -> "B" within 2h"#),
        (r#"not not "A""#, r#"not (not "A")"#),
        ("duration>3d", "duration > 3d"),
        ("x in(1,2)", "x in (1, 2)"),
        ("`region`=\"EU\"", "`region` = \"EU\""),
        ("event ( a=1 && 2024 )", "event(a = 1 and time in 2024)"),
        (r#"resource"A"->"B""#, r#"resource "A" -> "B""#),
        ("ping-pong resource['A','B']", "ping-pong [\"A\", \"B\"]"),
        ("first ( `a b` )=1", "first(`a b`) = 1"),
        ("event(last 3 days)", "event(time in last 3d)"),
        ("started 2024 .. 2025", "started 2024..2025"),
        ("a ~\"x\"", "a ~ \"x\""),
        ("count ( \"A\" ) = 1", "count(\"A\") = 1"),
    ] {
        assert_eq!(printed(text), wanted, "{text}");
    }
}

#[test]
fn other_spellings_print_in_the_one_form() {
    for (text, wanted) in [
        ("a == 5 && b <> 'x'", "a = 5 and b != \"x\""),
        ("'it\\'s \"so\"'", "\"it's \\\"so\\\"\""),
        (
            "\"A\" AND NOT \"B\" OR \"C\"",
            "\"A\" and not \"B\" or \"C\"",
        ),
        ("\"A\" || !('B')", "\"A\" or not \"B\""),
        ("NOT = 5 OR a = 5", ""),
        ("`NOT` = 5 or AND = 5", "`NOT` = 5 or AND = 5"),
        (
            "a = null or b != MISSING",
            "a is missing or b is not missing",
        ),
        (
            "a is NULL or b IS NOT null",
            "a is missing or b is not missing",
        ),
        ("is is missing", "is is missing"),
        ("a = \"null\"", "a = \"null\""),
        ("duration > 3 days", "duration > 3d"),
        (
            "duration in (1 Hour, 1d 12h, 20h 05m)",
            "duration in (1h, 1d12h, 20h05m)",
        ),
        (
            "\"A\" -> \"B\" after 5 minutes within 1.5 h",
            "\"A\" -> \"B\" after 5m within 1.5h",
        ),
        ("last 30 days", "time in last 30d"),
        ("started in 2024-03", "started 2024-03"),
        ("started >= 2024-03", "start >= 2024-03"),
        ("ended<2024-03-01T12", "end < 2024-03-01T12"),
        ("not started != 2024", "not (start != 2024)"),
        (
            "started today or ended last 2w",
            "started today or ended last 2w",
        ),
        ("today", "time in today"),
        ("today = 5 and last = 7", "today = 5 and last = 7"),
        ("queued \"A\" last 1d", "queued \"A\" last 1d"),
        ("open and not closed", "open and not (closed)"),
        ("open = 5", "open = 5"),
        ("fits or not deviates", "fits or not (deviates)"),
        (
            "missing \"A\" and extra 'B'",
            "missing \"A\" and extra \"B\"",
        ),
        (
            "missing = 5 or extra \"A\" -> \"B\"",
            "missing = 5 or extra \"A\" -> \"B\"",
        ),
        ("fits = 5 and missing", "fits = 5 and missing"),
        ("(Escalated to L2)", "Escalated to L2"),
    ] {
        if wanted.is_empty() {
            assert!(parse(text).is_err(), "{text}");
            continue;
        }
        assert_eq!(printed(text), wanted, "{text}");
        assert_eq!(printed(wanted), wanted, "{text}");
    }
    for (text, wanted) in [
        ("region == 'EU'", "region = \"EU\""),
        ("region = null", "region is missing"),
        ("last 3 hours", "time in last 3h"),
    ] {
        assert_eq!(parse_events(text).unwrap().to_string(), wanted, "{text}");
    }
}

#[test]
fn and_binds_more_than_or() {
    let Expr::Or(any) = parse(r#""A" and "B" or not "C" and "D" or "E""#).unwrap() else {
        panic!("no or");
    };
    let printed: Vec<String> = any.iter().map(ToString::to_string).collect();
    assert_eq!(printed, [r#""A" and "B""#, r#"not "C" and "D""#, r#""E""#]);
}

#[test]
fn errors_say_where_and_what() {
    for (text, span, part) in [
        ("", 0..0, "expected an activity in double quotes"),
        ("\"A", 0..1, "not closed"),
        ("`A", 0..1, "not closed"),
        ("\"A\" \"B\"", 4..7, "`and`, `or` or the end"),
        ("\"A\")", 3..4, "never opened"),
        ("(\"A\"", 4..4, "`)`"),
        ("\"A\" ->", 6..6, "an activity in double quotes"),
        ("\"A\" -> \"B\" within 1d -> \"C\"", 21..22, "no arrow here"),
        ("\"A\" -> \"B\" -> \"C\" after 1d", 18..23, "found after"),
        ("\"A\" -> \"B\" within x", 18..19, "a duration such as"),
        ("starts \"A\"", 7..10, "`with`"),
        (
            "Escalate -> \"B\"",
            9..10,
            "an activity is written in double quotes",
        ),
        ("case:id = 5", 4..5, "an operator"),
        ("duration > abc", 11..14, "a value"),
        ("a = 'x", 4..5, "single quote is not closed"),
        ("a = High", 4..8, "text needs quotes: \"High\""),
        ("a === 5", 4..5, "a value"),
        ("a = 007", 4..7, "leading zeros"),
        ("a = 2024-13-01", 4..14, "no such date"),
        ("started 2024-02-30", 8..18, "no such date"),
        ("started ..", 10..10, "a time such as"),
        ("started then", 8..12, "expected a time"),
        ("with = 5", 0..4, "in backticks"),
        ("x in ()", 6..7, "a value"),
        ("start.day = mon", 6..9, "`weekday` or `hour`"),
        ("start . = mon", 6..7, "an operator"),
        ("queued A", 7..8, "an activity in double quotes, or"),
        ("queued resource Ann", 16..19, "a resource in double"),
        ("queued \"A\" 2024-13", 11..18, "no such date"),
        ("x in (1", 7..7, "`,` or `)`"),
        ("\"é\" und \"B\"", 5..8, "found und"),
        ("a = 5\u{1b}[31m", 5..6, "\\u{1b}"),
        (
            "region \"A\"",
            10..10,
            "`->` and the value of the next event",
        ),
        ("resource \"A\" -> B", 16..17, "a value in double quotes"),
        ("ping-pong [\"A\"]", 14..15, "`,` and the other value"),
        ("ping-pong [\"A\", \"B\"", 19..19, "`]`"),
        ("event()", 6..7, "a field of events"),
        ("event(\"A\")", 6..9, "a field of events"),
        ("event(a = 1 or b = 2)", 12..14, "`and` or `)`"),
        ("event(a = 1", 11..11, "`and` or `)`"),
        ("event(not a = 1)", 6..9, "a condition"),
        ("first(\"A\") = 1", 6..9, "a field of events"),
        ("first(first(a)) = 1", 11..12, "`)`"),
        ("first(a = 1", 8..9, "`)`"),
    ] {
        let error = parse(text).unwrap_err();
        assert_eq!(error.span, span, "{text}: {error}");
        assert!(error.message.contains(part), "{text}: {error}");
        assert!(!error.message.contains(char::is_control), "{text}: {error}");
    }
}

#[test]
fn the_deepest_filter_is_read_again_once_it_was_printed() {
    for inner in ["a = 1", "\"A\"", "not a = 1", "(a = 1 or not (b = 2))"] {
        let deepest = (1..=65).rev().find_map(|n| {
            let text = format!("{}{inner}", "!".repeat(n));
            parse(&text).ok()
        });
        let printed = deepest.expect("one that is read").to_string();
        assert_eq!(parse(&printed).unwrap().to_string(), printed);
    }
}

#[test]
fn depth_is_capped() {
    let nested = |n: usize| format!("{}\"A\"{}", "(".repeat(n), ")".repeat(n));
    assert!(parse(&nested(64)).is_ok());
    assert!(parse(&nested(65)).unwrap_err().message.contains("nested"));
    assert!(parse(&nested(1_000_000)).is_err());
    assert!(parse(&format!("{}\"A\"", "not ".repeat(64))).is_ok());
    assert!(parse(&"not ".repeat(1_000_000)).is_err());
    assert!(parse(&"not (".repeat(1_000_000)).is_err());
}

#[test]
fn conditions_on_events() {
    for (text, wanted) in [
        ("activity != \"Note\"", "activity != \"Note\""),
        ("time in 2024-01..2024-04", "time in 2024-01..2024-04"),
        ("time in (2024, 2025)", "time in (2024, 2025)"),
        ("2024-01..", "time in 2024-01.."),
        ("..=2024-01", "time in ..=2024-01"),
        ("2024-01", "time in 2024-01"),
        ("2024 = 5", "2024 = 5"),
        ("region in (\"EU\")", "region in (\"EU\")"),
    ] {
        assert_eq!(parse_events(text).unwrap().to_string(), wanted, "{text}");
    }
    for text in [
        "",
        "\"A\"",
        "not a = 5",
        "a = 5 and b = 6",
        "starts with \"A\"",
        "(a = 5)",
        "time in",
    ] {
        assert!(parse_events(text).is_err(), "{text}");
    }
}
