//! What an entry holds besides columns of values: names, roles, and how the log was read. As JSON,
//! in types of its own, so that those of other layers may change.

use crate::event_log::{Column, ColumnKind, EventLog, Level, Roles};
use crate::formats::{DateOrder, ImportReport, Lines, Reject};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashSet};
use std::sync::{Mutex, PoisonError};

/// All of it.
#[derive(Debug, Serialize, Deserialize)]
pub struct Told {
    /// The attribute columns.
    pub columns: Vec<ToldColumn>,
    /// Positions of the columns that have a role.
    pub resource: Option<usize>,
    pub lifecycle: Option<usize>,
    pub instance: Option<usize>,
    roles: ToldRoles,
    report: ToldReport,
}

/// One attribute column.
#[derive(Debug, Serialize, Deserialize)]
pub struct ToldColumn {
    pub name: String,
    pub kind: String,
    of_case: bool,
}

impl ToldColumn {
    fn of(column: &Column) -> Self {
        let kind = match column.kind() {
            ColumnKind::Text => "text",
            ColumnKind::Number => "number",
            ColumnKind::Instant => "instant",
        };
        ToldColumn {
            name: column.name.clone(),
            kind: kind.to_owned(),
            of_case: column.level == Level::Case,
        }
    }

    /// What a row of it is.
    pub fn level(&self) -> Level {
        if self.of_case {
            Level::Case
        } else {
            Level::Event
        }
    }
}

#[derive(Debug, Serialize, Deserialize)]
struct ToldRoles {
    case: Vec<String>,
    activity: Vec<String>,
    time: String,
    start: Option<String>,
    resource: Option<String>,
    lifecycle: Option<String>,
    instance: Option<String>,
}

#[derive(Debug, Serialize, Deserialize)]
struct ToldReport {
    files: Vec<String>,
    format: String,
    encoding: String,
    lines: [u64; 6],
    rejects: Vec<ToldReject>,
    n_rejected: u64,
    reasons: BTreeMap<String, u64>,
    warnings: BTreeMap<String, String>,
    mapping: Vec<(String, String)>,
    date_order: Option<String>,
    incomplete: bool,
    lone_starts: u64,
}

const ORDERS: [(DateOrder, &str); 3] = [
    (DateOrder::Dmy, "dmy"),
    (DateOrder::Mdy, "mdy"),
    (DateOrder::Ymd, "ymd"),
];

#[derive(Debug, Serialize, Deserialize)]
struct ToldReject {
    file: usize,
    line: Option<u64>,
    reason: String,
    value: String,
    raw: String,
}

impl Told {
    /// What is to be told of a log.
    pub fn of(log: &EventLog, report: &ImportReport) -> Self {
        Told {
            columns: log.columns.iter().map(ToldColumn::of).collect(),
            resource: log.resource,
            lifecycle: log.lifecycle,
            instance: log.instance,
            roles: roles_to(&log.roles),
            report: report_to(report),
        }
    }

    /// The roles and the report.
    pub fn into_parts(self) -> (Roles, ImportReport) {
        let roles = self.roles;
        let roles = Roles {
            case: roles.case,
            activity: roles.activity,
            time: roles.time,
            start: roles.start,
            resource: roles.resource,
            lifecycle: roles.lifecycle,
            instance: roles.instance,
        };
        (roles, report_from(self.report))
    }
}

fn roles_to(roles: &Roles) -> ToldRoles {
    let roles = roles.clone();
    ToldRoles {
        case: roles.case,
        activity: roles.activity,
        time: roles.time,
        start: roles.start,
        resource: roles.resource,
        lifecycle: roles.lifecycle,
        instance: roles.instance,
    }
}

fn report_to(report: &ImportReport) -> ToldReport {
    let lines = report.lines;
    let reject = |reject: &Reject| ToldReject {
        file: reject.file,
        line: reject.line,
        reason: reject.reason.to_owned(),
        value: reject.value.clone(),
        raw: reject.raw.clone(),
    };
    let reasons = report.reasons.iter();
    let warnings = report.warnings.iter();
    ToldReport {
        files: report.files.clone(),
        format: report.format.to_owned(),
        encoding: report.encoding.clone(),
        lines: [
            lines.read,
            lines.header,
            lines.blank,
            lines.loaded,
            lines.rejected,
            lines.continuation,
        ],
        rejects: report.rejects.iter().map(reject).collect(),
        n_rejected: report.n_rejected,
        reasons: reasons.map(|(&code, &n)| (code.to_owned(), n)).collect(),
        warnings: warnings
            .map(|(&code, text)| (code.to_owned(), text.clone()))
            .collect(),
        mapping: report.mapping.clone(),
        date_order: report.date_order.and_then(|order| {
            let known = ORDERS.iter().find(|(known, _)| *known == order);
            known.map(|(_, word)| (*word).to_owned())
        }),
        incomplete: report.incomplete,
        lone_starts: report.lone_starts,
    }
}

fn report_from(told: ToldReport) -> ImportReport {
    let [read, header, blank, loaded, rejected, continuation] = told.lines;
    let reject = |reject: ToldReject| Reject {
        file: reject.file,
        line: reject.line,
        reason: code(&reject.reason),
        value: reject.value,
        raw: reject.raw,
    };
    let reasons = told.reasons.iter().map(|(reason, &n)| (code(reason), n));
    let warnings = told.warnings.into_iter();
    ImportReport {
        files: told.files,
        format: code(&told.format),
        encoding: told.encoding,
        lines: Lines {
            read,
            header,
            blank,
            loaded,
            rejected,
            continuation,
        },
        rejects: told.rejects.into_iter().map(reject).collect(),
        n_rejected: told.n_rejected,
        reasons: reasons.collect(),
        warnings: warnings.map(|(c, text)| (code(&c), text)).collect(),
        mapping: told.mapping,
        date_order: told.date_order.and_then(|order| {
            let known = ORDERS.iter().find(|(_, word)| *word == order);
            known.map(|(known, _)| *known)
        }),
        incomplete: told.incomplete,
        lone_starts: told.lone_starts,
    }
}

/// A code as the program has them: texts that live as long as it does. There are few, and each is
/// kept once.
fn code(text: &str) -> &'static str {
    static CODES: Mutex<Option<HashSet<&'static str>>> = Mutex::new(None);
    let mut codes = CODES.lock().unwrap_or_else(PoisonError::into_inner);
    let codes = codes.get_or_insert_default();
    if let Some(known) = codes.get(text) {
        return known;
    }
    let kept: &'static str = String::leak(text.to_owned());
    codes.insert(kept);
    kept
}
