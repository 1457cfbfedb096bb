//! Names in timestamps: months, weekdays, halves of the day, in the languages of [`LANGUAGES`].
//!
//! The names are those of glibc's locales (crate pure-rust-locales), with both forms of a month
//! where a language has a genitive. Case and accents do not matter, and an abbreviation is any
//! beginning of at least three letters that fits one month only.

use hashbrown::HashMap;
use std::sync::OnceLock;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Names of one language: lists of twelve months, and of seven weekdays.
struct Language {
    months: [&'static [&'static str]; 4],
    weekdays: [&'static [&'static str]; 2],
}

macro_rules! languages {
    ($($locale:ident)*) => {
        [$({
            use pure_rust_locales::$locale::LC_TIME::*;
            const fn or(list: Option<&'static [&'static str]>) -> &'static [&'static str] {
                match list {
                    Some(list) => list,
                    None => &[],
                }
            }
            Language { months: [MON, ABMON, or(ALT_MON), or(AB_ALT_MON)], weekdays: [DAY, ABDAY] }
        }),*]
    };
}

/// English first. Croatian is left out: its listopad is October, that of Polish and Czech November.
const LANGUAGES: [Language; 26] = languages! {
    en_US ru_RU de_DE fr_FR es_ES it_IT pl_PL pt_BR nl_NL sv_SE da_DK nb_NO fi_FI cs_CZ sk_SK hu_HU
    ro_RO uk_UA bg_BG sr_RS tr_TR el_GR ca_ES et_EE lv_LV id_ID
};

/// Names beside those of the locales.
const MORE_MONTHS: [(&str, u32); 6] = [
    ("mrz", 3),
    ("maerz", 3),
    ("janner", 1),
    ("feber", 2),
    ("setiembre", 9),
    ("set", 9),
];

/// Halves of the day that are not made of an a or p and an m.
const HALVES: [(&str, bool); 12] = [
    ("上午", false),
    ("下午", true),
    ("午前", false),
    ("午後", true),
    ("오전", false),
    ("오후", true),
    ("π.μ.", false),
    ("μ.μ.", true),
    ("πμ", false),
    ("μμ", true),
    ("öö", false),
    ("ös", true),
];

const ENGLISH: [&[u8; 3]; 12] = [
    b"jan", b"feb", b"mar", b"apr", b"may", b"jun", b"jul", b"aug", b"sep", b"oct", b"nov", b"dec",
];

/// The letters that begin at `at`.
pub fn word(text: &[u8], at: usize) -> &str {
    let rest = text.get(at..).unwrap_or_default();
    let n = rest
        .iter()
        .take_while(|b| b.is_ascii_alphabetic() || **b >= 0x80);
    let run = &rest[..n.count()];
    let run = match std::str::from_utf8(run) {
        Ok(run) => run,
        Err(fault) => std::str::from_utf8(&run[..fault.valid_up_to()]).unwrap_or_default(),
    };
    let end = run.find(|c: char| !c.is_alphabetic() && !is_combining_mark(c));
    &run[..end.unwrap_or(run.len())]
}

/// Bytes of the blanks at `at`, those that do not break included.
pub fn blanks(text: &[u8], at: usize) -> usize {
    let mut n = 0;
    while let Some(rest) = text.get(at + n..) {
        n += match rest {
            [b' ' | b'\t', ..] => 1,
            // No-break space, narrow no-break space, thin space.
            [0xc2, 0xa0, ..] => 2,
            [0xe2, 0x80, 0xaf | 0x89, ..] => 3,
            _ => break,
        };
    }
    n
}

/// The month whose name, long or short, is the word at `at`, and the length of the name in bytes.
pub fn month(text: &[u8], at: usize) -> Option<(u32, usize)> {
    // Most names of months are these: no word is folded and no table searched for them.
    if let Some(short) = text.get(at..at + 3)
        && !text
            .get(at + 3)
            .is_some_and(|b| b.is_ascii_alphabetic() || *b >= 0x80)
        && let Some(month) = ENGLISH.iter().position(|m| short.eq_ignore_ascii_case(*m))
    {
        return Some((month as u32 + 1, 3));
    }
    let word = word(text, at);
    if word.is_empty() {
        return None;
    }
    Some((table().month(&fold(word))?, word.len()))
}

/// The length of the weekday that is the word at `at`, long or short.
pub fn weekday(text: &[u8], at: usize) -> Option<usize> {
    let word = word(text, at);
    let folded = fold(word);
    let known = |name: &String| name.starts_with(&folded);
    let long = folded.chars().count() >= 3;
    let table = table();
    let fits = !folded.is_empty()
        && (table.weekdays.contains(&folded) || long && table.weekdays.iter().any(known));
    fits.then_some(word.len())
}

/// Whether the half of the day at `at` is the afternoon, and its length: `AM`, `p.m.`, `p. m.`, `下午`.
pub fn half_of_day(text: &[u8], at: usize) -> Option<(bool, usize)> {
    let rest = text.get(at..)?;
    if let [first @ (b'a' | b'A' | b'p' | b'P'), ..] = rest {
        let afternoon = first.eq_ignore_ascii_case(&b'p');
        let point = usize::from(rest.get(1) == Some(&b'.'));
        let mut n = 1 + point;
        n += if point > 0 { blanks(rest, n) } else { 0 };
        let letter = rest.get(n)?.eq_ignore_ascii_case(&b'm');
        n += 1;
        n += usize::from(point > 0 && rest.get(n) == Some(&b'.'));
        let ends = !rest.get(n).is_some_and(u8::is_ascii_alphabetic);
        return (letter && ends).then_some((afternoon, n));
    }
    if rest.first()?.is_ascii() {
        return None;
    }
    let shown = std::str::from_utf8(rest).ok()?.to_lowercase();
    let (name, afternoon) = HALVES.iter().find(|(name, _)| shown.starts_with(name))?;
    Some((*afternoon, name.len()))
}

