//! The cases that a view selects, with the figures that queries computed for them.

use super::cache::FigureCache;
use super::definitions::NamedWait;
use super::prepared::Prepared;
use crate::index::CaseSet;
use crate::metrics::{Memo, Selection};
use std::sync::Arc;

/// The selected cases that are open.
struct OpenCases(Arc<CaseSet>);

/// The cases that a view selects.
#[derive(Debug)]
pub struct Selected {
    /// The log that the cases are of.
    pub prepared: Arc<Prepared>,
    cases: Option<CaseSet>,
    variant_cases: Vec<u32>,
    n_cases: usize,
    memo: Memo,
    /// Classes of waits that the view has beside those of the log.
    pub waits: Vec<NamedWait>,
    /// Figures of queries, computed when first asked for: a list and its detail share them.
    pub figures: FigureCache,
}

impl Selected {
    /// Selects cases of a log; all where `cases` is `None`. `waits` are the classes of waits of the view.
    pub fn new(prepared: Arc<Prepared>, cases: Option<CaseSet>, waits: Vec<NamedWait>) -> Self {
        // All cases are the selection without a set, for which figures are taken from the index.
        let cases = cases.filter(|cases| !cases.is_all());
        let variant_cases = Selection::count_variants(&prepared.index, cases.as_ref());
        let n_cases = cases
            .as_ref()
            .map_or(prepared.index.n_cases(), CaseSet::count);
        Selected {
            prepared,
            cases,
            variant_cases,
            n_cases,
            memo: Memo::default(),
            waits,
            figures: FigureCache::default(),
        }
    }

    /// Returns the selected cases that are open.
    pub fn open(&self) -> Arc<CaseSet> {
        let open = self.figures.get_or_init(|| {
            let mut open = self.prepared.open().clone();
            if let Some(cases) = &self.cases {
                open.and(cases);
            }
            OpenCases(Arc::new(open))
        });
        Arc::clone(&open.0)
    }

    /// The selection in the form that metrics take.
    pub fn selection(&self) -> Selection<'_> {
        Selection {
            log: &self.prepared.log,
            index: &self.prepared.index,
            cases: self.cases.as_ref(),
            variant_cases: &self.variant_cases,
            n_cases: self.n_cases,
            memo: &self.memo,
        }
    }
}
