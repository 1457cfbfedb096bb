//! Rules files: what is read, what is refused and where, and definitions that are added.

use super::*;
use crate::engine::JourneySpec;
use proptest::prelude::*;

fn added(text: &str, milestones: &[&str]) -> Result<String, String> {
    let parsed = milestones.iter().map(|text| NamedMilestone::parse(text));
    let parsed: Vec<NamedMilestone> = parsed.collect::<Result<_, _>>()?;
    with_definitions(text, &parsed, &[]).map_err(|error| error.message)
}

fn classed(text: &str, waits: &[&str]) -> Result<String, String> {
    let parsed = waits.iter().map(|text| NamedWait::parse(text));
    let parsed: Vec<NamedWait> = parsed.collect::<Result<_, _>>()?;
    with_definitions(text, &[], &parsed).map_err(|error| error.message)
}

#[test]
fn classes_of_waits_are_added_replaced_and_read() {
    let before = "[waits] # mine\n'\"A\"->\"B\"' = \"vendor\" # was\n\n[cases]\nidle = \"1d\"\n";
    let waits = [
        "\"A\" -> \"B\" = own",
        "\"It's\" = customer",
        "\"X\" -> \"Y\" = resolved",
    ];
    let after = classed(before, &waits).expect("a rules file");
    assert_eq!(
        after,
        "[waits] # mine\n'\"A\"->\"B\"' = \"own\" # was\n\"\\\"It's\\\"\" = \"customer\"\n\
         '\"X\" -> \"Y\"' = \"resolved\"\n\n[cases]\nidle = \"1d\"\n"
    );
    let read = parse(&after).expect("a rules file").waits;
    let mut read: Vec<String> = read.iter().map(ToString::to_string).collect();
    read.sort();
    assert_eq!(read, waits.map(String::from));
    for (text, line, part) in [
        (
            "[waits]\n'\"A\"' = \"lost\"\n",
            2,
            "own, resolved, customer, vendor",
        ),
        ("[waits]\nA = \"own\"\n", 2, "A: "),
        (
            "[waits]\n'\"A\"' = \"own\"\n'(\"A\")' = \"own\"\n",
            3,
            "a class already",
        ),
    ] {
        let error = parse(text).expect_err(text);
        assert_eq!(error.line, Some(line), "{error:?}");
        assert!(error.message.contains(part), "{error:?}");
    }
    assert!(classed("waits = { '\"A\"' = 'own' }\n", &waits).is_err());
}

#[test]
fn milestones_are_added_and_all_else_stays() {
    let new = "a b = first \"It's\" after start";
    let line = "\"a b\" = \"\"\"first \"It's\" after start\"\"\"\n";
    // A new file, one without milestones, below the last of some, below a heading alone.
    for (before, wanted) in [
        (
            "",
            format!(
                "# Rules of casetrail: milestones, calendars, deadlines and outcomes.\n\n[milestones]\n{line}"
            ),
        ),
        (
            "[cases]\nend = [\"X\"]",
            format!("[cases]\nend = [\"X\"]\n\n[milestones]\n{line}"),
        ),
        (
            "[milestones] # mine\nz = 'end' # last\n\n[cases]\nidle = \"1d\"\n",
            format!("[milestones] # mine\nz = 'end' # last\n{line}\n[cases]\nidle = \"1d\"\n"),
        ),
        ("[milestones]", format!("[milestones]\n{line}")),
    ] {
        assert_eq!(added(before, &[new]), Ok(wanted), "{before}");
    }
}

#[test]
fn milestones_of_the_same_name_are_replaced() {
    let before = "[milestones]\na = { is = 'end' } # was\nb = 'end'\n";
    let after = added(before, &["b = first \"X\"", "a = last \"Y\"", "c = end"]);
    let after = after.expect("a rules file");
    let timing = parse(&after).expect("a rules file");
    let defined = timing.milestones.iter();
    let defined: Vec<String> = defined
        .map(|m| format!("{} {}", m.name, m.milestone))
        .collect();
    assert_eq!(
        defined,
        [
            "a last \"Y\" after start",
            "b first \"X\" after start",
            "c end after start"
        ]
    );
    assert!(after.contains("# was"), "{after}");
}

#[test]
fn what_cannot_be_added_to_is_left_alone() {
    for (before, part) in [
        ("[[log]]\nfile = \"x\"\n", "unknown field"),
        ("milestones = { a = 'end' }\n", ""),
        ("[milestones.a]\nis = 'end'\n", ""),
    ] {
        let after = added(before, &["a = first \"X\"", "b = end"]);
        match after {
            Err(message) => assert!(message.contains(part), "{message}"),
            Ok(after) => {
                let timing = parse(&after).expect("a rules file");
                assert_eq!(timing.milestones.len(), 2, "{after}");
            }
        }
    }
    assert!(added("milestones = { a = 'end' }\n", &["b = end"]).is_err());
}

const GOOD: &str = r#"
[cases]
end = ["Closed"]
idle = "30d"

[calendars.office]
zone = "Europe/Berlin"
week = ["mon-thu 09:00-12:00, 13:00-18:00", "fri 09:00-24:00"]
holidays = ["2024-05-01", "2024-12-24..=2024-12-26"]

