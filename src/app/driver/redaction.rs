//! Pseudonyms on the screen: what was seen before a log was redacted must not be shown after it.

use super::Driver;
use crate::engine::Analysis;
use crate::text::counted;

impl Driver {
    /// Reads the log again with pseudonyms, or without. All that remembers names is forgotten.
    pub(super) fn redact(&mut self) {
        if let Err(error) = self.loader.redact() {
            self.app.notify_error(error.message);
            return;
        }
        self.app.forget_past();
        if let Some(command) = self.loader.redacted_command(&self.app.settings.command) {
            self.app.settings.command = command;
        }
        self.begin_load();
    }

    /// Lets filters that were added name what a redacted log shows.
    pub(super) fn redact_new_filters(&mut self) {
        if let Some(analysis) = self.redacted.clone()
            && self.redact_filters(&analysis)
        {
            self.app.set_filters(self.app.filters.clone());
        }
    }

    /// Lets filters name what the log shows: pseudonyms in place of values. Those of pseudonyms go where the log
    /// shows the values. Returns whether any has changed.
    pub(super) fn redact_filters(&mut self, analysis: &Analysis) -> bool {
        let mut stack = self.app.filters.clone();
        let names = |text: &String| analysis.info().redacted || !Analysis::names_pseudonyms(text);
        stack.entries.retain(|entry| names(&entry.text));
        let sides = |versus: &crate::app::Versus| versus.own.iter().chain(&versus.other).all(names);
        stack.versus = stack.versus.filter(sides);
        let gone = self.app.filters.entries.len() - stack.entries.len();
        for entry in &mut stack.entries {
            entry.text = if entry.events {
                analysis.redacted_condition(&entry.text)
            } else {
                analysis.redacted_filter(&entry.text)
            };
        }
        if let Some(versus) = &mut stack.versus {
            for text in versus.own.iter_mut().chain(&mut versus.other) {
                *text = analysis.redacted_filter(text);
            }
        }
        if gone > 0 {
            let filters = counted(gone as u64, "filter", "filters");
            self.app.notify(format!("{filters} of pseudonyms removed"));
        }
        let changed = stack != self.app.filters;
        self.app.filters = stack;
        changed
    }
}
