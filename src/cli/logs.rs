//! Log source of the explorer: inspections, previews and loads, by the options of the command line,
//! by the saved mapping, or by the user's choice on the screen.

mod parts;

use super::args::Common;
use super::failure::{Failure, code};
use super::follow::{self, Following, How};
use super::load::{CachedIndex, Loaded, Wanted, load_plan, read_again, verdict};
use super::remembering::Remembering;
use super::written::{self, named_file, told, unkept};
use super::{files, memory, models, notes, plan, redaction, session, words};
use crate::app::{
    Choices, Exported, Inspected, Kept, LoadError, Logs, Outline, Section, Session, Update, Visit,
    Written,
};
use crate::config::rules;
use crate::engine::{Analysis, NamedMilestone, NamedModel, NamedWait, NoteChange, Notes, View};
use crate::event_log::Progress;
use crate::formats::{self, Bytes, Inspection, LogOptions, Preview, ReadPlan};
use crate::source::Input;
use std::ffi::OsString;
use std::io::ErrorKind;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

/// Problem of the most recently loaded log.
pub type Verdict = Arc<Mutex<Result<(), Failure>>>;

/// The logs of the explorer.
pub struct Source {
    common: Common,
    /// Options of milestones, deadlines and open cases, as they were given.
    times: Vec<OsString>,
    /// Printed to the user when the explorer exits.
    left: Verdict,
    inputs: Mutex<Inputs>,
    remembering: Remembering,
    /// The log that was loaded last, whose index is still to be kept, or proved.
    loaded: Mutex<Option<Loaded>>,
    /// Set while pseudonyms are shown.
    redacted: AtomicBool,
    /// Set while loads remember where they ended.
    follows: AtomicBool,
    /// The logs as far as they were read, if they are followed.
    following: Mutex<Option<Following>>,
    /// Set when the cached index is damaged: the next load ignores it.
    distrusted: AtomicBool,
    /// The file that the mapping was written to last.
    written: Mutex<Option<String>>,
    /// Fault of the file of tags and notes when the logs were loaded last.
    fault_of_notes: Mutex<Option<String>>,
    /// How the logs that were loaded last were read, and the states that they had.
    read: Mutex<(ReadPlan, Vec<String>)>,
    /// The log that was loaded last, while it is on the screen.
    analysis: Mutex<Weak<Analysis>>,
}

/// The logs as they were opened; standard input can be opened only once.
#[derive(Default)]
struct Inputs {
    opened: Option<Arc<Vec<Input>>>,
    used_up: bool,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Source {
    /// The logs of a call.
    pub fn new(common: Common, times: Vec<OsString>, left: Verdict) -> Self {
        Source {
            redacted: AtomicBool::new(common.is_redacted()),
            common,
            times,
            left,
            inputs: Mutex::default(),
            remembering: Remembering::of_user(),
            loaded: Mutex::default(),
            follows: AtomicBool::default(),
            following: Mutex::default(),
            distrusted: AtomicBool::default(),
            written: Mutex::default(),
            fault_of_notes: Mutex::default(),
            read: Mutex::default(),
            analysis: Mutex::new(Weak::new()),
        }
    }
}

impl Logs for Source {
    fn inspect(
        &self,
        plan: Option<&ReadPlan>,
        progress: &Progress,
    ) -> Result<Option<Inspected>, LoadError> {
        let look = |log, options: &LogOptions| self.look_at(log, options, progress);
        let mut found = self.remembering.inspected(&self.common, plan, look);
        if found.looks.len() > 1 {
            found.plan = self.named(&found.plan);
        }
        Ok(Some(found))
    }

    fn look(
        &self,
        log: usize,
        options: &LogOptions,
        progress: &Progress,
    ) -> Result<Inspection, LoadError> {
        self.look_at(log, options, progress)
    }

    fn preview(
        &self,
        log: usize,
        options: &LogOptions,
        progress: &Progress,
    ) -> Result<Preview, LoadError> {
        let redacted = self.redacted.load(Relaxed);
        if redacted || self.common.least(redacted) > 0 {
            let why = if redacted {
                "the log is redacted"
            } else {
                "small groups are left out"
            };
            return Err(LoadError {
                message: format!("rows are not shown while {why}"),
                code: code::USAGE,
            });
        }
        self.with_input(log, progress, |input| {
            formats::preview(input, &options.read, progress)
        })
    }

