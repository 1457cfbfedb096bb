//! Tags and notes of the cases of a log, and the cases that changed since it was left.

use super::{Analysis, KEPT_DERIVED, KEPT_VIEWS};
use crate::engine::cache::RecentCache;
use crate::engine::log_info::SinceVisit;
use crate::engine::notes::{NOTE, Notes, NotesInForce, TAG};
use crate::filter::{Expr, Field, Op, TimeLiteral};
use std::sync::{Arc, Mutex};

impl Analysis {
    /// Lets filters, columns and lists have tags and notes of the cases; to be called when the definitions are
    /// there, whose conditions have none.
    ///
    /// # Errors
    /// The log is in use.
    pub fn with_notes(self, notes: Arc<Notes>) -> Result<Self, String> {
        let in_force = Arc::new(NotesInForce::default());
        in_force.set(notes);
        let whole = Arc::try_unwrap(self.whole).map_err(|_| "the log is in use".to_owned())?;
        let whole = whole.with_notes(Some(&in_force));
        let mut info = self.info;
        info.columns.clone_from(&whole.columns);
        info.noted = if info.redacted { &[TAG] } else { &[TAG, NOTE] };
        // What was made so far has no notes.
        Ok(Analysis {
            whole: Arc::new(whole),
            derived: RecentCache::new(KEPT_DERIVED),
            selected: RecentCache::new(KEPT_VIEWS),
            everything: Mutex::default(),
            info,
            ..self
        })
    }

    /// The tags and notes in force; none where the log has no file of them.
    pub fn notes(&self) -> Arc<Notes> {
        let in_force = self.whole.notes.as_ref();
        in_force.map_or_else(Arc::default, |in_force| in_force.now().1)
    }

    /// Replaces the tags and notes: answers from then on are of these.
    pub fn set_notes(&self, notes: Arc<Notes>) {
        if let Some(in_force) = &self.whole.notes {
            in_force.set(notes);
        }
    }

    /// True if the log has a case of that id.
    pub fn has_case(&self, id: &str) -> bool {
        self.whole.log.case_ids.find(id).is_some()
    }

    /// Cases that changed since a visit: those that end later than `last_event`, the end of the log when it was
    /// left. `None` where there are none.
    pub fn since(&self, left: i64, last_event: i64) -> Option<SinceVisit> {
        let ends = self.whole.index.case_end.iter();
        let cases = ends.filter(|end| **end > last_event).count() as u64;
        let filter = Expr::compare(Field::End, Op::Greater, TimeLiteral::of(last_event)?);
        (cases > 0).then(|| SinceVisit {
            left,
            cases,
            filter: filter.to_string(),
        })
    }
}
