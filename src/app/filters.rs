//! The filter stack: texts of the filter language, each on or off. Changes of it, and the opposite
//! of a text. Knows nothing of what a filter means.

use crate::engine::View;
use crate::panes::FilterEntry;

/// The filters, oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FilterStack {
    /// The filters.
    pub entries: Vec<FilterEntry>,
    /// The calendar of all durations.
    pub calendar: Option<String>,
    /// Which were on before all were switched off.
    before_off: Vec<bool>,
}

impl FilterStack {
    /// A stack with all filters of a view on.
    pub fn new(view: &View) -> Self {
        let entry = |text: &String, events| FilterEntry {
            text: text.clone(),
            events,
            on: true,
        };
        let events = view.events.iter().map(|text| entry(text, true));
        let cases = view.filters.iter().map(|text| entry(text, false));
        FilterStack {
            entries: events.chain(cases).collect(),
            calendar: view.calendar.clone(),
            before_off: Vec::new(),
        }
    }

    /// View of the filters that are on.
    pub fn view(&self) -> View {
        self.view_without(None)
    }

    /// View of the filters that are on, without the one at `left_out`.
    pub fn view_without(&self, left_out: Option<usize>) -> View {
        let texts = |events: bool| {
            let entries = self.entries.iter().enumerate();
            entries
                .filter(|(at, e)| e.on && e.events == events && Some(*at) != left_out)
                .map(|(_, e)| e.text.clone())
                .collect()
        };
        View {
            events: texts(true),
            filters: texts(false),
            calendar: self.calendar.clone(),
        }
    }

    /// Adds a filter. One of the same text is switched on instead; `false` where it was on.
    pub fn add(&mut self, text: &str, events: bool) -> bool {
        let text = text.trim();
        let known = self
            .entries
            .iter_mut()
            .find(|e| e.text == text && e.events == events);
        match known {
            Some(entry) if entry.on => return false,
            Some(entry) => entry.on = true,
            None => self.entries.push(FilterEntry {
                text: text.to_owned(),
                events,
                on: true,
            }),
        }
        self.before_off.clear();
        true
    }

    /// Switches a filter on or off.
    pub fn toggle(&mut self, at: usize) -> bool {
        let Some(entry) = self.entries.get_mut(at) else {
            return false;
        };
        entry.on = !entry.on;
        self.before_off.clear();
        true
    }

    /// Replaces the text of a filter and switches it on.
    pub fn replace(&mut self, at: usize, text: &str, events: bool) -> bool {
        let Some(entry) = self.entries.get_mut(at) else {
            return false;
        };
        *entry = FilterEntry {
            text: text.trim().to_owned(),
            events,
            on: true,
        };
        self.before_off.clear();
        true
    }

    /// Deletes a filter.
    pub fn delete(&mut self, at: usize) -> bool {
        if at >= self.entries.len() {
            return false;
        }
        self.entries.remove(at);
        self.before_off.clear();
        true
    }

    /// Deletes all filters; `false` where there are none.
    pub fn clear(&mut self) -> bool {
        self.before_off.clear();
        let any = !self.entries.is_empty();
        self.entries.clear();
        any
    }

    /// Switches all off, or those on again that were on before.
    pub fn toggle_all(&mut self) -> bool {
        if self.entries.is_empty() {
            return false;
        }
        if self.entries.iter().any(|e| e.on) {
            self.before_off = self.entries.iter().map(|e| e.on).collect();
            self.entries.iter_mut().for_each(|e| e.on = false);
        } else {
            let before = std::mem::take(&mut self.before_off);
            for (at, entry) in self.entries.iter_mut().enumerate() {
                entry.on = before.get(at).copied().unwrap_or(true);
            }
        }
        true
    }

    /// Switches off every filter of this text: the engine refused it.
    pub fn switch_off(&mut self, text: &str) -> bool {
        let mut any = false;
        for entry in self.entries.iter_mut().filter(|e| e.on && e.text == text) {
            entry.on = false;
            any = true;
        }
        any
    }
}

