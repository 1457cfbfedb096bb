//! The filter language: text to tree to cases, and back to text.
