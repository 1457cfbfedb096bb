//! The keys of a session file and of its tables: how each is read from TOML and written to it.

use super::{LevelEntry, MOST_LEVELS, SessionFile};
use crate::app::{Level, Versus};
use crate::config::keys::{
    Fault, Key, flag, inline_table, list, number, quoted, read_table, table, tables, text, texts,
};
use crate::config::report_file::sections;
use crate::config::values;
use crate::engine::{AsOf, ConformRule, Reference};
use crate::filter::{parse as parse_filter, parse_events};
use crate::panes::{FilterEntry, Place};
use crate::text::safe;
use std::collections::BTreeMap;
use std::sync::Arc;
use toml::Spanned;
use toml::de::DeValue;

/// The largest position of a row: more than any log has.
const MOST_ROWS: u64 = 1 << 40;

/// A key that holds a text, a list of texts, a flag or a position.
macro_rules! key {
    ($name:literal, text, $($field:ident).+) => {
        Key {
            name: $name,
            set: |to, value| {
                to.$($field).+ = text(value.get_ref())?;
                Ok(())
            },
            get: |of| Some(&of.$($field).+).filter(|t| !t.is_empty()).map(|t| quoted(t)),
        }
    };
    ($name:literal, optional, $($field:ident).+) => {
        Key {
            name: $name,
            set: |to, value| {
                to.$($field).+ = Some(text(value.get_ref())?);
                Ok(())
            },
            get: |of| of.$($field).+.as_deref().map(quoted),
        }
    };
    ($name:literal, list, $($field:ident).+) => {
        Key {
            name: $name,
            set: |to, value| {
                to.$($field).+ = texts(value.get_ref())?;
                Ok(())
            },
            get: |of| Some(&of.$($field).+).filter(|l| !l.is_empty()).map(|l| list(l)),
        }
    };
    ($name:literal, flag, $($field:ident).+) => {
        Key {
            name: $name,
            set: |to, value| {
                to.$($field).+ = flag(value.get_ref())?;
                Ok(())
            },
            get: |of| of.$($field).+.then(|| "true".to_owned()),
        }
    };
    ($name:literal, row, $($field:ident).+) => {
        Key {
            name: $name,
            set: |to, value| {
                to.$($field).+ = number(value.get_ref(), MOST_ROWS)? as usize;
                Ok(())
            },
            get: |of| Some(of.$($field).+).filter(|n| *n > 0).map(|n| n.to_string()),
        }
    };
}

/// The keys of the file besides those of a mapping file, in the order in which they are written. Tables are
/// written below them.
pub(super) const SESSION_KEYS: &[Key<SessionFile>] = &[
    key!("call", list, call),
    Key {
        name: "running",
        set: |file, value| {
            file.running = Some(number(value.get_ref(), u32::MAX.into())? as u32);
            Ok(())
        },
        get: |file| file.running.map(|process| process.to_string()),
    },
    key!("fingerprint", list, fingerprints),
    key!("rules", optional, rules),
    Key {
        name: "rule",
        set: |file, value| {
            file.rule = texts(value.get_ref())?;
            for rule in &file.rule {
                ConformRule::parse(rule).map_err(|error| error.message)?;
            }
            Ok(())
        },
        get: |file| (!file.rule.is_empty()).then(|| list(&file.rule)),
    },
    Key {
        name: "idle",
        set: |file, value| {
            let idle = text(value.get_ref())?;
            values::duration(&idle)?;
            file.idle = Some(idle);
            Ok(())
        },
        get: |file| file.idle.as_deref().map(quoted),
    },
    key!("now", optional, now),
    Key {
        name: "as_of",
        set: |file, value| {
            let as_of = text(value.get_ref())?;
            AsOf::parse(&as_of)?;
            file.session.view.filters.as_of = Some(as_of);
            Ok(())
        },
        get: |file| file.session.view.filters.as_of.as_deref().map(quoted),
    },
    key!("calendar", optional, session.view.filters.calendar),
    Key {
        name: "reference",
        set: |file, value| {
            let written = text(value.get_ref())?;
            match Reference::model_path(&written) {
                Some(path) => file.model = Some(path.to_owned()),
                None => {
                    file.session.view.filters.reference = Some(Reference::parse(&written)?);
                }
            }
            Ok(())
        },
        get: |file| {
            let model = file.model.as_ref();
            let model = model.map(|path| format!("{}{path}", Reference::MODEL_WORD));
            let reference = file.session.view.filters.reference.as_ref();
            let written = model.or_else(|| reference.map(Reference::written));
            written.as_deref().map(quoted)
        },
    },
    key!("pane", text, session.view.pane),
    key!("maximized", flag, session.maximized),
    Key {
        name: "draft",
        set: |file, value| {
            let draft = filter(value)?;
            file.session.draft = Some((draft.text, draft.events));
            Ok(())
        },
        get: |file| {
            let (text, events) = file.session.draft.clone()?;
            let on = true;
            let draft = FilterEntry { text, events, on };
            Some(inline_table(&draft, FILTER_KEYS))
        },
    },
    Key {
        name: "marks",
        set: |file, value| {
            file.session.marks = texts(value.get_ref())?.into_iter().collect();
            Ok(())
        },
        get: |file| {
            let marks: Vec<String> = file.session.marks.iter().cloned().collect();
            (!marks.is_empty()).then(|| list(&marks))
        },
    },
    Key {
        name: "versus",
        set: |file, value| {
            file.session.view.filters.versus = Some(table(value, VERSUS_KEYS)?);
            Ok(())
        },
        get: |file| {
            let versus = file.session.view.filters.versus.as_ref()?;
            Some(inline_table(versus, VERSUS_KEYS))
        },
    },
    Key {
        name: "switched_off",
        set: |file, value| {
            file.switched_off = texts(value.get_ref())?;
            Ok(())
        },
        get: |file| {
            let filters = &file.session.view.filters;
            let were_on = filters.entries.iter().zip(&filters.before_off);
            let were_on = were_on.filter(|(_, was_on)| **was_on);
            let texts: Vec<String> = were_on.map(|(filter, _)| filter.text.clone()).collect();
            (!texts.is_empty()).then(|| list(&texts))
        },
    },
    key!("report_title", text, session.report.title),
    key!("report_comment", text, session.report.comment),
    Key {
        name: "section",
        set: |file, value| {
            file.session.report.sections = sections(value)?;
            Ok(())
        },
        get: |_| None,
    },
    Key {
        name: "filter",
        set: |file, value| {
            file.session.view.filters.entries = filters(value)?;
            Ok(())
        },
        get: |_| None,
    },
    Key {
        name: "place",
        set: |file, value| {
            file.session.view.places = places(value)?;
            Ok(())
        },
        get: |_| None,
    },
    Key {
        name: "level",
        set: |file, value| {
            let levels: Vec<LevelEntry> = tables(value, LEVEL_KEYS)?;
            if levels.len() > MOST_LEVELS {
                return Err(format!("expected {MOST_LEVELS} levels at most").into());
            }
            let level = |entry: LevelEntry| Level {
                crumb: entry.crumb,
                filtered: entry.filtered,
                back: Arc::new(entry.back),
            };
            file.session.view.trail = levels.into_iter().map(level).collect();
            Ok(())
        },
        get: |_| None,
    },
];

