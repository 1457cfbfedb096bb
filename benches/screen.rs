//! What the screen costs: a frame of each pane at two sizes, the bytes that a frame sends, and the
//! way from a key to the frame that is right again. It measures and judges nothing.
//!
//!     cargo bench --bench screen

mod common;
#[path = "../tests/keys/play.rs"]
#[allow(dead_code, reason = "the tests use the rest of it")]
mod play;

use casetrail::app::{Loader, Settings};
use casetrail::event_log::Progress;
use casetrail::panes::PANES;
use casetrail::{terminal, ui};
use divan::Bencher;
use play::Player;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use std::sync::Arc;

fn main() {
    divan::main();
    common::clean_up();
}

const SIZES: [(u16, u16); 2] = [(80, 24), (250, 80)];

/// An explorer on the log, of that size.
fn open((width, height): (u16, u16)) -> Player {
    let loader: Loader = Box::new(|_: Arc<Progress>| Ok(Arc::new(common::analysis())));
    let mut player = Player::start(Settings::default(), loader);
    player.resize(width, height);
    player
}

fn draw(player: &Player) -> Buffer {
    let screen = &player.app().screen;
    let mut buffer = Buffer::empty(Rect::new(0, 0, screen.width, screen.height));
    terminal::draw(player.app(), &ui::Theme::default(), &mut buffer);
    buffer
}

fn frames(bencher: Bencher, size: (u16, u16), pane: usize) {
    let mut explorer = open(size);
    explorer.keys(&(pane + 1).to_string());
    bencher.bench_local(|| draw(&explorer));
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
    let mut explorer = open(SIZES[0]);
    explorer.keys("2");
    bencher.bench_local(|| {
        explorer.keys("j");
        let down = draw(&explorer);
        explorer.keys("k");
        (down, draw(&explorer))
    });
}

/// The variant under the cursor kept, and that undone: the questions of the pane are asked twice.
#[divan::bench]
fn key_to_frame_filter(bencher: Bencher) {
    let mut explorer = open(SIZES[0]);
    explorer.keys("2");
    bencher.bench_local(|| {
        explorer.keys("+");
        let kept = draw(&explorer);
        explorer.keys("u");
        (kept, draw(&explorer))
    });
}
