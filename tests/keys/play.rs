//! Plays keys to the explorer without a terminal, on a clock of its own, until it is idle.

use casetrail::app::{App, Driver, Effect, Event, LoadError, Loader, Mouse, Settings};
use casetrail::engine::Analysis;
use casetrail::event_log::Progress;
use casetrail::formats::ImportReport;
use casetrail::input::parse_chords;
use casetrail::panes::PANES;
use casetrail::{terminal, test_support, text, ui};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Longest wait for an answer; only a defect makes a test wait for so long.
const PATIENCE: Duration = Duration::from_secs(20);

/// An explorer that is being played.
pub struct Player {
    pub driver: Driver,
    pub now: Instant,
    pub effects: Vec<Effect>,
}

/// A loader of a log in compact notation.
pub fn loader(text: &str) -> Loader {
    let text = text.to_owned();
    Box::new(move |progress: Arc<Progress>| Ok(Arc::new(analysis(&text, &progress))))
}

pub fn analysis(text: &str, progress: &Progress) -> Analysis {
    let log = test_support::log(text);
    let (report, zone) = (ImportReport::default(), text::time::UTC);
    Analysis::new("orders.csv".to_owned(), log, report, zone, progress).expect("not cancelled")
}

pub fn settings() -> Settings {
    Settings {
        name: "orders.csv".to_owned(),
        command: ["casetrail", "my orders.csv", "--case", "id"]
            .map(str::to_owned)
            .into(),
        ..Settings::default()
    }
}

impl Player {
    /// An explorer of 80 by 24 whose log is read.
    pub fn open(text: &str) -> Self {
        let mut player = Player::start(settings(), loader(text));
        player.settle();
        player
    }

    /// An explorer that has just been started.
    pub fn start(settings: Settings, loader: Loader) -> Self {
        let now = Instant::now();
        let mut driver = Driver::new(settings, PANES, loader, now);
        driver.handle(Event::Resize(80, 24), now);
        Player {
            driver,
            now,
            effects: Vec::new(),
        }
    }

    pub fn app(&self) -> &App {
        &self.driver.app
    }

    /// Presses keys, settling after each.
    pub fn keys(&mut self, keys: &str) -> &mut Self {
        for chord in parse_chords(keys).expect("keys of a test") {
            self.driver.handle(Event::Key(chord), self.now);
            self.settle();
        }
        self
    }

    /// Presses keys faster than anything is answered, then settles.
    pub fn keys_at_once(&mut self, keys: &str) -> &mut Self {
        for chord in parse_chords(keys).expect("keys of a test") {
            self.driver.handle(Event::Key(chord), self.now);
        }
        self.settle();
        self
    }

    /// Types a text, character by character, as one would.
    pub fn text(&mut self, text: &str) -> &mut Self {
        for c in text.chars() {
            let keys = if c == ' ' {
                "space".to_owned()
            } else {
                c.to_string()
            };
            let chord = keys.parse().expect("a character");
            self.driver.handle(Event::Key(chord), self.now);
        }
        self.settle();
        self
    }

    pub fn paste(&mut self, text: &str) -> &mut Self {
        self.driver.handle(Event::Paste(text.to_owned()), self.now);
        self.settle();
        self
    }

    /// Clicks on the screen, and waits until all is answered.
    pub fn click(&mut self, x: u16, y: u16) -> &mut Self {
        let theme = ui::Theme::default();
        let targets = terminal::targets(self.app(), &theme, Position::new(x, y));
        self.mouse(Mouse::Click(targets))
    }

    /// Clicks on the first place where the screen has this text, on its line `from` or below.
    pub fn click_on(&mut self, from: usize, text: &str) -> &mut Self {
        let screen = self.screen();
        let found = screen.lines().enumerate().skip(from).find_map(|(y, line)| {
            let at = line.find(text)?;
            Some((ui::fit::width(&line[..at]), y))
        });
        let (x, y) = found.unwrap_or_else(|| panic!("no {text:?} on\n{screen}"));
        self.click(x as u16, y as u16)
    }

