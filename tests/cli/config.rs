//! The configuration file from the command line: what it sets, what stands above it, and what is wrong with it.

#![allow(clippy::unwrap_used, reason = "tests")]

use crate::cli_common::{Desk, LOG, Run};
use casetrail::config::settings::{ConfigFile, SETTINGS, Setting};
use std::collections::BTreeSet;
use std::fs;

/// A folder with a log and a configuration file in the folder of settings.
fn with(config: &str) -> Desk {
    let desk = Desk::with("log.csv", LOG);
    fs::create_dir_all(desk.path("settings/casetrail")).unwrap();
    desk.write("settings/casetrail/config.toml", config);
    desk
}

fn run_with(desk: &Desk, env: &[(&str, &str)], words: &[&str]) -> Run {
    let mut command = desk.command();
    command.envs(env.iter().copied());
    Run::of(command.args(words))
}

/// The line of `config print` that begins like that.
fn line(desk: &Desk, env: &[(&str, &str)], words: &[&str], start: &str) -> String {
    let run = run_with(desk, env, &[&["config", "print"], words].concat());
    assert_eq!(run.code, Some(0), "{words:?}: {}", run.err);
    let line = run.out.lines().find(|line| line.starts_with(start));
    let words = line.unwrap_or_default().split_whitespace();
    words.collect::<Vec<_>>().join(" ")
}

#[test]
fn the_settings_in_force_are_a_file_with_the_origin_of_each() {
    let config = "theme = \"light\"\nmouse = true\n[keys_in.cases]\nsort = \"o\"\n";
    let desk = with(config);
    let no = &[][..];
    assert_eq!(line(&desk, no, &[], "theme"), "theme = \"light\" # line 1");
    assert_eq!(
        line(&desk, no, &[], "glyphs"),
        "glyphs = \"auto\" # default"
    );
    assert_eq!(line(&desk, no, &[], "# memory"), "# memory = # not set");
    let env = &[("CASETRAIL_THEME", "dark"), ("CASETRAIL_MOUSE", "0")][..];
    assert_eq!(
        line(&desk, env, &[], "theme"),
        "theme = \"dark\" # CASETRAIL_THEME"
    );
    assert_eq!(
        line(&desk, env, &[], "mouse"),
        "mouse = false # CASETRAIL_MOUSE"
    );
    let given = [
        "--theme",
        "mono",
        "--mouse",
        "--memory=2G",
        "--na=-",
        "--na",
        "NULL",
    ];
    assert_eq!(
        line(&desk, env, &given, "theme"),
        "theme = \"mono\" # --theme"
    );
    assert_eq!(line(&desk, env, &given, "mouse"), "mouse = true # --mouse");
    assert_eq!(
        line(&desk, env, &given, "memory"),
        "memory = \"2G\" # --memory"
    );
    assert_eq!(
        line(&desk, env, &given, "na"),
        "na = [\"-\", \"NULL\"] # --na"
    );
    let printed = desk.run(&["config", "print"]);
    ConfigFile::parse(&printed.out).unwrap();
    desk.write("again.toml", &printed.out);
    let again = desk.run(&["config", "print", "--config", "again.toml"]);
    let values = |text: &str| -> Vec<String> {
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        lines
            .map(|line| line.split(" #").next().unwrap().trim().to_owned())
            .collect()
    };
    assert_eq!(values(&again.out), values(&printed.out), "{}", again.err);
}

#[test]
fn the_file_is_found_by_option_environment_and_folder() {
    let desk = with("quiet = true\n");
    desk.write("other.toml", "");
    let path = |env: &[(&str, &str)], words: &[&str]| {
        let run = run_with(&desk, env, &[&["config", "path"], words].concat());
        (run.code, run.out.trim_end().to_owned())
    };
    let usual = desk.path("settings/casetrail/config.toml");
    let other = &[("CASETRAIL_CONFIG", "other.toml")][..];
    assert_eq!(path(&[], &[]), (Some(0), usual.display().to_string()));
    assert_eq!(path(other, &[]), (Some(0), "other.toml".to_owned()));
    assert_eq!(
        path(other, &["--config", "third.toml"]),
        (Some(0), "third.toml".to_owned())
    );
    assert_eq!(path(&[], &["--no-config"]).0, Some(3));
    // One that is named must be there, and a broken one can still be located.
    let missing = desk.run(&["summary", "log.csv", "--config", "third.toml"]);
    assert_eq!(missing.code, Some(2));
    assert!(missing.err.contains("third.toml"), "{}", missing.err);
    desk.write("settings/casetrail/config.toml", "theme =");
    assert_eq!(path(&[], &[]).0, Some(0));
    assert_eq!(desk.run(&["--help"]).code, Some(0));
    assert_eq!(desk.run(&["summary", "log.csv"]).code, Some(2));
    assert_eq!(
        desk.run(&["summary", "log.csv", "--no-config"]).code,
        Some(0)
    );
}

