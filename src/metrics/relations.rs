//! What the sequences of activities of a selection have in common: the log skeleton, and the counts of cases
//! that satisfy templates of Declare. Definitions: A and B are different activities that occur in the
//! selection.
//!
//! - *equivalence*: every case has as many A as B;
//! - *always after*: in every case with A, a B comes after the last A;
//! - *always before*: in every case with A, a B comes before the first A;
//! - *never together*: no case has both;
//! - *directly follows*: every A is followed by a B directly.

use super::Selection;
use crate::event_log::{Cancel, Cancelled, Template};
use std::collections::{BTreeSet, HashMap};

/// Activities of which relations are found, at most: pairs of them take memory.
pub const MOST_ACTIVITIES: usize = 1000;

/// Variants between two looks at whether to go on.
const STRIDE: usize = 1 << 10;

/// The activities of a selection in the order of their names, numbered from 0.
#[derive(Debug)]
pub struct Alphabet {
    /// Code of each.
    pub codes: Vec<u32>,
    /// Number of each code; `u32::MAX` for one that does not occur.
    numbers: Vec<u32>,
}

impl Alphabet {
    /// Those that occur in the selected cases.
    pub fn of(selection: &Selection<'_>) -> Self {
        let index = selection.index;
        let mut occurs = vec![false; index.activity_rank.len()];
        for variant in selection.variants() {
            for &activity in index.variants.sequence(variant) {
                occurs[activity as usize] = true;
            }
        }
        let codes = (0..occurs.len() as u32).filter(|&code| occurs[code as usize]);
        let mut codes: Vec<u32> = codes.collect();
        codes.sort_by_key(|&code| index.activity_rank[code as usize]);
        let mut numbers = vec![u32::MAX; occurs.len()];
        for (number, &code) in (0..).zip(&codes) {
            numbers[code as usize] = number;
        }
        Alphabet { codes, numbers }
    }

    /// Number of activities.
    pub fn len(&self) -> usize {
        self.codes.len()
    }

    /// Returns `true` when there are no activities.
    pub fn is_empty(&self) -> bool {
        self.codes.is_empty()
    }

    /// The numbers of a sequence of codes.
    pub(super) fn sequence(&self, codes: &[u32], into: &mut Vec<usize>) {
        into.clear();
        into.extend(
            codes
                .iter()
                .map(|&code| self.numbers[code as usize] as usize),
        );
    }
}

/// A set of activities.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Set(Vec<u64>);

impl Set {
    fn none(n: usize) -> Self {
        Set(vec![0; n.div_ceil(64)])
    }

    fn all(n: usize) -> Self {
        let mut set = Set::none(n);
        (0..n).for_each(|number| set.insert(number));
        set
    }

    fn insert(&mut self, number: usize) {
        self.0[number / 64] |= 1 << (number % 64);
    }

    fn contains(&self, number: usize) -> bool {
        self.0[number / 64] >> (number % 64) & 1 != 0
    }

    fn and(&mut self, other: &Set) {
        self.0.iter_mut().zip(&other.0).for_each(|(a, b)| *a &= b);
    }

    fn or(&mut self, other: &Set) {
        self.0.iter_mut().zip(&other.0).for_each(|(a, b)| *a |= b);
    }

    fn clear(&mut self) {
        self.0.fill(0);
    }

    fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        (0..).zip(&self.0).flat_map(|(word, &bits)| {
            let mut rest = bits;
            std::iter::from_fn(move || {
                let bit = rest.trailing_zeros() as usize;
                (rest != 0).then(|| {
                    rest &= rest - 1;
                    word * 64 + bit
                })
            })
        })
    }
}

/// A pair of activities by number.
pub type Pair = (usize, usize);

/// Relations between the activities of a selection, by their numbers; pairs ascend.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Skeleton {
    /// Every case has as many of one as of the other.
    pub equivalence: Vec<Pair>,
    /// The second comes after the last of the first.
    pub always_after: Vec<Pair>,
    /// The second comes before the first of the first.
    pub always_before: Vec<Pair>,
    /// No case has both.
    pub never_together: Vec<Pair>,
    /// Each of the first is followed by the second directly.
    pub directly_follows: Vec<Pair>,
    /// Numbers of events of each activity that cases have, ascending.
    pub counts: Vec<Vec<u32>>,
}

/// The activity that follows each event of another one directly.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Next {
    Unknown,
    Only(usize),
    Several,
}

