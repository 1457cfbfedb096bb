//! The process: its activities, how long each takes to come, what it costs, and what may follow.
//! Tables only; who does a step and what slows it down is the ticket's affair.

use super::random::Spread;
use Activity::*;
use Who::*;

/// The activities, in the order of [`STEPS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Activity {
    Created,
    Acknowledged,
    Triaged,
    PriorityChanged,
    Assigned,
    Reassigned,
    FirstResponse,
    Reply,
    Note,
    Waiting,
    CustomerReplied,
    Reminder,
    SlaBreached,
    EscalatedL2,
    AnalysisL2,
    EscalatedL3,
    AnalysisL3,
    VendorContacted,
    VendorReplied,
    ChangeRequested,
    ChangeApproved,
    FixDeployed,
    Workaround,
    ArticleLinked,
    Resolved,
    Confirmed,
    Reopened,
    SurveySent,
    SurveyAnswered,
    Closed,
    AutoClosed,
    Merged,
}

/// Who does a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// A rule of the system: any hour, no resource.
    System,
    /// An agent, in working hours.
    Agent,
    /// The customer, rarely at night.
    Customer,
    /// The vendor of a component, in working hours.
    Vendor,
}

/// One activity.
pub struct Step {
    pub activity: Activity,
    pub name: &'static str,
    pub who: Who,
    /// Median of the time since the step before, seconds.
    pub seconds: u64,
    pub spread: Spread,
    /// Median of the cost, cents.
    pub cents: u64,
    /// What may follow, with weights; nothing: the end of the case.
    pub moves: &'static [(Activity, u64)],
}

impl Activity {
    /// Its line in the table.
    #[inline]
    pub fn step(self) -> &'static Step {
        let step = &STEPS[self as usize];
        debug_assert_eq!(
            step.activity, self,
            "the table is in the order of the activities"
        );
        step
    }
}

/// Median of the time that a step takes, seconds, and how far times are from it.
#[derive(Clone, Copy)]
struct Takes(u64, Spread);

const fn step(
    activity: Activity,
    name: &'static str,
    who: Who,
    takes: Takes,
    cents: u64,
    moves: &'static [(Activity, u64)],
) -> Step {
    Step {
        activity,
        name,
        who,
        seconds: takes.0,
        spread: takes.1,
        cents,
        moves,
    }
}

const MINUTE: u64 = 60;
const HOUR: u64 = 3600;
const DAY: u64 = 24 * HOUR;

