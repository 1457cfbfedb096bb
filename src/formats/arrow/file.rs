//! An Arrow IPC input: its schema, where its messages are, and a decoder of their rows.

use super::limits::{check_batch, check_compressed};
use super::schema::{columns, values, without_texts};
use crate::event_log::Progress;
use crate::formats::columnar::{
    Column, ColumnFile, GroupReader, Values, check_rows, damaged, fenced, read_exact,
    refuse_compressed,
};
use crate::formats::{Bytes, ImportError};
use arrow_buffer::Buffer;
use arrow_ipc::convert::try_fb_to_schema;
use arrow_ipc::reader::FileDecoder;
use arrow_ipc::{Block, Message, MetadataVersion, RecordBatch, root_as_footer, root_as_message};
use arrow_schema::{Schema, SchemaRef};
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

/// First and last bytes of a file.
pub const MAGIC: &[u8; 6] = b"ARROW1";
/// First bytes of a message, and so of a stream.
pub const CONTINUATION: [u8; 4] = [0xff; 4];
/// Offset of the first message of a file.
const BODY: u64 = 8;
/// Length of the footer, and the magic.
const TAIL: u64 = 10;
/// First bytes of a message: the mark and the length of its metadata.
const HEAD: u64 = 8;

/// An Arrow IPC input whose schema was read.
pub struct ArrowFile<'a> {
    bytes: &'a dyn Bytes,
    /// Schema with texts as bytes.
    schema: SchemaRef,
    version: MetadataVersion,
    columns: Vec<Column>,
    /// Dictionaries and rows, in the order in which they are decoded.
    pieces: Vec<Piece>,
    rows: u64,
    cut: bool,
}

/// A message with a dictionary or with rows.
struct Piece {
    place: Block,
    is_dictionary: bool,
}

impl Piece {
    fn len(&self) -> u64 {
        // Lengths below 0 are refused before they become a piece.
        self.place.metaDataLength() as u64 + self.place.bodyLength() as u64
    }
}

impl<'a> ArrowFile<'a> {
    /// Finds the schema and all messages.
    pub fn open(bytes: &'a dyn Bytes) -> Result<Self, ImportError> {
        refuse_compressed(bytes, "Arrow IPC file")?;
        let head = read(bytes, 0, bytes.len().min(BODY))?;
        let contents = if !head.starts_with(MAGIC) {
            scan(bytes, 0)?
        } else if let Some(footer) = footer(bytes)? {
            fenced(|| contents_of(bytes, &footer))?
        } else {
            // A writer that was stopped left no footer, but whole messages before.
            let mut contents = scan(bytes, behind_padding(bytes)?)?;
            contents.cut = true;
            contents
        };
        contents.file(bytes)
    }

    /// The bytes of a message.
    fn read(&self, piece: &Piece, progress: &Progress) -> Result<Buffer, ImportError> {
        progress.check()?;
        let bytes = read(self.bytes, piece.place.offset() as u64, piece.len())?;
        progress.bytes.fetch_add(bytes.len() as u64, Relaxed);
        Ok(Buffer::from_vec(bytes))
    }
}

impl ColumnFile for ArrowFile<'_> {
    fn format(&self) -> &'static str {
        super::FORMAT.name
    }

    fn columns(&self) -> &[Column] {
        &self.columns
    }

    // Dictionaries change between batches of a stream, so all rows are one group.
    fn n_groups(&self) -> usize {
        1
    }

    fn rows_of(&self, _: usize) -> u64 {
        self.rows
    }

    fn group<'a>(
        &'a self,
        _: usize,
        rows: usize,
        progress: &'a Progress,
    ) -> Result<Box<dyn GroupReader + 'a>, ImportError> {
        Ok(Box::new(Rows {
            file: self,
            decoder: FileDecoder::new(Arc::clone(&self.schema), self.version),
            next: 0,
            batch: Vec::new(),
            at: 0,
            most: rows,
            progress,
        }))
    }

    fn is_cut(&self) -> bool {
        self.cut
    }
}

/// Decoder of all rows of a file.
struct Rows<'a> {
    file: &'a ArrowFile<'a>,
    decoder: FileDecoder,
    /// The message that comes next.
    next: usize,
    /// The columns of the current batch, and the row that comes next.
    batch: Vec<Values>,
    at: usize,
    /// Rows given at a time.
    most: usize,
    progress: &'a Progress,
}

