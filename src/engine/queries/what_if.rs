//! What a filter would leave of the selected cases, before it is added: number of cases, median duration and
//! rate of breached deadlines, beside those of now.

use crate::engine::query::{Context, Query};
use crate::engine::selected::Selected;
use crate::engine::view::AskError;
use crate::index::CaseSet;
use crate::metrics::deadlines::State;
use crate::metrics::summary;

/// Asks what a filter would leave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WhatIfQuery {
    /// Text of a filter of cases.
    pub filter: String,
}

/// The selected cases now, and those that a filter would leave.
#[derive(Debug, Clone, PartialEq)]
pub struct WhatIf {
    /// Text of the filter.
    pub filter: String,
    /// Figures of the selected cases.
    pub now: Left,
    /// Figures of those that meet the filter as well.
    pub then: Left,
}

/// Figures of cases.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Left {
    /// Number of cases.
    pub cases: u64,
    /// Number of closed cases, which have a duration.
    pub closed: u64,
    /// Median duration of the closed cases, seconds; `None` without any.
    pub median: Option<f64>,
    /// Number of pairs of a case and a deadline that is known to be kept or not: kept, broken, overdue.
    pub known: u64,
    /// Pairs of them whose deadline is broken or overdue.
    pub broken: u64,
}

impl Left {
    /// Share of the known deadlines that are broken or overdue, 0 to 1; `None` without known ones.
    pub fn breach_rate(&self) -> Option<f64> {
        (self.known > 0).then(|| self.broken as f64 / self.known as f64)
    }
}

/// Figures of the selected cases, kept with them.
struct Now(Left);

impl Query for WhatIfQuery {
    type Answer = WhatIf;

    fn run(&self, context: &Context<'_>) -> Result<WhatIf, AskError> {
        let selected = context.selected()?;
        let prepared = &selected.prepared;
        // Not by the cache of filters, from which a cursor on its way would drop those of the view.
        let filter = prepared.bind(&self.filter, context.analysis.zone(), context.cancel)?;
        let mut meeting = filter.cases(&prepared.log, &prepared.index);
        context.cancel.check()?;
        let all = || CaseSet::all(prepared.index.n_cases());
        let of_now = selected.selection().cases.cloned().unwrap_or_else(all);
        meeting.and(&of_now);
        let then = left(&selected, &meeting);
        context.cancel.check()?;
        let now = selected
            .figures
            .get_or_init(|| Now(left(&selected, &of_now)));
        Ok(WhatIf {
            filter: self.filter.clone(),
            now: now.0,
            then,
        })
    }
}

/// Figures of some of the selected cases.
fn left(selected: &Selected, cases: &CaseSet) -> Left {
    let prepared = &selected.prepared;
    let mut closed = prepared.open().clone();
    closed.not();
    closed.and(cases);
    let durations = summary::durations_of(&selected.selection(), &closed);
    let mut left = Left {
        cases: cases.count() as u64,
        closed: closed.count() as u64,
        median: durations.map(|durations| durations.median / 1e6),
        ..Left::default()
    };
    for states in prepared.deadline_states() {
        for state in cases.iter().filter_map(|case| states.of(case)) {
            left.broken += u64::from(state.is_breach());
            left.known += u64::from(state == State::Kept || state.is_breach());
        }
    }
    left
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{Analysis, Cancel, CaseEnds, NamedMilestone, RuleSpec, Timing, View};
    use crate::event_log::Progress;
    use crate::formats::ImportReport;
    use crate::test_support::log;
    use crate::text::time::SECOND;

    #[test]
    fn what_a_filter_leaves_has_the_figures_of_the_cases_that_are_left() {
        let text = "a: In Work Close @0 10 100; b: In Close @0 300; c: In Work Close @0 20 500; d: In Work @0 40";
        let limit = RuleSpec {
            name: "in time".to_owned(),
            milestone: "done".to_owned(),
            limit: 200 * SECOND,
            calendar: None,
            pauses: Vec::new(),
            when: Vec::new(),
            severity: String::new(),
            warn: 0.8,
        };
        let timing = Timing {
            milestones: vec![NamedMilestone::parse("done = first \"Close\"").expect("a milestone")],
            rules: vec![limit],
            ends: CaseEnds {
                activities: Some(vec!["Close".to_owned()]),
                idle: None,
            },
            ..Timing::default()
        };
        let (report, progress) = (ImportReport::default(), Progress::default());
        let analysis = Analysis::new("log".into(), log(text), report, chrono_tz::UTC, &progress);
        let analysis = analysis.expect("not cancelled").with_timing(timing);
        let analysis = analysis.expect("good names");
        let ask = |filters: &[&str], filter: &str| {
            let view = View {
                filters: filters.iter().map(ToString::to_string).collect(),
                ..View::default()
            };
            let filter = filter.to_owned();
            analysis.ask(&view, &WhatIfQuery { filter }, &Cancel::never())
        };
        let figures = |of: &Left| (of.cases, of.closed, of.median, of.broken, of.known);
        let all = ask(&[], "\"Work\"").expect("an answer");
        // d is open, and its time is over when the log ends.
        assert_eq!(figures(&all.now), (4, 3, Some(300.0), 3, 4));
        assert_eq!(figures(&all.then), (3, 2, Some(300.0), 2, 3));
        assert_eq!(all.then.breach_rate(), Some(2.0 / 3.0));
        // Both sides are of the cases of the view.
        let some = ask(&["case != \"c\""], "\"Work\"").expect("an answer");
        assert_eq!(figures(&some.now), (3, 2, Some(200.0), 2, 3));
        assert_eq!(figures(&some.then), (2, 1, Some(100.0), 1, 2));
        // The figures now are those after the filter was added.
        let added = ask(&["\"Work\""], "not \"Work\"").expect("an answer");
        assert_eq!(added.now, all.then);
        assert_eq!(figures(&added.then), (0, 0, None, 0, 0));
        assert!(ask(&[], "\"Wrok\"").is_err());
    }
}
