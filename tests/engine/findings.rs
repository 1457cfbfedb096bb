//! Findings on generated logs: none in a log without effects, and each kind where it was planted, with the
//! subject, the figures and the filter of the plant.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use casetrail::config::rules;
use casetrail::engine::{
    Analysis, Cancel, FindingFigure, FindingKind, FindingRow, Findings, FindingsQuery,
    KeyFiguresQuery, SummaryQuery, View,
};
use casetrail::event_log::Progress;
use casetrail::formats::{self, ReadOptions};
use std::fmt::Write;

/// Pseudo-random numbers, the same in every run (xorshift).
struct Random(u64);

impl Random {
    fn new(seed: u64) -> Self {
        Random(0x9E37_79B9_7F4A_7C15 ^ (seed << 32 | 0x5bd1))
    }

    /// A number from 0 to 1.
    fn share(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }

    /// A time with this mean, as of a queue: most are shorter, some are much longer.
    fn time(&mut self, mean: f64) -> f64 {
        -mean * (1.0 - self.share()).ln()
    }
}

/// Effects that are planted.
#[derive(Debug, Clone, Copy, Default)]
struct Plant {
    /// Waits for "Check" are three times as long in the last quarter.
    wait: bool,
    /// Twelve cases rest after "Work" for weeks.
    resting: bool,
    /// No case is closed in the last week.
    backlog: bool,
    /// Team "West" takes twice as long, and has as many urgent cases as others.
    segment: bool,
    /// Team "West" only has the slow kind of cases.
    mix: bool,
    /// Twice as many cases start in the last quarter.
    arrivals_grow: bool,
    /// One in two cases skips "Check" in the last quarter.
    skips: bool,
    /// Cases stop anywhere.
    ends: bool,
    /// Three cases take as long again as the log.
    tail: bool,
    /// "Work" and "Check" have equal times in one case of three.
    ties: bool,
    /// "Check" has no resource.
    resources: bool,
    /// Six rows have no time.
    rejected: bool,
}

/// Seconds.
const HOUR: f64 = 3600.0;
const DAY: f64 = 24.0 * HOUR;
/// Length of the log, seconds.
const LENGTH: f64 = 120.0 * DAY;
/// Time from one case to the next.
const EVERY: f64 = 4.0 * HOUR;

