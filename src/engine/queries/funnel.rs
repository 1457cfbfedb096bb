//! Funnel: cases along a list of stages, of all selected cases and of segments of them.

use crate::engine::basis::Basis;
use crate::engine::cache::RecentCache;
use crate::engine::definitions::NamedStages;
use crate::engine::groups::GroupBy;
use crate::engine::joined::{Comparable, Compared, Times};
use crate::engine::list::{List, Listing, Rows};
use crate::engine::prepared::Prepared;
use crate::engine::query::{Context, Query};
use crate::engine::ready_made;
use crate::engine::schema::{Align, Schema, Surface, Value};
use crate::engine::selected::Selected;
use crate::engine::stats::{Stats, stats};
use crate::engine::view::AskError;
use crate::filter::{Expr, Step, quote};
use crate::metrics::funnel::{self, Order, StageFigures, Stages};
use crate::metrics::groups::{Groups, Key, MOST_GROUPS, NoGroups};
use crate::text::{count, did_you_mean};
use std::cmp::Reverse;
use std::sync::Arc;

/// A funnel.
#[derive(Debug, Clone, PartialEq)]
pub struct FunnelQuery {
    /// Stages, two at least: names of the activities of each, one at least. Without any, the first list
    /// of stages that is defined, else the activities of a frequent variant.
    pub stages: Vec<Vec<String>>,
    /// Order in which the stages must be found.
    pub order: Order,
    /// Longest time from the first stage to the last one reached, microseconds.
    pub within: Option<i64>,
    /// Property whose values are the segments.
    pub by: Option<GroupBy>,
    /// Search and page of the stages.
    pub listing: Listing,
}

/// Figures of a funnel.
#[derive(Debug, Clone, PartialEq)]
pub struct Funnel {
    /// Number of selected cases.
    pub cases: u64,
    /// Stages of all of them.
    pub stages: Rows<StageRow>,
    /// Lists of stages on offer: those that are defined, else those of a frequent variant.
    pub offers: Vec<NamedStages>,
    /// Segments, most cases first, then by value; empty where none are asked for.
    pub by: Vec<Segment>,
}

/// Cases with one value of a property.
#[derive(Debug, Clone, PartialEq)]
pub struct Segment {
    /// The value; `None` for cases without one.
    pub value: Option<Arc<str>>,
    /// Number of cases.
    pub cases: u64,
    /// Stages of these cases.
    pub stages: Vec<StageRow>,
}

/// A stage of a funnel.
#[derive(Debug, Clone, PartialEq)]
pub struct StageRow {
    /// Number of the stage, from 1.
    pub number: usize,
    /// Activities, joined by ` | `.
    pub stage: Arc<str>,
    /// Cases that reach it.
    pub cases: u64,
    /// Share of the cases that reach the first stage, 0 to 1; `None` where none does.
    pub of_first: Option<f64>,
    /// Share of the cases that reach the stage before, 0 to 1; `None` for the first stage and where no
    /// case does.
    pub of_before: Option<f64>,
    /// Cases that reach the stage before and not this one; `None` for the first stage.
    pub lost: Option<u64>,
    /// Time from the stage before to this one; `None` for the first stage and where no case reaches it.
    pub time: Option<Stats>,
    /// Cases with an event of each stage up to this one, in any order and time.
    pub any_order: u64,
    /// Activities that follow the stage before in the lost cases, `None` being the end of the case: most
    /// cases first, ties by name, the end last.
    pub next_of_lost: Vec<(Option<Arc<str>>, u64)>,
    /// The filter of the cases that reach it; `None` in a segment and where the language cannot say it.
    pub filter: Option<Expr>,
}

impl StageRow {
    /// Most frequent next activity of the lost cases, with its number: `catalog (447)`, or `end (12)` where
    /// they end; `None` where no case is lost.
    pub fn instead(&self) -> Option<String> {
        let (next, cases) = self.next_of_lost.first()?;
        let next = next.as_deref().unwrap_or("end");
        Some(format!("{next} ({})", count(*cases)))
    }
}

