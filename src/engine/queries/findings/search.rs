//! Input and result of looking for one kind of findings.

use super::row::{FindingKind, FindingRow};
use crate::engine::query::Context;
use crate::engine::selected::Selected;
use crate::metrics::periods::Periods;
use crate::metrics::stats::benjamini_hochberg;
use crate::metrics::summary;
use crate::text::time;

/// Findings with a q below this are significant. Seven kinds are tested side by side: at 5 % one log in four
/// with nothing to find would have a finding.
pub const LEVEL: f64 = 0.01;

/// Seconds of a week.
pub const WEEK: f64 = 7.0 * 86_400.0;

/// Tests of one kind of findings.
#[derive(Debug, Clone, PartialEq)]
pub struct Looked {
    /// Kind.
    pub kind: FindingKind,
    /// Tests, or figures that were compared with a limit.
    pub tested: u64,
    /// Those that passed.
    pub passed: u64,
    /// Why nothing was tested, where that is so.
    pub reason: Option<&'static str>,
}

/// The result of looking for one kind.
pub struct Found {
    /// As of [`Looked`].
    pub tested: u64,
    /// As of [`Looked`].
    pub passed: u64,
    /// As of [`Looked`].
    pub reason: Option<&'static str>,
    /// The finding, where there is one.
    pub row: Option<FindingRow>,
}

impl Found {
    /// Nothing was tested, for that reason.
    pub fn untested(reason: &'static str) -> Self {
        Found {
            tested: 0,
            passed: 0,
            reason: Some(reason),
            row: None,
        }
    }

    /// Tests of which none passed.
    pub fn none(tested: u64) -> Self {
        Found {
            tested,
            passed: 0,
            reason: None,
            row: None,
        }
    }
}

/// Input of looking for findings: the cases and the periods to compare.
pub struct Search<'a> {
    /// Engine and view.
    pub context: &'a Context<'a>,
    /// The cases.
    pub selected: &'a Selected,
    /// Periods that are compared; `None` for too few cases.
    pub periods: Option<Periods>,
}

impl Search<'_> {
    /// A duration by the clock of the view.
    pub fn duration(&self, seconds: f64) -> String {
        match self.context.view.calendar {
            Some(_) => time::working(seconds),
            None => time::duration(seconds),
        }
    }

    /// True where what is open depends on a guess that explains too little: figures of open cases then say
    /// nothing.
    pub fn is_doubtful(&self) -> bool {
        let guess = self.selected.prepared.ends_guess();
        guess.is_some_and(|guess| guess.is_doubtful())
    }

    /// The day on which the last period begins.
    pub fn since(&self, periods: &Periods) -> String {
        time::date(periods.last, self.context.analysis.zone())
    }

    /// Weeks from the first to the last event of the selection, more than 0.
    pub fn weeks(&self) -> f64 {
        let span = summary::span(&self.selected.selection());
        let (first, last) = span.unwrap_or((0, 0));
        ((last as f64 - first as f64) / 1e6 / WEEK).max(1e-9)
    }
}

/// Why a kind of open cases is not looked for.
pub const DOUBTFUL: &str = "end states are a doubtful guess";

/// Why a kind that compares periods has none.
pub const NO_PERIODS: &str = "fewer than 20 cases, or all of them start at one time";

/// A result of a test, as of [`significant`].
pub struct Significant {
    /// Position among the tests.
    pub at: usize,
    /// Probability after correction.
    pub q: f64,
}

/// The tests whose probability is low after correction for all of them (Benjamini-Hochberg).
pub fn significant(p: &[f64]) -> Vec<Significant> {
    let q = benjamini_hochberg(p);
    let all = q.into_iter().enumerate();
    let all = all.map(|(at, q)| Significant { at, q });
    all.filter(|of| of.q < LEVEL).collect()
}
