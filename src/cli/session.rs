//! Sessions of a call: read from the file that it names, kept in the user's state folder for the next start,
//! saved to a file.

use super::args::{Common, GivenMilestone};
use super::failure::Failure;
use super::{engines, models, plan, say};
use crate::app::{LastSession, Session};
use crate::config::mapping_file::{MappedLog, MappingFile};
use crate::config::private::{Base, PrivateFolder};
use crate::config::session_file::SessionFile;
use crate::engine::{Reference, View};
use crate::formats::ReadPlan;
use crate::remote::Address;
use crate::source::{self, Input};
use crate::store;
use crate::text::time::{duration, duration_literal};
use crate::text::{counted, safe};
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf, absolute};
use std::time::SystemTime;
use twox_hash::XxHash3_128;

/// Reads a session file. Paths in it are those of its folder.
///
/// # Errors
/// A usage error with file, line and reason.
pub fn read(path: &Path) -> Result<SessionFile, Failure> {
    let mut file = plan::of_file(path, SessionFile::parse)?;
    let folder = path.parent().unwrap_or(Path::new(""));
    for path in [&mut file.rules, &mut file.model].into_iter().flatten() {
        *path = folder.join(&*path).to_string_lossy().into_owned();
    }
    if let Some(model) = &file.model {
        let reference = Reference::Model(models::read(Path::new(model))?);
        file.session.view.filters.reference = Some(reference);
    }
    Ok(file)
}

/// How logs of these names are read by the mapping of a session. One log stands for one of any name.
///
/// # Errors
/// The session is of other logs.
pub fn plan(mapping: &MappingFile, names: &[String]) -> Result<ReadPlan, Failure> {
    let mut mapping = mapping.clone();
    if mapping.logs.is_empty() {
        // What is said of all logs, such as the session gap, holds without an entry.
        mapping.logs.push(MappedLog {
            file: "*".to_owned(),
            ..MappedLog::default()
        });
    }
    let planned = mapping.plan(names);
    let planned = match (names, mapping.logs.as_slice()) {
        ([_], [log]) if planned.is_err() => mapping.plan(std::slice::from_ref(&log.file)),
        _ => planned,
    };
    planned.map_err(|error| Failure::usage(format!("--session: {}", error.message)))
}

/// Options of definitions that are from the session.
pub fn options_of_times(common: &Common, given: &[OsString]) -> Vec<OsString> {
    let Some(kept) = &common.kept else {
        return Vec::new();
    };
    let times = common.times();
    let is_given = |name: &str| {
        let begins = |word: &OsString| word.to_string_lossy().split('=').next() == Some(name);
        given.iter().any(begins)
    };
    let mut words: Vec<OsString> = Vec::new();
    let mut add = |name: &str, value: &OsStr| {
        words.extend([name.into(), value.to_owned()]);
    };
    if let Some(rules) = times.rules.as_ref().filter(|_| !is_given("--rules")) {
        add("--rules", rules.as_os_str());
    }
    if !is_given("--rule") {
        times
            .rule
            .iter()
            .for_each(|rule| add("--rule", rule.as_ref()));
    }
    if let Some(idle) = kept.idle.as_ref().filter(|_| !is_given("--idle")) {
        add("--idle", idle.as_ref());
    }
    if let Some(now) = times.now.as_ref().filter(|_| !is_given("--now")) {
        add("--now", now.as_ref());
    }
    words
}

/// Shows A alone where the session compares and the report cannot, and says so. What an option asks for is
/// left to the report to refuse.
pub fn leave_comparison(common: &mut Common, report: &str, why: &str) {
    if common.has_versus() {
        return;
    }
    let versus = common.stack.as_mut().and_then(|stack| stack.versus.take());
    if versus.is_some() && !common.quiet {
        say::say(&format!("note: {report} shows A alone: {why}"));
    }
}

/// The states of inputs; empty for what can be read only once.
pub fn fingerprints(inputs: &[Input]) -> Vec<String> {
    let state = |input: &Input| {
        let state = input.file().map(|_| store::fingerprint(input));
        state.and_then(Result::ok).unwrap_or_default()
    };
    inputs.iter().map(state).collect()
}

/// The states of files, which are opened for that; empty for what is no file.
fn states(logs: &[OsString]) -> Vec<String> {
    let state = |log: &OsString| {
        let is_file = fs::metadata(log).is_ok_and(|found| found.is_file());
        // Nothing else can be opened twice.
        let opened = is_file.then(|| source::open(std::slice::from_ref(log)));
        let opened = opened.and_then(Result::ok).unwrap_or_default();
        fingerprints(&opened).pop().unwrap_or_default()
    };
    logs.iter().map(state).collect()
}

