//! Why: the factors that the selected cases have more often than the others, and the one under the
//! cursor in full.
//!
//! ```text
//! made_sla = "false" · more frequent with · 8,174 of 20,769 cases (39.4%) · 229 tested, 196 with q < 5%
//!   factor                        cases   rate  without  ratio    explains   median
//! > reassignment_count = 1        9,843  56.6%    23.8%    2.4  38 to 41%  10d 10h
//! ```

use super::controls::Order;
use super::list_pane::ListPane;
use super::list_view::{Change, ColumnOf, DetailOf, ListView};
use super::texts::{self, Nothing, SEPARATOR};
use super::{Context, Look, Outcome, PaneSpec, Rect, Slot, Tab};
use crate::engine::{
    Adjust, Adjusted, Answer, AskError, FactorQuery, FactorRow, Listing, Of, Ratio, Request, Side,
    Test, Tests, Why as Figures, WhyQuery, stable,
};
use crate::filter::Expr;
use crate::input::Action;
use crate::text::{self, count, number, percent};
use crate::ui::widgets::Cell;
use crate::ui::widgets::empty::wrap;
use crate::ui::{fit, paint};
use ratatui::buffer::Buffer;

/// Registry entry.
pub static SPEC: PaneSpec = PaneSpec {
    id: "why",
    title: "Why",
    short: "Why",
    help: "Factors that slow, late or other selected cases have more often than the rest",
    tab: Tab::Always,
    terms: &["adjusted", "shift", "duration"],
    hints: &[
        Action::Open,
        Action::Drop,
        Action::ToggleAxis,
        Action::NextChart,
        Action::Sort,
        Action::SwitchFocus,
    ],
    report: Some("why"),
    new: ListPane::<Why>::boxed,
    versus: Some(ListPane::<Why>::boxed),
};

/// The slot of the factor under the cursor.
const DETAIL: Slot = 1;

/// Columns by which the further lines of a sentence are indented.
const INDENT: u16 = 2;

/// The cases that are explained, and the factor under the cursor.
#[derive(Default)]
struct Why {
    of: Of,
    side: Side,
    /// The cases of B are explained against those of A.
    compares: bool,
    /// The filters on offer for the cases to explain.
    offers: Vec<String>,
    detail: Option<FactorRow>,
}

/// The lists, in the order in which keys go through them.
const SIDES: [Side; 3] = [Side::Helps, Side::Hinders, Side::Pairs];

/// The list some places after another, round and round.
fn beside(side: Side, places: usize) -> Side {
    let at = SIDES.iter().position(|of| *of == side).unwrap_or(0);
    SIDES[(at + places) % SIDES.len()]
}

fn figures(answer: &Answer) -> Option<&Figures> {
    answer.to::<WhyQuery>()
}

impl Why {
    /// Explains the next of the cases on offer.
    fn next_offer(&mut self) {
        let now = self.of.filter.as_deref();
        let at = self.offers.iter().position(|offer| Some(&**offer) == now);
        let next = at.map_or(0, |at| at + 1) % self.offers.len().max(1);
        self.of.filter = self.offers.get(next).cloned();
    }
}

impl ListView for Why {
    type List = WhyQuery;

