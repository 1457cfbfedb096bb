//! What waits for each activity or resource, for how long, and whether that grows.

use super::flow::{EndingJson, heading};
use super::{Ask, Made, Report, Spec, mismatch};
use crate::cli::json::{Instant, Json, Number, list};
use crate::cli::table::{Cell, Column, Table};
use crate::engine::{Answer, Ending, QueueBy, QueueKey, QueueRow, Request};
use clap::{ArgMatches, Args, Command, FromArgMatches, ValueEnum};
use serde::Serialize;
use std::collections::HashMap;

pub(super) const SPEC: Spec = Spec {
    name: "queues",
    about: "What waits for each activity or resource, most waiting first",
    options,
    make,
};

#[derive(Args)]
struct Options {
    /// Whose queues
    #[arg(
        long,
        value_name = "KIND",
        default_value = "activity",
        help_heading = "Rows"
    )]
    by: By,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum By {
    Activity,
    Resource,
}

fn options(command: Command) -> Command {
    Options::augment_args(command)
}

struct Shown {
    selection: String,
    by: By,
    /// Which cases are open.
    ending: Ending,
    total: usize,
    /// Each with its greatest length and the instant of that.
    rows: Vec<(QueueRow, Option<(u64, i64)>)>,
}

fn make(ask: &Ask<'_>, matches: &ArgMatches) -> Made {
    let options = Options::from_arg_matches(matches).map_err(|_| mismatch())?;
    let by = match options.by {
        By::Activity => QueueBy::Activity,
        By::Resource => QueueBy::Resource,
    };
    let request = Request::Queues {
        by,
        listing: ask.listing(QueueKey::Total, true),
    };
    let Answer::Queues(queues) = ask.answer(&request)? else {
        return Err(mismatch());
    };
    let request = Request::LongestQueues { by, name: None };
    let Answer::LongestQueues(longest) = ask.answer(&request)? else {
        return Err(mismatch());
    };
    let longest: HashMap<String, _> = longest.into_iter().collect();
    let rows = queues.rows.rows.into_iter().map(|row| {
        let longest = longest.get(&*row.name).copied().flatten();
        (row, longest)
    });
    let rows = rows.collect();
    Ok(Box::new(Shown {
        selection: ask.selection()?,
        by: options.by,
        ending: queues.ending,
        total: queues.rows.total,
        rows,
    }))
}

impl Shown {
    fn by(&self) -> &'static str {
        match self.by {
            By::Activity => "activity",
            By::Resource => "resource",
        }
    }
}

#[derive(Serialize)]
struct QueuesJson<'a, L> {
    by: &'static str,
    total: usize,
    #[serde(flatten)]
    ending: EndingJson<'a>,
    queues: L,
}

#[derive(Serialize)]
struct QueueJson<'a> {
    name: &'a str,
    count: u64,
    waiting: WaitingJson,
    share: f64,
    length: LengthJson,
}

#[derive(Serialize)]
struct WaitingJson {
    mean: Number,
    median: Number,
    p90: Number,
    max: Number,
    total: Number,
}

#[derive(Serialize)]
struct LengthJson {
    mean: Number,
    longest: u64,
    longest_at: Option<Instant>,
    last_quarter: Number,
    quarter_before: Number,
    growth: Number,
    growth_share: Option<Number>,
}

impl Report for Shown {
    fn json(&self) -> Box<dyn Json + '_> {
        Box::new(QueuesJson {
            by: self.by(),
            total: self.total,
            ending: EndingJson::of(&self.ending),
            queues: list(&self.rows, |(row, longest)| QueueJson {
                name: &row.name,
                count: row.waiting.n,
                waiting: WaitingJson {
                    mean: Number(row.waiting.mean),
                    median: Number(row.waiting.median),
                    p90: Number(row.waiting.p90),
                    max: Number(row.waiting.max),
                    total: Number(row.waiting.total),
                },
                share: row.share,
                length: LengthJson {
                    mean: Number(row.mean),
                    longest: longest.map_or(0, |l| l.0),
                    longest_at: longest.map(|l| Instant(l.1)),
                    last_quarter: Number(row.recent),
                    quarter_before: Number(row.before),
                    growth: Number(row.growth()),
                    growth_share: row.relative_growth().map(Number),
                },
            }),
        })
    }

    fn heading(&self) -> String {
        heading(&self.selection, &self.ending)
    }

    fn list(&self) -> Table<'_> {
        let mut columns = vec![Column::text(self.by())];
        let figures = [
            "count",
            "total",
            "share",
            "mean",
            "median",
            "p90",
            "mean_length",
            "longest",
            "last_quarter",
            "growth",
        ];
        columns.extend(figures.map(Column::figure));
        Table::new(columns, &self.rows, |(row, longest)| {
            vec![
                row.name.as_ref().into(),
                row.waiting.n.into(),
                Cell::Seconds(row.waiting.total),
                Cell::Share(row.share),
                Cell::Seconds(row.waiting.mean),
                Cell::Seconds(row.waiting.median),
                Cell::Seconds(row.waiting.p90),
                Cell::Number(row.mean),
                longest.map_or(0, |l| l.0).into(),
                Cell::Number(row.recent),
                Cell::Number(row.growth()),
            ]
        })
    }

    fn total(&self) -> Option<usize> {
        Some(self.total)
    }
}
