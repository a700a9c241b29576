//! Contracts of import-linter, from INI or TOML.

use std::collections::BTreeSet;
use std::str::FromStr;

use toml::de::DeValue;

use super::ini;
use super::page::{Page, Table};
use crate::analysis::contracts::{Contract, LayerModule, Level, Lint, Terms, Unknown};
use crate::analysis::finding::Severity;

const SECTION: &str = "importlinter";

/// The contracts of a file; nothing if it does not speak of import-linter.
pub fn read(page: &Page) -> anyhow::Result<Option<Lint>> {
    if !page.text.contains(SECTION) {
        return Ok(None);
    }
    if page.is_toml() { of_toml(page) } else { of_ini(page) }
}

fn of_ini(page: &Page) -> anyhow::Result<Option<Lint>> {
    // A file of which another section is broken is still told of only if it speaks of import-linter at all.
    let is_addressed = page.text.lines().any(|line| line.trim_start().starts_with("[importlinter"));
    if !is_addressed {
        return Ok(None);
    }
    let mut session = None;
    let mut contracts = Vec::new();
    for section in ini::sections(page)? {
        let is_session = section.name == SECTION;
        if !is_session && !section.name.starts_with("importlinter:") {
            continue;
        }
        let mut settings = Settings { page, line: section.line, all: Vec::new() };
        for entry in &section.entries {
            let text = ini::filled(page, entry)?;
            let values = if text.contains('\n') {
                text.trim().lines().map(str::to_owned).collect()
            } else {
                vec![text]
            };
            settings.push(&entry.key, entry.line, values);
        }
        if is_session {
            session = Some(settings);
        } else {
            contracts.push(settings);
        }
    }
    session.map(|session| lint(page, session, contracts)).transpose()
}

fn of_toml(page: &Page) -> anyhow::Result<Option<Lint>> {
    let table = match page.toml() {
        Ok(table) => table,
        // A pyproject that is no TOML is somebody else's trouble.
        Err(_) if page.file.ends_with(super::PYPROJECT) => return Ok(None),
        Err(error) => return Err(error),
    };
    let top = Table::top(page, &table);
    let Some(tool) = top.table("tool")? else { return Ok(None) };
    let Some(own) = tool.table(SECTION)? else { return Ok(None) };
    let tables = own.tables("contracts")?;
    let contracts: anyhow::Result<Vec<Settings>> =
        tables.iter().map(|table| settings(page, table)).collect();
    let contracts = contracts?;
    let mut session = settings(page, &own)?;
    session.all.retain(|setting| setting.key != "contracts");
    lint(page, session, contracts).map(Some)
}

fn settings<'p>(page: &'p Page<'p>, table: &Table) -> anyhow::Result<Settings<'p>> {
    let mut settings = Settings { page, line: table.line, all: Vec::new() };
    for (key, value, line) in table.keys() {
        let one = |value: &DeValue| match value {
            DeValue::String(text) => Some(text.to_string()),
            DeValue::Boolean(flag) => Some(flag.to_string()),
            DeValue::Integer(number) => Some(number.as_str().to_owned()),
            _ => None,
        };
        let values = match value {
            DeValue::Array(items) => items.iter().map(|item| one(item.get_ref())).collect(),
            value => one(value).map(|value| vec![value]),
        };
        // A table of tables is read by whom it is for.
        let values: Vec<String> = match values {
            Some(values) => values,
            None if key == "contracts" => continue,
            None => {
                return Err(
                    page.error(line, format_args!("`{key}` should be a text or a list of texts"))
                );
            }
        };
        settings.push(key, line, values);
    }
    Ok(settings)
}

/// The settings of a section, each a list of texts; those that are taken out are known.
struct Settings<'p> {
    page: &'p Page<'p>,
    line: u32,
    all: Vec<Setting>,
}

struct Setting {
    key: String,
    line: u32,
    values: Vec<String>,
}

