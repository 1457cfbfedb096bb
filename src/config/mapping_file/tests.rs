//! Mapping files: what is read, what is refused, and that what is written is read again.

use super::*;
use crate::event_log::Role;
use crate::formats::DateOrder;
use proptest::prelude::*;

const EXAMPLE: &str = r#"
version = 1
lifecycle = "complete"
session_gap = "30m"

[[log]]
file = "crm.csv"
source = "CRM"
activity_prefix = "crm: "
case = ["customer", "order"]
activity = "step"
time = "when"
tz = "Europe/Berlin"
delimiter = "\t"
na = ["-", "NULL"]
date_order = "dmy"

[[log]]
file = "web/*.jsonl"
case = "user"
no_header = true
start = 3
"#;

fn error_of(text: &str) -> (Option<u64>, String) {
    let error = MappingFile::parse(text).expect_err(text);
    (error.line, error.message)
}

#[test]
fn a_file_is_read() {
    let file = MappingFile::parse(EXAMPLE).unwrap();
    assert_eq!(file.lifecycle, Some(Lifecycle::Complete));
    assert_eq!(file.session_gap.as_deref(), Some("30m"));
    let [crm, web] = file.logs.as_slice() else {
        panic!("two logs")
    };
    assert_eq!(crm.options.source, "CRM");
    let read = &crm.options.read;
    assert_eq!(read.columns[Role::Case], ["customer", "order"]);
    assert_eq!(read.columns[Role::Activity], ["step"]);
    assert_eq!(read.tz, Some(chrono_tz::Europe::Berlin));
    assert_eq!(read.delimiter, Some(b'\t'));
    assert_eq!(read.na, ["-", "NULL"]);
    assert_eq!(read.date_order, Some(DateOrder::Dmy));
    assert!(web.options.read.no_header);
    assert_eq!(web.options.read.columns[Role::Start], ["3"]);
    assert_eq!(MappingFile::parse("").unwrap(), MappingFile::default());
}

#[test]
fn what_is_wrong_is_told_with_its_line() {
    let (line, message) = error_of("version = 1\n[[log]]\nfile = \"a\"\nactivty = \"b\"\n");
    assert_eq!(line, Some(4));
    assert!(
        message.contains("activty") && message.contains("activity"),
        "{message}"
    );
    for (text, line, part) in [
        ("version = 2", 1, "version 1 only"),
        ("\nsesion_gap = \"1m\"", 2, "session_gap"),
        ("session_gap = \"1 fortnight\"", 1, "session_gap: "),
        ("lifecycle = \"all\"", 1, "events, complete, pairs, auto"),
        ("[log]\nfile = \"a\"", 1, "[[log]]"),
        ("log = 1", 1, "[[log]]"),
        ("[[log]]\ncase = \"a\"", 1, "needs a file"),
        (
            "[[log]]\nfile = \"a\"\ncase = [1.5]",
            3,
            "case: expected a text in quotes, or a list",
        ),
        ("[[log]]\nfile = \"a\"\ntz = \"Berlin\"", 3, "Europe/Berlin"),
        (
            "[[log]]\nfile = \"a\"\ndelimiter = \";;\"",
            3,
            "one ASCII character",
        ),
        (
            "[[log]]\nfile = \"a\"\nno_header = \"yes\"",
            3,
            "true or false",
        ),
        (
            "[[log]]\nfile = \"a\"\ntime = \"b\"\ntime = \"c\"",
            4,
            "duplicate",
        ),
        ("[[log]\nfile", 1, ""),
    ] {
        let (at, message) = error_of(text);
        assert_eq!(at, Some(line), "{text}: {message}");
        assert!(message.contains(part), "{text}: {message}");
        assert!(!message.contains('\n'), "{message}");
    }
}

#[test]
fn logs_are_read_as_their_entries_say() {
    let file = MappingFile::parse(EXAMPLE).unwrap();
    let names = ["web/a.jsonl", "/data/crm.csv", "web/b.jsonl"].map(str::to_owned);
    let plan = file.plan(&names).unwrap();
    let cases: Vec<&str> = plan
        .logs
        .iter()
        .map(|l| l.read.columns[Role::Case][0].as_str())
        .collect();
    assert_eq!(cases, ["user", "customer", "user"]);
    assert_eq!(plan.session_gap, Some(1_800_000_000));
    assert_eq!(plan.lifecycle, Lifecycle::Complete);
    assert!(
        plan.logs
            .iter()
            .all(|l| l.read.lifecycle == Lifecycle::Complete)
    );
    let error = file.plan(&["other.csv".to_owned()]).unwrap_err();
    assert_eq!(
        error.message,
        "no entry is for other.csv; entries are for: crm.csv, web/*.jsonl"
    );
}

#[test]
fn given_options_stand_above_kept_ones() {
    let file = MappingFile::parse(EXAMPLE).unwrap();
    let given = ReadOptions {
        columns: [(Role::Case, vec!["id".into()])].into(),
        tz: Some(chrono_tz::UTC),
        ..ReadOptions::default()
    };
    let read = overlay(file.logs[0].options.read.clone(), given);
    assert_eq!(read.columns[Role::Case], ["id"]);
    assert_eq!(read.tz, Some(chrono_tz::UTC));
    assert_eq!(read.columns[Role::Activity], ["step"]);
    assert_eq!(read.delimiter, Some(b'\t'));
}