    fn load(
        &self,
        plan: Option<&ReadPlan>,
        progress: Arc<Progress>,
    ) -> Result<Arc<Analysis>, LoadError> {
        let plan = plan.unwrap_or(&self.common.plan);
        // Files may have changed since they were looked at; what is read once has not.
        let is_file = |input: &Input| input.file().is_some();
        let opened = locked(&self.inputs).opened.take();
        locked(&self.inputs).opened = opened.filter(|opened| !opened.iter().all(is_file));
        let inputs = self.inputs(&progress)?;
        let (watch, exceeded) = memory::guard_load(self.common.memory, &progress);
        let redaction = self.redaction().map_err(|error| {
            // The log on the screen stays as it is.
            self.redacted.store(false, Relaxed);
            told(error)
        })?;
        let follows = self.follows.load(Relaxed);
        // What is in memory is given up once it is read.
        let is_on_disk = inputs.iter().all(is_file);
        // Before the logs are read, so that what is written meanwhile is a change.
        let marks = Following::marks(&self.common, &inputs).map_err(told)?;
        let load = |cached| {
            let wanted = Wanted {
                plan,
                cached,
                redaction: redaction.clone(),
                follows,
            };
            load_plan(&self.common, Arc::clone(&inputs), &wanted, &progress)
        };
        // A flag alone: no other data depends on it.
        let loaded = if self.distrusted.swap(false, Relaxed) {
            load(CachedIndex::Ignored)
        } else {
            // Data that is not yet proved may do anything but harm.
            let cached = formats::fence(|| load(CachedIndex::Unproved));
            cached.unwrap_or_else(|| load(CachedIndex::Proved))
        };
        drop(watch);
        // A load that was cancelled says less than why it was.
        let loaded = loaded.map_err(|failure| told(exceeded.get().cloned().unwrap_or(failure)));
        let mut loaded = loaded?;
        let analysis = Arc::clone(&loaded.analysis);
        locked(&self.fault_of_notes).clone_from(&loaded.fault_of_notes);
        *locked(&self.read) = (plan.clone(), session::fingerprints(&inputs));
        let found = verdict(&analysis, &self.common);
        locked(&self.left).clone_from(&found);
        match found {
            Err(refused) if refused.code == code::STRICT => return Err(told(refused)),
            _ => {}
        }
        let following = Following::new(&mut loaded, marks);
        *locked(&self.following) = Some(following).filter(|_| follows || is_on_disk);
        // What is in memory is not needed any more, unless more may come; what could not be loaded may be tried again.
        let opened = locked(&self.inputs).opened.take();
        locked(&self.inputs).opened = opened.filter(|opened| opened.iter().any(Bytes::is_open));
        *locked(&self.loaded) = Some(loaded);
        *locked(&self.analysis) = Arc::downgrade(&analysis);
        Ok(analysis)
    }

    fn keep(&self) -> Result<Kept, LoadError> {
        let Some(mut loaded) = locked(&self.loaded).take() else {
            return Ok(Kept::Done(None));
        };
        if let Err(miss) = loaded.prove() {
            self.distrusted.store(true, Relaxed);
            return Ok(Kept::Damaged(format!("Cache: {}", read_again(&miss))));
        }
        let note = loaded.note.take().map(|note| format!("Cache: {note}"));
        match loaded.keep() {
            None => Ok(Kept::Done(note)),
            Some(why) => Err(LoadError {
                message: format!("Cache: {why}"),
                code: code::OUTPUT,
            }),
        }
    }

    fn watch(&self) -> Option<Box<dyn Fn() -> bool + Send>> {
        let inputs = locked(&self.loaded).as_ref()?.inputs();
        if inputs.iter().all(|input| input.file().is_none()) {
            return None;
        }
        // A file that cannot be looked at is none that is known to have changed.
        Some(Box::new(move || {
            inputs.iter().any(|input| input.changed().unwrap_or(false))
        }))
    }

    fn follow(&self) -> Result<(), LoadError> {
        let is_loaded = !locked(&self.read).0.logs.is_empty();
        if is_loaded && locked(&self.following).is_none() {
            return Err(LoadError {
                message: "a stream was read to its end; --follow reads on from the start"
                    .to_owned(),
                code: code::USAGE,
            });
        }
        self.follows.store(true, Relaxed);
        Ok(())
    }

    fn read_on(&self) -> Result<Option<Update>, LoadError> {
        let plan = locked(&self.read).0.clone();
        let how = How {
            common: &self.common,
            plan: &plan,
            redaction: self.redaction().map_err(told)?,
        };
        let mut following = locked(&self.following);
        let Some(following) = &mut *following else {
            return Ok(None);
        };
        let progress = Arc::default();
        let (watch, exceeded) = memory::guard_load(self.common.memory, &progress);
        let changed = following.read_on(&how, &progress);
        drop(watch);
        let changed = changed.map_err(|failure| exceeded.get().cloned().unwrap_or(failure));
        let Some(changed) = changed.map_err(told)? else {
            return Ok(None);
        };
        let found = verdict(&changed.analysis, &self.common);
        locked(&self.left).clone_from(&found);
        Ok(Some(Update {
            analysis: changed.analysis,
            whole: changed.whole,
            late: changed.late,
            at: follow::clock(),
        }))
    }

