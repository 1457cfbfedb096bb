//! Where bytes come from: paths, standard input, FIFOs. Knows nothing of what they mean.
//!
//! Files are read with pread and never mapped: a file that shrinks under a map kills the process.

mod growth;
mod input;
mod open;
mod stream;

pub use growth::{Change, Mark};
pub use input::{Input, Stamp};
pub use open::{OpenError, begin_streams, open, open_streams};