[milestones]
first_response = { is = 'first "First response"', calendar = "office" }
resolved = 'last "Resolved" after start'

[[rules]]
name = "answer in four hours"
milestone = "first_response"
limit = "4h"
calendar = "office"
pause = ["Waiting"]
when = 'priority = "High"'
severity = "high"
warn_at = 0.5

[[rules]]
name = "resolve in a week"
milestone = "resolved"
limit = "1w"

[stages]
desk = ["Created", ["Triaged", "Assigned"], "Closed"]

[rates]
late_hour = 2.5

[rates.team]
"Billing" = 40
"#;

#[test]
fn all_that_can_be_said_is_understood() {
    let timing = parse(GOOD).unwrap();
    let NamedCalendar {
        name,
        calendar: office,
        ..
    } = &timing.calendars[0];
    assert_eq!(
        (name.as_str(), office.seconds_a_week()),
        ("office", (4 * 8 + 15) * 3600)
    );
    assert_eq!(office.holidays.len(), 4);
    let milestones = timing.milestones.iter();
    let milestones: Vec<String> = milestones
        .map(|m| format!("{} = {}, {:?}", m.name, m.milestone, m.calendar))
        .collect();
    assert_eq!(
        milestones,
        [
            "first_response = first \"First response\" after start, Some(\"office\")",
            "resolved = last \"Resolved\" after start, None"
        ]
    );
    let [answer, resolve] = timing.rules.as_slice() else {
        panic!("two rules");
    };
    assert_eq!((answer.limit, answer.warn), (4 * 3_600_000_000, 0.5));
    assert_eq!((resolve.limit, resolve.warn), (7 * 86_400_000_000, WARN_AT));
    assert_eq!(timing.ends.idle, Some(30 * 86_400_000_000));
    let [desk] = timing.stages.as_slice() else {
        panic!("one list of stages");
    };
    let joined: Vec<String> = desk.stages.iter().map(|stage| stage.join(" | ")).collect();
    assert_eq!(desk.name, "desk");
    assert_eq!(joined, ["Created", "Triaged | Assigned", "Closed"]);
}

#[test]
fn rates_are_read_in_micro_units_and_in_their_order() {
    let text = "[rates]\nper_hour = 60\ncolumn = \"fee\"\n[rates.activity]\n\"Call\" = 40.5\n[rates.team]\nb = 1\n\
                [rates.resource]\n\"Anna\" = 85\n[rates.desk]\na = 0\n[rates.fixed]\n\"Letter\" = 1.2\n";
    let rates = parse(text).unwrap().rates.unwrap();
    assert_eq!((rates.per_hour, rates.late_hour), (Some(60_000_000), None));
    assert_eq!(
        rates.amounts.map(|of| (of.name, of.line)),
        Some(("fee".to_owned(), Some(3)))
    );
    assert_eq!(rates.fixed["Letter"], 1_200_000);
    // Resources, then columns in the order of the file, then activities.
    let order = rates
        .hourly
        .iter()
        .map(|of| format!("{:?} {:?}", of.of, of.rates));
    let order: Vec<String> = order.collect();
    for (at, part) in [
        "Anna\": 85000000",
        "\"team\"",
        "\"desk\"",
        "Call\": 40500000",
    ]
    .iter()
    .enumerate()
    {
        assert!(order[at].contains(part), "{order:?}");
    }
    assert!(parse("[rates]\n").unwrap().rates.is_some());
    assert!(parse("").unwrap().rates.is_none());
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused_on_one_line(
        at in 0..GOOD.len(),
        length in 0..40usize,
        text in "[ -~\n\u{e9}\u{1b}]{0,20}",
    ) {
        let broken = [&GOOD[..at], &text, &GOOD[(at + length).min(GOOD.len())..]].concat();
        if let Err(error) = parse(&broken) {
            prop_assert!(!error.message.contains(char::is_control), "{:?}", error);
            prop_assert!(error.line.is_none_or(|line| line > 0));
        }
    }
}

