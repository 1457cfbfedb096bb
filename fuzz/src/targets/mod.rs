//! The targets, each a function of any bytes, and what they share: an input is read twice, in different blocks and
//! by different numbers of threads; both readings must agree with each other, and each with itself.

use casetrail::event_log::{EventLog, PerRole, Progress, Role};
use casetrail::formats::{
    DateOrder, ImportError, ImportReport, Lifecycle, ReadOptions, look, read, read_in_blocks,
};
use rayon::{ThreadPool, ThreadPoolBuilder};
use std::sync::{Once, OnceLock};

/// A target: its name, and what is done with an input.
pub type Target = (&'static str, fn(&[u8]));

macro_rules! targets {
    ($($name:ident)*) => {
        $(mod $name; pub use $name::$name;)*
        pub const TARGETS: &[Target] = &[$((stringify!($name), $name)),*];
    };
}

targets! {
    arrow_load
    compressed
    config_file
    csv_load
    csv_quoting
    filter_expr
    index_file
    jsonl_load
    mapping_file
    model_read
    mxml_load
    notes_file
    ocel_json
    ocel_sqlite
    ocel_xml
    parquet_load
    report_file
    rules_file
    safe_text
    session_file
    time_parse
    xes_load
}

/// Asserts that an error is one line with its number in the text.
fn assert_in(text: &str, error: &casetrail::config::FileError) {
    let lines = 1 + text.lines().count() as u64;
    assert!(!error.message.contains('\n'));
    assert!(error.line.is_none_or(|line| (1..=lines).contains(&line)));
}

/// Options that the first byte of an input says, and the rest of it.
fn options(data: &[u8]) -> (ReadOptions, &[u8]) {
    let (&choice, rest) = data.split_first().unwrap_or((&0, data));
    let bit = |n: u8| choice >> n & 1 == 1;
    let options = ReadOptions {
        tz: bit(0).then_some(chrono_tz::Europe::Berlin),
        na: if bit(1) {
            vec!["NULL".into(), "0".into()]
        } else {
            Vec::new()
        },
        columns: PerRole::of(|role| match role {
            Role::Case if bit(2) => vec!["case".into(), "id".into()],
            Role::Start if bit(4) => vec!["start".into()],
            _ => Vec::new(),
        }),
        date_order: bit(3).then_some(DateOrder::Mdy),
        no_header: bit(5),
        texts: if bit(6) {
            vec!["amount".into()]
        } else {
            Vec::new()
        },
        first: bit(7).then_some(3),
        lifecycle: Lifecycle::Events,
        ..ReadOptions::default()
    };
    (options, rest)
}

/// Reads an input and checks what must hold of any.
fn check(bytes: &[u8], options: &ReadOptions) {
    silence();
    let whole = pool(1).install(|| in_blocks(bytes, options, 1 << 20));
    let pieces = pool(3).install(|| in_blocks(bytes, options, 100));
    match (&whole, &pieces) {
        (Ok((a, a_report)), Ok((b, b_report))) => {
            // By what they show, as a missing number does not equal itself. A preview may end
            // anywhere.
            if options.first.is_none() {
                assert_eq!(
                    format!("{a:?}"),
                    format!("{b:?}"),
                    "other blocks, another log"
                );
                assert_eq!(a_report, b_report, "other blocks, another report");
            }
            account(a, a_report);
        }
        (Err(a), Err(b)) => {
            let (a, b) = (a.to_string(), b.to_string());
            // Of several damaged columns the one is told that is met first, by the size of blocks.
            let damaged = "is damaged: ";
            assert!(
                a == b || a.starts_with(damaged) && b.starts_with(damaged),
                "{a} or {b}"
            );
        }
        (a, b) => panic!(
            "read or refused: {:?} {:?}",
            a.as_ref().err(),
            b.as_ref().err()
        ),
    }
    if let Ok((log, report)) = read(&[bytes], options, &Progress::default()) {
        assert!(whole.is_ok(), "read as one of several only");
        account(&log, &report);
    }
    let _ = look(&bytes, options, &Progress::default());
}

fn in_blocks(
    bytes: &[u8],
    options: &ReadOptions,
    block: usize,
) -> Result<(EventLog, ImportReport), ImportError> {
    let loaded = read_in_blocks(&bytes, options, block)?;
    Ok((loaded.log, loaded.report))
}

/// Every line has become something, every reject has a reason, and every event a place.
fn account(log: &EventLog, report: &ImportReport) {
    let lines = report.lines;
    let became = lines.header + lines.blank + lines.loaded + lines.rejected + lines.continuation;
    assert_eq!(lines.read, became, "{lines:?}");
    assert_eq!(report.n_rejected, report.reasons.values().sum::<u64>());
    assert!(report.rejects.len() as u64 <= report.n_rejected);
    if matches!(
        report.format.as_str(),
        "csv" | "jsonl" | "parquet" | "arrow"
    ) {
        assert_eq!(lines.loaded, log.n_events() as u64);
    }
    assert_eq!(
        *log.case_offsets.last().unwrap_or(&0) as usize,
        log.n_events()
    );
    assert!(
        log.case_offsets.windows(2).all(|w| w[0] < w[1]),
        "a case without events"
    );
    for case in 0..log.n_cases() {
        assert!(
            log.events_of(case)
                .is_sorted_by_key(|event| log.begin(event))
        );
    }
    for column in &log.columns {
        let rows = match column.level {
            casetrail::event_log::Level::Event => log.n_events(),
            casetrail::event_log::Level::Case => log.n_cases(),
        };
        for row in 0..rows {
            let _ = column.value(row);
        }
    }
}

/// A pool of so many threads, made once.
fn pool(threads: usize) -> &'static ThreadPool {
    static POOLS: [OnceLock<ThreadPool>; 4] = [const { OnceLock::new() }; 4];
    POOLS[threads].get_or_init(|| {
        let pool = ThreadPoolBuilder::new().num_threads(threads).build();
        pool.expect("threads can be started")
    })
}

/// Panics that the library catches are no finding: libFuzzer's hook would abort at them.
fn silence() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let abort = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if !casetrail::formats::is_fenced() {
                abort(info);
            }
        }));
    });
}
