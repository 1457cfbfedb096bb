//! Sessions on the command line: what of them reports take, what options override, and what is refused where.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use crate::cli_common::{Desk, LOG};

/// Options and a session that say the same.
const PAIRS: &[(&str, &[&str])] = &[
    (
        "[[filter]]\ntext = '\"B\"'\n[[filter]]\ntext = 'events > 100'\non = false",
        &["--filter", "\"B\""],
    ),
    (
        "[[filter]]\ntext = 'activity != \"B\"'\nevents = true",
        &["--events", "activity != \"B\""],
    ),
    (
        "as_of = \"2024-01-01T12:05:00Z\"",
        &["--as-of", "2024-01-01T12:05:00Z"],
    ),
    (
        "calendar = \"UTC mon-fri 09:00-17:00\"",
        &["--calendar", "UTC mon-fri 09:00-17:00"],
    ),
    ("end = [\"C\"]", &["--end", "C"]),
    (
        "idle = \"30m\"\nnow = \"2024-01-02\"",
        &["--idle", "30m", "--now", "2024-01-02"],
    ),
    ("session_gap = \"30m\"", &["--session-gap", "30m"]),
    (
        "[[log]]\nfile = \"*\"\ncase = \"resource\"",
        &["--case", "resource"],
    ),
    (
        "milestones = 'done = first \"C\"'\n[[filter]]\ntext = 'done > 1h'",
        &["--milestone", "done = first \"C\"", "--filter", "done > 1h"],
    ),
    (
        "rule = 'quick = response(\"A\", \"C\") within 1h'\n[[filter]]\ntext = 'quick = \"broken\"'",
        &[
            "--rule",
            "quick = response(\"A\", \"C\") within 1h",
            "--filter",
            "quick = \"broken\"",
        ],
    ),
    (
        "versus = { a = '\"B\"', b = 'not \"B\"' }\n[[filter]]\ntext = '\"B\"'\n[[filter]]\ntext = 'events > 1'",
        &[
            "--filter",
            "\"B\"",
            "--filter",
            "events > 1",
            "--versus",
            "not \"B\"",
            "--versus",
            "events > 1",
        ],
    ),
];

fn desk(session: &str) -> Desk {
    let desk = Desk::with("log.csv", LOG);
    desk.write("s.toml", session);
    desk
}

#[test]
fn a_session_says_what_options_say() {
    for (session, options) in PAIRS {
        let desk = desk(session);
        for report in ["variants", "activities", "triage", "cases"] {
            // Reports of single cases compare nothing.
            if ["triage", "cases"].contains(&report) && session.contains("versus") {
                continue;
            }
            let by_session = desk.json(&[report, "log.csv", "--session", "s.toml"]);
            let by_options = desk.json(&[&[report, "log.csv"][..], *options].concat());
            // The order of the filters of B does not change its cases.
            let (mut by_session, mut by_options) = (by_session, by_options);
            for found in [&mut by_session, &mut by_options] {
                if let Some(versus) = found.get_mut("versus").and_then(|v| v.as_object_mut()) {
                    versus.remove("b");
                }
            }
            assert_eq!(by_session, by_options, "{report} {session}");
            let plain = desk.json(&[report, "log.csv"]);
            let selects = !["end =", "idle", "calendar"]
                .iter()
                .any(|key| session.contains(key));
            if report == "cases" && selects {
                assert_ne!(by_session, plain, "{session}");
            }
        }
    }
}

#[test]
fn definitions_and_columns_of_a_session_are_those_of_reports() {
    let desk =
        desk("milestones = 'done = first \"C\"'\nwaits = '\"A\" -> \"C\" = customer'\nend = \"C\"");
    let milestones = desk.json(&["milestones", "log.csv", "--session", "s.toml"]);
    assert_eq!(
        milestones["milestones"][0]["milestone"], "done",
        "{milestones}"
    );
    // An option of the same name stands above it.
    let other = ["--milestone", "done = first \"B\""];
    let of_option = desk.json(
        &[
            &["milestones", "log.csv", "--session", "s.toml"][..],
            &other,
        ]
        .concat(),
    );
    let alone = desk.json(&[&["milestones", "log.csv", "--end", "C"][..], &other].concat());
    assert_eq!(of_option["milestones"], alone["milestones"]);
    let columns = ["cases", "log.csv", "--columns", "case,done"];
    let by_session = desk.json(&[&columns[..], &["--session", "s.toml"]].concat());
    let milestone = ["--milestone", "done = first \"C\"", "--end", "C"];
    let by_options = desk.json(&[&columns[..], &milestone].concat());
    assert_eq!(by_session, by_options);
}

