//! Widgets, one a file: plain structs that draw themselves into a buffer at any size.

pub mod bars;
mod cell;
pub mod empty;
pub mod gantt;
pub mod graph;
pub mod input_line;
pub mod popup;
pub mod scale;
pub mod scrollbar;
pub mod sparkline;
pub mod split;
pub mod timeline;
pub mod virtual_table;

pub use bars::{Bar, Bars, Histogram};
pub use cell::{Align, Cell};
pub use empty::Empty;
pub use gantt::{Gantt, GanttRow};
pub use graph::{Graph, GraphLine, GraphNode, LineCell, Shape, Weight};
pub use input_line::{InputLine, Note};
pub use popup::{Anchor, Popup, PopupRow};
pub use scale::{Axis, Scale};
pub use split::{Part, Split};
pub use timeline::Timeline;
pub use virtual_table::{Column, VirtualTable};
