//! By: the attributes of cases and events, and beside them the groups of the one under the cursor, as
//! the pane of groups shows them.
//!
//! ```text
//!   attribute      kind    values  missing | by priority · duration and late (broken) · 20,769 cases
//! > priority       text         4        0 |   group            cases    median    change    rate
//!   category       text        52       78 | > 3 - Moderate    19,779    6d 10h      -10m   39.0% ███▉
//! ```

mod attributes;

use super::{Context, Look, Outcome, Pane, PaneSpec, Place, Rect, Slot, Tab, split, texts, versus};
use crate::engine::{Answer, AskError, GroupBy, LogInfo, NumberFigures, NumbersQuery, Request};
use crate::input::{Action, ColumnChoice};
use crate::text::{self, count, number};
use crate::ui::widgets::{Part, Split};
use crate::ui::{Theme, fit, paint};
use ratatui::buffer::Buffer;

/// Registry entry.
pub static SPEC: PaneSpec = PaneSpec {
    id: "facet",
    title: "By",
    short: "By",
    help: "Attributes of cases and events; values of one as groups, and what keeping each would change",
    tab: Tab::Always,
    terms: &[],
    hints: &[
        Action::Open,
        Action::Keep,
        Action::Drop,
        Action::ToggleAxis,
        Action::SwitchFocus,
        Action::Sort,
    ],
    report: Some("facet"),
    new: || Box::new(Facet::of((attributes::SPEC.new)(), (split::SPEC.new)())),
    versus: Some(|| {
        Box::new(Facet::of(
            attributes::SPEC.comparing(),
            split::SPEC.comparing(),
        ))
    }),
};

/// First slot of the groups; those before it are of the attributes.
const GROUPS: Slot = 16;
/// The slot of the figures of numbers.
const NUMBERS: Slot = 8;

/// First part of the subject of a place where the groups have the focus.
const GROUPS_FOCUSED: &str = "groups";

/// Part of the attributes in percent: of the width, or of the height where the groups are below.
const SHARE: u16 = 40;

/// Below this width, groups that are beside the attributes are no wider than [`STACKED`], so that their
/// detail is below them rather than in a column of its own.
const WIDE: u16 = 220;
const STACKED: u16 = 99;

/// The pane.
struct Facet {
    attributes: Box<dyn Pane>,
    groups: Box<dyn Pane>,
    focus: Part,
    /// The attribute under the cursor; empty where none is known yet.
    by: String,
    numbers: Option<NumberFigures>,
}

/// Where the parts are.
struct Areas {
    split: Split,
    /// The line with the name of the attribute above the groups.
    name: Rect,
    groups: Rect,
}

impl Facet {
    fn of(attributes: Box<dyn Pane>, groups: Box<dyn Pane>) -> Self {
        Facet {
            attributes,
            groups,
            focus: Part::List,
            by: String::new(),
            numbers: None,
        }
    }

    fn focused(&self) -> &dyn Pane {
        match self.focus {
            Part::List => &*self.attributes,
            Part::Detail => &*self.groups,
        }
    }

    fn areas(&self, area: Rect, maximized: bool) -> Areas {
        let split = Split::of(area, share(area.width), self.focus, maximized);
        let line = u16::from(split.detail.height > 3);
        Areas {
            name: paint::top(split.detail, line),
            groups: paint::below(split.detail, line),
            split,
        }
    }

    /// Passes the attribute under the cursor to the groups.
    fn follow(&mut self) {
        let by = self.attributes.place().item;
        if by.is_empty() || by == self.by {
            return;
        }
        let place = self.groups.place();
        // The figure and the order stay.
        self.groups.go_to(&Place {
            sort: place.sort,
            descending: place.descending,
            subject: split::subject(&by, "", ""),
            ..Place::default()
        });
        self.by = by;
        self.numbers = None;
    }

    /// Draws the name of the attribute, and the figures of its numbers.
    fn draw_name(&self, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
        let mut parts = vec![format!("by {}", text::safe(&self.by))];
        if let Some(numbers) = &self.numbers {
            let short = |value: f64| number(value, if value.abs() < 10.0 { 2 } else { 1 });
            let missing = match numbers.missing {
                0 => String::new(),
                n => format!(" ({} missing)", count(n)),
            };
            parts.extend([
                format!("n {}{missing}", count(numbers.n)),
                format!("mean {}", short(numbers.mean)),
                format!("median {}", short(numbers.median)),
                format!("sum {}", short(numbers.sum)),
            ]);
        }
        let line = parts.join(&format!(" {} ", look.theme.glyphs.dot));
        let line = fit::truncate_end(&line, area.width.into(), look.theme.glyphs.ellipsis);
        paint::text(buffer, area, &line, look.theme.title);
        if (look.stale)(NUMBERS) {
            paint::restyle(buffer, area, look.theme.stale);
        }
    }
}

/// Part of the attributes in percent of a width.
fn share(width: u16) -> u16 {
    // With the line between the two.
    let least = u32::from(width.saturating_sub(STACKED + 3)) * 100;
    let least = least.div_ceil(u32::from(width.max(1))) as u16;
    if width < WIDE {
        least.max(SHARE)
    } else {
        SHARE
    }
}

