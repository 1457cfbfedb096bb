//! One open case: what it knows, what it does next and when. The planted causes are here.

use super::calendar::{Calendar, HOUR};
use super::people::{
    APAC, BAD_VERSION, BILLING, CHANGE_BOARD, CHANNELS, EMAIL, LEVEL_2, LEVEL_3, OVERLOADED_AGENT,
    OVERLOADED_TEAM, PHONE, PRIORITIES, PRODUCTS, TEAMS, VENDOR_DESK, VERSIONS,
};
use super::process::Activity::{self, *};
use super::process::{ROUTINES, Who};
use super::random::{Random, Spread};

/// The `routine` of a case that walks freely.
const FREE: u8 = u8::MAX;
/// After this number of steps a case is brought to its end.
const MANY_STEPS: u16 = 45;

/// An open case.
#[derive(Debug, Clone, Copy)]
pub struct Ticket {
    /// Number of the case, from 0.
    pub number: u64,
    created: u64,
    /// What happens next.
    pub next: Activity,
    /// What the broken agreement has pushed back, and when it is due.
    pushed: Option<(Activity, u64)>,
    routine: u8,
    steps: u16,
    /// Team that owns the case, position in `TEAMS`.
    pub team: u8,
    /// Agent who owns the case, position in the team.
    pub agent: u8,
    /// Positions in the tables of `people`.
    pub channel: u8,
    pub product: u8,
    pub version: u8,
    pub region: u8,
    pub priority: u8,
    /// Number of the customer.
    pub customer: u32,
    level: u8,
    responded: bool,
    reopened: bool,
}

/// What the tickets share.
pub struct World {
    pub calendar: Calendar,
    pub random: Random,
    pub n_customers: u64,
}

/// One of `items` by its share.
fn share<T, const N: usize>(random: &mut Random, items: &[T; N], weight: impl Fn(&T) -> u64) -> u8 {
    random.pick(&std::array::from_fn::<u64, N, _>(|i| weight(&items[i]))) as u8
}

impl Ticket {
    /// The case that arrives at `time`.
    pub fn new(number: u64, time: u64, world: &mut World) -> Self {
        let World {
            calendar,
            random,
            n_customers,
        } = world;
        let regions = [0, 1, 2].map(|region| calendar.region_weight(region, time));
        let era = (time * 5 / calendar.length).min(4) as usize;
        // A product of two: a few customers have many cases.
        let customer = (random.below(*n_customers) * random.below(1 << 20)) >> 20;
        let mut ticket = Ticket {
            number,
            created: time,
            next: Created,
            pushed: None,
            routine: FREE,
            steps: 0,
            team: 0,
            agent: 0,
            channel: share(random, &CHANNELS, |c| c.1),
            product: share(random, &PRODUCTS, |p| p.1),
            version: share(random, &VERSIONS, |v| v.1[era]),
            region: random.pick(&regions) as u8,
            priority: share(random, &PRIORITIES, |p| p.1),
            customer: customer as u32,
            level: 1,
            responded: false,
            reopened: false,
        };
        let routine = if ticket.is_bad_version() { 26 } else { 42 };
        if random.chance(routine) {
            let phone = ticket.is(PHONE);
            ticket.routine = share(
                random,
                &ROUTINES,
                |r| if phone { r.phone } else { r.written },
            );
        }
        ticket.hand_over(ticket.first_team(), random);
        ticket
    }

    fn is(&self, channel: usize) -> bool {
        usize::from(self.channel) == channel
    }

    fn is_bad_version(&self) -> bool {
        usize::from(self.version) == BAD_VERSION
    }

    fn is_overloaded(&self) -> bool {
        (usize::from(self.team), usize::from(self.agent)) == (OVERLOADED_TEAM, OVERLOADED_AGENT)
    }

    fn first_team(&self) -> usize {
        let billing = usize::from(self.product) == PRODUCTS.len() - 1;
        if billing {
            BILLING
        } else {
            usize::from(self.region)
        }
    }

    fn team_of_level(&self) -> usize {
        match self.level {
            1 => self.first_team(),
            2 => LEVEL_2 + usize::from(self.product % 2),
            _ => LEVEL_3,
        }
    }

    /// Gives the case to an agent of a team. One agent gets far more than a fair share.
    fn hand_over(&mut self, team: usize, random: &mut Random) {
        let n_agents = TEAMS[team].1.len() as u64;
        let overload = team == OVERLOADED_TEAM && random.chance(30);
        self.team = team as u8;
        self.agent = if overload {
            OVERLOADED_AGENT as u8
        } else {
            random.below(n_agents) as u8
        };
    }

    /// Does what is next, and plans what follows: when it is due, or `None` at the end of the case.
    /// `row` is called in between, when the case is as the event shows it.
    pub fn perform(
        &mut self,
        time: u64,
        world: &mut World,
        row: impl FnOnce(&Self, &mut Random),
    ) -> Option<u64> {
        let activity = self.next;
        self.change(activity, &mut world.random);
        row(self, &mut world.random);
        if let Some((next, due)) = self.pushed.take() {
            self.next = next;
            return Some(due);
        }
        self.steps += 1;
        self.next = self.follow(activity, &mut world.random)?;
        let due = self.due(time, world);
        let breach = self.created + PRIORITIES[usize::from(self.priority)].3 * HOUR;
        if self.next == FirstResponse && time < breach && breach < due {
            self.pushed = Some((FirstResponse, due));
            self.next = SlaBreached;
            return Some(breach);
        }
        Some(due)
    }

