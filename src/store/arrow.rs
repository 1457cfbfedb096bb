//! A log and its index as an Arrow IPC file, and back without a copy of the columns. The file has
//! one row, the log; each of its columns is a list: `event.time` of all timestamps, `case.id` of
//! all case ids, `edge.elapsed` of all elapsed times, and so on. Names, roles and the import report
//! are JSON, in the column `meta`.

use super::Stored;
use crate::event_log::{
    Buffer as Values, Codes, Column, ColumnData, ColumnKind, Dictionary, EventLog, Level, Numbers,
    PerRole, Place, Roles,
};
use crate::formats::{ImportReport, fence};
use crate::index::{Edges, Index, Variants};
use arrow_array::types::{
    ArrowPrimitiveType, Decimal128Type, DurationMicrosecondType, Float64Type, Int8Type, Int16Type,
    Int32Type, TimestampMicrosecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef, LargeListArray, LargeStringArray, PrimitiveArray, RecordBatch};
use arrow_buffer::{Buffer, OffsetBuffer, ScalarBuffer};
use arrow_ipc::convert::try_fb_to_schema;
use arrow_ipc::reader::{FileDecoder, read_footer_length};
use arrow_ipc::writer::FileWriter;
use arrow_schema::{ArrowError, DataType, Field, Schema};
use serde::{Deserialize, Serialize};
use std::io::{self, Write};
use std::sync::Arc;

/// Everything of a log but the values of its columns. Written and read by one build of the program
/// only, see `Manifest::is_of`, so the types of other layers may change freely.
#[derive(Serialize, Deserialize)]
struct Meta {
    columns: Vec<Head>,
    role_columns: PerRole<Option<usize>>,
    roles: Roles,
    time_formats: Vec<String>,
    report: ImportReport,
}

/// An attribute column without its values.
#[derive(Serialize, Deserialize)]
struct Head {
    name: String,
    kind: ColumnKind,
    level: Level,
}

impl Meta {
    fn of(log: &EventLog, report: &ImportReport) -> Self {
        let columns = log.columns.iter().map(|column| Head {
            name: column.name.clone(),
            kind: column.kind(),
            level: column.level,
        });
        Meta {
            columns: columns.collect(),
            role_columns: log.role_columns,
            roles: log.roles.clone(),
            time_formats: log.time_formats.clone(),
            report: report.clone(),
        }
    }
}

/// Writes the file.
pub fn encode(
    file: &mut impl Write,
    log: &EventLog,
    index: &Index,
    report: &ImportReport,
) -> io::Result<()> {
    let mut row = Row::default();
    let meta = serde_json::to_string(&Meta::of(log, report)).map_err(io::Error::other)?;
    row.add("meta", Arc::new(LargeStringArray::from(vec![meta])));
    add_log(&mut row, log).map_err(io::Error::other)?;
    add_index(&mut row, index).map_err(io::Error::other)?;
    let schema = Arc::new(Schema::new(row.fields));
    let batch = RecordBatch::try_new(Arc::clone(&schema), row.arrays).map_err(io::Error::other)?;
    let mut writer = FileWriter::try_new(file, &schema).map_err(io_error)?;
    writer.write(&batch).map_err(io_error)?;
    writer.finish().map_err(io_error)
}

fn io_error(error: ArrowError) -> io::Error {
    match error {
        ArrowError::IoError(_, error) => error,
        error => io::Error::other(error),
    }
}

/// The columns of the row to be written.
#[derive(Default)]
struct Row {
    fields: Vec<Field>,
    arrays: Vec<ArrayRef>,
}

impl Row {
    fn add(&mut self, name: &str, array: ArrayRef) {
        let field = Field::new(name, array.data_type().clone(), false);
        self.fields.push(field);
        self.arrays.push(array);
    }

    /// All values as one list.
    fn add_list(&mut self, name: &str, values: ArrayRef) -> Result<(), ArrowError> {
        // No list has nulls: missing values are marks of their own.
        let item = Arc::new(Field::new_list_field(values.data_type().clone(), false));
        let offsets = OffsetBuffer::from_lengths([values.len()]);
        let list = LargeListArray::try_new(item, offsets, values, None)?;
        self.add(name, Arc::new(list));
        Ok(())
    }

