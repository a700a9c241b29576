//! Which concept a finding is about: the one that it names, else the one in whose code it stands.

use rustc_hash::FxHashMap;

use super::concepts::Concept;
use super::finding::Finding;
use crate::model::{FileId, Project};

/// Rules of paths that lead nowhere: what such a path should have led to is told by the name at its end.
const LOST: [&str; 2] = ["ghost-import", "unresolved-import"];

/// The definitions of all concepts, by their names and by their lines.
pub struct Belonging {
    /// By dotted name.
    named: FxHashMap<String, usize>,
    /// First and last line, by file.
    standing: FxHashMap<FileId, Vec<(u32, u32, usize)>>,
    /// By name alone; several concepts of one name answer for none.
    last: FxHashMap<String, Option<usize>>,
}

impl Belonging {
    pub fn of(project: &Project, concepts: &[Concept]) -> Self {
        let mut own = Self {
            named: FxHashMap::default(),
            standing: FxHashMap::default(),
            last: FxHashMap::default(),
        };
        for (at, concept) in concepts.iter().enumerate() {
            let last = own.last.entry(concept.name().to_owned()).or_insert(Some(at));
            if *last != Some(at) {
                *last = None;
            }
            for held in concept.counted() {
                let (file, row) = held.member.place;
                own.named.entry(project.definition_name(file, row)).or_insert(at);
                if let Some(definition) = project.file(file).facts.definition(row) {
                    let lines = (definition.first_line, definition.end_line, at);
                    own.standing.entry(file).or_default().push(lines);
                }
            }
        }
        own
    }

    /// The number of the concept, if there is one.
    pub fn concept_of(&self, finding: &Finding) -> Option<usize> {
        self.named_in(&finding.symbol).or_else(|| self.around(finding)).or_else(|| {
            let last = finding.symbol.rsplit('.').next()?;
            *self.last.get(last).filter(|_| LOST.contains(&finding.rule))?
        })
    }

    /// The symbol is a definition, or something in one.
    fn named_in(&self, symbol: &str) -> Option<usize> {
        let mut name = symbol;
        loop {
            if let Some(at) = self.named.get(name) {
                return Some(*at);
            }
            name = name.rsplit_once('.')?.0;
        }
    }

    /// The innermost definition around the site.
    fn around(&self, finding: &Finding) -> Option<usize> {
        let line = finding.at.line;
        let all = self.standing.get(&finding.file)?.iter();
        let around = all.filter(|(first, last, _)| (*first..=*last).contains(&line));
        around.max_by_key(|(first, _, at)| (*first, std::cmp::Reverse(*at))).map(|(.., at)| *at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::clusters::{Rules, clusters};
    use crate::analysis::concepts::concepts;
    use crate::analysis::finding::{Rule, Severity};
    use crate::analysis::testing::project;
    use crate::analysis::{Scope, Survey};
    use crate::facts::rows::Pos;

    const RULE: Rule = Rule {
        id: "singleton",
        severity: Severity::Info,
        summary: "",
        explanation: "",
        in_tests: false,
        find: |_| Vec::new(),
    };

    const CODE: &str = "# file: a.py\nclass Twin:\n    def go(self):\n        return 1\n\nfree = 1\n\
                        # file: b.py\nclass Twin:\n    def go(self):\n        return 2\n\
                        # file: u.py\nfrom a import Twin\n# file: v.py\nfrom b import Twin\n";

    #[test]
    fn by_what_it_names_then_by_where_it_stands() {
        let project = project(CODE);
        let survey = Survey::of(&project, Scope::All);
        let found = clusters(&project, &survey, &Rules::default());
        let concepts = concepts(&project, &survey, &Rules::default(), found).all;
        let belonging = Belonging::of(&project, &concepts);
        let find = |rule: &'static str, module: &str, line: u32, symbol: &str| {
            let rule = Rule { id: rule, ..RULE };
            let file = project.modules_named(module)[0];
            let at = Pos { line, column: 1 };
            let concept = belonging.concept_of(&Finding::new(&rule, file, at, symbol))?;
            Some(concepts[concept].id.clone())
        };
        let twin = Some("Twin".to_owned());
        assert_eq!(find("singleton", "u", 1, "a.Twin.go"), twin);
        assert_eq!(find("singleton", "a", 3, "SOME_VARIABLE"), twin);
        assert_eq!(find("singleton", "a", 5, "a.free"), None);
        assert_eq!(find("ghost-import", "u", 1, "gone.Twin"), twin);
        assert_eq!(find("singleton", "u", 1, "gone.Twin"), None);
    }
}
