//! The matrix of handovers: who passes on to whom, for the actors of most handovers.

use super::known;
use crate::engine::query::{Context, Query};
use crate::engine::view::AskError;
use crate::filter::{Expr, Field};
use crate::metrics::handovers::Pair;
use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::Arc;

/// The matrix of handovers.
#[derive(Debug, Clone, PartialEq)]
pub struct MatrixQuery {
    /// Column of the actors.
    pub by: Field,
    /// Number of actors that have a row and a column of their own, at most; the others share one.
    pub most: usize,
    /// Computes the median times of the handovers between actors with rows of their own, too.
    pub times: bool,
}

/// The matrix of handovers.
#[derive(Debug, Clone, PartialEq)]
pub struct Matrix {
    /// Names of the rows, which are those of the columns, too: most handovers from and to the actor first,
    /// then by name.
    pub names: Vec<Arc<str>>,
    /// Number of actors that share the last row and column; 0 where each has its own.
    pub others: u64,
    /// Number of handovers.
    pub handovers: u64,
    /// Cells row by row: from the actor of the row to that of the column.
    pub cells: Vec<Vec<HandoverCell>>,
}

/// Handovers from one actor to another; of an actor to itself, the steps that it kept.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct HandoverCell {
    /// Number of steps.
    pub count: u64,
    /// Number of cases with one; `None` for the cells of others, and for steps that were kept.
    pub cases: Option<u64>,
    /// Median time, seconds; `None` where it is not asked for, without steps, for the cells of others and
    /// for steps that were kept.
    pub median: Option<f64>,
    /// Filter of the cases; `None` for the cells of others.
    pub filter: Option<Expr>,
}

impl Query for MatrixQuery {
    type Answer = Matrix;

    fn run(&self, context: &Context<'_>) -> Result<Matrix, AskError> {
        let selected = context.selected()?;
        let known = known(&selected, &self.by, context)?;
        let passed = &known.found.passed;
        // Those that have no part in a handover have no row.
        let weight = |actor: usize| passed[actor].handed + passed[actor].received;
        let mut actors: Vec<usize> = (0..passed.len()).filter(|at| weight(*at) > 0).collect();
        actors.sort_by_key(|&at| (Reverse(weight(at)), Arc::clone(&known.names[at])));
        let own = actors.len().min(self.most);
        let others = (actors.len() - own) as u64;
        let size = own + usize::from(others > 0);
        let places: HashMap<usize, usize> = actors.iter().copied().zip(0..).collect();
        let place = |actor: usize| places.get(&actor).map_or(own, |at| (*at).min(own));
        let mut cells = vec![vec![HandoverCell::default(); size]; size];
        for of in &known.found.pairs {
            let cell = &mut cells[place(of.pair.0)][place(of.pair.1)];
            cell.count += of.count;
            cell.cases = Some(of.cases);
        }
        for (row, &actor) in actors.iter().take(own).enumerate() {
            cells[row][row].count = passed[actor].kept;
        }
        let name = |at: usize| &*known.names[actors[at]];
        for (row, column) in (0..own).flat_map(|row| (0..own).map(move |column| (row, column))) {
            let cell = &mut cells[row][column];
            cell.filter =
                (cell.count > 0).then(|| Expr::handover(self.by.clone(), name(row), name(column)));
        }
        if others > 0 {
            // A case may have handovers of several of them.
            let of_others = |at: usize| (0..size).flat_map(move |i| [(at, i), (i, at)]);
            for (row, column) in of_others(own) {
                cells[row][column].cases = None;
            }
        }
        if self.times {
            let pairs = known.pairs.iter().copied();
            let asked: Vec<Pair> = pairs
                .filter(|pair| place(pair.0) < own && place(pair.1) < own)
                .collect();
            let times = known.times(&selected, &asked, context)?;
            for (pair, times) in asked.iter().zip(times) {
                let cell = &mut cells[place(pair.0)][place(pair.1)];
                cell.median = times.map(|times| times.median);
            }
        }
        Ok(Matrix {
            names: actors
                .iter()
                .take(own)
                .map(|&at| Arc::clone(&known.names[at]))
                .collect(),
            others,
            handovers: known.found.handovers,
            cells,
        })
    }
}
