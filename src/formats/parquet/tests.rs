//! Files written here with the `parquet` crate, read back through the format: rejects, blocks and
//! threads, and damage; `types` has the types of values.

mod types;

use super::read_with;
use crate::event_log::{ColumnKind, EventLog, Progress, Role, Value};
use crate::formats::columnar::Limits;
use crate::formats::{ImportError, ImportReport, Loaded, ReadOptions, Reason};
use arrow_array::builder::{Int32Builder, ListBuilder, MapBuilder, StringBuilder};
use arrow_array::types::{Int8Type, Int32Type};
use arrow_array::*;
use arrow_buffer::i256;
use arrow_schema::{DataType, Field};
use expect_test::expect;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::data_type::{ByteArray, ByteArrayType, Int96, Int96Type};
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterVersion};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use std::sync::Arc;

/// 2024-01-01T00:00Z in seconds.
const START: i64 = 1_704_067_200;

fn file_of(columns: Vec<(&str, ArrayRef)>, properties: WriterProperties) -> Vec<u8> {
    let columns = columns
        .into_iter()
        .map(|(name, column)| (name, column, true));
    let batch = RecordBatch::try_from_iter_with_nullable(columns).unwrap();
    let mut writer = ArrowWriter::try_new(Vec::new(), batch.schema(), Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    writer.into_inner().unwrap()
}

/// The three columns of a log with further ones.
fn log_of(further: Vec<(&'static str, ArrayRef)>) -> Vec<u8> {
    let n = further.first().map_or(3, |(_, column)| column.len());
    let case: StringArray = (0..n).map(|i| Some(format!("c{}", i / 2))).collect();
    let activity: StringArray = (0..n)
        .map(|i| Some(if i % 2 == 0 { "A" } else { "B" }))
        .collect();
    let time: TimestampMillisecondArray = (0..n as i64).map(|i| Some(1000 * (START + i))).collect();
    let mut columns: Vec<(&str, ArrayRef)> = vec![
        ("case_id", Arc::new(case)),
        ("activity", Arc::new(activity)),
        ("timestamp", Arc::new(time)),
    ];
    columns.extend(further);
    file_of(columns, WriterProperties::default())
}

#[test]
fn an_unknown_legacy_type_is_no_damage() {
    let nothing: ArrayRef = Arc::new(Int8Array::from(vec![None, None]));
    let written = log_of(vec![("nothing", nothing), ("further", numbers(2))]);
    // Name, then the head of the legacy type and its number: INT_8, which is 15.
    let known = b"\x18\x07nothing\x25\x1e";
    let at = memchr::memmem::find(&written, known).unwrap() + known.len() - 1;
    for number in [24u8, 63] {
        let mut bytes = written.clone();
        bytes[at] = number << 1;
        let (log, report) = load(&bytes);
        assert_eq!((log.n_events(), report.n_rejected), (2, 0));
        assert_eq!(shown(&log, "further"), ["0", "1"]);
    }
}

/// Activities of all events with their instants, seconds since [`START`].
fn steps(log: &EventLog) -> Vec<(&str, i64)> {
    let events = 0..log.n_events();
    let step = |event| {
        let activity = log.activities.get(log.activity.get(event));
        (activity, log.time[event] / 1_000_000 - START)
    };
    events.map(step).collect()
}

#[test]
fn columns_of_times_are_events_and_one_activity_can_be_named() {
    let keys = StringArray::from(vec![
        Some("T-1"),
        Some("T-2"),
        Some("T-3"),
        Some("T-4"),
        None,
    ]);
    let typed = |seconds: Option<i64>| seconds.map(|seconds| 1000 * (START + seconds));
    let opened = [Some(10), Some(30), None, Some(40), Some(50)].map(typed);
    let opened = TimestampMillisecondArray::from(opened.to_vec());
    let closed = [Some("2024-01-01 00:00:20"), None, None, Some("soon"), None];
    let closed = StringArray::from(closed.to_vec());
    let file = file_of(
        vec![
            ("key", Arc::new(keys)),
            ("closed", Arc::new(closed)),
            ("opened", Arc::new(opened)),
            ("size", numbers(5)),
        ],
        WriterProperties::default(),
    );
    let options = ReadOptions {
        columns: [(Role::Milestone, vec!["opened".into(), "closed".into()])].into(),
        ..ReadOptions::default()
    };
    let loaded = load_with(&file, &options, Limits::usual()).unwrap();
    let Loaded { log, report, .. } = loaded;
    let expected = [("opened", 10), ("closed", 20), ("opened", 30)];
    assert_eq!(steps(&log), expected);
    assert_eq!(shown(&log, "size"), ["0", "0", "1"]);
    let reasons: Vec<_> = report.reasons.into_iter().collect();
    let expected = [
        (Reason::BadTime, 1),
        (Reason::EmptyCase, 1),
        (Reason::EmptyTime, 1),
    ];
    assert_eq!(reasons, expected);
    assert_eq!((report.lines.loaded, report.lines.rejected), (2, 3));
    assert_eq!(report.rejects[1].value, "soon");

    let named = ReadOptions {
        columns: [(Role::Time, vec!["opened".into()])].into(),
        activity_name: Some("Opened".into()),
        ..ReadOptions::default()
    };
    let loaded = load_with(&file, &named, Limits::usual()).unwrap();
    let expected = [("Opened", 10), ("Opened", 30), ("Opened", 40)];
    assert_eq!(steps(&loaded.log), expected);
}

fn numbers(n: i32) -> ArrayRef {
    Arc::new((0..n).map(Some).collect::<Int32Array>())
}

fn load_with(bytes: &[u8], options: &ReadOptions, limits: Limits) -> Result<Loaded, ImportError> {
    read_with(&bytes, options, limits, &Progress::default())
}

fn load(bytes: &[u8]) -> (EventLog, ImportReport) {
    let Loaded { log, report, .. } =
        load_with(bytes, &ReadOptions::default(), Limits::usual()).unwrap();
    (log, report)
}

/// All values of a column as texts, `-` where missing; the log is in file order.
fn shown(log: &EventLog, name: &str) -> Vec<String> {
    let column = log
        .column(name)
        .unwrap_or_else(|| panic!("no column {name}"));
    let mut all = Vec::new();
    for case in 0..log.n_cases() {
        for event in log.events_of(case) {
            all.push(match column.value(column.row(case, event)) {
                Value::Missing => "-".to_string(),
                Value::Text(text) => text.to_string(),
                Value::Number(number) => number.to_string(),
                Value::Instant(micros) => format!("@{micros}"),
            });
        }
    }
    all
}

fn low_level() -> Vec<u8> {
    let schema = "message m { required binary case (UTF8); required binary activity (UTF8); \
                  required int96 time; optional fixed_len_byte_array(16) id (UUID); }";
    let schema = Arc::new(parse_message_type(schema).unwrap());
    let mut writer = SerializedFileWriter::new(Vec::new(), schema, Arc::default()).unwrap();
    let mut group = writer.next_row_group().unwrap();
    let texts = |texts: [&'static [u8]; 2]| texts.map(ByteArray::from);
    for column in [texts([b"1", b"1"]), texts([b"A\xff", b"A\xfe"])] {
        let mut next = group.next_column().unwrap().unwrap();
        let typed = next.typed::<ByteArrayType>();
        typed.write_batch(&column, None, None).unwrap();
        next.close().unwrap();
    }
    let mut next = group.next_column().unwrap().unwrap();
    // Julian day 2,440,588 is 1970-01-01; the second is in the year 3000, beyond nanoseconds.
    let mut times = [Int96::new(), Int96::new()];
    times[0].set_data(1_000_000, 0, 2_440_588 + 1);
    times[1].set_data(0, 0, 2_440_588 + 376_200);
    next.typed::<Int96Type>()
        .write_batch(&times, None, None)
        .unwrap();
    next.close().unwrap();
    let mut next = group.next_column().unwrap().unwrap();
    let id = parquet::data_type::FixedLenByteArray::from((0..16).collect::<Vec<u8>>());
    next.typed::<parquet::data_type::FixedLenByteArrayType>()
        .write_batch(&[id], Some(&[1, 0]), None)
        .unwrap();
    next.close().unwrap();
    group.close().unwrap();
    writer.into_inner().unwrap()
}

fn keys_of(
    case: impl Array + 'static,
    activity: impl Array + 'static,
    time: impl Array + 'static,
) -> Vec<u8> {
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("case", Arc::new(case)),
        ("activity", Arc::new(activity)),
        ("time", Arc::new(time)),
    ];
    file_of(columns, WriterProperties::default())
}

#[test]
fn rows_without_case_activity_or_time_are_rejected_by_number() {
    let (log, report) = load(&keys_of(
        Int64Array::from(vec![Some(i64::MAX), None, Some(1), Some(1), Some(1)]),
        StringArray::from(vec![Some("A"), Some("A"), Some(" "), Some("A"), Some("A")]),
        TimestampSecondArray::from(vec![Some(0), Some(0), Some(0), None, Some(i64::MAX)]),
    ));
    assert_eq!(
        log.case_ids.iter().collect::<Vec<_>>(),
        ["9223372036854775807"]
    );
    let rejects: Vec<_> = report.rejects.iter().map(|r| (r.line, r.reason)).collect();
    assert_eq!(
        rejects,
        [
            (Some(2), Reason::EmptyCase),
            (Some(3), Reason::EmptyActivity),
            (Some(4), Reason::EmptyTime),
            (Some(5), Reason::BadTime)
        ]
    );
    expect![[r#"
        case: 1
        activity:  
        time: 1970-01-01T00:00:00"#]]
    .assert_eq(&report.rejects[1].raw);
    assert_eq!(
        (
            report.lines.read,
            report.lines.loaded,
            report.lines.rejected
        ),
        (5, 1, 4)
    );
}

#[test]
fn times_as_texts_and_counts_are_read_too() {
    let names = || StringArray::from(vec!["a", "b"]);
    let texts = StringArray::from(vec!["03/04/2024 10:00", "04/13/2024 11:00"]);
    let (log, report) = load(&keys_of(names(), names(), texts));
    assert_eq!(log.time[0], 1_709_546_400_000_000);
    assert!(
        report
            .mapping
            .contains(&("time format".into(), "%m/%d/%Y %H:%M".into()))
    );
    let counts = Int64Array::from(vec![START, START + 1]);
    let (log, _) = load(&keys_of(names(), names(), counts));
    assert_eq!(log.time[1], (START + 1) * 1_000_000);
    let error = load_with(
        &keys_of(names(), names(), StringArray::from(vec!["x", "y"])),
        &ReadOptions::default(),
        Limits::usual(),
    );
    let error = error.err().unwrap().to_string();
    assert!(error.contains("timestamp \"x\" cannot be read"), "{error}");
}

#[test]
fn an_order_of_days_that_only_later_rows_show_is_found() {
    let n = 5000;
    let case: StringArray = (0..n).map(|i| Some(format!("{i}"))).collect();
    let activity: StringArray = (0..n).map(|_| Some("A")).collect();
    let day = |i| if i < 4000 { "01/02/2024" } else { "01/31/2024" };
    let time: StringArray = (0..n).map(|i| Some(day(i))).collect();
    let (log, report) = load(&keys_of(case, activity, time));
    assert_eq!((log.n_events(), report.n_rejected), (n, 0));
    assert_eq!(log.time[0], (START + 86400) * 1_000_000);
}

/// A log of many rows, in row groups and pages that end in odd places.
fn many_rows(n: usize, properties: WriterProperties) -> Vec<u8> {
    let text = |name: &str, i: usize| Some(format!("{name}{i}"));
    let case: StringArray = (0..n).map(|i| text("case ", i % 97)).collect();
    let activity: StringArray = (0..n).map(|i| text("do ", i * i % 11)).collect();
    let time: TimestampMicrosecondArray = (0..n as i64)
        .map(|i| (i % 50 != 7).then_some(i * 1_000_000))
        .collect();
    let note: StringArray = (0..n).map(|i| text("", i).filter(|_| i % 3 > 0)).collect();
    let amount: Float64Array = (0..n)
        .map(|i| (i % 5 > 0).then_some(i as f64 / 4.0))
        .collect();
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("case", Arc::new(case)),
        ("activity", Arc::new(activity)),
        ("time", Arc::new(time)),
        ("note", Arc::new(note)),
        ("amount", Arc::new(amount)),
    ];
    file_of(columns, properties)
}

#[test]
fn blocks_groups_and_threads_do_not_matter() {
    let properties = || {
        WriterProperties::builder()
            .set_max_row_group_row_count(Some(700))
            .set_data_page_row_count_limit(130)
            .set_write_batch_size(64)
    };
    let written = [
        many_rows(3000, WriterProperties::default()),
        many_rows(3000, properties().build()),
        many_rows(3000, properties().set_dictionary_enabled(false).build()),
        many_rows(
            3000,
            properties().set_dictionary_page_size_limit(200).build(),
        ),
        many_rows(
            3000,
            properties()
                .set_writer_version(WriterVersion::PARQUET_2_0)
                .set_encoding(Encoding::DELTA_BYTE_ARRAY)
                .set_compression(Compression::ZSTD(ZstdLevel::default()))
                .set_dictionary_enabled(false)
                .set_column_encoding("time".into(), Encoding::DELTA_BINARY_PACKED)
                .set_column_encoding("amount".into(), Encoding::BYTE_STREAM_SPLIT)
                .build(),
        ),
        many_rows(
            3000,
            properties().set_compression(Compression::SNAPPY).build(),
        ),
    ];
    let (want, want_report) = load(&written[0]);
    assert_eq!((want.n_events(), want_report.n_rejected), (2940, 60));
    for file in &written {
        for (rows, groups, threads) in [(1 << 16, 1, 1), (64, 2, 3), (999, 16, 2)] {
            let limits = Limits {
                rows,
                groups,
                waiting: 1500,
            };
            let pool = rayon::ThreadPoolBuilder::new()
                .num_threads(threads)
                .build()
                .unwrap();
            let loaded = pool.install(|| load_with(file, &ReadOptions::default(), limits));
            let Loaded { log, report, .. } = loaded.unwrap();
            // By what they show, as no missing number equals another.
            let same = format!("{log:?}") == format!("{want:?}");
            assert!(same && report == want_report, "{rows} {groups} {threads}");
        }
    }
}

#[test]
fn a_preview_reads_only_the_beginning() {
    let file = many_rows(3000, WriterProperties::default());
    let options = ReadOptions {
        first: Some(100),
        ..ReadOptions::default()
    };
    let loaded = load_with(&file, &options, Limits::usual()).unwrap();
    assert_eq!(loaded.report.lines.read, 100);
    let looked = crate::formats::look(
        &file.as_slice(),
        &ReadOptions::default(),
        &Progress::default(),
    )
    .unwrap();
    assert_eq!(
        looked.columns,
        ["case", "activity", "time", "note", "amount"]
    );
    assert_eq!(
        (
            looked.profiles[0].filled,
            looked.roles[Role::Time][0].as_str()
        ),
        (2000, "time")
    );
    assert_eq!(looked.facts[0], ("rows".into(), "3000".into()));
}

#[test]
fn options_name_columns_and_what_is_missing() {
    let file = log_of(vec![
        (
            "part",
            Arc::new(Int32Array::from(vec![Some(1), None, Some(-9)])),
        ),
        ("note", Arc::new(StringArray::from(vec!["NULL", "x", "y"]))),
    ]);
    let options = ReadOptions {
        columns: [(Role::Activity, vec!["activity".into(), "part".into()])].into(),
        na: vec!["NULL".into(), "-9".into()],
        texts: vec!["part".into()],
        ..ReadOptions::default()
    };
    let Loaded { log, report, .. } = load_with(&file, &options, Limits::usual()).unwrap();
    let activities: Vec<_> = log.activities.iter().collect();
    assert_eq!(activities, ["A - 1", "B - ", "A - -9"]);
    assert_eq!(shown(&log, "part"), ["1", "-", "-"]);
    assert_eq!(shown(&log, "note"), ["-", "x", "y"]);
    assert!(
        report
            .mapping
            .contains(&("activity".into(), "activity - part".into()))
    );
    let options = ReadOptions {
        columns: [(Role::Case, vec!["nowhere".into()])].into(),
        ..ReadOptions::default()
    };
    let error = load_with(&file, &options, Limits::usual()).err().unwrap();
    assert!(matches!(error, ImportError::Usage(m) if m.contains("no column \"nowhere\"")));
}

#[test]
fn an_empty_file_is_an_empty_log() {
    let (log, report) = load(&keys_of(
        StringArray::from(Vec::<&str>::new()),
        StringArray::from(Vec::<&str>::new()),
        TimestampSecondArray::from(Vec::<i64>::new()),
    ));
    assert_eq!((log.n_events(), report.lines.read), (0, 0));
}

#[test]
fn files_that_are_none_are_refused_by_name() {
    let refused = |bytes: &[u8]| {
        let error = load_with(bytes, &ReadOptions::default(), Limits::usual());
        error.err().unwrap().to_string()
    };
    assert!(refused(b"PAR1").contains("cut"));
    let file = many_rows(100, WriterProperties::default());
    for len in [20, file.len() / 2, file.len() - 1] {
        assert!(refused(&file[..len]).contains("cut"), "{len}");
    }
    let encrypted = [&file[..file.len() - 4], b"PARE"].concat();
    assert!(refused(&encrypted).contains("encrypted"));
}

/// Small files of what the decoder does in different ways.
fn small_files() -> Vec<Vec<u8>> {
    let properties = |version, compression| {
        WriterProperties::builder()
            .set_max_row_group_row_count(Some(3))
            .set_writer_version(version)
            .set_compression(compression)
            .set_statistics_enabled(EnabledStatistics::None)
            .build()
    };
    let (v1, v2) = (WriterVersion::PARQUET_1_0, WriterVersion::PARQUET_2_0);
    vec![
        many_rows(5, properties(v1, Compression::SNAPPY)),
        many_rows(2, properties(v2, Compression::UNCOMPRESSED)),
        low_level(),
    ]
}

#[test]
fn any_byte_may_be_damaged() {
    // Panics that are caught are not to be printed.
    let print = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        if !crate::formats::is_fenced() {
            print(info);
        }
    }));
    let limits = Limits {
        rows: 64,
        groups: 1,
        waiting: 64,
    };
    let mut loaded = 0;
    for file in small_files() {
        // Some hundred of them; fuzzing has the others.
        for at in (0..file.len()).step_by(5) {
            let mut damaged = file.clone();
            damaged[at] ^= [0x01, 0x80, 0xff][at % 3];
            // Loaded or refused, but no panic.
            loaded += usize::from(load_with(&damaged, &ReadOptions::default(), limits).is_ok());
        }
    }
    assert!(loaded > 0, "some damage is harmless");
}

