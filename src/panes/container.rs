//! A pane of several others, one of which is shown at a time. A line above names them; everything else is
//! the business of the one that is shown.
//!
//! ```text
//! > Flow   Queues   Week   Trend
//! ```

use super::{Context, CopyWhat, Look, Outcome, Pane, PaneSpec, Place, Rect, Slot, versus};
use crate::engine::{Answer, AskError, LogInfo, Request};
use crate::input::{Action, ColumnChoice};
use crate::ui::{Theme, fit, paint};
use ratatui::buffer::Buffer;

/// A pane of several others.
pub struct Container {
    spec: &'static PaneSpec,
    parts: &'static [&'static PaneSpec],
    panes: Vec<Box<dyn Pane>>,
    active: usize,
    /// The subject of a place that has what all share from the first subject, and all else from the second.
    shared: Option<fn(&str, &str) -> String>,
}

impl Container {
    /// A container of panes that share nothing, made by `pane`. Their specs have no tab.
    pub fn of(
        spec: &'static PaneSpec,
        parts: &'static [&'static PaneSpec],
        pane: fn(&PaneSpec) -> Box<dyn Pane>,
    ) -> Self {
        Container {
            spec,
            parts,
            panes: parts.iter().map(|part| pane(part)).collect(),
            active: 0,
            shared: None,
        }
    }

    /// Lets the panes share a part of the subjects of their places: `shared` makes a subject that has this
    /// part from the first one, and all else from the second.
    pub fn sharing(self, shared: fn(&str, &str) -> String) -> Self {
        Container {
            shared: Some(shared),
            ..self
        }
    }

    fn pane(&self) -> &dyn Pane {
        &*self.panes[self.active]
    }

    /// Brings the other panes to what they share with the one that is shown.
    fn share(&mut self) {
        let Some(shared) = self.shared else { return };
        let of = self.pane().place().subject;
        let active = self.active;
        let others = self.panes.iter_mut().enumerate();
        for (_, pane) in others.filter(|(at, _)| *at != active) {
            let place = pane.place();
            let subject = shared(versus::usual(&of), versus::usual(&place.subject));
            if subject != versus::usual(&place.subject) {
                pane.go_to(&Place { subject, ..place });
            }
        }
    }
}

/// Area of the pane that is shown: all, or what is below the line of names.
fn body(area: Rect, maximized: bool) -> Rect {
    paint::below(area, u16::from(!maximized).min(area.height))
}

/// Data available to the pane that is shown.
fn inner(context: Context<'_>) -> Context<'_> {
    Context {
        area: body(context.area, context.maximized),
        ..context
    }
}

impl Pane for Container {
    fn spec(&self) -> &'static PaneSpec {
        self.spec
    }

    fn requests(&self, context: Context<'_>) -> Vec<(Slot, Request)> {
        self.pane().requests(inner(context))
    }

    fn shown(&self) -> Option<&dyn Pane> {
        Some(self.pane())
    }

    fn receive(&mut self, slot: Slot, answer: Result<Answer, AskError>) {
        self.panes[self.active].receive(slot, answer);
    }

    fn update(&mut self, action: &Action, context: Context<'_>) -> Outcome {
        let n = self.panes.len();
        match action {
            Action::NextChart => self.active = (self.active + 1) % n,
            Action::PreviousChart => self.active = (self.active + n - 1) % n,
            _ => {
                let outcome = self.panes[self.active].update(action, inner(context));
                self.share();
                return outcome;
            }
        }
        Outcome::Done
    }

    fn draw(&self, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
        let body = body(area, look.context.maximized);
        if body != area {
            draw_line(self.parts, self.active, area, buffer, look.theme);
        }
        let look = Look {
            context: Context {
                area: body,
                ..look.context
            },
            ..look
        };
        self.pane().draw(body, buffer, look);
    }

    fn hints(&self) -> Vec<Action> {
        let mut hints = vec![Action::NextChart];
        hints.extend(self.pane().hints());
        hints
    }

    fn set_columns(&mut self, columns: &[ColumnChoice], log: &LogInfo) {
        for pane in &mut self.panes {
            pane.set_columns(columns, log);
        }
    }

    fn command(&self, context: Context<'_>) -> Option<Vec<String>> {
        self.pane().command(inner(context))
    }

    fn copy(&self, what: CopyWhat, context: Context<'_>) -> Option<String> {
        self.pane().copy(what, inner(context))
    }

    /// Place of the pane that is shown; its subject follows the id of the pane.
    fn place(&self) -> Place {
        let place = self.pane().place();
        Place {
            subject: format!(
                "{} {}",
                self.pane().spec().id,
                versus::usual(&place.subject)
            ),
            ..place
        }
    }

    fn go_to(&mut self, place: &Place) {
        // An id has no blanks.
        let (id, subject) = place.subject.split_once(' ').unwrap_or_default();
        if let Some(at) = self.panes.iter().position(|pane| pane.spec().id == id) {
            self.active = at;
            self.panes[at].go_to(&Place {
                subject: subject.to_owned(),
                ..place.clone()
            });
            self.share();
        }
    }
}

/// All names where there is room, else that of the active one and how many there are.
fn draw_line(parts: &[&PaneSpec], active: usize, area: Rect, buffer: &mut Buffer, theme: &Theme) {
    let row = paint::row(paint::clip(area, buffer), 0);
    let all: usize = parts.iter().map(|c| fit::width(c.title) + 4).sum();
    if all > usize::from(row.width) {
        let mark = theme.glyphs.mark;
        let line = format!(
            "{mark} {} {}/{}",
            parts[active].title,
            active + 1,
            parts.len()
        );
        paint::text(buffer, row, &line, theme.focus);
        return;
    }
    let mut rest = row;
    for (at, part) in parts.iter().enumerate() {
        let (mark, style) = if at == active {
            (theme.glyphs.mark, theme.focus)
        } else {
            (" ", theme.muted)
        };
        let taken = paint::text(buffer, rest, &format!("{mark} {}", part.title), style);
        (_, rest) = paint::cut(rest, taken + 2);
    }
}
