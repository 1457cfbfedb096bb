//! Pseudonyms in place of case ids, resources and other values that may be of persons. A pseudonym is the same for
//! the same value and key: HMAC-SHA256 (RFC 2104), of which the first 8 hexadecimal digits are shown.

use super::{Buffer, Codes, Column, ColumnData, Dictionary, EventLog, Level, NO_INSTANT, Role};
use crate::text::{did_you_mean, hex, safe};
use hmac::{Hmac, Mac};
use rayon::prelude::*;
use sha2::Sha256;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;
use std::sync::Arc;

/// Words in names of columns whose values are of persons.
const WORDS: [&str; 30] = [
    "name",
    "names",
    "firstname",
    "lastname",
    "surname",
    "fullname",
    "mail",
    "email",
    "phone",
    "telephone",
    "tel",
    "mobile",
    "fax",
    "user",
    "username",
    "login",
    "address",
    "street",
    "person",
    "contact",
    "employee",
    "iban",
    "vorname",
    "nachname",
    "telefon",
    "adresse",
    "anschrift",
    "benutzer",
    "benutzername",
    "kunde",
];

/// A value of fewer characters is replaced only in the columns that are redacted: elsewhere it may mean anything.
const TELLING: usize = 4;

/// Hexadecimal digits of a pseudonym, and those where two would be the same.
const DIGITS: usize = 8;
const MORE_DIGITS: usize = 32;

/// Key and columns to redact a log by.
#[derive(Clone, PartialEq, Eq)]
pub struct Redaction {
    key: Vec<u8>,
    columns: Vec<String>,
    shift: Option<Shift>,
    strict: bool,
}

/// Longest distance by which the instants of a case are shifted: whole days, or whole weeks from four weeks on, so
/// that weekdays stay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shift {
    /// Days or weeks, 1 at least.
    most: u32,
    /// A day or a week, microseconds.
    step: i64,
}

impl Shift {
    /// Longest distance that can be asked for, in days.
    pub const MOST_DAYS: i64 = 3650;
    const DAY: i64 = 86_400_000_000;

    /// Shifts by up to this many microseconds; `None` for less than a day and for more than [`Shift::MOST_DAYS`].
    pub fn up_to(micros: i64) -> Option<Self> {
        let week = 7 * Self::DAY;
        let step = if micros >= 4 * week { week } else { Self::DAY };
        let is_possible = (Self::DAY..=Self::MOST_DAYS * Self::DAY).contains(&micros);
        let most = u32::try_from(micros / step).ok()?;
        is_possible.then_some(Shift { most, step })
    }

    /// A distance by a random number, microseconds; never 0, as a case would keep its instants.
    fn distance(self, random: u64) -> i64 {
        let most = u64::from(self.most);
        let n = (random % (2 * most)) as i64 - most as i64;
        (if n < 0 { n } else { n + 1 }) * self.step
    }
}

/// Key and columns that a log was redacted by.
#[derive(Clone, PartialEq, Eq)]
pub struct Redacted {
    key: Vec<u8>,
    /// Beginning of the pseudonyms by the column.
    columns: BTreeMap<String, String>,
    /// Columns in which only values of the others were replaced.
    partly: BTreeSet<String>,
    /// True if filters may name pseudonyms only.
    pub strict: bool,
    /// True if the instants of each case are shifted.
    pub shifted: bool,
}

// The key is a secret.
impl fmt::Debug for Redaction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Redaction({:?})", self.columns)
    }
}

impl fmt::Debug for Redacted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Redacted({:?})", self.columns)
    }
}

impl Redaction {
    /// Redacts case ids, resources, columns whose name says that they are of persons, and `columns`.
    pub fn new(key: Vec<u8>, columns: Vec<String>) -> Self {
        Redaction {
            key,
            columns,
            shift: None,
            strict: false,
        }
    }

    /// Shifts the instants of each case by a distance of its own, which is the same for the same case id and key.
    #[must_use]
    pub fn shifted(self, shift: Option<Shift>) -> Self {
        Redaction { shift, ..self }
    }

