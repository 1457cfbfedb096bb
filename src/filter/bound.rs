//! Bound filters as plain data, for what evaluates them elsewhere than on the rows of a log.

pub use super::eval::{Node, Waiting};
pub use super::field::{ColumnTest, EventTest};
pub use super::pairs::{Elapsed, Pair};
pub use super::path::Path;
pub use super::rows::{Condition, PartEnd};
pub use super::trace::TraceTest;
pub use super::value::{InstantTest, NumberTest, Order, Test, TextTest};
