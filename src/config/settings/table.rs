//! The one table of settings.

use super::value::{Kind, Value};
use crate::config::values;

/// A setting.
#[derive(Debug)]
pub struct Setting {
    /// Key in the file; with hyphens for underscores the name of its option.
    pub key: &'static str,
    /// The values that it takes.
    pub kind: Kind,
    /// The calls that it is for.
    pub applies: Applies,
    /// True if the command line has an option of that name.
    pub option: bool,
    /// Value where none is given, as text; `None` where the program finds one.
    pub default: Option<&'static str>,
    /// One sentence, without a final period.
    pub doc: &'static str,
}

/// The calls that a setting is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Applies {
    /// The explorer.
    Explorer,
    /// Tables of reports.
    Tables,
    /// Every call with the option.
    Calls,
    /// Calls that read logs without a mapping file, which has these facts itself; the command that prints a
    /// view names them.
    Logs,
}

impl Setting {
    /// The setting of that key.
    pub fn named(key: &str) -> Option<&'static Setting> {
        SETTINGS.iter().find(|setting| setting.key == key)
    }

    /// Name of its option, without hyphens before it.
    pub fn option_name(&self) -> String {
        self.key.replace('_', "-")
    }

    /// Name of its environment variable.
    pub fn variable(&self) -> String {
        format!("CASETRAIL_{}", self.key.to_ascii_uppercase())
    }

    /// Value where none is given.
    pub fn default_value(&self) -> Option<Value> {
        self.default.and_then(|text| self.kind.of_text(text).ok())
    }
}

/// Keys that the program asks for by name.
pub mod key {
    #![allow(missing_docs, reason = "a row of the table explains each")]

    pub const THEME: &str = "theme";
    pub const GLYPHS: &str = "glyphs";
    pub const AMBIGUOUS_WIDTH: &str = "ambiguous_width";
    pub const MOUSE: &str = "mouse";
    pub const CLIPBOARD: &str = "clipboard";
    pub const PLAIN: &str = "plain";
    pub const FOLLOW: &str = "follow";
    pub const BELL: &str = "bell";
    pub const LIMIT: &str = "limit";
    pub const CACHE_MB: &str = "cache_mb";
    pub const RECIPES: &str = "recipes";
    pub const AUTHOR: &str = "author";
}

