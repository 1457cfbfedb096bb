//! Stages of journeys: how many cases reach each, in which systems, and how long cases are between events
//! of different systems.

use super::touchpoint::filter_text;
use super::{JourneyFacts, found};
use crate::engine::cache::RecentCache;
use crate::engine::definitions::NamedStages;
use crate::engine::joined::{Comparable, Compared};
use crate::engine::list::{List, Listing, Rows};
use crate::engine::prepared::Prepared;
use crate::engine::queries::funnel;
use crate::engine::query::{Context, Query};
use crate::engine::schema::{Align, Schema, Surface, Tone, Value};
use crate::engine::selected::Selected;
use crate::engine::touchpoints::JourneyOf;
use crate::engine::view::AskError;
use crate::filter::Expr;
use crate::metrics::coverage::{Covering, blind_spans, coverage};
use crate::metrics::quantile::of_unsorted;
use crate::text::count;
use std::cmp::Reverse;
use std::sync::Arc;

/// A page of the stages.
#[derive(Debug, Clone, PartialEq)]
pub struct CoveredStagesQuery {
    /// Touchpoints, scores, sources and outcome of the journeys.
    pub of: JourneyOf,
    /// Order, search and page.
    pub listing: Listing,
}

/// A page of the stages.
#[derive(Debug, Clone, PartialEq)]
pub struct CoveredStages {
    /// Touchpoints, scores, sources and outcome of the journeys.
    pub facts: Arc<JourneyFacts>,
    /// Name of the list of stages; `None` without one.
    pub name: Option<String>,
    /// True for a guess.
    pub guessed: bool,
    /// The stages.
    pub rows: Rows<CoveredStage>,
    /// Times between events of different sources; `None` without sources.
    pub blind: Option<BlindSpans>,
}

/// A stage.
#[derive(Debug, Clone, PartialEq)]
pub struct CoveredStage {
    /// Number, from 1.
    pub number: usize,
    /// Activities, joined by ` | `.
    pub stage: Arc<str>,
    /// Filter of the cases that reach it; `None` where the log has none of its activities.
    pub filter: Option<Expr>,
    /// Cases with an event of it.
    pub cases: u64,
    /// Share of the selected cases, 0 to 1.
    pub share: f64,
    /// Those with an event of it from each source: most cases first, then by name; `None` for events without
    /// a source. Empty without sources.
    pub by_source: Vec<(Option<Arc<str>>, u64)>,
    /// True if some event of the log is of the stage, whatever is selected.
    pub covered: bool,
}

impl CoveredStage {
    /// The sources with their cases in one line, or that there are none.
    pub fn sources(&self) -> String {
        if !self.covered {
            return "no system has it".to_owned();
        }
        let sources = self.by_source.iter().map(|(source, cases)| {
            let source = source.as_deref().unwrap_or("(none)");
            format!("{source} {}", count(*cases))
        });
        sources.collect::<Vec<String>>().join(", ")
    }
}

/// The longest time of each case between an event and the next one of another source, where it has several.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct BlindSpans {
    /// Cases with events of several sources.
    pub cases: u64,
    /// Median, seconds; `None` without such cases.
    pub median: Option<f64>,
    /// 90th percentile.
    pub p90: Option<f64>,
}

type Column = crate::engine::schema::Column<CoveredStage>;

/// Columns of the stages.
pub static COVERED: Schema<CoveredStage> = Schema {
    name: "stages",
    key: |r| format!("{}\0{}", r.number, r.stage),
    columns: &[
        Column::as_made("order"),
        Column::new("stage", |r| Value::text(&r.stage))
            .left(Align::Text)
            .flex(14, 3, 40)
            .unsorted(),
        Column::new("filter", |r| filter_text(r.filter.as_ref()))
            .only(&[Surface::Table, Surface::Json])
            .when_on(&[Surface::Table], |f| f.extra)
            .left(Align::Text)
            .unsorted(),
        Column::new("cases", |r| Value::Count(r.cases)).term("cases"),
        Column::new("share", |r| Value::Share(r.share))
            .flex(8, 1, 20)
            .bar(6)
            .priority(1)
            .unsorted()
            .term("share"),
        Column::new("by_source", |r| Value::Text(r.sources().into()))
            .title("cases by source")
            .only(&[Surface::Pane, Surface::Table])
            .left(Align::Text)
            .flex(16, 5, 80)
            .tone(|r| if r.covered { Tone::Plain } else { Tone::Bad })
            .unsorted()
            .term("covered"),
        Column::new("covered", |r| Value::Flag(r.covered))
            .only(&[Surface::Table, Surface::Json])
            .unsorted(),
    ],
    pane: &[],
    table: &[],
    json: &[],
    orders: &["order", "cases"],
    chosen: None,
};

impl List for CoveredStagesQuery {
    type Row = CoveredStage;

    fn schema() -> &'static Schema<CoveredStage> {
        &COVERED
    }

    fn rows(answer: &CoveredStages) -> &Rows<CoveredStage> {
        &answer.rows
    }
}

impl Comparable for CoveredStagesQuery {
    const COMPARED: Compared = Compared {
        many: "stages",
        names: &["stage"],
        title: "stage",
        time: "",
        heads: ["", ""],
        of_times: false,
    };

