//! The one table of actions: name, sentence, group, context and default keys. Key handling, footer
//! hints, help, palette and the key list of the documentation are all made from it.

use super::Action;

/// The context of keys that hold in every pane.
pub const ANYWHERE: &str = "";

/// The contexts in which keys can have meanings of their own: the panes in their order, breadcrumb and filters while
/// one of them is selected, the list of columns of a log, and the screen before a log is there.
pub static CONTEXTS: &[&str] = &[
    "overview",
    "variants",
    "cases",
    "activities",
    "bottlenecks",
    "resources",
    "timelines",
    "triage",
    "deadlines",
    "filters",
    "ledger",
    "starts-ends",
    "why",
    "facet",
    "case",
    "ends",
    "funnel",
    "split",
    "milestones",
    "rules",
    "conform",
    "map",
    "journey",
    "predict",
    "notes",
    "bar",
    "columns",
    "start",
];

/// An action with its name, sentence and default keys.
#[derive(Debug)]
pub struct Entry {
    /// Kebab-case name, unique.
    pub name: &'static str,
    /// A word or two for the footer.
    pub hint: &'static str,
    /// One sentence, without a final period.
    pub doc: &'static str,
    /// Heading in help.
    pub group: &'static str,
    /// [`ANYWHERE`], or the id of the pane in which the keys hold.
    pub context: &'static str,
    /// Default keys, the most telling one first; none for actions of the palette alone.
    pub keys: &'static [&'static str],
    /// The action.
    pub action: Action,
}

/// Shorthand that keeps a row of the table on three lines.
const fn row(
    group: &'static str,
    name: &'static str,
    hint: &'static str,
    keys: &'static [&'static str],
    action: Action,
    doc: &'static str,
) -> Entry {
    Entry {
        name,
        hint,
        doc,
        group,
        context: ANYWHERE,
        keys,
        action,
    }
}

/// Row of keys of one pane.
const fn row_in(context: &'static str, entry: Entry) -> Entry {
    // A struct update would move out of a value with a destructor, which constants cannot do.
    let mut entry = entry;
    entry.context = context;
    entry
}

/// Row of a pane of sets of cases, in which Enter keeps those of a row.
const fn keeps(context: &'static str, name: &'static str, doc: &'static str) -> Entry {
    row_in(
        context,
        row(FILTER, name, "keep", &["enter"], Action::Open, doc),
    )
}

const MOVE: &str = "Move";
const GO: &str = "Go";
const FILTER: &str = "Filter";
const VIEW: &str = "View";
const COPY: &str = "Copy";
const COLUMNS: &str = "Columns";
const PROGRAM: &str = "Program";