#[test]
fn journeys_are_read() {
    let text = "[outcomes]\nwon = '\"Pay\"'\n[journey]\n# from 1 to 5\nscore = \"csat\"\nnps = \"nps\"\n\
                touchpoint = [\"channel\", \"activity\"]\noutcome = \"won\"\n[journey.expect]\n\"web\" = 4\n";
    let read = parse(text).unwrap().journey;
    let score = read.score.unwrap();
    assert_eq!(
        (score.name.as_str(), score.table, score.line),
        ("csat", "[journey]", Some(5))
    );
    let parts: Vec<&str> = read.touchpoint.iter().map(|of| of.name.as_str()).collect();
    assert_eq!(parts, ["channel", "activity"]);
    assert_eq!(read.expect, [("web".to_owned(), 4.0)]);
    let outcome = read.outcome.unwrap();
    assert_eq!(
        (outcome.filter.as_str(), outcome.line),
        ("won = true", Some(8))
    );
    assert_eq!(
        parse("[journey]\n").unwrap().journey,
        JourneySpec::default()
    );
    for (text, line, part) in [
        ("score = 5", 2, "expected a string"),
        ("score = \"\"", 2, "expected the name of a column"),
        (
            "\nscores = \"csat\"",
            3,
            "unknown field `scores`, expected one of",
        ),
        ("touchpoint = \"channel\"", 2, "expected a list"),
        ("touchpoint = [\"channel\", 1]", 2, "expected a string"),
        ("touchpoint = [\"\"]", 2, "expected the name of a column"),
        ("score = \"csat\"\noutcome = '\"Pay'", 3, "quote"),
        (
            "[journey.expect]\n\"web\" = \"good\"",
            3,
            "expected a number",
        ),
        ("[journey.expect]\n\"web\" = nan", 3, "expected a number"),
        (
            "[journey.expected]\n\"web\" = 4",
            2,
            "unknown field `expected`",
        ),
    ] {
        let error = parse(&format!("[journey]\n{text}\n")).unwrap_err();
        assert_eq!(error.line, Some(line), "{text}: {error}");
        assert!(error.message.contains(part), "{text}: {error}");
    }
    assert!(
        targets("")
            .unwrap_err()
            .message
            .contains("expected a mean score")
    );
    assert_eq!(targets("\"web\" = 4.5").unwrap(), [("web".to_owned(), 4.5)]);
    assert_eq!(targets("\n\"web\" = inf").unwrap_err().line, Some(2));
}

#[test]
fn faults_are_told_with_their_line() {
    for (old, new, line, part) in [
        (
            "limit = \"4h\"",
            "limit = \"soon\"",
            19,
            "soon: expected a duration",
        ),
        ("limit = \"1w\"", "", 25, "missing field"),
        ("pause =", "pauses =", 21, "unknown field `pauses`"),
        ("Europe/Berlin", "Europe/Berlim", 7, "no such time zone"),
        ("mon-thu 09", "mon-thr 09", 8, "weekdays are mon"),
        (
            "09:00-12:00",
            "09:00-25:00",
            8,
            "expected weekdays and hours",
        ),
        (
            "12:00, 13:00",
            "14:00, 13:00",
            8,
            "two slots of mon overlap",
        ),
        ("2024-05-01", "2024-05-32", 9, "expected a date"),
        (
            "..=2024-12-26",
            "..=2023-12-26",
            9,
            "the last day is before the first",
        ),
        (
            "last \"Resolved\"",
            "latest \"Resolved\"",
            13,
            "`first` or `last`",
        ),
        (
            "milestone = \"resolved\"",
            "milestone = \"solved\"",
            26,
            "first_response, resolved",
        ),
        (
            "calendar = \"office\"\npause",
            "calendar = \"off\"\npause",
            20,
            "there are: office",
        ),
        ("warn_at = 0.5", "warn_at = 5.0", 24, "from 0 to 1"),
        ("[\"Triaged\", \"Assigned\"]", "[]", 30, "one activity"),
        (", \"Closed\"]", ", \"Created\"]", 30, "given twice"),
        (
            "when = 'priority = \"High\"'",
            "when = [\n  'events > 1',\n  'priority ='\n]",
            24,
            "priority =: expected",
        ),
        (
            "mon-thu 09:00-12:00, 13:00-18:00\", \"fri 09:00-24:00\"]",
            "mon-fri 09:00-12:00\"]\nwhen = 'priority ='",
            9,
            "priority =: expected",
        ),
        (
            "resolve in a week",
            "answer in four hours",
            25,
            "another rule",
        ),
    ] {
        assert!(GOOD.contains(old), "{old}");
        let error = parse(&GOOD.replace(old, new)).unwrap_err();
        assert!(error.message.contains(part), "{new}: {error}");
        let near = error.line.is_some_and(|at| at.abs_diff(line) <= 1);
        assert!(near, "{new}: {error:?}");
    }
}

#[test]
fn severities_are_numbers_or_words_and_messages_name_no_types() {
    let rule = "[milestones]\nm = 'first \"A\"'\n[[rules]]\nname = \"r\"\nmilestone = \"m\"\nlimit = \"4h\"\n";
    for (severity, wanted) in [("3", "3"), ("2.5", "2.5"), ("\"high\"", "high")] {
        let read = parse(&format!("{rule}severity = {severity}\n")).expect("a rules file");
        assert_eq!(read.rules[0].severity, wanted);
    }
    for (text, line, part) in [
        (
            format!("{rule}severity = [1]\n"),
            7,
            "expected a number or a word",
        ),
        ("journey = 3\n".to_owned(), 1, "expected a table"),
        (
            "[stages]\nsale = [[[\"A\"]]]\n".to_owned(),
            2,
            "expected an activity, or a list of activities",
        ),
        (
            "[milestones]\nm = 3\n".to_owned(),
            2,
            "expected a text, or a table with `is`",
        ),
    ] {
        let error = parse(&text).unwrap_err();
        assert_eq!(error.line, Some(line), "{text}: {}", error.message);
        assert!(error.message.contains(part), "{text}: {}", error.message);
        assert!(
            !error.message.contains("struct"),
            "{text}: {}",
            error.message
        );
    }
}
