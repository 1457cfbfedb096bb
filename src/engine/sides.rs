//! Two selections of a log, A and B, the cases that are in both, and the change of a share of the cases. A
//! is what the filters of the view select, B what `View::versus` selects in their place.

use super::prepared::filter_error;
use super::query::Context;
use super::selected::Selected;
use super::tested::FEWEST;
use super::view::{AskError, View};
use crate::filter::{self, Expr};
use crate::index::CaseSet;
use crate::metrics::stats::{FourFold, Interval, Weighted, weighted_sum};
use std::sync::Arc;

/// Values of q below this are findings.
const FINDING: f64 = 0.05;

/// The change of the share of cases that have a row.
#[derive(Debug, Clone, PartialEq)]
pub struct ShareChange {
    /// Share of the cases of A and of B, 0 to 1; `None` without cases.
    pub shares: [Option<f64>; 2],
    /// Share in A minus share in B, with its interval; `None` without cases on one side.
    pub difference: Option<(f64, Interval)>,
    /// The test.
    pub tested: Tested,
}

/// Result of a test.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tested {
    /// Probability of a difference at least as large if there were none; 1 where nothing can be tested.
    pub p: f64,
    /// After correction for all tests of the list; `None` with too few cases or values.
    pub q: Option<f64>,
    /// Share of pairs in which A is larger minus share in which B is (Cliff's delta), -1 to 1: of shares
    /// of cases their difference. `None` without cases on one side.
    pub effect: Option<f64>,
}

impl Tested {
    /// Nothing on one side: no effect where both sides are the same cases, else unknown.
    pub fn nothing(same: bool) -> Self {
        Tested {
            p: 1.0,
            q: None,
            effect: same.then_some(0.0),
        }
    }

    /// True if q is below 5 %.
    pub fn is_finding(&self) -> bool {
        self.q.is_some_and(|q| q < FINDING)
    }

    /// Size of the effect, 0 where there is none.
    pub fn size(&self) -> f64 {
        self.effect.map_or(0.0, f64::abs)
    }
}

/// The selections that are compared.
#[derive(Debug, Clone, PartialEq)]
pub struct Sides {
    /// Filters of A and of B as one text; empty for all cases.
    pub texts: [String; 2],
    /// Number of cases of A and of B.
    pub cases: [u64; 2],
    /// Cases that are in both.
    pub both: u64,
    /// Open cases of A and of B.
    pub open: [u64; 2],
}

impl Sides {
    /// Says why nothing is tested, where that is so.
    pub fn reason(&self) -> Option<&'static str> {
        let [a, b] = self.cases.map(|cases| cases - self.both);
        match (a, b) {
            (0, 0) => Some("A and B are the same cases"),
            _ if self.cases[0] == 0 => Some("A has no cases, so that nothing is tested"),
            _ if self.cases[1] == 0 => Some("B has no cases, so that nothing is tested"),
            (0, _) => Some("all cases of A are in B, so that nothing is tested"),
            (_, 0) => Some("all cases of B are in A, so that nothing is tested"),
            _ if a.min(b) < FEWEST => {
                Some("fewer than 10 cases are in one side only: too few to test")
            }
            _ => None,
        }
    }
}

/// Both selections of a comparison.
pub struct Selections {
    /// Views of A and of B.
    pub views: [View; 2],
    /// Cases of A and of B.
    pub selected: [Arc<Selected>; 2],
    /// Cases of A alone and of B alone.
    pub apart: [Arc<Selected>; 2],
    /// Numbers of cases.
    pub parts: Parts,
}

impl Selections {
    /// Selects the cases of the filters of a view, and of those that they are compared with.
    ///
    /// # Errors
    /// Nothing is compared, a filter is wrong, or the answer is not wanted any more.
    pub fn of(context: &Context<'_>) -> Result<Self, AskError> {
        let Some(versus) = &context.view.versus else {
            return Err(AskError::Internal("nothing to compare with".to_owned()));
        };
        let view = |filters: &Vec<String>| View {
            filters: filters.clone(),
            versus: None,
            ..context.view.clone()
        };
        let views = [view(&context.view.filters), view(versus)];
        let a = context.analysis.select(&views[0], context.cancel)?;
        let b = context.analysis.select(&views[1], context.cancel)?;
        let apart = [without(&a, &b), without(&b, &a)];
        context.cancel.check()?;
        let n = |selected: &Selected| selected.selection().n_cases as u64;
        Ok(Selections {
            parts: Parts {
                sides: [n(&a), n(&b)],
                only: [n(&apart[0]), n(&apart[1])],
            },
            views,
            selected: [a, b],
            apart,
        })
    }

    /// Texts and numbers of both.
    pub fn sides(&self) -> Sides {
        Sides {
            texts: self.views.each_ref().map(|view| text(&view.filters)),
            cases: self.parts.sides,
            both: self.parts.both(),
            open: (self.selected.each_ref()).map(|side| side.open().count() as u64),
        }
    }

    /// The view of the cases of A alone.
    ///
    /// # Errors
    /// A filter is wrong.
    pub fn a_alone(&self) -> Result<View, AskError> {
        let mut view = self.views[0].clone();
        view.filters.push(opposite(&self.views[1].filters)?);
        Ok(view)
    }
}

