//! Open cases with what comes next, how long they still take, and the odds of their deadlines.

use super::prediction::{LeftFigures, NextShare, open_of};
use crate::engine::basis::Basis;
use crate::engine::list::{By, List, Listing, Rows, arrange};
use crate::engine::predict::{Basing, ByChoice, Learned, Odds, OpenCase, are_weighted};
use crate::engine::query::{Context, Query};
use crate::engine::schema::Surface::{Json, Pane, Table};
use crate::engine::schema::{Align, Need, Schema, Tone, Value};
use crate::engine::selected::Selected;
use crate::engine::sorting::SortValue;
use crate::engine::stats::seconds;
use crate::engine::view::AskError;
use crate::metrics::triage::last_event;
use std::sync::Arc;

/// A page of the open cases with their predictions.
#[derive(Debug, Clone, PartialEq)]
pub struct PredictQuery {
    /// Options of predictions.
    pub basing: Basing,
    /// True to learn first where that was not done yet; otherwise the answer is empty then.
    pub wait: bool,
    /// [`LearnedFacts::id`] of what was learned when this was asked: another question where that is new.
    pub learned: u64,
    /// Order, search and page.
    pub listing: Listing,
}

/// An open case with its prediction.
#[derive(Debug, Clone, PartialEq)]
pub struct PredictRow {
    /// Case id.
    pub case: String,
    /// Activity of its last event.
    pub last: Arc<str>,
    /// Time since that, seconds.
    pub rest: f64,
    /// Most probable next step.
    pub next: Option<NextShare>,
    /// The time that is left; `None` in a state that is not known.
    pub left: Option<LeftFigures>,
    /// True where that is the time of cases in any state.
    pub is_any_state: bool,
    /// Odds of its deadlines.
    pub odds: Vec<Odds>,
    /// The deadline of the largest odds, else one that is broken.
    pub worst: Option<Odds>,
}

/// Open cases with their predictions.
#[derive(Debug, Clone, PartialEq)]
pub struct Predictions {
    /// The instant that is predicted from, microseconds.
    pub now: i64,
    /// True while nothing is learned yet.
    pub preparing: bool,
    /// The predictor.
    pub learned: LearnedFacts,
    /// Open cases of the view.
    pub open: u64,
    /// True where something is known to end cases; otherwise none is open.
    pub ends_known: bool,
    /// True where breaches of one deadline weigh more than those of another.
    pub weighted: bool,
    /// The page.
    pub rows: Rows<PredictRow>,
}

/// Facts about a predictor, as plain data.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct LearnedFacts {
    /// Number of it: another one where something was learned anew.
    pub id: u64,
    /// Cases that it was learned from.
    pub train_cases: u64,
    /// Cases that ended at the instant that is predicted from: nothing is learned from these.
    pub ended_now: u64,
    /// Longest context of next activities.
    pub length: Option<u64>,
    /// By how much the outer quantiles are moved apart, seconds.
    pub margin: f64,
    /// Choice of states by the value of a column, where that was asked for.
    pub by: Option<ByChoice>,
    /// Why nothing is predicted, as a sentence without a full stop.
    pub reason: Option<String>,
}

impl LearnedFacts {
    pub(super) fn of(learned: &Learned) -> Self {
        let predictor = learned.predictor.as_ref();
        LearnedFacts {
            id: learned.id,
            train_cases: learned.train_cases as u64,
            ended_now: learned.ended_now as u64,
            length: predictor.map(|of| of.length as u64),
            margin: predictor.map_or(0.0, |of| of.margin / 1e6),
            by: predictor.and_then(|of| of.by.clone()),
            reason: learned.reason(),
        }
    }
}

/// Learns for the predictions of a view, in the background.
#[derive(Debug, Clone, PartialEq)]
pub struct LearnQuery {
    /// Options of predictions.
    pub basing: Basing,
}

