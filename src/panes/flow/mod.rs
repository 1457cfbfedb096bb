//! Flow of cases: arrivals, completions and work in progress over time, one
//! below the other on one axis. A chart of the timelines.

mod state;
#[cfg(test)]
mod tests;
mod view;

use super::controls::motion;
use super::list_pane::ListPane;
use super::paired::{Bins, Chart};
use super::{
    Context, CopyWhat, Explained, Look, Outcome, Pane, PaneSpec, Place, Slot, Status, Tab, texts,
};
use crate::engine::{Answer, AskError, Basis, Charted, FlowBin, FlowQuery, Request, TrendUnit};
use crate::filter::TimeLiteral;
use crate::input::Action;
use crate::text;
use crate::ui::list::Move;
use crate::ui::widgets::Timeline;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use state::{Focus, State};

/// Registry entry.
pub static SPEC: PaneSpec = PaneSpec {
    id: "flow",
    title: "Flow",
    short: "flow",
    help: "Cases started, ended and in progress over time",
    tab: Tab::Never,
    terms: &["started, ended", "in progress", "open"],
    hints: &[
        Action::Open,
        Action::SwitchFocus,
        Action::ZoomIn,
        Action::ZoomOut,
        Action::Keep,
    ],
    report: None,
    new: || Box::<State>::default(),
    versus: Some(ListPane::<Bins<State>>::boxed),
};

impl Chart for State {
    const REPORT: &'static str = "flow";

    fn entry() -> &'static PaneSpec {
        &SPEC
    }

    fn charted(_: TrendUnit, area: Rect) -> Charted {
        Charted::Flow {
            bins: Timeline::bins_for(area.width).max(1),
            range: None,
        }
    }
}

impl Pane for State {
    fn spec(&self) -> &'static PaneSpec {
        &SPEC
    }

    fn requests(&self, context: Context<'_>) -> Vec<(Slot, Request)> {
        vec![(0, self.request(context.area))]
    }

    fn receive(&mut self, _slot: Slot, answer: Result<Answer, AskError>) {
        match answer {
            Err(error) => {
                self.error = Some(error);
            }
            Ok(answer) => {
                if let Some(flow) = answer.to::<FlowQuery>() {
                    let bounds = flow.bins.iter().map(|bin| bin.start).chain([flow.end]);
                    self.periods.received(bounds.collect(), flow.whole);
                    self.flow = Some(flow.clone());
                    self.error = None;
                }
            }
        }
    }

    fn update(&mut self, action: &Action, context: Context<'_>) -> Outcome {
        if self.periods.update(action) {
            return Outcome::Done;
        }
        let page = isize::try_from(Timeline::bins_for(context.area.width) / 4).unwrap_or(10);
        match (action, motion(action)) {
            (Action::GoToChart(chart), _) => self.focus = Focus::default().other(*chart),
            (Action::SwitchFocus, _) | (_, Some(Move::Down)) => self.focus = self.focus.other(1),
            (_, Some(Move::Up)) => self.focus = self.focus.other(2),
            (_, Some(Move::PageDown | Move::HalfDown)) => self.periods.step(page),
            (_, Some(Move::PageUp | Move::HalfUp)) => self.periods.step(-page),
            (_, Some(Move::Top)) => self.periods.step(-isize::MAX),
            (_, Some(Move::Bottom)) => self.periods.step(isize::MAX),
            (_, Some(Move::Row(row))) => {
                self.periods.step(-isize::MAX);
                self.periods.step(isize::try_from(row).unwrap_or(0));
            }
            (Action::Open | Action::Keep | Action::Drop, _) => {
                return self.select(action, context.log.zone);
            }
            _ => return Outcome::Ignored,
        }
        Outcome::Done
    }

    fn draw(&self, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
        view::draw(self, area, buffer, look);
    }

    fn status(&self) -> Status {
        let n = self.periods.len();
        Status {
            position: (n > 0).then_some((self.periods.bin + 1, n)),
            ..Status::default()
        }
    }

    fn figures(&self, _: Context<'_>) -> Vec<Explained> {
        let Some((flow, bin)) = self.flow.as_ref().zip(self.bin()) else {
            return Vec::new();
        };
        let figure = |name: &str, value: String, basis, term| Explained {
            name: name.to_owned(),
            value,
            basis,
            term,
        };
        let progress = "in progress";
        match self.focus {
            Focus::Arrivals => vec![figure(
                "cases started",
                text::count(bin.arrivals),
                Some(Basis::of(bin.arrivals, "cases, open or closed")),
                "started, ended",
            )],
            Focus::Completions => vec![figure(
                "cases ended",
                text::count(bin.completions),
                Some(
                    Basis::of(bin.completions, "closed cases")
                        .without(flow.ending.open, "open cases"),
                ),
                "started, ended",
            )],
            Focus::Wip => {
                let mean = bin
                    .mean
                    .map_or_else(|| "-".to_owned(), |mean| text::number(mean, 1));
                vec![
                    figure("at the start of the bin", text::count(bin.wip), None, ""),
                    figure(
                        "on average",
                        mean,
                        Some(Basis::of(bin.there, "cases, by the time they were there")),
                        progress,
                    ),
                    figure("in total", text::count(bin.there), None, ""),
                ]
            }
        }
    }

    fn command(&self, context: Context<'_>) -> Option<Vec<String>> {
        let bins = [
            "flow".to_owned(),
            "--bins".to_owned(),
            Timeline::bins_for(context.area.width).to_string(),
        ];
        Some([bins.to_vec(), self.periods.options()].concat())
    }

    fn copy(&self, what: CopyWhat, _: Context<'_>) -> Option<String> {
        let flow = self.flow.as_ref()?;
        let cells = |bin: &FlowBin| {
            let start = TimeLiteral::of(bin.start).map_or_else(String::new, |time| time.text);
            let mean = bin.mean.map_or_else(String::new, |mean| mean.to_string());
            let counts = [bin.arrivals, bin.completions, bin.wip].map(|n| n.to_string());
            [vec![start], counts.to_vec(), vec![mean]].concat()
        };
        match what {
            CopyWhat::Cell => self.subject().map(|(filter, _)| filter.to_string()),
            CopyWhat::Row => Some(texts::tab_separated([cells(self.bin()?)])),
            CopyWhat::View => {
                let head = ["start", "arrivals", "completions", "wip", "wip_mean"];
                let head = head.map(String::from).to_vec();
                let rows = [head].into_iter().chain(flow.bins.iter().map(cells));
                Some(texts::tab_separated(rows))
            }
        }
    }

    fn place(&self) -> Place {
        Place {
            subject: format!("{} {}", self.focus as usize, self.periods.place()),
            ..Place::default()
        }
    }

    fn go_to(&mut self, place: &Place) {
        let (focus, periods) = place.subject.split_once(' ').unwrap_or_default();
        self.focus = Focus::ALL[focus.parse().unwrap_or(0) % 3];
        self.periods.go_to(periods);
    }
}

impl State {
    fn select(&self, action: &Action, zone: crate::text::time::Tz) -> Outcome {
        let Some((filter, word)) = self.subject() else {
            return Outcome::Done;
        };
        let crumb = format!("{word} {}", self.periods.crumb(zone));
        texts::emitting(texts::selecting(action, &filter, crumb))
    }
}
