//! What reading costs: the same log in each format, and its index on disk. Bytes are those of the
//! file. It measures and judges nothing.
//!
//!     cargo bench --bench read
//!     CASETRAIL_BENCH_EVENTS=10000000 cargo bench --bench read -- csv

mod common;

use casetrail::event_log::{EventLog, Value};
use casetrail::formats::{LogOptions, ReadPlan};
use casetrail::index::Index;
use casetrail::source::{self, Input};
use casetrail::store::{self, Folder, Key};
use chrono::DateTime;
use common::N_EVENTS;
use divan::Bencher;
use divan::counter::{BytesCount, ItemsCount};
use flate2::{Compression, write::GzEncoder};
use parquet::arrow::ArrowWriter;
use std::ffi::OsString;
use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::sync::Arc;
use tempfile::{NamedTempFile, TempDir};

fn main() {
    divan::main();
    common::clean_up();
}

/// Measures the reading of a file.
fn measure(bencher: Bencher, path: &Path) {
    let bytes = path.metadata().map_or(0, |file| file.len());
    bencher
        .counter(BytesCount::new(bytes))
        .counter(ItemsCount::new(*N_EVENTS))
        .bench(|| common::read(path));
}

/// A file of the same log in another format.
fn written(write: impl FnOnce(&mut dyn Write, &EventLog) -> io::Result<()>) -> NamedTempFile {
    let file = NamedTempFile::new().expect("a temporary file");
    let mut out = BufWriter::new(file.as_file());
    write(&mut out, &common::LOG).expect("room for the log");
    out.flush().expect("room for the log");
    drop(out);
    file
}

/// Case, activity, time and all other values of each event, as texts.
fn rows(log: &EventLog, mut row: impl FnMut(usize, &str, &[(&str, String)])) {
    for case in 0..log.n_cases() {
        for event in log.events_of(case) {
            let time = instant(log.time[event]);
            let mut values = vec![
                (
                    "concept:name",
                    log.activities.get(log.activity.get(event)).to_owned(),
                ),
                ("time:timestamp", time),
            ];
            for column in &log.columns {
                let text = match column.value(column.row(case, event)) {
                    Value::Missing => continue,
                    Value::Text(text) => text.to_owned(),
                    Value::Number(number) => number.to_string(),
                    Value::Instant(micros) => instant(micros),
                };
                values.push((column.name.as_str(), text));
            }
            row(case, log.case_ids.get(case as u32), &values);
        }
    }
}

fn instant(micros: i64) -> String {
    let instant = DateTime::from_timestamp_micros(micros).unwrap_or_default();
    instant.to_rfc3339()
}

fn xes(out: &mut dyn Write, log: &EventLog) -> io::Result<()> {
    let escaped = |text: &str| {
        text.replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('"', "&quot;")
    };
    let mut text = String::from("<?xml version=\"1.0\"?>\n<log xes.version=\"1.0\">\n");
    let mut open = usize::MAX;
    rows(log, |case, id, values| {
        if case != open {
            text += if open == usize::MAX { "" } else { "</trace>\n" };
            let _ = writeln!(
                text,
                "<trace>\n\t<string key=\"concept:name\" value=\"{}\"/>",
                escaped(id)
            );
            open = case;
        }
        text += "\t<event>\n";
        for (name, value) in values {
            let tag = if *name == "time:timestamp" {
                "date"
            } else {
                "string"
            };
            let value = escaped(value);
            let _ = writeln!(text, "\t\t<{tag} key=\"{name}\" value=\"{value}\"/>");
        }
        text += "\t</event>\n";
    });
    out.write_all(text.as_bytes())?;
    out.write_all(b"</trace>\n</log>\n")
}

fn jsonl(out: &mut dyn Write, log: &EventLog) -> io::Result<()> {
    let mut result = Ok(());
    rows(log, |_, id, values| {
        let pairs = values
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.as_str().into()));
        let mut object: serde_json::Map<String, serde_json::Value> = pairs.collect();
        object.insert("case:concept:name".to_owned(), id.into());
        let line = serde_json::Value::Object(object).to_string();
        if result.is_ok() {
            result = writeln!(out, "{line}");
        }
    });
    result
}

