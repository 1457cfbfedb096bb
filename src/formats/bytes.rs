//! Where the formats get their bytes from: a trait, so that they name no path and no file.

use std::any::Any;
use std::fmt;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

/// The bytes of one input, readable at any offset and more than once.
#[expect(
    clippy::len_without_is_empty,
    reason = "nothing asks whether it is empty"
)]
pub trait Bytes: Send + Sync {
    /// The name the user gave it, to recognise its ending; may hold any character.
    fn name(&self) -> &str;

    /// Length in bytes when it was opened.
    fn len(&self) -> u64;

    /// Reads some bytes at `offset`; 0 only at the end.
    fn read_at(&self, offset: u64, out: &mut [u8]) -> io::Result<usize>;

    /// Returns whether it has been changed since it was opened.
    fn changed(&self) -> io::Result<bool>;

    /// Returns whether it is the beginning of a stream, of which more was not waited for.
    fn is_open(&self) -> bool {
        false
    }

    /// A place for what a format made of all of it, where looks at it may follow each other.
    fn kept(&self) -> Option<&Kept> {
        None
    }
}

/// Result of reading all of an input, with the options that it depends on.
type Made = (String, Arc<dyn Any + Send + Sync>);

/// What a format made of all of an input, kept for the next look by the same options.
#[derive(Default)]
pub struct Kept(Mutex<Option<Made>>);

impl fmt::Debug for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Kept").finish_non_exhaustive()
    }
}

impl Kept {
    /// Forgets it: the input is longer now.
    pub fn clear(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// The value that was made by these options, or else makes it. Only the newest one is kept. A
    /// second thread waits for the first.
    pub fn get_or_make<T: Send + Sync + 'static, E>(
        &self,
        options: &str,
        make: impl FnOnce() -> Result<T, E>,
    ) -> Result<Arc<T>, E> {
        // A value is stored whole, so that a panic elsewhere leaves none that is half made.
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((known, value)) = &*kept
            && known == options
            && let Ok(value) = Arc::clone(value).downcast()
        {
            return Ok(value);
        }
        // Two would need twice the memory.
        *kept = None;
        let value = Arc::new(make()?);
        *kept = Some((options.to_owned(), Arc::<T>::clone(&value)));
        Ok(value)
    }
}

impl Bytes for &[u8] {
    fn name(&self) -> &'static str {
        "bytes"
    }

    fn len(&self) -> u64 {
        <[u8]>::len(self) as u64
    }

    fn read_at(&self, offset: u64, out: &mut [u8]) -> io::Result<usize> {
        let from = usize::try_from(offset).map_or(<[u8]>::len(self), |o| o.min(<[u8]>::len(self)));
        let n = out.len().min(<[u8]>::len(self) - from);
        out[..n].copy_from_slice(&self[from..from + n]);
        Ok(n)
    }

    fn changed(&self) -> io::Result<bool> {
        Ok(false)
    }
}
