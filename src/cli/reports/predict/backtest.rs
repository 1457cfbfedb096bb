//! The test of predictions on past cases.

use super::{ByJson, by_in_words, by_json};
use crate::cli::json::{Instant, Json};
use crate::cli::reports::{Report, ReportContext, ReportResult};
use crate::cli::table::{Cell, Column, Table};
use crate::engine::{
    Backtest, BacktestPart, BacktestQuery, Basing, LateTest, LeftTest, NextTest, ReliabilityBin,
};
use crate::text::time::exact_instant;
use crate::text::{self, counted};
use chrono_tz::Tz;
use serde::Serialize;

/// Seconds of a day.
const DAY: f64 = 86_400.0;

struct BacktestReport {
    test: Backtest,
    zone: Tz,
}

/// Makes the report.
pub(super) fn make(ask: &ReportContext<'_>, basing: Basing, share: f64) -> ReportResult {
    let test = ask.answer(&BacktestQuery { basing, share })?;
    Ok(Box::new(BacktestReport {
        test,
        zone: ask.info().zone,
    }))
}

#[derive(Serialize)]
struct BacktestJson<'a> {
    cut: Option<Instant>,
    train_cases: u64,
    test_prefixes: u64,
    censored: u64,
    k: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<ByJson<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    accuracy: Option<AccuracyJson>,
    brier: Option<f64>,
    ece: Option<f64>,
    reliability: Vec<BinJson>,
    left: Option<LeftJson>,
    late: Vec<LateJson<'a>>,
    by_length: Vec<PartJson<'a>>,
    by_month: Vec<PartJson<'a>>,
}

#[derive(Serialize)]
struct AccuracyJson {
    model: f64,
    first_order: f64,
    most_frequent: f64,
    top3: f64,
}

#[derive(Serialize)]
struct BinJson {
    from: f64,
    n: u64,
    share: f64,
    hit: f64,
}

#[derive(Serialize)]
struct LeftJson {
    n: u64,
    mae_days: f64,
    median_days: f64,
    constant: f64,
    coverage: f64,
    coverage_margin: f64,
    margin_days: f64,
    width_days: f64,
}

#[derive(Serialize)]
struct LateJson<'a> {
    rule: &'a str,
    auc: Option<f64>,
    brier: Option<f64>,
    n: u64,
}

#[derive(Serialize)]
#[serde(untagged)]
enum WhichJson<'a> {
    Length { from: u64, to: Option<u64> },
    Month { month: &'a str },
}

#[derive(Serialize)]
struct PartJson<'a> {
    #[serde(flatten)]
    which: WhichJson<'a>,
    n: u64,
    accuracy: Option<f64>,
    mae_days: Option<f64>,
    coverage: Option<f64>,
    coverage_margin: Option<f64>,
}

fn accuracy(of: &NextTest) -> AccuracyJson {
    AccuracyJson {
        model: of.model,
        first_order: of.first_order,
        most_frequent: of.most_frequent,
        top3: of.top3,
    }
}

fn bin(of: &ReliabilityBin) -> BinJson {
    BinJson {
        from: of.from,
        n: of.n,
        share: of.share,
        hit: of.hit,
    }
}

fn left(of: &LeftTest) -> LeftJson {
    LeftJson {
        n: of.n,
        mae_days: of.mae / DAY,
        median_days: of.median / DAY,
        constant: of.constant / DAY,
        coverage: of.coverage,
        coverage_margin: of.coverage_margin,
        margin_days: of.margin / DAY,
        width_days: of.width / DAY,
    }
}

fn late(of: &LateTest) -> LateJson<'_> {
    LateJson {
        rule: &of.rule,
        auc: of.auc,
        brier: of.brier,
        n: of.n,
    }
}

fn part(of: &BacktestPart) -> PartJson<'_> {
    PartJson {
        which: if of.month.is_empty() {
            WhichJson::Length {
                from: of.from,
                to: of.to,
            }
        } else {
            WhichJson::Month { month: &of.month }
        },
        n: of.n,
        accuracy: of.accuracy,
        mae_days: of.mae.map(|mae| mae / DAY),
        coverage: of.coverage,
        coverage_margin: of.coverage_margin,
    }
}

