//! Requests in, answers out, over one log. Panes and reports know only this layer.

mod request;

pub use request::*;
