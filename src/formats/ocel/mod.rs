//! OCEL 2.0, the standard of object-centric event logs, in JSON, XML and SQLite: three small readers
//! of one model, which is flattened to the log of one type of objects.

mod flatten;
mod json;
mod lex;
mod model;
mod sqlite;
#[cfg(test)]
mod tests;
mod types;
mod xml;

use super::inspection::Inspection;
use super::keys::describe_roles;
use super::lines::LineUse;
use super::report::{ImportError, ImportReport, Lines, Reject};
use super::stream::ByteStream;
use super::table::Table;
use super::text::{Text, shown};
use super::{Bytes, Format, Loaded, ReadOptions, Setting, first_bytes, promote};
use crate::event_log::{EventLog, PerRole, Progress, Role, Roles, Schema, Stage, Value};
use crate::formats::facts;
use model::Model;

/// In JSON.
pub const JSON: Format = Format {
    name: "ocel-json",
    sniff: json::sniff,
    is_table: false,
    look: |input, options, progress| look(input, options, progress, read_json),
    read: |input, options, progress| read(input, options, progress, read_json),
};

/// In XML.
pub const XML: Format = Format {
    name: "ocel-xml",
    sniff: xml::sniff,
    is_table: false,
    look: |input, options, progress| look(input, options, progress, read_xml),
    read: |input, options, progress| read(input, options, progress, read_xml),
};

/// As a database of SQLite.
pub const SQLITE: Format = Format {
    name: "ocel-sqlite",
    sniff: sqlite::sniff,
    is_table: false,
    look: |input, options, progress| look(input, options, progress, read_sqlite),
    read: |input, options, progress| read(input, options, progress, read_sqlite),
};

/// Result of a reader.
struct Document {
    /// Name of the format.
    format: &'static str,
    /// Encoding of the text; empty where there is none.
    encoding: String,
    model: Model,
    /// Warnings about the bytes.
    report: ImportReport,
}

/// A reader of one of the formats.
type Reader = fn(&dyn Bytes, &ReadOptions, &Progress) -> Result<Document, ImportError>;

/// A reader of a document that comes as a stream.
type Parse = for<'s> fn(Box<dyn ByteStream + 's>, &Progress) -> Result<Model, ImportError>;

fn read_json(
    input: &dyn Bytes,
    options: &ReadOptions,
    progress: &Progress,
) -> Result<Document, ImportError> {
    let text = Text::open(input, options)?;
    read_text(&text, JSON.name, json::read, progress)
}

fn read_xml(
    input: &dyn Bytes,
    options: &ReadOptions,
    progress: &Progress,
) -> Result<Document, ImportError> {
    let options = super::xml::with_declared_encoding(&first_bytes(input)?, options);
    let text = Text::open(input, &options)?;
    read_text(&text, XML.name, xml::read, progress)
}

fn read_text(
    text: &Text<'_>,
    format: &'static str,
    parse: Parse,
    progress: &Progress,
) -> Result<Document, ImportError> {
    let model = parse(text.stream(Some(progress)), progress)?;
    let mut report = ImportReport::default();
    text.report(model.facts, &mut report);
    Ok(Document {
        format,
        encoding: text.encoding_name(),
        model,
        report,
    })
}

fn read_sqlite(
    input: &dyn Bytes,
    _: &ReadOptions,
    progress: &Progress,
) -> Result<Document, ImportError> {
    Ok(Document {
        format: SQLITE.name,
        encoding: "utf-8".to_owned(),
        model: sqlite::read(input, progress)?,
        report: ImportReport::default(),
    })
}

/// The refusal of what is not version 2.
fn old_version() -> ImportError {
    ImportError::refused(
        "is a log in OCEL 1.0, which is not read; convert it to OCEL 2.0 (pm4py does)",
    )
}

/// The log of the objects of one type.
fn read(
    input: &dyn Bytes,
    options: &ReadOptions,
    progress: &Progress,
    reader: Reader,
) -> Result<Loaded, ImportError> {
    progress.enter(Stage::Reading);
    // Objects may follow the events that name them, so all is read before a row is made.
    let document = reader(input, options, progress)?;
    check_options(options)?;
    let types = document.model.types();
    let kind = types::choose(&types, options.object_type.as_deref())?;
    let Some(kind) = kind else {
        return Err(no_objects(&document.model));
    };
    load(document, &kind, options, progress)
}

