//! Several inputs through [`read_all`]: what holds for all of them, and what is said of each.

use super::super::{Lifecycle, LogOptions, ReadOptions, ReadPlan, Warning, read_all};
use super::*;
use crate::event_log::{Role, Value};

/// Bytes with a name.
struct Named(&'static str, &'static str);

impl Bytes for Named {
    fn name(&self) -> &str {
        self.0
    }

    fn len(&self) -> u64 {
        self.1.len() as u64
    }

    fn read_at(&self, offset: u64, out: &mut [u8]) -> std::io::Result<usize> {
        self.1.as_bytes().read_at(offset, out)
    }

    fn changed(&self) -> std::io::Result<bool> {
        Ok(self.0.contains("changed"))
    }
}

fn plan_of(n: usize) -> ReadPlan {
    ReadPlan {
        logs: vec![LogOptions::default(); n],
        ..ReadPlan::default()
    }
}

fn load(inputs: &[Named], plan: &ReadPlan) -> (EventLog, ImportReport) {
    read_all(inputs, plan, &Progress::default()).unwrap()
}

/// Seconds between the first event and the others.
fn seconds(log: &EventLog, case: usize) -> Vec<i64> {
    let events = log.events_of(case);
    let first = log.time[events.start];
    events.map(|e| (log.time[e] - first) / 1_000_000).collect()
}

#[test]
fn labels_are_short_and_distinct() {
    let labels = |names: &[&str]| source_labels(names);
    assert_eq!(
        labels(&["data/crm.csv", "web.xes.gz", "-"]),
        ["crm", "web", "standard input"]
    );
    assert_eq!(labels(&["crm.csv", "crm.xes"]), ["crm.csv", "crm.xes"]);
    assert_eq!(
        labels(&["a/t.csv", "b/t.csv", "u.csv"]),
        ["a/t.csv", "b/t.csv", "u"]
    );
    assert_eq!(labels(&["t.csv", "t.csv"]), ["t.csv (1)", "t.csv (2)"]);
    assert_eq!(labels(&[".csv", "v1.2.CSV"]), [".csv", "v1.2"]);
    // A label that another takes when it gives way is still told from it.
    assert_eq!(labels(&["a.csv", "x/a.csv", "a.csv.csv"]).len(), 3);
}

#[test]
fn each_log_is_read_by_its_own_options_and_zone() {
    let mut plan = plan_of(2);
    plan.logs[0].read.tz = Some(chrono_tz::Europe::Moscow);
    plan.logs[1] = LogOptions {
        source: "Web".into(),
        activity_prefix: "web: ".into(),
        read: ReadOptions {
            columns: [
                (Role::Case, vec!["visitor".into()]),
                (Role::Activity, vec!["page".into()]),
            ]
            .into(),
            ..ReadOptions::default()
        },
    };
    let inputs = [
        Named(
            "crm.csv",
            "case_id;activity;timestamp\nc1;Call;2024-01-01 13:00\n",
        ),
        Named(
            "web.csv",
            "visitor,page,time\nc1,Call,2024-01-01 10:30\n,x,2024-01-01\n",
        ),
    ];
    let (log, report) = load(&inputs, &plan);
    assert_eq!(log.n_cases(), 1);
    let names: Vec<&str> = log.activities.iter().collect();
    assert_eq!(names, ["Call", "web: Call"]);
    // Ten o'clock in UTC, and half past.
    assert_eq!(seconds(&log, 0), [0, 1800]);
    let source = log.column("source").unwrap();
    assert_eq!(source.value(source.row(0, 1)), Value::Text("Web"));
    assert_eq!(
        (report.rejects[0].file, report.rejects[0].line),
        (1, Some(3))
    );
    let mapped = |role: &str| {
        let found = report.mapping.iter().find(|(r, _)| r == role);
        found.map(|(_, from)| from.as_str())
    };
    assert_eq!(mapped("case of Web"), Some("visitor"));
    assert_eq!(mapped("time zone of crm"), Some("Europe/Moscow"));
    assert_eq!(mapped("encoding"), Some("utf-8"));
}

#[test]
fn an_ambiguous_file_follows_one_that_tells_day_from_month() {
    const HEAD: &str = "case_id,activity,timestamp,due\n";
    let ambiguous = "case_id,activity,timestamp,due\nc1,A,02/01/2024,05/06/2024\n";
    let tells = "case_id,activity,timestamp,due\nc1,B,02/13/2024,05/06/2024\n";
    let inputs = [Named("a.csv", ambiguous), Named("b.csv", tells)];
    let (log, report) = load(&inputs, &plan_of(2));
    assert!(report.warnings.is_empty(), "{:?}", report.warnings);
    assert_eq!(seconds(&log, 0), [0, 12 * 86_400]);
    assert!(
        report
            .mapping
            .contains(&("time format".into(), "%m/%d/%Y".into()))
    );
    let due = log.column("due").unwrap();
    assert_eq!(due.value(0), Value::Instant(1_714_953_600_000_000));

    // Alone, or beside files that contradict each other or are of another kind, it is a guess.
    let day_first = "case_id,activity,timestamp,due\nc1,B,13/02/2024,\n";
    let other = "case_id,activity,timestamp,x\nc1,B,02/13/2024,\n";
    for others in [vec![HEAD], vec![tells, day_first], vec![other]] {
        let names = ["b.csv", "c.csv"];
        let others = names
            .iter()
            .zip(&others)
            .map(|(name, text)| Named(name, text));
        let inputs: Vec<Named> = [Named("a.csv", ambiguous)]
            .into_iter()
            .chain(others)
            .collect();
        let (_, report) = load(&inputs, &plan_of(inputs.len()));
        let warning = &report.warnings[&Warning::AmbiguousDateOrder].sentence;
        assert!(warning.ends_with("(in \"a\")"), "{warning}");
    }
}

