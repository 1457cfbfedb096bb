//! Prediction: the open cases, most likely late first, with the prediction of the one under the cursor,
//! or the test of predictions on past cases.
//!
//! ```text
//!   case        last step         rests    next           left p50   left p90   late    n
//! > TK-1000370  Vendor contacted  5d 20h   Vendor replied   2d 04h     9d 02h   64%    41
//! ```

mod backtest;
mod detail;
#[cfg(test)]
mod tests;

use super::controls::{Order, motion};
use super::list_pane::ListPane;
use super::list_view::{Change, ColumnOf, DetailOf, ListView};
use super::texts::{self, Nothing};
use super::{Context, Explained, Look, Outcome, PaneSpec, Rect, Slot, Tab};
use crate::engine::{
    Answer, AskError, Backtest, BacktestQuery, Basing, LearnQuery, LeftFigures, Listing,
    PredictQuery, PredictRow, Prediction, Predictions, PredictionsQuery, Request,
};
use crate::filter::Expr;
use crate::input::Action;
use crate::text::{self, count, counted};
use crate::ui::list::{ListState, Move};
use crate::ui::paint;
use crate::ui::widgets::Cell;
use ratatui::buffer::Buffer;

/// Registry entry.
pub static SPEC: PaneSpec = PaneSpec {
    id: "predict",
    title: "Prediction",
    short: "Predict",
    help: "Open cases with their next step, time left and odds of deadlines, and a test on past cases",
    tab: Tab::Never,
    terms: &["state", "similar cases", "margin", "backtest"],
    hints: &[
        Action::Open,
        Action::SwitchFocus,
        Action::NextChart,
        Action::Sort,
        Action::Keep,
    ],
    report: Some("predict"),
    new: ListPane::<Predict>::boxed,
    versus: None,
};

/// The slot of the case under the cursor.
const DETAIL: Slot = 1;
/// The slot of what predictions are made of.
const LEARNED: Slot = 8;
/// The slot of the test.
const BACKTEST: Slot = 9;

/// Share of the cases that start before the cut of the test.
const SHARE: f64 = 0.8;

/// Subject of a place where the test is shown.
const OF_TEST: &str = "backtest";

/// Answers, and the part that is shown beside the list.
#[derive(Default)]
struct Predict {
    /// Number of what was learned; 0 for nothing yet.
    learned: u64,
    prediction: Option<Prediction>,
    shows_test: bool,
    test: Option<Result<Backtest, String>>,
    similar: ListState,
}

/// The cell of a column of the time left, marked `~` where that is the time of cases in any state; `None` for
/// another column.
pub fn left_cell<'a>(
    column: &str,
    left: Option<LeftFigures>,
    is_any_state: bool,
    look: Look<'_>,
) -> Option<Cell<'a>> {
    let figure = |left: LeftFigures| match column {
        "left_p50" => Some(left.p50),
        "left_p90" => Some(left.p90),
        _ => None,
    };
    let mark = if is_any_state { "~" } else { "" };
    match left {
        Some(left) => {
            let seconds = figure(left)?;
            Some(Cell::new(format!(
                "{mark}{}",
                look.context.duration(seconds)
            )))
        }
        None => column.starts_with("left_").then(|| Cell::new("-")),
    }
}

fn figures(answer: &Answer) -> Option<&Predictions> {
    answer.to::<PredictQuery>()
}

impl Predict {
    /// The test, where it was made.
    fn tested(&self) -> Option<&Backtest> {
        self.test.as_ref()?.as_ref().ok()
    }

    /// The prediction, if it is that of the row.
    fn of(&self, row: &PredictRow) -> Option<&Prediction> {
        self.prediction.as_ref().filter(|of| of.case == row.case)
    }
}

impl ListView for Predict {
    type List = PredictQuery;
    const KIND: &'static str = "case";