#[test]
fn options_override_a_session() {
    let session = "as_of = \"2024-01-01T11:05:00Z\"\n\
        [[filter]]\ntext = '\"B\"'\n[[filter]]\ntext = 'activity != \"C\"'\nevents = true";
    let desk = desk(session);
    let cases = |options: &[&str]| {
        let words = [&["summary", "log.csv", "--session", "s.toml"][..], options].concat();
        desk.json(&words)["cases"].clone()
    };
    let plain = |options: &[&str]| {
        desk.json(&[&["summary", "log.csv"][..], options].concat())["cases"].clone()
    };
    // Each replaces its like: filters of cases, conditions on events, the time.
    let events = ["--events", "activity != \"C\""];
    let as_of = ["--as-of", "2024-01-01T11:05:00Z"];
    assert_eq!(
        cases(&["--filter", "events > 1"]),
        plain(&[&["--filter", "events > 1"][..], &events[..], &as_of].concat())
    );
    assert_eq!(
        cases(&["--events", "activity != \"A\""]),
        plain(
            &[
                &["--filter", "\"B\"", "--events", "activity != \"A\""][..],
                &as_of[..]
            ]
            .concat()
        )
    );
    assert_eq!(
        cases(&["--as-of", "2024-01-01T13:30:00Z"]),
        plain(
            &[
                &["--filter", "\"B\"", "--as-of", "2024-01-01T13:30:00Z"][..],
                &events[..]
            ]
            .concat()
        )
    );
    assert_eq!(
        cases(&["--now", "2024-01-05"]),
        plain(
            &[
                &["--filter", "\"B\"", "--now", "2024-01-05"][..],
                &events[..]
            ]
            .concat()
        )
    );
    // Filters of the command line replace both sides of a comparison.
    desk.write(
        "s.toml",
        "versus = { a = '\"B\"', b = '\"A\"' }\n[[filter]]\ntext = '\"B\"'\n",
    );
    assert!(desk.json(&["variants", "log.csv", "--session", "s.toml"])["versus"].is_object());
    assert_eq!(
        cases(&["--filter", "events > 1"]),
        plain(&["--filter", "events > 1"])
    );
    let of = [
        "why",
        "log.csv",
        "--session",
        "s.toml",
        "--of",
        "duration > 1h",
    ];
    assert_eq!(desk.json(&of)["selection"], "duration > 1h");
}

#[test]
fn every_report_takes_a_session_also_those_that_compare_nothing() {
    let desk = desk("versus = { a = '\"B\"', b = 'not \"B\"' }\n[[filter]]\ntext = '\"B\"'");
    let help = desk.run(&["--help"]).out;
    let reports = help.split("Reports:\n").nth(1).unwrap();
    let reports = reports.lines().take_while(|line| !line.is_empty());
    let mut n = 0;
    for report in reports.filter_map(|line| line.split_whitespace().next()) {
        let own: &[&str] = match report {
            // Without a comparison it needs one, with it there is none.
            // A document has sections of both kinds.
            "why" | "report" => continue,
            "events" => &["--case-id", "c1"],
            _ => &[],
        };
        let words = [&[report, "log.csv", "--format", "json"][..], own].concat();
        // Some need options or definitions.
        if desk.run(&words).code != Some(0) {
            continue;
        }
        let run = desk.run(&[&words[..], &["--session", "s.toml"]].concat());
        n += 1;
        assert_eq!(run.code, Some(0), "{report}: {}", run.err);
        let compares = run.out.contains("\"versus\"");
        assert_ne!(
            compares,
            run.err.contains(&format!("note: {report} shows A alone: ")),
            "{report} {}",
            run.err
        );
    }
    assert!(n > 20, "{n}");
    // Asked for, it is refused as before.
    let run = desk.run(&["quality", "log.csv", "--versus", "\"A\""]);
    assert_eq!(run.code, Some(2));
}

#[test]
fn faults_are_named_with_file_line_and_what_is_meant() {
    for (session, part) in [
        (
            "version = 1\nas_off = \"-7d\"\n",
            "casetrail: \"s.toml\": line 2: no key is called as_off; did you mean as_of",
        ),
        (
            "[[filter]]\ntext = 'events >'\n",
            "\"s.toml\": line 1: events >: expected",
        ),
        (
            "[place.cases]\nrow = -4\n",
            "line 2: row: expected a whole number",
        ),
        (
            "version = 9",
            "line 1: version: this casetrail reads version 1 only",
        ),
        (
            "rules = \"gone.toml\"",
            "\"gone.toml\" cannot be read: No such file",
        ),
    ] {
        let desk = desk(session);
        let run = desk.run(&["summary", "log.csv", "--session", "s.toml"]);
        assert_eq!((run.code, run.out.as_str()), (Some(2), ""), "{session}");
        assert!(run.err.contains(part), "{session}: {}", run.err);
    }
    let desk = desk("[[filter]]\ntext = 'evens > 1'\n");
    let run = desk.run(&["summary", "log.csv", "--session", "s.toml"]);
    assert_eq!(run.code, Some(2));
    assert!(run.err.contains("^^^^^"), "{}", run.err);
    let run = desk.run(&["summary", "log.csv", "--session", "gone.toml"]);
    assert_eq!(run.code, Some(2));
    assert!(
        run.err.contains("\"gone.toml\" cannot be read"),
        "{}",
        run.err
    );
    desk.write("s.toml", "reference = \"gone.pnml\"");
    let run = desk.run(&["conform", "log.csv", "--session", "s.toml"]);
    assert_eq!(run.code, Some(3), "{}", run.err);
    desk.write(
        "two.toml",
        "[[log]]\nfile = \"a.csv\"\n[[log]]\nfile = \"b.csv\"",
    );
    let run = desk.run(&["summary", "log.csv", "--session", "two.toml"]);
    assert_eq!(run.code, Some(2));
    assert!(
        run.err.contains("--session: no entry is for log.csv"),
        "{}",
        run.err
    );
}

