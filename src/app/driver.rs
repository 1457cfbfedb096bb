//! The explorer as a machine without a terminal: events in, effects for the terminal out. Owns the
//! worker and the thread that loads; the terminal's loop and the tests drive it alike.

mod choices;
mod engine;
mod follow;
mod notes;
mod redaction;
mod report;
mod sessions;
mod threads;

use super::columns;
use super::effect::Effect;
use super::filters::FilterStack;
use super::follow::{Mode, Update};
use super::keeper::Keeper;
use super::load::{
    Choices, Exported, Inspected, Kept, Load, LoadError, Loader, Settings, SliceOffer, Written,
};
use super::model::App;
use super::mouse::{self, Mouse};
use super::notifications::Severity;
use super::slice::{self, WholeLog};
use super::work::{Opened, found_out, guarded};
use super::{answers, popups, prompt, update};
use crate::engine::{Analysis, Answers, NamedModel, NoteChange, Notes, Reply, Worker};
use crate::event_log::Progress;
use crate::formats::{Inspection, LogOptions, Preview};
use crate::input::{Action, Chord};
use crate::panes::PaneSpec;
use crossbeam_channel::{Receiver, Sender, unbounded};
use std::collections::VecDeque;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Input events of the explorer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A key.
    Key(Chord),
    /// Pasted text.
    Paste(String),
    /// The screen has this many columns and rows now.
    Resize(u16, u16),
    /// The mouse.
    Mouse(Mouse),
}

/// Something that was done on a thread of its own.
pub struct Done(Job);

enum Job {
    /// The load of that number.
    Load(u64, Result<Opened, LoadError>),
    /// The logs were looked at.
    Inspect(Arc<Progress>, Result<Option<Inspected>, LoadError>),
    /// One log was looked at by these options.
    Look(usize, Box<LogOptions>, Box<Result<Inspection, LoadError>>),
    /// The beginning of one log was read by these options.
    Preview(usize, Box<LogOptions>, Result<Preview, LoadError>),
    /// The mapping was written to a file of that name.
    Write(String, Result<Written, LoadError>),
    /// The session was saved to a file of that name.
    Session(String, Result<Written, LoadError>),
    /// The report was written to a file of that name, with a note.
    Report(String, Result<(Written, String), LoadError>),
    /// Rows were written to a file, or not.
    Export(String, Result<(Written, Exported), LoadError>),
    /// Milestones and classes of waits were written to the rules file of that name.
    Definitions(String, Result<(), LoadError>),
    /// The model of that path was read.
    Model(String, Result<Arc<NamedModel>, LoadError>),
    /// The files whose paths begin like that.
    Files(String, Vec<String>),
    /// Work that is reported only where it failed.
    Keep(Result<(), LoadError>),
    /// The log of the load of that number was changed by another program.
    Changed(u64),
    /// Tags and notes were written, with the message for that; all that now hold.
    Notes(String, Result<Arc<Notes>, LoadError>),
    /// The log of the load of that number was read on.
    Update(u64, Result<Option<Box<Update>>, LoadError>),
    /// The end states were remembered.
    Choices(Result<(), LoadError>),
    /// What the filters leave of a log in an engine was counted.
    Slice(Result<SliceOffer, LoadError>),
    /// The index of the log that was loaded was kept or proved.
    Index(Result<Kept, LoadError>),
}

/// Interval between redraws of a load's progress.
const PROGRESS_EVERY: Duration = Duration::from_millis(100);

/// The state with all that works for it.
pub struct Driver {
    /// The state.
    pub app: App,
    loader: Arc<Loader>,
    worker: Option<Worker>,
    /// The log of the worker.
    analysis: Option<Arc<Analysis>>,
    /// Changes of tags and notes that are to be written, each with the message once they are.
    to_note: VecDeque<(Vec<NoteChange>, String)>,
    /// Thread that writes such changes.
    noting: Option<JoinHandle<()>>,
    /// A redacted log, which knows the pseudonyms of what filters name, and the filters as it shows them.
    redacted: Option<(Arc<Analysis>, FilterStack)>,
    replies: (Sender<Reply>, Receiver<Reply>),
    jobs: (Sender<Done>, Receiver<Done>),
    /// Jobs besides loads that have not ended.
    running: usize,
    /// Choices that were remembered last, or in force at the start.
    choices: Choices,
    /// Thread that remembers choices.
    keeping_choices: Option<JoinHandle<()>>,
    /// The whole log in an engine while a slice of it is open.
    whole: Option<WholeLog>,
    /// The log in an engine that is open, or whose slice is.
    engine: Option<Arc<dyn Answers>>,
    /// The session, for whoever ends the program.
    keeper: Arc<Keeper>,
    /// True once a key was pressed: from then on the session is that of the user.
    is_touched: bool,
    /// Number of the newest load.
    load: u64,
    /// The load whose log is watched, and what is held while the thread is wanted that looks.
    watch: Option<(u64, Sender<()>)>,
    /// The newest update while following is paused.
    held: Option<Box<Update>>,
    /// The preview that is being read.
    preview: Arc<Progress>,
    /// The inspection that is going on.
    look: Arc<Progress>,
    progress_at: Option<Instant>,
    /// For the terminal.
    effects: Vec<Effect>,
    dirty: bool,
}