/// Note about a session of another state of the logs; empty for none.
pub fn note(common: &Common, inputs: &[Input]) -> String {
    note_on(common, &fingerprints(inputs)).map_or_else(String::new, |note| format!("note: {note}"))
}

fn note_on(common: &Common, states: &[String]) -> Option<String> {
    let kept = common.kept.as_ref().filter(|kept| is_other(kept, states))?;
    let path = common.session.as_ref()?;
    let logs = if kept.fingerprints.len() == 1 {
        "the log"
    } else {
        "the logs"
    };
    Some(format!(
        "{} is of another state of {logs}",
        say::file(path.as_os_str())
    ))
}

/// True if a session is of another state of the logs.
fn is_other(file: &SessionFile, states: &[String]) -> bool {
    !file.fingerprints.is_empty() && file.fingerprints != states
}

/// The session that was left at the last start with these logs.
pub struct Last {
    file: SessionFile,
    /// The view of the call without it.
    view: View,
    /// When it was kept.
    kept: Option<SystemTime>,
    /// True if it is of another state of the logs.
    is_other: bool,
    resumes: bool,
}

/// The session of the last start. The one of a program that was ended by something else than its user is resumed
/// by the same call.
pub fn last(common: &mut Common) -> Option<Last> {
    let name = name(common)?;
    let folder = folder()?;
    // One that cannot be read, or is of another version, is none.
    let mut file = SessionFile::parse(&folder.read(&name).ok()?).ok()?;
    let model = file.model.as_ref();
    let model = model.and_then(|path| models::read(Path::new(path)).ok());
    if let Some(model) = model {
        file.session.view.filters.reference = Some(Reference::Model(model));
    }
    let is_other = is_other(&file, &states(&common.logs));
    let is_left = file.running.is_some_and(|process| !runs(process));
    let resumes = is_left && !is_other && file.call == common.call;
    if resumes {
        common.kept = Some(Box::new(file.clone()));
        common.resumes = true;
    }
    let found = fs::metadata(folder.file(&name));
    Some(Last {
        file,
        view: common.first_view(),
        kept: found.and_then(|found| found.modified()).ok(),
        is_other,
        resumes,
    })
}

/// True if a process of that number runs.
fn runs(process: u32) -> bool {
    let process = i32::try_from(process).ok();
    let process = process.and_then(rustix::process::Pid::from_raw);
    // A process of somebody else is one, too.
    process.is_some_and(|process| {
        rustix::process::test_kill_process(process) != Err(rustix::io::Errno::SRCH)
    })
}

impl Last {
    /// The view of the call without the session, where that is resumed: undo leads back to it.
    pub fn view_without(&self) -> Option<View> {
        self.resumes.then(|| self.view.clone())
    }
}

/// The session with which the explorer begins, or which it offers.
pub fn at_start(common: &Common, last: Option<Last>) -> Option<LastSession> {
    let in_force = |file: &SessionFile| {
        let mut session = file.session.clone();
        if let Some(stack) = &common.stack {
            session.view.filters.clone_from(stack);
        }
        session
    };
    if let (Some(kept), false) = (&common.kept, common.resumes) {
        return Some(LastSession {
            session: in_force(kept),
            resumes: true,
            is_interrupted: false,
            note: note_on(common, &states(&common.logs)).unwrap_or_default(),
        });
    }
    let last = last?;
    let note = if last.resumes {
        "The last session was interrupted and is resumed; u starts without it".to_owned()
    } else {
        offer(&last)
    };
    let session = if last.resumes {
        in_force(&last.file)
    } else {
        last.file.session
    };
    Some(LastSession {
        session,
        resumes: last.resumes,
        is_interrupted: last.resumes,
        note,
    })
}

/// Says what was left, and how to go on with it.
fn offer(last: &Last) -> String {
    let view = &last.file.session.view;
    let ago = last.kept.and_then(|at| at.elapsed().ok());
    // Fractions of a second are of no interest.
    let ago = ago.map(|ago| format!(" {} ago", duration(ago.as_secs().max(1) as f64)));
    let on = view.filters.entries.iter().filter(|entry| entry.on).count();
    let filters = match on {
        0 => String::new(),
        on => format!("{}, ", counted(on as u64, "filter", "filters")),
    };
    let changed = if last.is_other {
        ", of another state of the log"
    } else {
        ""
    };
    format!(
        "Session left{} ({filters}{}{changed}): O resumes it",
        ago.unwrap_or_default(),
        safe(&view.pane)
    )
}

