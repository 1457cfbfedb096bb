//! The log as it grows while the explorer is open: state on the screen, and what a reader hands over.

use crate::engine::Analysis;
use crate::text::counted;
use std::sync::Arc;

/// Mode of following.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// It is not.
    #[default]
    Off,
    /// It is, and shown as it grows.
    On,
    /// It is, but what is shown stays.
    Paused,
}

/// State of following, for the header.
#[derive(Debug, Clone, Default)]
pub struct Follow {
    /// Mode.
    pub mode: Mode,
    /// Time of day of the newest update, `HH:MM:SS`; none before the first one.
    pub at: Option<String>,
    /// Events that came since the log was read whole.
    pub events: u64,
    /// Those of them that are before the last one of their case that was there.
    pub late: u64,
    /// Events that came while paused.
    pub waiting: u64,
}

/// Why a log that changed was read whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whole {
    /// Another file has its name.
    Rotated,
    /// It is shorter.
    Truncated,
    /// Bytes that were read are others now.
    Rewritten,
    /// New rows do not fit the way in which the others were read, or the format is read whole.
    Needed,
}

impl Whole {
    /// The message about it; none where there is nothing to know.
    pub(super) fn sentence(self) -> Option<&'static str> {
        match self {
            Whole::Rotated => Some("Another file took the place of the log (rotation): read whole"),
            Whole::Truncated => Some("The log was cut: read whole"),
            Whole::Rewritten => Some("The log was rewritten: read whole"),
            Whole::Needed => None,
        }
    }
}

/// The log after it changed.
#[derive(Debug)]
pub struct Update {
    /// It answers.
    pub analysis: Arc<Analysis>,
    /// Why it was read whole; `None` where only new rows were.
    pub whole: Option<Whole>,
    /// Events before the last one of their case that was there.
    pub late: u64,
    /// Time of day, `HH:MM:SS`.
    pub at: String,
}

impl Follow {
    /// Counts an update; `events` and `now` are the events of the log before and after it.
    pub(super) fn count(&mut self, update: &Update, before: u64, now: u64) {
        let is_new_log = matches!(
            update.whole,
            Some(Whole::Rotated | Whole::Truncated | Whole::Rewritten)
        );
        let new = if is_new_log {
            self.restart();
            // What waited is not in it.
            self.waiting = 0;
            now
        } else {
            let new = now.saturating_sub(before);
            self.events += new;
            self.late += update.late;
            new
        };
        if self.mode == Mode::Paused {
            self.waiting += new;
        }
        self.at = Some(update.at.clone());
    }

    /// The log was read whole: what comes is counted anew.
    pub(super) fn restart(&mut self) {
        (self.at, self.events, self.late) = (None, 0, 0);
    }

    /// Text for the header; empty where the log is not followed.
    pub fn shown(&self, dot: &str) -> String {
        let events = |n: u64| counted(n, "event", "events");
        let at = self.at.as_ref();
        match self.mode {
            Mode::Off => String::new(),
            Mode::Paused if self.waiting > 0 => {
                format!("paused, {} waiting {dot} ", events(self.waiting))
            }
            Mode::Paused => format!("paused {dot} "),
            Mode::On => match at {
                None => format!("following {dot} "),
                Some(at) => {
                    let late = match self.late {
                        0 => String::new(),
                        n => format!(", {n} late"),
                    };
                    format!(
                        "following, as of {at} {dot} +{}{late} {dot} ",
                        events(self.events)
                    )
                }
            },
        }
    }

    /// As [`Follow::shown`], where there is little room.
    pub fn short(&self, dot: &str) -> String {
        match self.mode {
            Mode::Off => String::new(),
            Mode::Paused => format!("paused {dot} "),
            Mode::On => format!("following {dot} "),
        }
    }
}