type Column = crate::engine::schema::Column<StageRow>;

fn share(share: Option<f64>) -> Value<'static> {
    share.map_or(Value::Missing, Value::Share)
}

/// Columns of the stages.
pub static STAGES: Schema<StageRow> = Schema {
    name: "stages",
    key: |r| key(r.number, &r.stage),
    columns: &[
        Column::as_made("order"),
        Column::new("stage", |r| Value::text(&r.stage))
            .left(Align::Text)
            .flex(14, 3, 48)
            .unsorted(),
        Column::new("cases", |r| Value::Count(r.cases)).unsorted(),
        Column::new("of_first", |r| share(r.of_first))
            .basis(|r| Basis::of(r.cases, "cases"))
            .title("of first")
            .flex(13, 2, 30)
            .bar(6)
            .unsorted(),
        Column::new("of_before", |r| share(r.of_before))
            .title("of before")
            .fixed(9)
            .priority(1)
            .unsorted(),
        Column::new("lost", |r| r.lost.map_or(Value::Missing, Value::Count)).unsorted(),
        Column::new("time_median", |r| {
            Value::seconds(r.time.as_ref(), |time| time.median)
        })
        .basis(|r| Basis::of(r.time.map_or(0, |time| time.n), "cases"))
        .title("median to it")
        .fixed(12)
        .priority(2)
        .unsorted(),
        Column::new("instead", |r| {
            r.instead()
                .map_or(Value::Missing, |text| Value::Text(text.into()))
        })
        .only(&[Surface::Pane])
        .left(Align::Text)
        .flex(12, 2, 40)
        .priority(3)
        .unsorted(),
        Column::new("any_order", |r| Value::Count(r.any_order))
            .title("any order")
            .fixed(9)
            .priority(4)
            .unsorted(),
    ],
    pane: &[],
    table: &[],
    json: &[],
    orders: &["order"],
    chosen: None,
};

impl List for FunnelQuery {
    type Row = StageRow;

    fn schema() -> &'static Schema<StageRow> {
        &STAGES
    }

    fn rows(answer: &Funnel) -> &Rows<StageRow> {
        &answer.stages
    }
}

/// Funnels kept for a view.
const KEPT: usize = 8;

/// The stages of all selected cases, and the segments.
struct Whole {
    stages: Vec<StageRow>,
    by: Vec<Segment>,
}

/// The parts of a query that all its pages share.
type Asked = (Vec<Vec<String>>, Order, Option<i64>, Option<GroupBy>);

impl Comparable for FunnelQuery {
    const COMPARED: Compared = Compared {
        many: "stages",
        names: &["stage"],
        title: "stage",
        time: "time to it",
        heads: ["A time", "B time"],
        of_times: false,
    };

    /// The stages of all cases, without segments.
    fn of(&self, listing: Listing) -> Self {
        FunnelQuery {
            by: None,
            listing,
            ..self.clone()
        }
    }

    fn listing(&self) -> &Listing {
        &self.listing
    }

    fn cases(row: &StageRow) -> Option<u64> {
        Some(row.cases)
    }

    /// The cases that reach the stage before; of the first stage, all selected cases.
    fn whole(row: &StageRow) -> Option<u64> {
        row.lost.map(|lost| row.cases + lost)
    }

    fn name(row: &StageRow) -> String {
        row.stage.to_string()
    }

    /// The time from the stage before to each stage.
    fn times(&self, selected: &Selected, context: &Context<'_>) -> Result<Times, AskError> {
        let prepared = &selected.prepared;
        let offers = offers(prepared);
        let names = self.names(&offers);
        let stages = self.bind(names, prepared)?;
        let times = funnel::times(&selected.selection(), &stages, context.cancel)?;
        let keys = names.iter().zip(1..);
        Ok(keys
            .map(|(names, number)| key(number, &names.join(" | ")))
            .zip(times)
            .collect())
    }
}

