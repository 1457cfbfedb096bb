//! Findings: what deserves a look, each with its figure, filter and the command to go on with.

use super::list::{json_of, table_of};
use super::{Report, ReportContext, ReportResult, Spec, no_options};
use crate::app::quote;
use crate::cli::args::Format;
use crate::cli::json::{Instant, Json, list};
use crate::cli::table::{Cell, Column, Table};
use crate::cli::words::log_word;
use crate::engine::{
    Features, FindingKind, FindingRow, Findings, FindingsQuery, List, Listing, Looked, Page,
};
use crate::text::{self, count, counted};
use clap::ArgMatches;
use serde::{Serialize, Serializer};

pub(super) const SPEC: Spec = Spec {
    name: "findings",
    about: "What deserves a look, most case time first: tests passed, filter, command to go on",
    options: no_options,
    make,
    versus: Err("it compares periods of one selection"),
};

struct FindingsReport {
    heading: String,
    findings: Findings,
    /// The command to go on with for each finding.
    commands: Vec<String>,
    /// Rows and commands by position.
    numbers: Vec<usize>,
    /// Leaves out what would make a table too wide.
    is_narrow: bool,
}

fn make(ask: &ReportContext<'_>, _: &ArgMatches) -> ReportResult {
    let listing = Listing {
        page: Page::first(ask.common.printing.limit()),
        ..FindingsQuery::all().listing
    };
    let findings = ask.answer(&FindingsQuery { listing })?;
    let rows = &findings.rows.rows;
    let format = ask.common.printing.format();
    let heading = match format {
        Format::Table | Format::Markdown => {
            format!("{}; {}", ask.selection()?, looked_for(ask, &findings))
        }
        _ => String::new(),
    };
    Ok(Box::new(FindingsReport {
        heading,
        commands: rows.iter().map(|row| command(ask, row)).collect(),
        numbers: (0..rows.len()).collect(),
        is_narrow: format == Format::Table,
        findings,
    }))
}

/// "3 findings of 10 kinds, 214 tests; periods from 2024-02-12, 2024-03-11".
fn looked_for(ask: &ReportContext<'_>, findings: &Findings) -> String {
    let tested = findings.looked.iter().filter(|of| of.tested > 0);
    let tests: u64 = tested.clone().map(|of| of.tested).sum();
    let zone = ask.info().zone;
    let periods = findings.periods.map_or_else(String::new, |periods| {
        let [before, last, _] = periods.map(|at| text::time::date(at, zone));
        format!("; compared: since {last} with {before} to then")
    });
    format!(
        "{} of {} kinds, {}{periods}",
        counted(findings.rows.total as u64, "finding", "findings"),
        count(tested.count() as u64),
        counted(tests, "test", "tests"),
    )
}

/// The report that shows the cases of a finding, with its options.
fn report(kind: FindingKind) -> &'static [&'static str] {
    match kind {
        FindingKind::Resting => &["triage", "--sort", "wait"],
        FindingKind::Backlog => &["triage"],
        FindingKind::Wait => &["bottlenecks", "--waits", "changeable", "--sort", "growth"],
        FindingKind::Segment => &["bottlenecks", "--waits", "changeable"],
        FindingKind::Queue => &["queues", "--sort", "growth"],
        FindingKind::Deadline => &["check"],
        FindingKind::Rule => &["rules"],
        FindingKind::Ends => &["ends"],
        FindingKind::Arrivals => &["flow"],
        FindingKind::Ties => &["variants"],
        FindingKind::Resources => &["activities"],
        FindingKind::Rejected => &["quality"],
    }
}

/// The command that shows the cases of a finding, as the log was read and selected for it.
fn command(ask: &ReportContext<'_>, row: &FindingRow) -> String {
    let mut words = vec!["casetrail".to_owned()];
    words.extend(report(row.kind).iter().map(|&word| word.to_owned()));
    words.extend(ask.common.logs.iter().map(|log| log_word(log)));
    let reading = ask.common.reading.iter();
    words.extend(reading.map(|word| word.to_string_lossy().into_owned()));
    let view = ask.redacted_view(ask.common.view());
    let mut pair = |option: &str, value: &str| words.push(format!("{option}={value}"));
    for (option, value) in [("--as-of", &view.as_of), ("--calendar", &view.calendar)] {
        if let Some(value) = value {
            pair(option, value);
        }
    }
    for end in ask.common.times().ends().iter().flatten() {
        pair("--end", end);
    }
    for events in &view.events {
        pair("--events", events);
    }
    for filter in &view.filters {
        pair("--filter", filter);
    }
    if let Some(filter) = &row.filter {
        pair("--filter", &filter.to_string());
    }
    let words: Vec<String> = words.iter().map(|word| quote(word)).collect();
    words.join(" ")
}

