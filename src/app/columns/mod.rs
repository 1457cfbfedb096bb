//! The screen that says which column is what: one page a log, a row a column, and the beginning of
//! the log as it would be read. State only; what keys do to it is in `update`.

mod update;

pub(super) use update::{
    INSPECTING, due_preview, is_taken, open, receive_look, receive_preview, update,
};

use super::load::{Choices, Inspected, LoadError};
use crate::event_log::{PerRole, Role};
use crate::formats::{Inspection, LogOptions, Preview, ReadPlan};

/// The columns of each role.
pub type Assigned = PerRole<Vec<usize>>;

/// The screen.
#[derive(Debug, Clone)]
pub struct Columns {
    /// One a log.
    pub pages: Vec<Page>,
    /// The page on the screen.
    pub page: usize,
    /// Options shared by all logs.
    plan: ReadPlan,
    /// True if keys scroll the preview.
    pub reading: bool,
}

/// One log.
#[derive(Debug, Clone)]
pub struct Page {
    /// The inspection, or the reason for its failure.
    pub look: Result<Inspection, LoadError>,
    /// Read options without the roles.
    pub options: LogOptions,
    /// The columns of each role.
    pub roles: Assigned,
    /// The columns that were guessed or proposed.
    guessed: Assigned,
    /// The row of the cursor.
    pub cursor: usize,
    /// First line of the preview on the screen.
    pub scroll: usize,
    /// The beginning of the log as it would be read; none before it is known.
    pub preview: Option<Result<Preview, LoadError>>,
    /// Options of the preview requested last.
    asked_preview: Option<LogOptions>,
    /// Options of the inspection in progress.
    asked_look: Option<LogOptions>,
    /// True if the preview requested last has arrived.
    answered: bool,
    /// True if it is read by a saved mapping for these column names.
    pub remembered: bool,
    /// Roles and activity of all rows before each change, for undo.
    past: Vec<(Assigned, Option<String>)>,
}

impl Columns {
    /// The screen for logs that were looked at.
    pub fn new(inspected: Inspected) -> Self {
        let Inspected {
            plan,
            looks,
            remembered,
            choices: _,
        } = inspected;
        let mut known = remembered.into_iter();
        let pages = looks.into_iter().zip(plan.logs.iter().cloned());
        let pages: Vec<Page> = pages
            .map(|(look, options)| Page::new(look, options, known.next().unwrap_or(false)))
            .collect();
        let doubtful = |page: &Page| page.look.as_ref().is_ok_and(|look| look.doubtful);
        Columns {
            page: pages.iter().position(doubtful).unwrap_or(0),
            pages,
            plan,
            reading: false,
        }
    }

    /// The page on the screen.
    pub fn shown(&self) -> Option<&Page> {
        self.pages.get(self.page)
    }

    fn shown_mut(&mut self) -> Option<&mut Page> {
        self.pages.get_mut(self.page)
    }

    /// Returns the read plan of all logs.
    pub fn plan(&self) -> ReadPlan {
        ReadPlan {
            logs: self.pages.iter().map(Page::options).collect(),
            ..self.plan.clone()
        }
    }

    /// The logs as they were looked at, with what was chosen.
    pub fn chosen(&self) -> Inspected {
        Inspected {
            plan: self.plan(),
            looks: self.pages.iter().map(|page| page.look.clone()).collect(),
            remembered: self.pages.iter().map(|page| page.remembered).collect(),
            choices: Choices::default(),
        }
    }

    /// Returns whether an inspection or a preview is pending.
    pub fn is_waiting(&self) -> bool {
        self.pages.iter().any(Page::is_waiting)
    }
}

impl Page {
    fn new(look: Result<Inspection, LoadError>, options: LogOptions, remembered: bool) -> Self {
        let mut page = Page {
            look,
            options,
            roles: Assigned::default(),
            guessed: Assigned::default(),
            cursor: 0,
            scroll: 0,
            preview: None,
            asked_preview: None,
            asked_look: None,
            answered: false,
            remembered,
            past: Vec::new(),
        };
        page.take_roles();
        page
    }

