//! Prediction of open cases by the cases that ended: what is learned once for a log, and what it says
//! about open cases and about those of a test.
//!
//! From the bottom: the clocks of `deadlines`, the `model` of one training set, its `choices` by the last
//! part of the training cases, the `open` cases, and the `predictor` of a log with all of it.

mod choices;
mod deadlines;
mod model;
mod open;
mod predictor;

pub use choices::ByChoice;
pub use deadlines::{Clocks, Odds, are_weighted};
pub use model::{Model, TrainingSet};
pub use open::{OpenCase, Tried};
pub use predictor::{Basing, LEAST_TRAINING, Learned, Predictor, too_few};