impl Next {
    fn join(&mut self, next: Option<usize>) {
        *self = match (*self, next) {
            (Next::Unknown, Some(next)) => Next::Only(next),
            (Next::Only(known), Some(next)) if known == next => Next::Only(next),
            _ => Next::Several,
        };
    }
}

/// Finds the relations that hold in all selected cases.
///
/// # Errors
/// The answer is not wanted any more.
pub fn skeleton(
    selection: &Selection<'_>,
    alphabet: &Alphabet,
    cancel: &Cancel,
) -> Result<Skeleton, Cancelled> {
    let n = alphabet.len();
    let mut after = vec![Set::all(n); n];
    let mut before = after.clone();
    let mut together = vec![Set::none(n); n];
    let mut next = vec![Next::Unknown; n];
    // The numbers of events of each activity by variant.
    let mut counts: Vec<Vec<(usize, u32)>> = vec![Vec::new(); n];
    let (mut sequence, mut seen, mut variants) = (Vec::new(), Set::none(n), 0usize);
    for variant in selection.variants() {
        if variants.is_multiple_of(STRIDE) {
            cancel.check()?;
        }
        variants += 1;
        alphabet.sequence(selection.index.variants.sequence(variant), &mut sequence);
        seen.clear();
        for (at, &activity) in sequence.iter().enumerate() {
            if !seen.contains(activity) {
                before[activity].and(&seen);
                seen.insert(activity);
            }
            next[activity].join(sequence.get(at + 1).copied());
            match counts[activity].last_mut() {
                Some((of, count)) if *of == variant => *count += 1,
                _ => counts[activity].push((variant, 1)),
            }
        }
        seen.iter()
            .for_each(|activity| together[activity].or(&seen));
        seen.clear();
        for &activity in sequence.iter().rev() {
            if !seen.contains(activity) {
                after[activity].and(&seen);
                seen.insert(activity);
            }
        }
    }
    let pairs = |holds: &dyn Fn(usize, usize) -> bool| {
        let all = (0..n).flat_map(|a| (0..n).map(move |b| (a, b)));
        let pairs = all.filter(|&(a, b)| a != b && holds(a, b));
        pairs.collect::<Vec<Pair>>()
    };
    let of_counts = |of: &Vec<(usize, u32)>| {
        let mut numbers: BTreeSet<u32> = of.iter().map(|(_, count)| *count).collect();
        if of.len() < variants {
            numbers.insert(0);
        }
        numbers.into_iter().collect()
    };
    Ok(Skeleton {
        equivalence: equal(&counts),
        always_after: pairs(&|a, b| after[a].contains(b)),
        always_before: pairs(&|a, b| before[a].contains(b)),
        never_together: pairs(&|a, b| !together[a].contains(b)),
        directly_follows: pairs(&|a, b| next[a] == Next::Only(b)),
        counts: counts.iter().map(of_counts).collect(),
    })
}

/// The pairs of different activities with equal counts.
fn equal(counts: &[Vec<(usize, u32)>]) -> Vec<Pair> {
    let mut groups: HashMap<&[(usize, u32)], Vec<usize>> = HashMap::new();
    for (activity, of) in counts.iter().enumerate() {
        groups.entry(of).or_default().push(activity);
    }
    let mut pairs = Vec::new();
    for group in groups.values() {
        let with = |&a: &usize| group.iter().map(move |&b| (a, b));
        pairs.extend(group.iter().flat_map(with).filter(|(a, b)| a != b));
    }
    // The order of a hash map is no order.
    pairs.sort_unstable();
    pairs
}

/// A template of activities, by number, with the cases that it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Candidate {
    /// The template.
    pub template: Template,
    /// The first activity.
    pub a: usize,
    /// The second one; `None` for a template of one activity.
    pub b: Option<usize>,
    /// Cases that it is about.
    pub activated: u64,
    /// Those of them that satisfy it.
    pub satisfied: u64,
}

/// Templates of pairs that are counted, those that forbid pairs by the cases that violate them.
const COUNTED: [Template; 12] = [
    Template::Coexist,
    Template::Response,
    Template::Precedence,
    Template::Succession,
    Template::AltResponse,
    Template::AltPrecedence,
    Template::AltSuccession,
    Template::ChainResponse,
    Template::ChainPrecedence,
    Template::ChainSuccession,
    Template::NotSuccession,
    Template::NotChain,
];

/// Cases by activity and by pair of activities.
#[derive(Debug)]
pub struct Counts {
    n: usize,
    cases: u64,
    /// Cases with each activity, with it once, that begin and that end with it.
    has: Vec<[u64; 4]>,
    /// Cases with both activities of each pair that satisfy the templates of [`COUNTED`], in this order.
    pairs: Vec<[u32; COUNTED.len()]>,
}

