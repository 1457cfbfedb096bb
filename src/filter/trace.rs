//! Tests that the sequence of a case's activities decides: evaluated once a variant, then looked
//! up once a case.

use super::value::Test;
use crate::index::{CaseSet, Index};
use rayon::prelude::*;

/// A test of a variant. Activities are codes.
#[derive(Debug, Clone)]
pub(super) enum TraceTest {
    /// Has the activity.
    Has(u32),
    /// Has one of the activities, by code.
    HasAny(Vec<bool>),
    /// Has the first activity and the second right after it.
    Directly(u32, u32),
    /// Has the first activity and the second anywhere after it.
    Eventually(u32, u32),
    /// Begins with the activity.
    Starts(u32),
    /// Ends with the activity.
    Ends(u32),
    /// How often it has the activity.
    Count(u32, Test<f64>),
    /// How many events it has.
    Events(Test<f64>),
    /// Its rank, from 1.
    Rank(Test<f64>),
}

impl TraceTest {
    /// The cases that pass.
    pub fn cases(&self, index: &Index) -> CaseSet {
        let passes = self.variants(index);
        CaseSet::from_fn(index.n_cases(), |case| {
            passes[index.case_variant[case] as usize]
        })
    }

    /// Which variants pass.
    pub fn variants(&self, index: &Index) -> Vec<bool> {
        let variants = &index.variants;
        let table = |test: &(dyn Fn(usize) -> bool + Sync)| {
            let all = (0..variants.len()).into_par_iter().with_min_len(512);
            all.map(test).collect()
        };
        let sequence = |v| variants.sequence(v);
        match self {
            TraceTest::Has(a) => table(&|v| sequence(v).contains(a)),
            TraceTest::HasAny(any) => table(&|v| sequence(v).iter().any(|&a| any[a as usize])),
            TraceTest::Directly(a, b) => match index.edges.find(*a, *b) {
                Some(edge) => table(&|v| variants.steps(v).contains(&(edge as u32))),
                None => vec![false; variants.len()],
            },
            TraceTest::Eventually(a, b) => table(&|v| eventually(sequence(v), *a, *b)),
            TraceTest::Starts(a) => table(&|v| sequence(v).first() == Some(a)),
            TraceTest::Ends(a) => table(&|v| sequence(v).last() == Some(a)),
            TraceTest::Count(a, test) => table(&|v| {
                let count = sequence(v).iter().filter(|&b| b == a).count();
                test.holds(count as f64)
            }),
            TraceTest::Events(test) => table(&|v| test.holds(sequence(v).len() as f64)),
            TraceTest::Rank(test) => table(&|v| test.holds((v + 1) as f64)),
        }
    }
}

fn eventually(sequence: &[u32], first: u32, second: u32) -> bool {
    let from = sequence.iter().position(|&a| a == first);
    from.is_some_and(|i| sequence[i + 1..].contains(&second))
}
