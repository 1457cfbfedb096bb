//! The explorer without a terminal: its state, its updates, its driver. Knows panes, requests and
//! actions; nothing of drawing, keys of a terminal, or how an answer is found.

mod answers;
mod asks;
mod commands;
mod driver;
mod effect;
mod filters;
mod history;
mod layout;
mod load;
mod model;
mod news;
mod popups;
mod prompt;
mod search;
mod shell;
mod update;

pub use answers::{deadline, questions, receive};
pub use asks::{Asks, SlotId};
pub use commands::command_line;
pub use driver::{Driver, Event};
pub use effect::Effect;
pub use filters::FilterStack;
pub use history::{Level, Past, Snapshot};
pub use layout::{Layout, layout};
pub use load::{Load, LoadError, Loader, Loading, Settings};
pub use model::{App, Desk, Pending, Screen};
pub use news::{Message, News, Severity};
pub use popups::{Popup, PopupKind, PopupRow};
pub use prompt::{Completing, Prompt, PromptKind, Verdict};
pub use update::{key, paste, update};
