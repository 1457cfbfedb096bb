//! A Parquet input: its footer, its row groups, and decoders of their columns over bytes that are
//! read by offset. No file is mapped or reopened by name.

use super::guard::fenced;
use super::limits::{self, Chunk, check_footer, check_pages, check_values, damaged};
use super::schema::FileSchema;
use crate::event_log::Progress;
use crate::formats::compression::Compression;
use crate::formats::{Bytes, ImportError};
use arrow_array::{Array, ArrayRef, RecordBatch, StructArray};
use arrow_buffer::NullBuffer;
use parquet::DecodeResult;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ArrowReaderMetadata;
use parquet::arrow::push_decoder::{ParquetPushDecoder, ParquetPushDecoderBuilder};
use parquet::file::metadata::ParquetMetaDataReader;
use std::ops::Range;
use std::sync::atomic::Ordering::Relaxed;

/// First and last bytes of a file.
pub const MAGIC: &[u8; 4] = b"PAR1";
/// Length of the footer, and the magic.
const TAIL: u64 = 8;

/// A Parquet input whose footer was read.
pub struct ParquetFile<'a> {
    bytes: &'a dyn Bytes,
    /// Schema of the columns.
    pub schema: FileSchema,
}

impl<'a> ParquetFile<'a> {
    /// Reads the footer.
    pub fn open(bytes: &'a dyn Bytes) -> Result<Self, ImportError> {
        // The footer is at the end, and columns are read by offset: both need the bytes as they
        // are.
        if Compression::of(bytes)? != Compression::None {
            return Err(refused("is a compressed Parquet file; decompress it first"));
        }
        let schema = read_footer(bytes)?;
        Ok(ParquetFile { bytes, schema })
    }

    /// Number of rows of a row group.
    pub fn rows_of(&self, group: usize) -> u64 {
        self.schema.metadata.row_group(group).num_rows() as u64
    }

    /// Number of row groups.
    pub fn n_groups(&self) -> usize {
        self.schema.metadata.num_row_groups()
    }

    /// Begins to decode a row group, `n_rows` rows at a time.
    pub fn group(&self, group: usize, n_rows: usize) -> Result<GroupDecoder<'_>, ImportError> {
        Ok(GroupDecoder {
            file: self,
            group,
            n_rows,
            metadata: fenced(|| self.schema.of_group(group))?,
        })
    }

    /// Bytes that must be there, by offset.
    fn read(&self, range: &Range<u64>) -> Result<Vec<u8>, ImportError> {
        read_exact(self.bytes, range)
    }
}

fn refused(message: &str) -> ImportError {
    ImportError::Refused {
        line: None,
        message: message.into(),
    }
}

fn read_exact(bytes: &dyn Bytes, range: &Range<u64>) -> Result<Vec<u8>, ImportError> {
    let cut = || refused("is a Parquet file without a footer, or cut");
    if range.start > range.end || range.end > bytes.len() {
        return Err(cut());
    }
    let mut out = vec![0; usize::try_from(range.end - range.start).map_err(|_| cut())?];
    let mut at = 0;
    while at < out.len() {
        match bytes.read_at(range.start + at as u64, &mut out[at..])? {
            0 => return Err(cut()),
            n => at += n,
        }
    }
    Ok(out)
}

fn read_footer(bytes: &dyn Bytes) -> Result<FileSchema, ImportError> {
    let len = bytes.len();
    let tail = read_exact(bytes, &(len.saturating_sub(TAIL)..len))?;
    let footer_len = match tail.split_first_chunk::<4>() {
        Some((_, b"PARE")) => return Err(refused("is an encrypted Parquet file")),
        Some((n, magic)) if magic == MAGIC => u64::from(u32::from_le_bytes(*n)),
        _ => return Err(refused("is a Parquet file without a footer, or cut")),
    };
    let end = len - TAIL;
    let footer = read_exact(bytes, &(end.wrapping_sub(footer_len)..end))?;
    let footer = check_footer(&footer)?;
    fenced(|| {
        let metadata = ParquetMetaDataReader::decode_metadata(&footer).map_err(damaged)?;
        let mut rows = 0;
        for group in metadata.row_groups() {
            rows += check_values(group.num_rows(), len, "rows")?;
            // Many groups may each claim a number that only their sum shows to be too much.
            check_values(rows as i64, len, "rows")?;
        }
        // Rows of a log are counted in 32 bits.
        if rows > u64::from(u32::MAX) {
            return Err(refused("has more than 4,294,967,295 rows"));
        }
        FileSchema::new(&metadata)
    })
}

/// Decodes the columns of one row group.
pub struct GroupDecoder<'a> {
    file: &'a ParquetFile<'a>,
    group: usize,
    n_rows: usize,
    metadata: ArrowReaderMetadata,
}

impl GroupDecoder<'_> {
    /// Reads the bytes of a field of the file, and begins to decode it.
    pub fn field(&self, root: usize, progress: &Progress) -> Result<FieldDecoder, ImportError> {
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
                    return Err(refused("keeps its columns in other files"));
                }
                let (start, len) = chunk.byte_range();
                let range = start..start.saturating_add(len);
                let bytes = self.file.read(&range)?;
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
pub struct FieldDecoder {
    decoder: ParquetPushDecoder,
}

impl FieldDecoder {
    /// The values of the next rows; `None` after the last.
    pub fn next(&mut self) -> Result<Option<ArrayRef>, ImportError> {
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
            array = child.ok_or_else(|| limits::damaged("a struct has no such field"))?;
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
