//! The loop: waits for keys, answers, the log or a deadline, takes all that is there, and draws once
//! when something changed, at most sixty times a second. Idle, it sleeps.

use super::background;
use super::clipboard::{self, Between};
use super::events::Incoming;
use super::frames::Frames;
use super::pace::Pace;
use super::session::{Guard, Session, install_panic_hook, restore_on_fatal};
use super::tty::{Tty, output_is_terminal};
use super::{frame, signals};
use crate::app::{Driver, Effect, Event, Loader, Mouse, Settings, Severity};
use crate::panes::PANES;
use crate::ui::{Theme, Themes};
use anyhow::Context as _;
use crossbeam_channel::{Receiver, after, never, select, unbounded};
use ratatui::layout::Position;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// There is no terminal that the explorer could run on: exit code 2.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the explorer needs a terminal: {reason}; reports (summary, variants, ...) do not")]
pub struct NoTerminal {
    /// The missing requirement.
    pub reason: String,
}

/// Files that the explorer opens besides logs: for keys, signals, and the index in the cache.
const FILES: usize = 12;
/// Two frames are at least this far apart.
const FRAME: Duration = Duration::from_micros(16_667);
/// So long a frame waits for answers that are on their way: most come at once, and one frame shows
/// both the moved cursor and what it is on now.
const ANSWERS: Duration = Duration::from_millis(4);

/// Runs the explorer until the user leaves. Gives the exit code. Nothing is written to the terminal
/// before all that can fail without it has been tried, and nothing is asked before the first frame.
///
/// # Errors
/// [`NoTerminal`], or the terminal failed.
pub fn run(settings: Settings, themes: &Themes, loader: Loader) -> anyhow::Result<u8> {
    let tty = terminal()?;
    let (sender, events) = unbounded();
    // The key reader opens its files here, so that an error is printed before the screen changes.
    crossterm::event::poll(Duration::ZERO).context("cannot read keys")?;
    let between = Between::from_env(is_set("TMUX"), is_set("STY"), &env("TERM"));
    let session = Session::new(tty).context("cannot take over the terminal")?;
    // From here on every way out gives the terminal back; only then is it taken.
    let guard = Guard(session.clone());
    install_panic_hook(&session);
    restore_on_fatal(&session);
    let now = Instant::now();
    session
        .set_mouse(settings.mouse)
        .context("cannot take over the terminal")?;
    let mut driver = Driver::new(settings, PANES, loader, now);
    let keeper = driver.keeper();
    signals::watch_signals(session.clone(), Arc::clone(&keeper), sender.clone())?;
    session.resume().context("cannot take over the terminal")?;
    signals::watch_hangup(session.clone(), Arc::clone(&keeper))?;
    signals::read_keys(sender, themes.by_background.is_some())?;
    let (width, height) = session.tty().size();
    driver.handle(Event::Resize(width, height), now);
    let mut ui = Loop {
        driver,
        frames: Frames::new(width, height),
        session,
        themes,
        theme: &themes.first,
        is_asked: false,
        between,
        pace: Pace::new(now),
        drawn: None,
        changed: None,
    };
    // A defect must not leave the terminal in raw mode, nor its message on the other screen.
    let code = catch_unwind(AssertUnwindSafe(|| ui.run(&events)));
    // The terminal is given back before any message is printed.
    drop(guard);
    if !matches!(code, Ok(Ok(_))) {
        keeper.keep_at_end();
    }
    match code {
        // Writing fails as soon as nobody is there, which those who watch may not have seen yet.
        Ok(Err(_)) if ui.session.tty().is_gone() => Ok(signals::HUNG_UP as u8),
        Ok(result) => result,
        // The hook has said what happened.
        Err(_) => Ok(DEFECT),
    }
}

/// Exit code of a program that a defect ended.
const DEFECT: u8 = 70;

/// The terminal, or why there is none.
fn terminal() -> Result<Tty, NoTerminal> {
    let no = |reason: &str| NoTerminal {
        reason: reason.to_owned(),
    };
    if !output_is_terminal() {
        return Err(no("standard output is not one"));
    }
    match env("TERM").as_str() {
        "" => return Err(no("TERM is not set")),
        "dumb" => return Err(no("TERM is \"dumb\"")),
        _ => {}
    }
    let tty = Tty::open().map_err(|error| no(&format!("keys cannot be read ({error})")))?;
    if !tty.can_open(FILES) {
        return Err(no(
            "too few files may be opened (`ulimit -n` raises the limit)",
        ));
    }
    Ok(tty)
}