    /// What an activity changes in the case.
    fn change(&mut self, activity: Activity, random: &mut Random) {
        match activity {
            Assigned | Reassigned | AnalysisL2 | AnalysisL3 | FixDeployed => {
                self.hand_over(self.team_of_level(), random);
            }
            EscalatedL2 => self.level = 2,
            EscalatedL3 => self.level = 3,
            VendorContacted => self.hand_over(VENDOR_DESK, random),
            ChangeApproved => self.hand_over(CHANGE_BOARD, random),
            PriorityChanged => self.priority = self.priority.saturating_sub(1),
            FirstResponse => self.responded = true,
            Reopened => self.reopened = true,
            _ => {}
        }
    }

    /// The activity after `done`.
    fn follow(&self, done: Activity, random: &mut Random) -> Option<Activity> {
        if self.routine != FREE && !self.reopened {
            let next = ROUTINES[usize::from(self.routine)]
                .path
                .get(usize::from(self.steps))
                .copied();
            // Even a routine case may come back, and then takes its own way.
            return next.or_else(|| self.come_back(done, random));
        }
        match done {
            Closed | AutoClosed => return self.come_back(done, random),
            Merged => return None,
            Created if self.is(PHONE) => {
                return Some(if random.chance(70) { Assigned } else { Triaged });
            }
            Resolved if self.steps > MANY_STEPS => return Some(Closed),
            _ if self.steps > MANY_STEPS => return Some(Resolved),
            _ => {}
        }
        let weight = |&(to, weight): &(Activity, u64)| weight * self.factor(to);
        let moves = done.step().moves;
        let mut left = random.below(moves.iter().map(weight).sum());
        let mut chosen = moves[0].0;
        for step in moves {
            chosen = step.0;
            if left < weight(step) {
                break;
            }
            left -= weight(step);
        }
        Some(self.in_context(chosen))
    }

    /// Planted: the bad version escalates and comes back more often.
    fn factor(&self, to: Activity) -> u64 {
        match to {
            _ if !self.is_bad_version() => 100,
            EscalatedL2 => 240,
            EscalatedL3 => 170,
            Reopened => 330,
            _ => 100,
        }
    }

    /// A move as this case can make it: answers after the first, escalation only upward.
    fn in_context(&self, to: Activity) -> Activity {
        match to {
            FirstResponse if self.responded => Reply,
            Reply if !self.responded => FirstResponse,
            EscalatedL2 if self.level >= 2 => AnalysisL2,
            EscalatedL3 if self.level >= 3 => AnalysisL3,
            other => other,
        }
    }

    /// Whether an ended case is reopened.
    fn come_back(&self, done: Activity, random: &mut Random) -> Option<Activity> {
        let percent = if self.is_bad_version() { 9 } else { 2 };
        (done != Merged && self.steps < MANY_STEPS && random.chance(percent)).then_some(Reopened)
    }

    /// When the next activity happens, if the one before happened at `time`.
    fn due(&self, time: u64, world: &mut World) -> u64 {
        let step = self.next.step();
        let World {
            calendar, random, ..
        } = world;
        let base = step.seconds * random.spread(step.spread);
        let region = usize::from(self.region);
        match step.who {
            // A rule fires on the second, give or take its queue.
            Who::System => time + base + random.below(900),
            Who::Customer => calendar.when_awake(time + base, region, random),
            Who::Vendor => calendar.when_staffed(time + base, region, random),
            Who::Agent => {
                let due = time + random.below(1000) + base * self.slowness(time, calendar) / 100;
                if self.priority == 0 {
                    due
                } else {
                    calendar.when_staffed(due, region, random)
                }
            }
        }
    }

    /// Planted: percent of the usual time that the next step of an agent takes.
    fn slowness(&self, time: u64, calendar: &Calendar) -> u64 {
        let if_else = |condition: bool, percent: u64| if condition { percent } else { 100 };
        let first = self.next == FirstResponse;
        [
            PRIORITIES[usize::from(self.priority)].2,
            if_else(
                self.next == Triaged && usize::from(self.region) == APAC,
                320,
            ),
            if_else(first && self.is(PHONE), 15),
            if_else(first && self.is(EMAIL), 140),
            if_else(self.is_overloaded() && self.next != Triaged, 350),
            if_else(calendar.is_bad(time), 180),
            if_else(
                time >= calendar.backlog && !matches!(self.next, Triaged | Assigned),
                600,
            ),
        ]
        .iter()
        .fold(100, |product, percent| product * percent / 100)
    }

    /// Satisfaction from 1 to 5: reopened and slow cases please less.
    pub fn csat(&self, time: u64, random: &mut Random) -> u8 {
        let days = (time - self.created) / (24 * HOUR);
        let weights = match () {
            () if self.reopened => [38, 27, 18, 12, 5],
            () if days > 10 => [18, 22, 27, 22, 11],
            () => [3, 5, 12, 33, 47],
        };
        random.pick(&weights) as u8 + 1
    }

    /// Cost of the activity that is being done, cents.
    pub fn cost(&self, random: &mut Random) -> u64 {
        let spread = random.spread(Spread::Narrow);
        self.next.step().cents * spread / 1000
    }
}