impl Driver {
    /// An explorer that begins to load at once.
    pub fn new(settings: Settings, panes: &[&PaneSpec], loader: Loader, now: Instant) -> Self {
        let loader = Arc::new(loader);
        let mut driver = Driver {
            keeper: Arc::new(Keeper::new(Arc::clone(&loader))),
            is_touched: false,
            choices: Choices {
                ends: settings.view.ends.clone(),
                ..Choices::default()
            },
            keeping_choices: None,
            app: App::new(settings, panes, now),
            loader,
            worker: None,
            analysis: None,
            whole: None,
            engine: None,
            to_note: VecDeque::new(),
            noting: None,
            redacted: None,
            replies: unbounded(),
            jobs: unbounded(),
            running: 0,
            load: 0,
            watch: None,
            held: None,
            preview: Arc::default(),
            look: Arc::default(),
            progress_at: None,
            effects: Vec::new(),
            dirty: true,
        };
        if driver.app.settings.follow {
            match driver.loader.follow() {
                Ok(()) => driver.app.follow.mode = Mode::On,
                Err(error) => driver.app.notify_error(error.message),
            }
        }
        driver.begin_load();
        driver
    }

    /// Takes an event.
    pub fn handle(&mut self, event: Event, now: Instant) {
        self.app.now = now;
        self.dirty = true;
        self.begin_to_keep(&event);
        let effects = match event {
            Event::Key(chord) => update::key(&mut self.app, chord),
            Event::Paste(text) => update::paste(&mut self.app, &text),
            Event::Mouse(event) => mouse::mouse(&mut self.app, event),
            Event::Resize(width, height) => {
                self.app.screen.width = width;
                self.app.screen.height = height;
                Vec::new()
            }
        };
        self.run(effects);
    }

    /// Takes an answer of the worker.
    pub fn reply(&mut self, reply: Reply, now: Instant) {
        self.app.now = now;
        let (changed, effects) = answers::receive(&mut self.app, reply);
        self.dirty |= changed;
        self.run(effects);
    }

    /// Takes what was done on another thread.
    pub fn loaded(&mut self, Done(job): Done, now: Instant) {
        self.app.now = now;
        self.dirty = true;
        if !matches!(job, Job::Load(..) | Job::Changed(_) | Job::Update(..)) {
            self.running -= 1;
        }
        match job {
            Job::Load(number, result) => self.load_ended(number, result),
            Job::Changed(number) => self.log_changed(number),
            Job::Update(number, result) => self.update_ready(number, result),
            // A key that was pressed twice asks twice.
            Job::Inspect(..) if self.app.columns.is_some() => {}
            // It was cancelled, and another may be going on.
            Job::Inspect(progress, _) if progress.check().is_err() => {}
            Job::Inspect(_, result) => self.inspected(result),
            Job::Choices(result) => {
                self.keeping_choices = None;
                if let Err(error) = result {
                    self.app.notify_error(error.message);
                }
            }
            Job::Notes(done, notes) => self.notes_written(done, notes),
            Job::Slice(Ok(offer)) => slice::ask(&mut self.app, offer),
            Job::Write(_, Err(error))
            | Job::Session(_, Err(error))
            | Job::Report(_, Err(error))
            | Job::Export(_, Err(error))
            | Job::Definitions(_, Err(error))
            | Job::Keep(Err(error))
            | Job::Slice(Err(error))
            | Job::Index(Err(error)) => {
                self.app.notify_error(error.message);
            }
            Job::Look(log, options, look) => {
                columns::receive_look(&mut self.app, log, &options, *look);
            }
            Job::Preview(log, options, preview) => {
                columns::receive_preview(&mut self.app, log, &options, preview);
            }
            Job::Write(path, Ok(Written::Done)) => {
                // A command that needs a mapping file can name it now.
                let plan = self.app.plan.as_ref();
                if let Some(command) = plan.and_then(|plan| self.loader.command(plan)) {
                    self.app.settings.command = command;
                }
                self.app.notify(format!("Mapping saved to {path:?}"));
            }
            Job::Definitions(path, Ok(())) => {
                self.app
                    .notify(format!("Milestones and classes of waits saved to {path:?}"));
            }
            Job::Model(path, result) => self.app.take_model(&path, result),
            Job::Files(path, files) => prompt::receive_files(&mut self.app, &path, &files),
            Job::Session(path, Ok(written)) => self.session_saved(path, &written),
            Job::Report(path, Ok((written, note))) => self.report_written(path, &written, &note),
            Job::Export(path, Ok((written, of))) => self.exported(&path, &written, &of),
            Job::Write(path, Ok(Written::Exists)) => {
                let replace = Action::WriteMappingTo {
                    path: path.clone(),
                    replace: true,
                };
                popups::ask_to_replace(&mut self.app, &path, Action::WriteMapping, replace);
            }
            Job::Keep(Ok(())) | Job::Index(Ok(Kept::Done(None))) => {}
            Job::Index(Ok(Kept::Done(Some(note)))) => self.app.notify(note),
            Job::Index(Ok(Kept::Damaged(note))) => {
                self.app.notify_error(note);
                self.begin_load();
            }
        }
    }