    fn spec(&self) -> &'static PaneSpec {
        &SPEC
    }

    fn many(&self) -> &'static str {
        "open cases"
    }

    fn query(&self, listing: Listing) -> PredictQuery {
        PredictQuery {
            basing: Basing::default(),
            wait: false,
            learned: self.learned,
            listing,
        }
    }

    fn says_what_is_left(&self) -> bool {
        false
    }

    fn filter(&self, row: &PredictRow) -> Option<Expr> {
        Some(Expr::case(&row.case))
    }

    fn case<'r>(&self, row: &'r PredictRow) -> Option<&'r str> {
        Some(&row.case)
    }

    fn name(&self, row: &PredictRow) -> String {
        text::safe(&row.case).into_owned()
    }

    fn act(&self, action: &Action, row: &PredictRow) -> Outcome {
        if *action == Action::Predict {
            return Outcome::Ignored;
        }
        texts::emitting(texts::selecting_case(action, &row.case))
    }

    fn options(&self, order: &Order) -> Vec<String> {
        if self.shows_test {
            return vec!["--backtest".to_owned()];
        }
        order.sort_and_limit()
    }

    fn change(&mut self, action: &Action) -> Change {
        if !matches!(action, Action::NextChart | Action::PreviousChart) {
            return Change::None;
        }
        self.shows_test = !self.shows_test;
        Change::Some
    }

    fn subject(&self) -> String {
        if self.shows_test { OF_TEST } else { "" }.to_owned()
    }

    fn go_to(&mut self, subject: &str) -> Change {
        self.shows_test = subject == OF_TEST;
        Change::Some
    }

    fn nothing(&self, why: Nothing, answer: Option<&Answer>, context: Context<'_>) -> Nothing {
        let Some(found) = answer.and_then(figures).filter(|_| context.log.events > 0) else {
            return why;
        };
        let nothing = |sentence: String, hint: &'static str| Nothing { sentence, hint };
        if found.preparing {
            return nothing("Learning from the cases that ended ...".to_owned(), "");
        }
        if let Some(reason) = &found.learned.reason {
            let sentence = format!("Nothing is predicted: {}.", text::safe(reason));
            return nothing(sentence, "E end states   C columns   ? help");
        }
        match found.open {
            0 if !found.ends_known => nothing(
                "No end state is known, so every case counts as closed.".to_owned(),
                "E sets end states   t backtest",
            ),
            0 if context.view.filters.is_empty() => {
                nothing("No case is open.".to_owned(), "t backtest   3 all cases")
            }
            0 => nothing(
                "No open case matches the filters.".to_owned(),
                "{undo} undo   {toggle-all-filters} all filters off   {backtest} backtest",
            ),
            _ => why,
        }
    }

    fn cells<'a>(&self, of: &ColumnOf<'_, 'a, Self>, look: Look<'_>) -> Option<Vec<Cell<'a>>> {
        let cell = |row: &&PredictRow| left_cell(of.column.name, row.left, row.is_any_state, look);
        of.rows.iter().map(cell).collect()
    }

    fn head_rows(&self) -> u16 {
        1
    }

    fn draw_head(&self, answer: &Answer, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
        let Some(found) = figures(answer) else { return };
        let dot = look.theme.glyphs.dot;
        // What the order means comes first, as the end may be cut.
        let late = match (look.context.log.deadlines, found.weighted) {
            (0, _) => " {dot} no deadlines: [[rules]] of the rules file",
            (_, true) => " {dot} order of late: share x severity",
            (_, false) => "",
        };
        let line = format!(
            "{}{} {dot} learned from {} that ended{}",
            counted(found.open, "open case", "open cases"),
            late.replace("{dot}", dot),
            counted(found.learned.train_cases, "case", "cases"),
            match found.learned.ended_now {
                0 => String::new(),
                n => format!(" ({} more ended just now)", count(n)),
            }
        );
        let theme = look.theme;
        paint::sentence(buffer, paint::row(area, 0), &line, theme.muted, theme);
    }

    fn share(&self, area: Rect) -> u16 {
        if area.width < 100 { 45 } else { 60 }
    }

    fn at(&mut self, row: Option<&PredictRow>) {
        let same = self.prediction.as_ref().map(|of| &of.case) == row.map(|row| &row.case);
        if !same {
            self.similar.go(Move::Top);
        }
    }

    fn questions(&self, row: &PredictRow, _: Rect, _: Context<'_>) -> Vec<(Slot, Request)> {
        let query = PredictionsQuery {
            basing: Basing::default(),
            wait: false,
            cases: vec![row.case.clone()],
        };
        vec![(DETAIL, Request::new(query))]
    }

    fn questions_of_list(&self) -> Vec<(Slot, Request)> {
        let basing = Basing::default();
        let mut questions = vec![(LEARNED, Request::new(LearnQuery { basing }))];
        if self.shows_test {
            let query = BacktestQuery {
                basing: Basing::default(),
                share: SHARE,
            };
            questions.push((BACKTEST, Request::new(query)));
        }
        questions
    }

    fn receive(&mut self, slot: Slot, answer: Result<&Answer, &AskError>) {
        match slot {
            LEARNED => {
                if let Some(facts) = answer.ok().and_then(Answer::to::<LearnQuery>) {
                    self.learned = facts.id;
                }
            }
            BACKTEST => {
                self.test = match answer {
                    Ok(answer) => answer.to::<BacktestQuery>().cloned().map(Ok),
                    Err(error) => Some(Err(error.to_string())),
                };
            }
            _ => {
                let found = answer.ok().and_then(Answer::to::<PredictionsQuery>);
                self.prediction = found.and_then(|found| found.first()).cloned();
                let similar = self.prediction.as_ref().map_or(0, |of| of.similar.len());
                self.similar.set_total(similar);
            }
        }
    }

    fn focusable(&self) -> bool {
        !self.shows_test
    }

    fn detail(&self) -> Option<&ListState> {
        Some(&self.similar)
    }

    fn update_detail(&mut self, action: &Action, row: &PredictRow, of: Context<'_>) -> Outcome {
        if self.shows_test {
            return Outcome::Ignored;
        }
        let Some(prediction) = self.of(row) else {
            return Outcome::Ignored;
        };
        let rows = detail::similar_rows(prediction, self.tested(), of.area);
        let similar = prediction.similar.get(self.similar.cursor);
        let acted = similar.and_then(|similar| match action {
            Action::Open | Action::Keep | Action::Drop => {
                texts::selecting_case(action, &similar.case)
            }
            _ => None,
        });
        self.similar.set_page(rows);
        if let Some(to) = motion(action) {
            self.similar.go(to);
            return Outcome::Done;
        }
        texts::emitting(acted)
    }

    fn more_figures(&self, row: &PredictRow, _: Context<'_>) -> Vec<Explained> {
        let Some(of) = self.of(row) else {
            return Vec::new();
        };
        let tried = of.tried.iter().enumerate().map(|(at, state)| {
            let used = if at + 1 == of.tried.len() && of.left.is_some() {
                "used"
            } else {
                "too few"
            };
            let by = if state.by { ", same value" } else { "" };
            let name = match state.length {
                0 => format!("state: any{by}"),
                n => format!("state: last {n}{by}"),
            };
            Explained {
                name,
                value: format!(
                    "{} of {} events of ended cases rested as long; {} are needed: {used}",
                    count(state.rested),
                    count(state.visits),
                    count(state.least),
                ),
                basis: None,
                term: "",
            }
        });
        tried.collect()
    }

    fn draw_instead(&self, area: Rect, buffer: &mut Buffer, look: Look<'_>) -> bool {
        if self.shows_test {
            self.draw_test(area, buffer, look);
        }
        self.shows_test
    }

    fn draw_detail(&self, of: &DetailOf<'_, Self>, buffer: &mut Buffer, look: Look<'_>) {
        if self.shows_test {
            return self.draw_test(of.area, buffer, look);
        }
        let Some(prediction) = self.of(of.row) else {
            return;
        };
        let drawn = detail::Drawn {
            of: prediction,
            similar: self.similar,
            focused: of.focused,
            test: self.tested(),
        };
        drawn.draw(of.area, buffer, look);
        if (look.stale)(DETAIL) {
            paint::restyle(buffer, of.area, look.theme.stale);
        }
    }
}

impl Predict {
    fn draw_test(&self, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
        match &self.test {
            Some(Ok(test)) => backtest::draw(test, area, buffer, look),
            Some(Err(why)) => {
                let (why, theme) = (text::safe(why), look.theme);
                paint::sentence(buffer, paint::row(area, 0), &why, theme.warn, theme);
            }
            None => {
                let wait = "Testing predictions on past cases ...";
                paint::text(buffer, paint::row(area, 0), wait, look.theme.muted);
            }
        }
        if (look.stale)(BACKTEST) {
            paint::restyle(buffer, area, look.theme.stale);
        }
    }
}
