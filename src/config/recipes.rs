//! The file of named filters, in TOML: a table `[filters]` with a filter for each name. A filter may use others
//! by `@name`.

use super::FileError;
use super::keys::{Fault, at_key, no_toml, text, unknown};
use crate::filter::{NamedFilter, NamedFilters, is_filter_name, parse as parse_filter};
use crate::text::{did_you_mean, safe};
use std::borrow::Cow;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The keys of the file.
const KEYS: [&str; 2] = ["version", "filters"];

/// Reads the text of a file of named filters.
///
/// # Errors
/// The first fault with its line: an unknown key, a name that cannot be written after `@`, a text that is no
/// filter, filters that use each other in a circle.
pub fn parse(text: &str) -> Result<NamedFilters, FileError> {
    of_toml(text).map_err(|fault| fault.in_text(text))
}

/// A filter with the place of its text.
type Written<'a, 'b> = (&'a Spanned<Cow<'b, str>>, &'a Spanned<DeValue<'b>>);

fn of_toml(file: &str) -> Result<NamedFilters, Fault> {
    let table = DeTable::parse(file).map_err(|error| no_toml(&error))?;
    let mut waiting: Vec<Written<'_, '_>> = Vec::new();
    for (name, value) in table.get_ref() {
        let read = match name.get_ref().as_ref() {
            "version" => match value.get_ref().as_integer() {
                Some(version) if version.as_str() == "1" => Ok(()),
                _ => Err("this casetrail reads version 1 only".into()),
            },
            "filters" => match value.get_ref().as_table() {
                Some(filters) => {
                    waiting.extend(filters);
                    Ok(())
                }
                None => Err("expected a table: write [filters] above the filters".into()),
            },
            _ => return Err(unknown(name, &KEYS)),
        };
        read.map_err(|fault: Fault| at_key(name, value, fault))?;
    }
    for (name, _) in &waiting {
        if !is_filter_name(name.get_ref()) {
            return Err(Fault {
                place: Some(name.span()),
                message: format!(
                    "{} is no name of a filter: use letters, digits, _ and - between them",
                    safe(name.get_ref())
                ),
            });
        }
    }
    // As they are written, whatever order they are used in.
    waiting.sort_by_key(|(name, _)| name.span().start);
    let names: Vec<String> = waiting
        .iter()
        .map(|(name, _)| name.get_ref().to_string())
        .collect();
    let mut known = NamedFilters::default();
    while !waiting.is_empty() {
        let before = waiting.len();
        let mut fault = None;
        let mut left = Vec::new();
        for (name, value) in waiting {
            match named(name, value, &known, &names) {
                Ok(filter) => known.list.push(filter),
                Err(why) => {
                    // It may use one that comes later.
                    fault.get_or_insert(at_key(name, value, why));
                    left.push((name, value));
                }
            }
        }
        if left.len() == before {
            return Err(fault.unwrap_or_else(|| "no filter".into()));
        }
        waiting = left;
    }
    known
        .list
        .sort_by_key(|filter| names.iter().position(|name| *name == filter.name));
    Ok(known)
}

/// A filter, all of whose names are known; `all` are the names of the file.
fn named(
    name: &Spanned<Cow<'_, str>>,
    value: &Spanned<DeValue<'_>>,
    known: &NamedFilters,
    all: &[String],
) -> Result<NamedFilter, Fault> {
    let written = text(value.get_ref())?;
    let expanded = known.expand(&written).map_err(|error| {
        let used = written.get(error.span.start + 1..error.span.end);
        let used = used.filter(|used| known.list.iter().all(|filter| filter.name != *used));
        match used {
            None | Some("") => error.message,
            Some(used) if all.iter().any(|name| name == used) => {
                format!("filters use each other in a circle: @{used}")
            }
            Some(used) => {
                let hint = did_you_mean(used, all.iter().map(String::as_str), str::to_owned);
                format!("no filter is called {used}{hint}")
            }
        }
    })?;
    parse_filter(&expanded.text).map_err(|error| error.message)?;
    Ok(NamedFilter {
        name: name.get_ref().to_string(),
        text: expanded.text.trim().to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fmt::Write;

    fn read(text: &str) -> Vec<(String, String)> {
        let filters = parse(text).expect(text).list;
        filters.into_iter().map(|f| (f.name, f.text)).collect()
    }

    #[test]
    fn filters_use_each_other_in_any_order() {
        let text = "version = 1\n[filters]\nslow-late = '@slow and not @early'\nslow = \"duration > 3d\"\nearly = 'x = \"@slow\"'\n";
        let filters = read(text);
        let wanted = [
            ("slow-late", "(duration > 3d) and not (x = \"@slow\")"),
            ("slow", "duration > 3d"),
            ("early", "x = \"@slow\""),
        ];
        assert_eq!(filters, wanted.map(|(a, b)| (a.to_owned(), b.to_owned())));
        assert!(read("").is_empty());
    }

    #[test]
    fn faults_have_their_line() {
        for (text, line, part) in [
            (
                "version = 2",
                1,
                "version: this casetrail reads version 1 only",
            ),
            ("slow = \"duration > 3d\"", 1, "no key is called slow"),
            ("\n[filter]\n", 2, "filters"),
            ("filters = 1", 1, "write [filters]"),
            ("[filters]\nslow = 3.5", 2, "slow: expected a text"),
            (
                "[filters]\n\"a b\" = \"x = 1\"",
                2,
                "a b is no name of a filter",
            ),
            ("[filters]\na = \"duration >\"", 2, "a: expected"),
            (
                "[filters]\nb = \"x = 1\"\na = \"@c\"",
                3,
                "a: no filter is called c; did you mean",
            ),
            (
                "[filters]\na = \"@b\"\nb = \"@a\"",
                2,
                "a: filters use each other in a circle: @b",
            ),
            (
                "[filters]\na = \"@a or x = 1\"",
                2,
                "a: filters use each other in a circle: @a",
            ),
            ("[filters]\na = \"x = 1\"\na = \"x = 1\"", 3, "duplicate"),
        ] {
            let error = parse(text).expect_err(text);
            assert_eq!(error.line, Some(line), "{text}: {}", error.message);
            assert!(error.message.contains(part), "{text}: {}", error.message);
        }
    }

    #[test]
    fn filters_do_not_grow_without_end() {
        let mut text = "[filters]\na0 = \"x = 1 and x = 2\"\n".to_owned();
        for n in 1..40 {
            let before = n - 1;
            writeln!(text, "a{n} = \"@a{before} or @a{before}\"").unwrap();
        }
        assert!(parse(&text).unwrap_err().message.contains("longer than"));
    }
}
