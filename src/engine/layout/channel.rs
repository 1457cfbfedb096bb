//! Lines between two rows of vertices: each net has a row of its own for its horizontal part, as far as
//! it needs one, so that lines of different nets cross but never run on one another.

use std::collections::{BTreeSet, HashMap};

/// Lines that are joined: from columns of the upper row to columns of the lower row.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Net {
    /// Columns in the upper row.
    pub tops: BTreeSet<usize>,
    /// Columns in the lower row.
    pub bottoms: BTreeSet<usize>,
}

/// The ways through a channel.
#[derive(Debug, Default)]
pub struct Channel {
    /// Rows that it takes.
    pub rows: usize,
    /// Nets, and after them the parts that were split off. A part leads from a column of its net to a
    /// column of the lower row.
    nets: Vec<Routed>,
    /// The net of each column of the upper row.
    of_top: HashMap<usize, usize>,
}

#[derive(Debug, Default)]
struct Routed {
    net: Net,
    /// Row of the horizontal part; none where the net is straight.
    track: Option<usize>,
    /// Columns of the lower row that a part of the net leads to.
    splits: Vec<Split>,
    /// Of a part, the net that it was split off, and the column in which it begins.
    parent: Option<(usize, usize)>,
}

/// A column of the lower row that is reached by a detour.
#[derive(Debug, Clone, Copy)]
struct Split {
    bottom: usize,
    /// Column of the detour.
    column: usize,
    /// Number of the part.
    part: usize,
}

impl Routed {
    /// All columns of its lines.
    fn columns(&self) -> impl Iterator<Item = usize> + '_ {
        let ends = self.net.tops.iter().chain(&self.net.bottoms).copied();
        let detours = self.splits.iter().map(|split| split.column);
        ends.chain(detours)
            .chain(self.parent.map(|(_, column)| column))
    }

    /// The columns from the first to the last.
    fn span(&self) -> (usize, usize) {
        let (first, last) = (self.columns().min(), self.columns().max());
        (first.unwrap_or(0), last.unwrap_or(0))
    }

    fn is_straight(&self) -> bool {
        let (first, last) = self.span();
        first == last
    }
}

impl Channel {
    /// Routes nets. No two of them have a column in common in the upper or in the lower row.
    pub fn new(nets: Vec<Net>) -> Self {
        let routed = |net| Routed {
            net,
            ..Routed::default()
        };
        let tops = nets.iter().zip(0..);
        let tops = tops.flat_map(|(net, at)| net.tops.iter().map(move |&column| (column, at)));
        let mut channel = Channel {
            rows: 0,
            of_top: tops.collect(),
            nets: nets.into_iter().map(routed).collect(),
        };
        let order = loop {
            match channel.order() {
                Ok(order) => break order,
                Err((net, column)) => channel.split(net, column),
            }
        };
        channel.assign(&order);
        channel
    }

    /// The nets whose horizontal part must be above that of a net, with the column because of which that
    /// is so: it leads down where they come from above. A part is below its net.
    fn above(&self, net: usize) -> Vec<(usize, usize)> {
        let of = &self.nets[net];
        let conflict = |&column: &usize| {
            let other = *self.of_top.get(&column)?;
            (other != net).then_some((other, column))
        };
        let conflicts = of.net.bottoms.iter().filter_map(conflict);
        conflicts.chain(of.parent).collect()
    }

    /// The nets in an order in which each comes after all that must be above it; else a net that is
    /// in a circle, with the column in which another one should be above it. No net must be below a part,
    /// so that parts are in no circle.
    fn order(&self) -> Result<Vec<usize>, (usize, usize)> {
        #[derive(Clone, Copy, PartialEq)]
        enum Mark {
            New,
            Begun,
            Done,
        }
        let mut marks = vec![Mark::New; self.nets.len()];
        let mut order = Vec::new();
        for start in 0..self.nets.len() {
            if marks[start] != Mark::New {
                continue;
            }
            marks[start] = Mark::Begun;
            let mut path = vec![(start, self.above(start))];
            while let Some((net, above)) = path.last_mut() {
                let net = *net;
                let Some((other, column)) = above.pop() else {
                    marks[net] = Mark::Done;
                    order.push(net);
                    path.pop();
                    continue;
                };
                match marks[other] {
                    Mark::Begun => return Err((net, column)),
                    Mark::New => {
                        marks[other] = Mark::Begun;
                        path.push((other, self.above(other)));
                    }
                    Mark::Done => {}
                }
            }
        }
        Ok(order)
    }

