//! Texts that are written anew as they are read, in the form that a scanner or parser knows. Line ends
//! stay where they are, so that lines are those of the file.

use super::ImportError;
use super::stream::{ByteStream, StreamFacts};

/// Writes a text anew, piece by piece.
pub trait Rewriter: Send {
    /// Writes the next piece.
    fn push(&mut self, piece: &[u8], out: &mut Vec<u8>);

    /// Writes what is still open at the end of the text.
    fn finish(&mut self, out: &mut Vec<u8>);
}

/// A text that is written anew.
pub struct Rewritten<'a, R> {
    inner: Box<dyn ByteStream + 'a>,
    rewriter: R,
    input: Vec<u8>,
    output: Vec<u8>,
    given: usize,
    ended: bool,
}

impl<'a, R: Rewriter> Rewritten<'a, R> {
    /// Bytes written anew at a time.
    const PIECE: usize = 1 << 16;

    /// The text of a stream from its beginning.
    pub fn new(inner: Box<dyn ByteStream + 'a>, rewriter: R) -> Self {
        Rewritten {
            inner,
            rewriter,
            input: vec![0; Self::PIECE],
            output: Vec::new(),
            given: 0,
            ended: false,
        }
    }
}

impl<R: Rewriter> ByteStream for Rewritten<'_, R> {
    fn read(&mut self, out: &mut [u8]) -> Result<usize, ImportError> {
        while self.given == self.output.len() && !self.ended {
            self.output.clear();
            self.given = 0;
            let n = self.inner.read(&mut self.input)?;
            self.rewriter.push(&self.input[..n], &mut self.output);
            if n == 0 {
                self.ended = true;
                self.rewriter.finish(&mut self.output);
            }
        }
        let n = out.len().min(self.output.len() - self.given);
        out[..n].copy_from_slice(&self.output[self.given..self.given + n]);
        self.given += n;
        Ok(n)
    }

    fn facts(&self) -> StreamFacts {
        self.inner.facts()
    }
}
