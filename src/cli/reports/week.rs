//! When in the week things happen: by weekday and hour of the zone of `--tz`.

use super::flow::{EndingJson, heading};
use super::{Report, ReportContext, ReportResult, Spec, no_options, paired};
use crate::cli::json::{Json, Number, list};
use crate::cli::table::{Cell, Column, Table};
use crate::engine::{Charted, HOURS, Week, WeekQuery};
use crate::text::time::WEEKDAYS;
use clap::ArgMatches;
use serde::Serialize;

pub(super) const SPEC: Spec = Spec {
    name: "week",
    about: "Arrivals, completions, events and waiting by weekday and hour (of --tz)",
    options: no_options,
    make,
    versus: Ok(|ask, _| paired::of(ask, Charted::Week)),
};

struct WeekReport {
    selection: String,
    week: Week,
    /// Hour of the week; 0 is Monday's first.
    hours: Vec<usize>,
}

fn make(ask: &ReportContext<'_>, _: &ArgMatches) -> ReportResult {
    let week = ask.answer(&WeekQuery { medians: true })?;
    Ok(Box::new(WeekReport {
        selection: ask.selection()?,
        week,
        hours: (0..HOURS).collect(),
    }))
}

#[derive(Serialize)]
struct WeekJson<'a, L> {
    zone: &'a str,
    #[serde(flatten)]
    ending: EndingJson<'a>,
    hours: L,
}

#[derive(Serialize)]
struct HourJson {
    weekday: &'static str,
    hour: usize,
    arrivals: u64,
    completions: u64,
    events: u64,
    begun: u64,
    waiting_total: Number,
    waiting_median: Option<Number>,
}

impl Report for WeekReport {
    fn json(&self) -> Box<dyn Json + '_> {
        Box::new(WeekJson {
            zone: &self.week.zone,
            ending: EndingJson::of(&self.week.ending),
            hours: list(&self.hours, |&at| {
                let cell = &self.week.cells[at];
                HourJson {
                    weekday: WEEKDAYS[at / 24],
                    hour: at % 24,
                    arrivals: cell.arrivals,
                    completions: cell.completions,
                    events: cell.events,
                    begun: cell.begun,
                    waiting_total: Number(cell.waiting),
                    waiting_median: cell.median.map(Number),
                }
            }),
        })
    }

    fn heading(&self) -> String {
        let heading = heading(&self.selection, &self.week.ending);
        format!("{heading}; hours of {}", self.week.zone)
    }

    fn list(&self) -> Table<'_> {
        let mut columns = vec![Column::fixed("weekday")];
        let figures = [
            "hour",
            "arrivals",
            "completions",
            "events",
            "begun",
            "waiting_total",
            "waiting_median",
        ];
        columns.extend(figures.map(Column::figure));
        Table::new(columns, &self.hours, |&at| {
            let cell = &self.week.cells[at];
            vec![
                WEEKDAYS[at / 24].into(),
                ((at % 24) as u64).into(),
                cell.arrivals.into(),
                cell.completions.into(),
                cell.events.into(),
                cell.begun.into(),
                Cell::Seconds(cell.waiting),
                Cell::seconds(cell.median),
            ]
        })
    }
}