    fn spec(&self) -> &'static PaneSpec {
        &SPEC
    }

    fn many(&self) -> &'static str {
        "factors"
    }

    fn query(&self, listing: Listing) -> WhyQuery {
        WhyQuery {
            of: self.of.clone(),
            tests: Tests::default(),
            by_definition: false,
            side: self.side,
            shifts: false,
            adjust: Adjust::Nothing,
            depth: 1,
            listing,
        }
    }

    fn says_what_is_left(&self) -> bool {
        false
    }

    fn filter(&self, row: &FactorRow) -> Option<Expr> {
        Some(row.filter.clone())
    }

    fn name(&self, row: &FactorRow) -> String {
        text::safe(&row.text).into_owned()
    }

    fn act(&self, action: &Action, row: &FactorRow) -> Outcome {
        texts::emitting(texts::keeping(action, &row.filter))
    }

    /// The report needs the cases to explain, which an empty log does not have.
    fn report(&self) -> Option<&'static str> {
        self.of.filter.as_ref().and(SPEC.report)
    }

    fn options(&self, order: &Order) -> Vec<String> {
        let of = self.of.filter.clone().filter(|_| !self.compares);
        let of = of.map_or_else(Vec::new, |of| vec!["--of".to_owned(), of]);
        let side = ["--side", self.side.word()].map(str::to_owned);
        [&of[..], &side, &order.sort_and_limit()].concat()
    }

    fn change(&mut self, action: &Action) -> Change {
        match action {
            Action::ToggleAxis => self.next_offer(),
            Action::NextChart => self.side = beside(self.side, 1),
            Action::PreviousChart => self.side = beside(self.side, SIDES.len() - 1),
            _ => return Change::None,
        }
        Change::Query
    }

    fn subject(&self) -> String {
        let text = |of: &Option<String>| of.clone().unwrap_or_default();
        let texts = [text(&self.of.filter), text(&self.of.cursor)];
        format!(
            "{}{SEPARATOR}{}",
            self.side.word(),
            texts.join(&SEPARATOR.to_string())
        )
    }

    fn go_to(&mut self, subject: &str) -> Change {
        let before = (self.of.clone(), self.side);
        let mut texts = subject.split(SEPARATOR);
        self.side = texts.next().map_or(Side::Helps, Side::of);
        let mut text = || {
            texts
                .next()
                .filter(|text| !text.is_empty())
                .map(str::to_owned)
        };
        (self.of.filter, self.of.cursor) = (text(), text());
        if before == (self.of.clone(), self.side) {
            Change::Some
        } else {
            Change::Query
        }
    }

    fn came_from(&mut self, filter: Option<String>) -> Change {
        (self.of.filter, self.of.cursor) = (None, filter);
        Change::Query
    }

    fn nothing(&self, why: Nothing, answer: Option<&Answer>, context: Context<'_>) -> Nothing {
        let reason = answer.and_then(figures).and_then(|why| why.reason.as_ref());
        match reason {
            Some(reason) if context.log.events > 0 => Nothing {
                sentence: format!("{}.", text::safe(&capitalized(reason))),
                hint: "{next-selection} other cases to explain   {filter} filter   {undo} undo",
            },
            _ if self.side == Side::Hinders => Nothing {
                sentence: "They are not rarer with any factor.".to_owned(),
                hint: "{next-side} pairs   {previous-side} more frequent with",
            },
            _ if self.side == Side::Pairs => Nothing {
                sentence: "No pair of factors says more than its factors alone.".to_owned(),
                hint: "{next-side} more frequent with",
            },
            _ => why,
        }
    }

    fn head_rows(&self) -> u16 {
        1
    }

    fn draw_head(&self, answer: &Answer, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
        let Some(why) = figures(answer) else { return };
        let side = match self.side {
            Side::Hinders => "rarer with",
            Side::Pairs => "more frequent with both than with either",
            _ => "more frequent with",
        };
        let dot = look.theme.glyphs.dot;
        let open = match why.open_left_out {
            0 => String::new(),
            n => format!(", {} open left out", count(n)),
        };
        let of = match &why.sides {
            Some(sides) => format!("B {} against A {}", sides.texts[1], sides.texts[0]),
            None => why.selection.clone(),
        };
        let line = format!(
            "{} {dot} {side} {dot} {} of {} cases ({}){open} {dot} {} tested, {} with q < 5%",
            text::safe(&of),
            count(why.selected),
            count(why.cases),
            percent(why.selected as f64 / why.cases.max(1) as f64),
            count(why.tested),
            count(why.found),
        );
        let line = fit::truncate_end(&line, area.width.into(), look.theme.glyphs.ellipsis);
        paint::text(buffer, paint::row(area, 0), &line, look.theme.muted);
    }

    fn cells<'a>(&self, of: &ColumnOf<'_, 'a, Self>, _: Look<'_>) -> Option<Vec<Cell<'a>>> {
        let cell: fn(&FactorRow) -> String = match of.column.name {
            "explained" => explains,
            "q" => |row| text::probability(row.q),
            _ => return None,
        };
        Some(of.rows.iter().map(|row| Cell::new(cell(row))).collect())
    }

    fn share(&self, area: Rect) -> u16 {
        if area.width < 100 { 60 } else { 64 }
    }

    fn listed(&mut self, answer: &Answer) {
        let Some(why) = figures(answer) else { return };
        self.offers.clone_from(&why.offers);
        self.compares = why.sides.is_some();
        // Asked for by name from now on, so that it stays whatever else is on offer.
        if why.reason.is_none() {
            self.of.filter = Some(why.selection.clone());
        }
    }

    fn questions(&self, row: &FactorRow, _: Rect, _: Context<'_>) -> Vec<(Slot, Request)> {
        let query = FactorQuery {
            list: self.query(Listing::by("explained")),
            text: row.text.clone(),
        };
        vec![(DETAIL, Request::new(query))]
    }

    fn receive(&mut self, _: Slot, answer: Result<&Answer, &AskError>) {
        let found = answer.ok().and_then(Answer::to::<FactorQuery>);
        self.detail = found.cloned().flatten();
    }

    fn focusable(&self) -> bool {
        true
    }

    fn moves_list(&self) -> bool {
        true
    }

    fn draw_detail(&self, of: &DetailOf<'_, Self>, buffer: &mut Buffer, look: Look<'_>) {
        // It may still be that of the row before.
        let detail = self.detail.as_ref().filter(|row| row.text == of.row.text);
        let row = detail.unwrap_or(of.row);
        let (theme, title) = (look.theme, text::safe(&row.text));
        let style = if of.focused { theme.focus } else { theme.title };
        paint::heading(buffer, paint::row(of.area, 0), &title, style, theme);
        let selected = figures(of.answer).map_or(0, |why| why.selected);
        let mut at = 1;
        for line in lines(row, selected, look) {
            let style = if line.warns { theme.warn } else { theme.text };
            let columns = of.area.width.saturating_sub(INDENT);
            for (piece, text) in wrap(&line.text, columns.into()).iter().enumerate() {
                let (_, indented) = paint::cut(of.area, if piece == 0 { 0 } else { INDENT });
                paint::text(buffer, paint::row(indented, at), text, style);
                at += 1;
            }
        }
        if detail.is_none() || (look.stale)(DETAIL) {
            paint::restyle(buffer, of.area, theme.stale);
        }
    }
}

