//! What is measured on the project: plain functions from a project to rows.

pub mod affixes;
pub mod belonging;
pub mod burden;
pub mod canonical;
pub mod classes;
pub mod clusters;
pub mod concepts;
pub mod contracts;
pub mod copies;
pub mod cycles;
pub mod detectors;
pub mod finding;
pub mod glimpse;
mod hints;
pub mod hotspots;
mod pattern;
pub mod reach;
pub mod results;
mod scope;
pub mod suppress;
mod survey;
#[cfg(test)]
mod testing;
pub mod unresolved;
pub mod users;
pub mod variants;

pub use pattern::{NamePattern, PathPattern, wants_path};
pub use scope::{Scope, Standing};
pub use survey::{Place, Survey};

/// The effective number of a set of shares: how many equal ones would be as diverse. It is the exponential of their
/// Shannon entropy: 1 when everything goes one way, the count when all are alike.
pub fn effective_number(counts: impl IntoIterator<Item = usize>) -> f64 {
    let counts: Vec<usize> = counts.into_iter().filter(|count| *count > 0).collect();
    if counts.is_empty() { 0.0 } else { entropy(counts).exp() }
}

/// Shannon entropy of shares, in nats: 0 when everything goes one way.
fn entropy(counts: impl IntoIterator<Item = usize>) -> f64 {
    let counts: Vec<f64> =
        counts.into_iter().filter(|count| *count > 0).map(|count| count as f64).collect();
    let total: f64 = counts.iter().sum();
    counts.iter().map(|count| -(count / total) * (count / total).ln()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn effective_numbers_lie_between_one_and_the_count() {
        assert!((effective_number([5, 5, 5]) - 3.0).abs() < 1e-9);
        assert!((effective_number([7]) - 1.0).abs() < 1e-9);
        assert!(effective_number([99, 1]) < 1.1);
        assert!(effective_number([]).abs() < 1e-9);
    }
}
