//! Small logs in compact notation for tests and benches: not part of the library's surface.

use crate::event_log::{EventLog, LogBuilder, Progress, RowBlock, Schema};

/// A log written as `c1: a b c @0 +5 +9; c2: a c`: cases apart by `;`, activities by blanks, and
/// after `@` the seconds of the first event and of the others, `+` meaning after the first. Where
/// no times are given, event k of a case happens k minutes after 2024-01-01T00:00Z.
///
/// # Panics
/// On a text that is not of this form.
pub fn log(text: &str) -> EventLog {
    const START: i64 = 1_704_067_200_000_000;
    let mut block = RowBlock::new(&Schema::default(), 0);
    for case in text.split(';').map(str::trim).filter(|c| !c.is_empty()) {
        let (id, rest) = case.split_once(':').expect("a case is `id: activities`");
        let (activities, times) = rest.split_once('@').unwrap_or((rest, ""));
        let mut seconds: Vec<i64> = Vec::new();
        for time in times.split_whitespace() {
            let value: i64 = time.trim_start_matches('+').parse().expect("seconds");
            seconds.push(if time.starts_with('+') {
                seconds[0] + value
            } else {
                value
            });
        }
        for (i, activity) in activities.split_whitespace().enumerate() {
            block.case.push(id.as_bytes());
            block.activity.push(activity.as_bytes());
            let second = seconds.get(i).copied().unwrap_or(60 * i as i64);
            block.time.push(START + second * 1_000_000);
        }
    }
    let mut builder = LogBuilder::new(Schema::default());
    builder.push(block);
    builder
        .finish(&Progress::default())
        .expect("not cancelled")
        .0
}