    fn add_values<T: ArrowPrimitiveType>(
        &mut self,
        name: &str,
        values: &Values<T::Native>,
    ) -> Result<(), ArrowError> {
        self.add_list(
            name,
            Arc::new(PrimitiveArray::<T>::new(values.clone(), None)),
        )
    }

    fn add_codes(&mut self, name: &str, codes: &Codes) -> Result<(), ArrowError> {
        match codes {
            Codes::U8(codes) => self.add_values::<UInt8Type>(name, codes),
            Codes::U16(codes) => self.add_values::<UInt16Type>(name, codes),
            Codes::U32(codes) => self.add_values::<UInt32Type>(name, codes),
        }
    }

    fn add_texts(&mut self, name: &str, texts: &Dictionary) -> Result<(), ArrowError> {
        let ends = texts.ends().iter().map(|&end| end as i64);
        let offsets: ScalarBuffer<i64> = std::iter::once(0).chain(ends).collect();
        let bytes = Buffer::from(texts.all().as_bytes());
        let texts = LargeStringArray::try_new(OffsetBuffer::new(offsets), bytes, None)?;
        self.add_list(name, Arc::new(texts))
    }
}

fn add_log(row: &mut Row, log: &EventLog) -> Result<(), ArrowError> {
    row.add_texts("case.id", &log.case_ids)?;
    row.add_values::<UInt32Type>("case.offset", &log.case_offsets)?;
    row.add_texts("activity.name", &log.activities)?;
    row.add_codes("event.activity", &log.activity)?;
    row.add_values::<TimestampMicrosecondType>("event.time", &log.time)?;
    if let Some(start) = &log.start {
        row.add_values::<TimestampMicrosecondType>("event.start", start)?;
    }
    if let Some(running) = &log.running {
        row.add_values::<UInt8Type>("event.running", running)?;
    }
    if let Some(suspended) = &log.suspended {
        row.add_values::<DurationMicrosecondType>("event.suspended", suspended)?;
    }
    for (i, column) in log.columns.iter().enumerate() {
        let of = match column.level {
            Level::Case => "case",
            Level::Event => "event",
        };
        let name = format!("{of}.column.{i}");
        match &column.data {
            ColumnData::Text(codes, texts) => {
                row.add_codes(&name, codes)?;
                row.add_texts(&format!("column.{i}.text"), texts)?;
            }
            ColumnData::Number(numbers) => {
                match numbers {
                    Numbers::F64(values) => row.add_values::<Float64Type>(&name, values)?,
                    Numbers::I8(units, _) => row.add_values::<Int8Type>(&name, units)?,
                    Numbers::I16(units, _) => row.add_values::<Int16Type>(&name, units)?,
                    Numbers::I32(units, _) => row.add_values::<Int32Type>(&name, units)?,
                }
                if let Some(place) = numbers.place() {
                    let decimals = vec![place.decimals()].into();
                    row.add_values::<UInt32Type>(&format!("column.{i}.decimals"), &decimals)?;
                }
            }
            ColumnData::Instant(values) => {
                row.add_values::<TimestampMicrosecondType>(&name, values)?;
            }
        }
    }
    Ok(())
}

