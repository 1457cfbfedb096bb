//! How the log was read: rejected rows as a list, and one of them in full. It is about the input, so
//! filters do not touch it.

use super::Cancel;
use super::listing::find;
use super::{AskError, Listing, Rows};
use crate::formats::{Advice, ImportReport, Lines, Notice, Reason, Reject, Warning, advice};
use std::cmp::Ordering;
use std::sync::Arc;

/// Columns that rejected rows can be sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum LedgerKey {
    /// File and line.
    #[default]
    Line,
    /// Code of the reason, then place in the input.
    Reason,
    /// Value, then place.
    Value,
}

/// How a log was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Ledger {
    /// Rejected rows, of those that are kept (the first 10,000).
    pub rejects: Rows<RejectRow>,
    /// Rejected rows in all.
    pub rejected: u64,
    /// Rejected rows that are kept.
    pub kept: u64,
    /// Rejected rows by reason, the most frequent first.
    pub reasons: Vec<(Reason, u64)>,
    /// Warnings.
    pub warnings: Vec<(Warning, Notice)>,
    /// Lines by what became of them.
    pub lines: Lines,
    /// Number of inputs.
    pub files: usize,
}

/// A rejected row.
#[derive(Debug, Clone, PartialEq)]
pub struct RejectRow {
    /// Position among all that are kept, for [`super::Request::Reject`].
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
    /// Whether there may be more of it than that.
    pub cut: bool,
    /// What the reason means, and what to try.
    pub advice: Advice,
}

/// The rejected rows of a page, without those of the reasons `hidden`, and all that is said of the
/// reading.
pub(super) fn ledger(
    report: &ImportReport,
    listing: &Listing<LedgerKey>,
    hidden: &[Reason],
    cancel: &Cancel,
) -> Result<Ledger, AskError> {
    let rejects = &report.rejects;
    let shown = |at: &u32| !hidden.contains(&rejects[*at as usize].reason);
    let ids: Vec<u32> = (0..rejects.len() as u32).filter(shown).collect();
    let text = |at: u32| {
        let reject = &rejects[at as usize];
        format!("{} {}", reject.reason, reject.value)
    };
    let mut ids = find(ids, &listing.find, cancel, text)?;
    sort(&mut ids, rejects, listing);
    let range = listing.page.of(ids.len());
    let rows = ids[range.clone()].iter();
    let mut reasons: Vec<_> = report.reasons.iter().map(|(r, n)| (*r, *n)).collect();
    reasons.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
    Ok(Ledger {
        rejects: Rows {
            total: ids.len(),
            offset: range.start,
            rows: rows.map(|&at| row(report, at as usize)).collect(),
        },
        rejected: report.n_rejected,
        kept: rejects.len() as u64,
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

/// Ties stay in the order of the input, in either direction.
fn sort(ids: &mut [u32], rejects: &[Reject], listing: &Listing<LedgerKey>) {
    let of = |at: &u32| &rejects[*at as usize];
    let by_key = |a: &u32, b: &u32| match listing.sort {
        LedgerKey::Line => a.cmp(b),
        LedgerKey::Reason => of(a).reason.cmp(&of(b).reason),
        LedgerKey::Value => of(a).value.cmp(&of(b).value),
    };
    ids.sort_by(|a, b| {
        let order: Ordering = by_key(a, b);
        if listing.descending {
            order.reverse()
        } else {
            order
        }
    });
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
pub(super) fn reject(report: &ImportReport, at: usize) -> Option<Arc<RejectDetail>> {
    let reject = report.rejects.get(at)?;
    Some(Arc::new(RejectDetail {
        row: row(report, at),
        raw: reject.raw.clone(),
        cut: reject.raw.len() + 3 >= crate::formats::MAX_RAW,
        advice: advice(reject.reason, report),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Page;

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

    fn values(sort: LedgerKey, descending: bool, find: &str, hidden: &[Reason]) -> Vec<usize> {
        let listing = Listing {
            sort,
            descending,
            find: find.into(),
            page: Page::ALL,
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
        assert_eq!(values(LedgerKey::Line, false, "", &[]), [0, 1, 2]);
        assert_eq!(values(LedgerKey::Line, true, "", &[]), [2, 1, 0]);
        assert_eq!(values(LedgerKey::Reason, true, "", &[]), [1, 0, 2]);
        assert_eq!(values(LedgerKey::Value, false, "", &[]), [1, 2, 0]);
        assert_eq!(values(LedgerKey::Line, false, "later", &[]), [2]);
        assert_eq!(values(LedgerKey::Line, false, "", &[Reason::BadTime]), [1]);
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
