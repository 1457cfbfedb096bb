//! The explorer without a terminal: its state, its updates, its driver.
