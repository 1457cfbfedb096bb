//! From the names of files to a log that answers, and what is to be said of how it was read.

use super::args::Common;
use super::cache::Place;
use super::failure::{Failure, code};
use super::follow::How;
use super::measure::{Cost, Moment, peak_bytes};
use super::memory::Limits;
use super::{advice, notes, redaction, say};
use crate::engine::{Analysis, AskError, View};
use crate::event_log::{Progress, Redaction};
use crate::formats::follow::{Followed, Update};
use crate::formats::{self, ImportError, ImportReport, ReadPlan, Warning};
use crate::os;
use crate::source;
use crate::store::{Miss, Proof, Stored};
use crate::text::time::exact_instant;
use crate::text::{self, escape_line};
use std::ffi::{OsStr, OsString};
use std::io;
use std::sync::Arc;

/// Result of loading the logs.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct LoadCost {
    /// Time.
    pub time: Cost,
    /// The most memory that was resident, in bytes.
    pub peak_bytes: Option<u64>,
    /// Source of the loaded log.
    pub from: LoadedFrom,
}

/// Source of a loaded log.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum LoadedFrom {
    /// The log itself.
    #[default]
    Log,
    /// The cached index.
    Index,
}

/// Warnings that say that the reading rests on a guess.
const GUESSES: [Warning; 6] = [
    Warning::DoubtfulMapping,
    Warning::EncodingGuessed,
    Warning::Quoting,
    Warning::AmbiguousDateOrder,
    Warning::NaiveMixed,
    Warning::DuplicateHeader,
];

/// A log that was loaded, and what is left to do with it.
pub struct Loaded {
    /// It answers.
    pub analysis: Arc<Analysis>,
    /// Source of the loaded log.
    pub from: LoadedFrom,
    /// Message about the cached index, if any.
    pub note: Option<String>,
    /// Message about the file of tags and notes, if any.
    pub fault_of_notes: Option<String>,
    /// Cache entry of the logs.
    place: Option<Place>,
    /// Input from which the log was read.
    inputs: Arc<Vec<source::Input>>,
    /// Pending check that the cached index matches the logs.
    proof: Option<Proof>,
    /// State for reading on, if that was wanted and the log was read.
    pub followed: Option<Followed>,
}

impl Loaded {
    /// Proves that the index it is from is what was written.
    pub fn prove(&mut self) -> Result<(), Miss> {
        self.proof.take().map_or(Ok(()), |proof| proof.check())
    }

    /// Input from which the log was read.
    pub fn inputs(&self) -> Arc<Vec<source::Input>> {
        Arc::clone(&self.inputs)
    }

    /// Keeps the index in the cache, if it is not there. Gives the sentence that says why it cannot.
    pub fn keep(self) -> Option<String> {
        let place = self.place.filter(|_| self.from == LoadedFrom::Log)?;
        place.put(&self.inputs, &self.analysis).err()
    }
}

/// Opens the logs, by their index in the cache if there is one, else by reading them; and what that
/// took.
pub fn load(common: &Common, progress: &Progress) -> Result<(Loaded, LoadCost), Failure> {
    let redaction = if common.is_redacted() {
        Some(redaction::of(common)?)
    } else {
        None
    };
    let inputs = Arc::new(open(&common.logs)?);
    let start = Moment::now();
    // Proved before anything is computed from it: damaged data may as well cause a panic.
    let wanted = Wanted {
        plan: &common.plan,
        cached: CachedIndex::Proved,
        redaction,
        follows: false,
    };
    let loaded = load_plan(common, inputs, &wanted, progress)?;
    let cost = LoadCost {
        time: start.cost(),
        peak_bytes: peak_bytes(),
        from: loaded.from,
    };
    Ok((loaded, cost))
}

/// The sentence about an index that was not used.
pub fn read_again(miss: &Miss) -> String {
    format!("{miss}: indexing again")
}

