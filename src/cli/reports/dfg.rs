//! What directly follows what, how often, and how long that takes.

use super::{Ask, DurationsAndTotal, Made, Report, Spec, mismatch, no_options, stats_cells};
use crate::cli::json::{Json, list};
use crate::cli::table::{Column, Table};
use crate::engine::{Answer, EdgeKey, EdgeRow, Request, Rows};
use clap::ArgMatches;
use serde::Serialize;

pub(super) const SPEC: Spec = Spec {
    name: "dfg",
    about: "What directly follows what, how often, the time between them",
    options: no_options,
    make,
};

struct Dfg {
    selection: String,
    instances: bool,
    rows: Rows<EdgeRow>,
}

fn make(ask: &Ask<'_>, _: &ArgMatches) -> Made {
    let request = Request::Edges(ask.listing(EdgeKey::Count, true));
    let Answer::Edges(rows) = ask.answer(&request)? else {
        return Err(mismatch());
    };
    Ok(Box::new(Dfg {
        selection: ask.selection()?,
        instances: ask.info().instances,
        rows,
    }))
}

#[derive(Serialize)]
struct DfgJson<L> {
    edges: L,
}

#[derive(Serialize)]
struct EdgeJson<'a> {
    from: &'a str,
    to: &'a str,
    count: u64,
    cases: u64,
    elapsed: DurationsAndTotal,
    #[serde(flatten)]
    times: Option<Waiting>,
}

/// What only activity instances have.
#[derive(Serialize)]
struct Waiting {
    waiting: Option<DurationsAndTotal>,
}

impl Report for Dfg {
    fn json(&self) -> Box<dyn Json + '_> {
        Box::new(DfgJson {
            edges: list(&self.rows.rows, |row| EdgeJson {
                from: &row.from,
                to: &row.to,
                count: row.count,
                cases: row.cases,
                elapsed: DurationsAndTotal::from(&row.elapsed),
                times: self.instances.then(|| Waiting {
                    waiting: row.waiting.as_ref().map(Into::into),
                }),
            }),
        })
    }

    fn heading(&self) -> String {
        self.selection.clone()
    }

    fn list(&self) -> Table<'_> {
        let mut columns = vec![Column::text("from"), Column::text("to")];
        columns.extend(["count", "cases", "mean", "median", "p90", "total"].map(Column::figure));
        if self.instances {
            let figures = ["mean", "median", "p90", "total"];
            columns.extend(figures.map(|figure| Column::figure(format!("waiting_{figure}"))));
        }
        Table::new(columns, &self.rows.rows, |row| {
            let mut cells = vec![
                row.from.as_ref().into(),
                row.to.as_ref().into(),
                row.count.into(),
                row.cases.into(),
            ];
            cells.extend(stats_cells(Some(&row.elapsed)));
            if self.instances {
                cells.extend(stats_cells(row.waiting.as_ref()));
            }
            cells
        })
    }

    fn total(&self) -> Option<usize> {
        Some(self.rows.total)
    }
}
