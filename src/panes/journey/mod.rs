//! Journey: the touchpoints of customers with their scores and their effect on an outcome, what began the
//! journeys, and which stages have events of which sources; one list at a time.

mod choice;
mod detail;
mod stages;
#[cfg(test)]
mod tests;
mod touchpoints;
mod triggers;

use super::container::Container;
use super::{PaneSpec, Tab};

/// Registry entry.
pub static SPEC: PaneSpec = PaneSpec {
    id: "journey",
    title: "Journey",
    short: "Journey",
    help: "Touchpoints of customers: scores against what is expected, effect on an outcome; what began the \
           journeys; stages and their sources",
    tab: Tab::Never,
    terms: &[],
    hints: &[],
    report: None,
    new: || Box::new(Container::of(&SPEC, LISTS, |spec| (spec.new)()).sharing(shared)),
    versus: Some(|| Box::new(Container::of(&SPEC, LISTS, PaneSpec::comparing).sharing(shared))),
};

/// The lists, in the order of the line above them. Their specs have no tab.
pub static LISTS: &[&PaneSpec] = &[&touchpoints::SPEC, &triggers::SPEC, &stages::SPEC];

/// All lists are of the same journeys, which is all of their subjects.
fn shared(of: &str, _: &str) -> String {
    of.to_owned()
}
