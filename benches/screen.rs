//! What the screen costs: a frame of each pane at two sizes, the bytes that a frame sends, and the
//! way from a key to the frame that is right again. It measures and judges nothing.
//!
//!     cargo bench --bench screen

mod common;

use casetrail::app::{Driver, Event, Loader, Settings};
use casetrail::event_log::Progress;
use casetrail::input::parse_chords;
use casetrail::panes::PANES;
use casetrail::{terminal, ui};
use divan::Bencher;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use std::sync::Arc;
use std::time::{Duration, Instant};

fn main() {
    divan::main();
    common::clean_up();
}

const SIZES: [(u16, u16); 2] = [(80, 24), (250, 80)];

/// An explorer on the log.
struct Explorer {
    driver: Driver,
    now: Instant,
}

impl Explorer {
    fn open((width, height): (u16, u16)) -> Self {
        let now = Instant::now();
        let loader: Loader = Box::new(|_: Arc<Progress>| Ok(Arc::new(common::analysis())));
        let mut driver = Driver::new(Settings::default(), PANES, loader, now);
        driver.handle(Event::Resize(width, height), now);
        let mut explorer = Explorer { driver, now };
        explorer.settle();
        explorer
    }

    /// Presses keys, and takes all answers.
    fn press(&mut self, keys: &str) {
        for chord in parse_chords(keys).expect("keys") {
            self.driver.handle(Event::Key(chord), self.now);
        }
        self.settle();
    }

    fn settle(&mut self) {
        self.driver.settle(self.now);
        while !self.driver.is_idle() {
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
        self.driver.take_effects();
    }

    fn draw(&self) -> Buffer {
        let (width, height) = (self.driver.app.screen.width, self.driver.app.screen.height);
        let mut buffer = Buffer::empty(Rect::new(0, 0, width, height));
        terminal::draw(&self.driver.app, &ui::Theme::default(), &mut buffer);
        buffer
    }
}

fn frames(bencher: Bencher, size: (u16, u16), pane: usize) {
    let mut explorer = Explorer::open(size);
    explorer.press(&(pane + 1).to_string());
    bencher.bench_local(|| explorer.draw());
}

#[divan::bench(args = 0..PANES.len().min(9))]
fn frame_80x24(bencher: Bencher, pane: usize) {
    frames(bencher, SIZES[0], pane);
}

#[divan::bench(args = 0..PANES.len().min(9))]
fn frame_250x80(bencher: Bencher, pane: usize) {
    frames(bencher, SIZES[1], pane);
}

/// Down and up again in the list of variants: no question, two frames.
#[divan::bench]
fn key_to_frame_cursor(bencher: Bencher) {
    let mut explorer = Explorer::open(SIZES[0]);
    explorer.press("2");
    bencher.bench_local(|| {
        explorer.press("j");
        let down = explorer.draw();
        explorer.press("k");
        (down, explorer.draw())
    });
}

/// The variant under the cursor kept, and that undone: the questions of the pane are asked twice.
#[divan::bench]
fn key_to_frame_filter(bencher: Bencher) {
    let mut explorer = Explorer::open(SIZES[0]);
    explorer.press("2");
    bencher.bench_local(|| {
        explorer.press("+");
        let kept = explorer.draw();
        explorer.press("u");
        (kept, explorer.draw())
    });
}
