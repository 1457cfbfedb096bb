//! States of alerts over time, as monitoring systems have them: pending while the condition holds for less than
//! it must, firing then, and resolved when it has not held for long enough.

use super::alerts::AlertSpec;
use crate::filter::Expr;
use std::collections::BTreeMap;

/// State of an alert for a case or a figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AlertState {
    /// The condition holds, for less than it must.
    Pending,
    /// It has held for long enough.
    Firing,
    /// It holds no more.
    Resolved,
}

impl AlertState {
    /// All states.
    pub const ALL: [AlertState; 3] = [
        AlertState::Pending,
        AlertState::Firing,
        AlertState::Resolved,
    ];

    /// In a word.
    pub fn word(self) -> &'static str {
        match self {
            AlertState::Pending => "pending",
            AlertState::Firing => "firing",
            AlertState::Resolved => "resolved",
        }
    }
}

/// An alert with the case that it is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct AlertKey {
    /// Name of the alert.
    pub alert: String,
    /// Case id; empty for a figure.
    pub case: String,
}

impl AlertKey {
    /// The filter of the case; `None` of a figure.
    pub fn filter(&self) -> Option<String> {
        (!self.case.is_empty()).then(|| Expr::case(&self.case).to_string())
    }
}

/// A condition that holds now.
#[derive(Debug, Clone, PartialEq)]
pub struct Holding {
    /// Alert and case.
    pub key: AlertKey,
    /// Value of the figure; `None` of a case.
    pub value: Option<f64>,
}

/// State of one alert for one case or figure.
#[derive(Debug, Clone, PartialEq)]
pub struct Tracked {
    /// Pending or firing.
    pub state: AlertState,
    /// Since when the condition holds, microseconds.
    pub since: i64,
    /// Since when it does not; `None` while it holds.
    pub until: Option<i64>,
    /// Value of the figure when it last held.
    pub value: Option<f64>,
}

/// A change of a state.
#[derive(Debug, Clone, PartialEq)]
pub struct AlertChange {
    /// Alert and case.
    pub key: AlertKey,
    /// The new state.
    pub state: AlertState,
    /// Value of the figure.
    pub value: Option<f64>,
    /// Since when the condition held, microseconds.
    pub since: i64,
}

/// States of all alerts whose conditions hold, or held shortly before.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct AlertStates {
    /// By alert and case.
    pub tracked: BTreeMap<AlertKey, Tracked>,
}

impl AlertStates {
    /// Takes what holds now, each key once, and returns what changed, by alert and case. What is no longer
    /// defined is forgotten.
    pub fn update(
        &mut self,
        specs: &[AlertSpec],
        holding: &[Holding],
        now: i64,
    ) -> Vec<AlertChange> {
        let spec = |key: &AlertKey| specs.iter().find(|spec| spec.name == key.alert);
        self.tracked.retain(|key, _| spec(key).is_some());
        let mut holds: BTreeMap<&AlertKey, &Holding> = BTreeMap::new();
        for holding in holding {
            holds.insert(&holding.key, holding);
            self.tracked.entry(holding.key.clone()).or_insert(Tracked {
                // Changed below, as what is pending is a change, too.
                state: AlertState::Resolved,
                since: now,
                until: None,
                value: holding.value,
            });
        }
        let mut changes = Vec::new();
        self.tracked.retain(|key, tracked| {
            let Some(spec) = spec(key) else {
                return false;
            };
            let before = tracked.state;
            tracked.step(spec, holds.get(key).copied(), now);
            if tracked.state != before {
                changes.push(AlertChange {
                    key: key.clone(),
                    state: tracked.state,
                    value: tracked.value,
                    since: tracked.since,
                });
            }
            tracked.state != AlertState::Resolved
        });
        changes
    }

    /// Those that fire, by alert and case.
    pub fn firing(&self) -> impl Iterator<Item = (&AlertKey, &Tracked)> {
        let all = self.tracked.iter();
        all.filter(|(_, tracked)| tracked.state == AlertState::Firing)
    }
}

impl Tracked {
    /// Goes on to the next state; `holding` is `None` where the condition does not hold.
    fn step(&mut self, spec: &AlertSpec, holding: Option<&Holding>, now: i64) {
        if let Some(holding) = holding {
            self.value = holding.value;
            self.until = None;
            if self.state == AlertState::Firing || now.saturating_sub(self.since) >= spec.hold {
                self.state = AlertState::Firing;
            } else {
                self.state = AlertState::Pending;
            }
            return;
        }
        let until = *self.until.get_or_insert(now);
        // What was only pending had a break: it begins anew.
        if self.state == AlertState::Pending || now.saturating_sub(until) >= spec.keep {
            self.state = AlertState::Resolved;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::alerts::{AlertOn, FigureTest};
    use AlertState::{Firing, Pending, Resolved};

    fn spec(hold: i64, keep: i64) -> Vec<AlertSpec> {
        vec![AlertSpec {
            name: "a".into(),
            on: AlertOn::Figure(FigureTest::parse("open > 1").unwrap()),
            hold,
            keep,
        }]
    }

    /// States after each step, where they change; steps are instants at which the condition holds or not.
    fn play(specs: &[AlertSpec], steps: &[(i64, bool)]) -> Vec<(i64, AlertState)> {
        let mut states = AlertStates::default();
        let mut seen = Vec::new();
        for &(now, holds) in steps {
            let holding = Holding {
                key: AlertKey {
                    alert: "a".into(),
                    case: String::new(),
                },
                value: Some(2.0),
            };
            let holding = holds.then_some(holding);
            let changes = states.update(specs, holding.as_slice(), now);
            seen.extend(changes.iter().map(|change| (now, change.state)));
        }
        seen
    }

    #[test]
    fn a_condition_fires_after_it_held_without_a_break() {
        let steps = [
            (0, true),
            (5, true),
            (9, false),
            (10, true),
            (19, true),
            (20, true),
            (21, true),
        ];
        let seen = play(&spec(10, 10), &steps);
        assert_eq!(
            seen,
            [(0, Pending), (9, Resolved), (10, Pending), (20, Firing)]
        );
    }

    #[test]
    fn an_alert_does_not_flap() {
        let steps = [
            (0, true),
            (1, false),
            (4, true),
            (5, false),
            (9, false),
            (10, false),
            (11, true),
        ];
        let seen = play(&spec(0, 5), &steps);
        assert_eq!(seen, [(0, Firing), (10, Resolved), (11, Firing)]);
    }

    #[test]
    fn what_is_not_defined_is_forgotten() {
        let mut states = AlertStates::default();
        let holding = Holding {
            key: AlertKey {
                alert: "gone".into(),
                case: "1".into(),
            },
            value: None,
        };
        assert!(states.update(&spec(0, 0), &[holding], 0).is_empty());
        assert_eq!(states, AlertStates::default());
    }
}
