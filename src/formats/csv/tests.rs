//! CSV texts to logs: what is loaded, what is rejected and where, what is said about it.

use super::load::Limits;
use super::read_with;
use crate::event_log::ColumnKind::{Instant, Number, Text};
use crate::event_log::{Column, ColumnKind, EventLog, Progress, Role};
use crate::formats::{ImportError, ImportReport, Loaded, ReadOptions, Setting, Warning};
use proptest::prelude::*;

const LIMITS: Limits = Limits {
    block: 1 << 20,
    batch: 2,
    longest: 16 << 20,
    first: None,
    open_end: false,
};

fn load_with(text: &[u8], options: &ReadOptions, limits: Limits) -> Result<Loaded, ImportError> {
    read_with(&text, options, limits, &Progress::default())
}

fn load(text: &str) -> (EventLog, ImportReport) {
    let loaded = load_with(text.as_bytes(), &ReadOptions::default(), LIMITS).unwrap();
    (loaded.log, loaded.report)
}

/// The error, and the settings that may mend it.
fn refused(text: &str, options: &ReadOptions) -> (String, Vec<Setting>) {
    match load_with(text.as_bytes(), options, LIMITS) {
        Ok(_) => panic!("{text:?} was loaded"),
        Err(ImportError::Mendable { error, settings }) => (error.to_string(), settings),
        Err(error) => (error.to_string(), Vec::new()),
    }
}

#[test]
fn more_columns_than_a_log_can_have_are_refused() {
    let with = |n: usize| {
        let names: Vec<String> = (0..n - 3).map(|i| format!(",x{i}")).collect();
        let names = names.concat();
        let cells = ",1".repeat(n - 3);
        format!("case,activity,time{names}\nc1,A,2024-01-01{cells}\n")
    };
    let most = crate::formats::MOST_COLUMNS;
    let (why, _) = refused(&with(most + 1), &ReadOptions::default());
    assert!(
        why.contains("has 65,537 fields, more than the 65,536 columns"),
        "{why}"
    );
    assert_eq!(load(&with(300)).0.n_events(), 1);
}

/// Events as `case activity`, case by case.
fn events(log: &EventLog) -> Vec<String> {
    let of_case = |case: usize| {
        log.events_of(case).map(move |event| {
            let activity = log.activities.get(log.activity.get(event));
            format!("{} {activity}", log.case_ids.get(case as u32))
        })
    };
    (0..log.n_cases()).flat_map(of_case).collect()
}

/// Rejects as `line:reason`.
fn rejects(report: &ImportReport) -> Vec<String> {
    let line = |line: Option<u64>| line.map_or("end".to_string(), |l| l.to_string());
    let rejects = report.rejects.iter();
    rejects
        .map(|r| format!("{}:{}", line(r.line), r.reason))
        .collect()
}

fn codes(report: &ImportReport) -> Vec<Warning> {
    report.warnings.keys().copied().collect()
}

fn balanced(report: &ImportReport) -> bool {
    let l = report.lines;
    l.read == l.header + l.blank + l.loaded + l.rejected + l.continuation
}

#[test]
fn lines_are_numbered_as_editors_do() {
    for end in ["\n", "\r\n", "\r"] {
        let text = "case_id,activity,timestamp\nc1,A,2024-01-01\n\n,,\nc1,,2024-01-02\nc1,\"B\nb\",soon\nc1,C"
            .replace('\n', end);
        let (log, report) = load(&text);
        assert_eq!(events(&log), ["c1 A"]);
        assert_eq!(
            rejects(&report),
            ["5:empty-activity", "6:bad-time", "8:too-few-fields"]
        );
        let lines = report.lines;
        assert_eq!(
            [
                lines.read,
                lines.header,
                lines.blank,
                lines.loaded,
                lines.rejected,
                lines.continuation
            ],
            [8, 1, 2, 1, 3, 1]
        );
        assert_eq!(codes(&report), [Warning::BlankRows]);
    }
}

