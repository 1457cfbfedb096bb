//! Documents of several reports: what they say, that nothing of a log is markup, that they are the same each time,
//! and what changed since the last run.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use crate::cli_common::{Desk, LOG};
use serde_json::Value;
use std::fmt::Write;

const FILE: &str = r#"
version = 1
title = "Desk"
comment = "First.\n\nSecond <b>."

[[section]]
command = "variants --limit 2"

[[section]]
title = "With B"
command = 'activities --sort -events'
filter = '"B"'
comment = "Those that came back."

[[section]]
command = "flow --bins 4"
chart = false
"#;

fn desk() -> Desk {
    let desk = Desk::with("log.csv", LOG);
    desk.write("r.toml", FILE);
    desk
}

/// The document in that format.
fn made(desk: &Desk, format: &str, more: &[&str]) -> String {
    let words = ["report", "log.csv", "--format", format, "--quiet"];
    let run = desk.run(&[&words[..], more].concat());
    assert_eq!(run.code, Some(0), "{}", run.err);
    run.out
}

#[test]
fn sections_have_title_command_figures_and_chart() {
    let desk = desk();
    let page = made(&desk, "html", &["--report", "r.toml"]);
    for part in [
        "<title>Desk</title>",
        "<p>First.</p>\n<p>Second &lt;b&gt;.</p>",
        "<dt>cases and events</dt><dd>5 cases, 12 events</dd>",
        "<dt>rows</dt><dd>12 read, 0 rejected</dd>",
        "<dt>first and last event</dt><dd>2024-01-01 10:00:00 to 2024-01-01 16:00:00</dd>",
        "<h2 id=\"h1\">1. Variants</h2>",
        "<pre><code>casetrail variants log.csv --limit 2</code></pre>",
        "<p class=\"cut\">2 of 4 rows</p>",
        "<h2 id=\"h2\">2. With B</h2>\n<p>Those that came back.</p>",
        "activities log.csv --sort -events '--filter=&quot;B&quot;'",
        "<p class=\"n\">2 of 5 cases, 7 of 12 events</p>",
        "<title id=\"c100t\">Cases by variant</title>",
        "<title id=\"c200t\">Events by activity</title>",
        "<a href=\"#term-cases\">cases</a>",
        "<dt id=\"term-cases\">cases</dt>",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert!(!page.contains("c300t"), "a chart was not wanted");
    assert!(page.contains("default-src 'none'; style-src 'unsafe-inline'; img-src data:"));
    assert!(!page.contains("<script") && !page.contains("://"), "{page}");
    let text = made(&desk, "markdown", &["--report", "r.toml"]);
    for part in [
        "# Desk\n\nFirst.\n\nSecond &lt;b>.\n",
        "## 2. With B\n\nThose that came back.\n",
        "```sh\ncasetrail variants log.csv --limit 2\n```",
        "2 of 5 cases, 7 of 12 events",
        "## Definitions",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let plain = made(&desk, "table", &["--report", "r.toml"]);
    assert!(
        plain.contains("2. With B\n\nThose that came back.\n$ casetrail activities"),
        "{plain}"
    );
}

#[test]
fn the_name_of_the_file_says_the_format() {
    let desk = desk();
    for (name, begins) in [
        ("d.html", "<!DOCTYPE html>"),
        ("d.md", "# Report on log.csv"),
        ("d.txt", "Report on log.csv"),
    ] {
        let run = desk.run(&["report", "log.csv", "--output", name]);
        assert_eq!(run.code, Some(0), "{}", run.err);
        assert!(desk.read(name).starts_with(begins), "{}", desk.read(name));
    }
    let run = desk.run(&["report", "log.csv", "--output", "d.html"]);
    assert_eq!(run.code, Some(6), "{}", run.err);
    let run = desk.run(&["summary", "log.csv", "--format", "html"]);
    assert_eq!(run.code, Some(2));
    assert!(
        run.err.contains("summary has no --format html"),
        "{}",
        run.err
    );
}

#[test]
fn commands_of_sections_print_the_same_figures() {
    let desk = desk();
    let text = made(
        &desk,
        "markdown",
        &["--report", "r.toml", "--filter", "events > 1"],
    );
    let command = text
        .lines()
        .find(|line| line.starts_with("casetrail activities"))
        .unwrap();
    assert!(
        command.contains("'--filter=events > 1' '--filter=\"B\"'"),
        "{command}"
    );
    let words = casetrail::app::split(command).unwrap();
    let words: Vec<&str> = words[1..].iter().map(String::as_str).collect();
    let run = desk.run(&[&words[..], &["--format", "markdown"]].concat());
    let rows: Vec<&str> = run
        .out
        .lines()
        .filter(|line| line.starts_with('|'))
        .collect();
    assert!(rows.len() > 3, "{}", run.out);
    for row in rows {
        assert!(text.contains(row), "{row}: {text}");
    }
}

/// A log whose texts try to become markup, or to hide.
fn hostile() -> String {
    let texts = [
        "<script>alert(1)</script>",
        "\u{202e}evil\u{2066}",
        "]]><!-- -->",
        "\"><img src=x onerror=alert(1)>",
        "&lt;b&gt;",
        "</title></style>",
        "\u{1b}[31m",
        "</text><script>",
    ];
    let mut rows = "case,activity,time,resource\n".to_owned();
    for (at, text) in texts.iter().enumerate() {
        let text = text.replace('"', "\"\"");
        for hour in 0..3 {
            writeln!(
                rows,
                "\"{text}{at}\",\"{text}\",2024-01-0{}T0{hour}:00:00Z,\"{text}\"",
                at + 1
            )
            .unwrap();
        }
    }
    rows
}

#[test]
fn nothing_of_a_log_is_markup() {
    let desk = Desk::with("<b>x.csv", hostile());
    desk.write(
        "r.toml",
        "title = \"<script>\\u202E\"\n[[section]]\ntitle = \"</h2><script>\"\ncommand = \"variants\"\n\
         [[section]]\ncommand = \"cases\"\nfilter = 'resource != \"</code><script>\"'\ncomment = \"<script>\"\n\
         [[section]]\ncommand = \"map --activities 1 --paths 1\"\n[[section]]\ncommand = \"resources\"\n\
         [[section]]\ncommand = \"split --by nothing<script>\"\n",
    );
    for format in ["html", "markdown", "table"] {
        for more in [&[][..], &["--report", "r.toml"]] {
            let run = desk.run(&[&["report", "<b>x.csv", "--format", format][..], more].concat());
            assert!(run.code.is_some_and(|code| code < 3), "{}", run.err);
            let out = run.out;
            let hidden = |c: char| {
                c == '\u{1b}'
                    || ('\u{202a}'..='\u{202e}').contains(&c)
                    || ('\u{2066}'..='\u{2069}').contains(&c)
            };
            assert!(!out.contains(hidden), "{format}: {out}");
            if format == "table" {
                continue;
            }
            let outside = out.split("```").step_by(2).collect::<String>();
            for tag in ["<script", "<img", "<!--", "<b>"] {
                assert!(!outside.contains(tag), "{format} has {tag}: {outside}");
            }
            if format == "html" {
                assert_eq!(out.matches("</style>").count(), 1);
                well_formed(&out);
            }
        }
    }
}

/// Asserts that all elements of a page are closed in their order.
fn well_formed(page: &str) {
    const ALONE: [&str; 5] = ["meta", "br", "!DOCTYPE", "img", "hr"];
    let mut open = Vec::new();
    let (before, after) = page.split_once("<style>").unwrap();
    let (_, after) = after.split_once("</style>").unwrap();
    for tag in before.split('<').skip(1).chain(after.split('<').skip(1)) {
        let (tag, _) = tag
            .split_once('>')
            .unwrap_or_else(|| panic!("{tag} has no end"));
        let name = tag.split([' ', '\n']).next().unwrap();
        if let Some(name) = name.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name), "{page}");
        } else if !ALONE.contains(&name) && !tag.ends_with('/') {
            open.push(name);
        }
    }
    assert!(open.is_empty(), "{open:?}");
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let desk = desk();
    for format in ["html", "markdown", "json"] {
        let first = made(&desk, format, &["--no-cache"]);
        for threads in ["1", "2"] {
            let mut command = desk.command();
            command.args(["report", "log.csv", "--quiet", "--format", format]);
            let run = crate::cli_common::Run::of(command.env("RAYON_NUM_THREADS", threads));
            assert_eq!(run.out, first, "{format}");
        }
        let dated = made(&desk, format, &["--dated"]);
        assert_eq!(dated != first, format != "json", "{format}");
    }
}

