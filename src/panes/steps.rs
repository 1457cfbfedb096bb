//! The steps of a variant with its moves: what it has beyond what it is judged by, and what it lacks, in
//! their places. Independent of panes.

use super::sequence::{Run, runs};
use crate::engine::DeviationKind;
use crate::filter::Expr;
use crate::ui::Theme;
use ratatui::style::Style;
use std::sync::Arc;

/// An activity, how often it occurs in a row, and whether it is a deviation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The activity. Missing ones have the position of the event that follows.
    pub run: Run,
    /// `None` for one that is in both, or whose moves are not known.
    pub kind: Option<DeviationKind>,
}

impl Step {
    /// The filter of the cases with the step.
    pub fn filter(&self) -> Expr {
        let activity = &self.run.name;
        match self.kind {
            None => Expr::activity(activity),
            Some(kind) => kind.filter(activity),
        }
    }

    /// The sign before its name, and its style.
    pub fn sign(&self, theme: &Theme) -> (&'static str, Style) {
        match self.kind {
            None => (" ", theme.text),
            Some(DeviationKind::Extra) => ("+", theme.warn),
            Some(DeviationKind::Missing) => ("-", theme.bad),
        }
    }
}

/// The steps of a sequence; with its moves where these are of it.
pub fn steps(activities: &[Arc<str>], moves: &[(Option<DeviationKind>, Arc<str>)]) -> Vec<Step> {
    let missing = Some(DeviationKind::Missing);
    let own = moves.iter().filter(|(kind, _)| *kind != missing);
    if !own.map(|(_, name)| name).eq(activities) {
        let runs = runs(activities).into_iter();
        return runs.map(|run| Step { run, kind: None }).collect();
    }
    let mut first = 1;
    let steps = moves.chunk_by(|a, b| a == b).map(|same| {
        let (kind, name) = &same[0];
        let run = Run {
            first,
            name: Arc::clone(name),
            times: same.len(),
        };
        first += if *kind == missing { 0 } else { same.len() };
        Step { run, kind: *kind }
    });
    steps.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moves_are_steps_in_their_places() {
        let name = |name: &str| Arc::<str>::from(name);
        let (extra, missing) = (Some(DeviationKind::Extra), Some(DeviationKind::Missing));
        let activities = ["a", "b", "b", "b", "c"].map(name);
        let moves = [
            (None, name("a")),
            (missing, name("x")),
            (None, name("b")),
            (extra, name("b")),
            (extra, name("b")),
            (None, name("c")),
        ];
        let of = |steps: &[Step]| -> Vec<(usize, String, usize, Option<DeviationKind>)> {
            let of = |s: &Step| (s.run.first, s.run.name.to_string(), s.run.times, s.kind);
            steps.iter().map(of).collect()
        };
        assert_eq!(
            of(&steps(&activities, &moves)),
            [
                (1, "a".to_owned(), 1, None),
                (2, "x".to_owned(), 1, missing),
                (2, "b".to_owned(), 1, None),
                (3, "b".to_owned(), 2, extra),
                (5, "c".to_owned(), 1, None),
            ]
        );
        // Those of another variant, or none: the sequence alone.
        for other in [&moves[..2], &[]] {
            let steps = steps(&activities, other);
            assert_eq!(steps.len(), 3);
            assert!(steps.iter().all(|step| step.kind.is_none()));
        }
    }
}
