//! The two kinds of names that times, queues and open cases are grouped by.

/// Kind of the names that rows are grouped by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Subject {
    /// Activities.
    #[default]
    Activity,
    /// Resources.
    Resource,
}

impl Subject {
    /// Name on the command line, in JSON and in saved settings: "activity".
    pub const fn word(self) -> &'static str {
        match self {
            Subject::Activity => "activity",
            Subject::Resource => "resource",
        }
    }

    /// The kind of that name; activities for any other text.
    pub fn of(word: &str) -> Self {
        if word == Subject::Resource.word() {
            Subject::Resource
        } else {
            Subject::Activity
        }
    }

    /// The other kind.
    pub const fn other(self) -> Self {
        match self {
            Subject::Activity => Subject::Resource,
            Subject::Resource => Subject::Activity,
        }
    }
}
