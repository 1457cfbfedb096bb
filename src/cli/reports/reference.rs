//! Options that choose what cases are judged by.

use super::ReportContext;
use crate::cli::failure::Failure;
use crate::cli::models;
use crate::engine::{Reference, View};
use clap::Args;
use std::path::PathBuf;

/// Reference variants or a model, in place of those of the rules file.
#[derive(Args)]
#[command(next_help_heading = "Reference")]
pub(super) struct ReferenceOptions {
    /// The variants that cases should follow: `top 3`, `cover 80%` of the cases, or those of a
    /// filter, as `variant <= 3` [default: that of the rules file, else `top 1`]
    #[arg(long, value_name = "top N|cover P%|EXPR", value_parser = Reference::parse)]
    #[arg(conflicts_with = "model")]
    reference: Option<Reference>,
    /// The model that cases should follow, in PNML or BPMN 2.0
    #[arg(long, value_name = "FILE")]
    model: Option<PathBuf>,
}

impl ReferenceOptions {
    /// The report's context with the reference that the options name, if they name one.
    pub(super) fn context<'a>(
        &self,
        ask: &ReportContext<'a>,
    ) -> Result<ReportContext<'a>, Failure> {
        let reference = match &self.model {
            Some(path) => Some(Reference::Model(models::read(path)?)),
            None => self.reference.clone(),
        };
        Ok(ask.about(View {
            reference: reference.or(ask.view.reference.clone()),
            ..ask.view.clone()
        }))
    }
}
