//! The walls between the layers, kept by a test: who may name whom, which crates and parts of std
//! belong where, and the form of every file. ARCHITECTURE.md gives the reasons. The tables come
//! first, then the checks, then the proof that the checks can fail.

#[path = "architecture/circles.rs"]
mod circles;
#[path = "architecture/figures.rs"]
mod figures;
#[path = "architecture/files.rs"]
mod files;
mod ratchet;
#[path = "architecture/scanner.rs"]
mod scanner;
#[path = "architecture/syntax.rs"]
mod syntax;

use files::{code, sources};
use scanner::{TEST_LINE, blank, line_of, paths, strings, without_tests};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Each layer with the other layers, or parts of them, that it may name. `*`: all.
const LAYERS: &[(&str, &[&str])] = &[
    ("os", &[]),
    ("demo", &[]),
    ("text", &[]),
    ("event_log", &["text"]),
    ("formats", &["text", "event_log"]),
    ("source", &["event_log", "formats"]),
    ("index", &["event_log"]),
    (
        "store",
        &["os", "text", "event_log", "formats", "index", "source"],
    ),
    ("filter", &["text", "event_log", "index"]),
    ("models", &["text", "event_log", "formats"]),
    ("metrics", &["text", "event_log", "index"]),
    (
        "engine",
        &[
            "text",
            "event_log",
            "formats",
            "index",
            "filter",
            "models",
            "metrics",
        ],
    ),
    (
        "remote",
        &[
            "text",
            "event_log",
            "formats",
            "filter",
            "metrics::Figures",
            "metrics::attributes",
            "metrics::bins",
            "metrics::flow",
            "metrics::groups",
            "metrics::process_map",
            "metrics::quantile",
            "metrics::split",
            "metrics::stats",
            "engine",
        ],
    ),
    ("input", &["text"]),
    ("ui", &["text"]),
    (
        "panes",
        &[
            "text",
            "engine",
            "input",
            "ui",
            "filter::Anchor",
            "filter::Conformity",
            "filter::Dial",
            "filter::DurationLiteral",
            "filter::Expr",
            "filter::Field",
            "filter::Gap",
            "filter::Op",
            "filter::Queued",
            "filter::Relation",
            "filter::TimeLiteral",
            "filter::TimeRange",
            "filter::Value",
        ],
    ),
    (
        "app",
        &[
            "text",
            "panes",
            "engine",
            "input",
            "filter::Expanded",
            "filter::NamedFilters",
            "filter::QueryError",
            "filter::name_before",
            "filter::parse",
            "filter::parse_events",
            "event_log::Progress",
            "event_log::Stage",
            "formats::DateOrder",
            "formats::LogOptions",
            "formats::Inspection",
            "formats::Preview",
            "formats::ReadPlan",
            "event_log::PerRole",
            "event_log::Role",
            "ui::Target",
            "ui::Theme",
        ],
    ),
    (
        "config",
        &[
            "text",
            "input",
            "ui",
            "formats",
            "event_log::PerRole",
            "event_log::Role",
            // The plain data of redaction.
            "event_log::Shift",
            // The plain data of tags and notes.
            "engine::NoteChange",
            "engine::Notes",
            "engine::Remark",
            // The plain data of a session.
            "app::FilterStack",
            "app::Level",
            "app::MOST_SECTIONS",
            "app::Outline",
            "app::Section",
            "app::split",
            "app::Session",
            "app::Snapshot",
            "app::Versus",
            "panes::FilterEntry",
            "panes::Place",
            "filter::parse",
            "filter::parse_events",
            "filter::parse_milestone",
            "filter::NamedFilter",
            "filter::NamedFilters",
            "filter::is_filter_name",
            "metrics::calendar",
            "engine::AlertOn",
            "engine::AlertSpec",
            "engine::AsOf",
            "engine::BY_CASE",
            "engine::CaseEnds",
            "engine::ColumnName",
            "engine::Condition",
            "engine::ConformRule",
            "engine::ConformSpec",
            "engine::DURATION",
            "engine::FigureTest",
            "engine::HourlyRates",
            "engine::JourneySpec",
            "engine::NamedCalendar",
            "engine::NamedMilestone",
            "engine::NamedOutcome",
            "engine::NamedStages",
            "engine::NamedWait",
            "engine::RateOf",
            "engine::RateSpec",
            "engine::Reference",
            "engine::RuleSpec",
            "engine::Timing",
            "engine::WaitClass",
        ],
    ),
    (
        "terminal",
        &[
            "os",
            "text",
            "app",
            "panes",
            "input",
            "ui",
            "engine",
            "event_log::Progress",
            "event_log::Stage",
            "formats::DateOrder",
            "formats::ColumnProfile",
            "formats::Kind",
            "formats::Inspection",
            "formats::Preview",
            "formats::Reject",
            "event_log::PerRole",
            "event_log::Role",
        ],
    ),
    ("cli", &["*"]),
    ("lib", &["*"]),
    ("main", &["cli"]),
    ("test_support", &["*"]),
];

