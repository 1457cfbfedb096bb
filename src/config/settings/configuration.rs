//! The settings in force, each with its origin: command line, environment, file, default.

use super::file::ConfigFile;
use super::table::{Applies, SETTINGS, Setting, key};
use super::value::{Kind, Value};
use crate::config::FileError;
use crate::input::Keymap;
use crate::text::safe;
use crate::ui::{Appearance, GlyphSet, ThemeName};
use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

/// The place a value is from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// The program.
    Default,
    /// The file, at that line.
    File(u64),
    /// An environment variable.
    Environment(String),
    /// An option, with the hyphens before it.
    CommandLine(String),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Origin::Default => f.write_str("default"),
            Origin::File(line) => write!(f, "line {line}"),
            Origin::Environment(name) | Origin::CommandLine(name) => f.write_str(name),
        }
    }
}

/// The settings in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Configuration {
    /// In the order of [`SETTINGS`]; `None` where nothing is set.
    values: Vec<(Option<Value>, Origin)>,
    /// Columns of lists, with their lines.
    pub columns: BTreeMap<&'static str, (Vec<String>, u64)>,
    /// The keys.
    pub keymap: Keymap,
    /// Lines of the keys in the file, by context and action.
    lines: BTreeMap<(String, String), u64>,
}

impl Default for Configuration {
    fn default() -> Self {
        let default = |setting: &Setting| (setting.default_value(), Origin::Default);
        Configuration {
            values: SETTINGS.iter().map(default).collect(),
            columns: BTreeMap::new(),
            keymap: Keymap::default(),
            lines: BTreeMap::new(),
        }
    }
}

/// Variable that refuses colors, by whatever program (no-color.org).
const NO_COLOR: &str = "NO_COLOR";

impl Configuration {
    /// The settings of a file in that folder.
    ///
    /// # Errors
    /// Keys that cannot be, with the line.
    pub fn of_file(file: ConfigFile, folder: &Path) -> Result<Self, FileError> {
        let keymap = file.keymap()?;
        let mut settings = Configuration {
            keymap,
            columns: file.columns,
            ..Configuration::default()
        };
        let lines = file.keys.into_iter();
        settings.lines = lines
            .map(|(change, line)| ((change.context, change.action), line))
            .collect();
        for (key, (value, line)) in file.values {
            let value = match (Setting::named(key).map(|setting| setting.kind), value) {
                (Some(Kind::Path), Value::Text(path)) => {
                    Value::Text(folder.join(path).to_string_lossy().into_owned())
                }
                (_, value) => value,
            };
            settings.set(key, value, Origin::File(line));
        }
        Ok(settings)
    }

