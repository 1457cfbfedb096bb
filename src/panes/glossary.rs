//! Definitions of the figures of all panes, with exclusions and the rule for ties. One entry per
//! figure; panes name those that they show. The definitions are short forms of those in `metrics`.

/// A figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Term {
    /// Name, as in the heads of tables.
    pub name: &'static str,
    /// Definition, one or more sentences.
    pub is: &'static str,
    /// Exclusions, and how ties and missing values are treated.
    pub note: &'static str,
}

const fn term(name: &'static str, is: &'static str, note: &'static str) -> Term {
    Term { name, is, note }
}

#[rustfmt::skip]
static TERMS: &[Term] = &[
    term("cases", "Selected cases that have the item of the row; for waits, cases that waited for it.", "A case counts once, however often it has the item. Cases that begin with it did not wait for it."),
    term("events", "Number of events of the selected cases; an activity instance counts as one.", "Rejected rows are in the ledger, not here."),
    term("activities", "Number of different activities that the resource did.", "Events without a resource are left out."),
    term("open now", "Open cases whose last event is of the row.", "Of activity instances, the one that was completed last counts. E shows which activities end a case."),
    term("instances", "Activity instances of the row; of plain events, their number.", "Those that still run are among them, and have no service time yet."),
    term("busy", "Time in which at least one activity instance of the row was under way: the length of the union of all of them, from start to completion.", "By the clock of the view, where that is one for all cases; else in calendar time. Instances without a known start are left out."),
    term("span", "Time from the first start to the last completion of the row, by the same clock as the time that it was busy.", "Where a start is unknown, the timestamp counts."),
    term("utilization", "Time that the row was busy, divided by its span; in working time, where the view has a calendar.", "Never above 100 %: what goes on at the same time counts once. Unknown without starts."),
    term("parallel", "Activity instances at the same time: sum of the service times divided by the time that the row was busy (mean), and the greatest number (most).", "An instance that ends when another one begins is over by then. One of no time is never under way."),
    term("per day", "Events of the row divided by the days from its first to its last one, in calendar time.", "Less than a day counts as one."),
    term("waits for", "Waits that ended with an event of the row: mean and sum.", "The first event of a case has no wait. Who waits for whom is not known from a log: the event may also wait for the case."),
    term("expected breach rate", "Share of broken deadlines that the row would have if each of its cases broke a deadline as often as all selected cases like it (indirect standardization): the sum over the kinds of cases of their number times the rate of that kind in all selected cases, divided by their number. Of a kind are cases under the same deadline with the same value of a property, which a changes.", "A rate above it is not explained by which cases the row gets. Kinds of few cases follow the row itself. Of events, the value of the first one counts."),
    term("breach rate of a resource", "Share of broken and overdue deadlines among those of the cases that are kept, broken or overdue; ! where more than expected are broken by a quarter of these and by two.", "A case under two deadlines counts for both. Running and missed ones are left out."),
    term("excess breach rate", "Breach rate minus the expected one, in percentage points.", "Above 0, more deadlines are broken than in cases of the same kind. Few cases make it large: see the mark ! of the breach rate."),
    term("rework after", "Share of the events of the row whose activity comes again later in the case, whoever has it then.", "It says that work was repeated, not why."),
    term("growth of events", "Events of the row in the last quarter of the time of the selection, compared with the quarter before.", "Empty where either has fewer than 5 events."),
    term("weekdays", "Events by weekday, Monday to Sunday; the highest block is the largest number of the row.", "Heights of two rows do not compare. The detail has the hours."),
    term("kept", "Share of the steps from an event of the row to the next event of the case that the same one has.", "The last event of a case has no step. Steps with a missing value are left out."),
    term("steps kept", "Number of steps from an event of the row to the next event of the case that the same one has.", "The last event of a case has no step. Steps with a missing value are left out. The median time of handovers does not have them."),
    term("share of handovers", "Part of all handovers of the selected cases.", "Rows that a search hides still count."),
    term("back after", "Time from the first of the three events of a ping-pong to the third: median.", "Below 0 where instances overlap and the third ends first. Triples that overlap count each."),
    term("handover", "Step from an event to the next one of its case, with another value: other than that of the first event, both known.", "Steps with a missing value are counted apart. A case may have several."),
    term("handover time", "Timestamp of the second event of a handover minus that of the first; sum, and median.", "Below 0 where instances overlap and the second ends first. It has the wait and the work of the second one. Filters of cases count, the time between cases does not."),
    term("back again", "Share of the handovers after which the first one has an event of the case again, at once or later.", "At once it is a ping-pong."),
    term("ping-pong", "Three consecutive events of a case by one, another and the first again.", "Triples that overlap count each; a case counts once for each pair. Steps with a missing value break it."),
    term("share", "Share of the selected cases (for time: of the total of all rows of the list).", "Rows that a search hides still count."),
    term("cumulative", "Coverage: share of the selected cases that this row and all rows above it have, in the order of the list.", "By cases, it says how many variants cover most cases. It changes with the order; rows that a search hides count."),
    term("rank", "Rank of the variant by number of cases in the whole log.", "Ties are ordered by their sequences of names. Filters do not change it."),
    term("duration", "Last instant of the case minus its first; with activity instances, from the earliest start to the latest completion.", "A case of one event has 0. An open case counts up to its last event. Events with equal times keep their file order."),
    term("median", "Exact quantile 0.5 of all values: linear between the two nearest ranks (type 7, as numpy).", "Nothing is sampled. Missing values are left out."),
    term("p90", "Exact quantile 0.9: nine in ten values are at most this long (type 7).", "p99 and p25 likewise."),
    term("mean", "Sum of the values divided by their number.", "One very long value moves it: compare the median."),
    term("before", "Time since the previous event of the case, whatever its activity.", "The first event of a case has none and is left out."),
    term("wait", "Time that a case waited: with activity instances, from the latest completion so far to the start, at least 0; with plain events, from the previous event, which includes the work.", "The first event has no wait and is left out."),
    term("service", "Completion minus start of an activity instance.", "Instances without a known start are left out: unknown is not 0."),
    term("cost", "Service time of the instances at their hourly rates, plus fixed prices of their activities and amounts of the log, by [rates] of the rules file; of a case also the price of its hours past deadlines.", "Where the cost of some hours is unknown, the figure is a lower bound, marked >=. Rates of resources count before those of columns, activities and per_hour. Open cases have the cost so far."),
    term("score", "Number of the column that [journey] of the rules file names: mean of all scores with its interval of 95 % (Student's t).", "Each event with a number counts once; where the column has one value for each case, each case. Missing is not 0. A point marks a q below 5 %: the scores of the group differ from those of other cases (Mann-Whitney). Open cases count."),
    term("touchpoint", "Where customers meet those who work on their cases: the values of some columns of an event, such as its channel and activity, joined.", "A missing value is left out; an event without any value has no touchpoint. c chooses the columns."),
    term("first touchpoint", "Cases whose first event has the touchpoint.", "A case whose first event has no touchpoint begins with none."),
    term("touchpoint score", "Mean of the scores of the events of the touchpoint, in brackets their number; the detail has the interval of 95 % (Student's t).", "Missing is not 0. A column that never changes within a case is of the case, and counts once for each case with the touchpoint."),
    term("expected", "Mean score that is expected at the touchpoint, by [journey.expect] of the rules file.", "Names are those of the touchpoints, such as phone - Support call."),
    term("gap", "Mean score minus the expected one, marked where the interval of 95 % of the mean leaves out the expected score.", "Marks need five scores: one for each half of a point, three at most. Marked touchpoints come first, the largest gaps below before others."),
    term("NPS", "Net promoter score: share of answers of 9 and 10 minus share of answers up to 6, times 100, of the events of the touchpoint.", "Its interval of 95 % in the detail is cut at -100 and 100. Missing is not 0."),
    term("outcome with, without", "Share of the cases with the outcome among those with the touchpoint, and among those without it.", "Where an event makes the outcome true, only what happened before that event counts; a touchpoint that makes it true itself has none. So cases with the outcome count up to it, others in full: what mostly comes after it looks as if it prevented it, and has the word after in place of a ratio. Open cases without the outcome are left out where end states or an idle time are defined; a guess leaves none out."),
    term("effect", "Rate of the outcome with the touchpoint divided by the rate without it (risk ratio), with its interval of 95 %; a point marks a q below 5 %.", "Chi-square or Fisher's test, corrected for the number of rows (Benjamini-Hochberg). Where a count is 0, half a case is added to all four. It says after where the touchpoint comes after the outcome in more cases than before it: that is no effect. Both occur together; one need not bring about the other."),
    term("reached", "Median time from the start of a case to its first event with the touchpoint.", "Of the cases that have it. Instances count from their start."),
    term("trigger", "What a case begins with: the touchpoint or source of its first event, or the value of an attribute that never changes within a case.", "Attributes with 2 to 200 different texts. Cases without a value are (none)."),
    term("outcome rate", "Share of the cases with the outcome, with its interval of 95 % (Wilson).", "Open cases without the outcome are left out where end states or an idle time are defined."),
    term("covered", "Cases with an event of the stage from each source; no system has it where the whole log has no event of its activities.", "A case counts at each source that it has an event of the stage from."),
    term("blind span", "Longest time of a case between an event and the next one of another source: what happens there is in no system.", "Of the cases with several sources. Events without a source are left out."),
    term("total wait", "Sum of all waits of the row.", "Many short waits may weigh more than a few long ones."),
    term("rate of a bin", "A count by the days of the bin that the log has; of an hour of the week, by the weeks of the selection.", "Where bins of A and B differ in length, these are compared."),
    term("growth", "Mean wait in the last quarter of the period, compared with the quarter before.", "Empty where either has fewer than 5 waits. Current waits of open cases are left out."),
    term("breaches", "Deadline breaches attributed to the row: it had the longest wait by the clock of the rule, in its working hours and without its pauses.", "Ties go to the earlier wait. A case that broke two rules counts twice. A breach whose longest wait has not ended is in no row."),
    term("class", "Who can shorten the wait: own, or not the desk's own: resolved (after the resolution), customer (for the customer), vendor (for a vendor or third party); c changes it.", "A guess from the names of both activities and from their places in the cases of the whole log, unless it was chosen here or is written in a rules file. Waits for an activity are mixed where its steps differ."),
    term("what + leaves", "Selected cases that + would leave, the median duration of the closed ones among them, and the share of their deadlines that are broken or overdue: now and then.", "Deadlines whose fate is not known yet (running, at risk) and missed ones are left out; a case under two deadlines counts for both."),
    term("gain", "Median duration of the selected cases if no wait of the row exceeded its 25th percentile (p25), with everything else unchanged.", "A case gets shorter by as much as its waits; where instances overlap, that is an upper bound."),
    term("starts, ends", "Cases whose first or last event has the activity.", "Events with equal times keep their file order."),
    term("last share", "Share of the events of the activity that are the last of their case.", "An activity that is often followed by others ends few cases. Empty without events in the selected cases."),
    term("idle", "Median time since the last event of the cases that stop there, in calendar time up to now (where given) or the end of the log.", "Cases under way have been idle for short, cases that are over for long."),
    term("rework", "Cases that have the activity more than once.", "Repeats within one case count once."),
    term("open", "Cases whose last activity is no end state and whose last event is within the idle time. Set by end states (E shows them), idle time or [cases] of the rules file; else guessed from where cases stop and from names.", "A guess says how many quiet cases it explains: those without an event for longer than nine in ten cases take in total. Without end states and idle time, no case is open."),
    term("age", "Time from the start of an open case to now (where given) or to the end of the log.", "Closed cases have a duration, not an age."),
    term("last step", "Last activity of an open case.", "Of activity instances, the one that was completed last."),
    term("unusual", "Time since the last event of an open case; ! where it is longer than nine in ten steps from that activity to the next.", "These are the steps of the whole log, whatever is filtered. The mark needs 10 of them."),
    term("usually next", "The activity that follows the last one most often in the whole log, whatever is filtered, with its share.", "Ties go to the activity that comes first by name."),
    term("rests", "Time since the last event of an open case.", "By the calendar of the view, where there is one."),
    term("next", "Most probable next activity, or the end of the case, with its probability: shares after the last activities in cases that ended, of contexts up to 3, 5 or 8 activities, the longer ones weighted by how often they occurred (Witten and Bell).", "The length is the one that was right most often on the last fifth of the cases that ended. How long the case has rested, resources and attributes are not used. Ties go to the name that comes first."),
    term("left", "Time until the end of the case: quantiles of what was left after the events of ended cases in the same state that rested for longer than the case (type 7), less that time.", "The state is the longest context of up to 3 activities with 50 such events; where no state has them, all past events, marked ~; empty where fewer than 20 of these rested as long."),
    term("late", "Share of the events of ended cases in the same state that rested as long, after which the clock of the deadline showed more time than the case has left; of several deadlines the largest share.", "The clock runs until the milestone is reached or the case ends, in business hours and without pauses where the rule says so. Sorted by the share times the weight of the severity: a number, or critical 4, high 3, medium 2, others 1. A deadline that is broken is not predicted: it says broken, and - where too little is known."),
    term("state", "Last activities of a case, up to 3, with the start of the case as one: as many as leave 50 events of ended cases that rested for longer than the case.", "n is the number of these events; a case may have several. Where no state of the case has 50 of them, all past events are used (any state): times are marked ~."),
    term("similar cases", "Ended cases in the same state, by the difference of the time since the start, then by that of the rest; ten at most.", "A case counts once. Ties go to the case id that comes first."),
    term("margin", "Time by which p10 and p90 are moved apart, so that four in five times left of the last quarter of the training time are between them.", "Never below 0, and 0 where that quarter has at most 100 events. It holds as long as the process does not change."),
    term("backtest", "Predictions at every event after a cut in time, the start of the case that four in five cases begin before, by the cases that had ended before it: share of next steps that were right, mean error of the median time left, share of times within the interval.", "Beside them: one activity as context, the most frequent step always, a constant. The last event of an open case counts for nothing, its others not for the time left."),
    term("over", "Time beyond the limit of a deadline, in business hours where the rule has a calendar; negative while some is left.", "Of several rules, the one that is due first, as hours of different calendars do not compare. The clock does not run while the rule pauses it."),
    term("finding", "What differs from what is usual by more than chance or a limit: at most seven, most case time first; problems of the data come last, by the share of the cases that they concern.", "Periods are the last two quarters of the time in which 98 of 100 cases start. Tests are corrected for all of their kind (Benjamini-Hochberg), q below 1 %. Nothing found means that nothing passed."),
    term("case time a week", "By how much longer cases took or waited than what they are compared with, all cases together, for each week: of a wait its growth times the waits of a week, of resting or open cases their excess times seven days.", "Divided by seven days it is by how many more cases are in progress. Of a problem of the data the share of the cases that it concerns. Ties keep the order of the kinds."),
    term("cases resting", "Open cases whose last event is longer ago than nine in ten times between that step and the next event, and how many of them chance lets expect: the share of all such time that was beyond the same limit (Poisson-binomial test).", "At least 3 cases. Steps that went on fewer than 10 times are left out. Cases of one step are all of those that stopped before the last one of them."),
    term("more open cases", "Open cases of the whole log, or after one step, now and a period ago: as many come as leave where nothing changes (sign test of both).", "At least 5 more. Not looked for where a filter is in force, as it may drop what was closed since. The period is 7 days, or a quarter of a log shorter than 28 days."),
    term("wait that grew", "Mean wait of the step in the last period, and in the one before, of waits that the desk can change (Mann-Whitney test); of all steps that grew the one with the most case time.", "At least 10 waits that ended in each period, and 10 % longer on average. The class of a step is a guess unless it is defined."),
    term("slower than its mix", "Mean duration of the ended cases of a value of a column of texts, and the mean that its mix lets expect: each of its cases as long as all ended cases with the same value of another property, the one that explains most of the durations (test of ranks within these).", "At least 10 cases and 1 % of all, as many others, and 10 % longer. A property that all but decides the column is not taken. Values are those of the first event."),
    term("queue that grew", "Mean number of events that wait for the activity in the last period, and in the one before; compared are the means of 10 or 5 equal parts of each that are longer than four mean waits (Mann-Whitney test).", "At least 20 waits, one more waiting and 25 % more. Activities whose waits are all of a class that cannot be changed are left out, and a queue of the wait that grew is not named twice. Open cases are in no queue."),
    term("broken more often", "Share of the cases that break a deadline among those due in the last period and known to keep or break it, and in the one before; of a rule on the order of events among the cases that ended in the period (chi-square or Fisher's test).", "At least 10 cases in each period and 2 percentage points more. Case time is the mean time over the limit, or by how much longer cases that break the rule take."),
    term("data problem", "A limit in place of a test: end states that fewer than three in four quiet cases stop at; a quarter of the time after 99 of 100 cases have started; 5 % of the steps with equal times; 5 % of the events without a resource; one rejected row in 1,000.", "Steps with equal times are of different activities: the order of the file decides theirs. Rejected rows are of the file, whatever is selected."),
    term("change of a figure", "Median of the last period, compared with the one before, of cases that ended or reached the milestone in each; of reopened cases their share of the ended ones. A star marks a difference that is hardly chance (p below 5 %).", "At least 10 cases in each period. The last period begins at the date above the column. Open cases are in no duration."),
    term("a period ago", "Cases of the whole log that were open with that last step one period ago.", "Filters of cases do not apply, as they would remove the cases closed since. The period is 7 days, or a quarter of the log where it is shorter than 28 days."),
    term("limit", "Time within which the milestone of a deadline is to be reached, in business hours where the rule has a calendar.", "The clock does not run while the rule pauses it."),
    term("rate", "Share of broken and overdue cases among those that are kept, broken or overdue.", "Running cases, and closed ones that never reached the milestone (missed), are left out."),
    term("activated", "Cases that the rule is about: with its first activity, of precedences with its second, of coexist, successions and what is forbidden with either; rules of one activity are about every case.", "Cases that the filter of the rule (when) does not select are left out."),
    term("open rules", "Open cases that do not satisfy the rule yet, and still can.", "A case that is over satisfies or violates it. One that satisfies it so far counts as satisfied."),
    term("breaking events", "Events that break the rule in the cases that violate it: those without the partner that is asked for, those too many, and those that complete a pair that is forbidden.", "Where an activity is missing, no event breaks the rule."),
    term("confidence", "Share of the activated cases that satisfy the rule.", "Open cases that are not decided count among the activated ones."),
    term("repeated events", "Mean number of events of a case whose activity the case had before.", "Of one variant it is the same in all cases."),
    term("breach rate", "Share of broken and overdue deadlines among those of the cases that are kept, broken or overdue.", "A case under two deadlines counts for both. Running and missed ones are left out."),
    term("merged variants", "Variants of the selected cases that are this row, as repeats or loops count once or activities are left out.", "A block of up to 16 activities that follows itself is a loop; the shortest one is removed first."),
    term("started, ended", "Cases that started, and cases that ended, in the bin.", "Open cases have not ended. Bins include their start, not their end."),
    term("in progress", "Cases that started before the bin and did not end before it; mean over the time of the bin.", "Those at the start of a bin, plus started, minus ended, are those at the start of the next. Open cases have no end; in the mean they count until now (where given) or the end of the log."),
    term("queue", "Waits in progress: from the latest completion so far (with plain events: the previous event) until the event that ends the wait.", "Open cases are in no queue: their next step is not known yet. Lengths are over calendar time, even where waits are in business hours."),
    term("weekday, hour", "Weekday and hour in the time zone of the log.", "All bins, axes and times on the screen are in that zone."),
    term("change", "The last full period, compared with the one before; for shares, in percentage points (pp).", "A milestone belongs to the period in which it was reached, a breach to the one in which it was due, open and overdue cases included. A period that the end of the log cuts is marked and not compared."),
    term("tag, note", "What users wrote of a case beside the log: a tag is a word that cases have in common, a note a sentence on one case.", "The last change of a tag counts. Filters and columns have them as tag and note, where the log has no definition of that name."),
    term("changed", "Cases with an event later than the last event that the log had when the explorer was last left for it.", "Events that came since with earlier times are not seen. The filter is one by the end of the case."),
    term("milestone", "Duration from one place of a case to another, such as from its start to the first response: defined in a rules file, on the command line or here, or a guess from the names of activities, marked as such.", "Cases that did not reach it are unknown, never 0. Of several runs in a case, the longest counts. A definition of the same name replaces a guess."),
    term("reached over time", "Median duration of the cases that reached the milestone in the bin.", "Open cases count once they reached it; an open case has not reached its end."),
    term("rate with, without", "Share of the explained cases among those with the factor, and among those without it.", "Open cases that may still become one of them are left out, where that depends on a duration or a deadline."),
    term("rate of groups", "Share of the cases of the group with the outcome, with rework, or that break the deadline, with its interval of 95 % (Wilson).", "Of an outcome: among cases that have it or are over. Of a deadline: among those that kept or broke it. A point marks a q below 5 %: the figure of the group differs from that of the other cases."),
    term("change after +", "Median or rate of the group less that of all selected cases: how it changes if only the group is kept.", "Rates change by percentage points (pp). Both figures are of the cases that each is known of."),
    term("starts", "Cases of the group that start in each twelfth of the time from the first to the last start; the highest block is the largest number of the group.", "Heights of two groups do not compare: the column of cases does."),
    term("attribute of", "An attribute of events has a value for each event, one of cases has one value in each case.", "A case is in the group of each value that one of its events has."),
    term("values", "Distinct values in the selected cases.", "More than 65,536 numbers or times are not counted further, marked +. Texts that differ in the letter case of true and false only are one."),
    term("missing", "Cases in which no event has a value.", "They are the group (none)."),
    term("time to", "Time from the start of a case to the event that gives it the outcome, in calendar time: median, and share of the cases that have it after a time (Kaplan-Meier).", "Cases without it count for as long as they were observed, so those that are open are neither left out nor taken as lost. The median is empty where fewer than half have it."),
    term("ratio", "Rate with the factor divided by the rate without it (risk ratio), with its interval of 95 %.", "Where a count is 0, half a case is added to all four counts, marked ~. A ratio shows that both occur together, not that one brings about the other."),
    term("explains", "Share of the explained cases that would not be such if the cases with the factor were so as rarely as the others; from its lower bound.", "Below 0 where they are rarer with the factor. Rows are ordered by the lower bound, which is 0 where the interval of the ratio holds 1. Factors with fewer than 10 cases or one in a thousand, or as few without them, are left out."),
    term("q", "Probability of a difference at least as large by chance, corrected for the number of tests (Benjamini-Hochberg): below 5 %, at most one in twenty such rows is chance.", "Chi-square test, Fisher's test where fewer than 5 cases are expected in a cell. Factors with the same cases are one test. Factors that the filter names are tested, but not listed."),
    term("adjusted", "Ratio within the values of another column (Mantel-Haenszel): what is left when cases of equal value are compared.", "The value is that of the first event, a missing one is a value of its own. Columns with more than 200 values are left out."),
    term("shift", "Median of the differences of all pairs of one case with the factor and one without it (Hodges-Lehmann), with its interval of 95 %.", "Its q is that of the Mann-Whitney test, corrected for the number of tests."),
    term("A minus B", "Share of the cases of A that have the item, minus that of B, in percentage points, with its interval of 95 % (Newcombe).", "Where cases are in both sides, the interval takes them for one sample (Zou and Donner)."),
    term("q of a change", "Probability of a change at least as large by chance, corrected for the number of tests of the list (Benjamini-Hochberg); of shares by a chi-square or Fisher's test, of times by that of Mann and Whitney.", "Tested are the cases of A alone against those of B alone. Empty where fewer than 10 cases or one in a thousand have the item or do not have it, or either side has fewer than 10 values."),
    term("shift of A", "Median of the differences of all pairs of one value of A and one of B (Hodges-Lehmann): by how much A is longer.", "Values of the cases of one side alone; durations of cases are those of ended cases."),
    term("effect", "Share of the pairs of one value of A and one of B in which that of A is longer, minus the share in which it is shorter (Cliff's delta), -1 to 1.", "Of shares of cases the same figure is their difference. Rows are ordered by the larger one."),
    term("only A or B", "The only side in which the item occurs.", "Such rows come before others, first those with q below 5 %; those of fewer than 5 cases by their effect."),
    term("fitness", "One minus the missing and extra moves of a case by the most that there could be: its events and those of its reference, or of the shortest run of the model; mean over the cases.", "Open cases are judged as beginnings of cases: what is still missing does not count. Cases that were not aligned in time are left out."),
    term("moves", "Missing or extra moves of the activity in all cases; a case may have several.", "Of several shortest scripts the one counts that matches earliest; of equally near reference variants, the more frequent one."),
    term("again", "Extra moves of an activity that the reference has: it occurs more often than there, or in another place.", "An activity that is missing and extra in a case is out of order there."),
    term("trend of deviations", "Share of the cases with the deviation among those that start in the second half of the time, compared with the first half.", "Empty where the first half has none. Open cases are left out."),
    term("step", "From an event to the next one of its case whose activity is on the map; the first comes from the start of the case, the last leads to its end.", "Activities that are hidden are stepped over: such steps are marked ~. As many steps lead to an activity, and from it, as it has events."),
    term("moves on a map", "Missing moves: activities that cases lack by what they are judged by; of a step, those between its two events. Extra moves: events that cases have beyond it; of a step, how often it leads to one. In both: the others.", "What cases are judged by is a reference variant or a model (r in the pane Conformance). Missing activities that are not on the map count for the step in which they are missing. Cases that were not aligned within 5 s are left out."),
    term("shade", "Quarter of the largest figure of all activities, or of all steps, on the map: the darker, the more.", "Nothing is shaded where the figure is 0 or not known."),
    term("dots", "Every event of every case is in one cell; the letter is the most frequent value of the cell.", "Ties go to the name that comes first. Nothing is sampled."),
    term("classes", "Quarters of all occurrences of a step by their time: q1 the fastest, q4 the slowest.", "A value equal to a bound belongs to the faster class. The two events of a step are consecutive in the case."),
];

/// The entry of a figure.
pub fn of(name: &str) -> Option<&'static Term> {
    TERMS.iter().find(|term| term.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::panes::PANES;
    use crate::panes::journey::LISTS;
    use crate::panes::resources::PARTS;
    use crate::panes::timelines::CHARTS;

    #[test]
    fn every_pane_names_known_figures_and_every_figure_is_named() {
        let mut named = std::collections::HashSet::new();
        for spec in PANES.iter().chain(CHARTS).chain(LISTS).chain(PARTS) {
            let pane = (spec.new)();
            let versus = spec.versus.map_or_else(Vec::new, |new| new().terms());
            for name in pane.terms().into_iter().chain(versus) {
                assert!(of(name).is_some(), "{}: {name}", spec.id);
                named.insert(name);
            }
        }
        for term in TERMS {
            assert!(named.contains(term.name), "{}", term.name);
            assert!(
                term.is.ends_with('.') && term.note.ends_with('.'),
                "{}",
                term.name
            );
        }
    }
}
