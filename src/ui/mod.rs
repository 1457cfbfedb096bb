//! Widgets, styles and text for the terminal. Stands alone: no domain word.

mod theme;

pub use theme::Theme;