/// The keys of a filter.
pub(super) const FILTER_KEYS: &[Key<FilterEntry>] = &[
    key!("text", text, text),
    key!("events", flag, events),
    Key {
        name: "on",
        set: |filter, value| {
            filter.on = flag(value.get_ref())?;
            Ok(())
        },
        // A filter that is not said to be off is on.
        get: |filter| (!filter.on).then(|| "false".to_owned()),
    },
];

/// The keys of a comparison: filters that are of A alone, and those of B in place of them.
const VERSUS_KEYS: &[Key<Versus>] = &[key!("a", list, own), key!("b", list, other)];

/// The keys of the place of a pane.
pub(super) const PLACE_KEYS: &[Key<Place>] = &[
    key!("item", text, item),
    key!("row", row, cursor),
    key!("top", row, offset),
    key!("sort", text, order),
    Key {
        name: "sort_number",
        set: |place, value| {
            place.sort = number(value.get_ref(), MOST_ROWS)? as usize;
            Ok(())
        },
        // The name says more where there is one.
        get: |place| (place.order.is_empty() && place.sort > 0).then(|| place.sort.to_string()),
    },
    key!("descending", flag, descending),
    key!("best_first", flag, best_first),
    key!("find", text, find),
    key!("kind", text, subject),
];

/// The keys of a level of the drill-down.
pub(super) const LEVEL_KEYS: &[Key<LevelEntry>] = &[
    key!("crumb", text, crumb),
    key!("filtered", flag, filtered),
    key!("pane", text, back.pane),
    Key {
        name: "filter",
        set: |level, value| {
            level.back.filters.entries = filters(value)?;
            Ok(())
        },
        get: |level| {
            let filters = level.back.filters.entries.iter();
            let filters: Vec<String> = filters.map(|f| inline_table(f, FILTER_KEYS)).collect();
            (!filters.is_empty()).then(|| format!("[{}]", filters.join(", ")))
        },
    },
    Key {
        name: "versus",
        set: |level, value| {
            level.back.filters.versus = Some(table(value, VERSUS_KEYS)?);
            Ok(())
        },
        get: |level| {
            let versus = level.back.filters.versus.as_ref()?;
            Some(inline_table(versus, VERSUS_KEYS))
        },
    },
    Key {
        name: "place",
        set: |level, value| {
            level.back.places = places(value)?;
            Ok(())
        },
        get: |_| None,
    },
];

/// A filter as it is written; it is on where nothing else is said.
fn filter(value: &Spanned<DeValue<'_>>) -> Result<FilterEntry, Fault> {
    let table = value.get_ref().as_table();
    let table = table.ok_or("expected a table with text = \"FILTER\"")?;
    let mut filter = FilterEntry {
        text: String::new(),
        events: false,
        on: true,
    };
    read_table(&mut filter, table, FILTER_KEYS)?;
    Ok(filter)
}

/// Filters. Those that are on can be read.
fn filters(value: &Spanned<DeValue<'_>>) -> Result<Vec<FilterEntry>, Fault> {
    let list = value.get_ref().as_array();
    let list = list.ok_or("filters are a list: write [[filter]] above each")?;
    let mut filters = Vec::new();
    for one in list {
        let filter = filter(one)?;
        let wrong = match filter.events {
            _ if !filter.on => None,
            true => parse_events(&filter.text).err(),
            false => parse_filter(&filter.text).err(),
        };
        if let Some(error) = wrong {
            return Err(Fault {
                place: Some(one.span()),
                message: format!("{}: {}", safe(&filter.text), error.message),
            });
        }
        filters.push(filter);
    }
    Ok(filters)
}

/// The places of panes by their ids. Panes that this program does not have are left out when they are used.
fn places(value: &Spanned<DeValue<'_>>) -> Result<BTreeMap<String, Place>, Fault> {
    let panes = value.get_ref().as_table();
    let panes = panes.ok_or("expected a table for each pane: write [place.PANE] above it")?;
    let mut places = BTreeMap::new();
    for (id, value) in panes {
        places.insert(id.get_ref().to_string(), table(value, PLACE_KEYS)?);
    }
    Ok(places)
}