/// All settings, in the order in which they are printed.
#[rustfmt::skip]
pub static SETTINGS: &[Setting] = &[
    row(key::THEME, THEMES, Applies::Explorer, Some("default"), "Colors: those of the terminal (`default`), for a light or a dark background, bright ones on black, none, or by the background that the terminal reports (`auto`)"),
    row(key::GLYPHS, Kind::Word(&["auto", "braille", "block", "ascii"]), Applies::Explorer, Some("auto"), "Characters of charts and frames; `auto` goes by locale and terminal"),
    row(key::AMBIGUOUS_WIDTH, Kind::Number(1, 2), Applies::Explorer, Some("1"), "Columns that the terminal gives to characters of ambiguous width, such as Cyrillic letters; with 2, glyphs are ASCII"),
    row(key::MOUSE, Kind::Flag, Applies::Explorer, Some("false"), "Take the mouse: wheel, and clicks on rows, tabs, headings and bars"),
    without_option(row(key::CLIPBOARD, Kind::Flag, Applies::Explorer, Some("true"), "Let copy keys send text to the clipboard of the terminal")),
    row(key::PLAIN, Kind::Flag, Applies::Explorer, Some("false"), "Read keys line by line from standard input and print each screen as text, for screen readers, plain terminals and scripts"),
    row(key::FOLLOW, Kind::Flag, Applies::Explorer, Some("false"), "Read what is appended to the logs while the explorer is open, and show it"),
    without_option(row(key::BELL, Kind::Flag, Applies::Explorer, Some("true"), "Ring the bell of the terminal when an alert begins to fire")),
    row(key::LIMIT, Kind::Number(1, u64::MAX), Applies::Tables, Some("20"), "Rows of a report printed as a table; other formats have all rows"),
    row("quiet", Kind::Flag, Applies::Calls, Some("false"), "Print nothing on standard error but errors"),
    row("strict", Kind::Flag, Applies::Calls, Some("false"), "Exit with code 4 if a row is rejected, the input is incomplete, or reading it needed a guess"),
    row("memory", Kind::Text("2G", |text| values::size(text).map(drop)), Applies::Calls, None, "Memory limit"),
    row("redact", Kind::Flag, Applies::Calls, Some("false"), "Show pseudonyms in place of case ids, resources, and columns called like name, mail, phone, user or address"),
    row("redact_column", Kind::Texts, Applies::Calls, None, "Columns whose values have pseudonyms, too; with any of them, calls are redacted"),
    row("redact_key", Kind::Path, Applies::Calls, None, "File with the key of pseudonyms; a random one of this user where nothing is said"),
    row("suppress", Kind::Number(0, u64::MAX), Applies::Calls, None, "Leave out rows of fewer cases than this, and refuse what would show such groups; 0 shows all"),
    row("no_cache", Kind::Flag, Applies::Calls, Some("false"), "Do not read or write the cached index"),
    without_option(row(key::CACHE_MB, Kind::Number(0, u64::MAX), Applies::Calls, None, "Limit of the cache in megabytes; 0 for no cache")),
    row(key::AUTHOR, Kind::Text("Ada", |_| Ok(())), Applies::Explorer, None, "Name to write with tags and notes; none where nothing is said"),
    row("notes", Kind::Path, Applies::Calls, None, "File of tags and notes of cases; where nothing is said, the explorer has one for each log, and reports have none"),
    row(key::RECIPES, Kind::Path, Applies::Calls, None, "File of named filters, which other filters use by `@name`"),
    row("tz", Kind::Text("Europe/Berlin", |text| values::zone(text).map(drop)), Applies::Logs, None, "Zone of timestamps without offset; UTC where nothing is said"),
    row("na", Kind::Texts, Applies::Logs, None, "Texts that mean that a value is missing"),
    row("rules", Kind::Path, Applies::Logs, None, "Rules file with milestones, calendars and deadlines"),
    row("calendar", Kind::Text("auto", |_| Ok(())), Applies::Logs, None, "Measure durations in working time by this calendar"),
    row("idle", Kind::Text("30d", |text| values::duration(text).map(drop)), Applies::Logs, None, "A case in which nothing happened for longer is over"),
];

const THEMES: Kind = Kind::Word(&["auto", "default", "light", "dark", "high-contrast", "mono"]);

/// Shorthand that keeps a row of the table on one line.
const fn row(
    key: &'static str,
    kind: Kind,
    applies: Applies,
    default: Option<&'static str>,
    doc: &'static str,
) -> Setting {
    Setting {
        key,
        kind,
        applies,
        option: true,
        default,
        doc,
    }
}

/// A setting that the command line has no option for.
const fn without_option(mut setting: Setting) -> Setting {
    setting.option = false;
    setting
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn rows_are_well_formed() {
        let mut keys = HashSet::new();
        for setting in SETTINGS {
            assert!(keys.insert(setting.key), "{} twice", setting.key);
            let snake = |c: char| c.is_ascii_lowercase() || c == '_';
            assert!(setting.key.chars().all(snake), "{}", setting.key);
            assert!(!setting.doc.ends_with('.'), "{}", setting.key);
            let default = setting.default_value();
            assert_eq!(
                default.is_some(),
                setting.default.is_some(),
                "{}",
                setting.key
            );
            assert_eq!(
                Setting::named(setting.key).map(|s| s.key),
                Some(setting.key)
            );
            if let Kind::Text(example, check) = setting.kind {
                assert_eq!(check(example), Ok(()), "{}", setting.key);
            }
        }
        let memory = Setting::named("no_cache").expect("a setting");
        assert_eq!(memory.option_name(), "no-cache");
        assert_eq!(memory.variable(), "CASETRAIL_NO_CACHE");
    }
}
