//! Report of the import: rejected rows as a list, and one of them in full. It is about the input, so
//! filters do not change it.

use crate::engine::list::{List, Listing, Rows};
use crate::engine::query::{Context, Query};
use crate::engine::schema::{Align, Schema, Value};
use crate::engine::view::AskError;
use crate::event_log::Cancel;
use crate::formats::{Advice, ImportReport, Lines, Notice, Reason, Warning, advice};
use std::sync::Arc;

/// A page of the rejected rows, and how the log was read.
#[derive(Debug, Clone, PartialEq)]
pub struct LedgerQuery {
    /// Order, search and page of the rejected rows.
    pub listing: Listing,
    /// Reasons whose rows are left out.
    pub hidden: Vec<Reason>,
}

/// The rejected row of that position, in full.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RejectQuery {
    /// Position among the rejected rows that are kept.
    pub at: usize,
}

/// Report of the import of a log.
#[derive(Debug, Clone, PartialEq)]
pub struct Ledger {
    /// Rejected rows, of those that are kept (the first 10,000).
    pub rejects: Rows<RejectRow>,
    /// Number of rejected rows.
    pub rejected: u64,
    /// Rejected rows that are kept.
    pub kept: u64,
    /// Rejected rows by reason, the most frequent first.
    pub reasons: Vec<(Reason, u64)>,
    /// Warnings.
    pub warnings: Vec<(Warning, Notice)>,
    /// Line counts by outcome.
    pub lines: Lines,
    /// Number of inputs.
    pub files: usize,
}

/// A rejected row.
#[derive(Debug, Clone, PartialEq)]
pub struct RejectRow {
    /// Position among all that are kept, for [`RejectQuery`].
    pub at: usize,
    /// Name of the input.
    pub file: String,
    /// Line as an editor counts, from 1; `None` for the end of the file.
    pub line: Option<u64>,
    /// Why it is rejected.
    pub reason: Reason,
    /// The value at fault.
    pub value: String,
}

/// A rejected row in full.
#[derive(Debug, Clone, PartialEq)]
pub struct RejectDetail {
    /// As in the list.
    pub row: RejectRow,
    /// The row as it stands in the file, or its beginning; empty where the format has no such thing.
    pub raw: String,
    /// True where the row may be longer.
    pub cut: bool,
    /// Meaning of the reason, and settings to try.
    pub advice: Advice,
}

type Column = crate::engine::schema::Column<RejectRow>;

/// Columns of the rejected rows.
pub static REJECTS: Schema<RejectRow> = Schema {
    name: "rejects",
    key: |r| format!("{}\0{:?}\0{}", r.file, r.line, r.value),
    columns: &[
        Column::new("file", |r| Value::text(&r.file))
            .left(Align::Text)
            .unsorted(),
        Column::new("line", line)
            .left(Align::Text)
            .ascending()
            .order(|r| Value::Count(r.at as u64)),
        Column::new("reason", |r| Value::text(r.reason.code()))
            .left(Align::Text)
            .ascending(),
        Column::new("value", |r| Value::text(&r.value))
            .left(Align::Text)
            .ascending(),
    ],
    pane: &[],
    table: &[],
    json: &[],
    orders: &["line", "reason", "value"],
    chosen: None,
};

/// Line as an editor counts; "end" for the end of the file. A place, not an amount: without separators.
fn line(row: &RejectRow) -> Value<'_> {
    let line = row.line.map_or("end".to_owned(), |line| line.to_string());
    Value::Text(line.into())
}

impl List for LedgerQuery {
    type Row = RejectRow;

    fn schema() -> &'static Schema<RejectRow> {
        &REJECTS
    }

    fn rows(answer: &Ledger) -> &Rows<RejectRow> {
        &answer.rejects
    }
}

impl Query for LedgerQuery {
    type Answer = Ledger;

    fn run(&self, context: &Context<'_>) -> Result<Ledger, AskError> {
        self.of(context.analysis.report(), context.cancel)
    }
}

impl LedgerQuery {
    /// The answer about a report.
    ///
    /// # Errors
    /// As of [`Query::run`].
    pub fn of(&self, report: &ImportReport, cancel: &Cancel) -> Result<Ledger, AskError> {
        ledger(report, &self.listing, &self.hidden, cancel)
    }
}

