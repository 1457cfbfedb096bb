//! Requests and the kinds of answers: plain data with public fields, in the words of panes and
//! reports. Nothing here shows how the index is built, so that an engine elsewhere could answer the
//! same requests.
//! Instants are microseconds since 1970-01-01T00:00Z; durations are seconds unless said otherwise.

use super::bottlenecks::{BottleneckDetail, BottleneckKey, BottleneckQuery, BottleneckRow, Kind};
use super::dotted::{DotCases, DotQuery, Dotted, DottedQuery};
use super::ledger::{Ledger, LedgerKey, RejectDetail};
use super::rows::{
    ActivityRow, CaseDetail, CaseRow, Completion, EdgeRow, FilterCount, Overview, ResourceRow,
    Rows, Summary, VariantRow,
};
use super::spectrum::{Spectrum, SpectrumQuery};
use super::timelines::{Flow, QueueBy, QueueDetail, QueueKey, Queues, Trend, TrendUnit, Week};
use super::times::{Times, TimesBy};
use super::timing::{Deadlines, MilestoneRow};
use super::triage::{Gathering, Triage, TriageKey};
use crate::formats::Reason;
use std::sync::Arc;

/// What of the log is looked at: texts of the filter language.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct View {
    /// Conditions on events (`--events`); all must hold. Applied first: cases are then those that
    /// are left, and their variants and durations are those of what is left.
    pub events: Vec<String>,
    /// Filters of cases (`--filter`); all must hold.
    pub filters: Vec<String>,
    /// The calendar that all durations are measured by; clock time where this is `None`.
    pub calendar: Option<String>,
}

/// Which rows of a long list are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Page {
    /// Rows to leave out.
    pub offset: usize,
    /// Rows to give at most; `usize::MAX` for all.
    pub limit: usize,
}

impl Page {
    /// All rows.
    pub const ALL: Page = Page {
        offset: 0,
        limit: usize::MAX,
    };
}

/// How a list is ordered, cut to the rows that match a search, and paged.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Listing<K> {
    /// The column to sort by.
    pub sort: K,
    /// Largest first.
    pub descending: bool,
    /// Only rows that match this text fuzzily, in the list's order; empty for all.
    pub find: String,
    /// The rows wanted.
    pub page: Page,
}

/// Columns that variants can be sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum VariantKey {
    /// Number of selected cases (ties by the sequence of names).
    #[default]
    Cases,
    /// Rank in the whole log.
    Rank,
    /// Number of events of the sequence.
    Length,
    /// Mean duration.
    Mean,
    /// Median duration.
    Median,
    /// 90th percentile of the duration.
    P90,
    /// Sum of the durations.
    Total,
}

/// Columns that cases can be sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum CaseKey {
    /// End minus start.
    #[default]
    Duration,
    /// Number of events.
    Events,
    /// First instant.
    Start,
    /// Last instant.
    End,
    /// Case id (code points).
    Case,
    /// Rank of the variant in the whole log.
    Variant,
}

/// Columns that activities can be sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum ActivityKey {
    /// Number of events.
    #[default]
    Events,
    /// Name (code points).
    Activity,
    /// Number of cases that have it.
    Cases,
    /// Cases that start with it.
    Starts,
    /// Cases that end with it.
    Ends,
    /// Cases in which it occurs more than once.
    Rework,
    /// Median time before it.
    BeforeMedian,
    /// 90th percentile of the time before it.
    BeforeP90,
    /// Sum of the time before it.
    BeforeTotal,
    /// Median service time.
    ServiceMedian,
    /// Median waiting time.
    WaitingMedian,
}

/// Columns that edges can be sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum EdgeKey {
    /// Number of occurrences.
    #[default]
    Count,
    /// Name of the first activity, then of the second.
    From,
    /// Name of the second activity, then of the first.
    To,
    /// Number of cases that have it.
    Cases,
    /// Mean elapsed time.
    Mean,
    /// Median elapsed time.
    Median,
    /// 90th percentile of the elapsed time.
    P90,
    /// Sum of the elapsed times: the time lost there.
    Total,
}

/// Columns that resources can be sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum ResourceKey {
    /// Number of events.
    #[default]
    Events,
    /// Name (code points).
    Resource,
    /// Number of cases.
    Cases,
    /// Number of different activities.
    Activities,
}

