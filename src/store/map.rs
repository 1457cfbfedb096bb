//! The one place that maps files into memory, and the one that needs `unsafe` for it.

use bytes::Bytes;
use std::fs::File;
use std::io;

/// The bytes of a file of the store.
///
/// A map is unsound if somebody changes the file. Files of the store are written under a name that
/// nobody knows, and are from then on never changed or truncated, only unlinked, by this program;
/// they lie in a folder that only this user can write to (`folder`), who could as well change the
/// memory of the process. Logs themselves are never mapped.
#[expect(unsafe_code, reason = "maps cannot be checked by the compiler")]
pub fn map(file: &File) -> io::Result<Bytes> {
    if file.metadata()?.len() == 0 {
        return Ok(Bytes::new());
    }
    // SAFETY: see above.
    let map = unsafe { memmap2::Mmap::map(file)? };
    Ok(Bytes::from_owner(map))
}