fn parquet(out: &mut (dyn Write + Send), log: &EventLog) {
    use arrow_array::builder::{StringDictionaryBuilder, TimestampMicrosecondBuilder};
    use arrow_array::types::Int32Type;
    use arrow_array::{ArrayRef, RecordBatch};
    let mut time = TimestampMicrosecondBuilder::new();
    time.append_slice(&log.time);
    let mut names = vec!["case:concept:name".to_owned(), "concept:name".to_owned()];
    names.extend(log.columns.iter().map(|column| column.name.clone()));
    let mut texts: Vec<StringDictionaryBuilder<Int32Type>> = names
        .iter()
        .map(|_| StringDictionaryBuilder::new())
        .collect();
    for case in 0..log.n_cases() {
        for event in log.events_of(case) {
            texts[0].append_value(log.case_ids.get(case as u32));
            texts[1].append_value(log.activities.get(log.activity.get(event)));
            for (builder, column) in texts[2..].iter_mut().zip(&log.columns) {
                match column.value(column.row(case, event)) {
                    Value::Missing => builder.append_null(),
                    Value::Text(text) => builder.append_value(text),
                    Value::Number(number) => builder.append_value(number.to_string()),
                    Value::Instant(micros) => builder.append_value(instant(micros)),
                }
            }
        }
    }
    let texts = texts.iter_mut().map(|b| Arc::new(b.finish()) as ArrayRef);
    let time = Arc::new(time.finish().with_timezone("UTC")) as ArrayRef;
    let columns = names.into_iter().zip(texts);
    let columns = columns.chain([("time:timestamp".to_owned(), time)]);
    let batch = RecordBatch::try_from_iter(columns).expect("columns of one length");
    let mut writer = ArrowWriter::try_new(out, batch.schema(), None).expect("a writer");
    writer.write(&batch).expect("room for the log");
    writer.close().expect("room for the log");
}

#[divan::bench(sample_count = 5, sample_size = 1)]
fn read_csv(bencher: Bencher) {
    measure(bencher, common::csv());
}

#[divan::bench(sample_count = 5, sample_size = 1)]
fn read_csv_gz(bencher: Bencher) {
    let file = NamedTempFile::new().expect("a temporary file");
    let mut gzip = GzEncoder::new(file.as_file(), Compression::fast());
    let mut csv = File::open(common::csv()).expect("the log");
    io::copy(&mut csv, &mut gzip).expect("room for the log");
    gzip.finish().expect("room for the log");
    measure(bencher, file.path());
}

#[divan::bench(sample_count = 5, sample_size = 1)]
fn read_xes(bencher: Bencher) {
    measure(bencher, written(xes).path());
}

#[divan::bench(sample_count = 5, sample_size = 1)]
fn read_jsonl(bencher: Bencher) {
    measure(bencher, written(jsonl).path());
}

#[divan::bench(sample_count = 5, sample_size = 1)]
fn read_parquet(bencher: Bencher) {
    let mut file = NamedTempFile::new().expect("a temporary file");
    parquet(file.as_file_mut(), &common::LOG);
    measure(bencher, file.path());
}

/// The log and its index as an entry of a cache.
struct Entry {
    folder: Folder,
    inputs: Vec<Input>,
    key: Key,
    _place: TempDir,
}

fn entry() -> Entry {
    let place = tempfile::tempdir().expect("a folder");
    let folder = Folder::open(place.path(), true).expect("a folder");
    let inputs = source::open(&[OsString::from(common::csv())]).expect("the log");
    let plan = ReadPlan {
        logs: vec![LogOptions::default()],
        ..ReadPlan::default()
    };
    let key = Key::of(&inputs, &plan).expect("a file");
    let (log, report) = common::read(common::csv());
    let index = Index::build(&log, &casetrail::event_log::Progress::default()).expect("an index");
    store::put(&folder, &key, &inputs, &log, &index, &report).expect("room for the index");
    Entry {
        folder,
        inputs,
        key,
        _place: place,
    }
}

/// The second start: the index opened, its checksums still to be proved.
#[divan::bench]
fn open_index(bencher: Bencher) {
    let entry = entry();
    bencher.bench(|| store::get(&entry.folder, &entry.key, &entry.inputs).map(drop));
}

/// The proof that the index is what was written.
#[divan::bench]
fn prove_index(bencher: Bencher) {
    let entry = entry();
    let (_, proof) = store::get(&entry.folder, &entry.key, &entry.inputs).expect("the entry");
    bencher.bench(|| proof.check());
}
