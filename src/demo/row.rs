//! Rows as text, without an allocation a row: every name is quoted once, at the start.

use super::calendar::Clock;
use super::people::{CHANNELS, PRIORITIES, PRODUCTS, REGIONS, TEAMS, VERSIONS};
use super::process::{Activity, STEPS, Who};
use super::random::Random;
use super::ticket::Ticket;

/// The columns, in order.
pub const COLUMNS: [&str; 13] = [
    "case_id",
    "activity",
    "timestamp",
    "resource",
    "team",
    "channel",
    "product",
    "product_version",
    "region",
    "priority",
    "cost",
    "csat",
    "customer",
];

/// Names as fields, each with the delimiter after it.
type Fields = Vec<Box<[u8]>>;

/// Makes rows.
pub struct RowWriter {
    delimiter: u8,
    clock: Clock,
    customer: Box<[u8]>,
    vendor: Box<[u8]>,
    activities: Fields,
    teams: Fields,
    agents: Vec<Fields>,
    channels: Fields,
    products: Fields,
    versions: Fields,
    regions: Fields,
    priorities: Fields,
}

/// The field for a text: in quotes where it has to be.
fn field(text: &str, delimiter: u8) -> Box<[u8]> {
    let special = |b: u8| b == delimiter || b == b'"' || b == b'\n' || b == b'\r';
    let mut bytes = Vec::new();
    if text.bytes().any(special) {
        bytes.extend(format!("\"{}\"", text.replace('"', "\"\"")).bytes());
    } else {
        bytes.extend(text.bytes());
    }
    bytes.push(delimiter);
    bytes.into()
}

impl RowWriter {
    /// A writer for a log that begins on `first_day`.
    pub fn new(first_day: i64, delimiter: u8) -> Self {
        let f = |text: &&str| field(text, delimiter);
        RowWriter {
            delimiter,
            clock: Clock::new(first_day),
            customer: field("Customer", delimiter),
            vendor: field("Vendor", delimiter),
            activities: STEPS.iter().map(|s| f(&s.name)).collect(),
            teams: TEAMS.iter().map(|t| f(&t.0)).collect(),
            agents: TEAMS.iter().map(|t| t.1.iter().map(f).collect()).collect(),
            channels: CHANNELS.iter().map(|c| f(&c.0)).collect(),
            products: PRODUCTS.iter().map(|p| f(&p.0)).collect(),
            versions: VERSIONS.iter().map(|v| f(&v.0)).collect(),
            regions: REGIONS.iter().map(|r| f(&r.0)).collect(),
            priorities: PRIORITIES.iter().map(|p| f(&p.0)).collect(),
        }
    }

    /// Appends the header.
    pub fn header(&self, out: &mut Vec<u8>) {
        let delimiter = char::from(self.delimiter).to_string();
        out.extend(COLUMNS.join(&delimiter).bytes());
        out.push(b'\n');
    }

    /// Appends the event that a ticket is doing at `time`.
    pub fn row(&mut self, out: &mut Vec<u8>, ticket: &Ticket, time: u64, random: &mut Random) {
        let delimiter = self.delimiter;
        let activity = ticket.next;
        out.extend_from_slice(b"TK-");
        number(out, 1_000_000 + ticket.number);
        out.push(delimiter);
        out.extend_from_slice(&self.activities[activity as usize]);
        out.extend_from_slice(&self.clock.text(time));
        out.push(delimiter);
        match activity.step().who {
            Who::System => out.push(delimiter),
            Who::Customer => out.extend_from_slice(&self.customer),
            Who::Vendor => out.extend_from_slice(&self.vendor),
            Who::Agent => {
                let (team, agent) = (usize::from(ticket.team), usize::from(ticket.agent));
                out.extend_from_slice(&self.agents[team][agent]);
            }
        }
        out.extend_from_slice(&self.teams[usize::from(ticket.team)]);
        out.extend_from_slice(&self.channels[usize::from(ticket.channel)]);
        out.extend_from_slice(&self.products[usize::from(ticket.product)]);
        out.extend_from_slice(&self.versions[usize::from(ticket.version)]);
        out.extend_from_slice(&self.regions[usize::from(ticket.region)]);
        out.extend_from_slice(&self.priorities[usize::from(ticket.priority)]);
        let cents = ticket.cost(random);
        number(out, cents / 100);
        out.extend_from_slice(&[
            b'.',
            b'0' + (cents / 10 % 10) as u8,
            b'0' + (cents % 10) as u8,
            delimiter,
        ]);
        if activity == Activity::SurveyAnswered {
            out.push(b'0' + ticket.csat(time, random));
        }
        out.extend_from_slice(&[delimiter, b'C', b'U', b'-']);
        number(out, 10_000 + u64::from(ticket.customer));
        out.push(b'\n');
    }
}

/// Appends a number in decimal.
#[inline]
fn number(out: &mut Vec<u8>, mut n: u64) {
    let mut digits = [0; 20];
    let mut at = digits.len();
    loop {
        at -= 1;
        digits[at] = b'0' + (n % 10) as u8;
        n /= 10;
        if n == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[at..]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_decimal() {
        for n in [0, 7, 10, 99, 1_234_567, u64::MAX] {
            let mut out = Vec::new();
            number(&mut out, n);
            assert_eq!(out, n.to_string().as_bytes());
        }
    }

    #[test]
    fn fields_are_quoted_where_they_must() {
        assert_eq!(*field("a, b", b','), *b"\"a, b\",");
        assert_eq!(*field("a, b", b';'), *b"a, b;");
        assert_eq!(*field("say \"hi\"", b'\t'), *b"\"say \"\"hi\"\"\"\t");
    }
}