fn stamp(second: f64) -> String {
    let at = chrono::DateTime::from_timestamp(1_704_067_200 + second as i64, 0).unwrap();
    at.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// A log of cases New, Work, Check, Closed that end within a few days, cut after [`LENGTH`].
fn csv(plant: Plant, seed: u64) -> String {
    let mut random = Random::new(seed);
    let mut text = "case_id,activity,timestamp,resource,team,kind\n".to_owned();
    let mut at = 0.0;
    let mut case = 0;
    let late = LENGTH * 0.75;
    while at < LENGTH {
        let slower = plant.arrivals_grow && at > late;
        at += EVERY * (0.5 + random.share()) / if slower { 3.0 } else { 1.0 };
        case += 1;
        let team = ["North", "East", "South", "West"][(random.share() * 4.0) as usize];
        let urgent = random.share()
            < if plant.mix && team == "West" {
                0.0
            } else {
                0.5
            };
        let kind = if urgent { "urgent" } else { "normal" };
        let slow = if plant.segment && team == "West" {
            2.0
        } else {
            1.0
        };
        let (urgent_pace, normal_pace) = match (plant.mix, plant.segment) {
            (true, _) => (0.5, 1.5),
            (_, true) => (0.8, 1.2),
            _ => (1.0, 1.0),
        };
        let pace = slow * if urgent { urgent_pace } else { normal_pace };
        let mut time = at;
        let mut steps = vec![("New", time)];
        time += random.time(6.0 * HOUR * pace);
        steps.push(("Work", time));
        let is_late = time > late;
        let wait = 6.0 * HOUR * pace * if plant.wait && is_late { 3.0 } else { 1.0 };
        let waited = random.time(wait);
        let is_tied = random.share() < 0.33;
        if !(plant.ties && is_tied) {
            time += waited;
        }
        if !(plant.skips && is_late && random.share() < 0.5) {
            steps.push(("Check", time));
        }
        time += random.time(6.0 * HOUR * pace);
        steps.push(("Closed", time));
        if plant.ends {
            let n = 1 + (random.share() * 4.0) as usize;
            steps.truncate(n);
        }
        if plant.resting && case % 50 == 7 {
            steps.truncate(2);
        }
        if plant.tail && case % 200 == 9 {
            steps.last_mut().unwrap().1 += LENGTH;
        }
        let end = if plant.tail { 3.0 * LENGTH } else { LENGTH };
        for (step, time) in steps {
            let is_held = plant.backlog && step == "Closed" && time > LENGTH - 7.0 * DAY;
            if time > end || is_held {
                break;
            }
            let who = match step {
                "Check" if plant.resources => "",
                _ => ["Ann", "Bob", "Cleo"][(random.share() * 3.0) as usize],
            };
            writeln!(text, "c{case},{step},{},{who},{team},{kind}", stamp(time)).unwrap();
        }
    }
    if plant.rejected {
        text += &"c1,Work,,Ann,North,normal\n".repeat(6);
    }
    text
}

fn analysis(text: &str, definitions: &str) -> Analysis {
    let progress = Progress::default();
    let (log, report) =
        formats::read(&[text.as_bytes()], &ReadOptions::default(), &progress).unwrap();
    let zone = chrono_tz::UTC;
    let analysis = Analysis::new("log.csv".to_owned(), log, report, zone, &progress).unwrap();
    analysis
        .with_timing(rules::parse(definitions).unwrap())
        .unwrap()
}

const ENDS: &str = "[cases]\nend = [\"Closed\"]\n";

fn ask(analysis: &Analysis, view: &View) -> Findings {
    let found = analysis.ask(view, &FindingsQuery::all(), &Cancel::never());
    found.unwrap()
}

fn findings(plant: Plant, seed: u64, definitions: &str) -> (Analysis, Findings) {
    let analysis = analysis(&csv(plant, seed), definitions);
    let found = ask(&analysis, &View::default());
    (analysis, found)
}

/// The finding of a kind; no other one of a kind outside of `beside`.
fn only<'a>(found: &'a Findings, kind: FindingKind, beside: &[FindingKind]) -> &'a FindingRow {
    let rows = &found.rows.rows;
    for row in rows {
        let is_meant = row.kind == kind || beside.contains(&row.kind);
        assert!(is_meant, "{kind:?}: {}", row.sentence);
    }
    let row = rows.iter().find(|row| row.kind == kind);
    row.unwrap_or_else(|| panic!("no {kind:?}: {:?}\n{:?}", found.looked, rows))
}

fn number(figure: FindingFigure) -> f64 {
    match figure {
        FindingFigure::Number(x) | FindingFigure::Seconds(x) | FindingFigure::Share(x) => x,
    }
}

/// Number of cases of the filter of a finding.
fn cases(analysis: &Analysis, row: &FindingRow) -> u64 {
    let view = View {
        filters: row.filter.iter().map(ToString::to_string).collect(),
        ..View::default()
    };
    let summary = analysis.ask(&view, &SummaryQuery, &Cancel::never());
    summary.unwrap().cases
}

const RULES: &str = r#"
[cases]
end = ["Closed"]
[milestones]
checked = 'first "Check"'
[[rules]]
name = "checked in a day"
milestone = "checked"
limit = "1d"
[conform]
rules = ['response("Work", "Check")']
"#;

#[test]
fn a_log_without_effects_has_no_findings() {
    let mut found = Vec::new();
    for seed in 0..12 {
        for definitions in [ENDS, RULES] {
            let (_, findings) = findings(Plant::default(), seed, definitions);
            assert!(findings.looked.iter().map(|of| of.tested).sum::<u64>() > 20);
            let rows = findings.rows.rows.into_iter();
            found.extend(rows.map(|row| format!("{seed}: {} {}", row.sentence, row.evidence.text)));
        }
    }
    assert_eq!(found, [""; 0]);
}

