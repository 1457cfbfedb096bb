//! The order of the vertices in each row: with few crossings of links.

use super::layers::{Layers, Link};
use crate::event_log::{Cancel, Cancelled};

/// Rounds of sorting rows by their neighbors, each once down and once up.
const ROUNDS: usize = 12;

/// Rounds of exchanging neighbors of a row, and the vertices that a graph may have for it.
const EXCHANGES: (usize, usize) = (8, 2_000);

/// The vertices of each row, from left to right.
///
/// # Errors
/// They are not wanted any more.
pub fn rows(layers: &Layers, cancel: &Cancel) -> Result<Vec<Vec<usize>>, Cancelled> {
    let neighbors = layers.neighbors();
    let mut rows = first(layers, &neighbors[1]);
    let mut place = places(layers, &rows);
    let mut best = (crossings(layers, &rows, &place), rows.clone());
    for _ in 0..ROUNDS {
        for down in [true, false] {
            cancel.check()?;
            let links = &neighbors[usize::from(!down)];
            let numbers: Vec<usize> = if down {
                (1..rows.len()).collect()
            } else {
                (0..rows.len().saturating_sub(1)).rev().collect()
            };
            for row in numbers {
                sort(layers, links, &mut rows[row], &place, down);
                renumber(&rows[row], &mut place);
            }
            exchange(layers, &neighbors, &mut rows, &mut place);
            let found = crossings(layers, &rows, &place);
            if found < best.0 {
                best = (found, rows.clone());
            }
        }
        if best.0 == 0 {
            break;
        }
    }
    Ok(best.1)
}

/// The order in which a walk from the top meets the vertices, by the heaviest edges first.
fn first(layers: &Layers, below: &[Vec<usize>]) -> Vec<Vec<usize>> {
    let mut rows = vec![Vec::new(); layers.rows];
    let mut met = vec![false; layers.vertices.len()];
    let mut starts: Vec<usize> = (0..layers.vertices.len()).collect();
    starts.sort_by_key(|&vertex| layers.vertices[vertex].row);
    for start in starts {
        let mut todo = vec![start];
        while let Some(vertex) = todo.pop() {
            if std::mem::replace(&mut met[vertex], true) {
                continue;
            }
            rows[layers.vertices[vertex].row].push(vertex);
            let mut next: Vec<&Link> = below[vertex].iter().map(|&at| &layers.links[at]).collect();
            // The last one is taken first.
            next.sort_by_key(|link| link.weight);
            todo.extend(next.iter().map(|link| link.lower));
        }
    }
    rows
}

fn places(layers: &Layers, rows: &[Vec<usize>]) -> Vec<usize> {
    let mut place = vec![0; layers.vertices.len()];
    for row in rows {
        renumber(row, &mut place);
    }
    place
}

fn renumber(row: &[usize], place: &mut [usize]) {
    for (at, &vertex) in row.iter().enumerate() {
        place[vertex] = at;
    }
}

/// Sorts a row by the mean place of the neighbors in the row before it; vertices without any stay.
fn sort(layers: &Layers, links: &[Vec<usize>], row: &mut [usize], place: &[usize], down: bool) {
    let other = |at: &usize| {
        let link = &layers.links[*at];
        place[if down { link.upper } else { link.lower }]
    };
    let mut keyed: Vec<(f64, usize)> = Vec::with_capacity(row.len());
    for &vertex in row.iter() {
        let of = &links[vertex];
        let sum: usize = of.iter().map(other).sum();
        let mean = if of.is_empty() {
            // Where it was, seen from its left neighbor.
            keyed.last().map_or(0.0, |last| last.0)
        } else {
            sum as f64 / of.len() as f64
        };
        keyed.push((mean, vertex));
    }
    keyed.sort_by(|a, b| a.0.total_cmp(&b.0));
    for (slot, (_, vertex)) in row.iter_mut().zip(keyed) {
        *slot = vertex;
    }
}

/// Exchanges neighbors of a row as long as this removes crossings.
fn exchange(
    layers: &Layers,
    neighbors: &[Vec<Vec<usize>>; 2],
    rows: &mut [Vec<usize>],
    place: &mut [usize],
) {
    if layers.vertices.len() > EXCHANGES.1 {
        return;
    }
    for _ in 0..EXCHANGES.0 {
        let mut better = false;
        for row in rows.iter_mut() {
            for at in 1..row.len() {
                let (left, right) = (row[at - 1], row[at]);
                let [now, then] = pair(layers, neighbors, [left, right], place);
                if then < now {
                    row.swap(at - 1, at);
                    place.swap(left, right);
                    better = true;
                }
            }
        }
        if !better {
            break;
        }
    }
}

/// Crossings of the links of two neighbors of a row: as they are, and exchanged.
fn pair(
    layers: &Layers,
    neighbors: &[Vec<Vec<usize>>; 2],
    [left, right]: [usize; 2],
    place: &[usize],
) -> [usize; 2] {
    let mut crossings = [0, 0];
    for (links, above) in neighbors.iter().zip([true, false]) {
        let other = |at: &usize| {
            let link = &layers.links[*at];
            place[if above { link.upper } else { link.lower }]
        };
        for a in links[left].iter().map(other) {
            for b in links[right].iter().map(other) {
                crossings[0] += usize::from(a > b);
                crossings[1] += usize::from(a < b);
            }
        }
    }
    crossings
}

/// Number of crossings of all links.
fn crossings(layers: &Layers, rows: &[Vec<usize>], place: &[usize]) -> usize {
    let mut of_row: Vec<Vec<(usize, usize)>> = vec![Vec::new(); rows.len()];
    for link in &layers.links {
        of_row[layers.vertices[link.upper].row].push((place[link.upper], place[link.lower]));
    }
    let mut all = 0;
    for (mut ends, row) in of_row.into_iter().zip(rows.iter().skip(1)) {
        ends.sort_unstable();
        // Numbers of lower ends so far, as a tree of sums (Fenwick).
        let mut sums = vec![0usize; row.len() + 1];
        for (met, (_, lower)) in ends.into_iter().enumerate() {
            let mut not_right = 0;
            let mut at = lower + 1;
            while at > 0 {
                not_right += sums[at];
                at -= at & at.wrapping_neg();
            }
            all += met - not_right;
            let mut at = lower + 1;
            while at < sums.len() {
                sums[at] += 1;
                at += at & at.wrapping_neg();
            }
        }
    }
    all
}
