//! Pseudonyms on the screen: what was seen before a log was redacted must not be shown after it.

use super::Driver;
use crate::app::filters::FilterStack;
use crate::engine::{Analysis, ColumnKind, LogInfo};
use crate::filter::{parse, parse_events};
use crate::text::counted;
use std::sync::Arc;

impl Driver {
    /// Reads the log again with pseudonyms, or without.
    pub(super) fn redact(&mut self) {
        match self.loader.redact() {
            Ok(()) => self.begin_load(),
            Err(error) => self.app.notify_error(error.message),
        }
    }

    /// Takes a log that was read. Where it shows other names than the one before, all that remembers names is
    /// forgotten, and filters of pseudonyms go where this one shows the values.
    pub(super) fn take_redaction(&mut self, analysis: &Arc<Analysis>) {
        let before = self.redacted.take();
        let shown = self.app.log.as_ref().map(|log| log.redacted);
        let shifted = self.app.log.as_ref().map(|log| log.shifted);
        if shown.is_some_and(|redacted| redacted != analysis.info().redacted) {
            self.app.forget_past();
            if let Some(command) = self.loader.redacted_command(&self.app.settings.command) {
                self.app.settings.command = command;
            }
        }
        if shifted.is_some_and(|shifted| shifted != analysis.info().shifted) {
            self.forget_times(analysis.info());
        }
        if analysis.info().redacted {
            self.redacted = Some((Arc::clone(analysis), FilterStack::default()));
            self.app.filters = redacted(&self.app.filters, analysis);
        } else if let Some((before, _)) = before {
            let filters = &mut self.app.filters;
            let names = |text: &String| !before.names_pseudonyms(text);
            let all = filters.entries.len();
            filters.entries.retain(|entry| names(&entry.text));
            let versus = filters.versus.take();
            filters.versus =
                versus.filter(|versus| versus.own.iter().chain(&versus.other).all(names));
            let gone = all - filters.entries.len();
            if gone > 0 {
                let gone = counted(gone as u64, "filter", "filters");
                self.app.notify(format!("{gone} of pseudonyms removed"));
            }
        }
    }

    /// Forgets filters of times: those of a log whose times are shifted, and of the same log without that, name
    /// other instants.
    fn forget_times(&mut self, log: &LogInfo) {
        let is_timed = |text: &String, events: bool| {
            let mentions = if events {
                parse_events(text).map(|condition| condition.mentions())
            } else {
                parse(text).map(|expr| expr.mentions())
            };
            let is_instant = |name: &String| {
                let mut columns = log.columns.iter();
                columns.any(|of| *of.name == **name && of.kind == ColumnKind::Instant)
            };
            mentions.map_or(true, |names| {
                names.time || names.columns.iter().any(is_instant)
            })
        };
        let filters = &mut self.app.filters;
        let all = filters.entries.len();
        filters
            .entries
            .retain(|entry| !is_timed(&entry.text, entry.events));
        filters.versus.take_if(|versus| {
            let mut texts = versus.own.iter().chain(&versus.other);
            texts.any(|text| is_timed(text, false))
        });
        // One that is counted from the last event moves with it.
        let as_of = filters.as_of.take_if(|as_of| !as_of.starts_with('-'));
        let gone = all - filters.entries.len() + usize::from(as_of.is_some());
        if gone > 0 {
            let gone = counted(gone as u64, "filter", "filters");
            self.app.notify(format!("{gone} of times removed"));
        }
    }

    /// Lets filters that were added name what a redacted log shows.
    pub(super) fn redact_new_filters(&mut self) {
        let Some((analysis, shown)) = &mut self.redacted else {
            return;
        };
        if *shown == self.app.filters {
            return;
        }
        *shown = redacted(&self.app.filters, analysis);
        if *shown != self.app.filters {
            self.app.set_filters(shown.clone());
        }
    }
}

/// The filters with pseudonyms in place of values.
fn redacted(filters: &FilterStack, analysis: &Analysis) -> FilterStack {
    let mut filters = filters.clone();
    for entry in &mut filters.entries {
        entry.text = if entry.events {
            analysis.redacted_condition(&entry.text)
        } else {
            analysis.redacted_filter(&entry.text)
        };
    }
    if let Some(versus) = &mut filters.versus {
        for text in versus.own.iter_mut().chain(&mut versus.other) {
            *text = analysis.redacted_filter(text);
        }
    }
    filters
}
