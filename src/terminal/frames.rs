//! Frames of the explorer as bytes. While the cursor moves, what is shown of its row beside the list stays and follows
//! when the cursor rests: with its detail, a move in the queues was up to 1,973 bytes at 120 by 40.

use super::frame;
use super::screen::Screen;
use crate::app::App;
use crate::ui::{Theme, targets};
use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::Rect;
use std::time::{Duration, Instant};

/// The cursor rests when no key has moved it for so long: longer than the gap between repeats of a key that is held
/// (33 ms at 30 a second).
const REST: Duration = Duration::from_millis(80);

/// The screen, frame by frame.
#[derive(Debug)]
pub struct Frames {
    pub(super) screen: Screen,
    /// The areas that follow the cursor, as they are shown.
    details: Vec<(Rect, Vec<Cell>)>,
    /// When the cursor rests, while the detail is behind it.
    rests: Option<Instant>,
}

impl Frames {
    /// A screen of that size with unknown content.
    pub fn new(width: u16, height: u16) -> Self {
        Frames {
            screen: Screen::new(width, height),
            details: Vec::new(),
            rests: None,
        }
    }

    /// When a detail that is behind the cursor follows it.
    pub fn due(&self) -> Option<Instant> {
        self.rests
    }

    /// The bytes of the frame to be written; none where nothing changed.
    pub fn next(&mut self, app: &App, theme: &Theme, now: Instant) -> Option<String> {
        let rests = app.moved.map(|moved| moved + REST);
        let moving = rests.filter(|rests| *rests > now);
        let (details, behind) = (&mut self.details, &mut self.rests);
        self.screen.frame(|buffer| {
            let (cursor, areas) = targets::following(|| frame::draw(app, theme, buffer));
            let areas = areas.into_iter().map(|area| area.intersection(buffer.area));
            let drawn: Vec<_> = areas.map(|area| (area, cells_of(buffer, area))).collect();
            let of =
                |details: &[(Rect, Vec<Cell>)]| details.iter().map(|of| of.0).collect::<Vec<_>>();
            let rests = moving.filter(|_| of(&drawn) == of(details));
            *behind = rests.filter(|_| drawn != *details);
            if rests.is_some() {
                for (area, cells) in &*details {
                    put(buffer, *area, cells);
                }
            } else {
                *details = drawn;
            }
            cursor
        })
    }
}

fn cells_of(buffer: &Buffer, area: Rect) -> Vec<Cell> {
    area.positions().map(|at| buffer[at].clone()).collect()
}

fn put(buffer: &mut Buffer, area: Rect, cells: &[Cell]) {
    for (at, cell) in area.positions().zip(cells) {
        buffer[at] = cell.clone();
    }
}
