//! Milestones: durations between places of a case. `S` says which activities are meant: by name where a
//! milestone was written, by code for a log.

/// From where to where a duration runs. Without an anchor it runs from the start of the case.
///
/// The first event after an anchor is the first of its activities that comes after the event of the
/// anchor in its case; the last one is the last of the case, if it comes after it. After each event of
/// an anchor it is the time from such an event until the next that is looked for, for all of them that
/// are not answered yet: Zendesk's next reply time. The longest of the case counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Milestone<S> {
    /// Where it begins; never [`Point::End`].
    pub from: Point<S>,
    /// Where it ends; never [`Point::Start`].
    pub to: Point<S>,
}

/// A place in a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Point<S> {
    /// The start of the case.
    Start,
    /// The end of the case.
    End,
    /// The first event of one of some activities.
    First(S),
    /// The last one.
    Last(S),
    /// Every one, each until what comes next; only where a duration begins.
    Each(S),
}

impl<S> Milestone<S> {
    /// Returns the same milestone with other sets of activities.
    pub fn map<T>(&self, mut set: impl FnMut(&S) -> T) -> Milestone<T> {
        Milestone {
            from: self.from.map(&mut set),
            to: self.to.map(&mut set),
        }
    }
}

impl<S> Point<S> {
    fn map<T>(&self, set: &mut impl FnMut(&S) -> T) -> Point<T> {
        match self {
            Point::Start => Point::Start,
            Point::End => Point::End,
            Point::First(of) => Point::First(set(of)),
            Point::Last(of) => Point::Last(set(of)),
            Point::Each(of) => Point::Each(set(of)),
        }
    }
}