    /// Takes over what the look found: roles, the type of objects.
    fn take_roles(&mut self) {
        let Ok(look) = &self.look else { return };
        let find = |name: &String| look.columns.iter().position(|column| column == name);
        let columns = |role| {
            let names: &Vec<String> = &look.proposed[role];
            names.iter().filter_map(find).collect()
        };
        self.roles = PerRole::of(columns);
        self.guessed = self.roles.clone();
        let wanted = self.options.read.object_type.as_ref();
        let wanted = wanted.or(look.roles[Role::Case].first());
        let of_type = |(name, _): &(String, u64)| Some(name) == wanted;
        self.cursor = look.object_types.iter().position(of_type).unwrap_or(0);
        // In another look the columns may have other places.
        self.past.clear();
    }

    /// Returns whether an inspection or a preview is pending.
    pub fn is_waiting(&self) -> bool {
        self.asked_look.is_some() || self.asked_preview.is_some() && !self.answered
    }

    /// Returns true if the user has not changed any role.
    pub fn is_untouched(&self) -> bool {
        self.past.is_empty()
    }

    /// Rows of the list: columns, or types of objects.
    pub fn rows(&self) -> usize {
        match &self.look {
            Ok(look) if !look.object_types.is_empty() => look.object_types.len(),
            Ok(look) => look.columns.len(),
            Err(_) => 0,
        }
    }

    /// Returns true if the list holds object types instead of columns.
    pub fn is_of_objects(&self) -> bool {
        self.look
            .as_ref()
            .is_ok_and(|look| !look.object_types.is_empty())
    }