impl Settings<'_> {
    fn push(&mut self, key: &str, line: u32, values: Vec<String>) {
        let values = values.into_iter().map(|value| value.trim().to_owned());
        let values = values.filter(|value| !value.is_empty()).collect();
        self.all.push(Setting { key: key.to_owned(), line, values });
    }

    fn take(&mut self, key: &str) -> Option<Setting> {
        let at = self.all.iter().position(|setting| setting.key == key)?;
        Some(self.all.remove(at))
    }

    fn texts(&mut self, key: &str) -> Vec<String> {
        self.take(key).map_or(Vec::new(), |setting| setting.values)
    }

    fn text(&mut self, key: &str) -> anyhow::Result<Option<String>> {
        let Some(setting) = self.take(key) else { return Ok(None) };
        match <[String; 1]>::try_from(setting.values) {
            Ok([one]) => Ok(Some(one)),
            Err(_) => {
                Err(self.page.error(setting.line, format_args!("`{key}` should be one value")))
            }
        }
    }

    fn flag(&mut self, key: &str, otherwise: bool) -> anyhow::Result<bool> {
        let line = self.line_of(key);
        match self.text(key)?.map(|text| text.to_lowercase()).as_deref() {
            None => Ok(otherwise),
            Some("true") => Ok(true),
            Some("false") => Ok(false),
            Some(other) => Err(self
                .page
                .error(line, format_args!("`{key}` is `{other}`, and should be true or false"))),
        }
    }

    /// Values of a kind of their own; `must` be there.
    fn list<T: FromStr<Err = String>>(&mut self, key: &str, must: bool) -> anyhow::Result<Vec<T>> {
        let Some(setting) = self.take(key) else {
            if must {
                return Err(self.page.error(self.line, format_args!("the contract lacks `{key}`")));
            }
            return Ok(Vec::new());
        };
        let parsed: Result<Vec<T>, String> =
            setting.values.iter().map(|text| text.parse()).collect();
        parsed.map_err(|said| self.page.error(setting.line, format_args!("`{key}`: {said}")))
    }

    fn line_of(&self, key: &str) -> u32 {
        self.all.iter().find(|setting| setting.key == key).map_or(self.line, |setting| setting.line)
    }

    fn rest(self) -> Vec<Unknown> {
        self.all.into_iter().map(|left| Unknown { key: left.key, line: left.line }).collect()
    }
}

fn lint(page: &Page, mut session: Settings, contracts: Vec<Settings>) -> anyhow::Result<Lint> {
    let line = session.line;
    let mut roots = session.texts("root_packages");
    let single = session.texts("root_package");
    if roots.is_empty() {
        roots = single;
    }
    if roots.is_empty() {
        return Err(page.error(line, "neither `root_package` nor `root_packages` is set"));
    }
    // As import-linter does: anything but true is false.
    let mut is_true =
        |key: &str| session.texts(key).iter().any(|text| text.eq_ignore_ascii_case("true"));
    let externals = is_true("include_external_packages");
    let without_typing = is_true("exclude_type_checking_imports");
    // The types are told of where a contract is of one; the rest has no bearing on what is found.
    for key in ["contract_types", "show_timings", "cache_dir"] {
        session.take(key);
    }
    let contracts = contracts.into_iter().map(|settings| contract(page, settings));
    Ok(Lint {
        file: page.file.to_owned(),
        line,
        roots,
        externals,
        without_typing,
        contracts: contracts.collect::<anyhow::Result<_>>()?,
        unknown: session.rest(),
    })
}

fn contract(page: &Page, mut settings: Settings) -> anyhow::Result<Contract> {
    let line = settings.line;
    settings.take("id");
    settings.take("broken_contract_guidance");
    let lacks = |key: &str| page.error(line, format_args!("the contract lacks `{key}`"));
    let name = settings.text("name")?.ok_or_else(|| lacks("name"))?;
    let kind = settings.text("type")?.ok_or_else(|| lacks("type"))?;
    let terms = match kind.as_str() {
        "layers" => layers(page, &mut settings)?,
        "forbidden" => Terms::Forbidden {
            sources: settings.list("source_modules", true)?,
            forbidden: settings.list("forbidden_modules", true)?,
            direct_only: settings.flag("allow_indirect_imports", false)?,
            as_packages: settings.flag("as_packages", true)?,
        },
        "independence" => Terms::Independence { modules: settings.list("modules", true)? },
        "protected" => Terms::Protected {
            protected: settings.list("protected_modules", true)?,
            importers: settings.list("allowed_importers", true)?,
            as_packages: settings.flag("as_packages", true)?,
        },
        "acyclic_siblings" => {
            let at = settings.line_of("depth");
            let depth = settings.text("depth")?.map_or(Ok(10), |text| {
                text.parse().map_err(|_| {
                    page.error(
                        at,
                        format_args!("`depth` is `{text}`, and should be a number from 0"),
                    )
                })
            })?;
            Terms::AcyclicSiblings {
                ancestors: settings.list("ancestors", true)?,
                depth,
                skipped: settings.list("skip_descendants", false)?,
            }
        }
        _ => {
            // Its settings are its own.
            settings.all.clear();
            Terms::Custom(kind)
        }
    };
    let ignored = settings.list("ignore_imports", false)?;
    let at = settings.line_of("unmatched_ignore_imports_alerting");
    let unmatched = match settings.text("unmatched_ignore_imports_alerting")?.as_deref() {
        None | Some("error") => Some(Severity::Error),
        Some("warn") => Some(Severity::Warning),
        Some("none") => None,
        Some(other) => {
            let said = format!(
                "`unmatched_ignore_imports_alerting` is `{other}`, and should be none, warn or error"
            );
            return Err(page.error(at, said));
        }
    };
    Ok(Contract { name, line, terms, ignored, unmatched, unknown: settings.rest() })
}