#[test]
fn paths_in_a_session_are_those_of_its_folder() {
    let desk = Desk::with("log.csv", LOG);
    std::fs::create_dir(desk.path("views")).unwrap();
    desk.write("views/rules.toml", "[milestones]\ndone = 'first \"C\"'\n");
    desk.write(
        "views/s.toml",
        "rules = \"rules.toml\"\n[[log]]\nfile = \"other.csv\"\n",
    );
    let words = ["milestones", "log.csv", "--session", "views/s.toml"];
    assert_eq!(desk.json(&words)["milestones"][0]["milestone"], "done");
}

#[test]
fn a_session_of_another_state_of_the_log_says_so() {
    let desk = desk("fingerprint = \"1-0000000000000000\"\n[[filter]]\ntext = '\"B\"'");
    let run = desk.run(&["summary", "log.csv", "--session", "s.toml"]);
    assert_eq!(run.code, Some(0));
    assert_eq!(
        run.err,
        "casetrail: note: \"s.toml\" is of another state of the log\n"
    );
    let run = desk.run(&["summary", "log.csv", "--session", "s.toml", "--quiet"]);
    assert_eq!(run.err, "");
}

const NAMED: &str = "[filters]\nb = '\"B\"'\nlong = \"duration > 1h\"\nboth = \"@b and @long\"\n";

#[test]
fn named_filters_stand_for_their_text() {
    let desk = Desk::with("log.csv", LOG);
    desk.write("f.toml", NAMED);
    for (named, plain) in [
        (
            &["--filter", "@both"][..],
            &["--filter", "(\"B\") and (duration > 1h)"][..],
        ),
        (&["--filter=not @b"][..], &["--filter", "not (\"B\")"][..]),
        (
            &["--filter", "@b", "--versus", "not @b"][..],
            &["--filter", "\"B\"", "--versus", "not (\"B\")"][..],
        ),
    ] {
        let words = [&["variants", "log.csv", "--recipes", "f.toml"][..], named].concat();
        let plain = [&["variants", "log.csv"][..], plain].concat();
        assert_eq!(desk.json(&words), desk.json(&plain), "{named:?}");
    }
    let why = desk.run(&["why", "log.csv", "--of", "@b", "--recipes=f.toml"]);
    assert_eq!(why.code, Some(0), "{}", why.err);
    // The file of the configuration is in its folder, and a file of the call comes before it.
    std::fs::create_dir(desk.path("folder")).unwrap();
    desk.write("folder/c.toml", "recipes = \"usual.toml\"\n");
    desk.write("folder/usual.toml", "[filters]\nb = '\"C\"'\n");
    let cases = |words: &[&str]| desk.json(&[&["cases", "log.csv"][..], words].concat());
    let usual = ["--filter", "@b", "--config", "folder/c.toml"];
    assert_eq!(cases(&usual), cases(&["--filter", "\"C\""]));
    let given = [&usual[..], &["--recipes", "f.toml"]].concat();
    assert_eq!(cases(&given), cases(&["--filter", "\"B\""]));
}

#[test]
fn faults_of_named_filters_say_where_they_are() {
    let desk = Desk::with("log.csv", LOG);
    desk.write("f.toml", NAMED);
    desk.write("bad.toml", "[filters]\nb = '\"B\"'\nc = \"duration >\"\n");
    for (words, part) in [
        (
            &["--filter", "\"A\" and @bb", "--recipes", "f.toml"][..],
            "filter: no filter is called bb; did you mean b",
        ),
        (
            &["--filter", "\"A\" and @bb", "--recipes", "f.toml"][..],
            "\n  \"A\" and @bb\n          ^^^",
        ),
        (
            &["--filter", "@b", "--recipes", "bad.toml"][..],
            "\"bad.toml\": line 3: c: expected",
        ),
        (
            &["--filter", "@b", "--recipes", "gone.toml"][..],
            "\"gone.toml\" cannot be read",
        ),
        (
            &["--versus", "@b"][..],
            "versus: no file with named filters was read: name it with --recipes FILE",
        ),
    ] {
        let run = desk.run(&[&["variants", "log.csv"][..], words].concat());
        assert_eq!((run.code, run.out.as_str()), (Some(2), ""), "{words:?}");
        assert!(run.err.contains(part), "{words:?}: {}", run.err);
    }
    // A sign in quotes is no name.
    let run = desk.run(&["cases", "log.csv", "--filter", "resource = \"ann@b\""]);
    assert_eq!(run.code, Some(0), "{}", run.err);
}
