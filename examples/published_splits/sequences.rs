//! Cases of files as sequences of names, and sequences as a log that models are made of.

use anyhow::{Context, ensure};
use casetrail::event_log::{
    Cancel, ColumnData, EventLog, LogBuilder, Progress, Role, RowBlock, Schema,
};
use casetrail::formats::{self, Lifecycle, ReadOptions};
use casetrail::index::{CaseSet, Index};
use casetrail::metrics::Selection;
use casetrail::metrics::prediction::{Contexts, Next, Training};
use std::collections::HashSet;
use std::path::Path;

/// Events of a case: name and microseconds, in order.
pub type Case = Vec<(String, i64)>;

/// Columns that the user named for reading files.
pub struct Reading {
    /// Column of the case id.
    pub case: Option<String>,
    /// Column of the activity.
    pub activity: Option<String>,
    /// Column of the timestamp.
    pub time: Option<String>,
}

impl Reading {
    /// Cases of a file in the order of their first rows. The lifecycle transition is a part of the name
    /// where the file has several.
    pub fn cases(&self, path: &Path) -> anyhow::Result<Vec<Case>> {
        let bytes = std::fs::read(path).context("cannot be read")?;
        let mut options = ReadOptions {
            lifecycle: Lifecycle::Events,
            ..ReadOptions::default()
        };
        let named = [
            (Role::Case, &self.case),
            (Role::Activity, &self.activity),
            (Role::Time, &self.time),
        ];
        for (role, name) in named {
            options.columns[role].extend(name.clone());
        }
        let (log, _) = formats::read(&[bytes.as_slice()], &options, &Progress::default())?;
        ensure!(log.n_cases() > 0, "no cases");
        let lifecycle = log.role_columns[Role::Lifecycle].map(|at| &log.columns[at]);
        let lifecycle = lifecycle.filter(|column| match &column.data {
            ColumnData::Text(codes, texts) => {
                let used: HashSet<u32> = (0..codes.len()).map(|row| codes.get(row)).collect();
                used.len() > 1 && texts.len() > 1
            }
            _ => false,
        });
        let name = |case: usize, event: usize| {
            let activity = log.activities.get(log.activity.get(event)).to_owned();
            match lifecycle.map(|column| column.value(column.row(case, event))) {
                Some(casetrail::event_log::Value::Text(text)) => format!("{activity}+{text}"),
                _ => activity,
            }
        };
        let case = |case: usize| {
            let rows = log.events_of(case);
            rows.map(|event| (name(case, event), log.time[event]))
                .collect()
        };
        Ok((0..log.n_cases()).map(case).collect())
    }
}

/// Cases as a log with its index, some of which train.
pub struct Learned {
    log: EventLog,
    index: Index,
    contexts: Contexts,
    train: CaseSet,
    weights: Vec<u32>,
}

impl Learned {
    /// Learns from `train`; the cases of `test` are part of the log, so that they can be asked about.
    pub fn of(train: &[Case], test: &[Case]) -> anyhow::Result<Self> {
        let progress = Progress::default();
        let schema = Schema::default();
        let mut block = RowBlock::new(&schema, 0);
        for (number, case) in train.iter().chain(test).enumerate() {
            for (name, at) in case {
                block.case.push(number.to_string().as_bytes());
                block.activity.push(name.as_bytes());
                block.time.push(*at);
            }
        }
        let mut builder = LogBuilder::new(schema);
        builder.push(block);
        let (log, _) = builder.finish(&progress)?;
        let index = Index::build(&log, &progress)?;
        let n = log.activities.len();
        let contexts = Contexts::new(&index.variants, n, &Cancel::never())?;
        let cases = CaseSet::from_fn(log.n_cases(), |case| case < train.len());
        Ok(Learned {
            weights: Selection::count_variants(&index, Some(&cases)),
            train: cases,
            contexts,
            index,
            log,
        })
    }

    /// Counts of next activities; without ends, these are never predicted.
    pub fn next(&self, ends: bool) -> Next<'_> {
        Next {
            variants: &self.index.variants,
            contexts: &self.contexts,
            weights: &self.weights,
            ranks: &self.index.activity_rank,
            ends,
        }
    }

    /// Visits of states.
    pub fn training(&self) -> Training<'_> {
        Training {
            log: &self.log,
            index: &self.index,
            contexts: &self.contexts,
            cases: &self.train,
            weights: &self.weights,
        }
    }

    /// Codes of the activities of a case.
    pub fn codes(&self, case: &Case) -> Vec<u32> {
        let code = |(name, _): &(String, i64)| self.log.activities.find(name).unwrap_or(u32::MAX);
        case.iter().map(code).collect()
    }
}
