//! Inputs of all wrappings and encodings through [`read`]: what is loaded, and what is said about it.

mod stopped;

use super::*;
use crate::event_log::Role;
use crate::formats::{Reason, Reject, Warning};
use flate2::{Compression, write::GzEncoder};
use std::io::{self, Write};

const LOG: &str = "case_id,activity,timestamp\nc1,A,2024-01-01\nc1,B,2024-01-02\n";

fn load(bytes: &[u8], options: &ReadOptions) -> Result<(EventLog, ImportReport), ImportError> {
    read(&[bytes], options, &Progress::default())
}

fn plain(bytes: &[u8]) -> (EventLog, ImportReport) {
    load(bytes, &ReadOptions::default()).unwrap()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut writer = GzEncoder::new(Vec::new(), Compression::default());
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

fn codes(report: &ImportReport) -> Vec<Warning> {
    report.warnings.keys().copied().collect()
}

#[test]
fn encodings_are_found() {
    let russian = "case_id;activity;timestamp\n1;Регистрация обращения клиента;2024-01-01\n";
    let utf16 =
        |text: &str| -> Vec<u8> { text.encode_utf16().flat_map(u16::to_le_bytes).collect() };
    let utf16_be =
        |text: &str| -> Vec<u8> { text.encode_utf16().flat_map(u16::to_be_bytes).collect() };
    let guessed: &[Warning] = &[Warning::EncodingGuessed];
    let cases: Vec<(Vec<u8>, &str, &[Warning])> = vec![
        (russian.into(), "utf-8", &[]),
        ([b"\xef\xbb\xbf", russian.as_bytes()].concat(), "utf-8", &[]),
        (
            [b"\xff\xfe", utf16(russian).as_slice()].concat(),
            "utf-16le",
            &[],
        ),
        (
            [b"\xfe\xff", utf16_be(russian).as_slice()].concat(),
            "utf-16be",
            &[],
        ),
        (
            encoding_rs::WINDOWS_1251.encode(russian).0.into_owned(),
            "windows-1251",
            guessed,
        ),
        (
            encoding_rs::IBM866.encode(russian).0.into_owned(),
            "ibm866",
            guessed,
        ),
    ];
    for (bytes, encoding, warnings) in cases {
        let (log, report) = plain(&bytes);
        assert_eq!(report.encoding, encoding);
        assert_eq!(codes(&report), warnings, "{encoding}");
        assert_eq!(log.activities.get(0), "Регистрация обращения клиента");
    }
    let (_, report) = plain(&utf16(LOG));
    assert_eq!(
        (report.encoding.as_str(), codes(&report)),
        ("utf-16le", vec![Warning::EncodingGuessed])
    );
    let utf32 = [b"\xff\xfe\0\0".as_slice(), b"c\0\0\0"].concat();
    let error = load(&utf32, &ReadOptions::default()).expect_err("is refused");
    assert!(error.to_string().contains("UTF-32"));
}

#[test]
fn an_encoding_that_was_given_is_obeyed() {
    let options = ReadOptions {
        encoding: Some("koi8-r".into()),
        ..ReadOptions::default()
    };
    let bytes = b"case_id;activity;timestamp\n1;\xef\xd4\xcb\xc1\xda;2024-01-01\n";
    let (log, report) = load(bytes, &options).unwrap();
    assert_eq!(log.activities.get(0), "Отказ");
    assert_eq!(report.encoding, "koi8-r");
    assert!(report.warnings.is_empty());
    let options = ReadOptions {
        encoding: Some("klingon".into()),
        ..ReadOptions::default()
    };
    assert!(matches!(load(bytes, &options), Err(ImportError::Usage(_))));
}

#[test]
fn stray_bytes_stay_distinct_in_utf8() {
    let text = "case_id,activity,timestamp,who\nc1,Отказ,2024-01-01,Пётр\n";
    let bytes = [
        text.as_bytes(),
        b"c1,A\xff,2024-01-02,x\nc1,A\xfe,2024-01-03,x\n",
    ]
    .concat();
    let (log, report) = plain(&bytes);
    let activities: Vec<&str> = log.activities.iter().collect();
    assert_eq!(activities, ["Отказ", "A\\xff", "A\\xfe"]);
    assert_eq!(codes(&report), [Warning::BadBytes]);
}

#[test]
fn compressed_logs_are_read_and_a_cut_is_told() {
    let whole = gzip(LOG.as_bytes());
    let (log, report) = plain(&whole);
    assert_eq!(log.n_events(), 2);
    assert!(!report.incomplete && report.warnings.is_empty());

    let mut wrong_sum = whole.clone();
    let at = wrong_sum.len() - 8;
    wrong_sum[at] ^= 1;
    let (log, report) = plain(&wrong_sum);
    assert_eq!((log.n_events(), report.incomplete), (2, true));
    let reject = &report.rejects[0];
    assert_eq!((reject.line, reject.reason), (None, Reason::Checksum));

    let row = |i: usize| format!("c{i},A,2024-01-01T00:00:{:02}\n", i * 7 % 60);
    let long: String = (0..2000).map(row).collect();
    let long = [LOG, &long].concat();
    let cut = gzip(long.as_bytes());
    let (log, report) = plain(&cut[..cut.len() / 2]);
    assert!(log.n_events() > 100 && report.incomplete);
    assert!(report.rejects.iter().all(|r| r.reason == Reason::Truncated));
    assert!(report.warnings.contains_key(&Warning::Incomplete));
}

#[test]
fn zstd_is_read_as_gzip_is() {
    let zstd = |bytes: &[u8]| {
        let mut encoder = ::zstd::Encoder::new(Vec::new(), 3).unwrap();
        encoder.include_checksum(true).unwrap();
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    };
    let row = |i: usize| format!("c{i},Прием,2024-01-01T00:00:{:02}\n", i * 7 % 60);
    let rows: String = (0..20_000).map(row).collect();
    let text = [LOG, &rows].concat();
    let frames = [zstd(&text.as_bytes()[..90]), zstd(&text.as_bytes()[90..])].concat();
    assert!(plain(&frames) == plain(text.as_bytes()));

    let (log, report) = plain(&frames[..frames.len() - 1]);
    assert!(report.incomplete && log.n_events() == 20_002);
    let (log, report) = plain(&frames[..frames.len() / 2]);
    assert!(report.incomplete && log.n_events() < 20_002);
    let mut wrong_sum = frames.clone();
    *wrong_sum.last_mut().unwrap() ^= 1;
    let (log, report) = plain(&wrong_sum);
    assert_eq!((log.n_events(), report.incomplete), (20_002, true));
    assert_eq!(report.rejects[0].reason, Reason::Checksum);
    let (_, report) = plain(&[frames, vec![0; 9]].concat());
    assert!(codes(&report).contains(&Warning::TrailingGarbage));

    let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let utf16 = [b"\xfe\xff".to_vec(), utf16].concat();
    let (log, report) = plain(&zstd(&utf16));
    assert_eq!(
        (log.n_events(), report.encoding.as_str()),
        (20_002, "utf-16be")
    );
}

#[test]
fn starts_are_used_as_the_lifecycle_option_says() {
    let text = "case,activity,start,end\nc1,A,2024-01-01T10:00,2024-01-01T11:00\nc1,B,2024-01-01T09:00,2024-01-01T12:00\n";
    let load_as = |lifecycle, start: Option<&str>| {
        let options = ReadOptions {
            lifecycle,
            columns: [(Role::Start, start.map(Into::into).into_iter().collect())].into(),
            ..ReadOptions::default()
        };
        load(text.as_bytes(), &options).unwrap().0
    };
    let first = |log: &EventLog| log.activities.get(log.activity.get(0)).to_string();
    let auto = load_as(Lifecycle::Auto, None);
    assert!(auto.has_instances() && first(&auto) == "B" && auto.columns.is_empty());
    let events = load_as(Lifecycle::Events, None);
    assert!(!events.has_instances() && first(&events) == "A");
    assert_eq!(events.columns[0].name, "start");
    assert!(load_as(Lifecycle::Events, Some("start")).has_instances());
}

#[test]
fn starts_and_completes_are_paired() {
    let text = "case,task,time,transition\nc1,A,2024-01-01T10:00,start\nc1,A,2024-01-01T11:00,Complete\nc1,B,2024-01-01T12:00,start\n";
    let (log, report) = plain(text.as_bytes());
    assert!(log.has_instances());
    assert_eq!((log.n_events(), report.lone_starts), (1, 1));
    assert!(
        report
            .mapping
            .contains(&("lifecycle".into(), "transition".into()))
    );
}

#[test]
fn transitions_that_make_no_instance_are_counted() {
    let head = "case,task,time,transition\n";
    let row = |(i, transition): (usize, &str)| format!("c1,A,2024-01-01T10:0{i},{transition}\n");
    let load = |transitions: &[&str]| {
        let rows: String = transitions.iter().copied().enumerate().map(row).collect();
        plain(format!("{head}{rows}").as_bytes())
    };
    let (log, report) = load(&["schedule", "start", "withdraw", "complete", "schedule"]);
    assert_eq!(log.n_events(), 1);
    assert_eq!(
        report.warnings[&Warning::LeftOutTransitions].sentence,
        "events whose lifecycle transition makes no activity instance, left out: 3 \
         (\"schedule\" 2, \"withdraw\" 1)"
    );
    let (_, report) = load(&["start", "suspend", "resume", "complete"]);
    assert!(!report.warnings.contains_key(&Warning::LeftOutTransitions));
}

#[test]
fn what_is_suspended_is_not_worked_on() {
    let rows = [
        "A,10:00,start",
        "A,10:30,SUSPEND",
        "A,10:40,suspend",
        "A,11:00,resume",
        "A,11:30,suspend",
        "A,12:00,complete",
        "B,12:00,resume",
        "B,12:30,start",
        "B,13:00,complete",
        "B,13:10,suspend",
        "B,13:20,complete",
    ];
    let row = |row: &&str| format!("c1,{}\n", row.replace(",1", ",2024-01-01T1"));
    let rows: String = rows.iter().map(row).collect();
    let (log, report) = plain(format!("case,task,time,transition\n{rows}").as_bytes());
    let minutes = |micros: Option<i64>| micros.map(|micros| micros / 60_000_000);
    let times = (0..log.n_events()).map(|e| (minutes(log.service(e)), minutes(log.active(e))));
    // 30 minutes before the first suspend and 30 after the resume; without a start none is known.
    let wanted = [(Some(120), Some(60)), (Some(30), Some(30)), (None, None)];
    assert!(times.eq(wanted));
    assert_eq!((log.suspended.is_some(), report.lone_starts), (true, 0));
}

#[test]
fn names_that_look_alike_or_hide_something_are_told() {
    let rows = |names: &[&str]| {
        let row = |name: &&str| format!("c1,{name},2024-01-01\n");
        let rows: String = names.iter().map(row).collect();
        let text = format!("case_id,activity,timestamp\n{rows}");
        codes(&plain(text.as_bytes()).1)
    };
    assert_eq!(rows(&["A", "B"]), []);
    assert_eq!(rows(&["A", "А"]), [Warning::Lookalike]);
    assert_eq!(rows(&["Й", "И\u{306}"]), [Warning::Lookalike]);
    assert_eq!(rows(&["Pay", "Pay "]), [Warning::Lookalike]);
    assert_eq!(
        rows(&["Pay", "Pa\u{200b}y"]),
        [Warning::HiddenChars, Warning::Lookalike]
    );
    assert_eq!(rows(&["A\u{1b}[31m"]), [Warning::ControlChars]);
    assert_eq!(rows(&["NULL"]), [Warning::NullWord]);
    assert_eq!(rows(&["A", "A"]), [Warning::Duplicates]);
}

/// Bytes that are changed while they are read.
struct Changing<'a>(&'a [u8]);

