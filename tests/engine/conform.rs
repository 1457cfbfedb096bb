//! Conformance with reference variants and models on random logs, against a page of plain code: figures,
//! deviations and the filters that select their cases.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use casetrail::engine::{
    Analysis, Bounds, Cancel, Conform, ConformQuery, DeviationKind, Judgement, Listing, Move,
    NamedModel, Reference, SummaryQuery, Timing, View,
};
use casetrail::event_log::Progress;
use casetrail::formats::{self, ReadOptions};
use casetrail::models::Tree;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::sync::Arc;

type Case = Vec<usize>;

const NAMES: [&str; 4] = ["A", "B", "C", "D"];

fn analysis(cases: &[Case], timing: Timing) -> Analysis {
    let mut text = String::from("case_id,activity,timestamp\n");
    for (number, case) in cases.iter().enumerate() {
        for (at, activity) in case.iter().enumerate() {
            let name = NAMES[*activity];
            // Durations that differ, in minutes.
            let minute = at * (number % 7 + 1);
            writeln!(
                text,
                "c{number},{name},2024-01-{:02} {:02}:{:02}",
                number % 28 + 1,
                minute / 60,
                minute % 60
            )
            .unwrap();
        }
    }
    let progress = Progress::default();
    let bytes = text.as_bytes();
    let (log, report) = formats::read(&[bytes], &ReadOptions::default(), &progress).unwrap();
    let zone = chrono_tz::UTC;
    let analysis = Analysis::new("log".to_owned(), log, report, zone, &progress).unwrap();
    analysis.with_timing(timing).unwrap()
}

/// Moves of a case: sign and activity.
type Script = Vec<(char, usize)>;

/// Longest common subsequence by its definition.
fn common(a: &[usize], b: &[usize]) -> usize {
    match (a, b) {
        ([], _) | (_, []) => 0,
        ([x, a @ ..], [y, b @ ..]) if x == y => 1 + common(a, b),
        _ => common(&a[1..], b).max(common(a, &b[1..])),
    }
}

/// The script from the left: in both if some shortest one has it, else missing, else extra.
fn script(case: &[usize], reference: &[usize]) -> Script {
    let distance = |a: &[usize], b: &[usize]| a.len() + b.len() - 2 * common(a, b);
    let (mut i, mut j) = (0, 0);
    let mut moves = Script::new();
    while i < case.len() || j < reference.len() {
        let left = distance(&case[i..], &reference[j..]);
        if i < case.len()
            && j < reference.len()
            && case[i] == reference[j]
            && distance(&case[i + 1..], &reference[j + 1..]) == left
        {
            moves.push(('=', case[i]));
            i += 1;
            j += 1;
        } else if j < reference.len() && distance(&case[i..], &reference[j + 1..]) + 1 == left {
            moves.push(('-', reference[j]));
            j += 1;
        } else {
            moves.push(('+', case[i]));
            i += 1;
        }
    }
    moves
}

fn cost(moves: &Script) -> usize {
    moves.iter().filter(|(sign, _)| *sign != '=').count()
}

/// The distinct sequences by rank, with their numbers of cases.
fn ranked(cases: &[Case]) -> Vec<(Case, usize)> {
    let mut counts: BTreeMap<Case, usize> = BTreeMap::new();
    for case in cases {
        *counts.entry(case.clone()).or_default() += 1;
    }
    let mut ranked: Vec<(Case, usize)> = counts.into_iter().collect();
    // Names are in the order of their numbers.
    ranked.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    ranked
}

fn view(reference: Option<Reference>, filter: Option<&str>) -> View {
    View {
        reference,
        filters: filter.iter().map(|text| (*text).to_owned()).collect(),
        // No case is open.
        ends: Some(NAMES.map(str::to_owned).to_vec()),
        ..View::default()
    }
}

fn ask(analysis: &Analysis, view: &View) -> Conform {
    let query = ConformQuery {
        open_ended: false,
        bounds: Bounds::default(),
        listing: Listing::by("cases"),
    };
    analysis.ask(view, &query, &Cancel::never()).unwrap()
}