#[test]
fn a_wait_that_grew_is_found_with_its_step() {
    for seed in 0..3 {
        let plant = Plant {
            wait: true,
            ..Plant::default()
        };
        let (analysis, found) = findings(plant, seed, ENDS);
        // The cases pile up, too.
        let beside = [FindingKind::Backlog, FindingKind::Resting];
        let row = only(&found, FindingKind::Wait, &beside);
        let names: Vec<&str> = row.subject.iter().map(|name| &**name).collect();
        assert_eq!(names, ["Work", "Check"]);
        let growth = number(row.figure) / number(row.usual.unwrap());
        assert!((2.0..4.5).contains(&growth), "{growth}");
        assert!(row.evidence.q.unwrap() < 0.01 && row.cost.unwrap() > 0.0);
        let selected = cases(&analysis, row);
        assert!(selected >= row.basis.n && selected < row.basis.n * 5 / 4);
    }
}

#[test]
fn resting_cases_are_found_and_filtered_exactly() {
    let plant = Plant {
        resting: true,
        ..Plant::default()
    };
    let (analysis, found) = findings(plant, 1, ENDS);
    let row = only(&found, FindingKind::Resting, &[]);
    assert!(row.sentence.contains("most after Work"), "{}", row.sentence);
    let resting = number(row.figure);
    assert!(
        resting >= 12.0 && number(row.usual.unwrap()) < 8.0,
        "{}",
        row.sentence
    );
    assert_eq!(cases(&analysis, row), resting as u64);
}

#[test]
fn open_cases_that_became_more_are_found() {
    let plant = Plant {
        backlog: true,
        ..Plant::default()
    };
    let (analysis, found) = findings(plant, 2, ENDS);
    let row = only(&found, FindingKind::Backlog, &[FindingKind::Resting]);
    assert!(number(row.figure) - number(row.usual.unwrap()) > 20.0);
    assert_eq!(cases(&analysis, row), number(row.figure) as u64);
    // A filter may drop what was closed since.
    let view = View {
        filters: vec!["team = \"West\"".to_owned()],
        ..View::default()
    };
    let looked = ask(&analysis, &view).looked;
    let backlog = looked.iter().find(|of| of.kind == FindingKind::Backlog);
    assert!(backlog.unwrap().reason.is_some());
}

#[test]
fn a_slow_segment_is_found_beside_its_mix() {
    let plant = Plant {
        segment: true,
        ..Plant::default()
    };
    let (analysis, found) = findings(plant, 3, ENDS);
    let row = only(&found, FindingKind::Segment, &[]);
    let names: Vec<&str> = row.subject.iter().map(|name| &**name).collect();
    assert_eq!(names, ["team", "West"]);
    assert!(
        row.sentence.contains("by its mix of kind"),
        "{}",
        row.sentence
    );
    let excess = number(row.figure) / number(row.usual.unwrap());
    assert!((1.3..2.0).contains(&excess), "{excess}");
    assert!(cases(&analysis, row) >= row.basis.n);
}

#[test]
fn a_segment_that_has_the_slow_cases_is_no_finding() {
    for seed in 0..4 {
        let plant = Plant {
            mix: true,
            ..Plant::default()
        };
        let (_, found) = findings(plant, seed, ENDS);
        let slow = found
            .rows
            .rows
            .iter()
            .find(|row| row.kind == FindingKind::Segment && *row.subject[0] == *"team");
        assert!(slow.is_none(), "{slow:?}");
    }
}

