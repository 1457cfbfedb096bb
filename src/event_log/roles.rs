//! The standard roles that columns of a log have, and values by role.

use serde::{Deserialize, Serialize};
use std::ops::{Index, IndexMut};

/// A standard role of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Role {
    /// The case id.
    Case,
    /// The activity.
    Activity,
    /// The timestamp (the completion, where there is a start).
    Time,
    /// The start of an activity instance.
    Start,
    /// The person or system that did it.
    Resource,
    /// The lifecycle transition.
    Lifecycle,
    /// The activity instance.
    Instance,
    /// A time that is an event of its own, named after its column.
    Milestone,
}

impl Role {
    /// All, in the order in which they are listed.
    pub const ALL: [Role; 8] = [
        Role::Case,
        Role::Activity,
        Role::Time,
        Role::Start,
        Role::Resource,
        Role::Lifecycle,
        Role::Instance,
        Role::Milestone,
    ];

    /// Those that a log with an event a row has.
    pub const NEEDED: [Role; 3] = [Role::Case, Role::Activity, Role::Time];

    /// Those that say of a row which event it is; rows of milestones are several events.
    pub const OF_ROWS: [Role; 5] = [
        Role::Activity,
        Role::Time,
        Role::Start,
        Role::Lifecycle,
        Role::Instance,
    ];

    /// Roles that no column has where one has this role: rows are one event each, or each of their
    /// milestones is one.
    pub fn excluded(self) -> &'static [Role] {
        match self {
            Role::Milestone => &Role::OF_ROWS,
            role if Role::OF_ROWS.contains(&role) => &[Role::Milestone],
            _ => &[],
        }
    }

    /// Roles that no column has where all rows have one activity that is named, and that exclude
    /// such a name.
    pub const WITHOUT_ACTIVITY_NAME: [Role; 2] = [Role::Activity, Role::Milestone];

    /// Those whose column stays an attribute column of the log.
    pub const ATTRIBUTES: [Role; 3] = [Role::Resource, Role::Lifecycle, Role::Instance];

    /// The name in reports, lower case.
    pub fn name(self) -> &'static str {
        match self {
            Role::Case => "case",
            Role::Activity => "activity",
            Role::Time => "time",
            Role::Start => "start",
            Role::Resource => "resource",
            Role::Lifecycle => "lifecycle",
            Role::Instance => "instance",
            Role::Milestone => "milestone",
        }
    }

    /// True where several columns may have it: joined, each an event of its own, or the date and the
    /// time of day of a timestamp.
    pub fn is_of_several(self) -> bool {
        self.is_text() || matches!(self, Role::Time | Role::Start | Role::Milestone)
    }

    /// True of the case id and the activity: joined, they have ` - ` between the parts.
    pub fn is_text(self) -> bool {
        matches!(self, Role::Case | Role::Activity)
    }
}

/// One value for each role.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PerRole<T>([T; Role::ALL.len()]);

/// Names of the columns of the file by role: several only where they are joined (with ` - `), none
/// where no column is known to have the role.
pub type Roles = PerRole<Vec<String>>;

impl<T> PerRole<T> {
    /// Calls `f` for each role, in the order of [`Role::ALL`].
    pub fn of(f: impl FnMut(Role) -> T) -> Self {
        PerRole(Role::ALL.map(f))
    }

    /// Returns whether the column that alone has the roles of which `alone` holds is only a key of
    /// the rows: it has such a role, and none whose column stays an attribute column.
    pub fn is_key(&self, alone: impl Fn(&T) -> bool) -> bool {
        let mut roles = self.iter().filter(|(_, value)| alone(value)).peekable();
        roles.peek().is_some() && roles.all(|(role, _)| !Role::ATTRIBUTES.contains(&role))
    }

    /// Each role with its value, in the order of [`Role::ALL`].
    pub fn iter(&self) -> impl Iterator<Item = (Role, &T)> {
        Role::ALL.into_iter().zip(&self.0)
    }

    /// The values, in the order of [`Role::ALL`].
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.0.iter_mut()
    }
}

impl<T: Default> PerRole<T> {
    /// Calls `f` for each of [`Role::ATTRIBUTES`]; the others have the default.
    pub fn of_attributes(mut f: impl FnMut(Role) -> T) -> Self {
        PerRole::of(|role| {
            if Role::ATTRIBUTES.contains(&role) {
                f(role)
            } else {
                T::default()
            }
        })
    }
}

impl<T, const N: usize> From<[(Role, T); N]> for PerRole<T>
where
    T: Default,
{
    /// The values given; the default for each other role.
    fn from(values: [(Role, T); N]) -> Self {
        let mut all = PerRole::of(|_| T::default());
        for (role, value) in values {
            all[role] = value;
        }
        all
    }
}

impl<T> Index<Role> for PerRole<T> {
    type Output = T;

    fn index(&self, role: Role) -> &T {
        // The variants are declared in the order of `Role::ALL`, by which the values are made.
        &self.0[role as usize]
    }
}

impl<T> IndexMut<Role> for PerRole<T> {
    fn index_mut(&mut self, role: Role) -> &mut T {
        &mut self.0[role as usize]
    }
}