fn layers(page: &Page, settings: &mut Settings) -> anyhow::Result<Terms> {
    let at = settings.line_of("layers");
    let levels: Vec<Level> = settings.list("layers", true)?;
    let mut seen = BTreeSet::new();
    for module in levels.iter().flat_map(|level| &level.modules) {
        if !seen.insert(&module.name) {
            return Err(page.error(at, format_args!("the layer `{}` is listed twice", module.name)));
        }
    }
    let exhaustive_at = settings.line_of("exhaustive");
    let exhaustive = settings.flag("exhaustive", false)?;
    let containers = settings.list("containers", false)?;
    if exhaustive && containers.is_empty() {
        return Err(page.error(exhaustive_at, "`exhaustive` needs `containers`"));
    }
    Ok(Terms::Layers {
        levels,
        containers,
        exhaustive,
        exempt: settings.texts("exhaustive_ignores"),
    })
}

impl FromStr for Level {
    type Err = String;

    /// `high`, `(maybe)`, `a | b`, `a : b`
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (apart, together) = (text.contains('|'), text.contains(':'));
        if apart && together {
            return Err(format!("`{text}` has both `|` and `:` between its modules"));
        }
        let modules = text.split(['|', ':']).map(str::trim).map(|name| {
            let inside = name.strip_prefix('(').and_then(|name| name.strip_suffix(')'));
            LayerModule { name: inside.unwrap_or(name).to_owned(), optional: inside.is_some() }
        });
        let modules: Vec<LayerModule> = modules.collect();
        if modules.iter().any(|module| module.name.is_empty()) {
            return Err(format!("`{text}` has a module without a name"));
        }
        Ok(Self { modules, independent: !together })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(file: &str, text: &str) -> Lint {
        read(&Page::new(file, text)).unwrap().unwrap()
    }

    fn fails(file: &str, text: &str) -> String {
        read(&Page::new(file, text)).unwrap_err().to_string()
    }

    const LAYERS: &str = "[importlinter]\nroot_package = app\ninclude_external_packages = True\n\n\
        [importlinter:contract:one]\nname = Layers: of app\ntype = layers\ncontainers = app\nlayers =\n    high\n    (mid) | side\n    \
        low : base\nexhaustive = true\nexhaustive_ignores = tests\nignore_imports =\n    app.low.a -> app.high.*\n\
        unmatched_ignore_imports_alerting = warn\n";

    #[test]
    fn layers_are_read_from_ini() {
        let lint = of(".importlinter", LAYERS);
        assert_eq!(
            (lint.roots, lint.externals, lint.without_typing),
            (vec!["app".to_owned()], true, false)
        );
        let contract = &lint.contracts[0];
        assert_eq!((contract.name.as_str(), contract.line), ("Layers: of app", 5));
        assert_eq!(contract.unmatched, Some(Severity::Warning));
        assert_eq!(contract.ignored[0].to_string(), "app.low.a -> app.high.*");
        let Terms::Layers { levels, containers, exhaustive, exempt } = &contract.terms else {
            panic!("no layers");
        };
        assert!(*exhaustive && contract.unknown.is_empty());
        assert_eq!((containers[0].as_str(), exempt.as_slice()), ("app", &["tests".to_owned()][..]));
        let told: Vec<(bool, Vec<(&str, bool)>)> = levels
            .iter()
            .map(|level| {
                let modules = level.modules.iter();
                (level.independent, modules.map(|one| (one.name.as_str(), one.optional)).collect())
            })
            .collect();
        assert_eq!(
            told,
            [
                (true, vec![("high", false)]),
                (true, vec![("mid", true), ("side", false)]),
                (false, vec![("low", false), ("base", false)])
            ]
        );
    }

