//! Costs. The price of an activity instance is its service time at an hourly rate, a fixed price of its
//! activity, and an amount from the log; the cost of a case is the sum of its prices. Money is in
//! micro-units, millionths of the unit of the rates, rounded once for each instance.
//!
//! The hourly part of a price is unknown without a service time or a rate: what is known of the price is
//! then a lower bound. A service of no time costs nothing at any rate, and any time nothing at rate 0.

use super::actors::Actors;
use super::event_codes::EventCodes;
use super::selection::Selection;
use crate::event_log::{Cancel, Cancelled, Column, ColumnData, EventLog, Level};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::{AddAssign, ControlFlow, Range};

/// Microseconds of an hour.
const HOUR: i128 = 3_600_000_000;

/// Micro-units of one unit of money.
const UNIT: f64 = 1e6;

/// Returns the micro-units of an amount, rounded; `None` for what is no finite number.
pub fn micro_units(amount: f64) -> Option<i128> {
    amount.is_finite().then(|| (amount * UNIT).round() as i128)
}

/// Returns the price of a time in microseconds at an hourly rate in micro-units, rounded.
pub fn at_rate(rate: i64, time: i64) -> i128 {
    (i128::from(rate) * i128::from(time) + HOUR / 2).div_euclid(HOUR)
}

/// Rates of some values: of activities, or of a column.
pub struct Rated<'a> {
    /// Rates by code.
    rates: Vec<Option<i64>>,
    codes: EventCodes<'a>,
    /// Names that have a rate and do not occur in the log.
    pub unused: Vec<String>,
}

impl<'a> Rated<'a> {
    /// Rates of activities by name, micro-units.
    pub fn of_activities(log: &'a EventLog, rates: &BTreeMap<String, i64>) -> Self {
        let (codes, names) = EventCodes::activities(log);
        Rated::new(codes, &names, rates)
    }

    /// Rates of the values of a column by their texts, micro-units.
    pub fn of_column(column: &'a Column, rates: &BTreeMap<String, i64>) -> Self {
        let (codes, names) = EventCodes::column(column);
        Rated::new(codes, &names, rates)
    }

    fn new(codes: EventCodes<'a>, names: &[String], rates: &BTreeMap<String, i64>) -> Self {
        let known: BTreeSet<&str> = names.iter().map(String::as_str).collect();
        let unused = rates.keys().filter(|name| !known.contains(name.as_str()));
        Rated {
            rates: names.iter().map(|name| rates.get(name).copied()).collect(),
            codes,
            unused: unused.cloned().collect(),
        }
    }

    /// The rate of an event, micro-units; `None` where its value has none.
    #[inline]
    fn of(&self, case: usize, event: usize) -> Option<i64> {
        self.rates[self.codes.get(case, event)?]
    }
}

/// Rates bound to a log; money in micro-units.
#[derive(Default)]
pub struct Rates<'a> {
    /// Hourly rates: that of the first list that has one for an instance counts.
    pub hourly: Vec<Rated<'a>>,
    /// Hourly rate where none of these is known.
    pub per_hour: Option<i64>,
    /// Prices of each execution, by activity; `None` where no activity has any.
    pub fixed: Option<Rated<'a>>,
    /// Column of amounts: of each event, or once for each case where it never changes within one.
    pub amounts: Option<&'a Column>,
    /// Price of an hour past a deadline.
    pub late_hour: Option<i64>,
}

/// Known cost of some instances.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cost {
    /// Sum of what is known, micro-units; `None` where nothing is.
    pub known: Option<i128>,
    /// Instances whose hourly part is unknown.
    pub unknown: u64,
}

impl AddAssign for Cost {
    fn add_assign(&mut self, other: Cost) {
        self.known = self
            .known
            .into_iter()
            .chain(other.known)
            .reduce(|a, b| a + b);
        self.unknown += other.unknown;
    }
}

