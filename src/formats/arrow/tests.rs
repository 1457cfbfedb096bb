//! Files and streams written here with the `arrow-ipc` crate, read back through the format and
//! compared with the same table as Parquet: types, dictionaries, compression, blocks, and damage.

use super::file::MAGIC;
use super::read_with;
use crate::event_log::{ColumnKind, EventLog, Progress, Value};
use crate::formats::columnar::Limits;
use crate::formats::{ImportError, Loaded, ReadOptions, parquet};
use arrow_array::builder::{Int32Builder, ListBuilder, ListViewBuilder, MapBuilder, StringBuilder};
use arrow_array::types::{Int8Type, Int32Type, UInt16Type};
use arrow_array::*;
use arrow_buffer::ScalarBuffer;
use arrow_ipc::CompressionType;
use arrow_ipc::writer::{FileWriter, IpcWriteOptions, StreamWriter};
use arrow_schema::{DataType, Field, UnionFields};
use std::sync::Arc;

/// 2024-01-01T00:00Z in seconds.
const START: i64 = 1_704_067_200;

fn batch_of(columns: Vec<(&str, ArrayRef)>) -> RecordBatch {
    let columns = columns
        .into_iter()
        .map(|(name, column)| (name, column, true));
    RecordBatch::try_from_iter_with_nullable(columns).unwrap()
}