/// The opposite of a filter; `None` where the language has none (conditions on events know only
/// single comparisons).
pub fn inverted(text: &str, events: bool) -> Option<String> {
    if events {
        return inverted_comparison(text);
    }
    Some(match inside_not(text) {
        Some(inside) => inside.to_owned(),
        None => format!("not ({text})"),
    })
}

/// `x` of `not (x)`, where the parenthesis spans all the rest.
fn inside_not(text: &str) -> Option<&str> {
    let rest = text.trim().strip_prefix("not")?.trim_start();
    let inside = rest.strip_prefix('(')?.strip_suffix(')')?;
    let mut depth = 0_i64;
    for (_, c) in outside_quotes(inside) {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        if depth < 0 {
            return None;
        }
    }
    (depth == 0).then_some(inside)
}

/// The characters that are not inside `"..."` or backticks, with their places.
fn outside_quotes(text: &str) -> impl Iterator<Item = (usize, char)> {
    let mut quote = None;
    let mut escaped = false;
    text.char_indices().filter(move |&(_, c)| match quote {
        None => {
            if c == '"' || c == '`' {
                quote = Some(c);
            }
            quote.is_none()
        }
        Some(end) => {
            if escaped {
                escaped = false;
            } else if c == '\\' && end == '"' {
                escaped = true;
            } else if c == end {
                quote = None;
            }
            false
        }
    })
}

fn inverted_comparison(text: &str) -> Option<String> {
    const OPPOSITES: &[(&str, &str)] = &[("!=", "="), ("!~", "~"), ("=", "!="), ("~", "!~")];
    let (at, _) = outside_quotes(text).find(|(_, c)| "!=~<>".contains(*c))?;
    let (op, opposite) = OPPOSITES
        .iter()
        .find(|(op, _)| text[at..].starts_with(op))?;
    let (field, value) = (&text[..at], &text[at + op.len()..]);
    Some(format!("{field}{opposite}{value}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_opposite_of_the_opposite_is_the_text() {
        for text in [
            "\"A\" -> \"B\" within 2h",
            "(\"A\") or (\"B\")",
            "not \"A\"",
            "x = \"a ) b\"",
            "x = \"\\\" )\"",
            "`a ) b` = 1",
            "not (a = 1) and (b = 2)",
        ] {
            let opposite = inverted(text, false).expect("every filter has one");
            assert_eq!(opposite, format!("not ({text})"));
            assert_eq!(inverted(&opposite, false).as_deref(), Some(text));
        }
    }

    #[test]
    fn conditions_on_events_turn_their_operator() {
        for (text, opposite) in [
            ("activity != \"No = te\"", "activity = \"No = te\""),
            ("`a=b` = 1", "`a=b` != 1"),
            ("x ~ \"y\"", "x !~ \"y\""),
            ("x !~ \"y\"", "x ~ \"y\""),
        ] {
            assert_eq!(inverted(text, true).as_deref(), Some(opposite));
        }
        assert_eq!(inverted("x in (\"a\")", true), None);
        assert_eq!(inverted("x <= 3", true), None);
    }

    #[test]
    fn all_off_and_on_again_keeps_which_were_on() {
        let mut stack = FilterStack::new(&View {
            filters: vec!["a".into(), "b".into()],
            events: vec!["e".into()],
            ..View::default()
        });
        assert!(stack.toggle(1));
        assert!(stack.toggle_all());
        assert_eq!(stack.view(), View::default());
        assert!(stack.toggle_all());
        assert_eq!(stack.view().filters, ["b"]);
        assert_eq!(stack.view().events, ["e"]);
        assert!(!stack.toggle(9));
        assert!(!stack.delete(9));
    }

    #[test]
    fn a_filter_is_not_added_twice() {
        let mut stack = FilterStack::default();
        assert!(stack.add(" a ", false));
        assert!(!stack.add("a", false));
        assert!(
            stack.add("a", true),
            "a condition on events is another thing"
        );
        assert!(stack.toggle(0));
        assert!(stack.add("a", false));
        assert_eq!(stack.entries.len(), 2);
    }
}
