//! Open cases: age, last activity and the time since, whether that is unusual, next deadline; and where
//! they gather, now and a period ago.

use super::deadlines::Due;
use super::predict::{basis_of_odds, late_state, late_text, late_tone};
use super::prediction::LeftFigures;
use crate::engine::basis::Basis;
use crate::engine::ending::{Ending, ending};
use crate::engine::list::{By, List, Listing, Rows, arrange};
use crate::engine::predict::{Basing, Odds};
use crate::engine::query::{Context, Query};
use crate::engine::schema::Surface::{Json, Pane, Table};
use crate::engine::schema::{Align, Choosable, ColumnKey, FieldValues, Need, Schema, Tone, Value};
use crate::engine::selected::Selected;
use crate::engine::sorting::SortValue;
use crate::engine::stats::seconds;
use crate::engine::view::AskError;
use crate::metrics::Subject;
use crate::metrics::deadlines::State;
use crate::metrics::summary;
use crate::metrics::triage::{self, After};
use crate::text::count;
use crate::text::time::{DAY, round_duration};
use open::resource_of;
use predicted::Predicted;
use std::sync::Arc;

mod open;
mod places;
mod predicted;

pub(super) use open::{FEW, Open, open_cases};
pub use places::TriagePlace;
pub(super) use places::places;
pub use predicted::TriagePrediction;

/// A page of the open cases, and where they gather.
#[derive(Debug, Clone, PartialEq)]
pub struct TriageQuery {
    /// Open cases gather by their last activity or by its resource.
    pub gathering: Subject,
    /// True to learn what predictions are made of where that was not done yet; otherwise there are none then.
    pub wait: bool,
    /// [`LearnedFacts::id`](super::predict::LearnedFacts::id) of what was learned when this was asked: another
    /// question where that is new.
    pub learned: u64,
    /// Order, search and page.
    pub listing: Listing,
}

/// An open case.
#[derive(Debug, Clone, PartialEq)]
pub struct TriageRow {
    /// Case id.
    pub case: String,
    /// Time since its start, seconds.
    pub age: f64,
    /// Last activity.
    pub last: Arc<str>,
    /// Resource of the last event, where the log has one.
    pub resource: Option<String>,
    /// Instant of the last event, microseconds.
    pub since: i64,
    /// Time since then, seconds.
    pub wait: f64,
    /// True where that is longer than the p90 of the time from that activity to the next event.
    pub unusual: bool,
    /// Steps of the log from that activity to a next one, of whatever cases are looked at.
    pub went_on: u64,
    /// Activity that follows most often, and its share.
    pub next: Option<(Arc<str>, f64)>,
    /// Most urgent deadline.
    pub due: Option<Due>,
    /// Prediction, where something was learned.
    pub prediction: TriagePrediction,
    /// Values of the fields of the listing.
    pub chosen: Vec<FieldValues>,
}

/// The open cases of a selection.
#[derive(Debug, Clone, PartialEq)]
pub struct Triage {
    /// Up to when they were looked at.
    pub now: i64,
    /// Open cases of the selection.
    pub open: u64,
    /// Open cases of the log, before filters of cases. It is the reference of all that follows: what is
    /// usual, and how it was a period ago, must not depend on the cases that are looked at.
    pub log_open: u64,
    /// Cases of the log.
    pub log_cases: u64,
    /// True if the selection is not all of them.
    pub is_filtered: bool,
    /// Cases of the log under way a period ago.
    pub before: u64,
    /// Cases of the log that began, and cases that were over, in the last period.
    pub flow: (u64, u64),
    /// Length of a period, seconds: a week, or a quarter of a log shorter than four weeks.
    pub period: f64,
    /// End states, and how they are known.
    pub ending: Ending,
    /// True where rows have predictions.
    pub predicted: bool,
    /// The page of open cases.
    pub rows: Rows<TriageRow>,
    /// Where they gather: most first.
    pub places: Vec<TriagePlace>,
}

