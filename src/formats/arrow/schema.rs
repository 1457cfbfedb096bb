//! The columns of an Arrow file and their values. Texts are decoded as bytes, which are not checked:
//! what is no UTF-8 costs no row. Dictionaries of texts stay as they are, others are unpacked.

use crate::formats::columnar::{Column, Values, damaged, kind};
use crate::formats::{ImportError, MOST_COLUMNS};
use arrow_array::cast::AsArray;
use arrow_array::types::{Int16Type, Int32Type, Int64Type, RunEndIndexType};
use arrow_array::{Array, ArrayRef, BinaryArray, DictionaryArray, Int32Array, UInt64Array};
use arrow_schema::{DataType, Field, Schema, UnionFields};
use arrow_select::take::take;
use std::sync::Arc;

/// Key of the metadata of a field that names its extension type.
const EXTENSION: &str = "ARROW:extension:name";

/// The schema with texts as bytes.
pub fn without_texts(schema: &Schema) -> Schema {
    let fields = schema.fields().iter();
    let fields = fields.map(|f| f.as_ref().clone().with_data_type(as_bytes(f.data_type())));
    Schema::new(fields.collect::<Vec<Field>>())
}

/// The type of the same layout whose values are not checked to be UTF-8.
fn as_bytes(data_type: &DataType) -> DataType {
    let field =
        |f: &Arc<Field>| Arc::new(f.as_ref().clone().with_data_type(as_bytes(f.data_type())));
    match data_type {
        DataType::Utf8 => DataType::Binary,
        DataType::LargeUtf8 => DataType::LargeBinary,
        DataType::Utf8View => DataType::BinaryView,
        DataType::Dictionary(key, of) => DataType::Dictionary(key.clone(), as_bytes(of).into()),
        DataType::RunEndEncoded(ends, of) => DataType::RunEndEncoded(ends.clone(), field(of)),
        DataType::Struct(fields) => DataType::Struct(fields.iter().map(field).collect()),
        DataType::List(f) => DataType::List(field(f)),
        DataType::LargeList(f) => DataType::LargeList(field(f)),
        DataType::ListView(f) => DataType::ListView(field(f)),
        DataType::LargeListView(f) => DataType::LargeListView(field(f)),
        DataType::FixedSizeList(f, n) => DataType::FixedSizeList(field(f), *n),
        DataType::Map(f, sorted) => DataType::Map(field(f), *sorted),
        DataType::Union(fields, mode) => {
            let fields: UnionFields = fields.iter().map(|(id, f)| (id, field(f))).collect();
            DataType::Union(fields, *mode)
        }
        other => other.clone(),
    }
}

/// The columns of a schema.
pub fn columns(schema: &Schema) -> Result<Vec<Column>, ImportError> {
    let mut columns = Vec::new();
    for (root, field) in schema.fields().iter().enumerate() {
        add_columns(field, field.name().clone(), root, &[], &mut columns);
    }
    if columns.len() > MOST_COLUMNS {
        return Err(damaged(format_args!("it has {} columns", columns.len())));
    }
    Ok(columns)
}

/// Adds a field, or the fields of a struct.
fn add_columns(
    field: &Field,
    name: String,
    root: usize,
    path: &[usize],
    columns: &mut Vec<Column>,
) {
    if let DataType::Struct(fields) = field.data_type() {
        for (i, field) in fields.iter().enumerate() {
            let name = format!("{name}.{}", field.name());
            add_columns(field, name, root, &[path, &[i]].concat(), columns);
        }
        return;
    }
    let extension = field.metadata().get(EXTENSION);
    columns.push(Column {
        name,
        root,
        path: path.to_vec(),
        kind: kind(unpacked(field.data_type())),
        uuid: extension.is_some_and(|name| name == "arrow.uuid"),
    });
}

/// The type of the values of dictionaries and runs.
fn unpacked(data_type: &DataType) -> &DataType {
    match data_type {
        DataType::Dictionary(_, of) => unpacked(of),
        DataType::RunEndEncoded(_, of) => unpacked(of.data_type()),
        other => other,
    }
}

/// The values of a column, with dictionaries and runs unpacked; dictionaries of texts get codes of
/// 32 bits.
pub fn values(field: &ArrayRef, path: &[usize]) -> Result<Values, ImportError> {
    let mut values = Values::within(field, path)?;
    loop {
        let array = &values.array;
        values.array = match array.data_type() {
            DataType::Dictionary(..) => {
                if let Some(coded) = coded(array) {
                    values.array = coded;
                    return Ok(values);
                }
                let dictionary = array.as_any_dictionary();
                take(dictionary.values(), dictionary.keys(), None).map_err(damaged)?
            }
            DataType::RunEndEncoded(ends, _) => match ends.data_type() {
                DataType::Int16 => unrolled::<Int16Type>(array)?,
                DataType::Int32 => unrolled::<Int32Type>(array)?,
                _ => unrolled::<Int64Type>(array)?,
            },
            _ => return Ok(values),
        };
    }
}

/// A dictionary of texts with codes of 32 bits; `None` for other dictionaries.
fn coded(array: &ArrayRef) -> Option<ArrayRef> {
    let dictionary = array.as_any_dictionary();
    let texts = dictionary.values();
    let texts: ArrayRef = match texts.data_type() {
        DataType::Binary => Arc::clone(texts),
        DataType::LargeBinary => shorter(texts.as_binary::<i64>().iter())?,
        DataType::BinaryView => shorter(texts.as_binary_view().iter())?,
        _ => return None,
    };
    let narrow = array.as_dictionary_opt::<Int32Type>();
    let codes = match narrow {
        Some(narrow) => narrow.keys().clone(),
        None if texts.is_empty() => Int32Array::new_null(array.len()),
        None => {
            let codes = dictionary.normalized_keys().into_iter();
            // Every code is below the number of texts, whose offsets have 32 bits.
            let codes = codes.map(|code| code as i32);
            Int32Array::new(codes.collect(), array.nulls().cloned())
        }
    };
    let coded = DictionaryArray::<Int32Type>::try_new(codes, texts).ok()?;
    Some(Arc::new(coded))
}

/// Texts with offsets of 32 bits; `None` where they are too long for that.
fn shorter<'a>(texts: impl Iterator<Item = Option<&'a [u8]>> + Clone) -> Option<ArrayRef> {
    let bytes: usize = texts.clone().flatten().map(<[u8]>::len).sum();
    i32::try_from(bytes).ok()?;
    Some(Arc::new(texts.collect::<BinaryArray>()))
}

/// The values of runs, one for each row.
fn unrolled<R: RunEndIndexType>(array: &ArrayRef) -> Result<ArrayRef, ImportError> {
    let runs = array.as_run::<R>();
    let rows = (0..runs.len()).map(|row| runs.get_physical_index(row) as u64);
    let rows: UInt64Array = rows.map(Some).collect();
    take(runs.values(), &rows, None).map_err(damaged)
}
