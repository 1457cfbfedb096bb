//! Mappings and choices that earlier starts confirmed for logs with columns of the same names: found when logs are
//! looked at, and kept.

use super::args::Common;
use super::written::unkept;
use crate::app::{Choices, Inspected, LoadError};
use crate::config::mapping_file::overlay;
use crate::config::remembered::{Kept, Remembered};
use crate::engine::{NamedMilestone, NamedWait};
use crate::formats::{Inspection, LogOptions, ReadPlan};

/// Reads and writes them; does nothing where the user has no folder of settings.
pub struct Remembering(Option<Remembered>);

impl Remembering {
    /// Those in the user's folder of settings.
    pub fn of_user() -> Self {
        Remembering(Remembered::of_user())
    }

    /// Looks at the logs of a call. Without a plan they are read as the call says, or as was confirmed before;
    /// options of the call override that, and a mapping file replaces it.
    pub fn inspected(
        &self,
        common: &Common,
        plan: Option<&ReadPlan>,
        look: impl Fn(usize, &LogOptions) -> Result<Inspection, LoadError>,
    ) -> Inspected {
        let mut found = Inspected {
            plan: plan.unwrap_or(&common.plan).clone(),
            ..Inspected::default()
        };
        let mut ends: Vec<Option<Vec<String>>> = Vec::new();
        for (log, options) in found.plan.logs.iter_mut().enumerate() {
            let mut looked = look(log, options);
            // A first row that looks like data is taken for data, which the user is to confirm.
            if plan.is_none() && looked.as_ref().is_ok_and(|looked| looked.no_header) {
                options.read.no_header = true;
                looked = look(log, options);
            }
            let known = looked.as_ref().ok();
            let mut known = known.and_then(|looked| self.known(common, looked, options));
            let mut is_mapped = false;
            if let Some(kept) = &known {
                is_mapped = kept.ends.is_some() || kept.read != options.read;
                if plan.is_none() {
                    let before = std::mem::replace(&mut options.read, kept.read.clone());
                    let again = look(log, options);
                    if again.is_ok() {
                        looked = again;
                    } else {
                        // A file may be read in ways that an engine does not have.
                        options.read = before;
                        (known, is_mapped) = (None, false);
                    }
                }
            }
            found.remembered.push(is_mapped);
            ends.push(known.as_ref().and_then(|known| known.ends.clone()));
            if let Some(known) = known {
                add_choices(&mut found.choices, common, &known);
            }
            found.looks.push(looked);
        }
        // Options and files override what was chosen; a log without a choice has yet to be guessed.
        if common.timing.ends.activities.is_none() && common.times().end.is_empty() {
            let ends: Option<Vec<Vec<String>>> = ends.into_iter().collect();
            found.choices.ends = ends.map(|ends| ends.into_iter().flatten().collect());
        }
        found
    }

    /// Finds the saved mapping of a log that looks like this one.
    fn known(&self, common: &Common, look: &Inspection, options: &LogOptions) -> Option<Kept> {
        let remembered = self.0.as_ref();
        let remembered = remembered.filter(|_| common.how.mapping.is_none());
        let known = remembered?.find(look)?;
        Some(Kept {
            read: overlay(known.read, options.read.clone()),
            ..known
        })
    }

    /// Remembers a mapping that the user confirmed.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn remember(&self, chosen: &Inspected) -> Result<(), LoadError> {
        let Some(store) = &self.0 else {
            return Ok(());
        };
        for (look, options) in chosen.looks.iter().zip(&chosen.plan.logs) {
            if let Ok(look) = look {
                let kept = store.keep(look, options);
                kept.map_err(|error| unkept("The mapping is not remembered", &error))?;
            }
        }
        Ok(())
    }

    /// Remembers choices in place of earlier ones.
    ///
    /// # Errors
    /// They cannot be written.
    pub fn remember_choices(&self, logs: &Inspected, choices: &Choices) -> Result<(), LoadError> {
        let Some(store) = &self.0 else {
            return Ok(());
        };
        for (look, options) in logs.looks.iter().zip(&logs.plan.logs) {
            if let Ok(look) = look {
                let kept = Kept {
                    ends: choices.ends.clone(),
                    milestones: choices.milestones.clone(),
                    waits: choices.waits.clone(),
                    columns: choices.columns.clone(),
                    ..Kept::default()
                };
                let kept = store.keep_choices(look, options, kept);
                let what = "End states, milestones, classes of waits and columns of lists are not remembered";
                kept.map_err(|error| unkept(what, &error))?;
            }
        }
        Ok(())
    }

    /// Forgets the mapping of a log that looks like this one.
    ///
    /// # Errors
    /// It cannot be deleted.
    pub fn forget(&self, look: &Inspection) -> Result<(), LoadError> {
        let Some(store) = &self.0 else {
            return Ok(());
        };
        let forgotten = store.forget(look).map(drop);
        forgotten.map_err(|error| unkept("The mapping is not forgotten", &error))
    }
}

/// Adds choices that were remembered, but for definitions that files and options of the call make.
fn add_choices(choices: &mut Choices, common: &Common, known: &Kept) {
    let defined = &common.timing.milestones;
    let is_new = |text: &&String| {
        let named = NamedMilestone::parse(text);
        named.is_ok_and(|new| defined.iter().all(|known| known.name != new.name))
    };
    let milestones = known.milestones.iter().filter(is_new).cloned();
    choices.milestones.extend(milestones);
    let defined = &common.timing.waits;
    let is_new = |text: &&String| {
        let named = NamedWait::parse(text);
        named.is_ok_and(|new| defined.iter().all(|known| !known.is_same_wait(&new)))
    };
    choices
        .waits
        .extend(known.waits.iter().filter(is_new).cloned());
    choices.columns.extend(known.columns.clone());
}