#[test]
fn a_queue_that_grew_is_found() {
    let plant = Plant {
        arrivals_grow: true,
        ..Plant::default()
    };
    let (analysis, found) = findings(plant, 4, ENDS);
    let row = only(&found, FindingKind::Queue, &[FindingKind::Backlog]);
    let [before, last] = [row.usual.unwrap(), row.figure].map(number);
    assert!(
        last > before + 1.0 && last > before * 1.25,
        "{}",
        row.sentence
    );
    assert!(cases(&analysis, row) > 20);
    assert!((row.cost.unwrap() - (last - before) * 7.0 * DAY).abs() < 1.0);
}

#[test]
fn rules_that_are_broken_more_often_are_found() {
    let plant = Plant {
        skips: true,
        ..Plant::default()
    };
    let (analysis, found) = findings(plant, 5, RULES);
    let row = only(&found, FindingKind::Rule, &[]);
    assert!(number(row.figure) > 0.3 && number(row.usual.unwrap()) < 0.05);
    assert!(cases(&analysis, row) > 20);
    let plant = Plant {
        wait: true,
        ..Plant::default()
    };
    let (analysis, found) = findings(plant, 6, RULES);
    let beside = [
        FindingKind::Wait,
        FindingKind::Backlog,
        FindingKind::Resting,
    ];
    let row = only(&found, FindingKind::Deadline, &beside);
    let [before, last] = [row.usual.unwrap(), row.figure].map(number);
    assert!(last > before + 0.1, "{}", row.sentence);
    assert!(cases(&analysis, row) > 20);
}