impl GroupReader for Rows<'_> {
    fn next(&mut self) -> Result<Option<Vec<Values>>, ImportError> {
        let rows = |batch: &[Values]| batch.first().map_or(0, Values::len);
        while self.at >= rows(&self.batch) {
            let Some(piece) = self.file.pieces.get(self.next) else {
                return Ok(None);
            };
            self.next += 1;
            let bytes = self.file.read(piece, self.progress)?;
            fenced(|| self.decode(piece, &bytes))?;
        }
        let n = self.most.min(rows(&self.batch) - self.at);
        let piece = self.batch.iter().map(|values| Values {
            array: values.array.slice(self.at, n),
            present: values.present.as_ref().map(|p| p.slice(self.at, n)),
        });
        let piece = piece.collect();
        self.at += n;
        Ok(Some(piece))
    }
}

impl Rows<'_> {
    fn decode(&mut self, piece: &Piece, bytes: &Buffer) -> Result<(), ImportError> {
        let metadata = piece.place.metaDataLength() as usize;
        let batch = batch_of(message_of(&bytes[..metadata])?)?;
        check_compressed(batch, &bytes[metadata..])?;
        if piece.is_dictionary {
            let read = self.decoder.read_dictionary(&piece.place, bytes);
            return read.map_err(damaged);
        }
        let batch = self.decoder.read_record_batch(&piece.place, bytes);
        let batch = batch.map_err(damaged)?;
        let batch = batch.ok_or_else(|| damaged("a message has no rows"))?;
        let columns = self.file.columns.iter();
        let columns = columns.map(|c| values(batch.column(c.root), &c.path));
        self.batch = columns.collect::<Result<_, _>>()?;
        self.at = 0;
        Ok(())
    }
}

/// Schema and messages that were found.
struct Contents {
    schema: Schema,
    version: MetadataVersion,
    pieces: Vec<Piece>,
    rows: u64,
    cut: bool,
}

impl Contents {
    /// Adds a message after its numbers are checked.
    fn add(
        &mut self,
        message: Message<'_>,
        place: Block,
        bytes: &dyn Bytes,
    ) -> Result<(), ImportError> {
        let is_dictionary = message.header_as_dictionary_batch().is_some();
        let piece = Piece {
            place,
            is_dictionary,
        };
        let rows = check_batch(batch_of(message)?, piece.len())?;
        if !is_dictionary {
            self.rows += rows;
        }
        check_rows(self.rows, bytes.len())?;
        self.pieces.push(piece);
        Ok(())
    }

    fn file(self, bytes: &dyn Bytes) -> Result<ArrowFile<'_>, ImportError> {
        let schema = without_texts(&self.schema);
        Ok(ArrowFile {
            bytes,
            columns: columns(&schema)?,
            schema: Arc::new(schema),
            version: self.version,
            pieces: self.pieces,
            rows: self.rows,
            cut: self.cut,
        })
    }
}

/// Offset of the first message of a file: some writers fill up with zeros before it.
fn behind_padding(bytes: &dyn Bytes) -> Result<u64, ImportError> {
    const LONGEST: u64 = 1 << 12;
    let head = read(bytes, 0, bytes.len().min(LONGEST))?;
    let body = head.get(BODY as usize..).unwrap_or_default();
    let words = body.chunks(BODY as usize);
    let zeros = words.take_while(|word| word.iter().all(|&byte| byte == 0));
    Ok(BODY + BODY * zeros.count() as u64)
}

/// The footer of a file; `None` where it has none.
fn footer(bytes: &dyn Bytes) -> Result<Option<Vec<u8>>, ImportError> {
    let len = bytes.len();
    if len < BODY + TAIL {
        return Ok(None);
    }
    let tail = read(bytes, len - TAIL, TAIL)?;
    let length = tail.split_first_chunk::<4>();
    let Some((&n, _)) = length.filter(|(_, magic)| magic == MAGIC) else {
        return Ok(None);
    };
    let n = u64::try_from(i32::from_le_bytes(n)).ok();
    let n = n.filter(|&n| n <= len - TAIL - BODY);
    let n = n.ok_or_else(|| damaged("its footer is longer than the file"))?;
    read(bytes, len - TAIL - n, n).map(Some)
}

