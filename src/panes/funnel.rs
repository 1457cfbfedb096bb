//! Funnel: cases along a list of stages, how long each takes, and what the lost cases do instead.
//!
//! ```text
//! sale · in this order · 3,605 cases
//!   stage              cases  of first       of before   lost  median to it  instead
//! > product_view       2,868  ██████ 100.0%          -      -             -  -
//!   add_to_cart          944  ██      32.9%      32.9%  1,924        6m 16s  catalog (447)
//! ```

use super::controls::Order;
use super::list_pane::ListPane;
use super::list_view::{Change, DetailOf, ListView};
use super::texts::{self, Nothing, SEPARATOR};
use super::{Context, Look, Outcome, PaneSpec, Slot, Tab, versus};
use crate::engine::{
    Answer, AskError, Before, BeforeQuery, Funnel as Figures, FunnelQuery, GroupBy, Listing,
    NamedStages, Request, StageOrder, StageRow, WrittenStages,
};
use crate::filter::{DurationLiteral, Expr};
use crate::input::Action;
use crate::text::{self, count, counted, percent};
use crate::ui::widgets::{Bar, Bars};
use crate::ui::{fit, paint};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// Registry entry.
pub static SPEC: PaneSpec = PaneSpec {
    id: "funnel",
    title: "Funnel",
    short: "Funnel",
    help: "Cases that reach each of a list of stages, how long that takes, and what the others do",
    tab: Tab::Never,
    terms: &[],
    hints: &[
        Action::Open,
        Action::Drop,
        Action::EditStages(String::new()),
        Action::Split,
        Action::NextChart,
        Action::ToggleAxis,
    ],
    report: Some("funnel"),
    new: ListPane::<Funnel>::boxed,
    versus: Some(ListPane::<versus::Versus<Funnel>>::boxed),
};

/// The slot of the counts before a stage.
const BEFORE: Slot = 1;

/// Orders of the stages, with the word of `--order` and the one for people.
const ORDERS: [(StageOrder, &str, &str); 3] = [
    (StageOrder::Sequence, "sequence", "in this order"),
    (StageOrder::Any, "any", "in any order"),
    (StageOrder::Direct, "direct", "directly"),
];

/// Rows of the detail for what the lost cases do, at most.
const INSTEAD: usize = 8;

/// The stages, and what is counted before the one under the cursor.
#[derive(Default)]
struct Funnel {
    /// Stages that were written, as a path of the filter language; empty for those on offer.
    path: String,
    /// Lists of stages on offer.
    offers: Vec<NamedStages>,
    /// Position of the one that is shown.
    offer: usize,
    /// Position in [`ORDERS`].
    order: usize,
    /// Property whose values are the segments.
    by: Option<GroupBy>,
    /// The stage that `before` is of.
    stage: String,
    before: Option<Before>,
}

fn figures(answer: &Answer) -> Option<&Figures> {
    answer.to::<FunnelQuery>()
}

impl Funnel {
    fn offered(&self) -> Option<&NamedStages> {
        self.offers.get(self.offer).filter(|_| self.path.is_empty())
    }

    /// Stages and limit; none for those that the engine offers first.
    fn stages(&self) -> (Vec<Vec<String>>, Option<i64>) {
        if let Some(written) = WrittenStages::parse(&self.path) {
            let WrittenStages {
                stages: activities,
                within,
                ..
            } = written;
            return (
                activities.into_iter().map(|name| vec![name]).collect(),
                within,
            );
        }
        let offered = self.offered().map(|offer| offer.stages.clone());
        (offered.unwrap_or_default(), None)
    }

    /// The stages as a path, to be edited.
    fn text(&self) -> String {
        if !self.path.is_empty() {
            return self.path.clone();
        }
        self.offered().map_or_else(String::new, NamedStages::path)
    }

    fn write(&mut self, text: &str) {
        if let Some(written) = WrittenStages::parse(text) {
            text.clone_into(&mut self.path);
            let order = ORDERS.iter().position(|of| of.0 == written.order);
            self.order = order.unwrap_or(0);
        }
    }
}

impl ListView for Funnel {
    type List = FunnelQuery;
    const KIND: &'static str = "reached";

