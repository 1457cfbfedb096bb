//! Deadlines: every rule with its counts of cases by state and its breach rate over time; beside it
//! the cases that broke it, worst first, and those at risk.
//!
//! ```text
//! 34 cases are open; cases end with Closed          |   case   state    over    last activity
//!   rule                    limit  rate      broken |   T-17   broken   7d 07h  Closed
//! > first response in 4 h   4h 00m ███  55%     209 |   T-37   overdue  3d 04h  Vendor contacted
//! ```

#[cfg(test)]
mod tests;

use super::controls::{Controls, Find, Keyed, Order, motion};
use super::list_cells::{cells, copied, head, sorted};
use super::list_columns::{ListColumns, OnScreen, orders};
use super::list_pane::{LIST, ListPane};
use super::list_view::{Change, DetailOf, ListView};
use super::texts::{self, Nothing};
use super::{ColumnsOnOffer, Context, CopyWhat, Look, Outcome, PaneSpec, Rect, Tab, versus};
use crate::engine::{
    Answer, Breach, Deadlines as Figures, DeadlinesQuery, Features, Listing, LogInfo, Page,
    RULE_CASES, RuleBin, RuleRow, Shown, Sort,
};
use crate::filter::{Expr, Field};
use crate::input::{Action, ColumnChoice};
use crate::text;
use crate::ui::list::{ListState, Move};
use crate::ui::widgets::virtual_table::page_rows;
use crate::ui::widgets::{Cell, Column as Head, Timeline, VirtualTable};
use crate::ui::{fit, paint};
use ratatui::buffer::Buffer;

/// Registry entry.
pub static SPEC: PaneSpec = PaneSpec {
    id: "deadlines",
    title: "Deadlines",
    short: "Due",
    help: "Deadlines of the rules file: cases that broke them, and open cases at risk",
    tab: Tab::WithDeadlines,
    terms: &["over", "open"],
    hints: &[
        Action::Open,
        Action::Keep,
        Action::Drop,
        Action::SwitchFocus,
    ],
    report: Some("check"),
    new: ListPane::<Deadlines>::boxed,
    versus: Some(ListPane::<versus::Versus<Deadlines>>::boxed),
};

/// Maximum number of breaches, and of cases at risk, of a rule: more than anyone looks through.
const NAMED: usize = 1000;

/// Rows above the cases of a rule: its name.
const DETAIL_HEAD: u16 = 1;

/// Rows of the chart of the breach rate, with its heading: from, to.
const CHART: (u16, u16) = (6, 12);

/// The rule under the cursor, and its cases.
struct Deadlines {
    rule: String,
    /// Order of the cases, and the cursor among them.
    cases: Controls,
    /// The case under that cursor.
    case: String,
    columns: ListColumns,
}

impl Default for Deadlines {
    fn default() -> Self {
        Deadlines {
            rule: String::new(),
            cases: Controls::new(orders(&RULE_CASES, None)),
            case: String::new(),
            columns: ListColumns::default(),
        }
    }
}

fn figures(answer: &Answer) -> Option<&Figures> {
    answer.to::<DeadlinesQuery>()
}

impl Deadlines {
    /// Order of the cases of a rule.
    fn order(&self) -> Sort {
        Sort {
            column: self.cases.key().clone(),
            descending: self.cases.descending,
        }
    }

    /// Columns of the cases of a rule.
    fn case_columns(&self) -> Vec<Shown<Breach>> {
        self.columns.all(&RULE_CASES, &Features::default())
    }
}

impl ListView for Deadlines {
    type List = DeadlinesQuery;
    const KIND: &'static str = "breaches of";

