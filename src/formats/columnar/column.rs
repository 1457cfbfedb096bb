//! Columns of a file as the log takes them: fields of structs are columns of their own, named `a.b`;
//! lists and maps are one column each.

use super::guard::damaged;
use crate::event_log::ColumnKind;
use crate::formats::ImportError;
use arrow_array::{Array, ArrayRef, StructArray};
use arrow_buffer::NullBuffer;
use arrow_schema::DataType;

/// A column of the log to be.
#[derive(Debug, Clone)]
pub struct Column {
    /// Column name, preceded by the names of the structs that contain it.
    pub name: String,
    /// The field of the file that it is, or is in, by position.
    pub root: usize,
    /// Where it stands in that field: positions within structs.
    pub path: Vec<usize>,
    /// Type by the schema; values may contradict it.
    pub kind: ColumnKind,
    /// True if it holds UUIDs, whose bytes are written as text.
    pub uuid: bool,
}

/// The kind of column that values of a type make.
pub fn kind(data_type: &DataType) -> ColumnKind {
    match data_type {
        DataType::Timestamp(..) | DataType::Date32 | DataType::Date64 => ColumnKind::Instant,
        DataType::Duration(_) => ColumnKind::Number,
        other if other.is_numeric() => ColumnKind::Number,
        _ => ColumnKind::Text,
    }
}

/// The values of one column of the log.
#[derive(Debug, Clone)]
pub struct Values {
    /// The values, also of rows where one of the structs around is missing.
    pub array: ArrayRef,
    /// Rows with a value.
    pub present: Option<NullBuffer>,
}

impl Values {
    /// The values of a column within a field of the file.
    pub fn within(field: &ArrayRef, path: &[usize]) -> Result<Self, ImportError> {
        let mut array = field.clone();
        let mut present = array.logical_nulls();
        for &i in path {
            let group = array.as_any().downcast_ref::<StructArray>();
            let child = group.and_then(|g| g.columns().get(i)).cloned();
            array = child.ok_or_else(|| damaged("a struct has no such field"))?;
            present = NullBuffer::union(present.as_ref(), array.logical_nulls().as_ref());
        }
        Ok(Values { array, present })
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.array.len()
    }

    /// Returns whether a row has a value.
    #[inline]
    pub fn is_present(&self, row: usize) -> bool {
        self.present.as_ref().is_none_or(|p| p.is_valid(row))
    }
}