    /// Lets filters name pseudonyms only.
    #[must_use]
    pub fn strict(self, strict: bool) -> Self {
        Redaction { strict, ..self }
    }

    /// True if instants are shifted.
    pub fn shifts(&self) -> bool {
        self.shift.is_some()
    }
}

impl EventLog {
    /// Replaces what may be of persons by pseudonyms, and shifts instants where that is wanted; defined columns are
    /// to be made anew, and an index where instants were shifted.
    ///
    /// # Errors
    /// The log has no column of a name that the redaction has.
    pub fn redact(&mut self, redaction: &Redaction) -> Result<(), String> {
        self.take_defined_columns();
        let mut redacted = Redacted {
            key: redaction.key.clone(),
            columns: BTreeMap::new(),
            partly: BTreeSet::new(),
            strict: redaction.strict,
            shifted: redaction.shifts(),
        };
        for name in &redaction.columns {
            if !self.columns.iter().any(|column| column.name == *name) {
                let names = self.columns.iter().map(|column| column.name.as_str());
                let hint = did_you_mean(name, names, str::to_owned);
                return Err(format!(
                    "the log has no column {} to redact{hint}",
                    safe(name)
                ));
            }
        }
        if let Some(shift) = redaction.shift {
            self.shift(&redacted, shift);
        }
        let mut replaced: HashMap<String, String> = HashMap::new();
        let case_ids = redacted.renamed(&self.case_ids, CASE, &mut replaced);
        for at in 0..self.columns.len() {
            let column = &self.columns[at];
            let prefix = if self.role_columns[Role::Resource] == Some(at) {
                "person".to_owned()
            } else if self.holds_case_ids(column) {
                CASE.to_owned()
            } else if is_of_persons(&column.name) || redaction.columns.contains(&column.name) {
                beginning(&column.name)
            } else {
                continue;
            };
            let (codes, dictionary) = texts_of(column);
            let dictionary = redacted.renamed(&dictionary, &prefix, &mut replaced);
            redacted.columns.insert(column.name.clone(), prefix);
            self.columns[at].data = ColumnData::Text(codes, dictionary);
        }
        self.case_ids = case_ids;
        for column in &mut self.columns {
            if redacted.columns.contains_key(&column.name) {
                continue;
            }
            if let ColumnData::Text(_, dictionary) = &mut column.data
                && dictionary.iter().any(|text| replaced.contains_key(text))
            {
                let name = |text| replaced.get(text).map_or(text, String::as_str);
                *dictionary = dictionary.iter().map(name).collect();
                redacted.partly.insert(column.name.clone());
            }
        }
        self.redacted = Some(Arc::new(redacted));
        Ok(())
    }

    /// Shifts all instants of each case by a distance of its own.
    fn shift(&mut self, redacted: &Redacted, shift: Shift) {
        let of_case = |case: usize| {
            let id = self.case_ids.get(case as u32);
            shift.distance(redacted.random(SHIFT, id))
        };
        let by_case: Vec<i64> = (0..self.n_cases()).into_par_iter().map(of_case).collect();
        let rows = by_case.iter().enumerate();
        let by_row = rows.flat_map(|(case, by)| self.events_of(case).map(|_| *by));
        let by_row: Vec<i64> = by_row.collect();
        self.time = moved(&self.time, &by_row);
        self.start = self.start.as_ref().map(|start| moved(start, &by_row));
        for column in &mut self.columns {
            let by = match column.level {
                Level::Case => &by_case,
                Level::Event => &by_row,
            };
            if let ColumnData::Instant(instants) = &mut column.data {
                *instants = moved(instants, by);
            }
        }
    }

    /// The case of an id, or of the value that its pseudonym stands for.
    pub fn case_of(&self, id: &str) -> Option<u32> {
        let known = self.case_ids.find(id);
        known.or_else(|| self.case_ids.find(&self.pseudonym(None, id)?))
    }