/// A line of the detail.
struct Line {
    text: String,
    warns: bool,
}

/// The factor in sentences.
fn lines(row: &FactorRow, selected: u64, look: Look<'_>) -> Vec<Line> {
    let (table, dot) = (&row.table, look.theme.glyphs.dot);
    let others = table.cases() - table.selected();
    let test = match row.test {
        Test::ChiSquare => "chi-square",
        Test::Fisher => "Fisher's test",
    };
    let of_others = table.with - table.selected_with;
    let mut lines = vec![
        format!(
            "in {} of {} such cases ({}), in {} of {} others ({})",
            count(table.selected_with),
            count(selected),
            percent(table.selected_with as f64 / selected.max(1) as f64),
            count(of_others),
            count(others),
            percent(of_others as f64 / others.max(1) as f64),
        ),
        format!(
            "rate {} with, {} without {dot} ratio {} {dot} {test}, q {}",
            percent(table.rate_with()),
            percent(table.rate_without()),
            ratio(&row.ratio),
            text::probability(row.q),
        ),
    ];
    lines.extend(durations(row, look).into_iter().flatten());
    let fewer = (row.explained.abs() * selected as f64).round() as u64;
    let change = if row.explained < 0.0 { "more" } else { "fewer" };
    let stable = match stable(row) {
        "both" => "in both halves of the time".to_owned(),
        "none" => "clear in neither half of the time".to_owned(),
        half => format!("clear only in the {half} of the time"),
    };
    lines.push(format!(
        "{} {change} such cases at the rate of the others {dot} {stable}",
        count(fewer)
    ));
    if row.afterwards {
        lines.push("! can come true after what is explained".into());
    }
    if !row.same_as.is_empty() {
        lines.push(format!(
            "same cases: {}",
            text::safe(&row.same_as.join(", "))
        ));
    }
    let lines = lines.into_iter().map(|text| Line { text, warns: false });
    lines.chain(adjusted(row)).collect()
}