#[test]
fn a_date_and_a_time_of_day_in_two_columns_are_joined() {
    use arrow_array::{Date32Array, Time64MicrosecondArray};
    let day = (START / 86_400) as i32;
    let hour = 3_600_000_000;
    let file = file_of(
        vec![
            ("case_id", Arc::new(StringArray::from(vec!["c1", "c1"]))),
            ("activity", Arc::new(StringArray::from(vec!["A", "B"]))),
            ("date", Arc::new(Date32Array::from(vec![day, day + 1]))),
            (
                "time",
                Arc::new(Time64MicrosecondArray::from(vec![8 * hour, hour / 2])),
            ),
        ],
        WriterProperties::default(),
    );
    let (log, report) = load(&file);
    let micros = START * 1_000_000;
    assert_eq!(
        log.time[..],
        [micros + 8 * hour, micros + 24 * hour + hour / 2]
    );
    let time = ("time".to_owned(), "date - time".to_owned());
    assert!(report.mapping.contains(&time), "{:?}", report.mapping);
}

/// Key and three dates of a list.
type Row = (
    Option<&'static str>,
    &'static str,
    &'static str,
    &'static str,
);

#[test]
fn rejected_rows_of_milestones_tell_no_order_of_dates_as_in_csv() {
    let rows = [
        (Some("1"), "03/04/2024", "soon", "25/04/2024"),
        (None, "13/01/2024", "", ""),
        (Some("2"), "05/06/2024", "", "06/07/2024"),
    ];
    let keys: StringArray = rows.iter().map(|row| row.0).collect();
    let times = |at: fn(&Row) -> &'static str| {
        let texts: StringArray = rows.iter().map(|row| Some(at(row))).collect();
        Arc::new(texts) as ArrayRef
    };
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("key", Arc::new(keys)),
        ("opened", times(|row| row.1)),
        ("seen", times(|row| row.2)),
        ("closed", times(|row| row.3)),
    ];
    let file = file_of(columns, WriterProperties::default());
    let mut csv = "key,opened,seen,closed\n".to_owned();
    for (key, opened, seen, closed) in rows {
        csv += &[key.unwrap_or(""), opened, seen, closed].join(",");
        csv += "\n";
    }
    let options = ReadOptions {
        columns: [
            (Role::Case, vec!["key".into()]),
            (
                Role::Milestone,
                ["opened", "seen", "closed"].map(String::from).to_vec(),
            ),
        ]
        .into(),
        ..ReadOptions::default()
    };
    let read = |bytes: &[u8]| {
        let read = crate::formats::read(&[bytes], &options, &Progress::default());
        let (log, report) = read.unwrap();
        let ambiguous = report
            .warnings
            .contains_key(&crate::formats::Warning::AmbiguousDateOrder);
        (log.time.to_vec(), report.date_order, ambiguous)
    };
    let parquet = read(&file);
    assert_eq!(parquet, read(csv.as_bytes()));
    assert_eq!((parquet.1, parquet.2), (None, true));
}
