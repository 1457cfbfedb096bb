//! Threads that wait: for signals, for the end of the terminal, for keys. None of them sets a flag
//! that a loop would have to look at: a loop that hangs would never do so.

use super::events::{Incoming, convert};
use super::session::Session;
use crate::app::Keeper;
use crossbeam_channel::Sender;
use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP};
use signal_hook::iterator::Signals;
use std::io;
use std::sync::Arc;

/// The terminal is gone, or SIGHUP said so.
pub const HUNG_UP: i32 = 128 + SIGHUP;

fn spawn(name: &str, body: impl FnOnce() + Send + 'static) -> io::Result<()> {
    std::thread::Builder::new().name(name.into()).spawn(body)?;
    Ok(())
}

/// Watches signals: keeps the session and ends the program on those that ask for it, hands on stop and
/// continue.
///
/// # Errors
/// Where the system gives no thread or no handler.
pub fn watch_signals(
    session: Session,
    keeper: Arc<Keeper>,
    events: Sender<Incoming>,
) -> io::Result<()> {
    let mut signals = Signals::new([SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGCONT])?;
    spawn("signals", move || {
        for signal in signals.forever() {
            let told = match signal {
                SIGTSTP => events.send(Incoming::Stop),
                SIGCONT => events.send(Incoming::Continued),
                // Where the terminal lives on, it is given back as on any other signal.
                signal => {
                    session.restore();
                    keeper.keep_at_end();
                    std::process::exit(128 + signal);
                }
            };
            if told.is_err() {
                return;
            }
        }
    })
}

/// Keeps the session and ends the program when the terminal is gone. The signal that says so may be ignored, and the
/// library that reads keys then spins for ever.
///
/// # Errors
/// Where the system gives no thread.
pub fn watch_hangup(session: Session, keeper: Arc<Keeper>) -> io::Result<()> {
    spawn("hangup", move || {
        if session.tty().wait_for_hangup() {
            keeper.keep_at_end();
            std::process::exit(HUNG_UP);
        }
    })
}

/// Reads keys and hands them on.
///
/// # Errors
/// Where the system gives no thread.
pub fn read_keys(events: Sender<Incoming>) -> io::Result<()> {
    spawn("keys", move || {
        loop {
            let incoming = match crossterm::event::read() {
                Ok(raw) => convert(raw),
                Err(error) => Some(Incoming::Lost(error.to_string())),
            };
            let lost = matches!(incoming, Some(Incoming::Lost(_)));
            let told = incoming.map_or(Ok(()), |incoming| events.send(incoming));
            if lost || told.is_err() {
                return;
            }
        }
    })
}