#[test]
fn given_options_replace_kept_ones_that_they_exclude() {
    let column = |role: Role, name: &str| ReadOptions {
        columns: [(role, vec![name.to_owned()])].into(),
        ..ReadOptions::default()
    };
    let named = ReadOptions {
        activity_name: Some("Ordered".into()),
        ..ReadOptions::default()
    };
    let milestone = || column(Role::Milestone, "closed");
    let activity = || column(Role::Activity, "step");
    for (kept, given) in [
        (named.clone(), activity()),
        (activity(), named.clone()),
        (named.clone(), milestone()),
        (milestone(), named),
        (activity(), milestone()),
        (milestone(), activity()),
    ] {
        assert_eq!(overlay(kept, given.clone()), given);
    }
    // An empty name takes a role away, which milestones do anyway.
    let both = overlay(milestone(), column(Role::Lifecycle, ""));
    assert_eq!(both.columns[Role::Milestone], ["closed"]);
}

#[test]
fn a_log_in_an_engine_has_its_table() {
    let text = "version = 1\n\n[[log]]\nfile = \"grpc://cluster:32010\"\ntable = \"sales.events\"\n\
        tie_column = \"line\"\ndriver = \"flightsql\"\ndialect = \"spark\"\ncase = \"order_id\"\n";
    let file = MappingFile::parse(text).unwrap();
    let entry = file.entry("grpc://cluster:32010").unwrap();
    assert_eq!(entry.engine.table.as_deref(), Some("sales.events"));
    assert_eq!(entry.engine.dialect.as_deref(), Some("spark"));
    assert_eq!(MappingFile::parse(&file.to_toml()).unwrap(), file);
    for secret in ["password", "token", "user", "credentials"] {
        let text = format!("{text}{secret} = \"x\"\n");
        assert!(MappingFile::parse(&text).is_err(), "{secret}");
    }
}

#[test]
fn comments_are_comments() {
    let file = MappingFile {
        logs: vec![MappedLog {
            file: "a".into(),
            ..MappedLog::default()
        }],
        ..MappingFile::default()
    };
    let text = file.to_toml_with(&[vec!["evil\nfile = \"b\"\u{1b}".to_owned()]]);
    assert_eq!(MappingFile::parse(&text).unwrap(), file, "{text}");
    assert!(!text.contains('\u{1b}'));
}

/// Texts of all sorts.
fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-zA-Z0-9 _.:/*-]{1,12}",
        "\\PC{1,12}",
        proptest::collection::vec(any::<char>(), 1..8).prop_map(|c| c.into_iter().collect()),
    ]
}

prop_compose! {
    fn any_options()(
        texts in proptest::collection::vec(proptest::option::of(any_text()), 10),
        lists in proptest::collection::vec(proptest::collection::vec(any_text(), 0..3), 3),
        tz in proptest::option::of(proptest::sample::select(&chrono_tz::TZ_VARIANTS[..])),
        delimiter in proptest::option::of(prop_oneof![Just(b'\t'), Just(b';'), 0x20u8..0x7f]),
        date_order in proptest::option::of(proptest::sample::select(vec![
            DateOrder::Dmy, DateOrder::Mdy, DateOrder::Ymd])),
        no_header in any::<bool>(),
    ) -> LogOptions {
        let text = |i: usize| texts[i].clone();
        LogOptions {
            source: text(0).unwrap_or_default(),
            activity_prefix: text(1).unwrap_or_default(),
            read: ReadOptions {
                columns: PerRole::of(|role| match role {
                    Role::Case => lists[0].clone(),
                    Role::Activity => lists[1].clone(),
                    role => text(role as usize).into_iter().collect(),
                }),
                na: lists[2].clone(),
                time_format: text(7),
                encoding: text(8),
                object_type: text(9),
                tz,
                delimiter: delimiter.filter(|d| *d != b'"'),
                quote: delimiter.filter(u8::is_ascii_punctuation),
                escape: delimiter.filter(u8::is_ascii_punctuation),
                date_order,
                no_header,
                ..ReadOptions::default()
            },
        }
    }
}

proptest! {
    #[test]
    fn what_is_written_is_read_again(
        logs in proptest::collection::vec((any_text(), any_options()), 0..4),
        lifecycle in proptest::option::of(proptest::sample::select(vec![
            Lifecycle::Events, Lifecycle::Complete, Lifecycle::Pairs, Lifecycle::Auto])),
        gap in proptest::option::of("[1-9][0-9]{0,2}(s|m|h|d)"),
        ends in proptest::option::of(proptest::collection::vec(any_text(), 0..3)),
    ) {
        let file = MappingFile {
            columns: [(
                "cases".to_owned(),
                vec!["case @12 frozen".to_owned(), "count(\"A\")".to_owned()],
            )]
            .into(),
            milestones: vec!["a b = first (\"A\", \"\\\"\") after start".to_owned()],
            waits: vec!["\"A\" -> \"\\\"\" = vendor".to_owned()],
            logs: logs.into_iter().map(|(file, options)| MappedLog { file, options, ..MappedLog::default() }).collect(),
            lifecycle,
            session_gap: gap,
            ends,
        };
        let text = file.to_toml();
        prop_assert_eq!(MappingFile::parse(&text), Ok(file), "{}", text);
    }

    #[test]
    fn any_text_is_read_or_refused(text in "(\\PC|\n|\\[\\[log\\]\\]|file|=|\"){0,80}") {
        let _ = MappingFile::parse(&text);
    }
}
