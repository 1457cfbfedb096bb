//! The explorer's log in an engine: opened where it is, and the slices of it that are fetched.

use super::args::Common;
use super::engines;
use super::failure::{Failure, code};
use super::logs::{Source, Verdict};
use super::output::Output;
use super::reports::document::Basis;
use super::written::{self, named_file, told};
use super::{plan, session, words};
use crate::app::{
    Choices, Exported, LoadError, Loader, Logs, Outline, Section, Session, Slice, SliceOffer,
    Written,
};
use crate::config::mapping_file::MappingFile;
use crate::config::session_file::SessionFile;
use crate::engine::{Analysis, Answers, NoteChange, Notes, View};
use crate::event_log::{Cancel, Progress};
use crate::formats::ReadPlan;
use crate::remote::{Address, RemoteLog};
use crate::text::time::duration;
use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Mutex, PoisonError};

/// A log in an engine.
pub struct EngineLog {
    /// The call without its mapping, and with it.
    given: Common,
    common: Common,
    address: Address,
    left: Verdict,
    /// The log once it is open.
    log: Mutex<Option<Arc<RemoteLog>>>,
}

impl EngineLog {
    /// The log of a call at an address.
    pub fn new(given: Common, common: Common, address: Address, left: Verdict) -> Self {
        EngineLog {
            given,
            common,
            address,
            left,
            log: Mutex::default(),
        }
    }

    fn log(&self) -> Result<Arc<RemoteLog>, LoadError> {
        let log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
        log.clone().ok_or_else(|| refused("the log is not open"))
    }

    /// The session as a file that lies in that folder, with the address and the table of the log; `None` for the
    /// state folder.
    fn session_file(&self, session: &Session, folder: Option<&Path>) -> SessionFile {
        let mapping = MappingFile {
            ends: None,
            ..plan::mapping_file(&self.common, &self.common.plan)
        };
        session::file(&self.common, session, folder, mapping, Vec::new())
    }

    /// Log, options and view of reports; `command` are the pieces of a command line that opens it.
    fn basis<'a>(&'a self, log: &'a RemoteLog, view: View, command: &[String]) -> Basis<'a> {
        Basis {
            log,
            common: &self.common,
            view,
            command: command.to_vec(),
            fingerprints: Vec::new(),
        }
    }

    fn fetched(&self, log: &RemoteLog, view: &View, cancel: &Cancel) -> Result<Kept, Failure> {
        let statement = log.slice_statement(view, cancel)?;
        let path = engines::kept(log, &self.address, &statement)?;
        Ok((statement, path.into_os_string()))
    }

    fn open_slice(&self, view: &View, anew: bool, progress: &Progress) -> Result<Slice, Failure> {
        let log = self
            .log()
            .map_err(|error| Failure::new(error.code, error.message))?;
        let cancel = progress.cancelled();
        let (statement, path) = self.fetched(&log, view, &cancel)?;
        if anew || fs::metadata(&path).is_err() {
            let size = log.slice_size(view, &cancel)?;
            engines::check_size(&size, self.common.engine.most())?;
            progress.total_bytes.store(size.bytes as u64, Relaxed);
            let output = Output::File {
                path: path.clone().into(),
                replace: true,
            };
            engines::write_slice(&log, &statement, progress, &output)?;
            if let Some(folder) = Path::new(&path).parent() {
                engines::forget_old(folder);
            }
            // The file is read from its beginning.
            progress.bytes.store(0, Relaxed);
            progress.rows.store(0, Relaxed);
        }
        let mut common = self.given.clone();
        common.take_slice(path, log.roles());
        common.settle()?;
        common.timing.ready_made = true;
        common.explores = true;
        let command = words::command(&common, &common.plan, None);
        let loader: Loader = Box::new(Source::new(common, Vec::new(), Arc::clone(&self.left)));
        Ok(Slice { loader, command })
    }
}

