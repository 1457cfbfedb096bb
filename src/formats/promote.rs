//! A text column whose values are all numbers, or all timestamps, becomes a column of them. Readers
//! guess from samples; this makes the kind of a column a matter of all its values.

use super::number::{self, NumberStyle};
use super::timestamp::{Learned, TimeFormat, TimeReader, learn, trim, warn_of_order};
use super::{DateOrder, ImportReport, ReadOptions};
use crate::event_log::{Codes, ColumnData, Dictionary, EventLog, NO_INSTANT, Numbers, Role};
use rayon::prelude::*;

/// A column that was promoted.
#[derive(Debug, Clone, PartialEq)]
pub struct Promotion {
    column: String,
    way: Way,
}

/// Format of the texts of a column.
#[derive(Debug, Clone, PartialEq)]
enum Way {
    /// As numbers.
    Number(NumberStyle),
    /// As instants; true if the order of their dates is a guess.
    Instant(TimeFormat, bool),
}

impl Promotion {
    /// The order of the dates, where it is a guess.
    fn guessed(&self) -> Option<DateOrder> {
        match &self.way {
            Way::Instant(format, true) => Some(format.order),
            _ => None,
        }
    }
}

/// Warns of the first column in which the order of dates is a guess.
pub fn warn_of_guess(promotions: &[Promotion], report: &mut ImportReport) {
    let guessed = |p: &Promotion| Some((p.column.clone(), p.guessed()?));
    if let Some((name, order)) = promotions.iter().find_map(guessed) {
        warn_of_order(report, &name, order);
    }
}

/// Reads the columns of further rows as those of the rows before them were promoted; `false` where a value
/// does not fit, so that the column is of another kind.
pub fn promote_again(log: &mut EventLog, promotions: &[Promotion], options: &ReadOptions) -> bool {
    let columns = log.columns.iter_mut();
    let mut columns = columns.filter_map(|column| {
        let promotion = promotions.iter().find(|p| p.column == column.name)?;
        Some((column, &promotion.way))
    });
    columns.all(|(column, way)| {
        let ColumnData::Text(codes, dictionary) = &column.data else {
            return false;
        };
        let (data, fits) = values(codes, dictionary, way, options);
        column.data = data;
        fits
    })
}

/// Promotes the columns of a log, but not those of resource and lifecycle, which are names, nor
/// those that are texts by the options. `comma` says that decimal commas may occur. Returns those that were
/// promoted.
pub fn promote(
    log: &mut EventLog,
    comma: bool,
    options: &ReadOptions,
    report: &mut ImportReport,
) -> Vec<Promotion> {
    // A name of digits (agent 1042) is still a name.
    let names = [Role::Resource, Role::Lifecycle].map(|role| log.role_columns[role]);
    let has_rejects = report.n_rejected > 0;
    let columns = log.columns.par_iter_mut().enumerate();
    let promotions: Vec<Promotion> = columns
        .filter(|(i, column)| !names.contains(&Some(*i)) && !options.texts.contains(&column.name))
        .filter_map(|(_, column)| {
            let ColumnData::Text(codes, dictionary) = &column.data else {
                return None;
            };
            // Texts of rejected rows are in the dictionary, too.
            let used = has_rejects.then(|| used(codes, dictionary));
            let way = way_of(dictionary, used.as_deref(), comma, options)?;
            column.data = values(codes, dictionary, &way, options).0;
            let column = column.name.clone();
            Some(Promotion { column, way })
        })
        .collect();
    warn_of_guess(&promotions, report);
    promotions
}

