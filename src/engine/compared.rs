//! The cases that are explained and those that they are compared with.

use super::cache::RecentCache;
use super::factors::{may_come_true, mentions, unfolded};
use super::prepared::{Prepared, filter_error};
use super::query::Context;
use super::selected::Selected;
use super::sides::{Selections, Sides};
use super::tested::FEWEST;
use super::view::{AskError, FilterError, View};
use crate::filter::{self, DurationLiteral, Expr, Field, Op, Trigger};
use crate::index::CaseSet;
use crate::metrics::deadlines::State;
use crate::metrics::quantile::type7;
use crate::text::count;
use crate::text::time::{DAY, HOUR, MINUTE, SECOND};
use std::sync::Arc;

/// The selected cases.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Of {
    /// Their filter; the first of those on offer with enough cases on both sides where it is `None`.
    pub filter: Option<String>,
    /// Another filter on offer.
    pub cursor: Option<String>,
}

/// The cases to be compared.
pub struct Compared {
    /// The view, without the filter that is explained.
    pub view: Arc<Selected>,
    /// The filters on offer.
    pub offers: Vec<String>,
    /// Their filter as text.
    pub text: String,
    /// The filter.
    pub expr: Expr,
    /// All cases that are compared.
    pub cases: CaseSet,
    /// Those that meet the filter.
    pub selected: CaseSet,
    /// Open cases that may meet it later, and are not compared.
    pub open_left_out: u64,
    /// The selections A and B, where it is asked why a case is in B alone rather than in A alone.
    pub sides: Option<Sides>,
    /// Why nothing can be said, where that is so.
    pub reason: Option<String>,
}

/// Selections of both sides, by the filters of B.
type Views = RecentCache<Vec<String>, Arc<Selected>>;

impl Compared {
    fn new(
        view: Arc<Selected>,
        text: String,
        expr: Expr,
        cases: CaseSet,
        mut selected: CaseSet,
    ) -> Self {
        selected.and(&cases);
        let (n, of) = (selected.count() as u64, cases.count() as u64);
        let few = |what: &str, n: u64| {
            (n < FEWEST).then(|| {
                let (n, of) = (count(n), count(of));
                format!("fewer than {FEWEST} cases {what}: {n} of {of}")
            })
        };
        Compared {
            view,
            offers: Vec::new(),
            text,
            expr,
            reason: few("match", n).or_else(|| few("do not match", of - n)),
            cases,
            selected,
            open_left_out: 0,
            sides: None,
        }
    }

    /// The cases of B alone among those of either side alone.
    fn between(context: &Context<'_>) -> Result<Compared, AskError> {
        let selections = Selections::of(context)?;
        let sides = selections.sides();
        let prepared = &selections.selected[0].prepared;
        let [a, b] = selections.apart.each_ref().map(|of| of.selection());
        let n = prepared.index.n_cases();
        let cases = CaseSet::from_fn(n, |case| a.contains(case) || b.contains(case));
        let selected = CaseSet::from_fn(n, |case| b.contains(case));
        // Kept with A, as every page of the factors is of the same cases.
        let views = selections.selected[0].figures.get_or_init(|| Views::new(2));
        let key = &selections.views[1].filters;
        let view = if let Some(view) = views.get(key) {
            view
        } else {
            let waits = selections.selected[0].waits.clone();
            let view = Selected::new(Arc::clone(prepared), Some(cases.clone()), waits);
            let view = Arc::new(view);
            views.put(key.clone(), Arc::clone(&view));
            view
        };
        // What either side is made of holds by definition.
        let filters = selections.views.iter().flat_map(|view| &view.filters);
        let filters = filters.map(|text| filter::parse(text).map_err(|e| filter_error(text, e)));
        let filters = filters.collect::<Result<Vec<Expr>, _>>()?;
        let any = Expr::compare(Field::Events, Op::GreaterEqual, 0);
        let expr = filters.into_iter().reduce(Expr::and).unwrap_or(any);
        let compared = Compared::new(view, sides.texts[1].clone(), expr, cases, selected);
        Ok(Compared {
            reason: sides.reason().map(str::to_owned).or(compared.reason),
            sides: Some(sides),
            ..compared
        })
    }

    /// The cases of a filter.
    fn by(context: &Context<'_>, text: &str, open_ended: bool) -> Result<Compared, AskError> {
        let selected = without(context, text)?;
        let prepared = &selected.prepared;
        let expr = filter::parse(text).map_err(|error| filter_error(text, error))?;
        let meeting = prepared.cases(text, context.analysis.zone(), context.cancel)?;
        let selection = selected.selection();
        let mut cases = CaseSet::from_fn(prepared.index.n_cases(), |case| selection.contains(case));
        let mut left_out = 0;
        if !open_ended && may_come_true(prepared, &mentions(prepared, &expr)) {
            let open = selected.open();
            let before = cases.count();
            cases = CaseSet::from_fn(prepared.index.n_cases(), |case| {
                // Cases that meet the filter already stay, whether they are open or not.
                cases.contains(case) && (meeting.contains(case) || !open.contains(case))
            });
            left_out = (before - cases.count()) as u64;
        }
        Ok(Compared {
            open_left_out: left_out,
            ..Compared::new(
                Arc::clone(&selected),
                text.to_owned(),
                expr,
                cases,
                (*meeting).clone(),
            )
        })
    }