/// Lower case without accents.
fn fold(word: &str) -> String {
    let lower = word.nfd().filter(|c| !is_combining_mark(*c));
    // Lower case of a Turkish dotted I has a combining mark again, so they are filtered twice.
    lower
        .flat_map(char::to_lowercase)
        .filter(|c| !is_combining_mark(*c))
        .collect()
}

/// A name without the article that Catalan puts before it, and without a point.
fn bare(name: &str) -> &str {
    let name = name.trim().trim_end_matches('.');
    name.rsplit([' ', '\'', '’']).next().unwrap_or(name)
}

struct Table {
    /// Months by name, one bit each.
    months: HashMap<String, u16>,
    weekdays: Vec<String>,
}

impl Table {
    fn month(&self, name: &str) -> Option<u32> {
        if let Some(&bits) = self.months.get(name) {
            return single(bits);
        }
        if name.chars().count() < 3 {
            return None;
        }
        let longer = self
            .months
            .iter()
            .filter(|(known, _)| known.starts_with(name));
        single(longer.fold(0, |bits, (_, more)| bits | more))
    }
}

fn single(bits: u16) -> Option<u32> {
    // A name that several months have in different languages is none of them.
    bits.is_power_of_two().then(|| bits.trailing_zeros() + 1)
}

fn table() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(|| {
        let mut months: HashMap<String, u16> = HashMap::new();
        let mut add =
            |name: &str, month: usize| *months.entry(fold(name)).or_default() |= 1 << month;
        for list in LANGUAGES.iter().flat_map(|l| l.months) {
            for (month, name) in list.iter().enumerate() {
                add(bare(name), month);
            }
        }
        for (name, month) in MORE_MONTHS {
            add(name, month as usize - 1);
        }
        let weekdays = LANGUAGES.iter().flat_map(|l| l.weekdays).flatten();
        let weekdays = weekdays.map(|name| fold(bare(name)));
        // Days of Chinese and Japanese, as they stand in brackets behind a date.
        let more = "日月火水木金土一二三四五六".chars().map(String::from);
        Table {
            months,
            weekdays: weekdays.chain(more).collect(),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_of_every_language_means_its_month() {
        for list in LANGUAGES.iter().flat_map(|l| l.months) {
            for (i, name) in list.iter().enumerate() {
                let name = bare(name);
                let read = month(name.as_bytes(), 0);
                assert_eq!(read, Some((i as u32 + 1, name.len())), "{name}");
            }
        }
    }

    #[test]
    fn months_are_read_as_they_are_written() {
        let months = [
            ("марта", 3),
            ("Март", 3),
            ("мая", 5),
            ("сент", 9),
            ("нояб", 11),
            ("МАР", 3),
            ("Mär", 3),
            ("Mrz", 3),
            ("März", 3),
            ("Mai", 5),
            ("Dez", 12),
            ("févr", 2),
            ("fevrier", 2),
            ("août", 8),
            ("décembre", 12),
            ("juin", 6),
            ("juil", 7),
            ("ene", 1),
            ("enero", 1),
            ("sept", 9),
            ("setiembre", 9),
            ("dic", 12),
            ("gen", 1),
            ("maggio", 5),
            ("ottobre", 10),
            ("lug", 7),
            ("stycznia", 1),
            ("styczeń", 1),
            ("paź", 10),
            ("października", 10),
            ("listopad", 11),
            ("março", 3),
            ("fev", 2),
            ("říjen", 10),
            ("Aug", 8),
            ("September", 9),
            ("Sept", 9),
        ];
        for (name, want) in months {
            assert_eq!(
                month(name.as_bytes(), 0),
                Some((want, name.len())),
                "{name}"
            );
        }
        for none in ["ma", "marc h", "janx", "augustine", "x", "", "čer"] {
            let whole = month(none.as_bytes(), 0).is_some_and(|(_, n)| n == none.len());
            assert!(!whole, "{none}");
        }
    }

    #[test]
    fn weekdays_and_halves_of_the_day_are_read_as_they_are_written() {
        for day in [
            "Tue",
            "Tuesday",
            "Di",
            "Dienstag",
            "вт",
            "mar",
            "火",
            "воскресенье",
            "mié",
        ] {
            assert_eq!(weekday(day.as_bytes(), 0), Some(day.len()), "{day}");
        }
        assert_eq!(weekday(b"Release", 0), None);
        let halves = [
            ("AM", false),
            ("pm", true),
            ("a.m.", false),
            ("p.m", true),
            ("p. m.", true),
            ("p.\u{a0}m.", true),
            ("下午", true),
            ("오전", false),
            ("μ.μ.", true),
        ];
        for (text, afternoon) in halves {
            assert_eq!(
                half_of_day(text.as_bytes(), 0),
                Some((afternoon, text.len())),
                "{text}"
            );
        }
        for none in ["a", "ampere", "", "xm"] {
            assert_eq!(half_of_day(none.as_bytes(), 0), None, "{none}");
        }
    }
}
