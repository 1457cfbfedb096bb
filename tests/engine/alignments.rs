//! Alignments, replay and discovery on random nets and logs, against definitions that are slow and plain.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use casetrail::event_log::Cancel;
use casetrail::models::{
    Aligner, Bound, Diagram, Ending, Found, Limits, Move, Net, Scratch, Tokens, Transition, Tree,
    Unusable, bpmn, mine, read, replay, write_pnml,
};
use proptest::prelude::*;
use std::collections::{BTreeSet, HashMap, VecDeque};

const NAMES: [&str; 5] = ["a", "b", "c", "d", "e"];

/// The most markings of a random net.
const MARKINGS: usize = 400;

fn number(label: &str) -> u32 {
    NAMES.iter().position(|name| *name == label).unwrap() as u32
}

fn labels(net: &Net) -> Vec<Option<u32>> {
    let label = |t: &Transition| t.label.as_deref().map(number);
    net.transitions.iter().map(label).collect()
}

/// Tokens of each place.
type Marking = Vec<u32>;

fn dense(net: &Net, tokens: &[Tokens]) -> Marking {
    let mut marking = vec![0; net.places.len()];
    for one in tokens {
        marking[one.place as usize] += one.count;
    }
    marking
}

fn fire(of: &Transition, marking: &Marking) -> Option<Marking> {
    let mut next = marking.clone();
    for taken in &of.takes {
        let held = &mut next[taken.place as usize];
        *held = held.checked_sub(taken.count)?;
    }
    for put in &of.puts {
        next[put.place as usize] += put.count;
    }
    Some(next)
}

/// Least cost of an alignment by trying all states, from the definition; `None` where there is no run.
fn naive(net: &Net, labels: &[Option<u32>], sequence: &[u32], ending: Ending) -> Option<u32> {
    let finals: Vec<Marking> = net.finals.iter().map(|end| dense(net, end)).collect();
    let can_end = |from: &Marking| {
        let (mut seen, mut next) = (BTreeSet::new(), vec![from.clone()]);
        while let Some(marking) = next.pop() {
            if finals.contains(&marking) {
                return true;
            }
            if seen.len() < MARKINGS && seen.insert(marking.clone()) {
                next.extend(net.transitions.iter().filter_map(|t| fire(t, &marking)));
            }
        }
        false
    };
    let start = (dense(net, &net.initial), 0);
    let mut cost: HashMap<(Marking, usize), u32> = HashMap::from([(start.clone(), 0)]);
    let mut queue = VecDeque::from([start]);
    while let Some((marking, at)) = queue.pop_front() {
        let here = cost[&(marking.clone(), at)];
        let mut moves = Vec::new();
        if at < sequence.len() {
            moves.push(((marking.clone(), at + 1), 1));
        }
        for (transition, label) in net.transitions.iter().zip(labels) {
            let Some(next) = fire(transition, &marking) else {
                continue;
            };
            moves.push(((next.clone(), at), u32::from(label.is_some())));
            if label.is_some() && sequence.get(at) == label.as_ref() {
                moves.push(((next, at + 1), 0));
            }
        }
        for (state, more) in moves {
            let better = cost.get(&state).is_none_or(|known| *known > here + more);
            if better {
                cost.insert(state.clone(), here + more);
                queue.push_back(state);
            }
        }
    }
    let is_end = |(marking, at): &(Marking, usize)| {
        *at == sequence.len()
            && match ending {
                Ending::Final => finals.contains(marking),
                Ending::Open => can_end(marking),
            }
    };
    let ends = cost.iter().filter(|(state, _)| is_end(state));
    ends.map(|(_, cost)| *cost).min()
}

/// Whether a net has so few markings that it can be tried in full.
fn is_small(net: &Net) -> bool {
    let (mut seen, mut next) = (BTreeSet::new(), vec![dense(net, &net.initial)]);
    while let Some(marking) = next.pop() {
        if seen.len() > MARKINGS || marking.iter().any(|&tokens| tokens > 8) {
            return false;
        }
        if seen.insert(marking.clone()) {
            next.extend(net.transitions.iter().filter_map(|t| fire(t, &marking)));
        }
    }
    true
}

fn aligned(aligner: &Aligner, sequence: &[u32], ending: Ending) -> (u32, Vec<Move>) {
    let found = aligner
        .align(
            sequence,
            ending,
            &Limits::default(),
            &mut Scratch::default(),
            &Cancel::never(),
        )
        .unwrap();
    match found {
        Found::Aligned { cost, moves } => (cost, moves),
        Found::Unfinished { .. } => panic!("unfinished"),
    }
}