#[test]
fn the_document_says_what_changed_since_the_last_run() {
    let desk = desk();
    let run = |desk: &Desk| {
        made(
            desk,
            "markdown",
            &["--report", "r.toml", "--state", "s.json"],
        )
    };
    let first = run(&desk);
    assert!(
        first.contains("- since the last run: this is the first run"),
        "{first}"
    );
    let state = desk.read("s.json");
    serde_json::from_str::<Value>(&state).unwrap();
    let second = run(&desk);
    assert!(
        second.contains("- since the last run: no change; the log is the same"),
        "{second}"
    );
    assert_eq!(
        second
            .matches("Change: no change since the last run")
            .count(),
        3
    );
    assert_eq!(desk.read("s.json"), state);
    desk.write(
        "log.csv",
        format!("{LOG}c6,A,2024-01-01T15:30:00Z,Ann,1\nc6,C,2024-01-01T15:50:00Z,Ann,1\n"),
    );
    let third = run(&desk);
    assert!(third.contains("the log is another"), "{third}");
    for row in [
        "| selected | cases | 5 | 6 | +1 |",
        "| selected | events | 12 | 14 | +2 |",
        "| A -> C | cases | 2 | 3 | +1 |",
    ] {
        assert!(third.contains(row), "{row}: {third}");
    }
    // The section with B has the same cases as before.
    assert_eq!(
        third.matches("no change since the last run").count(),
        1,
        "{third}"
    );
    // A section that was not there before.
    desk.write("r.toml", "[[section]]\ncommand = \"resources\"");
    assert!(run(&desk).contains("Change: not in the last run"));
    desk.write("s.json", "{}");
    let run = desk.run(&["report", "log.csv", "--state", "s.json"]);
    assert_eq!(run.code, Some(2));
    assert!(
        run.err.contains("\"s.json\": no figures of a report"),
        "{}",
        run.err
    );
    assert_eq!(desk.read("s.json"), "{}");
}