/// Use of a cached index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CachedIndex {
    /// None: the log is read.
    Ignored,
    /// Only if its data is what was written.
    Proved,
    /// Whatever its data is; the proof is left to the caller.
    Unproved,
}

/// How logs are loaded.
#[derive(Debug)]
pub struct Wanted<'a> {
    /// Reading plan.
    pub plan: &'a ReadPlan,
    /// Use of a cached index.
    pub cached: CachedIndex,
    /// Key and columns of a redaction; `None` shows the log as it is.
    pub redaction: Option<Redaction>,
    /// True if what is appended to the logs is to be read later.
    pub follows: bool,
}

/// Loads logs that are already open.
pub fn load_plan(
    common: &Common,
    inputs: Arc<Vec<source::Input>>,
    wanted: &Wanted<'_>,
    progress: &Progress,
) -> Result<Loaded, Failure> {
    let Wanted { plan, cached, .. } = *wanted;
    let (place, mut note) = if common.no_cache {
        (None, None)
    } else {
        match Place::of(&inputs, plan) {
            Ok(place) => (place, None),
            Err(why) => (
                None,
                Some(format!("nothing is kept for the next run: {why}")),
            ),
        }
    };
    let known = place.as_ref().filter(|_| cached != CachedIndex::Ignored);
    let mut stored = known.map(|place| place.get(&inputs));
    if let Some(Ok((_, unproved))) = &stored {
        Limits::find(common.memory).check_index(unproved.bytes())?;
        if cached == CachedIndex::Proved
            && let Err(miss) = unproved.check()
        {
            stored = Some(Err(miss));
        }
    }
    let (mut proof, mut followed) = (None, None);
    let (analysis, from) = match stored {
        Some(Ok((stored, unproved))) => {
            proof = Some(unproved).filter(|_| cached == CachedIndex::Unproved);
            (indexed(common, &inputs, stored), LoadedFrom::Index)
        }
        missed => {
            // That a log is not yet in the cache is no news.
            if let Some(Err(miss @ (Miss::Stale | Miss::Damaged(_)))) = missed {
                note = Some(read_again(&miss));
            }
            let (analysis, goes_on) = read(common, &inputs, wanted, progress)?;
            followed = goes_on;
            (analysis, LoadedFrom::Log)
        }
    };
    // An index is of the log as it is; of one that is followed a last row may be left out.
    let is_whole = wanted.redaction.is_none() && common.least(false) == 0 && followed.is_none();
    let place = place.filter(|_| is_whole);
    let (analysis, fault_of_notes) = completed(analysis, common, wanted.redaction.as_ref())?;
    Ok(Loaded {
        analysis: Arc::new(analysis),
        from,
        note,
        fault_of_notes,
        place,
        inputs,
        proof,
        followed,
    })
}

/// An analysis as the call wants it: redacted, with what is defined for it and with its notes; gives also what was
/// wrong in the file of notes.
fn completed(
    analysis: Analysis,
    common: &Common,
    redaction: Option<&Redaction>,
) -> Result<(Analysis, Option<String>), Failure> {
    let analysis = match redaction {
        Some(redaction) => analysis.redacted(redaction).map_err(Failure::usage)?,
        None => analysis,
    };
    let analysis = analysis
        .with_timing(common.timing.clone())
        .map_err(Failure::from)?
        .with_memory_limit(Limits::find(common.memory).for_answers())
        .with_least(common.least(redaction.is_some()));
    check_times(&analysis, common)?;
    notes::added(analysis, common)
}

/// The analysis of a log that has grown.
pub fn grown(how: &How<'_>, update: Update, progress: &Progress) -> Result<Analysis, Failure> {
    let common = how.common;
    let name = title(&common.logs);
    let analysis = Analysis::new(name, update.log, update.report, common.tz(), progress)
        .map_err(|_| Failure::new(code::DEFECT, "the load was cancelled"))?;
    let (analysis, _) = completed(analysis, common, how.redaction.as_ref())?;
    Ok(analysis)
}

