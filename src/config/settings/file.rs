//! The configuration file, `config.toml`: settings, columns of lists, keys of actions. A name that is not known is an
//! error with its line and the nearest names.

use super::table::{SETTINGS, Setting};
use super::value::{Kind, Value};
use crate::config::{FileError, line_of};
use crate::input::{ANYWHERE, CONTEXTS, KeyChange, Keymap};
use crate::text::{did_you_mean, safe};
use std::collections::BTreeMap;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The lists whose columns can be chosen.
pub const LISTS: &[&str] = &["cases", "triage", "deadlines"];

/// Table of columns of lists.
const COLUMNS: &str = "columns";
/// Table of keys that hold in all panes.
const KEYS: &str = "keys";
/// Table of the keys of each pane: some actions are called like a pane.
const KEYS_IN: &str = "keys_in";

/// A configuration file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ConfigFile {
    /// Values by the keys of their settings, with their lines.
    pub values: BTreeMap<&'static str, (Value, u64)>,
    /// Columns by lists, as texts of [`ColumnChoice`](crate::input::ColumnChoice), with their lines.
    pub columns: BTreeMap<&'static str, (Vec<String>, u64)>,
    /// Keys of actions, with their lines.
    pub keys: Vec<(KeyChange, u64)>,
}

impl ConfigFile {
    /// Reads the text of a configuration file.
    ///
    /// # Errors
    /// Fault with its line.
    pub fn parse(text: &str) -> Result<Self, FileError> {
        let mut reader = Reader {
            text,
            file: ConfigFile::default(),
        };
        reader.read().map_err(|fault| FileError {
            line: fault.place.map(|place| line_of(text, place.start)),
            ..FileError::new(fault.message)
        })?;
        Ok(reader.file)
    }

    /// The keys in force with those of the file.
    pub fn keymap(&self) -> Result<Keymap, FileError> {
        let changes: Vec<KeyChange> = self.keys.iter().map(|(change, _)| change.clone()).collect();
        Keymap::with(&changes).map_err(|(at, error)| FileError {
            line: self.keys.get(at).map(|(_, line)| *line),
            ..FileError::new(safe(&error.to_string()))
        })
    }
}

/// Something wrong at a place of the text, in bytes.
struct Fault {
    place: Option<Range<usize>>,
    message: String,
}

type Entry<'a, 'b> = (
    &'a Spanned<std::borrow::Cow<'b, str>>,
    &'a Spanned<DeValue<'b>>,
);

/// The entries of a table in the order of the file: the first fault is the one that is reported.
fn in_order<'a, 'b>(table: &'a DeTable<'b>) -> Vec<Entry<'a, 'b>> {
    let mut entries: Vec<Entry<'_, '_>> = table.iter().collect();
    entries.sort_by_key(|(key, _)| key.span().start);
    entries
}

fn at_key(key: &Spanned<std::borrow::Cow<'_, str>>, message: &str) -> Fault {
    Fault {
        place: Some(key.span()),
        message: format!("{}: {message}", safe(key.get_ref())),
    }
}

/// A name that is not among the known ones.
fn unknown<'a>(
    key: &Spanned<std::borrow::Cow<'_, str>>,
    what: &str,
    known: impl Iterator<Item = &'a str>,
) -> Fault {
    let name = key.get_ref();
    let hint = did_you_mean(name, known, str::to_owned);
    Fault {
        place: Some(key.span()),
        message: format!("no {what} is called {}{hint}", safe(name)),
    }
}

struct Reader<'t> {
    text: &'t str,
    file: ConfigFile,
}

impl Reader<'_> {
    fn read(&mut self) -> Result<(), Fault> {
        let table = DeTable::parse(self.text).map_err(|error| Fault {
            place: error.span(),
            message: safe(error.message()).replace('\n', "; "),
        })?;
        for (key, value) in in_order(table.get_ref()) {
            match key.get_ref().as_ref() {
                COLUMNS => self.columns(key, value)?,
                KEYS => self.keys(ANYWHERE, key, value)?,
                KEYS_IN => self.panes(key, value)?,
                name => {
                    let setting = Setting::named(name).ok_or_else(|| {
                        let known = SETTINGS.iter().map(|setting| setting.key);
                        unknown(key, "key", known.chain([COLUMNS, KEYS, KEYS_IN]))
                    })?;
                    let read = setting.kind.of_toml(value.get_ref());
                    let read = read.map_err(|message| at_key(key, &message))?;
                    let line = self.line(key.span());
                    self.file.values.insert(setting.key, (read, line));
                }
            }
        }
        Ok(())
    }

    fn line(&self, place: Range<usize>) -> u64 {
        line_of(self.text, place.start)
    }

    fn columns(
        &mut self,
        key: &Spanned<std::borrow::Cow<'_, str>>,
        value: &Spanned<DeValue<'_>>,
    ) -> Result<(), Fault> {
        let table = value.get_ref().as_table();
        let table = table.ok_or_else(|| at_key(key, "expected a table of lists"))?;
        for (list, columns) in in_order(table) {
            let name = list.get_ref().as_ref();
            let known = LISTS.iter().find(|known| **known == name);
            let known =
                *known.ok_or_else(|| unknown(list, "list of cases", LISTS.iter().copied()))?;
            let texts = texts(columns.get_ref()).map_err(|message| at_key(list, &message))?;
            if texts.iter().any(|text| text.trim().is_empty()) {
                return Err(at_key(list, "a column has no name"));
            }
            let line = self.line(list.span());
            self.file.columns.insert(known, (texts, line));
        }
        Ok(())
    }

    fn panes(
        &mut self,
        key: &Spanned<std::borrow::Cow<'_, str>>,
        value: &Spanned<DeValue<'_>>,
    ) -> Result<(), Fault> {
        let table = value.get_ref().as_table();
        let table = table.ok_or_else(|| at_key(key, "expected a table of panes"))?;
        for (name, value) in in_order(table) {
            let context = name.get_ref().as_ref();
            if !CONTEXTS.contains(&context) {
                return Err(unknown(name, "pane", CONTEXTS.iter().copied()));
            }
            self.keys(context, name, value)?;
        }
        Ok(())
    }

    fn keys(
        &mut self,
        context: &str,
        key: &Spanned<std::borrow::Cow<'_, str>>,
        value: &Spanned<DeValue<'_>>,
    ) -> Result<(), Fault> {
        let table = value.get_ref().as_table();
        let table = table.ok_or_else(|| at_key(key, "expected a table of actions"))?;
        for (action, value) in in_order(table) {
            self.key(context, action, value)?;
        }
        Ok(())
    }

    fn key(
        &mut self,
        context: &str,
        action: &Spanned<std::borrow::Cow<'_, str>>,
        value: &Spanned<DeValue<'_>>,
    ) -> Result<(), Fault> {
        let keys = texts(value.get_ref()).map_err(|message| at_key(action, &message))?;
        let change = KeyChange {
            context: context.to_owned(),
            action: action.get_ref().to_string(),
            keys,
        };
        let line = self.line(action.span());
        self.file.keys.push((change, line));
        Ok(())
    }
}

