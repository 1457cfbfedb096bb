//! A model discovered from the cases of a view, and how well they fit it.

use crate::engine::conformance::Asked;
use crate::engine::query::{Context, Query};
use crate::engine::reference::{ConformSpec, NamedModel, Reference};
use crate::engine::selected::Selected;
use crate::engine::view::AskError;
use crate::models::{Diagram, Limits, Net, mine};
use std::sync::Arc;

/// The model of a view.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DiscoverQuery {
    /// Share of the most frequent continuation below which another one is left out where nothing else
    /// gives a structure, 0 to 1. With 0 every case fits.
    pub noise: f64,
    /// True for how well the cases fit, which costs their alignments.
    pub fit: bool,
}

/// A discovered model.
#[derive(Debug, Clone, PartialEq)]
pub struct Discovered {
    /// Its process tree as text.
    pub tree: String,
    /// Its net.
    pub net: Net,
    /// Its diagram; activities are numbers of `names`.
    pub diagram: Diagram,
    /// Names of activities.
    pub names: Vec<Arc<str>>,
    /// Cases of the view.
    pub cases: u64,
    /// Fitness; `None` where it was not asked for.
    pub fit: Option<Fit>,
}

/// Fitness of cases to a model.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fit {
    /// Those whose alignment was found within the usual bounds.
    pub aligned_cases: u64,
    /// Those that fit.
    pub fitting: u64,
    /// Mean fitness of the cases; `None` without cases.
    pub mean: Option<f64>,
    /// One minus the moves by the most that there could be.
    pub log: Option<f64>,
}

impl Query for DiscoverQuery {
    type Answer = Discovered;
    const BYTES_PER_EVENT: u64 = 8;

    fn run(&self, context: &Context<'_>) -> Result<Discovered, AskError> {
        let selected = context.selected()?;
        let (prepared, selection) = (&selected.prepared, selected.selection());
        let variants = &prepared.index.variants;
        let sequences = selection.variants().map(|variant| {
            let cases = u64::from(selection.variant_cases[variant]);
            (variants.sequence(variant).to_vec(), cases)
        });
        let tree = mine(sequences, self.noise, context.cancel)?;
        let net = tree.net(&prepared.names);
        let fit = if self.fit {
            Some(Fit::of(&selected, &net, context)?)
        } else {
            None
        };
        Ok(Discovered {
            tree: tree.text(&prepared.names),
            net,
            diagram: Diagram::of(&tree),
            names: prepared.names.clone(),
            cases: selection.n_cases as u64,
            fit,
        })
    }
}

impl Fit {
    /// Aligns the cases of a view with a net.
    fn of(selected: &Selected, net: &Net, context: &Context<'_>) -> Result<Self, AskError> {
        let (prepared, selection) = (&selected.prepared, selected.selection());
        let spec = ConformSpec {
            reference: Reference::Model(Arc::new(NamedModel {
                name: "discovered model".to_owned(),
                path: String::new(),
                net: net.clone(),
            })),
            ..ConformSpec::default()
        };
        let judge = prepared.judge_by(&spec, context.analysis.zone(), context.cancel)?;
        let n_open = vec![0; selection.variant_cases.len()];
        let asked = Asked::of(selection.variant_cases, &n_open);
        let judged = judge.judge(&prepared.index, &asked, &Limits::default(), context.cancel)?;
        let (mut aligned_cases, mut fitting, mut cost, mut worst) = (0, 0, 0, 0);
        let mut fitness = 0.0;
        for (asked, judgement) in asked.iter().zip(&judged) {
            let cases = u64::from(selection.variant_cases[asked.variant]);
            if let Some((one, most)) = judgement.costs() {
                aligned_cases += cases;
                fitting += if one == 0 { cases } else { 0 };
                cost += cases * u64::from(one);
                worst += cases * most;
                fitness += cases as f64 * judgement.fitness().unwrap_or(1.0);
            }
        }
        let of_cases = |figure: f64| (aligned_cases > 0).then_some(figure);
        Ok(Fit {
            aligned_cases,
            fitting,
            mean: of_cases(fitness / aligned_cases.max(1) as f64),
            log: of_cases(1.0 - cost as f64 / worst.max(1) as f64),
        })
    }
}