/// The statement of a slice, and the path of its file.
type Kept = (String, OsString);

fn refused(message: &str) -> LoadError {
    LoadError {
        message: message.to_owned(),
        code: code::REFUSED,
    }
}

/// Refuses what needs a log that was read.
fn not_there<T>(what: &str) -> Result<T, LoadError> {
    Err(refused(&format!(
        "Not of a log in an engine: {what}; a slice has it"
    )))
}

impl Logs for EngineLog {
    fn engine(&self, progress: &Progress) -> Option<Result<Arc<dyn Answers>, LoadError>> {
        let stop = || progress.check().is_err();
        let opened = engines::open(&self.common, &self.address, &stop).map(Arc::new);
        let opened = opened.map_err(told);
        Some(opened.map(|log| {
            let mut known = self.log.lock().unwrap_or_else(PoisonError::into_inner);
            *known = Some(Arc::clone(&log));
            log as Arc<dyn Answers>
        }))
    }

    fn load(&self, _: Option<&ReadPlan>, _: Arc<Progress>) -> Result<Arc<Analysis>, LoadError> {
        not_there("reading all of it")
    }

    fn measure(&self, view: &View, progress: &Progress) -> Result<SliceOffer, LoadError> {
        let log = self.log()?;
        let cancel = progress.cancelled();
        let measured = log.slice_size(view, &cancel);
        let size = measured.map_err(|error| told(error.into()))?;
        engines::check_size(&size, self.common.engine.most()).map_err(told)?;
        let (_, path) = self.fetched(&log, view, &cancel).map_err(told)?;
        let age = fs::metadata(path).and_then(|found| found.modified()).ok();
        let age = age.filter(|_| !self.common.no_cache && progress.check().is_ok());
        Ok(SliceOffer {
            size: engines::in_words(&size),
            fetched: age.map(|at| {
                let ago = at.elapsed().unwrap_or_default().as_secs().max(1);
                duration(ago as f64)
            }),
        })
    }

    fn slice(&self, view: &View, anew: bool, progress: &Progress) -> Result<Slice, LoadError> {
        self.open_slice(view, anew, progress).map_err(told)
    }

    fn write(
        &self,
        _: &ReadPlan,
        _: Option<&[String]>,
        _: &str,
        _: bool,
    ) -> Result<Written, LoadError> {
        not_there("a mapping file that is made of what was read")
    }

    fn note(&self, _: &[NoteChange]) -> Result<Arc<Notes>, LoadError> {
        not_there("tags and notes")
    }

    fn keep_session(&self, session: &Session, ended: bool) -> Result<(), LoadError> {
        let file = self.session_file(session, None);
        session::keep(&self.given, file, ended).map_err(|error| LoadError {
            message: format!("The session is not kept: {error}"),
            code: code::OUTPUT,
        })
    }

    fn save_session(
        &self,
        session: &Session,
        path: &str,
        replace: bool,
    ) -> Result<Written, LoadError> {
        let place = named_file(path)?;
        let file = self.session_file(session, Some(place.parent().unwrap_or(Path::new(""))));
        let own = self.common.session.as_ref();
        written::text(&self.common, place, replace, own, &file.to_toml())
    }

    fn write_report(
        &self,
        outline: &Outline,
        command: &[String],
        path: &str,
        replace: bool,
    ) -> Result<(Written, String), LoadError> {
        let log = self.log()?;
        let basis = self.basis(&log, View::default(), command);
        written::report(&basis, outline, path, replace)
    }

    fn export(
        &self,
        section: &Section,
        view: &View,
        path: &str,
        replace: bool,
    ) -> Result<(Written, Exported), LoadError> {
        let log = self.log()?;
        let basis = self.basis(&log, view.clone(), &[]);
        written::exported(&basis, section, path, replace)
    }

    fn write_definitions(&self, _: &Choices, _: &str) -> Result<(), LoadError> {
        not_there("a rules file")
    }
}
