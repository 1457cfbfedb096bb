//! Who does the work.

use super::{Ask, Report, Spec, mismatch, no_options};
use crate::cli::failure::Failure;
use crate::cli::json::{Json, List};
use crate::cli::table::{Column, Table};
use crate::engine::{Answer, Request, ResourceKey, ResourceRow, Rows};
use clap::ArgMatches;
use serde::Serialize;

pub(super) const SPEC: Spec = Spec {
    name: "resources",
    about: "Who does the work: events, cases and activities of each resource",
    options: no_options,
    make,
};

struct Resources {
    selection: String,
    rows: Rows<ResourceRow>,
}

fn make(ask: &Ask<'_>, _: &ArgMatches) -> Result<Box<dyn Report>, Failure> {
    let request = Request::Resources(ask.listing(ResourceKey::Events, true));
    let Answer::Resources(rows) = ask.answer(&request)? else {
        return Err(mismatch());
    };
    let mut selection = ask.selection()?;
    if ask.info().resource.is_none() {
        selection.push_str("; the log has no resource (--resource COL names its column)");
    }
    Ok(Box::new(Resources { selection, rows }))
}

#[derive(Serialize)]
struct ResourcesJson<L> {
    resources: L,
}

#[derive(Serialize)]
struct ResourceJson<'a> {
    resource: &'a str,
    events: u64,
    cases: u64,
    activities: u64,
}

impl Report for Resources {
    fn json(&self) -> Box<dyn Json + '_> {
        Box::new(ResourcesJson {
            resources: List(&self.rows.rows, |row: &ResourceRow| ResourceJson {
                resource: &row.resource,
                events: row.events,
                cases: row.cases,
                activities: row.activities,
            }),
        })
    }

    fn heading(&self) -> String {
        self.selection.clone()
    }

    fn list(&self) -> Table<'_> {
        let columns = vec![
            Column::text("resource"),
            Column::figure("events"),
            Column::figure("cases"),
            Column::figure("activities"),
        ];
        Table::new(columns, &self.rows.rows, |row| {
            vec![
                row.resource.as_ref().into(),
                row.events.into(),
                row.cases.into(),
                row.activities.into(),
            ]
        })
    }

    fn total(&self) -> Option<usize> {
        Some(self.rows.total)
    }
}