    fn spec(&self) -> &'static PaneSpec {
        &SPEC
    }

    fn many(&self) -> &'static str {
        "deadlines"
    }

    fn query(&self, listing: Listing) -> DeadlinesQuery {
        DeadlinesQuery {
            listing,
            cases: Listing {
                sort: self.cases.key().clone(),
                descending: self.cases.descending,
                page: Page::first(NAMED),
                fields: self.columns.fields(),
                ..Listing::by("")
            },
            time_bins: 60,
            open_ended: false,
        }
    }

    fn query_in(&self, listing: Listing, area: Rect) -> DeadlinesQuery {
        let query = self.query(listing);
        DeadlinesQuery {
            time_bins: Timeline::bins_for(area.width).min(query.time_bins),
            ..query
        }
    }

    fn filter(&self, row: &RuleRow) -> Option<Expr> {
        // In filters a rule is a column of the states of its cases.
        let field = Field::Column(row.name.clone());
        Some(Expr::one_of(field, ["broken", "overdue"]))
    }

    fn case_of_detail<'r>(&self, row: &'r RuleRow) -> Option<&'r str> {
        let breach = row.cases.get(self.cases.list.cursor)?;
        Some(&breach.case)
    }

    fn name(&self, row: &RuleRow) -> String {
        text::safe(&row.name).into_owned()
    }

    fn act(&self, action: &Action, row: &RuleRow) -> Outcome {
        let filter = self.filter(row).filter(|_| *action != Action::Open);
        texts::emitting(filter.and_then(|f| texts::selecting(action, &f, self.crumb(row))))
    }

    fn options(&self, order: &Order) -> Vec<String> {
        let cases = self.subject();
        let cases = (!cases.is_empty()).then(|| format!("--sort-cases={cases}"));
        let columns = self.columns.option();
        let columns = columns.map(|list| format!("--columns={list}"));
        let own = cases.into_iter().chain(columns);
        order.sort().into_iter().chain(own).collect()
    }

    /// The order of the cases; empty for the usual one.
    fn subject(&self) -> String {
        let order = self.order();
        if order == Sort::first_of(&RULE_CASES) {
            return String::new();
        }
        order.word_for(&RULE_CASES, false)
    }

    fn go_to(&mut self, subject: &str) -> Change {
        let order = Sort::parse_for(&RULE_CASES, false, subject);
        let order = order.unwrap_or_else(|_| Sort::first_of(&RULE_CASES));
        self.cases.order_by(&order);
        Change::Some
    }

    fn columns_on_offer(&self, log: &LogInfo) -> Option<ColumnsOnOffer> {
        self.columns
            .on_offer(&RULE_CASES, &Features::default(), log)
    }

    fn set_columns(&mut self, columns: &[ColumnChoice], log: &LogInfo) -> bool {
        self.columns.set(columns, &RULE_CASES, log);
        let all = orders(&RULE_CASES, Some(log)).into_iter();
        self.cases
            .set_columns(all.chain(self.columns.orders()).collect());
        true
    }

    fn nothing(&self, why: Nothing, _: Option<&Answer>, context: Context<'_>) -> Nothing {
        if context.log.deadlines > 0 {
            return why;
        }
        Nothing {
            sentence: "No deadline is defined.".to_owned(),
            hint: "Deadlines come from a rules file",
        }
    }

    fn topic(&self) -> Option<String> {
        Some("broken, of cases kept, broken or overdue".to_owned())
    }

    fn head_rows(&self) -> u16 {
        1
    }

    fn draw_head(&self, answer: &Answer, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
        let Some(figures) = figures(answer) else {
            return;
        };
        let line = figures.ending.in_words();
        let line = text::safe(&line);
        let line = fit::truncate_end(&line, area.width.into(), look.theme.glyphs.ellipsis);
        paint::text(buffer, paint::row(area, 0), &line, look.theme.muted);
    }

    fn foot_rows(&self, total: usize, height: u16) -> u16 {
        // With the head and a free row.
        let rules = u16::try_from(total + 2).unwrap_or(u16::MAX);
        let chart = height.saturating_sub(rules);
        if chart < CHART.0 { 0 } else { chart }
    }

    fn draw_foot(&self, of: &DetailOf<'_, Self>, buffer: &mut Buffer, look: Look<'_>) {
        let Some(figures) = figures(of.answer) else {
            return;
        };
        let title = format!("Breach rate per {} (when due)", figures.unit);
        let (style, theme) = (look.theme.title, look.theme);
        paint::heading(buffer, paint::row(of.area, 0), &title, style, theme);
        let rate = |bin: &RuleBin| bin.broken as f64 / bin.known.max(1) as f64;
        let bins = of.row.over_time.iter();
        let bins: Vec<(i64, f64)> = bins.map(|bin| (bin.start, rate(bin))).collect();
        let top = bins.iter().map(|bin| bin.1).fold(0.0, f64::max);
        let chart = Timeline {
            bins: &bins,
            end: figures.end,
            top: &text::percent(top),
            cursor: None,
            zone: look.context.log.zone,
            style: Some(theme.wait),
        };
        let area = paint::below(paint::top(of.area, CHART.1), 1);
        chart.draw(area, buffer, theme);
    }

    fn share(&self, area: Rect) -> u16 {
        if area.width < 130 { 60 } else { 50 }
    }

    fn at(&mut self, row: Option<&RuleRow>) {
        let list = &mut self.cases.list;
        list.set_total(row.map_or(0, |row| row.cases.len()));
        let rule = row.map_or("", |row| &*row.name);
        if rule != self.rule {
            rule.clone_into(&mut self.rule);
            self.case.clear();
            list.go(Move::Top);
        }
        // After a sort the cursor is on the same case.
        let followed = row.and_then(|row| row.cases.iter().position(|b| b.case == self.case));
        if let Some(at) = followed {
            let above = list.cursor - list.offset;
            list.restore(at, at.saturating_sub(above));
        }
    }

    fn focusable(&self) -> bool {
        true
    }

    fn opens_detail(&self) -> bool {
        self.cases.list.has_row()
    }

    fn detail(&self) -> Option<&ListState> {
        Some(&self.cases.list)
    }

    fn detail_orders(&self) -> Option<&Controls> {
        Some(&self.cases)
    }

    fn update_detail(&mut self, action: &Action, row: &RuleRow, context: Context<'_>) -> Outcome {
        let rows = paint::below(context.area, DETAIL_HEAD).height;
        self.cases.list.set_page(page_rows(rows));
        let moves = motion(action).is_some();
        let sorts = matches!(
            action,
            Action::Sort | Action::SortBy(_) | Action::ReverseSort
        );
        if moves || sorts {
            let none = Keyed {
                rows: None,
                key: RULE_CASES.key,
            };
            self.cases.update(action, &none);
            let breach = row.cases.get(self.cases.list.cursor);
            self.case = breach.map_or_else(String::new, |breach| breach.case.clone());
            return Outcome::Done;
        }
        if matches!(action, Action::MoveLeft | Action::MoveRight) && self.columns.has_cursor() {
            self.columns.step(*action == Action::MoveRight);
            return Outcome::Done;
        }
        let breach = row.cases.get(self.cases.list.cursor);
        let cell = breach.and_then(|breach| self.columns.cell(&RULE_CASES, breach));
        if let (Action::Keep | Action::Drop, Some((field, values))) = (action, cell) {
            let filter = context.log.filter_of(field, values.all());
            let selected = filter.and_then(|f| texts::selecting(action, &f, String::new()));
            return texts::emitting(selected);
        }
        texts::emitting(breach.and_then(|breach| texts::selecting_case(action, &breach.case)))
    }

    fn copy_detail(&self, what: CopyWhat, of: &RuleRow, context: Context<'_>) -> Option<String> {
        let columns = self.case_columns();
        let row = |breach: &Breach| copied(&columns, breach, context.log.zone);
        let breach = of.cases.get(self.cases.list.cursor)?;
        Some(match what {
            CopyWhat::Cell => text::safe(&breach.case).into_owned(),
            CopyWhat::Row => texts::tab_separated([row(breach)]),
            CopyWhat::View => {
                let names = columns.iter().map(|column| column.name().to_owned());
                let rows = of.cases.iter().map(row);
                texts::tab_separated(std::iter::once(names.collect()).chain(rows))
            }
        })
    }

    fn draw_detail(&self, of: &DetailOf<'_, Self>, buffer: &mut Buffer, look: Look<'_>) {
        let name = text::safe(&of.row.name);
        let (style, theme) = (look.theme.title, look.theme);
        paint::heading(buffer, paint::row(of.area, 0), &name, style, theme);
        let area = paint::below(of.area, DETAIL_HEAD);
        let OnScreen { columns, cursor } =
            self.columns
                .on_screen(&RULE_CASES, self.case_columns(), area.width);
        let heads: Vec<Head<'_>> = columns.iter().map(head).collect();
        let list = self.cases.on(page_rows(area.height));
        let visible: Vec<&Breach> = list.visible().filter_map(|i| of.row.cases.get(i)).collect();
        let find = Find::default();
        let cells = |column| cells(column, &visible, 1.0, &find, look).into_iter();
        let mut drawn: Vec<_> = columns.iter().map(cells).collect();
        let rows: Vec<Vec<Cell<'_>>> = (0..visible.len())
            .map(|_| drawn.iter_mut().filter_map(Iterator::next).collect())
            .collect();
        let marks = look.context.marks;
        let marked = visible.iter().map(|breach| marks.contains(&breach.case));
        let marked: Vec<bool> = marked.collect();
        VirtualTable {
            columns: &heads,
            rows: &rows,
            marked: &marked,
            offset: list.offset,
            total: list.total,
            selected: of.focused.then_some(list.cursor),
            focused: of.focused,
            stale: (look.stale)(LIST),
            column: cursor.filter(|_| of.focused),
            sort: sorted(&RULE_CASES, &columns, &self.cases),
            ..VirtualTable::default()
        }
        .draw(area, buffer, theme);
    }
}