/// A question about the view.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Request {
    /// Figures of the selection: [`Answer::Summary`].
    Summary,
    /// Throughput over time, distribution of durations: [`Answer::Overview`].
    Overview {
        /// Bins of the time axis, at most.
        time_bins: usize,
        /// Bins of the distribution of durations, at most.
        duration_bins: usize,
    },
    /// The variants: [`Answer::Variants`].
    Variants(Listing<VariantKey>),
    /// The cases: [`Answer::Cases`].
    Cases {
        /// Order and page.
        listing: Listing<CaseKey>,
        /// Only the cases of the variant of that rank (from 1) in the whole log.
        variant: Option<u32>,
    },
    /// The events of one case (by id, whether selected or not): [`Answer::Case`].
    Case {
        /// The case id.
        case: String,
    },
    /// The activities: [`Answer::Activities`].
    Activities(Listing<ActivityKey>),
    /// The directly-follows edges: [`Answer::Edges`].
    Edges(Listing<EdgeKey>),
    /// What cases wait for: [`Answer::Bottlenecks`].
    Bottlenecks(Kind, Listing<BottleneckKey>),
    /// One of it over time, its distribution, what a shorter wait would gain: [`Answer::Bottleneck`].
    Bottleneck(BottleneckQuery),
    /// The milestones: [`Answer::Milestones`].
    Milestones,
    /// The open cases: [`Answer::Triage`].
    Triage(Gathering, Listing<TriageKey>),
    /// Where the time goes: [`Answer::Times`].
    Times(TimesBy),
    /// Who keeps the deadlines: [`Answer::Deadlines`].
    Deadlines {
        /// Cases of each rule that are named, at most.
        named: usize,
        /// Bins of the time axis, at most.
        time_bins: usize,
    },
    /// Cases by time: [`Answer::Dotted`].
    Dotted(DottedQuery),
    /// The cases of one cell of it: [`Answer::Dot`].
    Dot(DotQuery),
    /// Segments by duration class and time: [`Answer::Spectrum`].
    Spectrum(SpectrumQuery),
    /// The resources: [`Answer::Resources`].
    Resources(Listing<ResourceKey>),
    /// Arrivals, completions and work in progress over time: [`Answer::Flow`].
    Flow {
        /// Bins of the time axis, at most.
        bins: usize,
        /// The instants `from..to` that the axis spans; all there are where this is `None`.
        range: Option<(i64, i64)>,
    },
    /// The queues: [`Answer::Queues`].
    Queues {
        /// Whose.
        by: QueueBy,
        /// Order and page.
        listing: Listing<QueueKey>,
    },
    /// One queue over time: [`Answer::Queue`].
    Queue {
        /// Whose queues.
        by: QueueBy,
        /// The activity or resource.
        name: String,
        /// Bins of the time axis, at most.
        bins: usize,
        /// The instants `from..to` that the axis spans; all there are where this is `None`.
        range: Option<(i64, i64)>,
    },
    /// The greatest length that a queue, or each, ever had: [`Answer::LongestQueues`].
    LongestQueues {
        /// Whose queues.
        by: QueueBy,
        /// The activity or resource; all of them where this is `None`.
        name: Option<String>,
    },
    /// When in the week things happen: [`Answer::Week`].
    Week {
        /// Whether the medians of waiting are wanted: they cost more.
        medians: bool,
    },
    /// Figures by period: [`Answer::Trend`].
    Trend {
        /// How long a period is.
        by: TrendUnit,
    },
    /// How the log was read: [`Answer::Ledger`].
    Ledger {
        /// Order and page of the rejected rows.
        listing: Listing<LedgerKey>,
        /// Reasons whose rows are left out.
        hidden: Vec<Reason>,
    },
    /// The rejected row of that position: [`Answer::Reject`].
    Reject(usize),
    /// What each filter of a stack leaves: [`Answer::FilterCounts`].
    FilterCounts {
        /// The filters of cases, each counted alone and together with those before it.
        filters: Vec<String>,
    },
    /// What could stand at the cursor of a filter text: [`Answer::Completions`].
    Complete {
        /// The text typed so far.
        text: String,
        /// The cursor, in bytes.
        cursor: usize,
        /// Whether it is a condition on events.
        events: bool,
    },
}

/// What is wrong with a filter text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct FilterError {
    /// The filter text.
    pub text: String,
    /// The place, in bytes of the text.
    pub span: std::ops::Range<usize>,
    /// One line; nearest names included.
    pub message: String,
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum AskError {
    /// A filter is wrong.
    #[error(transparent)]
    Filter(#[from] FilterError),
    /// No such case.
    #[error("no case {0:?} in the log")]
    UnknownCase(String),
    /// A newer request came.
    #[error("cancelled")]
    Cancelled,
    /// A defect: the job ended by a panic.
    #[error("internal error: {0}")]
    Internal(String),
}

/// An answer, by kind of request.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// To [`Request::Summary`].
    Summary(Summary),
    /// To [`Request::Overview`].
    Overview(Overview),
    /// To [`Request::Variants`].
    Variants(Rows<VariantRow>),
    /// To [`Request::Cases`].
    Cases(Rows<CaseRow>),
    /// To [`Request::Case`].
    Case(CaseDetail),
    /// To [`Request::Activities`].
    Activities(Rows<ActivityRow>),
    /// To [`Request::Edges`].
    Edges(Rows<EdgeRow>),
    /// To [`Request::Bottlenecks`].
    Bottlenecks(Rows<BottleneckRow>),
    /// To [`Request::Bottleneck`].
    Bottleneck(BottleneckDetail),
    /// To [`Request::Milestones`].
    Milestones(Vec<MilestoneRow>),
    /// To [`Request::Triage`].
    Triage(Triage),
    /// To [`Request::Times`].
    Times(Times),
    /// To [`Request::Deadlines`].
    Deadlines(Deadlines),
    /// To [`Request::Dotted`].
    Dotted(Dotted),
    /// To [`Request::Dot`].
    Dot(DotCases),
    /// To [`Request::Spectrum`].
    Spectrum(Spectrum),
    /// To [`Request::Resources`].
    Resources(Rows<ResourceRow>),
    /// To [`Request::Flow`].
    Flow(Flow),
    /// To [`Request::Queues`].
    Queues(Queues),
    /// To [`Request::Queue`].
    Queue(QueueDetail),
    /// To [`Request::LongestQueues`]: name, length and first instant; `None` where nothing ever waited.
    LongestQueues(Vec<(String, Option<(u64, i64)>)>),
    /// To [`Request::Week`].
    Week(Week),
    /// To [`Request::Trend`].
    Trend(Trend),
    /// To [`Request::Ledger`].
    Ledger(Ledger),
    /// To [`Request::Reject`].
    Reject(Option<Arc<RejectDetail>>),
    /// To [`Request::FilterCounts`].
    FilterCounts(Vec<FilterCount>),
    /// To [`Request::Complete`].
    Completions(Vec<Completion>),
}
