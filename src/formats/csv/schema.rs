//! The columns of the log and the plan by which the file is read. What a reading contradicted is
//! kept as corrections for the next plan.

use super::block::Observations;
use super::file::{CsvFile, Guess};
use super::plan::{Plan, Sink, SinkKind};
use crate::event_log::{ColumnKind, ColumnSpec, PerRole, Role, Schema};
use crate::formats::facts;
use crate::formats::timestamp::warn_of_order;
use crate::formats::{ImportReport, ReadOptions};
use hashbrown::HashSet;

/// Contradictions found so far, beside the order of dates: that is corrected in the file.
#[derive(Debug, Clone, Default)]
pub struct Corrections {
    /// Columns that hold something else than numbers or times.
    texts: HashSet<String>,
    /// No column is guessed any more.
    pub all_text: bool,
}

impl Corrections {
    /// None yet but the columns that are known to be texts.
    pub fn new(texts: &[String]) -> Self {
        Corrections {
            texts: texts.iter().cloned().collect(),
            all_text: false,
        }
    }

    /// Learns from what was seen; whether the plan was wrong.
    pub fn learn(
        &mut self,
        file: &mut CsvFile<'_>,
        plan: &Plan,
        seen: &Observations,
        options: &ReadOptions,
    ) -> bool {
        let columns = seen.columns.iter().zip(&plan.schema.columns);
        let misfits = columns.filter(|(column, _)| column.misfits > 0);
        let before = self.texts.len();
        self.texts
            .extend(misfits.map(|(_, spec)| spec.name.clone()));
        let orders = file.keys.correct(&[seen.time, seen.start], options);
        orders || self.texts.len() > before
    }

    /// Format by which the values of a column are read.
    fn kind(&self, file: &CsvFile<'_>, column: usize) -> SinkKind {
        let texts = self.all_text || self.texts.contains(&file.keys.names[column]);
        match &file.guesses[column] {
            _ if texts || file.keys.is_name(column) => SinkKind::Text,
            Guess::Number(style) => SinkKind::Number(*style),
            Guess::Instant(format) => SinkKind::Instant(format.clone()),
            Guess::Empty | Guess::Text => SinkKind::Text,
        }
    }
}

/// Makes the columns of the log and the plan of the file.
pub fn make(file: &CsvFile<'_>, options: &ReadOptions, corrections: &Corrections) -> Plan {
    let keys = &file.keys;
    let columns = 0..keys.names.len();
    let sinks = columns
        .filter(|&column| !file.header.repeated[column] && !keys.is_key(column))
        .map(|column| Sink {
            column,
            kind: corrections.kind(file, column),
        });
    let sinks: Vec<Sink> = sinks.collect();
    let specs = sinks.iter().map(|sink| ColumnSpec {
        name: keys.names[sink.column].clone(),
        kind: match sink.kind {
            SinkKind::Text => ColumnKind::Text,
            SinkKind::Number(_) => ColumnKind::Number,
            SinkKind::Instant(_) => ColumnKind::Instant,
        },
    });
    let mapping = &keys.mapping;
    let position = |role| sinks.iter().position(|s| mapping[role] == [s.column]);
    let schema = Schema {
        columns: specs.collect(),
        role_columns: PerRole::of_attributes(position),
        has_start: !mapping[Role::Start].is_empty(),
        roles: keys.roles(),
    };
    // A row without a time of day may end before it.
    let needed = [Role::Case, Role::Activity].map(|role| mapping[role].iter());
    let needed = needed
        .into_iter()
        .flatten()
        .chain(mapping[Role::Time].first());
    let need = needed.copied().fold(0, usize::max) + 1;
    Plan {
        schema,
        shape: file.header.shape(need, file.longest),
        keys: mapping.clone(),
        activity_name: keys.activity_name.clone(),
        stamps: keys.stamps.clone(),
        start_stamp: keys.start_stamp.clone(),
        names: keys.names.clone(),
        time: keys.time.format.clone(),
        start: keys.start.format.clone(),
        sinks,
        na: options.na.iter().map(|n| n.as_bytes().to_vec()).collect(),
        tz: options.tz,
        count_utf8: file.text.is_utf8(),
    }
}

/// Role and column, and how the file is written, for the report.
pub fn describe(file: &CsvFile<'_>, options: &ReadOptions) -> Vec<(String, String)> {
    let mut pairs = file.keys.describe(options);
    // The zone of the timestamps stands last.
    let zone = pairs.pop();
    pairs.push((
        facts::DELIMITER.into(),
        delimiter_name(file.header.delimiter),
    ));
    pairs.push((facts::ENCODING.into(), file.text.encoding_name()));
    pairs.extend(zone);
    pairs
}

/// A delimiter, as an option names it.
pub fn delimiter_name(delimiter: u8) -> String {
    match delimiter {
        b'\t' => "\\t".into(),
        other => char::from(other).to_string(),
    }
}

/// Warns of what is odd in the timestamps, and of orders of day and month that are a guess.
pub fn warn_of_dates(
    file: &CsvFile<'_>,
    plan: &Plan,
    seen: &Observations,
    report: &mut ImportReport,
    options: &ReadOptions,
) {
    file.keys.warn(&[seen.time, seen.start], options, report);
    let told = options.date_order.or(options.date_hint);
    if told.or(report.date_order).is_some() {
        return;
    }
    let columns = plan.schema.columns.iter().zip(&plan.sinks);
    for ((spec, sink), seen) in columns.zip(&seen.columns) {
        let tally = seen.tally;
        if let SinkKind::Instant(format) = &sink.kind
            && tally.is_guess(format.order)
        {
            warn_of_order(report, &spec.name, format.order);
        }
    }
}
