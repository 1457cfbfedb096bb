//! The values of a column: in memory of their own, or in a file that is mapped into memory.

/// Immutable shared buffer with slice-speed access; a clone shares the values.
pub type Buffer<T> = arrow_buffer::ScalarBuffer<T>;
