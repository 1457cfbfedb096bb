//! Models discovered from cases, as figures or as files of PNML, BPMN and Mermaid.

use crate::cli::args::Format;
use crate::cli::failure::Failure;
use crate::cli::json::{Json, Number};
use crate::cli::reports::{Report, ReportContext};
use crate::cli::table::{Cell, Column, Table};
use crate::engine::{DiscoverQuery, Discovered};
use crate::models::{bpmn, mermaid, write_pnml};
use crate::text::{self, count, counted, percent};
use serde::Serialize;

pub fn make(ask: &ReportContext<'_>, noise: f64) -> Result<Box<dyn Report>, Failure> {
    let found = ask.answer(&DiscoverQuery { noise })?;
    Ok(Box::new(ModelReport {
        selection: ask.selection()?,
        noise,
        found,
    }))
}

struct ModelReport {
    selection: String,
    noise: f64,
    found: Discovered,
}

#[derive(Serialize)]
struct ModelJson<'a> {
    noise: Number,
    places: usize,
    transitions: usize,
    silent: usize,
    tree: &'a str,
    cases: u64,
    aligned_cases: u64,
    fitting: u64,
    fitness: FitnessJson,
}

#[derive(Serialize)]
struct FitnessJson {
    mean: Option<f64>,
    log: Option<f64>,
}

impl Report for ModelReport {
    fn json(&self) -> Box<dyn Json + '_> {
        let (found, net) = (&self.found, &self.found.net);
        Box::new(ModelJson {
            noise: Number(self.noise),
            places: net.places.len(),
            transitions: net.transitions.len(),
            silent: net.silent(),
            tree: &found.tree,
            cases: found.cases,
            aligned_cases: found.aligned_cases,
            fitting: found.fitting,
            fitness: FitnessJson {
                mean: found.mean,
                log: found.log,
            },
        })
    }

    fn heading(&self) -> String {
        let found = &self.found;
        let share = found.fitting as f64 / found.aligned_cases.max(1) as f64;
        format!(
            "{}; {} of {} fit ({}); {}",
            self.selection,
            count(found.fitting),
            counted(found.aligned_cases, "case", "cases"),
            percent(share),
            text::safe(&found.tree)
        )
    }

    fn list(&self) -> Table<'_> {
        let figures = [
            "places",
            "transitions",
            "silent",
            "cases",
            "fitting",
            "fitness_mean",
            "fitness_log",
        ];
        let columns = figures.map(Column::figure).to_vec();
        Table::new(columns, std::slice::from_ref(&self.found), |found| {
            let net = &found.net;
            let sizes = [net.places.len(), net.transitions.len(), net.silent()];
            let mut cells: Vec<Cell<'_>> = sizes.map(|n| Cell::Count(n as u64)).to_vec();
            cells.extend([found.cases, found.fitting].map(Cell::Count));
            let number = |figure: Option<f64>| figure.map_or(Cell::Missing, Cell::Number);
            cells.extend([found.mean, found.log].map(number));
            cells
        })
    }

    fn document(&self, format: Format) -> Option<String> {
        let (diagram, names) = (&self.found.diagram, &self.found.names);
        match format {
            Format::Pnml => Some(write_pnml(&self.found.net)),
            Format::Bpmn => Some(bpmn(diagram, names)),
            Format::Mermaid => Some(mermaid(diagram, names)),
            _ => None,
        }
    }
}
