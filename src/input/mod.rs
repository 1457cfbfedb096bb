//! Keys and actions. Stands alone: no domain word, no terminal.

mod action;

pub use action::Action;