/// Refuses a time to look at the log as of that is before its first event, and a now before its last.
fn check_times(analysis: &Analysis, common: &Common) -> Result<(), Failure> {
    let whole = View {
        as_of: common.view().as_of,
        ..View::default()
    };
    if let Some(as_of) = &whole.as_of {
        let refused = |error| match error {
            AskError::Filter(error) => {
                Failure::usage(escape_line(&format!("--as-of {as_of}: {}", error.message)))
            }
            error => error.into(),
        };
        analysis.last_event(&whole).map_err(refused)?;
    }
    let Some((now, text)) = common.timing.now.zip(common.times().now.as_ref()) else {
        return Ok(());
    };
    let events = View {
        events: common.view().events,
        ..View::default()
    };
    // A wrong condition is reported by what asks with it.
    match analysis.last_event(&events) {
        Ok(Some(last)) if now < last => Err(Failure::usage(escape_line(&format!(
            "--now {text} is before the last event ({}): --as-of {text} cuts the log there",
            exact_instant(last, analysis.zone())
        )))),
        _ => Ok(()),
    }
}

fn indexed(common: &Common, inputs: &[source::Input], stored: Stored) -> Analysis {
    let Stored {
        log,
        index,
        mut report,
    } = stored;
    // The same files may be called otherwise today.
    report.files = inputs.iter().map(|input| input.name().to_owned()).collect();
    Analysis::indexed(title(&common.logs), log, index, report, common.tz())
}

fn read(
    common: &Common,
    inputs: &[source::Input],
    wanted: &Wanted<'_>,
    progress: &Progress,
) -> Result<(Analysis, Option<Followed>), Failure> {
    Limits::find(common.memory).check(inputs, wanted.plan)?;
    let read = if wanted.follows {
        let read = Followed::begin(inputs, wanted.plan, progress);
        read.map(|(log, report, followed)| (log, report, Some(followed)))
    } else {
        let read = formats::read_all(inputs, wanted.plan, progress);
        read.map(|(log, report)| (log, report, None))
    };
    let (log, report, followed) = read.map_err(|error| {
        let error = match wanted.redaction {
            Some(_) => error.without_quoted(),
            None => error,
        };
        not_read(&common.logs, error)
    })?;
    // 438 MB of 10 million events become 206 before the index is made, which then peaks at 599 and not at 708.
    os::give_memory_back();
    let analysis = Analysis::new(title(&common.logs), log, report, common.tz(), progress)
        .map_err(|_| Failure::new(code::DEFECT, "the load was cancelled"))?;
    Ok((analysis, followed))
}

/// Opens the logs.
pub fn open(logs: &[OsString]) -> Result<Vec<source::Input>, Failure> {
    source::open(logs).map_err(|error| not_opened(&error))
}

/// Opens logs that are to be followed: streams stay open.
pub fn open_streams(logs: &[OsString]) -> Result<Vec<source::Input>, Failure> {
    source::open_streams(logs).map_err(|error| not_opened(&error))
}

/// Opens logs of which streams are to be waited for.
pub fn begin_streams(logs: &[OsString]) -> Result<Vec<source::Input>, Failure> {
    source::begin_streams(logs).map_err(|error| not_opened(&error))
}

/// Why a stream could not be read to its end.
pub fn not_received(log: &OsStr, error: &io::Error) -> String {
    let error = escape_line(&error.to_string());
    format!("{}: cannot be read: {error}", say::file(log))
}

/// Why a log could not be opened.
pub fn not_opened(error: &source::OpenError) -> Failure {
    let message = escape_line(&error.message);
    refused(format!("{}: {message}", say::file(&error.path)))
}

/// The names of the logs for titles.
pub fn title(logs: &[OsString]) -> String {
    enumerated(logs, |log| match log.to_str() {
        Some("-") => "standard input".to_owned(),
        _ => say::safe_name(log),
    })
}

