//! Requests in, answers out, over one log. Panes and reports know only this layer: the log, its
//! index and the filters stay behind it, so that an engine elsewhere could answer the same.

mod analysis;
mod answer;
mod bottlenecks;
mod dotted;
mod info;
mod ledger;
mod listing;
mod prepared;
mod ready_made;
mod request;
mod rows;
mod spectrum;
mod timelines;
mod times;
mod timing;
mod triage;
mod worker;

pub use crate::event_log::{ColumnKind, Level};
pub use crate::filter::{field_name, quote};
pub use crate::formats::{Advice, Lines, Notice, Reason, Role, Setting, Warning};
pub use crate::metrics::deadlines::State;
pub use crate::metrics::spectrum::{CLASSES, Cell as SpectrumCell, Class as SpectrumClass};
pub use analysis::{Analysis, Cancel};
pub use bottlenecks::{
    BottleneckDetail, BottleneckKey, BottleneckQuery, BottleneckRow, Gain, Kind,
};
pub use dotted::{
    DotCases, DotQuery, Dotted, DottedCell, DottedKey, DottedOrder, DottedQuery, DottedRow,
    DottedValue,
};
pub use info::LogInfo;
pub use ledger::{Ledger, LedgerKey, RejectDetail, RejectRow};
pub use request::*;
pub use rows::*;
pub use spectrum::{Spectrum, SpectrumPath, SpectrumQuery, SpectrumSegment, SpectrumVariant};
pub use timelines::{
    Change, Ending, Flow, FlowBin, HOURS, QueueBin, QueueBy, QueueDetail, QueueKey, QueueRow,
    Queues, Trend, TrendKind, TrendRow, TrendUnit, Week, WeekCell, instant_literal,
};
pub use times::{Subject, TimeRow, Times, TimesBy};
pub use timing::{
    BY_CASE, Breach, CaseEnds, DURATION, Deadlines, MilestoneRow, NamedCalendar, NamedMilestone,
    RuleBin, RuleRow, RuleSpec, Timing,
};
pub use triage::{Due, Gathering, Triage, TriageKey, TriagePlace, TriageRow};
pub use worker::{Question, Reply, Worker};
