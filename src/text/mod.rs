//! Text without a domain: hidden characters as escapes, fuzzy search, nearest names, counts, durations and
//! instants, the calendar of steps. The bottom layer: it names nothing else of the crate.

mod count;
mod fuzzy;
mod nearest;
mod safe;
pub mod steps;
pub mod time;

pub use count::{count, counted, growth, number, percent, points, short_count};
pub use fuzzy::{Matcher, ranked};
pub use nearest::{did_you_mean, nearest};
pub use safe::{escape_line, head, is_hidden, safe};
