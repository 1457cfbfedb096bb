//! The terminal as a file: which descriptor it is, its size, raw mode, whether it takes bytes or is
//! gone. Plain system calls; never asks the terminal itself anything, never runs a program.

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;
use rustix::termios::{
    OptionalActions, QueueSelector, Termios, isatty, tcflush, tcgetattr, tcgetwinsize, tcsetattr,
};
use std::io;
use std::time::Duration;

/// The terminal that keys come from.
#[derive(Debug)]
pub struct Tty {
    /// Standard input where it is the terminal, else `/dev/tty`.
    fd: OwnedFd,
}

/// Returns whether standard output is a terminal.
pub fn output_is_terminal() -> bool {
    isatty(rustix::stdio::stdout())
}

/// Columns and rows of the terminal that standard output is; `None` where it is none, or does not know them.
pub fn output_size() -> Option<(u16, u16)> {
    size_of(rustix::stdio::stdout())
}

fn size_of(fd: BorrowedFd<'_>) -> Option<(u16, u16)> {
    let size = tcgetwinsize(fd).ok()?;
    (size.ws_col > 0 && size.ws_row > 0).then_some((size.ws_col, size.ws_row))
}

impl Tty {
    /// Opens the terminal.
    ///
    /// # Errors
    /// Where there is none.
    pub fn open() -> io::Result<Self> {
        let stdin = rustix::stdio::stdin();
        // The log may come through standard input, and the keys then from the terminal itself.
        let fd = if isatty(stdin) {
            // A duplicate, so that dropping it leaves standard input open.
            rustix::io::fcntl_dupfd_cloexec(stdin, 0)?
        } else {
            rustix::fs::open("/dev/tty", OFlags::RDWR | OFlags::CLOEXEC, Mode::empty())?
        };
        Ok(Tty { fd })
    }

    /// Returns whether that many more files may be opened.
    pub fn can_open(&self, files: usize) -> bool {
        let copies = (0..files).map(|_| rustix::io::fcntl_dupfd_cloexec(&self.fd, 0));
        copies.collect::<Result<Vec<_>, _>>().is_ok()
    }

    /// The modes.
    ///
    /// # Errors
    /// Where it is no terminal any more.
    pub fn modes(&self) -> io::Result<Termios> {
        Ok(tcgetattr(&self.fd)?)
    }

    /// Sets the modes at once.
    ///
    /// # Errors
    /// Where it is no terminal any more.
    pub fn set_modes(&self, modes: &Termios) -> io::Result<()> {
        Ok(tcsetattr(&self.fd, OptionalActions::Now, modes)?)
    }

    /// Throws away what was sent to the program and not yet read.
    pub fn forget_input(&self) {
        // Without it, an answer of the terminal may be seen in the shell; nothing else depends on it.
        let _ = tcflush(&self.fd, QueueSelector::IFlush);
    }

    /// Columns and rows; 80 by 24 where the terminal does not know.
    pub fn size(&self) -> (u16, u16) {
        // Standard output is where the frames go.
        output_size()
            .or_else(|| size_of(self.fd.as_fd()))
            .unwrap_or((80, 24))
    }

    /// Returns whether the terminal is gone.
    pub fn is_gone(&self) -> bool {
        self.modes().is_err()
    }

    /// Blocks until the terminal is gone: the line was hung up. `false` where that cannot be
    /// watched.
    pub fn wait_for_hangup(&self) -> bool {
        loop {
            // No flag is asked for: hang-up and error are always reported.
            let mut fds = [PollFd::new(&self.fd, PollFlags::empty())];
            match poll(&mut fds, None) {
                Ok(_) => {}
                Err(Errno::INTR) => continue,
                Err(_) => return false,
            }
            let found = fds[0].revents();
            if found.contains(PollFlags::HUP) {
                return true;
            }
            if found.intersects(PollFlags::ERR | PollFlags::NVAL) {
                // Some systems cannot poll a terminal at all: better no watch than a false alarm.
                return self.is_gone();
            }
        }
    }
}

/// Returns whether standard output accepts bytes within that time; a stalled terminal does not.
pub fn takes_output(within: Duration) -> bool {
    let stdout = rustix::stdio::stdout();
    let mut fds = [PollFd::new(&stdout, PollFlags::OUT)];
    let timeout = Timespec {
        tv_sec: within.as_secs() as i64,
        tv_nsec: i64::from(within.subsec_nanos()),
    };
    let ready = poll(&mut fds, Some(&timeout));
    ready.is_ok() && fds[0].revents().contains(PollFlags::OUT)
}
