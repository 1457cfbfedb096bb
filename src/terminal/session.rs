//! The terminal in the explorer's hands and given back: raw mode, alternate screen, bracketed paste,
//! mouse, cursor. Given back exactly once, whoever comes first: the loop, a panic, or a signal.

use super::tty::{Tty, takes_output};
use crate::os;
use rustix::termios::Termios;
use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};
use std::time::{Duration, Instant};

/// Alternate screen, no cursor, bracketed paste, empty screen.
const ENTER: &[u8] = b"\x1b[?1049h\x1b[?25l\x1b[?2004h\x1b[0m\x1b[2J";
/// The opposite, after the end of a frame that may have been cut short; also of [`MOUSE`], as a signal leaves no
/// time to find out whether it was on.
const LEAVE: &[u8] = b"\x1b[?2026l\x1b[0m\x1b[?1006l\x1b[?1000l\x1b[?2004l\x1b[?25h\x1b[?1049l";
/// Presses of buttons and turns of the wheel are reported, in the form that has no limit of columns.
const MOUSE: &[u8] = b"\x1b[?1000h\x1b[?1006h";
const NO_MOUSE: &[u8] = b"\x1b[?1006l\x1b[?1000l";
/// For how long one who restores waits for a frame to be written out.
const PATIENCE: Duration = Duration::from_millis(200);

/// The terminal while the explorer has it. Clones share one state.
#[derive(Debug, Clone)]
pub struct Session {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    tty: Tty,
    /// The modes that are given back.
    before: Termios,
    /// True if the terminal belongs to the shell.
    restored: AtomicBool,
    /// True if the mouse is taken while the explorer has the terminal.
    mouse: AtomicBool,
    /// True if the terminal was asked something and has not answered.
    asked: AtomicBool,
    /// Held while a frame is written.
    writing: Mutex<()>,
}

impl Session {
    /// A session that has not yet taken the terminal: [`Session::resume`] does.
    ///
    /// # Errors
    /// Where it is no terminal.
    pub fn new(tty: Tty) -> io::Result<Self> {
        // Before anything is changed: these are the modes that are given back.
        let before = tty.modes()?;
        Ok(Session {
            shared: Arc::new(Shared {
                tty,
                before,
                restored: AtomicBool::new(true),
                mouse: AtomicBool::new(false),
                asked: AtomicBool::new(false),
                writing: Mutex::new(()),
            }),
        })
    }

    /// Takes the terminal, at the start or after a stop.
    ///
    /// # Errors
    /// Where it is no terminal any more.
    pub fn resume(&self) -> io::Result<()> {
        let _writing = self.lock();
        let mut raw = self.shared.before.clone();
        raw.make_raw();
        // Before anything is changed: a signal may come, or the writing fail, at any moment from here on.
        self.shared.restored.store(false, Ordering::SeqCst);
        if let Err(error) = self.shared.tty.set_modes(&raw) {
            self.shared.restored.store(true, Ordering::SeqCst);
            return Err(error);
        }
        let mut stdout = io::stdout().lock();
        stdout.write_all(ENTER)?;
        if self.shared.mouse.load(Ordering::SeqCst) {
            stdout.write_all(MOUSE)?;
        }
        stdout.flush()
    }

    /// Takes the mouse or leaves it to the terminal, also after a stop.
    ///
    /// # Errors
    /// Where the terminal takes no more bytes.
    pub fn set_mouse(&self, on: bool) -> io::Result<()> {
        if self.shared.mouse.swap(on, Ordering::SeqCst) == on {
            return Ok(());
        }
        self.write(if on { MOUSE } else { NO_MOUSE })
    }

    /// Sends a question to the terminal. An answer that comes too late is kept from the shell, as far as
    /// that is possible without waiting.
    ///
    /// # Errors
    /// Where the terminal takes no more bytes.
    pub fn ask(&self, question: &str) -> io::Result<()> {
        self.shared.asked.store(true, Ordering::SeqCst);
        self.write(question.as_bytes())
    }

    /// The terminal has answered.
    pub fn answered(&self) {
        self.shared.asked.store(false, Ordering::SeqCst);
    }

    /// Writes a frame, unless the terminal was given back in the meantime.
    ///
    /// # Errors
    /// Where the terminal takes no more bytes.
    pub fn write(&self, bytes: &[u8]) -> io::Result<()> {
        let _writing = self.lock();
        if self.shared.restored.load(Ordering::SeqCst) {
            return Ok(());
        }
        let mut stdout = io::stdout().lock();
        stdout.write_all(bytes)?;
        stdout.flush()
    }

    /// Gives the terminal back; ignores all errors, and does nothing the second time.
    pub fn restore(&self) {
        let _writing = self.lock_for(PATIENCE);
        // Loop, panic and signal may all come here: the first one does it.
        if self.shared.restored.swap(true, Ordering::SeqCst) {
            return;
        }
        // A terminal that is stalled would hold the program here for ever.
        if takes_output(PATIENCE) {
            let mut stdout = io::stdout().lock();
            let _ = stdout.write_all(LEAVE);
            let _ = stdout.flush();
        }
        self.set_modes_back();
    }

    fn set_modes_back(&self) {
        if self.shared.asked.load(Ordering::SeqCst) {
            self.shared.tty.forget_input();
        }
        // Modes are set by a system call, which a stalled terminal does not hold up.
        let _ = self.shared.tty.set_modes(&self.shared.before);
    }

    /// Gives the terminal back from within the handler of a signal: without memory, and without the lock
    /// of standard output, which the thread that was interrupted may hold.
    fn restore_at_once(&self) {
        if self.shared.restored.swap(true, Ordering::SeqCst) {
            return;
        }
        if takes_output(PATIENCE) {
            let _ = rustix::io::write(rustix::stdio::stdout(), LEAVE);
        }
        self.set_modes_back();
    }

    /// The terminal.
    pub fn tty(&self) -> &Tty {
        &self.shared.tty
    }

    fn lock(&self) -> MutexGuard<'_, ()> {
        self.shared
            .writing
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// The lock, or none when its holder does not let go of it: it hangs in a write, or it is this
    /// very thread, which panicked in one.
    fn lock_for(&self, patience: Duration) -> Option<MutexGuard<'_, ()>> {
        let until = Instant::now() + patience;
        loop {
            // A lock has no time limit in the standard library.
            match self.shared.writing.try_lock() {
                Ok(guard) => return Some(guard),
                Err(TryLockError::Poisoned(poisoned)) => return Some(poisoned.into_inner()),
                Err(TryLockError::WouldBlock) if Instant::now() >= until => return None,
                Err(TryLockError::WouldBlock) => std::thread::sleep(Duration::from_millis(2)),
            }
        }
    }
}

/// From now on the terminal is given back also when a fatal signal ends the program.
pub fn restore_on_fatal(session: &Session) {
    let session = session.clone();
    os::restore_on_fatal(move || session.restore_at_once());
}

/// Restores at the end of its life.
pub struct Guard(pub Session);

impl Drop for Guard {
    fn drop(&mut self) {
        self.0.restore();
    }
}

/// From now on a panic of the thread that draws gives the terminal back before its message is
/// printed. Panics of other threads are caught by their owners and shown in the explorer:
/// printing them would tear the screen.
pub fn install_panic_hook(session: &Session) {
    let session = session.clone();
    let drawing = std::thread::current().id();
    let print = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        if std::thread::current().id() == drawing {
            session.restore();
            print(info);
        } else if session.shared.restored.load(Ordering::SeqCst) {
            print(info);
        }
    }));
}
