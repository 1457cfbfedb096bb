//! The common part of all statements: the events of a view, in the order of their cases, and the cases that its
//! filters select. It is repeated in each statement, so that nothing is left in the engine.

use super::conditions::Needs;
use super::dialects::Dialect;
use super::table::Table;
use crate::event_log::Cancel;

/// Stands between the activities of a sequence; no name has it.
pub(super) const BETWEEN: char = '\u{1}';
/// Digits before an activity in a sequence, by which it is sorted.
pub(super) const DIGITS: usize = 9;

/// The events and cases of a view.
#[derive(Debug, Clone)]
pub(super) struct Frame<'a> {
    pub dialect: &'static Dialect,
    pub table: &'a Table,
    /// The last instant that is looked at.
    pub until: Option<i64>,
    /// Conditions on single events.
    pub events: Vec<String>,
    /// What conditions and filter need.
    pub needs: Needs,
    /// The filter of cases.
    pub cases: Option<String>,
    /// True where all columns of the table are wanted as they are, as `raw` and their position.
    pub whole_rows: bool,
    /// Set once the answers are not wanted any more.
    pub cancel: Cancel,
}

/// Tables that a statement asks, by their names: `w` events in order, `e` those of selected cases. What is counted by
/// case is asked of `kept`, as that needs no second look at the events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Parts {
    /// `e`, and `kept` with a row for each of the cases.
    Events,
    /// These; `seqs` with the sequence of each case as `v`, and `ranks` with the place of each sequence.
    Sequences,
}

impl<'a> Frame<'a> {
    /// All events of a table.
    pub fn whole(dialect: &'static Dialect, table: &'a Table) -> Self {
        Frame {
            dialect,
            table,
            until: None,
            events: Vec::new(),
            needs: Needs::default(),
            cases: None,
            whole_rows: false,
            cancel: Cancel::never(),
        }
    }

    /// Rows of the table as events, NULL where a value is missing, with these columns as `c` and their position.
    pub fn source(&self, columns: impl Iterator<Item = (usize, String)>) -> String {
        let (dialect, table) = (self.dialect, self.table);
        let order = match table.order {
            Some(column) => table.ident(column, dialect),
            None => "0".to_owned(),
        };
        let mut all = vec![
            format!("{} AS case_id", table.key(table.case, dialect)),
            format!("{} AS activity", table.key(table.activity, dialect)),
            format!("{} AS t", table.instant(dialect)),
            format!("{order} AS seq"),
        ];
        all.extend(columns.map(|(at, value)| format!("{value} AS c{at}")));
        if self.whole_rows {
            let columns = 0..table.columns.len();
            all.extend(columns.map(|at| format!("{} AS raw{at}", table.ident(at, dialect))));
        }
        format!("SELECT {} FROM {}", all.join(", "), table.relation)
    }

    /// A statement that asks the parts, and tables made of them: a name and a SELECT each.
    pub fn statement(&self, parts: Parts, more: &[(&str, String)], select: &str) -> String {
        let parts = self.ctes(parts);
        let parts = parts.iter().chain(more);
        let parts: Vec<String> = parts
            .map(|(name, body)| format!("{name} AS ({body})"))
            .collect();
        format!("WITH {}\n{select}", parts.join(",\n"))
    }

    /// Conditions on rows that are events of the view.
    fn conditions(&self) -> String {
        let known = ["case_id", "activity", "t"].map(|column| format!("{column} IS NOT NULL"));
        let until = self.until.map(|until| format!("t <= {until}"));
        let mut all: Vec<String> = known.into_iter().chain(until).collect();
        all.extend(self.events.iter().cloned());
        all.join(" AND ")
    }

    fn is_by_rank(&self) -> bool {
        self.cases.is_some() && self.needs.rank
    }

