//! The slice: the events of the cases that a view selects, as batches of the columns of the table.

use super::RemoteError;
use super::frame::Parts;
use super::log::RemoteLog;
use crate::engine::{AskError, View};
use crate::event_log::{Cancel, Progress, Stage};
use arrow_array::RecordBatch;
use arrow_ipc::CompressionType;
use arrow_ipc::writer::{FileWriter, IpcWriteOptions};
use arrow_schema::ArrowError;
use std::io::Write;
use std::sync::atomic::Ordering::Relaxed;

/// Size of a slice, before it is fetched.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SliceSize {
    /// Events.
    pub events: u64,
    /// Cases.
    pub cases: u64,
    /// Bytes to be sent, by the first rows of the table.
    pub bytes: f64,
}

/// Size of a slice that was fetched.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Fetched {
    /// Events.
    pub events: u64,
    /// Bytes that came.
    pub bytes: u64,
}

impl RemoteLog {
    /// Counts what the filters of a view leave.
    ///
    /// # Errors
    /// A filter is wrong or of no engine, or the engine fails.
    pub fn slice_size(&self, view: &View, cancel: &Cancel) -> Result<SliceSize, AskError> {
        let frame = self.frame(view, cancel)?;
        let select = "SELECT count(*), count(DISTINCT case_id) FROM e";
        let answer = self.ask(&frame, Parts::Events, &[], select)?;
        let row = answer.only()?;
        let events = row.count(0)?;
        Ok(SliceSize {
            events,
            cases: row.count(1)?,
            bytes: events as f64 * self.row_bytes,
        })
    }

    /// The statement that gives the slice: the columns of the table, cases one after the other, their events in
    /// order. With the address of the engine it is the identity of the slice.
    ///
    /// # Errors
    /// As of [`RemoteLog::slice_size`].
    pub fn slice_statement(&self, view: &View, cancel: &Cancel) -> Result<String, AskError> {
        let mut frame = self.frame(view, cancel)?;
        frame.whole_rows = true;
        let columns = (0..self.table.columns.len()).map(|at| {
            let name = self.table.ident(at, self.dialect);
            format!("raw{at} AS {name}")
        });
        let columns: Vec<String> = columns.collect();
        let select = format!("SELECT {} FROM e ORDER BY case_id, pos", columns.join(", "));
        Ok(frame.statement(Parts::Events, &[], &select))
    }

    /// Fetches the slice by its statement, a batch at a time, and writes it as Arrow IPC.
    ///
    /// # Errors
    /// The engine fails, the work is cancelled, or the output takes no more.
    pub fn write_slice(
        &self,
        statement: &str,
        progress: &Progress,
        out: &mut dyn Write,
    ) -> Result<Fetched, AskError> {
        let unwritten = |error: ArrowError| AskError::Engine(format!("not written: {error}"));
        let compression = Some(CompressionType::ZSTD);
        let options = IpcWriteOptions::default().try_with_compression(compression);
        let options = options.map_err(unwritten)?;
        let mut out = Some(out);
        let mut writer: Option<FileWriter<&mut dyn Write>> = None;
        let fetched = self.fetch(statement, progress, &mut |batch| {
            if let Some(out) = out.take() {
                let begun = FileWriter::try_new_with_options(out, &batch.schema(), options.clone());
                writer = Some(begun.map_err(|error| error.to_string())?);
            }
            let written = writer.as_mut().map(|writer| writer.write(&batch));
            written.transpose().map_err(|error| error.to_string())?;
            Ok(())
        })?;
        if let Some(mut writer) = writer {
            writer.finish().map_err(unwritten)?;
        }
        Ok(fetched)
    }

    /// Fetches the slice, a batch at a time; `each` gives a message where it fails.
    fn fetch(
        &self,
        statement: &str,
        progress: &Progress,
        each: &mut dyn FnMut(RecordBatch) -> Result<(), String>,
    ) -> Result<Fetched, AskError> {
        progress.enter(Stage::Reading);
        let mut fetched = Fetched::default();
        let stop = || progress.check().is_err();
        self.stream(statement, &stop, &mut |batch| {
            let (rows, bytes) = (
                batch.num_rows() as u64,
                batch.get_array_memory_size() as u64,
            );
            each(batch).map_err(RemoteError::Engine)?;
            fetched.events += rows;
            fetched.bytes += bytes;
            progress.rows.fetch_add(rows, Relaxed);
            progress.bytes.fetch_add(bytes, Relaxed);
            Ok(())
        })?;
        Ok(fetched)
    }
}