impl Bytes for Changing<'_> {
    fn name(&self) -> &'static str {
        "log.csv"
    }

    fn len(&self) -> u64 {
        self.0.len() as u64 + 100
    }

    fn read_at(&self, offset: u64, out: &mut [u8]) -> io::Result<usize> {
        self.0.read_at(offset, out)
    }

    fn changed(&self) -> io::Result<bool> {
        Ok(true)
    }
}

#[test]
fn a_file_that_shrinks_while_it_is_read_is_incomplete() {
    let inputs = [Changing(LOG.as_bytes())];
    let (log, report) = read(&inputs, &ReadOptions::default(), &Progress::default()).unwrap();
    assert_eq!(log.n_events(), 2);
    assert!(report.incomplete);
    assert!(report.warnings.contains_key(&Warning::FileChanged));
}

#[test]
fn a_load_that_is_cancelled_stops() {
    let progress = Progress::default();
    progress.cancel();
    let outcome = read(&[LOG.as_bytes()], &ReadOptions::default(), &progress);
    assert!(matches!(outcome, Err(ImportError::Cancelled(_))));
}

#[test]
fn a_look_proposes_where_names_say_nothing() {
    let looked = |text: &str, options: &ReadOptions| {
        look(&text.as_bytes(), options, &Progress::default()).unwrap()
    };
    let rows = "c1,A,2024-01-01T10:00\nc1,B,2024-01-01T11:00\nc2,A,2024-01-02T10:00\n";
    let found = looked(&format!("foo,bar,baz\n{rows}"), &ReadOptions::default());
    assert!(found.doubtful && !found.no_header);
    assert_eq!(found.columns, ["foo", "bar", "baz"]);
    assert_eq!(
        (
            found.proposed[Role::Case].as_slice(),
            found.roles[Role::Time][0].as_str()
        ),
        (&["foo".to_owned()][..], "baz")
    );
    assert_eq!(found.profiles[1].values, ["A", "B"]);
    assert_eq!(found.doubts.len(), 1, "{:?}", found.doubts);
    // A first row with a time is no header.
    let found = looked(rows, &ReadOptions::default());
    assert!(found.doubtful && found.no_header);
    let options = ReadOptions {
        no_header: true,
        ..ReadOptions::default()
    };
    let found = looked(rows, &options);
    assert!(found.doubtful && !found.no_header);
    assert_eq!(found.columns, ["1", "2", "3"]);
    assert_eq!(found.roles[Role::Time], ["3"]);
    // A clear header is certain, and so is what the user says.
    let found = looked(LOG, &ReadOptions::default());
    assert!(!found.doubtful && found.scores.len() == found.columns.len());
    let options = ReadOptions {
        columns: [
            (Role::Case, vec!["foo".into()]),
            (Role::Activity, vec!["bar".into()]),
            (Role::Time, vec!["baz".into()]),
        ]
        .into(),
        ..ReadOptions::default()
    };
    assert!(!looked(&format!("foo,bar,baz\n{rows}"), &options).doubtful);
}