fn tree() -> impl Strategy<Value = Tree> {
    let leaf = prop_oneof![
        1 => Just(Tree::Silent),
        4 => (0_u32..5).prop_map(Tree::Activity),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        let parts = || prop::collection::vec(inner.clone(), 2..4);
        prop_oneof![
            parts().prop_map(Tree::Sequence),
            parts().prop_map(Tree::Choice),
            prop::collection::vec(inner.clone(), 2..3).prop_map(Tree::Parallel),
            (inner.clone(), inner.clone())
                .prop_map(|(body, again)| Tree::Loop(Box::new(body), vec![again])),
        ]
    })
}

/// Any net of a few places, which may have no end, weights and several labels of one name.
fn wild() -> impl Strategy<Value = Net> {
    let tokens = |most: usize| {
        prop::collection::btree_map(0_u32..5, 1_u32..3, 0..=most).prop_map(|all| {
            all.into_iter()
                .map(|(place, count)| Tokens { place, count })
                .collect::<Vec<_>>()
        })
    };
    let transition = (
        prop::option::weighted(0.7, 0_usize..5),
        tokens(2),
        tokens(2),
    );
    let transitions = prop::collection::vec(transition, 1..8);
    (transitions, tokens(2), tokens(2)).prop_map(|(transitions, initial, end)| Net {
        places: (0..5).map(|place| format!("p{place}")).collect(),
        transitions: transitions
            .into_iter()
            .enumerate()
            .map(|(at, (label, takes, puts))| Transition {
                id: format!("t{at}"),
                label: label.map(|label| NAMES[label].to_owned()),
                is_event: false,
                takes,
                puts,
            })
            .collect(),
        initial,
        finals: vec![end],
    })
}

fn sequence() -> impl Strategy<Value = Vec<u32>> {
    prop::collection::vec(0_u32..6, 0..7)
}

/// Sequence and run that an alignment is of, with its cost.
fn sides(moves: &[Move]) -> (Vec<u32>, Vec<u32>, u32) {
    let of = |keeps: fn(&Move) -> bool| {
        let kept = moves.iter().filter(|one| keeps(one));
        kept.map(|one| one.label()).collect()
    };
    (
        of(|one| !matches!(one, Move::Missing(_))),
        of(|one| !matches!(one, Move::Extra(_))),
        moves.iter().map(|one| one.cost()).sum(),
    )
}

/// Labels of a walk over the net; `None` where it does not end.
fn walk(net: &Net, labels: &[Option<u32>], choices: &[usize]) -> Option<Vec<u32>> {
    let finals: Vec<Marking> = net.finals.iter().map(|end| dense(net, end)).collect();
    let mut marking = dense(net, &net.initial);
    let mut run = Vec::new();
    for choice in choices {
        if finals.contains(&marking) && choice % 3 == 0 {
            return Some(run);
        }
        let next =
            (0..labels.len()).filter_map(|at| Some((at, fire(&net.transitions[at], &marking)?)));
        let next: Vec<_> = next.collect();
        let (at, after) = next.get(choice % next.len().max(1))?.clone();
        marking = after;
        run.extend(labels[at]);
    }
    finals.contains(&marking).then_some(run)
}

fn check(net: &Net, sequence: &[u32]) -> Result<(), TestCaseError> {
    let labels = labels(net);
    let known: Vec<u32> = sequence.to_vec();
    let wanted = naive(net, &labels, &[], Ending::Final);
    let aligner = match Aligner::new(net.clone(), &labels, &Cancel::never()) {
        Ok(aligner) => aligner,
        Err(error) => {
            prop_assert_eq!(error, Unusable::NoEnd);
            prop_assert_eq!(wanted, None);
            return Ok(());
        }
    };
    prop_assert_eq!(wanted, Some(aligner.empty_cost()));
    for ending in [Ending::Final, Ending::Open] {
        let wanted = naive(net, &labels, &known, ending).unwrap();
        let (cost, moves) = aligned(&aligner, &known, ending);
        prop_assert_eq!(cost, wanted);
        let (of_sequence, run, sum) = sides(&moves);
        prop_assert_eq!(&of_sequence, &known);
        prop_assert_eq!(sum, cost);
        prop_assert!(u64::from(cost) <= aligner.worst(known.len(), ending));
        // The other side is a run: it aligns with the net at no cost.
        prop_assert_eq!(aligned(&aligner, &run, ending).0, 0);
    }
    Ok(())
}