#[test]
fn faults_name_file_line_and_the_nearest_name() {
    for (config, wanted) in [
        (
            "theem = \"light\"",
            &["line 1: no key is called theem; did you mean theme"][..],
        ),
        (
            "\ntheme = \"ligth\"",
            &[
                "line 2: theme: \"ligth\" is not one of",
                "did you mean light",
            ],
        ),
        (
            "[keys]\nmove-dwon = \"n\"",
            &["line 2: no action is called", "move-down"],
        ),
        ("[keys]\nundo = \"hyper-n\"", &["line 2:", "is not a key"]),
        (
            "[keys]\nundo = \"n\"\nredo = \"n\"",
            &["line 3:", "both undo and redo"],
        ),
        (
            "[keys_in.csaes]\n",
            &["line 1: no pane is called csaes; did you mean cases"],
        ),
        (
            "[columns]\nlist = []",
            &["line 2: no list of cases is called list"],
        ),
    ] {
        let desk = with(config);
        for words in [
            &["summary", "log.csv"][..],
            &["log.csv"],
            &["config", "print"],
            &["cache", "list"],
        ] {
            let run = desk.run(words);
            assert_eq!(run.code, Some(2), "{config} {words:?}: {}", run.err);
            assert_eq!(run.err.lines().count(), 1, "{}", run.err);
            for text in wanted.iter().chain(&["config.toml"]) {
                assert!(run.err.contains(text), "{config}: {}", run.err);
            }
        }
    }
    let desk = with("");
    let run = run_with(
        &desk,
        &[("CASETRAIL_GLYPHS", "round")],
        &["summary", "log.csv"],
    );
    assert_eq!(run.code, Some(2));
    assert!(
        run.err.contains("CASETRAIL_GLYPHS is \"round\""),
        "{}",
        run.err
    );
}

#[test]
fn reports_follow_the_file_unless_an_option_says_otherwise() {
    let desk = with("limit = 2\nquiet = true\n");
    let table = |words: &[&str]| desk.run(&[&["cases", "log.csv"], words].concat());
    let rows = |run: &Run| run.out.lines().filter(|line| line.contains("2024")).count();
    assert_eq!(rows(&table(&[])), 2, "{}", table(&[]).out);
    assert_eq!(rows(&table(&["--limit", "4"])), 4);
    assert_eq!(rows(&table(&["--no-config"])), 5);
    assert_eq!(
        desk.json(&["cases", "log.csv"])["cases"]
            .as_array()
            .map(Vec::len),
        Some(5)
    );
    desk.write("bad.csv", crate::cli_common::REJECTS);
    assert_eq!(desk.run(&["summary", "bad.csv"]).err, "");
    assert_ne!(desk.run(&["summary", "bad.csv", "--no-config"]).err, "");
    let env = &[("CASETRAIL_QUIET", "false"), ("CASETRAIL_STRICT", "1")][..];
    let strict = run_with(&desk, env, &["summary", "bad.csv"]);
    assert_eq!(strict.code, Some(4));
    assert_ne!(strict.err, "");
}

