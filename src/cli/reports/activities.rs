//! The activities: how often, where cases start and end, what is done twice; of instances also how
//! long they take and how long they wait.

use super::{Ask, DurationsAndTotal, Made, Report, Spec, mismatch, no_options, stats_cells};
use crate::cli::json::{Json, list};
use crate::cli::table::{Column, Table};
use crate::engine::{ActivityKey, ActivityRow, Answer, Request, Rows};
use clap::ArgMatches;
use serde::Serialize;

pub(super) const SPEC: Spec = Spec {
    name: "activities",
    about: "The activities: how often, starts, ends, rework, service, waiting",
    options: no_options,
    make,
};

struct Activities {
    selection: String,
    instances: bool,
    rows: Rows<ActivityRow>,
}

fn make(ask: &Ask<'_>, _: &ArgMatches) -> Made {
    let request = Request::Activities(ask.listing(ActivityKey::Events, true));
    let Answer::Activities(rows) = ask.answer(&request)? else {
        return Err(mismatch());
    };
    Ok(Box::new(Activities {
        selection: ask.selection()?,
        instances: ask.info().instances,
        rows,
    }))
}

#[derive(Serialize)]
struct ActivitiesJson<L> {
    activities: L,
}

#[derive(Serialize)]
struct ActivityJson<'a> {
    activity: &'a str,
    events: u64,
    cases: u64,
    starts: u64,
    ends: u64,
    rework_cases: u64,
    #[serde(flatten)]
    times: Option<Times>,
}

/// What only activity instances have.
#[derive(Serialize)]
struct Times {
    service: Option<DurationsAndTotal>,
    /// Of a log where some instance was suspended.
    #[serde(skip_serializing_if = "Option::is_none")]
    active: Option<DurationsAndTotal>,
    waiting: Option<DurationsAndTotal>,
}

impl Report for Activities {
    fn json(&self) -> Box<dyn Json + '_> {
        Box::new(ActivitiesJson {
            activities: list(&self.rows.rows, |row| ActivityJson {
                activity: &row.activity,
                events: row.events,
                cases: row.cases,
                starts: row.starts,
                ends: row.ends,
                rework_cases: row.rework_cases,
                times: self.instances.then(|| Times {
                    service: row.service.as_ref().map(Into::into),
                    active: row.active.as_ref().map(Into::into),
                    waiting: row.waiting.as_ref().map(Into::into),
                }),
            }),
        })
    }

    fn heading(&self) -> String {
        self.selection.clone()
    }

    fn list(&self) -> Table<'_> {
        let suspended = self.rows.rows.iter().any(|row| row.active.is_some());
        let mut columns = vec![Column::text("activity")];
        let figures = ["events", "cases", "starts", "ends", "rework_cases"];
        columns.extend(figures.map(Column::figure));
        if self.instances {
            let of_instances = ["service", "active", "waiting"].into_iter();
            for of in of_instances.filter(|&of| of != "active" || suspended) {
                let figures = ["mean", "median", "p90", "total"];
                columns.extend(figures.map(|figure| Column::figure(format!("{of}_{figure}"))));
            }
        }
        Table::new(columns, &self.rows.rows, move |row| {
            let mut cells = vec![
                row.activity.as_ref().into(),
                row.events.into(),
                row.cases.into(),
                row.starts.into(),
                row.ends.into(),
                row.rework_cases.into(),
            ];
            if self.instances {
                cells.extend(stats_cells(row.service.as_ref()));
                if suspended {
                    cells.extend(stats_cells(row.active.as_ref()));
                }
                cells.extend(stats_cells(row.waiting.as_ref()));
            }
            cells
        })
    }

    fn total(&self) -> Option<usize> {
        Some(self.rows.total)
    }
}
