//! Figures of durations as plain data, in seconds.

use crate::metrics::Figures;

/// A distribution of durations, in seconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stats {
    /// Number of values.
    pub n: u64,
    /// Arithmetic mean.
    pub mean: f64,
    /// Median (type 7).
    pub median: f64,
    /// 90th percentile (type 7: linear between the two nearest ranks).
    pub p90: f64,
    /// 99th percentile.
    pub p99: f64,
    /// Smallest.
    pub min: f64,
    /// Largest.
    pub max: f64,
    /// Sum.
    pub total: f64,
}

/// Converts microseconds to seconds.
pub fn seconds(micros: i64) -> f64 {
    micros as f64 / 1e6
}

/// Converts exact figures in microseconds to seconds.
pub fn stats(figures: Figures) -> Stats {
    let mean = figures.total as f64 / figures.n as f64;
    Stats {
        n: figures.n,
        mean: mean / 1e6,
        median: figures.median / 1e6,
        p90: figures.p90 / 1e6,
        p99: figures.p99 / 1e6,
        min: seconds(figures.min),
        max: seconds(figures.max),
        total: figures.total as f64 / 1e6,
    }
}

/// Converts exact figures of plain numbers, not of durations.
pub fn plain(figures: Figures) -> Stats {
    Stats {
        n: figures.n,
        mean: figures.total as f64 / figures.n as f64,
        median: figures.median,
        p90: figures.p90,
        p99: figures.p99,
        min: figures.min as f64,
        max: figures.max as f64,
        total: figures.total as f64,
    }
}
