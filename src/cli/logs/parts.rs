//! What several calls of the explorer need of its logs: their inputs, how they are read, the files that are written.

use super::{Source, locked, told};
use crate::app::{LoadError, Session};
use crate::cli::failure::{Failure, code};
use crate::cli::load::{begin_streams, not_read, not_received, open_streams};
use crate::cli::reports::document;
use crate::cli::{plan, redaction, session};
use crate::config::mapping_file::MappingFile;
use crate::config::session_file::SessionFile;
use crate::engine::{Analysis, View};
use crate::event_log::{Progress, Redaction, Stage};
use crate::formats::{self, Bytes, Inspection, LogOptions, ReadPlan};
use crate::source::Input;
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
            log: analysis,
            common: &self.common,
            view,
            command: command.to_vec(),
            fingerprints: locked(&self.read).1.clone(),
        }
    }

    pub(super) fn has_stream(&self) -> bool {
        self.common.logs.iter().any(|log| log == "-")
    }

    /// The logs, opened once for looks and previews; streams that are not followed are waited for.
    pub(super) fn inputs(&self, progress: &Progress) -> Result<Arc<Vec<Input>>, LoadError> {
        let mut inputs = locked(&self.inputs);
        let follows = self.follows.load(Relaxed);
        let opened = if let Some(opened) = &inputs.opened {
            Arc::clone(opened)
        } else if let Some(following) = &*locked(&self.following)
            && following.has_streams()
        {
            return following.reopened().map(Arc::new).map_err(told);
        } else if inputs.used_up {
            return Err(LoadError {
                message: "standard input cannot be read again".to_owned(),
                code: code::REFUSED,
            });
        } else if follows {
            Arc::new(open_streams(&self.common.logs).map_err(told)?)
        } else {
            Arc::new(begin_streams(&self.common.logs).map_err(told)?)
        };
        inputs.used_up = self.has_stream();
        // Also where nobody waits any longer: what has come is kept, and more may be waited for.
        inputs.opened = Some(Arc::clone(&opened));
        if !follows {
            self.receive(&opened, progress)?;
        }
        Ok(opened)
    }

    /// Waits for the ends of streams.
    fn receive(&self, inputs: &[Input], progress: &Progress) -> Result<(), LoadError> {
        for (log, input) in inputs.iter().enumerate() {
            if input.is_open() {
                let received = input.receive(|bytes| progress.waits_for_more(bytes));
                received.map_err(|error| LoadError {
                    message: not_received(&self.common.logs[log], &error),
                    code: code::REFUSED,
                })?;
                progress.check().map_err(|error| LoadError {
                    message: error.to_string(),
                    code: code::DEFECT,
                })?;
                progress.bytes.store(0, Relaxed);
                progress.enter(Stage::Looking);
            }
        }
        Ok(())
    }

    /// One of them, with its name for messages.
    pub(super) fn with_input<T>(
        &self,
        log: usize,
        progress: &Progress,
        f: impl FnOnce(&Input) -> Result<T, formats::ImportError>,
    ) -> Result<T, LoadError> {
        let inputs = self.inputs(progress)?;
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
        let looked = self.with_input(log, progress, |input| {
            formats::look(input, &options.read, progress)
        })?;
        Ok(looked.without_samples())
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