fn no_objects(model: &Model) -> ImportError {
    match &model.fault {
        Some(fault) => ImportError::Refused {
            line: fault.line,
            message: format!("is no whole log: {}, before any object", fault.reason),
        },
        None => ImportError::refused("has no objects, so there are no cases"),
    }
}

/// Case, activity and time follow from the format; only their names may be given.
fn check_options(options: &ReadOptions) -> Result<(), ImportError> {
    let other = |names: &[String], own: &str| names.iter().any(|name| name != own);
    let columns = &options.columns;
    if other(&columns[Role::Case], flatten::CASE) {
        let message = "the cases of an object-centric log are objects, not values of a column";
        return Err(ImportError::Usage(message.into()).mendable([Setting::ObjectType]));
    }
    let message = if other(&columns[Role::Activity], flatten::ACTIVITY) {
        "the activity of an object-centric log is the type of the event, which cannot be changed"
    } else if other(&columns[Role::Time], flatten::TIME) || !columns[Role::Start].is_empty() {
        "events of an object-centric log have one timestamp, which cannot be changed"
    } else {
        return Ok(());
    };
    Err(ImportError::Usage(message.into()))
}

/// Flattens a document.
fn load(
    document: Document,
    kind: &str,
    options: &ReadOptions,
    progress: &Progress,
) -> Result<Loaded, ImportError> {
    let Document {
        format,
        encoding,
        mut model,
        mut report,
    } = document;
    format.clone_into(&mut report.format);
    if let Some(fault) = model.fault.take() {
        // The events before the fault are a log all the same.
        report.incomplete = true;
        report.reject(Reject {
            file: 0,
            line: fault.line,
            reason: fault.reason,
            value: fault.value,
            raw: String::new(),
        });
    }
    let flat = flatten::flatten(&mut model, kind, options, progress, &mut report)?;
    report.lines = lines(&flat.lines, model.lines);
    report.encoding = encoding;
    if flat.rows.n_rows() == 0 && report.n_rejected > 0 {
        return Err(report.nothing_loaded("event"));
    }
    let mut builder = flat.rows.into_builder();
    set_roles(builder.schema_mut(), options)?;
    report.mapping = mapping(builder.schema(), kind, options, &report.encoding);
    if !flat.time_format.is_empty() {
        report
            .mapping
            .push((facts::TIME_FORMAT.into(), flat.time_format));
    }
    if flat.others > 0 {
        let n = flat.others.to_string();
        report.mapping.push((format!("events without {kind}"), n));
    }
    let (mut log, facts) = builder.finish(progress)?;
    promote::promote(&mut log, false, options, &mut report);
    Ok(Loaded { log, report, facts })
}

/// Line counts by outcome; lines that belong to no event of the log count as continuation.
fn lines(uses: &LineUse, read: u64) -> Lines {
    Lines {
        read,
        loaded: uses.loaded,
        rejected: uses.rejected,
        continuation: read.saturating_sub(uses.loaded + uses.rejected),
        ..Lines::default()
    }
}

/// The columns that have roles: those of the user, or with the names that XES gives them.
fn set_roles(schema: &mut Schema, options: &ReadOptions) -> Result<(), ImportError> {
    let find = |name: &str| schema.columns.iter().position(|c| c.name == name);
    let role = |role: Role, usual: &str| match options.columns[role].first() {
        None => Ok(find(usual)),
        Some(name) if name.is_empty() => Ok(None),
        Some(name) => find(name).map(Some).ok_or_else(|| {
            let columns = schema.columns.iter().map(|c| shown(&c.name));
            let columns: Vec<String> = columns.take(12).collect();
            ImportError::Usage(format!(
                "there is no attribute {}; attributes found: {}",
                shown(name),
                columns.join(", ")
            ))
        }),
    };
    let resource = find("org:resource").map_or("resource", |_| "org:resource");
    schema.role_columns = [
        (Role::Resource, role(Role::Resource, resource)?),
        (
            Role::Lifecycle,
            role(Role::Lifecycle, "lifecycle:transition")?,
        ),
        (Role::Instance, role(Role::Instance, "concept:instance")?),
    ]
    .into();
    schema.roles = PerRole::of(|role| match role {
        Role::Case => vec![flatten::CASE.into()],
        Role::Activity => vec![flatten::ACTIVITY.into()],
        Role::Time => vec![flatten::TIME.into()],
        _ => {
            let column = schema.role_columns[role].map(|at| schema.columns[at].name.clone());
            column.into_iter().collect()
        }
    });
    Ok(())
}

