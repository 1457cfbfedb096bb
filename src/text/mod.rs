//! Text without a domain: hidden characters as escapes, search patterns, nearest names, counts, durations and
//! instants, the calendar of steps. The bottom layer: it names nothing else of the crate.

mod count;
mod hex;
pub mod markup;
mod matcher;
mod nearest;
mod portion;
mod safe;
pub mod steps;
pub mod time;

pub use count::{
    count, counted, growth, mean, megabytes, money, number, percent, points, probability,
    short_count,
};
pub use hex::hex;
pub use matcher::{Matcher, PatternError, regex};
pub use nearest::{did_you_mean, nearest};
pub use portion::Portion;
pub use safe::{escape_line, escape_lines, head, is_hidden, joined, safe};
