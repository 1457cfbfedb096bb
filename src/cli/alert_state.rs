//! The file that keeps the states of alerts between calls of `watch`: JSON, written whole.

use super::failure::Failure;
use super::output::Output;
use super::{plan, say};
use crate::engine::{AlertKey, AlertState, AlertStates, Tracked};
use serde::{Deserialize, Serialize};
use std::ffi::OsString;
use std::io::ErrorKind;
use std::path::Path;

/// The format of the file.
const VERSION: u32 = 1;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: u32,
    alerts: Vec<Entry>,
}

/// One alert for one case or figure; instants in microseconds since 1970.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    alert: String,
    case: String,
    state: String,
    since: i64,
    until: Option<i64>,
    value: Option<f64>,
}

/// Reads the states; none where there is no file yet.
pub fn read(path: &Path) -> Result<AlertStates, Failure> {
    let name = say::file(path.as_os_str());
    if let Err(error) = path.symlink_metadata()
        && error.kind() == ErrorKind::NotFound
    {
        return Ok(AlertStates::default());
    }
    let wrong = |why: String| Failure::usage(format!("{name} is no file of alert states: {why}"));
    let text = plan::text(path).map_err(|why| Failure::usage(format!("{name} {why}")))?;
    let file: File = serde_json::from_str(&text).map_err(|error| wrong(error.to_string()))?;
    if file.version != VERSION {
        return Err(wrong(format!("version {} is not known", file.version)));
    }
    let mut states = AlertStates::default();
    for entry in file.alerts {
        let mut known = [AlertState::Pending, AlertState::Firing].into_iter();
        let Some(state) = known.find(|state| state.word() == entry.state) else {
            return Err(wrong("a state is neither pending nor firing".to_owned()));
        };
        let key = AlertKey {
            alert: entry.alert,
            case: entry.case,
        };
        let tracked = Tracked {
            state,
            since: entry.since,
            until: entry.until,
            value: entry.value,
        };
        states.tracked.insert(key, tracked);
    }
    Ok(states)
}

/// Writes the states, in place of an earlier file.
pub fn write(path: &Path, states: &AlertStates, logs: &[OsString]) -> Result<(), Failure> {
    let alerts = states.tracked.iter().map(|(key, tracked)| Entry {
        alert: key.alert.clone(),
        case: key.case.clone(),
        state: tracked.state.word().to_owned(),
        since: tracked.since,
        until: tracked.until,
        value: tracked.value,
    });
    let file = File {
        version: VERSION,
        alerts: alerts.collect(),
    };
    let output = Output::choose(Some(path), true, logs)?;
    output.write(|out| {
        serde_json::to_writer(&mut *out, &file)?;
        out.write_all(b"\n")
    })
}