impl Report for BacktestReport {
    fn json(&self) -> Box<dyn Json + '_> {
        let test = &self.test;
        Box::new(BacktestJson {
            cut: test.cut.map(Instant),
            train_cases: test.train_cases,
            test_prefixes: test.test_prefixes,
            censored: test.censored,
            k: test.length,
            by: test.by.as_ref().map(by_json),
            reason: test.reason.as_deref(),
            accuracy: test.next.as_ref().map(accuracy),
            brier: test.next.as_ref().map(|next| next.brier),
            ece: test.next.as_ref().map(|next| next.ece),
            reliability: self.bins().iter().map(bin).collect(),
            left: test.left.as_ref().map(left),
            late: test.late.iter().map(late).collect(),
            by_length: test.by_length.iter().map(part).collect(),
            by_month: test.by_month.iter().map(part).collect(),
        })
    }

    fn heading(&self) -> String {
        let test = &self.test;
        if let Some(reason) = &test.reason {
            return format!("nothing was tested: {reason}");
        }
        let cut = test.cut.map_or_else(String::new, |cut| {
            format!(" before {}", exact_instant(cut, self.zone))
        });
        let by = test.by.as_ref().map(by_in_words);
        let by = by.map_or_else(String::new, |by| format!("; {by}"));
        let censored = match test.censored {
            0 => String::new(),
            n => format!("; {} of open cases not for the time left", text::count(n)),
        };
        format!(
            "learned from {} that ended{cut}, tested at {} after that{censored}{by}",
            counted(test.train_cases, "case", "cases"),
            counted(test.test_prefixes, "event", "events"),
        )
    }

    fn list(&self) -> Table<'_> {
        let columns = ["from", "n", "share", "hit"];
        let columns = columns.map(Column::figure).to_vec();
        Table::new(columns, self.bins(), |bin| {
            vec![
                Cell::Share(bin.from),
                bin.n.into(),
                Cell::Share(bin.share),
                Cell::Share(bin.hit),
            ]
        })
    }

    fn tables(&self) -> Vec<Table<'_>> {
        let test = &self.test;
        if test.reason.is_some() {
            return Vec::new();
        }
        let mut tables = vec![self.figures()];
        if !test.late.is_empty() {
            tables.push(self.late());
        }
        tables.push(parts("events so far", &test.by_length));
        tables.push(parts("month", &test.by_month));
        tables.push(self.list());
        tables
    }
}

impl BacktestReport {
    fn bins(&self) -> &[ReliabilityBin] {
        self.test
            .next
            .as_ref()
            .map_or(&[], |next| &next.reliability)
    }

    /// Figures of all events.
    fn figures(&self) -> Table<'_> {
        let mut rows: Vec<(&'static str, Cell<'_>)> = Vec::new();
        if let Some(next) = &self.test.next {
            rows.extend([
                ("next step right", Cell::Share(next.model)),
                ("one activity as context", Cell::Share(next.first_order)),
                ("most frequent step always", Cell::Share(next.most_frequent)),
                ("among the three most probable", Cell::Share(next.top3)),
                ("Brier score", Cell::Number(next.brier)),
                ("calibration error", Cell::Share(next.ece)),
            ]);
        }
        if let Some(left) = &self.test.left {
            rows.extend([
                ("time left off by, mean", Cell::Seconds(left.mae)),
                ("time left off by, median", Cell::Seconds(left.median)),
                ("constant median off by, mean", Cell::Seconds(left.constant)),
                ("within p10 to p90", Cell::Share(left.coverage)),
                (
                    "within them and the margin",
                    Cell::Share(left.coverage_margin),
                ),
                ("margin", Cell::Seconds(left.margin)),
                ("mean width with margin", Cell::Seconds(left.width)),
            ]);
        }
        Table {
            columns: vec![Column::text("figure"), Column::figure("value")],
            n_rows: rows.len(),
            row: Box::new(move |at| vec![rows[at].0.into(), rows[at].1.clone()]),
        }
    }

    fn late(&self) -> Table<'_> {
        let columns = vec![
            Column::text("rule"),
            Column::figure("AUC"),
            Column::figure("Brier"),
            Column::figure("events"),
        ];
        let number = |figure: Option<f64>| figure.map_or(Cell::Missing, Cell::Number);
        Table::new(columns, &self.test.late, move |late| {
            vec![
                late.rule.as_str().into(),
                number(late.auc),
                number(late.brier),
                late.n.into(),
            ]
        })
    }
}

/// Figures of the parts of the events.
fn parts<'a>(name: &'static str, parts: &'a [BacktestPart]) -> Table<'a> {
    let columns = vec![
        Column::fixed(name),
        Column::figure("events"),
        Column::figure("right"),
        Column::figure("off by"),
        Column::figure("within"),
        Column::figure("with margin"),
    ];
    let share = |share: Option<f64>| share.map_or(Cell::Missing, Cell::Share);
    Table::new(columns, parts, move |part| {
        vec![
            part.name().into(),
            part.n.into(),
            share(part.accuracy),
            Cell::seconds(part.mae),
            share(part.coverage),
            share(part.coverage_margin),
        ]
    })
}
