//! Which cases break deadlines, worst first, and which open ones are about to: for cron and CI.

use super::{Report, ReportContext, ReportResult, Spec, no_options};
use crate::cli::failure::Failure;
use crate::cli::json::{Instant, Json, Number, list};
use crate::cli::table::{Cell, Column, Table};
use crate::engine::{Breach, Deadlines, DeadlinesQuery, RuleRow, State};
use crate::text;
use clap::ArgMatches;
use serde::Serialize;

pub(super) const SPEC: Spec = Spec {
    name: "check",
    about: "Cases that broke the deadlines of --rules (exit code 1), and open cases at risk",
    options: no_options,
    make,
};

/// Bins over time that JSON has.
const MONTHS: usize = 60;

struct Check {
    deadlines: Deadlines,
    /// Breaches and cases at risk of all rules, as shown.
    rows: Vec<Row>,
}

/// A case under a rule.
struct Row {
    rule: usize,
    breach: Breach,
}

fn make(ask: &ReportContext<'_>, _: &ArgMatches) -> ReportResult {
    if ask.common.timing.rules.is_empty() {
        return Err(Failure::usage(
            "no deadline is defined: write rules into a file and name it by --rules FILE",
        ));
    }
    let named = ask.common.printing.limit();
    let mut deadlines = ask.answer(&DeadlinesQuery {
        named,
        time_bins: MONTHS,
    })?;
    let mut rows: Vec<Row> = Vec::new();
    for (rule, row) in deadlines.rules.iter_mut().enumerate() {
        let breaches = std::mem::take(&mut row.breaches).into_iter();
        let cases = breaches.chain(std::mem::take(&mut row.at_risk));
        rows.extend(cases.map(|breach| Row { rule, breach }));
    }
    Ok(Box::new(Check { deadlines, rows }))
}

#[derive(Serialize)]
struct CheckJson<E, R, C> {
    now: Option<Instant>,
    ends: E,
    ends_guessed: bool,
    open_cases: u64,
    rules: R,
    cases: C,
}

#[derive(Serialize)]
struct RuleJson<'a> {
    rule: &'a str,
    severity: &'a str,
    calendar: Option<&'a str>,
    limit: Number,
    kept: u64,
    broken: u64,
    overdue: u64,
    at_risk: u64,
    running: u64,
    missed: u64,
    breach_rate: Option<f64>,
    over_time: Vec<BinJson>,
}

/// Cases that were due from then on: those whose fate is known, and breaches among them.
#[derive(Serialize)]
struct BinJson {
    start: Instant,
    known: u64,
    broken: u64,
}

#[derive(Serialize)]
struct CaseJson<'a> {
    rule: &'a str,
    case: &'a str,
    state: &'static str,
    open: bool,
    elapsed: Number,
    over: Number,
    since: Instant,
    due: Option<Instant>,
    last_activity: &'a str,
    last_time: Instant,
}

impl Check {
    fn rule(&self, row: &Row) -> &RuleRow {
        &self.deadlines.rules[row.rule]
    }

    fn rules(&self) -> Table<'_> {
        let mut columns = vec![Column::text("rule"), Column::text("severity")];
        let figures = [
            "limit", "kept", "broken", "overdue", "at risk", "running", "missed", "rate",
        ];
        columns.extend(figures.map(Column::figure));
        Table::new(columns, &self.deadlines.rules, |rule| {
            let mut cells: Vec<Cell<'_>> = vec![
                rule.name.as_str().into(),
                rule.severity.as_str().into(),
                time(rule, rule.limit),
            ];
            cells.extend(rule.states.map(Cell::from));
            cells.push(rule.rate().map_or(Cell::Missing, Cell::Share));
            cells
        })
    }
}

/// Time that counts for a rule.
fn time(rule: &RuleRow, seconds: f64) -> Cell<'static> {
    match rule.calendar {
        Some(_) => Cell::Working(seconds),
        None => Cell::Seconds(seconds),
    }
}

impl Report for Check {
    fn json(&self) -> Box<dyn Json + '_> {
        let deadlines = &self.deadlines;
        Box::new(CheckJson {
            now: deadlines.now.map(Instant),
            ends: list(&deadlines.ending.ends, ToString::to_string),
            ends_guessed: deadlines.ending.guess.is_some(),
            open_cases: deadlines.ending.open,
            rules: list(&deadlines.rules, |rule| RuleJson {
                rule: &rule.name,
                severity: &rule.severity,
                calendar: rule.calendar.as_deref(),
                limit: Number(rule.limit),
                kept: rule.n(State::Kept),
                broken: rule.n(State::Broken),
                overdue: rule.n(State::Overdue),
                at_risk: rule.n(State::AtRisk),
                running: rule.n(State::Running),
                missed: rule.n(State::Missed),
                breach_rate: rule.rate(),
                over_time: rule
                    .over_time
                    .iter()
                    .map(|bin| BinJson {
                        start: Instant(bin.start),
                        known: bin.known,
                        broken: bin.broken,
                    })
                    .collect(),
            }),
            cases: list(&self.rows, |row| {
                let rule = self.rule(row);
                CaseJson {
                    rule: &rule.name,
                    case: &row.breach.case,
                    state: row.breach.state.word(),
                    open: row.breach.open,
                    elapsed: Number(row.breach.elapsed),
                    over: Number(row.breach.elapsed - rule.limit),
                    since: Instant(row.breach.since),
                    due: row.breach.due.map(Instant),
                    last_activity: &row.breach.last,
                    last_time: Instant(row.breach.last_at),
                }
            }),
        })
    }

    fn heading(&self) -> String {
        let broken: u64 = self.deadlines.rules.iter().map(RuleRow::broken).sum();
        let broken = text::counted(broken, "breach", "breaches");
        format!(
            "{broken}; {}",
            text::safe(&self.deadlines.ending.in_words())
        )
    }

    fn list(&self) -> Table<'_> {
        let columns = vec![
            Column::text("rule"),
            Column::fixed("case"),
            Column::fixed("state"),
            Column::figure("elapsed"),
            Column::figure("over"),
            Column::figure("due"),
            Column::text("last activity"),
            Column::figure("at"),
        ];
        Table::new(columns, &self.rows, |row| {
            let rule = self.rule(row);
            let over = row.breach.elapsed - rule.limit;
            vec![
                rule.name.as_str().into(),
                row.breach.case.as_str().into(),
                row.breach.state.word().into(),
                time(rule, row.breach.elapsed),
                time(rule, over),
                Cell::instant(row.breach.due),
                row.breach.last.as_ref().into(),
                Cell::instant(Some(row.breach.last_at)),
            ]
        })
    }

    fn tables(&self) -> Vec<Table<'_>> {
        let mut tables = vec![self.rules()];
        if !self.rows.is_empty() {
            tables.push(self.list());
        }
        tables
    }

    fn is_broken(&self) -> bool {
        self.deadlines.rules.iter().any(|rule| rule.broken() > 0)
    }
}
