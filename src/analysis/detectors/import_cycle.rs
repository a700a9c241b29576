//! `import-cycle`: modules that import each other while they are imported.

use super::record;
use crate::analysis::cycles::Cycle;
use crate::analysis::finding::{Finding, Ground};
use crate::model::Moment;

record!(
    "import-cycle",
    Warning,
    "modules import each other in a ring while they are imported",
    in_tests: false,
    find
);

/// One finding a cycle, at the first import of its shortest ring.
fn find(ground: &Ground) -> Vec<Finding> {
    let cycles = ground.survey.cycles.iter();
    let closing = cycles.filter(|cycle| {
        cycle.moment == Moment::RunTime && cycle.modules.iter().all(|file| ground.holds(*file))
    });
    closing.filter_map(|cycle| finding(ground, cycle)).collect()
}

fn finding(ground: &Ground, cycle: &Cycle) -> Option<Finding> {
    let name = |file| ground.project.file(file).module.to_string();
    let first = cycle.ring.first()?;
    let mut ring: Vec<String> = cycle.ring.iter().map(|link| name(link.from)).collect();
    ring.push(name(first.from));
    let cut = cycle.cut.first()?;
    let more = match cycle.cut.len() {
        1 => String::new(),
        all => format!(" and {} more", all - 1),
    };
    let mut modules: Vec<String> = cycle.modules.iter().map(|file| name(*file)).collect();
    modules.sort();
    let size = match cycle.modules.len() {
        1 => "a module that imports itself".to_owned(),
        size => format!("a cycle of {size} modules"),
    };
    let mut finding = Finding::new(&RULE, first.from, first.at, ring[0].clone())
        .message(format!("{size}; the shortest ring is {}", ring.join(" → ")))
        .remedy(format!(
            "the cheapest cut is the import of `{}` in `{}` at line {}{more}: move it into the function that needs it, \
             or what both need into a module of its own",
            name(cut.to),
            name(cut.from),
            cut.at.line
        ))
        .key(modules);
    for link in &cycle.ring[1..] {
        finding = finding.related(link.from, link.at, format!("imports `{}`", name(link.to)));
    }
    Some(finding)
}
