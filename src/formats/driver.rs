//! One way of reading for all formats: pieces of an input are read in order, parsed side by side, and settled and
//! taken in order, so that a log does not depend on where pieces were cut or on the number of threads.

use super::ImportError;
use crate::event_log::Progress;
use rayon::prelude::*;

/// An input in pieces.
pub trait Pieces: Send {
    /// A piece.
    type Piece: Send + Sync;

    /// The next piece; `None` after the last.
    ///
    /// # Errors
    /// The input cannot be read.
    fn next(&mut self) -> Result<Option<Self::Piece>, ImportError>;

    /// The next pieces, `n` at most, which are parsed side by side; none at the end.
    ///
    /// # Errors
    /// The input cannot be read.
    fn batch(&mut self, n: usize) -> Result<Vec<Self::Piece>, ImportError> {
        (0..n).map_while(|_| self.next().transpose()).collect()
    }
}

/// Makes rows of the pieces of an input.
pub trait Reading<P: Pieces>: Sync {
    /// What a piece gives, read for itself.
    type Parsed: Send;
    /// Rows in the order of the input.
    type Rows: Send;
    /// Takes the rows.
    type Log: Send;

    /// Parses a piece; `at` is its position in the batch.
    fn parse(&self, at: usize, piece: &P::Piece) -> Self::Parsed;

    /// Gives the rows of the next piece, where the pieces before it are known.
    ///
    /// # Errors
    /// The piece is damaged.
    fn settle(
        &mut self,
        pieces: &mut P,
        piece: P::Piece,
        parsed: Self::Parsed,
    ) -> Result<Self::Rows, ImportError>;

    /// Adds rows to the log.
    fn push(log: &mut Self::Log, rows: Self::Rows);

    /// True if no more has to be read.
    fn is_enough(&self, log: &Self::Log) -> bool;
}

/// Reads all pieces into a log, or as many as are enough: first one, then `n` at a time.
///
/// # Errors
/// The input cannot be read or is damaged, or it is not wanted any more.
pub fn read<P: Pieces, R: Reading<P>>(
    pieces: &mut P,
    n: usize,
    reading: &mut R,
    log: &mut R::Log,
    progress: &Progress,
) -> Result<(), ImportError> {
    let mut waiting: Vec<R::Rows> = Vec::new();
    let mut batch = pieces.batch(1)?;
    while !batch.is_empty() && !reading.is_enough(log) {
        progress.check()?;
        let parse = || {
            let parsed = batch.par_iter().enumerate();
            parsed
                .map(|(at, piece)| reading.parse(at, piece))
                .collect::<Vec<_>>()
        };
        // Rows are pushed in order, so by one thread: those of the batch before, while this one is parsed and the
        // next one read.
        let push = || waiting.drain(..).for_each(|rows| R::push(log, rows));
        let (next, (parsed, ())) = rayon::join(|| pieces.batch(n), || rayon::join(parse, push));
        for (piece, parsed) in batch.into_iter().zip(parsed) {
            waiting.push(reading.settle(pieces, piece, parsed)?);
        }
        batch = next?;
    }
    for rows in waiting {
        R::push(log, rows);
    }
    Ok(())
}