#[test]
fn problems_of_the_data_are_found_last() {
    type Planted = (fn(&mut Plant), FindingKind, &'static str);
    let kinds: [Planted; 4] = [
        (|of| of.ties = true, FindingKind::Ties, "Work, Check"),
        (
            |of| of.resources = true,
            FindingKind::Resources,
            "most of Check",
        ),
        (|of| of.rejected = true, FindingKind::Rejected, "6 of"),
        (
            |of| of.tail = true,
            FindingKind::Arrivals,
            "Cases start until",
        ),
    ];
    for (set, kind, part) in kinds {
        let mut plant = Plant::default();
        set(&mut plant);
        let (analysis, found) = findings(plant, 7, ENDS);
        let row = only(&found, kind, &[]);
        assert!(row.sentence.contains(part), "{}", row.sentence);
        assert!(row.cost.is_none() && row.concerned > 0.0);
        if let Some(filter) = &row.filter {
            assert!(cases(&analysis, row) > 0, "{filter}");
        }
    }
    // End states are guessed where none are defined.
    let plant = Plant {
        ends: true,
        ..Plant::default()
    };
    let (_, found) = findings(plant, 8, "");
    let row = found
        .rows
        .rows
        .iter()
        .find(|row| row.kind == FindingKind::Ends);
    assert!(row.is_some(), "{:?}", found.looked);
    let (_, found) = findings(Plant::default(), 8, "");
    assert!(found.rows.rows.is_empty(), "{:?}", found.rows.rows);
}

#[test]
fn findings_are_few_and_ranked_by_case_time() {
    let plant = Plant {
        wait: true,
        resting: true,
        backlog: true,
        segment: true,
        arrivals_grow: true,
        skips: true,
        ties: true,
        resources: true,
        rejected: true,
        ..Plant::default()
    };
    let (_, found) = findings(plant, 9, RULES);
    let rows = &found.rows.rows;
    assert!(rows.len() == 7, "{rows:?}");
    let ranks: Vec<u64> = rows.iter().map(|row| row.rank).collect();
    assert_eq!(ranks, [1, 2, 3, 4, 5, 6, 7]);
    let (of_cases, of_data) = rows.split_at(5);
    let costs: Vec<f64> = of_cases.iter().map(|row| row.cost.unwrap()).collect();
    assert!(costs.is_sorted_by(|a, b| a >= b), "{costs:?}");
    assert!(of_data.iter().all(|row| row.cost.is_none()));
    assert!(of_data[0].concerned >= of_data[1].concerned);
}

#[test]
fn a_cancelled_search_ends() {
    let analysis = analysis(&csv(Plant::default(), 1), ENDS);
    let cancel = Cancel::default();
    cancel.cancel();
    let found = analysis.ask(&View::default(), &FindingsQuery::all(), &cancel);
    assert!(found.is_err());
}

#[test]
fn key_figures_keep_open_and_ended_cases_apart() {
    let plant = Plant {
        backlog: true,
        wait: true,
        ..Plant::default()
    };
    let analysis = analysis(&csv(plant, 2), RULES);
    let query = KeyFiguresQuery { bins: 24 };
    let of = |filters: &[&str], as_of: Option<&str>| {
        let view = View {
            filters: filters.iter().map(ToString::to_string).collect(),
            as_of: as_of.map(str::to_owned),
            ..View::default()
        };
        analysis.ask(&view, &query, &Cancel::never()).unwrap()
    };
    let all = of(&[], None);
    let [throughput, checked] = &all.figures[..] else {
        panic!("{all:?}")
    };
    let ended = throughput.stats.unwrap().n;
    assert_eq!(ended + throughput.unknown, all.cases);
    assert_eq!(throughput.unknown, all.open.open);
    assert_eq!(
        all.open.before + all.open.flow.0 - all.open.flow.1,
        all.open.log_open
    );
    assert_eq!(checked.name, "checked");
    let change = checked.change.unwrap();
    assert!(
        change.is_significant() && change.relative().unwrap() > 0.5,
        "{change:?}"
    );
    let (overdue, _) = all.open.due.unwrap();
    assert!(overdue <= all.open.open);
    // The open cases alone have no ended ones; those of the whole log are beside them.
    let open = of(&["open"], None);
    assert_eq!(open.cases, all.open.open);
    assert_eq!(open.figures[0].stats, None);
    assert_eq!(
        (open.open.log_open, open.open.before),
        (all.open.log_open, all.open.before)
    );
    assert!(open.open.is_filtered);
    // A week earlier as many were open as are said to have been open then.
    let earlier = of(&[], Some("-7d"));
    assert_eq!(earlier.open.open, all.open.before);
}

/// Each command that the report prints selects the cases of its finding, whatever the log was read with.
#[test]
fn the_commands_to_go_on_run() {
    let plant = Plant {
        wait: true,
        resting: true,
        segment: true,
        arrivals_grow: true,
        skips: true,
        ties: true,
        resources: true,
        ..Plant::default()
    };
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("my log.csv"), csv(plant, 9)).unwrap();
    std::fs::write(folder.path().join("rules.toml"), RULES).unwrap();
    let bin = std::path::Path::new(env!("CARGO_BIN_EXE_casetrail"));
    let path = std::env::var("PATH").unwrap_or_default();
    let path = format!("{}:{path}", bin.parent().unwrap().display());
    let run = |command: &str| {
        let output = std::process::Command::new("bash")
            .args(["-c", command])
            .env("PATH", &path)
            .env("XDG_CACHE_HOME", folder.path())
            .current_dir(folder.path())
            .output()
            .unwrap();
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        let code = output.status.code().unwrap();
        (code, String::from_utf8(output.stdout).unwrap(), errors)
    };
    let words = "casetrail findings 'my log.csv' --rules rules.toml --filter 'events > 1' --format csv \
                 --quiet";
    let (code, found, errors) = run(words);
    assert_eq!(code, 0, "{errors}");
    let mut reader = csv::ReaderBuilder::new().from_reader(found.as_bytes());
    let at = reader
        .headers()
        .unwrap()
        .iter()
        .position(|name| name == "command")
        .unwrap();
    let commands: Vec<String> = reader
        .records()
        .map(|row| row.unwrap()[at].to_owned())
        .collect();
    assert!(commands.len() >= 4, "{found}");
    for command in commands {
        assert!(command.contains("--rules rules.toml") && command.contains("'my log.csv'"));
        let (code, out, errors) = run(&command);
        assert!(matches!(code, 0 | 1), "{command}: {errors}");
        assert!(!out.contains("\n0 of "), "{command}: {out}");
    }
}
