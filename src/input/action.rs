//! Everything the explorer can be asked to do. One table gives each action its name, its sentence
//! for help and palette, and its default keys; nothing else lists actions.

/// A column of a list as the user laid it out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct ColumnChoice {
    /// Name, as in `--columns`.
    pub name: String,
    /// Width on the screen, where it was set.
    pub width: Option<u16>,
    /// Stays on the screen when the columns are moved sideways.
    pub frozen: bool,
}

impl ColumnChoice {
    /// The column with width and `frozen` after ` @`: `first(team) @12 frozen`.
    pub fn to_text(&self) -> String {
        let width = self.width.map(|width| width.to_string());
        let frozen = self.frozen.then(|| FROZEN.to_owned());
        let notes: Vec<String> = width.into_iter().chain(frozen).collect();
        if notes.is_empty() {
            self.name.clone()
        } else {
            format!("{}{NOTES}{}", self.name, notes.join(" "))
        }
    }

    /// The inverse of [`ColumnChoice::to_text`]; a text with other notes is a name.
    pub fn from_text(text: &str) -> Self {
        let whole = ColumnChoice {
            name: text.to_owned(),
            ..ColumnChoice::default()
        };
        let Some((name, notes)) = text.rsplit_once(NOTES) else {
            return whole;
        };
        let mut choice = ColumnChoice {
            name: name.to_owned(),
            ..ColumnChoice::default()
        };
        for note in notes.split(' ') {
            match note.parse() {
                Ok(width) => choice.width = Some(width),
                Err(_) if note == FROZEN => choice.frozen = true,
                Err(_) => return whole,
            }
        }
        choice
    }
}

const NOTES: &str = " @";
const FROZEN: &str = "frozen";