/// The table of the process.
#[rustfmt::skip]
pub const STEPS: [Step; 32] = {
    use Spread::{Exact, Narrow, Wide};
    [
    step(Created, "Created", Customer, Takes(0, Exact), 0,
        &[(Acknowledged, 84), (Triaged, 10), (Assigned, 6)]),
    step(Acknowledged, "Auto-acknowledged", System, Takes(2, Narrow), 0,
        &[(Triaged, 87), (Assigned, 8), (ArticleLinked, 3), (Merged, 2)]),
    step(Triaged, "Triaged", Agent, Takes(45 * MINUTE, Wide), 180,
        &[(Assigned, 85), (PriorityChanged, 6), (Merged, 3), (Note, 3), (ArticleLinked, 3)]),
    step(PriorityChanged, "Priority changed", Agent, Takes(20 * MINUTE, Wide), 60,
        &[(Assigned, 70), (EscalatedL2, 18), (Note, 12)]),
    step(Assigned, "Assigned", Agent, Takes(25 * MINUTE, Wide), 90,
        &[(FirstResponse, 82), (Reassigned, 10), (Note, 8)]),
    step(Reassigned, "Reassigned", Agent, Takes(3 * HOUR, Wide), 120,
        &[(FirstResponse, 64), (Note, 14), (Reassigned, 12), (EscalatedL2, 10)]),
    step(FirstResponse, "First response", Agent, Takes(80 * MINUTE, Wide), 650,
        &[(Waiting, 38), (Resolved, 24), (Note, 10), (EscalatedL2, 13), (Workaround, 6),
          (ArticleLinked, 5), (Reassigned, 4)]),
    step(Reply, "Reply sent", Agent, Takes(3 * HOUR, Wide), 520,
        &[(Waiting, 38), (Resolved, 34), (Note, 9), (EscalatedL2, 8), (Workaround, 6), (ArticleLinked, 5)]),
    step(Note, "Internal note", Agent, Takes(70 * MINUTE, Wide), 210,
        &[(Reply, 42), (Resolved, 16), (EscalatedL2, 13), (Note, 11), (Waiting, 10), (Reassigned, 8)]),
    step(Waiting, "Waiting for customer", Agent, Takes(10 * MINUTE, Narrow), 40,
        &[(CustomerReplied, 68), (Reminder, 27), (Note, 5)]),
    step(CustomerReplied, "Customer replied", Customer, Takes(9 * HOUR, Wide), 0,
        &[(Reply, 46), (Resolved, 26), (Note, 10), (EscalatedL2, 12), (Reassigned, 6)]),
    step(Reminder, "Reminder sent", System, Takes(2 * DAY, Exact), 0,
        &[(CustomerReplied, 48), (AutoClosed, 28), (Reminder, 18), (Resolved, 6)]),
    step(SlaBreached, "SLA breached", System, Takes(0, Exact), 0, &[]),
    step(EscalatedL2, "Escalated to L2", Agent, Takes(2 * HOUR, Wide), 300,
        &[(AnalysisL2, 84), (Reassigned, 10), (Note, 6)]),
    step(AnalysisL2, "L2 analysis", Agent, Takes(7 * HOUR, Wide), 4200,
        &[(Resolved, 26), (Reply, 24), (EscalatedL3, 15), (ChangeRequested, 11), (VendorContacted, 9),
          (Workaround, 8), (AnalysisL2, 7)]),
    step(EscalatedL3, "Escalated to L3", Agent, Takes(5 * HOUR, Wide), 450,
        &[(AnalysisL3, 90), (Note, 10)]),
    step(AnalysisL3, "L3 analysis", Agent, Takes(16 * HOUR, Wide), 9800,
        &[(ChangeRequested, 30), (Resolved, 24), (VendorContacted, 20), (Reply, 17), (AnalysisL3, 9)]),
    step(VendorContacted, "Vendor contacted", Agent, Takes(4 * HOUR, Wide), 800,
        &[(VendorReplied, 74), (Note, 15), (VendorContacted, 11)]),
    step(VendorReplied, "Vendor replied", Vendor, Takes(40 * HOUR, Wide), 15000,
        &[(Resolved, 38), (ChangeRequested, 24), (Reply, 20), (VendorContacted, 9), (AnalysisL2, 9)]),
    step(ChangeRequested, "Change requested", Agent, Takes(5 * HOUR, Wide), 700,
        &[(ChangeApproved, 74), (Note, 12), (Waiting, 9), (ChangeRequested, 5)]),
    step(ChangeApproved, "Change approved", Agent, Takes(30 * HOUR, Wide), 1200,
        &[(FixDeployed, 92), (Note, 8)]),
    step(FixDeployed, "Fix deployed", Agent, Takes(20 * HOUR, Wide), 5600,
        &[(Resolved, 72), (Reply, 19), (AnalysisL2, 9)]),
    step(Workaround, "Workaround provided", Agent, Takes(4 * HOUR, Wide), 1900,
        &[(Resolved, 42), (Waiting, 36), (ChangeRequested, 22)]),
    step(ArticleLinked, "Knowledge article linked", Agent, Takes(10 * MINUTE, Wide), 110,
        &[(Resolved, 50), (Waiting, 28), (Reply, 22)]),
    step(Resolved, "Resolved", Agent, Takes(4 * HOUR, Wide), 380,
        &[(Closed, 46), (SurveySent, 28), (AutoClosed, 11), (Confirmed, 9), (Reopened, 6)]),
    step(Confirmed, "Customer confirmed", Customer, Takes(8 * HOUR, Wide), 0,
        &[(Closed, 62), (SurveySent, 38)]),
    step(Reopened, "Reopened", Customer, Takes(26 * HOUR, Wide), 0,
        &[(Assigned, 36), (Reply, 34), (EscalatedL2, 20), (Note, 10)]),
    step(SurveySent, "Survey sent", System, Takes(5 * MINUTE, Exact), 0,
        &[(Closed, 56), (SurveyAnswered, 34), (AutoClosed, 10)]),
    step(SurveyAnswered, "Survey answered", Customer, Takes(12 * HOUR, Wide), 0,
        &[(Closed, 93), (Reopened, 7)]),
    step(Closed, "Closed", Agent, Takes(20 * HOUR, Narrow), 50, &[]),
    step(AutoClosed, "Auto-closed", System, Takes(7 * DAY, Exact), 0, &[]),
    step(Merged, "Merged into another case", Agent, Takes(HOUR, Wide), 90, &[]),
    ]
};

/// A routine path with its weight among those of phone calls, and among those of everything else.
pub struct Routine {
    pub path: &'static [Activity],
    pub phone: u64,
    pub written: u64,
}

/// The paths that most cases take: they are the frequent variants. The other cases walk freely.
#[rustfmt::skip]
pub const ROUTINES: [Routine; 7] = [
    Routine { phone: 8, written: 34,
        path: &[Created, Acknowledged, Triaged, Assigned, FirstResponse, Resolved, Closed] },
    Routine { phone: 4, written: 19,
        path: &[Created, Acknowledged, Triaged, Assigned, FirstResponse, Resolved, SurveySent, Closed] },
    Routine { phone: 62, written: 3,
        path: &[Created, Assigned, FirstResponse, Resolved, Closed] },
    Routine { phone: 12, written: 16,
        path: &[Created, Acknowledged, Triaged, Assigned, FirstResponse, Waiting, CustomerReplied, Resolved, Closed] },
    Routine { phone: 4, written: 12,
        path: &[Created, Acknowledged, Triaged, Assigned, FirstResponse, Waiting, Reminder, AutoClosed] },
    Routine { phone: 2, written: 9,
        path: &[Created, Acknowledged, Triaged, Merged] },
    Routine { phone: 8, written: 7,
        path: &[Created, Triaged, Assigned, FirstResponse, EscalatedL2, AnalysisL2, Resolved, Closed] },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_the_order_of_the_activities() {
        for (i, step) in STEPS.iter().enumerate() {
            assert_eq!(step.activity as usize, i, "{}", step.name);
        }
    }

    #[test]
    fn every_activity_can_be_reached() {
        let mut reached = vec![Created, SlaBreached];
        let mut next = 0;
        while next < reached.len() {
            for &(to, _) in reached[next].step().moves {
                if !reached.contains(&to) {
                    reached.push(to);
                }
            }
            next += 1;
        }
        assert_eq!(reached.len(), STEPS.len());
    }
}