    fn spec(&self) -> &'static PaneSpec {
        &SPEC
    }

    fn many(&self) -> &'static str {
        "stages"
    }

    fn query(&self, listing: Listing) -> FunnelQuery {
        let (stages, within) = self.stages();
        FunnelQuery {
            stages,
            order: ORDERS[self.order].0,
            within,
            by: self.by.clone(),
            listing,
        }
    }

    fn filter(&self, row: &StageRow) -> Option<Expr> {
        row.filter.clone()
    }

    fn name(&self, row: &StageRow) -> String {
        text::safe(&row.stage).into_owned()
    }

    fn act(&self, action: &Action, row: &StageRow) -> Outcome {
        let Some(filter) = &row.filter else {
            return texts::notify("No filter says which cases reach this stage");
        };
        texts::emitting(texts::keeping(action, filter))
    }

    fn options(&self, _: &Order) -> Vec<String> {
        let mut options = Vec::new();
        let (stages, within) = self.stages();
        match self.offered() {
            Some(offer) if offer.guessed.is_none() => {
                options.extend(["--stages".to_owned(), offer.name.clone()]);
            }
            _ => {
                let stages = NamedStages::options(&stages).into_iter();
                options.extend(stages.flat_map(|stage| ["--stage".to_owned(), stage]));
            }
        }
        if self.order > 0 {
            options.extend(["--order".to_owned(), ORDERS[self.order].1.to_owned()]);
        }
        if let Some(within) = within {
            options.extend(["--within".to_owned(), DurationLiteral::of(within).text]);
        }
        if let Some(by) = &self.by {
            options.extend(["--by".to_owned(), by.to_string()]);
        }
        options
    }

    fn change(&mut self, action: &Action) -> Change {
        match action {
            Action::NextChart => self.order = (self.order + 1) % ORDERS.len(),
            Action::PreviousChart => self.order = (self.order + ORDERS.len() - 1) % ORDERS.len(),
            Action::ToggleAxis if !self.offers.is_empty() => {
                // From what was written back to the first list.
                self.offer = if self.path.is_empty() {
                    (self.offer + 1) % self.offers.len()
                } else {
                    0
                };
                self.path.clear();
            }
            Action::SetStages(text) => self.write(text),
            Action::SegmentBy(by) => {
                self.by = Some(by)
                    .filter(|by| !by.is_empty())
                    .map(|by| GroupBy::parse(by));
            }
            _ => return Change::None,
        }
        Change::Query
    }

    fn asks(&self, action: &Action) -> Option<Action> {
        matches!(action, Action::EditStages(_)).then(|| Action::EditStages(self.text()))
    }

    fn subject(&self) -> String {
        let by = self.by.as_ref().map_or(String::new(), GroupBy::to_string);
        let parts = [
            self.path.clone(),
            self.offer.to_string(),
            self.order.to_string(),
            by,
        ];
        parts.join(&SEPARATOR.to_string())
    }

    fn go_to(&mut self, subject: &str) -> Change {
        let before = self.subject();
        let mut parts = subject.split(SEPARATOR);
        let mut next = || parts.next().unwrap_or_default();
        next().clone_into(&mut self.path);
        self.offer = next().parse().unwrap_or(0);
        self.order = next().parse().unwrap_or(0).min(ORDERS.len() - 1);
        self.by = Some(next()).filter(|by| !by.is_empty()).map(GroupBy::parse);
        if before == self.subject() {
            Change::Some
        } else {
            Change::Query
        }
    }

    fn nothing(&self, why: Nothing, answer: Option<&Answer>, context: Context<'_>) -> Nothing {
        let none = answer
            .and_then(figures)
            .is_none_or(|funnel| funnel.offers.is_empty());
        if !none || !self.path.is_empty() || context.log.events == 0 {
            return why;
        }
        Nothing {
            sentence: "No case has two different activities, so there are no stages.".to_owned(),
            hint: "{edit-stages} writes stages",
        }
    }

    /// Segments are not compared.
    fn topic(&self) -> Option<String> {
        let stages = self
            .offered()
            .map_or("stages as written", |offer| &offer.name);
        let order = ORDERS[self.order].2;
        Some(format!(
            "{stages} {order}, of the cases at the stage before"
        ))
    }

    fn head_rows(&self) -> u16 {
        1
    }

    fn draw_head(&self, answer: &Answer, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
        let Some(funnel) = figures(answer) else {
            return;
        };
        let line = text::safe(&self.heading(funnel, look)).into_owned();
        let line = fit::truncate_words(&line, area.width.into(), look.theme.glyphs.ellipsis);
        paint::text(buffer, paint::row(area, 0), &line, look.theme.muted);
    }

    fn share(&self, area: Rect) -> u16 {
        if area.width < 100 { 60 } else { 66 }
    }

    fn listed(&mut self, answer: &Answer) {
        let Some(funnel) = figures(answer) else {
            return;
        };
        self.offers.clone_from(&funnel.offers);
        self.offer = self.offer.min(self.offers.len().saturating_sub(1));
    }

    fn questions(&self, row: &StageRow, _: Rect, _: Context<'_>) -> Vec<(Slot, Request)> {
        let (stages, _) = self.stages();
        let until = stages.iter().find(|names| names.join(" | ") == *row.stage);
        let query = match (stages.first(), until) {
            (Some(what), Some(until)) if what != until => BeforeQuery {
                what: what.clone(),
                until: until.clone(),
            },
            _ => return Vec::new(),
        };
        vec![(BEFORE, Request::new(query))]
    }

    fn receive(&mut self, _: Slot, answer: Result<&Answer, &AskError>) {
        self.before = answer.ok().and_then(Answer::to::<BeforeQuery>).cloned();
    }

    fn at(&mut self, row: Option<&StageRow>) {
        let stage = row.map_or("", |row| &row.stage);
        if stage != self.stage {
            stage.clone_into(&mut self.stage);
            self.before = None;
        }
    }

    fn draw_detail(&self, of: &DetailOf<'_, Self>, buffer: &mut Buffer, look: Look<'_>) {
        let (row, theme) = (of.row, look.theme);
        let title = text::safe(&row.stage);
        paint::heading(buffer, paint::row(of.area, 0), &title, theme.title, theme);
        let mut area = paint::below(of.area, 1);
        for line in sentences(row, look) {
            paint::sentence(buffer, paint::row(area, 0), &line, theme.text, theme);
            area = paint::below(area, 1);
        }
        if let Some(funnel) = figures(of.answer).filter(|funnel| !funnel.by.is_empty()) {
            area = self.draw_segments(funnel, row, area, buffer, look);
        }
        area = draw_instead(row, area, buffer, look);
        self.draw_before(area, buffer, look);
    }
}

