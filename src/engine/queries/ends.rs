//! Last activities: at which activities cases stop, and which of these end a case.

use crate::engine::basis::Basis;
use crate::engine::ending::{Ending, ending};
use crate::engine::joined::{Comparable, Compared};
use crate::engine::list::{List, Listing, Rows};
use crate::engine::query::{Context, Query, SmallGroups};
use crate::engine::schema::{Align, Schema, Value};
use crate::engine::selected::Selected;
use crate::engine::stats::{Stats, stats};
use crate::engine::view::AskError;
use crate::metrics::{activities, quantile};
use std::sync::Arc;

/// A page of the activities at which cases stop.
#[derive(Debug, Clone, PartialEq)]
pub struct EndsQuery {
    /// Order, search and page.
    pub listing: Listing,
}

/// An activity at which cases stop, or that ends a case.
#[derive(Debug, Clone, PartialEq)]
pub struct EndRow {
    /// The activity.
    pub activity: Arc<str>,
    /// True if it ends a case.
    pub is_end: bool,
    /// True if that is a guess.
    pub guessed: bool,
    /// Selected cases whose last activity it is.
    pub cases: u64,
    /// How many of these are open.
    pub open: u64,
    /// Its events in the selected cases.
    pub events: u64,
    /// Share of its events in the selected cases that are the last of their case, 0 to 1; `None` without
    /// such events.
    pub last_share: Option<f64>,
    /// Time since the last event of these cases, in calendar time up to now; `None` without cases.
    pub idle: Option<Stats>,
}

/// Last activities and the open cases.
#[derive(Debug, Clone, PartialEq)]
pub struct Ends {
    /// The activities of the page.
    pub rows: Rows<EndRow>,
    /// End states and open cases of the selection.
    pub ending: Ending,
}

impl EndRow {
    /// Mark of an activity that ends a case: "guessed" where that is a guess.
    fn mark(&self) -> &'static str {
        match (self.is_end, self.guessed) {
            (false, _) => "no",
            (true, false) => "yes",
            (true, true) => "guessed",
        }
    }
}

type Column = crate::engine::schema::Column<EndRow>;

/// Columns of the last activities.
pub static ENDS: Schema<EndRow> = Schema {
    name: "last_activities",
    key: |r| r.activity.to_string(),
    columns: &[
        Column::new("activity", |r| Value::text(&r.activity))
            .left(Align::Text)
            .flex(12, 2, 48)
            .ascending(),
        Column::new("ends", |r| Value::text(r.mark()))
            .title("ends a case")
            .left(Align::Fixed)
            .fixed(11)
            .order(|r| Value::Count(u64::from(r.is_end)))
            .term("open"),
        Column::new("cases", |r| Value::Count(r.cases))
            .title("cases stop")
            .fixed(10)
            .term("starts, ends"),
        Column::new("last_share", |r| {
            r.last_share.map_or(Value::Missing, Value::Share)
        })
        .basis(|r| Basis::of(r.events, "events"))
        .title("of its events")
        .flex(13, 1, 24)
        .bar(6)
        .term("last share"),
        Column::new("idle_median", |r| {
            r.idle
                .map_or(Value::Missing, |idle| Value::Elapsed(idle.median))
        })
        .basis(|r| Basis::of(r.cases, "cases"))
        .title("idle")
        .sorted("idle")
        .priority(1)
        .term("idle"),
        Column::new("open", |r| Value::Count(r.open))
            .fixed(7)
            .priority(2)
            .term("open"),
    ],
    pane: &["ends", "activity"],
    table: &[],
    json: &[],
    orders: &[
        "cases",
        "last_share",
        "idle_median",
        "open",
        "ends",
        "activity",
    ],
    chosen: None,
};

impl List for EndsQuery {
    type Row = EndRow;

    fn schema() -> &'static Schema<EndRow> {
        &ENDS
    }

    fn rows(answer: &Ends) -> &Rows<EndRow> {
        &answer.rows
    }
}

impl Comparable for EndsQuery {
    const COMPARED: Compared = Compared {
        many: "last activities",
        names: &["activity"],
        title: "last activity",
        time: "",
        heads: ["", ""],
        of_times: false,
    };

    fn of(&self, listing: Listing) -> Self {
        EndsQuery { listing }
    }

    fn listing(&self) -> &Listing {
        &self.listing
    }

    fn cases(row: &EndRow) -> Option<u64> {
        Some(row.cases)
    }

    fn name(row: &EndRow) -> String {
        row.activity.to_string()
    }
}

impl Query for EndsQuery {
    type Answer = Ends;
    const SMALL_GROUPS: SmallGroups = SmallGroups::LeftOut;

