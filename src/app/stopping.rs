//! The end of a load that somebody asks for: with what was read so far, or with nothing.

use super::columns;
use super::effect::Effect;
use super::load::{Load, LoadError};
use super::model::App;
use crate::event_log::Stage;
use std::time::Duration;

/// Exit code of a program that Ctrl-C ended.
const INTERRUPTED: u8 = 130;

/// Ends the first reading of a log where it is, to look at what was read; `false` where that is not possible.
pub(super) fn keep_so_far(app: &mut App) -> bool {
    let Load::Running(loading) = &app.load else {
        return false;
    };
    let progress = &loading.progress;
    if app.log.is_some() || progress.is_stopping() {
        return false;
    }
    let stops = match progress.stage() {
        Stage::Receiving => progress.end_stream(),
        Stage::Reading => progress.stop(),
        _ => false,
    };
    if stops {
        app.notify_with_keys("Reading stopped: these are the rows read so far; {reload} reads all");
    }
    stops
}

/// Stops the questions that an engine works on, once they take long; `false` where there are none.
pub(super) fn stop_asking(app: &mut App) -> bool {
    let asks = app.popup.is_none() && app.is_in_engine() && app.queries.is_slow(app.now);
    let stops = asks && app.queries.cancel();
    if stops {
        app.notify("Cancelled; press a key to retry");
    }
    stops
}

/// Stops a load that is going on; `false` where there is none.
pub(super) fn stop_loading(app: &mut App) -> bool {
    let Load::Running(loading) = &app.load else {
        return false;
    };
    loading.progress.cancel();
    if app.log.is_some() {
        app.load = Load::Idle;
        app.notify("Load cancelled; showing the previous log");
    } else {
        app.load = Load::Failed(LoadError {
            message: "Reading was cancelled.".to_owned(),
            code: INTERRUPTED,
        });
    }
    true
}

/// Stops what goes on; ends the program where it is asked for twice.
pub(super) fn cancel(app: &mut App, effects: &mut Vec<Effect>) {
    const TWICE: Duration = Duration::from_secs(1);
    let again = app
        .screen
        .interrupted
        .is_some_and(|at| app.now.saturating_duration_since(at) < TWICE);
    if again {
        effects.push(Effect::Quit(INTERRUPTED));
        return;
    }
    app.screen.interrupted = Some(app.now);
    if stop_loading(app) {
        return;
    }
    let inspecting = std::mem::take(&mut app.inspecting);
    if inspecting {
        app.notifications.withdraw(columns::INSPECTING);
    }
    if app.queries.cancel() || inspecting {
        effects.push(Effect::Cancel);
        app.notify("Cancelled; press a key to retry");
    } else {
        app.notify_with_keys("Press {cancel} again to quit");
    }
}
