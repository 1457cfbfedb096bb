//! Counts of actors against loops over their events.

use super::*;
use crate::metrics::handovers::tests::column;
use crate::metrics::testing::{Logged, logs};
use chrono::{DateTime, Datelike};
use proptest::prelude::*;
use std::collections::BTreeSet;

fn naive(logged: &Logged, actors: &Actors<'_>, actor: usize, facts: &Facts<'_>) -> Counts {
    let log = &logged.log;
    let mut counts = Counts::default();
    let mut activities = BTreeSet::new();
    let half = facts.span.0 + (facts.span.1 - facts.span.0) / 2;
    let last_quarter = facts.span.0 + (facts.span.1 - facts.span.0) * 3 / 4;
    for case in logged.cases() {
        let events: Vec<usize> = log.events_of(case).collect();
        let mine: Vec<usize> = events
            .iter()
            .copied()
            .filter(|&event| actors.codes.get(case, event) == Some(actor))
            .collect();
        counts.events += mine.len() as u64;
        counts.cases += u64::from(!mine.is_empty());
        if let Some(breaches) = facts.breaches.filter(|_| !mine.is_empty()) {
            counts.breaches.add(breaches(case));
        }
        for &event in &mine {
            let activity = log.activity.get(event);
            activities.insert(activity);
            let again = events
                .iter()
                .any(|&e| e > event && log.activity.get(e) == activity);
            counts.repeated += u64::from(again);
            let time = log.time[event];
            counts.recent[0] += u64::from(half <= time && time < last_quarter);
            counts.recent[1] += u64::from(last_quarter <= time);
            let day = DateTime::from_timestamp_micros(time)
                .unwrap()
                .with_timezone(&facts.zone);
            counts.weekdays[day.weekday().num_days_from_monday() as usize] += 1;
        }
        for wait in log.waits_of(case).filter(|wait| mine.contains(&wait.event)) {
            counts.waits.0 += 1;
            counts.waits.1 += i128::from(wait.ticks);
        }
        let latest = events.iter().max_by_key(|&&event| (log.time[event], event));
        let is_mine = latest.is_some_and(|event| mine.contains(event));
        counts.open += u64::from((facts.is_open)(case) && is_mine);
    }
    counts.activities = activities.len() as u64;
    counts
}

proptest! {
    #[test]
    fn counts_are_those_of_a_loop(
        drawn in logs(),
        codes in prop::collection::vec(0u32..5, 320),
        open in prop::collection::vec(any::<bool>(), 40),
        broken in prop::collection::vec(0u64..3, 40),
        days in 1i64..40,
    ) {
        let mut logged = Logged::new(&drawn);
        let n = logged.log.n_events();
        logged.log.columns.push(column(codes.into_iter().cycle().take(n).collect()));
        // Spread over days, so that weekdays differ.
        let base = logged.log.time.iter().copied().min().unwrap();
        let spread = |t: i64| if t == crate::event_log::NO_INSTANT { t } else { base + (t - base) * days * 60 };
        logged.log.time = logged.log.time.iter().map(|&t| spread(t)).collect();
        logged.log.start = logged.log.start.as_ref().map(|s| s.iter().map(|&t| spread(t)).collect());
        let logged = Logged::of(logged.log.clone(), logged.set().cloned());
        let actors = Actors::of(logged.log.columns.last().unwrap());
        let selection = logged.selection();
        let is_open = |case: usize| open[case % 40];
        let breaches = |case: usize| Breaches {
            known: broken[case % 40],
            broken: broken[case % 40] / 2,
            expected: u128::from(Breaches::ONE / 3) * u128::from(broken[case % 40]),
        };
        let facts = Facts {
            zone: Tz::Europe__Berlin,
            span: crate::metrics::summary::span(&selection).unwrap_or((0, 0)),
            is_open: &is_open,
            breaches: Some(&breaches),
        };
        let found = counts(&selection, &actors, &facts, &Cancel::never()).unwrap();
        for (actor, counts) in found.iter().enumerate() {
            prop_assert_eq!(counts, &naive(&logged, &actors, actor, &facts), "actor {}", actor);
        }
    }
}

#[test]
fn growth_needs_events_in_both_quarters() {
    assert_eq!(growth([4, 10]), None);
    assert_eq!(growth([10, 4]), None);
    assert_eq!(growth([10, 15]), Some(0.5));
}
