//! What cases are judged by, bound to a log, and the judgement of each variant: the least cost of moves
//! to the nearest reference variant or to a run of the model. Variants are judged when first asked for,
//! in parallel, and what was found is kept.

use super::reference::{ConformSpec, MOST_REFERENCES, Reference};
use super::view::AskError;
use crate::event_log::{Cancel, Cancelled, Dictionary};
use crate::index::{CaseSet, Index};
use crate::models::{
    Aligner, Bound, Ending, Found, Limits, Move, Net, Pattern, Scratch, Unusable, script,
};
use crate::text::{count, nearest};
use rayon::prelude::*;
use std::sync::{Arc, OnceLock};

/// Judgement of a sequence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Judgement {
    /// Its moves are known.
    Judged {
        /// Number of missing and extra moves.
        cost: u32,
        /// The highest cost that there could be.
        worst: u64,
        /// Place of the nearest among the reference variants; `None` for a model.
        reference: Option<usize>,
        /// Moves in order, by number of the activity.
        moves: Vec<Move>,
    },
    /// The bounds of the search were met before.
    Unfinished {
        /// The cost is this or higher.
        at_least: u32,
        /// The bound that was met.
        by: Bound,
    },
}

impl Judgement {
    /// True if the moves are known.
    fn is_finished(&self) -> bool {
        matches!(self, Judgement::Judged { .. })
    }

    /// Returns the fitness: the share of the highest cost that is not needed.
    pub fn fitness(&self) -> Option<f64> {
        match *self {
            Judgement::Judged { cost, worst, .. } if worst > 0 => {
                Some(1.0 - f64::from(cost) / worst as f64)
            }
            Judgement::Judged { .. } => Some(1.0),
            Judgement::Unfinished { .. } => None,
        }
    }

    /// Returns the cost, if it is known.
    pub fn cost(&self) -> Option<u32> {
        match self {
            Judgement::Judged { cost, .. } => Some(*cost),
            Judgement::Unfinished { .. } => None,
        }
    }

    /// Returns the cost, if it is known, and the highest that there could be.
    pub fn costs(&self) -> Option<(u32, u64)> {
        match self {
            Judgement::Judged { cost, worst, .. } => Some((*cost, *worst)),
            Judgement::Unfinished { .. } => None,
        }
    }

    /// Returns the bound that was met before the moves were known.
    pub fn bound(&self) -> Option<Bound> {
        match *self {
            Judgement::Judged { .. } => None,
            Judgement::Unfinished { by, .. } => Some(by),
        }
    }

    /// Returns the moves; none where they are not known.
    pub fn moves(&self) -> &[Move] {
        match self {
            Judgement::Judged { moves, .. } => moves,
            Judgement::Unfinished { .. } => &[],
        }
    }
}

/// What sequences are compared with.
#[derive(Debug)]
enum Measure {
    /// Reference variants, by rank from 0.
    Ranks(Vec<u32>),
    Model(Box<Aligner>),
}

/// What the cases of a log are judged by.
#[derive(Debug)]
pub struct Judge {
    measure: Measure,
    /// Names of activities: those of the log by code, then those that only the model has.
    pub names: Vec<Arc<str>>,
    /// Activities of the log.
    n_known: usize,
    /// Whether reference or model have an activity, by number.
    pub has: Vec<bool>,
    /// Labels of the transitions of the model.
    labels: Vec<Option<u32>>,
    /// Judgements of variants that are over, and of those that are open.
    judged: [Vec<OnceLock<Arc<Judgement>>>; 2],
}

/// A variant as it is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Asked {
    /// The variant, by rank from 0.
    pub variant: usize,
    /// Whether its cases are over.
    pub ending: Ending,
}

impl Asked {
    /// The variants with some cases, as their cases are judged: those that are over, and the open ones
    /// as prefixes.
    pub fn of(n_cases: &[u32], n_open: &[u32]) -> Vec<Asked> {
        let counts = n_cases.iter().zip(n_open).enumerate();
        counts
            .flat_map(|(variant, (&cases, &open))| {
                let over = (cases > open).then_some(Ending::Final);
                let open = (open > 0).then_some(Ending::Open);
                let endings = over.into_iter().chain(open);
                endings.map(move |ending| Asked { variant, ending })
            })
            .collect()
    }
}

/// The log that cases are of.
#[derive(Clone, Copy)]
pub struct Bench<'a> {
    /// Names of the activities by code.
    pub names: &'a [Arc<str>],
    /// The same, to look them up.
    pub activities: &'a Dictionary,
    /// Index of the log.
    pub index: &'a Index,
    /// Finds the cases of a filter.
    pub cases: &'a dyn Fn(&str) -> Result<Arc<CaseSet>, AskError>,
}