fn add_index(row: &mut Row, index: &Index) -> Result<(), ArrowError> {
    let (variants, edges) = (&index.variants, &index.edges);
    row.add_values::<TimestampMicrosecondType>("case.start", &index.case_start)?;
    row.add_values::<TimestampMicrosecondType>("case.end", &index.case_end)?;
    row.add_values::<UInt32Type>("case.variant", &index.case_variant)?;
    row.add_values::<UInt32Type>("duration.case", &index.by_duration)?;
    row.add_values::<DurationMicrosecondType>("duration.value", &index.durations)?;
    row.add_values::<Decimal128Type>("duration.total", &vec![index.total_duration].into())?;
    row.add_values::<UInt32Type>("duration.block", &vec![index.duration_block].into())?;
    row.add_values::<UInt16Type>("case.block", &index.block_of_case)?;
    row.add_values::<UInt32Type>("activity.rank", &index.activity_rank)?;
    row.add_values::<UInt64Type>("activity.events", &index.activity_events)?;
    row.add_values::<UInt32Type>("variant.offset", &variants.offsets)?;
    row.add_values::<UInt32Type>("variant.activity", &variants.activities)?;
    row.add_values::<UInt32Type>("variant.edge", &variants.edges)?;
    row.add_values::<UInt8Type>("variant.mark", &variants.marks)?;
    row.add_values::<UInt32Type>("variant.cases", &variants.n_cases)?;
    row.add_values::<UInt32Type>("variant.case_offset", &variants.case_offsets)?;
    row.add_values::<UInt32Type>("variant.case", &variants.cases)?;
    row.add_values::<UInt32Type>("edge.from", &edges.from)?;
    row.add_values::<UInt32Type>("edge.to", &edges.to)?;
    row.add_values::<UInt32Type>("edge.offset", &edges.offsets)?;
    row.add_values::<DurationMicrosecondType>("edge.elapsed", &edges.elapsed)?;
    row.add_values::<UInt32Type>("edge.case", &edges.case)?;
    row.add_values::<Decimal128Type>("edge.total", &edges.total)?;
    row.add_values::<UInt32Type>("edge.block", &vec![edges.block].into())?;
    row.add_values::<UInt16Type>("event.block", &edges.block_of_event)
}

/// Reads the file; the columns stay where they are. `Err` says what is wrong with it. The library
/// panics at some files that were never written by it: one who forges checksums gets no more.
pub fn decode(file: &Buffer) -> Result<Stored, String> {
    fence(|| decoded(file)).unwrap_or_else(|| Err("it cannot be decoded".to_owned()))
}

fn decoded(file: &Buffer) -> Result<Stored, String> {
    let batch = batch(file)?.ok_or("it has no row")?;
    let row = Lists(&batch);
    let meta = row
        .array("meta")?
        .as_any()
        .downcast_ref::<LargeStringArray>();
    let meta = meta.filter(|m| m.len() == 1).ok_or("meta is no text")?;
    let meta: Meta = serde_json::from_str(meta.value(0)).map_err(|e| e.to_string())?;
    let (log, report) = log_of(&row, meta)?;
    let index = index_of(&row)?;
    check(&log, &index)?;
    Ok(Stored { log, index, report })
}

fn batch(file: &Buffer) -> Result<Option<RecordBatch>, String> {
    // Four bytes of the length of the footer, six of the magic.
    const TRAILER: usize = 10;
    let text = |e: ArrowError| e.to_string();
    let trailer_at = file.len().checked_sub(TRAILER).ok_or("it is cut")?;
    let trailer = file[trailer_at..].try_into().map_err(|_| "it is cut")?;
    let footer_len = read_footer_length(trailer).map_err(text)?;
    let footer_at = trailer_at.checked_sub(footer_len).ok_or("it is cut")?;
    let footer = arrow_ipc::root_as_footer(&file[footer_at..trailer_at]);
    let footer = footer.map_err(|e| e.to_string())?;
    let schema = footer.schema().ok_or("it has no schema")?;
    let schema = try_fb_to_schema(schema).map_err(text)?;
    // Values that are not aligned would be copied, which is what the map is to spare.
    let decoder = FileDecoder::new(Arc::new(schema), footer.version()).with_require_alignment(true);
    let blocks = footer.recordBatches().ok_or("it has no batch")?;
    if blocks.len() != 1 {
        return Err("it has not one batch".to_owned());
    }
    let block = blocks.get(0);
    let from = usize::try_from(block.offset()).map_err(|e| e.to_string())?;
    let meta = usize::try_from(block.metaDataLength()).map_err(|e| e.to_string())?;
    let body = usize::try_from(block.bodyLength()).map_err(|e| e.to_string())?;
    let len = meta.checked_add(body).ok_or("it is too long")?;
    // Lengths of the file are not believed before they are compared with it.
    if from.checked_add(len).is_none_or(|end| end > file.len()) {
        return Err("it is cut".to_owned());
    }
    let bytes = file.slice_with_length(from, len);
    decoder.read_record_batch(block, &bytes).map_err(text)
}

/// The lists of a row by name.
struct Lists<'a>(&'a RecordBatch);