impl Query for RejectQuery {
    type Answer = Option<Arc<RejectDetail>>;

    fn run(&self, context: &Context<'_>) -> Result<Option<Arc<RejectDetail>>, AskError> {
        Ok(reject(context.analysis.report(), self.at))
    }
}

/// The rejected rows of a page, without those of the reasons `hidden`, and all that is said of the
/// reading.
fn ledger(
    report: &ImportReport,
    listing: &Listing,
    hidden: &[Reason],
    cancel: &Cancel,
) -> Result<Ledger, AskError> {
    let kept = report.rejects.iter().enumerate();
    let shown = kept.filter(|(_, reject)| !hidden.contains(&reject.reason));
    let rows: Vec<RejectRow> = shown.map(|(at, _)| row(report, at)).collect();
    let text = |row: &RejectRow| format!("{}\n{}", row.reason, row.value);
    let rejects = REJECTS.select(&rows, listing, cancel, text)?;
    let mut reasons: Vec<_> = report.reasons.iter().map(|(r, n)| (*r, *n)).collect();
    reasons.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
    Ok(Ledger {
        rejects,
        rejected: report.n_rejected,
        kept: report.rejects.len() as u64,
        reasons,
        warnings: report
            .warnings
            .iter()
            .map(|(c, s)| (*c, s.clone()))
            .collect(),
        lines: report.lines,
        files: report.files.len(),
    })
}

fn row(report: &ImportReport, at: usize) -> RejectRow {
    let reject = &report.rejects[at];
    RejectRow {
        at,
        file: report.files.get(reject.file).cloned().unwrap_or_default(),
        line: reject.line,
        reason: reject.reason,
        value: reject.value.clone(),
    }
}

/// One rejected row in full; `None` where there is none at that position.
fn reject(report: &ImportReport, at: usize) -> Option<Arc<RejectDetail>> {
    let reject = report.rejects.get(at)?;
    Some(Arc::new(RejectDetail {
        row: row(report, at),
        raw: reject.raw.clone(),
        // A raw text is cut between characters, which is up to three bytes before the limit.
        cut: reject.raw.len() + 3 >= crate::formats::MAX_RAW,
        advice: advice(reject.reason, &reject.value, report),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::Reject;

    fn report() -> ImportReport {
        let mut report = ImportReport {
            files: vec!["a.csv".into(), "b.csv".into()],
            ..ImportReport::default()
        };
        for (file, line, reason, value) in [
            (0, 9, Reason::BadTime, "soon"),
            (0, 12, Reason::EmptyCase, ""),
            (1, 3, Reason::BadTime, "later"),
        ] {
            report.reject(Reject {
                file,
                line: Some(line),
                reason,
                value: value.into(),
                raw: format!("{line},{value}"),
            });
        }
        report
    }

    fn values(sort: &'static str, descending: bool, find: &str, hidden: &[Reason]) -> Vec<usize> {
        let listing = Listing {
            descending,
            find: find.into(),
            ..Listing::by(sort)
        };
        let ledger = ledger(&report(), &listing, hidden, &Cancel::never()).unwrap();
        assert_eq!((ledger.rejected, ledger.kept), (3, 3));
        assert_eq!(
            ledger.reasons,
            [(Reason::BadTime, 2), (Reason::EmptyCase, 1)]
        );
        ledger.rejects.rows.iter().map(|row| row.at).collect()
    }

    #[test]
    fn rejects_are_sorted_searched_and_hidden() {
        assert_eq!(values("line", false, "", &[]), [0, 1, 2]);
        assert_eq!(values("line", true, "", &[]), [2, 1, 0]);
        assert_eq!(values("reason", true, "", &[]), [1, 0, 2]);
        assert_eq!(values("value", false, "", &[]), [1, 2, 0]);
        assert_eq!(values("line", false, "later", &[]), [2]);
        assert_eq!(values("line", false, "", &[Reason::BadTime]), [1]);
    }

    #[test]
    fn one_is_shown_with_advice() {
        let detail = reject(&report(), 2).unwrap();
        assert_eq!(
            (detail.row.file.as_str(), detail.raw.as_str()),
            ("b.csv", "3,later")
        );
        assert!(!detail.cut && !detail.advice.settings.is_empty());
        assert!(reject(&report(), 3).is_none());
    }
}
