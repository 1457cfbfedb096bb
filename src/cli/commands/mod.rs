//! The commands that are no reports: one file and one line of [`COMMANDS`] each.

mod cache;
mod completions;
pub mod config;
mod demo;
mod fetch;
mod man;
mod mapping;
mod watch;

use super::failure::Failure;
use clap::{ArgMatches, Command};

/// A command in the registry.
#[derive(Debug)]
pub struct Spec {
    /// The word on the command line.
    pub name: &'static str,
    /// Arguments after the name, for the usage line.
    pub usage: &'static str,
    /// One line for help.
    pub about: &'static str,
    /// Adds all its options.
    pub options: fn(Command) -> Command,
    /// True if it has the options that the explorer and all reports share.
    pub shared_options: bool,
    /// Does it.
    pub run: fn(&ArgMatches) -> Result<(), Failure>,
}

/// All commands, in the order of help.
pub const COMMANDS: &[Spec] = &[
    watch::SPEC,
    mapping::SPEC,
    demo::SPEC,
    fetch::SPEC,
    config::SPEC,
    cache::SPEC,
    completions::SPEC,
    man::SPEC,
];
