//! Open cases of random logs: what must not depend on filters, and the filters of places.

use super::*;
use crate::engine::analysis::Analysis;
use crate::engine::definitions::{CaseEnds, DURATION, RuleSpec, Timing};
use crate::engine::queries::deadlines::DeadlinesQuery;
use crate::engine::queries::summary::SummaryQuery;
use crate::engine::view::View;
use crate::event_log::Cancel;
use crate::event_log::Progress;
use crate::formats::ImportReport;
use crate::text::time::{HOUR, SECOND};
use proptest::prelude::*;

/// Cases of activities `a` to `d`, the last of which ends a case, with the gaps between their
/// completions and, of instances, the time that each took.
fn analysis(cases: &[Vec<(u8, i64, i64)>], instances: bool) -> Analysis {
    let case = |(i, case): (usize, &Vec<(u8, i64, i64)>)| {
        let mut at = 0;
        let times = case.iter().map(|event| {
            at += event.1;
            format!(" {at}")
        });
        let times = times.collect::<Vec<String>>().concat();
        let names = case
            .iter()
            .map(|event| char::from(b'a' + event.0).to_string());
        let names = names.collect::<Vec<String>>().join(" ");
        format!("c{i}: {names} @{times};")
    };
    let text: Vec<String> = cases.iter().enumerate().map(case).collect();
    let text = text.concat();
    let mut log = crate::test_support::log(&text);
    if instances {
        let took = cases.iter().flatten().map(|event| event.2 * SECOND);
        let start = log.time.iter().zip(took).map(|(time, took)| time - took);
        let rows: Vec<u32> = (0..log.n_events() as u32).collect();
        log = log.select(&rows, Some(start.collect()));
    }
    let (report, progress) = (ImportReport::default(), Progress::default());
    let analysis = Analysis::new("log".to_owned(), log, report, chrono_tz::UTC, &progress);
    let rule = RuleSpec {
        name: "short".to_owned(),
        milestone: DURATION.to_owned(),
        limit: 60 * SECOND,
        calendar: None,
        pauses: Vec::new(),
        when: Vec::new(),
        severity: String::new(),
        warn: 0.5,
    };
    let timing = Timing {
        rules: vec![rule],
        ends: CaseEnds {
            activities: Some(vec!["d".to_owned()]),
            idle: None,
        },
        now: Some(crate::test_support::log("c: a").time[0] + HOUR),
        ..Timing::default()
    };
    analysis.unwrap().with_timing(timing).unwrap()
}

/// Answer of a list, with these filters of cases.
fn ask<Q: Query>(analysis: &Analysis, filters: &[String], query: &Q) -> Q::Answer {
    let view = View {
        filters: filters.to_vec(),
        ..View::default()
    };
    analysis.ask(&view, query, &Cancel::never()).unwrap()
}

proptest! {
    #[test]
    fn rows_do_not_depend_on_the_filter_and_places_are_their_filters(
        cases in prop::collection::vec(
            prop::collection::vec((0u8..4, 0i64..40, 0i64..80), 1..6),
            1..25,
        ),
        instances: bool,
        kept in prop::collection::vec(any::<bool>(), 25),
        by_resource: bool,
    ) {
        let analysis = analysis(&cases, instances);
        let query = TriageQuery {
            gathering: if by_resource { Subject::Resource } else { Subject::Activity },
            wait: false,
            learned: 0,
            listing: Listing::by("age"),
        };
        let all = ask(&analysis, &[], &query);
        let ids = (0..cases.len()).filter(|&case| kept[case]).map(|case| format!("\"c{case}\""));
        let ids = ids.collect::<Vec<_>>().join(", ");
        let filter = if ids.is_empty() { "events < 0".to_owned() } else { format!("case in ({ids})") };
        let some = ask(&analysis, std::slice::from_ref(&filter), &query);

        // The log is the yardstick, not the cases that are looked at.
        let is_kept = |row: &&TriageRow| kept[row.case[1..].parse::<usize>().unwrap()];
        let wanted: Vec<&TriageRow> = all.rows.rows.iter().filter(is_kept).collect();
        prop_assert_eq!(some.rows.rows.iter().collect::<Vec<_>>(), wanted);
        let whole = |triage: &Triage| {
            (triage.log_open, triage.log_cases, triage.before, triage.flow, triage.period)
        };
        prop_assert_eq!(whole(&some), whole(&all));
        for place in &some.places {
            let before = all.places.iter().find(|p| p.name == place.name).map(|p| p.before);
            prop_assert_eq!(Some(place.before), before);
            // What a key selects is what the row counts.
            if let Some(selected) = &place.filter {
                let filters = [filter.clone(), selected.to_string()];
                let n = ask(&analysis, &filters, &SummaryQuery).cases;
                prop_assert_eq!(n, place.open, "{} of {}", selected, &place.name);
            }
        }

        // All panes name the same last event.
        let named = DeadlinesQuery { listing: Listing::by("defined"), cases: Listing::by("over"), time_bins: 1, open_ended: false };
        let deadlines = ask(&analysis, &[], &named);
        for breach in deadlines.rules.rows.iter().flat_map(|rule| &rule.cases).filter(|b| b.open) {
            let row = all.rows.rows.iter().find(|row| row.case == breach.case).unwrap();
            prop_assert_eq!((&breach.last, breach.last_at), (&row.last, row.since));
        }
    }
}