impl Triage {
    /// How many cases were open a period ago, and what came and went since: a sentence that names the
    /// population where it is not the selection.
    pub fn change(&self) -> String {
        let whole = if self.is_filtered {
            format!("whole log: {} open; ", count(self.log_open))
        } else {
            String::new()
        };
        format!(
            "{whole}{} ago: {} open; since then +{} new, -{} closed",
            round_duration(self.period),
            count(self.before),
            count(self.flow.0),
            count(self.flow.1)
        )
    }
}

/// Steps that show what is usual after the last activity.
fn went_on(row: &TriageRow) -> Basis {
    Basis::of(row.went_on, "steps from that activity to the next one")
}

/// Past events by which a case is predicted.
fn visits(row: &TriageRow) -> Basis {
    let n = row.prediction.left.map_or(0, |left| left.n);
    Basis::of(
        n,
        "events of ended cases in the same state that rested as long",
    )
}

fn left(row: &TriageRow, figure: fn(&LeftFigures) -> f64) -> Value<'_> {
    let left = row.prediction.left.as_ref();
    left.map_or(Value::Missing, |left| Value::Seconds(figure(left)))
}

type Column = crate::engine::schema::Column<TriageRow>;

/// Columns of the open cases.
pub static OPEN_CASES: Schema<TriageRow> = Schema {
    name: "cases",
    key: |r| r.case.clone(),
    columns: &[
        Column::new("case", |r| Value::text(&r.case))
            .middle()
            .left(Align::Fixed)
            .flex(9, 2, 24)
            .ascending(),
        Column::new("age", |r| Value::Seconds(r.age))
            .priority(2)
            .term("age"),
        Column::new("last step", |r| Value::text(&r.last))
            .left(Align::Text)
            .json("last_activity")
            .flex(10, 3, u16::MAX)
            .ascending()
            .term("last step"),
        Column::new("resource", |r| optional(r.resource.as_deref()))
            .left(Align::Text)
            .flex(8, 1, 20)
            .priority(1)
            .ascending()
            .when_on(&[Pane, Table], |f| f.resources),
        Column::new("since", |r| Value::Instant(r.since))
            .unsorted()
            .only(&[Json]),
        Column::new("for", |r| Value::Seconds(r.wait))
            .json("wait")
            .sorted("wait")
            .fixed(9)
            .basis(went_on)
            .term("unusual")
            .tone(|r| if r.unusual { Tone::Warn } else { Tone::Plain }),
        Column::new("unusual", |r| Value::Flag(r.unusual))
            .left(Align::Text)
            .unsorted()
            .only(&[Table, Json]),
        Column::new("usually next", |r| {
            optional(r.next.as_ref().map(|(next, _)| &**next))
        })
        .left(Align::Text)
        .json("usually_next")
        .unsorted()
        .term("usually next")
        .only(&[Table, Json]),
        Column::new("next and share", next_and_share)
            .basis(went_on)
            .term("usually next")
            .left(Align::Text)
            .title("usually next")
            .flex(12, 2, u16::MAX)
            .priority(4)
            .muted()
            .unsorted()
            // What was learned says it better: of the same state, not of the last activity alone.
            .when(|f| !f.extra)
            .only(&[Pane]),
        Column::new("deadline", |r| {
            optional(r.due.as_ref().map(|due| &*due.rule))
        })
        .left(Align::Text)
        .json("rule")
        .flex(9, 2, u16::MAX)
        .priority(3)
        .unsorted()
        .when_on(&[Pane, Table], |f| f.deadlines),
        Column::new("state", |r| {
            optional(r.due.as_ref().map(|due| due.state.word()))
        })
        .unsorted()
        .only(&[Json]),
        Column::new("calendar", |r| {
            optional(r.due.as_ref().and_then(|due| due.calendar.as_deref()))
        })
        .unsorted()
        .only(&[Json]),
        Column::new("over", over)
            .sorted("urgency")
            .fixed(9)
            .tone(due_tone)
            .when_on(&[Pane, Table], |f| f.deadlines)
            .term("over"),
        Column::new("due", |r| {
            let at = r.due.as_ref().and_then(|due| due.at);
            at.map_or(Value::Missing, Value::Instant)
        })
        .unsorted()
        .when_on(&[Pane, Table], |f| f.deadlines)
        .only(&[Table, Json]),
        Column::new("late", |r| late_text(r.prediction.worst.as_ref()))
            .fixed(7)
            .priority(2)
            .tone(|r| late_tone(r.prediction.worst.as_ref()))
            .basis(|r| basis_of_odds(r.prediction.worst.as_ref()))
            .needs(Need::Deadlines)
            .when(|f| f.extra)
            .term("late")
            .only(&[Pane]),
        Column::new("late_state", |r| late_state(r.prediction.worst.as_ref()))
            .left(Align::Fixed)
            .unsorted()
            .when(|f| f.extra && f.deadlines)
            .term("late")
            .only(&[Table]),
        Column::new("late_share", |r| {
            let share = r.prediction.worst.as_ref().and_then(Odds::share);
            share.map_or(Value::Missing, Value::Share)
        })
        .unsorted()
        .when(|f| f.extra && f.deadlines)
        .term("late")
        .only(&[Table, Json]),
        Column::new("left_p50", |r| left(r, |left| left.p50))
            .title("left p50")
            .json("left.p50")
            .fixed(9)
            .priority(3)
            .basis(visits)
            .when(|f| f.extra)
            .term("left"),
        Column::new("left_p90", |r| left(r, |left| left.p90))
            .title("left p90")
            .json("left.p90")
            .fixed(9)
            .priority(5)
            .basis(visits)
            .when(|f| f.extra)
            .term("left"),
        Column::new("next", |r| {
            let next = r.prediction.next.as_ref();
            next.map_or(Value::Missing, |next| Value::text(next.name()))
        })
        .left(Align::Text)
        .flex(10, 2, u16::MAX)
        .priority(6)
        .unsorted()
        .when(|f| f.extra)
        .term("next"),
    ],
    pane: &[
        "case",
        "age",
        "last step",
        "for",
        "over",
        "deadline",
        "late",
        "left_p50",
        "left_p90",
        "next",
        "resource",
    ],
    table: &[
        "case",
        "age",
        "last step",
        "for",
        "unusual",
        "resource",
        "deadline",
        "over",
        "due",
        "late_state",
        "late_share",
        "left_p50",
        "left_p90",
        "next",
    ],
    json: &[],
    orders: &[
        "over",
        "age",
        "for",
        "case",
        "last step",
        "resource",
        "late",
        "left_p50",
        "left_p90",
    ],
    chosen: Some(Choosable {
        values: |r| &r.chosen,
        always: &["case"],
    }),
};