/// Key of a stage: activities may be stages several times.
fn key(number: usize, stage: &str) -> String {
    format!("{number}\0{stage}")
}

impl Query for FunnelQuery {
    type Answer = Funnel;

    fn run(&self, context: &Context<'_>) -> Result<Funnel, AskError> {
        let selected = context.selected()?;
        let offers = offers(&selected.prepared);
        let whole = self.whole(self.names(&offers), context, &selected)?;
        let name = |row: &StageRow| row.stage.to_string();
        Ok(Funnel {
            cases: selected.selection().n_cases as u64,
            stages: STAGES.select(&whole.stages, &self.listing, context.cancel, name)?,
            by: whole.by.clone(),
            offers,
        })
    }
}

/// Values of the segments, and the segment of each case.
struct Segments {
    values: Vec<(Option<Arc<str>>, u64)>,
    of: Vec<u32>,
}

impl Segments {
    /// Adds the stages to the segments, and sorts them.
    fn with(self, stages: impl Iterator<Item = Vec<StageRow>>) -> Vec<Segment> {
        let segment = |((value, cases), stages)| Segment {
            value,
            cases,
            stages,
        };
        let mut by: Vec<Segment> = self.values.into_iter().zip(stages).map(segment).collect();
        by.sort_by(|a, b| {
            let key = |s: &Segment| (Reverse(s.cases), s.value.is_none());
            key(a).cmp(&key(b)).then_with(|| a.value.cmp(&b.value))
        });
        by
    }
}

impl FunnelQuery {
    /// The figures of these stages, from the cache if they were asked for before.
    fn whole(
        &self,
        names: &[Vec<String>],
        context: &Context<'_>,
        selected: &Selected,
    ) -> Result<Arc<Whole>, AskError> {
        type Answers = RecentCache<Asked, Arc<Whole>>;
        let answers = selected.figures.get_or_init(|| Answers::new(KEPT));
        let key = (names.to_vec(), self.order, self.within, self.by.clone());
        if let Some(whole) = answers.get(&key) {
            return Ok(whole);
        }
        let prepared = &selected.prepared;
        let stages = self.bind(names, prepared)?;
        let selection = selected.selection();
        let segments = self.segments(context, selected)?;
        let groups = segments.as_ref().map(|segments| funnel::Segments {
            of: &segments.of,
            n: segments.values.len(),
        });
        let figures = funnel::funnel(&selection, &stages, groups, context.cancel)?;
        let mut figures = figures
            .into_iter()
            .map(|of| Self::rows(names, of, prepared));
        let mut stages = figures.next().unwrap_or_default();
        for (at, row) in stages.iter_mut().enumerate() {
            row.filter = self.filter(&names[..=at], prepared);
        }
        let by = segments.map_or_else(Vec::new, |segments| segments.with(figures));
        let whole = Arc::new(Whole { stages, by });
        answers.put(key, Arc::clone(&whole));
        Ok(whole)
    }

    /// The stages that are asked for, else the first ones on offer.
    fn names<'a>(&'a self, offers: &'a [NamedStages]) -> &'a [Vec<String>] {
        match offers.first() {
            Some(usual) if self.stages.is_empty() => &usual.stages,
            _ => &self.stages,
        }
    }

    /// Looks up the activities of the stages.
    fn bind(&self, stages: &[Vec<String>], prepared: &Prepared) -> Result<Stages, AskError> {
        NamedStages::check(stages).map_err(AskError::Name)?;
        let stages = stages.iter().map(|names| activities(prepared, names));
        Ok(Stages {
            stages: stages.collect::<Result<_, _>>()?,
            order: self.order,
            within: self.within,
        })
    }

