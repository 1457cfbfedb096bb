//! Evaluates tests of events: to the cases that have such an event, or to the events themselves.
//! What depends on a dictionary is decided once an entry; the rest is one pass over a column.

use super::field::EventTest;
use super::value::TextTest;
use crate::event_log::{
    Codes, Column, ColumnData, Dictionary, EventLog, Level, NO_INSTANT,
};
use crate::index::CaseSet;
use rayon::prelude::*;

/// A test of rows, ready to be evaluated.
enum Rows<'a> {
    /// A row passes if its code does.
    Codes(&'a Codes, Vec<bool>),
    /// A row passes if its number does.
    Numbers(&'a [f64], &'a (dyn Fn(f64) -> bool + Sync)),
    /// A row passes if its instant does.
    Instants(&'a [i64], &'a (dyn Fn(i64) -> bool + Sync)),
}