    /// The end of a look at the columns that a key asked for.
    fn inspected(&mut self, result: Result<Option<Inspected>, LoadError>) {
        self.app.inspecting = false;
        match result {
            Ok(Some(inspected)) => columns::open(&mut self.app, inspected),
            Ok(None) => self.app.notify("No columns to show"),
            Err(error) => self.app.notify_error(error.message),
        }
    }

    /// The end of a load; that of one that was cancelled or replaced is dropped.
    fn load_ended(&mut self, number: u64, result: Result<Opened, LoadError>) {
        let Load::Running(loading) = &self.app.load else {
            return;
        };
        if number != self.load {
            return;
        }
        let plan = loading.plan.clone();
        self.progress_at = None;
        match result {
            Ok(Opened::Engine(log, inspected)) => self.engine_opened(&log, plan, inspected),
            Ok(Opened::Slice(slice, analysis)) => self.slice_opened(slice, &analysis),
            Ok(Opened::Log(analysis, inspected)) => {
                if !self.start_worker(Arc::clone(&analysis)) {
                    return;
                }
                self.take_plan(plan, inspected.as_ref());
                self.take_ends(inspected.as_ref(), analysis.info());
                self.take_definitions(inspected.as_ref(), analysis.info());
                self.take_columns(inspected.as_ref(), analysis.info());
                self.choices = self.present_choices();
                let is_first = self.app.log.is_none();
                self.take_redaction(&analysis);
                self.app.follow.restart();
                self.app.opened(self.info_of(&analysis));
                self.take_notes(&analysis);
                if is_first {
                    self.begin_session();
                }
                self.keep_confirmed(inspected);
                self.watch_log();
                self.spawn(|logs| Job::Index(guarded(|| logs.keep())));
            }
            Ok(Opened::Ask(inspected)) => self.app.ask(inspected),
            Err(error) => {
                self.app.confirmed = None;
                self.app.failed(error);
            }
        }
    }

    /// After a batch of events: what time alone changes, then the questions that the screen asks.
    pub fn settle(&mut self, now: Instant) {
        self.dirty |= self.deadline().is_some_and(|at| at <= now);
        self.app.now = now;
        self.app.notifications.expire(now);
        let effects = answers::tick_alerts(&mut self.app);
        self.run(effects);
        self.keep_choices();
        self.keep_session(now);
        if matches!(self.app.load, Load::Running(_)) {
            if self.progress_at.is_none_or(|at| at <= now) {
                self.progress_at = Some(now + PROGRESS_EVERY);
            }
        } else {
            self.progress_at = None;
        }
        if let Some((log, options)) = columns::due_preview(&mut self.app) {
            self.begin_preview(log, options);
        }
        if let Some(path) = prompt::wanted_files(&mut self.app) {
            self.spawn(move |logs| {
                let files = logs.files(&path);
                Job::Files(path, files)
            });
        }
        self.ask();
        // Keys that waited may ask further questions, for whose answers the next ones wait.
        while let Some(effects) = update::resume(&mut self.app) {
            self.dirty = true;
            self.run(effects);
            self.ask();
        }
    }