/// True if the session of the logs of a call is kept: they are files, or one is in an engine, and the user has a
/// state folder.
pub fn is_kept(common: &Common) -> bool {
    name(common).is_some() && folder().is_some()
}

fn folder() -> Option<PrivateFolder> {
    PrivateFolder::of_user(Base::State, "sessions")
}

/// Name of the file for the session of the logs of a call.
fn name(common: &Common) -> Option<String> {
    let id = match engines::address(common) {
        Ok(None) => id(&common.logs)?,
        Ok(Some(address)) => id_in_engine(common, &address),
        Err(_) => return None,
    };
    Some(format!("{id}.toml"))
}

/// Identity of a log in an engine, by its address and what names its table.
fn id_in_engine(common: &Common, address: &Address) -> String {
    let table = common.engine.table.as_deref().unwrap_or_default();
    let mapping = common.how.mapping.as_deref();
    let mapping = mapping.and_then(|path| absolute(path).ok());
    let mapping = mapping.unwrap_or_default();
    let parts = [
        b"engine",
        address.text().as_bytes(),
        table.as_bytes(),
        mapping.as_os_str().as_bytes(),
    ];
    let mut hasher = XxHash3_128::new();
    for part in parts {
        hasher.write(part);
        // None of them has a NUL.
        hasher.write(&[0]);
    }
    format!("{:032x}", hasher.finish_128())
}

/// Identity of these logs, whatever they hold by now: a hash of their paths. None where one is no
/// file.
pub fn id(logs: &[OsString]) -> Option<String> {
    let mut hasher = XxHash3_128::new();
    for log in logs {
        let is_file = log != "-" && fs::metadata(log).is_ok_and(|found| found.is_file());
        let path = fs::canonicalize(log).ok().filter(|_| is_file)?;
        hasher.write(path.as_os_str().as_bytes());
        // No path has a NUL, so that two lists of paths never run together alike.
        hasher.write(&[0]);
    }
    Some(format!("{:032x}", hasher.finish_128()))
}

/// A session as a file that lies in that folder; `None` for the state folder, where paths are absolute.
pub fn file(
    common: &Common,
    session: &Session,
    folder: Option<&Path>,
    mapping: MappingFile,
    fingerprints: Vec<String>,
) -> SessionFile {
    let times = common.times();
    let mut session = session.clone();
    let filters = &mut session.view.filters;
    let mut model = None;
    if let Some(Reference::Model(found)) = &filters.reference {
        model = Some(placed(Path::new(&found.path), folder));
        filters.reference = None;
    }
    // Definitions of the command line are part of it, those that were changed here as they are now.
    let names: Vec<String> = filters
        .milestones
        .iter()
        .filter_map(|text| name_of(text))
        .collect();
    for given in &times.milestone {
        if let GivenMilestone::Named(given) = given
            && !names.contains(&given.name)
        {
            filters.define_milestone(given);
        }
    }
    let before = filters.clone();
    for given in &times.wait_class {
        let mut known = before.clone();
        if !known.forget_wait(given) {
            filters.class_wait(given);
        }
    }
    SessionFile {
        mapping,
        fingerprints,
        call: Vec::new(),
        running: None,
        rules: times.rules.as_deref().map(|path| placed(path, folder)),
        rule: times.rule.clone(),
        idle: times.idle.map(duration_literal),
        now: times.now.clone(),
        model,
        switched_off: Vec::new(),
        session,
    }
}

/// Name of a milestone that is defined by a text.
fn name_of(text: &str) -> Option<String> {
    let (name, _) = text.split_once('=')?;
    Some(name.trim().to_owned())
}

/// A path for a file in that folder: relative where it leads below the folder, so that both can be moved.
fn placed(path: &Path, folder: Option<&Path>) -> String {
    let whole = absolute(path).unwrap_or_else(|_| path.to_owned());
    let folder: Option<PathBuf> = folder.and_then(|folder| {
        let here = if folder.as_os_str().is_empty() {
            Path::new(".")
        } else {
            folder
        };
        absolute(here).ok()
    });
    let below = folder.and_then(|folder| Some(whole.strip_prefix(folder).ok()?.to_owned()));
    below.unwrap_or(whole).to_string_lossy().into_owned()
}

/// Keeps a session in the user's state folder.
///
/// # Errors
/// It cannot be written.
pub fn keep(common: &Common, file: SessionFile, ended: bool) -> io::Result<()> {
    let (Some(name), Some(folder)) = (name(common), folder()) else {
        return Ok(());
    };
    let file = SessionFile {
        call: common.call.clone(),
        running: (!ended).then(std::process::id),
        ..file
    };
    folder.write(&name, &file.to_toml())
}