    #[test]
    fn toml_says_the_same() {
        let text = "[tool.importlinter]\nroot_packages = [\"a\", \"b\"]\nexclude_type_checking_imports = true\n\n\
            [[tool.importlinter.contracts]]\nname = \"f\"\ntype = \"forbidden\"\nsource_modules = [\"a\"]\n\
            forbidden_modules = \"b.*\"\nas_packages = false\nnotes = \"x\"\n\n\
            [[tool.importlinter.contracts]]\nid = \"p\"\nname = \"p\"\ntype = \"my_own\"\nanything = 3\n\n\
            [[tool.importlinter.contracts]]\nname = \"s\"\ntype = \"acyclic_siblings\"\nancestors = [\"a\"]\ndepth = 2\n";
        let lint = of("pyproject.toml", text);
        assert!(lint.without_typing && !lint.externals);
        let [forbidden, own, acyclic] = lint.contracts.as_slice() else {
            panic!("three contracts")
        };
        assert_eq!(forbidden.line, 5);
        assert!(matches!(
            &forbidden.terms,
            Terms::Forbidden { as_packages: false, direct_only: false, .. }
        ));
        assert_eq!((forbidden.unknown[0].key.as_str(), forbidden.unknown[0].line), ("notes", 11));
        assert!(matches!(&own.terms, Terms::Custom(kind) if kind == "my_own"));
        assert!(matches!(&acyclic.terms, Terms::AcyclicSiblings { depth: 2, .. }));
    }

    #[test]
    fn files_of_others_are_passed_over() {
        for (file, text) in [
            ("setup.cfg", "[metadata]\nname = x\n"),
            ("setup.cfg", "not ini, importlinter"),
            ("pyproject.toml", "not toml, importlinter"),
            ("pyproject.toml", "[tool.black]\nx = \"importlinter\"\n"),
        ] {
            assert!(read(&Page::new(file, text)).unwrap().is_none(), "{text}");
        }
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place() {
        let head = "[importlinter]\nroot_package = app\n[importlinter:contract:x]\nname = n\n";
        let said = fails("setup.cfg", "[importlinter]\nx = 1\n");
        assert!(said.contains("setup.cfg: line 1: neither `root_package`"), "{said}");
        assert!(said.ends_with("`contracts = false` in the configuration"), "{said}");
        for (rest, expected) in [
            ("", "line 3: the contract lacks `type`"),
            ("type = layers\n", "line 3: the contract lacks `layers`"),
            ("type = layers\nlayers =\n  a | b : c\n", "line 6: `layers`: `a | b : c` has both"),
            ("type = layers\nlayers =\n  a\n  a\n", "line 6: the layer `a` is listed twice"),
            ("type = layers\nlayers = a\nexhaustive = yes\n", "line 7: `exhaustive` is `yes`"),
            (
                "type = layers\nlayers = a\nexhaustive = true\n",
                "line 7: `exhaustive` needs `containers`",
            ),
            ("type = independence\nmodules = app.x*\n", "line 6: `modules`: `app.x*`"),
            (
                "type = independence\nmodules = a\nignore_imports = a to b\n",
                "line 7: `ignore_imports`: `a to b` is not of the form",
            ),
            ("type = acyclic_siblings\nancestors = a\ndepth = -1\n", "line 7: `depth` is `-1`"),
            (
                "type = independence\nmodules = a\nunmatched_ignore_imports_alerting = loud\n",
                "line 7: `unmatched_ignore_imports_alerting` is `loud`",
            ),
        ] {
            let said = fails(".importlinter", &format!("{head}{rest}"));
            assert!(said.contains(expected), "{said}");
        }
        let said =
            fails("pyproject.toml", "[tool.importlinter]\nroot_package = \"a\"\ncontracts = 3\n");
        assert!(said.contains("line 3: `contracts` should be a list of tables"), "{said}");
    }
}
