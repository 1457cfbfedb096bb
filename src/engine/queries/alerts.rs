//! Conditions of the alerts that hold now.

use crate::engine::alert_states::{AlertKey, Holding};
use crate::engine::alerts::{AlertFigure, AlertOn, AlertSpec, FigureTest, Quantile};
use crate::engine::definitions::DURATION;
use crate::engine::list::{Listing, Page};
use crate::engine::queries::deadlines::DeadlinesQuery;
use crate::engine::queries::key_figures::KeyFiguresQuery;
use crate::engine::queries::summary::SummaryQuery;
use crate::engine::query::{Context, Query};
use crate::engine::stats::Stats;
use crate::engine::view::{AskError, View};
use crate::filter::{Expr, Field};
use crate::metrics::deadlines::State;
use crate::metrics::triage::last_event;

/// Fewer cases than this make no rate and no quantile that could fire.
const FEW: u64 = 20;

/// Conditions of the alerts that hold now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlertsQuery;

/// Conditions of the alerts that hold now.
#[derive(Debug, Clone, PartialEq)]
pub struct Alerts {
    /// The alerts.
    pub specs: Vec<AlertSpec>,
    /// Conditions that hold, by alert.
    pub holding: Vec<Holding>,
    /// Sentences about alerts that cannot be judged: of too few cases.
    pub notes: Vec<String>,
}

impl Query for AlertsQuery {
    type Answer = Alerts;

    fn run(&self, context: &Context<'_>) -> Result<Alerts, AskError> {
        let mut alerts = Alerts {
            specs: context.analysis.alerts().to_vec(),
            holding: Vec::new(),
            notes: Vec::new(),
        };
        for spec in context.analysis.alerts() {
            context.cancel.check()?;
            match &spec.on {
                AlertOn::Cases(condition) => {
                    cases(context, spec, &condition.filter, &mut alerts)?;
                }
                AlertOn::Deadline(name) => {
                    let field = Field::Column(name.clone());
                    let filter = Expr::one_of(field, [State::Overdue.word()]).to_string();
                    cases(context, spec, &filter, &mut alerts)?;
                }
                AlertOn::Figure(test) => figure(context, spec, test, &mut alerts)?,
            }
        }
        Ok(alerts)
    }
}

/// Adds the cases that meet a filter.
fn cases(
    context: &Context<'_>,
    spec: &AlertSpec,
    filter: &str,
    alerts: &mut Alerts,
) -> Result<(), AskError> {
    let mut view = context.view.clone();
    view.filters.push(filter.to_owned());
    let selected = context.analysis.select(&view, context.cancel)?;
    let selection = selected.selection();
    selection.for_each_case(|case| {
        alerts.holding.push(Holding {
            key: AlertKey {
                alert: spec.name.clone(),
                case: selection.log.case_ids.get(case as u32).to_owned(),
            },
            value: None,
        });
    });
    Ok(())
}

/// Adds a figure that meets its test.
fn figure(
    context: &Context<'_>,
    spec: &AlertSpec,
    test: &FigureTest,
    alerts: &mut Alerts,
) -> Result<(), AskError> {
    let (value, n) = value(context, &test.figure)?;
    let needs_cases = matches!(
        test.figure,
        AlertFigure::Quantile(..) | AlertFigure::Breaches(_)
    );
    if needs_cases && n < FEW {
        let (name, text) = (&spec.name, &test.text);
        alerts.notes.push(format!(
            "alert {name}: {text} is of {n} cases, and cannot fire before there are {FEW}"
        ));
        return Ok(());
    }
    if let Some(value) = value.filter(|value| test.holds(*value)) {
        alerts.holding.push(Holding {
            key: AlertKey {
                alert: spec.name.clone(),
                case: String::new(),
            },
            value: Some(value),
        });
    }
    Ok(())
}

/// Value of a figure, and the number of cases that it is of.
fn value(context: &Context<'_>, figure: &AlertFigure) -> Result<(Option<f64>, u64), AskError> {
    Ok(match figure {
        AlertFigure::Cases | AlertFigure::Open => {
            let summary = SummaryQuery.run(context)?;
            let n = match figure {
                AlertFigure::Cases => summary.cases,
                _ => summary.open.unwrap_or_default(),
            };
            (Some(n as f64), n)
        }
        AlertFigure::OpenAt(activity) => {
            let selected = context.selected()?;
            let (log, index) = (&selected.prepared.log, &selected.prepared.index);
            let code = log.activities.find(activity);
            let open = selected.open();
            let at = |case: &usize| Some(log.activity.get(last_event(log, index, *case))) == code;
            let n = open.iter().filter(at).count() as u64;
            (Some(n as f64), n)
        }
        AlertFigure::Quantile(quantile, name) => {
            let key = if name == DURATION { "" } else { name };
            let figures = KeyFiguresQuery { bins: 1 }.run(context)?.figures;
            let stats = figures.into_iter().find(|figure| figure.name == key);
            let stats =
                stats.ok_or_else(|| AskError::Name(format!("no milestone is called {name}")))?;
            let n = stats.stats.map_or(0, |stats| stats.n);
            (stats.stats.map(|stats| of_stats(stats, *quantile)), n)
        }
        AlertFigure::Breaches(name) => {
            let query = DeadlinesQuery {
                listing: Listing::by("defined"),
                cases: Listing {
                    page: Page::first(0),
                    ..Listing::by("over")
                },
                time_bins: 1,
                open_ended: false,
            };
            let rules = query.run(context)?.rules.rows;
            let rule = rules.into_iter().find(|rule| rule.name == *name);
            let rule =
                rule.ok_or_else(|| AskError::Name(format!("no deadline is called {name}")))?;
            (rule.rate(), rule.known())
        }
    })
}

fn of_stats(stats: Stats, quantile: Quantile) -> f64 {
    match quantile {
        Quantile::Mean => stats.mean,
        Quantile::Median => stats.median,
        Quantile::P90 => stats.p90,
        Quantile::P99 => stats.p99,
        Quantile::Max => stats.max,
    }
}

impl AlertsQuery {
    /// The view of alerts about the whole log as of that view: filters of cases do not hide what fires.
    pub fn view(view: &View) -> View {
        View {
            filters: Vec::new(),
            versus: None,
            ..view.clone()
        }
    }
}
