//! Logs in JSON through the format: values, shapes, broken objects, and sizes that must not matter.

use super::load::Limits;
use super::row::Row;
use super::{FORMAT, read_with, scan};
use crate::event_log::{ColumnKind, EventLog, Progress, Role, Value};
use crate::formats::text::lossless;
use crate::formats::{
    Bytes, ImportError, ImportReport, Kept, Loaded, ReadOptions, Reason, Warning,
};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

fn load_with(text: &[u8], options: &ReadOptions, limits: Limits) -> Result<Loaded, ImportError> {
    read_with(&text, options, limits, &Progress::default())
}

fn load(text: &str) -> (EventLog, ImportReport) {
    let loaded = load_with(text.as_bytes(), &ReadOptions::default(), Limits::usual());
    let Loaded { log, report, .. } = loaded.unwrap();
    (log, report)
}

/// Events of one case with these further members.
fn events(further: &[&str]) -> String {
    let event = |(i, further): (usize, &&str)| {
        format!(
            "{{\"case\":\"c\",\"activity\":\"A\",\"time\":\"2024-01-01T10:00:{i:02}\"{further}}}\n"
        )
    };
    further.iter().enumerate().map(event).collect()
}

fn shown(log: &EventLog, name: &str) -> Vec<String> {
    let column = log
        .column(name)
        .unwrap_or_else(|| panic!("no column {name}"));
    let row = |event| column.row(0, event);
    (0..log.n_events())
        .map(|event| match column.value(row(event)) {
            Value::Missing => "-".to_string(),
            Value::Text(text) => text.to_string(),
            Value::Number(number) => number.to_string(),
            Value::Instant(micros) => format!("@{micros}"),
        })
        .collect()
}