/// Schema and messages by the footer of a file.
fn contents_of(bytes: &dyn Bytes, footer: &[u8]) -> Result<Contents, ImportError> {
    let footer = root_as_footer(footer).map_err(damaged)?;
    let schema = footer.schema();
    let mut contents = Contents {
        schema: schema_of(schema.ok_or_else(|| damaged("it has no schema"))?)?,
        version: footer.version(),
        pieces: Vec::new(),
        rows: 0,
        cut: false,
    };
    // Messages do not overlap, so that they are together no longer than the file.
    let mut left = bytes.len();
    let dictionaries = footer.dictionaries().into_iter().flatten();
    for place in dictionaries.chain(footer.recordBatches().into_iter().flatten()) {
        let outside = || damaged("a message is outside of the file");
        let offset = u64::try_from(place.offset()).map_err(|_| outside())?;
        let metadata = u64::try_from(place.metaDataLength()).map_err(|_| outside())?;
        let body = u64::try_from(place.bodyLength()).map_err(|_| outside())?;
        let len = metadata.checked_add(body).ok_or_else(outside)?;
        let end = offset.checked_add(len).filter(|&end| end <= bytes.len());
        end.ok_or_else(outside)?;
        left = left.checked_sub(len).ok_or_else(outside)?;
        let metadata = read(bytes, offset, metadata)?;
        contents.add(message_of(&metadata)?, *place, bytes)?;
    }
    Ok(contents)
}

/// Schema and messages of a stream that begins at an offset, as far as it goes.
fn scan(bytes: &dyn Bytes, from: u64) -> Result<Contents, ImportError> {
    let mut contents: Option<Contents> = None;
    let mut at = from;
    let mut cut = false;
    while at < bytes.len() {
        let left = bytes.len() - at;
        let head = read(bytes, at, left.min(HEAD))?;
        let Some((mark, rest)) = head.split_first_chunk::<4>() else {
            cut = true;
            break;
        };
        if *mark != CONTINUATION {
            return Err(damaged("a message does not begin as one"));
        }
        let Some(&n) = rest.first_chunk::<4>() else {
            cut = true;
            break;
        };
        let n = u64::try_from(i32::from_le_bytes(n));
        let n = n.map_err(|_| damaged("a message has a length below 0"))?;
        // No metadata: the end of the stream.
        if n == 0 {
            break;
        }
        if n > left - HEAD {
            cut = true;
            break;
        }
        let metadata = read(bytes, at, HEAD + n)?;
        let body = fenced(|| {
            let message = message_of(&metadata)?;
            let body = u64::try_from(message.bodyLength());
            let body = body.map_err(|_| damaged("a message has a length below 0"))?;
            // A body that is cut is not read, and not checked.
            if body > left - HEAD - n {
                return Ok(None);
            }
            if let Some(contents) = &mut contents {
                let place = Block::new(at as i64, (HEAD + n) as i32, body as i64);
                contents.add(message, place, bytes)?;
            } else {
                let schema = message.header_as_schema();
                let schema = schema.ok_or_else(|| damaged("it does not begin with a schema"))?;
                contents = Some(Contents {
                    schema: schema_of(schema)?,
                    version: message.version(),
                    pieces: Vec::new(),
                    rows: 0,
                    cut: false,
                });
            }
            Ok(Some(body))
        })?;
        let Some(body) = body else {
            cut = true;
            break;
        };
        at += HEAD + n + body;
    }
    let mut contents = contents
        .ok_or_else(|| ImportError::refused("is an Arrow IPC file that is cut before its rows"))?;
    contents.cut = cut;
    Ok(contents)
}

fn schema_of(schema: arrow_ipc::Schema<'_>) -> Result<Schema, ImportError> {
    if schema.endianness() != arrow_ipc::Endianness::Little {
        return Err(ImportError::refused(
            "is an Arrow IPC file with numbers of big-endian bytes; write it as Parquet or CSV",
        ));
    }
    try_fb_to_schema(schema).map_err(damaged)
}

/// A message by its bytes, with the mark before it; older files have only the length.
fn message_of(bytes: &[u8]) -> Result<Message<'_>, ImportError> {
    let head = if bytes.starts_with(&CONTINUATION) {
        HEAD as usize
    } else {
        CONTINUATION.len()
    };
    let bytes = bytes
        .get(head..)
        .ok_or_else(|| damaged("a message is cut"))?;
    root_as_message(bytes).map_err(damaged)
}

/// The rows of a message, or the values of its dictionary.
fn batch_of(message: Message<'_>) -> Result<RecordBatch<'_>, ImportError> {
    let dictionary = message.header_as_dictionary_batch();
    let batch = dictionary.and_then(|dictionary| dictionary.data());
    let batch = batch.or_else(|| message.header_as_record_batch());
    batch.ok_or_else(|| damaged("a message holds no rows of a table"))
}

fn read(bytes: &dyn Bytes, offset: u64, len: u64) -> Result<Vec<u8>, ImportError> {
    let changed = "is an Arrow IPC file that changed while it was read";
    read_exact(bytes, offset..offset.saturating_add(len), changed)
}