/// The names of the logs for messages.
fn quoted(logs: &[OsString]) -> String {
    enumerated(logs, say::file)
}

fn enumerated(logs: &[OsString], name: impl Fn(&OsStr) -> String) -> String {
    let names: Vec<String> = logs.iter().take(2).map(|log| name(log)).collect();
    match logs.len() {
        0..=2 => names.join(", "),
        n => format!("{} and {} more", names.join(", "), n - 2),
    }
}

fn refused(message: String) -> Failure {
    Failure::new(code::REFUSED, message)
}

/// Why logs could not be read.
pub fn not_read(logs: &[OsString], error: ImportError) -> Failure {
    let (name, error) = match error {
        ImportError::In { file, error } => (say::file(&logs[file]), *error),
        error => (quoted(logs), error),
    };
    let (error, settings) = match error {
        ImportError::Mendable { error, settings } => (*error, settings),
        error => (error, Vec::new()),
    };
    let place = match error {
        ImportError::Refused {
            line: Some(line), ..
        } => format!("line {line}: "),
        _ => String::new(),
    };
    let message = advice::with_advice(&error.to_string(), &settings);
    let message = format!("{name}: {place}{}", escape_line(&message));
    match error {
        ImportError::Usage(_) => Failure::usage(message),
        _ => refused(message),
    }
}

/// Says on standard error what was rejected and what is doubtful.
pub fn notes(analysis: &Analysis, common: &Common) {
    let (name, report) = (quoted(&common.logs), analysis.report());
    if let Some(sentence) = rejected(report, &common.logs) {
        say::say(&sentence);
    }
    for notice in &analysis.info().warnings {
        let sentence = advice::warning(notice);
        say::say(&format!("{name}: warning: {}", escape_line(&sentence)));
    }
    for (defined, missing) in analysis.missing_activities() {
        let missing = missing.join("\", \"");
        let sentence = format!("{defined}: the log has no activity \"{missing}\"");
        say::say(&format!("{name}: warning: {}", escape_line(&sentence)));
    }
}

/// The first reject in full, all of them by reason, and where to find the rest.
fn rejected(report: &ImportReport, logs: &[OsString]) -> Option<String> {
    let first = report.rejects.first()?;
    let place = match first.line {
        Some(line) => format!("line {line}"),
        None => "at the end".to_owned(),
    };
    let reasons = report.reasons.iter();
    let reasons: Vec<String> = reasons
        .map(|(reason, n)| format!("{} {reason}", text::count(*n)))
        .collect();
    Some(format!(
        "{}: {place}: {}: {}; rows rejected in total: {} (casetrail quality lists them)",
        logs.get(first.file)
            .map(|log| say::file(log))
            .unwrap_or_default(),
        first.reason,
        say::value(&first.value),
        reasons.join(", "),
    ))
}

/// Warnings about a log that was loaded nevertheless.
pub fn verdict(analysis: &Analysis, common: &Common) -> Result<(), Failure> {
    let (name, report) = (quoted(&common.logs), analysis.report());
    // First, as it names an incomplete input, too.
    if common.strict {
        let mut wrong = Vec::new();
        if report.n_rejected > 0 {
            wrong.push(format!(
                "{} rejected",
                text::counted(report.n_rejected, "row", "rows")
            ));
        }
        if report.incomplete {
            wrong.push("the input is incomplete".to_owned());
        }
        let guesses = GUESSES
            .iter()
            .filter(|guess| report.warnings.contains_key(guess));
        wrong.extend(guesses.map(|guess| format!("a guess: {guess}")));
        if !wrong.is_empty() {
            let message = format!("{name}: --strict: {}", wrong.join(", "));
            return Err(Failure::new(code::STRICT, message));
        }
    }
    if report.incomplete {
        let message = format!("{name}: the input is incomplete; the figures are of what was read");
        return Err(Failure::new(code::INCOMPLETE, message));
    }
    Ok(())
}
