//! Logs in memory for the explorer: looked at, previewed and read by the program's own readers.

use casetrail::app::{Inspected, LoadError, Logs, Written};
use casetrail::engine::Analysis;
use casetrail::event_log::{Progress, Role};
use casetrail::formats::{
    self, ImportError, Inspection, LogOptions, Preview, ReadOptions, ReadPlan,
};
use casetrail::text;
use std::sync::{Arc, Mutex};

/// Names and texts of the logs, and what was remembered, written and loaded.
#[derive(Default)]
pub struct Texts {
    pub logs: Vec<(&'static str, String)>,
    pub kept: Kept,
    /// Types of objects that the first log is said to have.
    pub object_types: Vec<(String, u64)>,
}

/// What became of the mappings.
#[derive(Clone, Default)]
pub struct Kept(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    remembered: Option<(Vec<String>, ReadOptions)>,
    written: Vec<(String, ReadPlan)>,
    loaded: Vec<ReadPlan>,
}

impl Kept {
    fn with<T>(&self, f: impl FnOnce(&mut State) -> T) -> T {
        f(&mut self.0.lock().expect("no test panics while it holds this"))
    }

    pub fn remembered(&self) -> Option<ReadOptions> {
        self.with(|s| s.remembered.clone().map(|(_, read)| read))
    }

    pub fn written(&self) -> Vec<(String, ReadPlan)> {
        self.with(|s| s.written.clone())
    }

    /// The plan by which the logs were read last.
    pub fn loaded(&self) -> Option<ReadPlan> {
        self.with(|s| s.loaded.last().cloned())
    }
}

fn error(error: &ImportError) -> LoadError {
    LoadError {
        message: error.to_string(),
        code: 3,
    }
}

impl Texts {
    pub fn one(text: &str) -> Self {
        Texts {
            logs: vec![("orders.csv", text.to_owned())],
            ..Texts::default()
        }
    }

    fn plan(&self) -> ReadPlan {
        let log = |(name, _): &(&str, String)| LogOptions {
            source: (*name).to_owned(),
            ..LogOptions::default()
        };
        ReadPlan {
            logs: self.logs.iter().map(log).collect(),
            ..ReadPlan::default()
        }
    }
}

impl Logs for Texts {
    fn inspect(
        &self,
        plan: Option<&ReadPlan>,
        progress: &Progress,
    ) -> Result<Option<Inspected>, LoadError> {
        let mut found = Inspected {
            plan: plan.cloned().unwrap_or_else(|| self.plan()),
            ..Inspected::default()
        };
        for (at, options) in found.plan.logs.iter_mut().enumerate() {
            let mut look = self.look(at, options, progress);
            let columns = look.as_ref().map(|look| look.columns.clone());
            let known = self.kept.with(|s| s.remembered.clone());
            let known = known.filter(|(names, _)| plan.is_none() && Ok(names) == columns.as_ref());
            found.remembered.push(known.is_some());
            if let Some((_, read)) = known {
                options.read = read;
                look = self.look(at, options, progress);
            }
            found.looks.push(look);
        }
        Ok(Some(found))
    }

    fn look(
        &self,
        log: usize,
        options: &LogOptions,
        _: &Progress,
    ) -> Result<Inspection, LoadError> {
        let text = self.logs[log].1.as_bytes();
        let mut look =
            formats::look(&text, &options.read, &Progress::default()).map_err(|e| error(&e))?;
        if log == 0 {
            look.object_types.clone_from(&self.object_types);
        }
        Ok(look)
    }

    fn preview(
        &self,
        log: usize,
        options: &LogOptions,
        progress: &Progress,
    ) -> Result<Preview, LoadError> {
        let text = self.logs[log].1.as_bytes();
        formats::preview(&text, &options.read, progress).map_err(|e| error(&e))
    }

    fn load(
        &self,
        plan: Option<&ReadPlan>,
        progress: Arc<Progress>,
    ) -> Result<Arc<Analysis>, LoadError> {
        let plan = plan.cloned().unwrap_or_else(|| self.plan());
        let texts: Vec<&[u8]> = self.logs.iter().map(|(_, text)| text.as_bytes()).collect();
        self.kept.with(|s| s.loaded.push(plan.clone()));
        let (log, report) = formats::read_all(&texts, &plan, &progress).map_err(|e| error(&e))?;
        let name = "orders.csv".to_owned();
        let analysis = Analysis::new(name, log, report, text::time::UTC, &progress);
        Ok(Arc::new(analysis.expect("not cancelled")))
    }

    fn command(&self, plan: &ReadPlan) -> Option<Vec<String>> {
        let case = plan.logs.first()?.read.columns[Role::Case].join(",");
        Some(vec![
            "casetrail".into(),
            "orders.csv".into(),
            "--case".into(),
            case,
        ])
    }

    fn remember(&self, chosen: &Inspected) -> Result<(), LoadError> {
        if let (Some(Ok(look)), Some(log)) = (chosen.looks.first(), chosen.plan.logs.first()) {
            let kept = (look.columns.clone(), log.read.clone());
            self.kept.with(|s| s.remembered = Some(kept));
        }
        Ok(())
    }

    fn forget(&self, _: &Inspection) -> Result<(), LoadError> {
        self.kept.with(|s| s.remembered = None);
        Ok(())
    }

    fn write(
        &self,
        plan: &ReadPlan,
        _: Option<&[String]>,
        path: &str,
        replace: bool,
    ) -> Result<Written, LoadError> {
        let there = self.kept.written().iter().any(|(name, _)| name == path);
        if there && !replace {
            return Ok(Written::Exists);
        }
        let written = (path.to_owned(), plan.clone());
        self.kept.with(|s| s.written.push(written));
        Ok(Written::Done)
    }
}