    fn segments(
        &self,
        context: &Context<'_>,
        selected: &Selected,
    ) -> Result<Option<Segments>, AskError> {
        let Some(by) = &self.by else {
            return Ok(None);
        };
        let by = by.clone().single();
        let selection = selected.selection();
        let bound = by.bind(&selected.prepared, &selection, context.analysis.zone())?;
        let keys: [Key<'_>; 1] = [bound.key()];
        let groups = Groups::new(&selection, &keys, context.cancel).map_err(no_groups)?;
        let mut of = vec![0; selection.index.n_cases()];
        let mut cases = vec![0; groups.len()];
        selection.for_each_case(|case| {
            let group = groups.of(case)[0];
            of[case] = group;
            cases[group as usize] += 1;
        });
        let values = groups
            .codes
            .iter()
            .map(|codes| bound.meaning.value(codes[0]));
        let values = values.map(|value| value.map(Arc::from)).zip(cases);
        Ok(Some(Segments {
            values: values.collect(),
            of,
        }))
    }

    /// The filter of the cases that reach the last of some stages; `None` where the language cannot say it.
    fn filter(&self, stages: &[Vec<String>], prepared: &Prepared) -> Option<Expr> {
        let has = |names: &Vec<String>| {
            let activities = names.iter().map(|name| Expr::activity(name));
            activities.reduce(Expr::or)
        };
        let step = match (self.order, self.within) {
            (Order::Any, None) => return stages.iter().filter_map(has).reduce(Expr::and),
            (Order::Any, Some(_)) => return None,
            // The time between instances that overlap depends on which of them are taken.
            (_, Some(_)) if prepared.log.has_instances() => return None,
            (Order::Sequence, _) => Step::Eventually,
            (Order::Direct, _) => Step::Directly,
        };
        let mut paths: Vec<Vec<&str>> = vec![Vec::new()];
        for names in stages {
            let mut longer = Vec::new();
            for path in &paths {
                longer.extend(names.iter().map(|name| [&path[..], &[name]].concat()));
            }
            paths = longer;
            if paths.len() > MOST_PATHS {
                return None;
            }
        }
        let mut paths = paths.iter().map(|path| Expr::path(path, step, self.within));
        let first = paths.next()??;
        paths.try_fold(first, |any, path| Some(any.or(path?)))
    }

    fn rows(
        stages: &[Vec<String>],
        figures: Vec<StageFigures>,
        prepared: &Prepared,
    ) -> Vec<StageRow> {
        let first = figures.first().map_or(0, |stage| stage.cases);
        let mut before: Option<u64> = None;
        let share = |cases: u64, of: u64| (of > 0).then(|| cases as f64 / of as f64);
        let mut rows = Vec::with_capacity(figures.len());
        for (names, stage) in stages.iter().zip(figures) {
            let mut next: Vec<(Option<Arc<str>>, u64)> = stage
                .next_of_lost
                .into_iter()
                .map(|(next, n)| (next.map(|a| Arc::clone(&prepared.names[a as usize])), n))
                .collect();
            next.sort_by(|a, b| {
                let key = |(name, n): &(Option<Arc<str>>, u64)| (Reverse(*n), name.is_none());
                key(a).cmp(&key(b)).then_with(|| a.0.cmp(&b.0))
            });
            rows.push(StageRow {
                number: rows.len() + 1,
                stage: names.join(" | ").into(),
                cases: stage.cases,
                of_first: share(stage.cases, first),
                of_before: before.and_then(|before| share(stage.cases, before)),
                lost: before.map(|before| before - stage.cases),
                time: stage.time.map(stats),
                any_order: stage.any_order,
                next_of_lost: next,
                filter: None,
            });
            before = Some(stage.cases);
        }
        rows
    }
}

/// Paths of a filter of several activities a stage, at most: more cannot be read.
const MOST_PATHS: usize = 12;

/// Activities of a variant that are taken as stages: fewer make no funnel, more do not fit the screen.
const USUAL: std::ops::RangeInclusive<usize> = 3..=8;

/// The lists of stages that are defined. Where there are none, the activities of one variant, in the
/// order in which it has them first: of the most frequent one that comes to a purchase, up to that; else
/// of the most frequent one with three different activities at least, else of that with two.
pub(super) fn offers(prepared: &Prepared) -> Vec<NamedStages> {
    let defined = &prepared.timed.timing.stages;
    if !defined.is_empty() {
        return defined.clone();
    }
    let variants = &prepared.index.variants;
    let different = |variant: usize| {
        let mut met: Vec<u32> = Vec::new();
        for &activity in variants.sequence(variant) {
            if !met.contains(&activity) {
                met.push(activity);
            }
            if met.len() == *USUAL.end() {
                break;
            }
        }
        met
    };
    // Variants are sorted by frequency.
    let all = || (0..variants.len()).map(|variant| (variant, different(variant)));
    let with = |least: usize| all().find(|(_, of)| of.len() >= least);
    let goals = ready_made::purchases(&prepared.log.activities);
    let bought = || {
        let up_to_goal = |(variant, mut of): (usize, Vec<u32>)| {
            let goal = of.iter().position(|activity| goals.contains(activity))?;
            of.truncate(goal + 1);
            (of.len() >= *USUAL.start()).then_some((variant, of))
        };
        // Without a goal no variant has to be looked at.
        let mut all = (!goals.is_empty()).then(all)?;
        all.find_map(up_to_goal)
    };
    let found = bought().or_else(|| with(*USUAL.start()));
    let Some((variant, found)) = found.or_else(|| with(2)) else {
        return Vec::new();
    };
    let rank = variant as u32 + 1;
    let stage = |&activity: &u32| vec![prepared.names[activity as usize].to_string()];
    let usual = NamedStages {
        name: format!("activities of variant {rank}"),
        stages: found.iter().map(stage).collect(),
        guessed: Some(rank),
    };
    vec![usual]
}

/// Returns why groups cannot be formed.
pub fn no_groups(why: NoGroups) -> AskError {
    let n = match why {
        NoGroups::TooMany(n) => count(n as u64),
        NoGroups::Cancelled => return AskError::Cancelled,
    };
    let most = count(MOST_GROUPS as u64);
    AskError::Name(format!(
        "{n} groups or more, at most {most} are formed: choose a column with fewer values"
    ))
}

/// Returns the set of these activities, by code.
///
/// # Errors
/// The log has no such activity: the message has the nearest names.
pub fn activities(prepared: &Prepared, names: &[String]) -> Result<Vec<bool>, AskError> {
    let known = &prepared.log.activities;
    let mut set = vec![false; known.len()];
    for name in names {
        let Some(code) = known.find(name) else {
            let hint = did_you_mean(name, known.iter(), quote);
            let message = format!("the log has no activity {}{hint}", quote(name));
            return Err(AskError::Name(message));
        };
        set[code as usize] = true;
    }
    Ok(set)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event_log::Progress;
    use crate::test_support::log;

    #[test]
    fn stages_are_guessed_up_to_a_purchase() {
        let guessed = |text: &str| {
            let prepared = Prepared::new(log(text), &Progress::default()).unwrap();
            let stages = offers(&prepared).swap_remove(0).stages;
            stages.concat().join(" ")
        };
        let visits = "1: home catalog view; 2: home catalog view; 3: view cart purchase thanks";
        assert_eq!(guessed(visits), "view cart purchase");
        let repeated = "1: home view home cart view purchase; 2: home view; 3: home view";
        assert_eq!(guessed(repeated), "home view cart purchase");
        // A purchase without two stages before it makes no funnel.
        assert_eq!(guessed("1: a b c; 2: a b c; 3: view purchase"), "a b c");
        assert_eq!(guessed("1: a b; 2: a b; 3: b"), "a b");
    }
}
