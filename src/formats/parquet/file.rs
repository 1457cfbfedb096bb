//! A Parquet input: its footer, its row groups, and decoders of their columns over bytes that are
//! read by offset. No file is mapped or reopened by name.

use super::limits::{Chunk, check_footer, check_pages};
use super::schema::FileSchema;
use crate::event_log::Progress;
use crate::formats::columnar::{
    Column, ColumnFile, GroupReader, Values, check_values, damaged, fenced, first_error,
};
use crate::formats::compression::Compression;
use crate::formats::{Bytes, ImportError};
use arrow_array::{ArrayRef, RecordBatch};
use parquet::DecodeResult;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ArrowReaderMetadata;
use parquet::arrow::push_decoder::{ParquetPushDecoder, ParquetPushDecoderBuilder};
use parquet::file::metadata::ParquetMetaDataReader;
use rayon::prelude::*;
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

    /// Bytes that must be there, by offset.
    fn read(&self, range: &Range<u64>) -> Result<Vec<u8>, ImportError> {
        read_exact(self.bytes, range)
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
