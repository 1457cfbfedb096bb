//! Keeps the session from time to time and at the end, whoever ends the program.

use super::history::Session;
use super::load::{LoadError, Loader};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};
use std::time::{Duration, Instant};

/// Time after a change until the session is kept.
const KEEP_AFTER: Duration = Duration::from_secs(30);
/// Longest wait of one who ends the program for another that is writing.
const PATIENCE: Duration = Duration::from_millis(500);

/// The newest session, which the loop sets, and whoever ends the program keeps.
pub struct Keeper {
    logs: Arc<Loader>,
    state: Mutex<State>,
    /// Held while the session is written.
    writing: Mutex<()>,
}

#[derive(Default)]
struct State {
    /// None before there is a log.
    newest: Option<Arc<Session>>,
    /// What was kept last, or what the explorer began with.
    kept: Option<Arc<Session>>,
    /// True if what is kept says that the explorer has not ended.
    is_open: bool,
    /// When a change is to be kept.
    due: Option<Instant>,
}

fn locked(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Keeper {
    pub(super) fn new(logs: Arc<Loader>) -> Self {
        Keeper {
            logs,
            state: Mutex::default(),
            writing: Mutex::default(),
        }
    }

    /// Takes the session with which the explorer begins; `is_open` says that it is kept as that of a program
    /// that has not ended.
    pub(super) fn begin(&self, session: Session, is_open: bool) {
        let session = Arc::new(session);
        *locked(&self.state) = State {
            newest: Some(Arc::clone(&session)),
            kept: Some(session),
            is_open,
            due: None,
        };
    }

    /// Takes the session as it is now.
    pub(super) fn set(&self, session: Session, now: Instant) {
        let mut state = locked(&self.state);
        if state.newest.as_deref() == Some(&session) || state.newest.is_none() {
            return;
        }
        let session = Arc::new(session);
        let changed = state.kept.as_ref() != Some(&session);
        state.due = changed.then(|| state.due.unwrap_or(now + KEEP_AFTER));
        state.newest = Some(session);
    }

    /// When a change is to be kept.
    pub(super) fn due(&self) -> Option<Instant> {
        locked(&self.state).due
    }

    /// True if a change is to be kept now; it is not due again before the next change.
    pub(super) fn is_due(&self, now: Instant) -> bool {
        locked(&self.state).due.take_if(|due| *due <= now).is_some()
    }

    /// The session to be written, where it is not what is kept; it counts as kept from then on.
    fn take(&self, ended: bool) -> Option<Arc<Session>> {
        let mut state = locked(&self.state);
        let newest = state.newest.clone()?;
        let closes = ended && state.is_open;
        if state.kept.as_ref() == Some(&newest) && !closes {
            return None;
        }
        state.kept = Some(Arc::clone(&newest));
        (state.is_open, state.due) = (!ended, None);
        Some(newest)
    }

    /// Keeps the newest session, where it has changed. `ended` says that the user leaves.
    pub(super) fn keep(&self, ended: bool) -> Result<(), LoadError> {
        // Taken before the session, so that an older one is never written after a newer one.
        let writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = self.take(ended);
        let kept = kept.map_or(Ok(()), |session| self.logs.keep_session(&session, ended));
        drop(writing);
        kept
    }

    /// Keeps the newest session of a program that something else ends: it can be resumed. Waits for no one
    /// for long, and says nothing where it fails.
    pub fn keep_at_end(&self) {
        let until = Instant::now() + PATIENCE;
        let _writing = loop {
            // A lock has no time limit in the standard library.
            match self.writing.try_lock() {
                Ok(writing) => break writing,
                Err(TryLockError::Poisoned(poisoned)) => break poisoned.into_inner(),
                Err(TryLockError::WouldBlock) if Instant::now() >= until => return,
                Err(TryLockError::WouldBlock) => std::thread::sleep(Duration::from_millis(2)),
            }
        };
        if let Some(session) = self.take(false) {
            // The terminal is gone, and nobody reads a message.
            let _ = self.logs.keep_session(&session, false);
        }
    }
}