fn optional(text: Option<&str>) -> Value<'_> {
    text.map_or(Value::Missing, Value::text)
}

fn over(row: &TriageRow) -> Value<'_> {
    let due = row.due.as_ref();
    due.map_or(Value::Missing, |due| {
        Value::counted(due.over, due.calendar.as_deref())
    })
}

fn due_tone(row: &TriageRow) -> Tone {
    match row.due.as_ref().map(|due| due.state) {
        Some(State::Overdue) => Tone::Bad,
        Some(State::AtRisk) => Tone::Warn,
        _ => Tone::Plain,
    }
}

fn next_and_share(row: &TriageRow) -> Value<'_> {
    row.next.as_ref().map_or(Value::Missing, |(next, share)| {
        Value::Text(format!("{next} {:.0}%", share * 100.0).into())
    })
}

impl List for TriageQuery {
    type Row = TriageRow;

    fn schema() -> &'static Schema<TriageRow> {
        &OPEN_CASES
    }

    fn rows(answer: &Triage) -> &Rows<TriageRow> {
        &answer.rows
    }
}

impl Query for TriageQuery {
    type Answer = Triage;

    fn run(&self, context: &Context<'_>) -> Result<Triage, AskError> {
        let selected = context.selected()?;
        triage(context, &selected, self)
    }
}

