//! Next steps and times left of cases, learned from cases that ended. Knows no deadline of
//! the rules file and no open case.
//!
//! - A *place* is a step of the sequence of a variant; its *context* of length k is the k last
//!   activities up to it, with a mark before the first one.
//! - The *next* activity of a context is counted in all contexts up to a length and interpolated
//!   ([`Next`], Witten and Bell's method C).
//! - A *visit* is an event of a case that ended ([`Visit`]); a *state* is the set of visits of one
//!   context ([`Training::visits`]). What was left after the visits of a state is what is left for a
//!   case in it; for one that has rested, after those visits that rested longer ([`Sweep`]).

mod contexts;
mod next;
mod remaining;
mod sweep;
mod visits;

pub use contexts::{Contexts, LONGEST, Stretch};
pub use next::{Next, Shares, ranking};
pub use remaining::{Quantiles, nearest, quantiles, shift};
pub use sweep::{Asked, Left, Sweep};
pub use visits::{LEAST_VISITS, STATE_LENGTH, Training, Visit};
