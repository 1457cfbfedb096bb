//! What is fuzzed. `tests/engine/regressions.rs` runs the same functions over kept inputs.

pub mod targets;