/// Change of the open cases of the whole log since a period ago.
pub(super) struct Balance {
    /// Length of the period, microseconds.
    pub period: i64,
    /// Open cases now.
    pub open: u64,
    /// Cases that were open a period ago, with the event that they were at.
    pub before: Vec<(usize, usize)>,
    /// Cases that began, and cases that were over, in the period.
    pub flow: (u64, u64),
}

impl Balance {
    /// The change, computed once for the cases of a whole log.
    pub fn of(whole: &Selected) -> Arc<Balance> {
        let balance = || Balance::until(whole, whole.prepared.now());
        whole.figures.get_or_init(balance)
    }

    fn until(whole: &Selected, now: i64) -> Self {
        let (prepared, reference) = (&whole.prepared, whole.selection());
        let (log, index, ends) = (reference.log, reference.index, prepared.ends());
        let (first, last) = summary::span(&reference).unwrap_or((now, now));
        // A quarter, so that a short log has a period before the last one; 1 keeps it from being
        // empty.
        let period = (7 * DAY).min((last.max(now) - first) / 4).max(1);
        let ago = now.saturating_sub(period);
        let before = triage::standing(&reference, ago, |case| ends.is_open(log, index, case, ago));
        let mut came = 0;
        reference.for_each_case(|case| came += u64::from(ago < index.case_start[case]));
        let open = whole.open().count() as u64;
        // Cases that were open or started since, and are not open now, have closed.
        let went = (before.len() as u64 + came).saturating_sub(open);
        Balance {
            period,
            open,
            before,
            flow: (came, went),
        }
    }
}

fn triage(
    context: &Context<'_>,
    selected: &Selected,
    query: &TriageQuery,
) -> Result<Triage, AskError> {
    let (gathering, listing) = (query.gathering, &query.listing);
    let (tz, cancel) = (context.analysis.zone(), context.cancel);
    let (prepared, selection) = (&selected.prepared, selected.selection());
    let now = prepared.now();
    let whole = context.reference()?;
    let reference = whole.selection();
    let after = usual_after(&whole);
    let all = open_cases(selected, tz, &after, cancel)?;
    let balance = Balance::of(&whole);
    let ending = ending(selected);
    let basing = Basing::default();
    let learned = if query.wait {
        Some(prepared.learn(&basing, context)?)
    } else {
        prepared.learned(&basing)
    };
    let predicted = learned.as_ref();
    let predicted = predicted.and_then(|learned| Predicted::of(learned, &all));
    let cases = OpenList {
        all: &all,
        after: &after,
        predicted: predicted.as_ref(),
    };
    let rows = page(context, selected, &cases, listing)?;
    Ok(Triage {
        now,
        open: all.len() as u64,
        log_open: balance.open,
        log_cases: reference.n_cases as u64,
        is_filtered: selection.n_cases < reference.n_cases,
        before: balance.before.len() as u64,
        flow: balance.flow,
        period: seconds(balance.period),
        rows,
        places: places(selected, gathering, &all, (&balance.before, &ending)),
        ending,
        predicted: predicted.is_some(),
    })
}

/// For every activity what follows it in the cases of a whole log: kept with these, so that filters need
/// not have it counted again.
pub(super) fn usual_after(whole: &Selected) -> Arc<Vec<Option<After>>> {
    let after = || triage::after(&whole.selection());
    whole.figures.get_or_init(after)
}

/// The value that the open case at a position is sorted by.
type OpenOrder<'a> = dyn Fn(usize) -> SortValue + Sync + 'a;

/// The open cases, with what they become rows by.
struct OpenList<'a> {
    all: &'a [Open],
    /// Usual continuations by the last activity.
    after: &'a [Option<After>],
    predicted: Option<&'a Predicted<'a>>,
}