/// A wish of the user. Payloads are plain ids and texts.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Action {
    /// Cursor one row up.
    MoveUp,
    /// Cursor one row down.
    MoveDown,
    /// One column (or a piece of a long cell) to the left.
    MoveLeft,
    /// One column to the right.
    MoveRight,
    /// One page up.
    PageUp,
    /// One page down.
    PageDown,
    /// Half a page up.
    HalfPageUp,
    /// Half a page down.
    HalfPageDown,
    /// First row.
    Top,
    /// Last row.
    Bottom,
    /// Row n, from 1.
    GoToRow(usize),
    /// That bin of a chart, from 0.
    GoToBin(usize),
    /// That one of several charts, from 0.
    GoToChart(usize),
    /// Drill into what the cursor is on.
    Open,
    /// Up one level: close the popup, leave the prompt, clear the search, go back.
    Back,
    /// Up one level; at the root, leave the program.
    Quit,
    /// Leave the program.
    ForceQuit,
    /// Cancel the running work; twice within a second leaves the program.
    Cancel,
    /// Back to the view before.
    HistoryBack,
    /// Forward again.
    HistoryForward,
    /// The next pane.
    NextPane,
    /// The pane before.
    PreviousPane,
    /// The pane of that position among the tabs, from 0.
    GoToPane(usize),
    /// Give the list, or the detail beside it, the whole body.
    Maximize,
    /// Move the focus between the list and the detail beside it.
    SwitchFocus,
    /// Move the focus to the detail, or to the list.
    FocusPart(bool),
    /// Select a part of the breadcrumb or a filter, or leave them.
    FocusBar,
    /// Fuzzy find in the list.
    Find,
    /// Search text as typed so far; empty clears it.
    SetFind(String),
    /// Next match.
    FindNext,
    /// Match before.
    FindPrevious,
    /// Open the filter line.
    Filter,
    /// Add a filter of cases to the stack.
    AddFilter(String),
    /// Add a condition on events to the stack.
    AddEventFilter(String),
    /// Open the filter line with the filter of that position.
    EditFilter(usize),
    /// Replace the text of the filter of that position.
    ReplaceFilter(usize, String),
    /// Switch the filter of that position on or off.
    ToggleFilter(usize),
    /// Turn the filter of that position into its opposite.
    InvertFilter(usize),
    /// Delete the filter of that position.
    DeleteFilter(usize),
    /// Switch what the cursor is on (a filter, in their list) on or off.
    ToggleRow,
    /// Turn what the cursor is on into its opposite.
    InvertRow,
    /// Delete what the cursor is on.
    DeleteRow,
    /// Keep only cases like what the cursor is on.
    Keep,
    /// Drop cases like what the cursor is on.
    Drop,
    /// Switch all filters on or off.
    ToggleAllFilters,
    /// Delete all filters (can be undone).
    ClearFilters,
    /// Compare the selected cases with others, or stop comparing.
    Compare,
    /// Compare the cases of the filter of that position with those of its opposite.
    CompareFilter(usize),
    /// Compare the cases of the last filter with those that meet this in place of it; without filters,
    /// the cases that meet this with all others.
    CompareWith(String),
    /// Turn the two sides of a comparison round.
    SwapSides,
    /// Measure all durations in working time, or in clock time again.
    ToggleCalendar,
    /// Ask for the time to look at the log as of.
    AsOf,
    /// Show the log as of that time; the end of the log if empty.
    SetAsOf(String),
    /// Ask for what cases are compared with.
    Reference,
    /// Compare cases with those variants; with what was defined if empty.
    SetReference(String),
    /// Compare cases with the model in the file of that path.
    ReadModel(String),
    /// Ask for the stages of the funnel, beginning with that path.
    EditStages(String),
    /// The funnel has the stages of that path.
    SetStages(String),
    /// Show the pane of that id, which has no tab, or leave it.
    ShowPane(&'static str),
    /// Make an activity one that ends a case, or no longer one.
    ToggleEnd {
        /// The activity.
        activity: String,
        /// Activities that end a case where none were chosen before.
        ends: Vec<String>,
    },
    /// Split cases by the column or value under the cursor; ask for the column where there is none.
    Split,
    /// Show the last split again; ask for the column where there was none.
    ShowSplit,
    /// Ask for a second column to split by.
    Pivot,
    /// The funnel has the values of that property as segments, none if empty; the lists of resources have
    /// the values of that column as rows, resources if empty.
    SegmentBy(String),
    /// Ask for the column whose values are the rows.
    ChooseColumn,
    /// Split cases by one property or two.
    SplitBy {
        /// The property, as `--by` names it.
        by: String,
        /// The property whose values are the columns of a table; empty for a list.
        across: String,
    },
    /// Define a milestone, beginning with that under the cursor.
    DefineMilestone,
    /// Ask for the definition of a milestone, beginning with this text.
    AskMilestone(String),
    /// Define a milestone by a text such as `resolved = last "Resolved"`.
    SetMilestone(String),
    /// Delete the milestone of that name, where it was defined here.
    ForgetMilestone(String),
    /// Class a wait.
    ClassWait {
        /// The wait, as a step or an activity: `"Asked" -> "Answered"`.
        wait: String,
        /// Word of the class.
        class: &'static str,
        /// True if it is the one that the wait has where nothing is said here.
        usual: bool,
    },
    /// Ask for the rules file that the milestones and classes of waits defined here are written to.
    WriteMilestones,
    /// Write them to the rules file of that path.
    WriteMilestonesTo(String),
    /// Use the end states of rules file or guess again, and forget the chosen ones.
    ResetEnds,
    /// Undo the last change of the view.
    Undo,
    /// Redo it.
    Redo,
    /// Sort by the next column (or by the chosen one).
    Sort,
    /// Turn the order round.
    ReverseSort,
    /// Choose the column to sort by from a menu.
    SortMenu,
    /// Sort by the column of that position in the pane's list.
    SortBy(usize),
    /// Choose the columns of the list from a menu.
    ColumnMenu,
    /// The list has these columns; its usual ones if empty.
    SetColumns(Vec<ColumnChoice>),
    /// Show all values of the row.
    ShowRow,
    /// Show the copy menu.
    CopyMenu,
    /// Copy the row.
    CopyRow,
    /// Copy the cell under the cursor.
    CopyCell,
    /// Copy the visible rows.
    CopyView,
    /// Copy the shell command that prints this view.
    CopyCommand,
    /// Show the shell command that prints this view.
    ShowCommand,
    /// Put what the pane shows on the report.
    AddSection,
    /// Show the sections of the report.
    ShowReport,
    /// Move the section of that position down, or up.
    MoveSection {
        /// The section.
        at: usize,
        /// Down.
        down: bool,
    },
    /// Take the section of that position off the report.
    DeleteSection(usize),
    /// Give the section of that position a table only, or its chart again.
    ToggleChart(usize),
    /// Ask for the title of the section of that position; of the report where there is none.
    AskTitle(Option<usize>),
    /// The section of that position, or the report, has this title.
    SetTitle {
        /// The section.
        at: Option<usize>,
        /// The title.
        title: String,
    },
    /// Ask for the file that the report is written to.
    WriteReport,
    /// Write the report to that file.
    WriteReportTo {
        /// The file.
        path: String,
        /// True if an existing file may be replaced.
        replace: bool,
    },
    /// Begin a range of rows at the cursor, or end it.
    MarkRange,
    /// Mark these cases.
    MarkCases(Vec<String>),
    /// Ask for the file that the rows of the pane are written to.
    Export,
    /// Write the rows of the pane to that file.
    ExportTo {
        /// The file.
        path: String,
        /// True if an existing file may be replaced.
        replace: bool,
    },
    /// Jump to the next long wait.
    NextWait,
    /// Jump to the long wait before.
    PreviousWait,
    /// Zoom into the time line.
    ZoomIn,
    /// Zoom out of the time line.
    ZoomOut,
    /// Show the whole time line.
    ZoomFit,
    /// Switch the time line between clock time and time since the case's start.
    ToggleAxis,
    /// Show another side of a chart: what its letters stand for, what it counts.
    NextAspect,
    /// Look at the next path of a chart.
    NextPath,
    /// Look at the path before.
    PreviousPath,
    /// Show fewer activities.
    FewerActivities,
    /// Show more activities.
    MoreActivities,
    /// Show fewer of the steps between activities.
    FewerPaths,
    /// Show more of the steps between activities.
    MorePaths,
    /// Cut the cases to the part between two activities.
    Trim,
    /// The next chart of the pane.
    NextChart,
    /// The chart before.
    PreviousChart,
    /// Draw everything anew.
    Redraw,
    /// The command palette.
    Palette,
    /// Help.
    Help,
    /// All messages so far.
    Messages,
    /// Log details: mapping, rejected rows, memory.
    LogDetails,
    /// Read the log again.
    Reload,
    /// Mark the case under the cursor, or take its mark away.
    MarkCase,
    /// Take all marks away.
    ClearMarks,
    /// Keep only the marked cases.
    KeepMarked,
    /// Keep only the cases that changed since the last visit.
    KeepChanged,
    /// Ask for a note on the marked cases, else on the one under the cursor.
    AddNote,
    /// Write a note on the cases that it was asked for.
    SetNote(String),
    /// Ask for tags of the marked cases, else of the one under the cursor.
    EditTags,
    /// Set the tags of a text on the cases that they were asked for; remove those with `-` before them.
    SetTags(String),
    /// Remove a tag of a case.
    RemoveTag {
        /// Case id.
        case: String,
        /// The tag.
        tag: String,
    },
    /// Withdraw a note on a case.
    WithdrawNote {
        /// Case id.
        case: String,
        /// When it was written, microseconds since 1970-01-01T00:00Z.
        time: i64,
        /// The text.
        text: String,
    },
    /// Show pseudonyms in place of what may be of persons, or the values as they are.
    Redact,
    /// List the alerts that fire.
    Alerts,
    /// Read on what is appended to the log; pause, and go on.
    Follow,
    /// Show which column of the log is what, to be changed.
    MapColumns,
    /// Give the column under the cursor the role of that position, or take it away.
    AssignRole(usize),
    /// Take the first row for names of columns, or for data.
    ToggleHeader,
    /// Try the next delimiter of fields.
    NextDelimiter,
    /// Try the next way in which fields are quoted.
    NextQuoting,
    /// Try the next order of day and month.
    NextDateOrder,
    /// Say how timestamps are written.
    TimeFormat,
    /// Timestamps are written like that; empty: find it out.
    SetTimeFormat(String),
    /// Make an event of every column of times.
    EventsOfTimes,
    /// Say which activity all rows are.
    NameActivity,
    /// All rows are this activity; empty: a column has it.
    SetActivityName(String),
    /// Forget what was remembered for columns of these names.
    ForgetMapping,
    /// Write to a file how the logs are read.
    WriteMapping,
    /// Write it to that file.
    WriteMappingTo {
        /// The file.
        path: String,
        /// True if an existing file may be replaced.
        replace: bool,
    },
    /// Count what the filters leave of a log in an engine, to fetch it; or go back to the whole.
    Slice,
    /// Fetch it and open it.
    FetchSlice {
        /// True to fetch it again where it was fetched before.
        anew: bool,
    },
    /// Bring back the session that was left before this start.
    ResumeSession,
    /// Ask for the file that the session is saved to.
    SaveSession,
    /// Save the session to that file.
    SaveSessionTo {
        /// The file.
        path: String,
        /// True if an existing file may be replaced.
        replace: bool,
    },
    /// Explain the figures under the cursor.
    Explain,
    /// Take the mouse, or leave it to the terminal.
    ToggleMouse,
    /// Suspend to the shell.
    Suspend,
    /// Open the case of that id.
    OpenCase(String),
    /// Show what is predicted of the case under the cursor.
    Predict,
    /// Show what is predicted of the case of that id.
    PredictCase(String),
    /// Add a filter and go to a pane: one step of a drill-down, undone by one `Back`.
    Drill {
        /// Filter of cases to add; none where empty.
        filter: String,
        /// Id of the pane to go to.
        pane: &'static str,
        /// Text of the breadcrumb.
        crumb: String,
    },
    /// Add a filter and go to an item of a pane: a drill-down as well.
    DrillTo {
        /// Filter of cases to add; none where empty.
        filter: String,
        /// Id of the pane to go to.
        pane: &'static str,
        /// Text of the breadcrumb.
        crumb: String,
        /// Subject of the place in the pane; the usual one where empty.
        subject: String,
        /// Key of the item; the first one where it is empty or not there.
        item: String,
    },
    /// Say something in the status line.
    Notify(String),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn column_choices_survive_their_text() {
        for (name, width, frozen) in [
            ("case", None, false),
            ("first(team)", Some(12), false),
            ("a @b", None, true),
            ("`x @12`", Some(3), true),
            ("`x @12 `", None, false),
        ] {
            let choice = ColumnChoice {
                name: name.to_owned(),
                width,
                frozen,
            };
            assert_eq!(ColumnChoice::from_text(&choice.to_text()), choice);
        }
    }
}
