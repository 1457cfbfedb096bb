//! The cache folder of this user, and what becomes of an index in it. Nothing about it is an error:
//! without the cache, logs are read.

use crate::engine::Analysis;
use crate::formats::{ReadPlan, Warning};
use crate::source::Input;
use crate::store::{self, Folder, Key, Miss, Proof, Stored};
use crate::text;
use etcetera::BaseStrategy;
use std::path::PathBuf;
use std::sync::OnceLock;

/// Limit of the cache in megabytes that the configuration of this call sets; 0 for no cache.
static LIMIT_MB: OnceLock<Option<u64>> = OnceLock::new();

/// Sets the limit of the cache in megabytes, once.
pub fn set_limit(megabytes: Option<u64>) {
    // A second call in one process would be a test.
    let _ = LIMIT_MB.set(megabytes);
}

/// The limit of the cache in bytes, where one is set.
pub fn limit() -> Option<u64> {
    let megabytes = LIMIT_MB.get().copied().flatten()?;
    Some(megabytes.saturating_mul(1_000_000))
}

/// Where the cache is; `Err` says why there is none.
pub fn path() -> Result<PathBuf, String> {
    let strategy = etcetera::base_strategy::Xdg::new().map_err(|error| error.to_string())?;
    Ok(strategy.cache_dir().join("casetrail"))
}

/// The open cache folder. Under another user's home (`sudo` keeps it) there is none.
pub fn folder(make: bool) -> Result<Folder, String> {
    use std::os::unix::fs::MetadataExt;
    let home = etcetera::home_dir().map_err(|error| error.to_string())?;
    let owner = std::fs::metadata(&home).map(|meta| meta.uid());
    if owner.is_ok_and(|owner| owner != rustix::process::geteuid().as_raw()) {
        return Err("the home folder belongs to another user".to_owned());
    }
    let folder = Folder::open(&path()?, make)?;
    Ok(match limit() {
        Some(bytes) => folder.with_limit(bytes),
        None => folder,
    })
}

/// The place of a log in the cache.
pub struct Place {
    folder: Folder,
    key: Key,
}

impl Place {
    /// The place of these logs, read so; `None` where they cannot be in the cache, for a reason
    /// that is worth a line only if it is not in the nature of the logs.
    pub fn of(inputs: &[Input], plan: &ReadPlan) -> Result<Option<Self>, String> {
        let Some(key) = Key::of(inputs, plan) else {
            return Ok(None);
        };
        let folder = folder(true)?;
        Ok(Some(Place { folder, key }))
    }

    /// Stored index of the logs, with the fingerprint that proves it current.
    pub fn get(&self, inputs: &[Input]) -> Result<(Stored, Proof), Miss> {
        store::get(&self.folder, &self.key, inputs)
    }

    /// Stores a log. Gives the sentence that says why it was not.
    pub fn put(&self, inputs: &[Input], analysis: &Analysis) -> Result<(), String> {
        let report = analysis.report();
        // The log in memory may be neither the old nor the new file, or a part of it.
        let other = [Warning::FileChanged, Warning::Stopped];
        if other
            .iter()
            .any(|other| report.warnings.contains_key(other))
        {
            return Ok(());
        }
        let (log, index) = analysis.parts();
        store::put(&self.folder, &self.key, inputs, &log, index, report).map_err(|error| {
            format!(
                "the index was not kept in {} ({error}; {} MB are needed)",
                text::safe(&self.folder.path().to_string_lossy()),
                text::number(analysis.info().bytes as f64 / 1e6, 0)
            )
        })
    }
}
