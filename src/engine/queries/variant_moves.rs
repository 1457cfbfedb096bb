//! The moves of one variant: its edit script against the nearest reference variant, or its alignment with
//! the model.

use super::conform::{Bounds, DeviationKind, deviation};
use crate::engine::conformance::Asked;
use crate::engine::query::{Context, Query};
use crate::engine::view::AskError;
use crate::metrics::Selection;
use crate::models::{Bound, Ending};
use std::slice;
use std::sync::Arc;

/// The moves of a variant.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct VariantMovesQuery {
    /// Rank in the whole log, from 1.
    pub rank: u32,
    /// Bounds of the search for an alignment.
    pub bounds: Bounds,
}

/// The moves of a variant.
#[derive(Debug, Clone, PartialEq)]
pub struct VariantMoves {
    /// Rank in the whole log, from 1.
    pub rank: u32,
    /// Reference that it is judged by: `top 1`, a filter, the name of a model.
    pub by: String,
    /// True if all of its selected cases are open, so that it is judged as the beginning of a case.
    pub open: bool,
    /// Fitness, 0 to 1; `None` where the moves are not known.
    pub fitness: Option<f64>,
    /// The bound that was met before they were.
    pub bound: Option<Bound>,
    /// Activities in order, those in both without a kind.
    pub moves: Vec<(Option<DeviationKind>, Arc<str>)>,
}

impl Query for VariantMovesQuery {
    type Answer = Option<VariantMoves>;

    /// `None` for a rank that the log has not.
    fn run(&self, context: &Context<'_>) -> Result<Option<VariantMoves>, AskError> {
        let selected = context.selected()?;
        let (prepared, selection) = (&selected.prepared, selected.selection());
        let variant = (self.rank as usize).checked_sub(1);
        let Some(variant) = variant.filter(|&of| of < prepared.index.variants.len()) else {
            return Ok(None);
        };
        let n_open = Selection::count_variants(&prepared.index, Some(&*selected.open()));
        let n_cases = selection.variant_cases[variant];
        // As conformance has it: of a variant with both, the cases that are over count.
        let open = n_cases > 0 && n_open[variant] == n_cases;
        let ending = if open { Ending::Open } else { Ending::Final };
        let judge = prepared.judge(context.analysis.zone(), context.cancel)?;
        let asked = Asked { variant, ending };
        let limits = self.bounds.limits();
        let judged = judge.judge(
            &prepared.index,
            slice::from_ref(&asked),
            &limits,
            context.cancel,
        )?;
        let found = judged.first().map(|judgement| VariantMoves {
            rank: self.rank,
            by: prepared.timed.timing.conform.reference.to_string(),
            open,
            fitness: judgement.fitness(),
            bound: judgement.bound(),
            moves: judgement
                .moves()
                .iter()
                .map(|&one| {
                    let kind = deviation(one).map(|(kind, _)| kind);
                    (kind, Arc::clone(&judge.names[one.label() as usize]))
                })
                .collect(),
        });
        Ok(found)
    }
}
