//! Threads that wait: for signals, for the end of the terminal, for keys. None of them sets a flag
//! that a loop would have to look at: a loop that hangs would never do so.

use super::background::{Answer, PATIENCE, Taken};
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

/// Reads keys and hands them on. Where the terminal is asked for its background, the answer is taken out of the
/// keys.
///
/// # Errors
/// Where the system gives no thread.
pub fn read_keys(events: Sender<Incoming>, asked: bool) -> io::Result<()> {
    spawn("keys", move || {
        let mut answer = asked.then(Answer::default);
        loop {
            let (incoming, lost) = match next(&mut answer) {
                Ok(incoming) => (incoming, false),
                Err(error) => (vec![Incoming::Lost(error.to_string())], true),
            };
            let told = incoming.into_iter().try_for_each(|one| events.send(one));
            if lost || told.is_err() {
                return;
            }
        }
    })
}

/// Waits for the next event; gives none for one that may be part of an answer of the terminal.
fn next(answer: &mut Option<Answer>) -> io::Result<Vec<Incoming>> {
    let Some(expected) = answer else {
        return Ok(convert(crossterm::event::read()?).into_iter().collect());
    };
    if expected.is_holding() && !crossterm::event::poll(PATIENCE)? {
        return Ok(expected.give_up().into_iter().filter_map(convert).collect());
    }
    Ok(match expected.take(crossterm::event::read()?) {
        Taken::Held => Vec::new(),
        Taken::Events(events) => events.into_iter().filter_map(convert).collect(),
        Taken::Answer(color) => {
            *answer = None;
            vec![Incoming::Background(color)]
        }
    })
}