impl Rates<'_> {
    /// Names that have a rate and do not occur in the log, each once.
    pub fn unused(&self) -> BTreeSet<&str> {
        let rated = self.hourly.iter().chain(&self.fixed);
        let unused = rated.flat_map(|rated| &rated.unused);
        unused.map(String::as_str).collect()
    }

    /// The price of an instance of a case.
    pub fn price(&self, log: &EventLog, case: usize, event: usize) -> Cost {
        let has_hours = self.per_hour.is_some() || !self.hourly.is_empty();
        let hours = if has_hours {
            self.hours(log, case, event)
        } else {
            // Prices of some executions say that others have none.
            self.fixed.is_some().then_some(0)
        };
        let fixed = self.fixed.as_ref();
        let fixed = fixed.and_then(|fixed| fixed.of(case, event));
        let parts = [hours, fixed.map(i128::from), self.amount(log, case, event)];
        Cost {
            known: parts.into_iter().flatten().reduce(|a, b| a + b),
            unknown: u64::from(has_hours && hours.is_none()),
        }
    }

    /// The hourly part of a price; `None` where it is unknown.
    fn hours(&self, log: &EventLog, case: usize, event: usize) -> Option<i128> {
        let rates = self.hourly.iter();
        let mut rates = rates.filter_map(|rated| rated.of(case, event));
        let rate = rates.next().or(self.per_hour);
        // The service of an instance that runs is not known yet.
        let service = log.service(event).filter(|_| !log.is_running(event));
        match (rate, service) {
            (Some(0), _) | (_, Some(0)) => Some(0),
            (rate, service) => Some(at_rate(rate?, service?)),
        }
    }

    /// The amount of an event.
    fn amount(&self, log: &EventLog, case: usize, event: usize) -> Option<i128> {
        let column = self.amounts?;
        // A value of the case is one amount, not one for each of its events.
        if column.level == Level::Case && event != log.events_of(case).start {
            return None;
        }
        match &column.data {
            ColumnData::Number(numbers) => micro_units(numbers.get(column.row(case, event))),
            _ => None,
        }
    }

    /// The cost of a case, without what its deadlines add.
    pub fn of_case(&self, log: &EventLog, case: usize) -> Cost {
        let mut cost = Cost::default();
        for event in log.events_of(case) {
            cost += self.price(log, case, event);
        }
        cost
    }
}

/// Instances and their cost.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Spent {
    /// Number of activity instances.
    pub instances: u64,
    /// Their cost.
    pub cost: Cost,
}

impl Spent {
    fn add(&mut self, price: Cost) {
        self.instances += 1;
        self.cost += price;
    }

    fn join(&mut self, other: Spent) {
        self.instances += other.instances;
        self.cost += other.cost;
    }
}

/// Instances of a selection and their cost.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct InstanceCosts {
    /// All instances.
    pub all: Spent,
    /// Instances by activity, by code.
    pub activities: Vec<Spent>,
    /// Instances by resource, with its name: `None` for those without one. Empty for a log without
    /// resources.
    pub resources: Vec<(Option<String>, Spent)>,
    /// Instances that are not the first of their activity in the case.
    pub rework: Spent,
    /// Instances without an amount in the column of amounts; 0 without such a column.
    pub without_amount: u64,
}

/// Sums of a part of the cases.
struct Work {
    all: Spent,
    activities: Vec<Spent>,
    /// The first one is for instances without a resource.
    resources: Vec<Spent>,
    rework: Spent,
    without_amount: u64,
    /// Number of the last case in which each activity occurred.
    last: Vec<usize>,
}

impl Work {
    fn new(activities: usize, resources: usize) -> Self {
        Work {
            all: Spent::default(),
            activities: vec![Spent::default(); activities],
            resources: vec![Spent::default(); resources],
            rework: Spent::default(),
            without_amount: 0,
            // No case has this number, so that the first one is new.
            last: vec![usize::MAX; activities],
        }
    }

    fn join(mut self, other: Work) -> Work {
        let of_activities = self.activities.iter_mut().zip(other.activities);
        of_activities.for_each(|(a, b)| a.join(b));
        let of_resources = self.resources.iter_mut().zip(other.resources);
        of_resources.for_each(|(a, b)| a.join(b));
        self.all.join(other.all);
        self.rework.join(other.rework);
        self.without_amount += other.without_amount;
        self
    }
}