#[test]
fn rejected_rows_are_kept_as_they_stand_in_the_file() {
    let long = "ж".repeat(5000);
    let text = format!(
        "case_id,activity,timestamp,note\r\nc1,A,2024-01-01,\r\nc1,B\r\nc1,C,soon,\"a\r\nb\tc\"\r\nc1,D,x,{long}"
    );
    for block in [1 << 20, 7] {
        let limits = Limits { block, ..LIMITS };
        let loaded = load_with(text.as_bytes(), &ReadOptions::default(), limits).unwrap();
        let raws: Vec<&str> = loaded.report.rejects.iter().map(|r| &*r.raw).collect();
        assert_eq!(raws[..2], ["c1,B", "c1,C,soon,\"a\r\nb\tc\""]);
        // Cut between characters.
        assert_eq!(raws[2], &text[text.find("c1,D").unwrap()..][..4095]);
    }
}

#[test]
fn titles_hints_and_totals_are_no_rows() {
    let (log, report) = load(
        "sep=;\r\nReport of 2024\r\n\r\ncase_id;activity;timestamp\r\nc1;A;2024-01-01\r\nTotal: 1;;\r\n",
    );
    assert_eq!(events(&log), ["c1 A"]);
    assert_eq!(rejects(&report), ["6:empty-activity"]);
    assert_eq!((report.lines.header, report.lines.blank), (3, 1));
    assert_eq!(codes(&report), [Warning::Preamble]);
}

/// The table in which the activities are `B, "b"` and `D`, and of the note one is missing.
const QUOTED: [(&str, u8, Option<u8>); 5] = [
    (
        "\"case\",\"activity\",\"timestamp\",\"note\"\n\
         \"c1\",\"B, \\\"b\\\"\",\"2024-01-01\",\"x\"\n\"c1\",\"D\",\"2024-01-02\",\\N\n",
        b'"',
        Some(b'\\'),
    ),
    (
        "case\tactivity\ttimestamp\tnote\nc1\tB, \"b\"\t2024-01-01\tx\\\ty\nc1\tD\t2024-01-02\t\\N\n",
        b'"',
        Some(b'\\'),
    ),
    (
        "\"case\", \"activity\", \"timestamp\", \"note\"\n\
         \"c1\", \"B, \"\"b\"\"\", 2024-01-01, \"x\"\n\"c1\", \"D\", 2024-01-02,\n",
        b'"',
        None,
    ),
    (
        "'case';'activity';'timestamp';'note'\n\
         'c1';'B, \"b\"';'2024-01-01';'it''s'\n'c1';'D';'2024-01-02';''\n",
        b'\'',
        None,
    ),
    (
        "'case','activity','timestamp','note'\n\
         'c1','B, \"b\"','2024-01-01','it\\'s'\n'c1','D','2024-01-02',\\N\n",
        b'\'',
        Some(b'\\'),
    ),
];

#[test]
fn quotes_of_other_kinds_are_found_and_can_be_given() {
    let wanted = ["c1 B, \"b\"", "c1 D"];
    for (text, quote, escape) in QUOTED {
        let (log, report) = load(text);
        assert_eq!(events(&log), wanted, "{text}");
        assert_eq!(codes(&report), [Warning::Quoting], "{text}");
        assert!(balanced(&report));
        let note = &log.columns[0];
        assert!(
            matches!(note.value(note.row(0, 1)), crate::event_log::Value::Missing),
            "{text}"
        );
        // What is given is no guess.
        let options = ReadOptions {
            quote: (quote != b'"').then_some(quote),
            escape,
            ..ReadOptions::default()
        };
        if options.quote.or(options.escape).is_some() {
            let loaded = load_with(text.as_bytes(), &options, LIMITS).unwrap();
            assert_eq!(events(&loaded.log), wanted, "{text}");
            assert_eq!(codes(&loaded.report), []);
        }
        // Neither the size of blocks nor the double quote of RFC 4180 lets the program stumble.
        let small = Limits { block: 7, ..LIMITS };
        let loaded = load_with(text.as_bytes(), &ReadOptions::default(), small).unwrap();
        assert_eq!(events(&loaded.log), wanted);
        let plain = ReadOptions {
            quote: Some(b'"'),
            ..ReadOptions::default()
        };
        let plain = load_with(text.as_bytes(), &plain, LIMITS);
        assert!(!plain.is_ok_and(|plain| codes(&plain.report).contains(&Warning::Quoting)));
    }
}

