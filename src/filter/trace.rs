//! Tests that the sequence of a case's activities decides: evaluated once a variant, then looked
//! up once a case.

use super::value::Test;
use crate::index::{CaseSet, Index, bits};

/// A test of a variant. Activities are codes.
#[derive(Debug, Clone)]
pub enum TraceTest {
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
    /// Number of its events with the activity.
    Count(u32, Test<f64>),
    /// Number of its events.
    Events(Test<f64>),
    /// Rank, from 1.
    Rank(Test<f64>),
}

impl TraceTest {
    /// The cases that pass.
    pub fn cases(&self, index: &Index) -> CaseSet {
        let passes = self.variants(index);
        CaseSet::from_fn(index.n_cases(), |case| {
            bits::contains(&passes, index.case_variant[case] as usize)
        })
    }

    /// The bits of the variants that pass.
    pub fn variants(&self, index: &Index) -> Vec<u64> {
        let variants = &index.variants;
        let n = variants.len();
        let sequence = |v| variants.sequence(v);
        match self {
            TraceTest::Has(a) => has(index, *a),
            TraceTest::HasAny(any) => {
                bits::of_segments(&variants.offsets, &variants.activities, |a| any[a as usize])
            }
            TraceTest::Directly(a, b) => match index.edges.find(*a, *b) {
                Some(edge) => {
                    let edge = edge as u32;
                    bits::of_segments(&variants.offsets, &variants.edges, |e| e == edge)
                }
                None => vec![0; n.div_ceil(64)],
            },
            TraceTest::Eventually(a, b) => {
                // Most variants lack the activity, and their sequences need not be looked at.
                let possible = has(index, *b);
                bits::of_range(n, |v| {
                    bits::contains(&possible, v) && eventually(sequence(v), *a, *b)
                })
            }
            TraceTest::Starts(a) => bits::of_range(n, |v| sequence(v).first() == Some(a)),
            TraceTest::Ends(a) => bits::of_range(n, |v| sequence(v).last() == Some(a)),
            TraceTest::Count(a, test) => {
                // Without the activity the count is 0, so that one answer serves all of these
                // variants.
                let (some, without) = (has(index, *a), test.holds(0.0));
                let count = |v| sequence(v).iter().filter(|&b| b == a).count();
                bits::of_range(n, |v| {
                    if bits::contains(&some, v) {
                        test.holds(count(v) as f64)
                    } else {
                        without
                    }
                })
            }
            TraceTest::Events(test) => bits::of_range(n, |v| test.holds(sequence(v).len() as f64)),
            TraceTest::Rank(test) => bits::of_range(n, |v| test.holds((v + 1) as f64)),
        }
    }
}

/// The bits of the variants that have the activity.
fn has(index: &Index, activity: u32) -> Vec<u64> {
    let variants = &index.variants;
    bits::of_segments(&variants.offsets, &variants.activities, |a| a == activity)
}

fn eventually(sequence: &[u32], first: u32, second: u32) -> bool {
    // If any pair does, the one with the earliest first event does.
    let from = sequence.iter().position(|&a| a == first);
    from.is_some_and(|i| sequence[i + 1..].contains(&second))
}
