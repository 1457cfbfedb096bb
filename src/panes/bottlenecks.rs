//! Where cases wait, ranked; and the step, activity or resource under the cursor in depth: when its waits
//! ended, how long they took, the longest ones, and what shorter waits would gain.
//!
//! ```text
//! [steps] activities  resources                    | Wait > Resolve
//!   from           to             total   share    | Waiting, by week: total
//! > Wait           Resolve        3y 120d ██ 41%   | ▁▂▄█▆▂▁
//!   Take in charge Wait           210d    █  18%   | 1d to 2d   812 ████████
//!                                                  | Case 12    89d
//! ```

#[cfg(test)]
mod tests;

use super::controls::{Order, motion};
use super::list_pane::ListPane;
use super::list_view::{Change, DetailOf, ListView};
use super::texts::{self, Nothing};
use super::{Context, Look, Outcome, PaneSpec, Rect, Slot, Tab, distributions, versus};
use crate::engine::{
    Answer, AskError, BottleneckDetail, BottleneckQuery, BottleneckRow, BottlenecksQuery, Features,
    Gain, Kind, Listing, LogInfo, NamedWait, Ranking, Request, RowClass, SetApart, WaitClass,
    Waits,
};
use crate::filter::{Expr, Gap, Queued};
use crate::input::Action;
use crate::text;
use crate::ui::list::{ListState, Move};
use crate::ui::widgets::empty::wrap;
use crate::ui::widgets::virtual_table::page_rows;
use crate::ui::widgets::{Cell, Column, Timeline, VirtualTable};
use crate::ui::{fit, paint};
use ratatui::buffer::Buffer;

/// Registry entry.
pub static SPEC: PaneSpec = PaneSpec {
    id: "bottlenecks",
    title: "Bottlenecks",
    short: "Waits",
    help: "Steps, activities and resources by total wait; when it was, what shorter waits would gain",
    tab: Tab::Always,
    terms: &["wait", "gain"],
    hints: &[
        Action::Open,
        Action::Keep,
        Action::Drop,
        Action::NextChart,
        Action::ToggleAxis,
        Action::NextAspect,
        Action::SwitchFocus,
        Action::Sort,
    ],
    report: Some("bottlenecks"),
    new: ListPane::<Bottlenecks>::boxed,
    versus: Some(ListPane::<versus::Versus<Bottlenecks>>::boxed),
};

/// The slot of the detail.
const DETAIL: Slot = 1;

/// The kinds in the order of the key, and their titles.
const KINDS: [(Kind, &str); 3] = [
    (Kind::Step, "steps"),
    (Kind::Activity, "activities"),
    (Kind::Resource, "resources"),
];

/// The kind that is ranked, and the row under the cursor in depth.
#[derive(Default)]
struct Bottlenecks {
    /// Position in [`KINDS`].
    kind: usize,
    /// Which waits are ranked.
    waits: Waits,
    detail: Option<BottleneckDetail>,
    /// Cursor among the longest waits.
    longest: ListState,
}

/// Heights of the parts of the detail, below its heading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct DetailRows {
    /// Rows of the time line with its title.
    time: u16,
    /// Bars of the distribution, without their title.
    durations: u16,
}

impl DetailRows {
    /// For a detail of that height; the longest waits get the rest.
    fn of(height: u16) -> Self {
        let body = height.saturating_sub(1);
        let time = (body / 3).clamp(3, 9);
        let rest = body.saturating_sub(time);
        DetailRows {
            time,
            durations: (rest / 2).clamp(2, 12),
        }
    }
}

impl Bottlenecks {
    fn kind(&self) -> Kind {
        KINDS[self.kind].0
    }

    fn ranking(&self) -> Ranking {
        Ranking {
            kind: self.kind(),
            waits: self.waits,
        }
    }

    fn show(&mut self, kind: usize, waits: Waits) -> Change {
        if (kind, waits) == (self.kind, self.waits) {
            return Change::None;
        }
        (self.kind, self.waits) = (kind, waits);
        // It is of a row of another ranking.
        self.detail = None;
        Change::Query
    }