/// Counts the selected cases that satisfy templates.
///
/// # Errors
/// The answer is not wanted any more.
pub fn counts(
    selection: &Selection<'_>,
    alphabet: &Alphabet,
    cancel: &Cancel,
) -> Result<Counts, Cancelled> {
    let n = alphabet.len();
    let mut counts = Counts {
        n,
        cases: selection.n_cases as u64,
        has: vec![[0; 4]; n],
        pairs: vec![[0; COUNTED.len()]; n * n],
    };
    let mut sequence = Vec::new();
    for (at, variant) in selection.variants().enumerate() {
        if at.is_multiple_of(STRIDE) {
            cancel.check()?;
        }
        alphabet.sequence(selection.index.variants.sequence(variant), &mut sequence);
        counts.add(&sequence, selection.variant_cases[variant]);
    }
    Ok(counts)
}

/// The activities to which one stands in the relations of a sequence.
struct Relations {
    /// After the last event of it.
    response: Set,
    /// Before the first event of it.
    precedence: Set,
    /// In each part from an event of it to the next one, or to the end.
    alt_response: Set,
    /// In each part from the start, or the event before, to an event of it.
    alt_precedence: Set,
    /// Directly after each event of it.
    chain_response: Next,
    /// Directly before each event of it.
    chain_precedence: Next,
    /// After the first event of it.
    later: Set,
    /// Directly after some event of it.
    next: Set,
}

impl Relations {
    /// The relations of an activity in a sequence.
    fn of(activity: usize, sequence: &[usize], n: usize) -> Self {
        let mut of = Relations {
            response: Set::none(n),
            precedence: Set::none(n),
            alt_response: Set::all(n),
            alt_precedence: Set::all(n),
            chain_response: Next::Unknown,
            chain_precedence: Next::Unknown,
            later: Set::none(n),
            next: Set::none(n),
        };
        let (mut part, mut met) = (Set::none(n), false);
        for (at, &other) in sequence.iter().enumerate() {
            if other != activity {
                part.insert(other);
                continue;
            }
            of.alt_precedence.and(&part);
            if met {
                of.alt_response.and(&part);
                of.later.or(&part);
            } else {
                of.precedence = part.clone();
            }
            met = true;
            part.clear();
            let before = at.checked_sub(1).map(|before| sequence[before]);
            let next = sequence.get(at + 1).copied();
            of.chain_precedence.join(before);
            of.chain_response.join(next);
            if let Some(next) = next {
                of.next.insert(next);
            }
        }
        of.alt_response.and(&part);
        of.later.or(&part);
        of.response = part;
        of
    }
}

impl Counts {
    /// Adds cases with a sequence.
    fn add(&mut self, sequence: &[usize], cases: u32) {
        let n = self.n;
        let mut present = Set::none(n);
        for &activity in sequence {
            present.insert(activity);
        }
        let present: Vec<usize> = present.iter().collect();
        let of: Vec<Relations> = present
            .iter()
            .map(|&activity| Relations::of(activity, sequence, n))
            .collect();
        for (&a, of_a) in present.iter().zip(&of) {
            let times = sequence.iter().filter(|&&is| is == a).count();
            let holds = [
                true,
                times == 1,
                sequence.first() == Some(&a),
                sequence.last() == Some(&a),
            ];
            for (count, holds) in self.has[a].iter_mut().zip(holds) {
                *count += u64::from(holds) * u64::from(cases);
            }
            for (&b, of_b) in present.iter().zip(&of) {
                if a == b {
                    continue;
                }
                let response = of_a.response.contains(b);
                let precedence = of_b.precedence.contains(a);
                let alt_response = of_a.alt_response.contains(b);
                let alt_precedence = of_b.alt_precedence.contains(a);
                let chain_response = of_a.chain_response == Next::Only(b);
                let chain_precedence = of_b.chain_precedence == Next::Only(a);
                let holds = [
                    true,
                    response,
                    precedence,
                    response && precedence,
                    alt_response,
                    alt_precedence,
                    alt_response && alt_precedence,
                    chain_response,
                    chain_precedence,
                    chain_response && chain_precedence,
                    of_a.later.contains(b),
                    of_a.next.contains(b),
                ];
                for (count, holds) in self.pairs[a * n + b].iter_mut().zip(holds) {
                    *count += u32::from(holds) * cases;
                }
            }
        }
    }

    /// Number of cases with each activity.
    pub fn has(&self) -> Vec<u64> {
        self.has.iter().map(|of| of[0]).collect()
    }

