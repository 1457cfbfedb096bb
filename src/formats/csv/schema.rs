//! The columns of the log, united from all files, and the plan by which each file is read. What a
//! reading contradicted is kept as corrections for the next plan.

use super::block::Seen;
use super::file::{CsvFile, Guess};
use super::load::FileOutcome;
use super::plan::{FilePlan, KeyColumns, Sink, SinkKind};
use crate::event_log::{ColumnKind, ColumnSpec, Roles, Schema};
use crate::formats::keys;
use crate::formats::mapping::Mapping;
use crate::formats::number::NumberStyle;
use crate::formats::timestamp::{Learned, Style, Tally, TimeFormat, warn_of_order, warn_of_tally};
use crate::formats::{DateOrder, ImportError, ImportReport, ReadOptions};
use hashbrown::{HashMap, HashSet};

/// How all files are to be read.
pub struct Plans {
    /// The columns of the log.
    pub schema: Schema,
    /// One plan a file.
    pub files: Vec<FilePlan>,
    /// The zone of timestamps without offset.
    pub tz: Option<chrono_tz::Tz>,
    /// Whether the order of day and month was given, or is that of another log.
    pub order_given: bool,
}

/// What readings so far contradicted.
#[derive(Debug, Default)]
pub struct Corrections {
    /// Columns that hold something else than numbers or times.
    texts: HashSet<String>,
    /// Order of day and month in the timestamps of a file, and in its starts.
    orders: Vec<[Option<DateOrder>; 2]>,
    /// No column is guessed any more.
    pub all_text: bool,
}

impl Corrections {
    /// None yet but the columns that are known to be texts, for so many files.
    pub fn new(n_files: usize, texts: &[String]) -> Self {
        Corrections {
            texts: texts.iter().cloned().collect(),
            orders: vec![[None; 2]; n_files],
            ..Corrections::default()
        }
    }

    /// Learns from what was seen in a file; whether its plan was wrong.
    pub fn learn(
        &mut self,
        file: usize,
        plan: &FilePlan,
        schema: &Schema,
        seen: &Seen,
        options: &ReadOptions,
    ) -> bool {
        let mut wrong = false;
        for (column, spec) in seen.columns.iter().zip(&schema.columns) {
            if column.misfits > 0 {
                self.texts.insert(spec.name.clone());
                wrong = true;
            }
        }
        let times = [(&plan.time, &seen.time), (&plan.start, &seen.start)];
        for (known, (format, tally)) in self.orders[file].iter_mut().zip(times) {
            let calendar = matches!(format.style, Style::Calendar { .. });
            // Where nothing decides it is as in other logs, or day first, whatever rows that were
            // rejected suggest.
            let otherwise = options.date_hint.unwrap_or(DateOrder::Dmy);
            let order = tally.order().unwrap_or(otherwise);
            let matters = tally.day_first + tally.month_first + tally.either_way > 0;
            let free = options.date_order.is_none() && calendar && known.is_none();
            if free && matters && order != format.order {
                *known = Some(order);
                wrong = true;
            }
        }
        wrong
    }
}

