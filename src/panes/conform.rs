//! Conformance: activities that cases lack or have beyond their reference variant or model, and the
//! variants with the one under the cursor.
//!
//! ```text
//! top 1 · 713 of 1,434 cases fit (49.7%) · fitness 0.818
//!   missing / extra                      cases  share     moves     median    without
//! > missing  T05 Print and send …          384  ██ 26.8%    384    14h 28m    26m 33s
//! ```

use super::list_pane::ListPane;
use super::list_view::{DetailOf, ListView};
use super::texts::{self, Nothing};
use super::{Context, Look, Outcome, PaneSpec, Tab, versus};
use crate::engine::{
    Answer, Bounds, Conform as Figures, ConformQuery, DeviationKind, DeviationRow, JudgedVariant,
    Listing, Move, ReferenceFacts,
};
use crate::filter::Expr;
use crate::input::Action;
use crate::panes::controls::Order;
use crate::text::{self, count, counted, number, percent};
use crate::ui::widgets::empty::wrap;
use crate::ui::{fit, paint};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// Registry entry.
pub static SPEC: PaneSpec = PaneSpec {
    id: "conform",
    title: "Conformance",
    short: "Conform",
    help: "Activities that cases lack or have beyond a reference variant or a model",
    tab: Tab::Never,
    terms: &["fitness", "duration"],
    hints: &[
        Action::Open,
        Action::Drop,
        Action::Reference,
        Action::ToggleAxis,
        Action::Sort,
        Action::Find,
    ],
    report: Some("conform"),
    new: ListPane::<Conform>::boxed,
    versus: Some(ListPane::<versus::Versus<Conform>>::boxed),
};

/// References that a key goes through; the last is what was defined.
const OFFERS: [&str; 4] = ["top 1", "top 3", "cover 80%", ""];

/// Bounds of alignments with a model: what needs more is counted as not aligned.
const BOUNDS: Bounds = Bounds {
    time: Some(5_000_000),
    ..Bounds::USUAL
};

/// Share of fitting cases below which reference variants say little.
const FEW: f64 = 0.1;

/// The list, and what its cases are compared with.
#[derive(Default)]
struct Conform {
    /// Text of the reference in force.
    by: String,
}

fn figures(answer: &Answer) -> Option<&Figures> {
    answer.to::<ConformQuery>()
}

impl ListView for Conform {
    type List = ConformQuery;

    fn spec(&self) -> &'static PaneSpec {
        &SPEC
    }

    fn many(&self) -> &'static str {
        "deviations"
    }

    fn query(&self, listing: Listing) -> ConformQuery {
        ConformQuery {
            open_ended: false,
            bounds: BOUNDS,
            listing,
        }
    }

    fn filter(&self, row: &DeviationRow) -> Option<Expr> {
        Some(row.filter())
    }

    fn name(&self, row: &DeviationRow) -> String {
        text::safe(&row.filter().to_string()).into_owned()
    }

    fn act(&self, action: &Action, row: &DeviationRow) -> Outcome {
        texts::emitting(texts::keeping(action, &row.filter()))
    }

    fn options(&self, order: &Order) -> Vec<String> {
        order.sort_and_limit()
    }

    fn asks(&self, action: &Action) -> Option<Action> {
        let next = || {
            let at = OFFERS.iter().position(|offer| *offer == self.by);
            OFFERS[at.map_or(0, |at| at + 1) % OFFERS.len()]
        };
        matches!(action, Action::ToggleAxis).then(|| Action::SetReference(next().to_owned()))
    }

    fn nothing(&self, why: Nothing, answer: Option<&Answer>, context: Context<'_>) -> Nothing {
        let fits = answer
            .and_then(figures)
            .is_some_and(|found| found.rows.total == 0 && found.aligned_cases > 0);
        if !fits || context.log.events == 0 {
            return why;
        }
        Nothing {
            sentence: format!("All cases fit {}.", text::safe(&self.by)),
            hint: "{next-reference} other reference   {reference} write one",
        }
    }

    fn topic(&self) -> Option<String> {
        Some("cases with the deviation".to_owned())
    }

    fn head_rows(&self) -> u16 {
        1
    }

    fn draw_head(&self, answer: &Answer, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
        let Some(found) = figures(answer) else { return };
        let dot = look.theme.glyphs.dot;
        let line = heading(found).join(&format!(" {dot} "));
        let line = text::safe(&line);
        let line = fit::truncate_words(&line, area.width.into(), look.theme.glyphs.ellipsis);
        paint::text(buffer, paint::row(area, 0), &line, look.theme.muted);
    }

    fn share(&self, area: Rect) -> u16 {
        if area.width < 100 { 60 } else { 64 }
    }

    fn listed(&mut self, answer: &Answer) {
        if let Some(found) = figures(answer) {
            self.by.clone_from(&found.by);
        }
    }

    fn draw_detail(&self, of: &DetailOf<'_, Self>, buffer: &mut Buffer, look: Look<'_>) {
        let Some(found) = figures(of.answer) else {
            return;
        };
        let (theme, title) = (look.theme, self.name(of.row));
        paint::heading(buffer, paint::row(of.area, 0), &title, theme.title, theme);
        let area = paint::below(of.area, 1);
        let mut at = 0;
        let mut write = |text: &str, style| {
            for line in wrap(text, area.width.into()) {
                paint::text(buffer, paint::row(area, at), &line, style);
                at += 1;
            }
            at < usize::from(area.height)
        };
        for line in sentences(of.row, look) {
            write(&line, theme.text);
        }
        for variant in with(found, of.row) {
            let name = format!(
                "variant {}, {}",
                variant.rank,
                counted(variant.cases, "case", "cases")
            );
            write(&name, theme.header);
            if !write(&script(found, variant), theme.text) {
                break;
            }
        }
    }
}

