//! Who does the work.

use super::{Ask, Made, Report, Spec, mismatch, no_options};
use crate::cli::json::{Json, list};
use crate::cli::table::{Column, Table};
use crate::engine::{Answer, Request, ResourceKey, ResourceRow, Rows};
use clap::ArgMatches;
use serde::Serialize;

pub(super) const SPEC: Spec = Spec {
    name: "resources",
    about: "Who does the work: events, cases, activities of each",
    options: no_options,
    make,
};

struct Resources {
    selection: String,
    rows: Rows<ResourceRow>,
}

fn make(ask: &Ask<'_>, _: &ArgMatches) -> Made {
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
            resources: list(&self.rows.rows, |row| ResourceJson {
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
