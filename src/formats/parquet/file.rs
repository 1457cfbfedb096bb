//! A Parquet input: its footer, its row groups, and decoders of their columns.

use super::limits::{Chunk, check_footer, check_pages};
use super::schema::FileSchema;
use crate::event_log::Progress;
use crate::formats::columnar::{
    Column, ColumnFile, GroupReader, Values, check_rows, check_values, damaged, fenced,
    first_error, read_exact, refuse_compressed,
};
use crate::formats::{Bytes, ImportError};
use arrow_array::{ArrayRef, RecordBatch};
use parquet::DecodeResult;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ArrowReaderMetadata;
use parquet::arrow::push_decoder::{ParquetPushDecoder, ParquetPushDecoderBuilder};
use parquet::file::metadata::ParquetMetaDataReader;
use rayon::prelude::*;
use std::sync::atomic::Ordering::Relaxed;

/// First and last bytes of a file.
pub const MAGIC: &[u8; 4] = b"PAR1";
/// Length of the footer, and the magic.
const TAIL: u64 = 8;
/// Reason of the refusal where bytes are missing.
const CUT: &str = "is a Parquet file without a footer, or cut";

/// A Parquet input whose footer was read.
pub struct ParquetFile<'a> {
    bytes: &'a dyn Bytes,
    /// Schema of the columns.
    pub schema: FileSchema,
}

impl<'a> ParquetFile<'a> {
    /// Reads the footer.
    pub fn open(bytes: &'a dyn Bytes) -> Result<Self, ImportError> {
        refuse_compressed(bytes, "Parquet file")?;
        let schema = read_footer(bytes)?;
        Ok(ParquetFile { bytes, schema })
    }
}

impl ColumnFile for ParquetFile<'_> {
    fn format(&self) -> &'static str {
        super::FORMAT.name
    }

    fn columns(&self) -> &[Column] {
        &self.schema.columns
    }

    fn n_groups(&self) -> usize {
        self.schema.metadata.num_row_groups()
    }

    fn rows_of(&self, group: usize) -> u64 {
        self.schema.metadata.row_group(group).num_rows() as u64
    }

    fn group<'a>(
        &'a self,
        group: usize,
        rows: usize,
        progress: &'a Progress,
    ) -> Result<Box<dyn GroupReader + 'a>, ImportError> {
        Ok(Box::new(Fields::new(self, group, rows, progress)?))
    }
}

fn read_footer(bytes: &dyn Bytes) -> Result<FileSchema, ImportError> {
    let len = bytes.len();
    let tail = read_exact(bytes, len.saturating_sub(TAIL)..len, CUT)?;
    let footer_len = match tail.split_first_chunk::<4>() {
        Some((_, b"PARE")) => return Err(ImportError::refused("is an encrypted Parquet file")),
        Some((n, magic)) if magic == MAGIC => u64::from(u32::from_le_bytes(*n)),
        _ => return Err(ImportError::refused(CUT)),
    };
    let end = len - TAIL;
    let footer = read_exact(bytes, end.wrapping_sub(footer_len)..end, CUT)?;
    let footer = check_footer(&footer)?;
    fenced(|| {
        let metadata = ParquetMetaDataReader::decode_metadata(&footer).map_err(damaged)?;
        let mut rows = 0;
        for group in metadata.row_groups() {
            rows += check_values(group.num_rows(), len, "rows")?;
            check_rows(rows, len)?;
        }
        FileSchema::new(&metadata)
    })
}

/// Decodes the columns of one row group.
struct GroupDecoder<'a> {
    file: &'a ParquetFile<'a>,
    group: usize,
    n_rows: usize,
    metadata: ArrowReaderMetadata,
}

