//! The different ways through the process, most frequent first.

use super::{Ask, Durations, Made, Report, Spec, mismatch, no_options, stats_cells};
use crate::cli::json::{Json, list};
use crate::cli::table::{Cell, Column, Table};
use crate::engine::{Answer, Request, Rows, VariantKey, VariantRow};
use clap::ArgMatches;
use serde::Serialize;

pub(super) const SPEC: Spec = Spec {
    name: "variants",
    about: "The different ways that cases take, most frequent first",
    options: no_options,
    make,
};

struct Variants {
    selection: String,
    rows: Rows<VariantRow>,
}

fn make(ask: &Ask<'_>, _: &ArgMatches) -> Made {
    let request = Request::Variants(ask.listing(VariantKey::Cases, true));
    let Answer::Variants(rows) = ask.answer(&request)? else {
        return Err(mismatch());
    };
    let selection = ask.selection()?;
    Ok(Box::new(Variants { selection, rows }))
}

#[derive(Serialize)]
struct VariantsJson<L> {
    total: usize,
    variants: L,
}

#[derive(Serialize)]
struct VariantJson<'a> {
    rank: u32,
    cases: u64,
    share: f64,
    activities: Vec<&'a str>,
    duration: Durations,
}

impl Report for Variants {
    fn json(&self) -> Box<dyn Json + '_> {
        Box::new(VariantsJson {
            total: self.rows.total,
            variants: list(&self.rows.rows, |row| VariantJson {
                rank: row.rank,
                cases: row.cases,
                share: row.share,
                activities: row.activities.iter().map(AsRef::as_ref).collect(),
                duration: Durations::from(&row.duration),
            }),
        })
    }

    fn heading(&self) -> String {
        self.selection.clone()
    }

    fn list(&self) -> Table<'_> {
        let columns = vec![
            Column::figure("rank"),
            Column::figure("cases"),
            Column::figure("share"),
            Column::figure("mean"),
            Column::figure("median"),
            Column::figure("p90"),
            Column::text("activities"),
        ];
        Table::new(columns, &self.rows.rows, |row| {
            let [mean, median, p90, _] = stats_cells(Some(&row.duration));
            vec![
                u64::from(row.rank).into(),
                row.cases.into(),
                Cell::Share(row.share),
                mean,
                median,
                p90,
                row.activities.join(" -> ").into(),
            ]
        })
    }

    fn total(&self) -> Option<usize> {
        Some(self.rows.total)
    }
}
