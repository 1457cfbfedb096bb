//! The sequences of the rows of variants.

use crate::engine::prepared::Prepared;
use crate::index::rank_of;
use crate::metrics::variants::{Collapse, Merged};
use crate::metrics::{Figures, Selection, variants};
use rayon::prelude::*;
use std::borrow::Cow;
use std::sync::Arc;

/// Options that make sequences of activities different.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counting {
    /// Activities that are left out.
    pub ignore: Vec<String>,
    /// Counting of activities that follow themselves.
    pub collapse: Collapse,
}

impl Counting {
    /// True if every variant is a row of its own.
    pub fn is_plain(&self) -> bool {
        *self == Counting::default()
    }

    /// As words: "repeats counted once, without Note"; empty where every variant is a row.
    pub fn in_words(&self) -> String {
        let collapse = match self.collapse {
            Collapse::Nothing => None,
            Collapse::Repeats => Some("repeats counted once".to_owned()),
            Collapse::Loops => Some("repeats and loops counted once".to_owned()),
        };
        let without =
            (!self.ignore.is_empty()).then(|| format!("without {}", self.ignore.join(", ")));
        collapse
            .into_iter()
            .chain(without)
            .collect::<Vec<_>>()
            .join(", ")
    }
}

/// The sequences of the rows: of a variant each, by their numbers, or of several.
pub(super) struct Sequences<'a> {
    pub(super) selection: Selection<'a>,
    pub(super) counting: Counting,
    pub(super) merged: Option<Arc<Merged>>,
}

impl Sequences<'_> {
    /// Numbers of rows, more than there are rows where some variant is not selected.
    pub(super) fn len(&self) -> usize {
        let merged = self.merged.as_ref();
        merged.map_or(self.selection.index.variants.len(), |of| of.members.len())
    }

    /// The rows of which some case is selected.
    pub(super) fn ids(&self) -> Vec<u32> {
        match &self.merged {
            Some(_) => (0..self.len() as u32).collect(),
            None => self.selection.variants().map(|v| v as u32).collect(),
        }
    }

    pub(super) fn sequence(&self, id: u32) -> &[u32] {
        match &self.merged {
            Some(merged) => &merged.sequences[id as usize],
            None => self.selection.index.variants.sequence(id as usize),
        }
    }

    /// The variants of a row, ascending.
    pub(super) fn members(&self, id: u32) -> impl Iterator<Item = u32> + '_ {
        let merged = self.merged.as_ref();
        let several = merged.map(|merged| merged.members[id as usize].iter().copied());
        let one = self.merged.is_none().then_some(id);
        several.into_iter().flatten().chain(one)
    }

    /// The rank of the most frequent variant of a row, from 0.
    pub(super) fn first(&self, id: u32) -> u32 {
        self.members(id).next().unwrap_or(id)
    }

    /// Number of selected cases.
    pub(super) fn n_cases(&self, id: u32) -> u64 {
        let members = self.members(id);
        let cases = members.map(|variant| self.selection.variant_cases[variant as usize]);
        cases.map(u64::from).sum()
    }

    /// The selected cases.
    pub(super) fn cases(&self, id: u32) -> impl Iterator<Item = usize> + '_ {
        let members = self.members(id);
        members.flat_map(move |variant| self.selection.cases_of(variant as usize))
    }

    pub(super) fn durations(&self, id: u32) -> Option<Figures> {
        let members: Vec<u32> = self.members(id).collect();
        variants::durations_of(&self.selection, &members)
    }

    pub(super) fn all_durations(&self) -> Vec<Option<Figures>> {
        match &self.merged {
            Some(_) => (0..self.len() as u32)
                .into_par_iter()
                .map(|id| self.durations(id))
                .collect(),
            None => variants::all_durations(&self.selection),
        }
    }

    /// Mean number of events of a case whose activity it had before.
    pub(super) fn rework(&self, id: u32) -> f64 {
        let variants = &self.selection.index.variants;
        let repeats = self.members(id).map(|variant| {
            let cases = u64::from(self.selection.variant_cases[variant as usize]);
            cases * variants::repeats(variants.sequence(variant as usize))
        });
        repeats.sum::<u64>() as f64 / (self.n_cases(id) as f64).max(1.0)
    }

    /// Position of each row in the order of its sequence of names.
    pub(super) fn ranks<'p>(&self, prepared: &'p Prepared) -> Cow<'p, [u32]> {
        if self.merged.is_none() {
            return prepared.variant_rank().into();
        }
        let rank = &prepared.index.activity_rank;
        let names = |id: u32| self.sequence(id).iter().map(|&a| rank[a as usize]);
        let mut order: Vec<u32> = (0..self.len() as u32).collect();
        order.sort_unstable_by(|&a, &b| names(a).cmp(names(b)));
        rank_of(&order).into()
    }
}
