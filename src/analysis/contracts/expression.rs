//! Module expressions: dotted names in which `*` stands for one name and `**` for one or more.

use std::fmt;
use std::str::FromStr;

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Expression {
    text: String,
}

/// `importer -> imported`
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ImportExpression {
    pub importer: Expression,
    pub imported: Expression,
}

impl Expression {
    pub fn as_str(&self) -> &str {
        &self.text
    }

    pub fn has_wildcard(&self) -> bool {
        self.text.contains('*')
    }

    pub fn matches(&self, name: &str) -> bool {
        let parts: Vec<&str> = self.text.split('.').collect();
        let names: Vec<&str> = name.split('.').collect();
        // Which beginnings of the name the parts so far can stand for: no pattern makes this slow.
        let mut reached = vec![false; names.len() + 1];
        reached[0] = true;
        for part in parts {
            let mut next = vec![false; names.len() + 1];
            for at in 0..names.len() {
                let goes_on = part == "**" && next[at];
                let begins = reached[at] && (part == "*" || part == "**" || part == names[at]);
                next[at + 1] = goes_on || begins;
            }
            reached = next;
        }
        reached[names.len()]
    }
}

impl FromStr for Expression {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut before = "";
        for part in text.split('.') {
            if part.contains('*') && part != "*" && part != "**" {
                return Err(format!("`{text}`: a wildcard stands for a whole name"));
            }
            if matches!((before, part), ("*", "**") | ("**", "*" | "**")) {
                return Err(format!("`{text}`: `**` has no wildcard beside it"));
            }
            if part.is_empty() || part.contains(char::is_whitespace) {
                return Err(format!("`{text}` is no module name"));
            }
            before = part;
        }
        Ok(Self { text: text.to_owned() })
    }
}

impl fmt::Display for Expression {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl FromStr for ImportExpression {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (importer, imported) = text
            .split_once("->")
            .ok_or_else(|| format!("`{text}` is not of the form `importer -> imported`"))?;
        Ok(Self { importer: importer.trim().parse()?, imported: imported.trim().parse()? })
    }
}

impl fmt::Display for ImportExpression {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{} -> {}", self.importer, self.imported)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(expression: &str, name: &str) -> bool {
        expression.parse::<Expression>().unwrap().matches(name)
    }

    #[test]
    fn a_star_is_one_name_and_two_are_one_or_more() {
        assert!(matches("app.*", "app.a"));
        assert!(!matches("app.*", "app.a.b"));
        assert!(!matches("app.*", "app"));
        assert!(matches("app.*.b", "app.a.b"));
        assert!(matches("app.*.*", "app.a.b"));
        assert!(matches("app.**", "app.a.b"));
        assert!(!matches("app.**", "app"));
        assert!(matches("app.**.b", "app.x.y.b"));
        assert!(!matches("app.**.b", "app.b"));
        assert!(matches("**.models", "app.x.models"));
        assert!(matches("app.**.x.**", "app.a.x.x.b"));
        assert!(!matches("app.a", "app.ab"));
    }

    #[test]
    fn what_is_no_expression_is_said() {
        for wrong in ["app.foo*", "app.*.**", "app.**.*", "app..a", "", "app. a"] {
            assert!(wrong.parse::<Expression>().is_err(), "{wrong}");
        }
        assert!("a => b".parse::<ImportExpression>().is_err());
        assert!("a ->".parse::<ImportExpression>().is_err());
        let import: ImportExpression = "a.* -> b.**".parse().unwrap();
        assert!(import.importer.matches("a.x") && import.imported.matches("b.y.z"));
    }
}
