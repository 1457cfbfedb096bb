//! Roles to styles.

/// Styles by role.
#[derive(Debug, Clone)]
pub struct Theme {}
