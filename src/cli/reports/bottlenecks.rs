//! Where cases wait: steps, activities and resources, ranked.

use super::{Ask, DurationsAndTotal, Made, Report, Spec, mismatch, stats_cells};
use crate::cli::failure::Failure;
use crate::cli::json::{Json, Number, list};
use crate::cli::table::{Cell, Column, Table};
use crate::engine::{Answer, BottleneckKey, BottleneckQuery, BottleneckRow, Gain, Kind, Request};
use clap::{Arg, ArgAction, ArgMatches, Command, ValueEnum};
use serde::Serialize;

pub(super) const SPEC: Spec = Spec {
    name: "bottlenecks",
    about: "Where cases wait, by total, p90, growth or breaches; what less waiting would gain",
    options,
    make,
};

/// What is ranked.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum By {
    /// Steps from one activity to the next
    Step,
    /// Activities
    Activity,
    /// Resources
    Resource,
}

/// By which figure.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Sort {
    /// Sum of the waits
    Total,
    /// Median wait
    Median,
    /// 90th percentile of the wait
    P90,
    /// Growth of the mean wait, last quarter of the time against the one before
    Growth,
    /// Breaches of deadlines of which it was the longest wait
    Breaches,
}

fn options(command: Command) -> Command {
    let by = Arg::new("by").long("by").value_name("WHAT");
    let by = by.value_parser(clap::value_parser!(By));
    let sort = Arg::new("sort").long("sort").value_name("FIGURE");
    let sort = sort.value_parser(clap::value_parser!(Sort));
    let gain = Arg::new("gain").long("gain").action(ArgAction::SetTrue);
    command
        .arg(by.help("What is ranked [default: step]"))
        .arg(sort.help("Largest first [default: total]"))
        .arg(gain.help("Tell what cutting each wait to its 25th percentile would gain"))
}

struct Bottlenecks {
    selection: String,
    kind: Kind,
    total: usize,
    /// With the gain of each, where that was asked for.
    rows: Vec<(BottleneckRow, Option<Gain>)>,
    gains: bool,
}

fn make(ask: &Ask<'_>, matches: &ArgMatches) -> Made {
    let kind = match matches.get_one("by") {
        None | Some(By::Step) => Kind::Step,
        Some(By::Activity) => Kind::Activity,
        Some(By::Resource) => Kind::Resource,
    };
    if kind == Kind::Resource && ask.info().resource.is_none() {
        return Err(Failure::usage(
            "the log has no resource (--resource COL names its column)",
        ));
    }
    let sort = match matches.get_one("sort") {
        None | Some(Sort::Total) => BottleneckKey::Total,
        Some(Sort::Median) => BottleneckKey::Median,
        Some(Sort::P90) => BottleneckKey::P90,
        Some(Sort::Growth) => BottleneckKey::Growth,
        Some(Sort::Breaches) => BottleneckKey::Breaches,
    };
    let request = Request::Bottlenecks(kind, ask.listing(sort, true));
    let Answer::Bottlenecks(rows) = ask.answer(&request)? else {
        return Err(mismatch());
    };
    let gain = |row: &BottleneckRow| {
        let query = BottleneckQuery {
            kind,
            names: row.names.iter().map(ToString::to_string).collect(),
            time_bins: 1,
            duration_bins: 1,
        };
        match ask.answer(&Request::Bottleneck(query))? {
            Answer::Bottleneck(detail) => Ok(detail.gain),
            _ => Err(mismatch()),
        }
    };
    let gains = matches.get_flag("gain");
    let mut with_gains = Vec::with_capacity(rows.rows.len());
    for row in rows.rows {
        let gain = if gains { gain(&row)? } else { None };
        with_gains.push((row, gain));
    }
    Ok(Box::new(Bottlenecks {
        selection: ask.selection()?,
        kind,
        total: rows.total,
        rows: with_gains,
        gains,
    }))
}

#[derive(Serialize)]
struct BottlenecksJson<L> {
    total: usize,
    bottlenecks: L,
}

#[derive(Serialize)]
struct BottleneckJson<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    activity: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resource: Option<&'a str>,
    count: u64,
    cases: u64,
    share: f64,
    growth: Option<f64>,
    breaches: u64,
    wait: DurationsAndTotal,
    #[serde(skip_serializing_if = "Option::is_none")]
    gain: Option<GainJson>,
}

#[derive(Serialize)]
struct GainJson {
    p25: Number,
    median_duration: Number,
    median_duration_then: Number,
    cases: u64,
    saved: Number,
}

impl Bottlenecks {
    fn names(&self) -> &'static [&'static str] {
        match self.kind {
            Kind::Step => &["from", "to"],
            Kind::Activity => &["activity"],
            Kind::Resource => &["resource"],
        }
    }
}

impl Report for Bottlenecks {
    fn json(&self) -> Box<dyn Json + '_> {
        let names = self.names();
        let rows = list(&self.rows, move |(row, gain)| {
            let of = |name: &str| {
                let at = names.iter().position(|n| *n == name)?;
                row.names.get(at).map(|name| &**name)
            };
            BottleneckJson {
                from: of("from"),
                to: of("to"),
                activity: of("activity"),
                resource: of("resource"),
                count: row.wait.n,
                cases: row.cases,
                share: row.share,
                growth: row.growth,
                breaches: row.breaches,
                wait: (&row.wait).into(),
                gain: gain.as_ref().map(|gain| GainJson {
                    p25: Number(gain.p25),
                    median_duration: Number(gain.median),
                    median_duration_then: Number(gain.cut),
                    cases: gain.cases,
                    saved: Number(gain.saved),
                }),
            }
        });
        Box::new(BottlenecksJson {
            total: self.total,
            bottlenecks: rows,
        })
    }

    fn heading(&self) -> String {
        self.selection.clone()
    }

    fn list(&self) -> Table<'_> {
        let names = self.names().iter().map(|name| Column::text(*name));
        let mut columns: Vec<Column<'_>> = names.collect();
        let figures = [
            "count", "mean", "median", "p90", "total", "share", "growth", "breaches",
        ];
        columns.extend(figures.map(Column::figure));
        if self.gains {
            columns.extend(["p25", "median case", "then"].map(Column::figure));
        }
        Table::new(columns, &self.rows, |(row, gain)| {
            let names = row.names.iter().map(|name| Cell::from(name.as_ref()));
            let mut cells: Vec<Cell<'_>> = names.collect();
            cells.push(row.wait.n.into());
            cells.extend(stats_cells(Some(&row.wait)));
            cells.extend([
                Cell::Share(row.share),
                row.growth.map_or(Cell::Missing, Cell::Growth),
                row.breaches.into(),
            ]);
            if self.gains {
                let figure = |f: fn(&Gain) -> f64| Cell::seconds(gain.as_ref().map(f));
                cells.extend([figure(|g| g.p25), figure(|g| g.median), figure(|g| g.cut)]);
            }
            cells
        })
    }

    fn total(&self) -> Option<usize> {
        Some(self.total)
    }
}
