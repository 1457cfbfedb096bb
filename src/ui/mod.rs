//! Widgets, styles and text for the terminal. Stands alone: no domain word. Whatever comes from a
//! file goes through [`crate::text::safe`] before it is drawn; every widget clips to the buffer it is given.

pub mod fit;
pub mod list;
pub mod names;
pub mod paint;
pub mod targets;
pub mod theme;
pub mod widgets;

#[cfg(test)]
pub mod testing;

pub use list::ListState;
pub use targets::Target;
pub use theme::{Appearance, GlyphSet, Glyphs, Surroundings, Theme, ThemeName, Themes};
