//! The explorer without a screen: keys are read line by line from standard input, and what the screen would show is
//! printed as text after each line. For screen readers, terminals that can only print, and scripts.

use super::frame;
use super::tty::output_size;
use crate::app::{Driver, Effect, Event, Loader, Settings};
use crate::input::{Chord, Key};
use crate::panes::PANES;
use crate::text::{escape_line, escape_lines};
use crate::ui::{Theme, Themes};
use anyhow::Context as _;
use crossbeam_channel::{after, never, select};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use std::io::{self, BufRead, ErrorKind, IsTerminal, Write};
use std::time::Instant;
use unicode_width::UnicodeWidthStr;

/// Columns and rows where the terminal does not say its size.
const SIZE: (u16, u16) = (99, 41);
/// From 100 columns on, panes put details beside a list: lines read aloud would mix both.
const MOST_COLUMNS: u16 = 99;

/// Runs the explorer until the user leaves or the input ends. Gives the exit code.
///
/// A line has keys by their names, with blanks between them (`5`, `j j enter`, `g e`). Where a key opens a prompt or a
/// menu, the rest of the line is typed there, and Enter ends it (`f channel = "Email"`, `/anna`, `:columns`). A line
/// without keys prints the screen again.
///
/// # Errors
/// Standard input cannot be read, or standard output not written.
pub fn run_lines(settings: Settings, themes: &Themes, loader: Loader) -> anyhow::Result<u8> {
    let (columns, rows) = output_size().unwrap_or(SIZE);
    // The line that is typed stands below the screen.
    let (columns, rows) = (columns.min(MOST_COLUMNS), rows.saturating_sub(1).max(1));
    let now = Instant::now();
    let mut driver = Driver::new(settings, PANES, loader, now);
    driver.handle(Event::Resize(columns, rows), now);
    let mut lines = Lines {
        driver,
        theme: &themes.first,
        area: Rect::new(0, 0, columns, rows),
        copied: Vec::new(),
        code: None,
    };
    match lines.run(io::stdin().lock()) {
        // Nobody reads the rest.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(0),
        code => code.context("the explorer cannot go on"),
    }
}

struct Lines<'a> {
    driver: Driver,
    theme: &'a Theme,
    area: Rect,
    /// Texts that keys copied since the last line.
    copied: Vec<String>,
    /// The exit code, once the explorer is to end.
    code: Option<u8>,
}

impl Lines<'_> {
    fn run(&mut self, mut input: impl BufRead) -> io::Result<u8> {
        let asks = io::stdin().is_terminal();
        let mut line = Vec::new();
        self.settle();
        loop {
            if let Some(code) = self.code {
                return Ok(code);
            }
            self.print(asks)?;
            line.clear();
            if input.read_until(b'\n', &mut line)? == 0 {
                self.press(Chord {
                    ctrl: true,
                    ..Chord::plain(Key::Char('q'))
                });
                return Ok(self.code.unwrap_or_default());
            }
            self.take(String::from_utf8_lossy(&line).trim());
        }
    }

    /// Does what a line says.
    fn take(&mut self, line: &str) {
        if self.driver.app.prompt.is_some() && line.parse::<Chord>().is_err() {
            return self.enter(line);
        }
        let mut rest = line;
        while !rest.is_empty() && self.code.is_none() {
            let word = rest.split_whitespace().next().unwrap_or_default();
            let first = word.chars().next().map_or(0, char::len_utf8);
            let (chord, used) = match (word.parse(), word[..first].parse()) {
                (Ok(chord), _) => (chord, word.len()),
                (Err(_), Ok(chord)) => (chord, first),
                (Err(_), Err(_)) => return,
            };
            let was_open = self.is_open();
            self.press(chord);
            rest = rest[used..].trim_start();
            if !was_open && self.is_open() && !rest.is_empty() {
                return self.enter(rest);
            }
        }
    }

    /// True where text may be typed: a prompt or a menu.
    fn is_open(&self) -> bool {
        self.driver.app.prompt.is_some() || self.driver.app.popup.is_some()
    }

    /// Types a text in place of what stands there, and Enter.
    fn enter(&mut self, text: &str) {
        if self.driver.app.prompt.is_some() {
            self.press(Chord {
                ctrl: true,
                ..Chord::plain(Key::Char('u'))
            });
        }
        for c in text.chars() {
            self.press(Chord::plain(Key::Char(c)));
        }
        self.press(Chord::plain(Key::Enter));
    }

    fn press(&mut self, chord: Chord) {
        self.driver.handle(Event::Key(chord), Instant::now());
        self.settle();
    }

    /// Waits until nothing is on its way.
    fn settle(&mut self) {
        self.driver.settle(Instant::now());
        while !self.driver.is_idle() {
            let deadline = self.driver.deadline();
            let timer = deadline.map_or_else(never, |at| {
                after(at.saturating_duration_since(Instant::now()))
            });
            select! {
                recv(self.driver.replies()) -> reply => {
                    if let Ok(reply) = reply {
                        self.driver.reply(reply, Instant::now());
                    }
                }
                recv(self.driver.loads()) -> load => {
                    if let Ok(load) = load {
                        self.driver.loaded(load, Instant::now());
                    }
                }
                recv(timer) -> _ => {}
            }
            self.driver.settle(Instant::now());
        }
        for effect in self.driver.take_effects() {
            match effect {
                Effect::Quit(code) => self.code = Some(code),
                Effect::Copy { text, .. } => self.copied.push(text),
                // The driver has carried these out, or they are of a screen.
                _ => {}
            }
        }
    }

    fn print(&mut self, asks: bool) -> io::Result<()> {
        let messages = self.driver.app.notifications.take();
        let mut buffer = Buffer::empty(self.area);
        frame::draw(&self.driver.app, self.theme, &mut buffer);
        let mut out = io::stdout().lock();
        out.write_all(text(&buffer).as_bytes())?;
        for message in messages {
            writeln!(out, "{}", escape_line(&message.text))?;
        }
        for text in self.copied.drain(..) {
            writeln!(out, "{}", escape_lines(&text))?;
        }
        // The end of a screen, for those who listen, and for scripts.
        write!(out, "{}", if asks { "> " } else { "\n" })?;
        out.flush()
    }
}

/// The rows of a screen, without blanks at their ends and without blank rows at the end.
fn text(buffer: &Buffer) -> String {
    let area = buffer.area;
    let mut text = String::new();
    let mut blank = 0;
    for y in 0..area.height {
        let mut row = String::new();
        let mut x = 0;
        while x < area.width {
            let symbol = buffer[(x, y)].symbol();
            row.push_str(symbol);
            // A wide character stands in the cell after its own, too.
            x += symbol.width().max(1) as u16;
        }
        let row = row.trim_end();
        if row.is_empty() {
            blank += 1;
            continue;
        }
        text.extend(std::iter::repeat_n('\n', std::mem::take(&mut blank)));
        text.push_str(row);
        text.push('\n');
    }
    text
}