proptest! {
    #![proptest_config(crate::runs(600))]

    #[test]
    fn costs_are_those_of_the_definition_on_trees(tree in tree(), sequence in sequence()) {
        let net = tree.net(&NAMES);
        prop_assume!(is_small(&net));
        check(&net, &sequence)?;
    }

    #[test]
    fn costs_are_those_of_the_definition_on_any_nets(net in wild(), sequence in sequence()) {
        prop_assume!(is_small(&net));
        check(&net, &sequence)?;
    }

    #[test]
    fn no_walk_is_nearer_than_the_alignment(
        tree in tree(),
        sequence in sequence(),
        choices in prop::collection::vec(0_usize..60, 0..40),
    ) {
        let net = tree.net(&NAMES);
        let labels = labels(&net);
        if let Some(run) = walk(&net, &labels, &choices) {
            let aligner = Aligner::new(net, &labels, &Cancel::never()).unwrap();
            prop_assert_eq!(aligned(&aligner, &run, Ending::Final).0, 0);
            let cost = aligned(&aligner, &sequence, Ending::Final).0;
            let distance = casetrail::models::Pattern::new(&sequence).distance(&run, Ending::Final);
            prop_assert!(cost <= distance);
        }
    }

    #[test]
    fn names_and_order_of_silent_transitions_change_no_cost(
        tree in tree(),
        sequence in sequence(),
        seed in any::<usize>(),
    ) {
        let net = tree.net(&NAMES);
        let mut other = net.clone();
        for (at, transition) in other.transitions.iter_mut().enumerate() {
            transition.id = format!("x{}", at * 7919 + seed % 1000);
        }
        let n = other.transitions.len();
        other.transitions.rotate_left(seed % n);
        // A silent transition that changes nothing, and one more beside another.
        let place = other.initial.clone();
        other.transitions.push(Transition { id: "loop".to_owned(), takes: place.clone(), puts: place, ..Transition::default() });
        let cost = |net: Net| {
            let labels = labels(&net);
            let aligner = Aligner::new(net, &labels, &Cancel::never()).unwrap();
            aligned(&aligner, &sequence, Ending::Final).0
        };
        prop_assert_eq!(cost(net), cost(other));
    }

    #[test]
    fn what_can_be_replayed_has_no_cost(tree in tree(), sequence in sequence()) {
        let net = tree.net(&NAMES);
        let labels = labels(&net);
        let known: Vec<u32> = sequence.into_iter().filter(|l| labels.contains(&Some(*l))).collect();
        let counts = replay(&net, &labels, &known, &Cancel::never()).unwrap();
        let aligner = Aligner::new(net, &labels, &Cancel::never()).unwrap();
        let (cost, _) = aligned(&aligner, &known, Ending::Final);
        if let Some(counts) = counts {
            // A replay looks only at the nearest way: it may miss a run, but finds none that is not.
            prop_assert!(!counts.fits() || cost == 0, "{:?} {}", counts, cost);
            prop_assert!((0.0..=1.0).contains(&counts.fitness()));
        }
    }

    #[test]
    fn without_noise_every_sequence_fits_what_is_discovered(
        log in prop::collection::vec((prop::collection::vec(0_u32..5, 0..8), 1_u64..4), 1..8),
    ) {
        let tree = mine(log.clone(), 0.0, &Cancel::never()).unwrap();
        let net = tree.net(&NAMES);
        let labels = labels(&net);
        let aligner = Aligner::new(net.clone(), &labels, &Cancel::never()).unwrap();
        for (sequence, _) in &log {
            prop_assert_eq!(aligned(&aligner, sequence, Ending::Final).0, 0, "{} {:?}", tree.text(&NAMES), sequence);
        }
        // What is written is the same model when it is read.
        prop_assert_eq!(&read(write_pnml(&net).as_bytes()).unwrap(), &net);
        let diagram = read(bpmn(&Diagram::of(&tree), &NAMES).as_bytes()).unwrap();
        let labels = self::labels(&diagram);
        let other = Aligner::new(diagram, &labels, &Cancel::never()).unwrap();
        prop_assert_eq!(other.empty_cost(), aligner.empty_cost());
        for (sequence, _) in &log {
            prop_assert_eq!(aligned(&other, sequence, Ending::Final).0, 0);
        }
    }

    #[test]
    fn noise_gives_a_model_with_an_end(
        log in prop::collection::vec((prop::collection::vec(0_u32..5, 0..8), 1_u64..40), 1..8),
        noise in 0.0..1.0_f64,
    ) {
        let tree = mine(log, noise, &Cancel::never()).unwrap();
        let net = tree.net(&NAMES);
        let labels = labels(&net);
        prop_assert!(Aligner::new(net, &labels, &Cancel::never()).is_ok());
    }
}

/// Parallel activities, so many that the markings cannot all be known.
fn wide(n: u32) -> (Net, Vec<Option<u32>>) {
    let parts = (0..n).map(Tree::Activity).collect();
    let names: Vec<String> = (0..n).map(|at| format!("n{at}")).collect();
    let net = Tree::Parallel(parts).net(&names);
    let labels = net.transitions.iter();
    let labels = labels.map(|t| t.label.as_ref().map(|label| label[1..].parse().unwrap()));
    let labels = labels.collect();
    (net, labels)
}