/// All actions that keys and palette reach, in the order of help.
#[rustfmt::skip]
pub static ACTIONS: &[Entry] = &[
    row(MOVE, "move-up", "up", &["k", "up"], Action::MoveUp, "Cursor one row up"),
    row(MOVE, "move-down", "down", &["j", "down"], Action::MoveDown, "Cursor one row down"),
    row(MOVE, "move-left", "left", &["h", "left"], Action::MoveLeft, "One column to the left"),
    row(MOVE, "move-right", "right", &["l", "right"], Action::MoveRight, "One column to the right"),
    row(MOVE, "page-up", "page up", &["pgup", "ctrl-b"], Action::PageUp, "One page up"),
    row(MOVE, "page-down", "page down", &["pgdn", "ctrl-f"], Action::PageDown, "One page down"),
    row(MOVE, "half-page-up", "half page up", &["ctrl-u"], Action::HalfPageUp, "Half a page up"),
    row(MOVE, "half-page-down", "half page down", &["ctrl-d"], Action::HalfPageDown, "Half a page down"),
    row(MOVE, "top", "top", &["g g", "home"], Action::Top, "First row"),
    row(MOVE, "bottom", "bottom", &["G", "end"], Action::Bottom, "Last row"),
    row(MOVE, "find", "find", &["/"], Action::Find, "Find in the list"),
    row(MOVE, "find-next", "next match", &["n"], Action::FindNext, "Next match"),
    row(MOVE, "find-previous", "previous match", &["N"], Action::FindPrevious, "Previous match"),
    row(MOVE, "next-wait", "next wait", &["}"], Action::NextWait, "Next long wait"),
    row(MOVE, "previous-wait", "previous wait", &["{"], Action::PreviousWait, "Previous long wait"),

    row(GO, "open", "open", &["enter"], Action::Open, "Drill into the selected item"),
    row(GO, "back", "back", &["esc", "backspace"], Action::Back, "Up one level: close the popup, clear the search, leave the drill-down"),
    row(GO, "history-back", "history back", &["[", "H"], Action::HistoryBack, "Previous view"),
    row(GO, "history-forward", "history forward", &["]", "L"], Action::HistoryForward, "Next view"),
    row(GO, "next-pane", "next pane", &["tab"], Action::NextPane, "Next pane"),
    row(GO, "previous-pane", "previous pane", &["shift-tab"], Action::PreviousPane, "Previous pane"),
    row(GO, "go-to-pane-1", "pane 1", &["1"], Action::GoToPane(0), "Pane 1"),
    row(GO, "go-to-pane-2", "pane 2", &["2"], Action::GoToPane(1), "Pane 2"),
    row(GO, "go-to-pane-3", "pane 3", &["3"], Action::GoToPane(2), "Pane 3"),
    row(GO, "go-to-pane-4", "pane 4", &["4"], Action::GoToPane(3), "Pane 4"),
    row(GO, "go-to-pane-5", "pane 5", &["5"], Action::GoToPane(4), "Pane 5"),
    row(GO, "go-to-pane-6", "pane 6", &["6"], Action::GoToPane(5), "Pane 6"),
    row(GO, "go-to-pane-7", "pane 7", &["7"], Action::GoToPane(6), "Pane 7"),
    row(GO, "go-to-pane-8", "pane 8", &["8"], Action::GoToPane(7), "Pane 8"),
    row(GO, "go-to-pane-9", "pane 9", &["9"], Action::GoToPane(8), "Pane 9"),
    row(GO, "go-to-pane-10", "pane 10", &["K"], Action::GoToPane(9), "Pane 10"),
    row(GO, "go-to-pane-11", "pane 11", &["R"], Action::GoToPane(10), "Pane 11"),
    row(GO, "go-to-pane-12", "pane 12", &["g e"], Action::GoToPane(11), "Pane 12"),
    row(GO, "go-to-pane-13", "pane 13", &["g w", "w"], Action::GoToPane(12), "Pane 13"),
    row(GO, "go-to-pane-14", "pane 14", &["B", "g b"], Action::GoToPane(13), "Pane 14"),
    row(GO, "funnel", "funnel", &["g f"], Action::ShowPane("funnel"), "Cases that reach each of a list of stages, and what the others do"),
    row(GO, "journey", "journey", &["g j"], Action::ShowPane("journey"), "Journey: touchpoints with their scores and their effect on an outcome, what began the journeys, stages and their sources"),
    row(GO, "split", "split", &["x"], Action::Split, "Split cases by the column or value under the cursor; where there is none, choose the column"),
    row(GO, "show-split", "last split", &["g s"], Action::ShowSplit, "Show the last split of cases again"),
    row(GO, "map", "map", &["m", "g m"], Action::ShowPane("map"), "The process map: activities, the steps between them, and how many cases take which way"),
    row(GO, "milestones", "milestones", &["g t"], Action::ShowPane("milestones"), "Durations until milestones, over time and as distributions; + and - keep and drop the cases that reached one"),
    row(GO, "rules", "rules", &["g r"], Action::ShowPane("rules"), "Cases that violate rules on the order of events: those of the rules file and of the command line"),
    row(GO, "conformance", "conformance", &["g k"], Action::ShowPane("conform"), "Conformance: activities that cases lack or have beyond a reference variant or a model"),
    row(GO, "predictions", "predictions", &["g p"], Action::ShowPane("predict"), "Predictions of all open cases: next step, time left, odds of deadlines; t tests them on past cases"),
    row(GO, "notes", "notes", &["g n"], Action::ShowPane("notes"), "Tags and notes of the selected cases, the latest first"),
    row_in("triage", row(GO, "predict", "predict", &["p"], Action::Predict, "Show what is predicted of the open case: next steps, time left, odds of deadlines, similar cases")),
    row_in("case", row(GO, "predict-case", "predict", &["p"], Action::Predict, "Show what is predicted of the case, if it is open")),
    row(GO, "focus-bar", "bar", &["`"], Action::FocusBar, "Select a part of the breadcrumb or a filter; again to leave them"),
    row_in("bar", row(GO, "open-selected", "open/edit", &["enter", "e"], Action::Open, "Go to the selected part of the breadcrumb; edit the selected filter")),
    row(GO, "switch-focus", "switch panel", &["o"], Action::SwitchFocus, "Switch between the list and the detail"),

    row(FILTER, "filter", "filter", &["f", "&"], Action::Filter, "Open the filter line"),
    row(FILTER, "keep", "keep", &["+"], Action::Keep, "Keep only cases (in the ledger: rejected rows) with the selected item"),
    row(FILTER, "drop", "drop", &["-"], Action::Drop, "Drop cases (in the ledger: rejected rows) with the selected item"),
    row(FILTER, "toggle-all-filters", "all filters", &["!"], Action::ToggleAllFilters, "Switch all filters off, and on again"),
    row(FILTER, "clear-filters", "clear filters", &[], Action::ClearFilters, "Delete all filters (undo restores them)"),
    row_in("filters", row(FILTER, "toggle-row", "on/off", &["space"], Action::ToggleRow, "Switch the filter on or off")),
    row_in("filters", row(FILTER, "invert-row", "invert", &["i"], Action::InvertRow, "Invert the filter")),
    row_in("filters", row(FILTER, "delete-row", "delete", &["d", "del"], Action::DeleteRow, "Delete the filter")),
    row_in("bar", row(FILTER, "toggle-selected", "on/off", &["space"], Action::ToggleRow, "Switch the selected filter on or off")),
    row_in("bar", row(FILTER, "invert-selected", "invert", &["i"], Action::InvertRow, "Invert the selected filter")),
    row_in("bar", row(FILTER, "delete-selected", "delete", &["d", "del"], Action::DeleteRow, "Delete the selected filter")),
    row_in("ends", row(FILTER, "toggle-end", "on/off", &["space", "enter"], Action::ToggleRow, "Let the activity end a case, or not")),
    row_in("ends", row(FILTER, "reset-ends", "reset", &["x"], Action::ResetEnds, "Use the guess (or the rules file) again; forget the saved end states")),
    keeps("why", "keep-factor", "Keep only the cases with the factor"),
    keeps("funnel", "keep-stage", "Keep only the cases that reach the stage"),
    keeps("rules", "keep-violating", "Keep only the cases that violate the rule"),
    keeps("conform", "keep-deviation", "Keep only the cases with the deviation"),
    keeps("journey", "keep-touchpoint", "Keep only the cases with the touchpoint, those that begin so, or those that reach the stage"),
    keeps("split", "keep-group", "Keep only the cases of the group; in the detail: show that figure"),
    row_in("map", row(FILTER, "trim-on-map", "trim", &["r"], Action::Trim, "Cut the cases to the part from the marked activity to this one, or to this step")),
    row_in("activities", row(FILTER, "trim", "trim", &["r"], Action::Trim, "Cut the cases to the part from the marked activity to this one")),
    row(FILTER, "compare", "compare", &["v", "g v"], Action::Compare, "Compare with other cases (B), or stop: shares, times and bins of both, their change and its test"),
    row(FILTER, "swap-sides", "swap A and B", &["V"], Action::SwapSides, "Swap the two sides of a comparison"),
    row_in("cases", row(FILTER, "mark-range", "range", &["V"], Action::MarkRange, RANGE)),
    row_in("triage", row(FILTER, "mark-range-of-open", "range", &["V"], Action::MarkRange, RANGE)),
    row_in("predict", row(FILTER, "mark-range-of-predicted", "range", &["V"], Action::MarkRange, RANGE)),
    row_in("notes", row(FILTER, "mark-range-of-notes", "range", &["V"], Action::MarkRange, RANGE)),
    row(FILTER, "mark-case", "mark", &["space"], Action::MarkCase, "Mark the case under the cursor, or take its mark away"),
    row(FILTER, "clear-marks", "clear marks", &["g space"], Action::ClearMarks, "Take all marks of cases away"),
    row(FILTER, "keep-marked", "keep marked", &["g +"], Action::KeepMarked, "Keep only the marked cases"),
    row(FILTER, "keep-changed", "keep changed", &["g c"], Action::KeepChanged, "Keep only the cases that changed since the last visit of the log"),
    row(FILTER, "undo", "undo", &["u"], Action::Undo, "Undo the last change of filters, sorting or drill-down"),
    row(FILTER, "redo", "redo", &["U"], Action::Redo, "Redo the last undone change"),

    row(VIEW, "sort", "sort", &["s"], Action::Sort, "Sort by the next column"),
    row(VIEW, "reverse-sort", "reverse", &["S"], Action::ReverseSort, "Reverse the sort order"),
    row(VIEW, "sort-menu", "sort by", &[","], Action::SortMenu, "Choose the column to sort by"),
    row(VIEW, "choose-columns", "columns", &["|"], Action::ColumnMenu, "Choose, move, widen and freeze the columns of a list of cases"),
    row(VIEW, "show-row", "whole row", &["i"], Action::ShowRow, "Show all values of the row; y copies them"),
    row(VIEW, "maximize", "maximize", &["e"], Action::Maximize, "Maximize the list or the detail"),
    row(VIEW, "zoom-in", "zoom in", &["z"], Action::ZoomIn, "Zoom into the time line"),
    row(VIEW, "zoom-out", "zoom out", &["Z"], Action::ZoomOut, "Zoom out of the time line"),
    row(VIEW, "zoom-fit", "zoom to fit", &["0"], Action::ZoomFit, "Show the whole time line"),
    row(VIEW, "toggle-axis", "axis", &["a"], Action::ToggleAxis, "Switch between calendar time and time since case start"),
    row(VIEW, "toggle-calendar", "working time", &["b"], Action::ToggleCalendar, "Switch all durations between calendar time and business hours"),
    row_in("timelines", row(VIEW, "next-aspect", "show by", &["c"], Action::NextAspect, "Choose the meaning of letters (dotted chart) or the count (spectrum)")),
    row_in("timelines", row(VIEW, "next-path", "next path", &["p"], Action::NextPath, "Spectrum: path of the next variant")),
    row_in("timelines", row(VIEW, "previous-path", "previous path", &["P"], Action::PreviousPath, "Spectrum: path of the previous variant")),
    row_in("why", row(VIEW, "next-selection", "explain other", &["a"], Action::ToggleAxis, "Explain other cases: the last filter, slow cases, broken deadlines, the selected item before")),
    row_in("funnel", row(VIEW, "edit-stages", "stages", &["c"], Action::EditStages(String::new()), "Write the stages as a path: \"A\" ~> \"B\" ~> \"C\" within 30d, or -> for the next event")),
    row_in("funnel", row(VIEW, "next-stages", "other stages", &["a"], Action::ToggleAxis, "Show the next list of stages of the rules file")),
    row_in("funnel", row(VIEW, "next-stage-order", "order", &["t"], Action::NextChart, "Stages in this order, in any order, or directly one after the other")),
    row_in("conform", row(VIEW, "reference", "reference", &["r"], Action::Reference, "Write what cases are compared with: top 3, cover 80%, a filter such as variant <= 3, or the file of a model (PNML, BPMN)")),
    row_in("conform", row(VIEW, "next-reference", "other reference", &["a"], Action::ToggleAxis, "Next reference: the most frequent variant, the three most frequent ones, those of 80 % of the cases, the one of the rules file")),
    row_in("why", row(VIEW, "next-side", "rarer/pairs", &["t"], Action::NextChart, "Next list: factors with which the cases are more frequent, those with which they are rarer, pairs")),
    row_in("why", row(VIEW, "previous-side", "previous list", &["T"], Action::PreviousChart, "Previous list of factors")),
    row_in("journey", row(VIEW, "next-journey-list", "triggers/stages", &["t"], Action::NextChart, "Next list: touchpoints, what began the journeys, stages")),
    row_in("journey", row(VIEW, "previous-journey-list", "previous list", &["T"], Action::PreviousChart, "Previous list of the journey")),
    row_in("journey", row(VIEW, "next-outcome", "other outcome", &["a"], Action::ToggleAxis, "Next outcome: the one of [journey], then those of [outcomes]")),
    row_in("journey", row(VIEW, "next-touchpoint", "touchpoint", &["c"], Action::NextAspect, "Next columns whose values are a touchpoint: those of the rules file or a guess, activities, each column of channels with them")),
    row_in("split", row(VIEW, "next-group-figure", "figure", &["a"], Action::ToggleAxis, "Next figure of the groups: duration, rework, outcomes, deadlines, milestones, costs, scores")),
    row_in("facet", row(VIEW, "next-figure-of-values", "figure", &["a"], Action::ToggleAxis, "Next figure of the values: duration, rework, outcomes, deadlines, milestones, costs, scores")),
    row_in("split", row(VIEW, "second-column", "second column", &["c"], Action::Pivot, "Choose a second column: a table of both with one figure")),
    row_in("resources", row(VIEW, "next-list-of-resources", "next list", &["t"], Action::NextChart, "Next list: resources, load, handovers, ping-pongs, matrix of handovers")),
    row_in("resources", row(VIEW, "previous-list-of-resources", "previous list", &["T"], Action::PreviousChart, "Previous list")),
    row_in("resources", row(VIEW, "choose-column", "rows by", &["c"], Action::ChooseColumn, "Choose the column whose values are the rows: resources, teams or any other")),
    row_in("resources", row(VIEW, "next-mix", "figure", &["a"], Action::ToggleAxis, "In the list: next property by which cases are alike for expected breaches; in the matrix: median times")),
    row_in("variants", row(VIEW, "next-counting", "count", &["t"], Action::NextChart, "Count repeats once, repeats and loops once, or every event")),
    row_in("variants", row(VIEW, "previous-counting", "count", &["T"], Action::PreviousChart, "Previous way of counting")),
    row_in("variants", row(VIEW, "ignore-activity", "ignore", &["space"], Action::ToggleRow, "In the detail: leave the activity out of all sequences")),
    row_in("variants", row(VIEW, "ignore-nothing", "all activities", &["a"], Action::ToggleAxis, "Count all activities again")),
    row_in("map", row(VIEW, "next-map-figure", "figure", &["a"], Action::ToggleAxis, "Next figure of the map: cases, events and steps, share, median, p90 and total time, missing and extra moves")),
    row_in("map", row(VIEW, "next-shade", "shade", &["c"], Action::NextAspect, "Shade activities and steps by the next figure, or by none")),
    row_in("map", row(VIEW, "fewer-activities", "fewer", &["<"], Action::FewerActivities, "Show 5 % fewer activities")),
    row_in("map", row(VIEW, "more-activities", "activities", &[">"], Action::MoreActivities, "Show 5 % more activities")),
    row_in("map", row(VIEW, "fewer-paths", "fewer", &["("], Action::FewerPaths, "Show 5 % fewer of the steps between activities")),
    row_in("map", row(VIEW, "more-paths", "paths", &[")"], Action::MorePaths, "Show 5 % more of the steps between activities")),
    row_in("map", row(VIEW, "usual-map", "usual map", &["0"], Action::ZoomFit, "Show the usual part of the activities and steps")),
    row_in("map", row(VIEW, "map-as-list", "as list", &["t"], Action::NextChart, "Switch between picture and list")),
    row_in("map", row(VIEW, "mark-first", "mark", &["space"], Action::ToggleRow, "Mark the activity with which the part of the cases begins that r cuts them to")),
    row_in("activities", row(VIEW, "mark-activity", "mark", &["space"], Action::ToggleRow, "Mark the activity; with the second one, define a milestone from the first to it")),
    row_in("milestones", row(VIEW, "define-milestone", "define", &["d"], Action::DefineMilestone, "Define a milestone, or the selected one anew")),
    row_in("milestones", row(VIEW, "delete-milestone", "delete", &["del"], Action::DeleteRow, "Delete the milestone, where it was defined here")),
    row_in("triage", row(VIEW, "next-gathering", "group by", &["t"], Action::NextChart, "Group open cases by last step or by last resource")),
    row_in("predict", row(VIEW, "backtest", "backtest/case", &["t"], Action::NextChart, "Test on past cases how good predictions are, or show the prediction of the case again")),
    row_in("bottlenecks", row(VIEW, "next-ranking", "rank by", &["t"], Action::NextChart, "Rank steps, activities or resources")),
    row_in("bottlenecks", row(VIEW, "previous-ranking", "previous ranking", &["T"], Action::PreviousChart, "Previous ranking")),
    row_in("bottlenecks", row(VIEW, "next-waits", "changeable", &["a"], Action::ToggleAxis, "Rank all waits, those that can be changed, or the others: after the resolution, for the customer, for a vendor")),
    row_in("bottlenecks", row(VIEW, "next-wait-class", "class", &["c"], Action::NextAspect, "Class the wait: own, after the resolution, for the customer, for a vendor")),
    row_in("timelines", row(VIEW, "next-chart", "next chart", &["t"], Action::NextChart, "Next chart of the pane")),
    row_in("timelines", row(VIEW, "previous-chart", "previous chart", &["T"], Action::PreviousChart, "Previous chart")),
    row_in("timelines", row(VIEW, "next-figure", "measure", &["a"], Action::ToggleAxis, "Next rows, measure or period of the chart")),
    row(VIEW, "note", "note", &[";"], Action::AddNote, "Write a note on the marked cases, or on the case under the cursor"),
    row(VIEW, "tags", "tags", &["#"], Action::EditTags, "Set tags of the marked cases, or of the case under the cursor; -TAG removes one"),
    row_in("notes", row(VIEW, "delete-note", "delete", &["d", "del"], Action::DeleteRow, "Remove the tag from its case, or withdraw the note")),
    row(VIEW, "as-of", "as of", &["@"], Action::AsOf, "Show the log as of an earlier time"),
    row(VIEW, "end-states", "end states", &["E"], Action::ShowPane("ends"), "Choose the activities that end a case"),
    row(VIEW, "redraw", "redraw", &["ctrl-l"], Action::Redraw, "Redraw"),

    row(COPY, "copy-row", "copy row", &["y y", "y r"], Action::CopyRow, "Copy the row"),
    row(COPY, "copy-cell", "copy cell", &["y c"], Action::CopyCell, "Copy the cell under the cursor"),
    row(COPY, "copy-view", "copy view", &["y v"], Action::CopyView, "Copy the visible rows with their header"),
    row(COPY, "copy-command", "copy command", &["y !"], Action::CopyCommand, "Copy the shell command that prints this view"),
    row(COPY, "export", "export", &["y w"], Action::Export, "Write all rows of the list or report to a file, as CSV, JSON or Markdown by the end of its name (:export FILE)"),
    row(COPY, "copy-menu", "copy", &[], Action::CopyMenu, "Choose what to copy"),
    row(COPY, "show-command", "command", &["$"], Action::ShowCommand, "Show the shell command that prints this view"),
    row(COPY, "add-section", "to report", &["W"], Action::AddSection, "Put what the pane shows on the report: its command with filters and order"),
    row(COPY, "show-report", "report", &["g W"], Action::ShowReport, "Show the sections of the report: order, titles, and writing to a file"),
    row(COPY, "write-report", "write report", &[], Action::WriteReport, "Write the report to a file: .html with charts, .md, or .toml for casetrail report"),

    row_in("columns", row(COLUMNS, "use-columns", "open", &["enter"], Action::Open, "Open the log with these columns and save the mapping")),
    row_in("columns", row(COLUMNS, "leave-columns", "back", &["esc"], Action::Back, "Back to the log without changes; quit if there is none")),
    row_in("columns", row(COLUMNS, "next-log", "next log", &["tab"], Action::NextPane, "Next log")),
    row_in("columns", row(COLUMNS, "role-case", "case", &["c"], Action::AssignRole(0), "Use the column as case, or stop using it; several are joined")),
    row_in("columns", row(COLUMNS, "role-activity", "activity", &["a"], Action::AssignRole(1), "Use the column as activity; several are joined")),
    row_in("columns", row(COLUMNS, "role-time", "time", &["t"], Action::AssignRole(2), "Use the column as timestamp; a date and a time of day are joined")),
    row_in("columns", row(COLUMNS, "role-start", "start", &["s"], Action::AssignRole(3), "Use the column as start time; a date and a time of day are joined")),
    row_in("columns", row(COLUMNS, "role-resource", "resource", &["r"], Action::AssignRole(4), "Use the column as resource")),
    row_in("columns", row(COLUMNS, "role-lifecycle", "lifecycle", &["l"], Action::AssignRole(5), "Use the column as lifecycle transition")),
    row_in("columns", row(COLUMNS, "role-instance", "instance", &["i"], Action::AssignRole(6), "Use the column as activity instance (shared by start and completion)")),
    row_in("columns", row(COLUMNS, "role-milestone", "milestone", &["m"], Action::AssignRole(7), "In a list with one row per case: make an event of each time in the column, named after it")),
    row_in("columns", row(COLUMNS, "events-of-times", "all milestones", &["E"], Action::EventsOfTimes, "In a list with one row per case: make events of all columns of times")),
    row_in("columns", row(COLUMNS, "activity-name", "name activity", &["A"], Action::NameActivity, "Name one activity for all rows of a log without a column of it")),
    row_in("columns", row(COLUMNS, "time-format", "time format", &["f"], Action::TimeFormat, "Set the time format")),
    row_in("columns", row(COLUMNS, "next-date-order", "day/month", &["D"], Action::NextDateOrder, "Next order of day, month and year")),
    row_in("columns", row(COLUMNS, "toggle-header", "header", &["n"], Action::ToggleHeader, "Treat the first row as header or as data")),
    row_in("columns", row(COLUMNS, "next-delimiter", "delimiter", &["d"], Action::NextDelimiter, "Next field delimiter")),
    row_in("columns", row(COLUMNS, "next-quoting", "quotes", &["Q"], Action::NextQuoting, "Next way of quoting fields: quote and escape")),
    row_in("columns", row(COLUMNS, "forget-mapping", "forget", &["x"], Action::ForgetMapping, "Delete the mapping saved for these column names")),

    row(PROGRAM, "help", "help", &["?", "f1"], Action::Help, "Keys of this pane, then all others; searchable"),
    row(PROGRAM, "explain", "explain", &["="], Action::Explain, "Explain the selected figures: definitions, exclusions, ties, ten cases"),
    row(PROGRAM, "palette", "commands", &[":"], Action::Palette, "Find a command by name; a number goes to that row"),
    row(PROGRAM, "log-details", "log", &["I"], Action::LogDetails, "Log details: mapping, rejected rows, memory"),
    row(PROGRAM, "messages", "messages", &["M"], Action::Messages, "All messages so far"),
    row(PROGRAM, "redact", "redact", &["X"], Action::Redact, "Show pseudonyms for case ids, resources and persons, or their values again; undo and history begin anew"),
    row(PROGRAM, "alerts", "alerts", &["g a"], Action::Alerts, "Alerts of the rules file that fire while the log is followed"),
    row(PROGRAM, "follow", "follow", &["F"], Action::Follow, "Follow the log: read what is appended to it; pause, and show what came meanwhile"),
    row(PROGRAM, "reload", "reload", &["ctrl-r", "f5"], Action::Reload, "Read the log again, keeping filters and place"),
    row(PROGRAM, "slice", "slice", &["g l"], Action::Slice, "Of a log in an engine: fetch the cases that the filters leave and open them in all panes; then back to the whole"),
    row(PROGRAM, "map-columns", "columns", &["C"], Action::MapColumns, "Show and change the columns used as case, activity and time"),
    row(PROGRAM, "write-mapping", "write mapping", &[], Action::WriteMapping, "Write the mapping of these logs to a file"),
    row(PROGRAM, "resume-session", "last session", &["O"], Action::ResumeSession, "Bring back the session that was left before this start: filters, panes, places, columns"),
    row(PROGRAM, "save-session", "save session", &[], Action::SaveSession, "Save filters, panes, places, columns and mapping to a session file"),
    row(PROGRAM, "write-milestones", "write milestones", &[], Action::WriteMilestones, "Write the milestones and classes of waits defined here to a rules file"),
    row_in("start", row(PROGRAM, "retry", "try again", &["r"], Action::Reload, "Read the log again after a failure")),
    row(PROGRAM, "cancel", "cancel", &["ctrl-c"], Action::Cancel, "Cancel the running work; twice within a second quits"),
    row(PROGRAM, "mouse", "mouse", &["f2"], Action::ToggleMouse, "Take the mouse (wheel; clicks on rows, tabs, headings, bars), or leave it to the terminal"),
    row(PROGRAM, "suspend", "suspend", &["ctrl-z"], Action::Suspend, "Suspend to the shell"),
    row(PROGRAM, "quit", "quit", &["q"], Action::Quit, "Back; quits at the top"),
    row(PROGRAM, "force-quit", "quit now", &["ctrl-q"], Action::ForceQuit, "Quit at once"),
];