#[test]
fn a_state_is_kept_only_with_its_document() {
    let desk = desk();
    let words = [
        "report",
        "log.csv",
        "--state",
        "s.json",
        "--output",
        "no/such/folder.html",
    ];
    assert_eq!(desk.run(&words).code, Some(6));
    assert_eq!(desk.names(), ["log.csv", "r.toml"]);
    let words = [
        "report", "log.csv", "--state", "s.json", "--output", "s.json", "--force",
    ];
    desk.write("s.json", "");
    let run = desk.run(&words);
    assert_eq!(run.code, Some(6), "{}", run.err);
    assert!(run.err.contains("this call reads the file"), "{}", run.err);
}

#[test]
fn faults_of_the_file_have_their_line() {
    let desk = desk();
    for (file, line, part) in [
        (
            "titel = \"x\"",
            1,
            "no key is called titel; did you mean title?",
        ),
        (
            "[[section]]\ncomand = \"flow\"",
            2,
            "no key is called comand; did you mean command",
        ),
        ("[[section]]\ncommand = \"variants --lmit 5\"", 2, "--lmit"),
        (
            "\n[[section]]\ntitle = \"x\"\ncommand = \"varants\"",
            4,
            "no report is called varants; did you mean variants?",
        ),
        (
            "[[section]]\ncommand = \"variants --output x\"",
            2,
            "--output",
        ),
        (
            "[[section]]\ncommand = \"journey --expect x.toml\"",
            2,
            "a section reads no files but a model: --expect",
        ),
        (
            "[[section]]\ncommand = \"flow\"\n[[section]]\ncommand = \"summary\"\nfilter = \"x =\"",
            4,
            "filter x =",
        ),
    ] {
        desk.write("r.toml", file);
        // The log is not opened before.
        let run = desk.run(&["report", "none.csv", "--report", "r.toml"]);
        assert_eq!(run.code, Some(2), "{file}");
        let begins = format!("casetrail: \"r.toml\": line {line}: ");
        assert!(
            run.err.starts_with(&begins) && run.err.contains(part),
            "{}",
            run.err
        );
    }
    desk.write("r.toml", "title = \"x\"");
    let run = desk.run(&["report", "log.csv", "--report", "r.toml"]);
    assert!(run.err.contains("it has no sections"), "{}", run.err);
}

