//! A text column whose values are all numbers, or all timestamps, becomes a column of them. Readers
//! guess from samples; this makes the kind of a column a matter of all its values.

use super::number;
use super::timestamp::{Learned, TimeReader, learn, warn_of_order};
use super::{DateOrder, ImportReport, ReadOptions};
use crate::event_log::{Codes, ColumnData, Dictionary, EventLog, NO_INSTANT, Numbers, Role};
use rayon::prelude::*;

/// Promotes the columns of a log, but not those of resource and lifecycle, which are names, nor
/// those that are texts by the options. `comma` says that decimal commas may occur.
pub fn promote(log: &mut EventLog, comma: bool, options: &ReadOptions, report: &mut ImportReport) {
    // A name of digits (agent 1042) is still a name.
    let names = [Role::Resource, Role::Lifecycle].map(|role| log.role_columns[role]);
    let columns = log.columns.par_iter_mut().enumerate();
    let ambiguous: Vec<(String, DateOrder)> = columns
        .filter(|(i, column)| !names.contains(&Some(*i)) && !options.texts.contains(&column.name))
        .filter_map(|(_, column)| {
            let ColumnData::Text(codes, dictionary) = &column.data else {
                return None;
            };
            let (data, guessed) = promoted(codes, dictionary, comma, options)?;
            column.data = data;
            Some((column.name.clone(), guessed?))
        })
        .collect();
    if let Some((name, order)) = ambiguous.first() {
        warn_of_order(report, name, *order);
    }
}

/// Values that are looked at before all are.
const FIRST: usize = 20;

/// The numbers or instants that all texts are, and the order of their dates where it is a guess.
fn promoted(
    codes: &Codes,
    dictionary: &Dictionary,
    comma: bool,
    options: &ReadOptions,
) -> Option<(ColumnData, Option<DateOrder>)> {
    // Code 0 is the missing value, not a text.
    let texts = || (1..dictionary.len() as u32).map(|code| dictionary.get(code).as_bytes());
    let rows = 0..codes.len();
    if let Some(style) = number::style_of(&texts(), comma) {
        // Each distinct text is parsed once, not once a row.
        let numbers = texts().map(|t| number::parse(t, style).unwrap_or(f64::NAN));
        let by_code: Vec<f64> = [f64::NAN].into_iter().chain(numbers).collect();
        let values: Vec<f64> = rows.map(|row| by_code[codes.get(row) as usize]).collect();
        return Some((ColumnData::Number(Numbers::pack(values)), None));
    }
    // Most columns are plainly no times: a few values tell.
    learn(texts().take(FIRST), None).filter(Learned::is_certain)?;
    let mut learned = learn(texts(), None).filter(Learned::is_certain)?;
    let open = learned.tally.either_way > 0 && learned.tally.order().is_none();
    let told = options.date_order.or(options.date_hint).filter(|_| open);
    learned.format.order = told.unwrap_or(learned.format.order);
    let order = learned.format.order;
    let guessed = options.date_order.is_none() && told.is_none() && learned.tally.is_guess(order);
    let mut reader = TimeReader::new(learned.format, options.tz);
    let instants = texts().map(|t| reader.read(t).unwrap_or(NO_INSTANT));
    let by_code: Vec<i64> = [NO_INSTANT].into_iter().chain(instants).collect();
    let values = rows.map(|row| by_code[codes.get(row) as usize]).collect();
    Some((ColumnData::Instant(values), guessed.then_some(order)))
}