    /// The table with a row for each case, which a filter of cases is a condition on.
    pub fn cases_table(&self) -> &'static str {
        if self.is_by_rank() { "placed" } else { "f" }
    }

    fn ctes(&self, parts: Parts) -> Vec<(&'static str, String)> {
        let columns = self.needs.columns.iter();
        let columns = columns.map(|&at| (at, self.table.value(at, self.dialect)));
        let columns: Vec<(usize, String)> = columns.collect();
        let window = "OVER (PARTITION BY case_id ORDER BY t, seq NULLS FIRST, activity)";
        let mut all = vec![
            ("src", self.source(columns.into_iter())),
            (
                "ev",
                format!("SELECT * FROM src WHERE {}", self.conditions()),
            ),
            (
                "w",
                format!(
                    "SELECT *, row_number() {window} AS pos, lead(activity) {window} AS na, \
                     lead(t) {window} AS nt FROM ev"
                ),
            ),
        ];
        let mut events = "w";
        if !self.needs.windows.is_empty() {
            let windows = self.needs.windows.iter();
            let windows = windows.map(|(name, value)| format!(", {value} AS {name}"));
            let windows: String = windows.collect();
            all.push(("w2", format!("SELECT *{windows} FROM w")));
            events = "w2";
        }
        let by_rank = self.is_by_rank();
        let has_sequences = parts == Parts::Sequences || by_rank;
        let sequence = has_sequences.then(|| format!(", {} AS v", self.sequence()));
        let flags = self.needs.flags.iter();
        let flags = flags.map(|(name, value)| format!(", {value} AS {name}"));
        let more: String = sequence.into_iter().chain(flags).collect();
        all.push((
            "f",
            format!(
                "SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, \
                 max(CASE WHEN na IS NULL THEN activity END) AS stop{more} FROM {events} GROUP BY case_id"
            ),
        ));
        if has_sequences {
            // The most frequent sequence first, then by names.
            let ranks = "SELECT v, row_number() OVER (ORDER BY n DESC, v) AS place FROM (SELECT v, count(*) AS n \
                FROM seqs GROUP BY v) AS counted";
            all.push(("seqs", "SELECT case_id, v, n AS len FROM f".to_owned()));
            all.push(("ranks", ranks.to_owned()));
        }
        if by_rank {
            all.push((
                "placed",
                "SELECT f.*, ranks.place FROM f JOIN ranks ON f.v = ranks.v".to_owned(),
            ));
        }
        let condition = self.cases.as_ref();
        let condition = condition.map(|condition| format!(" WHERE {condition}"));
        all.push((
            "kept",
            format!(
                "SELECT *, case_id AS kept_id FROM {}{}",
                self.cases_table(),
                condition.as_deref().unwrap_or_default()
            ),
        ));
        let selected = match condition {
            Some(_) => "SELECT w.* FROM w JOIN kept ON w.case_id = kept.kept_id",
            None => "SELECT * FROM w",
        };
        all.push(("e", selected.to_owned()));
        all
    }

    /// The sequence of a case, as an aggregate of its events.
    fn sequence(&self) -> String {
        let dialect = self.dialect;
        let between = (dialect.literal)(&BETWEEN.to_string());
        let number = dialect.text("pos");
        let step = format!("concat(lpad({number}, {DIGITS}, '0'), activity)");
        (dialect.joined)(&step, &between)
    }
}

/// A sequence as the engine joins it.
pub(super) fn sequence<'a>(activities: impl Iterator<Item = &'a str>) -> String {
    let steps = (1..).zip(activities);
    let steps: Vec<String> = steps
        .map(|(pos, activity)| format!("{pos:0DIGITS$}{activity}"))
        .collect();
    steps.join(&BETWEEN.to_string())
}

/// The activities of a sequence as the engine joins it.
pub(super) fn activities(sequence: &str) -> impl Iterator<Item = &str> {
    let steps = sequence.split(BETWEEN);
    steps.map(|step| step.get(DIGITS..).unwrap_or_default())
}