#[test]
fn a_preview_reads_the_beginning_only() {
    use std::fmt::Write as _;
    let mut text = String::from("case,activity,time\n");
    for i in 0..200_000 {
        let activity = if i % 10 == 9 { "" } else { "A" };
        let (case, minute) = (i / 5, i % 60);
        writeln!(text, "c{case},{activity},2024-01-01T00:{minute:02}:00").unwrap();
    }
    let options = ReadOptions::default();
    let found = preview(&text.as_bytes(), &options, &Progress::default()).unwrap();
    assert!((450..20_000).contains(&found.events), "{}", found.events);
    assert!(!found.whole && found.rejected > 40 && found.rejects.len() == 50);
    assert_eq!(
        (found.first[0].case.as_str(), found.first[0].n_events),
        ("c0", 5)
    );
    assert_eq!(found.rejects[0].raw, "c1,,2024-01-01T00:09:00");
    // Where all is rejected, that is what is shown.
    let bad = "case,activity,time\nc1,A,soon\n";
    let found = preview(&bad.as_bytes(), &options, &Progress::default()).unwrap();
    assert_eq!((found.events, found.rejected, found.whole), (0, 1, true));
}

/// The rows of a CSV text as JSON lines, empty fields left out.
fn as_json_lines(csv: &str) -> String {
    let mut rows = csv.lines().map(|line| line.split(','));
    let names: Vec<&str> = rows.next().unwrap().collect();
    let object = |row: std::str::Split<'_, char>| {
        let pairs = names.iter().zip(row).filter(|(_, value)| !value.is_empty());
        let pairs: Vec<String> = pairs.map(|(n, v)| format!("{n:?}: {v:?}")).collect();
        format!("{{{}}}\n", pairs.join(", "))
    };
    rows.map(object).collect()
}

