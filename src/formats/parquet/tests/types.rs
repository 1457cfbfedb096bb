//! Types of values, each written and read as a column of a log.

use super::*;

#[track_caller]
fn check(column: impl Array + 'static, kind: ColumnKind, want: &[&str]) {
    let (log, report) = load(&log_of(vec![("x", Arc::new(column))]));
    assert_eq!(shown(&log, "x"), want);
    assert_eq!(log.column("x").unwrap().kind(), kind);
    assert_eq!(
        (report.n_rejected, report.lines.loaded),
        (0, want.len() as u64)
    );
}

#[test]
fn numbers_of_all_widths_are_numbers() {
    use ColumnKind::{Number, Text};
    check(Int8Array::from(vec![Some(-1), None]), Number, &["-1", "-"]);
    check(UInt8Array::from(vec![255, 0]), Number, &["255", "0"]);
    check(Int16Array::from(vec![-1, 2]), Number, &["-1", "2"]);
    check(UInt16Array::from(vec![65535, 2]), Number, &["65535", "2"]);
    check(Int32Array::from(vec![-1, 2]), Number, &["-1", "2"]);
    check(
        UInt32Array::from(vec![u32::MAX, 2]),
        Number,
        &["4294967295", "2"],
    );
    check(UInt64Array::from(vec![1, 2]), Number, &["1", "2"]);
    check(
        Int64Array::from(vec![1 << 53, -5]),
        Number,
        &["9007199254740992", "-5"],
    );
    // No double holds these: identifiers, which stay texts to the last digit.
    let ids = Int64Array::from(vec![Some((1 << 53) + 1), Some(7), None]);
    check(ids, Text, &["9007199254740993", "7", "-"]);
    check(
        UInt64Array::from(vec![u64::MAX]),
        Text,
        &["18446744073709551615"],
    );
    let floats = Float64Array::from(vec![Some(0.1), None, Some(f64::NAN)]);
    check(floats, Number, &["0.1", "-", "-"]);
    check(
        Float64Array::from(vec![f64::INFINITY, 1.0]),
        Text,
        &["inf", "1"],
    );
    check(Float32Array::from(vec![0.1]), Number, &["0.1"]);
    let decimal = |values: Vec<i128>, scale| {
        let array = Decimal128Array::from(values);
        array.with_precision_and_scale(38, scale).unwrap()
    };
    check(decimal(vec![12345, -5], 2), Number, &["123.45", "-0.05"]);
    check(
        decimal(vec![i128::pow(10, 30)], 0),
        Text,
        &["1000000000000000000000000000000"],
    );
    let wide = Decimal256Array::from(vec![i256::from_i128(-1500)]);
    check(
        wide.with_precision_and_scale(60, 3).unwrap(),
        Number,
        &["-1.5"],
    );
    check(
        DurationNanosecondArray::from(vec![1_500_000_000]),
        Number,
        &["1.5"],
    );
}

#[test]
fn texts_of_all_kinds_are_texts() {
    use ColumnKind::Text;
    check(
        BooleanArray::from(vec![Some(true), Some(false), None]),
        Text,
        &["true", "false", "-"],
    );
    check(
        LargeStringArray::from(vec![Some("ä"), None, Some("")]),
        Text,
        &["ä", "-", ""],
    );
    check(
        StringViewArray::from(vec!["a", "a long text of a view, not inlined"]),
        Text,
        &["a", "a long text of a view, not inlined"],
    );
    check(
        BinaryArray::from(vec![b"\xff".as_slice(), b"b"]),
        Text,
        &["\\xff", "b"],
    );
    check(LargeBinaryArray::from(vec![b"x".as_slice()]), Text, &["x"]);
    check(NullArray::new(2), Text, &["-", "-"]);
    let categories: DictionaryArray<Int8Type> = [Some("low"), None, Some("high"), Some("low")]
        .into_iter()
        .collect();
    check(categories, Text, &["low", "-", "high", "low"]);
    let coded = Int32Array::from(vec![10, 20]);
    let numbers = DictionaryArray::<Int32Type>::new(vec![1, 0, 1].into(), Arc::new(coded));
    check(numbers, ColumnKind::Number, &["20", "10", "20"]);
    check(
        Time64MicrosecondArray::from(vec![3_600_000_001, 0]),
        Text,
        &["01:00:00.000001", "00:00:00"],
    );
    check(Time32SecondArray::from(vec![86_399]), Text, &["23:59:59"]);
    check(
        FixedSizeBinaryArray::try_from_iter([b"ab", b"cd"].into_iter()).unwrap(),
        Text,
        &["ab", "cd"],
    );
    // Numbers in texts are numbers, as in any format; 007 is none.
    check(
        StringArray::from(vec!["1", "2"]),
        ColumnKind::Number,
        &["1", "2"],
    );
    check(StringArray::from(vec!["1", "007"]), Text, &["1", "007"]);
}

