//! What the figures of all panes mean: definition, what is left out, the rule for ties. One entry a
//! figure; panes name those that they show. The definitions are those of the metrics, in brief.

/// A figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Term {
    /// Its name, as in the heads of tables.
    pub name: &'static str,
    /// What it is.
    pub is: &'static str,
    /// What it leaves out, and how ties and missing values are treated.
    pub note: &'static str,
}

const fn term(name: &'static str, is: &'static str, note: &'static str) -> Term {
    Term { name, is, note }
}

#[rustfmt::skip]
static TERMS: &[Term] = &[
    term("cases", "Selected cases that have what the row is about; among waits, cases that waited for it.", "A case counts once, however often it has it. Cases that begin with it did not wait for it."),
    term("events", "Events of the selected cases; of activity instances, one each.", "Rejected rows are in the ledger, not here."),
    term("share", "Part of the selected cases; of time, part of the sum over all rows of the list.", "Rows that a search hides still count."),
    term("cumulative", "Share of this row and all rows above it, in the order of the list.", "It changes with the order."),
    term("rank", "Place of the variant by number of cases in the whole log.", "Ties stand by their sequences of names. Filters do not change it."),
    term("duration", "Last instant of the case minus its first; of instances, from the earliest start to the latest completion.", "A case of one event has 0. An open case counts as far as it has come. Events of one instant stand in file order."),
    term("median", "Exact quantile 0.5 of all values: linear between the two nearest ranks (type 7, as numpy).", "Nothing is sampled. Missing values are left out."),
    term("p90", "Exact quantile 0.9: nine in ten values are at most this long (type 7).", "p99 and p25 likewise."),
    term("mean", "Sum of the values divided by their number.", "One very long value moves it: compare the median."),
    term("before", "Time from the event before in the case, whatever that was.", "First events of cases have none and are left out."),
    term("wait", "How long a case waited: of instances from the latest completion before to the start, 0 at least; of plain events from the event before, in which work and waiting cannot be told apart.", "The first event of a case waits for nothing and is left out."),
    term("service", "Completion minus start of an instance.", "Instances without a known start are left out: unknown is not 0."),
    term("time lost", "Sum of all waits of the row.", "Many short waits may weigh more than a few long ones."),
    term("growth", "Mean wait of the last quarter of the selection's time against the quarter before.", "None where either has fewer than 5 waits. What open cases wait for now is not in it."),
    term("breaches", "Breaches of deadlines of which this was the longest wait by the clock of the rule: in its working hours, without its pauses.", "Ties go to the earlier wait. A case that broke two rules counts twice. A breach whose longest wait still goes on is in no row."),
    term("cut to its p25", "Median duration of the selected cases if no wait of the row were longer than its 25th percentile, all else being as it is.", "A case is taken to be as much shorter as its waits are; where instances overlap that is an upper bound."),
    term("starts, ends", "Cases whose first or last event it is.", "Events of one instant stand in file order."),
    term("rework", "Cases that have the activity more than once.", "Repeats within one case count once."),
    term("open", "Cases whose last activity does not end a case, and in which something happened recently enough. Set by end states, idle time or [cases] of the rules file.", "Where nothing is known to end a case, none is open."),
    term("age", "From the start of an open case to now, where that is given, or to the end of the log.", "Cases that are over have a duration, not an age."),
    term("stands at", "The last activity of an open case, and the time since then; ! where nine in ten cases go on sooner from there.", "The mark needs 10 cases that went on."),
    term("usually next", "The activity that follows the last one most often in the selection, with its share.", "Ties go to the activity that comes first in the log."),
    term("over", "Time that has counted beyond the limit of a deadline, in working hours where the rule has a calendar; negative while some is left.", "Of several rules the one that is due first, as hours of different clocks do not compare. The clock stands still where the rule says so."),
    term("a period ago", "Cases that stood there that long before: begun, not yet over.", "A week, or a quarter of a log shorter than four."),
    term("rate", "Cases that break the rule among those whose fate is known: kept, broken or overdue.", "Running cases, and those over without reaching the milestone (missed), are left out."),
    term("came, went", "Cases that started, and cases that ended, in the bin.", "Open cases have not ended. A bin has its first instant and not its last."),
    term("in progress", "Cases that started before the bin and did not end before it; mean over the time of the bin.", "Those at the start of a bin, plus came, less went, are those at the start of the next. Open cases have no end; in the mean they count until the end of the log, or until now where that is given."),
    term("queue", "Waits under way: from the latest completion before (of plain events: the event before) until the event waited for begins.", "What open cases wait for is in no queue, as nobody knows it yet. Lengths are over clock time, also beside waits in working time."),
    term("weekday, hour", "By the clock of the time zone of the log.", "All bins, axes and times shown are in that zone."),
    term("change", "The last full period against the one before; of shares in percentage points (pp).", "A milestone belongs to the period in which it was reached, a breach to the one in which it was due, open and overdue cases included. A period that the log's end cuts is marked and not compared."),
    term("dots", "Every event of every case is in one cell; the letter is of the value that most events there have.", "Ties go to the name that comes first. Nothing is sampled."),
    term("classes", "Quarters of all occurrences of a step by their time: q1 the fastest, q4 the slowest.", "A value equal to a bound belongs to the faster class. Both events stand next to each other in the case."),
];

/// The entry of a figure.
pub fn of(name: &str) -> Option<&'static Term> {
    TERMS.iter().find(|term| term.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::panes::PANES;
    use crate::panes::timelines::CHARTS;

    #[test]
    fn every_pane_names_known_figures_and_every_figure_is_named() {
        let mut named = std::collections::HashSet::new();
        for spec in PANES.iter().chain(CHARTS) {
            for name in (spec.new)().terms() {
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