    fn run(&self, context: &Context<'_>) -> Result<Ends, AskError> {
        let selected = context.selected()?;
        let rows = selected.figures.get_or_init(|| rows(&selected));
        context.cancel.check()?;
        let name = |row: &EndRow| row.activity.to_string();
        Ok(Ends {
            rows: Self::select(&rows, &self.listing, context, name)?,
            ending: ending(&selected),
        })
    }
}

/// Returns the activities at which selected cases stop and those that end a case, by name.
fn rows(selected: &Selected) -> Vec<EndRow> {
    let (selection, prepared) = (selected.selection(), &selected.prepared);
    let (index, now, open) = (&prepared.index, prepared.now(), selected.open());
    let mut idle: Vec<Vec<i64>> = vec![Vec::new(); prepared.names.len()];
    let mut still_open = vec![0; prepared.names.len()];
    for case in (0..index.n_cases()).filter(|case| selection.contains(*case)) {
        let sequence = index.variants.sequence(index.case_variant[case] as usize);
        let Some(&last) = sequence.last() else {
            continue;
        };
        idle[last as usize].push(now.saturating_sub(index.case_end[case]));
        still_open[last as usize] += u64::from(open.contains(case));
    }
    let counts = activities::counts(&selection);
    let (is_end, guess) = (&prepared.ends().activities, prepared.ends_guess());
    let row = |(code, mut idle): (usize, Vec<i64>)| {
        idle.sort_unstable();
        let cases = idle.len() as u64;
        let events = counts[code].events;
        EndRow {
            activity: Arc::clone(&prepared.names[code]),
            is_end: is_end[code],
            guessed: is_end[code] && guess.is_some(),
            cases,
            open: still_open[code],
            events,
            last_share: (events > 0).then(|| cases as f64 / events as f64),
            idle: quantile::of_sorted(&idle).map(stats),
        }
    };
    let mut rows: Vec<EndRow> = idle.into_iter().enumerate().map(row).collect();
    // An end state at which no selected case stops is shown all the same.
    rows.retain(|row| row.cases > 0 || row.is_end);
    rows.sort_by(|a, b| a.activity.cmp(&b.activity));
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{Analysis, Cancel, View};
    use crate::event_log::Progress;
    use crate::formats::ImportReport;
    use crate::test_support::log;
    use crate::text::time;

    const LOG: &str = "a: In Done @0 +10; b: In Done In @0 +10 +100; c: In Done Note @5 +10 +30; \
        d: In Work @0 +40; e: In Note Done @0 +1 +60";

    /// Rows as text, ties by name: name, mark, cases, open ones, share in percent, median rest.
    fn ask(ends: Option<&[&str]>, filter: &str) -> Vec<String> {
        let filters = [filter].into_iter().filter(|f| !f.is_empty());
        let view = View {
            ends: ends.map(|ends| ends.iter().map(ToString::to_string).collect()),
            filters: filters.map(ToString::to_string).collect(),
            ..View::default()
        };
        let query = EndsQuery {
            listing: Listing::by("cases"),
        };
        let (report, progress) = (ImportReport::default(), Progress::default());
        let analysis = Analysis::new("x".to_owned(), log(LOG), report, time::UTC, &progress);
        let found = analysis
            .unwrap()
            .ask(&view, &query, &Cancel::never())
            .unwrap();
        let text = |row: &EndRow| {
            let share = row.last_share.map(|share| (share * 100.0).round());
            let idle = row.idle.map(|idle| idle.median);
            let (name, mark) = (&row.activity, row.mark());
            format!(
                "{name} {mark} {} {} {share:?} {idle:?}",
                row.cases, row.open
            )
        };
        found.rows.rows.iter().map(text).collect()
    }

    #[test]
    fn ends_are_guessed_until_they_are_chosen() {
        let guessed = [
            "Done guessed 2 0 Some(50.0) Some(65.0)",
            "In no 1 1 Some(17.0) Some(0.0)",
            "Note no 1 1 Some(50.0) Some(65.0)",
            "Work no 1 1 Some(100.0) Some(60.0)",
        ];
        assert_eq!(ask(None, ""), guessed);
        let chosen = ask(Some(&["Note", "gone"]), "");
        assert_eq!(chosen[0], "Done no 2 2 Some(50.0) Some(65.0)");
        assert_eq!(chosen[2], "Note yes 1 0 Some(50.0) Some(65.0)");
    }

    #[test]
    fn an_end_without_cases_is_listed() {
        let rows = ask(Some(&["Work"]), "starts with \"In\" and \"Note\"");
        assert_eq!(
            rows,
            [
                "Done no 1 1 Some(50.0) Some(40.0)",
                "Note no 1 1 Some(50.0) Some(65.0)",
                "Work yes 0 0 None None",
            ]
        );
        // No activity ends a case: all are open, rather than all closed for want of knowledge.
        assert!(ask(Some(&[]), "").iter().all(|row| !row.contains("yes")));
    }
}
