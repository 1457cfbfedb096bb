//! Data quality of the read: line counts by outcome, rejects with reasons, and guesses.
//! It is about the file, so filters do not touch it.

use super::{Report, ReportContext, ReportResult, Spec, no_options};
use crate::cli::json::{Json, Pairs, list};
use crate::cli::table::{Cell, Column, Table};
use crate::cli::{advice, say};
use crate::formats::{ImportReport, Lines, Reason, Reject, Warning};
use crate::text;
use clap::ArgMatches;
use serde::{Serialize, Serializer};
use std::borrow::Cow;
use std::ffi::OsString;

pub(super) const SPEC: Spec = Spec {
    name: "quality",
    about: "How the log was read: lines, rejected rows, warnings, guesses",
    options: no_options,
    make,
    versus: Err("it is about the reading of the log, whatever is selected"),
};

struct Quality {
    events: u64,
    cases: u64,
    activities: u64,
    bytes_per_event: Option<f64>,
    report: ImportReport,
    files: Vec<String>,
    limit: usize,
}

fn make(ask: &ReportContext<'_>, _: &ArgMatches) -> ReportResult {
    let info = ask.info();
    Ok(Box::new(Quality {
        events: info.events,
        cases: info.cases,
        activities: info.activities.len() as u64,
        bytes_per_event: info.bytes_per_event(),
        report: ask.analysis()?.report().clone(),
        files: ask.common.logs.iter().map(file_name).collect(),
        limit: ask.common.printing.limit(),
    }))
}

/// The name as it is; one that is no text is shown as a message would show it.
fn file_name(name: &OsString) -> String {
    name.to_str()
        .map_or_else(|| say::safe_name(name), str::to_owned)
}

#[derive(Serialize)]
struct QualityJson<'a, R, W, M> {
    events: u64,
    cases: u64,
    activities: u64,
    rejected: u64,
    rejects: R,
    warnings: W,
    encoding: &'a str,
    lines: LinesJson,
    mapping: M,
    lone_starts: u64,
    bytes_per_event: Option<f64>,
}

#[derive(Serialize)]
struct RejectJson<'a> {
    file: &'a str,
    line: LineJson,
    reason: Reason,
    value: &'a str,
}

/// A line number, or the end of the file.
struct LineJson(Option<u64>);

impl Serialize for LineJson {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Some(line) => serializer.serialize_u64(line),
            None => serializer.serialize_str("end"),
        }
    }
}

#[derive(Serialize)]
struct LinesJson {
    read: u64,
    header: u64,
    blank: u64,
    loaded: u64,
    rejected: u64,
    continuation: u64,
}

impl From<Lines> for LinesJson {
    fn from(lines: Lines) -> Self {
        LinesJson {
            read: lines.read,
            header: lines.header,
            blank: lines.blank,
            loaded: lines.loaded,
            rejected: lines.rejected,
            continuation: lines.continuation,
        }
    }
}

impl Quality {
    fn rejects(&self) -> &[Reject] {
        &self.report.rejects[..self.report.rejects.len().min(self.limit)]
    }

    fn file(&self, reject: &Reject) -> &str {
        self.files.get(reject.file).map_or("", String::as_str)
    }

    fn figures(&self) -> Vec<(Cow<'_, str>, Cell<'_>)> {
        let report = &self.report;
        let lines = report.lines;
        let mut pairs: Vec<(Cow<'_, str>, Cell<'_>)> = vec![
            ("events".into(), self.events.into()),
            ("cases".into(), self.cases.into()),
            ("activities".into(), self.activities.into()),
            (
                "starts without completion".into(),
                report.lone_starts.into(),
            ),
            ("lines read".into(), lines.read.into()),
            ("  header".into(), lines.header.into()),
            ("  blank".into(), lines.blank.into()),
            ("  loaded".into(), lines.loaded.into()),
            ("  rejected".into(), lines.rejected.into()),
            ("  continuation".into(), lines.continuation.into()),
            ("rejected".into(), report.n_rejected.into()),
        ];
        for (reason, n) in &report.reasons {
            pairs.push((format!("  {reason}").into(), (*n).into()));
        }
        if let Some(bytes) = self.bytes_per_event {
            let bytes = text::number(bytes, 1);
            pairs.push(("memory, bytes an event".into(), bytes.into()));
        }
        pairs.push(("format".into(), report.format.as_str().into()));
        pairs.push(("encoding".into(), report.encoding.as_str().into()));
        for (role, from) in &report.mapping {
            pairs.push((format!("mapping, {role}").into(), from.as_str().into()));
        }
        for (warning, notice) in &report.warnings {
            let sentence = advice::warning(notice);
            pairs.push((
                format!("warning, {warning}").into(),
                Cell::Message(sentence),
            ));
        }
        pairs
    }
}

impl Report for Quality {
    fn json(&self) -> Box<dyn Json + '_> {
        let report = &self.report;
        let warnings: Vec<Warning> = report.warnings.keys().copied().collect();
        Box::new(QualityJson {
            events: self.events,
            cases: self.cases,
            activities: self.activities,
            rejected: report.n_rejected,
            rejects: list(self.rejects(), |reject| RejectJson {
                file: self.file(reject),
                line: LineJson(reject.line),
                reason: reject.reason,
                value: &reject.value,
            }),
            warnings,
            encoding: &report.encoding,
            lines: report.lines.into(),
            mapping: Pairs(|| report.mapping.iter().map(|(role, from)| (role, from))),
            lone_starts: report.lone_starts,
            bytes_per_event: self.bytes_per_event,
        })
    }

    fn heading(&self) -> String {
        format!(
            "{}, {} rejected",
            text::counted(self.events, "event", "events"),
            text::counted(self.report.n_rejected, "row", "rows")
        )
    }

    fn list(&self) -> Table<'_> {
        let columns = vec![
            Column::text("file"),
            Column::figure("line"),
            Column::fixed("reason"),
            Column::text("value"),
        ];
        Table::new(columns, self.rejects(), |reject| {
            // A line is a place, not an amount: no separators of thousands.
            let line = reject
                .line
                .map_or("end".to_owned(), |line| line.to_string());
            vec![
                self.file(reject).into(),
                line.into(),
                reject.reason.code().into(),
                reject.value.as_str().into(),
            ]
        })
    }

    fn tables(&self) -> Vec<Table<'_>> {
        let mut tables = vec![Table::pairs(self.figures())];
        if !self.report.rejects.is_empty() {
            tables.push(self.list());
        }
        tables
    }

    fn total(&self) -> Option<usize> {
        Some(self.report.n_rejected as usize)
    }
}
