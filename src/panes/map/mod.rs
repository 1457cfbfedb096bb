//! The process map: activities as boxes, the steps between them as lines. The cursor walks both.
//!
//! ```text
//! activities 100% (14 of 14) < >   paths 5% (24 of 67) ( )   97.3% of steps   a cases
//!                     (▶ start   4,580)
//!               │4,384            └───┐118
//! ```

mod drawing;
mod item;
mod labels;
mod picture;
mod rows;
mod shade;
mod state;
#[cfg(test)]
mod tests;
mod tree;
mod view;

use super::controls::{Find, motion};
use super::{
    Context, CopyWhat, Explained, Look, Outcome, Pane, PaneSpec, Place, Rect, Slot, Status, Tab,
    texts,
};
use crate::engine::{Answer, AskError, Basis, Request};
use crate::filter::Expr;
use crate::input::Action;
use crate::ui::paint;
use item::Item;
use ratatui::buffer::Buffer;
use state::State;

/// Registry entry.
pub static SPEC: PaneSpec = PaneSpec {
    id: "map",
    title: "Map",
    short: "Map",
    help: "The process map: activities, the steps between them, and how many cases take which way",
    tab: Tab::Never,
    terms: &[
        "step",
        "cases",
        "share",
        "median",
        "p90",
        "moves on a map",
        "shade",
    ],
    hints: &[
        Action::ToggleAxis,
        Action::FewerActivities,
        Action::MoreActivities,
        Action::FewerPaths,
        Action::MorePaths,
        Action::NextAspect,
        Action::Open,
        Action::Keep,
        Action::Drop,
        Action::Trim,
    ],
    report: Some("map"),
    new: || Box::<State>::default(),
    versus: Some(|| Box::new(State::comparing())),
};

impl Pane for State {
    fn spec(&self) -> &'static PaneSpec {
        &SPEC
    }

    fn requests(&self, context: Context<'_>) -> Vec<(Slot, Request)> {
        self.questions(context.area)
    }

    fn acts_on(&self, slot: Slot) -> bool {
        slot == state::MAP
    }

    fn replaces_rows(&self) -> bool {
        // The item under the cursor is known by its name.
        false
    }

    fn receive(&mut self, slot: Slot, answer: Result<Answer, AskError>) {
        self.answered(slot, answer);
    }

    fn update(&mut self, action: &Action, context: Context<'_>) -> Outcome {
        if let Some(to) = motion(action) {
            self.go(to, context);
            return Outcome::Done;
        }
        match action {
            Action::MoveLeft => self.sideways(false, context),
            Action::MoveRight => self.sideways(true, context),
            Action::ToggleAxis => self.next_figure(),
            Action::NextAspect => self.next_shade(),
            Action::NextChart | Action::PreviousChart => self.switch_form(context),
            Action::FewerActivities => self.step_activities(false),
            Action::MoreActivities => self.step_activities(true),
            Action::FewerPaths => self.step_paths(false),
            Action::MorePaths => self.step_paths(true),
            Action::ZoomFit => (self.activities, self.paths) = (None, None),
            Action::SetFind(text) => {
                self.find = Find::new(text);
                self.find_next(true, true);
            }
            Action::FindNext if !self.find.text().is_empty() => self.find_next(true, false),
            Action::FindPrevious if !self.find.text().is_empty() => self.find_next(false, false),
            Action::ToggleRow => return self.mark(),
            Action::Trim => return self.trim(),
            Action::Open | Action::Keep | Action::Drop => return self.select(action),
            _ => return Outcome::Ignored,
        }
        Outcome::Done
    }

    fn draw(&self, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
        let area = paint::clip(area, buffer);
        view::draw(self, area, buffer, look);
    }

    fn status(&self) -> Status {
        Status {
            find: self.find.text().to_owned(),
            ..Status::default()
        }
    }

    fn figures(&self, context: Context<'_>) -> Vec<Explained> {
        let rows = labels::figures(self, &self.cursor(), context);
        let explained = rows.into_iter().filter_map(|row| {
            Some(Explained {
                name: row.name.to_owned(),
                value: row.value,
                basis: row.n.map(|(n, values)| Basis::of(n, values)),
                term: row.term?,
            })
        });
        explained.collect()
    }

    fn whole_row(&self, context: Context<'_>) -> Vec<(String, String)> {
        let item = self.cursor();
        let mut rows = vec![("step".to_owned(), labels::title(&item))];
        if let Item::Node(name) = &item {
            rows = vec![("activity".to_owned(), crate::text::safe(name).into_owned())];
        }
        let figures = labels::figures(self, &item, context).into_iter();
        rows.extend(figures.map(|row| (row.name.to_owned(), row.value)));
        rows
    }

    fn command(&self, context: Context<'_>) -> Option<Vec<String>> {
        let mut words = vec!["map".to_owned()];
        let shares = [("--activities", self.activities), ("--paths", self.paths)];
        for (option, share) in shares {
            words.extend(
                share
                    .into_iter()
                    .flat_map(|share| [option.to_owned(), share.to_string()]),
            );
        }
        let is_whole = context.view.filters.is_empty() && context.view.events.is_empty();
        if context.view.versus.is_none() && !is_whole {
            words.extend(["--chosen-by", "log"].map(String::from));
        }
        if context.view.versus.is_none() {
            let is_tree = self.draws_tree(context);
            words.extend(is_tree.then(|| "--plain".to_owned()));
            if is_tree || self.figure.is_of_moves() {
                words.extend(["--figure", self.figure.word()].map(String::from));
            }
        }
        Some(words)
    }

    fn copy(&self, what: CopyWhat, context: Context<'_>) -> Option<String> {
        let item = self.cursor();
        match what {
            CopyWhat::Cell => Some(labels::title(&item)),
            CopyWhat::Row => {
                let rows = self.whole_row(context).into_iter();
                Some(texts::tab_separated([rows
                    .map(|(_, value)| value)
                    .collect()]))
            }
            CopyWhat::View => self.map.as_ref().map(labels::table),
        }
    }

    fn place(&self) -> Place {
        Place {
            item: self.cursor.as_ref().map_or_else(String::new, Item::key),
            find: self.find.text().to_owned(),
            subject: self.subject(),
            ..Place::default()
        }
    }

    fn go_to(&mut self, place: &Place) {
        if !place.subject.is_empty() {
            self.set_subject(&place.subject);
        }
        self.cursor = Item::of_key(&place.item);
        self.find = Find::new(&place.find);
    }
}