    /// Gives the waits of a row the next class.
    fn class(row: &BottleneckRow) -> Outcome {
        let class = match (row.class, row.names.as_slice()) {
            (Some(of), [names @ .., to]) => {
                let next = of.class.map_or(WaitClass::Own, WaitClass::next);
                let wait = NamedWait {
                    from: names.first().map(ToString::to_string),
                    to: to.to_string(),
                    class: next,
                };
                Action::ClassWait {
                    wait: wait.wait(),
                    class: next.word(),
                    usual: of.usual == Some(next),
                }
            }
            _ => Action::Notify("Waits have classes by step or activity; t ranks them".to_owned()),
        };
        texts::emitting(Some(class))
    }
}

/// Who can shorten the waits of a row; empty for own waits that nobody classed.
fn class_in_words(of: RowClass) -> String {
    match of.class {
        Some(WaitClass::Own) if of.guessed => String::new(),
        Some(class) if of.guessed => format!("{} (guess)", class.title()),
        Some(class) => class.title().to_owned(),
        None => "several classes".to_owned(),
    }
}

impl ListView for Bottlenecks {
    type List = BottlenecksQuery;

    fn spec(&self) -> &'static PaneSpec {
        &SPEC
    }

    fn many(&self) -> &'static str {
        match self.kind() {
            Kind::Resource => "waits for resources",
            _ => "steps between events",
        }
    }

    fn query(&self, listing: Listing) -> BottlenecksQuery {
        BottlenecksQuery {
            ranking: self.ranking(),
            listing,
            gains: false,
        }
    }

    fn features(&self, log: &LogInfo) -> Features {
        Features {
            by: self.kind().word(),
            classes: self.kind() != Kind::Resource,
            ..Features::of(log)
        }
    }

    fn filter(&self, row: &BottleneckRow) -> Option<Expr> {
        Some(match (self.kind(), row.names.as_slice()) {
            (Kind::Step, [from, to]) => Expr::follows(from, to, Gap::default()),
            (Kind::Resource, [name]) => {
                Expr::queued(Queued::Resource(name.to_string().into()), None)
            }
            (_, names) => Expr::queued(Queued::Activity(names.concat().into()), None),
        })
    }

    fn crumb(&self, row: &BottleneckRow) -> String {
        texts::crumb("with", &row.names.join(" > "))
    }

    fn name(&self, row: &BottleneckRow) -> String {
        self.filter(row).map_or_else(String::new, |f| f.to_string())
    }

    fn options(&self, order: &Order) -> Vec<String> {
        let by = ["--by", self.kind().word()].map(String::from);
        let waits = ["--waits", self.waits.word()].map(String::from);
        let waits = match self.waits {
            Waits::All => &[][..],
            _ => &waits,
        };
        [&by[..], waits, &order.sort()].concat()
    }

    fn change(&mut self, action: &Action) -> Change {
        match action {
            Action::NextChart => self.show((self.kind + 1) % KINDS.len(), self.waits),
            Action::PreviousChart => {
                self.show((self.kind + KINDS.len() - 1) % KINDS.len(), self.waits)
            }
            Action::ToggleAxis => self.show(self.kind, self.waits.next()),
            _ => Change::None,
        }
    }

    fn subject(&self) -> String {
        match self.waits {
            Waits::All => KINDS[self.kind].1.to_owned(),
            waits => format!("{} {}", KINDS[self.kind].1, waits.word()),
        }
    }

    fn go_to(&mut self, subject: &str) -> Change {
        let (kind, waits) = subject.split_once(' ').unwrap_or((subject, ""));
        let kind = KINDS.iter().position(|(_, title)| *title == kind);
        let waits = Waits::ALL.into_iter().find(|of| of.word() == waits);
        kind.map_or(Change::None, |kind| {
            self.show(kind, waits.unwrap_or_default())
        })
    }

    fn act(&self, action: &Action, row: &BottleneckRow) -> Outcome {
        if *action == Action::NextAspect {
            return Self::class(row);
        }
        let filter = self.filter(row);
        texts::emitting(filter.and_then(|f| texts::selecting(action, &f, self.crumb(row))))
    }

    fn nothing(&self, why: Nothing, _: Option<&Answer>, context: Context<'_>) -> Nothing {
        if self.waits == Waits::All || context.log.events == 0 {
            return why;
        }
        Nothing {
            sentence: match self.waits {
                Waits::Apart => "No wait is classed as one that cannot be changed.",
                _ => "No wait can be changed.",
            }
            .to_owned(),
            hint: "{next-waits} ranks all waits",
        }
    }

    fn head_rows(&self) -> u16 {
        if self.waits == Waits::All { 1 } else { 2 }
    }

    /// The kinds, the one that is ranked in brackets, and the part of the waits that cannot be changed.
    fn draw_head(&self, answer: &Answer, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
        let mut rest = area;
        for (at, (_, title)) in KINDS.iter().enumerate() {
            let (title, style) = if at == self.kind {
                (format!("[{title}]"), look.theme.focus)
            } else {
                (format!(" {title} "), look.theme.muted)
            };
            let taken = paint::text(buffer, rest, &title, style);
            rest = paint::cut(rest, taken).1;
        }
        let apart = answer.to::<BottlenecksQuery>().map(|answer| &answer.apart);
        let words = apart.and_then(SetApart::in_words).unwrap_or_default();
        let (text, place) = match self.waits {
            Waits::All => {
                let share = apart.and_then(SetApart::share).filter(|share| *share > 0.0);
                let share = share.map(|share| format!(" {} not changeable", text::percent(share)));
                (share.unwrap_or_default(), rest)
            }
            Waits::Changeable => (format!("Left out: {words}"), paint::row(area, 1)),
            Waits::Apart => (format!("Not changeable: {words}"), paint::row(area, 1)),
        };
        // A part of the short text would say something else.
        let fits = text.len() <= place.width.into();
        if fits || self.waits != Waits::All {
            let ellipsis = look.theme.glyphs.ellipsis;
            let text = fit::truncate_end(&text, place.width.into(), ellipsis);
            paint::text(buffer, place, &text, look.theme.muted);
        }
    }

    fn share(&self, _: Rect) -> u16 {
        // The names of two activities need room first.
        60
    }

    fn at(&mut self, row: Option<&BottleneckRow>) {
        let shown = self.detail.as_ref().and_then(|detail| detail.row.as_ref());
        if shown.map(|shown| &shown.names) != row.map(|row| &row.names) {
            self.longest.go(Move::Top);
        }
    }

    fn questions(&self, row: &BottleneckRow, area: Rect, _: Context<'_>) -> Vec<(Slot, Request)> {
        let query = BottleneckQuery {
            ranking: self.ranking(),
            names: row.names.iter().map(ToString::to_string).collect(),
            time_bins: Timeline::bins_for(area.width),
            duration_bins: DetailRows::of(area.height).durations.into(),
        };
        vec![(DETAIL, Request::new(query))]
    }

    fn receive(&mut self, _: Slot, answer: Result<&Answer, &AskError>) {
        if let Some(detail) = answer.ok().and_then(Answer::to::<BottleneckQuery>) {
            self.longest.set_total(detail.longest.len());
            self.detail = Some(detail.clone());
        }
    }

    fn focusable(&self) -> bool {
        true
    }

    fn detail(&self) -> Option<&ListState> {
        Some(&self.longest)
    }

    fn update_detail(
        &mut self,
        action: &Action,
        row: &BottleneckRow,
        context: Context<'_>,
    ) -> Outcome {
        if let Some(detail) = &self.detail {
            let places = Places::of(detail, context.area, context);
            self.longest.set_page(page_rows(places.longest.height));
        }
        if let Some(to) = motion(action) {
            self.longest.go(to);
            return Outcome::Done;
        }
        if *action == Action::NextAspect {
            return Self::class(row);
        }
        let longest = self.detail.as_ref().map_or(&[][..], |d| &d.longest);
        let case = longest.get(self.longest.cursor);
        texts::emitting(case.and_then(|(case, _)| texts::selecting_case(action, case)))
    }

    fn draw_detail(&self, of: &DetailOf<'_, Self>, buffer: &mut Buffer, look: Look<'_>) {
        let (Some(detail), area) = (&self.detail, of.area) else {
            return;
        };
        // The answer may still be that of the row before.
        let names = detail.row.as_ref().map(|row| &row.names);
        let title = of.row.names.join(" > ");
        let class = of.row.class.map(class_in_words);
        let class = class.filter(|class| !class.is_empty());
        let class = class.map_or_else(String::new, |class| format!(": {class}"));
        let title = format!("{}{class}", text::safe(&title));
        let theme = look.theme;
        paint::heading(buffer, paint::row(area, 0), &title, theme.title, theme);
        let body = paint::below(area, 1);
        let places = Places::of(detail, area, look.context);
        for (at, line) in places.gain.iter().enumerate() {
            paint::text(buffer, paint::row(body, at), line, theme.text);
        }
        draw_time(detail, places.time, buffer, look);
        let title = "Distribution of waits";
        distributions::draw(title, &detail.durations, places.durations, buffer, look);
        self.draw_longest(detail, places.longest, of.focused, buffer, look);
        if names != Some(&of.row.names) || (look.stale)(DETAIL) {
            paint::restyle(buffer, body, theme.stale);
        }
    }
}

