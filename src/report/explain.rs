//! What the measures mean, in the words of `fragscope explain` and of the explorer. The first line of a text is its summary.

pub const MEASURES: [(&str, &str); 5] = [
    ("canonical", include_str!("../../assets/explain/canonical.md")),
    ("clusters", include_str!("../../assets/explain/clusters.md")),
    ("hotspots", include_str!("../../assets/explain/hotspots.md")),
    ("tests", include_str!("../../assets/explain/tests.md")),
    ("variants", include_str!("../../assets/explain/variants.md")),
];

/// Headings stand at the margin and are short; everything else is indented or a sentence, or the short end of one.
pub fn is_heading(line: &str) -> bool {
    !line.starts_with(' ') && !line.is_empty() && line.len() < 30 && !line.ends_with('.')
}