    /// Lets a net reach a column of the lower row by a detour through a column that is free.
    fn split(&mut self, net: usize, bottom: usize) {
        let taken: BTreeSet<usize> = self.nets.iter().flat_map(Routed::columns).collect();
        let mut columns = (1..).flat_map(|off| [Some(bottom + off), bottom.checked_sub(off)]);
        let free = |column: &usize| !taken.contains(column);
        // There are more columns than nets.
        let column = columns.find_map(|column| column.filter(free));
        let column = column.unwrap_or(bottom);
        let part = self.nets.len();
        let of = &mut self.nets[net];
        of.net.bottoms.remove(&bottom);
        of.splits.push(Split {
            bottom,
            column,
            part,
        });
        self.nets.push(Routed {
            net: Net {
                tops: BTreeSet::new(),
                bottoms: [bottom].into(),
            },
            parent: Some((net, column)),
            ..Routed::default()
        });
    }

    /// Gives every net that is not straight the first row in which it fits.
    fn assign(&mut self, order: &[usize]) {
        let mut rows: Vec<Vec<(usize, usize)>> = Vec::new();
        for &net in order {
            if self.nets[net].is_straight() {
                continue;
            }
            let above = self.above(net);
            let above = above
                .iter()
                .filter_map(|&(other, _)| self.nets[other].track);
            let least = above.max().map_or(0, |track| track + 1);
            let (first, last) = self.nets[net].span();
            // A blank between two lines of a row.
            let fits = |row: &Vec<(usize, usize)>| {
                row.iter()
                    .all(|&(from, to)| to + 1 < first || last + 1 < from)
            };
            let free = rows.iter().skip(least).position(fits);
            let track = free.map_or(rows.len().max(least), |at| at + least);
            if rows.len() <= track {
                rows.resize(track + 1, Vec::new());
            }
            rows[track].push((first, last));
            self.nets[net].track = Some(track);
        }
        self.rows = rows.len();
    }

    /// The way of a line of a net to a column of the lower row: the rows of the channel in which it
    /// changes its column, each with the column after it.
    pub fn way(&self, mut net: usize, bottom: usize) -> Vec<(usize, usize)> {
        let mut way = Vec::new();
        loop {
            let of = &self.nets[net];
            let split = of.splits.iter().find(|split| split.bottom == bottom);
            let column = split.map_or(bottom, |split| split.column);
            if let Some(track) = of.track {
                way.push((track, column));
            }
            match split {
                Some(split) => net = split.part,
                None => return way,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn net(tops: &[usize], bottoms: &[usize]) -> Net {
        Net {
            tops: tops.iter().copied().collect(),
            bottoms: bottoms.iter().copied().collect(),
        }
    }

    #[test]
    fn straight_lines_take_no_row() {
        let channel = Channel::new(vec![net(&[3], &[3]), net(&[9], &[9])]);
        assert_eq!(channel.rows, 0);
        assert_eq!(channel.way(0, 3), []);
    }

    #[test]
    fn lines_that_do_not_meet_share_a_row() {
        let channel = Channel::new(vec![net(&[3], &[1, 5]), net(&[9], &[12])]);
        assert_eq!(channel.rows, 1);
        assert_eq!(channel.way(0, 5), [(0, 5)]);
    }

    #[test]
    fn who_leads_down_where_another_comes_from_above_is_below_it() {
        let channel = Channel::new(vec![net(&[2], &[6]), net(&[6], &[9])]);
        assert_eq!(channel.way(1, 9), [(0, 9)]);
        assert_eq!(channel.way(0, 6), [(1, 6)]);
    }

    #[test]
    fn a_circle_is_opened_by_a_detour() {
        let channel = Channel::new(vec![net(&[5], &[9]), net(&[9], &[5])]);
        assert_eq!(channel.rows, 3);
        let ways = [channel.way(0, 9), channel.way(1, 5)];
        let bends: Vec<usize> = ways.iter().map(Vec::len).collect();
        assert_eq!(bends.iter().sum::<usize>(), 3, "{ways:?}");
    }
}