impl Judge {
    /// Binds what cases are judged by to a log.
    ///
    /// # Errors
    /// The filter is wrong, no variant meets it or too many do; the model has no end; cancelled.
    pub fn new(of: Bench<'_>, spec: &ConformSpec, cancel: &Cancel) -> Result<Judge, AskError> {
        let n_known = of.names.len();
        let n_variants = of.index.variants.len();
        let mut judge = Judge {
            measure: Measure::Ranks(Vec::new()),
            names: of.names.to_vec(),
            n_known,
            has: vec![false; n_known],
            labels: Vec::new(),
            judged: [0, 1].map(|_| (0..n_variants).map(|_| OnceLock::new()).collect()),
        };
        match &spec.reference {
            Reference::Model(model) => judge.take_model(&model.net, spec, of, cancel)?,
            variants => judge.take_variants(variants, of)?,
        }
        Ok(judge)
    }

    fn take_variants(&mut self, reference: &Reference, of: Bench<'_>) -> Result<(), AskError> {
        let variants = &of.index.variants;
        let first = |n: usize| (0..n.min(variants.len()) as u32).collect();
        let ranks: Vec<u32> = match reference {
            Reference::Top(number) => first(*number as usize),
            Reference::Cover(parts) => {
                let wanted = u64::from(*parts) * of.index.n_cases() as u64;
                let mut covered = 0;
                let enough = variants.n_cases.iter().position(|&cases| {
                    covered += u64::from(cases) * 1_000_000;
                    covered >= wanted
                });
                first(enough.map_or(variants.len(), |at| at + 1))
            }
            Reference::Filter(text) => {
                let cases = (of.cases)(text)?;
                let meets = |&variant: &u32| {
                    let of = variants.cases_of(variant as usize);
                    of.iter().any(|&case| cases.contains(case as usize))
                };
                (0..variants.len() as u32).filter(meets).collect()
            }
            Reference::Model(_) => Vec::new(),
        };
        if ranks.len() > MOST_REFERENCES {
            return Err(AskError::Name(format!(
                "reference {reference}: {} variants, at most {} can be references: choose fewer, as `top 10`",
                count(ranks.len() as u64),
                count(MOST_REFERENCES as u64)
            )));
        }
        if ranks.is_empty() && !variants.is_empty() {
            return Err(AskError::Name(format!(
                "reference {reference}: no case meets it, so there is no variant to compare with"
            )));
        }
        for &rank in &ranks {
            for &activity in variants.sequence(rank as usize) {
                self.has[activity as usize] = true;
            }
        }
        self.measure = Measure::Ranks(ranks);
        Ok(())
    }

    fn take_model(
        &mut self,
        net: &Net,
        spec: &ConformSpec,
        of: Bench<'_>,
        cancel: &Cancel,
    ) -> Result<(), AskError> {
        let known = of.activities;
        for transition in &net.transitions {
            let label = transition.label.as_deref().map(|label| {
                let renamed = spec.labels.iter().find(|(from, _)| from == label);
                renamed.map_or(label, |(_, activity)| activity)
            });
            let number = label.and_then(|label| match known.find(label) {
                Some(code) => Some(code),
                None if transition.is_event => None,
                None => Some(self.number(label)),
            });
            if let Some(number) = number {
                self.has[number as usize] = true;
            }
            self.labels.push(number);
        }
        let aligner = Aligner::new(net.clone(), &self.labels, cancel);
        let aligner = aligner.map_err(|error| match error {
            Unusable::Cancelled => AskError::Cancelled,
            error => {
                let name = spec.reference.to_string();
                AskError::Model(format!("{name}: {error}"))
            }
        })?;
        self.measure = Measure::Model(Box::new(aligner));
        Ok(())
    }

    /// The number of an activity that the log has not.
    fn number(&mut self, label: &str) -> u32 {
        let others = &self.names[self.n_known..];
        let at = others.iter().position(|name| **name == *label);
        let at = at.unwrap_or_else(|| {
            self.names.push(label.into());
            self.has.push(false);
            self.names.len() - 1 - self.n_known
        });
        (self.n_known + at) as u32
    }

    /// Ranks of the reference variants, from 0; none for a model.
    pub fn references(&self) -> &[u32] {
        match &self.measure {
            Measure::Ranks(ranks) => ranks,
            Measure::Model(_) => &[],
        }
    }