    /// Calls `f` with the figures of all templates of all activities: those of one, then by pair.
    ///
    /// # Errors
    /// The answer is not wanted any more.
    pub fn each(&self, cancel: &Cancel, mut f: impl FnMut(Candidate)) -> Result<(), Cancelled> {
        for a in 0..self.n {
            let [has, once, first, last] = self.has[a];
            for (template, satisfied) in [
                (Template::Existence, has),
                (Template::Absence, self.cases - has),
                (Template::Exactly, once),
                (Template::Init, first),
                (Template::End, last),
            ] {
                f(Candidate {
                    template,
                    a,
                    b: None,
                    activated: self.cases,
                    satisfied,
                });
            }
        }
        for a in 0..self.n {
            cancel.check()?;
            for b in (0..self.n).filter(|&b| a != b) {
                self.of_pair(a, b, &mut f);
            }
        }
        Ok(())
    }

    fn of_pair(&self, a: usize, b: usize, f: &mut impl FnMut(Candidate)) {
        let counted = self.pairs[a * self.n + b].map(u64::from);
        let both = counted[0];
        let (has_a, has_b) = (self.has[a][0], self.has[b][0]);
        let either = has_a + has_b - both;
        let mut candidate = |template, activated, satisfied| {
            f(Candidate {
                template,
                a,
                b: Some(b),
                activated,
                satisfied,
            });
        };
        candidate(Template::Responded, has_a, both);
        // Both orders of these are one rule.
        if a < b {
            candidate(Template::Coexist, either, both);
            candidate(Template::NotCoexist, either, either - both);
        }
        for (template, count) in COUNTED.into_iter().zip(counted).skip(1) {
            use Template::*;
            let (activated, satisfied) = match template {
                Response | AltResponse | ChainResponse => (has_a, count),
                Precedence | AltPrecedence | ChainPrecedence => (has_b, count),
                NotSuccession | NotChain => (either, either - count),
                _ => (either, count),
            };
            candidate(template, activated, satisfied);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::deadlines::State;
    use crate::metrics::templates::TemplateRule;
    use crate::metrics::testing::Logged;
    use crate::test_support::log;

    #[test]
    fn relations_hold_in_all_cases() {
        let cases = Logged::of(log("1: a b c; 2: a c; 3: d a c c"), None);
        let selection = cases.selection();
        let alphabet = Alphabet::of(&selection);
        let found = skeleton(&selection, &alphabet, &Cancel::never()).unwrap();
        assert_eq!(found.always_after, [(0, 2), (1, 2), (3, 0), (3, 2)]);
        assert_eq!(found.always_before, [(1, 0), (2, 0)]);
        assert_eq!(found.never_together, [(1, 3), (3, 1)]);
        assert_eq!(found.directly_follows, [(1, 2), (3, 0)]);
        assert_eq!(found.equivalence, []);
        let counts: [&[u32]; 4] = [&[1], &[0, 1], &[1, 2], &[0, 1]];
        assert_eq!(found.counts, counts);
    }

    proptest::proptest! {
        #[test]
        fn counts_are_those_of_the_rules(
            traces in proptest::collection::vec(proptest::collection::vec(0u8..4, 1..9), 1..8),
        ) {
            let text: Vec<String> = traces.iter().enumerate().map(|(case, trace)| {
                let names: Vec<String> = trace.iter().map(|a| format!("a{a}")).collect();
                format!("{case}: {}", names.join(" "))
            }).collect();
            let cases = Logged::of(log(&text.join("; ")), None);
            let selection = cases.selection();
            let alphabet = Alphabet::of(&selection);
            let counts = counts(&selection, &alphabet, &Cancel::never()).unwrap();
            counts.each(&Cancel::never(), |candidate| {
                let a = alphabet.codes[candidate.a];
                let rule = TemplateRule {
                    template: candidate.template,
                    a,
                    b: candidate.b.map_or(a, |b| alphabet.codes[b]),
                    times: 1,
                    time: (None, None),
                    columns: Vec::new(),
                };
                let judgments = rule.judgments(selection.log, selection.index, 0, &Cancel::never()).unwrap();
                let states: Vec<State> = (0..traces.len())
                    .filter_map(|case| judgments.of(selection.index, case).state(false))
                    .collect();
                let kept = states.iter().filter(|state| **state == State::Kept).count();
                let found = (candidate.activated, candidate.satisfied);
                assert_eq!(found, (states.len() as u64, kept as u64), "{candidate:?}");
            }).unwrap();
        }
    }
}
