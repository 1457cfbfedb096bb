//! Timelines: one chart at a time of those that are registered here, each a pane of its own.

#[cfg(test)]
mod tests;

use super::container::Container;
use super::{PaneSpec, Tab};

/// Registry entry.
pub static SPEC: PaneSpec = PaneSpec {
    id: "timelines",
    title: "Timelines",
    short: "Time",
    help: "Charts over time: flow, queues, hours of the week, trends, dots, spectrum",
    tab: Tab::Always,
    terms: &[],
    hints: &[],
    report: None,
    new: || Box::new(Container::of(&SPEC, CHARTS, |spec| (spec.new)())),
    versus: Some(|| Box::new(Container::of(&SPEC, CHARTS, PaneSpec::comparing))),
};

/// All charts, in the order of the line above them. Their specs have no tab.
pub static CHARTS: &[&PaneSpec] = &[
    &super::flow::SPEC,
    &super::queues::SPEC,
    &super::week::SPEC,
    &super::trend::SPEC,
    &super::dotted::SPEC,
    &super::spectrum::SPEC,
];
