//! Resources, or the values of another column: who works on what, with which load, and who passes cases on
//! to whom. One list or the matrix at a time; all of them are by the same column.

mod actor;
mod by;
mod handovers;
mod list;
mod load;
mod matrix;
mod ping_pong;
#[cfg(test)]
mod tests;

use super::container::Container;
use super::{PaneSpec, Tab};

/// Registry entry.
pub static SPEC: PaneSpec = PaneSpec {
    id: "resources",
    title: "Resources",
    short: "Res",
    help: "Resources or values of another column: cases, load, waits, deadlines, handovers, ping-pongs",
    tab: Tab::Always,
    terms: &[],
    hints: &[],
    report: Some("resources"),
    new: || Box::new(Container::of(&SPEC, PARTS, |spec| (spec.new)()).sharing(by::shared)),
    versus: Some(|| Box::new(Container::of(&SPEC, PARTS, PaneSpec::comparing).sharing(by::shared))),
};

/// All lists, in the order of the line above them. Their specs have no tab.
pub static PARTS: &[&PaneSpec] = &[
    &list::SPEC,
    &load::SPEC,
    &handovers::SPEC,
    &ping_pong::SPEC,
    &matrix::SPEC,
];