/// What cases are compared with, and how many fit.
fn heading(of: &Figures) -> Vec<String> {
    let share = of.fitting as f64 / of.aligned_cases.max(1) as f64;
    let mut parts = vec![
        of.by.clone(),
        format!(
            "{} of {} fit ({})",
            count(of.fitting),
            counted(of.aligned_cases, "case", "cases"),
            percent(share)
        ),
    ];
    parts.extend(of.mean.map(|mean| format!("fitness {}", number(mean, 3))));
    parts.extend(of.unaligned.iter().map(|(by, cases)| {
        let words = BOUNDS.words(*by);
        format!("{} not aligned {words}", count(*cases))
    }));
    if of.pending > 0 {
        parts.push(format!("{} open", count(of.pending)));
    }
    match &*of.reference {
        ReferenceFacts::Model(model) if !model.only_in_model.is_empty() => {
            let n = model.only_in_model.len() as u64;
            parts.push(format!("{} not in the log", counted(n, "label", "labels")));
        }
        ReferenceFacts::Variants(_) if share < FEW && of.aligned_cases > 0 => {
            parts.push("few fit: a shows another reference".to_owned());
        }
        _ => {}
    }
    if let [(activity, cases), ..] = &of.order[..] {
        parts.push(format!("out of order: {activity} ({})", count(*cases)));
    }
    parts
}

/// The deviation in sentences.
fn sentences(row: &DeviationRow, look: Look<'_>) -> Vec<String> {
    let dot = look.theme.glyphs.dot;
    let long = |seconds: Option<f64>| {
        seconds.map_or("-".to_owned(), |seconds| look.context.duration(seconds))
    };
    let duration = &row.duration;
    let mut lines = vec![
        format!(
            "in {} ({}), {}",
            counted(row.cases, "case", "cases"),
            percent(row.share),
            counted(row.events, "move", "moves")
        ),
        format!(
            "median {} with, {} without {dot} q {}",
            long(duration.median_with),
            long(duration.median_without),
            text::probability(duration.q)
        ),
    ];
    if let Some((shift, ends)) = duration.shift.zip(duration.interval) {
        let signed = |seconds: f64| {
            let sign = if seconds > 0.0 { "+" } else { "" };
            format!("{sign}{}", look.context.duration(seconds))
        };
        let (low, high) = (signed(ends.low), signed(ends.high));
        lines.push(format!("shift {} [{low}, {high}]", signed(shift)));
    }
    if row.again > 0 {
        let again = counted(row.again, "move is", "moves are");
        lines.push(format!("{again} of an activity that the reference has"));
    }
    lines
}

/// The variants with a deviation, most cases first as they are by rank.
fn with<'a>(of: &'a Figures, row: &'a DeviationRow) -> impl Iterator<Item = &'a JudgedVariant> {
    let is_it = move |one: &Move| {
        let kind = match one {
            Move::Sync(_) => return false,
            Move::Missing(_) => DeviationKind::Missing,
            Move::Extra(_) => DeviationKind::Extra,
        };
        kind == row.kind && of.names[one.label() as usize] == row.activity
    };
    let variants = of.variants.iter();
    variants.filter(move |variant| variant.judgement.moves().iter().any(is_it))
}

/// The moves of a variant as safe text: `A > - B > + C`.
fn script(of: &Figures, variant: &JudgedVariant) -> String {
    let moves = variant.judgement.moves().iter().map(|one| {
        let sign = match one {
            Move::Sync(_) => "",
            Move::Missing(_) => "- ",
            Move::Extra(_) => "+ ",
        };
        format!("{sign}{}", text::safe(&of.names[one.label() as usize]))
    });
    moves.collect::<Vec<String>>().join(" > ")
}
