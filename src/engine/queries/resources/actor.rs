//! One resource, or another value, over time: its hours of the week, events and share of time that it was
//! busy.

use crate::engine::actors::actors;
use crate::engine::query::{Context, Query};
use crate::engine::view::AskError;
use crate::event_log::WallClock;
use crate::filter::Field;
use crate::metrics::bins::TimeAxis;
use crate::metrics::load::over_time;
use crate::metrics::summary;
use crate::metrics::week::HOURS;
use std::ops::ControlFlow;

/// A resource by its name.
#[derive(Debug, Clone, PartialEq)]
pub struct ActorQuery {
    /// Column of the rows.
    pub by: Field,
    /// Name.
    pub name: String,
    /// Bins of the time axis, at most.
    pub time_bins: usize,
}

/// One resource over time.
#[derive(Debug, Clone, PartialEq)]
pub struct ActorDetail {
    /// Name.
    pub name: String,
    /// Events by hour of the week, 168, Monday's first.
    pub hours: Vec<u64>,
    /// The zone of the clock on the wall, by its IANA name.
    pub zone: String,
    /// Span of a bin as text: "day", "6 hours".
    pub unit: String,
    /// Bins of the time axis, without gaps.
    pub bins: Vec<ActorBin>,
    /// End of the last bin.
    pub end: i64,
}

/// A resource in a bin of time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ActorBin {
    /// First instant of the bin; it ends where the next one begins.
    pub start: i64,
    /// Events in it.
    pub events: u64,
    /// Share of its calendar time in which an instance was under way, 0 to 1; `None` without starts.
    pub busy: Option<f64>,
}

impl Query for ActorQuery {
    type Answer = ActorDetail;

    fn run(&self, context: &Context<'_>) -> Result<ActorDetail, AskError> {
        let selected = context.selected()?;
        let selection = selected.selection();
        let (log, zone) = (selection.log, context.analysis.zone());
        let (first, last) = summary::span(&selection).unwrap_or((0, 0));
        let axis = TimeAxis::over(first, last, self.time_bins, zone);
        let mut hours = vec![0; HOURS];
        let mut events = vec![0; axis.n_bins()];
        let mut busy = Vec::new();
        let actors = actors(&selected.prepared, &self.by)?;
        let number = actors.as_ref().and_then(|actors| {
            let mut names = actors.names.iter();
            Some((actors, names.position(|known| *known == self.name)?))
        });
        if let Some((actors, actor)) = number {
            let clock = WallClock::over(zone, first, last);
            let (mut clock, finder) = (clock.reader(), axis.finder());
            let words = 0..selection.index.n_cases().div_ceil(64);
            selection.each_of(words, context.cancel, |case| {
                for event in log.events_of(case) {
                    if actors.codes.get(case, event) == Some(actor) {
                        let time = log.time[event];
                        hours[clock.hour_of_week(time)] += 1;
                        events[finder.bin(time)] += 1;
                    }
                }
                ControlFlow::Continue(())
            })?;
            if log.has_instances() {
                busy = over_time(&selection, actors, actor, &axis, context.cancel)?;
            }
        }
        let bin = |(at, &events): (usize, &u64)| {
            let length = axis.bounds[at + 1] - axis.bounds[at];
            let share = |(busy, _): &(i128, i128)| *busy as f64 / length.max(1) as f64;
            ActorBin {
                start: axis.bounds[at],
                events,
                busy: busy.get(at).map(share),
            }
        };
        Ok(ActorDetail {
            name: self.name.clone(),
            hours,
            zone: zone.name().to_owned(),
            unit: axis.unit.to_owned(),
            bins: events.iter().enumerate().map(bin).collect(),
            end: axis.bounds[axis.n_bins()],
        })
    }
}