fn selected(analysis: &Analysis, reference: Option<&Reference>, filter: &str) -> u64 {
    let view = view(reference.cloned(), Some(filter));
    let summary = analysis.ask(&view, &SummaryQuery, &Cancel::never());
    summary.unwrap().cases
}

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() < 1e-9
}

/// Compares an answer with the scripts of the cases, and the filters with both.
fn check(
    analysis: &Analysis,
    reference: Option<&Reference>,
    found: &Conform,
    scripts: &[(Script, usize)],
) -> Result<(), TestCaseError> {
    let n = scripts.len() as u64;
    prop_assert_eq!((found.cases, found.aligned_cases, found.pending), (n, n, 0));
    let fitting = scripts.iter().filter(|(moves, _)| cost(moves) == 0).count();
    prop_assert_eq!(found.fitting, fitting as u64);
    let sum: usize = scripts.iter().map(|(moves, _)| cost(moves)).sum();
    prop_assert_eq!(found.cost, sum as u64);
    let worst: usize = scripts.iter().map(|(_, worst)| worst).sum();
    prop_assert!(near(
        found.log.unwrap(),
        1.0 - sum as f64 / worst.max(1) as f64
    ));
    let fitness = scripts
        .iter()
        .map(|(moves, worst)| 1.0 - cost(moves) as f64 / (*worst).max(1) as f64);
    prop_assert!(near(found.mean.unwrap(), fitness.sum::<f64>() / n as f64));
    let mut wanted: BTreeMap<(DeviationKind, &str), (u64, u64)> = BTreeMap::new();
    for (moves, _) in scripts {
        let mut seen = BTreeSet::new();
        for (sign, activity) in moves.iter().filter(|(sign, _)| *sign != '=') {
            let kind = match sign {
                '-' => DeviationKind::Missing,
                _ => DeviationKind::Extra,
            };
            let entry = wanted.entry((kind, NAMES[*activity])).or_default();
            entry.0 += u64::from(seen.insert((*sign, *activity)));
            entry.1 += 1;
        }
    }
    let rows = found.rows.rows.iter();
    let rows: BTreeMap<_, _> = rows
        .map(|row| ((row.kind, &*row.activity), (row.cases, row.events)))
        .collect();
    prop_assert_eq!(rows, wanted);
    for row in &found.rows.rows {
        let filter = row.filter().to_string();
        prop_assert_eq!(
            selected(analysis, reference, &filter),
            row.cases,
            "{}",
            filter
        );
        prop_assert!(near(row.share, row.cases as f64 / n as f64));
        prop_assert_eq!(row.duration.with, row.cases);
    }
    prop_assert_eq!(selected(analysis, reference, "fits"), found.fitting);
    prop_assert_eq!(selected(analysis, reference, "deviates"), n - found.fitting);
    Ok(())
}

fn cases() -> impl Strategy<Value = Vec<Case>> {
    prop::collection::vec(prop::collection::vec(0_usize..4, 1..6), 1..25)
}

