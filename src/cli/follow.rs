//! Logs that are read on as they grow, for the explorer and for `watch`.

use super::args::Common;
use super::failure::{Failure, code};
use super::load::{self, CachedIndex, Loaded, Wanted};
use super::say;
use crate::app::Whole;
use crate::engine::Analysis;
use crate::event_log::{Progress, Redaction};
use crate::formats::ReadPlan;
use crate::formats::follow::{Followed, ReadOn};
use crate::source::{self, Change, Input, Mark};
use crate::text::escape_line;
use chrono::Local;
use std::sync::Arc;

/// Logs as far as they were read.
pub struct Following {
    inputs: Arc<Vec<Input>>,
    marks: Vec<Mark>,
    /// State for reading on; `None` where they are read whole when they change.
    followed: Option<Followed>,
}

/// Logs after a change.
pub struct Changed {
    /// They answer.
    pub analysis: Arc<Analysis>,
    /// Why they were read whole; `None` where only new rows were.
    pub whole: Option<Whole>,
    /// Events before the last one of their case that was there.
    pub late: u64,
}

/// Settings by which changed logs are read.
pub struct How<'a> {
    /// Options of the call.
    pub common: &'a Common,
    /// Reading plan.
    pub plan: &'a ReadPlan,
    /// Key and columns of a redaction.
    pub redaction: Option<Redaction>,
}

impl Following {
    /// The state of logs that are opened and not yet read.
    pub fn marks(common: &Common, inputs: &[Input]) -> Result<Vec<Mark>, Failure> {
        let marks = common.logs.iter().zip(inputs);
        let marks = marks.map(|(path, input)| {
            Mark::of(path, input).map_err(|error| {
                let why = escape_line(&error.to_string());
                Failure::new(code::REFUSED, format!("{}: {why}", say::file(path)))
            })
        });
        marks.collect()
    }

    /// Logs that were loaded in the state of these marks.
    pub fn new(loaded: &mut Loaded, marks: Vec<Mark>) -> Self {
        Following {
            inputs: loaded.inputs(),
            marks,
            followed: loaded.followed.take(),
        }
    }

    /// True if some of the logs are streams that may be open.
    pub fn has_streams(&self) -> bool {
        self.inputs.iter().any(|input| input.so_far().is_some())
    }

    /// The logs opened anew; streams up to what has come so far.
    pub fn reopened(&self) -> Result<Vec<Input>, Failure> {
        let inputs = self.marks.iter().zip(self.inputs.iter());
        let inputs = inputs.map(|(mark, input)| mark.reopened(input));
        let inputs = inputs.collect::<Result<Vec<Input>, source::OpenError>>();
        inputs.map_err(|error| load::not_opened(&error))
    }

    /// Reads what was appended since; `None` where nothing was, or nothing that is whole. Logs that a rotation
    /// has taken away are waited for.
    pub fn read_on(
        &mut self,
        how: &How<'_>,
        progress: &Progress,
    ) -> Result<Option<Changed>, Failure> {
        let mut all = self.marks.iter().zip(self.inputs.iter());
        if !all.any(|(mark, input)| mark.has_changed(input)) {
            return Ok(None);
        }
        let Ok(inputs) = self.reopened() else {
            return Ok(None);
        };
        let marks = Self::marks(how.common, &inputs)?;
        let changes = self.marks.iter().zip(&inputs);
        let changes = changes.map(|(mark, input)| mark.change(input));
        let changes = changes.collect::<std::io::Result<Vec<Change>>>();
        let Ok(changes) = changes else {
            return Ok(None);
        };
        let whole = changes.iter().max().and_then(|change| match change {
            Change::Same | Change::Appended => None,
            Change::Rewritten => Some(Whole::Rewritten),
            Change::Truncated => Some(Whole::Truncated),
            Change::Rotated => Some(Whole::Rotated),
        });
        if changes.iter().all(|change| *change == Change::Same) {
            return Ok(None);
        }
        let inputs = Arc::new(inputs);
        // Given up before it is used: after a failure all is read.
        let followed = self.followed.take().filter(|_| whole.is_none());
        if let Some(mut followed) = followed {
            let grown: Vec<bool> = changes.iter().map(|c| *c == Change::Appended).collect();
            let read = followed.read_on(&inputs, &grown, progress);
            match read.map_err(|error| load::not_read(&how.common.logs, error))? {
                ReadOn::Whole => {}
                ReadOn::Nothing => {
                    (self.inputs, self.marks, self.followed) = (inputs, marks, Some(followed));
                    return Ok(None);
                }
                ReadOn::Rows(update) => {
                    let late = update.late;
                    let analysis = load::grown(how, *update, progress)?;
                    (self.inputs, self.marks, self.followed) = (inputs, marks, Some(followed));
                    return Ok(Some(Changed {
                        analysis: Arc::new(analysis),
                        whole: None,
                        late,
                    }));
                }
            }
        }
        let wanted = Wanted {
            plan: how.plan,
            cached: CachedIndex::Ignored,
            redaction: how.redaction.clone(),
            follows: true,
        };
        let mut loaded = load::load_plan(how.common, inputs, &wanted, progress)?;
        *self = Following::new(&mut loaded, marks);
        Ok(Some(Changed {
            analysis: loaded.analysis,
            whole: whole.or(Some(Whole::Needed)),
            late: 0,
        }))
    }
}

/// Time of day, `HH:MM:SS`.
pub fn clock() -> String {
    Local::now().format("%H:%M:%S").to_string()
}