#[test]
fn a_section_that_fails_is_named_and_the_others_are_made() {
    let desk = desk();
    desk.write(
        "r.toml",
        "[[section]]\ncommand = \"summary\"\nfilter = \"nothing = 1\"\n[[section]]\ncommand = \"variants\"\n\
         [[section]]\ncommand = \"events --case-id none\"\n",
    );
    let run = desk.run(&[
        "report", "log.csv", "--report", "r.toml", "--output", "d.html",
    ]);
    assert_eq!(run.code, Some(2));
    assert!(
        run.err
            .contains("2 sections of 3 could not be made; Summary: filter:"),
        "{}",
        run.err
    );
    let page = desk.read("d.html");
    assert_eq!(
        page.matches("<p class=\"failed\">Not made:").count(),
        2,
        "{page}"
    );
    assert!(page.contains("Cases by variant"), "{page}");
    let rules = "[[rules]]\nname = \"fast\"\nmilestone = \"duration\"\nlimit = \"1m\"\n";
    desk.write("rules.toml", rules);
    desk.write("r.toml", "[[section]]\ncommand = \"check\"\n");
    let words = [
        "report",
        "log.csv",
        "--report",
        "r.toml",
        "--rules",
        "rules.toml",
    ];
    assert_eq!(desk.run(&words).code, Some(1), "a deadline is broken");
}

#[test]
fn a_redacted_document_names_nothing() {
    let mut rows = "ticket,activity,time,resource,region\n".to_owned();
    for case in 0..40 {
        for (step, activity) in ["Opened", "Checked", "Closed"].iter().enumerate() {
            let who = ["Anna Berg", "Bruno Kraus"][(case + step) % 2];
            let day = case % 25 + 1;
            writeln!(
                rows,
                "SECRET-{case:04},{activity},2024-03-{day:02}T{:02}:00:00Z,{who},North",
                8 + step
            )
            .unwrap();
        }
    }
    let desk = Desk::with("hidden-name.csv", rows);
    desk.write(
        "r.toml",
        "title = \"Of Anna Berg\"\ncomment = \"SECRET\"\n[[section]]\ntitle = \"Anna\"\ncomment = \"Anna\"\ncommand = \"resources\"\n\
         filter = 'resource = \"Anna Berg\"'\n[[section]]\ncommand = \"events --case-id SECRET-0003\"\n\
         [[section]]\ncommand = \"findings\"\n[[section]]\ncommand = \"cases --filter 'case = \\\"SECRET-0004\\\"'\"\n\
         [[section]]\ncommand = \"why --of 'resource = \\\"Anna Berg\\\"'\"\n[[section]]\ncommand = \"quality\"\n\
         [[section]]\ncommand = \"queues --of 'Anna Berg'\"\n[[section]]\ncommand = \"split --by resource\"\n",
    );
    for format in ["html", "markdown", "table", "json", "csv"] {
        for report in [&[][..], &["--report", "r.toml"]] {
            let words = [
                "report",
                "hidden-name.csv",
                "--redact",
                "--quiet",
                "--format",
                format,
                "--state",
                "s.json",
            ];
            let filter = [
                "--case",
                "ticket",
                "--filter",
                "resource != \"Bruno Kraus\"",
            ];
            let run = desk.run(&[&words[..], &filter, report].concat());
            assert!(run.code.is_some_and(|code| code < 3), "{}", run.err);
            for text in [&run.out, &desk.read("s.json")] {
                for secret in ["SECRET", "Anna", "Berg", "Bruno", "Kraus", "hidden-name"] {
                    assert!(!text.contains(secret), "{format} shows {secret}: {text}");
                }
            }
            assert!(!run.out.is_empty());
        }
    }
}