/// Breaks the program on F12 in the way that `CASETRAIL_TEST_FAULT` names, so that a test can see the
/// terminal come back.
fn break_if_asked(event: &Event) {
    let key = crate::input::Chord::plain(crate::input::Key::F(12));
    let fault = env("CASETRAIL_TEST_FAULT");
    if fault.is_empty() || *event != Event::Key(key) {
        return;
    }
    match fault.as_str() {
        "abort" => std::process::abort(),
        "memory" => drop(std::hint::black_box(Vec::<u8>::with_capacity(
            isize::MAX as usize,
        ))),
        "stack" => drop(std::hint::black_box(deep(u64::MAX))),
        _ => panic!("a test asked for this"),
    }
}

/// Needs more stack than there is.
fn deep(n: u64) -> u64 {
    let block = std::hint::black_box([n; 512]);
    if n == 0 { 0 } else { block[1] ^ deep(n - 1) }
}

fn env(name: &str) -> String {
    std::env::var(name).unwrap_or_default()
}

fn is_set(name: &str) -> bool {
    std::env::var_os(name).is_some_and(|value| !value.is_empty())
}

/// State of the loop.
struct Loop<'a> {
    driver: Driver,
    frames: Frames,
    session: Session,
    themes: &'a Themes,
    /// The one in use.
    theme: &'a Theme,
    /// True once the terminal was asked for its background.
    is_asked: bool,
    between: Between,
    pace: Pace,
    /// When the last frame was drawn.
    drawn: Option<Instant>,
    /// When something changed that no frame shows yet.
    changed: Option<Instant>,
}

