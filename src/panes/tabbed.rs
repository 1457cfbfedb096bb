//! A pane of several panes, one at a time. The line above names them; everything else is the business of
//! the pane that is shown.
//!
//! ```text
//! > Flow   Queues   Week   Trend
//! ```

use super::{Context, CopyWhat, Look, Outcome, Pane, PaneSpec, Place, Rect, Slot, versus};
use crate::engine::{Answer, AskError, Request};
use crate::input::Action;
use crate::ui::{Theme, fit, paint};
use ratatui::buffer::Buffer;

/// A pane of several panes.
pub struct Tabbed {
    /// Registry entry.
    spec: &'static PaneSpec,
    /// Those of the panes in it.
    of: &'static [&'static PaneSpec],
    charts: Vec<Box<dyn Pane>>,
    active: usize,
    /// Tests whether an action is for all of the panes, so that they stay of one subject.
    is_for_all: fn(&Action) -> bool,
}

impl Tabbed {
    /// The pane of that registry entry: each pane in it is made by `make`.
    pub fn boxed(
        spec: &'static PaneSpec,
        of: &'static [&'static PaneSpec],
        make: fn(&PaneSpec) -> Box<dyn Pane>,
        is_for_all: fn(&Action) -> bool,
    ) -> Box<dyn Pane> {
        Box::new(Tabbed {
            spec,
            of,
            charts: of.iter().map(|spec| make(spec)).collect(),
            active: 0,
            is_for_all,
        })
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

impl Pane for Tabbed {
    fn spec(&self) -> &'static PaneSpec {
        self.spec
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
            _ if (self.is_for_all)(action) => {
                for chart in &mut self.charts {
                    chart.update(action, inner(context));
                }
            }
            _ => return self.charts[self.active].update(action, inner(context)),
        }
        Outcome::Done
    }

    fn draw(&self, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
        let chart = chart_area(area, look.context.maximized);
        if chart != area {
            draw_line(self.of, self.active, area, buffer, look.theme);
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

/// All names where there is room, else that of the active one and how many there are.
fn draw_line(charts: &[&PaneSpec], active: usize, area: Rect, buffer: &mut Buffer, theme: &Theme) {
    let row = paint::row(paint::clip(area, buffer), 0);
    let all: usize = charts.iter().map(|c| fit::width(c.title) + 4).sum();
    if all > usize::from(row.width) {
        let mark = theme.glyphs.mark;
        let line = format!(
            "{mark} {} {}/{}",
            charts[active].title,
            active + 1,
            charts.len()
        );
        paint::text(buffer, row, &line, theme.focus);
        return;
    }
    let mut rest = row;
    for (at, chart) in charts.iter().enumerate() {
        let (mark, style) = if at == active {
            (theme.glyphs.mark, theme.focus)
        } else {
            (" ", theme.muted)
        };
        let taken = paint::text(buffer, rest, &format!("{mark} {}", chart.title), style);
        (_, rest) = paint::cut(rest, taken + 2);
    }
}