impl Funnel {
    /// What the rows are, in one line.
    fn heading(&self, funnel: &Figures, look: Look<'_>) -> String {
        let dot = look.theme.glyphs.dot;
        let offered = self.offered();
        let of = match offered {
            Some(offer) if offer.guessed.is_some() => format!("guess: {}", offer.name),
            Some(offer) => offer.name.clone(),
            None => "stages as written".to_owned(),
        };
        let order = ORDERS[self.order].2;
        let cases = counted(funnel.cases, "case", "cases");
        let (_, within) = self.stages();
        let within = within.map(|micros| format!("within {}", DurationLiteral::of(micros).text));
        let by = self.by.as_ref().map(|by| format!("by {by}"));
        let parts = [of, order.to_owned(), cases].into_iter();
        let parts: Vec<String> = parts.chain(within).chain(by).collect();
        parts.join(&format!(" {dot} "))
    }

    /// Draws the segments at a stage; returns what is left of the area.
    fn draw_segments(
        &self,
        funnel: &Figures,
        row: &StageRow,
        area: Rect,
        buffer: &mut Buffer,
        look: Look<'_>,
    ) -> Rect {
        let by = self.by.as_ref().map_or(String::new(), GroupBy::to_string);
        // Where no case is lost, nothing follows below.
        let room = if row.next_of_lost.is_empty() {
            area.height.saturating_sub(1)
        } else {
            area.height / 2
        };
        let most = usize::from(room);
        let cut = first_of(most, funnel.by.len());
        let title = format!("by {by}: cases, of its first stage{cut}");
        let bars = funnel.by.iter().filter_map(|segment| {
            let stage = segment
                .stages
                .iter()
                .find(|stage| stage.stage == row.stage)?;
            let name = segment.value.as_deref().unwrap_or("(none)");
            let share = stage.of_first.map_or("-".to_owned(), percent);
            Some(Bar {
                label: text::safe(name).into_owned().into(),
                value: stage.of_first.unwrap_or(0.0),
                text: format!("{} {share}", count(stage.cases)).into(),
                style: None,
            })
        });
        let bars: Vec<Bar<'_>> = bars.take(most).collect();
        draw_bars(&title, &bars, Some(1.0), area, buffer, look)
    }