#[test]
fn instants_of_all_units_are_instants() {
    use ColumnKind::Instant;
    let at = format!("@{START}000000");
    let want = [at.as_str(), "-"];
    check(
        TimestampSecondArray::from(vec![Some(START), None]),
        Instant,
        &want,
    );
    check(
        TimestampMillisecondArray::from(vec![Some(START * 1000), None]),
        Instant,
        &want,
    );
    check(
        TimestampMicrosecondArray::from(vec![Some(START * 1_000_000), None]),
        Instant,
        &want,
    );
    let nanos = vec![Some(START * 1_000_000_000 + 999), None];
    check(TimestampNanosecondArray::from(nanos), Instant, &want);
    check(
        Date32Array::from(vec![Some((START / 86400) as i32), None]),
        Instant,
        &want,
    );
    check(
        Date64Array::from(vec![Some(START * 1000), None]),
        Instant,
        &want,
    );
    // Beyond the year 9999 there is no instant, so the column is of texts.
    let far = TimestampMicrosecondArray::from(vec![i64::MAX, 0]);
    check(
        far,
        ColumnKind::Text,
        &["out of range", "1970-01-01T00:00:00"],
    );
}

#[test]
fn naive_times_are_of_the_zone_and_others_of_utc() {
    let options = ReadOptions {
        tz: Some(chrono_tz::Europe::Berlin),
        ..ReadOptions::default()
    };
    let times = |aware: Option<&str>| {
        let array = TimestampMicrosecondArray::from(vec![START * 1_000_000]);
        let file = file_of(
            vec![
                ("case", Arc::new(StringArray::from(vec!["1"])) as ArrayRef),
                ("activity", Arc::new(StringArray::from(vec!["A"]))),
                ("time", Arc::new(array.with_timezone_opt(aware))),
                ("seen", Arc::new(TimestampSecondArray::from(vec![START]))),
            ],
            WriterProperties::default(),
        );
        let log = load_with(&file, &options, Limits::usual()).unwrap().log;
        (
            log.time[0] / 1_000_000 - START,
            shown(&log, "seen")[0].clone(),
        )
    };
    let seen = format!("@{}000000", START - 3600);
    assert_eq!(times(None), (-3600, seen.clone()));
    assert_eq!(times(Some("America/New_York")), (0, seen));
}

/// A file with INT96 and texts that are no UTF-8, which only the low-level writer makes.
#[test]
fn spark_s_int96_uuids_and_bytes_that_are_no_utf8() {
    let options = ReadOptions {
        tz: Some(chrono_tz::Asia::Tokyo),
        ..ReadOptions::default()
    };
    let log = load_with(&low_level(), &options, Limits::usual())
        .unwrap()
        .log;
    assert_eq!(
        log.activities.iter().collect::<Vec<_>>(),
        ["A\\xff", "A\\xfe"]
    );
    assert_eq!(log.time, [86_400_001_000, 376_200 * 86_400_000_000]);
    assert_eq!(
        shown(&log, "id"),
        ["00010203-0405-0607-0809-0a0b0c0d0e0f", "-"]
    );
}

#[test]
fn fields_of_structs_are_columns_and_lists_are_json() {
    let mut list = ListBuilder::new(Int32Builder::new());
    list.append_value([Some(1), None]);
    list.append_null();
    let mut map = MapBuilder::new(None, StringBuilder::new(), Int32Builder::new());
    map.keys().append_value("a\"b");
    map.values().append_value(1);
    map.append(true).unwrap();
    map.append(true).unwrap();
    let inner = StructArray::from(vec![(
        Arc::new(Field::new("city", DataType::Utf8, true)),
        Arc::new(StringArray::from(vec![Some("Köln"), Some("Bonn")])) as ArrayRef,
    )]);
    let fields = vec![
        Field::new("n", DataType::Int32, true),
        Field::new("at", inner.data_type().clone(), true),
    ];
    let columns: Vec<ArrayRef> = vec![Arc::new(Int32Array::from(vec![1, 2])), Arc::new(inner)];
    let outer = StructArray::new(fields.into(), columns, Some(vec![true, false].into()));
    let file = log_of(vec![
        ("list", Arc::new(list.finish())),
        ("map", Arc::new(map.finish())),
        ("who", Arc::new(outer)),
    ]);
    let (log, _) = load(&file);
    assert_eq!(shown(&log, "list"), ["[1,null]", "-"]);
    assert_eq!(shown(&log, "map"), ["{\"a\\\"b\":1}", "{}"]);
    assert_eq!(shown(&log, "who.n"), ["1", "-"]);
    assert_eq!(shown(&log, "who.at.city"), ["Köln", "-"]);
    assert_eq!(log.columns.len(), 4);
}