    /// The model.
    pub fn aligner(&self) -> Option<&Aligner> {
        match &self.measure {
            Measure::Ranks(_) => None,
            Measure::Model(aligner) => Some(aligner),
        }
    }

    /// Number of each transition's activity; `None` for silent ones.
    pub fn labels(&self) -> &[Option<u32>] {
        &self.labels
    }

    /// Activities that only the model has, and those that only the log has.
    pub fn unmatched(&self, index: &Index) -> [Vec<Arc<str>>; 2] {
        let of = |numbers: std::ops::Range<usize>, has: bool| {
            let all = numbers.filter(|&at| self.has[at] == has);
            let occurs = |&at: &usize| {
                let events = index.activity_events.get(at);
                events.is_none_or(|&events| events > 0)
            };
            let mut names: Vec<Arc<str>> = all
                .filter(occurs)
                .map(|at| Arc::clone(&self.names[at]))
                .collect();
            names.sort();
            names
        };
        [
            of(self.n_known..self.names.len(), true),
            of(0..self.n_known, false),
        ]
    }

    /// The activities of the log most like a name.
    pub fn nearest(&self, name: &str) -> Vec<String> {
        let known = self.names[..self.n_known].iter().map(|name| &**name);
        nearest(name, known)
            .into_iter()
            .map(str::to_owned)
            .collect()
    }

    /// Judges variants: those first that are asked for first, as long as the time lasts.
    ///
    /// # Errors
    /// Cancelled.
    pub fn judge(
        &self,
        index: &Index,
        asked: &[Asked],
        limits: &Limits,
        cancel: &Cancel,
    ) -> Result<Vec<Arc<Judgement>>, Cancelled> {
        let one = |scratch: &mut Scratch, asked: &Asked| {
            let place = usize::from(asked.ending == Ending::Open);
            let known = &self.judged[place][asked.variant];
            let usual = Limits::default().states;
            // What was not found within the usual number of states may be found within more.
            let holds = |of: &Judgement| of.is_finished() || limits.states <= usual;
            if let Some(known) = known.get().filter(|of| holds(of)) {
                return Ok(Arc::clone(known));
            }
            let (found, is_last) = self.find(index, *asked, limits, scratch, cancel)?;
            let found = Arc::new(found);
            if is_last && (found.is_finished() || limits.states >= usual) {
                // Another thread may have been first: it found the same.
                let _ = known.set(Arc::clone(&found));
            }
            Ok(found)
        };
        asked
            .par_iter()
            .with_max_len(64)
            .map_init(Scratch::default, one)
            .collect()
    }

    /// The judgement of a variant, and whether another search would end alike.
    fn find(
        &self,
        index: &Index,
        asked: Asked,
        limits: &Limits,
        scratch: &mut Scratch,
        cancel: &Cancel,
    ) -> Result<(Judgement, bool), Cancelled> {
        let variants = &index.variants;
        let sequence = variants.sequence(asked.variant);
        let ending = asked.ending;
        let aligner = match &self.measure {
            Measure::Model(aligner) => aligner,
            Measure::Ranks(ranks) => {
                cancel.check()?;
                let references = ranks.iter().map(|&rank| variants.sequence(rank as usize));
                return Ok((nearest_of(sequence, &references, ending), true));
            }
        };
        let found = aligner.align(sequence, ending, limits, scratch, cancel)?;
        Ok(match found {
            Found::Aligned { cost, moves } => {
                let judged = Judgement::Judged {
                    cost,
                    worst: aligner.worst(sequence.len(), ending),
                    reference: None,
                    moves,
                };
                (judged, true)
            }
            Found::Unfinished { at_least, by } => {
                (Judgement::Unfinished { at_least, by }, by != Bound::Time)
            }
        })
    }
}

/// The judgement by the nearest of some references.
fn nearest_of<'r>(
    sequence: &[u32],
    references: &(impl Iterator<Item = &'r [u32]> + Clone),
    ending: Ending,
) -> Judgement {
    let found = Pattern::new(sequence).nearest(references.clone(), ending);
    let Some(found) = found else {
        return Judgement::Unfinished {
            at_least: 0,
            by: Bound::Length,
        };
    };
    let reference = references.clone().nth(found.reference).unwrap_or_default();
    let Some(moves) = script(sequence, reference, ending) else {
        return Judgement::Unfinished {
            at_least: found.distance,
            by: Bound::Length,
        };
    };
    let of_reference = match ending {
        Ending::Final => reference.len(),
        Ending::Open => 0,
    };
    Judgement::Judged {
        cost: found.distance,
        worst: (sequence.len() + of_reference) as u64,
        reference: Some(found.reference),
        moves,
    }
}