/// Seconds since 2024-03-05 of the events, in the order of the log.
fn seconds(log: &EventLog) -> Vec<i64> {
    log.time
        .iter()
        .map(|t| t / 1_000_000 - 1_709_596_800)
        .collect()
}

#[test]
fn a_date_and_a_time_of_day_in_two_columns_are_joined() {
    let hour = 3600;
    for (csv, name_of_time, times) in [
        (
            "case_id,activity,DATE,TIME\nc1,A,2024-03-05,8:30:00\nc1,B,2024-03-06,10:00:00\n",
            "DATE - TIME",
            [8 * hour + 1800, 34 * hour],
        ),
        // The time of the end goes with the date of the end, not with the next column.
        (
            "case_id,activity,end date,begin time,end time\n\
             c1,A,05.03.2024,07:00,08:00\nc1,B,06.03.2024,07:00,09:00\n",
            "end date - end time",
            [8 * hour, 33 * hour],
        ),
        (
            "case_id,activity,UDATE,UTIME\nc1,A,20240305,500\nc1,B,20240306,100000\n",
            "UDATE - UTIME",
            [300, 34 * hour],
        ),
    ] {
        for text in [csv.to_owned(), as_json_lines(csv)] {
            let (log, report) = plain(text.as_bytes());
            assert_eq!(seconds(&log), times, "{text}");
            let time = ("time".to_owned(), name_of_time.to_owned());
            assert!(report.mapping.contains(&time), "{:?}", report.mapping);
        }
    }
    // A date that was named alone is not joined, and what is left out is said.
    let alone = ReadOptions {
        columns: [(Role::Time, vec!["DATE".into()])].into(),
        ..ReadOptions::default()
    };
    let csv = "case_id,activity,DATE,TIME\nc1,A,2024-03-05,8:30:00\nc1,B,2024-03-06,10:00:00\n";
    let (log, report) = load(csv.as_bytes(), &alone).unwrap();
    assert_eq!(seconds(&log), [0, 86_400]);
    let doubt = &report.warnings[&Warning::DoubtfulMapping].sentence;
    assert!(
        doubt.contains("TIME") && doubt.contains("left out"),
        "{doubt}"
    );
}