    /// The roles that a column can have where the rows are in an engine; `None` for a file.
    pub fn roles_in_engine(&self) -> Option<&'static [Role]> {
        self.look.as_ref().ok().and_then(|look| look.in_engine)
    }

    /// The role of a column, and its place among several that are joined, from 1 (0: it is alone).
    pub fn role_of(&self, column: usize) -> Option<(Role, usize)> {
        Role::ALL.into_iter().find_map(|role| {
            let columns = &self.roles[role];
            let at = columns.iter().position(|&c| c == column)?;
            Some((role, if columns.len() > 1 { at + 1 } else { 0 }))
        })
    }

    /// Roles that every log has, and this one not yet.
    pub fn missing(&self) -> Vec<Role> {
        // A format without columns of its own says itself what is what.
        let by_columns = self.look.as_ref().is_ok_and(|l| !l.columns.is_empty());
        let read = self.options().read;
        let needed = Role::NEEDED.into_iter();
        let empty = |role: &Role| self.roles[*role].is_empty();
        needed
            .filter(|role| read.needs(*role))
            .filter(|role| by_columns && !self.is_of_objects() && empty(role))
            .collect()
    }

    /// Returns the read options. A role that was taken away is named empty, so that it is not
    /// guessed again.
    pub fn options(&self) -> LogOptions {
        let mut options = self.options.clone();
        let Ok(look) = &self.look else {
            return options;
        };
        let read = &mut options.read;
        if let Some((name, _)) = look.object_types.get(self.cursor) {
            read.object_type = Some(name.clone());
            return options;
        }
        if look.columns.is_empty() {
            return options;
        }
        read.columns = PerRole::of(|role| {
            let columns = self.roles[role].as_slice();
            if columns.is_empty() && !self.guessed[role].is_empty() && !Role::NEEDED.contains(&role)
            {
                return vec![String::new()];
            }
            columns
                .iter()
                .map(|&column| look.columns[column].clone())
                .collect()
        });
        options
    }

    /// Gives the column of the cursor a role, or takes it away.
    fn assign(&mut self, role: Role) {
        let column = self.cursor;
        if column >= self.rows() || self.is_of_objects() {
            return;
        }
        self.remember();
        let had = self.roles[role].contains(&column);
        for columns in self.roles.values_mut() {
            columns.retain(|&c| c != column);
        }
        if had {
            return;
        }
        self.make_room_for(role, column);
        let mut columns = self.roles[role].clone();
        let Ok(look) = &self.look else { return };
        if look.in_engine.is_some() {
            columns = vec![column];
        } else if matches!(role, Role::Time | Role::Start) {
            // A time of day joins the date that there is, and a date the time of day.
            columns.retain(|&other| look.are_date_and_clock([other, column]));
            columns.push(column);
            columns.sort_by_key(|&column| look.is_clock(column));
        } else if role == Role::Milestone && look.is_clock(column) {
            // A time of day belongs to the date before it: the nearest in the log that has none.
            let is_free = |at: &usize| {
                let clock = columns.get(at + 1);
                look.are_date_and_clock([columns[*at], column])
                    && clock.is_none_or(|&clock| !look.is_clock(clock))
            };
            let dates = (0..columns.len()).filter(is_free);
            let nearest = dates.min_by_key(|&at| columns[at].abs_diff(column));
            columns.insert(nearest.map_or(columns.len(), |at| at + 1), column);
        } else {
            columns.truncate(if role.is_of_several() {
                columns.len()
            } else {
                0
            });
            columns.push(column);
        }
        self.roles[role] = columns;
    }

    /// Takes away what excludes the role that a column is given: rows are one event each, or their times
    /// are. The times that rows had are the first milestones.
    fn make_room_for(&mut self, role: Role, column: usize) {
        let roles = &mut self.roles;
        if Role::WITHOUT_ACTIVITY_NAME.contains(&role) {
            self.options.read.activity_name = None;
        }
        if role == Role::Milestone {
            let times = [Role::Start, Role::Time].map(|role| std::mem::take(&mut roles[role]));
            let single = times.iter().filter_map(|columns| match columns[..] {
                [time] if time != column => Some(time),
                _ => None,
            });
            roles[role].extend(single);
            roles[Role::Resource].clear();
        }
        for &other in role.excluded() {
            roles[other].clear();
        }
    }

    /// Makes an event of every column of times; false if there are none.
    fn make_events_of_times(&mut self) -> bool {
        let Ok(look) = &self.look else { return false };
        let times = look.columns_of_times();
        if times.is_empty() {
            return false;
        }
        self.remember();
        let case = std::mem::take(&mut self.roles[Role::Case]);
        self.options.read.activity_name = None;
        self.roles = [(Role::Case, case), (Role::Milestone, times)].into();
        true
    }

    /// Gives all rows one activity instead of a column; empty: a column again.
    fn name_activity(&mut self, name: &str) {
        self.remember();
        let name = (!name.is_empty()).then(|| name.to_owned());
        if name.is_some() {
            for role in Role::WITHOUT_ACTIVITY_NAME {
                self.roles[role].clear();
            }
        }
        self.options.read.activity_name = name;
    }

    fn remember(&mut self) {
        let name = self.options.read.activity_name.clone();
        self.past.push((self.roles.clone(), name));
    }

    fn undo(&mut self) -> bool {
        let Some((roles, name)) = self.past.pop() else {
            return false;
        };
        self.roles = roles;
        self.options.read.activity_name = name;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::{ColumnProfile, Kind, ReadOptions};

    fn page() -> Page {
        let names = ["id", "what", "note", "when", "who"].map(String::from);
        let mut look = Inspection {
            format: "csv",
            columns: names.to_vec(),
            ..Inspection::default()
        };
        look.proposed[Role::Case] = vec!["id".into()];
        look.proposed[Role::Time] = vec!["when".into()];
        look.proposed[Role::Resource] = vec!["who".into()];
        Page::new(Ok(look), LogOptions::default(), false)
    }

    fn assign(page: &mut Page, column: usize, role: Role) {
        page.cursor = column;
        page.assign(role);
    }

    #[test]
    fn roles_are_given_taken_and_joined() {
        let mut page = page();
        assert_eq!(page.missing(), [Role::Activity]);
        assign(&mut page, 1, Role::Activity);
        assign(&mut page, 2, Role::Activity);
        assert_eq!(page.role_of(2), Some((Role::Activity, 2)));
        assert_eq!(
            page.options().read.columns[Role::Activity],
            ["what", "note"]
        );
        assert_eq!(page.missing(), []);
        // Another role takes the one before away, and a single role moves.
        assign(&mut page, 2, Role::Time);
        assert_eq!(page.options().read.columns[Role::Activity], ["what"]);
        assert_eq!(page.options().read.columns[Role::Time], ["note"]);
        assert_eq!(page.role_of(3), None);
        assert!(page.undo());
        assert_eq!(page.role_of(3), Some((Role::Time, 0)));
    }

    #[test]
    fn a_role_is_one_column_in_an_engine() {
        let mut page = page();
        let Ok(look) = &mut page.look else {
            panic!("it was looked at")
        };
        look.in_engine = Some(&[Role::Case, Role::Activity, Role::Time]);
        assign(&mut page, 1, Role::Activity);
        assign(&mut page, 2, Role::Activity);
        assert_eq!(page.role_of(1), None);
        assert_eq!(page.options().read.columns[Role::Activity], ["note"]);
    }

    #[test]
    fn a_guessed_role_that_is_taken_away_stays_away() {
        let mut page = page();
        assign(&mut page, 4, Role::Resource);
        let read = page.options().read;
        assert_eq!(read.columns[Role::Resource], [""]);
        assert_eq!(read.columns[Role::Start], [""; 0], "nobody guessed it");
    }

    #[test]
    fn a_date_and_a_time_of_day_are_joined_in_any_order() {
        let kinds = [Kind::Text, Kind::Clock, Kind::Date, Kind::Time, Kind::Clock];
        let mut page = page();
        let Ok(look) = &mut page.look else {
            panic!("it was looked at")
        };
        look.profiles = kinds
            .map(|kind| ColumnProfile {
                kind,
                ..ColumnProfile::default()
            })
            .to_vec();
        let mut pressed = |columns: &[usize], role| {
            page.roles = Assigned::default();
            for &column in columns {
                assign(&mut page, column, role);
            }
            page.roles[role].clone()
        };
        for role in [Role::Time, Role::Start] {
            assert_eq!(pressed(&[2, 1], role), [2, 1], "date, time of day");
            assert_eq!(pressed(&[1, 2], role), [2, 1], "time of day, date");
            assert_eq!(pressed(&[2, 1, 4], role), [2, 4], "another time of day");
            assert_eq!(pressed(&[2, 1, 3], role), [3], "a whole timestamp");
            assert_eq!(pressed(&[3, 1], role), [1], "joins no whole timestamp");
            assert_eq!(pressed(&[2, 1, 1], role), [2], "taken away");
        }
        let dates = pressed(&[2, 3, 1, 4], Role::Milestone);
        assert_eq!(dates, [2, 1, 3, 4], "behind the date that has none");
        assert_eq!(pressed(&[1, 2], Role::Case), [1, 2], "as they were pressed");
    }

    #[test]
    fn one_activity_for_all_rows_stands_for_its_column() {
        let mut page = page();
        page.name_activity("Opened");
        assert_eq!(page.missing(), []);
        let read = page.options().read;
        assert_eq!(read.activity_name.as_deref(), Some("Opened"));
        assert_eq!(read.columns[Role::Activity], [""; 0]);
        assign(&mut page, 1, Role::Activity);
        let read = page.options().read;
        assert_eq!(read.activity_name, None);
        assert_eq!(read.columns[Role::Activity], ["what"]);
        assert!(page.undo());
        assert_eq!(page.options().read.activity_name.as_deref(), Some("Opened"));
    }

    #[test]
    fn milestones_and_one_event_a_row_exclude_each_other() {
        let mut page = page();
        assign(&mut page, 2, Role::Milestone);
        let read = page.options().read;
        assert_eq!(
            read.columns[Role::Milestone],
            ["when", "note"],
            "the time first"
        );
        assert!(read.columns[Role::Time].is_empty() && page.missing().is_empty());
        assign(&mut page, 1, Role::Activity);
        assert_eq!(page.options().read.columns[Role::Milestone], [""; 0]);
        assert_eq!(page.missing(), [Role::Time]);
        assert!(page.undo() && page.undo());
        assert_eq!(page.options().read.columns[Role::Time], ["when"]);
        assert!(!page.make_events_of_times(), "no column holds times");
    }

    #[test]
    fn types_of_objects_are_chosen_by_the_cursor() {
        let look = Inspection {
            object_types: vec![("order".into(), 9), ("item".into(), 20)],
            ..Inspection::default()
        };
        let options = LogOptions {
            read: ReadOptions {
                object_type: Some("item".into()),
                ..ReadOptions::default()
            },
            ..LogOptions::default()
        };
        let mut page = Page::new(Ok(look), options, false);
        assert_eq!((page.rows(), page.cursor), (2, 1));
        page.cursor = 0;
        assert_eq!(page.options().read.object_type.as_deref(), Some("order"));
        page.assign(Role::Case);
        assert_eq!(page.missing(), []);
    }
}
