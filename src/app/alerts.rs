//! Alerts of the rules file while the log is followed: their states on the clock of the explorer, and messages.

use super::notifications::Severity;
use crate::engine::{
    AlertChange, AlertKey, AlertOn, AlertSpec, AlertState, AlertStates, Alerts, Holding,
};
use crate::text::time::duration;
use std::time::{Duration, Instant};

/// Alerts while the log is followed.
#[derive(Debug, Clone, Default)]
pub struct AlertBoard {
    specs: Vec<AlertSpec>,
    /// Conditions that hold, as last answered.
    holding: Vec<Holding>,
    states: AlertStates,
    /// Start of the clock.
    began: Option<Instant>,
}

/// One alert that fires.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FiringAlert {
    /// Name of the alert.
    pub name: String,
    /// Case, or figure with its value.
    pub subject: String,
    /// For how long the condition has held.
    pub held: String,
    /// The filter of the case; `None` of a figure.
    pub filter: Option<String>,
}

/// Changes of alerts as they are said.
#[derive(Debug, Default)]
pub(super) struct AlertNews {
    /// Messages.
    pub messages: Vec<(Severity, String)>,
    /// True if an alert began to fire.
    pub fires: bool,
}

/// Messages of changes that are said one by one; more are counted.
const SAID: usize = 3;

impl AlertBoard {
    /// Takes the conditions that hold; returns what changed.
    pub(super) fn take(&mut self, alerts: &Alerts, now: Instant) -> AlertNews {
        self.specs.clone_from(&alerts.specs);
        self.holding.clone_from(&alerts.holding);
        self.tick(now)
    }

    /// Lets time pass for what holds.
    pub(super) fn tick(&mut self, now: Instant) -> AlertNews {
        let now = self.micros(now);
        let changes = self.states.update(&self.specs, &self.holding, now);
        let fires = |change: &&AlertChange| change.state == AlertState::Firing;
        let firing: Vec<&AlertChange> = changes.iter().filter(fires).collect();
        let mut messages = Vec::new();
        if firing.len() > SAID {
            let n = firing.len();
            messages.push((
                Severity::Error,
                format!("{n} alerts began to fire; {{alerts}} lists them"),
            ));
        } else {
            messages.extend(firing.iter().map(|change| {
                let subject = self.subject(&change.key, change.value);
                (
                    Severity::Error,
                    format!("Alert {}: {subject}", change.key.alert),
                )
            }));
        }
        let resolved = changes
            .iter()
            .filter(|change| change.state == AlertState::Resolved);
        let resolved: Vec<&AlertChange> = resolved.collect();
        if resolved.len() > SAID {
            messages.push((
                Severity::Info,
                format!("{} alerts resolved", resolved.len()),
            ));
        } else {
            messages.extend(resolved.iter().map(|change| {
                let subject = self.subject(&change.key, None);
                (
                    Severity::Info,
                    format!("Alert {} resolved: {subject}", change.key.alert),
                )
            }));
        }
        AlertNews {
            messages,
            fires: !firing.is_empty(),
        }
    }

    /// When a state changes by time alone.
    pub(super) fn due(&self) -> Option<Instant> {
        let began = self.began?;
        let at = self.states.tracked.iter().filter_map(|(key, tracked)| {
            let spec = self.specs.iter().find(|spec| spec.name == key.alert)?;
            match (tracked.state, tracked.until) {
                (AlertState::Pending, None) => Some(tracked.since.saturating_add(spec.hold)),
                (AlertState::Firing, Some(until)) => Some(until.saturating_add(spec.keep)),
                _ => None,
            }
        });
        let at = at.min()?;
        Some(began + Duration::from_micros(at.unsigned_abs()))
    }

    /// Number of alerts that fire.
    pub fn firing(&self) -> usize {
        self.states.firing().count()
    }

    /// The alerts that fire, by name and case.
    pub fn list(&self, now: Instant) -> Vec<FiringAlert> {
        let began = self.began.unwrap_or(now);
        let now = now.saturating_duration_since(began).as_secs_f64();
        let alert = |(key, tracked): (&AlertKey, &crate::engine::Tracked)| FiringAlert {
            name: key.alert.clone(),
            subject: self.subject(key, tracked.value),
            held: duration(now - tracked.since as f64 / 1e6),
            filter: key.filter(),
        };
        self.states.firing().map(alert).collect()
    }

    /// Microseconds since the clock began.
    fn micros(&mut self, now: Instant) -> i64 {
        let began = *self.began.get_or_insert(now);
        let since = now.saturating_duration_since(began).as_micros();
        i64::try_from(since).unwrap_or(i64::MAX)
    }

    /// The case, or the figure with its value.
    fn subject(&self, key: &AlertKey, value: Option<f64>) -> String {
        if !key.case.is_empty() {
            return format!("case {}", key.case);
        }
        let spec = self.specs.iter().find(|spec| spec.name == key.alert);
        match (spec.map(|spec| &spec.on), value) {
            (Some(AlertOn::Figure(test)), Some(value)) => {
                format!("{} ({})", test.text, test.figure.shown(value))
            }
            (Some(AlertOn::Figure(test)), None) => test.text.clone(),
            _ => String::new(),
        }
    }
}
