//! The values of a column: in memory of their own, or in a file that is mapped into memory.

/// Values that no longer change. As quick to look at as a vector; a clone shares them.
pub type Buffer<T> = arrow_buffer::ScalarBuffer<T>;