/// The difference of the durations, and how sure it is.
fn durations(row: &FactorRow, look: Look<'_>) -> Option<[String; 2]> {
    let (duration, dot) = (row.duration?, look.theme.glyphs.dot);
    let long = |seconds: f64| {
        let sign = if seconds > 0.0 { "+" } else { "" };
        format!("{sign}{}", look.context.duration(seconds))
    };
    let shift = duration.shifted.zip(duration.shift).map(|(shift, ends)| {
        let (low, high) = (long(ends.low), long(ends.high));
        format!("shift {} [{low}, {high}] {dot} ", long(shift))
    });
    let table = &row.table;
    Some([
        format!(
            "+ leaves {} cases, median {} {dot} - leaves {}, median {}",
            count(table.with),
            look.context.duration(duration.median_with),
            count(table.without),
            look.context.duration(duration.median_without),
        ),
        format!(
            "{}q {}",
            shift.unwrap_or_default(),
            text::probability(row.duration_q)
        ),
    ])
}

/// Ratios within the values of columns, those that change most first.
fn adjusted(row: &FactorRow) -> Vec<Line> {
    /// Columns that are named.
    const MOST: usize = 6;
    let Some(adjusted) = &row.adjusted else {
        return Vec::new();
    };
    let mut known: Vec<(&Adjusted, f64)> = adjusted
        .iter()
        .filter_map(|of| Some((of, of.ratio?.ratio)))
        .collect();
    // As factors: half and double are equally far.
    let change = |ratio: f64| (ratio.ln() - row.ratio.ratio.ln()).abs();
    known.sort_by(|a, b| change(b.1).total_cmp(&change(a.1)));
    let mut lines: Vec<Line> = Vec::new();
    for (of, adjusted) in known.iter().filter(|(of, _)| of.turns_round || of.explains) {
        let by = text::safe(&of.by);
        let text = if of.turns_round {
            format!("turns round within {by}: ratio {}", number(*adjusted, 2))
        } else {
            format!(
                "{by} explains most of it: ratio {} within",
                number(*adjusted, 2)
            )
        };
        lines.push(Line { text, warns: true });
    }
    let list = known.iter().take(MOST).map(|(of, _)| {
        let interval = of.ratio.as_ref().map_or(String::new(), ratio);
        format!("{} {interval}", text::safe(&of.by))
    });
    let list: Vec<String> = list.collect();
    if list.is_empty() {
        return lines;
    }
    // What the ratios come to is before them, as a small screen cuts their list.
    if lines.is_empty() {
        let text = "no column turns it round or explains most of it".to_owned();
        lines.push(Line { text, warns: false });
    }
    let text = format!("adjusted: by {}", list.join(", "));
    lines.push(Line { text, warns: false });
    lines
}

/// `2.38 [2.29, 2.47]`
fn ratio(of: &Ratio) -> String {
    let values = [of.ratio, of.interval.low, of.interval.high];
    let [ratio, low, high] = values.map(|value| number(value, 2));
    format!("{ratio} [{low}, {high}]")
}

/// Share explained, from its bound: `38 to 41%`.
fn explains(row: &FactorRow) -> String {
    let whole = |share: f64| number(share * 100.0, 0);
    let (low, share) = (whole(row.explained_low), whole(row.explained));
    if low == share {
        format!("{share}%")
    } else {
        format!("{low} to {share}%")
    }
}

fn capitalized(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().into_iter().flat_map(char::to_uppercase);
    first.chain(chars).collect()
}
