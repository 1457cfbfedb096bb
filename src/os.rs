//! What the compiler cannot check, in one place, the only one with `unsafe`: memory maps of the files of
//! the store, the last acts before a signal that nothing survives ends the program, memory that the
//! system refuses, and a standard output that was closed before the program began.

use bytes::Bytes;
use signal_hook::consts::{SIGABRT, SIGBUS};
use std::alloc::{GlobalAlloc, Layout, System};
use std::fs::File;
use std::io;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

/// The bytes of a file of the store.
///
/// A map is unsound if somebody changes the file. Files of the store are written under a name that
/// nobody knows, and are from then on never changed or truncated, only unlinked, by this program;
/// they lie in a folder that only this user can write to, who could as well change the memory of the
/// process. Where one is cut nevertheless, [`Fatal::Map`] ends the program. Logs are never mapped.
#[expect(unsafe_code, reason = "maps cannot be checked by the compiler")]
pub fn map(file: &File) -> io::Result<Bytes> {
    if file.metadata()?.len() == 0 {
        return Ok(Bytes::new());
    }
    // SAFETY: see above.
    let map = unsafe { memmap2::Mmap::map(file)? };
    Ok(Bytes::from_owner(map))
}

/// Why the program cannot go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fatal {
    /// The system grants no more memory.
    Memory,
    /// A file that is mapped was cut by another program.
    Map,
    /// Anything else that aborts: a defect.
    Defect,
}

/// Gives the terminal back, if the explorer has it.
static RESTORE: OnceLock<Box<dyn Fn() + Send + Sync>> = OnceLock::new();

/// Sets what gives the terminal back before the program is ended by a fatal signal; the first call counts.
///
/// It runs within the handler of a signal, in the midst of anything: it may make system calls and use
/// atomics, and must neither allocate memory nor wait for a lock.
pub fn restore_on_fatal(restore: impl Fn() + Send + Sync + 'static) {
    // A program has one terminal.
    let _ = RESTORE.set(Box::new(restore));
}

/// On a signal that nothing survives, gives the terminal back, and ends the program with the exit code
/// that `end` returns. `end` is bound as [`restore_on_fatal`] says.
#[expect(
    unsafe_code,
    reason = "what a handler of a signal may do is for its author to know"
)]
pub fn end_on_fatal(end: fn(Fatal) -> i32) {
    for signal in [SIGABRT, SIGBUS] {
        let last = move || {
            if let Some(restore) = RESTORE.get() {
                restore();
            }
            let fatal = match signal {
                SIGBUS => Fatal::Map,
                // The standard library aborts where it gets no memory.
                _ if REFUSED.load(Relaxed) => Fatal::Memory,
                _ => Fatal::Defect,
            };
            signal_hook::low_level::exit(end(fatal));
        };
        // SAFETY: the action allocates nothing and takes no lock; those that are called promise the same.
        // Without the handler the program ends without its last acts.
        let _ = unsafe { signal_hook::low_level::register(signal, last) };
    }
}

/// The allocator of the system, which keeps in mind that memory was refused.
#[derive(Debug)]
pub struct Allocator;

#[global_allocator]
static ALLOCATOR: Allocator = Allocator;

/// True once memory was refused.
static REFUSED: AtomicBool = AtomicBool::new(false);

/// Keeps in mind whether a pointer says that memory was refused.
fn noted(memory: *mut u8) -> *mut u8 {
    if memory.is_null() {
        REFUSED.store(true, Relaxed);
    }
    memory
}

#[expect(unsafe_code, reason = "an allocator is a promise to the compiler")]
// SAFETY: all calls are handed on as they are.
unsafe impl GlobalAlloc for Allocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as above.
        noted(unsafe { System.alloc(layout) })
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as above.
        noted(unsafe { System.alloc_zeroed(layout) })
    }

    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: as above.
        noted(unsafe { System.realloc(memory, layout, size) })
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        // SAFETY: as above.
        unsafe { System.dealloc(memory, layout) }
    }
}

/// Gives memory that was freed back to the system, where the allocator would keep it for later: the blocks that a
/// log was made of are as much as the log.
pub fn give_memory_back() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    #[expect(unsafe_code, reason = "it is a function of the C library")]
    // SAFETY: it may be called at any time, from any thread.
    unsafe {
        libc::malloc_trim(0);
    }
}

/// True if standard output was closed when the program began.
static STDOUT_CLOSED: AtomicBool = AtomicBool::new(false);

/// Returns whether standard output was closed when the program began. What is written to it is then
/// lost without an error, as the standard library puts `/dev/null` in its place before `main`.
pub fn stdout_was_closed() -> bool {
    STDOUT_CLOSED.load(Relaxed)
}

#[cfg(target_os = "linux")]
#[expect(
    unsafe_code,
    reason = "only the linker can have a function run before the standard library"
)]
// SAFETY: entries of this section are functions without arguments, called once, before `main`; this one
// makes a system call and uses an atomic.
#[unsafe(link_section = ".init_array")]
#[used]
static LOOK: extern "C" fn() = look;

#[cfg(target_os = "linux")]
extern "C" fn look() {
    let flags = rustix::io::fcntl_getfd(rustix::stdio::stdout());
    STDOUT_CLOSED.store(flags == Err(rustix::io::Errno::BADF), Relaxed);
}
