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
    // A model alone needs no alignments, which large ones may not have.
    let fit = !super::DOCUMENTS.contains(&ask.common.printing.format());
    let found = ask.answer(&DiscoverQuery { noise, fit })?;
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
    aligned_cases: Option<u64>,
    fitting: Option<u64>,
    fitness: FitnessJson,
}

#[derive(Serialize)]
struct FitnessJson {
    mean: Option<f64>,
    log: Option<f64>,
}

impl Report for ModelReport {
    fn json(&self) -> Box<dyn Json + '_> {
        let (found, net, fit) = (&self.found, &self.found.net, self.found.fit);
        Box::new(ModelJson {
            noise: Number(self.noise),
            places: net.places.len(),
            transitions: net.transitions.len(),
            silent: net.silent(),
            tree: &found.tree,
            cases: found.cases,
            aligned_cases: fit.map(|fit| fit.aligned_cases),
            fitting: fit.map(|fit| fit.fitting),
            fitness: FitnessJson {
                mean: fit.and_then(|fit| fit.mean),
                log: fit.and_then(|fit| fit.log),
            },
        })
    }

    fn heading(&self) -> String {
        let mut parts = vec![self.selection.clone()];
        parts.extend(self.found.fit.map(|fit| {
            let share = fit.fitting as f64 / fit.aligned_cases.max(1) as f64;
            format!(
                "{} of {} fit ({})",
                count(fit.fitting),
                counted(fit.aligned_cases, "case", "cases"),
                percent(share)
            )
        }));
        parts.push(text::safe(&self.found.tree).into_owned());
        parts.join("; ")
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
            let fitting = found.fit.map(|fit| fit.fitting);
            cells.push(Cell::Count(found.cases));
            cells.push(fitting.map_or(Cell::Missing, Cell::Count));
            let number = |figure: Option<f64>| figure.map_or(Cell::Missing, Cell::Number);
            let fitness = [
                found.fit.and_then(|fit| fit.mean),
                found.fit.and_then(|fit| fit.log),
            ];
            cells.extend(fitness.map(number));
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
