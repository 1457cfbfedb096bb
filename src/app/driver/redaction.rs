//! Pseudonyms on the screen: what was seen before a log was redacted must not be shown after it.

use super::Driver;
use crate::app::filters::FilterStack;
use crate::engine::Analysis;
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
        if shown.is_some_and(|redacted| redacted != analysis.info().redacted) {
            self.app.forget_past();
            if let Some(command) = self.loader.redacted_command(&self.app.settings.command) {
                self.app.settings.command = command;
            }
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