    /// Asks what the screen shows and has not asked.
    fn ask(&mut self) {
        self.redact_new_filters();
        let questions = answers::questions(&mut self.app);
        let Some(worker) = &self.worker else { return };
        if self.app.is_in_engine() {
            let queries = &mut self.app.queries;
            worker.retain(|slot| queries.waits(slot));
            queries.ending = worker.is_ending();
        }
        for question in questions {
            worker.ask(question);
        }
    }

    /// When [`Driver::settle`] has something to do at the latest, without any event.
    pub fn deadline(&self) -> Option<Instant> {
        let of_app = answers::deadline(&self.app);
        let others = self.progress_at.into_iter().chain(self.keeper.due());
        of_app.into_iter().chain(others).min()
    }

    /// Returns true when no load, query or delayed check is pending.
    pub fn is_idle(&self) -> bool {
        let resting = self
            .app
            .prompt
            .as_ref()
            .is_some_and(|p| p.check_at.is_some());
        let loading = matches!(self.app.load, Load::Running(_));
        let noted = self.to_note.is_empty() && self.noting.is_none();
        !loading && noted && self.running == 0 && !self.app.queries.is_waiting() && !resting
    }

    /// Returns whether the screen needs a redraw and clears the flag; called once per frame.
    pub fn take_dirty(&mut self) -> bool {
        std::mem::take(&mut self.dirty)
    }

    /// Returns whether the screen needs a redraw.
    pub fn is_dirty(&self) -> bool {
        self.dirty
    }

    /// Takes the effects that the terminal has to carry out.
    pub fn take_effects(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.effects)
    }

    /// Answers of the worker arrive here.
    pub fn replies(&self) -> &Receiver<Reply> {
        &self.replies.1
    }

    /// Receives the results of other threads.
    pub fn loads(&self) -> &Receiver<Done> {
        &self.jobs.1
    }

    /// Shows the result of an effect as a message.
    pub fn notify(&mut self, severity: Severity, text: impl Into<String>, now: Instant) {
        self.app.notifications.notify(now, severity, text);
        self.dirty = true;
    }

    fn run(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Cancel => {
                    if let Some(worker) = &self.worker {
                        worker.cancel_all();
                    }
                    self.look.cancel();
                }
                Effect::Load => self.begin_load(),
                Effect::Redact => self.redact(),
                Effect::MeasureSlice => self.measure_slice(),
                Effect::FetchSlice(anew) => self.fetch_slice(anew),
                Effect::LeaveSlice => self.leave_slice(),
                Effect::Follow => self.toggle_follow(),
                Effect::Inspect => {
                    let (plan, progress) = (self.app.plan.clone(), self.new_look());
                    self.spawn(move |logs| {
                        let inspected = guarded(|| logs.inspect(plan.as_ref(), &progress));
                        Job::Inspect(progress, inspected)
                    });
                }
                Effect::Look { log, options } => {
                    let progress = self.new_look();
                    self.spawn(move |logs| {
                        let look = guarded(|| logs.look(log, &options, &progress));
                        Job::Look(log, options, Box::new(look))
                    });
                }
                Effect::Forget(look) => {
                    self.spawn(move |logs| Job::Keep(guarded(|| logs.forget(&look))));
                }
                Effect::Write {
                    plan,
                    ends,
                    path,
                    replace,
                } => {
                    self.spawn(move |logs| {
                        let written = guarded(|| {
                            let plan = plan.map_or_else(|| found_out(logs), Ok)?;
                            logs.write(&plan, ends.as_deref(), &path, replace)
                        });
                        Job::Write(path, written)
                    });
                }
                Effect::SaveSession { path, replace } => {
                    let session = self.app.session();
                    self.spawn(move |logs| {
                        let saved = guarded(|| logs.save_session(&session, &path, replace));
                        Job::Session(path, saved)
                    });
                }
                Effect::Note { changes, done } => self.note(changes, done),
                Effect::WriteReport { path, replace } => self.write_report(path, replace),
                Effect::Export {
                    section,
                    view,
                    path,
                    replace,
                } => self.export(section, view, path, replace),
                Effect::WriteDefinitions(path) => {
                    let choices = self.present_choices();
                    self.spawn(move |logs| {
                        let written = guarded(|| logs.write_definitions(&choices, &path));
                        Job::Definitions(path, written)
                    });
                }
                Effect::ReadModel(path) => {
                    self.spawn(move |logs| {
                        let model = guarded(|| logs.model(&path));
                        Job::Model(path, model)
                    });
                }
                Effect::Quit(code) => {
                    self.leave();
                    self.effects.push(Effect::Quit(code));
                }
                other => self.effects.push(other),
            }
        }
    }
}
