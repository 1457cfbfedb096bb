//! Lists, maps and structs as JSON text.

use super::values::{TextAt, primitive_texts, texts};
use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef};
use arrow_schema::DataType;
use std::io::Write;

/// The texts of a nested column.
pub fn nested(array: &ArrayRef) -> TextAt<'_> {
    Box::new(move |row, out| {
        write(array, row, out);
        true
    })
}

/// Writes one value, whatever it is. Depth is that of the schema, which was checked.
fn write(array: &ArrayRef, row: usize, out: &mut Vec<u8>) {
    if array.is_null(row) {
        return out.extend_from_slice(b"null");
    }
    match array.data_type() {
        DataType::List(_) => write_list(&array.as_list::<i32>().value(row), out),
        DataType::LargeList(_) => write_list(&array.as_list::<i64>().value(row), out),
        DataType::ListView(_) => write_list(&array.as_list_view::<i32>().value(row), out),
        DataType::LargeListView(_) => write_list(&array.as_list_view::<i64>().value(row), out),
        DataType::FixedSizeList(..) => write_list(&array.as_fixed_size_list().value(row), out),
        DataType::Map(..) => {
            let entries = array.as_map().value(row);
            let (keys, values) = (entries.column(0), entries.column(1));
            let key = |i: usize, out: &mut Vec<u8>| write_key(keys, i, out);
            write_object(entries.len(), out, key, |i, out| write(values, i, out));
        }
        DataType::Struct(fields) => {
            let columns = array.as_struct().columns();
            let key = |i: usize, out: &mut Vec<u8>| quote(fields[i].name().as_bytes(), out);
            write_object(columns.len(), out, key, |i, out| {
                write(&columns[i], row, out);
            });
        }
        DataType::Union(..) => write(&array.as_union().value(row), 0, out),
        DataType::Dictionary(..) => {
            let coded = array.slice(row, 1);
            let coded = coded.as_any_dictionary();
            // A value, as its code is not missing.
            write(coded.values(), coded.normalized_keys()[0], out);
        }
        _ => write_simple(array, row, out),
    }
}

fn write_list(items: &ArrayRef, out: &mut Vec<u8>) {
    out.push(b'[');
    for i in 0..items.len() {
        if i > 0 {
            out.push(b',');
        }
        write(items, i, out);
    }
    out.push(b']');
}

fn write_object(
    n: usize,
    out: &mut Vec<u8>,
    key: impl Fn(usize, &mut Vec<u8>),
    value: impl Fn(usize, &mut Vec<u8>),
) {
    out.push(b'{');
    for i in 0..n {
        if i > 0 {
            out.push(b',');
        }
        key(i, out);
        out.push(b':');
        value(i, out);
    }
    out.push(b'}');
}

/// Keys of maps are quoted, whatever their type.
fn write_key(keys: &ArrayRef, row: usize, out: &mut Vec<u8>) {
    let mut text = Vec::new();
    if keys.is_valid(row) {
        texts(keys, false)(row, &mut text);
    }
    quote(&text, out);
}

fn write_simple(array: &ArrayRef, row: usize, out: &mut Vec<u8>) {
    let bare = array.data_type().is_numeric() || *array.data_type() == DataType::Boolean;
    let mut text = Vec::new();
    let present = match primitive_texts(array) {
        Some(write) => write(row, &mut text),
        None => texts(array, false)(row, &mut text),
    };
    match (present, bare) {
        (false, _) => out.extend_from_slice(b"null"),
        (true, true) => out.extend_from_slice(&text),
        (true, false) => quote(&text, out),
    }
}

/// A JSON string. Bytes that are no UTF-8 stay as they are, as in any text of a log.
pub fn quote(text: &[u8], out: &mut Vec<u8>) {
    out.push(b'"');
    for &byte in text {
        match byte {
            b'"' | b'\\' => out.extend_from_slice(&[b'\\', byte]),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\t' => out.extend_from_slice(b"\\t"),
            0..0x20 => {
                // Writing to a vector cannot fail.
                let _ = write!(out, "\\u{byte:04x}");
            }
            _ => out.push(byte),
        }
    }
    out.push(b'"');
}