impl Bottlenecks {
    fn draw_longest(
        &self,
        detail: &BottleneckDetail,
        area: Rect,
        focused: bool,
        buffer: &mut Buffer,
        look: Look<'_>,
    ) {
        let columns = [
            Column::flex("longest waits", 10, 1),
            Column::fixed("took", 9).right(),
        ];
        let mut list = self.longest;
        list.set_page(page_rows(area.height));
        let cells: Vec<Vec<Cell<'_>>> = list
            .visible()
            .filter_map(|i| detail.longest.get(i))
            .map(|(case, seconds)| {
                vec![
                    Cell::of_log(case).middle(),
                    Cell::new(look.context.duration(*seconds)),
                ]
            })
            .collect();
        VirtualTable {
            columns: &columns,
            rows: &cells,
            offset: list.offset,
            total: list.total,
            selected: focused.then_some(list.cursor),
            focused,
            ..VirtualTable::default()
        }
        .draw(area, buffer, look.theme);
    }
}

/// The gain of shorter waits, as a sentence.
fn in_words(gain: Gain, context: Context<'_>) -> String {
    let duration = |seconds| context.duration(seconds);
    format!(
        "If no wait exceeded {} (its p25): median case {} instead of {}, {} saved in total",
        duration(gain.p25),
        duration(gain.cut),
        duration(gain.median),
        duration(gain.saved),
    )
}

