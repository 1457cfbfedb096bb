//! Reading plan of the logs, and timing of their cases: options of the command line override the
//! mapping file and the rules file.

use super::args::{Common, GivenMilestone, How, Times};
use super::cache;
use super::failure::{Failure, place, pointed_out};
use super::{engines, models, say, session};
use crate::config::mapping_file::{MappedEngine, MappedLog, MappingFile, overlay};
use crate::config::rules::RedactRules;
use crate::config::{FileError, rules};
use crate::engine::{
    BY_CASE, ConformRule, NamedCalendar, NamedMilestone, NamedWait, Reference, Timing,
};
use crate::filter::Moment;
use crate::formats::{Lifecycle, LogOptions, ReadPlan};
use crate::text::time::duration_literal;
use crate::text::{counted, escape_line};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::File;
use std::io::Read;
use std::path::Path;

impl Common {
    /// Finds out how the logs are to be read and what is defined for them, before any is opened.
    pub fn settle(&mut self) -> Result<(), Failure> {
        self.no_cache |= cache::limit() == Some(0);
        if let Some(path) = self.session.as_ref().filter(|_| !self.resumes) {
            self.kept = Some(Box::new(session::read(path)?));
        }
        let kept = self.kept.take();
        if let Some(kept) = &kept {
            self.take_session(kept);
            if let [log] = kept.mapping.logs.as_slice() {
                self.engine.take_mapping(&log.engine)?;
            }
        }
        let mapping = kept.as_ref().map(|kept| &kept.mapping);
        let (plan, ends) = if self.resumes {
            plan(&How::default(), &self.logs, mapping)?
        } else {
            plan(&self.how, &self.logs, mapping)?
        };
        self.kept = kept;
        self.plan = plan;
        if let Some(path) = self.how.mapping.as_ref().filter(|_| !self.resumes) {
            let mapped = engine(path, &self.logs)?;
            self.engine.take_mapping(&mapped)?;
            // A table is of a log in an engine only.
            engines::address(self)?;
        }
        (self.timing, self.redact_rules) = timing(self.times(), self.tz())?;
        let of_rules = self.timing.ends.activities.take();
        // End states of the rules file come before those of the mapping file.
        self.timing.ends.activities = of_rules.or(ends);
        Ok(())
    }

    /// Lets `--end`, and end states, milestones and classes of waits of a session, replace those of the files.
    /// In the explorer they are part of the view instead, as keys change them there.
    pub fn define(&mut self) {
        let given = self.times().ends();
        let stack = self.stack.clone().unwrap_or_default();
        let ends = &mut self.timing.ends.activities;
        *ends = given.or(stack.ends).or(ends.take());
        // Those of the command line are not in the session, and all have been checked.
        for text in &stack.milestones {
            if let Ok(milestone) = NamedMilestone::parse(text) {
                self.timing.define(milestone);
            }
        }
        for text in &stack.waits {
            if let Ok(wait) = NamedWait::parse(text) {
                self.timing.class_wait(wait);
            }
        }
    }
}

/// Builds the reading plan, and returns the end states of the mapping file. An unusable mapping file is a
/// usage error. `session` is the mapping of a session, which a mapping file replaces.
pub fn plan(
    how: &How,
    logs: &[OsString],
    session: Option<&MappingFile>,
) -> Result<(ReadPlan, Option<Vec<String>>), Failure> {
    let names: Vec<String> = logs
        .iter()
        .map(|l| l.to_string_lossy().into_owned())
        .collect();
    let (mut plan, ends) = if let Some(path) = &how.mapping {
        kept(path, &names)?
    } else if let Some(mapping) = session {
        (session::plan(mapping, &names)?, None)
    } else {
        let logs = vec![LogOptions::default(); names.len()];
        let plan = ReadPlan {
            logs,
            ..ReadPlan::default()
        };
        (plan, None)
    };
    plan.lifecycle = how.lifecycle().unwrap_or(plan.lifecycle);
    plan.session_gap = how.session_gap().or(plan.session_gap);
    let n_names = how.activity_names();
    if n_names > 1 && n_names != logs.len() {
        let message = format!(
            "--activity-name is given {n_names} times for {}: give it once, or once for each log",
            counted(logs.len() as u64, "log", "logs")
        );
        return Err(Failure::usage(message));
    }
    for (at, log) in plan.logs.iter_mut().enumerate() {
        let mut given = how.read_options(at);
        // `read_options` leaves it out.
        given.lifecycle = plan.lifecycle;
        log.read = overlay(std::mem::take(&mut log.read), given);
    }
    Ok((plan, ends))
}

