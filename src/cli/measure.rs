//! Cost of work: wall time, processor time, memory.

use super::memory::status_bytes;
use nix::time::{ClockId, clock_gettime};
use std::time::Instant;

/// A moment to measure from.
#[derive(Debug, Clone, Copy)]
pub struct Moment {
    wall: Instant,
    cpu: f64,
}

/// Seconds of wall time and of processor time, over all threads.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Cost {
    /// Seconds of wall time.
    pub wall: f64,
    /// Seconds of processor time.
    pub cpu: f64,
}

impl Moment {
    /// Now.
    pub fn now() -> Self {
        Moment {
            wall: Instant::now(),
            cpu: cpu_seconds(),
        }
    }

    /// Returns the cost since the measurement started.
    pub fn cost(&self) -> Cost {
        Cost {
            wall: self.wall.elapsed().as_secs_f64(),
            cpu: cpu_seconds() - self.cpu,
        }
    }
}

fn cpu_seconds() -> f64 {
    // By the C library, as valgrind, which counts instructions in CI, does not have what rustix calls.
    let time = clock_gettime(ClockId::CLOCK_PROCESS_CPUTIME_ID);
    time.map_or(0.0, |time| {
        time.tv_sec() as f64 + time.tv_nsec() as f64 / 1e9
    })
}

/// The most memory that was resident so far, in bytes; `None` where the system does not say.
pub fn peak_bytes() -> Option<u64> {
    status_bytes("VmHWM:")
}