/// Parts of the detail below its heading.
struct Places {
    /// Lines of the gain of shorter waits.
    gain: Vec<String>,
    time: Rect,
    durations: Rect,
    longest: Rect,
}

impl Places {
    fn of(detail: &BottleneckDetail, area: Rect, context: Context<'_>) -> Self {
        let shares = DetailRows::of(area.height);
        let gain = detail.gain.filter(|_| area.height >= 12);
        let gain = gain.map(|gain| in_words(gain, context)).unwrap_or_default();
        let mut gain = wrap(&gain, area.width.into());
        gain.truncate(3);
        let body = paint::below(area, 1 + gain.len() as u16);
        let (time, rest) = rows(body, shares.time);
        let bars = (detail.durations.len() as u16).min(shares.durations) + 1;
        let (durations, longest) = rows(rest, bars);
        Places {
            gain,
            time,
            durations,
            longest,
        }
    }
}

/// The first rows of an area, and the others.
fn rows(area: Rect, height: u16) -> (Rect, Rect) {
    let height = height.min(area.height);
    (Rect { height, ..area }, paint::below(area, height))
}

fn draw_time(detail: &BottleneckDetail, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
    let line = &detail.timeline;
    let title = format!("Total wait per {} (when it ended)", line.unit);
    paint::text(buffer, paint::row(area, 0), &title, look.theme.muted);
    let bins: Vec<(i64, f64)> = line
        .bins
        .iter()
        .map(|b| (b.start, b.total.max(0.0)))
        .collect();
    let most = bins.iter().map(|b| b.1).fold(0.0, f64::max);
    Timeline {
        bins: &bins,
        end: line.end,
        top: &look.context.duration(most),
        cursor: None,
        zone: look.context.log.zone,
        style: Some(look.theme.wait),
    }
    .draw(paint::below(area, 1), buffer, look.theme);
}