#[test]
fn values_of_all_kinds_are_read() {
    let (log, report) = load(&events(&[
        r#", "t":"a\"\u00e9\ud83d\ude00\n", "n":1.50, "id":12345678901234567890, "b":true, "x":null"#,
        r#", "a":[1, {"k": "v w" }, [ ] ], "o":{"p":{"q":"deep"},"r":2}, "e":1e-7, "b":false"#,
        r#", "o":{}, "n":-3, "id":7, "e":2, "t":"first", "t":"last", "late":"2024-05-01""#,
    ]));
    assert_eq!((report.lines.read, report.lines.loaded), (3, 3));
    assert_eq!(shown(&log, "t"), ["a\"é😀\n", "-", "last"]);
    assert_eq!(shown(&log, "n"), ["1.5", "-", "-3"]);
    assert_eq!(shown(&log, "id"), ["12345678901234567890", "-", "7"]);
    assert_eq!(shown(&log, "b"), ["true", "false", "-"]);
    assert_eq!(shown(&log, "x"), ["-", "-", "-"]);
    assert_eq!(shown(&log, "a"), ["-", r#"[1,{"k":"v w"},[]]"#, "-"]);
    assert_eq!(shown(&log, "o.p.q"), ["-", "deep", "-"]);
    assert_eq!(shown(&log, "o.r"), ["-", "2", "-"]);
    assert_eq!(shown(&log, "e"), ["-", "0.0000001", "2"]);
    assert_eq!(shown(&log, "late"), ["-", "-", "@1714521600000000"]);
    let kinds = ["n", "e", "id"].map(|name| log.column(name).unwrap().kind());
    assert_eq!(
        kinds,
        [ColumnKind::Number, ColumnKind::Number, ColumnKind::Text]
    );
    assert_eq!(
        (report.format.as_str(), report.encoding.as_str()),
        ("jsonl", "utf-8")
    );
}

#[test]
fn an_array_of_objects_is_read_over_lines() {
    let objects = events(&["", ",\"x\":[\"},{\",\"]\"]", ""]);
    let lines: Vec<&str> = objects.lines().collect();
    let (want, _) = load(&objects);
    for array in [
        format!("[{}]", lines.join(",")),
        format!(
            "\u{feff} [\n {}\n ]\n",
            lines
                .join(",\n")
                .replace(':', " :\n")
                .replace("10 :\n00 :\n", "10:00:")
        ),
        format!("[{},]", lines.join(" , ")),
    ] {
        let (log, report) = load(&array);
        assert_eq!(log, want, "{array}");
        assert_eq!(
            (report.lines.read, report.lines.loaded, report.incomplete),
            (3, 3, false)
        );
    }
    let array = format!("[\n{}\n{}]\n[]", lines.join(",\n"), ",{\"case\":1}");
    let (_, report) = load(&array);
    assert_eq!(report.rejects[0].line, Some(5));
    assert!(report.warnings.contains_key(&Warning::TrailingGarbage));
    // Without its end it is cut.
    for end in ["", ",", ",\n{\"case\":"] {
        let (log, report) = load(&format!("[{}{end}", lines.join(",\n")));
        assert_eq!((log.n_events(), report.incomplete), (3, true), "{end}");
        assert_eq!(report.n_rejected, u64::from(end.len() > 1));
    }
}

#[test]
fn broken_lines_cost_only_themselves() {
    let good = events(&["", ""]);
    let mut good = good.lines();
    let lines = [
        good.next().unwrap(),
        "",
        "no json",
        "[1]",
        "\"text\"",
        r#"{"case":"c""#,
        r#"{"case":"c"} {}"#,
        r#"{"case":"c","new":01}"#,
        r#"{"case":"c","activity":"A","time":"never"}"#,
        r#"{"case":"","activity":"A","time":"2024-01-01"}"#,
        r#"{"case":"c","activity":null,"time":"2024-01-01"}"#,
        good.next().unwrap(),
        r#"{"case":"c","activity":"A","ti"#,
    ];
    let (log, report) = load(&lines.join("\r\n"));
    assert_eq!(log.n_events(), 2);
    let rejects: Vec<_> = report
        .rejects
        .iter()
        .map(|r| (r.line.unwrap(), r.reason))
        .collect();
    assert_eq!(
        rejects,
        [
            (3, Reason::BadJson),
            (4, Reason::BadJson),
            (5, Reason::BadJson),
            (6, Reason::BadJson),
            (7, Reason::BadJson),
            (8, Reason::BadJson),
            (9, Reason::BadTime),
            (10, Reason::EmptyCase),
            (11, Reason::EmptyActivity),
            (13, Reason::Truncated),
        ]
    );
    assert!(report.incomplete && report.warnings.contains_key(&Warning::Incomplete));
    let lines = report.lines;
    assert_eq!(
        (lines.read, lines.blank, lines.loaded, lines.rejected),
        (13, 1, 2, 10)
    );
    // What was read of a broken line is no column.
    assert!(log.columns.is_empty());
}

#[test]
fn depth_has_an_end() {
    let nested = |n: usize| format!(",\"x\":{}1{}", "[".repeat(n), "]".repeat(n));
    let objects = |n: usize| format!(",\"x\":{}1{}", "{\"k\":".repeat(n), "}".repeat(n));
    let (_, report) = load(&events(&[
        "",
        &nested(127),
        &nested(128),
        &objects(127),
        &objects(128),
    ]));
    let lines: Vec<_> = report.rejects.iter().map(|r| r.line.unwrap()).collect();
    assert_eq!(lines, [3, 5]);
    let (_, report) = load(&events(&["", &nested(1_000_000)]));
    assert_eq!(report.n_rejected, 1);
}

#[test]
fn objects_with_too_many_keys_are_kept_as_text() {
    let mut text = events(&[""]);
    for i in 0..100 {
        let keys: Vec<String> = (0..50).map(|k| format!("\"u{i}_{k}\":{k}")).collect();
        text += &events(&[&format!(",\"counts\":{{{}}}", keys.join(", "))]);
    }
    let (log, report) = load(&text);
    assert_eq!(log.columns.len(), 1);
    assert!(shown(&log, "counts")[1].starts_with("{\"u0_0\":0,\"u0_1\":1,"));
    assert!(report.warnings.contains_key(&Warning::ManyKeys));
    let wide = text.replace(",\"counts\":{", ",").replace("}}", "}");
    let error = load_with(wide.as_bytes(), &ReadOptions::default(), Limits::usual());
    assert!(error.err().unwrap().to_string().contains("different keys"));
}

#[test]
fn encodings_and_compressions_are_those_of_any_text() {
    let text = events(&[",\"who\":\"Пётр\"", ""]);
    let (mut want, _) = load(&text);
    want.time_formats = vec!["%Y-%m-%dT%H:%M:%S".to_owned()];
    let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let marked = [b"\xff\xfe".as_slice(), &utf16].concat();
    for bytes in [zstd::encode_all(text.as_bytes(), 1).unwrap(), utf16, marked] {
        let read = crate::formats::read(
            &[bytes.as_slice()],
            &ReadOptions::default(),
            &Progress::default(),
        );
        let (log, report) = read.unwrap();
        assert_eq!((&log, report.format.as_str()), (&want, "jsonl"));
    }
    let bytes = [text.as_bytes(), events(&[",\"who\":\"\u{1}\""]).as_bytes()].concat();
    let bytes: Vec<u8> = bytes
        .iter()
        .map(|&b| if b == 1 { 0xff } else { b })
        .collect();
    let Loaded { log, report, .. } =
        load_with(&bytes, &ReadOptions::default(), Limits::usual()).unwrap();
    assert_eq!(shown(&log, "who"), ["Пётр", "\\xff", "-"]);
    assert!(report.warnings.contains_key(&Warning::BadBytes));
}

#[test]
fn wrapped_records_are_in_the_encoding_of_their_text() {
    let text =
        r#"{"n": 1, "rows": [{"case": "1", "activity": "Открыта", "timestamp": "2024-01-01"}]}"#;
    let (bytes, ..) = encoding_rs::WINDOWS_1251.encode(text);
    let options = ReadOptions {
        encoding: Some("windows-1251".to_owned()),
        ..ReadOptions::default()
    };
    let loaded = (FORMAT.read)(&&*bytes, &options, &Progress::default()).unwrap();
    assert_eq!(loaded.log.activities.get(0), "Открыта");
    let encoding = ("encoding".to_owned(), "windows-1251".to_owned());
    assert!(loaded.report.mapping.contains(&encoding));
    assert!(
        loaded
            .report
            .mapping
            .contains(&("records".to_owned(), "rows".to_owned()))
    );
    let seen = (FORMAT.look)(&&*bytes, &options, &Progress::default()).unwrap();
    assert!(seen.facts.contains(&encoding));
}

/// A text of objects whose keys come and go, with some that are broken.
fn mixed(n: usize) -> String {
    let mut text = String::new();
    for i in 0..n {
        let time = format!("2024-01-01T00:{:02}:{:02}Z", i / 60 % 60, i % 60);
        let further = match i % 7 {
            0 => format!(",\"k{}\":{{\"n\":{i}}}", i / 100),
            3 => ",\"note\":\"a \\\"quoted\\\" text\"".to_string(),
            5 => "\n".to_string(),
            _ => String::new(),
        };
        let _ = writeln!(
            text,
            "{{\"case\":{},\"activity\":\"do {}\",\"time\":\"{time}\"{further}}}",
            i % 50,
            i % 9
        );
    }
    text
}

#[test]
fn sizes_of_blocks_and_threads_do_not_matter() {
    let lines = mixed(3000);
    let array = format!("[\n{}]", lines.replace("}\n{", "},\n{"));
    for text in [&lines, &array] {
        let whole = load_with(text.as_bytes(), &ReadOptions::default(), Limits::usual()).unwrap();
        for (block, batch, threads) in [(64, 3, 2), (333, 16, 1), (5000, 2, 3)] {
            let limits = Limits {
                block,
                batch,
                ..Limits::usual()
            };
            let pool = rayon::ThreadPoolBuilder::new()
                .num_threads(threads)
                .build()
                .unwrap();
            let load = || load_with(text.as_bytes(), &ReadOptions::default(), limits);
            let Loaded { log, report, .. } = pool.install(load).unwrap();
            assert!(format!("{log:?}") == format!("{:?}", whole.log), "{block}");
            assert_eq!(report, whole.report, "{block}");
        }
    }
}

#[test]
fn what_is_too_long_is_passed_over() {
    let long = format!(",\"x\":\"{}\"", "long ".repeat(300));
    let lines = events(&["", &long, "", ""]);
    let array = format!(
        "[{}]",
        lines
            .trim_end()
            .replace("}\n{", "},\n{")
            .replace("g l", "g\\nl")
    );
    for text in [&lines, &array] {
        for block in [100, 1 << 20] {
            let limits = Limits {
                block,
                batch: 2,
                longest: 1000,
                places: None,
                open_end: None,
            };
            let loaded = load_with(text.as_bytes(), &ReadOptions::default(), limits);
            let Loaded { log, report, .. } = loaded.unwrap();
            assert_eq!(log.n_events(), 3);
            let reject = &report.rejects[0];
            assert_eq!((reject.line, reject.reason), (Some(2), Reason::Oversize));
            assert_eq!(report.n_rejected, 1);
        }
    }
}

#[test]
fn a_preview_reads_only_the_beginning() {
    let text = mixed(20_000);
    let options = ReadOptions {
        first: Some(100),
        ..ReadOptions::default()
    };
    let loaded = load_with(text.as_bytes(), &options, Limits::usual()).unwrap();
    assert!((100..5000).contains(&loaded.log.n_events()) && !loaded.report.incomplete);
    let looked = crate::formats::look(
        &text.as_bytes(),
        &ReadOptions::default(),
        &Progress::default(),
    )
    .unwrap();
    assert_eq!(looked.columns[..3], ["case", "activity", "time"]);
    assert_eq!(looked.roles[Role::Activity], ["activity"]);
    assert!(looked.profiles[0].filled > 1000 && !looked.doubtful);
}

#[test]
fn what_begins_otherwise_is_no_json_lines() {
    let is = |text: &str| (FORMAT.sniff)(text.as_bytes());
    assert!(is("{\"a\":1}") && is(" \n[ {") && is("\u{feff}{}"));
    assert!(!is("{a,b}") && !is("[1]") && !is("") && !is("case,activity") && !is("<log>"));
}

/// The members of an object as our scanner reads them.
fn scanned(text: &[u8]) -> Option<BTreeMap<String, String>> {
    let mut row = Row::new(&[]);
    scan::object(text, true, &mut row).ok()?;
    let names = row.found().iter().enumerate();
    let members = names.filter_map(|(i, name)| Some((lossless(name), lossless(row.get(i, text)?))));
    Some(members.collect())
}

/// The values as serde_json reads them.
fn expected(text: &[u8]) -> Option<BTreeMap<String, String>> {
    fn flatten(prefix: &str, value: serde_json::Value, out: &mut BTreeMap<String, String>) {
        use serde_json::Value::{Null, Object, String};
        match value {
            Object(members) => {
                for (key, value) in members {
                    let dot = if prefix.is_empty() { "" } else { "." };
                    flatten(&format!("{prefix}{dot}{key}"), value, out);
                }
            }
            Null => {}
            String(text) => {
                out.insert(prefix.to_string(), text);
            }
            other => {
                out.insert(prefix.to_string(), other.to_string());
            }
        }
    }
    let value: serde_json::Value = serde_json::from_slice(text).ok()?;
    let mut out = BTreeMap::new();
    value.is_object().then(|| flatten("", value, &mut out))?;
    Some(out)
}

fn value() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        ".{0,8}".prop_map(Into::into),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Into::into),
            proptest::collection::btree_map("[a-z]{1,3}", inner, 0..4)
                .prop_map(|m| serde_json::Value::Object(m.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn objects_are_read_as_serde_json_reads_them(
        members in proptest::collection::btree_map("[a-z]{1,3}", value(), 0..5)
    ) {
        let object = serde_json::Value::Object(members.into_iter().collect());
        let plain = object.to_string();
        prop_assert_eq!(scanned(plain.as_bytes()), expected(plain.as_bytes()));
        let pretty = serde_json::to_string_pretty(&object).unwrap();
        prop_assert_eq!(scanned(pretty.as_bytes()), expected(plain.as_bytes()));
    }

    #[test]
    fn what_is_json_and_what_not_is_as_serde_json_says(
        members in proptest::collection::btree_map("[a-z]{1,3}", value(), 1..3),
        at in any::<prop::sample::Index>(),
        byte in prop::sample::select(b"{}[],:\"\\ 01.-eEtfn/u\n".to_vec()),
    ) {
        let object = serde_json::Value::Object(members.into_iter().collect());
        let mut text = object.to_string().into_bytes();
        let at = at.index(text.len());
        text[at] = byte;
        // A number too large for a double, and half a pair of UTF-16, are JSON all the same.
        let known = |text: &[u8]| match serde_json::from_slice::<serde_json::Value>(text) {
            Ok(_) => true,
            Err(e) => !["out of range", "surrogate"].iter().any(|w| e.to_string().contains(w)),
        };
        if std::str::from_utf8(&text).is_ok() && known(&text) {
            prop_assert_eq!(scanned(&text).is_some(), expected(&text).is_some());
        }
    }

    #[test]
    fn any_bytes_are_survived(bytes: Vec<u8>) {
        let text = [b"{\"case\":1}\n".as_slice(), &bytes].concat();
        let small = Limits { block: 7, batch: 2, longest: 20, places: None, open_end: None };
        for limits in [Limits::usual(), small] {
            let _ = load_with(&text, &ReadOptions::default(), limits);
        }
        scanned(&bytes);
    }
}

#[test]
fn rejects_of_wrapped_records_have_the_lines_of_the_file() {
    let text = "{\"n\": 3, \"records\": [\n  {\"case_id\": 1, \"activity\": \"A\",\n   \"timestamp\": \"2024-03-01\"},\n\
        {\"case_id\": 1, \"activity\": \"B\", \"timestamp\": \"soon\"},\n\
        {\"case_id\": 1,\n \"activity\": \"\", \"timestamp\": \"2024-03-01\"}]}";
    let options = ReadOptions::default();
    let progress = Progress::default();
    let (_, report) = crate::formats::read(&[text.as_bytes()], &options, &progress).unwrap();
    let lines: Vec<_> = report.rejects.iter().map(|r| r.line).collect();
    assert_eq!(lines, [Some(4), Some(5)]);
    let stopped = Progress::default();
    stopped.cancel();
    let looked = crate::formats::look(&text.as_bytes(), &options, &stopped);
    assert!(matches!(looked, Err(ImportError::Cancelled(_))));
}

#[test]
fn a_long_value_is_cut_between_characters() {
    let long = "ж".repeat(5000);
    let text = format!(
        "{}{{\"case\":1,\"activity\":\"A\",\"time\":\"x{long}\"}}\n",
        events(&["", ""])
    );
    let (_, report) = load(&text);
    let reject = &report.rejects[0];
    assert_eq!(reject.value, format!("x{}", "ж".repeat(127)));
    assert!(reject.raw.ends_with('ж'), "{}", reject.raw);
}

#[test]
fn a_path_in_a_text_of_broken_characters_says_so() {
    let text = b"{\"rows\": [{\"case\": 1, \"activity\": \"\xff\", \"time\": \"2024-01-01\"}]}";
    let options = ReadOptions {
        encoding: Some("utf-8".to_owned()),
        json_path: Some("rows".to_owned()),
        ..ReadOptions::default()
    };
    let loaded = (FORMAT.read)(&text.as_slice(), &options, &Progress::default());
    let error = loaded.map(|_| ()).unwrap_err().to_string();
    assert!(error.contains("no UTF-8"), "{error}");
}

/// An input that counts the bytes that are read of it.
struct Counting {
    bytes: Vec<u8>,
    read: AtomicU64,
    kept: Kept,
}

impl Bytes for Counting {
    fn name(&self) -> &'static str {
        "log.json"
    }

    fn len(&self) -> u64 {
        self.bytes.len() as u64
    }

    fn read_at(&self, offset: u64, out: &mut [u8]) -> std::io::Result<usize> {
        let n = self.bytes.as_slice().read_at(offset, out)?;
        self.read.fetch_add(n as u64, Relaxed);
        Ok(n)
    }

    fn changed(&self) -> std::io::Result<bool> {
        Ok(false)
    }

    fn kept(&self) -> Option<&Kept> {
        Some(&self.kept)
    }
}

#[test]
fn wrapped_records_are_searched_once_for_looks_that_follow_each_other() {
    let record = r#"{"case":"c","activity":"A","time":"2024-01-01T10:00:00","note":"some text"}"#;
    let array = vec![record; 120_000].join(",\n");
    let text = format!("{{\"a\":[{array}],\"b\":[{record}]}}");
    let input = Counting {
        bytes: text.into_bytes(),
        read: AtomicU64::new(0),
        kept: Kept::default(),
    };
    let cost = |options: &ReadOptions| {
        let before = input.read.load(Relaxed);
        let looked = crate::formats::look(&input, options, &Progress::default()).unwrap();
        assert_eq!(looked.columns, ["case", "activity", "time", "note"]);
        input.read.load(Relaxed) - before
    };
    let (len, plain) = (input.len(), ReadOptions::default());
    assert!(len > 4_000_000 && cost(&plain) >= len);
    assert!(cost(&plain) < len / 2);
    let preview = crate::formats::preview(&input, &plain, &Progress::default()).unwrap();
    assert!(preview.events > 0 && !preview.whole);
    assert!(cost(&plain) < len / 2);
    let other = ReadOptions {
        json_path: Some("b".into()),
        ..ReadOptions::default()
    };
    assert!(cost(&other) >= len);
    // The bytes of a load are those of the file, once.
    let progress = Progress::default();
    let (log, _) = crate::formats::read(&[input], &plain, &progress).unwrap();
    assert_eq!(
        (log.n_events(), progress.bytes.load(Relaxed)),
        (120_000, len)
    );
}