    /// The pseudonym of a value of a column, of the case ids where `None`; a pseudonym is its own. `None` where
    /// the log shows the value as it is.
    pub fn pseudonym(&self, column: Option<usize>, value: &str) -> Option<String> {
        let redacted = self.redacted.as_ref()?;
        let column = column.map(|at| &self.columns[at]);
        let dictionary = match column.map(|column| &column.data) {
            None => &self.case_ids,
            Some(ColumnData::Text(_, dictionary)) => dictionary,
            Some(_) => return None,
        };
        let prefix = match column {
            None => Some(CASE),
            Some(column) => redacted.columns.get(&column.name).map(String::as_str),
        };
        if prefix.is_none() && !column.is_some_and(|of| redacted.partly.contains(&of.name)) {
            return None;
        }
        if dictionary.find(value).is_some() {
            return prefix.map(|_| value.to_owned());
        }
        let digits = redacted.digits(value);
        let prefixes: Vec<&str> =
            prefix.map_or_else(|| redacted.prefixes().collect(), |of| vec![of]);
        let names = prefixes
            .iter()
            .flat_map(|prefix| [DIGITS, MORE_DIGITS].map(|n| format!("{prefix}-{}", &digits[..n])));
        let known = names
            .into_iter()
            .find(|name| dictionary.find(name).is_some());
        // A value that the log does not have must not be shown either.
        let unknown = || Some(format!("{}-{}", prefix?, &digits[..DIGITS]));
        known.or_else(unknown)
    }

    /// True where every value of a column is the id of its case.
    fn holds_case_ids(&self, column: &Column) -> bool {
        let n = self.n_cases();
        let is_id = |case: usize| {
            let row = column.row(case, self.case_offsets[case] as usize);
            let id = self.case_ids.get(case as u32);
            match column.value(row) {
                super::Value::Text(text) => text == id,
                super::Value::Number(number) => number.to_string() == id,
                super::Value::Instant(_) | super::Value::Missing => false,
            }
        };
        // Most columns differ in the first case.
        n > 0 && is_id(0) && (0..n).into_par_iter().all(is_id)
    }
}

impl Redacted {
    /// Beginnings of the pseudonyms.
    fn prefixes(&self) -> impl Iterator<Item = &str> {
        std::iter::once(CASE).chain(self.columns.values().map(String::as_str))
    }

    /// True if a text looks like a pseudonym of the log.
    pub fn is_pseudonym(&self, text: &str) -> bool {
        text.rsplit_once('-').is_some_and(|(prefix, digits)| {
            let hex = |c: char| c.is_ascii_digit() || ('a'..='f').contains(&c);
            [DIGITS, MORE_DIGITS].contains(&digits.len())
                && digits.chars().all(hex)
                && self.prefixes().any(|known| known == prefix)
        })
    }

    fn digits(&self, value: &str) -> String {
        hex(&self.mac("", value))
    }

    /// A number that is random to those without the key, for a purpose and a value.
    fn random(&self, purpose: &str, value: &str) -> u64 {
        let [a, b, c, d, e, f, g, h, ..] = self.mac(purpose, value);
        u64::from_be_bytes([a, b, c, d, e, f, g, h])
    }

    fn mac(&self, purpose: &str, value: &str) -> [u8; 32] {
        // A key may have any length.
        let mac = Hmac::<Sha256>::new_from_slice(&self.key);
        let mac = mac.map(|mac| mac.chain_update(purpose).chain_update(value));
        mac.map_or([0; 32], |mac| mac.finalize().into_bytes().into())
    }