#[test]
fn an_instance_that_has_not_ended_is_kept() {
    let csv = "case_id,activity,start,end\nc1,A,2024-03-05 01:00:00,2024-03-05 02:00:00\n\
               c1,B,2024-03-05 03:00:00,\nc2,A,,\n";
    let xes = r#"<log><trace><string key="concept:name" value="c1"/>
        <event><string key="concept:name" value="A"/>
        <date key="start" value="2024-03-05T01:00:00Z"/>
        <date key="time:timestamp" value="2024-03-05T02:00:00Z"/></event>
        <event><string key="concept:name" value="B"/>
        <date key="start" value="2024-03-05T03:00:00Z"/></event></trace>
        <trace><string key="concept:name" value="c2"/>
        <event><string key="concept:name" value="A"/></event></trace></log>"#;
    let options = ReadOptions {
        columns: [(Role::Start, vec!["start".into()])].into(),
        ..ReadOptions::default()
    };
    for text in [csv.to_owned(), as_json_lines(csv), xes.to_owned()] {
        let (log, report) = load(text.as_bytes(), &options).unwrap();
        assert_eq!(seconds(&log), [7200, 3 * 3600], "{text}");
        assert_eq!(log.service(1), None, "how long it takes is not known");
        assert_eq!([0, 1].map(|event| log.is_running(event)), [false, true]);
        assert_eq!(report.reasons[&Reason::EmptyTime], 1, "no start, no event");
        let notice = &report.warnings[&Warning::NotEnded].sentence;
        assert!(notice.contains(": 1,"), "{notice}");
        assert!(!report.warnings.contains_key(&Warning::MissingStart));
    }
}

