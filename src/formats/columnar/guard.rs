//! A fence around the decoder: where it panics over a damaged file, that becomes a refusal. The
//! decoder is not ours, and its authors do not promise that it never panics.

use crate::formats::ImportError;
use rayon::prelude::*;
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};

thread_local! {
    static FENCED: Cell<bool> = const { Cell::new(false) };
}

/// Returns whether a panic of this thread is caught and reported as an error, so that no hook need report it.
pub fn is_fenced() -> bool {
    FENCED.get()
}

/// The refusal of a damaged or hostile file.
pub fn damaged(what: impl std::fmt::Display) -> ImportError {
    ImportError::refused(format!("is damaged: {what}"))
}

/// Rows, or values of a column, that any file may have ...
const FREE_VALUES: u64 = 1 << 24;
/// ... and above, how many for each of its bytes.
const VALUES_PER_BYTE: u64 = 200;

/// Checks a number of rows, or of values, against the bytes that are to hold them.
pub fn check_values(n: i64, bytes: u64, what: &str) -> Result<u64, ImportError> {
    let plausible = |n: u64| n <= FREE_VALUES || n / VALUES_PER_BYTE <= bytes;
    let n = u64::try_from(n).ok().filter(|&n| plausible(n));
    n.ok_or_else(|| damaged(format_args!("it claims more {what} than it can hold")))
}

/// Checks the rows of a whole file: many parts may each claim a number that only their sum shows to
/// be too much.
pub fn check_rows(rows: u64, bytes: u64) -> Result<(), ImportError> {
    check_values(i64::try_from(rows).unwrap_or(i64::MAX), bytes, "rows")?;
    // Rows of a log are counted in 32 bits.
    if rows > u64::from(u32::MAX) {
        return Err(ImportError::refused("has more than 4,294,967,295 rows"));
    }
    Ok(())
}

/// The results of work in parallel; of several errors the first, whichever thread was the fastest.
pub fn first_error<T: Send>(
    results: impl IndexedParallelIterator<Item = Result<T, ImportError>>,
) -> Result<Vec<T>, ImportError> {
    let results: Vec<_> = results.collect();
    results.into_iter().collect()
}

/// Does the work; a panic in it is an error. What the work changed is not to be used after one.
pub fn fenced<T>(work: impl FnOnce() -> Result<T, ImportError>) -> Result<T, ImportError> {
    fence(work).unwrap_or_else(|| Err(damaged("its data contradict each other")))
}

/// Does the work on data that may be damaged; `None` after a panic, which no hook reports.
pub fn fence<T>(work: impl FnOnce() -> T) -> Option<T> {
    // The value before, as fences may be within each other.
    let before = FENCED.replace(true);
    // Nothing that the work changed is used after a panic, so that no broken state is seen.
    let outcome = catch_unwind(AssertUnwindSafe(work));
    FENCED.set(before);
    outcome.ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_error_is_told_by_any_number_of_threads() {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(4).build();
        let pool = pool.unwrap();
        for _ in 0..200 {
            let results = (0..1000).into_par_iter().map(|i| match i {
                0..300 => Ok(i),
                _ => Err(damaged(format!("column {i}"))),
            });
            let error = pool.install(|| first_error(results)).unwrap_err();
            assert!(error.to_string().contains("column 300"), "{error}");
        }
    }
}