impl Query for LearnQuery {
    type Answer = LearnedFacts;
    const IN_BACKGROUND: bool = true;
    const IS_OF_LOG: bool = true;

    fn run(&self, context: &Context<'_>) -> Result<LearnedFacts, AskError> {
        let prepared = Arc::clone(&context.reference()?.prepared);
        let learned = prepared.learn(&self.basing, context)?;
        Ok(LearnedFacts::of(&learned))
    }
}

type Column = crate::engine::schema::Column<PredictRow>;

/// Past visits by which a case is predicted.
fn visits(row: &PredictRow) -> Basis {
    let n = row.left.map_or(0, |left| left.n);
    Basis::of(
        n,
        "events of ended cases in the same state that rested as long",
    )
}

/// Past visits that the odds of a deadline are of.
pub(super) fn basis_of_odds(worst: Option<&Odds>) -> Basis {
    let of = worst.and_then(|odds| odds.late);
    Basis::of(
        of.map_or(0, |(_, of)| of),
        "events of ended cases in the same state, before the milestone",
    )
}

fn left(row: &PredictRow, figure: fn(&LeftFigures) -> f64) -> Value<'_> {
    row.left
        .as_ref()
        .map_or(Value::Missing, |left| Value::Seconds(figure(left)))
}

fn share_late(row: &PredictRow) -> Value<'_> {
    let share = row.worst.as_ref().and_then(Odds::share);
    share.map_or(Value::Missing, Value::Share)
}

fn late(row: &PredictRow) -> Value<'_> {
    late_text(row.worst.as_ref())
}

/// State of a deadline: `broken`, or `open`.
pub(super) fn late_state(worst: Option<&Odds>) -> Value<'_> {
    worst.map_or(Value::Missing, |odds| Value::text(odds.state()))
}

/// The odds of a deadline in a cell: a share, or that it is broken.
pub(super) fn late_text(worst: Option<&Odds>) -> Value<'_> {
    match worst {
        Some(odds) if odds.broken.is_some() => Value::text("broken"),
        Some(odds) => odds.share().map_or(Value::Missing, Value::Share),
        None => Value::Missing,
    }
}

/// Emphasis of the odds of a deadline.
pub(super) fn late_tone(worst: Option<&Odds>) -> Tone {
    match worst {
        Some(odds) if odds.broken.is_some() => Tone::Bad,
        Some(odds) if odds.share().is_some_and(|share| share >= 0.5) => Tone::Warn,
        _ => Tone::Plain,
    }
}

