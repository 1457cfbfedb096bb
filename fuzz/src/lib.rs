//! What is fuzzed. `tests/regressions.rs` runs the same functions over kept inputs.

pub mod targets;