/// Builds the timing of cases: milestones and classes of waits of the command line override those of the
/// same name in the rules file. Gives also what that file says about redaction. An unusable rules file is a usage
/// error.
fn timing(times: &Times, tz: chrono_tz::Tz) -> Result<(Timing, RedactRules), Failure> {
    let (mut timing, redact_rules) = match &times.rules {
        None => (Timing::default(), RedactRules::default()),
        Some(path) => {
            let (mut timing, redact_rules) = of_file(path, rules::parse_all)?;
            if let Some(model) = timing.conform.unread.take() {
                let folder = path.parent().unwrap_or(Path::new(""));
                let model = models::read(&folder.join(model))?;
                timing.conform.reference = Reference::Model(model);
            }
            (timing, redact_rules)
        }
    };
    for given in &times.milestone {
        match given {
            GivenMilestone::Auto => timing.ready_made = true,
            GivenMilestone::Named(given) => timing.define(given.clone()),
        }
    }
    for given in &times.rule {
        let rule = ConformRule::parse(given);
        let rule = rule.map_err(|error| Failure::usage(pointed_out("--rule", &error)))?;
        timing.conform_rules.push(rule);
    }
    for given in &times.wait_class {
        timing.class_wait(given.clone());
    }
    if let Some(name) = &times.calendar {
        let known = |timing: &Timing| timing.calendars.iter().any(|c| c.name == *name);
        let by_case = name == BY_CASE && !timing.calendars.is_empty();
        if !known(&timing) && !by_case {
            let calendar = rules::calendar_line(name).map_err(|why| {
                let known: Vec<&str> = timing.calendars.iter().map(|c| c.name.as_str()).collect();
                let known = match known.as_slice() {
                    [] => "no rules file defines calendars".to_owned(),
                    known => format!("calendars of the rules file: {}", known.join(", ")),
                };
                let message = format!("--calendar {name}: {why}; {known}");
                Failure::usage(escape_line(&message))
            })?;
            timing.calendars.push(NamedCalendar {
                // Written in the place of a name, so that its text is its name.
                name: name.clone(),
                calendar,
                when: None,
                on_the_spot: true,
            });
        }
    }
    timing.ends.idle = times.idle.or(timing.ends.idle);
    timing.now = match times.now.as_deref() {
        None => None,
        Some("now") => Some(chrono::Utc::now().timestamp_micros()),
        Some(text) => {
            let moment = Moment::parse(text).map_err(|why| {
                let text = escape_line(text);
                Failure::usage(format!("--now {text}: {why}"))
            })?;
            Some(moment.first_instant(tz))
        }
    };
    Ok((timing, redact_rules))
}

/// Reads a mapping file.
fn kept(path: &Path, names: &[String]) -> Result<(ReadPlan, Option<Vec<String>>), Failure> {
    of_file(path, |text| {
        let file = MappingFile::parse(text)?;
        Ok((file.plan(names)?, file.ends))
    })
}

/// Where a mapping file says that the only log of a call is in an engine.
fn engine(path: &Path, logs: &[OsString]) -> Result<MappedEngine, Failure> {
    let [log] = logs else {
        return Ok(MappedEngine::default());
    };
    let name = log.to_string_lossy();
    of_file(path, |text| {
        let file = MappingFile::parse(text)?;
        Ok(file.entry(&name)?.engine.clone())
    })
}

/// Reads and parses a settings file. An unusable one is a usage error.
pub(super) fn of_file<T>(
    path: &Path,
    parse: impl FnOnce(&str) -> Result<T, FileError>,
) -> Result<T, Failure> {
    let name = say::file(path.as_os_str());
    let text = text(path).map_err(|why| Failure::usage(format!("{name} {why}")))?;
    parse(&text).map_err(|error| {
        let line = error.line.map(|line| format!("line {line}: "));
        let line = line.unwrap_or_default();
        let message = escape_line(&error.message);
        let pointed = error.place.as_ref().map(|(text, span)| place(text, span));
        Failure::usage(format!(
            "{name}: {line}{message}{}",
            pointed.unwrap_or_default()
        ))
    })
}

/// The text of a file that is not larger than such a file can be; `Err` says what is wrong with it.
pub(super) fn text(path: &Path) -> Result<String, String> {
    const MOST: u64 = 4 << 20;
    let mut text = String::new();
    File::open(path)
        // One byte more shows that there is too much.
        .and_then(|file| file.take(MOST + 1).read_to_string(&mut text))
        .map_err(|error| format!("cannot be read: {}", escape_line(&error.to_string())))?;
    if text.len() as u64 > MOST {
        return Err(format!(
            "is larger than {} MiB: is it another file?",
            MOST >> 20
        ));
    }
    Ok(text)
}

/// The mapping file of the logs of a call.
pub fn mapping_file(common: &Common, plan: &ReadPlan) -> MappingFile {
    let logs = common.logs.iter().zip(&plan.logs);
    let logs = logs.map(|(log, options)| MappedLog {
        file: log.to_string_lossy().into_owned(),
        options: options.clone(),
        engine: common.engine.mapped(),
    });
    MappingFile {
        logs: logs.collect(),
        lifecycle: (plan.lifecycle != Lifecycle::default()).then_some(plan.lifecycle),
        session_gap: plan.session_gap.map(duration_literal),
        ends: common.timing.ends.activities.clone(),
        milestones: Vec::new(),
        waits: Vec::new(),
        columns: BTreeMap::new(),
    }
}
