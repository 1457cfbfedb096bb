//! Questions about a log and their answers. Panes and reports know only this layer: the log, its index
//! and the filters stay behind it, so that an engine elsewhere could answer the same.
//!
//! From the bottom: a `view`, what is `prepared` for a log, the cases `selected` by a view, a `query`
//! about it, and the `worker` that answers in the background. Each query is a file of `queries`.

mod actors;
mod alert_states;
mod alerts;
mod analysis;
mod answers;
mod as_of;
mod axis;
mod basis;
mod cache;
mod case_fields;
mod case_mix;
mod column_name;
mod compared;
mod condition;
mod conform_rules;
mod conformance;
mod costs;
mod definitions;
mod ending;
mod ends_guess;
mod examples;
mod factors;
mod figures;
mod grouped;
mod groups;
mod joined;
mod journey;
mod journey_guess;
mod judged;
mod judging;
mod layout;
mod list;
mod log_info;
mod memory;
mod moments;
mod moves;
mod named_columns;
mod notes;
mod predict;
mod prepared;
pub mod queries;
mod query;
mod rates;
mod ready_made;
mod reference;
mod schema;
mod scores;
mod selected;
mod shown;
mod sides;
mod sorting;
mod stats;
mod suppress;
mod tested;
mod timing;
mod touchpoints;
mod versus;
mod view;
mod wait_classes;
mod waits_guess;
mod worker;