impl GroupDecoder<'_> {
    /// Reads the bytes of a field of the file, and begins to decode it.
    fn field(&self, root: usize, progress: &Progress) -> Result<FieldDecoder, ImportError> {
        fenced(|| {
            let metadata = &self.file.schema.metadata;
            let schema = metadata.file_metadata().schema_descr();
            let mask = ProjectionMask::roots(schema, [root]);
            let builder = ParquetPushDecoderBuilder::new_with_metadata(self.metadata.clone())
                .with_row_groups(vec![self.group])
                .with_batch_size(self.n_rows)
                .with_projection(mask);
            let mut decoder = builder.build().map_err(damaged)?;
            let group = metadata.row_group(self.group);
            for (leaf, chunk) in group.columns().iter().enumerate() {
                if schema.get_column_root_idx(leaf) != root {
                    continue;
                }
                // Other files are none that the user named.
                if chunk.file_path().is_some() {
                    return Err(ImportError::refused("keeps its columns in other files"));
                }
                let (start, len) = chunk.byte_range();
                let range = start..start.saturating_add(len);
                let bytes = read_exact(self.file.bytes, range.clone(), CUT)?;
                let chunk = Chunk {
                    rows: self.file.rows_of(self.group),
                    values: u64::try_from(chunk.num_values()).unwrap_or(0),
                    repeated: schema.column(leaf).max_rep_level() > 0,
                    compressed: chunk.compression_codec() != UNCOMPRESSED,
                };
                // Before the decoder sees the pages, as it allocates what they claim.
                check_pages(&bytes, chunk)?;
                progress.bytes.fetch_add(len, Relaxed);
                decoder.push_range(range, bytes.into()).map_err(damaged)?;
            }
            Ok(FieldDecoder { decoder })
        })
    }
}

const UNCOMPRESSED: parquet::basic::CompressionCodec =
    parquet::basic::CompressionCodec::UNCOMPRESSED;

/// Decodes one field of a row group.
struct FieldDecoder {
    decoder: ParquetPushDecoder,
}

impl FieldDecoder {
    /// The values of the next rows; `None` after the last.
    fn next(&mut self) -> Result<Option<ArrayRef>, ImportError> {
        fenced(|| match self.decoder.try_decode().map_err(damaged)? {
            DecodeResult::Data(batch) => Ok(single(&batch)),
            DecodeResult::Finished => Ok(None),
            DecodeResult::NeedsData(_) => Err(damaged("a column is not where it should be")),
        })
    }
}

fn single(batch: &RecordBatch) -> Option<ArrayRef> {
    batch.columns().first().cloned()
}

/// Decoders of all fields of a row group.
struct Fields<'a> {
    file: &'a ParquetFile<'a>,
    decoders: Vec<FieldDecoder>,
}

impl<'a> Fields<'a> {
    /// Reads the bytes of all fields of a row group, to be decoded in batches of rows.
    pub fn new(
        file: &'a ParquetFile<'a>,
        group: usize,
        rows: usize,
        progress: &Progress,
    ) -> Result<Self, ImportError> {
        let decoder = GroupDecoder {
            file,
            group,
            n_rows: rows,
            metadata: fenced(|| file.schema.of_group(group))?,
        };
        let n_fields = file.schema.n_fields();
        let decoders = (0..n_fields).into_par_iter().map(|root| {
            progress.check()?;
            decoder.field(root, progress)
        });
        Ok(Fields {
            file,
            decoders: first_error(decoders)?,
        })
    }
}

impl GroupReader for Fields<'_> {
    fn next(&mut self) -> Result<Option<Vec<Values>>, ImportError> {
        let decoders = self.decoders.par_iter_mut();
        let fields = decoders.map(FieldDecoder::next);
        let fields: Vec<Option<ArrayRef>> = first_error(fields)?;
        if fields.iter().all(Option::is_none) {
            return Ok(None);
        }
        let differ = || damaged("its columns differ in length");
        let fields: Vec<ArrayRef> = fields
            .into_iter()
            .collect::<Option<_>>()
            .ok_or_else(differ)?;
        let columns = self.file.schema.columns.iter();
        let columns = columns.map(|c| fenced(|| Values::within(&fields[c.root], &c.path)));
        columns.collect::<Result<_, _>>().map(Some)
    }
}