    fn command(&self, plan: &ReadPlan) -> Option<Vec<String>> {
        let written = locked(&self.written).clone();
        let mut words = words::command(&self.common, plan, written.as_deref());
        let times = self.times.iter();
        words.extend(times.map(|word| word.to_string_lossy().into_owned()));
        words.extend(redaction::words(&self.common, self.redacted.load(Relaxed)));
        Some(words)
    }

    fn redact(&self) -> Result<(), LoadError> {
        if self.has_stream() {
            return Err(LoadError {
                message: "standard input cannot be read again; --redact redacts it from the start"
                    .to_owned(),
                code: code::USAGE,
            });
        }
        self.redacted.fetch_xor(true, Relaxed);
        Ok(())
    }

    fn redacted_command(&self, command: &[String]) -> Option<Vec<String>> {
        let without = redaction::without_words(command);
        let words = redaction::words(&self.common, self.redacted.load(Relaxed));
        Some(without.into_iter().chain(words).collect())
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
        let written = written::mapping(&self.common, &self.named(plan), ends, path, replace)?;
        if written == Written::Done {
            *locked(&self.written) = Some(path.to_owned());
        }
        Ok(written)
    }

    fn keep_session(&self, session: &Session, ended: bool) -> Result<(), LoadError> {
        let file = self.session_file(session, None);
        session::keep(&self.common, file, ended)
            .map_err(|error| unkept("The session is not kept", &error))
    }

    fn keep_visit(&self, visit: Visit) -> Result<(), LoadError> {
        let kept = notes::keep_visit(&self.common, visit);
        kept.map_err(|error| unkept("The visit is not kept", &error))
    }

    fn note(&self, changes: &[NoteChange]) -> Result<Arc<Notes>, LoadError> {
        let file = notes::file(&self.common).ok_or_else(|| LoadError {
            message: "there is no file for tags and notes".to_owned(),
            code: code::OUTPUT,
        })?;
        let written = file.add(changes).map(|text| Arc::new(text.notes));
        written.map_err(|error| {
            let path = file.path();
            unkept(
                "The note is not written",
                &format!("{error}: {}", path.display()),
            )
        })
    }

    fn fault_of_notes(&self) -> Option<String> {
        locked(&self.fault_of_notes).take()
    }

    fn save_session(
        &self,
        session: &Session,
        path: &str,
        replace: bool,
    ) -> Result<Written, LoadError> {
        let place = named_file(path)?;
        let file = self.session_file(session, Some(place.parent().unwrap_or(Path::new(""))));
        written::text(
            &self.common,
            place,
            replace,
            self.common.session.as_ref(),
            &file.to_toml(),
        )
    }

    fn write_report(
        &self,
        outline: &Outline,
        command: &[String],
        path: &str,
        replace: bool,
    ) -> Result<(Written, String), LoadError> {
        let analysis = self.analysis()?;
        let basis = self.basis(&analysis, View::default(), command);
        written::report(&basis, outline, path, replace)
    }

    fn export(
        &self,
        section: &Section,
        view: &View,
        path: &str,
        replace: bool,
    ) -> Result<(Written, Exported), LoadError> {
        let analysis = self.analysis()?;
        let basis = self.basis(&analysis, view.clone(), &[]);
        written::exported(&basis, section, path, replace)
    }

    fn model(&self, path: &str) -> Result<Arc<NamedModel>, LoadError> {
        models::read(Path::new(path)).map_err(told)
    }

    fn files(&self, path: &str) -> Vec<String> {
        files::beginning_like(path)
    }

    fn write_definitions(&self, choices: &Choices, path: &str) -> Result<(), LoadError> {
        let place = named_file(path)?;
        let failed = |why: String| LoadError {
            message: format!("{path} is not written: {why}"),
            code: code::OUTPUT,
        };
        let milestones = choices.milestones.iter();
        let milestones = milestones.map(|text| NamedMilestone::parse(text));
        let milestones: Vec<NamedMilestone> =
            milestones.collect::<Result<_, String>>().map_err(&failed)?;
        let waits = choices.waits.iter().map(|text| NamedWait::parse(text));
        let waits: Vec<NamedWait> = waits.collect::<Result<_, String>>().map_err(&failed)?;
        let before = match place.symlink_metadata() {
            Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
            _ => plan::text(place).map_err(&failed)?,
        };
        let text = rules::with_definitions(&before, &milestones, &waits).map_err(|error| {
            let line = error.line.map(|line| format!("line {line}: "));
            failed(format!("{}{}", line.unwrap_or_default(), error.message))
        })?;
        // What is there is part of the new text.
        let own = self.common.times().rules.as_ref();
        written::text(&self.common, place, true, own, &text).map(drop)
    }
}