proptest! {
    #![proptest_config(crate::runs(150))]

    #[test]
    fn reference_variants(cases in cases(), top in 1_u32..4) {
        let timing = Timing::default();
        let analysis = analysis(&cases, timing);
        let ranked = ranked(&cases);
        let references: Vec<&Case> = ranked.iter().take(top as usize).map(|(of, _)| of).collect();
        let nearest = |case: &Case| {
            let all = references.iter().enumerate();
            let all = all.map(|(at, reference)| (cost(&script(case, reference)), at));
            all.min().unwrap().1
        };
        let reference = Some(Reference::Top(top));
        let found = ask(&analysis, &view(reference.clone(), None));
        let scripts: Vec<(Script, usize)> = cases
            .iter()
            .map(|case| {
                let reference = references[nearest(case)];
                (script(case, reference), case.len() + reference.len())
            })
            .collect();
        check(&analysis, reference.as_ref(), &found, &scripts)?;
        prop_assert_eq!(found.variants.len(), ranked.len());
        for (variant, (case, n)) in found.variants.iter().zip(&ranked) {
            prop_assert_eq!(variant.cases, *n as u64);
            let at = nearest(case);
            prop_assert_eq!(variant.reference, Some(at as u32 + 1));
            let Judgement::Judged { moves, .. } = &*variant.judgement else {
                panic!("all are short");
            };
            let moves: Vec<(char, &str)> = moves
                .iter()
                .map(|one| {
                    let sign = match one {
                        Move::Sync(_) => '=',
                        Move::Missing(_) => '-',
                        Move::Extra(_) => '+',
                    };
                    (sign, &*found.names[one.label() as usize])
                })
                .collect();
            let wanted = script(case, references[at]);
            let wanted: Vec<(char, &str)> = wanted.iter().map(|(sign, of)| (*sign, NAMES[*of])).collect();
            prop_assert_eq!(moves, wanted);
        }
        // The same by a filter, and the fewest variants that have so many cases.
        let filter = Some(Reference::parse(&format!("variant <= {top}")).unwrap());
        let by_filter = ask(&analysis, &view(filter, None));
        prop_assert_eq!(&by_filter.rows, &found.rows);
        let covered: usize = ranked.iter().take(top as usize).map(|(_, n)| n).sum();
        let parts = covered * 1_000_000 / cases.len();
        if parts * cases.len() == covered * 1_000_000 {
            let cover = Some(Reference::Cover(parts as u32));
            prop_assert_eq!(&ask(&analysis, &view(cover, None)).rows, &found.rows);
        }
    }

    #[test]
    fn a_sequence_as_a_model_has_the_costs_of_a_variant(cases in cases(), threads in 1_usize..4) {
        let analysis = analysis(&cases, Timing::default());
        let (first, _) = ranked(&cases)[0].clone();
        let tree = Tree::Sequence(first.iter().map(|&of| Tree::Activity(of as u32)).collect());
        let net = tree.net(&NAMES);
        let model = Reference::Model(Arc::new(NamedModel { name: "m".to_owned(), path: "m".to_owned(), net }));
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let by_model = pool.install(|| ask(&analysis, &view(Some(model.clone()), None)));
        let by_variant = ask(&analysis, &view(None, None));
        prop_assert_eq!(by_model.cost, by_variant.cost);
        prop_assert_eq!(by_model.fitting, by_variant.fitting);
        prop_assert_eq!(by_model.mean, by_variant.mean);
        let costs = |of: &Conform| -> Vec<Option<u32>> {
            of.variants.iter().map(|v| v.judgement.cost()).collect()
        };
        prop_assert_eq!(costs(&by_model), costs(&by_variant));
        prop_assert_eq!(selected(&analysis, Some(&model), "fits"), by_variant.fitting);
    }
}

#[test]
fn open_cases_are_judged_as_beginnings() {
    // The last activity ends a case; the others are open.
    let cases: Vec<Case> = vec![
        vec![0, 1, 3],
        vec![0, 1, 3],
        vec![0, 1],
        vec![0, 2],
        vec![1],
    ];
    let analysis = analysis(&cases, Timing::default());
    let view = View {
        ends: Some(vec!["D".to_owned()]),
        ..View::default()
    };
    let found = ask(&analysis, &view);
    // A B is a beginning; A C has one extra move; B alone lacks A.
    assert_eq!((found.pending, found.fitting, found.cost), (3, 3, 2));
    let ended = ConformQuery {
        open_ended: true,
        bounds: Bounds::default(),
        listing: Listing::by("cases"),
    };
    let ended = analysis.ask(&view, &ended, &Cancel::never()).unwrap();
    assert_eq!(
        (ended.pending, ended.fitting, ended.cost),
        (0, 2, 1 + 3 + 2)
    );
}

#[test]
fn references_that_cannot_be_are_refused() {
    let analysis = analysis(&[vec![0, 1], vec![2]], Timing::default());
    let refused = |filter: &str, reference: Option<&str>| {
        let reference = reference.map(|text| Reference::parse(text).unwrap());
        let view = view(reference, Some(filter));
        let error = analysis.ask(&view, &SummaryQuery, &Cancel::never());
        error.unwrap_err().to_string()
    };
    let unknown = refused("missing \"E\"", None);
    assert!(
        unknown.contains("neither log nor model has an activity \"E\""),
        "{unknown}"
    );
    let empty = refused("fits", Some("duration > 900d"));
    assert!(empty.contains("no case meets it"), "{empty}");
}
