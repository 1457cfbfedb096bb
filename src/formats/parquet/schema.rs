//! The columns of a Parquet file, as the log takes them: fields of structs stand for themselves as
//! `a.b`, lists and maps are one column. Says as what each is to be decoded.

use crate::formats::ImportError;
use crate::formats::columnar::{Column, damaged, kind};
use arrow_schema::{DataType, Field, Fields, Schema, SchemaRef, TimeUnit};
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions};
use parquet::basic::{ConvertedType, LogicalType, Repetition, Type as Physical};
use parquet::file::metadata::{FileMetaData, ParquetMetaData};
use parquet::schema::types::{SchemaDescriptor, Type, TypePtr};
use std::sync::Arc;

/// The file's schema, and what is known to read it.
pub struct FileSchema {
    /// The metadata, with texts as mere bytes: what is no UTF-8 costs no row.
    pub metadata: Arc<ParquetMetaData>,
    /// The columns.
    pub columns: Vec<Column>,
    /// Of each column, the position of its first column chunk in a row group.
    chunks: Vec<usize>,
    base: SchemaRef,
}

impl FileSchema {
    /// The schema of a file.
    pub fn new(metadata: &ParquetMetaData) -> Result<Self, ImportError> {
        let metadata = Arc::new(without_text_types(metadata)?);
        let base = base(&metadata)?;
        let root = metadata.file_metadata().schema_descr().root_schema();
        let mut found = Vec::new();
        let mut chunk = 0;
        for (i, (field, parquet)) in base.fields().iter().zip(root.get_fields()).enumerate() {
            let at = Place {
                name: field.name().clone(),
                root: i,
                path: Vec::new(),
            };
            add_columns(field.data_type(), parquet, at, &mut chunk, &mut found);
        }
        let (columns, chunks) = found.into_iter().unzip();
        Ok(FileSchema {
            metadata,
            columns,
            chunks,
            base,
        })
    }

    /// Number of fields, of which some may be several columns.
    pub fn n_fields(&self) -> usize {
        self.base.fields().len()
    }

    /// Metadata for the decoder of a row group: columns that are dictionaries there stay so.
    pub fn of_group(&self, group: usize) -> Result<ArrowReaderMetadata, ImportError> {
        let chunks = self.metadata.row_group(group).columns();
        let mut fields: Vec<Field> = self.base.fields().iter().map(|f| (**f).clone()).collect();
        for (column, &chunk) in self.columns.iter().zip(&self.chunks) {
            if !column.path.is_empty() {
                continue;
            }
            let field = &mut fields[column.root];
            let is_coded = || chunks.get(chunk).is_some_and(is_dictionary);
            if *field.data_type() == DataType::Binary && is_coded() {
                let coded = DataType::Dictionary(DataType::Int32.into(), DataType::Binary.into());
                field.set_data_type(coded);
            }
        }
        supplied(&self.metadata, fields)
    }
}

/// Returns whether all data pages of a chunk are codes into its dictionary, as far as the file says.
fn is_dictionary(chunk: &parquet::file::metadata::ColumnChunkMetaData) -> bool {
    use parquet::basic::Encoding::{PLAIN_DICTIONARY, RLE, RLE_DICTIONARY};
    let coded = |e| matches!(e, PLAIN_DICTIONARY | RLE_DICTIONARY);
    let pages = chunk.page_encoding_stats_mask();
    match pages {
        Some(pages) => pages.encodings().all(coded),
        // Older writers give no statistics of encodings; RLE is then that of levels, not of values.
        None => {
            chunk.dictionary_page_offset().is_some()
                && chunk.encodings().filter(|e| *e != RLE).any(coded)
        }
    }
}

/// The decoder's metadata with these types of fields.
fn supplied(
    metadata: &Arc<ParquetMetaData>,
    fields: Vec<Field>,
) -> Result<ArrowReaderMetadata, ImportError> {
    let schema = Arc::new(Schema::new(fields));
    let options = ArrowReaderOptions::new().with_schema(schema);
    ArrowReaderMetadata::try_new(metadata.clone(), options).map_err(damaged)
}

/// The types to decode as. What the writer noted of them is taken where it fits the file.
fn base(metadata: &Arc<ParquetMetaData>) -> Result<SchemaRef, ImportError> {
    // The Arrow schema of a writer may contradict the columns: it is tried first, then left out.
    let noted = [false, true].into_iter().map(|skip| {
        let options = ArrowReaderOptions::new().with_skip_arrow_metadata(skip);
        let read = ArrowReaderMetadata::try_new(metadata.clone(), options).map_err(damaged)?;
        let root = metadata.file_metadata().schema_descr().root_schema();
        let pairs = read.schema().fields().iter().zip(root.get_fields());
        let fields = pairs.map(|(field, parquet)| {
            let decoded = decoded(field.data_type());
            let int96 = parquet.is_primitive() && parquet.get_physical_type() == Physical::INT96;
            let decoded = if int96 { instant() } else { decoded };
            field.as_ref().clone().with_data_type(decoded)
        });
        Ok(supplied(metadata, fields.collect())?.schema().clone())
    });
    let mut last = Err(damaged("it has no schema"));
    for schema in noted {
        last = schema;
        if last.is_ok() {
            break;
        }
    }
    last
}