/// Numbers of cases of both sides, and of those that are in one only.
#[derive(Debug, Clone, Copy)]
pub struct Parts {
    /// Cases of A and of B.
    pub sides: [u64; 2],
    /// Cases of A alone and of B alone.
    pub only: [u64; 2],
}

impl Parts {
    /// The parts of both sides, of which that many cases are of A alone.
    pub fn new(sides: [u64; 2], only_a: u64) -> Self {
        let both = sides[0].saturating_sub(only_a);
        Parts {
            sides,
            only: [only_a, sides[1].saturating_sub(both)],
        }
    }

    /// Cases that are in both.
    pub fn both(&self) -> u64 {
        self.sides[0] - self.only[0]
    }

    /// True if both sides have enough cases of their own to be tested.
    pub fn are_enough(&self) -> bool {
        self.only.iter().all(|&cases| cases >= FEWEST)
    }

    /// True if both sides are the same cases.
    pub fn same(&self) -> bool {
        self.only == [0, 0]
    }

    /// The change of a share of the cases. `only_a` is the number of cases of A alone.
    pub fn share(&self, cases: [u64; 2], only_a: u64) -> ShareChange {
        let parts = self;
        let both = cases[0].saturating_sub(only_a);
        let only = [only_a, cases[1].saturating_sub(both)];
        let share = |at: usize| {
            let whole = parts.sides[at];
            (whole > 0).then(|| cases[at] as f64 / whole as f64)
        };
        let shares = [share(0), share(1)];
        // Each side is a mixture of the cases of both sides and its own ones.
        let weight = |part: u64, at: usize| part as f64 / parts.sides[at] as f64;
        let difference = || {
            let (_, interval) = weighted_sum(&[
                Weighted {
                    weight: weight(parts.only[0], 0),
                    part: only[0],
                    whole: parts.only[0],
                },
                Weighted {
                    weight: weight(parts.both(), 0) - weight(parts.both(), 1),
                    part: both,
                    whole: parts.both(),
                },
                Weighted {
                    weight: -weight(parts.only[1], 1),
                    part: only[1],
                    whole: parts.only[1],
                },
            ]);
            Some((shares[0]? - shares[1]?, interval))
        };
        ShareChange {
            shares,
            difference: difference(),
            tested: self.tested(only),
        }
    }

    fn tested(&self, with: [u64; 2]) -> Tested {
        let all = self.only;
        if all.contains(&0) {
            return Tested::nothing(self.same());
        }
        let table = FourFold {
            with: with[0] + with[1],
            selected_with: with[0],
            without: all[0] + all[1] - with[0] - with[1],
            selected_without: all[0] - with[0],
        };
        let floor = FEWEST.max((all[0] + all[1]).div_ceil(1000));
        let enough = table.with.min(table.without) >= floor && self.are_enough();
        let p = table.test().1;
        let rate = |at: usize| with[at] as f64 / all[at] as f64;
        Tested {
            p,
            q: enough.then_some(p),
            effect: Some(rate(0) - rate(1)),
        }
    }
}

/// The cases of one selection that are not in another.
fn without(of: &Arc<Selected>, other: &Selected) -> Arc<Selected> {
    let (these, others) = (of.selection(), other.selection());
    let is_left = |case: usize| these.contains(case) && !others.contains(case);
    let left = CaseSet::from_fn(these.index.n_cases(), is_left);
    if left.count() == these.n_cases {
        return Arc::clone(of);
    }
    Arc::new(Selected::new(
        Arc::clone(&of.prepared),
        Some(left),
        of.waits.clone(),
    ))
}

/// Filters as one text, of which each holds.
fn text(filters: &[String]) -> String {
    match filters {
        [one] => one.clone(),
        several => {
            let several: Vec<String> = several.iter().map(|text| format!("({text})")).collect();
            several.join(" and ")
        }
    }
}

/// The filter of the cases that do not meet all of some filters.
fn opposite(filters: &[String]) -> Result<String, AskError> {
    let parsed = filters
        .iter()
        .map(|text| filter::parse(text).map_err(|error| filter_error(text, error)));
    let parsed = parsed.collect::<Result<Vec<Expr>, _>>()?;
    let all = parsed.into_iter().reduce(Expr::and);
    Ok(all.map_or_else(String::new, |all| all.negate().to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_side_without_cases_is_no_part_of_the_other() {
        let reason = |cases: [u64; 2], both| {
            let sides = Sides {
                texts: [String::new(), String::new()],
                cases,
                both,
                open: [0, 0],
            };
            sides.reason().unwrap_or_default()
        };
        for (cases, both, begins) in [
            ([0, 20], 0, "A has no cases"),
            ([20, 0], 0, "B has no cases"),
            ([5, 20], 5, "all cases of A are in B"),
            ([20, 20], 20, "A and B are the same"),
            ([30, 12], 3, "fewer than 10"),
            ([30, 30], 3, ""),
        ] {
            assert!(reason(cases, both).starts_with(begins), "{cases:?}");
        }
        assert_eq!(reason([30, 30], 3), "");
    }
}
