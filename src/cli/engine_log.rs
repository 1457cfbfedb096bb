//! The explorer's log in an engine: opened where it is, and the slices of it that are fetched.

use super::args::Common;
use super::engines::{self, Begun};
use super::failure::{Failure, code};
use super::logs::{Source, Verdict};
use super::output::Output;
use super::remembering::Remembering;
use super::reports::document::Basis;
use super::written::{self, named_file, told, unkept};
use super::{plan, session, words};
use crate::app::{
    Choices, Exported, Inspected, LoadError, Loader, Logs, Outline, Section, Session, Slice,
    SliceOffer, Written,
};
use crate::config::mapping_file::MappingFile;
use crate::config::session_file::SessionFile;
use crate::engine::{Analysis, Answers, NoteChange, Notes, View};
use crate::event_log::{Cancel, Progress};
use crate::formats::{Inspection, LogOptions, Preview, ReadPlan};
use crate::remote::{Address, RemoteLog, Sample, Wanted};
use crate::text::time::duration;
use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A log in an engine.
pub struct EngineLog {
    /// The call without its mapping, and with it.
    given: Common,
    common: Common,
    address: Address,
    /// Options of open cases and deadlines, as they were given.
    times: Vec<OsString>,
    left: Verdict,
    remembering: Remembering,
    state: Mutex<State>,
}

/// State of the log: looked at, open.
#[derive(Default)]
struct State {
    /// The engine that was connected with to look at the log.
    begun: Option<Begun>,
    /// The first rows of the table.
    sample: Option<Arc<Sample>>,
    /// The log once it is open.
    log: Option<Arc<RemoteLog>>,
    /// Plan by which it was opened.
    plan: ReadPlan,
}

impl EngineLog {
    /// The log of a call at an address.
    pub fn new(
        given: Common,
        common: Common,
        address: Address,
        times: Vec<OsString>,
        left: Verdict,
    ) -> Self {
        EngineLog {
            given,
            common,
            address,
            times,
            left,
            remembering: Remembering::of_user(),
            state: Mutex::default(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn log(&self) -> Result<Arc<RemoteLog>, LoadError> {
        let log = self.state().log.clone();
        log.ok_or_else(|| refused("the log is not open"))
    }

    /// The first rows of the table; the engine is asked for them once.
    fn sample(&self, progress: &Progress) -> Result<Arc<Sample>, LoadError> {
        if let Some(sample) = self.state().sample.clone() {
            return Ok(sample);
        }
        let stop = || progress.check().is_err();
        let begun = engines::begin(&self.common, &self.address, &stop).map_err(told)?;
        let sample = Arc::clone(&begun.sample);
        let mut state = self.state();
        (state.sample, state.begun) = (Some(Arc::clone(&sample)), Some(begun));
        Ok(sample)
    }

    /// The log with the columns of a plan.
    fn wanted(&self, plan: &ReadPlan) -> Result<Wanted, LoadError> {
        engines::wanted(&self.common, &self.address, plan).map_err(told)
    }

    /// The log with the columns of these options.
    fn wanted_with(&self, options: &LogOptions) -> Result<Wanted, LoadError> {
        self.wanted(&ReadPlan {
            logs: vec![options.clone()],
            ..self.common.plan.clone()
        })
    }

    fn look_at(&self, options: &LogOptions, progress: &Progress) -> Result<Inspection, LoadError> {
        let (wanted, sample) = (self.wanted_with(options)?, self.sample(progress)?);
        sample.look(&wanted).map_err(|error| told(error.into()))
    }

    /// The session as a file that lies in that folder, with the address and the table of the log; `None` for the
    /// state folder.
    fn session_file(&self, session: &Session, folder: Option<&Path>) -> SessionFile {
        let mapping = MappingFile {
            ends: None,
            ..plan::mapping_file(&self.common, &self.state().plan)
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
    fn is_in_engine(&self) -> bool {
        true
    }

    fn inspect(
        &self,
        plan: Option<&ReadPlan>,
        progress: &Progress,
    ) -> Result<Option<Inspected>, LoadError> {
        // An engine that does not answer is no log to be looked at.
        self.sample(progress)?;
        let look = |_, options: &LogOptions| self.look_at(options, progress);
        let found = self.remembering.inspected(&self.common, plan, look);
        Ok(Some(found))
    }

    fn look(
        &self,
        _: usize,
        options: &LogOptions,
        progress: &Progress,
    ) -> Result<Inspection, LoadError> {
        self.look_at(options, progress)
    }

    fn preview(
        &self,
        _: usize,
        options: &LogOptions,
        progress: &Progress,
    ) -> Result<Preview, LoadError> {
        let (wanted, sample) = (self.wanted_with(options)?, self.sample(progress)?);
        sample.preview(&wanted).map_err(|error| told(error.into()))
    }

    fn engine(
        &self,
        plan: Option<&ReadPlan>,
        progress: &Progress,
    ) -> Result<Arc<dyn Answers>, LoadError> {
        let stop = || progress.check().is_err();
        let plan = plan.unwrap_or(&self.common.plan);
        let wanted = self.wanted(plan)?;
        let begun = self.state().begun.take();
        // The first rows may be others when the log is opened again.
        let begun = begun.map_or_else(|| engines::begin(&self.common, &self.address, &stop), Ok);
        let begun = begun.map_err(told)?;
        let sample = Arc::clone(&begun.sample);
        let log = begun.open(&self.common, &wanted, &stop).map(Arc::new);
        let log = log.map_err(told)?;
        *self.state() = State {
            begun: None,
            sample: Some(sample),
            log: Some(Arc::clone(&log)),
            plan: plan.clone(),
        };
        Ok(log)
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

    fn command(&self, plan: &ReadPlan) -> Option<Vec<String>> {
        let mut words = words::command(&self.common, plan, None);
        let times = self.times.iter();
        words.extend(times.map(|word| word.to_string_lossy().into_owned()));
        Some(words)
    }

    fn remember(&self, chosen: &Inspected) -> Result<(), LoadError> {
        self.remembering.remember(chosen)
    }

    fn remember_choices(&self, logs: &Inspected, choices: &Choices) -> Result<(), LoadError> {
        self.remembering.remember_choices(logs, choices)
    }

    fn forget(&self, look: &Inspection) -> Result<(), LoadError> {
        self.remembering.forget(look)
    }

    fn write(
        &self,
        plan: &ReadPlan,
        ends: Option<&[String]>,
        path: &str,
        replace: bool,
    ) -> Result<Written, LoadError> {
        written::mapping(&self.common, plan, ends, path, replace)
    }

    fn note(&self, _: &[NoteChange]) -> Result<Arc<Notes>, LoadError> {
        not_there("tags and notes")
    }

    fn keep_session(&self, session: &Session, ended: bool) -> Result<(), LoadError> {
        let file = self.session_file(session, None);
        session::keep(&self.given, file, ended)
            .map_err(|error| unkept("The session is not kept", &error))
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