    fn of(&self, listing: Listing) -> Self {
        CoveredStagesQuery {
            listing,
            ..self.clone()
        }
    }

    fn listing(&self) -> &Listing {
        &self.listing
    }

    fn cases(row: &CoveredStage) -> Option<u64> {
        Some(row.cases)
    }

    fn name(row: &CoveredStage) -> String {
        row.stage.to_string()
    }
}

/// The stages of a view by what the journeys are of.
struct Whole(RecentCache<JourneyOf, Arc<CoveredStages>>);

/// Lists kept for a view.
const KEPT: usize = 2;

impl Query for CoveredStagesQuery {
    type Answer = CoveredStages;
    const BYTES_PER_EVENT: u64 = 8;

    fn run(&self, context: &Context<'_>) -> Result<CoveredStages, AskError> {
        let selected = context.selected()?;
        let answers = (selected.figures).get_or_init(|| Whole(RecentCache::new(KEPT)));
        let make = || whole(&self.of, &selected, context).map(Arc::new);
        let whole = answers.0.get_or_make(&self.of, make)?;
        let rows = &whole.rows.rows;
        let rows = COVERED.select(rows, &self.listing, context.cancel, Self::name)?;
        Ok(CoveredStages {
            rows,
            ..(*whole).clone()
        })
    }
}

/// The list of stages: the first that is defined, else a guess; `None` without either.
pub(super) fn stages_of(prepared: &Prepared) -> Option<NamedStages> {
    funnel::offers(prepared).into_iter().next()
}

/// Numbers of the stages that each activity is of, by its code.
pub(super) fn by_activity(stages: &NamedStages, prepared: &Prepared) -> Vec<Vec<usize>> {
    let activities = &prepared.log.activities;
    let mut numbers = vec![Vec::new(); activities.len()];
    for (stage, names) in stages.stages.iter().enumerate() {
        for code in names.iter().filter_map(|name| activities.find(name)) {
            let of: &mut Vec<usize> = &mut numbers[code as usize];
            if of.last() != Some(&stage) {
                of.push(stage);
            }
        }
    }
    numbers
}

/// True for the stages that some event of the log is of.
pub(super) fn covered(stages: &NamedStages, prepared: &Prepared) -> Vec<bool> {
    let occurs = |name: &String| {
        let code = prepared.log.activities.find(name);
        code.is_some_and(|code| prepared.index.activity_events[code as usize] > 0)
    };
    let stages = stages.stages.iter();
    stages.map(|names| names.iter().any(occurs)).collect()
}

fn whole(
    of: &JourneyOf,
    selected: &Selected,
    context: &Context<'_>,
) -> Result<CoveredStages, AskError> {
    let prepared = &selected.prepared;
    let found = found(of, selected, context)?;
    let stages = stages_of(prepared);
    let source = found.bound.source.as_ref();
    let source = source.and_then(|column| column.part(&prepared.log));
    let selection = selected.selection();
    let rows = match &stages {
        None => Vec::new(),
        Some(stages) => {
            let covering = Covering {
                n_stages: stages.stages.len(),
                stages_of: &by_activity(stages, prepared),
                by: source,
                score: None,
            };
            let coverage = coverage(&selection, &covering, context.cancel)?;
            let covered = covered(stages, prepared);
            let row = |(at, names): (usize, &Vec<String>)| {
                let mut by_source = Vec::new();
                if let Some(source) = &source {
                    let cells = (0..).zip(&coverage.cells[at]);
                    let cells = cells.filter(|(_, cell)| cell.cases > 0);
                    by_source.extend(
                        cells.map(|(code, cell)| (source.text(code).map(Arc::from), cell.cases)),
                    );
                }
                by_source.sort_by_key(|(source, cases): &(Option<Arc<str>>, u64)| {
                    (Reverse(*cases), source.is_none(), source.clone())
                });
                let known = |name: &&String| prepared.log.activities.find(name).is_some();
                let filters = names.iter().filter(known).map(|name| Expr::activity(name));
                CoveredStage {
                    number: at + 1,
                    stage: names.join(" | ").into(),
                    filter: filters.reduce(Expr::or),
                    cases: coverage.stages[at],
                    share: coverage.stages[at] as f64 / selection.n_cases.max(1) as f64,
                    by_source,
                    covered: covered[at],
                }
            };
            stages.stages.iter().enumerate().map(row).collect()
        }
    };
    let spans = source.map(|source| blind_spans(&selection, source, context.cancel));
    let blind = spans.transpose()?.map(|mut spans| {
        let figures = of_unsorted(&mut spans);
        BlindSpans {
            cases: spans.len() as u64,
            median: figures.as_ref().map(|of| of.median / 1e6),
            p90: figures.map(|of| of.p90 / 1e6),
        }
    });
    Ok(CoveredStages {
        facts: Arc::clone(&found.facts),
        name: stages.as_ref().map(|stages| stages.name.clone()),
        guessed: stages.is_some_and(|stages| stages.guessed.is_some()),
        rows: Rows::all(rows),
        blind,
    })
}