#[test]
fn quotes_of_other_kinds_are_read_below_a_line_that_names_the_delimiter() {
    let text = "sep=;\ncase;activity;timestamp\nc1;'B; b';2024-01-01\nc1;'D';2024-01-02\nc1;'E';2024-01-03\nc1;'F';2024-01-04\n";
    let delimiter = [None, Some(b';')];
    let quote = [None, Some(b'\'')];
    for (delimiter, quote) in delimiter.iter().flat_map(|d| quote.map(|q| (*d, q))) {
        let options = ReadOptions {
            delimiter,
            quote,
            ..ReadOptions::default()
        };
        let loaded = load_with(text.as_bytes(), &options, LIMITS).unwrap();
        assert_eq!(
            events(&loaded.log),
            ["c1 B; b", "c1 D", "c1 E", "c1 F"],
            "{options:?}"
        );
        assert_eq!(loaded.report.lines.header, 2, "{options:?}");
        assert!(balanced(&loaded.report), "{options:?}");
    }
}

#[test]
fn dates_that_fit_year_day_month_only_are_said_in_every_column() {
    let (_, report) = load(
        "case,activity,timestamp,due\nc1,A,2024-01-02 10:00,2024-13-02\nc1,B,2024-01-03 10:00,2024-25-03\n",
    );
    assert_eq!(codes(&report), [Warning::AmbiguousDateOrder]);
    let (_, report) =
        load("case,activity,timestamp\nc1,A,2024-13-02 10:00\nc1,B,2024-25-03 10:00\n");
    assert_eq!(codes(&report), [Warning::AmbiguousDateOrder]);
    // It says nothing of the order in logs whose year comes last.
    assert_eq!(report.date_order, None);
}

#[test]
fn one_character_has_one_meaning() {
    let text = b"case,activity,timestamp\nc1,B,2024-01-01\n";
    for (quote, escape) in [(b',', None), (b'\'', Some(b'\'')), (b'"', Some(b','))] {
        let options = ReadOptions {
            delimiter: Some(b','),
            quote: Some(quote),
            escape,
            ..ReadOptions::default()
        };
        let loaded = load_with(text, &options, LIMITS);
        let error = loaded.map(|_| ()).unwrap_err();
        assert!(
            error.to_string().contains("different characters"),
            "{error}"
        );
    }
}

#[test]
fn usual_quotes_are_not_taken_for_others() {
    let head = "case,activity,timestamp,note\n";
    for rows in [
        "c1,\"B\",2024-01-01,\"C:\\dir\\\"\nc1,D,2024-01-02,\"say \"\"x\"\"\"\n",
        "c1,B,2024-01-01,5\" disk\nc1,D,2024-01-02,\"5\" disk\"\nc1,E,2024-01-03,x\n",
        "c1,'B',2024-01-01,it's\nc1,D,2024-01-02,x\nc1,E,2024-01-03,y\n",
        "c1,B,2024-01-01,C:\\new\nc1,D,2024-01-02, \"x\"\nc1,E,2024-01-03,y\n",
        "c1,B,2024-01-01,\"\"\"x\"\"\"\nc1,D,2024-01-02,\"a\nb\"\n",
    ] {
        let (_, report) = load(&format!("{head}{rows}"));
        assert!(!codes(&report).contains(&Warning::Quoting), "{rows}");
    }
}

#[test]
fn columns_are_numbers_or_instants_only_when_all_their_values_are() {
    let mut text = String::from("case_id,activity,timestamp,id,n,version,due,sparse,late\n");
    for i in 0..3000 {
        let late = if i == 2999 { "x" } else { "5" };
        let sparse = if i > 2990 { "1.5" } else { "" };
        let row = format!(
            "c{},A,2024-01-01,00{i},{i},2.9.1,2024-02-0{},{sparse},{late}\n",
            i % 7,
            i % 9 + 1
        );
        text.push_str(&row);
    }
    let (log, report) = load(&text);
    let kinds: Vec<ColumnKind> = log.columns.iter().map(Column::kind).collect();
    assert_eq!(kinds, [Text, Number, Text, Instant, Number, Text]);
    assert!(balanced(&report) && report.lines.read == 3001);
}