/// The context of a part; a part that is not shown is asked as if it had the whole area.
fn part(context: Context<'_>, area: Rect) -> Context<'_> {
    Context {
        area: if area.is_empty() { context.area } else { area },
        maximized: false,
        ..context
    }
}

/// A theme in which nothing has the focus.
fn away(theme: &Theme) -> Theme {
    Theme {
        selected: theme.selected_away,
        focus: theme.title,
        ..theme.clone()
    }
}

impl Pane for Facet {
    fn spec(&self) -> &'static PaneSpec {
        &SPEC
    }

    fn requests(&self, context: Context<'_>) -> Vec<(Slot, Request)> {
        let areas = self.areas(context.area, context.maximized);
        let mut requests = self.attributes.requests(part(context, areas.split.list));
        if self.by.is_empty() || areas.groups.is_empty() {
            return requests;
        }
        let groups = self.groups.requests(part(context, areas.groups));
        requests.extend(groups.into_iter().map(|(slot, of)| (GROUPS + slot, of)));
        // Figures of one selection.
        if context.view.versus.is_none() {
            let by = GroupBy::parse(&self.by);
            requests.push((NUMBERS, Request::new(NumbersQuery { by })));
        }
        requests
    }

    fn shown(&self) -> Option<&dyn Pane> {
        Some(self.focused())
    }

    fn list_slot(&self) -> Slot {
        match self.focus {
            Part::List => self.attributes.list_slot(),
            Part::Detail => GROUPS + self.groups.list_slot(),
        }
    }

    fn acts_on(&self, slot: Slot) -> bool {
        match (self.focus, slot.checked_sub(GROUPS)) {
            (Part::List, None) => slot != NUMBERS && self.attributes.acts_on(slot),
            (Part::Detail, Some(slot)) => self.groups.acts_on(slot),
            _ => false,
        }
    }

    fn receive(&mut self, slot: Slot, answer: Result<Answer, AskError>) {
        if slot == NUMBERS {
            let answer = answer.ok();
            let numbers = answer.as_ref().and_then(Answer::to::<NumbersQuery>);
            self.numbers = numbers.copied().flatten();
            return;
        }
        match slot.checked_sub(GROUPS) {
            Some(slot) => self.groups.receive(slot, answer),
            None => self.attributes.receive(slot, answer),
        }
        self.follow();
    }

    fn update(&mut self, action: &Action, context: Context<'_>) -> Outcome {
        let areas = self.areas(context.area, context.maximized);
        let groups = part(context, areas.groups);
        let has_groups = !self.by.is_empty();
        match (self.focus, action) {
            (_, Action::SwitchFocus) if has_groups => self.focus = self.focus.other(),
            (Part::List, Action::Open) if has_groups => self.focus = Part::Detail,
            // The figure is that of the groups, wherever the cursor is.
            (_, Action::ToggleAxis) => return self.groups.update(action, groups),
            (Part::List, _) => {
                let list = part(context, areas.split.list);
                let outcome = self.attributes.update(action, list);
                self.follow();
                return outcome;
            }
            (Part::Detail, _) => match self.groups.update(action, groups) {
                Outcome::Ignored if *action == Action::Back => self.focus = Part::List,
                outcome => return outcome,
            },
        }
        Outcome::Done
    }

    fn draw(&self, area: Rect, buffer: &mut Buffer, look: Look<'_>) {
        let areas = self.areas(area, look.context.maximized);
        let away = away(look.theme);
        let theme = |of: Part| if of == self.focus { look.theme } else { &away };
        if !areas.split.list.is_empty() {
            let look = Look {
                context: part(look.context, areas.split.list),
                theme: theme(Part::List),
                ..look
            };
            self.attributes.draw(areas.split.list, buffer, look);
        }
        areas.split.draw_line(buffer, look.theme);
        if !areas.name.is_empty() && !self.by.is_empty() {
            self.draw_name(areas.name, buffer, look);
        }
        if !areas.groups.is_empty() && !self.by.is_empty() {
            let stale = |slot: Slot| (look.stale)(GROUPS + slot);
            let look = Look {
                context: part(look.context, areas.groups),
                theme: theme(Part::Detail),
                stale: &stale,
            };
            self.groups.draw(areas.groups, buffer, look);
        }
    }

    fn command(&self, context: Context<'_>) -> Option<Vec<String>> {
        let areas = self.areas(context.area, context.maximized);
        match self.focus {
            Part::List => self.attributes.command(part(context, areas.split.list)),
            Part::Detail => {
                let mut words = self.groups.command(part(context, areas.groups))?;
                SPEC.report?.clone_into(words.first_mut()?);
                Some(words)
            }
        }
    }

    /// Place of the part with the focus, with the attribute and the figure.
    fn set_columns(&mut self, columns: &[ColumnChoice], log: &LogInfo) {
        self.attributes.set_columns(columns, log);
        self.groups.set_columns(columns, log);
    }

    fn place(&self) -> Place {
        let focus = match self.focus {
            Part::List => "",
            Part::Detail => GROUPS_FOCUSED,
        };
        let groups = self.groups.place().subject;
        let groups = versus::usual(&groups);
        Place {
            subject: format!("{focus}{}{groups}", texts::SEPARATOR),
            ..self.focused().place()
        }
    }

    fn go_to(&mut self, place: &Place) {
        let parts = place.subject.split_once(texts::SEPARATOR);
        let (focus, groups) = parts.unwrap_or_default();
        let of_groups = Place {
            subject: groups.to_owned(),
            ..self.groups.place()
        };
        let (by, _) = split::properties(groups);
        if focus == GROUPS_FOCUSED {
            self.focus = Part::Detail;
            self.attributes.go_to(&Place {
                item: by.to_owned(),
                ..self.attributes.place()
            });
            self.groups.go_to(&Place {
                subject: groups.to_owned(),
                ..place.clone()
            });
        } else {
            self.focus = Part::List;
            self.attributes.go_to(&Place {
                subject: String::new(),
                ..place.clone()
            });
            if !by.is_empty() {
                self.groups.go_to(&of_groups);
            }
        }
        if !by.is_empty() && by != self.by {
            by.clone_into(&mut self.by);
            self.numbers = None;
        }
        self.follow();
    }
}
