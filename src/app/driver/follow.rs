//! Following a log: a thread looks for changes and reads on, so that the explorer wakes up only where something
//! changed.

use super::{Done, Driver, Job, guarded};
use crate::app::follow::{Mode, Update};
use crate::app::load::{Load, LoadError};
use crate::engine::Worker;
use crate::input::Action;
use crossbeam_channel::{RecvTimeoutError, bounded};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Interval between two looks at whether the log was changed.
const WATCH_EVERY: Duration = Duration::from_secs(1);
/// Interval between two looks at a log that is followed.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// An update that takes longer than this is of a large log.
const LONG: Duration = Duration::from_secs(1);
/// Shortest interval between updates of a large log.
const LARGE_EVERY: Duration = Duration::from_secs(5);

/// Rest after an update by the time that it took: most of the time is left to answers.
fn rest(took: Duration) -> Duration {
    let least = if took > LONG { LARGE_EVERY } else { LOOK_EVERY };
    least.max(3 * took)
}

impl Driver {
    /// Looks from time to time whether the log that was loaded is changed, until it is or another is loaded.
    pub(super) fn watch_log(&mut self) {
        self.watch = None;
        if self.app.follow.mode != Mode::Off {
            return self.read_on();
        }
        let Some(changed) = self.loader.watch() else {
            return;
        };
        // Nothing is sent: that the sender is gone is the sign.
        let (wanted, ended) = bounded(0);
        let (number, jobs) = (self.load, self.jobs.0.clone());
        self.watch = Some((number, wanted));
        let thread = std::thread::Builder::new().name("watch".into());
        // Without the thread the user is not notified.
        let _ = thread.spawn(move || {
            while ended.recv_timeout(WATCH_EVERY) == Err(RecvTimeoutError::Timeout) {
                if changed() {
                    let _ = jobs.send(Done(Job::Changed(number)));
                    return;
                }
            }
        });
    }

    /// A log that is being read again needs no notice.
    pub(super) fn log_changed(&mut self, number: u64) {
        let is_shown = self.watch.as_ref().is_some_and(|(of, _)| *of == number);
        if is_shown && !matches!(self.app.load, Load::Running(_)) {
            let keys = self.app.settings.keys.keys_of("", &Action::Reload);
            let how = keys.first().map(|key| format!(": {key} reads it again"));
            let how = how.unwrap_or_default();
            self.app.notify(format!("The log has changed on disk{how}"));
        }
    }

    /// Begins to follow the log, stops showing what comes, or shows it again.
    pub(super) fn toggle_follow(&mut self) {
        match self.app.follow.mode {
            Mode::Off => {
                if let Err(error) = self.loader.follow() {
                    self.app.notify_error(error.message);
                    return;
                }
                self.app.follow.mode = Mode::On;
                self.app
                    .notify_with_keys("Following the log; {follow} pauses");
                self.watch_log();
            }
            Mode::On => {
                self.app.follow.mode = Mode::Paused;
                self.app
                    .notify_with_keys("Paused: new events are read and wait; {follow} shows them");
            }
            Mode::Paused => {
                self.app.follow.mode = Mode::On;
                let waiting = std::mem::take(&mut self.app.follow.waiting);
                match self.held.take() {
                    Some(update) => self.show_update(*update),
                    None => self.app.notify("Following the log; no event was waiting"),
                }
                if waiting > 0 {
                    let events = crate::text::counted(waiting, "event", "events");
                    self.app.notify(format!("{events} waited"));
                }
            }
        }
    }

    /// Reads the log on whenever it changed, until another is loaded.
    fn read_on(&mut self) {
        // Nothing is sent: that the sender is gone is the sign.
        let (wanted, ended) = bounded(0);
        let (number, jobs) = (self.load, self.jobs.0.clone());
        let loader = Arc::clone(&self.loader);
        self.watch = Some((number, wanted));
        let thread = std::thread::Builder::new().name("follow".into());
        let spawned = thread.spawn(move || {
            let mut pause = LOOK_EVERY;
            let mut failed: Option<LoadError> = None;
            while ended.recv_timeout(pause) == Err(RecvTimeoutError::Timeout) {
                let began = Instant::now();
                let result = guarded(|| loader.read_on());
                let is_news = match &result {
                    Ok(update) => update.is_some(),
                    // The same failure again is no news.
                    Err(error) => failed.as_ref() != Some(error),
                };
                pause = LOOK_EVERY;
                failed = result.as_ref().err().cloned();
                if is_news {
                    pause = rest(began.elapsed());
                    let _ = jobs.send(Done(Job::Update(number, result.map(|u| u.map(Box::new)))));
                }
            }
        });
        if let Err(error) = spawned {
            let why = format!("Could not start a thread to follow the log: {error}");
            self.app.notify_error(why);
        }
    }

    /// The log was read on.
    pub(super) fn update_ready(
        &mut self,
        number: u64,
        result: Result<Option<Box<Update>>, LoadError>,
    ) {
        let is_shown = self.watch.as_ref().is_some_and(|(of, _)| *of == number);
        // One that is being read anew has all of it.
        if !is_shown || matches!(self.app.load, Load::Running(_)) {
            return;
        }
        let update = match result {
            Ok(None) => return,
            Ok(Some(update)) => update,
            Err(error) => {
                self.app
                    .notify_error(format!("The log was not read on: {}", error.message));
                return;
            }
        };
        let newest = self.held.as_ref().map(|held| held.analysis.info().events);
        let before = newest.or(self.app.log.as_ref().map(|log| log.events));
        let now = update.analysis.info().events;
        let before = before.unwrap_or(0);
        self.app.follow.count(&update, before, now);
        if self.app.follow.mode == Mode::Paused {
            let whole = self.held.as_ref().and_then(|held| held.whole);
            let whole = update.whole.or(whole);
            self.held = Some(Box::new(Update { whole, ..*update }));
        } else {
            self.show_update(*update);
        }
    }

    /// Shows the log after it changed; cursor, filters and places stay.
    fn show_update(&mut self, update: Update) {
        let analysis = update.analysis;
        match Worker::spawn(Arc::clone(&analysis), self.replies.0.clone()) {
            Ok(worker) => self.worker = Some(worker),
            Err(error) => {
                self.app
                    .notify_error(format!("Could not start the engine thread: {error}"));
                return;
            }
        }
        let columns = self.app.log.as_ref().map(|log| &log.columns);
        if columns != Some(&analysis.info().columns) {
            self.take_columns(None, analysis.info());
        }
        self.take_redaction(&analysis);
        // Those of the screen are newer than what was read from their file.
        analysis.set_notes(Arc::clone(&self.app.notes));
        self.app.updated(self.info_of(&analysis), update.whole);
        self.analysis = Some(analysis);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_large_log_is_updated_less_often() {
        let rest = |ms| rest(Duration::from_millis(ms)).as_millis();
        assert_eq!((rest(10), rest(400)), (500, 1200));
        assert_eq!((rest(1100), rest(4000)), (5000, 12_000));
    }
}