impl Lists<'_> {
    fn array(&self, name: &str) -> Result<&ArrayRef, String> {
        let array = self.0.column_by_name(name);
        array.ok_or_else(|| format!("it has no {name}"))
    }

    fn list(&self, name: &str) -> Result<&ArrayRef, String> {
        let list = self.array(name)?.as_any().downcast_ref::<LargeListArray>();
        list.map(LargeListArray::values)
            .ok_or_else(|| format!("{name} is no list"))
    }

    fn values<T: ArrowPrimitiveType>(&self, name: &str) -> Result<Values<T::Native>, String> {
        let values = self
            .list(name)?
            .as_any()
            .downcast_ref::<PrimitiveArray<T>>();
        values
            .map(|values| values.values().clone())
            .ok_or_else(|| format!("{name} is of another type"))
    }

    fn codes(&self, name: &str) -> Result<Codes, String> {
        Ok(match self.list(name)?.data_type() {
            DataType::UInt8 => Codes::U8(self.values::<UInt8Type>(name)?),
            DataType::UInt16 => Codes::U16(self.values::<UInt16Type>(name)?),
            _ => Codes::U32(self.values::<UInt32Type>(name)?),
        })
    }

    fn numbers(&self, name: &str, column: usize) -> Result<Numbers, String> {
        let place = || {
            let name = format!("column.{column}.decimals");
            let place = Place::new(self.one(&name)?);
            place.ok_or_else(|| format!("{name} is too large"))
        };
        Ok(match self.list(name)?.data_type() {
            DataType::Int8 => Numbers::I8(self.values::<Int8Type>(name)?, place()?),
            DataType::Int16 => Numbers::I16(self.values::<Int16Type>(name)?, place()?),
            DataType::Int32 => Numbers::I32(self.values::<Int32Type>(name)?, place()?),
            _ => Numbers::F64(self.values::<Float64Type>(name)?),
        })
    }

    /// A list of one number.
    fn one(&self, name: &str) -> Result<u32, String> {
        let values = self.values::<UInt32Type>(name)?;
        let one = values.first().copied();
        one.ok_or_else(|| format!("it has no {name}"))
    }

    fn texts(&self, name: &str) -> Result<Dictionary, String> {
        let texts = self.list(name)?.as_any().downcast_ref::<LargeStringArray>();
        let texts = texts.ok_or_else(|| format!("{name} is of another type"))?;
        let (offsets, bytes) = (texts.value_offsets(), texts.value_data());
        let (first, rest) = offsets.split_first().ok_or("it has no offsets")?;
        let last = rest.last().unwrap_or(first);
        let bytes = bytes.get(*first as usize..*last as usize);
        let text = bytes.and_then(|bytes| String::from_utf8(bytes.to_vec()).ok());
        let ends = rest.iter().map(|end| (end - first) as u64).collect();
        text.and_then(|text| Dictionary::from_parts(text, ends))
            .ok_or_else(|| format!("{name} is no text"))
    }
}

fn log_of(row: &Lists<'_>, meta: Meta) -> Result<(EventLog, ImportReport), String> {
    let columns = meta.columns.into_iter().enumerate().map(|(i, head)| {
        let of = match head.level {
            Level::Case => "case",
            Level::Event => "event",
        };
        let name = format!("{of}.column.{i}");
        let data = match head.kind {
            ColumnKind::Number => ColumnData::Number(row.numbers(&name, i)?),
            ColumnKind::Instant => {
                ColumnData::Instant(row.values::<TimestampMicrosecondType>(&name)?)
            }
            ColumnKind::Text => {
                ColumnData::Text(row.codes(&name)?, row.texts(&format!("column.{i}.text"))?)
            }
        };
        Ok(Column {
            name: head.name,
            level: head.level,
            data,
        })
    });
    let columns = columns.collect::<Result<Vec<_>, String>>()?;
    let start = row.array("event.start").is_ok();
    let start = start.then(|| row.values::<TimestampMicrosecondType>("event.start"));
    let suspended = row.array("event.suspended").is_ok();
    let suspended = suspended.then(|| row.values::<DurationMicrosecondType>("event.suspended"));
    let running = row.array("event.running").is_ok();
    let running = running.then(|| row.values::<UInt8Type>("event.running"));
    let log = EventLog {
        case_ids: row.texts("case.id")?,
        case_offsets: row.values::<UInt32Type>("case.offset")?,
        activities: row.texts("activity.name")?,
        activity: row.codes("event.activity")?,
        time: row.values::<TimestampMicrosecondType>("event.time")?,
        start: start.transpose()?,
        running: running.transpose()?,
        suspended: suspended.transpose()?,
        case_times: Vec::new(),
        clock: None,
        columns,
        n_defined: 0,
        role_columns: meta.role_columns,
        roles: meta.roles,
        time_formats: meta.time_formats,
        redacted: None,
    };
    Ok((log, meta.report))
}