/// Crates and parts of std with the only places that may name them.
const PLACES: &[(&str, &[&str])] = &[
    ("ratatui", &["ui/", "terminal/", "panes/"]),
    ("crossterm", &["terminal/"]),
    ("ratatui::crossterm", &["terminal/"]),
    ("memmap2", &["os.rs"]),
    (
        "std::fs",
        &["os.rs", "source/", "store/", "cli/", "config/"],
    ),
    (
        "std::thread",
        &[
            "engine/worker.rs",
            "app/driver.rs",
            "app/driver/",
            "app/keeper.rs",
            "remote/connection.rs",
            "terminal/",
            "source/",
            "store/folder.rs",
            "cli/",
        ],
    ),
    ("adbc_core", &["remote/connection.rs"]),
    ("adbc_driver_manager", &["remote/connection.rs"]),
    ("clap", &["cli/", "main.rs"]),
    (
        "serde",
        &[
            "store/",
            "cli/",
            "config/",
            "app/",
            // Types that the store writes as they are. A manifest is refused by every other build
            // of the program (`Manifest::is_of`), so no file binds their form.
            "event_log/column.rs",
            "event_log/roles.rs",
            "formats/options.rs",
            "formats/report.rs",
            "formats/setting.rs",
        ],
    ),
    ("std::net", &[]),
    ("std::process::Command", &[]),
];

/// Layers that may name options of the command line.
const COMMAND_LINE: [&str; 3] = ["cli", "main", "test_support"];

/// Places that make up the words of the call that prints what a pane shows. There an option may be
/// a literal of its own, but no part of a sentence.
const COMMANDS: [&str; 2] = ["panes/", "app/commands.rs"];

/// The most lines of a file, without its inline tests.
const MOST_LINES: usize = 600;

/// `findings` as the message of a failed test.
fn none(findings: &[String], rule: &str) {
    assert!(findings.is_empty(), "{rule}:\n  {}", findings.join("\n  "));
}

#[test]
fn layers_name_only_what_they_may() {
    let mut findings = Vec::new();
    for (name, text) in code() {
        findings.extend(forbidden_layers(&name, &text));
    }
    none(&findings, "a layer names what is closed to it (see LAYERS)");
}

#[test]
fn crates_stay_in_their_places() {
    let mut findings = Vec::new();
    for (name, text) in code() {
        findings.extend(misplaced(&name, &text));
    }
    none(&findings, "named outside its place (see PLACES)");
}

#[test]
fn only_the_command_line_names_options() {
    let code = code();
    let mut findings = Vec::new();
    for (name, text) in sources() {
        if let Some((_, code)) = code.iter().find(|(other, _)| *other == name) {
            findings.extend(named_options(&name, &text, code));
        }
    }
    none(
        &findings,
        "an option of the command line below `cli`: say it by `formats::Setting` and `cli::advice`",
    );
}

#[test]
fn every_file_says_what_it_is() {
    let silent = |(name, text): (String, String)| (!text.starts_with("//! ")).then_some(name);
    let findings: Vec<String> = sources().into_iter().filter_map(silent).collect();
    none(&findings, "does not open with `//! `");
}

#[test]
fn files_are_short() {
    let long = |(name, text): (String, String)| {
        let n = text.lines().filter(|line| *line != TEST_LINE).count();
        (n > MOST_LINES).then(|| format!("{name}: {n} lines"))
    };
    let findings: Vec<String> = code().into_iter().filter_map(long).collect();
    none(
        &findings,
        &format!("more than {MOST_LINES} lines without tests"),
    );
}

#[test]
fn exceptions_give_a_reason() {
    let findings: Vec<String> = sources()
        .iter()
        .flat_map(|(name, text)| {
            let text = blank(text);
            let lines: Vec<usize> = bare_exceptions(&text);
            lines
                .into_iter()
                .map(move |line| format!("{name}:{line}"))
                .collect::<Vec<_>>()
        })
        .collect();
    none(
        &findings,
        "an `allow` or `expect` attribute without a reason",
    );
}

#[test]
fn there_is_one_crossterm() {
    let lock = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.lock"));
    let lock = lock.unwrap();
    let n = lock
        .lines()
        .filter(|line| *line == "name = \"crossterm\"")
        .count();
    assert_eq!(
        n, 1,
        "two crossterms would keep two input queues and two raw modes"
    );
}

/// The layer of a file: its first folder, or its own name.
fn layer_of(name: &str) -> &str {
    name.split(['/', '.']).next().unwrap_or(name)
}

