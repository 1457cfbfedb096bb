//! How the logs are to be read: what the command line says stands above what the mapping file says.

use super::args::{Common, How};
use super::failure::Failure;
use super::say;
use crate::config::mapping_file::{MappingError, MappingFile, overlay};
use crate::formats::{LogOptions, ReadPlan};
use std::ffi::OsString;
use std::fs::File;
use std::io::Read;
use std::path::Path;

impl Common {
    /// Finds out how the logs are to be read, before any of them is opened.
    pub fn settle(&mut self) -> Result<(), Failure> {
        self.plan = plan(&self.how, &self.logs)?;
        Ok(())
    }
}

/// How logs are to be read. A mapping file that cannot be used makes the call a wrong one.
pub fn plan(how: &How, logs: &[OsString]) -> Result<ReadPlan, Failure> {
    let names: Vec<String> = logs
        .iter()
        .map(|l| l.to_string_lossy().into_owned())
        .collect();
    let mut plan = match &how.mapping {
        Some(path) => kept(path, &names)?,
        None => ReadPlan {
            logs: vec![LogOptions::default(); names.len()],
            ..ReadPlan::default()
        },
    };
    plan.lifecycle = how.lifecycle().unwrap_or(plan.lifecycle);
    plan.session_gap = how.session_gap().or(plan.session_gap);
    let mut given = how.read_options();
    given.lifecycle = plan.lifecycle;
    for log in &mut plan.logs {
        log.read = overlay(std::mem::take(&mut log.read), given.clone());
    }
    Ok(plan)
}

/// What the mapping file says of the logs.
fn kept(path: &Path, names: &[String]) -> Result<ReadPlan, Failure> {
    let name = say::file(path.as_os_str());
    let text = text(path).map_err(|why| Failure::usage(format!("{name}: {why}")))?;
    let wrong = |error: MappingError| {
        let line = error.line.map(|line| format!("line {line}: "));
        let line = line.unwrap_or_default();
        Failure::usage(format!("{name}: {line}{}", say::tame(&error.message)))
    };
    MappingFile::parse(&text)
        .and_then(|file| file.plan(names))
        .map_err(wrong)
}

/// The text of a file that is not larger than such a file can be.
fn text(path: &Path) -> Result<String, String> {
    const MOST: u64 = 4 << 20;
    let mut text = String::new();
    File::open(path)
        .and_then(|file| file.take(MOST + 1).read_to_string(&mut text))
        .map_err(|error| {
            format!(
                "the mapping cannot be read: {}",
                say::tame(&error.to_string())
            )
        })?;
    if text.len() as u64 > MOST {
        return Err("this is no mapping file: it is too large".to_owned());
    }
    Ok(text)
}