impl Loop<'_> {
    fn run(&mut self, events: &Receiver<Incoming>) -> anyhow::Result<u8> {
        loop {
            let now = Instant::now();
            self.driver.settle(now);
            if let Some(code) = self.effects(now)? {
                return Ok(code);
            }
            if self.frame_at(now).is_some_and(|at| at <= now) {
                self.draw()?;
            }
            self.wait(events)?;
            self.drain(events)?;
        }
    }

    /// When the next frame is to be drawn; none where nothing changed.
    fn frame_at(&mut self, now: Instant) -> Option<Instant> {
        if !self.driver.is_dirty() {
            return self.frames.due();
        }
        let changed = *self.changed.get_or_insert(now);
        let waiting = self.driver.app.queries.is_waiting();
        // Without answers on their way there is nothing to wait for.
        let patience = if waiting { ANSWERS } else { Duration::ZERO };
        let apart = self.drawn.map_or(changed, |drawn| drawn + FRAME);
        let paced = self.pace.next(now).unwrap_or(now);
        Some(apart.max(changed + patience).max(paced))
    }

    fn draw(&mut self) -> anyhow::Result<()> {
        self.driver.take_dirty();
        self.changed = None;
        let (app, theme) = (&self.driver.app, self.theme);
        let bytes = self.frames.next(app, theme, Instant::now());
        let n_bytes = bytes.as_ref().map_or(0, String::len);
        if let Some(bytes) = bytes {
            self.session
                .write(bytes.as_bytes())
                .context("cannot write to the terminal")?;
        }
        if self.themes.by_background.is_some() && !std::mem::replace(&mut self.is_asked, true) {
            self.session
                .ask(background::QUESTION)
                .context("cannot write to the terminal")?;
        }
        // The time after writing: a slow terminal has its rest between frames, too.
        let now = Instant::now();
        self.drawn = Some(now);
        self.pace.drawn(n_bytes, now);
        self.driver.app.notifications.drawn(now);
        Ok(())
    }

    /// Sleeps until something happens.
    fn wait(&mut self, events: &Receiver<Incoming>) -> anyhow::Result<()> {
        // A frame that was put off comes as soon as it may.
        let frame = self.frame_at(Instant::now());
        let deadline = self.driver.deadline().into_iter().chain(frame).min();
        let timer = deadline.map_or_else(never, |at| {
            after(at.saturating_duration_since(Instant::now()))
        });
        let (mut incoming, mut reply, mut loaded) = (None, None, None);
        select! {
            recv(events) -> event => incoming = event.ok(),
            recv(self.driver.replies()) -> answer => reply = answer.ok(),
            recv(self.driver.loads()) -> load => loaded = load.ok(),
            recv(timer) -> _ => {}
        }
        let now = Instant::now();
        if let Some(event) = incoming {
            self.take(event, now)?;
        }
        if let Some(reply) = reply {
            self.driver.reply(reply, now);
        }
        if let Some(loaded) = loaded {
            self.driver.loaded(loaded, now);
        }
        Ok(())
    }

    /// Takes all that is there: a hundred keys sent at once make one frame.
    fn drain(&mut self, events: &Receiver<Incoming>) -> anyhow::Result<()> {
        let now = Instant::now();
        // An answer to what was asked before a key comes before it.
        while let Ok(reply) = self.driver.replies().try_recv() {
            self.driver.reply(reply, now);
        }
        while let Ok(loaded) = self.driver.loads().try_recv() {
            self.driver.loaded(loaded, now);
        }
        while let Ok(event) = events.try_recv() {
            self.take(event, now)?;
        }
        Ok(())
    }

    fn take(&mut self, incoming: Incoming, now: Instant) -> anyhow::Result<()> {
        match incoming {
            Incoming::Event(event) => {
                if cfg!(debug_assertions) {
                    break_if_asked(&event);
                }
                if let Event::Key(key) = event {
                    self.pace.pressed(key, now);
                }
                self.driver.handle(event, now);
            }
            Incoming::Click(x, y) => {
                let targets = frame::targets(&self.driver.app, self.theme, Position::new(x, y));
                self.driver.handle(Event::Mouse(Mouse::Click(targets)), now);
            }
            Incoming::Resized => self.resized(now),
            Incoming::Background(color) => self.background(color, now),
            Incoming::Stop => self.suspend(now)?,
            Incoming::Continued => self.take_back(now)?,
            Incoming::Lost(reason) => anyhow::bail!("keys cannot be read: {reason}"),
        }
        Ok(())
    }

    /// Takes the theme for the background that the terminal has.
    fn background(&mut self, color: background::Color, now: Instant) {
        self.session.answered();
        if let Some(theme) = self.themes.on(color) {
            self.theme = theme;
            self.resized(now);
        }
    }

    fn resized(&mut self, now: Instant) {
        let (width, height) = self.session.tty().size();
        // The terminal may have been cut or wrapped by the change.
        self.frames.screen.resize(width, height);
        self.driver.handle(Event::Resize(width, height), now);
    }

    /// Carries out what the explorer asks for; gives the exit code when it is to end.
    fn effects(&mut self, now: Instant) -> anyhow::Result<Option<u8>> {
        for effect in self.driver.take_effects() {
            match effect {
                Effect::Quit(code) => return Ok(Some(code)),
                Effect::Suspend => self.suspend(now)?,
                Effect::Redraw => {
                    self.resized(now);
                    self.frames.screen.forget();
                }
                Effect::Copy { text, what } => self.copy(&text, what, now)?,
                Effect::Bell => self
                    .session
                    .write(b"\x07")
                    .context("cannot write to the terminal")?,
                Effect::Mouse(on) => self
                    .session
                    .set_mouse(on)
                    .context("cannot write to the terminal")?,
                // The driver has carried these out.
                _ => {}
            }
        }
        Ok(None)
    }

    fn copy(&mut self, text: &str, what: &str, now: Instant) -> anyhow::Result<()> {
        let Some(bytes) = clipboard::sequence(text, self.between) else {
            let told = format!(
                "The {what} is too long for the clipboard ({} KB)",
                text.len() / 1000
            );
            self.driver.notify(Severity::Error, told, now);
            return Ok(());
        };
        self.session
            .write(bytes.as_bytes())
            .context("cannot write to the terminal")?;
        let told = format!(
            "Sent the {what} to the terminal's clipboard ({} bytes)",
            text.len()
        );
        self.driver.notify(Severity::Info, told, now);
        Ok(())
    }

    /// Gives the terminal to the shell and stops, with all of the job: the shell waits for all.
    fn suspend(&mut self, now: Instant) -> anyhow::Result<()> {
        if !has_shell() {
            self.driver
                .notify(Severity::Error, "There is no shell to go back to", now);
            return Ok(());
        }
        self.session.restore();
        rustix::process::kill_current_process_group(rustix::process::Signal::STOP)
            .context("cannot stop")?;
        // Stopped here; the program goes on when the shell says so.
        self.take_back(Instant::now())
    }

    /// After a stop, the terminal may be in any state.
    fn take_back(&mut self, now: Instant) -> anyhow::Result<()> {
        self.session
            .resume()
            .context("cannot take over the terminal")?;
        self.resized(now);
        self.frames.screen.forget();
        Ok(())
    }
}

/// Returns whether a shell could continue a stopped program: its parent is in the same session.
/// Started as a terminal's only program, it would be stopped for ever. Asked through `nix`, as the session of a
/// process whose leader is outside of a container has the number 0, on which `rustix` panics.
fn has_shell() -> bool {
    let parent = nix::unistd::getppid();
    let (theirs, ours) = (nix::unistd::getsid(Some(parent)), nix::unistd::getsid(None));
    parent.as_raw() != 0 && ours.is_ok() && theirs == ours
}