#[test]
fn a_column_that_groups_rows_is_the_case() {
    for (csv, case, activity) in [
        (
            "id,parent_ticket,status,changed_at\n1,T1,new,2024-03-05 10:00\n\
             2,T1,done,2024-03-06 10:00\n3,T2,new,2024-03-05 10:06\n",
            "parent_ticket",
            "status",
        ),
        (
            "Ticket,From status,To status,Changed at\n1,New,Work,2024-03-05 10:00\n\
             1,Work,Done,2024-03-06 10:00\n",
            "Ticket",
            "To status",
        ),
        (
            "Auftragsnummer,Vorgangsschritt,Zeitpunkt\n7,A,05.03.2024 10:00\n\
             7,B,06.03.2024 10:00\n",
            "Auftragsnummer",
            "Vorgangsschritt",
        ),
        (
            "工单编号,活动名称,操作时间\n7,A,2024-03-05 10:00\n7,B,2024-03-06 10:00\n",
            "工单编号",
            "活动名称",
        ),
    ] {
        let (_, report) = plain(csv.as_bytes());
        let pair = |role: &str, name: &str| (role.to_owned(), name.to_owned());
        assert_eq!(
            report.mapping[..2],
            [pair("case", case), pair("activity", activity)]
        );
    }
}

fn activities(log: &EventLog) -> Vec<&str> {
    log.activities.iter().collect()
}

#[test]
fn one_activity_can_be_named_for_all_rows() {
    let csv = "order,ordered at,note\n7,2024-03-01 09:00,x\n8,2024-03-02 09:00,y\n";
    let json =
        "{\"order\":7,\"at\":\"2024-03-01T09:00\"}\n{\"order\":8,\"at\":\"2024-03-02T09:00\"}\n";
    let named = ReadOptions {
        activity_name: Some("Ordered".into()),
        ..ReadOptions::default()
    };
    for text in [csv, json] {
        load(text.as_bytes(), &ReadOptions::default()).expect_err("nothing is the activity");
        let (log, report) = load(text.as_bytes(), &named).unwrap();
        assert_eq!((log.n_cases(), log.n_events()), (2, 2));
        assert_eq!(activities(&log), ["Ordered"]);
        let pair = ("activity name".to_owned(), "Ordered".to_owned());
        assert!(report.mapping.contains(&pair), "{:?}", report.mapping);
        assert!(report.mapping.iter().all(|(role, _)| role != "activity"));
        let looked = look(&text.as_bytes(), &named, &Progress::default()).unwrap();
        assert!(!looked.doubtful, "{:?}", looked.doubts);
        assert!(looked.proposed[Role::Activity].is_empty());
    }
    let twice = ReadOptions {
        columns: [(Role::Activity, vec!["note".into()])].into(),
        ..named.clone()
    };
    let error = load(csv.as_bytes(), &twice).unwrap_err();
    assert!(matches!(&error, ImportError::Usage(why) if why.contains("given twice")));
    let xes = b"<log><trace><event/></trace></log>";
    let error = load(xes, &named).unwrap_err();
    assert!(matches!(&error, ImportError::Usage(why) if why.contains("xes")));
}

