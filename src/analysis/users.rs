//! Users: every site that reaches a symbol or a module.

use rayon::prelude::*;

use crate::model::{End, FileId, Place, Project, Reached, Site, Wanted};

/// All sites that reach one of the targets, in the order of paths and lines. A module is also reached by what reaches
/// its definitions through others, with the trail that shows it. `references` adds bare names after an import.
pub fn users(project: &Project, targets: &[End], references: bool) -> Vec<Site> {
    let modules: Vec<FileId> = targets
        .iter()
        .filter_map(|end| match end {
            End::Place(Place::Module(file)) => Some(*file),
            _ => None,
        })
        .collect();
    let leads_there = |reached: &Reached| {
        let into_module = match reached.end {
            End::Definition(file, _) | End::Value(file, _) => modules.contains(&file),
            _ => false,
        };
        targets.contains(&reached.end)
            || into_module
            || reached.trail.iter().any(|hop| modules.contains(&hop.file))
    };
    let wanted = Wanted { reached: &leads_there, stars: true, references };
    let files: Vec<FileId> = project.ids().collect();
    files
        .into_par_iter()
        .flat_map_iter(|file| {
            let mut sites = project.sites(file, &wanted);
            // A module's own lines do not use it by naming what it holds.
            sites.retain(|site| !modules.contains(&site.file) || targets.contains(&site.end));
            one_a_place(sites, targets)
        })
        .collect()
}

/// `from app.core import Manager` reaches the module `app.core` twice: once is enough, the direct way first.
fn one_a_place(sites: Vec<Site>, targets: &[End]) -> Vec<Site> {
    let mut kept: Vec<Site> = Vec::new();
    for site in sites {
        match kept.last_mut() {
            Some(last) if last.at == site.at && last.form == site.form => {
                let is_nearer = targets.contains(&site.end) && !targets.contains(&last.end);
                if is_nearer {
                    *last = site;
                }
            }
            _ => kept.push(site),
        }
    }
    kept
}