    /// The dictionary with pseudonyms; "" stays, as it means that there is no value. Notes what telling values
    /// became.
    fn renamed(
        &self,
        texts: &Dictionary,
        prefix: &str,
        replaced: &mut HashMap<String, String>,
    ) -> Dictionary {
        let n = texts.len() as u32;
        let digits: Vec<String> = (0..n)
            .into_par_iter()
            .map(|code| self.digits(texts.get(code)))
            .collect();
        let mut order: Vec<usize> = (0..digits.len()).collect();
        order.par_sort_unstable_by(|a, b| digits[*a].cmp(&digits[*b]));
        let mut collides = vec![false; digits.len()];
        for pair in order.windows(2) {
            let (a, b) = (&digits[pair[0]], &digits[pair[1]]);
            if a[..DIGITS] == b[..DIGITS] && a != b {
                collides[pair[0]] = true;
                collides[pair[1]] = true;
            }
        }
        let mut names = Dictionary::default();
        for (text, (digits, collides)) in texts.iter().zip(digits.iter().zip(collides)) {
            if text.is_empty() {
                names.push(text);
                continue;
            }
            let shown = if collides { MORE_DIGITS } else { DIGITS };
            let name = format!("{prefix}-{}", &digits[..shown]);
            names.push(&name);
            if text.chars().nth(TELLING - 1).is_some() {
                replaced.entry(text.to_owned()).or_insert(name);
            }
        }
        names
    }
}

/// Beginning of the pseudonyms of case ids.
const CASE: &str = "case";

/// Purpose of the numbers that distances of cases are made of; no case id begins with it.
const SHIFT: &str = "\0shift\0";

/// Instants with a distance added to each that is known; one that would leave the range of time stays at its end.
fn moved(instants: &[i64], by: &[i64]) -> Buffer<i64> {
    let moved = |(instant, by): (&i64, &i64)| match *instant {
        NO_INSTANT => NO_INSTANT,
        instant => instant.saturating_add(*by).max(NO_INSTANT + 1),
    };
    let moved: Vec<i64> = instants.iter().zip(by).map(moved).collect();
    moved.into()
}

/// True if a word of the name of a column says that its values are of persons. Words end at signs, at blanks and at
/// capitals within a word.
fn is_of_persons(name: &str) -> bool {
    let mut words = vec![String::new()];
    let mut after_small = false;
    for c in name.chars() {
        if !c.is_alphanumeric() || (after_small && c.is_uppercase()) {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| c.is_alphanumeric()) {
            word.extend(c.to_lowercase());
        }
        after_small = c.is_lowercase();
    }
    words.iter().any(|word| WORDS.contains(&word.as_str()))
}

/// Beginning of the pseudonyms of a column: its name in small letters and digits.
fn beginning(column: &str) -> String {
    let letters = column.chars().filter(|c| c.is_alphanumeric());
    let letters: String = letters.flat_map(char::to_lowercase).take(12).collect();
    if letters.is_empty() {
        "value".to_owned()
    } else {
        letters
    }
}

/// The values of a column as texts.
fn texts_of(column: &Column) -> (Codes, Dictionary) {
    let text: Box<dyn Fn(usize) -> Option<String>> = match &column.data {
        ColumnData::Text(codes, dictionary) => return (codes.clone(), dictionary.clone()),
        ColumnData::Number(numbers) => Box::new(|row| {
            let number = numbers.get(row);
            (!number.is_nan()).then(|| number.to_string())
        }),
        ColumnData::Instant(instants) => Box::new(|row| {
            let instant = instants[row];
            (instant != super::NO_INSTANT).then(|| instant.to_string())
        }),
    };
    let rows = match &column.data {
        ColumnData::Text(codes, _) => codes.len(),
        ColumnData::Number(numbers) => numbers.len(),
        ColumnData::Instant(instants) => instants.len(),
    };
    let mut dictionary = Dictionary::default();
    dictionary.push("");
    let mut known: HashMap<String, u32> = HashMap::new();
    let codes: Vec<u32> = (0..rows)
        .map(|row| match text(row) {
            None => 0,
            Some(text) => *known
                .entry(text)
                .or_insert_with_key(|text| dictionary.push(text)),
        })
        .collect();
    let codes = Codes::pack(codes.into_iter(), dictionary.len());
    (codes, dictionary)
}