const RANGE: &str =
    "Begin a range of cases at the cursor; moves extend it, space or enter marks it, esc ends it";

/// The row of an action, where keys or palette reach it.
pub fn entry_of(action: &Action) -> Option<&'static Entry> {
    ACTIONS.iter().find(|entry| entry.action == *action)
}

/// Entry of an action in a context; a row of the context precedes the global one.
pub fn entry_in(context: &str, action: &Action) -> Option<&'static Entry> {
    let own = |entry: &&Entry| entry.context == context && entry.action == *action;
    ACTIONS.iter().find(own).or_else(|| entry_of(action))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::chord::parse_chords;
    use std::collections::HashSet;

    #[test]
    fn names_and_sentences_are_well_formed() {
        let mut names = HashSet::new();
        for entry in ACTIONS {
            assert!(names.insert(entry.name), "{} twice", entry.name);
            let kebab = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
            assert!(entry.name.chars().all(kebab), "{}", entry.name);
            assert!(entry.doc.starts_with(char::is_uppercase), "{}", entry.name);
            assert!(!entry.doc.ends_with('.'), "{}", entry.name);
            assert!(!entry.hint.is_empty(), "{}", entry.name);
        }
    }

    #[test]
    fn every_context_of_the_table_is_listed() {
        for entry in ACTIONS {
            let known = entry.context == ANYWHERE || CONTEXTS.contains(&entry.context);
            assert!(known, "{}: {}", entry.name, entry.context);
        }
    }

    #[test]
    fn every_default_key_can_be_read_and_avoids_flow_control() {
        for entry in ACTIONS {
            for keys in entry.keys {
                let chords = parse_chords(keys).expect(entry.name);
                assert_eq!(crate::input::print_chords(&chords), *keys);
                assert!(*keys != "ctrl-s", "{keys} is reserved");
                assert!(chords.iter().all(|chord| !chord.alt), "{keys} needs Alt");
            }
        }
    }

    /// Returns whether a key or the palette has to reach an action. A new variant does not compile
    /// until it is listed here; those with a payload come from panes and popups.
    fn needs_entry(action: &Action) -> bool {
        !matches!(
            action,
            Action::GoToRow(_)
                | Action::GoToBin(_)
                | Action::GoToChart(_)
                | Action::FocusPart(_)
                | Action::SetFind(_)
                | Action::AddFilter(_)
                | Action::AddEventFilter(_)
                | Action::EditFilter(_)
                | Action::ReplaceFilter(..)
                | Action::ToggleFilter(_)
                | Action::InvertFilter(_)
                | Action::DeleteFilter(_)
                | Action::CompareFilter(_)
                | Action::CompareWith(_)
                | Action::SortBy(_)
                | Action::OpenCase(_)
                | Action::PredictCase(_)
                | Action::Drill { .. }
                | Action::DrillTo { .. }
                | Action::Notify(_)
                | Action::SetTimeFormat(_)
                | Action::SetActivityName(_)
                | Action::SetAsOf(_)
                | Action::SetStages(_)
                | Action::SetReference(_)
                | Action::ReadModel(_)
                | Action::SegmentBy(_)
                | Action::ToggleEnd { .. }
                | Action::ClassWait { .. }
                | Action::WriteMappingTo { .. }
                | Action::FetchSlice { .. }
                | Action::SaveSessionTo { .. }
                | Action::SetNote(_)
                | Action::SetTags(_)
                | Action::RemoveTag { .. }
                | Action::WithdrawNote { .. }
                | Action::MoveSection { .. }
                | Action::DeleteSection(_)
                | Action::ToggleChart(_)
                | Action::AskTitle(_)
                | Action::SetTitle { .. }
                | Action::WriteReportTo { .. }
                | Action::ExportTo { .. }
                | Action::MarkCases(_)
        )
    }

    #[test]
    fn every_action_without_a_payload_is_in_the_table() {
        // The variants are read from the source, so that none can be forgotten.
        let source = include_str!("action.rs");
        let body = source.split("pub enum Action {").nth(1).expect("the enum");
        let listed: HashSet<String> = ACTIONS
            .iter()
            .map(|e| {
                format!("{:?}", e.action)
                    .split('(')
                    .next()
                    .unwrap_or("")
                    .to_owned()
            })
            .collect();
        let plain = body
            .lines()
            .map(str::trim)
            .filter(|line| line.ends_with(',') && line.starts_with(char::is_uppercase))
            .map(|line| line.trim_end_matches(','))
            .filter(|line| line.chars().all(char::is_alphanumeric));
        for variant in plain {
            assert!(listed.contains(variant), "{variant} has no row");
        }
        assert!(ACTIONS.iter().all(|entry| needs_entry(&entry.action)));
    }
}
