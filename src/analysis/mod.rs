//! What is measured on the project: plain functions from a project to rows.

pub mod classes;
pub mod copies;
pub mod cycles;
mod hints;
#[cfg(test)]
mod testing;
pub mod unresolved;
pub mod users;
pub mod variants;

/// The effective number of a set of shares: how many equal ones would be as diverse. It is the exponential of their
/// Shannon entropy: 1 when everything goes one way, the count when all are alike.
pub fn effective_number(counts: impl IntoIterator<Item = usize>) -> f64 {
    let counts: Vec<f64> =
        counts.into_iter().filter(|count| *count > 0).map(|count| count as f64).collect();
    let total: f64 = counts.iter().sum();
    let entropy: f64 = counts.iter().map(|count| -(count / total) * (count / total).ln()).sum();
    if counts.is_empty() { 0.0 } else { entropy.exp() }
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