/// Role and column, and how the log is written.
fn mapping(
    schema: &Schema,
    kind: &str,
    options: &ReadOptions,
    encoding: &str,
) -> Vec<(String, String)> {
    let zone = options.tz.map_or("UTC", chrono_tz::Tz::name);
    let pair = |what: &str, value: &str| (what.to_owned(), value.to_owned());
    let mut pairs = vec![pair(facts::OBJECT_TYPE, kind)];
    pairs.extend(describe_roles(&schema.roles));
    pairs.extend([
        pair(facts::ENCODING, encoding),
        pair(facts::TIME_ZONE, zone),
    ]);
    pairs
}

/// The types of objects, and the first events of the type that was chosen, or of the largest.
fn look(
    input: &dyn Bytes,
    options: &ReadOptions,
    progress: &Progress,
    reader: Reader,
) -> Result<Inspection, ImportError> {
    let document = reader(input, options, progress)?;
    let types = document.model.types();
    let facts = vec![(facts::ENCODING.to_owned(), document.encoding.clone())];
    let chosen = types::choose(&types, options.object_type.as_deref());
    let doubtful = chosen.is_err();
    let kind = chosen.ok().flatten();
    let kind = kind.or_else(|| types.first().map(|(name, _)| name.clone()));
    let mut looked = Inspection {
        format: document.format,
        facts,
        object_types: types,
        doubtful,
        ..Inspection::default()
    };
    let Some(kind) = kind else { return Ok(looked) };
    let given = &options.columns;
    let options = ReadOptions {
        first: Some(options.first.unwrap_or(SAMPLES)),
        // A name that no attribute has would refuse all that there is to see.
        columns: Roles::default(),
        ..options.clone()
    };
    // Where nothing can be loaded, the types are all that there is to see.
    if let Ok(mut loaded) = load(document, &kind, &options, progress) {
        for role in Role::ATTRIBUTES
            .into_iter()
            .filter(|role| !given[*role].is_empty())
        {
            loaded.log.roles[role].clone_from(&given[role]);
        }
        show(&loaded.log, &mut looked);
    }
    Ok(looked)
}

/// Events that a look shows.
const SAMPLES: usize = 1000;

/// Adds the columns and rows of a log.
fn show(log: &EventLog, looked: &mut Inspection) {
    let roles = &log.roles;
    looked.columns = vec![
        flatten::CASE.to_owned(),
        flatten::ACTIVITY.to_owned(),
        flatten::TIME.to_owned(),
    ];
    let names = log.columns.iter().map(|c| c.name.clone());
    looked.columns.extend(names);
    let mut table = Table::new(looked.columns.len());
    for case in 0..log.n_cases() {
        for event in log.events_of(case) {
            let mut row = vec![
                log.case_ids.get(case as u32).to_owned(),
                log.activities.get(log.activity.get(event)).to_owned(),
                instant(log.time[event]),
            ];
            let values = log.columns.iter().map(|c| c.value(c.row(case, event)));
            row.extend(values.map(|value| match value {
                Value::Missing => String::new(),
                Value::Text(text) => text.to_owned(),
                Value::Number(number) => number.to_string(),
                Value::Instant(micros) => instant(micros),
            }));
            table.push(row.iter().map(String::as_bytes));
        }
    }
    table.end_of_head();
    looked.samples = table;
    // The first columns are case, activity and time.
    let score = |at: usize, name: &String| {
        PerRole::of(|role| match Role::NEEDED.contains(&role) {
            true if at == role as usize => 100,
            false if roles[role].contains(name) => 100,
            _ => 0,
        })
    };
    let columns = looked.columns.iter().enumerate();
    looked.scores = columns.map(|(at, name)| score(at, name)).collect();
    looked.roles = roles.clone();
}

fn instant(micros: i64) -> String {
    let time = chrono::DateTime::from_timestamp_micros(micros);
    time.map_or_else(String::new, |time| time.to_rfc3339())
}