#[test]
fn a_page_stays_below_a_megabyte() {
    let mut rows = "case,activity,time\n".to_owned();
    for case in 0..3_000 {
        let name = "x".repeat(280);
        writeln!(rows, "c{case},{name}{case},2024-01-01T00:00:00Z").unwrap();
    }
    let desk = Desk::with("log.csv", rows);
    let section = "[[section]]\ncommand = \"activities --limit 100000\"\n";
    desk.write("r.toml", section.repeat(20));
    let page = made(&desk, "html", &["--report", "r.toml"]);
    assert!(page.len() < 1_000_000, "{} bytes", page.len());
    assert!(
        page.contains(" of 500 rows</p>"),
        "what is left out is said"
    );
    well_formed(&page);
}

#[test]
fn a_section_compares_cases_with_a_model() {
    let desk = desk();
    let model = desk.run(&["discover", "log.csv", "--format", "pnml"]);
    assert_eq!(model.code, Some(0), "{}", model.err);
    desk.write("model.pnml", model.out);
    desk.write(
        "r.toml",
        "[[section]]\ncommand = \"conform --model model.pnml\"",
    );
    let text = made(&desk, "markdown", &["--report", "r.toml"]);
    let printed = desk.run(&[
        "conform",
        "log.csv",
        "--model",
        "model.pnml",
        "--format",
        "markdown",
    ]);
    let heading = printed.out.lines().next().unwrap();
    assert!(
        heading.contains("model.pnml") && text.contains(heading),
        "{text}"
    );
    assert!(
        text.contains("casetrail conform log.csv --model model.pnml"),
        "{text}"
    );
    desk.write(
        "r.toml",
        "[[section]]\ncommand = \"conform --model none.pnml\"",
    );
    let run = desk.run(&["report", "log.csv", "--report", "r.toml"]);
    assert_eq!(run.code, Some(3), "{run:?}");
    assert!(
        run.out.contains("not made:") && run.out.contains("none.pnml"),
        "{}",
        run.out
    );
}

#[test]
fn a_page_has_charts_of_times_to_outcomes_and_of_both_selections() {
    let desk = desk();
    desk.write("rules.toml", "[outcomes]\nchecked = '\"B\"'\n");
    desk.write(
        "r.toml",
        "[[section]]\ncommand = 'split --by resource --figure \"time to checked\"'\n\
         [[section]]\ncommand = 'activities --filter \"events > 2\" --versus \"events < 3\"'\n\
         [[section]]\ncommand = 'flow --filter \"events > 2\" --versus \"events < 3\"'\n",
    );
    let page = made(
        &desk,
        "html",
        &["--report", "r.toml", "--rules", "rules.toml"],
    );
    for title in [
        "Share of cases that have it after a time: ",
        "Events by activity: A and B",
        "started: A and B",
    ] {
        assert!(page.contains(title), "no {title}: {page}");
    }
    well_formed(&page);
}
