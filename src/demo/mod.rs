//! A synthetic log of a software vendor's support desk: any number of events, in the order of time,
//! cases interleaved, in constant memory; the same bytes for the same plan on every machine.
//! `casetrail demo` writes it; tests and benches read it.

mod calendar;
mod people;
mod process;
mod random;
mod row;
mod ticket;

use calendar::Calendar;
use random::Random;
use row::RowWriter;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;
use std::io::{self, Write};
use ticket::{Ticket, World};

/// How long the log is.
#[derive(Debug, Clone, Copy)]
pub enum Size {
    /// Exactly this number of rows.
    Events(u64),
    /// Exactly this number of cases; it is cut when the next one would arrive.
    Cases(u64),
}

/// What to make.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// How long the log is.
    pub size: Size,
    /// Of the random numbers: the same seed gives the same bytes.
    pub seed: u64,
    /// Day of the first midnight, days since 1970-01-01; its year must be in 1..=9900.
    pub first_day: i64,
    /// Byte between the fields.
    pub delimiter: u8,
    /// No more cases than this are open at once (at most [`MOST_OPEN`]): the bound on memory.
    pub most_open: usize,
}

/// The hard limit on open cases; 100 million events have about 270,000 at the end.
pub const MOST_OPEN: usize = 1 << SLOT_BITS;

/// What was made.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Made {
    /// Rows, without the header.
    pub events: u64,
    /// Cases that began.
    pub cases: u64,
    /// Cases without an end.
    pub open: usize,
    /// The most cases that were ever open at once.
    pub most_open: usize,
}

/// Events that a case has on average, in hundredths.
const EVENTS_PER_100_CASES: u64 = 1000;
/// An entry of the queue is a time above the slot of the ticket: one comparison of integers.
const SLOT_BITS: u32 = 20;
/// Rows are handed on in pieces of about this size.
const PIECE: usize = 1 << 18;

impl Plan {
    /// The calendar: 4 cases a day, at least 90 days, but no more than two years.
    fn calendar(&self) -> Calendar {
        let n_cases = match self.size {
            Size::Events(n) => n * 100 / EVENTS_PER_100_CASES,
            Size::Cases(n) => n,
        };
        Calendar::new(self.first_day, (n_cases / 4).clamp(90, 731), n_cases)
    }
}

/// Writes the log.
pub fn write_log(plan: &Plan, out: &mut (impl Write + ?Sized)) -> io::Result<Made> {
    let mut desk = Desk::new(plan);
    let mut rows = RowWriter::new(plan.first_day, plan.delimiter);
    let mut buffer = Vec::with_capacity(PIECE + 4096);
    rows.header(&mut buffer);
    while desk.step(plan, &mut rows, &mut buffer) {
        if buffer.len() >= PIECE {
            out.write_all(&buffer)?;
            buffer.clear();
        }
    }
    out.write_all(&buffer)?;
    out.flush()?;
    Ok(Made {
        open: desk.queue.len(),
        ..desk.made
    })
}

/// The open cases and what happens next.
struct Desk {
    world: World,
    tickets: Vec<Ticket>,
    free: Vec<u32>,
    /// Next event of each open case, earliest first.
    queue: BinaryHeap<Reverse<u64>>,
    arrival: u64,
    now: u64,
    made: Made,
}

impl Desk {
    fn new(plan: &Plan) -> Self {
        let mut random = Random::new(plan.seed);
        let calendar = plan.calendar();
        let arrival = calendar.next_arrival(0, &mut random);
        let n_cases = match plan.size {
            Size::Events(n) => n / 10,
            Size::Cases(n) => n,
        };
        Desk {
            world: World {
                calendar,
                random,
                n_customers: (n_cases / 6).clamp(40, 200_000),
            },
            tickets: Vec::new(),
            free: Vec::new(),
            queue: BinaryHeap::new(),
            arrival,
            now: 0,
            made: Made::default(),
        }
    }

    /// One arrival, or one event of a case that is open. `false` when the log is complete.
    fn step(&mut self, plan: &Plan, rows: &mut RowWriter, out: &mut Vec<u8>) -> bool {
        let room = self.queue.len() < plan.most_open.clamp(1, MOST_OPEN);
        let due = self.queue.peek().map_or(u64::MAX, |top| top.0 >> SLOT_BITS);
        let arrives = room && self.arrival <= due;
        let complete = match plan.size {
            Size::Events(n) => self.made.events >= n,
            Size::Cases(n) => arrives && self.made.cases >= n,
        };
        if complete {
            return false;
        }
        if arrives {
            self.arrive();
        } else if let Some(mut top) = self.queue.peek_mut() {
            let slot = top.0 as usize % MOST_OPEN;
            self.now = due;
            self.made.events += 1;
            let ticket = &mut self.tickets[slot];
            let row = |ticket: &Ticket, random: &mut Random| rows.row(out, ticket, due, random);
            if let Some(next) = ticket.perform(due, &mut self.world, row) {
                top.0 = next << SLOT_BITS | slot as u64;
            } else {
                PeekMut::pop(top);
                self.free.push(slot as u32);
            }
        }
        true
    }

    /// Opens a case; one that found no room came as soon as there was.
    fn arrive(&mut self) {
        let time = self.arrival.max(self.now);
        self.arrival = self
            .world
            .calendar
            .next_arrival(time, &mut self.world.random);
        let ticket = Ticket::new(self.made.cases, time, &mut self.world);
        let slot = if let Some(slot) = self.free.pop() {
            self.tickets[slot as usize] = ticket;
            u64::from(slot)
        } else {
            self.tickets.push(ticket);
            self.tickets.len() as u64 - 1
        };
        self.queue.push(Reverse(time << SLOT_BITS | slot));
        self.made.cases += 1;
        self.made.most_open = self.made.most_open.max(self.queue.len());
    }
}

#[cfg(test)]
mod tests;