/// Makes the columns of the log and the plans of the files.
pub fn make(
    files: &[CsvFile<'_>],
    options: &ReadOptions,
    corrections: &Corrections,
) -> Result<Plans, ImportError> {
    let mut union = Union::default();
    let sources: Vec<Vec<Option<usize>>> = files.iter().map(|f| union.add(f)).collect();
    let first = files
        .first()
        .ok_or_else(|| ImportError::Usage("no log is given".into()))?;
    let role = |column: Option<usize>| union.by_name.get(&first.header.names[column?]).copied();
    let schema = Schema {
        columns: union.specs(corrections),
        resource: role(first.mapping.resource),
        lifecycle: role(first.mapping.lifecycle),
        instance: role(first.mapping.instance),
        has_start: files.iter().any(|f| f.mapping.start.is_some()),
        roles: roles(&first.header.names, &first.mapping),
    };
    let plan = |(i, (file, sources)): (usize, (&CsvFile<'_>, &Vec<Option<usize>>))| {
        let orders = corrections.orders[i];
        file_plan(file, options, orders, sinks(file, sources, &schema))
    };
    Ok(Plans {
        files: files.iter().zip(&sources).enumerate().map(plan).collect(),
        schema,
        tz: options.tz,
        order_given: options.date_order.or(options.date_hint).is_some(),
    })
}

/// A column of the log to be.
struct UnionColumn {
    name: String,
    guess: Guess,
    text_role: bool,
}

#[derive(Default)]
struct Union {
    columns: Vec<UnionColumn>,
    by_name: HashMap<String, usize>,
}

impl Union {
    /// Adds the attribute columns of a file; for every column of the log, so far, where in the file
    /// it stands.
    fn add(&mut self, file: &CsvFile<'_>) -> Vec<Option<usize>> {
        let mapping = &file.mapping;
        let roles = [mapping.resource, mapping.lifecycle, mapping.instance];
        let mut sources = vec![None; self.columns.len()];
        for (column, name) in file.header.names.iter().enumerate() {
            let in_role = roles.contains(&Some(column));
            if file.header.repeated[column] || is_key(file, column) && !in_role {
                continue;
            }
            let text_role = in_role && mapping.instance != Some(column);
            let guess = file.guesses[column].clone();
            let next = self.columns.len();
            let at = *self.by_name.entry_ref(name).or_insert(next);
            if at == next {
                self.columns.push(UnionColumn {
                    name: name.clone(),
                    guess: Guess::Empty,
                    text_role: false,
                });
                sources.push(None);
            }
            let known = &mut self.columns[at];
            known.guess = both(&known.guess, guess);
            known.text_role |= text_role;
            sources[at] = Some(column);
        }
        sources
    }

    fn specs(&self, corrections: &Corrections) -> Vec<ColumnSpec> {
        let kind = |column: &UnionColumn| {
            let text = column.text_role
                || corrections.all_text
                || corrections.texts.contains(&column.name);
            match column.guess {
                Guess::Number(_) if !text => ColumnKind::Number,
                Guess::Instant(_) if !text => ColumnKind::Instant,
                _ => ColumnKind::Text,
            }
        };
        let specs = self.columns.iter().map(|c| ColumnSpec {
            name: c.name.clone(),
            kind: kind(c),
        });
        specs.collect()
    }
}

/// Whether a column alone is the case id, the activity, the timestamp or the start. The parts of a
/// joined case id or activity stay columns of the log.
fn is_key(file: &CsvFile<'_>, column: usize) -> bool {
    let m = &file.mapping;
    m.case == [column] || m.activity == [column] || m.time == column || m.start == Some(column)
}

/// The guess for a column of which two files say something.
fn both(a: &Guess, b: Guess) -> Guess {
    match (a, b) {
        (a, Guess::Empty) => a.clone(),
        (Guess::Empty, b)
        | (Guess::Number(_), b @ Guess::Number(_))
        | (Guess::Instant(_), b @ Guess::Instant(_)) => b,
        _ => Guess::Text,
    }
}

fn sinks(file: &CsvFile<'_>, sources: &[Option<usize>], schema: &Schema) -> Vec<Sink> {
    let kind = |column: Option<usize>, kind: ColumnKind| {
        let guess = column.map(|c| &file.guesses[c]);
        match (kind, guess) {
            (ColumnKind::Text, _) => SinkKind::Text,
            (ColumnKind::Number, Some(Guess::Number(style))) => SinkKind::Number(*style),
            (ColumnKind::Number, _) => SinkKind::Number(NumberStyle::Point),
            (ColumnKind::Instant, Some(Guess::Instant(format))) => {
                SinkKind::Instant(format.clone())
            }
            (ColumnKind::Instant, _) => {
                SinkKind::Instant(TimeFormat::calendar(file.time.format.order))
            }
        }
    };
    // Columns that only later files have are unknown to the earlier ones.
    let sources = sources.iter().copied().chain(std::iter::repeat(None));
    let sinks = schema
        .columns
        .iter()
        .zip(sources)
        .map(|(spec, column)| Sink {
            column,
            kind: kind(column, spec.kind),
        });
    sinks.collect()
}

fn file_plan(
    file: &CsvFile<'_>,
    options: &ReadOptions,
    orders: [Option<DateOrder>; 2],
    sinks: Vec<Sink>,
) -> FilePlan {
    let keys = KeyColumns {
        case: file.mapping.case.clone(),
        activity: file.mapping.activity.clone(),
        time: file.mapping.time,
        start: file.mapping.start,
    };
    let in_order = |learned: &Learned, order: Option<DateOrder>| TimeFormat {
        order: order.unwrap_or(learned.format.order),
        ..learned.format.clone()
    };
    FilePlan {
        shape: file.header.shape(keys.need(), file.longest),
        keys,
        time: in_order(&file.time, orders[0]),
        start: in_order(&file.start, orders[1]),
        sinks,
        na: options.na.iter().map(|n| n.as_bytes().to_vec()).collect(),
        tz: options.tz,
        count_utf8: file.text.is_utf8(),
    }
}

/// The names of the columns that have roles.
pub fn roles(names: &[String], m: &Mapping) -> Roles {
    let name = |&c: &usize| names[c].clone();
    Roles {
        case: m.case.iter().map(name).collect(),
        activity: m.activity.iter().map(name).collect(),
        time: name(&m.time),
        start: m.start.as_ref().map(name),
        resource: m.resource.as_ref().map(name),
        lifecycle: m.lifecycle.as_ref().map(name),
        instance: m.instance.as_ref().map(name),
    }
}

/// Role and column, and how the file is written, for the report.
pub fn describe(files: &[CsvFile<'_>], plans: &Plans) -> Vec<(String, String)> {
    let mut pairs = keys::describe_roles(&plans.schema.roles);
    let mut say = |what: &str, text: String| pairs.push((what.into(), text));
    if let (Some(file), Some(plan)) = (files.first(), plans.files.first()) {
        if !file.time.text.is_empty() {
            let swapped = plan.time.order != file.time.format.order;
            let text = &file.time.text;
            let text = if swapped {
                keys::swap_day_and_month(text)
            } else {
                text.clone()
            };
            say("time format", text);
        }
        say("delimiter", delimiter_name(file.header.delimiter));
        say("encoding", file.text.encoding_name());
    }
    let zone = plans.tz.map_or("UTC", chrono_tz::Tz::name);
    say("time zone", zone.into());
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
pub fn warn_of_dates(plans: &Plans, outcomes: &[FileOutcome], report: &mut ImportReport) {
    let mut all = Tally::default();
    for (plan, outcome) in plans.files.iter().zip(outcomes) {
        let seen = &outcome.seen;
        all.add(&seen.time);
        all.add(&seen.start);
        let roles = &plans.schema.roles;
        let mut columns = vec![(roles.time.as_str(), &plan.time, seen.time)];
        if let Some(start) = &roles.start {
            columns.push((start, &plan.start, seen.start));
        }
        for (spec, (sink, seen)) in plans
            .schema
            .columns
            .iter()
            .zip(plan.sinks.iter().zip(&seen.columns))
        {
            if let SinkKind::Instant(format) = &sink.kind {
                columns.push((&spec.name, format, seen.tally));
            }
        }
        let decided = seen.time.order().is_some();
        for (i, (name, format, tally)) in columns.into_iter().enumerate() {
            let own = tally.order().is_some() || i > 0 && decided;
            if !plans.order_given && tally.either_way > 0 && !own {
                warn_of_order(report, name, format.order);
            }
        }
    }
    warn_of_tally(report, &all, plans.tz);
}