#[test]
fn what_is_a_text_in_one_file_is_a_text_in_all() {
    let inputs = [
        Named(
            "a.csv",
            "case_id,activity,timestamp,n\nc1,A,2024-01-01,1.50\n",
        ),
        Named(
            "b.csv",
            "case_id,activity,timestamp,n\nc1,B,2024-01-02,none\n",
        ),
    ];
    let (log, _) = load(&inputs, &plan_of(2));
    let n = log.column("n").unwrap();
    assert_eq!(
        [n.value(0), n.value(1)],
        [Value::Text("1.50"), Value::Text("none")]
    );
}

#[test]
fn warnings_and_changes_name_their_file() {
    let inputs = [
        Named("a.csv", "case_id,activity,timestamp\nc1,A,2024-01-01\n,,\n"),
        Named(
            "changed.csv",
            "title\ncase_id,activity,timestamp\n,,\nc1,B,2024-01-02\n",
        ),
    ];
    let (_, report) = load(&inputs, &plan_of(2));
    assert!(report.incomplete);
    let warning = |warning| report.warnings[&warning].sentence.as_str();
    assert_eq!(
        warning(Warning::FileChanged),
        "the file was changed while it was read (in \"changed\")"
    );
    assert_eq!(
        warning(Warning::BlankRows),
        "rows of empty fields, skipped: 1, first at line 3 (in \"a\"); \
         rows of empty fields, skipped: 1, first at line 3 (in \"changed\")"
    );
    assert!(warning(Warning::Preamble).contains("changed"));
}

#[test]
fn an_error_names_its_file() {
    let inputs = [
        Named("a.csv", "case_id,activity,timestamp\n"),
        Named("b.csv", "x,y\n"),
    ];
    let error = read_all(&inputs, &plan_of(2), &Progress::default()).unwrap_err();
    assert!(matches!(error, ImportError::In { file: 1, .. }), "{error}");
}

const CALLS: &str = "\
case_id,activity,timestamp,lifecycle
c1,Call,2024-01-01T10:00:00,start
c1,Call,2024-01-01T10:05:00,complete
c1,Note,2024-01-01T10:06:00,
";

#[test]
fn starts_and_completions_may_stand_in_different_files() {
    let inputs = [
        Named(
            "a.csv",
            "case_id,activity,timestamp,lifecycle\nc1,A,2024-01-01T10:00:00,start\n",
        ),
        Named(
            "b.csv",
            "case_id,activity,timestamp,transition\nc1,A,2024-01-01T10:10:00,complete\n",
        ),
    ];
    let mut plan = plan_of(2);
    plan.logs[1].read.columns[Role::Lifecycle] = vec!["transition".into()];
    let (log, report) = load(&inputs, &plan);
    assert_eq!((log.n_events(), report.lone_starts), (1, 0));
    assert_eq!(log.time[0] - log.begin(0), 600_000_000);
}

#[test]
fn logs_with_starts_and_logs_without_are_instances_together() {
    let work = "case_id,activity,start,end\nc1,Work,2024-01-01T10:01:00,2024-01-01T10:03:00\n";
    let plain = "case_id,activity,timestamp\nc1,Click,2024-01-01T10:02:00\n";
    let inputs = [
        Named("calls.csv", CALLS),
        Named("work.csv", work),
        Named("web.csv", plain),
    ];
    let mut plan = plan_of(3);
    let (log, _) = load(&inputs, &plan);
    let rows = log.events_of(0).map(|e| {
        let name = log.activities.get(log.activity.get(e));
        let known = log
            .start
            .as_ref()
            .is_some_and(|s| s[e] != crate::event_log::NO_INSTANT);
        let minutes = known.then(|| (log.time[e] - log.begin(e)) / 60_000_000);
        (name.to_owned(), minutes)
    });
    let rows: Vec<(String, Option<i64>)> = rows.collect();
    // In the order of their begins; what bears no start has none.
    let want = [
        ("Call", Some(5)),
        ("Work", Some(2)),
        ("Click", None),
        ("Note", None),
    ];
    assert_eq!(rows, want.map(|(name, minutes)| (name.to_owned(), minutes)));
    plan.lifecycle = Lifecycle::Events;
    let (log, _) = load(&inputs, &plan);
    assert_eq!(log.n_events(), 5);
}

#[test]
fn rests_cut_the_merged_log() {
    let inputs = [
        Named(
            "a.csv",
            "case_id,activity,timestamp\nu,A,2024-01-01T10:00\nu,B,2024-01-01T11:00\n",
        ),
        Named(
            "b.csv",
            "case_id,activity,timestamp\nu,C,2024-01-01T10:30\nu,D,2024-01-01T12:00\n",
        ),
    ];
    let mut plan = plan_of(2);
    plan.session_gap = Some(30 * 60_000_000);
    let (log, _) = load(&inputs, &plan);
    let ids: Vec<&str> = log.case_ids.iter().collect();
    assert_eq!(ids, ["u #1", "u #2"]);
    assert_eq!(seconds(&log, 0), [0, 1800, 3600]);
}
