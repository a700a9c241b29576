use super::Place;
use crate::model::Project;
pub struct Copy {
    pub left: Place,
    pub right: Place,
    pub similarity: u8,
}
pub fn near_copies(_project: &Project, _classes: &[Place]) -> Vec<Copy> {
    Vec::new()
}
