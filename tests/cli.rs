//! The command line, run as programs. One test program, whose tests run beside each other.

mod cli_common;

#[path = "cli/as_of.rs"]
mod as_of;
#[path = "cli/check.rs"]
mod check;
#[path = "cli/config.rs"]
mod config;
#[path = "cli/engines.rs"]
mod engines;
#[path = "cli/exit.rs"]
mod exit;
#[path = "cli/export.rs"]
mod export;
#[path = "cli/map.rs"]
mod map;
#[path = "cli/memory.rs"]
mod memory;
#[path = "cli/notes.rs"]
mod notes;
#[path = "cli/output.rs"]
mod output;
#[path = "cli/plain.rs"]
mod plain;
#[path = "cli/redact.rs"]
mod redact;
#[path = "cli/report.rs"]
mod report;
#[path = "cli/reports.rs"]
mod reports;
#[path = "cli/rules.rs"]
mod rules;
#[path = "cli/safe.rs"]
mod safe;
#[path = "cli/session.rs"]
mod session;
#[path = "cli/shell.rs"]
mod shell;
#[path = "cli/sources.rs"]
mod sources;
#[path = "cli/suppress.rs"]
mod suppress;
#[path = "cli/watch.rs"]
mod watch;
