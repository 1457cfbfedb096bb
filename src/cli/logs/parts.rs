//! What several calls of the explorer need of its logs: their inputs, how they are read, the files that are written.

use super::{Source, locked, told};
use crate::app::{LoadError, Outline, Session, Written};
use crate::cli::args::Format;
use crate::cli::failure::{Failure, code};
use crate::cli::load::{not_read, open, open_streams};
use crate::cli::output::Output;
use crate::cli::reports::document;
use crate::cli::{plan, redaction, session};
use crate::config::mapping_file::{MappingFile, overlay};
use crate::config::remembered::Kept as Saved;
use crate::config::session_file::SessionFile;
use crate::engine::{Analysis, View};
use crate::event_log::{Progress, Redaction};
use crate::formats::{self, Inspection, LogOptions, ReadPlan};
use crate::source::Input;
use std::ffi::OsString;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

impl Source {
    /// The session as a file that lies in that folder; `None` for the state folder.
    pub(super) fn session_file(&self, session: &Session, folder: Option<&Path>) -> SessionFile {
        let (plan, fingerprints) = locked(&self.read).clone();
        let plan = if plan.logs.len() > 1 {
            self.named(&plan)
        } else {
            plan
        };
        let mapping = MappingFile {
            ends: None,
            ..plan::mapping_file(&self.common, &plan)
        };
        session::file(&self.common, session, folder, mapping, fingerprints)
    }

    /// A document on the log that was loaded last, and a note about sections that failed.
    pub(super) fn document(
        &self,
        outline: &Outline,
        command: &[String],
        format: Format,
    ) -> Result<(String, String), LoadError> {
        let analysis = self.analysis()?;
        let basis = self.basis(&analysis, View::default(), command);
        document::written(&basis, outline, format).map_err(told)
    }

    /// The log that was loaded last.
    pub(super) fn analysis(&self) -> Result<Arc<Analysis>, LoadError> {
        locked(&self.analysis).upgrade().ok_or_else(|| LoadError {
            message: "there is no log to report on".to_owned(),
            code: code::DEFECT,
        })
    }

    /// What reports on a log and a view are made from; `command` are the pieces of a command line that reads it.
    pub(super) fn basis<'a>(
        &'a self,
        analysis: &'a Analysis,
        view: View,
        command: &[String],
    ) -> document::Basis<'a> {
        document::Basis {
            analysis,
            common: &self.common,
            view,
            command: command.to_vec(),
            fingerprints: locked(&self.read).1.clone(),
        }
    }

    /// The files that the call reads.
    pub(super) fn files_read(&self) -> Vec<OsString> {
        let common = &self.common;
        let files = [
            &common.how.mapping,
            &common.times().rules,
            &common.session,
            &common.recipes,
            &common.notes,
            &common.redact_key,
        ];
        let settings = common.config.path().map(|(path, _)| path);
        let files = files.into_iter().flatten().chain(&settings);
        let files = files.map(|path| path.clone().into_os_string());
        common.logs.iter().cloned().chain(files).collect()
    }

    pub(super) fn has_stream(&self) -> bool {
        self.common.logs.iter().any(|log| log == "-")
    }

    /// The logs, opened once for looks and previews.
    pub(super) fn inputs(&self) -> Result<Arc<Vec<Input>>, LoadError> {
        let mut inputs = locked(&self.inputs);
        if let Some(opened) = &inputs.opened {
            return Ok(Arc::clone(opened));
        }
        if let Some(following) = &*locked(&self.following)
            && following.has_streams()
        {
            return following.reopened().map(Arc::new).map_err(told);
        }
        if inputs.used_up {
            return Err(LoadError {
                message: "standard input cannot be read again".to_owned(),
                code: code::REFUSED,
            });
        }
        let opened = if self.follows.load(Relaxed) {
            open_streams(&self.common.logs)
        } else {
            open(&self.common.logs)
        };
        let opened = Arc::new(opened.map_err(told)?);
        inputs.opened = Some(Arc::clone(&opened));
        inputs.used_up = self.has_stream();
        Ok(opened)
    }

    /// One of them, with its name for messages.
    pub(super) fn with_input<T>(
        &self,
        log: usize,
        f: impl FnOnce(&Input) -> Result<T, formats::ImportError>,
    ) -> Result<T, LoadError> {
        let inputs = self.inputs()?;
        let input = inputs.get(log).ok_or_else(|| LoadError {
            message: "there is no such log".to_owned(),
            code: code::DEFECT,
        })?;
        f(input).map_err(|error| told(not_read(&self.common.logs[log..=log], error)))
    }

    /// Looks at a log; what is not shown is left out.
    pub(super) fn look_at(
        &self,
        log: usize,
        options: &LogOptions,
        progress: &Progress,
    ) -> Result<Inspection, LoadError> {
        let looked = self.with_input(log, |input| formats::look(input, &options.read, progress))?;
        Ok(looked.without_samples())
    }

    /// Finds the saved mapping of a log that looks like this one; options of the command line
    /// override it, and a mapping file replaces it.
    pub(super) fn known(&self, look: &Inspection, options: &LogOptions) -> Option<Saved> {
        let remembered = self.remembered.as_ref();
        let remembered = remembered.filter(|_| self.common.how.mapping.is_none());
        let known = remembered?.find(look)?;
        Some(Saved {
            read: overlay(known.read, options.read.clone()),
            ends: known.ends,
            milestones: known.milestones,
            waits: known.waits,
            columns: known.columns,
        })
    }

    /// Writes a file whole or not at all; one that exists is replaced only if it may be.
    pub(super) fn write_text(
        &self,
        place: &Path,
        replace: bool,
        text: &str,
    ) -> Result<Written, LoadError> {
        if !replace && place.symlink_metadata().is_ok() {
            return Ok(Written::Exists);
        }
        let output = Output::choose(Some(place), replace, &self.common.logs).map_err(told)?;
        let written = output.write(|out| out.write_all(text.as_bytes()));
        written.map(|()| Written::Done).map_err(told)
    }

    /// Key and columns of the redaction that is shown; `None` where values are shown.
    pub(super) fn redaction(&self) -> Result<Option<Redaction>, Failure> {
        let redacted = self.redacted.load(Relaxed);
        redacted.then(|| redaction::of(&self.common)).transpose()
    }

    /// The plan with the names that the logs go by where nothing else is said.
    pub(super) fn named(&self, plan: &ReadPlan) -> ReadPlan {
        let names: Vec<String> = self
            .common
            .logs
            .iter()
            .map(|log| log.to_string_lossy().into_owned())
            .collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let mut plan = plan.clone();
        for (log, label) in plan.logs.iter_mut().zip(formats::source_labels(&names)) {
            if log.source.is_empty() {
                log.source = label;
            }
        }
        plan
    }
}
