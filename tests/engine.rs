//! The engine against slow references, properties and kept inputs. One program, as each links all libraries.

mod cli_common;
mod small_logs;

#[path = "engine/alignments.rs"]
mod alignments;
#[path = "engine/calendars.rs"]
mod calendars;
#[path = "engine/conform.rs"]
mod conform;
#[path = "engine/costs.rs"]
mod costs;
#[path = "engine/facets.rs"]
mod facets;
#[path = "engine/factors.rs"]
mod factors;
#[path = "engine/figures.rs"]
mod figures;
#[path = "engine/findings.rs"]
mod findings;
#[path = "engine/follow.rs"]
mod follow;
#[path = "engine/formats.rs"]
mod formats;
#[path = "engine/generator.rs"]
mod generator;
#[path = "engine/journey.rs"]
mod journey;
#[path = "engine/notes.rs"]
mod notes;
#[path = "engine/predict.rs"]
mod predict;
#[path = "engine/process_map.rs"]
mod process_map;
#[path = "engine/properties.rs"]
mod properties;
#[path = "engine/regressions.rs"]
mod regressions;
#[path = "engine/resources.rs"]
mod resources;
#[path = "engine/rules.rs"]
mod rules;
#[path = "engine/scores.rs"]
mod scores;
#[path = "engine/segments.rs"]
mod segments;
#[path = "engine/variants.rs"]
mod variants;
#[path = "engine/versus.rs"]
mod versus;

/// Runs of a property: an eighth of those that it is worth, as each run of the tests takes other inputs; all of them
/// where `CASETRAIL_ALL_RUNS` is set.
fn runs(all: u32) -> proptest::prelude::ProptestConfig {
    let some = std::env::var_os("CASETRAIL_ALL_RUNS").is_none();
    proptest::prelude::ProptestConfig::with_cases(if some { all.div_ceil(8) } else { all })
}
