//! Frames while a key is held down: as many as a slow line carries, so that the screen stands still as soon as the key
//! is released. Single keys are not paced, however large their frames are.

use crate::input::Chord;
use std::time::{Duration, Instant};

/// Bytes a second while a key is held down: a line of 25 KiB/s carries them, and what it still has to carry
/// at the release is gone in a tenth of a second.
const RATE: f64 = 20_000.0;
/// Bytes that may come at once.
const BURST: f64 = 2_000.0;
/// A key that came this often in a row is held down.
const HELD: u32 = 4;
/// Longest time between two of them: terminals repeat 15 to 40 times a second.
const REPEAT: Duration = Duration::from_millis(120);

/// The key that is held down, and the bytes that were sent meanwhile.
pub struct Pace {
    key: Option<Chord>,
    times: u32,
    /// When the key came last.
    pressed: Instant,
    /// Bytes that may be sent at `counted`; negative where too many were.
    room: f64,
    counted: Instant,
}

impl Pace {
    /// No key is held down.
    pub fn new(now: Instant) -> Self {
        Pace {
            key: None,
            times: 0,
            pressed: now,
            room: BURST,
            counted: now,
        }
    }

    /// A key came.
    pub fn pressed(&mut self, key: Chord, now: Instant) {
        let again = self.key == Some(key) && now.saturating_duration_since(self.pressed) <= REPEAT;
        self.times = if again {
            self.times.saturating_add(1)
        } else {
            1
        };
        self.key = Some(key);
        self.pressed = now;
    }

    /// A frame of that many bytes was written.
    pub fn drawn(&mut self, bytes: usize, now: Instant) {
        let since = now.saturating_duration_since(self.counted);
        // A frame as large as the line carries in a second is no reason to wait longer than that.
        let room = (self.room + since.as_secs_f64() * RATE).min(BURST);
        self.room = (room - bytes as f64).max(-RATE);
        self.counted = now;
    }

    /// When the next frame may be drawn; `None` for at once.
    pub fn next(&self, now: Instant) -> Option<Instant> {
        let released = self.pressed + REPEAT;
        if self.times < HELD || released <= now || self.room >= 0.0 {
            return None;
        }
        let free = self.counted + Duration::from_secs_f64(-self.room / RATE);
        Some(free.min(released))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::Key;

    /// Presses a key for ten seconds, of which every press changes a frame of `bytes`. Gives the bytes sent until the
    /// release, and the time from the last press to the last frame.
    fn held(apart: Duration, bytes: usize) -> (usize, Duration) {
        let start = Instant::now();
        let mut pace = Pace::new(start);
        let (mut now, mut next, mut sent, mut dirty) = (start, start, 0, false);
        let end = start + Duration::from_secs(10);
        let (mut last, mut drawn) = (start, start);
        while now < end || dirty {
            if now >= next && now < end {
                pace.pressed(Chord::plain(Key::Char('j')), now);
                (next, last, dirty) = (now + apart, now, true);
            }
            if dirty && pace.next(now).is_none_or(|at| at <= now) {
                pace.drawn(bytes, now);
                (drawn, dirty) = (now, false);
                sent += bytes;
            }
            now += Duration::from_millis(1);
        }
        (sent, drawn.saturating_duration_since(last))
    }

    #[test]
    fn a_key_that_is_held_down_sends_what_a_slow_line_carries() {
        let repeat = Duration::from_millis(33);
        for bytes in [500, 1_000, 3_000, 9_000] {
            let (sent, rest) = held(repeat, bytes);
            // The first frames are drawn before it is known that the key is held.
            let most = RATE as usize * 10 + BURST as usize + 6 * bytes;
            assert!(sent <= most, "{bytes}: {sent}");
            assert!(rest <= REPEAT + repeat, "{bytes}: {rest:?}");
        }
        let (sent, _) = held(repeat, 500);
        assert!(sent >= 290 * 500, "small frames are all drawn: {sent}");
    }

    #[test]
    fn keys_that_are_not_held_down_are_not_paced() {
        let (sent, rest) = held(Duration::from_millis(200), 9_000);
        assert_eq!(sent, 50 * 9_000);
        assert!(rest <= Duration::from_millis(2), "{rest:?}");
        let now = Instant::now();
        let mut pace = Pace::new(now);
        for key in "abcdefgh".chars() {
            pace.pressed(Chord::plain(Key::Char(key)), now);
            pace.drawn(9_000, now);
        }
        assert_eq!(pace.next(now), None);
    }
}