/// Columns of the open cases.
pub static PREDICTED: Schema<PredictRow> = Schema {
    name: "cases",
    key: |r| r.case.clone(),
    columns: &[
        Column::new("case", |r| Value::text(&r.case))
            .middle()
            .left(Align::Fixed)
            .flex(9, 2, 24)
            .ascending(),
        Column::new("last step", |r| Value::text(&r.last))
            .left(Align::Text)
            .json("")
            .flex(10, 3, u16::MAX)
            .priority(2)
            .ascending()
            .term("last step"),
        Column::new("rest", |r| Value::Seconds(r.rest))
            .title("rests")
            .fixed(8)
            .priority(3)
            .term("rests"),
        Column::new("next", |r| {
            r.next
                .as_ref()
                .map_or(Value::Missing, |next| Value::text(next.name()))
        })
        .left(Align::Text)
        .json("")
        .flex(10, 3, u16::MAX)
        .priority(1)
        .ascending()
        .term("next"),
        Column::new("share", |r| {
            r.next
                .as_ref()
                .map_or(Value::Missing, |next| Value::Share(next.share))
        })
        .json("")
        .fixed(6)
        .priority(5)
        .term("next"),
        Column::new("left_p10", |r| left(r, |left| left.p10))
            .json("")
            .title("left p10")
            .priority(6)
            .basis(visits)
            .term("left")
            .only(&[Table]),
        Column::new("left_p50", |r| left(r, |left| left.p50))
            .json("")
            .title("left p50")
            .fixed(9)
            .priority(1)
            .basis(visits)
            .term("left"),
        Column::new("left_p90", |r| left(r, |left| left.p90))
            .json("")
            .title("left p90")
            .fixed(9)
            .priority(4)
            .basis(visits)
            .term("left"),
        Column::new("any_state", |r| Value::Flag(r.is_any_state))
            .json("")
            .unsorted()
            .when_on(&[Table], |f| f.extra)
            .term("state")
            .only(&[Table]),
        Column::new("late", late)
            .json("")
            .fixed(7)
            .basis(|r| basis_of_odds(r.worst.as_ref()))
            .tone(|r| late_tone(r.worst.as_ref()))
            .needs(Need::Deadlines)
            .term("late")
            .only(&[Pane]),
        Column::new("rule", |r| {
            r.worst
                .as_ref()
                .map_or(Value::Missing, |odds| Value::text(&odds.rule))
        })
        .left(Align::Text)
        .json("")
        .when_on(&[Table], |f| f.deadlines)
        .unsorted()
        .only(&[Table]),
        Column::new("late_state", |r| late_state(r.worst.as_ref()))
            .left(Align::Fixed)
            .json("")
            .when_on(&[Table], |f| f.deadlines)
            .unsorted()
            .only(&[Table]),
        Column::new("late_share", share_late)
            .json("")
            .basis(|r| basis_of_odds(r.worst.as_ref()))
            .when_on(&[Table], |f| f.deadlines)
            .unsorted()
            .term("late")
            .only(&[Table]),
        Column::new("n", |r| {
            r.left
                .as_ref()
                .map_or(Value::Missing, |left| Value::Count(left.n))
        })
        .fixed(6)
        .priority(3)
        .muted()
        .term("state")
        .only(&[Pane, Table, Json]),
    ],
    pane: &[
        "case",
        "last step",
        "rest",
        "next",
        "share",
        "left_p50",
        "left_p90",
        "late",
        "n",
    ],
    table: &[],
    json: &[],
    orders: &[
        "late",
        "left_p90",
        "left_p50",
        "rest",
        "share",
        "n",
        "case",
        "last step",
        "next",
    ],
    chosen: None,
};

impl List for PredictQuery {
    type Row = PredictRow;

    fn schema() -> &'static Schema<PredictRow> {
        &PREDICTED
    }

    fn rows(answer: &Predictions) -> &Rows<PredictRow> {
        &answer.rows
    }
}

impl Query for PredictQuery {
    type Answer = Predictions;

    fn run(&self, context: &Context<'_>) -> Result<Predictions, AskError> {
        let selected = context.selected()?;
        let prepared = &selected.prepared;
        let ends_known = prepared.ends().known;
        let learned = if self.wait {
            Some(prepared.learn(&self.basing, context)?)
        } else {
            prepared.learned(&self.basing)
        };
        let Some(learned) = learned else {
            return Ok(Predictions {
                now: prepared.now(),
                preparing: true,
                learned: LearnedFacts::default(),
                open: 0,
                ends_known,
                weighted: false,
                rows: Rows::all(Vec::new()),
            });
        };
        let open = open_of(&learned, &selected);
        Ok(Predictions {
            now: learned.now,
            preparing: false,
            learned: LearnedFacts::of(&learned),
            open: open.len() as u64,
            ends_known,
            weighted: are_weighted(prepared),
            rows: self.page(context, &selected, &learned, &open)?,
        })
    }
}