    /// Number of events of each variant before the first that makes its cases selected.
    ///
    /// # Errors
    /// Something else than events makes a case selected.
    pub fn kept(&self, prepared: &Prepared) -> Result<Vec<u32>, FilterError> {
        let Some(triggers) = unfolded(prepared, &self.expr).triggers() else {
            return Err(FilterError {
                text: self.text.clone(),
                span: 0..self.text.len(),
                message: "only what an event makes true has something before it: an activity, an \
                          edge, or several of them joined by `or`"
                    .to_owned(),
            });
        };
        let code = |name: &String| {
            let names = &prepared.names;
            let exact = names.iter().position(|n| **n == **name);
            let folded = || {
                names
                    .iter()
                    .position(|n| n.to_lowercase() == name.to_lowercase())
            };
            exact.or_else(folded).map(|at| at as u32)
        };
        let codes: Vec<(Option<u32>, Option<u32>)> = triggers
            .iter()
            .map(|trigger| match trigger {
                Trigger::Activity(name) => (None, code(name)),
                Trigger::Edge(from, to) => (code(from), code(to)),
            })
            .collect();
        let variants = &prepared.index.variants;
        let position = |v: usize| {
            let sequence = variants.sequence(v);
            let is_trigger = |at: &usize| {
                let previous = at.checked_sub(1).map(|before| sequence[before]);
                codes.iter().any(|(from, to)| {
                    Some(sequence[*at]) == *to && (from.is_none() || *from == previous)
                })
            };
            (0..sequence.len()).find(is_trigger).unwrap_or(usize::MAX)
        };
        // Without such an event all events count.
        let kept = (0..variants.len()).map(|v| u32::try_from(position(v)).unwrap_or(u32::MAX));
        Ok(kept.collect())
    }
}

impl Of {
    /// The filters on offer: the last one of the view, slow cases, broken deadlines and rules, outcomes, that of
    /// the cursor.
    fn offers(&self, context: &Context<'_>, selected: &Selected) -> Vec<String> {
        let mut offers: Vec<String> = context.view.filters.last().cloned().into_iter().collect();
        let slow = selected.figures.get_or_init(|| Slow(slow(selected)));
        offers.extend(slow.0.as_ref().map(Expr::to_string));
        let timing = &selected.prepared.timed.timing;
        offers.extend(timing.rules.iter().map(|rule| {
            let column = Field::Column(rule.name.clone());
            Expr::one_of(column, ["broken", "overdue"]).to_string()
        }));
        offers.extend(timing.conform_rules.iter().map(|rule| {
            let column = Field::Column(rule.name.clone());
            Expr::compare(column, Op::Equal, State::Broken.word()).to_string()
        }));
        let outcomes = timing.outcomes.iter();
        offers.extend(outcomes.map(|outcome| Expr::outcome(&outcome.name).to_string()));
        offers.extend(self.cursor.iter().cloned());
        offers
    }

    /// The cases of the filter that is asked for, or of the first on offer with enough on both sides; where
    /// the view compares two selections, the cases of the other one.
    ///
    /// # Errors
    /// A filter is wrong, or the answer is not wanted any more.
    pub fn compared(&self, context: &Context<'_>, open_ended: bool) -> Result<Compared, AskError> {
        if context.view.versus.is_some() {
            return Compared::between(context);
        }
        let selected = context.selected()?;
        let offers = self.offers(context, &selected);
        let tried = match &self.filter {
            Some(filter) => std::slice::from_ref(filter),
            None => &offers,
        };
        let mut first = None;
        for text in tried {
            let compared = Compared::by(context, text, open_ended)?;
            if compared.reason.is_none() {
                return Ok(Compared { offers, ..compared });
            }
            // Where none will do, the reason is said for the first one.
            first.get_or_insert(compared);
        }
        let nothing = || {
            let none = CaseSet::none(selected.prepared.index.n_cases());
            let never = Expr::compare(Field::Events, Op::Less, 0);
            Compared::new(selected, never.to_string(), never, none.clone(), none)
        };
        let compared = first.unwrap_or_else(nothing);
        Ok(Compared { offers, ..compared })
    }
}

/// The cases that the view selects without a filter of that text, if it has one.
fn without(context: &Context<'_>, text: &str) -> Result<Arc<Selected>, AskError> {
    let Some(at) = context
        .view
        .filters
        // The last one, as that is what is on offer.
        .iter()
        .rposition(|filter| filter == text)
    else {
        return context.selected();
    };
    let mut view: View = context.view.clone();
    view.filters.remove(at);
    context.analysis.select(&view, context.cancel)
}

/// The filter of the slow cases of a view.
struct Slow(Option<Expr>);

/// The filter of the cases that take longer than nine in ten: in whole hours from a day on, in whole
/// minutes from an hour on, in whole seconds below, so that it can be read and typed.
fn slow(selected: &Selected) -> Option<Expr> {
    let selection = selected.selection();
    let index = selection.index;
    let durations = index.by_duration.iter().zip(&index.durations);
    let of_view = durations.filter(|(case, _)| selection.contains(**case as usize));
    let durations: Vec<i64> = of_view.map(|(_, &duration)| duration).collect();
    if durations.is_empty() {
        return None;
    }
    let p90 = type7(durations.len() as u64, 0.9, |k| durations[k as usize]);
    // Rounded down, so that the filter keeps at least the cases that are longer.
    let p90 = p90 as i64;
    let unit = match p90 {
        DAY.. => HOUR,
        HOUR.. => MINUTE,
        _ => SECOND,
    };
    let p90 = DurationLiteral::of(p90 / unit * unit);
    Some(Expr::compare(Field::Duration, Op::Greater, p90))
}