fn texts(value: &DeValue<'_>) -> Result<Vec<String>, String> {
    Kind::Texts.of_toml(value).map(|value| value.to_words())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::Action;

    #[test]
    fn a_file_is_read_with_its_lines() {
        let file = ConfigFile::parse(
            "# mine\ntheme = \"light\"\nmouse = true\nna = \"-\"\n\n[columns]\ncases = [\"case\", \"team @9 frozen\"]\n\
             [keys]\nundo = \"ctrl-u\"\n[keys_in.cases]\nsort = [\"o\", \"g s\"]\n",
        )
        .expect("a good file");
        assert_eq!(file.values["theme"], (Value::Text("light".into()), 2));
        assert_eq!(file.values["mouse"], (Value::Flag(true), 3));
        assert_eq!(file.values["na"], (Value::Texts(vec!["-".into()]), 4));
        let columns = vec!["case".to_owned(), "team @9 frozen".to_owned()];
        assert_eq!(file.columns["cases"], (columns, 7));
        let keymap = file.keymap().expect("good keys");
        assert_eq!(keymap.keys_of(ANYWHERE, &Action::Undo), ["ctrl-u"]);
        assert_eq!(keymap.keys_of("cases", &Action::Sort), ["o", "g s"]);
        assert_eq!(ConfigFile::parse(""), Ok(ConfigFile::default()));
    }

    #[test]
    fn faults_have_a_line_and_the_nearest_name() {
        for (text, line, wanted) in [
            (
                "\ntheem = \"light\"",
                2,
                "no key is called theem; did you mean theme",
            ),
            ("theme = \"ligth\"", 1, "theme: \"ligth\" is not one of"),
            ("theme = \"ligth\"", 1, "did you mean light"),
            ("mouse = 1", 1, "mouse: expected true or false"),
            ("ambiguous_width = 3", 1, "expected a number from 1 to 2"),
            (
                "memory = \"much\"",
                1,
                "memory: expected a size such as 512M or 2G",
            ),
            ("tz = \"Berlin\"", 1, "Europe/Berlin"),
            (
                "[columns]\ncase = []",
                2,
                "no list of cases is called case; did you mean cases",
            ),
            ("[columns]\ncases = [\"\"]", 2, "a column has no name"),
            (
                "[columns]\ncases = 1",
                2,
                "expected a text in quotes, or a list of such",
            ),
            ("columns = 1", 1, "expected a table of lists"),
            ("[keys]\nmove-dwon = \"n\"", 2, "did you mean move-down"),
            (
                "[keys]\n\nundo = \"hyper-n\"",
                3,
                "\"hyper-n\" is not a key",
            ),
            (
                "[keys]\nundo = \"n\"\nredo = \"n\"",
                3,
                "is bound to both undo and redo",
            ),
            ("[keys]\nundo = 1", 2, "undo: expected a text in quotes"),
            (
                "[keys_in.csaes]\nundo = \"n\"",
                1,
                "no pane is called csaes; did you mean cases",
            ),
            (
                "[keys]\ndelete-row = \"n\"",
                2,
                "belong under [keys_in.filters]",
            ),
            ("keys = 1", 1, "expected a table of actions"),
            ("keys_in = 1", 1, "expected a table of panes"),
            ("[keys_in]\ncases = 1", 2, "expected a table of actions"),
            ("theme = \"light\"\ntheme = \"dark\"", 2, "duplicate key"),
            ("theme = ", 1, ""),
            ("mouse = 1\ntheem = 1", 1, "mouse"),
        ] {
            let error = ConfigFile::parse(text).and_then(|file| file.keymap().map(drop));
            let error = error.expect_err(text);
            assert_eq!(error.line, Some(line), "{text}: {error}");
            assert!(error.message.contains(wanted), "{text}: {error}");
        }
    }

    #[test]
    fn hidden_characters_of_a_file_are_not_printed() {
        for text in [
            "\"\u{1b}[31m\" = 1",
            "theme = \"\u{202e}x\"",
            "[keys]\n\"\u{9b}x\" = \"n\"",
        ] {
            let error = ConfigFile::parse(text).and_then(|file| file.keymap().map(drop));
            let message = error.expect_err(text).message;
            let hidden = |c: char| c.is_control() || c == '\u{202e}';
            assert!(!message.contains(hidden), "{message:?}");
        }
    }
}