#[test]
fn dates_late_in_the_file_decide_their_order() {
    let mut text = String::from("case_id,activity,timestamp\n");
    for _ in 0..3000 {
        text.push_str("c1,A,01/02/2024\n");
    }
    text.push_str("c1,B,12/31/2024\n");
    let (log, report) = load(&text);
    assert_eq!(log.n_events(), 3001);
    assert_eq!(log.time[0], 1_704_153_600_000_000);
    assert!(report.warnings.is_empty());
    assert!(
        report
            .mapping
            .contains(&("time format".into(), "%m/%d/%Y".into()))
    );
}

#[test]
fn bytes_late_in_the_file_decide_the_encoding() {
    let mut text = b"case_id;activity;timestamp\n".to_vec();
    for _ in 0..60_000 {
        text.extend(b"c1;A long name of an activity;2024-01-01\n");
    }
    // "Отказ" in windows-1251, five times in other words.
    for _ in 0..5 {
        text.extend(b"c1;\xce\xf2\xea\xe0\xe7 \xe2 \xee\xef\xeb\xe0\xf2\xe5;2024-01-02\n");
    }
    let loaded = load_with(&text, &ReadOptions::default(), LIMITS).unwrap();
    assert_eq!(loaded.report.encoding, "windows-1251");
    assert_eq!(loaded.log.activities.get(1), "Отказ в оплате");
    assert!(
        loaded
            .report
            .warnings
            .contains_key(&Warning::EncodingGuessed)
    );
}

#[test]
fn options_name_columns_and_missing_values() {
    let options = ReadOptions {
        columns: [
            (Role::Case, vec!["a".into(), "b".into()]),
            (Role::Activity, vec!["what".into()]),
            (Role::Time, vec!["when".into()]),
        ]
        .into(),
        na: vec!["?".into()],
        ..ReadOptions::default()
    };
    let text = "a,b,what,when,x\n1,2,A,2024-01-01,?\n1,?,A,2024-01-01,7\n?,?,A,2024-01-01,7\n1,2,?,2024-01-01,7\n1,2,A,?,7\n";
    let Loaded { log, report, .. } = load_with(text.as_bytes(), &options, LIMITS).unwrap();
    assert_eq!(events(&log), ["1 - 2 A", "1 - ? A"]);
    assert_eq!(
        rejects(&report),
        ["4:empty-case", "5:empty-activity", "6:empty-time"]
    );
    assert_eq!(log.columns[2].kind(), ColumnKind::Number);
}

#[test]
fn refusals_say_what_is_there_and_what_to_do() {
    let none = ReadOptions::default();
    let (message, settings) = refused("foo,bar,baz\n1,A,2024-01-01\n", &none);
    assert!(message.contains("\"foo\", \"bar\", \"baz\""), "{message}");
    assert!(settings.contains(&Setting::Column(Role::Case)));
    let (_, settings) = refused("c1,A,2024-01-01T10:00:00Z\n", &none);
    assert!(settings.contains(&Setting::Header));
    assert!(refused("\n \n", &none).0.contains("empty"));
    let options = ReadOptions {
        columns: [(Role::Time, vec!["wen".into()])].into(),
        ..ReadOptions::default()
    };
    let (message, _) = refused("case_id,activity,when\nc1,A,2024-01-01\n", &options);
    assert!(message.contains("\"wen\" is not in the header") && message.contains("\"when\""));
    let (message, settings) = refused("case_id,activity,timestamp\nc1,A,yesterday\n", &none);
    assert!(message.contains("timestamp \"yesterday\""), "{message}");
    assert_eq!(settings, [Setting::TimeFormat]);
}

#[test]
fn a_quote_that_is_open_where_a_block_and_the_text_end_loses_nothing() {
    let text = b"case_id,activity,timestamp\nc1,\"A,2024-01-01\n";
    for block in 1..60 {
        let limits = Limits { block, ..LIMITS };
        let loaded = load_with(text, &ReadOptions::default(), limits).unwrap();
        assert_eq!(events(&loaded.log), ["c1 \"A"]);
    }
}