    /// Draws how often the first stage was there before the one under the cursor.
    fn draw_before(&self, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
        let (stages, _) = self.stages();
        let (Some(before), Some(first)) = (&self.before, stages.first()) else {
            return;
        };
        let Some(counts) = &before.counts else { return };
        let title = format!(
            "{} before the first {}: mean {}, median {}, p90 {}; {} without",
            first.join(" | "),
            self.stage,
            text::number(counts.mean, 1),
            text::number(counts.median, 1),
            text::number(counts.p90, 1),
            count(before.without),
        );
        let room = usize::from(area.height.saturating_sub(1));
        let mut rows: Vec<(u64, u64)> = Vec::new();
        for bar in before.bars.iter().filter(|bar| bar.cases > 0) {
            let full = rows.len() >= room;
            match rows.last_mut() {
                // The last row has all that there is no row for.
                Some(last) if full => last.1 += bar.cases,
                _ => rows.push((bar.count, bar.cases)),
            }
        }
        let last = rows.len().saturating_sub(1);
        let cut = before.bars.iter().filter(|bar| bar.cases > 0).count() > rows.len();
        let bars = rows.iter().enumerate().map(|(at, (times, cases))| Bar {
            label: if at == last && cut {
                format!("{times} or more").into()
            } else {
                counted(*times, "time", "times").into()
            },
            value: *cases as f64,
            text: count(*cases).into(),
            style: None,
        });
        let bars: Vec<Bar<'_>> = bars.collect();
        let title = text::safe(&title);
        if cut && bars.len() < 2 && area.height > 0 {
            // A single row of all counts says nothing.
            let title = fit::truncate_words(&title, area.width.into(), look.theme.glyphs.ellipsis);
            paint::text(buffer, paint::row(area, 0), &title, look.theme.muted);
            return;
        }
        draw_bars(&title, &bars, None, area, buffer, look);
    }
}

/// The figures of a stage in sentences.
fn sentences(row: &StageRow, look: Look<'_>) -> Vec<String> {
    let Some(lost) = row.lost else {
        return vec![counted(row.cases, "case begins", "cases begin") + " the funnel"];
    };
    let share = row.of_before.map_or("-".to_owned(), percent);
    let mut lines = vec![format!(
        "{} of {} go on to it ({share}), {} do not",
        count(row.cases),
        count(row.cases + lost),
        count(lost)
    )];
    if let Some(time) = &row.time {
        let duration = |seconds| look.context.duration(seconds);
        lines.push(format!(
            "it takes {} (median), {} (p90) from the stage before",
            duration(time.median),
            duration(time.p90)
        ));
    }
    lines
}

/// Draws what the lost cases do next; returns what is left of the area.
fn draw_instead(row: &StageRow, area: Rect, buffer: &mut Buffer, look: Look<'_>) -> Rect {
    if row.next_of_lost.is_empty() {
        return area;
    }
    let lost = row.lost.unwrap_or(0);
    let most = INSTEAD.min(usize::from(area.height / 2));
    let cut = first_of(most, row.next_of_lost.len());
    let title = format!("next of the {} that do not go on{cut}", count(lost));
    let bar = |(next, cases): &(Option<std::sync::Arc<str>>, u64)| {
        let name = next.as_deref().unwrap_or("end of the case");
        Bar {
            label: text::safe(name).into_owned().into(),
            value: *cases as f64,
            text: count(*cases).into(),
            style: None,
        }
    };
    let bars: Vec<Bar<'_>> = row.next_of_lost.iter().take(most).map(bar).collect();
    draw_bars(&title, &bars, None, area, buffer, look)
}

/// ` (8 of 12)` where only the first of some rows are shown; empty where all are.
fn first_of(shown: usize, all: usize) -> String {
    if shown < all {
        format!(" ({} of {})", count(shown as u64), count(all as u64))
    } else {
        String::new()
    }
}

/// Draws bars under a title; returns what is left of the area.
fn draw_bars(
    title: &str,
    bars: &[Bar<'_>],
    full: Option<f64>,
    area: Rect,
    buffer: &mut Buffer,
    look: Look<'_>,
) -> Rect {
    if bars.is_empty() || area.height < 2 {
        return area;
    }
    let title = fit::truncate_words(title, area.width.into(), look.theme.glyphs.ellipsis);
    paint::text(buffer, paint::row(area, 0), &title, look.theme.muted);
    let area = paint::below(area, 1);
    Bars { bars, full }.draw(area, buffer, look.theme);
    paint::below(area, bars.len() as u16)
}
