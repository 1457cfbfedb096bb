//! The settings in force as a valid file, the keys in force as a table, and the page of the documentation.

use super::configuration::{Configuration, Origin};
use super::table::SETTINGS;
use super::value::list;
use crate::input::ANYWHERE;
use std::fmt::Write;

/// Columns of a line before its comment.
const COMMENT: usize = 32;

/// The settings in force as a configuration file, with the origin of each in a comment. `head` lines are comments
/// above them, given without the `#`.
pub fn printed(settings: &Configuration, head: &[String]) -> String {
    let mut out = String::new();
    for line in head {
        push(&mut out, &format!("# {line}"), "");
    }
    push(&mut out, "", "");
    for (setting, value, origin) in settings.all() {
        match value {
            Some(value) => {
                let line = format!("{} = {}", setting.key, value.to_toml());
                push(&mut out, &line, &origin.to_string());
            }
            None => push(&mut out, &format!("# {} =", setting.key), "not set"),
        }
    }
    if !settings.columns.is_empty() {
        push(&mut out, "\n[columns]", "");
    }
    for (name, (columns, line)) in &settings.columns {
        let origin = Origin::File(*line).to_string();
        push(&mut out, &format!("{name} = {}", list(columns)), &origin);
    }
    let mut before = None;
    for (context, keys, entry) in settings.keymap.table() {
        if before != Some(context) {
            before = Some(context);
            let table = match context {
                ANYWHERE => "\n[keys]".to_owned(),
                context => format!("\n[keys_in.{context}]"),
            };
            push(&mut out, &table, "");
        }
        let origin = origin_of(settings, context, &keys, entry.keys, entry.name);
        push(
            &mut out,
            &format!("{} = {}", entry.name, list(&keys)),
            &origin,
        );
    }
    out
}

/// Origin of the keys of an action: a line of the file, or that another action took one of the defaults.
fn origin_of(
    settings: &Configuration,
    context: &str,
    keys: &[String],
    defaults: &[&str],
    action: &str,
) -> String {
    match settings.origin_of_keys(context, action) {
        Origin::Default if keys != defaults => "default, without keys of other actions".to_owned(),
        origin => origin.to_string(),
    }
}

fn push(out: &mut String, line: &str, comment: &str) {
    // Writing to a String cannot fail.
    let _ = if comment.is_empty() {
        writeln!(out, "{line}")
    } else {
        writeln!(out, "{line:<COMMENT$} # {comment}")
    };
}

/// The keys in force, those of each context below a heading: keys, action, sentence; an asterisk before those
/// that are not the default. `only` one context, where that is given.
pub fn key_table(settings: &Configuration, only: Option<&str>) -> String {
    let mut out = String::new();
    let mut before = None;
    let table = settings.keymap.table();
    let rows = table
        .iter()
        .filter(|row| only.is_none_or(|only| only == row.0));
    let printed = |keys: &[String]| keys.join(", ");
    let widths = rows
        .clone()
        .map(|(_, keys, entry)| (printed(keys).chars().count(), entry.name.len()));
    let width = widths.fold((0, 0), |most, row| (most.0.max(row.0), most.1.max(row.1)));
    for (context, keys, entry) in rows {
        if before != Some(*context) {
            let gap = if before.is_some() { "\n" } else { "" };
            before = Some(*context);
            let heading = if *context == ANYWHERE {
                "anywhere"
            } else {
                context
            };
            push(&mut out, &format!("{gap}{heading}"), "");
        }
        let is_usual = keys == entry.keys && *context == entry.context;
        let mark = if is_usual { " " } else { "*" };
        let line = format!(
            "{mark} {:<keys$}  {:<name$}  {}",
            printed(keys),
            entry.name,
            entry.doc,
            keys = width.0,
            name = width.1
        );
        push(&mut out, &line, "");
    }
    out
}

/// The table of settings as Markdown, for the documentation: a test holds it to what is written there.
pub fn markdown() -> String {
    let mut out =
        String::from("| key | values | default | what it sets |\n| --- | --- | --- | --- |\n");
    for setting in SETTINGS {
        let default = setting.default_value();
        let default = default.map_or_else(String::new, |value| format!("`{}`", value.to_toml()));
        let option = if setting.option {
            format!("`--{}`", setting.option_name())
        } else {
            "no option".to_owned()
        };
        let (key, values, doc) = (setting.key, setting.kind.described(), setting.doc);
        let line = format!("| `{key}` | {values} | {default} | {doc} ({option}) |");
        push(&mut out, &line, "");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::file::ConfigFile;
    use super::*;
    use std::path::Path;

    fn settings(text: &str) -> Configuration {
        let file = ConfigFile::parse(text).unwrap_or_else(|error| panic!("{error:?}\n{text}"));
        Configuration::of_file(file, Path::new("/")).unwrap_or_else(|error| panic!("{error:?}"))
    }

    /// Values without origins.
    fn values(settings: &Configuration) -> Vec<String> {
        let values = settings.all();
        let values = values.map(|(setting, value, _)| format!("{} {value:?}", setting.key));
        let columns = settings.list_columns();
        let columns = columns.iter().map(|(list, of)| format!("{list} {of:?}"));
        values.chain(columns).collect()
    }

    #[test]
    fn what_is_printed_is_a_file_with_the_same_settings() {
        for text in [
            "",
            "theme = \"high-contrast\"\nna = [\"-\", \"\\u0007 #\"]\nmemory = \"2G\"\nrules = \"/x y.toml\"\n\
             [columns]\ncases = [\"case\", \"team @9 frozen\"]\n[keys]\nundo = [\"n\", \"alt-z\"]\n\
             [keys_in.cases]\nsort = []\n[keys_in.filters]\ndelete-row = \"x\"\n",
        ] {
            let before = settings(text);
            let printed = printed(&before, &["head".to_owned()]);
            let after = settings(&printed);
            assert_eq!(values(&after), values(&before), "{printed}");
            assert_eq!(
                key_table(&after, None),
                key_table(&before, None),
                "{printed}"
            );
        }
    }

    #[test]
    fn values_have_their_origin() {
        let settings = settings("mouse = true\n[keys]\nundo = \"n\"\n");
        let printed = printed(&settings, &[]);
        for (start, end) in [
            ("theme = \"default\"", "# default"),
            ("mouse = true", "# line 1"),
            ("# memory =", "# not set"),
            ("undo = [\"n\"]", "# line 3"),
            ("redo = [\"U\"]", "# default"),
            ("find-next = []", "# default, without keys of other actions"),
        ] {
            let line = printed.lines().find(|line| line.starts_with(start));
            let line = line.unwrap_or_else(|| panic!("{start}\n{printed}"));
            assert!(line.ends_with(end), "{line}");
        }
    }

    #[test]
    fn keys_are_listed_by_context() {
        let settings = settings("[keys]\nundo = \"n\"\n[keys_in.cases]\nsort = \"o\"\n");
        let table = key_table(&settings, None);
        assert!(table.starts_with("anywhere\n"));
        let has = |line: &str| table.lines().any(|found| found.starts_with(line));
        assert!(
            has("* n ") && has("  U ") && has("cases") && has("* o "),
            "{table}"
        );
        let cases = key_table(&settings, Some("cases"));
        assert_eq!(cases.lines().count(), 3, "{cases}");
        assert!(cases.contains("sort") && cases.contains("Sort by the next column"));
        assert!(cases.contains("mark-range"), "{cases}");
    }
}
