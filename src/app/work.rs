//! Work on threads of its own: opening of logs, and panics as messages.

use super::columns::Columns;
use super::load::{Inspected, LoadError, Logs, Slice};
use crate::engine::{Analysis, Answers};
use crate::event_log::Progress;
use crate::formats::ReadPlan;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// Result of a load.
pub(super) enum Opened {
    /// The log, and how it was read if not by the command line alone.
    Log(Arc<Analysis>, Option<Inspected>),
    /// A log in an engine, and how it is read if not by the command line alone.
    Engine(Arc<dyn Answers>, Option<Inspected>),
    /// A part of a log in an engine, and what reads it.
    Slice(Slice, Arc<Analysis>),
    /// The user is to say first which column is what.
    Ask(Inspected),
}

/// Opens the logs, unless the user has to say something first.
pub(super) fn open(
    logs: &dyn Logs,
    plan: Option<&ReadPlan>,
    progress: Arc<Progress>,
) -> Result<Opened, LoadError> {
    let inspected = match plan {
        Some(_) => None,
        None => match logs.inspect(None, &progress) {
            Ok(inspected) => inspected,
            // One that does not answer is not asked again.
            Err(error) if logs.is_in_engine() => return Err(error),
            // What cannot be looked at is for the reader to explain.
            Err(_) => None,
        },
    };
    if let Some(inspected) = inspected.as_ref().filter(|found| found.is_doubtful()) {
        return Ok(Opened::Ask(inspected.clone()));
    }
    let found = inspected.as_ref().map(|inspected| &inspected.plan);
    let plan = plan.or(found);
    if logs.is_in_engine() {
        let log = logs.engine(plan, &progress)?;
        return Ok(Opened::Engine(log, inspected));
    }
    let analysis = logs.load(plan, progress)?;
    Ok(Opened::Log(analysis, inspected))
}

/// Finds out how the logs are read where nobody chose it.
pub(super) fn found_out(logs: &dyn Logs) -> Result<ReadPlan, LoadError> {
    Ok(match logs.inspect(None, &Progress::default())? {
        Some(inspected) => Columns::new(inspected).plan(),
        None => ReadPlan::default(),
    })
}

/// Runs a piece of work; a panic becomes an error that is shown.
pub(super) fn guarded<T>(work: impl FnOnce() -> Result<T, LoadError>) -> Result<T, LoadError> {
    let result = catch_unwind(AssertUnwindSafe(work));
    result.unwrap_or_else(|panic| Err(defect(panic.as_ref())))
}

/// A panic while loading, as a message.
fn defect(panic: &(dyn std::any::Any + Send)) -> LoadError {
    let text = panic
        .downcast_ref::<&str>()
        .map(ToString::to_string)
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_default();
    LoadError {
        message: format!("Internal error while reading the log: {text}"),
        code: 3,
    }
}