/// Makes columns of numbers or instants that have no value in any event columns of text, as a column without any value is: their kind was
/// guessed from rejected rows.
pub fn forget_kinds_of_rejects(log: &mut EventLog, report: &ImportReport) {
    if report.n_rejected == 0 {
        return;
    }
    for column in &mut log.columns {
        let (n_rows, is_empty) = match &column.data {
            ColumnData::Text(..) => continue,
            ColumnData::Number(values) => {
                let n = values.len();
                (n, (0..n).all(|row| values.get(row).is_nan()))
            }
            ColumnData::Instant(values) => {
                (values.len(), values.iter().all(|at| *at == NO_INSTANT))
            }
        };
        if is_empty {
            let mut missing = Dictionary::default();
            missing.push("");
            column.data = ColumnData::Text(Codes::zeroed(n_rows, missing.len()), missing);
        }
    }
}

/// Values that are looked at before all are.
const FIRST: usize = 20;

/// Returns the format by which all texts are numbers or instants; `None` where they are neither.
///
/// `used` says which codes of the dictionary rows have; `None` for all.
fn way_of(
    dictionary: &Dictionary,
    used: Option<&[bool]>,
    comma: bool,
    options: &ReadOptions,
) -> Option<Way> {
    let is_used = |code: usize| used.is_none_or(|used| used[code]);
    let texts = || {
        let coded = texts(dictionary).enumerate();
        coded.filter_map(move |(at, text)| is_used(at + 1).then_some(text))
    };
    if let Some(style) = number::style_of(&texts(), comma) {
        return Some(Way::Number(style));
    }
    // Most columns are plainly no times: a few values tell.
    learn(texts().take(FIRST), None).filter(Learned::is_certain)?;
    let mut learned = learn(texts(), None).filter(Learned::is_certain)?;
    let open = learned.tally.either_way > 0 && learned.tally.order().is_none();
    let told = options.date_order.or(options.date_hint).filter(|_| open);
    learned.format.order = told.unwrap_or(learned.format.order);
    let order = learned.format.order;
    let guessed = options.date_order.is_none() && told.is_none() && learned.tally.is_guess(order);
    Some(Way::Instant(learned.format, guessed))
}

/// Which codes of a dictionary rows have.
fn used(codes: &Codes, dictionary: &Dictionary) -> Vec<bool> {
    let mut used = vec![false; dictionary.len()];
    codes.for_each_in(0..codes.len(), |code| used[code as usize] = true);
    used
}

/// Texts of a dictionary without that of the missing value, code 0.
fn texts(dictionary: &Dictionary) -> impl Iterator<Item = &[u8]> + Clone {
    (1..dictionary.len() as u32).map(|code| dictionary.get(code).as_bytes())
}

/// The values of texts that are read in that way, missing where one cannot be; `false` if there is such a
/// text, or one that shows that a guess was wrong.
fn values(
    codes: &Codes,
    dictionary: &Dictionary,
    way: &Way,
    options: &ReadOptions,
) -> (ColumnData, bool) {
    let rows = 0..codes.len();
    let mut fits = true;
    // Each distinct text is parsed once, not once a row.
    match way {
        Way::Number(style) => {
            let numbers = texts(dictionary).map(|text| {
                number::parse(text, *style).unwrap_or_else(|| {
                    fits = false;
                    f64::NAN
                })
            });
            let by_code: Vec<f64> = [f64::NAN].into_iter().chain(numbers).collect();
            let values: Vec<f64> = rows.map(|row| by_code[codes.get(row) as usize]).collect();
            (ColumnData::Number(Numbers::pack(values)), fits)
        }
        Way::Instant(format, guessed) => {
            let mut reader = TimeReader::new(format.clone(), options.tz);
            let instants = texts(dictionary).map(|text| {
                reader.read(text).unwrap_or_else(|_| {
                    fits &= trim(text).is_empty();
                    NO_INSTANT
                })
            });
            let by_code: Vec<i64> = [NO_INSTANT].into_iter().chain(instants).collect();
            fits &= !(*guessed && reader.tally.order().is_some());
            let values = rows.map(|row| by_code[codes.get(row) as usize]).collect();
            (ColumnData::Instant(values), fits)
        }
    }
}