/// The page of the open cases.
fn page(
    context: &Context<'_>,
    selected: &Selected,
    cases: &OpenList<'_>,
    listing: &Listing,
) -> Result<Rows<TriageRow>, AskError> {
    let (all, predicted) = (cases.all, cases.predicted);
    let (prepared, index) = (&selected.prepared, &selected.prepared.index);
    let (log, rank) = (&prepared.log, prepared.case_rank());
    let fields = context.fields(selected, listing)?;
    let resource = |open: &Open| resource_of(selected, open.case, open.event);
    let id = |case: usize| log.case_ids.get(case as u32).to_owned();
    let name = |event: usize| Arc::clone(&prepared.names[log.activity.get(event) as usize]);
    let text = |i: u32| {
        let open = &all[i as usize];
        let resource = resource(open).unwrap_or_default();
        format!("{}\n{}\n{resource}", id(open.case), name(open.event))
    };
    let key = |i: u32| id(all[i as usize].case);
    let arranged = |value: &OpenOrder<'_>| {
        let by = By {
            value: &|i: u32| value(i as usize),
            tie: &|i: u32| rank[all[i as usize].case],
            text: &text,
            followed: listing.follow.numbers(all.len(), &key),
            marked: listing.marked_numbers(all.len(), &key),
        };
        let ids = (0..all.len() as u32).collect();
        arrange(ids, listing, context.cancel, &by)
    };
    let arranged = match &listing.sort {
        ColumnKey::Own(name) => {
            let values = predicted.and_then(|predicted| predicted.order(name));
            if let Some(values) = values {
                arranged(&|i: usize| values[i])?
            } else {
                let order = order_by(name, selected, all);
                arranged(&|i: usize| order(&all[i]))?
            }
        }
        ColumnKey::Field(field) => context.ordered(selected, &OPEN_CASES, field, |order| {
            arranged(&|i: usize| order(all[i].case))
        })?,
    };
    Ok(arranged.rows(1.0, |i| {
        let open = &all[i as usize];
        let after = cases.after[log.activity.get(open.event) as usize];
        TriageRow {
            case: id(open.case),
            age: seconds(open.age),
            last: name(open.event),
            resource: resource(open),
            since: index.case_end[open.case],
            wait: seconds(open.wait),
            unusual: open.unusual,
            went_on: after.map_or(0, |a| a.elapsed.n),
            next: after.map(|a| (Arc::clone(&prepared.names[a.next as usize]), a.share)),
            due: open.due.clone(),
            prediction: predicted.map_or_else(TriagePrediction::default, |predicted| {
                predicted.at(i as usize, &prepared.names)
            }),
            chosen: fields.of(open.case),
        }
    }))
}

/// Returns the value of a column of [`OPEN_CASES`] that open cases are sorted by.
fn order_by<'a>(
    column: &str,
    selected: &'a Selected,
    all: &[Open],
) -> Box<dyn Fn(&Open) -> SortValue + Sync + 'a> {
    let (prepared, index) = (&selected.prepared, &selected.prepared.index);
    let (log, rank) = (&prepared.log, prepared.case_rank());
    let resource = |open: &Open| resource_of(selected, open.case, open.event);
    match column {
        "over" => {
            let mut urgencies: Vec<(u8, i64)> = all.iter().map(Open::urgency).collect();
            urgencies.sort_unstable();
            Box::new(move |open| {
                let before = urgencies.partition_point(|u| *u < open.urgency());
                (before as u64).into()
            })
        }
        "age" => Box::new(|open| (open.age as f64).into()),
        "for" => Box::new(|open| (open.wait as f64).into()),
        "case" => Box::new(|open| u64::from(rank[open.case]).into()),
        "last step" => Box::new(|open| {
            let activity = log.activity.get(open.event) as usize;
            u64::from(index.activity_rank[activity]).into()
        }),
        "resource" => {
            let mut names: Vec<String> = all.iter().filter_map(resource).collect();
            names.sort_unstable();
            names.dedup();
            Box::new(move |open| {
                let rank = |name| names.binary_search(&name).unwrap_or(0) as u64 as f64;
                resource(open).map(rank).into()
            })
        }
        _ => Box::new(|_| SortValue::None),
    }
}

#[cfg(test)]
mod tests;
