//! Filters and columns of tags and notes against a scan of all changes, on random small logs; what was answered
//! before a change is not answered after it.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use casetrail::engine::{
    Analysis, Cancel, CasesQuery, ColumnKey, Listing, NoteChange, NotesQuery, Page, Remark,
    SummaryQuery, View,
};
use casetrail::event_log::Progress;
use casetrail::filter::Field;
use casetrail::formats::ImportReport;
use casetrail::test_support;
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::sync::Arc;

const TAGS: [&str; 3] = ["late", "bank", "5"];
const TEXTS: [&str; 3] = ["asked the bank", "late again", "x"];

/// Length of each case; the log has cases `c0`, `c1`, ...
fn analysis(lengths: &[usize]) -> Analysis {
    let case =
        |(at, n): (usize, &usize)| format!("c{at}: {}", ["A", "B"].repeat(*n)[..*n].join(" "));
    let cases: Vec<String> = lengths.iter().enumerate().map(case).collect();
    let progress = Progress::default();
    let (log, report) = (test_support::log(&cases.join(";")), ImportReport::default());
    Analysis::new("log".to_owned(), log, report, chrono_tz::UTC, &progress).unwrap()
}

/// Changes of more cases than there are, so that some are unknown.
fn changes() -> impl Strategy<Value = Vec<NoteChange>> {
    let remark = prop_oneof![
        prop::sample::select(&TAGS[..]).prop_map(|tag| Remark::Tag(tag.to_owned())),
        prop::sample::select(&TEXTS[..]).prop_map(|text| Remark::Note(text.to_owned())),
    ];
    let change = (0i64..6, 0..12usize, remark, any::<bool>());
    let change = change.prop_map(|(time, case, remark, set)| NoteChange {
        time,
        case: format!("c{case}"),
        remark,
        set,
        who: None,
    });
    prop::collection::vec(change, 0..40)
}

/// The tags of a case by a scan: the last change counts, at one instant the one that sets.
fn tags(case: &str, changes: &[NoteChange]) -> BTreeSet<String> {
    let is_set = |tag: &&str| {
        let remark = Remark::Tag((*tag).to_owned());
        let of_tag = changes
            .iter()
            .filter(|c| c.case == case && c.remark == remark);
        let last = of_tag.max_by_key(|change| (change.time, change.set));
        last.is_some_and(|change| change.set)
    };
    TAGS.into_iter().filter(is_set).map(str::to_owned).collect()
}

/// Times and texts of the notes of a case by a scan.
fn notes(case: &str, changes: &[NoteChange]) -> BTreeSet<(i64, String)> {
    let of_case = changes.iter().filter(|change| change.case == case);
    let of_case = of_case.filter(|change| matches!(change.remark, Remark::Note(_)));
    let note = |change: &NoteChange| (change.time, change.remark.text().to_owned());
    let withdrawn: BTreeSet<_> = of_case.clone().filter(|c| !c.set).map(note).collect();
    let written: BTreeSet<_> = of_case.filter(|c| c.set).map(note).collect();
    written.difference(&withdrawn).cloned().collect()
}