/// INT96 is how Spark writes instants, in UTC; in microseconds it reaches over all years.
fn instant() -> DataType {
    DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()))
}

/// The type as which a column is decoded: texts as bytes, dictionaries as what they are of.
fn decoded(data_type: &DataType) -> DataType {
    let field =
        |f: &Arc<Field>| Arc::new(f.as_ref().clone().with_data_type(decoded(f.data_type())));
    match data_type {
        DataType::Utf8
        | DataType::LargeUtf8
        | DataType::Utf8View
        | DataType::LargeBinary
        | DataType::BinaryView => DataType::Binary,
        DataType::Dictionary(_, of) => decoded(of),
        DataType::Struct(fields) => DataType::Struct(fields.iter().map(field).collect::<Fields>()),
        DataType::List(f) => DataType::List(field(f)),
        DataType::LargeList(f) => DataType::LargeList(field(f)),
        DataType::FixedSizeList(f, n) => DataType::FixedSizeList(field(f), *n),
        DataType::Map(f, sorted) => DataType::Map(field(f), *sorted),
        other => other.clone(),
    }
}

/// Where a column stands.
struct Place {
    name: String,
    root: usize,
    path: Vec<usize>,
}

/// Adds a field, or the fields of a struct, each with the position of its first column chunk;
/// `chunk` counts the leaves of the file's own schema.
fn add_columns(
    data_type: &DataType,
    parquet: &Type,
    at: Place,
    chunk: &mut usize,
    found: &mut Vec<(Column, usize)>,
) {
    if let (DataType::Struct(fields), true) = (data_type, parquet.is_group()) {
        for (i, (field, parquet)) in fields.iter().zip(parquet.get_fields()).enumerate() {
            let within = Place {
                name: format!("{}.{}", at.name, field.name()),
                root: at.root,
                path: at.path.iter().copied().chain([i]).collect(),
            };
            add_columns(field.data_type(), parquet, within, chunk, found);
        }
        return;
    }
    let uuid = parquet.get_basic_info().logical_type_ref() == Some(&LogicalType::Uuid);
    let column = Column {
        name: at.name,
        root: at.root,
        path: at.path,
        kind: kind(data_type),
        uuid,
    };
    found.push((column, *chunk));
    // In the file a list or a map may be several columns.
    *chunk += leaves(parquet);
}

fn leaves(parquet: &Type) -> usize {
    if parquet.is_primitive() {
        return 1;
    }
    parquet.get_fields().iter().map(|f| leaves(f)).sum()
}

/// Copies the metadata with texts as bytes without a meaning, which the decoder does not check.
fn without_text_types(metadata: &ParquetMetaData) -> Result<ParquetMetaData, ImportError> {
    let file = metadata.file_metadata();
    let root = plain(&file.schema_descr().root_schema_ptr()).map_err(damaged)?;
    let file = FileMetaData::new(
        file.version(),
        file.num_rows(),
        file.created_by().map(str::to_owned),
        file.key_value_metadata().cloned(),
        Arc::new(SchemaDescriptor::new(root)),
        None,
    );
    Ok(ParquetMetaData::new(file, metadata.row_groups().to_vec()))
}

fn plain(parquet: &TypePtr) -> parquet::errors::Result<TypePtr> {
    let info = parquet.get_basic_info();
    let id = info.has_id().then(|| info.id());
    if parquet.is_group() {
        let fields = parquet.get_fields().iter().map(plain);
        let mut group = Type::group_type_builder(parquet.name())
            .with_converted_type(info.converted_type())
            .with_logical_type(info.logical_type_ref().cloned())
            .with_fields(fields.collect::<parquet::errors::Result<_>>()?)
            .with_id(id);
        if info.has_repetition() {
            group = group.with_repetition(info.repetition());
        }
        return Ok(Arc::new(group.build()?));
    }
    let decimal = info.converted_type() == ConvertedType::DECIMAL
        || matches!(info.logical_type_ref(), Some(LogicalType::Decimal { .. }));
    let null = matches!(info.logical_type_ref(), Some(LogicalType::Unknown));
    // Their types say how their bytes are to be read.
    if parquet.get_physical_type() != Physical::BYTE_ARRAY || decimal || null {
        return Ok(parquet.clone());
    }
    let repetition = if info.has_repetition() {
        info.repetition()
    } else {
        Repetition::OPTIONAL
    };
    let bytes = Type::primitive_type_builder(parquet.name(), Physical::BYTE_ARRAY)
        .with_repetition(repetition)
        .with_id(id);
    Ok(Arc::new(bytes.build()?))
}
