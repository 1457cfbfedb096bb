//! Timelines: one chart at a time of those that are registered here, each a pane of its own. The line
//! above names them; everything else is the business of the chart.

#[cfg(test)]
mod tests;
mod view;

use super::{Context, CopyWhat, Look, Outcome, Pane, PaneSpec, Place, Rect, Slot, Tab, versus};
use crate::engine::{Answer, AskError, Request};
use crate::input::Action;
use ratatui::buffer::Buffer;

/// Registry entry.
pub static SPEC: PaneSpec = PaneSpec {
    id: "timelines",
    title: "Timelines",
    short: "Time",
    help: "Charts over time: flow, queues, hours of the week, trends, dots, spectrum",
    tab: Tab::Always,
    terms: &[],
    hints: &[],
    report: None,
    new: || Box::new(Timelines::of(|spec| (spec.new)())),
    versus: Some(|| Box::new(Timelines::of(PaneSpec::comparing))),
};

/// All charts, in the order of the line above them. Their specs have no tab.
pub static CHARTS: &[&PaneSpec] = &[
    &super::flow::SPEC,
    &super::queues::SPEC,
    &super::week::SPEC,
    &super::trend::SPEC,
    &super::dotted::SPEC,
    &super::spectrum::SPEC,
];

/// The pane.
struct Timelines {
    charts: Vec<Box<dyn Pane>>,
    active: usize,
}

impl Timelines {
    fn of(chart: fn(&PaneSpec) -> Box<dyn Pane>) -> Self {
        Timelines {
            charts: CHARTS.iter().map(|spec| chart(spec)).collect(),
            active: 0,
        }
    }

    fn chart(&self) -> &dyn Pane {
        &*self.charts[self.active]
    }
}

/// Where the chart is: all, or what is below the line that names the charts.
fn chart_area(area: Rect, maximized: bool) -> Rect {
    let line = u16::from(!maximized).min(area.height);
    Rect {
        y: area.y + line,
        height: area.height - line,
        ..area
    }
}

/// Data available to the chart.
fn inner(context: Context<'_>) -> Context<'_> {
    Context {
        area: chart_area(context.area, context.maximized),
        ..context
    }
}

impl Pane for Timelines {
    fn spec(&self) -> &'static PaneSpec {
        &SPEC
    }

    fn requests(&self, context: Context<'_>) -> Vec<(Slot, Request)> {
        self.chart().requests(inner(context))
    }

    fn shown(&self) -> Option<&dyn Pane> {
        Some(self.chart())
    }

    fn receive(&mut self, slot: Slot, answer: Result<Answer, AskError>) {
        self.charts[self.active].receive(slot, answer);
    }

    fn update(&mut self, action: &Action, context: Context<'_>) -> Outcome {
        let n = self.charts.len();
        match action {
            Action::NextChart => self.active = (self.active + 1) % n,
            Action::PreviousChart => self.active = (self.active + n - 1) % n,
            _ => return self.charts[self.active].update(action, inner(context)),
        }
        Outcome::Done
    }

    fn draw(&self, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
        let chart = chart_area(area, look.context.maximized);
        if chart != area {
            view::draw_line(CHARTS, self.active, area, buffer, look.theme);
        }
        let look = Look {
            context: Context {
                area: chart,
                ..look.context
            },
            ..look
        };
        self.chart().draw(chart, buffer, look);
    }

    fn hints(&self) -> Vec<Action> {
        let mut hints = vec![Action::NextChart];
        hints.extend(self.chart().hints());
        hints
    }

    fn command(&self, context: Context<'_>) -> Option<Vec<String>> {
        self.chart().command(inner(context))
    }

    fn copy(&self, what: CopyWhat, context: Context<'_>) -> Option<String> {
        self.chart().copy(what, inner(context))
    }

    /// That of the chart; what it shows stands behind the chart's id.
    fn place(&self) -> Place {
        let place = self.chart().place();
        Place {
            subject: format!(
                "{} {}",
                self.chart().spec().id,
                versus::usual(&place.subject)
            ),
            ..place
        }
    }

    fn go_to(&mut self, place: &Place) {
        // An id has no blanks.
        let (id, subject) = place.subject.split_once(' ').unwrap_or_default();
        if let Some(at) = self.charts.iter().position(|chart| chart.spec().id == id) {
            self.active = at;
            self.charts[at].go_to(&Place {
                subject: subject.to_owned(),
                ..place.clone()
            });
        }
    }
}