pub use crate::event_log::{Cancel, ColumnKind, Level, Role};
pub use crate::formats::{Advice, Lines, Notice, Reason, Setting, Warning};
pub use crate::metrics::Subject;
pub use crate::metrics::attributes::NumberFigures;
pub use crate::metrics::before::Bar as BeforeBar;
pub use crate::metrics::deadlines::State;
pub use crate::metrics::funnel::Order as StageOrder;
pub use crate::metrics::handovers::Passed;
pub use crate::metrics::scores::{NetPromoters, ScoreFigures};
pub use crate::metrics::spectrum::{CLASSES, Cell as SpectrumCell, Class as SpectrumClass};
pub use crate::metrics::split::{Counts as GroupCounts, PARTS, Rate};
pub use crate::metrics::stats::{FourFold, Interval, Ratio, Test, wilson};
pub use crate::metrics::survival::LogRank;
pub use crate::metrics::variants::{Collapse, LONGEST_LOOP};
pub use crate::models::{Bound, Ending as RunEnding, Move, Net};
pub use crate::text::steps::Steps;
pub use alert_states::{AlertChange, AlertKey, AlertState, AlertStates, Holding, Tracked};
pub use alerts::{AlertFigure, AlertOn, AlertSpec, FigureOp, FigureTest, Quantile};
pub use analysis::{Analysis, check_names as check_definitions};
pub use answers::{Answers, ask};
pub use as_of::AsOf;
pub use axis::*;
pub use basis::Basis;
pub use case_fields::{check_fields, field_values};
pub use column_name::ColumnName;
pub use compared::Of;
pub use condition::Condition;
pub use conform_rules::ConformRule;
pub use conformance::Judgement;
pub use costs::{CaseCost, Spending};
pub use definitions::{
    BY_CASE, CaseEnds, DURATION, NamedCalendar, NamedMilestone, NamedOutcome, NamedStages,
    NamedWait, RuleSpec, Timing, WaitClass, WrittenStages,
};
pub use ending::Ending;
pub use ends_guess::{Guess, Places as EndPlaces, guess_of as guess_ends};
pub use factors::{FactorKind, MOST_NUMBERS};
pub use figures::{Figure, FigureKind, FigureOffer, Figures, offers_of};
pub use grouped::{Amounts, Kept, Measure, NONE, Returned, Scores, SplitRow, TimeTo, rate};
pub use groups::{GroupBy, Meaning, Values as GroupValues};
pub use joined::{Change as VersusChange, Comparable, Compared, TimeChange, VersusRow};
pub use journey::{JourneySpec, SCORE};
pub use layout::{Cell as LayoutCell, Layout, Line, Place};
pub use list::{Follow, List, ListInfo, Listing, Page, Rows, SimpleList, Sort};
pub use log_info::{ColumnInfo, Examples, LogInfo, LogPlace, MilestoneInfo, SinceVisit};
pub use memory::{FreeMemory, MemoryLimit, NoMemory};
pub use moves::{Moves, mean_change, median_change, rate_change};
pub use notes::{CaseRemark, NOTE, NoteChange, Notes, Remark, TAG, filter_of_cases};
pub use predict::{Basing, ByChoice, LEAST_TRAINING, Odds};
pub use queries::activities::{ACTIVITIES, ActivitiesQuery, ActivityRow};
pub use queries::alerts::{Alerts, AlertsQuery};
pub use queries::backtest::{
    Backtest, BacktestPart, BacktestQuery, LateTest, LeftTest, NextTest, ReliabilityBin,
};
pub use queries::before::{BarRow, BarsQuery, Before, BeforeQuery};
pub use queries::bottlenecks::{
    ApartClass, BottleneckDetail, BottleneckQuery, BottleneckRow, Bottlenecks, BottlenecksQuery,
    Gain, Kind, Ranking, SetApart,
};
pub use queries::case::{CaseDetail, CaseQuery, EventRow, Field, Mark, MarkKind, OpenCase};
pub use queries::cases::{CASES, CaseKey, CaseRow, CasesQuery};
pub use queries::completions::{Completion, CompletionsQuery, milestone_completions};
pub use queries::conform::{
    Bounds, Conform, ConformQuery, DeviationDuration, DeviationKind, DeviationRow, JudgedVariant,
    ModelFacts, ReferenceFacts, ReferenceVariant,
};
pub use queries::cost::{CostQuery, Costs, LateCost, SpendingRow, VariantCost};
pub use queries::deadlines::{
    Breach, Deadlines, DeadlinesQuery, Due, RULE_CASES, RULES as DEADLINES, RuleBin, RuleRow,
};
pub use queries::discover::{DiscoverQuery, Discovered, Fit};
pub use queries::discovered::{DiscoverRulesQuery, DiscoveredRule, LogSkeleton, SkeletonQuery};
pub use queries::dotted::{
    DotCases, DotQuery, Dotted, DottedCell, DottedKey, DottedOrder, DottedQuery, DottedRow,
    DottedValue,
};
pub use queries::edges::{EDGES, EdgeRow, EdgesQuery};
pub use queries::ends::{EndRow, Ends, EndsQuery};
pub use queries::facet::{FACETS, FacetRow, FacetsQuery, NumbersQuery};
pub use queries::filter_counts::{FilterCount, FilterCountsQuery};
pub use queries::findings::{
    FindingFigure, FindingKind, FindingRow, Findings, FindingsQuery, Looked,
};
pub use queries::flow::{Flow, FlowBin, FlowQuery};
pub use queries::funnel::{Funnel, FunnelQuery, Segment, StageRow, no_groups};
pub use queries::handovers::{
    HandoverCell, HandoverDetail, HandoverQuery, HandoverRow, Handovers, HandoversQuery, Matrix,
    MatrixQuery, StepCounts,
};
pub use queries::journey::{
    BlindSpans, CoveredStage, CoveredStages, CoveredStagesQuery, Effect, JourneyFacts,
    JourneyOutcome, Journeys, JourneysQuery, MatrixCell, MatrixRow, ScoreBin, ScoresOverTime,
    TouchpointDetail, TouchpointList, TouchpointQuery, TouchpointRow, TouchpointScore,
    TouchpointsQuery, TriggerRow, Triggers, TriggersQuery,
};
pub use queries::key_figures::{KeyChange, KeyFigure, KeyFigures, KeyFiguresQuery, OpenNow};
pub use queries::ledger::{Ledger, LedgerQuery, RejectDetail, RejectQuery, RejectRow};
pub use queries::load::{LoadQuery, LoadRow, Loads};
pub use queries::map_lists::{MapEdgesQuery, MapNodesQuery};
pub use queries::map_moves::{MapMoves, MapMovesQuery, MoveCounts};
pub use queries::map_tree::{MapRow, Way};
pub use queries::milestones::{MilestoneRow, MilestonesQuery, ReachedBin, ReachedOverTime};
pub use queries::neighbors::{Neighbors, NeighborsQuery};
pub use queries::notes::{NoteRow, NotesOfCases, NotesQuery};
pub use queries::overview::{Overview, OverviewQuery};
pub use queries::paired::{
    Aligned, Charted, Paired, PairedBin, PairedFigure, PairedQuery, PairedRow,
};
pub use queries::ping_pongs::{PingPongQuery, PingPongRow, PingPongs};
pub use queries::predict::{LearnQuery, LearnedFacts, PredictQuery, PredictRow, Predictions};
pub use queries::prediction::{
    LeftFigures, NextShare, Prediction, PredictionsQuery, SimilarCase, TriedState,
};
pub use queries::process_map::{
    MapEdge, MapNode, MapOf, MapQuery, ProcessMap, ShownOf, USUAL as USUAL_ON_MAP, lay_out,
    step_filter,
};
pub use queries::queues::{
    LongestQueueQuery, QueueBin, QueueDetail, QueueQuery, QueueRow, Queues, QueuesQuery,
};
pub use queries::replay::{Replay, ReplayQuery};
pub use queries::resources::{
    ActorBin, ActorDetail, ActorQuery, BreachRates, ResourceRow, Resources, ResourcesQuery,
};
pub use queries::rules::{FirstBreaking, RuleDurations, RuleResult, RuleResults, RulesQuery};
pub use queries::spectrum::{
    Spectrum, SpectrumPath, SpectrumQuery, SpectrumSegment, SpectrumVariant,
};
pub use queries::split::{SPLIT, Split, SplitGroups, SplitQuery};
pub use queries::summary::{Size, SizeQuery, Summary, SummaryQuery};
pub use queries::times::{THROUGHPUT, TimeRow, Times, TimesBy, TimesQuery};
pub use queries::trend::{Change, Trend, TrendBasis, TrendKind, TrendQuery, TrendRow, TrendUnit};
pub use queries::triage::{Triage, TriagePlace, TriagePrediction, TriageQuery, TriageRow};
pub use queries::variant_moves::{VariantMoves, VariantMovesQuery};
pub use queries::variants::{Counting, VariantRow, VariantsQuery};
pub use queries::week::{HOURS, Week, WeekCell, WeekQuery};
pub use queries::what_if::{Left, WhatIf, WhatIfQuery};
pub use queries::why::{Adjust, FactorQuery, Side, Tests, Why, WhyQuery, stable};
pub use query::{Answer, Context, Query, Request, SmallGroups};
pub use rates::{COST, COST_KNOWN, HourlyRates, RateOf, RateSpec};
pub use reference::{ConformSpec, MOST_REFERENCES, NamedModel, Reference};
pub use schema::{
    Align, Choosable, ChosenColumn, Column, ColumnKey, Features, FieldValues, JourneyParts, Money,
    Need, Schema, Surface, Tone, Value, Width,
};
pub use shown::Shown;
pub use sides::{ShareChange, Sides, Tested};
pub use stats::{Stats, plain as number_stats, seconds, stats as duration_stats};
pub use suppress::{CaseCount, Suppressed};
pub use tested::{Adjusted, FactorDuration, FactorPair, FactorRow, LeftOut};
pub use touchpoints::JourneyOf;
pub use versus::{CHANGED, LISTED, Versus, VersusQuery};
pub use view::{AskError, DefinitionError, FilterError, View};
pub use wait_classes::{RowClass, Waits};
pub use worker::{Question, Reply, Worker};