/// The events of a log: case, activity, instant in seconds since 2024-03-01.
fn events(log: &EventLog) -> Vec<(&str, &str, i64)> {
    const FIRST: i64 = 1_709_251_200;
    let cases = (0..log.n_cases()).flat_map(|case| log.events_of(case).map(move |e| (case, e)));
    let event = |(case, e): (usize, usize)| {
        let activity = log.activities.get(log.activity.get(e));
        let seconds = log.time[e] / 1_000_000 - FIRST;
        (log.case_ids.get(case as u32), activity, seconds)
    };
    cases.map(event).collect()
}

#[test]
fn columns_of_times_are_events_in_csv_and_json_alike() {
    let csv = "key,kind,closed,opened,note\n\
        T-1,bug,2024-03-01 00:00:20,2024-03-01 00:00:10,x\n\
        T-2,task,,2024-03-01 00:00:30,\n\
        T-3,bug,,,no time\n\
        T-4,bug,soon,2024-03-01 00:00:40,y\n\
        ,bug,,2024-03-01 00:00:50,y\n";
    let json = csv.lines().skip(1).map(|line| {
        let values = csv.lines().next().unwrap().split(',').zip(line.split(','));
        let pairs = values.filter(|(_, value)| !value.is_empty());
        let pairs: Vec<String> = pairs.map(|(n, v)| format!("\"{n}\":\"{v}\"")).collect();
        format!("{{{}}}\n", pairs.join(","))
    });
    // The first object has all keys.
    let json: String = json.collect();
    let options = ReadOptions {
        columns: [(Role::Milestone, vec!["opened".into(), "closed".into()])].into(),
        ..ReadOptions::default()
    };
    for text in [csv, &json] {
        let (log, report) = load(text.as_bytes(), &options).unwrap();
        let expected = [
            ("T-1", "opened", 10),
            ("T-1", "closed", 20),
            ("T-2", "opened", 30),
        ];
        assert_eq!(events(&log), expected);
        let reasons: Vec<_> = report.reasons.iter().map(|(r, n)| (*r, *n)).collect();
        let expected = [
            (Reason::BadTime, 1),
            (Reason::EmptyCase, 1),
            (Reason::EmptyTime, 1),
        ];
        assert_eq!(reasons, expected);
        assert_eq!((report.lines.loaded, report.lines.rejected), (2, 3));
        assert_eq!(report.rejects[1].value, "soon");
        assert_eq!(log.roles[Role::Milestone], ["opened", "closed"]);
        let kinds = log.column("kind").unwrap();
        assert_eq!(kinds.level, crate::event_log::Level::Case);
        assert!(log.column("opened").is_none(), "it became events");
        assert!(!codes(&report).contains(&Warning::OneEventCases));
        let seen = preview(&text.as_bytes(), &options, &Progress::default()).unwrap();
        assert_eq!((seen.rows, seen.events, seen.whole), (5, 3, true));
    }
    let clash = ReadOptions {
        activity_name: Some("A".into()),
        ..options
    };
    let error = load(csv.as_bytes(), &clash).unwrap_err();
    assert!(matches!(&error, ImportError::Usage(why) if why.contains("no activity")));
}

#[test]
fn days_of_milestones_are_told_from_months_in_all_of_their_columns() {
    let csv = "key,opened,closed\nT-1,01/03/2024,02/03/2024\nT-2,01/03/2024,25/03/2024\n";
    let options = ReadOptions {
        columns: [(Role::Milestone, vec!["opened".into(), "closed".into()])].into(),
        ..ReadOptions::default()
    };
    let (log, report) = load(csv.as_bytes(), &options).unwrap();
    assert_eq!(events(&log)[1], ("T-1", "closed", 86_400));
    assert!(!codes(&report).contains(&Warning::AmbiguousDateOrder));
}

