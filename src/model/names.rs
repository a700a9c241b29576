//! Names that were probably meant.

/// The candidate that is nearest to a name, if one is near enough to be meant.
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let allowed = (name.chars().count() / 3).max(1);
    let distance =
        |candidate: &&str| strsim::osa_distance(&name.to_lowercase(), &candidate.to_lowercase());
    let near = candidates.into_iter().map(|candidate| (distance(&candidate), candidate));
    near.filter(|(distance, _)| *distance <= allowed).min().map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_near_is_proposed() {
        assert_eq!(nearest("Managr", ["Manager", "Other"]), Some("Manager"));
        assert_eq!(nearest("manager", ["Manager"]), Some("Manager"));
        assert_eq!(nearest("x", ["manager"]), None);
    }
}