/// Returns the costs of the instances of the selected cases.
pub fn of_instances(selection: &Selection<'_>, rates: &Rates<'_>) -> InstanceCosts {
    let log = selection.log;
    let resource = log.resource_column();
    let coded = resource.map(EventCodes::column);
    let n_resources = coded.as_ref().map_or(0, |(_, names)| 1 + names.len());
    let none = || Work::new(log.activities.len(), n_resources);
    let piece = |words: Range<usize>| {
        let mut work = none();
        let _ = selection.try_each_of(words, |case| {
            for event in log.events_of(case) {
                let price = rates.price(log, case, event);
                let activity = log.activity.get(event) as usize;
                work.all.add(price);
                work.activities[activity].add(price);
                if work.last[activity] == case {
                    work.rework.add(price);
                }
                work.last[activity] = case;
                if let Some((codes, _)) = &coded {
                    let code = codes.get(case, event);
                    work.resources[code.map_or(0, |code| 1 + code)].add(price);
                }
                let amounts = rates.amounts.filter(|of| of.level == Level::Event);
                let is_without = amounts.is_some() && rates.amount(log, case, event).is_none();
                work.without_amount += u64::from(is_without);
            }
            ControlFlow::Continue(())
        });
        work
    };
    let work = selection.pieces().map(piece).reduce(none, Work::join);
    let names = coded.map_or_else(Vec::new, |(_, names)| names);
    let names = std::iter::once(None).chain(names.into_iter().map(Some));
    let resources = names.zip(work.resources);
    InstanceCosts {
        all: work.all,
        activities: work.activities,
        resources: resources.filter(|(_, of)| of.instances > 0).collect(),
        rework: work.rework,
        without_amount: work.without_amount,
    }
}

/// Returns the costs of the instances of each actor in the selected cases.
///
/// # Errors
/// The result is not wanted any more.
pub fn by_actor(
    selection: &Selection<'_>,
    rates: &Rates<'_>,
    actors: &Actors<'_>,
    cancel: &Cancel,
) -> Result<Vec<Spent>, Cancelled> {
    let log = selection.log;
    let piece = |words: Range<usize>| {
        let mut spent = vec![Spent::default(); actors.len()];
        selection.each_of(words, cancel, |case| {
            for event in log.events_of(case) {
                if let Some(actor) = actors.codes.get(case, event) {
                    spent[actor].add(rates.price(log, case, event));
                }
            }
            ControlFlow::Continue(())
        })?;
        Ok(spent)
    };
    actors.in_pieces(selection, piece, |mut all, more| {
        all.iter_mut().zip(more).for_each(|(a, b)| a.join(b));
        all
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_hour_costs_its_rate_rounded_to_a_micro_unit() {
        let minute = 60_000_000;
        assert_eq!(at_rate(60_000_000, 30 * minute), 30_000_000);
        assert_eq!(at_rate(100_000_000, 20 * minute), 33_333_333);
        assert_eq!(at_rate(200_000_000, 20 * minute), 66_666_667);
        // Half a micro-unit is rounded up.
        assert_eq!(at_rate(1, 30 * minute), 1);
        assert_eq!(at_rate(1, 30 * minute - 1), 0);
        let most = at_rate(1_000_000_000_000_000, i64::MAX);
        assert_eq!(most, 2_562_047_788_015_215_501_944_444);
    }

    #[test]
    fn amounts_are_rounded_and_infinite_ones_are_none() {
        assert_eq!(micro_units(1.1), Some(1_100_000));
        assert_eq!(micro_units(-0.000_000_6), Some(-1));
        assert_eq!(micro_units(f64::NAN), None);
        assert_eq!(micro_units(f64::INFINITY), None);
    }

    #[test]
    fn what_is_known_adds_up_beside_what_is_not() {
        let cost = |known, unknown| Cost { known, unknown };
        let mut sum = Cost::default();
        sum += cost(None, 1);
        assert_eq!(sum, cost(None, 1));
        sum += cost(Some(5), 0);
        sum += cost(Some(-2), 2);
        assert_eq!(sum, cost(Some(3), 3));
    }
}