    /// Puts the environment above what is there. Empty variables do not count.
    ///
    /// # Errors
    /// A variable without a sensible value, as a sentence.
    pub fn take_environment(
        &mut self,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<(), String> {
        let variable = |name: &str| variable(name).filter(|value| !value.is_empty());
        for setting in SETTINGS {
            let name = setting.variable();
            if let Some(text) = variable(&name) {
                let value = setting.kind.of_text(&text);
                let value = value.map_err(|why| format!("{name} is {:?}: {why}", safe(&text)))?;
                self.set(setting.key, value, Origin::Environment(name));
            }
        }
        if variable(NO_COLOR).is_some() {
            let mono = Value::Text("mono".to_owned());
            self.set(key::THEME, mono, Origin::Environment(NO_COLOR.to_owned()));
        }
        Ok(())
    }

    /// Puts a value of the command line above what is there.
    pub fn take_option(&mut self, setting: &Setting, value: Value) {
        let option = format!("--{}", setting.option_name());
        self.set(setting.key, value, Origin::CommandLine(option));
    }

    fn set(&mut self, key: &str, value: Value, origin: Origin) {
        let at = SETTINGS.iter().position(|setting| setting.key == key);
        if let Some(place) = at.and_then(|at| self.values.get_mut(at)) {
            *place = (Some(value), origin);
        }
    }

    /// All settings with their values and origins.
    pub fn all(&self) -> impl Iterator<Item = (&'static Setting, Option<&Value>, &Origin)> {
        let values = self.values.iter();
        SETTINGS
            .iter()
            .zip(values)
            .map(|(setting, (value, origin))| (setting, value.as_ref(), origin))
    }

    /// Origin of the keys of an action in a context.
    pub fn origin_of_keys(&self, context: &str, action: &str) -> Origin {
        let place = (context.to_owned(), action.to_owned());
        let line = self.lines.get(&place);
        line.map_or(Origin::Default, |line| Origin::File(*line))
    }

    /// Words for the command line that say what environment and file set: for each setting that passes, its
    /// option with its value.
    pub fn words(&self, passes: impl Fn(&Setting) -> bool) -> Vec<String> {
        let is_set = |(setting, _, origin): &(&Setting, Option<&Value>, &Origin)| {
            setting.option
                && matches!(setting.applies, Applies::Calls | Applies::Logs)
                && **origin != Origin::Default
                && passes(setting)
        };
        let words = self.all().filter(is_set).flat_map(|(setting, value, _)| {
            let option = format!("--{}", setting.option_name());
            match value {
                Some(Value::Flag(true)) => vec![option],
                Some(value) => {
                    let texts = value.to_words().into_iter();
                    texts.map(|text| format!("{option}={text}")).collect()
                }
                None => Vec::new(),
            }
        });
        words.collect()
    }

    fn value(&self, key: &str) -> Option<&Value> {
        let found = self.all().find(|(setting, ..)| setting.key == key);
        found.and_then(|(_, value, _)| value)
    }

    fn text(&self, key: &str) -> &str {
        match self.value(key) {
            Some(Value::Text(text)) => text,
            _ => "",
        }
    }

    fn is_on(&self, key: &str) -> bool {
        self.value(key) == Some(&Value::Flag(true))
    }

    fn number(&self, key: &str) -> Option<u64> {
        match self.value(key) {
            Some(Value::Number(number)) => Some(*number),
            _ => None,
        }
    }

    /// Colors and characters.
    pub fn appearance(&self) -> Appearance {
        Appearance {
            theme: match self.text(key::THEME) {
                "auto" => ThemeName::Auto,
                "light" => ThemeName::Light,
                "dark" => ThemeName::Dark,
                "high-contrast" => ThemeName::HighContrast,
                "mono" => ThemeName::Mono,
                _ => ThemeName::Default,
            },
            glyphs: match self.text(key::GLYPHS) {
                "braille" => GlyphSet::Braille,
                "block" => GlyphSet::Block,
                "ascii" => GlyphSet::Ascii,
                _ => GlyphSet::Auto,
            },
            wide: self.number(key::AMBIGUOUS_WIDTH) == Some(2),
        }
    }

    /// True if the mouse is taken.
    pub fn mouse(&self) -> bool {
        self.is_on(key::MOUSE)
    }

    /// True if copy keys send text to the clipboard.
    pub fn clipboard(&self) -> bool {
        self.is_on(key::CLIPBOARD)
    }

    /// True if lists are wanted in place of pictures.
    pub fn plain(&self) -> bool {
        self.is_on(key::PLAIN)
    }

    /// True if the bell rings when an alert begins to fire.
    pub fn bell(&self) -> bool {
        self.is_on(key::BELL)
    }

    /// True if logs are followed from the start.
    pub fn follow(&self) -> bool {
        self.is_on(key::FOLLOW)
    }

    /// Rows of a table.
    pub fn limit(&self) -> Option<usize> {
        let rows = self.number(key::LIMIT)?;
        Some(usize::try_from(rows).unwrap_or(usize::MAX))
    }

    /// Limit of the cache in megabytes, where one is set.
    pub fn cache_mb(&self) -> Option<u64> {
        self.number(key::CACHE_MB)
    }

    /// Name that is written with tags and notes.
    pub fn author(&self) -> Option<&str> {
        Some(self.text(key::AUTHOR)).filter(|name| !name.is_empty())
    }

    /// Path of the file of named filters.
    pub fn recipes(&self) -> Option<&str> {
        Some(self.text(key::RECIPES)).filter(|path| !path.is_empty())
    }

    /// Columns of lists by the ids of their panes.
    pub fn list_columns(&self) -> BTreeMap<String, Vec<String>> {
        let columns = self.columns.iter();
        columns
            .map(|(list, (columns, _))| ((*list).to_owned(), columns.clone()))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str) -> Configuration {
        let file = ConfigFile::parse(text).expect("a good file");
        Configuration::of_file(file, Path::new("/home/u/.config/casetrail")).expect("good keys")
    }

    fn origins(settings: &Configuration, key: &str) -> (Option<Value>, String) {
        let found = settings.all().find(|(setting, ..)| setting.key == key);
        let (_, value, origin) = found.expect("a setting");
        (value.cloned(), origin.to_string())
    }

    #[test]
    fn the_command_line_stands_above_environment_file_and_default() {
        let theme = Setting::named("theme").expect("a setting");
        let text = |text: &str| Some(Value::Text(text.to_owned()));
        let mut settings = Configuration::default();
        assert_eq!(
            origins(&settings, "theme"),
            (text("default"), "default".into())
        );
        settings = file("# mine\ntheme = \"light\"\n");
        assert_eq!(
            origins(&settings, "theme"),
            (text("light"), "line 2".into())
        );
        let dark = |name: &str| (name == "CASETRAIL_THEME").then(|| "dark".to_owned());
        settings.take_environment(dark).expect("a theme");
        assert_eq!(
            origins(&settings, "theme"),
            (text("dark"), "CASETRAIL_THEME".into())
        );
        settings.take_option(theme, Value::Text("mono".into()));
        assert_eq!(
            origins(&settings, "theme"),
            (text("mono"), "--theme".into())
        );
        assert_eq!(settings.appearance().theme, ThemeName::Mono);
    }

    #[test]
    fn no_color_is_a_value_of_the_environment() {
        let mut settings = file("theme = \"light\"");
        let empty = |_: &str| Some(String::new());
        settings.take_environment(empty).expect("nothing set");
        assert_eq!(settings.appearance().theme, ThemeName::Light);
        let set = |name: &str| match name {
            "NO_COLOR" => Some("1".to_owned()),
            "CASETRAIL_THEME" => Some("dark".to_owned()),
            _ => None,
        };
        settings.take_environment(set).expect("a theme");
        assert_eq!(origins(&settings, "theme").1, "NO_COLOR");
        assert_eq!(settings.appearance().theme, ThemeName::Mono);
    }

    #[test]
    fn a_variable_that_makes_no_sense_is_refused() {
        let error = Configuration::default()
            .take_environment(|name| (name == "CASETRAIL_MOUSE").then(|| "on".to_owned()))
            .expect_err("no flag");
        assert_eq!(error, "CASETRAIL_MOUSE is \"on\": expected true or false");
    }

    #[test]
    fn words_are_those_of_environment_and_file() {
        let settings = file(
            "quiet = true\nstrict = false\nna = [\"-\", \"NULL\"]\nrules = \"desk.toml\"\ntheme = \"dark\"\nlimit = 5\n",
        );
        let all = settings.words(|_| true);
        let rules = "--rules=/home/u/.config/casetrail/desk.toml";
        assert_eq!(all, ["--quiet", "--na=-", "--na=NULL", rules]);
        assert_eq!(
            settings.words(|setting| setting.key != "na"),
            ["--quiet", rules]
        );
        assert_eq!(settings.limit(), Some(5));
        assert_eq!(Configuration::default().words(|_| true), [""; 0]);
    }

    #[test]
    fn every_word_of_theme_and_glyphs_means_something() {
        let mut met = Vec::new();
        for (key, n) in [("theme", 6), ("glyphs", 4)] {
            let setting = Setting::named(key).expect("a setting");
            let Kind::Word(words) = setting.kind else {
                panic!("{key} has words");
            };
            assert_eq!(words.len(), n);
            for word in words {
                let appearance = file(&format!("{key} = \"{word}\"")).appearance();
                let usual = setting.default == Some(*word);
                assert_eq!(appearance == Appearance::default(), usual, "{key} {word}");
                assert!(usual || !met.contains(&appearance), "{key} {word}");
                met.push(appearance);
            }
        }
        assert!(file("ambiguous_width = 2").appearance().wide);
    }
}
