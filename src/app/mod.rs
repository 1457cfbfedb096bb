//! The explorer without a terminal: its state, its updates, its driver. Knows panes, requests and
//! actions; nothing of drawing, keys of a terminal, or how an answer is found.

mod alerts;
mod answers;
mod bar;
mod columns;
mod commands;
mod drill;
mod driver;
mod effect;
mod filtering;
mod filters;
mod follow;
mod history;
mod keeper;
mod layout;
mod load;
mod model;
mod mouse;
mod notifications;
mod noting;
mod outline;
mod popups;
mod prompt;
mod queries;
mod reasons;
mod report;
mod session;
mod shell;
mod slice;
mod stopping;
mod travel;
mod update;
mod waiting;
mod work;
mod writing;

pub use alerts::{AlertBoard, FiringAlert};
pub use answers::{deadline, questions, receive};
pub use bar::Crumb;
pub use columns::{Assigned, Columns, Page};
pub use commands::command_line;
pub use driver::{Driver, Event};
pub use effect::Effect;
pub use filters::{FilterStack, Versus};
pub use follow::{Follow, Mode, Update, Whole};
pub use history::{History, LastSession, Level, Session, Snapshot};
pub use keeper::Keeper;
pub use layout::{Layout, layout};
pub use load::{
    Choices, ColumnsFrom, Exported, Inspected, Kept, Load, LoadError, Loader, Loading, Logs,
    Settings, Slice, SliceOffer, Visit, Written,
};
pub use model::{App, Pending, Screen, Sizes, Workspace};
pub use mouse::Mouse;
pub use notifications::{Message, Notifications, Severity};
pub use outline::{MOST_SECTIONS, Outline, Section};
pub use popups::{Popup, PopupKind, PopupRow};
pub use prompt::{Completing, Prompt, PromptKind, Verdict, Wanted};
pub use queries::{PendingQueries, SlotId};
pub use shell::{quote, split};
pub use update::{key, paste, update};