#[test]
fn times_of_day_of_milestones_are_joined_to_their_dates() {
    let csv = "key,opened date,opened time,closed date,closed time,seen\n\
        T-1,2024-03-02,0:00:10,2024-03-03,0:00:20,2024-03-05 00:00:30\n\
        T-2,2024-03-02,,2024-03-13,0:01:00,\n";
    let json = r#"{"key":"T-1","opened date":"2024-03-02","opened time":"0:00:10","closed date":"2024-03-03","closed time":"0:00:20","seen":"2024-03-05 00:00:30"}
{"key":"T-2","opened date":"2024-03-02","closed date":"2024-03-13","closed time":"0:01:00"}
"#;
    let columns = "opened date,opened time,closed date,closed time,seen";
    let columns: Vec<String> = columns.split(',').map(str::to_owned).collect();
    let options = ReadOptions {
        columns: [(Role::Milestone, columns.clone())].into(),
        ..ReadOptions::default()
    };
    let day = 86_400;
    for text in [csv, json] {
        let (log, report) = load(text.as_bytes(), &options).unwrap();
        let expected = [
            ("T-1", "opened date", day + 10),
            ("T-1", "closed date", 2 * day + 20),
            ("T-1", "seen", 4 * day + 30),
            ("T-2", "opened date", day),
            ("T-2", "closed date", 12 * day + 60),
        ];
        assert_eq!(events(&log), expected);
        assert!(log.column("opened time").is_none(), "it is read");
        assert!(!codes(&report).contains(&Warning::DoubtfulMapping));
    }
    // What is offered has them, and one that is left out is told.
    let looked = look(
        &csv.as_bytes(),
        &ReadOptions::default(),
        &Progress::default(),
    )
    .unwrap();
    assert_eq!(looked.columns_of_times(), [1, 2, 3, 4, 5]);
    let dates = ReadOptions {
        columns: [(Role::Milestone, vec![columns[0].clone()])].into(),
        ..ReadOptions::default()
    };
    let (_, report) = load(csv.as_bytes(), &dates).unwrap();
    let told = &report.warnings[&Warning::DoubtfulMapping].sentence;
    assert!(told.contains("opened time"), "{told}");
}

#[test]
fn a_list_offers_its_times_as_events() {
    let list = "key,status,opened,closed\nT-1,Done,2024-03-01,2024-03-05\nT-2,New,2024-03-02,\n";
    let (_, report) = plain(list.as_bytes());
    let notice = &report.warnings[&Warning::OneEventCases];
    let times = vec!["opened".to_owned(), "closed".to_owned()];
    assert_eq!(notice.setting, Some(Setting::Milestones(times)));
    let looked = look(
        &list.as_bytes(),
        &ReadOptions::default(),
        &Progress::default(),
    )
    .unwrap();
    assert!(looked.doubtful);
    assert_eq!(looked.times, [2, 3]);
    // Who says what the time is, or that times are events, is not asked again.
    for role in [Role::Time, Role::Milestone] {
        let options = ReadOptions {
            columns: [(role, vec!["opened".into()])].into(),
            ..ReadOptions::default()
        };
        let looked = look(&list.as_bytes(), &options, &Progress::default()).unwrap();
        assert!(!looked.doubtful && looked.times.is_empty());
    }
    let one_time = "key,status,opened\nT-1,Done,2024-03-01\nT-2,New,2024-03-02\n";
    let (_, report) = plain(one_time.as_bytes());
    let notice = &report.warnings[&Warning::OneEventCases];
    assert_eq!(notice.setting, Some(Setting::Column(Role::Case)));
}
