//! A user's stream of events cut into visits: where nothing happens for longer than a gap, a new
//! case begins.

use super::builder::by_case_if_constant;
use super::{Codes, Column, ColumnData, Dictionary, EventLog, Level, Role};

/// The log with one case a visit: `USER #1`, `USER #2`, ... A visit ends where more than `gap`
/// microseconds pass from the latest timestamp so far to the begin of the next event. The former
/// case id is kept as a column, named as the columns that it came from.
pub fn visits(mut log: EventLog, gap: i64) -> EventLog {
    let mut case_offsets = vec![0u32];
    let mut case_ids = Dictionary::default();
    let mut user_of: Vec<u32> = Vec::new();
    for user in 0..log.n_cases() {
        let id = log.case_ids.get(user as u32);
        for (i, end) in ends_of_visits(&log, user, gap).enumerate() {
            case_offsets.push(end);
            case_ids.push(&format!("{id} #{}", i + 1));
            user_of.push(user as u32);
        }
    }
    let columns = log.columns.into_iter().map(|column| match column.level {
        // What changes within a user may be the same within each visit.
        Level::Event => by_case_if_constant(column, &case_offsets),
        Level::Case => column.gather(&user_of),
    });
    log.columns = columns.collect();
    let name = log.roles[Role::Case].join(" - ");
    if log.column(&name).is_none() {
        log.columns.push(users(name, &log.case_ids, &user_of));
    }
    // The name stands for the column now.
    log.roles[Role::Case].clear();
    log.case_ids = case_ids;
    log.case_offsets = case_offsets.into();
    log
}

/// Where the visits of a user end, the last where all of its events do.
fn ends_of_visits(log: &EventLog, user: usize, gap: i64) -> impl Iterator<Item = u32> {
    let events = log.events_of(user);
    let end = events.end as u32;
    let mut latest: Option<i64> = None;
    let rests = events.filter_map(move |event| {
        let begin = log.begin(event);
        let rested = latest.is_some_and(|latest| begin.saturating_sub(latest) > gap);
        // Of a start after its completion, a fault of the log, the start is the later one.
        let time = log.time[event].max(begin);
        latest = Some(latest.map_or(time, |latest| latest.max(time)));
        rested.then_some(event as u32)
    });
    rests.chain([end])
}

/// The former case id of each visit.
fn users(name: String, ids: &Dictionary, user_of: &[u32]) -> Column {
    let ids: Dictionary = std::iter::once("").chain(ids.iter()).collect();
    let codes = Codes::pack(user_of.iter().map(|&user| user + 1), ids.len());
    Column {
        name,
        level: Level::Case,
        data: ColumnData::Text(codes, ids),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event_log::{LogBuilder, Progress, RowBlock, Schema, Value};
    use proptest::prelude::*;

    use crate::text::time::SECOND;

    /// Rows of user, second, seconds of work (a start, where there is any).
    fn log(rows: &[(u8, i64, i64)], has_start: bool) -> EventLog {
        let schema = Schema {
            has_start,
            roles: [(Role::Case, vec!["user".into()])].into(),
            ..Schema::default()
        };
        let mut block = RowBlock::new(&schema, 0);
        for (user, time, work) in rows {
            block.case.push(format!("u{user}").as_bytes());
            block.activity.push(b"A");
            block.time.push(time * SECOND);
            if let Some(starts) = &mut block.start {
                starts.push((time - work) * SECOND);
            }
        }
        let mut builder = LogBuilder::new(schema);
        builder.push(block);
        builder.finish(&Progress::default()).unwrap().0
    }

    /// Visits as `case: times`, each case with the user it is of.
    fn shown(log: &EventLog) -> Vec<(String, String, Vec<i64>)> {
        let user = log.column("user").unwrap();
        let case = |case: usize| {
            let Value::Text(user) = user.value(user.row(case, log.events_of(case).start)) else {
                panic!("each visit has a user")
            };
            let times = log.events_of(case).map(|e| log.time[e] / SECOND);
            (
                log.case_ids.get(case as u32).to_owned(),
                user.to_owned(),
                times.collect(),
            )
        };
        (0..log.n_cases()).map(case).collect()
    }

    #[test]
    fn a_visit_ends_where_the_rest_is_longer_than_the_gap() {
        let rows = [(1, 0, 0), (1, 60, 0), (1, 121, 0), (2, 5, 0)];
        let visits = visits(log(&rows, false), 60 * SECOND);
        let want = [
            ("u1 #1", "u1", vec![0, 60]),
            ("u1 #2", "u1", vec![121]),
            ("u2 #1", "u2", vec![5]),
        ];
        let want: Vec<_> = want.map(|(c, u, t)| (c.to_owned(), u.to_owned(), t)).into();
        assert_eq!(shown(&visits), want);
        assert!(visits.roles[Role::Case].is_empty());
    }

    #[test]
    fn ongoing_work_does_not_end_a_visit() {
        // From 0 to 100, and from 110 to 400; a short one in between does not end the visit.
        let rows = [(1, 100, 100), (1, 50, 20), (1, 400, 290), (1, 420, 5)];
        let visits = visits(log(&rows, true), 15 * SECOND);
        assert_eq!(shown(&visits).len(), 1);
    }

    proptest! {
        #[test]
        fn visits_are_those_of_a_plain_scan(
            rows in proptest::collection::vec((0u8..4, 0i64..200, 0i64..30), 0..40),
            gap in 1i64..40,
            has_start in any::<bool>(),
        ) {
            let got = shown(&visits(log(&rows, has_start), gap * SECOND));
            let mut users: Vec<u8> = Vec::new();
            for (user, ..) in &rows {
                if !users.contains(user) {
                    users.push(*user);
                }
            }
            let mut want = Vec::new();
            for user in users {
                let mut events: Vec<(i64, i64)> = rows.iter().filter(|r| r.0 == user)
                    .map(|(_, time, work)| (time - if has_start { *work } else { 0 }, *time)).collect();
                events.sort_unstable();
                let mut visit: Vec<i64> = Vec::new();
                let mut all: Vec<Vec<i64>> = Vec::new();
                for (begin, time) in events {
                    if visit.iter().max().is_some_and(|latest| begin - latest > gap) {
                        all.push(std::mem::take(&mut visit));
                    }
                    visit.push(time);
                }
                all.push(visit);
                for (i, times) in all.into_iter().enumerate() {
                    want.push((format!("u{user} #{}", i + 1), format!("u{user}"), times));
                }
            }
            prop_assert_eq!(got, want);
        }
    }
}