/// A filter and the test of a case that it stands for.
type Tested = (&'static str, fn(&BTreeSet<String>, &[String]) -> bool);

const FILTERS: [Tested; 11] = [
    ("tag = \"late\"", |tags, _| tags.contains("late")),
    ("tag != \"late\"", |tags, _| !tags.contains("late")),
    ("tag = 5", |tags, _| tags.contains("5")),
    ("tag in (\"bank\", \"late\")", |tags, _| {
        tags.contains("bank") || tags.contains("late")
    }),
    ("tag ~ \"a\"", |tags, _| {
        tags.iter().any(|tag| tag.contains('a'))
    }),
    ("tag !~ \"a\"", |tags, _| {
        !tags.iter().any(|tag| tag.contains('a'))
    }),
    ("tag is missing", |tags, _| tags.is_empty()),
    ("note is not missing", |_, notes| !notes.is_empty()),
    ("note ~ \"bank|x\"", |_, notes| {
        notes
            .iter()
            .any(|text| text.contains("bank") || text == "x")
    }),
    (
        "tag = \"bank\" and not note = \"late again\"",
        |tags, notes| tags.contains("bank") && !notes.contains(&"late again".to_owned()),
    ),
    ("note >= \"late\"", |_, notes| {
        notes.iter().any(|text| text.as_str() >= "late")
    }),
];

fn selected(analysis: &Analysis, view: &View) -> BTreeSet<String> {
    let query = CasesQuery {
        listing: Listing {
            page: Page::ALL,
            ..Listing::by("case")
        },
        variants: Vec::new(),
    };
    let rows = analysis.ask(view, &query, &Cancel::never()).unwrap().rows;
    rows.into_iter().map(|row| row.case).collect()
}

proptest! {
    #![proptest_config(crate::runs(200))]

    #[test]
    fn filters_are_those_of_a_scan(
        lengths in prop::collection::vec(1..5usize, 1..10),
        states in prop::collection::vec(changes(), 1..4),
        has_events in any::<bool>(),
    ) {
        let analysis = analysis(&lengths).with_notes(Arc::default()).unwrap();
        // One log and its caches see all states, one after the other.
        for changes in &states {
            analysis.set_notes(Arc::new(changes.iter().cloned().collect()));
            // Of a condition on events, cases without B are gone and the others have other numbers.
            let events = if has_events { vec!["activity = \"B\"".to_owned()] } else { Vec::new() };
            let ids = lengths.iter().enumerate().filter(|(_, n)| !has_events || **n > 1);
            let ids: Vec<String> = ids.map(|(at, _)| format!("c{at}")).collect();
            for (filter, test) in FILTERS {
                let view = View { filters: vec![filter.to_owned()], events: events.clone(), ..View::default() };
                let texts = |case: &str| -> Vec<String> {
                    notes(case, changes).into_iter().map(|(_, text)| text).collect()
                };
                let meets = |case: &&String| test(&tags(case, changes), &texts(case));
                let wanted: BTreeSet<String> = ids.iter().filter(meets).cloned().collect();
                prop_assert_eq!(selected(&analysis, &view), wanted.clone(), "{}", filter);
                let summary = analysis.ask(&view, &SummaryQuery, &Cancel::never()).unwrap();
                prop_assert_eq!(summary.cases, wanted.len() as u64);
            }
        }
    }

    #[test]
    fn lists_and_columns_are_those_of_a_scan(
        lengths in prop::collection::vec(1..5usize, 1..10),
        changes in changes(),
    ) {
        let analysis = analysis(&lengths).with_notes(Arc::default()).unwrap();
        analysis.set_notes(Arc::new(changes.iter().cloned().collect()));
        let view = View::default();
        let listing = Listing { page: Page::ALL, ..Listing::by("time") };
        let found = analysis.ask(&view, &NotesQuery { listing }, &Cancel::never()).unwrap();
        let of = |case: &str| tags(case, &changes).len() + notes(case, &changes).len();
        let known = (0..lengths.len()).map(|at| format!("c{at}"));
        let has_any: Vec<String> = known.filter(|case| of(case) > 0).collect();
        let unknown = (lengths.len()..12).filter(|at| of(&format!("c{at}")) > 0);
        prop_assert_eq!(found.cases, has_any.len() as u64);
        prop_assert_eq!(found.unknown, unknown.count() as u64);
        prop_assert_eq!(found.rows.total, has_any.iter().map(|case| of(case)).sum::<usize>());
        let fields = ["tag", "note"].map(|name| Field::Column(name.to_owned()));
        for (sort, descending) in [(0, false), (0, true), (1, false), (1, true)] {
            let query = CasesQuery {
                listing: Listing {
                    page: Page::ALL,
                    fields: fields.to_vec(),
                    sort: ColumnKey::Field(fields[sort].clone()),
                    descending,
                    ..Listing::by("case")
                },
                variants: Vec::new(),
            };
            let rows = analysis.ask(&view, &query, &Cancel::never()).unwrap().rows;
            let texts = |case: &str| -> [Vec<String>; 2] {
                let notes = notes(case, &changes).into_iter().map(|(_, text)| text);
                [tags(case, &changes).into_iter().collect(), notes.collect()]
            };
            for row in &rows {
                for (values, wanted) in row.chosen.iter().zip(texts(&row.case)) {
                    let values = values.all().iter().map(|value| match value {
                        casetrail::engine::Value::Text(text) => text.to_string(),
                        other => panic!("{other:?}"),
                    });
                    prop_assert_eq!(values.collect::<Vec<_>>(), wanted);
                }
            }
            // By the first text; cases without one last.
            let first: Vec<Option<String>> = rows.iter().map(|row| texts(&row.case)[sort].first().cloned()).collect();
            let there: Vec<&String> = first.iter().flatten().collect();
            prop_assert!(first[..there.len()].iter().all(Option::is_some));
            let is_sorted = there.windows(2).all(|two| if descending { two[0] >= two[1] } else { two[0] <= two[1] });
            prop_assert!(is_sorted, "{:?}", first);
        }
    }
}

#[test]
fn a_log_without_notes_has_no_such_fields() {
    let analysis = analysis(&[1, 2]);
    let view = View {
        filters: vec!["tag = \"late\"".to_owned()],
        ..View::default()
    };
    let error = analysis
        .ask(&view, &SummaryQuery, &Cancel::never())
        .unwrap_err();
    assert!(error.to_string().contains("no column tag"), "{error}");
    assert_eq!(analysis.info().noted, [""; 0]);
    // What is set later has nothing to hold it.
    analysis.set_notes(Arc::default());
    assert!(
        analysis
            .ask(&view, &SummaryQuery, &Cancel::never())
            .is_err()
    );
}
