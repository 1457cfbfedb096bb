//! The standard roles that columns of a log have, and values by role.

use serde::{Deserialize, Serialize};
use std::ops::{Index, IndexMut};
use std::slice;

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
}

impl Role {
    /// All, in the order in which they are listed.
    pub const ALL: [Role; 7] = [
        Role::Case,
        Role::Activity,
        Role::Time,
        Role::Start,
        Role::Resource,
        Role::Lifecycle,
        Role::Instance,
    ];

    /// Those that every log has.
    pub const NEEDED: [Role; 3] = [Role::Case, Role::Activity, Role::Time];

    /// The name in reports and mapping files, lower case.
    pub fn name(self) -> &'static str {
        match self {
            Role::Case => "case",
            Role::Activity => "activity",
            Role::Time => "time",
            Role::Start => "start",
            Role::Resource => "resource",
            Role::Lifecycle => "lifecycle",
            Role::Instance => "instance",
        }
    }

    /// True where several columns may have it, joined.
    pub fn is_joined(self) -> bool {
        matches!(self, Role::Case | Role::Activity)
    }
}

/// One value for each role.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PerRole<T>([T; Role::ALL.len()]);

impl<T> PerRole<T> {
    /// Calls `f` for each role, in the order of [`Role::ALL`].
    pub fn of(f: impl FnMut(Role) -> T) -> Self {
        PerRole(Role::ALL.map(f))
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

impl<T> Index<Role> for PerRole<T> {
    type Output = T;

    fn index(&self, role: Role) -> &T {
        &self.0[role as usize]
    }
}

impl<T> IndexMut<Role> for PerRole<T> {
    fn index_mut(&mut self, role: Role) -> &mut T {
        &mut self.0[role as usize]
    }
}

/// Names of the columns of the file that have the standard roles.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Roles {
    /// Columns of the case id (several are joined with ` - `).
    pub case: Vec<String>,
    /// Columns of the activity (several are joined with ` - `).
    pub activity: Vec<String>,
    /// Column of the timestamp (the completion, where there is a start); empty where unknown.
    pub time: String,
    /// Column of the start of an activity instance.
    pub start: Option<String>,
    /// Column of the resource.
    pub resource: Option<String>,
    /// Column of the lifecycle transition.
    pub lifecycle: Option<String>,
    /// Column of the activity instance.
    pub instance: Option<String>,
}

impl Roles {
    /// The columns that `columns` gives for each role; of a role that is not joined the first.
    pub fn of(mut columns: impl FnMut(Role) -> Vec<String>) -> Self {
        let mut first = |role| columns(role).into_iter().next();
        let time = first(Role::Time).unwrap_or_default();
        let [start, resource, lifecycle, instance] =
            [Role::Start, Role::Resource, Role::Lifecycle, Role::Instance].map(first);
        Roles {
            case: columns(Role::Case),
            activity: columns(Role::Activity),
            time,
            start,
            resource,
            lifecycle,
            instance,
        }
    }

    /// The columns of a role; several only where it is joined.
    pub fn columns(&self, role: Role) -> &[String] {
        match role {
            Role::Case => &self.case,
            Role::Activity => &self.activity,
            Role::Time if self.time.is_empty() => &[],
            Role::Time => slice::from_ref(&self.time),
            Role::Start => self.start.as_slice(),
            Role::Resource => self.resource.as_slice(),
            Role::Lifecycle => self.lifecycle.as_slice(),
            Role::Instance => self.instance.as_slice(),
        }
    }
}