#[derive(Serialize)]
struct FindingsJson<L, F> {
    periods: Option<PeriodsJson>,
    looked_for: L,
    total: usize,
    findings: F,
}

#[derive(Serialize)]
struct PeriodsJson {
    before: Instant,
    last: Instant,
    end: Instant,
}

#[derive(Serialize)]
struct LookedJson {
    kind: &'static str,
    tested: u64,
    passed: u64,
    reason: Option<&'static str>,
}

impl From<&Looked> for LookedJson {
    fn from(looked: &Looked) -> Self {
        LookedJson {
            kind: looked.kind.word(),
            tested: looked.tested,
            passed: looked.passed,
            reason: looked.reason,
        }
    }
}

#[derive(Serialize)]
struct RowJson<'a, R> {
    #[serde(flatten)]
    row: R,
    left_out: Vec<String>,
    /// The report to go on with and its options, to which the filter is to be added.
    report: &'a [&'a str],
}

struct RowsJson<'a>(&'a FindingsReport);

impl Serialize for RowsJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let rows = &self.0.findings.rows.rows;
        let rows = json_of(FindingsQuery::schema(), rows, &Features::default());
        serializer.collect_seq(rows.objects().map(|(finding, row)| RowJson {
            row,
            left_out: left_out(finding),
            report: report(finding.kind),
        }))
    }
}

/// Values that a figure leaves out, with their numbers.
fn left_out(row: &FindingRow) -> Vec<String> {
    let left_out = row.basis.left_out.iter().filter(|(n, _)| *n > 0);
    left_out.map(|(n, what)| format!("{n} {what}")).collect()
}

impl FindingsReport {
    /// Findings to be read, without filters.
    fn sentences(&self) -> Table<'_> {
        let columns = vec![
            Column::figure("rank"),
            Column::text("finding"),
            Column::figure("n"),
            Column::figure("cost"),
        ];
        Table::new(columns, &self.findings.rows.rows, |row| {
            vec![
                row.rank.into(),
                row.sentence.as_str().into(),
                row.basis.n.into(),
                Cell::seconds(row.cost),
            ]
        })
    }

    fn commands(&self) -> Table<'_> {
        let columns = vec![Column::figure("rank"), Column::text("command")];
        Table::new(columns, &self.numbers, |&at| {
            let rank = self.findings.rows.rows[at].rank;
            vec![rank.into(), self.commands[at].as_str().into()]
        })
    }
}

impl Report for FindingsReport {
    fn json(&self) -> Box<dyn Json + '_> {
        let periods = self.findings.periods.map(|periods| {
            let [before, last, end] = periods.map(Instant);
            PeriodsJson { before, last, end }
        });
        Box::new(FindingsJson {
            periods,
            looked_for: list(&self.findings.looked, LookedJson::from),
            total: self.findings.rows.total,
            findings: RowsJson(self),
        })
    }

    fn heading(&self) -> String {
        self.heading.clone()
    }

    fn list(&self) -> Table<'_> {
        let rows = &self.findings.rows.rows;
        let table = table_of(FindingsQuery::schema(), rows, &Features::default());
        let mut columns = table.columns;
        columns.push(Column::text("command"));
        let row = table.row;
        let with_command = move |&at: &usize| {
            let mut cells = row(at);
            cells.push(self.commands[at].as_str().into());
            cells
        };
        Table::new(columns, &self.numbers, with_command)
    }

    fn tables(&self) -> Vec<Table<'_>> {
        match (self.findings.rows.rows.is_empty(), self.is_narrow) {
            (true, _) => Vec::new(),
            (false, true) => vec![self.sentences(), self.commands()],
            (false, false) => vec![self.list()],
        }
    }

    fn total(&self) -> Option<usize> {
        Some(self.findings.rows.total)
    }
}