fn index_of(row: &Lists<'_>) -> Result<Index, String> {
    let u32s = |name| row.values::<UInt32Type>(name);
    let total = row.values::<Decimal128Type>("duration.total")?;
    Ok(Index {
        case_start: row.values::<TimestampMicrosecondType>("case.start")?,
        case_end: row.values::<TimestampMicrosecondType>("case.end")?,
        case_ticks: None,
        case_variant: u32s("case.variant")?,
        by_duration: u32s("duration.case")?,
        durations: row.values::<DurationMicrosecondType>("duration.value")?,
        total_duration: *total.first().ok_or("it has no duration.total")?,
        duration_block: row.one("duration.block")?,
        block_of_case: row.values::<UInt16Type>("case.block")?,
        activity_rank: u32s("activity.rank")?,
        activity_events: row.values::<UInt64Type>("activity.events")?,
        variants: Variants {
            offsets: u32s("variant.offset")?,
            activities: u32s("variant.activity")?,
            edges: u32s("variant.edge")?,
            marks: row.values::<UInt8Type>("variant.mark")?,
            n_cases: u32s("variant.cases")?,
            case_offsets: u32s("variant.case_offset")?,
            cases: u32s("variant.case")?,
        },
        edges: Edges {
            from: u32s("edge.from")?,
            to: u32s("edge.to")?,
            offsets: u32s("edge.offset")?,
            elapsed: row.values::<DurationMicrosecondType>("edge.elapsed")?,
            case: u32s("edge.case")?,
            total: row.values::<Decimal128Type>("edge.total")?,
            block: row.one("edge.block")?,
            block_of_event: row.values::<UInt16Type>("event.block")?,
        },
    })
}

/// Checks that the lengths of all columns fit each other.
fn check(log: &EventLog, index: &Index) -> Result<(), String> {
    let (cases, events) = (log.case_ids.len(), log.time.len());
    let (variants, edges) = (&index.variants, &index.edges);
    let column = |column: &Column| {
        let len = match &column.data {
            ColumnData::Text(codes, _) => codes.len(),
            ColumnData::Number(values) => values.len(),
            ColumnData::Instant(values) => values.len(),
        };
        len == match column.level {
            Level::Case => cases,
            Level::Event => events,
        }
    };
    let mut roles = log.role_columns.iter();
    let fit = log.case_offsets.len() == cases + 1
        && log
            .case_offsets
            .last()
            .is_some_and(|&n| n as usize == events)
        && log.activity.len() == events
        && log.start.as_ref().is_none_or(|start| start.len() == events)
        && log.running.as_ref().is_none_or(|r| r.len() == events)
        && log.suspended.as_ref().is_none_or(|s| s.len() == events)
        && log.columns.iter().all(column)
        && roles.all(|(_, at)| at.is_none_or(|at| at < log.columns.len()))
        && [index.case_start.len(), index.case_end.len()] == [cases; 2]
        && [index.case_variant.len(), index.by_duration.len()] == [cases; 2]
        && [index.durations.len(), index.block_of_case.len()] == [cases; 2]
        && index.duration_block > 0
        && index.activity_rank.len() == log.activities.len()
        && index.activity_events.len() == log.activities.len()
        && edges.block > 0
        && [0, events].contains(&edges.block_of_event.len())
        && variants.offsets.len() == variants.len() + 1
        && variants.case_offsets.len() == variants.len() + 1
        && [variants.edges.len(), variants.marks.len()] == [variants.activities.len(); 2]
        && variants.cases.len() == cases
        && edges.offsets.len() == edges.len() + 1
        && edges.to.len() == edges.len()
        && edges.total.len() == edges.len()
        && edges.case.len() == edges.elapsed.len();
    if fit {
        Ok(())
    } else {
        Err("its parts are inconsistent".to_owned())
    }
}
