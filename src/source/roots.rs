//! Roots (placeholder until merged).
use super::Tree;
use std::collections::BTreeSet;
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RootScope {
    Project,
    Below,
}
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RootReason {
    Top,
}
impl RootReason {
    pub fn word(self) -> &'static str {
        "top of the tree"
    }
}
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Root {
    pub folder: String,
    pub reason: RootReason,
    pub scope: RootScope,
}
pub fn find(tree: &Tree, _configured: Option<&[String]>) -> Vec<Root> {
    let mut folders: BTreeSet<String> =
        tree.manifests.iter().map(|m| m.parent().to_owned()).collect();
    folders.insert(String::new());
    let reason = RootReason::Top;
    folders.into_iter().map(|folder| Root { folder, reason, scope: RootScope::Project }).collect()
}
pub fn declared(_tree: &Tree) -> BTreeSet<String> {
    BTreeSet::new()
}