    /// Takes an event of the mouse.
    pub fn mouse(&mut self, event: Mouse) -> &mut Self {
        self.driver.handle(Event::Mouse(event), self.now);
        self.settle();
        self
    }

    pub fn resize(&mut self, width: u16, height: u16) -> &mut Self {
        self.driver.handle(Event::Resize(width, height), self.now);
        self.settle();
        self
    }

    /// Lets time pass.
    pub fn wait(&mut self, time: Duration) -> &mut Self {
        self.now += time;
        self.settle();
        self
    }

    /// Until nothing is on its way. The clock jumps to what waits for time alone.
    pub fn settle(&mut self) {
        let until = Instant::now() + PATIENCE;
        self.driver.settle(self.now);
        while !self.driver.is_idle() {
            let left = until.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "not idle after {PATIENCE:?}");
            crossbeam_channel::select! {
                recv(self.driver.replies()) -> reply => {
                    let reply = reply.expect("the driver holds a sender");
                    self.driver.reply(reply, self.now);
                }
                recv(self.driver.loads()) -> load => {
                    let load = load.expect("the driver holds a sender");
                    self.driver.loaded(load, self.now);
                }
                default(Duration::from_millis(1)) => {
                    if let Some(at) = self.driver.deadline() {
                        self.now = self.now.max(at);
                    }
                }
            }
            self.driver.settle(self.now);
        }
        self.effects.extend(self.driver.take_effects());
    }

    /// The screen without messages: lets each of them have its time.
    pub fn quiet_screen(&mut self) -> String {
        self.quiet();
        self.screen()
    }

    /// Lets each message have its time.
    pub fn quiet(&mut self) {
        while self.app().notifications.toast().is_some() {
            self.driver.app.notifications.drawn(self.now);
            let until = self.app().notifications.until();
            self.now = until.expect("a message that a frame shows");
            self.settle();
        }
    }

    /// The screen as lines, without how long answers took.
    pub fn screen(&mut self) -> String {
        self.driver.app.notifications.drawn(self.now);
        self.driver.app.queries.elapsed = None;
        let (width, height) = (self.app().screen.width, self.app().screen.height);
        let mut buffer = Buffer::empty(Rect::new(0, 0, width, height));
        terminal::draw(self.app(), &ui::Theme::default(), &mut buffer);
        lines(&buffer)
    }

    /// The text that these keys copy; empty where they copy none.
    pub fn copy(&mut self, keys: &str) -> String {
        self.effects.clear();
        self.keys(keys);
        let copied = self
            .effects
            .drain(..)
            .rev()
            .find_map(|effect| match effect {
                Effect::Copy { text, .. } => Some(text),
                _ => None,
            });
        copied.unwrap_or_default()
    }

    pub fn filters(&self) -> Vec<(&str, bool)> {
        let entries = &self.app().filters.entries;
        entries.iter().map(|e| (e.text.as_str(), e.on)).collect()
    }

    pub fn pane(&self) -> &'static str {
        self.app().spec().map_or("", |spec| spec.id)
    }

    /// The newest message. Whether it is still on the screen depends on how long answers took, as the
    /// clock jumps while they are waited for.
    pub fn toast(&self) -> &str {
        let newest = self.app().notifications.all.back();
        newest.map_or("", |message| message.text.as_str())
    }
}

pub fn failing(message: &str) -> Loader {
    let message = message.to_owned();
    Box::new(move |_: Arc<Progress>| {
        Err(LoadError {
            message: message.clone(),
            code: 3,
        })
    })
}

fn lines(buffer: &Buffer) -> String {
    let mut out = String::new();
    for row in buffer.area.rows() {
        let mut line = String::new();
        let mut covered = 0;
        for position in row.positions() {
            let symbol = buffer[position].symbol();
            if covered == 0 {
                line.push_str(symbol);
                covered = ui::fit::width(symbol).max(1);
            }
            covered -= 1;
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}