#[test]
fn nets_with_too_many_markings_are_searched_as_far_as_the_bounds() {
    let (net, labels) = wide(24);
    let aligner = Aligner::new(net, &labels, &Cancel::never()).unwrap();
    assert_eq!(aligner.empty_cost(), 24);
    let all: Vec<u32> = (0..24).rev().collect();
    let (cost, moves) = aligned(&aligner, &all, Ending::Final);
    assert_eq!((cost, moves.len()), (0, 24));
    let (cost, _) = aligned(&aligner, &all[..4], Ending::Final);
    assert_eq!(cost, 20);
    let limits = Limits {
        states: 10,
        until: None,
    };
    let found = aligner.align(
        &all[..4],
        Ending::Final,
        &limits,
        &mut Scratch::default(),
        &Cancel::never(),
    );
    let Found::Unfinished { at_least, by } = found.unwrap() else {
        panic!("20 activities are missing");
    };
    assert!(at_least >= 20 && by == Bound::States);
}

#[test]
fn searches_end_by_time_and_by_cancellation() {
    let (net, labels) = wide(12);
    let aligner = Aligner::new(net, &labels, &Cancel::never()).unwrap();
    let past = Limits {
        until: Some(std::time::Instant::now()),
        ..Limits::default()
    };
    let mut scratch = Scratch::default();
    let never = Cancel::never();
    let found = aligner.align(&[0, 1], Ending::Final, &past, &mut scratch, &never);
    let wanted = Found::Unfinished {
        at_least: 10,
        by: Bound::Time,
    };
    assert_eq!(found, Ok(wanted));
    let cancelled = Cancel::default();
    cancelled.cancel();
    let limits = Limits::default();
    let found = aligner.align(&[0], Ending::Final, &limits, &mut scratch, &cancelled);
    assert!(found.is_err());
}

#[test]
fn nets_without_a_bound_are_aligned_and_named() {
    let text = "<pnml><net id='n'><place id='a'><initialMarking><text>1</text></initialMarking></place>\
        <place id='b'/><place id='c'/>\
        <transition id='t'><name><text>a</text></name></transition><arc id='1' source='a' target='t'/>\
        <arc id='2' source='t' target='a'/><arc id='3' source='t' target='b'/>\
        <transition id='u'><name><text>b</text></name></transition><arc id='4' source='a' target='u'/>\
        <arc id='5' source='u' target='c'/>\
        <transition id='v'><name><text>c</text></name></transition><arc id='6' source='b' target='v'/>\
        <finalmarkings><marking><place idref='c'><text>1</text></place></marking></finalmarkings>\
        </net></pnml>";
    let net = read(text.as_bytes()).unwrap();
    let labels = labels(&net);
    let aligner = Aligner::new(net, &labels, &Cancel::never()).unwrap();
    assert!(aligner.is_unbounded());
    assert_eq!(aligned(&aligner, &[0, 2, 0, 2, 1], Ending::Final).0, 0);
    assert_eq!(aligned(&aligner, &[0, 0, 0, 1], Ending::Final).0, 3);
}

#[test]
fn ends_that_cannot_be_reached_are_found_by_the_search() {
    // Both branches of a choice are needed at the end.
    let mut net = Net::default();
    let [a, b, c, d] = ["a", "b", "c", "d"].map(|id| net.add_place(id));
    let one = |place| vec![Tokens { place, count: 1 }];
    net.initial = one(a);
    net.finals = vec![one(d)];
    net.add_transition("left", None, &[a], &[b]);
    net.add_transition("right", None, &[a], &[c]);
    net.add_transition("both", None, &[b, c], &[d]);
    assert!(net.may_end());
    let error = Aligner::new(net, &[None; 3], &Cancel::never()).unwrap_err();
    assert_eq!(error, Unusable::NoEnd);
}

#[test]
fn large_models_are_read_and_aligned() {
    // A ring of silent transitions over 10,000 places, with a way out.
    let mut net = Net::default();
    let places: Vec<u32> = (0..10_000)
        .map(|n| net.add_place(format!("p{n}")))
        .collect();
    let end = net.add_place("end");
    let one = |place| vec![Tokens { place, count: 1 }];
    net.initial = one(places[0]);
    net.finals = vec![one(end)];
    for (at, place) in places.iter().enumerate() {
        let next = places[(at + 1) % places.len()];
        net.add_transition(format!("s{at}"), None, &[*place], &[next]);
    }
    net.add_transition("a", Some("a".to_owned()), &[places[9_999]], &[end]);
    let net = read(write_pnml(&net).as_bytes()).unwrap();
    let labels = labels(&net);
    let aligner = Aligner::new(net, &labels, &Cancel::never()).unwrap();
    assert_eq!(aligner.empty_cost(), 1);
    assert_eq!(aligned(&aligner, &[1, 0, 1], Ending::Final).0, 2);
}