impl State {
    /// The filter of the item under the cursor.
    fn filter(&self) -> Result<Expr, &'static str> {
        match self.cursor() {
            Item::Start | Item::End => {
                Err("Every case starts and ends: choose an activity or a step")
            }
            Item::Node(name) => Ok(Expr::activity(&name)),
            Item::Edge(from, to) => {
                let edge = self.edge(from.as_deref(), to.as_deref());
                let filter = edge.and_then(|edge| edge.filter.clone());
                filter.ok_or("Hidden activities come between: show more with >")
            }
        }
    }

    fn select(&self, action: &Action) -> Outcome {
        match self.filter() {
            Ok(filter) => {
                let crumb = texts::crumb("with", &labels::title(&self.cursor()));
                texts::emitting(texts::selecting(action, &filter, crumb))
            }
            Err(why) => texts::notify(why),
        }
    }

    /// Marks the activity under the cursor as the beginning of a part of the cases, or takes the mark away.
    fn mark(&mut self) -> Outcome {
        let Item::Node(name) = self.cursor() else {
            return texts::notify("Only an activity can be marked");
        };
        let same = self.marked.as_ref() == Some(&name);
        self.marked = (!same).then_some(name);
        Outcome::Done
    }

    /// Cuts the cases to the part from the marked activity to the one under the cursor; for a step, from
    /// the one of its activities to the other.
    fn trim(&mut self) -> Outcome {
        let ends = match (self.cursor(), &self.marked) {
            (Item::Node(to), Some(from)) => Some((from.to_string(), to.to_string())),
            (Item::Edge(Some(from), Some(to)), _) => Some((from.to_string(), to.to_string())),
            _ => None,
        };
        let Some((from, to)) = ends else {
            return texts::notify(
                "Mark the first activity with space, and press r on the last one",
            );
        };
        self.marked = None;
        Outcome::Emit(vec![texts::trimming(&from, &to)])
    }
}