impl PredictQuery {
    fn page(
        &self,
        context: &Context<'_>,
        selected: &Selected,
        learned: &Learned,
        open: &[&OpenCase],
    ) -> Result<Rows<PredictRow>, AskError> {
        let prepared = &selected.prepared;
        let (log, rank) = (&prepared.log, prepared.case_rank());
        let margin = learned.predictor.as_ref().map_or(0.0, |of| of.margin);
        let order = PREDICTED.order(&self.listing.sort)?.name;
        let values = order_by(order, selected, open);
        let last = |of: &OpenCase| {
            let last = last_event(log, &prepared.index, of.of.case);
            Arc::clone(&prepared.names[log.activity.get(last) as usize])
        };
        let id = |of: &OpenCase| log.case_ids.get(of.of.case as u32).to_owned();
        let key = |i: u32| id(open[i as usize]);
        let by = By {
            value: &|i: u32| values[i as usize],
            tie: &|i: u32| rank[open[i as usize].of.case],
            text: &|i: u32| {
                let of = open[i as usize];
                let next = NextShare::of(&prepared.names, of.next);
                let next = next.as_ref().map_or("", NextShare::name);
                format!("{}\n{}\n{next}", id(of), last(of))
            },
            followed: self.listing.follow.numbers(open.len(), &key),
            marked: self.listing.marked_numbers(open.len(), &key),
        };
        let ids = (0..open.len() as u32).collect();
        let arranged = arrange(ids, &self.listing, context.cancel, &by)?;
        Ok(arranged.rows(1.0, |i| {
            let of = open[i as usize];
            PredictRow {
                case: id(of),
                last: last(of),
                rest: seconds(of.of.rest),
                next: NextShare::of(&prepared.names, of.next),
                left: of.left.map(|left| LeftFigures::of(left, margin)),
                is_any_state: of.is_any_state,
                worst: of.worst().cloned(),
                odds: of.odds.clone(),
            }
        }))
    }
}

/// The values of a column of [`PREDICTED`] that open cases are sorted by.
fn order_by(column: &str, selected: &Selected, open: &[&OpenCase]) -> Vec<SortValue> {
    let (prepared, index) = (&selected.prepared, &selected.prepared.index);
    let quantile = |of: &OpenCase, at: usize| of.left.map(|left| left.of[at]).into();
    let value = |of: &OpenCase| -> SortValue {
        match column {
            "left_p50" => quantile(of, 1),
            "left_p90" => quantile(of, 2),
            "rest" => SortValue::Whole(of.of.rest),
            "share" => of.next.map(|(_, share)| share).into(),
            "n" => of.left.map(|left| left.n as f64).into(),
            "case" => u64::from(prepared.case_rank()[of.of.case]).into(),
            "last step" => {
                let last = last_event(&prepared.log, index, of.of.case);
                let activity = prepared.log.activity.get(last) as usize;
                u64::from(index.activity_rank[activity]).into()
            }
            "next" => {
                let rank = |symbol: u32| index.activity_rank.get(symbol as usize).copied();
                let rank = |(symbol, _)| f64::from(rank(symbol).unwrap_or(u32::MAX));
                of.next.map(rank).into()
            }
            _ => SortValue::None,
        }
    };
    if column == "late" {
        return by_risk(open);
    }
    open.iter().map(|of| value(of)).collect()
}

/// The order of the odds of deadlines times their weights; then cases that have broken one, then others,
/// both by the time that is left at most.
pub(super) fn by_risk(open: &[&OpenCase]) -> Vec<SortValue> {
    let key = |of: &OpenCase| {
        let broken = of.odds.iter().any(|odds| odds.broken.is_some());
        let most = of.left.map_or(-1.0, |left| left.of[2]);
        (of.risk().unwrap_or(-1.0), broken, most)
    };
    let mut keys: Vec<(f64, bool, f64)> = open.iter().map(|of| key(of)).collect();
    let all = keys.clone();
    let compare = |a: &(f64, bool, f64), b: &(f64, bool, f64)| {
        let by_risk = a.0.total_cmp(&b.0).then(a.1.cmp(&b.1));
        by_risk.then(a.2.total_cmp(&b.2))
    };
    keys.sort_unstable_by(compare);
    let place = |key: &(f64, bool, f64)| keys.partition_point(|of| compare(of, key).is_lt());
    all.iter().map(|key| (place(key) as u64).into()).collect()
}