/// Case, activity and time, with further columns.
fn log_of(n: usize, further: Vec<(&'static str, ArrayRef)>) -> RecordBatch {
    let case: StringArray = (0..n).map(|i| Some(format!("c{}", i / 2))).collect();
    let activity: DictionaryArray<Int8Type> =
        (0..n).map(|i| Some(["A", "B", "C"][i % 3])).collect();
    let time: TimestampMillisecondArray = (0..n as i64).map(|i| Some(1000 * (START + i))).collect();
    let mut columns: Vec<(&str, ArrayRef)> = vec![
        ("case_id", Arc::new(case)),
        ("activity", Arc::new(activity)),
        ("timestamp", Arc::new(time)),
    ];
    columns.extend(further);
    batch_of(columns)
}

fn compressed(by: Option<CompressionType>) -> IpcWriteOptions {
    IpcWriteOptions::default().try_with_compression(by).unwrap()
}

fn file_of(batches: &[RecordBatch], by: Option<CompressionType>) -> Vec<u8> {
    let mut writer =
        FileWriter::try_new_with_options(Vec::new(), &batches[0].schema(), compressed(by)).unwrap();
    for batch in batches {
        writer.write(batch).unwrap();
    }
    writer.into_inner().unwrap()
}

fn stream_of(batches: &[RecordBatch], by: Option<CompressionType>) -> Vec<u8> {
    let schema = batches[0].schema();
    let mut writer =
        StreamWriter::try_new_with_options(Vec::new(), &schema, compressed(by)).unwrap();
    for batch in batches {
        writer.write(batch).unwrap();
    }
    writer.into_inner().unwrap()
}

fn load_with(bytes: &[u8], limits: Limits) -> Result<Loaded, ImportError> {
    read_with(
        &bytes,
        &ReadOptions::default(),
        limits,
        &Progress::default(),
    )
}

fn load(bytes: &[u8]) -> Loaded {
    load_with(bytes, Limits::usual()).unwrap()
}

fn refused(bytes: &[u8]) -> String {
    let error = load_with(bytes, Limits::usual()).err().expect("refused");
    assert!(matches!(error, ImportError::Refused { .. }), "{error}");
    error.to_string()
}

/// All values of a column as texts, `-` where missing; the log is in file order.
fn shown(log: &EventLog, name: &str) -> Vec<String> {
    let column = log
        .column(name)
        .unwrap_or_else(|| panic!("no column {name}"));
    let events = (0..log.n_cases()).flat_map(|case| log.events_of(case).map(move |e| (case, e)));
    let value = |(case, event)| match column.value(column.row(case, event)) {
        Value::Missing => "-".to_owned(),
        Value::Text(text) => text.to_string(),
        Value::Number(number) => number.to_string(),
        Value::Instant(micros) => format!("@{micros}"),
    };
    events.map(value).collect()
}

#[track_caller]
fn check(column: impl Array + 'static, kind: ColumnKind, want: &[&str]) {
    let batch = log_of(want.len(), vec![("x", Arc::new(column))]);
    for bytes in [
        file_of(std::slice::from_ref(&batch), None),
        stream_of(&[batch], None),
    ] {
        let Loaded { log, report, .. } = load(&bytes);
        assert_eq!(shown(&log, "x"), want);
        assert_eq!(log.column("x").unwrap().kind(), kind);
        let rows = (report.n_rejected, report.lines.loaded);
        assert_eq!(rows, (0, want.len() as u64));
    }
}

/// Columns of the types that Parquet has, too.
fn common() -> Vec<(&'static str, ArrayRef)> {
    let mut list = ListBuilder::new(Int32Builder::new());
    list.append_value([Some(1), None]);
    list.append_null();
    list.append_value([]);
    let mut map = MapBuilder::new(None, StringBuilder::new(), Int32Builder::new());
    map.keys().append_value("a\"b");
    map.values().append_value(1);
    map.append(true).unwrap();
    map.append(true).unwrap();
    map.append(false).unwrap();
    let city: ArrayRef = Arc::new(StringArray::from(vec![Some("Köln"), None, Some("Bonn")]));
    let city = (Arc::new(Field::new("city", DataType::Utf8, true)), city);
    let decimal = Decimal128Array::from(vec![Some(12345), None, Some(-5)]);
    let decimal = decimal.with_precision_and_scale(20, 2).unwrap();
    let zoned = TimestampMicrosecondArray::from(vec![Some(START), None, Some(0)]);
    let coded = Int32Array::from(vec![10, 20]);
    let coded = DictionaryArray::<Int32Type>::new(vec![1, 0, 1].into(), Arc::new(coded));
    vec![
        (
            "bool",
            Arc::new(BooleanArray::from(vec![Some(true), None, Some(false)])),
        ),
        (
            "int8",
            Arc::new(Int8Array::from(vec![Some(-1), None, Some(5)])),
        ),
        ("uint64", Arc::new(UInt64Array::from(vec![1, u64::MAX, 3]))),
        (
            "float32",
            Arc::new(Float32Array::from(vec![0.1, f32::NAN, 2.0])),
        ),
        (
            "float64",
            Arc::new(Float64Array::from(vec![Some(0.1), None, Some(2.0)])),
        ),
        ("decimal", Arc::new(decimal)),
        (
            "large",
            Arc::new(LargeStringArray::from(vec![Some("ä"), None, Some("")])),
        ),
        (
            "bytes",
            Arc::new(BinaryArray::from(vec![b"\xff".as_slice(), b"b", b"c"])),
        ),
        ("null", Arc::new(NullArray::new(3))),
        ("zoned", Arc::new(zoned.with_timezone("Europe/Berlin"))),
        (
            "date",
            Arc::new(Date32Array::from(vec![Some(19_000), None, Some(0)])),
        ),
        (
            "clock",
            Arc::new(Time64MicrosecondArray::from(vec![1, 2, 3_600_000_000])),
        ),
        (
            "took",
            Arc::new(DurationNanosecondArray::from(vec![1_500_000_000, 0, 1])),
        ),
        ("coded", Arc::new(coded)),
        ("list", Arc::new(list.finish())),
        ("map", Arc::new(map.finish())),
        ("place", Arc::new(StructArray::from(vec![city]))),
    ]
}

#[test]
fn a_table_is_the_same_log_as_file_as_stream_and_as_parquet() {
    let batch = log_of(3, common());
    let mut writer =
        ::parquet::arrow::ArrowWriter::try_new(Vec::new(), batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    let columns = writer.into_inner().unwrap();
    let (options, progress) = (ReadOptions::default(), Progress::default());
    let columns = parquet::read_with(&columns.as_slice(), &options, Limits::usual(), &progress);
    let wanted = columns.unwrap();
    for by in [
        None,
        Some(CompressionType::LZ4_FRAME),
        Some(CompressionType::ZSTD),
    ] {
        let batches = std::slice::from_ref(&batch);
        for bytes in [file_of(batches, by), stream_of(batches, by)] {
            let Loaded {
                log, mut report, ..
            } = load(&bytes);
            assert_eq!(report.format, "arrow");
            report.format.clone_from(&wanted.report.format);
            assert_eq!(format!("{log:?}"), format!("{:?}", wanted.log));
            assert_eq!(report, wanted.report);
        }
    }
}

#[test]
fn types_that_only_arrow_has_are_read() {
    use ColumnKind::{Instant, Number, Text};
    let long = "a long text of a view, not inlined";
    check(
        StringViewArray::from(vec![Some("a"), None, Some(long)]),
        Text,
        &["a", "-", long],
    );
    check(
        BinaryViewArray::from_iter_values([b"\xff".as_slice(), b"b"]),
        Text,
        &["\\xff", "b"],
    );
    let runs = |values: ArrayRef| RunArray::try_new(&Int32Array::from(vec![2, 3]), &values);
    let texts = runs(Arc::new(StringArray::from(vec![Some("x"), None]))).unwrap();
    check(texts, Text, &["x", "x", "-"]);
    let days = runs(Arc::new(Date32Array::from(vec![0, 1]))).unwrap();
    check(days, Instant, &["@0", "@0", "@86400000000"]);
    let keys = UInt16Array::from(vec![Some(1), None, Some(0)]);
    let views: ArrayRef = Arc::new(StringViewArray::from(vec!["low", "high"]));
    let coded = DictionaryArray::<UInt16Type>::new(keys.clone(), views);
    check(coded, Text, &["high", "-", "low"]);
    let floats: ArrayRef = Arc::new(Float64Array::from(vec![1.5, 2.5]));
    let coded = DictionaryArray::<UInt16Type>::new(keys, floats);
    check(coded, Number, &["2.5", "-", "1.5"]);
    let nothing: ArrayRef = Arc::new(StringArray::from(Vec::<&str>::new()));
    let coded = DictionaryArray::<Int8Type>::new(vec![None, None].into(), nothing);
    check(coded, Text, &["-", "-"]);
    let mut views = ListViewBuilder::new(Int32Builder::new());
    views.append_value([Some(1), None]);
    views.append_null();
    check(views.finish(), Text, &["[1,null]", "-"]);
    let fields = [
        (0, Arc::new(Field::new("n", DataType::Int32, true))),
        (1, Arc::new(Field::new("t", DataType::Utf8, true))),
    ];
    let children: Vec<ArrayRef> = vec![
        Arc::new(Int32Array::from(vec![7, 8])),
        Arc::new(StringArray::from(vec!["word"])),
    ];
    let ids = ScalarBuffer::from(vec![0i8, 1, 0]);
    let offsets = ScalarBuffer::from(vec![0i32, 0, 1]);
    let fields: UnionFields = fields.into_iter().collect();
    let either = UnionArray::try_new(fields, ids, Some(offsets), children).unwrap();
    check(either, Text, &["7", "word", "8"]);
    // Codes and runs within a list.
    let words: DictionaryArray<Int32Type> = ["a", "b"].into_iter().collect();
    let ends = Int32Array::from(vec![2, 3]);
    let runs: Int32RunArray = RunArray::try_new(&ends, &words).unwrap();
    let item = Arc::new(Field::new_list_field(runs.data_type().clone(), true));
    let lengths = arrow_buffer::OffsetBuffer::from_lengths([1, 2]);
    let list = ListArray::try_new(item, lengths, Arc::new(runs), None).unwrap();
    check(list, Text, &["[\"a\"]", "[\"a\",\"b\"]"]);
}

#[test]
fn a_list_of_coded_texts_and_bytes_that_are_no_utf8_are_kept() {
    let coded: DictionaryArray<Int32Type> = [Some("a"), None, Some("b")].into_iter().collect();
    let item = Arc::new(Field::new_list_field(coded.data_type().clone(), true));
    let lengths = arrow_buffer::OffsetBuffer::from_lengths([2, 1]);
    let list = ListArray::try_new(item, lengths, Arc::new(coded), None).unwrap();
    check(list, ColumnKind::Text, &["[\"a\",null]", "[\"b\"]"]);
    let batch = log_of(
        2,
        vec![("x", Arc::new(StringArray::from(vec!["a??", "b"])))],
    );
    let mut bytes = file_of(&[batch], None);
    let at = memchr::memmem::find(&bytes, b"a??b").unwrap();
    bytes[at + 1..at + 3].copy_from_slice(b"\xff\xfe");
    assert_eq!(shown(&load(&bytes).log, "x"), ["a\\xff\\xfe", "b"]);
}

/// Batches of which each has a dictionary of its own.
fn changing() -> Vec<RecordBatch> {
    let batch = |i: usize| {
        let texts: Vec<String> = (0..10).map(|n| format!("{i}-{}", n % 3)).collect();
        let texts: DictionaryArray<Int32Type> = texts.iter().map(String::as_str).collect();
        log_of(10, vec![("x", Arc::new(texts))])
    };
    (0..3).map(batch).collect()
}

#[test]
fn dictionaries_of_a_stream_may_change() {
    let Loaded { log, report, .. } = load(&stream_of(&changing(), None));
    assert_eq!((log.n_events(), report.incomplete), (30, false));
    let mut texts = shown(&log, "x");
    texts.sort_unstable();
    texts.dedup();
    assert_eq!(texts.len(), 9);
    assert_eq!((texts[0].as_str(), texts[8].as_str()), ("0-0", "2-2"));
}

#[test]
fn samples_are_of_more_than_the_first_batch() {
    let batches = vec![log_of(1, Vec::new()); 40];
    let bytes = stream_of(&batches, None);
    let options = ReadOptions::default();
    let looked = crate::formats::look(&bytes.as_slice(), &options, &Progress::default()).unwrap();
    assert_eq!(looked.profiles[0].filled, 40);
    assert_eq!(looked.facts[0], ("rows".into(), "40".into()));
}

#[test]
fn blocks_do_not_change_the_log() {
    let batches = changing();
    for bytes in [stream_of(&batches, None), file_of(&batches[..1], None)] {
        let whole = load(&bytes);
        for block in [100, 700] {
            let pieces = load_with(&bytes, Limits::in_blocks(block)).unwrap();
            assert_eq!(format!("{:?}", whole.log), format!("{:?}", pieces.log));
            assert_eq!(whole.report, pieces.report);
        }
    }
}

#[test]
fn what_is_cut_is_read_as_far_as_its_batches_are_whole() {
    let batches = changing();
    for (bytes, is_file) in [
        (stream_of(&batches, None), false),
        (
            file_of(&[log_of(10, Vec::new()), log_of(4, Vec::new())], None),
            true,
        ),
    ] {
        let whole = load(&bytes).log.n_events();
        let mut counts = Vec::new();
        for len in (MAGIC.len()..bytes.len()).rev().step_by(7) {
            match load_with(&bytes[..len], Limits::usual()) {
                Ok(Loaded { log, report, .. }) => {
                    // A stream may end between two messages without the mark of its end.
                    assert!(report.incomplete || !is_file, "{len}");
                    counts.push(log.n_events());
                }
                Err(error) => {
                    let error = error.to_string();
                    assert!(error.contains("cut before its rows"), "{len}: {error}");
                }
            }
        }
        counts.reverse();
        assert!(counts.is_sorted());
        assert_eq!(counts.last(), Some(&whole));
        assert!(counts.contains(&10), "the first batch alone");
    }
}

#[test]
fn empty_files_are_empty_logs_and_others_are_refused() {
    let empty = log_of(0, Vec::new());
    for bytes in [
        file_of(std::slice::from_ref(&empty), None),
        stream_of(std::slice::from_ref(&empty), None),
        file_of(&[empty.clone(), log_of(0, Vec::new())], None),
    ] {
        assert_eq!(load(&bytes).log.n_events(), 0);
    }
    assert!(refused(b"ARROW1").contains("cut before"));
    assert!(refused(b"ARROW1\0\0").contains("cut before"));
    assert!(refused(&[0xff; 4]).contains("cut before"));
    assert!(refused(&[0xff; 400]).contains("is damaged"));
    assert!(refused(b"ARROW1\0\0a text, and no message").contains("is damaged"));
    let mut footer = file_of(&[empty], None);
    let length = footer.len() - 10;
    footer[length..length + 4].copy_from_slice(&i32::MAX.to_le_bytes());
    assert!(refused(&footer).contains("footer"));
}

#[test]
fn claims_beyond_the_file_are_refused() {
    let batch = log_of(50, vec![("x", Arc::new(NullArray::new(50)))]);
    let bytes = file_of(std::slice::from_ref(&batch), None);
    // Lengths of the batch and of its columns are 64 bits each.
    let n = 50u64.to_le_bytes();
    for claim in [u64::MAX, 1 << 40, u64::from(u32::MAX)] {
        let mut claimed = bytes.clone();
        let places: Vec<usize> = memchr::memmem::find_iter(&bytes, &n).collect();
        assert!(places.len() >= 5, "the batch and four columns");
        for at in places {
            claimed[at..at + 8].copy_from_slice(&claim.to_le_bytes());
        }
        assert!(refused(&claimed).contains("is damaged"));
    }
    // Compressed data that claim to be long.
    let texts: StringArray = (0..5000).map(|_| Some("the same text")).collect();
    let batch = log_of(5000, vec![("x", Arc::new(texts))]);
    for by in [CompressionType::LZ4_FRAME, CompressionType::ZSTD] {
        let bytes = file_of(std::slice::from_ref(&batch), Some(by));
        let length = (5000u64 * 13).to_le_bytes();
        // The texts come last, behind offsets that hold the same number.
        let at = memchr::memmem::rfind(&bytes, &length).expect("the claim of the texts");
        for claim in [1u64 << 31, 1 << 45, 65_001, 64_999] {
            let mut claimed = bytes.clone();
            claimed[at..at + 8].copy_from_slice(&claim.to_le_bytes());
            assert!(refused(&claimed).contains("is damaged"), "{claim}");
        }
    }
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
    let batch = log_of(3, common());
    let by = Some(CompressionType::LZ4_FRAME);
    let mut loaded = 0;
    for file in [
        file_of(&[log_of(3, Vec::new())], None),
        stream_of(&changing()[..2], by),
        file_of(&[batch], None),
    ] {
        // Some hundred of them; fuzzing has the others.
        for at in (0..file.len()).step_by(11) {
            let mut damaged = file.clone();
            damaged[at] ^= [0x01, 0x80, 0xff][at % 3];
            // Loaded or refused, but no panic.
            loaded += usize::from(load_with(&damaged, Limits::in_blocks(100)).is_ok());
        }
    }
    assert!(loaded > 0, "some damage is harmless");
}
