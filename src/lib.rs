//! casetrail: a keyboard-driven process-mining explorer for the terminal.
//!
//! The layers, in reading order; each names only those above it in this list (the walls are kept by
//! `tests/architecture.rs`, the reasons stand in ARCHITECTURE.md):
//!
//! - [`os`]: memory maps and the end of the program on fatal signals; the only `unsafe`.
//! - [`demo`]: the generator of the log of `casetrail demo`.
//! - [`text`]: hidden characters, search patterns, nearest names, counts, durations, steps; no domain.
//! - [`event_log`]: the columnar, dictionary-coded log; no I/O.
//! - [`formats`]: bytes to an event log, with a ledger of what could not be read.
//! - [`source`]: where bytes come from (paths, standard input).
//! - [`index`]: what is computed once per log: variants, directly-follows edges, case spans.
//! - [`store`]: logs and their indexes on disk.
//! - [`filter`]: the filter language, and its evaluation to a set of cases.
//! - [`models`]: Petri nets and process trees: their files, alignments with sequences, discovery.
//! - [`metrics`]: figures of a selection of cases.
//! - [`engine`]: requests and answers in plain data, over all of the above.
//! - [`remote`]: logs in SQL engines: filters and queries as SQL, rows as answers.
//! - [`input`], [`ui`]: keys and actions; widgets. Neither knows the domain.
//! - [`panes`], [`app`], [`terminal`]: the explorer.
//! - [`cli`]: the command line.

pub mod app;
pub mod cli;
pub mod config;
pub mod demo;
pub mod engine;
pub mod event_log;
pub mod filter;
pub mod formats;
pub mod index;
pub mod input;
pub mod metrics;
pub mod models;
pub mod os;
pub mod panes;
pub mod remote;
pub mod source;
pub mod store;
pub mod terminal;
#[doc(hidden)]
pub mod test_support;
pub mod text;
pub mod ui;