#[test]
fn facts_of_logs_stand_below_options_and_mapping_files() {
    let desk = with("tz = \"America/New_York\"\nrules = \"desk.toml\"\n");
    desk.write(
        "settings/casetrail/desk.toml",
        "[milestones]\ndone = 'last \"C\"'\n",
    );
    desk.write(
        "local.csv",
        "case,activity,time\nc1,A,2024-01-01 10:00\nc1,C,2024-01-01 11:00\n",
    );
    let first = |words: &[&str]| {
        let json = desk.json(&[&["events", "local.csv", "--case-id", "c1"], words].concat());
        json["events"][0]["time"].as_str().unwrap().to_owned()
    };
    let of_file = first(&[]);
    assert!(
        of_file.contains("15:00") || of_file.contains("-05:00"),
        "{of_file}"
    );
    let utc = first(&["--no-config"]);
    assert!(utc.contains("10:00:00") && utc != of_file, "{utc}");
    assert_eq!(first(&["--tz", "UTC"]), utc);
    desk.write(
        "map.toml",
        "version = 1\n[[log]]\nfile = \"*\"\ntz = \"UTC\"\n",
    );
    assert_eq!(first(&["--mapping", "map.toml"]), utc);
    let milestones = desk.json(&["milestones", "local.csv"]);
    assert_eq!(
        milestones["milestones"][0]["milestone"], "done",
        "{milestones}"
    );
}

#[test]
fn keys_are_listed_by_pane() {
    let desk = with("[keys]\nundo = \"n\"\n[keys_in.cases]\nsort = \"o\"\n");
    let all = desk.run(&["config", "keys"]);
    assert!(all.out.starts_with("anywhere\n"), "{}", all.out);
    let changed: Vec<&str> = all
        .out
        .lines()
        .filter(|line| line.starts_with('*'))
        .collect();
    // `find-next` had n before.
    assert_eq!(changed.len(), 3, "{changed:?}");
    let cases = desk.run(&["config", "keys", "cases"]);
    assert_eq!(cases.out.lines().count(), 3, "{}", cases.out);
    assert_eq!(desk.run(&["config", "keys", "csaes"]).code, Some(2));
    assert_eq!(desk.run(&["config", "path", "cases"]).code, Some(2));
}

/// Options without a key, with the reason.
const WITHOUT_KEY: &[(&str, &[&str])] = &[
    (
        "which logs, cases and events are looked at is the question, not a setting",
        &[
            "filter", "events", "between", "versus", "as-of", "now", "session",
        ],
    ),
    (
        "a fact of one log belongs into a mapping file",
        &[
            "mapping",
            "case",
            "activity",
            "time",
            "start",
            "resource",
            "lifecycle-column",
            "instance",
            "milestone-columns",
            "milestone-column",
            "activity-name",
            "time-format",
            "date-order",
            "delimiter",
            "quote",
            "escape",
            "json-path",
            "encoding",
            "no-header",
            "lifecycle",
            "session-gap",
            "object-type",
        ],
    ),
    (
        "a definition for one log belongs into a rules file",
        &["milestone", "rule", "wait-class", "end"],
    ),
    (
        "where a log is and who may read it are of one engine; ADBC has places of its own for drivers",
        &[
            "table",
            "tie-column",
            "driver",
            "dialect",
            "credentials",
            "most-events",
        ],
    ),
    (
        "scripts depend on what is printed where",
        &["format", "output", "force", "raw-csv"],
    ),
    (
        "it says where settings are",
        &["config", "no-config", "help", "version"],
    ),
];

#[test]
fn every_option_has_a_key_or_a_reason_to_have_none() {
    let desk = Desk::new();
    let help = [
        desk.run(&["--help"]).out,
        desk.run(&["summary", "--help"]).out,
    ]
    .concat();
    let options: BTreeSet<&str> = help
        .lines()
        .filter_map(|line| {
            let line = line.trim_start();
            let line = line
                .strip_prefix("-h, ")
                .or(line.strip_prefix("-V, "))
                .unwrap_or(line);
            let name = line.strip_prefix("--")?;
            name.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-'))
                .next()
        })
        .collect();
    assert!(options.len() > 40, "{options:?}");
    let keys: Vec<String> = SETTINGS.iter().map(Setting::option_name).collect();
    let without: Vec<&str> = WITHOUT_KEY
        .iter()
        .flat_map(|(_, names)| names.iter().copied())
        .collect();
    for option in &options {
        let has_key = keys.iter().any(|key| key == option);
        assert!(
            has_key != without.contains(option),
            "--{option}: a key or a reason"
        );
    }
    for setting in SETTINGS.iter().filter(|setting| setting.option) {
        assert!(
            options.contains(setting.option_name().as_str()),
            "{}",
            setting.key
        );
    }
}
