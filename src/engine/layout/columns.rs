//! Columns of the vertices, in the order of their rows: the heavier an edge, the straighter it is.

use super::layers::{Kind, Layers};
use crate::event_log::{Cancel, Cancelled};

/// Rounds of moving vertices to their neighbors, each once down and once up.
const ROUNDS: usize = 8;

/// The column of the line of each vertex; no box begins before column 0.
///
/// # Errors
/// They are not wanted any more.
pub fn columns(
    layers: &Layers,
    rows: &[Vec<usize>],
    cancel: &Cancel,
) -> Result<Vec<usize>, Cancelled> {
    let mut x = vec![0i64; layers.vertices.len()];
    for row in rows {
        for pair in row.windows(2) {
            x[pair[1]] = x[pair[0]] + layers.apart(pair[0], pair[1]);
        }
    }
    let [above, below] = layers.neighbors();
    for _ in 0..ROUNDS {
        cancel.check()?;
        for row in rows.iter().skip(1) {
            settle(layers, row, &wishes(layers, row, &above, true, &x), &mut x);
        }
        for row in rows.iter().rev().skip(1) {
            settle(layers, row, &wishes(layers, row, &below, false, &x), &mut x);
        }
    }
    // Down once more: what is below follows what is above it.
    for row in rows.iter().skip(1) {
        settle(layers, row, &wishes(layers, row, &above, true, &x), &mut x);
    }
    let left = layers.vertices.iter().zip(&x);
    let left = left.map(|(vertex, x)| x - vertex.before as i64).min();
    let left = left.unwrap_or(0);
    Ok(x.into_iter().map(|x| (x - left) as usize).collect())
}

/// A column that a vertex should have, and how important that is.
struct Wish {
    column: i64,
    weight: u64,
}

/// Wishes of the vertices of a row, by their links to the row before it: nodes want to be where their
/// heaviest edge is. `None` for vertices without links.
fn wishes(
    layers: &Layers,
    row: &[usize],
    links: &[Vec<usize>],
    above: bool,
    x: &[i64],
) -> Vec<Option<Wish>> {
    let wish = |&vertex: &usize| {
        let links = links[vertex].iter().map(|&at| &layers.links[at]);
        // The first of several: edges come by their importance.
        let heaviest = links.reduce(|best, next| {
            if next.weight > best.weight {
                next
            } else {
                best
            }
        })?;
        let (other, shift) = if above {
            (
                heaviest.upper,
                heaviest.shift.0 as i64 - heaviest.shift.1 as i64,
            )
        } else {
            (
                heaviest.lower,
                heaviest.shift.1 as i64 - heaviest.shift.0 as i64,
            )
        };
        // Of edges of equal weight the parts that pass rows come first: bends in them are the worst.
        let passes = u64::from(!matches!(layers.vertices[vertex].kind, Kind::Node(_)));
        Some(Wish {
            column: x[other] + shift,
            weight: 2 * heaviest.weight + passes,
        })
    };
    row.iter().map(wish).collect()
}

/// Moves the vertices of a row to where they want to be, the most important first: others make room, but
/// those that were moved before stay.
fn settle(layers: &Layers, row: &[usize], wishes: &[Option<Wish>], x: &mut [i64]) {
    let weight = |at: usize| wishes[at].as_ref().map_or(0, |wish| wish.weight);
    let mut order: Vec<usize> = (0..row.len()).filter(|&at| wishes[at].is_some()).collect();
    order.sort_by_key(|&at| std::cmp::Reverse(weight(at)));
    let mut fixed = vec![false; row.len()];
    for at in order {
        let Some(wish) = &wishes[at] else { continue };
        let here = x[row[at]];
        if wish.column > here {
            let mut room = 0;
            let mut limit = wish.column;
            for next in at + 1..row.len() {
                room += layers.apart(row[next - 1], row[next]);
                if fixed[next] {
                    limit = limit.min(x[row[next]] - room);
                    break;
                }
            }
            x[row[at]] = limit.max(here);
            for next in at + 1..row.len() {
                let least = x[row[next - 1]] + layers.apart(row[next - 1], row[next]);
                if x[row[next]] >= least {
                    break;
                }
                x[row[next]] = least;
            }
        } else if wish.column < here {
            let mut room = 0;
            let mut limit = wish.column;
            for next in (0..at).rev() {
                room += layers.apart(row[next], row[next + 1]);
                if fixed[next] {
                    limit = limit.max(x[row[next]] + room);
                    break;
                }
            }
            x[row[at]] = limit.min(here);
            for next in (0..at).rev() {
                let most = x[row[next + 1]] - layers.apart(row[next], row[next + 1]);
                if x[row[next]] <= most {
                    break;
                }
                x[row[next]] = most;
            }
        }
        fixed[at] = true;
    }
}
