//! Counts of activities before the first of another.

use super::funnel::activities;
use crate::engine::query::{Context, Query};
use crate::engine::view::AskError;
use crate::metrics::before::{self, Bar, Counts};

/// Asks how many events of some activities cases have before the first event of some others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BeforeQuery {
    /// Activities to count.
    pub what: Vec<String>,
    /// Activities of which the first event ends the count.
    pub until: Vec<String>,
}

/// Number of events before the first one of another kind.
#[derive(Debug, Clone, PartialEq)]
pub struct Before {
    /// Selected cases with an event of the other kind.
    pub cases: u64,
    /// Selected cases without one.
    pub without: u64,
    /// Figures of the cases with one; `None` where there are none.
    pub counts: Option<Counts>,
    /// Cases by number, ascending; numbers that no case has are left out.
    pub bars: Vec<Bar>,
}

impl Query for BeforeQuery {
    type Answer = Before;

    fn run(&self, context: &Context<'_>) -> Result<Before, AskError> {
        let selected = context.selected()?;
        let what = activities(&selected.prepared, &self.what)?;
        let until = activities(&selected.prepared, &self.until)?;
        let bars = before::before(&selected.selection(), &what, &until);
        Ok(Before {
            cases: bars.iter().map(|bar| bar.cases).sum(),
            without: bars.iter().map(|bar| bar.without).sum(),
            counts: before::counts(&bars),
            bars,
        })
    }
}
