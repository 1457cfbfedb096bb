//! Token replay of the cases of a view on a model: the count that other tools give. Open cases are
//! replayed as if they had ended.

use super::conform::{ReferenceFacts, facts};
use crate::engine::query::{Context, Query};
use crate::engine::view::AskError;
use crate::models::{Replayed, replay};
use rayon::prelude::*;

/// The token replay of a view.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReplayQuery;

/// Result of a token replay.
#[derive(Debug, Clone, PartialEq)]
pub struct Replay {
    /// The model.
    pub reference: ReferenceFacts,
    /// Cases.
    pub cases: u64,
    /// Cases that were replayed: the net can hold their tokens.
    pub replayed: u64,
    /// Those of them that no token was missing for, and none was left of.
    pub fitting: u64,
    /// Share of tokens that were neither missing nor left; `None` where no case was replayed.
    pub fitness: Option<f64>,
}

impl Query for ReplayQuery {
    type Answer = Replay;

    fn run(&self, context: &Context<'_>) -> Result<Replay, AskError> {
        let selected = context.selected()?;
        let prepared = &selected.prepared;
        let judge = prepared.judge(context.analysis.zone(), context.cancel)?;
        let spec = &prepared.timed.timing.conform;
        let Some(model) = spec.reference.model() else {
            let message =
                "token replay needs a model: reference variants are compared, not replayed";
            return Err(AskError::Name(message.to_owned()));
        };
        let selection = selected.selection();
        let variants: Vec<usize> = selection.variants().collect();
        let one = |&variant: &usize| {
            let sequence = prepared.index.variants.sequence(variant);
            let counts = replay(&model.net, judge.labels(), sequence, context.cancel)?;
            Ok(counts.map(|counts| (counts, u64::from(selection.variant_cases[variant]))))
        };
        let found: Vec<Option<(Replayed, u64)>> = variants
            .par_iter()
            .map(one)
            .collect::<Result<_, AskError>>()?;
        let mut sums = Replayed::default();
        let (mut replayed, mut fitting) = (0, 0);
        for (counts, cases) in found.into_iter().flatten() {
            replayed += cases;
            fitting += if counts.fits() { cases } else { 0 };
            sums.produced += cases * counts.produced;
            sums.consumed += cases * counts.consumed;
            sums.missing += cases * counts.missing;
            sums.remaining += cases * counts.remaining;
        }
        Ok(Replay {
            reference: facts(&selected, &judge),
            cases: selection.n_cases as u64,
            replayed,
            fitting,
            fitness: (replayed > 0).then(|| sums.fitness()),
        })
    }
}