/// Whether `path` is `place` or below it.
fn is_below(path: &str, place: &str) -> bool {
    path.strip_prefix(place)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

/// What a file names of other layers against the table.
fn forbidden_layers(name: &str, text: &str) -> Vec<String> {
    let own = layer_of(name);
    let Some((_, allowed)) = LAYERS.iter().find(|(layer, _)| *layer == own) else {
        return vec![format!("{name}: the layer {own} is not in the table")];
    };
    let mut roots = vec!["crate".to_string(), "casetrail".to_string()];
    // As many `super` as the file is deep lead to the root of the crate.
    let stem = name.trim_end_matches(".rs").trim_end_matches("/mod");
    let depth = if own == "lib" {
        0
    } else {
        stem.split('/').count()
    };
    roots.push(vec!["super"; depth].join("::"));
    let is_allowed = |path: &str| {
        let pane = |path: &str| path.split("::").nth(1).map(str::to_string);
        let folder = name
            .split('/')
            .nth(1)
            .filter(|_| name.matches('/').count() > 1);
        match layer_of(&path.replace("::", "/")) {
            "panes" if own == "panes" => match folder {
                // The container of charts knows that there are some, and nothing else of them.
                Some("timelines") if path.ends_with("::SPEC") => true,
                // The pane of attributes holds that of groups.
                Some("facet") if pane(path).as_deref() == Some("split") => true,
                // A pane knows the trait and what panes share, but no other pane.
                Some(mine) => pane(path).is_none_or(|p| p == mine || !is_pane(&p)),
                None => true,
            },
            layer if layer == own => true,
            _ => allowed
                .iter()
                .any(|place| *place == "*" || is_below(path, place)),
        }
    };
    roots
        .iter()
        .filter(|root| !root.is_empty())
        .flat_map(|root| paths(text, root))
        .filter(|(_, path)| path != "self" && !is_allowed(path))
        .map(|(line, path)| format!("{name}:{line}: {path}"))
        .collect()
}

/// Whether there is a folder of that name among the panes.
fn is_pane(name: &str) -> bool {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("src/panes")
        .join(name)
        .is_dir()
}

/// What a file names against the table of places.
fn misplaced(name: &str, text: &str) -> Vec<String> {
    let mut findings = Vec::new();
    for (place, allowed) in PLACES {
        // The state of a pane is plain data: its wall stands inside the folder.
        let is_state = *place == "ratatui" && name.ends_with("/state.rs");
        if !is_state && allowed.iter().any(|prefix| name.starts_with(prefix)) {
            continue;
        }
        let (root, rest) = place.split_once("::").unwrap_or((place, ""));
        for (line, path) in paths(text, root) {
            if rest.is_empty() || is_below(&path, rest) {
                findings.push(format!("{name}:{line}: {root}::{path}"));
            }
        }
    }
    findings
}

/// String literals outside of tests that name an option of the command line, as `--tz`. `code` is the
/// text without comments, literals and tests.
fn named_options(name: &str, text: &str, code: &str) -> Vec<String> {
    if COMMAND_LINE.contains(&layer_of(name)) {
        return Vec::new();
    }
    let is_command = COMMANDS.iter().any(|place| name.starts_with(place));
    let lines: Vec<&str> = code.lines().collect();
    let in_tests = |line: &usize| lines.get(line - 1) == Some(&TEST_LINE);
    let names_option = |text: &str| {
        let mut dashes = text.match_indices("--");
        dashes.any(|(at, _)| {
            let before = text[..at].chars().next_back();
            let after = text[at + 2..].chars().next();
            after.is_some_and(|c| c.is_ascii_lowercase())
                && before.is_none_or(|c| !c.is_alphanumeric() && !matches!(c, '-' | '<' | '!'))
        })
    };
    let is_word = |text: &str| text.starts_with("\"--") && !text.contains(char::is_whitespace);
    strings(text)
        .into_iter()
        .filter(|(line, _)| !in_tests(line))
        .filter(|(_, text)| names_option(text) && !(is_command && is_word(text)))
        .map(|(line, text)| format!("{name}:{line}: {text}"))
        .collect()
}

/// Lines of lint exceptions without a reason.
fn bare_exceptions(text: &str) -> Vec<usize> {
    let starts = ["[allow(", "[expect("]
        .iter()
        .flat_map(|start| text.match_indices(start));
    let bare = |(at, _): &(usize, &str)| {
        let end = text[*at..].find(']').map_or(text.len(), |end| at + end);
        !text[*at..end].contains("reason")
    };
    starts
        .filter(bare)
        .map(|(at, _)| line_of(text, at))
        .collect()
}

#[test]
fn the_walls_can_fall() {
    let bad = [
        ("event_log/log.rs", "use crate::index::Index;"),
        ("event_log/log.rs", "use super::super::index::Index;"),
        ("event_log/mod.rs", "use super::index::Index;"),
        (
            "index/build.rs",
            "use crate::{event_log::EventLog, filter};",
        ),
        ("metrics/mod.rs", "fn f() { crate::engine::ask() }"),
        ("ui/theme.rs", "use crate::*;"),
        (
            "app/model.rs",
            "use crate::event_log::{EventLog, Progress};",
        ),
        ("engine/worker.rs", "use casetrail::cli::run;"),
        ("panes/flow/mod.rs", "use crate::panes::week::SPEC;"),
        ("panes/timelines/mod.rs", "use crate::panes::week::state;"),
        (
            "panes/variants/view.rs",
            "use crate::panes::overview::state;",
        ),
        ("newcomer/mod.rs", ""),
    ];
    for (name, text) in bad {
        assert_eq!(forbidden_layers(name, text).len(), 1, "{name}: {text}");
    }
    let good = [
        (
            "index/build.rs",
            "use crate::event_log::EventLog; use super::Variants; use crate::index::Edges;",
        ),
        ("app/model.rs", "use crate::event_log::Progress;"),
        (
            "panes/overview/view.rs",
            "use crate::panes::overview::state; use crate::panes::pane::Pane;",
        ),
        ("cli/mod.rs", "use crate::{index, terminal};"),
    ];
    for (name, text) in good {
        assert_eq!(forbidden_layers(name, text), [""; 0], "{name}: {text}");
    }
}

#[test]
fn places_and_exceptions_are_checked() {
    let places = [
        ("app/update.rs", "use ratatui::style::Style;", true),
        (
            "panes/overview/state.rs",
            "use ratatui::style::Style;",
            true,
        ),
        (
            "panes/overview/view.rs",
            "use ratatui::style::Style;",
            false,
        ),
        (
            "ui/theme.rs",
            "use ratatui::{crossterm::event, style};",
            true,
        ),
        ("formats/csv.rs", "use std::{fs::File, io};", true),
        ("formats/csv.rs", "std::thread::spawn(f)", true),
        (
            "cli/mod.rs",
            "std::process::Command::new(x); std::process::ExitCode::SUCCESS",
            true,
        ),
        ("engine/worker.rs", "use std::thread; use std::fmt;", false),
    ];
    for (name, text, bad) in places {
        assert_eq!(!misplaced(name, text).is_empty(), bad, "{name}: {text}");
    }
    let options = [
        ("formats/text.rs", r#"f("; --tz changes it")"#, true),
        (
            "formats/text.rs",
            r#"f("<!--comment-->", "a--b", '"') // --tz"#,
            false,
        ),
        ("formats/text.rs", r#"f("--tz")"#, true),
        ("panes/flow/mod.rs", r#"f("--bins", "--sort={key}")"#, false),
        (
            "panes/flow/view.rs",
            r#"f("name one with --resource")"#,
            true,
        ),
        ("cli/advice.rs", r#"f("--tz changes it")"#, false),
        (
            "app/model.rs",
            "#[cfg(test)]\nmod tests {\nconst A: &str = \"--tz\";\n}",
            false,
        ),
    ];
    for (name, text, bad) in options {
        let found = named_options(name, text, &without_tests(&blank(text)));
        assert_eq!(!found.is_empty(), bad, "{name}: {text}");
    }
    assert_eq!(
        bare_exceptions("\n#[allow(dead_code)]\n#[expect(x, reason =    )]"),
        [2]
    );
}

/// A new dependency has to reach the second lock file, too, or the fuzz targets are not built with `--locked`.
#[test]
fn the_lock_file_of_the_fuzz_targets_has_all_dependencies() {
    let read = |name: &str| -> toml::Table {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
        let text = std::fs::read_to_string(&path);
        let text = text.unwrap_or_else(|error| panic!("{name}: {error}"));
        text.parse()
            .unwrap_or_else(|error| panic!("{name}: {error}"))
    };
    let manifest = read("Cargo.toml");
    let wanted: BTreeSet<&str> = manifest["dependencies"]
        .as_table()
        .expect("a table")
        .keys()
        .map(String::as_str)
        .collect();
    let lock = read("fuzz/Cargo.lock");
    let mut packages = lock["package"].as_array().expect("packages").iter();
    let own = packages.find(|package| package["name"].as_str() == Some("casetrail"));
    let own = own.expect("the package itself");
    // Where there are several versions of a package, the version follows its name.
    let locked = own["dependencies"].as_array().expect("dependencies").iter();
    let locked = locked.filter_map(|name| name.as_str()?.split(' ').next());
    assert_eq!(wanted, locked.collect());
    assert_eq!(own["version"], manifest["package"]["version"]);
}