fn arbitrary_text() -> impl Strategy<Value = Vec<u8>> {
    let token = prop_oneof![
        4 => Just(&b","[..]),
        4 => Just(&b"\n"[..]),
        1 => Just(&b"\r"[..]),
        1 => Just(&b"\r\n"[..]),
        3 => Just(&b"\""[..]),
        2 => Just(&b"c1"[..]),
        1 => Just(&b"\xff"[..]),
        1 => Just("ж".as_bytes()),
        3 => Just(&b"2024-01-01"[..]),
        4 => Just(&b"c1,A,2024-01-01,7\n"[..]),
        1 => Just(&b"c1,\"A\nB\",2024-01-01,\"x\"\n"[..]),
    ];
    proptest::collection::vec(token, 0..60).prop_map(|tokens| tokens.concat())
}

/// All that a reading gives, to be compared; NaN equals NaN in it.
fn outcome(text: &[u8], limits: Limits) -> String {
    match load_with(text, &ReadOptions::default(), limits) {
        Ok(loaded) => format!("{:?}\n{:?}", loaded.log, loaded.report),
        Err(error) => error.to_string(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn blocks_and_threads_do_not_change_the_result(
        rows in arbitrary_text(),
        block in 1usize..40,
        batch in 1usize..5,
        longest in prop_oneof![Just(1usize << 20), 30usize..60],
    ) {
        let text = [b"case_id,activity,timestamp,n\n".as_slice(), &rows].concat();
        let whole = Limits { block: 1 << 20, batch: 1, longest, first: None, open_end: false };
        let cut = Limits { block, batch, longest, first: None, open_end: false };
        prop_assert_eq!(outcome(&text, whole), outcome(&text, cut));
    }

    #[test]
    fn every_line_is_accounted_for(rows in arbitrary_text()) {
        let text = [b"case_id,activity,timestamp,n\n".as_slice(), &rows].concat();
        if let Ok(loaded) = load_with(&text, &ReadOptions::default(), LIMITS) {
            prop_assert!(balanced(&loaded.report));
            prop_assert_eq!(loaded.report.lines.read, super::blocks::count_lines(&text));
            prop_assert_eq!(loaded.report.lines.loaded, loaded.log.n_events() as u64);
            prop_assert_eq!(loaded.report.lines.rejected, loaded.report.n_rejected);
        }
    }

    #[test]
    fn any_bytes_are_survived(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        outcome(&bytes, LIMITS);
        let text = [b"case_id,activity,timestamp,n\n".as_slice(), &bytes].concat();
        outcome(&text, LIMITS);
    }
}

#[test]
fn rejected_rows_are_shown_as_the_file_has_them() {
    let text = "case_id,activity,timestamp,note\n\
        1,A,2024-01-01,'it\\'s, \"so\"'\n\
        1,B,2024-01-02,'two\nlines'\n\
        1,C,soon,'a \\'b\\' \"c\"'\n\
        1,D,later,'x\ny \\'z'\n\
        1,'E'\n";
    let options = ReadOptions {
        quote: Some(b'\''),
        escape: Some(b'\\'),
        ..ReadOptions::default()
    };
    let progress = Progress::default();
    let (_, report) = crate::formats::read(&[text.as_bytes()], &options, &progress).unwrap();
    let rejects: Vec<_> = report
        .rejects
        .iter()
        .map(|r| (r.line, r.value.as_str(), r.raw.as_str()))
        .collect();
    let expected = [
        (Some(5), "soon", "1,C,soon,'a \\'b\\' \"c\"'"),
        (Some(6), "later", "1,D,later,'x\ny \\'z'"),
        (Some(8), "1,'E'", "1,'E'"),
    ];
    assert_eq!(rejects, expected);
}

#[test]
fn the_kind_of_a_column_is_a_matter_of_the_rows_that_are_events() {
    let of = |rejected: &str, events: [&str; 2]| {
        let [first, last] = events;
        let (log, report) = load(&format!(
            "case,activity,time,amount\n1,A,2024-01-01 10:00,{first}\n1,B,soon,{rejected}\n\
             1,C,2024-01-01 11:00,{last}\n"
        ));
        assert_eq!(report.n_rejected, 1);
        log.column("amount").unwrap().kind()
    };
    assert_eq!(of("many", ["1", "2"]), ColumnKind::Number);
    assert_eq!(of("7", ["", ""]), ColumnKind::Text);
    assert_eq!(of("7", ["few", "2"]), ColumnKind::Text);
}
